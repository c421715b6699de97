"""Monthly units of makers: the tables `ramp` (the maker in question) and `ramps` (others, the reference class)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from halfstep.core.check import Guess

__all__ = ["Months"]


@dataclass(frozen=True, slots=True, eq=False)
class Months:
    """Units that makers handed over, by month.

    Attributes
    ----------
    makers
        Names of the M makers, in the order of the file.
    first
        Ordinal of the first of the T consecutive months (`core.period.Period` at frequency 12).
    units
        Shape (M, T); NaN where nothing is known: a missing month is not zero.
    known
        Ordinal of the day (`datetime.date.toordinal`) from which a figure may be used; shape (M, T), zero where there is none.
    rows
        Maker -> rows of the file.
    """

    file: str
    makers: tuple[str, ...]
    first: int
    units: npt.NDArray[np.float64]
    known: npt.NDArray[np.int64]
    rows: dict[str, tuple[int, ...]]
    guesses: tuple[Guess, ...] = ()

    def known_on(self, day: int) -> npt.NDArray[np.float64]:
        """Return the units as far as they were known on a day (an ordinal); shape (M, T), NaN elsewhere."""
        return np.where((self.known > 0) & (self.known <= day), self.units, np.nan)
