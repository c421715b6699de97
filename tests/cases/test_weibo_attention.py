"""Daily titles of two lists: dated events are found on the names concerned, at a rate of alarms that is counted in full."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from halfstep.arrivals.bursts import Bursts, BurstSettings, bursts_together
from halfstep.arrivals.halflife import DecaySettings, HalfLife, half_life

pytestmark = pytest.mark.cases

EVENTS = {
    "crash": (date(2025, 4, 1), date(2025, 4, 1), ("xiaomi", "su7", "xiaomi_car")),
    "chip": (date(2025, 5, 15), date(2025, 5, 22), ("xuanjie",)),
    "remark": (date(2025, 6, 1), date(2025, 6, 1), ("yuchengdong",)),
    "presented": (date(2025, 5, 22), date(2025, 5, 22), ("yu7",)),
    "launched": (date(2025, 6, 26), date(2025, 6, 26), ("yu7", "xiaomi", "xiaomi_car")),
}
PAIRS = (("musk", "tesla"), ("leijun", "xiaomi"), ("dongmingzhu", "gree"), ("yuchengdong", "huawei"))
NEAR = timedelta(days=2)
Found = tuple[list[date], dict[str, Bursts], pl.DataFrame]


@pytest.fixture(scope="module")
def weibo(cases: Path) -> Found:
    table = pl.read_parquet(cases / "weibo_hot_search" / "entity_daily_counts.parquet")
    table = table.filter(pl.col("platform") == "weibo").with_columns(pl.col("date").str.to_date()).sort("date")
    days: list[date] = table["date"].to_list()
    assert (days[-1] - days[0]).days + 1 == len(days)
    names = [c for c in table.columns if c not in ("platform", "date", "n_titles")]
    count = table.select(names).to_numpy().T.astype(np.float64)
    found = bursts_together(count, table["n_titles"].to_numpy().astype(np.float64), BurstSettings(false_alarms=4.0))
    return days, dict(zip(names, found, strict=True)), table


@pytest.mark.parametrize("event", EVENTS)
def test_dated_events_are_found(weibo: Found, event: str) -> None:
    days, found, _ = weibo
    first, last, names = EVENTS[event]
    for name in names:
        near = [b for b in found[name].bursts if any(first - NEAR <= days[d] <= last + NEAR for d in (b.start, b.peak))]
        assert near, name


def test_all_alarms_together_are_few(weibo: Found) -> None:
    _, found, _ = weibo
    assert sum(len(f.bursts) for f in found.values()) <= 4 * sum(f.years for f in found.values())


def test_half_lives_have_intervals(weibo: Found) -> None:
    _, found, table = weibo
    total = table["n_titles"].to_numpy().astype(np.float64)
    for name in (n for pair in PAIRS for n in pair):
        count = table[name].to_numpy().astype(np.float64)
        life = half_life(count, total, found[name], DecaySettings(), np.random.default_rng(1))
        assert isinstance(life, HalfLife) and life.lo <= life.days <= life.hi, name
