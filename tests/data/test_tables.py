"""Reading: encodings, line ends, separators, blanks, types; what cannot be read is a fault with a place."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import polars as pl
import pytest

from halfstep.core.check import Fault
from halfstep.core.errors import StudyFaultsError
from halfstep.data.study import Loaded, load
from halfstep.data.tables import ROW, Table, read_table
from tests.invented import market, write


def read(folder: Path, raw: bytes, name: str = "sales.csv") -> Table:
    (folder / name).write_bytes(raw)
    table = read_table("sales", folder / name)
    assert isinstance(table, Table), table
    return table


def refused(folder: Path, raw: bytes) -> Fault:
    (folder / "sales.csv").write_bytes(raw)
    fault = read_table("sales", folder / "sales.csv")
    assert isinstance(fault, Fault)
    assert fault.mend
    return fault


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


def test_other_encodings_are_named_with_their_row_not_guessed(tmp_path: Path) -> None:
    fault = refused(tmp_path, "brand,model\n比亚迪,1\n米,2\n".encode("gb18030"))
    assert fault.row == 2
    assert "UTF-8" in fault.what
    assert "CSV UTF-8" in fault.mend
    assert "UTF-8" in refused(tmp_path, "brand,model\na,1\n".encode("utf-16")).what


@pytest.mark.parametrize(
    ("raw", "text", "row"),
    [
        (b"", "header", None),
        (b"\n\n", "header", None),
        (b"brand,model\n", "rows", None),
        (b"brand,model\n\n,\n", "rows", None),
        (b"a,b\n1,\x002\n", "zero bytes", None),
        (b"a,b,a\n1,2,3\n", "'a'", 1),
        (b'\na,"a"\n1,2\n', "'a'", 2),
        (b"a,b\n1,2\n1,2,3\n", "2 cells, this row 3", 3),
        (b'a,b\n1,"2\n3,4\n', "equal width", None),
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
    assert isinstance(read_table("sales", tmp_path / "t.parquet"), Fault)
    assert isinstance(read_table("sales", tmp_path), Fault)
    assert isinstance(read_table("sales", tmp_path / "no\x00where"), Fault)
    missing = read_table("sales", tmp_path / "none.csv")
    assert isinstance(missing, Fault)
    assert "[tables] sales" in missing.mend


def test_a_line_of_a_megabyte_is_read(tmp_path: Path) -> None:
    table = read(tmp_path, b"a,b\n1," + b"x" * 1_000_000 + b"\n2,y\n")
    assert table.frame.height == 2


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
