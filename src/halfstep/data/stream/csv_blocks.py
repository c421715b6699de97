"""CSV and its kin of any size: block by block, with every record that is none told apart.

Where quotes stand only around whole cells, records follow from the places of separators, quotes and line ends, and a block is
read at once. Elsewhere records are read one by one, strictly; where one is none, its line is put aside and reading goes on
with the next line, so that a quote that nobody closed takes no other row with it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv

from halfstep.data.stream.parts import Broken, BrokenOffError, Part, Raw, blocks

__all__ = ["CUT", "LONG", "QUOTE", "RAGGED", "Head", "head_of", "read_cells"]

RAGGED, QUOTE, LONG, CUT = "cells missing or too many", "stray quote", "line too long", "file cut off"
"""Why a record was not read."""
_LONGEST = 8 << 20
"""Bytes of a record; a cell that is open for longer has lost its closing quote."""
_SEPARATORS = ",;\t|"
_SLOWLY, _WINDOW, _WIDER = 1 << 11, 1 << 14, 8
"""After an odd quote: bytes whose records are read one by one, bytes then read at once, and how fast these become more again.
They set the pace, not what is read: about a dozen rows, a hundred, and the whole block after three steps."""

_CONTROLS = tuple(bytes([byte]) for byte in (*range(1, 9), *range(14, 32)))

_Places = npt.NDArray[np.int64]
_Lines = tuple[_Places, _Places, npt.NDArray[np.bool_], npt.NDArray[np.int8]]
_NONE: _Lines = (np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, bool), np.empty(0, np.int8))


@dataclass(frozen=True, slots=True)
class Head:
    """Separator, names of the columns, and the row and length in bytes of what stands above the first record."""

    separator: str
    names: tuple[str, ...]
    row: int
    length: int


def head_of(part: Part, wanted: Iterable[str]) -> Head:
    """Read the header: the first line that is not blank, under the separator that gives most of the wanted columns."""
    raw, names = b"", set(wanted)
    try:
        for block in blocks(part):
            raw += block
            if b"\n" in raw.lstrip() or len(raw) > _LONGEST:
                break
    except BrokenOffError:
        pass
    body = raw.lstrip(b"\r\n")
    above = len(raw) - len(body)
    found = []
    for separator in _SEPARATORS:
        cell = _cell(separator)
        record = _record(cell, separator, body if b"\n" in body else body + b"\n", 0)
        if record is not None:
            end, cells = record
            texts = tuple(text.decode("utf-8", errors="replace").strip() for text in cells)
            found.append(
                (len(names & set(texts)), len(texts), Head(separator, texts, raw[:above].count(b"\n") + 1, above + end))
            )
    if not found:
        line = body.partition(b"\n")[0].decode("utf-8", errors="replace")
        return Head(",", (line.strip(),), 1, above + len(body.partition(b"\n")[0]) + 1)
    return max(found, key=lambda one: one[:2])[2]


def read_cells(part: Part, head: Head, wanted: Iterable[str]) -> Iterator[Raw]:
    """Yield the rows of a text file of cells; columns are bytes."""
    reader = _Reader(head, tuple(wanted))
    skip, carry = head.length, b""
    try:
        for block in blocks(part):
            if skip >= len(block):
                skip -= len(block)
                continue
            raw, carry = reader.take(carry + block[skip:], last=False)
            skip = 0
            yield raw
    except BrokenOffError as error:
        raw, _ = reader.take(carry, last=True)
        yield raw
        yield reader.only(Broken(reader.row, CUT, str(error).encode()))
        return
    raw, _ = reader.take(carry, last=True)
    yield raw


class _Reader:
    """Takes blocks apart and counts rows."""

    def __init__(self, head: Head, wanted: tuple[str, ...]) -> None:
        self.row = head.row + 1
        self._head, self._wanted = head, wanted
        self._cell = _cell(head.separator)
        self._skipping = False

    def only(self, *broken: Broken) -> Raw:
        """Return broken rows and no others."""
        empty = {name: pa.array([], pa.binary()) for name in self._wanted}
        return Raw(empty, pa.array([], pa.int64()), broken)

    def take(self, raw: bytes, *, last: bool) -> tuple[Raw, bytes]:
        """Return the records of a block, and what is to be put before the next."""
        broken: list[Broken] = []
        if self._skipping:
            piece, end, raw = raw.partition(b"\n")
            broken.append(Broken(self.row, LONG, piece, count=0))
            self._skipping = not (end or last)
            self.row += not self._skipping
        if last and raw and not raw.endswith(b"\n"):
            raw += b"\n"
        starts, ends, good, why = self._places(raw, last=last)
        stop = int(ends[-1]) + 1 if len(ends) else 0
        rows = np.arange(self.row, self.row + len(ends))
        self.row += len(ends)
        for i in np.flatnonzero(why > 0).tolist():
            reason = RAGGED if why[i] == 1 else QUOTE
            broken.append(Broken(int(rows[i]), reason, raw[starts[i] : ends[i]].rstrip(b"\r")))
        columns = self._columns(raw, starts, ends, good)
        carry = raw[stop:]
        if len(carry) > _LONGEST and b"\n" not in carry:
            broken.append(Broken(self.row, LONG, carry))
            self._skipping, carry = True, b""
        return Raw(columns, pa.array(rows[good]), tuple(broken)), carry

    def _places(self, raw: bytes, *, last: bool) -> _Lines:
        """Return start, end, whether it is a good record and why not (1: width, 2: quote), of each record.

        All at once up to the first quote that is not where it should be; there a few records one by one, then at once again.
        """
        data, found, at, window = np.frombuffer(raw, np.uint8), [_NONE], 0, len(raw)
        while at < len(raw):
            lines, odd = self._at_once(data[at : at + window])
            whole = at + window >= len(raw)
            found.append(_moved(lines, at))
            at = int(found[-1][1][-1]) + 1 if len(lines[1]) else at
            if at == len(raw):
                break
            if not odd and not whole:
                window *= _WIDER
                continue
            forced = len(raw) - at > _LONGEST
            if not (odd or last or forced):
                break
            found.append(self._one_by_one(raw, at, last=last, forced=forced))
            if not len(found[-1][1]):
                break
            at, window = int(found[-1][1][-1]) + 1, _WINDOW
        starts, ends, good, why = (np.concatenate(parts) for parts in zip(*found, strict=True))
        return starts, ends, good, why

    def _at_once(self, data: npt.NDArray[np.uint8]) -> tuple[_Lines, bool]:
        """Return the records before the first odd quote, and whether there is one."""
        end, cut, quote = data == 10, data == ord(self._head.separator), data == 34
        odd = False
        if quote.any():
            inside = np.logical_xor.accumulate(quote)
            end &= ~inside
            wrong = _first_odd(data, quote, inside, self._head.separator)
            odd = wrong < len(data)
            ends = np.flatnonzero(end[:wrong])
            stop = int(ends[-1]) + 1 if len(ends) else 0
            cuts = np.flatnonzero(cut[:stop] & ~inside[:stop])
        else:
            ends, cuts = np.flatnonzero(end), np.flatnonzero(cut)
        starts = np.concatenate([np.zeros(1, np.int64), ends + 1])[: len(ends)]
        length = ends - starts
        blank = (length == 0) | ((length == 1) & (data[np.minimum(starts, len(data) - 1)] == 13))
        width = np.diff(np.searchsorted(cuts, ends), prepend=0) + 1
        fits = width == len(self._head.names)
        return (starts, ends, fits & ~blank, (~fits & ~blank).astype(np.int8)), odd

    def _one_by_one(self, raw: bytes, at: int, *, last: bool, forced: bool) -> _Lines:
        """Return the records that begin in the next bytes, one by one; `forced`: the first is put aside if it does not end."""
        found: list[tuple[int, int, bool, int]] = []
        until = min(at + _SLOWLY, len(raw))
        while at < until:
            record, put_aside, forced = _record(self._cell, self._head.separator, raw, at), forced or last, False
            if record is not None:
                end, cells = record
                blank = raw[at:end].strip(b"\r\n") == b""
                fits = len(cells) == len(self._head.names)
                found.append((at, end - 1, fits and not blank, int(not fits and not blank)))
                at = end
                continue
            line = raw.find(b"\n", at)
            if line < 0 or not (put_aside or _decided(self._cell, raw, at)):
                break
            found.append((at, line, False, 2))
            at = line + 1
        table = np.array(found, dtype=np.int64).reshape(-1, 4)
        return table[:, 0], table[:, 1], table[:, 2].astype(bool), table[:, 3].astype(np.int8)

    def _columns(self, raw: bytes, starts: _Places, ends: _Places, good: npt.NDArray[np.bool_]) -> dict[str, pa.Array]:
        """Return the wanted cells of the good records."""
        n = int(good.sum())
        if not n:
            return self.only().columns
        body = raw[: int(ends[-1]) + 1]
        if n < len(good):
            edge = np.diff(good.astype(np.int8), prepend=0, append=0)
            spans = zip(starts[edge[:-1] == 1], ends[edge[1:] == -1], strict=True)
            body = b"".join(raw[a : b + 1] for a, b in spans)
        stand_in = next((c for c in _CONTROLS if c not in body), b"\0") if b"\0" in body else b"\0"
        body = body.replace(
            b"\0", stand_in
        )  # Arrow's reader now and then loses the rows after a zero byte in a quoted cell
        try:
            table = pa_csv.read_csv(
                pa.BufferReader(body),
                pa_csv.ReadOptions(column_names=_apart(self._head.names), use_threads=False, block_size=len(body) + 1),
                pa_csv.ParseOptions(delimiter=self._head.separator, newlines_in_values=True),
                pa_csv.ConvertOptions(
                    check_utf8=False, include_columns=list(self._wanted), null_values=[], strings_can_be_null=False,
                    column_types=dict.fromkeys(self._wanted, pa.binary()),
                ),
            )  # fmt: skip
        except pa.ArrowInvalid:
            table = None
        if table is not None and table.num_rows == n:
            found = {name: table.column(name).combine_chunks() for name in self._wanted}
            if stand_in == b"\0":
                return found
            return {name: pc.replace_substring(cells, stand_in.decode(), "\0") for name, cells in found.items()}
        cells = [_record(self._cell, self._head.separator, raw, int(start)) for start in starts[good]]
        at = {name: self._head.names.index(name) for name in self._wanted}
        return {
            name: pa.array([one[1][i] if one else b"" for one in cells], pa.large_binary()) for name, i in at.items()
        }


def _apart(names: tuple[str, ...]) -> list[str]:
    """Return names of which the second and later of one name have a number."""
    return [name if name not in names[:i] else f"{name}\0{i}" for i, name in enumerate(names)]


def _moved(lines: _Lines, by: int) -> _Lines:
    return lines[0] + by, lines[1] + by, lines[2], lines[3]


def _first_odd(
    data: npt.NDArray[np.uint8], quote: npt.NDArray[np.bool_], inside: npt.NDArray[np.bool_], separator: str
) -> int:
    """Return the place of the first quote that does not stand at an end of a whole cell; the length of all where none is."""
    before, after = np.zeros(256, bool), np.zeros(256, bool)
    before[[ord(separator), 10, 34]] = after[[ord(separator), 10, 13, 34]] = True
    opens, closes = np.flatnonzero(quote & inside), np.flatnonzero(quote & ~inside)
    opens, closes = (
        opens[(opens > 0) & ~before[data[np.maximum(opens, 1) - 1]]],
        closes[~after[data[np.minimum(closes + 1, len(data) - 1)]]],
    )
    return int(min(opens[0] if len(opens) else len(data), closes[0] if len(closes) else len(data)))


def _cell(separator: str) -> re.Pattern[bytes]:
    """Return a cell and what ends it; a quoted one is group 1, another group 2."""
    s = re.escape(separator)
    return re.compile(rf'(?:"([^"]*+(?:""[^"]*+)*+)"(?:\r(?=\n))?|([^"{s}\n][^{s}\n]*+|))({s}|\n)'.encode())


def _record(cell: re.Pattern[bytes], separator: str, raw: bytes, at: int) -> tuple[int, list[bytes]] | None:
    """Return where a record ends (after its newline) and its cells; None where it is none."""
    cells = []
    while found := cell.match(raw, at):
        quoted, plain, end = found.groups()
        if end == b"\n" and plain is not None:
            plain = plain.removesuffix(b"\r")
        cells.append(plain if quoted is None else quoted.replace(b'""', b'"'))
        at = found.end()
        if end == b"\n":
            return at, cells
    return None


def _decided(cell: re.Pattern[bytes], raw: bytes, at: int) -> bool:
    """Say whether more bytes could not make a record of what is none."""
    while found := cell.match(raw, at):
        at = found.end()
    return re.compile(rb'(?:"[^"]*+(?:""[^"]*+)*+"?\r?|[^"\n][^\n]*)?\Z').match(raw, at) is None
