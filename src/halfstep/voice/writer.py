"""From figures to the records that leave the room: one origin, tier and level for all."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from halfstep.core.check import Check, Status
from halfstep.core.config import StudyConfig
from halfstep.core.estimate import Bound, Origin, Point, Refusal, Tier
from halfstep.core.series import Series

__all__ = ["Facts", "Row", "Writer"]

Facts = tuple[tuple[str, str | float | int], ...]


@dataclass(frozen=True, slots=True)
class Row:
    """One entry of a series: its label, value, ends of the interval, and utterances behind it."""

    label: tuple[str, ...]
    value: float
    lo: float
    hi: float
    n: int


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes the room's records.

    Attributes
    ----------
    file, rows, used
        The table of utterances, its rows as ranges, and how many were used.
    """

    config: StudyConfig
    file: str
    rows: str
    used: int

    def origin(self, method: str, assumptions: tuple[str, ...] = ()) -> Origin:
        """Return where a number comes from."""
        return Origin(
            room="voice", method=method, table=self.file, rows=self.rows, rows_used=self.used, assumptions=assumptions
        )

    def point(
        self, name: str, what: str, value: tuple[float, float, float], unit: str, by: tuple[int, Origin]
    ) -> Point:
        """Return an estimate; `value` is (value, lo, hi), `by` its n and origin."""
        exact = value[0] == value[1] == value[2]
        return Point(
            id=name, what=what, value=value[0], lo=value[1], hi=value[2], level=1.0 if exact else self.config.voice.level,
            unit=unit, n=by[0], tier=Tier.COMPANY, origin=by[1],
        )  # fmt: skip

    def bound(self, name: str, what: str, ends: tuple[float, float], unit: str, by: tuple[int, Origin]) -> Bound:
        """Return a set without a best guess."""
        return Bound(id=name, what=what, lo=ends[0], hi=ends[1], unit=unit, n=by[0], tier=Tier.COMPANY, origin=by[1])

    def refusal(self, name: str, what: str, why: str, needs: tuple[str, ...], told: tuple[Origin, Facts]) -> Refusal:
        """Return no number and what is missing; `told` is its origin and what the sentences quote."""
        return Refusal(id=name, what=what, why=why, needs=needs, origin=told[0], facts=told[1])

    def check(self, name: str, status: Status, why: str, facts: Facts = (), do: str = "") -> Check:
        """Return a check."""
        return Check(id=f"voice.{name}", status=status, why=why, do=do, facts=facts)

    def series(self, name: str, what: str, unit: str, dims: tuple[str, ...], told: tuple[list[Row], Origin]) -> Series:
        """Return labelled estimates; `told` is its rows and origin."""
        rows, origin = told
        value, lo, hi = (
            np.array([getattr(row, end) for row in rows], dtype=np.float64) for end in ("value", "lo", "hi")
        )
        exact = bool(np.array_equal(lo, hi))
        return Series(
            id=name, what=what, unit=unit, tier=Tier.COMPANY, origin=origin, dims=dims, index=tuple(row.label for row in rows),
            value=value, lo=lo, hi=hi, n=np.array([row.n for row in rows], dtype=np.int64),
            level=1.0 if exact else self.config.voice.level,
        )  # fmt: skip
