"""What the micro table must satisfy: each row a figure of which the model has a counterpart."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from halfstep.core.check import Fault
from halfstep.core.config import MicroColumns, StudyConfig
from halfstep.data.columns import near
from halfstep.data.read.tables import ROW, Table
from halfstep.data.schema import brand_name, number, text

__all__ = ["ANY", "NOTHING", "STATISTICS", "check_micro"]

ANY, NOTHING = "any", "none"
"""Groups that are no brands: who bought something, who bought nothing."""
STATISTICS = ("mean", "second choice")
_ROUNDING = 1e-6


@dataclass(frozen=True, slots=True)
class _Row:
    """Cells of a row, "" where blank; names are those used."""

    row: int
    statistic: str
    of: str
    group: str
    second: str
    value: float | None


@dataclass(frozen=True, slots=True)
class _Known:
    """What a row may speak of: brands (none where the sales table cannot be read), demographics and their ranges."""

    columns: MicroColumns
    file: str
    brands: frozenset[str]
    demographics: dict[str, tuple[float, float] | None]

    def fault(self, row: _Row, key: str, what: str, mend: str) -> Fault:
        column = getattr(self.columns, key) or f"micro_columns.{key}"
        return Fault(table=self.file, row=row.row, column=column, what=what, mend=mend)


def check_micro(config: StudyConfig, table: Table, buyers: Table | None, sales: Table | None) -> Iterator[Fault]:
    """Yield rows whose statistic, group, demographic or value cannot be what they say; `buyers` and `sales` if readable."""
    columns = config.micro_columns
    assert columns is not None
    brands: list[str] = []
    if sales is not None:
        brands = sales.frame.select(brand_name(config, config.columns.brand)).to_series().drop_nulls().to_list()
    known = _Known(columns, table.file, frozenset(brands), _ranges(config, buyers))
    rows = [_Row(*cells) for cells in _cells(config, columns, table).iter_rows()]
    for row in rows:
        if row.statistic not in STATISTICS:
            came = repr(row.statistic[:60]) if row.statistic else "the cell is blank"
            what = f"expected {' or '.join(STATISTICS)}; got {came}"
            yield known.fault(row, "statistic", what, "write one of them")
            continue
        yield from _names(known, row)
        yield from _mean(known, row) if row.statistic == "mean" else _second_choice(known, row)
    yield from _sums(config, columns, table)


def _cells(config: StudyConfig, columns: MicroColumns, table: Table) -> pl.DataFrame:
    def words(column: str | None) -> pl.Expr:
        return text(column).fill_null("") if column else pl.lit("")

    second = brand_name(config, columns.second).fill_null("") if columns.second else pl.lit("")
    value = number(columns.value)
    return table.frame.select(
        pl.col(ROW).cast(pl.Int64).alias("row"),
        words(columns.statistic).alias("statistic"),
        words(columns.of).alias("of"),
        brand_name(config, columns.group).fill_null("").alias("group"),
        second.alias("second"),
        pl.when(value.is_finite()).then(value).alias("value"),
    )


def _ranges(config: StudyConfig, buyers: Table | None) -> dict[str, tuple[float, float] | None]:
    """Return the least and the largest value of each demographic; None where its column cannot be read."""
    found: dict[str, tuple[float, float] | None] = {}
    for name, column in (config.buyer_columns.demographics if config.buyer_columns else {}).items():
        found[name] = None
        if buyers is not None and column in buyers.frame.columns and not buyers.frame.schema[column].is_nested():
            values = buyers.frame.select(number(column)).to_series().drop_nulls().drop_nans().to_list()
            found[name] = (min(values), max(values)) if values else None
    return found


def _names(known: _Known, row: _Row) -> Iterator[Fault]:
    """Yield a group or a second choice that is no brand of the sales table and no word for others."""
    for key, name, others in (("group", row.group, (ANY, NOTHING)), ("second", row.second, (NOTHING,))):
        if name and known.brands and name not in (*others, *known.brands):
            close = near(name, (*others, *known.brands))
            hint = f"did you mean {close!r}?" if close else f"the table has: {', '.join(sorted(known.brands)[:12])}"
            what = f"expected a brand of the sales table, or {' or '.join(map(repr, others))}; got {name[:60]!r}"
            yield known.fault(row, key, what, f"correct it or add an alias; {hint}")


def _mean(known: _Known, row: _Row) -> Iterator[Fault]:
    if row.second:
        what, mend = f"a mean has no second choice; got {row.second[:60]!r}", "leave the cell blank"
        yield known.fault(row, "second", what, mend)
    if row.of not in known.demographics:
        named = ", ".join(known.demographics) or "none are named"
        came = repr(row.of[:60]) if row.of else "nothing"
        what = f"expected one of [buyer_columns] demographics ({named}); got {came}"
        yield known.fault(row, "of", what, "say there which of them this is the mean of")
        return
    span = known.demographics[row.of]
    if span is not None and row.value is not None and not span[0] <= row.value <= span[1]:
        what = f"no group of buyers has a mean of {row.value:g}: in the buyers table {row.of} runs from {span[0]:g} to {span[1]:g}"
        yield known.fault(row, "value", what, "give it in the unit of the buyers table")


def _second_choice(known: _Known, row: _Row) -> Iterator[Fault]:
    if row.of:
        what = f"a second choice is of no demographic; got {row.of[:60]!r}"
        yield known.fault(row, "of", what, "leave the cell blank")
    if row.group == NOTHING:
        what = "who bought nothing has no second choice"
        yield known.fault(row, "group", what, f"name a brand, or {ANY!r}")
    if not row.second:
        what = "expected a second choice; there is none"
        yield known.fault(row, "second", what, f"name a brand, or {NOTHING!r}")
    if row.value is not None and not 0 <= row.value <= 1:
        what, mend = f"expected a share from 0 to 1; got {row.value:g}", "write a share, such as .45 for 45 per cent"
        yield known.fault(row, "value", what, mend)


def _sums(config: StudyConfig, columns: MicroColumns, table: Table) -> Iterator[Fault]:
    """Yield groups whose second choices sum to more than one."""
    if columns.second is None:
        return
    key = [brand_name(config, columns.group), *(text(c) for c in (columns.period, columns.place) if c)]
    parts = [part.fill_null("").alias(f"k{i}") for i, part in enumerate(key)]
    rows = table.frame.filter(text(columns.statistic) == STATISTICS[1])
    sums = rows.group_by(parts).agg(number(columns.value).sum().alias("sum"), pl.col(ROW).min().alias("first"))
    every = rows.select(number(columns.value).is_between(0, 1).all()).item()
    for *names, total, first in sums.filter(pl.col("sum") > 1 + _ROUNDING).sort("first").iter_rows():
        if every:
            what = f"second choices of {' '.join(n for n in names if n)} sum to {total:.4g}, more than 1"
            yield Fault(table=table.file, row=first, column=columns.value, what=what, mend="correct the shares")
