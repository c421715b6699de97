"""What the rows of the sales table must satisfy, each fault with its row and cell."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

import polars as pl

from halfstep.core.check import Fault
from halfstep.core.config import StudyConfig
from halfstep.data.schema import day, number, period_text, text
from halfstep.data.settings import period_or_none
from halfstep.data.tables import ROW, Table

__all__ = ["LARGEST", "canonical", "check_rows", "kinds", "where"]

LARGEST = 1e30
"""No price, quantity or attribute is larger, none but zero is smaller than one over it: such a cell is a slip, and
products of it would overflow."""


def kinds(table: Table, words: Iterable[str], numbers: Iterable[str]) -> Iterator[Fault]:
    """Yield columns (of a Parquet file) whose type cannot be read as words or as numbers at all."""
    numeric = set(numbers)
    for column in sorted({*words, *numeric}):
        kind = table.frame.schema[column]
        dated = column in numeric and kind.is_temporal()
        if dated or kind.is_nested() or kind in (pl.Binary, pl.Object, pl.Time, pl.Duration):
            yield Fault(
                table=table.file,
                column=column,
                what=f"expected {'numbers' if column in numeric else 'text'}; the column holds {kind}",
                mend="export the column as plain text or numbers",
            )


def check_rows(config: StudyConfig, table: Table) -> Iterator[Fault]:
    """Yield every fault in the rows."""
    columns = config.columns
    yield from _periods(table, columns.period)
    names = {columns.brand, columns.model, *(c for c in (columns.place, columns.cluster) if c)}
    for column in sorted(names):
        blank = text(column).is_null()
        yield from where(table, column, blank, "expected a name; the cell is blank", "fill it or remove the row")
    yield from _numbers(config, table)
    if columns.first_known:
        yield from _days(table, columns.first_known)
    yield from _duplicates(config, table)
    if columns.quantity_kind == "share":
        yield from _share_sums(config, table)


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


def _numbers(config: StudyConfig, table: Table) -> Iterator[Fault]:
    columns = config.columns
    logged = {c for a in config.attributes if a.transform == "log" for c in a.columns}
    attributes = {c for a in config.attributes for c in a.columns}
    for column in [columns.price, columns.quantity, *sorted(attributes - {columns.price, columns.quantity})]:
        value, blank = number(column), pl.col(column).is_null()
        if column in (columns.price, columns.quantity):
            what = "expected a number; the cell is blank"
            yield from where(table, column, blank, what, "fill it or remove the row")
        bad = ~blank & (
            value.is_null() | value.is_nan() | (value.abs() > LARGEST) | ((value != 0) & (value.abs() < 1 / LARGEST))
        )
        plain, mend = "expected a plain number", "write digits with a point for decimals, no unit"
        yield from where(table, column, bad, plain, mend, show=True)
        if column == columns.price or column in logged:
            above, mend = "expected more than zero", "correct the figure or leave the cell blank"
            yield from where(table, column, ~bad & (value <= 0), above, mend, show=True)
        elif column == columns.quantity:
            least = "expected zero or more"
            yield from where(table, column, ~bad & (value < 0), least, "correct the figure", show=True)


def _periods(table: Table, column: str) -> Iterator[Fault]:
    keys = table.frame.select(pl.col(ROW), period_text(table.frame, column).alias("key"))
    parsed = {key: period_or_none(key) for key in keys["key"].unique().drop_nulls().to_list()}
    strange = [key for key, period in parsed.items() if period is None]
    for row, key in keys.filter(pl.col("key").is_null() | pl.col("key").is_in(strange)).iter_rows():
        came = "the cell is blank" if key is None else f"got {key[:60]!r}"
        yield Fault(
            table=table.file,
            row=row,
            column=column,
            what=f"expected a year, quarter or month; {came}",
            mend="write 1990, 1990-Q1 or 1990-01",
        )
    if len({p.frequency for p in parsed.values() if p is not None}) > 1:
        yield Fault(
            table=table.file,
            column=column,
            what="years, quarters and months are mixed",
            mend="give one kind of period; split the table by kind",
        )


def _days(table: Table, column: str) -> Iterator[Fault]:
    days = table.frame.select(pl.col(ROW), day(table.frame, column).alias("day")).drop_nulls()
    for row, cell in days.iter_rows():
        if not _is_day(cell):
            yield Fault(
                table=table.file,
                row=row,
                column=column,
                what=f"expected a day (1990-12-31); got {cell[:60]!r}",
                mend="write YYYY-MM-DD or leave the cell blank",
            )


def _duplicates(config: StudyConfig, table: Table) -> Iterator[Fault]:
    columns = config.columns
    key = [
        canonical(table.frame, columns.period).alias("k0"),
        text(columns.brand).replace(config.brands.aliases).alias("k1"),
        text(columns.model).alias("k2"),
    ]
    key += [text(columns.place).alias("k3")] if columns.place else []
    keyed = table.frame.select(*key, pl.col(ROW), text(columns.quantity).alias("q"), text(columns.price).alias("p"))
    names = [expression.meta.output_name() for expression in key]
    repeated = keyed.filter(pl.struct(names).is_duplicated() & ~pl.any_horizontal(pl.col(names).is_null()))
    for twins in repeated.sort([*names, ROW]).partition_by(names, maintain_order=True):
        rows = ", ".join(f"row {r}: quantity {q}, price {p}" for r, q, p in twins.select(ROW, "q", "p").iter_rows())
        what = " ".join(str(v) for v in twins.select(names).row(0))
        yield Fault(
            table=table.file,
            row=twins[ROW][0],
            column=columns.model,
            what=f"{what} occurs {twins.height} times ({rows})",
            mend="keep one row for each period, place, brand and model",
        )


def _share_sums(config: StudyConfig, table: Table) -> Iterator[Fault]:
    columns = config.columns
    market = [canonical(table.frame, columns.period).alias("period")]
    market += [text(columns.place).alias("place")] if columns.place else []
    sums = table.frame.group_by(market).agg(number(columns.quantity).sum().alias("total"))
    for row in sums.filter(pl.col("total") > 1 + 1e-9).sort(pl.exclude("total")).iter_rows(named=True):
        name = " ".join(str(v) for k, v in row.items() if k != "total")
        yield Fault(
            table=table.file,
            column=columns.quantity,
            what=f"expected shares that sum to at most 1; {name} sums to {row['total']:.4g}",
            mend="set quantity_kind = 'units', or correct the shares (per cent?)",
        )


def _is_day(value: str) -> bool:
    try:
        return date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False
