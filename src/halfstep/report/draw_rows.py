"""Rows of bars or dots with intervals, drawn."""

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
AIR = 8
BAR = 16
FAR = 1.5
"""An interval is cut where it is this many spreads of the other marks away from them."""
BOLD = ("total", "rest", "whole", "head")
COLOURS = {
    "part": OTHER,
    "total": FOCAL,
    "rest": REFERENCE,
    "whole": INK,
    "other": INK,
    "price lens": REFERENCE,
    "2sls": FOCAL,
    "choice lens": INK,
    "common": FOCAL,
    "ols": OTHER,
}


def rows_svg(chart: RowsChart, variant: Variant, about: str) -> Markup:
    """Return the rows; on a narrow screen labels stand above their rows."""
    say = variant.speaker.text
    labels = [say(row.label) for row in chart.rows]
    beside = 0 if variant.narrow else math.ceil(min(max(text_width(t, FONT) for t in labels) + 14, 300))
    domain = _domain(chart)
    marks = ticks(*domain, 5 if variant.narrow else 8)
    edge = max(18, math.ceil(max((text_width(t, FONT - 1) for t in _told(marks)), default=0.0) / 2) + 1)
    pad = (beside if beside else edge, 6, edge, 46)
    width = variant.width - pad[0] - pad[2]
    lines = [fold(t, FONT, beside - 12 if beside else width) for t in labels]
    high = [_high(ls, row.role == "head", bool(beside)) for ls, row in zip(lines, chart.rows, strict=True)]
    tops, total = _tops(lines, high, [row.role == "head" for row in chart.rows], bool(beside))
    frame = Frame(frame_id(chart.id, variant), domain, (total, 0.0), width, total, pad)
    middles = [
        top + (0 if beside else LINE * len(ls)) + tall / 2 for top, ls, tall in zip(tops, lines, high, strict=True)
    ]
    layers: list[Markup] = [
        rules(frame, [(t, 0.0, t, total) for t in marks], Style(color=GRID)),
        rules(frame, [(0.0, 0.0, 0.0, total)] if frame.x[0] <= 0 <= frame.x[1] else [], Style(color=MUTED)),
        *_rows(chart, frame, middles),
        *_row_labels((lines, tops, middles), frame, bool(beside), chart.rows),
        *_axis(frame, marks, fit_text(say(chart.axis), FONT, variant.width - 20), variant),
    ]
    return drawing(frame, about, layers)


def _high(lines: list[str], head: bool, beside: bool) -> float:
    if head:
        return LINE * len(lines) + 10 if beside else 0.0
    return max(LINE * len(lines) + 10, BAR + 12) if beside else BAR + 8


def _tops(lines: list[list[str]], high: list[float], heads: list[bool], beside: bool) -> tuple[list[float], float]:
    """Return where each row starts and where the last ends; there is air above every head but the first."""
    tops: list[float] = []
    y = 4.0
    for ls, tall, head in zip(lines, high, heads, strict=True):
        y += AIR if head and tops else 0
        tops.append(y)
        y += tall + (0 if beside else LINE * len(ls) + 4)
    return tops, y


def _domain(chart: RowsChart) -> tuple[float, float]:
    """Return what is drawn: every value, and intervals as far as they are not out of all proportion."""
    values = [0.0, *(row.value for row in chart.rows), *([] if chart.guide is None else [chart.guide])]
    values += [
        end
        for row in chart.rows
        if row.role not in ("2sls", "common", "ols", "choice lens")
        for end in (row.lo, row.hi)
    ]
    core = [v for v in values if math.isfinite(v)]
    far = FAR * max(max(core) - min(core), 1e-9)
    ends = [v for row in chart.rows for v in (row.lo, row.hi) if not math.isnan(v)]
    lo = max(min([*core, *ends]), min(core) - far)
    hi = min(max([*core, *ends]), max(core) + far)
    air = 0.04 * max(hi - lo, 1e-9)
    return lo - (air if lo < 0 else 0), hi + (air if hi > 0 else 0) + (1.0 if hi == lo else 0)


def _rows(chart: RowsChart, frame: Frame, middles: list[float]) -> list[Markup]:
    layers: list[Markup] = []
    if chart.guide is not None:
        layers.append(
            rules(frame, [(chart.guide, frame.y[0], chart.guide, frame.y[1])], Style(color=FOCAL, dash="4 3"))
        )
    for row, at in zip(chart.rows, middles, strict=True):
        if row.role == "head":
            continue
        colour = COLOURS[row.role]
        if chart.bars:
            edges = (at - BAR / 2, at + BAR / 2)
            layers.append(
                rects(
                    frame,
                    [(0.0, edges[0], row.value, edges[1])],
                    Style(color=colour, opacity=0.55 if row.role == "part" else 0.8),
                )
            )
        if row.hi > row.lo:
            lo, hi = max(row.lo, frame.x[0]), min(row.hi, frame.x[1])
            of_lens = row.role in ("price lens", "2sls", "common", "ols", "choice lens")
            shade = INK if chart.bars else colour if of_lens else MUTED
            layers.append(rules(frame, [(lo, at, hi, at)], Style(color=shade, width=1.6)))
        if not chart.bars and math.isfinite(row.value):
            layers.append(
                dots(
                    frame,
                    [(row.value, at)],
                    Style(color=colour, radius=4, hollow=row.role in ("common", "ols"), width=1.6),
                )
            )
    return layers


def _row_labels(
    placing: tuple[list[list[str]], list[float], list[float]], frame: Frame, beside: bool, rows: tuple[RowMark, ...]
) -> list[Markup]:
    """Return the labels; `placing` holds each row's lines of text, its top and its middle."""
    layers = []
    for bold in (False, True):
        placed = []
        for ls, top, middle, row in zip(*placing, rows, strict=True):
            if (row.role in BOLD) != bold:
                continue
            first = middle - LINE * (len(ls) - 1) / 2 if beside else top + LINE / 2
            placed += [(-10.0 if beside else 0.0, first + LINE * k, text) for k, text in enumerate(ls)]
        layers.append(texts(placed, Style(align="end" if beside else "start", bold=bold)))
    return layers


def _told(marks: list[float]) -> list[str]:
    """Return the marks as printed, all with as many decimals as one of them needs."""
    places = max((len(f"{t:.6f}".rstrip("0").partition(".")[2]) for t in marks), default=0)
    return [fixed(t, places) for t in marks]


def _axis(frame: Frame, marks: list[float], title: str, variant: Variant) -> list[Markup]:
    h = frame.height
    shown = [(frame.px(t), h + 12, told) for t, told in zip(marks, _told(marks), strict=True)]
    return [
        texts(shown, Style(align="middle", color=MUTED, font=FONT - 1)),
        texts([(frame.width, h + 34, title)], Style(align="end", color=MUTED)),
    ]
