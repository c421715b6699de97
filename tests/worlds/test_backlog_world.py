"""The simulated maker keeps its own accounts, what is printed holds the truth, and stored runs come out again."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from halfstep.worlds.backlog import FALLS, KINDS, WEEKS, SimulatedBacklog, simulate_backlog
from validation.backlog import run_backlog

STORED = Path(__file__).parents[2] / "docs" / "validation" / "backlog.json"


def made(kind: str, run: int = 0) -> SimulatedBacklog:
    return simulate_backlog(kind, np.random.default_rng([3, run]))


@pytest.mark.parametrize("kind", KINDS)
def test_accounts_add_up_and_capacity_binds(kind: str) -> None:
    for run in range(5):
        m = made(kind, run)
        left = np.cumsum(m.orders - m.cancelled - m.deliveries)
        assert np.allclose(left, m.backlog) and (m.backlog >= 0).all()
        assert m.backlog[m.event] > m.deliveries[m.event]
        assert 0.03 < m.cancelled.sum() / m.orders.sum() < 0.2


def test_what_is_printed_holds_the_truth() -> None:
    for run in range(20):
        m = made("fall of 30%", run)
        weeks = [m.first + timedelta(days=7 * t) for t in range(WEEKS)]
        for p in m.printed:
            mine = [t for t, day in enumerate(weeks) if p.first <= day <= p.last]
            end = (p.last - m.first).days // 7
            truth = {
                "orders": m.orders[mine].sum(), "cancelled share": m.cancelled.sum() / m.orders.sum(),
                "waiting weeks": m.backlog[end] / m.deliveries[end] if end >= 0 else 0.0,
            }.get(p.what)  # fmt: skip
            assert truth is None or p.lo <= truth <= p.hi
        days = {key: [m.first + timedelta(days=k) for k in range(7 * WEEKS)] for key in m.monthly}
        for key, units in m.monthly.items():
            sold = sum(m.deliveries[k // 7] / 7 for k, day in enumerate(days[key]) if f"{day:%Y-%m}" == key)
            assert units == pytest.approx(sold, abs=0.51)
            assert date.fromisoformat(f"{key}-01") >= m.first


def test_falls_are_those_asked_for() -> None:
    for kind, fall in FALLS.items():
        falls = [made(kind, run).fall for run in range(60)]
        assert float(np.mean(falls)) == pytest.approx(fall, abs=0.05)


def stored() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(STORED.read_text(encoding="utf-8"))
    return found


def test_stored_runs_hold_what_is_claimed() -> None:
    worlds = stored()["worlds"]
    assert set(worlds) == set(KINDS)
    for kind in FALLS:
        found = worlds[kind]
        assert found["coverage of the fall of orders"]["rate"] >= 0.88
        assert found["coverage by deliveries alone"] < 0.2
        assert found["interval above zero although orders did not fall"]["holds"]
        assert found["deliveries refused where buyers waited"]["holds"]


def test_stored_runs_come_out_again() -> None:
    for kind in ("fall of 30%", "no fall"):
        kept = stored()["worlds"][kind]["entries"][1]
        now = run_backlog(kind, 1).record()
        assert now["state"] == kept["state"] and now["truth"] == kept["truth"]
        for end in ("value", "lo", "hi"):
            assert now[end] == pytest.approx(kept[end], abs=0.03)
