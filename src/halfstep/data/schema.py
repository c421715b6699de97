"""The sales table in the study's own terms."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from halfstep.core.check import Fault
from halfstep.core.config import Segment, StudyConfig
from halfstep.core.period import parse_period
from halfstep.data.tables import ROW, Table

__all__ = ["Sales", "in_segment", "number", "period_text", "text", "tidy_sales"]


@dataclass(frozen=True, slots=True, eq=False)
class Sales:
    """Rows of the sales table after aliases, scope and as-of date.

    Attributes
    ----------
    frame
        Columns row, period (ordinal), place, brand, model, cluster, price (money unit, deflated where a deflator is
        given), quantity, `x_<attribute>` (transformed; null where the file is blank), `in_<segment>`.
    file
        File the rows come from.
    frequency
        Periods in a year.
    left_out
        Reason -> number of rows of the file that the scope or the as-of date left out.
    """

    frame: pl.DataFrame
    file: str
    frequency: int
    left_out: dict[str, int]


def text(column: str) -> pl.Expr:
    """Return a column as text, ids unharmed."""
    return pl.col(column).cast(pl.String)


def number(column: str) -> pl.Expr:
    """Return a column as numbers; null where it is blank or no number."""
    return pl.col(column).cast(pl.Float64, strict=False)


def period_text(frame: pl.DataFrame, column: str) -> pl.Expr:
    """Return the period column as text: dates become months, 1990.0 becomes 1990."""
    kind = frame.schema[column]
    if kind in (pl.Date, pl.Datetime):
        return pl.col(column).dt.strftime("%Y-%m")
    if kind.is_float():
        return pl.col(column).cast(pl.Int64, strict=False).cast(pl.String)
    return text(column)


def in_segment(segment: Segment) -> pl.Expr:
    """Return the rule of a segment as one boolean expression."""
    rule = pl.lit(True)
    for column, values in segment.among.items():
        rule = rule & text(column).is_in([str(v) for v in values])
    for column, (start, stop) in segment.between.items():
        rule = rule & (number(column) >= start) & (number(column) < stop)
    return rule.fill_null(False)


def tidy_sales(config: StudyConfig, tables: dict[str, Table]) -> tuple[Sales, list[Fault]]:
    """Rename, transform and select; the tables must have passed `check_tables`."""
    table, columns = tables["sales"], config.columns
    frame = table.frame
    keys = {key: parse_period(key) for key in frame.select(period_text(frame, columns.period)).to_series().unique()}
    frequency = next(iter(keys.values())).frequency
    attributes = []
    for attribute in config.attributes:
        product = number(attribute.columns[0])
        for column in attribute.columns[1:]:
            product = product * number(column)
        attributes.append((product.log() if attribute.transform == "log" else product).alias(f"x_{attribute.id}"))
    tidy = frame.select(
        pl.col(ROW).cast(pl.Int64).alias("row"),
        period_text(frame, columns.period)
        .replace_strict({key: period.ordinal for key, period in keys.items()}, return_dtype=pl.Int64)
        .alias("period"),
        (text(columns.place) if columns.place else pl.lit("")).alias("place"),
        _brand(config).alias("brand"),
        text(columns.model).alias("model"),
        text(columns.cluster or columns.model).alias("cluster"),
        number(columns.price).alias("price"),
        number(columns.quantity).alias("quantity"),
        (text(columns.first_known) if columns.first_known else pl.lit("")).fill_null("").alias("first_known"),
        *attributes,
        *(in_segment(segment).alias(f"in_{segment.id}") for segment in config.scope.segments),
    )
    tidy = _deflate(config, tables, tidy, keys={key: period.ordinal for key, period in keys.items()})
    kept, left_out = _scoped(config, tidy, {p.ordinal: p.last_day for p in keys.values()})
    faults = []
    if kept.height == 0:
        why = ", ".join(f"{reason}: {rows}" for reason, rows in left_out.items())
        faults.append(
            Fault(table=table.file, what=f"no row is left in scope ({why})", mend="widen [scope] or move as_of")
        )
    return Sales(kept.sort("period", "place", "brand", "model"), table.file, frequency, left_out), faults


def _brand(config: StudyConfig) -> pl.Expr:
    name = text(config.columns.brand).replace(config.brands.aliases)
    return name.replace(config.brands.subbrands) if config.brands.subbrands_in else name


def _deflate(config: StudyConfig, tables: dict[str, Table], tidy: pl.DataFrame, keys: dict[str, int]) -> pl.DataFrame:
    columns = config.market_columns
    if "markets" not in tables or columns is None or columns.deflator is None:
        return tidy
    markets = tables["markets"].frame
    levels = markets.select(
        period_text(markets, columns.period).replace_strict(keys, default=None, return_dtype=pl.Int64).alias("period"),
        (text(columns.place) if columns.place else pl.lit("")).alias("place"),
        number(columns.deflator).alias("deflator"),
    )
    joined = tidy.join(levels, on=["period", "place"], how="left")
    return joined.with_columns(pl.col("price") / pl.col("deflator")).drop("deflator")


def _scoped(config: StudyConfig, tidy: pl.DataFrame, last_day: dict[int, str]) -> tuple[pl.DataFrame, dict[str, int]]:
    scope, as_of = config.scope, config.study.as_of
    known = pl.col("period").replace_strict(last_day, return_dtype=pl.String)
    rules = {
        "after as_of": (pl.when(pl.col("first_known") != "").then(pl.col("first_known")).otherwise(known)) <= as_of,
        "place": pl.col("place").is_in(list(scope.places)) if scope.places else pl.lit(True),
        "before first period": pl.col("period") >= parse_period(scope.first).ordinal if scope.first else pl.lit(True),
        "after last period": pl.col("period") <= parse_period(scope.last).ordinal if scope.last else pl.lit(True),
    }
    left_out = {}
    for reason, keep in rules.items():
        before = tidy.height
        tidy = tidy.filter(keep)
        if tidy.height < before:
            left_out[reason] = before - tidy.height
    return tidy.drop("first_known"), left_out
