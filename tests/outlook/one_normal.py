"""The same model written out as one multivariate normal: no recursion, no season regression. An independent answer for likelihood and forecast."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
WIDE = 100.0


def shocks_to_log(periods: int, damping: float) -> Array:
    """Log output as a linear map of (first level, first slope, level shocks, slope shocks), shape (T, 2 + 2 (T - 1))."""
    map_ = np.zeros((periods, 2 * periods))
    for t in range(periods):
        map_[t, 0] = 1.0
        map_[t, 1] = sum(damping**k for k in range(1, t + 1))
        for s in range(1, t + 1):
            map_[t, 1 + s] = 1.0
            map_[t, periods + s] = sum(damping**k for k in range(1, t - s + 1))
    return map_


def path_moments(periods: int, spreads: tuple[float, float, float, float, float]) -> Array:
    """Covariance of a maker's log path without season and noise; spreads are noise, level, slope, damping, first slope."""
    _, level, slope, damping, first_slope = spreads
    map_ = shocks_to_log(periods, damping)
    variances = np.concatenate([[WIDE, first_slope**2], np.full(periods - 1, level**2), np.full(periods - 1, slope**2)])
    return np.asarray((map_ * variances) @ map_.T)


def season_covariance(sd: float, months: npt.NDArray[np.int64]) -> Array:
    """Covariance of equal independent month effects less their mean."""
    whole = sd**2 * (np.eye(12) - 1.0 / 12.0)
    return np.asarray(whole[np.ix_(months, months)])


def log_density(value: Array, covariance: Array) -> float:
    """Of a normal with mean zero."""
    _, size = np.linalg.slogdet(2 * np.pi * covariance)
    return float(-0.5 * (size + value @ np.linalg.solve(covariance, value)))
