"""Cells as people write them become plain ones: 2.8万, １２, 2025年4月. Every kind of reading is a guess that is shown.

A cell is replaced only where it says one exact number, period or day; ranges, bounds and what other cells of the column
contradict stay as they are, so that a fault quotes them. Other cells may forbid a reading, never change it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

import polars as pl

from halfstep.core.check import Guess
from halfstep.core.config import OutcomeColumns, StudyConfig
from halfstep.data.cells.dates import from_serial, is_fiscal, read_span
from halfstep.data.cells.quantities import Reading, currency, is_nothing, read_closely
from halfstep.data.choice_names import named
from halfstep.data.gaps import gaps
from halfstep.data.read.tables import ROW, Table
from halfstep.data.schema import day, number, period_text, text
from halfstep.data.settings import period_or_none
from halfstep.data.side import plans

__all__ = ["settle"]

_SPELLING = frozenset({"full_width", "thousands", "dots", "decimal_comma", "negative"})
_MARKS = {
    "money": _SPELLING | {"wan", "letter", "currency"},
    "count": _SPELLING | {"wan", "letter", "unit"},
    "share": _SPELLING | {"percent"},
    "measure": _SPELLING | {"wan", "percent", "currency", "unit"},
    "code": frozenset({"full_width"}),
    "flag": frozenset({"full_width"}),
}
"""Kind of column -> what may be read there: no currency among units, no per cent among prices, no "4.9m" for millions
among lengths."""
_FLAGS = {"true": "1", "yes": "1", "是": "1", "false": "0", "no": "0", "否": "0"}
_WORDLESS = frozenset({"letter"})
_KINDS = {"dots": "thousands", "unit": "unit_word"}
_MONTHS = ("month", "quarter", "year")
_DAY = re.compile(r"\d{4}-\d{1,2}-\d{1,2}")
_SERIAL = re.compile(r"[345]\d{4}(?:\.\d+)?")
"""Days from 1982 to 2064 as a spreadsheet counts them."""
_LARGEST_ID = 2.0**53
"""Larger whole numbers lose digits as floating-point ones."""


@dataclass(frozen=True, slots=True)
class _Column:
    """A column that the study names, what it is ("period", "day", "either", "id" or a key of `_MARKS`), whether it must be filled."""

    name: str
    kind: str
    filled: bool = False


@dataclass(frozen=True, slots=True)
class _Cell:
    """A text that occurs in a column: where first, how often."""

    text: str
    row: int
    count: int


_Read = dict[str, tuple[str | None, tuple[str, ...]]]
"""Text of a cell -> plain text (None: blank) and kinds of guess."""


def settle(config: StudyConfig, tables: dict[str, Table]) -> dict[str, Table]:
    """Return the tables with plain cells in the columns that the study names, and with the guesses that this took.

    The tables of press figures and of claims are left alone: in one a range is a figure, in the other nothing is.
    """
    alone = ("press", "claims")
    return {name: table if name in alone else _settled(config, table, tables) for name, table in tables.items()}


def _settled(config: StudyConfig, table: Table, tables: dict[str, Table]) -> Table:
    columns: dict[str, _Column] = {}
    told = (_Column(one.column, one.kind, one.filled) for one in named(config, table.name, tables))
    for column in (*_columns(config, table.name), *told):
        if column.name in table.frame.columns:
            columns.setdefault(column.name, column)
    coded = [name for name, kind in table.frame.schema.items() if kind in (pl.Categorical, pl.Enum)]
    frame, guesses = table.frame.with_columns(pl.col(coded).cast(pl.String)), list(table.guesses)
    numbers = [name for name, column in columns.items() if column.kind in _MARKS]
    clean = set(numbers) - _dirty(frame, numbers)
    for column in (column for name, column in columns.items() if name not in clean):
        plain, read, cells = _reading(config, frame, column)
        frame = frame if plain is None else frame.with_columns(plain.alias(column.name))
        guesses += _guesses(table.file, column.name, read, cells)
    settled = replace(table, frame=frame, guesses=tuple(guesses))
    return replace(settled, guesses=(*guesses, *gaps(config, settled)))


def _columns(config: StudyConfig, name: str) -> Iterator[_Column]:
    """Yield the columns of a table that are read, the more special kind of a column that is named twice first."""
    columns, markets = config.columns, config.market_columns
    if name == "sales":
        yield _Column(columns.period, "period", filled=True)
        yield from ([_Column(columns.first_known, "day")] if columns.first_known else [])
        yield _Column(columns.price, "money", filled=True)
        yield from (_Column(column, "money") for column in columns.other_prices.values())
        yield _Column(columns.quantity, "share" if columns.quantity_kind == "share" else "count", filled=True)
        yield from (_Column(column, "measure") for a in config.attributes for column in a.columns)
        yield from (_Column(column, "measure") for column in (config.demand.cost if config.demand else ()))
        yield from (_Column(column, "measure") for s in config.scope.segments for column in s.between)
        chosen = {column for s in config.scope.segments for column in s.among}
        chosen |= set(config.subsidy.among) if config.subsidy else set()
        firm, nest = (config.demand.firm, config.demand.nest) if config.demand else (None, None)
        names = {columns.brand, columns.model, columns.cluster, columns.place, firm, nest} - {None} - chosen
        yield from (_Column(column, "id") for column in sorted(c for c in names if c))
    elif name == "markets" and markets is not None:
        yield _Column(markets.period, "period", filled=True)
        yield from ([_Column(markets.size, "count", filled=True)] if markets.size else [])
        yield from ([_Column(markets.deflator, "measure", filled=True)] if markets.deflator else [])
        yield from ([_Column(markets.place, "id")] if markets.place else [])
    elif name == "outcomes" and config.outcome_columns is not None:
        yield from _of_outcomes(config, config.outcome_columns)
    months = {"ramp": config.ramp_columns, "ramps": config.ramps_columns}.get(name)
    if months is not None:
        yield _Column(months.period, "period", filled=True)
        yield from ([_Column(months.first_known, "day")] if months.first_known else [])
        yield _Column(months.units, "count")
        yield from (_Column(column, "id") for column in (months.maker, months.model) if column)
    for plan in (p for p in plans(config) if p.name == name):
        if plan.period:
            yield _Column(plan.period, "period", filled=not plan.general)
        for key, figure in plan.figures.items():
            kind = "share" if key in plan.shares else "measure" if key in plan.measures else "count"
            if figure:
                yield _Column(figure, kind, filled=key in plan.filled)
        yield from (_Column(column, "id") for column in (*plan.brands.values(), plan.place) if column)


def _of_outcomes(config: StudyConfig, columns: OutcomeColumns) -> Iterator[_Column]:
    yield _Column(columns.period, "either", filled=True)
    yield from ([_Column(columns.first_known, "day")] if columns.first_known else [])
    priced = any(o.kind in ("resale price", "share price") for o in config.outcomes if o.table == "outcomes")
    yield _Column(columns.value, "measure" if priced else "count")
    among = {column for outcome in config.outcomes for column in outcome.among}
    names = {columns.entity, columns.place, columns.measure} - {None} - among
    yield from (_Column(column, "id") for column in sorted(c for c in names if c))


def _dirty(frame: pl.DataFrame, columns: list[str]) -> set[str]:
    """Return the columns of numbers with cells that are neither blank nor plainly numbers."""
    odd = frame.select(_odd(frame, column).any().alias(column) for column in columns)
    return {column for column in columns if odd[column][0]}


def _odd(frame: pl.DataFrame, column: str) -> pl.Expr:
    kind = frame.schema[column]
    if kind.is_float():
        return pl.col(column).is_nan().fill_null(False)
    return (
        pl.col(column).is_not_null() & ~number(column).is_finite().fill_null(False)
        if kind == pl.String
        else pl.lit(False)
    )


def _cells(frame: pl.DataFrame, cell: pl.Expr, which: pl.Expr | None = None) -> list[_Cell]:
    """Return the distinct texts of a column in the order of their first rows."""
    some = frame.select(pl.col(ROW).cast(pl.Int64), cell.alias("text")).filter(pl.col("text").is_not_null())
    if which is not None:
        some = frame.filter(which).select(pl.col(ROW).cast(pl.Int64), cell.alias("text"))
    found = some.group_by("text").agg(pl.col(ROW).min().alias("row"), pl.len().alias("count")).sort("row")
    return [_Cell(*row) for row in found.select("text", "row", "count").iter_rows()]


def _reading(config: StudyConfig, frame: pl.DataFrame, column: _Column) -> tuple[pl.Expr | None, _Read, list[_Cell]]:
    """Return the column as plain cells (None where it is plain), what was read, and its cells."""
    name, kind = column.name, frame.schema[column.name]
    if kind.is_temporal() or kind.is_nested():
        return None, {}, []
    if column.kind in _MARKS:
        cells = _cells(frame, text(name), _odd(frame, name))
        read, was = _numbers(config, frame, column, cells), text(name)
        if kind.is_float():
            return (pl.col(name).fill_nan(None) if read else None), read, cells
    elif column.kind == "id":
        if not kind.is_float():
            return None, {}, []
        cells, was = _cells(frame, text(name)), text(name)
        read = _ids(cells)
    else:
        was = day(frame, name) if column.kind == "day" else period_text(frame, name)
        cells = _cells(frame, was)
        read = _dates(column, cells, floating=kind.is_float())
    changed = {cell: plain for cell, (plain, _) in read.items() if cell != plain}
    return (was.replace(changed) if changed else None), read, cells


def _guesses(file: str, column: str, read: _Read, cells: list[_Cell]) -> Iterator[Guess]:
    """Yield one guess for each kind of reading of a column."""
    by_kind: dict[str, list[_Cell]] = {}
    for cell in cells:
        for kind in read.get(cell.text, (None, ()))[1]:
            by_kind.setdefault(kind, []).append(cell)
    for kind, same in by_kind.items():
        example, count = same[0], sum(cell.count for cell in same)
        plain = read[example.text][0]
        facts = (("example", example.text[:60]), *((("read", plain),) if plain is not None else ()))
        yield Guess(table=file, kind=kind, row=example.row, column=column, count=count, facts=facts)


def _ids(cells: list[_Cell]) -> _Read:
    """Write whole numbers that came as floating-point ones as the ids that they were."""
    return {
        cell.text: (str(int(float(cell.text))), ("float_id",))
        for cell in cells
        if float(cell.text).is_integer() and abs(float(cell.text)) < _LARGEST_ID
    }


def _numbers(config: StudyConfig, frame: pl.DataFrame, column: _Column, cells: list[_Cell]) -> _Read:
    read: _Read = {c.text: (None, ("nan_word",)) for c in cells if not column.filled and is_nothing(c.text)}
    if column.kind == "flag":
        read |= {c.text: (_FLAGS[c.text.lower()], ("flag_word",)) for c in cells if c.text.lower() in _FLAGS}
    known = {c.text: found for c in cells if (found := read_closely(c.text)) and found.quantity.hedge == "exact"}
    plain = frame.select(number(column.name)).to_series().drop_nulls()
    refused = _refused(config, column, [*known.values()], plain.filter(plain.is_finite()))
    if any("dots" in found.marks for found in known.values()) and frame.schema[column.name] == pl.String:
        pointed = pl.col(column.name).str.contains(r"^[1-9]\d{0,2}\.\d{3}$").any()
        refused |= {"dots"} if frame.select(pointed).item() else set()
    for cell, found in known.items():
        value = found.quantity.value
        if value is not None and found.marks <= _MARKS[column.kind] - refused:
            kinds = tuple(sorted({_KINDS.get(mark, mark) for mark in found.marks - _WORDLESS})) or ("spelling",)
            read[cell] = (_plain(value), kinds)
    return read


def _refused(config: StudyConfig, column: _Column, found: list[Reading], plain: pl.Series) -> set[str]:
    """Return the marks that the column's other cells, or the study's money unit, contradict."""
    marks = {mark for reading in found for mark in reading.marks}
    refused = set()
    if "percent" in marks and plain.len() and plain.abs().max() > 1:  # type: ignore[operator]
        refused.add("percent")
    if {"decimal_comma", "thousands"} <= marks:
        refused |= {"decimal_comma", "thousands"}
    for mark in ("currency", "unit"):
        units = {reading.quantity.unit.casefold() for reading in found if mark in reading.marks}
        if len({currency(unit) or unit for unit in units}) > 1:
            refused.add(mark)
    money = config.study.currency
    if "wan" in marks and (
        (column.kind == "money" and "万" in money.en + money.zh) or not _of_one_size(found, plain.filter(plain > 0))
    ):
        refused.add("wan")
    return refused


def _of_one_size(found: list[Reading], plain: pl.Series) -> bool:
    """Whether plain numbers are nearer to the figures with their scale words than to the figures without."""
    scaled = [reading for reading in found if reading.power and (reading.quantity.value or 0) > 0]
    if not scaled or not plain.len():
        return True
    middle = float(plain.log10().median())  # type: ignore[arg-type]
    sizes = pl.Series([reading.quantity.value for reading in scaled], dtype=pl.Float64).log10()
    powers = pl.Series([reading.power for reading in scaled], dtype=pl.Float64)
    return abs(float((sizes - middle).median())) <= abs(float((sizes - powers - middle).median()))  # type: ignore[arg-type]


def _plain(value: float) -> str:
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)


def _dates(column: _Column, cells: list[_Cell], *, floating: bool) -> _Read:
    """Read periods (to years, quarters and months), days, or either as it is."""
    nothing = {c.text for c in cells if is_nothing(c.text)}
    texts = [c.text for c in cells if c.text not in nothing]
    read: _Read = {} if column.filled else dict.fromkeys(nothing, (None, ("nan_word",)))
    one = {"period": _period, "day": _day, "either": _either}[column.kind]
    if texts and all(_SERIAL.fullmatch(cell) for cell in texts):
        for cell in texts:
            plain = from_serial(float(cell)).isoformat()
            read[cell] = (plain[:7] if one is _period else plain, ("excel_serial",))
        return read
    lost = _lost_zeros(texts, floating=floating)
    found = {cell: reading for cell in texts if cell not in lost and (reading := one(cell)) is not None}
    return read | found


def _lost_zeros(texts: list[str], *, floating: bool) -> set[str]:
    """Return cells like 2025.1 in which October may have lost its zero; of numbers, every cell with a fraction."""
    if floating:
        return {cell for cell in texts if "." in cell}
    kept = any(re.fullmatch(r"\d{4}\.10", cell) for cell in texts)
    two = any(re.fullmatch(r"\d{4}\.(0\d|1[12])", cell) for cell in texts)
    return {cell for cell in texts if re.fullmatch(r"\d{4}\.1", cell)} if two and not kept else set()


def _period(cell: str) -> tuple[str | None, tuple[str, ...]] | None:
    period = period_or_none(cell)
    if period is not None:
        return (period.key, ("day_as_month",)) if _DAY.fullmatch(cell) else None
    span = read_span(cell)
    if span is None or span.kind not in (*_MONTHS, "day"):
        return None
    kinds = ("day_as_month",) if span.kind == "day" else ("fiscal_year",) if is_fiscal(cell) else ("period_form",)
    return (span.key[:7] if span.kind == "day" else span.key), kinds


def _day(cell: str) -> tuple[str | None, tuple[str, ...]] | None:
    span = read_span(cell)
    if span is None or cell == span.key == span.last_day.isoformat():
        return None
    return span.last_day.isoformat(), ("day_form" if span.kind == "day" else "period_as_day",)


def _either(cell: str) -> tuple[str | None, tuple[str, ...]] | None:
    span = read_span(cell)
    if span is None or cell == span.key:
        return None
    kinds = ("day_form",) if span.kind == "day" else ("fiscal_year",) if is_fiscal(cell) else ("period_form",)
    return span.key, kinds
