"""From printed figures to the records that leave the room."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from halfstep.core.config_docket import FigureOf, Quantity
from halfstep.core.estimate import Bound, Origin, Refusal, Tier, row_ranges
from halfstep.data.press import Band, Figure
from halfstep.docket.look import Look
from halfstep.docket.selection import Shelf

__all__ = ["Account"]

NEEDS = {
    "no figure": "a printed figure of it", "other bases": "figures on one base", "cannot be added": "figures that may be added",
    "counted twice": "figures that may be added", "may be zero": "a closer figure",
}  # fmt: skip


@dataclass(slots=True)
class Account:
    """Writes the records of one quantity."""

    shelf: Shelf
    quantity: Quantity
    written: int = 0

    def next_id(self) -> str:
        """Return the id of the next record."""
        self.written += 1
        return f"docket.{self.quantity.id}.{self.written}"

    def origin(self, method: str, figures: Sequence[Figure], assumptions: tuple[str, ...] = ()) -> Origin:
        """Return the rows behind a record and how they were read."""
        rows, hedges = sorted({f.row for f in figures}), {f.hedge for f in figures}
        config = self.shelf.config
        read = ["printed figures are rounded"] if config.press.rounding and "exact" in hedges else []
        read += ["about is a printed place"] if hedges & {"about", "nearly"} else []
        return Origin(
            room="docket", method=method, table=self.shelf.file, rows=row_ranges(rows), rows_used=len(rows),
            assumptions=(*assumptions, *read),
        )  # fmt: skip

    def refused(self, reason: str, figures: Sequence[Figure]) -> Look:
        """Return a look that tells nothing, and why."""
        asked = (*self.quantity.figures, *self.quantity.less, *self.quantity.over)
        asked = asked or (() if self.quantity.rank is None else (self.quantity.rank,))
        record = Refusal(
            id=self.next_id(), what="docket quantity", why=f"docket {reason}", needs=(NEEDS[reason],),
            origin=self.origin("docket.figure", figures),
            facts=(
                ("quantity", self.quantity.id), ("asked", "; ".join(asked_text(one) for one in asked)),
                ("found", "; ".join(f"{f.text} ({counted(f)})" for f in figures) or "–"),
            ),
        )  # fmt: skip
        by = self.shelf.file if not figures else "; ".join(dict.fromkeys(counted(f) for f in figures))
        return Look(by=by, estimate=record.id, reason=reason, needs=record.needs, record=record)

    def look(self, figures: Sequence[Figure], ends: tuple[float, float], unit: str, origin: Origin) -> Look:
        """Return what figures leave open."""
        record = Bound(
            id=self.next_id(), what="docket rank" if self.quantity.rank else "docket quantity", lo=ends[0], hi=ends[1], unit=unit,
            n=origin.rows_used, tier=Tier.PRESS, origin=origin,
        )  # fmt: skip
        lone = len(figures) == 1 and self.quantity.rank is None
        return Look(
            by=counted(*figures), source=figures[0].source, estimate=record.id, lo=ends[0], hi=ends[1],
            open_lo=lone and figures[0].hedge == "more than", open_hi=lone and figures[0].hedge == "less than",
            value=figures[0].value if lone else None, rounded=all(f.hedge == "exact" for f in figures),
            tier=int(Tier.PRESS), known=self.shelf.known(figures), record=record,
            counted=tuple(word for word in dict.fromkeys((figures[0].base, figures[0].perimeter)) if word),
        )  # fmt: skip


def counted(*figures: Figure) -> str:
    """Return who printed figures, of what time, and how they are counted, as plain text."""
    one = figures[0]
    times = " + ".join(dict.fromkeys(f.span.key for f in figures))
    bands = " + ".join(dict.fromkeys(band(f.band) for f in figures if band(f.band)))
    return ", ".join(part for part in (one.source, times, bands, one.base, one.perimeter, one.place) if part)


def band(prices: Band) -> str:
    """Return a band as plain text; empty where it holds all prices."""
    if prices == Band():
        return ""
    top = "" if prices.hi == float("inf") else f"{prices.hi:g}"
    return f"{prices.lo:g}-{top} {prices.money}".strip() if top else f"{prices.lo:g}+ {prices.money}".strip()


def asked_text(asked: FigureOf) -> str:
    """Return what is asked for as plain text."""
    parts = (
        asked.entity,
        asked.metric,
        asked.period,
        asked.band,
        asked.base,
        asked.perimeter,
        asked.place,
        asked.source,
    )
    kind = "" if asked.kind == "fact" else asked.kind
    return ", ".join(part for part in (*parts, kind) if part)
