"""What the equilibrium kernel is given and gives back: who sells what at what cost, and what buyers pay for it.

Buyer i has the utility ``base_j + sum_k X_jk B_ki + alpha_i pay_j(p_j)`` from product j and zero from buying nothing; `base`
and `X` hold everything but price, ``alpha_i`` the whole marginal utility of money.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from halfstep.core.errors import MisuseError
from halfstep.native.layout import Array, Codes, Markets, Mask

__all__ = ["CLEARED", "LIMIT", "NONE", "Cleared", "Pay", "Scene"]

CLEARED, NONE, LIMIT = 0, 1, 2


@dataclass(frozen=True, slots=True, eq=False)
class Pay:
    """What a buyer pays when the firm charges p: ``(1 + tax) p + unit - min(rate p, cap)``; all of shape (N,).

    Attributes
    ----------
    tax, unit
        Tax on the price and tax by the piece; a flat subsidy is a negative `unit`.
    rate, cap
        Subsidy as a part of the price, up to the cap; infinite for none.
    """

    tax: Array
    unit: Array
    rate: Array
    cap: Array

    def __post_init__(self) -> None:
        """Refuse a subsidy that makes a dearer product cheaper."""
        if not (np.all(self.rate >= 0) and np.all(self.cap >= 0) and np.all(1 + self.tax - self.rate > 0)):
            raise MisuseError(
                "expected subsidies of zero or more that leave the buyer paying more where the price is higher "
                "(1 + tax - rate > 0); lower the rate, or enter a flat subsidy as a negative unit tax"
            )

    @classmethod
    def plain(cls, n: int) -> Pay:
        """Return the case in which buyers pay the price of each of n products."""
        none = np.zeros(n)
        return cls(none, none, none, np.full(n, np.inf))

    @property
    def kink(self) -> Array:
        """Price at which the subsidy reaches its cap; infinite where it never does."""
        return np.asarray(np.divide(self.cap, self.rate, out=np.full(self.rate.shape, np.inf), where=self.rate > 0))

    def of(self, p: Array) -> Array:
        """Return what buyers pay at prices p."""
        return np.asarray((1 + self.tax) * p + self.unit - np.minimum(self.rate * p, self.cap))

    def slope(self, p: Array) -> Array:
        """Return what one unit more of price adds to the buyer's bill; at the kink, the slope above it."""
        return np.asarray(1 + self.tax - self.rate * (p < self.kink))


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """Everything that prices answer to; C-contiguous arrays.

    Attributes
    ----------
    markets
        Where rows and buyers stand.
    X, B
        Columns with tastes that differ between buyers, shape (N, K), and those tastes, shape (K, A); price is not in them.
    base
        Utility that all buyers share, but for price, shape (N,).
    alpha
        Marginal utility of money, usually negative, shape (A,).
    mc
        Marginal cost, shape (N,).
    firm
        Codes of who sets the price, shape (N,).
    frozen
        Whether the price is held where it starts, shape (N,).
    pay
        From price to what buyers pay.
    """

    markets: Markets
    X: Array
    B: Array
    base: Array
    alpha: Array
    mc: Array
    firm: Codes
    frozen: Mask
    pay: Pay

    def __post_init__(self) -> None:
        """Refuse arrays that do not belong together."""
        N, A, K = int(self.markets.row[-1]), int(self.markets.buyer[-1]), self.X.shape[1]
        wanted = {
            "X": (self.X, (N, K)), "B": (self.B, (K, A)), "base": (self.base, (N,)), "alpha": (self.alpha, (A,)),
            "w": (self.markets.w, (A,)), "mc": (self.mc, (N,)), "firm": (self.firm, (N,)), "frozen": (self.frozen, (N,)),
        } | {f.name: (getattr(self.pay, f.name), (N,)) for f in fields(self.pay)}  # fmt: skip
        for name, (values, shape) in wanted.items():
            if values.shape != shape:
                raise MisuseError(
                    f"expected {name} of shape {shape}, got {values.shape}; give one entry a row or buyer"
                )
        for name in ("X", "B", "base", "alpha", "mc"):
            if not np.isfinite(wanted[name][0]).all():
                raise MisuseError(f"expected finite numbers in {name}; leave out markets whose inversion failed")

    @property
    def N(self) -> int:
        """Number of products in all markets."""
        return len(self.base)


@dataclass(frozen=True, slots=True, eq=False)
class Cleared:
    """Prices at which no firm gains by a small change of its own.

    Attributes
    ----------
    p, s, markup
        Prices, market shares and prices less marginal cost, shape (N,); NaN in a market that did not clear.
    iterations
        Share evaluations of each market, shape (T,).
    status
        Shape (T,): `CLEARED`, `NONE` (prices run away: there are buyers who do not mind paying) or `LIMIT`.
    gradient
        Largest ``|d profit_f / d p_j|`` over the sum of what a higher price earns and loses, shape (T,); at a kink how far
        the price is from it.
    """

    p: Array
    s: Array
    markup: Array
    iterations: Codes
    status: Codes
    gradient: Array

    @property
    def converged(self) -> Mask:
        """Whether each market cleared, shape (T,)."""
        return np.asarray(self.status == CLEARED)
