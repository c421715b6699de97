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
from halfstep.ramp.books import Ledger, ledger_of, printed_results
from halfstep.ramp.known import Known, sum_of
from halfstep.ramp.orders import Waiting, waiting_on
from halfstep.ramp.seasons import season_of

__all__ = ["Day"]

Array = npt.NDArray[np.float64]
Record = Point | Refusal | Series | Check

MIXES: tuple[Literal["none", "proportion"], ...] = ("none", "proportion")
"""Two readings of how mix moves unit cost. The first, with the study's prior, is the answer; the range over both and over both priors
stands beside it."""
PRIORS = {"open": OPEN, "published": PUBLISHED}
LONG = 24
"""Months that are foretold at least, so that a longer question does not change the draws of a shorter one."""


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
    account: Account = field(init=False)
    waiting: Waiting | str = field(init=False)
    ledger: Ledger | str = field(init=False)
    units: Array = field(init=False)
    foretold: list[Results] = field(init=False)

    def _rng(self, stage: str) -> np.random.Generator:
        """Return a stage's own generator: another question, or a figure known later, moves nothing of a forecast on record."""
        return np.random.default_rng([self.inputs.config.study.seed, *f"{self.known.day} {stage}".encode()])

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
        asked = self._months_ahead()
        alone = foretell(paths, 0, max(asked, LONG), config.ramp.draws, self._rng("class"))[:, :asked].sum(axis=1)
        ends = [
            np.quantile(draws, ((1 - config.ramp.level) / 2, (1 + config.ramp.level) / 2))
            for draws in (self.units[:, :asked].sum(axis=1), alone)
        ]
        wider = bool(np.ptp(ends[0]) > np.ptp(ends[1]))
        facts: Facts = (
            ("maker", known.maker), ("day", known.day), ("makers", len(known.makers) - 1), ("level", config.ramp.level),
            ("until", Period(known.last + asked, 12).key),
            ("units_lo", round(float(ends[0][0]))), ("units_hi", round(float(ends[0][1]))), ("own_lo", round(float(ends[1][0]))), ("own_hi", round(float(ends[1][1]))),
        )  # fmt: skip
        yield self.account.check(
            f"class.{known.day}", Status.PASS, "ramp class wider" if wider else "ramp class narrower", facts
        )

    def _paths(self, paths: Paths) -> Iterator[Record]:
        """Yield the months to come: output as it ramps, bounded by who waits and what is ordered."""
        known, draws = self.known, self.inputs.config.ramp.draws
        asked = self._months_ahead()
        ahead = max(asked, LONG)
        rate = foretell(paths, 0, ahead, draws, self._rng("output"))
        self.waiting = waiting_on(self.inputs, known, self._rng("orders"))
        facts: Facts = (("maker", known.maker), ("day", known.day))
        if isinstance(self.waiting, str):
            self.units = rate
            yield self.account.check(
                f"orders.{known.day}", Status.REVIEW, f"ramp {self.waiting}", facts, "give orders and backlog"
            )
        else:
            backlog, orders = self.waiting.orders(ahead, draws, self._rng("future orders"))
            self.units = deliver(rate, backlog, orders).deliveries
            short = float((self.units[:, :asked].sum(axis=1) < rate[:, :asked].sum(axis=1) - 0.5).mean())
            facts += (
                ("lo", self.waiting.weeks[0]), ("weeks", self.waiting.weeks[1]), ("hi", self.waiting.weeks[2]), ("p", short),
                ("until", Period(known.last + asked, 12).key),
            )  # fmt: skip
            yield self.account.check(f"orders.{known.day}", Status.PASS, "ramp orders bound", facts)
        keys = tuple(Period(known.last + 1 + h, 12).key for h in range(asked))
        path = self.units[:, :asked]
        yield self.account.path(f"months.{known.day}", "ramp: months to come", keys, path, ("units", "month"))
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
        return max(max(ends) - self.known.last, 1)

    def _books(self) -> Iterator[Record]:
        """Yield the quarters to come, by each reading of mix and prior; what they lack where they cannot be foretold."""
        known, config = self.known, self.inputs.config
        self.ledger, self.foretold = ledger_of(config, known), []
        if not any(q.what == "result" for q in self.questions) or isinstance(self.ledger, str):
            return
        asked = max(q.last for q in self.questions if q.what == "result") - self.ledger.last
        first, stop = self.ledger.last + 1, (known.last + self.units.shape[1] + 1) // 3
        if asked < 1:
            return
        if any(self._untold(3 * q, 3 * q + 2) for q in range(first, stop)):
            self.ledger = "months missing"
            return
        rng = self._rng("quarters")
        units = np.column_stack([self._sum(3 * q, 3 * q + 2, rng) for q in range(first, stop)])
        for mix in MIXES:
            for prior in (PRIORS[config.ramp.prior], *(p for name, p in PRIORS.items() if name != config.ramp.prior)):
                fit = fit_books(self.ledger.books, mix, prior)
                if isinstance(fit, Unfit):
                    self.ledger = fit.reason
                    return
                self.foretold.append(results(fit, units, self._rng("books")))
        yield from self._quarters(self.ledger, tuple(Period(first + k, 4).key for k in range(asked)))

    def _quarters(self, ledger: Ledger, keys: tuple[str, ...]) -> Iterator[Record]:
        """Yield result, margin and revenue of the quarters asked for, by the first reading."""
        known, first = self.known, self.foretold[0]
        paths = (
            ("result", first.result, "money"),
            ("margin", first.margin, "share"),
            ("revenue", first.revenue, "money"),
        )
        for name, draws, unit in paths:
            shown = draws[:, : len(keys)]
            yield self.account.path(f"{name}.{known.day}", f"ramp: {name} to come", keys, shown, (unit, "quarter"))
        if ledger.derived:
            told = ", ".join(Period(q, 4).key for q in ledger.derived)
            facts: Facts = (("quarters", told), ("maker", known.maker))
            yield self.account.check(f"derived.{known.day}", Status.PASS, "ramp quarters derived", facts)
        if ledger.unknown_before:
            facts = (("maker", known.maker), ("quarter", Period(ledger.first, 4).key))
            yield self.account.check(f"before.{known.day}", Status.REVIEW, "ramp units before unknown", facts)

    def _sum(self, first: int, last: int, rng: np.random.Generator) -> Array:
        """Return draws of the units of some months: known ones as they are, the others foretold; shape (D,)."""
        known, draws = self.known, len(self.units)
        ends = sum_of(known, first, min(last, known.last)) if first <= known.last else (0.0, 0.0)
        assert ends is not None, "asked of _untold first"
        ahead = range(max(first - known.last - 1, 0), max(last - known.last, 0))
        return np.asarray(rng.uniform(*ends, draws) + self.units[:, list(ahead)].sum(axis=1))

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
            yield self.account.units(
                question.id, self._sum(first, question.last, self._rng(question.id)), self._assumed()
            )

    def _assumed(self) -> tuple[str, ...]:
        bound = () if isinstance(self.waiting, str) else ("orders as inferred", "no launch foreseen in orders")
        class_ = ("reference class shares spreads",) if len(self.known.makers) > 1 else ("own months alone",)
        return ("damped trend", *class_, *bound)

    def _result(self, question: Question) -> Iterator[Record]:
        """Yield the chance of a quarter above: known where it is printed, foretold elsewhere."""
        what, facts, config = "ramp: chance", (("maker", self.known.maker),), self.inputs.config
        start = question.first
        if start is None:
            start = question.last + 1 if isinstance(self.ledger, str) else self.ledger.last + 1
        printed = printed_results(config, self.known)
        asked = [printed.get(q) for q in range(start, question.last + 1)]
        if any(ends is not None and ends[0] > question.above for ends in asked):
            yield self.account.chance(question.id, (1.0,), ("printed",))
        elif asked and all(ends is not None and ends[1] <= question.above for ends in asked):
            yield self.account.chance(question.id, (0.0,), ("printed",))
        elif isinstance(self.ledger, str):
            needs = NEEDS.get(self.ledger, ("quarterly books",))
            yield self.account.refusal(question.id, what, self.ledger, needs, facts)
        elif not self.foretold or question.last <= self.ledger.last:
            yield self.account.refusal(question.id, what, "quarters over", ("a later quarter to ask for",), facts)
        else:
            skip, stop = max(start - self.ledger.last - 1, 0), question.last - self.ledger.last
            told = [break_even(found.result[:, skip:stop], question.above).by[-1] for found in self.foretold]
            assumed = (*self._assumed(), "learning curve", "overheads go on growing", "no price war foreseen")
            yield self.account.chance(question.id, tuple(float(p) for p in told), assumed)


NEEDS = {
    "several perimeters": ("[ramp] perimeter",),
    "months missing": ("the missing months",),
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
