"""The simulator: preference shares of line-ups of real products, where their buyers would go, and the best of changed products."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import product as combinations

import numpy as np

from halfstep.choice.tastes import Node
from halfstep.choice.writer import Writer
from halfstep.core.config_choice import Search
from halfstep.core.estimate import Estimate, Origin
from halfstep.core.series import Series
from halfstep.logit.covariance import mixed_covariance
from halfstep.logit.points import points
from halfstep.logit.search import Rest, best, gains
from halfstep.logit.shares import shares, switching
from halfstep.logit.tasks import Array
from halfstep.logit.tastes import coefficients, layout
from halfstep.market.experiment import Offers, coded_levels

__all__ = ["Buyers", "buyers_of", "line_up_series", "searches"]

PEOPLE = 1_000
"""Scrambled Halton draws of people that stand for a group of buyers."""
DRAWS = 200
"""Draws of the estimation error."""
LONG = 12
"""Products beyond which second choices are told by brand."""

ASSUMPTIONS = ("respondents independent", "logit choices", "all know all products")


@dataclass(frozen=True, slots=True, eq=False)
class Buyers:
    """A group of buyers as draws of tastes, U = x'B.

    Attributes
    ----------
    node
        Where they come from.
    B
        At the estimate: shape (n, K).
    erring
        At draws of the estimation error: shape (draws, n, K).
    """

    node: Node
    B: Array
    erring: Array


def buyers_of(node: Node, rng: np.random.Generator) -> Buyers:
    """Return draws of a node's buyers; people who differ only where a mixed logit says so."""
    seed = int(rng.integers(2**31))
    if node.mixed is None:
        draws = rng.multivariate_normal(node.plain.b, node.covariance, DRAWS, method="eigh")
        return Buyers(node, node.plain.b[None, :], draws[:, None, :])
    thetas = rng.multivariate_normal(node.mixed.theta, mixed_covariance(node.mixed), DRAWS, method="eigh")
    spec = replace(node.mixed.spec, draws=PEOPLE, points="halton", antithetic=False, seed=seed)
    at = layout(spec, len(spec.distribution))
    Z = points(1, len(at.columns), spec)[0]
    return Buyers(
        node, coefficients(at, node.mixed.theta, Z), np.stack([coefficients(at, theta, Z) for theta in thetas])
    )


def line_up_series(write: Writer, offers: Offers, buyers: Buyers) -> Iterator[Series]:
    """Yield, for each line-up, the share of choices of each product, and where buyers of each would go were it not there."""
    origin = write.origin("choice.shares", buyers.node.experiment, ASSUMPTIONS)
    by = (buyers.node.experiment.tasks.N, origin)
    for lineup in dict.fromkeys(offers.lineup):
        rows = _known(offers, lineup)
        if len(rows) < 2:
            continue
        nobody = _none(write)
        X = np.vstack([offers.X[rows], nobody])
        names = [*(offers.product[j] for j in rows), *["none"] * len(nobody)]
        labels = (*((offers.brand[j], offers.product[j]) for j in rows), *[("", "none")] * len(nobody))
        suffix = f"{buyers.node.id}.{lineup}" if lineup else buyers.node.id
        value, found = shares(X, buyers.B), np.stack([shares(X, B) for B in buyers.erring])
        yield write.series(
            f"choice.shares.{suffix}", "share of choices in a line-up", "share", (labels, ("brand", "product")), _ends(write, value, found), by
        )  # fmt: skip
        yield _second(write, (X, names, [offers.brand[j] for j in rows]), buyers, suffix, by)


def _second(
    write: Writer, line: tuple[Array, list[str], list[str]], buyers: Buyers, suffix: str, by: tuple[int, Origin]
) -> Series:
    """Return where buyers of each product would go were it not there: to which product, in a long line-up to which brand."""
    X, names, brands = line
    to = [*brands, *names[len(brands) :]] if len(X) > LONG else names
    seconds = list(dict.fromkeys(to))
    into = np.array([[float(name == second) for second in seconds] for name in to])
    moved, again = switching(X, buyers.B) @ into, np.stack([switching(X, B) @ into for B in buyers.erring])
    pairs = [(i, j) for i in range(len(brands)) for j in range(len(seconds)) if names[i] != seconds[j]]
    i, j = (np.array(at, dtype=np.int64) for at in zip(*pairs, strict=True))
    labels = tuple((names[a], seconds[b]) for a, b in pairs)
    dims = ("product", "brand" if len(X) > LONG else "second")
    values = _ends(write, moved[i, j], again[:, i, j])
    return write.series(f"choice.switching.{suffix}", "where buyers would go", "share", (labels, dims), values, by)


def searches(write: Writer, offers: Offers, groups: dict[str, Buyers]) -> Iterator[Estimate]:
    """Yield, for each search, the best candidate found and what it brings against the product as it is."""
    for search in write.config.choice.searches:
        buyers = groups.get(search.segment or "all")
        j = offers.product.index(search.product) if search.product in offers.product else -1
        if buyers is None or j < 0 or offers.brand[j] in offers.unknown:
            continue
        if buyers.node.money(buyers.node.unit("price"), write.level) is None:
            origin = write.origin("choice.search", buyers.node.experiment, ASSUMPTIONS)
            what = "share of choices of the best candidate"
            yield write.refusal(f"choice.search.{search.id}.share", what, "not measurable in money", origin)
        else:
            yield from _search(write, offers, buyers, search)


def _search(write: Writer, offers: Offers, buyers: Buyers, search: Search) -> Iterator[Estimate]:
    j = offers.product.index(search.product)
    others = [i for i in _known(offers, offers.lineup[j]) if i != j]
    candidates, told, cost = _candidates(write, offers.X[j], search)
    rest = Rest(np.vstack([offers.X[others], _none(write)]), candidates[:, 0], None if search.cost is None else cost)
    found = best(rest, candidates, buyers.B)
    share = np.stack([gains(rest.X, candidates, B) for B in buyers.erring])
    gain = share * rest.unit
    k = found.best
    by = (buyers.node.experiment.tasks.N, write.origin("choice.search", buyers.node.experiment, ASSUMPTIONS))
    stem, unit = f"choice.search.{search.id}", f"{write.unit} per buyer"
    goal = "margin a buyer" if search.cost is not None else "revenue a buyer"
    yield write.point(
        f"{stem}.share",
        "share of choices of the best candidate",
        _pair(write, float(found.share[k]), share[:, k]),
        "share",
        by,
    )
    yield write.point(f"{stem}.value", goal, _pair(write, float(found.gain[k]), gain[:, k]), unit, by)
    more = _pair(write, float(found.gain[k] - found.gain[0]), gain[:, k] - gain[:, 0])
    yield write.point(f"{stem}.gain", f"{goal} over the product as it is", more, unit, by)
    wins = float((gain.argmax(axis=1) == k).mean())
    yield write.counted(
        f"{stem}.probability", "probability that no other candidate brings more", wins, "probability", by
    )
    for name, level in told[k].items():
        if isinstance(level, float):
            yield write.counted(
                f"{stem}.level.{name}",
                "level of the best candidate",
                level,
                write.unit if name == "price" else "number",
                by,
            )
        else:
            yield write.counted(f"{stem}.level.{name}={level}", "level of the best candidate", 1.0, "count", by)


def _candidates(write: Writer, own: Array, search: Search) -> tuple[Array, list[dict[str, float | str]], Array]:
    """Return the candidates' rows, the product as it is first; what they are; and what a unit costs."""
    columns = write.experiment.columns
    names = ("price", *search.levels)
    tried: list[tuple[float | str, ...]] = list(
        combinations(search.prices or (float(own[0]),), *search.levels.values())
    )
    rows: list[Array] = [own]
    told: list[dict[str, float | str]] = [
        {"price": float(own[0]), **{name: _level(write, own, name) for name in search.levels}}
    ]
    for levels in tried:
        row = own.copy()
        row[0] = float(levels[0])
        for name, level in zip(names[1:], levels[1:], strict=True):
            coded_levels(row, columns, name, level)
        rows.append(row)
        told.append({n: v if isinstance(v, str) else float(v) for n, v in zip(names, levels, strict=True)})
    X = np.stack(rows)
    if search.cost is None:
        return X, told, np.zeros(len(X))
    cost = np.full(len(X), float(search.cost))
    for name, prices in search.cost_of.items():
        for k, one in enumerate(told):
            at = one.get(name)
            if isinstance(at, str):
                cost[k] += prices.get(at, 0.0)
            elif at is not None:
                cost[k] += prices.get("unit", 0.0) * at + prices.get(f"{at:g}", 0.0)
    return X, told, cost


def _level(write: Writer, own: Array, attribute: str) -> float | str:
    """Return what a product has of an attribute."""
    at = write.experiment.index("attribute", attribute)
    levels = next(a.levels for a in write.config.choice.attributes if a.id == attribute)
    return levels[int(own[at] @ np.arange(1, len(at) + 1))] if levels else float(own[at[0]])


def _none(write: Writer) -> Array:
    """Return the row of "none of these", where it was offered: shape (1 or 0, K)."""
    return np.eye(len(write.experiment.columns))[write.experiment.index("none")]


def _known(offers: Offers, lineup: str) -> list[int]:
    return [j for j, name in enumerate(offers.lineup) if name == lineup and offers.brand[j] not in offers.unknown]


def _ends(write: Writer, value: Array, draws: Array) -> tuple[Array, Array, Array]:
    """Return percentile ends that hold the estimate."""
    lo, hi = np.quantile(draws, [0.5 - write.level / 2, 0.5 + write.level / 2], axis=0)
    return value, np.minimum(lo, value), np.maximum(hi, value)


def _pair(write: Writer, value: float, draws: Array) -> tuple[float, float, float]:
    found = _ends(write, np.array([value]), draws[:, None])
    return float(found[0][0]), float(found[1][0]), float(found[2][0])
