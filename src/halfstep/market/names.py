"""The brand x period path of the hedonic, each brand against the plain mean over brands."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from halfstep.core.series import Series
from halfstep.market.hedonic import HedonicFit
from halfstep.market.records import Author
from halfstep.numerics.intervals import t_interval

__all__ = ["brand_paths", "name_weights", "quality_adjusted_change"]

Array = npt.NDArray[np.float64]


def name_weights(fit: HedonicFit, brand: str, period: int, others: tuple[int, ...] | None = None) -> Array | None:
    """Row weights of a brand's term in a period minus the plain mean over brands, or None where it is undetermined.

    Parameters
    ----------
    others
        Brand codes of the mean; all brands with a term in the period's name unit if absent.
    """
    own = fit.panel.brands.index(brand)
    width, last = fit.spec.name_periods, int(fit.panel.period.max())
    same_unit = (last - fit.panel.period) // width == (last - period) // width
    cells = {fit.cells[c][0]: int(c) for c in np.unique(fit.squares.design.cell[same_unit])}
    mean = tuple(cells) if others is None else tuple(b for b in others if b in cells)
    if own not in cells or not mean:
        return None
    combination = np.zeros(len(fit.cells))
    combination[cells[own]] += 1.0
    for b in mean:
        combination[cells[b]] -= 1 / len(mean)
    return fit.squares.effect_weights(combination)


def brand_paths(write: Author, fit: HedonicFit, brands: tuple[str, ...]) -> Iterator[Series]:
    """Yield the path of each brand's term with its full covariance, in log points over the plain mean of brands.

    Periods in which a brand has too few models share the term of their block; a brand with nothing determined is left
    out.
    """
    points: list[tuple[str, str, Array]] = []
    for c, (b, first, last) in enumerate(fit.cells):
        brand = fit.panel.brands[b]
        if brand not in brands:
            continue
        rows = fit.squares.design.cell == c
        if len(np.unique(fit.panel.cluster[rows])) < fit.spec.min_models:
            continue
        a = name_weights(fit, brand, int(fit.panel.period[rows].max()))
        if a is not None:
            key = fit.panel.period_key(first)
            points.append((brand, key if first == last else f"{key}/{fit.panel.period_key(last)}", a))
    if not points:
        return
    found = fit.squares.functionals(np.column_stack([a for _, _, a in points]))
    for brand in brands:
        mine = [i for i, point in enumerate(points) if point[0] == brand]
        if mine:
            fitted = (found.value[mine], found.covariance[np.ix_(mine, mine)], found.freedom[mine])
            yield write.path(
                f"hedonic.path.{brand}", "brand term over the mean of brands", "log points",
                tuple((points[i][1],) for i in mine), ("period",), fitted,
                write.origin("hedonic.path", fit.panel.is_brand(brand), ("clusters independent",)),
            )  # fmt: skip


def quality_adjusted_change(
    fit: HedonicFit, brand: str, before: int, after: int, level: float
) -> tuple[float, float, float] | None:
    """Return the change of a brand's quality-adjusted price against the others, with its interval, in log points.

    The mean is over the other brands that have a term in both periods. None where either period is thin or shares a
    term with the other, or where the fit is exact.
    """
    own = fit.panel.brands.index(brand)
    present = [{int(b) for b in np.unique(fit.panel.brand[fit.panel.period == t])} for t in (before, after)]
    others = tuple(sorted((present[0] & present[1]) - {own}))
    rows = [fit.panel.is_brand(brand) & (fit.panel.period == t) for t in (before, after)]
    if any(len(np.unique(fit.panel.cluster[r])) < fit.spec.min_models for r in rows):
        return None
    weights = [name_weights(fit, brand, t, others) for t in (before, after)]
    if weights[0] is None or weights[1] is None:
        return None
    found = fit.squares.functionals((weights[1] - weights[0])[:, None])
    if not found.freedom[0] > 0:
        return None
    lo, hi = t_interval(found.value, found.se, found.freedom, level)
    return float(found.value[0]), float(lo[0]), float(hi[0])
