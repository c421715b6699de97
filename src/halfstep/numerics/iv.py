"""Two-stage least squares with two absorbed effects and few-cluster inference for linear functionals.

``y = E b + X beta + tau[market] + theta[cell] + u`` with endogenous E and instruments Z. With ``E^`` the fit of E on
(Z, X, effects) the estimate is least squares on (E^, X), so that every functional of the coefficients is ``a'y`` for
known row weights a, and the CR2 correction applies with the projected design and the structural residuals
``u = y - E b - ...`` (Pustejovsky & Tipton 2018, section 2, for the correction; Wooldridge 2010, section 5.2, for why
the second stage's own residuals would not do).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from halfstep.core.tastes import Functionals
from halfstep.numerics.linear import Design, LeastSquares, least_squares

__all__ = ["TwoStage", "reduced_form", "two_stage"]

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class TwoStage:
    """A fitted regression with endogenous regressors; a `halfstep.core.tastes.Regression`.

    Attributes
    ----------
    squares
        Least squares on the projected regressors, with the structural residuals.
    exogenous
        Least squares of y on X and the effects alone.
    W
        Regressors as observed, endogenous first, shape (n, E + K).
    endogenous
        E.
    accepted
        Values of the endogenous coefficients that weak instruments cannot reject, shape (m, E); None if strong.
    """

    squares: LeastSquares
    exogenous: LeastSquares
    W: Array
    endogenous: int
    accepted: Array | None = None

    @property
    def y(self) -> Array:
        """Left-hand side, shape (n,)."""
        return self.squares.y

    @property
    def beta(self) -> Array:
        """Coefficients of W, shape (E + K,)."""
        return self.squares.beta

    @property
    def residual(self) -> Array:
        """Structural residuals, shape (n,)."""
        return self.squares.residual

    def lifted(self, omega: Array) -> Array:
        """Weights of ``omega'y``: omega itself, as nothing stands behind the rows."""
        return omega

    def coefficient_weights(self, combination: Array) -> Array:
        """Row weights a with ``a'y = combination' beta``; (E + K, m) gives (n, m)."""
        return self.squares.coefficient_weights(combination)

    def functionals(self, a: Array) -> Functionals:
        """Estimate a'y; a has shape (n, m)."""
        return self.squares.functionals(a)

    def given(self, a: Array, combination: Array) -> tuple[Functionals, ...]:
        """Estimate with the endogenous coefficients fixed.

        Parameters
        ----------
        a
            Row weights, shape (n, m).
        combination
            What of the exogenous coefficients is taken off, shape (K, m).

        Returns
        -------
        tuple of Functionals
            ``(a - weights(combination))'`` applied to y and to each endogenous regressor. With the coefficients at b
            the estimate is the first less b times the others, and so are the clusters' scores.
        """
        rows = a - self.exogenous.coefficient_weights(combination)
        columns = [self.y, *self.W[:, : self.endogenous].T]
        fits = [self.exogenous, *(self.exogenous.refit(c) for c in columns[1:])]
        return tuple(fit.functionals(rows) for fit in fits)


def two_stage(design: Design, endogenous: Array, instruments: Array, y: Array) -> TwoStage:
    """Fit by two-stage least squares.

    Parameters
    ----------
    design
        Exogenous regressors and effects.
    endogenous
        Shape (n, E); `instruments` (n, L) with L >= E after the effects are out.
    y
        Shape (n,).

    Examples
    --------
    >>> z, one = np.array([0.0, 0.0, 1.0, 1.0]), np.zeros(4, dtype=np.int64)
    >>> price, u = z + np.array([0.5, -0.5, 0.5, -0.5]), np.array([0.3, -0.3, 0.3, -0.3])
    >>> design = Design(np.zeros((4, 0)), one, one, np.arange(4))
    >>> two_stage(design, price[:, None], z[:, None], 2 * price + u).beta.round(6)
    array([2.])
    """
    first = replace(design, X=np.hstack([instruments, design.X]))
    stage = least_squares(first, endogenous[:, 0])
    fitted = np.column_stack([e - stage.refit(e).residual for e in endogenous.T])
    squares = least_squares(replace(design, X=np.hstack([fitted, design.X])), y)
    E = endogenous.shape[1]
    structural = squares.residual - (endogenous - fitted) @ squares.beta[:E]
    return TwoStage(
        squares=replace(squares, residual=structural),
        exogenous=least_squares(design, y),
        W=np.hstack([endogenous, design.X]),
        endogenous=E,
    )


def reduced_form(design: Design, endogenous: Array, instruments: Array, y: Array) -> tuple[Functionals, ...]:
    """Return the instruments' coefficients in the regressions of y and of each endogenous regressor, with CR2 scores.

    Parameters
    ----------
    design, endogenous, instruments, y
        As in `two_stage`; the instruments must be of full rank beyond the exogenous regressors and the effects.
    """
    first = replace(design, X=np.hstack([instruments, design.X]))
    columns = np.eye(first.X.shape[1])[:, : instruments.shape[1]]
    stage = least_squares(first, y)
    fits = [stage, *(stage.refit(column) for column in endogenous.T)]
    a = fits[0].coefficient_weights(columns)
    return tuple(fit.functionals(a) for fit in fits)
