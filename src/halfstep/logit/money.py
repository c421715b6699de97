"""Worth in money: ratios of coefficients to the price taste, with the interval that stays true where that taste is weak."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from halfstep.logit.tasks import Array
from halfstep.numerics.intervals import fieller

__all__ = ["Money", "in_money"]


@dataclass(frozen=True, slots=True)
class Money:
    """A worth in money.

    Attributes
    ----------
    value, lo, hi
        Estimate and interval.
    se
        Delta-method error of the ratio.
    freedom
        Degrees of freedom of the t quantile behind the interval.
    """

    value: float
    lo: float
    hi: float
    se: float
    freedom: float


def in_money(a: Array, b: Array, covariance: Array, price: int, by: tuple[float, float]) -> Money | None:
    """Return ``a'b / alpha`` with alpha = -b[price] and its Fieller interval; None where alpha is not told to be above zero.

    Parameters
    ----------
    a
        Weights of the numerator, shape (K,).
    covariance
        Of b, shape (K, K).
    by
        Degrees of freedom, and coverage of the interval.

    Examples
    --------
    >>> found = in_money(np.array([0.0, 1.0]), np.array([-0.5, 1.0]), np.diag([0.0025, 0.01]), 0, (1e6, 0.90))
    >>> [round(v, 3) for v in (found.value, found.lo, found.hi, found.se)]
    [2.0, 1.581, 2.531, 0.283]
    >>> in_money(np.array([0.0, 1.0]), np.array([-0.05, 1.0]), np.diag([0.0025, 0.01]), 0, (1e6, 0.90)) is None
    True
    """
    alpha = -float(b[price])
    if alpha <= 0:
        return None
    value = float(a @ b) / alpha
    moved = a.astype(np.float64).copy()
    moved[price] += value
    with_alpha = -float(moved @ covariance[:, price])
    variance = float(moved @ covariance @ moved) / alpha**2
    scale = float(covariance[price, price]) / alpha**2
    freedom, level = by
    ends = fieller(value, (variance, with_alpha / alpha**2, scale), freedom, level)
    return None if ends is None else Money(value, ends[0], ends[1], float(np.sqrt(max(variance, 0.0))), freedom)
