from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl
import pytest

from halfstep.counterfactual.case import Case
from halfstep.counterfactual.completion import completion
from halfstep.counterfactual.factors import factors

Array = npt.NDArray[np.float64]


def case(y: Array, asked: list[int], donors: list[int], start: int) -> Case:
    mask = np.zeros(len(y), dtype=bool)
    mask[donors] = True
    return Case(y, np.array(asked), mask, start, y.shape[1])


def by_hand(y: Array, x: Array, start: int) -> Array:
    """The same estimator written out for one unit, by loops and a singular value decomposition of the donors."""
    apart = x - x.mean(axis=1, keepdims=True)
    period = apart.mean(axis=0)
    _, _, factor = np.linalg.svd(apart - period)
    most = max(min(5, start - 2, len(x) - 2), 0)
    blocks = np.array_split(np.arange(start), min(5, start))
    best, gap = np.inf, y
    for k in range(most + 1):
        X = np.column_stack([np.ones(len(y)), factor[:k].T])
        error = 0.0
        for block in blocks:
            kept = [t for t in range(start) if t not in block]
            if len(kept) < k + 1:
                error = np.inf if k else 0.0
                break
            beta = np.linalg.lstsq(X[kept], (y - period)[kept], rcond=None)[0]
            error += float((((y - period) - X @ beta)[block] ** 2).sum())
        if error < best:
            best, gap = error, y - period - X @ np.linalg.lstsq(X[:start], (y - period)[:start], rcond=None)[0]
    return gap


@pytest.mark.parametrize(("J", "T", "start"), [(38, 31, 19), (6, 60, 50), (70, 16, 10), (3, 12, 5)])
def test_equals_the_estimator_written_out_and_a_donor_is_fitted_without_itself(J: int, T: int, start: int) -> None:
    rng = np.random.default_rng(J)
    y = rng.normal(size=(J + 1, 2)) @ rng.normal(size=(2, T)).cumsum(axis=1) + 0.3 * rng.normal(size=(J + 1, T))
    found = factors(case(y, [0, 2, 3], list(range(1, J + 1)), start))
    for row, unit in enumerate((0, 2, 3)):
        others = [j for j in range(1, J + 1) if j != unit]
        np.testing.assert_allclose(found.gap[row], by_hand(y[unit], y[others], start), atol=1e-7)


def test_finds_an_effect_behind_factors_where_differences_do_not() -> None:
    rng = np.random.default_rng(1)
    load = rng.normal(size=(41, 2))
    load[0] = [3, -2]
    y = load @ rng.normal(size=(2, 80)).cumsum(axis=1) + 0.2 * rng.normal(size=(41, 80))
    y[0, 60:] += 5
    found = factors(case(y, [0], list(range(1, 41)), 60))
    apart = y[0] - y[1:].mean(axis=0)
    assert found.gap[0, 60:].mean() == pytest.approx(5, abs=0.3)
    assert abs(apart[60:].mean() - apart[:60].mean() - 5) > 2
    assert found.se is not None and 0.15 < found.se[0, 60:].mean() < 0.4


@pytest.mark.parametrize("J", [0, 1, 2, 3])
@pytest.mark.parametrize("start", [1, 2, 3, 5])
def test_few_donors_and_few_periods(J: int, start: int) -> None:
    y = np.random.default_rng(0).normal(size=(5, 9))
    found = factors(case(y, [0, 1], list(range(1, J + 1)), start))
    assert found.se is not None
    assert np.isfinite(found.gap).all() and not np.isnan(found.se).any()


def test_without_donors_the_mean_is_carried_on() -> None:
    y = np.random.default_rng(0).normal(size=(1, 9))
    np.testing.assert_allclose(factors(case(y, [0], [], 6)).gap[0], y[0] - y[0, :6].mean())


def test_completion_without_interaction_is_difference_in_differences() -> None:
    rng = np.random.default_rng(2)
    y = rng.normal(size=(12, 1)) + rng.normal(size=20)
    y[0, 15:] += 3
    np.testing.assert_allclose(completion(case(y, [0], list(range(1, 12)), 15)).gap[0, 15:], 3, atol=0.01)


def test_completion_of_proposition_99_is_as_published(cases: Path) -> None:
    """Arkhangelsky et al. (2021), table 1: -20.2 by matrix completion (their folds are drawn at random too)."""
    table = pl.read_csv(cases / "prop99" / "prop99.csv", separator=";").pivot(
        "Year", index="State", values="PacksPerCapita"
    )
    y = table.drop("State").to_numpy()
    unit = table["State"].to_list().index("California")
    found = completion(case(y, [unit], [i for i in range(len(y)) if i != unit], 19))
    assert found.gap[0, 19:].mean() == pytest.approx(-20.2, abs=0.4)
