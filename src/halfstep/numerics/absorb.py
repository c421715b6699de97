"""Several absorbed effects at once: columns minus what group means of any number of groupings explain.

One grouping is exact. Several are solved in the effects, not in the rows: with D the groups' indicators the effects solve
``D'D theta = D'y``, by conjugate gradients with one symmetric Gauss-Seidel sweep over the groupings as preconditioner.
Each step costs as much as there are pairs of groups with rows in common, at most one a row; nothing of size
groups x groups is formed.

References
----------
Correia (2016), "Linear models with high-dimensional fixed effects", section 3: the same operator and acceleration, over
rows. Saad (2003), Iterative Methods for Sparse Linear Systems, sections 9.2 and 10.2.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import block_array, coo_array, csr_array

__all__ = ["Absorber", "absorber"]

Array = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]
Parts = tuple[Array, ...]

_TOLERANCE = 1e-13
_ROUNDING = 1e-15
_STEPS = 2_000
_ROUNDS = 3


@dataclass(frozen=True, slots=True, eq=False)
class Absorber:
    """Groupings ready to be taken out of columns.

    Attributes
    ----------
    codes
        One code 0..G-1 per row and grouping; a tuple of shape (n,) arrays.
    counts
        Rows of each group, a tuple of shape (G, 1) arrays.
    shared
        ``shared[i][j]`` counts the rows in common of the groups of i and of j, shape (G_i, G_j); empty for i = j.
    weights
        Weights of the rows, shape (n,), by which counts and sums are then weighted; None where all count alike.
    """

    codes: tuple[Codes, ...]
    counts: Parts
    shared: tuple[tuple[csr_array, ...], ...]
    weights: Array | None = None

    @property
    def rank(self) -> int:
        """Dimensions taken out: exact for up to two groupings, else the most it can be."""
        groups = sum(len(count) for count in self.counts)
        if len(self.codes) == 2:
            return groups - _components(self.shared[0][1])
        return groups - max(len(self.codes) - 1, 0)

    def residuals(self, columns: Array) -> Array:
        """Return columns minus all effects.

        Parameters
        ----------
        columns
            Shape (n, m).

        Returns
        -------
        Array
            Shape (n, m), to about 1e-12 of the columns' size; each column lies in one piece.

        Examples
        --------
        >>> rows = np.array([[1.0], [3.0], [5.0], [9.0]])
        >>> absorber(np.array([0, 0, 1, 1])).residuals(rows).ravel()
        array([-1.,  1., -2.,  2.])
        """
        left = np.array(columns.T, dtype=np.float64, order="C")
        if not self.codes or not left.size:
            return left.T
        floor = (_ROUNDING * np.linalg.norm(left, axis=1)) ** 2
        self._take(left, (self._sums(0, left) / self.counts[0],))
        if len(self.codes) == 1:
            return left.T
        enough = np.maximum((_TOLERANCE * np.linalg.norm(left, axis=1)) ** 2, floor)
        for _ in range(_ROUNDS):
            sums = tuple(self._sums(way, left) for way in range(len(self.codes)))
            if (self._size(sums) <= enough).all():
                break
            self._take(left, self._solve(sums, enough))
        return left.T

    def _solve(self, b: Parts, enough: Array) -> Parts:
        """Return effects with ``D'D theta = b``, b in D's range, to a size of what is left; (G_i, m) by grouping."""
        theta = tuple(np.zeros_like(part) for part in b)
        z = self._sweep(b)
        direction, inner = z, _dot(b, z)
        for _ in range(_STEPS):
            image = tuple(
                count * part + self._others(way, direction, range(len(b)))
                for way, (count, part) in enumerate(zip(self.counts, direction, strict=True))
            )
            along = _dot(direction, image)
            busy = (self._size(b) > enough) & (along > 0) & (inner > 0)
            if not busy.any():
                break
            step = np.divide(inner, along, out=np.zeros_like(along), where=busy)
            theta = tuple(part + step * way for part, way in zip(theta, direction, strict=True))
            b = tuple(part - step * way for part, way in zip(b, image, strict=True))
            z = self._sweep(b)
            new = _dot(b, z)
            turn = np.divide(new, inner, out=np.zeros_like(new), where=busy)
            direction, inner = tuple(part + turn * way for part, way in zip(z, direction, strict=True)), new
        return theta

    def _sweep(self, b: Parts) -> Parts:
        """Apply the symmetric Gauss-Seidel preconditioner: groupings one after the other, and back."""
        ways = range(len(b))
        parts: list[Array] = []
        for way in ways:
            parts.append((b[way] - self._others(way, parts, range(way))) / self.counts[way])
        for way in reversed(ways[:-1]):
            parts[way] = parts[way] - self._others(way, parts, range(way + 1, len(b))) / self.counts[way]
        return tuple(parts)

    def _others(self, way: int, parts: Parts | list[Array], among: range) -> Array | float:
        """Return the sums over a grouping's rows of other groupings' effects."""
        return sum((self.shared[way][j] @ parts[j] for j in among if j != way), start=0.0)

    def _size(self, sums: Parts) -> Array:
        """Return the squared length of all group means, row by row; shape (m,)."""
        return np.asarray(sum((part**2 / count).sum(0) for part, count in zip(sums, self.counts, strict=True)))

    def _sums(self, way: int, left: Array) -> Array:
        """Return group totals of rows (m, n); shape (G, m)."""
        weighted = left if self.weights is None else left * self.weights
        return np.stack([np.bincount(self.codes[way], row, len(self.counts[way])) for row in weighted], axis=1)

    def _take(self, left: Array, effects: Parts) -> None:
        """Take effects off rows (m, n), in place."""
        for code, effect in zip(self.codes, effects, strict=False):
            for row, part in zip(left, effect.T, strict=True):
                row -= np.ascontiguousarray(part)[code]


def absorber(*codes: Codes, weights: Array | None = None) -> Absorber:
    """Prepare groupings; each is a shape (n,) array of any integers, `weights` are above zero, shape (n,)."""
    compact = tuple(np.unique(c, return_inverse=True)[1].reshape(-1).astype(np.int64) for c in codes)
    counts = tuple(np.bincount(c, weights).astype(np.float64)[:, None] for c in compact)
    shared = tuple(tuple(_shared(i, j, weights) for j in compact) for i in compact)
    return Absorber(compact, counts, shared, weights)


def _shared(left: Codes, right: Codes, weights: Array | None) -> csr_array:
    """Count rows by pairs of groups; nothing for a grouping with itself."""
    shape = (int(left.max()) + 1, int(right.max()) + 1)
    if left is right:
        return csr_array(shape)
    return coo_array((np.ones(len(left)) if weights is None else weights, (left, right)), shape=shape).tocsr()


def _dot(left: Parts, right: Parts) -> Array:
    """Return the inner products column by column; shape (m,)."""
    return np.asarray(sum((a * b).sum(0) for a, b in zip(left, right, strict=True)))


def _components(shared: csr_array) -> int:
    """Return the number of connected components of the graph that links groups with rows in common."""
    from scipy.sparse.csgraph import connected_components  # a third of all imports, and seldom needed

    return int(
        connected_components(block_array([[None, shared], [shared.T, None]]), directed=False, return_labels=False)
    )
