"""Rows of a text file that have more or fewer cells than its header: shifted or cut off, unless blanks alone are missing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import polars as pl

from halfstep.core.check import Fault, Guess
from halfstep.data.read.places import MOST_LISTED, ROW, WIDTH

__all__ = ["uneven"]


def uneven(file: str, rows: pl.DataFrame, names: Sequence[str], width: int) -> tuple[list[Guess], list[Fault]]:
    """Return what of the rows' widths can be passed over, and what is wrong.

    Cells beyond the header may be blank, and no row may reach the last columns; anything else is a fault, for nobody can
    tell which of its cells a short row lacks.

    Parameters
    ----------
    rows
        `ROW`, `WIDTH`, and columns "0", "1", ...
    names
        Name of each column, "" where it has none.
    width
        Cells that the header was written with.
    """
    places = [str(j) for j in range(len(names))]
    last = max((j for j in range(width) if names[j] or rows[places[j]].null_count() < rows.height), default=0)
    beyond = pl.any_horizontal([pl.col(p).is_not_null() for p in places[width:]] or [pl.lit(False)])
    wide = rows.filter(beyond)
    narrow = rows.filter(pl.col(WIDTH) <= last)
    guesses, faults = [], []
    trailing = rows.filter((pl.col(WIDTH) > width) & ~beyond)
    if trailing.height:
        row = trailing[ROW][0]
        facts = (("count", trailing.height), ("cells", width))
        guesses.append(Guess(table=file, kind="trailing_cells", row=row, count=trailing.height, facts=facts))
    if wide.height == rows.height > 1 and wide[WIDTH].n_unique() == 1:
        what = f"expected a name for each column; the header has {width} cells, every row {wide[WIDTH][0]}"
        faults.append(Fault(table=file, what=what, mend="give every column a name"))
    else:
        faults += _listed(file, wide, width, "look for a stray separator or quote")
    if narrow.height == rows.height and narrow[WIDTH].n_unique() == 1:
        cut = narrow[WIDTH][0]
        absent = ", ".join(name for name in names[cut : last + 1] if name)
        told = (("count", last + 1 - cut), ("columns", absent))
        guesses.append(Guess(table=file, kind="missing_cells", row=narrow[ROW][0], count=narrow.height, facts=told))
    else:
        mend = "fill in the missing cells, or write the separators of the blank ones"
        faults += _listed(file, narrow, width, mend)
    return guesses, sorted(faults, key=lambda fault: fault.row or 0)


def _listed(file: str, rows: pl.DataFrame, width: int, mend: str) -> Iterator[Fault]:
    equal = "expected a header and rows of equal width"
    for row, cells in rows.head(MOST_LISTED).select(ROW, WIDTH).iter_rows():
        what = f"{equal}; the header has {width} cells, this row {cells}"
        yield Fault(table=file, row=row, what=what, mend=mend)
    if rows.height > MOST_LISTED:
        what = f"{equal}; {rows.height - MOST_LISTED:,} more rows are of another width"
        yield Fault(table=file, row=rows[ROW][MOST_LISTED], what=what, mend=mend)
