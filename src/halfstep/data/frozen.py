"""From when the rows of each table are known, as study.toml says it."""

from __future__ import annotations

from datetime import date

from halfstep.core.config import StudyConfig
from halfstep.data.read.later import AsOf

__all__ = ["as_of_of"]


def as_of_of(config: StudyConfig, table: str) -> AsOf | None:
    """Return from when the rows of a table are known; None where the study names no column of days for it.

    A row whose day is blank is known from the end of its period; a row of months so many days later.
    """
    columns = {
        "sales": config.columns, "press": config.press_columns, "outcomes": config.outcome_columns,
        "ramp": config.ramp_columns, "ramps": config.ramps_columns,
    }.get(table)  # fmt: skip
    if columns is None or columns.first_known is None:
        return None
    try:
        day = date.fromisoformat(config.study.as_of)
    except ValueError:
        return None
    return AsOf(day, columns.first_known, columns.period, getattr(columns, "known_after", 0))
