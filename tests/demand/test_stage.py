"""The linear stage at an estimated theta: what it is without theta's error, and what theta's error adds."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest

from halfstep.blp.estimate import Options, estimate
from halfstep.demand.random_fit import RandomFit, _stage
from halfstep.demand.stage import Stage
from halfstep.native.choices import batches, choices, utilities
from halfstep.numerics.iv import TwoStage
from halfstep.numerics.linear import LeastSquares
from tests.demand.random_studies import SEEDS, asking, made, of, study
from validation.random_lens import config_of

Array = npt.NDArray[np.float64]


@pytest.fixture(scope="module")
def found() -> RandomFit:
    """Just identified, so that the moments are zero at the estimate and nothing but theta's own slopes moves it."""
    fitted = study(of(made(), asking(config_of("name"), optimal=True))).found
    assert fitted.fit is not fitted.first
    return fitted


def bare(stage: Stage, linear: TwoStage | LeastSquares) -> Stage:
    """Return a stage as if theta were known, and nobody's price taste differed."""
    none = np.zeros_like
    return replace(
        stage, linear=linear, scores=none(stage.scores), beyond=none(stage.beyond), shift=0.0, slope=none(stage.slope)
    )


def test_at_a_known_theta_it_is_the_regression_itself(found: RandomFit) -> None:
    two = found.base.two
    stage = bare(found.stage, two)
    combination = SEEDS(0).normal(size=(two.W.shape[1], 3))
    weights = stage.coefficient_weights(combination)
    assert weights.shape == (found.base.panel.n + 1, 3)
    for mine, theirs in (
        (stage.functionals(weights), two.functionals(two.coefficient_weights(combination))),
        (stage.functionals(stage.net(two.W)), two.functionals(two.W)),
        (stage.functionals(stage.lifted(two.W)), two.functionals(two.W)),
    ):
        np.testing.assert_allclose(mine.value, theirs.value, rtol=1e-12)
        np.testing.assert_allclose(mine.covariance, theirs.covariance, rtol=1e-10, atol=1e-14)
        np.testing.assert_allclose(mine.freedom, theirs.freedom, rtol=1e-10)
    np.testing.assert_allclose(stage.beta, two.beta)
    np.testing.assert_allclose(stage.y, two.y)


def test_a_stage_without_price_has_one_all_the_same(found: RandomFit) -> None:
    exogenous = found.base.two.exogenous
    stage = bare(found.stage, exogenous)
    assert (stage.beta[0], stage.price) == (0.0, 0.0)
    weights = stage.coefficient_weights(np.eye(len(stage.beta)))
    np.testing.assert_allclose(stage.functionals(weights).value, stage.beta, atol=1e-12)


def test_the_money_of_those_who_buy_enters_alpha_and_utility_alike(found: RandomFit) -> None:
    stage = found.stage
    one = np.eye(len(stage.beta))[:, :1]
    assert stage.functionals(stage.coefficient_weights(one)).value[0] == pytest.approx(stage.price + stage.shift)
    omega = SEEDS(1).normal(size=(found.base.panel.n, 1))
    assert stage.functionals(stage.lifted(omega)).value[0] == pytest.approx(float(omega[:, 0] @ stage.y))
    assert stage.functionals(stage.net(omega)).value[0] == pytest.approx(float(omega[:, 0] @ stage.linear.y))


def test_what_surveys_add_is_added(found: RandomFit) -> None:
    beyond = SEEDS(2).normal(size=(2, len(found.stage.slope)))
    weights = found.stage.coefficient_weights(np.eye(len(found.stage.beta)))
    more, less = (replace(found.stage, beyond=b).functionals(weights) for b in (beyond, np.zeros((0, beyond.shape[1]))))
    moved = beyond @ (found.stage.D.T @ weights[:-1] + np.outer(found.stage.slope, weights[-1]))
    np.testing.assert_allclose(more.covariance, less.covariance + moved.T @ moved, rtol=1e-9, atol=1e-14)


def shares(found: RandomFit, delta: Array) -> Array:
    """Return what sells at mean utilities and the estimated theta, row by row of the problem."""
    problem = found.fit.problem
    tastes = problem.form.tastes(found.fit.theta, problem.nodes, problem.demographics, problem.products.X.shape[1])
    out = np.empty(problem.N)
    for batch in batches(problem.markets):
        P = choices(utilities(batch, problem.products.X, tastes.B, delta), None, tastes.rho).P
        out[batch.rows] = (P * batch.w[:, None, :]).sum(axis=2)
    return out


def test_its_slopes_are_those_of_estimating_again(found: RandomFit) -> None:
    """Unseen quality of one model's rows moves a little; theta, and contrasts of utilities, move as the scores say."""
    stage, problem = found.stage, found.fit.problem
    panel = found.base.panel
    np.testing.assert_allclose(shares(found, found.fit.point.delta), np.exp(problem.products.log_s), rtol=1e-8)
    size = 1e-4
    for cluster in (3, 17):
        rows = np.asarray(problem.cluster == cluster)
        h = size * np.where(rows, found.fit.errors[0], 0.0)
        products = replace(problem.products, log_s=np.log(shares(found, found.fit.point.delta + h)))
        again = estimate(replace(problem, products=products), found.fit.theta[None], Options(steps="one"))
        np.testing.assert_allclose((again.theta - found.fit.theta) / size, stage.scores[cluster], rtol=0.02, atol=2e-5)
        moved = _stage(found.base, found.cast, again, found.place, found.compared)
        omega = np.where(panel.brand == 1, 1.0, -1.0) * np.isin(panel.brand, (0, 1))
        weights = stage.net(np.column_stack([omega, stage.linear.coefficient_weights(np.eye(stage.W.shape[1]))]))
        change = (moved.functionals(weights).value - stage.functionals(weights).value) / size
        told = weights[:-1].T @ (h[found.place] / size) + (stage.D.T @ weights[:-1]).T @ stage.scores[cluster]
        np.testing.assert_allclose(change, told, rtol=0.02, atol=2e-4)
