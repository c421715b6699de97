"""Counts, flags, and what was taken for something without being told."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from halfstep.core.check import Guess
from halfstep.data.cells.quantities import is_nothing, read_closely
from halfstep.data.stream.columns import Column, column_of, words_of

__all__ = ["Marks", "figures", "flags"]

_Mask = npt.NDArray[np.bool_]
_TRUE = frozenset({"1", "true", "yes", "y", "t", "是", "1.0", "√", "✓"})
_FALSE = frozenset({"0", "false", "no", "n", "f", "否", "0.0", ""})
_MOST = 1 << 50
"""No post has more likes; sums of 4,000 such stay below 2^62."""


class Marks:
    """Kinds of guess with their first row, their number and what they quote."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str], tuple[int, int, tuple[tuple[str, str | float | int], ...]]] = {}

    def add(
        self, kind: str, rows: npt.NDArray[np.int64], column: str, facts: tuple[tuple[str, str | float | int], ...] = ()
    ) -> None:
        """Count the rows of a guess."""
        if len(rows):
            first, count, told = self._found.get((kind, column), (int(rows.min()), 0, facts))
            self._found[kind, column] = (min(first, int(rows.min())), count + len(rows), told or facts)

    def join(self, other: Marks) -> None:
        """Add what another batch was taken for."""
        for (kind, column), (row, count, facts) in other._found.items():
            first, before, told = self._found.get((kind, column), (row, 0, facts))
            self._found[kind, column] = (min(first, row), before + count, told or facts)

    def guesses(self, file: str) -> tuple[Guess, ...]:
        """Return them as guesses."""
        return tuple(
            Guess(table=file, kind=kind, row=row, column=column, count=count, facts=facts)
            for (kind, column), (row, count, facts) in self._found.items()
        )


def flags(column: Column) -> tuple[_Mask, _Mask]:
    """Return which cells say yes, and which say neither yes nor no."""
    words, at = words_of(column)
    lower = [word.casefold() for word in words]
    yes, no = (np.array([word in known for word in lower], dtype=bool)[at] for known in (_TRUE, _FALSE))
    nothing = np.array([is_nothing(word) for word in words], dtype=bool)[at]
    return yes, ~yes & ~no & ~nothing


def figures(
    columns: Sequence[pa.Array], names: Sequence[str], rows: npt.NDArray[np.int64], marks: Marks
) -> npt.NDArray[np.int64]:
    """Return the counts of several columns added up; a blank is none, "10万+" its lower end, what is no count is none."""
    total = np.zeros(len(rows), dtype=np.int64)
    for cells, name in zip(columns, names, strict=True):
        kind = cells.type
        if pa.types.is_integer(kind) or pa.types.is_floating(kind):
            value = cells.cast(pa.float64()).fill_null(0).to_numpy(zero_copy_only=False)
            strange = ~((value >= 0) & (value <= _MOST))
            marks.add("count_unread", rows[strange & ~np.isnan(value)], name)
            total += np.where(strange, 0, value).astype(np.int64)
            continue
        total += _of_texts(column_of(cells), name, rows, marks)
    return total


def _of_texts(column: Column, name: str, rows: npt.NDArray[np.int64], marks: Marks) -> npt.NDArray[np.int64]:
    words, at = words_of(column)
    plain = pc.match_substring_regex(pa.array(words, pa.large_string()), r"^\d{1,15}$").to_pylist()
    value = np.zeros(len(words), dtype=np.int64)
    kinds: dict[str, list[int]] = {"count_unread": [], "count_bound": []}
    for i, (word, digits) in enumerate(zip(words, plain, strict=True)):
        if digits:
            value[i] = int(word)
        elif word and not is_nothing(word):
            kind, value[i] = _read(word)
            if kind:
                kinds[kind].append(i)
    for kind, found in kinds.items():
        if found:
            facts = (("example", words[found[0]][:60]),)
            marks.add(kind, rows[np.isin(at, found)], name, facts)
    return value[at]


def _read(word: str) -> tuple[str, int]:
    found = read_closely(word)
    if found is None or not 0 <= found.quantity.lo <= _MOST:
        nearest = None if found is None else found.quantity.value
        if nearest is not None and 0 <= nearest <= _MOST:
            return "count_bound", int(nearest)
        return "count_unread", 0
    exact = found.quantity.hedge == "exact" and found.quantity.value is not None
    return ("", round(found.quantity.value or 0)) if exact else ("count_bound", int(found.quantity.lo))
