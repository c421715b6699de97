"""Periods of which a table of months or quarters has no rows."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from halfstep.core.check import Guess
from halfstep.core.config import StudyConfig
from halfstep.core.period import Period
from halfstep.data.read.tables import Table
from halfstep.data.schema import day, period_text, text
from halfstep.data.settings import period_or_none

__all__ = ["gaps"]

_LISTED = 6


def gaps(config: StudyConfig, table: Table) -> Iterator[Guess]:
    """Yield that missing periods are taken as not covered: those of the whole table, then those of single brands.

    Only rows known at the as-of date count; a brand is looked at from its first row to its last.
    """
    of = {"sales": config.columns, "flow": config.flow_columns}.get(table.name)
    frame = table.frame
    if of is None or not {of.period, of.brand} <= set(frame.columns):
        return
    key = period_text(frame, of.period)
    periods = {cell: period_or_none(cell) for cell in frame.select(key).to_series().unique().drop_nulls()}
    known = {cell: p for cell, p in periods.items() if p is not None and p.last_day <= config.study.as_of}
    frequencies = {p.frequency for p in known.values()}
    if len(frequencies) != 1 or frequencies == {1}:
        return
    first_known = config.columns.first_known if table.name == "sales" else None
    if first_known in frame.columns:
        frame = frame.filter((day(frame, first_known) <= config.study.as_of).fill_null(True))
    ordinals = {cell: p.ordinal for cell, p in known.items()}
    rows = frame.select(
        text(of.brand).replace(config.brands.aliases).alias("brand"),
        key.replace_strict(ordinals, default=None, return_dtype=pl.Int64).alias("period"),
    )
    sold = {
        str(brand): set(there)
        for brand, there in rows.drop_nulls().unique().group_by("brand").agg("period").iter_rows()
    }
    yield from _missing(table.file, of.period, sold, frequencies.pop())


def _missing(file: str, column: str, sold: dict[str, set[int]], frequency: int) -> Iterator[Guess]:
    covered = set().union(*sold.values())
    if not covered:
        return
    lost = [t for t in range(min(covered), max(covered)) if t not in covered]
    if lost:
        yield Guess(
            table=file, kind="missing_periods", column=column, count=len(lost),
            facts=(("periods", _listed(lost, frequency)),),
        )  # fmt: skip
    holes = {brand: sorted(t for t in covered - there if min(there) < t < max(there)) for brand, there in sold.items()}
    holes = {brand: periods for brand, periods in sorted(holes.items()) if periods}
    if holes:
        brand, periods = next(iter(holes.items()))
        facts = (("brand", brand), ("periods", _listed(periods, frequency)), ("brands", len(holes)))
        count = sum(len(periods) for periods in holes.values())
        yield Guess(table=file, kind="missing_brand_periods", column=column, count=count, facts=facts)


def _listed(ordinals: list[int], frequency: int) -> str:
    keys = [Period(t, frequency).key for t in ordinals[:_LISTED]]
    return ", ".join(keys) + (" …" if len(ordinals) > _LISTED else "")
