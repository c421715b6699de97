"""Parquet files of any size, and workbooks: columns that have types of their own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from halfstep.core.check import Fault
from halfstep.data.read.tables import ROW, Table, read_table
from halfstep.data.stream.parts import Broken, Part, Raw

__all__ = ["UNREADABLE", "names_of", "of_sheet", "read_parquet", "read_sheet", "rows_of"]

UNREADABLE = "unreadable page"
_MOST_ROWS = 1 << 17
_FEWEST = 256
_BYTES = 16 << 20
"""Bytes that a batch should have unpacked."""


def names_of(part: Part) -> list[str] | Fault:
    """Return the columns of a Parquet file."""
    try:
        with pq.ParquetFile(part.path) as file:
            return list(file.schema_arrow.names)
    except (pa.ArrowException, OSError, ValueError) as error:
        what = f"expected a whole Parquet file; reading it failed: {str(error).partition(chr(10))[0]}"
        return Fault(table=part.file, what=what, mend="copy the file again")


def rows_of(part: Part) -> int:
    """Return the number of rows of a Parquet file."""
    with pq.ParquetFile(part.path) as file:
        return int(file.metadata.num_rows)


def read_parquet(part: Part, wanted: Iterable[str]) -> Iterator[Raw]:
    """Yield the rows of a Parquet file, counted from 1; of a row group that breaks off the rest is told as broken."""
    names = list(wanted)
    with pq.ParquetFile(part.path, pre_buffer=False, buffer_size=1 << 20) as file:
        row = 1
        for group in range(file.num_row_groups):
            about = file.metadata.row_group(group)
            used = [about.column(i) for i in range(about.num_columns)]
            size = sum(column.total_uncompressed_size for column in used if column.path_in_schema in names)
            many = int(min(max(_BYTES * about.num_rows // max(size, 1), _FEWEST), _MOST_ROWS))
            left = about.num_rows
            try:
                for batch in file.iter_batches(many, row_groups=[group], columns=names, use_threads=False):
                    yield Raw(
                        {name: batch.column(name) for name in names}, pa.array(np.arange(row, row + batch.num_rows))
                    )
                    row, left = row + batch.num_rows, left - batch.num_rows
            except (pa.ArrowException, OSError) as error:
                empty = {name: pa.array([], pa.large_string()) for name in names}
                reason = str(error).partition("\n")[0].encode()
                yield Raw(empty, pa.array([], pa.int64()), (Broken(row, UNREADABLE, reason, count=left),))
                row += left


def read_sheet(part: Part) -> Table | tuple[Fault, ...]:
    """Read a workbook, whole: it has a million rows at most."""
    return read_table("utterances", part.path)


def of_sheet(table: Table, wanted: Iterable[str]) -> Iterator[Raw]:
    """Yield the rows of a workbook."""
    names = list(wanted)
    for start in range(0, table.frame.height, _MOST_ROWS):
        some = table.frame.slice(start, _MOST_ROWS).to_arrow()
        columns = {name: some.column(name).combine_chunks() for name in names}
        yield Raw(columns, some.column(ROW).combine_chunks().cast(pa.int64()))
