"""Difference in differences: the donors' plain mean, shifted to the unit's own level before the date."""

from __future__ import annotations

import numpy as np

from halfstep.core.errors import MisuseError
from halfstep.counterfactual.case import Case, Fits

__all__ = ["differences"]


def differences(case: Case) -> Fits:
    """Take the unit's distance from the mean of its donors, less the mean of that distance in the pre-periods.

    Its plain mean from `start` on is the two-way estimate. It assumes that nothing but the event moved the unit otherwise
    than its donors: it stands beside the others, not among them.
    """
    pool = case.pool
    number = pool.sum(axis=1, keepdims=True)
    if not number.all():
        raise MisuseError("expected at least one donor, got none: name units that the event cannot have touched")
    weights = pool / number
    gap = case.y[case.treated, : case.stop] - weights @ case.y[:, : case.stop]
    return Fits(np.asarray(gap - gap[:, : case.start].mean(axis=1, keepdims=True)), None, weights)
