"""A row a task: heads, names and numbers of alternatives, alternatives that were not offered."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from halfstep.data.study import load
from tests.data.experiments import fault, faults, read, study

COLUMNS: dict[str, Any] = {
    "layout": "wide", "respondent": "who", "task": "t", "chosen": "pick", "alternatives": ["a", "b"], "price": "price",
    "brand": "brand",
}  # fmt: skip
POWER: dict[str, Any] = {"attributes": [{"id": "power", "label": "power", "column": "power"}]}
HEAD = "who,t,pick,brand_a,price_a,power_a,brand_b,price_b,power_b"
ROWS = ["1,1,a,A,10,80,B,12,90", "1,2,b,B,10,80,A,15,90", "2,1,a,A,10,85,B,12,90"]


def wide(folder: Path, rows: list[str], columns: dict[str, Any] | None = None, head: str = HEAD) -> Path:
    return study(folder, {"choices": "\n".join([head, *rows]) + "\n"}, COLUMNS | (columns or {}), POWER)


def picked(*picks: str) -> list[str]:
    return [",".join([*row.split(",")[:2], pick, *row.split(",")[3:]]) for row, pick in zip(ROWS, picks, strict=True)]


def test_heads_are_written_as_the_study_says(tmp_path: Path) -> None:
    head = "who,t,pick,a: brand,a: price,a: power,b: brand,b: price,b: power"
    found = read(wide(tmp_path, ROWS, {"head": "{alternative}: {column}"}, head)).frame
    assert found.select("row", "alternative", "brand", "price", "x_power", "chosen").rows()[:3] == [
        (2, "a", "A", 10, 80, True), (2, "b", "B", 12, 90, False), (3, "a", "B", 10, 80, False)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("picks", "columns"),
    [
        (("A", "b", "a"), {}),
        (("1", "2", "1"), {}),
        (("1.0", "2.0", "1.0"), {}),
        (("１", "2", "1"), {}),
        (("a", "2", "1"), {}),
    ],
)
def test_the_cell_names_the_alternative_or_its_number(
    tmp_path: Path, picks: tuple[str, ...], columns: dict[str, Any]
) -> None:
    assert read(wide(tmp_path, picked(*picks), columns)).frame["chosen"].to_list() == [
        True,
        False,
        False,
        True,
        True,
        False,
    ]


def test_names_that_are_numbers_are_names(tmp_path: Path) -> None:
    head = HEAD.replace("_a", "_2").replace("_b", "_1")
    found = read(wide(tmp_path / "a", picked("1", "1", "2"), {"alternatives": ["2", "1"]}, head)).frame
    assert found.filter("chosen")["alternative"].to_list() == ["1", "1", "2"]
    zero = HEAD.replace("_a", "_0").replace("_b", "_1")
    lost = fault(wide(tmp_path / "b", picked("1", "2", "1"), {"alternatives": ["0", "1"]}, zero))
    assert lost.row == 3
    assert lost.what == "expected one of 0, 1, or its number; got '2'"


@pytest.mark.parametrize(("none", "cell"), [("none", "None"), ("0", "0"), ("3", "3"), ("都不选", "都不选")])
def test_none_of_these_is_added_to_every_task(tmp_path: Path, none: str, cell: str) -> None:
    found = read(wide(tmp_path, picked("a", cell, "2"), {"none": none})).frame
    assert found.filter("none").select("alternative", "chosen").rows() == [(none, False), (none, True), (none, False)]
    assert found["chosen"].sum() == 3


def test_none_of_these_may_be_among_the_alternatives(tmp_path: Path) -> None:
    for number, names in (("3", ["a", "b", "none"]), ("1", ["none", "a", "b"])):
        rows = picked("a", number, "b")
        found = read(wide(tmp_path / number, rows, {"none": "none", "alternatives": names})).frame
        assert found.filter("chosen")["alternative"].to_list() == ["a", "none", "b"]


def test_a_number_that_nobody_said_means_none_is_a_fault(tmp_path: Path) -> None:
    for cell in ("0", "3", "c", "none"):
        lost = fault(wide(tmp_path / cell, picked("a", cell, "b")))
        assert (lost.row, lost.column) == (3, "pick")
        assert "choice_columns.none" in lost.mend


def test_blank_answers_and_blank_alternatives_are_counted(tmp_path: Path) -> None:
    head = HEAD + ",brand_c,price_c,power_c"
    rows = [f"{row},{more}" for row, more in zip(picked("a", "", "c"), (",,", ",,", "A,14,70"), strict=True)]
    folder = wide(tmp_path, rows, {"alternatives": ["a", "b", "c"]}, head)
    found = read(folder)
    assert found.frame["alternative"].to_list() == ["a", "b", "a", "b", "c"]
    assert {guess.kind: guess.count for guess in load(folder).guesses} == {
        "choice_unanswered": 1,
        "choice_not_offered": 2,
    }


def test_an_alternative_that_was_not_offered_cannot_be_chosen(tmp_path: Path) -> None:
    rows = ["1,1,b,A,10,80,,,", *ROWS[1:]]
    assert "it has one" in fault(wide(tmp_path, rows)).what


def test_one_row_a_task(tmp_path: Path) -> None:
    lost = fault(wide(tmp_path, [*ROWS, ROWS[0]]))
    assert lost.row == 2
    assert "1 1 occurs 2 times (rows 2, 5)" in lost.what


def test_a_missing_head_is_named(tmp_path: Path) -> None:
    found = faults(wide(tmp_path, ROWS, {"alternatives": ["a", "b", "c"]}))
    assert [one.column for one in found] == ["price_c", "brand_c", "power_c"]


def test_cells_are_checked_under_their_own_heads(tmp_path: Path) -> None:
    rows = [ROWS[0].replace(",12,", ",x,"), ROWS[1].replace(",80,", ",fast,"), ROWS[2]]
    assert [(one.row, one.column) for one in faults(wide(tmp_path, rows))] == [(3, "power_a"), (2, "price_b")]


def test_best_and_worst_are_two_alternatives(tmp_path: Path) -> None:
    rows = [f"{row},{worst}" for row, worst in zip(ROWS, ("b", "a", "b"), strict=True)]
    found = read(wide(tmp_path / "a", rows, {"worst": "last"}, HEAD + ",last"))
    assert found.has_worst
    assert found.frame["worst"].to_list() == [False, True, True, False, False, True]
    twice = fault(wide(tmp_path / "b", [f"{ROWS[0]},a", *rows[1:]], {"worst": "last"}, HEAD + ",last"))
    assert "the best and the worst" in twice.what
    blank = fault(wide(tmp_path / "c", [f"{ROWS[0]},", *rows[1:]], {"worst": "last"}, HEAD + ",last"))
    assert (blank.row, blank.column) == (2, "last")
    assert "the cell is blank" in blank.what
