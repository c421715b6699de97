"""What `[demand.random]` says against itself, and against the tables that the study names."""

from __future__ import annotations

from typing import Any

import pytest

from halfstep.core.config import StudyConfig
from halfstep.data.demand_settings import check_demand
from tests.invented import settings

BUYERS: dict[str, Any] = {
    "tables": {"buyers": "buyers.csv"},
    "buyer_columns": {"demographics": {"income": "y", "child": "c"}},
}


def faults(random: dict[str, Any], changes: dict[str, Any] | None = None) -> dict[str, str]:
    """Key -> what is wrong with it and how to mend it."""
    asked = settings(BUYERS | {"demand": {"instruments": ["local"], "random": random}} | (changes or {}))
    return {str(f.column): f"{f.what} -> {f.mend}" for f in check_demand(StudyConfig.model_validate(asked))}


def taste(**keys: Any) -> dict[str, Any]:
    return {"tastes": [{"of": "power"} | keys]}


GOOD = [
    taste(),
    taste(of="constant", by=["income", "child"]),
    taste(of="price", distribution="lognormal", by=["income"]),
    taste(of="price", distribution="bounded", low=-3, high=0),
    taste(spread=False, by=["child"]),
    {"income": "income"},
    {"income": "income", "tastes": [{"of": "constant"}, {"of": "power"}], "correlated": True},
    taste() | {"supply": "log", "cost_attributes": ["power", "size"]},
    taste() | {"nodes": "product", "size": 9},
    taste() | {"nodes": "sparse", "size": 5},
]


@pytest.mark.parametrize("random", GOOD)
def test_what_makes_sense_is_taken(random: dict[str, Any]) -> None:
    assert faults(random) == {}


T = "demand.random.tastes.0"
BAD: list[tuple[dict[str, Any], str, str]] = [
    ({}, "demand.random", "add [[demand.random.tastes]] or income"),
    (taste(of="powr"), f"{T}.of", "'constant', 'price' or an attribute id (power, size); got 'powr'"),
    ({"tastes": [{"of": "price"}, {"of": "price"}]}, "demand.random.tastes.1.of", "'price' has two tastes"),
    (taste(spread=False), T, "the same for all buyers"),
    (taste(by=["income", "income"]), f"{T}.by", "named twice"),
    (taste(by=["age"]), f"{T}.by", "demographics (income, child); got 'age'"),
    (taste(of="constant", distribution="lognormal"), f"{T}.distribution", "write 'normal'"),
    (taste(low=0), T, "take low and high out"),
    (taste(of="price", distribution="bounded"), T, "got low None, high None"),
    (taste(of="price", distribution="bounded", low=-1, high=-2), T, "got low -1.0, high -2.0"),
    (taste(distribution="lognormal"), f"{T}.distribution", "only the taste for price can keep a sign"),
    (taste(of="price", distribution="bounded", low=0.1, high=2), f"{T}.high", "a higher price is a loss; got high 2"),
    ({"income": "age"}, "demand.random.income", "got 'age'"),
    (taste() | {"correlated": True}, "demand.random.correlated", "there are 1"),
    (taste() | {"size": 201}, "demand.random.size", "draws come in pairs; got 201 -> write 202"),
    (taste() | {"nodes": "sparse", "size": 16}, "demand.random.size", "at most 15 (level); got 16"),
    (taste() | {"nodes": "product", "size": 101}, "demand.random.size", "at most 100 (points a dimension); got 101"),
    (
        {"tastes": [{"of": of} for of in ("constant", "price", "power", "size")], "nodes": "product", "size": 32},
        "demand.random.size",
        "32 points in 4 dimensions are more than 1000000 nodes",
    ),
    (taste() | {"cost_attributes": ["power"]}, "demand.random.cost_attributes", "no supply side"),
    (taste() | {"supply": "log"}, "demand.random.cost_attributes", "nothing is named"),
    (taste() | {"supply": "log", "cost_attributes": ["wage"]}, "demand.random.cost_attributes.0", "got 'wage'"),
    (taste() | {"supply": "log", "cost_attributes": ["size"] * 2}, "demand.random.cost_attributes.1", "twice"),
]


@pytest.mark.parametrize(("random", "key", "said"), BAD)
def test_what_makes_none_is_one_fault_at_its_key(random: dict[str, Any], key: str, said: str) -> None:
    found = faults(random)
    assert list(found) == [key]
    assert said in found[key]


def test_demographics_need_a_buyers_table() -> None:
    alone: dict[str, Any] = {"tables": {}, "buyer_columns": None}
    for random, key in ((taste(by=["income"]), f"{T}.by"), ({"income": "income"}, "demand.random.income")):
        assert "add buyers to [tables]" in faults(random, alone)[key]


def test_an_attribute_may_not_have_the_name_of_something_else() -> None:
    named = {"attributes": [{"id": "price", "label": "p", "columns": ["power"]}]}
    assert "give the attribute another id" in faults(taste(of="price"), named)["attributes"]
    assert faults(taste(of="price"), named | {"demand": {"instruments": ["local"]}}) == {}


def test_a_column_of_buyers_is_one_thing() -> None:
    twice = {"buyer_columns": {"demographics": {"income": "y", "wealth": "y", "n": "w"}, "weight": "w"}}
    found = faults(taste(), twice)
    assert "here and as income" in found["buyer_columns.demographics.wealth"]
    assert "here and as weight" in found["buyer_columns.demographics.n"]
