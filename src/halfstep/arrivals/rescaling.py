"""Does a fitted process describe the cascades? Its own clock, on which events should come like raindrops.

By the integrated rate of its kind, the intervals between events are exponential with mean one and independent where the model
is true (Ogata 1988; Brown et al. 2002). Kolmogorov and Smirnov's distance tells of the first, the correlation of neighbours'
normal scores of the second. Parameters are estimated from the same events, which makes printed p-values too large; here both
figures are put to cascades drawn from the fit and fitted again (parametric bootstrap), so that p-values are honest.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from halfstep.arrivals.ascent import expand
from halfstep.arrivals.cascades import Array, again
from halfstep.arrivals.hawkes import Fit, fit_problem
from halfstep.arrivals.redraw import redraw
from halfstep.native.cascade import Asked, Rates
from halfstep.native.door import kernel

__all__ = ["Rescaling", "intervals", "rescaling"]

_FEWEST = 5


@dataclass(frozen=True, slots=True, eq=False)
class Rescaling:
    """The test, cascade by cascade; NaN of those with fewer than 5 intervals.

    Attributes
    ----------
    distance, p_distance
        Kolmogorov-Smirnov distance of the rescaled intervals from the exponential, and its p-value; shape (C,).
    correlation, p_correlation
        Of neighbours' normal scores (two-sided p), shape (C,).
    passed
        Share of the cascades tested in which neither p-value is below half of `1 - level`; NaN of none.
    draws
        Redrawn sets behind the p-values; 0 where the fitted process runs away, and then no p-value is told.
    """

    distance: Array
    p_distance: Array
    correlation: Array
    p_correlation: Array
    passed: float
    draws: int


def intervals(fit: Fit) -> tuple[Array, ...]:
    """Return each cascade's rescaled intervals, kind after kind."""
    problem = fit.problem
    w, f = expand(problem, fit.found.at)
    stream = problem.stream
    rates = Rates(problem.decay, w * problem.scale[:, None], f)
    step = kernel().cascade(stream, rates, Asked(likelihood=False, path=True)).step
    out = []
    for c in range(len(stream.until)):
        rows = slice(*stream.row[c : c + 2])
        clock, kind = np.cumsum(step[rows], axis=0), stream.kind[rows]
        mine = [np.diff(clock[kind == d, d], prepend=0.0) for d in range(problem.spec.counted)]
        out.append(np.concatenate(mine))
    return tuple(out)


def rescaling(fit: Fit, rng: np.random.Generator, draws: int = 99) -> Rescaling:
    """Test a fit.

    Parameters
    ----------
    draws
        Sets redrawn from the fit; p-values are multiples of 1 / (draws + 1).
    """
    seen = np.array([_figures(x) for x in intervals(fit)])
    redrawn: list[list[tuple[float, float]]] = []
    for _ in range(draws):
        drawn_again = redraw(fit, rng)
        if drawn_again is None or not any((c.kind < fit.problem.spec.counted).any() for c in drawn_again):
            redrawn = []
            break
        redrawn.append([_figures(x) for x in intervals(fit_problem(again(fit.problem, drawn_again)))])
    p = np.full(seen.shape, np.nan)
    if redrawn:
        drawn = np.array(redrawn)
        sizes = np.stack([drawn[..., 0], np.abs(drawn[..., 1])], axis=-1)
        size = np.stack([seen[:, 0], np.abs(seen[:, 1])], axis=-1)
        known = np.isfinite(sizes)
        p = (1.0 + ((sizes >= size) & known).sum(axis=0)) / (1.0 + known.sum(axis=0))
        p[~np.isfinite(seen)] = np.nan
    tested = np.isfinite(p[:, 0])
    cut = (1.0 - fit.problem.spec.level) / 2
    passed = float((p[tested] > cut).all(axis=1).mean()) if tested.any() else float("nan")
    return Rescaling(seen[:, 0], p[:, 0], seen[:, 1], p[:, 1], passed, len(redrawn))


def _figures(x: Array) -> tuple[float, float]:
    if len(x) < _FEWEST:
        return float("nan"), float("nan")
    u = -np.expm1(-x)
    ranked, n = np.sort(u), len(u)
    distance = float(np.maximum(np.arange(1, n + 1) / n - ranked, ranked - np.arange(n) / n).max())
    score = ndtri(np.clip(u, 1e-9, 1.0 - 1e-9))
    score = score - score.mean()
    total = float(score @ score)
    return distance, float(score[:-1] @ score[1:] / total) if total > 0.0 else 0.0
