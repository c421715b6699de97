"""Reading a table: bytes to a frame that remembers its file rows and its hash."""

from __future__ import annotations

import csv
import hashlib
from dataclasses import dataclass
from io import BytesIO, StringIO
from pathlib import Path

import polars as pl

from halfstep.core.check import Fault

__all__ = ["ROW", "Table", "read_table"]

ROW = "__row__"


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """A table as read.

    Attributes
    ----------
    name
        Its name in the study ("sales").
    file
        File name.
    frame
        Columns as in the file, plus `ROW`: the row as an editor counts it (CSV: header is 1; Parquet: first row is 1).
    sha256
        Hash of the file's bytes.
    """

    name: str
    file: str
    frame: pl.DataFrame
    sha256: str


def read_table(name: str, path: Path) -> Table | Fault:
    """Read a CSV (UTF-8) or Parquet file.

    Returns
    -------
    Table or Fault
        A fault where the file is missing, is no table, or is in an encoding that is not read.
    """
    try:
        raw = path.read_bytes()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "cannot be read"
        return Fault(
            table=path.name,
            what=f"expected a readable file at {path}; got: {reason.lower()}",
            mend=f"put the file there or correct [tables] {name} in study.toml",
        )
    parquet = raw[:4] == b"PAR1"
    frame = _parquet(path.name, raw) if parquet else _csv(path.name, raw)
    if isinstance(frame, Fault):
        return frame
    if frame.height == 0:
        return Fault(table=path.name, what="expected rows; the table has none", mend="export the table again")
    return Table(name, path.name, frame, hashlib.sha256(raw).hexdigest())


def _parquet(file: str, raw: bytes) -> pl.DataFrame | Fault:
    try:
        return pl.read_parquet(BytesIO(raw)).with_row_index(ROW, offset=1)
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError) as error:
        return Fault(
            table=file,
            what=f"expected a whole Parquet file; reading it failed: {_first(error)}",
            mend="copy the file again",
        )


def _csv(file: str, raw: bytes) -> pl.DataFrame | Fault:
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        return Fault(
            table=file,
            row=line,
            what=f"expected UTF-8 text; byte {raw[error.start]:#04x} is not UTF-8 (a spreadsheet export in another encoding?)",
            mend="save it as 'CSV UTF-8', or give a Parquet file",
        )
    if "\x00" in text:
        return Fault(
            table=file, what="expected text; the file holds zero bytes", mend="give a CSV in UTF-8 or a Parquet file"
        )
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    blank_lines = len(text) - len(text.lstrip("\n"))
    text = text.lstrip("\n")
    header = text.split("\n", 1)[0]
    separator = max(",;\t", key=header.count)
    names = [cell.strip() for cell in next(csv.reader([header], delimiter=separator), [])]
    twins = sorted({name for name in names if names.count(name) > 1})
    if twins or ROW in names:
        return Fault(
            table=file,
            row=1 + blank_lines,
            what=f"column names occur twice: {', '.join(repr(name) for name in twins or [ROW])}",
            mend="rename the columns in the first row",
        )
    try:
        frame = pl.read_csv(BytesIO(text.encode()), separator=separator, infer_schema=False)
    except pl.exceptions.PolarsError as error:
        row, reason = _uneven(text, separator, len(names)) or (None, _first(error))
        return Fault(
            table=file,
            row=None if row is None else row + blank_lines,
            what=f"expected a header and rows of equal width; {reason}",
            mend="look for a stray separator or quote",
        )
    if frame.width != len(names):
        return Fault(
            table=file,
            row=1 + blank_lines,
            what=f"expected one line of {len(names)} column names; {frame.width} were read",
            mend="look for a stray quote",
        )
    frame = frame.rename(dict(zip(frame.columns, names, strict=True)))
    frame = frame.with_columns(pl.all().str.strip_chars().replace("", None)).with_row_index(ROW, offset=2 + blank_lines)
    return frame.filter(~pl.all_horizontal(pl.exclude(ROW).is_null()))


def _uneven(text: str, separator: str, width: int) -> tuple[int, str] | None:
    """Return the first row that is wider than the header, and a sentence; None where none is."""
    try:
        for row, cells in enumerate(csv.reader(StringIO(text), delimiter=separator), start=1):
            if len(cells) > width:
                return row, f"the header has {width} cells, this row {len(cells)}"
    except csv.Error:
        pass
    return None


def _first(error: BaseException) -> str:
    return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
