"""Prices that clear after any edit of a market, and what they cannot say: none, several, not a maximum.

A `Scene` is edited by pure functions (`blp.scenes`) and cleared from a start. Where there are several equilibria the start decides
which one is found: `others` looks for more, and `verified` whether firms would not rather leave the one found.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from halfstep.blp.scenes import stacked
from halfstep.core.errors import MisuseError
from halfstep.native import kernel
from halfstep.native.choices import batches, inverses
from halfstep.native.clearing import ARRIVAL, Point, Pricing, pricing
from halfstep.native.layout import Array, Codes, Control, Mask
from halfstep.native.scene import CLEARED, LIMIT, NONE, Cleared, Pay, Scene

__all__ = [
    "ARRIVAL",
    "CLEARED",
    "LIMIT",
    "NONE",
    "Cleared",
    "Others",
    "Pay",
    "Scene",
    "Verified",
    "clear",
    "costs",
    "others",
    "verified",
]

_GRID = (0.1, 0.25, 0.5, 0.75, 0.9, 1.1, 1.25, 1.5, 2.0, 3.0, 5.0, 10.0)
_SAME = 1e-6


def clear(scene: Scene, start: Array, control: Control = ARRIVAL) -> Cleared:
    """Return Bertrand-Nash prices.

    Every firm maximises ``sum_j (p_j - mc_j) s_j`` over its products' prices, the others' given. The search is
    `halfstep.native.clearing`'s.

    Parameters
    ----------
    start
        Where the search starts, shape (N,); frozen prices stay there.
    """
    return kernel().clear(scene, _prices(scene, start), control)


def costs(scene: Scene, p: Array) -> Array:
    """Return the marginal costs at which prices p are an equilibrium, shape (N,); the inverse of `clear`.

    Frozen prices are nobody's choice: there the scene's cost is kept. At the kink of a subsidy many costs would do; the
    highest is given. NaN in a market whose conditions are singular.
    """
    p = _prices(scene, p)
    out, slope = scene.mc.copy(), scene.pay.slope(p)
    for batch in batches(scene.markets):
        rows = batch.rows
        if not rows.shape[1]:
            continue
        at = pricing(scene, batch)
        point, index = at.at(p[rows]), np.arange(rows.shape[1])
        M = -at.own * ((point.P * (at.w * at.a)[:, None, :]) @ point.P.transpose(0, 2, 1))
        M[:, index, index] += point.L
        M[at.frozen] = 0.0
        M[:, index, index] += at.frozen
        right = np.where(at.frozen, p[rows] - at.mc, -point.s / slope[rows])
        eta = (inverses(M) @ right[:, :, None])[:, :, 0]
        out[rows] = np.where(at.frozen, at.mc, p[rows] - eta)
    return out


@dataclass(frozen=True, slots=True, eq=False)
class Others:
    """Equilibria found from several starts.

    Attributes
    ----------
    starts
        What each search started from, R of them.
    p
        Shape (R, N); NaN where a market did not clear.
    status
        Of each search and market, shape (R, T).
    which
        Which of the market's distinct equilibria a search found, numbered in the order of the starts; -1 for none, shape
        (R, T).
    count
        Distinct equilibria found, shape (T,). There may be more: starts cannot prove that there are not.
    """

    starts: tuple[str, ...]
    p: Array
    status: Codes
    which: Codes
    count: Codes


def others(
    scene: Scene, observed: Array, rng: np.random.Generator, perturbed: int = 3, control: Control = ARRIVAL
) -> Others:
    """Search from observed prices, costs, twice the observed and observed prices moved at random (by exp of 0.3 normal)."""
    observed = _prices(scene, observed)
    given = {"observed": observed, "costs": scene.mc, "twice": 2 * observed}
    noise = {f"perturbed {r + 1}": observed * np.exp(0.3 * rng.standard_normal(scene.N)) for r in range(perturbed)}
    given |= noise
    starts = [np.where(scene.frozen, observed, start) for start in given.values()]
    found = clear(stacked([scene] * len(starts)), np.concatenate(starts), control)
    p, status = found.p.reshape(len(starts), scene.N), found.status.reshape(len(starts), scene.markets.T)
    which = np.full(status.shape, -1)
    count = np.zeros(scene.markets.T, dtype=np.int64)
    for t in range(scene.markets.T):
        rows = slice(*scene.markets.row[t : t + 2].tolist())
        seen: list[Array] = []
        for r in np.flatnonzero(status[:, t] == CLEARED):
            here = p[r, rows]
            like = (k for k, known in enumerate(seen) if np.allclose(here, known, rtol=_SAME, atol=0.0))
            which[r, t] = next(like, len(seen))
            if which[r, t] == len(seen):
                seen.append(here)
        count[t] = len(seen)
    return Others(tuple(given), p, status, which, count)


@dataclass(frozen=True, slots=True, eq=False)
class Verified:
    """Whether firms would leave an equilibrium.

    Attributes
    ----------
    definite
        Whether every firm's profit has a negative definite Hessian in its own prices, shape (T,); false where prices did
        not clear.
    gain
        Most that the firm gains, relative to its profit, by moving this price alone to one of a coarse grid (a tenth to ten
        times the markup), shape (N,); negative where it only loses; NaN where frozen or not cleared.
    nonnegative
        Weight of buyers with ``alpha_i >= 0``, shape (T,): with any of them an infinite price pays, and the
        equilibrium is a local one.
    """

    definite: Mask
    gain: Array
    nonnegative: Array


def verified(scene: Scene, cleared: Cleared) -> Verified:
    """Return second-order conditions at cleared prices."""
    T = scene.markets.T
    out = Verified(cleared.converged.copy(), np.full(scene.N, np.nan), np.zeros(T))
    for batch in batches(scene.markets):
        at = pricing(scene, batch)
        out.nonnegative[batch.market] = (at.w * (at.a >= 0)).sum(axis=1)
        good = cleared.converged[batch.market]
        if not (good.any() and batch.rows.shape[1]):
            continue
        at, rows = at.take(good), batch.rows[good]
        p = cleared.p[rows]
        point = at.at(p)
        free = ~point.held
        H = at.slopes(p, point) * point.g[:, :, None] * at.own * (free[:, :, None] & free[:, None, :])
        index = np.arange(p.shape[1])
        H[:, index, index] -= np.where(free, 0.0, 1.0)
        scale = np.sqrt(np.abs(H[:, index, index]).clip(np.finfo(float).tiny))
        H = (H + H.transpose(0, 2, 1)) / (2 * scale[:, :, None] * scale[:, None, :])
        out.definite[batch.market[good]] = np.linalg.eigvalsh(H)[:, -1] < 0
        out.gain[rows] = np.where(at.frozen, np.nan, _best_deviation(at, p, point))
    return out


def _best_deviation(at: Pricing, p: Array, point: Point) -> Array:
    """Return each firm's largest relative gain by moving one price along the grid, shape (m, J)."""
    eta, a, w = p - at.mc, at.a[:, None, :], at.w[:, :, None]
    profit = (point.m @ w)[:, :, 0]
    best = np.full(p.shape, -np.inf)
    before = at.pay.of(p)
    kept = point.m - point.P * eta[:, :, None]
    for times in _GRID:
        price = at.mc + times * eta
        with np.errstate(over="ignore"):
            odds = np.exp(np.minimum(a * (at.pay.of(price) - before)[:, :, None], 300.0)) * point.P
        now = ((kept + odds * (price - at.mc)[:, :, None]) / (1 + odds - point.P)) @ w
        best = np.maximum(best, now[:, :, 0] - profit)
    return np.asarray(best / np.abs(profit))


def _prices(scene: Scene, p: Array) -> Array:
    """Return prices as the kernels take them; refuse others."""
    p = np.ascontiguousarray(p, dtype=np.float64)
    if p.shape != (scene.N,) or not np.isfinite(p).all():
        raise MisuseError(
            f"expected {scene.N} finite prices, one a row, got shape {p.shape}; drop rows from prices too"
        )
    return p
