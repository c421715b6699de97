"""Choice tasks as arrays: the one record that every estimator of this floor takes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from halfstep.core.errors import MisuseError

__all__ = ["Array", "Codes", "Tasks"]

Array = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Tasks:
    """Tasks of N people: rows are alternatives, in blocks of a task; tasks are in blocks of a person.

    Utility is linear in the columns of X, price among them. "None of these" is a row like any other (zero but for its own
    column). A task in which the worst alternative was named is one more task with X negated: it is chosen with the logit
    probability of the least utility.

    Attributes
    ----------
    X
        Shape (n, K).
    row
        Offsets of the tasks' rows, shape (T + 1,).
    chosen
        Row that was chosen in each task, shape (T,).
    task
        Offsets of the people's tasks, shape (N + 1,).
    weight
        Of each person, above zero; shape (N,).
    """

    X: Array
    row: Codes
    chosen: Codes
    task: Codes
    weight: Array

    def __post_init__(self) -> None:
        """Refuse arrays that do not belong together."""
        whole = self.row[0] == 0 and self.row[-1] == len(self.X) and self.task[0] == 0 and self.task[-1] == self.T
        if not whole or len(self.chosen) != self.T or len(self.weight) != self.N:
            raise MisuseError(f"expected offsets that cover {len(self.X)} rows and {self.T} tasks of {self.N} people")
        if (np.diff(self.row) < 2).any() or (np.diff(self.task) < 1).any():
            raise MisuseError("expected two alternatives or more in every task, and a task or more of every person")
        if ((self.chosen < self.row[:-1]) | (self.chosen >= self.row[1:])).any():
            raise MisuseError("expected the chosen row inside its task")

    @property
    def N(self) -> int:
        """People."""
        return len(self.task) - 1

    @property
    def T(self) -> int:
        """Tasks of all people."""
        return len(self.row) - 1

    @property
    def K(self) -> int:
        """Columns."""
        return int(self.X.shape[1])

    @property
    def person(self) -> Codes:
        """Person of each task, shape (T,)."""
        return np.repeat(np.arange(self.N), np.diff(self.task))

    def only(self, tasks: npt.NDArray[np.bool_]) -> Tasks:
        """Return some tasks, mask of shape (T,); people who keep none are left out."""
        length, person = np.diff(self.row)[tasks], self.person[tasks]
        rows = np.repeat(tasks, np.diff(self.row))
        row = np.concatenate([[0], np.cumsum(length)])
        kept, counts = np.unique(person, return_counts=True)
        return Tasks(
            X=np.ascontiguousarray(self.X[rows]),
            row=row,
            chosen=(self.chosen - self.row[:-1])[tasks] + row[:-1],
            task=np.concatenate([[0], np.cumsum(counts)]),
            weight=self.weight[kept],
        )

    def of(self, people: npt.NDArray[np.bool_]) -> Tasks:
        """Return the tasks of some people, mask of shape (N,)."""
        return self.only(people[self.person])

    def using(self, X: Array) -> Tasks:
        """Return the same tasks with other columns, shape (n, K')."""
        return Tasks(np.ascontiguousarray(X, dtype=np.float64), self.row, self.chosen, self.task, self.weight)

    def differences(self) -> tuple[Array, Codes]:
        """Return the rows not chosen less the chosen one of their task, shape (n - T, K), and offsets, shape (T + 1,)."""
        other = np.ones(len(self.X), dtype=bool)
        other[self.chosen] = False
        of_task = np.repeat(np.arange(self.T), np.diff(self.row))
        D = (self.X - self.X[self.chosen][of_task])[other]
        return np.ascontiguousarray(D), self.row - np.arange(self.T + 1)
