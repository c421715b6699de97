"""When the level of a count changed: changepoints by PELT (Killick, Fearnhead & Eckley 2012), over-dispersed, days alike.

A day's rows have mean m_t = mu e_t (e_t the exposure) and variance m_t (1 + m_t / k): a day's own swing does not shrink on
a longer list. A segment costs its quasi-likelihood (McCullagh 1983), each day weighed by its dispersion,

    C = -2 sum w_t (y_t log mu - mu e_t),    w_t = 1 / (1 + m_t / k),    mu = sum w y / sum w e,

with m_t from the segments found before (none, to begin with): found and weighed in turns until nothing moves. k comes from
differences of neighbouring days, which a change of level hardly touches.

Costs are divided by the long-run variance of the days about their segments, their variance times 1 + 2 sum rho_j up to the
first that is not positive (Geyer 1992): days that resemble each other hold less. The penalty is the one at which a series
without a change shows one with probability `false_alarms`: the larger of the tail of the largest of correlated chi-squares
(Miller & Siegmund 1982),

    P(b) = phi(b) ((b - 1/b) log((1 - e)^2 / e^2) + 4 / b),    penalty = b^2,    e = shortest / T,

and that of series made of the days' own residuals, redrawn in blocks of two shortest segments (Kuensch 1989), each divided by
its own long-run variance, with one cut or two. Bursts are no changes of level: leave their days out by `present`.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq
from scipy.stats import norm

from halfstep.core.errors import MisuseError

__all__ = ["Changes", "changes", "penalty"]

Array = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
ROUNDS = 4
"""Times that segments and weights are found from each other; they stop moving after two or three."""
REDRAWN = 199
"""Series without a change; with 199 the fifth in a hundred is told within one and a half."""
STEP = 7
"""Days between the places at which two cuts at once are tried in those series; a week of a segment of four."""


@dataclass(frozen=True, slots=True)
class Changes:
    """Levels of a count.

    Attributes
    ----------
    days
        First day of each segment but the first.
    rates
        Rows per unit of exposure in each segment (a day's rows where no exposure was given).
    penalty
        What a change has to gain.
    inflation
        By how much it is multiplied: the long-run variance of the days about their segments, one where they are as foretold.
    """

    days: tuple[int, ...]
    rates: tuple[float, ...]
    penalty: float
    inflation: float


def penalty(days: int, shortest: int, false_alarms: float) -> float:
    """Return what one change must gain, so that a series without any shows one with probability `false_alarms`."""
    edge = min(max(shortest / days, 1e-6), 0.49)
    ratio = 2 * np.log((1 - edge) / edge)

    def excess(b: float) -> float:
        return float(norm.pdf(b) * ((b - 1 / b) * ratio + 4 / b)) - false_alarms

    return float(brentq(excess, 1.0, 12.0)) ** 2 if excess(1.0) > 0 else 1.0


def changes(
    count: Array,
    total: Array | None = None,
    present: Flags | None = None,
    shortest: int = 28,
    false_alarms: float = 0.05,
) -> Changes:
    """Return the changes of level of daily counts, (T,).

    Parameters
    ----------
    count, total, present
        Rows, NaN on days not observed; rows of the list, None where every day is alike; days observed, None for all.
    shortest
        Fewest days of a segment: four weeks, below which it is a burst.
    false_alarms
        Probability of any change in a series that has none.
    """
    seen = np.ones(len(count), dtype=np.bool_) if present is None else present.copy()
    exposure = np.ones(len(count)) if total is None else np.asarray(total, dtype=np.float64)
    seen &= np.isfinite(count) & (exposure > 0)
    days = np.flatnonzero(seen)
    if shortest < 2 or not 0 < false_alarms < 1:
        raise MisuseError(f"expected shortest >= 2 and false_alarms in (0, 1), got {shortest} and {false_alarms}")
    if len(days) < 2 * shortest or count[days].sum() == 0:
        rate = float(count[days].sum() / exposure[days].sum()) if len(days) else np.nan
        return Changes((), (rate,), np.nan, 1.0)
    mean_exposure = float(exposure[days].mean())
    y, e = count[days].astype(np.float64), exposure[days] / mean_exposure
    shape = _shape(y, e)
    cuts: list[int] = []
    price = inflation = 1.0
    for _ in range(ROUNDS):
        residual, weight = _about(y, e, cuts, shape)
        inflation = float(_long_run(residual[None], shortest)[0])
        if not cuts:
            price = max(penalty(len(days), shortest, false_alarms), _redrawn(residual, shortest, false_alarms))
        again = _pelt(weight * y, weight * e, price * inflation, shortest)
        if again == cuts:
            break
        cuts = again
    ends = [0, *cuts, len(days)]
    rates = tuple(float(y[a:b].sum() / e[a:b].sum() / mean_exposure) for a, b in pairwise(ends))
    return Changes(tuple(int(days[c]) for c in cuts), rates, price, inflation)


def _shape(y: Array, e: Array) -> float:
    """Return k: variance less mean over mean squared, from neighbours' differences, in the middle of its weekly values."""
    rate = y / e
    half = (np.diff(rate) ** 2) / 2
    local = (rate[1:] + rate[:-1]) / 2
    beyond = float((half - local / e[1:]).sum())
    squares = float((local**2 - np.maximum(half, 0) / 2).clip(0).sum())
    return float(np.clip(squares / beyond, 0.05, 1e4)) if beyond > 0 else 1e4


def _about(y: Array, e: Array, cuts: list[int], shape: float) -> tuple[Array, Array]:
    """Return the days' residuals about their segments, in standard deviations, and their weights."""
    mean = np.concatenate([max(y[a:b].sum(), 0.5) / e[a:b].sum() * e[a:b] for a, b in pairwise([0, *cuts, len(y)])])
    weight = 1 / (1 + mean / shape)
    out: Array = (y - mean) * np.sqrt(weight / mean)
    return out, weight


def _long_run(residuals: Array, most: int) -> Array:
    """Return the long-run variance of each row of residuals, (rows, T), at least one; correlations up to `most` days apart."""
    r = residuals - residuals.mean(axis=1, keepdims=True)
    n = r.shape[1]
    power = np.abs(np.fft.rfft(r, 2 * n, axis=1)) ** 2
    alike = np.fft.irfft(power, 2 * n, axis=1)[:, : min(most, n - 1)] / n
    positive = np.cumprod(alike[:, 1:] > 0, axis=1)
    out: Array = np.maximum(alike[:, 0] + 2 * (alike[:, 1:] * positive).sum(axis=1), 1.0)
    return out


def _redrawn(residual: Array, shortest: int, false_alarms: float) -> float:
    """Return what one change gains in series without any, at most, but for a share of them: residuals in blocks, redrawn.

    The draws are always the same, so that the same counts always give the same changes.
    """
    rng, n, block = np.random.default_rng(0), len(residual), 2 * shortest
    starts = rng.integers(0, n, (REDRAWN, -(-n // block)))
    places = (starts[:, :, None] + np.arange(block)).reshape(REDRAWN, -1)[:, :n] % n
    drawn = residual[places]
    drawn -= drawn.mean(axis=1, keepdims=True)
    summed = np.concatenate([np.zeros((REDRAWN, 1)), np.cumsum(drawn, axis=1)], axis=1)
    one = np.arange(shortest, n - shortest + 1)
    gain = (summed[:, one] ** 2 * n / (one * (n - one))).max(axis=1)
    first, second = (p[None] for p in np.nonzero(np.tri(n // STEP + 1, dtype=np.bool_).T))
    first, second = first * STEP, second * STEP
    apart = (first >= shortest) & (second - first >= shortest) & (second <= n - shortest)
    if apart.any():
        a, b = first[apart], second[apart]
        two = summed[:, a] ** 2 / a + (summed[:, b] - summed[:, a]) ** 2 / (b - a) + summed[:, b] ** 2 / (n - b)
        gain = np.maximum(gain, two.max(axis=1) / 2)
    return float(np.quantile(gain / _long_run(drawn, shortest), 1 - false_alarms))


def _pelt(y: Array, e: Array, price: float, shortest: int) -> list[int]:
    """Return the optimal cuts: best[t] = min over s of best[s] + cost(s, t) + price, candidates pruned."""
    rows, open_ = np.concatenate([[0.0], np.cumsum(y)]), np.concatenate([[0.0], np.cumsum(e)])

    def cost(start: npt.NDArray[np.int64], stop: int) -> Array:
        s, x = rows[stop] - rows[start], open_[stop] - open_[start]
        out: Array = -2 * (s * np.log(np.where(s > 0, s / x, 1.0)) - s)
        return out

    n = len(y)
    best, last = np.full(n + 1, np.inf), np.zeros(n + 1, dtype=np.int64)
    best[0] = -price
    starts = np.zeros(1, dtype=np.int64)
    for t in range(shortest, n + 1):
        if t >= 2 * shortest:
            starts = np.append(starts, t - shortest)
        values = best[starts] + cost(starts, t)
        k = int(np.argmin(values))
        best[t], last[t] = values[k] + price, starts[k]
        starts = starts[values <= best[t]] if t >= 2 * shortest else starts
    cuts, t = [], n
    while last[t] > 0:
        t = int(last[t])
        cuts.append(t)
    return cuts[::-1]
