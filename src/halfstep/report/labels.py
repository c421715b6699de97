"""Where a label fits: text boxes in pixels, placed greedily so that none covers another or leaves the frame."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["Box", "Placed", "fit_text", "fold", "place", "spread", "text_width"]

GAP = 2.0


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in pixels; y grows downwards."""

    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: Box) -> bool:
        """Whether the two overlap."""
        return (
            self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom
        )

    def inside(self, other: Box) -> bool:
        """Whether it lies within the other."""
        return (
            self.left >= other.left
            and self.right <= other.right
            and self.top >= other.top
            and self.bottom <= other.bottom
        )


@dataclass(frozen=True, slots=True)
class Placed:
    """A label with its left end and middle line."""

    text: str
    x: float
    y: float
    box: Box


def text_width(text: str, size: float) -> float:
    """Return an upper estimate of a text's width in pixels."""
    total = 0.0
    for character in text:
        if unicodedata.east_asian_width(character) in "WF" or unicodedata.category(character) == "So":
            total += 1.0
        elif character in " .,:;'|il()–-/":
            total += 0.42
        elif character.isupper() or character in "mwMW%@&—+−<>=←→↑↓①":
            total += 0.84
        else:
            total += 0.6
    return 1.06 * total * size


def fold(text: str, size: float, width: float) -> list[str]:
    """Break a text into lines no wider than a width; Han characters may part anywhere."""
    lines, line = [], ""
    for word in _words(text):
        if line and text_width(line + word.rstrip(), size) > width:
            lines.append(line.rstrip())
            line = word.lstrip()
        else:
            line += word
    if line.strip():
        lines.append(line.rstrip())
    return [fit_text(one, size, width) for one in lines] or [""]


def fit_text(text: str, size: float, width: float) -> str:
    """Shorten a text that is too wide, with an ellipsis."""
    if text_width(text, size) <= width:
        return text
    while text and text_width(text + "…", size) > width:
        text = text[:-1]
    return text.rstrip() + "…"


def place(
    text: str, at: tuple[float, float], size: float, taken: Sequence[Box], frame: Box, away: float = 8.0
) -> Placed | None:
    """Place a label beside a point.

    Parameters
    ----------
    at
        The point in pixels.
    taken
        Boxes that may not be covered.
    away
        Distance from the point, tried again at twice and three times.

    Returns
    -------
    Placed or None
        None where no place is free.
    """
    width, high = text_width(text, size), size * 1.25
    for far in (away, 2 * away, 3.2 * away):
        for dx, dy in ((1, 0), (-1, 0), (0, -1), (0, 1), (0.8, -0.8), (0.8, 0.8), (-0.8, -0.8), (-0.8, 0.8)):
            side = 0.0 if dx > 0 else -width if dx < 0 else -width / 2
            x, y = at[0] + dx * far + side, at[1] + dy * (far + high / 4)
            box = Box(x - GAP, y - high / 2 - GAP / 2, x + width + GAP, y + high / 2 + GAP / 2)
            if box.inside(frame) and not any(box.meets(other) for other in taken):
                return Placed(text, x, y, box)
    return None


def spread(wanted: Sequence[float], apart: float, low: float, high: float) -> list[float]:
    """Return positions as near to the wanted ones as keeps them a distance apart within [low, high].

    Examples
    --------
    >>> spread([10, 11, 30], 5, 0, 100)
    [8.0, 13.0, 30.0]
    """
    order = sorted(range(len(wanted)), key=lambda i: wanted[i])
    apart = min(apart, (high - low) / max(len(wanted) - 1, 1))
    groups: list[list[int]] = []
    for i in order:
        groups.append([i])
        while len(groups) > 1 and _start(groups[-2], wanted, apart, low, high) + apart * len(groups[-2]) > _start(
            groups[-1], wanted, apart, low, high
        ):
            groups[-2:] = [groups[-2] + groups[-1]]
    out = [0.0] * len(wanted)
    for group in groups:
        start = _start(group, wanted, apart, low, high)
        for k, i in enumerate(group):
            out[i] = start + k * apart
    return out


def _start(group: list[int], wanted: Sequence[float], apart: float, low: float, high: float) -> float:
    span = apart * (len(group) - 1)
    middle = sum(wanted[i] for i in group) / len(group)
    return min(max(middle - span / 2, low), max(high - span, low))


def _words(text: str) -> list[str]:
    out: list[str] = []
    for character in text:
        wide = unicodedata.east_asian_width(character) in "WF"
        closing = character in "，。；：、）！？"
        if not out or (wide and not closing) or out[-1].endswith(" ") or (not closing and _is_wide(out[-1][-1])):
            out.append(character)
        else:
            out[-1] += character
    return out


def _is_wide(character: str) -> bool:
    return unicodedata.east_asian_width(character) in "WF"
