"""The section on events, and what of it stands at the head of the page."""

from __future__ import annotations

from collections.abc import Iterator

from halfstep.core.answer import EventVerdict
from halfstep.core.check import Check
from halfstep.core.estimate import Point
from halfstep.report.comparison import needs_of
from halfstep.report.event_facts import (
    capped,
    config_of,
    detected,
    effect,
    names_of,
    own_check,
    reason_term,
    stem_of,
    verdict_at,
)
from halfstep.report.event_grids import event_grids
from halfstep.report.event_paths import event_figures
from halfstep.report.event_sentence import event_sentence
from halfstep.report.finding import Amount, Fact, Finding, Need, Words
from halfstep.report.index import Index
from halfstep.report.page import Block, Listing, Paragraph, Section

__all__ = ["detectable", "event_lead", "event_notes", "event_refusals", "events_section", "tested"]

TESTS = (
    "placebo", "size", "disagree", "pre_trend", "leave_one_out", "donors", "donor", "season", "missing", "backlog", "earlier", "horizon", "overlap",
    "prior", "back_test",
)  # fmt: skip
"""Checks in the order in which they are told; ids may go on after a dot."""


def event_lead(index: Index) -> list[Block]:
    """Return the head of a page that has events to judge and no market: a sentence each, and what would decide it."""
    first, *more = (event_sentence(index, verdict) for verdict in index.events.values())
    lead: list[Block] = [Paragraph(first, "lead"), *(Paragraph(finding, "answer") for finding in more)]
    open_ones = tuple(_needs(index, verdict) for verdict in index.events.values() if verdict.needs)
    if open_ones:
        lead += [Paragraph(Finding("find.events decide"), "subtitle"), Listing(open_ones, "change")]
    return lead


def event_notes(index: Index) -> tuple[Block, ...]:
    """Return a line for every event that was judged, to stand among the notes of a page on a market."""
    return tuple(Paragraph(event_sentence(index, verdict), "note") for verdict in index.events.values())


def events_section(index: Index) -> Section | None:
    """Return event by event what followed it; None where the study asks about none."""
    if not index.events:
        return None
    blocks: list[Block] = [Paragraph(Finding("find.events about"), "note")]
    for n, verdict in enumerate(index.events.values()):
        blocks += _event(index, verdict, n)
    fame = index.point("event.fame")
    if fame is not None:
        told = (("n", Amount(fame.n, "count")), ("value", capped(effect(index, fame, "signed both"))))
        blocks.append(Paragraph(Finding("find.event fame", told), "note"))
    return Section("events", Finding("ui.section events"), tuple(blocks))


def _event(index: Index, verdict: EventVerdict, n: int) -> Iterator[Block]:
    yield Paragraph(Finding("find.event heading", names_of(index, verdict)), "subtitle")
    yield Paragraph(event_sentence(index, verdict), "answer")
    yield from event_figures(index, verdict, n)
    said = tuple(tested(index, verdict))
    if said:
        yield Listing(said)
    yield from event_grids(index, verdict, n)
    if verdict.needs:
        yield Paragraph(_needs(index, verdict), "note")


def tested(index: Index, verdict: EventVerdict) -> Iterator[Finding]:
    """Yield how a verdict was tested: placebos, size, what could be found, who stands for what was to be expected."""
    point = index.point(verdict.estimate)
    stem = stem_of(verdict)
    for name in TESTS:
        for check in (c for c in index.checks if f"{c.id}.".startswith(f"{stem}.{name}.")):
            yield own_check(index, verdict, check)
        if name == "size" and point is not None:
            yield from detectable(index, verdict, point)


def detectable(index: Index, verdict: EventVerdict, point: Point) -> Iterator[Finding]:
    """Yield p with the least that the table allows, and the smallest change that would be found in four of five cases."""
    check = index.check(f"{stem_of(verdict)}.placebo")
    if verdict.p is not None:
        floor = verdict.floor if verdict.floor is not None and verdict.floor <= verdict.p else None
        told = () if floor is None else (("floor", _p(floor, check, "floor")),)
        yield Finding(
            "find.event p alone" if floor is None else "find.event p", (("p", _p(verdict.p, check, "p")), *told)
        )
    found = detected(index, verdict, point)
    if found is None:
        yield Finding("find.event detectable none")
    else:
        either = "find.event detectable either" if found[1] else "find.event detectable"
        yield Finding(either, (("detectable", found[0]),))


def _p(value: float, check: Check | None, name: str) -> Amount:
    return Amount(value, "figure", ref="" if check is None else f"{check.id}|{name}")


def _needs(index: Index, verdict: EventVerdict) -> Finding:
    event, outcome = config_of(index, verdict)
    return Finding("find.event needs", (
        ("event", Words(event.label)), ("outcome", Words(outcome.label)), ("needs", needs_of(index, verdict.needs)),
    ))  # fmt: skip


def event_refusals(index: Index) -> Iterator[Finding]:
    """Yield what of an event could not be answered, with its event and outcome."""
    for refusal in (r for r in index.refusals if r.id.startswith("event.")):
        verdict = verdict_at(index, refusal.id)
        facts: list[tuple[str, Fact]] = [("what", Need("what", refusal.what)), ("why", reason_term(refusal.why))]
        if verdict is None:
            yield Finding("find.refusal", (*facts, ("needs", needs_of(index, refusal.needs))))
            continue
        event, outcome = config_of(index, verdict)
        facts += [("event", Words(event.label)), ("outcome", Words(outcome.label))]
        if refusal.needs:
            yield Finding("find.event refusal", (*facts, ("needs", needs_of(index, refusal.needs))))
        else:
            yield Finding("find.event refusal bare", tuple(facts))
