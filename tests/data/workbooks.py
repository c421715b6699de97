"""Small workbooks made by hand, for what no library here writes: .ods, .xlsb, .xls; and .xlsx with parts changed."""

from __future__ import annotations

import base64
import zlib
from collections.abc import Callable, Iterable, Sequence
from io import BytesIO
from struct import pack
from zipfile import ZIP_DEFLATED, ZipFile

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

XLS = zlib.decompress(
    base64.b85decode(
        "c-rk)O-NKx6#nj=_h!aH=f^bAXb>Z-Nf*+ljlC?&RboF-L|{%ci!jF+BCthSHmeANHWqCJTLfXX>4zd}*CH@#5d^`E(Mkx4f)?uQob%qp"
        "(Fz<W$#~!6o_Fp!_ndp~|9$V(WTH5Bud#$h*oFY+>?#DyWQtOimx+V)w#}^f4pXvytSD54X&{3p9@o4K@fh-Wm!NUicuo|UqI3i&(LI>U"
        "HZ3D|NDO_7W9T5NaDyaKG)PpnLXQbuCG?Jzd?IwaNG=QQpt41E7?W0aYO6bo59wynMZta_h|N2Zw4)v`cov_#qMWiOI`hZ-POLCR(x}Eb"
        "Xh6HNxon>EG2BE17$UR{476o3Mbyz?kK>!&1bp>Y^|K~lzPxe;l7C+)5B)|Sra@dRzp4#j81_+FBn2Aeu)!LQ{p~YYM>7JFNIN?E=`^wF"
        "d|xg@^Cd?qOQ|!$`?~A{@df)pjjWGqq8Y@5Psl2XQy??9KEK|R?y-7BGAw()b3&}=fMDZ1Taa-So<Go;0;I%Zv(O9Tb&c?iLhC44dbjk{"
        "yUgwpDRWV@EmY4I!5eEs8NZSE!t~yU$-)O~6Y&#Wr89LCZ>=#j(}|TKdwxdHs#?|cYm7&h_g3z1@?L1ePdiIk$KAHs?lBm{EUzU(LMWHe"
        "(z=Buw3OgJadKY&IXO+afNLH2g>^uzxi16MhXJw1bn452ONpI9tR;ySe<3+_9n%n!3Q6j1c4{ng`jk4xaDzUpBgC`IX{yK6tYLR4#g@)|"
        "nYU!U={ANfO>n18-PZU>fhwxSa4rqH7WcV@v<1&20v|qn`0(MwhYuhB43u2;oSV7fekugzCh7dwnWZ%6|0elwu@8gvoT87)UC7ZpkD-d@"
        "&uW;;^QD$(<NYsW9HiRw=to-O=&yMG(zlx`Z_knq<9}`mRa*aCC2{`c`hNhnVcmE"
    )
)
"""Written by xlwt: a title in row 1, header brand, n, e in row 3, A merged over rows 4 and 5 with 1234567890123456 and
2.5, the errors #DIV/0! (a formula) and #N/A in the third column, true and 2020-01-02 in row 6."""


def xlsx(fill: Callable[[Worksheet], None], *more: str) -> bytes:
    """A workbook whose first sheet a function fills; more sheets are empty."""
    book, out = Workbook(), BytesIO()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    fill(sheet)
    for title in more:
        book.create_sheet(title)
    book.save(out)
    return out.getvalue()


def rows(*lines: Sequence[object]) -> bytes:
    """A workbook of one sheet with these rows."""

    def fill(sheet: Worksheet) -> None:
        for line in lines:
            sheet.append(list(line))

    return xlsx(fill)


def repacked(raw: bytes, change: Callable[[str, bytes], bytes]) -> bytes:
    """A packed file with its members changed."""
    return packed((name, change(name, ZipFile(BytesIO(raw)).read(name))) for name in ZipFile(BytesIO(raw)).namelist())


def packed(members: Iterable[tuple[str, bytes]]) -> bytes:
    """A packed file."""
    out = BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as book:
        for name, content in members:
            book.writestr(name, content)
    return out.getvalue()


_SPACES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
)
_CALC = 'xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"'


def ods(**sheets: str) -> bytes:
    """An .ods file of sheets written as table rows."""
    tables = "".join(f'<table:table table:name="{name}">{body}</table:table>' for name, body in sheets.items())
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {_SPACES} {_CALC} office:version="1.2">'
        f"<office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body></office:document-content>"
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    return packed([("mimetype", kind.encode()), ("META-INF/manifest.xml", b"<m/>"), ("content.xml", content.encode())])


def ods_row(*cells: str | float | None, repeated: int = 1) -> str:
    """A row of an .ods sheet; texts that begin with "<" are cells already."""
    times = f' table:number-rows-repeated="{repeated}"' if repeated > 1 else ""
    return f"<table:table-row{times}>{''.join(map(_ods_cell, cells))}</table:table-row>"


def _ods_cell(value: str | float | None) -> str:
    if value is None:
        return "<table:table-cell/>"
    if isinstance(value, str):
        text = f'<table:table-cell office:value-type="string"><text:p>{value}</text:p></table:table-cell>'
        return value if value.startswith("<") else text
    return f'<table:table-cell office:value-type="float" office:value="{value}"><text:p>{value}</text:p></table:table-cell>'


def xlsb(
    cells: Sequence[tuple[int, int, str | float | bytes]], merged: tuple[int, int, int, int] | None = None
) -> bytes:
    """An .xlsb file of one sheet: row, column (from 0) and text, number or error code, in the order of the sheet."""
    sheet = _record(129) + _record(148, pack("<4I", 0, max(r for r, *_ in cells), 0, max(c for _, c, _ in cells)))
    sheet += _record(145)
    last = -1
    for row, column, value in cells:
        if row != last:
            sheet += _record(0, pack("<I", row) + bytes(13))
            last = row
        place = pack("<II", column, 0)
        if isinstance(value, bytes):
            sheet += _record(3, place + value)
        elif isinstance(value, str):
            sheet += _record(6, place + _wide(value))
        else:
            sheet += _record(5, place + pack("<d", value))
    sheet += _record(146)
    if merged:
        sheet += _record(177, pack("<I", 1)) + _record(176, pack("<4I", *merged)) + _record(178)
    sheet += _record(130)
    names = _record(131) + _record(143) + _record(156, pack("<II", 0, 1) + _wide("rId1") + _wide("S1"))
    names += _record(144) + _record(132)
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet"
    rels = f'<Relationships><Relationship Id="rId1" Type="{kind}" Target="worksheets/sheet1.bin"/></Relationships>'
    return packed([
        ("[Content_Types].xml", b"<Types/>"), ("xl/workbook.bin", names), ("xl/_rels/workbook.bin.rels", rels.encode()),
        ("xl/worksheets/sheet1.bin", sheet),
    ])  # fmt: skip


def _record(kind: int, body: bytes = b"") -> bytes:
    head = bytes([kind]) if kind < 128 else bytes([kind & 0x7F | 0x80, kind >> 7])
    length = len(body)
    size = bytes([length]) if length < 128 else bytes([length & 0x7F | 0x80, length >> 7])
    return head + size + body


def _wide(text: str) -> bytes:
    return pack("<I", len(text)) + text.encode("utf-16-le")
