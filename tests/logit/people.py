"""Small simulated experiments for the tests of this floor."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import numpy.typing as npt

from halfstep.logit.tasks import Tasks

Array = npt.NDArray[np.float64]
APART = np.array([[1.5, -1.2, 1.0, -0.8], [-1.4, 1.3, 0.8, -1.6], [1.2, 1.4, -1.5, -0.9], [-1.2, -1.4, -1.0, -1.2]])
"""Tastes of up to four classes; the last column is price."""


def choose(
    B: Array, rng: np.random.Generator, tasks: int = 12, uneven: bool = False, weight: Array | None = None
) -> Tasks:
    """Let people with tastes B (N, K) choose among three profiles, or two to four in one to `tasks` tasks if uneven."""
    N, K = B.shape
    count = rng.integers(2, tasks + 1, N) if uneven else np.full(N, tasks)
    length = rng.integers(2, 5, count.sum()) if uneven else np.full(count.sum(), 3)
    row = np.concatenate([[0], np.cumsum(length)])
    X = rng.choice([-1.0, 0.0, 1.0], (row[-1], K))
    of_row = np.repeat(np.repeat(np.arange(N), count), length)
    U = (X * B[of_row]).sum(axis=1) + rng.gumbel(size=len(X))
    chosen = np.array([a + int(U[a:b].argmax()) for a, b in pairwise(row)])
    return Tasks(X, row, chosen, np.concatenate([[0], np.cumsum(count)]), np.ones(N) if weight is None else weight)


def of_classes(classes: int, rng: np.random.Generator, people: int = 300) -> Tasks:
    """Let people of some classes of equal size choose."""
    return choose(APART[rng.integers(classes, size=people)], rng)
