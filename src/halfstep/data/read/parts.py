"""Which of the sheets or tables of a file is meant."""

from __future__ import annotations

from collections.abc import Sequence

from halfstep.core.check import Fault
from halfstep.data.read.places import MOST_LISTED

__all__ = ["choose", "first_line"]


def choose(table: str, file: str, part: str, names: Sequence[str], kind: str) -> str | Fault:
    """Return the part named, letters of either case alike, or the only one there is.

    Parameters
    ----------
    table
        Name of the table in the study.
    names
        Parts that hold something, or, where one is named, all parts.
    kind
        "sheet" or "table".
    """
    told = ", ".join(repr(name) for name in names[:MOST_LISTED]) + (" …" if len(names) > MOST_LISTED else "")
    if part:
        alike = [name for name in names if name.casefold() == part.casefold()]
        if part in names or len(alike) == 1:
            return part if part in names else alike[0]
        what, mend = f"expected a {kind} {part!r}; the file has: {told or 'none'}", f"correct [tables] {table}"
        return Fault(table=f"{file}#{part}", what=what, mend=mend)
    if not names:
        what = f"expected rows; no {kind} of the file holds any"
        return Fault(table=file, what=what, mend="export the table again")
    if len(names) > 1:
        what = f"expected one {kind}; the file has {len(names)}: {told}"
        return Fault(table=file, what=what, mend=f'say which in study.toml: {table} = "{file}#{names[0]}"')
    return names[0]


def first_line(error: BaseException) -> str:
    """Return the first line of what a library says went wrong."""
    said = str(error).strip()
    return said.splitlines()[0][:200] if said else type(error).__name__
