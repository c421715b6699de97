"""The tables of the page as sheets: what a cell prints becomes numbers in columns of their own, and words."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from halfstep.report.finding import Amount, Fact, Finding, Many, Term, When, Words
from halfstep.report.numbers import MINUS, decimals
from halfstep.report.page import Cell, Grid
from halfstep.report.say import Speaker
from halfstep.report.words import word
from halfstep.report.workbook import Column, Entry, Number, Sheet

__all__ = ["grid_sheet", "number_format"]

PARTS = ("value", "low", "high")
RANGES = ("interval", "distance interval", "distance range")
BOTH = ("both", "signed both")
PERCENT, MOST_PERCENT = ("share", "points"), 3
WHOLE = ("count", "rank", "models", "units")
FIGURE = re.compile(rf"[-{MINUS}]?(\d{{1,3}}(,\d{{3}})+|\d+)(\.\d+)?")
SENTENCE = 30
"""From this length on a text wraps."""


def number_format(unit: str, value: float, lo: float = math.nan, hi: float = math.nan) -> str:
    """Return the format of a number: whole, percent, or with the decimals that its interval's width allows.

    Examples
    --------
    >>> number_format("share", 0.12), number_format("money", 6.2, 5.5, 6.9), number_format("year", 1990)
    ('0.0%', '#,##0.0', '0')
    """
    if unit in ("probability", "level"):
        return '[>0.999]">99.9%";0.0%' if unit == "probability" else "0.0%"
    if unit in PERCENT:
        places = min(max(decimals(100 * value, 100 * lo, 100 * hi), 1), MOST_PERCENT)
        return f"0.{'0' * places}%"
    if unit in WHOLE:
        return "#,##0"
    if unit in ("year", "period"):
        return "0"
    places = max(decimals(value, lo, hi), 0)
    return "#,##0." + "0" * places if places else "#,##0"


def grid_sheet(grid: Grid, name: str, speaker: Speaker) -> Sheet:
    """Return a table of the page as a sheet."""
    cells = [[row.cells[k] if k < len(row.cells) else Cell(()) for row in grid.rows] for k in range(len(grid.columns))]
    found = [_split(speaker.text(head), column, speaker) for head, column in zip(grid.columns, cells, strict=True)]
    columns = tuple(column for split in found for column in split.columns)
    rows = tuple(tuple(entry for split in found for entry in split.rows[n]) for n in range(len(grid.rows)))
    strong = frozenset(n for n, row in enumerate(grid.rows) if row.strong)
    return Sheet(name, columns, rows, speaker.text(grid.title), strong=strong)


@dataclass(frozen=True, slots=True)
class _Split:
    """One column of the page as columns of a sheet."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[Entry, ...], ...]


def _split(head: str, cells: list[Cell], speaker: Speaker) -> _Split:
    """Split a column: its words, if any, and every number with the parts that it prints anywhere in the column."""
    amounts = [[a for fact in cell.facts for a in _amounts(fact)] for cell in cells]
    words = [_words(cell, speaker) for cell in cells]
    slots: list[list[str]] = []
    for n in range(max(map(len, amounts), default=0)):
        printed = {part for row in amounts if n < len(row) for part in _parts(row[n])}
        slots.append([part for part in PARTS if part in printed])
    of_words = [Column(head, any(isinstance(text, str) and len(text) > SENTENCE for text in words))]
    columns = [
        Column(_head(head, n + 1 if len(slots) > 1 else 0, part, speaker.lang))
        for n, parts in enumerate(slots)
        for part in parts
    ]
    rows: list[list[Entry]] = [
        [_number(row[n], part) if n < len(row) else None for n, parts in enumerate(slots) for part in parts]
        for row in amounts
    ]
    if not slots or (any(words) and not any(_is_bare(fact) for cell in cells for fact in cell.facts)):
        nth = word("sheet.nth", speaker.lang)
        columns = of_words + [replace(c, head=nth.format(head=head, n=1)) if c.head == head else c for c in columns]
        rows = [[text, *row] for text, row in zip(words, rows, strict=True)]
    elif any(words):
        columns += [replace(of_words[0], head=word("sheet.words", speaker.lang).format(head=head))]
        rows = [[*row, text] for text, row in zip(words, rows, strict=True)]
    return _Split(tuple(columns), tuple(map(tuple, rows)))


def _head(head: str, number: int, part: str, lang: str) -> str:
    """Return the head of a number: which one, and which part of it."""
    shown = word("sheet.nth", lang).format(head=head, n=number) if number else head
    return shown if part == "value" else word(f"sheet.{part}", lang).format(head=shown)


def _words(cell: Cell, speaker: Speaker) -> Entry:
    """Return what a cell says beside its numbers; a text that is a plain figure becomes a number."""
    text = " ".join(speaker.text(fact) for fact in cell.facts if _is_worded(fact))
    if len(cell.facts) == 1 and isinstance(cell.facts[0], Words | When) and FIGURE.fullmatch(text):
        return Number(float(text.replace(",", "").replace(MINUS, "-")))
    return text or None


def _is_bare(fact: Fact) -> bool:
    """Whether a fact is a number, or several, and no sentence."""
    return bool([*_amounts(fact)]) and not _is_worded(fact)


def _amounts(fact: Fact) -> Iterator[Amount]:
    if isinstance(fact, Amount):
        yield fact
    elif isinstance(fact, Many):
        for part in fact.parts:
            yield from _amounts(part)
    elif isinstance(fact, Finding):
        for _, part in fact.facts:
            yield from _amounts(part)


def _is_worded(fact: Fact) -> bool:
    """Whether a fact holds more than numbers."""
    if isinstance(fact, Many):
        return any(map(_is_worded, fact.parts))
    return not isinstance(fact, Amount) and fact != Term("ui.none")


def _parts(amount: Amount) -> tuple[str, ...]:
    return PARTS[1:] if amount.form in RANGES else PARTS if amount.form in BOTH else PARTS[:1]


def _number(amount: Amount, part: str) -> Number | None:
    """Return a part of a number as the page means it: log points as percent of the price, a size without its sign."""
    if part not in _parts(amount):
        return None
    lo, hi = amount.ends
    value = {"value": amount.value, "low": lo, "high": hi}[part]
    unit = amount.unit
    if unit == "log points":
        value, unit = math.expm1(min(value, 700.0)), "share"
    return Number(abs(value) if amount.form == "size" else value, number_format(unit, amount.value, lo, hi))
