"""What the words on events are made of: names, dates, spans, amounts, and checks with their facts."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import cache

from halfstep.core.answer import EventVerdict
from halfstep.core.check import Check
from halfstep.core.config import Event, Outcome, Rival, Text
from halfstep.core.estimate import Bound, Point
from halfstep.data.cells.dates import Span, read_span
from halfstep.report.finding import Amount, Brand, Fact, Finding, Form, Many, Term, Words
from halfstep.report.index import Index
from halfstep.report.numbers import decimals, plain
from halfstep.report.words import known

__all__ = [
    "STEM",
    "capped",
    "config_of",
    "dated",
    "detected",
    "effect",
    "event_check",
    "like",
    "named",
    "names_of",
    "own_check",
    "predicted",
    "reason_term",
    "rival_of",
    "span_at",
    "span_of",
    "spell",
    "stem_of",
    "unit_of",
    "verdict_at",
]

STEM = "event."
"""What the ids of the room's records begin with; its checks and refusals are worded here."""
FLOWS = ("orders", "sales", "registrations", "deliveries")
"""Outcomes counted by the period; the others are levels."""
MONTHS = "January February March April May June July August September October November December".split()  # noqa: SIM905
QUOTED = (
    "n", "list", "reason", "lo", "hi", "p", "floor", "size", "units", "dates", "rival", "prediction", "moved", "tested", "same", "donor", "distance", "asked",
    "value", "covered", "level", "periods", "weeks", "kind", "entity_lo", "entity_hi", "expected",
)  # fmt: skip
"""Facts that sentences on events may quote; one that a check lacks is a dash."""
TERMS = {"estimator": "estimator", "reason": "tie", "kind": "outcome"}
ENTITIES = ("entity", "moved", "donor", "entity_lo", "entity_hi")
EFFECTS = ("lo", "hi", "value")
FORMS = {"size": "share", "level": "level", "nominal": "level", "p": "figure", "floor": "figure"}
CLOSE = 0.01
"""Share below which decimals are printed."""
MOST_PLACES = 4
MOST_SHARE = 10.0
"""Share above which an effect is printed as open: so wide an end says no more than that."""


@cache
def span_at(key: str) -> Span | None:
    """Return the days of a period's key; None where it is none."""
    return read_span(key)


def verdict_at(index: Index, name: str) -> EventVerdict | None:
    """Return the verdict whose records an id belongs to."""
    return next((v for v in index.events.values() if name.startswith(stem_of(v) + ".")), None)


def stem_of(verdict: EventVerdict) -> str:
    """Return what the ids of a verdict's records begin with."""
    return f"{STEM}{verdict.event}.{verdict.outcome}"


def config_of(index: Index, verdict: EventVerdict) -> tuple[Event, Outcome]:
    """Return the settings of a verdict's event and outcome."""
    event = next(e for e in index.config.events if e.id == verdict.event)
    return event, next(o for o in index.config.outcomes if o.id == verdict.outcome)


def rival_of(index: Index, verdict: EventVerdict, name: str) -> Rival | None:
    """Return a rival explanation by its id."""
    return next((r for r in config_of(index, verdict)[0].rivals if r.id == name), None)


def reason_term(key: str) -> Term:
    """Return the sentence of a reason; its own where other rooms word the same key for theirs."""
    own = f"event reason.{key}"
    return Term(own if known(own) else f"why.{key}")


def names_of(index: Index, verdict: EventVerdict) -> tuple[tuple[str, Fact], ...]:
    """Return what every sentence on a verdict names."""
    event, outcome = config_of(index, verdict)
    return (
        ("event", Words(event.label)), ("outcome", Words(outcome.label)), ("brand", Brand(verdict.entity)),
        ("when", dated(verdict.first or verdict.period)), ("span", span_of(verdict)),
    )  # fmt: skip


def dated(key: str) -> Words:
    """Return a day or a period as it is said.

    Examples
    --------
    >>> dated("2025-03-29").text
    Text(en='29 March 2025', zh='2025 年 3 月 29 日')
    """
    span = span_at(key)
    if span is None:
        return Words(key)
    day = span.first_day
    year, month = day.year, MONTHS[day.month - 1]
    said = {
        "day": Text(en=f"{day.day} {month} {year}", zh=f"{year} 年 {day.month} 月 {day.day} 日"),
        "week": Text(en=f"the week of {day.day} {month} {year}", zh=f"{year} 年 {day.month} 月 {day.day} 日当周"),
        "month": Text(en=f"{month} {year}", zh=f"{year} 年 {day.month} 月"),
        "quarter": Text(en=f"the {_nth(day.month)} quarter of {year}", zh=f"{year} 年第 {day.month // 3 + 1} 季度"),
        "year": Text(en=str(year), zh=f"{year} 年"),
    }
    return Words(said.get(span.kind, span.key))


def _nth(month: int) -> str:
    return ("first", "second", "third", "fourth")[(month - 1) // 3]


def span_of(verdict: EventVerdict) -> Fact:
    """Return how long was looked at, in the outcome's own periods."""
    first, last = span_at(verdict.first), span_at(verdict.last)
    if first is None or last is None:
        return Words("–")
    days, months = (last.first_day - first.first_day).days, 12 * (last.first_day.year - first.first_day.year)
    months += last.first_day.month - first.first_day.month
    n = {"day": days, "week": days // 7, "quarter": months // 3, "year": months // 12}.get(first.kind, months)
    return spell(first.kind, 1 + n)


def spell(kind: str, n: int) -> Finding:
    """Return a number of days, weeks, months, quarters or years."""
    return Finding(f"find.span {kind}" if n > 1 else f"find.span one {kind}", (("n", Amount(n, "count")),))


def unit_of(index: Index, verdict: EventVerdict) -> Fact:
    """Return the noun behind an effect in the outcome's own unit; of a flow, by the period."""
    outcome, span = config_of(index, verdict)[1], span_at(verdict.first)
    if outcome.kind not in FLOWS or span is None:
        return Words(outcome.unit)
    return Finding(f"find.a {span.kind}", (("unit", Words(outcome.unit)),))


def effect(index: Index, record: Point | Bound, form: Form = "value") -> Amount:
    """Return an effect with decimals with which neither it nor an end of its interval is rounded to zero.

    A relative end beyond `MOST_SHARE` is open.
    """
    if index.unit(record.unit) == "money":
        return index.amount(record, form)
    share, amount = record.unit == "share", index.amount(record, form)
    if not share:
        places = min(decimals(amount.value, record.lo, record.hi), MOST_PLACES)
        return replace(amount, unit="own unit", places=places)
    held = [min(x, MOST_SHARE) for x in (amount.value, record.lo, record.hi)]
    places = max(min(decimals(*(100 * x for x in held)), MOST_PLACES), 0)
    return replace(
        amount, unit="share", lo=held[1], hi=record.hi if record.hi <= MOST_SHARE else math.inf, places=places
    )


def like(unit: str, value: float) -> Amount:
    """Return a size, such as a margin, as an effect of that unit is printed: with two digits at least."""
    share = unit == "share"
    size = abs(100 * value) if share else abs(value)
    places = max(1 - math.floor(math.log10(size)), 0) if 0 < size < math.inf else 0
    return Amount(abs(value), "share" if share else "own unit", places=min(places, MOST_PLACES))


def named(index: Index, verdict: EventVerdict, amount: Amount, *, own: bool = True) -> Fact:
    """Return an amount, with the outcome's noun where it is no share; `own` puts it by the period."""
    if amount.unit == "share":
        return capped(amount)
    unit = unit_of(index, verdict) if own else Words(config_of(index, verdict)[1].unit)
    return Finding("find.amount of", (("amount", amount), ("unit", unit)))


def capped(amount: Amount) -> Fact:
    """Return an effect; in words where it is a share beyond what is printed in figures."""
    if amount.unit != "share" or amount.form == "interval" or amount.value <= MOST_SHARE:
        return amount
    if amount.form == "signed both":
        return Finding("find.event more both", (("interval", replace(amount, form="interval")),))
    return Finding("find.event more signed" if amount.form == "signed" else "find.event more")


def detected(index: Index, verdict: EventVerdict, point: Point) -> tuple[Fact, bool] | None:
    """Return the smallest change found in four of five cases, and whether either way; None where none would be.

    A relative one is reckoned as a fall: a rise of as much is another size. Short of all it is not printed as all.
    """
    if verdict.detectable is None or not math.isfinite(verdict.detectable):
        return None
    size = like(point.unit, verdict.detectable)
    if size.unit == "share":
        short = (k for k in range(size.places or 0, MOST_PLACES) if round(100 * size.value, k) < 100)
        return replace(size, value=-size.value, form="signed", places=next(short, MOST_PLACES)), False
    return named(index, verdict, size), True


def predicted(rival: Rival, key: str, moved: str, entity: str) -> Finding:
    """Return what a rival explanation predicts, in words.

    Parameters
    ----------
    key
        "begins", "ends", "before", "moves", "backlog"; empty where it predicts nothing.
    moved
        The other entity that moves.
    entity
        Whose event it is.
    """
    told: list[tuple[str, Fact]] = [("brand", Brand(entity)), ("entity", Brand(moved))]
    if key in ("begins", "ends"):
        told.append(("when", dated(getattr(rival, key) or "")))
    way = f" {rival.moves.get(moved, 'down')}" if key == "moves" else ""
    return Finding(f"prediction.{key}{way}", tuple(told))


def event_check(index: Index, check: Check) -> Finding:
    """Return what a check of an event says, with the event and the outcome that it speaks of."""
    verdict = verdict_at(index, check.id)
    if verdict is None:
        return Finding(f"why.{check.why}", tuple((name, _plain(value)) for name, value in check.facts))
    event, outcome = config_of(index, verdict)
    sentence = own_check(index, verdict, check)
    return Finding(
        "find.event of", (("event", Words(event.label)), ("outcome", Words(outcome.label)), ("text", sentence))
    )


def own_check(index: Index, verdict: EventVerdict, check: Check) -> Finding:
    """Return what a check says where its event is known."""
    unknown = check.why == "event backlog" and not dict(check.facts).get("periods")
    return Finding(f"why.{check.why}{' unknown' if unknown else ''}", check_facts(index, verdict, check))


def check_facts(index: Index, verdict: EventVerdict, check: Check) -> tuple[tuple[str, Fact], ...]:
    """Return what a check's sentence may quote: its own facts, and what its verdict knows."""
    given = dict(check.facts)
    rival = rival_of(index, verdict, str(given.get("rival", "")))
    told: dict[str, Fact] = dict.fromkeys(QUOTED, Term("ui.none"))
    told |= {
        "entity": Brand(verdict.entity), "brand": Brand(verdict.entity), "estimator": Term(f"estimator.{verdict.estimator}"),
        "nominal": Amount(1 - verdict.level, "level"), "before": Amount(verdict.before, "count"),
    }  # fmt: skip
    for name in ("units", "dates", "size", "p", "floor"):
        value = getattr(verdict, name)
        if value is not None:
            told[name] = _figure(index, verdict, check, name, value)
    told |= {name: _fact(index, verdict, check, name, value) for name, value in check.facts}
    if rival is not None:
        told["rival"] = Words(rival.label)
        told["prediction"] = predicted(
            rival, str(given.get("prediction", "")), str(given.get("moved", "")), verdict.entity
        )
    told["same"] = Finding("find.event same") if given.get("same") == "yes" else Words("")
    return tuple(told.items())


def _fact(index: Index, verdict: EventVerdict, check: Check, name: str, value: str | float) -> Fact:
    if not isinstance(value, str):
        return _figure(index, verdict, check, name, value)
    if name in TERMS:
        return Term(f"{TERMS[name]}.{value}")
    if name in ENTITIES:
        return Brand(value)
    return _listed(index, value) if name == "list" else Words(value)


def _figure(index: Index, verdict: EventVerdict, check: Check, name: str, value: float) -> Fact:
    """Return a figure that a check quotes in the form of its name."""
    ref = f"{check.id}|{name}"
    if not math.isfinite(value):
        return Term("ui.none")
    if name in EFFECTS and check.why != "event back-test":
        amount = replace(like(_unit(index, verdict), value), value=value, form="signed", ref=ref)
        return capped(amount)
    if name in FORMS or name in EFFECTS:
        unit: str = FORMS.get(name, "share")
        return Amount(value, unit, ref=ref, places=0 if unit == "share" and abs(value) >= CLOSE else None)
    return Amount(value, "count", ref=ref) if isinstance(value, int) else Amount(value, "figure", ref=ref)


def _unit(index: Index, verdict: EventVerdict) -> str:
    point = index.point(verdict.estimate)
    relative = config_of(index, verdict)[1].scale == "relative"
    return ("share" if relative else "count") if point is None else point.unit


def _listed(index: Index, value: str) -> Fact:
    """Return a list of entities, estimators or events."""
    labels = {event.id: event.label for event in index.config.events if event.id}
    parts: list[Fact] = []
    for name in value.split(", "):
        of_estimator = f"estimator.{name}"
        parts.append(
            Words(labels[name]) if name in labels else Term(of_estimator) if known(of_estimator) else Brand(name)
        )
    return Many(tuple(parts), "ui.list")


def _plain(value: str | float) -> Words:
    return Words(value if isinstance(value, str) else plain(value))
