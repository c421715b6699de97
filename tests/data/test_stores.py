"""DuckDB databases: a table or a view by name, types kept, opened for reading only."""

from __future__ import annotations

import hashlib
import sys
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import polars as pl
import pytest

from halfstep.core.check import Fault
from halfstep.data.read.tables import ROW, Table, read_table
from halfstep.data.study import load
from tests.invented import market, write


def database(path: Path, *statements: str) -> Path:
    with duckdb.connect(str(path)) as connection:
        for statement in statements:
            connection.execute(statement)
    return path


def read(path: Path) -> Table:
    table = read_table("sales", path)
    assert isinstance(table, Table), table
    return table


def refused(path: Path) -> Fault:
    found = read_table("sales", path)
    assert isinstance(found, tuple)
    assert len(found) == 1
    return found[0]


ONE = "create table one as select 1 as a, 'x' as b, 1.5::decimal(9, 2) as c, date '2024-01-02' as d, 3::hugeint as e"


def test_the_only_table_is_read_with_its_types(tmp_path: Path) -> None:
    path = database(tmp_path / "t.duckdb", ONE, "create table none (a int)")
    table = read(path)
    assert table.frame.rows() == [(1, 1, "x", Decimal("1.50"), date(2024, 1, 2), Decimal(3))]
    assert table.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert not (tmp_path / "t.duckdb.wal").exists()


def test_tables_and_views_are_named_after_a_number_sign(tmp_path: Path) -> None:
    path = database(tmp_path / "t.db", ONE, "create schema s", 'create table s."T 2" as from range(3)', "create view v as select a from one")  # fmt: skip
    fault = refused(path)
    assert "'one', 'v', 's.T 2'" in fault.what
    assert 'sales = "t.db#one"' in fault.mend
    assert read(tmp_path / "t.db#V").frame.columns == [ROW, "a"]
    assert read(tmp_path / "t.db#s.T 2").frame[ROW].to_list() == [1, 2, 3]
    assert "'two'" in refused(tmp_path / "t.db#two").what


def test_a_view_may_not_read_other_files(tmp_path: Path) -> None:
    (tmp_path / "secret.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    path = database(tmp_path / "t.duckdb", f"create view v as from read_csv('{tmp_path / 'secret.csv'}')")
    assert "reading it failed" in refused(path).what


def test_a_cut_or_foreign_database_is_a_fault(tmp_path: Path) -> None:
    raw = database(tmp_path / "t.duckdb", ONE).read_bytes()
    for changed in (raw[:6_000], raw[:12] + b"\xff" + raw[13:], raw[:8] + b"DUCK" + bytes(50)):
        (tmp_path / "u.duckdb").write_bytes(changed)
        fault = refused(tmp_path / "u.duckdb")
        assert "DuckDB" in fault.what
        assert "Parquet" in fault.mend


def test_without_duckdb_the_fault_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = database(tmp_path / "t.duckdb", ONE)
    monkeypatch.setitem(sys.modules, "duckdb", None)
    assert "pip install 'halfstep[duckdb]'" in refused(path).mend


def test_pyarrow_is_not_needed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = database(tmp_path / "t.duckdb", ONE)
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    assert read(path).frame.height == 1


def test_a_reserved_column_name_is_a_fault(tmp_path: Path) -> None:
    pl.DataFrame({ROW: [1], "a": [2]}).write_parquet(tmp_path / "t.parquet")
    assert refused(tmp_path / "t.parquet").column == ROW
    assert refused(database(tmp_path / "t.duckdb", f'create table t as select 1 as "{ROW}"')).column == ROW


def test_a_study_reads_its_sales_from_a_database(tmp_path: Path) -> None:
    frame = market()
    folder = write(tmp_path, None, {"tables": {"sales": "m.duckdb#sales"}})
    frame.write_csv(tmp_path / "m.csv")
    database(tmp_path / "m.duckdb", f"create table sales as from read_csv('{tmp_path / 'm.csv'}')", ONE)
    loaded = load(folder)
    assert loaded.sales.frame.height == frame.height
    assert len(loaded.inputs["m.duckdb#sales"]) == 64
