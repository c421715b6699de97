"""What stands beside an event: other events in its window, entities it may have touched, other explanations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from halfstep.core.check import Check, Status
from halfstep.core.config import StudyConfig
from halfstep.core.errors import MisuseError
from halfstep.core.estimate import Bound, Point
from halfstep.counterfactual.estimators import FAMILY
from halfstep.counterfactual.gate import Gated, gate
from halfstep.counterfactual.overlap import Onset, Overlap, overlap
from halfstep.counterfactual.placebo import case_at
from halfstep.data.cells.dates import read_span
from halfstep.events.account import ASSUMED, Account
from halfstep.events.calendar import Asked, Place, columns_of, late_of, neighbours, together
from halfstep.events.demand import flow_marks
from halfstep.events.measure import Measured
from halfstep.events.rivals import Evidence, GapPath, Move, Other, Rival, Row, Standing, judge
from halfstep.events.series import Ready, Refused, made_ready
from halfstep.market.inputs import Inputs

__all__ = ["Neighbours", "joint_effect", "others_touched", "overlapping", "rivals"]

RANKED = 19
"""Placebos from which a rank can reach 5%."""
STATUS = {"survives": Status.PASS, "not testable": Status.REVIEW, "contradicted": Status.FAIL}


@dataclass(frozen=True, slots=True, eq=False)
class Neighbours:
    """Events whose windows overlap, this one among them.

    Attributes
    ----------
    names
        Ids, or their periods, in order of time.
    held
        Periods of each one's own horizon that the sample holds.
    fit
        The joint fit, its totals over those periods; None where it is too much to go through.
    """

    names: tuple[str, ...]
    held: tuple[int, ...]
    fit: Overlap | None

    @property
    def apart(self) -> bool:
        """Whether each can be told by itself."""
        return self.fit is not None and self.fit.separable


def overlapping(ask: Asked, config: StudyConfig) -> Neighbours | None:
    """Return the events that overlap with this one and whether they can be told apart; None where none does."""
    events = neighbours(ask, config)
    place = together(ask, config) if len(events) > 1 else None
    if place is None or place.why:
        return None
    ready = made_ready(ask, place, config, config.study.seed)
    if isinstance(ready, Refused):
        return None
    columns = [tuple(c for c in columns_of(ask, event, ready.periods) if c > 0) for event in events]
    inside = [(event, where) for event, where in zip(events, columns, strict=True) if where]
    if len(inside) < 2:
        return None
    names = tuple(event.id or f"{event.period} ({k + 1})" for k, (event, _) in enumerate(inside))
    onsets = tuple(Onset(where, (1.0,) * len(where)) for _, where in inside)
    stop = ready.question.stop
    horizon = min(ask.event.horizon or config.shocks.horizon or stop, stop)
    held = tuple(min(horizon, stop - where[0]) for _, where in inside)
    return Neighbours(names, held, _parted(ask, ready, onsets, horizon, config))


def joint_effect(
    near: Neighbours, ask: Asked, ready: Ready, found: Measured, account: Account
) -> Iterator[Point | Bound | Check]:
    """Yield what overlapping events did together and the bounds of their parts; or, told apart, the part of each.

    Not told apart, what followed them all is the gated effect of their common window, and each part lies between nought and
    the whole. Told apart, the parts' intervals are widened as placebos widened those of the same model.
    """
    main, names = found.best.main, near.names
    if not np.isfinite(main.critical):
        return
    ends = [(min(0.0, main.lo), max(0.0, main.hi))] * len(names)
    if near.apart and near.fit is not None:
        wider = _wider(found)
        told = zip((part.total for part in near.fit.parts), near.held, strict=True)
        halves = [(t.mean, wider * max(t.high - t.mean, t.mean - t.low), n) for t, n in told]
        ends = [((mean - half) / n, (mean + half) / n) for mean, half, n in halves]
    else:
        origin = account.origin("events.overlap", ASSUMED, ready.donors)
        yield Point(
            id=f"{ask.stem}.joint", what="event effect: joint", value=account.shown(main.value), lo=account.shown(main.lo),
            hi=account.shown(main.hi), level=main.level, unit=account.unit, n=len(main.contrast), tier=account.tier,
            origin=origin,
        )  # fmt: skip
    for name, (low, high) in zip(names, ends, strict=True):
        shown = (account.shown(low), account.shown(high))
        yield account.bound(f"part.{name}", "event effect: part", shown, account.unit, "events.overlap")
    distance = "–" if near.fit is None or near.fit.distance is None else near.fit.distance
    facts = (("list", ", ".join(names)), ("n", len(names)), ("distance", distance))
    why = "event overlap apart" if near.apart else "event overlap joint"
    yield account.check("overlap", Status.PASS if near.apart else Status.REVIEW, why, facts)


def _parted(ask: Asked, ready: Ready, onsets: tuple[Onset, ...], horizon: int, config: StudyConfig) -> Overlap | None:
    """Return the joint fit; None where the events have more onsets and half-lives between them than can be gone through."""
    question = ready.question
    y = case_at(question, np.array([question.treated]), question.start).y
    try:
        return overlap(
            y[question.treated], onsets, horizon, late_of(ask, config), y[question.donors], question.level,
        )  # fmt: skip
    except MisuseError:
        return None


def _wider(found: Measured) -> float:
    """Return by how much placebos widen the interval of the structural series, whose model the joint fit shares."""
    own = next((g.main for g in found.gates if g.estimator == "structural series"), found.best.main)
    widened = (own.hi - own.lo) / 2 / max(own.naive, np.finfo(float).tiny)
    return float(max(1.0, widened)) if np.isfinite(widened) else 1.0


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
            point = account.effect(f"spill.{name}", "spill-over", main, ready.donors, name)
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
        path=path,
        outcome=ask.outcome.kind,
        others=dict(others),
        ranked=True,
        unfitted=plain,
        **_waiting(inputs, ask, ready),
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
    marks = [flow_marks(inputs.flow, ask, Place(t + 1, t + 1)) for t in places]
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
    found = "seen" if row.seen and row.status == "survives" else row.status
    return account.check(name, STATUS[row.status], f"event rival {found}", tuple(facts))
