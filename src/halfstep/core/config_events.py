"""Shocks in study.toml: `[[outcomes]]`, `[[events]]` with rival explanations, `[shocks]`, and the columns of the table of outcomes."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, FiniteFloat

from halfstep.core.section import Section
from halfstep.core.text import Text

__all__ = ["KINDS", "Event", "Outcome", "OutcomeColumns", "OutcomeKind", "Rival", "Shocks"]

KINDS = ("orders", "sales", "registrations", "deliveries", "attention", "resale price", "share price")
OutcomeKind = Literal["orders", "sales", "registrations", "deliveries", "attention", "resale price", "share price"]
Direction = Literal["down", "up"]


class OutcomeColumns(Section):
    """`[outcome_columns]`: which column of the table of outcomes is what; one row an entity and period (and place, and measure)."""

    period: str = Field(description="Day, week (2025-W14), month, quarter or year; one kind throughout.")
    entity: str = Field(description="Whose figure it is: a brand, a product, a region.")
    value: str
    place: str | None = Field(default=None, description="Country or region; places are added up, each by `among`.")
    measure: str | None = Field(default=None, description="Which outcome a row is of, where the table holds several.")
    first_known: str | None = Field(default=None, description="Day from which a row may be used in a frozen run.")


class Outcome(Section):
    """`[[outcomes]]`: a series in which events may show."""

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    label: Text
    kind: OutcomeKind = Field(description="What it counts; deliveries under a backlog measure supply.")
    table: Literal["outcomes", "sales"] = Field(
        default="outcomes", description="Table it comes from; of the sales table the quantities of each brand."
    )
    measure: str | None = Field(default=None, description="Its word in the column of measures.")
    among: dict[str, tuple[float | int | str, ...]] = Field(
        default={}, description="Column -> values of the rows that count."
    )
    unit: Text = Field(default=Text(en="units", zh="件"), description="Noun of its figures, as printed.")
    scale: Literal["relative", "absolute"] = Field(
        default="relative", description="Changes are relative (logarithms), or in the outcome's own unit."
    )
    first: str | None = Field(default=None, description="First period used; all that the table has if absent.")
    last: str | None = Field(default=None, description="Last period used.")
    every: Literal["month", "quarter", "year"] | None = Field(
        default=None, description="Longer periods by which it is looked at: counts are added up, prices averaged."
    )
    season: Literal["none", "year", "spring festival"] = Field(
        default="none",
        description="Whether a yearly pattern of each entity's own is taken out; with the festival January and February are first levelled.",
    )
    donors: tuple[str, ...] = Field(
        default=(), description="Entities that may stand for what would have been; all that were not touched if absent."
    )
    not_donors: tuple[str, ...] = Field(default=(), description="Entities that may not.")


class Rival(Section):
    """`[[events.rivals]]`: another explanation of what happened then, with what it predicts."""

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    label: Text
    source: str
    begins: str | None = Field(default=None, description="Day or period on which the change began, if this is true.")
    ends: str | None = Field(default=None, description="Day or period from which nothing is left of it, if true.")
    before: bool = Field(default=False, description="Whether the change was under way before the event, if true.")
    moves: dict[str, Direction] = Field(
        default={}, description="Other entity -> where its own series goes after the event, if true."
    )
    backlog: bool = Field(default=False, description="Whether it is supply that the series shows, if true.")


class Event(Section):
    """`[[events]]`: a dated fact marked on the paths; asked about only where it names outcomes."""

    period: str = Field(description="Day, week, month, quarter or year on which it happened.")
    brand: str = Field(description="Brand, or another entity of the table of outcomes.")
    label: Text
    source: str
    id: str | None = Field(default=None, pattern=r"^[a-z][a-z0-9_]*$", description="Needed where it names outcomes.")
    kind: Literal["accident", "product harm", "dispute", "rule", "launch", "price", "other"] = "other"
    within: int = Field(default=0, ge=0, description="Days by which the date may be off, either way.")
    outcomes: tuple[str, ...] = Field(default=(), description="Outcomes in which its cost is looked for.")
    horizon: int | None = Field(default=None, ge=1, description="Periods looked at from its date; [shocks] if absent.")
    related: dict[str, tuple[str, ...]] = Field(
        default={},
        description="Kind of tie (siblings, rivals, same country) -> entities it may have touched: no donors, looked at.",
    )
    rivals: tuple[Rival, ...] = ()


class Shocks(Section):
    """`[shocks]`: how the cost of events is looked for."""

    horizon: int | None = Field(default=None, ge=1, description="Periods looked at; all that the table has if absent.")
    level: float = Field(default=0.95, gt=0.5, lt=1, description="Coverage of the intervals that verdicts hang on.")
    margin: float | None = Field(
        default=None,
        gt=0,
        description="Change that would not matter, relative or in units as the outcome; without it 'nothing' is no verdict.",
    )
    late: int = Field(
        default=14,
        ge=0,
        description="Days by which an effect may come after its event; closer events are one to the data.",
    )
    placebos: int = Field(
        default=200, ge=20, description="Most fake dates and untouched entities an estimator is put to."
    )
    unit_margin: Annotated[tuple[FiniteFloat, FiniteFloat], Field(min_length=2, max_length=2)] | None = Field(
        default=None, description="What one unit earns, from and to, in the study's money unit."
    )
    unit_margin_source: Text | None = Field(default=None, description="Where that is written; printed.")
    horizons: tuple[int, ...] = Field(
        default=(), description="Periods after which cost is told; the horizon if absent."
    )
    prior: Literal["none", "reference class"] = Field(
        default="none", description="Whether published crises of the kind stand in where the data cannot tell."
    )
