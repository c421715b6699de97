"""When the level of a count changed: changepoints by PELT (Killick, Fearnhead & Eckley 2012), over-dispersed.

A segment with S rows and exposure E costs -2 max log likelihood of y_t ~ NB(shape k e_t, mean mu e_t),

    C = -2 (S log mu - (S + k E) log(k + mu)),    mu = S / E,

which needs sums alone; k comes from differences of neighbouring days, which a change of level hardly touches. Costs are
divided by 1 + 2 sum rho_j, the correlations of days j apart about the segments, up to the first that is not positive (Geyer
1992): days that resemble each other hold less. That is begun with no segments and repeated, so that what is called a change
stands out of the correlation that it would otherwise be. The penalty is the one at which a series without a change shows one with
probability `false_alarms`: the tail of the largest of correlated chi-squares (Miller & Siegmund 1982),

    P(b) = phi(b) ((b - 1/b) log((1 - e)^2 / e^2) + 4 / b),    penalty = b^2,    e = shortest / T.

Bursts are no changes of level: leave their days out by `present`.
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
"""Times that segments and correlation are found from each other; they stop moving after two or three."""


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
        By how much correlation of days multiplies it: 1 + 2 sum rho_j.
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
    shortest
        Fewest days of a segment: four weeks, below which it is a burst.
    false_alarms
        Probability of any change in a series that has none.
    """
    seen = np.ones(len(count), dtype=np.bool_) if present is None else present.copy()
    exposure = np.ones(len(count)) if total is None else np.asarray(total, dtype=np.float64)
    seen &= exposure > 0
    days = np.flatnonzero(seen)
    if shortest < 2 or not 0 < false_alarms < 1:
        raise MisuseError(f"expected shortest >= 2 and false_alarms in (0, 1), got {shortest} and {false_alarms}")
    if len(days) < 2 * shortest or count[days].sum() == 0:
        rate = float(count[days].sum() / exposure[days].sum()) if len(days) else np.nan
        return Changes((), (rate,), np.nan, 1.0)
    mean_exposure = float(exposure[days].mean())
    y, e = count[days].astype(np.float64), exposure[days] / mean_exposure
    price = penalty(len(days), shortest, false_alarms)
    shape = _shape(y, e)
    cuts: list[int] = []
    inflation = 1.0
    for _ in range(ROUNDS):
        inflation = _inflation(y, e, cuts, shape, shortest)
        again = _pelt(y, e, shape, price * inflation, shortest)
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


def _inflation(y: Array, e: Array, cuts: list[int], shape: float, most: int) -> float:
    ends = [0, *cuts, len(y)]
    residuals = []
    for a, b in pairwise(ends):
        mean = max(y[a:b].sum(), 0.5) / e[a:b].sum() * e[a:b]
        residuals.append(np.minimum((y[a:b] - mean) / np.sqrt(mean * (1 + mean / shape)), 3.0))
    r = np.concatenate(residuals)
    r -= r.mean()
    out, power = 1.0, max(float(r @ r), 1e-12)
    for lag in range(1, min(most, len(r) - 1)):
        alike = float(r[lag:] @ r[:-lag]) / power
        if alike <= 0:
            break
        out += 2 * alike
    return out


def _pelt(y: Array, e: Array, shape: float, price: float, shortest: int) -> list[int]:
    """Return the optimal cuts: best[t] = min over s of best[s] + cost(s, t) + price, candidates pruned."""
    rows, open_ = np.concatenate([[0.0], np.cumsum(y)]), np.concatenate([[0.0], np.cumsum(e)])

    def cost(start: npt.NDArray[np.int64], stop: int) -> Array:
        s, x = rows[stop] - rows[start], open_[stop] - open_[start]
        mu = s / x
        some = s * np.log(np.where(s > 0, mu, 1.0))
        out: Array = -2 * (some - (s + shape * x) * np.log(shape + mu) + shape * x * np.log(shape))
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
