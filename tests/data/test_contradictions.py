"""Rows that contradict each other stop the run side by side with what they may be; revisions are no contradiction."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from halfstep.core.check import Fault
from halfstep.core.errors import StudyFaultsError
from halfstep.data.cells.suspicion import suspicion
from halfstep.data.study import load
from halfstep.report.words import known
from halfstep.study import run
from tests.invented import market, numbers, write

KNOWN = {"columns": {"first_known": "known"}}
FLOW = {"flow_columns": {"brand": "brand", "period": "period", "orders": "orders", "backlog": "backlog"}}


def faults(folder: Path) -> tuple[Fault, ...]:
    with pytest.raises(StudyFaultsError) as caught:
        load(folder)
    return caught.value.faults


def monthly(months: int = 3) -> pl.DataFrame:
    frame = market(years=range(1, months + 1)).select(pl.all().cast(pl.String))
    return frame.with_columns(pl.format("2024-0{}", pl.col("year")).alias("year"))


def twice(first: str, second: str, price: str | None = None) -> pl.DataFrame:
    """A monthly table in which one model's first month has two figures."""
    frame, here = monthly(), pl.int_range(pl.len()) == 0
    again = frame[[0]].with_columns(pl.lit(second).alias("units"), *([pl.lit(price).alias("price")] if price else []))
    return pl.concat([frame.with_columns(pl.when(here).then(pl.lit(first)).otherwise("units").alias("units")), again])


@pytest.mark.parametrize(
    ("larger", "smaller", "kind", "says"),
    [
        (28000, 7058, "month", "one week of the month"), (4.9, 1.0, "month", "one week of the month"),
        (28000, 7058, "year", "a quarter may stand beside a year"), (28000, 7058, "week", "nothing in the figures"),
        (75869, 25815, "month", "a month may stand beside a quarter"), (75869, 25815, "quarter", "beside a quarter"),
        (75869, 25815, "year", "nothing in the figures"), (136854, 12000, "month", "a month may stand beside a year"),
        (258, 25.8, "month", "a decimal point"), (2580, 25.8, "", "per cent"), (25800, 25.8, "", "thousands (千)"),
        (258000, 25.8, "", "one may be in 万"), (28000, 28000, "month", "the same row may be there twice"),
        (28000, 26500, "month", "two bases"), (28000, 14000, "month", "nothing in the figures"), (5, 0, "month", "nothing"),
        (5, -1, "month", "nothing"), (-1, -5, "month", "nothing"), (0, 0, "", "the same row"),
    ],
)  # fmt: skip
def test_what_two_figures_may_be(larger: float, smaller: float, kind: str, says: str) -> None:
    assert says in suspicion(larger, smaller, kind)


@given(
    st.floats(0, 1e9), st.floats(0, 1e9), st.sampled_from(["month", "quarter", "year", "day", ""]), st.floats(0.01, 100)
)
def test_a_suspicion_hangs_on_the_ratio_alone(one: float, other: float, kind: str, unit: float) -> None:
    larger, smaller = max(one, other), min(one, other)
    said = suspicion(larger, smaller, kind)
    assert said
    assert not said.endswith((".", ":", "?"))
    if smaller > 1e-3 and not any(abs(larger / smaller / edge - 1) < 1e-9 for edge in (1, 1.2, 2.7, 3.3, 3.5, 4.6, 5)):
        assert suspicion(larger * 1024, smaller * 1024, kind) == said


def test_a_week_beside_its_month(tmp_path: Path) -> None:
    (fault,) = faults(write(tmp_path, twice("28,000", "7,058")))
    assert (fault.row, fault.column) == (2, "model")
    assert "2024-01 A A0 here occurs 2 times" in fault.what
    assert "quantity 28000" in fault.what
    assert "quantity 7058" in fault.what
    assert fault.mend.startswith("the smaller may be one week of the month: keep one row")


@pytest.mark.parametrize(
    ("second", "price", "says"),
    [
        ("28000", None, "the same row may be there twice"), ("27100", None, "they may be counted on two bases"), ("2.8", None, "one may be in 万"),
        ("13000", None, "nothing in the figures says which one is right"), ("28000", "9999", "nothing in the figures"),
    ],
)  # fmt: skip
def test_other_contradictions_of_the_sales_table(tmp_path: Path, second: str, price: str | None, says: str) -> None:
    (fault,) = faults(write(tmp_path, twice("28000", second, price)))
    assert fault.mend.startswith(says)


def test_the_flow_table_too(tmp_path: Path) -> None:
    rows = "brand,period,orders,backlog\nA,2024-01,28000,5\nA,2024年1月,7058,5\nB,2024-02,5,28000\nB,2024-02,5,7058\n"
    first, second = faults(write(tmp_path, monthly(), FLOW, {"flow": rows}))
    assert first.mend.startswith("the smaller may be one week of the month")
    assert second.mend.startswith("nothing in the figures")


def test_what_speaks_of_whole_brands_is_not_suspected_of_anything(tmp_path: Path) -> None:
    reach = {"reach_columns": {"brand": "b", "awareness": "a"}}
    (fault,) = faults(write(tmp_path, monthly(), reach, {"reach": "b,a\nA,.8\nA,.2\n"}))
    assert fault.mend == "keep one row for each brand"


class TestRevisions:
    """Rows of one key known on different days: the latest one known at the as-of date counts."""

    def revised(self) -> pl.DataFrame:
        frame = monthly().with_columns(pl.lit("2024-04-10").alias("known"))
        model = frame.filter((pl.col("model") == "A0") & (pl.col("year") == "2024-02"))
        later = [
            model.with_columns(pl.lit(units).alias("units"), pl.lit(day).alias("known"))
            for units, day in (("500", "2024-05-10"), ("600", "2024-06-10"))
        ]
        return pl.concat([later[1], frame, later[0]])

    @pytest.mark.parametrize(
        ("as_of", "units", "later", "left_out"),
        [
            ("2024-04-30", None, 2, {}), ("2024-05-31", 500, 1, {"revised later": 1}),
            ("2024-06-10", 600, 0, {"revised later": 2}),
        ],
    )  # fmt: skip
    def test_the_latest_known_one_is_used(
        self, tmp_path: Path, as_of: str, units: int | None, later: int, left_out: dict[str, int]
    ) -> None:
        frame = self.revised()
        loaded = load(write(tmp_path, frame, KNOWN), as_of=as_of)
        here = loaded.sales.frame.filter((pl.col("model") == "A0") & (pl.col("period") == 2024 * 12 + 1))
        printed = frame.filter((pl.col("model") == "A0") & (pl.col("known") == "2024-04-10"))["units"][1]
        assert here["quantity"].to_list() == [units or float(printed)]
        assert loaded.sales.left_out == left_out
        assert loaded.later == {"sales": later}
        assert all(known(f"left.{reason}") == ("zh", "en") for reason in left_out)

    def test_rows_poisoned_later_change_nothing(self, tmp_path: Path) -> None:
        frame = monthly(6).with_columns(pl.lit("2024-07-01").alias("known"))
        poison = frame.with_columns(
            pl.lit("999999").alias("units"), pl.lit("0.01").alias("power"), pl.lit("2024-08-01").alias("known")
        )
        truth = numbers(run(write(tmp_path / "truth", frame, KNOWN), as_of="2024-07-31"))
        frozen = numbers(run(write(tmp_path / "frozen", pl.concat([frame, poison]), KNOWN), as_of="2024-07-31"))
        thawed = numbers(run(write(tmp_path / "thawed", pl.concat([frame, poison]), KNOWN), as_of="2024-08-01"))
        assert truth == frozen
        assert truth != thawed

    @pytest.mark.parametrize("days", [("2024-04-10", "2024/4/10"), ("", ""), ("2024-04-10", "")])
    def test_one_day_or_none_is_a_contradiction(self, tmp_path: Path, days: tuple[str, str]) -> None:
        frame = monthly().with_columns(pl.lit(days[0]).alias("known"))
        again = frame[[0]].with_columns(pl.lit("7058").alias("units"), pl.lit(days[1]).alias("known"))
        (fault,) = faults(write(tmp_path, pl.concat([frame, again]), KNOWN))
        assert "first known" in fault.what
        assert "say in known on which day" in fault.mend

    def test_shares_and_market_sizes_count_each_row_once(self, tmp_path: Path) -> None:
        frame = monthly().with_columns(pl.lit("0.06").alias("units"), pl.lit("2024-05-01").alias("known"))
        both = pl.concat([frame, frame.with_columns(pl.lit("2024-06-01").alias("known"))])
        shares = {"columns": {"first_known": "known", "quantity_kind": "share"}}
        assert load(write(tmp_path / "shares", both, shares)).sales.left_out == {"revised later": frame.height}
        units = both.with_columns(pl.lit("100").alias("units"))
        sizes = {"market_columns": {"period": "t", "place": "p", "size": "n"}}
        markets = "t,p,n\n" + "".join(f"2024-0{m},here,2000\n" for m in (1, 2, 3))
        load(write(tmp_path / "sizes", units, KNOWN | sizes, {"markets": markets}))

    def test_a_brand_and_its_subbrand_do_not_revise_each_other(self, tmp_path: Path) -> None:
        frame = monthly().with_columns(pl.col("model").str.replace("D", "A"), pl.lit("2024-05-01").alias("known"))
        later = pl.when(pl.col("brand") == "D").then(pl.lit("2024-06-01")).otherwise("known").alias("known")
        together = KNOWN | {"brands": {"subbrands": {"D": "A"}, "subbrands_in": True}}
        assert load(write(tmp_path, frame.with_columns(later), together)).sales.left_out == {}
