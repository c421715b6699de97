"""The section on the demand lens: its answers side by side, the identity with its numbers, and what stands behind it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from halfstep.core.answer import Verdict
from halfstep.core.estimate import Refusal
from halfstep.report.charts import RowMark, RowsChart
from halfstep.report.comparison import DECIDED, HALVES, adding_up, main_accord, main_verdicts, needs_of, stem_of
from halfstep.report.demand_grids import demand_grids
from halfstep.report.facts import figures_of
from halfstep.report.finding import Amount, Attribute, Brand, Fact, Finding, Many, Need, Term, When, Words
from halfstep.report.index import Index
from halfstep.report.lenses import distance, judged, why_sentences
from halfstep.report.page import Block, Figure, Paragraph, Section
from halfstep.report.random import COMMON, differs, random_grids, random_lead

__all__ = ["demand_section"]

OLS = "naive.logit_without_instruments"
WAYS = ("price lens", "2sls", "ols")
"""Of a run whose buyers differ "2sls" is by tastes that differ, and "common" stands beside it."""


def demand_section(index: Index) -> Section:
    """Return the demand lens, or why there is none."""
    title = Finding("ui.section demand")
    answer, refusal = index.outcome.answers.get("demand"), index.refusal("demand.tastes")
    if answer is None or answer.dark:
        return Section("demand", title, (Paragraph(Finding("find.demand dark")),))
    if refusal is not None:
        return Section("demand", title, tuple(_refused(index, refusal)))
    blocks: list[Block] = [Paragraph(Finding("find.demand about"), "note"), *random_lead(index)]
    mine = main_verdicts(index, "demand")
    if set(mine) == set(HALVES):
        blocks += [
            *_headline(index, mine),
            *_conclusions(index, mine),
            *_figure(index, mine["product"]),
            *_identity(index, mine["name"]),
        ]
    else:
        blocks.append(Paragraph(Finding("find.demand no comparison")))
    return Section("demand", title, (*blocks, *demand_grids(index), *random_grids(index)))


def _refused(index: Index, refusal: Refusal) -> Iterator[Block]:
    check = index.check("demand.tastes")
    figures = None if check is None else figures_of(check)
    why = Many((Term(f"why.{refusal.why}"), *(() if figures is None else (figures,))), "ui.then")
    yield Paragraph(Finding("find.demand refused", (("why", why), ("needs", needs_of(index, refusal.needs)))))


def _names(index: Index, verdict: Verdict) -> tuple[tuple[str, Fact], ...]:
    names: tuple[tuple[str, Fact], ...] = (
        ("focal", Brand(index.config.study.focal)), ("benchmark", Brand(verdict.benchmark)), ("period", When(verdict.period)),
    )  # fmt: skip
    return names


def _ids(index: Index, stem: str, part: str) -> dict[str, str]:
    """Return way -> id of a part ("product" or "attribute.power") of a comparison; readings only of the main one."""
    ids = {"price lens": f"gap.price_lens.{part}.{stem}", "2sls": f"gap.demand_lens.{part}.{stem}"}
    for way, reading in (("common", COMMON), ("ols", OLS)):
        if any(one.ours.endswith(stem) and one.id.startswith(reading) for one in index.readings):
            ids[way] = f"{reading}.{part}"
    return ids


def _headline(index: Index, mine: dict[str, Verdict]) -> Iterator[Block]:
    """Yield the three answers on the product half, and how they stand to each other."""
    verdict = mine["product"]
    ids = _ids(index, stem_of(verdict), "product")
    ways = tuple((way, distance(index, ids.get(way, ""))) for way in WAYS)
    level, unit = Amount(index.config.gap.level, "level"), Words(index.config.study.currency)
    facts = (*_names(index, verdict), *ways, ("level", level), ("unit", unit))
    known = {way for way, name in ids.items() if index.figure(name) is not None}
    if known:
        kind = "find.demand three" if "price lens" in known else "find.demand two"
        yield Paragraph(Finding(kind + (" random" if differs(index) else ""), facts), "answer")
    priced = main_verdicts(index).get("product")
    if priced is not None and priced.period != verdict.period:
        other = ("other", When(priced.period))
        yield Paragraph(Finding("find.demand other period", (("period", When(verdict.period)), other)))
    accord = main_accord(index, "product")
    if accord is not None:
        kind = f"find.accord {accord.label}" + ("" if judged(verdict) or accord.label == "open" else " unjudged")
        why = Term(f"why.{accord.reason}" if accord.reason else "ui.none")
        sides = tuple(zip(("price", "demand"), (_side(index, name) for name in accord.estimates), strict=True))
        yield Paragraph(Finding(kind, (*_names(index, verdict), ("why", why), *sides)))


def _conclusions(index: Index, mine: dict[str, Verdict]) -> Iterator[Block]:
    """Yield the verdict on each half, or why there is none; halves with the same reason together."""
    groups: dict[tuple[str, Many], list[Verdict]] = {}
    for verdict in (mine[half] for half in HALVES):
        if verdict.label not in DECIDED:
            groups.setdefault((verdict.reason, needs_of(index, verdict.needs)), []).append(verdict)
            continue
        p = Amount(verdict.p or 0.0, "probability", ref=verdict.id, form="size")
        yield Paragraph(Finding("find.demand judged", (
            ("half", _half(index, verdict)), ("label", Term(f"label.{verdict.label}")), ("p", p),
            ("distance", distance(index, verdict.estimate)),
        )))  # fmt: skip
    for (reason, needs), found in groups.items():
        kind = "find.demand undecided" if judged(found[0]) else "find.demand unjudged"
        halves = Many(tuple(_half(index, verdict) for verdict in found))
        yield Paragraph(Finding(kind, (
            ("halves", halves), ("why", why_sentences(index, reason)), ("needs", needs),
        )))  # fmt: skip


def _side(index: Index, name: str) -> Fact:
    """Return on which side of zero an interval lies."""
    figure = index.figure(name)
    return Term("side.behind" if figure is not None and figure.lo > 0 else "side.in front")


def _half(index: Index, verdict: Verdict) -> Fact:
    """Return the name of a half; the brand half says what it holds in this lens."""
    estimate = index.estimates.get(verdict.estimate)
    if verdict.half == "product" or estimate is None or isinstance(estimate, Refusal):
        return Term(f"half.{verdict.half}")
    return Finding("find.brand row", (("half", Term("half.name")), ("holds", Need("what", estimate.what))))


def _figure(index: Index, verdict: Verdict) -> Iterator[Block]:
    """Yield each attribute and the product half by price lens, two-stage least squares and least squares."""
    stem = stem_of(verdict)
    order = [(a.id, index.figure(f"gap.price_lens.attribute.{a.id}.{stem}")) for a in index.config.attributes]
    order.sort(key=lambda one: 0.0 if one[1] is None else -max(abs(one[1].lo), abs(one[1].hi)))
    groups: list[tuple[str, Fact]] = [(f"attribute.{a}", Attribute(a)) for a, _ in order]
    groups.append(("product", Term("subject.product")))
    marks = [mark for part, label in groups for mark in _marks(index, _ids(index, stem, part), label)]
    if not any(mark.role == "2sls" for mark in marks):
        return
    study = index.config.study
    unit, level = Words(study.currency), Amount(index.config.gap.level, "level")
    axis = Finding("ui.axis gap", (("unit", unit),))
    title = Finding("find.demand figure", _names(index, verdict))
    caption = Finding("find.demand caption", (("unit", unit), ("level", level)))
    yield Figure(title, (RowsChart("demand", tuple(marks), axis, bars=False),), caption)


def _marks(index: Index, ids: dict[str, str], label: Fact) -> list[RowMark]:
    """Return a head and a row for each way that has a figure; a set has no dot."""
    out = [RowMark(label, float("nan"), float("nan"), float("nan"), "head")]
    for way, name in ids.items():
        figure, point = index.figure(name), index.point(name)
        if figure is not None:
            value = float("nan") if point is None else point.value
            said = "random" if way == "2sls" and differs(index) else way
            out.append(RowMark(Term(f"way.{said}"), value, figure.lo, figure.hi, way))
    return out if len(out) > 1 else []


def _identity(index: Index, verdict: Verdict) -> Iterator[Block]:
    """Yield the identity with its numbers, in decimals in which it adds up as printed."""
    stem = stem_of(verdict)
    ids = {part: f"gap.demand_lens.{part}.{stem}" for part in ("product", "name", "reach", "price", "utility")}
    points = {part: index.point(name) for part, name in ids.items()}
    reach = points["reach"] is not None
    if any(points[part] is None for part in ("product", "name", "price", "utility")):
        yield Paragraph(Finding("find.demand no identity"), "note")
        return
    parts = (ids["product"], ids["name"], *((ids["reach"],) if reach else ()), f"-{ids['price']}")
    places = adding_up(index, parts, ids["utility"])
    facts = tuple((part, replace(index.amount(p), places=places)) for part, p in points.items() if p is not None)
    brand = points["name"]
    holds = Need("what", brand.what if brand is not None else "")
    kind = "find.demand identity reach" if reach else "find.demand identity"
    yield Paragraph(Finding(kind, (("holds", holds), *facts)), "formula")
    yield Paragraph(Finding("find.demand identity note", (("unit", Words(index.config.study.currency)),)), "note")
