"""What an experiment may show: factors and their levels, combinations that are never shown, alternatives that nobody would take."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from halfstep.core.errors import MisuseError
from halfstep.logit.tasks import Array, Codes

__all__ = ["Factor", "Plan", "candidates", "draw_tasks", "dummies", "numeric"]

Mask = npt.NDArray[np.bool_]
ENUMERATED = 100_000
"""Combinations up to which all are listed."""
ROUNDS, BATCH = 200, 4096


@dataclass(frozen=True, slots=True, eq=False)
class Factor:
    """One thing that profiles differ in: brand, price, an attribute.

    Attributes
    ----------
    columns
        Names of its columns of X, length k.
    coded
        Value of each level in them, shape (levels, k).
    better
        1 or -1 where every buyer wants more or less of a number, else 0.
    """

    name: str
    columns: tuple[str, ...]
    coded: Array
    better: int = 0


def numeric(name: str, values: Array, better: int = 0) -> Factor:
    """Return a factor with one column, its value."""
    return Factor(name, (name,), np.asarray(values, dtype=np.float64)[:, None], better)


def dummies(name: str, columns: tuple[str, ...], base: int = 0) -> Factor:
    """Return a factor with a 0/1 column for each level but the base; `columns` names all levels."""
    kept = [level for level in range(len(columns)) if level != base]
    return Factor(name, tuple(columns[level] for level in kept), np.eye(len(columns))[:, kept])


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """An experiment as it is asked for.

    Attributes
    ----------
    prohibited
        Combinations never shown: pairs (factor, level) that do not occur together.
    none
        Whether "none of these" is offered; it is one more row of every task, and the last column of X.
    balance
        Part of an even share of the profiles in which an efficient design shows every level at least. Errors alone would show
        the ends of a number only, and nobody could see whether its worth is a straight line.
    """

    factors: tuple[Factor, ...]
    tasks: int
    alternatives: int
    versions: int = 1
    none: bool = False
    prohibited: tuple[tuple[tuple[int, int], ...], ...] = ()
    balance: float = 0.5

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the columns of X."""
        return tuple(c for factor in self.factors for c in factor.columns) + ("none",) * self.none

    @property
    def levels(self) -> Codes:
        """Levels of each factor."""
        return np.array([len(factor.coded) for factor in self.factors])

    def coded(self, codes: Codes) -> Array:
        """Return the columns of profiles, shape (..., K), from their levels, shape (..., factors)."""
        parts = [factor.coded[codes[..., f]] for f, factor in enumerate(self.factors)]
        if self.none:
            parts.append(np.zeros((*codes.shape[:-1], 1)))
        return np.concatenate(parts, axis=-1)

    def rows(self, codes: Codes) -> Array:
        """Return X of tasks, shape (n, J, K), "none" as their last row; `codes` has shape (n, alternatives, factors)."""
        X = self.coded(codes)
        if not self.none:
            return X
        refusal = np.zeros((len(X), 1, X.shape[-1]))
        refusal[..., -1] = 1.0
        return np.concatenate([X, refusal], axis=1)

    def allowed(self, codes: Codes) -> Mask:
        """Return which profiles, shape (..., factors), hold no prohibited combination."""
        fine = np.ones(codes.shape[:-1], dtype=bool)
        for combination in self.prohibited:
            fine &= ~np.all([codes[..., f] == level for f, level in combination], axis=0)
        return fine

    def dominates(self, one: Codes, other: Codes) -> Mask:
        """Return where every buyer takes `one` at least as gladly as `other`; two profiles alike dominate each other."""
        over = np.ones(np.broadcast_shapes(one.shape, other.shape)[:-1], dtype=bool)
        for f, factor in enumerate(self.factors):
            if factor.better == 0:
                over &= one[..., f] == other[..., f]
            else:
                value = factor.better * factor.coded[:, 0]
                over &= value[one[..., f]] >= value[other[..., f]]
        return over

    def twins(self, codes: Codes) -> Mask:
        """Return which tasks, codes of shape (n, alternatives, factors), hold a profile twice."""
        same = (codes[:, :, None, :] == codes[:, None, :, :]).all(axis=-1)
        return np.asarray(same.sum(axis=(1, 2)) > codes.shape[1])

    def dominated(self, codes: Codes) -> Mask:
        """Return which tasks hold an alternative that another one dominates."""
        over = self.dominates(codes[:, :, None, :], codes[:, None, :, :])
        return np.asarray(over.sum(axis=(1, 2)) > codes.shape[1])


def candidates(plan: Plan) -> Codes | None:
    """Return all profiles that may be shown, shape (n, factors); None where there are too many to list."""
    if math.prod(plan.levels.tolist()) > ENUMERATED:
        return None
    grid = np.stack(np.meshgrid(*(np.arange(n) for n in plan.levels), indexing="ij"), axis=-1)
    every = grid.reshape(-1, len(plan.factors))
    return every[plan.allowed(every)]


def draw_tasks(plan: Plan, n: int, rng: np.random.Generator) -> Codes:
    """Return tasks drawn at random, shape (n, alternatives, factors).

    No profile is twice in a task, and no alternative is dominated unless nothing else is found.

    Raises
    ------
    MisuseError
        If fewer profiles are allowed than a task holds.
    """
    listed = candidates(plan)
    if listed is not None and len(listed) < plan.alternatives:
        raise MisuseError(f"expected {plan.alternatives} profiles or more that may be shown; {len(listed)} are left")
    tasks = _profiles(plan, listed, n, rng)
    for turn in range(ROUNDS):
        poor = plan.dominated(tasks) if turn < ROUNDS // 2 else plan.twins(tasks)
        if not poor.any():
            return tasks
        tasks[poor] = _profiles(plan, listed, int(poor.sum()), rng)
    return _distinct(plan, listed, tasks, rng)


def _distinct(plan: Plan, listed: Codes | None, tasks: Codes, rng: np.random.Generator) -> Codes:
    """Fill tasks that still hold a profile twice, where few may be shown, without replacement."""
    for t in np.flatnonzero(plan.twins(tasks)):
        pool = (
            np.unique(_profiles(plan, None, 50, rng).reshape(-1, tasks.shape[2]), axis=0) if listed is None else listed
        )
        if len(pool) < plan.alternatives:
            raise MisuseError(
                f"expected {plan.alternatives} profiles or more that may be shown; {len(pool)} were found"
            )
        tasks[t] = pool[rng.permutation(len(pool))[: plan.alternatives]]
    return tasks


def _profiles(plan: Plan, listed: Codes | None, n: int, rng: np.random.Generator) -> Codes:
    wanted = n * plan.alternatives
    shape = (n, plan.alternatives, len(plan.factors))
    if listed is not None:
        return listed[rng.integers(len(listed), size=wanted)].reshape(shape)
    found: list[Codes] = []
    for _ in range(ROUNDS):
        drawn = rng.integers(plan.levels, size=(max(BATCH, wanted), len(plan.factors)))
        found.append(drawn[plan.allowed(drawn)])
        if sum(map(len, found)) >= wanted:
            return np.concatenate(found)[:wanted].reshape(shape)
    raise MisuseError("expected profiles that may be shown; what is prohibited leaves next to none")
