"""Uncertainty by drawing: parameters from their asymptotic law, or whole re-estimations under random weights.

A sandwich can be far off where moments bend: both ways are shown beside it, with the draws that failed counted.

References
----------
Rubin (1981), Annals of Statistics 9(1), 130-134, and Chamberlain & Imbens (2003), Journal of Business & Economic Statistics
21(1): the Bayesian bootstrap. Nevo (2000), section 4: parametric draws through the equilibrium.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from halfstep.blp.estimate import Fit, search
from halfstep.blp.evaluate import Point, evaluate
from halfstep.blp.gmm import projection
from halfstep.blp.problem import Linear, Problem
from halfstep.core.errors import MisuseError
from halfstep.native.layout import Array, Codes
from halfstep.numerics.absorb import absorber

__all__ = ["Law", "Resampled", "parametric", "reestimated", "reweighted"]

Outcome = Callable[[Point, Array], Array | None]


@dataclass(frozen=True, slots=True, eq=False)
class Law:
    """A normal law of parameters, theta first: centre (m,) and a root of the covariance (m, k)."""

    centre: Array
    root: Array

    @classmethod
    def of(cls, centre: Array, covariance: Array) -> Law:
        """Return the law with a covariance (m, m)."""
        values, vectors = np.linalg.eigh(covariance)
        return cls(centre, vectors * np.sqrt(np.maximum(values, 0.0)))

    @classmethod
    def at(cls, fit: Fit) -> Law:
        """Return the asymptotic law of theta and the linear coefficients."""
        return cls.of(np.concatenate([fit.theta, fit.linear]), fit.covariance)

    def draw(self, rng: np.random.Generator) -> Array:
        """Return one draw, shape (m,)."""
        return np.asarray(self.centre + self.root @ rng.standard_normal(self.root.shape[1]))


@dataclass(frozen=True, slots=True, eq=False)
class Resampled:
    """What draws gave.

    Attributes
    ----------
    values
        Draws that went through, shape (draws - failed, m).
    failed
        Draws whose inversion, search or outcome failed.
    """

    values: Array
    failed: int

    def interval(self, level: float) -> tuple[Array, Array]:
        """Return the percentile interval of every column."""
        lo, hi = np.quantile(self.values, [(1 - level) / 2, (1 + level) / 2], axis=0)
        return lo, hi


def parametric(
    problem: Problem, near: Point, law: Law, draws: tuple[int, np.random.Generator], outcome: Outcome
) -> Resampled:
    """Draw parameters; invert anew and reckon an outcome at each draw.

    Parameters
    ----------
    near
        A point from which inversions start.
    law
        Theta first.
    draws
        How many, and by what generator.
    outcome
        Gives numbers (m,) from the point and the parameters of a draw; None where there are none.
    """
    P, (count, rng) = len(problem.form.parameters), draws
    found, failed = [], 0
    for _ in range(count):
        draw = law.draw(rng)
        point = evaluate(problem, draw[:P], near)
        got = None if point.failed.any() else outcome(point, draw)
        failed += got is None
        if got is not None:
            found.append(got)
    return Resampled(np.array(found), failed)


def reestimated(
    fit: Fit, draws: tuple[int, np.random.Generator], unit: Codes, outcome: Outcome | None = None
) -> Resampled:
    """Estimate again under exponential weights of whole units (markets or clusters), from the estimate.

    Effects are taken out under the draw's weights; the weight matrix is the first one anew in a one-step fit and the
    last one otherwise.

    Parameters
    ----------
    draws
        How many, and by what generator.
    unit
        Codes of what is drawn, shape (N,).
    outcome
        Gives numbers (m,) from a re-estimate's point and its parameters; None for the parameters themselves, theta first.
    """
    found = []
    count, rng = draws
    for _ in range(count):
        draw = rng.exponential(size=int(unit.max()) + 1)
        got = _again(fit, (draw / draw.mean())[unit], outcome)
        if got is not None:
            found.append(got)
    failed = count - len(found)
    return Resampled(np.array(found), failed)


def _again(fit: Fit, v: Array, outcome: Outcome | None) -> Array | None:
    """Return what a re-estimation under row weights v gives; None where it fails."""
    try:
        problem, W = reweighted(fit.problem, v)
        first = len(fit.steps) == 1 and fit.problem.micro is None
        under = projection(problem, W if first else fit.steps[-1].W)
    except (MisuseError, np.linalg.LinAlgError):
        return None
    end, last = search(problem, under, fit.theta, fit.options, fit.point)
    if not end.converged or last is None:
        return None
    parameters = np.concatenate([end.x, under.coefficients(problem, last)])
    return parameters if outcome is None else outcome(last, parameters)


def reweighted(problem: Problem, v: Array) -> tuple[Problem, Array]:
    """Return the problem with row weights v (N,) in its moments, and its first weight matrix ``(Z'VZ / N)^-1``."""
    demand, first = _weighted(problem.demand, v)
    if problem.supply is None:
        return replace(problem, demand=demand), first
    stage, second = _weighted(problem.supply.stage, v)
    W = np.zeros((len(first) + len(second),) * 2)
    W[: len(first), : len(first)], W[len(first) :, len(first) :] = first, second
    return replace(problem, demand=demand, supply=replace(problem.supply, stage=stage)), W


def _weighted(stage: Linear, v: Array) -> tuple[Linear, Array]:
    X, Z, absorb = stage.X, stage.Z, stage.absorb
    if absorb is not None:
        absorb = absorber(*absorb.codes, weights=v)
        left = absorb.residuals(np.hstack([X, Z]))
        X, Z = np.ascontiguousarray(left[:, : X.shape[1]]), np.ascontiguousarray(left[:, X.shape[1] :])
    weighted = Z * v[:, None]
    return Linear(X, weighted, absorb), np.asarray(np.linalg.inv(Z.T @ weighted / len(v)))
