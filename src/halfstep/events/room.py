"""The events room: what each dated event was followed by, against what would have been, and when that cannot be told."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from halfstep.core.answer import Answer, EventVerdict
from halfstep.core.check import Check, Status
from halfstep.core.estimate import Estimate
from halfstep.core.series import Series
from halfstep.counterfactual.gate import Gated
from halfstep.events.account import Account
from halfstep.events.alongside import Neighbours, joint_effect, others_touched, overlapping, rivals
from halfstep.events.calendar import Asked, Place, asked, place_of, together, until_next
from halfstep.events.demand import inferred_orders, no_demand
from halfstep.events.measure import Measured, measured
from halfstep.events.money import costs, fame, published
from halfstep.events.series import Ready, Refused, made_ready
from halfstep.events.soundness import soundness
from halfstep.market.inputs import Inputs, Room

__all__ = ["ROOM"]

Record = Estimate | Series | Check | EventVerdict

LARGEST = float(np.log(1000))
"""A fall to a thousandth, in logarithms: who can find nothing smaller can find nothing."""
NEEDS = {
    "outside the sample": ("a longer sample",),
    "too few periods before": ("more periods before",),
    "supply, not demand": ("orders instead of deliveries",),
    "backlog unknown": ("a flow table", "orders instead of deliveries"),
}


def _run(inputs: Inputs, upstream: Mapping[str, Answer], rng: np.random.Generator) -> Answer:
    asks = asked(inputs.config, inputs.outcomes)
    if not asks:
        return Answer(room="events", dark="outcomes")
    seed = inputs.config.study.seed
    found = [record for ask in asks for record in _Hearing(inputs, ask, seed).records()]
    found += _family(found, inputs.config.shocks.level)
    found += fame() if inputs.config.shocks.prior != "none" else ()
    return Answer(
        room="events",
        estimates=tuple(r for r in found if not isinstance(r, Series | Check | EventVerdict)),
        series=tuple(r for r in found if isinstance(r, Series)),
        checks=tuple(r for r in found if isinstance(r, Check)),
        events=tuple(r for r in found if isinstance(r, EventVerdict)),
    )


ROOM = Room("events", (), _run)


@dataclass(slots=True)
class _Hearing:
    """One event and one outcome, from the calendar to the verdict."""

    inputs: Inputs
    ask: Asked
    seed: int
    account: Account = field(init=False)

    def __post_init__(self) -> None:
        self.account = Account(self.ask, self.inputs.config)

    def records(self) -> Iterator[Record]:
        """Yield everything that is found of the event, its verdict first."""
        config, ask = self.inputs.config, self.ask
        place = place_of(ask, config)
        if place.why:
            yield from self._refused(place.why, NEEDS[place.why], place)
            return
        supply = no_demand(self.inputs, ask, place)
        if supply is not None:
            why = "supply, not demand" if dict(supply)["periods"] else "backlog unknown"
            yield from self._refused(why, NEEDS[why], place)
            yield self.account.check("backlog", Status.FAIL, "event backlog", supply, "read net orders")
            rng = np.random.default_rng([self.seed, *ask.stem.encode()])  # another event moves nothing here
            yield from inferred_orders(self.inputs, ask, place, self.account, rng)
            return
        near = overlapping(ask, config)
        if near is not None:
            place = until_next(ask, config, place) if near.apart else together(ask, config)
        ready = made_ready(ask, place, config, self.seed)
        if isinstance(ready, Refused):
            yield from self._refused(ready.why, ready.needs, place)
            return
        yield from self._heard(ready, place, near)

    def _heard(self, ready: Ready, place: Place, near: Neighbours | None) -> Iterator[Record]:
        """Yield what the estimators say, what judges them, and what stands beside the event."""
        found, account = measured(ready, self.account), self.account
        joint = () if near is None or near.apart else near.names
        yield _verdict(self.ask, ready, found, account, joint)
        yield from found.records(account, ready)
        if near is not None:
            yield from joint_effect(near, self.ask, ready, found, account)
        yield from _cut(self.ask, ready, account)
        yield from soundness(self.ask, ready, found, account)
        others = dict(others_touched(self.inputs.config, self.ask, place, found.estimator))
        yield from (point for _, point in others.values())
        yield from rivals(self.inputs, self.ask, ready, found, {n: e for n, (e, _) in others.items()}, account)
        yield from costs(ready, found, account)
        yield from published(self.ask, found, account)

    def _refused(self, why: str, needs: tuple[str, ...], place: Place) -> Iterator[Record]:
        """Yield a verdict without a number."""
        ask, table = self.ask, self.ask.table
        inside = place.stop > place.start
        yield EventVerdict(
            id=ask.stem, event=str(ask.event.id), outcome=ask.outcome.id, entity=ask.event.brand,
            period=ask.event.period, label="refused", estimate=f"{ask.stem}.average", estimator="",
            level=self.inputs.config.shocks.level, p=None, floor=None, size=None, detectable=None,
            margin=self.inputs.config.shocks.margin, units=0, dates=0, placebos=0,
            first=table.periods[place.start] if inside else "", last=table.periods[place.stop - 1] if inside else "",
            before=place.start, reason=why, needs=needs,
        )  # fmt: skip
        facts = (("first", table.periods[0]), ("last", table.periods[-1]))
        yield self.account.refusal("average", "event effect: average", why, needs, facts)


def _verdict(ask: Asked, ready: Ready, found: Measured, account: Account, joint: tuple[str, ...]) -> EventVerdict:
    """Return the label with what it hangs on."""
    question, gated, effect = ready.question, found.best, found.best.main
    label, reason = found.label, found.reason
    told = bool(np.isfinite(effect.critical))
    seen = np.isfinite(effect.mde) and (effect.mde < LARGEST or not account.relative)
    detectable = abs(account.shown(-effect.mde)) if seen else None
    return EventVerdict(
        id=ask.stem, event=str(ask.event.id), outcome=ask.outcome.id, entity=ask.event.brand, period=ask.event.period,
        label=label, estimate=f"{ask.stem}.average", estimator=gated.estimator if told else "", level=effect.level,
        p=effect.p if told else None, floor=_floor(gated, effect.level) if told else None, size=effect.size, detectable=detectable,
        margin=account.config.shocks.margin, units=gated.units, dates=gated.windows, placebos=gated.placebos,
        first=ready.periods[question.start], last=ready.periods[question.stop - 1], before=question.start,
        reason=reason, needs=found.needs, joint=joint,
    )  # fmt: skip


def _cut(ask: Asked, ready: Ready, account: Account) -> Iterator[Check]:
    """Yield that fewer periods are looked at than were asked for."""
    wanted = ask.event.horizon or account.config.shocks.horizon
    held = ready.question.stop - ready.question.start
    if wanted is not None and held < wanted:
        yield account.check("horizon", Status.REVIEW, "event horizon cut", (("n", held), ("asked", wanted)))


def _floor(gated: Gated, level: float) -> float:
    """Return the least p-value: entities at the true date decide it where they alone can reach the level."""
    enough = np.ceil((gated.units + 1) * level - 1e-9) <= gated.units
    return gated.floor if enough else 1 / (gated.placebos + 1)


def _family(found: list[Record], level: float) -> Iterator[Check]:
    """Yield how many verdicts chance alone would give, where several are asked."""
    n = sum(isinstance(r, EventVerdict) and r.p is not None and r.label != "disagree" for r in found)
    if n > 1:
        facts = (("n", n), ("expected", n * (1 - level)))
        yield Check(id="event.family", status=Status.PASS, why="event family", facts=facts)
