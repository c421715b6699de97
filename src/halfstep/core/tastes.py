"""What buyers pay for, in one record whatever estimator it came from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from halfstep.core.check import Check
from halfstep.core.estimate import Origin, Tier

__all__ = ["Functionals", "Regression", "Tastes"]

Array = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Functionals:
    """Estimates of m linear functionals a'y of a regression's left-hand side, with few-cluster inference.

    Attributes
    ----------
    value
        Shape (m,).
    covariance
        CR2 covariance, shape (m, m).
    freedom
        Bell-McCaffrey degrees of freedom under independent errors, shape (m,); 0 where the fit is exact and leaves
        nothing to estimate an error from.
    scores
        What each cluster adds, shape (G, m); ``covariance = scores' scores``.
    """

    value: Array
    covariance: Array
    freedom: Array
    scores: Array

    @property
    def se(self) -> Array:
        """Standard errors, shape (m,)."""
        return np.sqrt(np.diag(self.covariance))

    def take(self, which: slice) -> Functionals:
        """Return some of the functionals."""
        part = self.scores[:, which]
        return Functionals(self.value[which], self.covariance[which, which], self.freedom[which], part)


class Regression(Protocol):
    """The regression behind a lens: a gap is a linear functional of its left-hand side, whoever estimated it.

    `halfstep.numerics.iv.TwoStage` is one. A parameter covariance would not do: degrees of freedom belong to the
    contrast, not to the parameters.
    """

    @property
    def y(self) -> Array:
        """Left-hand side, shape (n,)."""

    @property
    def W(self) -> Array:
        """Regressors as observed, endogenous first, shape (n, P); the effects are not among them."""

    @property
    def beta(self) -> Array:
        """Coefficients of W, shape (P,)."""

    @property
    def accepted(self) -> Array | None:
        """Values of the endogenous coefficients that weak instruments cannot reject, shape (m, E); None if strong."""

    def lifted(self, omega: Array) -> Array:
        """Weights of ``omega'y`` as `functionals` takes them; (n, m) gives (n', m), n' at least n.

        What is estimated beside the rows (a mean price taste that supply helps to tell) stands behind them.
        """

    def coefficient_weights(self, combination: Array) -> Array:
        """Weights a with ``a'y = combination' beta``; (P, m) gives (n', m)."""

    def functionals(self, a: Array) -> Functionals:
        """Estimate a'y; a has shape (n', m)."""

    def given(self, a: Array, combination: Array) -> tuple[Functionals, ...]:
        """Estimate with the endogenous coefficients fixed at b: the first returned less b times the others.

        `a` are row weights (n, m), `combination` what of the exogenous coefficients is taken off, (P - E, m).
        """


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Tastes:
    """Money's marginal utility, attribute tastes and brand terms of one lens, with their joint covariance.

    Attributes
    ----------
    lens
        "price", "demand" (beside it "demand naive", which takes price as given) or "choice".
    nodes
        Segments or buyer nodes; ("all",) where tastes are common. Length S.
    labels
        Names of the parameters, each a pair (symbol, of what): ("alpha", ""), ("beta", "power"), ("theta", "a brand").
        Length P.
    value
        Estimates, shape (S, P).
    covariance
        Shape (S * P, S * P), node-major.
    contains
        Keys of what the brand term holds besides the name (unseen quality, cost, reach, ...).
    is_taste
        False for a hedonic, which prices attributes and is no taste.
    checks
        Diagnostics of the estimator.
    regression
        What it was estimated by, for contrasts with few-cluster inference; None where there is none.
    rows
        Rows of the sales table in the order of the regression, shape (n,); None as above.
    gross
        The regression's left-hand side before reach was taken off, shape (n,); None as above.
    freedom
        Degrees of freedom of each node's errors, length S; empty where they belong to the contrast (`regression`).
    """

    lens: str
    nodes: tuple[str, ...]
    labels: tuple[tuple[str, str], ...]
    value: Array
    covariance: Array
    contains: tuple[str, ...]
    is_taste: bool
    tier: Tier
    origin: Origin
    checks: tuple[Check, ...] = ()
    regression: Regression | None = None
    rows: Codes | None = None
    gross: Array | None = None
    freedom: tuple[float, ...] = ()
