"""What an .ods file says of its cells that the reader of values does not pass on: merged cells, errors, how far they reach."""

from __future__ import annotations

import re
from html import unescape

from halfstep.data.read.marks import BrokenWorkbookError, Marks, blocks, unpacked
from halfstep.data.read.shape import Merged

__all__ = ["ods_marks"]

_MOST_REPEATED = 5_000_000
_TAG = re.compile(rb"<(/?)table:(table|table-row|table-cell|covered-table-cell)(?=[\s/>])([^<>]*)>")
_NAME = re.compile(rb"""\btable:name=(["'])(.*?)\1""")
_REPEATED = re.compile(rb"""\btable:number-(?:rows|columns)-repeated=["'](\d{1,9})["']""")
_SPANNED = re.compile(rb"""\btable:number-(rows|columns)-spanned=["'](\d{1,9})["']""")
_FAILED = re.compile(rb"""\bcalcext:value-type=["']error["']""")
_HIDDEN = re.compile(rb"""\btable:visibility=["'](?:collapse|filter)["']""")
_TEXT = re.compile(rb"<text:p[^<>]*>([^<]{1,20})")


def ods_marks(raw: bytes) -> dict[str, Marks]:
    """Return the marks of each sheet of an .ods file."""
    book = unpacked(raw, "content.xml")
    found: dict[str, Marks] = {}
    sheet = None
    for piece in blocks(book, "content.xml", b"</table:table-row>"):
        for tag in _TAG.finditer(piece):
            closes, kind, attributes = tag.groups()
            if kind == b"table" and not closes:
                name = _NAME.search(attributes)
                sheet = _Sheet()
                found[unescape(name[2].decode(errors="replace")) if name else ""] = Marks()
            elif sheet is None:
                continue
            elif kind == b"table":
                found[list(found)[-1]], sheet = sheet.marks(), None
            elif kind == b"table-row":
                sheet.row(attributes, bool(closes) or attributes.endswith(b"/"), bool(closes))
            elif not closes:
                text = _TEXT.search(piece, tag.end(), tag.end() + 400) if _FAILED.search(attributes) else None
                sheet.cell(attributes, text[1].decode(errors="replace") if text else "")
    return found


class _Sheet:
    """The sheet being scanned: where the next cell stands, and what was met so far."""

    def __init__(self) -> None:
        self.at = self.place = self.times = 0
        self.rows = self.columns = self.held = self.hidden = 0
        self.merged: list[Merged] = []
        self.errors: list[tuple[int, int, str]] = []

    def row(self, attributes: bytes, ends: bool, closes: bool) -> None:
        """Begin a row, or end it, or both."""
        if not closes:
            self.place, self.times = 0, _times(attributes)
            self.hidden += bool(_HIDDEN.search(attributes))
        if ends:
            self.at += self.times

    def cell(self, attributes: bytes, error: str) -> None:
        """Take a cell, or as many alike as it says."""
        times = _times(attributes)
        spans = {kind: int(number) for kind, number in _SPANNED.findall(attributes)}
        if max(spans.values(), default=1) > 1:
            bottom, right = self.at + spans.get(b"rows", 1), self.place + spans.get(b"columns", 1) - 1
            self.merged.append((self.at + 1, self.place, bottom, right))
        if b"office:" in attributes or not attributes.endswith(b"/"):
            self.rows, self.columns = self.at + self.times, max(self.columns, self.place + times)
            self.held += times * self.times
            if self.held > _MOST_REPEATED:
                raise BrokenWorkbookError(f"it has more than {_MOST_REPEATED:,} filled cells")
        if error:
            self.errors.append((self.at + 1, self.place, error))
        self.place += times

    def marks(self) -> Marks:
        """Return what was met."""
        return Marks(self.rows, self.columns, tuple(self.merged), tuple(self.errors), self.hidden)


def _times(attributes: bytes) -> int:
    found = _REPEATED.search(attributes)
    return int(found[1]) if found else 1
