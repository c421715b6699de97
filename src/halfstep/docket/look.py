"""What one way of looking at a quantity shows."""

from __future__ import annotations

import math
from dataclasses import dataclass

from halfstep.core.estimate import Bound, Refusal

__all__ = ["Look"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One source, or one estimate or verdict of the run.

    Attributes
    ----------
    by
        Whose figure it is and how it is counted, as printed; or the room that computed it.
    source
        Who stands behind it: two looks of one source that differ are parts, of two sources a disagreement.
    estimate
        Id of what was looked at; empty where nothing could be.
    room
        Room that computed it; "docket" where it is printed figures.
    lo, hi, open_lo, open_hi
        What it leaves open of the quantity, and whether the ends are left out ("more than 28,000").
    value
        The number printed or estimated, where there is one inside the interval.
    rounded
        Whether nothing but rounding is left open.
    label
        Label of a verdict; None where a number was looked at.
    reason, needs
        Why it tells nothing, and what would; empty where it tells something.
    tier
        Evidence tier; None where it tells nothing.
    known
        Day from which it was known, where figures say so.
    earlier
        The same look as it stood on earlier days, the oldest first.
    counted
        Base and perimeter of the printed figures, as their table has them; blanks left out.
    record
        The estimate that this room writes for it.
    """

    by: str
    source: str = ""
    estimate: str = ""
    room: str = "docket"
    lo: float = -math.inf
    hi: float = math.inf
    open_lo: bool = False
    open_hi: bool = False
    value: float | None = None
    rounded: bool = False
    label: str | None = None
    reason: str = ""
    needs: tuple[str, ...] = ()
    tier: int | None = None
    known: str = ""
    earlier: tuple[Look, ...] = ()
    counted: tuple[str, ...] = ()
    record: Bound | Refusal | None = None
