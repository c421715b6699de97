"""The optional tables in the study's own terms: reach, flow, second choices, buyers, micro figures."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import polars as pl

from halfstep.core.config import BuyerColumns, MicroColumns, StudyConfig
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
        buyers: period and place as of reach, weight, `demographics.<name>`.
        micro: group, second ("" where blank), statistic, of ("" where blank), period and place as of reach, value, count.
        Rows of a brand and of its sub-brands stay apart here, under one name where sub-brands count in their brand.
    file
        File the rows come from.
    left_out
        Rows of periods that end after the as-of date.
    frequency
        Periods in a year; 0 where it has none.
    """

    frame: pl.DataFrame
    file: str
    left_out: int
    frequency: int = 0


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
    words
        Key -> column of words that are no brands and may be blank; None where the study names none.
    placed
        Whether this kind of table may have places.
    general
        Whether a blank period or place is allowed and holds for all of them.
    shares, positive, signed, filled
        Keys of `figures` that must be shares above 0 up to 1, above zero; may be below zero; must not be blank.
    measures
        Keys of `figures` that are no counts: their cells may have other units.
    blank
        Keys of `brands` that may be blank.
    whole
        Whether a row speaks of a brand as a whole, so that a brand and its sub-brand cannot be added up.
    keyed
        Whether brands, words, period and place may occur together only once.
    """

    name: str
    section: str
    brands: dict[str, str]
    figures: dict[str, str | None]
    period: str | None
    place: str | None = None
    words: dict[str, str] = field(default_factory=dict)
    placed: bool = False
    general: bool = False
    shares: tuple[str, ...] = ()
    positive: tuple[str, ...] = ()
    signed: tuple[str, ...] = ()
    filled: tuple[str, ...] = ()
    measures: tuple[str, ...] = ()
    blank: tuple[str, ...] = ()
    whole: bool = False
    keyed: bool = True

    @property
    def named(self) -> dict[str, str]:
        """Key of study.toml -> column, for every column named."""
        every = self.brands | self.words | self.figures | {"period": self.period, "place": self.place}
        return {f"{self.section}.{key}": column for key, column in every.items() if column is not None}


def plans(config: StudyConfig) -> Iterator[Plan]:
    """Yield the plan of each optional table whose columns the study names."""
    reach, flow, second = config.reach_columns, config.flow_columns, config.second_choice_columns
    if reach is not None:
        keys = ("awareness", "consideration", "outlets", "variants", "respondents")
        yield Plan(
            "reach", "reach_columns", {"brand": reach.brand}, {key: getattr(reach, key) for key in keys},
            reach.period, reach.place, placed=True, general=True, shares=keys[:2], positive=keys[2:], measures=("outlets",),
            whole=True,
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
    if config.buyer_columns is not None:
        yield _buyers(config, config.buyer_columns)
    if config.micro_columns is not None:
        yield _micro(config.micro_columns)


def _buyers(config: StudyConfig, columns: BuyerColumns) -> Plan:
    demographics = {f"demographics.{name}": column for name, column in columns.demographics.items()}
    random = config.demand.random if config.demand else None
    divides = f"demographics.{random.income}" if random else ""
    return Plan(
        "buyers", "buyer_columns", {}, {"weight": columns.weight, **demographics}, columns.period, columns.place,
        placed=True, general=True, positive=("weight", divides), signed=tuple(d for d in demographics if d != divides),
        filled=("weight", *demographics), measures=("weight", *demographics), keyed=False,
    )  # fmt: skip


def _micro(columns: MicroColumns) -> Plan:
    brands = {"group": columns.group} | ({"second": columns.second} if columns.second else {})
    words = {"statistic": columns.statistic} | ({"of": columns.of} if columns.of else {})
    return Plan(
        "micro", "micro_columns", brands, {"value": columns.value, "count": columns.count}, columns.period, columns.place,
        words, placed=True, general=True, positive=("count",), signed=("value",), filled=("value", "count"),
        measures=("value",), blank=("second",), whole=True,
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
        *(_brand(config, plan, key).alias(key) for key in plan.brands),
        *(text(column).fill_null("").alias(key) for key, column in plan.words.items()),
        ordinal.alias("period"),
        *([place.alias("place")] if plan.placed else []),
        *((number(c) if c else pl.lit(None, pl.Float64)).alias(key) for key, c in plan.figures.items()),
    )
    ends = pl.col("period").replace_strict(last_day, default=None, return_dtype=pl.String)
    kept = tidy.filter(ends.is_null() | (ends <= config.study.as_of))
    frequency = next((period.frequency for period in periods.values()), 0)
    return Side(kept.sort(*plan.brands, "period", "row"), table.file, tidy.height - kept.height, frequency)


def _brand(config: StudyConfig, plan: Plan, key: str) -> pl.Expr:
    name = brand_name(config, plan.brands[key])
    return name.fill_null("") if key in plan.blank else name


def _periods(frame: pl.DataFrame, column: str | None) -> dict[str, Period]:
    keys = frame.select(period_text(frame, column)).to_series().unique().drop_nulls() if column else ()
    return {key: parse_period(key) for key in keys}
