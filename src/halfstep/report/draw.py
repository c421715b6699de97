"""What all charts share: sizes, colours, frames, ticks, and the few marks they are made of, as SVG.

The marks are written directly. Every label's place has to be known to keep labels apart, so a charting library would
be handed finished pixels; through one, the same pictures took most of the time of a whole run.
"""

from __future__ import annotations

import html
import math
from collections.abc import Sequence
from dataclasses import dataclass

from halfstep.report.labels import Box, Placed
from halfstep.report.say import Speaker

__all__ = [
    "FOCAL",
    "FONT",
    "GRID",
    "INK",
    "MUTED",
    "NARROW",
    "OTHER",
    "PALE",
    "REFERENCE",
    "WIDE",
    "Frame",
    "Markup",
    "Style",
    "Variant",
    "dots",
    "drawing",
    "frame_id",
    "hairline",
    "path",
    "rects",
    "rules",
    "text_layer",
    "texts",
    "ticks", "upright",
]  # fmt: skip

Markup = str

FOCAL, INK, REFERENCE, MUTED, OTHER, PALE, GRID = (
    "#990f3d",
    "#26241f",
    "#31597b",
    "#66605c",
    "#8f8a84",
    "#cbc5bd",
    "#e6e1d9",
)
FONT = 12
WIDE, NARROW = 760, 350
HALO = 'paint-order="stroke" stroke="#fffdf9" stroke-width="3" stroke-linejoin="round"'


@dataclass(frozen=True, slots=True)
class Variant:
    """Who looks: language and width."""

    speaker: Speaker
    width: int

    @property
    def narrow(self) -> bool:
        """Whether it is for a small screen."""
        return self.width < WIDE


@dataclass(frozen=True, slots=True)
class Style:
    """How a mark looks.

    Attributes
    ----------
    color
        Of lines, fillings and texts.
    width
        Of lines, in pixels.
    dash
        Of lines, as SVG has it.
    radius, hollow
        Of dots.
    font, bold, align
        Of texts; align is "start", "middle" or "end".
    step
        Whether a path is constant up to each of its points.
    """

    color: str = INK
    width: float = 1.0
    dash: str = ""
    opacity: float = 1.0
    radius: float = 4.0
    hollow: bool = False
    font: int = FONT
    bold: bool = False
    align: str = "start"
    step: bool = False


@dataclass(frozen=True, slots=True)
class Frame:
    """A plot's scales: data to pixels and back.

    Attributes
    ----------
    id
        Unique in the page.
    x, y
        Domains.
    width, height
        Plot size in pixels.
    pad
        Left, top, right, bottom.
    log
        Whether the horizontal axis is logarithmic.
    """

    id: str
    x: tuple[float, float]
    y: tuple[float, float]
    width: float
    height: float
    pad: tuple[int, int, int, int]
    log: bool = False

    def px(self, x: float) -> float:
        """Return the pixel of a value on the horizontal axis."""
        lo, hi = (math.log(v) for v in self.x) if self.log else self.x
        at = math.log(x) if self.log else x
        return self.width * (at - lo) / (hi - lo)

    def py(self, y: float) -> float:
        """Return the pixel of a value on the vertical axis."""
        return self.height * (1 - (y - self.y[0]) / (self.y[1] - self.y[0]))

    @property
    def box(self) -> Box:
        """The plot area in pixels."""
        return Box(0, 0, self.width, self.height)


def frame_id(chart: str, variant: Variant) -> str:
    """Return an id that no other drawing of the page has."""
    return f"{chart}-{variant.speaker.lang}-{variant.width}"


def ticks(lo: float, hi: float, most: int) -> list[float]:
    """Return round values inside [lo, hi], no more than `most`.

    Examples
    --------
    >>> ticks(-3, 17, 5)
    [0.0, 5.0, 10.0, 15.0]
    """
    if not hi > lo:
        return [lo]
    for exponent in range(math.floor(math.log10((hi - lo) / max(most, 1))) - 1, 400):
        for step in (1, 2, 2.5, 5):
            size = step * 10.0**exponent
            first, last = math.ceil(lo / size - 1e-9), math.floor(hi / size + 1e-9)
            if last - first + 1 <= most:
                return [float(f"{k * size:.12g}") + 0.0 for k in range(first, last + 1)]
    return [lo]


def drawing(frame: Frame, about: str, layers: Sequence[Markup]) -> Markup:
    """Return the SVG element of a plot; what may leave the frame is clipped by its own layer."""
    left, top, right, bottom = frame.pad
    width, height = _n(left + frame.width + right), _n(top + frame.height + bottom)
    clip = f'<clipPath id="{frame.id}-clip"><rect width="{_n(frame.width)}" height="{_n(frame.height)}"/></clipPath>'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{html.escape(about)}" width="{width}" '
        f'height="{height}" viewBox="0 0 {width} {height}">{clip}<g transform="translate({left},{top})">{"".join(layers)}</g></svg>'
    )


def path(frame: Frame, points: Sequence[tuple[float, float]], style: Style) -> Markup:
    """Return a line through points in data units, clipped to the frame."""
    pieces = []
    for k, (x, y) in enumerate(points):
        at = f"{_n(frame.px(x))},{_n(frame.py(y))}"
        pieces.append(f"M{at}" if k == 0 else f"V{_n(frame.py(y))}H{_n(frame.px(x))}" if style.step else f"L{at}")
    if not pieces:
        return ""
    return f'<path d="{"".join(pieces)}" fill="none" clip-path="url(#{frame.id}-clip)"{_stroke(style)}/>'


def rules(frame: Frame, values: Sequence[tuple[float, float, float, float]], style: Style) -> Markup:
    """Return straight pieces (x, y, x2, y2) in data units."""
    pieces = [f"M{_n(frame.px(a))},{_n(frame.py(b))}L{_n(frame.px(c))},{_n(frame.py(d))}" for a, b, c, d in values]
    return f'<path d="{"".join(pieces)}" fill="none"{_stroke(style)}/>' if pieces else ""


def rects(frame: Frame, values: Sequence[tuple[float, float, float, float]], style: Style) -> Markup:
    """Return rectangles between two corners (x, y, x2, y2) in data units."""
    out = []
    for a, b, c, d in values:
        x, y = sorted((frame.px(a), frame.px(c))), sorted((frame.py(b), frame.py(d)))
        size = f'width="{_n(x[1] - x[0])}" height="{_n(y[1] - y[0])}"'
        out.append(f'<rect x="{_n(x[0])}" y="{_n(y[0])}" {size} fill="{style.color}"{_opacity(style)}/>')
    return "".join(out)


def dots(frame: Frame, values: Sequence[tuple[float, float]], style: Style) -> Markup:
    """Return dots at points in data units."""
    fill = f'fill="white"{_stroke(style)}' if style.hollow else f'fill="{style.color}"{_opacity(style)}'
    return "".join(
        f'<circle cx="{_n(frame.px(x))}" cy="{_n(frame.py(y))}" r="{_n(style.radius)}" {fill}/>' for x, y in values
    )


def texts(placed: Sequence[tuple[float, float, str]], style: Style) -> Markup:
    """Return texts at pixels (end or middle of the text, middle line, text)."""
    if not placed:
        return ""
    anchor = "" if style.align == "start" else f' text-anchor="{style.align}"'
    weight = ' font-weight="700"' if style.bold else ""
    inside = "".join(f'<text x="{_n(x)}" y="{_n(y)}" dy=".35em">{html.escape(t)}</text>' for x, y, t in placed)
    return f'<g fill="{style.color}" font-size="{style.font}"{anchor}{weight}>{inside}</g>'


def upright(placed: Sequence[tuple[float, float, str]], style: Style) -> Markup:
    """Return texts that run upwards, at pixels (middle line, start or end, text)."""
    anchor = "" if style.align == "start" else f' text-anchor="{style.align}"'
    inside = "".join(
        f'<text transform="translate({_n(x)},{_n(y)})rotate(-90)" dy=".35em">{html.escape(t)}</text>'
        for x, y, t in placed
    )
    return f'<g fill="{style.color}" font-size="{style.font}"{anchor}>{inside}</g>'


def hairline(start: tuple[float, float], stop: tuple[float, float]) -> Markup:
    """Return a thin line between two pixels."""
    ends = f"M{_n(start[0])},{_n(start[1])}L{_n(stop[0])},{_n(stop[1])}"
    return f'<path d="{ends}" fill="none" stroke="{PALE}"/>'


def text_layer(placed: Sequence[Placed], style: Style) -> Markup:
    """Return placed labels."""
    return texts([(p.x, p.y, p.text) for p in placed], style).replace("<g ", f"<g {HALO} ", 1)


def _n(value: float) -> str:
    text = f"{value:.1f}"
    text = text.removesuffix(".0")
    return "0" if text == "-0" else text


def _opacity(style: Style) -> str:
    return "" if style.opacity == 1.0 else f' opacity="{style.opacity:g}"'


def _stroke(style: Style) -> str:
    dash = f' stroke-dasharray="{style.dash}"' if style.dash else ""
    return f' stroke="{style.color}" stroke-width="{style.width:g}"{dash}{_opacity(style)}'
