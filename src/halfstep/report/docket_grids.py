"""The tables of the docket: claims with what they hang on, forecasts with their fate, calibration."""

from __future__ import annotations

import math
from collections.abc import Iterator

from halfstep.core.answer import ClaimVerdict, ForecastVerdict
from halfstep.core.check import Check
from halfstep.core.config_docket import Forecast
from halfstep.report.charts import RowMark, RowsChart
from halfstep.report.docket_checks import told_facts
from halfstep.report.docket_facts import (
    bilingual,
    bounds,
    claim_of,
    docket_needs,
    keyed,
    measured,
    page_link,
    part_line,
    quantity_of,
    statement,
)
from halfstep.report.event_facts import dated
from halfstep.report.finding import Amount, Fact, Finding, Term, Words
from halfstep.report.index import Index
from halfstep.report.page import Cell, Figure, Grid, Row
from halfstep.report.press import worded

__all__ = [
    "calibration_figure",
    "claims_grid",
    "clashes",
    "contradictions",
    "coverage_checks",
    "forecast_label",
    "forecasts_grid",
]

ENDS = ("first", "second")
SAID = (("open", "not due"), ("not yet made", "not yet made"))
"""Status and reason that say the same."""
NONE = Cell((Term("ui.none"),), "empty")


def claims_grid(index: Index) -> Iterator[Grid]:
    """Yield every claim with its verdict and what it hangs on."""
    if index.claims:
        heads = ("claim", "where", "strength", "verdict", "hangs on", "needs")
        columns = tuple(Term(f"ui.claim {head}") for head in heads)
        yield Grid(
            "claims", Finding("find.claims title"), columns, tuple(_claim(index, v) for v in index.claims.values())
        )


def _claim(index: Index, verdict: ClaimVerdict) -> Row:
    parts = tuple(part_line(index, part) for part in verdict.parts)
    verdict_cell = (Term(f"label.{verdict.label}"), keyed("claim reason", verdict.reason))
    return Row((
        Cell((statement(index, verdict.id),), "label"), _where(index, verdict.id),
        _strength(index, verdict), Cell(verdict_cell, "lines"), Cell(parts, "lines") if parts else NONE,
        Cell((docket_needs(index, verdict.needs, verdict.id),)) if verdict.needs else NONE,
    ))  # fmt: skip


def _where(index: Index, name: str) -> Cell:
    """Return paragraph, with a link to the source, and speaker."""
    claim = claim_of(index, name)
    if claim is None:
        return NONE
    source = index.config.docket.source
    url = claim.url or (source.url or "" if source is not None else "")
    told: list[Fact] = []
    if claim.paragraph:
        kind = "find.claim paragraph" if claim.paragraph.isdigit() else "find.claim place"
        told.append(Finding(kind, (("paragraph", page_link(claim.paragraph, url)),)))
    if claim.speaker:
        told.append(bilingual(index, claim.speaker))
    return Cell(tuple(told), "lines") if told else NONE


def _strength(index: Index, verdict: ClaimVerdict) -> Cell:
    """Return what kind of claim it is, how strongly it is said, who stands behind it, what a figure in it is counted on."""
    claim = claim_of(index, verdict.id)
    told: list[Fact] = [Term(f"claim kind.{verdict.kind}")]
    if claim is None:
        return Cell(tuple(told), "lines")
    told.append(Term(f"hedge.{claim.hedge}"))
    if claim.grade:
        told.append(Term(f"grade.{claim.grade}"))
    if claim.base:
        told.append(Finding("find.claim base", (("base", bilingual(index, claim.base)),)))
    return Cell(tuple(told), "lines")


def clashes(index: Index) -> int:
    """Return how many pairs of claims exclude each other, whatever the data."""
    return len({frozenset((v.id, other)) for v in index.claims.values() for other in v.against if other != v.id})


def contradictions(index: Index) -> Iterator[Finding]:
    """Yield the pairs of claims that cannot both be true, whatever the data say."""
    done: set[frozenset[str]] = set()
    for verdict in index.claims.values():
        for other in verdict.against:
            pair = frozenset((verdict.id, other))
            if len(pair) == 2 and pair not in done:
                done.add(pair)
                yield _contradiction(index, verdict.id, other)


def _contradiction(index: Index, one: str, two: str) -> Finding:
    check = next(
        (
            c
            for c in index.checks
            if c.why == "claims contradict" and {one, two} == {dict(c.facts).get(k) for k in ENDS}
        ),
        None,
    )
    if check is None:
        return Finding("find.claims clash", (("first", _quoted(index, one)), ("second", _quoted(index, two))))
    return Finding("why.claims contradict", told_facts(index, check))


def _quoted(index: Index, name: str) -> Finding:
    return Finding("find.quoted", (("text", statement(index, name)),))


def forecast_label(index: Index, verdict: ForecastVerdict) -> Words:
    """Return what was foretold, in the study's words."""
    found = _config_of(index, verdict)
    return Words(verdict.id if found is None else found.label)


def forecasts_grid(index: Index) -> Iterator[Grid]:
    """Yield every forecast with its rule, what was given, and what came of it."""
    if index.forecasts:
        heads = ("what", "dates", "rule", "given", "status", "outcome")
        columns = tuple(Term(f"ui.forecast {head}") for head in heads)
        rows = tuple(_forecast(index, v) for v in index.forecasts.values())
        yield Grid("forecasts", Finding("find.forecasts title"), columns, rows)


def _forecast(index: Index, verdict: ForecastVerdict) -> Row:
    found = _config_of(index, verdict)
    what: list[Fact] = [forecast_label(index, verdict)]
    if found is not None:
        what.append(Finding("find.forecast by", (("by", Words(found.by)),)))
    days = tuple(
        Finding(f"find.forecast {name}", (("day", dated(getattr(verdict, name))),)) for name in ("made", "fixed", "due")
    )
    status: list[Fact] = [Term(f"forecast status.{verdict.status}")]
    if verdict.reason and (verdict.status, verdict.reason) not in SAID:
        status.append(keyed("forecast reason", verdict.reason))
    if verdict.late:
        status.append(Term("find.forecast late"))
    outcome = tuple(_outcome(index, verdict))
    return Row((
        Cell((what[0], *what[1:]), "label lines"), Cell(days, "lines"), Cell((Words("") if found is None else Words(found.rule),)),
        Cell((_given(index, verdict),)), Cell(tuple(status), "lines"), Cell(outcome, "lines") if outcome else NONE,
    ))  # fmt: skip


def _config_of(index: Index, verdict: ForecastVerdict) -> Forecast | None:
    return next((f for f in index.config.docket.forecasts if f.id == verdict.id), None)


def _given(index: Index, verdict: ForecastVerdict) -> Fact:
    """Return what the forecaster gave: a probability, an interval, or neither."""
    found = _config_of(index, verdict)
    quantity = quantity_of(index, None if found is None else found.quantity)
    lo = -float("inf") if verdict.region_lo is None else verdict.region_lo
    hi = float("inf") if verdict.region_hi is None else verdict.region_hi
    closed = (
        (True, True)
        if found is None
        else (found.above is None or found.above != lo, found.below is None or found.below != hi)
    )
    event: Fact = (
        Term("find.forecast event") if math.isinf(lo) and math.isinf(hi) else bounds(index, quantity, (lo, hi), closed)
    )
    if verdict.form == "event" and verdict.p is not None:
        whole = (
            abs(100 * verdict.p - round(100 * verdict.p)) < 1e-9
        )  # else a decimal more, so that the score can be checked
        p = Amount(verdict.p, "share", ref=verdict.estimate, places=0 if whole else 1)
        return Finding("find.forecast p", (("p", p), ("event", event)))
    if verdict.form == "interval" and verdict.lo is not None and verdict.hi is not None:
        told: list[tuple[str, Fact]] = [
            ("interval", measured(index, quantity, (verdict.lo, verdict.hi), verdict.estimate))
        ]
        if verdict.level is None:
            return Finding("find.forecast interval bare", tuple(told))
        return Finding("find.forecast interval", (*told, ("level", Amount(verdict.level, "level"))))
    if quantity is None or (math.isinf(lo) and math.isinf(hi)):
        return Term("find.forecast no p")
    return Finding("find.forecast unscored", (("event", event),))


def _outcome(index: Index, verdict: ForecastVerdict) -> Iterator[Fact]:
    """Yield whether it came true, what was seen, and its score."""
    if verdict.outcome is not None:
        kind = "interval" if verdict.form == "interval" else "event"
        yield Term(f"forecast outcome.{kind} {'yes' if verdict.outcome else 'no'}")
    if verdict.seen_lo is not None and verdict.seen_hi is not None:
        found = _config_of(index, verdict)
        quantity = quantity_of(index, None if found is None else found.quantity)
        shown = measured(index, quantity, (verdict.seen_lo, verdict.seen_hi), verdict.observed)
        yield Finding("find.forecast seen", (("seen", shown),))
    if verdict.brier is not None:
        yield Finding("find.forecast brier", (("score", Amount(verdict.brier, "own unit", places=3)),))
    if verdict.interval_score is not None:
        score = Amount(verdict.interval_score, "count" if verdict.interval_score >= 100 else "own unit")
        yield Finding("find.forecast interval score", (("score", score),))


def coverage_checks(index: Index) -> tuple[Check, ...]:
    """Return how often intervals held what came, level by level."""
    found = (c for c in index.checks if f"{c.id}.".startswith("ramp.coverage."))
    return tuple(c for c in found if {"level", "observed", "lo", "hi"} <= {name for name, _ in c.facts})


def calibration_figure(index: Index) -> Iterator[Figure]:
    """Yield nominal against observed coverage of back-tested intervals."""
    rows = []
    for check in coverage_checks(index):
        facts = {name: float(value) for name, value in check.facts if not isinstance(value, str)}
        label = str(dict(check.facts).get("label", ""))
        told: tuple[tuple[str, Fact], ...] = (
            ("level", Amount(facts["level"], "level")),
            ("label", worded(index, label)),
        )
        name = Finding("find.calibration row of" if label else "find.calibration row", told)
        rows.append(RowMark(name, 100 * facts["observed"], 100 * facts["lo"], 100 * facts["hi"], "other"))
    if rows:
        levels = {float(dict(c.facts)["level"]) for c in coverage_checks(index)}
        guide = 100 * levels.pop() if len(levels) == 1 else None
        chart = RowsChart("calibration", tuple(rows), Term("ui.axis coverage"), bars=False, guide=guide)
        yield Figure(Finding("find.calibration title"), (chart,), Finding("find.calibration caption"))
