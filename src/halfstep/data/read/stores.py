"""Parquet files and DuckDB databases: tables whose columns have types of their own."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import polars as pl

from halfstep.core.check import Fault
from halfstep.data.read.parts import choose, first_line
from halfstep.data.read.places import ROW
from halfstep.data.read.shape import Body

__all__ = ["is_store", "read_duckdb", "read_parquet"]

_SEALED: dict[str, str | bool | int | float | list[str]] = {
    "enable_external_access": "false",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
}
"""A view of a strange database may read no other file and load nothing."""


def is_store(raw: bytes) -> bool:
    """Say whether bytes are a DuckDB database."""
    return raw[8:12] == b"DUCK"


def read_parquet(file: str, raw: bytes) -> Body:
    """Read a Parquet file."""
    try:
        frame = pl.read_parquet(BytesIO(raw))
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError) as error:
        what = f"expected a whole Parquet file; reading it failed: {first_line(error)}"
        return _refused(Fault(table=file, what=what, mend="copy the file again"))
    return _numbered(file, frame)


def read_duckdb(name: str, file: str, path: Path, part: str) -> Body:
    """Read a table or a view of a DuckDB database, opened for reading only."""
    try:
        import duckdb
    except ImportError:
        what = "expected DuckDB, which reads this file; it is not installed"
        return _refused(Fault(table=file, what=what, mend="pip install 'halfstep[duckdb]', or give a Parquet file"))
    try:
        with duckdb.connect(str(path), read_only=True, config=_SEALED) as database:
            asked = "select table_schema, table_name from information_schema.tables order by all"
            names = {t if s == "main" else f"{s}.{t}": _quoted(s, t) for s, t in database.execute(asked).fetchall()}
            held = [n for n, q in names.items() if part or database.execute(f"from {q} limit 1").fetchall()]
            chosen = choose(name, path.name, part, held, "table")
            if isinstance(chosen, Fault):
                return _refused(chosen)
            frame = pl.DataFrame(_Stream(database.sql(f"from {names[chosen]}").__arrow_c_stream__()))
    except (duckdb.Error, pl.exceptions.PolarsError, pl.exceptions.PanicException, ValueError) as error:
        what = f"expected a database that DuckDB {duckdb.__version__} reads; reading it failed: {first_line(error)}"
        mend = "export the table as Parquet, or install the DuckDB that wrote it"
        return _refused(Fault(table=file, what=what, mend=mend))
    return _numbered(file, frame)


@dataclass(frozen=True, slots=True)
class _Stream:
    """A result as an Arrow stream and nothing else: Polars remembers the types it is given, DuckDB's must be let go."""

    capsule: object

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        """Return the stream; a schema asked for is not heeded."""
        return self.capsule


def _quoted(schema: str, table: str) -> str:
    return ".".join('"' + part.replace('"', '""') + '"' for part in (schema, table))


def _numbered(file: str, frame: pl.DataFrame) -> Body:
    if ROW in frame.columns:
        fault = Fault(table=file, column=ROW, what="expected columns of any other name", mend="rename the column")
        return _refused(fault)
    return Body(frame.with_row_index(ROW, offset=1))


def _refused(fault: Fault) -> Body:
    return Body(pl.DataFrame(), faults=(fault,))
