"""Who may buy: draws of demographics, and nodes that stand for the spread that no table has."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from halfstep.core.config_demand import RandomTastes
from halfstep.market.buyers import Buyers
from halfstep.native.layout import Markets
from halfstep.numerics.nodes import Rule, joined, nodes

__all__ = ["INCOME", "Draws", "draws_of", "names_used"]

Array = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]

INCOME = "1/"
"""Before the name of a demographic that price is divided by."""

_RULES: dict[str, Rule] = {"halton": "halton antithetic", "product": "product", "sparse": "sparse"}
_MOST = 4_000_000
_SAME = 1e-12


@dataclass(frozen=True, slots=True, eq=False)
class Draws:
    """Buyers of every market of a regression.

    Attributes
    ----------
    markets
        Where they stand.
    nodes
        Shape (R, A).
    names
        Names of the demographics used; one that price is divided by has `INCOME` before it.
    demographics
        Shape (D, A), each less its mean over all buyers, in its standard deviations; the inverse of income in multiples
        of its mean, so that what it is multiplied by is the mean taste for price.
    raw
        The same as in the table, then those that only surveys speak of, shape (D + E, A).
    raw_names
        Their names as in the study, length D + E.
    """

    markets: Markets
    nodes: Array
    names: tuple[str, ...]
    demographics: Array
    raw: Array
    raw_names: tuple[str, ...]

    @property
    def unvarying(self) -> tuple[str, ...]:
        """Demographics that do not vary, and so shift nothing."""
        spread = [np.ptp(d) > _SAME * float(np.abs(d).max(initial=0.0)) for d in self.raw[: len(self.names)]]
        return tuple(n.removeprefix(INCOME) for n, varies in zip(self.names, spread, strict=True) if not varies)


def names_used(random: RandomTastes) -> tuple[str, ...]:
    """Return the demographics that shift tastes, the inverse of income last."""
    shifted = dict.fromkeys(name for taste in random.tastes for name in taste.by)
    return (*shifted, *([INCOME + random.income] if random.income else []))


def draws_of(
    random: RandomTastes,
    buyers: tuple[Buyers | None, tuple[str, ...]],
    market: Codes,
    row: Codes,
    rng: np.random.Generator,
) -> Draws:
    """Return the buyers of the markets of a regression.

    Each demographic draw meets pairs of nodes of its own, nu and -nu, as many as make the size asked for; without
    demographics all markets share the nodes.

    Parameters
    ----------
    buyers
        The buyers table, and demographics that are wanted besides those that shift tastes.
    market
        Codes of the panel's markets, in order, one each market of the regression, shape (T,).
    row
        Offsets of the regression's rows by market, shape (T + 1,).
    """
    dimensions = max(random.spreads, 1)
    rule: Rule = _RULES[random.nodes]
    names, (table, wanted) = names_used(random), buyers
    plain = [name.removeprefix(INCOME) for name in names]
    every = (*plain, *(name for name in dict.fromkeys(wanted) if name not in plain))
    if table is None or not every:
        T = len(market)
        drawn = nodes(rule, dimensions, random.points, rng)
        found = joined(drawn, np.arange(T + 1), np.zeros((0, T)), np.ones(T), "cross")
        markets = Markets(np.ascontiguousarray(row), found.buyer, np.ascontiguousarray(found.w))
        return Draws(markets, found.nu, (), found.demographics, found.demographics, ())
    offset, at = table.by_market()
    taken = np.concatenate([np.arange(offset[t], offset[t + 1]) for t in market])
    size = np.diff(offset)[market]
    repeats = _repeats(random, size)
    taken = np.repeat(taken, repeats)
    raw = np.stack([table.of(name)[at[taken]] for name in every])
    starts = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(size * repeats)])
    if not random.spreads:
        drawn = nodes("product", 1, 1, rng)
    elif rule == "halton antithetic":
        drawn = nodes(rule, dimensions, min(2 * len(taken), _MOST // dimensions // 2 * 2), rng)
    else:
        drawn = nodes(rule, dimensions, random.points, rng)
    found = joined(drawn, starts, raw, table.w[at[taken]] / repeats, "pair" if random.spreads else "cross")
    markets = Markets(np.ascontiguousarray(row), found.buyer, np.ascontiguousarray(found.w))
    centred = [_standard(name, d, found.w) for name, d in zip(names, found.demographics, strict=False)]
    shifting = np.array(centred).reshape(len(names), len(found.w))
    return Draws(markets, found.nu, names, shifting, found.demographics, every)


def _repeats(random: RandomTastes, size: Codes) -> int:
    """Return how many pairs of nodes each demographic draw meets: as many as make `points` buyers of a market, or one."""
    if not random.spreads or random.nodes != "halton":
        return 1
    return max(1, int(random.points // (2 * size.mean())))


def _standard(name: str, values: Array, w: Array) -> Array:
    """Return a demographic about its mean, in standard deviations; the inverse of income over its mean."""
    if name.startswith(INCOME):
        inverse = 1 / values
        return np.asarray(inverse / np.average(inverse, weights=w))
    left = values - np.average(values, weights=w)
    size = float(np.sqrt(np.average(left**2, weights=w)))
    return np.asarray(left / size if size > 0 else left)
