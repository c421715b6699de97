"""Prices that clear, in NumPy: the zeta fixed point, finished with Newton's method.

With ``v_i = w_i alpha_i``, markups ``eta = p - mc`` and the firm's sums ``m_if = sum_{k in f} P_ik eta_k`` the profit of the
firm that sells j moves with its price by g_j times::

    G_j = s_j / g_j + Lambda_j eta_j - sum_i v_i P_ij m_if,    Lambda_j = sum_i v_i P_ij

where g_j is the slope of what buyers pay. ``G = 0`` is solved by ``eta = zeta(p) = (sum_i v_i P_ij m_if - s_j / g_j) /
Lambda_j`` (Morrow & Skerlos 2011, Operations Research 59(2), 328-345), which takes no J x J matrix, until it is near; then
by Newton steps with the last inverse at hand. At the kink of a capped subsidy g steps up from `low` to `high`; the price that solves
the one-sided conditions is the median of the kink and the two sides' own solutions.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from halfstep.native.choices import Batch, batches, choices, inverses, utilities
from halfstep.native.layout import Array, Codes, Control, Mask
from halfstep.native.scene import CLEARED, LIMIT, NONE, Cleared, Pay, Scene

__all__ = ["ARRIVAL", "Point", "Pricing", "clear", "pricing"]

ARRIVAL = Control(tolerance=1e-12, limit=500)
_NEAR, _SLOW, _ROUNDING = 0.01, 0.25, 1e-10
_REST, _FAR, _NOTHING = 10, 1e3, 1e-100


@dataclass(frozen=True, slots=True, eq=False)
class Pricing:
    """A batch of m markets in which prices are sought.

    Attributes
    ----------
    U
        Utility but for price, shape (m, J, I).
    a, w
        Marginal utility of money and weights, shape (m, I).
    mc, kink, low, high
        Marginal cost, the price at which the subsidy reaches its cap, slopes of `Pay` below and above it; shape (m, J).
    frozen
        Shape (m, J).
    own, firm
        One where two products share a firm, shape (m, J, J); which of the market's firms sells each, shape (m, J).
    sells
        One where a firm sells a product, shape (m, F, J).
    pay
        Of shape (m, J).
    """

    U: Array
    a: Array
    w: Array
    mc: Array
    kink: Array
    low: Array
    high: Array
    frozen: Mask
    own: Array
    firm: Codes
    sells: Array
    pay: Pay

    def take(self, some: Mask) -> Pricing:
        """Return some of the markets."""
        pay = Pay(self.pay.tax[some], self.pay.unit[some], self.pay.rate[some], self.pay.cap[some])
        arrays = (self.U, self.a, self.w, self.mc, self.kink, self.low, self.high)
        U, a, w, mc, kink, low, high = (x[some] for x in arrays)
        sellers = (self.own[some], self.firm[some], self.sells[some])
        return Pricing(U, a, w, mc, kink, low, high, self.frozen[some], *sellers, pay)

    def at(self, p: Array) -> Point:
        """Return shares and what the firms gain by a change of price, at prices (m, J)."""
        P = choices(self.U + self.a[:, None, :] * self.pay.of(p)[:, :, None], None, 0.0).P
        eta, v = p - self.mc, self.w * self.a
        sums = P @ np.stack([self.w, v, v * self.a], axis=2)
        m = np.take_along_axis(self.sells @ (P * eta[:, :, None]), self.firm[:, :, None], axis=1)
        s, L = sums[:, :, 0], sums[:, :, 1]
        C = ((P * m) @ v[:, :, None])[:, :, 0]
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            high, low = (self.mc + (C - s / g) / L for g in (self.high, self.low))
        below = low < self.kink
        target = np.where(below, low, np.maximum(high, self.kink))
        target = np.where(self.high == self.low, high, target)
        target = np.where(s > 0, target, self.mc)
        target = np.where(self.frozen, p, target)
        held = self.frozen | (~below & (high <= self.kink)) & (self.high > self.low)
        g = np.where(below, self.low, self.high)
        earned, lost = s / g, L * eta - C
        G = earned + lost
        with np.errstate(divide="ignore", invalid="ignore"):
            error = np.abs(G) / (earned + np.abs(lost))
        apart = np.abs(target - p) / np.maximum(np.abs(target), np.abs(p)).clip(np.finfo(float).tiny)
        error = np.where(held | (s == 0), apart, error)
        return Point(P, m, s, L, sums[:, :, 2], G, g, target, held | (s == 0), error)

    def slopes(self, p: Array, point: Point) -> Array:
        """Return ``dG / dp``, shape (m, J, J); rows that stay where they are sent have the identity."""
        eta, a, v = p - self.mc, self.a[:, None, :], (self.w * self.a)[:, None, :]
        P, g = point.P, point.g
        Pt = P.transpose(0, 2, 1)
        weighted = P * v
        left = weighted * (a * (2 * point.m - eta[:, :, None]) - 1 / g[:, :, None])
        within = weighted @ Pt + ((weighted * a) @ Pt) * (g * eta)[:, None, :]
        A = (left @ Pt) * g[:, None, :] - self.own * within
        index = np.arange(p.shape[1])
        cross = (P * point.m * (v * a)).sum(axis=2)
        A[:, index, index] += 2 * point.L + g * (eta * point.L2 - cross)
        A[point.held] = 0.0
        A[:, index, index] += point.held
        return A


@dataclass(frozen=True, slots=True, eq=False)
class Point:
    """A batch at some prices; shapes (m, J, I) of P and of the firm's sums m, else (m, J).

    Attributes
    ----------
    P, m, s, L, L2, G, g
        As above; `L2` is ``sum_i v_i alpha_i P_ij``.
    target
        Where the fixed point sends the price.
    held
        Whether it is sent there whatever the others do: frozen, at the kink, or bought by nobody.
    error
        What is left of the condition, relative.
    """

    P: Array
    m: Array
    s: Array
    L: Array
    L2: Array
    G: Array
    g: Array
    target: Array
    held: Mask
    error: Array


def pricing(scene: Scene, batch: Batch) -> Pricing:
    """Return a batch of the scene's markets."""
    rows, owner = batch.rows, scene.firm[batch.rows]
    pay = Pay(scene.pay.tax[rows], scene.pay.unit[rows], scene.pay.rate[rows], scene.pay.cap[rows])
    high = 1 + pay.tax
    own = owner[:, :, None] == owner[:, None, :]
    first, place = own.argmax(axis=2), np.arange(rows.shape[1])
    firm = np.take_along_axis(np.cumsum(first == place, axis=1) - 1, first, axis=1)
    sells = (firm[:, None, :] == np.arange(firm.max(initial=0) + 1)[:, None]) * 1.0
    return Pricing(
        U=utilities(batch, scene.X, scene.B, scene.base), a=scene.alpha[batch.buyers], w=batch.w,
        mc=scene.mc[rows], kink=scene.pay.kink[rows], low=high - pay.rate, high=high, frozen=scene.frozen[rows],
        own=own * 1.0, firm=firm, sells=sells, pay=pay,
    )  # fmt: skip


def clear(scene: Scene, start: Array, control: Control = ARRIVAL) -> Cleared:
    """Return Bertrand-Nash prices from a start (N,); frozen prices stay there."""
    T, blank = scene.markets.T, np.full(scene.N, np.nan)
    out = Cleared(
        p=blank, s=blank.copy(), markup=blank.copy(), iterations=np.zeros(T, dtype=np.int64),
        status=np.where(np.diff(scene.markets.row) > 0, LIMIT, CLEARED), gradient=np.zeros(T),
    )  # fmt: skip
    for batch in batches(scene.markets):
        if batch.rows.shape[1]:
            _solve(pricing(scene, batch), batch, start[batch.rows], control, out)
    np.subtract(out.p, scene.mc, out=out.markup)
    return out


def _solve(of: Pricing, batch: Batch, p: Array, control: Control, out: Cleared) -> None:
    """Search the batch's prices; what came of it goes to `out`."""
    search = _Search.from_start(of, p)
    market, rows = batch.market, batch.rows
    for count in range(1, control.limit + 1):
        with np.errstate(over="ignore", invalid="ignore"):
            point = search.of.at(search.p)
            error = point.error.max(axis=1)
        upward = ~search.of.frozen & (point.L >= 0) & (point.s > 0)
        away = (upward & (search.p > search.ceiling[:, None])).any(axis=1) | ~np.isfinite(search.p).all(axis=1)
        stalled = search.newton & (error <= _ROUNDING) & (error >= 0.5 * search.last)
        arrived = ((error <= control.tolerance) | stalled) & ~away
        out.iterations[market], out.gradient[market] = count, error
        out.status[market[arrived]] = np.where(upward[arrived].any(axis=1), NONE, CLEARED)
        out.status[market[away]] = NONE
        found = arrived & ~upward.any(axis=1)
        out.p[rows[found]], out.s[rows[found]] = search.p[found], point.s[found]
        keep = ~(arrived | away)
        if not keep.any():
            return
        if not keep.all():
            search, market, rows = search.take(keep), market[keep], rows[keep]
            upward, error = upward[keep], error[keep]
            point = Point(*(getattr(point, name)[keep] for name in Point.__dataclass_fields__))
        search.step(point, error, upward)


@dataclass(slots=True, eq=False)
class _Search:
    """A batch on its way.

    Attributes
    ----------
    of, p
        The batch and its prices.
    A
        Inverse of ``dG / dp`` at an earlier point, shape (m, J, J).
    before, move
        Where the fixed point sent the prices before the last Newton step, and its own last step; shape (m, J).
    last, newton
        Error before the last step and whether that was Newton's, shape (m,).
    rest, pause
        Steps that the fixed point has to itself, and how many it gets when Newton fails next, shape (m,).
    damp, ceiling
        Part of a step that is taken, and the price beyond which it ran away; shape (m,).
    """

    of: Pricing
    p: Array
    A: Array
    before: Array
    move: Array
    last: Array
    newton: Mask
    rest: Codes
    pause: Codes
    damp: Array
    ceiling: Array

    @classmethod
    def from_start(cls, of: Pricing, p: Array) -> _Search:
        m, J = p.shape
        most = np.abs(of.a).max(axis=1, initial=0.0)
        money = np.divide(1.0, most, out=np.zeros(m), where=most > _NOTHING)
        ceiling = _FAR * np.maximum(np.maximum(np.abs(p), np.abs(of.mc)).max(axis=1), money)
        return cls(
            of, p.copy(), np.zeros((m, J, J)), p.copy(), np.zeros((m, J)), np.full(m, np.inf), np.zeros(m, dtype=np.bool_),
            np.zeros(m, dtype=np.int64), np.full(m, _REST), np.ones(m), ceiling,
        )  # fmt: skip

    def take(self, some: Mask) -> _Search:
        """Return some of the markets."""
        rest = (getattr(self, name)[some] for name in _Search.__dataclass_fields__ if name != "of")
        return _Search(self.of.take(some), *rest)

    def step(self, point: Point, error: Array, upward: Mask) -> None:
        """Move every market's prices."""
        failed = self.newton & ~(error < 0.5 * self.last)
        self.rest = np.where(failed, self.pause, np.maximum(self.rest - 1, 0))
        self.pause = np.where(failed, 2 * self.pause, self.pause)
        up = self.p + 0.5 * np.maximum(np.abs(self.p), self.ceiling[:, None] / _FAR)
        move = np.where(upward, up, point.target) - self.p
        turned = ~self.newton & ((move * self.move).sum(axis=1) < 0) & (error > 0.9 * self.last)
        self.damp = np.where(turned, self.damp / 2, self.damp)
        zeta = np.where(failed[:, None], self.before, self.p + self.damp[:, None] * move)
        newton = (error < np.minimum(_NEAR, self.last)) & (self.rest == 0) & ~upward.any(axis=1)
        stale = newton & ~(self.newton & (error <= _SLOW * self.last))
        if stale.any():
            part = Point(*(getattr(point, name)[stale] for name in Point.__dataclass_fields__))
            self.A[stale] = inverses(self.of.take(stale).slopes(self.p[stale], part))
        wanted = np.where(point.held, point.target - self.p, -point.G)
        chord = self.p + (self.A @ wanted[:, :, None])[:, :, 0]
        newton &= np.isfinite(chord).all(axis=1)
        self.before, self.last, self.newton = np.where(newton[:, None], zeta, self.before), error, newton
        self.p, self.move = np.where(newton[:, None], chord, zeta), move
