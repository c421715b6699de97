"""Weights on the simplex, exactly: least squares with a ridge, for many targets that share one pool.

Minimises ``|A'w - b|^2 + r |w|^2`` over ``w >= 0, sum(w) = 1``, where the rows of A are the pool. With r > 0 the optimum
is ``w = max(z, 0)``, ``z = (A b - A A'v) / r + m``, at the minimum of the convex dual

    phi(v, m) = |max(z, 0)|^2 / 2 + v'A A'v / (2 r) - m ,

which is quadratic wherever the support of w stays the same. A Newton step solves the problem on the present support; the
line search along it is exact; when a step leaves the support as it was, the optimum is reached, to rounding. A small
ridge is approached through larger ones, each started from the support of the one before. It takes 3 to 30 small solves,
whatever the size of the pool, and only the rows of the Gram matrix that bear weight are read.

A ridge of zero leaves ties and, with more donors than periods, whole faces of equally good weights. It is therefore never
less than 1e-8 of the pool's median sum of squares: the answer is then unique and does not depend on the order of the
donors.

References
----------
Qi & Sun (1993), Mathematical Programming 58, 353-367: Newton's method for semismooth equations.
Hintermueller, Ito & Kunisch (2002), SIAM Journal on Optimization 13(3), 865-888: the active set as such a method.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.linalg.lapack import dposv

from halfstep.core.errors import MisuseError

__all__ = ["Gram", "least_ridge", "simplex_weights", "weights_of_rows"]

Array = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

_LEAST, _FLOOR = 1e-8, 1e-14
_FIRST, _SHRINK = 1e-2, 100.0
_NEAREST, _STEPS = 20, 200
_WHOLE, _LARGEST = 64, 5_000
_ROUNDING = 1e-14


@dataclass(frozen=True, slots=True, eq=False)
class Gram:
    """``A A'``, whole or read row by row off A.

    Attributes
    ----------
    squares
        Its diagonal, shape (N,).
    rows
        A, shape (N, T); None where only the matrix is known.
    matrix
        Shape (N, N); None where it would cost more than it saves.
    """

    squares: Array
    rows: Array | None = None
    matrix: Array | None = None

    def __post_init__(self) -> None:
        """Ask for one of both."""
        if self.rows is None and self.matrix is None:
            raise MisuseError("expected rows or their Gram matrix, got neither")

    @classmethod
    def of_rows(cls, rows: Array, targets: int) -> Gram:
        """Hold the matrix if so many targets make up for it, or if it is no larger than A."""
        n, length = rows.shape
        whole = n <= max(length, _WHOLE) or (targets * _WHOLE >= n and n <= _LARGEST)
        matrix = rows @ rows.T if whole else None
        return cls(np.einsum("nt,nt->n", rows, rows), rows, matrix)

    @classmethod
    def of_matrix(cls, matrix: Array) -> Gram:
        """Hold a matrix whose rows nobody has."""
        return cls(np.diagonal(matrix).copy(), None, matrix)

    def product(self, at: Ints, values: Array) -> Array:
        """Multiply by a vector that is zero but for some places."""
        if self.matrix is not None:
            return np.asarray(values @ self.matrix[at])
        assert self.rows is not None
        return np.asarray(self.rows @ (values @ self.rows[at]))

    def solve(self, at: Ints, right: Array, target: Array | None, ridge: float) -> Array:
        """Solve ``(A_at A_at' + ridge) x`` for ``A_at b`` and for ones; shape (k, 2)."""
        if self.rows is not None and target is not None and len(at) > self.rows.shape[1]:
            some = self.rows[at]  # by the smaller side; A_at b must not be formed first, its difference would drown
            solved = some @ _solve(some.T @ some, np.column_stack([target, some.sum(axis=0)]), ridge)
            solved[:, 1] = (1 - solved[:, 1]) / ridge
            return np.asarray(solved)
        both = np.ones((len(at), 2))
        both[:, 0] = right[at]
        if self.matrix is not None:
            return _solve(self.matrix[at][:, at], both, ridge)
        assert self.rows is not None
        some = self.rows[at]
        return _solve(some @ some.T, both, ridge)


def _solve(square: Array, right: Array, ridge: float) -> Array:
    square.flat[:: len(square) + 1] += ridge
    _, solved, failed = dposv(square, right)
    if failed:
        raise MisuseError(
            "expected outcomes of comparable size, got donors whose squares differ more than numbers hold: "
            "use logarithms or shares"
        )
    return np.asarray(solved)


def least_ridge(squares: Array) -> float:
    """Return the ridge below which weights would not be unique: 1e-8 of the median sum of squares of the pool."""
    typical = float(np.median(squares)) or float(squares.mean()) or 1.0
    return max(_LEAST * typical, _FLOOR * float(squares.max()))


def weights_of_rows(rows: Array, targets: Ints, pool: Mask, ridge: Array) -> Array:
    """Return, for each of some rows, its weights on the rows of its pool; shape (M, N).

    Parameters
    ----------
    rows
        Shape (N, T).
    targets
        Rows to be met, shape (M,).
    pool
        Rows that may bear weight, shape (M, N).
    ridge
        Shape (M,); raised to `least_ridge` where it is less.
    """
    if not pool.any(axis=1).all():
        raise MisuseError("expected at least one donor, got none: name units that the event cannot have touched")
    # weights sum to one, so that what all share drops out; left in, it would swamp what tells donors apart
    rows = np.ascontiguousarray(rows - rows[pool.any(axis=0)].mean(axis=0))
    gram = Gram.of_rows(rows, len(targets))
    weights = np.zeros(pool.shape)
    for k, target in enumerate(targets):
        weights[k] = simplex_weights(gram, rows @ rows[target], pool[k], float(ridge[k]), rows[target])
    return weights


def simplex_weights(gram: Gram, right: Array, pool: Mask, ridge: float = 0.0, target: Array | None = None) -> Array:
    """Return the weights of one target.

    Parameters
    ----------
    gram
        ``A A'``.
    right
        ``A b``, shape (N,).
    pool
        What may bear weight, shape (N,).
    ridge
        r; raised to `least_ridge` where it is less.
    target
        b, shape (T,); needed where more rows than T may bear weight.
    """
    last = max(ridge, least_ridge(gram.squares[pool]))
    now = max(last, _FIRST * float(np.median(gram.squares[pool])))
    search = _Search(gram, right, pool, target)
    search.begin(now)
    while True:
        search.settle(now)
        if now <= last:
            break
        now = max(now / _SHRINK, last) if now > last * _SHRINK else last
    weights = np.where(search.z > 0, search.z, 0.0)
    return np.asarray(weights / weights.sum())


class _Search:
    """Where the search stands: v and ``A A'v``, the level m, and ``z``, whose positive part are the weights."""

    __slots__ = ("at", "fresh", "gram", "m", "moved", "out", "right", "target", "v", "z")

    def __init__(self, gram: Gram, right: Array, pool: Mask, target: Array | None) -> None:
        self.gram, self.right, self.out, self.target = gram, right, ~pool, target
        self.v = self.moved = self.z = np.zeros(len(right))
        self.m, self.fresh = 0.0, True
        self.at: Ints = np.flatnonzero(pool)

    def begin(self, ridge: float) -> None:
        """Start from equal weights on the rows nearest to the target."""
        if len(self.at) > _NEAREST:
            apart = (self.gram.squares - 2 * self.right)[self.at]
            self.at = self.at[np.argpartition(apart, _NEAREST)[:_NEAREST]]
        self.v = np.zeros(len(self.right))
        self.v[self.at] = 1 / len(self.at)
        self.moved = self.gram.product(self.at, self.v[self.at])
        self.z = (self.right - self.moved) / ridge
        self.m = _level(self.z[~self.out])
        self.z += self.m
        self.z[self.out] = -1.0
        self.at, self.fresh = np.flatnonzero(self.z > 0), False

    def settle(self, ridge: float) -> None:
        """Take Newton steps at one ridge until the support stays."""
        for _ in range(_STEPS):
            z, moved, m = self.newton(ridge)
            v = np.zeros(len(z))
            v[self.at] = z[self.at]
            outside = np.where(v == 0, z, -v)  # above zero where the support is about to change
            rounding = _ROUNDING * (1 + abs(m) + (np.abs(self.right) + np.abs(moved)) / ridge)
            done = bool((outside <= rounding).all())
            # the first step at a new ridge goes all the way: v solves the former problem, not this one
            step = 1.0 if done or self.fresh else self.length(z, moved, v, m, ridge)
            if step == 1.0:
                self.z, self.moved, self.v, self.m = z, moved, v, m
            else:
                self.z = self.z + step * (z - self.z)
                self.moved = self.moved + step * (moved - self.moved)
                self.v = self.v + step * (v - self.v)
                self.m += step * (m - self.m)
            self.fresh = done
            if done:
                return
            self.at = np.flatnonzero(self.z > 0)
        self.fresh = True

    def newton(self, ridge: float) -> tuple[Array, Array, float]:
        """Solve on the support; return z, ``A A'v`` and m."""
        solved = self.gram.solve(self.at, self.right, self.target, ridge)
        level = (1 - solved[:, 0].sum()) / solved[:, 1].sum()
        inside = solved[:, 0] + level * solved[:, 1]
        moved = self.gram.product(self.at, inside)
        z = (self.right - moved + level) / ridge
        z[self.at] = inside
        z[self.out] = -1.0
        return z, moved, level / ridge

    def length(self, z: Array, moved: Array, v: Array, m: float, ridge: float) -> float:
        """Return where phi is least on the way to a Newton step: its slope is piecewise linear and never falls."""
        along = z - self.z
        flat = float(self.v @ (moved - self.moved)) / ridge - (m - self.m)
        rise = float((v - self.v) @ (moved - self.moved)) / ridge

        def slope(step: float) -> float:
            return float(np.maximum(self.z + step * along, 0) @ along) + flat + step * rise

        if slope(1.0) <= 0 or slope(0.0) >= 0:
            return 1.0
        turning = (self.z > 0) != (z > 0)
        kinks = np.concatenate([[0.0], np.sort(-self.z[turning] / along[turning]), [1.0]])
        low, high = 0, len(kinks) - 1
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if slope(float(kinks[middle])) > 0 else (middle, high)
        below, above = slope(float(kinks[low])), slope(float(kinks[high]))
        return float(kinks[low] + (kinks[high] - kinks[low]) * below / (below - above)) if above > below else 1.0


def _level(x: Array) -> float:
    """Return m such that the positive parts of ``x + m`` sum to one."""
    falling = np.sort(x[x > x.max() - 1])[::-1]
    levels = (1 - np.cumsum(falling)) / np.arange(1, len(falling) + 1)
    return float(levels[np.flatnonzero(falling + levels > 0)[-1]])
