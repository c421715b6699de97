"""Own-price elasticities of the logit and the nested logit."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from halfstep.demand.fit import DemandFit

__all__ = ["mean_slope", "own_slope"]

Array = npt.NDArray[np.float64]


def own_slope(p: Array, s: Array, within: Array, rho: float) -> Array:
    """Return the own elasticity per unit of -alpha: ``p (1 / (1 - rho) - rho / (1 - rho) s_(j|g) - s)``.

    Berry (1994), section 5; with rho = 0 ``p (1 - s)``.

    Parameters
    ----------
    p, s
        Price and share of all possible buyers, shape (n,).
    within
        ``log s_(j|g)``, shape (n,).

    Examples
    --------
    >>> own_slope(np.array([10.0]), np.array([0.2]), np.array([0.0]), 0.0)
    array([8.])
    """
    return np.asarray(p * (1 / (1 - rho) - rho / (1 - rho) * np.exp(within) - s))


def mean_slope(fit: DemandFit, rows: npt.NDArray[np.bool_], s: Array) -> float:
    """Return the mean of `own_slope` over some rows, with shares s of shape (n,)."""
    return float(own_slope(fit.panel.p, s, fit.shares.within, fit.rho)[rows].mean())
