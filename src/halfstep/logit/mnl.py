"""Conditional logit by Newton's method, on differences from the chosen alternative.

With d_tj the columns of alternative j less those of the chosen one, task t has the log likelihood
``-log(1 + sum_j exp(d_tj' b))``: concave in b, so a halved Newton step always climbs, unless no finite b is best.

References
----------
McFadden (1974), "Conditional logit analysis of qualitative choice behavior". Albert & Anderson (1984), Biometrika 71(1), 1-10:
when a maximum exists.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from halfstep.logit.records import Multinomial
from halfstep.logit.tasks import Array, Codes, Tasks

__all__ = ["fit_multinomial", "probabilities", "utilities"]

_MOST = 60
_HALVINGS = 30
_DECREMENT = 1e-13
_RANK = 1e-9
_NAMED = 1e-4
_DIVERGES = 1e-2


@dataclass(frozen=True, slots=True, eq=False)
class _Point:
    loglik: float
    slopes: Array
    H: Array


def utilities(tasks: Tasks, b: Array) -> Array:
    """Return ``X b``, shape (n,)."""
    return np.asarray(tasks.X @ b, dtype=np.float64)


def probabilities(tasks: Tasks, b: Array) -> Array:
    """Return the logit probability of each row within its task, shape (n,)."""
    length, V = np.diff(tasks.row), utilities(tasks, b)
    e = np.exp(V - np.repeat(np.maximum.reduceat(V, tasks.row[:-1]), length))
    return np.asarray(e / np.repeat(np.add.reduceat(e, tasks.row[:-1]), length))


def fit_multinomial(tasks: Tasks, start: Array | None = None) -> Multinomial:
    """Fit a conditional logit by weighted maximum likelihood.

    Columns that depend on each other within tasks get the shortest b among the best (in units of their own spread); under
    separation b is where the log likelihood stopped rising. Both are told in `trouble`, and such a fit has not converged.

    Parameters
    ----------
    start
        Shape (K,); zero where absent.

    Examples
    --------
    >>> X = np.array([[0.0], [1.0], [0.0], [1.0], [0.0], [1.0]])
    >>> rows, people = np.array([0, 2, 4, 6]), np.arange(4)
    >>> fit = fit_multinomial(Tasks(X, rows, np.array([1, 3, 4]), people, np.ones(3)))
    >>> fit.b.round(6), fit.converged  # two of three chose 1: log 2
    (array([0.693147]), True)
    """
    D, row = tasks.differences()
    unit = np.sqrt(np.einsum("ij,ij->j", D, D) / len(D))
    still = unit <= _RANK * np.abs(tasks.X).max(axis=0)
    unit[still] = 1.0
    D /= unit
    D[:, still] = 0.0
    w = tasks.weight[tasks.person]
    null = _null(D)
    b = np.zeros(tasks.K) if start is None else start * unit
    b, here, step, done = _climb(D, row, w, b, null)
    trouble, columns = "", _columns(null)
    if columns:
        trouble = "collinear"
    elif _separates(D, step):
        trouble, columns = "separated", _columns(step[:, None])
    length = np.diff(tasks.row)
    return Multinomial(
        b=b / unit,
        loglik=here.loglik,
        loglik_null=-float(w @ np.log(length)),
        information=here.H * np.outer(unit, unit),
        scores=here.slopes * unit,
        converged=done and not trouble,
        trouble=trouble,
        columns=columns,
    )


def _climb(D: Array, row: Codes, w: Array, b: Array, null: Array) -> tuple[Array, _Point, Array, bool]:
    """Return the maximum, what holds there, the Newton step that is left, and whether it is one."""
    here = _at(D, row, w, b)
    for _ in range(_MOST):
        step = _newton(here, null)
        gain = float(step @ here.slopes.sum(0))
        if gain <= _DECREMENT * max(1.0, abs(here.loglik)):
            return b, here, step, True
        for _ in range(_HALVINGS):
            there = _at(D, row, w, b + step)
            if there.loglik >= here.loglik:
                break
            step = step / 2
        else:
            return b, here, step, gain < np.sqrt(_DECREMENT)
        b, here = b + step, there
    return b, here, _newton(here, null), False


def _at(D: Array, row: Codes, w: Array, b: Array) -> _Point:
    """Return the log likelihood, its slopes by task (T, K), and minus its Hessian."""
    V, first, others = D @ b, row[:-1], np.diff(row)
    top = np.maximum(np.maximum.reduceat(V, first), 0.0)
    e = np.exp(V - np.repeat(top, others))
    total = np.exp(-top) + np.add.reduceat(e, first)
    p = e / np.repeat(total, others)
    mean = csr_array((p, np.arange(len(D)), row), shape=(len(first), len(D))) @ D
    near = D * np.sqrt(p * np.repeat(w, others))[:, None]
    far = mean * np.sqrt(w)[:, None]
    return _Point(-float(w @ (top + np.log(total))), -w[:, None] * mean, near.T @ near - far.T @ far)


def _newton(here: _Point, null: Array) -> Array:
    """Return the Newton step, none of it along directions that change no utility difference."""
    g = here.slopes.sum(0)
    # along a null direction curvature is set to that of the others, so that the step there is nothing but rounding
    H = here.H + null @ null.T * float(np.trace(here.H)) / len(g)
    try:
        L = np.linalg.cholesky(H)
        step = np.linalg.solve(L.T, np.linalg.solve(L, g))
    except np.linalg.LinAlgError:
        size, Q = np.linalg.eigh(H)
        kept = size > size[-1] * np.finfo(float).eps * len(g)
        step = Q[:, kept] @ (Q[:, kept].T @ g / size[kept])
    return np.asarray(step - null @ (null.T @ step))


def _null(D: Array) -> Array:
    """Return an orthonormal basis of the directions that change no utility difference, shape (K, any)."""
    size, Q = np.linalg.eigh(D.T @ D / len(D))
    near = Q[:, size < np.sqrt(_RANK)]
    if near.size:  # squares lose half the digits: judge by the differences themselves
        _, s, Vt = np.linalg.svd(np.linalg.qr(D @ near, mode="r"))
        near = near @ Vt[np.pad(s, (0, len(Vt) - len(s))) <= _RANK * np.sqrt(len(D))].T
    return np.asarray(near)


def _columns(directions: Array) -> tuple[int, ...]:
    """Return the columns that carry a direction."""
    if not directions.size:
        return ()
    carried = np.abs(directions).max(axis=1)
    return tuple(int(k) for k in np.flatnonzero(carried > _NAMED * carried.max()))


def _separates(D: Array, step: Array) -> bool:
    """Whether going on for ever along a step lowers no choice's probability: then no finite b is best.

    Where b runs off, each Newton step is about one in utility, however little the log likelihood gains by it.
    """
    move = D @ step
    size = float(np.abs(move).max())
    return size > _DIVERGES and float(move.max()) <= _DIVERGES * size
