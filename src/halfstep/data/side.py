"""The optional tables in the study's own terms: reach, flow, second choices."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from halfstep.core.config import StudyConfig
from halfstep.core.period import Period, parse_period
from halfstep.data.read.tables import ROW, Table
from halfstep.data.schema import brand_name, number, period_text, text

__all__ = ["Plan", "Side", "plans", "tidy_side"]


@dataclass(frozen=True, slots=True, eq=False)
class Side:
    """Rows of an optional table after aliases, sub-brands and as-of date.

    Attributes
    ----------
    frame
        Column row (in the file) and those that the table has by its kind; numbers are null where the cell is blank or
        no column is named.
        reach: brand, period (ordinal; null holds for all periods), place ("" holds for all places), awareness,
        consideration, outlets, variants, respondents.
        flow: brand, period, orders, cancellations, backlog, capacity, deliveries.
        second choices: bought, second, period (null where no column is named), count.
        Rows of a brand and of its sub-brands stay apart here, under one name where sub-brands count in their brand.
    file
        File the rows come from.
    left_out
        Rows of periods that end after the as-of date.
    """

    frame: pl.DataFrame
    file: str
    left_out: int


@dataclass(frozen=True, slots=True)
class Plan:
    """Which column of an optional table is what, and what its cells must be.

    Attributes
    ----------
    name, section
        Table in `[tables]`; section of study.toml that names its columns.
    brands, figures
        Key -> column of brands and of numbers; None where the study names none.
    period, place
        Columns; None where the study names none.
    placed
        Whether this kind of table may have places.
    general
        Whether a blank period or place is allowed and holds for all of them.
    shares, positive, filled
        Keys of `figures` that must be shares above 0 up to 1, above zero, not blank.
    whole
        Whether a row speaks of a brand as a whole, so that a brand and its sub-brand cannot be added up.
    """

    name: str
    section: str
    brands: dict[str, str]
    figures: dict[str, str | None]
    period: str | None
    place: str | None = None
    placed: bool = False
    general: bool = False
    shares: tuple[str, ...] = ()
    positive: tuple[str, ...] = ()
    filled: tuple[str, ...] = ()
    whole: bool = False

    @property
    def named(self) -> dict[str, str]:
        """Key of study.toml -> column, for every column named."""
        every = self.brands | self.figures | {"period": self.period, "place": self.place}
        return {f"{self.section}.{key}": column for key, column in every.items() if column is not None}


def plans(config: StudyConfig) -> Iterator[Plan]:
    """Yield the plan of each optional table whose columns the study names."""
    reach, flow, second = config.reach_columns, config.flow_columns, config.second_choice_columns
    if reach is not None:
        keys = ("awareness", "consideration", "outlets", "variants", "respondents")
        yield Plan(
            "reach", "reach_columns", {"brand": reach.brand}, {key: getattr(reach, key) for key in keys},
            reach.period, reach.place, placed=True, general=True, shares=keys[:2], positive=keys[2:], whole=True,
        )  # fmt: skip
    if flow is not None:
        keys = ("orders", "cancellations", "backlog", "capacity", "deliveries")
        figures = {key: getattr(flow, key) for key in keys}
        yield Plan("flow", "flow_columns", {"brand": flow.brand}, figures, flow.period)
    if second is not None:
        yield Plan(
            "second_choices", "second_choice_columns", {"bought": second.bought, "second": second.second},
            {"count": second.count}, second.period, filled=("count",),
        )  # fmt: skip


def tidy_side(config: StudyConfig, plan: Plan, table: Table) -> Side:
    """Rename and select; the table must have passed `check_sides`."""
    frame = table.frame
    periods = _periods(frame, plan.period)
    ordinals = {key: period.ordinal for key, period in periods.items()}
    last_day = {period.ordinal: period.last_day for period in periods.values()}
    ordinal = pl.lit(None, pl.Int64)
    if plan.period:
        ordinal = period_text(frame, plan.period).replace_strict(ordinals, default=None, return_dtype=pl.Int64)
    place = text(plan.place).fill_null("") if plan.place else pl.lit("")
    tidy = frame.select(
        pl.col(ROW).cast(pl.Int64).alias("row"),
        *(brand_name(config, column).alias(key) for key, column in plan.brands.items()),
        ordinal.alias("period"),
        *([place.alias("place")] if plan.placed else []),
        *((number(c) if c else pl.lit(None, pl.Float64)).alias(key) for key, c in plan.figures.items()),
    )
    ends = pl.col("period").replace_strict(last_day, default=None, return_dtype=pl.String)
    kept = tidy.filter(ends.is_null() | (ends <= config.study.as_of))
    return Side(kept.sort(*plan.brands, "period", "row"), table.file, tidy.height - kept.height)


def _periods(frame: pl.DataFrame, column: str | None) -> dict[str, Period]:
    keys = frame.select(period_text(frame, column)).to_series().unique().drop_nulls() if column else ()
    return {key: parse_period(key) for key in keys}
