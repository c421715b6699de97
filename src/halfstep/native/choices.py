"""Choice probabilities of many markets at once, plain and nested, and how they move: the NumPy side of the kernels.

A batch is m markets of the same number of products J and buyers I. ``P_ij`` is a choice probability, ``C_ij`` the one
within the product's nest (RCNL, Grigolon & Verboven 2014, Review of Economics and Statistics 96(5), 916-935)::

    V = (delta + mu) / (1 - rho),  C_ij = exp(V_ij) / sum_{k in g} exp(V_ik),  P_ij = C_ij P_ig

and any change H of ``delta + mu`` moves it by
``dP_ij / P_ij = H_ij / (1 - rho) - rho / (1 - rho) sum_{k in g} C_ik H_ik - sum_k P_ik H_ik``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from halfstep.native.layout import Array, Codes, Markets, Products, Tastes

__all__ = [
    "Batch", "Choices", "batches", "choices", "gathered", "inverses", "moved", "moved_by_rho", "share_jacobian",
    "share_slopes", "utilities",
]  # fmt: skip

_CELLS = 400_000


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """Markets of one shape.

    Attributes
    ----------
    market
        Shape (m,).
    rows, buyers
        Where their rows and buyers stand, shapes (m, J) and (m, I).
    w
        Buyers' weights, shape (m, I).
    """

    market: Codes
    rows: Codes
    buyers: Codes
    w: Array


@dataclass(frozen=True, slots=True, eq=False)
class Choices:
    """Probabilities at one point.

    Attributes
    ----------
    P
        Shape (m, J, I).
    C
        Within the nest, shape (m, J, I); None in the plain form.
    same
        One where two products share a nest, shape (m, J, J); None in the plain form.
    V, inclusive
        ``(delta + mu) / (1 - rho)`` and the log sum of its exponentials over the nest, shape (m, J, I); None likewise.
    rho
        Nesting parameter.
    """

    P: Array
    C: Array | None = None
    same: Array | None = None
    V: Array | None = None
    inclusive: Array | None = None
    rho: float = 0.0

    def within(self, values: Array) -> Array:
        """Sum values (m, J, I) over each product's nest, weighted by C."""
        assert self.C is not None and self.same is not None
        return np.asarray(self.same @ (self.C * values))


def batches(markets: Markets, cells: int = _CELLS) -> Iterator[Batch]:
    """Yield markets grouped by shape, no batch with many more than `cells` products times buyers."""
    J, I = np.diff(markets.row), np.diff(markets.buyer)  # noqa: E741
    order = np.lexsort((I, J))
    shape = np.stack([J[order], I[order]], axis=1)
    cuts = np.flatnonzero((np.diff(shape, axis=0) != 0).any(axis=1)) + 1
    for group in np.split(order, cuts):
        if not len(group):
            continue
        j, i = int(J[group[0]]), int(I[group[0]])
        step = max(1, cells // max(1, j * i))
        for first in range(0, len(group), step):
            some = group[first : first + step]
            rows = markets.row[some][:, None] + np.arange(j)
            buyers = markets.buyer[some][:, None] + np.arange(i)
            yield Batch(some, rows, buyers, markets.w[buyers])


def gathered(values: Array, at: Codes) -> Array:
    """Take columns of (K, A) at (m, I): shape (m, K, I)."""
    return np.ascontiguousarray(np.moveaxis(values[:, at], 0, 1))


def utilities(batch: Batch, X: Array, B: Array, delta: Array) -> Array:
    """Return ``delta + mu`` of a batch, shape (m, J, I)."""
    return np.asarray(X[batch.rows] @ gathered(B, batch.buyers) + delta[batch.rows][:, :, None])


def choices(utility: Array, nest: Codes | None, rho: float) -> Choices:
    """Return probabilities at utilities (m, J, I); `nest` has shape (m, J)."""
    if nest is None:
        shift = np.maximum(utility.max(axis=1, keepdims=True), 0.0)
        e = np.exp(utility - shift)
        return Choices(e / (np.exp(-shift) + e.sum(axis=1, keepdims=True)))
    V = utility / (1 - rho)
    same = (nest[:, :, None] == nest[:, None, :]).astype(np.float64)
    top = V.max(axis=1, keepdims=True)
    e = np.exp(V - top)
    held = np.maximum(same @ e, np.finfo(float).tiny)
    inclusive = np.log(held) + top
    members = same.sum(axis=2)[:, :, None]
    value = (1 - rho) * inclusive
    shift = np.maximum(value.max(axis=1, keepdims=True), 0.0)
    group = np.exp(value - shift)
    group = group / (np.exp(-shift) + (group / members).sum(axis=1, keepdims=True))
    C = e / held
    return Choices(C * group, C, same, V, inclusive, rho)


def moved(at: Choices, H: Array) -> tuple[Array, Array | None]:
    """Return ``d log P`` and ``d log C`` where ``delta + mu`` moves by H, shape (m, J, I)."""
    overall = (at.P * H).sum(axis=1, keepdims=True)
    if at.C is None:
        return H - overall, None
    nested, keep = at.within(H), 1 / (1 - at.rho)
    return keep * (H - at.rho * nested) - overall, keep * (H - nested)


def moved_by_rho(at: Choices) -> tuple[Array, Array]:
    """Return ``d log P / d rho`` and ``d log C / d rho`` at given utilities."""
    assert at.V is not None and at.C is not None and at.inclusive is not None
    mean = at.within(at.V)
    lnC = (at.V - mean) / (1 - at.rho)
    q = mean - at.inclusive
    return lnC + q - (at.P * q).sum(axis=1, keepdims=True), lnC


def share_jacobian(at: Choices, w: Array) -> Array:
    """Return ``ds / d delta``, shape (m, J, J): symmetric and positive definite."""
    weighted = at.P * w[:, None, :]
    s = weighted.sum(axis=2)
    A = -(weighted @ at.P.transpose(0, 2, 1))
    if at.C is not None and at.same is not None:
        A -= at.rho / (1 - at.rho) * at.same * (weighted @ at.C.transpose(0, 2, 1))
    index = np.arange(s.shape[1])
    A[:, index, index] += s / (1 - at.rho)
    return np.asarray(A)


def share_slopes(at: Choices, batch: Batch, products: Products, tastes: Tastes) -> Array:
    """Return ``ds / d theta`` at given delta, shape (m, J, P), with nests (m, J, P + 1)."""
    X = products.X[batch.rows]
    G = gathered(tastes.G, batch.buyers) * batch.w[:, None, :]
    column = tastes.column
    G_t = G.transpose(0, 2, 1)
    mean = (at.P.transpose(0, 2, 1) @ X)[:, :, column]
    keep = 1 / (1 - at.rho)
    slopes = keep * X[:, :, column] * (at.P @ G_t) - at.P @ (G_t * mean)
    if at.C is None:
        return np.asarray(slopes)
    for k in np.unique(column):
        of = np.flatnonzero(column == k)
        inside = at.within(np.broadcast_to(X[:, :, k : k + 1], at.P.shape))
        slopes[:, :, of] -= keep * at.rho * ((at.P * inside) @ G_t[:, :, of])
    by_rho = (at.P * moved_by_rho(at)[0] * batch.w[:, None, :]).sum(axis=2)
    return np.concatenate([slopes, by_rho[:, :, None]], axis=2)


def inverses(A: Array) -> Array:
    """Return inverses, NaN where there is none."""
    try:
        return np.asarray(np.linalg.inv(A), dtype=np.float64)
    except np.linalg.LinAlgError:
        out = np.full_like(A, np.nan)
        for t, matrix in enumerate(A):
            try:
                out[t] = np.linalg.inv(matrix)
            except np.linalg.LinAlgError:
                continue
        return out
