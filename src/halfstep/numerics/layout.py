"""The rows of a regression laid out by cluster, linked part and cell, in batches of clusters of like shape."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from halfstep.numerics.effects import Effects

__all__ = ["Batch", "Layout", "layout_of"]

Array = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]

TAME = 0.8
"""Norm of a cluster's hat matrix up to which shifted inverses stand for its eigenvalues."""
NORMS = (0.05, 0.2, 0.4, TAME)
"""Clusters of like norm go together: the larger it is the more shifts are needed."""
ROWS = 8192
"""Padded rows of a batch: its arrays stay in the cache."""


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """Some clusters, as many blocks in each and rows in each block as the largest has; -1 where there is none.

    Attributes
    ----------
    cluster
        Shape (h,).
    blocks
        Shape (h, c).
    rows
        Shape (h, c, p).
    wild
        Whether a norm is too large for the series.
    norm
        Bound of the norms of the clusters' hat matrices.
    """

    cluster: Codes
    blocks: Codes
    rows: Codes
    wild: bool
    norm: float

    def take(self, which: npt.NDArray[np.bool_]) -> Batch:
        """Return some of the clusters."""
        return replace(self, cluster=self.cluster[which], blocks=self.blocks[which], rows=self.rows[which])


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """A block is what a cluster has in one linked part, a pair what it has in one cell; both are sorted by cluster.

    Attributes
    ----------
    effects, Q, root
        The regression: effects, orthonormal regressors (n, r), roots of the row weights (n,).
    cell_half
        As `Effects.cell_half`.
    order
        Rows by cluster, part, cell; shape (n,).
    block_start, block_cluster, block_part, block_of_row
        First place in `order` of each block (and one past the last), its cluster and its part; block of each row.
    pair_of_row, pair_cluster, pair_cell
        Pair of each row; cluster and cell of each pair.
    cluster_block, cluster_pair
        First block and first pair of each cluster, and one past the last; shape (G + 1,).
    norm
        Bound of the norm of each cluster's hat matrix, shape (G,).
    """

    effects: Effects
    Q: Array
    root: Array
    cell_half: Array
    order: Codes
    block_start: Codes
    block_cluster: Codes
    block_part: Codes
    block_of_row: Codes
    pair_of_row: Codes
    pair_cluster: Codes
    pair_cell: Codes
    cluster_block: Codes
    cluster_pair: Codes
    norm: Array
    shapes: tuple[tuple[Codes, int, int, bool], ...]

    @property
    def clusters(self) -> int:
        """G."""
        return len(self.norm)

    @property
    def reach(self) -> tuple[Codes, Codes]:
        """First and last linked part of each cluster, shape (G,)."""
        start = np.minimum(self.cluster_block[:-1], len(self.block_part) - 1)
        return self.block_part[start], self.block_part[np.maximum(self.cluster_block[1:] - 1, 0)]

    @property
    def first_cell(self) -> Codes:
        """First cell of each cluster, shape (G,)."""
        return self.pair_cell[np.minimum(self.cluster_pair[:-1], len(self.pair_cell) - 1)]

    def spread(self, pointer: Codes, clusters: Codes) -> tuple[Codes, Codes]:
        """Return, for each block or pair (by its pointer) of some clusters, the place of its cluster, and itself."""
        count = np.diff(pointer)[clusters]
        place = np.repeat(np.arange(len(clusters)), count)
        within = np.arange(len(place)) - np.repeat(np.cumsum(count) - count, count)
        return place, pointer[clusters][place] + within

    def batches(self) -> Iterator[Batch]:
        """Yield every cluster once."""
        for cluster, c, p, wild in self.shapes:
            slot = self.cluster_block[cluster][:, None] + np.arange(c)
            blocks = np.where(slot < self.cluster_block[cluster + 1][:, None], slot, -1)
            place = self.block_start[blocks][..., None] + np.arange(p)
            inside = (place < self.block_start[blocks + 1][..., None]) & (blocks >= 0)[..., None]
            rows = np.where(inside, self.order[np.minimum(place, len(self.order) - 1)], -1)
            yield Batch(cluster, blocks, rows, wild, float(self.norm[cluster].max()))


def layout_of(cluster: Codes, effects: Effects, Q: Array) -> Layout:
    """Lay out a regression's rows."""
    G, P, C = int(cluster.max()) + 1, len(effects.parts), len(effects.cell_weight)
    part = effects.part_of_market[effects.market]
    key = (cluster * P + part) * C + effects.cell
    order = np.argsort(key, kind="stable")
    key = key[order]
    pair_start = np.flatnonzero(np.diff(key, prepend=-1))
    pair_of_row, block_of_row = np.empty_like(order), np.empty_like(order)
    pair_of_row[order] = np.cumsum(np.diff(key, prepend=key[0]) != 0)
    pairs, key = key[pair_start], key // C
    block_of_row[order] = np.cumsum(np.diff(key, prepend=key[0]) != 0)
    block_start = np.flatnonzero(np.diff(key, prepend=-1))
    blocks = key[block_start]
    block_start = np.append(block_start, len(order))
    cluster_block = np.searchsorted(blocks // P, np.arange(G + 1))
    cluster_pair = np.searchsorted(pairs // C // P, np.arange(G + 1))
    made = Layout(
        effects=effects, Q=Q, root=np.sqrt(effects.weights), cell_half=effects.cell_half, order=order,
        block_start=block_start, block_cluster=blocks // P, block_part=blocks % P, block_of_row=block_of_row,
        pair_of_row=pair_of_row, pair_cluster=pairs // C // P, pair_cell=pairs % C, cluster_block=cluster_block, cluster_pair=cluster_pair,
        norm=np.zeros(G), shapes=(),
    )  # fmt: skip
    norm = _norms(made, cluster)
    return replace(made, norm=norm, shapes=tuple(_shapes(made, norm)))


def _norms(layout: Layout, cluster: Codes) -> Array:
    """Bound the norm of each cluster's hat matrix: its largest share of a cell, and traces for the rest."""
    effects, n = layout.effects, len(cluster)
    share = np.bincount(layout.pair_of_row, effects.weights) / effects.cell_weight[layout.pair_cell]
    low = np.empty(n)
    step = max(1, 4_000_000 // max(effects.half.shape[1], 1))
    for start in range(0, n, step):
        some = slice(start, start + step)
        rows = effects.half[effects.market[some]] - layout.cell_half[effects.cell[some]]
        low[some] = np.einsum("ij,ij->i", rows, rows) * effects.weights[some]
    by_block = np.add.reduceat(low[layout.order], layout.block_start[:-1])
    found = np.bincount(cluster, np.einsum("ij,ij->i", layout.Q, layout.Q), layout.clusters)
    np.maximum.at(low := np.zeros(layout.clusters), layout.block_cluster, by_block)
    np.maximum.at(top := np.zeros(layout.clusters), layout.pair_cluster, share)
    return np.asarray(found + low + top)


def _shapes(layout: Layout, norm: Array) -> Iterator[tuple[Codes, int, int, bool]]:
    """Yield clusters of like shape, neighbours in their first cell together."""
    c = np.diff(layout.cluster_block)
    p = np.zeros(layout.clusters, dtype=np.int64)
    np.maximum.at(p, layout.block_cluster, np.diff(layout.block_start))
    wild = norm > TAME
    like = np.stack([np.digitize(norm, NORMS), _rounded(c), _rounded(p)])
    order = np.lexsort((layout.first_cell, layout.reach[0], *like))
    order = order[c[order] > 0]
    for same in np.split(order, np.flatnonzero((np.diff(like[:, order]) != 0).any(axis=0)) + 1):
        if not len(same):
            continue
        shape = int(c[same].max()), int(p[same].max())
        size = shape[0] * shape[1]
        together = max(1, min(ROWS // size, 4_000_000 // size**2 if wild[same[0]] else ROWS))
        for some in np.split(same, range(together, len(same), together)):
            yield some, *shape, bool(wild[some[0]])


def _rounded(count: Codes) -> Codes:
    """Round up so that padding stays below a quarter."""
    step = 2 ** np.maximum(np.floor(np.log2(np.maximum(count, 1))).astype(np.int64) - 2, 0)
    return np.asarray(-(-count // step) * step)
