"""Utterances of any number, batch by batch: read, checked, times in one clock, authors hashed; every row that is not read is kept aside."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pyarrow as pa

__all__ = ["SCHEMA", "Utterances"]

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

row: as the user's editor counts (records of a Parquet file are counted from 1); key: hash of the id (of the row where there is none);
platform: "" where none; day: days since 1970-01-01 in the study's zone; second: seconds since 1970-01-01 UTC, null where only the day is
known; author: hash, null where none; engagement: 0 where none; paid, own: false where unsaid; root: hash of the id of the post it goes
back to, null for first posts; about: "" where none; text: valid UTF-8, never null.
"""


@dataclass(slots=True, eq=False)
class Utterances:
    """The table of utterances, to be gone through as often as needed; no more than a few batches are in memory.

    Attributes
    ----------
    file
        As study.toml names it.
    rejected
        Reason -> rows not read, of the last time through; "" before the first.
    """

    file: str
    rejected: dict[str, int]

    def batches(self) -> Iterator[pa.RecordBatch]:
        """Yield batches of `SCHEMA` in the order of the file, the same ones each time."""
        raise NotImplementedError
