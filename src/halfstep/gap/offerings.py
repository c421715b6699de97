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
from halfstep.market.panel import Panel

__all__ = [
    "BLOCK",
    "Comparison",
    "Missing",
    "Offering",
    "Pair",
    "asked_comparisons",
    "compare",
    "comparisons",
    "span",
    "windows",
]

Array = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]

BLOCK = "/"
"""Between the first and last period of a pooled block, as in ISO 8601 intervals."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Who is compared, where: focal brand, benchmark, segment id."""

    focal: str
    benchmark: str
    segment: str = "all"


@dataclass(frozen=True, slots=True, eq=False)
class Offering:
    """Row weights of one side, which sum to one, where they are not zero; shapes (k,)."""

    rows: Codes
    weight: Array

    def mean(self, values: Array) -> float:
        """Return the weighted mean of a column over the panel, (n,)."""
        return float(self.weight @ values[self.rows])


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
    focal, benchmark
        The offerings; they weigh markets alike.
    size
        Rows of the panel, n.
    models
        Distinct models of focal and benchmark.
    """

    pair: Pair
    first: int
    last: int
    period: str
    focal: Offering
    benchmark: Offering
    size: int
    models: tuple[int, int]

    @property
    def pooled(self) -> bool:
        """Whether several periods were pooled."""
        return self.last > self.first

    @property
    def focal_weight(self) -> Array:
        """Row weights of the focal offering, shape (n,)."""
        return self._spread(self.focal)

    @property
    def benchmark_weight(self) -> Array:
        """Row weights of the benchmark's offering, shape (n,)."""
        return self._spread(self.benchmark)

    @property
    def gap(self) -> Offering:
        """Row weights of the gap, benchmark minus focal, where they are not zero."""
        sides = self.focal, self.benchmark
        return Offering(
            np.concatenate([side.rows for side in sides]), np.concatenate([-self.focal.weight, self.benchmark.weight])
        )

    @property
    def omega(self) -> Array:
        """Row weights of the gap, benchmark minus focal; shape (n,)."""
        return self.benchmark_weight - self.focal_weight

    @property
    def rows(self) -> npt.NDArray[np.bool_]:
        """Rows of either offering, shape (n,)."""
        out = np.zeros(self.size, dtype=bool)
        out[self.gap.rows] = True
        return out

    def _spread(self, side: Offering) -> Array:
        out = np.zeros(self.size)
        out[side.rows] = side.weight
        return out


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
    rows = _rows(panel, pair, offering)
    last, brands = int(panel.period.max()), [panel.brands.index(b) for b in (pair.focal, pair.benchmark)]
    sides = [rows[panel.brand[rows] == brand] for brand in brands]
    counts = [_models(panel, side) for side in sides]
    out = set()
    for period in np.unique(panel.period[sides[0]]).tolist():
        few = any(count.get(period, 0) < spec.min_models for count in counts)
        out.add(block(period, last, spec.pooled_periods if few else spec.name_periods))
    return tuple(sorted(out, key=lambda w: (w[1], w[0])))


def _rows(panel: Panel, pair: Pair, offering: str) -> Codes:
    """Return the rows of either brand in the segment that weigh anything."""
    rows = np.flatnonzero(panel.is_brand(pair.focal) | panel.is_brand(pair.benchmark))
    return rows[panel.segments[pair.segment][rows] & (_model_weights(panel, offering, rows) > 0)]


def _models(panel: Panel, rows: Codes) -> dict[int, int]:
    """Return the number of distinct models among some rows, by period."""
    clusters = int(panel.cluster.max()) + 1
    met = np.unique(panel.period[rows] * clusters + panel.cluster[rows])
    periods, count = np.unique(met // clusters, return_counts=True)
    return dict(zip(periods.tolist(), count.tolist(), strict=True))


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
    rows = _rows(panel, pair, offering)
    rows = rows[(panel.period[rows] >= window[0]) & (panel.period[rows] <= window[1])]
    market, own = panel.market[rows], panel.brand[rows] == panel.brands.index(pair.focal)
    theirs = ~own if pair.focal != pair.benchmark else own
    shared = np.intersect1d(market[own], market[theirs])
    together = np.isin(market, shared)
    first, last = _covered(panel, rows[together] if len(shared) else rows, window)
    period = span(panel, first, last)
    counts = [len(np.unique(panel.cluster[rows[side & together]])) for side in (own, theirs)]
    models = (counts[0], counts[1])
    for why, wrong in (
        ("focal absent", not own.any()),
        ("benchmark absent", not theirs.any()),
        ("never together", not len(shared)),
        ("too few models", min(models) < spec.min_models),
    ):
        if wrong:
            return Missing(pair, period, why, models)
    q, place = _model_weights(panel, offering, rows), np.searchsorted(shared, market)
    sides = [np.flatnonzero(side & together) for side in (own, theirs)]
    weights = [q[side] for side in sides]
    weights[0] = weights[0] / weights[0].sum()
    wanted, held = (np.bincount(place[s], w, len(shared)) for s, w in zip(sides, weights, strict=True))
    weights[1] = weights[1] * (wanted / held)[place[sides[1]]]
    focal, benchmark = (Offering(rows[s], w) for s, w in zip(sides, weights, strict=True))
    return Comparison(pair, first, last, period, focal, benchmark, panel.n, models)


def span(panel: Panel, first: int, last: int) -> str:
    """Return the text of a period, or of a block of periods."""
    ends = [panel.period_key(t) for t in (first, last)]
    return ends[0] if first == last else BLOCK.join(ends)


def _model_weights(panel: Panel, offering: str, rows: Codes) -> Array:
    return np.ones(len(rows)) if offering == "equal" else panel.q[rows]


def _covered(panel: Panel, rows: Codes, window: tuple[int, int]) -> tuple[int, int]:
    """Return the first and last period that the rows really cover; the window where there are none."""
    return (int(panel.period[rows].min()), int(panel.period[rows].max())) if len(rows) else window


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
