"""One day's knowledge of a maker, and what it says of the months and quarters to come."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import numpy.typing as npt

from halfstep.core.check import Check, Status
from halfstep.core.estimate import Point, Refusal
from halfstep.core.period import Period
from halfstep.core.series import Series
from halfstep.market.inputs import Inputs
from halfstep.outlook.books import Results, break_even, fit_books, results
from halfstep.outlook.chain import deliver
from halfstep.outlook.paths import Paths, fit_paths, foretell
from halfstep.outlook.quarters import OPEN, PUBLISHED, Unfit
from halfstep.ramp.account import Account, Facts
from halfstep.ramp.asks import Question
from halfstep.ramp.books import Ledger, ledger_of
from halfstep.ramp.known import Known, sum_of
from halfstep.ramp.orders import Waiting, waiting_on
from halfstep.ramp.seasons import season_of

__all__ = ["Day"]

Array = npt.NDArray[np.float64]
Record = Point | Refusal | Series | Check

MIXES: tuple[Literal["proportion", "none"], ...] = ("proportion", "none")
"""Two readings of how mix moves unit cost; the first is the answer, the range over both stands beside it."""


@dataclass(slots=True)
class Day:
    """Everything that is foretold from what was known on one day.

    Attributes
    ----------
    units
        Draws of the maker's units of the months after the last known one, shape (D, H).
    """

    inputs: Inputs
    known: Known
    questions: tuple[Question, ...]
    rng: np.random.Generator
    account: Account = field(init=False)
    waiting: Waiting | str = field(init=False)
    ledger: Ledger | str = field(init=False)
    units: Array = field(init=False)
    foretold: dict[str, Results] = field(init=False)

    def records(self) -> Iterator[Record]:
        """Yield the paths, what bounds them, and an answer to every question."""
        config, known = self.inputs.config, self.known
        n = int(np.isfinite(known.units[0]).sum())
        self.account = Account(known.file, known.rows, config.ramp.level, n)
        paths = fit_paths(known.units, known.first, season_of(config), _sums(known))
        if paths.refusals[0] is not None:
            facts: Facts = (("maker", known.maker), ("n", n))
            for q in self.questions:
                yield self.account.refusal(q.id, f"ramp: {_what(q)}", paths.refusals[0], ("more months",), facts)
            return
        yield from self._paths(paths)
        yield from self._books()
        for question in self.questions:
            yield from self._units(question) if question.what == "units" else self._result(question)
        if len(known.makers) > 1:
            yield from self._without_class()

    def _without_class(self) -> Iterator[Check]:
        """Yield how the months to come would be foretold from the maker's own months alone: a wider class says that paths turn more."""
        known, config = self.known, self.inputs.config
        paths = fit_paths(known.units[:1], known.first, season_of(config), _sums(known))
        if paths.refusals[0] is not None:
            return
        alone = foretell(paths, 0, self.units.shape[1], config.ramp.draws, self.rng).sum(axis=1)
        ends = [
            np.quantile(draws, ((1 - config.ramp.level) / 2, (1 + config.ramp.level) / 2))
            for draws in (self.units.sum(axis=1), alone)
        ]
        wider = bool(np.log(ends[0][1] / ends[0][0]) > np.log(ends[1][1] / ends[1][0]))
        facts: Facts = (
            ("maker", known.maker), ("day", known.day), ("makers", len(known.makers) - 1), ("level", config.ramp.level),
            ("until", Period(known.last + self.units.shape[1], 12).key),
            ("units_lo", round(float(ends[0][0]))), ("units_hi", round(float(ends[0][1]))), ("own_lo", round(float(ends[1][0]))), ("own_hi", round(float(ends[1][1]))),
        )  # fmt: skip
        yield self.account.check(
            f"class.{known.day}", Status.PASS, "ramp class wider" if wider else "ramp class narrower", facts
        )

    def _paths(self, paths: Paths) -> Iterator[Record]:
        """Yield the months to come: output as it ramps, bounded by who waits and what is ordered."""
        known, draws = self.known, self.inputs.config.ramp.draws
        ahead = max(self._months_ahead(), 1)
        rate = foretell(paths, 0, ahead, draws, self.rng)
        self.waiting = waiting_on(self.inputs, known, self.rng)
        if isinstance(self.waiting, str):
            self.units = rate
            facts: Facts = (("maker", known.maker), ("day", known.day))
            yield self.account.check(
                f"orders.{known.day}", Status.REVIEW, f"ramp {self.waiting}", facts, "give orders and backlog"
            )
        else:
            backlog, orders = self.waiting.orders(ahead, draws, self.rng)
            delivered = deliver(rate, backlog, orders)
            self.units = delivered.deliveries
            short = float((self.units.sum(axis=1) < rate.sum(axis=1) - 0.5).mean())
            facts = (
                ("maker", known.maker), ("day", known.day), ("lo", self.waiting.weeks[0]), ("weeks", self.waiting.weeks[1]),
                ("hi", self.waiting.weeks[2]), ("p", short), ("until", Period(known.last + ahead, 12).key),
            )  # fmt: skip
            yield self.account.check(f"orders.{known.day}", Status.PASS, "ramp orders bound", facts)
        keys = tuple(Period(known.last + 1 + h, 12).key for h in range(ahead))
        yield self.account.path(f"months.{known.day}", "ramp: months to come", keys, self.units, ("units", "month"))
        yield self._seen()

    def _seen(self) -> Series:
        """Return the known months."""
        known = self.known
        at = np.flatnonzero(np.isfinite(known.units[0]))
        keys = tuple(Period(known.first + int(t), 12).key for t in at)
        draws = known.units[0][at][None, :]
        return self.account.path(f"seen.{known.day}", "ramp: months known", keys, draws, ("units", "month"))

    def _months_ahead(self) -> int:
        ends = [q.last if q.what == "units" else q.last * 3 + 2 for q in self.questions]
        return max(ends) - self.known.last

    def _books(self) -> Iterator[Record]:
        """Yield the quarters to come, by each reading of mix; what they lack where they cannot be foretold."""
        known, config = self.known, self.inputs.config
        self.ledger, self.foretold = ledger_of(config, known), {}
        if not any(q.what == "result" for q in self.questions) or isinstance(self.ledger, str):
            return
        last = max(q.last for q in self.questions if q.what == "result")
        quarters = range(self.ledger.last + 1, last + 1)
        if not quarters:
            return
        units = np.column_stack([self._quarter(q) for q in quarters])
        for mix in MIXES:
            fit = fit_books(self.ledger.books, mix, PUBLISHED if config.ramp.prior == "published" else OPEN)
            if isinstance(fit, Unfit):
                self.ledger = fit.reason
                return
            self.foretold[mix] = results(fit, units, self.rng)
        keys = tuple(Period(q, 4).key for q in quarters)
        first = self.foretold[MIXES[0]]
        for name, draws, unit in (
            ("result", first.result, "money"),
            ("margin", first.margin, "share"),
            ("revenue", first.revenue, "money"),
        ):
            yield self.account.path(f"{name}.{known.day}", f"ramp: {name} to come", keys, draws, (unit, "quarter"))
        if self.ledger.derived:
            told = ", ".join(Period(q, 4).key for q in self.ledger.derived)
            facts: Facts = (("quarters", told), ("maker", known.maker))
            yield self.account.check(f"derived.{known.day}", Status.PASS, "ramp quarters derived", facts)

    def _quarter(self, quarter: int) -> Array:
        """Return draws of a quarter's units: known months as they are, the others foretold; shape (D,)."""
        return self._sum(quarter * 3, quarter * 3 + 2)

    def _sum(self, first: int, last: int) -> Array:
        known, draws = self.known, len(self.units)
        ends = sum_of(known, first, min(last, known.last)) if first <= known.last else (0.0, 0.0)
        assert ends is not None
        ahead = range(max(first - known.last - 1, 0), max(last - known.last, 0))
        return np.asarray(self.rng.uniform(*ends, draws) + self.units[:, list(ahead)].sum(axis=1))

    def _untold(self, first: int, last: int) -> bool:
        """Whether a month before the last known one is told by nothing."""
        return first <= self.known.last and sum_of(self.known, first, min(last, self.known.last)) is None

    def _units(self, question: Question) -> Iterator[Record]:
        first, known = question.first, self.known
        assert first is not None
        if self._untold(first, question.last):
            facts: Facts = (("maker", known.maker), ("last", Period(known.last, 12).key))
            yield self.account.refusal(question.id, "ramp: units", "months missing", ("the missing months",), facts)
        elif question.last <= known.last:
            ends = sum_of(known, first, question.last)
            assert ends is not None
            yield self.account.counted(question.id, ends)
        else:
            yield self.account.units(question.id, self._sum(first, question.last), self._assumed())

    def _assumed(self) -> tuple[str, ...]:
        bound = () if isinstance(self.waiting, str) else ("orders as inferred", "no launch foreseen in orders")
        class_ = ("reference class shares spreads",) if len(self.known.makers) > 1 else ("own months alone",)
        return ("damped trend", *class_, *bound)

    def _result(self, question: Question) -> Iterator[Record]:
        what, facts = "ramp: chance", (("maker", self.known.maker),)
        if isinstance(self.ledger, str):
            yield self.account.refusal(
                question.id, what, self.ledger, NEEDS.get(self.ledger, ("quarterly books",)), facts
            )
            return
        start = self.ledger.last + 1 if question.first is None else question.first
        printed = {self.ledger.first + k: v for k, v in enumerate(self.ledger.books.result.tolist()) if np.isfinite(v)}
        if any(v > question.above for q, v in printed.items() if start <= q <= question.last):
            yield self.account.chance(question.id, (1.0,), ("printed",))
            return
        if not self.foretold:
            yield self.account.refusal(question.id, what, "quarters over", ("a later quarter to ask for",), facts)
            return
        skip, stop = max(start - self.ledger.last - 1, 0), question.last - self.ledger.last
        asked = [self.foretold[mix].result[:, skip:stop] for mix in MIXES]
        p = tuple(float(break_even(result, question.above).by[-1]) for result in asked)
        yield self.account.chance(question.id, p, (*self._assumed(), "learning curve", "overheads go on growing"))


NEEDS = {
    "several perimeters": ("[ramp] perimeter",),
    "no books": ("revenue and margin by quarter",),
    "few margins": ("more quarters",),
    "no result": ("a result on the basis that counts",),
    "no revenue": ("revenue and margin by quarter",),
    "no units": ("units by quarter",),
    "margins contradict": ("correct one of the figures",),
    "overheads contradict": ("correct one of the figures",),
}
"""Reason -> what would help."""


def _what(question: Question) -> str:
    return "units" if question.what == "units" else "chance"


def _sums(known: Known) -> tuple[tuple[int, int, int, float], ...]:
    """Return the printed totals as the path model takes them: maker, first and last column, total.

    Only those over a blank month, the shorter of two that overlap, and none that is used up by the months known within.
    """
    out: list[tuple[int, int, int, float]] = []
    for first, last, lo, hi in sorted(known.sums, key=lambda s: (s[1] - s[0], s[0])):
        a, b = first - known.first, last - known.first
        months = known.units[0, max(a, 0) : b + 1]
        free = a >= 0 and b < known.units.shape[1] and all(b < start or stop < a for _, start, stop, _ in out)
        if free and np.isnan(months).any() and float(np.nansum(months)) < lo:
            out.append((0, a, b, (lo + hi) / 2))
    return tuple(out)
