"""The section on names through time: one panel a brand, events as numbered marks, and when a gap closed."""

from __future__ import annotations

import math
from collections.abc import Iterator

from halfstep.core.config import Event
from halfstep.core.errors import MisuseError
from halfstep.core.estimate import Bound, Point
from halfstep.core.period import Period, parse_period
from halfstep.core.series import Series
from halfstep.data.cells.dates import within_period
from halfstep.report.charts import PanelChart, Stretch
from halfstep.report.comparison import needs_of
from halfstep.report.finding import Amount, Brand, Fact, Finding, Many, Term, When, Words
from halfstep.report.index import Index
from halfstep.report.page import Block, Figure, Listing, Paragraph, Section

__all__ = ["held_by", "order", "path_section", "years"]

BLOCK = "/"
CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"


def years(key: str) -> tuple[float, float]:
    """Return where a period or block starts and stops, in years; a year spans its own length."""
    ends = [_period(part) for part in key.split(BLOCK)]
    first, last = ends[0], ends[-1]
    if first is None or last is None:
        return math.nan, math.nan
    return (
        first.year + first.season / first.frequency,
        last.year + (last.season + 1) / last.frequency,
    )


def order(index: Index, brands: list[str]) -> list[str]:
    """Return brands with the focal one first, then benchmarks, parent, the others."""
    study, shown = index.config.study, index.config.brands.shown
    wanted = dict.fromkeys(
        (study.focal, *study.benchmarks, *((study.parent,) if study.parent else ()), *shown, *brands)
    )
    return [b for b in wanted if b in brands]


def held_by(index: Index, event: Event) -> str | None:
    """Return the period of the sales table in which an event lies; None where it is longer than one."""
    priced = index.outcome.inputs.priced
    return None if priced is None else within_period(event.period, priced[0].frequency)


def path_section(index: Index) -> Section:
    """Return the name through time."""
    title = Finding("ui.section path")
    stem = "hedonic.path."
    found = {s.id.removeprefix(stem): s for s in index.series.values() if s.id.startswith(stem) and len(s.index)}
    found = {brand: s for brand, s in found.items() if all(math.isfinite(years(label[0])[0]) for label in s.index)}
    blocks: list[Block] = []
    if found:
        charts = _panels(index, {b: found[b] for b in order(index, list(found))})
        heads = tuple(Brand(b) for b in order(index, list(found)))
        caption = Finding("find.path caption", (("level", Amount(index.config.gap.level, "level")),))
        blocks.append(Figure(Finding("find.path title"), charts, caption, heads))
        events = _event_list(index)
        if events:
            blocks.append(Paragraph(Finding("find.path events", (("events", Many(tuple(events), "ui.list")),)), "note"))
    else:
        blocks.append(Paragraph(Finding("find.path none")))
    now = tuple(_gap_now(index)) + tuple(_closing(index))
    if now:
        blocks.append(Listing(now))
    return Section("path", title, tuple(blocks))


def _panels(index: Index, found: dict[str, Series]) -> tuple[PanelChart, ...]:
    spans = [years(label[0]) for s in found.values() for label in s.index]
    frame = (min(s[0] for s in spans), max(s[1] for s in spans))
    values = [float(v) for s in found.values() for v in s.value]
    lows, highs = [float(v) for s in found.values() for v in s.lo], [float(v) for s in found.values() for v in s.hi]
    room = 0.35 * max(max(values) - min(values), 0.2)
    limits = (max(min(lows), min(*values, 0.0) - room), min(max(highs), max(*values, 0.0) + room))
    return tuple(
        PanelChart(
            id=f"path-{n}",
            focal=brand == index.config.study.focal,
            stretches=tuple(_stretches(series)),
            years=frame,
            range=limits,
            events=tuple(_marks(index, brand, frame)),
        )
        for n, (brand, series) in enumerate(found.items())
    )


def _stretches(series: Series) -> Iterator[Stretch]:
    for label, value, lo, hi in zip(series.index, series.value, series.lo, series.hi, strict=True):
        start, stop = years(label[0])
        yield Stretch(start, stop, float(value), float(lo), float(hi))


def _marks(index: Index, brand: str, frame: tuple[float, float]) -> Iterator[tuple[float, int]]:
    for n, event in enumerate(index.config.events):
        when = years(held_by(index, event) or event.period)[0]
        if event.brand == brand and frame[0] <= when <= frame[1]:
            yield when, n


def _event_list(index: Index) -> Iterator[Finding] | list[Finding]:
    return [
        Finding("find.event", (
            ("number", Words(number_mark(n))), ("period", When(event.period)), ("label", Words(event.label)),
        ))
        for n, event in enumerate(index.config.events)
    ]  # fmt: skip


def number_mark(n: int) -> str:
    """Return the sign of the event with this running number."""
    return CIRCLED[n] if n < len(CIRCLED) else f"({n + 1})"


def _gap_now(index: Index) -> Iterator[Finding]:
    focal = index.config.study.focal
    path = index.series.get(f"gap.name_path.{focal}")
    if path is None:
        return
    for benchmark in dict.fromkeys(label[0] for label in path.index):
        k = max(i for i, label in enumerate(path.index) if label[0] == benchmark)
        band = index.series.get(f"gap.name_path.{focal}.band.{benchmark}")
        facts: list[tuple[str, Fact]] = [
            ("benchmark", Brand(benchmark)), ("focal", Brand(focal)), ("period", When(path.index[k][1])), ("gap", index.at(path, k, "signed both")),
        ]  # fmt: skip
        if band is not None and len(band.index) > 1:
            facts.append(("band", index.at(band, len(band.index) - 1, "interval")))
            yield Finding("find.name now band", tuple(facts))
        else:
            yield Finding("find.name now", tuple(facts))


def _closing(index: Index) -> Iterator[Finding]:
    refused: dict[tuple[str, tuple[str, ...]], list[Fact]] = {}
    for benchmark in index.config.study.benchmarks:
        stem = f"gap.closing.{benchmark}"
        refusal, bound, point = index.refusal(stem), index.bound(stem), index.point(f"{stem}.probability")
        if refusal is not None:
            refused.setdefault((refusal.why, refusal.needs), []).append(Brand(benchmark))
        elif bound is not None and point is not None:
            yield _closed(index, benchmark, bound, point)
    for (why, needs), brands in refused.items():
        facts: tuple[tuple[str, Fact], ...] = (("benchmark", Many(tuple(brands))), ("why", Term(f"why.{why}")))
        yield Finding("find.closing none", (*facts, ("needs", needs_of(index, needs))))


def _closed(index: Index, benchmark: str, bound: Bound, point: Point) -> Finding:
    start = Amount(bound.lo, "year", ref=bound.id)
    kind = "" if math.isfinite(bound.hi) else " since" if math.isfinite(bound.lo) else " never"
    when: Fact = start
    if not kind and bound.lo < bound.hi:
        when = Many((start, Amount(bound.hi, "year", ref=bound.id)), "ui.until")
    return Finding(f"find.closing{kind}", (
        ("benchmark", Brand(benchmark)), ("probability", index.amount(point)), ("period", when),
        ("level", Amount(index.config.gap.level, "level")),
    ))  # fmt: skip


def _period(text: str) -> Period | None:
    try:
        return parse_period(text)
    except MisuseError:
        return None
