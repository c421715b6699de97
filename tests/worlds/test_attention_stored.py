"""Simulated attention is what it says, and stored runs come out again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from halfstep.worlds.attention import DAYS, KINDS, NULLS, PAIRS, simulate_attention, simulate_pair
from validation.attention import run_attention

STORED = Path(__file__).parents[2] / "docs" / "validation" / "attention.json"


@pytest.mark.parametrize("kind", KINDS)
def test_worlds_are_what_they_say(kind: str) -> None:
    made = simulate_attention(kind, np.random.default_rng(1))
    assert made.count.shape == made.total.shape == made.present.shape == (DAYS,)
    assert (made.count >= 0).all() and (kind not in NULLS or not made.planted)
    assert (made.count[~made.present] == 0).all()


def test_a_pair_has_the_volumes_asked_for() -> None:
    for kind in PAIRS:
        a, b = simulate_pair(kind, np.random.default_rng(2))
        assert b.count.sum() / a.count.sum() == pytest.approx(10, rel=0.5)


def stored() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(STORED.read_text(encoding="utf-8"))
    return found


def test_stored_runs_hold_what_is_claimed() -> None:
    platforms = stored()["platforms"]
    assert set(platforms) == set(KINDS) and set(stored()["pairs"]) == set(PAIRS)
    for kind in NULLS:
        if "breaks an assumption" not in platforms[kind]:
            assert platforms[kind]["false alarms per name and year"]["holds"], kind
    assert stored()["pairs"]["matched"]["false longer or shorter"]["holds"]


def test_stored_runs_come_out_again() -> None:
    kept = stored()["platforms"]["null, sparse"]["entries"][1]
    now = run_attention("null, sparse", 1).record()
    assert now == pytest.approx(kept)
