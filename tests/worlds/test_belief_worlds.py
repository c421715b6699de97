"""Simulated belief experiments keep their own accounts; name and misbelief are told apart where they can be, and only there."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from halfstep.worlds.beliefs import (
    ALPHA,
    BENCHMARK,
    BETA,
    BRANDS,
    BROKEN,
    FOCAL,
    KINDS,
    SimulatedBeliefs,
    simulate_beliefs,
)
from validation.beliefs import BeliefEntry, beliefs_summary, run_beliefs


def made(kind: str, people: int = 400) -> SimulatedBeliefs:
    return simulate_beliefs(kind, np.random.default_rng([11, KINDS.index(kind)]), people)


@pytest.mark.parametrize("kind", KINDS)
def test_cells_are_drawn_as_they_should_be(kind: str) -> None:
    m = made(kind, 60)
    assert set(m.cells) - {"informed"} == {"listed", "blind", "name only"}
    assert ("informed" in m.cells) == bool(m.informed.any()) == (not kind.startswith("no ") or "anywhere" in kind)
    for role, cell in m.cells.items():
        assert (np.diff(cell.row) == 3).all() and (np.diff(cell.task) == 8).all()
        assert ((cell.chosen >= cell.row[:-1]) & (cell.chosen < cell.row[1:])).all()
        assert (cell.X[:, BRANDS:] != 0).any() == (role == "listed")
        assert np.isnan(m.reports[cell.people]).all() == (role == "blind" or kind == "no reports")
        assert m.informed[cell.people].all() == m.informed[cell.people].any() == (role == "informed")


@pytest.mark.parametrize("kind", ["both", "all name", "half believed", "against each other"])
def test_reports_average_to_what_the_truth_says(kind: str) -> None:
    m = made(kind, 4000)
    money = BETA / ALPHA
    off = np.nanmean(m.reports[~m.informed], axis=0) - m.facts
    told = np.nanmean(m.reports[m.informed], axis=0) - m.facts
    gap, left = ((part[BENCHMARK] - part[FOCAL]) @ money for part in (off, told))
    assert gap == pytest.approx(m.belief, abs=0.05)
    assert gap - left == pytest.approx(m.moved, abs=0.06)


def test_halo_by_brand_is_in_the_reports_only() -> None:
    m = made("halo by brand", 4000)
    off = np.nanmean(m.reports[~m.informed], axis=0) - m.facts
    assert (off[BENCHMARK] - off[FOCAL]) @ (BETA / ALPHA) - m.belief == pytest.approx(
        0.4 * BETA.sum() * m.name, abs=0.05
    )


def entries(kind: str, runs: int) -> list[BeliefEntry]:
    return [run_beliefs(kind, run) for run in range(runs)]


def test_with_information_both_are_figures_that_hold_the_truth() -> None:
    some = [e for kind in ("both", "all misbelief") for e in entries(kind, 8) if e.split]
    assert len(some) >= 10
    for quantity in ("name", "belief", "moved"):
        assert np.mean([e.covered[quantity] for e in some]) >= 0.7


@pytest.mark.parametrize("kind", ["no treatment", "no treatment, all name", "weak information", "no reports"])
def test_without_it_nothing_is_split_and_ranges_hold_the_truth(kind: str) -> None:
    some = entries(kind, 8)
    assert not any(e.split for e in some)
    held = [e.covered[quantity] for e in some for quantity in ("name", "belief") if quantity in e.covered]
    assert (not held) == (kind == "no reports") and (not held or np.mean(held) >= 0.75)


def test_an_entry_and_a_summary_are_plain() -> None:
    some = entries("no reports", 2)
    assert some[0].record()["why"] == "no treatment"
    told = beliefs_summary(
        "no reports", some, lambda hits, nominal, side: {"of": len(hits), "nominal": f"{side} {nominal}"}
    )
    assert told["name and belief told apart"] == 0.0 and told["name refused"] == {"no treatment": 2}


STORED = json.loads((Path(__file__).parents[2] / "docs" / "validation" / "beliefs.json").read_text(encoding="utf-8"))[
    "worlds"
]


@pytest.mark.parametrize("kind", KINDS)
def test_every_claimed_rate_of_the_stored_runs_holds(kind: str) -> None:
    if kind in BROKEN:
        assert "breaks an assumption" in STORED[kind]
        return
    failed = [q for q, told in STORED[kind].items() if isinstance(told, dict) and told.get("holds") is False]
    assert failed == []


def test_stored_runs_come_out_again() -> None:
    rng = np.random.default_rng(date.today().toordinal())
    for kind in rng.choice(KINDS, 3, replace=False).tolist():
        run = int(rng.integers(5))
        kept, again = STORED[kind]["entries"][run], json.loads(json.dumps(run_beliefs(kind, run).record()))
        assert (again["rests"], again["split"]) == (kept["rests"], kept["split"])
        for quantity, value in again["value"].items():
            told = kept["value"][quantity]
            assert (value is None) == (told is None)
            assert value is None or value == pytest.approx(told, abs=0.01)
