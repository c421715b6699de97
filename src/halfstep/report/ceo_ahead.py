"""What comes, in one sentence: what was foretold and what came of it, what is foretold now, and who stands behind the intervals."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from halfstep.core.answer import ForecastVerdict
from halfstep.core.estimate import Point, Refusal
from halfstep.report.docket_facts import measured, quantity_of
from halfstep.report.event_facts import dated
from halfstep.report.finding import Fact, Finding, Many, Term
from halfstep.report.index import Index
from halfstep.report.ramp import answered, asked, brief, day_of, known_finding

__all__ = ["ahead_facts"]

Asked = tuple[str, Point | Refusal]
"""Id of a question to the ramp, and its answer."""
BEHIND = {"own months alone": "ceo.behind own", "reference class shares spreads": "ceo.behind others"}
"""Assumption of an answer -> who stands behind its interval."""


def ahead_facts(index: Index) -> Fact | None:
    """Return what was foretold and came, then the latest questions that are open; None where nothing was asked."""
    asks = [*asked(index, "units"), *asked(index, "result")]
    if not asks:
        return None
    resolved = {f.estimate.removeprefix("ramp."): f for f in index.forecasts.values() if f.estimate and _came(f)}
    told: list[Fact] = []
    days = sorted({day_of(index, name) for name, _ in asks if name in resolved})
    for day in days:
        of_day = [(name, r) for name, r in asks if name in resolved and day_of(index, name) == day]
        came = tuple(_came_of(index, one, resolved[one[0]]) for one in of_day)
        late = any(resolved[name].late for name, _ in of_day)
        facts: tuple[tuple[str, Fact], ...] = (("day", dated(day)), ("told", Many(came, "ui.list")))
        told.append(Finding("ceo.foretold late" if late else "ceo.foretold", facts))
    latest = [one for what in ("units", "result") for one in _latest(index, what, resolved)]
    for day in sorted({day_of(index, name) for name, _ in latest}):
        of_day = [one for one in latest if day_of(index, one[0]) == day]
        together = brief(index, of_day)
        told += [known_finding(index, *one) for one in of_day] if together is None else [together]
    told += _behind([record for _, record in (latest or asks) if isinstance(record, Point)])
    return Many(tuple(told), "ui.then")


def _latest(index: Index, what: str, resolved: Collection[str]) -> list[Asked]:
    """Return the latest questions of a kind that nothing has resolved; those with an answer, if there are any."""
    left = [one for one in asked(index, what) if one[0] not in resolved]
    left = [one for one in left if isinstance(one[1], Point)] or left
    last = max((day_of(index, name) for name, _ in left), default="")
    return [one for one in left if day_of(index, one[0]) == last]


def _came(forecast: ForecastVerdict) -> bool:
    return forecast.status == "resolved" and forecast.outcome is not None


def _came_of(index: Index, one: Asked, forecast: ForecastVerdict) -> Fact:
    """Return what was foretold beside what came."""
    found = next((f for f in index.config.docket.forecasts if f.id == forecast.id), None)
    quantity = quantity_of(index, None if found is None else found.quantity)
    facts: list[tuple[str, Fact]] = [("asked", answered(index, *one))]
    yes = "yes" if forecast.outcome else "no"
    if forecast.seen_lo is not None and forecast.seen_hi is not None:
        facts.append(("seen", measured(index, quantity, (forecast.seen_lo, forecast.seen_hi), forecast.observed)))
        kind = "ceo.came" if forecast.form == "interval" else f"ceo.came {yes} seen"
        return Finding(kind, tuple(facts))
    return Finding(f"ceo.came {yes}", tuple(facts))


def _behind(records: list[Point]) -> Iterator[Fact]:
    """Yield whether other makers' months stand behind the numbers."""
    said = {
        BEHIND[a]
        for r in records
        if r.level < 1.0 or r.unit == "probability"
        for a in r.origin.assumptions
        if a in BEHIND
    }
    if len(said) == 1:
        yield Term(said.pop())
