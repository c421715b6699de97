"""The brand x period path of the hedonic, each brand against the plain mean over brands."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from halfstep.core.series import Series
from halfstep.core.tastes import Functionals
from halfstep.market.hedonic import HedonicFit, block
from halfstep.market.records import Author
from halfstep.numerics.contrasts import Contrasts
from halfstep.numerics.intervals import t_interval

__all__ = ["PathKind", "brand_paths", "name_weights", "quality_adjusted_change"]

Array = npt.NDArray[np.float64]


def name_weights(fit: HedonicFit, brand: str, period: int, others: tuple[int, ...] | None = None) -> Array | None:
    """Row weights of a brand's term in a period minus the plain mean over brands, or None where it is undetermined.

    Parameters
    ----------
    others
        Brand codes of the mean; all brands with a term in the period's name unit if absent.
    """
    combination = _term(fit, _by_unit(fit), brand, period, others)
    return None if combination is None else fit.squares.effect_weights(combination)


def _by_unit(fit: HedonicFit) -> npt.NDArray[np.bool_]:
    """Return which cells have rows in which name unit, counted back from the last period; shape (units, C)."""
    back = (int(fit.panel.period.max()) - fit.panel.period) // fit.spec.name_periods
    units, cells = int(back.max()) + 1, len(fit.cells)
    return np.bincount(back * cells + fit.squares.design.cell, minlength=units * cells).reshape(units, cells) > 0


def _term(
    fit: HedonicFit, present: npt.NDArray[np.bool_], brand: str, period: int, others: tuple[int, ...] | None = None
) -> Array | None:
    """Return a brand's term in a period minus the plain mean over brands as a combination of cells, shape (C,)."""
    own = fit.panel.brands.index(brand)
    unit = (int(fit.panel.period.max()) - period) // fit.spec.name_periods
    cells = {fit.cells[c][0]: int(c) for c in np.flatnonzero(present[unit])}
    mean = tuple(cells) if others is None else tuple(b for b in others if b in cells)
    if own not in cells or not mean:
        return None
    combination = np.zeros(len(fit.cells))
    combination[cells[own]] += 1.0
    for b in mean:
        combination[cells[b]] -= 1 / len(mean)
    return combination


@dataclass(frozen=True, slots=True)
class PathKind:
    """What a path is a path of: id, unit, method, assumptions; `judge` estimates its contrasts, else the regression."""

    id: str = "hedonic.path"
    unit: str = "log points"
    method: str = "hedonic.path"
    assumptions: tuple[str, ...] = ("clusters independent",)
    judge: Callable[[Contrasts], Functionals] | None = None


def brand_paths(
    write: Author, fit: HedonicFit, brands: tuple[str, ...], kind: PathKind | None = None
) -> Iterator[Series]:
    """Yield the path of each brand's term with its full covariance, over the plain mean of brands.

    Periods in which a brand has too few models share the term of their block; a brand with nothing determined is left
    out.
    """
    kind = kind or PathKind()
    points: list[tuple[str, str, Array]] = []
    present, models, newest = _by_unit(fit), _models(fit), _newest(fit)
    for c, (b, first, last) in enumerate(fit.cells):
        brand = fit.panel.brands[b]
        if brand not in brands or models[c] < fit.spec.min_models:
            continue
        combination = _term(fit, present, brand, int(newest[c]))
        if combination is not None:
            key = fit.panel.period_key(first)
            points.append((brand, key if first == last else f"{key}/{fit.panel.period_key(last)}", combination))
    if not points:
        return
    determined = fit.squares.contrasts(np.column_stack([point[2] for point in points]))[1]
    points = [point for point, known in zip(points, determined, strict=True) if known]
    if not points:
        return
    judge = kind.judge or fit.squares.functionals
    found = judge(fit.squares.contrasts(np.column_stack([point[2] for point in points]))[0])
    for brand in brands:
        mine = [i for i, point in enumerate(points) if point[0] == brand]
        if mine:
            fitted = (found.value[mine], found.covariance[np.ix_(mine, mine)], found.freedom[mine])
            yield write.path(
                f"{kind.id}.{brand}", "brand term over the mean of brands", kind.unit,
                tuple((points[i][1],) for i in mine), ("period",), fitted,
                write.origin(kind.method, fit.panel.is_brand(brand), kind.assumptions),
            )  # fmt: skip


def _models(fit: HedonicFit) -> npt.NDArray[np.int64]:
    """Return the number of distinct models of each cell, shape (C,)."""
    clusters = int(fit.panel.cluster.max()) + 1
    pairs = np.sort(fit.squares.design.cell * clusters + fit.panel.cluster)
    first = pairs[np.concatenate([[True], np.diff(pairs) > 0])]
    return np.bincount(first // clusters, minlength=len(fit.cells))


def _newest(fit: HedonicFit) -> npt.NDArray[np.int64]:
    """Return the last period in which each cell has a row, shape (C,)."""
    newest = np.full(len(fit.cells), np.iinfo(np.int64).min)
    np.maximum.at(newest, fit.squares.design.cell, fit.panel.period)
    return newest


def quality_adjusted_change(
    fit: HedonicFit, brand: str, before: int, after: int, level: float
) -> tuple[float, float, float] | None:
    """Return the change of a brand's quality-adjusted price against the others, with its interval, in log points.

    Models that sell in both periods are compared with themselves, at the attribute prices of the later one; the brand's
    models count by what they sell in the later period. The interval says how far a whole brand drifts by chance, and is
    read off the other brands: the brand's own scatter would hide a cut of a single model, however deep. Where the
    models on sale in both periods make less than half of the brand's later sales, the change of the brand's term over
    the others' is returned instead.

    None where either period is thin, where both share a name term, or where nothing is left to judge the error by.
    """
    last, width = int(fit.panel.period.max()), fit.spec.name_periods
    if block(before, last, width) == block(after, last, width):
        return None
    rows = [fit.panel.is_brand(brand) & (fit.panel.period == t) for t in (before, after)]
    if any(len(np.unique(fit.panel.cluster[r])) < fit.spec.min_models for r in rows):
        return None
    found = _same_models(fit, brand, before, after) or _name_terms(fit, brand, before, after)
    if found is None:
        return None
    value, se, freedom = (np.array([v]) for v in found)
    lo, hi = t_interval(value, se, freedom, level)
    return found[0], float(lo[0]), float(hi[0])


def _same_models(fit: HedonicFit, brand: str, before: int, after: int) -> tuple[float, float, float] | None:
    """Return (value, se, freedom) from models that sell in both periods, or None where they are too few.

    Each brand's change is that of its staying models, weighted by their later sales; the other brands' changes, one per
    brand, give the mean that the brand is held against and the spread that chance makes; the spread of single models
    counts instead where, for a line of the brand's size and weights, it is larger.
    """
    panel, columns = fit.panel, [fit.panel.attributes.index(a) for a in fit.spec.attributes]
    epoch = int(fit.epochs[np.argmax(panel.period == after)])
    prices = np.nan_to_num(fit.squares.beta[epoch * len(columns) : (epoch + 1) * len(columns)])
    adjusted = fit.squares.y - panel.X[:, columns] @ prices
    size = int(panel.cluster.max()) + 1
    at = [panel.period == t for t in (before, after)]
    counts = [np.bincount(panel.cluster[rows], minlength=size) for rows in at]
    sums = [np.bincount(panel.cluster[rows], adjusted[rows], size) for rows in at]
    sold = np.bincount(panel.cluster[at[1]], panel.q[at[1]], size)
    staying = (counts[0] > 0) & (counts[1] > 0) & (sold > 0)
    change = sums[1][staying] / counts[1][staying] - sums[0][staying] / counts[0][staying]
    owner = np.zeros(size, dtype=np.int64)
    owner[panel.cluster] = panel.brand
    by_brand = np.bincount(owner[staying], sold[staying], len(panel.brands))
    moved = np.bincount(owner[staying], sold[staying] * change, len(panel.brands))
    own = panel.brands.index(brand)
    others = np.flatnonzero((by_brand > 0) & (np.arange(len(panel.brands)) != own))
    if len(others) < fit.spec.min_models or by_brand[own] < panel.q[at[1] & panel.is_brand(brand)].sum() / 2:
        return None
    drift = moved[others] / by_brand[others]
    mine = sold[staying & (owner == own)] / by_brand[own]
    theirs = change[owner[staying] != own]
    by_brands = (float(drift.std(ddof=1) * np.sqrt(1 + 1 / len(others))), float(len(others) - 1))
    by_models = (float(theirs.std(ddof=1) * np.sqrt((mine**2).sum() + 1 / len(theirs))), float(len(theirs) - 1))
    return float(moved[own] / by_brand[own] - drift.mean()), *max(by_brands, by_models)


def _name_terms(fit: HedonicFit, brand: str, before: int, after: int) -> tuple[float, float, float] | None:
    """Return (value, se, freedom) of the change of the brand's term over the mean of brands with one in both periods."""
    own = fit.panel.brands.index(brand)
    present = [{int(b) for b in np.unique(fit.panel.brand[fit.panel.period == t])} for t in (before, after)]
    others = tuple(sorted((present[0] & present[1]) - {own}))
    by_unit = _by_unit(fit)
    terms = [c for t in (before, after) if (c := _term(fit, by_unit, brand, t, others)) is not None]
    if len(terms) < 2 or not fit.squares.contrasts(np.column_stack(terms))[1].all():
        return None
    found = fit.squares.functionals(fit.squares.contrasts((terms[1] - terms[0])[:, None])[0])
    return (float(found.value[0]), float(found.se[0]), float(found.freedom[0])) if found.freedom[0] > 0 else None
