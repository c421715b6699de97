"""The stored validation of printed figures is what the code does: five worlds of it are run again, by the date."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from validation.press import KINDS, run_press

STORED = json.loads((Path(__file__).parents[2] / "docs" / "validation" / "press.json").read_text(encoding="utf-8"))
RNG = np.random.default_rng(date.today().toordinal())
CHOSEN = [(str(RNG.choice(KINDS)), int(RNG.integers(40))) for _ in range(5)]


@pytest.mark.parametrize(("kind", "run"), CHOSEN)
def test_a_stored_world_is_reproduced(kind: str, run: int) -> None:
    stored, again = STORED["worlds"][kind]["entries"][run], run_press(kind, run).record()
    assert {k: v for k, v in again.items() if k != "width"} == {k: v for k, v in stored.items() if k != "width"}
    assert again["width"] == pytest.approx(stored["width"], abs=1e-5)


@pytest.mark.parametrize("kind", [k for k in KINDS if "breaks an assumption" not in STORED["worlds"][k]])
def test_every_claimed_rate_holds_and_every_set_holds_the_truth(kind: str) -> None:
    world = STORED["worlds"][kind]
    assert world["runs"] >= 200
    assert [k for k, v in world.items() if isinstance(v, dict) and v.get("holds") is False] == []
    held, weights = world["implied sizes that hold the true one"]
    assert held == weights
    assert weights > 0 or kind == "a slip"


def test_what_breaks_an_assumption_is_stored_beside_it() -> None:
    held, weights = STORED["worlds"]["another base"]["implied sizes that hold the true one"]
    assert held < 0.5 * weights
    assert STORED["worlds"]["a group not declared"]["figures said to conflict"]["rate"] == 1.0
    assert STORED["worlds"]["a group declared"]["figures said to conflict"]["rate"] == 0.0
