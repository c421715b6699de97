"""Stated power of planned experiments: stored runs hold what is claimed, and some come out again."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from validation.power import CELLS, CLOSE, run_power, stated_power

STORED = Path(__file__).parents[2] / "docs" / "validation" / "power.json"


def stored() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = json.loads(STORED.read_text(encoding="utf-8"))["worlds"]
    return found


def test_a_gap_is_seen_as_often_as_was_stated() -> None:
    cells = [cell for kind in stored().values() for cell in kind.values()]
    assert len(cells) == len(CELLS) == 27
    for cell in cells:
        assert cell["runs"] >= 400 and cell["holds"] and abs(cell["difference"]) <= CLOSE
    stated = [cell["stated"] for cell in cells]
    assert min(stated) < 0.25 and max(stated) > 0.95


def test_taking_people_to_be_alike_where_they_differ_promises_too_much() -> None:
    for cell in stored()["people differ"].values():
        assert cell["variance wider by"] > 1.1 and cell["stated if people were alike"] > cell["stated"]


def test_stored_runs_come_out_again() -> None:
    rng = np.random.default_rng(date.today().toordinal())
    for kind in ("alike", "segment", "people differ"):
        cells = [cell for cell in CELLS if cell[0] == kind]
        _, gap, n = cells[int(rng.integers(len(cells)))]
        kept = stored()[kind][f"gap {gap:g}, {n} respondents"]
        if kind != "people differ":
            assert stated_power(kind, gap, n) == pytest.approx(kept["stated"], abs=2e-4)
        run = int(rng.integers(len(kept["entries"])))
        now = run_power(kind, gap, n, run).record()
        for key, value in kept["entries"][run].items():
            assert now[key] == pytest.approx(value, rel=1e-3, abs=0.1)
