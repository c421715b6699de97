"""The section on position: ladder, cut curve, why a share changed, price percentile, concentration of the line."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

import numpy as np

from halfstep.core.estimate import Bound
from halfstep.core.series import Series
from halfstep.report.charts import Line, LinesChart
from halfstep.report.finding import Amount, Brand, Fact, Finding, Many, Term, When, Words
from halfstep.report.index import Index
from halfstep.report.numbers import plain
from halfstep.report.page import Block, Cell, Figure, Grid, Paragraph, Row, Section
from halfstep.report.paths import held_by, order, years
from halfstep.report.switches import how_counted, switch_blocks

__all__ = ["position_section"]

BASES = ("units", "value")
CAUSES = ("own_prices", "own_mix", "entry_and_exit", "rivals")


def position_section(index: Index) -> Section:
    """Return where the focal brand and its benchmarks stand in the market."""
    blocks: list[Block] = [Paragraph(how_counted(index), "note")]
    if index.config.bands is None:
        blocks.append(Paragraph(Finding("find.position none")))
    else:
        blocks += [grid for grid in (_ladder(index, basis) for basis in BASES) if grid is not None]
    blocks += [figure for figure in (_cut(index),) if figure is not None]
    blocks += switch_blocks(index)
    changes = _changes(index)
    if changes is not None:
        blocks += [changes, Paragraph(Finding("find.change note"), "note")]
    around = _around_events(index)
    if around is not None:
        blocks += [around, Paragraph(Finding("find.around note"), "note")]
    blocks += [block for block in (_percentiles(index), _line(index)) if block is not None]
    return Section("position", Finding("ui.section position"), tuple(blocks))


def _own(index: Index, stem: str) -> dict[str, Series]:
    """Return brand -> series of one kind, the focal brand first."""
    found = {s.id.removeprefix(stem): s for s in index.series.values() if s.id.startswith(stem) and len(s.index)}
    return {brand: found[brand] for brand in order(index, list(found))}


def _compared(index: Index, found: dict[str, Series]) -> dict[str, Series]:
    wanted = (index.config.study.focal, *index.config.study.benchmarks)
    return {brand: s for brand, s in found.items() if brand in wanted}


def _ladder(index: Index, basis: str) -> Grid | None:
    found = _own(index, f"position.band.{basis}.")
    bands = index.config.bands
    if bands is None or not found:
        return None
    period = max((label[0] for s in found.values() for label in s.index), key=lambda key: years(key)[0])
    heads: list[Fact] = [Term("ui.brand"), *_band_heads(bands.edges)]
    rows = []
    for brand, series in found.items():
        place = {label: k for k, label in enumerate(series.index)}
        cells = [Cell((Brand(brand),), "label")]
        for band in range(len(bands.edges) + 1):
            k = place.get((period, str(band)))
            value = None if k is None else float(series.value[k])
            shown: Fact = Term("ui.none") if k is None else index.at(series, k)
            cells.append(Cell((shown,), "number", value))
        rows.append(Row(tuple(cells), brand == index.config.study.focal))
    facts: tuple[tuple[str, Fact], ...] = (("basis", Term(f"find.basis {basis}")), ("period", When(period)))
    return Grid(f"ladder-{basis}", Finding("find.band title", facts), tuple(heads), tuple(rows), stacks=False)


def _band_heads(edges: tuple[float, ...]) -> Iterator[Finding]:
    yield Finding("ui.below", (("hi", _edge(edges[0])),))
    for lo, hi in pairwise(edges):
        yield Finding("ui.band", (("lo", _edge(lo)), ("hi", _edge(hi))))
    yield Finding("ui.above", (("lo", _edge(edges[-1])),))


def _edge(value: float) -> Words:
    return Words(plain(value))


def _cut(index: Index) -> Figure | None:
    found = _compared(index, _own(index, "position.cut.units."))
    lines = tuple(_cut_line(index, brand, series, n) for n, (brand, series) in enumerate(found.items(), start=-1))
    if not any(line.x for line in lines):
        return None
    period = _last_period(index)
    facts: tuple[tuple[str, Fact], ...] = (("basis", Term("find.basis units")), ("period", When(period)))
    unit = Finding("ui.axis threshold", (("unit", Words(index.config.study.currency)),))
    chart = LinesChart("cut", lines, unit, Term("ui.axis share above"), steps=True, time=False)
    return Figure(Finding("find.cut title", facts), (chart,), Finding("find.cut caption"))


def _last_period(index: Index) -> str:
    keys = [label[0] for s in index.series.values() if s.id.startswith("position.share.") for label in s.index]
    return max(keys, key=lambda key: years(key)[0], default="")


def _first_places(index: Index, brand: str) -> list[Bound]:
    """Return the stretches in which a brand is number one; another brand's name may start with this one and a point."""
    stem = f"position.first.units.{brand}."
    found = (e for e in index.starting(stem) if e.id.removeprefix(stem).isdigit())
    return [e for e in found if isinstance(e, Bound)]


def _cut_line(index: Index, brand: str, series: Series, turn: int) -> Line:
    points = [
        (float(label[0]), float(v)) for label, v in zip(series.index, series.value, strict=True) if label[1] == "share"
    ]
    points.sort()
    kept = [
        p
        for i, p in enumerate(points)
        if i in (0, len(points) - 1) or p[1] != points[i + 1][1] or p[1] != points[i - 1][1]
    ]
    firsts = _first_places(index, brand)
    role = "focal" if brand == index.config.study.focal else "other"
    return Line(
        brand,
        role,
        tuple(p[0] for p in kept),
        tuple(p[1] for p in kept),
        tuple((e.lo, e.hi) for e in firsts),
        max(turn, 0),
    )


def _changes(index: Index) -> Grid | None:
    totals = [e for e in index.starting("position.change.") if e.id.endswith(".total")]
    rows = []
    for total in totals:
        stem = total.id.removesuffix(".total")
        span, _, edge = stem.removeprefix("position.change.").partition(".")
        points = [index.point(f"{stem}.{cause}") for cause in CAUSES]
        point = index.point(total.id)
        if point is None or any(p is None for p in points):
            continue
        shown = [Amount(p.value, "points", p.lo, p.hi, p.id, "signed") for p in points if p is not None]
        rows.append(Row((
            Cell((When(span, short=True),), "label"), Cell((Words(edge),), "number"),
            *(Cell((a,), "number") for a in shown), Cell((Amount(point.value, "points", ref=point.id, form="signed"),), "number"),
        )))  # fmt: skip
    if not rows:
        return None
    causes = (Term(f"cause.{cause.replace('_', ' ')}") for cause in CAUSES)
    columns = (Term("ui.from to"), Term("ui.cut"), *causes, Term("ui.total"))
    title = Finding("find.change title", (("focal", Brand(index.config.study.focal)),))
    return Grid("changes", title, columns, tuple(rows))


def _around_events(index: Index) -> Grid | None:
    """Return each event's brand and its share of the market from the period before to two periods after."""
    rows = []
    for event in index.config.events:
        series = index.series.get(f"position.share.{event.brand}")
        keys = [] if series is None else [label[0] for label in series.index]
        held = held_by(index, event)
        if series is None or held not in keys:
            continue
        at = keys.index(held)
        cells = [
            Cell((replace(index.at(series, k), places=2) if 0 <= k < len(keys) else Term("ui.none"),), "number")
            for k in range(at - 1, at + 3)
        ]
        rows.append(
            Row(
                (Cell((Words(event.label),), "label"), Cell((Brand(event.brand),)), Cell((When(event.period),)), *cells)
            )
        )
    columns = tuple(
        Term(f"ui.{key}") for key in ("event", "brand", "period", "one before", "at", "one after", "two after")
    )
    return Grid("around", Finding("find.around title"), columns, tuple(rows)) if rows else None


def _percentiles(index: Index) -> Figure | None:
    lines = []
    for turn, (brand, series) in enumerate(_own(index, "position.percentile.").items(), start=-1):
        middle = [float(np.mean(years(label[0]))) for label in series.index]
        known = [(x, float(y)) for x, y in zip(middle, series.value, strict=True) if np.isfinite([x, y]).all()]
        role = "focal" if brand == index.config.study.focal else "other"
        if known:
            lines.append(Line(brand, role, tuple(p[0] for p in known), tuple(p[1] for p in known), turn=max(turn, 0)))
    if not lines:
        return None
    chart = LinesChart(
        "percentile", tuple(lines), Term("ui.axis period"), Term("ui.axis percentile"), steps=False, time=True, top=1.0
    )
    return Figure(Finding("find.percentile title"), (chart,), Finding("find.percentile caption"))


def _line(index: Index) -> Grid | None:
    """Return, per brand, how concentrated its line is and the best place it holds above any price."""
    stem = "position.best_rank.units."
    brands = order(index, [e.id.removeprefix(stem) for e in index.starting(stem)])
    rows = []
    for brand in brands:
        names = (f"position.largest.{brand}", f"position.line.{brand}", f"{stem}{brand}")
        points = [index.point(name) for name in names]
        firsts = _first_places(index, brand)
        where: Fact = Many(tuple(index.amount(e) for e in firsts), "ui.list") if firsts else Term("ui.never")
        cells = tuple(Cell((Term("ui.none") if p is None else index.amount(p),), "number") for p in points)
        rows.append(Row((Cell((Brand(brand),), "label"), *cells, Cell((where,))), brand == index.config.study.focal))
    if not rows:
        return None
    columns = tuple(Term(f"ui.{h}") for h in ("brand", "largest", "Herfindahl", "best rank", "stretches"))
    return Grid("line", Finding("find.line title"), columns, tuple(rows))
