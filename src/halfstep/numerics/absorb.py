"""Several absorbed effects at once: columns minus what group means of any number of groupings explain.

One grouping is exact. Several are solved by conjugate gradients on the symmetric Kaczmarz operator
``T = (I - P_1) ... (I - P_m) ... (I - P_1)``, whose fixed points are the residuals (`P_i` takes group means): nothing
of size groups x groups is formed, and the cost grows with rows x columns x groupings.

References
----------
Correia (2016), "Linear models with high-dimensional fixed effects", section 3: the operator and its acceleration.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components

__all__ = ["Absorber", "absorber"]

Array = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]

_TOLERANCE = 1e-13
_STEPS = 2_000


@dataclass(frozen=True, slots=True, eq=False)
class Absorber:
    """Groupings ready to be taken out of columns.

    Attributes
    ----------
    codes
        One code 0..G-1 per row and grouping; a tuple of shape (n,) arrays.
    averages
        Per grouping the (G, n) matrix that takes group means.
    """

    codes: tuple[Codes, ...]
    averages: tuple[csr_array, ...]

    @property
    def _groups(self) -> int:
        return sum(int(code.max()) + 1 for code in self.codes)

    @property
    def rank(self) -> int:
        """Dimensions taken out: exact for up to two groupings, else the most it can be."""
        if len(self.codes) == 2:
            return self._groups - _components(*self.codes)
        return self._groups - max(len(self.codes) - 1, 0)

    def residuals(self, columns: Array) -> Array:
        """Return columns minus all effects.

        Parameters
        ----------
        columns
            Shape (n, m).

        Returns
        -------
        Array
            Shape (n, m), to about 1e-12 of the columns' size.

        Examples
        --------
        >>> rows = np.array([[1.0], [3.0], [5.0], [9.0]])
        >>> absorber(np.array([0, 0, 1, 1])).residuals(rows).ravel()
        array([-1.,  1., -2.,  2.])
        """
        if not self.codes:
            return np.array(columns, dtype=np.float64)
        first = columns - self._mean(0, columns)
        if len(self.codes) == 1:
            return first
        y = np.array(columns, dtype=np.float64)
        scale = np.maximum((y**2).sum(0), np.finfo(float).tiny)
        r = self._taken(y)
        u = r.copy()
        size = (r**2).sum(0)
        for _ in range(_STEPS):
            busy = size > _TOLERANCE**2 * scale
            if not busy.any():
                break
            v = self._taken(u[:, busy])
            along = (u[:, busy] * v).sum(0)
            step = np.divide(size[busy], along, out=np.zeros_like(along), where=along > 0)
            y[:, busy] -= step * u[:, busy]
            r[:, busy] -= step * v
            new = (r[:, busy] ** 2).sum(0)
            u[:, busy] = r[:, busy] + new / size[busy] * u[:, busy]
            size[busy] = np.where(along > 0, new, 0.0)
        return y

    def _taken(self, columns: Array) -> Array:
        """Return columns minus T columns."""
        kept = columns.copy()
        ways = range(len(self.codes))
        for way in (*ways, *reversed(ways[:-1])):
            kept -= self._mean(way, kept)
        return np.asarray(columns - kept)

    def _mean(self, way: int, columns: Array) -> Array:
        return np.asarray((self.averages[way] @ columns)[self.codes[way]])


def absorber(*codes: Codes) -> Absorber:
    """Prepare groupings; each is a shape (n,) array of any integers."""
    compact = tuple(np.unique(c, return_inverse=True)[1].reshape(-1).astype(np.int64) for c in codes)
    return Absorber(compact, tuple(_average(c) for c in compact))


def _average(codes: Codes) -> csr_array:
    count = np.bincount(codes)
    order = np.argsort(codes, kind="stable")
    starts = np.concatenate([[0], np.cumsum(count)])
    return csr_array(((1 / count)[codes[order]], order, starts), shape=(len(count), len(codes)))


def _components(left: Codes, right: Codes) -> int:
    """Return the number of connected components of the graph whose edges are rows."""
    G, H = int(left.max()) + 1, int(right.max()) + 1
    graph = coo_array((np.ones(len(left)), (left, G + right)), shape=(G + H, G + H))
    return int(connected_components(graph, directed=False, return_labels=False))
