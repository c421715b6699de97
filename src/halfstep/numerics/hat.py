"""The hat matrix of each cluster, and the inverse root that CR2 asks of it, never formed for a whole panel.

Rows are scaled by the root of their weight. With Q the regressors that the effects leave, made orthonormal, a cluster's
hat matrix couples rows of one linked part by a small block D and all of its rows by the few columns of Q:
``H_gg = D + Q Q'``. Where its norm is below one a few shifted inverses give the inverse root to rounding error
(Hale, Higham & Trefethen 2008, SIAM Journal on Numerical Analysis 46(5), 2505-2523)::

    (I - H)^(-1/2) = sum_j weight_j (I - H + shift_j I)^(-1)

and each is block diagonal but for the rank of Q (Woodbury). Otherwise the eigenvalues are taken.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import ellipj, ellipk

from halfstep.numerics.layout import Batch, Layout

__all__ = ["Hat", "Local", "Solved", "hat_of"]

Array = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]

_RANK_TOLERANCE = 1e-9
_EXACT = 1e-12


@dataclass(frozen=True, slots=True, eq=False)
class Local:
    """Columns of m functionals over a batch, block by block only those that are not zero there.

    Attributes
    ----------
    values
        Shape (h, c, p, k).
    of
        Functional of each, -1 where there is none, shape (h, c, k); None where all are in every block, in order.
    count
        m.
    """

    values: Array
    of: Codes | None
    count: int

    def gathered(self, values: Array) -> Array:
        """Sum (h, c, k, ...) over the blocks of a cluster into (h, m, ...)."""
        if self.of is None:
            return np.asarray(values.sum(axis=1))
        h, c = self.of.shape[:2]
        out = np.zeros((h, self.count + 1, *values.shape[3:]))
        for block in range(c):
            out[np.arange(h)[:, None], self.of[:, block]] += values[:, block]
        return out[:, :-1]

    def spread(self, values: Array, out: Array) -> None:
        """Add (blocks, k, ...) to out (blocks, m, ...), the blocks of all clusters one after the other."""
        if self.of is None:
            out += values
            return
        of = self.of.reshape(len(out), -1)
        at, column = np.nonzero(of >= 0)
        out[at, of[at, column]] += values[at, column]


@dataclass(frozen=True, slots=True, eq=False)
class Solved:
    """b = (I - H_gg)^(-1/2) a: a local part, and what the regressors carry to the rest, ``side @ along``.

    Attributes
    ----------
    local
        As it was asked.
    side
        Shape (h, c, p, s).
    along
        Shape (h, s, m).
    """

    local: Local
    side: Array
    along: Array


@dataclass(frozen=True, slots=True, eq=False)
class Hat:
    """The hat matrices of a batch of h clusters, c blocks each, p rows a block.

    Attributes
    ----------
    low
        Rows' orthonormal coordinates on their part's markets, cells taken out; shape (h, c, p, q).
    block
        D, shape (h, c, p, p).
    Q
        Shape (h, c, p, r).
    """

    batch: Batch
    low: Array
    block: Array
    Q: Array

    def solve(self, local: Local) -> Solved:
        """Apply (I - H_gg)^(-1/2), on the range of I - H_gg."""
        return self._by_eigenvalues(local) if self.batch.wild else self._by_shifts(local)

    def _by_shifts(self, local: Local) -> Solved:
        r, diagonal = self.Q.shape[3], np.arange(self.block.shape[3])
        alone = local.values is self.Q
        both = self.Q if alone else np.concatenate([self.Q, local.values], axis=3)
        own, turned = np.zeros_like(local.values), self.Q.swapaxes(2, 3)
        sides, along = [], []
        for shift, weight in zip(*_shifts(self.batch.norm), strict=True):
            matrix = -self.block
            matrix[:, :, diagonal, diagonal] += 1 + shift
            solved = np.linalg.solve(matrix, both)
            side, mine = solved[..., :r], solved if alone else solved[..., r:]
            own += weight * mine
            sides.append(side)
            inner = np.linalg.inv(np.eye(r) - (turned @ side).sum(axis=1))
            along.append(weight * inner @ local.gathered((turned @ mine).swapaxes(2, 3)).swapaxes(1, 2))
        return Solved(Local(own, local.of, local.count), np.concatenate(sides, axis=3), np.concatenate(along, axis=1))

    def _by_eigenvalues(self, local: Local) -> Solved:
        h, c, p, _ = local.values.shape
        wide = np.zeros((h * c, local.count, p))
        local.spread(local.values.swapaxes(2, 3).reshape(h * c, -1, p), wide)
        a = wide.reshape(h, c, local.count, p).swapaxes(2, 3).reshape(h, c * p, -1)
        Q = self.Q.reshape(h, c * p, -1)
        left = np.eye(c * p) - Q @ Q.swapaxes(1, 2)
        for k in range(c):
            mine = slice(k * p, (k + 1) * p)
            left[:, mine, mine] -= self.block[:, k]
        eigen, vectors = np.linalg.eigh(left)
        keep = eigen > _RANK_TOLERANCE
        power = np.where(keep, 1 / np.sqrt(np.where(keep, eigen, 1.0)), 0.0)
        b = vectors @ (power[:, :, None] * (vectors.swapaxes(1, 2) @ a))
        whole = Local(b.reshape(h, c, p, local.count), None, local.count)
        return Solved(whole, np.zeros((h, c, p, 0)), np.zeros((h, 0, local.count)))


def hat_of(layout: Layout, batch: Batch) -> Hat:
    """Return the hat matrices of a batch."""
    effects = layout.effects
    at, there = np.maximum(batch.rows, 0), batch.rows >= 0
    root, cell = np.where(there, layout.root[at], 0.0), effects.cell[at]
    low = effects.half[effects.market[at]]
    low -= layout.cell_half[cell]
    low *= root[..., None]
    of_cell = root / np.sqrt(effects.cell_weight)[cell]
    same = cell[..., :, None] == cell[..., None, :]
    block = low @ low.swapaxes(2, 3)
    block += same * (of_cell[..., :, None] * of_cell[..., None, :])
    return Hat(batch, low, block, layout.Q[at] * there[..., None])


def _shifts(norm: float) -> tuple[Array, Array]:
    """Return shifts and weights for eigenvalues of H between 0 and `norm`: as few as rounding error asks."""
    least, x = 1 - norm, np.linspace(1 - norm, 1, 33)
    period = float(ellipk(norm))
    for count in range(2, 40):
        sn, cn, dn, _ = ellipj((np.arange(count) + 0.5) * period / count, norm)
        shift, weight = least * (sn / cn) ** 2, 2 * period * np.sqrt(least) / (np.pi * count) * dn / cn**2
        if np.abs((weight / (x[:, None] + shift)).sum(axis=1) * np.sqrt(x) - 1).max() < _EXACT:
            break
    return shift, weight
