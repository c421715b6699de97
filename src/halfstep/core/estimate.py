"""What a room may say: a number with its interval and origin, a bound, or a refusal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import numpy.typing as npt

from halfstep.core.errors import MisuseError

__all__ = ["Bound", "Estimate", "Origin", "Point", "Refusal", "Tier", "row_ranges"]


class Tier(IntEnum):
    """Evidence tier (mission.md): what kind of data stands behind a number."""

    PRESS = 0
    """Press figures: bounds, contradictions."""
    PUBLIC_PANEL = 1
    """A public panel of products with prices and attributes."""
    COMPANY = 2
    """Company sales, orders, tracker, attention."""
    DESIGNED = 3
    """A designed experiment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where a number comes from: a reader can follow it back to rows of a file.

    Attributes
    ----------
    room
        Room that computed it.
    method
        Key of the method's sentence (formula and paper), worded in `report`.
    table
        Table whose rows were used.
    rows
        File rows that the number speaks about, as ranges ("2-5,9"); counted as an editor counts them.
    rows_used
        Number of rows that entered the computation (at least those of `rows`).
    assumptions
        Keys of the assumptions it rests on, worded in `report`.
    """

    room: str
    method: str
    table: str
    rows: str
    rows_used: int
    assumptions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """An estimate with an interval.

    Attributes
    ----------
    id
        Stable, unique in a run, dotted from general to particular.
    what
        Key of what it measures, worded in `report`.
    value, lo, hi
        Estimate and the ends of its interval, in `unit`.
    level
        Coverage of the interval (0.90), or 1.0 for a count without sampling error.
    unit
        "log points", "share", "count", ..., or the study's money unit.
    n
        Observations that the number speaks about.
    se
        Standard error in `unit`; None for a count.
    freedom
        Degrees of freedom of the t distribution behind `lo` and `hi`; None where the interval is not a t interval.
    """

    id: str
    what: str
    value: float
    lo: float
    hi: float
    level: float
    unit: str
    n: int
    tier: Tier
    origin: Origin
    se: float | None = None
    freedom: float | None = None

    def __post_init__(self) -> None:
        """Refuse an interval that does not hold its own value."""
        if not self.lo <= self.value <= self.hi:
            raise MisuseError(f"{self.id}: expected lo <= value <= hi, got {self.lo} {self.value} {self.hi}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """A set that holds the quantity, without a best guess inside it (either end may be infinite)."""

    id: str
    what: str
    lo: float
    hi: float
    unit: str
    n: int
    tier: Tier
    origin: Origin

    def __post_init__(self) -> None:
        """Refuse an empty set."""
        if not self.lo <= self.hi:
            raise MisuseError(f"{self.id}: expected lo <= hi, got {self.lo} {self.hi}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """No number, and what is missing for one.

    Attributes
    ----------
    why
        Key of the reason, worded in `report`.
    needs
        Keys of what would make the answer possible: tables, columns, rows.
    facts
        Figures that the sentences quote.
    """

    id: str
    what: str
    why: str
    needs: tuple[str, ...]
    origin: Origin
    facts: tuple[tuple[str, str | float | int], ...] = ()


Estimate = Point | Bound | Refusal


def row_ranges(rows: Sequence[int] | npt.NDArray[np.int64]) -> str:
    """Write row numbers as ranges.

    Examples
    --------
    >>> row_ranges([9, 2, 3, 4])
    '2-4,9'
    """
    ordered = np.sort(np.asarray(rows, dtype=np.int64))
    ordered = ordered[np.concatenate([[True], np.diff(ordered) > 0])] if len(ordered) else ordered
    breaks = np.flatnonzero(np.diff(ordered) != 1)
    first = ordered[np.concatenate([[0], breaks + 1])] if len(ordered) else ordered
    last = ordered[np.concatenate([breaks, [-1]])] if len(ordered) else ordered
    return ",".join(str(a) if a == b else f"{a}-{b}" for a, b in zip(first.tolist(), last.tolist(), strict=True))
