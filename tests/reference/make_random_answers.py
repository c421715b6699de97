"""Make random_*.json: PyBLP 1.3's answers on the problems of tests/blp/markets.py (extra `bench`).

Run: python -m tests.reference.make_random_answers [invented] [nevo] [variants] [cars]; all take half an hour of one core.

Each answer stands at a theta that is written beside it, so that it can be met without a search; those called an optimum
are BFGS's, finished with Newton steps. W is (Z'Z / N)^-1, by blocks with a supply side, unless something else is said.

- `random_invented.json`: twelve uneven markets with linear cost, table included; PyBLP solved for prices and shares.
- `random_nevo.json`: the cereals as in PyBLP's tutorial. `start`; `1s`, the optimum, with robust and clustered errors,
  what follows from it, approximate optimal instruments, product effects and their minimum distance on sugar and mushy
  (Nevo 2000); `2s`, W robust (centred) and W clustered, from that optimum.
- `random_variants.json`: on the cereals, RCNL nested by mushiness, a full lower triangle, effects of markets beside those
  of products, and a lognormal price taste.
- `random_cars.json`: Berry, Levinsohn & Pakes (1995) with supply; steps one and two as in the tutorial (W updated at the
  start, clustered); with the first step's other, lower optimum, at which tastes for air conditioning are alike.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import replace
from importlib.metadata import version

import numpy as np
import pyblp

from tests.blp.markets import REFERENCE, cars, cereals, invented, matrix, nested_cereals
from tests.reference.pyblp_answers import (
    Array,
    Record,
    Theta,
    after,
    economy,
    listed,
    optimal,
    optimum,
    solve,
    standard_errors,
    told,
)

NEVO_START = Theta(
    np.diag([0.3302, 2.4526, 0.0163, 0.2441]),
    np.array([[5.4819, 0, 0.2037, 0], [15.8935, -1.2, 0, 2.6342], [-0.2506, 0, 0.0511, 0], [1.265, 0, -0.8091, 0]]),
)
NEVO_NEAR = Theta(
    np.diag([0.5581, 3.3125, -0.00578, 0.0934]),
    np.array([[2.292, 0, 1.2844, 0], [588.325, -30.192, 0, 11.0546], [-0.385, 0, 0.05223, 0], [0.7484, 0, -1.3534, 0]]),
)
CARS_START = Theta(np.diag([3.612, 0, 4.628, 1.818, 1.05, 2.056]), np.array([[0.0], [-43.501], *[[0.0]] * 4]))
CARS_NEAR = Theta(np.diag([2.1796, 0, 6.524, 3.2057, 0.3009, 1.893]), np.array([[0.0], [-44.9641], *[[0.0]] * 4]))
CARS_ALIKE = Theta(np.diag([2.2702, 0, 6.9866, 0, 0.338, 1.9584]), np.array([[0.0], [-45.8953], *[[0.0]] * 4]))


def invented_table() -> tuple[Record, Theta]:
    """Draw uneven markets, rounded so that the file says all; p and s are still to be found."""
    rng = np.random.default_rng(20250607)
    sizes, kinds = rng.integers(3, 9, 12), rng.integers(20, 41, 12)
    market, who = (np.repeat(np.arange(12), counts) for counts in (sizes, kinds))
    n, A = len(market), len(who)
    rows: Record = {"market": market.tolist(), "firm": rng.integers(0, 4, n).tolist()}
    rows |= {"x": rng.normal(0, 1, n).round(3).tolist(), "y": rng.integers(0, 2, n).astype(float).tolist()}
    rows |= {name: rng.uniform(0, 1, n).round(3).tolist() for name in ("w", "v")}
    rows |= {name: rng.normal(0, size, n).round(3).tolist() for name, size in (("xi", 0.4), ("omega", 0.2))}
    rows |= {"p": np.full(n, 3.0).tolist(), "s": np.full(n, 0.05).tolist()}
    raw = rng.uniform(0.5, 1.5, A)
    buyers: Record = {"market": who.tolist(), "w": (raw / np.bincount(who, raw)[who]).round(12).tolist()}
    buyers |= {f"nu{k}": rng.normal(size=A).round(3).tolist() for k in range(3)}
    buyers |= {"d0": rng.normal(size=A).round(3).tolist(), "d1": rng.integers(0, 2, A).astype(float).tolist()}
    truth = Theta(
        np.array([[0.6, 0, 0], [0.1, 0.25, 0], [0, -0.2, 0.7]]),
        np.array([[0, 0.5], [0.3, 0], [-0.4, 0]]),
        beta=np.array([np.nan, -2.0, np.nan, np.nan]),
    )
    return {"products": rows, "buyers": buyers}, truth


def write(name: str, found: Record) -> None:
    about: Record = {"made_by": "tests/reference/make_random_answers.py"}
    about |= {"versions": {lib: version(lib) for lib in ("numpy", "pyblp", "scipy")}}
    (REFERENCE / name).write_text(json.dumps(about | found) + "\n")


def make_invented() -> None:
    table, truth = invented_table()
    write("random_invented.json", {"table": table})
    rows, bare = table["products"], invented()
    assert truth.pi is not None
    beta, gamma = np.array([2.5, -2.0, 1.0, 0.5]), np.array([0.8, 0.3, 1.0, 0.7])
    data: Record = {"market_ids": bare.market, "firm_ids": bare.firm} | bare.columns
    who = {"market_ids": bare.buyers.market, "weights": bare.buyers.w, "nodes": bare.buyers.nu}
    who |= dict(zip(bare.buyers.names, bare.buyers.d.T, strict=True))
    formulas = tuple(pyblp.Formulation(f) for f in ("1 + prices + x + y", "1 + prices + x", "1 + x + w + v"))
    simulation = pyblp.Simulation(
        formulas, data, beta, truth.sigma, truth.pi, gamma, agent_formulation=pyblp.Formulation("0 + d0 + d1"),
        agent_data=who, xi=np.array(rows["xi"]), omega=np.array(rows["omega"]), costs_type="linear",
    )  # fmt: skip
    made = simulation.replace_endogenous(iteration=pyblp.Iteration("simple", {"atol": 1e-14}))
    rows |= {"p": made.product_data.prices.ravel().tolist(), "s": made.product_data.shares.ravel().tolist()}
    rows |= {"mc": made.costs.ravel().tolist(), "delta": made.delta.ravel().tolist()}
    write("random_invented.json", {"table": table})
    problem = invented()
    answers: Record = {"table": table, "truth": {"beta": beta.tolist(), "gamma": gamma.tolist()}}
    for kind, one in (("linear", problem), ("log", replace(problem, log_cost=True))):
        results = solve(economy(one), truth, se_type="robust")
        answers[kind] = told(truth, results, errors=True) | whole(results)
        answers[kind] |= {"after": after(results, one.firm, (1, 0)), "optimal": optimal(results)}
    alone = replace(problem, X3=(), ZS=None)
    demand = replace(truth, beta=None)
    answers["demand alone"] = told(demand, solve(economy(alone), demand), errors=True)
    answers["diversion"] = diversion(results)
    write("random_invented.json", answers)


def whole(results: pyblp.ProblemResults) -> Record:
    """Return every delta, price less cost, and the Jacobians of xi and omega."""
    found = {"delta_all": results.delta, "margins": results.compute_markups() * results.problem.products.prices}
    found |= {"xi_by_theta": results.xi_by_theta_jacobian, "omega_by_theta": results.omega_by_theta_jacobian}
    return {name: listed(np.asarray(values, dtype=np.float64)) for name, values in found.items()}


def diversion(results: pyblp.ProblemResults) -> Record:
    """Return elasticities and diversion in the first market; on the diagonal of the second stands the outside good."""
    first = results.problem.unique_market_ids[0]
    elasticities, ratios = results.compute_elasticities(market_id=first), results.compute_diversion_ratios(None, first)
    return {"elasticities": listed(elasticities), "ratios": listed(ratios)}


def effects(theta: Theta) -> Record:
    """Return product effects, from the same problem with a dummy for each product, and their minimum distance."""
    plain = cereals()
    dummies = {f"effect{k}": (plain.product == k).astype(np.float64) for k in range(24)}
    X1 = ("prices", *dummies)
    problem = replace(plain, absorb=(), X1=X1, columns=plain.columns | dummies)
    results = solve(economy(problem), theta, se_type="robust")
    P = theta.vector.size
    V = results.parameter_covariances[P:, P:] / len(plain.p)
    V_d = V[1:, 1:]
    first = np.unique(plain.product, return_index=True)[1]
    X = matrix(plain, ("1", "sugar", "mushy"))[first]
    inverse = np.linalg.inv(V_d)
    covariance = np.linalg.inv(X.T @ inverse @ X)
    d = results.beta.ravel()[1:]
    beta = covariance @ X.T @ inverse @ d
    return {
        "columns": ["1", "sugar", "mushy"],
        "effects": d.tolist(),
        "se": np.sqrt(np.diag(V_d)).tolist(),
        "minimum_distance": {"beta": beta.tolist(), "se": np.sqrt(np.diag(covariance)).tolist()},
    }


def make_nevo() -> None:
    plain = cereals()
    problem = economy(plain)
    theta, first = optimum(problem, NEVO_NEAR, search=False)
    clustered = solve(problem, theta, se_type="clustered")
    found: Record = {"start": told(NEVO_START, solve(problem, NEVO_START))}
    found["1s"] = told(theta, first, errors=True)
    found["1s"] |= {"clustered": standard_errors(theta, clustered), "optimal": optimal(first)}
    found["1s"] |= {"after": after(first, plain.firm, (2, 1)), "effects": effects(theta)}
    for kind in ("robust", "clustered"):
        how: Record = {"W_type": kind, "se_type": kind}
        W = solve(problem, theta, **how).updated_W
        again, second = optimum(problem, theta, W=W, **how)
        found[f"2s {kind}"] = {"at first": told(theta, solve(problem, theta, W=W, **how), errors=True)}
        found[f"2s {kind}"] |= {"optimum": told(again, second, errors=True)}
    write("random_nevo.json", found)


def make_variants() -> None:
    found: Record = {}
    plain = cereals()
    full = Theta(np.tril(np.array([[0.5, 0, 0, 0], [-0.8, 3.0, 0, 0], [0.02, -0.01, 0.05, 0], [0.2, -0.3, 0.1, 0.6]])))
    assert NEVO_NEAR.pi is not None
    full = replace(full, pi=NEVO_NEAR.pi)
    found["correlated"] = told(full, solve(economy(plain), full), errors=True)
    two = replace(plain, absorb=(plain.product, plain.market))
    found["two ways"] = told(NEVO_NEAR, solve(economy(two), NEVO_NEAR), errors=True)
    found["lognormal"] = lognormal()
    found["nested"] = nested()
    write("random_variants.json", found)


def lognormal() -> Record:
    """Return the cereals with price taste -exp(pi1 + pi2 income + sigma nu), absent from X1."""
    plain = cereals(("1", "-prices"))
    who = plain.buyers
    d = np.column_stack([np.ones(len(who.w)), who.d[:, 0]])
    problem = replace(plain, X1=("sugar", "mushy", "1"), absorb=(), buyers=replace(who, d=d, names=("one", "income")))
    theta = Theta(np.diag([0.7, 0.3]), np.array([[0, 0.8], [3.3, -0.2]]))
    results = solve(economy(problem, ["linear", "log"]), theta)
    return told(theta, results, errors=True) | {"after": after(results, plain.firm, (2, 1))}


def nested() -> Record:
    plain = nested_cereals()
    pi: Array = np.array([[1.5, 0, 0, 0], [8.0, 0, 0, 3.0]])
    given = Theta(np.diag([0.4, 2.5]), pi, rho=0.4)
    problem = economy(plain)
    results = solve(problem, given)
    found: Record = {"given": told(given, results, errors=True) | {"after": after(results, plain.firm, (2, 1))}}
    theta, results = optimum(problem, given)
    return found | {"optimum": told(theta, results, errors=True)}


def make_cars() -> None:
    plain = cars()
    problem = economy(plain)
    how: Record = {"W_type": "clustered", "se_type": "clustered", "costs_bounds": (0.001, None)}
    start = solve(problem, CARS_START, **how)
    found: Record = {"start": told(CARS_START, start, errors=True)}
    W = start.updated_W
    found["start updated"] = told(CARS_START, solve(problem, CARS_START, W=W, **how))
    theta, first = optimum(problem, CARS_NEAR, search=False, W=W, **how)
    found["1s"] = told(theta, first, errors=True)
    found["1s, air alike"] = told(*optimum(problem, CARS_ALIKE, search=False, W=W, **how))
    theta, second = optimum(problem, theta, W=first.updated_W, **how)
    found["2s"] = told(theta, second, errors=True) | {"after": after(second, plain.firm, (16, 19))}
    write("random_cars.json", found)


MAKERS: dict[str, Callable[[], None]] = {
    "invented": make_invented, "nevo": make_nevo, "variants": make_variants, "cars": make_cars
}  # fmt: skip


if __name__ == "__main__":
    for name in sys.argv[1:] or MAKERS:
        MAKERS[name]()
