"""Careless answers are flagged where they can be told from chance."""

from __future__ import annotations

import random

import polars as pl
import pytest

from halfstep.core.config import Choice
from halfstep.data.choice_flags import FEWEST, flags

CHOICE = Choice.model_validate(
    {
        "attributes": [
            {"id": "power", "label": "power", "column": "power", "better": "more"},
            {"id": "fuel", "label": "fuel", "column": "fuel", "better": "less"},
            {"id": "body", "label": "body", "column": "body", "levels": ["van", "saloon"]},
        ]
    }
)
Row = tuple[str, str, bool, bool, str, float, float | None, float | None, str | None]


def frame(rows: list[Row], cell: str = "listed") -> pl.DataFrame:
    names = ["respondent", "task", "chosen", "none", "brand", "price", "x_power", "x_fuel", "x_body"]
    return pl.DataFrame(rows, schema=names, orient="row").with_columns(cell=pl.lit(cell))


def drawn(place: int | None, tasks: int, *, size: int = 3, none: bool = False, who: str = "a") -> list[Row]:
    rng = random.Random(tasks)
    rows: list[Row] = []
    for t in range(tasks):
        picked = rng.randrange(size) if place is None else place
        for j in range(size):
            brand, price = rng.choice("AB"), rng.choice((1.0, 2.0, 3.0))
            rows.append((who, str(t), j == picked, False, brand, price, rng.random(), rng.random(), "van"))
        if none:
            rows.append((who, str(t), picked == size, True, "", 0.0, None, None, None))
    return rows


def test_a_straight_line_is_told_beside_what_chance_would_give() -> None:
    found = flags(frame([*drawn(1, 8), *drawn(None, 9, who="b"), *drawn(0, FEWEST - 1, who="c")]), CHOICE)
    assert found.straight == ("a",)
    assert found.asked == 2
    assert found.expected == pytest.approx(3.0**-7 + 3.0**-8)


def test_who_always_takes_none_is_no_straight_line() -> None:
    found = flags(frame([*drawn(3, 7, none=True), *drawn(2, 7, none=True, who="b")]), CHOICE)
    assert found.straight == ("b",)
    assert found.expected == pytest.approx(2 * 3 * 4.0**-7)


def test_a_place_that_means_something_is_no_straight_line() -> None:
    placed = frame(drawn(1, 8)).with_columns(n=pl.int_range(pl.len()) % 3)
    branded = placed.with_columns(brand=pl.col("n").replace_strict({0: "A", 1: "B", 2: "C"}))
    assert (flags(branded.drop("n"), CHOICE).straight, flags(branded.drop("n"), CHOICE).asked) == ((), 0)
    risen = placed.with_columns(price=pl.col("n").cast(pl.Float64))
    assert flags(risen.drop("n"), CHOICE).asked == 0


def task(chosen: int, *rows: tuple[str, float, float, float, str]) -> list[Row]:
    return [("a", "1", j == chosen, False, *row) for j, row in enumerate(rows)]


def test_a_dominated_choice_is_one_that_no_taste_explains() -> None:
    worse, better = ("A", 2.0, 1.0, 5.0, "van"), ("A", 2.0, 1.0, 4.0, "van")
    assert flags(frame(task(0, worse, better)), CHOICE).dominated == (("a", "1"),)
    right = flags(frame(task(1, worse, better)), CHOICE)
    assert (right.dominated, right.judged) == ((), 1)
    for other in (("B", *better[1:]), (*better[:4], "saloon"), ("A", 2.5, *better[2:]), worse):
        found = flags(frame(task(0, worse, other)), CHOICE)
        assert (found.dominated, found.judged) == ((), 0)
    blind = flags(frame(task(0, worse, ("B", *better[1:])), "blind"), CHOICE)
    assert blind.dominated == (("a", "1"),)
    assert flags(frame(task(0, worse, better), "name only"), CHOICE).judged == 0


def test_no_task_is_judged_where_there_is_none() -> None:
    found = flags(frame(task(0, ("A", 1.0, 1.0, 1.0, "van"), ("B", 1.0, 1.0, 1.0, "van"))), CHOICE)
    assert (found.straight, found.expected, found.asked, found.dominated, found.judged) == ((), 0.0, 0, (), 0)
