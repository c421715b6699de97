"""What must be known before an effect is believed: placebos, donors, trends before, single donors that carry it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from halfstep.core.check import Check, Status
from halfstep.counterfactual.estimators import FAMILY
from halfstep.counterfactual.judge import DonorChecks, check_donors, label_of, pre_trend
from halfstep.events.account import Account, Facts
from halfstep.events.calendar import Asked, earlier
from halfstep.events.measure import Measured
from halfstep.events.series import Ready

__all__ = ["soundness"]

NOMINAL = 0.05
FEW = 10
"""Donors below which no rank at the true date alone can reach one in ten."""
NAMED = 12
"""Entities named in a sentence."""


def soundness(ask: Asked, ready: Ready, found: Measured, account: Account) -> Iterator[Check]:
    """Yield every check of one effect."""
    yield from _gate(found, account)
    yield from _panel(ask, ready, account)
    yield from _earlier(ask, account)
    if ready.donors:
        told = check_donors(ready.question, found.best, FAMILY[found.estimator])
        yield from _before(found, account)
        if found.estimator != "segmented":  # which uses no donor
            yield from _single(told, ready, found, account)
        yield from _moved(told, ready, account)


def _gate(found: Measured, account: Account) -> Iterator[Check]:
    best, main = found.best, found.best.main
    facts: Facts = (
        ("estimator", best.estimator), ("n", best.placebos), ("units", best.units), ("dates", best.windows), ("p", main.p),
        ("floor", best.floor),
    )  # fmt: skip
    told = bool(np.isfinite(main.critical))
    yield account.check("placebo", Status.PASS if told else Status.REVIEW, "event placebos", facts)
    if main.size is not None:
        high = main.size > 2 * NOMINAL
        why = "event size high" if high else "event size"
        size = (("size", main.size), ("nominal", NOMINAL), ("n", best.placebos), ("estimator", best.estimator))
        yield account.check("size", Status.REVIEW if high else Status.PASS, why, size)
    if found.judgement.against:
        facts = (("estimator", best.estimator), ("list", ", ".join(found.judgement.against)))
        yield account.check("disagree", Status.REVIEW, "event estimators disagree", facts)


def _panel(ask: Asked, ready: Ready, account: Account) -> Iterator[Check]:
    """Yield what of the table was not used."""
    for why in sorted(set(ready.left_out.values())):
        names = sorted(name for name, reason in ready.left_out.items() if reason == why)
        facts: Facts = (("reason", why), ("n", len(names)), ("list", _listed(names)))
        yield account.check(f"donors.{why}", Status.REVIEW, "event donors left out", facts)
    for tie in sorted(set(ready.ties.values())):
        names = sorted(name for name, kind in ready.ties.items() if kind == tie)
        facts = (("reason", tie), ("n", len(names)), ("list", _listed(names)))
        yield account.check(f"donors.{tie}", Status.PASS, "event donors touched", facts)
    if len(ready.donors) < FEW:
        yield account.check("donors", Status.REVIEW, "event donors few", (("n", len(ready.donors)),))
    if ready.skipped:
        facts = (("n", len(ready.skipped)), ("list", _listed(list(ready.skipped))))
        yield account.check("missing", Status.REVIEW, "event periods left out", facts)
    if ready.unseasoned:
        facts = (("reason", ready.unseasoned), ("n", ready.question.start))
        yield account.check("season", Status.REVIEW, "event season too short", facts)
    elif ready.question.season:
        yield account.check("season", Status.PASS, "event season taken out", (("n", ready.question.season),))


def _before(found: Measured, account: Account) -> Iterator[Check]:
    """Yield whether the gap was already moving before the event, more than those of placebos.

    Asked of the plain difference to the donors' mean: the other estimators fit a trend away before it can be seen.
    """
    drift, p = pre_trend(found.beside[0])
    facts = (("p", p), ("drift", account.shown(drift)))
    why = "event pre-trend" if p <= NOMINAL else "event pre-trend none"
    yield account.check("pre_trend", Status.REVIEW if p <= NOMINAL else Status.PASS, why, facts)


def _earlier(ask: Asked, account: Account) -> Iterator[Check]:
    """Yield earlier events of the entity itself: what they did widens or bends what is expected."""
    events = earlier(ask, account.config)
    if events:
        facts = (("n", len(events)), ("list", ", ".join(event.id or event.period for event in events)))
        yield account.check("earlier", Status.REVIEW, "event earlier events", facts)


def _single(told: DonorChecks, ready: Ready, found: Measured, account: Account) -> Iterator[Check]:
    """Yield the range of the effect without one donor each, and whether the verdict hangs on one."""
    one, main = told.leave_one_out, found.best.main
    if one is None or not np.isfinite(main.critical):
        return
    half = (main.hi - main.lo) / 2
    ends = np.array([one.lo, one.hi])
    turned = _turns(ends, half) != {label_of(main, None)}
    facts = (
        ("lo", account.shown(one.lo)), ("hi", account.shown(one.hi)), ("n", one.tried),
        ("entity_lo", ready.entities[one.unit_lo]), ("entity_hi", ready.entities[one.unit_hi]),
    )  # fmt: skip
    why = "event leave one out turns" if turned else "event leave one out"
    yield account.check("leave_one_out", Status.REVIEW if turned else Status.PASS, why, facts)


def _turns(values: npt.NDArray[np.float64], half: float) -> set[str]:
    return {"fell" if v + half < 0 else "rose" if v - half > 0 else "cannot tell" for v in values.tolist()}


def _moved(told: DonorChecks, ready: Ready, account: Account) -> Iterator[Check]:
    """Yield donors that moved by themselves at the date: something may have happened to them too."""
    for suspect in told.suspects:
        facts: Facts = (
            ("donor", ready.entities[suspect.unit]), ("value", account.shown(suspect.value)), ("p", suspect.p),
        )  # fmt: skip
        name = f"donor.{ready.entities[suspect.unit]}"
        yield account.check(name, Status.REVIEW, "event donor moved", facts, "leave that donor out")


def _listed(names: list[str]) -> str:
    more = f", … ({len(names) - NAMED})" if len(names) > NAMED else ""
    return ", ".join(names[:NAMED]) + more
