"""Tables of months: any spelling, nothing missing taken for zero, and a day's knowledge is what a reader had on that day."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from halfstep.core.errors import StudyFaultsError
from halfstep.data.months import Months
from halfstep.data.study import Loaded, load
from halfstep.report.words import known
from tests.invented import write

COLUMNS = {"period": "月", "units": "量", "maker": "厂", "model": "型", "first_known": "公布"}
BASE: dict[str, Any] = {"tables": {"sales": None}, "columns": None, "attributes": None, "ramp_columns": COLUMNS}
HEAD = "月,厂,型,量,公布\n"


def study(folder: Path, rows: str, changes: dict[str, Any] | None = None, head: str = HEAD) -> Path:
    return write(folder, None, BASE | (changes or {}), {"ramp": head + rows})


def months(loaded: Loaded) -> Months:
    assert loaded.ramp is not None
    return loaded.ramp


def faults(folder: Path, as_of: str | None = None) -> list[tuple[int | None, str | None, str]]:
    with pytest.raises(StudyFaultsError) as caught:
        load(folder, as_of=as_of)
    return [(fault.row, fault.column, f"{fault.what} {fault.mend}") for fault in caught.value.faults]


def cells(found: Months) -> dict[str, list[float | None]]:
    shown = [[None if np.isnan(v) else float(v) for v in row] for row in found.units]
    return dict(zip(found.makers, shown, strict=True))


def same(one: Months, other: Months) -> bool:
    arrays = all(np.array_equal(getattr(one, k), getattr(other, k), equal_nan=True) for k in ("units", "known"))
    return arrays and (one.makers, one.first, one.rows) == (other.makers, other.first, other.rows)


def test_any_spelling_is_read_and_told(tmp_path: Path) -> None:
    rows = '2025年4月,A,x,2.8万,2025-05-01\n2025-05,A,x,３０００,2025/6/1\nJun-25,A,x,"1,200",\n2025M7,A,x,未公布,\n'
    loaded = load(study(tmp_path, rows))
    found = months(loaded)
    assert cells(found) == {"A": [28000, 3000, 1200, None]}
    assert found.first == 2025 * 12 + 3
    assert date.fromordinal(int(found.known[0, 2])) == date(2025, 7, 10)
    assert {"wan", "full_width", "thousands", "period_form", "nan_word"} <= {guess.kind for guess in loaded.guesses}


def test_models_are_added_up_and_a_month_in_part_is_blank_not_a_sum(tmp_path: Path) -> None:
    rows = "".join(f"2025-0{m},A,{model},{n},\n" for m, model, n in [
        (1, "x", 10), (2, "x", 11), (3, "x", 12), (4, "x", 13), (1, "y", 1), (3, "y", 3), (2, "z", 0), (3, "z", 0),
    ])  # fmt: skip
    loaded = load(study(tmp_path, rows))
    assert cells(months(loaded)) == {"A": [11, None, 15, 13]}
    (guess,) = [guess for guess in loaded.guesses if guess.kind == "months_in_part"]
    assert dict(guess.facts) == {"maker": "A", "model": "y", "period": "2025-02"}
    assert known("guess.months_in_part") == ("zh", "en")


def test_a_missing_month_is_not_zero_and_a_zero_is(tmp_path: Path) -> None:
    found = months(load(study(tmp_path, "2025-01,A,x,0,\n2025-04,A,x,5,\n2025-02,B,x,7,\n")))
    assert cells(found) == {"A": [0, None, None, 5], "B": [None, 7, None, None]}
    assert (found.known[0] > 0).tolist() == [True, False, False, True]


def test_a_table_without_makers_is_the_makers_own(tmp_path: Path) -> None:
    columns = {"ramp_columns": {"period": "月", "units": "量"}, "ramp": {"maker": "M"}}
    assert months(load(study(tmp_path, "2025-01,5\n", columns, "月,量\n"))).makers == ("M",)


def test_every_fault_is_told_at_once(tmp_path: Path) -> None:
    rows = "2025-01,A,x,超过2万,\n2025-02,A,x,17-18,\n2025-03,A,x,-5,\n2025-04,,x,5,\n2025-05,A,x,5,soon\n2025-06,A,x,5,\n2025年6月,A,x,6,\n"
    found = faults(study(tmp_path, rows))
    assert {row for row, _, _ in found} == {2, 3, 4, 5, 6, 7}
    assert any("row 7: units 5" in text and "row 8: units 6" in text for _, _, text in found)


@pytest.mark.parametrize(
    ("rows", "text"),
    [
        ("2025-Q1,A,x,1,\n", "quarters"), ("2025-01,A,x,1,\n2025,A,x,1,\n", "mixed"), ("soon,A,x,1,\n", "got 'soon'"),
        ("1025-01,A,x,1,\n2025-01,A,x,1,\n", "1025-01 to 2025-01"), ("2025-01,B,x,1,\n", "the table has: B"),
        ("2025-01,AA,x,1,\n", "did you mean 'AA'?"),
    ],
)  # fmt: skip
def test_what_is_no_table_of_months_is_a_fault(tmp_path: Path, rows: str, text: str) -> None:
    assert text in faults(study(tmp_path, rows))[0][2]


REVISED = "2025-01,A,x,10,2025-02-03\n2025-01,A,x,12,2025-04-03\n2025-02,A,x,20,2025-03-03\n2025-02,A,y,3,2025-03-09\n2025-03,B,x,9,2025-05-01\n2025-01,A,y,1,\n"


def test_a_days_knowledge_is_what_was_printed_by_then(tmp_path: Path) -> None:
    found = months(load(study(tmp_path, REVISED)))
    assert cells(found) == {"A": [13, 23, None], "B": [None, None, 9]}
    on = {day: found.known_on(date.fromisoformat(day).toordinal())[0].tolist() for day in ("2025-02-05", "2025-03-05", "2025-04-30")}  # fmt: skip
    assert np.array_equal(on["2025-02-05"], [10, np.nan, np.nan], equal_nan=True)
    assert np.array_equal(on["2025-03-05"], [11, 20, np.nan], equal_nan=True)
    assert np.array_equal(on["2025-04-30"], [13, 23, np.nan], equal_nan=True)


@pytest.mark.parametrize("day", ["2025-01-01", "2025-02-05", "2025-03-05", "2025-03-10", "2025-04-30", "2025-05-01"])
def test_the_table_on_a_day_is_the_table_of_a_run_frozen_then(tmp_path: Path, day: str) -> None:
    folder = study(tmp_path, REVISED)
    late = months(load(folder)).on(date.fromisoformat(day).toordinal())
    assert same(late, months(load(folder, as_of=day)))


def test_months_made_by_hand_can_be_asked_the_same() -> None:
    made = Months(
        "m", ("A", "B"), 10, np.array([[1.0, 2], [np.nan, 3]]), np.array([[5, 9], [0, 9]]), {"A": (2, 3), "B": (4,)}
    )
    early = made.on(6)
    assert (early.makers, early.first, early.units.tolist(), early.known.tolist()) == (("A",), 10, [[1.0]], [[5]])
    assert made.on(1).makers == ()


def test_reference_makers_need_a_column_of_makers(tmp_path: Path) -> None:
    changes = {"ramps_columns": {"period": "月", "units": "量"}, "tables": {"sales": None, "ramps": "ramp.csv"}}
    assert [column for _, column, _ in faults(study(tmp_path, "2025-01,A,x,1,\n", changes))] == ["ramps_columns.maker"]
