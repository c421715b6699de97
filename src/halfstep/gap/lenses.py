"""Lenses side by side: never blended, and said so where they disagree."""

from __future__ import annotations

from collections.abc import Iterator

from halfstep.core.answer import Accord, Overall, Verdict
from halfstep.core.estimate import Bound, Estimate, Point
from halfstep.gap.judgement import HALVES

__all__ = ["accords", "overall", "stated"]

REASONS = {
    ("product", 1): "attributes cost more than buyers pay for them",
    ("product", -1): "buyers pay more for attributes than they cost",
    ("name", 1): "held in prices, not in sales",
    ("name", -1): "held in sales, not in prices",
}
"""Half, and the sign of the gap in the price lens, -> the likely reason why the demand lens has the other sign.

Where the demand lens may not be judged its own reason comes first.
"""

CHOICE_REASONS = {
    ("product", "price"): "attributes cost otherwise than they are valued",
    ("product", "demand"): "stated and revealed tastes differ",
    ("name", "price"): "prices hold more than the name",
    ("name", "demand"): "shares hold more than the name",
}
"""Half, and the lens that differs -> the likely reason why an experiment has the other sign."""

DECIDED = ("ahead", "short", "met")


def accords(verdicts: tuple[Verdict, ...], estimates: tuple[Estimate, ...]) -> Iterator[Accord]:
    """Yield every half of every comparison that the price and the demand lens both look at."""
    known = {e.id: e for e in estimates if isinstance(e, Point | Bound)}
    demand = {(v.half, v.benchmark, v.segment, v.period): v for v in verdicts if v.lens == "demand"}
    for v in verdicts:
        other = demand.get((v.half, v.benchmark, v.segment, v.period))
        if v.lens != "price" or other is None or v.estimate not in known or other.estimate not in known:
            continue
        signs = [_sign(known[e]) for e in (v.estimate, other.estimate)]
        reason = ""
        if v.half == "name" and other.reason == "reach not measured":
            label, reason = "not comparable", "reach not measured"
        elif 0 in signs:
            label, reason = "open", "an interval holds zero"
        elif signs[0] == signs[1] or v.label == other.label == "met":
            label = "agree"
        else:
            label, reason = "disagree", REASONS[v.half, signs[0]] if other.p is not None else other.reason
        yield Accord(
            id=f"accord.{v.half}.{v.benchmark}.{v.segment}.{v.period}", half=v.half, benchmark=v.benchmark,
            segment=v.segment, period=v.period, label=label, lenses=("price", "demand"),
            estimates=(v.estimate, other.estimate), reason=reason,
        )  # fmt: skip


def stated(verdicts: tuple[Verdict, ...], estimates: tuple[Estimate, ...], period: str) -> Iterator[Accord]:
    """Yield each half of what an experiment and another lens both look at; the other is that of the last period asked.

    An experiment has no period: it is set beside the comparison that the report leads with.
    """
    known = {e.id: e for e in estimates if isinstance(e, Point | Bound)}
    choice = {(v.half, v.benchmark, v.segment): v for v in verdicts if v.lens == "choice"}
    for v in verdicts:
        mine = choice.get((v.half, v.benchmark, v.segment))
        if v.lens == "choice" or mine is None or v.period != period or not {v.estimate, mine.estimate} <= set(known):
            continue
        signs = [_sign(known[e]) for e in (v.estimate, mine.estimate)]
        reason = ""
        if v.reason == "reach not measured":
            label, reason = "not comparable", v.reason
        elif 0 in signs:
            label, reason = "open", "an interval holds zero"
        elif signs[0] == signs[1] or v.label == mine.label == "met":
            ours, theirs = known[mine.estimate], known[v.estimate]
            apart = v.label != "met" and (ours.hi < theirs.lo or theirs.hi < ours.lo)
            label, reason = "agree", CHOICE_REASONS[v.half, v.lens] if apart else ""
        else:
            label, reason = "disagree", CHOICE_REASONS[v.half, v.lens]
        yield Accord(
            id=f"accord.{v.lens}.choice.{v.half}.{v.benchmark}.{v.segment}.{period}", half=v.half, benchmark=v.benchmark,
            segment=v.segment, period=period, label=label, lenses=(v.lens, "choice"), estimates=(v.estimate, mine.estimate),
            reason=reason,
        )  # fmt: skip


def _sign(estimate: Point | Bound) -> int:
    return 1 if estimate.lo > 0 else -1 if estimate.hi < 0 else 0


def overall(verdicts: tuple[Verdict, ...], found: tuple[Accord, ...], where: tuple[str, str, str]) -> Overall:
    """Return the halves together for one comparison: benchmark, segment, period.

    A half counts as decided where a lens decides it and no other says otherwise. Lenses that may both be judged and have
    different labels, or intervals on opposite sides of zero, disagree.
    """
    benchmark, segment, period = where
    mine = [v for v in verdicts if (v.benchmark, v.segment) == where[:2] and (v.period == period or v.lens == "choice")]
    labels: dict[str, str] = {}
    probabilities: dict[str, float] = {}
    judged = {v.estimate for v in mine if v.p is not None}
    apart = any(a.label == "disagree" and judged.issuperset(a.estimates) for a in found)
    for half in HALVES:
        decided = [v for v in mine if v.half == half and v.label in DECIDED]
        apart |= len({v.label for v in decided}) > 1
        labels[half] = decided[0].label if decided else "undecided"
        probabilities[half] = max((v.p or 0.0 for v in decided), default=0.0)
    if apart:
        label, p = "lenses disagree", None
    elif "undecided" in labels.values():
        label, p = "undecided", None
    else:
        short = tuple(half for half in HALVES if labels[half] == "short")
        label = {(): "neither", ("product",): "product missing", ("name",): "brand missing"}.get(short, "both")
        p = max(0.0, 1 - sum(1 - probabilities[half] for half in HALVES))
    return Overall(label=label, p=p, benchmark=benchmark, segment=segment, period=period)
