"""Linear GMM: two-stage least squares and two-step GMM, robust or clustered.

With regressors W (endogenous and exogenous), instruments Z, moments ``g = Z'(y - W b) / n`` and weight A, the estimate
minimises ``n g'A g``::

    b = (W'Z A Z'W)^-1 W'Z A Z'y

Two-stage least squares has ``A = (Z'Z/n)^-1``; two-step GMM has the inverse of the moments' covariance at the first
estimate. Effects are taken out of y, W and Z beforehand (`numerics.absorb`).

References
----------
Hansen (1982), Econometrica 50(4), 1029-1054. Conlon & Gortmaker (2020), RAND Journal of Economics 51(4), 1108-1161,
whose conventions the objective and the centred moments follow (no small-sample factors).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy.special import chdtrc

from halfstep.core.errors import MisuseError

__all__ = ["GMMFit", "Moments", "fit_gmm"]

Array = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]

_DEPENDENT = 1e-12


@dataclass(frozen=True, slots=True, eq=False)
class Moments:
    """What is fitted, effects already taken out.

    Attributes
    ----------
    y
        Shape (n,).
    W
        Regressors, endogenous first, shape (n, P).
    Z
        Instruments, exogenous regressors among them, shape (n, L), of full rank.
    cluster
        Codes 0..G-1, shape (n,); None for errors independent over rows.
    centred
        Whether the moments' mean is taken out of their covariance.
    """

    y: Array
    W: Array
    Z: Array
    cluster: Codes | None = None
    centred: bool = True

    def __post_init__(self) -> None:
        """Refuse more regressors than instruments."""
        if self.W.shape[1] > self.Z.shape[1]:
            raise MisuseError(f"expected at least {self.W.shape[1]} instruments, got {self.Z.shape[1]}")

    def covariance(self, residual: Array) -> Array:
        """Return the covariance S of the moments at some residuals, shape (L, L)."""
        n = len(self.y)
        g = self.Z * residual[:, None]
        if self.centred:
            g = g - g.mean(0)
        if self.cluster is not None:
            g = np.stack([np.bincount(self.cluster, g[:, k]) for k in range(g.shape[1])], axis=1)
        return np.asarray(g.T @ g / n)


@dataclass(frozen=True, slots=True, eq=False)
class GMMFit:
    """A fitted linear GMM.

    Attributes
    ----------
    beta
        Coefficients of W, shape (P,).
    covariance
        Sandwich covariance at the final residuals, shape (P, P).
    residual
        Shape (n,).
    objective
        ``n g'A g``; under two-step weights Hansen's J.
    degrees
        Overidentifying restrictions, L - P.
    """

    beta: Array
    covariance: Array
    residual: Array
    objective: float
    degrees: int

    @property
    def se(self) -> Array:
        """Standard errors, shape (P,)."""
        return np.sqrt(np.diag(self.covariance))

    @property
    def p(self) -> float | None:
        """P-value of the objective taken as Hansen's J; None without overidentifying restrictions."""
        return float(chdtrc(self.degrees, self.objective)) if self.degrees else None


def fit_gmm(moments: Moments, steps: int = 1) -> GMMFit:
    """Fit by two-stage least squares (one step) or GMM (two steps).

    Parameters
    ----------
    steps
        1 or 2.

    Raises
    ------
    MisuseError
        If instruments depend on each other.

    Examples
    --------
    >>> z = np.array([[-1.0], [-1.0], [1.0], [1.0]])
    >>> w = z + np.array([[0.5], [-0.5], [0.5], [-0.5]])
    >>> fit_gmm(Moments(2 * w[:, 0] + np.array([1.0, 0.0, 1.0, 0.0]) - 0.5, w, z)).beta.round(6)
    array([2.])
    """
    moments = replace(moments, Z=_orthonormal(moments.Z))
    y, W, Z, n = moments.y, moments.W, moments.Z, len(moments.y)
    weight: Array = np.eye(Z.shape[1])
    fit = _solve(moments, weight)
    for _ in range(steps - 1):
        weight = np.asarray(np.linalg.inv(moments.covariance(fit.residual)))
        fit = _solve(moments, weight)
    g = Z.T @ (y - W @ fit.beta) / n
    return GMMFit(fit.beta, fit.covariance, fit.residual, float(n * g @ weight @ g), Z.shape[1] - W.shape[1])


def _orthonormal(Z: Array) -> Array:
    """Return Z with ``Z'Z = n``: GMM does not depend on the basis of the instruments, its accuracy does."""
    Q, R = np.linalg.qr(Z)
    if (np.abs(np.diag(R)) <= _DEPENDENT * np.linalg.norm(Z, axis=0)).any():
        raise MisuseError(f"expected instruments of full rank, got {Z.shape[1]} columns that depend on each other")
    return np.asarray(Q * np.sqrt(len(Z)))


def _solve(moments: Moments, weight: Array) -> GMMFit:
    y, W, Z, n = moments.y, moments.W, moments.Z, len(moments.y)
    G = Z.T @ W / n
    bread = np.linalg.inv(G.T @ weight @ G)
    beta = bread @ (G.T @ weight @ (Z.T @ y / n))
    residual = y - W @ beta
    half = bread @ G.T @ weight
    covariance = half @ moments.covariance(residual) @ half.T / n
    return GMMFit(beta, covariance, residual, float("nan"), Z.shape[1] - W.shape[1])
