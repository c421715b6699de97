"""The section on a choice experiment: what was asked, what names and attributes are worth, and what stands behind it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from halfstep.core.estimate import Point, Refusal
from halfstep.report.charts import RowMark, RowsChart
from halfstep.report.choice_believed import believed_blocks
from halfstep.report.choice_facts import LENS, among, answer_of, base_of, groups, labelled, places_of, worth
from halfstep.report.choice_grids import foretold_blocks, group_blocks, worth_blocks
from halfstep.report.choice_lead import choice_sentence
from halfstep.report.choice_lineups import lineup_blocks
from halfstep.report.choice_types import class_blocks
from halfstep.report.comparison import HALVES, main_verdicts, needs_of, stem_of
from halfstep.report.facts import check_facts
from halfstep.report.finding import Amount, Brand, Fact, Finding, Many, Term, Words
from halfstep.report.index import Index
from halfstep.report.page import Block, Figure, Listing, Paragraph, Section

__all__ = ["choice_section"]

SAID = ("choice.flags", "choice.mixed", "choice.starts", "choice.convention", "choice.lineup", "choice.outside")
"""Checks that a reader of the section must know, in their order."""


def choice_section(index: Index) -> Section | None:
    """Return what respondents of an experiment value; None where the study has none."""
    answer = answer_of(index)
    if answer is None:
        return None
    blocks: list[Block] = [Paragraph(Finding("find.choice about"), "note"), *_asked(index)]
    refusal = index.refusal("choice.tastes.all")
    if refusal is not None or not answer.tastes:
        blocks += _refused(index, refusal)
    else:
        blocks += [
            Paragraph(choice_sentence(index), "answer"),
            *_unasked(index),
            *_names_figure(index),
            *group_blocks(index),
            *worth_blocks(index),
            *_product(index),
            *lineup_blocks(index),
            *foretold_blocks(index),
            *class_blocks(index),
        ]
    return Section("choice", Finding("ui.section choice"), (*blocks, *believed_blocks(index), *_checked(index)))


def _asked(index: Index) -> Iterator[Block]:
    """Yield how many chose between how many profiles, in which cells, and whether they could choose none."""
    fit, choices = index.check("choice.fit"), index.outcome.inputs.choices
    said: list[Finding] = []
    if fit is not None:
        said.append(Finding("find.choice asked", check_facts(fit)))
    if choices is not None:
        said += [Finding("find.choice none")] if choices.has_none else []
        said += [Finding("find.choice worst")] if choices.has_worst else []
    experiment = index.outcome.inputs.experiment
    cells = Counter(() if experiment is None else experiment.role.tolist())
    if len(cells) > 1:
        told = tuple(
            Finding("find.choice cell", (("role", Term(f"choice cell.{role}")), ("n", Amount(n, "count"))))
            for role, n in cells.items()
        )
        said.append(Finding("find.choice cells", (("cells", Many(told, "ui.list")),)))
    if said:
        yield Paragraph(Finding("find.sentences", (("text", Many(tuple(said), "ui.then")),)))


def _refused(index: Index, refusal: Refusal | None) -> Iterator[Block]:
    yield Paragraph(choice_sentence(index), "answer")
    names = "" if refusal is None else str(dict(refusal.facts).get("names", ""))
    check = index.check("choice.tastes")
    if check is not None and names:
        yield Paragraph(Finding("find.choice unfit", (("why", Term(f"why.{check.why}")), *check_facts(check))), "note")


def _unasked(index: Index) -> Iterator[Block]:
    """Yield why a half has no figure, and what would give it one."""
    mine = main_verdicts(index, "choice")
    for verdict in (mine[half] for half in HALVES if half in mine):
        if index.figure(verdict.estimate) is None and not (verdict.half == "name" and len(mine) == 1):
            facts: tuple[tuple[str, Fact], ...] = (
                ("half", Term(f"half.{verdict.half}")), ("why", Term(f"why.{verdict.reason}")), ("needs", needs_of(index, verdict.needs)),
            )  # fmt: skip
            if verdict.half == "product":
                yield Paragraph(Finding("find.choice unasked", facts))


def _names_figure(index: Index) -> Iterator[Block]:
    """Yield what each name is worth over the base, for everybody and for each group; names without money in words."""
    stem = "choice.worth.brand."
    every = [e for e in index.starting(stem) if e.id.endswith(".all")]
    brands = [e.id.removeprefix(stem).removesuffix(".all") for e in every]
    points = {b: p for b in brands if (p := worth(index, f"brand.{b}")) is not None}
    ordered = sorted(points, key=lambda b: -points[b].value)
    several = [g for g in groups(index) if any(worth(index, f"brand.{b}", g) for b in brands)]
    marks: list[RowMark] = []
    for b in ordered:
        role = "total" if b == index.config.study.focal else "part"
        if len(several) < 2:
            marks.append(_mark(Brand(b), points[b], role))
            continue
        marks.append(RowMark(Brand(b), float("nan"), float("nan"), float("nan"), "head"))
        found = [(group, worth(index, f"brand.{b}", group)) for group in several]
        marks += [_mark(among(group), point, role if group == "all" else "part") for group, point in found if point]
    unit, base = Words(index.config.study.currency), Brand(base_of(index))
    if marks:
        level = Amount(index.config.gap.level, "level")
        axis = Finding("ui.axis worth", (("base", base), ("unit", unit)))
        title = Finding("find.choice names figure", (("base", base),))
        caption = Finding("find.choice names caption", (("unit", unit), ("level", level)))
        yield Figure(title, (RowsChart("choice-names", tuple(marks), axis, bars=False),), caption)
    spoilt: dict[str, list[Fact]] = {}
    for b in brands:
        refusal = index.refusal(f"{stem}{b}.all")
        if refusal is not None:
            spoilt.setdefault(refusal.why, []).append(Brand(b))
    for why, named in spoilt.items():
        facts: tuple[tuple[str, Fact], ...] = (("what", Many(tuple(named))), ("why", Term(f"why.{why}")))
        yield Paragraph(Finding("find.choice no money", facts))


def _mark(label: Fact, point: Point, role: str) -> RowMark:
    return RowMark(label, point.value, point.lo, point.hi, role)


def _product(index: Index) -> Iterator[Block]:
    """Yield both brands' products of the line-up, attribute by attribute, and the identity with its numbers."""
    mine = main_verdicts(index, "choice")
    if "product" not in mine or index.point(mine["product"].estimate) is None:
        return
    stem, study = stem_of(mine["product"]), index.config.study
    rows = [(a.id, index.point(f"{LENS}.attribute.{a.id}.{stem}")) for a in index.config.choice.attributes]
    found = sorted(((a, p) for a, p in rows if p is not None), key=lambda one: -abs(one[1].value))
    whole = index.point(f"{LENS}.product.{stem}")
    marks = [_mark(labelled(index, a), p, "part") for a, p in found if p.value or p.hi > p.lo]
    marks += [] if whole is None else [_mark(Term("subject.product"), whole, "total")]
    unit, level = ("unit", Words(study.currency)), ("level", Amount(index.config.gap.level, "level"))
    names: tuple[tuple[str, Fact], ...] = (("focal", Brand(study.focal)), ("benchmark", Brand(study.benchmarks[0])))
    chart = RowsChart("choice-product", tuple(marks), Finding("ui.axis gap", (unit,)), bars=True)
    caption = Finding("find.choice product caption", (unit, level))
    yield Figure(Finding("find.choice product figure", names), (chart,), caption)
    parts = {part: index.point(f"{LENS}.{part}.{stem}") for part in ("product", "name", "price", "utility")}
    if all(parts.values()):
        places = places_of(index, stem)
        facts = tuple((part, replace(index.amount(p), places=places)) for part, p in parts.items() if p is not None)
        yield Paragraph(Finding("find.choice identity", facts), "formula")
        yield Paragraph(Finding("find.choice identity note", (unit,)), "note")


def _checked(index: Index) -> Iterator[Block]:
    """Yield what a reader must know of respondents and estimates."""
    checks = [check for name in SAID if (check := index.check(name)) is not None]
    if checks:
        yield Listing(tuple(Finding(f"why.{check.why}", check_facts(check)) for check in checks))
