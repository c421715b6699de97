"""Simulated events, and the stored validation of the gate: five worlds of it are run again, chosen by the date."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from halfstep.worlds.shocks import KINDS, ShockWorld, strike
from validation.shocks import BEFORE, CELLS, label_with, run_shock

STORED = json.loads((Path(__file__).parents[2] / "docs" / "validation" / "shocks.json").read_text(encoding="utf-8"))
RNG = np.random.default_rng(date.today().toordinal())
CHOSEN = [(*CELLS[int(RNG.integers(len(CELLS)))], int(RNG.integers(4))) for _ in range(5)]


@pytest.mark.parametrize(("kind", "before", "run"), CHOSEN)
def test_a_stored_event_is_reproduced(kind: str, before: int, run: int) -> None:
    stored = STORED["worlds"][kind][str(before)]["entries"][run]
    again = run_shock(kind, before, run).record()
    assert again.keys() == stored.keys()
    for key in ("estimator", "against"):
        assert again[key] == stored[key]
    for key in ("value", "half", "mde", "promised", "p"):
        assert again[key] == (None if stored[key] is None else pytest.approx(stored[key], rel=1e-4, abs=1e-5))
    for key in ("values", "halves", "sizes"):
        for name, value in stored[key].items():
            found = again[key][name]  # type: ignore[index]
            assert found == (None if value is None else pytest.approx(value, rel=1e-4, abs=1e-5))


@pytest.mark.parametrize("before", BEFORE)
def test_nothing_is_rarely_called_a_fall_or_a_rise_at_any_length(before: int) -> None:
    found = STORED["by periods before the event"][str(before)]
    assert found["fell or rose is said of nothing"]["rate"] <= 0.07
    assert found["the true effect is covered"]["holds"]


def test_a_fall_is_found_as_often_as_was_stated() -> None:
    for before in BEFORE:
        found = STORED["by periods before the event"][str(before)]
        assert found["fell is said of a fall of 20%"] == pytest.approx(
            found["chance stated for a fall of 20%"], abs=0.1
        )


def test_an_effect_added_to_a_world_is_what_the_entry_says() -> None:
    entry = run_shock("plain", 20, 0)
    assert label_with(entry, "a fall of 20%") == "fell"
    assert label_with(entry, "nothing") in ("cannot tell", "no more than")


@pytest.mark.parametrize("kind", KINDS)
def test_a_panel_has_the_shape_and_the_effect_asked_for(kind: str) -> None:
    world = KINDS[kind]
    made = strike(world, np.random.default_rng(1))
    with_effect = strike(replace(world, effect=-0.2, half_life=2.0), np.random.default_rng(1))
    assert made.y.shape == (world.donors + 1, world.before + world.after)
    assert not made.effect.any()
    assert with_effect.y[1:].tolist() == made.y[1:].tolist()
    assert (with_effect.y - made.y)[0, world.before :] == pytest.approx(with_effect.effect)
    assert with_effect.effect[:3] == pytest.approx([-0.2, -0.2 / np.sqrt(2), -0.1])


def test_each_part_of_a_world_shows() -> None:
    rng = np.random.default_rng(2)
    long = ShockWorld(market=0.0, before=4000, donors=3)
    spread = strike(long, rng).y.std(axis=1)
    assert spread == pytest.approx(0.06, rel=0.1)
    assert strike(replace(long, noisier=2.0), rng).y[0].std() == pytest.approx(0.12, rel=0.1)
    e = strike(replace(long, lasting=0.6), rng).y
    assert float(np.corrcoef(e[1, 1:], e[1, :-1])[0, 1]) == pytest.approx(0.6, abs=0.06)
    t3 = strike(replace(long, tails=3.0), rng).y
    assert np.abs(t3 - t3.mean(axis=1, keepdims=True)).max() > 0.6
    season = strike(replace(long, season=12, swing=0.08, noise=1e-9), rng).y
    assert season[:, 12:] == pytest.approx(season[:, :-12], abs=1e-6)
