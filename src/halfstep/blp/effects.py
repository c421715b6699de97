"""What fixed effects hold: product effects and their projection on attributes by minimum distance.

References
----------
Chamberlain (1982), Journal of Econometrics 18(1), 5-46. Nevo (2001), Econometrica 69(2), section 4.3.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from halfstep.blp.estimate import Fit
from halfstep.core.errors import MisuseError
from halfstep.native.layout import Array, Codes

__all__ = ["Effects", "MinimumDistance", "effects", "minimum_distance"]


@dataclass(frozen=True, slots=True, eq=False)
class Effects:
    """Mean utility of groups of rows beyond the linear part: ``d_g = mean_g(delta - X1 beta)``.

    Attributes
    ----------
    value
        Shape (G,).
    covariance
        Shape (G, G): of theta, beta and of xi within the groups; clustered where the problem is.
    """

    value: Array
    covariance: Array


@dataclass(frozen=True, slots=True, eq=False)
class MinimumDistance:
    """Effects on attributes, weighted by the inverse of their covariance.

    Attributes
    ----------
    coefficients, covariance
        Shapes (K,) and (K, K).
    residual
        What attributes leave of the effects, shape (G,).
    r2
        Share of the effects' plain variance that attributes explain.
    distance
        ``residual' V^-1 residual``, chi-squared with G - K degrees where attributes explain all.
    """

    coefficients: Array
    covariance: Array
    residual: Array
    r2: float
    distance: float


def effects(fit: Fit, group: Codes, X1: Array) -> Effects:
    """Return the effects of groups and their covariance.

    Parameters
    ----------
    group
        Codes 0..G-1, shape (N,).
    X1
        Demand's regressors before effects were taken out, shape (N, K1).
    """
    count = np.bincount(group).astype(np.float64)
    P, K = len(fit.theta), X1.shape[1]
    columns = np.column_stack([fit.point.delta, fit.point.D, X1])
    mean = np.stack([np.bincount(group, c) for c in columns.T], axis=1) / count[:, None]
    value = mean[:, 0] - mean[:, 1 + P :] @ fit.beta
    moves = np.hstack([mean[:, 1 : 1 + P], -mean[:, 1 + P :]])
    scores = fit.influence[:, : P + K] @ moves.T
    scores[np.arange(len(group)), group] += fit.errors[0] / count[group]
    cluster = fit.problem.cluster
    if cluster is not None:
        scores = np.stack([np.bincount(cluster, column) for column in scores.T], axis=1)
    return Effects(value, scores.T @ scores)


def minimum_distance(found: Effects, X: Array) -> MinimumDistance:
    """Project effects on attributes X of shape (G, K).

    Raises
    ------
    MisuseError
        If the effects' covariance is singular, as with fewer clusters than effects.
    """
    if np.linalg.matrix_rank(found.covariance, hermitian=True) < len(found.value):
        raise MisuseError(
            f"expected a covariance of full rank for {len(found.value)} effects; give more clusters than effects"
        )
    V = np.linalg.inv(found.covariance)
    covariance = np.linalg.inv(X.T @ V @ X)
    coefficients = covariance @ X.T @ V @ found.value
    residual = found.value - X @ coefficients
    centred = found.value - found.value.mean()
    r2 = 1 - float(((residual - residual.mean()) ** 2).sum() / (centred**2).sum())
    return MinimumDistance(coefficients, np.asarray(covariance), residual, r2, float(residual @ V @ residual))
