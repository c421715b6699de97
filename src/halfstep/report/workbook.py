"""Sheets as records, and the workbook that holds them: numbers are numbers, texts are never formulas or addresses."""

from __future__ import annotations

import io
import math
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import xlsxwriter

from halfstep.report.draw import FOCAL, INK, MUTED, PALE

__all__ = ["Column", "Entry", "Front", "Number", "Sheet", "sheet_name", "workbook_bytes"]

LONGEST_NAME, LONGEST_TEXT = 31, 32_767
"""What the file format allows: characters of a sheet's name, and of a cell."""
LONGEST_HEADER = 120
RESERVED = {"history"}
"""Names that Excel keeps for itself."""
WIDEST = 70
BROAD = 110
UNWRITABLE = re.compile("[\ud800-\udfff\ufffe\uffff]")
INFINITE = {True: "∞", False: "−∞"}


@dataclass(frozen=True, slots=True)
class Number:
    """A number and the format it is shown in; the cell holds it whole."""

    value: float
    format: str = "General"


Entry = str | Number | None


@dataclass(frozen=True, slots=True)
class Column:
    """A head; a column of sentences wraps."""

    head: str
    sentences: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table on a sheet of its own.

    Attributes
    ----------
    name
        Of the sheet, as `sheet_name` gives it.
    rows
        Each with one entry per column.
    title
        Stands above the heads; without one the heads are the first row.
    about
        What the sheet holds, for the list of contents, where it has no title.
    strong
        Numbers of the rows that are totals or the main comparison.
    """

    name: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Entry, ...], ...]
    title: str = ""
    about: str = ""
    strong: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Front:
    """The first sheet.

    Attributes
    ----------
    name
        Of the sheet.
    title
        Of the study; printed on every page of every sheet.
    banner
        Warning, printed likewise; empty where there is none.
    lines
        Pairs of what is said (or nothing) and the text.
    contents
        Head of the list of all other sheets.
    made
        Date of the file: the same study gives the same bytes.
    """

    name: str
    title: str
    banner: str
    lines: tuple[tuple[str, str], ...]
    contents: str
    made: datetime


def sheet_name(text: str, taken: Sequence[str]) -> str:
    """Return a name that the format allows and that no other sheet has.

    Examples
    --------
    >>> sheet_name("=A: what [is] sold?", ["=a what is sold"])
    '=A what is sold 2'
    """
    known = {name.casefold() for name in taken} | RESERVED
    clean = " ".join(re.sub(r"[\[\]:*?/\\\x00-\x1f]", " ", _clean(text)).split()).strip("'") or "–"
    if len(clean) > LONGEST_NAME:
        whole, _, cut = clean[: LONGEST_NAME + 1].rpartition(" ")
        clean = whole if len(cut) < LONGEST_NAME / 2 else clean
    for k in range(1, len(known) + 2):
        tail = f" {k}" if k > 1 else ""
        name = clean[: LONGEST_NAME - len(tail)].rstrip(" ,，'") + tail
        if name.casefold() not in known:
            break
    return name


def workbook_bytes(front: Front, sheets: Sequence[Sheet]) -> bytes:
    """Return the file."""
    target = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(target, options)
    book.set_properties({"title": _clean(front.title), "author": "Halfstep", "created": front.made})
    writer = _Writer(book, front)
    writer.front(sheets)
    for sheet in sheets:
        writer.sheet(sheet)
    book.close()
    return target.getvalue()


@dataclass(slots=True)
class _Writer:
    """Writes sheets into one workbook; formats are made once."""

    book: Any
    front_sheet: Front
    formats: dict[tuple[str, bool, bool], Any] = field(default_factory=dict)

    def format(self, look: dict[str, Any]) -> Any:
        """Return a new cell format."""
        return self.book.add_format({"valign": "top", **look})

    def cell_format(self, entry: str | Number, strong: bool, wraps: bool) -> Any:
        """Return the format of a table's cell."""
        shown = entry.format if isinstance(entry, Number) else ""
        key = (shown, strong, wraps)
        if key not in self.formats:
            number = {"num_format": shown, "align": "right"} if shown else {}
            self.formats[key] = self.format({"bold": strong, "text_wrap": wraps, **number})
        return self.formats[key]

    def page(self, name: str) -> Any:
        """Return a new worksheet that prints with the study's title and its warning."""
        page = self.book.add_worksheet(name)
        head, warning = (
            _clean(t).replace("&", "&&")[:LONGEST_HEADER] for t in (self.front_sheet.title, self.front_sheet.banner)
        )
        page.set_header(f"&L{head}&R{warning}")
        page.set_landscape()
        page.fit_to_pages(1, 0)
        return page

    def front(self, sheets: Sequence[Sheet]) -> None:
        """Write the first sheet."""
        front = self.front_sheet
        page = self.page(front.name)
        page.hide_gridlines(2)
        page.set_column(0, 0, 26)
        page.set_column(1, 1, BROAD)
        said, text = self.format({"font_color": MUTED, "text_wrap": True}), self.format({"text_wrap": True})
        row = 0
        if front.banner:
            warning = self.format({"bold": True, "font_color": "#ffffff", "bg_color": INK, "text_wrap": True})
            self.put(page, (row, 0), None, warning)
            self.put(page, (row, 1), front.banner, warning)
            row += 1
        self.put(page, (row, 1), front.title, self.format({"bold": True, "font_size": 14, "text_wrap": True}))
        row += 2
        for head, line in front.lines:
            self.put(page, (row, 0), head or None, said)
            self.put(page, (row, 1), line or None, text)
            row += 1
        row += 1
        self.put(page, (row, 0), front.contents, self.format({"bold": True}))
        for sheet in sheets:
            row += 1
            place = sheet.name.replace("'", "''")
            link = self.format({"font_color": FOCAL, "underline": 1})
            page.write_url(row, 0, f"internal:'{place}'!A1", link, sheet.name)
            self.put(page, (row, 1), sheet.title or sheet.about, text)

    def sheet(self, sheet: Sheet) -> None:
        """Write one table: heads stay on the screen, and rows can be filtered."""
        page = self.page(sheet.name)
        top = 1 if sheet.title else 0
        if sheet.title:
            self.put(page, (0, 0), sheet.title, self.format({"bold": True, "font_color": FOCAL}))
        head = self.format({"bold": True, "bottom": 1, "bottom_color": PALE, "text_wrap": True})
        for k, column in enumerate(sheet.columns):
            page.set_column(k, k, _width(column, [row[k] for row in sheet.rows]))
            self.put(page, (top, k), column.head, head)
        for n, row in enumerate(sheet.rows):
            for k, entry in enumerate(row):
                if entry is not None:
                    look = self.cell_format(entry, n in sheet.strong, sheet.columns[k].sentences)
                    self.put(page, (top + 1 + n, k), entry, look)
        page.freeze_panes(top + 1, 1)
        page.repeat_rows(top)
        if sheet.rows:
            page.autofilter(top, 0, top + len(sheet.rows), len(sheet.columns) - 1)

    def put(self, page: Any, place: tuple[int, int], entry: Entry, look: Any) -> None:
        """Write one cell: an infinite number as its sign, one that is not defined as an empty cell."""
        if isinstance(entry, str):
            text = _clean(entry)
            page.write_string(*place, text if len(text) <= LONGEST_TEXT else text[: LONGEST_TEXT - 1] + "…", look)
        elif entry is None or math.isnan(entry.value):
            page.write_blank(*place, None, look)
        elif math.isinf(entry.value):
            page.write_string(*place, INFINITE[entry.value > 0], look)
        else:
            page.write_number(*place, entry.value, look)


def _width(column: Column, entries: Sequence[Entry]) -> float:
    """Return a column's width in characters: as wide as what is in it, within bounds."""
    texts = {entry for entry in entries if isinstance(entry, str)}
    number = 12 if any(isinstance(entry, Number) for entry in entries) else 8
    widest = max(map(_columns, texts), default=0)
    return min(max(min(_columns(column.head), 16), number, widest) + 2, WIDEST if column.sentences else WIDEST / 2)


def _columns(text: str) -> int:
    """Return how many columns a text takes; Chinese characters take two."""
    return len(text) + sum(unicodedata.east_asian_width(c) in "WF" for c in text[:WIDEST])


def _clean(text: str) -> str:
    return UNWRITABLE.sub("\N{REPLACEMENT CHARACTER}", text)
