"""Kalman recursion of log output for a whole grid of spreads, makers and own scales at once.

The season enters as a regression: what is filtered is the log figure and, beside it, each regressor, with one gain, so that the likelihood is a
quadratic in the season's coefficients and any prior on them can be put in afterwards (the augmented filter: Rosenberg 1973; de Jong 1991).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["Filtered", "Seen", "Spreads", "run"]

Array = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

WIDE = 100.0
"""Variance of the first level about the first figure, in log units squared: nothing is known of it."""


@dataclass(frozen=True, slots=True)
class Spreads:
    """Standard deviations in log units, one row a grid point, and the scales that makers may have of their own.

    Attributes
    ----------
    noise, level, slope, damping
        Of one month's figure, of the level's and the slope's monthly change, and the share of the slope left a month later; shape (G,).
    own
        Multiples of all three spreads that a maker may have, shape (K,).
    first_slope
        Standard deviation of a maker's slope in its first month.
    """

    noise: Array
    level: Array
    slope: Array
    damping: Array
    own: Array
    first_slope: float


@dataclass(frozen=True, slots=True)
class Seen:
    """What is filtered, one row a maker, one column a month.

    Attributes
    ----------
    data
        Log figure, then regressors, shape (M, T, C); anything where not seen.
    extra
        Variance added to the figure's own, shape (M, T).
    seen
        Whether there is a figure, shape (M, T).
    pieces
        Months that a figure is the mean of: 1 for a month, n for a sum over n blank months, told in the last of them; shape (M, T).
    opens, adds
        Whether a sum begins here, and whether this month is part of one; shape (M, T).
    begin, end
        First and last month of each maker, shape (M,); end < begin for a maker without figures.
    """

    data: Array
    extra: Array
    seen: Flags
    pieces: Array
    opens: Flags
    adds: Flags
    begin: npt.NDArray[np.int64]
    end: npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Filtered:
    """What the filter leaves; grid point, own scale and maker are the last axes, so that each step runs over memory in order.

    Attributes
    ----------
    products
        Sum over figures of innovations' outer products over their variance, shape (C, C, G, K, M).
    log_variance
        Sum of the innovations' log variances, shape (G, K, M).
    figures
        How many were seen, shape (M,).
    state
        Level, slope and running sum at each maker's last month, of the figure and of each regressor, shape (3, C, G, K, M).
    covariance
        Of that state, shape (3, 3, G, K, M).
    """

    products: Array
    log_variance: Array
    figures: npt.NDArray[np.int64]
    state: Array
    covariance: Array


def run(seen: Seen, spreads: Spreads) -> Filtered:
    """Filter every maker at every grid point and own scale.

    ``y_t = l_t + x_t' s + e_t``, ``l_t = l_(t-1) + phi b_(t-1) + h_t``, ``b_t = phi b_(t-1) + z_t``: the damped trend of Gardner & McKenzie
    (1985) in logs, that is a Gompertz path whose level and growth may also move. A sum over n blank months is read as the mean of their logs.

    Parameters
    ----------
    seen
        M makers, T months, C - 1 regressors.
    spreads
        G grid points, K own scales.
    """
    (makers, periods, columns), shape = seen.data.shape, (len(spreads.noise), len(spreads.own), seen.data.shape[0])
    state, covariance = np.zeros((3, columns, *shape)), np.zeros((3, 3, *shape))
    firsts = np.where(seen.seen.any(axis=1), np.argmax(seen.seen, axis=1), 0)
    state[0, 0] = np.where(seen.end >= seen.begin, seen.data[np.arange(makers), firsts, 0], 0.0)
    covariance[0, 0], covariance[1, 1] = WIDE, spreads.first_slope**2
    products, log_variance = np.zeros((columns, columns, *shape)), np.zeros(shape)
    scale = spreads.own[None, :, None] ** 2
    noise, level, slope = (s[:, None, None] ** 2 * scale for s in (spreads.noise, spreads.level, spreads.slope))
    summed = bool(seen.adds.any())
    for t in range(periods):
        moves = (t > seen.begin) & (t <= seen.end)
        if moves.any():
            _forward(state, covariance, spreads.damping[:, None, None], moves, (level * moves, slope * moves))
        if summed:
            _collect(state, covariance, seen.opens[:, t], seen.adds[:, t])
        if seen.seen[:, t].any():
            share = 1.0 / seen.pieces[:, t]
            month, total = np.where(share == 1.0, 1.0, 0.0), np.where(share < 1.0, share, 0.0)
            gain = covariance[:, 0] * month + covariance[:, 2] * total if summed else covariance[:, 0]
            variance = gain[0] * month + gain[2] * total + noise * share + seen.extra[:, t]
            expected = state[0] * month + state[2] * total if summed else state[0]
            innovation = seen.data[:, t].T[:, None, None, :] - expected
            weight = np.where(seen.seen[:, t], 1.0 / variance, 0.0)
            weighed = innovation * weight
            for j in range(3 if summed else 2):
                state[j] += gain[j] * weighed
            for j in range(columns):
                products[j, : j + 1] += weighed[j] * innovation[: j + 1]
            covariance -= gain[:, None] * (gain * weight)
            log_variance += np.where(seen.seen[:, t], np.log(variance), 0.0)
    for j in range(columns):
        products[:j, j] = products[j, :j]
    return Filtered(products, log_variance, seen.seen.sum(axis=1), state, covariance)


def _forward(state: Array, covariance: Array, damping: Array, moves: Flags, shocks: tuple[Array, Array]) -> None:
    """One month on, in place, for the makers that move; the running sum is as of the month before."""
    into, kept = damping * moves, np.where(moves, damping, 1.0)
    state[0] += into * state[1]
    state[1] *= kept
    covariance[0, 0] += into * (2.0 * covariance[0, 1] + into * covariance[1, 1]) + shocks[0]
    covariance[0, 1] = kept * (covariance[0, 1] + into * covariance[1, 1])
    covariance[1, 1] = kept**2 * covariance[1, 1] + shocks[1]
    covariance[0, 2] += into * covariance[1, 2]
    covariance[1, 2] *= kept
    for i, j in ((0, 1), (0, 2), (1, 2)):
        covariance[j, i] = covariance[i, j]


def _collect(state: Array, covariance: Array, opens: Flags, adds: Flags) -> None:
    """Begin a sum anew where one opens, and add this month's level where it is part of one, in place."""
    kept, add = 1.0 - opens, adds.astype(np.float64)
    state[2] = kept * state[2] + add * state[0]
    covariance[2, 2] = kept * covariance[2, 2] + add * (2.0 * kept * covariance[0, 2] + covariance[0, 0])
    for i in (0, 1):
        covariance[i, 2] = covariance[2, i] = kept * covariance[i, 2] + add * covariance[i, 0]
