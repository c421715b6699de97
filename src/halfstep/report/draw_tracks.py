"""What was observed after an event against what was to be expected, and the same where nothing happened, drawn."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from halfstep.report.charts import Track, TracksChart
from halfstep.report.draw import (
    FOCAL,
    FONT,
    GRID,
    INK,
    MUTED,
    PALE,
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
    rules,
    texts,
    ticks,
)
from halfstep.report.labels import fit_text, spread, text_width
from halfstep.report.numbers import fixed
from halfstep.report.paths import number_mark

__all__ = ["tracks_svg"]

STYLES = {
    "observed": Style(color=INK, width=2.2),
    "expected": Style(color=REFERENCE, width=1.8, dash="5 3"),
    "difference": Style(color=FOCAL, width=2.4),
}
POINTS = 150
"""Points of a pale line that are drawn at most; a screen shows no more."""
OUTLYING = 0.05
"""Part of the pale lines' points at either end that need not fit into the frame."""

FAR = 100.0
"""Heights of the frame beyond it at which an interval without limit ends."""


def tracks_svg(chart: TracksChart, variant: Variant, about: str) -> Markup:
    """Return the lines, named at their right end, with the interval as an area and dates as numbered upright lines."""
    say, low_high = variant.speaker, _domain(chart)
    names = [fit_text(say.text(line.label), FONT, 80 if variant.narrow else 140) for line in chart.lines]
    right = int(max(text_width(name, FONT) for name in names) + 18)
    y_ticks = ticks(*low_high, 6)
    y_labels = _y_labels(chart, y_ticks)
    left = max(40, int(max((text_width(label, FONT - 1) for label in y_labels), default=0)) + 8)
    pad, height = (left, 44, right, 26), 240 if variant.narrow else 300
    x = (-0.5, len(chart.periods) - 0.5)
    frame = Frame(frame_id(chart.id, variant), x, low_high, variant.width - left - right, height, pad)
    zero = [(x[0], 0.0, x[1], 0.0)] if low_high[0] < 0 < low_high[1] else []
    marks = [(frame.px(at), -9.0, number_mark(n)) for at, n in chart.dates]
    layers: list[Markup] = [
        rules(frame, [(x[0], t, x[1], t) for t in y_ticks], Style(color=GRID)),
        *(path(frame, points, Style(color=PALE, width=0.8, opacity=0.7)) for line in chart.fan for points in _thin(line)),
        rules(frame, zero, Style(color=MUTED)),
        _area(frame, chart.band),
        *(rules(frame, [(at, low_high[0], at, low_high[1])], _upright(n)) for at, n in chart.dates),
        *(layer for line in chart.lines for layer in _line(line, frame)),
        *_ends(chart.lines, frame, names),
        texts([(-6, frame.py(t), label) for t, label in zip(y_ticks, y_labels, strict=True)], Style(align="end", color=MUTED, font=FONT - 1)),
        texts(_x_labels(chart, frame), Style(align="middle", color=MUTED, font=FONT - 1)),
        texts(_apart(marks), Style(align="middle")),
        texts([(6 - left, -33, fit_text(say.text(chart.y_title), FONT, variant.width - 12))], Style(color=MUTED)),
    ]  # fmt: skip
    return drawing(frame, about, layers)


def _upright(n: int) -> Style:
    """Return how a date is drawn: the event's own is strong, others are dotted."""
    return Style(color=INK, width=1.2) if n == 0 else Style(color=MUTED, dash="2 3")


def _domain(chart: TracksChart) -> tuple[float, float]:
    """Return what is drawn: lines whole, all but the outlying pale points; differences always with zero.

    Intervals do not widen it unless the chart asks for it: where they leave it they are cut.
    """
    values = [y for line in chart.lines for y in line.y if math.isfinite(y)]
    values += [y for _, *ends in chart.band for y in ends if chart.fits and math.isfinite(y)]
    pale = sorted(y for line in chart.fan for y in line if math.isfinite(y))
    if pale:
        cut = int(OUTLYING * len(pale))
        values += [pale[cut], pale[-1 - cut]]
    if chart.share or any(line.role == "difference" for line in chart.lines):
        values.append(0.0)
    lo, hi = min(values, default=0.0), max(values, default=1.0)
    if lo == hi:
        return lo - 1.0, hi + 1.0
    air = 0.06 * (hi - lo)
    return lo - (0.0 if lo == 0 else air), hi + (0.0 if hi == 0 else air)


def _y_labels(chart: TracksChart, marks: Sequence[float]) -> list[str]:
    scale, sign = (100, "%") if chart.share else (1, "")
    places = max((len(f"{scale * t:.6f}".rstrip("0").partition(".")[2]) for t in marks), default=0)
    plus = ["+" if chart.share and t > 0 else "" for t in marks]
    return [before + fixed(scale * t, places) + sign for before, t in zip(plus, marks, strict=True)]


def _x_labels(chart: TracksChart, frame: Frame) -> list[tuple[float, float, str]]:
    """Return periods below the axis, every so many of them, so that they keep apart."""
    wide = max(text_width(key, FONT - 1) for key in chart.periods) + 14
    step = max(1, math.ceil(wide / (frame.width / len(chart.periods))))
    return [
        (frame.px(k), frame.height + 12, key)
        for k, key in enumerate(chart.periods)
        if k % step == 0 and frame.px(k) - wide / 2 > -frame.pad[0] and frame.px(k) + wide / 2 < frame.width + frame.pad[2]
    ]  # fmt: skip


def _pieces(values: Sequence[float]) -> Iterator[list[tuple[float, float]]]:
    """Yield the unbroken stretches of a line."""
    piece: list[tuple[float, float]] = []
    for k, value in enumerate(values):
        if math.isfinite(value):
            piece.append((float(k), value))
        elif piece:
            yield piece
            piece = []
    if piece:
        yield piece


def _thin(values: Sequence[float]) -> Iterator[list[tuple[float, float]]]:
    step = math.ceil(len(values) / POINTS)
    for piece in _pieces(values):
        if len(piece) > 1:
            yield [*piece[:-1:step], piece[-1]]


def _line(line: Track, frame: Frame) -> Iterator[Markup]:
    style = STYLES[line.role]
    for piece in _pieces(line.y):
        yield path(frame, piece, style) if len(piece) > 1 else dots(frame, piece, Style(color=style.color, radius=3))


def _area(frame: Frame, band: Sequence[tuple[float, float, float]]) -> Markup:
    """Return the interval as one shaded area, cut at the frame."""
    known = [(k, lo, hi) for k, lo, hi in band if not (math.isnan(lo) or math.isnan(hi))]
    if not known:
        return ""
    if len(known) == 1:
        k, lo, hi = known[0]
        known = [(k - 0.3, lo, hi), (k + 0.3, lo, hi)]

    def held(y: float) -> float:
        beyond = FAR * (frame.y[1] - frame.y[0])
        return frame.py(min(max(y, frame.y[0] - beyond), frame.y[1] + beyond))

    corners = [(frame.px(k), held(hi)) for k, _, hi in known] + [
        (frame.px(k), held(lo)) for k, lo, _ in reversed(known)
    ]
    points = " ".join(f"{x:.1f},{y:.1f}" for x, y in corners)
    return f'<polygon points="{points}" fill="{REFERENCE}" opacity="0.16" clip-path="url(#{frame.id}-clip)"/>'


def _apart(marks: list[tuple[float, float, str]]) -> list[tuple[float, float, str]]:
    """Keep the numbers of dates from covering one another."""
    if not marks:
        return []
    ordered = sorted(marks)
    where = spread([mark[0] for mark in ordered], 14.0, 0.0, 1e9)
    return [(x, mark[1], mark[2]) for x, mark in zip(where, ordered, strict=True)]


def _ends(lines: Sequence[Track], frame: Frame, names: Sequence[str]) -> Iterator[Markup]:
    """Yield each line's name at the right, with a hairline to where the line ends."""
    last = [pieces[-1][-1] if (pieces := list(_pieces(line.y))) else (frame.x[1], 0.0) for line in lines]
    where = spread([frame.py(y) for _, y in last], FONT * 1.3, 4.0, frame.height - 2)
    for line, name, (x, y), at in zip(lines, names, last, where, strict=True):
        yield hairline((frame.px(x) + 2, frame.py(y)), (frame.width + 8, at))
        yield texts([(frame.width + 11, at, name)], Style(color=STYLES[line.role].color, bold=line.role != "expected"))
