"""What a study and its tables must satisfy; every fault is collected, none is mended in silence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from difflib import get_close_matches

import polars as pl

from halfstep.core.check import Fault
from halfstep.core.config import StudyConfig
from halfstep.core.errors import MisuseError
from halfstep.core.period import Period, parse_period
from halfstep.data.schema import in_segment, number, period_text, text
from halfstep.data.tables import ROW, Table

__all__ = ["check_tables"]

STUDY = "study.toml"


def check_tables(config: StudyConfig, tables: dict[str, Table]) -> list[Fault]:
    """Return every fault of the settings against the tables and of the tables' rows."""
    faults = list(_settings(config))
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
    if not absent:
        faults += _rows(config, sales)
        faults += _brands(config, sales)
        faults += _segments(config, sales)
    if "markets" in tables:
        faults += _markets(config, tables["markets"], None if absent else sales)
    return faults


def _settings(config: StudyConfig) -> Iterator[Fault]:
    study = config.study
    try:
        date.fromisoformat(study.as_of)
    except ValueError:
        yield Fault(
            table=STUDY,
            column="study.as_of",
            what=f"expected a date (1990-12-31); got {study.as_of!r}",
            mend="write YYYY-MM-DD",
        )
    if study.focal in study.benchmarks:
        yield Fault(
            table=STUDY,
            column="study.benchmarks",
            what="the focal brand is its own benchmark",
            mend="name another brand",
        )
    ids = [attribute.id for attribute in config.attributes]
    for twin in sorted({i for i in ids if ids.count(i) > 1}):
        yield Fault(
            table=STUDY,
            column="attributes",
            what=f"the id {twin!r} occurs twice",
            mend="give each attribute its own id",
        )
    like = study.unseen_quality_like
    if like is not None and like not in ids:
        yield Fault(
            table=STUDY,
            column="study.unseen_quality_like",
            what=f"expected an attribute id ({', '.join(ids)}); got {like!r}",
            mend="name one of them",
        )
    if config.bands and list(config.bands.edges) != sorted(set(config.bands.edges)):
        yield Fault(
            table=STUDY, column="bands.edges", what="expected ascending edges", mend="sort them and drop repeats"
        )
    for key, value in (("scope.first", config.scope.first), ("scope.last", config.scope.last)):
        if value is not None and _period(value) is None:
            yield Fault(
                table=STUDY, column=key, what=f"expected a period; got {value!r}", mend="write 1990, 1990-Q1 or 1990-01"
            )
    for event in config.events:
        if _period(event.period) is None:
            yield Fault(
                table=STUDY,
                column="events.period",
                what=f"expected a period; got {event.period!r}",
                mend="write 1990, 1990-Q1 or 1990-01",
            )
    if "markets" in config.tables and config.market_columns is None:
        yield Fault(
            table=STUDY,
            column="market_columns",
            what="a markets table is named but not its columns",
            mend="add [market_columns]",
        )


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


def _absent(table: Table, wanted: dict[str, str]) -> Iterator[Fault]:
    present = [name for name in table.frame.columns if name != ROW]
    for key, column in wanted.items():
        if column not in present:
            near = get_close_matches(column, present, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"the table has: {', '.join(present)}"
            yield Fault(
                table=table.file,
                column=column,
                what=f"expected this column ({key}); the table has none of that name",
                mend=f"correct study.toml; {hint}",
            )


def _rows(config: StudyConfig, table: Table) -> Iterator[Fault]:
    columns, frame = config.columns, table.frame
    yield from _periods(table, columns.period)
    for column in {columns.brand, columns.model} | ({columns.place} if columns.place else set()):
        yield from _where(
            table, column, text(column).is_null(), "expected a name; the cell is blank", "fill it or remove the row"
        )
    logged = {c for a in config.attributes if a.transform == "log" for c in a.columns}
    attributes = {c for a in config.attributes for c in a.columns}
    for column in [columns.price, columns.quantity, *sorted(attributes - {columns.price, columns.quantity})]:
        required = column not in attributes
        value, blank = number(column), pl.col(column).is_null()
        if required:
            yield from _where(table, column, blank, "expected a number; the cell is blank", "fill it or remove the row")
        bad = ~blank & (value.is_null() | value.is_nan() | value.is_infinite())
        yield from _where(
            table, column, bad, "expected a plain number", "write digits with a point for decimals, no unit", show=True
        )
        if column == columns.price or column in logged:
            yield from _where(
                table,
                column,
                value <= 0,
                "expected more than zero",
                "correct the figure or leave the cell blank",
                show=True,
            )
        elif column == columns.quantity:
            yield from _where(table, column, value < 0, "expected zero or more", "correct the figure", show=True)
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
    parsed = {key: _period(key) if key is not None else None for key in keys["key"].unique().to_list()}
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


def _where(table: Table, column: str, wrong: pl.Expr, what: str, mend: str, *, show: bool = False) -> Iterator[Fault]:
    for row, cell in table.frame.filter(wrong).select(ROW, text(column)).iter_rows():
        yield Fault(table=table.file, row=row, column=column, what=f"{what}; got {cell!r}" if show else what, mend=mend)


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
            near = get_close_matches(brand, sorted(present), n=1, cutoff=0.5)
            hint = f"did you mean {near[0]!r}?" if near else f"the table has: {', '.join(sorted(present)[:12])}"
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
        inside, outside = ends.filter(pl.col("in"))["p"], ends.filter(~pl.col("in"))["p"]
        if len(inside) > 1 and len(outside) > 1 and (inside.min() > outside.max() or inside.max() < outside.min()):  # type: ignore[operator]
            yield Fault(
                table=STUDY,
                column=key,
                what="the segment holds exactly the rows on one side of a price: it is a price band by another name",
                mend="choose exogenous columns; use [bands] for position",
            )


def _markets(config: StudyConfig, markets: Table, sales: Table | None) -> Iterator[Fault]:
    columns = config.market_columns
    if columns is None:
        return
    named = {f"market_columns.{k}": getattr(columns, k) for k in ("period", "place", "deflator", "size")}
    absent = list(_absent(markets, {key: column for key, column in named.items() if column is not None}))
    yield from absent
    if absent:
        return
    for column in (columns.deflator, columns.size):
        if column is not None:
            yield from _where(
                markets,
                column,
                number(column).is_null() | (number(column) <= 0),
                "expected a number above zero",
                "correct the figure",
                show=True,
            )
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
        period_text(table.frame, period).alias("period"), (text(place) if place else pl.lit("")).alias("place")
    )


def _period(value: str) -> Period | None:
    try:
        return parse_period(value)
    except MisuseError:
        return None
