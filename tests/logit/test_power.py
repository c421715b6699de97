"""Power from the information of tasks: probabilities, monotone, exact where it can be, and as simulated."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import stdtrit
from scipy.stats import multivariate_normal

from halfstep.core.errors import MisuseError
from halfstep.logit.design import Design, efficient_design
from halfstep.logit.power import (
    Contrast,
    Detection,
    at_gap,
    detection,
    power,
    power_curve,
    respondents_needed,
    smallest_gap,
    spread_of_tasks,
)
from halfstep.logit.profiles import Plan, dummies, numeric
from halfstep.logit.simulated_power import Trials, simulate_tasks, simulated_power
from halfstep.logit.tasks import Array

B = np.array([-0.6, 0.4, -0.3, -0.8])
GAP = Contrast(np.array([0.0, 0, -1, 0]), 0, np.array([0.0, 0, -1, 0]))


def design(none: bool = False) -> Design:
    factors = (
        numeric("price", np.array([3.0, 4, 5, 6, 7]), -1),
        numeric("size", np.array([1.0, 2, 3]), 1),
        dummies("brand", ("benchmark", "focal", "third")),
    )
    b = np.append(B, -2.0) if none else B
    return efficient_design(Plan(factors, 8, 3, 4, none), b, np.random.default_rng(1))


def at(gap: float, inflation: float = 1.0) -> Detection:
    b = at_gap(B, GAP, gap)
    return detection(MADE.information(b), b, GAP, inflation=inflation)


MADE = design()


def test_the_gap_is_the_one_asked_about() -> None:
    for gap in (0.0, 0.5, 2.0):
        b = at_gap(B, GAP, gap)
        assert GAP.weights @ b / -b[0] == pytest.approx(gap)
        assert (b[[0, 1, 3]] == B[[0, 1, 3]]).all()


def test_it_does_not_matter_which_brand_is_the_base() -> None:
    """The focal brand as base: the others, and none, are worth more instead."""
    made = design(none=True)
    b = at_gap(np.append(B, -2.0), Contrast(np.eye(5)[2] * -1, 0, np.eye(5)[2] * -1), 0.7)
    first = detection(made.information(b), b, Contrast(-np.eye(5)[2], 0, -np.eye(5)[2]))
    factors = (*made.plan.factors[:2], dummies("brand", ("benchmark", "focal", "third"), base=1))
    other = Design(Plan(factors, 8, 3, 4, True), made.codes, made.d_error)
    start = np.array([-0.6, 0.4, 0.3, -0.5, -1.7])  # against the focal brand
    contrast = Contrast(np.eye(5)[2], 0, np.array([0.0, 0, 1, 1, 1]))
    moved = at_gap(start, contrast, 0.7)
    second = detection(other.information(moved), moved, contrast)
    assert second.value == pytest.approx(first.value)
    assert second.variance == pytest.approx(first.variance)
    assert second.correlation == pytest.approx(first.correlation)


@pytest.mark.parametrize("correlation", [-0.95, -0.3, 0.0, 0.6, 0.95])
def test_power_is_the_bivariate_normal_probability(correlation: float) -> None:
    found = Detection((0.3, 0.5), (20.0, 30.0), correlation)
    for n in (200.0, 5000.0):
        shift = np.array(found.value) * np.sqrt(n / np.array(found.variance))
        q = float(stdtrit(n - 1, 0.95))
        both = float(multivariate_normal(-shift, np.array([[1, correlation], [correlation, 1]])).cdf(np.full(2, -q)))
        assert power(found, n) == pytest.approx(both, abs=1e-8)


def test_power_rises_with_respondents_and_gap_and_falls_with_inflation() -> None:
    curve = power_curve(at(0.4), np.array([20.0, 50, 100, 200, 400]))
    assert (np.diff(curve) > 0).all() and curve[0] < 0.5 < curve[-1]
    assert power(at(0.8), 50) > power(at(0.4), 50) > power(at(0.2), 50)
    assert power(at(0.4, inflation=2.0), 200) == pytest.approx(power(at(0.4), 100), abs=0.01)
    assert power(at(0.4), 100, level=0.80) > power(at(0.4), 100, level=0.95)


def test_no_gap_is_seen_as_often_as_the_level_allows_and_never_needs_a_number() -> None:
    assert power(at(0.0), 2000) == pytest.approx(0.05, abs=1e-3)
    assert respondents_needed(at(0.0), 0.8) is None


def test_the_fewest_respondents_and_the_smallest_gap_agree() -> None:
    n = respondents_needed(at(0.4), 0.8)
    assert n is not None and power(at(0.4), n) >= 0.8 > power(at(0.4), n - 1)
    smallest = smallest_gap(at, 1 / 0.6, n, 0.8)
    assert smallest is not None and smallest == pytest.approx(0.4, rel=0.02) and smallest <= 0.4


def test_of_too_few_respondents_no_gap_is_seen() -> None:
    """As the gap grows nobody takes the focal brand, and its term is told less and less."""
    assert smallest_gap(at, 1 / 0.6, 3, 0.95) is None


def test_what_is_not_measurable_in_money_is_refused() -> None:
    b = B * np.array([-1, 1, 1, 1])
    with pytest.raises(MisuseError, match="measurable in money"):
        detection(MADE.information(b), b, GAP)
    with pytest.raises(MisuseError, match="no inverse"):
        detection(np.diag([1.0, 1, 0, 1]), B, GAP)


def test_a_threshold_asks_for_more() -> None:
    b = at_gap(B, GAP, 0.6)
    plain, above = (detection(MADE.information(b), b, GAP, threshold) for threshold in (0.0, 0.3))
    assert above.value[0] == pytest.approx(0.3 * 0.6) and plain.value[0] == pytest.approx(0.6 * 0.6)
    assert power(above, 200) < power(plain, 200)


def test_what_people_have_in_common_adds_up_over_tasks() -> None:
    assert spread_of_tasks(1.5, 11, 11) == 1.5
    assert spread_of_tasks(1.5, 11, 21) == pytest.approx(2.0)
    assert spread_of_tasks(1.5, 11, 1) == 1.0
    assert spread_of_tasks(0.8, 11, 11) == 1.0 and spread_of_tasks(1.3, 1, 9) == 1.3


def test_simulated_tasks_are_those_of_the_design() -> None:
    tasks = simulate_tasks(MADE, B, 6, np.random.default_rng(0))
    assert (tasks.N, tasks.T, len(tasks.X)) == (6, 48, 144)
    assert (tasks.X[96:].reshape(-1, 8, 3, 4)[:, :, :, :] == MADE.X[[0, 1]]).all()


@pytest.mark.parametrize("gap", [0.3, 0.6])
def test_stated_power_is_about_the_simulated_one(gap: float) -> None:
    b: Array = at_gap(B, GAP, gap)
    seen = simulated_power(MADE, b, GAP, 60, Trials(150), np.random.default_rng(4))
    assert seen == pytest.approx(power(at(gap), 60), abs=0.11)  # three standard errors
