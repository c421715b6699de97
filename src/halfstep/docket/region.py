"""Where a quantity must lie, and whether what is known of it lies there."""

from __future__ import annotations

import math
from dataclasses import dataclass

from halfstep.core.config_docket import Forecast, Says
from halfstep.docket.look import Look

__all__ = ["OPEN_LABELS", "Region", "stands"]

NEAR = 1e-9
"""Two ends are one within this part of the larger: far below any printed place, far above the error of a sum in floats."""
OPEN_LABELS = ("undecided", "cannot tell", "refused", "disagree", "lenses disagree", "no offering")
"""Labels with which a room says that it does not know; a claim that says just that names the label."""


@dataclass(frozen=True, slots=True)
class Region:
    """An interval, or labels.

    Attributes
    ----------
    lo, hi
        Ends; infinite where open.
    closed_lo, closed_hi
        Whether the ends belong to it.
    labels
        Labels that a verdict must have.
    """

    lo: float = -math.inf
    hi: float = math.inf
    closed_lo: bool = True
    closed_hi: bool = True
    labels: tuple[str, ...] = ()

    @classmethod
    def of(cls, said: Says | Forecast) -> Region:
        """Return the region of a claim or of a forecast's event."""
        least, above = (-math.inf if end is None else end for end in (said.at_least, said.above))
        most, below = (math.inf if end is None else end for end in (said.at_most, said.below))
        labels = said.label if isinstance(said, Says) else ()
        return cls(
            max(least, above), min(most, below), above == -math.inf or above < least,
            below == math.inf or below > most, labels,
        )  # fmt: skip

    @property
    def everything(self) -> bool:
        """Whether any number lies in it."""
        return self.lo == -math.inf and self.hi == math.inf

    def within(self, other: Region) -> Region:
        """Return what lies in both; its ends may be turned round."""
        lo, hi = max(self.lo, other.lo), min(self.hi, other.hi)
        closed_lo = all(r.closed_lo for r in (self, other) if r.lo == lo)
        closed_hi = all(r.closed_hi for r in (self, other) if r.hi == hi)
        labels = tuple(label for label in self.labels if label in other.labels) if other.labels else self.labels
        return Region(lo, hi, closed_lo, closed_hi, labels if self.labels else other.labels)

    @property
    def empty(self) -> bool:
        """Whether no number lies in it."""
        return _before(self.hi, self.lo) or (_same(self.lo, self.hi) and not (self.closed_lo and self.closed_hi))

    def text(self) -> str:
        """Return it in mathematical writing: [0.05, 0.1), or its labels."""
        if self.labels and self.everything:
            return " / ".join(self.labels)
        left, right = (
            "[" if self.closed_lo and self.lo > -math.inf else "(",
            "]" if self.closed_hi and self.hi < math.inf else ")",
        )
        ends = (("-" if end < 0 else "") + "∞" if math.isinf(end) else f"{end:.12g}" for end in (self.lo, self.hi))
        return f"{left}{', '.join(ends)}{right}"


def stands(look: Look, region: Region) -> tuple[str, str]:
    """Return "holds", "fails" or "open", and why it is open.

    A look holds where all that it leaves open lies in the region, and fails where none of it does.
    """
    if look.reason:
        return "open", look.reason
    if look.label is not None:
        if not region.labels:
            return "open", "not comparable"
        if look.label in region.labels:
            return "holds", ""
        return ("open", "undecided") if look.label in OPEN_LABELS else ("fails", "")
    if region.everything:
        return "open", "not comparable"
    if _inside(look, region):
        return "holds", ""
    return ("fails", "") if _outside(look, region) else ("open", "straddles")


def _inside(look: Look, region: Region) -> bool:
    low = _before(region.lo, look.lo) or (_same(look.lo, region.lo) and (region.closed_lo or look.open_lo))
    high = _before(look.hi, region.hi) or (_same(look.hi, region.hi) and (region.closed_hi or look.open_hi))
    return low and high


def _outside(look: Look, region: Region) -> bool:
    below = _before(look.hi, region.lo) or (_same(look.hi, region.lo) and (look.open_hi or not region.closed_lo))
    above = _before(region.hi, look.lo) or (_same(look.lo, region.hi) and (look.open_lo or not region.closed_hi))
    return below or above


def _same(a: float, b: float) -> bool:
    return a == b or (math.isfinite(a) and math.isfinite(b) and abs(a - b) <= NEAR * max(abs(a), abs(b)))


def _before(a: float, b: float) -> bool:
    return a < b and not _same(a, b)
