"""A program that labels posts is a noisy judge: its error is measured against people, and its shares carry that error.

No estimator of its own: a share that a judge has read is PPI++ with f the judge's labels. What this file adds is the
judge's error in words that people use: of the posts that people put in the class, how many does it find.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.stats import norm

from halfstep.prevalence.ppi import score_interval
from halfstep.prevalence.records import Array, Audit, Unsaid

__all__ = ["JudgeError", "Rate", "judge_error"]


@dataclass(frozen=True, slots=True)
class Rate:
    """A rate with Wilson's interval, and the posts it is of."""

    value: float
    lo: float
    hi: float
    n: int


@dataclass(frozen=True, slots=True)
class JudgeError:
    """How a judge errs.

    Attributes
    ----------
    found
        Of the posts that people put in the class, the share that the judge puts there.
    false
        Of the rest, the share that the judge puts there.
    right
        Share of posts on which both agree.
    over
        Share that the judge sees, less the share that people see, on the overlap.
    useful
        Whether the judge tells the class from the rest at all: the intervals of `found` and `false` are apart.
    """

    found: Rate
    false: Rate
    right: Rate
    over: float
    useful: bool


def _rate(hits: Array, weight: Array, level: float) -> Rate:
    """Return a weighted rate; Wilson's interval at Kish's effective number of posts."""
    value = float(weight @ hits / weight.sum())
    worth = float(weight.sum() ** 2 / (weight @ weight))
    spread = value * (1 - value)
    third = spread * (1 - 2 * value) / worth**2
    if spread == 0:  # the limit of the formula as the rate goes to 0 or 1
        spread, third = 1e-12, (1 - 2 * value) * 1e-12 / worth**2
    lo, hi = score_interval(value, spread / worth, third, float(norm.ppf((1 + level) / 2)), worth)
    return Rate(value, max(min(lo, value), 0.0), min(max(hi, value), 1.0), len(hits))


def judge_error(overlap: Audit, level: float) -> JudgeError | Unsaid:
    """Return how a judge errs where people labelled, too.

    Parameters
    ----------
    overlap
        f the judge's labels (0 or 1), y people's; drawn from what the judge labels, not from what people found easy.
    level
        Coverage of the intervals.
    """
    judged, weight = (overlap.f >= 0.5).astype(np.float64), overlap.weight
    yes = overlap.y >= 0.5
    if not yes.any() or yes.all():
        facts = (("audited", float(overlap.m)), ("class", float(yes.sum())), ("rest", float((~yes).sum())))
        return Unsaid("one class", ("audit labels of the class",), facts)
    found, false = (_rate(judged[side], weight[side], level) for side in (yes, ~yes))
    right = _rate((judged == yes).astype(np.float64), weight, level)
    over = float(weight @ (judged - yes) / weight.sum())
    return JudgeError(found, false, right, over, found.lo > false.hi or found.hi < false.lo)
