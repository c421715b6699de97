"""Proper scores of forecasts, and how often intervals and probabilities came true."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import betaincinv, stdtrit

from halfstep.core.errors import MisuseError

__all__ = [
    "Calibration", "Coverage", "brier", "calibration", "coverage", "crps_draws", "interval_score", "log_score_event", "reliability",
]  # fmt: skip

Array = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
Labels = npt.NDArray[np.int64]


def brier(p: npt.ArrayLike, outcome: npt.ArrayLike) -> Array:
    """Return the Brier score ``(p - outcome)^2`` of each event: 0 is best, 1/4 is what "one half" always gets.

    Brier (1950), Monthly Weather Review 78(1), 1-3, in its form for one of two outcomes.

    Parameters
    ----------
    p, outcome
        Probability given, and whether it happened (0 or 1); shapes that broadcast.

    Examples
    --------
    >>> brier([0.8, 0.8], [1, 0]).round(2).tolist()
    [0.04, 0.64]
    """
    given, came = _events(p, outcome)
    return (given - came) ** 2


def log_score_event(p: npt.ArrayLike, outcome: npt.ArrayLike) -> Array:
    """Return minus the logarithm of the probability given to what happened; infinite where that was zero.

    Good (1952), Journal of the Royal Statistical Society B 14(1), 107-114.

    Examples
    --------
    >>> log_score_event([0.8, 0.8], [1, 0]).round(3).tolist()
    [0.223, 1.609]
    """
    given, came = _events(p, outcome)
    with np.errstate(divide="ignore"):
        return np.asarray(-np.log(np.where(came > 0, given, 1 - given)))


def interval_score(lo: npt.ArrayLike, hi: npt.ArrayLike, level: npt.ArrayLike, y: npt.ArrayLike) -> Array:
    """Return the score of a central interval: its width, and 2/alpha for each unit by which it missed.

    ``(hi - lo) + 2/alpha (lo - y)+ + 2/alpha (y - hi)+`` with ``alpha = 1 - level``: Gneiting & Raftery (2007), Journal of
    the American Statistical Association 102(477), 359-378, equation 43. Least in expectation at the true quantiles.

    Parameters
    ----------
    lo, hi, level, y
        Ends, coverage claimed, and what came; shapes that broadcast.

    Examples
    --------
    >>> interval_score(10.0, 20.0, 0.8, [15.0, 22.0]).round(6).tolist()
    [10.0, 30.0]
    """
    low, high, claimed, came = (np.asarray(value, dtype=np.float64) for value in (lo, hi, level, y))
    if np.any(low > high) or np.any((claimed <= 0) | (claimed >= 1)):
        raise MisuseError("expected lo <= hi and 0 < level < 1: got ends that are turned round or a level outside")
    missed = np.maximum(low - came, 0.0) + np.maximum(came - high, 0.0)
    return np.asarray(high - low + 2 / (1 - claimed) * missed)


def crps_draws(draws: npt.ArrayLike, y: npt.ArrayLike) -> Array:
    """Return the continuous ranked probability score of a forecast known by its draws, without bias from their number.

    ``mean |x_i - y| - sum_ij |x_i - x_j| / (2 D (D - 1))``: the fair version of Ferro (2014), Quarterly Journal of the Royal
    Meteorological Society 140(683), 1917-1923. In the unit of y; one draw is not enough. Sorted once: O(D log D).

    Parameters
    ----------
    draws
        Shape (D,) or (D, n).
    y
        What came, shape () or (n,).

    Examples
    --------
    >>> float(crps_draws([0.0, 2.0], 1.0))
    0.0
    """
    x = np.sort(np.asarray(draws, dtype=np.float64), axis=0)
    D = len(x)
    if D < 2:
        raise MisuseError(f"expected at least two draws, got {D}: a single draw has no spread to score")
    rank = (2 * np.arange(1, D + 1) - D - 1).astype(np.float64)
    apart = np.tensordot(rank, x, axes=1) / (D * (D - 1))  # half of the mean distance of two draws
    return np.asarray(np.abs(x - np.asarray(y, dtype=np.float64)).mean(axis=0) - apart)


@dataclass(frozen=True, slots=True)
class Coverage:
    """How often something held.

    Attributes
    ----------
    rate
        Share of the cases; NaN without cases.
    lo, hi
        Interval of the rate that cases like these would have; 0 and 1 where nothing is known.
    n
        Cases.
    clusters
        Groups within which cases hang together; equal to `n` where they were taken as independent.
    """

    rate: float
    lo: float
    hi: float
    n: int
    clusters: int

    def excludes(self, nominal: float) -> bool:
        """Return whether the nominal rate lies outside the interval."""
        return not self.lo <= nominal <= self.hi


def coverage(inside: npt.ArrayLike, clusters: Labels | None = None, level: float = 0.95) -> Coverage:
    """Return the share of cases inside, with an interval of Clopper & Pearson (1934).

    Where cases come in groups (months of one maker, origins of one path) the interval is that of as many independent cases as
    would err as much, after Korn & Graubard (1998), Survey Methodology 24(2), 193-201:
    ``n* = p (1 - p) / V (t_{n-1} / t_{G-1})^2`` with V the cluster-robust variance of the rate, at most n. Where no group
    differs from another V says nothing, and each group counts as one case.

    Parameters
    ----------
    inside
        Truth values, shape (n,).
    clusters
        Group of each case, shape (n,).
    level
        Coverage of the interval.

    Examples
    --------
    >>> found = coverage([True] * 8 + [False] * 2)
    >>> found.rate, round(found.lo, 3), round(found.hi, 3)
    (0.8, 0.444, 0.975)
    """
    held = np.asarray(inside, dtype=np.float64)
    n = len(held)
    if not 0 < level < 1:
        raise MisuseError(f"expected 0 < level < 1, got {level}")
    if n == 0:
        return Coverage(float("nan"), 0.0, 1.0, 0, 0)
    p = float(held.mean())
    if clusters is None:
        lo, hi = _clopper_pearson(p, n, level)
        return Coverage(p, lo, hi, n, n)
    if len(clusters) != n:
        raise MisuseError(f"expected a group for each of the {n} cases, got {len(clusters)}")
    _, group = np.unique(clusters, return_inverse=True)
    G = int(group.max()) + 1
    if G < 2:
        return Coverage(p, 0.0, 1.0, n, G)
    variance = G / (G - 1) * float((np.bincount(group, held - p) ** 2).sum()) / n**2
    if variance <= 1e-12:
        size = float(G)
    else:
        tail = 0.5 + level / 2
        shrink = float(stdtrit(n - 1, tail) / stdtrit(G - 1, tail))
        size = min(p * (1 - p) / variance * shrink**2, float(n))
    lo, hi = _clopper_pearson(p, size, level)
    return Coverage(p, lo, hi, n, G)


@dataclass(frozen=True, slots=True, eq=False)
class Calibration:
    """What was claimed against what came: the points of a calibration plot, all of shape (m,).

    Attributes
    ----------
    nominal
        Coverage claimed, or mean probability given in a bin.
    observed, lo, hi
        Share that came true, and its interval.
    n
        Cases behind each point.
    """

    nominal: Array
    observed: Array
    lo: Array
    hi: Array
    n: Labels


def calibration(pit: Array, levels: Array, clusters: Labels | None = None, level: float = 0.95) -> Calibration:
    """Return how often central intervals of several levels held the truth.

    Parameters
    ----------
    pit
        Probability that each forecast gave to less than what came, shape (n,): uniform if forecasts are calibrated
        (Dawid 1984, Journal of the Royal Statistical Society A 147(2), 278-290).
    levels
        Coverages claimed, shape (m,).
    clusters, level
        As in `coverage`.

    Examples
    --------
    >>> calibration(np.array([0.5, 0.05, 0.7, 0.3]), np.array([0.8])).observed.tolist()
    [0.75]
    """
    if np.any((pit < 0) | (pit > 1)):
        raise MisuseError("expected probabilities in pit, got figures outside 0 to 1")
    found = [coverage(np.abs(pit - 0.5) <= one / 2, clusters, level) for one in levels]
    return _points(np.asarray(levels, dtype=np.float64), found)


def reliability(
    p: Array, outcome: Array, edges: Array, clusters: Labels | None = None, level: float = 0.95
) -> Calibration:
    """Return how often events came true, by bins of the probability that they were given; empty bins are left out.

    Murphy & Winkler (1977), Journal of the Royal Statistical Society C 26(1), 41-47.

    Parameters
    ----------
    p, outcome
        Shape (n,).
    edges
        Ends of the bins, rising, shape (b + 1,); a bin holds its lower end, the last also its upper one.
    clusters, level
        As in `coverage`.

    Examples
    --------
    >>> reliability(np.array([0.1, 0.2, 0.9]), np.array([0, 1, 1]), np.array([0, 0.5, 1.0])).observed.tolist()
    [0.5, 1.0]
    """
    given, came = _events(p, outcome)
    if len(edges) < 2 or np.any(np.diff(edges) <= 0) or np.any((given < edges[0]) | (given > edges[-1])):
        raise MisuseError("expected rising edges that hold every probability, e.g. 0, 0.2, 0.4, 0.6, 0.8, 1")
    of = np.minimum(np.searchsorted(edges, given, side="right") - 1, len(edges) - 2)
    bins = [of == b for b in np.unique(of)]
    found = [coverage(came[held], None if clusters is None else clusters[held], level) for held in bins]
    return _points(np.array([given[held].mean() for held in bins]), found)


def _points(nominal: Array, found: list[Coverage]) -> Calibration:
    rate, lo, hi = (np.array([getattr(one, name) for one in found], dtype=np.float64) for name in ("rate", "lo", "hi"))
    return Calibration(nominal, rate, lo, hi, np.array([one.n for one in found], dtype=np.int64))


def _events(p: npt.ArrayLike, outcome: npt.ArrayLike) -> tuple[Array, Array]:
    given, came = np.asarray(p, dtype=np.float64), np.asarray(outcome, dtype=np.float64)
    if not (np.all((given >= 0) & (given <= 1)) and np.all((came == 0) | (came == 1))):
        raise MisuseError("expected probabilities from 0 to 1 and outcomes 0 or 1: leave out what is not resolved")
    return given, came


def _clopper_pearson(p: float, n: float, level: float) -> tuple[float, float]:
    """Ends by the beta distribution; n need not be whole."""
    tail, k = (1 - level) / 2, p * n
    lo = float(betaincinv(k, n - k + 1, tail)) if k > 0 else 0.0
    hi = float(betaincinv(k + 1, n - k, 1 - tail)) if k < n else 1.0
    return lo, hi
