"""Simulated ramps, books and dockets are what they say; stored runs hold what is claimed, and some come out again."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from halfstep.worlds.books import KINDS as BOOKS
from halfstep.worlds.books import simulate_books
from halfstep.worlds.claims import BROKEN as UNSOUND
from halfstep.worlds.claims import KINDS as DOCKETS
from halfstep.worlds.claims import QUANTITIES, simulate_docket
from halfstep.worlds.ramps import AHEAD, FESTIVALS, KINDS, festival_days, simulate_ramps
from validation.docket import run_docket
from validation.ramps import CELLS, SHORT, run_ramp
from validation.ramps_books import READINGS, run_books

FOLDER = Path(__file__).parents[2] / "docs" / "validation"
RNG = np.random.default_rng(date.today().toordinal())


def stored(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    return found


def chosen(kinds: list[str], kept: int, count: int) -> list[tuple[str, int]]:
    """Return kinds and runs by the date."""
    return [(str(RNG.choice(kinds)), int(RNG.integers(kept))) for _ in range(count)]


@pytest.mark.parametrize("kind", KINDS)
def test_makers_are_what_they_say(kind: str) -> None:
    world = KINDS[kind]
    made = simulate_ramps(kind, np.random.default_rng(1))
    makers, T = made.units.shape
    assert makers == 1 + world.others and made.truth.shape == (makers, T + AHEAD) and made.ahead.shape == (AHEAD,)
    assert np.isfinite(made.units[:, -1]).all() and np.isfinite(made.truth[:, T:]).all()
    seen = np.isfinite(made.units)
    assert ((made.known > 0) == seen).all() and np.array_equal(made.units[seen], made.truth[:, :T][seen])
    assert world.history[0] <= np.isfinite(made.truth[0, :T]).sum() <= world.history[1]
    ends = [_end(made.first + t) for t in range(T)]
    assert all((made.known[:, t][seen[:, t]] > ends[t]).all() for t in range(T))


def _end(month: int) -> int:
    year, place = divmod(month + 1, 12)
    return date(year, place + 1, 1).toordinal() - 1


def test_the_festival_moves_between_january_and_february() -> None:
    for year in range(2019, 2029):
        january, february = festival_days(12 * year), festival_days(12 * year + 1)
        assert january * 31 + february * (29 if year % 4 == 0 else 28) == pytest.approx(15)
        day = next(f for f in FESTIVALS if f.year == year)
        assert (january > february) == (day < date(year, 1, 28))


def test_true_chances_are_those_of_what_comes() -> None:
    made = [simulate_books(kind, np.random.default_rng([7, k])) for kind in BOOKS for k in range(12)]
    chance, came = np.array([m.chance for m in made]), np.array([m.reached for m in made])
    error = np.sqrt((chance * (1 - chance)).sum(axis=0)) / len(made)
    assert (np.abs(came.mean(axis=0) - chance.mean(axis=0)) < 4 * error).all()
    assert np.mean((chance[:, 2] > 0.1) & (chance[:, 2] < 0.9)) > 0.3


def test_claims_are_true_or_false_as_the_truth_has_it() -> None:
    for kind in DOCKETS:
        made = simulate_docket(kind, np.random.default_rng(3))
        assert {c.quantity for c in made.claims} == set(QUANTITIES)
        assert all(c.true == (c.lo <= made.truth[c.quantity] <= c.hi) for c in made.claims)


def test_every_world_is_stored() -> None:
    ramps = stored("ramps")
    assert set(ramps["worlds"]) == set(CELLS) and set(ramps["books"]["worlds"]) == set(BOOKS)
    assert set(stored("docket")["worlds"]) == set(DOCKETS)
    for cell, world in ramps["worlds"].items():
        assert world["worlds"] >= 100 and world.get("breaks an assumption") == SHORT.get(cell)


def test_figures_of_real_makers_are_not_stored() -> None:
    real = stored("ramps")["real makers"]
    assert {"makers", "months", "spring festival expected", "no month expected to differ"} <= set(real)
    assert not any(isinstance(v, list) and len(v) > 2 for v in _leaves(real))


def _leaves(found: object) -> list[object]:
    return [leaf for v in found.values() for leaf in _leaves(v)] if isinstance(found, dict) else [found]


def test_nothing_false_is_supported_by_sources_that_print_what_is_so() -> None:
    for kind, world in stored("docket")["worlds"].items():
        assert world["a cause called supported by figures"]["rate"] == 0
        if kind not in UNSOUND:
            assert world["worlds"] >= 200 and world["false, and called supported"]["rate"] == 0
            assert world["true, and called contradicted"]["rate"] == 0
    decided = stored("docket")["worlds"]["exact sources"]["decided, by quantity"]
    assert decided["unseen"] == 0 and all(rate > 0.3 for quantity, rate in decided.items() if quantity != "unseen")


@pytest.mark.parametrize(("cell", "run"), chosen(list(CELLS), 10, 3))
def test_stored_ramps_come_out_again(cell: str, run: int) -> None:
    kept, now = stored("ramps")["worlds"][cell]["entries"][run], run_ramp(cell, run).record()
    assert {k: now[k] for k in ("figures", "refused", "truth")} == {k: kept[k] for k in ("figures", "refused", "truth")}
    assert now["median"] == pytest.approx(kept["median"], rel=1e-3)
    assert now["pit"] == pytest.approx(kept["pit"], abs=0.005)


@pytest.mark.parametrize(("kind", "run"), chosen(list(BOOKS), 10, 2))
def test_stored_books_come_out_again(kind: str, run: int) -> None:
    kept, now = stored("ramps")["books"]["worlds"][kind]["entries"][run], run_books(kind, run).record()
    assert now["refused"] == kept["refused"] and now["came"] == kept["came"]
    assert now["chance"] == pytest.approx(kept["chance"], abs=0.005)
    for key in ("stated", "place"):
        assert np.array(now[key]) == pytest.approx(np.array(kept[key]), abs=0.005)
    assert len(kept["stated"]) == len(READINGS)


@pytest.mark.parametrize(("kind", "run"), chosen(list(DOCKETS), 10, 3))
def test_stored_dockets_come_out_again(kind: str, run: int) -> None:
    assert run_docket(kind, run).record() == stored("docket")["worlds"][kind]["entries"][run]
