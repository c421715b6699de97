"""From folder to rows: scope, as-of date, sub-brands, overrides; and no input brings more than a fault."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from halfstep.core.errors import StudyFaultsError
from halfstep.data.study import load
from halfstep.study import run
from tests.invented import market, mutated, numbers, write


def test_three_hundred_damaged_files_bring_answers_or_faults_and_nothing_else(tmp_path: Path) -> None:
    rng, seen = random.Random(20250604), Counter[str]()
    base = market(models=3).write_csv()
    write(tmp_path, None)
    for _ in range(300):
        (tmp_path / "sales.csv").write_bytes(mutated(rng, base))
        try:
            run(tmp_path)
            seen["answered"] += 1
        except StudyFaultsError as error:
            assert all(fault.line() for fault in error.faults)
            seen["faults"] += 1
    assert min(seen["answered"], seen["faults"]) > 10, seen


def test_overrides_are_checked_like_the_file(tmp_path: Path) -> None:
    folder = write(tmp_path, market())
    assert load(folder, seed=3, as_of="2003-12-31").config.study.seed == 3
    for wrong, key in (({"seed": -1}, "study.seed"), ({"as_of": "soon"}, "study.as_of")):
        with pytest.raises(StudyFaultsError) as caught:
            load(folder, **wrong)
        assert [f.column for f in caught.value.faults] == [key]


def test_a_folder_or_its_study_file_name_the_same_study(tmp_path: Path) -> None:
    folder = write(tmp_path, market())
    assert load(folder).inputs == load(folder / "study.toml").inputs
    assert set(load(folder).inputs) == {"study.toml", "sales.csv"}


def test_scope_says_what_it_left_out(tmp_path: Path) -> None:
    there = market().with_columns(pl.lit("there").alias("place"))
    scope = {"scope": {"places": ["here"], "first": "2001", "last": "2004"}, "study": {"as_of": "2003-12-31"}}
    loaded = load(write(tmp_path, pl.concat([market(), there]), scope))
    a_year = market().height // 6
    assert loaded.sales.left_out == {"after as_of": 4 * a_year, "place": 4 * a_year, "before first period": a_year}
    assert loaded.sales.frame["period"].unique().sort().to_list() == [2001, 2002, 2003]


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"scope": {"first": "2090"}}, "no row is left in scope (before first period: 96)"),
        ({"study": {"as_of": "1999-01-01"}}, "after as_of: 96"),
        ({"scope": {"places": ["Nowhere"]}}, "place: 96"),
        ({"brands": {"subbrands": {"A": "D"}, "subbrands_in": True}}, "no row of 'A' is left in scope"),
    ],
)
def test_a_scope_that_leaves_nothing_to_compare_is_a_fault(
    tmp_path: Path, changes: dict[str, object], text: str
) -> None:
    with pytest.raises(StudyFaultsError) as caught:
        run(write(tmp_path, market(), changes))
    assert text in caught.value.faults[0].what


def test_a_brand_that_sells_only_after_the_date_is_a_fault_not_a_crash(tmp_path: Path) -> None:
    frame = market().filter((pl.col("brand") != "A") | (pl.col("year") > 2003))
    with pytest.raises(StudyFaultsError) as caught:
        run(write(tmp_path, frame), as_of="2003-12-31")
    assert "no row of 'A' is left in scope (after as_of: 32)" in caught.value.faults[0].what


def test_attributes_blank_everywhere_and_periods_without_sales_are_faults(tmp_path: Path) -> None:
    frame = market().with_columns(pl.lit(None, pl.Float64).alias("width"))
    with pytest.raises(StudyFaultsError) as caught:
        run(write(tmp_path, frame))
    assert caught.value.faults[0].column == "width"
    idle = market().with_columns(pl.when(pl.col("year") == 2002).then(0).otherwise(pl.col("units")).alias("units"))
    with pytest.raises(StudyFaultsError) as caught:
        run(write(tmp_path, idle))
    assert caught.value.faults[0].row == 4
    assert "nothing was sold" in caught.value.faults[0].what


class TestAsOf:
    """Nothing first known after the date leaks in; nothing known before it is lost."""

    def test_poisoned_later_rows_change_nothing(self, tmp_path: Path) -> None:
        frame = market()
        poison = pl.when(pl.col("year") > 2003)
        poisoned = frame.with_columns(
            poison.then(pl.col("price") * 50).otherwise(pl.col("price")).alias("price"),
            poison.then(pl.col("power") * 0.01).otherwise(pl.col("power")).alias("power"),
            poison.then(999_999).otherwise(pl.col("units")).alias("units"),
        )
        truth, frozen = (
            numbers(run(write(tmp_path / name, f), as_of="2003-12-31"))
            for name, f in (("truth", frame.filter(pl.col("year") <= 2003)), ("frozen", poisoned))
        )
        assert truth == frozen

    def test_rows_first_known_earlier_are_used_and_later_ones_are_not(self, tmp_path: Path) -> None:
        known = pl.when(pl.col("model") == "A0").then(pl.lit("2003-06-30")).otherwise(pl.lit("2003-07-01"))
        late = pl.when(pl.col("year") == 2003).then(known).when(pl.col("model") == "B0").then(pl.lit("2009-01-01"))
        frame = market().with_columns(late.otherwise(pl.lit(None)).alias("known"))
        folder = write(tmp_path, frame, {"columns": {"first_known": "known"}})
        kept = load(folder, as_of="2003-06-30").sales.frame
        assert kept.filter(pl.col("period") == 2003)["model"].to_list() == ["A0"]
        assert kept.filter(pl.col("model") == "B0").height == 0
        assert kept.filter(pl.col("model") == "B1")["period"].to_list() == [2000, 2001, 2002]

    def test_a_parquet_date_or_time_of_that_day_counts_as_that_day(self, tmp_path: Path) -> None:
        frame = market().with_columns(pl.datetime(pl.col("year"), 5, 1, 13).alias("known"))
        changes = {"columns": {"first_known": "known"}, "tables": {"sales": "sales.parquet"}}
        for column in (frame, frame.with_columns(pl.col("known").cast(pl.Date))):
            kept = load(write(tmp_path, column, changes), as_of="2003-05-01").sales.frame
            assert kept["period"].max() == 2003

    @pytest.mark.parametrize(("as_of", "last"), [("2001-06-30", 5), ("2001-06-29", 4), ("2001-02-28", 1)])
    def test_a_month_counts_from_its_last_day(self, tmp_path: Path, as_of: str, last: int) -> None:
        frame = market(years=range(6)).with_columns(("2001-" + (pl.col("year") + 1).cast(pl.String)).alias("year"))
        kept = load(write(tmp_path, frame), as_of=as_of).sales.frame
        assert kept["period"].max() == 2001 * 12 + last


def test_subbrands_are_counted_in_or_out(tmp_path: Path) -> None:
    changes: dict[str, Any] = {"brands": {"subbrands": {"D": "A"}}}
    apart = load(write(tmp_path / "out", market(), changes)).sales.frame
    changes["brands"]["subbrands_in"] = True
    together = load(write(tmp_path / "in", market(), changes)).sales.frame
    assert apart["brand"].unique().sort().to_list() == ["A", "B", "C", "D"]
    assert together["brand"].unique().sort().to_list() == ["A", "B", "C"]
    assert together.filter(pl.col("brand") == "A").height == 2 * apart.filter(pl.col("brand") == "A").height


def test_ids_with_leading_zeros_and_twenty_digits_are_kept_apart(tmp_path: Path) -> None:
    long = "123456789012345678"
    ids = {"A0": "007", "A1": "7", "A2": f"{long}01", "A3": f"{long}02"}
    loaded = load(write(tmp_path, market().with_columns(pl.col("model").replace(ids))))
    assert set(ids.values()) <= set(loaded.sales.frame["model"])


@pytest.mark.parametrize("as_of", ["20021231", "2002-W23-3", "2002-1-1", "tomorrow"])
def test_an_as_of_date_of_another_form_is_a_fault_and_leaks_nothing(tmp_path: Path, as_of: str) -> None:
    with pytest.raises(StudyFaultsError, match="expected a date"):
        load(write(tmp_path, market()), as_of=as_of)


@pytest.mark.parametrize(("change", "what"), [({"benchmarks": ["B", "B"]}, "named twice"), ({"parent": "A"}, "parent")])
def test_a_brand_in_two_roles_is_a_fault(tmp_path: Path, change: dict[str, object], what: str) -> None:
    with pytest.raises(StudyFaultsError, match=what):
        load(write(tmp_path, market(), {"study": change}))
