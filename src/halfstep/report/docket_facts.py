"""What the words on claims and forecasts are made of: statements, regions, what was seen, who is meant."""

from __future__ import annotations

import math
import re
from urllib.parse import urlsplit

from halfstep.core.answer import ClaimPart
from halfstep.core.config import Text
from halfstep.core.config_docket import Quantity
from halfstep.core.estimate import Bound, Point
from halfstep.data.claims import Claim
from halfstep.report.event_facts import dated
from halfstep.report.finding import Amount, Fact, Finding, Form, Link, Many, Need, Term, Words
from halfstep.report.index import Index, point_ref
from halfstep.report.press import worded
from halfstep.report.words import known, word

__all__ = [
    "bilingual",
    "bounds",
    "claim_of",
    "docket_needs",
    "keyed",
    "label_term",
    "labels_region",
    "measured",
    "page_link",
    "part_line",
    "quantity_of",
    "region",
    "seen",
    "statement",
    "titled",
    "unended",
]

MOST = 6
"""Decimals that are printed at most."""
LARGE, COUNTED = 1e8, 1e3
"""Sizes from which a number is printed as its language counts large ones, and without decimals."""
HAN = re.compile("[\u3400-\u9fff]")
DUE = "the day it is due"
QUANTITY = "quantity:"
"""Begins a need that stands for what a quantity of the study needs."""
PLAIN_UNITS = ("share", "log points", "money", "rank", "points")
"""Units of estimates that carry their own form; all others print as plain numbers."""


def claim_of(index: Index, name: str) -> Claim | None:
    """Return the row of a claim."""
    claims = index.outcome.inputs.claims
    return None if claims is None else next((c for c in claims.claims if c.id == name), None)


def statement(index: Index, name: str) -> Words:
    """Return a claim in one's own words; its id where the table is not at hand."""
    claim = claim_of(index, name)
    return Words(name if claim is None else claim.statement)


def bilingual(index: Index, text: str) -> Words:
    """Return a cell that holds both languages with a slash between them in each; any other by the words that the study has for it."""
    left, slash, right = text.partition(" / ")
    if not slash or bool(HAN.search(left)) == bool(HAN.search(right)):
        return worded(index, text)
    zh, en = (left, right) if HAN.search(left) else (right, left)
    return Words(Text(en=en.strip(), zh=zh.strip()))


def quantity_of(index: Index, name: str | None) -> Quantity | None:
    """Return a quantity by its id."""
    return next((q for q in index.config.docket.quantities if q.id == name), None)


def page_link(text: str, url: str) -> Fact:
    """Return a text that links to a page, or the text alone where there is no address."""
    parts = urlsplit(url) if url.startswith(("http://", "https://")) else None
    return Link(text, url) if parts is not None and parts.netloc else Words(text)


def keyed(stem: str, key: str) -> Term:
    """Return the words of a key; those of the room's reasons where the stem has none of its own."""
    return Term(f"{stem}.{key}" if known(f"{stem}.{key}") else f"why.{key}")


def titled(title: Text) -> Finding:
    """Return a title between the marks of its language."""
    bare = Text(en=title.en.strip("“” "), zh=title.zh.strip("《》 "))
    return Finding("find.titled", (("title", Words(bare)),))


def docket_needs(index: Index, needs: tuple[str, ...], claim: str = "") -> Many:
    """Return what would test something: by keys, by quantities, or in the words of the study or of the table of claims.

    Parameters
    ----------
    claim
        Whose needs they are; a forecast among the claims names its day.
    """
    due = next((f.due for f in index.forecasts.values() if claim and f.claim == claim), "")
    own: dict[str, Text] = {
        text: q.needs
        for q in index.config.docket.quantities
        if q.needs is not None
        for text in (q.needs.en, q.needs.zh)
    }
    own |= {text: s.data for s in index.config.docket.settle for text in (s.data.en, s.data.zh)}
    own |= {f"{QUANTITY}{q.id}": q.needs or q.label for q in index.config.docket.quantities}
    told: dict[Fact, None] = {}
    for need in needs:
        if need == DUE and due:
            told[Finding("find.need due", (("day", dated(due)),))] = None
        elif known(f"needs.{need}"):
            told[Need("needs", need)] = None
        else:
            told[Words(own[need]) if need in own else bilingual(index, need)] = None
    return Many(tuple(told) or (Term("ui.none"),), "ui.list")


def measured(
    index: Index, quantity: Quantity | None, ends: tuple[float, float], ref: str = "", form: Form | None = None
) -> Fact:
    """Return a number or an interval of a quantity in its unit; an interval with one end by that end.

    Parameters
    ----------
    ends
        Alike for a number; either may be infinite.
    ref
        Id of the record behind it.
    form
        "exact" for the ends that a study sets: they are printed with every digit.
    """
    lo, hi = ends
    if quantity is not None and quantity.rank is not None:
        return _placed(ends, ref)
    if math.isinf(lo) != math.isinf(hi):
        kind, end = ("at least", lo) if math.isinf(hi) else ("at most", hi)
        return Finding(f"find.region {kind}", (("end", measured(index, quantity, (end, end), ref, form)),))
    record = index.figure(ref)
    number = record if isinstance(record, Point) and lo < hi else None
    value = number.value if number is not None else _middle(lo, hi)
    unit, places = _unit(index, quantity, ends, record), None
    if unit == "own unit" and all(math.isfinite(end) and end == round(end) for end in ends):
        unit = "count"
    elif record is None and lo == hi and unit == "own unit" and form is None:
        unit = "figure"
    told: Form = form or ("both" if number is not None else "interval" if lo < hi else "value")
    if unit == "count":
        unit, places = "own unit", 0
    elif unit == "share" and told != "exact":
        places = _apart(100 * lo, 100 * hi)
    amount = Amount(value, unit, lo, hi, ref, told, places=places)
    if quantity is None or quantity.unit is None or unit == "share":
        return amount
    return Finding("find.with unit", (("amount", amount), ("unit", Words(quantity.unit))))


def _placed(ends: tuple[float, float], ref: str = "") -> Fact:
    """Return a rank, or from which to which it lies; none is before the first."""
    lo, hi = max(ends[0], 1.0), ends[1]
    if math.isinf(hi):
        return Finding("find.rank after", (("amount", Amount(lo, "rank", ref=ref)),))
    if ends[0] < 1 < hi:
        return Finding("find.rank within", (("amount", Amount(hi, "rank", ref=ref)),))
    return Finding("find.rank", (("amount", Amount(lo, "rank", lo, hi, ref, "interval")),))


def _apart(lo: float, hi: float) -> int | None:
    """Return the decimals that tell two shares in per cent apart, where the usual one does not."""
    if not lo < hi or round(lo, 1) != round(hi, 1):
        return None
    return next((places for places in range(2, MOST) if round(lo, places) != round(hi, places)), None)


def region(index: Index, quantity: Quantity | None, part: ClaimPart) -> Fact:
    """Return what must be true of a quantity for a claim to hold."""
    if part.labels:
        return labels_region(part.labels)
    return bounds(index, quantity, (part.lo, part.hi), (part.closed_lo, part.closed_hi))


def labels_region(labels: tuple[str, ...]) -> Finding:
    """Return the labels that a claim would need."""
    return Finding("find.region labels", (("labels", Many(tuple(label_term(label) for label in labels), "ui.or")),))


def bounds(
    index: Index, quantity: Quantity | None, ends: tuple[float, float], closed: tuple[bool, bool] = (True, True)
) -> Fact:
    """Return an interval by its ends, each with whether it belongs to it."""
    lo, hi = ends
    if quantity is not None and quantity.rank is not None:
        return Finding(
            "find.region rank", (("rank", _placed((lo if closed[0] else lo + 1, hi if closed[1] else hi - 1))),)
        )
    if lo == hi:
        return Finding("find.region is", (("end", measured(index, quantity, (lo, lo), form="exact")),))
    if math.isfinite(lo) and math.isfinite(hi) and all(closed):
        return Finding("find.region within", (("ends", measured(index, quantity, (lo, hi), form="exact")),))
    told: list[Fact] = []
    if math.isfinite(lo):
        kind = "find.region at least" if closed[0] else "find.region above"
        told.append(Finding(kind, (("end", measured(index, quantity, (lo, lo), form="exact")),)))
    if math.isfinite(hi):
        kind = "find.region at most" if closed[1] else "find.region below"
        told.append(Finding(kind, (("end", measured(index, quantity, (hi, hi), form="exact")),)))
    return Many(tuple(told) or (Term("find.region any"),), "ui.also")


def seen(index: Index, quantity: Quantity | None, part: ClaimPart) -> Fact | None:
    """Return what a look gave: a number, an interval, a label, or why it was refused; None where there was no look."""
    record = index.figure(part.estimate)
    if record is not None:
        return measured(index, quantity, (record.lo, record.hi), record.id)
    series = _element(index, part.estimate)
    if series is not None:
        return measured(index, quantity, series[1], series[0])
    refusal = index.refusal(part.estimate)
    if refusal is not None:
        return Finding("find.look refused", (("why", _unstopped(keyed("claim open", refusal.why))),))
    label = _label_at(index, part.estimate)
    return None if label is None else label_term(label)


def part_line(index: Index, part: ClaimPart) -> Finding:
    """Return one look in words: what, by whom, what it shows, what would be needed, and how it came out."""
    quantity = quantity_of(index, part.quantity)
    label: Fact = Words(part.quantity if quantity is None else quantity.label)
    shown, needed = seen(index, quantity, part), region(index, quantity, part)
    outcome: Fact = Term(f"claim outcome.{part.outcome}")
    if part.outcome == "open" and part.reason and index.refusal(part.estimate) is None:
        outcome = Finding(
            "find.look open", (("outcome", outcome), ("why", _unstopped(keyed("claim open", part.reason))))
        )
    if part.shows == "consequence" and part.outcome == "holds":
        outcome = Finding("find.look consequence", (("outcome", outcome),))
    facts: list[tuple[str, Fact]] = [("quantity", label), ("region", needed), ("outcome", outcome)]
    if shown is None:
        return Finding("find.look none", tuple(facts))
    table = index.config.tables.get("press")  # stands for a source where no figure was found
    by: Fact | None = worded(index, part.by) if part.by and part.by != table else None
    by = Term(f"by.{part.by}") if known(f"by.{part.by}") else by
    facts.append(("seen", shown))
    return Finding("find.look", tuple(facts)) if by is None else Finding("find.look by", (*facts, ("by", by)))


def unended(text: Text) -> Words:
    """Return a text without the stop at its end, to stand in a sentence."""
    return Words(Text(en=text.en.rstrip(" .;"), zh=text.zh.rstrip(" 。；.;")))


def _unstopped(term: Term) -> Words:
    """Return the words of a key without the stop at their end."""
    return unended(Text(en=word(term.key, "en"), zh=word(term.key, "zh")))


def _middle(lo: float, hi: float) -> float:
    return (lo + hi) / 2 if math.isfinite(lo + hi) else lo if math.isfinite(lo) else hi


def _unit(index: Index, quantity: Quantity | None, ends: tuple[float, float], record: Point | Bound | None) -> str:
    if quantity is not None and quantity.share:
        return "share"
    if quantity is not None and quantity.rank is not None:
        return "rank"
    if record is not None:
        unit = index.unit(record.unit)
        if unit == "probability":
            return "share"
        if unit in PLAIN_UNITS:
            return unit
    largest = max((abs(end) for end in ends if math.isfinite(end)), default=0.0)
    return "large" if largest >= LARGE else "count" if largest >= COUNTED else "own unit"


def _element(index: Index, name: str) -> tuple[str, tuple[float, float]] | None:
    """Return reference and ends of an element of a series, written as the series' id with the label in brackets."""
    stem, _, label = name.removesuffix("]").partition("[")
    series, key = index.series.get(stem), tuple(label.split(","))
    if series is None or key not in series.index:
        return None
    k = series.index.index(key)
    return point_ref(stem, key), (float(series.lo[k]), float(series.hi[k]))


def _label_at(index: Index, name: str) -> str | None:
    """Return the label of a verdict of the run by its id."""
    event, verdict, claim = index.events.get(name), index.verdicts.get(name), index.claims.get(name)
    found = [v.label for v in (event, verdict, claim) if v is not None]
    if found:
        return found[0]
    return index.overall.label if name == "overall" and index.overall is not None else None


def label_term(label: str) -> Term:
    """Return the words of a label of any room."""
    stem = next((s for s in ("label", "event label", "overall") if known(f"{s}.{label}")), "label")
    return Term(f"{stem}.{label}")
