"""What prices do to shares, profits and buyers: derivatives, elasticities, diversion, consumer surplus."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from halfstep.core.errors import MisuseError
from halfstep.native import kernel
from halfstep.native.choices import batches, choices
from halfstep.native.clearing import pricing
from halfstep.native.layout import Array, Codes
from halfstep.native.scene import Scene

__all__ = [
    "Surplus",
    "consumer_surplus",
    "diversion",
    "elasticities",
    "own_elasticities",
    "profits",
    "shares",
    "slopes",
]


@dataclass(frozen=True, slots=True, eq=False)
class Surplus:
    """Consumer surplus by market.

    Attributes
    ----------
    value
        ``sum_i w_i log(1 + sum_j exp V_ij) / |alpha_i|`` over buyers who mind paying, in money for each potential buyer,
        shape (T,); a constant that no scene changes is left open.
    skipped
        Number of buyers with ``alpha_i >= 0``, to whom money is worth nothing, shape (T,).
    weight
        Their weight, shape (T,).
    """

    value: Array
    skipped: Codes
    weight: Array


def shares(scene: Scene, p: Array) -> Array:
    """Return market shares at prices p, shape (N,)."""
    X = np.column_stack([scene.X, scene.pay.of(p)])
    return kernel().shares(scene.markets, X, np.vstack([scene.B, scene.alpha]), scene.base)


def profits(scene: Scene, p: Array, s: Array | None = None) -> Array:
    """Return every product's profit for each potential buyer, ``(p_j - mc_j) s_j``, shape (N,)."""
    return np.asarray((p - scene.mc) * (shares(scene, p) if s is None else s))


def consumer_surplus(scene: Scene, p: Array) -> Surplus:
    """Return what buyers have from the market (Small & Rosen 1981, Econometrica 49(1), 105-130)."""
    T = scene.markets.T
    out = Surplus(np.zeros(T), np.zeros(T, dtype=np.int64), np.zeros(T))
    pay = scene.pay.of(p)
    for batch in batches(scene.markets):
        at = pricing(scene, batch)
        V = at.U + at.a[:, None, :] * pay[batch.rows][:, :, None]
        top = V.max(axis=1, initial=0.0)
        inclusive = top + np.log(np.exp(-top) + np.exp(V - top[:, None, :]).sum(axis=1))
        minds = at.a < 0
        money = np.divide(inclusive, -at.a, out=np.zeros_like(inclusive), where=minds)
        out.value[batch.market] = (at.w * money).sum(axis=1)
        out.skipped[batch.market] = (~minds).sum(axis=1)
        out.weight[batch.market] = (at.w * ~minds).sum(axis=1)
    return out


def own_elasticities(scene: Scene, p: Array) -> Array:
    """Return ``(p_j / s_j) ds_j / dp_j``, shape (N,); at the kink of a subsidy, for a higher price."""
    out = np.empty(scene.N)
    slope = scene.pay.slope(p)
    for batch in batches(scene.markets):
        rows = batch.rows
        if not rows.shape[1]:
            continue
        at = pricing(scene, batch)
        point, v = at.at(p[rows]), (at.w * at.a)[:, :, None]
        own = slope[rows] * (point.L - ((point.P * point.P) @ v)[:, :, 0])
        out[rows] = own * p[rows] / point.s
    return out


def slopes(scene: Scene, p: Array, market: int) -> Array:
    """Return ``ds_j / dp_k`` in one market, shape (J, J); at the kink of a subsidy, for a higher price."""
    rows, P, w = _market(scene, p, market)
    a = scene.alpha[scene.markets.buyer[market] : scene.markets.buyer[market + 1]]
    weighted = P * (w * a)
    return np.asarray((np.diag(weighted.sum(axis=1)) - weighted @ P.T) * scene.pay.slope(p)[rows])


def elasticities(scene: Scene, p: Array, market: int) -> Array:
    """Return ``(p_k / s_j) ds_j / dp_k`` in one market, shape (J, J)."""
    rows, P, w = _market(scene, p, market)
    return np.asarray(slopes(scene, p, market) * p[rows] / (P @ w)[:, None])


def diversion(scene: Scene, p: Array, market: int) -> Array:
    """Return where the buyers go whom a higher price of j loses, shape (J, J + 1); the last column is not buying.

    ``D_jk = -(ds_k / dp_j) / (ds_j / dp_j)`` (Conlon & Mortimer 2021, RAND Journal of Economics 52(4), 693-726); rows sum to
    one, and the own column is zero.
    """
    change = slopes(scene, p, market).T
    change = np.column_stack([change, -change.sum(axis=1)])
    own = np.diagonal(change).copy()
    np.fill_diagonal(change, 0.0)
    return np.asarray(-change / own[:, None])


def _market(scene: Scene, p: Array, market: int) -> tuple[slice, Array, Array]:
    """Return one market's rows, probabilities (J, I) and weights (I,)."""
    if not 0 <= market < scene.markets.T:
        raise MisuseError(f"expected a market from 0 to {scene.markets.T - 1}, got {market}")
    rows = slice(*scene.markets.row[market : market + 2].tolist())
    buyers = slice(*scene.markets.buyer[market : market + 2].tolist())
    V = scene.base[rows, None] + scene.X[rows] @ scene.B[:, buyers]
    V = V + scene.pay.of(p)[rows, None] * scene.alpha[buyers]
    return rows, choices(V[None], None, 0.0).P[0], scene.markets.w[buyers]
