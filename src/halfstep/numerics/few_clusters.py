"""What each cluster adds to many functionals, with nothing of n x m or n x p written out (CR2).

Rows are scaled by the root of their weight; F are orthonormal coordinates of the rows in the space of the regressors and
dummies, so that the hat matrix is ``F F'``. For cluster g, ``b_g = (I - H_gg)^(-1/2) a_g`` and ``U_g = F_g' b_g``. What g
adds to the estimate is ``b_g' e_g``; `freedom` needs ``b_g' b_g`` and U.

Every functional is ``a = Q prices + l``, where l lives on few clusters: in the linked parts of a contrast of effects, in
the rows of two offerings. What the columns of Q are as functionals is worked out once (`Own`), the rest for the clusters
of l alone (`Piece`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from halfstep.numerics.contrasts import Contrasts
from halfstep.numerics.hat import Hat, Local, Solved, hat_of
from halfstep.numerics.layout import Batch, Layout

__all__ = ["Own", "Piece", "Reach", "own_of", "pieces", "reach_of"]

Array = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Own:
    """The columns of Q as functionals.

    Attributes
    ----------
    b
        Shape (n, r).
    low, pair, price
        U: on the markets' coordinates by block (blocks, r, q), on cells by pair (pairs, r), on Q (G, r, r), the
        functional second.
    square, length
        b'b and U'U of each cluster, shape (G, r, r).
    """

    b: Array
    low: Array
    pair: Array
    price: Array
    square: Array
    length: Array


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """Some functionals over a batch of clusters.

    Attributes
    ----------
    which
        The functionals, m of them.
    cluster, blocks, pairs
        Clusters (h,), their blocks (h, c), their pairs.
    low, pair, price
        U: by block (h, c, m, q), by pair (pairs, m), on Q (h, m, r).
    square, cross, score
        b'b (h, m), products with Q's columns as functionals (h, r, m), b'e (h, m).
    """

    which: Codes
    cluster: Codes
    blocks: Codes
    pairs: Codes
    low: Array
    pair: Array
    price: Array
    square: Array
    cross: Array
    score: Array


@dataclass(frozen=True, slots=True, eq=False)
class Reach:
    """Where the local parts of functionals live: linked parts (P, m) and clusters (G, m)."""

    parts: Mask
    clusters: Mask


def own_of(layout: Layout) -> Own:
    """Work out the columns of Q as functionals."""
    r, q, G = layout.Q.shape[1], layout.effects.half.shape[1], layout.clusters
    own = Own(
        b=np.zeros_like(layout.Q), low=np.zeros((len(layout.block_part), r, q)), pair=np.zeros((len(layout.pair_cell), r)),
        price=np.zeros((G, r, r)), square=np.zeros((G, r, r)), length=np.zeros((G, r, r)),
    )  # fmt: skip
    if not r:
        return own
    for batch in layout.batches():
        hat, there = hat_of(layout, batch), batch.rows >= 0
        solved = hat.solve(Local(hat.Q, None, r))
        b = solved.local.values + solved.side @ solved.along[:, None]
        own.b[batch.rows[there]] = b[there]
        U = _coordinates(layout, hat, solved)
        own.low[batch.blocks[batch.blocks >= 0]] = U.low[batch.blocks >= 0]
        own.pair[U.pairs], own.price[batch.cluster] = U.pair, U.price
        flat = b.reshape(len(b), -1, r)
        own.square[batch.cluster] = flat.swapaxes(1, 2) @ flat
    for cluster, values in ((layout.block_cluster, own.low), (layout.pair_cluster, own.pair[:, :, None])):
        start = np.flatnonzero(np.diff(cluster, prepend=-1))
        own.length[cluster[start]] += np.add.reduceat(values @ values.swapaxes(1, 2), start, axis=0)
    own.length[...] += own.price @ own.price.swapaxes(1, 2)
    return own


@dataclass(frozen=True, slots=True, eq=False)
class _Coordinates:
    """U of a batch, as on `Piece`."""

    low: Array
    pairs: Codes
    pair: Array
    price: Array


def _coordinates(layout: Layout, hat: Hat, solved: Solved) -> _Coordinates:
    """Return U = F'b of a batch."""
    local, side, along = solved.local, solved.side, solved.along
    (h, c, _, s), m, q = side.shape, local.count, hat.low.shape[3]
    low = np.empty((h, c, m, q))
    np.matmul(along.swapaxes(1, 2)[:, None], side.swapaxes(2, 3) @ hat.low, out=low)
    local.spread((local.values.swapaxes(2, 3) @ hat.low).reshape(h * c, -1, q), low.reshape(h * c, m, q))
    turned = hat.Q.swapaxes(2, 3)
    price = along.swapaxes(1, 2) @ (turned @ side).sum(axis=1).swapaxes(1, 2)
    price += local.gathered((turned @ local.values).swapaxes(2, 3))
    there = hat.batch.rows >= 0
    rows = hat.batch.rows[there]
    pair = layout.pair_of_row[rows]
    start = np.flatnonzero(np.diff(pair, prepend=-1))
    pairs, root = pair[start], layout.root[rows][:, None]
    by_pair = np.add.reduceat(np.concatenate([side[there], local.values[there]], axis=1) * root, start, axis=0)
    by_pair /= np.sqrt(layout.effects.cell_weight[layout.pair_cell[pairs]])[:, None]
    at = np.nonzero(there)
    place, block = at[0][start], at[0][start] * c + at[1][start]
    found = np.empty((len(pairs), m))
    ends = np.flatnonzero(np.diff(place, prepend=-1, append=h))
    for i, (first, last) in enumerate(zip(ends[:-1].tolist(), ends[1:].tolist(), strict=True)):
        np.matmul(by_pair[first:last, :s], along[i], out=found[first:last])
    of = None if local.of is None else local.of.reshape(h * c, -1)[block]
    Local(by_pair, of, m).spread(by_pair[:, s:], found)
    return _Coordinates(low, pairs, found, price)


def reach_of(layout: Layout, contrasts: Contrasts) -> Reach:
    """Return where the local parts of functionals live."""
    m, effects = contrasts.count, layout.effects
    parts, clusters = np.zeros((len(effects.parts), m), dtype=bool), np.zeros((layout.clusters, m), dtype=bool)
    if contrasts.effects is not None:
        for codes, values in zip((effects.part_of_market, effects.part_of_cell), contrasts.effects, strict=True):
            at = np.nonzero(values)
            parts[codes[at[0]], at[1]] = True
        starts = layout.cluster_block[:-1][np.diff(layout.cluster_block) > 0]
        clusters[layout.block_cluster[starts]] = np.logical_or.reduceat(parts[layout.block_part], starts, axis=0)
    if contrasts.rows is not None:
        at = contrasts.rows.tocoo().coords if isinstance(contrasts.rows, csr_array) else np.nonzero(contrasts.rows)
        block = layout.block_of_row[at[0]]
        parts[layout.block_part[block], at[1]] = True
        clusters[layout.block_cluster[block], at[1]] = True
    return Reach(parts, clusters)


def pieces(layout: Layout, own: Own, contrasts: Contrasts, reach: Reach, which: Codes, error: Array) -> Iterator[Piece]:
    """Work out the local parts of some functionals, batch by batch.

    Parameters
    ----------
    which
        The functionals wanted, ascending.
    error
        Residuals times the root weights, shape (n,).
    """
    for whole in layout.batches():
        here = reach.clusters[np.ix_(whole.cluster, which)]
        mine = which[here.any(axis=0)]
        if len(mine):
            batch = whole.take(np.asarray(here.any(axis=1)))
            yield _piece(layout, own, batch, _local(layout, contrasts, batch, mine, reach.parts[:, mine]), mine, error)


def _piece(layout: Layout, own: Own, batch: Batch, local: Local, mine: Codes, error: Array) -> Piece:
    hat, at, there = hat_of(layout, batch), np.maximum(batch.rows, 0), (batch.rows >= 0)[..., None]
    solved = hat.solve(local)
    local, side, along = solved.local, solved.side, solved.along
    s, r = side.shape[3], layout.Q.shape[1]
    U = _coordinates(layout, hat, solved)
    against = np.concatenate([side, own.b[at] * there, error[at][..., None] * there], axis=3).swapaxes(2, 3)
    carried = (against @ side).sum(axis=1) @ along
    met = local.gathered((against @ local.values).swapaxes(2, 3)).swapaxes(1, 2)
    square = local.gathered((local.values**2).sum(axis=2)) + ((2 * met[:, :s] + carried[:, :s]) * along).sum(axis=1)
    rest = met[:, s:] + carried[:, s:]
    return Piece(
        which=mine, cluster=batch.cluster, blocks=batch.blocks, pairs=U.pairs, low=U.low, pair=U.pair, price=U.price,
        square=square, cross=rest[:, :r], score=rest[:, r],
    )  # fmt: skip


def _local(layout: Layout, contrasts: Contrasts, batch: Batch, mine: Codes, parts: Mask) -> Local:
    """Return the local parts of some functionals, which live in these linked parts (P, m), over the root weight."""
    effects, m, held = layout.effects, len(mine), int(parts.sum(axis=1).max())
    there, at = batch.rows >= 0, np.maximum(batch.rows, 0)
    of, column = None, np.broadcast_to(np.arange(m), (*batch.blocks.shape, m))
    if 2 * held <= m:
        listed = np.argsort(~parts, axis=1, kind="stable")[:, :held]
        listed = np.where(np.take_along_axis(parts, listed, 1), listed, -1)
        of = np.where(batch.blocks[..., None] >= 0, listed[layout.block_part[batch.blocks]], -1)
        column = np.maximum(of, 0)
    column, root = column[:, :, None], layout.root[at][..., None]
    values = np.zeros((*batch.rows.shape, column.shape[3]))
    if contrasts.effects is not None:
        market, cell = contrasts.effects
        k = mine[column]
        values += root * (market[effects.market[at][..., None], k] + cell[effects.cell[at][..., None], k])
    if contrasts.rows is not None:
        rows = contrasts.rows[batch.rows[there]][:, mine]
        wide = np.zeros((*batch.rows.shape, m))
        wide[there] = rows.toarray() if isinstance(rows, csr_array) else rows
        values += np.take_along_axis(wide, column, 3) / root
    return Local(values * there[..., None], of, m)
