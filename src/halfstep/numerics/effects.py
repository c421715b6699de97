"""Two absorbed effects, markets and cells, solved within the parts of the panel that are linked.

The rows link markets with cells. Where the links fall into parts (periods, if brand terms do not outlive theirs) the
normal matrix of the effects is block diagonal, and one small dense matrix a part takes the place of a large one. Within
a part cells are eliminated by hand (their block is diagonal); what is left has the size of the part's markets.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components

__all__ = ["Effects", "effects_of", "group_sum", "pseudo_root"]

Array = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]

_RANK_TOLERANCE = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class Effects:
    """A generalised inverse of E'WE for the dummies E = [markets, cells].

    With N the weighted cross-counts of markets with cells, ``S = N / cell_weight`` and ``L L'`` a generalised inverse of
    ``diag(market_weight) - N S'``, the inverse applied to (v, c) is ``u = L L' (v - S c)``, ``c / cell_weight - S' u``.

    Attributes
    ----------
    market, cell
        Codes 0..T-1 and 0..C-1, shape (n,).
    weights
        Row weights, shape (n,).
    market_weight, cell_weight
        Sums of weights, shapes (T,) and (C,).
    share
        S, sparse, shape (T, C).
    parts
        Markets of each linked part.
    part_of_market, part_of_cell
        Part of each market and cell, shapes (T,) and (C,).
    half
        Rows of L, each market's in the columns of its own part, from the first; shape (T, widest part).
    width
        Columns of each part in `half`: its rank; shape (parts,).
    """

    market: Codes
    cell: Codes
    weights: Array
    market_weight: Array
    cell_weight: Array
    share: csr_array
    parts: tuple[Codes, ...]
    part_of_market: Codes
    part_of_cell: Codes
    half: Array
    width: Codes

    @property
    def rank(self) -> int:
        """Rank of E."""
        return int(self.width.sum()) + len(self.cell_weight)

    @property
    def cell_half(self) -> Array:
        """S'L, each cell's row in the columns of its part; shape (C, widest part)."""
        return np.asarray(self.share.T @ self.half)

    def solve(self, market: Array, cell: Array) -> tuple[Array, Array]:
        """Apply the inverse to (T, m) and (C, m)."""
        left = market - self.share @ cell
        found = np.zeros_like(left)
        for part, width in zip(self.parts, self.width, strict=True):
            root = self.half[part, :width]
            found[part] = root @ (root.T @ left[part])
        return found, (cell.T / self.cell_weight).T - self.share.T @ found

    def normal(self, market: Array, cell: Array) -> tuple[Array, Array]:
        """Apply E'WE to (T, m) and (C, m)."""
        weighted = (cell.T * self.cell_weight).T
        return (market.T * self.market_weight).T + self.share @ weighted, (
            (self.share.T @ market).T * self.cell_weight
        ).T + weighted

    def sums(self, rows: Array) -> tuple[Array, Array]:
        """Return E'W rows for rows (n, m)."""
        weighted = (rows.T * self.weights).T
        return group_sum(self.market, len(self.market_weight), weighted), group_sum(
            self.cell, len(self.cell_weight), weighted
        )

    def rows(self, market: Array, cell: Array) -> Array:
        """Return E (market, cell); shape (n, m)."""
        return np.asarray(market[self.market] + cell[self.cell])


def effects_of(market: Codes, cell: Codes, weights: Array) -> Effects:
    """Lay out the effects of a panel and invert them part by part."""
    T, C = int(market.max()) + 1, int(cell.max()) + 1
    market_weight, cell_weight = (
        np.bincount(codes, weights, size).astype(np.float64) for codes, size in ((market, T), (cell, C))
    )
    counts = coo_array((weights, (market, cell)), shape=(T, C)).tocsr()
    linked = coo_array(counts)
    graph = coo_array((linked.data, (linked.row, T + linked.col)), shape=(T + C, T + C))
    label = _joined(connected_components(graph, directed=False)[1].astype(np.int64), T)
    count = int(label.max()) + 1
    parts = tuple(
        np.split(np.argsort(label[:T], kind="stable"), np.cumsum(np.bincount(label[:T], minlength=count))[:-1])
    )
    share = csr_array(counts * (1 / cell_weight))
    cells = np.split(np.argsort(label[T:], kind="stable"), np.cumsum(np.bincount(label[T:], minlength=count))[:-1])
    roots = []
    for mine, its_cells in zip(parts, cells, strict=True):
        block = counts[mine][:, its_cells].toarray()
        schur = np.diag(market_weight[mine]) - (block / cell_weight[its_cells]) @ block.T
        roots.append(pseudo_root(schur, market_weight[mine]))
    half = np.zeros((T, max(1, *(root.shape[1] for root in roots))))
    for mine, root in zip(parts, roots, strict=True):
        half[mine, : root.shape[1]] = root
    width = np.array([root.shape[1] for root in roots], dtype=np.int64)
    return Effects(
        market, cell, weights, market_weight, cell_weight, share, parts, label[:T], label[T:], half, width
    )  # fmt: skip


def _joined(label: Codes, T: int) -> Codes:
    """Take small parts together until each has half as many markets as the largest."""
    size = np.bincount(label[:T], minlength=int(label.max()) + 1)
    joined, now, held = np.empty_like(size), -1, int(size.max())
    for k, markets in enumerate(size.tolist()):
        if held + markets > size.max():
            now, held = now + 1, 0
        joined[k], held = now, held + markets
    return np.asarray(joined[label])


def pseudo_root(matrix: Array, scale: Array) -> Array:
    """Return L with ``L L'`` the inverse of a positive semi-definite matrix on its range.

    Parameters
    ----------
    scale
        Its diagonal before effects were taken out: what counts as zero is judged against it.
    """
    unit = 1 / np.sqrt(scale)
    eigen, vectors = np.linalg.eigh(matrix * np.outer(unit, unit))
    keep = eigen > _RANK_TOLERANCE
    return np.asarray(vectors[:, keep] / np.sqrt(eigen[keep]) * unit[:, None])


def group_sum(codes: Codes, groups: int, rows: Array) -> Array:
    """Sum rows (n, m) by code into (groups, m)."""
    if rows.shape[1] == 0:
        return np.zeros((groups, 0))
    return np.stack([np.bincount(codes, rows[:, k], groups) for k in range(rows.shape[1])], axis=1)
