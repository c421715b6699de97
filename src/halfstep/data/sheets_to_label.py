"""Sheets of posts to be labelled by hand: draw from what there is to label, write the sheet, whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from halfstep.data.stream.hashes import row_keys
from halfstep.data.utterances import Utterances

__all__ = ["BYTES", "COLUMNS", "Posts", "draw_posts", "write_sheet"]

COLUMNS = ("id", "text", "touchpoint", "polarity", "stance", "target", "own", "spam", "coder", "use", "drawn")


BYTES = 4 << 20
"""Most bytes of posts that are held beside those to audit: 20,000 of usual length (a post has about 170), fewer of longer ones."""
_AT_ONCE = 2
"""Posts held, as a multiple of those wanted, before the surplus is dropped."""


@dataclass(frozen=True, slots=True, eq=False)
class Posts:
    """Posts drawn by lot from a table, in the order of their lots.

    Attributes
    ----------
    rows, texts
        Of the posts, as `halfstep.data.utterances.SCHEMA` has them.
    audits
        How many of them, the first, are to audit; each post of the table had the same chance, audits / total.
    total
        Posts in the table.
    """

    rows: tuple[int, ...]
    texts: tuple[str, ...]
    audits: int
    total: int


def draw_posts(utterances: Utterances, audits: int, others: int, seed: int) -> Posts:
    """Draw posts in one time through a table of any size, without replacement; the same table and seed give the same ones.

    Each post has a lot, a bijection of its key stirred with the seed; the smallest lots are drawn (bottom-k sampling, Cohen & Kaplan
    2007). No more than `others` posts, `BYTES` of text and a batch are held.
    """
    salt = row_keys(np.array([seed], dtype=np.int64))
    row, lot, texts = np.empty(0, np.int64), np.empty(0, np.uint64), pa.array([], pa.large_string())
    last, total = np.uint64(2**64 - 1), 0
    for batch in utterances.batches():
        total += batch.num_rows
        own = row_keys((batch.column("key").to_numpy(zero_copy_only=False) ^ salt).view(np.int64))
        near = np.flatnonzero(own <= last)
        row = np.concatenate([row, batch.column("row").to_numpy(zero_copy_only=False)[near]])
        lot = np.concatenate([lot, own[near]])
        texts = pa.concat_arrays([texts, batch.column("text").take(pa.array(near))])
        if len(lot) > _AT_ONCE * (audits + others) or texts.nbytes > _AT_ONCE * BYTES:
            kept = _smallest(lot, texts, audits, others)
            if len(kept) < len(lot):
                last = lot[kept].max(initial=np.uint64(0))
            row, lot, texts = row[kept], lot[kept], texts.take(pa.array(kept))
    kept = _smallest(lot, texts, audits, others)
    return Posts(tuple(row[kept].tolist()), tuple(texts.take(pa.array(kept)).to_pylist()), min(audits, total), total)


def _smallest(lot: npt.NDArray[np.uint64], texts: pa.Array, audits: int, others: int) -> npt.NDArray[np.int64]:
    """Return the places of the smallest lots, as many as are wanted and, beside those to audit, fit into `BYTES`."""
    order = np.argsort(lot, kind="stable")[: audits + others]
    size = pc.binary_length(texts).to_numpy(zero_copy_only=False)[order]
    size[:audits] = 0
    return order[np.cumsum(size) <= BYTES]


def write_sheet(path: Path, rows: Sequence[Sequence[str]]) -> None:
    """Write a sheet of `COLUMNS` as CSV (UTF-8 with a mark, for spreadsheets) or, by its name, as a workbook."""
    path.parent.mkdir(parents=True, exist_ok=True)
    frame = pl.DataFrame(list(rows), schema=dict.fromkeys(COLUMNS, pl.String), orient="row")
    part = path.with_name(f".{path.stem}.part{path.suffix}")
    try:
        if path.suffix.lower() == ".xlsx":
            frame.write_excel(part)
        else:
            frame.write_csv(part, include_bom=True)
        os.replace(part, path)  # noqa: PTH105
    finally:
        part.unlink(missing_ok=True)
