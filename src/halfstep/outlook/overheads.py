"""What lies between gross profit and result, and why books may not be used."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import numpy.typing as npt
from scipy.stats import qmc

from halfstep.outlook.quarters import Books, Prior, Unfit
from halfstep.outlook.walks import Walk, fit_walk

__all__ = ["margins_and_profits", "overheads_of", "refused_of", "stuck"]

Array = npt.NDArray[np.float64]

POINTS = 11
"""Printed figures are rounded: two to this power points of a Sobol sequence stand for what they may have been."""

Steps = tuple[tuple[int, int, int], ...]


def refused_of(books: Books, least: int, *, priced: bool) -> Unfit | None:
    """Return why nothing can be foretold from the books; None where something can.

    Parameters
    ----------
    least
        Quarters of margin that are needed.
    priced
        Whether these need revenue too.
    """
    margin = np.isfinite(books.margin_lo) & np.isfinite(books.margin_hi)
    with np.errstate(invalid="ignore"):
        wrong = (books.margin_hi >= 1) | (books.margin_lo > books.margin_hi)
        unmade = ~(books.units > 0)
        unsold = books.revenue <= 0
    sold = np.isfinite(books.revenue)
    enough = margin & sold if priced else margin
    for reason, at in (("margins contradict", wrong), ("no units", unmade), ("no revenue", unsold)):
        if at.any():
            return Unfit(reason, _places(at))
    if enough.sum() < least:
        return Unfit("few margins", _places(enough))
    if not sold.any():
        return Unfit("no revenue")
    if not (np.isfinite(books.result) & margin & sold).any():
        return Unfit("no result", _places(np.isfinite(books.result)))
    return None


def margins_and_profits(books: Books) -> tuple[Array, Array]:
    """Return R versions of what the rounded figures may have been.

    Returns
    -------
    tuple
        Gross margins, shape (R, Q); results on all bases, the one that counts first, shape (R, 1 + K, Q).
    """
    K, Q = len(books.other), len(books.units)
    # the middle of each cell: the sequence starts at a corner of the box
    place = qmc.Sobol((2 + K) * Q, scramble=False).random_base2(POINTS).reshape(-1, 2 + K, Q) + 0.5 / 2**POINTS
    margin = books.margin_lo + (books.margin_hi - books.margin_lo) * place[:, 0]
    printed = np.vstack([books.result[None], books.other.reshape(K, Q)])
    return margin, printed + books.rounding * (2 * place[:, 1:] - 1)


def overheads_of(books: Books, margin: Array, result: Array, prior: Prior) -> tuple[int, Array, Walk, Steps] | Unfit:
    """Return the quarter and the log level from which overheads go on, their walk, and the steps that were seen.

    Parameters
    ----------
    margin, result
        From `margins_and_profits`.

    Returns
    -------
    tuple or Unfit
        The latter where a result on the basis that counts is above the gross profit.
    """
    overhead = (books.revenue * margin)[:, None] - result
    with np.errstate(invalid="ignore"):
        positive = np.asarray((overhead > 0).all(axis=0), dtype=np.bool_)
        contradicts = np.isfinite(overhead[0, 0]) & ~positive[0]
    if contradicts.any():
        return Unfit("overheads contradict", _places(contradicts))
    with np.errstate(invalid="ignore", divide="ignore"):
        level = np.log(overhead)
    last = int(np.flatnonzero(positive[0])[-1])
    steps = _steps(positive)
    sales = np.log(books.revenue)
    change = np.empty((len(margin), len(steps)))
    X = np.empty((len(steps), 2))
    for i, (basis, start, stop) in enumerate(steps):
        change[:, i] = level[:, basis, stop] - level[:, basis, start]
        X[i] = stop - start, float(stuck(sales[stop] - sales[start], prior.sticky))
    mean, spread = np.array([0.0, prior.elasticity]), np.array([prior.drift_spread, prior.elasticity_spread])
    return last, level[:, 0, last], fit_walk(change, X, X[:, 0], mean, spread, prior.shock), steps


def stuck(change: Array | float, sticky: float) -> Array:
    """Return changes of log revenue as far as overheads follow them: falls count for a part."""
    moved = np.asarray(change, dtype=np.float64)
    return np.where(moved < 0, sticky * moved, moved)


def _steps(known: npt.NDArray[np.bool_]) -> Steps:
    """Return steps between neighbouring known quarters of one basis, no quarter's change twice; known is (bases, Q)."""
    found: list[tuple[int, int, int]] = []
    taken = np.zeros(known.shape[1], dtype=bool)
    for basis, row in enumerate(known):
        at = np.flatnonzero(row)
        for start, stop in pairwise(at):
            if not taken[start:stop].any():
                taken[start:stop] = True
                found.append((basis, int(start), int(stop)))
    return tuple(found)


def _places(at: npt.NDArray[np.bool_]) -> tuple[int, ...]:
    return tuple(int(place) for place in np.flatnonzero(at))
