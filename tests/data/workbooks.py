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
        "c-rk)O-NKx6#nj;H{&??Gh-TPG>DPaqzh@&#wLq$mDmpy5tuf!2y=`f0$Y@2t|AE9ShNvr5royIABw15i@>Nw5Cm$p5`v<jh5Gu=dGFy*1rC&C"
        "yzg<(JNKM>&OP`4zV~V@F+O~+W&(?_4I#`r#fZ$48Kz=C69@H<Bdq_9GC2WO6pEu9$VeEEOJ5er7|M80z`|YoIVmv7bOa~S)|<=LE+ckm44p<|"
        "XeKqdK}i{^HL41w$CR#8dPhq>QMz3vmz6fN?6^6Mv2<H%t2c`eS#_!_gZO=*Ht$r@gets{S$yt_am$9$l0V*gVudM^b_qtn0d39ZvU$mu<0fK2"
        "AJN#;)0oMOqmqL?f^SYO@YP?{&uRnt^2!Y;|GrRO^c#7UgSc3J)v|$pI7fAn404d8wrDKuZ<@wB&Io9tc4+9+X|i4U&RmA`CC8LyYKh6duKPfI"
        "!9Gx`>!XA;gL35)x=P{<Wct?U*L%9!(;X`5*S+68A=XPkaByBMXj}&0A9$t!DYe+F^n!X_qkN6hN(Re!eS4M1>>kiE7gbx&dbTLuq&LjtH<BNm"
        "+WRm$_#wTC{AlaMnaa_(>0#9I#LCcKo&hwN26O$I;8EIt8*evxueAE7oh53;y|y{tF<6cnSxZDhsg$s^bqh;aT0;87&H4T3<}Btyo^|LK)*-c)"
        "z6`MsLu!qw)RzO75<4SUONsA6PF>fu2uXt^dt02^i<~}X$Jk!bXRR1{aXCc~VM{dPE@i~hoiB5iq7QqG5z8>7(<X0Q_{cyFYq8x+gH?h1(n4;*"
        "bBG~8fB*pk1PBlyz&`_{S3UP;ZhM~!5xq&e|8-`VW`o}(|1I{Rm(MAFRPI8K?>zbnnm?-%Hoh;jL>vEqq2M5E&!Zb%8b^1*^OxUlW`28?Y#9G@"
        "OQ_KLXA6n*FW3JAVDH^>"
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
