"""What a room gives back."""

from __future__ import annotations

from dataclasses import dataclass

from halfstep.core.check import Check
from halfstep.core.estimate import Estimate
from halfstep.core.series import Series
from halfstep.core.tastes import Tastes

__all__ = [
    "CLAIM_LABELS", "EVENT_LABELS", "LABELS", "Accord", "Answer", "ClaimPart", "ClaimVerdict", "EventVerdict", "ForecastVerdict",
    "Overall", "Reading", "Verdict",
]  # fmt: skip

LABELS = ("ahead", "short", "met", "undecided", "no offering")
CLAIM_LABELS = ("supported", "contradicted", "mixed", "not testable")
EVENT_LABELS = ("fell", "rose", "nothing larger", "cannot tell", "disagree", "refused")


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """One half, one lens, one benchmark, one segment, one period: exclusive label and what it hangs on.

    A gap is benchmark minus focal: positive means that the focal brand is short.

    Attributes
    ----------
    label
        "ahead", "short", "met", "undecided" or "no offering".
    p
        Probability of the label after family-wise control and at the worst unseen quality inside the declared bound;
        for "undecided" the largest probability that any label reached.
    p_short, p_met, p_ahead
        Lower probabilities of gap > m, gap <= m, gap < -m: each the least over all unseen quality that the study
        allows, before family-wise control. They need not add up where unseen quality is declared.
    margin
        m in money.
    margin_met
        Smallest margin that would give "met", in money.
    margin_short
        Largest margin that would give "short", in money; None if no margin would.
    breaking
        How strong unseen quality must be, in multiples of the reference attribute, to lose the label that the half
        would have if nothing were unseen; None where even that label is "undecided".
    reason
        Key of the reason, worded in `report`.
    needs
        Keys of what would decide it; empty when decided.
    estimate
        Id of the `Point` or `Refusal` it is read from.
    family
        Number of comparisons under family-wise control.
    """

    id: str
    half: str
    lens: str
    benchmark: str
    segment: str
    period: str
    label: str
    p: float | None
    p_short: float | None
    p_met: float | None
    p_ahead: float | None
    margin: float | None
    margin_met: float | None
    margin_short: float | None
    breaking: float | None
    reason: str
    needs: tuple[str, ...]
    estimate: str
    family: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Overall:
    """The halves together: "product missing", "brand missing", "both", "neither", "undecided", "lenses disagree".

    `p` is the Bonferroni lower bound on the probability that both halves' labels hold; None when undecided.
    """

    label: str
    p: float | None
    benchmark: str
    segment: str
    period: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Accord:
    """One half of one comparison through several lenses, side by side; they are never blended.

    Attributes
    ----------
    label
        "agree" (intervals on one side of zero, or both halves met), "disagree" (on opposite sides), "open" (one of them holds zero), or
        "not comparable" (a lens holds something that the other does not).
    lenses, estimates
        Lens and id of its estimate, in the same order.
    reason
        Key of the likely reason, worded in `report`; empty where they agree.
    """

    id: str
    half: str
    benchmark: str
    segment: str
    period: str
    label: str
    lenses: tuple[str, ...]
    estimates: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a naive reading of the same rows would have said, beside what Halfstep says (the analyst's error).

    Attributes
    ----------
    naive, ours
        Ids of the two estimates compared.
    naive_label, ours_label
        Their labels.
    difference
        Id of the estimate of the difference, in money; empty where the naive reading has no money.
    """

    id: str
    what: str
    half: str
    naive: str
    ours: str
    naive_label: str
    ours_label: str
    difference: str

    @property
    def flips(self) -> bool:
        """Whether the two readings lead to different decisions."""
        return self.naive_label != self.ours_label


@dataclass(frozen=True, slots=True, kw_only=True)
class EventVerdict:
    """What one event did to one outcome of one entity: exclusive label and what it hangs on.

    An effect is observed minus what would have been: negative means that the outcome fell.

    Attributes
    ----------
    event, outcome, entity, period
        Ids of event and outcome, whose outcome it is, and the event's own period as the study writes it.
    label
        "fell" or "rose" where the interval lies on one side of zero; "nothing larger" where it lies within the margin;
        "cannot tell" where it holds zero and more than the margin; "disagree" where estimators' intervals exclude each
        other; "refused" where no effect on demand can be read off this outcome.
    estimate
        Id of the `Point` or `Refusal` that it is read from: the mean effect over the horizon.
    estimator
        The estimator that erred least where nothing happened; empty where refused.
    level
        Coverage of the interval.
    p, floor
        Randomisation p-value, and the least that this panel could have given: 1/(J+1) with J untouched entities where they
        are enough to reach the level, else one over all placebos and one; None where refused.
    size
        How often the uncorrected interval finds an effect where nothing happened, at a nominal ``1 - level``.
    detectable
        Smallest effect that would be found in four of five cases, as `estimate` has its unit; None where none would.
    margin
        Change that would not matter; None where the study names none.
    units, dates, placebos
        Untouched entities at the true date, fake windows that do not overlap, and all fits where nothing happened.
    first, last, before
        Key of the first and last period looked at, and number of periods before.
    reason
        Key of the reason, worded in `report` as "event reason.<key>".
    needs
        Keys of what would decide it; empty when decided.
    joint
        Ids of the events whose windows overlap and of which only the joint effect can be told, this one included;
        empty where it stands alone or is told apart.
    """

    id: str
    event: str
    outcome: str
    entity: str
    period: str
    label: str
    estimate: str
    estimator: str
    level: float
    p: float | None
    floor: float | None
    size: float | None
    detectable: float | None
    margin: float | None
    units: int
    dates: int
    placebos: int
    first: str
    last: str
    before: int
    reason: str
    needs: tuple[str, ...]
    joint: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimPart:
    """What one look at one quantity says of a claim.

    Attributes
    ----------
    quantity
        Id of the quantity.
    by
        Whose figure it is and how it is counted, as printed; or the room that computed it.
    estimate
        Id of the `Point`, `Bound`, `Refusal` or verdict looked at; empty where the study cannot look.
    lo, hi
        Region that the claim needs; infinite ends where open; both infinite where it needs a label.
    closed_lo, closed_hi
        Whether the ends belong to it.
    labels
        Labels that the claim needs, where a verdict is looked at.
    shows
        "claim", or "consequence": what only follows from the claim can contradict it and never support it.
    outcome
        "holds" (all that the look leaves open lies in the region), "fails" (none of it does), "open".
    reason
        Key of the reason where it is open: "straddles", "refused", "no look", "no such estimate", "not known yet", "other bases".
    """

    quantity: str
    by: str
    estimate: str
    lo: float
    hi: float
    closed_lo: bool
    closed_hi: bool
    labels: tuple[str, ...]
    shows: str
    outcome: str
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimVerdict:
    """What the study says of one claim: exclusive label and what it hangs on.

    Attributes
    ----------
    id
        The claim's id.
    label
        "supported": all that it says holds, by every source looked at. "contradicted": something of it fails and nothing holds.
        "mixed": parts or sources say yes and no. "not testable": neither, with what is needed.
    reason
        Key of the reason, worded in `report` as "claim reason.<key>".
    needs
        Keys or the study's own words of what would test it; empty when decided.
    against
        Ids of the claims of the same source that cannot be true together with it, whatever the data say.
    tier
        Highest evidence tier among what was looked at; None where nothing was.
    """

    id: str
    kind: str
    label: str
    reason: str
    needs: tuple[str, ...]
    parts: tuple[ClaimPart, ...]
    against: tuple[str, ...] = ()
    tier: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ForecastVerdict:
    """A forecast and its fate.

    Attributes
    ----------
    form
        "event", "interval", or "unscored": foretold without a probability.
    status
        "open"; "resolved"; "overdue": it should be known and is not; "not yet made": its day lies after the as-of date.
    p
        Probability of the event that was given.
    lo, hi, level
        Interval that was given.
    region_lo, region_hi
        The event: the quantity lies between them.
    outcome
        Whether the event came about, or the interval held the quantity; None unless resolved.
    seen_lo, seen_hi
        What is known of the quantity; None unless resolved.
    brier
        Brier's (1950) score of an event, (p - outcome)^2.
    interval_score
        Gneiting & Raftery's (2007) score of an interval, in the quantity's unit.
    late
        Whether the rule was written after what resolves it was known: a back-test, not a forecast.
    estimate
        Id of the study's own estimate that it is, or empty.
    observed
        Id of the estimate that resolved it, or empty.
    reason
        Key, worded in `report` as "forecast reason.<key>".
    """

    id: str
    claim: str
    form: str
    status: str
    made: str
    fixed: str
    due: str
    p: float | None = None
    lo: float | None = None
    hi: float | None = None
    level: float | None = None
    region_lo: float | None = None
    region_hi: float | None = None
    outcome: bool | None = None
    seen_lo: float | None = None
    seen_hi: float | None = None
    brier: float | None = None
    interval_score: float | None = None
    late: bool = False
    estimate: str = ""
    observed: str = ""
    reason: str = ""
    needs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Answer:
    """Everything a room found, refused and checked. A room that lacks a table returns `dark` with what it lacks."""

    room: str
    estimates: tuple[Estimate, ...] = ()
    series: tuple[Series, ...] = ()
    checks: tuple[Check, ...] = ()
    verdicts: tuple[Verdict, ...] = ()
    overall: Overall | None = None
    readings: tuple[Reading, ...] = ()
    accords: tuple[Accord, ...] = ()
    tastes: tuple[Tastes, ...] = ()
    events: tuple[EventVerdict, ...] = ()
    claims: tuple[ClaimVerdict, ...] = ()
    forecasts: tuple[ForecastVerdict, ...] = ()
    dark: str = ""
