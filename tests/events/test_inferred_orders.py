"""Orders behind deliveries that are refused: how far they fell, and which month that depends on."""

from __future__ import annotations

from pathlib import Path

import pytest

from halfstep.core.answer import Answer
from halfstep.core.estimate import Bound, Point
from halfstep.study import run

STUDY = """
[study]
title = "orders"
focal = "A"
benchmarks = ["B"]
currency = "coins"
as_of = "2025-06-30"
seed = 3
margin = 0.03
margin_reason = "invented"
invented = true
[tables]
outcomes = "months.csv"
press = "press.csv"
[outcome_columns]
period = "month"
entity = "brand"
value = "units"
[press_columns]
entity = "entity"
metric = "metric"
value = "value"
period = "period"
[[outcomes]]
id = "delivered"
label = "deliveries"
kind = "deliveries"
[[events]]
id = "e"
kind = "dispute"
period = "2025-04-01"
brand = "A"
label = "an event"
source = "invented"
outcomes = ["delivered"]
horizon = 1
"""
ORDERS = {"2025-02": 20_000, "2025-03": 40_000, "2025-04": 10_000}


def events(folder: Path, orders: dict[str, int]) -> Answer:
    months = [f"2025-0{m}" for m in range(1, 7)]
    (folder / "months.csv").write_text(
        "month,brand,units\n" + "".join(f"{m},A,15000\n{m},B,9000\n" for m in months), encoding="utf-8"
    )
    rows = "".join(f"A,orders,{units},{month}\n" for month, units in orders.items())
    (folder / "press.csv").write_text("entity,metric,value,period\n" + rows, encoding="utf-8")
    (folder / "study.toml").write_text(STUDY, encoding="utf-8")
    return run(folder, only=("events",)).answers["events"]


def test_deliveries_are_refused_and_the_fall_of_orders_is_told_for_every_base(tmp_path: Path) -> None:
    found = events(tmp_path, ORDERS)
    assert [v.label for v in found.events] == ["refused"]
    told = {e.id: e for e in found.estimates}
    fall, bases = told["event.e.delivered.orders"], told["event.e.delivered.orders.bases"]
    assert isinstance(fall, Point)
    assert isinstance(bases, Bound)
    assert fall.value == pytest.approx(10_000 / 30 / (40_000 / 31) - 1, abs=0.03)
    assert bases.lo <= fall.lo
    assert bases.hi == pytest.approx(10_000 / 30 / (20_000 / 28) - 1, abs=0.03), "February is a base as good as March"
    assert bases.n == 2


def test_one_month_before_leaves_no_choice_of_a_base(tmp_path: Path) -> None:
    found = events(tmp_path, {month: ORDERS[month] for month in ("2025-03", "2025-04")})
    assert "event.e.delivered.orders.bases" not in {e.id for e in found.estimates}


def test_the_base_follows_the_data_not_the_month(tmp_path: Path) -> None:
    found = events(tmp_path, {"2025-02": 20_000, "2025-03": 20_500, "2025-04": 30_000})
    bases = next(e for e in found.estimates if e.id == "event.e.delivered.orders.bases")
    assert isinstance(bases, Bound)
    assert 0.2 < bases.lo < bases.hi < 0.6
