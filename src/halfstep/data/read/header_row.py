"""Where the header of a table is: the rows above it are titles, and it may have two rows."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

__all__ = ["Heading", "column_place", "find_heading", "is_dated", "is_figure", "letters"]

Line = Sequence[str | None]

_CORE = r"[\d０-９][\d０-９,，.．\s]*"
_FIGURE = re.compile(
    rf"[-+−–(（~≈<>≤≥]*(?:约|近|超过|超|逾|不到|不足|至少)?[¥￥$€£]?\s*{_CORE}(?:[-–—~～至到]\s*{_CORE})?(?:e[-+]?\d+)?\s*"
    r"(?:%|％|‰|十亿|百万|万|亿|千|k|m|bn)?(?:美元|欧元|元|台|辆|usd|rmb|cny|eur)?(?:以上|以下|左右|多|余|\+)?[)）]?",
    re.IGNORECASE,
)
_NOTHING = re.compile(r"[-–—−/.*]+|n/?a|nan|null|none|无", re.IGNORECASE)
_DATED = re.compile(
    r"(?:19|20)\d\d(?:年|[-/.年]\s?(?:\d{1,2}|[QqHh][1-4]|第?[一二三四1-4]季度?|[上下]半年)(?:月|[-/.月]\d{1,2}日?)?|[QqHh][1-4])?(?: \d\d:\d\d(?::\d\d)?)?"
)
_BELOW = 10
_LONGEST = 40


def is_figure(cell: str) -> bool:
    """Say whether a cell is a number as people write them (12.3%, 约2.8万, 17-18), a date, or a dash for nothing."""
    if len(cell) > _LONGEST:
        return False
    return bool(_FIGURE.fullmatch(cell) or _DATED.fullmatch(cell) or _NOTHING.fullmatch(cell))


def is_dated(cell: str) -> bool:
    """Say whether a cell is a year, quarter, month or day."""
    return bool(_DATED.fullmatch(cell))


def letters(place: int) -> str:
    """Return a column's letters in a spreadsheet.

    Examples
    --------
    >>> letters(0), letters(27)
    ('A', 'AB')
    """
    name = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        name = chr(65 + rest) + name
    return name


def column_place(name: str) -> int:
    """Return a column's place, from 0, from its letters.

    Examples
    --------
    >>> column_place("A"), column_place("AB")
    (0, 27)
    """
    place = 0
    for letter in name:
        place = 26 * place + ord(letter) - 64
    return place - 1


@dataclass(frozen=True, slots=True)
class Heading:
    """The header of a table.

    Attributes
    ----------
    first, last
        Positions of its first and last row among the rows given.
    names
        Name of each column, "" where it has none.
    """

    first: int
    last: int
    names: tuple[str, ...]


def find_heading(lines: Sequence[Line], spans: Mapping[int, Mapping[int, int]] | None = None) -> Heading:
    """Find the header among the first rows of a table, blank rows left out.

    The header is the first row but the last that fills at least two thirds as many cells as the fullest row; where that
    row is made of numbers alone, the very first row. If it leaves a column unnamed and a row soon below it names all of them, in words, with figures under it, that row
    is the header. Two rows are one header where both are words (or years), each column has a name in one of them, and
    the lower one cannot do alone (it leaves blanks, or repeats itself under several groups) and stands over figures.

    Parameters
    ----------
    spans
        Position -> first column -> last column of its merged cells; None where a file does not tell: there a group's
        name reaches right until the next name.
    """
    used = sorted({j for line in lines for j, cell in enumerate(line) if cell is not None})
    fills = [sum(cell is not None for cell in line) for line in lines]
    most = max(fills)
    least = min(2, most)
    full = [i for i, fill in enumerate(fills[:-1]) if fill >= max(least, -(-2 * most // 3))]
    first = full[0] if full else next(i for i, fill in enumerate(fills) if fill >= least)
    if all(_is_number(cell) for cell in lines[first] if cell is not None):
        first = 0
    for upper in (first, first - 1):
        joined = _joined(lines, upper, used, spans) if 0 <= upper < len(lines) - 1 else None
        if joined is not None:
            return Heading(upper, upper + 1, joined)
    if any(lines[first][j] is None for j in used):
        for later in range(first + 1, min(first + 4, len(lines) - 1)):
            if _names_all(lines[later], used) and any(map(_is_number, filter(None, lines[later + 1]))):
                first = later
                break
    return Heading(first, first, tuple(cell or "" for cell in lines[first]))


def _is_number(cell: str) -> bool:
    return is_figure(cell) and not is_dated(cell)


def _names_all(line: Line, used: Sequence[int]) -> bool:
    cells = [line[j] for j in used]
    return None not in cells and not any(map(_is_number, filter(None, cells))) and len(set(cells)) == len(cells)


def _joined(
    lines: Sequence[Line], upper: int, used: Sequence[int], spans: Mapping[int, Mapping[int, int]] | None
) -> tuple[str, ...] | None:
    """Return the names that two rows give together, or None where they are not one header."""
    groups, subs, below = lines[upper], lines[upper + 1], lines[upper + 2 : upper + 2 + _BELOW]
    told = [j for j in used if subs[j] is not None]
    if any(_is_number(cell) for line in (groups, subs) for cell in line if cell is not None) or not told:
        return None
    over = [j for j in told if _stands_over_figures(subs[j] or "", [line[j] for line in below])]
    whole = all(groups[j] is not None for j in used)
    if not over or (whole and (len(over) < len(told) or len(told) == len(used))):
        return None
    gaps = [j for j in used if subs[j] is None and groups[j] is not None]
    repeats = len({subs[j] for j in told}) < len(told)
    if sum(cell is not None for cell in groups) < 2 or not (gaps or repeats):
        return None
    names = _names(groups, subs, None if spans is None else spans.get(upper, {}))
    chosen = [names[j] for j in used]
    return names if all(chosen) and len(set(chosen)) == len(chosen) else None


def _stands_over_figures(sub: str, below: Sequence[str | None]) -> bool:
    cells = [cell for cell in below if cell is not None]
    test = _is_number if is_dated(sub) else is_figure
    return 2 * sum(map(test, cells)) > len(cells)


def _names(groups: Line, subs: Line, spans: Mapping[int, int] | None) -> tuple[str, ...]:
    names, group, reach = [], "", -1
    for j, (own, sub) in enumerate(zip(groups, subs, strict=True)):
        if own is not None:
            group, reach = own, len(groups) if spans is None else spans.get(j, j)
        elif sub is None or j > reach:
            group = ""
        names.append(" ".join(dict.fromkeys(part for part in (group, sub) if part)))
        if sub is None:
            group = ""
    return tuple(names)
