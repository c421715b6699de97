"""From units to what the filter reads: logs, blanks, starts, still months, printed sums."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from halfstep.core.errors import MisuseError
from halfstep.outlook.filter import Seen
from halfstep.outlook.season import Season, basis, months_of

__all__ = ["Sight", "Sum", "look", "started"]

Array = npt.NDArray[np.float64]
Sum = tuple[int, int, int, float]
"""A printed total: maker, first and last column, units."""


@dataclass(frozen=True, slots=True)
class Sight:
    """What of the units can be read.

    Attributes
    ----------
    seen
        For the filter: the log figure less the season's expectation, then the season's regressors.
    season_mean
        That expectation, summing to zero, January first, shape (12,).
    stopped
        Share of figures after the start that are zero.
    standing
        Whether each maker's last figure is zero, shape (M,).
    """

    seen: Seen
    season_mean: Array
    stopped: float
    standing: npt.NDArray[np.bool_]


def started(units: Array) -> npt.NDArray[np.int64]:
    """Column of each maker's first positive figure, shape (M,); the number of columns where there is none."""
    positive = np.nan_to_num(units) > 0
    first = np.where(positive.any(axis=1), np.argmax(positive, axis=1), units.shape[1])
    return np.asarray(first, dtype=np.int64)


def look(units: Array, first_month: int, season: Season, sums: tuple[Sum, ...]) -> Sight:
    """Read units (M, T): logs of positive figures with the counting error of small ones (1 / units, delta method) beside.

    Raises
    ------
    MisuseError
        If shapes are wrong, units are negative, or a sum contradicts its months.
    """
    if units.ndim != 2 or np.isinf(units).any() or (np.nan_to_num(units) < 0).any():
        raise MisuseError(
            f"expected units (makers, months), none negative or infinite; got shape {units.shape}: mend the figures"
        )
    makers, periods = units.shape
    begin, columns = started(units), np.arange(periods)
    after = np.isfinite(units) & (columns >= begin[:, None])
    seen = after & (np.nan_to_num(units) > 0)
    place, effects = months_of(first_month, periods), basis()
    mean = np.asarray(season.mean) - np.mean(season.mean)
    data = np.empty((makers, periods, 12))
    data[..., 0] = np.log(np.where(seen, units, 1.0)) - mean[place]
    data[..., 1:] = effects[place]
    extra = np.where(seen, 1.0 / np.where(seen, units, 1.0), 0.0)
    pieces = np.ones((makers, periods))
    opens, adds = np.zeros((makers, periods), dtype=bool), np.zeros((makers, periods), dtype=bool)
    for maker, first, last, total in sums:
        blank, rest = _blank(units, (maker, first, last, total), adds)
        if not len(blank):
            continue
        at, n = blank[-1], len(blank)
        seen[maker, at], pieces[maker, at], extra[maker, at] = True, float(n), 1.0 / rest
        data[maker, at, 0] = np.log(rest / n) - mean[place[blank]].mean()
        data[maker, at, 1:] = effects[place[blank]].mean(axis=0)
        opens[maker, blank[0]], adds[maker, blank] = n > 1, n > 1
        begin[maker] = min(int(begin[maker]), int(blank[0]))
    end = np.where(seen.any(axis=1), periods - 1 - np.argmax(seen[:, ::-1], axis=1), -1)
    newest = np.where(after.any(axis=1), periods - 1 - np.argmax(after[:, ::-1], axis=1), -1)
    zeros = after & (np.nan_to_num(units, nan=1.0) == 0)
    return Sight(
        seen=Seen(data, extra, seen, pieces, opens, adds, begin, end),
        season_mean=mean,
        stopped=float(zeros.sum() / max(int(after.sum()), 1)),
        standing=np.asarray(newest > end),
    )


def _blank(units: Array, printed: Sum, taken: npt.NDArray[np.bool_]) -> tuple[npt.NDArray[np.int64], float]:
    """Blank months of a printed total and what of it is left for them; none where all its months are known."""
    maker, first, last, total = printed
    if not (0 <= first <= last < units.shape[1] and 0 <= maker < len(units)):
        raise MisuseError(
            f"expected a sum within {units.shape} makers and months; got maker {maker}, {first} to {last}: leave it out"
        )
    span = units[maker, first : last + 1]
    blank = first + np.flatnonzero(np.isnan(span))
    rest = total - float(np.nansum(span))
    if len(blank) and (rest <= 0 or taken[maker, blank].any()):
        raise MisuseError(
            f"expected sums that leave units for their blank months and share none; got {total:g} with {rest:g} left: keep one of them"
        )
    return blank, rest
