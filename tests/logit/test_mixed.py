"""Mixed logit: slopes, known tastes found again, both spaces, weights, and data that say little."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from halfstep.core.config_choice import Distribution
from halfstep.core.errors import MisuseError
from halfstep.logit.covariance import covariance, mixed_covariance
from halfstep.logit.mixed import conditional_tastes, fit_mixed, taste_draws
from halfstep.logit.mnl import fit_multinomial, probabilities
from halfstep.logit.points import points
from halfstep.logit.records import MixedFit, MixedSpec
from halfstep.logit.tasks import Array, Tasks
from halfstep.logit.tastes import Layout, coefficients, layout
from halfstep.native import kernel
from halfstep.native.panel import Panel
from tests.logit.made import cars, people, uneven

KINDS: tuple[Distribution, ...] = ("normal", "lognormal", "triangular", "censored", "fixed")
SPECS = {
    "each": MixedSpec(KINDS[:4], (1, -1, 1, 1), None, draws=60),
    "each negative, in money": MixedSpec(("censored", "normal", "lognormal", "lognormal"), (-1, 1, -1, -1), 3, "wtp"),
    "scale fixed": MixedSpec(("normal", "triangular", "fixed", "fixed"), (1, 1, 1, 1), 2, "wtp"),
    "scale normal": MixedSpec(("normal", "fixed", "fixed", "normal"), (1, 1, 1, 1), 3, "wtp"),
    "scale censored": MixedSpec(("normal", "fixed", "fixed", "censored"), (1, 1, 1, 1), 3, "wtp"),
    "linked": MixedSpec(("normal", "lognormal", "triangular", "normal"), (1, 1, 1, 1), None, correlated=True),
    "linked, in money": MixedSpec(("normal", "censored", "normal", "lognormal"), (1, 1, 1, 1), 3, "wtp", True),
}


def slow_loglik(tasks: Tasks, at: Layout, theta: Array, Z: Array) -> float:
    """By the definition, a person and a draw at a time."""
    total = 0.0
    for i in range(tasks.N):
        mine = tasks.of(np.arange(tasks.N) == i)
        P = [np.prod(probabilities(mine, beta)[mine.chosen]) for beta in coefficients(at, theta, Z[i])]
        total += tasks.weight[i] * float(np.log(np.mean(P)))
    return total


@pytest.mark.parametrize("name", SPECS)
def test_the_likelihood_is_its_definition_and_scores_are_its_slopes(name: str) -> None:
    spec, tasks = replace(SPECS[name], draws=60), uneven()
    at = layout(spec, tasks.K)
    Z = points(tasks.N, len(at.columns), spec)
    D, row = tasks.differences()
    theta = np.random.default_rng(0).normal(size=len(at.names)) * 0.6 + 0.3

    def loglik(x: Array) -> float:
        return float(tasks.weight @ kernel().panel(Panel(D, row, tasks.task, Z), at.shape(x)).loglik)

    assert loglik(theta) == pytest.approx(slow_loglik(tasks, at, theta, Z), abs=1e-9)
    scores = at.scores(kernel().panel(Panel(D, row, tasks.task, Z), at.shape(theta)), tasks.weight)
    slopes = [(loglik(theta + u) - loglik(theta - u)) / 2e-6 for u in 1e-6 * np.eye(len(theta))]
    np.testing.assert_allclose(scores.sum(0), slopes, atol=2e-6, rtol=1e-6)


@pytest.mark.parametrize("name", SPECS)
def test_means_are_those_of_many_draws_and_their_slopes_follow(name: str) -> None:
    spec = SPECS[name]
    at = layout(spec, 4)
    theta = np.random.default_rng(1).normal(size=len(at.names)) * 0.4 + 0.2
    means, slope = at.means(theta)
    Z = points(1, len(at.columns), replace(spec, draws=200_000))[0]
    beta = coefficients(at, theta, Z)
    if at.scale >= 0:
        size = -beta[:, at.scale]
        beta = beta[size != 0] / size[size != 0, None]
        beta[:, at.scale] = np.resize(size, len(beta))
    told = np.arange(4) != (at.scale if spec.distribution[at.scale] == "censored" else -1)
    np.testing.assert_allclose(beta.mean(0)[told], means[told], atol=4e-3, rtol=4e-3)
    numeric = [(at.means(theta + u)[0] - at.means(theta - u)[0]) / 2e-6 for u in 1e-6 * np.eye(len(theta))]
    np.testing.assert_allclose(slope, np.array(numeric).T, atol=1e-6)


@pytest.fixture(scope="module")
def normals() -> tuple[Tasks, MixedFit]:
    rng = np.random.default_rng(5)
    tasks = people(np.array([1.0, -0.5, 0.3]) + np.array([0.8, 1.2, 0.0]) * rng.normal(size=(400, 3)), 10, seed=6)
    return tasks, fit_mixed(tasks, MixedSpec(("normal", "normal", "fixed"), (1, 1, 1), None, draws=300))


def test_known_tastes_are_found_again_within_their_errors(normals: tuple[Tasks, MixedFit]) -> None:
    _, fit = normals
    errors = np.sqrt(np.diag(mixed_covariance(fit)))
    assert fit.converged and not fit.singular
    assert (np.abs(fit.theta - [1.0, -0.5, 0.3, 0.8, 1.2]) < 3 * errors).all() and (errors < 0.12).all()
    assert fit.names == (("location", 0), ("location", 1), ("location", 2), ("scale", 0), ("scale", 1))
    assert np.ptp(fit.starts) < 1e-6 and len(fit.starts) == 3 and fit.starts[0] == fit.loglik


def test_it_is_a_maximum_and_its_information_the_hessian_there(normals: tuple[Tasks, MixedFit]) -> None:
    tasks, fit = normals
    at = layout(fit.spec, 3)
    D, row = tasks.differences()
    panel = Panel(D, row, tasks.task, points(tasks.N, 2, fit.spec))

    def slope(x: Array) -> Array:
        return np.asarray(at.scores(kernel().panel(panel, at.shape(x)), tasks.weight).sum(0))

    steps = 1e-5 * np.eye(len(fit.theta))
    hessian = np.array([(slope(fit.theta - u) - slope(fit.theta + u)) / 2e-5 for u in steps])
    size = np.sqrt(np.diag(hessian))
    assert np.abs(fit.scores.sum(0) / size).max() < 1e-4
    assert fit.loglik == pytest.approx(float(kernel().panel(panel, at.shape(fit.theta)).loglik.sum()), abs=1e-9)
    np.testing.assert_allclose(fit.information / np.outer(size, size), hessian / np.outer(size, size), atol=2e-3)


def test_draws_of_people_have_the_fitted_law(normals: tuple[Tasks, MixedFit]) -> None:
    _, fit = normals
    beta = taste_draws(fit, 40_000, np.random.default_rng(0))
    np.testing.assert_allclose(beta.mean(0), fit.means, atol=0.03)
    np.testing.assert_allclose(beta.std(0), [*fit.theta[3:], 0.0], atol=0.03)


def test_a_persons_choices_tell_of_a_persons_tastes(normals: tuple[Tasks, MixedFit]) -> None:
    tasks, fit = normals
    seen = np.tile(np.arange(10) < 8, 400)
    later = tasks.only(~seen)
    own = conditional_tastes(fit, tasks.only(seen))
    V = (later.X * np.repeat(own, 2 * 3, axis=0)).sum(1)
    foretold = V.reshape(-1, 3).argmax(1) == later.chosen % 3
    same = (later.X @ fit.means).reshape(-1, 3).argmax(1) == later.chosen % 3
    assert foretold.mean() > same.mean() + 0.03
    np.testing.assert_allclose(own.mean(0), fit.means, atol=0.1)


def test_correlated_tastes_are_found_again() -> None:
    L = np.array([[0.9, 0.0], [0.7, 0.5]])
    beta = np.array([0.5, -0.5]) + np.random.default_rng(2).normal(size=(500, 2)) @ L.T
    fit = fit_mixed(people(beta, 12, seed=3), MixedSpec(("normal", "normal"), (1, 1), None, correlated=True), 1)
    assert fit.names[2:] == (("cholesky 0", 0), ("cholesky 1", 0), ("cholesky 1", 1))
    errors = np.sqrt(np.diag(mixed_covariance(fit)))
    assert (np.abs(fit.theta - [0.5, -0.5, 0.9, 0.7, 0.5]) < 3 * errors).all()


def test_values_in_money_are_found_again_where_the_price_taste_differs() -> None:
    rng = np.random.default_rng(8)
    scale = np.exp(0.2 + 0.5 * rng.normal(size=(500, 1)))
    omega = np.array([2.0, -1.0]) + np.array([1.0, 0.0]) * rng.normal(size=(500, 2))
    tasks = people(np.hstack([scale * omega, -scale]), 10, seed=9)
    fit = fit_mixed(tasks, MixedSpec(("normal", "fixed", "lognormal"), (1, 1, -1), 2, "wtp"), 2)
    errors = np.sqrt(np.diag(mixed_covariance(fit)))
    assert (np.abs(fit.theta - [2.0, -1.0, 0.2, 1.0, 0.5]) < 3.5 * errors).all()
    beta = taste_draws(fit, 20_000, rng)
    assert (beta[:, 2] < 0).all() and np.median(beta[:, 0] / -beta[:, 2]) == pytest.approx(fit.means[0], abs=0.05)


def test_without_spread_both_spaces_are_the_conditional_logit() -> None:
    tasks = uneven(40)
    plain = fit_multinomial(tasks)
    kinds: tuple[Distribution, ...] = ("fixed",) * 4
    utility = fit_mixed(tasks, MixedSpec(kinds, (1,) * 4, 0))
    money = fit_mixed(tasks, MixedSpec(kinds, (1,) * 4, 0, "wtp"))
    np.testing.assert_allclose(utility.theta, plain.b)
    np.testing.assert_allclose(mixed_covariance(utility), covariance(plain, tasks), rtol=1e-6)
    np.testing.assert_allclose(taste_draws(money, 1, np.random.default_rng(0))[0], plain.b)
    slope = np.eye(4) / -plain.b[0]
    slope[:, 0] = plain.b / plain.b[0] ** 2
    slope[0] = [-1, 0, 0, 0]
    np.testing.assert_allclose(mixed_covariance(money), slope @ covariance(plain, tasks) @ slope.T, rtol=1e-6)
    assert utility.loglik == money.loglik == plain.loglik


def test_a_price_that_never_varies_is_told_and_not_divided_by() -> None:
    tasks = uneven(40)
    X = tasks.X.copy()
    X[:, 3] = 1.0
    for kind in ("fixed", "normal"):
        spec = MixedSpec((kind, "fixed", "fixed", "fixed"), (1,) * 4, 3, "wtp", draws=130)
        fit = fit_mixed(tasks.using(X), spec, 1)
        assert fit.singular and np.isfinite(fit.theta).all() and np.isnan(mixed_covariance(fit)[3, 3])


def test_spaces_agree_where_only_the_scale_of_utility_is_common() -> None:
    tasks = people(
        np.array([1.0, -0.5, -1.0]) + np.array([0.8, 0.0, 0.0]) * np.random.default_rng(0).normal(size=(200, 3))
    )
    kinds: tuple[Distribution, ...] = ("normal", "fixed", "fixed")
    utility = fit_mixed(tasks, MixedSpec(kinds, (1, 1, 1), 2, draws=150))
    money = fit_mixed(tasks, MixedSpec(kinds, (1, 1, 1), 2, "wtp", draws=150))
    assert utility.loglik == pytest.approx(money.loglik, abs=1e-7)
    np.testing.assert_allclose(utility.theta[[0, 1, 3]] / -utility.theta[2], money.theta[[0, 1, 3]], rtol=1e-4)


def test_weights_scale_what_is_known_and_a_weight_near_zero_takes_a_person_out() -> None:
    tasks = people(np.random.default_rng(1).normal(size=(120, 2)))
    spec = MixedSpec(("normal", "normal"), (1, 1), None, draws=200)
    one, two = fit_mixed(tasks, spec, 1), fit_mixed(replace(tasks, weight=2 * tasks.weight), spec, 1)
    np.testing.assert_allclose(one.theta, two.theta, atol=1e-4)
    assert two.loglik == pytest.approx(2 * one.loglik, abs=1e-7)
    np.testing.assert_allclose(two.information, 2 * one.information, rtol=1e-3, atol=0.02)
    first = np.arange(120) < 100
    part = fit_mixed(tasks.of(first), spec, 1)  # the first people's points are the same
    most = fit_mixed(replace(tasks, weight=np.where(first, 1.0, 1e-9)), spec, 1)
    np.testing.assert_allclose(part.theta, most.theta, atol=1e-4)


@pytest.mark.parametrize("antithetic", [False, True])
def test_where_all_are_alike_spreads_are_small_and_nothing_breaks(antithetic: bool) -> None:
    tasks = people(np.tile([0.5, -0.5], (300, 1)))
    fit = fit_mixed(tasks, MixedSpec(("normal", "normal"), (1, 1), None, draws=200, antithetic=antithetic))
    plain = fit_multinomial(tasks)
    assert (fit.theta[2:] >= 0).all() and (fit.theta[2:] < 0.3).all()
    assert plain.loglik - 0.5 < fit.loglik < plain.loglik + 4
    np.testing.assert_allclose(fit.theta[:2], plain.b, atol=0.05)


def test_a_sign_that_the_data_contradict_leaves_no_figure_without_sense() -> None:
    beta = np.array([-1.0, 0.5]) + 0.5 * np.random.default_rng(0).normal(size=(150, 2))
    fit = fit_mixed(people(beta), MixedSpec(("lognormal", "normal"), (1, 1), None, draws=200))
    assert fit.singular and abs(fit.theta[0]) < 200
    V = mixed_covariance(fit)
    assert np.isnan(V[0, 0]) and np.isfinite(V[1, 1])


@pytest.mark.parametrize("name", ["each", "linked, in money", "scale censored"])
def test_scales_come_out_non_negative_and_every_start_is_told(name: str) -> None:
    calls: list[int] = []
    fit = fit_mixed(uneven(60), replace(SPECS[name], draws=130, points="mlhs"), 2, calls.append)
    at = layout(fit.spec, 4)
    assert (fit.theta[at.own] >= 0).all()
    assert calls == list(range(1, fit.evaluations + 1)) and len(fit.starts) == 2


def test_what_does_not_fit_the_columns_is_refused() -> None:
    with pytest.raises(MisuseError, match="each of 4 columns"):
        fit_mixed(uneven(), MixedSpec(("normal",), (1,), None))
    with pytest.raises(MisuseError, match="column of price"):
        fit_mixed(uneven(), MixedSpec(KINDS[:4], (1,) * 4, None, "wtp"))


@pytest.mark.cases
def test_tastes_for_brands_differ_in_the_published_experiment(cases: Path) -> None:
    tasks, names = cars(cases)
    brands = [names.index(n) for n in ("american", "japanese", "chinese", "skorean")]
    kinds: tuple[Distribution, ...] = tuple("normal" if k in brands else "fixed" for k in range(tasks.K))
    fit = fit_mixed(tasks, MixedSpec(kinds, (1,) * tasks.K, names.index("price"), "wtp"))
    assert fit.converged and not fit.singular and np.ptp(fit.starts) < 1e-6
    assert fit.loglik > -3425.6 + 90
    np.testing.assert_allclose(fit.means[brands], [8.7, 1.6, -21.2, -9.8], atol=1.5)
