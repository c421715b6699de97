"""Mean utilities, markups and costs at one theta, with their slopes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from halfstep.blp.micro import micro_values
from halfstep.blp.problem import Problem, part
from halfstep.native import kernel
from halfstep.native.layout import Array, Codes, Control, Mask, Products, Start, Tastes

__all__ = ["Costs", "Point", "evaluate", "logit_delta", "price_taste", "tastes_at"]

_LEAP = 10.0


@dataclass(frozen=True, slots=True, eq=False)
class Costs:
    """What prices say of costs.

    Attributes
    ----------
    eta, mc
        Markups and marginal costs, shape (N,); costs before clipping.
    y, Y
        Left-hand side of the supply stage and its slopes, shapes (N,) and (N, P).
    clipped
        Rows whose cost was clipped.
    """

    eta: Array
    mc: Array
    y: Array
    Y: Array
    clipped: Mask


@dataclass(frozen=True, slots=True, eq=False)
class Point:
    """A theta and what follows from it.

    Attributes
    ----------
    theta
        Shape (P,).
    delta, D
        Mean utilities and their slopes, shapes (N,) and (N, P).
    factors
        What the kernel left of each piece of markets, for a start nearby; single precision does for that.
    evaluations
        Share evaluations of each market, shape (T,).
    failed
        Markets whose inversion failed, whose pricing conditions are singular, or whose costs have no logarithm, (T,).
    costs
        None for demand alone.
    micro
        Values of the micro moments and their slopes, shapes (M,) and (M, P); None without.
    """

    theta: Array
    delta: Array
    D: Array
    factors: tuple[npt.NDArray[np.float32], ...]
    evaluations: Codes
    failed: Mask
    costs: Costs | None = None
    micro: tuple[Array, Array] | None = None


def logit_delta(problem: Problem) -> Array:
    """Return ``log S_j - log S_0``: mean utilities without taste differences, shape (N,)."""
    return np.asarray(problem.products.log_s - problem.outside())


def price_taste(problem: Problem, tastes: Tastes, buyers: slice, mean: float = 0.0) -> tuple[Array, Array]:
    """Return ``a_i``, the marginal utility of price, and its slopes along theta, shapes (A,) and (P, A).

    Parameters
    ----------
    mean
        The linear coefficient of price where it is among X1.
    """
    size = (buyers.stop - buyers.start) if buyers.stop is not None else len(problem.markets.w)
    column = problem.price[0]
    slopes = np.zeros((len(tastes.column), size))
    if column is None:
        return np.full(size, mean), slopes
    moves = tastes.column == column
    slopes[moves] = tastes.G[moves]
    return tastes.B[column] + mean, slopes


def evaluate(problem: Problem, theta: Array, near: Point | None = None, control: Control | None = None) -> Point:
    """Invert every market at theta; with supply, markups and costs too.

    Parameters
    ----------
    near
        An earlier point: the search starts on its tangent. None starts from the logit.
    """
    control = control or Control()
    engine = kernel()
    N, P, T = problem.N, len(problem.form.parameters), problem.markets.T
    start = logit_delta(problem) if near is None else _tangent(near, theta)
    delta, D = np.empty(N), np.empty((N, P))
    evaluations, failed = np.zeros(T, dtype=np.int64), np.zeros(T, dtype=np.bool_)
    eta, E = (np.empty(N), np.empty((N, P))) if problem.supply else (np.empty(0), np.empty((0, P)))
    factors = []
    for k, run in enumerate(problem.pieces()):
        markets, rows, buyers = part(problem.markets, run)
        products = _rows(problem.products, rows)
        tastes = problem.form.tastes(
            theta, problem.nodes[:, buyers], problem.demographics[:, buyers], problem.products.X.shape[1]
        )
        known = None if near is None else near.factors[k].astype(np.float64)
        found = engine.invert(markets, products, tastes, Start(start[rows], known), control)
        if near is not None and not found.converged.all():
            again = engine.invert(markets, products, tastes, Start(logit_delta(problem)[rows]), control)
            found = again if again.converged.sum() > found.converged.sum() else found
        delta[rows], D[rows] = found.delta, found.D
        evaluations[run], failed[run] = found.evaluations, ~found.converged
        factors.append(found.factor.astype(np.float32))
        if problem.supply and found.converged.all():
            price = price_taste(problem, tastes, buyers)
            pricing = engine.markups(markets, products, tastes, (found.delta, found.D), price, problem.firm[rows])
            eta[rows], E[rows] = pricing.eta, pricing.E
            failed[run] |= ~np.isfinite(np.add.reduceat(pricing.eta, markets.row[:-1]))
            if problem.supply.log:
                least = np.maximum(problem.p[rows] - pricing.eta, problem.supply.floor)
                failed[run] |= np.minimum.reduceat(least, markets.row[:-1]) <= 0
    costs = _costs(problem, eta, E) if problem.supply and not failed.any() else None
    micro = None if failed.any() else _micro(problem, theta, (delta, D))
    return Point(theta, delta, D, tuple(factors), evaluations, failed, costs, micro)


def _micro(problem: Problem, theta: Array, point: tuple[Array, Array]) -> tuple[Array, Array] | None:
    if problem.micro is None:
        return None
    spec, demographics = problem.micro
    return micro_values(problem.markets, problem.products, tastes_at(problem, theta), point, spec, demographics)


def tastes_at(problem: Problem, theta: Array) -> Tastes:
    """Return the tastes of all buyers at theta."""
    return problem.form.tastes(theta, problem.nodes, problem.demographics, problem.products.X.shape[1])


def _rows(products: Products, rows: slice) -> Products:
    nest = None if products.nest is None else products.nest[rows]
    return Products(products.X[rows], products.log_s[rows], nest)


def _tangent(near: Point, theta: Array) -> Array:
    """Return where delta would be if it were linear in theta; the old delta where that leaps."""
    move = near.D @ (theta - near.theta)
    move[~np.isfinite(move)] = 0.0
    return near.delta + move if np.abs(move).max(initial=0.0) <= _LEAP else near.delta


def _costs(problem: Problem, eta: Array, E: Array) -> Costs:
    supply = problem.supply
    assert supply is not None
    mc = problem.p - eta
    clipped = mc < supply.floor
    held = np.maximum(mc, supply.floor)
    Y = np.where(clipped[:, None], 0.0, -E)
    if not supply.log:
        return Costs(eta, mc, held, Y, clipped)
    return Costs(eta, mc, np.log(held), Y / held[:, None], clipped)
