"""Checks over the whole docket: the tally, tiers against each other, hedges against regions."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from halfstep.core.answer import CLAIM_LABELS, ClaimVerdict
from halfstep.core.check import Check, Status
from halfstep.core.config_docket import CLAIM_KINDS, Says
from halfstep.data.claims import Claim
from halfstep.docket.judge import AFTERWARDS, COMPARING, shows
from halfstep.docket.look import Look
from halfstep.docket.region import Region

__all__ = ["nests", "strength", "tally"]

Facts = tuple[tuple[str, str | float | int], ...]

FEW = 4
"""Claims from which one label for all is suspicious: by lot four of them would all agree in 1 of 64 cases, three in 1 of 16."""


def tally(verdicts: Sequence[ClaimVerdict]) -> Iterator[Check]:
    """Yield how many claims have each label, which hang on back-tests, and a warning where data exist and all have the same."""
    if not verdicts:
        return
    found = Counter(verdict.label for verdict in verdicts)
    facts: list[tuple[str, str | float | int]] = [("claims", len(verdicts))]
    facts += [(label.replace(" ", "_"), found[label]) for label in CLAIM_LABELS]
    late = [verdict.id for verdict in verdicts if verdict.reason.endswith(AFTERWARDS)]
    facts += [("late", len(late))] if late else []
    for kind in CLAIM_KINDS:
        of = Counter(verdict.label for verdict in verdicts if verdict.kind == kind)
        if of:
            facts.append((kind, "/".join(str(of[label]) for label in CLAIM_LABELS)))
    yield Check(id="docket.tally", status=Status.PASS, why="docket tally", facts=tuple(facts))
    if late:
        told: Facts = (("claims", len(late)), ("which", ", ".join(late)))
        yield Check(id="docket.late", status=Status.REVIEW, why="docket late", facts=told)
    seen = [v for v in verdicts if any(part.outcome != "open" or part.reason == "straddles" for part in v.parts)]
    if len(seen) >= FEW and len(found) == 1:
        label = verdicts[0].label
        yield Check(
            id="docket.same", status=Status.FAIL, why="docket says the same of all", do="docket look again",
            facts=(("claims", len(verdicts)), ("label", label)),
        )  # fmt: skip


def nests(looks: Mapping[str, tuple[Look, ...]]) -> Iterator[Check]:
    """Yield, where a quantity is seen on several tiers, whether more assumptions narrowed it; a set that is wider is explained."""
    for quantity, found in looks.items():
        told = [look for look in found if look.tier is not None and look.label is None]
        pairs = ((high, low) for high in told for low in told if (high.tier or 0) > (low.tier or 0))
        for n, (high, low) in enumerate(pairs, start=1):
            inside = low.lo <= high.lo and high.hi <= low.hi
            apart = high.hi < low.lo or low.hi < high.lo
            facts = (
                ("quantity", quantity), ("higher", _span(high)), ("lower", _span(low)), ("higher_by", high.by), ("lower_by", low.by),
                ("higher_tier", int(high.tier or 0)), ("lower_tier", int(low.tier or 0)),
            )  # fmt: skip
            why = "docket nests" if inside else "docket elsewhere" if apart else "docket wider"
            status = Status.PASS if inside else Status.REVIEW
            yield Check(id=f"docket.nests.{quantity}.{n}", status=status, why=why, facts=facts)


def _span(look: Look) -> str:
    return Region(look.lo, look.hi, not look.open_lo, not look.open_hi).text()


def strength(
    claims: Mapping[str, Claim], said: Sequence[Says], looks: Mapping[str, tuple[Look, ...]]
) -> Iterator[Check]:
    """Yield regions that say more than the claim's hedge, and causes that are bound to mere figures."""
    for one in said:
        claim = claims.get(one.claim)
        if claim is None or shows(claim.kind, one) != "claim":
            continue
        region = Region.of(one)
        turned = {"more than": region.hi < math.inf, "at most": region.lo > -math.inf}
        told: Facts = (("claim", claim.id), ("quantity", one.quantity))
        if turned.get(claim.hedge, False) and not region.labels:
            yield _review(
                f"docket.hedge.{claim.id}", "docket hedge", (*told, ("hedge", claim.hedge), ("region", region.text()))
            )
        mere = any(look.room not in COMPARING for look in looks.get(one.quantity, ()) if look.tier is not None)
        if claim.kind in ("causal", "necessity") and mere:
            yield _review(f"docket.causal.{claim.id}", "docket not causal", told)


def _review(stem: str, why: str, facts: Facts) -> Check:
    return Check(id=f"{stem}.{dict(facts)['quantity']}", status=Status.REVIEW, why=why, facts=facts)
