"""What the rows of a table must satisfy, those of the sales table first, each fault with its row and cell."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Literal

import polars as pl

from halfstep.core.check import Fault
from halfstep.core.config import StudyConfig
from halfstep.data.cells.suspicion import suspicion
from halfstep.data.cells.unread import why_no_number, why_no_period
from halfstep.data.read.tables import ROW, Table
from halfstep.data.schema import day, number, period_text, text
from halfstep.data.settings import period_or_none

__all__ = [
    "LARGEST", "LENGTHS", "canonical", "check_names", "check_numbers", "check_periods", "check_rows", "frequencies",
    "in_force", "is_day", "twins", "where",
]  # fmt: skip

LARGEST = 1e30
"""No price, quantity or attribute is larger, none but zero is smaller than one over it: such a cell is a slip, and
products of it would overflow."""
LENGTHS = {1: "year", 4: "quarter", 12: "month"}
_CUT = r"^\d\.\d+[eE]\+?\d{2,}$|^\d[eE]\+\d{2,}$"
"""How a spreadsheet shows a long id of which it kept fifteen digits."""


def check_rows(config: StudyConfig, table: Table) -> Iterator[Fault]:
    """Yield every fault in the rows."""
    columns = config.columns
    yield from check_periods(table, columns.period)
    demand = [config.demand.firm, config.demand.nest] if config.demand else []
    names = {columns.brand, columns.model, *(c for c in (columns.place, columns.cluster, *demand) if c)}
    for column in sorted(names):
        yield from check_names(table, column)
    yield from _numbers(config, table)
    if columns.first_known:
        yield from _days(table, columns.first_known)
    yield from _duplicates(config, table)
    if columns.quantity_kind == "share":
        yield from _share_sums(config, table)


def check_names(table: Table, column: str) -> Iterator[Fault]:
    """Yield cells of names that are blank or have lost digits."""
    blank = text(column).is_null()
    yield from where(table, column, blank, "expected a name; the cell is blank", "fill it or remove the row")
    cut = text(column).str.contains(_CUT).fill_null(False)
    what = "expected an id; a spreadsheet made it a number and lost its last digits"
    yield from where(table, column, cut, what, "export it again as text", show=True)


def where(table: Table, column: str, wrong: pl.Expr, what: str, mend: str, *, show: bool = False) -> Iterator[Fault]:
    """Yield a fault for each row in which a rule is broken; `show` quotes the cell."""
    for row, cell in table.frame.filter(wrong).select(ROW, text(column)).iter_rows():
        quoted = f"{what}; got {str(cell)[:60]!r}" if show else what
        yield Fault(table=table.file, row=row, column=column, what=quoted, mend=mend)


def canonical(frame: pl.DataFrame, column: str) -> pl.Expr:
    """Return the period column in one spelling (1990-1 and 1990-01 are one month); text that is no period as it is."""
    keys = frame.select(period_text(frame, column)).to_series().unique().drop_nulls().to_list()
    known = {key: period.key for key in keys if (period := period_or_none(key)) is not None}
    return period_text(frame, column).replace(known)


def check_numbers(
    table: Table, column: str, *, filled: bool = False, least: Literal["above", "zero", ""] = ""
) -> Iterator[Fault]:
    """Yield cells that are no plain number, are blank and must be `filled`, or are too small.

    Parameters
    ----------
    least
        "above": more than zero; "zero": zero or more.
    """
    value, blank = number(column), pl.col(column).is_null()
    if filled:
        what = "expected a number; the cell is blank"
        yield from where(table, column, blank, what, "fill it or remove the row")
    bad = ~blank & (
        value.is_null() | value.is_nan() | (value.abs() > LARGEST) | ((value != 0) & (value.abs() < 1 / LARGEST))
    )
    for row, cell in table.frame.filter(bad).select(ROW, text(column)).iter_rows():
        why, mend = why_no_number(cell)
        what = f"expected a plain number; got {cell[:60]!r}" + (f": {why}" if why else "")
        yield Fault(table=table.file, row=row, column=column, what=what, mend=mend)
    if least == "above":
        above, mend = "expected more than zero", "correct the figure" + ("" if filled else " or leave the cell blank")
        yield from where(table, column, ~bad & (value <= 0), above, mend, show=True)
    elif least == "zero":
        yield from where(table, column, ~bad & (value < 0), "expected zero or more", "correct the figure", show=True)


def check_periods(table: Table, column: str, *, blanks: bool = False) -> Iterator[Fault]:
    """Yield cells that are no period, and a column that mixes years, quarters and months; `blanks` are allowed."""
    keys = table.frame.select(pl.col(ROW), period_text(table.frame, column).alias("key"))
    parsed = {key: period_or_none(key) for key in keys["key"].unique().drop_nulls().to_list()}
    strange = [key for key, period in parsed.items() if period is None]
    blank = pl.lit(False) if blanks else pl.col("key").is_null()
    for row, key in keys.filter(blank | pl.col("key").is_in(strange)).iter_rows():
        came = "the cell is blank" if key is None else f"got {key[:60]!r}"
        why, mend = why_no_period(key or "")
        what = f"expected a year, quarter or month; {came}" + (f": {why}" if why else "")
        yield Fault(table=table.file, row=row, column=column, what=what, mend=mend)
    if len(frequencies(table, column)) > 1:
        yield Fault(
            table=table.file,
            column=column,
            what="years, quarters and months are mixed",
            mend="give one kind of period; split the table by kind",
        )


def frequencies(table: Table, column: str) -> set[int]:
    """Return how many periods a year has, by the cells that are periods."""
    keys = table.frame.select(period_text(table.frame, column)).to_series().unique().drop_nulls().to_list()
    return {period.frequency for key in keys if (period := period_or_none(key)) is not None}


def _numbers(config: StudyConfig, table: Table) -> Iterator[Fault]:
    columns = config.columns
    logged = {c for a in config.attributes if a.transform == "log" for c in a.columns}
    others = {c for a in config.attributes for c in a.columns} | set(config.demand.cost if config.demand else ())
    yield from check_numbers(table, columns.price, filled=True, least="above")
    yield from check_numbers(
        table, columns.quantity, filled=True, least="above" if columns.quantity in logged else "zero"
    )
    for column in sorted(columns.other_prices.values()):
        yield from check_numbers(table, column, least="above")
        if table.frame[column].null_count() == table.frame.height > 0:
            what, mend = "expected prices; every cell is blank", "fill it, or take it out of columns.other_prices"
            yield Fault(table=table.file, column=column, what=what, mend=mend)
    for column in sorted(others - {columns.price, columns.quantity, *columns.other_prices.values()}):
        yield from check_numbers(table, column, least="above" if column in logged else "")


def _days(table: Table, column: str) -> Iterator[Fault]:
    days = table.frame.select(pl.col(ROW), day(table.frame, column).alias("day")).drop_nulls()
    for row, cell in days.iter_rows():
        if not is_day(cell):
            yield Fault(
                table=table.file,
                row=row,
                column=column,
                what=f"expected a day (1990-12-31); got {cell[:60]!r}",
                mend="write YYYY-MM-DD or leave the cell blank",
            )


def in_force(config: StudyConfig, table: Table) -> pl.DataFrame:
    """Return the rows of the sales table known at the as-of date, without those that a later one revises."""
    columns = config.columns
    if columns.first_known is None:
        return table.frame
    known = day(table.frame, columns.first_known)
    frame = table.frame.filter((known <= config.study.as_of).fill_null(True))
    return frame.filter((known == known.max().over(_key(config, frame))).fill_null(True))


def _key(config: StudyConfig, frame: pl.DataFrame) -> list[pl.Expr]:
    columns = config.columns
    key = [canonical(frame, columns.period), text(columns.brand).replace(config.brands.aliases), text(columns.model)]
    return key + ([text(columns.place)] if columns.place else [])


def _duplicates(config: StudyConfig, table: Table) -> Iterator[Fault]:
    columns = config.columns
    shown = {"quantity": columns.quantity, "price": columns.price}
    mend = "keep one row for each period, place, brand and model"
    if columns.first_known:
        shown["first known"] = columns.first_known
        mend += f", or say in {columns.first_known} on which day each was first known"
    compared = {"quantity": _length(table, columns.period), "price": ""}
    for row, what, why in twins(table, _key(config, table.frame), shown, compared, columns.first_known):
        yield Fault(table=table.file, row=row, column=columns.model, what=what, mend=f"{why}: {mend}")


def _length(table: Table, column: str) -> str:
    """Return the one kind of period in a column: "year", "quarter", "month"; "" where there are several."""
    found = frequencies(table, column)
    return LENGTHS[found.pop()] if len(found) == 1 else ""


def twins(
    table: Table, key: list[pl.Expr], shown: dict[str, str], compared: dict[str, str], first_known: str | None = None
) -> Iterator[tuple[int, str, str]]:
    """Yield each key that occurs more than once: its first row, its rows side by side, and why that may be.

    Parameters
    ----------
    key
        Parts of the key; rows in which one is null are passed over.
    shown
        What is quoted of each row: word -> column.
    compared
        Words of `shown` whose figures may say what happened -> period that they are of ("" where it does not matter).
    first_known
        Column of days; rows of one key with different days are revisions, no twins.
    """
    names = [f"k{i}" for i in range(len(key))]
    parts = [part.alias(name) for part, name in zip(key, names, strict=True)]
    known = pl.lit(None, pl.String) if first_known is None else day(table.frame, first_known)
    keyed = table.frame.select(
        *parts, pl.col(ROW), known.alias("known"), *(text(column).alias(word) for word, column in shown.items())
    )
    repeated = keyed.filter(pl.struct(names).is_duplicated() & ~pl.any_horizontal(pl.col(names).is_null()))
    for same in repeated.sort([*names, ROW]).partition_by(names, maintain_order=True):
        if same["known"].null_count() == 0 and same["known"].n_unique() == same.height:
            continue
        rows = []
        for row, *cells in same.select(ROW, *shown).iter_rows():
            rows.append(
                f"row {row}: "
                + ", ".join(f"{w} {'blank' if c is None else c}" for w, c in zip(shown, cells, strict=True))
            )
        what = " ".join(str(v) for v in same.select(names).row(0) if v != "")
        yield same[ROW][0], f"{what} occurs {same.height} times ({'; '.join(rows)})", _why_twice(same, compared)


def _why_twice(same: pl.DataFrame, compared: dict[str, str]) -> str:
    """Return what the first figure that differs between rows of one key may mean."""
    for word, period in compared.items():
        figures = same.select(number(word)).to_series().drop_nulls().to_list()
        if len(set(figures)) > 1:
            return suspicion(max(figures), min(figures), period)
    return suspicion(1, 1, "")


def _share_sums(config: StudyConfig, table: Table) -> Iterator[Fault]:
    columns, frame = config.columns, in_force(config, table)
    market = [canonical(frame, columns.period).alias("period")]
    market += [text(columns.place).alias("place")] if columns.place else []
    sums = frame.group_by(market).agg(number(columns.quantity).sum().alias("total"))
    for row in sums.filter(pl.col("total") > 1 + 1e-9).sort(pl.exclude("total")).iter_rows(named=True):
        name = " ".join(str(v) for k, v in row.items() if k != "total")
        yield Fault(
            table=table.file,
            column=columns.quantity,
            what=f"expected shares that sum to at most 1; {name} sums to {row['total']:.4g}",
            mend="set quantity_kind = 'units', or correct the shares (per cent?)",
        )


def is_day(value: str) -> bool:
    """Whether a text is a day as YYYY-MM-DD."""
    try:
        return date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False
