"""The one question every estimator answers, and the one form of its answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from halfstep.core.errors import MisuseError

__all__ = ["Case", "Estimator", "Fits"]

Array = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """What would each of some units have shown from a date on, had nothing happened then?

    Attributes
    ----------
    y
        Outcomes of N units in T periods, on the scale of the analysis (often logarithms); complete; shape (N, T).
    treated
        The M units asked about, each by itself: none is its own donor, and none is a donor of another unless `donors`
        says so; shape (M,).
    donors
        Units that may stand for what would have been; shape (N,).
    start
        First period that may be affected; the periods before it, 0 to ``start - 1``, are the pre-periods.
    stop
        End, exclusive, of the periods asked about; nothing from `stop` on may be looked at.
    """

    y: Array
    treated: Ints
    donors: Mask
    start: int
    stop: int

    def __post_init__(self) -> None:
        """Refuse holes, and dates outside the sample."""
        if self.y.ndim != 2 or self.donors.shape != self.y.shape[:1]:
            raise MisuseError(f"expected y (N, T) and donors (N,), got {self.y.shape} and {self.donors.shape}")
        if not 0 < self.start < self.stop <= self.y.shape[1]:
            raise MisuseError(
                f"expected 0 < start < stop <= {self.y.shape[1]}, got {self.start} and {self.stop}: "
                "the event must lie inside the sample"
            )
        if not np.isfinite(self.y[:, : self.stop]).all():
            raise MisuseError("expected outcomes without gaps: leave out units or periods with blank cells first")

    @property
    def pool(self) -> Mask:
        """Donors of each unit asked about: all donors but itself; shape (M, N)."""
        pool = np.repeat(self.donors[None, :], len(self.treated), axis=0)
        pool[np.arange(len(self.treated)), self.treated] = False
        return pool


@dataclass(frozen=True, slots=True, eq=False)
class Fits:
    """Answers to a `Case`.

    Attributes
    ----------
    gap
        Observed minus counterfactual, before and after the date; shape (M, stop).
    se
        The estimator's own standard error of the gap, where it has one; shape (M, stop), or None.
    weights
        Weights of the donors, where the estimator has them; shape (M, N), or None.
    """

    gap: Array
    se: Array | None = None
    weights: Array | None = None


Estimator = Callable[[Case], Fits]
