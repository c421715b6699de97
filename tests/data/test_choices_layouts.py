"""One experiment written in three layouts is one frame."""

from __future__ import annotations

import tempfile
from pathlib import Path

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.data.experiments import NONE, answers, invented, long, read, study, wide

SEGMENTS = [{"id": "old", "label": "old", "between": {"age": [45, 200]}}]
ANYBODY = [{"id": "any", "label": "any", "between": {"age": [0, 200]}}]


def test_three_layouts_are_one_frame(tmp_path: Path) -> None:
    made = invented(1, none=True, worst=True)
    frames = []
    for name, (tables, columns) in {"l": long(made), "w": wide(made), "a": answers(made)}.items():
        found = read(study(tmp_path / name, tables, columns, {"segments": SEGMENTS}))
        assert found.has_none
        assert found.has_worst
        assert found.guesses == ()
        frames.append(found.frame.drop("row"))
    assert frames[0].equals(frames[1])
    assert frames[0].equals(frames[2])
    assert frames[0].columns == [
        "respondent", "task", "alternative", "chosen", "worst", "none", "brand", "price", "x_power", "x_body", "weight",
        "cell", "in_old",
    ]  # fmt: skip
    assert frames[0].null_count().drop("x_power", "x_body").sum_horizontal().item() == 0


@settings(max_examples=20)
@given(st.integers(0, 10_000), st.integers(1, 6), st.integers(1, 4), st.integers(2, 5), st.booleans(), st.booleans(), st.booleans())  # fmt: skip
def test_any_experiment_is_one_frame_in_three_layouts(
    seed: int, people: int, tasks: int, alternatives: int, none: bool, worst: bool, blanks: bool
) -> None:
    made = invented(
        seed, people, tasks, alternatives, none=none, worst=worst and alternatives > 1, blanks=0.3 if blanks else 0.0
    )
    picks = [one for person in made.people for one in person.best]
    if not any(picks):
        return
    with tempfile.TemporaryDirectory() as folder:
        layouts = {"l": long(made), "w": wide(made), "n": wide(made, numbered=True), "a": answers(made)}
        found = {
            name: read(study(Path(folder) / name, tables, columns, {"segments": ANYBODY}))
            for name, (tables, columns) in layouts.items()
        }
    frames = [one.frame.drop("row") for one in found.values()]
    assert all(frames[0].equals(frame) for frame in frames[1:])
    assert frames[0].height == sum(map(bool, picks)) * (alternatives + none)
    assert frames[0]["chosen"].sum() == sum(map(bool, picks))
    assert frames[0].filter("chosen")["alternative"].to_list() == [one for one in picks if one]
    assert frames[0].filter("none").height == (sum(map(bool, picks)) if none else 0)
    assert set(frames[0].filter("none")["alternative"]) <= {NONE}
    blank = sum(not one for one in picks)
    for one in found.values():
        counts = {guess.kind: guess.count for guess in one.guesses}
        assert counts == ({"choice_unanswered": blank} if blank else {})
    assert frames[0].filter(pl.col("worst")).height == (sum(map(bool, picks)) if worst else 0)
