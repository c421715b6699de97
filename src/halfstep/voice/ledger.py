"""The attention ledger: whose name is said, beside which other, in whose voice; exact counts of the table, and bounds where they entangle."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import numpy.typing as npt
import polars as pl

from halfstep.core.check import Check, Status
from halfstep.core.estimate import Estimate
from halfstep.core.series import Series
from halfstep.data.voice import Exposure
from halfstep.voice.scan import Slot
from halfstep.voice.tallies import Tallies
from halfstep.voice.writer import Facts, Row, Writer

__all__ = ["covered", "ledger", "listed", "observed"]

PARTS = ("founder", "both", "product")
WHO = {Slot.VOICE: "voice", Slot.PAID: "paid", Slot.OWN: "own", Slot.COPY: "copies"}
Ints = npt.NDArray[np.int64]


def ledger(
    tallies: Tallies, exposure: Exposure | None, brands: Mapping[int, str], write: Writer
) -> Iterator[Estimate | Series | Check]:
    """Yield attention by name and period, in whose voice, and of every brand with a founder how much is the founder's, as a bound.

    Parameters
    ----------
    brands
        Place in `Reader.whole` -> id of the brand.
    """
    origin = write.origin("named", ("names by spelling",))
    total = listed(tallies, exposure)
    kind, unit = ("voice share of list", "share") if exposure is not None else ("voice share of voice", "share")
    places = tallies.period_places
    T = len(tallies.periods)
    whole = np.bincount(places, total, T)
    rows, voices = [], []
    for name in tallies.reader.names:
        count = np.bincount(places, np.where(total > 0, tallies.daily(name), 0), T)
        rows += [
            Row((name, period), *(3 * (float(n / of),)), int(n))
            for period, n, of in zip(tallies.periods, count, whole, strict=True)
            if of > 0
        ]
        for slot, who in WHO.items():
            n = tallies.count(name, (slot,))
            if n:
                voices.append(Row((name, who), *(3 * (float(n),)), n))
    if rows:
        yield write.series("voice.attention", kind, unit, ("name", "period"), (rows, origin))
    if voices:
        yield write.series("voice.said by", "voice said by", "count", ("name", "voice"), (voices, origin))
    for at, brand in brands.items():
        held = {part: tallies.count(f"{at}:{part}") for part in PARTS}
        every = sum(held.values())
        if not every:
            continue
        ends = (held["founder"] / every, (held["founder"] + held["both"]) / every)
        yield write.bound(f"voice.founder share.{brand}", "voice founder share", ends, "share", (every, origin))
        parts = [Row((brand, part), *(3 * (float(held[part]),)), held[part]) for part in PARTS]
        yield write.series(f"voice.entangled.{brand}", "voice entangled", "count", ("name", "part"), (parts, origin))
        if held["both"]:
            facts: Facts = (("brand", brand), *held.items(), ("share", held["both"] / every))
            yield write.check(f"entangled.{brand}", Status.REVIEW, "voice entangled", facts, "voice message experiment")


def covered(exposure: Exposure | None) -> tuple[str, ...] | None:
    """Return the platforms whose list has a known length; None where none has, or the table has one length for all."""
    if exposure is None or (exposure.frame["platform"] == "").any():
        return None
    return tuple(exposure.frame["platform"].unique().sort())


def listed(tallies: Tallies, exposure: Exposure | None, platform: str | None = None) -> npt.NDArray[np.float64]:
    """Return rows in all, named or not, a day: of the list where its length is known, else of the table; shape (T,)."""
    if exposure is None:
        return tallies.daily("", platform=platform).astype(np.float64)
    first, last = tallies.days
    held = exposure.frame.filter(exposure.frame["day"].is_between(first, last))
    if (held["platform"] == "").any():  # one length for all stands beside those of each
        held = held.filter(pl.col("platform") == "")
    elif platform is not None:
        held = held.filter(pl.col("platform") == platform)
    total = np.bincount(held["day"].to_numpy() - first, held["total"].to_numpy(), last - first + 1)
    return total.astype(np.float64)


def observed(tallies: Tallies, exposure: Exposure | None, platform: str | None = None) -> npt.NDArray[np.float64]:
    """Return what daily counts are held against: the length of the list, or 1 for every day where nobody says how long it was.

    The table's own rows are no length: where all of them name somebody, names would be held against each other. A day on which the
    length of one platform is missing, between its first and last, was not observed: 0.
    """
    if exposure is None:
        return np.ones(tallies.days[1] - tallies.days[0] + 1)
    total = listed(tallies, exposure, platform)
    day = np.arange(len(total)) + tallies.days[0]
    for of, held in exposure.frame.partition_by("platform", as_dict=True).items():
        if platform is None and of[0]:
            own = held["day"].to_numpy()
            total[(day > own.min()) & (day < own.max()) & ~np.isin(day, own)] = 0
    return total
