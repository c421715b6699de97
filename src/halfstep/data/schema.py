"""The sales table in the study's own terms."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import get_args

import polars as pl

from halfstep.core.check import Fault
from halfstep.core.config import Basis, Segment, StudyConfig, Subsidy
from halfstep.core.config_choice import ChoiceSegment
from halfstep.core.period import parse_period
from halfstep.data.read.tables import ROW, Table

__all__ = ["Sales", "brand_name", "day", "in_segment", "number", "period_text", "price_columns", "text", "tidy_sales"]


@dataclass(frozen=True, slots=True, eq=False)
class Sales:
    """Rows of the sales table after aliases, scope and as-of date.

    Attributes
    ----------
    frame
        Columns row, period (ordinal), place, brand, own_brand (sub-brands always apart), model, cluster, price (money
        unit, deflated where a deflator is given), `price_<basis>` (further prices; null where blank), quantity, size (possible buyers of the row's market; null where none is given), firm (the brand where no
        column is named), nest ("" where none is), `x_<attribute>` (transformed; null where the file is blank), `z_<i>`
        (cost shifters in the order of the study; null where blank), `in_<segment>`.
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
        whole = pl.col(column).cast(pl.Int64, strict=False)
        return pl.when(whole == pl.col(column)).then(whole.cast(pl.String)).otherwise(text(column))
    return text(column)


def day(frame: pl.DataFrame, column: str) -> pl.Expr:
    """Return a column of days as ISO text, without the time of day."""
    dated = frame.schema[column] in (pl.Date, pl.Datetime)
    return pl.col(column).dt.strftime("%Y-%m-%d") if dated else text(column)


def in_segment(segment: Segment | ChoiceSegment) -> pl.Expr:
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
    frame, brand = table.frame, brand_name(config, columns.brand)
    keys = {key: parse_period(key) for key in frame.select(period_text(frame, columns.period)).to_series().unique()}
    frequency = next(iter(keys.values())).frequency
    attributes = []
    for attribute in config.attributes:
        product = number(attribute.columns[0])
        for column in attribute.columns[1:]:
            product = product * number(column)
        attributes.append((product.log() if attribute.transform == "log" else product).alias(f"x_{attribute.id}"))
    ordinals = {key: period.ordinal for key, period in keys.items()}
    period = period_text(frame, columns.period).replace_strict(ordinals, return_dtype=pl.Int64)
    tidy = frame.select(
        pl.col(ROW).cast(pl.Int64).alias("row"),
        period.alias("period"),
        (text(columns.place) if columns.place else pl.lit("")).alias("place"),
        brand.alias("brand"),
        text(columns.brand).replace(config.brands.aliases).alias("own_brand"),
        text(columns.model).alias("model"),
        text(columns.cluster or columns.model).alias("cluster"),
        number(columns.price).alias("price"),
        *_other_prices(config, period),
        number(columns.quantity).alias("quantity"),
        (day(frame, columns.first_known) if columns.first_known else pl.lit("")).fill_null("").alias("first_known"),
        *_for_demand(config, brand),
        *attributes,
        *(in_segment(segment).alias(f"in_{segment.id}") for segment in config.scope.segments),
    )
    tidy = _of_markets(config, tables, tidy)
    kept, left_out = _scoped(config, tidy, {p.ordinal: p.last_day for p in keys.values()})
    faults = list(_nothing_left(config, kept, left_out, table))
    return Sales(kept.sort("period", "place", "brand", "model"), table.file, frequency, left_out), faults


def _nothing_left(config: StudyConfig, kept: pl.DataFrame, left_out: dict[str, int], table: Table) -> Iterator[Fault]:
    """Yield what the scope leaves too little of: rows, brands, sales, complete rows."""
    why = ", ".join(f"{reason}: {rows}" for reason, rows in left_out.items())
    if kept.height == 0:
        yield Fault(table=table.file, what=f"no row is left in scope ({why})", mend="widen [scope] or move as_of")
        return
    brands = set(kept["brand"].unique())
    for brand in dict.fromkeys((config.study.focal, *config.study.benchmarks)):
        if brand not in brands:
            yield Fault(
                table=table.file,
                column=config.columns.brand,
                what=f"no row of {brand!r} is left in scope" + (f" ({why})" if why else ""),
                mend="widen [scope], move as_of, look at [brands] subbrands_in, or name another brand",
            )
    sold = kept.group_by("period", maintain_order=True).agg(pl.col("quantity").sum())
    for period in sold.filter(pl.col("quantity") <= 0)["period"]:
        yield Fault(
            table=table.file,
            row=kept.filter(pl.col("period") == period)["row"][0],
            column=config.columns.quantity,
            what="nothing was sold by anybody in this row's period",
            mend="fill the quantities or leave the period out of [scope]",
        )
    attributes = [f"x_{attribute.id}" for attribute in config.attributes]
    if kept.select(pl.all_horizontal(pl.col(attributes).is_not_null())).to_series().sum() == 0:
        empty = [c for a in config.attributes for c in a.columns if table.frame[c].null_count() == table.frame.height]
        yield Fault(
            table=table.file,
            column=", ".join(empty) or None,
            what="expected rows with every attribute filled; there are none",
            mend="fill the attributes, or take one out of study.toml",
        )


def brand_name(config: StudyConfig, column: str) -> pl.Expr:
    """Return a column of brands under the names used: aliases, and sub-brands where they count in their brand."""
    name = text(column).replace(config.brands.aliases)
    return name.replace(config.brands.subbrands) if config.brands.subbrands_in else name


def price_columns(config: StudyConfig) -> dict[Basis, str]:
    """Return the bases on which rows are priced -> column of the tidy table, from list to after subsidy."""
    known = {config.columns.price_basis: "price"}
    known |= {basis: f"price_{basis}" for basis in config.columns.other_prices}
    if config.subsidy is not None:
        known["after_subsidy"] = "price_after_subsidy"
    return {basis: known[basis] for basis in get_args(Basis) if basis in known}


def _other_prices(config: StudyConfig, period: pl.Expr) -> Iterator[pl.Expr]:
    """Yield `price_<basis>` for every basis but the study's own."""
    columns = config.columns
    given = {columns.price_basis: columns.price} | columns.other_prices
    for basis, column in columns.other_prices.items():
        yield number(column).alias(f"price_{basis}")
    if config.subsidy is not None:
        before = number(given[config.subsidy.basis or ("transaction" if "transaction" in given else "list")])
        yield _after(config.subsidy, before, period).alias("price_after_subsidy")


def _after(subsidy: Subsidy, p: pl.Expr, period: pl.Expr) -> pl.Expr:
    """Return p less the smaller of rate x p and the most, where the subsidy is paid at all."""
    less = p * subsidy.rate
    if subsidy.most is not None:
        less = less.clip(upper_bound=subsidy.most)
    paid = pl.lit(True) if subsidy.up_to is None else p <= subsidy.up_to
    for column, values in subsidy.among.items():
        paid = paid & text(column).is_in([str(value) for value in values])
    if subsidy.first is not None:
        paid = paid & (period >= parse_period(subsidy.first).ordinal)
    if subsidy.last is not None:
        paid = paid & (period <= parse_period(subsidy.last).ordinal)
    return pl.when(paid.fill_null(False)).then(p - less).otherwise(p)


def _for_demand(config: StudyConfig, brand: pl.Expr) -> Iterator[pl.Expr]:
    """Yield firm, nest and cost shifters."""
    demand = config.demand
    yield (text(demand.firm) if demand and demand.firm else brand).alias("firm")
    yield (text(demand.nest) if demand and demand.nest else pl.lit("")).alias("nest")
    for i, column in enumerate(demand.cost if demand else ()):
        yield number(column).alias(f"z_{i}")


def _of_markets(config: StudyConfig, tables: dict[str, Table], tidy: pl.DataFrame) -> pl.DataFrame:
    """Divide prices by the markets' deflator and add their size, where the study gives them."""
    columns = config.market_columns
    if "markets" not in tables or columns is None:
        return tidy.with_columns(pl.lit(None, pl.Float64).alias("size"))
    markets = tables["markets"].frame
    texts = markets.select(period_text(markets, columns.period)).to_series().unique().drop_nulls()
    keys = {key: parse_period(key).ordinal for key in texts}
    levels = markets.select(
        period_text(markets, columns.period).replace_strict(keys, default=None, return_dtype=pl.Int64).alias("period"),
        (text(columns.place) if columns.place else pl.lit("")).alias("place"),
        (number(columns.deflator) if columns.deflator else pl.lit(1.0)).alias("deflator"),
        (number(columns.size) if columns.size else pl.lit(None, pl.Float64)).alias("size"),
    )
    joined = tidy.join(levels, on=["period", "place"], how="left")
    return joined.with_columns(pl.col("^price(_.+)?$") / pl.col("deflator")).drop("deflator")


def _scoped(config: StudyConfig, tidy: pl.DataFrame, last_day: dict[int, str]) -> tuple[pl.DataFrame, dict[str, int]]:
    scope, as_of = config.scope, config.study.as_of
    known = pl.col("period").replace_strict(last_day, return_dtype=pl.String)
    newest = pl.col("first_known") == pl.col("first_known").max().over("period", "place", "own_brand", "model")
    rules = {
        "after as_of": (pl.when(pl.col("first_known") != "").then(pl.col("first_known")).otherwise(known)) <= as_of,
        "revised later": newest if config.columns.first_known else pl.lit(True),
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
