"""The section with every verdict of every lens, and the lenses side by side."""

from __future__ import annotations

import math

from halfstep.core.answer import Verdict
from halfstep.report.choice_facts import among
from halfstep.report.comparison import needs_of
from halfstep.report.finding import Amount, Brand, Fact, Finding, Many, Segment, Term, When
from halfstep.report.halves import no_split
from halfstep.report.index import Index
from halfstep.report.lenses import breaking_of, judged, side_by_side
from halfstep.report.page import Block, Cell, Grid, Paragraph, Row, Section

__all__ = ["verdicts_section"]


def verdicts_section(index: Index) -> Section:
    """Return every verdict, the price lens first; of a study with choices alone theirs."""
    title = Finding("ui.section verdicts")
    verdicts = sorted(index.verdicts.values(), key=lambda v: (index.figure(v.estimate) is None, v.lens != "price"))
    if not verdicts:
        return Section("verdicts", title, tuple(no_split(index, None)))
    family = Amount(max(v.family for v in verdicts), "count")
    note = Finding(
        "find.verdicts note", (("confidence", Amount(index.config.gap.confidence, "level")), ("family", family))
    )
    several = len({v.period for v in verdicts if v.period}) > 1
    heads = (
        "benchmark",
        "segment",
        *(("period",) if several else ()),
        "lens and half",
        "verdict",
        "gap",
        "p",
        "deciding margin",
        "breaking",
    )
    rows = tuple(_verdict_row(index, group, several) for group in _together(index, verdicts))
    blocks: tuple[Block, ...] = (
        *side_by_side(index),
        Grid("verdicts", Finding("find.verdicts title"), tuple(Term(f"ui.{h}") for h in heads), rows),
        Paragraph(note, "note"),
    )
    return Section("verdicts", title, blocks)


def _together(index: Index, verdicts: list[Verdict]) -> list[list[Verdict]]:
    """Return each verdict by itself, but halves and lenses without a figure for the same reason together."""
    groups: dict[tuple[str, ...], list[Verdict]] = {}
    for v in verdicts:
        alone = v.id if index.figure(v.estimate) is not None else ""
        groups.setdefault((v.benchmark, v.segment, v.period, v.label, v.reason, alone), []).append(v)
    return list(groups.values())


def _verdict_row(index: Index, alike: list[Verdict], several: bool) -> Row:
    verdict = alike[0]
    figure = index.figure(verdict.estimate)
    main = verdict.benchmark == index.config.study.benchmarks[0] and verdict.segment == "all"
    group = among(verdict.segment) if verdict.lens == "choice" else Segment(verdict.segment)
    where = [Cell((Brand(verdict.benchmark),), "label"), Cell((group,))]
    where += [Cell((When(verdict.period, short=True) if verdict.period else Term("ui.none"),))] if several else []
    lenses, halves = ({getattr(v, name) for v in alike} for name in ("lens", "half"))
    half = Term("ui.both" if len(halves) > 1 else f"half.{verdict.half}")
    lens = Term("lens.both" if len(lenses) > 1 else f"lens.{verdict.lens}")
    both = len(lenses) > 1 and len(halves) > 1
    named = Finding("find.lens and half", (("lens", lens), ("half", half)))
    where.append(Cell((Term("ui.both lenses and halves") if both else named,)))
    label = verdict.label if judged(verdict) or figure is None else "not judged"
    where.append(Cell((Term(f"label.{label}"),), "verdict"))
    if figure is not None:
        where.append(Cell((index.amount(figure, "both"),), "number"))
    if not judged(verdict):
        why = Term(f"why.{verdict.reason}")
        needed = Finding("find.needs", (("why", why), ("needs", needs_of(index, verdict.needs))))
        return Row((*where, Cell((needed if figure is None else why,), "wide")), main)
    none = Term("ui.none")
    p = none if verdict.p is None else Amount(verdict.p, "probability", ref=verdict.id)
    strength = breaking_of(index, verdict)
    breaking = none if strength is None else Amount(strength, "times", ref=verdict.id)
    margins = Many(tuple(_margins(verdict)), "ui.list")
    return Row((*where, Cell((p,), "number"), Cell((margins,)), Cell((breaking,), "number")), main)


def _margins(verdict: Verdict) -> list[Fact]:
    out: list[Fact] = []
    if verdict.margin_short is not None:
        out.append(Finding("find.margin short", (("margin", Amount(verdict.margin_short, "money", ref=verdict.id)),)))
    if verdict.margin_met is not None and math.isfinite(verdict.margin_met):
        out.append(Finding("find.margin met", (("margin", Amount(verdict.margin_met, "money", ref=verdict.id)),)))
    return out
