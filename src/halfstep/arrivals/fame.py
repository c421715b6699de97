"""Prior fame: attention that has piled up and not yet faded, before each period (what inflates expectations).

    F_t = sum over s < t of attention_s 2^(-(t - s) / L)

with the half-life L of the name itself. F rises with L, so the ends of L's interval are the ends of F's.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from halfstep.arrivals.halflife import HalfLife
from halfstep.core.errors import MisuseError

__all__ = ["Fame", "prior_fame"]

Array = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Fame:
    """Rows not yet faded before each period, (P,), with the ends that the half-life's interval gives.

    `partial` is the share of L's weight that lies before the first day of the data: near one, the figure is a floor.
    """

    value: Array
    lo: Array
    hi: Array
    partial: Array


def prior_fame(attention: Array, life: HalfLife, starts: Ints) -> Fame:
    """Return prior fame before each period.

    Parameters
    ----------
    attention
        Rows by day, (T,), NaN on days not observed: those are left out, and nothing is put in their place.
    life
        Half-life of the name's attention. An end that is open counts everything there is.
    starts
        First day of each period, places in `attention`, (P,); T is allowed.
    """
    if len(starts) and (starts.min() < 0 or starts.max() > len(attention)):
        raise MisuseError(
            f"expected periods that start within the {len(attention)} days, got {starts.min()}..{starts.max()}"
        )
    value, lo, hi = (_piled(attention, days, starts) for days in (life.days, life.lo, life.hi))
    return Fame(value, lo, hi, 0.5 ** (starts / life.days))


def _piled(attention: Array, days: float, starts: Ints) -> Array:
    keep = 0.0 if days <= 0 else 0.5 ** (1 / days)
    known = np.nan_to_num(attention, nan=0.0)
    stock = np.zeros(len(attention) + 1)
    for day, rows in enumerate(known):
        stock[day + 1] = (stock[day] + rows) * keep
    return stock[starts]
