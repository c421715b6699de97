"""Keys that the docket writes into its records; `report` words each of them.

A need that begins with "quantity:" names a quantity of the study: its own `needs`, in both languages, is what is printed.
A need that is none of `NEEDS` is in the study's own words (the claims table), or a key of the room that refused.
"""

from __future__ import annotations

__all__ = [
    "ASSUMPTIONS", "CHECKS", "CLAIM_REASONS", "DOS", "FORECAST_REASONS", "METHODS", "NEEDS", "OWN_NEEDS", "PART_REASONS", "REFUSALS",
    "WHATS",
]  # fmt: skip

OWN_NEEDS = "quantity:"
"""Begins a need that stands for `Quantity.needs` of the quantity named after it."""

PART_REASONS = (
    "straddles",  # what is left open lies on both sides of an end of the region
    "refused",  # the room that should tell refused
    "undecided",  # the verdict looked at is open itself
    "not comparable",  # a label is needed of a number, or a region of a verdict
    "no look",  # the quantity has no way of being seen
    "no such estimate",  # no estimate or verdict of the run has the id
    "no figure",  # no printed figure matches
    "other bases",  # figures differ in base, perimeter, place, unit or source
    "cannot be added",  # shares of different wholes, ranks, margins, stocks over time, overlapping or broken spans
    "counted twice",  # the same figure, or two that overlap, would be added up
    "may be zero",  # what it is divided by may be zero
    "not due",  # a forecast whose day has not come
    "overdue",  # a forecast that should be known and is not
)
"""`ClaimPart.reason`, where the outcome is open."""

CLAIM_REASONS = (
    "all hold",  # supported
    "fails",  # contradicted: something that the claim says fails
    "consequence fails",  # contradicted: what follows from it fails
    "sources disagree",  # mixed: one quantity, one look yes and another no
    "parts disagree",  # mixed: one quantity yes, another no
    "came true",  # supported: a forecast
    "did not come true",  # contradicted: a forecast
    "came true, rule written afterwards",  # supported: a forecast, by a rule that is younger than the outcome
    "did not come true, rule written afterwards",  # contradicted: the same
    "no look",  # not testable: bound to nothing
    "no resolution rule",  # not testable: a forecast without a rule
    "some open",  # not testable: some parts hold, others are open
    "only consequences",  # not testable: all that was seen only follows from it
    "nothing decides",  # not testable: several parts, all open, for several reasons
    *PART_REASONS,  # not testable: every open part has this reason
)
"""`ClaimVerdict.reason`."""

FORECAST_REASONS = (
    "",  # resolved and scored, or open before its day
    "not due",
    "no quantity",  # nothing is named that would resolve it
    "no region",  # no ends that the quantity could fall between
    "no answer",  # the study's own question got no number
    "sources disagree",
    "score open",  # resolved, but its score depends on what the figures leave open
    *(reason for reason in PART_REASONS if reason not in ("not due", "overdue")),
)
"""`ForecastVerdict.reason`."""

NEEDS = (
    "a closer figure",
    "a printed figure of it",
    "figures on one base",
    "figures that may be added",
    "a run that computes it",
    "a comparison with what would have been",
    "cases that did without it",
    "a definition that can be measured",
    "a look at what it says",
    "a rule that resolves it",
    "the day it is due",
    "the figure that resolves it",
    "sources that agree",
    "ten resolved forecasts",
)
"""`ClaimVerdict.needs`, `ForecastVerdict.needs` and `Refusal.needs` of this room."""

REFUSALS = (
    "docket no figure", "docket other bases", "docket cannot be added", "docket counted twice", "docket may be zero", "docket few forecasts",
)  # fmt: skip
"""`Refusal.why`; facts: quantity, asked, found (the last: n, least)."""

METHODS = (
    "docket.figure",
    "docket.sum",
    "docket.ratio",
    "docket.peak",
    "docket.rank",
    "docket.brier",
    "docket.calibration",
)
"""`Origin.method`."""

WHATS = ("docket quantity", "docket rank", "mean Brier score", "share that came true")
"""`what` of this room's estimates and series."""

ASSUMPTIONS = (
    "printed figures are added", "printed figures are divided", "printed figures are subtracted", "printed figures are rounded",
    "about is a printed place",
)  # fmt: skip
"""`Origin.assumptions`; the last two are the press room's."""

DOS = ("docket look again",)
"""`Check.do`."""

CHECKS = (
    "docket tally",  # pass; facts: claims, supported, contradicted, mixed, not_testable, late (if any), one per kind "s/c/m/n"
    "docket late",  # review: labels that hang on rules written after the outcome was known; facts: claims, which
    "docket name near",  # review: a name that no figure known by then has, and one like it; facts: quantity, name, close
    "docket name none",  # review: the same where none is like it; facts: quantity, name, names
    "docket base",  # review: what decides is counted as the claim does not say; facts: claim, quantity, base, counted
    "docket says the same of all",  # fail; facts: claims, label
    "claims contradict",  # review; facts: first, second, quantity, first_region, second_region
    "claim contradicts itself",  # review; facts: claim, quantity
    "claims agree",  # pass; facts: quantities, claims
    "docket nests",  # pass; facts: quantity, higher, lower, higher_by, lower_by, higher_tier, lower_tier
    "docket wider",  # review; the same facts
    "docket elsewhere",  # review; the same facts
    "docket hedge",  # review: the region is not as strong as the hedge says; facts: claim, hedge, quantity, region
    "docket forecasts",  # pass; facts: forecasts, open, resolved, overdue, events, came_true, intervals, held, late
    "docket not causal",  # review: a causal claim bound to figures, taken as a consequence; facts: claim, quantity
)
"""`Check.why`."""
