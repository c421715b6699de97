"""One pass over utterances: a batch in, integer tallies out. Tallies add up in any order and over any split, here or on a cluster."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

from halfstep.native.tally import Pairs, measured, tally
from halfstep.native.texts import Texts
from halfstep.text.heads import Heads
from halfstep.text.lexicon import Lexicon, Mentions, find, windows
from halfstep.text.score import quantised

__all__ = [
    "FULL",
    "KEYS",
    "Kind",
    "Reader",
    "Slot",
    "known",
    "merge",
    "mixed",
    "numbers",
    "scan",
    "tally_schema",
    "texts_of",
    "within",
]

Ints = npt.NDArray[Any]
"""Whole numbers, signed or not."""
STANCES = ("stance.for", "stance.against")
FULL = 255
"""A reader's probability of one, as tallies hold it."""


class Kind(IntEnum):
    """What a row of a tally is: a cell, one hand-read utterance, one drawn for the reader's eye, one of a followed author, one of a cascade."""

    CELL = 0
    AUDIT = 1
    SAMPLE = 2
    AUTHOR = 3
    ROOT = 4


class Slot(IntEnum):
    """Whose voice it is: people's, a paid place, the brand's own; copies of an earlier text stand apart from all three."""

    VOICE = 0
    PAID = 1
    OWN = 2
    COPY = 3


KEYS = ("kind", "name", "platform", "slot", "day", "key", "second")
"""Columns by which rows of a tally are told apart; all others are added up."""


@dataclass(frozen=True, slots=True, eq=False)
class Reader:
    """All that is needed to read a batch; nothing but arrays, so that it can be sent elsewhere.

    Attributes
    ----------
    names
        Ids of the names, N; then a place for all utterances ("") and, brand by brand, for posts that name only the founder, only the
        brand or a product, or both.
    lexicon
        Their spellings.
    whole
        For each brand with a founder: places in `names` of the founders, and of the brand with its products.
    heads
        None where nothing is read but names.
    window
        Characters on either side of a name that its stance is read from.
    copies
        Rows that repeat an earlier text, sorted.
    audit
        Keys of hand-read utterances, sorted.
    sample, authors
        One row in so many is drawn for the reader's eye; one author in so many is followed (0: none).
    roots
        Keys of first posts whose cascades are kept event by event, sorted.
    """

    names: tuple[str, ...]
    lexicon: Lexicon
    heads: Heads | None = None
    whole: tuple[tuple[tuple[int, ...], tuple[int, ...]], ...] = ()
    window: int = 24
    copies: npt.NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))
    audit: npt.NDArray[np.uint64] = field(default_factory=lambda: np.empty(0, np.uint64))
    sample: int = 0
    authors: int = 0
    roots: npt.NDArray[np.uint64] = field(default_factory=lambda: np.empty(0, np.uint64))

    @property
    def measures(self) -> tuple[str, ...]:
        """What is added up beside the number of utterances: every head, then every touchpoint with either stance."""
        if self.heads is None:
            return ()
        stances = [s for s in STANCES if s in self.heads.names]
        return (
            *self.heads.names,
            *(f"{t} & {s}" for t in self.heads.names if t.startswith("touchpoint.") for s in stances),
        )

    @property
    def places(self) -> tuple[str, ...]:
        """What `name` counts in a tally: names, all utterances, and the three parts of each brand with a founder."""
        brands = range(len(self.whole))
        return (*self.names, "", *(f"{b}:{part}" for b in brands for part in ("founder", "both", "product")))


def tally_schema(reader: Reader) -> pa.Schema:
    """Return the columns of a tally: `KEYS`, n, engagement, then a sum and a sum of squares a measure, in 255ths."""
    kinds = (pa.int8(), pa.int32(), pa.string(), pa.int8(), pa.int32(), pa.uint64(), pa.int64())
    sums = ("n", "engagement", *(f"{letter}{k}" for letter in "sr" for k in range(len(reader.measures))))
    return pa.schema([*zip(KEYS, kinds, strict=True), *((name, pa.int64()) for name in sums)])


def texts_of(column: pa.Array) -> Texts:
    """Return the texts of an Arrow column of strings without copying a byte; a null is an empty text."""
    if pa.types.is_string(column.type):
        column = column.cast(pa.large_string())
    _, places, data = column.buffers()
    bounds = np.frombuffer(places, dtype=np.int64)[column.offset : column.offset + len(column) + 1]
    held = np.empty(0, np.uint8) if data is None else np.frombuffer(data, dtype=np.uint8)
    return Texts(held, bounds[:-1], bounds[1:])


def scan(batch: pa.RecordBatch, reader: Reader) -> pa.RecordBatch:
    """Read a batch of `halfstep.data.utterances.SCHEMA`; return its tally."""
    schema = tally_schema(reader)
    if not batch.num_rows:
        return pa.RecordBatch.from_pylist([], schema=schema)
    seen = _Seen.of(batch, reader)
    row, key, author, root = (numbers(batch, name) for name in ("row", "key", "author", "root"))
    parts = [seen.cells()]
    if len(reader.audit):
        parts.append(seen.singles(Kind.AUDIT, within(key, reader.audit), key))
    if reader.sample:
        drawn = mixed(row) % np.uint64(reader.sample) == 0
        parts.append(seen.singles(Kind.SAMPLE, drawn, row.astype(np.uint64)))
    if reader.authors:
        followed = known(batch, "author") & (mixed(author) % np.uint64(reader.authors) == 0)
        parts.append(seen.singles(Kind.AUTHOR, followed, author))
    if len(reader.roots):
        again = known(batch, "root")
        first = np.where(again, root, key)
        chosen = within(first, reader.roots) & known(batch, "second")
        parts.append(seen.singles(Kind.ROOT, chosen, first, everything=False))
    return pl.concat(parts).to_arrow().cast(schema).combine_chunks().to_batches()[0]


def merge(parts: Iterable[pa.RecordBatch], reader: Reader, every: int = 64) -> pl.DataFrame:
    """Add tallies up; the result depends on neither their order nor how rows were split over them."""
    held: list[pl.DataFrame] = [_frame(pa.RecordBatch.from_pylist([], schema=tally_schema(reader)))]
    for part in parts:
        held.append(_frame(part))
        if len(held) > every:
            held = [_added(held)]
    return _added(held).sort(KEYS)


def mixed(values: npt.NDArray[np.uint64] | npt.NDArray[np.int64]) -> npt.NDArray[np.uint64]:
    """Return 64 well mixed bits of each number (the finaliser of splitmix64, Steele et al. 2014)."""
    x = values.astype(np.uint64)
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        x = (x ^ (x >> np.uint64(shift))) * np.uint64(factor)
    return x ^ (x >> np.uint64(31))


@dataclass(frozen=True, slots=True, eq=False)
class _Seen:
    """A batch once read: who is named in which text, and what the heads made of it.

    Attributes
    ----------
    places
        Number of `Reader.places`.
    place
        What each pair counts for, shape (P,).
    pairs
        Pairs of utterance and what it counts for, with what the heads made of them.
    slot, day, second, platform, engagement
        Of each utterance, shape (n,); `platform` is a place in `platforms`.
    """

    everything: int
    place: Ints
    pairs: Pairs
    slot: Ints
    day: Ints
    second: Ints
    platform: Ints
    platforms: tuple[str, ...]
    engagement: Ints

    @classmethod
    def of(cls, batch: pa.RecordBatch, reader: Reader) -> _Seen:
        texts = texts_of(batch.column("text"))
        mentions = find(texts, reader.lexicon)
        named, owner = _named(batch, reader, mentions)
        post, place, own = _counted(named, reader, batch.num_rows)
        heads = () if reader.heads is None else reader.heads.names
        topic = np.array([k for k, name in enumerate(heads) if name.startswith("touchpoint.")], np.int64)
        where = np.array([heads.index(name) for name in STANCES if name in heads], np.int64)
        value, stance = np.empty((batch.num_rows, 0), np.uint8), np.empty((len(named), len(where)), np.uint8)
        if reader.heads is not None:
            value = quantised(reader.heads, texts)
            if len(where):
                around = quantised(reader.heads, windows(texts, mentions, reader.window))[:, where]
                stance = _meant(around, owner, len(named))
        platform = batch.column("platform").dictionary_encode()
        by_brand, paid = numbers(batch, "own") > 0, numbers(batch, "paid") > 0
        slot = np.where(by_brand, Slot.OWN, np.where(paid, Slot.PAID, Slot.VOICE)).astype(np.int64)
        slot[within(numbers(batch, "row"), reader.copies) & (slot == Slot.VOICE)] = Slot.COPY
        return cls(
            len(reader.names), place, Pairs(value, stance, post, own, topic, where), slot, numbers(batch, "day"), _seconds(batch), platform.indices.to_numpy().astype(np.int64), tuple(platform.dictionary.to_pylist()), numbers(batch, "engagement"),
        )  # fmt: skip

    def cells(self) -> pl.DataFrame:
        """Return sums by place, platform, slot and day."""
        day = self.day - self.day.min()
        code, size = self.place, int(self.place.max()) + 1
        for part, many in ((self.platform, len(self.platforms)), (self.slot, len(Slot)), (day, int(day.max()) + 1)):
            code, size = code * many + part[self.pairs.post], size * many
        cell, at = _dense(code, size)
        n = np.bincount(cell, minlength=len(at))
        liked = np.zeros(len(at), np.int64)
        np.add.at(liked, cell, self.engagement[self.pairs.post])
        return self._frame(Kind.CELL, at, None, (n, liked, *tally(self.pairs, cell, len(at))))

    def singles(self, kind: Kind, which: npt.NDArray[np.bool_], key: Ints, everything: bool = True) -> pl.DataFrame:
        """Return the chosen utterances one by one: for all that they count for, or for everything said alone."""
        chosen = which[self.pairs.post] & (everything | (self.place == self.everything))
        at = np.flatnonzero(chosen)
        value = measured(self.pairs, at).astype(np.int64)
        post = self.pairs.post[at]
        sums = (np.ones(len(at), np.int64), self.engagement[post], value, value * value)
        return self._frame(kind, at, key[post], sums)

    def _frame(self, kind: Kind, at: Ints, key: Ints | None, sums: tuple[Ints, Ints, Ints, Ints]) -> pl.DataFrame:
        post = self.pairs.post[at]
        n, liked, first, second = sums
        K = first.shape[1]
        return pl.DataFrame(
            {
                "kind": np.full(len(at), kind, np.int8),
                "name": self.place[at].astype(np.int32),
                "platform": pl.Series(self.platforms, dtype=pl.String).gather(self.platform[post]),
                "slot": self.slot[post].astype(np.int8),
                "day": self.day[post].astype(np.int32),
                "key": np.zeros(len(at), np.uint64) if key is None else key.astype(np.uint64),
                "second": np.zeros(len(at), np.int64) if key is None else self.second[post],
                "n": n,
                "engagement": liked,
                **{f"s{k}": first[:, k] for k in range(K)},
                **{f"r{k}": second[:, k] for k in range(K)},
            }
        )


def _named(batch: pa.RecordBatch, reader: Reader, mentions: Mentions) -> tuple[Ints, Ints]:
    """Return pairs of utterance and name as ``post * N + name``, sorted, none twice; and the pair of each mention."""
    N = max(len(reader.names), 1)
    code = mentions.text * N + mentions.name
    filed = batch.column("about").dictionary_encode()
    known = {name: place for place, name in enumerate(reader.names)}
    told = np.array([known.get(word, -1) for word in filed.dictionary.to_pylist()], dtype=np.int64)
    name = told[filed.indices.to_numpy()] if len(told) else np.empty(0, np.int64)
    post = np.flatnonzero(name >= 0)
    every = np.sort(np.concatenate([code, post * N + name[post]]), kind="stable")
    every = every[np.diff(every, prepend=-1) > 0]
    return every, np.searchsorted(every, code)


def _counted(named: Ints, reader: Reader, n: int) -> tuple[Ints, Ints, Ints]:
    """Return utterance, what it counts for, and the pair of `named` behind it (-1: none)."""
    N = max(len(reader.names), 1)
    own, name = named // N, named % N
    post = [own, np.arange(n, dtype=np.int64)]
    place = [name, np.full(n, len(reader.names), np.int64)]
    after = len(reader.names) + 1
    for founders, rest in reader.whole:
        by_founder, by_rest = (np.bincount(own[np.isin(name, group)], minlength=n) > 0 for group in (founders, rest))
        for part, chosen in enumerate((by_founder & ~by_rest, by_founder & by_rest, ~by_founder & by_rest)):
            at = np.flatnonzero(chosen)
            post.append(at)
            place.append(np.full(len(at), after + part, np.int64))
        after += 3
    pair = np.full(sum(map(len, post)), -1, np.int64)
    pair[: len(named)] = np.arange(len(named))
    return np.concatenate(post), np.concatenate(place), pair


def _meant(around: npt.NDArray[np.uint8], owner: Ints, pairs: int) -> npt.NDArray[np.uint8]:
    """Return the mean over a pair's mentions, rounded, shape (pairs, S); zero where there is none."""
    times = np.bincount(owner, minlength=pairs)
    sums = np.stack([np.bincount(owner, around[:, k], pairs) for k in range(around.shape[1])], axis=1).astype(np.int64)
    return ((2 * sums + times[:, None]) // np.maximum(2 * times, 1)[:, None]).astype(np.uint8)


def _dense(code: Ints, size: int) -> tuple[Ints, Ints]:
    """Return running numbers of the codes that occur, and a place of each."""
    if size > 4 * len(code) + 1_000_000:
        _, at, cell = np.unique(code, return_index=True, return_inverse=True)
        return cell, at
    place = np.full(size, -1, np.int64)
    place[code[::-1]] = np.arange(len(code))[::-1]
    at = place[place >= 0]
    place[place >= 0] = np.arange(len(at))
    return place[code], at


def within(values: Ints, held: Ints) -> npt.NDArray[np.bool_]:
    """Whether each value is among sorted ones."""
    at = np.minimum(np.searchsorted(held, values), max(len(held) - 1, 0))
    return held[at] == values if len(held) else np.zeros(len(values), dtype=bool)


def numbers(batch: pa.RecordBatch, name: str) -> npt.NDArray[Any]:
    """Return a column as numbers; what is null is zero."""
    column = batch.column(name)
    if pa.types.is_boolean(column.type):
        column = column.cast(pa.int8())
    found: npt.NDArray[Any] = column.fill_null(0).to_numpy(zero_copy_only=False)
    return found.astype(np.int64) if found.dtype.kind == "i" else found


def _seconds(batch: pa.RecordBatch) -> Ints:
    """Return the second of each utterance; where only the day is known, that at which it began in UTC."""
    found: Ints = np.where(
        known(batch, "second"), numbers(batch, "second"), numbers(batch, "day").astype(np.int64) * 86_400
    )
    return found


def known(batch: pa.RecordBatch, name: str) -> npt.NDArray[np.bool_]:
    found: npt.NDArray[np.bool_] = batch.column(name).is_valid().to_numpy(zero_copy_only=False)
    return found


def _frame(part: pa.RecordBatch) -> pl.DataFrame:
    frame = pl.from_arrow(part)
    return frame if isinstance(frame, pl.DataFrame) else frame.to_frame()


def _added(held: list[pl.DataFrame]) -> pl.DataFrame:
    return pl.concat(held).group_by(KEYS).agg(pl.all().sum())
