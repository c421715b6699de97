"""Which rows of the buyers table speak of a market, and markets of which none does."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from halfstep.core.check import Fault
from halfstep.core.period import Period
from halfstep.data.schema import Sales
from halfstep.data.side import Side

__all__ = ["Cell", "cell_of", "uncovered"]

Cell = tuple[int | None, str]
"""Period and place that rows speak of; None and "" for all."""
_LISTED = 6


def cell_of(cells: Collection[Cell], period: int, place: str) -> Cell | None:
    """Return the most specific cell that speaks of a market: of period and place, of the period, of the place, of all."""
    for cell in ((period, place), (period, ""), (None, place), (None, "")):
        if cell in cells:
            return cell
    return None


def uncovered(sales: Sales, buyers: Side) -> Iterator[Fault]:
    """Yield markets in scope of which the buyers table says nothing, in one fault."""
    cells = set(buyers.frame.select("period", "place").unique().iter_rows())
    markets = sales.frame.select("period", "place").unique().sort("period", "place").iter_rows()
    missing = [
        f"{Period(t, sales.frequency).key} {place}".strip() for t, place in markets if not cell_of(cells, t, place)
    ]
    if missing:
        more = f" and {len(missing) - _LISTED} more" if len(missing) > _LISTED else ""
        late = f" (left out, of periods that end after as_of: {buyers.left_out} rows)" if buyers.left_out else ""
        yield Fault(
            table=buyers.file,
            what=f"no row speaks of the market {', '.join(missing[:_LISTED])}{more}{late}",
            mend="add buyers of each market; a blank period or place holds for all",
        )
