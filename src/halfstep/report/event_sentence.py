"""The one sentence on an event, from its label and its interval alone: it cannot say what the interval does not.

A label that the printed interval does not bear is not repeated: what is said then is that it cannot be told.
"""

from __future__ import annotations

import math
from itertools import combinations

from halfstep.core.answer import EventVerdict
from halfstep.core.estimate import Point, Refusal
from halfstep.report.event_facts import detected, effect, like, named, names_of, reason_term, stem_of
from halfstep.report.finding import Amount, Fact, Finding, Many, Term, Words
from halfstep.report.index import Index

__all__ = ["borne_out", "estimator_points", "event_sentence"]

PLAIN_REASONS = ("interval excludes zero", "interval holds zero", "within the margin")
"""Reasons that the sentence itself tells."""
CLOSE = 1e-6
"""How far from a whole number a rank may be for its rounding."""


def event_sentence(index: Index, verdict: EventVerdict) -> Finding:
    """Return what followed an event: label, interval and what goes with them, in one or two plain sentences."""
    point = index.point(verdict.estimate)
    label = "refused" if point is None else borne_out(index, verdict, effect(index, point))
    names = names_of(index, verdict)
    if point is None and verdict.label != "refused":
        said = Finding("find.event untold", (*names, ("why", _why(index, verdict))))
    elif point is None or label == "refused":
        said = Finding("find.event refused", (*names, ("why", _why(index, verdict))))
    elif label in ("fell", "rose"):
        said = Finding(
            f"find.event {label}", (*names, *_figures(index, verdict, point), ("chance", _chance(index, verdict)))
        )
    elif label == "nothing larger":
        margin = like(point.unit, verdict.margin or 0.0)
        told = ("margin", named(index, verdict, margin))
        said = Finding("find.event within", (*names, *_figures(index, verdict, point), told))
    elif label == "disagree":
        said = Finding("find.event apart", (*names, ("estimators", Many(_apart(index, verdict), "ui.list"))))
    else:
        said = _open(index, verdict, point, names)
    return _joint(index, verdict, said) if len(verdict.joint) > 1 else said


def borne_out(index: Index, verdict: EventVerdict, amount: Amount) -> str:
    """Return the label as far as the interval, as it is printed, bears it out; "cannot tell" where it does not.

    Parameters
    ----------
    amount
        The effect with its interval and the decimals that it is printed with.
    """
    scale = 100.0 if amount.unit == "share" else 1.0
    lo, hi = (round(scale * end, amount.places) if math.isfinite(end) else end for end in (amount.lo, amount.hi))
    margin = verdict.margin
    known = estimator_points(index, verdict)
    borne = {
        "fell": hi < 0,
        "rose": lo > 0,
        "nothing larger": margin is not None and -margin <= amount.lo and amount.hi <= margin,
        "disagree": len(known) < 2 or bool(_clashing(known)),
        "refused": True,
    }
    return verdict.label if borne.get(verdict.label, False) else "cannot tell"


def estimator_points(index: Index, verdict: EventVerdict) -> dict[str, Point]:
    """Return what each estimator says, by its name."""
    stem = f"{stem_of(verdict)}.by."
    return {e.id.removeprefix(stem): e for e in index.starting(stem) if isinstance(e, Point)}


def _figures(index: Index, verdict: EventVerdict, point: Point) -> tuple[tuple[str, Fact], ...]:
    value = effect(index, point, "size" if verdict.label in ("fell", "rose") else "signed")
    alone = verdict.estimator == "segmented" or not verdict.units
    return (
        ("basis", Term("basis.course" if alone else "basis.entities")),
        ("value", named(index, verdict, value)), ("level", Amount(point.level, "level")),
        ("interval", effect(index, point, "interval")),
    )  # fmt: skip


def _open(index: Index, verdict: EventVerdict, point: Point, names: tuple[tuple[str, Fact], ...]) -> Finding:
    """Say that it cannot be told, between which ends it lies, and what could have been found."""
    power = Finding("find.event power none")
    found = detected(index, verdict, point)
    if found is not None:
        power = Finding("find.event power either" if found[1] else "find.event power", (("detectable", found[0]),))
    interval = named(index, verdict, effect(index, point, "interval"))
    why: Fact = Words("")
    if verdict.reason not in PLAIN_REASONS:
        why = Finding("find.event why", (("why", _why(index, verdict)),))
    return Finding("find.event open", (
        *names, ("level", Amount(point.level, "level")), ("interval", interval), ("power", power), ("why", why),
    ))  # fmt: skip


def _chance(index: Index, verdict: EventVerdict) -> Fact:
    """Return how often as much was found where nothing happened; p alone where it is not a rank among all of them."""
    tried, ref = verdict.placebos, f"{stem_of(verdict)}.placebo"
    if verdict.p is None or not tried:
        return Words("")
    told: list[tuple[str, Fact]] = [("n", Amount(tried, "count", ref=f"{ref}|n"))]
    among_all = verdict.floor is not None and math.isclose(verdict.floor, 1 / (tried + 1))
    rank = verdict.p * (tried + 1)
    if not among_all or abs(rank - round(rank)) > CLOSE:
        return Finding("find.event chance p", (*told, ("p", Amount(verdict.p, "figure", ref=f"{ref}|p"))))
    found = min(max(round(rank) - 1, 0), tried)
    told.append(("k", Amount(found, "count")))
    return Finding("find.event chance" if found else "find.event chance none", tuple(told))


def _apart(index: Index, verdict: EventVerdict) -> tuple[Fact, ...]:
    """Return the estimators whose intervals exclude each other, each with its interval."""
    points = estimator_points(index, verdict)
    told = tuple(
        Finding("find.event by", (("estimator", Term(f"estimator.{name}")), ("interval", effect(index, points[name], "interval"))))
        for name in points
        if name in _clashing(points)
    )  # fmt: skip
    return told or (Term(f"estimator.{verdict.estimator}"),)


def _clashing(points: dict[str, Point]) -> set[str]:
    pairs = combinations(points.items(), 2)
    return {name for (one, a), (two, b) in pairs if a.hi < b.lo or b.hi < a.lo for name in (one, two)}


def _why(index: Index, verdict: EventVerdict) -> Fact:
    record = index.estimates.get(verdict.estimate)
    reason = record.why if isinstance(record, Refusal) else verdict.reason
    return reason_term(reason)


def _joint(index: Index, verdict: EventVerdict, said: Finding) -> Finding:
    labels = {event.id: event.label for event in index.config.events if event.id}
    others = tuple(Words(labels.get(name, name)) for name in verdict.joint)
    return Finding("find.event joint", (("text", said), ("events", Many(others))))
