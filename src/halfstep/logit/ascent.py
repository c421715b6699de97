"""Climb of a log likelihood whose scores are known person by person, in few evaluations.

The outer product of scores B foretells minus the Hessian where the model is true (Berndt, Hall, Hall & Hausman 1974). What it
misses, S, is learnt from gradients by a structured secant; whichever of B and B + S foretold the last step better makes the
next one, and steps are kept to a region, measured by B, in which it is trusted.

References
----------
Dennis, Gay & Welsch (1981), ACM Transactions on Mathematical Software 7(3), 348-368: the secant, its sizing, the switch. Bunch
(1987), Transportation Research B 21(1), 1-12: the same for choice models. Nocedal & Wright (2006), Numerical Optimization,
chapter 4: the region.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from halfstep.logit.tasks import Array

__all__ = ["Climb", "Evaluate", "Limits", "climb", "outer"]

Evaluate = Callable[[Array], tuple[float, Array]]

_RIDGE, _MEAN = 1e-10, 0.9
_FARTHEST, _TINY = 5.0, 1e-100
_ROUNDING = 1e-14
_ACCEPT, _POOR, _GOOD = 1e-4, 0.25, 0.75


@dataclass(frozen=True, slots=True, eq=False)
class Climb:
    """Where a climb ended.

    Attributes
    ----------
    theta
        Shape (P,).
    loglik
        At theta.
    scores
        Weighted, shape (N, P).
    S
        Minus the Hessian less the outer product of scores, as learnt, shape (P, P).
    evaluations
        Of the log likelihood.
    """

    theta: Array
    loglik: float
    scores: Array
    S: Array
    evaluations: int
    converged: bool


@dataclass(frozen=True, slots=True)
class Limits:
    """When to stop.

    Attributes
    ----------
    gain
        Log likelihood that is still foretold.
    step
        Length of a step, by B: in standard errors or less.
    kinks
        Whether the log likelihood has kinks: there a shortest step is an arrival.
    """

    gain: float = 1e-9
    step: float = 1e-9
    kinks: bool = False
    evaluations: int = 200


@dataclass(frozen=True, slots=True, eq=False)
class _Point:
    theta: Array
    loglik: float
    scores: Array
    B: Array

    @property
    def g(self) -> Array:
        return np.asarray(self.scores.sum(0))


def outer(scores: Array, weight: Array) -> Array:
    """Return the sum over people of the outer product of their scores, most of their mean's own taken off; shape (P, P).

    The mean is zero at a maximum; far from one it would make B too steep. A trace of a ridge keeps B invertible.
    """
    g = scores.sum(0)
    B = np.asarray(scores.T @ (scores / weight[:, None])) - _MEAN * np.outer(g, g) / float(weight.sum())
    size = np.diag(B)
    B[np.diag_indices_from(B)] += _RIDGE * np.maximum(size, float(size.max()) * _RIDGE or 1.0)
    return B


def climb(evaluate: Evaluate, start: Array | Climb, weight: Array, unit: Array, limits: Limits) -> Climb:
    """Maximise a log likelihood.

    Parameters
    ----------
    evaluate
        Gives the log likelihood and the weighted scores (N, P).
    start
        Parameters, shape (P,), or a climb to go on with.
    unit
        Change of each parameter that matters, shape (P,); no step is more than a few: where the likelihood is flat for ever,
        the climb ends before figures mean nothing.
    """
    if isinstance(start, Climb):
        here, S = _Point(start.theta, start.loglik, start.scores, outer(start.scores, weight)), start.S
    else:
        here, S = _at(evaluate, start, weight), np.zeros((len(start), len(start)))
    evaluations, radius, learnt, P = int(not isinstance(start, Climb)), np.inf, bool(S.any()), len(here.theta)
    while evaluations < limits.evaluations:
        C = np.linalg.cholesky(here.B)
        g = np.linalg.solve(C, here.g)
        models = [np.eye(P), np.eye(P) + np.linalg.solve(C, np.linalg.solve(C, S).T)]
        u = _step(g, models[learnt], radius)
        foretold = [float(g @ u) - float(u @ M @ u) / 2 for M in models]
        length = float(np.linalg.norm(u))
        arrived = length < radius and foretold[learnt] <= max(limits.gain, _ROUNDING * abs(here.loglik))
        if arrived or length < limits.step:
            return Climb(here.theta, here.loglik, here.scores, S, evaluations, arrived or limits.kinks)
        move = np.linalg.solve(C.T, u)
        cut = min(1.0, _FARTHEST / float(np.abs(move / unit).max()))
        u, length = cut * u, cut * length
        foretold = [float(g @ u) - float(u @ M @ u) / 2 for M in models]
        there = _at(evaluate, here.theta + cut * move, weight)
        evaluations += 1
        if not np.isfinite(there.loglik):
            radius = length / 4
            continue
        gained = there.loglik - here.loglik
        ratio = gained / foretold[learnt]
        S = _secant(S, here, there)
        learnt = abs(foretold[1] - gained) < abs(foretold[0] - gained)
        if ratio < _POOR:
            radius = length * _shrunk(gained, float(g @ u))
        elif ratio > _GOOD:
            radius = max(radius, 2 * length)
        if ratio > _ACCEPT:
            here = there
    return Climb(here.theta, here.loglik, here.scores, S, evaluations, False)


def _at(evaluate: Evaluate, theta: Array, weight: Array) -> _Point:
    loglik, scores = evaluate(theta)
    if not (np.isfinite(loglik) and np.isfinite(scores).all()):
        return _Point(theta, -np.inf, scores, np.eye(len(theta)))
    return _Point(theta, loglik, scores, outer(scores, weight))


def _step(g: Array, M: Array, radius: float) -> Array:
    """Maximise ``g'u - u'Mu / 2`` within a radius; where M is no hill and there is no radius, mirror its valleys."""
    size, Q = np.linalg.eigh(M)
    along = Q.T @ g
    if size[0] <= 0 and not np.isfinite(radius):
        size = np.maximum(np.abs(size), 1e-3)
    least = max(0.0, -float(size[0]))

    def length(shift: float) -> float:
        return float(np.linalg.norm(along / np.maximum(size + shift, _TINY)))

    if least == 0.0 and size[0] > 0 and length(0.0) <= radius:
        return np.asarray(Q @ (along / size))
    lo, hi = least, least + float(np.linalg.norm(g)) / radius + 1e-12
    for _ in range(60):
        middle = (lo + hi) / 2
        lo, hi = (middle, hi) if length(middle) > radius else (lo, middle)
    return np.asarray(Q @ (along / np.maximum(size + hi, _TINY)))


def _shrunk(gained: float, slope: float) -> float:
    """Return the part of a step at which the parabola through its start, slope and end is highest, kept to [1/10, 1/2]."""
    bend = slope - gained
    return min(max(slope / (2 * bend), 0.1), 0.5) if bend > 0 else 0.5


def _secant(S: Array, here: _Point, there: _Point) -> Array:
    """Return S moved as little as makes ``(B + S) step`` the change of the gradient."""
    step, y = there.theta - here.theta, here.g - there.g
    along = float(step @ y)
    if along <= 1e-12 * float(np.linalg.norm(step) * np.linalg.norm(y)):
        return S
    wanted = y - there.B @ step
    old = float(step @ S @ step)
    S = S * (min(1.0, abs(float(step @ wanted)) / abs(old)) if old else 1.0)
    left = wanted - S @ step
    both = np.outer(left, y) / along
    return np.asarray(S + both + both.T - float(step @ left) / along**2 * np.outer(y, y))
