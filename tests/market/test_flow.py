"""Orders, backlog and deliveries: what measures demand, against markets whose capacity is known."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from halfstep.core.check import Check, Status
from halfstep.core.series import Series
from halfstep.data.side import Side
from halfstep.data.study import load
from halfstep.market.flow import FIGURES, Flow, binding, flow_of, imbalance, net_orders, waiting
from halfstep.market.inputs import prepare, supply_bound
from halfstep.study import run
from tests.invented import market, write

COLUMNS = {name: name for name in ("brand", "period", *FIGURES)}
NAN = float("nan")


def flow(frequency: int = 12, first: int = 24_000, **figures: list[float | None]) -> Flow:
    """One brand; figures that are not given are blank."""
    T = max(len(v) for v in figures.values())
    frame = pl.DataFrame({"row": range(2, T + 2), "brand": ["A"] * T, "period": range(first, first + T)}).with_columns(
        pl.Series(name, figures.get(name, [None] * T), dtype=pl.Float64) for name in FIGURES
    )
    return flow_of(Side(frame, "flow.csv", 0), frequency)


def simulated(capacity: list[float], orders: list[float], cancelled: list[float], start: float = 0.0) -> Flow:
    """What method.md says: deliveries are the smaller of capacity and what is available."""
    backlog, left, delivered = start, [], []
    for c, o, x in zip(capacity, orders, cancelled, strict=True):
        available = backlog + o - x
        delivered.append(min(c, available))
        backlog = available - delivered[-1]
        left.append(backlog)
    return flow(orders=list(orders), cancellations=list(cancelled), backlog=list(left), capacity=list(capacity), deliveries=list(delivered))  # fmt: skip


units = st.lists(st.integers(100, 1000).map(float), min_size=6, max_size=6)


@given(units, units)
def test_the_identity_holds_and_binds_exactly_where_buyers_wait(capacity: list[float], orders: list[float]) -> None:
    made = simulated(capacity, orders, [0.0] * 6)
    assert np.nanmax(np.abs(imbalance(made))) == pytest.approx(0, abs=1e-9)
    found = binding(made)
    assert found.known.all()
    waits = made.backlog > 0
    assert (found.bound == waits).all()
    blind = Flow(**{n: getattr(made, n) for n in made.__slots__} | {"backlog": np.full_like(made.backlog, NAN)})
    inferred = binding(blind)
    assert not (inferred.bound & ~waits).any()  # without the backlog it may miss, never invent


@given(units, units, st.lists(st.integers(0, 90).map(float), min_size=6, max_size=6))
def test_net_orders_are_implied_by_deliveries_and_backlog(
    capacity: list[float], orders: list[float], cancelled: list[float]
) -> None:
    made = simulated(capacity, orders, cancelled)
    blank = np.full_like(made.orders, NAN)
    unknown = Flow(**{n: getattr(made, n) for n in made.__slots__} | {"cancellations": blank})
    net, implied = net_orders(made), net_orders(unknown)
    assert implied.value[0, 1:] == pytest.approx(net.value[0, 1:])
    assert implied.implied[0, 1:].all()
    assert implied.upper[0, 0]
    assert implied.value[0, 0] == orders[0]  # no backlog before the first period: only a bound
    assert np.isnan(implied.exact[0, 0])
    assert np.nanmax(imbalance(unknown)) <= 1e-9


def test_unknown_cancellations_are_never_taken_for_none() -> None:
    net = net_orders(flow(orders=[10, 8], deliveries=[5, 6]))
    assert net.upper.tolist() == [[True, True]]
    assert net.value.tolist() == [[10.0, 8.0]]
    assert np.isnan(net.exact).all()


def test_accounts_that_imply_more_than_the_orders_imply_nothing() -> None:
    net = net_orders(flow(orders=[10, 8], deliveries=[5, 6], backlog=[0, 40]))
    assert net.upper.tolist() == [[True, True]]
    assert not net.implied.any()


@pytest.mark.parametrize(
    ("figures", "bound", "known"),
    [
        ({"backlog": [0, 5, None]}, [False, True, False], [True, True, False]),
        ({"orders": [10, 10], "cancellations": [0, 0], "capacity": [8, 12]}, [True, False], [True, False]),
        ({"orders": [10, 10], "cancellations": [0, 0], "deliveries": [8, 10]}, [True, False], [True, False]),
        ({"orders": [10, 10, 10], "deliveries": [8, 10, 14]}, [False, True, False], [False, True, False]),
        ({"deliveries": [8, 10, 14]}, [False] * 3, [False] * 3),
        ({"orders": [10, 10], "capacity": [8, 8]}, [False, False], [False, False]),
        ({"backlog": [6, 0], "orders": [1, 4], "cancellations": [0, 0], "deliveries": [2, 10]}, [True, False], [True, True]),
        ({"backlog": [6, 0], "orders": [1, 4], "cancellations": [0, 0], "deliveries": [2, 7]}, [True, True], [True, True]),
        ({"backlog": [0, 0], "orders": [1, 4], "cancellations": [0, 0], "capacity": [9, 3]}, [False, True], [True, True]),
    ],
)  # fmt: skip
def test_what_tells_that_deliveries_are_supply(figures: dict[str, Any], bound: list[bool], known: list[bool]) -> None:
    found = binding(flow(**figures))
    assert found.bound[0].tolist() == bound
    assert found.known[0].tolist() == known


def test_waiting_is_in_weeks_whatever_the_period() -> None:
    month, quarter, year = (
        waiting(flow(frequency=f, backlog=[30, 30, None], deliveries=[10, 0, 10]))[0] for f in (12, 4, 1)
    )
    assert month[0] == pytest.approx(3 * 52.18 / 12, rel=1e-3)
    assert quarter[0] == pytest.approx(3 * 13.04, rel=1e-3)
    assert year[0] == pytest.approx(156.5, rel=1e-3)
    assert np.isnan(month[1:]).all()


def test_missing_months_are_unknown_and_break_no_account() -> None:
    frame = pl.DataFrame({"row": [2, 3], "brand": ["A", "A"], "period": [24_000, 24_002]}).with_columns(
        pl.Series(name, [5.0, 5.0]) for name in FIGURES
    )
    made = flow_of(Side(frame, "flow.csv", 0), 12)
    assert [made.period_key(t) for t in range(3)] == ["2000-01", "2000-02", "2000-03"]
    assert np.isnan(made.backlog[0, 1])
    assert np.isnan(imbalance(made)).all()
    assert made.orders[0].tolist()[::2] == [5.0, 5.0]


def monthly(months: int = 12) -> pl.DataFrame:
    """A market by month; four brands."""
    frame = market(years=range(1, months + 1))
    return frame.with_columns(pl.format("2001-{}", pl.col("year").cast(pl.String).str.zfill(2)).alias("year"))


def table(rows: dict[str, list[tuple[float | None, ...]]]) -> pl.DataFrame:
    made = [(b, f"2001-{t + 1:02d}", *figures) for b, months in rows.items() for t, figures in enumerate(months)]
    return pl.DataFrame(made, schema=["brand", "period", *FIGURES], orient="row")


def answer(
    folder: Path, rows: dict[str, list[tuple[float | None, ...]]], changes: dict[str, Any] | None = None
) -> tuple[dict[str, Check], dict[str, Series]]:
    found = run(write(folder, monthly(), {"flow_columns": COLUMNS} | (changes or {}), {"flow": table(rows)}))
    room = found.answers["market"]
    return (
        {c.id: c for c in room.checks if c.id.startswith("flow.")},
        {s.id: s for s in room.series if s.id.startswith("flow.")},
    )


class TestTheRoom:
    def test_a_long_backlog_fails_and_a_short_one_is_for_review(self, tmp_path: Path) -> None:
        rows: dict[str, list[tuple[float | None, ...]]] = {
            "A": [(None, None, 300, None, 100)] * 3,
            "B": [(None, None, 20, None, 100)] * 3,
            "C": [(None, None, 0, None, 100)] * 3,
            "D": [(100, None, None, None, 100)] * 3,
        }
        checks, series = answer(tmp_path, rows, {"brands": {"shown": ["D"]}})
        status = {name[-1]: (c.status, c.why) for name, c in checks.items() if "supply" in name}
        assert status == {
            "A": (Status.FAIL, "deliveries are supply"),
            "B": (Status.REVIEW, "backlog within a period"),
            "C": (Status.PASS, "no backlog"),
            "D": (Status.REVIEW, "backlog unknown"),
        }
        facts = dict(checks["flow.supply.A"].facts)
        assert facts["periods"] == 3
        assert (facts["first"], facts["last"]) == ("2001-01", "2001-03")
        assert facts["weeks"] == facts["longest"] == pytest.approx(3 * 365.25 / 84)
        assert series["flow.waiting.A"].unit == "weeks"
        assert "flow.orders.A" not in series
        assert series["flow.orders.D"].origin.table == "flow.csv"
        assert series["flow.orders.D"].origin.rows == "11-13"

    def test_brands_that_are_not_watched_or_not_given_say_nothing(self, tmp_path: Path) -> None:
        checks, series = answer(tmp_path, {"D": [(1, 0, 1, 1, 1)] * 2, "A": [(1, 0, 0, 1, 1)] * 2})
        assert {name.rpartition(".")[2] for name in (*checks, *series)} == {"A"}

    def test_orders_counted_are_not_bound(self, tmp_path: Path) -> None:
        rows: dict[str, list[tuple[float | None, ...]]] = {"A": [(100, 0, 300, None, 100)] * 3}
        checks, _ = answer(tmp_path, rows, {"columns": {"outcome": "orders"}})
        assert checks["flow.supply.A"].status is Status.REVIEW
        assert checks["flow.supply.A"].why == "backlog, orders counted"

    @pytest.mark.parametrize(
        ("cancelled", "backlogs", "why"),
        [
            ((5, 5, 5), (900, 890, 850), "deliveries rose while net orders fell"),
            ((None,) * 3, (None, 890, 850), "deliveries rose while orders fell"),
        ],
    )
    def test_deliveries_against_orders(
        self, tmp_path: Path, cancelled: tuple[float | None, ...], backlogs: tuple[float | None, ...], why: str
    ) -> None:
        rows: dict[str, list[tuple[float | None, ...]]] = {
            "A": [
                (o, x, b, None, d)
                for o, x, b, d in zip((100, 95, 80), cancelled, backlogs, (90, 100, 115), strict=True)
            ]
        }
        if cancelled[0] is None:
            rows["A"][1] = (95, None, None, None, 100)  # no two backlogs in a row: nothing implies net orders
            rows["A"].append((70, None, 800, None, 120))
        checks, series = answer(tmp_path, rows)
        found = checks["flow.direction.A"]
        assert (found.status, found.why, found.do) == (Status.FAIL, why, "read net orders")
        facts = dict(found.facts)
        assert float(facts["rise"]) > 0
        assert 0 < float(facts["fall"]) < 1
        assert float(facts["orders_after"]) < float(facts["orders_before"])
        if cancelled[0] is not None:
            assert series["flow.net_orders.A"].value.tolist() == [95.0, 90.0, 75.0]

    def test_orders_that_rise_with_deliveries_are_no_contradiction(self, tmp_path: Path) -> None:
        checks, _ = answer(tmp_path, {"A": [(100, 0, 900, None, 90), (110, 0, 910, None, 100)]})
        assert "flow.direction.A" not in checks

    def test_a_broken_account_is_shown_with_its_period(self, tmp_path: Path) -> None:
        sound = [(100.0, 10.0, 0.0, None, 90.0)] * 4
        broken: list[tuple[float | None, ...]] = [*sound[:2], (100.0, 10.0, 400.0, None, 90.0), sound[3]]
        checks, _ = answer(tmp_path / "broken", {"A": broken, "B": list(sound)})
        found = checks["flow.balance.A"]
        facts = dict(found.facts)
        assert found.status is Status.REVIEW
        assert (facts["periods"], facts["of"], facts["period"], facts["units"]) == (2, 3, "2001-03", 400.0)
        assert checks["flow.balance.B"].status is Status.PASS

    def test_backlog_that_orders_cannot_explain_is_shown_without_cancellations_too(self, tmp_path: Path) -> None:
        checks, _ = answer(tmp_path, {"A": [(100, None, 0, None, 90), (100, None, 50, None, 90)]})
        assert dict(checks["flow.balance.A"].facts)["units"] == 40.0
        checks, _ = answer(tmp_path / "less", {"A": [(100, None, 50, None, 90), (100, None, 20, None, 90)]})
        assert checks["flow.balance.A"].status is Status.PASS

    def test_implied_net_orders_say_what_they_rest_on(self, tmp_path: Path) -> None:
        _, series = answer(tmp_path, {"A": [(100, None, 50, None, 90), (100, None, 45, None, 90)]})
        found = series["flow.net_orders.A"]
        assert (found.index, found.value.tolist()) == ((("2001-02",),), [85.0])
        assert found.origin.assumptions == ("backlog accounts hold",)


class TestSupplyBound:
    rows: dict[str, list[tuple[float | None, ...]]] = {  # noqa: RUF012
        "D": [(None, None, 15, None, 10), (None, None, 5, None, 10)],
        "Elsewhere": [(None, None, 15, None, 10)] * 2,
    }

    def bound(self, folder: Path, changes: dict[str, Any]) -> tuple[set[str], int]:
        study = write(folder, monthly(3), {"flow_columns": COLUMNS} | changes, {"flow": table(self.rows)})
        inputs = prepare(load(study))
        rows = supply_bound(inputs)
        return {inputs.panel.period_key(int(t)) for t in np.unique(inputs.panel.period[rows])}, int(rows.sum())

    def test_a_whole_market_is_bound_with_one_of_its_brands_that_waits_longer_than_a_period(
        self, tmp_path: Path
    ) -> None:
        assert self.bound(tmp_path, {}) == ({"2001-01"}, 16)

    def test_orders_never_are(self, tmp_path: Path) -> None:
        assert self.bound(tmp_path, {"columns": {"outcome": "orders"}}) == (set(), 0)

    def test_nothing_is_known_without_a_table(self, tmp_path: Path) -> None:
        assert not supply_bound(prepare(load(write(tmp_path, monthly(2))))).any()
