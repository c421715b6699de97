"""How large a unit's misses are, so that noisy units and quiet ones can be ranked together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import digamma, polygamma

__all__ = ["Prior", "pool", "raw_scale", "trigamma_inverse"]

Array = npt.NDArray[np.float64]

TINY = 1e-12
MANY = 1e6
"""Prior degrees of freedom from which units count as equally noisy."""


@dataclass(frozen=True, slots=True)
class Prior:
    """Distribution of the units' variances: scaled inverse chi-squared with `freedom` degrees of freedom."""

    freedom: float


def raw_scale(gap: Array, start: int) -> Array:
    """Return the root mean square of each unit's gap before a date; gap (M, stop), result (M,)."""
    return np.asarray(np.sqrt((gap[:, :start] ** 2).mean(axis=1)))


def trigamma_inverse(value: float) -> float:
    """Return x with trigamma(x) = value, by Newton's method (Smyth 2004, appendix)."""
    if value > 1e7:
        return float(1.0 / np.sqrt(value))
    if value < 1e-6:
        return 1.0 / value
    x = 0.5 + 1.0 / value
    for _ in range(50):
        tri = float(polygamma(1, x))
        step = tri * (1 - tri / value) / float(polygamma(2, x))
        x += step
        if -step / x < 1e-10:
            break
    return x


def pool(raw: list[Array], freedom: list[int]) -> tuple[list[Array], Prior]:
    """Return scales drawn towards those of the other units at the same date.

    Parameters
    ----------
    raw
        Scales of the units at each date.
    freedom
        Degrees of freedom of a scale at each date.

    Returns
    -------
    scales
        ``max(s^2, (d0 s0^2 + d s^2) / (d0 + d))^(1/2)`` with the moment estimators of d0 and s0 of Smyth (2004), d0 one
        number for all dates, s0 one a date. The larger of a unit's own variance and the pooled one is taken: a unit that is
        noisier than the rest would otherwise be measured by the quiet ones, and be an outlier at every date.
    prior
        What was found of how units differ.
    """
    floor = TINY * max((float(r.max(initial=0.0)) for r in raw), default=0.0) + np.finfo(float).tiny
    raw = [np.maximum(r, floor) for r in raw]
    logs = [2 * np.log(r) - digamma(d / 2) + np.log(d / 2) for r, d in zip(raw, freedom, strict=True)]
    left = sum(len(e) - 1 for e in logs)
    d0 = 0.0
    if left > 0:
        between = sum(
            float(((e - e.mean()) ** 2).sum()) - (len(e) - 1) * float(polygamma(1, d / 2))
            for e, d in zip(logs, freedom, strict=True)
        )
        d0 = min(2 * trigamma_inverse(between / left), MANY) if between > 0 else MANY
    scales = []
    for r, e, d in zip(raw, logs, freedom, strict=True):
        s0 = np.exp(e.mean() + digamma(d0 / 2) - np.log(d0 / 2)) if d0 else 0.0
        scales.append(np.sqrt(np.maximum(r**2, (d0 * s0 + d * r**2) / (d0 + d))))
    return scales, Prior(d0)
