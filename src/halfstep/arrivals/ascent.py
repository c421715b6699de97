"""The weights of a cascade problem by Newton steps within their bounds; weights of single cascades are eliminated block by block."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from halfstep.arrivals.cascades import Array, Flags, Problem
from halfstep.native.cascade import Asked, Rates
from halfstep.native.door import kernel

__all__ = ["Found", "Weights", "climb", "expand", "profile", "start"]

_STEPS, _HALVINGS, _PRECISION, _RIDGE, _LEAST, _NEAR = 200, 12, 1e-8, 1e-9, 1e-6, 1e-6
_ROUNDS = 12
_DIGITS = 1e-12  # of a log likelihood, which is a sum over the events


@dataclass(frozen=True, slots=True, eq=False)
class Weights:
    """A point: weights of each cascade, shape (C, D, p); shared ones, shape (D, s); logs of factors, shape (F,)."""

    own: Array
    shared: Array
    factor: Array


@dataclass(frozen=True, slots=True, eq=False)
class Fixed:
    """Which weights stand still, or move to their bound: shapes (C, D, p) and (D, s)."""

    own: Flags
    shared: Flags


@dataclass(frozen=True, slots=True, eq=False)
class Slopes:
    """Of the log likelihood at a point, cascade by cascade.

    Attributes
    ----------
    loglik
        Its value.
    own, shared, factor
        Slopes, shapes (C, D, p), (C, D, s), (C, F).
    H
        Negative curvature in the weights, shape (C, D, P, P).
    tilt
        Integrals of the features under each factor, shape (C, P, F).
    pull
        Integrated rates under pairs of factors, shape (C, F, F).
    """

    loglik: float
    own: Array
    shared: Array
    factor: Array
    H: Array
    tilt: Array
    pull: Array


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """Where the search ended.

    Attributes
    ----------
    at
        The point.
    slopes
        There.
    converged, steps
        Whether a Newton step foretold less than 1e-8 of log likelihood (or its twelfth digit); steps taken.
    """

    at: Weights
    slopes: Slopes
    converged: bool
    steps: int


def expand(problem: Problem, at: Weights) -> tuple[Array, Array]:
    """Return the scaled weights, shape (C, D, P), and the segments' factors, shape (Q,)."""
    own = problem.own
    w = np.empty((len(problem.stream.until), problem.spec.counted, len(own)))
    w[:, :, own] = at.own
    w[:, :, ~own] = at.shared
    return w, np.exp(problem.part @ at.factor)


def start(problem: Problem) -> Weights:
    """A point inside: three tenths of the posts brought by posts, the others by themselves."""
    D, p = problem.spec.counted, int(problem.own.sum())
    shared = len(problem.own) - p
    posts = problem.sums(problem.counts) / D + 0.5
    own = np.tile((0.7 * posts / max(p, 1))[:, None, None], (1, D, p))
    weights = np.full((D, shared), 0.3 / max(shared, 1))
    if not p:
        weights[:, 0] = 0.7 * posts.mean()
    return Weights(own, weights, np.zeros(problem.part.shape[1]))


def slopes(problem: Problem, at: Weights, H: Array | None = None) -> Slopes:
    """Return the log likelihood and its slopes; `H` where it is known already, as factors take no part in it."""
    w, f = expand(problem, at)
    rates = Rates(problem.decay, w * problem.scale[:, None], f)
    found = kernel().cascade(problem.stream, rates, Asked(curvature=H is None))
    flowing = problem.area * f[:, None]
    of = problem.cascade_of()
    expected = np.einsum("qp,qp->q", flowing, w.sum(axis=1)[of])
    with np.errstate(invalid="ignore"):
        value = float(found.loglik.sum() + problem.counts @ problem.part @ at.factor - expected.sum())
    g = found.score * problem.scale[:, None] - problem.sums(flowing)[:, None, :]
    if H is None:
        H = found.curvature * (problem.scale[:, None, :, None] * problem.scale[:, None, None, :])
    part, own = problem.part, problem.own
    tilt = problem.sums(flowing[:, :, None] * part[:, None, :])
    pull = problem.sums(expected[:, None, None] * part[:, :, None] * part[:, None, :])
    by_factor = problem.sums((problem.counts - expected)[:, None] * part)
    return Slopes(value, g[:, :, own], g[:, :, ~own], by_factor, H, tilt, pull)


def climb(problem: Problem, at: Weights, near: bool = False) -> Found:
    """Return the best point within the bounds: weights not below 0, steady rates not below a millionth of a post.

    `near` says that the start is near the top.
    """
    low = _bounds(problem)
    for _ in range(0 if near else 5):
        at = _redistributed(problem, at, low)
    here = slopes(problem, at)
    converged, steps = False, 0
    while not converged and steps < _STEPS:
        steps += 1
        fixed = Fixed(
            (at.own <= low.own + _NEAR) & (here.own <= 0.0),
            (at.shared <= low.shared + _NEAR) & (here.shared.sum(axis=0) <= 0.0),
        )
        move = _within(problem, (at, here), fixed, low)
        converged = abs(_promised(here, move)) < _PRECISION + _DIGITS * abs(here.loglik)
        if converged:
            break
        at, here, moved = _searched(problem, (at, here), move, low)
        if not moved:  # bounds bent the step downhill
            at = _redistributed(problem, at, low)
            here = slopes(problem, at)
    return Found(at, here, converged, steps)


def profile(problem: Problem, found: Found) -> tuple[Array, Array]:
    """Information on shared weights and factors with each cascade's own eliminated, shape (C, R, R); scores, shape (C, R).

    Weights on their bound are held there: their rows are zero.
    """
    low, at, here = _bounds(problem), found.at, found.slopes
    fixed = Fixed(at.own <= low.own, at.shared <= low.shared)
    nothing = Weights(np.zeros_like(at.own), np.zeros_like(at.shared), np.zeros(len(at.factor)))
    A, B, D, g_own, g = _blocks(problem, here, fixed, nothing)
    solved = np.linalg.solve(A, B)
    information = D - np.einsum("cdpr,cdps->crs", B, solved)
    return information, g - np.einsum("cdpr,cdp->cr", solved, g_own)


def _bounds(problem: Problem) -> Weights:
    C, D, own = len(problem.stream.until), problem.spec.counted, problem.own
    low = np.zeros(len(own))
    low[0] = _LEAST
    return Weights(np.tile(low[own], (C, D, 1)), np.tile(low[~own], (D, 1)), np.zeros(0))


def _redistributed(problem: Problem, at: Weights, low: Weights) -> Weights:
    """One step of expectation and maximisation: never downhill, and far from the top faster than Newton's."""
    w, f = expand(problem, at)
    rates = Rates(problem.decay, w * problem.scale[:, None], f)
    earned = kernel().cascade(problem.stream, rates, Asked()).score * problem.scale[:, None]
    paid = np.broadcast_to(problem.sums(problem.area * f[:, None])[:, None, :], earned.shape)
    own = problem.own
    return Weights(
        np.maximum(low.own, at.own * earned[:, :, own] / np.maximum(paid[:, :, own], 1e-300)),
        np.maximum(low.shared, at.shared * earned[:, :, ~own].sum(0) / np.maximum(paid[:, :, ~own].sum(0), 1e-300)),
        at.factor,
    )


def _blocks(problem: Problem, here: Slopes, fixed: Fixed, held: Weights) -> tuple[Array, Array, Array, Array, Array]:
    """Curvature of own weights, of own by shared, of shared (by cascade), and the slopes once what is fixed has moved as held.

    What is fixed is cut out.
    """
    own, (C, D) = problem.own, here.own.shape[:2]
    p, s, F = int(own.sum()), int((~own).sum()), here.factor.shape[1]
    R = D * s + F
    A = here.H[:, :, own][:, :, :, own].copy()
    B = np.zeros((C, D, p, R))
    shared = np.zeros((C, R, R))
    for d in range(D):
        mine = slice(d * s, (d + 1) * s)
        B[:, d, :, mine] = here.H[:, d][:, own][:, :, ~own]
        shared[:, mine, mine] = here.H[:, d][:, ~own][:, :, ~own]
        shared[:, mine, D * s :] = here.tilt[:, ~own]
        shared[:, D * s :, mine] = here.tilt[:, ~own].transpose(0, 2, 1)
    B[..., D * s :] = here.tilt[:, None, own]
    shared[:, D * s :, D * s :] = here.pull
    together = np.concatenate([held.shared.ravel(), held.factor])
    g_own = here.own - np.einsum("cdpq,cdq->cdp", A, held.own) - B @ together
    g_own = np.where(fixed.own, 0.0, g_own)
    g = np.concatenate([here.shared.reshape(C, D * s), here.factor], axis=1)
    g -= np.einsum("cdpr,cdp->cr", B, held.own) + shared @ together
    free = np.concatenate([~np.ravel(fixed.shared), np.ones(F, dtype=np.bool_)])
    kept = ~fixed.own
    A *= kept[..., :, None] & kept[..., None, :]
    diagonal = np.arange(p)
    A[..., diagonal, diagonal] += np.where(kept, _RIDGE * (1.0 + A[..., diagonal, diagonal]), 1.0)
    B *= kept[..., None] & free
    shared *= free[:, None] & free
    return A, B, shared, g_own, g * free


def _within(problem: Problem, base: tuple[Weights, Slopes], fixed: Fixed, low: Weights) -> Weights:
    """The step of the quadratic that stays within the bounds: what would cross its bound is put on it, the rest solved again."""
    at, here = base
    move = Weights(at.own, at.shared, at.factor)
    for _ in range(_ROUNDS):
        held = Weights(
            np.where(fixed.own, low.own - at.own, 0.0), np.where(fixed.shared, low.shared - at.shared, 0.0),
            np.zeros(len(at.factor)),
        )  # fmt: skip
        move = _newton(problem, here, fixed, held)
        own, shared = at.own + move.own < low.own, at.shared + move.shared < low.shared
        own, shared = own & ~fixed.own, shared & ~fixed.shared
        if not own.any() and not shared.any():
            break
        fixed = Fixed(fixed.own | own, fixed.shared | shared)
    return move


def _promised(here: Slopes, move: Weights) -> float:
    return float(
        (here.own * move.own).sum()
        + (here.shared.sum(axis=0) * move.shared).sum()
        + here.factor.sum(axis=0) @ move.factor
    )


def _newton(problem: Problem, here: Slopes, fixed: Fixed, held: Weights) -> Weights:
    """The step in what is free, where what is fixed moves as held."""
    A, B, shared, g_own, g_each = _blocks(problem, here, fixed, held)
    s = here.shared.shape[1] * here.shared.shape[2]
    for crossed in (True, False):
        if not crossed:  # away from the top factors and weights may bend the wrong way together
            B[..., s:], shared[:, :s, s:], shared[:, s:, :s] = 0.0, 0.0, 0.0
        whole, g = shared.sum(axis=0), g_each.sum(axis=0)
        solved, solved_g = np.linalg.solve(A, B), np.linalg.solve(A, g_own[..., None])[..., 0]
        S = whole - np.einsum("cdpr,cdps->rs", B, solved)
        diagonal = np.diagonal(S).copy()
        S[np.diag_indices(len(S))] += np.where(np.diagonal(whole) > 0.0, _RIDGE * (1.0 + diagonal), 1.0)
        both = np.linalg.solve(S, g - np.einsum("cdpr,cdp->r", B, solved_g)) if len(S) else np.zeros(0)
        step = solved_g - np.einsum("cdpr,r->cdp", solved, both)
        if (g_own * step).sum() + g @ both >= 0.0:
            break
    factor = both[s:]
    factor = factor / max(1.0, float(np.abs(factor).max(initial=0.0)))
    return Weights(step + held.own, both[:s].reshape(held.shared.shape) + held.shared, factor)


def _searched(
    problem: Problem, base: tuple[Weights, Slopes], move: Weights, low: Weights
) -> tuple[Weights, Slopes, bool]:
    at, here = base
    length = 1.0
    for _ in range(_HALVINGS):
        there = Weights(
            np.maximum(low.own, at.own + length * move.own),
            np.maximum(low.shared, at.shared + length * move.shared),
            at.factor + length * move.factor,
        )
        promised = _promised(here, Weights(there.own - at.own, there.shared - at.shared, there.factor - at.factor))
        found = slopes(problem, there)
        gained = found.loglik - here.loglik + _DIGITS * abs(here.loglik)
        if np.isfinite(found.loglik) and promised > 0.0 and gained >= 1e-4 * promised:
            return there, found, True
        length /= 2.0
    return at, here, False
