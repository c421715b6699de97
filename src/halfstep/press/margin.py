"""Gross profit from a revenue and a margin: a product only within one perimeter, a range where one holds the other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from halfstep.core.check import Check, Status
from halfstep.core.estimate import Estimate, Refusal
from halfstep.data.press import Figure
from halfstep.press.writer import Facts, Writer, counted_as

__all__ = ["gross_profits"]


@dataclass(frozen=True, slots=True)
class _Pair:
    """A revenue and a margin of one entity and time by one source; `outer` is the revenue that the margin is of."""

    revenue: Figure
    margin: Figure
    outer: Figure | None


def gross_profits(write: Writer, figures: tuple[Figure, ...]) -> Iterator[Estimate | Check]:
    """Yield what each revenue and margin of one time say of gross profit, the newest first."""
    facts = sorted((f for f in figures if f.kind == "fact"), key=lambda f: f.span.last_day, reverse=True)
    for margin in (f for f in facts if f.metric == "margin"):
        revenues = [f for f in facts if f.metric == "revenue" and _alike(f, margin)]
        outer = next((f for f in revenues if f.perimeter == margin.perimeter), None)
        if outer is not None:
            ends, origin = _product(outer, margin), write.origin("press.gross profit", [outer, margin])
            yield write.bound(_name(outer, margin), "gross profit", ends, outer.unit, origin)
        for revenue in (f for f in revenues if f.perimeter != margin.perimeter):
            yield from _across(write, _Pair(revenue, margin, outer))


def _alike(revenue: Figure, margin: Figure) -> bool:
    keys = ("entity", "place", "band", "source")
    return revenue.span.key == margin.span.key and all(getattr(revenue, k) == getattr(margin, k) for k in keys)


def _name(revenue: Figure, margin: Figure) -> str:
    return f"press.gross_profit.{revenue.row}x{margin.row}"


def _product(revenue: Figure, margin: Figure) -> tuple[float, float]:
    ends = [r * m for r in (revenue.lo, revenue.hi) for m in (margin.lo, margin.hi)]
    return min(ends), max(ends)


def _across(write: Writer, pair: _Pair) -> Iterator[Estimate | Check]:
    """Yield the range of the inner perimeter's gross profit, or why there is none.

    The inner one earns what the outer one does, less what the rest earns: between nothing and all that it sells.
    """
    revenue, margin, outer = pair.revenue, pair.margin, pair.outer
    nested = any(
        (w.inner, w.outer) == (revenue.perimeter, margin.perimeter) for w in write.config.press.within
    )  # fmt: skip
    if outer is None or not nested:
        yield _refused(write, pair, nested)
        return
    assumed = ("the rest sells at no loss", "the rest earns no more than it sells")
    origin = write.origin("press.gross profit across", [revenue, margin, outer], assumed)
    whole = _product(outer, margin)
    rest = max(outer.hi - revenue.lo, 0.0)
    name = _name(revenue, margin)
    yield write.bound(name, "gross profit", (whole[0] - rest, whole[1]), revenue.unit, origin)
    facts: Facts = (
        ("estimate", name), ("whole_estimate", _name(outer, margin)), ("brand", revenue.entity), ("period", revenue.span.key),
        ("revenue", revenue.text), ("unit", revenue.unit), ("margin", margin.text), ("perimeter", revenue.perimeter or "–"),
        ("whole", margin.perimeter or "–"), ("counted", counted_as(revenue)),
    )  # fmt: skip
    yield write.check(f"{name}.check", Status.REVIEW, "press two perimeters", "give the margin of the part", facts)


def _refused(write: Writer, pair: _Pair, nested: bool) -> Refusal:
    revenue, margin = pair.revenue, pair.margin
    why = "press perimeters, no revenue of the whole" if nested else "press perimeters unknown"
    needs = "the revenue of the margin's perimeter" if nested else "which perimeter lies in which"
    facts: Facts = (
        ("brand", revenue.entity), ("period", revenue.span.key), ("revenue", revenue.text), ("margin", margin.text),
        ("perimeter", revenue.perimeter or "–"), ("whole", margin.perimeter or "–"),
    )  # fmt: skip
    origin = write.origin("press.gross profit across", [revenue, margin])
    return write.refusal(_name(revenue, margin), "gross profit", why, (needs,), (origin, facts))
