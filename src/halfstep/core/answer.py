"""What a room gives back."""

from __future__ import annotations

from dataclasses import dataclass

from halfstep.core.check import Check
from halfstep.core.estimate import Estimate
from halfstep.core.series import Series
from halfstep.core.tastes import Tastes

__all__ = ["EVENT_LABELS", "LABELS", "Accord", "Answer", "EventVerdict", "Overall", "Reading", "Verdict"]

LABELS = ("ahead", "short", "met", "undecided", "no offering")
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
    dark: str = ""
