"""Every kind of fault is found where it is, said in words, with what to do; all at once."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

import polars as pl
import pytest

from halfstep.core.check import Fault
from halfstep.core.errors import StudyFaultsError
from halfstep.data.study import load
from tests.invented import market, settings, toml, write


def faults(folder: Path) -> tuple[Fault, ...]:
    with pytest.raises(StudyFaultsError) as caught:
        load(folder)
    for fault in caught.value.faults:
        assert fault.table
        assert fault.what
        assert fault.mend
    return caught.value.faults


def text_market() -> pl.DataFrame:
    return market().select(pl.all().cast(pl.String))


def with_cell(frame: pl.DataFrame, row: int, column: str, value: str | None) -> pl.DataFrame:
    """Change one cell; rows counted as in the file."""
    cells = frame[column].to_list()
    cells[row - 2] = value
    return frame.with_columns(pl.Series(column, cells, dtype=pl.String))


@pytest.mark.parametrize(
    ("column", "value", "what"),
    [
        ("year", "", "year, quarter or month; the cell is blank"),
        ("year", "2000-Q7", "'2000-Q7'"),
        ("year", "90", "'90'"),
        ("brand", "", "expected a name"),
        ("brand", "  ", "expected a name"),
        ("model", "", "expected a name"),
        ("place", "", "expected a name"),
        ("price", "", "expected a number; the cell is blank"),
        ("price", "12万", "plain number; got '12万'"),
        ("price", "17-18", "plain number"),
        ("price", "nan", "plain number"),
        ("price", "inf", "plain number"),
        ("price", "-inf", "plain number"),
        ("price", "1e400", "plain number"),
        ("price", "1e300", "plain number"),
        ("price", "1e-300", "plain number"),
        ("price", "17%", "plain number"),
        ("price", "about 12", "an estimate (about 12), not a figure"),
        ("price", "-5", "more than zero; got '-5'"),
        ("price", "0", "more than zero"),
        ("units", "", "the cell is blank"),
        ("units", "-1", "zero or more"),
        ("units", "many", "plain number"),
        ("power", "fast", "plain number"),
        ("power", "0", "more than zero"),
        ("length", "1-2", "a range (1 to 2), and this table needs one number"),
    ],
)
def test_a_bad_cell_is_one_fault_with_file_row_and_column(tmp_path: Path, column: str, value: str, what: str) -> None:
    found = faults(write(tmp_path, with_cell(text_market(), 5, column, value)))
    assert [(f.table, f.row, f.column) for f in found] == [("sales.csv", 5, column)]
    assert what in found[0].what


def test_blank_attributes_are_no_fault(tmp_path: Path) -> None:
    loaded = load(write(tmp_path, with_cell(text_market(), 5, "power", "")))
    assert loaded.sales.frame["x_power"].null_count() == 1


def test_all_faults_come_at_once(tmp_path: Path) -> None:
    frame = text_market()
    for row, column, value in ((3, "price", "x"), (4, "units", "-2"), (9, "year", "soon"), (11, "power", "-1")):
        frame = with_cell(frame, row, column, value)
    changes = {"study": {"as_of": "yesterday", "focal": "a"}, "bands": {"edges": [3.0, 2.0]}}
    found = {(f.row, f.column) for f in faults(write(tmp_path, frame, changes))}
    assert found == {
        (3, "price"), (4, "units"), (9, "year"), (11, "power"),
        (None, "study.as_of"), (None, "study.focal"), (None, "bands.edges"),
    }  # fmt: skip


def test_duplicates_show_both_rows_and_what_they_hold(tmp_path: Path) -> None:
    frame = text_market()
    again = frame[[0]].with_columns(pl.lit("2000-1").alias("year"), pl.lit("7058").alias("units"))
    monthly = frame.with_columns(pl.col("year") + "-01")
    (fault,) = faults(write(tmp_path, pl.concat([monthly, again])))
    assert (fault.row, fault.column) == (2, "model")
    last = monthly.height + 2
    assert f"row 2: quantity {frame['units'][0]}" in fault.what
    assert f"row {last}: quantity 7058" in fault.what


def test_aliases_are_applied_before_duplicates_are_looked_for(tmp_path: Path) -> None:
    frame = text_market()
    again = frame[[0]].with_columns(pl.lit("甲").alias("brand"))
    both = pl.concat([frame, again])
    load(write(tmp_path, both))
    (fault,) = faults(write(tmp_path, both, {"brands": {"aliases": {"甲": "A"}}}))
    assert "occurs 2 times" in fault.what


@pytest.mark.parametrize(
    ("changes", "key", "hint"),
    [
        ({"columns": {"price": "Prices"}}, "Prices", "'price'"),
        ({"columns": {"brand": "BRAND"}}, "BRAND", "'brand'"),
        ({"columns": {"cluster": "generation"}}, "generation", "the table has"),
        ({"study": {"focal": "a"}}, "study.focal", "'A'"),
        ({"study": {"benchmarks": ["B", "Maison"]}}, "study.benchmarks.1", "the table has: A, B, C, D"),
        ({"study": {"parent": "Q"}}, "study.parent", "the table has"),
        ({"brands": {"shown": ["Z"]}}, "brands.shown.0", "the table has"),
    ],
)
def test_wrong_names_get_a_hint(tmp_path: Path, changes: dict[str, Any], key: str, hint: str) -> None:
    found = faults(write(tmp_path, market(), changes))
    assert [f.column for f in found] == [key]
    assert hint in found[0].mend


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"study": {"as_of": "2020-02-30"}}, "study.as_of"),
        ({"study": {"benchmarks": ["A"]}}, "study.benchmarks"),
        ({"study": {"unseen_quality_like": "speed"}}, "study.unseen_quality_like"),
        ({"bands": {"edges": [20.0, 20.0]}}, "bands.edges"),
        ({"bands": {"edges": [-1.0, 20.0]}}, "bands.edges"),
        ({"scope": {"first": "MM"}}, "scope.first"),
        ({"scope": {"last": "2000-Q9"}}, "scope.last"),
        ({"events": [{"period": "May", "brand": "A", "label": "x", "source": "s"}]}, "events.0.period"),
        ({"events": [{"period": "2001", "brand": "X", "label": "x", "source": "s"}]}, "events.0.brand"),
        ({"attributes": [{"id": "p", "label": "p", "columns": ["power"]}] * 2}, "attributes"),
        ({"tables": {"sales": "sales.csv", "markets": "sales.csv"}}, "market_columns"),
    ],
)
def test_settings_that_contradict_each_other_are_faults_at_their_key(
    tmp_path: Path, changes: dict[str, Any], key: str
) -> None:
    assert [f.column for f in faults(write(tmp_path, market(), changes))] == [key]


@pytest.mark.parametrize(
    ("raw", "key", "text"),
    [
        ("[study\n", None, "toml"),
        ("", "study", "field required"),
        (toml(settings({"study": {"colour": "red"}})), "study.colour", "extra inputs"),
        (toml(settings({"study": {"margin": "3%"}})), "study.margin", "'3%'"),
        (toml(settings({"study": {"seed": -1}})), "study.seed", "greater than or equal"),
        (toml(settings({"wishes": {"a": 1}})), "wishes", "extra inputs"),
        (toml(settings()).replace('"2030-12-31"', "2030-12-31"), "study.as_of", "valid string"),
    ],
)
def test_a_study_file_that_is_not_one_is_said_to_be(tmp_path: Path, raw: str, key: str | None, text: str) -> None:
    (tmp_path / "study.toml").write_text(raw, encoding="utf-8")
    found = faults(tmp_path)
    assert key in [f.column for f in found]
    assert any(text in f.what.lower() for f in found)


def test_a_study_file_in_another_encoding_or_missing_is_a_fault(tmp_path: Path) -> None:
    assert "there is none" in faults(tmp_path)[0].what
    (tmp_path / "study.toml").write_bytes(toml(settings({"study": {"title": "半步"}})).encode("gb18030"))
    assert "UTF-8" in faults(tmp_path)[0].what


def test_missing_tables_are_faults_together_with_those_of_the_settings(tmp_path: Path) -> None:
    found = faults(write(tmp_path, None, {"study": {"as_of": "soon"}}))
    assert {(f.table, f.column) for f in found} == {("sales.csv", None), ("study.toml", "study.as_of")}


def test_shares_that_sum_to_more_than_one_are_a_fault_per_market(tmp_path: Path) -> None:
    frame = market(years=[2000, 2001]).with_columns(
        pl.when(pl.col("year") == 2000).then(0.05).otherwise(0.2).alias("units")
    )
    (fault,) = faults(write(tmp_path, frame, {"columns": {"quantity_kind": "share"}}))
    assert "2001 here sums to 3.2" in fault.what


def test_kinds_of_period_may_not_be_mixed(tmp_path: Path) -> None:
    (fault,) = faults(write(tmp_path, with_cell(text_market(), 7, "year", "2000-Q1")))
    assert "mixed" in fault.what


@pytest.mark.parametrize("value", ["May", "soon", "03/04/2024", "2024-02-30"])
def test_the_day_a_row_was_first_known_must_be_a_day(tmp_path: Path, value: str) -> None:
    frame = with_cell(text_market().with_columns(pl.lit("").alias("known")), 4, "known", value)
    (fault,) = faults(write(tmp_path, frame, {"columns": {"first_known": "known"}}))
    assert (fault.row, fault.column) == (4, "known")


class TestPriceNeverSelects:
    """A class that selects on price turns the halves into mirror images; it is refused under any name."""

    def segments(self, *rules: dict[str, Any]) -> dict[str, Any]:
        return {"scope": {"segments": [{"id": f"s{i}", "label": "s", **rule} for i, rule in enumerate(rules)]}}

    def test_the_price_column_itself(self, tmp_path: Path) -> None:
        (fault,) = faults(write(tmp_path, market(), self.segments({"between": {"price": [30.0, 99.0]}})))
        assert "may not select on price" in fault.what

    @pytest.mark.parametrize("name", ["low", "mid", "high"])
    def test_a_class_that_is_exactly_a_price_band(self, tmp_path: Path, name: str) -> None:
        price = pl.col("price")
        tier = pl.when(price < 27).then(pl.lit("low")).when(price < 40).then(pl.lit("mid")).otherwise(pl.lit("high"))
        frame = market().with_columns(tier.alias("tier"))
        assert frame["tier"].n_unique() == 3
        (fault,) = faults(write(tmp_path, frame, self.segments({"among": {"tier": [name]}})))
        assert "price band by another name" in fault.what

    def test_a_copy_of_the_price_column(self, tmp_path: Path) -> None:
        frame = market().with_columns((pl.col("price") * 1000).alias("msrp"))
        assert faults(write(tmp_path, frame, self.segments({"between": {"msrp": [30_000, 90_000]}})))

    def test_exogenous_classes_pass(self, tmp_path: Path) -> None:
        rules = self.segments({"among": {"kind": ["wide"]}}, {"between": {"power": [0.9, 9.0]}})
        loaded = load(write(tmp_path, market(), rules))
        assert 0 < loaded.sales.frame["in_s0"].sum() < loaded.sales.frame.height


class TestMarkets:
    changes: ClassVar[dict[str, Any]] = {
        "tables": {"sales": "sales.csv", "markets": "markets.csv"},
        "market_columns": {"period": "y", "place": "where", "deflator": "level"},
    }

    def study(self, folder: Path, markets: str) -> Path:
        write(folder, market(years=[2000, 2001]), self.changes)
        (folder / "markets.csv").write_text(markets)
        return folder

    def test_prices_are_divided_by_the_level(self, tmp_path: Path) -> None:
        plain = load(write(tmp_path / "plain", market(years=[2000, 2001]))).sales.frame
        level = load(self.study(tmp_path / "level", "y,where,level\n2000,here,1\n2001,here,2\n")).sales.frame
        ratio = plain["price"] / level["price"]
        assert ratio.to_list() == pytest.approx([1.0 if p == 2000 else 2.0 for p in plain["period"]])

    @pytest.mark.parametrize(
        ("markets", "text"),
        [
            ("y,where,level\n2000,here,1\n", "2001 here of the sales table has no row"),
            ("y,where,level\n2000,here,1\n2001,here,0\n", "above zero; got '0'"),
            ("y,where,level\n2000,here,1\n2001,here,\n", "above zero; got 'None'"),
            ("y,where,level\n2000,here,1\n2001,here,nan\n", "above zero; got 'nan'"),
            ("y,where,level\n2000,here,1\n2001,here,2\n2001,here,3\n", "more than once"),
            ("y,where,levels\n2000,here,1\n2001,here,2\n", "expected this column (market_columns.deflator)"),
        ],
    )
    def test_faults_of_the_markets_table(self, tmp_path: Path, markets: str, text: str) -> None:
        assert any(text in f.what for f in faults(self.study(tmp_path, markets)))

    def test_both_tables_have_places_or_neither(self, tmp_path: Path) -> None:
        folder = write(tmp_path, market(), self.changes | {"market_columns": {"period": "y", "deflator": "level"}})
        (folder / "markets.csv").write_text("y,level\n2000,1\n")
        (fault,) = faults(folder)
        assert fault.column == "market_columns.place"
