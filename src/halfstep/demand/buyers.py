"""Who may buy: draws of demographics, and nodes that stand for the spread that no table has."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from halfstep.core.config_demand import RandomTastes
from halfstep.market.buyers import Buyers
from halfstep.native.layout import Markets
from halfstep.numerics.nodes import joined, nodes

__all__ = ["INCOME", "Draws", "draws_of", "names_used"]

Array = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]

INCOME = "1/"
"""Before the name of a demographic that price is divided by."""

_RULES = {"halton": "halton antithetic", "product": "product", "sparse": "sparse"}


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
    symmetric
        Whether the sign of a spread means nothing.
    """

    markets: Markets
    nodes: Array
    names: tuple[str, ...]
    demographics: Array
    raw: Array
    raw_names: tuple[str, ...]
    symmetric: bool


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

    Each demographic draw meets a pair of nodes of its own, nu and -nu; without demographics all markets share the nodes.

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
    drawn = nodes(_RULES[random.nodes], dimensions, random.points, rng)  # type: ignore[arg-type]
    names, (table, wanted) = names_used(random), buyers
    plain = [name.removeprefix(INCOME) for name in names]
    every = (*plain, *(name for name in dict.fromkeys(wanted) if name not in plain))
    if table is None or not every:
        T = len(market)
        found = joined(drawn, np.arange(T + 1), np.zeros((0, T)), np.ones(T), "cross")
        markets = Markets(np.ascontiguousarray(row), found.buyer, np.ascontiguousarray(found.w))
        return Draws(markets, found.nu, (), found.demographics, found.demographics, (), drawn.symmetry == "each")
    offset, at = table.by_market()
    taken = np.concatenate([np.arange(offset[t], offset[t + 1]) for t in market])
    size = np.diff(offset)[market]
    raw = np.stack([table.of(name)[at[taken]] for name in every])
    w = table.w[at[taken]]
    starts = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(size)])
    how = "pair" if random.spreads else "cross"
    if not random.spreads:
        drawn = nodes("product", 1, 1, rng)
    found = joined(drawn, starts, raw, w, how)  # type: ignore[arg-type]
    markets = Markets(np.ascontiguousarray(row), found.buyer, np.ascontiguousarray(found.w))
    centred = [_standard(name, d, found.w) for name, d in zip(names, found.demographics, strict=False)]
    shifting = np.array(centred).reshape(len(names), len(found.w))
    return Draws(markets, found.nu, names, shifting, found.demographics, every, drawn.symmetry == "each")


def _standard(name: str, values: Array, w: Array) -> Array:
    """Return a demographic about its mean, in standard deviations; the inverse of income over its mean."""
    if name.startswith(INCOME):
        inverse = 1 / values
        return np.asarray(inverse / np.average(inverse, weights=w))
    left = values - np.average(values, weights=w)
    return np.asarray(left / np.sqrt(np.average(left**2, weights=w)))
