"""Monthly units of makers: the tables `ramp` (the maker in question) and `ramps` (others, the reference class)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import numpy.typing as npt
import polars as pl

from halfstep.core.check import Fault, Guess
from halfstep.core.config import StudyConfig
from halfstep.core.config_docket import RampColumns
from halfstep.core.period import Period, parse_period
from halfstep.data.columns import absent, kinds, near
from halfstep.data.read.tables import ROW, Table
from halfstep.data.rows import canonical, check_names, check_numbers, check_periods, frequencies, is_day, twins, where
from halfstep.data.schema import day, number, period_text, text

__all__ = ["Months", "read_months"]

_LONGEST = 1200
"""Months, a hundred years; a longer sample holds a slip of the pen (1025 for 2025)."""
_MONTHLY = 12
_LISTED = 12


@dataclass(frozen=True, slots=True, eq=False)
class Months:
    """Units that makers handed over, by month.

    Attributes
    ----------
    makers
        Names of the M makers, in the order of the file.
    first
        Ordinal of the first of the T consecutive months (`core.period.Period` at frequency 12).
    units
        Shape (M, T); NaN where nothing is known: a missing month is not zero. Models of a maker's month are added up; NaN
        where a model has no figure that has one in an earlier and in a later month, for then the sum is a part.
    known
        Ordinal of the day (`datetime.date.toordinal`) from which a figure may be used; shape (M, T), zero where there is none.
    rows
        Maker -> rows of the file.
    prints
        Every figure behind `units` and those that it replaced, one row each: row, maker, model ("" where the table has
        none), month (ordinal), units (null where blank), known (ordinal). None where `units` is all there is.
    """

    file: str
    makers: tuple[str, ...]
    first: int
    units: npt.NDArray[np.float64]
    known: npt.NDArray[np.int64]
    rows: dict[str, tuple[int, ...]]
    guesses: tuple[Guess, ...] = ()
    prints: pl.DataFrame | None = None

    def known_on(self, day: int) -> npt.NDArray[np.float64]:
        """Return the units as they stood on a day (an ordinal), as printed then; shape (M, T), NaN elsewhere."""
        if self.prints is None:
            return np.where((self.known > 0) & (self.known <= day), self.units, np.nan)
        return _added(self.prints.filter(pl.col("known") <= day), self.makers, self.first, self.units.shape[1])[0]

    def on(self, day: int) -> Months:
        """Return the table as it would have been read on a day: its makers and months by then, and nothing later."""
        if self.prints is not None:
            return _months(self.file, self.prints.filter(pl.col("known") <= day))
        units = self.known_on(day)
        kept = np.flatnonzero(~np.isnan(units).all(axis=1))
        seen = np.flatnonzero(~np.isnan(units).all(axis=0))
        span = slice(int(seen[0]), int(seen[-1]) + 1) if len(seen) else slice(0, 0)
        names = tuple(self.makers[m] for m in kept)
        return Months(
            self.file, names, self.first + span.start, units[kept, span], np.where(np.isnan(units), 0, self.known)[kept, span],
            {name: self.rows.get(name, ()) for name in names},
        )  # fmt: skip


def read_months(config: StudyConfig, table: Table, columns: RampColumns, own: str) -> tuple[Months | None, list[Fault]]:
    """Read a table of months whose cells have been settled; what is wrong is collected, and then nothing is read.

    Rows first known after the as-of date are not looked at. Of a maker, model and month with several rows that say on which
    day each was first known, the newest counts. A blank cell is a month that is not known, and no zero.

    Parameters
    ----------
    columns
        Of this table.
    own
        Maker of a table without a column of makers.
    """
    named = {f"{table.name}_columns.{key}": c for key, c in columns if isinstance(c, str)}
    words = {column for column in named.values() if column != columns.units}
    faults = list(absent(table, named)) or list(kinds(table, words, [columns.units]))
    faults = faults or list(_rows(config, table, columns))
    if faults:
        return None, faults
    if table.frame.height == 0:
        return Months(table.file, (), 0, np.zeros((0, 0)), np.zeros((0, 0), np.int64), {}), []
    prints = _prints(config, table, columns, own)
    as_of = date.fromisoformat(config.study.as_of).toordinal() if is_day(config.study.as_of) else 0
    months = _months(table.file, prints.filter(pl.col("known") <= as_of))
    faults = list(_unnamed(table, columns, months, own)) if table.name == "ramp" and not table.later else []
    if months.units.shape[1] > _LONGEST:
        ends = [Period(t, _MONTHLY).key for t in (months.first, months.first + months.units.shape[1] - 1)]
        what = f"the months run from {ends[0]} to {ends[1]}, more than {_LONGEST} of them"
        faults.append(Fault(table=table.file, column=columns.period, what=what, mend="correct the one that is wrong"))
    return (None, faults) if faults else (replace(months, guesses=tuple(_parts(columns, months))), [])


def _rows(config: StudyConfig, table: Table, columns: RampColumns) -> Iterator[Fault]:
    """Yield every fault in the rows."""
    for column in (columns.maker, columns.model):
        if column is not None:
            yield from check_names(table, column)
    yield from check_numbers(table, columns.units, least="zero")
    if columns.first_known is not None:
        cells = table.frame.select(day(table.frame, columns.first_known)).to_series().drop_nulls().unique().to_list()
        wrong = day(table.frame, columns.first_known).is_in([cell for cell in cells if not is_day(cell)])
        mend = "write YYYY-MM-DD or leave the cell blank"
        yield from where(table, columns.first_known, wrong, "expected a day (1990-12-31)", mend, show=True)
    strange = list(check_periods(table, columns.period))
    yield from strange
    if strange or table.frame.height == 0:
        return
    found = frequencies(table, columns.period)
    if found != {_MONTHLY}:
        what = f"expected months; the column holds {'years' if found == {1} else 'quarters'}"
        yield Fault(table=table.file, column=columns.period, what=what, mend="give months (2025-06); others belong in a press table")  # fmt: skip
        return
    yield from _twice(config, table, columns)


def _twice(config: StudyConfig, table: Table, columns: RampColumns) -> Iterator[Fault]:
    """Yield rows of one maker, model and month, side by side."""
    maker = text(columns.maker).replace(config.brands.aliases) if columns.maker else pl.lit("")
    model = text(columns.model) if columns.model else pl.lit("")
    shown, mend = {"units": columns.units}, "keep one row for each maker, model and month"
    if columns.first_known is not None:
        shown["first known"] = columns.first_known
        mend += f", or say in {columns.first_known} on which day each was first known"
    key = [canonical(table.frame, columns.period), maker, model]
    for row, what, why in twins(table, key, shown, {"units": "month"}, columns.first_known):
        yield Fault(table=table.file, row=row, column=columns.maker or columns.period, what=what, mend=f"{why}: {mend}")


def _prints(config: StudyConfig, table: Table, columns: RampColumns, own: str) -> pl.DataFrame:
    """Return one row for each figure, in the order of the file, with the day from which it may be used."""
    key = period_text(table.frame, columns.period)
    texts = table.frame.select(key).to_series().unique().drop_nulls().to_list()
    periods = {cell: parse_period(cell) for cell in texts}
    ends = {cell: date.fromisoformat(p.last_day).toordinal() + columns.known_after for cell, p in periods.items()}
    told = day(table.frame, columns.first_known) if columns.first_known else pl.lit(None, pl.String)
    days = table.frame.select(told.alias("day")).to_series().drop_nulls().unique().to_list()
    since = {cell: date.fromisoformat(cell).toordinal() for cell in days}
    maker = text(columns.maker).replace(config.brands.aliases) if columns.maker else pl.lit(own)
    return table.frame.select(
        pl.col(ROW).cast(pl.Int64).alias("row"),
        maker.alias("maker"),
        (text(columns.model) if columns.model else pl.lit("")).alias("model"),
        key.replace_strict({c: p.ordinal for c, p in periods.items()}, return_dtype=pl.Int64).alias("month"),
        number(columns.units).alias("units"),
        pl.coalesce(
            told.replace_strict(since, default=None, return_dtype=pl.Int64),
            key.replace_strict(ends, return_dtype=pl.Int64),
        ).alias("known"),
    ).sort("row")


def _months(file: str, prints: pl.DataFrame) -> Months:
    """Set makers beside months."""
    makers = tuple(prints["maker"].unique(maintain_order=True).to_list())
    at = prints["month"].to_numpy()
    first, length = (int(at.min()), int(at.max() - at.min()) + 1) if len(at) else (0, 0)
    units, known = _added(prints, makers, first, length)
    rows = {
        str(name): tuple(held) for name, held in prints.group_by("maker", maintain_order=True).agg("row").iter_rows()
    }
    return Months(file, makers, first, units, known, rows, prints=prints)


def _added(
    prints: pl.DataFrame, makers: tuple[str, ...], first: int, length: int
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int64]]:
    """Add up the newest figures of each maker's models; a month that lacks a model which it should have is blank."""
    units, known = np.full((len(makers), length), np.nan), np.zeros((len(makers), length), np.int64)
    newest = prints.filter(pl.col("known") == pl.col("known").max().over("maker", "model", "month"))
    filled = newest.filter(pl.col("units").is_not_null())
    lacking = {(maker, month) for maker, _, month in _lacking(filled)}
    at = {name: m for m, name in enumerate(makers)}
    sums = filled.group_by("maker", "month", maintain_order=True).agg(pl.col("units").sum(), pl.col("known").max())
    for maker, month, total, since in sums.iter_rows():
        if (maker, month) not in lacking:
            units[at[maker], month - first], known[at[maker], month - first] = total, since
    return units, known


def _lacking(filled: pl.DataFrame) -> list[tuple[str, str, int]]:
    """Return makers' months in which others of their models have a figure and one has none between two that it has."""
    months = {str(maker): set(held) for maker, held in filled.group_by("maker").agg("month").iter_rows()}
    out = []
    for maker, model, held in filled.group_by("maker", "model", maintain_order=True).agg("month").iter_rows():
        between = set(range(min(held), max(held))) - set(held)
        out += [(str(maker), str(model), month) for month in sorted(between & months[str(maker)])]
    return out


def _parts(columns: RampColumns, months: Months) -> Iterator[Guess]:
    """Yield that months with figures of some models only are left blank."""
    if months.prints is None:
        return
    lacking = _lacking(months.prints.filter(pl.col("units").is_not_null()))
    if lacking:
        maker, model, month = lacking[0]
        facts = (("maker", maker), ("model", model), ("period", Period(month, _MONTHLY).key))
        count = len({(maker, month) for maker, _, month in lacking})
        yield Guess(table=months.file, kind="months_in_part", column=columns.model, count=count, facts=facts)


def _unnamed(table: Table, columns: RampColumns, months: Months, own: str) -> Iterator[Fault]:
    """Yield a maker in question of which no row speaks."""
    if own in months.makers or not months.makers:
        return
    close = near(own, months.makers)
    hint = f"did you mean {close!r}?" if close else f"the table has: {', '.join(months.makers[:_LISTED])}"
    what = f"expected rows of the maker {own!r} (ramp.maker, else the focal brand); there are none"
    yield Fault(table=table.file, column=columns.maker, what=what, mend=f"correct it or add an alias; {hint}")
