"""Sums over buyers of who chooses what, and how they move with theta: what micro moments are made of.

A sum is ``n = sum_i b_i sum_j a_j P_ij``, or the same over first choices with a second one in a group. Its slope is formed
backwards: with U the derivative of n by each utility V_ij, and ``dV_ij = D_jp + G_pi X_j,c(p)`` along parameter p,

    dn / d theta_p = sum_j D_jp (sum_i U_ij) + sum_i G_pi (X_c(p)' U)_i

so that its cost does not grow with the number of parameters. In the plain form U is a sum of terms ``a_j b_i M_ij`` with M
one of three matrices for all sums, and U itself is never formed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from halfstep.blp.second_choices import ROUNDING, diversion
from halfstep.native.choices import Batch, Choices, gathered, moved, moved_by_rho
from halfstep.native.layout import Array, Codes, Products, Tastes

__all__ = ["Sums", "sums_of"]

Term = tuple[Array, Array, Array]


@dataclass(frozen=True, slots=True, eq=False)
class Sums:
    """A batch of m markets.

    Attributes
    ----------
    at
        Probabilities.
    D, X, G, column
        Slopes of delta (m, J, P), X transposed (m, K, J), slopes of tastes (m, P, I) and the column each belongs to.
    XP
        X'P, shape (m, K, I).
    gain, twice, far, near
        ``P / (1 - P)``, ``P / (1 - P)^2``, ``gain (P + gain)`` and ``gain P``: makings of second choices, else empty.
    """

    at: Choices
    D: Array
    X: Array
    G: Array
    column: Codes
    XP: Array
    gain: Array
    twice: Array
    far: Array
    near: Array

    def first(self, a: Array, nothing: bool, b: Array) -> tuple[float, Array]:
        """Return ``sum_i b_i (sum_j a_j P_ij + nothing P_i0)`` and its slopes along theta, shape (P,).

        Parameters
        ----------
        a
            Shape (m, J, 1).
        b
            Shape (m, I).
        """
        P = self.at.P
        a = a - nothing
        value = (a.transpose(0, 2, 1) @ P)[:, 0]
        total = float((b * (value + nothing)).sum())
        if self.at.C is not None:
            return total, self._nested(np.broadcast_to(a, P.shape), None, None, b)
        return total, self._plain([(a, b, P)], -b * value)

    def second(self, first: Array, into: Array, nothing: bool, b: Array) -> tuple[float, Array]:
        """Return the same of those with a first choice in one group and a second in another.

        Parameters
        ----------
        first, into
            One for products of the groups, shape (m, J, 1).
        nothing
            Whether buying nothing is in the second.
        """
        P = self.at.P
        if self.at.C is not None:
            found = diversion(self.at, into, nothing)
            f, h, by_rho = found.slopes(first)
            return float((b * (first * found.z).sum(axis=1)).sum()), self._nested(f, h, by_rho, b)
        row, both = first.transpose(0, 2, 1), first * into
        other = into - nothing
        moves = (row @ self.gain)[:, 0]
        whole = (other.transpose(0, 2, 1) @ P)[:, 0] + nothing
        value = whole * moves - (both.transpose(0, 2, 1) @ self.near)[:, 0]
        turned = whole * (row @ self.twice)[:, 0] - (both.transpose(0, 2, 1) @ self.far)[:, 0]
        mean = (whole - nothing) * moves + turned
        terms = [(other, b * moves, P), (first, b * whole, self.twice), (-both, b, self.far)]
        return float((b * value).sum()), self._plain(terms, -b * mean)

    def _plain(self, terms: list[Term], rest: Array) -> Array:
        """Return the slopes where U is the sum of terms (a, b, M) and of rest_i P_ij."""
        by_row = self.at.P @ rest[:, :, None]
        by_buyer = self.XP * rest[:, None, :]
        for a, b, M in terms:
            by_row += a * (M @ b[:, :, None])
            by_buyer += ((self.X * a.transpose(0, 2, 1)) @ M) * b[:, None, :]
        return self._along(by_row[:, :, 0], by_buyer)

    def _nested(self, f: Array, h: Array | None, by_rho: Array | None, b: Array) -> Array:
        """Return the slopes from each buyer's by P, by C, and by rho where both stand still; shape (m, J, I)."""
        at, wide = self.at, b[:, None, :]
        assert at.C is not None
        U = at.P * moved(at, f)[0]
        if h is not None:
            U += at.C * (h - at.within(h)) / (1 - at.rho)
        U *= wide
        total = self._along(U.sum(axis=2), self.X @ U)
        lnP, lnC = moved_by_rho(at)
        move = f * at.P * lnP
        if h is not None and by_rho is not None:
            move += h * at.C * lnC + by_rho
        total[-1] += (move * wide).sum()
        return total

    def _along(self, by_row: Array, by_buyer: Array) -> Array:
        total = by_row.ravel() @ self.D.reshape(-1, self.D.shape[2])
        total[: len(self.column)] += (by_buyer[:, self.column] * self.G).sum(axis=(0, 2))
        return np.asarray(total)


def sums_of(batch: Batch, at: Choices, products: Products, tastes: Tastes, D: Array, *, seconds: bool) -> Sums:
    """Return a batch ready for sums.

    Parameters
    ----------
    D
        ``d delta / d theta``, shape (N, P), with nests (N, P + 1).
    seconds
        Whether second choices will be asked for.
    """
    X = np.ascontiguousarray(products.X[batch.rows].transpose(0, 2, 1))
    gain = twice = far = near = np.empty(0)
    if seconds and at.C is None:
        gain = at.P / np.maximum(1 - at.P, ROUNDING)
        near = gain * at.P
        twice, far = gain * (1 + gain), near + gain * gain
    G = gathered(tastes.G, batch.buyers)
    return Sums(at, D[batch.rows], X, G, tastes.column, X @ at.P, gain, twice, far, near)
