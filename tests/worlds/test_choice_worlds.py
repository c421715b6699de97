"""Simulated choice experiments, and the stored validation: five entries of it are run again, chosen by the date."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from halfstep.logit.mnl import fit_multinomial
from halfstep.worlds.choice import BROKEN, CLASSES, KINDS, ChoiceWorld, simulate
from validation.choice import CLASS_KINDS, IRRELEVANT, MIXED_KINDS, WRONG_SHAPE, run_choice, run_classes, tasks_of

STORED: dict[str, Any] = json.loads(
    (Path(__file__).parents[2] / "docs" / "validation" / "choice_lens.json").read_text(encoding="utf-8")
)
RNG = np.random.default_rng(date.today().toordinal())
CHOSEN = [(str(RNG.choice(list(KINDS))), int(RNG.integers(20))) for _ in range(5)]
DRAWN = ("independent halves",)


def close(found: Any, kept: Any) -> None:
    """Compare plain values; numbers to four places: where a search ends depends a little on the machine's arithmetic."""
    if isinstance(kept, dict):
        assert found.keys() == kept.keys()
        for key, value in kept.items():
            close(found[key], value)
    elif isinstance(kept, list):
        for one, other in zip(found, kept, strict=True):
            close(one, other)
    elif isinstance(kept, float):
        assert found == pytest.approx(kept, rel=1e-3, abs=1e-3)
    else:
        assert found == kept


@pytest.mark.parametrize(("kind", "run"), CHOSEN)
def test_a_stored_world_is_reproduced(kind: str, run: int) -> None:
    close(json.loads(json.dumps(run_choice(kind, run).record())), STORED["worlds"][kind]["entries"][run])


def test_stored_classes_are_reproduced() -> None:
    kind = str(RNG.choice(CLASS_KINDS))
    again = run_classes(kind, 0).record()
    kept = STORED["classes"][kind]["entries"][0]
    assert (again["count"], again["reason"]) == (kept["count"], kept["reason"])


@pytest.mark.parametrize("kind", [k for k in KINDS if k not in BROKEN])
def test_every_claimed_rate_holds(kind: str) -> None:
    """Cover of the logit is claimed where tastes are alike, that of a space where tastes were drawn in it."""
    world = STORED["worlds"][kind]
    mine = [way for way in ("by the logit", "in utility", "in money") if way in world]
    claimed = [way for way in mine if "takes for granted" not in world[way]]
    assert claimed
    failed = [
        (way, name)
        for way in claimed
        for name, value in world[way].items()
        if isinstance(value, dict) and value.get("holds") is False
    ]
    assert failed == []


def test_no_gap_is_called_short_that_is_within_the_margin() -> None:
    for kind, world in STORED["worlds"].items():
        if kind not in BROKEN:
            rates = [
                v["false short of " + half]
                for v in world.values()
                if isinstance(v, dict)
                for half in ("product", "name")
            ]
            assert all(r["holds"] for r in rates)


def test_a_price_that_hardly_counts_is_not_turned_into_money() -> None:
    found = STORED["worlds"][IRRELEVANT]["by the logit"]
    assert min(found[f"{half}: not measurable in money"] for half in ("product", "name")) >= 0.85


def test_true_classes_are_told_or_none() -> None:
    for world in STORED["classes"].values():
        assert world.get("true number or none told", world.get("none told"))["holds"]


@pytest.mark.parametrize("kind", [*KINDS, *CLASSES])
def test_truth_is_the_ratio_of_mean_tastes(kind: str) -> None:
    world = replace((KINDS | CLASSES)[kind], people=6000, tasks=2)
    made = simulate(world, np.random.default_rng(1))
    mean = made.tastes.mean(axis=0)
    gaps = made.a @ mean / -mean[made.price]
    spread = (made.a @ made.tastes.T).std(axis=1) / -mean[made.price] / np.sqrt(world.people)
    assert np.abs(gaps - (made.product, made.name)) == pytest.approx(0.0, abs=1e-9 + 4 * float(spread.max()))
    each = (made.tastes @ made.a.T / -made.tastes[:, [made.price]]).mean(axis=0)
    assert each == pytest.approx(made.worth, abs=1e-9 + 10 * float(spread.max()))
    if kind not in DRAWN:
        assert (made.product, made.name) == (world.product, world.name)


@pytest.mark.parametrize("errors", ["extreme value", "normal", "normal correlated"])
def test_errors_have_the_variance_of_a_logit_but_where_they_go_together(errors: str) -> None:
    world = ChoiceWorld(people=3000, tasks=6, errors=errors)  # type: ignore[arg-type]
    made = simulate(world, np.random.default_rng(2))
    fit = fit_multinomial(tasks_of(made))
    assert fit.b[made.price] == pytest.approx(-world.alpha, rel=0.08 if errors != "normal correlated" else 0.3)


def test_the_table_is_what_the_arrays_say() -> None:
    made = simulate(replace(KINDS["weights and none"], people=5), np.random.default_rng(3))
    table = made.columns()
    assert {len(values) for values in table.values()} == {5 * 12 * 4}
    assert table["chosen"].sum() == 60
    assert set(table["brand"].tolist()) == {"", "b00", "b01", "b02", "b03"}
    none = table["brand"] == ""
    assert (table["price"][none] == 0).all() and (table["x0"][none] == 0).all()
    assert table["task"].max() == 12 and table["alternative"].max() == 4
    named = table["brand"] == "b01"
    assert (made.X[:, 0] == named).all()


def test_tastes_of_every_kind_are_looked_at_in_both_spaces() -> None:
    assert {k for k in KINDS if KINDS[k].tastes != "alike"} == set(MIXED_KINDS)
    assert {kind for kind, _ in WRONG_SHAPE} <= set(MIXED_KINDS)
