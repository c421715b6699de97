"""What the rows of the sales table must satisfy, each fault with its row and cell."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import polars as pl

from halfstep.core.check import Fault
from halfstep.core.config import StudyConfig
from halfstep.data.schema import day, number, period_text, text
from halfstep.data.settings import period_or_none
from halfstep.data.tables import ROW, Table

__all__ = ["check_rows", "kinds", "period_keys", "where"]

LARGEST = 1e30
"""No price, quantity or attribute is larger; such a cell is a slip, and its square would overflow."""


def check_rows(config: StudyConfig, table: Table) -> Iterator[Fault]:
    """Yield every fault in the rows."""
    columns, frame = config.columns, table.frame
    yield from _periods(table, columns.period)
    for column in {columns.brand, columns.model} | ({columns.place} if columns.place else set()):
        yield from where(
            table, column, text(column).is_null(), "expected a name; the cell is blank", "fill it or remove the row"
        )
    logged = {c for a in config.attributes if a.transform == "log" for c in a.columns}
    attributes = {c for a in config.attributes for c in a.columns}
    for column in [columns.price, columns.quantity, *sorted(attributes - {columns.price, columns.quantity})]:
        required = column not in attributes
        value, blank = number(column), pl.col(column).is_null()
        if required:
            yield from where(table, column, blank, "expected a number; the cell is blank", "fill it or remove the row")
        bad = ~blank & (value.is_null() | value.is_nan() | value.is_infinite())
        yield from where(
            table, column, bad, "expected a plain number", "write digits with a point for decimals, no unit", show=True
        )
        if column == columns.price or column in logged:
            yield from where(
                table,
                column,
                value <= 0,
                "expected more than zero",
                "correct the figure or leave the cell blank",
                show=True,
            )
        elif column == columns.quantity:
            yield from where(table, column, value < 0, "expected zero or more", "correct the figure", show=True)
    yield from _duplicates(config, table)
    if columns.quantity_kind == "share":
        totals = frame.group_by([columns.period, *([columns.place] if columns.place else [])]).agg(
            number(columns.quantity).sum().alias("total")
        )
        for row in totals.filter(pl.col("total") > 1 + 1e-9).sort(columns.period).iter_rows(named=True):
            market = " ".join(str(v) for k, v in row.items() if k != "total")
            yield Fault(
                table=table.file,
                column=columns.quantity,
                what=f"expected shares that sum to at most 1; {market} sums to {row['total']:.4g}",
                mend="set quantity_kind = 'units', or correct the shares (per cent?)",
            )


def _periods(table: Table, column: str) -> Iterator[Fault]:
    keys = table.frame.select(pl.col(ROW), period_text(table.frame, column).alias("key"))
    parsed = {key: period_or_none(key) if key is not None else None for key in keys["key"].unique().to_list()}
    wrong = keys.filter(
        pl.col("key").is_null() | pl.col("key").is_in([k for k, p in parsed.items() if p is None and k is not None])
    )
    for row, key in wrong.select(ROW, "key").iter_rows():
        yield Fault(
            table=table.file,
            row=row,
            column=column,
            what=f"expected a year, quarter or month; got {key!r}",
            mend="write 1990, 1990-Q1 or 1990-01",
        )
    kinds = sorted({p.frequency for p in parsed.values() if p is not None})
    if len(kinds) > 1:
        yield Fault(
            table=table.file,
            column=column,
            what="years, quarters and months are mixed",
            mend="give one kind of period; split the table by kind",
        )


def _duplicates(config: StudyConfig, table: Table) -> Iterator[Fault]:
    columns = config.columns
    key = [
        period_text(table.frame, columns.period).alias("k0"),
        text(columns.brand).replace(config.brands.aliases).alias("k1"),
        text(columns.model).alias("k2"),
    ]
    key += [text(columns.place).alias("k3")] if columns.place else []
    keyed = table.frame.select(*key, pl.col(ROW), text(columns.quantity).alias("q"), text(columns.price).alias("p"))
    names = [expression.meta.output_name() for expression in key]
    for twins in (
        keyed.filter(pl.struct(names).is_duplicated()).sort(names + [ROW]).partition_by(names, maintain_order=True)
    ):
        rows = ", ".join(f"row {r}: quantity {q}, price {p}" for r, q, p in twins.select(ROW, "q", "p").iter_rows())
        what = " ".join(str(v) for v in twins.select(names).row(0))
        yield Fault(
            table=table.file,
            row=twins[ROW][0],
            column=columns.model,
            what=f"{what} occurs {twins.height} times ({rows})",
            mend="keep one row for each period, place, brand and model",
        )


def where(table: Table, column: str, wrong: pl.Expr, what: str, mend: str, *, show: bool = False) -> Iterator[Fault]:
    for row, cell in table.frame.filter(wrong).select(ROW, text(column)).iter_rows():
        yield Fault(table=table.file, row=row, column=column, what=f"{what}; got {cell!r}" if show else what, mend=mend)
