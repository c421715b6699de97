"""Days on which a name is spoken of far more than usual, at a stated rate of false alarms."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

from halfstep.arrivals.bursts import Bursts, BurstSettings, bursts_together
from halfstep.core.check import Check, Status
from halfstep.core.series import Series
from halfstep.voice.tallies import Tallies
from halfstep.voice.writer import Row, Writer

__all__ = ["day_key", "found_bursts", "loud"]

Array = npt.NDArray[np.float64]


def found_bursts(tallies: Tallies, total: Array, write: Writer) -> dict[str, Bursts]:
    """Return the bursts of every name; days on which nothing at all was listed were not observed."""
    voice = write.config.voice
    settings = BurstSettings(voice.bursts.memory, voice.bursts.false_alarms, voice.bursts.apart, voice.level)
    names = tallies.reader.names
    if not names or len(total) <= 2 * voice.bursts.memory:
        return {}
    count = np.array([tallies.daily(name) for name in names], dtype=np.float64)
    found = bursts_together(count, total, settings, total > 0)
    return dict(zip(names, found, strict=True))


def loud(tallies: Tallies, found: dict[str, Bursts], write: Writer) -> Iterator[Series | Check]:
    """Yield the bursts of every name, and how many of them chance alone would make."""
    if not tallies.dated:
        yield write.check("bursts", Status.REVIEW, "voice no times", do="voice name times")
        return
    if not found:
        yield write.check("bursts", Status.REVIEW, "voice bursts too short", do="voice more days")
        return
    origin = write.origin("bursts", ("names by spelling",))
    rows, usual = [], []
    for name, of in found.items():
        for burst in of.bursts:
            label = (name, day_key(tallies, burst.start), day_key(tallies, burst.peak), day_key(tallies, burst.end))
            rows.append(Row(label, burst.excess, burst.lo, burst.hi, round(burst.rows)))
            before = float(of.mean[burst.start])
            usual.append(Row(label, before, before, before, round(burst.rows)))
    dims = ("name", "start", "peak", "end")
    if rows:
        yield write.series("voice.bursts", "voice burst rows", "posts", dims, (rows, origin))
        yield write.series("voice.usual", "voice usual rows", "count", dims, (usual, origin))
    expected = sum(of.false_alarms for of in found.values())
    years = sum(of.years for of in found.values())
    facts = (
        ("bursts", len(rows)),
        ("expected", expected),
        ("years", years),
        ("rate", write.config.voice.bursts.false_alarms),
    )
    yield write.check("bursts", Status.PASS, "voice bursts", facts)


def day_key(tallies: Tallies, place: int) -> str:
    """Return a day by its place from the first one on."""
    return (date(1970, 1, 1) + timedelta(days=tallies.days[0] + place)).isoformat()
