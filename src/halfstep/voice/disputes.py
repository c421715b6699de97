"""The ledger of controversies: how far coders agree on what each was about, and what rivals attacked when."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import numpy as np
import polars as pl

from halfstep.core.check import Check, Status
from halfstep.core.estimate import Estimate, Origin, row_ranges
from halfstep.core.series import Series
from halfstep.data.voice import Controversies
from halfstep.prevalence.agreement import alpha
from halfstep.prevalence.records import Unsaid
from halfstep.voice.writer import Row, Writer

__all__ = ["disputes"]

RELIABLE, TENTATIVE = 0.8, 0.667
"""Krippendorff (2004, ch. 11): rely on variables with alpha above the first; draw tentative conclusions above the second."""


def disputes(ledger: Controversies, write: Writer, rng: np.random.Generator) -> Iterator[Estimate | Series | Check]:
    """Yield the codings by controversy, agreement with its interval, and attacks of rivals against the day a flaw was known.

    Nothing is said of who was right or of what caused what.
    """
    frame = ledger.frame
    rows = row_ranges(frame["row"].to_numpy().astype(np.int64))
    origin = Origin(
        room="voice",
        method="krippendorff",
        table=ledger.file,
        rows=rows,
        rows_used=frame.height,
        assumptions=("coders apart",),
    )
    for what in ("touchpoint", "flaw"):
        yield from _agreement(frame, what, origin, write, rng)
    yield from _coded(frame, origin, write)
    yield from _attacks(frame, origin, write)


def _agreement(
    frame: pl.DataFrame, what: str, origin: Origin, write: Writer, rng: np.random.Generator
) -> Iterator[Estimate | Check]:
    coded = frame.filter(pl.col(what) != "")
    units = coded["controversy"].unique(maintain_order=True).to_list()
    coders = coded["coder"].unique(maintain_order=True).to_list()
    name = f"voice.agreement.{what}"
    if len(coders) < 2 or not units:
        yield write.refusal(
            name, "voice agreement", "voice one coder", ("a second coding by somebody else",), (origin, (("of", what),))
        )
        return
    words = sorted(set(coded[what].to_list()))
    codes = np.full((len(coders), len(units)), -1, dtype=np.int64)
    for unit, coder, word in coded.select("controversy", "coder", what).iter_rows():
        codes[coders.index(coder), units.index(unit)] = words.index(word)
    found = alpha(codes, write.config.voice.level, rng)
    if isinstance(found, Unsaid):
        yield write.refusal(
            name,
            "voice agreement",
            "voice nothing to agree on",
            ("codings of the same controversies by two people",),
            (origin, (("of", what),)),
        )
        return
    yield write.point(name, "voice agreement", (found.alpha, found.lo, found.hi), "alpha", (found.units, origin))
    reliable = found.alpha >= RELIABLE and found.lo >= TENTATIVE
    status = Status.PASS if reliable else Status.REVIEW
    why = (
        "voice coders agree"
        if reliable
        else "voice coders tentative"
        if found.alpha >= TENTATIVE
        else "voice coders differ"
    )
    facts = (("of", what), ("alpha", found.alpha), ("cases", found.units), ("coders", len(coders)))
    yield write.check(f"agreement.{what}", status, why, facts, "" if reliable else "voice code again")


def _coded(frame: pl.DataFrame, origin: Origin, write: Writer) -> Iterator[Series]:
    """Yield, controversy by controversy, how many coders gave each touchpoint and flaw."""
    grouped = frame.group_by("controversy", "name", "began", "touchpoint", "flaw", maintain_order=True).agg(pl.len())
    coders = dict(frame.group_by("controversy").agg(pl.col("coder").n_unique()).iter_rows())
    rows = [
        Row((controversy, name, _day(began), touchpoint, flaw), *(3 * (n / coders[controversy],)), n)
        for controversy, name, began, touchpoint, flaw, n in grouped.iter_rows()
    ]
    dims = ("controversy", "name", "began", "touchpoint", "flaw")
    yield write.series("voice.controversies", "voice coders", "share", dims, (rows, origin))


def _attacks(frame: pl.DataFrame, origin: Origin, write: Writer) -> Iterator[Series]:
    """Yield days from the day a flaw was public to the attack on it; below zero where the attack came first."""
    raised = (
        frame.filter((pl.col("attacker") != "") & pl.col("began").is_not_null() & pl.col("flaw_known").is_not_null())
        .group_by("controversy", "attacker", "name", maintain_order=True)
        .agg(pl.col("began").min(), pl.col("flaw_known").min(), pl.len())
        .sort("began", maintain_order=True)
    )
    rows = [
        Row((controversy, attacker, name, _day(began)), *(3 * (float(began - known),)), n)
        for controversy, attacker, name, began, known, n in raised.iter_rows()
    ]
    if rows:
        dims = ("controversy", "attacker", "name", "began")
        yield write.series("voice.attacks", "voice days since known", "days", dims, (rows, origin))


def _day(value: int | None) -> str:
    return "" if value is None else (date(1970, 1, 1) + timedelta(days=value)).isoformat()
