"""How many utterances people must read for a share of a given half width, and how to split a number of them over series.

The error of PPI++ is that of a mean of residuals of y on the reader's score: ``half = q sqrt(V (1/m - 1/N))``, V their
variance. V is known as well as the audit so far tells it; without any it is at most 1/4.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.stats import norm
from scipy.stats import t as student

from halfstep.core.errors import MisuseError
from halfstep.prevalence.pooled import Pooled, pooled_reading
from halfstep.prevalence.ppi import FEWEST
from halfstep.prevalence.records import Array, Audit, Tally, Unsaid

__all__ = ["Budget", "PooledBudget", "Residual", "allocate", "labels_needed", "pooled_labels_needed", "residual"]

Counts = npt.NDArray[np.int64]

WORST = 0.25
"""Variance of y where nothing is known: that of a share of one half and a reader of no use."""
ROUNDS = 20
MOST = 10**7


@dataclass(frozen=True, slots=True)
class Residual:
    """Variance of what the reader leaves unexplained, and the ends of its interval.

    Attributes
    ----------
    value, lo, hi
        Of V; 1/4 throughout where no audit tells it.
    measured
        Whether an audit tells it.
    """

    value: float
    lo: float
    hi: float
    measured: bool


@dataclass(frozen=True, slots=True)
class Budget:
    """Audit labels that a series needs.

    Attributes
    ----------
    labels, lo, hi
        Needed in all, and between which numbers that lies, given how well V is known.
    more
        Needed beyond those there are.
    half
        Half width aimed at.
    level
        Coverage of the interval.
    residual
        V.
    """

    labels: int
    lo: int
    hi: int
    more: int
    half: float
    level: float
    residual: Residual


@dataclass(frozen=True, slots=True)
class PooledBudget:
    """Audit labels that all periods of a series need together if the reader's errors are pooled.

    Attributes
    ----------
    labels
        In all, spread evenly; None where pooling does not get there below what periods need each for themselves.
    apart
        Needed in all if every period stands for itself.
    tau
        Standard deviation over periods of the reader's errors: what limits pooling.
    """

    labels: int | None
    apart: int
    tau: float


def residual(audit: Audit, level: float) -> Residual:
    """Return the variance of y about its line on f, with its interval (logarithm, delta method)."""
    if audit.m < FEWEST:
        return Residual(WORST, WORST, WORST, False)
    w = audit.weight / audit.weight.mean()
    f, y = audit.f - w @ audit.f / audit.m, audit.y - w @ audit.y / audit.m
    spread = float(w @ f**2)
    e = y - (float(w @ (f * y)) / spread if spread > 0 else 0.0) * f
    squares = np.concatenate([e**2, [0.5, 0.5]])  # half an observation on either side, as in ppi
    weights = np.concatenate([w, [1.0, 1.0]])
    value = float(weights @ squares) / (audit.m - 2) * audit.m / audit.worth
    factor = float(np.exp(norm.ppf((1 + level) / 2) * np.sqrt(weights**2 @ (squares - squares.mean()) ** 2) / (weights @ squares)))  # fmt: skip
    worst = max(WORST * audit.m / audit.worth, value)
    return Residual(value, value / factor, min(value * factor, worst), True)


def _labels(variance: float, n: int, half: float, level: float) -> int:
    """Return the labels for a half width; the t quantile belongs to their number."""
    m = float(FEWEST)
    for _ in range(ROUNDS):
        q = float(student.ppf((1 + level) / 2, max(m - 2, 1)))
        many = q**2 * variance / half**2
        m = min(max(many / (1 + many / n), FEWEST), MOST)
    return min(int(np.ceil(m)), n)


def labels_needed(tally: Tally, audit: Audit, half: float, level: float) -> Budget:
    """Return how many audit labels a cell needs for a share of this half width.

    Parameters
    ----------
    tally, audit
        Of the cell, or of one like it; the audit may be empty.
    half
        Half width aimed at, in shares.
    """
    if not 0 < half < 0.5:
        raise MisuseError(f"expected a half width between 0 and 0.5, got {half}")
    found = residual(audit, level)
    n = max(tally.n, 1)
    labels, lo, hi = (_labels(v, n, half, level) for v in (found.value, found.lo, found.hi))
    return Budget(labels, lo, hi, max(labels - audit.m, 0), half, level, found)


def pooled_labels_needed(
    tallies: tuple[Tally, ...], audits: tuple[Audit, ...], half: float, level: float, fewest: int
) -> PooledBudget | Unsaid:
    """Return how many audit labels all periods need together if errors are pooled over time.

    A period then has variance ``(1 - B) v + B^2 C`` (see `pooled`): v falls with its own labels, C with all of them.
    """
    found = pooled_reading(tallies, audits, level, fewest)
    if isinstance(found, Unsaid):
        return found
    periods, have = len(tallies), sum(a.m for a in audits)
    typical = int(np.median([t.n for t in tallies]))
    alone = periods * _labels(found.residual, typical, half, level)
    lo, hi = FEWEST * periods, alone
    if _pooled_half(found, hi, have, periods, level) > half:
        return PooledBudget(None, alone, found.constancy.tau)
    while hi - lo > 1:
        middle = (lo + hi) // 2
        lo, hi = (lo, middle) if _pooled_half(found, middle, have, periods, level) <= half else (middle, hi)
    return PooledBudget(hi, alone, found.constancy.tau)


def _pooled_half(found: Pooled, labels: int, have: int, periods: int, level: float) -> float:
    """Half width at a share of one half, all periods alike."""
    errors, v = found.errors, found.residual * periods / labels
    common = (errors.yes_variance + errors.no_variance) / 4 / (errors.yes - errors.no) ** 2 * have / labels
    kept = v / (v + found.constancy.tau**2)
    return float(norm.ppf((1 + level) / 2)) * float(np.sqrt((1 - kept) * v + kept**2 * common))


def allocate(total: int, variances: Array, sizes: Counts, least: int = FEWEST) -> Counts:
    """Split audit labels over series so that the widest interval is as narrow as can be.

    All half widths are then one: ``m_s = 1 / (c / V_s + 1 / N_s)``, c such that they add up; no series has fewer than
    `least` or more than it has utterances.

    Parameters
    ----------
    total
        Labels to give.
    variances
        V of each series, shape (S,); 1/4 where it is not known.
    sizes
        Utterances of each, shape (S,).

    Returns
    -------
    Counts
        Labels by series, shape (S,).

    Examples
    --------
    >>> import numpy as np
    >>> allocate(300, np.array([0.2, 0.1]), np.array([100_000, 100_000])).tolist()
    [200, 100]
    """
    floor = np.minimum(least, sizes)
    if total < floor.sum() or not (variances > 0).all():
        raise MisuseError(f"expected at least {floor.sum()} labels and variances above 0, got {total}, {variances}")
    if total >= sizes.sum():
        return sizes.copy()
    lo, hi = -60.0, 60.0
    for _ in range(100):
        middle = (lo + hi) / 2
        wanted = np.clip(1 / (np.exp(middle) / variances + 1 / sizes), floor, sizes)
        lo, hi = (middle, hi) if wanted.sum() > total else (lo, middle)
    given: Counts = np.floor(wanted + 1e-9).astype(np.int64)
    behind = np.argsort(-(wanted - given) * (given < sizes), kind="stable")
    given[behind[: total - int(given.sum())]] += 1
    return given
