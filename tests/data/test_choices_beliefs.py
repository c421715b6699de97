"""Beliefs and the line-up: known attributes, one figure each, products wholly described."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from halfstep.data.study import load
from tests.data.experiments import ATTRIBUTES, LONG, fault, faults, study
from tests.data.test_choices_long import ROWS, table

BELIEFS = {"respondent": "who", "brand": "brand", "attribute": "what", "value": "said", "informed": "told"}
SAID = ["who,brand,what,said,told", "1,A,power,70,0", "1,B,power,120,0", "2,A,power,80,1", "2,b,Power kW,110,1"]
LINEUP = {"product": "name", "brand": "brand", "price": "price", "weight": "units", "lineup": "year"}
SOLD = [
    "name,brand,price,Power kW,body,units,year",
    "One,A,10,81,van,100,now",
    "Two,b,12,97,saloon,200,now",
    "Two,B,12,99,van,1,then",
]
CHOICE: dict[str, Any] = {"attributes": [ATTRIBUTES[0] | {"column": "Power kW"}, ATTRIBUTES[1]]}


def whole(
    folder: Path,
    beliefs: list[str] | None = None,
    lineup: list[str] | None = None,
    choice: dict[str, Any] | None = None,
) -> Path:
    tables = {"choices": table(head="who,task,alt,chosen,brand,price,Power kW,body")["choices"]}
    tables |= {"beliefs": "\n".join(beliefs or SAID) + "\n", "lineup": "\n".join(lineup or SOLD) + "\n"}
    changes = {"belief_columns": BELIEFS, "lineup_columns": LINEUP, "brands": {"aliases": {"b": "B"}}}
    return study(folder, tables, LONG, CHOICE | (choice or {}), changes)


def test_both_are_tidied(tmp_path: Path) -> None:
    loaded = load(whole(tmp_path))
    assert loaded.beliefs is not None
    assert loaded.lineup is not None
    assert loaded.beliefs.has_treatment
    assert loaded.beliefs.frame.rows() == [
        (2, "1", "A", "power", 70, False), (3, "1", "B", "power", 120, False),
        (4, "2", "A", "power", 80, True), (5, "2", "B", "power", 110, True),
    ]  # fmt: skip
    assert loaded.lineup.frame.rows() == [
        (2, "now", "One", "A", 10, 81, "van", 100), (3, "now", "Two", "B", 12, 97, "saloon", 200),
        (4, "then", "Two", "B", 12, 99, "van", 1),
    ]  # fmt: skip


def test_blank_beliefs_are_counted(tmp_path: Path) -> None:
    loaded = load(whole(tmp_path, [SAID[0], "1,A,power,,0", *SAID[2:]]))
    assert loaded.beliefs is not None
    assert loaded.beliefs.frame.height == 3
    assert [(g.kind, g.count, g.row) for g in loaded.guesses] == [("belief_blank", 1, 2)]


@pytest.mark.parametrize(
    ("line", "row", "column", "what"),
    [
        ("3,A,powre,70,0", 6, "what", "expected the id or the column of an attribute"),
        ("3,A,body,1,0", 6, "what", "has levels that are words"),
        ("3,A,power,fast,0", 6, "said", "expected a plain number"),
        ("3,,power,70,0", 6, "brand", "the cell is blank"),
        ("3,A,power,70,2", 6, "told", "expected 1 or 0"),
        ("3,A,power,70,", 6, "told", "expected 1 or 0"),
        ("1,A,Power kW,75,0", 2, "said", "occurs 2 times"),
        ("1,C,power,75,1", 2, "told", "respondent 1 was told the facts in some rows"),
    ],
)
def test_beliefs_that_cannot_be(tmp_path: Path, line: str, row: int, column: str, what: str) -> None:
    found = fault(whole(tmp_path, [*SAID, line]))
    assert (found.row, found.column, found.table) == (row, column, "beliefs.csv")
    assert what in found.what


@pytest.mark.parametrize(
    ("line", "row", "column", "what"),
    [
        ("Three,A,10,,van,100,now", 5, "Power kW", "the cell is blank"),
        ("Three,A,10,80,boat,100,now", 5, "body", "expected a level of 'body'"),
        ("Three,A,,80,van,100,now", 5, "price", "the cell is blank"),
        ("Three,A,10,80,van,0,now", 5, "units", "expected more than zero"),
        ("One,A,11,80,van,1,now", 2, "name", "occurs 2 times"),
    ],
)
def test_line_ups_that_cannot_be(tmp_path: Path, line: str, row: int, column: str, what: str) -> None:
    found = fault(whole(tmp_path, None, [*SOLD, line]))
    assert (found.row, found.column, found.table) == (row, column, "lineup.csv")
    assert what in found.what


def test_a_line_up_is_in_its_own_units_where_the_experiment_has_codes(tmp_path: Path) -> None:
    coded = {"attributes": [CHOICE["attributes"][0] | {"codes": {"80": 8, "90": 9, "100": 10}}, ATTRIBUTES[1]]}
    loaded = load(whole(tmp_path, choice=coded))
    assert loaded.lineup is not None
    assert loaded.choices is not None
    assert loaded.lineup.frame["x_power"].to_list() == [81, 97, 99]
    assert loaded.choices.frame["x_power"].to_list() == [8, 9, 8, 10, 8, 9]


def test_a_search_is_for_a_product_of_the_line_up(tmp_path: Path) -> None:
    search: dict[str, Any] = {"id": "s", "label": "s", "product": "Tow", "levels": {"body": ["van"]}}
    found = fault(whole(tmp_path / "a", choice={"searches": [search]}))
    assert found.column == "choice.searches.s.product"
    assert "'Two'" in found.mend
    load(whole(tmp_path / "b", choice={"searches": [search | {"product": "Two"}]}))
    costs = search | {"product": "Two", "cost": 1.0, "cost_of": {"body": {"boat": 1.0}, "power": {"kw": 1.0}}}
    assert [one.column for one in faults(whole(tmp_path / "c", choice={"searches": [costs]}))] == [
        "choice.searches.s.cost_of.body", "choice.searches.s.cost_of.power"
    ]  # fmt: skip


def test_brands_of_the_line_up_count(tmp_path: Path) -> None:
    rows = [row.replace(",B,", ",C,") for row in ROWS]
    tables = {"choices": table(*rows, head="who,task,alt,chosen,brand,price,Power kW,body")["choices"]}
    tables |= {"lineup": "\n".join(SOLD) + "\n"}
    changes = {"lineup_columns": LINEUP, "brands": {"aliases": {"b": "B"}}}
    assert load(study(tmp_path, tables, LONG, CHOICE, changes)).lineup is not None
