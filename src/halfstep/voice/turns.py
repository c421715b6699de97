"""What founder and product posts are made of: authors who change sides, content, and fame that was there before."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy.stats import t as student

from halfstep.arrivals.content import ContentDifference, Shares, compare_content
from halfstep.arrivals.fame import prior_fame
from halfstep.arrivals.flips import FlipRate, flip_rate
from halfstep.arrivals.flips import Reader as Errors
from halfstep.arrivals.halflife import HalfLife, Unmeasured
from halfstep.core.check import Check, Status
from halfstep.core.estimate import Point, Refusal
from halfstep.core.series import Series
from halfstep.prevalence.pooled import shares_over_time
from halfstep.prevalence.ppi import share
from halfstep.prevalence.records import Audit, Share, Tally
from halfstep.voice.hand import Hand
from halfstep.voice.scan import FULL, Kind
from halfstep.voice.shares import Told
from halfstep.voice.tallies import Tallies
from halfstep.voice.writer import Row, Writer

__all__ = ["contents", "fames", "flips"]

Record = Point | Refusal | Check
Array = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
NEEDS = {
    "voice no authors": ("a column of authors",), "voice reader unknown": ("audited posts for and against",), "voice few authors": ("more authors with several posts",),
    "voice reader too poor": ("a reader taught on labels of it",), "voice few periods": ("posts read by people in more periods",), "voice no rows": ("more utterances of it",),
}  # fmt: skip
UNKNOWN = 0.1
"""Part of what could still count that lies before the data, above which prior fame is not told."""
LABELS = {"more": "voice content more", "less": "voice content less", "cannot tell": "voice content cannot tell"}


def flips(tallies: Tallies, hand: Hand | None, write: Writer, rng: np.random.Generator) -> Iterator[Record]:
    """Yield, name by name, how often an author's next decided post is on the other side, less what the reader's mistakes make of it."""
    if "stance.for" not in tallies.reader.measures or "stance.against" not in tallies.reader.measures:
        return
    origin = write.origin("flips", ("audit drawn at random", "errors of the reader independent"))
    for name in (name for name in tallies.reader.names if tallies.count(name) >= write.config.voice.least):
        rows = tallies.singles(Kind.AUTHOR, name).filter(tallies.is_voice)
        author = rows["key"].rank("dense").to_numpy().astype(np.int64) if rows.height else None
        time = rows["second"].to_numpy().astype(np.float64)
        errors, neutral = (None, 0.0) if hand is None else _errors(tallies, hand, name)
        found = flip_rate(author, time, _decided(tallies, rows), errors, rng, write.config.voice.level)
        key = f"voice.flips.{name}"
        if isinstance(found, FlipRate):
            # a pair with a post that takes no side is at most twice as frequent as such posts, and may count either way
            ends = (max(found.lo - 2 * neutral, 0.0), min(found.hi + 2 * neutral, 1.0))
            yield write.point(key, "voice flip rate", (found.value, *ends), "share", (found.pairs, origin))
        else:
            facts = (("had", found.had), ("needed", found.needed))
            yield write.refusal(
                key, "voice flip rate", f"voice {found.why}", NEEDS[f"voice {found.why}"], (origin, facts)
            )


def _decided(tallies: Tallies, rows: pl.DataFrame) -> Ints:
    """Return 1 for, -1 against, 0 not decided: the surer of both heads, where it says more yes than no; posts of one second are one."""
    said = [rows[f"s{tallies.measure(head)}"].to_numpy() for head in ("stance.for", "stance.against")]
    side: Ints = np.where(said[0] > said[1], 1, -1)
    side[2 * np.maximum(*said) <= FULL * rows["n"].to_numpy()] = 0
    return side


def _errors(tallies: Tallies, hand: Hand, name: str) -> tuple[Errors, float]:
    """Return how often the reader turns audited posts round, and what part of the posts it decides take no side at all."""
    read = tallies.singles(Kind.AUDIT, name).filter(tallies.is_voice)
    asked = {stance: hand.audited(stance, name) for stance in ("stance.for", "stance.against")}
    counts, decided = [], []
    for stance, sign in (("stance.for", 1), ("stance.against", -1)):
        both = read.join(asked[stance].filter(pl.col("y") > 0.5), on="key", how="inner")
        side = _decided(tallies, both)
        counts.append((int((side != 0).sum()), int((side == -sign).sum())))
        decided.append(counts[-1][0])
    none = (
        asked["stance.for"]
        .filter(pl.col("y") <= 0.5)
        .join(asked["stance.against"].filter(pl.col("y") <= 0.5), on="key", how="inner")
    )
    neutral = int((_decided(tallies, read.join(none, on="key", how="inner")) != 0).sum())
    return Errors(counts[0], counts[1]), neutral / max(neutral + sum(decided), 1)


def contents(tallies: Tallies, hand: Hand | None, brands: Mapping[int, str], write: Writer) -> Iterator[Record]:
    """Yield how much of posts that name only the founder is about the product, against posts that name only brand or product."""
    topics = [f"touchpoint.{topic.id}" for topic in write.config.voice.touchpoints if topic.product]
    topics = [topic for topic in topics if topic in tallies.reader.measures]
    if not topics or hand is None:
        return
    origin = write.origin("content", ("audit drawn at random", "matched volume"))
    level = write.config.voice.level
    for at, brand in brands.items():
        told = [_content(tallies, hand, f"{at}:{part}", topics) for part in ("founder", "product")]
        first, second = (_by_period(one, write) for one in told)
        found = compare_content(first, second, level)
        if isinstance(found, Unmeasured):  # too few periods speak for themselves
            found = _over_all(told, found, write)
        key = f"voice.content.{brand}"
        if isinstance(found, ContentDifference):
            ends = (found.value, found.lo, found.hi)
            yield write.point(key, "voice content difference", ends, "share", (found.periods, origin))
            facts = (("brand", brand), ("of_founder", found.first), ("of_product", found.second))
            status = Status.REVIEW if found.label == "cannot tell" else Status.PASS
            yield write.check(f"content.{brand}", status, LABELS[found.label], facts)
        else:
            facts = (("brand", brand), ("had", found.had), ("needed", found.needed))
            yield write.refusal(
                key, "voice content difference", f"voice {found.why}", NEEDS[f"voice {found.why}"], (origin, facts)
            )


def _content(tallies: Tallies, hand: Hand, place: str, topics: list[str]) -> Told:
    """Return posts with a touchpoint about the product, by period; the reader's score is the mean of its heads.

    The square of a mean is at most the mean of squares' roots squared (Cauchy & Schwarz), which stands in for it.
    """
    each = [tallies.cells(place, topic) for topic in topics]
    T = len(topics)
    whole = tuple(
        Tally(cells[0].n, sum(c.s1 for c in cells) / T, (sum(math.sqrt(c.s2) for c in cells) / T) ** 2)
        for cells in zip(*each, strict=True)
    )
    read = tallies.singles(Kind.AUDIT, place).filter(tallies.is_voice).join(hand.on_product(), on="key", how="inner")
    f = sum(read[f"s{tallies.measure(topic)}"].to_numpy() for topic in topics) / (FULL * T)
    every = Audit(np.asarray(f, dtype=np.float64), read["y"].to_numpy(), read["weight"].to_numpy())
    period = read["period"].to_numpy()
    return Told(whole, tuple(every.where(period == key) for key in tallies.periods))


def _by_period(told: Told, write: Writer) -> Shares:
    """Return the shares of periods that were audited enough to speak for themselves.

    Pooled ones have an error in common, which no comparison of periods would see.
    """
    voice = write.config.voice
    found = shares_over_time(told.tallies, told.audits, voice.level, voice.fewest)
    own = [one if isinstance(one, Share) and one.way != "pooled" else None for one in found]
    value, error = (
        np.array([np.nan if one is None else getattr(one, part) for one in own]) for part in ("value", "se")
    )
    return Shares(value, error**2, np.array([float(tally.n) for tally in told.tallies]))


def _over_all(told: list[Told], refused: Unmeasured, write: Writer) -> ContentDifference | Unmeasured:
    """Return the difference over all periods together, where every one was audited."""
    voice = write.config.voice
    # another such post, not these: the two kinds are compared, not what happened to be written
    found = [share(*one.whole, voice.level, voice.fewest, "source") for one in told if one.even(voice.least)]
    both = [one for one in found if isinstance(one, Share)]
    if len(both) < 2:
        return refused
    first, second = both
    value, se = first.value - second.value, math.hypot(first.se, second.se)
    half = float(student.ppf((1 + voice.level) / 2, min(first.freedom, second.freedom))) * se
    label = "more" if value > half else "less" if value < -half else "cannot tell"
    return ContentDifference(value, value - half, value + half, first.value, second.value, len(told[0].tallies), label)


def fames(
    tallies: Tallies, lives: Mapping[str, HalfLife | Unmeasured], total: Array, write: Writer
) -> Iterator[Series]:
    """Yield the attention that had not yet faded when each period began: what expectations could stand on.

    Parameters
    ----------
    lives
        Half-life of the attention to each name.
    total
        Rows in all by day, (T,); a day without any was not observed.
    """
    starts = np.flatnonzero(np.diff(tallies.period_places, prepend=-1))
    rows: list[Row] = []
    for name, life in lives.items():
        if isinstance(life, Unmeasured):
            continue
        count = tallies.daily(name).astype(np.float64)
        fame = prior_fame(np.where(total > 0, count, np.nan), life, starts)
        rows += [
            Row((name, period), float(v), float(min(lo, v)), float(max(hi, v)), int(count[: starts[t]].sum()))
            for t, (period, v, lo, hi) in enumerate(zip(tallies.periods, fame.value, fame.lo, fame.hi, strict=True))
            if fame.partial[t] <= UNKNOWN
        ]
    if rows:
        origin = write.origin("fame", ("bursts fade alike",))
        yield write.series("voice.fame", "voice prior fame", "count", ("name", "period"), (rows, origin))
