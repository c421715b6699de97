"""What the cells of a column are like, whatever its header says."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from halfstep.core.period import Period
from halfstep.data.cells.dates import read_span
from halfstep.data.cells.quantities import currency, is_nothing, read_quantity
from halfstep.data.propose.headers import Header, read_header
from halfstep.data.read.tables import ROW, Table
from halfstep.data.settings import period_or_none

__all__ = ["Profile", "profiles"]

LOOKED_AT = 100
"""Different cells of a column that are read as dates; one with more of them is judged by these."""
MOST = 20_000
"""Different cells that are read as figures as people write them; those that are plain numbers do not count."""

KINDS = {"year": 1, "quarter": 4, "month": 12, "day": 12}
"""Kind of a span -> periods in a year of the period that it becomes."""


@dataclass(frozen=True, slots=True, eq=False)
class Profile:
    """A column by its cells.

    Attributes
    ----------
    name, header
        As in the file; as read.
    texts
        Cells as text, null where they hold nothing; n of them.
    values
        Cells as numbers, NaN where they are none; shape (n,). A range is taken at its middle.
    filled
        Share of cells that hold something.
    distinct
        Different cells.
    numeric, dated, paced
        Share of the filled cells that are figures; that are spans of days of any kind; that are years, quarters, months
        or days, which rows of sales can be counted by.
    mark
        Currency that most figures carry in the cell itself, such as "CNY"; "" where they carry none.
    example
        First filled cell.
    """

    name: str
    header: Header
    texts: pl.Series
    values: npt.NDArray[np.float64]
    filled: float
    distinct: int
    numeric: float
    dated: float
    paced: float
    mark: str
    example: str

    @property
    def known(self) -> npt.NDArray[np.float64]:
        """The finite values."""
        return self.values[np.isfinite(self.values)]

    @property
    def whole(self) -> bool:
        """Whether all figures are whole numbers."""
        return bool(len(self.known)) and bool((self.known == np.round(self.known)).all())

    @property
    def positive(self) -> bool:
        """Whether there are figures and all of them are above zero."""
        return bool(len(self.known)) and bool((self.known > 0).all())

    def periods(self) -> set[Period]:
        """Return the periods that the cells name."""
        found = (_period(cell) for cell in self.texts.unique().drop_nulls().to_list())
        return {period for period in found if period is not None}


def profiles(table: Table) -> tuple[Profile, ...]:
    """Return the profile of each column, in the order of the file."""
    frame = table.frame
    return tuple(_profile(name, frame[name]) for name in frame.columns if name != ROW)


def _profile(name: str, column: pl.Series) -> Profile:
    column = column.alias("cells")  # a name such as ^$ is a pattern to Polars
    dated = column.dtype in (pl.Date, pl.Datetime)
    texts = (column.dt.strftime("%Y-%m-%d") if dated else column.cast(pl.String, strict=False)).str.strip_chars()
    counts: dict[str, int] = dict(texts.drop_nulls().value_counts().iter_rows())
    nothing = [cell for cell in counts if is_nothing(cell)]
    if nothing:
        texts = texts.set(texts.is_in(nothing), None)
        counts = {cell: rows for cell, rows in counts.items() if cell not in nothing}
    values, marks = _values(column, texts, counts)
    broken = column.dtype.is_float() and bool((values % 1 > 0).any())
    cells = [] if broken else [str(cell) for cell in texts.drop_nulls().unique(maintain_order=True).head(LOOKED_AT)]
    filled, looked = sum(counts.values()), sum(counts[cell] for cell in cells)
    return Profile(
        name=name,
        header=read_header(name),
        texts=texts,
        values=values,
        filled=filled / len(texts) if len(texts) else 0.0,
        distinct=len(counts),
        numeric=float(np.isfinite(values).sum()) / filled if filled else 0.0,
        dated=sum(counts[cell] for cell in cells if _period(cell) or read_span(cell)) / looked if looked else 0.0,
        paced=sum(counts[cell] for cell in cells if _period(cell)) / looked if looked else 0.0,
        mark=marks.most_common(1)[0][0] if marks.total() * 2 > filled > 0 else "",
        example=str(texts.drop_nulls().first()) if counts else "",
    )


def _values(
    column: pl.Series, texts: pl.Series, counts: dict[str, int]
) -> tuple[npt.NDArray[np.float64], Counter[str]]:
    """Return the cells as numbers, and how many carry which currency."""
    marks: Counter[str] = Counter()
    if column.dtype.is_numeric():
        return column.cast(pl.Float64).fill_null(math.nan).to_numpy(), marks
    plain = texts.cast(pl.Float64, strict=False)
    rest: list[str] = texts.filter(plain.is_null() & texts.is_not_null()).unique(maintain_order=True).to_list()
    read: dict[str, float] = {}
    for cell in rest[:MOST]:
        found = read_quantity(cell)
        if found is not None:
            read[cell] = found.value if found.value is not None else (found.lo + found.hi) / 2
            mark = currency(found.unit)
            if mark:
                marks[mark] += counts[cell]
    if read:
        other = texts.replace_strict(list(read), list(read.values()), default=None, return_dtype=pl.Float64)
        plain = plain.fill_null(other)
    values = plain.fill_null(math.nan).to_numpy().copy()
    values[~np.isfinite(values)] = math.nan
    return values, marks


def _period(cell: str) -> Period | None:
    """Read a cell as a year, quarter or month; a day is its month."""
    plain = period_or_none(cell)
    if plain is not None:
        return plain if 1900 <= plain.year < 2100 else None
    span = read_span(cell)
    if span is None or span.kind not in KINDS:
        return None
    day = span.first_day
    texts = {1: f"{day:%Y}", 4: f"{day:%Y}-Q{(day.month + 2) // 3}", 12: f"{day:%Y-%m}"}
    return period_or_none(texts[KINDS[span.kind]])
