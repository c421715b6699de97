"""How many respondents a gap in money takes to be seen, from the information of the tasks they are shown.

A gap (N = theta_B - theta_F, over alpha = -b_price) is seen where the lower end of its central Fieller interval is above a
threshold m: where N - m alpha and alpha are both told to be above zero, each with an error of (1 - level) / 2. Both are
linear in the tastes, so the chance of that is a bivariate normal probability, whatever the error of the ratio.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq
from scipy.special import ndtr, stdtrit

from halfstep.core.errors import MisuseError
from halfstep.logit.tasks import Array

__all__ = [
    "Contrast",
    "Detection",
    "at_gap",
    "detection",
    "power",
    "power_curve",
    "respondents_needed",
    "smallest_gap",
    "spread_of_tasks",
]

MOST = 10_000_000
"""Respondents beyond which none is said."""
WIDEST = 12.0
"""Gap in units of utility beyond which nothing more is found: hardly anybody takes the focal brand."""
NODES, WEIGHTS = np.polynomial.legendre.leggauss(80)


@dataclass(frozen=True, slots=True, eq=False)
class Contrast:
    """The gap of a name: benchmark less focal brand.

    Attributes
    ----------
    weights
        Of the tastes, shape (K,).
    price
        Column of price.
    focal
        What a loss of one unit by the focal brand does to the tastes, shape (K,): -1 in its own column or, where it is the
        base, 1 in those of all other brands and of "none"; ``weights @ focal`` is 1.
    """

    weights: Array
    price: int
    focal: Array


@dataclass(frozen=True, slots=True)
class Detection:
    """Size and error, for one respondent, of what must be told to be above zero.

    Attributes
    ----------
    value
        N - m alpha, and alpha.
    variance
        Of each, one respondent; `correlation` of the two.
    """

    value: tuple[float, float]
    variance: tuple[float, float]
    correlation: float


def at_gap(b: Array, contrast: Contrast, gap: float) -> Array:
    """Return the tastes with the focal brand's moved so that the gap is `gap`: errors depend on the gap itself."""
    missing = gap * -b[contrast.price] - contrast.weights @ b
    return np.asarray(b + missing * contrast.focal)


def detection(
    information: Array, b: Array, contrast: Contrast, threshold: float = 0.0, inflation: float = 1.0
) -> Detection:
    """Return what n respondents would be told by, from the information of one at tastes b.

    Parameters
    ----------
    information
        Shape (K, K).
    threshold
        Gap in money above which the interval must lie.
    inflation
        Variance of the contrast clustered by respondent over that of the inverse Hessian, as a pilot showed it: people differ.
        1 takes them to be alike.

    Raises
    ------
    MisuseError
        If the price taste is not negative, or the tasks do not tell the gap.
    """
    alpha = -float(b[contrast.price])
    if not alpha > 0:
        raise MisuseError(f"expected a price taste below zero; got {-alpha:g}: nothing is measurable in money")
    G = np.zeros((2, len(b)))
    G[0], G[1, contrast.price] = contrast.weights, -1.0
    G[0, contrast.price] += threshold
    scale = np.sqrt(np.maximum(np.diag(information), 1e-300))
    matrix = information / np.outer(scale, scale)
    if np.linalg.matrix_rank(matrix, hermitian=True) < len(b):
        raise MisuseError(
            "expected tasks that tell every taste; their information has no inverse: look at check_design"
        )
    V = (G / scale) @ np.linalg.solve(matrix, (G / scale).T) * inflation
    r = float(V[0, 1] / np.sqrt(V[0, 0] * V[1, 1]))
    return Detection((float(G[0] @ b), alpha), (float(V[0, 0]), float(V[1, 1])), r)


def power(found: Detection, n: float, level: float = 0.90) -> float:
    """Return the chance that n respondents show the gap.

    Examples
    --------
    >>> round(power(Detection((0.5, 1.0), (25.0, 0.01), 0.0), 400, 0.90), 3)
    0.637
    """
    if n <= 2:
        return 0.0
    q = float(stdtrit(n - 1, 0.5 + level / 2))
    shift = np.array(found.value) * np.sqrt(n / np.array(found.variance))
    return _both_above(q - float(shift[0]), q - float(shift[1]), found.correlation)


def power_curve(found: Detection, ns: Array, level: float = 0.90) -> Array:
    """Return the power at each of some numbers of respondents."""
    return np.array([power(found, float(n), level) for n in ns])


def respondents_needed(found: Detection, wanted: float, level: float = 0.90) -> int | None:
    """Return the fewest respondents with that power; None where none are enough, as of a gap that is not there."""
    high = 4
    while power(found, high, level) < wanted:
        if high > MOST:
            return None
        high *= 2
    low = high // 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if power(found, middle, level) >= wanted else (middle, high)
    return high


def smallest_gap(
    at: Callable[[float], Detection], unit: float, n: float, wanted: float, level: float = 0.90
) -> float | None:
    """Return the smallest gap that n respondents show with that power.

    Parameters
    ----------
    at
        Gap -> what it would be told by.
    unit
        Money that one unit of utility is worth, the scale of the search.

    Returns
    -------
    float or None
        None where no gap is seen with that power: the focal brand is hardly ever taken when the gap is large.
    """

    def short(gap: float) -> float:
        return power(at(gap), n, level) - wanted

    tried = unit * np.geomspace(1e-3, WIDEST, 40)
    for before, gap in zip([0.0, *tried], tried, strict=False):
        if short(float(gap)) >= 0:
            return float(brentq(short, float(before), float(gap), rtol=1e-6)) if short(float(before)) < 0 else 0.0
    return None


def spread_of_tasks(inflation: float, pilot: int, planned: int) -> float:
    """Return a pilot's inflation for another number of tasks a respondent, never below one.

    What people have in common with themselves adds up over their tasks: the design effect 1 + (tasks - 1) rho (Kish 1965).
    """
    if pilot < 2:
        return max(inflation, 1.0)
    return max(1.0 + (inflation - 1.0) * (planned - 1) / (pilot - 1), 1.0)


def _both_above(a: float, b: float, r: float) -> float:
    """Return P(U > a, V > b) of standard normals with correlation r, by quadrature over U."""
    low = max(a, -9.0)
    if low >= 9.0:
        return 0.0
    u = low + (9.0 - low) / 2 * (NODES + 1)
    rest = np.sqrt(max(1.0 - r * r, 1e-12))
    density = np.exp(-(u**2) / 2) / np.sqrt(2 * np.pi) * ndtr((r * u - b) / rest)
    return float(min((9.0 - low) / 2 * (WEIGHTS @ density), 1.0))
