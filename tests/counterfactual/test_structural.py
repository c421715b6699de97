from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from halfstep.counterfactual.case import Case
from halfstep.counterfactual.structural import structural_series, structural_sums

Array = npt.NDArray[np.float64]

REFERENCE: dict[str, Any] = json.loads((Path(__file__).parents[1] / "reference" / "structural.json").read_text())


def case(y: Array, asked: list[int], donors: list[int], start: int) -> Case:
    mask = np.zeros(len(y), dtype=bool)
    mask[donors] = True
    return Case(y, np.array(asked), mask, start, y.shape[1])


def walks(N: int, T: int, seed: int = 0) -> Array:
    rng = np.random.default_rng(seed)
    return np.asarray(rng.normal(size=(N, T)).cumsum(axis=1) + rng.normal(size=(N, T)))


@pytest.mark.parametrize("which", [0, 1], ids=["more periods", "more donors"])
def test_equals_kalman_filters_over_the_whole_grid(which: int) -> None:
    expected = REFERENCE["structural"][which]
    y, start = np.array(expected["y"]), expected["start"]
    found = structural_series(case(y, [0], list(range(1, len(y))), start))
    assert found.se is not None
    np.testing.assert_allclose(y[0, start:] - found.gap[0, start:], expected["mean"], atol=1e-5)
    np.testing.assert_allclose(found.se[0, start:], expected["sd"], rtol=1e-5)


@pytest.mark.parametrize(("J", "T", "start"), [(30, 25, 18), (8, 50, 40)])
def test_a_donor_asked_about_is_fitted_without_itself(J: int, T: int, start: int) -> None:
    y = walks(J + 1, T)
    together = structural_series(case(y, [0, 4], list(range(1, J + 1)), start))
    alone = structural_series(case(y, [4], [j for j in range(1, J + 1) if j != 4], start))
    assert together.se is not None and alone.se is not None
    np.testing.assert_allclose(together.gap[1], alone.gap[0], atol=1e-8)
    np.testing.assert_allclose(together.se[1], alone.se[0], rtol=1e-8)


def test_what_a_unit_showed_afterwards_moves_its_gap_one_for_one_and_nothing_else() -> None:
    y = walks(12, 30)
    before = structural_series(case(y, [0, 3], list(range(1, 12)), 20))
    y[[0, 3], 20:] += 7
    for asked, donors in (([0], list(range(1, 12))), ([3], list(range(1, 12)))):
        y_one = walks(12, 30)
        y_one[asked[0], 20:] += 7
        after = structural_series(case(y_one, asked, donors, 20))
        row = 0 if asked == [0] else 1
        np.testing.assert_allclose(after.gap[0, 20:] - before.gap[row, 20:], 7, atol=1e-7)
        np.testing.assert_allclose(after.gap[0, :20], before.gap[row, :20], atol=1e-7)
        assert after.se is not None and before.se is not None
        np.testing.assert_allclose(after.se[0], before.se[row], rtol=1e-7)


def test_units_of_measurement_and_origins_do_not_matter() -> None:
    y = walks(9, 30)
    one = structural_series(case(y, [0], list(range(1, 9)), 22))
    other = structural_series(case(1000 + 50 * y, [0], list(range(1, 9)), 22))
    assert one.se is not None and other.se is not None
    np.testing.assert_allclose(other.gap, 50 * one.gap, atol=1e-6)
    np.testing.assert_allclose(other.se, 50 * one.se, rtol=1e-6)


def test_sums_know_that_errors_last() -> None:
    y = walks(9, 40)
    c = case(y, [0, 2], list(range(1, 9)), 30)
    fits = structural_series(c)
    mean, sd = structural_sums(c, np.column_stack([np.full(10, 0.1), np.eye(10)[3]]))
    assert fits.se is not None
    np.testing.assert_allclose(mean[:, 0], fits.gap[:, 30:].mean(axis=1))
    np.testing.assert_allclose(mean[:, 1], fits.gap[:, 33])
    np.testing.assert_allclose(sd[:, 1], fits.se[:, 33])
    assert (sd[:, 0] > np.sqrt((fits.se[:, 30:] ** 2).sum(axis=1)) / 10).all()


@pytest.mark.parametrize("start", [1, 2, 3, 4, 6])
@pytest.mark.parametrize("J", [0, 1, 2, 9])
def test_few_periods_and_few_donors(start: int, J: int) -> None:
    found = structural_series(case(walks(10, 12), [0, 1], list(range(1, J + 1)), start))
    assert found.se is not None
    assert np.isfinite(found.gap).all() and not np.isnan(found.se).any()
    assert np.isfinite(found.se[:, start:]).all() == (start >= 4)


def test_series_that_never_move() -> None:
    found = structural_series(case(np.ones((4, 15)), [0, 1], [1, 2, 3], 10))
    assert found.se is not None
    assert not found.gap.any() and found.se.max() < 1e-9


@pytest.mark.parametrize(("step", "J", "start"), [(0.0, 20, 15), (0.1, 20, 15), (0.1, 4, 40), (1.0, 4, 40)])
def test_covers_the_mean_of_the_path_in_its_own_world(step: float, J: int, start: int) -> None:
    rng = np.random.default_rng(7)
    n, T, inside = 200, start + 12, 0
    for _ in range(n):
        x = rng.normal(size=(J, 2)) @ rng.normal(size=(2, T)).cumsum(axis=1) + rng.normal(size=(J, T))
        noise = rng.normal(size=T) + np.sqrt(step) * rng.normal(size=T).cumsum()
        y = np.vstack([rng.normal(size=J) @ x / np.sqrt(J) + noise, x])
        mean, sd = structural_sums(case(y, [0], list(range(1, J + 1)), start), np.full((12, 1), 1 / 12))
        inside += int(abs(mean[0, 0]) < 1.96 * sd[0, 0])
    assert 0.90 <= inside / n <= 0.99
