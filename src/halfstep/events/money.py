"""What an event cost in money, and what published crises of its kind say beside or instead of the study's own figure."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from scipy.special import stdtrit

from halfstep.core.check import Check, Status
from halfstep.core.estimate import Bound, Origin, Point, Refusal, Tier
from halfstep.events.account import Account
from halfstep.events.calendar import Asked
from halfstep.events.cost import Margin, NoCost, Span, cost
from halfstep.events.crises import of_nature
from halfstep.events.dose import published_dose, told
from halfstep.events.measure import Measured
from halfstep.events.reference import BackTest, NoBasis, Prior, combine, leave_one_out, of_brands, reference_prior
from halfstep.events.series import Ready

__all__ = ["costs", "fame", "published"]

UNITS = ("orders", "sales", "registrations", "deliveries")
"""Outcomes that are counted in what is sold."""
CLASS = {"resale price": "resale price", "share price": "share price"}
"""Outcome -> outcome of the published crises; whatever counts units is "quantity"."""
NATURES = {"accident": ("product harm",), "product harm": ("product harm",), "dispute": ("misconduct", "politics")}
"""Kind of event -> nature of the published crises that are like it; others have no class."""


def costs(ready: Ready, found: Measured, account: Account) -> Iterator[Point | Bound | Refusal]:
    """Yield units lost and their money by horizon."""
    if account.ask.outcome.kind not in UNITS or not np.isfinite(found.best.main.critical):
        return
    length = ready.question.stop - ready.question.start
    asked = sorted({h for h in account.config.shocks.horizons if h <= length} | {length})
    totals = [account.total(f"total.{h}", ready, found.best, h) for h in asked]
    spans = [Span(horizon=t.n, value=t.value, lo=t.lo, hi=t.hi) for t in totals if t is not None]
    yield from (t for t in totals if t is not None and t.n < length)
    ends = account.config.shocks.unit_margin
    for beyond in sorted(h for h in account.config.shocks.horizons if h > length):
        yield account.refusal(f"cost.{beyond}", "cost of an event", "nothing after", ("more periods after",))
    margin = None if ends is None else Margin(lo=ends[0], hi=ends[1], currency="study")
    money = cost(spans, margin, level=found.best.main.level)
    if isinstance(money, NoCost):
        yield account.refusal("cost", "cost of an event", "no unit margin", ("a unit margin",))
        return
    for m in money:
        yield account.bound(f"cost.{m.horizon}", "cost of an event", (m.lo, m.hi), "money", "events.cost")


def published(ask: Asked, found: Measured, account: Account) -> Iterator[Point | Bound | Refusal | Check]:
    """Yield what published crises foretell, and that together with the study's own figure; nothing unless asked for."""
    if account.config.shocks.prior == "none" or not account.relative:
        return
    outcome = "quantity" if ask.outcome.kind in UNITS else CLASS.get(ask.outcome.kind, ask.outcome.kind)
    main, level = found.best.main, found.best.main.level
    like = of_nature(*NATURES.get(ask.event.kind, ()))
    own = reference_names(account)
    prior = reference_prior(outcome, exclude=of_brands(own), crises=like, level=level)
    if isinstance(prior, NoBasis):
        facts = (("n", prior.n), ("needed", prior.needed))
        yield account.refusal("prior", "reference class", "too few published crises", ("published crises",), facts)
        return
    ends = (account.shown(prior.predictive_lo), account.shown(prior.predictive_hi))
    yield account.bound("prior", "reference class", ends, "share", "events.reference")
    se = freedom = None
    if np.isfinite(main.critical):
        freedom = float(found.best.units + found.best.windows)
        se = (main.hi - main.lo) / 2 / float(stdtrit(freedom, 0.5 + level / 2))
    if se is None or se > 0:
        both = combine(prior, main.value, se, freedom=freedom, level=level)
        yield Point(
            id=f"{ask.stem}.combined", what="event effect: with published crises", value=account.shown(both.median),
            lo=account.shown(both.lo), hi=account.shown(both.hi), level=level, unit="share", n=both.n, tier=account.tier,
            origin=account.origin("events.reference", ("published crises are like this one",)),
        )  # fmt: skip
        if both.own and both.surprise < 1 - level:
            yield account.check(
                "prior", Status.REVIEW, "event class surprised", (("p", both.surprise),), "leave the class off"
            )
    yield from _back_test(prior, account)


def reference_names(account: Account) -> tuple[str, ...]:
    """Return every name that the study has for the event's brand: its own case is no part of the class."""
    brand, brands = account.ask.event.brand, account.config.brands
    label = brands.labels.get(brand)
    others = [name for name, used in brands.aliases.items() if used == brand]
    return (brand, *others, *(() if label is None else (label.en, label.zh)))


def fame() -> Iterator[Point | Refusal]:
    """Yield by how much a doubling of fame before a crisis changed what it cost, over published crises, or no basis."""
    dose, (raises, shields) = published_dose(), told()
    origin = Origin(room="events", method="events.dose", table="docs/crises.md", rows="", rows_used=0)
    what = "cost by fame before"
    if isinstance(dose, NoBasis):
        facts = (("n", dose.n), ("needed", dose.needed), ("raises", len(raises)), ("shields", len(shields)))
        needs = ("crises with a measure of fame",)
        yield Refusal(
            id="event.fame", what=what, why="too few crises with fame", needs=needs, origin=origin, facts=facts
        )
        return
    yield Point(
        id="event.fame", what=what, value=float(np.expm1(dose.slope)), lo=float(np.expm1(dose.lo)),
        hi=float(np.expm1(dose.hi)), level=dose.level, unit="share", n=dose.n, tier=Tier.PRESS, origin=origin,
    )  # fmt: skip


def _back_test(prior: Prior, account: Account) -> Iterator[Check]:
    test = leave_one_out(prior.members)
    if isinstance(test, BackTest):
        lo, hi = test.ranges[-1]
        facts = (("n", test.n), ("covered", test.covered[-1]), ("level", test.levels[-1]), ("lo", lo), ("hi", hi))
        held = hi >= test.levels[-1]
        yield account.check("back_test", Status.PASS if held else Status.REVIEW, "event back-test", facts)
