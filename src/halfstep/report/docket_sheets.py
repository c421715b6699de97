"""Claims and forecasts as rows of report.xlsx: name of a column -> entry."""

from __future__ import annotations

import math

from halfstep.core.answer import ForecastVerdict
from halfstep.report.docket_facts import bilingual, claim_of, docket_needs, keyed, part_line, statement
from halfstep.report.finding import Fact, Term, Words
from halfstep.report.index import Index
from halfstep.report.say import Speaker
from halfstep.report.workbook import Entry, Number

__all__ = ["claim_rows", "forecast_rows"]


def claim_rows(index: Index, speaker: Speaker) -> list[dict[str, Entry]]:
    """Return every claim with its verdict."""
    out: list[dict[str, Entry]] = []
    for v in index.claims.values():
        claim = claim_of(index, v.id)
        known: dict[str, Fact] = {}
        if claim is not None:
            known = {
                "paragraph": Words(claim.paragraph), "speaker": bilingual(index, claim.speaker), "hedge": Term(f"hedge.{claim.hedge}"),
                "grade": Words(claim.grade), "base": bilingual(index, claim.base), "as of": Words(claim.as_of), "paragraph url": Words(claim.url),
            }  # fmt: skip
        out.append({
            "claim id": v.id, "statement": speaker.text(statement(index, v.id)), "claim kind": speaker.text(Term(f"claim kind.{v.kind}")),
            **{name: speaker.text(fact) for name, fact in known.items()}, "label": speaker.text(Term(f"label.{v.label}")),
            "why": speaker.text(keyed("claim reason", v.reason)), "hangs on": " ".join(speaker.text(part_line(index, p)) for p in v.parts),
            "needs": speaker.text(docket_needs(index, v.needs, v.id)) if v.needs else None, "against": ", ".join(v.against),
        })  # fmt: skip
    return out


def forecast_rows(index: Index, speaker: Speaker) -> list[dict[str, Entry]]:
    """Return every forecast with what was given and what came of it."""
    found = {f.id: f for f in index.config.docket.forecasts}
    out: list[dict[str, Entry]] = []
    for v in index.forecasts.values():
        f = found.get(v.id)
        words = (
            {}
            if f is None
            else {"forecast": speaker.pick(f.label), "by": speaker.pick(f.by), "rule": speaker.pick(f.rule)}
        )
        numbers = {
            "p": v.p, "given from": v.lo, "given to": v.hi, "level": v.level, "region from": v.region_lo, "region to": v.region_hi,
            "seen from": v.seen_lo, "seen to": v.seen_hi, "brier": v.brier, "interval score": v.interval_score,
        }  # fmt: skip
        out.append({
            "claim id": v.id, **words, "made": v.made, "fixed": v.fixed, "due": v.due, "form": v.form,
            "fate": speaker.text(Term(f"forecast status.{v.status}")), "outcome": _outcome(v, speaker),
            **{name: None if x is None or not math.isfinite(x) else Number(x) for name, x in numbers.items()},
            "late": speaker.text(Term("find.forecast late")) if v.late else None,
            "why": speaker.text(keyed("forecast reason", v.reason)) if v.reason else None,
        })  # fmt: skip
    return out


def _outcome(verdict: ForecastVerdict, speaker: Speaker) -> str | None:
    if verdict.outcome is None:
        return None
    kind = "interval" if verdict.form == "interval" else "event"
    return speaker.text(Term(f"forecast outcome.{kind} {'yes' if verdict.outcome else 'no'}"))
