"""Whether the reader errs the same here as there: where it was taught, or in another period.

Mean scores of the class and of the rest are compared apart from each other, so a share that has changed is no shift; the
meaning of a score (its calibration) is a third comparison, and changes with the share. No difference found is no proof:
the difference that would have been found stands beside it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq
from scipy.stats import f as fisher
from scipy.stats import ncf, norm
from scipy.stats import t as student

from halfstep.prevalence.calibrate import class_means, platt, score_logits
from halfstep.prevalence.records import Array, Audit, Unsaid

__all__ = ["POWER", "Shift", "Wander", "errors_differ", "errors_over_time"]

POWER = 0.8
"""Chance of finding the difference that is called findable: the field's convention (Cohen 1988)."""


@dataclass(frozen=True, slots=True)
class Shift:
    """One comparison.

    Attributes
    ----------
    what
        "class", "rest": mean score of posts of the class, of the rest. "meaning": share of the class less the chances that
        scores had there.
    difference, lo, hi
        Here less there.
    p
        Chance of as much if there is no difference.
    findable
        Smallest difference that this test finds in four of five cases.
    """

    what: str
    difference: float
    lo: float
    hi: float
    p: float
    findable: float


@dataclass(frozen=True, slots=True)
class Wander:
    """Mean scores of one class over periods.

    Attributes
    ----------
    what
        "class" or "rest".
    p
        Chance of as much movement if they are constant (one-way analysis of variance).
    sd
        Standard deviation over periods that is left when sampling is taken off.
    findable
        Smallest such deviation that this test finds in four of five cases.
    periods
        Periods with posts of this class.
    """

    what: str
    p: float
    sd: float
    findable: float
    periods: int


def _compared(what: str, difference: float, variance: float, freedom: float, level: float) -> Shift:
    se, q = float(np.sqrt(variance)), float(student.ppf((1 + level) / 2, freedom))
    p = 2 * float(student.sf(abs(difference) / se, freedom)) if se > 0 else float(difference == 0)
    return Shift(what, difference, difference - q * se, difference + q * se, p, (q + float(norm.ppf(POWER))) * se)


def errors_differ(here: Audit, there: Audit, level: float) -> tuple[Shift, ...] | Unsaid:
    """Compare the reader's errors in two sets of posts with the truth.

    Parameters
    ----------
    here, there
        An audit, and posts held out where the reader was taught or another audit.
    level
        Coverage of the intervals; a test at ``1 - level``. With both classes looked at, halve ``1 - level``.

    Returns
    -------
    tuple[Shift, ...] | Unsaid
        "class" and "rest" (Welch's test), and "meaning" where a line of chances can be fitted there. Unsaid "one class"
        where a set has fewer than three posts of either.
    """
    mine, other = class_means(here), class_means(there)
    if min(mine.n_yes, mine.n_no, other.n_yes, other.n_no) <= 2:
        facts = (("class", min(mine.n_yes, other.n_yes)), ("rest", min(mine.n_no, other.n_no)))
        return Unsaid("one class", ("audit labels of the class",), facts)
    found = []
    for what, a, b in (
        ("class", (mine.yes, mine.yes_variance, mine.n_yes), (other.yes, other.yes_variance, other.n_yes)),
        ("rest", (mine.no, mine.no_variance, mine.n_no), (other.no, other.no_variance, other.n_no)),
    ):
        variance = a[1] + b[1]
        freedom = variance**2 / (a[1] ** 2 / (a[2] - 1) + b[1] ** 2 / (b[2] - 1))
        found.append(_compared(what, a[0] - b[0], variance, freedom, level))
    fitted = platt(there)
    if fitted is not None:
        w, chances = here.weight / here.weight.sum(), fitted.chances(here.f)
        off, flat = here.y - chances, w * chances * (1 - chances)
        slopes = np.array([flat.sum(), flat @ score_logits(here.f)])
        mean = float(w @ off)
        variance = float(w**2 @ (off - mean) ** 2 * here.m / (here.m - 1) + slopes @ fitted.covariance[:2, :2] @ slopes)
        found.append(_compared("meaning", mean, variance, here.m - 1, level))
    return tuple(found)


def errors_over_time(audits: tuple[Audit, ...], level: float) -> tuple[Wander, ...] | Unsaid:
    """Test whether mean scores of the class and of the rest are constant over periods.

    Returns
    -------
    tuple[Wander, ...] | Unsaid
        Of the classes that two or more periods hold with spare posts; Unsaid "one class" if none is.
    """
    found = []
    for what, side in (("class", True), ("rest", False)):
        groups = [a.f[(a.y >= 0.5) == side] for a in audits]
        wander = _wander(what, [g for g in groups if len(g)], level)
        found += [wander] if wander is not None else []
    if not found:
        return Unsaid("one class", ("audit labels of more periods",), (("periods", float(len(audits))),))
    return tuple(found)


def _wander(what: str, groups: list[Array], level: float) -> Wander | None:
    """One-way analysis of variance, and its power against means that scatter over periods."""
    k, n = len(groups), sum(len(g) for g in groups)
    if k < 2 or n - k < 2:
        return None
    sizes = np.array([len(g) for g in groups], dtype=np.float64)
    means = np.array([g.mean() for g in groups])
    within = sum(float(((g - m) ** 2).sum()) for g, m in zip(groups, means, strict=True)) / (n - k)
    grand = float(sizes @ means / n)
    between = float(sizes @ (means - grand) ** 2) / (k - 1)
    scale = (n - float(sizes @ sizes) / n) / (k - 1)
    if within == 0:
        return Wander(what, float(between == 0), float(np.sqrt(between / scale)), 0.0, k)
    p = float(fisher.sf(between / within, k - 1, n - k))
    cut = float(fisher.ppf(level, k - 1, n - k))
    ncp = float(brentq(lambda moved: float(ncf.sf(cut, k - 1, n - k, moved)) - POWER, 1e-9, 1e4))
    findable = float(np.sqrt(ncp * within / ((k - 1) * scale)))
    return Wander(what, p, float(np.sqrt(max(between - within, 0.0) / scale)), findable, k)
