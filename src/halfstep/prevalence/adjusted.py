"""Adjusted count: the share at which the reader's mean score would come out as it did.

``theta = (F - mu0) / (mu1 - mu0)``, mu1 and mu0 the mean scores of the class and of the rest where the truth is known
(Rogan & Gladen 1978; Forman 2008; with scores instead of labels Bella et al. 2010). Right where the reader treats posts of
the class as it did there, however common they are now; wrong, without a sign of it, where it does not.
"""

from __future__ import annotations

import numpy as np
from scipy.stats import t as student

from halfstep.prevalence.calibrate import ClassMeans, class_means
from halfstep.prevalence.records import Audit, Share, Tally, Unsaid

__all__ = ["adjusted_count", "fieller", "unread"]


def unread(taught: Audit, means: ClassMeans) -> Unsaid | None:
    """Return why mean scores of both classes cannot be told: too few posts of one of them."""
    if min(means.n_yes, means.n_no) <= 2:
        facts = (("audited", float(taught.m)), ("class", float(taught.y.sum())), ("rest", float((1 - taught.y).sum())))
        return Unsaid("one class", ("audit labels of the class",), facts)
    return None


def fieller(tally: Tally, means: ClassMeans, quantile: float) -> tuple[float, float] | None:
    """Return the shares that the mean score does not contradict (Fieller 1954); None where that is no interval.

    theta is held where ``(F - theta mu1 - (1 - theta) mu0)^2 <= q^2 (v + theta^2 v1 + (1 - theta)^2 v0)``.
    """
    v, v1, v0 = tally.variance / tally.n, means.yes_variance, means.no_variance
    over, apart, q = tally.mean - means.no, means.yes - means.no, quantile**2
    a = apart**2 - q * (v1 + v0)
    if a <= 0:
        return None
    b, c = over * apart - q * v0, over**2 - q * (v + v0)
    root = float(np.sqrt(max(b * b - a * c, 0.0)))
    return (b - root) / a, (b + root) / a


def adjusted_count(tally: Tally, taught: Audit, level: float) -> Share | Unsaid:
    """Return the adjusted count with the error of what is known of the reader and of the cell as a sample.

    Parameters
    ----------
    tally
        Scores of the cell; of 0 and 1 where the reader gives labels.
    taught
        Posts with the truth, of the cell or of elsewhere, that the reader was not taught with.
    level
        Coverage of the interval.

    Returns
    -------
    Share | Unsaid
        Unsaid "reader blind" where the two mean scores are not apart at this level: then every share is possible.
    """
    if tally.n == 0:
        return Unsaid("empty", ("utterances",), (("audited", float(taught.m)),))
    means = class_means(taught)
    refused = unread(taught, means)
    if refused is not None:
        return refused
    apart, over = means.yes - means.no, tally.mean - means.no
    theta = min(max(over / apart, 0.0), 1.0) if apart else 0.5
    parts = np.array([theta**2 * means.yes_variance, (1 - theta) ** 2 * means.no_variance])
    freedom = float(parts.sum() ** 2 / (parts**2 @ np.array([1 / (means.n_yes - 1), 1 / (means.n_no - 1)])))
    ends = fieller(tally, means, float(student.ppf((1 + level) / 2, freedom)))
    if ends is None:
        facts = (("audited", float(taught.m)), ("mean score of the class", means.yes), ("of the rest", means.no))
        return Unsaid("reader blind", ("another reader", "audit labels"), facts)
    se = float(np.sqrt(parts.sum() + tally.variance / tally.n)) / abs(apart)
    lo, hi = (min(max(end, 0.0), 1.0) for end in ends)
    return Share(theta, min(lo, theta), max(hi, theta), se, tally.n, taught.m, 1 / apart, "adjusted count", level, freedom)  # fmt: skip
