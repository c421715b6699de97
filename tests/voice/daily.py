"""Tallies from counts a day, as if so many utterances had been read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import polars as pl

from halfstep.core.config import StudyConfig
from halfstep.voice.hand import lexicon_of
from halfstep.voice.scan import Kind, Reader, Slot, tally_schema
from halfstep.voice.tallies import Tallies
from halfstep.voice.writer import Writer
from tests.voice.heard import config_of

Counts = Sequence[float] | npt.NDArray[np.float64]
START = 19_723
"""2024-01-01."""


def tallies_of(
    counts: Mapping[str, Counts], slots: Mapping[str, Slot] | None = None, config: StudyConfig | None = None, dated: bool = True,
    start: int = START,
) -> Tallies:  # fmt: skip
    """Return tallies of counts by place and day; "lin:w" is of platform w, "lin@" of the slot that `slots` gives to "lin@"."""
    config = config or config_of()
    reader = Reader(tuple(name.id for name in config.voice.names), lexicon_of(config), None, (((1,), (0, 2)),))
    rows = []
    for label, by_day in counts.items():
        plain, _, platform = label.rstrip("@").partition("|")
        for k, n in enumerate(by_day):
            if n:
                cell = {"kind": int(Kind.CELL), "name": reader.places.index(plain), "platform": platform, "n": int(n)}
                rows.append(cell | {"slot": int((slots or {}).get(label, Slot.VOICE)), "day": start + k})
    empty = pl.DataFrame(pl.from_arrow(tally_schema(reader).empty_table()))
    frame = pl.DataFrame(rows, schema={name: empty.schema[name] for name in rows[0]}, orient="row")
    return Tallies(pl.concat([empty, frame], how="diagonal").fill_null(0), reader, config.voice, dated)


def writer(config: StudyConfig | None = None) -> Writer:
    """Return a writer of the invented study."""
    return Writer(config or config_of(), "posts.csv", "1-1000", 1000)
