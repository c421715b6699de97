"""Which products are compared with which: scope, period, pooling, weights.

Scope selects on exogenous things only. Both offerings are weighted alike over markets, so that the market's own price
level cancels and no brand is compared across time.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from halfstep.core.config import StudyConfig
from halfstep.market.hedonic import HedonicSpec, block
from halfstep.market.panel import Panel, thin

__all__ = ["BLOCK", "Comparison", "Missing", "Pair", "asked_comparisons", "compare", "comparisons", "span", "windows"]

Array = npt.NDArray[np.float64]

BLOCK = "/"
"""Between the first and last period of a pooled block, as in ISO 8601 intervals."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Who is compared, where: focal brand, benchmark, segment id."""

    focal: str
    benchmark: str
    segment: str = "all"


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """Two offerings in the same markets.

    Attributes
    ----------
    pair
        Who, where.
    first, last
        Ordinals of the periods covered.
    period
        Text of the period or block.
    focal_weight, benchmark_weight
        Row weights, each summing to one, alike over markets; shape (n,).
    models
        Distinct models of focal and benchmark.
    """

    pair: Pair
    first: int
    last: int
    period: str
    focal_weight: Array
    benchmark_weight: Array
    models: tuple[int, int]

    @property
    def pooled(self) -> bool:
        """Whether several periods were pooled."""
        return self.last > self.first

    @property
    def omega(self) -> Array:
        """Row weights of the gap, benchmark minus focal; shape (n,)."""
        return self.benchmark_weight - self.focal_weight

    @property
    def rows(self) -> npt.NDArray[np.bool_]:
        """Rows of either offering."""
        return (self.focal_weight > 0) | (self.benchmark_weight > 0)


@dataclass(frozen=True, slots=True)
class Missing:
    """No comparison, and why.

    "focal absent", "benchmark absent", "never together", "too few models", or "no freedom": the regression has so few
    rows beside its terms that nothing is left to tell the error from.
    """

    pair: Pair
    period: str
    why: str
    models: tuple[int, int]


def windows(panel: Panel, pair: Pair, spec: HedonicSpec, offering: str) -> tuple[tuple[int, int], ...]:
    """Return the periods or blocks in which the pair is compared, ascending.

    A period stands alone where both brands have enough models in it; other periods with the focal brand in them are
    pooled over the block that holds them.
    """
    scope = panel.segments[pair.segment] & (_model_weights(panel, offering) > 0)
    last = int(panel.period.max())
    out = set()
    for period in np.unique(panel.period[scope & panel.is_brand(pair.focal)]):
        rows = scope & (panel.period == period)
        few = any(thin(panel, rows & panel.is_brand(b), spec.min_models) for b in (pair.focal, pair.benchmark))
        out.add(block(int(period), last, spec.pooled_periods if few else spec.name_periods))
    return tuple(sorted(out, key=lambda w: (w[1], w[0])))


def compare(
    panel: Panel, pair: Pair, window: tuple[int, int], spec: HedonicSpec, offering: str
) -> Comparison | Missing:
    """Build one comparison.

    Parameters
    ----------
    window
        First and last period.
    offering
        "equal" or "sales": weights of models within a market and of markets within the focal offering.
    """
    first, last = window
    q = _model_weights(panel, offering)
    scope = panel.segments[pair.segment] & (panel.period >= first) & (panel.period <= last) & (q > 0)
    focal, benchmark = (scope & panel.is_brand(b) for b in (pair.focal, pair.benchmark))
    shared = np.intersect1d(panel.market[focal], panel.market[benchmark])
    together = np.isin(panel.market, shared)
    first, last = _covered(panel, (focal | benchmark) & together if len(shared) else focal | benchmark, window)
    period = span(panel, first, last)
    counts = tuple(len(np.unique(panel.cluster[rows & together])) for rows in (focal, benchmark))
    models = (counts[0], counts[1])
    for why, wrong in (
        ("focal absent", not focal.any()),
        ("benchmark absent", not benchmark.any()),
        ("never together", not len(shared)),
        ("too few models", min(models) < spec.min_models),
    ):
        if wrong:
            return Missing(pair, period, why, models)
    focal_weight = np.where(focal & together, q, 0.0)
    focal_weight /= focal_weight.sum()
    size = int(panel.market.max()) + 1
    wanted = np.bincount(panel.market, focal_weight, size)
    benchmark_weight = np.where(benchmark & together, q, 0.0)
    held = np.bincount(panel.market, benchmark_weight, size)
    benchmark_weight = benchmark_weight * (wanted / np.where(held > 0, held, 1.0))[panel.market]
    return Comparison(pair, first, last, period, focal_weight, benchmark_weight, models)


def span(panel: Panel, first: int, last: int) -> str:
    """Return the text of a period, or of a block of periods."""
    ends = [panel.period_key(t) for t in (first, last)]
    return ends[0] if first == last else BLOCK.join(ends)


def _model_weights(panel: Panel, offering: str) -> Array:
    return np.ones(panel.n) if offering == "equal" else panel.q


def _covered(panel: Panel, rows: npt.NDArray[np.bool_], window: tuple[int, int]) -> tuple[int, int]:
    """Return the first and last period that the rows really cover; the window where there are none."""
    return (int(panel.period[rows].min()), int(panel.period[rows].max())) if rows.any() else window


def comparisons(panel: Panel, pair: Pair, spec: HedonicSpec, offering: str) -> tuple[Comparison | Missing, ...]:
    """Build every comparison of a pair, oldest first; one `Missing` where the focal brand never appears."""
    found = windows(panel, pair, spec, offering)
    if not found:
        whole = panel.periods
        return (compare(panel, pair, (whole[0], whole[-1]), spec, offering),)
    return tuple(compare(panel, pair, window, spec, offering) for window in found)


def asked_comparisons(panel: Panel, config: StudyConfig, spec: HedonicSpec) -> list[Comparison | Missing]:
    """Return the comparisons that get a verdict: every segment and benchmark, in the periods the study asks for."""
    out: list[Comparison | Missing] = []
    for segment in panel.segments:
        for benchmark in config.study.benchmarks:
            found = comparisons(panel, Pair(config.study.focal, benchmark, segment), spec, config.gap.offering)
            out += found if config.gap.periods == "all" else found[-1:]
    return out
