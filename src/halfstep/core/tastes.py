"""What buyers pay for, in one record whatever estimator it came from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from halfstep.core.check import Check
from halfstep.core.estimate import Origin, Tier

__all__ = ["Tastes"]

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Tastes:
    """Money's marginal utility, attribute tastes and brand terms of one lens, with their joint covariance.

    Attributes
    ----------
    lens
        "price", "demand" or "choice".
    nodes
        Segments or buyer nodes; ("all",) where tastes are common. Length S.
    labels
        Names of the parameters, each a pair (symbol, of what): ("alpha", ""), ("beta", "power"), ("theta", "a brand").
        Length P.
    value
        Estimates, shape (S, P).
    covariance
        Shape (S * P, S * P), node-major.
    contains
        Keys of what the brand term holds besides the name (unseen quality, cost, reach, ...).
    is_taste
        False for a hedonic, which prices attributes and is no taste.
    checks
        Diagnostics of the estimator.
    """

    lens: str
    nodes: tuple[str, ...]
    labels: tuple[tuple[str, str], ...]
    value: Array
    covariance: Array
    contains: tuple[str, ...]
    is_taste: bool
    tier: Tier
    origin: Origin
    checks: tuple[Check, ...] = ()
