"""Prior shift by EM (Saerens, Latinne & Decaestecker 2002): the share under which all scores together are likeliest.

Chances learnt at one share of the class are turned by Bayes' rule to another share; EM repeats "mean of the turned chances"
until it stands still. That is where a concave likelihood has its top, so the root of its slope is taken.
"""

from __future__ import annotations

import numpy as np
from scipy.special import expit, logit
from scipy.stats import norm

from halfstep.core.errors import MisuseError
from halfstep.prevalence.adjusted import unread
from halfstep.prevalence.calibrate import Platt, class_means, platt
from halfstep.prevalence.records import BYTES, Array, Audit, Share, Unsaid

__all__ = ["em_share", "shifted_prior"]

HALVINGS = 60
STEP = 1e-4
"""Of the differences by which the error of the calibration is carried; standard errors move by less than a thousandth."""


def shifted_prior(chances: Array, counts: Array, prior: float) -> float:
    """Return the share of the class at which scores are likeliest.

    Parameters
    ----------
    chances
        Chance of the class at each score, where `prior` is its share; shape (K,).
    counts
        Utterances with that score; shape (K,).
    """
    ratio = chances / (1 - chances) * (1 - prior) / prior - 1
    lo, hi = 0.0, 1.0
    for _ in range(HALVINGS):
        theta = (lo + hi) / 2
        if float(counts @ (ratio / (1 + theta * ratio))) > 0:
            lo = theta
        else:
            hi = theta
    return (lo + hi) / 2


def _solve(fitted: Platt, moved: Array, f: Array, counts: Array) -> float:
    """Return the share with the coefficients and the prior moved."""
    other = Platt(fitted.a + moved[0], fitted.b + moved[1], fitted.prior + moved[2], fitted.covariance)
    return shifted_prior(np.clip(other.chances(f), 1e-9, 1 - 1e-9), counts, other.prior)


def em_share(counts: Array, taught: Audit, level: float) -> Share | Unsaid:
    """Return the share by EM, with the error of the calibration and of the cell as a sample (delta method, logit scale).

    Parameters
    ----------
    counts
        How many utterances of the cell have score 0, 1/255, ..., 1; shape (256,).
    taught
        Posts with the truth, of the cell or of elsewhere, that the reader was not taught with.
    level
        Coverage of the interval.

    Returns
    -------
    Share | Unsaid
        Unsaid "reader blind" where the chance of the class is not told to change with the score at this level.
    """
    if counts.shape != (BYTES + 1,):
        raise MisuseError(f"expected the number of utterances at each of {BYTES + 1} scores, got {counts.shape}")
    n = int(counts.sum())
    if n == 0:
        return Unsaid("empty", ("utterances",), (("audited", float(taught.m)),))
    refused = unread(taught, class_means(taught))
    if refused is not None:
        return refused
    quantile, fitted = float(norm.ppf((1 + level) / 2)), platt(taught)
    if fitted is None or abs(fitted.b) <= quantile * np.sqrt(fitted.covariance[1, 1]):
        facts = (("audited", float(taught.m)), ("slope", fitted.b if fitted is not None else 0.0))
        return Unsaid("reader blind", ("another reader", "audit labels"), facts)
    held = np.flatnonzero(counts)
    f, counts = held / BYTES, counts[held]
    value = _solve(fitted, np.zeros(3), f, counts)
    inside = min(max(value, 0.5 / n), 1 - 0.5 / n)
    slopes = np.array([_solve(fitted, s * STEP, f, counts) - _solve(fitted, -s * STEP, f, counts) for s in np.eye(3)])
    slopes /= 2 * STEP
    chances = np.clip(fitted.chances(f), 1e-9, 1 - 1e-9)
    ratio = chances / (1 - chances) * (1 - fitted.prior) / fitted.prior - 1
    sampling = 1 / float(counts @ (ratio / (1 + inside * ratio)) ** 2)
    se = float(np.sqrt(sampling + slopes @ fitted.covariance @ slopes))
    half = quantile * se / (inside * (1 - inside))
    lo, hi = (float(expit(logit(inside) + side * half)) for side in (-1, 1))
    return Share(value, min(lo, value), max(hi, value), se, n, taught.m, fitted.b, "em", level, np.inf)
