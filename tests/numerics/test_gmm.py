"""Linear GMM against its formulas, its invariances, and the law of Hansen's J."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize
from scipy.stats import binomtest

from halfstep.core.errors import MisuseError
from halfstep.numerics.gmm import GMMFit, Moments, fit_gmm

Array = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]


def example(seed: int, n: int = 240, L: int = 4) -> tuple[Array, Array, Array, Codes]:
    """Return y, one endogenous and one exogenous regressor, L excluded instruments and the exogenous one, clusters."""
    rng = np.random.default_rng(seed)
    cluster = rng.integers(0, 30, n)
    Z = rng.normal(size=(n, L + 1))
    u = (1 + 0.5 * Z[:, 0] ** 2) * rng.normal(size=n) + rng.normal(size=30)[cluster]
    price = Z[:, :L] @ np.linspace(1, 0.2, L) + 0.6 * u + rng.normal(size=n)
    W = np.column_stack([price, Z[:, L]])
    return W @ [-1.0, 0.5] + u, W, Z, np.unique(cluster, return_inverse=True)[1].astype(np.int64)


def by_hand(moments: Moments, steps: int) -> tuple[Array, Array, float]:
    """Return coefficients, covariance and objective from the textbook's formulas."""
    y, W, Z, n = moments.y, moments.W, moments.Z, len(moments.y)
    A = np.linalg.inv(Z.T @ Z / n)
    for step in range(steps):
        ZW = Z.T @ W
        beta = np.linalg.solve(ZW.T @ A @ ZW, ZW.T @ A @ Z.T @ y)
        e = y - W @ beta
        rows = Z * e[:, None] - (Z.T @ e / n if moments.centred else 0.0)
        if moments.cluster is not None:
            rows = (np.arange(moments.cluster.max() + 1)[:, None] == moments.cluster).astype(float) @ rows
        S = rows.T @ rows / n
        half = np.linalg.solve(ZW.T @ A @ ZW / n**2, ZW.T @ A / n)
        covariance, objective = half @ S @ half.T / n, float(n * (Z.T @ e / n) @ A @ (Z.T @ e / n))
        if step + 1 < steps:
            A = np.linalg.inv(S)
    return np.asarray(beta), np.asarray(covariance), objective


@pytest.mark.parametrize("steps", [1, 2])
@given(seed=st.integers(0, 10_000), centred=st.booleans(), clustered=st.booleans())
def test_equals_the_formulas(steps: int, seed: int, centred: bool, clustered: bool) -> None:
    y, W, Z, cluster = example(seed)
    moments = Moments(y, W, Z, cluster if clustered else None, centred)
    fit, (beta, covariance, objective) = fit_gmm(moments, steps), by_hand(moments, steps)
    np.testing.assert_allclose(fit.beta, beta, rtol=1e-9)
    np.testing.assert_allclose(fit.covariance, covariance, rtol=1e-8, atol=1e-14)
    np.testing.assert_allclose(fit.se, np.sqrt(np.diag(covariance)), rtol=1e-8)
    assert fit.objective == pytest.approx(objective, rel=1e-8)
    np.testing.assert_allclose(fit.residual, y - W @ beta, atol=1e-9)
    assert fit.degrees == 3


def test_one_step_is_two_stage_least_squares_and_two_steps_minimise_the_objective() -> None:
    y, W, Z, cluster = example(0)
    n, fitted = len(y), Z @ np.linalg.lstsq(Z, W, rcond=None)[0]
    first = fit_gmm(Moments(y, W, Z, cluster))
    np.testing.assert_allclose(first.beta, np.linalg.lstsq(fitted, y, rcond=None)[0], rtol=1e-10)
    A = np.linalg.inv(Moments(y, W, Z, cluster).covariance(first.residual))

    def objective(b: Array) -> float:
        g = Z.T @ (y - W @ b) / n
        return float(n * g @ A @ g)

    best, second = minimize(objective, np.zeros(2), tol=1e-14), fit_gmm(Moments(y, W, Z, cluster), 2)
    np.testing.assert_allclose(second.beta, best.x, atol=1e-6)
    assert second.objective == pytest.approx(float(best.fun), rel=1e-8)


@given(seed=st.integers(0, 1_000), steps=st.integers(1, 2))
def test_nothing_depends_on_the_basis_or_the_units_of_the_instruments(seed: int, steps: int) -> None:
    y, W, Z, cluster = example(seed)
    rng = np.random.default_rng(seed)
    plain = fit_gmm(Moments(y, W, Z, cluster, centred=False), steps)
    nearly_one = np.ones((5, 5)) + 1e-5 * rng.normal(size=(5, 5))
    for turn, to in (
        (np.diag(10.0 ** rng.integers(-9, 9, 5)), 1e-9),
        (rng.normal(size=(5, 5)), 1e-9),
        (nearly_one, 1e-6),
    ):
        other = fit_gmm(Moments(y, W, Z @ turn, cluster, centred=False), steps)
        np.testing.assert_allclose(other.beta, plain.beta, rtol=to)
        np.testing.assert_allclose(other.covariance, plain.covariance, rtol=to, atol=1e-12)
        assert other.objective == pytest.approx(plain.objective, rel=to)


def test_as_many_instruments_as_regressors_leave_nothing_to_test() -> None:
    y, W, Z, cluster = example(1, L=1)
    one, two = (fit_gmm(Moments(y, W, Z, cluster), steps) for steps in (1, 2))
    np.testing.assert_allclose(one.beta, np.linalg.solve(Z.T @ W, Z.T @ y), rtol=1e-10)
    np.testing.assert_allclose(two.beta, one.beta, rtol=1e-9)
    assert (two.degrees, two.p) == (0, None)
    assert two.objective < 1e-18


def test_clusters_of_one_row_are_robust_errors() -> None:
    y, W, Z, _ = example(2)
    for centred in (True, False):
        rows, each = (fit_gmm(Moments(y, W, Z, c, centred), 2) for c in (None, np.arange(len(y))))
        np.testing.assert_allclose(rows.covariance, each.covariance, rtol=1e-10)
        assert rows.objective == pytest.approx(each.objective)


def test_too_few_or_dependent_instruments_are_misuse() -> None:
    y, W, Z, _ = example(3)
    with pytest.raises(MisuseError, match="at least 2 instruments, got 1"):
        Moments(y, W, Z[:, :1])
    with pytest.raises(MisuseError, match="depend on each other"):
        fit_gmm(Moments(y, W, np.column_stack([Z, Z[:, 0] + Z[:, 1]])))
    with pytest.raises(MisuseError, match="depend on each other"):
        fit_gmm(Moments(y, W, np.column_stack([Z, np.zeros(len(y))])))


def test_hansen_s_j_rejects_true_instruments_as_often_as_it_says_and_false_ones_more() -> None:
    def rejected(wrong: float, seed: int) -> bool:
        rng = np.random.default_rng([seed, 7])
        Z = rng.normal(size=(2_000, 3))
        u = (1 + np.abs(Z[:, 0])) * rng.normal(size=2_000)
        W = (Z.sum(1) + u + rng.normal(size=2_000))[:, None]
        fit: GMMFit = fit_gmm(Moments(-W[:, 0] + u + wrong * Z[:, 2], W, Z), 2)
        assert fit.p is not None
        return fit.p < 0.05

    draws = 1_000
    level = binomtest(sum(rejected(0.0, seed) for seed in range(draws)), draws).proportion_ci(0.99)
    assert level.low <= 0.05 <= level.high
    assert sum(rejected(0.5, seed) for seed in range(50)) > 45
