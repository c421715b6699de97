"""Every fault of an experiment where it is, all of them at once, and lists that end."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest

from halfstep.core.errors import StudyFaultsError
from halfstep.data.study import load
from tests.data.experiments import ATTRIBUTES, LONG, answers, fault, faults, invented, long, study, wide
from tests.data.test_choices_long import HEAD, ROWS, changed, table
from tests.invented import market, mutated, write


@pytest.mark.parametrize(
    ("at", "old", "new", "row", "column", "what"),
    [
        (0, ",1,A", ",0,A", 2, "chosen", "respondent 1, task 1: expected one chosen alternative; none is"),
        (1, ",0,B", ",1,B", 2, "chosen", "respondent 1, task 1: expected one chosen alternative; rows 2, 3 are"),
        (1, ",0,B", ",2,B", 3, "chosen", "expected 1 or 0; got '2'"),
        (1, ",b,", ",a,", 2, "alt", "one alternative occurs twice"),
        (0, ",10,", ",-1,", 2, "price", "expected zero or more; got '-1'"),
        (0, ",10,", ",,", 2, "price", "the cell is blank"),
        (0, ",10,", ",9-11,", 2, "price", "a range"),
        (0, ",80,", ",quick,", 2, "power", "expected a plain number; got 'quick'"),
        (1, "saloon", "salon", 3, "body", "expected a level of 'body' (saloon, estate, van); got 'salon'"),
        (0, "1,1,a", ",1,a", 2, "who", "the cell is blank"),
    ],
)
def test_a_cell_that_is_wrong(tmp_path: Path, at: int, old: str, new: str, row: int, column: str, what: str) -> None:
    found = faults(study(tmp_path, table(*changed(at, old, new)), LONG))
    assert (found[0].row, found[0].column) == (row, column)
    assert what in found[0].what
    assert len(found) == 1 or row == 2


def test_a_near_level_is_suggested(tmp_path: Path) -> None:
    assert "did you mean 'saloon'" in fault(study(tmp_path, table(*changed(1, "saloon", "Saloon")), LONG)).mend


def test_a_task_of_one_alternative(tmp_path: Path) -> None:
    found = fault(study(tmp_path, table(*ROWS[:4], ROWS[5]), LONG))
    assert "respondent 2, task 1: expected two alternatives or more; it has one" in found.what
    assert "none" in found.mend


def test_lists_end_and_are_counted(tmp_path: Path) -> None:
    tables, columns = long(invented(1, 40, 2, 2))
    body = tables["choices"].replace(",1,0,", ",0,0,")
    found = faults(study(tmp_path, {"choices": body}, columns))
    assert len(found) == 21
    assert found[-1].what == "60 more tasks like these"


def test_all_faults_come_at_once(tmp_path: Path) -> None:
    rows = changed(0, ",10,", ",ten,")
    rows[5] = rows[5].replace(",1,B", ",0,B").replace("saloon", "boat")
    changes = {"study": {"focal": "Q", "benchmarks": ["B"]}}
    found = faults(study(tmp_path, table(*rows), LONG, changes=changes))
    assert [one.column for one in found] == ["price", "body", "chosen", "study.focal"]


def test_weights_and_cells_are_one_a_respondent(tmp_path: Path) -> None:
    columns = LONG | {"weight": "w", "cell": "cell"}
    cells = {"cells": {"b": "blind", "l": "listed"}}
    rows = [f"{row},{w},{c}" for row, w, c in zip(ROWS, "112233", "llbbll", strict=True)]
    found = faults(study(tmp_path / "a", table(*rows, head=f"{HEAD},w,cell"), columns, cells))
    assert [(one.column, one.row) for one in found] == [("w", 2), ("cell", 2)]
    strange = [f"{row},0,{c}" for row, c in zip(ROWS, ["l", "l", "l", "l", "q", ""], strict=True)]
    found = faults(study(tmp_path / "b", table(*strange, head=f"{HEAD},w,cell"), columns, cells))
    assert [one.what for one in found if one.column == "cell"][:2] == [
        "expected a word of [choice] cells; got 'q'", "expected a word of [choice] cells; the cell is blank"
    ]  # fmt: skip
    assert sum(one.what.startswith("expected more than zero") for one in found) == 6


def test_segments_are_of_respondents(tmp_path: Path) -> None:
    rows = [f"{row},{age}" for row, age in zip(ROWS, (20, 20, 60, 60, 20, 20), strict=True)]
    choice = {"segments": [{"id": "old", "label": "old", "between": {"age": [50, 99]}}]}
    found = fault(study(tmp_path, table(*rows, head=f"{HEAD},age"), LONG, choice))
    assert "one segment 'old' for each respondent" in found.what


def test_a_segment_without_respondents_is_a_slip(tmp_path: Path) -> None:
    choice = {"segments": [{"id": "s", "label": "s", "among": {"who": ["3"]}}]}
    found = fault(study(tmp_path, table(), LONG, choice))
    assert found.column == "choice.segments.s"
    assert found.mend == "correct it; who has: 1, 2"


def test_all_blank_is_no_experiment(tmp_path: Path) -> None:
    rows = [row.replace(",1,A", ",,A").replace(",0,", ",,").replace(",1,B", ",,B") for row in ROWS]
    assert "every task is blank" in fault(study(tmp_path, table(*rows), LONG)).what


def test_columns_that_are_absent(tmp_path: Path) -> None:
    found = faults(study(tmp_path, table(), LONG | {"chosen": "picked", "weight": "w"}))
    assert [one.column for one in found] == ["picked", "w"]


def test_brands_are_asked_for_in_the_experiment_or_the_line_up(tmp_path: Path) -> None:
    changes: dict[str, Any] = {"study": {"benchmarks": ["Bee"]}}
    assert "alias" in fault(study(tmp_path / "a", table(), LONG, changes=changes)).mend
    load(study(tmp_path / "b", table(), LONG, changes=changes | {"brands": {"aliases": {"B": "Bee"}}}))


def test_brands_of_types_are_of_the_experiment(tmp_path: Path) -> None:
    types = [{"id": "t", "label": "t", "source": "s", "tastes": {"brand Q": "above", "price": "below"}}]
    assert fault(study(tmp_path, table(), LONG, {"types": types})).column == "choice.types.t.tastes"


def test_beside_a_sales_table_one_benchmark_is_enough(tmp_path: Path) -> None:
    extra = {"choice_columns": LONG, "choice": {"attributes": ATTRIBUTES}}
    loaded = load(write(tmp_path, market(), extra, table()))
    assert loaded.sold is not None
    assert loaded.choices is not None


SETTINGS: list[tuple[dict[str, Any], dict[str, Any], str]] = [
    ({"task": None}, {}, "choice_columns.task"),
    ({"chosen": None}, {}, "choice_columns.chosen"),
    ({"alternatives": ["a", "b"]}, {}, "choice_columns.alternatives"),
    ({"layout": "wide", "alternative": None}, {}, "choice_columns.alternatives"),
    ({"layout": "wide", "alternative": None, "alternatives": ["a"]}, {}, "choice_columns.alternatives"),
    ({"layout": "wide", "alternative": None, "alternatives": ["a", "b"], "head": "{column}"}, {}, "choice_columns.head"),
    ({"layout": "answers", "chosen": None}, {}, "choice_columns.answer"),
    ({"brand_columns": {"b": "B"}, "brand_base": "A"}, {}, "choice_columns.brand_columns"),
    ({"brand": None, "brand_columns": {"b": "B"}}, {}, "choice_columns.brand_base"),
    ({"brand_base": "A"}, {}, "choice_columns.brand_base"),
    ({"cell": "alt"}, {}, "choice_columns.cell"),
    ({}, {"cells": {"x": "blind"}}, "choice_columns.cell"),
    ({}, {"attributes": [ATTRIBUTES[0], ATTRIBUTES[0]]}, "choice.attributes"),
    ({}, {"attributes": [ATTRIBUTES[0] | {"levels": ["one"]}]}, "choice.attributes.power.levels"),
    ({}, {"attributes": [ATTRIBUTES[0] | {"column": "price"}]}, "choice.attributes.power.column"),
    ({}, {"attributes": [ATTRIBUTES[0] | {"codes": {"1": "fast"}}]}, "choice.attributes.power.codes"),
    ({}, {"attributes": [ATTRIBUTES[1] | {"codes": {"1": "boat"}}]}, "choice.attributes.body.codes"),
    ({}, {"segments": [{"id": "s", "label": "s"}, {"id": "s", "label": "s"}]}, "choice.segments"),
    ({}, {"segments": [{"id": "all", "label": "s"}]}, "choice.segments"),
    ({}, {"types": [{"id": "t", "label": "t", "source": "s", "tastes": {"comfort": "above"}}]}, "choice.types.t.tastes"),
    ({}, {"mixed": {"attributes": {"comfort": "normal"}}}, "choice.mixed.attributes"),
    ({}, {"searches": [{"id": "s", "label": "s", "product": "p"}]}, "choice.searches.s"),
    ({}, {"design": {"prices": [1, 2], "brands": ["A", "B"], "gap": 1, "levels": {"comfort": [1]}}}, "choice.design.levels"),
    ({}, {"design": {"prices": [1, 2], "brands": ["A", "B"], "gap": 1, "levels": {"body": ["boat"]}}}, "choice.design.levels.body"),
    ({}, {"design": {"prices": [1, 2], "brands": ["A", "B"], "gap": 1, "shares": {"old": 0.5}}}, "choice.design.shares"),
    ({}, {"design": {"prices": [1, 2], "brands": ["A", "B"], "gap": 1, "prohibited": [{"brand": "C"}]}}, "choice.design.prohibited.0"),
    ({}, {"design": {"prices": [1, 2], "brands": ["A", "B"], "gap": 1, "prior": {"brand C": 1}}}, "choice.design.prior"),
    ({}, {"design": {"prices": [1, 2], "brands": ["A", "B"], "gap": 1, "tastes": "stated"}}, "choice.design.prior"),
]  # fmt: skip


@pytest.mark.parametrize(("columns", "choice", "key"), SETTINGS)
def test_settings_that_cannot_be(tmp_path: Path, columns: dict[str, Any], choice: dict[str, Any], key: str) -> None:
    told = {k: v for k, v in (LONG | columns).items() if v is not None}
    found = faults(study(tmp_path, table(), told, choice))
    assert key in [one.column for one in found]


def test_tables_need_each_other(tmp_path: Path) -> None:
    changes: dict[str, Any] = {"choice_columns": None}
    assert {one.column for one in faults(study(tmp_path / "a", table(), LONG, changes=changes))} == {"choice_columns"}
    for name in ("beliefs", "lineup", "design"):
        changes = {"tables": {"sales": None, name: "x.csv"}, "choice_columns": None}
        folder = study(tmp_path / name, {}, LONG, changes=changes)
        (folder / "x.csv").write_text("a\n1\n")
        assert "tables.choices" in {one.column for one in faults(folder)}
    found = faults(study(tmp_path / "c", table() | {"design": "a\n1\n"}, LONG))
    assert "tables.design" in {one.column for one in found}


def test_a_plan_from_stated_tastes_needs_no_table(tmp_path: Path) -> None:
    design = {
        "prices": [10, 12],
        "brands": ["A", "B"],
        "gap": 1,
        "tastes": "stated",
        "prior": {"price": -0.1, "power": 0.01},
    }
    loaded = load(study(tmp_path / "a", {}, LONG, {"design": design}, {"choice_columns": None}))
    assert loaded.choices is None
    pilot = {k: v for k, v in design.items() if k != "tastes"}
    found = faults(study(tmp_path / "b", {}, LONG, {"design": pilot}, {"choice_columns": None}))
    assert "choice.design.tastes" in {one.column for one in found}


@pytest.mark.parametrize("seed", range(40))
def test_a_file_with_slips_is_read_or_refused_with_faults(tmp_path: Path, seed: int) -> None:
    rng = random.Random(seed)
    tables, columns = rng.choice((long, wide, answers))(invented(seed, 4, 2, 3, none=True, worst=True, blanks=0.2))
    name = rng.choice(sorted(tables))
    folder = study(tmp_path, tables | {name: mutated(rng, tables[name])}, columns)
    try:
        loaded = load(folder)
    except StudyFaultsError as error:
        assert all(one.what and one.mend for one in error.faults)
        return
    assert loaded.choices is not None
    tasks = loaded.choices.frame.group_by("respondent", "task").agg("chosen")
    assert all(sum(chosen) == 1 for chosen in tasks["chosen"].to_list())
