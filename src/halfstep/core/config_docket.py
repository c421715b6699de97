"""Claims and forecasts in study.toml: `[docket]`, `[ramp]`, and the columns of their tables."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, FiniteFloat, model_validator

from halfstep.core.section import Section
from halfstep.core.text import Text

__all__ = [
    "CLAIM_KINDS", "GRADES", "HEDGES", "Asked", "ClaimColumns", "Docket", "FigureOf", "Forecast", "Quantity", "Ramp", "RampColumns",
    "Says", "Settling", "Source",
]  # fmt: skip

CLAIM_KINDS = ("fact", "forecast", "causal", "necessity", "equivalence", "opinion")
HEDGES = ("none", "more than", "at most", "about", "part", "mostly", "possibly", "probably", "suspected")
"""How strongly something is said. "more than" and "at most" are bounds, "part" and "mostly" proportions, the last three strengths."""
GRADES = ("A", "B", "C", "D")
"""Who stands behind a claim: A a company or agency figure, B somebody's report of one, C the author's own reasoning, D hearsay."""


class ClaimColumns(Section):
    """`[claim_columns]`: which column of the table of claims is what; one row a claim."""

    id: str
    statement_en: str | None = Field(default=None, description="The claim in one's own words, in English.")
    statement_zh: str | None = Field(default=None, description="The same in Chinese; one of the two is enough.")
    paragraph: str | None = Field(default=None, description="Where the source says it: a paragraph number, a page.")
    speaker: str | None = Field(default=None, description="Who says it: the author, or whom the author quotes.")
    kind: str = Field(description="fact, forecast, causal, necessity, equivalence or opinion.")
    base: str | None = Field(default=None, description="What a figure in it is counted on.")
    hedge: str | None = Field(
        default=None, description="none, more than, at most, about, part, mostly, possibly, probably, suspected."
    )
    grade: str | None = Field(default=None, description="A to D: who stands behind it.")
    as_of: str | None = Field(default=None, description="Day of which it speaks or on which it was said.")
    needs: str | None = Field(default=None, description="What would test it, where nothing in the study does.")
    url: str | None = None


class RampColumns(Section):
    """`[ramp_columns]`, `[ramps_columns]`: monthly units of the maker in question, and of others; one row a maker (and model) and month."""

    period: str = Field(description="Month.")
    units: str
    maker: str | None = Field(default=None, description="Maker; the study's own if absent.")
    model: str | None = Field(default=None, description="Model; the models of a maker's month are added up.")
    first_known: str | None = Field(default=None, description="Day from which a row may be used in a frozen run.")
    known_after: int = Field(
        default=10, ge=0, description="Days after its month from which a row without such a day may be used."
    )


class FigureOf(Section):
    """Which printed figures are meant: every key that is given must match; keys left out match anything."""

    entity: str
    metric: str
    period: str | None = None
    band: str | None = None
    perimeter: str | None = None
    base: str | None = None
    place: str | None = None
    source: str | None = None
    kind: Literal["fact", "target", "forecast"] = "fact"


class Quantity(Section):
    """`[[docket.quantities]]`: something that claims speak of, and how the study looks at it.

    It is looked at through exactly one of `figures`, `estimate`, `verdict`, `rank`; through none where the study cannot see it.
    """

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    label: Text
    unit: Text | None = Field(
        default=None, description="Printed behind its numbers; shares are printed as percentages."
    )
    share: bool = Field(default=False, description="Whether it is a part of one.")
    figures: tuple[FigureOf, ...] = Field(default=(), description="Printed figures; several are added up.")
    take: Literal["sum", "greatest", "least"] = Field(
        default="sum",
        description="Of several figures their sum, or the greatest or least of them; of these some may not be known yet.",
    )
    over: tuple[FigureOf, ...] = Field(default=(), description="Divided by these, on the same base and perimeter only.")
    less: tuple[FigureOf, ...] = Field(default=(), description="Less these, on the same base and perimeter only.")
    rank: FigureOf | None = Field(
        default=None, description="Rank of this entity among all by this metric, by each source."
    )
    estimate: str | None = Field(default=None, description="Id of an estimate of the run; * stands for anything.")
    verdict: str | None = Field(default=None, description="Id of a verdict of the run; * stands for anything.")
    needs: Text | None = Field(default=None, description="What would show it, where the study cannot see it.")

    @model_validator(mode="after")
    def _one_look(self) -> Quantity:
        ways = [name for name in ("figures", "rank", "estimate", "verdict") if getattr(self, name)]
        if len(ways) > 1:
            raise ValueError(f"expected one of figures, rank, estimate, verdict; got {' and '.join(ways)}: keep one")
        if (self.over or self.less) and not self.figures:
            raise ValueError("expected figures beside over or less: name what is divided or reduced")
        if self.take != "sum" and (self.over or self.less or not self.figures):
            raise ValueError(f"expected figures alone with take = {self.take!r}: take out over and less, name figures")
        return self


class Says(Section):
    """`[[docket.says]]`: what must be true of a quantity for a claim to hold."""

    claim: str
    quantity: str
    at_least: FiniteFloat | None = None
    at_most: FiniteFloat | None = None
    above: FiniteFloat | None = None
    below: FiniteFloat | None = None
    label: tuple[str, ...] = Field(default=(), description="Labels of the verdict that the claim would need.")
    shows: Literal["claim", "consequence"] | None = Field(
        default=None,
        description="Whether it is what the claim says, or only follows from it; causal, necessity and opinion claims: consequence.",
    )

    @model_validator(mode="after")
    def _a_region(self) -> Says:
        ends = (self.at_least, self.at_most, self.above, self.below)
        if all(end is None for end in ends) and not self.label:
            raise ValueError("expected at_least, at_most, above, below or label: say what must be true")
        if self.lo > self.hi:
            raise ValueError(f"expected a region that is not empty; got {self.lo} to {self.hi}")
        return self

    @property
    def lo(self) -> float:
        """Lower end of the region."""
        found = [end for end in (self.at_least, self.above) if end is not None]
        return max(found) if found else float("-inf")

    @property
    def hi(self) -> float:
        """Upper end of the region."""
        found = [end for end in (self.at_most, self.below) if end is not None]
        return min(found) if found else float("inf")


class Forecast(Section):
    """`[[docket.forecasts]]`: what somebody foretold, and the rule that resolves it.

    It is an event (`p` that the quantity falls between the ends), an interval (`lo`, `hi`, `level`), or one of the study's own
    (`asked`); none of them where the speaker gave no probability: then it is resolved and not scored.
    """

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    label: Text
    by: Text = Field(description="Whose forecast it is.")
    claim: str | None = Field(default=None, description="Claim that it is.")
    made: str = Field(description="Day on which it was made; the study's own use only what was known then.")
    fixed: str = Field(description="Day on which the rule was written down.")
    due: str = Field(description="Day by which it should be known.")
    rule: Text = Field(description="When it counts as come true, in words.")
    quantity: str | None = Field(default=None, description="What resolves it; left out where nothing does yet.")
    at_least: FiniteFloat | None = None
    at_most: FiniteFloat | None = None
    above: FiniteFloat | None = None
    below: FiniteFloat | None = None
    p: float | None = Field(default=None, ge=0, le=1, description="Probability that was given.")
    lo: FiniteFloat | None = None
    hi: FiniteFloat | None = None
    level: float | None = Field(default=None, gt=0, lt=1, description="Coverage that was given with lo and hi.")
    asked: str | None = Field(default=None, description="Id under [[ramp.asks]] whose answer it is.")


class Source(Section):
    """`[docket.source]`: the text that the claims come from."""

    title: Text
    author: str | None = None
    day: str | None = None
    url: str | None = None


class Settling(Section):
    """`[[docket.settle]]`: data that would settle what cannot be told."""

    data: Text = Field(description="What it is, in a few words; printed in the fifth sentence.")
    size: Text = Field(description="How much of it, by which rule, and what it would tell; printed below the claims.")


class Docket(Section):
    """`[docket]`: claims, what decides them, and forecasts."""

    source: Source | None = None
    quantities: tuple[Quantity, ...] = ()
    says: tuple[Says, ...] = ()
    forecasts: tuple[Forecast, ...] = ()
    settle: tuple[Settling, ...] = ()


class Asked(Section):
    """`[[ramp.asks]]`: one question to the ramp, answered with what was known on a day."""

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    label: Text
    what: Literal["units", "result"]
    period: str | None = Field(
        default=None, description="units: the year, half, quarter or month whose sum is asked for."
    )
    by: str | None = Field(
        default=None, description="result: last quarter by which one quarter must lie above `above`."
    )
    after: str | None = Field(
        default=None, description="result: first quarter that counts; the first not yet known if absent."
    )
    above: float = Field(default=0.0, description="result: in the study's money unit.")
    made: str | None = Field(default=None, description="Day whose knowledge is used; the study's as_of if absent.")

    @model_validator(mode="after")
    def _when(self) -> Asked:
        if self.what == "units" and self.period is None:
            raise ValueError("expected period beside what = 'units': say of which months the sum is asked for")
        if self.what == "result" and self.by is None:
            raise ValueError("expected by beside what = 'result': say by which quarter")
        return self


class Ramp(Section):
    """`[ramp]`: from orders to break-even."""

    maker: str | None = Field(default=None, description="Entity in the tables; the focal brand if absent.")
    units_perimeter: str | None = Field(
        default=None,
        description="Perimeter of printed units; the only one printed if absent, and none of them where there are several.",
    )
    units_base: str | None = Field(
        default=None, description="Base of the printed units that are its deliveries; any if absent."
    )
    perimeter: str | None = Field(
        default=None, description="Perimeter of revenue, margin and result; the only one printed if absent."
    )
    revenue: str = Field(default="revenue", description="Metric that is its revenue.")
    margin: str = Field(default="margin", description="Metric that is its gross margin.")
    result: str = Field(default="operating_result", description="Metric that counts as profit.")
    other_results: tuple[str, ...] = Field(
        default=(), description="Results on other bases: their overheads tell growth only, never a level."
    )
    level: float = Field(default=0.80, gt=0.5, lt=1, description="Coverage of its intervals.")
    draws: int = Field(default=4000, ge=500, description="Simulated futures.")
    season: Literal["plain", "spring festival"] = Field(
        default="plain",
        description="Months that are expected to differ: none in particular, or those of the lunar new year and December.",
    )
    prior: Literal["open", "published"] = Field(
        default="open",
        description="Learning rates and overheads before a figure is seen: nothing in particular, or published surveys of other industries.",
    )
    asks: tuple[Asked, ...] = ()
