"""The demand lens in study.toml: `[demand]`, `[demand.random]`, and the columns of the tables of buyers and of micro figures."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, FiniteFloat

from halfstep.core.section import Section

__all__ = ["NODES", "BuyerColumns", "Demand", "MicroColumns", "RandomTastes", "Taste"]

NODES = {"halton": 200, "product": 7, "sparse": 6}
"""Rule -> size that is taken where none is given. 200 draws a market are the usual number, and a run doubles them to say
what that moves; 7 points are exact up to the 13th moment of a taste, level 6 up to the 11th of all of them together."""


class Taste(Section):
    """`[[demand.random.tastes]]`: a taste that differs between buyers."""

    of: str = Field(description="What it is a taste for: 'constant' (buying at all), 'price', or an attribute's id.")
    distribution: Literal["normal", "lognormal", "bounded"] = Field(
        default="normal",
        description="Normal; lognormal (one sign: minus for price, plus for an attribute); bounded (Johnson S_B).",
    )
    spread: bool = Field(default=True, description="Whether it differs for reasons that no table has: a sigma.")
    by: tuple[str, ...] = Field(default=(), description="Demographics that shift it: a pi each.")
    low: FiniteFloat | None = Field(default=None, description="Lower end of a bounded taste, utils per unit.")
    high: FiniteFloat | None = Field(default=None, description="Upper end of a bounded taste, utils per unit.")


class RandomTastes(Section):
    """`[demand.random]`: tastes that differ between buyers (random coefficients)."""

    tastes: tuple[Taste, ...] = Field(default=(), description="What buyers differ in.")
    correlated: bool = Field(default=False, description="Whether the tastes with a spread may move together.")
    income: str | None = Field(
        default=None, description="Demographic that price is divided by: an income effect, as in BLP (1995)."
    )
    nodes: Literal["halton", "product", "sparse"] = Field(
        default="halton", description="Buyers that stand for the spread: draws, a product rule, a sparse grid."
    )
    size: int | None = Field(
        default=None, ge=2, le=100_000, description="Draws a market, points a dimension, or level of the grid."
    )
    starts: int = Field(default=20, ge=1, description="Starts of the search for the best fit; its optima are listed.")
    steps: Literal["one", "two", "iterated"] = Field(default="two", description="Steps of GMM.")
    covariance: Literal["clustered", "robust"] = Field(
        default="clustered", description="Errors go together within a cluster, or are each on their own."
    )
    optimal: bool = Field(default=False, description="Approximate optimal instruments, in a further step.")
    supply: Literal["none", "linear", "log"] = Field(
        default="none", description="Prices are set by profit, too: marginal cost is linear, or its logarithm is."
    )
    cost_attributes: tuple[str, ...] = Field(
        default=(), description="Attributes that marginal cost depends on, beside a constant and [demand] cost."
    )
    resamples: int = Field(default=0, ge=0, description="Re-estimations of a Bayesian bootstrap; 0: none, and said so.")

    @property
    def points(self) -> int:
        """Size of the rule: as given, else `NODES`."""
        return NODES[self.nodes] if self.size is None else self.size

    @property
    def spreads(self) -> int:
        """Tastes with a spread: dimensions of the rule."""
        return sum(taste.spread for taste in self.tastes)


class Demand(Section):
    """`[demand]`: the demand lens; without this section the room stays dark."""

    instruments: tuple[Literal["blp", "local", "quadratic"], ...] = Field(
        default=(), description="Instruments made from the attributes of the other products in the market."
    )
    cost: tuple[str, ...] = Field(default=(), description="Columns that shift cost and not taste.")
    firm: str | None = Field(default=None, description="Column of the firm that sets the prices; the brand if absent.")
    nest: str | None = Field(default=None, description="Column of nests: a nested logit; a plain logit if absent.")
    epoch: int = Field(default=0, ge=0, description="Periods that share attribute tastes, counted back; 0: all share.")
    zero_shares: Literal["leave_out", "laplace"] = Field(
        default="leave_out", description="Rows with nothing sold: left out, or the rule of succession (units + 1)."
    )
    random: RandomTastes | None = Field(default=None, description="Tastes that differ between buyers.")


class BuyerColumns(Section):
    """`[buyer_columns]`: which column of the optional buyers table is what; one row a possible buyer, or a kind of them."""

    demographics: dict[Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")], str] = Field(
        min_length=1, description="Short name -> column of numbers."
    )
    weight: str | None = Field(
        default=None, description="People that a row stands for; all rows weigh alike if absent."
    )
    period: str | None = None
    place: str | None = None


class MicroColumns(Section):
    """`[micro_columns]`: which column of the optional micro table is what; one figure from a survey of buyers a row."""

    statistic: str = Field(description="mean, or second choice.")
    group: str = Field(description="Whom it speaks of: buyers of a brand, any (of something), none (of nothing).")
    value: str = Field(description="The mean, or the share.")
    count: str = Field(description="People asked.")
    of: str | None = Field(default=None, description="Demographic, of a mean.")
    second: str | None = Field(default=None, description="Second choice: a brand, or none.")
    period: str | None = None
    place: str | None = None
