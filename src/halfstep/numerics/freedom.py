"""Bell-McCaffrey degrees of freedom of many functionals, with U written out for a few clusters at a time.

Under independent errors of equal variance the variance of a functional is a quadratic form with matrix
``diag(d) - U U'``, d_g = b_g'b_g; its squared trace over its squared Frobenius norm is the degrees of freedom, and
``|diag(d) - U U'|^2 = sum d^2 - 2 sum d_g |U_g|^2 + |U'U|^2``.

With ``U = V0 prices + R`` (V0 the columns of Q as functionals, R the local part) ``U'U = T + X``: T is a combination of the
products of V0's columns, made once (`Tensor`), and ``X = V'R + R'V`` with ``V = V0 prices + R / 2`` has rows for the
clusters of R alone. Beyond the linked parts in which a functional lives, R is what leaks through the regressors: X is left
out there where a bound says that it moves the norm by less than one part in 10^10.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from halfstep.numerics.few_clusters import Own
from halfstep.numerics.layout import Layout

__all__ = ["Near", "Sides", "Tensor", "near", "norm_with", "tensor_of", "whole_norm"]

Array = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

TENSOR = 75_000_000
"""Numbers that the products of V0's columns may take."""
SMALL = 200_000
"""Clusters times columns up to which U is written out with its cells."""
CHUNK = 128
"""Clusters whose products are taken together; neighbours in time meet few columns."""


@dataclass(frozen=True, slots=True, eq=False)
class Sides:
    """V and R of a functional over h clusters.

    Attributes
    ----------
    cluster, reach
        The clusters, and first and last linked part of each, shapes (h,) and (2, h); they ascend in the first.
    start, low
        V and R on the markets' coordinates of the linked parts from this one on; (2, h, columns).
    price
        On Q, (2, h, r).
    on, pairs, at_pair
        On cells, by pair, (2, k); the pairs, and the place of each one's cluster.
    """

    cluster: Codes
    reach: Codes
    start: int
    low: Array
    price: Array
    on: Array
    pairs: Codes
    at_pair: Codes


@dataclass(frozen=True, slots=True, eq=False)
class Tensor:
    """Products of the columns of V0, symmetrised, for k pairs of columns.

    Attributes
    ----------
    columns
        The pairs, shape (2, k).
    wide, cells, within
        Markets' coordinates and Q by themselves (k, D, D), cells with these (k, C, D), cells with cells (k times C x C).
    gram
        Inner products of the pairs' whole matrices, shape (k, k).
    """

    columns: Codes
    wide: Array
    cells: Array
    within: tuple[csr_array, ...]
    gram: Array

    def coefficients(self, prices: Array) -> Array:
        """Return what each pair counts for in a functional with these prices (r,); shape (k,)."""
        first, second = self.columns
        return np.asarray(prices[first] * prices[second] * np.where(first == second, 1.0, 2.0))


def tensor_of(layout: Layout, own: Own) -> Tensor | None:
    """Make the products; None where there are none or where they would take too much memory."""
    r, C, q = layout.Q.shape[1], len(layout.effects.cell_weight), layout.effects.half.shape[1]
    columns = np.array(np.triu_indices(r), dtype=np.int64)
    k, low = columns.shape[1], len(layout.effects.parts) * q
    D = low + r
    if not 0 < k * D * (D + C) <= TENSOR:
        return None
    wide, cells = np.zeros((k, D, D)), np.zeros((k, C, D))
    first, last = layout.reach
    for some in _chunks(np.lexsort((last, first))):
        window = slice(int(first[some].min()) * q, (int(last[some].max()) + 1) * q)
        U = _low(layout, own, some)[:, :, window]
        for i, (a, b) in enumerate(columns.T):
            wide[i, window, window] += U[a].T @ U[b]
            wide[i, low:, window] += own.price[some, a].T @ U[b]
            wide[i, window, low:] += U[a].T @ own.price[some, b]
    for i, (a, b) in enumerate(columns.T):
        wide[i, low:, low:] = own.price[:, a].T @ own.price[:, b]
    wide = (wide + wide.transpose(0, 2, 1)) / 2
    for some in _chunks(np.argsort(layout.first_cell, kind="stable")):
        U = np.concatenate([_low(layout, own, some), own.price[some].transpose(1, 0, 2)], axis=2)
        there, S = _on_cells(layout, own, some)
        for i, (a, b) in enumerate(columns.T):
            cells[i, there] += (S[a] @ U[b] + S[b] @ U[a]) / 2
    within = []
    sparse = [
        csr_array((own.pair[:, a], (layout.pair_cell, layout.pair_cluster)), shape=(C, layout.clusters))
        for a in range(r)
    ]
    for a, b in columns.T:
        product = sparse[a] @ sparse[b].T
        within.append(csr_array((product + product.T) / 2))
    gram = np.einsum("iab,jab->ij", wide, wide, optimize=True) + 2 * np.einsum(
        "iab,jab->ij", cells, cells, optimize=True
    )
    gram += np.array([[float(x.multiply(y).sum()) for y in within] for x in within])
    return Tensor(columns, wide, cells, tuple(within), gram)


def _chunks(order: Codes) -> list[Codes]:
    return np.split(order, range(CHUNK, len(order), CHUNK))


def _low(layout: Layout, own: Own, clusters: Codes) -> Array:
    """Write V0 on the markets' coordinates out for some clusters; shape (r, clusters, parts q)."""
    (_, r, q), P = own.low.shape, len(layout.effects.parts)
    out = np.zeros((r, len(clusters), P, q))
    place, blocks = layout.spread(layout.cluster_block, clusters)
    out[:, place, layout.block_part[blocks]] = own.low[blocks].swapaxes(0, 1)
    return out.reshape(r, len(clusters), P * q)


def _on_cells(layout: Layout, own: Own, clusters: Codes) -> tuple[Codes, Array]:
    """Write V0 on the cells that some clusters meet out; returns those cells and (r, cells, clusters)."""
    place, pairs = layout.spread(layout.cluster_pair, clusters)
    there, at = np.unique(layout.pair_cell[pairs], return_inverse=True)
    out = np.zeros((own.pair.shape[1], len(there), len(clusters)))
    out[:, at, place] = own.pair[pairs].T
    return there, out


def whole_norm(layout: Layout, sides: Sides) -> float:
    """Return |U'U|^2 for U = R, nothing left out."""
    C, h = len(layout.effects.cell_weight), len(sides.cluster)
    U = np.concatenate([sides.low[1], sides.price[1]], axis=1)
    if h * (C + U.shape[1]) <= SMALL:
        cells = np.zeros((h, C))
        cells[sides.at_pair, layout.pair_cell[sides.pairs]] = sides.on[1]
        U = np.concatenate([U, cells], axis=1)
        product = U.T @ U if U.shape[1] < h else U @ U.T
        return float((product**2).sum())
    on = csr_array((sides.on[1], (sides.at_pair, layout.pair_cell[sides.pairs])), shape=(h, C))
    within = on @ on.T if h < C else on.T @ on
    return float((_square(layout, sides, U) ** 2).sum() + 2 * ((on.T @ U) ** 2).sum() + (within.data**2).sum())


@dataclass(frozen=True, slots=True, eq=False)
class Near:
    """Rows of T for the linked parts that functionals live in, and for Q; columns are those that their clusters reach.

    Attributes
    ----------
    window
        First of the linked parts that clusters in them reach, and one past the last.
    columns
        Which of the columns of `Sides` are rows, shape (columns,).
    cells
        Which cells are, shape (C,).
    wide, on_wide, wide_on, on
        Rows by columns: wide by wide, the cells by wide, the other cells by the wide rows, the cells by cells; for each
        pair of the tensor.
    """

    window: tuple[int, int]
    columns: Mask
    cells: Mask
    wide: Array
    on_wide: Array
    wide_on: Array
    on: Array


def near(layout: Layout, tensor: Tensor, parts: Mask) -> Near:
    """Take from the tensor what functionals in these parts, (P,), ask for."""
    q, P, r = layout.effects.half.shape[1], len(parts), layout.Q.shape[1]
    there = np.unique(layout.block_cluster[parts[layout.block_part]])
    start, stop = int(layout.reach[0][there].min()), int(layout.reach[1][there].max()) + 1
    every = np.append(np.arange(start * q, stop * q), P * q + np.arange(r))
    columns = np.append(np.repeat(parts[start:stop], q), np.ones(r, dtype=bool))
    cells = parts[layout.effects.part_of_cell]
    here, others, mine = np.flatnonzero(cells), np.flatnonzero(~cells), every[columns]
    wide, on_wide, wide_on = (
        np.stack([values[np.ix_(*at)] for values in stack])
        for stack, at in (
            (tensor.wide, (mine, every)),
            (tensor.cells, (here, every)),
            (tensor.cells, (others, mine)),
        )
    )
    return Near(
        (start, stop), columns, cells, wide, on_wide, wide_on, np.stack([w[here].toarray() for w in tensor.within])
    )


def norm_with(layout: Layout, sides: Sides, tensor: Tensor, pairs: Array, known: Near) -> tuple[float, float]:
    """Return |T + X|^2, X worked out in the known rows and columns, and a bound of what was left out.

    Parameters
    ----------
    pairs
        What each pair of the tensor counts for, shape (k,).
    """
    V, R = (np.concatenate([low, price], axis=1) for low, price in zip(sides.low, sides.price, strict=True))
    near_v, near_r = V[:, known.columns], R[:, known.columns]
    shape = len(known.cells), len(V)
    on_v, on_r = (csr_array((on, (layout.pair_cell[sides.pairs], sides.at_pair)), shape=shape) for on in sides.on)
    few_v, few_r = on_v[known.cells], on_r[known.cells]
    total = before = float(pairs @ tensor.gram @ pairs)
    wide, on_wide, wide_on, on = (
        np.tensordot(pairs, t, 1) for t in (known.wide, known.on_wide, known.wide_on, known.on)
    )
    total += _gain(near_v.T @ R + near_r.T @ V, wide, np.where(known.columns, 1.0, 2.0))
    total += 2 * _gain(few_v @ R + few_r @ V, on_wide, 1.0)
    total += 2 * _gain((on_v @ near_r + on_r @ near_v)[~known.cells], wide_on, 1.0)
    total += _gain((few_v @ on_r.T + few_r @ on_v.T).toarray(), on, np.where(known.cells, 1.0, 2.0))
    left = [
        max(float(np.vdot(side, side) - np.vdot(close, close) + np.vdot(cell, cell) - np.vdot(few.data, few.data)), 0.0)
        for side, close, cell, few in zip((V, R), (near_v, near_r), sides.on, (few_v, few_r), strict=True)
    ]
    beyond = 2 * float(np.sqrt(left[0] * left[1]))
    return total, 2 * float(np.sqrt(max(before, 0.0))) * beyond + beyond**2


def _square(layout: Layout, sides: Sides, U: Array) -> Array:
    """Return U'U, clusters of like periods together so that few columns are met at a time."""
    size, r, q = U.shape[1], sides.price.shape[2], layout.effects.half.shape[1]
    out, start = np.zeros((size, size)), sides.start
    for some in _chunks(np.arange(len(U))) if len(U) else ():
        ends = slice((int(sides.reach[0, some[0]]) - start) * q, (int(sides.reach[1, some].max()) + 1 - start) * q)
        u, v = U[some, ends], U[some, size - r :]
        out[ends, ends] += u.T @ u
        out[ends, size - r :] += u.T @ v
        out[size - r :, size - r :] += v.T @ v
    out[size - r :, : size - r] = out[: size - r, size - r :].T
    return out


def _gain(X: Array, T: Array | float, weight: Array | float) -> float:
    """Return |T + X|^2 - |T|^2, columns weighted."""
    return float(((X + 2 * T) * X * weight).sum())
