"""A maker's quarterly books as printed by a day: units, revenue, margin, result, on one perimeter."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from halfstep.core.config import StudyConfig
from halfstep.data.press import Figure
from halfstep.outlook.books import Books
from halfstep.ramp.known import Known, month_span, sum_of, units_of

__all__ = ["Ledger", "ledger_of", "printed_results"]

Ends = tuple[float, float]
Kind = Callable[[Figure], int | None]
NOTHING: Ends = (float("nan"), float("nan"))


@dataclass(frozen=True, slots=True, eq=False)
class Ledger:
    """Books with where they come from.

    Attributes
    ----------
    first
        Ordinal of the first quarter (year x 4 + quarter - 1).
    books
        The arrays.
    rows
        Rows of the press table behind them.
    derived
        Quarters that are a year less its other three.
    unknown_before
        Whether units were handed over before the first quarter that nobody printed: the learning curve then begins too early.
    """

    first: int
    books: Books
    rows: tuple[int, ...]
    derived: tuple[int, ...]
    unknown_before: bool

    @property
    def last(self) -> int:
        """Ordinal of the last quarter."""
        return self.first + len(self.books.units) - 1


def ledger_of(config: StudyConfig, known: Known) -> Ledger | str:
    """Return the books of consecutive quarters that have units, revenue and margin, or the key of the reason why there are none."""
    book = _Book(config, known)
    if book.perimeter is None:
        return "several perimeters"
    quarters = sorted({q for name in (config.ramp.revenue, config.ramp.margin) for q in book.quarters(name)})
    if not quarters:
        return "no books"
    found = {
        q: (book.units(q), book.money(config.ramp.revenue, q), book.profit(q))
        for q in range(quarters[0], quarters[-1] + 1)
    }
    whole = [
        q for q, ends in found.items() if all(np.isfinite(e).all() for e in ends) and ends[0][0] > 0 and ends[1][0] > 0
    ]
    if not whole:
        return "no books"
    first = whole[-1]
    while first - 1 in whole:
        first -= 1
    span = range(first, whole[-1] + 1)
    margin = np.array([_margin(book.share(config.ramp.margin, q), found[q][2], found[q][1]) for q in span])
    ends = [[book.money(name, q) for q in span] for name in (config.ramp.result, *config.ramp.other_results)]
    results = [[_middle(one) for one in row] for row in ends]
    rounding = max((hi - lo for row in ends for lo, hi in row if np.isfinite(hi - lo)), default=0.0) / 2
    before, unknown = _before(known, 3 * first)
    books = Books(
        units=np.array([_middle(found[q][0]) for q in span]), revenue=np.array([_middle(found[q][1]) for q in span]),
        margin_lo=margin[:, 0], margin_hi=margin[:, 1], result=np.array(results[0]),
        other=np.array(results[1:]).reshape(len(results) - 1, len(span)), rounding=rounding, before=before,
    )  # fmt: skip
    return Ledger(first, books, tuple(sorted(book.used)), tuple(sorted(book.derived & set(span))), unknown)


def printed_results(config: StudyConfig, known: Known) -> dict[int, Ends]:
    """Return what is printed of each quarter's result on the basis that counts."""
    book = _Book(config, known)
    found = (
        {}
        if book.perimeter is None
        else {q: book.money(config.ramp.result, q) for q in book.quarters(config.ramp.result)}
    )
    return {q: ends for q, ends in found.items() if np.isfinite(ends).all()}


def _before(known: Known, month: int) -> tuple[float, bool]:
    """Return the units handed over before a month, and whether some were that nobody printed."""
    seen = [t for t in range(known.first, month) if known.month(t) > 0]
    seen += [first for first, last, _, most in known.sums if last < month and most > 0]
    ends = sum_of(known, min(seen), month - 1) if seen else (0.0, 0.0)
    return (0.0, True) if ends is None else (_middle(ends), False)


@dataclass(slots=True)
class _Book:
    """The printed figures of one perimeter, by metric and quarter; a quarter that is not printed is its year less the others."""

    config: StudyConfig
    known: Known
    used: set[int]
    derived: set[int]
    perimeter: str | None

    def __init__(self, config: StudyConfig, known: Known) -> None:
        self.config, self.known, self.used, self.derived = config, known, set(), set()
        money = [
            f for f in known.figures if f.entity == known.maker and f.metric in (config.ramp.margin, config.ramp.result)
        ]
        named = {f.perimeter for f in money}
        self.perimeter = (
            config.ramp.perimeter if config.ramp.perimeter is not None else named.pop() if len(named) == 1 else None
        )

    def quarters(self, metric: str) -> list[int]:
        return [q for f in self._figures(metric) if (q := _quarter(f)) is not None] + [
            4 * y + k for f in self._figures(metric) if (y := _year(f)) is not None for k in range(4)
        ]

    def units(self, quarter: int) -> Ends:
        first = quarter // 4 * 12 + quarter % 4 * 3
        found = sum_of(self.known, first, first + 2)
        if found is not None:
            return found
        return self._ends(tuple(units_of(self.config, self.known.figures, self.known.maker)), quarter)

    def money(self, metric: str, quarter: int) -> Ends:
        return self._ends(self._figures(metric), quarter)

    def share(self, metric: str, quarter: int) -> Ends:
        return self._printed(self._figures(metric), quarter, _quarter)

    def profit(self, quarter: int) -> Ends:
        """Return the gross profit: margin times revenue, or the year's less its other quarters'."""
        own = self._product(quarter, _quarter)
        if np.isfinite(own).all():
            return own
        year, others = quarter // 4, [q for q in range(quarter // 4 * 4, quarter // 4 * 4 + 4) if q != quarter]
        whole, rest = self._product(year, _year), [self._product(q, _quarter) for q in others]
        return self._left(quarter, whole, rest)

    def _product(self, period: int, kind: Kind) -> Ends:
        margin = self._printed(self._figures(self.config.ramp.margin), period, kind)
        revenue = self._printed(self._figures(self.config.ramp.revenue), period, kind)
        return margin[0] * revenue[0], margin[1] * revenue[1]

    def _figures(self, metric: str) -> tuple[Figure, ...]:
        return tuple(
            f for f in self.known.figures
            if f.entity == self.known.maker and f.metric == metric and f.perimeter == self.perimeter
        )  # fmt: skip

    def _ends(self, figures: tuple[Figure, ...], quarter: int) -> Ends:
        own = self._printed(figures, quarter, _quarter)
        if np.isfinite(own).all():
            return own
        year, others = quarter // 4, [q for q in range(quarter // 4 * 4, quarter // 4 * 4 + 4) if q != quarter]
        whole = self._printed(figures, year, _year)
        return self._left(quarter, whole, [self._printed(figures, q, _quarter) for q in others])

    def _left(self, quarter: int, whole: Ends, rest: list[Ends]) -> Ends:
        """Return a year less three quarters."""
        left = whole[0] - sum(hi for _, hi in rest), whole[1] - sum(lo for lo, _ in rest)
        if not np.isfinite(left).all():
            return NOTHING
        self.derived.add(quarter)
        return left

    def _printed(self, figures: tuple[Figure, ...], period: int, kind: Kind) -> Ends:
        """Return what a period's figures leave open; of several sources all of it."""
        mine = [f for f in figures if kind(f) == period and np.isfinite([f.lo, f.hi]).all()]
        self.used |= {f.row for f in mine}
        return (min(f.lo for f in mine), max(f.hi for f in mine)) if mine else NOTHING


def _quarter(figure: Figure) -> int | None:
    """Return the ordinal of a figure's quarter."""
    return _period(figure, 3)


def _year(figure: Figure) -> int | None:
    """Return a figure's calendar year."""
    return _period(figure, 12)


def _period(figure: Figure, months: int) -> int | None:
    span = month_span(figure.span.first_day, figure.span.last_day)
    whole = span is not None and span[1] - span[0] + 1 == months and span[0] % months == 0
    return span[0] // months if span is not None and whole else None


def _margin(printed: Ends, profit: Ends, revenue: Ends) -> Ends:
    """Return the margin as printed, or profit over revenue."""
    if np.isfinite(printed).all():
        return printed
    return profit[0] / revenue[1], profit[1] / revenue[0]


def _middle(ends: Ends) -> float:
    return (ends[0] + ends[1]) / 2
