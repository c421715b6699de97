"""A season that returns, estimated before the date in question only."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

__all__ = ["CYCLES", "without_season"]

Array = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

CYCLES = 2
"""Full cycles before a date without which no season is estimated."""


def without_season(y: Array, start: int, season: int, period: Ints | None = None) -> Array:
    """Return outcomes (N, T) less each unit's season.

    The season is one number a phase and unit, of mean zero, beside a straight line of time, by least squares on the periods
    before `start`. A fake date is treated like the event, so that placebos hold the error of this step too. `period` tells
    where the columns lie in time, if some were left out.
    """
    if season < 2 or start < CYCLES * season:
        return y
    t = np.arange(y.shape[1]) if period is None else period[: y.shape[1]]
    phase = np.eye(season)[t % season]
    # phases of mean zero: the level is the intercept's, the drift the line's
    X = np.column_stack([np.ones(len(t)), (t - t[:start].mean()) / start, phase[:, :-1] - phase[:, -1:]])
    beta = np.linalg.lstsq(X[:start], y[:, :start].T, rcond=None)[0]
    return np.asarray(y - (X[:, 2:] @ beta[2:]).T)
