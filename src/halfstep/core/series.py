"""A labelled vector of estimates with its full covariance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from halfstep.core.errors import MisuseError
from halfstep.core.estimate import Origin, Tier

__all__ = ["Series"]

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Series:
    """Estimates that belong together (a path through time, the two halves along it, a curve over thresholds).

    The covariance is the full one, so that a later room may difference, smooth or draw the path without pretending
    that its points are independent.

    Attributes
    ----------
    id, what, unit, tier, origin
        As on `Point`.
    dims
        Names of the label's parts, e.g. ("period", "half").
    index
        One label per point, each with one part per dim; shape (N,).
    value, lo, hi
        Estimates and pointwise interval ends in `unit`; shape (N,).
    covariance
        Shape (N, N), in `unit` squared; None for a count without sampling error.
    freedom
        Degrees of freedom per point; shape (N,); None as above.
    n
        Observations behind each point; shape (N,).
    level
        Coverage of `lo`..`hi`, each point by itself.
    """

    id: str
    what: str
    unit: str
    tier: Tier
    origin: Origin
    dims: tuple[str, ...]
    index: tuple[tuple[str, ...], ...]
    value: Array
    lo: Array
    hi: Array
    n: npt.NDArray[np.int64]
    level: float
    covariance: Array | None = None
    freedom: Array | None = None

    def __post_init__(self) -> None:
        """Refuse shapes that do not belong together."""
        size = len(self.index)
        if not self.value.shape == self.lo.shape == self.hi.shape == self.n.shape == (size,):
            raise MisuseError(f"{self.id}: expected {size} values, bounds and counts, got {self.value.shape}")
        if self.covariance is not None and self.covariance.shape != (size, size):
            raise MisuseError(f"{self.id}: expected a {size} x {size} covariance, got {self.covariance.shape}")
        if any(len(label) != len(self.dims) for label in self.index):
            raise MisuseError(f"{self.id}: every label needs the parts {self.dims}")
