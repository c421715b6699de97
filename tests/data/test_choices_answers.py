"""A row a respondent with the design beside it, as survey tools export it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from halfstep.data.study import load
from halfstep.report.words import LANGUAGES, known
from tests.data.experiments import fault, faults, read, study

COLUMNS: dict[str, Any] = {
    "layout": "answers", "respondent": "ResponseId", "version": "block", "task": "task", "alternative": "alt",
    "answer": "C{task}", "price": "price", "brand": "brand",
}  # fmt: skip
POWER: dict[str, Any] = {"attributes": [{"id": "power", "label": "power", "column": "power"}]}
DESIGN = [
    "block,task,alt,brand,price,power",
    "1,1,x,A,10,80", "1,1,y,B,12,90", "1,2,x,B,11,80", "1,2,y,A,13,70",
    "2,1,x,B,10,80", "2,1,y,A,12,90",
]  # fmt: skip
ANSWERS = ["ResponseId,block,C1,C2", "R_1,1,x,y", "R_2,2,y,", "R_3,1,y,x"]


def answered(
    folder: Path, rows: list[str] | None = None, design: list[str] | None = None, columns: dict[str, Any] | None = None
) -> Path:
    tables = {"choices": "\n".join(rows or ANSWERS) + "\n", "design": "\n".join(design or DESIGN) + "\n"}
    return study(folder, tables, {k: v for k, v in (COLUMNS | (columns or {})).items() if v is not None}, POWER)


def test_each_respondent_saw_his_version(tmp_path: Path) -> None:
    found = read(answered(tmp_path))
    assert found.frame.select("row", "respondent", "task", "alternative", "chosen", "brand").rows() == [
        (2, "R_1", "1", "x", True, "A"), (2, "R_1", "1", "y", False, "B"), (2, "R_1", "2", "x", False, "B"),
        (2, "R_1", "2", "y", True, "A"), (3, "R_2", "1", "x", False, "B"), (3, "R_2", "1", "y", True, "A"),
        (4, "R_3", "1", "x", False, "A"), (4, "R_3", "1", "y", True, "B"), (4, "R_3", "2", "x", True, "B"),
        (4, "R_3", "2", "y", False, "A"),
    ]  # fmt: skip
    assert found.guesses == ()


def test_answers_by_number_and_none_of_these(tmp_path: Path) -> None:
    rows = [ANSWERS[0], "R_1,1,1,2", "R_2,2,3,", "R_3,1,2,1"]
    found = read(answered(tmp_path, rows, columns={"none": "3"})).frame
    assert found.filter("chosen").select("respondent", "task", "alternative").rows() == [
        ("R_1", "1", "x"), ("R_1", "2", "y"), ("R_2", "1", "3"), ("R_3", "1", "y"), ("R_3", "2", "x")
    ]  # fmt: skip
    assert found.filter("none").height == 5


def test_none_of_these_may_stand_in_the_design(tmp_path: Path) -> None:
    design = [*DESIGN, "1,1,none,,,", "1,2,none,,,", "2,1,none,,,"]
    rows = [ANSWERS[0], "R_1,1,None,y", *ANSWERS[2:]]
    found = read(answered(tmp_path, rows, design, {"none": "none"})).frame
    assert found.filter("none").height == 5
    assert found.filter("none", "chosen").select("respondent", "task").rows() == [("R_1", "1")]


def test_blank_answers_are_counted(tmp_path: Path) -> None:
    folder = answered(tmp_path, [ANSWERS[0], "R_1,1,x,", *ANSWERS[2:]])
    (guess,) = load(folder).guesses
    assert (guess.kind, guess.count, guess.row) == ("choice_unanswered", 1, 2)


@pytest.mark.parametrize(
    ("rows", "design", "row", "column", "what"),
    [
        (["R_1,1,z,y"], [], 2, "C1", "expected one of x, y, or its number; got 'z'"),
        (["R_1,9,x,y"], [], 2, "block", "expected a version of the design (1, 2); got '9'"),
        (["R_2,2,y,x"], [], 2, "C2", "version 2 of the design has no such task"),
        (["R_1,1,x,y", "R_1,1,x,y"], [], 2, "ResponseId", "R_1 occurs 2 times"),
        ([], ["1,1,x,A,11,80"], 2, "alt", "1 1 x occurs 2 times"),
        ([], ["3,1,x,A,11,80"], 8, "task", "the task has one alternative"),
        ([], ["1,3,x,A,ten,80", "1,3,y,A,10,80"], None, "C3", "the table has none of that name"),
    ],
)
def test_what_does_not_fit_is_a_fault(
    tmp_path: Path, rows: list[str], design: list[str], row: int | None, column: str, what: str
) -> None:
    found = fault(answered(tmp_path, [ANSWERS[0], *(rows or []), *ANSWERS[3:]], [*DESIGN, *design]))
    assert (found.row, found.column) == (row, column)
    assert what in found.what


def test_prices_of_the_design_are_checked_where_they_are(tmp_path: Path) -> None:
    (found,) = faults(answered(tmp_path, design=[*DESIGN[:-1], "2,1,y,A,-3,90"]))
    assert (found.table, found.row, found.column) == ("design.csv", 7, "price")


def test_one_version_needs_no_column(tmp_path: Path) -> None:
    design = [line.split(",", 1)[1] for line in DESIGN[:5]]
    rows = ["ResponseId,C1,C2", "R_1,x,y", "R_2,y,y"]
    found = read(answered(tmp_path, rows, design, {"version": None}))
    assert found.frame["chosen"].sum() == 4


def test_a_survey_tool_repeats_its_questions_below_the_header(tmp_path: Path) -> None:
    ids = ",".join(f'"{{""ImportId"":""{name}""}}"' for name in ("recordId", "block", "QID1", "QID2"))
    rows = [ANSWERS[0], 'Response ID,block,"Which one, please?",Which one?', ids, *ANSWERS[1:]]
    folder = answered(tmp_path, rows)
    assert read(folder).frame["respondent"].unique(maintain_order=True).to_list() == ["R_1", "R_2", "R_3"]
    (guess,) = load(folder).guesses
    assert (guess.kind, guess.row, guess.count) == ("question_rows", 2, 2)
    assert known("guess.question_rows") == LANGUAGES
