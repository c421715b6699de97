"""A maker's quarters as printed, what is thought of a maker beforehand, and quarters that cannot be foretold from."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from halfstep.core.errors import MisuseError

__all__ = ["OPEN", "PUBLISHED", "Books", "Prior", "Unfit"]

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Books:
    """Q consecutive quarters of a maker; NaN where nothing is printed.

    Attributes
    ----------
    units
        Handed over in the quarter, shape (Q,); needed in every quarter, as the curve is in cumulative units.
    revenue
        Of the perimeter that `margin` is of, shape (Q,).
    margin_lo, margin_hi
        What the printed gross margin leaves open, parts of one, shape (Q,).
    result
        On the basis that counts, shape (Q,); NaN where it is printed on another.
    other
        Results on K other bases, shape (K, Q), the most trusted first.
    before
        Units handed over before the first quarter.
    rounding
        Half a unit of the last digit of printed results, in money.
    """

    units: Array
    revenue: Array
    margin_lo: Array
    margin_hi: Array
    result: Array
    other: Array = field(default_factory=lambda: np.empty((0, 0)))
    before: float = 0.0
    rounding: float = 0.0

    def __post_init__(self) -> None:
        """Refuse shapes that differ."""
        Q = len(self.units)
        shapes = {one.shape for one in (self.units, self.revenue, self.margin_lo, self.margin_hi, self.result)}
        if shapes != {(Q,)} or (len(self.other) and self.other.shape[1:] != (Q,)):
            raise MisuseError(f"expected columns of {Q} quarters each, got {sorted(shapes)}, {self.other.shape}")
        if self.before < 0 or self.rounding < 0:
            raise MisuseError(f"expected before and rounding not below zero, got {self.before}, {self.rounding}")


@dataclass(frozen=True, slots=True)
class Prior:
    """What is thought of a maker before its books are read.

    Attributes
    ----------
    slope, slope_spread
        Wright's exponent b (cost falls by ``1 - 2^-b`` with each doubling of cumulative units), normal. The default is the
        survey of 108 production programmes by Dutton & Thomas (1984), Academy of Management Review 9(2), 235-247, as it is quoted
        by others (the paper itself was not at hand): progress ratios around .82, so b = .29, from .55 to 1.08, so b from .86 to
        -.11; .19 is that range over 5.2, what 108 normal draws span in standard deviations. `OPEN` goes without it.
    price_drift_spread
        Change of log revenue per unit that goes on quarter after quarter, normal around none: at two spreads a third of it
        is lost in a year, as in a price war. Without it three steady cuts would be taken for three accidents.
    elasticity, elasticity_spread
        Growth of overheads with one per cent of revenue, normal: .55 in 7,629 firms (Anderson, Banker & Janakiraman 2003,
        Journal of Accounting Research 41(1), 47-63). Fixed (0) and proportional overheads (1) lie two spreads away.
    sticky
        How much of that holds when revenue falls: .35 of .55 in the same paper.
    drift_spread
        Growth of overheads in a quarter whatever the revenue, normal around none: at two spreads they double in a year.
    shock
        Scale of what a quarter adds to each walk, half t with 3 degrees of freedom (Gelman 2006, Bayesian Analysis 1(3),
        515-534): a twentieth is common, above .16 happens in one case of twenty; figures soon outweigh it.
    """

    slope: float = 0.29
    slope_spread: float = 0.19
    price_drift_spread: float = float(np.log(1.5)) / 8
    elasticity: float = 0.55
    elasticity_spread: float = 0.275
    sticky: float = 0.35 / 0.55
    drift_spread: float = float(np.log(2.0)) / 8
    shock: float = 0.05

    def __post_init__(self) -> None:
        """Refuse spreads that leave nothing open."""
        spreads = (self.slope_spread, self.price_drift_spread, self.elasticity_spread, self.drift_spread, self.shock)
        if not all(1e-5 <= spread < float("inf") for spread in spreads):
            raise MisuseError(f"expected finite spreads of at least 0.00001, got {spreads}: widen what is too sure")


PUBLISHED = Prior()
"""Published progress ratios and cost elasticities."""
OPEN = Prior(
    slope=0.0, slope_spread=1.0, price_drift_spread=float(np.log(2.0)) / 4, elasticity=0.5, elasticity_spread=0.5,
    drift_spread=float(np.log(2.0)) / 4,
)  # fmt: skip
"""Nothing published: at one spread a doubling of units halves or doubles cost, overheads are fixed or proportional, and they
and revenue per unit double or halve in a year by themselves."""


@dataclass(frozen=True, slots=True)
class Unfit:
    """Books that cannot be foretold from.

    Attributes
    ----------
    reason
        "few margins", "no result", "no revenue", "no units", "margins contradict" or "overheads contradict".
    quarters
        Places of the quarters that it is about; of those that there are, where there are too few.
    """

    reason: str
    quarters: tuple[int, ...] = ()
