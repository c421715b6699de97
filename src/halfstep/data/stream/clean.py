"""One batch of utterances: from cells of any type to the columns of `SCHEMA`; every row that is not passed on has a reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from halfstep.core.config import UtteranceColumns
from halfstep.data.stream.clock import DAY, EARLIEST, LATEST, Clock
from halfstep.data.stream.columns import Column, column_of, words_of
from halfstep.data.stream.figures import Marks, figures, flags
from halfstep.data.stream.hashes import Key, hashed, row_keys
from halfstep.data.stream.json_lines import INVALID
from halfstep.data.stream.parts import Raw
from halfstep.data.stream.stamps import Stamps, of_numbers, of_texts

__all__ = ["AFTER_AS_OF", "AFTER_LAST", "BEFORE_FIRST", "BLANK", "CLOCK", "OWN", "Cleaned", "Cleaner"]

BLANK, CLOCK, OWN = "no text", "impossible time", "own not read"
AFTER_AS_OF, AFTER_LAST, BEFORE_FIRST = "after as_of", "after last day", "before first day"

_Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Cleaned:
    """A batch as read.

    Attributes
    ----------
    columns
        Of `SCHEMA`, all rows.
    keep
        Rows that are utterances.
    rejected
        Place in the batch -> why it is none.
    left_out
        Reason -> rows that are utterances of other days.
    keyed
        Rows whose key is that of an id.
    marks
        What was taken for something without being told.
    """

    columns: tuple[pa.Array, ...]
    keep: _Mask
    rejected: dict[int, str]
    left_out: dict[str, int]
    keyed: _Mask
    marks: Marks


@dataclass(frozen=True, slots=True, eq=False)
class Cleaner:
    """What a row must be and what its cells mean; it can be sent to other processes.

    Attributes
    ----------
    clock
        The study's.
    first, last, as_of
        Days since 1970-01-01; None for no limit.
    paid
        Words of the slot column that mean a paid place, lower case.
    about
        What the source may call a name, lower case -> its id.
    key
        Under which authors are hashed; None leaves them out.
    """

    columns: UtteranceColumns
    clock: Clock
    as_of: int
    first: int | None = None
    last: int | None = None
    paid: frozenset[str] = frozenset()
    about: Mapping[str, str] = field(default_factory=dict)
    key: Key | None = None

    @property
    def wanted(self) -> dict[str, str]:
        """Key of `[utterance_columns]` -> column of the file."""
        named = self.columns.model_dump(exclude={"engagement", "id"}, exclude_none=True)
        named |= {"id": self.columns.id[0]} if len(self.columns.id) == 1 else {}
        several = {"engagement": self.columns.engagement, "id": self.columns.id if len(self.columns.id) > 1 else ()}
        return named | {f"{key}.{i}": column for key, columns in several.items() for i, column in enumerate(columns)}

    def __call__(self, raw: Raw, base: int = 0) -> Cleaned:
        """Return the rows checked; `base` is added to their row numbers."""
        n, marks, columns = len(raw.rows), Marks(), self.columns
        rows = raw.rows.to_numpy(zero_copy_only=False).astype(np.int64) + base
        text = column_of(raw.columns[columns.text], strip=False)
        invalid = np.zeros(n, dtype=bool) if text.bad is None else text.bad.copy()
        held: dict[str, Column] = {}
        named = {word: getattr(columns, word) for word in ("platform", "author", "slot", "root", "own", "about")}
        named |= {f"id.{i}": name for i, name in enumerate(columns.id)}
        for word, name in named.items():
            if name is not None:
                held[word] = column_of(raw.columns[name])
                bad = held[word].bad
                invalid |= False if bad is None else bad
        rejected = dict.fromkeys(np.flatnonzero(invalid).tolist(), INVALID)
        blank = pc.utf8_is_space(text.array).to_numpy(zero_copy_only=False) | text.blank
        _put(rejected, blank, BLANK)
        day, second, keep, left_out = self._times(raw, rows, rejected, marks)
        own = np.zeros(n, dtype=bool)
        if "own" in held:
            own, unread = flags(held["own"])
            _put(rejected, unread, OWN)
        key, keyed = self._keys([held[f"id.{i}"] for i in range(len(columns.id))], rows, marks)
        out = (
            pa.array(rows), pa.array(key), self._platform(held.get("platform"), n), day, second, self._author(held.get("author"), n),
            pa.array(figures([raw.columns[name] for name in columns.engagement], columns.engagement, rows, marks)), self._paid(held.get("slot"), n),
            pa.array(own), self._root(held.get("root"), key, n), self._about(held.get("about"), rows, marks), text.array,
        )  # fmt: skip
        keep &= ~np.isin(np.arange(n), np.fromiter(rejected, dtype=np.int64, count=len(rejected)))
        return Cleaned(out, keep, rejected, left_out, keyed, marks)

    def _times(
        self, raw: Raw, rows: npt.NDArray[np.int64], rejected: dict[int, str], marks: Marks
    ) -> tuple[pa.Array, pa.Array, _Mask, dict[str, int]]:
        """Return day, second, which rows are within the study's days, and how many are not."""
        n = len(rows)
        if self.columns.time is None:
            nothing = np.ones(n, dtype=bool)
            return pa.nulls(n, pa.int32()), pa.nulls(n, pa.int64()), nothing, {}
        stamps = _stamps(raw.columns[self.columns.time])
        for row, why in stamps.why.items():
            rejected.setdefault(row, why)
        local = ~stamps.zoned & ~stamps.whole
        utc = stamps.second if stamps.zoned.all() else np.where(local, self.clock.utc(stamps.second), stamps.second)
        days = self.clock.days(utc)
        if stamps.whole.any():
            days = np.where(stamps.whole, np.floor_divide(stamps.second, DAY), days)
        _put(rejected, (utc < EARLIEST) | (utc >= LATEST), CLOCK)
        read = np.ones(n, dtype=bool)
        read[np.fromiter(rejected, dtype=np.int64, count=len(rejected))] = False
        marks.add("naive_time", rows[local & read], self.columns.time, (("zone", self.clock.name),))
        marks.add("epoch_time", rows[stamps.counted & read], self.columns.time)
        keep, left_out = np.ones(n, dtype=bool), {}
        limits = (
            (BEFORE_FIRST, None if self.first is None else days < self.first),
            (AFTER_LAST, None if self.last is None else (days > self.last) & (days <= self.as_of)),
            (AFTER_AS_OF, days > self.as_of),
        )
        for reason, outside in limits:
            if outside is not None and (outside & read).any():
                left_out[reason] = int((outside & read & keep).sum())
                keep &= ~outside
        second = pa.array(utc, mask=stamps.whole if stamps.whole.any() else None)
        return pa.array(days.astype(np.int32)), second, keep, left_out

    def _keys(
        self, given: list[Column], rows: npt.NDArray[np.int64], marks: Marks
    ) -> tuple[npt.NDArray[np.uint64], _Mask]:
        """Return the keys of the rows, and which are those of ids: of several columns that are one id every cell must be filled."""
        keyed, parts = np.full(len(rows), bool(given)), []
        for name, column in zip(self.columns.id, given, strict=True):
            ids, floating, rounded = _digits(column)
            keyed &= ~ids.blank & ~rounded
            marks.add("id_float", rows[floating], name)
            marks.add("id_rounded", rows[rounded], name)
            parts.append(ids)
        if not parts:
            return row_keys(rows), keyed
        ids = parts[0] if len(parts) == 1 else column_of(_together([part.array for part in parts]), strip=False)
        key = hashed(ids.data, ids.begin, ids.end)
        return (key if keyed.all() else np.where(keyed, key, row_keys(rows))), keyed

    @staticmethod
    def _platform(column: Column | None, n: int) -> pa.Array:
        return _blanks(n) if column is None else column.array.cast(pa.string())

    def _author(self, column: Column | None, n: int) -> pa.Array:
        if column is None or self.key is None:
            return pa.nulls(n, pa.uint64())
        blank = column.blank
        return pa.array(hashed(column.data, column.begin, column.end, self.key), mask=blank if blank.any() else None)

    def _paid(self, column: Column | None, n: int) -> pa.Array:
        if column is None:
            return pa.array(np.zeros(n, dtype=bool))
        words, at = words_of(column)
        return pa.array(np.array([word.casefold() in self.paid for word in words], dtype=bool)[at])

    @staticmethod
    def _root(column: Column | None, key: npt.NDArray[np.uint64], n: int) -> pa.Array:
        """Return hashes of first posts; a post that goes back to itself is one."""
        if column is None:
            return pa.nulls(n, pa.uint64())
        column, _, _ = _digits(column)
        root = hashed(column.data, column.begin, column.end)
        return pa.array(root, mask=column.blank | (root == key))

    def _about(self, column: Column | None, rows: npt.NDArray[np.int64], marks: Marks) -> pa.Array:
        if column is None:
            return _blanks(len(rows))
        words, at = words_of(column)
        known = [self.about.get(word.casefold(), "") for word in words]
        strange = np.array([bool(word) and not name for word, name in zip(words, known, strict=True)], dtype=bool)[at]
        example = next((word for word, name in zip(words, known, strict=True) if word and not name), "")
        marks.add("about_strange", rows[strange], self.columns.about or "", (("example", example[:60]),))
        return pa.array(known, pa.string()).take(pa.array(at))


def _together(arrays: list[pa.Array]) -> pa.Array:
    """Return cells of several columns as one text, parted by U+001F, which stands in no cell that people write."""
    return pc.binary_join_element_wise(*arrays, pa.scalar("\x1f", pa.large_string()))


def _blanks(n: int) -> pa.Array:
    """Return n blank texts."""
    return pa.StringArray.from_buffers(n, pa.py_buffer(np.zeros(n + 1, dtype=np.int32)), pa.py_buffer(b""))


def _put(rejected: dict[int, str], rows: _Mask, why: str) -> None:
    for row in np.flatnonzero(rows).tolist():
        rejected.setdefault(row, why)


def _stamps(cells: pa.Array) -> Stamps:
    """Read a column of times of any type."""
    kind = cells.type
    if pa.types.is_dictionary(kind):
        cells, kind = cells.cast(kind.value_type), kind.value_type
    if pa.types.is_timestamp(kind) or pa.types.is_date(kind):
        null = cells.is_null().to_numpy(zero_copy_only=False)
        whole, zoned = pa.types.is_date(kind), pa.types.is_timestamp(kind) and kind.tz is not None
        at = cells.cast(pa.timestamp("us") if pa.types.is_date(kind) else kind).cast(pa.int64())
        unit = {"s": 1, "ms": 1000, "us": 1_000_000, "ns": 1_000_000_000}["us" if whole else kind.unit]
        second = np.floor_divide(at.fill_null(0).to_numpy(zero_copy_only=False), unit)
        found = Stamps.empty(len(cells))
        found.second, found.zoned[:], found.whole[:] = second, zoned, whole
        found.why = dict.fromkeys(np.flatnonzero(null).tolist(), "no time")
        return found
    if pa.types.is_integer(kind) or pa.types.is_floating(kind):
        null = cells.is_null().to_numpy(zero_copy_only=False)
        value = cells.cast(pa.float64()) if pa.types.is_floating(kind) else cells.cast(pa.int64(), safe=False)
        plain = np.nan_to_num(value.fill_null(0).to_numpy(zero_copy_only=False), nan=0.0, posinf=0.0, neginf=0.0)
        found = of_numbers(np.clip(plain, -1, 2.0**62).astype(np.int64) if plain.dtype.kind == "f" else plain)
        found.why |= dict.fromkeys(np.flatnonzero(null).tolist(), "no time")
        return found
    column = column_of(cells)
    return of_texts(column.data, column.begin, column.end)


def _digits(ids: Column) -> tuple[Column, _Mask, _Mask]:
    """Return ids with "123.0" as 123, which came so, and which have lost digits (4.9e15, or floating beyond 2^53)."""
    none = np.zeros(len(ids.array), dtype=bool)
    if ids.floating is not None and ids.rounded is not None:
        return ids, ids.floating, ids.rounded
    used = ids.data[ids.begin[0] : ids.end[-1]].tobytes() if len(none) else b""
    if b"." not in used and b"E+" not in used and b"e+" not in used:
        return ids, none, none
    whole = pc.match_substring_regex(ids.array, r"^\d{1,15}\.0+$").to_numpy(zero_copy_only=False)
    lost = pc.match_substring_regex(ids.array, r"^\d+(\.\d+)?([eE]\+?\d+)?$").to_numpy(zero_copy_only=False)
    lost &= ~whole & ~pc.match_substring_regex(ids.array, r"^\d+$").to_numpy(zero_copy_only=False)
    if whole.any():
        ids = column_of(pc.if_else(pa.array(whole), pc.replace_substring_regex(ids.array, r"\.0+$", ""), ids.array))
    return ids, whole, lost
