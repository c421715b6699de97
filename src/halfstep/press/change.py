"""What changed between like periods, and which figures may not be held against each other."""

from __future__ import annotations

from collections.abc import Iterator

from halfstep.core.check import Check, Status
from halfstep.core.estimate import Estimate, Refusal
from halfstep.data.press import Figure
from halfstep.press.writer import Facts, Writer, band_text, counted_as

__all__ = ["changes"]

LENGTHS = {"month": 1, "quarter": 3, "half": 6, "year": 12}
METRICS = ("share", "mix", "band size", "units", "revenue")


def changes(write: Writer, figures: tuple[Figure, ...]) -> Iterator[Estimate | Check]:
    """Yield, for what is counted alike, the change since a year before; and the unlike periods that tempt to be compared.

    A quarter is held against the same quarter of the year before, never against a year or another season.
    """
    series: dict[tuple[object, ...], list[Figure]] = {}
    for f in figures:
        if f.kind == "fact" and f.metric in METRICS and f.span.kind in LENGTHS:
            key = (f.entity, f.metric, f.band, f.perimeter, f.base, f.place, f.source, f.unit)
            series.setdefault(key, []).append(f)
    for same in series.values():
        same.sort(key=lambda f: (f.span.first_day, f.row))
        for later in same:
            earlier = next((f for f in same if _a_year_apart(f, later)), None)
            if earlier is not None:
                yield from _change(write, earlier, later)
        yield from _unlike(write, same)


def _a_year_apart(earlier: Figure, later: Figure) -> bool:
    one, two = earlier.span, later.span
    same_season = (one.first_day.month, one.first_day.day) == (two.first_day.month, two.first_day.day)
    return one.kind == two.kind and same_season and two.first_day.year - one.first_day.year == 1


def _change(write: Writer, earlier: Figure, later: Figure) -> Iterator[Estimate | Check]:
    share = later.unit == "share"
    ends = (later.lo - earlier.hi, later.hi - earlier.lo) if share else _ratio(earlier, later)
    name = f"press.change.{earlier.row}-{later.row}"
    origin = write.origin("press.change", [earlier, later])
    unit = "share" if share else "relative change"
    yield write.bound(name, "change between like periods", ends, unit, origin)
    way = "rose" if ends[0] > 0 else "fell" if ends[1] < 0 else "unclear"
    facts: Facts = (
        ("estimate", name), ("brand", later.entity), ("metric", later.metric), ("band", band_text(later.band)),
        ("before", earlier.span.key), ("after", later.span.key), ("before_text", earlier.text), ("after_text", later.text),
        ("counted", counted_as(later)), ("lo", ends[0]), ("hi", ends[1]),
    )  # fmt: skip
    yield write.check(f"{name}.check", Status.PASS, f"press {way} points" if share else f"press {way}", "", facts)


def _ratio(earlier: Figure, later: Figure) -> tuple[float, float]:
    """Return the relative change, later over earlier less one."""
    infinite = float("inf")
    hi = later.hi / earlier.lo - 1 if earlier.lo > 0 else infinite
    return (later.lo / earlier.hi - 1 if earlier.hi > 0 else -1.0), hi


def _unlike(write: Writer, same: list[Figure]) -> Iterator[Refusal]:
    """Yield figures of another length of time inside one of these spans or next to it that seem to have moved."""
    for long in same:
        for short in same:
            inside = long.span.first_day <= short.span.first_day and short.span.last_day <= long.span.last_day
            apart = short.hi < long.lo or long.hi < short.lo
            if short.unit == "share" and inside and LENGTHS[short.span.kind] < LENGTHS[long.span.kind] and apart:
                facts: Facts = (
                    ("brand", short.entity), ("metric", short.metric), ("band", band_text(short.band)),
                    ("short", short.span.key), ("long", long.span.key), ("short_text", short.text), ("long_text", long.text),
                )  # fmt: skip
                origin = write.origin("press.change", [short, long])
                like = any(_a_year_apart(f, short) or _a_year_apart(short, f) for f in same)
                needs = () if like else ("the same season of another year",)
                name = f"press.unlike.{short.row}-{long.row}"
                yield write.refusal(
                    name, "change between unlike periods", "press unlike periods", needs, (origin, facts)
                )
