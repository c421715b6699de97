"""Which posts to label next: some by lot, which audit; the others where the heads are least sure, unlike each other."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from halfstep.core.errors import MisuseError
from halfstep.text.solver import Floats, Places, Sparse

__all__ = ["POOL", "Asked", "ask", "unsure", "useful"]

POOL = 5
"""Unsure texts among which unlike ones are picked, for each one picked: enough choice, still all unsure."""


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """Texts to label.

    Attributes
    ----------
    audit
        Drawn by lot from all texts, none twice, each with the same probability.
    drawn
        That probability.
    train
        The most useful of the others, most useful first.
    """

    audit: Places
    drawn: float
    train: Places


def unsure(probability: Floats) -> Floats:
    """Return how unsure heads are of each text: entropy of their answers added up, in bits; shape (n,)."""
    p = np.clip(probability, 1e-12, 1 - 1e-12)
    found: Floats = -(p * np.log2(p) + (1 - p) * np.log2(1 - p)).sum(1)
    return found


def ask(
    X: Sparse, probability: Floats | None, part: Places, counts: tuple[int, int], rng: np.random.Generator
) -> Asked:
    """Return what to label next.

    Only what was drawn by lot may judge heads or correct their counts (`prevalence`): texts that are asked because they are
    hard would make every head look bad. Audit texts are drawn first, from all, and are never among the others.

    Parameters
    ----------
    X
        Texts by n-grams, shape (n, D).
    probability
        Of the heads, shape (n, H); None: the others are picked for being unlike each other only.
    part
        Of each text; of one part only one text is asked for teaching.
    counts
        How many to audit, and how many to teach.
    """
    n, (audits, trains) = X.shape[0], counts
    if audits < 0 or trains < 0 or audits > n:
        raise MisuseError(f"expected counts from 0 and no more audit texts than the {n} there are, got {counts}")
    audit = np.sort(rng.choice(n, size=audits, replace=False))
    return Asked(audit, audits / n if n else 0.0, useful(X, probability, part, (audit, trains), rng))


def useful(
    X: Sparse, probability: Floats | None, part: Places, asked: tuple[Places, int], rng: np.random.Generator
) -> Places:
    """Return the most useful texts to teach with, as `ask` does, where the audit texts are drawn already.

    Parameters
    ----------
    asked
        Audit texts, and how many to teach with.
    """
    audit, trains = asked
    left = np.setdiff1d(np.arange(X.shape[0]), audit)
    left = left[~np.isin(part[left], part[audit])]
    left = rng.permutation(left)
    if probability is not None:
        left = left[np.argsort(-unsure(probability[left]), kind="stable")]
    _, first = np.unique(part[left], return_index=True)
    left = left[np.sort(first)]
    pool = left[: POOL * trains]
    return pool[_unlike(X[pool], min(trains, len(pool)))]


def _unlike(X: Sparse, k: int) -> Places:
    """Return k texts, each the one least like those before it (Gonzalez 1985), the first one first."""
    size = np.sqrt(np.asarray(X.multiply(X).sum(1)).ravel())
    nearest = np.full(X.shape[0], -np.inf)
    found: list[int] = []
    for _ in range(k):
        at = 0 if not found else int(np.argmin(nearest))
        found.append(at)
        alike: npt.NDArray[np.float64] = np.asarray((X @ X[at].T).todense()).ravel()
        nearest = np.maximum(nearest, alike / np.maximum(size * max(size[at], 1e-300), 1e-300))
        nearest[found] = np.inf
    return np.array(found, dtype=np.int64)
