"""What a mixed logit says of people whom it has not seen."""

from __future__ import annotations

from halfstep.logit.points import points
from halfstep.logit.records import MixedFit
from halfstep.logit.tasks import Array, Tasks
from halfstep.logit.tastes import layout
from halfstep.native import kernel
from halfstep.native.panel import Panel

__all__ = ["people_loglik"]


def people_loglik(fit: MixedFit, tasks: Tasks) -> Array:
    """Return the simulated log likelihood of each person's choices, unweighted; shape (N,)."""
    at = layout(fit.spec, tasks.K)
    D, row = tasks.differences()
    panel = Panel(D, row, tasks.task, points(tasks.N, len(at.columns), fit.spec))
    return kernel().panel(panel, at.shape(fit.theta)).loglik
