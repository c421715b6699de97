"""Months of the year: what is believed of them before any figure is seen."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["PLAIN", "SPRING_FESTIVAL", "Season", "basis", "months_of"]

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Season:
    """Month-of-year effects in log units, January first: independent normals, less their common mean.

    Attributes
    ----------
    mean
        What is expected of each month.
    sd
        How far each may be from that.
    """

    mean: tuple[float, ...]
    sd: tuple[float, ...]


PLAIN = Season((0.0,) * 12, (0.15,) * 12)
"""No month is expected to differ; one in three differs by more than 15%, one in twenty by more than 30%.
Registered cars in large markets differ by that much between months, so the prior rules none of them out."""

_WEEK = float(np.log(3.0 / 4.0))
SPRING_FESTIVAL = Season(
    (_WEEK / 3.0, 2.0 * _WEEK / 3.0) + (0.0,) * 10,
    (0.2, 0.2) + (0.1,) * 9 + (0.2,),
)
"""A country that stops for a week at the lunar new year, which falls between 21 January and 20 February: a third of the days in January, two
thirds in February, one working week of four. The spread is twice as wide in these months (the day moves) and in December (year-end targets)."""


def basis() -> Array:
    """Twelve month effects that sum to zero, as eleven orthonormal columns (Helmert), shape (12, 11)."""
    columns = np.zeros((12, 11))
    for j in range(11):
        columns[: j + 1, j] = 1.0
        columns[j + 1, j] = -(j + 1.0)
    return np.asarray(columns / np.linalg.norm(columns, axis=0), dtype=np.float64)


def months_of(first_month: int, count: int) -> npt.NDArray[np.int64]:
    """Place in the year, from 0, of `count` months from an ordinal on (year * 12 + month - 1)."""
    return np.asarray((first_month + np.arange(count)) % 12, dtype=np.int64)
