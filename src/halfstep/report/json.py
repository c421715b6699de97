"""report.json: the machine contract."""

from __future__ import annotations

import math
from typing import Any

from halfstep.core.answer import ClaimPart, ClaimVerdict, EventVerdict, ForecastVerdict
from halfstep.core.check import Check
from halfstep.core.estimate import Bound, Estimate, Origin, Point, Refusal
from halfstep.core.series import Series
from halfstep.native import kernel
from halfstep.report.docket_facts import claim_of
from halfstep.report.index import Index

__all__ = ["SCHEMA", "report_record"]

SCHEMA = "1.4"


def report_record(index: Index) -> dict[str, Any]:
    """Return the report as plain data; an infinite or undefined number is null and named in `unbounded`."""
    outcome, study = index.outcome, index.config.study
    overall = index.overall
    return {
        "schema": SCHEMA,
        "study": {
            "title": study.title.model_dump(), "focal": study.focal, "parent": study.parent, "benchmarks": list(study.benchmarks),
            "currency": study.currency.model_dump(), "margin": study.margin, "margin_reason": study.margin_reason.model_dump(),
            "tier": index.tier, "invented": study.invented,
        },
        "as_of": study.as_of,
        "seed": study.seed,
        "verdicts": [
            {
                "id": v.id, "half": v.half, "lens": v.lens, "benchmark": v.benchmark, "segment": v.segment, "period": v.period,
                "label": v.label, "p": _number(v.p), "p_short": _number(v.p_short), "p_met": _number(v.p_met), "p_ahead": _number(v.p_ahead),
                "reason": v.reason, "needs": list(v.needs), "margin": _number(v.margin), "margin_met": _number(v.margin_met),
                "margin_short": _number(v.margin_short), "breaking": _number(v.breaking), "family": v.family, "estimate": v.estimate,
            }
            for v in index.verdicts.values()
        ],
        "overall": None if overall is None else {
            "label": overall.label, "p": _number(overall.p), "benchmark": overall.benchmark, "segment": overall.segment, "period": overall.period,
        },
        "readings": [
            {
                "id": r.id, "what": r.what, "half": r.half, "naive": r.naive, "ours": r.ours, "naive_label": r.naive_label,
                "ours_label": r.ours_label, "difference": r.difference or None, "flips": r.flips,
            }
            for r in index.readings
        ],
        "accords": [
            {
                "id": a.id, "half": a.half, "benchmark": a.benchmark, "segment": a.segment, "period": a.period, "label": a.label,
                "lenses": list(a.lenses), "estimates": list(a.estimates), "reason": a.reason,
            }
            for a in index.accords
        ],
        "events": [_event(v) for v in index.events.values()],
        "estimates": [_estimate(e) for e in index.estimates.values() if not isinstance(e, Refusal)],
        "series": [_series(s) for s in index.series.values()],
        "checks": [_check(c) for c in index.checks],
        "refusals": [_refusal(e) for e in index.refusals],
        "dark": {name: answer.dark for name, answer in outcome.answers.items() if answer.dark},
        "claims": [_claim(index, v) for v in index.claims.values()],
        "forecasts": [_forecast(index, v) for v in index.forecasts.values()],
        "kernel": kernel().name,
        "inputs": dict(outcome.files),
        "guesses": [
            {"table": g.table, "kind": g.kind, "row": g.row, "column": g.column, "count": g.count, "facts": dict(g.facts)}
            for g in outcome.guesses
        ],
        "left_out": dict(outcome.left_out),
        "absent": {table: where.model_dump() for table, where in outcome.absent.items()},
        "versions": dict(outcome.versions),
    }  # fmt: skip


def _event(v: EventVerdict) -> dict[str, Any]:
    return {
        "id": v.id, "event": v.event, "outcome": v.outcome, "entity": v.entity, "period": v.period, "label": v.label,
        "estimate": v.estimate, "estimator": v.estimator, "level": v.level, "p": _number(v.p), "floor": _number(v.floor),
        "size": _number(v.size), "detectable": _number(v.detectable), "margin": _number(v.margin), "units": v.units, "dates": v.dates, "placebos": v.placebos,
        "first": v.first, "last": v.last, "before": v.before, "reason": v.reason, "needs": list(v.needs), "joint": list(v.joint),
    }  # fmt: skip


def _claim(index: Index, v: ClaimVerdict) -> dict[str, Any]:
    claim = claim_of(index, v.id)
    row: dict[str, Any] = {} if claim is None else {
        "row": claim.row, "statement": claim.statement.model_dump(), "paragraph": claim.paragraph, "speaker": claim.speaker, "base": claim.base,
        "hedge": claim.hedge, "grade": claim.grade, "as_of": claim.as_of, "url": claim.url,
    }  # fmt: skip
    return {
        "id": v.id, "verdict": v.label, "kind": v.kind, "reason": v.reason, "needs": list(v.needs), "against": list(v.against), "tier": v.tier,
        "parts": [_part(p) for p in v.parts], **row,
    }  # fmt: skip


def _part(p: ClaimPart) -> dict[str, Any]:
    return {
        "quantity": p.quantity, "by": p.by, "estimate": p.estimate, "lo": _number(p.lo), "hi": _number(p.hi), **_unbounded(lo=p.lo, hi=p.hi),
        "closed_lo": p.closed_lo, "closed_hi": p.closed_hi, "labels": list(p.labels), "shows": p.shows, "outcome": p.outcome, "reason": p.reason,
    }  # fmt: skip


def _forecast(index: Index, v: ForecastVerdict) -> dict[str, Any]:
    found = next((f for f in index.config.docket.forecasts if f.id == v.id), None)
    words: dict[str, Any] = {} if found is None else {
        "label": found.label.model_dump(), "by": found.by.model_dump(), "rule": found.rule.model_dump(), "quantity": found.quantity,
    }  # fmt: skip
    numbers = ("p", "lo", "hi", "level", "region_lo", "region_hi", "seen_lo", "seen_hi", "brier", "interval_score")
    return {
        "id": v.id, "claim": v.claim, "form": v.form, "status": v.status, "made": v.made, "fixed": v.fixed, "due": v.due, "outcome": v.outcome,
        **{name: _number(getattr(v, name)) for name in numbers}, "late": v.late, "estimate": v.estimate, "observed": v.observed, "reason": v.reason,
        "needs": list(v.needs), **words,
    }  # fmt: skip


def _number(value: float | None) -> float | None:
    return None if value is None or not math.isfinite(value) else float(value)


def _unbounded(**values: float) -> dict[str, list[str]]:
    found = [name for name, value in values.items() if not math.isfinite(value)]
    return {"unbounded": found} if found else {}


def _origin(origin: Origin) -> dict[str, Any]:
    return {
        "room": origin.room, "method": origin.method, "table": origin.table, "rows": origin.rows, "rows_used": origin.rows_used,
        "assumptions": list(origin.assumptions),
    }  # fmt: skip


def _estimate(estimate: Estimate) -> dict[str, Any]:
    assert isinstance(estimate, Point | Bound)
    point = estimate if isinstance(estimate, Point) else None
    return {
        "id": estimate.id, "room": estimate.origin.room, "what": estimate.what, "kind": "point" if point else "bound",
        "value": _number(point.value) if point else None, "lo": _number(estimate.lo), "hi": _number(estimate.hi),
        **_unbounded(lo=estimate.lo, hi=estimate.hi), "level": point.level if point else None, "unit": estimate.unit,
        "tier": int(estimate.tier), "n": estimate.n, "se": _number(point.se) if point else None,
        "freedom": _number(point.freedom) if point else None, "origin": _origin(estimate.origin),
    }  # fmt: skip


def _series(series: Series) -> dict[str, Any]:
    columns = {name: [_number(float(v)) for v in getattr(series, name)] for name in ("value", "lo", "hi")}
    covariance = None if series.covariance is None else [[_number(float(v)) for v in row] for row in series.covariance]
    freedom = None if series.freedom is None else [_number(float(v)) for v in series.freedom]
    return {
        "id": series.id, "room": series.origin.room, "what": series.what, "unit": series.unit, "tier": int(series.tier),
        "dims": list(series.dims), "index": [list(label) for label in series.index], **columns, "level": series.level,
        "n": [int(v) for v in series.n], "freedom": freedom, "covariance": covariance, "origin": _origin(series.origin),
    }  # fmt: skip


def _check(check: Check) -> dict[str, Any]:
    facts = {k: v if isinstance(v, str) else _number(v) if isinstance(v, float) else v for k, v in check.facts}
    return {"id": check.id, "status": str(check.status), "why": check.why, "do": check.do, "facts": facts}


def _refusal(refusal: Refusal) -> dict[str, Any]:
    facts = {k: v if isinstance(v, str) else _number(v) if isinstance(v, float) else v for k, v in refusal.facts}
    return {
        "id": refusal.id, "what": refusal.what, "why": refusal.why, "needs": list(refusal.needs), "facts": facts,
        "origin": _origin(refusal.origin),
    }  # fmt: skip
