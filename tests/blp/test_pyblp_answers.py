"""The estimator against PyBLP on the same arrays, at stored thetas (make_random_answers.py): no search, so no luck."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from halfstep.blp.effects import effects, minimum_distance
from halfstep.blp.estimate import Options, estimate, structural_errors
from halfstep.blp.evaluate import Point, evaluate, price_taste
from halfstep.blp.gmm import covariance, first_weights, moment_covariance, projection
from halfstep.blp.problem import Problem as Posed
from halfstep.native import kernel
from halfstep.native.clearing import clear
from halfstep.native.scene import Pay, Scene
from tests.blp.markets import Problem, cars, cereals, invented, matrix, nested_cereals, posed, stored, theta_of

Array = npt.NDArray[np.float64]
Answer = dict[str, Any]
EVERY = 89
FLOOR = 0.001


@dataclass(frozen=True, slots=True, eq=False)
class Met:
    """An estimate's parts at a stored theta."""

    posed: Posed
    point: Point
    W: Array
    objective: float
    gradient: Array
    linear: Array
    errors: tuple[Array, ...]

    def se(self, centred: bool = True) -> Array:
        S = moment_covariance(self.posed, self.point, self.errors, centred=centred)
        return np.asarray(np.sqrt(np.diag(covariance(self.posed, self.point, self.W, S))))


def met(problem: Problem, answer: Answer, W: Array | None = None) -> Met:
    one = posed(problem, answer, FLOOR if problem.log_cost else -np.inf)
    W = first_weights(one) if W is None else W
    under = projection(one, W)
    point = evaluate(one, theta_of(answer))
    r, J = under.residuals(one, point)
    linear = under.coefficients(one, point)
    return Met(one, point, W, float(r @ r), 2 * J.T @ r, linear, structural_errors(one, point, linear))


def updated(found: Met) -> Array:
    return np.asarray(np.linalg.inv(moment_covariance(found.posed, found.point, found.errors)))


def near(found: Array, sketch: Answer, rtol: float = 1e-10, atol: float = 1e-11) -> None:
    """Compare a column with what is kept of PyBLP's."""
    np.testing.assert_allclose(found[: len(sketch["head"])], sketch["head"], rtol=rtol, atol=atol)
    np.testing.assert_allclose(found[::EVERY], sketch["every"], rtol=rtol, atol=atol)
    np.testing.assert_allclose(found @ found, sketch["squares"], rtol=max(rtol, 1e-10))


def lognormal() -> Problem:
    plain = cereals(("1", "-prices"))
    who = plain.buyers
    d = np.column_stack([np.ones(len(who.w)), who.d[:, 0]])
    return replace(plain, X1=("sugar", "mushy", "1"), absorb=(), buyers=replace(who, d=d, names=("one", "income")))


def linear_of(problem: Problem, answer: Answer) -> Array:
    """Return beta and gamma; PyBLP's beta in our order, and without price where that is in theta."""
    beta = answer["beta"]
    if "price" in answer:
        beta = [b for name, b in zip(problem.X1, beta, strict=True) if name != "prices"]
    if "1" in problem.X1[1:]:  # PyBLP puts the constant first
        beta = [*beta[1:], beta[0]]
    return np.array([*beta, *answer.get("gamma", [])])


def two_ways() -> Problem:
    plain = cereals()
    return replace(plain, absorb=(plain.product, plain.market))


CASES: dict[str, tuple[Callable[[], Problem], str, tuple[str, ...]]] = {
    "invented, linear cost": (invented, "random_invented.json", ("linear",)),
    "invented, log cost": (lambda: replace(invented(), log_cost=True), "random_invented.json", ("log",)),
    "invented, demand alone": (lambda: replace(invented(), X3=(), ZS=None), "random_invented.json", ("demand alone",)),
    "cereals at the start": (cereals, "random_nevo.json", ("start",)),
    "a full lower triangle": (cereals, "random_variants.json", ("correlated",)),
    "effects of two ways": (two_ways, "random_variants.json", ("two ways",)),
    "a lognormal price taste": (lognormal, "random_variants.json", ("lognormal",)),
    "nests": (nested_cereals, "random_variants.json", ("nested", "given")),
    "cars at the start": (cars, "random_cars.json", ("start",)),
}


@cache
def case(name: str) -> tuple[Problem, Answer, Met]:
    make, file, keys = CASES[name]
    answer = stored(file)
    for key in keys:
        answer = answer[key]
    problem = make() if name.startswith("cars") else replace(make(), cluster=None)
    return problem, answer, met(problem, answer)


@pytest.mark.parametrize("name", CASES)
def test_objective_gradient_and_what_goes_with_them(name: str) -> None:
    problem, answer, found = case(name)
    assert found.objective == pytest.approx(answer["objective"], rel=1e-9)
    size = np.abs(answer["gradient"]).max()
    np.testing.assert_allclose(found.gradient, answer["gradient"], rtol=1e-7, atol=1e-8 * size)
    np.testing.assert_allclose(found.linear, linear_of(problem, answer), rtol=1e-7)
    own = problem.p * answer["price"] if "price" in answer else 0.0  # PyBLP's delta holds the price's part
    near(found.point.delta + own, answer["delta"])
    near(found.errors[0], answer["xi"], rtol=1e-8, atol=1e-9)


@pytest.mark.parametrize("name", [n for n in CASES if n != "cereals at the start"])
def test_standard_errors(name: str) -> None:
    problem, answer, found = case(name)
    P = len(found.point.theta)
    labelled = [*answer["se"], *([answer["beta_se"][problem.X1.index("prices")]] if "price" in answer else [])]
    np.testing.assert_allclose(found.se()[:P], labelled, rtol=1e-6)


@pytest.mark.parametrize("name", [n for n in CASES if n in ("invented, linear cost", "invented, log cost")])
def test_markups_and_jacobians(name: str) -> None:
    """PyBLP's Jacobians: of xi along theta, of omega along theta and then the price taste."""
    _, answer, found = case(name)
    assert found.point.costs is not None
    np.testing.assert_allclose(found.point.costs.eta, answer["margins"], rtol=1e-9)
    near(found.point.costs.y, answer["costs"])
    near(found.errors[1], answer["omega"], rtol=1e-8)
    np.testing.assert_allclose(found.point.D[:, :-1], np.array(answer["xi_by_theta"])[:, :-1], rtol=1e-8, atol=1e-10)
    np.testing.assert_allclose(found.point.costs.Y, answer["omega_by_theta"], rtol=1e-7, atol=1e-9)


def test_the_price_mean_in_theta_moves_delta_by_the_price() -> None:
    problem, _, found = case("invented, linear cost")
    np.testing.assert_allclose(found.point.D[:, -1], -problem.p, rtol=1e-8)


def test_costs_of_the_cars() -> None:
    _, answer, found = case("cars at the start")
    assert found.point.costs is not None
    near(found.point.costs.y, answer["costs"])
    again = met(cars(), stored("random_cars.json")["start updated"], updated(found))
    assert again.objective == pytest.approx(stored("random_cars.json")["start updated"]["objective"], rel=1e-8)


def test_two_steps_of_the_cars() -> None:
    """Both optima stand still here too, with the weights of the step before; standard errors are clustered."""
    file = stored("random_cars.json")
    found = case("cars at the start")[2]
    for step in ("1s", "2s"):
        found = met(cars(), file[step], updated(found))
        assert found.objective == pytest.approx(file[step]["objective"], rel=1e-8)
        scale = np.abs(found.gradient * found.point.theta).max()
        assert scale < 1e-4 * found.objective
        P = len(found.point.theta)
        np.testing.assert_allclose(found.se()[:P], file[step]["se"], rtol=1e-5)
        np.testing.assert_allclose(found.se()[P:], [*file[step]["beta_se"], *file[step]["gamma_se"]], rtol=1e-5)


@pytest.mark.parametrize("kind", ["robust", "clustered"])
def test_two_steps_of_the_cereals(kind: str) -> None:
    file, problem = stored("random_nevo.json"), cereals()
    problem = problem if kind == "clustered" else replace(problem, cluster=None)
    first = met(problem, file["1s"])
    expected = file["1s"] if kind == "robust" else file["1s"]["clustered"]
    np.testing.assert_allclose(first.se(), [*expected["se"], *expected["beta_se"]], rtol=1e-6)
    for at in ("at first", "optimum"):
        answer = file[f"2s {kind}"][at]
        second = met(problem, answer, updated(first))
        assert second.objective == pytest.approx(answer["objective"], rel=1e-8)
        np.testing.assert_allclose(second.se(), [*answer["se"], *answer["beta_se"]], rtol=1e-6)
    fit = estimate(posed(problem, answer), theta_of(file["1s"])[None], Options(steps="two"))
    apart = np.append(fit.theta - theta_of(answer), fit.beta - answer["beta"])
    assert np.abs(apart / [*answer["se"], *answer["beta_se"]]).max() < 1e-6
    assert fit.objective == pytest.approx(answer["objective"], rel=1e-8)


@pytest.mark.parametrize("name", ["cereals", "nests"])
def test_a_search_ends_where_pyblps_does(name: str) -> None:
    """The cereals from PyBLP's start to 4.5615; the nests, where the objective is flat, to 1e-5 standard errors."""
    if name == "cereals":
        file, problem = stored("random_nevo.json"), cereals()
        start, end = file["start"], file["1s"]
    else:
        file, problem = stored("random_variants.json")["nested"], nested_cereals()
        start, end = file["given"], file["optimum"]
    one = posed(replace(problem, cluster=None), end)
    theta = theta_of(start)
    fit = estimate(one, theta[None], Options(steps="one"))
    assert fit.objective == pytest.approx(end["objective"], rel=1e-9)
    se = np.array([*end["se"], *end["beta_se"]])
    apart = np.abs(np.append(fit.theta, fit.beta) - [*theta_of(end), *end["beta"]])
    assert (apart / se).max() < 1e-5
    if name == "cereals":
        assert (apart / np.abs([*theta_of(end), *end["beta"]])).max() < 1e-6
    np.testing.assert_allclose(fit.se, se, rtol=1e-5)


def test_product_effects_and_their_minimum_distance() -> None:
    """Nevo's own: constant -2.009919 (.326997), sugar .116257 (.016036), mushy .499372 (.198582)."""
    problem, file = replace(cereals(), cluster=None), stored("random_nevo.json")["1s"]
    fit = estimate(posed(problem, file), theta_of(file)[None], Options(steps="one"))
    found = effects(fit, problem.product, matrix(problem, problem.X1))
    expected = file["effects"]
    np.testing.assert_allclose(found.value, expected["effects"], rtol=1e-6)
    np.testing.assert_allclose(np.sqrt(np.diag(found.covariance)), expected["se"], rtol=2e-3)
    first = np.unique(problem.product, return_index=True)[1]
    least = minimum_distance(found, matrix(problem, expected["columns"])[first])
    np.testing.assert_allclose(least.coefficients, expected["minimum_distance"]["beta"], rtol=5e-3)
    np.testing.assert_allclose(np.sqrt(np.diag(least.covariance)), expected["minimum_distance"]["se"], rtol=5e-3)


MERGERS: dict[str, tuple[Callable[[], Problem], str, str]] = {
    "cereals": (cereals, "random_nevo.json", "1s"),
    "cars": (cars, "random_cars.json", "2s"),
    "invented": (invented, "random_invented.json", "linear"),
}


@pytest.mark.parametrize("name", MERGERS)
def test_costs_and_prices_after_a_merger(name: str) -> None:
    """What prices say of costs, and the prices that clear when one firm's products go to another."""
    make, file, key = MERGERS[name]
    problem, answer = make(), stored(file)[key]
    found = met(problem, answer)
    one, mean, after = found.posed, 0.0, answer["after"]
    if one.price[1] is not None:
        mean = float(found.linear[one.price[1]])
    tastes = one.form.tastes(found.point.theta, one.nodes, one.demographics, one.products.X.shape[1])
    alpha, slopes = price_taste(one, tastes, slice(0, len(one.markets.w)), mean)
    at = (found.point.delta, found.point.D)
    eta = kernel().markups(one.markets, one.products, tastes, at, (alpha, slopes), one.firm).eta
    near(problem.p - eta, after["costs"], rtol=1e-8)
    near(eta / problem.p, after["markups"], rtol=1e-8)
    left = [k for k in range(one.products.X.shape[1]) if k != one.price[0]]
    was, now = after["merger"]["firms"]
    scene = Scene(
        one.markets, np.ascontiguousarray(one.products.X[:, left]), np.ascontiguousarray(tastes.B[left]),
        found.point.delta - mean * problem.p, alpha, problem.p - eta, np.where(one.firm == was, now, one.firm),
        np.zeros(one.N, dtype=np.bool_), Pay.plain(one.N),
    )  # fmt: skip
    cleared = clear(scene, problem.p)
    assert cleared.converged.all()
    near(cleared.p, after["merger"]["prices"], rtol=1e-8)
    near(cleared.s, after["merger"]["shares"], rtol=1e-7)
