"""Dated crossings of a path whose points share their errors."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr, stdtrit

__all__ = ["closing_points"]

Array = npt.NDArray[np.float64]


def closing_points(
    value: Array, covariance: Array, freedom: Array, threshold: float, rng: np.random.Generator, draws: int = 4_000
) -> npt.NDArray[np.int64]:
    """Draw the first point from which the path stays at or below a threshold to its end.

    Parameters
    ----------
    value
        Path, shape (T,).
    covariance
        Its full covariance, shape (T, T).
    freedom
        Degrees of freedom of each point's t margin, shape (T,); the margins are joined by a Gaussian copula.
    threshold
        The gap that counts as closed.

    Returns
    -------
    array of int
        One index per draw, shape (draws,); T where the path ends above the threshold, 0 where it never was above.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> set(closing_points(np.array([3.0, 1.0, 0.0]), np.zeros((3, 3)), np.full(3, 9.0), 1.0, rng, 5).tolist())
    {1}
    """
    se = np.sqrt(np.maximum(np.diag(covariance), 0.0))
    safe = np.where(se > 0, se, 1.0)
    eigen, vectors = np.linalg.eigh(covariance / np.outer(safe, safe))
    half = vectors * np.sqrt(np.maximum(eigen, 0.0))
    uniform = ndtr(rng.standard_normal((draws, len(value))) @ half.T)
    paths = value + stdtrit(freedom, np.clip(uniform, 1e-12, 1 - 1e-12)) * se
    above = paths > threshold
    last_above = np.where(above.any(axis=1), len(value) - 1 - np.argmax(above[:, ::-1], axis=1), -1)
    return np.asarray(last_above + 1, dtype=np.int64)
