"""CR2 scores and Bell-McCaffrey degrees of freedom of many functionals, with nothing of n x m or n x p written out.

With Z the regressors and dummies, rows scaled by the root of their weight, the hat matrix is ``H = F F'`` for
orthonormal coordinates F of the rows: a few columns Q for the regressors, one for each cell, a few for each linked part's
markets. For cluster g, ``b_g = (I - H_gg)^(-1/2) a_g`` and ``U_g = F_g' b_g``. Then

- what cluster g adds to the estimate is ``b_g' e_g``;
- under independent errors of equal variance the variance is a quadratic form with matrix ``diag(b_g'b_g) - U U'``; its
  squared trace over its squared Frobenius norm is the degrees of freedom, and ``|diag(d) - U U'|^2 = sum d^2 -
  2 sum d_g |U_g|^2 + |U'U|^2``.

``(I - H_gg)^(-1/2)`` is applied without being formed: H_gg couples rows of one linked part by a small block and all rows
of the cluster by the few regressors, and its norm is small unless the cluster fills a cell, so that a short Chebyshev
series in H_gg does; where the norm is not small the eigenvalues are taken.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from numpy.polynomial import chebyshev

from halfstep.numerics.layout import Batch, Layout


Array = npt.NDArray[np.float64]

_RANK_TOLERANCE = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class Geometry:
    """H_gg of a batch: coordinates on the markets (h, c, p, q), blocks (h, c, p, p), regressors (h, c p, r)."""

    low: Array
    block: Array
    Q: Array


def geometry(layout: Layout, batch: Batch) -> Geometry:
    effects, rows = layout.effects, batch.rows
    at = np.maximum(rows, 0)
    root = np.where(rows >= 0, layout.root[at], 0.0)
    cell = effects.cell[at]
    low = effects.half[effects.market[at]]
    low -= layout.cell_half[cell]
    low *= root[..., None]
    block = low @ low.transpose(0, 1, 3, 2)
    scaled = root / np.sqrt(effects.cell_weight)[cell]
    block += np.where(cell[..., :, None] == cell[..., None, :], scaled[..., :, None] * scaled[..., None, :], 0.0)
    h, c, p = rows.shape
    Q = (layout.Q[at] * (rows >= 0)[..., None]).reshape(h, c * p, -1)
    return Geometry(low, block, Q)


def root_inverse(batch: Batch, shape: Geometry, a: Array) -> Array:
    """Return (I - H_gg)^(-1/2) a for a (h, c, p, m)."""
    return _by_eigenvalues(shape, a) if batch.wild else _by_series(batch.norm, shape, a)


def _by_series(norm: float, shape: Geometry, a: Array) -> Array:
    """Sum the Chebyshev series of (1 - x)^(-1/2) on [0, norm] by Clenshaw's recurrence."""
    series = _coefficients(norm)
    h, c, p, m = a.shape
    before, now = np.zeros_like(a), a * series[-1]
    for k in range(len(series) - 2, -1, -1):
        twice = 2.0 if k else 1.0
        hat = shape.block @ now
        flat = hat.reshape(h, c * p, m)
        flat += shape.Q @ (shape.Q.transpose(0, 2, 1) @ now.reshape(h, c * p, m))
        hat *= 2 * twice / norm
        hat -= twice * now
        hat -= before
        hat += series[k] * a
        before, now = now, hat
    return now


def _coefficients(norm: float) -> Array:
    """Return the series to rounding error: terms fall as z + sqrt(z^2 - 1) to the power, the branch point at z."""
    z = (2 - norm) / norm
    terms = int(np.ceil(38 / np.log(z + np.sqrt(z**2 - 1)))) + 1
    return np.asarray(chebyshev.chebinterpolate(lambda x: (1 - norm * (x + 1) / 2) ** -0.5, terms))


def _by_eigenvalues(shape: Geometry, a: Array) -> Array:
    h, c, p, m = a.shape
    gram = np.eye(c * p) - shape.Q @ shape.Q.transpose(0, 2, 1)
    for k in range(c):
        mine = slice(k * p, (k + 1) * p)
        gram[:, mine, mine] -= shape.block[:, k]
    eigen, vectors = np.linalg.eigh(gram)
    keep = eigen > _RANK_TOLERANCE
    power = np.where(keep, 1 / np.sqrt(np.where(keep, eigen, 1.0)), 0.0)
    turned = vectors.transpose(0, 2, 1) @ a.reshape(h, c * p, m)
    return np.asarray(vectors @ (power[:, :, None] * turned)).reshape(a.shape)
