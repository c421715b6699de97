"""What a set of tasks can tell, planned or fielded: which tastes, with what error; how levels are balanced and placed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from halfstep.logit.design import Design, d_error, information
from halfstep.logit.tasks import Array, Codes

__all__ = ["DesignCheck", "Shown", "check_design", "shown_by"]

Mask = npt.NDArray[np.bool_]

UNTOLD = 1e-8
"""Part of the largest eigenvalue, columns in units of their own error, below which a direction is not told."""
STILL = 1e-9
"""Part of a column's largest value below which its spread within tasks is rounding."""


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """Tasks as they are, or were, shown.

    Attributes
    ----------
    X, row
        As in `Tasks`; `columns` names the columns.
    levels
        Level of each row in each factor, rising with the number where it is one; -1 where none was shown. Shape (n, F).
    factors, better
        Name of each factor, and 1 or -1 where every buyer wants more or less of it, else 0.
    people
        Respondents (of a plan: versions) that the tasks are of.
    """

    X: Array
    row: Codes
    columns: tuple[str, ...]
    levels: Codes
    factors: tuple[str, ...]
    better: tuple[int, ...]
    people: int


@dataclass(frozen=True, slots=True, eq=False)
class DesignCheck:
    """What tasks can tell.

    Attributes
    ----------
    columns
        Names of the columns.
    information
        Of one respondent at the tastes asked for, shape (K, K).
    rank, untold
        Directions of taste that are told, and the columns that take part in one that is not.
    d_error
        det(information)^(-1/K), one respondent.
    se
        Of each column's taste with `n` respondents, NaN of those untold.
    counts
        Of each factor how often each level is shown.
    overlap
        Of each factor the share of pairs within tasks that are alike in it.
    twins, dominated
        Tasks that hold a profile twice; tasks with an alternative that nobody should take, where directions are known.
    prohibited
        Profiles with a combination that was not to be shown.
    correlation
        Of the columns among the profiles of a task, shape (K, K); NaN of a column that never varies among them.
    position
        Of each factor the largest distance between a level's share in one place of a task and over all places; NaN where tasks
        differ in length.
    """

    columns: tuple[str, ...]
    information: Array
    rank: int
    untold: tuple[str, ...]
    d_error: float
    n: int
    se: Array
    tasks: int
    counts: dict[str, tuple[int, ...]]
    overlap: dict[str, float]
    twins: int
    dominated: int
    prohibited: int
    correlation: Array
    position: dict[str, float]


def shown_by(design: Design) -> Shown:
    """Return the tasks of a design."""
    plan, X = design.plan, design.X
    codes = design.codes.reshape(-1, *design.codes.shape[2:])
    levels = np.full((*codes.shape[:1], X.shape[2], codes.shape[2]), -1)
    for f, factor in enumerate(plan.factors):
        single = factor.coded.shape[1] == 1 and len(factor.coded) > 2
        order = np.argsort(np.argsort(factor.coded[:, 0])) if single or factor.better else np.arange(len(factor.coded))
        levels[:, : codes.shape[1], f] = order[codes[..., f]]
    row = np.arange(len(codes) + 1) * X.shape[2]
    names = tuple(factor.name for factor in plan.factors)
    better = tuple(factor.better for factor in plan.factors)
    return Shown(
        X.reshape(-1, X.shape[-1]), row, plan.columns, levels.reshape(-1, levels.shape[2]), names, better, len(X)
    )


def check_design(
    shown: Shown, b: Array, n: int, prohibited: tuple[tuple[tuple[int, int], ...], ...] = ()
) -> DesignCheck:
    """Return what tasks can tell of tastes b with n respondents.

    Parameters
    ----------
    b
        Tastes at which errors are told; zero where nothing is expected.
    prohibited
        Combinations that were not to be shown: pairs (factor, level).
    """
    matrix = information(shown.X, shown.row, b) / shown.people
    still = np.isnan(np.diag(_correlation(shown.X, shown.row)))
    matrix[still] = matrix[:, still] = 0.0
    rank, untold, covariance = _inverse(matrix)
    se = np.sqrt(np.diag(covariance) / n)
    se[untold] = np.nan
    bad = np.zeros(len(shown.levels), dtype=bool)
    for combination in prohibited:
        bad |= np.all([shown.levels[:, f] == level for f, level in combination], axis=0)
    overlap, twins, dominated = _within(shown)
    size = np.diff(shown.row)
    return DesignCheck(
        shown.columns, matrix, rank, tuple(shown.columns[k] for k in untold), d_error(matrix), n, se, len(size),
        {name: tuple(np.bincount(x[x >= 0]).tolist()) for name, x in zip(shown.factors, shown.levels.T, strict=True)},
        overlap, twins, dominated, int(bad.sum()), _correlation(*_profiles(shown)), _positions(shown),
    )  # fmt: skip


def _inverse(matrix: Array) -> tuple[int, Codes, Array]:
    """Return the rank, the columns of directions that are not told, and a generalised inverse."""
    spread = np.sqrt(np.diag(matrix))
    scale = np.where(spread > 0, spread, 1.0)
    values, vectors = np.linalg.eigh(matrix / np.outer(scale, scale))
    told = values > UNTOLD * max(float(values[-1]), 1e-300)
    untold = np.flatnonzero((np.abs(vectors[:, ~told]) > 1e-6).any(axis=1))
    half = vectors[:, told] / np.sqrt(values[told])
    return int(told.sum()), untold, half @ half.T / np.outer(scale, scale)


def _blocks(shown: Shown) -> Iterator[Codes]:
    """Yield the rows of tasks of one length at a time, shape (tasks, length)."""
    size = np.diff(shown.row)
    for length in np.unique(size):
        yield shown.row[:-1][size == length][:, None] + np.arange(length)


def _within(shown: Shown) -> tuple[dict[str, float], int, int]:
    """Return the share of pairs alike in each factor, tasks with twins, tasks with a dominated alternative."""
    alike, pairs = np.zeros(len(shown.factors)), np.zeros(len(shown.factors))
    twins = dominated = 0
    better = np.array(shown.better)
    for rows in _blocks(shown):
        levels = shown.levels[rows]
        apart = ~np.eye(rows.shape[1], dtype=bool)
        one, other = levels[:, :, None], levels[:, None]
        both = ((one >= 0) & (other >= 0)) & apart[None, :, :, None]
        profile: Mask = np.asarray((levels >= 0).any(axis=2))
        real = profile[:, :, None] & profile[:, None] & apart
        same = one == other
        alike += (same & both).sum(axis=(0, 1, 2))
        pairs += both.sum(axis=(0, 1, 2))
        twins += int((same.all(axis=3) & real).any(axis=(1, 2)).sum())
        over = np.where(better == 0, same, (better * (one - other) >= 0) & ((one >= 0) == (other >= 0)))
        strict = over.all(axis=3) & ~same.all(axis=3) & real
        dominated += int(strict.any(axis=(1, 2)).sum())
    shares = np.divide(alike, pairs, out=np.full(len(alike), np.nan), where=pairs > 0)
    return dict(zip(shown.factors, shares.tolist(), strict=True)), twins, dominated


def _correlation(X: Array, row: Codes) -> Array:
    """Return the correlation of columns within tasks; NaN of those that never vary within one."""
    size = np.diff(row)
    centred = X - np.repeat(np.add.reduceat(X, row[:-1]) / size[:, None], size, axis=0)
    spread = np.sqrt((centred**2).sum(axis=0))
    safe = np.where(spread > STILL * np.sqrt(len(X)) * np.abs(X).max(axis=0), spread, np.nan)
    return np.asarray((centred.T @ centred) / np.outer(safe, safe))


def _profiles(shown: Shown) -> tuple[Array, Codes]:
    """Return X and offsets without the rows of "none"."""
    real = (shown.levels >= 0).any(axis=1)
    return shown.X[real], np.concatenate([[0], np.cumsum(np.add.reduceat(real.astype(np.int64), shown.row[:-1]))])


def _positions(shown: Shown) -> dict[str, float]:
    blocks = list(_blocks(shown))
    if len(blocks) != 1:
        return dict.fromkeys(shown.factors, float("nan"))
    out = {}
    for f, name in enumerate(shown.factors):
        placed = shown.levels[blocks[0], f]
        placed = placed[:, (placed >= 0).all(axis=0)]
        if not placed.size:
            out[name] = float("nan")
            continue
        shares = (placed[:, :, None] == np.arange(placed.max() + 1)).mean(axis=0)
        out[name] = float(np.abs(shares - shares.mean(axis=0)).max())
    return out
