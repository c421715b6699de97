"""Reading text and Parquet: encodings, line ends, separators, widths; what cannot be read is a fault with a place."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import polars as pl
import pytest

from halfstep.core.check import Fault, Guess
from halfstep.core.errors import StudyFaultsError
from halfstep.data.read.tables import ROW, Table, read_table
from halfstep.data.study import Loaded, load
from tests.invented import market, write


def read(folder: Path, raw: bytes, name: str = "sales.csv") -> Table:
    (folder / name).write_bytes(raw)
    table = read_table("sales", folder / name)
    assert isinstance(table, Table), table
    return table


def faults(folder: Path, raw: bytes) -> tuple[Fault, ...]:
    (folder / "sales.csv").write_bytes(raw)
    found = read_table("sales", folder / "sales.csv")
    assert isinstance(found, tuple), found
    assert all(fault.what and fault.mend for fault in found)
    return found


def refused(folder: Path, raw: bytes) -> Fault:
    found = faults(folder, raw)
    assert len(found) == 1, found
    return found[0]


def guessed(table: Table, kind: str) -> Guess:
    return next(guess for guess in table.guesses if guess.kind == kind)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("start", ["", "\ufeff"])
def test_line_ends_separators_and_byte_order_mark(tmp_path: Path, end: str, separator: str, start: str) -> None:
    lines = [["brand", "model", "note"], ["小米", "007", '"a, b; c"'], ["B", " 12 ", ""]]
    table = read(tmp_path, (start + end.join(separator.join(cells) for cells in lines) + end).encode())
    assert table.frame.columns == [ROW, "brand", "model", "note"]
    assert table.frame.rows() == [(2, "小米", "007", "a, b; c"), (3, "B", "12", None)]


def test_rows_are_counted_as_an_editor_counts_them(tmp_path: Path) -> None:
    table = read(tmp_path, b"\n\na,b\n1,2\n\n,\n3,4\n\n\n")
    assert table.frame.rows() == [(4, "1", "2"), (7, "3", "4")]
    pl.DataFrame({"a": [1, 2]}).write_parquet(tmp_path / "t.parquet")
    parquet = read_table("sales", tmp_path / "t.parquet")
    assert isinstance(parquet, Table)
    assert parquet.frame[ROW].to_list() == [1, 2]


def test_ids_stay_what_they_are(tmp_path: Path) -> None:
    ids = ["007", "12345678901234567890", "1e5", "TRUE", "2024-01-01", "=1+1"]
    table = read(tmp_path, ("model\n" + "\n".join(ids) + "\n").encode())
    assert table.frame["model"].to_list() == ids


def test_the_same_bytes_have_the_same_hash(tmp_path: Path) -> None:
    assert read(tmp_path, b"a\n1\n").sha256 == read(tmp_path, b"a\n1\n", "other.csv").sha256


CARS = "品牌,车型,价格\n比亚迪,汉 EV,20\n特斯拉,Model 3,25\n"


@pytest.mark.parametrize(
    ("encoding", "said"),
    [
        ("utf-8", None), ("utf-8-sig", None), ("utf-16", None), ("gb18030", "GB18030"), ("gbk", "GB18030"),
        ("utf-16-le", "UTF-16-LE"), ("utf-16-be", "UTF-16-BE"), ("utf-32", None),
    ],
)  # fmt: skip
def test_encodings_of_chinese_exports(tmp_path: Path, encoding: str, said: str | None) -> None:
    table = read(tmp_path, CARS.encode(encoding))
    assert table.frame.rows() == [(2, "比亚迪", "汉 EV", "20"), (3, "特斯拉", "Model 3", "25")]
    facts = [dict(guess.facts) for guess in table.guesses if guess.kind == "encoding"]
    assert facts == ([] if said is None else [{"encoding": said, "sample": "品牌"}])


@pytest.mark.parametrize(
    "text", ["Marke;Größe;Preis\nCitroën;10;12,5\nŠkoda;3;4,5\n", "a;b\ncafé;2\n", "prix;€\né;1\n"]
)
def test_western_exports_are_read_as_such(tmp_path: Path, text: str) -> None:
    table = read(tmp_path, text.encode("cp1252"))
    assert table.frame.columns[1:] == text.splitlines()[0].split(";")
    assert table.frame.row(0)[1:] == tuple(text.splitlines()[1].split(";"))
    assert dict(guessed(table, "encoding").facts)["encoding"] == "Windows-1252"


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("cp1251", "марка,цена\nЛада,10\nВолга,11\n"),
        ("big5", "品牌,車型,價格\n豐田,凱美瑞,20\n本田,雅閣,20\n"),
        ("shift_jis", "ブランド,車種,価格\nトヨタ,カムリ,20\n"),
        ("euc_kr", "브랜드,모델\n현대,쏘나타\n기아,쏘렌토\n"),
    ],
)
def test_what_makes_no_sense_in_chinese_is_refused_with_its_row(tmp_path: Path, encoding: str, text: str) -> None:
    fault = refused(tmp_path, b"a,b\n" + text.encode(encoding))
    assert fault.row == 2
    assert "UTF-8" in fault.what
    assert "CSV UTF-8" in fault.mend


def test_a_file_that_breaks_off_inside_a_character_says_so(tmp_path: Path) -> None:
    for raw in ("a,b\n比,亚".encode()[:-1], "品\t牌\nA\t1\n".encode("utf-16")[:-1]):
        assert "breaks off" in refused(tmp_path, raw).what


@pytest.mark.parametrize(
    ("raw", "text", "row"),
    [
        (b"", "header", None),
        (b"\n\n", "header", None),
        (b"brand,model\n", "rows", None),
        (b"brand,model\n\n,\n", "rows", None),
        (b"a,b\n1,\x002\n", "zero bytes", 2),
        (b"a,b,a\n1,2,3\n", "'a'", 1),
        (b'\na,"a"\n1,2\n', "'a'", 2),
        (b"a,b\n1,2\n1,2,3\n", "2 cells, this row 3", 3),
        (b'a,b\n1,"2\n3,4\n', "equal width", 2),
        (b'a,b\n1,2\n3,"4"x\n', "equal width", 3),
        (b"a,b,c\n1,2,3\n4,5\n6,7,8\n", "3 cells, this row 2", 3),
        (b"a,b\nr1,1,2\nr2,3,4\n", "2 cells, every row 3", None),
        (b'{"a": 1}\n{"a": 2\n', "JSON", 2),
        (b'[\n {"a": 1},]', "JSON", 2),
        (b"<html><table><tr>", "web page", None),
        (b"\x1f\x8b\x08\x00", "packed", None),
        (b"PK\x03\x04 sales.csv", "packed", None),
        (b"SQLite format 3\x00", "SQLite", None),
        (b"%PDF-1.7", "PDF", None),
        (b"PAR1 but nothing else", "Parquet", None),
        (b"a,__row__\n1,2\n", "__row__", 1),
    ],
)
def test_what_is_no_table_is_one_clear_fault(tmp_path: Path, raw: bytes, text: str, row: int | None) -> None:
    fault = refused(tmp_path, raw)
    assert text in fault.what
    assert fault.row == row


def test_a_truncated_parquet_file_and_a_folder_are_faults(tmp_path: Path) -> None:
    market().write_parquet(tmp_path / "t.parquet")
    (tmp_path / "t.parquet").write_bytes((tmp_path / "t.parquet").read_bytes()[:-200])
    assert isinstance(read_table("sales", tmp_path / "t.parquet"), tuple)
    assert isinstance(read_table("sales", tmp_path), tuple)
    assert isinstance(read_table("sales", tmp_path / "no\x00where"), tuple)
    missing = read_table("sales", tmp_path / "none.csv")
    assert isinstance(missing, tuple)
    assert "[tables] sales" in missing[0].mend


def test_a_line_of_a_megabyte_is_read(tmp_path: Path) -> None:
    table = read(tmp_path, b"a,b\n1," + b"x" * 1_000_000 + b"\n2,y\n")
    assert table.frame.height == 2


def test_a_line_without_end_is_a_fault_with_its_row(tmp_path: Path) -> None:
    fault = refused(tmp_path, b"a,b\n1," + b"x" * 12_000_000 + b"\n2,y\n")
    assert fault.row == 2
    assert "12,000,003 bytes" in fault.what


def test_a_row_of_very_many_cells_is_a_fault_with_its_row(tmp_path: Path) -> None:
    assert refused(tmp_path, b"a,b\n1,2\n" + b"x," * 5_000 + b"\n1,2\n").row == 3
    assert refused(tmp_path, b"a,b\n" + b'1,5" disc\n' * 5_000 + b"x," * 1_500 + b"\n").row == 5_002


@pytest.mark.parametrize("separator", ["|", "，", "；", "^", "~", "\x01"])
def test_other_separators_are_guessed(tmp_path: Path, separator: str) -> None:
    quoted = f'"x{separator} y"'
    lines = [["brand", "model, trim", "price"], ["A", quoted, "1,5"], ["B", "z", ""]]
    table = read(tmp_path, "\n".join(separator.join(cells) for cells in lines).encode())
    assert table.frame.rows() == [(2, "A", quoted.strip('"'), "1,5"), (3, "B", "z", None)]
    assert guessed(table, "delimiter").facts


@pytest.mark.parametrize(
    ("text", "cells"),
    [
        ("brand;price;units\nA;12,5;3\nB;10,25;4\n", ("A", "12,5", "3")),
        ("brand\tmodel, trim\tprice\nA\tx, y\t3\nB\tz, w\t4\n", ("A", "x, y", "3")),
        ("brand;note\nA;one, two, three\nB;four\n", ("A", "one, two, three")),
        ('a,"b;c;d",e\n1,"2;3;4",5\n', ("1", "2;3;4", "5")),
        ("t;;;\nbrand;price;units;x\nA;12,5;3,1;1,0\nB;10,25;4,5;2,0\n", ("A", "12,5", "3,1", "1,0")),
    ],
)
def test_the_separator_is_the_one_that_occurs_equally_often(tmp_path: Path, text: str, cells: tuple[str, ...]) -> None:
    assert read(tmp_path, text.encode()).frame.row(0)[1:] == cells


def test_every_uneven_row_is_listed_up_to_twenty(tmp_path: Path) -> None:
    uneven = faults(tmp_path, b"a,b,c\n1,2,3\n1,2\n1,2,3,4\n1\n1,2,3,,\n")
    assert [(fault.row, fault.what.split("; ")[1]) for fault in uneven] == [
        (3, "the header has 3 cells, this row 2"),
        (4, "the header has 3 cells, this row 4"),
        (5, "the header has 3 cells, this row 1"),
    ]
    many = faults(tmp_path, b"a,b,c\n1,2,3\n" + b"1,2\n" * 50)
    assert len(many) == 21
    assert "30 more rows" in many[-1].what


def test_uneven_rows_are_found_where_quotes_stand_inside_cells(tmp_path: Path) -> None:
    assert [f.row for f in faults(tmp_path, b'a,b\n5" disc,2\n3\n4,5,6\n7,8\n')] == [3, 4]
    table = read(tmp_path, b'a, "b"\n1, "x, y"\n5" disc,2\n')
    assert table.frame.rows() == [(2, "1", "x, y"), (3, '5" disc', "2")]


def test_blank_cells_beyond_the_header_are_passed_over(tmp_path: Path) -> None:
    table = read(tmp_path, b"a,b\n1,2,\n3,4, ,\n5,6\n")
    assert table.frame.rows() == [(2, "1", "2"), (3, "3", "4"), (4, "5", "6")]
    assert guessed(table, "trailing_cells").count == 2
    assert read(tmp_path, b"a,b,,\n1,2\n3,4,,\n").frame.columns == [ROW, "a", "b"]


def test_columns_that_no_row_reaches_are_blank(tmp_path: Path) -> None:
    table = read(tmp_path, b"a,b,c,d\n1,2\n3,4\n")
    assert table.frame.rows() == [(2, "1", "2", None, None), (3, "3", "4", None, None)]
    assert dict(guessed(table, "missing_cells").facts) == {"count": 2, "columns": "c, d"}


def test_lone_carriage_returns_are_told(tmp_path: Path) -> None:
    assert guessed(read(tmp_path, b"a,b\r1,2\r"), "line_ends").count == 2
    assert read(tmp_path, b"a,b\r\n1,2\n3,4\r5,6\r\n").frame[ROW].to_list() == [2, 3, 4]


def test_a_quoted_line_break_is_no_row(tmp_path: Path) -> None:
    table = read(tmp_path, b'a,b\n1,"2\n3"\n"4 ""x""",\n')
    assert table.frame.rows() == [(2, "1", "2\n3"), (3, '4 "x"', None)]


def test_a_number_sign_in_a_file_name_is_a_name(tmp_path: Path) -> None:
    assert read(tmp_path, b"a,b\n1,2\n", "x#y.csv").file == "x#y.csv"
    found = read_table("sales", tmp_path / "x#y.csv#Sheet1")
    assert isinstance(found, tuple)
    assert "no parts" in found[0].what


def parquet_study(folder: Path, periods: list[object], kind: pl.DataType | type[pl.DataType]) -> Loaded:
    frame = market(years=range(len(periods)))
    dated = pl.Series(periods, dtype=kind)
    frame = frame.with_columns(dated.gather(frame["year"]).alias("year"))
    return load(write(folder, frame, {"tables": {"sales": "sales.parquet"}}))


def test_dates_in_parquet_become_months(tmp_path: Path) -> None:
    days = [date(2020, m, 3) for m in range(1, 7)]
    for kind, periods in ((pl.Date, days), (pl.Datetime("us"), [datetime(d.year, d.month, 3, 7, 30) for d in days])):
        loaded = parquet_study(tmp_path, list(periods), kind)
        assert loaded.sales.frequency == 12
        assert loaded.sales.frame["period"].unique().sort().to_list() == [2020 * 12 + m for m in range(6)]


def test_whole_floats_are_years_and_broken_ones_are_faults(tmp_path: Path) -> None:
    assert parquet_study(tmp_path, [2000.0, 2001.0], pl.Float64).sales.frequency == 1
    with pytest.raises(StudyFaultsError) as caught:
        parquet_study(tmp_path, [2000.0, 2001.5], pl.Float64)
    assert "2001.5" in caught.value.faults[0].what


@pytest.mark.parametrize(("texts", "frequency"), [(["2020-Q1", "2020Q2", "2020-Q3"], 4), (["2020-1", "2020-02"], 12)])
def test_quarters_and_months_in_text(tmp_path: Path, texts: list[str], frequency: int) -> None:
    loaded = parquet_study(tmp_path, list(texts), pl.String)
    assert loaded.sales.frequency == frequency
    assert loaded.sales.frame["period"].n_unique() == len(texts)


@pytest.mark.parametrize(
    ("column", "values"),
    [
        ("price", pl.Series([date(2020, 1, 1)])),
        ("price", pl.Series([[1.0]])),
        ("brand", pl.Series([["A"]])),
        ("model", pl.Series([b"x"])),
        ("power", pl.Series([{"kw": 1.0}])),
    ],
)
def test_columns_of_a_type_that_cannot_be_read_are_faults(tmp_path: Path, column: str, values: pl.Series) -> None:
    frame = market().with_columns(values.new_from_index(0, market().height).alias(column))
    with pytest.raises(StudyFaultsError) as caught:
        load(write(tmp_path, frame, {"tables": {"sales": "sales.parquet"}}))
    assert [fault.column for fault in caught.value.faults] == [column]
