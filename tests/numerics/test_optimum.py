"""The search: known minima, large residuals, bounds, steps that cannot be evaluated, units."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from halfstep.core.errors import MisuseError
from halfstep.numerics.optimum import Limits, least_residuals

Array = npt.NDArray[np.float64]


def rosenbrock(x: Array) -> tuple[Array, Array]:
    return np.array([10 * (x[1] - x[0] ** 2), 1 - x[0]]), np.array([[-20 * x[0], 10.0], [-1.0, 0.0]])


def brown_and_dennis(x: Array) -> tuple[Array, Array]:
    """Return a problem whose residuals stay large: the least value is 85822.2016 (Moré, Garbow & Hillstrom 1981)."""
    t = np.arange(1, 21) / 5
    a, b = x[0] + t * x[1] - np.exp(t), x[2] + x[3] * np.sin(t) - np.cos(t)
    J = np.stack([2 * a, 2 * a * t, 2 * b, 2 * b * np.sin(t)], axis=1)
    return a**2 + b**2, J


def test_a_curved_valley() -> None:
    found = least_residuals(rosenbrock, np.array([-1.2, 1.0]))
    assert found.converged
    np.testing.assert_allclose(found.x, 1.0, atol=1e-7)


def test_large_residuals() -> None:
    found = least_residuals(brown_and_dennis, np.array([25.0, 5.0, -5.0, -1.0]))
    assert found.converged
    assert found.value == pytest.approx(85822.20162635628, rel=1e-9)
    assert found.evaluations < 60


def test_a_bound_that_binds_is_told_and_the_others_are_best_given_it() -> None:
    bounds = (np.array([-np.inf, -np.inf]), np.array([0.5, np.inf]))
    found = least_residuals(rosenbrock, np.array([-1.2, 1.0]), bounds)
    assert found.converged
    np.testing.assert_allclose(found.x, [0.5, 0.25], atol=1e-6)
    assert found.bound.tolist() == [True, False]


def test_a_start_outside_the_bounds_is_moved_in_and_crossed_bounds_are_refused() -> None:
    bounds = (np.array([0.0, 0.0]), np.array([0.5, 2.0]))
    assert least_residuals(rosenbrock, np.array([5.0, -3.0]), bounds).x[0] == pytest.approx(0.5)
    with pytest.raises(MisuseError, match="lower bounds below"):
        least_residuals(rosenbrock, np.zeros(2), (np.ones(2), np.zeros(2)))


def test_what_cannot_be_evaluated_is_stepped_back_from() -> None:
    def broken(x: Array) -> tuple[Array, Array] | None:
        return None if x[0] > 0.2 and x[1] < -0.5 else rosenbrock(x)

    found = least_residuals(broken, np.array([-1.2, -2.0]))
    assert found.converged
    np.testing.assert_allclose(found.x, 1.0, atol=1e-6)
    assert least_residuals(lambda x: None, np.zeros(2)).reason == "start"


def test_the_number_of_evaluations_is_kept() -> None:
    found = least_residuals(rosenbrock, np.array([-1.2, 1.0]), limits=Limits(evaluations=5))
    assert found.reason == "evaluations"
    assert found.evaluations == 5


@settings(deadline=None, max_examples=30)
@given(
    st.integers(0, 10_000), st.lists(st.floats(-3, 3), min_size=4, max_size=4), st.booleans()
)  # fmt: skip
def test_units_of_the_parameters_change_nothing(seed: int, exponents: list[float], large: bool) -> None:
    rng = np.random.default_rng(seed)
    A, b = rng.normal(size=(9, 4)), (10.0 if large else 0.1) * rng.normal(size=9)
    scale = 10 ** np.array(exponents)

    def residuals(x: Array) -> tuple[Array, Array]:
        z = A @ (x * scale)
        return z + 0.1 * z**2 - b, (1 + 0.2 * z)[:, None] * A * scale

    plain, scaled = (
        least_residuals(f, start)
        for f, start in (
            (lambda x: (residuals(x / scale)[0], residuals(x / scale)[1] / scale), np.full(4, 0.1)),
            (residuals, np.full(4, 0.1) / scale),
        )
    )
    assert plain.evaluations == scaled.evaluations
    np.testing.assert_allclose(scaled.x * scale, plain.x, rtol=1e-6, atol=1e-9)
