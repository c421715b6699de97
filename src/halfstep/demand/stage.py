"""The linear stage at a theta that was itself estimated: contrasts with the error of both, in the money of those who buy.

A contrast ``a'delta(theta)`` errs as a two-stage regression's does with theta held, and by ``a'D`` times the error of theta.
Both are sums over clusters, so they are added cluster by cluster (Murphy & Topel 1985; Newey & McFadden 1994, section 6).

Where the taste for price differs between buyers, money is scaled by the mean taste of those who buy a compared brand, not of
all who might: ``alpha = -(beta_p + shift)``. Utilities are theirs at that mean. The shift is no function of rows, so it stands
as one more entry behind them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from halfstep.core.tastes import Functionals
from halfstep.numerics.iv import TwoStage
from halfstep.numerics.linear import LeastSquares

__all__ = ["Stage"]

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Stage:
    """A `halfstep.core.tastes.Regression` whose left-hand side hangs on theta.

    Attributes
    ----------
    linear
        Mean utilities on price and attributes, price endogenous; least squares on attributes alone where price has no
        linear coefficient.
    p
        Prices, shape (n,).
    D
        ``d delta / d theta``, shape (n, P).
    scores
        What each cluster adds to the error of theta, shape (G, P).
    beyond
        What surveys' sampling adds to it, as independent parts, shape (M, P).
    shift
        Mean taste for price of buyers beyond the linear coefficient.
    slope
        Its slopes along theta, shape (P,).
    """

    linear: TwoStage | LeastSquares
    p: Array
    D: Array
    scores: Array
    beyond: Array
    shift: float
    slope: Array

    @property
    def accepted(self) -> Array | None:
        """None: weak instruments are told by a check."""
        return None

    @property
    def squares(self) -> LeastSquares:
        """The least-squares stage."""
        return self.linear.squares if isinstance(self.linear, TwoStage) else self.linear

    @property
    def y(self) -> Array:
        """Mean utility of those who buy, price included, shape (n,)."""
        return self.linear.y + self.shift * self.p

    @property
    def W(self) -> Array:
        """Price and attributes, shape (n, 1 + K)."""
        if isinstance(self.linear, TwoStage):
            return self.linear.W
        return np.column_stack([self.p, self.linear.design.X])

    @property
    def beta(self) -> Array:
        """Coefficients of W."""
        own = self.linear.beta if isinstance(self.linear, TwoStage) else np.append(0.0, self.linear.beta)
        return np.asarray(own + self.shift * np.eye(len(own))[0])

    @property
    def price(self) -> float:
        """The linear coefficient of price, zero where there is none."""
        return float(self.beta[0]) - self.shift

    def lifted(self, omega: Array) -> Array:
        """Weights of ``omega'y`` as `functionals` takes them; (n, m) gives (n + 1, m)."""
        return np.vstack([omega, self.p @ omega])

    def net(self, a: Array) -> Array:
        """Weights of ``a'`` times the linear stage's own left-hand side; (n, m) gives (n + 1, m)."""
        return np.vstack([a, np.zeros((1, a.shape[1]))])

    def coefficient_weights(self, combination: Array) -> Array:
        """Weights of ``combination' beta``; (1 + K, m) gives (n + 1, m)."""
        own = combination if isinstance(self.linear, TwoStage) else combination[1:]
        return np.vstack([self.linear.coefficient_weights(own), combination[:1]])

    def functionals(self, a: Array) -> Functionals:
        """Estimate what `lifted`, `net` or `coefficient_weights` weigh."""
        rows, last = a[:-1], a[-1]
        found = self.linear.functionals(rows)
        moves = self.D.T @ rows + np.outer(self.slope, last)
        scores = np.vstack([found.scores + self.scores @ moves, self.beyond @ moves])
        freedom = np.where(np.any(rows, axis=0), found.freedom, float(len(self.scores) - 1))
        return Functionals(found.value + self.shift * last, scores.T @ scores, freedom, scores)

    def given(self, a: Array, combination: Array) -> tuple[Functionals, ...]:
        """Refuse: weak instruments have no set of price tastes here, their check bars the verdicts."""
        raise NotImplementedError("expected strong instruments; weak ones are told by a check")
