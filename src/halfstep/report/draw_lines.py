"""Lines over time or thresholds, and panels of paths with intervals, drawn."""

from __future__ import annotations

import math
from dataclasses import replace

from halfstep.report.charts import Line, LinesChart, PanelChart
from halfstep.report.draw import (
    FOCAL,
    FONT,
    GRID,
    MUTED,
    REFERENCE,
    Frame,
    Markup,
    Style,
    Variant,
    dots,
    drawing,
    frame_id,
    hairline,
    path,
    rects,
    rules,
    texts,
    ticks,
)
from halfstep.report.labels import fit_text, spread, text_width
from halfstep.report.numbers import fixed
from halfstep.report.paths import number_mark

__all__ = ["lines_svg", "panel_svg"]

PANEL_HEIGHT = 150
OTHERS = (REFERENCE, "#8a7436", "#4f8580", "#77716b", "#a4856f", "#5b5f8a")
"""Muted, apart in lightness and hue for common colour blindness; every line also bears its brand."""


def panel_svg(chart: PanelChart, variant: Variant, about: str) -> Markup:
    """Return one brand's path: flat pieces or points with intervals, events as numbered marks on top."""
    pad = (54, 20, 14, 24)
    x = (chart.years[0], max(chart.years[1], chart.years[0] + 1e-6))
    frame = Frame(chart.id, x, chart.range, variant.width - pad[0] - pad[2], PANEL_HEIGHT, pad)
    colour = FOCAL if chart.focal else REFERENCE
    y_ticks = _log_ticks(chart.range)
    years = [t for t in ticks(x[0], x[1] - 1e-9, 5) if t == int(t)]
    clipped = [(s, max(s.lo, chart.range[0]), min(s.hi, chart.range[1])) for s in chart.stretches]
    bands = [(s.start, lo, s.stop, hi) for s, lo, hi in clipped]
    joins = [(frame.px(when), -10.0, number_mark(n)) for when, n in chart.events]
    layers: list[Markup] = [
        rules(frame, [(x[0], t, x[1], t) for t in y_ticks], Style(color=GRID)),
        rules(frame, [(x[0], 0.0, x[1], 0.0)] if chart.range[0] < 0 < chart.range[1] else [], Style(color=MUTED)),
        rules(frame, [(when, chart.range[0], when, chart.range[1]) for when, _ in chart.events], Style(color=MUTED, dash="2 2")),
        rects(frame, bands, Style(color=colour, opacity=0.18)),
        rules(frame, [(s.start, s.value, s.stop, s.value) for s in chart.stretches], Style(color=colour, width=2.2)),
        texts([(-6, frame.py(t), _percent(t)) for t in y_ticks], Style(align="end", color=MUTED, font=FONT - 1)),
        texts([(frame.px(t), PANEL_HEIGHT + 12, f"{t:.0f}") for t in years], Style(align="middle", color=MUTED, font=FONT - 1)),
        texts(_apart(joins), Style(align="middle")),
    ]  # fmt: skip
    return drawing(frame, about, layers)


def _apart(marks: list[tuple[float, float, str]]) -> list[tuple[float, float, str]]:
    """Keep numbered marks of the same brand from covering one another."""
    if not marks:
        return []
    where = spread([m[0] for m in marks], 15.0, 0.0, 1e9)
    return [(x, m[1], m[2]) for x, m in zip(where, marks, strict=True)]


def _log_ticks(domain: tuple[float, float]) -> list[float]:
    """Return log points of round percentages, at most six."""
    rungs = [-0.9, -0.75, -0.5, -0.25, 0.0, 0.25, 0.5, 1.0, 2.0, 4.0, 9.0, 19.0]
    inside = [r for r in rungs if domain[0] <= math.log1p(r) <= domain[1]]
    if len(inside) < 3:
        inside = [r for r in (k / 20 for k in range(-10, 11)) if domain[0] <= math.log1p(r) <= domain[1]]
    while len(inside) > 6:
        inside = [
            r
            for r in inside
            if r == 0.0 or inside.index(r) % 2 == inside.index(0.0 if 0.0 in inside else inside[0]) % 2
        ]
    return [math.log1p(r) for r in inside]


def _percent(value: float) -> str:
    percent = 100 * math.expm1(value)
    return ("+" if percent > 0.5 else "") + fixed(percent, 0) + "%"


def lines_svg(chart: LinesChart, variant: Variant, about: str) -> Markup:
    """Return lines with their brands written at the right end."""
    say = variant.speaker
    labels = [say.brand(line.brand) if line.label is None else say.text(line.label) for line in chart.lines]
    names = [fit_text(label, FONT, 90 if variant.narrow else 150) for label in labels]
    right = int(max(text_width(n, FONT) for n in names) + 16)
    y_ticks = ticks(*_y_domain(chart), 6)
    y_labels = _y_labels(chart, y_ticks)
    left = max(44, int(max(text_width(label, FONT - 1) for label in y_labels)) + 8)
    pad = (left, 30, right, 46)
    height = 260 if variant.narrow else 320
    frame = Frame(
        frame_id(chart.id, variant),
        _x_domain(chart),
        _y_domain(chart),
        variant.width - pad[0] - pad[2],
        height,
        pad,
        log=not chart.time,
    )
    layers: list[Markup] = [
        rules(frame, [(frame.x[0], t, frame.x[1], t) for t in y_ticks], Style(color=GRID)),
        *(layer for line in sorted(chart.lines, key=lambda one: one.role == "focal") for layer in _line(line, frame, chart)),
        *_ends(chart, frame, names),
        texts([(-6, frame.py(t), label) for t, label in zip(y_ticks, y_labels, strict=True)], Style(align="end", color=MUTED, font=FONT - 1)),
        texts([(frame.px(t), height + 12, label) for t, label in _x_labels(chart, frame, variant)], Style(align="middle", color=MUTED, font=FONT - 1)),
        texts([(6 - left, -18, fit_text(say.text(chart.y_title), FONT, variant.width - 12))], Style(color=MUTED)),
        texts([(frame.width, height + 34, fit_text(say.text(chart.x_title), FONT, variant.width - right - 12))], Style(align="end", color=MUTED)),
    ]  # fmt: skip
    return drawing(frame, about, layers)


def _y_labels(chart: LinesChart, marks: list[float]) -> list[str]:
    """Return percentages, or plain numbers on a chart of units."""
    if chart.marks:
        places = max((len(f"{t:.6f}".rstrip("0").partition(".")[2]) for t in marks), default=0)
        return [fixed(t, places) for t in marks]
    places = 0 if all(abs(100 * t - round(100 * t)) < 1e-9 for t in marks) else 1
    return [fixed(100 * t, places) + "%" for t in marks]


def _x_labels(chart: LinesChart, frame: Frame, variant: Variant) -> list[tuple[float, str]]:
    """Return where the horizontal axis is marked, and how; the chart's own marks are thinned until they keep apart."""
    if not chart.marks:
        return [(t, f"{t:,.6g}" if not chart.time else f"{t:.0f}") for t in _x_ticks(chart, frame, variant)]
    told = [(x, variant.speaker.text(label)) for x, label in chart.marks if frame.x[0] <= x <= frame.x[1]]
    wide = max(text_width(label, FONT - 1) for _, label in told) + 10
    apart = [told[0]]
    for x, label in told[1:]:
        if frame.px(x) - frame.px(apart[-1][0]) >= wide:
            apart.append((x, label))
    return apart


def _x_domain(chart: LinesChart) -> tuple[float, float]:
    xs = [x for line in chart.lines for x in line.x]
    lo, hi = min(xs), max(xs)
    if chart.time:
        return (lo, hi) if hi > lo else (lo - 1, hi + 1)
    return (lo, hi) if hi > lo else (lo * 0.8, hi * 1.25)


def _y_domain(chart: LinesChart) -> tuple[float, float]:
    top = chart.top if chart.top is not None else max((y for line in chart.lines for y in line.y), default=1.0)
    low = min((y for line in chart.lines for y in line.y), default=0.0)
    return 1.04 * min(low, 0.0), max(top, 1.0 if chart.marks else 0.01) * 1.04


def _x_ticks(chart: LinesChart, frame: Frame, variant: Variant) -> list[float]:
    most = 5 if variant.narrow else 9
    if chart.time:
        whole = [t for t in ticks(*frame.x, most) if t == int(t)]
        return whole or [math.floor(frame.x[0])] * (frame.x[0] <= math.floor(frame.x[0]) <= frame.x[1])
    lo, hi = frame.x
    rungs = [
        d * 10.0**e
        for e in range(math.floor(math.log10(lo)) - 1, math.ceil(math.log10(hi)) + 1)
        for d in (1, 1.5, 2, 3, 4, 5, 6, 8)
    ]
    out: list[float] = []
    for rung in rungs:
        if lo <= rung <= hi and (not out or frame.px(rung) - frame.px(out[-1]) > 38):
            out.append(rung)
    return out or [lo]


def _line(line: Line, frame: Frame, chart: LinesChart) -> list[Markup]:
    colour = _colour(line)
    points = list(zip(line.x, line.y, strict=True))
    if len(points) == 1:
        return [dots(frame, points, Style(color=colour, radius=4.5))]
    mark = Style(color=colour, width=2.6 if line.role == "focal" else 1.5, step=chart.steps)
    layers = [path(frame, points, mark)]
    for start, stop in line.marked:
        piece = _piece(points, max(start, frame.x[0]), min(stop, frame.x[1]))
        if len(piece) > 1:
            layers.append(path(frame, piece, replace(mark, width=5)))
    return layers


def _colour(line: Line) -> str:
    """Return the focal brand's strong colour, muted ones in turn for the others."""
    return FOCAL if line.role == "focal" else OTHERS[line.turn % len(OTHERS)]


def _piece(points: list[tuple[float, float]], start: float, stop: float) -> list[tuple[float, float]]:
    """Cut a stretch out of a step line that is constant up to each point."""
    inner = [p for p in points if start < p[0] <= stop]
    if not inner:
        return []
    after = [p for p in points if p[0] >= stop]
    end = [(stop, after[0][1])] if after and inner[-1][0] < stop else []
    return [(start, inner[0][1]), *inner, *end]


def _ends(chart: LinesChart, frame: Frame, names: list[str]) -> list[Markup]:
    """Write brands at the right end, apart from one another, with a hairline to the line they belong to."""
    ends = [frame.py(line.y[-1]) for line in chart.lines]
    where = spread(ends, FONT * 1.3, 4.0, frame.height - 2)
    layers: list[Markup] = []
    for line, name, y, end in zip(chart.lines, names, where, ends, strict=True):
        colour = _colour(line)
        from_x = frame.px(line.x[-1])
        layers.append(hairline((from_x + 2, end), (frame.width + 8, y)))
        layers.append(texts([(frame.width + 11, y, name)], Style(color=colour, bold=line.role == "focal")))
    return layers
