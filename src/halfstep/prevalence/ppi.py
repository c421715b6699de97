"""Prediction-powered shares: a reader's mean over all utterances, put right by those that people read.

Angelopoulos, Duchi & Zrnic (2023), PPI++: ``theta = ybar + lam (Fbar - fbar)``, bars over the audit, Fbar over the cell.
The audited are part of the cell, so this is survey sampling's regression estimator (Cassel, Sarndal & Wretman 1976), and
the lam of least variance is the slope of y on f among the audited.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.stats import t as student

from halfstep.core.errors import MisuseError
from halfstep.prevalence.records import Array, Audit, Share, Tally, Unsaid

__all__ = ["FEWEST", "Line", "line", "score_interval", "share"]

FEWEST = 5
"""Audit labels below which nothing is said: two of them fix the line, and three left tell its error barely."""
ROUNDING = 1e-12
UNSEEN = 0.5
"""Weight of the errors that the audit happened not to show: half an observation, as in Jeffreys' prior for a share."""


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """Line of y on f among the audited, read at the cell's mean score.

    Attributes
    ----------
    value
        Height of the line there: the estimate.
    lam
        Slope.
    variance, third
        Second and third central moment of the estimate's sampling error.
    freedom
        Satterthwaite's degrees of freedom of `variance`.
    """

    value: float
    lam: float
    variance: float
    third: float
    freedom: float


def line(tally: Tally, audit: Audit) -> Line:
    """Fit the line and the error of its height at the mean score of the cell.

    With weights w and regressors x = (1, f) the height is ``sum a y``, ``a = w x'(X'WX)^-1 x0``. Its variance is
    ``sum a^2 e^2 (1 - pi) / (1 - h)`` (MacKinnon & White's HC2; pi the probability of being drawn), which holds whatever
    the variance of y at each f, with the error of the slope in it.
    """
    w = audit.weight * (tally.n / audit.weight.sum())
    useful = audit.m > 2 and float(np.ptp(audit.f)) > 0
    x = np.column_stack([np.ones(audit.m), audit.f - tally.mean])[:, : 1 + useful]
    inverse = np.linalg.inv(x.T @ (w[:, None] * x))
    beta = inverse @ (x.T @ (w * audit.y))
    a = w * (x @ inverse[:, 0])
    left = np.clip(1 - w * np.einsum("ij,jk,ik->i", x, inverse, x), 1e-9, 1.0)
    out = 1 - np.minimum(1 / w, 1.0)
    error = a * (audit.y - x @ beta) / np.sqrt(left)
    squares = a**2
    freedom = squares.sum() ** 2 / (squares**2).sum() * (1 - x.shape[1] / audit.m)
    return Line(
        float(beta[0]), float(beta[1]) if useful else 0.0, float((out * error**2).sum()),
        float((out * error**3).sum()), max(float(freedom), 1.0),
    )  # fmt: skip


def _unseen(tally: Tally, audit: Audit, fitted: Line) -> tuple[float, float]:
    """Second and third moment of errors that may be there though the audit shows none.

    Half an observation on either side contradicts the line: the class at the mean score of what the reader takes for the
    rest, and the rest at that of what it takes for the class. Without them a reader that was right a hundred times would
    have no error.
    """
    mean = tally.mean
    rest = (tally.s1 - tally.s2) / (tally.n - tally.s1) if tally.n > tally.s1 else mean
    taken = tally.s2 / tally.s1 if tally.s1 > 0 else mean
    if fitted.lam < 0:  # it reads the other way round
        rest, taken = taken, rest
    missed = 1 - fitted.value - fitted.lam * (rest - mean)
    false = -fitted.value - fitted.lam * (taken - mean)
    e = np.clip(np.array([missed, false]), [0.0, -1.0], [1.0, 0.0]) / audit.worth
    often = UNSEEN * (1 - audit.m / tally.n)
    return float(often * (e**2).sum()), float(often * (e**3).sum())


def score_interval(value: float, variance: float, third: float, quantile: float, worth: float) -> tuple[float, float]:
    """Return ends of the interval that holds every share which the estimate does not contradict.

    The error's variance belongs to the share that is asked about, not to the estimate: along an exponential family it
    changes by its third moment over its second (for a proportion 1 - 2 p), so the ends solve
    ``d^2 = q^2 (variance + d third / variance - kappa d^2)``, kappa chosen so that a plain proportion gives Wilson's (1927)
    interval.

    Parameters
    ----------
    worth
        Number of observations that a plain proportion would have been made of.
    """
    spread = value * (1 - value)
    kappa = min(variance / spread, 1 / worth) if spread > 0 else 1 / worth
    slope = third / variance if variance > 0 else 0.0
    q = quantile**2
    middle = q * slope / (2 * (1 + q * kappa))
    half = float(np.sqrt(middle**2 + q * variance / (1 + q * kappa)))
    return value + middle - half, value + middle + half


def share(
    tally: Tally,
    audit: Audit,
    level: float,
    fewest: int = FEWEST,
    target: Literal["cell", "source"] = "cell",
) -> Share | Unsaid:
    """Return the share of a class in a cell by PPI++.

    Parameters
    ----------
    tally
        The reader's scores of all utterances of the cell, those of the audit among them.
    audit
        Utterances of this cell drawn at random and read by people.
    level
        Coverage of the interval.
    fewest
        Audit labels below which nothing is said.
    target
        "cell": the share among the utterances of the cell; error only from those that nobody read. "source": the chance
        that an utterance of such a cell is of the class; the cell itself is then a sample, as in the paper.

    Returns
    -------
    Share | Unsaid
        lam is not cut to [0, 1] as in the paper: scores may be too flat, and a reader that reads the other way round
        still tells something.

    Examples
    --------
    >>> import numpy as np
    >>> f = np.tile([0.1, 0.2, 0.8, 0.9], 50)
    >>> people = Audit(f[:40], (f[:40] > 0.5).astype(float), np.ones(40))
    >>> found = share(Tally.of(f), people, 0.9)
    >>> round(found.value, 2), found.lo < 0.5 < found.hi
    (0.5, True)
    """
    refused = _refused(tally, audit, level, fewest)
    if refused is not None:
        return refused
    m, n = audit.m, tally.n
    if m == n and target == "cell":
        value = float(audit.y.mean())
        return Share(value, value, value, 0.0, n, m, 0.0, "census", level, np.inf)
    fitted = line(tally, audit)
    more, third = _unseen(tally, audit, fitted)
    value = min(max(fitted.value, 0.0), 1.0)
    beyond = value * (1 - value) / n if target == "source" else 0.0
    thinner = audit.worth / (audit.worth + 2 * UNSEEN)  # the unseen are observations, too
    variance = (fitted.variance + more) * thinner + beyond
    quantile = float(student.ppf((1 + level) / 2, fitted.freedom))
    worth = audit.worth / (1 - m / n) if target == "cell" else audit.worth
    lo, hi = score_interval(value, variance, (fitted.third + third) * thinner, quantile, worth)
    if target == "cell":
        floor, ceiling = _seen(audit, n)
        lo, hi, value = max(lo, floor), min(hi, ceiling), min(max(value, floor), ceiling)
    lo, hi = max(min(lo, value), 0.0), min(max(hi, value), 1.0)
    way = "ppi" if abs(fitted.lam) > ROUNDING else "people alone"
    return Share(value, lo, hi, float(np.sqrt(variance)), n, m, fitted.lam, way, level, fitted.freedom)


def _seen(audit: Audit, n: int) -> tuple[float, float]:
    """Least and greatest share of a cell of n, given those that people read."""
    found: Array = np.array([audit.y.sum(), (1 - audit.y).sum()]) / n
    return float(found[0]), float(1 - found[1])


def _refused(tally: Tally, audit: Audit, level: float, fewest: int) -> Unsaid | None:
    """Return why nothing can be said, if so."""
    if not 0 < level < 1 or fewest < FEWEST:
        raise MisuseError(f"expected a level between 0 and 1 and fewest >= {FEWEST}, got {level} and {fewest}")
    if tally.n == 0:
        return Unsaid("empty", ("utterances",), (("audited", audit.m),))
    if audit.m > tally.n:
        raise MisuseError(f"expected an audit of the cell's own utterances, got {audit.m} of {tally.n}: count them in")
    if audit.m < min(fewest, tally.n):
        return Unsaid(
            "few audited", ("audit labels",), (("audited", audit.m), ("fewest", fewest), ("more", fewest - audit.m))
        )
    return None
