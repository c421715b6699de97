"""What is printed of a brand's orders now and then, on a grid of weeks or months."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

from halfstep.core.errors import MisuseError
from halfstep.core.period import Period
from halfstep.data.press import Figure
from halfstep.market.flow import Flow

__all__ = ["KINDS", "Snippet", "Steps", "flow_snippets", "months", "rates", "snippets_of", "weeks"]

Array = npt.NDArray[np.float64]

KINDS = ("orders", "record orders", "cancellations", "cancelled share", "backlog", "waiting weeks", "deliveries", "capacity")  # fmt: skip
"""What a snippet may speak of; backlog and waiting weeks are of the end of its last day, the rest of all its days."""
LARGEST = 0.05
"""Noughts at the end of a count are rounding, up to this part of it."""
RECORD = ("record", "纪录", "新高")
"""Words in the base column that say that no week before had as many."""


@dataclass(frozen=True, slots=True)
class Steps:
    """Consecutive stretches of days.

    Attributes
    ----------
    edges
        First day of each step, then the day after the last; shape (T + 1,), as ordinals of `datetime.date`.
    """

    edges: tuple[int, ...]

    def __len__(self) -> int:
        """Return T."""
        return len(self.edges) - 1

    @property
    def days(self) -> Array:
        """Days of each step, shape (T,)."""
        return np.diff(np.array(self.edges, dtype=np.float64))

    def part(self, first: date, last: date) -> Array:
        """Return how much of each step lies in a stretch of days, both in it; shape (T,)."""
        edges = np.array(self.edges, dtype=np.float64)
        inside = np.minimum(edges[1:], last.toordinal() + 1) - np.maximum(edges[:-1], first.toordinal())
        return np.asarray(np.maximum(inside, 0.0) / self.days)

    def until(self, day: date) -> Array:
        """Return how much of each step is over at the end of a day, shape (T,)."""
        return self.part(date.fromordinal(self.edges[0]), day)

    def at(self, day: date) -> int:
        """Return the step that holds a day.

        Raises
        ------
        MisuseError
            If none does.
        """
        if not self.edges[0] <= day.toordinal() < self.edges[-1]:
            first, last = self.key(0), date.fromordinal(self.edges[-1] - 1).isoformat()
            raise MisuseError(f"expected a day from {first} to {last}, got {day.isoformat()}: take more steps")
        return int(np.searchsorted(self.edges, day.toordinal(), side="right")) - 1

    def key(self, t: int) -> str:
        """Return the first day of a step."""
        return date.fromordinal(self.edges[t]).isoformat()

    def last_day(self, t: int) -> date:
        """Return the last day of a step."""
        return date.fromordinal(self.edges[t + 1] - 1)


def weeks(first: date, count: int) -> Steps:
    """Return weeks from a day on."""
    return Steps(tuple(first.toordinal() + 7 * k for k in range(count + 1)))


def months(first: str, count: int) -> Steps:
    """Return calendar months from one on.

    Examples
    --------
    >>> months("2024-11", 2).days
    array([30., 31.])
    """
    year, month = (int(part) for part in first.split("-"))
    start = year * 12 + month - 1
    return Steps(tuple(date((start + k) // 12, (start + k) % 12 + 1, 1).toordinal() for k in range(count + 1)))


@dataclass(frozen=True, slots=True)
class Snippet:
    """One thing that is known to lie between two numbers.

    Attributes
    ----------
    name
        What it is called when it contradicts others: the row of its table, its text.
    what
        One of `KINDS`. "record orders" says that the daily orders of its days were no fewer than in any earlier orders
        snippet; its own numbers count as orders.
    first, last
        Days, both in it; of a backlog only the last counts.
    lo, hi
        Units, parts of one ("cancelled share": of the orders of its days, before and after an event alike) or weeks.
    """

    name: str
    what: str
    first: date
    last: date
    lo: float
    hi: float

    def __post_init__(self) -> None:
        """Refuse an unknown kind and ends in the wrong order."""
        if self.what not in KINDS:
            raise MisuseError(f"expected one of {', '.join(KINDS)}; got {self.what!r}")
        if not (self.lo <= self.hi and self.first <= self.last and self.hi >= 0):
            raise MisuseError(f"expected lo <= hi, hi >= 0 and first <= last, got {self}")


def snippets_of(figures: Iterable[Figure], entity: str) -> tuple[Snippet, ...]:
    """Return what printed facts say of a brand's orders, cancellations, backlog, deliveries and capacity.

    A figure of orders whose base is "record" (纪录, 新高) is a record; a cancellation that is a share is one of orders. A
    count of 23,000 may have been 22,500 to 23,500.
    """
    found = []
    for f in figures:
        what = f.metric
        if f.entity != entity or f.kind != "fact" or what not in KINDS:
            continue
        if what == "cancellations" and f.unit == "share":
            what = "cancelled share"
        if what == "orders" and f.base.casefold() in RECORD:
            what = "record orders"
        name = f"row {f.row}: {f.metric} {f.text} ({f.span.key})"
        lo, hi = (f.lo, f.hi) if f.unit == "share" or what == "waiting weeks" else _rounded(f)
        found.append(Snippet(name, what, f.span.first_day, f.span.last_day, lo, hi))
    return tuple(found)


def _rounded(figure: Figure) -> tuple[float, float]:
    """Return what a count leaves open if the noughts at its end are rounding, of a twentieth of it at most."""
    value, place = figure.value, 1.0
    if figure.hedge not in ("exact", "about", "nearly"):
        return figure.lo, figure.hi
    while place * 10 <= value * LARGEST and value % (place * 10) == 0:
        place *= 10
    off = place / 2 if figure.hedge == "exact" else place
    lo, hi = value - off, value if figure.hedge == "nearly" else value + off
    return (figure.lo, figure.hi) if place == 1 else (max(min(figure.lo, lo), 0.0), max(figure.hi, hi))


def flow_snippets(flow: Flow, brand: str) -> Iterator[Snippet]:
    """Yield what a flow table says of a brand, its deliveries left out: `rates` has them."""
    b = flow.brands.index(brand)
    for name in ("orders", "cancellations", "backlog", "capacity"):
        figures: Array = getattr(flow, name)[b]
        for t in np.flatnonzero(np.isfinite(figures)):
            first, last = _days(flow, int(t))
            text = f"{flow.file}: {name} {figures[t]:g} ({flow.period_key(int(t))})"
            yield Snippet(text, name, first, last, float(figures[t]), float(figures[t]))


def rates(flow: Flow, brand: str, steps: Steps) -> Array:
    """Return deliveries of each day of the steps, spread evenly over the days of a period; NaN where not known.

    A period that is partly outside the steps is not known: it may have been that of a launch.
    """
    daily = np.full(steps.edges[-1] - steps.edges[0], np.nan)
    b = flow.brands.index(brand)
    for t in np.flatnonzero(np.isfinite(flow.deliveries[b])):
        first, last = _days(flow, int(t))
        at = slice(first.toordinal() - steps.edges[0], last.toordinal() + 1 - steps.edges[0])
        if at.start < 0 or at.stop > len(daily):
            continue
        daily[at] = flow.deliveries[b, t] / ((last - first).days + 1)
    return daily


def _days(flow: Flow, t: int) -> tuple[date, date]:
    """Return the first and the last day of a period of the table."""
    before, own = (Period(flow.first + t - k, flow.frequency).last_day for k in (1, 0))
    return date.fromisoformat(before) + timedelta(days=1), date.fromisoformat(own)
