"""Exact division, and dated crossings."""

from __future__ import annotations

from itertools import combinations, permutations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from halfstep.numerics.divide import logarithmic_mean, shapley
from halfstep.numerics.paths import closing_points

price = st.floats(0.01, 1e6)


@given(price, price)
def test_logarithmic_mean_makes_money_of_log_points_exactly(a: float, b: float) -> None:
    mean = logarithmic_mean(a, b)
    assert np.isclose(mean * np.log(a / b), a - b, rtol=1e-9, atol=1e-9 * max(a, b))
    assert min(a, b) * (1 - 1e-9) <= mean <= max(a, b) * (1 + 1e-9)
    assert np.isclose(mean, logarithmic_mean(b, a), rtol=1e-9)
    assert np.sqrt(a * b) * (1 - 1e-6) <= mean <= (a + b) / 2 * (1 + 1e-6)


@given(price, st.floats(-1e-9, 1e-9))
def test_logarithmic_mean_is_continuous_where_prices_meet(a: float, step: float) -> None:
    assert np.isclose(logarithmic_mean(a, a * (1 + step)), a, rtol=1e-6)


@given(st.integers(1, 4), st.data())
def test_shapley_parts_sum_and_equal_the_mean_over_orders(n: int, data: st.DataObject) -> None:
    players = tuple("abcd"[:n])
    coalitions = [frozenset(c) for size in range(n + 1) for c in combinations(players, size)]
    worth = {c: data.draw(st.floats(-10, 10)) for c in coalitions}
    parts = shapley(players, worth.__getitem__)
    assert np.isclose(sum(parts.values()), worth[frozenset(players)] - worth[frozenset()], atol=1e-9)
    orders = list(permutations(players))
    for player in players:
        steps = [worth[frozenset(o[: o.index(player) + 1])] - worth[frozenset(o[: o.index(player)])] for o in orders]
        assert np.isclose(parts[player], np.mean(steps), atol=1e-9)


def test_shapley_gives_nothing_to_who_adds_nothing_and_the_same_to_equals() -> None:
    parts = shapley(("a", "b", "idle"), lambda s: float(len(s - {"idle"})) ** 3)
    assert parts["idle"] == 0
    assert np.isclose(parts["a"], parts["b"])


@given(st.lists(st.floats(-5, 5), min_size=1, max_size=12), st.floats(-5, 5))
def test_a_path_without_error_closes_where_it_last_comes_down(path: list[float], threshold: float) -> None:
    value = np.array(path)
    drawn = closing_points(
        value, np.zeros((len(path), len(path))), np.full(len(path), 9.0), threshold, np.random.default_rng(0), 3
    )
    expected = next((i for i in range(len(path)) if (value[i:] <= threshold).all()), len(path))
    assert (drawn == expected).all()


def test_closing_draws_follow_the_joint_covariance() -> None:
    value, many, rng = np.array([1.0, 0.0]), np.full(2, 1e9), np.random.default_rng(1)
    together = closing_points(value, np.ones((2, 2)), many, 0.5, rng, 40_000)
    apart = closing_points(value, np.eye(2), many, 0.5, rng, 40_000)
    # one shock moves both points: the path ends below 0.5 if the shock is < .5, and starts there if it is < -.5
    assert np.isclose((together == 0).mean(), 0.3085, atol=0.01)
    assert np.isclose((together == 2).mean(), 0.3085, atol=0.01)
    assert np.isclose((apart == 0).mean(), 0.3085 * 0.6915, atol=0.01)
    assert np.isclose((apart == 2).mean(), 0.3085, atol=0.01)
    few = closing_points(value, np.ones((2, 2)), np.full(2, 2.0), 0.5, rng, 40_000)
    assert (few == 2).mean() > (together == 2).mean() + 0.01  # t with two degrees of freedom has heavier tails
