"""The half-step map as a Vega-Lite drawing."""

from __future__ import annotations

from itertools import pairwise

from halfstep.report.charts import MapChart, MapPath
from halfstep.report.draw import (
    FOCAL,
    FONT,
    GRID,
    INK,
    MUTED,
    OTHER,
    PALE,
    REFERENCE,
    Frame,
    Markup,
    Style,
    Variant,
    dots,
    drawing,
    frame_id,
    path,
    rects,
    rules,
    text_layer,
    texts,
    ticks,
    upright,
)
from halfstep.report.finding import Term
from halfstep.report.labels import Box, Placed, fit_text, place, text_width
from halfstep.report.numbers import fixed

__all__ = ["map_svg"]


def map_svg(chart: MapChart, variant: Variant, about: str) -> Markup:
    """Return the map: paths, joint regions, margin box, labels that do not meet."""
    frame = _frame(chart, variant)
    layers = [*_ground(chart, variant, frame)]
    others = [p for p in chart.paths if not p.focal]
    for route in (*others, *(p for p in chart.paths if p.focal)):
        layers += _path(route, frame)
    return drawing(frame, about, [*layers, *_labels(chart, variant, frame)])


def _frame(chart: MapChart, variant: Variant) -> Frame:
    points = [point for route in chart.paths for point in route.points]
    xs = [0.0, -chart.margin, chart.margin, *(v for p in points for v in (p.x, *p.reach[:2]))]
    ys = [0.0, -chart.margin, chart.margin, *(v for p in points for v in (p.y, *p.reach[2:]))]
    x, y = _roomy(xs, [p.x for p in points]), _roomy(ys, [p.y for p in points])
    y_ticks = ticks(*y, 7)
    widest = max((text_width(_signed(t, y_ticks), FONT - 1) for t in y_ticks), default=0.0)
    pad = (max(62, round(widest) + 26), 10, 16, 52)
    height = 360 if variant.narrow else 460
    return Frame(frame_id(chart.id, variant), x, y, variant.width - pad[0] - pad[2], height, pad)


def _roomy(values: list[float], centres: list[float]) -> tuple[float, float]:
    """Return a domain with air; an interval far wider than the spread of the points is cut."""
    low, high = min(0.0, *centres), max(0.0, *centres)
    limit = 0.8 * max(high - low, 1e-9)
    lo, hi = max(min(values), low - limit), min(max(values), high + limit)
    air = 0.07 * max(hi - lo, 1e-9)
    return lo - air, hi + air


def _ground(chart: MapChart, variant: Variant, frame: Frame) -> list[Markup]:
    say = variant.speaker.text
    x_ticks, y_ticks = ticks(*frame.x, 5 if variant.narrow else 8), ticks(*frame.y, 7)
    grid = [(t, frame.y[0], t, frame.y[1]) for t in x_ticks] + [(frame.x[0], t, frame.x[1], t) for t in y_ticks]
    m = chart.margin
    zero = [(0.0, frame.y[0], 0.0, frame.y[1]), (frame.x[0], 0.0, frame.x[1], 0.0)]
    h, w = frame.height, frame.width
    short, ahead = say(Term("ui.axis short")), say(Term("ui.axis ahead"))
    x_name, y_name = say(Term("ui.axis map x")), say(Term("ui.axis map y"))
    gap = "" if variant.speaker.lang == "zh" else " "
    return [
        rules(frame, grid, Style(color=GRID, width=1)),
        rects(frame, [(-m, -m, m, m)], Style(color=PALE, opacity=0.55)),
        rules(frame, zero, Style(color=MUTED, width=1)),
        texts([(frame.px(t), h + 12, _signed(t, x_ticks)) for t in x_ticks], Style(align="middle", color=MUTED, font=FONT - 1)),
        texts([(-6, frame.py(t), _signed(t, y_ticks)) for t in y_ticks], Style(align="end", color=MUTED, font=FONT - 1)),
        texts([(0, h + 34, f"← {x_name}{gap}{short}")], Style()),
        texts([(w, h + 34, f"{x_name}{gap}{ahead} →")], Style(align="end")),
        upright([(12 - frame.pad[0], h, f"← {y_name}{gap}{short}")], Style()),
        upright([(12 - frame.pad[0], 0, f"{y_name}{gap}{ahead} →")], Style(align="end")),
    ]  # fmt: skip


def _signed(value: float, all_ticks: list[float]) -> str:
    step = min((b - a for a, b in pairwise(all_ticks)), default=abs(value) or 1.0)
    places = max(0, -int(f"{step:e}".partition("e")[2]) + (1 if f"{step:e}"[2] != "0" else 0))
    return ("+" if value > 0 else "") + fixed(value, places)


def _path(route: MapPath, frame: Frame) -> list[Markup]:
    colour = FOCAL if route.focal else OTHER
    layers = [
        path(frame, p.region, Style(color=colour, width=1, opacity=0.9 if route.focal else 0.55, dash="3 2"))
        for p in route.points
        if p.region
    ]  # fmt: skip
    spots = [(p.x, p.y) for p in route.points]
    if len(spots) > 1:
        layers.append(path(frame, spots, Style(color=colour, width=2.4 if route.focal else 1.6)))
        layers.append(dots(frame, spots[:-1], Style(color=colour, width=1.5, radius=3, hollow=True)))
    layers.append(dots(frame, spots[-1:], Style(color=colour, radius=6.5 if route.focal else 5)))
    return layers


def _labels(chart: MapChart, variant: Variant, frame: Frame) -> list[Markup]:
    """Place brand names first, then the benchmark, quadrant words, periods; what finds no room is left out."""
    say = variant.speaker
    taken = [_dot(frame, p.x, p.y, 7) for route in chart.paths for p in route.points] + [_dot(frame, 0, 0, 4)]
    paths = sorted(chart.paths, key=lambda p: not p.focal)
    focal: list[Placed] = []
    brands: list[Placed] = []
    for route in paths:
        last = route.points[-1]
        text = fit_text(say.brand(route.brand), FONT + 1, frame.width * 0.5)
        found = _try(text, (frame.px(last.x), frame.py(last.y)), FONT + 1, taken, frame, 9.0)
        if found is not None:
            (focal if route.focal else brands).append(found)
            taken.append(found.box)
    home = fit_text(say.brand(chart.benchmark), FONT + 1, frame.width * 0.5)
    origin = _try(home, (frame.px(0), frame.py(0)), FONT + 1, taken, frame, 7.0)
    taken += [origin.box] if origin else []
    corners = _corners(variant, frame, taken)
    periods: list[Placed] = []
    taken += [box for route in paths for box in _along(frame, route)]
    for route in paths:
        for k in dict.fromkeys((len(route.points) - 1, 0, *range(len(route.points)))):
            point = route.points[k]
            text = "–".join(point.period.split("/"))
            found = place(text, (frame.px(point.x), frame.py(point.y)), FONT - 1, taken, frame.box)
            if found is not None and (route.focal or k in (0, len(route.points) - 1)):
                periods.append(found)
                taken.append(found.box)
    return [
        text_layer(corners, Style(color=OTHER, font=FONT - 1)),
        text_layer(periods, Style(color=MUTED, font=FONT - 1)),
        text_layer(brands, Style(color=INK, font=FONT + 1)),
        text_layer(focal, Style(color=FOCAL, font=FONT + 1, bold=True)),
        text_layer([origin] if origin else [], Style(color=REFERENCE, font=FONT + 1, bold=True)),
    ]


def _try(text: str, at: tuple[float, float], size: int, taken: list[Box], frame: Frame, away: float) -> Placed | None:
    for shorter in (1.0, 0.6, 0.35):
        found = place(fit_text(text, size, frame.width * 0.5 * shorter), at, size, taken, frame.box, away)
        if found is not None:
            return found
    return None


def _corners(variant: Variant, frame: Frame, taken: list[Box]) -> list[Placed]:
    """Place the quadrants' names in their corners where there is room."""
    out = []
    x0, y0 = frame.px(0), frame.py(0)
    for side, level in (("short", "ahead"), ("ahead", "ahead"), ("short", "short"), ("ahead", "short")):
        text = variant.speaker.text(Term(f"ui.quadrant {side} {level}"))
        wide = text_width(text, FONT - 1)
        room = (x0 if side == "short" else frame.width - x0) - 10
        x = 5.0 if side == "short" else frame.width - wide - 5
        y = 10.0 if level == "ahead" else frame.height - 10
        tall = y0 if level == "ahead" else frame.height - y0
        box = Box(x - 3, y - 8, x + wide + 3, y + 8)
        if wide < room and tall > 30 and not any(box.meets(other) for other in taken):
            out.append(Placed(text, x, y, box))
            taken.append(box)
    return out


def _dot(frame: Frame, x: float, y: float, r: float) -> Box:
    px, py = frame.px(x), frame.py(y)
    return Box(px - r, py - r, px + r, py + r)


def _along(frame: Frame, route: MapPath) -> list[Box]:
    """Return small boxes along a path's pieces, so that no period is written across a line."""
    out = []
    spots = [(frame.px(p.x), frame.py(p.y)) for p in route.points]
    for (x, y), (u, v) in pairwise(spots):
        steps = max(int(max(abs(u - x), abs(v - y)) / 6), 1)
        out += [
            Box(
                x + (u - x) * k / steps - 1,
                y + (v - y) * k / steps - 1,
                x + (u - x) * k / steps + 1,
                y + (v - y) * k / steps + 1,
            )
            for k in range(steps + 1)
        ]
    return out
