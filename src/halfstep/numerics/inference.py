"""Scores and degrees of freedom of many functionals of one regression."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from halfstep.numerics.contrasts import Contrasts
from halfstep.numerics.effects import group_sum
from halfstep.numerics.few_clusters import Own, Piece, Reach, own_of, pieces, reach_of
from halfstep.numerics.freedom import Near, Sides, Tensor, near, norm_with, tensor_of, whole_norm
from halfstep.numerics.layout import Layout

__all__ = ["Inference", "inference_of"]

Array = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

_RANK_TOLERANCE = 1e-9
NEGLIGIBLE = 1e-10
"""Part of the squared norm that may be left out."""
KEPT = 80_000_000
"""Numbers kept at a time for the functionals in work."""
LARGE = 20_000_000
"""Clusters times squared columns above which U is not written out for every cluster where that can be helped."""


@dataclass(frozen=True, slots=True, eq=False)
class Inference:
    """What a regression needs to judge functionals, laid out once.

    Attributes
    ----------
    layout
        Its rows by cluster, linked part and cell.
    own
        Its regressors as functionals.
    made
        Their products once they were worth making; None where they would take too much memory.
    """

    layout: Layout
    own: Own
    made: list[Tensor | None] = field(default_factory=list)

    def of(self, contrasts: Contrasts, residual: Array) -> tuple[Array, Array]:
        """Return what each cluster adds to each functional (G, m), and their degrees of freedom (m,)."""
        layout, own, prices = self.layout, self.own, contrasts.prices
        (r, m), G = prices.shape, layout.clusters
        error = residual * layout.root
        reach = reach_of(layout, contrasts)
        scores = group_sum(layout.block_cluster[layout.block_of_row], G, own.b * error[:, None]) @ prices
        products = (prices[:, None] * prices[None]).reshape(r * r, m)
        square, length = (values.reshape(G, r * r) @ products for values in (own.square, own.length))
        cross, tensor = np.zeros(m), self._tensor(int(prices.any(axis=0).sum()))
        for which in _lots(layout, reach):
            made = list(pieces(layout, own, contrasts, reach, which, error))
            for piece in made:
                at = np.ix_(piece.cluster, piece.which)
                scores[at] += piece.score
                square[at] += piece.square + 2 * np.einsum("hrm,rm->hm", piece.cross, prices[:, piece.which])
            for alike in _alike(which, prices, reach):
                work = _Work(layout, own, tensor, made, reach.parts[:, alike[0][0]], reach)
                for same in alike:
                    work.judge(same, prices[:, same], (square, length, cross))
        trace = square.sum(axis=0) - length.sum(axis=0)
        norm = (square * (square - 2 * length)).sum(axis=0) + cross
        some = trace > _RANK_TOLERANCE * square.sum(axis=0)
        return scores, np.where(some, trace**2 / np.where(some, norm, 1.0), 0.0)

    def _tensor(self, priced: int) -> Tensor | None:
        """Return the products of the regressors; made as soon as so many functionals with prices ask for them."""
        columns, r = len(self.layout.effects.parts) * self.own.low.shape[2], self.own.low.shape[1]
        if not self.made and self.layout.clusters * columns**2 > LARGE and 2 * priced > r * (r + 1):
            self.made.append(tensor_of(self.layout, self.own))
        return self.made[0] if self.made else None


@dataclass(slots=True, eq=False)
class _Work:
    """Functionals that live in the same linked parts."""

    layout: Layout
    own: Own
    tensor: Tensor | None
    made: list[Piece]
    parts: Mask
    reach: Reach
    known: Near | None = None

    def judge(self, same: Codes, prices: Array, sums: tuple[Array, Array, Array]) -> None:
        """Complete U'U of each cluster and |U'U|^2 of functionals that live in the same clusters as well."""
        square, length, cross = sums
        met, priced = self.reach.clusters[:, same[0]], bool(prices.any())
        narrow = self.tensor is not None and priced and 2 * self.parts.sum() <= len(self.parts)
        if narrow and self.known is None and met.any():
            assert self.tensor is not None
            self.known = near(self.layout, self.tensor, self.parts)
        for everywhere in (False, True) if narrow else (priced,):
            failed = []
            for i, (sides, more) in enumerate(self._sides(same, prices, met, everywhere)):
                k = int(same[i])
                total = length[:, k].copy()
                total[sides.cluster] += more
                found, beyond = self._cross(sides, prices[:, i], everywhere)
                if beyond > NEGLIGIBLE * (float((square[:, k] * (square[:, k] - 2 * total)).sum()) + found):
                    failed.append(i)
                else:
                    length[:, k], cross[k] = total, found
            if not failed:
                return
            same, prices = same[failed], prices[:, failed]

    def _cross(self, sides: Sides, prices: Array, everywhere: bool) -> tuple[float, float]:
        """Return |U'U|^2 of a functional and a bound of what was left out."""
        if everywhere or self.tensor is None or not prices.any():
            return whole_norm(self.layout, sides), 0.0
        pairs = self.tensor.coefficients(prices)
        if self.known is None or not len(sides.cluster):
            return float(pairs @ self.tensor.gram @ pairs), 0.0
        return norm_with(self.layout, sides, self.tensor, pairs, self.known)

    def _sides(self, same: Codes, prices: Array, met: Mask, everywhere: bool) -> Iterator[tuple[Sides, Array]]:
        """Yield V and R of each functional (U / 2 and U if everywhere), and what R adds to U'U of each cluster."""
        layout, own = self.layout, self.own
        first, last = layout.reach
        local = met
        if everywhere:
            met = met | (np.einsum("grr->gr", own.length)[:, prices.any(axis=1)] > 0).any(axis=1)
        cluster = np.flatnonzero(met)
        cluster = cluster[np.argsort(first[cluster], kind="stable")]
        reach = np.stack([first[cluster], last[cluster]])
        start, stop = (int(reach[0].min()), int(reach[1].max()) + 1) if len(cluster) else (0, 0)
        if not everywhere and self.known is not None:
            start, stop = self.known.window
        q = own.low.shape[2]
        at_block, blocks = layout.spread(layout.cluster_block, cluster)
        at_pair, pairs = layout.spread(layout.cluster_pair, cluster)
        part = layout.block_part[blocks] - start
        low = np.zeros((2, len(cluster), stop - start, q))
        step = max(1, KEPT // (4 * len(blocks) * q + 1))
        for lot in range(0, len(same), step):
            turned = prices[:, lot : lot + step].T
            R = self._local(same[lot : lot + step], local, cluster, blocks, pairs)
            V = turned @ own.low[blocks], (turned @ own.pair[pairs].T).T, turned @ own.price[cluster]
            for known, side in zip(V, R, strict=True):
                known += side / 2
            more = 2 * np.einsum("hmr,hmr->hm", V[2], R[2])
            np.add.at(more, at_block, 2 * np.einsum("bmq,bmq->bm", V[0], R[0]))
            np.add.at(more, at_pair, 2 * V[1] * R[1])
            for known, side in zip(V, R, strict=True) if everywhere else ():
                side /= 2
                side += known
                np.divide(side, 2, out=known)
            for k in range(len(turned)):
                for side, values in zip(low, (V[0], R[0]), strict=True):
                    side[at_block, part] = values[:, k]
                yield Sides(
                    cluster, reach, start, low.reshape(2, len(cluster), (stop - start) * q),
                    np.stack([V[2][:, k], R[2][:, k]]), np.stack([V[1][:, k], R[1][:, k]]), pairs, at_pair,
                ), more[:, k]  # fmt: skip

    def _local(self, same: Codes, met: Mask, cluster: Codes, blocks: Codes, pairs: Codes) -> tuple[Array, Array, Array]:
        """Collect R from the pieces: by block (blocks, m, q), by pair (pairs, m), on Q (h, m, r)."""
        layout, (_, r, q), m = self.layout, self.own.low.shape, len(same)
        low, on, price = np.zeros((len(blocks), m, q)), np.zeros((len(pairs), m)), np.zeros((len(cluster), m, r))
        sizes = len(layout.block_part), len(layout.pair_cell), layout.clusters
        at_block, at_pair, at = (np.empty(size, dtype=np.int64) for size in sizes)
        for place, items in ((at_block, blocks), (at_pair, pairs), (at, cluster)):
            place[items] = np.arange(len(items))
        for piece in self.made:
            columns = np.searchsorted(piece.which, same)
            if columns[-1] == len(piece.which) or (piece.which[columns] != same).any():
                continue
            k = slice(columns[0], columns[-1] + 1) if columns[-1] - columns[0] == m - 1 else columns
            mine = met[piece.cluster]
            there = (piece.blocks >= 0) & mine[:, None]
            low[at_block[piece.blocks[there]]] = piece.low[:, :, k][there]
            price[at[piece.cluster[mine]]] = piece.price[:, k][mine]
            held = met[layout.pair_cluster[piece.pairs]]
            on[at_pair[piece.pairs[held]]] = piece.pair[:, k][held]
        return low, on, price


def _lots(layout: Layout, reach: Reach) -> list[Codes]:
    """Divide the functionals into lots that fit, neighbours in time together; ascending within a lot."""
    order = np.argsort(reach.parts.argmax(axis=0), kind="stable")
    held = layout.effects.half.shape[1] * (np.diff(layout.cluster_block) @ reach.clusters[:, order])
    return [np.sort(lot) for lot in np.split(order, np.flatnonzero(np.diff(np.cumsum(held) // KEPT)) + 1)]


def _alike(which: Codes, prices: Array, reach: Reach) -> list[list[Codes]]:
    """Group functionals that live in the same linked parts, and among these those that live in the same clusters."""
    groups: dict[bytes, dict[bytes, list[int]]] = {}
    for k in which.tolist():
        key = reach.clusters[:, k].tobytes() + np.any(prices[:, k]).tobytes()
        groups.setdefault(reach.parts[:, k].tobytes(), {}).setdefault(key, []).append(k)
    return [[np.array(same) for same in group.values()] for group in groups.values()]


def inference_of(layout: Layout) -> Inference:
    """Lay a regression's inference out."""
    return Inference(layout, own_of(layout))
