"""What a mixed logit says of people whom it has not seen, and of further choices of people whom it has."""

from __future__ import annotations

import numpy as np

from halfstep.core.config_choice import Distribution
from halfstep.logit.classes import Rival
from halfstep.logit.heldout import Split
from halfstep.logit.mixed import fit_mixed
from halfstep.logit.points import points
from halfstep.logit.records import MixedFit, MixedSpec
from halfstep.logit.tasks import Array, Codes, Tasks
from halfstep.logit.tastes import coefficients, layout
from halfstep.native import kernel
from halfstep.native.panel import Panel

__all__ = ["foretell_rows", "people_loglik", "without_classes"]


def without_classes(price: int, draws: int, seed: int) -> Rival:
    """Return the rival of classes: tastes that differ without any, normal, that for price lognormal and negative."""

    def foretell(fitted: Tasks, ahead: Tasks) -> Array:
        shapes: list[Distribution] = ["normal"] * fitted.K
        sign = [1] * fitted.K
        shapes[price], sign[price] = "lognormal", -1
        return people_loglik(
            fit_mixed(fitted, MixedSpec(tuple(shapes), tuple(sign), price, draws=draws, seed=seed), 1), ahead
        )

    return foretell


def people_loglik(fit: MixedFit, tasks: Tasks) -> Array:
    """Return the simulated log likelihood of each person's choices, unweighted; shape (N,)."""
    at = layout(fit.spec, tasks.K)
    D, row = tasks.differences()
    panel = Panel(D, row, tasks.task, points(tasks.N, len(at.columns), fit.spec))
    return kernel().panel(panel, at.shape(fit.theta)).loglik


def foretell_rows(fit: MixedFit, split: Split) -> Array:
    """Return the probability that each row foretold is chosen by its person, given that person's fitted tasks; shape (n,).

    Draws of tastes are each person's own, weighed by how well they foretell what the person chose before (Revelt & Train
    2000); probabilities are averaged, not tastes. `halfstep.logit.heldout.foretell` has one set of draws for all, whose noise
    does not average out over people.
    """
    at, seen, ahead = layout(fit.spec, split.fitted.K), split.fitted, split.foretold
    Z = points(seen.N, len(at.columns), fit.spec)
    D, row = seen.differences()
    out = np.empty(len(ahead.X))
    for i, person in enumerate(split.person):
        beta = coefficients(at, fit.theta, Z[person])
        own = row[seen.task[person] : seen.task[person + 1] + 1]
        loglik = _chosen(D[own[0] : own[-1]] @ beta.T, own - own[0])
        weight = np.exp(loglik - loglik.max())
        ends = ahead.row[ahead.task[i] : ahead.task[i + 1] + 1]
        P = _within(ahead.X[ends[0] : ends[-1]] @ beta.T, ends - ends[0])
        out[ends[0] : ends[-1]] = P @ (weight / weight.sum())
    return out


def _chosen(V: Array, row: Codes) -> Array:
    """Return the log probability of what was chosen in all tasks by each draw, from differences V, (rows, R)."""
    top = np.maximum(np.maximum.reduceat(V, row[:-1]), 0.0)
    e = np.exp(V - np.repeat(top, np.diff(row), axis=0))
    return np.asarray(-(top + np.log(np.exp(-top) + np.add.reduceat(e, row[:-1]))).sum(axis=0))


def _within(V: Array, row: Codes) -> Array:
    """Return logit probabilities of rows within their tasks by each draw, (rows, R)."""
    length = np.diff(row)
    e = np.exp(V - np.repeat(np.maximum.reduceat(V, row[:-1]), length, axis=0))
    return np.asarray(e / np.repeat(np.add.reduceat(e, row[:-1]), length, axis=0))
