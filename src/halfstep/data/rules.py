"""What a study and its tables must satisfy; every fault is collected, none is mended in silence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

import polars as pl

from halfstep.core.check import Fault
from halfstep.core.config import StudyConfig
from halfstep.data.choice_rules import check_choices
from halfstep.data.columns import absent, kinds, near
from halfstep.data.outcome_rules import check_events, check_outcomes
from halfstep.data.read.tables import ROW, Table
from halfstep.data.rows import LARGEST, canonical, check_rows, frequencies, in_force, where
from halfstep.data.schema import in_segment, number, text
from halfstep.data.settings import STUDY, check_settings, period_or_none
from halfstep.data.side_rules import check_sides
from halfstep.data.voice_rules import check_voice

__all__ = ["check_tables"]

_BAND = 5
"""Rows that a segment needs at least before it is taken for a price band with dearer and cheaper rows around it."""


def check_tables(config: StudyConfig, tables: dict[str, Table], whole: StudyConfig | None = None) -> list[Fault]:
    """Return every fault of the settings against the tables and of the tables' rows.

    Parameters
    ----------
    whole
        The settings with the optional tables that are absent, by which they are judged; `config` where none is.
    """
    faults = [*check_settings(whole or config), *check_events(whole or config)]
    sales = tables.get("sales")
    if sales is not None and "columns" in config.model_fields_set:
        unread = list(absent(sales, _sales_columns(config))) or list(_kinds(config, sales))
        faults += unread
        if unread:
            sales = None
        else:
            faults += check_rows(config, sales)
            faults += _subsidy(config, sales)
            faults += _brands(config, sales)
            faults += _segments(config, sales)
    if "markets" in tables:
        faults += _markets(config, tables["markets"], sales)
    faults += check_sides(config, tables, sales)
    faults += check_choices(config, tables)
    faults += check_voice(config, tables)
    faults += check_outcomes(config, tables.get("outcomes"), sales if "columns" in config.model_fields_set else None)
    return faults


def _sales_columns(config: StudyConfig) -> dict[str, str]:
    columns = config.columns
    named = {
        f"columns.{key}": getattr(columns, key)
        for key in ("period", "brand", "model", "cluster", "place", "price", "quantity", "first_known")
    }
    named |= {f"columns.other_prices.{basis}": column for basis, column in columns.other_prices.items()}
    named |= {f"subsidy.among.{column}": column for column in (config.subsidy.among if config.subsidy else ())}
    for attribute in config.attributes:
        named |= {f"attributes.{attribute.id}.{i}": column for i, column in enumerate(attribute.columns)}
    for segment in config.scope.segments:
        named |= {f"scope.segments.{segment.id}.{column}": column for column in (*segment.among, *segment.between)}
    if config.demand is not None:
        named |= {f"demand.cost.{i}": column for i, column in enumerate(config.demand.cost)}
        named |= {"demand.firm": config.demand.firm, "demand.nest": config.demand.nest}
    return {key: column for key, column in named.items() if column is not None}


def _kinds(config: StudyConfig, sales: Table) -> Iterator[Fault]:
    columns = config.columns
    numbers = {column for attribute in config.attributes for column in attribute.columns}
    numbers |= {columns.price, columns.quantity, *columns.other_prices.values()}
    numbers |= set(config.demand.cost if config.demand else ())
    for segment in config.scope.segments:
        numbers |= set(segment.between)
    return kinds(sales, set(_sales_columns(config).values()) - numbers, numbers)


def _brands(config: StudyConfig, table: Table) -> Iterator[Fault]:
    study = config.study
    present = set(
        table.frame.select(text(config.columns.brand).replace(config.brands.aliases)).to_series().drop_nulls().to_list()
    )
    wanted: Iterable[tuple[str, str]] = [
        ("study.focal", study.focal),
        *((f"study.benchmarks.{i}", b) for i, b in enumerate(study.benchmarks)),
        *([("study.parent", study.parent)] if study.parent else []),
        *((f"brands.shown.{i}", b) for i, b in enumerate(config.brands.shown)),
        *((f"events.{i}.brand", e.brand) for i, e in enumerate(config.events) if not e.outcomes),
    ]
    for key, brand in wanted:
        if brand not in present:
            close = near(brand, present)
            hint = f"did you mean {close!r}?" if close else f"the table has: {', '.join(sorted(present)[:12])}"
            yield Fault(
                table=STUDY,
                column=key,
                what=f"expected a brand of the sales table; {brand!r} is none",
                mend=f"correct it or add an alias; {hint}",
            )


def _subsidy(config: StudyConfig, table: Table) -> Iterator[Fault]:
    """Yield first and last periods of a subsidy that are not of the table's kind."""
    subsidy, kinds_here = config.subsidy, frequencies(table, config.columns.period)
    if subsidy is None:
        return
    for key, value in (("subsidy.first", subsidy.first), ("subsidy.last", subsidy.last)):
        period = None if value is None else period_or_none(value)
        if period is not None and kinds_here and period.frequency not in kinds_here:
            what = f"expected a period of the sales table's kind (year, quarter or month); got {value!r}"
            yield Fault(table=STUDY, column=key, what=what, mend="write it as the table does")


def _segments(config: StudyConfig, table: Table) -> Iterator[Fault]:
    columns = config.columns
    for segment in config.scope.segments:
        key = f"scope.segments.{segment.id}"
        if {columns.price, *columns.other_prices.values()} & {*segment.among, *segment.between}:
            yield Fault(
                table=STUDY,
                column=key,
                what="a segment may not select on price: inside a price band the product and name halves become mirror images",
                mend="choose exogenous columns; use [bands] for position",
            )
            continue
        ends = table.frame.select(number(columns.price).alias("p"), in_segment(segment).alias("in")).drop_nulls()
        if _is_price_band(ends.sort("p")):
            yield Fault(
                table=STUDY,
                column=key,
                what="the segment holds exactly the rows between two prices: it is a price band by another name",
                mend="choose exogenous columns; use [bands] for position",
            )


def _is_price_band(ends: pl.DataFrame) -> bool:
    """Whether the rows in a segment are exactly those on one side of a price, or between two."""
    inside, outside = ends.filter(pl.col("in"))["p"].to_numpy(), ends.filter(~pl.col("in"))["p"].to_numpy()
    if min(len(inside), len(outside)) < 2:
        return False
    low, high = inside[0], inside[-1]
    if (outside < low).all() or (outside > high).all():
        return True
    return len(inside) >= _BAND and not ((outside >= low) & (outside <= high)).any()


def _markets(config: StudyConfig, markets: Table, sales: Table | None) -> Iterator[Fault]:
    columns = config.market_columns
    if columns is None:
        return
    named = {f"market_columns.{k}": getattr(columns, k) for k in ("period", "place", "deflator", "size")}
    words = {c for c in (columns.period, columns.place) if c is not None}
    numbers = {c for c in (columns.deflator, columns.size) if c is not None}
    unread = list(absent(markets, {key: column for key, column in named.items() if column is not None}))
    unread = unread or list(kinds(markets, words, numbers))
    yield from unread
    if unread:
        return
    for column in sorted(numbers):
        bad = number(column).is_null() | ~number(column).is_between(0, LARGEST, closed="right")
        yield from where(markets, column, bad, "expected a number above zero", "correct the figure", show=True)
    if sales is None or bool(columns.place) != bool(config.columns.place):
        if sales is not None:
            yield Fault(
                table=STUDY,
                column="market_columns.place",
                what="one of the two tables has places, the other has none",
                mend="name the place column of both, or of neither",
            )
        return
    here = _market_keys(markets, columns.period, columns.place)
    for twin in here.filter(here.is_duplicated()).unique().sort("period", "place").iter_rows():
        yield Fault(
            table=markets.file,
            what=f"the market {' '.join(twin).strip()} occurs more than once",
            mend="keep one row for each market",
        )
    for period, place in (
        _market_keys(sales, config.columns.period, config.columns.place)
        .unique()
        .join(here, on=["period", "place"], how="anti")
        .sort("period", "place")
        .iter_rows()
    ):
        yield Fault(
            table=markets.file,
            what=f"the market {period} {place}".rstrip() + " of the sales table has no row",
            mend="add it",
        )
    if columns.size is not None and config.columns.quantity_kind == "units":
        yield from _too_small(config, markets, replace(sales, frame=in_force(config, sales)), columns.size)


def _too_small(config: StudyConfig, markets: Table, sales: Table, column: str) -> Iterator[Fault]:
    """Yield markets with no more possible buyers than units sold in them."""
    columns = config.market_columns
    assert columns is not None
    sold = _market_keys(sales, config.columns.period, config.columns.place).with_columns(
        sales.frame.select(number(config.columns.quantity).alias("sold")).to_series()
    )
    sizes = _market_keys(markets, columns.period, columns.place).with_columns(
        markets.frame.select(pl.col(ROW), number(column).alias("size"))
    )
    sums = sold.group_by("period", "place").agg(pl.col("sold").sum())
    small = sizes.join(sums, on=["period", "place"]).filter((pl.col("size") > 0) & (pl.col("size") <= pl.col("sold")))
    for market in small.sort(ROW).iter_rows(named=True):
        name = f"{market['period']} {market['place']}".strip()
        yield Fault(
            table=markets.file,
            row=market[ROW],
            column=column,
            what=f"expected more possible buyers than units sold; {name} has {market['size']:.12g} and {market['sold']:.12g}",
            mend="count everyone who might have bought, buyers of nothing included, in the unit of the quantity",
        )


def _market_keys(table: Table, period: str, place: str | None) -> pl.DataFrame:
    return table.frame.select(
        canonical(table.frame, period).alias("period"), (text(place) if place else pl.lit("")).alias("place")
    )
