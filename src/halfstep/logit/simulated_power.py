"""How often a gap is seen when whole experiments are simulated: what the stated power is held against."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from halfstep.logit.covariance import covariance
from halfstep.logit.design import Design
from halfstep.logit.mnl import fit_multinomial
from halfstep.logit.money import Money, in_money
from halfstep.logit.power import Contrast
from halfstep.logit.tasks import Array, Tasks

__all__ = ["Trials", "simulate_interval", "simulate_tasks", "simulated_power"]


@dataclass(frozen=True, slots=True)
class Trials:
    """How many experiments, and when one shows the gap: its interval of this coverage lies above the threshold."""

    runs: int = 400
    level: float = 0.90
    threshold: float = 0.0


def simulate_tasks(design: Design, b: Array, n: int, rng: np.random.Generator) -> Tasks:
    """Return the tasks of n respondents, versions in turn.

    Parameters
    ----------
    b
        Tastes, shape (K,) of all or (n, K) of each respondent.
    """
    X = design.X
    versions, each, rows, K = X.shape
    shown = X[np.arange(n) % versions]
    u = np.einsum("ntjk,nk->ntj", shown, np.broadcast_to(b, (n, K))) + rng.gumbel(size=(n, each, rows))
    row = np.arange(n * each + 1) * rows
    return Tasks(
        X=np.ascontiguousarray(shown.reshape(-1, K)),
        row=row,
        chosen=row[:-1] + u.argmax(axis=2).ravel(),
        task=np.arange(n + 1) * each,
        weight=np.ones(n),
    )


def simulate_interval(
    design: Design, b: Array, contrast: Contrast, n: int, rng: np.random.Generator, level: float = 0.90
) -> Money | None:
    """Return the gap that one simulated experiment of n respondents tells, errors by respondent.

    None where a column foretells the choices or the price taste is not told to be below zero: nothing is seen then.

    Parameters
    ----------
    b
        As in `simulate_tasks`.
    """
    tasks = simulate_tasks(design, b, n, rng)
    fit = fit_multinomial(tasks)
    if fit.trouble:
        return None
    return in_money(contrast.weights, fit.b, covariance(fit, tasks), contrast.price, (n - 1.0, level))


def simulated_power(
    design: Design, b: Array, contrast: Contrast, n: int, trials: Trials, rng: np.random.Generator
) -> float:
    """Return the share of simulated experiments of n respondents that show the gap."""
    told = (simulate_interval(design, b, contrast, n, rng, trials.level) for _ in range(trials.runs))
    return sum(found is not None and found.lo > trials.threshold for found in told) / trials.runs
