"""Workbooks: ids, dates, merged cells, errors, sheets by name; a broken or hostile one is a fault."""

from __future__ import annotations

import re
from datetime import date, datetime
from io import BytesIO
from pathlib import Path
from struct import pack
from zipfile import ZipFile

import pytest
import xlsxwriter
from openpyxl.worksheet.worksheet import Worksheet

from halfstep.core.check import Fault, Guess
from halfstep.data.read.tables import ROW, Table, read_table
from tests.data.workbooks import XLS, ods, ods_row, packed, repacked, rows, xlsb, xlsx

SHEET = "xl/worksheets/sheet1.xml"


def found(folder: Path, raw: bytes, name: str = "t.xlsx", part: str = "") -> Table | tuple[Fault, ...]:
    (folder / name).write_bytes(raw)
    return read_table("sales", folder / f"{name}{part}")


def read(folder: Path, raw: bytes, name: str = "t.xlsx", part: str = "") -> Table:
    table = found(folder, raw, name, part)
    assert isinstance(table, Table), table
    return table


def refused(folder: Path, raw: bytes, name: str = "t.xlsx", part: str = "") -> tuple[Fault, ...]:
    faults = found(folder, raw, name, part)
    assert isinstance(faults, tuple), faults
    assert all(fault.what and fault.mend for fault in faults)
    return faults


def guessed(table: Table, kind: str) -> Guess:
    return next(guess for guess in table.guesses if guess.kind == kind)


def test_values_are_the_text_that_stands_for_them(tmp_path: Path) -> None:
    values = ["12345678901234567890", "00123", 1234567890123, 3.0, 0.1, 1e-7, True, date(2024, 1, 2), datetime(2024, 1, 2, 3, 4), " x ", None]  # fmt: skip
    table = read(tmp_path, rows([f"c{i}" for i in range(len(values))], values, ["a"] * len(values)))
    assert table.frame.row(0) == (
        2, "12345678901234567890", "00123", "1234567890123", "3", "0.1", "0.0000001", "true", "2024-01-02", "2024-01-02 03:04:00",
        "x", None,
    )  # fmt: skip
    assert table.guesses == ()


def test_a_per_cent_is_its_plain_number_and_a_month_its_first_day(tmp_path: Path) -> None:
    def fill(sheet: Worksheet) -> None:
        for line in (["share", "month"], [0.175, 45292], [0.2, 45323]):
            sheet.append(line)
        for row in (2, 3):
            sheet.cell(row, 1).number_format = "0.0%"
            sheet.cell(row, 2).number_format = 'yyyy"年"m"月"'

    table = read(tmp_path, xlsx(fill))
    assert table.frame.rows() == [(2, "0.175", "2024-01-01"), (3, "0.2", "2024-02-01")]


def test_rows_are_those_of_the_sheet(tmp_path: Path) -> None:
    def fill(sheet: Worksheet) -> None:
        for place, value in {"C5": "brand", "D5": "n", "C6": "A", "D6": 1, "C9": "B", "D9": 2}.items():
            sheet[place] = value

    table = read(tmp_path, xlsx(fill))
    assert table.frame.rows() == [(6, "A", "1"), (9, "B", "2")]
    assert guessed(table, "blank_rows").row == 7


def test_a_press_table_with_titles_merged_cells_and_notes(tmp_path: Path) -> None:
    def fill(sheet: Worksheet) -> None:
        for line in (
            ["2024 年销量"], [], ["品牌", "车型", "2023年", None, "2024年", None], [None, None, "销量", "价格", "销量", "价格"],
            ["A", "x", 1, 2.5, 3, 4], [None, "y", None, 2, 3, 4], ["B", "z", 1, 2, 3, 4], ["合计", None, 3, None, 9, None],
            ["来源：协会"],
        ):  # fmt: skip
            sheet.append(line)
        for merged in ("A1:F1", "A3:A4", "B3:B4", "C3:D3", "E3:F3", "A5:A6", "C5:C6", "A9:F9"):
            sheet.merge_cells(merged)
        sheet.row_dimensions[7].hidden = True
        sheet.column_dimensions["F"].hidden = True

    table = read(tmp_path, xlsx(fill, "空表"))
    assert table.frame.columns == [ROW, "品牌", "车型", "2023年 销量", "2023年 价格", "2024年 销量", "2024年 价格"]
    assert table.frame.rows() == [
        (5, "A", "x", "1", "2.5", "3", "4"),
        (6, "A", "y", None, "2", "3", "4"),
        (7, "B", "z", "1", "2", "3", "4"),
    ]
    assert {guess.kind: (guess.row, guess.column, guess.count) for guess in table.guesses} == {
        "sheet": (None, None, 1), "hidden": (None, None, 2), "title_rows": (1, None, 1), "merged_header": (3, None, 2),
        "merged_cells": (6, "品牌", 1), "merged_figures": (6, "2023年 销量", 1), "total_row": (8, None, 1), "footer": (9, None, 1),
    }  # fmt: skip


def test_a_merged_year_is_repeated_a_merged_figure_is_not(tmp_path: Path) -> None:
    def fill(sheet: Worksheet) -> None:
        for line in (["year", "brand", "units"], [2023, "A", 10], [None, "B", None], [None, "C", 5]):
            sheet.append(line)
        for merged in ("A2:A4", "C2:C3"):
            sheet.merge_cells(merged)

    table = read(tmp_path, xlsx(fill))
    assert table.frame["year"].to_list() == ["2023"] * 3
    assert table.frame["units"].to_list() == ["10", None, "5"]


def test_failed_formulas_are_faults_with_row_and_column(tmp_path: Path) -> None:
    def fill(sheet: Worksheet) -> None:
        for line in (["brand", "n", "m"], ["A", "#N/A", 1], ["B", 2, "#DIV/0!"], ["来源：#REF!"]):
            sheet.append(line)

    places = [(fault.row, fault.column, fault.what.rsplit(" ", 1)[1]) for fault in refused(tmp_path, xlsx(fill))]
    assert places == [(2, "n", "#N/A"), (3, "m", "#DIV/0!")]
    many = refused(tmp_path, rows(["brand", "n"], *(["A", "#N/A"] for _ in range(30))))
    assert len(many) == 21
    assert "10 more" in many[-1].what


def test_long_numbers_that_a_spreadsheet_has_cut_are_told(tmp_path: Path) -> None:
    out = BytesIO()
    book = xlsxwriter.Workbook(out)
    sheet = book.add_worksheet()
    for row, line in enumerate((["id", "card"], [123456789012345000, "6222021234567890"], [223456789012346000, "6222021234567891"])):  # fmt: skip
        sheet.write_row(row, 0, line)
    book.close()
    table = read(tmp_path, out.getvalue())
    assert [guess.column for guess in table.guesses if guess.kind == "rounded"] == ["id"]


def two(sheet: Worksheet) -> None:
    for line in (["a", "b"], [1, 2]):
        sheet.append(line)
    book = sheet.parent
    assert book is not None
    for title, value in (("二", 3), ("Note's", 5)):
        other = book.create_sheet(title)
        for line in (["a", "b"], [value, 4]):
            other.append(line)


def test_a_sheet_is_named_after_a_number_sign(tmp_path: Path) -> None:
    raw = xlsx(two, "empty")
    (fault,) = refused(tmp_path, raw)
    assert "3: 'Sheet', '二', \"Note's\"" in fault.what
    assert 'sales = "t.xlsx#Sheet"' in fault.mend
    assert read(tmp_path, raw, part="#二").frame["a"].to_list() == ["3"]
    assert read(tmp_path, raw, part="#二").file == "t.xlsx#二"
    assert read(tmp_path, raw, part="#NOTE'S").frame["a"].to_list() == ["5"]
    assert "'Sheet4'" in refused(tmp_path, raw, part="#Sheet4")[0].what
    assert (
        "rows" in refused(tmp_path, raw, part="#empty")[0].what
        or "empty" in refused(tmp_path, raw, part="#empty")[0].what
    )


def test_the_only_sheet_shown_is_read_and_told(tmp_path: Path) -> None:
    def fill(sheet: Worksheet) -> None:
        two(sheet)
        book = sheet.parent
        assert book is not None
        for title in ("二", "Note's"):
            book[title].sheet_state = "hidden"

    table = read(tmp_path, xlsx(fill))
    assert table.frame["a"].to_list() == ["1"]
    assert dict(guessed(table, "sheet").facts) == {"sheet": "Sheet", "of": 3}


ODS_ROWS = (
    ods_row("title"), ods_row(None, repeated=2), ods_row("brand", "n", "share"),
    ods_row('<table:table-cell table:number-rows-spanned="2" office:value-type="string"><text:p>A</text:p></table:table-cell>', 1.0, 0.5),
    ods_row("<table:covered-table-cell/>", 2.5, '<table:table-cell office:value-type="percentage" office:value="0.175"><text:p>17.5%</text:p></table:table-cell>'),
)  # fmt: skip
ODS_END = '<table:table-row table:number-rows-repeated="1000"><table:table-cell table:number-columns-repeated="16384"/></table:table-row>'


def test_open_document_sheets(tmp_path: Path) -> None:
    table = read(tmp_path, ods(S1="".join(ODS_ROWS) + ODS_END), "t.ods")
    assert table.frame.rows() == [(5, "A", "1", "0.5"), (6, "A", "2.5", "0.175")]
    assert {guess.kind for guess in table.guesses} == {"title_rows", "merged_cells"}
    error = '<table:table-cell office:value-type="float" office:value="0" calcext:value-type="error"><text:p>#N/A</text:p></table:table-cell>'
    (fault,) = refused(tmp_path, ods(S1="".join(ODS_ROWS) + ods_row("B", error, 1.0)), "t.ods")
    assert (fault.row, fault.column) == (7, "n")
    assert "2:" in refused(tmp_path, ods(A="".join(ODS_ROWS), B="".join(ODS_ROWS)), "t.ods")[0].what


def test_old_binary_workbooks(tmp_path: Path) -> None:
    places = [(fault.row, fault.column, fault.what.rsplit(" ", 1)[1]) for fault in refused(tmp_path, XLS, "t.xls")]
    assert places == [(4, "e", "#DIV/0!"), (5, "e", "#N/A")]


def test_new_binary_workbooks(tmp_path: Path) -> None:
    cells: list[tuple[int, int, str | float | bytes]] = [(0, 0, "brand"), (0, 1, "n"), (1, 0, "A"), (1, 1, 2.5), (2, 1, 3.0), (3, 0, "B"), (3, 1, 4.0)]  # fmt: skip
    table = read(tmp_path, xlsb(cells, merged=(1, 2, 0, 0)), "t.xlsb")
    assert table.frame.rows() == [(2, "A", "2.5"), (3, "A", "3"), (4, "B", "4")]
    (fault,) = refused(tmp_path, xlsb([*cells, (4, 0, "C"), (4, 1, bytes([23]))]), "t.xlsb")
    assert (fault.row, fault.column) == (5, "n")
    assert "#REF!" in fault.what


def scattered(name: str, content: bytes) -> bytes:
    return content.replace(b'r="B3"', b'r="XFD1048576"') if name == SHEET else content


def prefixed(name: str, content: bytes) -> bytes:
    far = scattered(name, content)
    if name != SHEET:
        return far
    far = re.sub(rb"<(/?)(\w)", rb"<\1x:\2", far).replace(b"xmlns=", b"xmlns:x=")
    return far.replace(b'r="XFD1048576"', b"\nr='XFD1048576'")


@pytest.mark.parametrize(
    ("name", "raw"),
    [
        ("t.xlsx", repacked(rows(["a", "b"], [1, 2], [3, 4]), scattered)),
        ("t.xlsx", repacked(rows(["a", "b"], [1, 2], [3, 4]), prefixed)),
        ("t.ods", ods(S1=ods_row("a", "b") + ods_row(None, repeated=1_000_000) + '<table:table-row><table:table-cell table:number-columns-repeated="16000"/><table:table-cell office:value-type="string"><text:p>x</text:p></table:table-cell></table:table-row>')),
        ("t.xlsb", xlsb([(0, 0, "a"), (1_048_575, 16_383, "b")])),
        ("t.xls", XLS.replace(pack("<HHHHH", 0x0205, 8, 4, 2, 17), pack("<HHHHH", 0x0205, 8, 65_535, 65_535, 17))),
    ],
)  # fmt: skip
def test_a_stray_cell_far_away_is_a_fault_not_the_end_of_memory(tmp_path: Path, name: str, raw: bytes) -> None:
    (fault,) = refused(tmp_path, raw, name)
    assert "reaches to row" in fault.what
    assert "Ctrl+End" in fault.mend


def test_cells_that_do_not_say_where_they_are_are_read(tmp_path: Path) -> None:
    def change(name: str, content: bytes) -> bytes:
        return re.sub(rb' r="[A-Z]*\d+"', b"", content) if name == SHEET else content

    table = read(tmp_path, repacked(rows(["a", "b"], ["x", "y"], ["z", "w"]), change))
    assert table.frame.rows() == [(2, "x", "y"), (3, "z", "w")]


BOOK = rows(["a", "b"], ["x", 1])
ENTITIES = b'<?xml version="1.0"?><!DOCTYPE w [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><workbook>&b;</workbook>'


@pytest.mark.parametrize(
    ("name", "raw"),
    [
        ("t.xlsx", BOOK[:-300]),
        ("t.xlsx", BOOK[: len(BOOK) // 2]),
        ("t.xlsx", repacked(BOOK, lambda n, c: c[: len(c) // 2] if n == SHEET else c)),
        ("t.xlsx", repacked(BOOK, lambda n, c: b"" if n == "xl/workbook.xml" else c)),
        ("t.xlsx", repacked(BOOK, lambda n, c: ENTITIES if n == "xl/workbook.xml" else c)),
        ("t.xlsx", packed([("xl/workbook.xml", b"<workbook/>")])),
        ("t.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)),
        ("t.xls", XLS[:1500]),
        ("t.xls", XLS.replace("Workbook".encode("utf-16-le"), "Wirkbook".encode("utf-16-le"))),
        ("t.xls", XLS.replace("Workbook".encode("utf-16-le") + bytes(18), "EncryptedPackage".encode("utf-16-le") + bytes(2))),
        ("t.ods", ods(S1=ods_row("a", repeated=6_000_000))),
        ("t.ods", packed([("content.xml", b"<a/>")])),
        ("t.xlsb", xlsb([(0, 0, "a")])[:-100]),
    ],
)  # fmt: skip
def test_a_broken_workbook_is_one_fault(tmp_path: Path, name: str, raw: bytes) -> None:
    assert len(refused(tmp_path, raw, name)) == 1


def test_a_workbook_that_unpacks_to_very_much_is_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("halfstep.data.read.marks._MOST_BYTES", 2_000)
    assert "unpacks to" in refused(tmp_path, BOOK)[0].what


def test_a_member_larger_than_it_says_is_not_read(tmp_path: Path) -> None:
    sheet = next(info for info in ZipFile(BytesIO(BOOK)).infolist() if info.filename == SHEET)
    lying = BOOK.replace(pack("<I", sheet.file_size), pack("<I", 50))
    assert "failed" in refused(tmp_path, lying)[0].what
