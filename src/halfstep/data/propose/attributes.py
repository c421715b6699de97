"""Which of the columns that are left measure the product, and why the others do not."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from halfstep.data.propose.profile import Profile
from halfstep.data.propose.roles import FITS

__all__ = ["Measured", "Unused", "measured"]

Array = npt.NDArray[np.float64]

FILLED = 0.8
"""A row with a blank attribute is lost to the split: below this share of filled cells the column is left out."""
WIDE = 2.0
"""Ratio of the 95th to the 5th percentile from which a positive attribute is taken in logarithms."""
FEW = 10
"""Different whole numbers up to which an attribute is a count."""
SAME = 0.9999
"""Two columns that correlate so closely say the same."""
TOLERANCE = 1e-6
"""Figures that differ by less, of the largest, are the same figure."""
ROWS = 3
"""Rows beyond the brand-periods for each attribute."""


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """A column that measures the product, and how it enters: "log" or "none"."""

    column: Profile
    transform: str

    @property
    def x(self) -> Array:
        """The attribute as transformed, shape (n,)."""
        values = self.column.values
        return np.log(values) if self.transform == "log" else values


@dataclass(frozen=True, slots=True, eq=False)
class Unused:
    """A column that is left out.

    Attributes
    ----------
    why
        Key of the reason.
    like
        The column that it repeats, or "".
    """

    column: Profile
    why: str
    like: str = ""


def measured(
    columns: list[Profile], brand: Profile, market: tuple[Profile, ...], price: Profile
) -> list[Measured | Unused]:
    """Return what each of the columns without a role is, in their order.

    An attribute is a column of figures that differs among the models of one brand and period, or its price could not be
    told from the name, and among the models of one market.

    Parameters
    ----------
    market
        The period, and the place if there is one.
    """
    cell, markets = _codes(brand, market[0]), _codes(*market)
    kept: list[Measured] = []
    out: list[Measured | Unused] = []
    usable = np.where(np.isfinite(price.values) & (price.values > 0), price.values, np.nan)
    for column in columns:
        found = _first_look(column) or _of_market(column, markets) or _against(column, kept, cell, usable)
        out.append(found)
        if isinstance(found, Measured):
            kept.append(found)
    return out


def _first_look(column: Profile) -> Unused | None:
    """Return why a column by itself measures no product; None where it may."""
    header = column.header
    rules = (
        ("unused.blank", column.filled == 0),
        ("unused.constant", column.distinct == 1 and column.filled == 1),
        ("unused.date", column.dated > 0.9 and (column.numeric < 0.5 or header.fit("period") >= FITS)),
        ("unused.text", column.numeric < 0.95 or max(header.fit("note"), header.fit("about")) >= FITS),
        ("unused.result", header.fit("result") > 0),
        ("unused.price", header.fit("price") > 0),
        ("unused.quantity", header.fit("quantity") >= FITS or header.fit("share") >= FITS),
        ("unused.cost", header.fit("cost") > 0),
        ("unused.id", header.fit("id") >= FITS or _counts_rows(column)),
        ("unused.mostly blank", column.filled < FILLED),
        ("unused.constant", column.distinct == 1),
    )
    return next((Unused(column, why) for why, so in rules if so), None)


def _counts_rows(column: Profile) -> bool:
    """Whether the cells are a running number of the rows."""
    return column.whole and len(column.known) > 2 and bool((np.abs(np.diff(column.known)) == 1).all())


def _of_market(column: Profile, market: npt.NDArray[np.int64]) -> Unused | None:
    within = _within(column.values, market)
    same = np.abs(within[np.isfinite(within)]) <= TOLERANCE * float(np.nanmax(np.abs(column.values)))
    return Unused(column, "unused.market") if same.all() else None


def _against(column: Profile, kept: list[Measured], cell: npt.NDArray[np.int64], price: Array) -> Measured | Unused:
    """Hold a column against brand and period, the price and the attributes before it."""
    found = Measured(column, _transform(column))
    within = _within(found.x, cell)
    if not (np.abs(within[np.isfinite(within)]) > TOLERANCE * float(np.nanmax(np.abs(found.x)))).any():
        return Unused(column, "unused.fixed")
    if abs(_correlation(np.log(np.where(column.values > 0, column.values, np.nan)), np.log(price))) > SAME:
        return Unused(column, "unused.price again")
    for other in kept:
        if abs(_correlation(column.values, other.column.values)) > SAME:
            return Unused(column, "unused.copy", other.column.name)
    rows = np.asarray(np.isfinite(np.column_stack([found.x, price, *(k.x for k in kept)])).all(axis=1))
    before = np.isfinite(np.column_stack([price, *(k.x for k in kept)])).all(axis=1)
    if rows.sum() < FILLED * before.sum():
        return Unused(column, "unused.mostly blank")
    if rows.sum() - len(np.unique(cell[rows])) < ROWS * (len(kept) + 1) and kept:
        return Unused(column, "unused.too many")
    if kept and _explained(found, kept, cell, rows):
        return Unused(column, "unused.collinear")
    return found


def _transform(column: Profile) -> str:
    if not column.positive:
        return "none"
    low, high = np.quantile(column.known, [0.05, 0.95])
    counts = column.whole and column.distinct <= FEW  # doors, seats, cameras: one more is one more
    return "log" if high >= WIDE * low and not counts else "none"


def _explained(found: Measured, kept: list[Measured], cell: npt.NDArray[np.int64], rows: npt.NDArray[np.bool_]) -> bool:
    """Whether the attributes before it leave nothing of an attribute within brand and period."""
    columns = [_within(k.x[rows], cell[rows]) for k in (*kept, found)]
    *X, y = [c / max(float(np.abs(c).max()), 1e-300) for c in columns]
    beta = np.linalg.lstsq(np.column_stack(X), y, rcond=None)[0]
    return float(np.linalg.norm(y - np.column_stack(X) @ beta)) <= 1e-7 * float(np.linalg.norm(y))


def _within(x: Array, cell: npt.NDArray[np.int64]) -> Array:
    """Return x less its mean in each cell."""
    known = np.isfinite(x)
    counts = np.bincount(cell[known], minlength=int(cell.max()) + 1)
    sums = np.bincount(cell[known], x[known], minlength=len(counts))
    return np.asarray(x - (sums / np.maximum(counts, 1))[cell])


def _correlation(x: Array, y: Array) -> float:
    both = np.isfinite(x) & np.isfinite(y)
    if both.sum() < 4 or x[both].std() == 0 or y[both].std() == 0:
        return 0.0
    return float(np.corrcoef(x[both], y[both])[0, 1])


def _codes(*columns: Profile) -> npt.NDArray[np.int64]:
    """Return a code for each row by the cells of some columns."""
    frame = pl.DataFrame({str(i): column.texts for i, column in enumerate(columns)})
    return frame.select(pl.struct(pl.all()).rank("dense").cast(pl.Int64) - 1).to_series().to_numpy()
