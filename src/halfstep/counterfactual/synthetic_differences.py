"""Synthetic difference in differences: weights for units and for periods, and a difference of differences with them.

References
----------
Arkhangelsky, Athey, Hirshberg, Imbens & Wager (2021), American Economic Review 111(12), 4088-4118, algorithm 1.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from halfstep.core.errors import MisuseError
from halfstep.counterfactual.case import Case, Fits
from halfstep.counterfactual.simplex import Gram, simplex_weights, weights_of_rows

__all__ = ["donor_noise", "period_weights", "published_differences", "synthetic_differences"]

Array = npt.NDArray[np.float64]

_PERIOD_RIDGE = 1e-6
_FEW, _MANY = 100, 10_000
_DECREASE = 1e-5


def synthetic_differences(case: Case) -> Fits:
    """Fit the unit by its donors, and the periods asked about by the earlier ones, both on the simplex with intercepts.

    The gap is observed minus weighted donors, less its own pre-mean under the period weights: its plain mean from `start`
    on is the published estimate for one treated unit. Both sets of weights are exact optima. The published figure for
    California's Proposition 99, -15.604 (unrounded -15.6038), is not one: there Frank-Wolfe stops at its ten-thousandth
    step with the unit weights still moving. The optimum gives -15.6054, and so does Frank-Wolfe left to run;
    `published_differences` stops where they did.
    """
    early = case.y[:, : case.start]
    noise = donor_noise(case)
    rows = early - early.mean(axis=1, keepdims=True)
    weights = weights_of_rows(rows, case.treated, case.pool, _unit_ridge(case, noise))
    return _difference(case, weights, period_weights(case, noise))


def published_differences(case: Case) -> Fits:
    """Fit as the R package synthdid does: Frank-Wolfe, small weights set to zero after 100 steps, early stop.

    To compare with published figures; a hundred times as slow, and its answer depends on where it stops.
    """
    weights, periods = np.zeros(case.pool.shape), np.empty((len(case.treated), case.start))
    for k, (unit, noise) in enumerate(zip(case.treated, donor_noise(case), strict=True)):
        donors = np.flatnonzero(case.pool[k])
        early, late = case.y[:, : case.start], case.y[donors, case.start : case.stop].mean(axis=1)
        part, zeta = early[donors], (case.stop - case.start) ** 0.25 * noise
        stop = (_DECREASE * noise) ** 2
        weights[k, donors] = _frank_wolfe(part.T, early[unit], zeta, stop)
        periods[k] = _frank_wolfe(part, late, _PERIOD_RIDGE * noise, stop)
    return _difference(case, weights, periods)


def donor_noise(case: Case) -> Array:
    """Return the standard deviation of the donors' first differences in the pre-periods; shape (M,)."""
    pool = case.pool
    if not pool.any(axis=1).all():
        raise MisuseError("expected at least one donor, got none: name units that the event cannot have touched")
    steps = np.diff(case.y[:, : case.start], axis=1)
    steps -= steps[case.donors].mean() if steps.size else 0.0
    number = np.maximum(pool.sum(axis=1) * steps.shape[1], 1)
    mean = pool @ steps.sum(axis=1) / number
    squares = pool @ np.einsum("nt,nt->n", steps, steps) - number * mean**2
    return np.asarray(np.sqrt(np.maximum(squares, 0) / np.maximum(number - 1, 1)))


def period_weights(case: Case, noise: Array) -> Array:
    """Return the weights under which the pre-periods foretell, among donors, the mean of the periods asked about.

    A unit that is a donor of others is left out of its own pool. The Gram matrix of the periods is made once and the unit
    taken out of it, a change of rank one; where donors are fewer than periods, the columns themselves are at hand too.
    Shape (M, start).
    """
    y, start = case.y[case.donors, : case.stop], case.start
    columns = np.column_stack([y[:, :start], y[:, start:].mean(axis=1)])
    columns -= columns.mean(axis=0)
    whole = columns.T @ columns
    place, every = np.cumsum(case.donors) - 1, np.ones(start, dtype=np.bool_)
    weights = np.empty((len(case.treated), start))
    for k, unit in enumerate(case.treated):
        left = len(columns) - int(case.donors[unit])
        ridge = float((_PERIOD_RIDGE * noise[k]) ** 2 * left)
        own = np.zeros((1, start + 1)) if left == len(columns) else columns[[place[unit]]]
        if left > start:
            cross = whole - own.T @ own * (len(columns) / left)
            weights[k] = simplex_weights(Gram.of_matrix(cross[:-1, :-1]), cross[:-1, -1], every, ridge)
            continue
        part = columns if left == len(columns) else np.delete(columns, place[unit], axis=0)
        part = (part - part.mean(axis=0)).T
        gram = Gram.of_rows(part[:-1], 1)
        weights[k] = simplex_weights(gram, part[:-1] @ part[-1], every, ridge, part[-1])
    return weights


def _unit_ridge(case: Case, noise: Array) -> Array:
    """Return ``zeta^2 T_pre`` with ``zeta = (N_tr T_post)^(1/4) noise``, each unit by itself; shape (M,)."""
    return np.asarray(np.sqrt(case.stop - case.start) * noise**2 * case.start)


def _difference(case: Case, weights: Array, periods: Array) -> Fits:
    gap = case.y[case.treated, : case.stop] - weights @ case.y[:, : case.stop]
    before = np.einsum("mt,mt->m", gap[:, : case.start], periods)
    return Fits(np.asarray(gap - before[:, None]), None, weights)


def _frank_wolfe(columns: Array, target: Array, zeta: float, decrease: float) -> Array:
    """Minimise ``|columns w - target|^2 + n zeta^2 |w|^2`` with an intercept, in two rounds; n rows."""
    columns, target = columns - columns.mean(axis=0), target - target.mean()
    eta = len(columns) * zeta**2
    w = np.full(columns.shape[1], 1 / columns.shape[1])
    for steps in (_FEW, _MANY):
        loss = np.inf
        for taken in range(steps):
            error = columns @ w - target
            slope = error @ columns + eta * w
            into = int(slope.argmin())
            move = -w
            move[into] += 1
            change = columns @ move
            curve = float(change @ change + eta * (move @ move))
            w = w + (min(max(-float(slope @ move) / curve, 0.0), 1.0) if curve > 0 else 0.0) * move
            error = columns @ w - target
            former, loss = loss, float(error @ error) / len(columns) + zeta**2 * float(w @ w)
            if taken and former - loss <= decrease:
                break
        if steps == _FEW:
            w = np.where(w > w.max() / 4, w, 0.0)
            w = w / w.sum()
    return w
