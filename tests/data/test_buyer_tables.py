"""The tables of buyers and of micro figures: read whole and early, every fault where it is."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from halfstep.core.check import Fault
from halfstep.core.errors import StudyFaultsError
from halfstep.data.side import Side
from halfstep.data.study import load
from halfstep.market.inputs import prepare
from tests.invented import market, mutated, write

BUYERS: dict[str, Any] = {
    "buyer_columns": {
        "demographics": {"income": "income", "child": "kids"}, "weight": "people", "period": "year", "place": "where",
    },
    "demand": {"instruments": ["local"], "random": {"income": "income"}},
}  # fmt: skip
MICRO: dict[str, Any] = {
    "micro_columns": {
        name: name for name in ("statistic", "of", "group", "second", "value", "count", "period", "place")
    }
}
HEAD = "income,kids,people,year,where"
ROWS = ["12.5,1,2,2000,here", "30,0,1,2000,here", "14,2,3,2001,", "31,0,1,2001,", "20,1,1,,"]
MHEAD = "statistic,of,group,second,value,count,period,place"
MROWS = [
    "mean,income,A,,25,200,2000,here", "mean,child,none,,.4,900,,", "mean,income,any,,22,900,2001,",
    "second choice,,A,B,.45,180,2000,", "second choice,,A,none,.1,180,2000,", "second choice,,any,C,.2,180,,",
]  # fmt: skip


def study(folder: Path, rows: list[str] | bytes, changes: dict[str, Any] | None = None) -> Path:
    table = rows if isinstance(rows, bytes) else "\n".join([HEAD, *rows]) + "\n"
    return write(folder, market(), BUYERS | (changes or {}), {"buyers": table})


def micro(folder: Path, rows: list[str], changes: dict[str, Any] | None = None) -> Path:
    tables = {"buyers": "\n".join([HEAD, *ROWS]) + "\n", "micro": "\n".join([MHEAD, *rows]) + "\n"}
    return write(folder, market(), BUYERS | MICRO | (changes or {}), tables)


def faults(folder: Path, as_of: str | None = None) -> tuple[Fault, ...]:
    with pytest.raises(StudyFaultsError) as caught:
        load(folder, as_of=as_of)
    assert all(fault.table and fault.what and fault.mend for fault in caught.value.faults)
    return caught.value.faults


def side(folder: Path, name: str) -> Side:
    found = getattr(load(folder), name)
    assert isinstance(found, Side)
    return found


class TestBuyers:
    def test_rows_are_tidied_and_hashed(self, tmp_path: Path) -> None:
        folder = study(tmp_path, ROWS)
        frame = side(folder, "buyers").frame
        assert frame.columns == ["row", "period", "place", "weight", "demographics.income", "demographics.child"]
        assert frame.row(0) == (6, None, "", 1.0, 20.0, 1.0)
        assert frame.row(1) == (2, 2000, "here", 2.0, 12.5, 1.0)
        assert len(load(folder).inputs["buyers.csv"]) == 64

    def test_people_may_be_alike(self, tmp_path: Path) -> None:
        assert side(study(tmp_path, [ROWS[4]] * 3), "buyers").frame.height == 3

    def test_a_demographic_may_be_below_zero_unless_price_is_divided_by_it(self, tmp_path: Path) -> None:
        rows = ["20,-1.5,1,,", "30,0,1,,"]
        assert side(study(tmp_path / "a", rows), "buyers").frame["demographics.child"].to_list() == [-1.5, 0.0]
        below = {"demand": {"instruments": ["local"], "random": {"tastes": [{"of": "price", "by": ["income"]}]}}}
        load(study(tmp_path / "b", ["-3,0,1,,"], below))

    @pytest.mark.parametrize(
        ("at", "cell", "said"),
        [
            (0, "0", "expected more than zero; got '0'"),
            (0, "-4", "expected more than zero; got '-4'"),
            (0, "", "expected a number; the cell is blank"),
            (0, "rich", "expected a plain number; got 'rich'"),
            (0, "inf", "expected a plain number"),
            (0, "20-30", "expected a plain number"),
            (1, "", "expected a number; the cell is blank"),
            (1, "two", "expected a plain number"),
            (2, "0", "expected more than zero; got '0'"),
            (2, "-1", "expected more than zero"),
            (2, "", "expected a number; the cell is blank"),
            (3, "soon", "expected a year, quarter or month"),
        ],
    )
    def test_a_bad_cell_is_one_fault_with_row_and_column(self, tmp_path: Path, at: int, cell: str, said: str) -> None:
        cells = ROWS[1].split(",")
        cells[at] = cell
        (fault,) = faults(study(tmp_path, [ROWS[0], ",".join(cells), *ROWS[2:]]))
        assert (fault.table, fault.row, fault.column) == ("buyers.csv", 3, HEAD.split(",")[at])
        assert said in fault.what
        assert "leave the cell blank" not in fault.mend

    def test_a_table_in_gbk_with_chinese_heads_and_units(self, tmp_path: Path) -> None:
        raw = "年收入,孩子,地区\n12万,1,\n30万,0,\n".encode("gb18030")
        columns = {"demographics": {"income": "年收入", "child": "孩子"}, "place": "地区"}
        folder = write(tmp_path, market(), BUYERS | {"buyer_columns": columns}, {"buyers": raw})
        assert side(folder, "buyers").frame["demographics.income"].to_list() == [120000.0, 300000.0]
        assert {(g.table, g.kind) for g in load(folder).guesses} == {("buyers.csv", "encoding"), ("buyers.csv", "wan")}

    def test_a_missing_column_gets_a_hint_at_its_key(self, tmp_path: Path) -> None:
        columns = BUYERS["buyer_columns"] | {"demographics": {"income": "incom"}}
        (fault,) = faults(study(tmp_path, ROWS, {"buyer_columns": columns}))
        assert "buyer_columns.demographics.income" in fault.what
        assert "did you mean 'income'?" in fault.mend

    def test_a_table_needs_its_section_and_a_section_its_table(self, tmp_path: Path) -> None:
        assert [f.column for f in faults(write(tmp_path / "a", market(), {}, {"buyers": HEAD + "\n" + ROWS[4]}))] == [
            "buyer_columns"
        ]
        assert [f.column for f in faults(write(tmp_path / "b", market(), BUYERS))] == ["tables.buyers"]

    def test_every_market_in_scope_must_have_buyers(self, tmp_path: Path) -> None:
        (fault,) = faults(study(tmp_path / "few", ROWS[:4]))
        assert fault.what == "no row speaks of the market 2002 here, 2003 here, 2004 here, 2005 here"
        assert "a blank period or place holds for all" in fault.mend
        load(study(tmp_path / "scope", ROWS[:4], {"scope": {"last": "2001"}}))
        both = pl.concat([market(), market().with_columns(place=pl.lit("there"))])
        rows = "\n".join([HEAD, "20,1,1,,here"])
        (fault,) = faults(write(tmp_path / "place", both, BUYERS, {"buyers": rows}))
        assert "2000 there" in fault.what

    def test_buyers_of_a_later_time_are_left_out_and_said(self, tmp_path: Path) -> None:
        known = {"columns": {"first_known": "known"}}
        sales = market(years=[2000, 2001]).with_columns(known=pl.lit("2001-06-30"))
        rows = "\n".join([HEAD, "20,1,1,2000,", "20,1,1,2001,"])
        folder = write(tmp_path, sales, BUYERS | known, {"buyers": rows})
        load(folder)
        (fault,) = faults(folder, as_of="2001-07-01")
        assert fault.what == "no row speaks of the market 2001 here (left out, of periods that end after as_of: 1 rows)"

    def test_other_periods_and_places_than_the_sales_tables_are_faults(self, tmp_path: Path) -> None:
        (fault,) = faults(study(tmp_path / "quarters", ["20,1,1,2000-Q1,"]))
        assert "expected years as in the sales table" in fault.what
        (fault,) = faults(study(tmp_path / "places", ["20,1,1,,hier"]))
        assert "'hier' may be 'here'" in fault.mend

    def test_a_parquet_column_of_lists_is_a_fault(self, tmp_path: Path) -> None:
        frame = pl.DataFrame({"income": [[1.0]], "kids": [1], "people": [1], "year": [2000], "where": ["here"]})
        (fault,) = faults(write(tmp_path, market(), BUYERS | {"tables": {"buyers": "b.parquet"}}, {"buyers": frame}))
        assert fault.column == "income"


class TestMicro:
    def test_rows_are_tidied(self, tmp_path: Path) -> None:
        frame = side(micro(tmp_path, MROWS), "micro").frame
        columns = ["row", "group", "second", "statistic", "of", "period", "place", "value", "count"]
        assert frame.columns == columns
        assert frame.filter(pl.col("row") == 2).row(0) == (2, "A", "", "mean", "income", 2000, "here", 25.0, 200.0)
        assert frame.filter(pl.col("row") == 6).row(0) == (6, "A", "none", "second choice", "", 2000, "", 0.1, 180.0)

    @pytest.mark.parametrize(
        ("row", "at", "cell", "said"),
        [
            (0, 0, "median", "expected mean or second choice; got 'median'"),
            (0, 0, "", "expected mean or second choice; got the cell is blank"),
            (0, 1, "age", "demographics (income, child); got 'age'"),
            (0, 1, "", "demographics (income, child); got nothing"),
            (0, 2, "Ä", "expected a brand of the sales table, or 'any' or 'none'; got 'Ä'"),
            (0, 2, "", "expected a brand; the cell is blank"),
            (0, 3, "B", "a mean has no second choice"),
            (0, 4, "25000", "in the buyers table income runs from 12.5 to 31"),
            (0, 4, "", "expected a number; the cell is blank"),
            (0, 4, "about 25", "expected a plain number"),
            (0, 5, "0", "expected more than zero"),
            (0, 5, "", "expected a number; the cell is blank"),
            (0, 6, "soon", "expected a year, quarter or month"),
            (3, 1, "income", "a second choice is of no demographic"),
            (3, 2, "none", "who bought nothing has no second choice"),
            (3, 3, "", "expected a second choice; there is none"),
            (3, 3, "any", "expected a brand of the sales table, or 'none'; got 'any'"),
            (3, 4, "45", "expected a share from 0 to 1; got 45"),
            (3, 4, "-.1", "expected a share from 0 to 1; got -0.1"),
            (3, 4, ".95", "second choices of A 2000 sum to 1.05, more than 1"),
        ],
    )  # fmt: skip
    def test_a_bad_cell_is_one_fault_with_row_and_column(
        self, tmp_path: Path, row: int, at: int, cell: str, said: str
    ) -> None:
        rows = [line.split(",") for line in MROWS]
        rows[row][at] = cell
        (fault,) = faults(micro(tmp_path, [",".join(cells) for cells in rows]))
        assert (fault.table, fault.row, fault.column) == ("micro.csv", row + 2, MHEAD.split(",")[at])
        assert said in fault.what

    def test_percentages_are_read_where_all_are_shares(self, tmp_path: Path) -> None:
        folder = micro(tmp_path, ["second choice,,A,B,45%,180,,"])
        assert side(folder, "micro").frame["value"].to_list() == [0.45]
        assert [g.kind for g in load(folder).guesses] == ["percent"]

    def test_two_rows_of_one_thing_are_shown_side_by_side(self, tmp_path: Path) -> None:
        rows = [*MROWS, "mean,income,甲,,26,200,2000,here"]
        (fault,) = faults(micro(tmp_path, rows, {"brands": {"aliases": {"甲": "A"}}}))
        assert (fault.row, fault.column) == (2, "group")
        assert "row 2: group A, second blank, statistic mean, of income, value 25" in fault.what
        assert "row 8: group 甲" in fault.what
        assert "keep one row for each statistic, of, group, second, period, place" in fault.mend

    def test_words_of_groups_may_be_aliased(self, tmp_path: Path) -> None:
        folder = micro(tmp_path, ["mean,income,未购买,,25,200,,"], {"brands": {"aliases": {"未购买": "none"}}})
        assert side(folder, "micro").frame["group"].to_list() == ["none"]

    def test_columns_that_are_not_named_are_blank(self, tmp_path: Path) -> None:
        columns = {k: k for k in ("statistic", "group", "value", "count")}
        found = faults(micro(tmp_path, [MROWS[0], MROWS[3]], {"micro_columns": columns}))
        assert [(f.row, f.column) for f in found] == [(2, "micro_columns.of"), (3, "micro_columns.second")]

    def test_means_need_a_buyers_table_and_second_choices_do_not(self, tmp_path: Path) -> None:
        table = "\n".join([MHEAD, *MROWS[3:]])
        load(write(tmp_path / "second", market(), MICRO, {"micro": table}))
        (fault,) = faults(write(tmp_path / "mean", market(), MICRO, {"micro": "\n".join([MHEAD, MROWS[0]])}))
        assert "none are named" in fault.what

    def test_other_places_are_a_fault(self, tmp_path: Path) -> None:
        (fault,) = faults(micro(tmp_path, [MROWS[0].replace("here", "hier")]))
        assert fault.column == "place"


@pytest.mark.parametrize("name", ["buyers", "micro"])
def test_damaged_files_bring_inputs_or_faults_and_nothing_else(tmp_path: Path, name: str) -> None:
    rng, seen = random.Random(5), Counter[str]()
    folder, base = micro(tmp_path, MROWS), "\n".join([HEAD, *ROWS] if name == "buyers" else [MHEAD, *MROWS])
    for _ in range(120):
        (folder / f"{name}.csv").write_bytes(mutated(rng, base))
        try:
            prepare(load(folder))
            seen["read"] += 1
        except StudyFaultsError as error:
            assert all(fault.line() for fault in error.faults)
            seen["faults"] += 1
    assert min(seen["read"], seen["faults"]) > 0, seen
