"""Daily titles of two lists: which dated events are found within two days and which are not, at what rate of all alarms.

Asked of each list by itself and of both together, as a study of several platforms does. The refunds over the front hood in
May 2025 are not found: they came as two to four titles on days that usually have one or two of that name; a day, or two
days together, as full as that come one time in eight. Counting titles cannot tell them; what the titles are about could.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl
import pytest

from halfstep.arrivals.bursts import Bursts, BurstSettings, bursts_together
from halfstep.arrivals.halflife import DecaySettings, HalfLife, half_life

pytestmark = pytest.mark.cases

Array = npt.NDArray[np.float64]
EVENTS = {
    "crash": (date(2025, 4, 1), date(2025, 4, 1), ("xiaomi", "su7", "xiaomi_car")),
    "chip": (date(2025, 5, 15), date(2025, 5, 22), ("xuanjie",)),
    "remark": (date(2025, 6, 1), date(2025, 6, 1), ("yuchengdong",)),
    "presented": (date(2025, 5, 22), date(2025, 5, 22), ("yu7",)),
    "launched": (date(2025, 6, 26), date(2025, 6, 26), ("yu7", "xiaomi", "xiaomi_car")),
}
HOOD = (date(2025, 5, 8), date(2025, 5, 13), date(2025, 5, 17))
"""An apology, hundreds who want refunds, more of them; two days on from 19 May the next car is presented."""
LISTS = {"weibo": 4.0, "zhihu": 4.0, "weibo+zhihu": 2.0}
"""False alarms stated per name and year; on both lists together at 2, as at 4 all alarms are 4.01 a name and year."""
MISSED = {("weibo+zhihu", "crash", "xiaomi_car")}
ALARMS = {"weibo": 2.72, "zhihu": 3.15, "weibo+zhihu": 2.80}
"""All alarms per name and year, true ones among them."""
PAIRS = (("musk", "tesla"), ("leijun", "xiaomi"), ("dongmingzhu", "gree"), ("yuchengdong", "huawei"))
NEAR = timedelta(days=2)


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """One list: its days, counts by name, its length, the bursts of every name."""

    days: list[date]
    count: dict[str, Array]
    total: Array
    bursts: dict[str, Bursts]

    def near(self, name: str, first: date, last: date) -> bool:
        """Return whether a burst of the name begins or peaks within two days of these."""
        places = [d for b in self.bursts[name].bursts for d in (b.start, b.peak)]
        return any(first - NEAR <= self.days[d] <= last + NEAR for d in places)


def look(cases: Path, which: str, rate: float) -> Found:
    table = pl.read_parquet(cases / "weibo_hot_search" / "entity_daily_counts.parquet")
    names = [c for c in table.columns if c not in ("platform", "date", "n_titles")]
    table = table.filter(pl.col("platform").is_in(which.split("+"))).with_columns(pl.col("date").str.to_date())
    table = table.group_by("date").agg(pl.col(*names, "n_titles").sum()).sort("date")
    table = table.upsample("date", every="1d").fill_null(0)
    total = table["n_titles"].to_numpy().astype(np.float64)
    count = table.select(names).to_numpy().T.astype(np.float64)
    found = bursts_together(count, total, BurstSettings(false_alarms=rate), total > 0)
    return Found(
        table["date"].to_list(), dict(zip(names, count, strict=True)), total, dict(zip(names, found, strict=True))
    )


@pytest.fixture(scope="module")
def lists(cases: Path) -> dict[str, Found]:
    return {which: look(cases, which, rate) for which, rate in LISTS.items()}


@pytest.mark.parametrize("which", ["weibo", "weibo+zhihu"])
@pytest.mark.parametrize("event", EVENTS)
def test_dated_events_are_found(lists: dict[str, Found], which: str, event: str) -> None:
    first, last, names = EVENTS[event]
    told = {name: lists[which].near(name, first, last) for name in names}
    assert told == {name: (which, event, name) not in MISSED for name in names}


@pytest.mark.parametrize("which", LISTS)
def test_the_hood_is_not_found_and_its_days_are_not_unusual(lists: dict[str, Found], which: str) -> None:
    found = lists[which]
    for day in (d for d in HOOD if d <= found.days[-1]):
        assert not any(found.near(name, day, day) for name in ("xiaomi", "su7", "xiaomi_car", "leijun"))
        assert found.bursts["su7"].tail[found.days.index(day)] > 0.1


@pytest.mark.parametrize("which", LISTS)
def test_all_alarms_together_are_few(lists: dict[str, Found], which: str) -> None:
    of = lists[which].bursts.values()
    alarms = sum(len(f.bursts) for f in of) / sum(f.years for f in of)
    assert alarms == pytest.approx(ALARMS[which], abs=0.005) and alarms <= 4


def test_half_lives_have_intervals(lists: dict[str, Found]) -> None:
    found = lists["weibo"]
    for name in (n for pair in PAIRS for n in pair):
        life = half_life(found.count[name], found.total, found.bursts[name], DecaySettings(), np.random.default_rng(1))
        assert isinstance(life, HalfLife) and life.lo <= life.days <= life.hi, name
