"""From looks and what must be true to a label: supported, contradicted, mixed, not testable."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from halfstep.core.answer import ClaimPart, ClaimVerdict
from halfstep.core.config_docket import Says
from halfstep.data.claims import Claim
from halfstep.docket.forecasts import Fate
from halfstep.docket.look import Look
from halfstep.docket.region import Region, stands

__all__ = ["AFTERWARDS", "COMPARING", "Part", "judged", "parts_of", "shows"]

COMPARING = ("events", "choice", "gap", "voice")
"""Rooms that compare with what would have been: another year, another name on the same product, untouched entities."""
AFTERWARDS = "rule written afterwards"
"""Ends the reason of a label that hangs on back-tests alone."""
WITHOUT = {
    "causal": "a comparison with what would have been",
    "necessity": "cases that did without it",
    "opinion": "a definition that can be measured",
}


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a verdict, with what its record leaves out.

    Attributes
    ----------
    source
        Who stands behind the look.
    foretold, late
        Whether it is the fate of a forecast, and whether of one whose rule was written after the outcome was known.
    """

    record: ClaimPart
    source: str
    needs: tuple[str, ...]
    tier: int | None
    foretold: bool = False
    late: bool = False


def shows(kind: str, said: Says) -> str:
    """Return whether something is what a claim says, or only follows from it."""
    return said.shows or ("consequence" if kind in WITHOUT else "claim")


def parts_of(
    claim: Claim, said: Sequence[Says], looks: Mapping[str, tuple[Look, ...]], fates: Sequence[Fate]
) -> Iterator[Part]:
    """Yield each look at each quantity that a claim speaks of, and the fate of each forecast that it is."""
    for one in said:
        region = Region.of(one)
        for look in looks.get(one.quantity, (Look(by="", reason="no look"),)):
            how = shows(claim.kind, one)
            # figures show that something is so, not why, nor that it must be
            bare = claim.kind in ("causal", "necessity") and look.room not in COMPARING
            how = "consequence" if bare else how
            outcome, reason = stands(look, region)
            yield _part(one.quantity, look, region, (how, outcome, reason))
    for fate in fates:
        yield from _foretold(fate)


def _part(quantity: str, look: Look, region: Region, told: tuple[str, str, str]) -> Part:
    how, outcome, reason = told
    record = ClaimPart(
        quantity=quantity, by=look.by, estimate=look.estimate, lo=region.lo, hi=region.hi, closed_lo=region.closed_lo,
        closed_hi=region.closed_hi, labels=region.labels, shows=how, outcome=outcome, reason=reason,
    )  # fmt: skip
    needs = look.needs or (("a closer figure",) if reason == "straddles" else ())
    return Part(record, look.source, needs if outcome == "open" else (), look.tier)


def _foretold(fate: Fate) -> Iterator[Part]:
    """Yield the fate of a forecast as parts of the claim that it is: every look that resolved it, or one that it is open."""
    verdict, quantity = fate.verdict, fate.forecast.quantity or ""
    looks, told = fate.looks, ("claim", "holds" if verdict.outcome else "fails", "")
    if verdict.status != "resolved":
        looks = fate.looks[:1] or (Look(by=""),)
        told = ("claim", "open", {"open": "not due"}.get(verdict.status, verdict.status))
    for look in looks:
        part = _part(quantity, look, fate.region, told)
        yield Part(part.record, look.source, verdict.needs, part.tier, foretold=True, late=verdict.late)


def judged(claim: Claim, parts: Sequence[Part], against: tuple[str, ...]) -> ClaimVerdict:
    """Return the label of a claim: nothing is supported by what only follows from it, nothing by text alone."""
    held = [p for p in parts if p.record.outcome == "holds"]
    failed = [p for p in parts if p.record.outcome == "fails"]
    own = [p for p in parts if p.record.shows == "claim"]
    waiting = [p for p in own if p.record.outcome == "open"]
    if failed:
        label, reason = _failing(held, failed)
    elif any(p.record.shows == "claim" for p in held) and not waiting:
        label, reason = "supported", _came("came true", own) if all(p.foretold for p in own) else "all hold"
    else:
        label, reason = "not testable", _unknown(claim, parts)
    needs = () if label != "not testable" else _needs(claim, reason, parts)
    seen = [p.tier for p in parts if p.tier is not None]
    return ClaimVerdict(
        id=claim.id, kind=claim.kind, label=label, reason=reason, needs=needs, parts=tuple(p.record for p in parts),
        against=against, tier=max(seen, default=None),
    )  # fmt: skip


def _failing(held: list[Part], failed: list[Part]) -> tuple[str, str]:
    """Return the label where something fails: what also holds makes it mixed, unless it only follows from the claim."""
    both = {p.record.quantity for p in held} & {p.record.quantity for p in failed}
    if both:
        sources = {p.source for p in (*held, *failed) if p.record.quantity in both}
        return "mixed", "sources disagree" if len(sources) > 1 else "parts disagree"
    if any(p.record.shows == "claim" for p in held):
        return "mixed", "parts disagree"
    if all(p.foretold for p in failed):
        return "contradicted", _came("did not come true", failed)
    return "contradicted", "fails" if any(p.record.shows == "claim" for p in failed) else "consequence fails"


def _came(reason: str, parts: Sequence[Part]) -> str:
    """Return the reason with which forecasts decide; where nothing but back-tests does, it says so."""
    return f"{reason}, {AFTERWARDS}" if all(p.late for p in parts) else reason


def _unknown(claim: Claim, parts: Sequence[Part]) -> str:
    """Return why a claim cannot be tested."""
    if not parts:
        return "no resolution rule" if claim.kind == "forecast" else "no look"
    held = [p.record.shows for p in parts if p.record.outcome == "holds"]
    reasons = {p.record.reason for p in parts if p.record.outcome == "open"}
    if "claim" in held:
        return "some open"
    if held:
        return "only consequences"
    return reasons.pop() if len(reasons) == 1 else "nothing decides"


def _needs(claim: Claim, reason: str, parts: Sequence[Part]) -> tuple[str, ...]:
    """Return what would test it: the study's own words first, then what its open parts lack."""
    needs = [claim.needs] if claim.needs else []
    needs += [need for p in parts if p.record.outcome == "open" for need in p.needs]
    if reason == "only consequences":
        needs.append(WITHOUT.get(claim.kind, "a look at what it says"))
    if reason == "no resolution rule":
        needs.append("a rule that resolves it")
    if not needs:
        needs.append(WITHOUT.get(claim.kind, "a look at what it says"))
    return tuple(dict.fromkeys(needs))
