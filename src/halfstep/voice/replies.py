"""What follows the brand's own replies in cascades of posts: told only over several of them, never as a cause."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl

from halfstep.arrivals.cascades import Cascade, Spec
from halfstep.arrivals.replies import Followed, followed
from halfstep.core.check import Check, Status
from halfstep.core.estimate import Estimate
from halfstep.voice.scan import Kind, Slot
from halfstep.voice.survey import CASCADES, Survey
from halfstep.voice.tallies import Tallies
from halfstep.voice.writer import Facts, Writer

__all__ = ["cascades_of", "replies"]

NEEDS = {
    "voice replies one cascade": ("more cascades with replies of the brand", "a message experiment"),
    "voice replies no fit": ("more cascades with replies of the brand", "a message experiment"),
    "voice replies too wide": ("more cascades with replies of the brand", "a message experiment"),
    "voice replies placebos show as much": ("a message experiment",),
}
WORDS = {"more": "voice replies more", "fewer": "voice replies fewer", "nothing larger": "voice replies nothing larger"}
PARTS = 4
"""Parts of the day: night, morning, afternoon, evening."""
ASSUMPTIONS = ("own shock of each cascade", "posts bring posts", "doubt brings replies")


def replies(tallies: Tallies, seen: Survey, write: Writer, rng: np.random.Generator) -> Iterator[Estimate | Check]:
    """Yield what follows own replies; nothing where no utterance goes back to another one that many go back to."""
    found = cascades_of(tallies, write)
    if not found:
        return
    origin = write.origin("hawkes", ASSUMPTIONS)
    if len(seen.roots) == CASCADES:
        yield write.check("cascades", Status.REVIEW, "voice cascades cut", (("n", CASCADES),))
    if not any((cascade.kind == 1).any() for cascade in found):
        facts = (("cascades", len(found)),)
        needs = ("posts marked as the brand's own",)
        yield write.refusal("voice.replies.extra", "voice extra posts", "voice no own replies", needs, (origin, facts))
        return
    spec = Spec(parts=PARTS, level=write.config.voice.level)
    yield from _judged(followed(found, spec, rng), write)


def _judged(told: Followed, write: Writer) -> Iterator[Estimate | Check]:
    origin = write.origin("hawkes", ASSUMPTIONS)
    facts: Facts = (("cascades", told.cascades), ("replies", told.replies))
    measured = np.isfinite(told.extra) and np.isfinite(told.low) and np.isfinite(told.high)
    if measured:
        facts = (
            *facts, ("extra", told.extra), ("low", told.low), ("high", told.high), ("usual", told.usual), ("bound", told.bound),
            ("smallest", told.smallest), ("placebo_low", told.placebo_low), ("placebo_high", told.placebo_high), ("p", told.p_placebo),
        )  # fmt: skip
        ends = (told.extra, told.low, told.high)
        yield write.point("voice.replies.extra", "voice extra posts", ends, "posts", (told.replies, origin))
    else:
        why = f"voice replies {told.why}"
        yield write.refusal("voice.replies.extra", "voice extra posts", why, NEEDS[why], (origin, facts))
    why = WORDS.get(told.label, f"voice replies {told.why}")
    if measured or told.label in WORDS:
        yield write.check("replies", Status.REVIEW, why, facts, "voice replies experiment")


def cascades_of(tallies: Tallies, write: Writer) -> tuple[Cascade, ...]:
    """Return the cascades: seconds since the first post, kind 1 where the brand itself speaks; paid places left out, copies kept: many a reply is one word."""
    zone = ZoneInfo(write.config.voice.zone)
    longest = write.config.voice.cascades.hours * 3600
    rows = tallies.singles(Kind.ROOT, "").filter(pl.col("slot").is_in([int(Slot.VOICE), int(Slot.OWN), int(Slot.COPY)]))
    last = rows["second"].max()
    found = []
    for _, events in sorted(rows.group_by("key"), key=lambda part: part[0]):
        events = events.sort("second", "slot")
        n = events["n"].to_numpy()  # posts of one second are one row
        second = np.repeat(events["second"].to_numpy(), n)
        own = np.repeat(events["slot"].to_numpy() == int(Slot.OWN), n)
        since = (second - second[0]).astype(np.float64)
        duration = min(longest, float(last - second[0]))
        inside = (np.arange(len(since)) > 0) & (since <= duration)
        if duration <= 0 or inside.sum() + 1 < write.config.voice.cascades.smallest:
            continue
        begun = datetime.fromtimestamp(int(second[0]), UTC).astimezone(zone)
        clock = float(begun.hour * 3600 + begun.minute * 60 + begun.second)
        found.append(Cascade(since[inside], own[inside].astype(np.int64), duration, clock))
    return tuple(found)
