"""Forecasts: resolved by a rule that was written down, or left open, and scored."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from halfstep.core.answer import Answer, ForecastVerdict
from halfstep.core.config_docket import Forecast
from halfstep.core.estimate import Point
from halfstep.data.cells.dates import read_span
from halfstep.docket.look import Look
from halfstep.docket.region import Region, stands
from halfstep.numerics.scores import brier, interval_score

__all__ = ["Fate", "fates", "made_by"]

MAY_COME = ("no figure", "no such estimate", "straddles", "refused", "undecided")
"""Why nothing decides, where time may mend it."""


@dataclass(frozen=True, slots=True)
class Fate:
    """A forecast, its verdict, and the looks that resolve it or do not."""

    forecast: Forecast
    verdict: ForecastVerdict
    region: Region
    looks: tuple[Look, ...]


def fates(
    forecasts: Sequence[Forecast], looks: Mapping[str, tuple[Look, ...]], ramp: Answer | None, as_of: str
) -> Iterator[Fate]:
    """Yield what has become, by the as-of date, of each forecast that had been made by then."""
    answers = {} if ramp is None else {e.id: e for e in ramp.estimates if isinstance(e, Point)}
    for forecast in made_by(forecasts, as_of):
        yield _fate(forecast, looks.get(forecast.quantity or "", ()), answers, as_of)


def made_by(forecasts: Sequence[Forecast], day: str) -> tuple[Forecast, ...]:
    """Return the forecasts made by a day: a run frozen at it tells nothing of the others, not even that there are any."""
    return tuple(forecast for forecast in forecasts if _day(forecast.made) <= day)


def _fate(forecast: Forecast, looks: tuple[Look, ...], answers: Mapping[str, Point], as_of: str) -> Fate:
    made, fixed, due = (_day(text) for text in (forecast.made, forecast.fixed, forecast.due))
    verdict, region = _given(forecast, answers)
    verdict = replace(verdict, made=made, fixed=fixed, due=due)
    outcome, reason, needs = _outcome(forecast, looks, region)
    if outcome is None:
        status = "overdue" if due < as_of else "open"
        told = "not due" if status == "open" and reason in MAY_COME else reason
        wanted = ("the day it is due",) if told == "not due" else needs or ("the figure that resolves it",)
        wanted = ("a run that computes it",) if verdict.reason == "no answer" else wanted
        return Fate(
            forecast, replace(verdict, status=status, reason=verdict.reason or told, needs=wanted), region, looks
        )
    known = _decided(looks, region)  # an estimate of the run has no such day: then the due day stands for it
    lo, hi = min(look.lo for look in looks), max(look.hi for look in looks)
    resolved = replace(
        verdict, status="resolved", outcome=outcome, seen_lo=lo, seen_hi=hi, late=fixed > (known or due), observed=looks[0].estimate,
    )  # fmt: skip
    return Fate(forecast, _scored(resolved, looks), region, looks)


def _decided(looks: tuple[Look, ...], region: Region) -> str:
    """Return the first day on which some look decided; empty where no figure says when it was known."""
    days = [
        then.known for look in looks for then in (*look.earlier, look) if then.known and stands(then, region)[0] != "open"
    ]  # fmt: skip
    return min(days, default="")


def _day(text: str) -> str:
    """Return the last day of what a text speaks of, as ISO."""
    span = read_span(text)
    return text if span is None else span.last_day.isoformat()


def _given(forecast: Forecast, answers: Mapping[str, Point]) -> tuple[ForecastVerdict, Region]:
    """Return what was foretold, in the form in which it is scored, and where the quantity must fall."""
    bare = ForecastVerdict(
        id=forecast.id, claim=forecast.claim or "", form="unscored", status="open", made="", fixed="", due=""
    )  # fmt: skip
    p, lo, hi, level, reason = forecast.p, forecast.lo, forecast.hi, forecast.level, ""
    name = f"ramp.{forecast.asked}" if forecast.asked is not None else ""
    answer = answers.get(name)
    if answer is not None and answer.unit == "probability":
        p = answer.value
    elif answer is not None:
        lo, hi, level = answer.lo, answer.hi, answer.level
    elif name:
        reason = "no answer"
    region = Region.of(forecast)
    event = None if region.everything else region
    if event is not None:
        bare = replace(bare, region_lo=event.lo, region_hi=event.hi)
    if p is not None:
        return replace(bare, form="event", p=p, estimate=name, reason=reason), region
    if lo is not None and hi is not None and level is not None:
        return replace(
            bare, form="interval", lo=lo, hi=hi, level=level, estimate=name, region_lo=None, region_hi=None
        ), Region(lo, hi)
    return replace(bare, estimate=name, reason=reason), region


def _outcome(forecast: Forecast, looks: tuple[Look, ...], region: Region) -> tuple[bool | None, str, tuple[str, ...]]:
    """Return whether it came about, or why that is open and what would tell."""
    if forecast.quantity is None or not looks:
        return None, "no quantity", ()
    if region.everything:
        return None, "no region", ("a rule that resolves it",)
    found = [stands(look, region) for look in looks]
    kinds = {outcome for outcome, _ in found}
    if kinds == {"holds"} or kinds == {"fails"}:
        return kinds == {"holds"}, "", ()
    if kinds >= {"holds", "fails"}:
        return None, "sources disagree", ("sources that agree",)
    at = next(k for k, (outcome, _) in enumerate(found) if outcome == "open")
    return None, found[at][1], looks[at].needs or (("a closer figure",) if found[at][1] == "straddles" else ())


def _scored(verdict: ForecastVerdict, looks: tuple[Look, ...]) -> ForecastVerdict:
    """Score a resolved forecast that was given with a probability or a level."""
    if verdict.form == "event":
        assert verdict.p is not None
        return replace(verdict, brier=float(brier(verdict.p, float(bool(verdict.outcome)))))
    if verdict.form != "interval":
        return verdict
    assert verdict.lo is not None and verdict.hi is not None and verdict.level is not None
    lo, hi, level = verdict.lo, verdict.hi, verdict.level
    ends = [end for look in looks for end in (look.lo, look.hi)]
    if verdict.outcome:
        return replace(verdict, interval_score=float(interval_score(lo, hi, level, (lo + hi) / 2)))
    # a miss costs by its distance: one printed number has one distance, but for its rounding; a range or two sources have not
    settled = len(looks) == 1 and (looks[0].rounded or looks[0].lo == looks[0].hi)
    if not settled or not all(math.isfinite(end) for end in ends):
        return replace(verdict, reason="score open")
    seen = looks[0].value if looks[0].value is not None else sum(ends) / 2
    return replace(verdict, interval_score=float(interval_score(lo, hi, level, seen)))
