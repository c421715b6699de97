"""Segmented regression: the unit's own pre-trend carried on, with errors that allow for serial correlation."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.fft import irfft, rfft

from halfstep.counterfactual.case import Case, Fits

__all__ = ["segmented"]

Array = npt.NDArray[np.float64]

_MOST_AR = 0.97  # Andrews (1991): the plug-in autocorrelation is kept off the unit root


def segmented(case: Case) -> Fits:
    """Carry each unit's own straight pre-trend on; donors are not looked at (Wagner et al. 2002; Bernal et al. 2017).

    Parameters
    ----------
    case
        The question. Two pre-periods are needed for a slope; with one the level is carried on.

    Returns
    -------
    Fits
        `se` is that of the observed outcome about the line: noise, and the line's own error by Newey & West (1987) with
        the bandwidth of Andrews (1991). Infinite with fewer than four pre-periods.

    Notes
    -----
    Below some thirty pre-periods HAC errors are too small, and a line is no model of a random walk: what the errors
    are worth in a panel is for placebos to say.
    """
    T0, stop = case.start, case.stop
    y = case.y[case.treated, :stop]
    t = (np.arange(stop) - (T0 - 1) / 2) / max((T0 - 1) / 2, 1)
    X = np.ones((stop, 1)) if T0 == 1 else np.column_stack([np.ones(stop), t])
    bread = np.linalg.inv(X[:T0].T @ X[:T0])
    gap = y - y[:, :T0] @ X[:T0] @ bread @ X.T
    if T0 < 4:
        return Fits(gap=gap, se=np.full(gap.shape, np.inf))
    residual = gap[:, :T0]
    meat = _long_run(X[:T0, :, None] * residual.T[:, None, :])
    line = np.einsum("ti,mij,tj->mt", X @ bread, meat, X @ bread, optimize=True) * T0 / (T0 - 2)
    noise = (residual**2).sum(axis=1) / (T0 - 2)
    return Fits(gap=gap, se=np.sqrt(np.maximum(line, 0) + noise[:, None]))


def _long_run(scores: Array) -> Array:
    """Sum of autocovariances of scores (T, p, M) with Bartlett weights, one bandwidth a unit; shape (M, p, p)."""
    T = len(scores)
    lags = np.arange(T)[:, None]
    weight = np.maximum(1 - lags / _bandwidth(scores), 0)
    weight[0] = 0.5
    waves = rfft(scores, 2 * T, axis=0)
    found = np.empty((scores.shape[2], scores.shape[1], scores.shape[1]))
    for i in range(scores.shape[1]):
        for j in range(scores.shape[1]):
            autocovariance = irfft(waves[:, i] * waves[:, j].conj(), 2 * T, axis=0)[:T]
            found[:, i, j] = (weight * autocovariance).sum(axis=0)
    return found + found.transpose(0, 2, 1)


def _bandwidth(scores: Array) -> Array:
    """Bandwidth of Andrews (1991, eq. 6.2 and 6.4) for Bartlett weights from a first-order autoregression a score."""
    T = len(scores)
    before, now = scores[:-1], scores[1:]
    power = (before**2).sum(axis=0)
    # an exact line leaves no residual, hence no autocorrelation
    rho = np.divide((before * now).sum(axis=0), power, out=np.zeros_like(power), where=power > 0)
    rho = np.clip(rho, -_MOST_AR, _MOST_AR)
    variance = ((now - rho * before) ** 2).mean(axis=0)
    above = (4 * rho**2 * variance**2 / ((1 - rho) ** 6 * (1 + rho) ** 2)).sum(axis=0)
    below = (variance**2 / (1 - rho) ** 4).sum(axis=0)
    alpha = np.divide(above, below, out=np.zeros_like(below), where=below > 0)
    found: Array = np.minimum(1.1447 * (alpha * T) ** (1 / 3), T - 1)
    return np.maximum(found, 1e-12)
