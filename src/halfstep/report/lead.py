"""The verdict and what would change it: the part of the report that everybody reads."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace

from halfstep.core.answer import Verdict
from halfstep.core.estimate import Bound, Point, Refusal
from halfstep.report.choice_facts import answer_of
from halfstep.report.choice_lead import choice_change, choice_line
from halfstep.report.comparison import (
    DECIDED,
    HALVES,
    main_accord,
    main_verdicts,
    needs_of,
    split_decimals,
    stem_of,
)
from halfstep.report.finding import Amount, Attribute, Brand, Fact, Finding, Form, Many, Term, When, Words
from halfstep.report.index import Index
from halfstep.report.lenses import demand_change, demand_line
from halfstep.report.random import random_line

__all__ = ["half_phrase", "lead_findings", "main_verdicts", "reference_of", "what_would_change_it"]


OTHERS = {"demand": "find.overall elsewhere", "choice": "find.overall elsewhere choice"}
"""Lens beside the price lens -> the sentence that says that it decides what the price lens leaves open."""


def half_phrase(index: Index, verdict: Verdict) -> Finding:
    """Return a half in words: distance, interval, label; or the reason why there is none."""
    point = index.point(verdict.estimate)
    label = Term(f"label.{verdict.label}")
    if point is None:
        return Finding("find.half none", (("label", label), ("why", Term(f"why.{verdict.reason}"))))
    places = split_decimals(index, stem_of(verdict))
    return Finding("find.half", (
        ("value", replace(index.amount(point, "distance"), places=places)), ("level", _level(point)),
        ("interval", replace(index.amount(point, "distance interval"), places=places)), ("label", label),
    ))  # fmt: skip


def lead_findings(index: Index) -> list[Finding]:
    """Return the verdict sentence, the overall verdict, and what the lens holds."""
    study = index.config.study
    names: tuple[tuple[str, Fact], ...] = (("focal", Brand(study.focal)), ("benchmark", Brand(study.benchmarks[0])))
    mine = main_verdicts(index)
    gap = index.point(f"gap.price.{stem_of(mine['product'])}") if "product" in mine else None
    if gap is None or set(mine) != set(HALVES):
        return [_no_answer(index, mine, names)]
    kind = "below" if gap.value > 0 else "above" if gap.value < 0 else "equal"
    out = [Finding(f"find.verdict {kind}", (
        *names, ("gap", replace(index.amount(gap, "size", named=True), places=split_decimals(index, stem_of(mine["product"])))),
        ("period", When(mine["product"].period)),
        ("product", half_phrase(index, mine["product"])), ("name", half_phrase(index, mine["name"])),
    ))]  # fmt: skip
    if index.overall is not None:
        out += _overall(index, mine)
    out += [*demand_line(index), *random_line(index), *choice_line(index)]
    out += _cautions(index, stem_of(mine["product"]))
    out.append(Finding("find.lens"))
    margin = mine["product"].margin
    if margin is not None:
        out.append(Finding("find.sign", (
            *names, ("margin", Amount(margin, "money", ref=mine["product"].id, named=True)),
            ("share", Amount(study.margin, "level")),
        )))  # fmt: skip
    return out


def _cautions(index: Index, stem: str) -> Iterator[Finding]:
    """Yield what a reader of the headline must know of the split: rows priced against their direction, other choices."""
    against = [c.id.removeprefix("market.sign.") for c in index.checks if c.id.startswith("market.sign.")]
    for attribute in against:
        row = index.point(f"gap.price_lens.attribute.{attribute}.{stem}")
        if row is not None:
            yield Finding(
                "find.against", (("attribute", Attribute(attribute)), ("amount", index.amount(row, "distance")))
            )
    ranges = [index.bound(f"move.range.{half}") for half in HALVES]
    if all(bound is not None for bound in ranges):
        facts = tuple((h, index.amount(b)) for h, b in zip(HALVES, ranges, strict=True) if b is not None)
        yield Finding("find.choices", tuple((h, replace(a, form="distance range")) for h, a in facts))


def what_would_change_it(index: Index) -> list[Finding]:
    """Return, for each half of the main comparison, what would turn or decide its verdict."""
    mine = main_verdicts(index)
    return [
        *(f for half in HALVES if half in mine for f in _change(index, mine[half])),
        *demand_change(index),
        *choice_change(index),
    ]


def reference_of(index: Index, stem: str) -> tuple[str, Point] | None:
    """Return the reference attribute of a comparison and what it is worth."""
    for attribute in index.config.attributes:
        point = index.point(f"gap.reference.{attribute.id}.{stem}")
        if point is not None:
            return attribute.id, point
    return None


def _no_answer(index: Index, mine: dict[str, Verdict], names: tuple[tuple[str, Fact], ...]) -> Finding:
    reasons = [v for v in mine.values() if index.point(v.estimate) is None]
    if reasons:
        why: Fact = Term(f"why.{reasons[0].reason}")
        needs: Fact = needs_of(index, reasons[0].needs)
    else:
        refusal = next((r for r in index.refusals if r.id.startswith("gap.price_lens.")), None)
        dark = next((a.dark for a in index.outcome.answers.values() if a.dark and not a.dark.startswith("[")), "")
        if refusal is not None:
            why, needs = Term(f"why.{refusal.why}"), needs_of(index, refusal.needs)
        elif dark:
            why, needs = Words(dark), Words(dark)
        else:
            return Finding("find.no overall", names)
    return Finding("find.no answer", (*names, ("why", why), ("needs", needs)))


def _overall(index: Index, mine: dict[str, Verdict]) -> Iterator[Finding]:
    overall = index.overall
    assert overall is not None
    open_here = [half for half in HALVES if mine[half].label not in DECIDED]
    elsewhere: dict[str, str] = {}
    for lens in OTHERS:
        other = main_verdicts(index, lens)
        decided = [half for half in open_here if half in other and other[half].label in DECIDED]
        elsewhere = dict.fromkeys(decided, lens) | elsewhere
    if overall.label == "lenses disagree":
        yield _apart(index, mine)
    elif overall.label != "undecided":
        p = Amount(0.0 if overall.p is None else overall.p, "probability", ref=mine["product"].id, form="size")
        yield Finding("find.overall", (("label", Term(f"overall.{overall.label}")), ("p", p)))
    elif len(open_here) - len(elsewhere) == 1:
        half = next(h for h in open_here if h not in elsewhere)
        yield Finding("find.overall undecided", (("halves", Term(f"half.{half}")),))
    else:
        yield Finding("find.overall undecided both")
    for lens, kind in OTHERS.items():
        halves = tuple(Term(f"half.{half}") for half in HALVES if elsewhere.get(half) == lens)
        if halves:
            yield Finding(kind, (("halves", Many(halves)),))


def _apart(index: Index, mine: dict[str, Verdict]) -> Finding:
    """Say on which half the lenses disagree."""
    found = []
    others = {lens: main_verdicts(index, lens) for lens in OTHERS}
    for half in HALVES:
        decided = {v[half].label for v in (mine, *others.values()) if half in v} & set(DECIDED)
        accords = [main_accord(index, half, lens) for lens in OTHERS]
        if len(decided) > 1 or any(accord is not None and accord.label == "disagree" for accord in accords):
            found.append(Term(f"half.{half}"))
    return Finding("find.overall apart", (("halves", Many(tuple(found or (Term(f"half.{h}") for h in HALVES)))),))


def _change(index: Index, verdict: Verdict) -> Iterator[Finding]:
    subject = Term(f"subject.{verdict.half}")
    if index.point(verdict.estimate) is None:
        needs = needs_of(index, verdict.needs)
        yield Finding(
            "find.change none", (("subject", subject), ("why", Term(f"why.{verdict.reason}")), ("needs", needs))
        )
        return
    facts = _stakes(index, verdict)
    if verdict.label in ("short", "ahead", "met") and verdict.breaking is not None:
        yield Finding(f"find.change {verdict.label}", facts)
    elif verdict.label == "undecided":
        kind = "uncertain" if verdict.breaking is None else "unseen"
        yield Finding("find.change undecided", (
            ("first", Finding(f"find.change {kind}", facts)), ("then", _deciding(index, verdict, facts)),
        ))  # fmt: skip


def _stakes(index: Index, verdict: Verdict) -> tuple[tuple[str, Fact], ...]:
    """Return the facts that the sentences on a verdict quote."""
    stem = stem_of(verdict)
    reference, bound = reference_of(index, stem), index.bound(f"gap.unseen.{stem}")
    facts: list[tuple[str, Fact]] = [("subject", Term(f"subject.{verdict.half}"))]
    if reference is not None:
        facts.append(("reference", Attribute(reference[0])))
        facts.append(("worth", index.amount(reference[1])))
        if bound is not None and reference[1].value > 0:
            facts.append(("allowance", _allowance(bound, bound.hi / reference[1].value)))
    if verdict.breaking is not None:
        facts.append(("breaking", Amount(verdict.breaking, "times", ref=verdict.id)))
    for name in ("margin_met", "margin_short"):
        value = getattr(verdict, name)
        if value is not None:
            facts.append((name, Amount(value, "money", ref=verdict.id)))
    return tuple(facts)


def _allowance(bound: Bound, times: float) -> Finding:
    """Say how much unseen quality the study allows: a multiple, none, or any amount."""
    if times == 0 or math.isinf(times):
        return Finding("find.allow none" if times == 0 else "find.allow free")
    return Finding("find.allow bound", (("allowed", Amount(times, "times", ref=bound.id)),))


def _deciding(index: Index, verdict: Verdict, facts: tuple[tuple[str, Fact], ...]) -> Finding:
    study = index.config.study
    stem = f"decide.{verdict.id.removeprefix('verdict.')}"
    focal, benchmark = (index.bound(f"{stem}.{which}_models") for which in ("focal", "benchmark"))
    margins = Finding(
        "find.margins undecided" if verdict.margin_short is not None else "find.margins undecided met", facts
    )
    parts: list[Fact] = []
    if focal is not None:
        counts: list[tuple[str, Fact]] = [("focal", Brand(study.focal)), ("benchmark", Brand(verdict.benchmark))]
        for name, bound in (("focal", focal), ("benchmark", benchmark)):
            if bound is None:
                continue
            form: Form = "value"
            counts.append((f"{name}_models", Amount(bound.hi, "models", ref=bound.id, form=form)))
            counts.append((f"{name}_now", Amount(bound.lo, "models", ref=bound.id, form=form)))
        parts.append(Finding("find.decide focal" if benchmark is None else "find.decide models", tuple(counts)))
    refusal = index.refusal(stem)
    if refusal is not None:
        parts.append(_refused(index, refusal))
    elif verdict.breaking is not None and study.unmeasured:
        named = tuple(Words(u) for u in study.unmeasured)
        parts.append(Finding("find.measure", (("unmeasured", Many(named, "ui.list")),)))
    if verdict.margin_met is not None and math.isfinite(verdict.margin_met):
        parts.append(margins)
    cheapest = _cheapest(index, verdict, focal)
    if cheapest.kind != "find.cheapest experiment" or answer_of(index) is None:
        parts.append(cheapest)
    return Finding("find.sentences", (("text", Many(tuple(parts), "ui.then")),))


def _cheapest(index: Index, verdict: Verdict, models: Bound | None) -> Finding:
    """Name the cheapest study that would decide a half, by evidence tier: rows, then a column, then an experiment."""
    study = index.config.study
    if models is not None:
        number = Amount(models.hi, "models", ref=models.id)
        return Finding("find.cheapest rows", (("focal", Brand(study.focal)), ("models", number)))
    if study.unmeasured and verdict.breaking is not None:
        named = Many(tuple(Words(u) for u in study.unmeasured), "ui.list")
        return Finding(
            "find.cheapest column",
            (("unmeasured", named), ("benchmark", Brand(verdict.benchmark)), ("focal", Brand(study.focal))),
        )
    return Finding("find.cheapest experiment", (("benchmark", Brand(verdict.benchmark)), ("focal", Brand(study.focal))))


def _refused(index: Index, refusal: Refusal) -> Finding:
    facts: tuple[tuple[str, Fact], ...] = (
        ("why", Term(f"why.{refusal.why}")),
        ("needs", needs_of(index, refusal.needs)),
    )
    return Finding("find.decide refused", facts)


def _level(point: Point) -> Amount:
    return Amount(point.level, "level")
