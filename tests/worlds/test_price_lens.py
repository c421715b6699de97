"""The stored validation is what the code does: five worlds of it are run again, chosen by the date."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from validation.price_lens import WORLDS, run_world, swapped_labels

STORED = json.loads((Path(__file__).parents[2] / "docs" / "validation" / "price_lens.json").read_text(encoding="utf-8"))
RNG = np.random.default_rng(date.today().toordinal())
CHOSEN = [(str(RNG.choice(WORLDS)), int(RNG.integers(40))) for _ in range(5)]


@pytest.mark.parametrize(("kind", "run"), CHOSEN)
def test_a_stored_world_is_reproduced(kind: str, run: int) -> None:
    stored = STORED["worlds"][kind]["entries"][run]
    again = run_world(kind, run).record()
    assert again.keys() == stored.keys()
    for key in ("covered", "label", "false_short"):
        assert list(again[key]) == stored[key]  # type: ignore[call-overload]
    for key in ("truth", "value", "multiple", "breaking"):
        if stored[key] is None:
            assert again[key] is None
        else:
            assert again[key] == pytest.approx(stored[key], rel=1e-6, abs=1e-8)


@pytest.mark.parametrize("kind", [k for k in WORLDS if "breaks an assumption" not in STORED["worlds"][k]])
def test_every_claimed_rate_holds(kind: str) -> None:
    world = STORED["worlds"][kind]
    assert world["runs"] == 1000
    failed = [name for name, value in world.items() if isinstance(value, dict) and value.get("holds") is False]
    assert failed == []


def test_the_broken_worlds_are_stored_with_their_shortfall() -> None:
    broken = [k for k in WORLDS if "breaks an assumption" in STORED["worlds"][k]]
    assert set(broken) >= {"unseen", "heavy tails", "own attribute prices"}
    assert STORED["worlds"]["unseen"]["false short of name"]["rate"] > 0.05


def test_the_printed_breaking_strength_lies_below_the_true_one() -> None:
    assert STORED["worlds"]["unseen, outside the bound"]["breaking strength below the true one"]["holds"]


def test_one_error_rate_holds_for_several_benchmarks() -> None:
    assert all(value["holds"] for value in STORED["five benchmarks judged together"].values())


def test_verdicts_follow_the_data_when_labels_are_swapped() -> None:
    assert STORED["verdict follows the data when labels are swapped"]["rate"] == 1.0
    assert all(swapped_labels(kind, CHOSEN[0][1]) for kind in WORLDS)


def test_a_dropped_and_declared_attribute_does_not_make_a_brand_short() -> None:
    declared = STORED["an attribute dropped and declared, by the bound given"]
    assert declared["none"]["single studies with a higher lower probability of short"] == 0.0
    assert declared["true"]["kinds, attributes and halves called short more often"] == []
    assert declared["true"]["called short after"] < declared["true"]["called short before"]
