"""Records refuse nonsense; periods keep order, season and last day."""

from __future__ import annotations

from dataclasses import FrozenInstanceError
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from halfstep.core.answer import Reading
from halfstep.core.check import Fault
from halfstep.core.errors import MisuseError, StudyFaultsError
from halfstep.core.estimate import Bound, Origin, Point, Tier, row_ranges
from halfstep.core.period import Period, parse_period
from halfstep.core.series import Series

ORIGIN = Origin(room="r", method="m", table="t.csv", rows="2", rows_used=1)


def point(value: float, lo: float, hi: float) -> Point:
    return Point(
        id="p", what="w", value=value, lo=lo, hi=hi, level=0.9, unit="u", n=1, tier=Tier.PUBLIC_PANEL, origin=ORIGIN
    )


def series(size: int, *, points: int = 2, parts: int = 1, square: int | None = None) -> Series:
    return Series(
        id="s",
        what="w",
        unit="u",
        tier=Tier.COMPANY,
        origin=ORIGIN,
        dims=("period",),
        index=(("1",) * parts,) * size,
        value=np.zeros(points),
        lo=np.zeros(points),
        hi=np.zeros(points),
        n=np.ones(points, dtype=np.int64),
        level=0.9,
        covariance=None if square is None else np.zeros((square, square)),
    )


@pytest.mark.parametrize(("value", "lo", "hi"), [(1.0, 2.0, 3.0), (4.0, 2.0, 3.0), (float("nan"), 0.0, 1.0)])
def test_point_outside_its_interval_is_refused(value: float, lo: float, hi: float) -> None:
    with pytest.raises(MisuseError, match="lo <= value <= hi"):
        point(value, lo, hi)


def test_point_is_frozen() -> None:
    made = point(1.0, 0.0, 2.0)
    with pytest.raises(FrozenInstanceError):
        made.value = 3.0  # type: ignore[misc]


def test_empty_bound_is_refused_and_infinite_one_is_not() -> None:
    def bound(lo: float, hi: float) -> Bound:
        return Bound(id="b", what="w", lo=lo, hi=hi, unit="u", n=1, tier=Tier.PRESS, origin=ORIGIN)

    with pytest.raises(MisuseError, match="lo <= hi"):
        bound(1.0, 0.0)
    assert bound(1.0, float("inf")).hi == float("inf")


@pytest.mark.parametrize(
    ("wrong", "text"),
    [({"points": 3}, "expected 2 values"), ({"square": 3}, "2 x 2 covariance"), ({"parts": 2}, "needs the parts")],
)
def test_series_whose_shapes_disagree_are_refused(wrong: dict[str, int], text: str) -> None:
    with pytest.raises(MisuseError, match=text):
        series(2, **wrong)
    assert series(2, square=2).covariance is not None


def test_fault_line_names_file_row_column_and_mend() -> None:
    fault = Fault(table="sales.csv", row=7, column="price", what="expected a number", mend="write digits")
    assert fault.line() == "sales.csv, row 7, price: expected a number -> write digits"
    assert "1 fault(s)" in str(StudyFaultsError((fault,)))


def test_reading_flips_only_where_labels_differ() -> None:
    def reading(naive: str, ours: str) -> Reading:
        return Reading(
            id="r", what="w", half="name", naive="a", ours="b", naive_label=naive, ours_label=ours, difference=""
        )

    assert reading("short", "met").flips
    assert not reading("met", "met").flips


@given(st.lists(st.integers(1, 60)))
def test_row_ranges_name_exactly_the_rows(rows: list[int]) -> None:
    text = row_ranges(rows)
    back: set[int] = set()
    for part in text.split(",") if text else []:
        first, _, last = part.partition("-")
        back |= set(range(int(first), int(last or first) + 1))
    assert back == set(rows)
    assert text == row_ranges(np.array(rows, dtype=np.int64))


@given(st.integers(1000, 9998), st.sampled_from([1, 4, 12]), st.integers(0, 11))
def test_period_survives_writing_and_reading(year: int, frequency: int, season: int) -> None:
    period = Period(year * frequency + season % frequency, frequency)
    assert parse_period(period.key) == period
    assert (period.year, period.season) == (year, season % frequency)
    following = Period(period.ordinal + 1, frequency)
    assert period < following
    assert period.last_day < following.last_day
    first_of_next = f"{following.key}-01" if frequency == 12 else None
    if first_of_next:
        assert date.fromisoformat(period.last_day) + timedelta(days=1) == date.fromisoformat(first_of_next)


@pytest.mark.parametrize(
    ("text", "last"),
    [("1990", "1990-12-31"), ("1990-Q2", "1990-06-30"), ("2024-02", "2024-02-29"), ("2023-2", "2023-02-28")],
)
def test_period_ends_on_its_last_day(text: str, last: str) -> None:
    assert parse_period(text).last_day == last


@pytest.mark.parametrize("text", ["", "90", "1990-Q5", "1990-Q0", "1990-13", "1990-00", "1990-01-0", "nan", "199O"])
def test_what_is_no_period_is_refused(text: str) -> None:
    with pytest.raises(MisuseError, match="expected a year"):
        parse_period(text)
