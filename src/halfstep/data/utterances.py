"""Utterances of any number, batch by batch: read, checked, times in one clock, authors hashed; every row that is not read is kept aside."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import islice
from pathlib import Path

import numpy as np
import pyarrow as pa

from halfstep.core.check import Fault, Guess
from halfstep.core.config import StudyConfig, UtteranceColumns, Voice
from halfstep.core.errors import MisuseError
from halfstep.data.columns import near
from halfstep.data.read.tables import ROW, Table
from halfstep.data.stream.clean import Cleaned, Cleaner
from halfstep.data.stream.clock import clock_of
from halfstep.data.stream.columns import column_of
from halfstep.data.stream.csv_blocks import Head, head_of, read_cells
from halfstep.data.stream.figures import Marks
from halfstep.data.stream.hashes import Key, key_of, new_key
from halfstep.data.stream.json_lines import keys_of, read_objects
from halfstep.data.stream.parts import Part, Raw, digest, files_of, part_of
from halfstep.data.stream.rejects import Rejects
from halfstep.data.stream.seen import Seen
from halfstep.data.stream.stores import names_of, of_sheet, read_parquet, read_sheet, rows_of

__all__ = ["SCHEMA", "Tally", "Utterances", "cleaner_for", "cleaner_of", "open_table", "open_utterances"]

SCHEMA = pa.schema([
    ("row", pa.int64()),
    ("key", pa.uint64()),
    ("platform", pa.string()),
    ("day", pa.int32()),
    ("second", pa.int64()),
    ("author", pa.uint64()),
    ("engagement", pa.int64()),
    ("paid", pa.bool_()),
    ("own", pa.bool_()),
    ("root", pa.uint64()),
    ("about", pa.string()),
    ("text", pa.large_string()),
])  # fmt: skip
"""Columns of every batch.

row: as the user's editor counts (records of a Parquet file are counted from 1; of the second and later files of a folder 2 ** 40 times
the number of files before is added, see `Utterances.place`); key: hash of the id (of the row where there is none);
platform: "" where none; day: days since 1970-01-01 in the study's zone, null where the table has no times; second: seconds since 1970-01-01 UTC, null where only the day is
known; author: hash, null where none; engagement: 0 where none; paid, own: false where unsaid; root: hash of the id of the post it goes
back to, null for first posts; about: "" where none; text: valid UTF-8, never null.
"""


_APART = 40
"""Bits of a row number within its file."""
_LISTED = 3
"""Files of a folder of which the same fault is told."""


@dataclass(slots=True)
class Tally:
    """What became of the rows of a table: ``rows = yielded + same_id + sum(rejected) + sum(left_out)``.

    Attributes
    ----------
    rows
        Of the table, blank lines and headers apart.
    yielded
        Passed on as utterances.
    same_id
        Whose id an earlier utterance has.
    rejected, left_out
        Reason -> rows that could not be read; rows of days that the study does not use.
    """

    rows: int = 0
    yielded: int = 0
    same_id: int = 0
    rejected: dict[str, int] = field(default_factory=dict)
    left_out: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class _Opened:
    """A file and how it is taken apart."""

    part: Part
    head: Head | None = None
    table: Table | None = None

    def raw(self, wanted: list[str]) -> Iterator[Raw]:
        """Yield its rows, taken apart."""
        if self.head is not None:
            return read_cells(self.part, self.head, wanted)
        if self.table is not None:
            return of_sheet(self.table, wanted)
        return read_objects(self.part, wanted) if self.part.form == "objects" else read_parquet(self.part, wanted)


@dataclass(slots=True, eq=False)
class Utterances:
    """The table of utterances, to be gone through as often as needed; no more than a few batches are in memory.

    Made by `open_utterances`. Ids are looked up exactly, in bounded memory (`halfstep.data.stream.seen`).

    Attributes
    ----------
    file
        As study.toml names it.
    sha256
        Of the file; of several files that of their hashes.
    cleaner
        What turns rows into batches; it may be sent to other processes, key of the authors included.
    tally
        What became of the rows, of the last time through; nothing before the first.
    guesses
        What was taken for something without being told: of the first rows, then of the last time through.
    """

    file: str
    sha256: str
    cleaner: Cleaner
    opened: tuple[_Opened, ...]
    tally: Tally = field(default_factory=Tally)
    guesses: tuple[Guess, ...] = ()
    _rejects: Rejects | None = None

    @property
    def rejected(self) -> dict[str, int]:
        """Reason -> rows not read, of the last time through; empty before the first."""
        return self.tally.rejected

    @property
    def files(self) -> tuple[Path, ...]:
        """The files, in order."""
        return tuple(one.part.path for one in self.opened)

    @property
    def shown(self) -> tuple[str, ...]:
        """The files as faults, guesses and rejected rows name them."""
        return tuple(one.part.file for one in self.opened)

    @property
    def bytes(self) -> int:
        """Size of the files."""
        return sum(path.stat().st_size for path in self.files)

    @property
    def rows(self) -> int | None:
        """Rows of all files where that is known without reading them (Parquet), else of the last time through; None before it."""
        if all(one.part.form == "parquet" for one in self.opened):
            return sum(rows_of(one.part) for one in self.opened)
        return self.tally.rows or None

    def place(self, row: int) -> tuple[str, int]:
        """Return the file that a row of `SCHEMA` stands in, and its row there."""
        return self.opened[row >> _APART].part.file, row & ((1 << _APART) - 1)

    def batches(self) -> Iterator[pa.RecordBatch]:
        """Yield batches of `SCHEMA` in the order of the file, the same ones each time."""
        tally, marks, rejects = Tally(), Marks(), Rejects()
        seen = Seen() if self.cleaner.columns.id else None
        wanted = list(dict.fromkeys(self.cleaner.wanted.values()))
        old, self._rejects = self._rejects, rejects
        self.tally, tally.rejected = tally, rejects.counts
        if old is not None:
            old.close()
        try:
            for i, one in enumerate(self.opened):
                for raw in one.raw(wanted):
                    for broken in raw.broken:
                        rejects.put(one.part.file, broken.row, broken.reason, broken.raw, broken.count)
                        tally.rows += broken.count
                    if not len(raw.rows):
                        continue
                    cleaned = self.cleaner(raw, i << _APART)
                    marks.join(cleaned.marks)
                    self._put_aside(one, raw, cleaned)
                    batch = _passed(cleaned, seen, tally)
                    if batch.num_rows:
                        yield batch
        finally:
            if seen is not None:
                seen.close()
            parts = (guess for one in self.opened for guess in one.part.guesses)
            self.guesses = (*parts, *marks.guesses(self.file))

    def _put_aside(self, one: _Opened, raw: Raw, cleaned: Cleaned) -> None:
        """Keep the rows that are rejected: the named cells, without the author."""
        assert self._rejects is not None
        author = self.cleaner.columns.author
        for at, why in sorted(cleaned.rejected.items()):
            cells = {name: _shown(column, at) for name, column in raw.columns.items() if name != author}
            self._rejects.put(one.part.file, raw.rows[at].as_py(), why, cells)

    def ids(self, rows: Iterable[int]) -> dict[int, str]:
        """Return the ids of some rows of `SCHEMA` as the table has them, in one more time through; none where it has no ids.

        Cells of several columns that are an id together are parted by U+001F; labels under such an id find their utterance.
        """
        wanted, names = np.unique(np.fromiter(rows, dtype=np.int64)), self.cleaner.columns.id
        found: dict[int, str] = {}
        for i, one in enumerate(self.opened if names else ()):
            for raw in one.raw(list(names)):
                row = raw.rows.to_numpy(zero_copy_only=False).astype(np.int64) + (i << _APART)
                at = np.flatnonzero(np.isin(row, wanted))
                cells = [column_of(raw.columns[name].take(pa.array(at))).array.to_pylist() for name in names]
                found |= {int(row[k]): "\x1f".join(own) for k, *own in zip(at, *cells, strict=True)}
                if len(found) == len(wanted):
                    return found
        return found

    def read_through(self) -> Tally:
        """Go through the table once and return what became of its rows."""
        for _ in self.batches():
            pass
        return self.tally

    def keep_rejected(self, path: Path) -> None:
        """Write the rejected rows of the last time through, one JSON object a line (file, row, reason, raw), wholly or not at all.

        Authors are left out of rows that could be taken apart; a line that could not is kept as it stands.

        Raises
        ------
        MisuseError
            Before the first time through.
        """
        if self._rejects is None:
            raise MisuseError("expected batches() or read_through() first: until then no row is known to be rejected")
        self._rejects.keep(path)


def open_utterances(
    config: StudyConfig, path: Path, file: str, key: Key | None = None
) -> Utterances | tuple[Fault, ...]:
    """Open the table of utterances: a file, a folder or a pattern of Parquet, CSV (and its kin) or JSON lines, packed or not.

    Parameters
    ----------
    path, file
        Where it is, and as study.toml names it.
    key
        Under which authors are hashed; if None one made of the files' own hash, so that the same files give the same report. No
        hash of an author leaves the process.

    Returns
    -------
    Utterances or tuple of Fault
        All that is wrong with the files as a whole. No row but the first few is looked at.
    """
    found = open_table(cleaner_of(config, new_key() if key is None else key), path, file)
    if key is None and isinstance(found, Utterances):
        found.cleaner = replace(found.cleaner, key=key_of(found.sha256))
    return found


def open_table(cleaner: Cleaner, path: Path, file: str) -> Utterances | tuple[Fault, ...]:
    """Open a table of utterances, as `open_utterances` does, for a cleaner."""
    files = files_of(path)
    if not files:
        what = f"expected a readable file, a folder or a pattern of files at {path}; there is none"
        return (Fault(table=file, what=what, mend="put it there or correct [tables] utterances in study.toml"),)
    opened: list[_Opened] = []
    faults: list[Fault] = []
    for one in files:
        shown = file if len(files) == 1 else one.relative_to(path).as_posix() if path.is_dir() else one.name
        found = _open(one, shown, cleaner.wanted)
        if isinstance(found, _Opened):
            opened.append(found)
        else:
            faults += found
    if faults:
        return tuple(faults[:_LISTED])
    out = Utterances(file, digest(files), cleaner, tuple(opened))
    wanted = list(dict.fromkeys(cleaner.wanted.values()))
    first = next((r for one in opened for r in islice(one.raw(wanted), 2) if len(r.rows) or r.broken), None)
    if first is None:
        return (Fault(table=file, what="expected rows; the table has none", mend="export the table again"),)
    marks = cleaner(first).marks.guesses(file) if len(first.rows) else ()
    out.guesses = (*(guess for one in opened for guess in one.part.guesses), *marks)
    return out


def cleaner_of(config: StudyConfig, key: Key | None) -> Cleaner:
    """Return what turns rows of a study's table of utterances into those of `SCHEMA`."""
    assert config.utterance_columns is not None
    return cleaner_for(config.utterance_columns, config.voice, config.study.as_of, key)


def cleaner_for(columns: UtteranceColumns, voice: Voice, last_known: str | None, key: Key | None = None) -> Cleaner:
    """Return a cleaner for some settings; without a key authors are left out.

    An unknown time zone is read as UTC here and is a fault of the settings (`halfstep.data.voice_rules`).
    """
    clock = clock_of(voice.zone) or clock_of("UTC")
    assert clock is not None
    about = {word.casefold(): name.id for name in voice.names for word in (*name.written, name.label.en, name.label.zh)}
    about |= {name.id: name.id for name in voice.names}
    as_of = _day(last_known)
    return Cleaner(
        columns, clock, 1 << 30 if as_of is None else as_of, _day(voice.first), _day(voice.last),
        frozenset(word.casefold() for word in voice.paid), about, key,
    )  # fmt: skip


def _day(text: str | None) -> int | None:
    """Return days since 1970; None where it is no day (a fault of the settings)."""
    try:
        return None if text is None else (date.fromisoformat(text) - date(1970, 1, 1)).days
    except ValueError:
        return None


def _open(path: Path, file: str, wanted: dict[str, str]) -> _Opened | tuple[Fault, ...]:
    """Look at one file: its form, its columns."""
    part = part_of(path, file)
    if isinstance(part, Fault):
        return (part,)
    head, table = None, None
    names: list[str] | Fault
    if part.form == "parquet":
        names = names_of(part)
    elif part.form == "sheet":
        read = read_sheet(part)
        if not isinstance(read, Table):
            return read
        names, table = [name for name in read.frame.columns if name != ROW], read
    elif part.form == "objects":
        names = keys_of(part)
    else:
        head = head_of(part, wanted.values())
        names = list(head.names)
    if isinstance(names, Fault):
        return (names,)
    faults = tuple(_absent(file, names, wanted))
    return faults or _Opened(part, head, table)


def _absent(file: str, names: list[str], wanted: dict[str, str]) -> Iterator[Fault]:
    """Yield columns that the study names and the file lacks, or has twice."""
    for key, column in wanted.items():
        told = f"utterance_columns.{key}"
        if names.count(column) > 1:
            what = f"expected one column of this name ({told}); the file has {names.count(column)}"
            yield Fault(table=file, column=column, what=what, mend="rename all but one")
        if column not in names:
            close = near(column, names)
            hint = f"did you mean {close!r}?" if close else f"the file has: {', '.join(names)[:300]}"
            what = f"expected this column ({told}); the file has none of that name"
            yield Fault(table=file, column=column, what=what, mend=f"correct study.toml; {hint}")


def _passed(cleaned: Cleaned, seen: Seen | None, tally: Tally) -> pa.RecordBatch:
    """Return the rows that are utterances and whose id is new, and count all."""
    keep, n = cleaned.keep, len(cleaned.keep)
    tally.rows += n
    for reason, rows in cleaned.left_out.items():
        tally.left_out[reason] = tally.left_out.get(reason, 0) + rows
    asked = keep & cleaned.keyed
    if seen is not None and asked.any():
        key = cleaned.columns[1].to_numpy(zero_copy_only=False)
        if asked.all():
            keep = seen.new(key)
        else:
            keep = keep.copy()
            keep[asked] = seen.new(key[asked])
        tally.same_id += int(cleaned.keep.sum() - keep.sum())
    batch = pa.RecordBatch.from_arrays(list(cleaned.columns), schema=SCHEMA)
    if not keep.all():
        batch = batch.filter(pa.array(keep))
    tally.yielded += batch.num_rows
    return batch


def _shown(column: pa.Array, at: int) -> object:
    """Return a cell as it is kept: a text in bytes that are no UTF-8 has them in hexadecimal."""
    kind = column.type
    if kind in (pa.string(), pa.large_string()):
        column, at = column.slice(at, 1).cast(pa.large_binary()), 0
    value = column[at].as_py()
    if isinstance(value, bytes):
        return value.decode("utf-8", errors="backslashreplace")
    return value if value is None or isinstance(value, (str, int, float, bool)) else str(value)
