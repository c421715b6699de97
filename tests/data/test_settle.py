"""Cells as people write them become plain ones, each kind of reading is one guess; what is not one figure stays a fault."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from halfstep.core.check import Fault, Guess
from halfstep.core.config import StudyConfig
from halfstep.core.errors import StudyFaultsError
from halfstep.data.read.tables import ROW, Table
from halfstep.data.schema import number
from halfstep.data.settle import settle
from halfstep.data.study import load
from halfstep.report.words import known
from tests.invented import market, settings, write


def settled(column: str, cells: list[str | None], changes: dict[str, Any] | None = None, **others: Any) -> Table:
    """A sales table whose column of that name holds these cells, settled."""
    frame = pl.DataFrame({column: pl.Series(cells, dtype=pl.String), **others}).with_row_index(ROW, offset=2)
    table = Table("sales", "sales.csv", frame, "")
    return settle(StudyConfig.model_validate(settings(changes)), {"sales": table})["sales"]


def told(guesses: tuple[Guess, ...]) -> dict[str, tuple[int | None, int]]:
    for guess in guesses:
        assert known(f"guess.{guess.kind}") == ("zh", "en")
    return {guess.kind: (guess.row, guess.count) for guess in guesses}


def text_market(**changes: pl.Expr) -> pl.DataFrame:
    return market().select(pl.all().cast(pl.String)).with_columns(**changes)


def in_row(column: str, row: int, cell: str) -> pl.Expr:
    """The column with one cell changed; rows counted as in the file."""
    return pl.when(pl.int_range(pl.len()) == row - 2).then(pl.lit(cell)).otherwise(pl.col(column))


def faults(folder: Path) -> tuple[Fault, ...]:
    with pytest.raises(StudyFaultsError) as caught:
        load(folder)
    return caught.value.faults


class TestNumbers:
    @pytest.mark.parametrize(
        ("column", "cells", "plain", "guess"),
        [
            ("units", ["28000", "2.8万", "1.5万"], [28000, 28000, 15000], {"wan": (3, 2)}),
            ("units", ["28000", "2.8w", "30k"], [28000, 28000, 30000], {"wan": (3, 2)}),
            ("units", ["２８０", "30", "４０"], [280, 30, 40], {"full_width": (2, 2)}),
            ("units", ["1,234", "950", "1,234,567"], [1234, 950, 1234567], {"thousands": (2, 2)}),
            ("units", ["1.234.567", "950"], [1234567, 950], {"thousands": (2, 1)}),
            ("units", ["12 辆", "13"], [12, 13], {"unit_word": (2, 1)}),
            ("units", ["２.8万辆", "20000"], [28000, 20000], {"full_width": (2, 1), "unit_word": (2, 1), "wan": (2, 1)}),
            ("price", ["¥259,900", "￥26.5万", "199900"], [259900, 265000, 199900],
             {"currency": (2, 2), "thousands": (2, 1), "wan": (3, 1)}),
            ("price", ["12,5", "13.5"], [12.5, 13.5], {"decimal_comma": (2, 1)}),
            ("price", ["1.234,50", "950"], [1234.5, 950], {"decimal_comma": (2, 1), "thousands": (2, 1)}),
            ("power", ["17%", "0.2", "18.5％"], [0.17, 0.2, 0.185], {"percent": (2, 2), "full_width": (4, 1)}),
            ("power", ["150kW", "160 kW"], [150, 160], {"unit_word": (2, 2)}),
            ("power", ["(5)", "6"], [-5, 6], {"negative": (2, 1)}),
            ("power", [" 5 ", "+6"], [5, 6], {"spelling": (2, 1)}),
            ("power", ["n/a", "1", "暂无", "nan", "—"], [None, 1, None, None, None], {"nan_word": (2, 4)}),
        ],
    )  # fmt: skip
    def test_one_exact_number_is_read_and_said(
        self, column: str, cells: list[str | None], plain: list[float | None], guess: dict[str, tuple[int, int]]
    ) -> None:
        table = settled(column, cells)
        assert table.frame.select(number(column)).to_series().to_list() == plain
        assert told(table.guesses) == guess

    @pytest.mark.parametrize(
        ("column", "cells"),
        [
            ("units", ["17-18", "5"]), ("units", ["超过28,000", "5"]), ("units", ["约3万", "30000"]), ("units", ["x", "1"]),
            ("units", ["17%", "5"]), ("units", ["¥5", "5"]), ("units", ["12辆", "12台"]), ("units", ["n/a", "5"]),
            ("price", ["17%", "0.5"]), ("price", ["$5", "¥6"]), ("price", ["26.5万", "25.99"]), ("price", ["12辆", "5"]),
            ("price", ["1,5", "1,234"]), ("price", ["1.234.567", "1.234"]), ("power", ["17%", "18"]), ("power", ["4.9m", "5"]),
            ("power", ["600km", "400mi"]), ("power", ["600km", "400公里"]), ("price", ["inf", "5"]), ("units", ["3万", "12"]),
        ],
    )  # fmt: skip
    def test_what_is_open_or_contradicted_stays_as_it_is(self, column: str, cells: list[str | None]) -> None:
        table = settled(column, cells)
        left = [cell for cell in table.frame[column] if cell not in {"5", "6", "1"}]
        assert set(left) <= set(cells)
        assert table.frame[column][0] == cells[0]

    def test_a_money_unit_of_wan_is_not_multiplied_again(self) -> None:
        in_wan = {"study": {"currency": {"en": "10k yuan", "zh": "万元"}}}
        assert settled("price", ["25.99万", "26.5万"], in_wan).guesses == ()
        assert told(settled("price", ["25.99万", "26.5万"]).guesses) == {"wan": (2, 2)}

    def test_a_share_column_reads_per_cent(self) -> None:
        shares = {"columns": {"quantity_kind": "share"}}
        assert settled("units", ["17%", "0.2"], shares).frame["units"].to_list() == ["0.17", "0.2"]
        assert settled("units", ["17%", "20"], shares).guesses == ()

    def test_not_a_number_in_a_column_of_numbers_is_blank(self) -> None:
        frame = pl.DataFrame({"power": [1.0, float("nan"), None]}).with_row_index(ROW, offset=1)
        config = StudyConfig.model_validate(settings())
        table = settle(config, {"sales": Table("sales", "s.parquet", frame, "")})["sales"]
        assert table.frame["power"].to_list() == [1.0, None, None]
        assert told(table.guesses) == {"nan_word": (2, 1)}

    def test_texts_stored_as_categories_are_texts(self, tmp_path: Path) -> None:
        coded = text_market(units=in_row("units", 5, "1.2千")).with_columns(
            pl.col("units", "year").cast(pl.Categorical)
        )
        loaded = load(write(tmp_path, coded, {"tables": {"sales": "sales.parquet"}}))
        assert told(loaded.guesses) == {"wan": (4, 1)}

    def test_the_numbers_reach_the_study_and_the_guesses_come_along(self, tmp_path: Path) -> None:
        frame = text_market(units=in_row("units", 5, "１.2千"), power=in_row("power", 9, "无"))
        loaded = load(write(tmp_path, frame))
        rows = dict(loaded.sales.frame.select("row", "quantity").iter_rows())
        assert rows[5] == 1200
        assert [(g.table, g.kind, g.row, g.column) for g in loaded.guesses] == [
            ("sales.csv", "full_width", 5, "units"), ("sales.csv", "wan", 5, "units"), ("sales.csv", "nan_word", 9, "power"),
        ]  # fmt: skip
        assert loaded.guesses[0].facts == (("example", "１.2千"), ("read", "1200"))

    @pytest.mark.parametrize(
        ("cell", "what", "mend"),
        [
            ("17-18%", "a range (17% to 18%), and this table needs one number", "press table"),
            ("1.2-1.5万", "a range (12,000 to 15,000), and this table needs one number", "press table"),
            ("超过28,000", "a bound (more than 28,000), not a figure", "press table"),
            ("至少5", "a bound (at least 5), not a figure", "press table"),
            ("约2.8万", "an estimate (about 28,000), not a figure", "press table"),
            ("n/a", "a word for nothing", "fill it or remove the row"),
            ("5%", "read as 5%, it does not go with the column's other cells", "write digits"),
            ("soon", "got 'soon'", "write digits"),
        ],
    )
    def test_the_fault_says_what_the_cell_is(self, tmp_path: Path, cell: str, what: str, mend: str) -> None:
        (fault,) = faults(write(tmp_path, text_market(units=in_row("units", 5, cell))))
        assert (fault.row, fault.column) == (5, "units")
        assert f"got {cell!r}" in fault.what
        assert what in fault.what
        assert mend in fault.mend


class TestPeriods:
    @pytest.mark.parametrize(
        ("cells", "plain", "guess"),
        [
            (["2024年4月", "2024-05"], ["2024-04", "2024-05"], {"period_form": (2, 1)}),
            (["Apr-24", "May-24"], ["2024-04", "2024-05"], {"period_form": (2, 2)}),
            (["202404", "2024/5"], ["2024-04", "2024-05"], {"period_form": (2, 2)}),
            (["1Q24", "2024年二季度"], ["2024-Q1", "2024-Q2"], {"period_form": (2, 2)}),
            (["FY24", "2025"], ["2024", "2025"], {"fiscal_year": (2, 1)}),
            (["2024-04-30", "2024/5/31"], ["2024-04", "2024-05"], {"day_as_month": (2, 2)}),
            (["45383", "45413"], ["2024-04", "2024-05"], {"excel_serial": (2, 2)}),
            (["2024.4", "2024.5", "2024.1"], ["2024-04", "2024-05", "2024-01"], {"period_form": (2, 3)}),
            (["2024.9", "2024.1", "2024.11"], ["2024-09", "2024.1", "2024-11"], {"period_form": (2, 2)}),
            (["2024.1", "2024.10", "2024.11"], ["2024-01", "2024-10", "2024-11"], {"period_form": (2, 3)}),
            (["2024-W14", "2024H1", "03/04/2024"], ["2024-W14", "2024H1", "03/04/2024"], {}),
            (["45383", "2024-05"], ["45383", "2024-05"], {}),
            (["2024", "2024-1"], ["2024", "2024-1"], {}),
        ],
    )
    def test_periods_in_other_spellings(
        self, cells: list[str | None], plain: list[str], guess: dict[str, tuple[int, int]]
    ) -> None:
        table = settled("year", cells)
        assert table.frame["year"].to_list() == plain
        assert told(table.guesses) == guess

    def test_numbers_of_a_parquet_file(self) -> None:
        config = StudyConfig.model_validate(settings())
        for cells, plain in (
            ([202404, 202405], ["2024-04", "2024-05"]),
            ([45383.0, 45413.0], ["2024-04", "2024-05"]),
            ([2024.0, 2025.0], [2024.0, 2025.0]),
            ([2024.1, 2024.4], [2024.1, 2024.4]),
        ):
            frame = pl.DataFrame({"year": cells}).with_row_index(ROW, offset=1)
            table = settle(config, {"sales": Table("sales", "s.parquet", frame, "")})["sales"]
            assert table.frame["year"].to_list() == plain

    def test_weeks_are_a_fault_that_says_so(self, tmp_path: Path) -> None:
        frame = market(years=[2024]).with_columns(pl.lit("2024-W14").alias("year"))
        found = faults(write(tmp_path, frame))
        assert found[0].row == 2
        assert "a week (2024-W14)" in found[0].what
        assert "press table" in found[0].mend

    def test_the_day_a_row_was_first_known(self) -> None:
        known_on = {"columns": {"first_known": "known"}}
        cells = ["2024/5/1", "2024-05-02", "20240503", "2024年5月", "无", "2024-05-04 08:00:00", None]
        table = settled("known", cells, known_on)
        days = ["2024-05-01", "2024-05-02", "2024-05-03", "2024-05-31", None, "2024-05-04", None]
        assert table.frame["known"].to_list() == days
        assert told(table.guesses) == {"day_form": (2, 3), "period_as_day": (5, 1), "nan_word": (6, 1)}
        assert settled("known", ["45383"], known_on).frame["known"].to_list() == ["2024-04-01"]

    def test_a_blank_period_of_the_reach_table_may_be_a_word(self, tmp_path: Path) -> None:
        reach = {"reach_columns": {"brand": "b", "period": "t", "awareness": "a"}}
        loaded = load(write(tmp_path, market(), reach, {"reach": "b,t,a\nA,无,45%\nA,2003,０.5\nB,2003年,.4\n"}))
        assert loaded.reach is not None
        assert loaded.reach.frame.select("period", "awareness").rows() == [(None, 0.45), (2003, 0.5), (2003, 0.4)]
        assert {g.kind for g in loaded.guesses} == {"nan_word", "percent", "full_width", "period_form"}


class TestIds:
    def test_long_ids_and_leading_zeros_are_left_alone(self, tmp_path: Path) -> None:
        ids = {"A0": "007", "A1": "1,234", "A2": "12345678901234567801", "A3": "2.8万"}
        loaded = load(write(tmp_path, market().with_columns(pl.col("model").replace(ids))))
        assert set(ids.values()) <= set(loaded.sales.frame["model"])
        assert loaded.guesses == ()

    def test_whole_numbers_of_a_parquet_file_are_ids(self, tmp_path: Path) -> None:
        parquet = {"tables": {"sales": "sales.parquet"}}
        codes = pl.col("model").rank("dense").alias("model")
        loaded = load(write(tmp_path, market().with_columns(codes.cast(pl.Int64)), parquet))
        assert "1" in loaded.sales.frame["model"].to_list()
        assert loaded.guesses == ()
        loaded = load(write(tmp_path, market().with_columns(codes.cast(pl.Float64)), parquet))
        assert "1" in loaded.sales.frame["model"].to_list()
        assert told(loaded.guesses) == {"float_id": (1, market().height)}

    @pytest.mark.parametrize("cell", ["1.23457E+17", "1E+17"])
    def test_an_id_that_lost_its_digits_is_a_fault(self, tmp_path: Path, cell: str) -> None:
        frame = market().with_columns(
            pl.when(pl.col("model") == "A0").then(pl.lit(cell)).otherwise("model").alias("model")
        )
        found = faults(write(tmp_path, frame))
        assert "lost its last digits" in found[0].what
        assert cell in found[0].what

    def test_an_id_too_long_for_a_number_is_a_fault(self, tmp_path: Path) -> None:
        frame = market().with_columns((pl.col("model").rank("dense") * 1e17).alias("model"))
        assert "lost its last digits" in faults(write(tmp_path, frame, {"tables": {"sales": "sales.parquet"}}))[0].what


class TestGaps:
    def monthly(self, months: list[int], without: tuple[str, int] = ("", 0)) -> pl.DataFrame:
        frame = market(years=months).filter((pl.col("brand") != without[0]) | (pl.col("year") != without[1]))
        return frame.with_columns(pl.format("2024-{}", pl.col("year").cast(pl.String).str.zfill(2)).alias("year"))

    def test_missing_months_are_not_zero(self, tmp_path: Path) -> None:
        (guess,) = load(write(tmp_path, self.monthly([1, 2, 5, 6]))).guesses
        assert (guess.kind, guess.count, guess.facts) == ("missing_periods", 2, (("periods", "2024-03, 2024-04"),))

    def test_missing_months_of_a_brand(self, tmp_path: Path) -> None:
        (guess,) = load(write(tmp_path, self.monthly([1, 2, 3], ("B", 2)))).guesses
        assert guess.kind == "missing_brand_periods"
        assert guess.facts == (("brand", "B"), ("periods", "2024-02"), ("brands", 1))
        told((guess,))

    def test_nothing_is_said_of_years_or_of_what_was_not_known(self, tmp_path: Path) -> None:
        assert load(write(tmp_path / "years", market(years=[2000, 2003]))).guesses == ()
        frozen = load(write(tmp_path / "later", self.monthly([1, 2, 6])), as_of="2024-05-31")
        assert frozen.guesses == ()

    def test_the_flow_table_too(self, tmp_path: Path) -> None:
        flow = {"flow_columns": {"brand": "brand", "period": "period", "orders": "orders"}}
        rows = "brand,period,orders\nA,2024-01,5\nA,2024年3月,6\n"
        loaded = load(write(tmp_path, self.monthly([1, 2, 3]), flow, {"flow": rows}))
        assert [(g.table, g.kind) for g in loaded.guesses] == [
            ("flow.csv", "period_form"), ("flow.csv", "missing_periods"),
        ]  # fmt: skip


def test_a_clean_table_is_the_same_table() -> None:
    config = StudyConfig.model_validate(settings())
    table = Table("sales", "sales.csv", market().with_row_index(ROW, offset=2), "")
    same = settle(config, {"sales": table, "press": table})
    assert same["press"] is table
    assert same["sales"].frame.equals(table.frame)
    assert same["sales"].guesses == ()


def test_guesses_of_the_file_are_kept() -> None:
    config = StudyConfig.model_validate(settings())
    guess = Guess(table="sales.csv", kind="encoding")
    table = Table("sales", "sales.csv", pl.DataFrame({ROW: [2], "units": ["2万"]}), "")
    found = settle(config, {"sales": replace(table, guesses=(guess,))})["sales"]
    assert [g.kind for g in found.guesses] == ["encoding", "wan"]


def test_a_million_clean_rows_cost_little() -> None:
    frame = market(years=range(2000, 2100), models=25)
    frame = pl.concat([frame] * 100).select(pl.all().cast(pl.String)).with_row_index(ROW, offset=2)
    config = StudyConfig.model_validate(settings())
    table = Table("sales", "sales.csv", frame, "")
    begin = time.process_time()
    assert settle(config, {"sales": table})["sales"].guesses == ()
    assert frame.height == 1_000_000
    assert time.process_time() - begin < 3
