"""Rows of bars or dots with intervals as a Vega-Lite drawing."""

from __future__ import annotations

import math

from halfstep.report.charts import RowMark, RowsChart
from halfstep.report.draw import (
    FOCAL,
    FONT,
    GRID,
    INK,
    MUTED,
    OTHER,
    REFERENCE,
    Frame,
    Markup,
    Style,
    Variant,
    dots,
    drawing,
    frame_id,
    rects,
    rules,
    texts,
    ticks,
)
from halfstep.report.labels import fit_text, fold, text_width
from halfstep.report.numbers import fixed

__all__ = ["rows_svg"]

LINE = 15
BAR = 16


def rows_svg(chart: RowsChart, variant: Variant, about: str) -> Markup:
    """Return the rows; on a narrow screen labels stand above their rows."""
    say = variant.speaker.text
    labels = [say(row.label) for row in chart.rows]
    beside = 0 if variant.narrow else math.ceil(min(max(text_width(t, FONT) for t in labels) + 14, 300))
    pad = (beside if beside else 18, 6, 18, 46)
    width = variant.width - pad[0] - pad[2]
    lines = [fold(t, FONT, beside - 12 if beside else width) for t in labels]
    tops, total = _tops(lines, bool(beside))
    frame = Frame(frame_id(chart.id, variant), _domain(chart), (total, 0.0), width, total, pad)
    middles = [
        top + (0 if beside else LINE * len(ls)) + _high(ls, bool(beside)) / 2
        for top, ls in zip(tops, lines, strict=True)
    ]
    marks = ticks(*frame.x, 5 if variant.narrow else 8)
    layers: list[Markup] = [
        rules(frame, [(t, 0.0, t, total) for t in marks], Style(color=GRID)),
        rules(frame, [(0.0, 0.0, 0.0, total)] if frame.x[0] <= 0 <= frame.x[1] else [], Style(color=MUTED)),
        *_rows(chart, frame, middles),
        *_row_labels(lines, tops, middles, frame, bool(beside), chart.rows),
        *_axis(frame, marks, fit_text(say(chart.axis), FONT, variant.width - 20), variant),
    ]
    return drawing(frame, about, layers)


def _high(lines: list[str], beside: bool) -> float:
    return max(LINE * len(lines) + 10, BAR + 12) if beside else BAR + 8


def _tops(lines: list[list[str]], beside: bool) -> tuple[list[float], float]:
    tops, y = [], 4.0
    for ls in lines:
        tops.append(y)
        y += _high(ls, beside) + (0 if beside else LINE * len(ls) + 4)
    return tops, y


def _domain(chart: RowsChart) -> tuple[float, float]:
    values = [v for row in chart.rows for v in (row.lo, row.value, row.hi)]
    values += [0.0] if chart.bars or chart.guide is None else [chart.guide, 0.0]
    lo, hi = min(values), max(values)
    air = 0.04 * max(hi - lo, 1e-9)
    return lo - (air if lo < 0 else 0), hi + (air if hi > 0 else 0) + (1.0 if hi == lo else 0)


def _rows(chart: RowsChart, frame: Frame, middles: list[float]) -> list[Markup]:
    layers: list[Markup] = []
    if chart.guide is not None:
        layers.append(
            rules(frame, [(chart.guide, frame.y[0], chart.guide, frame.y[1])], Style(color=FOCAL, dash="4 3"))
        )
    colours = {"part": OTHER, "total": FOCAL, "rest": REFERENCE, "whole": INK, "other": INK}
    for row, y in zip(chart.rows, middles, strict=True):
        at, colour = y, colours[row.role]
        if chart.bars:
            edges = (y - BAR / 2, y + BAR / 2)
            layers.append(
                rects(
                    frame,
                    [(0.0, edges[0], row.value, edges[1])],
                    Style(color=colour, opacity=0.55 if row.role == "part" else 0.8),
                )
            )
        if row.hi > row.lo:
            layers.append(
                rules(frame, [(row.lo, at, row.hi, at)], Style(color=INK if chart.bars else MUTED, width=1.6))
            )
        if not chart.bars:
            layers.append(dots(frame, [(row.value, at)], Style(color=INK, radius=4)))
    return layers


def _row_labels(
    lines: list[list[str]],
    tops: list[float],
    middles: list[float],
    frame: Frame,
    beside: bool,
    rows: tuple[RowMark, ...],
) -> list[Markup]:
    layers = []
    for bold in (False, True):
        placed = []
        for ls, top, middle, row in zip(lines, tops, middles, rows, strict=True):
            if (row.role in ("total", "rest", "whole")) != bold:
                continue
            first = middle - LINE * (len(ls) - 1) / 2 if beside else top + LINE / 2
            placed += [(-10.0 if beside else 0.0, first + LINE * k, text) for k, text in enumerate(ls)]
        layers.append(texts(placed, Style(align="end" if beside else "start", bold=bold)))
    return layers


def _axis(frame: Frame, marks: list[float], title: str, variant: Variant) -> list[Markup]:
    h = frame.height
    places = max((len(f"{t:.6f}".rstrip("0").partition(".")[2]) for t in marks), default=0)
    shown = [(frame.px(t), h + 12, fixed(t, places)) for t in marks]
    return [
        texts(shown, Style(align="middle", color=MUTED, font=FONT - 1)),
        texts([(frame.width, h + 34, title)], Style(align="end", color=MUTED)),
    ]
