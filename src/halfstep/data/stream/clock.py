"""Clocks: from what a clock on the wall shows to seconds since 1970 UTC and back, for all rows at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

__all__ = ["DAY", "EARLIEST", "LATEST", "Clock", "clock_of", "is_zone"]

DAY = 86_400
EARLIEST = int(datetime(2000, 1, 1, tzinfo=UTC).timestamp())
LATEST = int(datetime(2100, 1, 1, tzinfo=UTC).timestamp())
"""Times outside are slips of a clock: what is read here was written on the net."""

_Seconds = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Clock:
    """A time zone as a step function.

    Attributes
    ----------
    name
        As the study has it.
    since
        Seconds since 1970 UTC from which each offset holds, shape (k,); the first is long past.
    offset
        Seconds to be added to UTC, shape (k,).
    """

    name: str
    since: _Seconds
    offset: _Seconds

    def ahead(self, utc: _Seconds) -> _Seconds:
        """Return what is to be added to UTC at these times."""
        if len(self.since) == 1:
            return np.full(utc.shape, self.offset[0], dtype=np.int64)
        return self.offset[np.searchsorted(self.since, utc, side="right") - 1]

    def utc(self, local: _Seconds) -> _Seconds:
        """Return UTC of what the clock showed.

        Of an hour that it showed twice the first is taken; of one that it left out, the time that it would have shown.
        """
        if len(self.since) == 1:
            return np.asarray(local - self.offset[0], dtype=np.int64)
        before = self.ahead(local - DAY - self.ahead(local - DAY))
        first = local - before
        after = self.ahead(first)
        second = local - after
        twice = (after != before) & (self.ahead(second) == after)
        return np.asarray(np.where(twice, second, first), dtype=np.int64)

    def days(self, utc: _Seconds) -> _Seconds:
        """Return days since 1970-01-01 as people of this zone count them."""
        return np.asarray(np.floor_divide(utc + self.ahead(utc), DAY), dtype=np.int64)


def clock_of(name: str) -> Clock | None:
    """Return the clock of a time zone; None where no such zone is known."""
    if name.upper() in ("UTC", "GMT", "Z"):
        return Clock(name, np.array([-(1 << 60)]), np.array([0]))
    try:
        zone = ZoneInfo(name)
    except (OSError, ValueError, LookupError):
        return None

    def offset(second: int) -> int:
        ahead = datetime.fromtimestamp(second, zone).utcoffset()
        return 0 if ahead is None else int(ahead.total_seconds())

    start = EARLIEST - 40 * DAY
    since, offsets, last = [-(1 << 60)], [offset(start)], start
    for day in range(start, LATEST, 7 * DAY):
        if offset(day) != offsets[-1]:
            since.append(_first_after(offset, last, day))
            offsets.append(offset(since[-1]))
        last = day
    return Clock(name, np.array(since, dtype=np.int64), np.array(offsets, dtype=np.int64))


def _first_after(offset: Callable[[int], int], low: int, high: int) -> int:
    """Return the second from which the offset is no longer that of `low`, by halving."""
    old = offset(low)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if offset(middle) == old else (low, middle)
    return high


def is_zone(name: str) -> bool:
    """Say whether a time zone of this name is known."""
    try:
        ZoneInfo(name)
    except (OSError, ValueError, LookupError):
        return name.upper() in ("UTC", "GMT", "Z")
    return True
