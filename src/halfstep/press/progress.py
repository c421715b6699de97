"""How far along a target is: only counts that start when the target starts may be divided by it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import timedelta

from halfstep.core.check import Check, Status
from halfstep.core.estimate import Estimate, Refusal
from halfstep.data.press import Figure
from halfstep.press.writer import Facts, Writer, counted_as

__all__ = ["progress"]

SINCE_LAUNCH = ("since launch", "cumulative", "上市以来", "累计")
"""Words in the base that say that a count began with the first sale."""


def progress(write: Writer, figures: tuple[Figure, ...]) -> Iterator[Estimate | Check]:
    """Yield, for each target, the share reached and the daily rate still needed; or why the counts cannot tell."""
    for target in (f for f in figures if f.kind == "target"):
        counts = [f for f in figures if _same_thing(f, target)]
        counts.sort(key=lambda f: (f.span.last_day, f.row), reverse=True)
        for count in counts:
            found = _since_start(figures, target, count)
            if found is not None:
                yield from _reached(write, target, count, found)
                break
            yield _refused(write, target, count)


def _same_thing(figure: Figure, target: Figure) -> bool:
    """Whether a figure counts, in the target's time, what the target is set for; the way of counting is looked at later."""
    alike = ("entity", "metric", "unit", "place", "band")
    inside = target.span.first_day <= figure.span.last_day <= target.span.last_day
    return figure.kind == "fact" and inside and all(getattr(figure, key) == getattr(target, key) for key in alike)


def _base(figure: Figure) -> str:
    """Return how a figure is counted, without since when."""
    base = figure.base
    for words in SINCE_LAUNCH:
        base = base.replace(words, "")
    return base.strip(" ,;，；、")


def _ever(figure: Figure) -> bool:
    return any(words in figure.base for words in SINCE_LAUNCH)


def _since_start(
    figures: tuple[Figure, ...], target: Figure, count: Figure
) -> tuple[float, float, list[Figure]] | None:
    """Return what was counted since the target's first day, and the figures used; None where none tell."""
    if count.perimeter != target.perimeter or (target.base and _base(target) != _base(count)):
        return None
    start = target.span.first_day
    if count.span.first_day == start:
        return count.lo, count.hi, [count]
    for before in figures:
        ends = before.span.last_day == start - timedelta(days=1)
        alike = (before.entity, before.metric, before.perimeter, before.place, before.band, before.unit) == (
            count.entity, count.metric, count.perimeter, count.place, count.band, count.unit
        )  # fmt: skip
        counted = _base(before) == _base(count) and before.source == count.source and before.kind == "fact"
        same_start = before.span.first_day == count.span.first_day
        nothing_earlier = _ever(count) and before.span.first_day <= count.span.first_day
        if ends and alike and counted and (same_start or nothing_earlier):
            return max(count.lo - before.hi, 0.0), count.hi - before.lo, [count, before]
    return None


def _reached(
    write: Writer, target: Figure, count: Figure, found: tuple[float, float, list[Figure]]
) -> Iterator[Estimate | Check]:
    lo, hi, used = found
    done = used[0].value - sum(f.value for f in used[1:])
    name = f"press.progress.{target.row}"
    origin = write.origin("press.progress", [target, *used])
    most = math.inf if target.lo <= 0 else hi / target.lo
    yield write.bound(f"{name}.reached", "share of the target reached", (lo / target.hi, most), "share", origin)
    elapsed = (count.span.last_day - target.span.first_day).days + 1
    left = (target.span.last_day - count.span.last_day).days
    so_far = write.bound(f"{name}.rate", "daily rate so far", (lo / elapsed, hi / elapsed), "a day", origin)
    yield so_far
    facts: Facts = (
        ("estimate", f"{name}.reached"), ("brand", target.entity), ("target", target.text), ("period", target.span.key),
        ("count", count.text), ("day", count.span.last_day.isoformat()), ("counted", counted_as(count)), ("left", left),
        ("earlier", used[1].text if len(used) > 1 else ""), ("printed", done / target.value),
        ("printed_needed", max(target.value - done, 0.0) / left if left else 0.0),
    )  # fmt: skip
    if left:
        ends = (max(target.lo - hi, 0.0) / left, max(target.hi - lo, 0.0) / left)
        yield write.bound(f"{name}.needed", "daily rate needed", ends, "a day", origin)
    yield write.check(f"{name}.check", Status.PASS, "press progress", "", facts)


def _refused(write: Writer, target: Figure, count: Figure) -> Refusal:
    """Return what is missing between a count and a target: a common perimeter, a common base, or a common start."""
    start = target.span.first_day
    if count.perimeter != target.perimeter:
        why, needs = "press other perimeter", "a count of the target's perimeter"
    elif target.base and _base(target) != _base(count):
        why, needs = "press other base", "a count on the target's base"
    else:
        why, needs = "press other start", "the count at the start of the target's period"
    facts: Facts = (
        ("brand", target.entity), ("target", target.text), ("period", target.span.key), ("count", count.text),
        ("since", count.span.first_day.isoformat()), ("day", count.span.last_day.isoformat()),
        ("eve", (start - timedelta(days=1)).isoformat()), ("start", start.isoformat()),
        ("counted", counted_as(count) or "–"), ("asked", counted_as(target) or "–"),
        ("perimeter", count.perimeter or "–"), ("whole", target.perimeter or "–"),
    )  # fmt: skip
    origin = write.origin("press.progress", [target, count])
    return write.refusal(
        f"press.progress.{target.row}.{count.row}", "share of the target reached", why, (needs,), (origin, facts)
    )
