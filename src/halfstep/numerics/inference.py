"""Scores and degrees of freedom of many functionals of one regression."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

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
    tensor
        Their products; None where they are not worth making.
    """

    layout: Layout
    own: Own
    tensor: Tensor | None

    def of(self, contrasts: Contrasts, residual: Array) -> tuple[Array, Array]:
        """Return what each cluster adds to each functional (G, m), and their degrees of freedom (m,)."""
        layout, own, prices = self.layout, self.own, contrasts.prices
        (r, m), G = prices.shape, layout.clusters
        error = residual * layout.root
        reach = reach_of(layout, contrasts)
        scores = group_sum(layout.block_cluster[layout.block_of_row], G, own.b * error[:, None]) @ prices
        products = (prices[:, None] * prices[None]).reshape(r * r, m)
        square, length = (values.reshape(G, r * r) @ products for values in (own.square, own.length))
        cross = np.zeros(m)
        for which in _lots(layout, reach):
            made = list(pieces(layout, own, contrasts, reach, which, error))
            for piece in made:
                at = np.ix_(piece.cluster, piece.which)
                scores[at] += piece.score
                square[at] += piece.square + 2 * np.einsum("hrm,rm->hm", piece.cross, prices[:, piece.which])
            for same in _alike(which, prices, reach):
                self._judge(same, made, prices, reach, (square, length, cross))
        trace = square.sum(axis=0) - length.sum(axis=0)
        norm = (square * (square - 2 * length)).sum(axis=0) + cross
        some = trace > _RANK_TOLERANCE * square.sum(axis=0)
        return scores, np.where(some, trace**2 / np.where(some, norm, 1.0), 0.0)

    def _judge(
        self, same: Codes, made: list[Piece], prices: Array, reach: Reach, sums: tuple[Array, Array, Array]
    ) -> None:
        """Complete U'U of each cluster and |U'U|^2 of functionals that live in the same parts and clusters."""
        square, length, cross = sums
        parts, met = reach.parts[:, same[0]], reach.clusters[:, same[0]]
        priced = bool(prices[:, same].any())
        few = self.tensor is not None and 2 * parts.sum() <= len(parts)
        for everywhere in (False, True) if priced and few else (priced,):
            work = _Work(self, same, made, prices[:, same], met, everywhere)
            known, failed = work.known(parts), []
            for k, (sides, more) in zip(same.tolist(), work.sides(), strict=True):
                total = length[:, k].copy()
                total[sides.cluster] += more
                found, beyond = work.cross(sides, prices[:, k], known)
                if beyond > NEGLIGIBLE * (float((square[:, k] * (square[:, k] - 2 * total)).sum()) + found):
                    failed.append(k)
                else:
                    length[:, k], cross[k] = total, found
            same = np.array(failed, dtype=np.int64)
            if not failed:
                return


@dataclass(frozen=True, slots=True, eq=False)
class _Work:
    """Functionals that live in the same clusters, m of them; U is written out for these or for every cluster."""

    of: Inference
    same: Codes
    made: list[Piece]
    prices: Array
    met: Mask
    everywhere: bool

    def known(self, parts: Mask) -> Near | None:
        """Return what the tensor knows of functionals that live in these parts; None where it is not asked."""
        tensor = self.of.tensor
        if self.everywhere or tensor is None or not self.met.any() or not self.prices.any():
            return None
        reach = np.stack([end[self.met] for end in self.of.layout.reach])
        return near(self.of.layout, tensor, reach, parts)

    def cross(self, sides: Sides, prices: Array, known: Near | None) -> tuple[float, float]:
        """Return |U'U|^2 of a functional and a bound of what was left out."""
        tensor = self.of.tensor
        if self.everywhere or tensor is None or not prices.any():
            return whole_norm(self.of.layout, sides), 0.0
        pairs = tensor.coefficients(prices)
        if known is None:
            return float(pairs @ tensor.gram @ pairs), 0.0
        return norm_with(self.of.layout, sides, tensor, pairs, known)

    def sides(self) -> Iterator[tuple[Sides, Array]]:
        """Yield V and R of each functional (U / 2 and U if everywhere), and what R adds to U'U of each cluster."""
        layout, own, met = self.of.layout, self.of.own, self.met
        first, last = layout.reach
        if self.everywhere:
            met = met | (np.einsum("grr->gr", own.length)[:, self.prices.any(axis=1)] > 0).any(axis=1)
        cluster = np.flatnonzero(met)
        cluster = cluster[np.argsort(first[cluster], kind="stable")]
        reach = np.stack([first[cluster], last[cluster]])
        start, stop = (int(reach[0].min()), int(reach[1].max()) + 1) if len(cluster) else (0, 0)
        q = own.low.shape[2]
        at_block, blocks = layout.spread(layout.cluster_block, cluster)
        at_pair, pairs = layout.spread(layout.cluster_pair, cluster)
        part = layout.block_part[blocks] - start
        low = np.zeros((2, len(cluster), stop - start, q))
        step = max(1, KEPT // (4 * len(blocks) * q + 1))
        for lot in range(0, len(self.same), step):
            some = slice(lot, lot + step)
            prices = self.prices[:, some].T
            R = self._local(self.same[some], cluster, blocks, pairs)
            V = prices @ own.low[blocks], (prices @ own.pair[pairs].T).T, prices @ own.price[cluster]
            for known, local in zip(V, R, strict=True):
                known += local / 2
            more = 2 * np.einsum("hmr,hmr->hm", V[2], R[2])
            np.add.at(more, at_block, 2 * np.einsum("bmq,bmq->bm", V[0], R[0]))
            np.add.at(more, at_pair, 2 * V[1] * R[1])
            for known, local in zip(V, R, strict=True) if self.everywhere else ():
                local /= 2
                local += known
                np.divide(local, 2, out=known)
            for k in range(len(prices)):
                for side, values in zip(low, (V[0], R[0]), strict=True):
                    side[at_block, part] = values[:, k]
                yield Sides(
                    cluster, reach, low.reshape(2, len(cluster), (stop - start) * q),
                    np.stack([V[2][:, k], R[2][:, k]]), np.stack([V[1][:, k], R[1][:, k]]), pairs, at_pair,
                ), more[:, k]  # fmt: skip

    def _local(self, same: Codes, cluster: Codes, blocks: Codes, pairs: Codes) -> tuple[Array, Array, Array]:
        """Collect R from the pieces: by block (blocks, m, q), by pair (pairs, m), on Q (h, m, r)."""
        layout, (_, r, q), m = self.of.layout, self.of.own.low.shape, len(same)
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
            mine = self.met[piece.cluster]
            there = (piece.blocks >= 0) & mine[:, None]
            low[at_block[piece.blocks[there]]] = piece.low[:, :, k][there]
            price[at[piece.cluster[mine]]] = piece.price[:, k][mine]
            held = self.met[layout.pair_cluster[piece.pairs]]
            on[at_pair[piece.pairs[held]]] = piece.pair[:, k][held]
        return low, on, price


def _lots(layout: Layout, reach: Reach) -> list[Codes]:
    """Divide the functionals into lots that fit, neighbours in time together; ascending within a lot."""
    order = np.argsort(reach.parts.argmax(axis=0), kind="stable")
    held = layout.effects.half.shape[1] * (np.diff(layout.cluster_block) @ reach.clusters[:, order])
    return [np.sort(lot) for lot in np.split(order, np.flatnonzero(np.diff(np.cumsum(held) // KEPT)) + 1)]


def _alike(which: Codes, prices: Array, reach: Reach) -> list[Codes]:
    """Group functionals that live in the same parts and clusters."""
    groups: dict[bytes, list[int]] = {}
    for k in which.tolist():
        key = reach.parts[:, k].tobytes() + reach.clusters[:, k].tobytes() + np.any(prices[:, k]).tobytes()
        groups.setdefault(key, []).append(k)
    return [np.array(group) for group in groups.values()]


def inference_of(layout: Layout) -> Inference:
    """Lay a regression's inference out."""
    own = own_of(layout)
    columns = len(layout.effects.parts) * layout.effects.half.shape[1]
    return Inference(layout, own, tensor_of(layout, own) if layout.clusters * columns**2 > LARGE else None)
