"""Tasks with known tastes, and the published experiment on cars."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt

from halfstep.logit.tasks import Tasks

Array = npt.NDArray[np.float64]


def choose(X: Array, beta: Array, sizes: npt.NDArray[np.int64], rng: np.random.Generator) -> Tasks:
    """People who each face as many tasks; `sizes` is the number of alternatives of each task, `beta` (N, K)."""
    row = np.concatenate([[0], np.cumsum(sizes)])
    many = len(sizes) // len(beta)
    person = np.repeat(np.repeat(np.arange(len(beta)), many), sizes)
    U = (X * beta[person]).sum(1) + rng.gumbel(size=len(X))
    chosen = np.array([first + int(np.argmax(U[first:end])) for first, end in pairwise(row)])
    return Tasks(X, row, chosen, np.arange(len(beta) + 1) * many, np.ones(len(beta)))


def people(beta: Array, tasks: int = 8, alternatives: int = 3, seed: int = 0) -> Tasks:
    rng = np.random.default_rng(seed)
    sizes = np.full(len(beta) * tasks, alternatives)
    return choose(rng.normal(size=(int(sizes.sum()), beta.shape[1])), beta, sizes, rng)


def uneven(N: int = 12, K: int = 4, seed: int = 0) -> Tasks:
    """Tasks of two to five alternatives, and people of different weights."""
    rng = np.random.default_rng(seed)
    sizes = rng.integers(2, 6, N * 4)
    beta = np.linspace(-1, 1, K) + rng.normal(size=(N, K)) * 0.7
    made = choose(rng.normal(size=(int(sizes.sum()), K)), beta, sizes, rng)
    return Tasks(made.X, made.row, made.chosen, made.task, rng.uniform(0.5, 2.0, N))


def cars(folder: Path) -> tuple[Tasks, list[str]]:
    """The experiment of Helveston et al. (2015), American half: tasks, and names of the columns."""
    lines = (folder / "conjoint_cars" / "us_cars.csv").read_text(encoding="utf-8").split()
    head = lines[0].split(",")
    table = dict(zip(head, np.array([line.split(",") for line in lines[1:]], dtype=np.float64).T, strict=True))
    names = [name for name in head if name not in ("id", "obsnum", "choice", "weights")]
    person, key = table["id"], table["id"] * 1e6 + table["obsnum"]
    row = np.concatenate([[0], np.flatnonzero(np.diff(key)) + 1, [len(key)]])
    of_task = person[row[:-1]]
    task = np.concatenate([[0], np.flatnonzero(np.diff(of_task)) + 1, [len(of_task)]])
    X = np.ascontiguousarray(np.column_stack([table[name] for name in names]))
    return Tasks(X, row, np.flatnonzero(table["choice"]), task, table["weights"][row[task[:-1]]]), names
