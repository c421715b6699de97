"""Approximate optimal instruments: how the structural errors are expected to move with theta, given what is exogenous.

The best instruments for theta are ``E[d(xi, omega)/d theta | Z]' Omega^-1`` (Chamberlain 1987). They are taken at the
errors' mean, ``xi = omega = 0`` (Berry, Levinsohn & Pakes 1999), at a first estimate and at expected prices: those that
clear at zero errors where there is supply, else the projection of price on what is exogenous. There, mean utilities
``delta_0 = X1 beta`` imply shares s, and::

    d xi / d theta = -(ds / d delta)^-1 ds / d theta         at the shares s
    d omega / d theta = -d eta / d theta, over mc for log cost

The expected price itself is the instrument of a price coefficient among X1; the estimator puts it beside these.

References
----------
Chamberlain (1987), Journal of Econometrics 34(3). Berry, Levinsohn & Pakes (1999), American Economic Review 89(3). Reynaert
& Verboven (2014), Journal of Econometrics 179(1). Conlon & Gortmaker (2020), RAND Journal of Economics 51(4), section 4.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from halfstep.core.errors import MisuseError
from halfstep.native import kernel
from halfstep.native.choices import batches, choices, share_jacobian, share_slopes, utilities
from halfstep.native.layout import Array, Codes, Markets, Products, Tastes
from halfstep.numerics.absorb import Absorber

__all__ = ["Expected", "ExpectedSupply", "expected_jacobian", "optimal_instruments", "projected_prices"]


@dataclass(frozen=True, slots=True, eq=False)
class ExpectedSupply:
    """What prices hang on where the errors are zero.

    Attributes
    ----------
    price
        Marginal utility of price (A,) and its slopes (P, A), as `native.markups` takes them.
    firm
        Codes, shape (N,).
    mc
        Marginal cost without omega, shape (N,), where its logarithm is linear; None for linear cost.
    """

    price: tuple[Array, Array]
    firm: Codes
    mc: Array | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Expected:
    """The errors' expected slopes and the shares they are taken at.

    Attributes
    ----------
    s
        Shape (N,).
    D
        ``E[d xi / d theta]``, shape (N, P), with nests (N, P + 1).
    Y
        ``E[d omega / d theta]``, of D's shape; None without supply.
    """

    s: Array
    D: Array
    Y: Array | None = None


def projected_prices(p: Array, Z: Array, absorb: Absorber | None = None) -> Array:
    """Return the first stage's prices: effects as they are, the rest projected on the instruments, shape (N,).

    Parameters
    ----------
    Z
        All exogenous columns, effects already out, shape (N, L).
    """
    left = p if absorb is None else absorb.residuals(p[:, None])[:, 0]
    fitted = Z @ np.linalg.lstsq(Z, left, rcond=None)[0]
    return np.asarray(p - left + fitted)


def expected_jacobian(
    markets: Markets, products: Products, tastes: Tastes, delta: Array, supply: ExpectedSupply | None = None
) -> Expected:
    """Return the slopes of xi and omega along theta where the errors are zero.

    Parameters
    ----------
    products
        X at expected prices, and nests; observed shares play no part.
    tastes
        At the estimate.
    delta
        ``X1 beta`` at expected prices, effects included, shape (N,).

    Raises
    ------
    MisuseError
        If the slopes are not finite: a product that nobody would buy there, or singular pricing conditions.
    """
    s, D = np.empty(len(delta)), np.empty((len(delta), len(tastes.column) + (products.nest is not None)))
    for batch in batches(markets):
        nest = None if products.nest is None else products.nest[batch.rows]
        at = choices(utilities(batch, products.X, tastes.B, delta), nest, tastes.rho)
        s[batch.rows] = (at.P @ batch.w[:, :, None])[:, :, 0]
        # rows over their shares: else a product that few buy leaves the matrix singular to rounding
        scale = s[batch.rows][:, :, None]
        A, slopes = share_jacobian(at, batch.w), share_slopes(at, batch, products, tastes)
        D[batch.rows] = -np.linalg.solve(A / scale, slopes / scale) if (scale > 0).all() else np.nan
    Y = None
    if supply is not None:
        found = kernel().markups(markets, products, tastes, (delta, D), supply.price, supply.firm)
        Y = -found.E if supply.mc is None else -found.E / supply.mc[:, None]
    bad = ~np.isfinite(D).all(axis=1) | (False if Y is None else ~np.isfinite(Y).all(axis=1))
    if bad.any():
        raise MisuseError(
            f"expected finite slopes where the errors are zero, got others in {int(bad.sum())} rows: "
            "look at the estimate's price tastes and at the smallest shares"
        )
    return Expected(s, D, Y)


def optimal_instruments(expected: Expected, errors: tuple[Array, ...]) -> tuple[Array, ...]:
    """Return the instruments of each side, ``Omega^-1 E[d(xi, omega) / d theta]``, each of shape (N, P).

    Parameters
    ----------
    errors
        xi, and omega with supply, at the estimate; Omega is their covariance.
    """
    if len(errors) != (1 if expected.Y is None else 2):
        raise MisuseError(f"expected the errors of every side that has slopes, got {len(errors)}")
    if expected.Y is None:
        return (expected.D / np.var(errors[0]),)
    inverse = np.linalg.inv(np.cov(np.stack(errors)))
    return tuple(np.asarray(a * expected.D + b * expected.Y) for a, b in inverse)
