"""Integration nodes: exact moments, symmetry, and how fast Halton pairs converge."""

from __future__ import annotations

from itertools import product
from math import prod

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from halfstep.core.errors import MisuseError
from halfstep.numerics.nodes import Nodes, Rule, joined, nodes

Array = npt.NDArray[np.float64]

RULES: list[tuple[Rule, int]] = [
    ("product", 5), ("product", 4), ("sparse", 3), ("sparse", 5), ("halton reflected", 64), ("halton antithetic", 64),
    ("halton", 64),
]  # fmt: skip


def rng(seed: int = 1) -> np.random.Generator:
    return np.random.default_rng(seed)


def normal_moment(powers: tuple[int, ...]) -> float:
    return float(prod(0 if k % 2 else prod(range(1, k, 2)) for k in powers))


def monomial(made: Nodes, powers: tuple[int, ...]) -> tuple[float, float]:
    """Return the rule's moment and the size of what it adds up."""
    value = (made.points ** np.array(powers)).prod(1)
    return float(made.weights @ value), float(np.abs(made.weights) @ np.abs(value))


def as_set(points: Array, weights: Array) -> set[tuple[float, ...]]:
    return {(*p, w) for p, w in zip((points + 0.0).tolist(), weights.round(14).tolist(), strict=True)}


@given(size=st.integers(1, 9), dimensions=st.integers(1, 3), data=st.data())
def test_the_product_rule_is_exact_in_each_coordinate(size: int, dimensions: int, data: st.DataObject) -> None:
    made = nodes("product", dimensions, size, rng())
    powers = tuple(data.draw(st.integers(0, 2 * size - 1)) for _ in range(dimensions))
    moment, scale = monomial(made, powers)
    assert moment == pytest.approx(normal_moment(powers), abs=1e-10 * max(scale, 1.0))


@settings(deadline=None)
@given(level=st.integers(1, 6), dimensions=st.integers(1, 5), data=st.data())
def test_the_sparse_rule_is_exact_up_to_its_total_degree(level: int, dimensions: int, data: st.DataObject) -> None:
    made = nodes("sparse", dimensions, level, rng())
    powers, left = [], 2 * level - 1
    for _ in range(dimensions):
        powers.append(data.draw(st.integers(0, left)))
        left -= powers[-1]
    moment, scale = monomial(made, tuple(powers))
    assert moment == pytest.approx(normal_moment(tuple(powers)), abs=1e-10 * max(scale, 1.0))


@pytest.mark.parametrize("level", range(1, 16))
def test_nested_rules_in_one_dimension(level: int) -> None:
    made = nodes("sparse", 1, level, rng())
    for k in range(2 * level):
        moment, scale = monomial(made, (k,))
        assert moment == pytest.approx(normal_moment((k,)), abs=1e-9 * max(scale, 1.0))


def test_the_sparse_rule_is_small_and_owns_up_to_negative_weights() -> None:
    # Heiss and Winschel's sizes for five dimensions: 11, 51 and 151 are those of nested rules at levels 2, 3 and 4.
    assert [len(nodes("sparse", 5, level, rng()).weights) for level in (1, 2, 3)] == [1, 11, 51]
    assert not nodes("sparse", 5, 3, rng()).positive
    assert nodes("product", 5, 3, rng()).positive
    assert nodes("halton antithetic", 5, 30, rng()).positive


@pytest.mark.parametrize(("rule", "size"), RULES)
@pytest.mark.parametrize("dimensions", [1, 2, 4])
def test_symmetry_is_exact(rule: Rule, size: int, dimensions: int) -> None:
    made = nodes(rule, dimensions, size, rng())
    assert made.weights.sum() == pytest.approx(1, abs=1e-13)
    held = as_set(made.points, made.weights)
    for sign in product((1.0, -1.0), repeat=dimensions):
        if made.symmetry == "each" or (made.symmetry == "pair" and abs(sum(sign)) == dimensions):
            assert as_set(made.points * sign, made.weights) == held
    if made.symmetry == "pair":
        np.testing.assert_array_equal(made.points[::2], -made.points[1::2])
    if rule == "halton":
        assert as_set(-made.points, made.weights) != held


@given(seed=st.integers(0, 10_000), sigma=st.lists(st.floats(-2, 2), min_size=2, max_size=2))
def test_the_sign_of_a_sigma_cannot_matter(seed: int, sigma: list[float]) -> None:
    def share(made: Nodes, s: Array) -> float:
        u = made.points @ s - 0.3
        return float(made.weights @ (1 / (1 + np.exp(-u))))

    for rule, size in RULES:
        made = nodes(rule, 2, size, rng(seed))
        s = np.array(sigma)
        if made.symmetry == "each":
            assert share(made, s) == pytest.approx(share(made, s * [-1, 1]), abs=1e-14)
        if made.symmetry != "none":
            assert share(made, s) == pytest.approx(share(made, -s), abs=1e-14)


def test_pairs_alone_leave_the_sign_of_one_sigma_in_the_objective() -> None:
    made = nodes("halton antithetic", 2, 100, rng())
    u = np.exp(made.points @ [1.0, 0.5]) - np.exp(made.points @ [-1.0, 0.5])
    assert abs(made.weights @ u) > 1e-6


@given(dimensions=st.integers(1, 8), points=st.integers(2, 500), seed=st.integers(0, 1000))
def test_halton_points_are_finite_and_follow_the_generator(dimensions: int, points: int, seed: int) -> None:
    made = nodes("halton antithetic", dimensions, 2 * points, rng(seed))
    assert np.isfinite(made.points).all()
    np.testing.assert_array_equal(made.points, nodes("halton antithetic", dimensions, 2 * points, rng(seed)).points)


def test_a_scrambled_halton_column_is_stratified() -> None:
    from scipy.special import ndtr

    points = ndtr(nodes("halton", 3, 2 * 3 * 5 * 6, rng(3)).points)
    for column, base in enumerate((2, 3, 5)):
        counts = np.bincount((points[:, column] * base).astype(int), minlength=base)
        assert (counts == len(points) // base).all()


def spread(rule: Rule | None, size: int, draws: int = 60) -> float:
    """Return the root mean square error of a logit share of three random tastes; None draws at random."""

    def share(points: Array) -> Array:
        return np.asarray(1 / (1 + np.exp(1.0 - points @ np.array([1.0, 0.7, 0.4]) - points[:, 0] ** 2 / 4)))

    fine = nodes("product", 3, 24, rng())
    truth = float(fine.weights @ share(fine.points))
    errors = []
    for seed in range(draws):
        points = rng(seed).normal(size=(size, 3)) if rule is None else nodes(rule, 3, size, rng(seed)).points
        errors.append(share(points).mean() - truth)
    return float(np.sqrt(np.mean(np.square(errors))))


def test_halton_converges_faster_than_random_draws() -> None:
    small, large = 64, 1024
    random = [spread(None, n) for n in (small, large)]
    for rule in ("halton", "halton antithetic"):
        error = [spread(rule, n) for n in (small, large)]
        assert error[0] < random[0] / 2
        assert error[1] < random[1] / 5
        assert np.log(error[0] / error[1]) / np.log(large / small) > 0.7
    assert spread("halton reflected", large) < random[1]


@given(counts=st.lists(st.integers(1, 4), min_size=1, max_size=4), seed=st.integers(0, 1000))
@pytest.mark.parametrize(("rule", "size"), RULES)
@pytest.mark.parametrize("how", ["cross", "pair"])
def test_nodes_meet_demographics(how: str, rule: Rule, size: int, counts: list[int], seed: int) -> None:
    made = nodes(rule, 2, size, rng(seed))
    market = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    n = int(market[-1])
    income, weights = rng(seed).normal(size=(1, n)), rng(seed + 1).uniform(0.1, 1, n)
    met = joined(made, market, income, weights, "cross" if how == "cross" else "pair")
    each = len(made.weights) if how == "cross" else made.block
    assert met.buyer.tolist() == (market * each).tolist()
    np.testing.assert_allclose(np.add.reduceat(met.w, np.arange(n) * each), weights, rtol=1e-12)
    assert (met.demographics.reshape(n, each) == income.T).all()
    for k in range(n):
        own = met.nu[:, k * each : (k + 1) * each].T, met.w[k * each : (k + 1) * each] / weights[k]
        if made.symmetry != "none":
            assert as_set(-own[0], own[1]) == as_set(*own)
        if made.symmetry == "each":
            assert as_set(own[0] * [-1, 1], own[1]) == as_set(*own)


def test_without_demographics_every_market_has_all_nodes() -> None:
    made = nodes("product", 2, 3, rng())
    met = joined(made, np.arange(4), np.zeros((0, 3)), np.ones(3), "cross")
    assert met.demographics.shape == (0, 27)
    np.testing.assert_allclose(met.nu.T, np.tile(made.points, (3, 1)))
    np.testing.assert_allclose(met.w, np.tile(made.weights, 3))


def test_draws_take_the_blocks_in_turn() -> None:
    made = nodes("halton antithetic", 1, 4, rng())
    met = joined(made, np.array([0, 2, 3]), np.zeros((0, 3)), np.ones(3), "pair")
    np.testing.assert_array_equal(met.nu.T, made.points[[0, 1, 2, 3, 0, 1]])


@pytest.mark.parametrize(
    ("rule", "dimensions", "size"),
    [
        ("product", 20, 7), ("product", 0, 3), ("product", 1, 0), ("sparse", 2, 16), ("halton antithetic", 2, 7),
        ("halton reflected", 3, 12), ("halton reflected", 17, 2**17), ("sobol", 2, 8),
    ],
)  # fmt: skip
def test_what_cannot_be_made_is_refused(rule: Rule, dimensions: int, size: int) -> None:
    with pytest.raises(MisuseError, match="expected"):
        nodes(rule, dimensions, size, rng())


def test_draws_without_weights_are_refused() -> None:
    with pytest.raises(MisuseError, match="expected weights"):
        joined(nodes("product", 1, 3, rng()), np.array([0, 2]), np.zeros((1, 2)), np.ones(3), "cross")
