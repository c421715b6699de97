"""How good each forecaster's forecasts were, back-tests apart from forecasts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import numpy as np

from halfstep.core.check import Check, Status
from halfstep.core.estimate import Estimate, Origin, Point, Refusal, Tier
from halfstep.core.series import Series
from halfstep.docket.forecasts import Fate
from halfstep.numerics.scores import reliability

__all__ = ["LEAST", "scored"]

EDGES = np.linspace(0.0, 1.0, 6)
"""Fifths of the probabilities."""
LEAST = 2 * (len(EDGES) - 1)
"""Resolved events from which calibration is told: two for each fifth. Of a single one the share that came true is nought or one."""


def scored(fates: Sequence[Fate], table: str) -> Iterator[Estimate | Series | Check]:
    """Yield mean Brier scores by forecaster, calibration or why there is none, and the count of fates."""
    if not fates:
        return
    yield _count(fates)
    for late in (False, True):
        events = [f for f in fates if f.verdict.brier is not None and f.verdict.late == late]
        for name, own in _by_forecaster(events):
            yield _brier(f"docket.brier.{name}{'.late' if late else ''}", own, table)
    given = [f for f in fates if f.verdict.form == "event"]
    if given:
        yield _calibration([f for f in given if f.verdict.brier is not None and not f.verdict.late], table)


def _by_forecaster(events: Sequence[Fate]) -> Iterator[tuple[str, list[Fate]]]:
    groups: dict[str, list[Fate]] = {}
    for fate in events:
        groups.setdefault(fate.forecast.by.en, []).append(fate)
    taken: set[str] = set()
    for n, (name, own) in enumerate(groups.items(), start=1):
        slug = re.sub(r"[^a-z0-9]+", "_", name.casefold()).strip("_")
        slug = slug if slug and slug not in taken else f"by{n}"
        taken.add(slug)
        yield slug, own


def _origin(method: str, table: str, n: int) -> Origin:
    return Origin(room="docket", method=method, table=table, rows="", rows_used=n)


def _brier(name: str, events: Sequence[Fate], table: str) -> Point:
    """Return the mean score of the events that one forecaster foretold."""
    scores = [f.verdict.brier for f in events if f.verdict.brier is not None]
    mean = float(np.mean(scores))
    return Point(
        id=name, what="mean Brier score", value=mean, lo=mean, hi=mean, level=1.0, unit="score", n=len(scores), tier=_tier(events),
        origin=_origin("docket.brier", table, len(scores)),
    )  # fmt: skip


def _tier(events: Sequence[Fate]) -> Tier:
    """Return the tier of the weakest look that resolved one of them."""
    tiers = [look.tier for fate in events for look in fate.looks if look.tier is not None]
    return Tier(min(tiers, default=int(Tier.PRESS)))


def _calibration(events: Sequence[Fate], table: str) -> Series | Refusal:
    """Return how often events came true by the probability that was given, or that they are too few to tell."""
    n = len(events)
    origin = _origin("docket.calibration", table, n)
    if n < LEAST:
        return Refusal(
            id="docket.calibration", what="share that came true", why="docket few forecasts", needs=("ten resolved forecasts",),
            origin=origin, facts=(("n", n), ("least", LEAST)),
        )  # fmt: skip
    p = np.array([float(f.verdict.p or 0.0) for f in events])
    came = np.array([float(bool(f.verdict.outcome)) for f in events])
    found = reliability(p, came, EDGES)
    return Series(
        id="docket.calibration", what="share that came true", unit="share", tier=_tier(events), origin=origin, dims=("probability",),
        index=tuple((f"{one:.3f}",) for one in found.nominal), value=found.observed, lo=found.lo, hi=found.hi, n=found.n, level=0.95,
    )  # fmt: skip


def _count(fates: Sequence[Fate]) -> Check:
    verdicts = [fate.verdict for fate in fates]
    resolved = [v for v in verdicts if v.status == "resolved"]
    counts = tuple((status, sum(v.status == status for v in verdicts)) for status in ("open", "resolved", "overdue"))
    facts = (
        ("forecasts", len(verdicts)), *counts,
        ("events", sum(v.form == "event" for v in resolved)),
        ("came_true", sum(v.form == "event" and bool(v.outcome) for v in resolved)),
        ("intervals", sum(v.form == "interval" for v in resolved)),
        ("held", sum(v.form == "interval" and bool(v.outcome) for v in resolved)),
        ("late", sum(v.late for v in resolved)),
    )  # fmt: skip
    return Check(id="docket.forecasts", status=Status.PASS, why="docket forecasts", facts=facts)
