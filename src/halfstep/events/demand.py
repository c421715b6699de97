"""Whether an outcome measures demand at all; and orders, where deliveries do not and something was printed of orders."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise

import numpy as np

from halfstep.core.estimate import Bound, Point, Refusal
from halfstep.core.period import Period
from halfstep.events.account import Account, Facts
from halfstep.events.calendar import Asked, Place
from halfstep.market.flow import WEEKS, Flow, binding, waiting
from halfstep.market.inputs import Inputs
from halfstep.market.orders import Contradiction, Inferred, Question, Untold, infer_orders
from halfstep.market.snippets import Snippet, snippets_of, weeks

__all__ = ["flow_marks", "inferred_orders", "no_demand"]

HANDED_OVER = ("deliveries", "registrations", "sales")
"""Outcomes that wait for what can be delivered."""
LONGEST = 130
"""Weeks over which orders are inferred; the cost of a draw grows with their square."""


def no_demand(inputs: Inputs, ask: Asked, place: Place) -> Facts | None:
    """Return the figures that show an outcome to measure supply around the event; None where it measures demand.

    Cars handed over measure supply while buyers wait for longer than a period. Of deliveries it must be known that nobody did.
    """
    kind = ask.outcome.kind
    if kind not in HANDED_OVER:
        return None
    marks = flow_marks(inputs.flow, ask, place)
    if marks is None:
        return (("kind", kind), ("periods", 0), ("weeks", float("nan"))) if kind == "deliveries" else None
    bound, known, weeks_waited = marks
    if bound.any():
        told = weeks_waited[bound & np.isfinite(weeks_waited)]
        return (
            ("kind", kind),
            ("periods", int(bound.sum())),
            ("weeks", float(told.max()) if len(told) else float("nan")),
        )
    if kind == "deliveries" and not known.all():
        return (("kind", kind), ("periods", 0), ("weeks", float("nan")))
    return None


def flow_marks(
    flow: Flow | None, ask: Asked, place: Place
) -> tuple[np.ndarray[tuple[int], np.dtype[np.bool_]], ...] | None:
    """Return of each period of the flow table from the one before the event to the end of the window whether buyers waited
    for longer than a period, whether that is known, and how many weeks; None where the table does not have the entity.
    """
    if flow is None or ask.event.brand not in flow.brands:
        return None
    b = flow.brands.index(ask.event.brand)
    first, last = ask.table.first_days[max(place.start - 1, 0)], ask.table.last_days[place.stop - 1]
    ends = [date.fromisoformat(Period(t, flow.frequency).last_day) for t in (flow.first - 1, *flow.periods)]
    inside = np.array([first <= stop and start + timedelta(days=1) <= last for start, stop in pairwise(ends)])
    if not inside.any():
        return None
    found, waited = binding(flow), waiting(flow)[b]
    long = ~(waited <= WEEKS / flow.frequency)
    return (found.bound[b] & long)[inside], found.known[b][inside], waited[inside]


def inferred_orders(
    inputs: Inputs, ask: Asked, place: Place, account: Account, rng: np.random.Generator
) -> Iterator[Point | Bound | Refusal]:
    """Yield by how much orders moved, inferred from what was printed of them and from deliveries."""
    brand, table = ask.event.brand, ask.table
    printed = () if inputs.press is None else snippets_of(inputs.press.figures, brand)
    if not printed and (inputs.flow is None or brand not in inputs.flow.brands):
        return
    start, stop = place.start, place.stop
    day = table.first_days[start]
    end = min(table.last_days[stop - 1], day + timedelta(weeks=LONGEST // 2))
    earliest = max(table.first_days[0], day - (end - day) - timedelta(days=1))
    first = min([earliest, *(s.first for s in printed if s.first >= table.first_days[0])])
    first = max(first, end - timedelta(weeks=LONGEST))
    count = ((end - first).days + 7) // 7
    steps = weeks(first, count)
    question = Question(
        day=day,
        before=(max(earliest, first), day - timedelta(days=1)),
        after=(day, end),
        level=account.config.shocks.level,
    )
    found = infer_orders(brand, steps, (*printed, *_delivered(ask, inputs.flow, first)), inputs.flow, question, rng)
    yield _orders(found, account)
    if isinstance(found, Inferred) and found.fall is not None:
        yield from _by_base(found, printed, account)


def _by_base(found: Inferred, printed: tuple[Snippet, ...], account: Account) -> Iterator[Bound]:
    """Yield the change of orders over all windows before the event that could be its base, where there are several.

    Each is as long as the one that was asked for, the earliest perhaps cut short, and orders figures of its own cover half of it. Which month is the base is a choice:
    one after a launch makes the fall large.
    """
    assert found.fall is not None
    question, steps = found.fall.question, found.steps
    length = question.before[1] - question.before[0] + timedelta(days=1)
    after, ends = _daily(found, question.after), []
    start, last = date.fromordinal(steps.edges[0]), question.before[1]
    while last >= start:
        first = max(last - length + timedelta(days=1), start)
        told = sum(
            max((min(s.last, last) - max(s.first, first)).days + 1, 0)
            for s in printed
            if s.what in ("orders", "record orders")
        )
        if 2 * told >= length.days:
            change = after / _daily(found, (first, last)) - 1
            tail = (1 - question.level) / 2
            ends.append(np.quantile(change, (tail, 1 - tail)))
        last -= length
    if len(ends) < 2:
        return
    yield Bound(
        id=f"{account.ask.stem}.orders.bases", what="event effect: orders by base", lo=float(min(-found.fall.hi, *(e[0] for e in ends))),
        hi=float(max(-found.fall.lo, *(e[1] for e in ends))), unit="share", n=len(ends), tier=account.tier,
        origin=account.origin("events.orders", found.assumptions),
    )  # fmt: skip


def _daily(found: Inferred, window: tuple[date, date]) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """Return draws of the orders a day of a window, shape (D,)."""
    part = found.steps.part(*window)
    return np.asarray(found.orders @ part / (part @ found.steps.days))


def _delivered(ask: Asked, flow: Flow | None, first: date) -> Iterator[Snippet]:
    """Yield the outcome itself as deliveries, where the flow table has none of the brand."""
    if ask.outcome.kind not in ("deliveries", "registrations") or (flow is not None and ask.event.brand in flow.brands):
        return
    table = ask.table
    for t, value in enumerate(table.value[ask.unit].tolist()):
        if value >= 0 and table.first_days[t] >= first:
            name = f"{table.file}: {table.periods[t]}"
            yield Snippet(name, "deliveries", table.first_days[t], table.last_days[t], value, value)


def _orders(found: Inferred | Contradiction | Untold, account: Account) -> Point | Refusal:
    what = "event effect: orders inferred"
    if isinstance(found, Contradiction):
        facts = (("list", "; ".join(found.sets[0]) if found.sets else ""),)
        return account.refusal("orders", what, "order figures contradict", ("correct one of the figures",), facts)
    if isinstance(found, Untold) or found.fall is None:
        return account.refusal("orders", what, "order figures say too little", ("figures of orders",))
    fall = found.fall
    best = fall.narrower[0] if fall.narrower else None
    assumed = (*found.assumptions, *((f"narrower: {best.what}",) if best else ()))
    return Point(
        id=f"{account.ask.stem}.orders", what=what, value=-fall.value, lo=-fall.hi, hi=-fall.lo,
        level=fall.question.level, unit="share", n=len(found.steps), tier=account.tier,
        origin=account.origin("events.orders", assumed),
    )  # fmt: skip
