"""What checks of the ramp and of the docket quote, in the form of their names."""

from __future__ import annotations

import math
import re

from halfstep.core.check import Check
from halfstep.report.docket_facts import bilingual, bounds, claim_of, labels_region, quantity_of, statement
from halfstep.report.event_facts import dated
from halfstep.report.facts import check_facts
from halfstep.report.finding import Amount, Brand, Fact, Finding, Many, Term, When, Words
from halfstep.report.index import Index
from halfstep.report.numbers import plain
from halfstep.report.press import worded

__all__ = ["ROOMS", "told_facts"]

ROOMS = ("ramp.", "docket.")
"""What the ids of checks begin with that are worded here."""
UNITS = {
    **dict.fromkeys(("observed", "p", "share", "error", "naive_error"), "share"), "level": "level",
    **dict.fromkeys(("weeks", "lo", "hi", "difference"), "figure"), "ratio": "times",
}  # fmt: skip
CLAIMS = ("claim", "first", "second", "first_claim", "second_claim", "higher_claim", "lower_claim")
REGION = re.compile(r"([\[(])(\S+), (\S+)([\])])")
"""A region in mathematical writing."""
DAYS = ("day", "made", "known")
PERIODS = ("until", "last", "period", "quarter", "month")


def told_facts(index: Index, check: Check) -> tuple[tuple[str, Fact], ...]:
    """Return what a check's sentence may quote."""
    if not check.id.startswith(ROOMS):
        return check_facts(check)
    told = tuple((name, _fact(index, check, name, value)) for name, value in check.facts)
    return (*told, ("spread", _spread(check))) if check.id.startswith("ramp.against.") else told


def _spread(check: Check) -> Amount:
    """Return the interval of the difference to a naive forecast; open where it has none."""
    facts = {name: float(value) for name, value in check.facts if not isinstance(value, str)}
    lo, hi = facts.get("lo", -math.inf), facts.get("hi", math.inf)
    return Amount(facts.get("difference", 0.0), "own unit", lo, hi, form="interval", places=2)


def _fact(index: Index, check: Check, name: str, value: str | float) -> Fact:
    if isinstance(value, str):
        return _named(index, check, name, value)
    if isinstance(value, float) and not math.isfinite(value):
        return Term("ui.none")
    ref = f"{check.id}|{name}"
    if name in ("lo", "hi") and check.id.startswith("ramp.coverage"):
        return Amount(value, "share", ref=ref, places=0)
    if name in UNITS:
        return Amount(value, UNITS[name], ref=ref, places=0 if UNITS[name] == "share" else None)
    return Amount(value, "count", ref=ref) if isinstance(value, int) else Words(plain(value))


def _named(index: Index, check: Check, name: str, value: str) -> Fact:
    if not value:
        return Term("ui.none")
    if name in ("maker", "brand"):
        return Brand(value)
    if name in DAYS:
        return dated(value)
    if name in PERIODS:
        return When(value)
    if check.id.startswith("docket."):
        region = REGION.fullmatch(value)
        if region is not None and name.endswith(("region", "higher", "lower")):
            quantity = quantity_of(index, str(dict(check.facts).get("quantity", "")))
            return bounds(index, quantity, (_end(region[2]), _end(region[3])), (region[1] == "[", region[4] == "]"))
        parts = value.split(", ")
        if name in CLAIMS or (name in ("claims", "which") and all(claim_of(index, one) for one in parts)):
            return Many(tuple(Finding("find.quoted", (("text", statement(index, one)),)) for one in parts))
        if name.endswith("region"):
            return labels_region(tuple(value.split(" / ")))
        quantity = quantity_of(index, value)
        if quantity is not None:
            return Words(quantity.label)
        if name == "hedge":
            return Term(f"hedge.{value}")
        if name == "label":
            return Term(f"label.{value}")
    return bilingual(index, value) if check.id.startswith("docket.") else worded(index, value)


def _end(text: str) -> float:
    return float(text.replace("∞", "inf"))
