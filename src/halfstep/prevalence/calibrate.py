"""What a score means where the truth is known: mean scores of the class and of the rest, chances by a logistic line."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import expit, logit

from halfstep.prevalence.records import Array, Audit

__all__ = ["ClassMeans", "Platt", "class_means", "platt", "score_logits"]

EDGE = 0.5 / 255
"""Scores are kept in bytes: 0 and 1 stand for values within half a step."""
ROUNDS = 50


@dataclass(frozen=True, slots=True)
class ClassMeans:
    """Mean scores, their variances, and how many posts they are means of.

    Attributes
    ----------
    yes, no
        Mean score of posts of the class, and of the rest.
    yes_variance, no_variance
        Variances of these means.
    n_yes, n_no
        Posts (Kish's effective number, where weights differ).
    """

    yes: float
    no: float
    yes_variance: float
    no_variance: float
    n_yes: float
    n_no: float


def class_means(audit: Audit) -> ClassMeans:
    """Return mean scores by class; each variance holds half an observation at the other class's mean, unseen errors."""
    found = []
    for belongs in (audit.y, 1 - audit.y):
        w = audit.weight * belongs
        total = float(w.sum())
        mean = float(w @ audit.f / total) if total > 0 else float("nan")
        worth = total**2 / float(w @ w) if total > 0 else 0.0
        squares = float(w**2 @ (audit.f - mean) ** 2) / total**2 if total > 0 else float("nan")
        found.append((mean, worth, squares * worth / (worth - 1) if worth > 1 else float("nan")))
    (yes, n_yes, v_yes), (no, n_no, v_no) = found
    unseen = 0.5 * (yes - no) ** 2
    return ClassMeans(yes, no, v_yes + unseen / n_yes**2 if n_yes else v_yes, v_no + unseen / n_no**2 if n_no else v_no, n_yes, n_no)  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Platt:
    """Chance of the class at a score: ``1 / (1 + exp(-(a + b logit f)))`` (Platt 1999).

    Attributes
    ----------
    a, b
        Coefficients; (0, 1) where scores are chances already.
    prior
        Share of the class among the posts that the line was fitted to.
    covariance
        Of (a, b, prior), whatever the errors; shape (3, 3).
    """

    a: float
    b: float
    prior: float
    covariance: Array

    def chances(self, f: Array) -> Array:
        """Return chances at scores."""
        return np.asarray(expit(self.a + self.b * score_logits(f)), dtype=np.float64)


def score_logits(f: Array) -> Array:
    """Return logits of scores, scores of 0 and 1 taken for half a step inside."""
    return np.asarray(logit(np.clip(f, EDGE, 1 - EDGE)), dtype=np.float64)


def platt(audit: Audit) -> Platt | None:
    """Fit the line; None where a score parts the class from the rest without an exception, or where one of them is absent.

    Each class has half a post on its wrong side added, at the mean score of the other, so that a line exists.
    """
    means = class_means(audit)
    if not (means.n_yes > 1 and means.n_no > 1 and float(np.ptp(audit.f)) > 0):
        return None
    w = np.concatenate([audit.weight / audit.weight.mean(), [0.5, 0.5]])
    y = np.concatenate([audit.y, [1.0, 0.0]])
    x = np.column_stack([np.ones(len(w)), score_logits(np.concatenate([audit.f, [means.no, means.yes]]))])
    beta = np.zeros(2)
    for _ in range(ROUNDS):
        p = expit(x @ beta)
        bread = x.T @ ((w * p * (1 - p))[:, None] * x)
        step = np.linalg.solve(bread, x.T @ (w * (y - p)))
        beta = beta + step * min(1.0, 5.0 / max(float(np.abs(step).max()), 1e-300))
        if float(np.abs(step).max()) < 1e-10:
            break
    else:
        return None
    m, p = audit.m, expit(x @ beta)
    prior = float(w[:m] @ y[:m] / w[:m].sum())
    influence = np.column_stack(
        [np.linalg.solve(bread, (x * (w * (y - p))[:, None]).T).T[:m], w[:m] * (y[:m] - prior) / w[:m].sum()]
    )
    return Platt(float(beta[0]), float(beta[1]), prior, influence.T @ influence * m / (m - 2))
