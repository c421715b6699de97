"""Reading a table: bytes to a frame that remembers its file rows, its hash, and what had to be guessed."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from halfstep.core.check import Fault, Guess
from halfstep.data.read.later import AsOf, hash_of_cells, later_rows
from halfstep.data.read.nested import is_json, read_json
from halfstep.data.read.places import ROW
from halfstep.data.read.shape import Body
from halfstep.data.read.sheets import is_workbook, read_sheet
from halfstep.data.read.stores import is_store, read_duckdb, read_parquet
from halfstep.data.read.text import read_text

__all__ = ["ROW", "Table", "parted", "read_table"]

_OTHERS = (
    (rb"\x1f\x8b|BZh|\xfd7zXZ|\x28\xb5\x2f\xfd|7z\xbc\xaf\x27\x1c|Rar!|PK\x03\x04|PK\x05\x06", "a packed file", "unpack it and name the file inside"),
    (rb"SQLite format 3\x00", "an SQLite database", "export the table as CSV or Parquet"),
    (rb"ARROW1|FEA1", "a Feather file", "save it as Parquet"),
    (rb"%PDF", "a PDF", "give the table as CSV or Excel"),
    (rb"\x89PNG|\xff\xd8\xff|GIF8", "a picture", "give the table as CSV or Excel"),
    (rb"\x89HDF|\$FL2|HEADER RECORD|<stata_dta>", "a file of a statistics program", "export it as CSV or Parquet"),
)  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """A table as read.

    Attributes
    ----------
    name
        Its name in the study ("sales").
    file
        File name, with "#" and the sheet or table inside it where the study names one.
    frame
        Columns as in the file, plus `ROW`: the row as an editor counts it (CSV: line, a quoted line break does not count;
        workbook: row of the sheet; Parquet, DuckDB and records of JSON: the first is 1; JSON with one object a line: line).
        Of CSV, workbooks and JSON all are text, blanks around it taken off, null where blank.
    sha256
        Hash of the file's bytes. Where rows were first known after the as-of date: of a text file's bytes without the lines of
        those rows, of other files of the names of the columns and the cells of the rows that are left.
    guesses
        What the reader decided without being told.
    later
        Rows of the file first known after the as-of date; they are in none of the others.
    """

    name: str
    file: str
    frame: pl.DataFrame
    sha256: str
    guesses: tuple[Guess, ...] = ()
    later: int = 0


def read_table(name: str, path: Path, as_of: AsOf | None = None) -> Table | tuple[Fault, ...]:
    """Read a text file of cells, a workbook (.xlsx, .xlsm, .xlsb, .xls, .ods), Parquet, DuckDB or JSON.

    What a file is its bytes tell, not its name. `path` may end in "#" and the name of a sheet or of a table inside, of JSON the
    keys that lead to its records (a.b).

    Parameters
    ----------
    as_of
        Rows first known later are left out before anything is said of them; None where the table does not say.

    Returns
    -------
    Table or tuple of Fault
        All that is wrong with the file.
    """
    path, part = parted(path)
    file = f"{path.name}#{part}" if part else path.name
    try:
        raw = path.read_bytes()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "cannot be read"
        what = f"expected a readable file at {path}; got: {reason.lower()}"
        return (Fault(table=file, what=what, mend=f"put the file there or correct [tables] {name} in study.toml"),)
    body = _body(name, file, path, part, raw, as_of)
    if body.faults:
        return body.faults
    if body.frame.height == 0 and not body.later:
        return (Fault(table=file, what="expected rows; the table has none", mend="export the table again"),)
    if body.later and body.known is None:
        return Table(name, file, body.frame, hash_of_cells(body.frame), body.guesses, len(body.later))
    known = raw if body.known is None else body.known
    return Table(name, file, body.frame, hashlib.sha256(known).hexdigest(), body.guesses, len(body.later))


def parted(path: Path) -> tuple[Path, str]:
    """Part a path from the sheet or table named after "#"; a file whose name has a "#" is taken whole."""
    whole = str(path)
    for at in range(len(whole), 0, -1):
        if at == len(whole) or whole[at] == "#":
            try:
                if Path(whole[:at]).is_file():
                    return Path(whole[:at]), whole[at + 1 :]
            except (OSError, ValueError):
                break
    before, _, part = path.name.partition("#")
    return (path.with_name(before), part) if before and part else (path, "")


def _body(name: str, file: str, path: Path, part: str, raw: bytes, as_of: AsOf | None) -> Body:
    if is_workbook(raw):
        return read_sheet(name, path.name, raw, part, as_of)
    if is_store(raw):
        return _known(read_duckdb(name, file, path, part), as_of)
    if is_json(raw):
        return read_json(file, raw, part, as_of)
    fault = None
    if part:
        fault = Fault(table=file, what=f"expected a workbook or a database with {part!r} in it; the file has no parts",
                      mend=f"write {name} = {path.name!r}")  # fmt: skip
    for pattern, what, mend in _OTHERS:
        if re.match(pattern, raw):
            fault = Fault(table=file, what=f"expected a table; the file is {what}", mend=mend)
    if fault:
        return Body(pl.DataFrame(), faults=(fault,))
    if raw[:4] == b"PAR1":
        return _known(read_parquet(file, raw), as_of)
    return read_text(file, raw, as_of)


def _known(body: Body, as_of: AsOf | None) -> Body:
    """Return a table with types of its own without the rows first known after the as-of date."""
    if as_of is None or body.faults:
        return body
    late = later_rows(body.frame, as_of)
    return replace(body, frame=body.frame.filter(~late), later=tuple(body.frame.filter(late)[ROW].to_list()))
