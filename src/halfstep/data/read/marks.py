"""What a packed workbook (.xlsx) says of its cells that the reader of values does not pass on.

Merged cells, errors and hidden rows; and how far the cells reach, for one stray cell in the last column makes a
reader hold billions of blanks. Files are scanned as streams with a limit on what they unpack to; no XML entity is
expanded.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from xml.parsers import expat
from zipfile import ZipFile

from halfstep.data.read.header_row import column_place
from halfstep.data.read.shape import Merged

__all__ = [
    "MOST_CELLS",
    "MOST_COLUMNS",
    "BrokenWorkbookError",
    "Marks",
    "blocks",
    "members",
    "small",
    "tags",
    "unpacked",
    "xlsx_marks",
]

MOST_CELLS = 30_000_000
MOST_COLUMNS = 16_384
_MOST_BYTES = 1_500_000_000
_BLOCK = 8 << 20


class BrokenWorkbookError(ValueError):
    """A workbook that cannot be read; its text says what was met."""


@dataclass(frozen=True, slots=True)
class Marks:
    """What is known of a sheet.

    Attributes
    ----------
    rows, columns
        How far its cells reach, from the first row and column.
    merged
        Merged cells; rows from 1, columns from 0.
    errors
        Row, column and text of cells whose formula failed.
    hidden_rows, hidden_columns
        How many are hidden.
    """

    rows: int = 0
    columns: int = 0
    merged: tuple[Merged, ...] = ()
    errors: tuple[tuple[int, int, str], ...] = ()
    hidden_rows: int = 0
    hidden_columns: int = 0


def unpacked(raw: bytes, scanned: str) -> ZipFile:
    """Open a packed workbook and see that its members are as large as they say; `scanned` ones are read later."""
    book = ZipFile(BytesIO(raw))
    size = sum(info.file_size for info in book.infolist())
    if size > _MOST_BYTES:
        raise BrokenWorkbookError(f"it unpacks to {size:,} bytes")
    for info in book.infolist():
        if not info.filename.startswith((scanned, "xl/media/", "Pictures/")):
            texts = sum(piece.count(b"<si") for piece in blocks(book, info.filename, b">"))
            if texts > MOST_CELLS:
                raise BrokenWorkbookError(f"it holds {texts:,} texts")
    return book


def blocks(book: ZipFile, member: str, end: bytes) -> Iterator[bytes]:
    """Yield a member of a packed file in pieces that end with `end`, or at least with a tag; XML must be well formed."""
    rest = b""
    parser = _parser() if member.endswith((".xml", ".rels")) else None
    with book.open(member) as stream:
        while read := stream.read(_BLOCK):
            if parser:
                parser.Parse(read, False)
            piece = rest + read
            at = piece.rfind(end)
            cut = at + len(end) if at >= 0 else piece.rfind(b">") + 1
            yield piece[:cut]
            rest = piece[cut:]
            if len(rest) > 8 * _BLOCK:
                raise BrokenWorkbookError(f"{member} holds something that never ends")
    if parser:
        parser.Parse(b"", True)
    yield rest


def _parser() -> expat.XMLParserType:
    """Return a parser that refuses a document which declares a type, and with it entities."""

    def doctype(*_: object) -> None:
        raise BrokenWorkbookError("it declares a document type")

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = doctype
    return parser


def small(book: ZipFile, member: str) -> bytes:
    """Return a member that is no sheet."""
    if book.getinfo(member).file_size > _BLOCK:
        raise BrokenWorkbookError(f"{member} is very large")
    return book.read(member)


def tags(xml: bytes, local: str) -> list[dict[str, str]]:
    """Return the attributes of all elements of a name; a document that declares entities is refused."""
    found: list[dict[str, str]] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        if name.rpartition(":")[2] == local:
            found.append(attributes)

    parser = _parser()
    parser.StartElementHandler = start
    parser.Parse(xml, True)
    return found


def members(book: ZipFile, rels: str) -> dict[str, str]:
    """Return relation -> member for the sheets of a workbook."""
    out = {}
    for rel in tags(small(book, rels), "Relationship"):
        target = rel.get("Target", "")
        out[rel.get("Id", "")] = target[1:] if target.startswith("/") else f"xl/{target}"
    return {key: member for key, member in out.items() if member in book.namelist()}


_PREFIX = re.compile(rb"<(/?)\w+:")
_CELL = re.compile(rb"<c[\s/>]")
_PLAIN_PLACE = re.compile(rb' r="([A-Z]{1,3})(\d{1,7})"')
_PLACE = re.compile(rb"""\br=["']([A-Z]{1,3})(\d{1,7})["']""")
_ROW = re.compile(rb"<row\b[^<>]*")
_ROW_NUMBER = re.compile(rb"""\br=["'](\d{1,7})["']""")
_COLUMN = re.compile(rb"<col\b[^<>]*")
_HIDDEN = re.compile(rb"""\bhidden=["'](?:1|true)["']""")
_ERROR = re.compile(rb"""<c\b([^<>]*\bt=["']e["'][^<>]*)>""")
_VALUE = re.compile(rb"<v>([^<]{1,20})")
_MERGED = re.compile(rb"""<mergeCell\b[^<>]*\bref=["']([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})["']""")


def xlsx_marks(raw: bytes) -> dict[str, Marks]:
    """Return the marks of each sheet of an .xlsx file."""
    book = unpacked(raw, "xl/worksheets/")
    files = members(book, "xl/_rels/workbook.xml.rels")
    out = {}
    for sheet in tags(small(book, "xl/workbook.xml"), "sheet"):
        relation = next((value for key, value in sheet.items() if key.rpartition(":")[2] == "id"), "")
        if relation in files:
            out[sheet.get("name", "")] = _xlsx_sheet(book, files[relation])
    return out


def _xlsx_sheet(book: ZipFile, member: str) -> Marks:
    rows = columns = hidden_rows = hidden_columns = 0
    merged: list[Merged] = []
    errors: list[tuple[int, int, str]] = []
    for block in blocks(book, member, b"</row>"):
        piece = _PREFIX.sub(rb"<\1", block) if b":row" in block or b":c" in block else block
        down, right = _reach(piece, rows)
        rows, columns = max(rows, down), max(columns, right)
        if b"hidden" in piece:
            hidden_rows += sum(map(bool, map(_HIDDEN.search, _ROW.findall(piece))))
            hidden_columns += sum(map(bool, map(_HIDDEN.search, _COLUMN.findall(piece))))
        for left, top, last, bottom in _MERGED.findall(piece):
            merged.append((int(top), column_place(left.decode()), int(bottom), column_place(last.decode())))
        for found in _ERROR.finditer(piece):
            place, value = _PLACE.search(found[1]), _VALUE.search(piece, found.end(), found.end() + 4_000)
            if place is None:
                raise BrokenWorkbookError("a cell with an error does not say where it is")
            errors.append(
                (int(place[2]), column_place(place[1].decode()), value[1].decode(errors="replace") if value else "#N/A")
            )
    return Marks(rows, columns, tuple(merged), tuple(errors), hidden_rows, hidden_columns)


def _reach(piece: bytes, rows: int) -> tuple[int, int]:
    """Return the last row and column of a piece that follows so many rows; cells may leave out where they are."""
    cells = len(_CELL.findall(piece))
    places = _PLAIN_PLACE.findall(piece)
    if len(places) < cells:
        places = _PLACE.findall(piece)
    columns = max((column_place(name.decode()) + 1 for name in {name for name, _ in places}), default=0)
    reach = max(map(int, {row for _, row in places}), default=0)
    if len(places) < cells:
        heads = _ROW.findall(piece)
        told = max((int(number) for head in heads for number in _ROW_NUMBER.findall(head)), default=0)
        reach = max(reach, told, rows + len(heads))
        columns = max(columns, *(len(_CELL.findall(row)) for row in piece.split(b"</row>")))
    return reach, columns
