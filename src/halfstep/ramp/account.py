"""Writes what the ramp found."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from halfstep.core.check import Check, Status
from halfstep.core.estimate import Origin, Point, Refusal, Tier, row_ranges
from halfstep.core.series import Series

__all__ = ["Account", "Facts"]

Array = npt.NDArray[np.float64]
Facts = tuple[tuple[str, str | float | int], ...]


@dataclass(frozen=True, slots=True)
class Account:
    """Points, series, refusals and checks of one day's knowledge.

    Attributes
    ----------
    table, rows
        The maker's own months.
    tier
        Monthly counts are those of a public panel; with orders or books of the company they are still printed figures.
    """

    table: str
    rows: tuple[int, ...]
    level: float
    n: int
    tier: Tier = Tier.PUBLIC_PANEL

    def origin(self, method: str, assumptions: tuple[str, ...] = ()) -> Origin:
        """Return where a number comes from."""
        rows = row_ranges(list(self.rows)) if self.rows else ""
        return Origin(
            room="ramp", method=method, table=self.table, rows=rows, rows_used=len(self.rows), assumptions=assumptions
        )

    def units(self, name: str, draws: Array, assumptions: tuple[str, ...]) -> Point:
        """Return a sum of units: the median of its draws and the middle part of them."""
        tail = (1 - self.level) / 2
        lo, mid, hi = (float(v) for v in np.quantile(draws, (tail, 0.5, 1 - tail)))
        return Point(
            id=f"ramp.{name}", what="ramp: units", value=mid, lo=lo, hi=hi, level=self.level, unit="units", n=self.n,
            tier=self.tier, origin=self.origin("ramp.units", assumptions),
        )  # fmt: skip

    def counted(self, name: str, ends: tuple[float, float]) -> Point:
        """Return a sum of units that is already known."""
        return Point(
            id=f"ramp.{name}", what="ramp: units", value=sum(ends) / 2, lo=ends[0], hi=ends[1], level=1.0, unit="units",
            n=self.n, tier=self.tier, origin=self.origin("ramp.counted"),
        )  # fmt: skip

    def chance(self, name: str, p: tuple[float, ...], assumptions: tuple[str, ...]) -> Point:
        """Return a probability: by the first reading, and the range over all of them, which is no interval of any level."""
        return Point(
            id=f"ramp.{name}", what="ramp: chance", value=p[0], lo=min(p), hi=max(p), level=1.0, unit="probability",
            n=self.n, tier=Tier.PRESS, origin=self.origin("ramp.chance", assumptions),
        )  # fmt: skip

    def path(self, name: str, what: str, keys: tuple[str, ...], draws: Array, told: tuple[str, str]) -> Series:
        """Return a path of medians with the middle part of the draws; `told` is unit and dimension."""
        tail = (1 - self.level) / 2
        lo, mid, hi = np.quantile(draws, (tail, 0.5, 1 - tail), axis=0)
        return Series(
            id=f"ramp.{name}", what=what, unit=told[0], tier=self.tier, origin=self.origin("ramp.path"), dims=(told[1],),
            index=tuple((key,) for key in keys), value=mid, lo=lo, hi=hi, n=np.full(len(keys), self.n, dtype=np.int64),
            level=self.level,
        )  # fmt: skip

    def refusal(self, name: str, what: str, why: str, needs: tuple[str, ...], facts: Facts = ()) -> Refusal:
        """Return no number, and what is missing for one."""
        return Refusal(id=f"ramp.{name}", what=what, why=why, needs=needs, origin=self.origin("ramp.path"), facts=facts)

    def check(self, name: str, status: Status, why: str, facts: Facts, do: str = "") -> Check:
        """Return a check."""
        return Check(id=f"ramp.{name}", status=status, why=why, do=do, facts=facts)
