"""The stored validation of the demand lens is what the code does: five worlds of it are run again, by the date."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from validation.demand_lens import BAD, UNTOLD, WORLDS, run_demand

STORED = json.loads(
    (Path(__file__).parents[2] / "docs" / "validation" / "demand_lens.json").read_text(encoding="utf-8")
)
RNG = np.random.default_rng(date.today().toordinal())
CHOSEN = [(str(RNG.choice(WORLDS)), int(RNG.integers(40))) for _ in range(5)]


@pytest.mark.parametrize(("kind", "run"), CHOSEN)
def test_a_stored_world_is_reproduced(kind: str, run: int) -> None:
    stored = STORED["worlds"][kind]["entries"][run]
    again = run_demand(kind, run).record()
    assert again.keys() == stored.keys()
    for key in ("strong", "contradicted", "alpha_covered", "robust_covered", "covered", "label", "false_short"):
        found = again[key]
        assert (list(found) if isinstance(found, tuple | list) else found) == stored[key]
    for key in ("alpha", "naive", "truth", "value"):
        assert np.array(again[key], dtype=float) == pytest.approx(
            np.array(stored[key], dtype=float), rel=1e-5, abs=1e-6, nan_ok=True
        )


@pytest.mark.parametrize("kind", [k for k in WORLDS if "breaks an assumption" not in STORED["worlds"][k]])
def test_every_claimed_rate_holds(kind: str) -> None:
    world = STORED["worlds"][kind]
    assert world["runs"] == 500
    failed = [
        name
        for name, value in world.items()
        if isinstance(value, dict)
        and value.get("holds") is False
        and not (kind == "weak instruments" and name == "coverage of alpha")
    ]
    assert failed == []


def test_with_weak_instruments_the_t_interval_fails_and_the_robust_sets_hold() -> None:
    world = STORED["worlds"]["weak instruments"]
    assert world["first stage strong"] < 0.15
    assert not world["coverage of alpha"]["holds"]
    assert world["coverage of the Anderson-Rubin set"]["holds"]
    assert world["coverage of name"]["holds"]


def test_plain_regression_is_biased_toward_zero() -> None:
    alpha = STORED["worlds"]["endogenous price"]["alpha"]
    assert alpha["ols below the truth"] == 1.0
    assert alpha["mean by ols"] < 0.6 * alpha["true"]
    assert alpha["median by 2sls"] == pytest.approx(alpha["true"], rel=0.03)


def test_no_brand_is_called_short_by_a_reach_that_nobody_told() -> None:
    for kind in UNTOLD:
        assert STORED["worlds"][kind]["labels of name"] == {"undecided": 500}
    assert STORED["worlds"]["niche premium"]["name called ahead"]["holds"]
    assert STORED["worlds"]["mass brand"]["name called short"]["holds"]


def test_a_bad_instrument_is_told() -> None:
    world = STORED["worlds"][BAD]
    assert world["instruments told to contradict"] > 0.95
    assert world["false short of product"]["rate"] < 0.05
