"""A sample of what was read, open for audit: rows of the file, what they were taken to name, and what the reader made of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import numpy as np

from halfstep.core.check import Check, Status
from halfstep.core.series import Series
from halfstep.voice.hand import Hand
from halfstep.voice.ledger import PARTS
from halfstep.voice.scan import FULL, Kind, mixed
from halfstep.voice.tallies import Tallies
from halfstep.voice.writer import Row, Writer

__all__ = ["codings"]

SHOWN = 10
"""Rows of each part: as many as somebody looks up in the file in a few minutes."""
FOUND = 0.5
"""Part of the audit below which its ids are hardly those of the utterances."""


def codings(
    tallies: Tallies,
    hand: Hand | None,
    brands: Mapping[int, str],
    place: Callable[[int], tuple[str, int]],
    write: Writer,
) -> Iterator[Series | Check]:
    """Yield rows drawn by lot of every part of a brand's attention, and how much of the audit was found among the utterances.

    Parameters
    ----------
    brands
        Place in `Reader.whole` -> id of the brand.
    place
        Number of a row -> its file and row there.
    """
    rows: list[Row] = []
    topics = [
        k for k, name in enumerate(tallies.reader.measures) if name.startswith("touchpoint.") and " & " not in name
    ]
    for at, brand in brands.items():
        for part in PARTS:
            drawn = tallies.singles(Kind.SAMPLE, f"{at}:{part}").filter(tallies.is_voice)
            if not drawn.height:
                continue
            lot = np.argsort(mixed(drawn["key"].to_numpy()), kind="stable")[:SHOWN]
            for row in drawn[lot.tolist()].sort("key").iter_rows(named=True):
                said = [(row[f"s{k}"], k) for k in topics]
                sure, best = max(said, default=(0, -1))
                topic = tallies.reader.measures[best].partition(".")[2] if best >= 0 else ""
                label = (brand, part, _cell(place(row["key"]), write.file), topic)
                rows.append(Row(label, *(3 * (sure / FULL,)), 1))
    if rows:
        dims = ("name", "part", "row", "touchpoint")
        yield write.series(
            "voice.codings", "voice reading of a row", "probability", dims, (rows, write.origin("drawn"))
        )
    if hand is not None and hand.audit.height:
        asked = hand.audit["key"].n_unique()
        found = tallies.singles(Kind.AUDIT, "")["key"].n_unique()
        if found < FOUND * asked:
            facts = (("found", found), ("asked", asked))
            yield write.check("audit", Status.FAIL, "voice audit not found", facts, "voice use ids")


def _cell(place: tuple[str, int], file: str) -> str:
    """Return where a row stands: its number, with its own file where there are several."""
    return str(place[1]) if place[0] == file else f"{place[0]}, {place[1]}"
