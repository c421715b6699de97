"""Rows of a table that are no rows of data: totals, notes at its foot, its header once more."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import polars as pl

from halfstep.core.check import Guess
from halfstep.data.read.header_row import is_figure
from halfstep.data.read.places import QUOTED, ROW

__all__ = ["asked", "listed", "notes", "repeats", "totals"]

_TAIL = 60
_ZH = ("合计", "总计", "小计", "共计", "总和", "总合计", "累计合计")
_EN = ("total", "totals", "grand total", "subtotal", "sub total", "sub-total", "sum", "sum total", "subtotals")
_TOTALS = {
    word + end
    for end in ("", ":", "：")
    for word in (
        *(spaced for zh in _ZH for spaced in (zh, " ".join(zh), "\u3000".join(zh), "  ".join(zh))),
        *(cased for en in _EN for cased in (en, en.capitalize(), en.title(), en.upper())),
    )
}
_NOTE = re.compile(
    r"[(（\[【*※#]*\s*(?:数据来源|资料来源|信息来源|图表来源|来源|附注|注释|注|备注|说明|制表人?|制图|填表人?|统计口径|口径"
    r"|data sources?|sources?|footnotes?|notes?|remarks?)\s*[\d一二三四五六七八九十]*\s*(?P<end>[:：]|[.．、)）\]】]|\s|$)",
    re.IGNORECASE,
)
_STARRED = re.compile(r"[*※†‡©]\s*\S")


def totals(frame: pl.DataFrame, columns: Sequence[str]) -> list[int]:
    """Return which rows are totals: a cell is exactly such a word, and to its right there are only figures.

    Where half of the rows are so named it is the name of a brand or a model: none is a total.
    """
    named = pl.any_horizontal(pl.col(columns).is_in(sorted(_TOTALS)))
    rows = frame.select(named.fill_null(False)).to_series().arg_true().to_list()
    found = []
    for i, cells in zip(rows, frame[rows].select(columns).iter_rows(), strict=True):
        label = next(j for j, cell in enumerate(cells) if cell in _TOTALS)
        if all(cell is None or is_figure(cell) for cell in cells[label + 1 :]):
            found.append(i)
    return found if 2 * len(found) <= frame.height else []


def asked(frame: pl.DataFrame, columns: Sequence[str]) -> int:
    """Return how many of the first rows only explain the header, as a survey tool writes them: the question, then its id."""
    for i, cells in enumerate(frame.head(2).select(columns).iter_rows()):
        filled = [cell for cell in cells if cell]
        if filled and all(cell.startswith('{"ImportId"') for cell in filled):
            return i + 1
    return 0


def notes(frame: pl.DataFrame, columns: Sequence[str]) -> int:
    """Return how many of the last rows are notes at the foot of a table.

    Notes begin with a word that says so (来源, 注, Source, Note, ...) or, where only one cell is filled and the table
    has three columns or more, after a blank row; everything below them is notes. A row with a colon after that word is
    one however many cells it fills; other notes fill at most two, and not all.
    """
    width = len(columns)
    tail = frame.tail(_TAIL).select(columns).rows()
    start = len(tail)
    for i in range(len(tail) - 1, -1, -1):
        filled = [cell for cell in tail[i] if cell is not None]
        if len(filled) > min(2, width - 1) and not _speaks(filled, width)[1]:
            break
        start = i
    for i in range(start, len(tail)):
        filled = [cell for cell in tail[i] if cell is not None]
        after_blank = i > 0 and not any(cell is not None for cell in tail[i - 1])
        if filled and (any(_speaks(filled, width)) or (after_blank and len(filled) == 1 and width >= 3)):
            return len(tail) - i
    return 0


def _speaks(filled: Sequence[str], width: int) -> tuple[bool, bool]:
    """Return whether a row begins as a note does, and whether with a colon."""
    found = _NOTE.match(filled[0][:QUOTED]) if filled and width > 1 else None
    few = len(filled) <= min(2, width - 1)
    starred = few and len(filled) == 1 and bool(_STARRED.match(filled[0]))
    return (found is not None and few) or starred, found is not None and found["end"] in (":", "：")


def repeats(frame: pl.DataFrame, names: Mapping[str, str]) -> list[int]:
    """Return which rows say the header once more; `names` is column -> name in the file."""
    same = [pl.col(column) == name for column, name in names.items() if name]
    return frame.select(pl.all_horizontal(same).fill_null(False)).to_series().arg_true().to_list()


def listed(file: str, kind: str, rows: pl.DataFrame, columns: Sequence[str]) -> Guess:
    """Return one guess for rows that were left out, with their numbers and what the first of them say."""
    numbers = rows[ROW].to_list()
    texts = [" ".join(cell for cell in cells if cell)[:QUOTED] for cells in rows.head(3).select(columns).iter_rows()]
    more = "" if len(numbers) <= 10 else " …"
    facts = (("rows", ", ".join(map(str, numbers[:10])) + more), ("text", " / ".join(texts)))
    return Guess(table=file, kind=kind, row=numbers[0], count=len(numbers), facts=facts)
