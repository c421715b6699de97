"""Claims of one source that cannot be true together, whatever the data say.

On one quantity each claim needs an interval. By Helly's theorem intervals that meet two by two have a point in common, so looking at
pairs misses no contradiction among three or more claims on one number; on labels, which have no order, it may.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from halfstep.core.check import Check, Status
from halfstep.docket.region import Region

__all__ = ["Clash", "Needed", "against", "clashes", "told"]


@dataclass(frozen=True, slots=True)
class Needed:
    """Where a quantity must lie if a claim is true."""

    claim: str
    quantity: str
    region: Region


@dataclass(frozen=True, slots=True)
class Clash:
    """Two claims, or two parts of one, that need what excludes each other."""

    first: Needed
    second: Needed


def clashes(needed: Iterable[Needed]) -> Iterator[Clash]:
    """Yield every pair of claims, and every claim, that needs the impossible of one quantity; each once a quantity."""
    by_quantity: dict[str, list[Needed]] = {}
    for one in needed:
        by_quantity.setdefault(one.quantity, []).append(one)
    for same in by_quantity.values():
        whole = list(_whole(same))
        yield from (clash for clash in whole if isinstance(clash, Clash))
        yield from _pairs([one for one in whole if isinstance(one, Needed)])


def _whole(same: Sequence[Needed]) -> Iterator[Needed | Clash]:
    """Yield all that each claim needs of a quantity, or two parts of it that exclude each other."""
    of: dict[str, list[Needed]] = {}
    for one in same:
        of.setdefault(one.claim, []).append(one)
    for claim, parts in of.items():
        met = parts[0]
        for other in parts[1:]:
            if _apart(met.region, other.region):
                yield Clash(met, other)
                break
            met = Needed(claim, met.quantity, met.region.within(other.region))
        else:
            yield met


def _pairs(whole: Sequence[Needed]) -> Iterator[Clash]:
    if len(whole) < 2:
        return
    lo, hi = (np.array([getattr(one.region, end) for one in whole]) for end in ("lo", "hi"))
    labelled = np.array([bool(one.region.labels) for one in whole])
    # cheap for a thousand claims: only pairs whose ends meet or miss are looked at one by one
    near = (hi[:, None] <= lo[None, :] + 1e-9 * np.abs(np.nan_to_num(lo, posinf=0, neginf=0))[None, :]) | (
        labelled[:, None] & labelled[None, :]
    )
    for a, b in np.argwhere(np.triu(near | near.T, 1)).tolist():
        if _apart(whole[a].region, whole[b].region):
            yield Clash(whole[a], whole[b])


def _apart(a: Region, b: Region) -> bool:
    both = a.within(b)
    return both.empty or bool(a.labels and b.labels and not both.labels)


def against(found: Iterable[Clash]) -> dict[str, tuple[str, ...]]:
    """Return, for each claim, the others that it excludes, in the order in which they were met."""
    out: dict[str, dict[str, None]] = {}
    for clash in found:
        a, b = clash.first.claim, clash.second.claim
        out.setdefault(a, {})[b] = None
        out.setdefault(b, {})[a] = None
    return {claim: tuple(others) for claim, others in out.items()}


def told(found: Sequence[Clash], needed: Sequence[Needed]) -> Iterator[Check]:
    """Yield each contradiction, or that there is none where several claims speak of one quantity."""
    for clash in found:
        a, b = clash.first, clash.second
        facts = (
            ("first", a.claim), ("second", b.claim), ("quantity", a.quantity), ("first_region", a.region.text()),
            ("second_region", b.region.text()),
        )  # fmt: skip
        name = f"docket.against.{a.claim}.{b.claim}.{a.quantity}"
        if a.claim == b.claim:
            yield Check(id=name, status=Status.REVIEW, why="claim contradicts itself", facts=facts)
        else:
            yield Check(id=name, status=Status.REVIEW, why="claims contradict", facts=facts)
    by_quantity: dict[str, set[str]] = {}
    for one in needed:
        by_quantity.setdefault(one.quantity, set()).add(one.claim)
    shared = [claims for claims in by_quantity.values() if len(claims) > 1]
    if shared and not found:
        facts_of = (("quantities", len(shared)), ("claims", len(set().union(*shared))))
        yield Check(id="docket.against", status=Status.PASS, why="claims agree", facts=facts_of)
