"""The stored validation of tastes that differ is what the code does: five worlds of it are run again, by the date."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from validation.random_lens import UNTOLD, WORLDS, run_random

STORED = json.loads(
    (Path(__file__).parents[2] / "docs" / "validation" / "random_lens.json").read_text(encoding="utf-8")
)
RNG = np.random.default_rng(date.today().toordinal())
CHOSEN = [(str(RNG.choice(WORLDS)), int(RNG.integers(40))) for _ in range(5)]
KEPT = [kind for kind in WORLDS if "breaks an assumption" not in STORED["worlds"][kind]]


@pytest.mark.parametrize(("kind", "run"), CHOSEN)
def test_a_stored_world_is_reproduced(kind: str, run: int) -> None:
    """Numbers to four places: where a search ends depends a little on the machine's arithmetic."""
    stored = STORED["worlds"][kind]["entries"][run]
    again = json.loads(json.dumps(run_random(kind, run).record()))
    assert again.keys() == stored.keys()
    assert (again["state"], again["barred"]) == (stored["state"], stored["barred"])
    assert again["truth"] == pytest.approx(stored["truth"], rel=1e-6)
    assert again["alpha"] == pytest.approx(stored["alpha"], rel=1e-6)
    for by in ("ours", "common"):
        mine, theirs = again[by], stored[by]
        for key in ("alpha_covered", "covered", "named", "label", "false_short"):
            assert mine[key] == theirs[key]
        for key in ("alpha", "value"):
            found, kept = (np.array(said[key], dtype=np.float64) for said in (mine, theirs))
            assert found == pytest.approx(kept, rel=1e-4, abs=1e-4, nan_ok=True)


@pytest.mark.parametrize("kind", KEPT)
def test_every_claimed_rate_holds(kind: str) -> None:
    world = STORED["worlds"][kind]
    assert world["runs"] >= 100
    failed = [
        name
        for name, value in world.items()
        if isinstance(value, dict) and value.get("holds") is False and not name.endswith("by tastes in common")
    ]
    assert failed == []


def test_nearly_every_study_is_estimated() -> None:
    for kind in WORLDS:
        assert STORED["worlds"][kind]["estimated"] >= 0.95 * STORED["worlds"][kind]["runs"]


def test_no_brand_is_called_short_by_a_reach_that_nobody_told() -> None:
    world = STORED["worlds"][UNTOLD]
    assert world["labels of name"] == {"undecided": world["runs"]}


def test_weak_instruments_bar_every_verdict() -> None:
    world = STORED["worlds"]["weak instruments"]
    assert world["verdicts barred by"]["strength"] >= 0.95 * world["runs"]
    assert not world["coverage of alpha"]["holds"]
    assert world["false short of product"]["rate"] == 0.0
