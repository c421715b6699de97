"""Which tasks to show: at random, or with the least error for tastes that are expected.

McFadden (1974); Huber & Zwerina (1996), Journal of Marketing Research 33(3), 307-317; several versions: Sandor & Wedel (2005),
Marketing Science 24(4), 588-596.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from halfstep.core.errors import MisuseError
from halfstep.logit.profiles import Plan, candidates, draw_tasks
from halfstep.logit.tasks import Array, Codes

__all__ = ["Design", "d_error", "efficient_design", "information", "random_design", "with_tastes"]

SWEEPS, GAIN = 12, 1e-2
"""Passes over all tasks; a pass that raises the log determinant by less is the last."""
FEW = 150
"""Profiles up to which each is tried in each place; of more, those that differ from the one there in one factor."""
RIDGE = 1e-6
ROUNDING = 1e-9
"""Gains that are alike up to this are ties: else rounding, which differs between machines, would choose the tasks."""
COMPARED = 5
"""Random designs whose mean D-error is what an efficient one is compared with."""


@dataclass(frozen=True, slots=True, eq=False)
class Design:
    """Tasks to be shown.

    Attributes
    ----------
    codes
        Levels, shape (versions, tasks, alternatives, factors).
    d_error
        det(information of a respondent)^(-1/K) at the tastes it was made for; infinite where some taste cannot be told.
    random
        The same of designs drawn at random, on average; NaN for one that was itself drawn so.
    """

    plan: Plan
    codes: Codes
    d_error: float
    random: float = float("nan")

    @property
    def X(self) -> Array:
        """Columns of all rows, shape (versions, tasks, J, K); "none" is the last row of its task."""
        shape = self.codes.shape
        rows = self.plan.rows(self.codes.reshape(-1, *shape[2:]))
        return rows.reshape(*shape[:2], *rows.shape[1:])

    def information(self, b: Array) -> Array:
        """Return the information that a respondent brings at tastes b, versions alike often, shape (K, K)."""
        X = self.X
        return _information(X.reshape(-1, *X.shape[2:]), b) / len(X)


def information(X: Array, row: Codes, b: Array) -> Array:
    """Return the information of tasks at tastes b, the sum of X'(diag p - pp')X over tasks, shape (K, K).

    Parameters
    ----------
    X, row
        As in `Tasks`.
    """
    start, size = row[:-1], np.diff(row)
    u = X @ b
    e = np.exp(u - np.repeat(np.maximum.reduceat(u, start), size))
    p = e / np.repeat(np.add.reduceat(e, start), size)
    mean = np.add.reduceat(p[:, None] * X, start, axis=0)
    Z = np.sqrt(p)[:, None] * (X - np.repeat(mean, size, axis=0))
    return np.asarray(Z.T @ Z)


def d_error(matrix: Array) -> float:
    """Return det(information)^(-1/K); infinite where it has no inverse."""
    spread = np.sqrt(np.diag(matrix))
    if not (spread > 0).all() or np.linalg.matrix_rank(matrix / np.outer(spread, spread), hermitian=True) < len(matrix):
        return float("inf")
    return float(np.exp(-np.linalg.slogdet(matrix)[1] / len(matrix)))


def with_tastes(plan: Plan, codes: Codes, b: Array, random: float = float("nan")) -> Design:
    """Return tasks as a design, its D-error at tastes b."""
    if len(b) != len(plan.columns):
        raise MisuseError(f"expected a taste for each of {', '.join(plan.columns)}; got {len(b)}")
    rows = plan.rows(codes.reshape(-1, *codes.shape[2:]))
    return Design(plan, codes, d_error(_information(rows, b) / len(codes)), random)


def random_design(plan: Plan, b: Array, rng: np.random.Generator) -> Design:
    """Return a design of profiles drawn at random, each alike likely; no twins in a task, no dominated alternatives."""
    return with_tastes(plan, _versions(plan, draw_tasks(plan, plan.versions * plan.tasks, rng)), b)


def efficient_design(plan: Plan, b: Array, rng: np.random.Generator) -> Design:
    """Return a design with a small D-error at tastes b.

    Profiles of a random design are exchanged one by one (modified Fedorov; with many candidates one factor at a time) for as
    long as the determinant of the information of all versions together rises; then the order of versions' tasks and of
    alternatives is drawn.

    Parameters
    ----------
    b
        Taste for each column of the plan.
    """
    drawn = [random_design(plan, b, rng) for _ in range(COMPARED)]
    tasks = drawn[0].codes.reshape(-1, *drawn[0].codes.shape[2:]).copy()
    scale = np.maximum(plan.rows(tasks).reshape(-1, len(b)).std(axis=0), 1e-12)
    listed = candidates(plan)
    every = listed if listed is not None and len(listed) <= FEW else None
    search = _Search(plan, b * scale, scale, every)
    value = -np.inf
    for _ in range(SWEEPS):
        before, value = value, search.sweep(tasks)
        if value - before < GAIN:
            break
    tasks = _reordered(tasks[rng.permutation(len(tasks))], rng)
    return with_tastes(plan, _versions(plan, tasks), b, float(np.mean([design.d_error for design in drawn])))


@dataclass(frozen=True, slots=True, eq=False)
class _Search:
    """The exchange, in columns of unit spread."""

    plan: Plan
    b: Array
    scale: Array
    every: Codes | None

    def sweep(self, tasks: Codes) -> float:
        """Improve every profile once, in place; return the log determinant reached."""
        X = self.plan.rows(tasks) / self.scale
        whole = _information(X, self.b)
        ridge = RIDGE * np.eye(len(self.b))
        shown = _shown(tasks, self.plan)
        for t in range(len(tasks)):
            rest = whole - _information(X[t][None], self.b)
            inverse = np.asarray(np.linalg.inv(rest + ridge), dtype=np.float64)
            for j in range(self.plan.alternatives):
                moves = self._moves(tasks[t], j, shown)
                tried = np.empty((len(moves) + 1, *X[t].shape))
                tried[:] = X[t]
                tried[1:, j] = self.plan.coded(moves) / self.scale
                best = int(np.argmax(self._gains(tried, inverse)))
                if best:
                    factor = np.arange(len(self.plan.factors))
                    shown[factor, tasks[t, j]] -= 1
                    shown[factor, moves[best - 1]] += 1
                    tasks[t, j], X[t] = moves[best - 1], tried[best]
            whole = rest + _information(X[t][None], self.b)
        return float(np.linalg.slogdet(whole + ridge)[1])

    def _gains(self, X: Array, inverse: Array) -> Array:
        """Return how much each form of a task raises the log determinant, rounded; what is there comes first and wins ties."""
        Z = _centred(X, self.b)
        gains = np.linalg.slogdet(np.eye(Z.shape[1]) + Z @ inverse @ Z.transpose(0, 2, 1))[1]
        gains[1:] -= ROUNDING
        return np.asarray(np.round(gains / ROUNDING))

    def _moves(self, task: Codes, j: int, shown: Codes) -> Codes:
        """Return the profiles that may stand in place j of a task; a level that is shown rarely stays."""
        moves = self._neighbours(task[j]) if self.every is None else self.every
        even = shown.sum(axis=1) / self.plan.levels
        rare = shown[np.arange(len(even)), task[j]] <= self.plan.balance * even
        moves = moves[~((moves != task[j]) & rare).any(axis=1)]
        others = np.delete(task, j, axis=0)[None]
        poor = self.plan.dominates(moves[:, None], others) | self.plan.dominates(others, moves[:, None])
        return np.asarray(moves[~poor.any(axis=1)])

    def _neighbours(self, profile: Codes) -> Codes:
        levels = self.plan.levels
        factor = np.repeat(np.arange(len(levels)), levels)
        moves = np.repeat(profile[None], len(factor), axis=0)
        moves[np.arange(len(factor)), factor] = np.concatenate([np.arange(n) for n in levels])
        return moves[self.plan.allowed(moves)]


def _centred(X: Array, b: Array) -> Array:
    """Return sqrt(p) (x - mean x) of tasks, shape (n, J, K)."""
    u = X @ b
    p = np.exp(u - u.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    return np.asarray(np.sqrt(p)[..., None] * (X - (p[:, None, :] @ X)))


def _information(X: Array, b: Array) -> Array:
    Z = _centred(X, b).reshape(-1, len(b))
    return np.asarray(Z.T @ Z)


def _shown(tasks: Codes, plan: Plan) -> Codes:
    """Return how often each level is shown, shape (factors, most levels)."""
    return np.array([np.bincount(tasks[..., f].ravel(), minlength=plan.levels.max()) for f in range(len(plan.factors))])


def _reordered(tasks: Codes, rng: np.random.Generator) -> Codes:
    order = np.argsort(rng.random(tasks.shape[:2]), axis=1)
    return np.take_along_axis(tasks, order[:, :, None], axis=1)


def _versions(plan: Plan, tasks: Codes) -> Codes:
    return tasks.reshape(plan.versions, plan.tasks, plan.alternatives, len(plan.factors))
