"""Tasks that were not fitted, foretold: log loss and hits, models compared person by person, and the baseline of last shares."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from halfstep.core.errors import MisuseError
from halfstep.logit.tasks import Array, Codes, Tasks

__all__ = ["Comparison", "Scores", "Split", "compare", "foretell", "score", "share_baseline", "split_last"]

Mask = npt.NDArray[np.bool_]

_BEYOND = 1.96
_CELLS = 1 << 19


@dataclass(frozen=True, slots=True, eq=False)
class Split:
    """Tasks in two parts.

    Attributes
    ----------
    fitted
        Of all people.
    foretold
        The last tasks, of those who have more than one.
    person
        Place among all people of each of those in `foretold`.
    last
        Mask of the foretold among all tasks, shape (T,).
    rows
        The same of rows, shape (n,).
    """

    fitted: Tasks
    foretold: Tasks
    person: Codes
    last: Mask
    rows: Mask


@dataclass(frozen=True, slots=True, eq=False)
class Scores:
    """How well tasks are foretold.

    Attributes
    ----------
    log_loss, log_loss_error
        Minus the mean log probability of what was chosen, and its standard error, clustered by person.
    hit_rate, hit_rate_error
        Share of tasks in which the likeliest alternative was chosen (one of m equally likely counts 1 / m).
    by_chance
        Hit rate of blind guessing.
    loss
        Sum of log losses of each person, shape (N,).
    tasks
        Tasks of each, shape (N,).
    weight
        Of each, shape (N,).
    """

    log_loss: float
    log_loss_error: float
    hit_rate: float
    hit_rate_error: float
    by_chance: float
    loss: Array
    tasks: Codes
    weight: Array


@dataclass(frozen=True, slots=True)
class Comparison:
    """One model against another on the same tasks.

    Attributes
    ----------
    difference, error
        Log loss of the first less that of the second, and its standard error, paired by person; below zero the first is
        better.
    label
        "better", "worse", or "not better" where the difference is within 1.96 errors.
    """

    difference: float
    error: float
    label: str


def split_last(tasks: Tasks, last: int) -> Split:
    """Split off the last tasks of everybody; who has too few keeps one to be fitted.

    Raises
    ------
    MisuseError
        If nobody has a task to spare, or `last` is not above zero.
    """
    length = np.diff(tasks.task)
    if last < 1 or length.max() < 2:
        raise MisuseError(
            f"expected one task or more to foretell and people with two tasks or more; got {last}, {length.max()} at most"
        )
    kept = np.maximum(length - last, 1)
    held = np.arange(tasks.T) - tasks.task[:-1][tasks.person] >= kept[tasks.person]
    rows = np.repeat(held, np.diff(tasks.row))
    return Split(tasks.only(~held), tasks.only(held), np.flatnonzero(kept < length), held, rows)


def foretell(split: Split, B: Array, w: Array | None = None) -> Array:
    """Return the probability of each foretold row, each person's tastes weighed by what that person chose before.

    ``p_i(j) = sum_n w_n L_i(b_n) p_nj / sum_n w_n L_i(b_n)``, L_i being the likelihood of the person's fitted tasks (Train
    2009, ch. 11). B holds draws of people from a mixed logit, the classes of a latent-class fit with w their shares, or the
    one row of a plain logit.

    Parameters
    ----------
    B
        Tastes, shape (n, K).
    w
        Weights, shape (n,); equal if absent.
    """
    fitted, foretold = split.fitted, split.foretold
    log_w = np.zeros(len(B)) if w is None else np.log(np.maximum(w, np.finfo(float).tiny))
    of_person = np.repeat(np.arange(foretold.N), np.diff(foretold.task))
    of_row = np.repeat(of_person, np.diff(foretold.row))
    total, top = np.zeros(foretold.N), np.full(foretold.N, -np.inf)
    p = np.zeros(len(foretold.X))
    size = max(1, _CELLS // max(len(fitted.X), len(foretold.X)))
    for start in range(0, len(B), size):
        b = B[start : start + size]
        log_p = _log_logit(fitted, b)[fitted.chosen]
        log_l = np.add.reduceat(log_p, fitted.task[:-1], axis=0)[split.person] + log_w[start : start + size]
        higher = np.maximum(top, log_l.max(axis=1))
        kept, likely = np.exp(top - higher), np.exp(log_l - higher[:, None])
        p = p * kept[of_row] + (np.exp(_log_logit(foretold, b)) * likely[of_row]).sum(axis=1)
        total, top = total * kept + likely.sum(axis=1), higher
    return np.asarray(p / total[of_row])


def score(probability: Array, tasks: Tasks) -> Scores:
    """Score the probabilities of all rows against what was chosen.

    An alternative that was chosen though it was given no probability makes the log loss infinite.

    Examples
    --------
    >>> two = Tasks(np.eye(2)[[0, 1, 0, 1]], np.array([0, 2, 4]), np.array([0, 3]), np.array([0, 1, 2]), np.ones(2))
    >>> found = score(np.array([0.8, 0.2, 0.5, 0.5]), two)
    >>> round(found.log_loss, 3), found.hit_rate
    (0.458, 0.75)
    """
    if probability.shape != (len(tasks.X),):
        raise MisuseError(f"expected a probability for each of {len(tasks.X)} rows, got shape {probability.shape}")
    with np.errstate(divide="ignore"):
        loss = -np.log(probability[tasks.chosen])
    start, length = tasks.row[:-1], np.diff(tasks.row)
    top = np.maximum.reduceat(probability, start)
    equal = probability >= np.repeat(top, length) * (1 - 1e-12)
    hit = equal[tasks.chosen] / np.add.reduceat(equal.astype(np.float64), start)
    lost, won = np.add.reduceat(loss, tasks.task[:-1]), np.add.reduceat(hit, tasks.task[:-1])
    count = np.diff(tasks.task)
    log_loss, log_loss_error = _ratio(lost, count, tasks.weight)
    hit_rate, hit_rate_error = _ratio(won, count, tasks.weight)
    guessed = _ratio(np.add.reduceat(1.0 / length, tasks.task[:-1]), count, tasks.weight)[0]
    return Scores(log_loss, log_loss_error, hit_rate, hit_rate_error, guessed, lost, count, tasks.weight)


def compare(one: Scores, other: Scores) -> Comparison:
    """Compare two models on the same tasks, paired by person.

    Raises
    ------
    MisuseError
        If they were not scored on the same tasks.
    """
    if not np.array_equal(one.tasks, other.tasks) or not np.array_equal(one.weight, other.weight):
        raise MisuseError("expected two models scored on the same tasks of the same people")
    if not np.isfinite(one.log_loss) or not np.isfinite(other.log_loss):
        worse = not np.isfinite(one.log_loss)
        both = worse and not np.isfinite(other.log_loss)
        return Comparison(np.nan if both else one.log_loss - other.log_loss, np.nan, _unlike(both, worse))
    difference, error = _ratio(one.loss - other.loss, one.tasks, one.weight)
    if abs(difference) <= _BEYOND * error:
        return Comparison(difference, error, "not better")
    return Comparison(difference, error, "better" if difference < 0 else "worse")


def share_baseline(fitted: Tasks, foretold: Tasks, code_fitted: Codes, code_foretold: Codes) -> Array:
    """Return the probability of each foretold row by the shares of its code in the fitted tasks, shape (n',).

    A code's share is how often a row with it was chosen for each time it was offered, people weighted, with one more row of
    average luck; shares are then made to sum to one over each task. Whatever else the rows list is left out.

    Parameters
    ----------
    code_fitted, code_foretold
        Code of each row, from 0: its brand, or its place in the task where there is no brand.
    """
    if len(code_fitted) != len(fitted.X) or len(code_foretold) != len(foretold.X):
        raise MisuseError(f"expected a code a row: {len(fitted.X)} and {len(foretold.X)}")
    size = int(max(code_fitted.max(), code_foretold.max())) + 1
    of_task = fitted.weight[fitted.person] / fitted.weight.mean()
    won = np.bincount(code_fitted[fitted.chosen], weights=of_task, minlength=size)
    offered = np.bincount(code_fitted, weights=np.repeat(of_task, np.diff(fitted.row)), minlength=size)
    rate = (won + won.sum() / offered.sum()) / (offered + 1.0)
    p = rate[code_foretold]
    return np.asarray(p / np.repeat(np.add.reduceat(p, foretold.row[:-1]), np.diff(foretold.row)))


def _log_logit(tasks: Tasks, B: Array) -> Array:
    """Return the log probability of each row under each taste, shape (rows, n)."""
    U, length, start = tasks.X @ B.T, np.diff(tasks.row), tasks.row[:-1]
    U -= np.repeat(np.maximum.reduceat(U, start, axis=0), length, axis=0)
    total = np.add.reduceat(np.exp(U), start, axis=0)
    return np.asarray(U - np.repeat(np.log(total), length, axis=0))


def _ratio(x: Array, count: Codes, weight: Array) -> tuple[float, float]:
    """Return the weighted mean over tasks of what is summed by person, and its standard error by person."""
    size = float(weight @ count)
    mean = float(weight @ x) / size
    if len(x) < 2 or not np.isfinite(mean):
        return mean, float("nan")
    away = weight * (x - mean * count)
    return mean, float(np.sqrt((away @ away) * len(x) / (len(x) - 1))) / size


def _unlike(both: bool, worse: bool) -> str:
    return "not better" if both else "worse" if worse else "better"
