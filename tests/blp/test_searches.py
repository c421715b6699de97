"""Starts, optima and draws: where searches end from a stated distribution, and what re-estimation says."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from halfstep.blp.coefficients import Coefficient, Form
from halfstep.blp.estimate import Fit, Options, estimate
from halfstep.blp.evaluate import Point, evaluate
from halfstep.blp.problem import Problem
from halfstep.blp.resample import Law, parametric, reestimated, reweighted
from halfstep.blp.sharpen import sharpened
from halfstep.blp.starts import drawn_starts, first_start, units
from halfstep.core.errors import MisuseError
from halfstep.native import kernel
from halfstep.native.layout import Array, Control
from tests.blp.markets import cars, cereals, posed, stored, theta_of

NATIVE = kernel().name != "numpy"


@pytest.fixture(scope="module")
def nevo() -> Problem:
    return posed(replace(cereals(), cluster=None), stored("random_nevo.json")["1s"])


@pytest.fixture(scope="module")
def nevo_fit(nevo: Problem) -> Fit:
    return estimate(nevo, theta_of(stored("random_nevo.json")["1s"])[None], Options(steps="one"))


def test_starts_of_the_stated_distribution_end_at_the_published_optimum(nevo: Problem) -> None:
    """A hundred of a hundred do (benchmarks); here the first twenty, or five without the compiled kernel."""
    starts = drawn_starts(nevo, 20 if NATIVE else 5, np.random.default_rng(20250604))
    fit = estimate(nevo, starts, Options(steps="one"))
    ((best, reached),) = fit.steps[0].distinct
    assert best.value == pytest.approx(4.56151416, abs=1e-7)
    assert reached == len(starts)
    assert fit.curvature[0] > 0
    assert np.abs(fit.gradient * fit.theta).max() < 1e-4


def test_starts_of_the_cars_find_the_lower_optimum_too() -> None:
    """Step one under the tutorial's weights: 537.43 as in the tutorial, 530.70 at no spread of air conditioning."""
    answer = stored("random_cars.json")
    problem = posed(cars(), answer["start"])
    assert problem.supply is not None
    problem = replace(problem, supply=replace(problem.supply, floor=1e-3))
    tutorial = theta_of(answer["start"])
    lower = np.where([p.own for p in problem.form.parameters], 0.0, -np.inf)
    options = Options(steps="one", updated=True, bounds=(lower, np.full(len(lower), np.inf)))
    drawn = drawn_starts(problem, 20 if NATIVE else 4, np.random.default_rng(20250604))
    starts = np.vstack([tutorial, np.where([p.own for p in problem.form.parameters], np.abs(drawn), drawn)])
    fit = estimate(problem, starts, options)
    assert fit.steps[0].optima[0].value == pytest.approx(537.4316735, rel=1e-7)
    if NATIVE:
        found = [round(end.value, 2) for end, _ in fit.steps[0].distinct]
        assert 537.43 in found
        assert 530.70 in found


def test_the_first_start_is_near_where_tastes_are_nearly_in_common(nevo: Problem) -> None:
    assert (first_start(nevo)[:4] > 0).all()
    assert (units(nevo) > 0).all()
    again = drawn_starts(nevo, 3, np.random.default_rng(1))
    np.testing.assert_array_equal(again, drawn_starts(nevo, 3, np.random.default_rng(1)))
    np.testing.assert_array_equal(again[0], first_start(nevo))


def test_weights_of_one_change_nothing_and_whole_ones_repeat_rows(nevo: Problem, nevo_fit: Fit) -> None:
    same, W = reweighted(nevo, np.ones(nevo.N))
    np.testing.assert_allclose(same.demand.Z, nevo.demand.Z, atol=1e-10)
    np.testing.assert_allclose(W, nevo_fit.steps[0].W, rtol=1e-6)


def test_reestimation_is_centred_near_the_estimate(nevo: Problem, nevo_fit: Fit) -> None:
    market = np.repeat(np.arange(nevo.markets.T), np.diff(nevo.markets.row))
    drawn = reestimated(nevo_fit, (6, np.random.default_rng(3)), market)
    assert len(drawn.values) + drawn.failed == 6
    assert drawn.values.shape[1] == len(nevo_fit.theta) + 1
    assert np.isfinite(drawn.values).all()
    assert (drawn.values[:, -1] < 0).all()


def test_parametric_draws_have_the_law_they_are_drawn_from(nevo: Problem, nevo_fit: Fit) -> None:
    def outcome(point: Point, draw: Array) -> Array:
        return np.append(draw, point.delta[0])

    small = Law(Law.at(nevo_fit).centre, 0.05 * Law.at(nevo_fit).root)
    drawn = parametric(nevo, nevo_fit.point, small, (40, np.random.default_rng(5)), outcome)
    assert drawn.failed == 0
    spread = drawn.values[:, :-1].std(axis=0) / (0.05 * nevo_fit.se)
    assert (spread > 0.6).all()
    assert (spread < 1.5).all()
    moved = drawn.values[:, -1] - nevo_fit.point.delta[0]
    linear = (drawn.values[:, : len(nevo_fit.theta)] - nevo_fit.theta) @ nevo_fit.point.D[0]
    assert np.corrcoef(moved, linear)[0, 1] > 0.99


def test_optimal_instruments_give_an_estimate_that_solves_its_moments(nevo_fit: Fit) -> None:
    fit = sharpened(nevo_fit)
    assert fit.degrees == 0
    assert fit.p is None
    assert fit.objective < 1e-8
    assert fit.beta[0] < 0


def test_an_inversion_that_fails_is_told_by_market(nevo: Problem, nevo_fit: Fit) -> None:
    point = evaluate(nevo, nevo_fit.theta, control=Control(limit=2))
    assert point.failed.any()
    assert not evaluate(nevo, nevo_fit.theta).failed.any()


def test_what_cannot_be_meant_is_refused(nevo: Problem) -> None:
    with pytest.raises(MisuseError, match="more instruments"):
        few = replace(nevo.demand, Z=nevo.demand.Z[:, :5])
        estimate(replace(nevo, demand=few), np.zeros((1, 13)), Options(steps="one"))
    with pytest.raises(MisuseError, match="13 parameters, got 2"):
        nevo.form.tastes(np.zeros(2), nevo.nodes, nevo.demographics, 4)
    twice = np.hstack([nevo.demand.Z, nevo.demand.Z[:, :1]])
    with pytest.raises(MisuseError, match="full rank"):
        estimate(replace(nevo, demand=replace(nevo.demand, Z=twice)), np.zeros((1, 13)), Options(steps="one"))
    with pytest.raises(MisuseError, match="leave buyers who buy nothing"):
        everybody = replace(nevo.products, log_s=nevo.products.log_s + 5.0)
        replace(nevo, products=everybody).outside()
    with pytest.raises(MisuseError, match="nests and a nesting parameter"):
        replace(nevo, form=Form(nevo.form.coefficients, nested=True))


def test_tastes_that_keep_a_sign() -> None:
    nodes, none = np.linspace(-2, 2, 9)[None], np.zeros((0, 9))
    log = Form((Coefficient(0, (0,), mean=True, distribution="lognormal", sign=-1.0),))
    bounded = Form((Coefficient(0, (0,), mean=True, distribution="bounded", low=-3.0, high=-1.0),))
    for form, theta in ((log, np.array([0.5, 0.2])), (bounded, np.array([1.0, -0.3]))):
        tastes = form.tastes(theta, nodes, none, 1)
        assert (tastes.B < 0).all()
        for k in range(2):
            step = 1e-6 * np.eye(2)[k]
            ends = [form.tastes(theta + sign * step, nodes, none, 1).B[0] for sign in (1, -1)]
            np.testing.assert_allclose(tastes.G[k], (ends[0] - ends[1]) / 2e-6, rtol=1e-6)
    assert (bounded.tastes(np.array([9.0, 0.0]), nodes, none, 1).B > -3).all()
