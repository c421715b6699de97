"""L2-regularised squared-hinge heads, all at once, by Newton steps on one multiplier a text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["Floats", "Solved", "Sparse", "solve"]

Floats = npt.NDArray[np.float64]
Sparse = Any
"""A scipy.sparse matrix in CSR form; scipy.sparse carries no types."""
Places = npt.NDArray[np.int64]
Pair = tuple[Floats, Floats]

NEWTON, CONJUGATE, ALONG = 60, 60, 10
"""Most Newton steps, conjugate gradients in one, and steps along a direction; what is left is told."""
_TINY = 1e-300


@dataclass(frozen=True, slots=True, eq=False)
class Solved:
    """K heads.

    Attributes
    ----------
    weight
        As they are put on X, the n-grams' scale folded in; shape (D, K).
    bias
        Shape (K,).
    multiplier
        Of each text, shape (n, K); zero beyond the margin. A start for the next C.
    left
        Norm of the gradient over that at zero, shape (K,).
    """

    weight: Floats
    bias: Floats
    multiplier: Floats
    left: Floats


@dataclass(frozen=True, slots=True, eq=False)
class _Kernel:
    """Products of texts, ``X diag(r^2) X' + 1``, never formed: n-grams of two texts and more, and a diagonal of the others."""

    X: Sparse
    XT: Sparse
    r2: Floats
    own: Floats

    def __call__(self, a: Floats, some: Places) -> Floats:
        """Return products with a, shape (n, heads in some)."""
        whole = len(some) == self.r2.shape[1]
        r2, own = (self.r2, self.own) if whole else (self.r2[:, some], self.own[:, some])
        made = self.XT @ a
        made *= r2
        found: Floats = self.X @ made
        found += own * a
        found += a.sum(0)
        return found


def solve(X: Sparse, y: Floats, r: Floats, C: Floats, start: Floats | None = None, tolerance: float = 3e-2) -> Solved:
    """Return heads that minimise ``(|v|^2 + b^2) / 2 + C sum_i max(0, 1 - y_i (x_i (r v) + b))^2``.

    Truncated Newton (Keerthi & DeCoste 2005; Lin, Weng & Keerthi 2008) on multipliers: weights are always ``r X' a``, so
    gradients and directions are kept as one figure a text (Chapelle 2007), and an inner product of two is one with K between.
    Conjugate gradients stop at a tenth of the gradient; then comes the best point along the way. An n-gram of one text is on
    the diagonal of K and nowhere else, so that most n-grams cost nothing.

    Parameters
    ----------
    X
        Texts by n-grams, shape (n, D).
    y
        1 and -1; 0 where a text is not for that head; shape (n, K).
    r
        Scale of each n-gram for each head, shape (D, K).
    C
        What a text inside the margin costs each head, shape (K,).
    start
        Multipliers to start from, shape (n, K).
    tolerance
        Of `Solved.left`, times the share of the rarer answer, as in LIBLINEAR (Fan et al. 2008).
    """
    r2 = r * r
    kernel = _kernel(X, r2)
    every = np.arange(y.shape[1])
    zero = 4 * C * C * _dot(y, kernel(y, every))
    rarer = np.maximum(np.minimum((y > 0).sum(0), (y < 0).sum(0)), 1)
    enough = tolerance * rarer / np.maximum((y != 0).sum(0), 1)
    a = np.zeros_like(y) if start is None else start * (y != 0)
    Z = np.zeros_like(y) if start is None else kernel(a, every)
    left = np.ones(y.shape[1])
    some = every
    for _ in range(NEWTON):
        left_over = 2 * C[some] * y[:, some] * np.maximum(0, 1 - y[:, some] * Z[:, some]) - a[:, some]
        K_left = kernel(left_over, some)
        left[some] = np.sqrt(_dot(left_over, K_left) / np.maximum(zero[some], _TINY))
        going = left[some] > enough[some]
        some = some[going]
        if not len(some):
            break
        ys, here, cost = y[:, some], (a[:, some], Z[:, some]), C[some]
        way = _direction(kernel, (left_over[:, going], K_left[:, going]), (ys * here[1] < 1) & (ys != 0), cost, some)
        t = _step(here, way, ys, cost)
        a[:, some] += t * way[0]
        Z[:, some] += t * way[1]
    return Solved(r2 * (X.T @ a), a.sum(0), a, left)


def _kernel(X: Sparse, r2: Floats) -> _Kernel:
    count = np.bincount(X.indices, minlength=X.shape[1])
    often = np.argsort(-count, kind="stable")
    shared = often[: int((count > 1).sum())]
    alone = X[:, np.flatnonzero(count == 1)]
    own = alone.multiply(alone) @ r2[count == 1]
    held = X[:, shared]
    return _Kernel(held, held.T.tocsr(), np.ascontiguousarray(r2[shared]), own)


def _dot(x: Floats, y: Floats) -> Floats:
    found: Floats = np.einsum("ij,ij->j", x, y)
    return found


def _direction(kernel: _Kernel, left: Pair, inside: npt.NDArray[np.bool_], C: Floats, some: Places) -> Pair:
    """Return Newton directions and their products with K, by conjugate gradients in lockstep; a head that is done waits."""
    e, Ke = left
    p, Kp = e.copy(), Ke.copy()
    d, Kd = np.zeros_like(e), np.zeros_like(e)
    size = _dot(e, Ke)
    enough = 1e-2 * size
    for _ in range(CONJUGATE):
        Hp = p + 2 * C * inside * Kp
        far = np.where(size > enough, size / np.maximum(_dot(Hp, Kp), _TINY), 0)
        d += far * p
        Kd += far * Kp
        e = e - far * Hp
        Ke = kernel(e, some)
        now = _dot(e, Ke)
        going = now > enough
        if not going.any():
            break
        on = np.where(going, now / np.maximum(size, _TINY), 0)
        p = e + on * p
        Kp = Ke + on * Kp
        size = now
    return d, Kd


def _step(here: Pair, way: Pair, y: Floats, C: Floats) -> Floats:
    """Return how far each head falls the most: Newton steps on a convex, piecewise quadratic."""
    (_, Z), (d, Kd) = here, way
    vd, dd = _dot(d, Z), _dot(d, Kd)
    t = np.ones(y.shape[1])
    for _ in range(ALONG):
        slack = np.maximum(0, 1 - y * (Z + t * Kd)) * (y != 0)
        slope = vd + t * dd - 2 * C * _dot(y * slack, Kd)
        bend = dd + 2 * C * _dot((slack > 0) * Kd, Kd)
        move = slope / np.maximum(bend, _TINY)
        t -= move
        if np.all(np.abs(move) <= 1e-3 * np.abs(t)):
            break
    return t
