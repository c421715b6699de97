"""What an event cost: units lost times the margin of a unit, by horizon.

Signs: an effect is units sold minus units that would have been sold, negative where units were lost; a cost is money
lost, positive where money was lost. A margin known as a range gives the worst case over the range at either end.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from halfstep.core.errors import MisuseError

__all__ = ["Margin", "Money", "NoCost", "Span", "cost", "units_of"]

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Margin:
    """Money a unit leaves, as a range; `lo` equals `hi` where it is known, and may be below zero.

    Attributes
    ----------
    lo, hi
        In `currency` a unit.
    basis
        Key of what it is: "gross" (price less cost of goods), "contribution" (less all that moves with units).
    """

    lo: float
    hi: float
    currency: str
    basis: str = "contribution"

    def __post_init__(self) -> None:
        """Refuse a range that is none."""
        if not (np.isfinite(self.lo) and np.isfinite(self.hi) and self.lo <= self.hi):
            raise MisuseError(f"expected a margin from low to high, got {self.lo} and {self.hi}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Effect in units up to a horizon, with its interval; either end may be infinite."""

    horizon: int
    value: float
    lo: float
    hi: float

    def __post_init__(self) -> None:
        """Refuse an interval that does not hold its own value."""
        if not self.lo <= self.value <= self.hi:
            raise MisuseError(f"expected lo <= value <= hi, got {self.lo} {self.value} {self.hi}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Money:
    """Cost up to a horizon.

    Attributes
    ----------
    horizon
        Periods from the event on.
    lost, lost_lo, lost_hi
        Units lost and their interval at `level`.
    least, most
        The estimated units at either end of the margin; equal where the margin is known.
    lo, hi
        Worst case over the margin's range of the interval of units: holds the cost at `level` or more wherever in the
        range the margin lies.
    """

    horizon: int
    lost: float
    lost_lo: float
    lost_hi: float
    least: float
    most: float
    lo: float
    hi: float
    level: float
    currency: str
    basis: str


@dataclass(frozen=True, slots=True)
class NoCost:
    """No cost in money, and the keys of what is missing."""

    needs: tuple[str, ...]


def units_of(gap: Array, observed: Array) -> Array:
    """Turn gaps in logs into units: ``observed - observed exp(-gap)``.

    Parameters
    ----------
    gap
        Log of observed over counterfactual; shape (..., T).
    observed
        Units sold; shape (T,).
    """
    if gap.shape[-1] != len(observed) or np.any(observed < 0):
        raise MisuseError(f"expected gaps of {len(observed)} periods and units of zero or more, got {gap.shape}")
    out: Array = -observed * np.expm1(-gap)
    return out


def cost(
    effect: Array | Sequence[Span] | None,
    margin: Margin | None,
    horizons: Sequence[int] = (),
    *,
    level: float = 0.95,
) -> tuple[Money, ...] | NoCost:
    """Return what an event cost by horizon, or what is missing for it.

    Parameters
    ----------
    effect
        Draws of the effect in units by period from the event on, shape (D, T), cumulated here; or effects up to each
        horizon with intervals at `level`; None where the effect was refused.
    margin
        Money a unit; None where the study states none: nothing is computed.
    horizons
        Periods from the event on, 1 to T; all of them if none is named. Spans carry their own.
    """
    needs = ("events.effect",) * (effect is None) + ("events.margin",) * (margin is None)
    if effect is None or margin is None:
        return NoCost(needs)
    spans = _spans(effect, horizons, level) if isinstance(effect, np.ndarray) else tuple(effect)
    return tuple(_money(span, margin, level) for span in spans)


def _spans(draws: Array, horizons: Sequence[int], level: float) -> tuple[Span, ...]:
    """Summarise cumulated draws: median and central interval at each horizon."""
    if draws.ndim != 2 or not np.isfinite(draws).all():
        raise MisuseError(f"expected finite draws by period (D, T), got {draws.shape}")
    asked = tuple(horizons) or tuple(range(1, draws.shape[1] + 1))
    if not all(1 <= h <= draws.shape[1] for h in asked):
        raise MisuseError(f"expected horizons from 1 to {draws.shape[1]} periods, got {asked}: beyond nothing was seen")
    so_far = draws.cumsum(axis=1)[:, np.array(asked) - 1]
    lo, value, hi = np.quantile(so_far, [0.5 - level / 2, 0.5, 0.5 + level / 2], axis=0)
    return tuple(
        Span(horizon=h, value=float(v), lo=float(a), hi=float(b))
        for h, v, a, b in zip(asked, value, lo, hi, strict=True)
    )


def _money(span: Span, margin: Margin, level: float) -> Money:
    """Multiply, taking the worst over the corners: a product is linear in either factor, so its ends lie there."""
    lost = (0.0 - span.value, 0.0 - span.hi, 0.0 - span.lo)
    ends = (margin.lo, margin.hi)
    middle = [_product(lost[0], m) for m in ends]
    corners = [_product(u, m) for u in lost[1:] for m in ends]
    return Money(
        horizon=span.horizon, lost=lost[0], lost_lo=lost[1], lost_hi=lost[2], least=min(middle), most=max(middle),
        lo=min(corners), hi=max(corners), level=level, currency=margin.currency, basis=margin.basis,
    )  # fmt: skip


def _product(units: float, margin: float) -> float:
    """Return units times margin; nothing lost on a margin of zero, however many units."""
    return 0.0 if margin == 0 else units * margin + 0.0
