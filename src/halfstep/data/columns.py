"""Whether a table has the columns that the study names, of a kind that can be read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from difflib import get_close_matches

import polars as pl

from halfstep.core.check import Fault
from halfstep.data.read.tables import ROW, Table

__all__ = ["absent", "kinds", "near"]


def near(name: str, names: Iterable[str]) -> str | None:
    """Return the closest of some names, letters of either case alike."""
    folded = {candidate.casefold(): candidate for candidate in sorted(names, reverse=True)}
    found = get_close_matches(name.casefold(), list(folded), n=1, cutoff=0.5)
    return folded[found[0]] if found else None


def absent(table: Table, wanted: dict[str, str]) -> Iterator[Fault]:
    """Yield columns that the study names (key -> column) and the table lacks."""
    present = [name for name in table.frame.columns if name != ROW]
    for key, column in wanted.items():
        if column not in present:
            close = near(column, present)
            hint = f"did you mean {close!r}?" if close else f"the table has: {', '.join(present)}"
            yield Fault(
                table=table.file,
                column=column,
                what=f"expected this column ({key}); the table has none of that name",
                mend=f"correct study.toml; {hint}",
            )


def kinds(table: Table, words: Iterable[str], numbers: Iterable[str]) -> Iterator[Fault]:
    """Yield columns (of a Parquet file) whose type cannot be read as words or as numbers at all."""
    numeric = set(numbers)
    for column in sorted({*words, *numeric}):
        kind = table.frame.schema[column]
        dated = column in numeric and kind.is_temporal()
        if dated or kind.is_nested() or kind in (pl.Binary, pl.Object, pl.Time, pl.Duration):
            yield Fault(
                table=table.file,
                column=column,
                what=f"expected {'numbers' if column in numeric else 'text'}; the column holds {kind}",
                mend="export the column as plain text or numbers",
            )
