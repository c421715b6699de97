"""What was known of a maker's output, orders and books on one day."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from halfstep.core.config import StudyConfig
from halfstep.data.press import Figure
from halfstep.market.inputs import Inputs

__all__ = ["UNITS", "Known", "known_on", "month_of", "month_span", "sum_of", "units_of"]

Array = npt.NDArray[np.float64]

UNITS = ("units", "deliveries")
"""Metrics of the press table that are units handed over."""


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """What may be used on a day.

    Attributes
    ----------
    day
        ISO day.
    makers
        The maker in question first, then the reference class.
    first
        Ordinal of the first month.
    units
        Shape (M, T); NaN where blank; the last column is the last month that was known of the maker in question.
    since
        Ordinal of the day from which each was known, shape (M, T).
    sums
        The maker's printed totals over whole months: first month and last month (ordinals), lower and upper end.
    figures
        Printed facts known by then.
    file, rows
        The maker's own table and its rows.
    """

    day: str
    makers: tuple[str, ...]
    first: int
    units: Array
    since: npt.NDArray[np.int64]
    sums: tuple[tuple[int, int, float, float], ...]
    figures: tuple[Figure, ...]
    file: str
    rows: tuple[int, ...]

    @property
    def maker(self) -> str:
        """The maker in question."""
        return self.makers[0]

    @property
    def last(self) -> int:
        """Ordinal of the maker's own last known month."""
        return self.first + int(self.units.shape[1]) - 1

    def month(self, ordinal: int) -> float:
        """Return the maker's units of a month; NaN where unknown."""
        at = ordinal - self.first
        return float(self.units[0, at]) if 0 <= at < self.units.shape[1] else float("nan")


def known_on(inputs: Inputs, day: str, *, whole: bool = False) -> Known | None:
    """Return what was known on a day; None where nothing was known of the maker's months.

    Months after the maker's own last one are left out, unless the `whole` is asked for.
    """
    maker, today = maker_of(inputs.config), date.fromisoformat(day).toordinal()
    tables = [
        (None if table is None else table.on(today), own) for table, own in ((inputs.ramp, True), (inputs.ramps, False))
    ]
    rows = [
        (name, table, k) for table, own in tables if table is not None
        for k, name in enumerate(table.makers) if (name == maker) == own
    ]  # fmt: skip
    if not rows or rows[0][0] != maker:
        return None
    figures = () if inputs.press is None else tuple(f for f in inputs.press.known_on(day) if f.kind == "fact")
    sums = tuple(_sums(inputs.config, figures, maker))
    first = min([*(table.first for _, table, _ in rows), *(start for start, *_ in sums)])
    own_table = rows[0][1]
    stop = max(table.first + table.units.shape[1] for _, table, _ in rows)
    if not whole:
        seen = np.flatnonzero(np.isfinite(own_table.units[rows[0][2]]))
        stop = own_table.first + int(seen[-1]) + 1
    units, since = np.full((len(rows), stop - first), np.nan), np.zeros((len(rows), stop - first), dtype=np.int64)
    for m, (_, table, k) in enumerate(rows):
        end = min(table.first + table.units.shape[1], stop)
        if end > table.first:
            into, taken = slice(table.first - first, end - first), slice(0, end - table.first)
            units[m, into], since[m, into] = table.units[k, taken], table.known[k, taken]
    return Known(
        day, tuple(name for name, _, _ in rows), first, units, since, sums, figures, own_table.file, own_table.rows.get(maker, ()),
    )  # fmt: skip


def maker_of(config: StudyConfig) -> str:
    """Return the maker in question."""
    return config.ramp.maker or config.study.focal


def month_of(day: date) -> int:
    """Return the ordinal of a day's month."""
    return day.year * 12 + day.month - 1


def month_span(first_day: date, last_day: date) -> tuple[int, int] | None:
    """Return the first and last month of a stretch of whole months; None where it is none.

    Examples
    --------
    >>> first, last = month_span(date(2025, 1, 1), date(2025, 3, 31))
    >>> last - first
    2
    """
    ends = date.fromordinal(last_day.toordinal() + 1).day == 1
    return (month_of(first_day), month_of(last_day)) if first_day.day == 1 and ends else None


def sum_of(known: Known, first: int, last: int) -> tuple[float, float] | None:
    """Return the least and the most that the maker handed over from one month to another, as far as months and totals tell.

    A blank month is told by a printed total less the months of it that are known.
    """
    blank = [t for t in range(first, last + 1) if np.isnan(known.month(t))]
    lo = hi = float(sum(known.month(t) for t in range(first, last + 1) if t not in blank))
    for start, stop, least, most in sorted(known.sums, key=lambda s: s[1] - s[0]):
        mine = [t for t in blank if start <= t <= stop]
        inside = [t for t in range(start, stop + 1) if np.isnan(known.month(t))]
        if not mine or mine != inside:
            continue
        rest = sum(known.month(t) for t in range(start, stop + 1) if t not in inside)
        lo, hi = lo + max(least - rest, 0.0), hi + max(most - rest, 0.0)
        blank = [t for t in blank if t not in mine]
    return None if blank else (lo, hi)


def units_of(config: StudyConfig, figures: tuple[Figure, ...], maker: str) -> list[Figure]:
    """Return the printed units of the maker, on one perimeter and the base that the study names."""
    base, place = config.ramp.units_base, config.ramp.units_perimeter
    found = [f for f in figures if f.entity == maker and f.metric in UNITS and (base is None or f.base == base)]
    named = {f.perimeter for f in found}
    if place is None and len(named) > 1:
        return []
    return [f for f in found if place is None or f.perimeter == place]


def _sums(config: StudyConfig, figures: tuple[Figure, ...], maker: str) -> Iterator[tuple[int, int, float, float]]:
    """Yield the maker's printed totals over several whole months; an open end is none."""
    for f in units_of(config, figures, maker):
        span = month_span(f.span.first_day, f.span.last_day)
        if span is not None and span[1] > span[0] and np.isfinite(f.hi) and f.hedge in ("exact", "about", "range"):
            yield *span, f.lo, f.hi
