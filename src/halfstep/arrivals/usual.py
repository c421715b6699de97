"""What a day would usually have: causal levels of daily counts, with a predictive distribution that owns its errors.

For name i on day t, from the days before it only,

    m = (1 - echo) x level x exposure x weekday + echo x recent,     y ~ NB(mean m, shape r),
    1/r = clump/m + swing + v,                                       recent = sum over j >= 1 of y_(t-j) / 2^j

`level` is the mean of the days of the memory, each cut at the last tenth of what was foretold for it (winsorised, and the
mean that the cut takes off is put back), so that a burst does not become the usual; v is the level's relative variance. `clump` (several rows of one story),
`swing` (days that differ in their rate) and `echo` (days that resemble the ones just before) are never fixed: predictive
tails are averaged over a grid of all three, weighted by the likelihood of the days so far (censored at the same cut, so
that a burst's size says nothing) times a prior which is the mean of the other names' weights. Averaging over the grid is
what carries the error of the dispersion. With an echo this is the integer autoregression of Fokianos, Rahbek & Tjostheim
(2009).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import betainc, gammaln
from scipy.stats import nbinom

__all__ = ["CLUMPS", "CUT", "ECHOES", "SWINGS", "Usual", "tail", "usual"]

Array = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

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
    """Return log P(Y = count) with means and shapes (N, 80)."""
    out: Array = -shape * np.log1p(mean / shape)
    some = np.flatnonzero(count >= 1)
    y, m, r = count[some, None], mean[some], shape[some]
    out[some] += gammaln(y + r) - gammaln(r) - gammaln(y + 1) + y * np.log(m / (r + m))
    return out


def usual(count: Array, exposure: Array, seen: Flags, memory: int) -> Usual:
    """Foretell every day from the days before it.

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
    cut, kept_share, blank = np.zeros((n, t)), np.zeros((n, t)), np.full((n, t), np.nan)
    out = Usual(*[*(blank.copy() for _ in range(8)), np.full((n, len(CLUMPS)), 1 / len(CLUMPS))])
    evidence = np.zeros((n, len(CLUMPS)))
    counted, foretold = np.full((n, WEEK), PRIOR_ROWS), np.full((n, WEEK), PRIOR_ROWS)
    lately = np.zeros(n)
    for day in range(t):
        window = slice(max(day - memory, 0), day)
        days = seen[:, window].sum(axis=1)
        open_ = (exposure[:, window] * kept_share[:, window]).sum(axis=1)
        rows = cut[:, window].sum(axis=1) + 0.5
        judged = seen[:, day] & (2 * days >= memory) & (exposure[:, day] > 0)
        cut[:, day], kept_share[:, day] = np.where(seen[:, day], count[:, day], 0.0), seen[:, day]
        who = np.flatnonzero(judged)
        before, lately = lately, _follow(lately, count[:, day], exposure[:, day], seen[:, day])
        if not len(who):
            continue
        base = rows[who] / open_[who] * exposure[who, day]
        mean = base * counted[who, day % WEEK] / foretold[who, day % WEEK]
        weights = _posterior(evidence)
        clump, swing = weights[who] @ CLUMPS, weights[who] @ SWINGS
        recent = before[who] * exposure[who, day]
        for field, value in (("mean", mean), ("recent", recent), ("rows", rows[who]), ("days", days[who])):
            getattr(out, field)[who, day] = value
        echoed = means(mean, recent)
        both = np.array([mean, (weights[who] * echoed).sum(axis=1)])
        (cap, above), (kept, _) = _cut(both, _shape(both, rows[who], days[who], clump, swing))
        shape = shapes(echoed, rows[who], days[who])
        if day:
            out.pair[who, day] = _pair(out, who, day, count, exposure, weights[who])
        chance, gain = _learn(count[who, day], echoed, shape, weights[who], above)
        evidence[who] += gain
        cut[who, day], kept_share[who, day] = np.minimum(count[who, day], cap), kept
        counted[who, day % WEEK] += cut[who, day]
        foretold[who, day % WEEK] += base * kept
        out.tail[who, day] = chance
        out.clump[who, day], out.swing[who, day] = clump, swing
    out.weights[:] = _posterior(evidence)
    return out


def _follow(lately: Array, count: Array, exposure: Array, seen: Flags) -> Array:
    """Return the rate of the last days, halved every day; a day not observed leaves it as it is."""
    rate = count / np.where(exposure > 0, exposure, 1.0)
    return np.where(seen & (exposure > 0), (lately + rate) / 2, lately)


def _cut(mean: Array, shape: Array) -> tuple[Array, Array]:
    """Return where the days are cut, and the share of the mean that the cut leaves: E min(Y, c) / E Y."""
    chance = shape / (shape + mean)
    cap = np.maximum(nbinom.ppf(1 - CUT, shape, chance), LEAST_CUT)
    below = nbinom.cdf(cap - 1, shape + 1, chance)
    kept: Array = below + cap * nbinom.sf(cap, shape, chance) / mean
    return cap, kept


def _posterior(evidence: Array) -> Array:
    """Return weights of the grid: each name's evidence, times one uniform name and the other names' own weights."""
    own = np.exp(evidence - evidence.max(axis=1, keepdims=True))
    own /= own.sum(axis=1, keepdims=True)
    prior = (1 / own.shape[1] + own.sum(axis=0) - own) / len(own)
    together = prior * np.exp(evidence - evidence.max(axis=1, keepdims=True))
    out: Array = together / together.sum(axis=1, keepdims=True)
    return out


def _pair(out: Usual, who: npt.NDArray[np.int64], day: int, count: Array, exposure: Array, weights: Array) -> Array:
    """Return P(two days' rows or more), by a negative binomial with the mean and variance of their sum.

    The second day follows the first by the echo: y_t = ... + (echo / 2) y_(t-1).
    """
    rows, days = out.rows[who, day - 1, None], out.days[who, day - 1, None]
    first = means(out.mean[who, day - 1], out.recent[who, day - 1])
    ratio = (exposure[who, day] / np.where(exposure[who, day - 1] > 0, exposure[who, day - 1], 1.0))[:, None]
    second = out.mean[who, day, None] * (1 - ECHOES) + ECHOES * ratio * (out.recent[who, day - 1, None] + first) / 2
    both = first + second
    noise = [m * (1 + CLUMPS) + SWINGS * m**2 for m in (first, second)]
    variance = noise[0] * (1 + ECHOES * ratio / 2) ** 2 + noise[1] + both**2 * ((1 + CLUMPS) / rows + SWINGS / days)
    shape = np.minimum(both**2 / np.maximum(variance - both, 1e-9), POISSON)
    came = count[who, day - 1] + count[who, day]
    chance = np.where(np.isfinite(both[:, 0]), 1.0, np.nan)
    some = np.flatnonzero((came >= 1) & np.isfinite(both[:, 0]))
    chance[some] = (weights[some] * tail(came[some, None], both[some], shape[some])).sum(axis=1)
    return chance


def _learn(count: Array, mean: Array, shape: Array, weights: Array, cap: Array) -> tuple[Array, Array]:
    """Return the tails of the counts, and the log-likelihood of every dispersion, censored at `cap`, (N, 80)."""
    chance = np.ones(len(count))
    gain = _log_mass(count, mean, shape)
    some = np.flatnonzero(count >= 1)
    chance[some] = (weights[some] * tail(count[some, None], mean[some], shape[some])).sum(axis=1)
    over = np.flatnonzero(count >= cap)
    gain[over] = np.log(np.maximum(tail(cap[over, None], mean[over], shape[over]), 1e-300))
    return chance, gain


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
    return high
