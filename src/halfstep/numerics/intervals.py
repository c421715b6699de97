"""Intervals, probabilities and family-wise control for estimates with t-distributed errors."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr, stdtr, stdtrit

__all__ = ["fieller", "holm", "probability_above", "simultaneous", "t_interval"]

Array = npt.NDArray[np.float64]


def t_interval(value: Array, se: Array, freedom: Array, level: float) -> tuple[Array, Array]:
    """Return the ends of the central t interval.

    Parameters
    ----------
    value, se, freedom
        Same shape. Where no degree of freedom is left the error is unknown and the interval is the whole line.
    level
        Coverage, e.g. 0.90.

    Examples
    --------
    >>> lo, hi = t_interval(np.array([0.0]), np.array([1.0]), np.array([10.0]), 0.95)
    >>> hi.round(3)
    array([2.228])
    """
    known = np.asarray(freedom) > 0
    width = np.where(known, stdtrit(np.where(known, freedom, 1.0), 0.5 + level / 2) * se, np.inf)
    return value - width, value + width


def probability_above(
    threshold: Array | float, value: Array | float, se: Array | float, freedom: Array | float
) -> Array:
    """Return P(gap > threshold) where (gap - value) / se is t-distributed; a step function at se = 0.

    Without a degree of freedom nothing is known of the error: one half.

    Parameters
    ----------
    threshold, value, se, freedom
        Shapes that broadcast; `value` may be infinite.

    Examples
    --------
    >>> round(float(probability_above(0.0, 1.0, 1.0, 1e9)), 4)
    0.8413
    """
    distance = np.asarray(value, dtype=float) - threshold
    sure = np.where(distance > 0, np.inf, -np.inf)
    t = np.divide(distance, se, out=sure, where=np.broadcast_to(np.asarray(se) > 0, sure.shape))
    known = np.asarray(freedom) > 0
    return np.where(known, stdtr(np.where(known, freedom, 1.0), t), 0.5)


def fieller(
    value: float, errors: tuple[float, float, float], freedom: float, level: float
) -> tuple[float, float] | None:
    """Return the ends of the interval of a ratio N / alpha that inverts the t test of ``N - m alpha = 0``.

    Fieller (1954), Journal of the Royal Statistical Society B 16(2), 175-185.

    Parameters
    ----------
    value
        The ratio.
    errors
        Variance of the ratio at its own value, ``var(N - value alpha) / alpha^2``; covariance of that with alpha, over
        ``alpha^2``; variance of ``log alpha``.
    freedom
        Degrees of freedom.
    level
        Coverage.

    Returns
    -------
    tuple or None
        None where alpha cannot be told from zero at this level: the set is then unbounded.

    Examples
    --------
    >>> lo, hi = fieller(2.0, (0.25, 0.0, 0.01), 1e9, 0.95)
    >>> round(lo, 3), round(hi, 3)
    (1.001, 2.999)
    """
    if freedom <= 0:
        return None
    variance, covariance, scale = errors
    squared = float(stdtrit(freedom, 0.5 + level / 2)) ** 2
    head = 1 - squared * scale
    if head <= 0:
        return None
    root = float(np.sqrt((squared * covariance) ** 2 + head * squared * variance))
    return value - (squared * covariance + root) / head, value - (squared * covariance - root) / head


def holm(p: Array) -> Array:
    """Return Holm's adjusted p-values: family-wise control under any dependence (Holm 1979).

    Parameters
    ----------
    p
        Shape (m,).

    Examples
    --------
    >>> holm(np.array([0.01, 0.04, 0.03])).round(6).tolist()
    [0.03, 0.06, 0.06]
    """
    order = np.argsort(p, kind="stable")
    stepped = np.maximum.accumulate((len(p) - np.arange(len(p))) * p[order])
    out = np.empty(len(p))
    out[order] = np.minimum(stepped, 1.0)
    return out


def simultaneous(
    covariance: Array, freedom: Array, level: float, rng: np.random.Generator, draws: int = 20_000
) -> Array:
    """Return the half-widths of a band that covers a whole path at once, per point.

    Sup-t band of Montiel Olea & Plagborg-Moller (2019, Journal of Applied Econometrics 34(1), 1-17), with t margins
    joined by a Gaussian copula: every point gets the same two-sided error rate, chosen so that the joint one is
    ``1 - level``.

    Parameters
    ----------
    covariance
        Shape (T, T).
    freedom
        Shape (T,).
    """
    se = np.sqrt(np.diag(covariance))
    safe = np.where(se > 0, se, 1.0)
    eigen, vectors = np.linalg.eigh(covariance / np.outer(safe, safe))
    half = vectors * np.sqrt(np.maximum(eigen, 0.0))
    largest = np.abs(rng.standard_normal((draws, len(se))) @ half.T).max(axis=1)
    tail = 1 - ndtr(np.quantile(largest, level))
    known = freedom > 0
    return np.where(known, stdtrit(np.where(known, freedom, 1.0), 1 - tail) * se, np.inf)
