"""Periods and counts of the whole tally."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl
import pytest

from halfstep.voice.scan import Slot
from halfstep.voice.tallies import period_of
from tests.voice.daily import START, tallies_of
from tests.voice.heard import config_of


@pytest.mark.parametrize(
    ("day", "kind", "key"),
    [
        ("2024-02-29", "day", "2024-02-29"), ("2024-02-29", "month", "2024-02"), ("2024-02-29", "year", "2024"),
        ("2024-03-31", "quarter", "2024-Q1"), ("2024-04-01", "quarter", "2024-Q2"), ("2024-12-31", "quarter", "2024-Q4"),
        ("2024-12-29", "week", "2024-W52"), ("2024-12-30", "week", "2025-W01"), ("2025-01-01", "week", "2025-W01"),
        ("2021-01-03", "week", "2020-W53"), ("2021-01-04", "week", "2021-W01"), ("1969-12-31", "month", "1969-12"),
    ],
)  # fmt: skip
def test_the_period_of_a_day(day: str, kind: str, key: str) -> None:
    days = pl.DataFrame({"day": pl.Series([(date.fromisoformat(day) - date(1970, 1, 1)).days], dtype=pl.Int32)})
    assert days.select(period_of(pl.col("day"), kind)).item() == key


def test_periods_without_any_utterance_are_there_all_the_same() -> None:
    count = np.zeros(100)
    count[[0, 99]] = 3, 4
    made = tallies_of({"norda": count, "": 2 * count})
    assert made.periods == ("2024-01", "2024-02", "2024-03", "2024-04")
    assert made.span == "2024-01/2024-04"
    assert made.days == (START, START + 99)
    assert np.bincount(made.period_places).tolist() == [31, 29, 31, 9]
    assert np.bincount(made.period_places, made.daily("norda")).tolist() == [3, 0, 0, 4]


def test_weeks_follow_each_other_over_new_year() -> None:
    made = tallies_of({"": np.ones(14)}, config=config_of(period="week"), start=START + 357)  # from Monday, 23 December
    assert made.periods == ("2024-W52", "2025-W01")


def test_without_times_there_is_one_period() -> None:
    made = tallies_of({"norda": [5], "": [7]}, dated=False, start=0)
    assert (made.periods, made.span) == (("all",), "all")
    assert made.period_places.tolist() == [0]


def test_counts_by_slot_and_platform() -> None:
    made = tallies_of(
        {"norda|w": [1, 2], "norda|x": [0, 4], "norda|w@": [8, 0], "|w": [9, 9]}, slots={"norda|w@": Slot.PAID}
    )
    assert made.daily("norda").tolist() == [1, 6]
    assert made.daily("norda", platform="w").tolist() == [1, 2]
    assert made.daily("norda", (Slot.PAID,)).tolist() == [8, 0]
    assert (made.count("norda"), made.count("norda", (Slot.VOICE, Slot.PAID)), made.count("lin")) == (7, 15, 0)
    assert made.platforms == ("w", "x")
    with pytest.raises(ValueError, match="tuple"):
        made.place("nobody")
