"""From arrays to the records that leave a room."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from halfstep.core.config import StudyConfig
from halfstep.core.estimate import Origin, Point, Tier
from halfstep.core.series import Series
from halfstep.market.panel import Panel
from halfstep.numerics.intervals import t_interval

__all__ = ["Author"]

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Author:
    """Writes a room's records: the same origin, tier and level on all of them.

    Attributes
    ----------
    room
        Name of the room.
    config
        Settings.
    panel
        Rows that the records speak about.
    used
        Rows that enter the computation; all of the panel's if None.
    told
        Ranges of the selections that were spoken about, by their digest: a brand's rows are told many times.
    """

    room: str
    config: StudyConfig
    panel: Panel
    used: int | None = None
    told: dict[bytes, str] = field(default_factory=dict, repr=False)

    @property
    def tier(self) -> Tier:
        """Evidence tier of the sales table."""
        return Tier(self.config.study.tier)

    def origin(self, method: str, rows: npt.NDArray[np.bool_], assumptions: tuple[str, ...] = ()) -> Origin:
        """Return where a number over some rows comes from."""
        count = int(rows.sum())
        return Origin(
            room=self.room,
            method=method,
            table=self.panel.file,
            rows=self._ranges(rows),
            rows_used=count if self.used is None else self.used,
            assumptions=assumptions,
        )

    def _ranges(self, rows: npt.NDArray[np.bool_]) -> str:
        digest = hashlib.blake2b(np.packbits(rows).tobytes()).digest()
        if digest not in self.told:
            self.told[digest] = self.panel.ranges(rows)
        return self.told[digest]

    def counted(self, name: str, what: str, value: float, unit: str, origin: Origin) -> Point:
        """Return a number without sampling error: a count or an observed price."""
        return Point(
            id=name, what=what, value=value, lo=value, hi=value, level=1.0, unit=unit, n=origin.rows_used,
            tier=self.tier, origin=origin,
        )  # fmt: skip

    def estimated(self, name: str, what: str, value: tuple[float, float, float], unit: str, origin: Origin) -> Point:
        """Return an estimate with its t interval; `value` is (value, standard error, degrees of freedom)."""
        level = self.config.gap.level
        estimate, se, freedom = (np.array([v]) for v in value)
        lo, hi = t_interval(estimate, se, freedom, level)
        return Point(
            id=name, what=what, value=value[0], lo=float(lo[0]), hi=float(hi[0]), level=level, unit=unit,
            n=origin.rows_used, tier=self.tier, origin=origin, se=value[1], freedom=value[2],
        )  # fmt: skip

    def series(
        self,
        name: str,
        what: str,
        unit: str,
        index: tuple[tuple[str, ...], ...],
        dims: tuple[str, ...],
        value: Array,
        origin: Origin,
    ) -> Series:
        """Return a series without sampling error."""
        n = np.full(len(index), origin.rows_used, dtype=np.int64)
        return Series(
            id=name, what=what, unit=unit, tier=self.tier, origin=origin, dims=dims, index=index, value=value,
            lo=value, hi=value, n=n, level=1.0,
        )  # fmt: skip

    def path(
        self,
        name: str,
        what: str,
        unit: str,
        index: tuple[tuple[str, ...], ...],
        dims: tuple[str, ...],
        fitted: tuple[Array, Array, Array],
        origin: Origin,
    ) -> Series:
        """Return a series with its joint covariance; `fitted` is (value, covariance, freedom)."""
        value, covariance, freedom = fitted
        level = self.config.gap.level
        lo, hi = t_interval(value, np.sqrt(np.maximum(np.diag(covariance), 0.0)), freedom, level)
        n = np.full(len(index), origin.rows_used, dtype=np.int64)
        return Series(
            id=name, what=what, unit=unit, tier=self.tier, origin=origin, dims=dims, index=index, value=value,
            lo=lo, hi=hi, n=n, level=level, covariance=covariance, freedom=freedom,
        )  # fmt: skip
