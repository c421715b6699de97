"""Dated crossings of a path whose points share their errors."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

__all__ = ["closing_points"]

Array = npt.NDArray[np.float64]


def closing_points(
    value: Array, covariance: Array, threshold: float, rng: np.random.Generator, draws: int = 4_000
) -> npt.NDArray[np.int64]:
    """Draw the first point from which the path stays at or below a threshold to its end.

    Parameters
    ----------
    value
        Path, shape (T,).
    covariance
        Its full covariance, shape (T, T).
    threshold
        The gap that counts as closed.

    Returns
    -------
    array of int
        One index per draw, shape (draws,); T where the path ends above the threshold.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> set(closing_points(np.array([3.0, 1.0, 0.0]), np.zeros((3, 3)), 1.0, rng, 5).tolist())
    {1}
    """
    eigen, vectors = np.linalg.eigh(covariance)
    half = vectors * np.sqrt(np.maximum(eigen, 0.0))
    paths = value + rng.standard_normal((draws, len(value))) @ half.T
    above = paths > threshold
    last_above = np.where(above.any(axis=1), len(value) - 1 - np.argmax(above[:, ::-1], axis=1), -1)
    return np.asarray(last_above + 1, dtype=np.int64)
