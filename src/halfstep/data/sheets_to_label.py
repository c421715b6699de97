"""Sheets of posts to be labelled by hand: read what there is to label, write the sheet, whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from halfstep.core.check import Fault
from halfstep.data.read.tables import ROW, Table, read_table

__all__ = ["COLUMNS", "Posts", "read_posts", "write_sheet"]

COLUMNS = ("id", "text", "touchpoint", "polarity", "stance", "target", "own", "spam", "coder", "use", "drawn")


@dataclass(frozen=True, slots=True)
class Posts:
    """Posts as read: ids (the row where there is no column of ids) and texts that are not blank."""

    ids: tuple[str, ...]
    texts: tuple[str, ...]


def read_posts(path: Path, text: str, id_: str | None) -> Posts | tuple[Fault, ...]:
    """Read a table of posts."""
    table = read_table("utterances", path)
    if not isinstance(table, Table):
        return table
    have = ", ".join(repr(name) for name in table.frame.columns if name != ROW)
    absent = [name for name in (text, id_) if name is not None and name not in table.frame.columns]
    if absent:
        what, mend = f"expected a column {absent[0]!r}; there are {have}", "name it: --text, --id"
        return (Fault(table=table.file, column=absent[0], what=what, mend=mend),)
    frame = table.frame.select(
        id=pl.col(ROW if id_ is None else id_).cast(pl.String).fill_null(""), text=pl.col(text).cast(pl.String)
    )
    frame = frame.filter(pl.col("text").str.strip_chars().str.len_bytes() > 0).unique(maintain_order=True)
    return Posts(tuple(frame["id"]), tuple(frame["text"]))


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
