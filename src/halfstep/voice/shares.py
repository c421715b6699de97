"""How common each touchpoint and stance is in what is said of a name: never a count, always corrected by posts that people read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from halfstep.core.config_voice import Voice
from halfstep.core.estimate import Estimate
from halfstep.core.series import Series
from halfstep.prevalence.budget import labels_needed
from halfstep.prevalence.pooled import shares_over_time
from halfstep.prevalence.ppi import share
from halfstep.prevalence.records import Audit, Share, Tally, Unsaid, join
from halfstep.voice.hand import Hand
from halfstep.voice.scan import FULL, Kind
from halfstep.voice.tallies import Tallies
from halfstep.voice.writer import Facts, Row, Writer

__all__ = ["Asked", "Told", "asked_of", "shares", "told_of"]

ASSUMPTIONS = ("audit drawn at random", "copies folded", "paid and own apart")
DIMS = {
    "voice.touchpoints": ("name", "touchpoint", "period"),
    "voice.stance": ("name", "touchpoint", "stance", "period"),
    "voice.polarity": ("name", "polarity", "period"),
}
WANTED = {
    "utterances": "more utterances of it",
    "audit labels": "more posts drawn at random and read by people",
    "audit labels of more periods": "posts read by people in more periods",
    "audit labels of the class": "more posts drawn at random and read by people",
    "another reader": "a reader taught on labels of it",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """A class whose share is asked for.

    Attributes
    ----------
    series
        Id of the series that it goes into.
    parts
        What stands in its label between name and period.
    measure
        Of `Reader.measures`.
    """

    series: str
    parts: tuple[str, ...]
    measure: str


@dataclass(frozen=True, slots=True, eq=False)
class Told:
    """One class of one name over time: what the reader said of all, and what people said of some; shape (T,) each."""

    tallies: tuple[Tally, ...]
    audits: tuple[Audit, ...]

    def even(self, least: int) -> bool:
        """Whether every period with enough posts was audited: else the audit says nothing of all of them together."""
        return all(audit.m > 0 for tally, audit in zip(self.tallies, self.audits, strict=True) if tally.n >= least)

    @property
    def whole(self) -> tuple[Tally, Audit]:
        """All periods together."""
        return sum(self.tallies, start=Tally()), join(list(self.audits))


def asked_of(measures: tuple[str, ...]) -> tuple[Asked, ...]:
    """Return every class that the heads can be asked about."""
    found = []
    for measure in measures:
        topic, _, stance = measure.partition(" & ")
        kind, _, word = topic.partition(".")
        if stance:
            found.append(Asked("voice.stance", (word, stance.removeprefix("stance.")), measure))
        elif kind == "touchpoint":
            found.append(Asked("voice.touchpoints", (word,), measure))
        elif kind == "polarity":
            found.append(Asked("voice.polarity", (word,), measure))
    return tuple(found)


def told_of(tallies: Tallies, hand: Hand | None, name: str, measure: str) -> Told:
    """Return one class of one name over time."""
    empty = Audit(np.empty(0), np.empty(0), np.empty(0))
    if hand is None:
        return Told(tallies.cells(name, measure), (empty,) * len(tallies.periods))
    read = tallies.singles(Kind.AUDIT, name).filter(tallies.is_voice)
    both = read.join(hand.audited(measure, name), on="key", how="inner")
    k = tallies.measure(measure)
    f, y, weight = (both[column].to_numpy().astype(np.float64) for column in (f"s{k}", "y", "weight"))
    period = both["period"].to_numpy()
    every = Audit(f / FULL, y, weight)
    return Told(tallies.cells(name, measure), tuple(every.where(period == key) for key in tallies.periods))


def shares(tallies: Tallies, hand: Hand | None, write: Writer) -> Iterator[Estimate | Series]:
    """Yield the series of shares, and per name and class why periods of it could not be told."""
    rows: dict[str, list[Row]] = {series: [] for series in DIMS}
    budget: list[Row] = []
    config = write.config.voice
    origin = write.origin("ppi", ASSUMPTIONS)
    for name in (name.id for name in config.names if tallies.count(name.id) >= config.least):
        for asked in asked_of(tallies.reader.measures):
            told = told_of(tallies, hand, name, asked.measure)
            found = shares_over_time(told.tallies, told.audits, config.level, config.fewest)
            for period, one in zip(tallies.periods, found, strict=True):
                if isinstance(one, Share) and one.n >= config.least:
                    rows[asked.series].append(Row((name, *asked.parts, period), one.value, one.lo, one.hi, one.n))
            over_all = share(*told.whole, config.level, config.fewest)
            if told.even(config.least) and isinstance(over_all, Share) and len(tallies.periods) > 1:
                label = (name, *asked.parts, tallies.span)
                rows[asked.series].append(Row(label, over_all.value, over_all.lo, over_all.hi, over_all.n))
            if asked.series == "voice.touchpoints":
                budget.append(_budget((name, *asked.parts), told, config))
            yield from _unsaid((name, *asked.parts), asked.series, found, write)
    if budget:
        of = ("name", "touchpoint")
        counted = (budget, write.origin("budget", ASSUMPTIONS[:1]))
        yield write.series("voice.budget", "voice posts to read", "posts", of, counted)
    for series, dims in DIMS.items():
        if rows[series]:
            yield write.series(series, series.replace(".", " "), "share", dims, (rows[series], origin))


def _budget(label: tuple[str, ...], told: Told, config: Voice) -> Row:
    """Return how many posts people must read in every period for a share of the half width that the study wants; n: have read on average."""
    whole, audit = told.whole
    periods = max(sum(tally.n > 0 for tally in told.tallies), 1)
    typical = Tally(-(-whole.n // periods), whole.s1 / periods, whole.s2 / periods)
    found = labels_needed(typical, audit, config.precision, config.level)
    return Row(
        label,
        float(found.labels),
        float(min(found.lo, found.labels)),
        float(max(found.hi, found.labels)),
        audit.m // periods,
    )


def _unsaid(label: tuple[str, ...], series: str, found: Sequence[Share | Unsaid], write: Writer) -> Iterator[Estimate]:
    """Yield one refusal for all periods of a class that had utterances and could not be told."""
    missing = [one for one in found if isinstance(one, Unsaid) and one.reason != "empty"]
    if not missing:
        return
    first = missing[0]
    facts: Facts = (("name", label[0]), ("class", " & ".join(label[1:])), ("refused", len(missing)), *first.facts)
    needs = tuple(dict.fromkeys(WANTED[need] for need in first.needs))
    told = (write.origin("ppi", ASSUMPTIONS), facts)
    yield write.refusal(".".join((series, *label)), series.replace(".", " "), f"voice {first.reason}", needs, told)
