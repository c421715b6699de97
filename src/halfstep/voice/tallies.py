"""The whole tally, as the room asks it: days, periods, cells, hand-read posts."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from halfstep.core.config_voice import Voice
from halfstep.prevalence.records import Tally
from halfstep.voice.scan import Kind, Reader, Slot

__all__ = ["PERIODS", "Tallies", "period_of"]

PERIODS = {"day": "%Y-%m-%d", "week": "%G-W%V", "month": "%Y-%m", "year": "%Y"}
Ints = npt.NDArray[np.int64]


def period_of(days: pl.Expr, kind: str) -> pl.Expr:
    """Return the key of the period that a day lies in: 2025-04-01, 2025-W14, 2025-04, 2025-Q2, 2025."""
    date = days.cast(pl.Date)
    if kind == "quarter":
        return pl.format("{}-Q{}", date.dt.year(), date.dt.quarter())
    return date.dt.strftime(PERIODS[kind])


@dataclass(frozen=True, eq=False)
class Tallies:
    """What one pass over the utterances added up to.

    Attributes
    ----------
    frame
        As of `halfstep.voice.scan.merge`.
    dated
        Whether utterances have days; if not, there is one period, "all".
    covered
        Platforms whose list has a known length; None: all, as none has or one length is that of all. Counts by day are of these.
    """

    frame: pl.DataFrame
    reader: Reader
    config: Voice
    dated: bool = True
    covered: tuple[str, ...] | None = None

    @cached_property
    def days(self) -> tuple[int, int]:
        """First and last day with an utterance."""
        day = self._of(Kind.CELL)["day"]
        return int(day.min()), int(day.max())  # type: ignore[arg-type]

    @cached_property
    def periods(self) -> tuple[str, ...]:
        """Periods from the first day to the last, in order, none left out."""
        return tuple(self._period_by_day.unique(maintain_order=True))

    @property
    def span(self) -> str:
        """All periods together, as a block: 2024-01/2025-06."""
        return f"{self.periods[0]}/{self.periods[-1]}" if self.dated else "all"

    @cached_property
    def period_places(self) -> Ints:
        """Place in `periods` of each day from the first to the last; shape (T,)."""
        keys = self._period_by_day
        changed: Ints = np.concatenate([np.zeros(1, np.int64), np.cumsum(keys[1:] != keys[:-1])])
        return changed

    @cached_property
    def _period_by_day(self) -> pl.Series:
        first, last = self.days
        every = pl.DataFrame({"day": pl.Series(range(first, last + 1), dtype=pl.Int32)})
        return every.with_columns(period=self._period)["period"]

    @property
    def _period(self) -> pl.Expr:
        return period_of(pl.col("day"), self.config.period) if self.dated else pl.lit("all")

    @property
    def is_voice(self) -> pl.Expr:
        """Whether a row is people's own voice, not said before."""
        return pl.col("slot") == int(Slot.VOICE)

    def place(self, name: str) -> int:
        """Return what a name counts as; "" is everything said."""
        return self.reader.places.index(name)

    def measure(self, name: str) -> int:
        """Return the place of a head, or of "touchpoint.<id> & stance.<which>"."""
        return self.reader.measures.index(name)

    def daily(self, name: str, slots: tuple[Slot, ...] = (Slot.VOICE,), platform: str | None = None) -> Ints:
        """Return utterances a day from the first day to the last, shape (T,)."""
        first, last = self.days
        held = self._chosen(name, slots)
        wanted = self.covered if platform is None else (platform,)
        if wanted is not None:
            held = held[np.isin(self._cells["platform"][held], wanted)]
        counts: Ints = np.bincount(self._cells["day"][held] - first, self._cells["n"][held], last - first + 1)
        return counts.astype(np.int64)

    def count(self, name: str, slots: tuple[Slot, ...] = (Slot.VOICE,)) -> int:
        """Return how many utterances there are of a name."""
        return int(self._cells["n"][self._chosen(name, slots)].sum())

    @cached_property
    def platforms(self) -> tuple[str, ...]:
        """The platforms, sorted."""
        return tuple(sorted(set(self._cells["platform"].tolist())))

    @property
    def listed(self) -> tuple[str, ...]:
        """Platforms whose counts by day can be held against something."""
        return self.platforms if self.covered is None else self.covered

    def cells(self, name: str, measure: str) -> tuple[Tally, ...]:
        """Return a measure over people's own voice, period by period; in probabilities."""
        k, K = self.measure(measure), len(self.reader.measures)
        sums = self._by_period[self.place(name)]
        return tuple(Tally.of_bytes(*(int(row[j]) for j in (0, 1 + k, 1 + K + k))) for row in sums)

    @cached_property
    def _by_period(self) -> Ints:
        """Number, sums and squares of the measures by place and period, shape (places, T, 1 + 2 K)."""
        names = ["n", *(f"{letter}{k}" for letter in "sr" for k in range(len(self.reader.measures)))]
        rows = self._of(Kind.CELL).filter(self.is_voice)
        first = self.days[0]
        period = self.period_places[rows["day"].to_numpy() - first] if self.dated else np.zeros(rows.height, np.int64)
        sums = np.zeros((len(self.reader.places), len(self.periods), len(names)), np.int64)
        np.add.at(sums, (rows["name"].to_numpy(), period), rows.select(names).to_numpy())
        return sums

    @cached_property
    def _cells(self) -> dict[str, npt.NDArray[Any]]:
        rows = self._of(Kind.CELL)
        return {column: rows[column].to_numpy() for column in ("name", "slot", "platform", "day", "n")}

    def _chosen(self, name: str, slots: tuple[Slot, ...]) -> Ints:
        """Return the rows of a name in some slots."""
        of = self._cells["name"] == self.place(name)
        found: Ints = np.flatnonzero(of & np.isin(self._cells["slot"], [int(slot) for slot in slots]))
        return found

    def singles(self, kind: Kind, name: str) -> pl.DataFrame:
        """Return utterances kept one by one: period, day, key, second, slot, and s0.. as measured."""
        empty = self._of(kind).clear().with_columns(period=pl.lit("", pl.String))
        return self._singles.get((int(kind), self.place(name)), empty)

    @cached_property
    def _singles(self) -> dict[tuple[object, ...], pl.DataFrame]:
        rows = self.frame.filter(pl.col("kind") != int(Kind.CELL)).with_columns(period=self._period)
        return rows.partition_by("kind", "name", as_dict=True)

    def _of(self, kind: Kind) -> pl.DataFrame:
        return self.frame.filter(pl.col("kind") == int(kind))
