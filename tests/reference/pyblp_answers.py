"""Problems of tests/blp/markets.py put to PyBLP, and its answers as plain records (extra `bench`)."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from tests.blp.markets import Problem

warnings.simplefilter("ignore")
import pyblp  # noqa: E402

Array = npt.NDArray[np.float64]
Record = dict[str, Any]

pyblp.options.verbose = False
TIGHT = pyblp.Iteration("squarem", {"atol": 1e-14})
HEAD, EVERY, POLISH = 8, 89, 2


@dataclass(frozen=True, slots=True, eq=False)
class Theta:
    """Where PyBLP stands: zeros of sigma and pi are fixed; beta has the price taste where there is a supply side."""

    sigma: Array
    pi: Array | None = None
    rho: float | None = None
    beta: Array | None = None

    @property
    def vector(self) -> Array:
        """PyBLP's order: the lower triangle of sigma row by row, pi row by row, rho, beta."""
        parts = [self.sigma[np.tril_indices(len(self.sigma))]]
        parts += [] if self.pi is None else [self.pi.ravel()]
        free = np.concatenate([part[part != 0] for part in parts])
        free = np.append(free, [] if self.rho is None else [self.rho])
        return free if self.beta is None else np.append(free, self.beta[np.isfinite(self.beta)])

    def moved(self, theta: Array) -> Theta:
        """Return the same layout at another theta."""
        left = iter(theta.tolist())
        sigma = self.sigma.copy()
        for at in zip(*np.tril_indices(len(sigma)), strict=True):
            sigma[at] = next(left) if sigma[at] != 0 else 0.0
        pi = None if self.pi is None else np.array([next(left) if v != 0 else 0.0 for v in self.pi.ravel()])
        rho = None if self.rho is None else next(left)
        beta = None if self.beta is None else np.array([next(left) if np.isfinite(v) else v for v in self.beta])
        return Theta(sigma, pi if pi is None or self.pi is None else pi.reshape(self.pi.shape), rho, beta)


def formulation(names: Sequence[str], absorb: str | None = None) -> pyblp.Formulation:
    written = [{"-prices": "I(-prices)"}.get(name, name) for name in names]
    return pyblp.Formulation(" + ".join(written if "1" in names else ["0", *written]), absorb=absorb)


def economy(problem: Problem, rc_types: list[str] | None = None) -> pyblp.Problem:
    """Return PyBLP's own problem on the same arrays."""
    data: Record = {"market_ids": problem.market, "firm_ids": problem.firm, "product_ids": problem.product}
    data |= {"shares": problem.s, "prices": problem.p, "demand_instruments": problem.Z} | problem.columns
    data |= {f"way{k}": way for k, way in enumerate(problem.absorb)}
    for name, values in (("clustering_ids", problem.cluster), ("nesting_ids", problem.nest)):
        data |= {} if values is None else {name: values}
    data |= {"supply_instruments": problem.ZS} if problem.X3 else {}
    absorb = " + ".join(f"C(way{k})" for k in range(len(problem.absorb))) or None
    formulas = [formulation(problem.X1, absorb), formulation(problem.X2)]
    formulas += [formulation(problem.X3)] if problem.X3 else []
    who = problem.buyers
    agents = {"market_ids": who.market, "weights": who.w, "nodes": who.nu} | dict(zip(who.names, who.d.T, strict=True))
    more: Record = {"costs_type": "log" if problem.log_cost else "linear"} if problem.X3 else {}
    more |= {"rc_types": rc_types} if rc_types else {}
    return pyblp.Problem(tuple(formulas), data, formulation(who.names) if who.names else None, agents, **more)


def solve(problem: pyblp.Problem, theta: Theta, **how: Any) -> pyblp.ProblemResults:
    """Evaluate at theta, or search from it where `optimization` is given; one GMM step."""
    given = {"pi": theta.pi, "rho": theta.rho, "beta": theta.beta}
    given = {name: value for name, value in given.items() if value is not None}
    how = {
        "method": "1s",
        "iteration": TIGHT,
        "optimization": pyblp.Optimization("return"),
        "check_optimality": "gradient",
    } | how
    return problem.solve(theta.sigma, **given, **how)


def found_at(theta: Theta, results: pyblp.ProblemResults) -> Theta:
    pi, rho = (None if v is None else w for v, w in ((theta.pi, results.pi), (theta.rho, results.rho)))
    beta = None if theta.beta is None else np.where(np.isfinite(theta.beta), results.beta.ravel(), np.nan)
    return replace(theta, sigma=results.sigma, pi=pi, rho=None if rho is None else float(rho.item()), beta=beta)


def optimum(
    problem: pyblp.Problem, start: Theta, search: bool = True, **how: Any
) -> tuple[Theta, pyblp.ProblemResults]:
    """Search by BFGS, then finish with Newton steps by PyBLP's numerical Hessian; without a search those alone."""
    theta = start
    if search:
        plain = start.rho is None and start.beta is None and "costs_bounds" not in how
        method = pyblp.Optimization("bfgs" if plain else "l-bfgs-b", {"gtol": 1e-4})
        theta = found_at(start, solve(problem, start, optimization=method, **how))
    for _ in range(POLISH):
        at = solve(problem, theta, check_optimality="both", **how)
        theta = theta.moved(theta.vector - np.linalg.solve(at.hessian, at.gradient.ravel()))
    return theta, solve(problem, theta, **how)


def sketch(values: Array) -> Record:
    """Return enough of a long column to know it by."""
    v = np.asarray(values, dtype=np.float64).ravel()
    return {"head": v[:HEAD].tolist(), "every": v[::EVERY].tolist(), "sum": v.sum(), "squares": v @ v}


def listed(values: Array) -> list[float] | list[list[float]]:
    found: list[float] | list[list[float]] = np.asarray(values, dtype=np.float64).squeeze().tolist()
    return found


def point(theta: Theta) -> Record:
    """Return theta as it was given; NaN in beta is what is concentrated out."""
    found: Record = {"sigma": theta.sigma.tolist()}
    found |= {} if theta.pi is None else {"pi": theta.pi.tolist()}
    found |= {} if theta.rho is None else {"rho": theta.rho}
    return found | ({} if theta.beta is None else {"price": float(theta.beta[np.isfinite(theta.beta)][0])})


def told(theta: Theta, results: pyblp.ProblemResults, errors: bool = False) -> Record:
    """Return theta, the objective and what goes with it; gradients in the order of `labels`."""
    found = point(theta) | {
        "labels": [str(label) for label in results.theta_labels],
        "objective": float(results.objective.item()),
        "gradient": np.atleast_1d(listed(results.gradient)).tolist(),
        "beta": results.beta.ravel().tolist(),
        "delta": sketch(results.delta),
        "xi": sketch(results.xi),
    }
    if results.gamma.size:
        found |= {"gamma": results.gamma.ravel().tolist(), "omega": sketch(results.omega)}
        found |= {"costs": sketch(results.tilde_costs)}
    return found | (standard_errors(theta, results) if errors else {})


def standard_errors(theta: Theta, results: pyblp.ProblemResults) -> Record:
    """Return those of theta in the order of `labels` (the price taste's is in beta's), then of beta and gamma."""
    parts = [results.sigma_se[np.tril_indices(len(theta.sigma))]]
    parts += [] if theta.pi is None else [results.pi_se.ravel()]
    parts += [] if theta.rho is None else [results.rho_se.ravel()]
    free = np.concatenate(parts)
    found = {"se": free[np.isfinite(free)].tolist(), "beta_se": results.beta_se.ravel().tolist()}
    return found | ({"gamma_se": results.gamma_se.ravel().tolist()} if results.gamma.size else {})


def after(results: pyblp.ProblemResults, firm: npt.NDArray[np.int64], merged: tuple[int, int]) -> Record:
    """Return what follows from an estimate: elasticities, costs, surplus, and the prices after a merger."""
    costs = results.compute_costs()
    joint = np.where(firm == merged[0], merged[1], firm)
    exact = pyblp.Iteration("simple", {"atol": 1e-13})
    prices = results.compute_prices(joint, costs=costs, iteration=exact)
    return {
        "own_elasticities": sketch(results.extract_diagonals(results.compute_elasticities())),
        "outside_diversion": sketch(results.extract_diagonals(results.compute_diversion_ratios())),
        "costs": sketch(costs),
        "markups": sketch(results.compute_markups(costs=costs)),
        "surplus": sketch(results.compute_consumer_surpluses(keep_all=False)),
        "merger": {
            "firms": list(merged),
            "prices": sketch(prices),
            "shares": sketch(results.compute_shares(prices)),
            "surplus": sketch(results.compute_consumer_surpluses(prices)),
        },
    }


def optimal(results: pyblp.ProblemResults) -> Record:
    """Return the approximate optimal instruments (xi = omega = 0 at expected prices): sums of squares by column."""
    made = results.compute_optimal_instruments(method="approximate", expected_prices=results.problem.products.prices)
    kinds = {"demand": made.demand_instruments, "supply": made.supply_instruments}
    return {kind: (Z**2).sum(axis=0).tolist() for kind, Z in kinds.items() if Z.size}
