"""From figures to the records that leave the room."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from halfstep.core.check import Check, Status
from halfstep.core.config import StudyConfig
from halfstep.core.estimate import Bound, Origin, Refusal, Tier, row_ranges
from halfstep.data.press import Band, Figure

__all__ = ["Facts", "Writer", "band_text", "counted_as"]

Facts = tuple[tuple[str, str | float | int], ...]


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes bounds, refusals and checks with the rows of the press table behind them."""

    config: StudyConfig
    file: str

    def origin(self, method: str, figures: Iterable[Figure], assumptions: tuple[str, ...] = ()) -> Origin:
        """Return where a number over some figures comes from."""
        used = list(figures)
        rows = sorted({f.row for f in used})
        taken = (*assumptions, *self._reading(used))
        return Origin(
            room="press", method=method, table=self.file, rows=row_ranges(rows), rows_used=len(rows), assumptions=taken
        )

    def bound(self, name: str, what: str, ends: tuple[float, float], unit: str, origin: Origin) -> Bound:
        """Return a set without a best guess inside it."""
        return Bound(
            id=name, what=what, lo=ends[0], hi=ends[1], unit=unit, n=origin.rows_used, tier=Tier.PRESS, origin=origin
        )

    def refusal(self, name: str, what: str, why: str, needs: tuple[str, ...], told: tuple[Origin, Facts]) -> Refusal:
        """Return no number, and what is missing for one; `told` is origin and facts."""
        return Refusal(id=name, what=what, why=why, needs=needs, origin=told[0], facts=told[1])

    def check(self, name: str, status: Status, why: str, do: str, facts: Facts) -> Check:
        """Return a sentence about figures, with what it quotes."""
        return Check(id=name, status=status, why=why, do=do, facts=facts)

    def _reading(self, figures: list[Figure]) -> tuple[str, ...]:
        hedges = {f.hedge for f in figures}
        out = ["printed figures are rounded"] if self.config.press.rounding and "exact" in hedges else []
        return (*out, *(["about is a printed place"] if hedges & {"about", "nearly"} else []))


def band_text(band: Band) -> str:
    """Return a price band as plain text; empty where it holds all prices."""
    if band.lo == 0 and math.isinf(band.hi):
        return ""
    ends = f"{band.lo:g}+" if math.isinf(band.hi) else f"<{band.hi:g}" if band.lo == 0 else f"{band.lo:g}-{band.hi:g}"
    return f"{ends} {band.money}".strip()


def counted_as(figure: Figure) -> str:
    """Return who counted it and how, as plain text."""
    return ", ".join(part for part in (figure.source, figure.base) if part)
