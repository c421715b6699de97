"""The whole tally, as the room asks it: days, periods, cells, hand-read posts."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

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
    """

    frame: pl.DataFrame
    reader: Reader
    config: Voice
    dated: bool = True

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
        rows = self._cells(name, slots, platform)
        counts: Ints = np.bincount(rows["day"].to_numpy() - first, rows["n"].to_numpy(), last - first + 1)
        return counts.astype(np.int64)

    def count(self, name: str, slots: tuple[Slot, ...] = (Slot.VOICE,)) -> int:
        """Return how many utterances there are of a name."""
        return int(self._cells(name, slots)["n"].sum())

    def platforms(self) -> tuple[str, ...]:
        """Return the platforms, sorted."""
        return tuple(sorted(self._of(Kind.CELL)["platform"].unique()))

    def cells(self, name: str, measure: str) -> tuple[Tally, ...]:
        """Return a measure over people's own voice, period by period; in probabilities."""
        k = self.measure(measure)
        found = (
            self._cells(name, (Slot.VOICE,))
            .group_by(self._period.alias("period"))
            .agg(pl.col("n").sum(), pl.col(f"s{k}").sum(), pl.col(f"r{k}").sum())
        )
        held = {period: (n, s, r) for period, n, s, r in found.iter_rows()}
        empty = (0, 0, 0)
        return tuple(Tally.of_bytes(*held.get(period, empty)) for period in self.periods)

    def singles(self, kind: Kind, name: str) -> pl.DataFrame:
        """Return utterances kept one by one: period, day, key, second, slot, and s0.. as measured."""
        rows = self._of(kind).filter(pl.col("name") == self.place(name))
        return rows.with_columns(self._period.alias("period"))

    def _of(self, kind: Kind) -> pl.DataFrame:
        return self.frame.filter(pl.col("kind") == int(kind))

    def _cells(self, name: str, slots: tuple[Slot, ...], platform: str | None = None) -> pl.DataFrame:
        rows = self._of(Kind.CELL).filter(
            (pl.col("name") == self.place(name)) & pl.col("slot").is_in([int(slot) for slot in slots])
        )
        return rows if platform is None else rows.filter(pl.col("platform") == platform)
