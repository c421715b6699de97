"""Looks at a quantity through what other rooms of the run found."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import translate

from halfstep.core.answer import Answer, EventVerdict, Verdict
from halfstep.core.estimate import Estimate, Refusal
from halfstep.core.series import Series
from halfstep.docket.look import Look
from halfstep.docket.region import OPEN_LABELS

__all__ = ["Found"]

RUN = "a run that computes it"


@dataclass(frozen=True, slots=True)
class _Labelled:
    """A verdict of another room: its label, what it needs, and the tiers of what it was read from."""

    id: str
    room: str
    label: str
    needs: tuple[str, ...]
    tier: int | None


@dataclass(slots=True)
class Found:
    """Everything that other rooms found, by id."""

    numbers: dict[str, Look] = field(default_factory=dict)
    verdicts: dict[str, _Labelled] = field(default_factory=dict)

    @classmethod
    def of(cls, upstream: Mapping[str, Answer]) -> Found:
        """Gather estimates, elements of series and verdicts; a refusal is kept as one."""
        found = cls()
        for room, answer in upstream.items():
            for one in answer.estimates:
                found.numbers[one.id] = _look(room, one)
            for series in answer.series:
                found.numbers.update(_elements(room, series))
        for room, answer in upstream.items():
            for verdict in _labelled(room, answer, found.numbers):
                found.verdicts[verdict.id] = verdict
        return found

    def estimates(self, pattern: str) -> Iterator[Look]:
        """Yield a look for each estimate whose id matches; or one that says that there is none."""
        ids = matching(pattern, self.numbers)
        for name in ids:
            yield self.numbers[name]
        if not ids:
            yield Look(by=pattern, reason="no such estimate", needs=(RUN,))

    def labels(self, pattern: str) -> Iterator[Look]:
        """Yield a look for each verdict whose id matches; or one that says that there is none."""
        ids = matching(pattern, self.verdicts)
        for name in ids:
            one = self.verdicts[name]
            yield Look(
                by=one.room, source=one.id, estimate=one.id, room=one.room, label=one.label, needs=one.needs,
                tier=None if one.label in OPEN_LABELS else one.tier,
            )  # fmt: skip
        if not ids:
            yield Look(by=pattern, reason="no such estimate", needs=(RUN,))


def matching(pattern: str, ids: Iterable[str]) -> list[str]:
    """Return the ids that match, in order; * and ? stand for anything, brackets for themselves."""
    if not re.search(r"[*?]", pattern):
        return [pattern] if pattern in ids else []
    shape = re.compile(translate(pattern.replace("[", "[[]")))
    return [name for name in ids if shape.match(name)]


def _look(room: str, one: Estimate) -> Look:
    if isinstance(one, Refusal):
        return Look(by=room, source=one.id, estimate=one.id, room=room, reason="refused", needs=one.needs)
    value = getattr(one, "value", None)
    if math.isnan(one.lo) or math.isnan(one.hi):
        return Look(by=room, source=one.id, estimate=one.id, room=room, reason="refused")
    return Look(
        by=room, source=one.id, estimate=one.id, room=room, lo=one.lo, hi=one.hi, value=value, tier=int(one.tier),
    )  # fmt: skip


def _elements(room: str, series: Series) -> Iterator[tuple[str, Look]]:
    """Yield the elements of a series, each under the series' id and its own label in brackets."""
    for k, label in enumerate(series.index):
        name = f"{series.id}[{','.join(label)}]"
        value, lo, hi = float(series.value[k]), float(series.lo[k]), float(series.hi[k])
        told = not (math.isnan(lo) or math.isnan(hi))
        yield name, Look(
            by=room, source=name, estimate=name, room=room, lo=lo if told else -math.inf, hi=hi if told else math.inf,
            value=value if told else None, reason="" if told else "refused", tier=int(series.tier) if told else None,
        )  # fmt: skip


def _labelled(room: str, answer: Answer, numbers: Mapping[str, Look]) -> Iterator[_Labelled]:
    """Yield a room's verdicts with the tier of the estimate that each is read from."""
    tiers: list[int] = []
    told: tuple[Verdict | EventVerdict, ...] = (*answer.verdicts, *answer.events)
    for verdict in told:
        look = numbers.get(verdict.estimate)
        tier = None if look is None else look.tier
        tiers += [] if tier is None else [tier]
        yield _Labelled(verdict.id, room, verdict.label, verdict.needs, tier)
    if answer.overall is not None:
        needs = tuple(dict.fromkeys(need for verdict in answer.verdicts for need in verdict.needs))
        undecided = answer.overall.label in OPEN_LABELS
        yield _Labelled("overall", room, answer.overall.label, needs if undecided else (), max(tiers, default=None))
