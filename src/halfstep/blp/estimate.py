"""The estimator: searches from several starts, weights of one, two or more steps, and what a reader must know of the end."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from scipy.special import chdtrc

from halfstep.blp.evaluate import Point, evaluate
from halfstep.blp.gmm import (
    Projection,
    covariance,
    first_weights,
    flat_parameters,
    influence,
    micro_influence,
    moment_covariance,
    projection,
    unknown,
)  # fmt: skip
from halfstep.blp.problem import Problem
from halfstep.blp.starts import units
from halfstep.core.errors import MisuseError
from halfstep.native.layout import Array, Control, Mask
from halfstep.numerics.optimum import Limits, Optimum, least_residuals

__all__ = ["Fit", "Options", "Step", "estimate", "search", "structural_errors"]

_SAME = 1e-6
_ITERATED = 50
_STILL = 1e-8
_KEPT = 5


@dataclass(frozen=True, slots=True)
class Options:
    """How to estimate.

    Attributes
    ----------
    steps
        "one" (weights ``(Z'Z/N)^-1``), "two" (their inverse covariance at the first estimate) or "iterated".
    updated
        Whether the first weights already are those at the first start.
    centred
        Whether the moments' mean is taken out of their covariance.
    bounds
        Lower and upper bounds of theta; None for none.
    control, limits
        When inversions and searches end.
    """

    steps: Literal["one", "two", "iterated"] = "two"
    updated: bool = False
    centred: bool = True
    bounds: tuple[Array, Array] | None = None
    control: Control = field(default_factory=Control)
    limits: Limits = field(default_factory=Limits)


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """One step of the GMM.

    Attributes
    ----------
    W
        Weight matrix, shape (L, L).
    optima
        Where each start ended, in the order of the starts.
    """

    W: Array
    optima: tuple[Optimum, ...]

    @property
    def best(self) -> Optimum:
        """The lowest end that converged, or the lowest of all."""
        return _best(self.optima)

    @property
    def distinct(self) -> tuple[tuple[Optimum, int], ...]:
        """Different converged ends, lowest first, and how many starts reached each."""
        found: list[tuple[Optimum, int]] = []
        for end in sorted((o for o in self.optima if o.converged), key=lambda o: o.value):
            if found and end.value - found[-1][0].value <= _SAME * max(1.0, found[-1][0].value):
                found[-1] = (found[-1][0], found[-1][1] + 1)
            else:
                found.append((end, 1))
        return tuple(found)


def _best(optima: Sequence[Optimum]) -> Optimum:
    return min(optima, key=lambda o: (not o.converged, o.value))


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """A random-coefficients estimate.

    Attributes
    ----------
    problem
        What was estimated.
    theta, linear
        Nonlinear parameters (P,) and linear coefficients, demand's before supply's (K,).
    covariance
        Of both, theta first, shape (P + K, P + K).
    objective
        ``N g'W g``.
    degrees
        Overidentifying restrictions.
    errors
        xi, and omega with supply, each of shape (N,).
    point
        Mean utilities, slopes, costs at theta.
    steps
        Every step with its starts.
    gradient, curvature
        Of the objective in theta: shape (P,), and the eigenvalues of its Hessian, ascending, shape (P,).
    conditioning
        Least over largest eigenvalue of that Hessian in units that move utility alike, flat parameters left out.
    flat
        Parameters on which the moments do not hang there (a spread at zero): they have no standard error, shape (P,).
    options
        How it was estimated.
    """

    problem: Problem
    theta: Array
    linear: Array
    covariance: Array
    objective: float
    degrees: int
    errors: tuple[Array, ...]
    point: Point
    steps: tuple[Step, ...]
    gradient: Array
    curvature: Array
    conditioning: float
    flat: Mask
    options: Options

    @property
    def beta(self) -> Array:
        """Demand's linear coefficients, shape (K1,)."""
        return self.linear[: self.problem.demand.X.shape[1]]

    @property
    def gamma(self) -> Array:
        """Supply's linear coefficients, shape (K3,); empty without supply."""
        return self.linear[self.problem.demand.X.shape[1] :]

    @property
    def se(self) -> Array:
        """Standard errors of theta and the linear coefficients, shape (P + K,)."""
        return np.sqrt(np.maximum(np.diag(self.covariance), 0.0))

    @property
    def p(self) -> float | None:
        """P-value of Hansen's J, which the objective is after the first step; None where it is not, or without degrees."""
        return float(chdtrc(self.degrees, self.objective)) if self.degrees and len(self.steps) > 1 else None

    @property
    def influence(self) -> Array:
        """What each row adds to the error of theta and the linear coefficients, shape (N, P + K)."""
        return influence(self.problem, self.point, self.steps[-1].W, self.errors)

    @property
    def micro_influence(self) -> Array:
        """What the surveys' sampling adds to it, as independent parts, shape (M, P + K)."""
        return micro_influence(self.problem, self.point, self.steps[-1].W)

    @property
    def alpha(self) -> float:
        """The linear coefficient of price, zero where it is not among X1."""
        at = self.problem.price[1]
        return 0.0 if at is None else float(self.beta[at])


def estimate(
    problem: Problem, starts: Array, options: Options | None = None, told: Callable[[int, int], None] | None = None
) -> Fit:
    """Estimate by GMM from every start; later steps start from the different ends of the first.

    Parameters
    ----------
    starts
        Shape (S, P).
    told
        Called with the searches done and those to do.

    Raises
    ------
    MisuseError
        If no start can be evaluated, or there are fewer moments than parameters.
    """
    options = options or Options()
    P, K = len(problem.form.parameters), problem.demand.X.shape[1]
    K += problem.supply.stage.X.shape[1] if problem.supply else 0
    first = evaluate(problem, starts[0], control=options.control) if problem.micro or options.updated else None
    W = first_weights(problem, first)
    if len(W) < P + K:
        raise MisuseError(
            f"expected at least {P + K} moments for {P + K} parameters, got {len(W)}: give more instruments"
        )
    if options.updated and first is not None:
        W = _updated(problem, projection(problem, W), first, options)
    steps: list[Step] = []
    under, point = projection(problem, W), None
    for k in range({"one": 1, "two": 2, "iterated": _ITERATED}[options.steps]):
        if point is not None:
            W = _updated(problem, under, point, options)
            under = projection(problem, W)
        optima: list[Optimum] = []
        near: Point | None = None
        for n, start in enumerate(starts):
            end, last = search(problem, under, start, options)
            optima.append(end)
            near = last if end is _best(optima) else near
            if told and not k:
                told(n + 1, len(starts))
        steps.append(Step(W, tuple(optima)))
        best = _best(optima)
        point = (
            near
            if near is not None and (near.theta == best.x).all()
            else evaluate(problem, best.x, near, options.control)
        )
        if point.failed.any():
            raise MisuseError(
                f"expected shares that can be inverted; {int(point.failed.sum())} markets failed at the best of "
                f"{len(starts)} starts: look at the smallest shares"
            )
        if k and np.abs(best.x - starts[0]).max() <= _STILL * np.abs(best.x).max():
            break
        starts = np.stack([best.x, *(end.x for end, _ in steps[-1].distinct if end is not best)])[:_KEPT]
    assert point is not None
    return _fit(problem, tuple(steps), (W, under), point, options)


def structural_errors(problem: Problem, point: Point, linear: Array) -> tuple[Array, ...]:
    """Return xi, and omega with supply, each of shape (N,)."""
    K = problem.demand.X.shape[1]
    errors = [problem.demand.residual(unknown(problem, point), linear[:K])]
    if problem.supply is not None:
        assert point.costs is not None
        errors.append(problem.supply.stage.residual(point.costs.y, linear[K:]))
    return tuple(errors)


def _updated(problem: Problem, under: Projection, point: Point, options: Options) -> Array:
    errors = structural_errors(problem, point, under.coefficients(problem, point))
    S = moment_covariance(problem, point, errors, centred=options.centred)
    size = np.sqrt(np.diag(S))
    if not size.all() or np.linalg.matrix_rank(S / np.outer(size, size), hermitian=True) < len(S):
        raise MisuseError(
            f"expected more clusters than the {len(S)} moments for weights of a second step; use one step, or fewer instruments"
        )
    return np.asarray(np.linalg.inv(S))


def search(
    problem: Problem, under: Projection, start: Array, options: Options, near: Point | None = None
) -> tuple[Optimum, Point | None]:
    """Minimise the objective from one start; inversions begin near a point. Returns the end and its point."""
    least, value = near, np.inf

    def residuals(theta: Array) -> tuple[Array, Array] | None:
        nonlocal near, least, value
        point = evaluate(problem, theta, near, options.control)
        if point.failed.any():
            return None
        near = point
        r, J = under.residuals(problem, point)
        if float(r @ r) < value:
            least, value = point, float(r @ r)
        return r, J

    end = least_residuals(residuals, start, options.bounds, options.limits, units(problem))
    return end, least


def _fit(
    problem: Problem, steps: tuple[Step, ...], last: tuple[Array, Projection], point: Point, options: Options
) -> Fit:
    W, under = last
    linear = under.coefficients(problem, point)
    errors = structural_errors(problem, point, linear)
    S = moment_covariance(problem, point, errors, centred=options.centred)
    r, J = under.residuals(problem, point)
    H, unit, flat = _hessian(problem, under, point, options), units(problem), flat_parameters(problem, point)
    scaled = _eigenvalues((H * np.outer(unit, unit))[np.ix_(~flat, ~flat)])
    conditioning = float(scaled[0] / scaled[-1]) if len(scaled) else 1.0
    return Fit(
        problem=problem, theta=point.theta, linear=linear, covariance=covariance(problem, point, W, S),
        objective=float(r @ r), degrees=len(W) - len(point.theta) - len(linear), errors=errors, point=point, steps=steps,
        gradient=2 * J.T @ r, curvature=_eigenvalues(H), conditioning=conditioning, flat=flat, options=options,
    )  # fmt: skip


def _hessian(problem: Problem, under: Projection, point: Point, options: Options) -> Array:
    """Return the objective's Hessian, by central differences of its exact gradient, shape (P, P)."""
    rows, unit = [], units(problem)
    for k, value in enumerate(point.theta):
        h = 1e-5 * max(1e-2 * unit[k], abs(float(value)))
        ends = []
        for sign in (1.0, -1.0):
            move = np.zeros(len(point.theta))
            move[k] = sign * h
            there = evaluate(problem, point.theta + move, point, options.control)
            if there.failed.any():
                return np.full((len(point.theta), len(point.theta)), np.nan)
            r, J = under.residuals(problem, there)
            ends.append(2 * J.T @ r)
        rows.append((ends[0] - ends[1]) / (2 * h))
    H = np.array(rows)
    return np.asarray((H + H.T) / 2)


def _eigenvalues(H: Array) -> Array:
    return np.asarray(np.linalg.eigvalsh(H)) if np.isfinite(H).all() else np.full(len(H), np.nan)
