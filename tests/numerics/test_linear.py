"""Least squares with two absorbed effects against dense algebra, and its limits."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from halfstep.numerics.linear import Design, LeastSquares, least_squares

Array = npt.NDArray[np.float64]


def dense(design: Design) -> Array:
    return np.hstack([design.X, np.eye(design.markets)[design.market], np.eye(design.cells)[design.cell]])


def codes(rng: np.random.Generator, groups: int, n: int) -> npt.NDArray[np.int64]:
    return np.unique(rng.integers(0, groups, n), return_inverse=True)[1].astype(np.int64)


def example(seed: int, n: int = 120, K: int = 3) -> tuple[LeastSquares, Array, Array]:
    rng = np.random.default_rng(seed)
    design = Design(rng.normal(size=(n, K)), codes(rng, 6, n), codes(rng, 9, n), codes(rng, 25, n))
    weights = rng.uniform(0.2, 3, n)
    y = rng.normal(size=n)
    return least_squares(design, y, weights), weights * n / weights.sum(), y


@given(st.integers(0, 10_000))
def test_coefficients_residuals_and_rank_equal_dense_least_squares(seed: int) -> None:
    fit, w, y = example(seed)
    Z, root = dense(fit.design), np.sqrt(w)
    solution, _, rank, _ = np.linalg.lstsq(Z * root[:, None], y * root, rcond=1e-10)
    assert fit.rank == rank
    assert np.allclose(fit.beta, solution[:3], atol=1e-8)
    assert np.allclose(fit.residual, y - Z @ solution, atol=1e-8)
    assert fit.identified.all()


@given(st.integers(0, 10_000))
def test_functionals_recover_coefficients_and_contrasts_of_effects(seed: int) -> None:
    fit, _, y = example(seed)
    weights = fit.coefficient_weights(np.eye(3))
    assert np.allclose(weights.T @ y, fit.beta, atol=1e-8)
    assert np.allclose(weights.T @ dense(fit.design), np.eye(3, dense(fit.design).shape[1]), atol=1e-8)
    contrast = np.zeros(fit.design.cells)
    contrast[[0, 1]] = 1.0, -1.0
    a = fit.effect_weights(contrast)
    assert a is not None
    assert np.allclose(a @ fit.design.X, 0, atol=1e-8)
    found = fit.functionals(np.column_stack([weights, a]))
    assert np.allclose(found.covariance, found.covariance.T)
    assert np.linalg.eigvalsh(found.covariance).min() > -1e-10
    assert (found.freedom > 0).all()
    assert (found.freedom <= fit.clusters).all()


@given(st.integers(0, 1000), st.floats(0.01, 1000), st.floats(-5, 5))
def test_equivariance_in_y_and_in_the_scale_of_weights(seed: int, scale: float, shift: float) -> None:
    fit, w, y = example(seed)
    other = least_squares(fit.design, shift + scale * y, w * 17)
    assert np.allclose(other.beta, scale * fit.beta, rtol=1e-7, atol=1e-7 * scale)
    a = fit.coefficient_weights(np.eye(3))
    assert np.allclose(other.functionals(a).covariance, scale**2 * fit.functionals(a).covariance, rtol=1e-6)
    assert np.allclose(other.functionals(a).freedom, fit.functionals(a).freedom, rtol=1e-6)


def test_whole_weights_repeat_rows() -> None:
    rng = np.random.default_rng(0)
    n = 60
    design = Design(rng.normal(size=(n, 2)), codes(rng, 4, n), codes(rng, 5, n), np.arange(n))
    y, repeat = rng.normal(size=n), rng.integers(1, 4, n)
    again = np.repeat(np.arange(n), repeat)
    long = Design(design.X[again], design.market[again], design.cell[again], design.cluster[again])
    weighted, repeated = least_squares(design, y, repeat.astype(float)), least_squares(long, y[again])
    assert np.allclose(weighted.beta, repeated.beta)
    mine, theirs = (f.functionals(f.coefficient_weights(np.eye(2))) for f in (weighted, repeated))
    assert np.allclose(mine.value, theirs.value)


def test_single_row_clusters_give_hc2() -> None:
    rng = np.random.default_rng(2)
    n = 80
    design = Design(rng.normal(size=(n, 2)), codes(rng, 4, n), codes(rng, 5, n), np.arange(n))
    y = rng.normal(size=n)
    fit = least_squares(design, y)
    a = fit.coefficient_weights(np.eye(2))
    Z = dense(design)
    leverage = np.diag(Z @ np.linalg.pinv(Z))
    hc2 = a.T @ np.diag(fit.residual**2 / (1 - leverage)) @ a
    assert np.allclose(fit.functionals(a).covariance, hc2)


def test_cr2_is_unbiased_under_independent_errors() -> None:
    fit, w, _ = example(5)
    a = fit.coefficient_weights(np.eye(3))
    units = np.diag(1 / np.sqrt(w))
    expected = sum(fit.refit(unit).functionals(a[:, :1]).covariance[0, 0] for unit in units)
    assert np.isclose(expected, (a[:, 0] ** 2 / w).sum())


def test_a_cluster_that_fills_a_cell_is_survived_and_its_cell_has_no_residual() -> None:
    rng = np.random.default_rng(3)
    n = 60
    cell, cluster = codes(rng, 4, n), codes(rng, 20, n)
    cell[:5], cluster[:5] = 4, 20
    cluster = np.unique(cluster, return_inverse=True)[1].astype(np.int64)
    fit = least_squares(Design(rng.normal(size=(n, 2)), codes(rng, 3, n), cell, cluster), rng.normal(size=n))
    found = fit.functionals(fit.coefficient_weights(np.eye(2)))
    assert np.isfinite(found.covariance).all()
    assert (found.freedom > 0).all()
    assert abs(fit.residual[:5].sum()) < 1e-9


def test_what_the_data_do_not_determine_is_said() -> None:
    rng = np.random.default_rng(4)
    n = 90
    cell, market = codes(rng, 6, n), codes(rng, 4, n)
    x = rng.normal(size=n)
    X = np.column_stack([x, cell * 1.0, 2 * x, rng.normal(size=n)])
    fit = least_squares(Design(X, market, cell, np.arange(n)), rng.normal(size=n))
    assert fit.identified.tolist() == [False, False, False, True]
    assert np.isnan(fit.beta[:3]).all()
    assert np.isfinite(fit.beta[3])
    assert fit.rank == np.linalg.matrix_rank(dense(fit.design))


def test_effects_of_markets_that_share_no_cell_cannot_be_compared() -> None:
    rng = np.random.default_rng(5)
    n = 40
    half = np.arange(n) % 2
    design = Design(rng.normal(size=(n, 1)), half, half * 2 + rng.integers(0, 2, n), np.arange(n))
    fit = least_squares(design, rng.normal(size=n))
    assert fit.effect_weights(np.array([1.0, 0.0, -1.0, 0.0])) is None
    assert fit.effect_weights(np.array([1.0, -1.0, 0.0, 0.0])) is not None
    assert fit.rank == np.linalg.matrix_rank(dense(design))


def test_a_saturated_fit_has_no_error_to_show_and_says_so() -> None:
    X = np.array([[0.0], [1.0], [0.0], [2.0]])
    design = Design(X, np.zeros(4, dtype=np.int64), np.array([0, 0, 1, 1]), np.arange(4))
    fit = least_squares(design, np.array([1.0, 2.0, 3.0, 5.0]))
    own = np.array([[-1.0], [1.0], [0.0], [0.0]])
    assert fit.functionals(fit.coefficient_weights(np.eye(1))).freedom[0] == pytest.approx(1.0)
    exact = least_squares(Design(X[:2], design.market[:2], design.cell[:2], np.arange(2)), np.array([1.0, 2.0]))
    found = exact.functionals(own[:2])
    assert found.freedom[0] == 0
    assert found.se[0] == 0


def test_no_attribute_at_all_is_a_fit_of_effects_alone() -> None:
    rng = np.random.default_rng(6)
    n = 30
    design = Design(np.zeros((n, 0)), codes(rng, 3, n), codes(rng, 4, n), np.arange(n))
    fit = least_squares(design, rng.normal(size=n))
    assert fit.beta.shape == (0,)
    assert fit.rank == np.linalg.matrix_rank(dense(design))


@pytest.mark.parametrize("unit", [1e-6, 1.0, 1e6])
def test_rank_and_identification_do_not_depend_on_the_unit_of_an_attribute(unit: float) -> None:
    rng = np.random.default_rng(7)
    n = 100
    X = rng.normal(size=(n, 2))
    codes_ = (codes(rng, 5, n), codes(rng, 8, n), codes(rng, 20, n))
    y = rng.normal(size=n)
    plain, scaled = (least_squares(Design(X * s, *codes_), y) for s in (1.0, np.array([1.0, unit])))
    assert plain.rank == scaled.rank
    assert scaled.identified.all()
    assert np.allclose(plain.beta, scaled.beta * np.array([1.0, unit]), rtol=1e-7)
    assert np.allclose(plain.residual, scaled.residual, atol=1e-8)
