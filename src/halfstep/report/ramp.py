"""The section on output, cost and break-even: what was asked, the path, what binds, and how such forecasts did before."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from datetime import date

import numpy as np

from halfstep.core.check import Check
from halfstep.core.config_docket import Asked
from halfstep.core.estimate import Point, Refusal
from halfstep.core.period import Period
from halfstep.core.series import Series
from halfstep.report.charts import RowMark, RowsChart, Track, TracksChart
from halfstep.report.comparison import needs_of
from halfstep.report.docket_checks import told_facts
from halfstep.report.event_facts import dated
from halfstep.report.finding import Amount, Brand, Fact, Finding, Many, Term, When, Words
from halfstep.report.index import Index
from halfstep.report.page import Block, Figure, Listing, Paragraph, Section
from halfstep.report.words import known

__all__ = ["answered", "ask_finding", "asked", "brief", "day_of", "known_finding", "ramp_section", "ramp_sentence"]

STEM = "ramp."
USUAL = re.compile(r"(units|profit)_(\d{4})")
"""Ids of the questions that the room asks where a study asks none."""
BACK_TESTS = ("coverage", "against")
MONEY = ("result", "revenue", "margin")
"""Series of the books, in the order in which they are drawn."""
MILLION = 1e6
CHANCE = "ramp: chance"


def ramp_section(index: Index) -> Section | None:
    """Return the ramp; None where the room did not run or had no months."""
    answer = index.outcome.answers.get("ramp")
    if answer is None or answer.dark or not (answer.estimates or answer.series):
        return None
    blocks: list[Block] = [Paragraph(Finding("find.ramp about"), "note")]
    days = _days(index)
    for day in days:
        blocks.append(Paragraph(Finding("find.ramp day", (("day", dated(day)),)), "subtitle"))
        blocks += (Paragraph(f, "answer") for name, f in _answers(index) if day_of(index, name) == day)
        blocks += _months(index, day, days.index(day))
        said = tuple(
            ramp_sentence(index, c) for c in index.checks if c.id.startswith(STEM) and c.id.endswith(f".{day}")
        )
        blocks += [Listing(said)] if said else []
        blocks += _books(index, day, days.index(day))
    rest = (c for c in index.checks if c.id.startswith(STEM) and not any(c.id.endswith(f".{day}") for day in days))
    others = tuple(ramp_sentence(index, c) for c in rest)
    if others:
        blocks += [Paragraph(Finding("find.ramp before"), "subtitle"), Listing(others)]
    return Section("ramp", Finding("ui.section ramp"), tuple(blocks))


def asked(index: Index, what: str) -> Iterator[tuple[str, Point | Refusal]]:
    """Yield the answers to questions of one kind ("units", "result"), in the order in which they were asked."""
    for name, record in _records(index):
        if record.what == ("ramp: units" if what == "units" else CHANCE):
            yield name, record


def ask_finding(index: Index, name: str, record: Point | Refusal) -> Finding:
    """Return the answer to a question: a number with its interval, a probability with its range, or why there is none."""
    facts: list[tuple[str, Fact]] = [("asked", ask_label(index, name)), ("day", dated(day_of(index, name)))]
    if isinstance(record, Refusal):
        told = tuple((n, Words(str(value))) for n, value in record.facts)
        why = Finding(f"why.{record.why}", (*told, ("maker", Brand(_maker(index)))))
        return Finding("find.ramp refused", (*facts, ("why", why), ("needs", needs_of(index, record.needs))))
    if record.what == CHANCE:
        kind = "find.ramp chance range" if record.lo < record.hi else "find.ramp chance"
        return Finding(kind, (*facts, ("p", _chance(record))))
    if record.level >= 1.0:
        form = Amount(
            record.value, "count", record.lo, record.hi, record.id, "interval" if record.lo < record.hi else "value"
        )
        return Finding("find.ramp counted", (*facts, ("value", form)))
    interval = Amount(record.value, "count", record.lo, record.hi, record.id, "interval")
    value, level = Amount(record.value, "count", ref=record.id), Amount(record.level, "level")
    return Finding("find.ramp units", (*facts, ("value", value), ("interval", interval), ("level", level)))


def known_finding(index: Index, name: str, record: Point | Refusal) -> Finding:
    """Return the answer to a question with the day whose knowledge was used."""
    said = ask_finding(index, name, record)
    if isinstance(record, Refusal) or _known_already(record):
        return said
    return Finding("find.ramp known", (("day", dated(day_of(index, name))), ("text", said)))


def brief(index: Index, found: list[tuple[str, Point | Refusal]]) -> Finding | None:
    """Return several answers of one day as one sentence; None where one of them is refused, known already, or of another day."""
    days = {day_of(index, name) for name, _ in found}
    if len(days) != 1 or any(isinstance(r, Refusal) or _known_already(r) for _, r in found):
        return None
    told = tuple(answered(index, name, record) for name, record in found)
    return Finding("ceo.ahead", (("day", dated(days.pop())), ("told", Many(told, "ui.list"))))


def answered(index: Index, name: str, record: Point | Refusal) -> Finding:
    """Return a question with its answer, to stand in a sentence: a number with its interval, or a chance over the readings."""
    facts: list[tuple[str, Fact]] = [("asked", ask_label(index, name))]
    if isinstance(record, Refusal):
        return ask_finding(index, name, record)
    if record.what == CHANCE:
        return Finding("ceo.chance range" if record.lo < record.hi else "ceo.chance", (*facts, ("p", _chance(record))))
    if record.level >= 1.0:
        return Finding("ceo.counted", (*facts, ("value", _amount(record, "value", "count"))))
    facts += [(part, _amount(record, part, "count")) for part in ("value", "interval")]
    return Finding("ceo.units", (*facts, ("level", Amount(record.level, "level"))))


def _known_already(record: Point) -> bool:
    """Whether an answer was printed by its day: nothing in it is foretold."""
    return record.level >= 1.0 if record.what != CHANCE else "printed" in record.origin.assumptions


def _chance(record: Point) -> Amount:
    """Return a probability as the range over readings, or as a number where they agree."""
    spread = round(record.lo, 2) < round(record.hi, 2)
    return Amount(record.value, "share", record.lo, record.hi, record.id, "interval" if spread else "value", places=0)


def _amount(record: Point, part: str, unit: str) -> Amount:
    return Amount(record.value, unit, record.lo, record.hi, record.id, "interval" if part == "interval" else "value")


def ask_label(index: Index, name: str) -> Fact:
    """Return what was asked, in the study's words or in those of the room's own questions."""
    ask = _ask(index, name)
    if ask is not None:
        return Words(ask.label)
    usual = USUAL.fullmatch(name)
    return Words(name) if usual is None else Finding(f"find.ramp usual {usual[1]}", (("year", When(usual[2])),))


def ramp_sentence(index: Index, check: Check) -> Finding:
    """Return what a check of the ramp says, with what to do about it."""
    facts = told_facts(index, check)
    why = Finding(f"why.{check.why}", facts)
    if not check.do or not known(f"do.{check.do}"):
        return why
    return Finding("find.then", (("text", why), ("do", Finding(f"do.{check.do}", facts))))


def _records(index: Index) -> Iterator[tuple[str, Point | Refusal]]:
    for estimate in index.starting(STEM):
        if isinstance(estimate, Point | Refusal):
            yield estimate.id.removeprefix(STEM), estimate


def _answers(index: Index) -> Iterator[tuple[str, Finding]]:
    for name, record in _records(index):
        yield name, ask_finding(index, name, record)


def _ask(index: Index, name: str) -> Asked | None:
    return next((ask for ask in index.config.ramp.asks if ask.id == name), None)


def day_of(index: Index, name: str) -> str:
    """Return the day whose knowledge answers a question."""
    ask = _ask(index, name)
    return index.config.study.as_of if ask is None or ask.made is None else ask.made


def _maker(index: Index) -> str:
    return index.config.ramp.maker or index.config.study.focal


def _days(index: Index) -> list[str]:
    return sorted({day_of(index, name) for name, _ in _records(index)})


def _months(index: Index, day: str, n: int) -> Iterator[Figure]:
    """Yield the known months, the median and band of those to come, and what came where it is known by now."""
    ahead, seen = index.series.get(f"{STEM}months.{day}"), index.series.get(f"{STEM}seen.{day}")
    if ahead is None:
        return
    past = _values(seen) if seen is not None else {}
    come = _values(ahead)
    later = {key: value for key, value in _by_now(index).items() if key in come}
    periods = tuple(sorted(past | come))
    lines = [
        Track("observed", _along(past, periods), Term("ui.months known")),
        Track("expected", _along(come, periods), Term("ui.months ahead")),
    ]
    if later:
        lines.append(Track("difference", _along(later, periods), Term("ui.months since")))
    ends = {label[0]: (lo, hi) for label, lo, hi in zip(ahead.index, ahead.lo.tolist(), ahead.hi.tolist(), strict=True)}
    band = tuple((float(k), *ends[key]) for k, key in enumerate(periods) if key in ends)
    start = min(k for k, key in enumerate(periods) if key in come)
    chart = TracksChart(
        f"ramp-{n}-months",
        tuple(lines),
        band,
        (),
        ((start - 0.5, 0),),
        periods,
        Term("ui.axis units a month"),
        share=False,
        fits=True,
    )
    facts: tuple[tuple[str, Fact], ...] = (
        ("level", Amount(ahead.level, "level")),
        ("day", dated(day)),
        ("maker", Brand(_maker(index))),
    )
    caption = Finding("find.ramp months caption since" if later else "find.ramp months caption", facts)
    yield Figure(Finding("find.ramp months title", facts), (chart,), caption)


def _by_now(index: Index) -> dict[str, float]:
    """Return the maker's months as far as the run knows them."""
    table, maker = index.outcome.inputs.ramp, _maker(index)
    if table is None or maker not in table.makers:
        return {}
    units = table.known_on(date.fromisoformat(index.config.study.as_of).toordinal())[table.makers.index(maker)]
    return {Period(table.first + int(t), 12).key: float(units[t]) for t in np.flatnonzero(np.isfinite(units))}


def _values(series: Series) -> dict[str, float]:
    return {label[0]: value for label, value in zip(series.index, series.value.tolist(), strict=True)}


def _along(values: dict[str, float], periods: tuple[str, ...]) -> tuple[float, ...]:
    return tuple(values.get(period, math.nan) for period in periods)


def _books(index: Index, day: str, n: int) -> Iterator[Figure]:
    """Yield the quarters to come: result, revenue and margin, each with its interval."""
    for name in MONEY:
        series = index.series.get(f"{STEM}{name}.{day}")
        if series is None or not len(series.index):
            continue
        share = series.unit == "share"
        scale = 100.0 if share else 1.0 / MILLION if float(np.abs(series.value).max()) >= MILLION else 1.0
        ends = zip(
            series.index, *(np.asarray(getattr(series, end)).tolist() for end in ("value", "lo", "hi")), strict=True
        )
        rows = tuple(
            RowMark(When(label[0], short=True), scale * v, scale * lo, scale * hi, "other") for label, v, lo, hi in ends
        )
        currency = (("currency", Words(index.config.study.currency)),)
        axis: Fact = (
            Term("ui.axis percent")
            if share
            else Finding("ui.axis millions" if scale < 1 else "ui.axis currency", currency)
        )
        chart = RowsChart(f"ramp-{n}-{name}", rows, axis, bars=False, guide=0.0 if name == "result" else None)
        facts: tuple[tuple[str, Fact], ...] = (
            ("level", Amount(series.level, "level")),
            ("day", dated(day)),
            ("maker", Brand(_maker(index))),
        )
        yield Figure(Finding(f"find.ramp {name} title", facts), (chart,), Finding("find.ramp books caption", facts))
