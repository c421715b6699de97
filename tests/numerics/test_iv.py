"""Two-stage least squares and its few-cluster inference against dense algebra."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from halfstep.numerics.iv import TwoStage, reduced_form, two_stage
from halfstep.numerics.linear import Design, least_squares

Array = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]


def codes(rng: np.random.Generator, groups: int, n: int) -> Codes:
    return np.unique(rng.integers(0, groups, n), return_inverse=True)[1].astype(np.int64)


def example(seed: int, E: int = 1, L: int = 3, n: int = 90) -> tuple[Design, Array, Array, Array]:
    rng = np.random.default_rng(seed)
    design = Design(rng.normal(size=(n, 2)), codes(rng, 4, n), codes(rng, 6, n), codes(rng, 15, n))
    Z, u = rng.normal(size=(n, L)), rng.normal(size=n)
    endogenous = Z @ rng.normal(size=(L, E)) + design.X[:, :1] + 0.7 * u[:, None] + rng.normal(size=(n, E))
    return design, endogenous, Z, -endogenous.sum(1) + design.X @ [1.0, 0.5] + u


def effects(design: Design) -> Array:
    return np.hstack([np.eye(design.markets)[design.market], np.eye(design.cells)[design.cell]])


def fitted(head: Array, columns: Array) -> Array:
    return np.asarray(head @ np.linalg.lstsq(head, columns, rcond=1e-10)[0])


def dense_cr2(Z: Array, residual: Array, a: Array, cluster: Codes) -> tuple[Array, Array]:
    """Return the CR2 covariance and the degrees of freedom of functionals a'y on a right-hand side Z, all dense."""
    M = np.eye(len(Z)) - Z @ np.linalg.pinv(Z, rcond=1e-10)
    groups = [np.flatnonzero(cluster == g) for g in range(int(cluster.max()) + 1)]
    scores, P = np.zeros((len(groups), a.shape[1])), np.zeros((a.shape[1], len(Z), len(groups)))
    for g, rows in enumerate(groups):
        values, vectors = np.linalg.eigh(M[np.ix_(rows, rows)])
        keep = values > 1e-9
        adjusted = vectors[:, keep] / np.sqrt(values[keep]) @ vectors[:, keep].T @ a[rows]
        scores[g] = adjusted.T @ residual[rows]
        P[:, :, g] = (M[:, rows] @ adjusted).T
    return scores.T @ scores, np.array([np.trace(p.T @ p) ** 2 / ((p.T @ p) ** 2).sum() for p in P])


@given(seed=st.integers(0, 10_000), E=st.integers(1, 2))
def test_coefficients_and_residuals_equal_dense_two_stage_least_squares(seed: int, E: int) -> None:
    design, endogenous, Z, y = example(seed, E)
    two, D = two_stage(design, endogenous, Z, y), effects(design)
    projected = np.hstack([fitted(np.hstack([Z, design.X, D]), endogenous), design.X, D])
    beta = np.linalg.lstsq(projected, y, rcond=1e-10)[0]
    np.testing.assert_allclose(two.beta, beta[: E + 2], atol=1e-8)
    np.testing.assert_allclose(two.residual, y - np.hstack([endogenous, design.X, D]) @ beta, atol=1e-8)


@given(seed=st.integers(0, 10_000), E=st.integers(1, 2))
def test_cr2_and_freedom_equal_the_dense_formulas_on_the_projected_regressors(seed: int, E: int) -> None:
    design, endogenous, Z, y = example(seed, E)
    two, D = two_stage(design, endogenous, Z, y), effects(design)
    contrast = np.zeros(design.cells)
    contrast[[0, 1]] = 1.0, -1.0
    effect = two.squares.effect_weights(contrast)
    assert effect is not None
    a = np.column_stack([two.coefficient_weights(np.eye(E + 2)), effect])
    projected = np.hstack([fitted(np.hstack([Z, design.X, D]), endogenous), design.X, D])
    covariance, freedom = dense_cr2(projected, two.residual, a, design.cluster)
    found = two.functionals(a)
    np.testing.assert_allclose(found.value[: E + 2], two.beta, atol=1e-8)
    np.testing.assert_allclose(found.covariance, covariance, rtol=1e-6, atol=1e-10)
    np.testing.assert_allclose(found.freedom, freedom, rtol=1e-6)


@given(seed=st.integers(0, 10_000))
def test_instruments_that_are_the_regressors_give_least_squares(seed: int) -> None:
    design, endogenous, _, y = example(seed, 2)
    two = two_stage(design, endogenous, endogenous, y)
    plain = least_squares(replace(design, X=np.hstack([endogenous, design.X])), y)
    np.testing.assert_allclose(two.beta, plain.beta, atol=1e-9)
    a = plain.coefficient_weights(np.eye(4))
    mine, theirs = two.functionals(two.coefficient_weights(np.eye(4))), plain.functionals(a)
    np.testing.assert_allclose(mine.covariance, theirs.covariance, rtol=1e-7, atol=1e-12)
    np.testing.assert_allclose(mine.freedom, theirs.freedom, rtol=1e-7)
    np.testing.assert_allclose(two.squares.covariance_cr1(), plain.covariance_cr1(), rtol=1e-7, atol=1e-12)


@given(seed=st.integers(0, 10_000), b=st.floats(-5, 5))
def test_given_is_the_regression_with_the_endogenous_coefficient_moved_to_the_left(seed: int, b: float) -> None:
    design, endogenous, Z, y = example(seed)
    two = two_stage(design, endogenous, Z, y)
    rng = np.random.default_rng(seed)
    a, combination = rng.normal(size=(len(y), 2)), rng.normal(size=(2, 2))
    on_y, on_price = two.given(a, combination)
    moved = least_squares(design, y - b * endogenous[:, 0])
    expected = a.T @ moved.y - combination.T @ moved.beta
    np.testing.assert_allclose(on_y.value - b * on_price.value, expected, atol=1e-7)
    direct = moved.functionals(a - moved.coefficient_weights(combination))
    np.testing.assert_allclose(on_y.scores - b * on_price.scores, direct.scores, atol=1e-7)


def test_at_its_own_estimate_given_says_what_the_fit_says() -> None:
    design, endogenous, Z, y = example(4, 2)
    two = two_stage(design, endogenous, Z, y)
    combination = np.array([[1.0], [-2.0]])
    fixed = two.given(np.zeros((len(y), 1)), combination)
    value = fixed[0].value - sum(b * part.value for b, part in zip(two.beta[:2], fixed[1:], strict=True))
    np.testing.assert_allclose(-value, combination.T @ two.beta[2:], atol=1e-9)


@given(seed=st.integers(0, 10_000))
def test_the_reduced_form_of_one_instrument_divides_into_the_estimate(seed: int) -> None:
    design, endogenous, Z, y = example(seed, 1, 1)
    on_y, on_price = reduced_form(design, endogenous, Z, y)
    assert on_y.value[0] / on_price.value[0] == pytest.approx(two_stage(design, endogenous, Z, y).beta[0], rel=1e-7)
    columns = np.hstack([Z, design.X, effects(design)])
    for part, column in ((on_y, y), (on_price, endogenous[:, 0])):
        residual = column - fitted(columns, column[:, None])[:, 0]
        a = np.linalg.pinv(columns, rcond=1e-10)[:1].T
        covariance, freedom = dense_cr2(columns, residual, a, design.cluster)
        np.testing.assert_allclose(part.covariance, covariance, rtol=1e-6)
        np.testing.assert_allclose(part.freedom, freedom, rtol=1e-6)


@given(seed=st.integers(0, 1_000), scale=st.floats(1e-3, 1e3))
def test_units_of_price_and_bases_of_instruments_change_nothing_else(seed: int, scale: float) -> None:
    design, endogenous, Z, y = example(seed)
    plain: TwoStage = two_stage(design, endogenous, Z, y)
    turn = np.random.default_rng(seed).normal(size=(3, 3)) + 3 * np.eye(3)
    other = two_stage(design, scale * endogenous, Z @ turn, y)
    np.testing.assert_allclose(other.beta * [scale, 1, 1], plain.beta, rtol=1e-6, atol=1e-8)
    np.testing.assert_allclose(other.residual, plain.residual, atol=1e-7)
    weights = plain.coefficient_weights(np.eye(3)[:, 1:])
    mine, theirs = other.functionals(other.coefficient_weights(np.eye(3)[:, 1:])), plain.functionals(weights)
    np.testing.assert_allclose(mine.freedom, theirs.freedom, rtol=1e-5)
    np.testing.assert_allclose(mine.covariance, theirs.covariance, rtol=1e-5, atol=1e-10)
