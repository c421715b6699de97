"""What a study and its tables must satisfy; every fault is collected, none is mended in silence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from difflib import get_close_matches

import polars as pl

from halfstep.core.check import Fault
from halfstep.core.config import StudyConfig
from halfstep.data.rows import LARGEST, canonical, check_rows, kinds, where
from halfstep.data.schema import in_segment, number, text
from halfstep.data.settings import STUDY, check_settings
from halfstep.data.tables import ROW, Table

__all__ = ["check_tables"]

_BAND = 5
"""Rows that a segment needs at least before it is taken for a price band with dearer and cheaper rows around it."""


def check_tables(config: StudyConfig, tables: dict[str, Table]) -> list[Fault]:
    """Return every fault of the settings against the tables and of the tables' rows."""
    faults = list(check_settings(config))
    if "sales" not in config.tables:
        faults.append(
            Fault(
                table=STUDY, column="tables.sales", what="expected a sales table; none is named", mend="name the file"
            )
        )
    if "sales" not in tables:
        return faults
    sales = tables["sales"]
    absent = list(_absent(sales, _sales_columns(config)))
    faults += absent
    unread = [] if absent else list(_kinds(config, sales))
    faults += unread
    if not absent and not unread:
        faults += check_rows(config, sales)
        faults += _brands(config, sales)
        faults += _segments(config, sales)
    if "markets" in tables:
        faults += _markets(config, tables["markets"], None if absent or unread else sales)
    return faults


def _sales_columns(config: StudyConfig) -> dict[str, str]:
    columns = config.columns
    named = {
        f"columns.{key}": getattr(columns, key)
        for key in ("period", "brand", "model", "cluster", "place", "price", "quantity", "first_known")
    }
    for attribute in config.attributes:
        named |= {f"attributes.{attribute.id}.{i}": column for i, column in enumerate(attribute.columns)}
    for segment in config.scope.segments:
        named |= {f"scope.segments.{segment.id}.{column}": column for column in (*segment.among, *segment.between)}
    return {key: column for key, column in named.items() if column is not None}


def _kinds(config: StudyConfig, sales: Table) -> Iterator[Fault]:
    columns = config.columns
    attributes = {column for attribute in config.attributes for column in attribute.columns}
    numbers = {columns.price, columns.quantity} | attributes
    for segment in config.scope.segments:
        numbers |= set(segment.between)
    return kinds(sales, set(_sales_columns(config).values()) - numbers, numbers)


def _near(name: str, names: Iterable[str]) -> str | None:
    """Return the closest of some names, letters of either case alike."""
    folded = {candidate.casefold(): candidate for candidate in sorted(names, reverse=True)}
    found = get_close_matches(name.casefold(), list(folded), n=1, cutoff=0.5)
    return folded[found[0]] if found else None


def _absent(table: Table, wanted: dict[str, str]) -> Iterator[Fault]:
    present = [name for name in table.frame.columns if name != ROW]
    for key, column in wanted.items():
        if column not in present:
            near = _near(column, present)
            hint = f"did you mean {near!r}?" if near else f"the table has: {', '.join(present)}"
            yield Fault(
                table=table.file,
                column=column,
                what=f"expected this column ({key}); the table has none of that name",
                mend=f"correct study.toml; {hint}",
            )


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
        *((f"events.{i}.brand", e.brand) for i, e in enumerate(config.events)),
    ]
    for key, brand in wanted:
        if brand not in present:
            near = _near(brand, present)
            hint = f"did you mean {near!r}?" if near else f"the table has: {', '.join(sorted(present)[:12])}"
            yield Fault(
                table=STUDY,
                column=key,
                what=f"expected a brand of the sales table; {brand!r} is none",
                mend=f"correct it or add an alias; {hint}",
            )


def _segments(config: StudyConfig, table: Table) -> Iterator[Fault]:
    columns = config.columns
    for segment in config.scope.segments:
        key = f"scope.segments.{segment.id}"
        if columns.price in (*segment.among, *segment.between):
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
    named = {f"market_columns.{k}": getattr(columns, k) for k in ("period", "place", "deflator")}
    absent = list(_absent(markets, {key: column for key, column in named.items() if column is not None}))
    yield from absent
    if absent:
        return
    numbers = {column for column in (columns.deflator,) if column is not None}
    unread = list(kinds(markets, {c for c in (columns.period, columns.place) if c is not None}, numbers))
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


def _market_keys(table: Table, period: str, place: str | None) -> pl.DataFrame:
    return table.frame.select(
        canonical(table.frame, period).alias("period"), (text(place) if place else pl.lit("")).alias("place")
    )
