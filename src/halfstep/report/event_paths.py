"""The pictures of an event: observed against expected, and the difference before the same where nothing happened."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from halfstep.core.answer import EventVerdict
from halfstep.core.series import Series
from halfstep.report.charts import Track, TracksChart
from halfstep.report.event_facts import config_of, dated, names_of, span_at, stem_of, unit_of
from halfstep.report.finding import Amount, Fact, Finding, Many, Term, Words
from halfstep.report.index import Index
from halfstep.report.page import Figure
from halfstep.report.paths import number_mark

__all__ = ["event_figures"]

SHOWN = 40
"""Pale lines that are drawn; report.json has all of them."""

LEAD, LEAST = 6, 24
"""Periods before the event that are drawn: so many times those after it, and no fewer than so many."""

Mark = tuple[float, Fact]
"""Where an upright line stands between periods, and what it stands for."""


def event_figures(index: Index, verdict: EventVerdict, n: int) -> Iterator[Figure]:
    """Yield the two pictures of an event, as far as their series are there.

    Parameters
    ----------
    n
        Running number of the verdict in the page.
    """
    stem = stem_of(verdict)
    observed, expected, gap = (index.series.get(f"{stem}.{kind}") for kind in ("observed", "counterfactual", "gap"))
    names = names_of(index, verdict)
    if observed is not None and expected is not None:
        periods = _drawn(observed, verdict)
        marks = _marks(index, verdict, periods)
        lines = (
            Track("observed", _along(observed, periods), Term("ui.observed")),
            Track("expected", _along(expected, periods), Term("ui.expected")),
        )
        axis = Finding("ui.axis observed", (("unit", unit_of(index, verdict)),))
        chart = TracksChart(
            f"event-{n}-path", lines, _band(expected, verdict, periods), (), _dates(marks), periods, axis, share=False
        )
        facts = (
            ("estimator", Term(f"estimator.{verdict.estimator}")),
            ("level", Amount(expected.level, "level")),
            ("marks", _listed(marks)),
        )
        yield Figure(Finding("find.event path title", names), (chart,), Finding("find.event path caption", facts))
    if gap is not None:
        yield _gap_figure(index, verdict, gap, n)


def _gap_figure(index: Index, verdict: EventVerdict, gap: Series, n: int) -> Figure:
    periods, share = _drawn(gap, verdict), gap.unit == "share"
    marks = _marks(index, verdict, periods)
    fan = index.series.get(f"{stem_of(verdict)}.fan")
    every = {} if fan is None else _fan(fan, periods)
    pale = _chosen(every, periods.index(verdict.first) if verdict.first in periods else 0)
    line = Track("difference", _along(gap, periods), Term("ui.difference of"))
    axis = Finding("ui.axis difference share" if share else "ui.axis difference", (("unit", unit_of(index, verdict)),))
    chart = TracksChart(
        f"event-{n}-gap", (line,), _band(gap, verdict, periods), pale, _dates(marks), periods, axis, share=share
    )
    facts = (
        ("level", Amount(gap.level, "level")), ("marks", _listed(marks)), ("shown", Amount(len(pale), "count")), ("n", Amount(max(verdict.placebos, len(every)), "count")),
    )  # fmt: skip
    caption = Finding("find.event gap caption" if pale else "find.event gap caption bare", facts)
    return Figure(Finding("find.event gap title", names_of(index, verdict)), (chart,), caption)


def _drawn(series: Series, verdict: EventVerdict) -> tuple[str, ...]:
    """Return the periods of a picture: those looked at, and as many before as leave them room."""
    periods = tuple(label[-1] for label in series.index)
    if verdict.first not in periods:
        return periods
    start = periods.index(verdict.first)
    return periods[max(0, start - max(LEAD * (len(periods) - start), LEAST)) :]


def _along(series: Series, periods: tuple[str, ...]) -> tuple[float, ...]:
    """Return a series at some periods, NaN where it has none."""
    known = {label[-1]: value for label, value in zip(series.index, series.value.tolist(), strict=True)}
    return tuple(known.get(period, math.nan) for period in periods)


def _band(series: Series, verdict: EventVerdict, periods: tuple[str, ...]) -> tuple[tuple[float, float, float], ...]:
    """Return the interval from the event on."""
    start = periods.index(verdict.first) if verdict.first in periods else len(periods)
    ends = {label[-1]: pair for label, *pair in zip(series.index, series.lo.tolist(), series.hi.tolist(), strict=True)}
    return tuple((float(k), *ends[key]) for k, key in enumerate(periods) if k >= start and key in ends)


def _fan(fan: Series, periods: tuple[str, ...]) -> dict[str, tuple[float, ...]]:
    """Return each placebo's differences, period by period."""
    place = {period: k for k, period in enumerate(periods)}
    found: dict[str, list[float]] = {}
    for (placebo, period), value in zip(fan.index, fan.value.tolist(), strict=True):
        line = found.setdefault(placebo, [math.nan] * len(periods))
        if period in place:
            line[place[period]] = value
    return {placebo: tuple(line) for placebo, line in found.items()}


def _chosen(every: dict[str, tuple[float, ...]], start: int) -> tuple[tuple[float, ...], ...]:
    """Return as many pale lines as a picture holds, evenly from the lowest after the event to the highest."""

    def after(line: tuple[float, ...]) -> float:
        known = [y for y in line[start:] if math.isfinite(y)]
        return sum(known) / len(known) if known else 0.0

    ordered = sorted(every.values(), key=after)
    if len(ordered) <= SHOWN:
        return tuple(ordered)
    return tuple(ordered[k] for k in np.linspace(0, len(ordered) - 1, SHOWN).round().astype(int).tolist())


def _marks(index: Index, verdict: EventVerdict, periods: tuple[str, ...]) -> list[Mark]:
    """Return the event's date first, then other events of the same entity and dates of rival explanations."""
    event = config_of(index, verdict)[0]
    found: list[tuple[str, Fact]] = [
        (verdict.first, Finding("find.event dated", (("label", Words(event.label)), ("when", dated(event.period)))))
    ]
    found += [
        (other.period, Finding("find.event dated", (("label", Words(other.label)), ("when", dated(other.period)))))
        for other in index.config.events
        if other.brand == event.brand and other is not event
    ]
    for rival in event.rivals:
        for kind, day in (("begins", rival.begins), ("ends", rival.ends)):
            if day:
                label = Finding(f"find.event rival {kind}", (("rival", Words(rival.label)),))
                found.append((day, Finding("find.event dated", (("label", label), ("when", dated(day))))))
    placed = [(_place(key, periods), label) for key, label in found]
    return [(k - 0.5, label) for k, label in placed if k is not None]


def _place(key: str, periods: tuple[str, ...]) -> int | None:
    """Return the period that holds the first day of a key."""
    if key in periods:
        return periods.index(key)
    asked = span_at(key)
    spans = [span_at(period) for period in periods]
    if asked is None:
        return None
    return next(
        (k for k, s in enumerate(spans) if s is not None and s.first_day <= asked.first_day <= s.last_day), None
    )


def _dates(marks: list[Mark]) -> tuple[tuple[float, int], ...]:
    return tuple((at, n) for n, (at, _) in enumerate(marks))


def _listed(marks: list[Mark]) -> Many:
    told = (
        Finding("find.event mark", (("number", Words(number_mark(n))), ("label", label)))
        for n, (_, label) in enumerate(marks)
    )
    return Many(tuple(told), "ui.list")
