"""Whether figures can be true together, and what they then imply about the sizes of price bands."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from halfstep.core.check import Check, Status
from halfstep.core.estimate import Estimate
from halfstep.data.press import Figure
from halfstep.numerics.coherence import Conflicts, Ratios, conflicts, feasible, implied
from halfstep.press.statements import Statements
from halfstep.press.writer import Facts, Writer, band_text, counted_as

__all__ = ["held_together"]

Mask = npt.NDArray[np.bool_]


def held_together(write: Writer, said: Statements, number: int) -> Iterator[Estimate | Check]:
    """Yield the conflict among some figures, or the weights that they imply."""
    if len(said.figures) < 2:
        return
    found = conflicts(said.ratios)
    if found is not None:
        yield from _conflicts(write, said, found, number)
        return
    held = 0
    for part, whole in _pairs(said):
        forms = said.units_of(said.regions[part]), said.units_of(said.regions[whole])
        lo, hi = implied(said.ratios, *forms)
        if not (lo > 1e-6 and hi < 1 - 1e-6):
            continue
        held += 1
        yield from _weight(write, said, (part, whole), (max(lo, 0.0), min(hi, 1.0)), f"{number}.{held}")


def _pairs(said: Statements) -> Iterator[tuple[int, int]]:
    """Yield (part, whole): shares of one entity in a band and in a wider one, or in a period and in a longer one.

    Only the largest parts are held against a whole. Of parts that make it up between them the last is passed over: its
    weight is what the others leave.
    """
    seen: set[tuple[bytes, bytes]] = set()
    figures, regions = said.figures, said.regions
    shares = [i for i, f in enumerate(figures) if f.metric == "share"]
    order = sorted(shares, key=lambda i: (figures[i].band, figures[i].span.first_day, i))
    for whole in order:
        within = [
            i for i in order if figures[i].entity == figures[whole].entity and _inside(regions[i], regions[whole])
        ]
        for alike in ("span", "band"):
            parts = [i for i in within if getattr(figures[i], alike) == getattr(figures[whole], alike)]
            parts = [i for i in parts if not any(_inside(regions[i], regions[j]) for j in parts)]
            covered = np.zeros_like(regions[whole])
            for part in parts:
                last = len(parts) > 1 and bool((regions[part] == (regions[whole] & ~covered)).all())
                covered |= regions[part]
                key = (regions[part].tobytes(), regions[whole].tobytes())
                if key not in seen and not last:
                    seen.add(key)
                    yield part, whole


def _inside(part: Mask, whole: Mask) -> bool:
    return bool((part <= whole).all() and (part != whole).any())


def _weight(
    write: Writer, said: Statements, pair: tuple[int, int], ends: tuple[float, float], number: str
) -> Iterator[Estimate | Check]:
    part, whole = (said.figures[i] for i in pair)
    used = [f for f, region in zip(said.figures, said.regions, strict=True) if (region & said.regions[pair[1]]).any()]
    origin = write.origin("press.coherence", used, ("brands do not overlap",))
    name = f"press.weight.{number}"
    yield write.bound(name, "implied weight of a part in its whole", ends, "share", origin)
    sized = any(
        f.metric == "band size" or (f.metric == "units" and f.entity == write.config.press.market) for f in used
    )
    across_time = part.band == whole.band
    facts: Facts = (
        ("estimate", name), ("brand", whole.entity), ("counted", counted_as(whole)), ("period", whole.span.key),
        ("part", part.span.key if across_time else band_text(part.band)),
        ("whole", whole.span.key if across_time else band_text(whole.band)),
        ("part_share", part.text), ("whole_share", whole.text), ("lo", ends[0]), ("hi", ends[1]),
        ("printed", _at_printed(said, pair)),
    )  # fmt: skip
    why = "press weight over time" if across_time else "press weight"
    do = "" if sized else "give sizes of periods" if across_time else "give band sizes"
    yield write.check(f"{name}.check", Status.PASS if sized else Status.REVIEW, why, do, facts)


def _at_printed(said: Statements, pair: tuple[int, int]) -> float:
    """Return the weight at the printed figures of the pair's entity, as if they were exact; NaN where none is fixed."""
    entity, region = said.figures[pair[1]].entity, said.regions[pair[1]]
    members = tuple(
        i for i, f in enumerate(said.figures)
        if f.metric == "share" and f.entity == entity and not (said.regions[i] & ~region).any()
    )  # fmt: skip
    few = said.ratios.take(members)
    value = np.array([said.figures[i].value for i in members])
    exact = Ratios(few.num, few.den, value, value, few.cone)
    if not feasible(exact):
        return float("nan")
    lo, hi = implied(exact, said.units_of(said.regions[pair[0]]), said.units_of(region))
    return (lo + hi) / 2 if hi - lo < 1e-6 else float("nan")


def _conflicts(write: Writer, said: Statements, found: Conflicts, number: int) -> Iterator[Check]:
    for k, members in enumerate(found.sets, start=1):
        figures = [said.figures[i] for i in members]
        facts: Facts = (
            ("figures", "; ".join(_told(f) for f in figures)), ("counted", counted_as(figures[0])), ("size", len(figures)),
        )  # fmt: skip
        why = "press conflict" if found.smallest else "press conflict, perhaps not the smallest"
        yield write.check(f"press.conflict.{number}.{k}", Status.FAIL, why, "correct a figure", facts)


def _told(figure: Figure) -> str:
    where = " ".join(part for part in (band_text(figure.band), figure.span.key) if part)
    return f"row {figure.row}: {figure.entity} {figure.text} ({where})"
