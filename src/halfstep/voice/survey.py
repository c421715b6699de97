"""The first time through the utterances: how many there are, which repeat an earlier text, which bring replies."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from halfstep.core.config_voice import Voice
from halfstep.text.copies import Copies, Folder, signatures
from halfstep.voice.scan import known, numbers, texts_of, within

__all__ = ["Survey", "survey"]

CASCADES = 2_000
"""Most cascades looked at: the largest."""
ONE_FILE = 1 << 40
"""Rows of a second file are numbered from here on."""


@dataclass(frozen=True, slots=True, eq=False)
class Survey:
    """What must be known before a batch can be read by itself.

    Attributes
    ----------
    n
        Utterances.
    copies
        Rows that repeat an earlier text, and the groups that they are in.
    roots
        Keys of first posts with enough replies, sorted; at most `CASCADES`, the largest.
    authored, dated
        Utterances with an author, and with a day.
    rows
        First and last row used, as a range; empty where there are none, or several files.
    texts
        Key -> text of the utterances asked for.
    keys
        Text -> key of the first utterance that says just that, of the texts asked for.
    """

    n: int
    copies: Copies
    roots: npt.NDArray[np.uint64]
    authored: int
    dated: int
    rows: str
    texts: dict[int, str]
    keys: dict[str, int]


def survey(
    batches: Iterable[pa.RecordBatch], config: Voice, asked: npt.NDArray[np.uint64], said: Sequence[str] = ()
) -> Survey:
    """Go through the utterances once.

    Parameters
    ----------
    asked
        Sorted keys of utterances whose texts are wanted.
    said
        Texts of which the utterances are wanted.
    """
    keys, wanted = dict[str, int](), pa.array(sorted(set(said)), pa.large_string())
    replies, texts = _Replies(), dict[int, str]()
    n = authored = dated = 0
    first, last = ONE_FILE, 0
    fold = config.copies.fold
    with Folder(config.copies.similar) as folder:
        for batch in batches:
            n += batch.num_rows
            row = numbers(batch, "row")
            first, last = min(first, int(row.min(initial=ONE_FILE))), max(last, int(row.max(initial=0)))
            authored += batch.num_rows - batch.column("author").null_count
            dated += batch.num_rows - batch.column("day").null_count
            if fold:
                folder.add(numbers(batch, "row"), signatures(texts_of(batch.column("text")), config.copies.similar))
            key = numbers(batch, "key")
            at = np.flatnonzero(within(key, asked))
            texts |= dict(zip(key[at].tolist(), batch.column("text").take(at).to_pylist(), strict=True))
            if len(wanted):
                same = np.flatnonzero(pc.is_in(batch.column("text"), value_set=wanted).to_numpy(zero_copy_only=False))
                pairs = zip(batch.column("text").take(same).to_pylist(), key[same].tolist(), strict=True)
                keys = dict([*pairs][::-1]) | keys
            replies.add(numbers(batch, "root")[known(batch, "root")])
        copies = folder.close()
    return Survey(
        n,
        copies,
        replies.largest(config.cascades.smallest),
        authored,
        dated,
        f"{first}-{last}" if 0 < last < ONE_FILE else "",
        texts,
        keys,
    )


class _Replies:
    """Replies counted by the first post they go back to."""

    def __init__(self) -> None:
        self._held: list[tuple[npt.NDArray[np.uint64], npt.NDArray[np.int64]]] = []

    def add(self, roots: npt.NDArray[np.uint64]) -> None:
        if len(roots):
            self._held.append(np.unique(roots, return_counts=True))
        if len(self._held) > 64:
            self._held = [self._added()]

    def _added(self) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.int64]]:
        keys, at = np.unique(np.concatenate([key for key, _ in self._held]), return_inverse=True)
        counts = np.bincount(at, np.concatenate([count for _, count in self._held]), len(keys)).astype(np.int64)
        return keys, counts

    def largest(self, least: int) -> npt.NDArray[np.uint64]:
        if not self._held:
            return np.empty(0, np.uint64)
        keys, counts = self._added()
        enough = np.flatnonzero(counts + 1 >= least)
        chosen = enough[np.argsort(-counts[enough], kind="stable")[:CASCADES]]
        return np.sort(keys[chosen])
