"""Row weights of many functionals of a regression, kept as what they are made of."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

__all__ = ["Contrasts"]

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Contrasts:
    """Row weights a of m functionals a'y: ``a = sqrt(w) Q prices + w (market[t] + cell[c]) + rows``.

    A contrast of effects speaks about few markets and cells, a gap about few rows; written out they would be n x m.

    Attributes
    ----------
    prices
        On the orthonormal regressors Q that the effects leave; shape (r, m).
    effects
        On markets and cells, shapes (T, m) and (C, m); None if zero.
    rows
        Row by row, shape (n, m); None if zero.
    """

    prices: Array
    effects: tuple[Array, Array] | None = None
    rows: csr_array | Array | None = None

    @property
    def count(self) -> int:
        """Number of functionals, m."""
        return int(self.prices.shape[1])
