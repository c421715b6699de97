"""A run frozen at a date: rows first known later change no byte of what it writes, whatever stands in them."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from halfstep.core.errors import StudyFaultsError
from halfstep.data.read.later import without_records
from halfstep.data.study import load
from halfstep.report.compose import compose
from halfstep.report.html import render_html
from halfstep.report.index import Index
from halfstep.report.json import report_record
from halfstep.study import run
from tests.invented import market, write

DATE = "2004-06-30"
COLUMNS: dict[str, Any] = {
    "columns": {"first_known": "known"},
    "press_columns": {"entity": "who", "metric": "what", "value": "n", "period": "when", "first_known": "known", "kind": "kind", "source": "by"},
    "outcome_columns": {"entity": "who", "period": "when", "value": "n", "first_known": "known"},
    "outcomes": [{"id": "sold", "label": "sold", "kind": "sales"}],
    "ramp_columns": {"period": "when", "units": "n", "model": "car", "first_known": "known"},
    "ramps_columns": {"period": "when", "units": "n", "maker": "who"},
}  # fmt: skip
SALES = market(years=range(2000, 2005), models=3).with_columns(
    pl.col("year").replace_strict({y: f"{y + 1}-02-01" for y in range(2000, 2005)}).alias("known")
)
MONTHS = [f"{2003 + m // 12}-{m % 12 + 1:02d}" for m in range(16)]
TABLES = {
    "sales": SALES.filter(pl.col("year") < 2004).write_csv(),
    "press": "who,what,n,when,known,kind,by\nA,units,100,2003,2004-02-01,,S\nA,units,超过90,2003-Q1,2003-05-01,,S\nA,units,200,2004,2004-01-05,target,S\n",
    "outcomes": "who,when,n,known\n" + "".join(f"{who},{month},{n},2004-06-01\n" for who in "AB" for n, month in enumerate(MONTHS)),
    "ramp": "when,car,n,known\n" + "".join(f"{month},x,{n * 10 + 5},\n" for n, month in enumerate(MONTHS)),
    "ramps": "who,when,n\n" + "".join(f"{who},{month},{n * 7 + 3}\n" for who in "BC" for n, month in enumerate(MONTHS)),
}  # fmt: skip
LATER = {
    "sales": ["2004,here,A,A0,99,9,1,1,1,wide,2005-02-01", "2004,,合计,,many,n/a,-1,x,,,2025年1月", "2001,here,B,B1,1,1,1,1,1,wide,2004-07-01"],
    "press": ["A,units,1,2003,2004-07-01,,S", "合计,,a lot,once,2024-07-01,rumour,S", "A,units,7.5万,2004,,,S"],
    "outcomes": ["A,2003-01,7,2004-07-01", "B,soon,many,2099-01-01", "Z,2004-06,-5,2004-07-01"],
    "ramp": ["2003-01,x,999,2004-07-01", "soon,,-4,2004-12-31", "2004-06,y,超过2万,", "2003-02,x,5,38200"],
    "ramps": ["B,2004-06,-3", "D,2004-12,1", "B,2010-01,many"],
}  # fmt: skip


def study(folder: Path, tables: dict[str, str]) -> Path:
    named = {name: f"{name}.csv" for name in tables}
    sales = tables["sales"].encode()
    return write(folder, sales, COLUMNS | {"tables": named}, {name: t for name, t in tables.items() if name != "sales"})


def poisoned(times: int) -> dict[str, str]:
    return {name: TABLES[name] + "\n".join(LATER[name] * times) + "\n" for name in TABLES}


def written(folder: Path) -> tuple[str, ...]:
    index = Index.of(run(folder, as_of=DATE))
    page = compose(index)
    pages = [render_html(page, index, lang) for lang in ("en", "zh")]
    return json.dumps(report_record(index), ensure_ascii=False), *pages


def test_no_byte_changes_with_rows_first_known_later(tmp_path: Path) -> None:
    truth = written(study(tmp_path / "truth", TABLES))
    assert written(study(tmp_path / "once", poisoned(1))) == truth
    assert written(study(tmp_path / "more", poisoned(4))) == truth
    with pytest.raises(StudyFaultsError):
        load(tmp_path / "once")


def test_later_rows_are_counted_for_check_and_nowhere_else(tmp_path: Path) -> None:
    loaded = load(study(tmp_path, poisoned(1)), as_of=DATE)
    assert loaded.later == {name: len(rows) for name, rows in LATER.items()}
    assert not any("after as_of" in reason for reason in loaded.left_out)


def test_rows_of_earlier_periods_first_known_in_time_are_all_used(tmp_path: Path) -> None:
    late = {
        "sales": "2000,here,D,D9,50,5,1,1,1,wide,2004-06-30\n", "press": "B,units,50,2001,2004-06-30,,S\n",
        "outcomes": "C,2003-01,5,2004-06-30\n", "ramp": "2002-12,x,1,2004-06-30\n", "ramps": "D,2004-05,5\n",
    }  # fmt: skip
    loaded = load(study(tmp_path, {name: TABLES[name] + late[name] for name in TABLES}), as_of=DATE)
    assert loaded.sales.frame.filter(pl.col("model") == "D9").height == 1
    assert loaded.press is not None and "B" in {figure.entity for figure in loaded.press.figures}
    assert "C" in loaded.outcomes[0].entities
    assert loaded.ramp is not None and loaded.ramp.first == 2002 * 12 + 11
    assert loaded.ramps is not None and "D" in loaded.ramps.makers
    assert not any(loaded.later.values())


@pytest.mark.parametrize("name", TABLES)
def test_the_hash_is_the_files_own_where_every_row_was_known(tmp_path: Path, name: str) -> None:
    own = hashlib.sha256(TABLES[name].encode()).hexdigest()
    assert load(study(tmp_path / "clean", TABLES), as_of=DATE).inputs[f"{name}.csv"] == own
    assert load(study(tmp_path / "later", poisoned(2)), as_of=DATE).inputs[f"{name}.csv"] == own


def test_a_later_row_in_the_middle_of_a_file_says_nothing_either(tmp_path: Path) -> None:
    lines = TABLES["press"].splitlines(keepends=True)
    for i, row in enumerate((f"{LATER['press'][0]}\n", f"{LATER['press'][1]}\n")):
        tables = TABLES | {"press": "".join([*lines[:2], row, *lines[2:]])}
        loaded = load(study(tmp_path / str(i), tables), as_of=DATE)
        assert loaded.inputs["press.csv"] == hashlib.sha256(TABLES["press"].encode()).hexdigest()


@pytest.mark.parametrize("kind", ["parquet", "json"])
def test_other_files_are_hashed_by_the_cells_that_are_left(tmp_path: Path, kind: str) -> None:
    seen = []
    for n, poison in enumerate((9, 10)):
        frame = pl.DataFrame(
            {
                "when": ["2003-01", "2003-02", "2003-01"],
                "n": [1, 2, poison],
                "known": ["2003-02-01", "2003-03-01", "2099-01-01"],
            }
        )
        settings = COLUMNS | {
            "tables": {"ramp": f"ramp.{kind}"},
            "ramps_columns": None,
            "outcome_columns": None,
            "outcomes": None,
            "press_columns": None,
        }
        settings["ramp_columns"] = {"period": "when", "units": "n", "first_known": "known"}
        (tmp_path / str(n)).mkdir()
        (tmp_path / str(n) / "ramp.json").write_text(json.dumps(frame.to_dicts()))
        frame.write_parquet(tmp_path / str(n) / "ramp.parquet")
        loaded = load(write(tmp_path / str(n), SALES, settings), as_of=DATE)
        seen.append((loaded.inputs[f"ramp.{kind}"], loaded.later["ramp"]))
        assert loaded.ramp is not None and loaded.ramp.units.tolist() == [[1, 2]]
    assert seen[0] == seen[1]
    assert seen[0][1] == 1


def test_nothing_known_yet_is_no_fault_of_figures_and_months_and_one_of_sales(tmp_path: Path) -> None:
    with pytest.raises(StudyFaultsError) as caught:
        load(study(tmp_path, TABLES), as_of="1999-12-31")
    (fault,) = caught.value.faults
    assert fault.table == "sales.csv"
    assert "all 48 were first known later" in fault.what


def test_records_with_quoted_line_ends_are_cut_whole() -> None:
    raw = b'a,b\r\n1,"x\r\ny"\r\n2,z\r\n'
    assert without_records(raw, [2], 3) == b"a,b\r\n2,z\r\n"
    assert without_records(raw, [3], 3) == b'a,b\r\n1,"x\r\ny"\r\n'
    assert without_records(raw, [3], 4) is None
