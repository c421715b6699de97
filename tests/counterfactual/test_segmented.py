from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from halfstep.counterfactual.case import Case
from halfstep.counterfactual.segmented import segmented

REFERENCE: dict[str, Any] = json.loads((Path(__file__).parents[1] / "reference" / "structural.json").read_text())


@pytest.mark.parametrize("which", [0, 1])
def test_equals_statsmodels_with_hac_errors(which: int) -> None:
    expected = REFERENCE["segmented"][which]
    y = np.array(expected["y"])[None]
    found = segmented(Case(y, np.array([0]), np.zeros(1, dtype=bool), expected["start"], y.shape[1]))
    assert found.se is not None
    np.testing.assert_allclose(found.gap[0], expected["gap"], atol=1e-10)
    np.testing.assert_allclose(found.se[0], expected["se"], rtol=1e-10)


def test_units_of_a_batch_do_not_know_each_other() -> None:
    y = np.random.default_rng(0).normal(size=(6, 40)).cumsum(axis=1)
    together = segmented(Case(y, np.arange(6), np.ones(6, dtype=bool), 30, 40))
    for m in range(6):
        alone = segmented(Case(y, np.array([m]), np.zeros(6, dtype=bool), 30, 40))
        assert together.se is not None and alone.se is not None
        np.testing.assert_allclose(together.gap[m], alone.gap[0], atol=1e-12)
        np.testing.assert_allclose(together.se[m], alone.se[0], rtol=1e-10)


def test_a_line_is_carried_on_exactly() -> None:
    y = (3 + 0.5 * np.arange(20.0))[None]
    found = segmented(Case(y, np.array([0]), np.zeros(1, dtype=bool), 12, 20))
    assert found.se is not None
    np.testing.assert_allclose(found.gap, 0, atol=1e-12)
    np.testing.assert_allclose(found.se, 0, atol=1e-12)


@pytest.mark.parametrize("start", [1, 2, 3, 4])
def test_few_periods(start: int) -> None:
    y = np.random.default_rng(0).normal(size=(3, 8))
    found = segmented(Case(y, np.arange(3), np.zeros(3, dtype=bool), start, 8))
    assert found.se is not None
    assert np.isfinite(found.gap).all() and np.isfinite(found.se).all() == (start >= 4)


def test_covers_a_later_period_under_a_line_and_serial_correlation() -> None:
    rng = np.random.default_rng(5)
    e = rng.normal(size=(2000, 200))
    for t in range(1, 200):
        e[:, t] += 0.4 * e[:, t - 1]
    y = e[:, 50:] + 0.1 * np.arange(150)
    found = segmented(Case(y, np.arange(2000), np.zeros(2000, dtype=bool), 140, 150))
    assert found.se is not None
    assert 0.92 <= (np.abs(found.gap[:, 145]) < 1.96 * found.se[:, 145]).mean() <= 0.97
