"""Sums and ratios of numbers of which only intervals are known."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

__all__ = ["extremes"]

Array = npt.NDArray[np.float64]


def extremes(lo: Array, hi: Array, above: Array, below: Array | None) -> tuple[float, float] | None:
    """Return the least and the greatest value of ``above'x / below'x`` over the box ``lo <= x <= hi``; None where below'x may be zero.

    A ratio of linear forms is monotone along every edge of the box, so its extremes lie at corners, found by Dinkelbach (1967),
    Management Science 13(7), 492-498; along an edge without end it tends to the ratio of that number's two coefficients.
    A number on both sides of the line is one number, not two.

    Parameters
    ----------
    lo, hi
        Shape (k,); ends may be infinite, at most one of each number.
    above, below
        Coefficients, shape (k,); those below are not negative. None: nothing is divided.

    Examples
    --------
    >>> extremes(np.array([2.0, 3.0]), np.array([4.0, 5.0]), np.array([1.0, 0.0]), np.array([1.0, 1.0]))
    (0.2857142857142857, 0.5714285714285714)
    """
    if below is None:
        with np.errstate(invalid="ignore"):
            ends = np.stack([above * lo, above * hi])
        ends[:, above == 0] = 0.0
        return float(ends.min(axis=0).sum()), float(ends.max(axis=0).sum())
    if not below @ np.where(below > 0, lo, 0.0) > 0:
        return None
    return -_greatest(lo, hi, -above, below), _greatest(lo, hi, above, below)


def _greatest(lo: Array, hi: Array, above: Array, below: Array) -> float:
    endless = np.isinf(lo) | np.isinf(hi)
    # the corner at the end that there is; from there an edge leads to the ratio of the coefficients
    low, high = np.where(np.isinf(lo), hi, lo), np.where(np.isinf(hi), lo, hi)
    x = low
    best = float(above @ x / (below @ x))
    while True:
        x = np.where(above - best * below > 0, high, low)
        better = float(above @ x / (below @ x))
        if not better > best:
            break
        best = better
    for k in np.flatnonzero(endless & ((above != 0) | (below != 0))):
        away = 1.0 if math.isinf(hi[k]) else -1.0
        limit = float(above[k] / below[k]) if below[k] else math.inf * float(np.sign(away * above[k]))
        best = max(best, limit)
    return best
