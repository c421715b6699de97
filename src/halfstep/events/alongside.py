"""What stands beside an event: other events in its window, entities it may have touched, other explanations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from halfstep.core.check import Check, Status
from halfstep.core.config import StudyConfig
from halfstep.core.estimate import Bound, Point
from halfstep.counterfactual.estimators import FAMILY
from halfstep.counterfactual.gate import Gated, gate
from halfstep.counterfactual.overlap import Onset, overlap
from halfstep.counterfactual.placebo import case_at
from halfstep.data.cells.dates import read_span
from halfstep.events.account import ASSUMED, Account
from halfstep.events.calendar import Asked, Place, columns_of, late_of, neighbours
from halfstep.events.demand import flow_marks
from halfstep.events.measure import Measured
from halfstep.events.rivals import Evidence, GapPath, Move, Other, Rival, Row, Standing, judge
from halfstep.events.series import Ready, Refused, made_ready
from halfstep.market.inputs import Inputs

__all__ = ["joint_effect", "others_touched", "rivals"]

RANKED = 19
"""Placebos from which a rank can reach 5%."""
STATUS = {"survives": Status.PASS, "not testable": Status.REVIEW, "contradicted": Status.FAIL}


def joint_effect(
    ask: Asked, ready: Ready, found: Measured, account: Account
) -> Iterator[Point | Bound | Check | tuple[str, ...]]:
    """Yield, where windows overlap, what the events did together, the parts or their bounds, and who cannot be told apart."""
    events = neighbours(ask, account.config)
    columns = [columns_of(ask, event, ready.periods) for event in events]
    inside = [(event, where) for event, where in zip(events, columns, strict=True) if where]
    if len(inside) < 2:
        return
    question = ready.question
    y = case_at(question, np.array([question.treated]), question.start).y
    onsets = tuple(Onset(where, (1.0,) * len(where)) for _, where in inside)
    length = question.stop - question.start
    both = overlap(
        y[question.treated], onsets, length, late_of(ask, account.config), y[question.donors], question.level
    )
    names = tuple(event.id or event.period for event, _ in inside)
    ends = (both.joint.mean, both.joint.low, both.joint.high)
    value, lo, hi = (account.shown(end / length) for end in ends)
    origin = account.origin("events.overlap", ASSUMED, ready.donors)
    yield Point(
        id=f"{ask.stem}.joint", what="event effect: joint", value=min(max(value, lo), hi), lo=lo, hi=hi,
        level=question.level, unit=account.unit, n=length, tier=account.tier, origin=origin,
    )  # fmt: skip
    for name, part in zip(names, both.parts, strict=True):
        low, high = (part.total.low, part.total.high) if both.separable else part.bound or (-np.inf, np.inf)
        yield account.bound(
            f"part.{name}", "event effect: part", (account.shown(low / length), account.shown(high / length)),
            account.unit, "events.overlap",
        )  # fmt: skip
    worst = float(both.correlation[np.triu_indices(len(names), 1)].min())
    facts = (
        ("list", ", ".join(names)), ("n", len(names)), ("correlation", worst), ("collinear", both.collinear),
        ("distance", -1 if both.distance is None else both.distance),
        ("precision", -1.0 if both.precision is None else both.precision),
    )  # fmt: skip
    why = "event overlap apart" if both.separable else "event overlap joint"
    yield account.check("overlap", Status.PASS if both.separable else Status.REVIEW, why, facts)
    if not both.separable:
        yield names


def others_touched(
    config: StudyConfig, ask: Asked, place: Place, estimator: str
) -> Iterator[tuple[str, tuple[Other, Point]]]:
    """Yield the effect on every entity that the event or a rival explanation may have moved, by the same estimator."""
    named = {name for tie in ask.event.related.values() for name in tie}
    named |= {name for rival in ask.event.rivals for name in rival.moves}
    account = Account(ask, config)
    for name in sorted(named & set(ask.table.entities)):
        ready = made_ready(ask, place, config, config.study.seed, entity=name)
        if isinstance(ready, Refused) or (not ready.donors and estimator not in ("structural series", "segmented")):
            continue
        main = gate(ready.question, FAMILY[estimator], estimator).main
        if np.isfinite(main.critical):
            point = account.effect(f"spill.{name}", "spill-over", main, ready.donors)
            yield name, (Other(value=main.value, lo=main.lo, hi=main.hi), point)


def rivals(
    inputs: Inputs, ask: Asked, ready: Ready, found: Measured, others: Mapping[str, Other], account: Account
) -> Iterator[Check]:
    """Yield of each rival explanation and each of its predictions whether it survives."""
    listed = ask.event.rivals
    if not listed or ready.question.start < 2:
        return
    path = _path(found.best, ready)
    plain = _path(found.beside[0], ready) if found.beside else None
    evidence = Evidence(
        path=path, outcome=ask.outcome.kind, others=dict(others), unfitted=plain, **_waiting(inputs, ask, ready)
    )
    sign = -1 if found.best.main.value < 0 else 1
    asked = [
        Rival(
            name=rival.id, begins=_column(ask, rival.begins, ready), ends=_column(ask, rival.ends, ready),
            before=sign if rival.before else None, backlog=rival.backlog,
            moves=tuple(Move(entity=name, direction=-1 if way == "down" else 1) for name, way in rival.moves.items()),
        )
        for rival in listed
    ]  # fmt: skip
    for standing in judge(asked, evidence):
        yield _standing(standing, account)
        for row in standing.rows:
            yield _row(standing, row, account)


def _path(gated: Gated, ready: Ready) -> GapPath:
    """Return the gap of an estimator, with those of untouched entities over the same periods where they are enough to rank."""
    fit, start = gated.fit, ready.question.start
    fan = fit.fan[np.isfinite(fit.fan).all(axis=1)]
    return GapPath(
        periods=tuple(range(ready.question.stop)), gap=fit.gap, start=start, scale=float(np.std(fit.gap[:start])),
        placebos=fan if len(fan) >= RANKED else None,
    )  # fmt: skip


def _waiting(inputs: Inputs, ask: Asked, ready: Ready) -> dict[str, np.ndarray[tuple[int], np.dtype[np.bool_]]]:
    """Return which of the panel's periods were bound by a backlog, where the flow table has them all."""
    out: dict[str, np.ndarray[tuple[int], np.dtype[np.bool_]]] = {}
    keys = ready.periods[: ready.question.stop]
    places = [ask.table.periods.index(key) for key in keys]
    marks = [flow_marks(inputs.flow, ask, Place(t + 1, (), t + 1)) for t in places]
    if any(mark is not None for mark in marks):
        out["bound"] = np.array([mark is not None and bool(mark[0].any()) for mark in marks])
        out["known"] = np.array([mark is not None and bool(mark[1].all()) for mark in marks])
    return out


def _column(ask: Asked, text: str | None, ready: Ready) -> int | None:
    """Return the column that holds a day or the first day of a period; one after the last where it lies beyond."""
    span = None if text is None else read_span(text)
    if span is None:
        return None
    ends = [ask.table.last_days[ask.table.periods.index(key)] for key in ready.periods[: ready.question.stop]]
    return sum(end < span.first_day for end in ends)


def _standing(standing: Standing, account: Account) -> Check:
    status = "not testable" if not standing.tested else standing.status
    facts = (
        ("rival", standing.rival), ("status", status), ("tested", standing.tested),
        ("same", "yes" if standing.indistinguishable else "no"), ("needs", ", ".join(standing.needs)),
    )  # fmt: skip
    return account.check(f"rival.{standing.rival}", STATUS[status], f"event rival stands: {status}", facts)


def _row(standing: Standing, row: Row, account: Account) -> Check:
    facts: list[tuple[str, str | float | int]] = [("rival", standing.rival), ("prediction", row.prediction)]
    facts += [("event_says", row.event), ("seen", "yes" if row.seen else "no")]
    facts += [("moved", row.entity)] if row.entity else []
    for name, value in (("value", row.value), ("lo", row.lo), ("hi", row.hi)):
        if value is not None:
            facts.append((name, value if row.prediction == "backlog" else account.shown(value)))
    facts += [("p", row.p)] if row.p is not None else []
    name = f"rival.{standing.rival}.{row.prediction}" + (f".{row.entity}" if row.entity else "")
    return account.check(name, STATUS[row.status], f"event rival {row.status}", tuple(facts))
