"""study.toml as a record. Every key is documented in docs/study.md, which a test holds against these models."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from halfstep.core.config_choice import BeliefColumns, Choice, ChoiceColumns, LineupColumns
from halfstep.core.config_demand import BuyerColumns, Demand, MicroColumns, RandomTastes, Taste
from halfstep.core.config_docket import ClaimColumns, Docket, Ramp, RampColumns
from halfstep.core.config_events import Event, Outcome, OutcomeColumns, Rival, Shocks
from halfstep.core.config_voice import ControversyColumns, ExposureColumns, LabelColumns, UtteranceColumns, Voice
from halfstep.core.section import Section
from halfstep.core.text import Text

__all__ = [
    "Attribute",
    "Bands",
    "Basis",
    "BeliefColumns",
    "Brands",
    "BuyerColumns",
    "Choice",
    "ChoiceColumns",
    "ClaimColumns",
    "Columns",
    "ControversyColumns",
    "Demand",
    "Docket",
    "Event",
    "ExposureColumns",
    "FlowColumns",
    "Gap",
    "Hedonic",
    "LabelColumns",
    "LineupColumns",
    "MarketColumns",
    "MicroColumns",
    "Outcome",
    "OutcomeColumns",
    "Pooling",
    "Press",
    "PressColumns",
    "Ramp",
    "RampColumns",
    "RandomTastes",
    "ReachColumns",
    "Rival",
    "Scope",
    "SecondChoiceColumns",
    "Segment",
    "Shocks",
    "Study",
    "StudyConfig",
    "Subsidy",
    "Taste",
    "Text",
    "Unmeasured",
    "UtteranceColumns",
    "Voice",
    "Within",
]


class Unmeasured(Text):
    """A quality attribute that buyers see and the table lacks, and how much it may be worth."""

    max: float | None = Field(
        default=None, ge=0, description="Multiple of the reference attribute; `unseen_quality_max` if absent."
    )


class Study(Section):
    """`[study]`: what is asked, of whom, and what was fixed before the data were read."""

    title: Text
    focal: str = Field(description="Brand under study, as named after [brands] aliases.")
    parent: str | None = Field(default=None, description="Brand the focal one came from; shown, kept separate.")
    benchmarks: tuple[str, ...] = Field(min_length=1, description="Premium benchmarks; the first is the main one.")
    currency: Text = Field(description="Money unit of the price column, e.g. 'thousand 1983 USD'.")
    as_of: str = Field(description="Date (YYYY-MM-DD) after which nothing may be used.")
    seed: int = Field(default=0, ge=0, description="Seed of every random draw.")
    margin: float = Field(gt=0, lt=1, description="Gap that does not matter, as a share of the benchmark's price.")
    margin_reason: Text = Field(description="Why this margin; printed beside the verdict.")
    tier: Literal[1, 2] = Field(default=1, description="Evidence tier of the sales table: 1 public, 2 company.")
    invented: bool = Field(default=False, description="True marks a study on invented figures in every header.")
    unmeasured: tuple[Unmeasured, ...] = Field(
        default=(), description="Quality attributes that buyers see and the table lacks."
    )
    unseen_quality_max: float | None = Field(
        default=None,
        ge=0,
        description="Each unmeasured attribute is worth at most this multiple of the reference attribute; no bound if absent.",
    )
    unseen_quality_like: str | None = Field(
        default=None, description="Reference attribute of that multiple; the strongest one where absent."
    )
    notes: tuple[Text, ...] = Field(default=(), description="What a reader must know about the data; printed.")


Basis = Literal["list", "transaction", "after_subsidy"]


class Columns(Section):
    """`[columns]`: which column of the sales table is what."""

    period: str = Field(description="Year (1990), quarter (1990-Q1) or month (1990-01).")
    brand: str
    model: str = Field(description="Model; unique within period, place and brand.")
    cluster: str | None = Field(default=None, description="Generation whose errors go together; the model if absent.")
    place: str | None = Field(default=None, description="Country or region; a market is a place in a period.")
    price: str
    quantity: str
    quantity_kind: Literal["units", "share"] = Field(
        default="units", description="Units, or a share of all possible buyers (then only relative shares are used)."
    )
    outcome: Literal["sales", "registrations", "orders", "deliveries"] = Field(
        default="sales", description="What the quantity counts; deliveries under a backlog measure supply."
    )
    price_basis: Basis = "list"
    other_prices: dict[Basis, str] = Field(
        default={}, description="Basis -> column of a further price of the same rows; position is counted by it too."
    )
    first_known: str | None = Field(default=None, description="Day from which a row may be used in a frozen run.")


NO_COLUMNS = Columns(period="", brand="", model="", price="", quantity="")
"""Stands where a study has no sales table; the settings check refuses it where there is one."""


class MarketColumns(Section):
    """`[market_columns]`: which column of the optional markets table is what."""

    period: str
    place: str | None = None
    deflator: str | None = Field(default=None, description="Price level; prices are divided by it.")
    size: str | None = Field(default=None, description="Possible buyers of the market, buyers of nothing included.")


class ReachColumns(Section):
    """`[reach_columns]`: which column of the optional reach table is what; one row a brand (and period, and place)."""

    brand: str
    period: str | None = None
    place: str | None = None
    awareness: str | None = Field(default=None, description="Share of possible buyers who know the brand, 0 to 1.")
    consideration: str | None = Field(
        default=None, description="Share of those who know it that would consider it, 0 to 1."
    )
    outlets: str | None = Field(
        default=None,
        description="Share of possible buyers with an outlet in reach (0 to 1), or outlets (then only their ratios count).",
    )
    variants: str | None = Field(default=None, description="Variants to choose from, per model on sale.")
    respondents: str | None = Field(default=None, description="Interviews behind awareness and consideration.")


class FlowColumns(Section):
    """`[flow_columns]`: which column of the optional flow table is what; one row a brand and period, in units."""

    brand: str
    period: str
    orders: str | None = None
    cancellations: str | None = None
    backlog: str | None = Field(default=None, description="Orders not yet delivered at the end of the period.")
    capacity: str | None = Field(default=None, description="Units that can be delivered in the period.")
    deliveries: str | None = None


class SecondChoiceColumns(Section):
    """`[second_choice_columns]`: which column of the optional second-choice or switching table is what."""

    bought: str = Field(description="Brand bought (for switching: brand moved to).")
    second: str = Field(description="Brand that would have been bought instead (for switching: brand left).")
    count: str = Field(description="Buyers.")
    period: str | None = None


class PressColumns(Section):
    """`[press_columns]`: which column of the optional press table is what; one printed figure a row."""

    entity: str = Field(description="Brand, or the word for the whole market.")
    metric: str = Field(description="What is measured; [press] metrics says which known metric a word means.")
    value: str = Field(description="As printed: 17-18%, more than 28,000, 25.8万.")
    period: str = Field(description="Year, half, quarter, month, week, day, or window (2024-04-03..2025-05-21).")
    unit: str | None = Field(default=None, description="Unit and scale of the value: pct, units, 万辆, bn_cny.")
    band: str | None = Field(default=None, description="Price band: 4000-5000, >=6000, >=600USD; blank: all prices.")
    perimeter: str | None = Field(default=None, description="What belongs to it: a product line, a segment.")
    base: str | None = Field(default=None, description="How it is counted: sell-in, registrations, since launch.")
    place: str | None = None
    source: str | None = Field(default=None, description="Whose figure it is; sources are never mixed.")
    url: str | None = Field(default=None, description="Where it is printed.")
    first_known: str | None = Field(default=None, description="Day from which it may be used in a frozen run.")
    kind: str | None = Field(default=None, description="fact (or blank), target or forecast.")
    note: str | None = None


class Attribute(Section):
    """`[[attributes]]`: one measured attribute of the product."""

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    label: Text
    columns: tuple[str, ...] = Field(min_length=1, description="Columns; several are multiplied (length x width).")
    transform: Literal["log", "none"] = "none"
    better: Literal["more", "less", "unsaid"] = Field(
        default="unsaid", description="What buyers want; a price of the other sign is flagged, never changed."
    )


class Brands(Section):
    """`[brands]`: names, sub-brands, and who is drawn."""

    aliases: dict[str, str] = Field(default={}, description="Name in the table -> name used.")
    subbrands: dict[str, str] = Field(default={}, description="Sub-brand -> brand it belongs to.")
    subbrands_in: bool = Field(default=False, description="True counts sub-brands in their brand.")
    labels: dict[str, Text] = Field(default={}, description="Brand -> printed name in en and zh.")
    shown: tuple[str, ...] = Field(default=(), description="Further brands to draw.")


Limit = float | int | str


class Segment(Section):
    """`[[scope.segments]]`: a class of products, chosen by exogenous columns, never by price."""

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    label: Text
    among: dict[str, tuple[Limit, ...]] = Field(default={}, description="Column -> values that belong.")
    between: dict[str, Annotated[tuple[float, float], Field(min_length=2, max_length=2)]] = Field(
        default={}, description="Column -> [from, to): from is in, to is out."
    )


class Pooling(Section):
    """`[scope.pooling]`: what happens to brand-periods with few models."""

    min_models: int = Field(default=3, ge=2, description="Fewer distinct models than this are pooled.")
    window: int = Field(default=5, ge=1, description="Periods pooled, in blocks that end with the last period.")


class Scope(Section):
    """`[scope]`: which rows count."""

    places: tuple[str, ...] = ()
    first: str | None = Field(default=None, description="First period used.")
    last: str | None = Field(default=None, description="Last period used.")
    segments: tuple[Segment, ...] = ()
    pooling: Pooling = Pooling()


class Bands(Section):
    """`[bands]`: price bands for position, in the money unit; never used to select rows for the gap."""

    edges: tuple[float, ...] = Field(min_length=1, description="Edges between bands, ascending.")


class Subsidy(Section):
    """`[subsidy]`: what somebody else pays of the price; position is counted after it too."""

    rate: float = Field(gt=0, lt=1, description="Part of the price that is paid.")
    most: float | None = Field(default=None, gt=0, description="Most that is paid for one unit; no limit if absent.")
    up_to: float | None = Field(default=None, gt=0, description="Dearest price for which it is paid; any if absent.")
    basis: Literal["list", "transaction"] | None = Field(
        default=None, description="Price it is reckoned on; the transaction price if there is one, else the list price."
    )
    among: dict[str, tuple[Limit, ...]] = Field(default={}, description="Column -> values for which it is paid.")
    first: str | None = Field(default=None, description="First period in which it is paid.")
    last: str | None = Field(default=None, description="Last period in which it is paid.")
    source: Text = Field(description="Where these rules are written; printed.")


class Hedonic(Section):
    """`[hedonic]`: the price lens."""

    epoch: int = Field(
        default=0, ge=0, description="Periods that share attribute prices, counted back from the last; 0: all share."
    )
    name_periods: int = Field(default=1, ge=1, description="Periods that share a brand's name term.")
    weights: Literal["equal", "sales"] = Field(
        default="equal", description="Rows of the regression weigh equally or by sales."
    )


class Gap(Section):
    """`[gap]`: how the halves are compared."""

    offering: Literal["equal", "sales"] = Field(default="equal", description="Weights of models within an offering.")
    periods: Literal["last", "all"] = Field(default="last", description="Which comparison periods get a verdict.")
    level: float = Field(default=0.90, gt=0.5, lt=1, description="Coverage of printed intervals.")
    confidence: float = Field(default=0.95, gt=0.5, lt=1, description="Probability that a label needs.")


class Within(Section):
    """`[[press.within]]`: one name lies wholly inside another: a product line in its segment, a brand in a group."""

    inner: str
    outer: str


Metric = Literal[
    "share", "mix", "band size", "units", "revenue", "margin", "rank",
    "orders", "cancellations", "backlog", "waiting weeks", "deliveries", "capacity",
]  # fmt: skip


class Press(Section):
    """`[press]`: how the words of the press table are to be read."""

    market: str = Field(default="market", description="Entity that stands for the whole market.")
    metrics: dict[str, Metric] = Field(default={}, description="Word in the metric column -> known metric.")
    rounding: bool = Field(default=True, description="A printed 5% stands for 4.5 to 5.5%; False takes it as exact.")
    about: float = Field(default=1.0, ge=0, description="Printed places that 'about' and 'nearly' may be off.")
    labels: dict[str, Text] = Field(default={}, description="Word of the table -> printed words in en and zh.")
    within: tuple[Within, ...] = Field(default=(), description="Which names lie inside which.")


class StudyConfig(Section):
    """The whole study.toml."""

    study: Study
    tables: dict[
        Literal[
            "sales", "markets", "reach", "flow", "second_choices", "buyers", "micro", "press", "outcomes",
            "choices", "design", "beliefs", "lineup",
            "utterances", "labels", "exposure", "controversies", "claims", "ramp", "ramps",
        ],
        str,
    ]  # fmt: skip
    obtain: dict[str, Text] = Field(
        default={}, description="Table -> where its file is obtained; printed where it is absent."
    )
    optional: tuple[str, ...] = Field(
        default=(),
        description="Tables without which the study is still one: where the file is absent their questions stay open.",
    )
    columns: Columns = Field(default=NO_COLUMNS, description="Needed with a sales table.")
    market_columns: MarketColumns | None = None
    reach_columns: ReachColumns | None = None
    flow_columns: FlowColumns | None = None
    second_choice_columns: SecondChoiceColumns | None = None
    buyer_columns: BuyerColumns | None = None
    micro_columns: MicroColumns | None = None
    press_columns: PressColumns | None = None
    outcome_columns: OutcomeColumns | None = None
    choice_columns: ChoiceColumns | None = None
    belief_columns: BeliefColumns | None = None
    lineup_columns: LineupColumns | None = None
    utterance_columns: UtteranceColumns | None = None
    label_columns: LabelColumns | None = None
    exposure_columns: ExposureColumns | None = None
    controversy_columns: ControversyColumns | None = None
    claim_columns: ClaimColumns | None = None
    ramp_columns: RampColumns | None = Field(default=None, description="Months of the maker in question.")
    ramps_columns: RampColumns | None = Field(default=None, description="Months of other makers, the reference class.")
    attributes: tuple[Attribute, ...] = Field(default=(), description="Needed with a sales table.")
    brands: Brands = Brands()
    scope: Scope = Scope()
    bands: Bands | None = None
    subsidy: Subsidy | None = None
    hedonic: Hedonic = Hedonic()
    demand: Demand | None = None
    gap: Gap = Gap()
    press: Press = Press()
    outcomes: tuple[Outcome, ...] = ()
    events: tuple[Event, ...] = ()
    shocks: Shocks = Shocks()
    choice: Choice = Choice()
    voice: Voice = Voice()
    docket: Docket = Docket()
    ramp: Ramp = Ramp()
