"""Sections on the split: map, attribute rows, how the split moves, naive readings."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from halfstep.core.answer import Reading, Verdict
from halfstep.core.estimate import Bound, Point, Refusal
from halfstep.core.series import Series
from halfstep.report.charts import MapChart, MapPath, MapPoint, RowMark, RowsChart
from halfstep.report.comparison import HALVES, main_verdicts, needs_of, split_decimals, stem_of
from halfstep.report.finding import (
    Amount,
    Attribute,
    Brand,
    Fact,
    Finding,
    Form,
    Many,
    Need,
    Term,
    When,
    Words,
)
from halfstep.report.index import Index
from halfstep.report.lenses import judged
from halfstep.report.page import Block, Cell, Figure, Grid, Paragraph, Row, Section

__all__ = ["map_section", "moves_section", "no_split", "readings_section", "rows_section"]

EDGE = 48
"""Corners of a drawn ellipse."""


def map_section(index: Index) -> Section:
    """Return the half-step map."""
    study = index.config.study
    benchmark: tuple[tuple[str, Fact], ...] = (("benchmark", Brand(study.benchmarks[0])),)
    paths = tuple(p for p in (_map_path(index, s) for s in index.series.values() if s.id.startswith("gap.map.")) if p)
    level = Amount(index.config.gap.level, "level")
    if not paths:
        block: Block = Paragraph(Finding("find.map empty", benchmark))
    else:
        mine = main_verdicts(index).get("product")
        margin = mine.margin if mine is not None and mine.margin is not None else 0.0
        caption = Finding("find.map caption", (*benchmark, ("unit", Words(study.currency)), ("level", level)))
        block = Figure(
            Finding("find.map title", benchmark), (MapChart("map", study.benchmarks[0], margin, paths),), caption
        )
    return Section("map", Finding("ui.section map"), (block, *_off_the_map(index)))


def _off_the_map(index: Index) -> Iterator[Block]:
    for refusal in index.refusals:
        if refusal.id.startswith("gap.map."):
            facts = dict(refusal.facts)
            count = Amount(float(facts["focal"]), "models", ref=refusal.id)
            yield Paragraph(Finding("find.map off", (
                ("brand", Brand(str(facts["brand"]))), ("count", count), ("why", Term(f"why.{refusal.why}")),
                ("needs", needs_of(index, refusal.needs)),
            )), "note")  # fmt: skip


def _map_path(index: Index, series: Series) -> MapPath | None:
    brand = series.id.removeprefix("gap.map.")
    place = {label: k for k, label in enumerate(series.index)}
    periods = [p for p in dict.fromkeys(label[0] for label in series.index) if {(p, h) for h in HALVES} <= set(place)]
    points = []
    for n, period in enumerate(periods):
        k = [place[period, half] for half in HALVES]
        reach = (-series.hi[k[0]], -series.lo[k[0]], -series.hi[k[1]], -series.lo[k[1]])
        region = _region(series, k, index.config.gap.level) if n in (0, len(periods) - 1) else ()
        x, y, *ends = (float(v) for v in (-series.value[k[0]], -series.value[k[1]], *reach))
        points.append(MapPoint(period, x, y, region, (ends[0], ends[1], ends[2], ends[3])))
    return MapPath(brand, brand == index.config.study.focal, tuple(points)) if points else None


def _region(series: Series, k: list[int], level: float) -> tuple[tuple[float, float], ...]:
    """Return the edge of the joint region of two gaps, ahead positive: an ellipse scaled by 2F(2, nu)."""
    if series.covariance is None or series.freedom is None:
        return ()
    nu = float(series.freedom[k].min())
    squared = nu * ((1 - level) ** (-2 / nu) - 1) if math.isfinite(nu) else -2 * math.log(1 - level)
    values, vectors = np.linalg.eigh(series.covariance[np.ix_(k, k)])
    angle = np.linspace(0, 2 * np.pi, EDGE + 1)
    circle = np.stack([np.cos(angle), np.sin(angle)])
    ring = -series.value[k][:, None] + vectors @ (np.sqrt(np.maximum(values, 0) * squared)[:, None] * circle)
    return tuple((float(x), float(y)) for x, y in ring.T)


def rows_section(index: Index) -> Section:
    """Return the gap of the main comparison, attribute by attribute."""
    study, title = index.config.study, Finding("ui.section rows")
    mine = main_verdicts(index)
    verdict = mine.get("product")
    stem = "" if verdict is None else stem_of(verdict)
    whole, product, name = (
        index.point(f"gap.{part}.{stem}") for part in ("price", "price_lens.product", "price_lens.name")
    )
    if verdict is None or whole is None or product is None or name is None:
        return Section("rows", title, tuple(no_split(index, verdict)))
    points: list[tuple[Fact, Point, str]] = []
    for attribute in index.config.attributes:
        point = index.point(f"gap.price_lens.attribute.{attribute.id}.{stem}")
        if point is not None:
            points.append((Attribute(attribute.id), point, "part"))
    points.sort(key=lambda row: -abs(row[1].value))
    points += [
        (Term("half.product"), product, "total"),
        (Term("half.name"), name, "rest"),
        (Term("what.price gap"), whole, "whole"),
    ]
    marks = tuple(RowMark(label, p.value, p.lo, p.hi, role) for label, p, role in points)
    axis = Finding("ui.axis gap", (("unit", Words(study.currency)),))
    caption = Finding(
        "find.rows caption", (("unit", Words(study.currency)), ("level", Amount(index.config.gap.level, "level")))
    )
    head = Finding(
        "find.rows title",
        (("benchmark", Brand(verdict.benchmark)), ("focal", Brand(study.focal)), ("period", When(verdict.period))),
    )
    places = split_decimals(index, stem, most=3)
    told = (("product", product), ("name", name), ("gap", whole))
    identity = Finding("find.identity", tuple((n, replace(index.amount(p), places=places)) for n, p in told))

    def shown(point: Point, form: Form, role: str) -> Amount:
        amount = index.amount(point, form)
        return amount if role == "part" else replace(amount, places=places)

    grid = Grid("rows", head, (Term("what.attribute"), Term("ui.gap"), Term("ui.interval")), tuple(
        Row((Cell((label,), "label"), Cell((shown(p, "signed", role),), "number"), Cell(((shown(p, "interval", role) if p.hi > p.lo else Term("ui.exact")),), "number")), role != "part")
        for label, p, role in points
    ), stacks=False)  # fmt: skip
    figure = Figure(head, (RowsChart("rows", marks, axis, bars=True),), caption)
    return Section("rows", title, (figure, Paragraph(identity, "formula"), grid))


def no_split(index: Index, verdict: Verdict | None) -> Iterator[Block]:
    """Say why there is no split."""
    refusal = index.refusal(verdict.estimate) if verdict is not None else None
    refusal = refusal or next((r for r in index.refusals if r.id.startswith("gap.price_lens.")), None)
    if refusal is not None:
        facts: tuple[tuple[str, Fact], ...] = (
            ("why", Term(f"why.{refusal.why}")),
            ("needs", needs_of(index, refusal.needs)),
        )
        yield Paragraph(Finding("find.rows none", facts))


def moves_section(index: Index) -> Section:
    """Return how the split moves when somebody else makes the choices."""
    title = Finding("ui.section moves")
    figures, refused = [], []
    for half in HALVES:
        rows, left = _move_rows(index, half)
        verdict = main_verdicts(index).get(half)
        own = index.point(verdict.estimate) if verdict is not None else None
        if rows and own is not None:
            axis = Finding("ui.axis gap", (("unit", Words(index.config.study.currency)),))
            figures.append((half, RowsChart(f"moves-{half}", rows, axis, bars=False, guide=own.value)))
        refused += left
    if not figures:
        return Section("moves", title, (Paragraph(Finding("find.moves none")),))
    level = Amount(index.config.gap.level, "level")
    caption = Finding("find.moves caption", (("unit", Words(index.config.study.currency)), ("level", level)))
    blocks: list[Block] = [Paragraph(f) for f in _move_range(index)]
    blocks += [
        Figure(Finding(f"find.moves title {half}"), (chart,), caption if half == figures[-1][0] else None)
        for half, chart in figures
    ]
    if refused:
        facts: tuple[tuple[str, Fact], ...] = (("moves", Many(tuple(dict.fromkeys(refused)), "ui.list")),)
        blocks.append(Paragraph(Finding("find.moves refused", facts), "note"))
    return Section("moves", title, tuple(blocks))


def _move_rows(index: Index, half: str) -> tuple[tuple[RowMark, ...], list[Fact]]:
    rows: list[RowMark] = []
    refused: list[Fact] = []
    for estimate in index.starting("move."):
        if not estimate.id.endswith(f".{half}") or isinstance(estimate, Bound):
            continue
        label = Need("move", estimate.what.removeprefix(f"{half} half, "))
        if isinstance(estimate, Refusal):
            refused.append(label)
        else:
            rows.append(RowMark(label, estimate.value, estimate.lo, estimate.hi, "other"))
    return tuple(rows), refused


def _move_range(index: Index) -> Iterator[Finding]:
    ranges = {half: index.bound(f"move.range.{half}") for half in HALVES}
    product, name = ranges["product"], ranges["name"]
    if product is None or name is None:
        return
    facts: list[tuple[str, Fact]] = [
        (half, Amount(bound.lo, "money", bound.lo, bound.hi, bound.id, "distance range"))
        for half, bound in (("product", product), ("name", name))
    ]
    stays = {half: b.lo > 0 or b.hi < 0 for half, b in (("product", product), ("name", name))}
    robust = (
        "both" if all(stays.values()) else "none" if not any(stays.values()) else next(h for h in HALVES if stays[h])
    )
    yield Finding("find.moves range", (*facts, ("robust", Term(f"find.robust {robust}"))))


def readings_section(index: Index) -> Section:
    """Return what naive readings of the same rows say, beside ours."""
    title = Finding("ui.section readings")
    if not index.readings:
        return Section("readings", title, (Paragraph(Finding("find.readings none")),))
    columns = tuple(Term(f"ui.{h}") for h in ("naive", "half", "naive says", "value", "difference", "we say", "flips"))
    rows = tuple(_reading_row(index, r) for r in index.readings)
    return Section("readings", title, (Grid("readings", Finding("find.readings title"), columns, rows),))


def _reading_row(index: Index, reading: Reading) -> Row:
    naive, difference = index.point(reading.naive), index.point(reading.difference)
    none = Term("ui.none")
    value: Fact = none if naive is None else index.amount(naive)
    ours = next((v for v in index.verdicts.values() if v.estimate == reading.ours), None)
    silent = ours is not None and not judged(ours)
    pair = [index.point(f"{reading.id}.{which}") for which in ("focal", "benchmark")]
    if pair[0] is not None and pair[1] is not None:
        facts: tuple[tuple[str, Fact], ...] = (("focal", index.amount(pair[0])), ("benchmark", index.amount(pair[1])))
        value = Finding("find.share pair", facts)
    return Row((
        Cell((Need("what", reading.what),), "label"), Cell((Term(f"half.{reading.half}"),)),
        Cell((Term(f"label.{reading.naive_label}"),), "verdict"), Cell((value,), "number"),
        Cell((none if difference is None else index.amount(difference, "signed"),), "number"),
        Cell((Term("label.not judged" if silent else f"label.{reading.ours_label}"),), "verdict"),
        Cell((Term("ui.flip yes" if reading.flips else "ui.flip no"),)),
    ), reading.flips)  # fmt: skip
