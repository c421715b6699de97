"""Rows that were first known after the as-of date: taken out before anything is said of them, and out of the file's hash."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from halfstep.data.cells.dates import from_serial, read_span
from halfstep.data.read.places import ROW

__all__ = ["AsOf", "hash_of_cells", "later_rows", "without_records"]

_SERIAL = re.compile(r"[345]\d{4}(?:\.\d+)?")
"""Days from 1982 to 2064 as a spreadsheet counts them."""


@dataclass(frozen=True, slots=True)
class AsOf:
    """From when a table's rows are known.

    Attributes
    ----------
    day
        After it nothing may be used.
    first_known
        Column of days; None where there is none.
    period
        Column of periods by whose last day a row without such a day counts as known; None: such rows are known.
    after
        Days after its period from which such a row is known.
    kind, facts
        Column of what a row is, and the words (lower case) with which its period tells when it was known: a target without a
        day is no later row, but a fault.
    """

    day: date
    first_known: str | None
    period: str | None = None
    after: int = 0
    kind: str | None = None
    facts: frozenset[str] = frozenset()

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns that are looked at: of days, periods, kinds; "" where there is none."""
        return self.first_known or "", self.period or "", self.kind or ""

    def later(self, cells: Sequence[str | None]) -> bool:
        """Say whether a row was first known after the day, by its cells in the order of `columns`.

        A cell that is no day decides nothing: what cannot be read is a fault, not a later row.
        """
        told, period, kind = ((cell or "").strip() for cell in cells)
        if told:
            known = _last_day(told)
            return known is not None and known > self.day
        if kind and kind.casefold() not in self.facts:
            return False
        end = _last_day(period)
        return end is not None and end > self.day - timedelta(days=self.after)


def _last_day(cell: str) -> date | None:
    if _SERIAL.fullmatch(cell):
        return from_serial(float(cell))
    span = read_span(cell) if cell else None
    return None if span is None else span.last_day


def later_rows(frame: pl.DataFrame, as_of: AsOf, places: dict[str, str] | None = None) -> pl.Series:
    """Return which rows of a frame were first known after the day; none where one of its columns is not there.

    Parameters
    ----------
    places
        Column as the study names it -> column of the frame; None where they are the same.
    """
    at = [name if places is None else places.get(name, "") for name in as_of.columns]
    if any(name and place not in frame.columns for name, place in zip(as_of.columns, at, strict=True)):
        return pl.repeat(False, frame.height, dtype=pl.Boolean, eager=True)
    cells = frame.select(_text(frame, name).alias(str(i)) for i, name in enumerate(at))
    known = {row: as_of.later(row) for row in cells.unique().iter_rows()}
    return pl.Series([known[row] for row in cells.iter_rows()], dtype=pl.Boolean)


def _text(frame: pl.DataFrame, name: str) -> pl.Expr:
    kind = frame.schema.get(name)
    if kind is None or kind.is_nested():
        return pl.lit(None, pl.String)
    if kind in (pl.Date, pl.Datetime):
        return pl.col(name).dt.strftime("%Y-%m-%d")
    if kind.is_float():
        whole = pl.col(name).cast(pl.Int64, strict=False)
        plain = pl.col(name).cast(pl.String)
        return pl.when(whole == pl.col(name)).then(whole.cast(pl.String)).otherwise(plain)
    return pl.col(name).cast(pl.String, strict=False)


def hash_of_cells(frame: pl.DataFrame) -> str:
    """Return the sha256 of column names and cells, row by row; where a row stands in the file does not matter."""
    found = hashlib.sha256(repr([name for name in frame.columns if name != ROW]).encode())
    for row in frame.drop(ROW).iter_rows():
        found.update(repr(row).encode())
    return found.hexdigest()


def without_records(raw: bytes, records: Iterable[int], count: int) -> bytes | None:
    """Return a text file's bytes without some of its records (numbers from 1); None where it has not `count` of them by quotes."""
    end = b"\n" if b"\n" in raw else b"\r"
    lines = raw.split(end)
    if lines and not lines[-1]:
        lines.pop()
        closed = True
    else:
        closed = False
    held: list[list[bytes]] = []
    within = False
    for line in lines:
        if within:
            held[-1].append(line)
        else:
            held.append([line])
        within ^= line.count(b'"') % 2 == 1
    if len(held) != count:
        return None
    gone = set(records)
    kept = [line for n, record in enumerate(held, 1) if n not in gone for line in record]
    return end.join(kept) + (end if closed or count in gone else b"")
