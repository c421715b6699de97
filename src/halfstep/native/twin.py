"""The kernels in NumPy: the inversion of shares by chord Newton, markups and their slopes.

The same algorithm as the extension, over batches of markets of one shape. It runs where no compiler is, and for nests.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from halfstep.native.choices import (
    Batch,
    Choices,
    batches,
    choices,
    gathered,
    inverses,
    moved,
    moved_by_rho,
    share_jacobian,
    share_slopes,
    utilities,
)
from halfstep.native.layout import Array, Codes, Control, Inversion, Markets, Markups, Mask, Products, Start, Tastes

__all__ = ["invert", "markups", "shares"]

_FAR, _CAP, _SLOW, _ROUNDING = 3.0, 4.0, 0.25, 1e-11
_CONTRACTIONS = 6


def shares(markets: Markets, X: Array, B: Array, delta: Array) -> Array:
    """Return market shares in the plain form, shape (N,)."""
    s = np.empty(len(delta))
    for batch in batches(markets):
        P = choices(utilities(batch, X, B, delta), None, 0.0).P
        s[batch.rows] = (P @ batch.w[:, :, None])[:, :, 0]
    return s


def invert(markets: Markets, products: Products, tastes: Tastes, start: Start, control: Control) -> Inversion:
    """Return the mean utilities at which every product has its observed share, and how they move with theta.

    Newton steps with the last factor at hand (the chord method), from the given start: ``d = A^-1 (s (log S - log s))``
    with ``A = ds / d delta``. Far from the solution and after a failed Newton step it contracts as Berry, Levinsohn &
    Pakes (1995) do. `Inversion.factor` holds inverses of A here, of use to this kernel alone.
    """
    N, P = len(products.log_s), len(tastes.column) + (products.nest is not None)
    at = markets.factor
    out = Inversion(
        delta=start.delta.copy(), D=np.full((N, P), np.nan), factor=np.full(int(at[-1]), np.nan),
        residual=np.full(markets.T, np.inf), evaluations=np.zeros(markets.T, dtype=np.int64),
        converged=np.zeros(markets.T, dtype=np.bool_),
    )  # fmt: skip
    for batch in batches(markets):
        nest = None if products.nest is None else products.nest[batch.rows]
        utility = utilities(batch, products.X, tastes.B, start.delta)
        J = batch.rows.shape[1]
        cells = at[batch.market][:, None] + np.arange(J * J)
        known = None if start.factor is None else start.factor[cells].reshape(-1, J, J)
        search = _Search.of(utility, products.log_s[batch.rows], batch.w, nest, tastes.rho)
        x = _solve(search, known, control, out, batch.market)
        out.delta[batch.rows] += x
        done = out.converged[batch.market]
        if not done.any():
            continue
        point = search.at(x)
        inverse = inverses(share_jacobian(point, batch.w))
        D = -(inverse @ share_slopes(point, batch, products, tastes))
        out.D[batch.rows[done]] = D[done]
        out.factor[cells[done]] = inverse[done].reshape(-1, J * J)
    return out


@dataclass(frozen=True, slots=True, eq=False)
class _Search:
    """A batch about its start.

    Attributes
    ----------
    utility
        Utilities at the start, shape (m, J, I); in the plain form their exponentials, formed once.
    outside
        The exponential of buying nothing, shape (m, 1, I), on the same scale; None with nests.
    log_s, w, nest, rho
        Log shares (m, J), weights (m, I), nests (m, J), nesting parameter.
    """

    utility: Array
    outside: Array | None
    log_s: Array
    w: Array
    nest: Codes | None
    rho: float

    @classmethod
    def of(cls, utility: Array, log_s: Array, w: Array, nest: Codes | None, rho: float) -> _Search:
        """Return the search from utilities."""
        if nest is not None:
            return cls(utility, None, log_s, w, nest, rho)
        shift = np.maximum(utility.max(axis=1, keepdims=True), 0.0)
        return cls(np.exp(utility - shift), np.exp(-shift), log_s, w, None, rho)

    def take(self, some: Mask) -> _Search:
        """Return some of its markets."""
        outside = None if self.outside is None else self.outside[some]
        nest = None if self.nest is None else self.nest[some]
        return _Search(self.utility[some], outside, self.log_s[some], self.w[some], nest, self.rho)

    def shares(self, x: Array) -> Array:
        """Return shares (m, J) where delta moves by x (m, J)."""
        if self.outside is None:
            return np.asarray((self.at(x).P @ self.w[:, :, None])[:, :, 0])
        ex = np.exp(x)
        v = self.w[:, None, :] / (self.outside + ex[:, None, :] @ self.utility)
        return np.asarray(ex * (self.utility @ v.transpose(0, 2, 1))[:, :, 0])

    def at(self, x: Array) -> Choices:
        """Return all probabilities there."""
        if self.outside is None:
            return choices(self.utility + x[:, :, None], self.nest, self.rho)
        ex = np.exp(x)
        e = self.utility * ex[:, :, None]
        e /= self.outside + ex[:, None, :] @ self.utility
        return Choices(e)


def _solve(search: _Search, inverse: Array | None, control: Control, out: Inversion, market: Codes) -> Array:
    """Return the move from the start that gives the observed shares; what happened goes to `out`."""
    m, J = search.log_s.shape
    x_all = np.zeros((m, J))
    live, x = np.arange(m), np.zeros((m, J))
    A = np.full((m, J, J), np.nan) if inverse is None else inverse
    last, fresh, contracting = np.full(m, np.inf), np.zeros(m, dtype=np.bool_), np.full(m, 0)
    contracting[~np.isfinite(A[:, 0, 0])] = 2
    for count in range(1, control.limit + 1):
        with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
            s = search.shares(x)
            r = search.log_s - np.log(s)
            norm = np.abs(r).max(axis=1)
        bad = ~np.isfinite(norm)
        arrived = (norm <= control.tolerance) | ((norm <= _ROUNDING) & (norm >= _SLOW * last))
        where = market[live]
        out.residual[where], out.evaluations[where] = np.where(bad, np.inf, norm), count
        out.converged[where[arrived]] = True
        x_all[live[~bad]] = x[~bad]
        keep = ~(arrived | bad)
        if not keep.any():
            break
        if keep.sum() <= 0.7 * len(live):
            live, x, A, s, r = live[keep], x[keep], A[keep], s[keep], r[keep]
            norm, last, fresh, contracting = norm[keep], last[keep], fresh[keep], contracting[keep]
            search = search.take(keep)
            keep = keep[keep]
        contracting = np.where(fresh & (norm >= last) & (contracting == 0), _CONTRACTIONS, contracting)
        contract = (norm > _FAR) | (contracting > 0)
        stale = keep & ~contract & ((norm > _SLOW * last) | ~np.isfinite(A[:, 0, 0]))
        if stale.any():
            A[stale] = inverses(share_jacobian(search.take(stale).at(x[stale]), search.w[stale]))
        with np.errstate(invalid="ignore"):
            newton = (A @ (s * r)[:, :, None])[:, :, 0]
        step = np.where(contract[:, None], (1 - search.rho) * r, np.clip(newton, -_CAP, _CAP))
        fresh, last = stale, norm
        contracting = np.maximum(contracting - contract, 0)
        x = np.where(keep[:, None], x + step, x)
    return x_all


def markups(
    markets: Markets,
    products: Products,
    tastes: Tastes,
    point: tuple[Array, Array],
    price: tuple[Array, Array],
    firm: Codes,
) -> Markups:
    """Return Bertrand-Nash markups and how they move along theta while shares stay as observed.

    Every firm's first-order conditions ``s_j + sum_{k in f} eta_k ds_k/dp_j = 0``, by buyers::

        s_j + sum_i w_i a_i P_ij (eta_j / (1 - rho) - rho / (1 - rho) c_ij - h_ij) = 0

    with ``h_ij = sum_{k in f(j)} P_ik eta_k`` and ``c_ij`` the same within the nest; differentiated along theta for the
    slopes (Nevo 2000, Journal of Economics & Management Strategy 9(4), for the conditions).

    Parameters
    ----------
    point
        delta (N,) and ``d delta / d theta`` (N, P).
    price
        ``a_i``, the marginal utility of price (A,), and its slopes (P, A).
    firm
        Codes of who sets the price, shape (N,).
    """
    (delta, D), (alpha, alpha_theta) = point, price
    eta, E = np.full(len(delta), np.nan), np.full((len(delta), D.shape[1]), np.nan)
    for batch in batches(markets):
        nest = None if products.nest is None else products.nest[batch.rows]
        at = choices(utilities(batch, products.X, tastes.B, delta), nest, tastes.rho)
        owners = firm[batch.rows]
        market = _Pricing(at, batch.w * alpha[batch.buyers], batch, (owners[:, :, None] == owners[:, None, :]) * 1.0)
        inverse = inverses(market.matrix())
        some = -(inverse @ (at.P @ batch.w[:, :, None]))[:, :, 0]
        eta[batch.rows] = some
        change = [
            market.slope(some, *moved_along(at, batch, products, tastes, (D, p)), alpha_theta[p][batch.buyers])
            for p in range(len(tastes.column))
        ]
        if nest is not None:
            change.append(market.slope_by_rho(some, *moved_along(at, batch, products, tastes, (D, len(change)))))
        if change:
            E[batch.rows] = -(inverse @ np.stack(change, axis=2))
    return Markups(eta, E)


def moved_along(
    at: Choices, batch: Batch, products: Products, tastes: Tastes, along: tuple[Array, int]
) -> tuple[Array, Array | None]:
    """Return ``d log P`` and ``d log C`` along parameter p while delta moves with it; (D, p) is given."""
    D, p = along
    H = np.broadcast_to(D[batch.rows, p][:, :, None], at.P.shape)
    if p == len(tastes.column):
        first, second = moved(at, H), moved_by_rho(at)
        return first[0] + second[0], None if first[1] is None else first[1] + second[1]
    G = gathered(tastes.G[p : p + 1], batch.buyers)
    return moved(at, H + products.X[batch.rows, tastes.column[p]][:, :, None] * G)


@dataclass(frozen=True, slots=True, eq=False)
class _Pricing:
    """First-order conditions of a batch; `a` holds ``w_i a_i`` (m, I), `own` whether two products share a firm."""

    at: Choices
    a: Array
    batch: Batch
    own: Array

    def matrix(self) -> Array:
        """Return M with ``M eta = -s``, shape (m, J, J)."""
        weighted = self.at.P * self.a[:, None, :]
        M = -(weighted @ self.at.P.transpose(0, 2, 1))
        if self.at.C is not None and self.at.same is not None:
            M -= self.at.rho / (1 - self.at.rho) * self.at.same * (weighted @ self.at.C.transpose(0, 2, 1))
        M *= self.own
        index = np.arange(M.shape[1])
        M[:, index, index] += weighted.sum(axis=2) / (1 - self.at.rho)
        return np.asarray(M)

    def sums(self, values: Array) -> tuple[Array, Array]:
        """Return sums over the firm of P values, and over firm and nest of C values; shapes (m, J, I)."""
        h = self.own @ (self.at.P * values)
        if self.at.C is None or self.at.same is None:
            return h, np.zeros(1)
        return h, (self.own * self.at.same) @ (self.at.C * values)

    def slope(self, eta: Array, lnP: Array, lnC: Array | None, alpha_theta: Array) -> Array:
        """Return what the conditions change by along a parameter with eta held, shape (m, J)."""
        at, e, keep = self.at, eta[:, :, None], 1 / (1 - self.at.rho)
        h, c = self.sums(np.broadcast_to(e, at.P.shape))
        net = keep * (e - at.rho * c) - h
        dh, _ = self.sums(lnP * e)
        dc = self.sums(lnC * e)[1] if lnC is not None else 0.0
        a, da = self.a[:, None, :], (alpha_theta * self.batch.w)[:, None, :]
        return np.asarray((at.P * ((da + a * lnP) * net - a * (keep * at.rho * dc + dh))).sum(axis=2))

    def slope_by_rho(self, eta: Array, lnP: Array, lnC: Array | None) -> Array:
        """Return the same along the nesting parameter, which also stands in the conditions themselves."""
        e = eta[:, :, None]
        _, c = self.sums(np.broadcast_to(e, self.at.P.shape))
        direct = (self.at.P * self.a[:, None, :] * (e - c)).sum(axis=2) / (1 - self.at.rho) ** 2
        none = np.zeros(self.batch.w.shape)
        return np.asarray(self.slope(eta, lnP, lnC, none) + direct)
