"""Choice experiments in study.toml: `[choice]`, and the columns of the tables of choices, designs, beliefs and the line-up."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, FiniteFloat

from halfstep.core.section import Section
from halfstep.core.text import Text

__all__ = [
    "BeliefColumns",
    "BuyerType",
    "Choice",
    "ChoiceAttribute",
    "ChoiceColumns",
    "ChoiceSegment",
    "Distribution",
    "LineupColumns",
    "Mixed",
    "PlannedDesign",
    "Role",
    "Search",
]

Id = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
Limit = float | int | str
Level = FiniteFloat | str
Distribution = Literal["fixed", "normal", "lognormal", "triangular", "censored"]
Role = Literal["listed", "blind", "name only", "informed"]


class ChoiceColumns(Section):
    """`[choice_columns]`: which column of the table of choices (and of the design table, if there is one) is what."""

    layout: Literal["long", "wide", "answers"] = Field(
        default="long",
        description="long: a row an alternative; wide: a row a task; answers: a row a respondent, with a design table beside it.",
    )
    respondent: str
    task: str | None = Field(
        default=None, description="Task of the respondent (long, wide), or of the version (in the design table)."
    )
    chosen: str | None = Field(
        default=None, description="long: 1 in the row chosen, else 0; wide: name or number of the alternative chosen."
    )
    worst: str | None = Field(default=None, description="As `chosen`, for the alternative called the worst.")
    alternative: str | None = Field(
        default=None, description="Name or number of the alternative (long, design table); counted in order if absent."
    )
    alternatives: tuple[str, ...] = Field(default=(), description="wide: names of the alternatives in column heads.")
    head: str = Field(
        default="{column}_{alternative}", description="wide: how the heads of an alternative's columns are written."
    )
    answer: str | None = Field(
        default=None, description="answers: head of the column of a task's choice, as 'Q{task}'."
    )
    worst_answer: str | None = Field(default=None, description="answers: the same for the worst.")
    version: str | None = Field(default=None, description="answers: column in both tables that joins them.")
    none: str | None = Field(
        default=None, description="Word or number that stands for 'none of these' where an alternative is named."
    )
    price: str
    price_codes: dict[str, FiniteFloat] = Field(
        default={}, description="Level code -> price, where codes are exported."
    )
    brand: str | None = Field(default=None, description="Column of brands; blank where the name was hidden.")
    brand_columns: dict[str, str] = Field(default={}, description="Instead: 0/1 column -> brand.")
    brand_base: str | None = Field(default=None, description="Brand of rows in which all of them are 0.")
    weight: str | None = Field(default=None, description="Weight of a respondent; all weigh alike if absent.")
    cell: str | None = Field(default=None, description="Word for the experimental cell that the respondent was in.")


class BeliefColumns(Section):
    """`[belief_columns]`: which column of the optional table of beliefs is what; one believed figure a row."""

    respondent: str
    brand: str
    attribute: str = Field(description="Id of an attribute of [choice], or its column.")
    value: str = Field(description="What the respondent believes, in the attribute's own unit.")
    informed: str | None = Field(
        default=None, description="1 where the respondent, picked by lot, was told the facts before; else 0."
    )


class LineupColumns(Section):
    """`[lineup_columns]`: which column of the optional line-up (real products) is what; attributes under their own columns."""

    product: str
    brand: str
    price: str
    lineup: str | None = Field(default=None, description="Name of the line-up a row belongs to; one line-up if absent.")
    weight: str | None = Field(default=None, description="Units, for means over a brand's products; equal if absent.")


class ChoiceAttribute(Section):
    """`[[choice.attributes]]`: one attribute that the profiles listed."""

    id: Id
    label: Text
    column: str
    levels: tuple[str, ...] = Field(
        default=(), description="Words of a categorical attribute, the base first; numbers where absent."
    )
    codes: dict[str, Level] = Field(default={}, description="Level code -> number or word, where codes are exported.")
    better: Literal["more", "less", "unsaid"] = Field(
        default="unsaid", description="What buyers want; flags dominated choices, never changes an estimate."
    )


class ChoiceSegment(Section):
    """`[[choice.segments]]`: a group of respondents, chosen by columns of the table of choices."""

    id: Id
    label: Text
    among: dict[str, tuple[Limit, ...]] = Field(default={}, description="Column -> values that belong.")
    between: dict[str, Annotated[tuple[float, float], Field(min_length=2, max_length=2)]] = Field(
        default={}, description="Column -> [from, to): from is in, to is out."
    )


class BuyerType(Section):
    """`[[choice.types]]`: a type of buyer that somebody expects, told by tastes above or below the average."""

    id: Id
    label: Text
    source: str = Field(description="Who expects it; printed.")
    tastes: dict[str, Literal["above", "below"]] = Field(
        min_length=1, description="Attribute id, 'price' (how much a unit of money counts) or 'brand <name>' -> side."
    )


class Mixed(Section):
    """`[choice.mixed]`: tastes that differ between respondents; it then carries the choice lens, the plain logit stands beside."""

    space: Literal["preference", "wtp"] = Field(
        default="preference", description="What has the distributions: utilities, or values in money."
    )
    price: Distribution = Field(
        default="lognormal", description="Of the price taste (preference space) or of the scale (wtp space)."
    )
    attributes: dict[str, Distribution] = Field(
        default={}, description="Attribute id -> distribution; fixed if absent."
    )
    brands: Distribution = Field(default="normal", description="Of all brand terms.")
    correlated: bool = Field(default=False, description="Whether the normal and lognormal ones may go together.")
    draws: int = Field(default=400, ge=50, description="Draws a respondent.")
    points: Literal["halton", "mlhs"] = Field(default="halton", description="How draws are spread.")
    antithetic: bool = False
    starts: int = Field(default=3, ge=1, description="Starting points; all optima found are told.")


class Search(Section):
    """`[[choice.searches]]`: the best price and features of one product of the line-up against the rest."""

    id: Id
    label: Text
    product: str = Field(description="Product of the line-up that is changed.")
    prices: tuple[FiniteFloat, ...] = Field(default=(), description="Prices tried; its own if absent.")
    levels: dict[str, tuple[Level, ...]] = Field(default={}, description="Attribute id -> levels tried.")
    cost: FiniteFloat | None = Field(
        default=None, description="Cost of a unit; with it margin is sought, else revenue."
    )
    cost_of: dict[str, dict[str, FiniteFloat]] = Field(
        default={},
        description="Attribute id -> level -> what it adds to the cost; of numbers the cost per unit is under 'unit'.",
    )
    segment: str | None = Field(default=None, description="Segment it is sought for; all respondents if absent.")
    cost_source: Text | None = Field(default=None, description="Where costs are written; printed.")


class PlannedDesign(Section):
    """`[choice.design]`: an experiment that is planned; read by `halfstep design`."""

    tasks: int = Field(default=12, ge=1, description="Tasks a respondent.")
    alternatives: int = Field(default=3, ge=2, description="Profiles a task, without 'none'.")
    none: bool = Field(default=False, description="Whether 'none of these' is offered.")
    versions: int = Field(default=10, ge=1, description="Sets of tasks that respondents are spread over.")
    kind: Literal["efficient", "random"] = "efficient"
    prices: tuple[FiniteFloat, ...] = Field(min_length=2)
    brands: tuple[str, ...] = Field(min_length=2)
    levels: dict[str, tuple[Level, ...]] = Field(default={}, description="Attribute id -> levels shown.")
    prohibited: tuple[dict[str, Level], ...] = Field(
        default=(), description="Combinations never shown: 'brand', 'price' or attribute id -> level."
    )
    tastes: Literal["estimated", "stated"] = Field(
        default="estimated", description="From this study's table of choices (a pilot), or as written in `prior`."
    )
    prior: dict[str, FiniteFloat] = Field(
        default={}, description="Stated tastes in utility: 'price', attribute id (or 'id level'), 'brand <name>'."
    )
    prior_source: Text | None = Field(default=None, description="Where stated tastes come from; printed.")
    gap: FiniteFloat = Field(gt=0, description="Gap of the name in money that must be seen.")
    shares: dict[str, Annotated[float, Field(gt=0, le=1)]] = Field(
        default={}, description="Segment -> its share of respondents; the gap is asked for in each."
    )
    power: float = Field(default=0.8, gt=0, lt=1, description="Chance with which it must be seen.")
    respondents: int | None = Field(
        default=None, ge=2, description="Respondents that are paid for, if that is settled."
    )


class Choice(Section):
    """`[choice]`: the choice lens."""

    attributes: tuple[ChoiceAttribute, ...] = ()
    cells: dict[str, Role] = Field(
        default={},
        description="Word of the cell -> listed (names and attributes shown), blind, name only, informed (name only, after facts were told).",
    )
    covariance: Literal["respondent", "task", "hessian", "hessian normalised"] = Field(
        default="respondent",
        description="Errors clustered by respondent; the others are how printed tables are often made, for comparison.",
    )
    segments: tuple[ChoiceSegment, ...] = ()
    min_respondents: int = Field(
        default=30, ge=2, description="Segments with fewer get no figure of their own (NCHS 2017, series 2 no. 175)."
    )
    holdout: int = Field(default=1, ge=0, description="Last tasks of each respondent that are foretold, not fitted.")
    classes: int = Field(default=0, ge=0, le=10, description="Most latent classes tried; 0: none are looked for.")
    types: tuple[BuyerType, ...] = ()
    mixed: Mixed | None = None
    searches: tuple[Search, ...] = ()
    design: PlannedDesign | None = None
