"""Which printed figures may be added up, taken off each other, or divided."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from itertools import combinations, pairwise

from halfstep.data.cells.dates import Span
from halfstep.data.press import Figure

__all__ = ["unfit"]

NEVER = ("rank", "margin", "waiting weeks")
"""Metrics that are no parts of a sum."""
STOCKS = ("backlog", "capacity", "waiting weeks")
"""Metrics that stand at a day: several days add up to nothing."""

Wholes = frozenset[tuple[str, str]]


def unfit(figures: Sequence[Figure], less: Sequence[Figure], over: Sequence[Figure], inside: Wholes) -> str:
    """Return why figures cannot stand in one calculation, or nothing.

    Parameters
    ----------
    inside
        Pairs of a name and one that holds it.
    """
    for terms in (figures, less, over):
        reason = _unsummed(terms, inside)
        if reason:
            return reason
    if {f.row for f in figures} & {f.row for f in less}:
        return "counted twice"
    if over and not less and {f.row for f in figures} == {f.row for f in over}:
        return "counted twice"  # a figure divided by itself is one, whatever it is
    if less and any(f.metric in NEVER[:1] for f in (*figures, *less)):
        return "cannot be added"
    units, under = {f.unit for f in (*figures, *less)}, {f.unit for f in over}
    if len(units) > 1 or len(under) > 1:
        return "other bases"
    # a rate per unit sold is a number; a part of a whole over units is none
    if over and units != under and (under != {"units"} or units == {"share"}):
        return "other bases"
    apart = any(not _comparable(f, other) for f in figures for other in (*less, *over))
    return "other bases" if apart else ""


def _unsummed(terms: Sequence[Figure], inside: Wholes) -> str:
    """Return why figures cannot be added up: the same thing twice, wholes that differ, spans that leave gaps."""
    if len(terms) < 2:
        return ""
    if any(_overlap(a, b, inside) for a, b in combinations(terms, 2)):
        return "counted twice"
    if len({f.unit for f in terms}) > 1:
        return "other bases"
    spans = {f.span.key: f.span for f in terms}
    if any(f.metric in NEVER for f in terms) or not _in_a_row(list(spans.values())):
        return "cannot be added"
    share = terms[0].unit == "share"
    if len(spans) > 1 and (share or any(f.metric in STOCKS for f in terms)):
        return "cannot be added"
    return "cannot be added" if share and not _one_whole(terms) else ""


def _overlap(a: Figure, b: Figure, inside: Wholes) -> bool:
    """Whether two figures count some of the same things."""
    names = a.entity == b.entity or (a.entity, b.entity) in inside or (b.entity, a.entity) in inside
    times = a.span.first_day <= b.span.last_day and b.span.first_day <= a.span.last_day
    prices = a.band.lo < b.band.hi and b.band.lo < a.band.hi
    return a.row == b.row or (names and a.metric == b.metric and times and prices)


def _one_whole(terms: Sequence[Figure]) -> bool:
    """Whether shares are parts of one whole: brands in one band, one brand's bands, a market's bands."""
    metrics = {f.metric for f in terms}
    if metrics == {"mix"} or metrics == {"band size"}:
        return len({f.entity for f in terms}) == 1
    return len(metrics) == 1 and len({f.band for f in terms}) == 1


def _in_a_row(spans: list[Span]) -> bool:
    """Whether spans follow each other without a gap."""
    ordered = sorted(spans, key=lambda span: span.first_day)
    return all(after.first_day == before.last_day + timedelta(days=1) for before, after in pairwise(ordered))


def _comparable(f: Figure, other: Figure) -> bool:
    """Whether spans are alike enough to be set against each other: equal, apart, or one inside the other.

    Against a target only what was counted from its first day on may be set.
    """
    a, b = f.span, other.span
    if "target" in (f.kind, other.kind) and f.kind != other.kind:
        done, whole = (a, b) if other.kind == "target" else (b, a)
        return done.first_day == whole.first_day and done.last_day <= whole.last_day
    apart = a.last_day < b.first_day or b.last_day < a.first_day
    held = a.first_day <= b.first_day and b.last_day <= a.last_day
    holds = b.first_day <= a.first_day and a.last_day <= b.last_day
    return apart or held or holds
