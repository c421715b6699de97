"""The linear stage at a theta that was itself estimated: contrasts with the error of both.

A contrast ``a'delta(theta)`` errs as a two-stage regression's does with theta held, and by ``a'D`` times the error of theta.
Both are sums over clusters, so they are added cluster by cluster (Murphy & Topel 1985; Newey & McFadden 1994, section 6).
Where there is supply the mean taste for price belongs to theta: it is carried as one more entry behind the rows.
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
        Mean utilities on price and attributes, price endogenous; least squares of mean utilities net of price where the
        mean price taste is part of theta.
    p
        Prices, shape (n,).
    D
        ``d delta / d theta`` of the linear stage's left-hand side, shape (n, P).
    scores
        What each cluster adds to the error of theta, shape (G, P).
    mean
        Mean price taste and its place in theta; None where the linear stage estimates it.
    """

    linear: TwoStage | LeastSquares
    p: Array
    D: Array
    scores: Array
    mean: tuple[float, int] | None = None

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
        """Mean utilities, price included, shape (n,)."""
        return self.linear.y + (self.mean[0] * self.p if self.mean else 0.0)

    @property
    def W(self) -> Array:
        """Price and attributes, shape (n, 1 + K)."""
        if isinstance(self.linear, TwoStage):
            return self.linear.W
        return np.column_stack([self.p, self.linear.design.X])

    @property
    def beta(self) -> Array:
        """Coefficients of W."""
        return np.append(self.mean[0], self.linear.beta) if self.mean else self.linear.beta

    def lifted(self, omega: Array) -> Array:
        """Row weights of ``omega'y`` as `functionals` takes them; (n, m) gives (n or n + 1, m)."""
        return np.vstack([omega, self.p @ omega]) if self.mean else omega

    def net(self, a: Array) -> Array:
        """Row weights of ``a'`` times the linear stage's own left-hand side, as `functionals` takes them."""
        return np.vstack([a, np.zeros((1, a.shape[1]))]) if self.mean else a

    def coefficient_weights(self, combination: Array) -> Array:
        """Weights of ``combination' beta``; (1 + K, m) gives (n or n + 1, m)."""
        if isinstance(self.linear, TwoStage):
            return self.linear.coefficient_weights(combination)
        return np.vstack([self.linear.coefficient_weights(combination[1:]), combination[:1]])

    def functionals(self, a: Array) -> Functionals:
        """Estimate what `lifted` or `coefficient_weights` weigh."""
        rows = a[: len(self.p)]
        found = self.linear.functionals(rows)
        moves = self.D.T @ rows
        value = found.value
        if self.mean:
            moves[self.mean[1]] += a[-1]
            value = value + self.mean[0] * a[-1]
        scores = found.scores + self.scores @ moves
        freedom = np.where(np.any(rows, axis=0), found.freedom, float(len(scores) - 1))
        return Functionals(value, scores.T @ scores, freedom, scores)

    def given(self, a: Array, combination: Array) -> tuple[Functionals, ...]:
        """Estimate with the price coefficient fixed at the linear stage's own tastes; see `Regression.given`."""
        raise NotImplementedError("weak instruments have no set of price tastes here: their check bars the verdicts")
