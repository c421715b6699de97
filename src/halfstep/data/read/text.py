"""From a text file to a table: line ends, separator, quotes, and rows that are wider or narrower than the header."""

from __future__ import annotations

import csv
import re
from collections import Counter
from dataclasses import replace
from io import BytesIO, TextIOWrapper

import numpy as np
import numpy.typing as npt
import polars as pl

from halfstep.core.check import Fault, Guess
from halfstep.data.read.encoding import decode
from halfstep.data.read.header_row import is_figure
from halfstep.data.read.later import AsOf, without_records
from halfstep.data.read.places import ROW, WIDTH
from halfstep.data.read.shape import Body, Cells, shape

__all__ = ["read_text"]

_LONGEST = 8 << 20
_MOST_COLUMNS = 2_000
_BATCH = 2_000
_MOST_CELLS = 150_000_000
_FEW_CELLS = 20_000_000
_SEPARATORS = (",", ";", "\t", "|", "，", "；", "^", "~", "\x01")
_STAND_IN = "\x1f"
"""Takes the place of a separator that is more than one byte long while the file is read."""

_QUOTED = re.compile(r'"(?:[^"]|"")*"')
_NO_TABLE = (
    (re.compile(rb"\s*(?:\{\s*[\"}]|\[\s*[\[{])"), "JSON", "give the rows as CSV, Excel or Parquet"),
    (re.compile(rb"\s*<(?:!doctype|html|head|table|meta|\?xml|style|div|!--)", re.IGNORECASE), "a web page or XML",
     "open it in a spreadsheet program and save it as .xlsx or CSV"),
)  # fmt: skip

_Counts = npt.NDArray[np.int64]


def read_text(file: str, raw: bytes, as_of: AsOf | None = None) -> Body:
    """Read a text file of cells: any of the encodings of `decode`, any line ends, any of nine separators.

    Notes
    -----
    Where quotes stand only around whole cells, the width of every row follows from the places of separators, quotes and
    line ends, and the cells are read at once; otherwise row by row, strictly.
    """
    decoded = decode(file, raw)
    if isinstance(decoded, Fault):
        return _refused(decoded)
    text, guesses = decoded.text, list(decoded.guesses)
    for pattern, kind, mend in _NO_TABLE:
        if pattern.match(text):
            return _refused(Fault(table=file, what=f"expected a table; the file holds {kind}", mend=mend))
    if b"\r" in text:
        if b"\n" not in text:
            guesses.append(Guess(table=file, kind="line_ends", count=text.count(b"\r")))
        text = text.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    long = _long_line(file, text)
    if long:
        return _refused(long)
    separator = _separator(text)
    if separator not in ",;\t":
        facts = (("delimiter", {"\x01": "^A"}.get(separator, separator)),)
        guesses.append(Guess(table=file, kind="delimiter", facts=facts))
    cells = _cells(file, text, separator)
    if isinstance(cells, Fault):
        return _refused(cells)
    body = shape(file, Cells(cells.with_columns(pl.exclude(ROW, WIDTH).str.strip_chars().replace("", None))), as_of)
    known = without_records(raw, body.later, cells.height) if body.later else None
    return replace(body, guesses=(*guesses, *body.guesses), known=known)


def _refused(fault: Fault) -> Body:
    return Body(pl.DataFrame(), faults=(fault,))


def _long_line(file: str, text: bytes) -> Fault | None:
    half = _LONGEST // 2
    if all(text.find(b"\n", at, at + half) >= 0 for at in range(0, len(text) - half, half)):
        return None
    lengths = np.diff(np.flatnonzero(np.frombuffer(text, np.uint8) == 10), prepend=-1, append=len(text))
    line = int(np.argmax(lengths))
    if lengths[line] <= _LONGEST:
        return None
    what = f"expected rows of cells; this line has {lengths[line]:,} bytes"
    return Fault(table=file, row=line + 1, what=what, mend="look for lost line ends or a stray quote; export it again")


def _separator(text: bytes) -> str:
    """Return the separator that occurs equally often in most lines of the file's beginning.

    Lines are counted without what stands in quotes. A separator counts half where the first line that has as many of
    them as most is made of figures: a header is not, so this is a decimal comma. Ties go to the one that cuts finer, then to
    the order comma, semicolon, tab, bar, and the rest.
    """
    sample = _QUOTED.sub('""', text[: 1 << 18].decode(errors="ignore"))
    lines = [line for line in sample.split("\n")[:500] if line.strip()]
    best, chosen = (0.0, 0), ","
    for candidate in _SEPARATORS:
        counts = [line.count(candidate) for line in lines]
        usual = Counter(count for count in counts if count).most_common()
        if not usual:
            continue
        count, times = max(usual, key=lambda pair: (pair[1], pair[0]))
        cells = [cell.strip(' "') for cell in lines[counts.index(count)].split(candidate)]
        named = sum(bool(cell) and not is_figure(cell) for cell in cells) * 2 >= sum(map(bool, cells))
        score = (round(times / len(lines) * (1 if named else 0.5), 2), count)
        if score[0] >= 0.3 and score > best:
            best, chosen = score, candidate
    return chosen


def _cells(file: str, text: bytes, separator: str) -> pl.DataFrame | Fault:
    """Return every record as a row of cells."""
    mark, marked = separator, text
    if len(separator.encode()) > 1:
        if _STAND_IN.encode() in text:
            return _row_by_row(file, text, separator)
        mark, marked = _STAND_IN, text.replace(separator.encode(), _STAND_IN.encode())
    if marked.count(mark.encode()) + text.count(b"\n") > _MOST_CELLS or text.count(b'"') > 2 * _MOST_CELLS:
        what = f"expected at most {_MOST_CELLS:,} cells; the file has more"
        return Fault(table=file, what=what, mend="give it as Parquet, or leave columns out")
    widths = _record_widths(marked, mark)
    frame = None
    if widths is not None:
        broad = _broad(file, widths)
        if broad:
            return broad
        frame = _at_once(marked, mark, widths)
    if frame is None:
        return _row_by_row(file, text, separator)
    if mark != separator and b'"' in text:
        frame = frame.with_columns(pl.exclude(ROW, WIDTH).str.replace_all(mark, separator, literal=True))
    return frame


def _record_widths(text: bytes, separator: str) -> _Counts | None:
    """Return how many cells each record has; None where quotes stand elsewhere than around whole cells."""
    data = np.frombuffer(text, np.uint8)
    edge = np.zeros(256, np.bool_)
    edge[[ord(separator), 10, 34]] = True
    quoted, within = b'"' in text, np.False_
    ends, cuts = [], []
    for start in range(0, len(data), _LONGEST):
        part = data[start : start + _LONGEST]
        end, cut = part == 10, part == ord(separator)
        if quoted:
            quote = part == 34
            inside = np.logical_xor.accumulate(quote) ^ within
            within = inside[-1]
            opens, closes = (np.flatnonzero(quote & side) + start for side in (inside, ~inside))
            before, after = opens[opens > 0] - 1, closes[closes < len(data) - 1] + 1
            if not (edge[data[before]].all() and edge[data[after]].all()):
                return None
            end, cut = end & ~inside, cut & ~inside
        ends.append(np.flatnonzero(end) + start)
        cuts.append(np.flatnonzero(cut) + start)
    if within:
        return None
    if len(data) and data[-1] != 10:
        ends.append(np.array([len(data)]))
    last, cut_at = (np.concatenate([np.empty(0, np.int64), *found]) for found in (ends, cuts))
    return np.diff(np.searchsorted(cut_at, last), prepend=0) + 1


def _broad(file: str, widths: _Counts) -> Fault | None:
    """Return a fault where a row has very many cells, or all rows padded to the widest would."""
    widest = int(widths.max(initial=0))
    if widest <= _MOST_COLUMNS and widest * len(widths) <= max(_FEW_CELLS, 2 * int(widths.sum())):
        return None
    what = f"expected rows of equal width; most have {int(np.median(widths)):,} cells, this row {widest:,}"
    return Fault(table=file, row=int(np.argmax(widths)) + 1, what=what, mend="look for a stray separator or quote")


def _at_once(text: bytes, separator: str, widths: _Counts) -> pl.DataFrame | None:
    width = int(widths.max(initial=1))
    names = separator.join(map(str, range(width))).encode()
    try:
        frame = pl.read_csv(
            BytesIO(b"\n".join((names, text))),
            separator=separator,
            quote_char='"' if b'"' in text else None,
            infer_schema=False,
        )
    except pl.exceptions.PolarsError:
        return None
    if frame.height != len(widths) or frame.width != width:
        return None
    return frame.insert_column(0, pl.Series(WIDTH, widths, pl.Int64)).with_row_index(ROW, offset=1)


def _row_by_row(file: str, text: bytes, separator: str) -> pl.DataFrame | Fault:
    """Read records one after the other; a quote that ends nowhere or inside a cell is a fault."""
    reader = csv.reader(
        TextIOWrapper(BytesIO(text), "utf-8", newline=""), delimiter=separator, strict=True, skipinitialspace=True
    )
    parts: list[pl.DataFrame] = []
    rows: list[list[str]] = []
    widths: list[int] = []
    held = written = 0
    try:
        for cells in reader:
            rows.append(cells)
            widths.append(max(len(cells), 1))
            written += len(cells)
            if len(rows) == _BATCH:
                parts.append(_padded(rows))
                rows, held = [], held + parts[-1].width * _BATCH
                if held > max(_FEW_CELLS, 2 * written):
                    break
    except csv.Error as error:
        what = f"expected a header and rows of equal width; reading this row failed: {error}"
        return Fault(table=file, row=len(widths) + 1, what=what, mend="look for a stray quote")
    broad = _broad(file, np.array(widths, np.int64))
    if broad:
        return broad
    frame = pl.concat([*parts, _padded(rows)], how="diagonal")
    return frame.insert_column(0, pl.Series(WIDTH, widths, pl.Int64)).with_row_index(ROW, offset=1)


def _padded(rows: list[list[str]]) -> pl.DataFrame:
    """Return records as rows of cells; a very wide one is cut off, its width tells."""
    width = min(max((len(row) for row in rows), default=1), _MOST_COLUMNS)
    padded = [[*row[:width], *[None] * (width - len(row))] for row in rows]
    return pl.DataFrame(padded, schema=dict.fromkeys(map(str, range(width)), pl.String), orient="row")
