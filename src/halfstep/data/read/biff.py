"""What the binary workbooks (.xls, .xlsb) say of their cells that the reader of values does not pass on.

Both are sequences of records: in .xls inside a compound file (two bytes of kind, two of length), in .xlsb inside packed
members (kind and length in groups of seven bits). Kinds are those of Microsoft's open specifications [MS-XLS], [MS-XLSB].
"""

from __future__ import annotations

from collections.abc import Iterator
from struct import unpack_from

from halfstep.data.read.compound import stream_of
from halfstep.data.read.marks import BrokenWorkbookError, Marks, members, small, unpacked
from halfstep.data.read.shape import Merged

__all__ = ["xls_marks", "xlsb_marks"]

_ERRORS = {
    0: "#NULL!",
    7: "#DIV/0!",
    15: "#VALUE!",
    23: "#REF!",
    29: "#NAME?",
    36: "#NUM!",
    42: "#N/A",
    43: "#GETTING_DATA",
}
_LARGEST = 400_000_000
_XLS_CELLS = {
    0x0006,
    0x00BD,
    0x00BE,
    0x00D6,
    0x00FD,
    0x0001,
    0x0002,
    0x0003,
    0x0004,
    0x0005,
    0x0201,
    0x0203,
    0x0204,
    0x0205,
    0x027E,
    0x0406,
}
_Record = tuple[int, bytes]


class _Sheet:
    """Marks of the sheet being scanned."""

    def __init__(self) -> None:
        self.rows = self.columns = 0
        self.merged: list[Merged] = []
        self.errors: list[tuple[int, int, str]] = []

    def cell(self, row: int, column: int, error: int | None = None) -> None:
        """Take a cell; rows and columns from 0."""
        self.rows, self.columns = max(self.rows, row + 1), max(self.columns, column + 1)
        if error is not None:
            self.errors.append((row + 1, column, _ERRORS.get(error, "#N/A")))

    def marks(self) -> Marks:
        """Return what was met."""
        return Marks(self.rows, self.columns, tuple(self.merged), tuple(self.errors))


def xls_marks(raw: bytes) -> dict[str, Marks]:
    """Return the marks of each sheet of an .xls file."""
    stream = stream_of(raw, ("workbook", "book"))
    out = {}
    for kind, body in _xls_records(stream, 0):
        if kind == 0x002F:
            raise BrokenWorkbookError("it is encrypted; save it without a password")
        if kind == 0x0085:
            length, wide = body[6], body[7] & 1
            name = body[8 : 8 + length * (1 + wide)].decode("utf-16-le" if wide else "latin-1", errors="replace")
            out[name] = _xls_sheet(stream, unpack_from("<I", body)[0])
    return out


def _xls_sheet(stream: bytes, start: int) -> Marks:
    sheet = _Sheet()
    for kind, body in _xls_records(stream, start):
        if kind in _XLS_CELLS and len(body) >= 6:
            row, column = unpack_from("<HH", body)
            error = None
            if kind == 0x0205 and len(body) >= 8 and body[7]:
                error = body[6]
            elif kind == 0x0006 and body[12:14] == b"\xff\xff" and body[6] == 2:
                error = body[8]
            if kind in (0x00BD, 0x00BE):
                column = max(column, unpack_from("<H", body, len(body) - 2)[0])
            sheet.cell(row, column, error)
        elif kind == 0x0200 and len(body) >= 12:  # the reader makes room for what the sheet says of its size
            top, bottom, left, right = unpack_from("<IIHH", body)
            sheet.rows = max(sheet.rows, bottom, (bottom - top) % 2**32)
            sheet.columns = max(sheet.columns, right, (right - left) % 2**16)
        elif kind == 0x00E5:
            for i in range(unpack_from("<H", body)[0]):
                top, bottom, left, right = unpack_from("<4H", body, 2 + 8 * i)
                sheet.merged.append((top + 1, left, bottom + 1, right))
    return sheet.marks()


def _xls_records(stream: bytes, at: int) -> Iterator[_Record]:
    """Yield the records of a sheet, or of the workbook itself, without those of charts inside it."""
    depth = 0
    while at + 4 <= len(stream):
        kind, length = unpack_from("<HH", stream, at)
        if kind & 0xFF == 0x09 and kind <= 0x0809:
            depth += 1
        elif kind == 0x000A:
            depth -= 1
            if depth <= 0:
                return
        elif depth == 1:
            yield kind, stream[at + 4 : at + 4 + length]
        at += 4 + length


def xlsb_marks(raw: bytes) -> dict[str, Marks]:
    """Return the marks of each sheet of an .xlsb file."""
    book = unpacked(raw, "xl/worksheets/")
    files = members(book, "xl/_rels/workbook.bin.rels")
    out = {}
    for kind, body in _xlsb_records(small(book, "xl/workbook.bin")):
        if kind == 156:
            relation, after = _wide_text(body, 8)
            name, _ = _wide_text(body, after)
            member = files.get(relation)
            if member and book.getinfo(member).file_size > _LARGEST:
                raise BrokenWorkbookError(f"{name} unpacks to {book.getinfo(member).file_size:,} bytes")
            if member:
                out[name] = _xlsb_sheet(book.read(member))
    return out


def _xlsb_sheet(stream: bytes) -> Marks:
    sheet, row = _Sheet(), 0
    for kind, body in _xlsb_records(stream):
        if kind == 0:
            row = unpack_from("<I", body)[0]
        elif kind <= 11:
            sheet.cell(row, unpack_from("<I", body)[0], body[8] if kind in (3, 11) else None)
        elif kind == 176:
            top, bottom, left, right = unpack_from("<4I", body)
            sheet.merged.append((top + 1, left, bottom + 1, right))
    return sheet.marks()


def _xlsb_records(stream: bytes) -> Iterator[_Record]:
    at = 0
    while at < len(stream):
        kind, at = _grouped(stream, at, 2)
        length, at = _grouped(stream, at, 4)
        yield kind, stream[at : at + length]
        at += length


def _grouped(stream: bytes, at: int, most: int) -> tuple[int, int]:
    """Return a number written in groups of seven bits, lowest first, and where it ends.

    The two bytes of a kind are its groups too, for kinds below 128 are one byte and the others have their high bit.
    """
    number = 0
    for i in range(most):
        byte = stream[at]
        at += 1
        number |= (byte & 0x7F) << 7 * i
        if not byte & 0x80:
            break
    return number, at


def _wide_text(body: bytes, at: int) -> tuple[str, int]:
    end = at + 4 + 2 * int(unpack_from("<I", body, at)[0])
    return body[at + 4 : end].decode("utf-16-le", errors="replace"), end
