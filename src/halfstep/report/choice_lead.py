"""The choice lens at the head of the page: its verdict where a study has only choices, a sentence where it has sales too."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace

from halfstep.core.answer import Verdict
from halfstep.report.choice_facts import answer_of, places_of
from halfstep.report.comparison import DECIDED, HALVES, main_verdicts, needs_of, stem_of
from halfstep.report.facts import check_facts
from halfstep.report.finding import Amount, Brand, Fact, Finding, Many, Term, Words
from halfstep.report.index import Index
from halfstep.report.lenses import beside, reasons_apart
from halfstep.report.page import Block, Listing, Paragraph

__all__ = ["choice_change", "choice_lead", "choice_line", "choice_sentence"]

OPEN = ("no line-up", "not in the line-up", "brand not shown")
"""Why a half was not asked at all."""


def asked(index: Index) -> Amount:
    """Return how many respondents chose."""
    check = index.check("choice.fit")
    n = 0 if check is None else int(dict(check.facts)["respondents"])
    return Amount(n, "count", ref="choice.fit|respondents")


def choice_half(index: Index, verdict: Verdict) -> Finding:
    """Return a half in words: distance, interval, label, probability; or the label alone where there is no figure."""
    point, label = index.point(verdict.estimate), Term(f"label.{verdict.label}")
    if point is None:
        return Finding("find.half none", (("label", label),))
    places = places_of(index, stem_of(verdict))
    facts: tuple[tuple[str, Fact], ...] = (
        ("value", replace(index.amount(point, "distance"), places=places)), ("level", Amount(point.level, "level")),
        ("interval", replace(index.amount(point, "distance interval"), places=places)), ("label", label),
    )  # fmt: skip
    if verdict.label not in DECIDED or verdict.p is None:
        return Finding("find.half", facts)
    p = Amount(verdict.p, "probability", ref=verdict.id, form="size")
    return Finding("find.choice half", (*facts, ("p", p)))


def choice_sentence(index: Index) -> Finding:
    """Return the verdict of the choice lens on the main comparison, or why there is none."""
    study, mine = index.config.study, main_verdicts(index, "choice")
    names: tuple[tuple[str, Fact], ...] = (("focal", Brand(study.focal)), ("benchmark", Brand(study.benchmarks[0])))
    name = mine.get("name")
    if name is None or index.point(name.estimate) is None:
        refusal = index.refusal("choice.tastes.all" if name is None else name.estimate)
        why: Fact = Term("ui.none") if refusal is None else Term(f"why.{refusal.why}")
        check = index.check("choice.tastes")
        if name is None and check is not None and dict(check.facts).get("names"):
            why = Finding("find.choice unfit", (("why", why), *check_facts(check)))
        needs: Fact = Term("ui.none") if refusal is None else needs_of(index, refusal.needs)
        return Finding("find.choice refused", (*names, ("why", why), ("needs", needs)))
    facts = (*names, ("n", asked(index)), ("name", choice_half(index, name)))
    product = mine.get("product")
    if product is None or index.point(product.estimate) is None:
        return Finding("find.choice lead name", facts)
    return Finding("find.choice lead", (*facts, ("product", choice_half(index, product))))


def choice_lead(index: Index) -> list[Block]:
    """Return the head of a page that has choices and no market: verdict, what would change it, what the lens holds."""
    study, mine = index.config.study, main_verdicts(index, "choice")
    lead: list[Block] = [Paragraph(choice_sentence(index), "lead")]
    changes = tuple(finding for half in HALVES if half in mine for finding in _change(index, mine[half]))
    if changes:
        unit = ("unit", Words(study.currency))
        lead += [Paragraph(Finding("ui.what would change it", (unit,)), "subtitle"), Listing(changes, "change")]
    overall = index.overall
    if overall is not None and overall.label not in ("undecided", "lenses disagree"):
        p = Amount(overall.p or 0.0, "probability", ref=mine["name"].id, form="size")
        lead.append(Paragraph(Finding("find.overall", (("label", Term(f"overall.{overall.label}")), ("p", p))), "note"))
    name = mine.get("name")
    if name is not None and index.point(name.estimate) is not None:
        lead.append(Paragraph(Finding("find.choice holds"), "note"))
        if name.margin is not None:
            margin = Amount(name.margin, "money", ref=name.id, named=True)
            facts: tuple[tuple[str, Fact], ...] = (("benchmark", Brand(name.benchmark)), ("margin", margin))
            lead.append(Paragraph(Finding("find.sign", (*facts, ("share", Amount(study.margin, "level")))), "note"))
    return lead


def choice_line(index: Index) -> Iterator[Finding]:
    """Yield one sentence on what the choice lens says beside the headline of another lens."""
    if answer_of(index) is None:
        return
    mine = main_verdicts(index, "choice")
    if not any(index.figure(verdict.estimate) for verdict in mine.values()):
        yield choice_sentence(index)
        return
    shown = [mine[half] for half in HALVES if half in mine and index.figure(mine[half].estimate) is not None]
    parts = tuple(beside(index, verdict) for verdict in shown)
    whys = dict.fromkeys(reason for verdict in shown for reason in reasons_apart(index, verdict))
    facts = (("n", asked(index)), ("parts", Many(parts, "ui.list")))
    if whys:
        sentences = Many(tuple(Term(f"why.{reason}") for reason in whys), "ui.then")
        yield Finding("find.choice line why", (*facts, ("why", sentences)))
    else:
        yield Finding("find.choice line", facts)


def choice_change(index: Index) -> Iterator[Finding]:
    """Yield, beside another lens, what would decide the halves that the choice lens leaves open."""
    for half, verdict in main_verdicts(index, "choice").items():
        if half in HALVES and verdict.label not in DECIDED:
            yield from _change(index, verdict, " by choices")


def _change(index: Index, verdict: Verdict, lens: str = "") -> Iterator[Finding]:
    """Yield what would turn or decide a half; `lens` ends the key of its subject beside another lens."""
    subject: tuple[str, Fact] = ("subject", Term(f"subject.{verdict.half}{lens}"))
    if index.point(verdict.estimate) is None:
        why, needs = Term(f"why.{verdict.reason}"), needs_of(index, verdict.needs)
        if verdict.reason in OPEN or verdict.half == "product":
            yield Finding("find.change none", (subject, ("why", why), ("needs", needs)))
        return
    margins = tuple(
        (name, Amount(value, "money", ref=verdict.id))
        for name, value in (("margin_met", verdict.margin_met), ("margin_short", verdict.margin_short))
        if value is not None and math.isfinite(value)
    )
    parts: list[Fact] = []
    if verdict.label in DECIDED:
        kind = "short open" if verdict.label == "short" and len(margins) < 2 else verdict.label
        kind = "met any" if verdict.label == "met" and verdict.margin_met == 0 else kind
        parts.append(Finding(f"find.choice change {kind}", (subject, *margins)))
    else:
        parts.append(_deciding(index, verdict, subject))
    if verdict.half == "product" and index.config.study.unmeasured and verdict.breaking is not None:
        breaking = Amount(verdict.breaking, "times", ref=verdict.id)
        parts.append(Finding("find.choice change unseen", (("breaking", breaking),)))
    if verdict.label not in DECIDED and margins:
        kind = "find.margins undecided" if len(margins) > 1 else "find.margins undecided met"
        parts.append(Finding(kind, margins))
    yield Finding("find.sentences", (("text", Many(tuple(parts), "ui.then")),))


def _deciding(index: Index, verdict: Verdict, subject: tuple[str, Fact]) -> Finding:
    stem = f"decide.{verdict.id.removeprefix('verdict.')}"
    bound, refusal = index.bound(f"{stem}.respondents"), index.refusal(stem)
    if bound is not None:
        now, needed = (Amount(end, "count", ref=bound.id) for end in (bound.lo, bound.hi))
        return Finding("find.choice decide", (subject, ("needed", needed), ("now", now)))
    why = verdict.reason if refusal is None else refusal.why
    needs = needs_of(index, verdict.needs if refusal is None else refusal.needs)
    return Finding("find.choice decide refused", (subject, ("why", Term(f"why.{why}")), ("needs", needs)))
