"""What a day would usually have: causal levels of daily counts, with a predictive distribution that owns its errors.

For name i on day t, from the days before it only,

    m = (1 - echo) x level x exposure x weekday + echo x recent,     y ~ NB(mean m, shape r),
    1/r = clump/m + swing + v,                                       recent = sum over j >= 1 of y_(t-j) / 2^j

`level` is the mean of the days of the memory, each cut at the last tenth of what was foretold for it (winsorised, and the
mean that the cut takes off is put back), so that a burst does not become the usual; v is the level's relative variance.
`clump` (several rows of one story), `swing` (days that differ in their rate) and `echo` (days that resemble the ones just
before) are never fixed: predictive tails are averaged over a grid of all three, weighted by the likelihood of the weeks so
far (censored at the same cut, so that a burst's size says nothing) times a prior which is the mean of the other names'
weights. Averaging over the grid is what carries the error of the dispersion. With an echo this is the integer autoregression of Fokianos, Rahbek & Tjostheim
(2009).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import betainc, gammaln, ndtri

__all__ = ["CLUMPS", "CUT", "ECHOES", "POISSON", "SWINGS", "Usual", "tail", "usual"]

Array = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]
Places = tuple[Ints, Ints]

CUT = 0.10
"""Predictive tail beyond which a day is cut, so that up to a tenth of a name's days may be bursts (usual trimming share)."""
LEAST_CUT = 2.0
"""No day is cut below two rows: one row or two is all that a sparse name says of its dispersion."""
CLUMPS, SWINGS, ECHOES = (
    a.ravel() for a in np.meshgrid([0.0, 0.4, 1.2, 4.0], [0.0, 0.15, 0.5, 1.2, 3.2], [0.0, 0.2, 0.4, 0.7])
)
"""Grid, shape (80,): from Poisson to five rows at a time and days that differ threefold and more, from no echo to most."""
PRIOR_ROWS = 50.0
"""Rows worth of "all weekdays are alike": fifty rows of a weekday err by a seventh, more than weekdays usually differ."""
WEEK = 7
NEGLIGIBLE = 1e-8
"""Weight below which a point of the grid is passed over: all eighty together move a tail by less than a millionth."""
POISSON = 1e5
"""Largest shape of a negative binomial; beyond it it is a Poisson to five digits."""


@dataclass(frozen=True, slots=True, eq=False)
class Usual:
    """Predictive distributions of N names on T days; NaN on days that are not judged.

    Attributes
    ----------
    mean
        Rows that the day would usually have, whatever the days just before, shape (N, T).
    recent
        Rows that the days just before would bring, (N, T).
    rows
        Rows behind the level, (N, T); its relative variance is (1 + clump)/rows + swing/days.
    days
        Observed days behind the level, (N, T).
    tail
        Probability of as many rows as came, or more, (N, T).
    pair
        The same of the day and the one before it together, foretold before both, (N, T); NaN unless both were judged.
    clump, swing
        Dispersion as known before the day: posterior means, (N, T).
    weights
        Posterior weights of the grid after the last day, (N, 80).
    """

    mean: Array
    recent: Array
    rows: Array
    days: Array
    tail: Array
    pair: Array
    clump: Array
    swing: Array
    weights: Array


def tail(count: Array, mean: Array, shape: Array) -> Array:
    """Return P(Y >= count) of a negative binomial, by the incomplete beta function."""
    inside: Array = betainc(np.maximum(count, 1.0), shape, mean / (shape + mean))
    return np.where(count < 1, 1.0, inside)


def means(mean: Array, recent: Array) -> Array:
    """Return the mean at every echo of the grid, (N, 80)."""
    out: Array = mean[:, None] * (1 - ECHOES) + recent[:, None] * ECHOES
    return out


def shapes(mean: Array, rows: Array, days: Array) -> Array:
    """Return the shape of the predictive distribution at every point of the grid, with means (N, 80)."""
    spread = CLUMPS / mean + SWINGS + (1 + CLUMPS) / rows[:, None] + SWINGS / days[:, None]
    out: Array = np.minimum(1 / np.maximum(spread, 1e-12), POISSON)
    return out


def _shape(mean: Array, rows: Array, days: Array, clump: Array, swing: Array) -> Array:
    """Return the shape at one dispersion a name, (N,)."""
    spread = clump / mean + swing + (1 + clump) / rows + swing / days
    return np.minimum(1 / np.maximum(spread, 1e-12), POISSON)


def _log_mass(count: Array, mean: Array, shape: Array) -> Array:
    """Return log P(Y = count) with means and shapes (days, 80), less log(count!), which no dispersion changes."""
    out: Array = -shape * np.log1p(mean / shape)
    some = np.flatnonzero(count >= 1)
    y, m, r = count[some, None], mean[some], shape[some]
    out[some] += gammaln(y + r) - gammaln(r) + y * np.log(m / (r + m))
    return out


def usual(count: Array, exposure: Array, seen: Flags, memory: int) -> Usual:
    """Foretell every day from the days before it; what is known of dispersion is renewed once a week.

    Parameters
    ----------
    count
        Rows that name each of N names on T consecutive days, (N, T).
    exposure
        Rows in all, or ones, (N, T).
    seen
        Whether the day was observed at all, (N, T).
    memory
        Days before, from which the level is learnt. A day is judged where at least half of them were observed.
    """
    n, t = count.shape
    blank = np.full((n, t), np.nan)
    out = Usual(*[*(blank.copy() for _ in range(8)), np.zeros((n, len(CLUMPS)))])
    out.days[:] = _before(seen.astype(np.float64), memory)
    judged = seen & (2 * out.days >= memory) & (exposure > 0)
    out.recent[:] = np.where(judged, _recent(count, exposure, seen) * exposure, np.nan)
    out.days[~judged] = np.nan
    levels, evidence = _Levels.none_yet(n, t), np.zeros((n, len(CLUMPS)))
    for first in range(0, t, WEEK):
        week = slice(first, min(first + WEEK, t))
        weights = _posterior(evidence)
        out.clump[:, week], out.swing[:, week] = (
            np.where(judged[:, week], (weights @ grid)[:, None], np.nan) for grid in (CLUMPS, SWINGS)
        )
        for day in range(week.start, week.stop):
            levels.step(day, (count, exposure, seen, judged), out, weights @ ECHOES, memory)
        who, when = np.nonzero(judged[:, week])
        _judge(out, (who, when + first), (count, exposure), weights)
        gain = _learn(out, (who, when + first), count, levels.caps[who, when + first])
        gains = np.zeros((n, WEEK, len(CLUMPS)))
        gains[who, when] = gain
        evidence += gains.sum(axis=1)
    out.weights[:] = _posterior(evidence)
    return out


def _before(values: Array, memory: int) -> Array:
    """Return the sum of the `memory` days before each day, (N, T)."""
    summed = np.concatenate([np.zeros((len(values), 1)), np.cumsum(values, axis=1)], axis=1)
    t = np.arange(values.shape[1])
    out: Array = summed[:, t] - summed[:, np.maximum(t - memory, 0)]
    return out


def _recent(count: Array, exposure: Array, seen: Flags) -> Array:
    """Return the rate of the days before each, halved every day, (N, T); a day not observed leaves it as it is."""
    known = seen & (exposure > 0)
    rate = count / np.where(known, exposure, 1.0)
    out = np.zeros(count.shape)
    for day in range(1, count.shape[1]):
        out[:, day] = np.where(known[:, day - 1], (out[:, day - 1] + rate[:, day - 1]) / 2, out[:, day - 1])
    return out


@dataclass(frozen=True, slots=True, eq=False)
class _Levels:
    """What the level is learnt from: running sums of cut rows and of the exposure that the cut leaves, rows by weekday."""

    rows: Array
    open: Array
    caps: Array
    counted: Array
    foretold: Array

    @classmethod
    def none_yet(cls, n: int, t: int) -> _Levels:
        return cls(
            np.zeros((n, t + 1)), np.zeros((n, t + 1)), np.full((n, t), np.nan), np.full((n, WEEK), PRIOR_ROWS),
            np.full((n, WEEK), PRIOR_ROWS),
        )  # fmt: skip

    def step(self, day: int, given: tuple[Array, Array, Flags, Flags], out: Usual, echo: Array, memory: int) -> None:
        """Foretell the mean of a day, then take it in, cut."""
        count, exposure, seen, judged = (x[:, day] for x in given)
        came, left = np.where(seen, count, 0.0), seen.astype(np.float64)
        who = np.flatnonzero(judged)
        if len(who):
            back = max(day - memory, 0)
            rows = self.rows[who, day] - self.rows[who, back] + 0.5
            base = rows / (self.open[who, day] - self.open[who, back]) * exposure[who]
            mean = base * self.counted[who, day % WEEK] / self.foretold[who, day % WEEK]
            out.mean[who, day], out.rows[who, day] = mean, rows
            both = np.array([mean, mean + echo[who] * (out.recent[who, day] - mean)])
            shape = _shape(both, rows, out.days[who, day], out.clump[who, day], out.swing[who, day])
            caps, kept = _cut(both, shape)
            self.caps[who, day] = caps[1]
            came[who], left[who] = np.minimum(count[who], caps[0]), kept[0]
            self.counted[who, day % WEEK] += came[who]
            self.foretold[who, day % WEEK] += base * kept[0]
        self.rows[:, day + 1] = self.rows[:, day] + came
        self.open[:, day + 1] = self.open[:, day] + exposure * left


def _cut(mean: Array, shape: Array) -> tuple[Array, Array]:
    """Return where the days are cut, and the share of the mean that the cut leaves: E min(Y, c) / E Y.

    The cut is the least c with P(Y > c) <= CUT, found from the quantile of Cornish & Fisher (1938) by steps of one.
    """
    z, spread = float(ndtri(1 - CUT)), np.sqrt(mean + mean**2 / shape)
    skew = 1 + 2 * mean / shape
    cap: Array = np.maximum(np.floor(mean + spread * z + skew * (z * z - 1) / 6), LEAST_CUT)
    while True:
        at, beyond = tail(np.array([cap, cap + 1]), mean, shape)
        step = (beyond > CUT).astype(np.float64) - ((at <= CUT) & (cap > LEAST_CUT))
        if not step.any():
            break
        cap += step
    below = 1 - tail(cap, mean * (shape + 1) / shape, shape + 1)
    kept: Array = below + cap * beyond / mean
    return cap, kept


def _posterior(evidence: Array) -> Array:
    """Return weights of the grid: each name's evidence, times one uniform name and the other names' own weights."""
    own = np.exp(evidence - evidence.max(axis=1, keepdims=True))
    own /= own.sum(axis=1, keepdims=True)
    prior = (1 / own.shape[1] + own.sum(axis=0) - own) / len(own)
    together = prior * np.exp(evidence - evidence.max(axis=1, keepdims=True))
    out: Array = together / together.sum(axis=1, keepdims=True)
    return out


def _judge(out: Usual, places: Places, given: tuple[Array, Array], weights: Array) -> None:
    """Write down the tails of days, and of days and the ones before them together, at these weights of the grid."""
    (who, when), (count, exposure) = places, given
    out.tail[who, when] = 1.0
    some = np.flatnonzero(count[who, when] >= 1)
    k, g = np.nonzero(weights[who[some]] > NEGLIGIBLE)
    i, j = who[some][k], when[some][k]
    mean = out.mean[i, j] * (1 - ECHOES[g]) + out.recent[i, j] * ECHOES[g]
    shape = _shape(mean, out.rows[i, j], out.days[i, j], CLUMPS[g], SWINGS[g])
    chance = weights[i, g] * tail(count[i, j], mean, shape)
    out.tail[who[some], when[some]] = np.bincount(k, chance, len(some))
    after = np.flatnonzero((when > 0) & np.isfinite(out.mean[who, when - 1]))
    out.pair[who[after], when[after]] = 1.0
    some = after[count[who[after], when[after]] + count[who[after], when[after] - 1] >= 1]
    k, g = np.nonzero(weights[who[some]] > NEGLIGIBLE)
    i, j = who[some][k], when[some][k]
    both, shape = _pair(out, (i, j), exposure, g)
    chance = weights[i, g] * tail(count[i, j] + count[i, j - 1], both, shape)
    out.pair[who[some], when[some]] = np.bincount(k, chance, len(some))


def _pair(out: Usual, places: Places, exposure: Array, g: Ints) -> tuple[Array, Array]:
    """Return mean and shape of a negative binomial with the mean and variance of two days' sum, at points g of the grid.

    The second day follows the first by the echo: y_t = ... + (echo / 2) y_(t-1).
    """
    i, j = places
    echo = ECHOES[g]
    rows, days = out.rows[i, j - 1], out.days[i, j - 1]
    first = out.mean[i, j - 1] * (1 - echo) + out.recent[i, j - 1] * echo
    ratio = exposure[i, j] / exposure[i, j - 1]
    second = out.mean[i, j] * (1 - echo) + echo * ratio * (out.recent[i, j - 1] + first) / 2
    both = first + second
    noise = [m * (1 + CLUMPS[g]) + SWINGS[g] * m**2 for m in (first, second)]
    variance = noise[0] * (1 + echo * ratio / 2) ** 2 + noise[1] + both**2 * ((1 + CLUMPS[g]) / rows + SWINGS[g] / days)
    return both, np.minimum(both**2 / np.maximum(variance - both, 1e-9), POISSON)


def _learn(out: Usual, places: Places, count: Array, cap: Array) -> Array:
    """Return the log-likelihood of every dispersion on these days, censored at `cap`, (days, 80)."""
    came = count[places]
    mean = means(out.mean[places], out.recent[places])
    shape = shapes(mean, out.rows[places], out.days[places])
    over = came >= cap
    gain = np.empty(mean.shape)
    gain[~over] = _log_mass(came[~over], mean[~over], shape[~over])
    gain[over] = np.log(np.maximum(tail(cap[over, None], mean[over], shape[over]), 1e-300))
    return gain


def least(mean: Array, shape: Array, weights: Array, chance: float) -> float:
    """Return the smallest count whose tail over the grid is at most `chance`: doubling, then halving."""

    def over(count: float) -> bool:
        return float(weights @ tail(np.full(len(shape), count), mean, shape)) > chance

    low, high = 0.0, 1.0
    while over(high):
        low, high = high, 2 * high
    while high - low > 1:
        middle = np.floor((low + high) / 2)
        low, high = (middle, high) if over(middle) else (low, middle)
    return float(high)
