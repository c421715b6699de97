"""From when the rows of each table are known, as study.toml says it."""

from __future__ import annotations

from datetime import date

from halfstep.core.config import PressColumns, StudyConfig
from halfstep.data.press import KINDS
from halfstep.data.read.later import AsOf

__all__ = ["as_of_of"]


def as_of_of(config: StudyConfig, table: str) -> AsOf | None:
    """Return from when the rows of a table are known; None where the study does not say so.

    It says so where it names a column of days, and always for months. A row whose day is blank is known from the end of its
    period, one of months so many days later.
    """
    months = {"ramp": config.ramp_columns, "ramps": config.ramps_columns}.get(table)
    columns = months or {
        "sales": config.columns, "press": config.press_columns, "outcomes": config.outcome_columns,
    }.get(table)  # fmt: skip
    if columns is None or (columns.first_known is None and months is None):
        return None
    try:
        day = date.fromisoformat(config.study.as_of)
    except ValueError:
        return None
    if isinstance(columns, PressColumns):
        facts = frozenset(word for word, kind in KINDS.items() if kind == "fact")
        return AsOf(day, columns.first_known, columns.period, kind=columns.kind, facts=facts)
    return AsOf(day, columns.first_known, columns.period, 0 if months is None else months.known_after)
