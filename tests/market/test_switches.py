"""The same rows counted otherwise: every setting against a count by hand, and what may and may not turn."""

from __future__ import annotations

from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from halfstep.core.check import Status
from halfstep.core.config import StudyConfig
from halfstep.core.errors import StudyFaultsError
from halfstep.data.read.tables import ROW, Table
from halfstep.data.schema import Sales, tidy_sales
from halfstep.data.study import load
from halfstep.market.switches import Conclusion, Counted, Setting, count_otherwise, switch_check
from halfstep.study import run
from tests.invented import check, market, settings, write

EDGES = (3.0, 6.0)
SUB = {"S": "A"}

row = st.tuples(
    st.sampled_from([2004, 2005]), st.sampled_from("ABCS"), st.integers(1, 9).map(float), st.integers(1, 9).map(float),
    st.integers(0, 5).map(float),
)  # fmt: skip
tables = st.lists(row, min_size=1, max_size=16).filter(lambda rows: any(r[0] == 2005 for r in rows))


def sales(rows: list[Any], frequency: int = 1) -> Sales:
    """Rows of (period, brand, price, list price, quantity)."""
    names = ["period", "own_brand", "price", "price_list", "quantity"]
    kinds = [pl.Int64, pl.String, pl.Float64, pl.Float64, pl.Float64]
    frame = pl.DataFrame(rows, schema=dict(zip(names, kinds, strict=True)), orient="row")
    return Sales(frame.with_columns(pl.int_range(2, frame.height + 2).alias("row")), "invented", frequency, {})


def config(**changes: Any) -> StudyConfig:
    base: dict[str, Any] = {"columns": {"other_prices": {"list": "l"}}, "bands": {"edges": list(EDGES)}}
    return StudyConfig.model_validate(settings(base | {"brands": {"subbrands": SUB}} | changes))


def counted(rows: list[Any], **changes: Any) -> Counted:
    found = count_otherwise(sales(rows), config(**changes))
    assert found is not None
    return found


def by_hand(rows: list[Any], setting: Setting, period: int, edge: float) -> dict[str, float]:
    """Brand -> volume at or above an edge."""
    out: dict[str, float] = {}
    for t, brand, paid, listed, q in rows:
        p = paid if setting.basis == "transaction" else listed
        name = SUB.get(brand, brand) if setting.subbrands_in else brand
        if t == period and p >= edge:
            out[name] = out.get(name, 0.0) + (q if setting.measure == "units" else q * p)
    return out


@given(tables)
def test_every_setting_equals_a_count_by_hand(rows: list[Any]) -> None:
    found = counted(rows)
    subbrands: list[bool | None] = [True, False] if any(r[1] == "S" for r in rows) else [None]
    assert {(s.basis, s.measure, s.subbrands_in) for s in found.tallies} == set(
        product(("list", "transaction"), ("units", "value"), subbrands)
    )
    for setting, tally in found.tallies.items():
        for k, edge in enumerate(EDGES):
            before, after = (by_hand(rows, setting, t, edge) for t in (2004, 2005))
            mine, whole = after.get("A", 0.0), sum(after.values())
            assert float(tally.above[1, :, k].sum()) == pytest.approx(whole)
            truths = found.truths[setting]
            rivals = [v for b, v in after.items() if b != "A"]
            assert truths[Conclusion("first", edge)] is (mine > 0 and all(mine >= v for v in rivals))
            assert truths[Conclusion("ahead", edge, "B")] is (mine > after.get("B", 0.0))
            if any(r[0] == 2004 for r in rows):
                then = sum(before.values())
                expected = None
                if whole > 0 and then > 0:
                    expected = mine / whole - before.get("A", 0.0) / then > 1e-9
                assert truths[Conclusion("rose", edge)] is expected
            else:
                assert Conclusion("rose", edge) not in truths


@given(tables)
def test_what_turns_differs_from_the_own_setting_and_nothing_else_does(rows: list[Any]) -> None:
    found = counted(rows)
    own = found.truths[found.own]
    for conclusion, truth in own.items():
        other = [
            s
            for s, t in found.truths.items()
            if truth is not None and t[conclusion] not in (None, truth) and s != found.own
        ]
        assert set(found.turned.get(conclusion, ())) == set(other)
    assert switch_check(found).status is (Status.REVIEW if found.turned else Status.PASS)


def test_the_own_setting_is_that_of_the_study() -> None:
    rows = [(2005, "A", 4.0, 5.0, 1.0), (2005, "S", 4.0, 5.0, 1.0)]
    assert counted(rows).own == Setting("transaction", "units", False)
    changed = {"columns": {"price_basis": "list", "other_prices": {"transaction": "l"}}}
    both = config(**changed, brands={"subbrands": SUB, "subbrands_in": True})
    found = count_otherwise(Sales(sales(rows).frame.rename({"price_list": "price_transaction"}), "x", 1, {}), both)
    assert found is not None
    assert found.own == Setting("list", "units", True)


def test_a_focal_brand_that_is_a_sub_brand_itself_is_never_merged_away() -> None:
    found = counted([(2005, "A", 4.0, 5.0, 1.0)], brands={"subbrands": {"A": "D"}})
    assert {s.subbrands_in for s in found.tallies} == {None}
    assert found.truths[found.own][Conclusion("first", 3.0)] is True


def test_nothing_is_said_of_a_benchmark_that_counts_in_the_focal_brand() -> None:
    rows = [(2005, "A", 4.0, 4.0, 1.0), (2005, "B", 4.0, 4.0, 2.0)]
    found = counted(rows, brands={"subbrands": {"B": "A"}})
    ahead = Conclusion("ahead", 3.0, "B")
    assert found.truths[found.own][ahead] is False
    assert found.truths[Setting("transaction", "units", True)][ahead] is None
    assert ahead not in found.turned


def test_an_empty_band_has_no_number_one_and_a_share_that_rounds_up_has_not_risen() -> None:
    rows = [(t, b, 4.0, 4.0, q) for t in (2004, 2005) for b, q in (("A", 0.1), ("B", 0.2), ("B", 0.7))]
    found = counted(rows)
    assert found.truths[found.own][Conclusion("first", 6.0)] is False
    assert found.truths[found.own][Conclusion("rose", 6.0)] is None
    shuffled = counted(rows[:3] + rows[:2:-1])
    assert shuffled.truths[shuffled.own][Conclusion("rose", 3.0)] is False


def test_like_seasons_are_compared() -> None:
    base = [(t, "A", 4.0, 4.0, 1.0) for t in range(8020, 8024)]
    assert count_otherwise(sales(base, 4), config()) is not None
    quarters = count_otherwise(sales([*base, (8024, "A", 4.0, 4.0, 1.0)], 4), config())
    assert quarters is not None
    assert quarters.periods == ("2005-Q1", "2006-Q1")
    gap = count_otherwise(sales([base[0], (8026, "A", 4.0, 4.0, 1.0)], 4), config())
    assert gap is not None
    assert gap.periods == (None, "2006-Q3")


class TestBlankPrices:
    ROWS = ((2005, "A", 7.0, 7.5, 5.0), (2005, "B", 7.0, 7.5, 4.0), (2005, "C", 7.0, 7.5, 1.0))

    def test_rows_without_a_price_are_left_out_counted_and_turn_nothing_by_themselves(self) -> None:
        rows = [(*self.ROWS[0][:3], None, 5.0), *self.ROWS[1:]]
        found = counted(rows)
        assert found.blank == {"list": 1}
        assert dict(switch_check(found).facts)["blank list"] == 1
        listed = Setting("list", "units", None)
        assert found.truths[listed][Conclusion("first", 6.0)] is False  # only because its row has no list price
        assert found.turned == {}

    def test_a_price_that_turns_the_remaining_rows_still_does(self) -> None:
        rows = [*self.ROWS[:1], (2005, "B", 5.0, 9.0, 9.0), (2005, "C", 7.0, None, 1.0)]
        found = counted(rows)
        assert found.turned[Conclusion("first", 6.0)] == (
            Setting("list", "units", None),
            Setting("list", "value", None),
        )


class TestSubsidy:
    def after(self, subsidy: dict[str, Any], prices: list[float], more: dict[str, Any] | None = None) -> list[float]:
        chosen = StudyConfig.model_validate(settings({"subsidy": {"source": "x"} | subsidy} | (more or {})))
        frame = pl.DataFrame({"price": prices, "year": ["2005-Q2"] * len(prices)}).with_columns(
            place=pl.lit("here"), brand=pl.Series([*"ABC", *["D"] * 9][: len(prices)]), model=pl.int_range(len(prices)),
            units=1.0, power=1.0, length=1.0, width=1.0, grade=pl.int_range(len(prices)) % 2, **{ROW: pl.int_range(len(prices))},
            label=pl.col("price") * 2,
        )  # fmt: skip
        made, faults = tidy_sales(chosen, {"sales": Table("sales", "sales.csv", frame, "")})
        assert faults == []
        return made.frame["price_after_subsidy"].to_list()

    def test_the_smaller_of_rate_and_cap_is_paid_up_to_a_price(self) -> None:
        prices = [1000.0, 4000.0, 5999.0, 6000.0, 6000.01]
        found = self.after({"rate": 0.15, "most": 500, "up_to": 6000}, prices)
        assert found == pytest.approx([850, 3500, 5499, 5500, 6000.01])
        assert self.after({"rate": 0.15}, prices) == pytest.approx([0.85 * p for p in prices])

    @pytest.mark.parametrize(
        ("limits", "paid"),
        [
            ({"first": "2005-Q3"}, False), ({"first": "2005-Q2"}, True), ({"last": "2005-Q1"}, False),
            ({"last": "2005-Q2"}, True), ({"first": "2004-Q1", "last": "2006-Q1"}, True),
        ],
    )  # fmt: skip
    def test_it_is_paid_in_its_periods(self, limits: dict[str, str], paid: bool) -> None:
        assert self.after({"rate": 0.1, **limits}, [100.0, 200.0, 300.0])[0] == pytest.approx(90 if paid else 100)

    def test_it_is_paid_for_what_qualifies(self) -> None:
        found = self.after({"rate": 0.1, "among": {"grade": [1]}}, [100.0, 100.0, 100.0])
        assert found == pytest.approx([100, 90, 100])

    def test_it_is_reckoned_on_what_is_paid_unless_told_otherwise(self) -> None:
        other = {"columns": {"price_basis": "list", "other_prices": {"transaction": "label"}}}
        prices = [100.0, 100.0, 100.0]
        assert self.after({"rate": 0.1}, prices, other)[0] == pytest.approx(180)
        assert self.after({"rate": 0.1, "basis": "list"}, prices, other)[0] == pytest.approx(90)


def faults(folder: Path, changes: dict[str, Any], frame: pl.DataFrame | None = None) -> list[str]:
    made = market() if frame is None else frame
    with pytest.raises(StudyFaultsError) as caught:
        load(write(folder, made.with_columns((pl.col("price") * 1.1).alias("tag")) if frame is None else made, changes))
    return [f"{fault.column}: {fault.what}" for fault in caught.value.faults]


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"columns": {"other_prices": {"transaction": "tag"}}}, "columns.other_prices: the basis 'transaction' is that of"),
        ({"columns": {"other_prices": {"list": "price"}}}, "columns.other_prices: one column is named on two bases"),
        ({"columns": {"other_prices": {"list": "tags"}}}, "tags: expected this column (columns.other_prices.list)"),
        ({"columns": {"other_prices": {"after_subsidy": "tag"}}, "subsidy": {"rate": 0.1, "source": "x"}}, "subsidy: the column 'tag'"),
        ({"subsidy": {"rate": 0.1, "source": "x", "basis": "list"}}, "subsidy.basis: expected a basis that the study has"),
        ({"subsidy": {"rate": 0.1, "source": "x", "first": "soon"}}, "subsidy.first: expected a period; got 'soon'"),
        ({"subsidy": {"rate": 0.1, "source": "x", "last": "2005-03"}}, "subsidy.last: expected a period of the sales table's kind"),
        ({"subsidy": {"rate": 0.1, "source": "x", "among": {"grade": [1]}}}, "grade: expected this column (subsidy.among.grade)"),
        ({"subsidy": {"rate": 1.5, "source": "x"}}, "subsidy.rate: input should be less than 1"),
        (
            {"columns": {"other_prices": {"list": "tag"}}, "scope": {"segments": [{"id": "dear", "label": "d", "between": {"tag": [30, 99]}}]}},
            "scope.segments.dear: a segment may not select on price",
        ),
    ],
)  # fmt: skip
def test_settings_that_cannot_be_are_faults(tmp_path: Path, changes: dict[str, Any], told: str) -> None:
    assert [line for line in faults(tmp_path, changes) if line.startswith(told)]


def test_cells_of_another_price_are_checked_and_may_be_blank(tmp_path: Path) -> None:
    changes: dict[str, Any] = {"columns": {"other_prices": {"list": "tag"}}}
    tags = [None, "12", "-3", "dear", *["9"] * (market().height - 4)]
    bad = faults(tmp_path / "bad", changes, market().with_columns(pl.Series("tag", tags)))
    assert [line for line in bad if line.startswith("tag")] == [
        "tag: expected a plain number; got 'dear'", "tag: expected more than zero; got '-3'",
    ]  # fmt: skip
    blank = faults(tmp_path / "blank", changes, market().with_columns(pl.lit(None, pl.String).alias("tag")))
    assert blank == ["tag: expected prices; every cell is blank"]
    fine = market().with_columns(pl.when(pl.col("model") != "A0").then(pl.col("price") * 1.1).alias("tag"))
    made = run(write(tmp_path / "fine", fine, changes))
    assert dict(check(made.answers["market"], "market.switches").facts)["blank list"] == 2


def test_other_prices_are_deflated_as_the_price_is(tmp_path: Path) -> None:
    frame = market().with_columns((pl.col("price") * 2).alias("tag"))
    levels = pl.DataFrame({"year": range(2000, 2006), "place": "here", "level": [1.0 + k / 10 for k in range(6)]})
    changes: dict[str, Any] = {
        "columns": {"other_prices": {"list": "tag"}}, "tables": {"sales": "sales.csv", "markets": "markets.csv"},
        "market_columns": {"period": "year", "place": "place", "deflator": "level"},
        "subsidy": {"rate": 0.5, "most": 5, "source": "x"},
    }  # fmt: skip
    made = load(write(tmp_path, frame, changes, {"markets": levels})).sales.frame
    assert np.allclose(made["price_list"].to_numpy(), 2 * made["price"].to_numpy())
    nominal = np.array(frame.sort("year", "model")["price"].to_list())
    level = np.array([1.0 + (t - 2000) / 10 for t in frame.sort("year", "model")["year"]])
    after = made.sort("period", "model")["price_after_subsidy"].to_numpy()
    assert np.allclose(after, (nominal - np.minimum(nominal / 2, 5)) / level)  # a cap is in the money of its day


def test_the_report_has_every_setting_and_its_shares_are_those_of_the_room(tmp_path: Path) -> None:
    frame = market("ABCDE").with_columns((pl.col("price") * 1.1).alias("tag"))
    outcome = run(
        write(tmp_path, frame, {"columns": {"other_prices": {"list": "tag"}}, "brands": {"subbrands": {"E": "A"}}})
    )
    series = {s.id: s for s in outcome.answers["market"].series}
    assert len([name for name in series if name.startswith("position.switch.") and name.endswith(".band")]) == 8
    own, room = series["position.switch.transaction.units.without_subbrands.band"], series["position.band.units.A"]
    for label, value in zip(own.index, own.value, strict=True):
        assert float(value) == pytest.approx(float(room.value[room.index.index(label)]))
    shares, change = (series[f"position.switch.list.value.with_subbrands.{name}"] for name in ("share", "change"))
    for (edge,), value in zip(change.index, change.value, strict=True):
        then, now = (float(shares.value[shares.index.index((t, edge))]) for t in ("2004", "2005"))
        assert float(value) == pytest.approx(now - then)
    assert outcome.answers["market"].series[-1].origin.table == "sales.csv"
    assert "market.switches" in {c.id for c in outcome.answers["market"].checks}
