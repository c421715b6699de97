"""The tables of a file from which a study may be made: of a workbook the sheets that can be understood."""

from __future__ import annotations

from pathlib import Path

import fastexcel

from halfstep.core.check import Fault
from halfstep.data.propose.mapping import map_table
from halfstep.data.read.sheets import is_workbook
from halfstep.data.read.tables import Table, read_table

__all__ = ["candidates", "whole_file"]


def candidates(path: Path) -> tuple[Table, ...] | tuple[Fault, ...]:
    """Read a file, or the sheet of it that stands after "#".

    Of a workbook with several sheets the largest of each kind of table is taken.
    """
    found = read_table("sales", path)
    if isinstance(found, Table):
        return (found,)
    sheets = _sheets(path)
    tables = (
        [read_table("sales", path.with_name(f"{path.name}#{sheet}")) for sheet in sheets] if len(sheets) > 1 else []
    )
    largest: dict[str, Table] = {}
    for table in tables:
        if isinstance(table, Table):
            kind = map_table(table, {}).kind
            if kind and (kind not in largest or table.frame.height > largest[kind].frame.height):
                largest[kind] = table
    return tuple(largest.values()) or found


def whole_file(path: Path) -> Path:
    """Return a path without the sheet or table that stands after "#"."""
    whole = str(path)
    ends = [i for i, letter in enumerate(whole) if letter == "#"]
    return next((Path(whole[:end]) for end in (len(whole), *reversed(ends)) if Path(whole[:end]).is_file()), path)


def _sheets(path: Path) -> list[str]:
    try:
        raw = path.read_bytes()
        return fastexcel.read_excel(raw).sheet_names if is_workbook(raw) else []
    except (OSError, ValueError, fastexcel.FastExcelError):
        return []
