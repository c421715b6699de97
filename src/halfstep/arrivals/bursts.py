"""Bursts of daily counts of a name, at a stated rate of false alarms.

News does not stop at midnight, so a day alarms where its own predictive tail (`usual`), or that of it and the day before
together, is at most

    false_alarms / 365.25 / 2,

so a name whose days are as foretold alarms at most `false_alarms` times a year (counts are discrete, and alarms that come
together are one burst: both only lower it). Alarms at most `apart` days after the last one belong to its burst. Attention
that decays does not rise: where a burst has fallen below its peak, an alarm that is as improbable under the larger of the
last two days' counts begins a new one.

What is said of awkward days: a day not observed neither alarms nor counts as zero, and ends no burst; a platform that stops
is not judged from then on; days are judged only where half of the memory was observed; a level shift is one burst, which
lasts until the memory has learnt the new level.

Where the rate itself wanders by a half within days and comes back within a week (log-normal, persistence .8), the stated
rate is not kept: 1.58 alarms a name and year at a stated 1, 2.5 at 2; an echo that fades more slowly (by three tenths a
day) mends little of it (2.4). In the other nulls it is .2 to .9 at a stated 1 (docs/validation/attention.json).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.stats import nbinom

from halfstep.arrivals.usual import CLUMPS, CUT, POISSON, SWINGS, Usual, least, means, shapes, tail, usual
from halfstep.core.errors import MisuseError

__all__ = ["Burst", "BurstSettings", "Bursts", "bursts", "bursts_together"]

Array = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

YEAR = 365.25


@dataclass(frozen=True, slots=True)
class BurstSettings:
    """How bursts are called.

    Attributes
    ----------
    memory
        Days before, from which the usual is learnt; eight weeks hold every weekday alike and follow a season.
    false_alarms
        Expected false alarms per name and year; one a year is what a reader can still look up.
    apart
        Days within which alarms are one burst; a week, as news follows a story for days.
    level
        Coverage of the interval of a burst's size.
    """

    memory: int = 56
    false_alarms: float = 1.0
    apart: int = 7
    level: float = 0.90


@dataclass(frozen=True, slots=True)
class Burst:
    """One burst; days are places in the series.

    Attributes
    ----------
    start, peak, end
        First alarm (the day before it, where only both together alarm), largest count, last day that is still in the
        last tenth of what is usual.
    rows
        Rows from start to end.
    excess, lo, hi
        Rows beyond what these days would have had, with its interval: the usual rows are a draw, and their level is estimated.
    usual
        Rows per unit of exposure before it (rows a day where no exposure was given).
    chance
        Smallest predictive tail of its days.
    threshold
        Fewest rows that would have alarmed by themselves on the day of the peak.
    """

    start: int
    peak: int
    end: int
    rows: float
    excess: float
    lo: float
    hi: float
    usual: float
    chance: float
    threshold: float


@dataclass(frozen=True, slots=True, eq=False)
class Bursts:
    """Bursts of one name.

    Attributes
    ----------
    bursts
        In order of time.
    mean
        Rows that each day would usually have, (T,); NaN where the day is not judged.
    tail
        Twice the smaller of the predictive tails of the day and of it and the day before, (T,); NaN where not judged.
    years
        Judged days over 365.25.
    false_alarms
        How many of these bursts would be expected in series that never burst: settings.false_alarms x years.
    clump, swing
        Dispersion after the last day: variance = mean (1 + clump) + swing mean^2.
    """

    bursts: tuple[Burst, ...]
    mean: Array
    tail: Array
    years: float
    false_alarms: float
    clump: float
    swing: float


def bursts(count: Array, total: Array | None, settings: BurstSettings, present: Flags | None = None) -> Bursts:
    """Return the bursts of one name; see `bursts_together`, which is better where there are several names.

    Examples
    --------
    >>> import numpy as np
    >>> days = np.tile([2.0, 3.0, 1.0, 2.0, 4.0, 2.0, 1.0], 20)
    >>> days[100:103] += [40, 15, 5]
    >>> [(b.start, b.peak) for b in bursts(days, None, BurstSettings()).bursts]
    [(100, 100)]
    """
    return bursts_together(np.asarray(count, dtype=np.float64)[None], total, settings, present)[0]


def bursts_together(
    count: Array, total: Array | None, settings: BurstSettings, present: Flags | None = None
) -> tuple[Bursts, ...]:
    """Return the bursts of each name, with dispersions pooled over names.

    Parameters
    ----------
    count
        Rows that name each name, consecutive days, (N, T).
    total
        Rows of the list or platform that day, named or not, (T,) or (N, T): what the names' rows are a part of. A day with
        none was not observed. None: every day alike.
    settings
        Memory, rate of false alarms, days apart.
    present
        Whether a day was observed at all, (T,) or (N, T). None: all of them.
    """
    count = np.asarray(count, dtype=np.float64)
    if count.ndim != 2:
        raise MisuseError(f"expected counts (names, days), got shape {count.shape}; for one name call `bursts`")
    n, t = count.shape
    exposure = np.ones(t) if total is None else np.asarray(total, dtype=np.float64)
    seen = np.ones(t, dtype=np.bool_) if present is None else np.asarray(present, dtype=np.bool_)
    if exposure.shape not in ((t,), (n, t)) or seen.shape not in ((t,), (n, t)):
        raise MisuseError(f"expected total and present of the {t} days of count, got {exposure.shape} and {seen.shape}")
    exposure, seen = np.broadcast_to(exposure, (n, t)), np.broadcast_to(seen, (n, t))
    if (count[seen] < 0).any() or not np.isfinite(count[seen]).all() or not np.isfinite(exposure[seen]).all():
        raise MisuseError("expected counts from zero up on observed days; mark days without a count in `present`")
    if settings.memory < 14 or settings.false_alarms <= 0 or settings.apart < 1:
        raise MisuseError(f"expected memory >= 14, false_alarms > 0, apart >= 1, got {settings}")
    seen = seen & (exposure > 0)
    count, exposure = np.where(seen, count, 0.0), np.where(seen, exposure, 0.0)
    order = np.lexsort(np.hstack([count, exposure]).T)  # to the last digit the same, whatever order names come in
    foretold = usual(count[order], exposure[order], seen[order], settings.memory)
    place = np.argsort(order).tolist()
    return tuple(_of_name(place[i], count[i], exposure[i], seen[i], foretold, settings) for i in range(n))


def _of_name(i: int, count: Array, exposure: Array, seen: Flags, foretold: Usual, settings: BurstSettings) -> Bursts:
    mean, limit = foretold.mean[i], settings.false_alarms / YEAR
    judged = np.isfinite(mean)
    chance = np.where(judged, np.minimum(2 * np.fmin(foretold.tail[i], foretold.pair[i]), 1.0), np.nan)
    alarms = np.flatnonzero(judged & (np.nan_to_num(chance, nan=1.0) <= limit))
    groups: list[list[int]] = []
    for day in alarms.tolist():
        if not groups or day - groups[-1][-1] > settings.apart:
            together = day > 0 and foretold.tail[i, day] > limit / 2 and count[day - 1] > 0
            groups.append([day - 1, day] if together else [day])
        elif _again(i, groups[-1], day, count, seen, foretold, limit):
            groups.append([day])
        else:
            groups[-1].append(day)
    years = float(judged.sum() / YEAR)
    weights = foretold.weights[i]
    rests = [*(g[0] for g in groups[1:]), len(count)][: len(groups)]
    lasts = [_last(i, g[-1], rest, count, seen, foretold) for g, rest in zip(groups, rests, strict=True)]
    return Bursts(
        tuple(_sized(i, (g[0], last), count, exposure, seen, foretold, settings) for g, last in zip(groups, lasts, strict=True)),
        mean, chance, years, settings.false_alarms * years, float(weights @ CLUMPS), float(weights @ SWINGS),
    )  # fmt: skip


def _last(i: int, alarm: int, rest: int, count: Array, seen: Flags, foretold: Usual) -> int:
    """Return the last day on from the last alarm, without a pause, that is in the last tenth of what is usual."""
    last = alarm
    for day in range(alarm + 1, rest):
        mean = foretold.mean[i, day]
        if not seen[day]:
            continue
        if not np.isfinite(mean):
            break
        spread = foretold.clump[i, day] / mean + foretold.swing[i, day] + 1 / foretold.rows[i, day]
        if tail(count[day], mean, np.minimum(1 / spread, POISSON)) > CUT:
            break
        last = day
    return last


def _again(i: int, group: list[int], day: int, count: Array, seen: Flags, foretold: Usual, limit: float) -> bool:
    """Return whether an alarm stands above the decayed burst: above what the last two days since its peak would bring."""
    so_far = np.arange(group[0], day)
    peak = int(so_far[np.argmax(count[so_far])])
    since = np.flatnonzero(seen[peak + 1 : day]) + peak + 1
    if not len(since) or count[since].min() > count[peak] / 2:
        return False
    still = np.full((1, len(CLUMPS)), max(float(count[since[-2:]].max()), float(foretold.mean[i, day])))
    shape = shapes(still, still[0, :1], np.ones(1))
    chance = tail(np.full(shape.shape, count[day]), still, shape) @ foretold.weights[i]
    return bool(chance[0] <= limit)


def _sized(
    i: int, ends: tuple[int, int], count: Array, exposure: Array, seen: Flags, foretold: Usual, settings: BurstSettings
) -> Burst:
    start, end = ends
    mine = np.flatnonzero(seen[start : end + 1]) + start
    peak = int(mine[np.argmax(count[mine])])
    first = start if np.isfinite(foretold.mean[i, start]) else start + 1
    rate = foretold.mean[i, first] / exposure[first]
    expected = rate * exposure[mine]
    clump, swing = foretold.clump[i, first], foretold.swing[i, first]
    rows, days = foretold.rows[i, first], foretold.days[i, first]
    of_level = (1 + clump) / rows + swing / days
    spread = expected.sum() * clump + swing * (expected**2).sum() + of_level * expected.sum() ** 2
    shape = min(expected.sum() ** 2 / max(spread, 1e-12), POISSON)
    tails = (1 - settings.level) / 2
    least_usual, most_usual = nbinom.ppf([tails, 1 - tails], shape, shape / (shape + expected.sum())).tolist()
    came = float(count[mine].sum())
    judged = peak if np.isfinite(foretold.mean[i, peak]) else first
    means_ = means(foretold.mean[i, [judged]], foretold.recent[i, [judged]])
    grid = shapes(means_, foretold.rows[i, [judged]], foretold.days[i, [judged]])[0]
    threshold = least(means_[0], grid, foretold.weights[i], settings.false_alarms / YEAR / 2)
    lowest, highest = came - most_usual, came - least_usual
    excess = min(max(came - float(expected.sum()), lowest), highest)
    return Burst(
        start, peak, end, came, excess, lowest, highest, float(rate),
        float(np.nanmin(foretold.tail[i, start : end + 1])), threshold,
    )  # fmt: skip
