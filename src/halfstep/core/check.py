"""Checks on a result and faults in an input: both are records, both say what to do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

__all__ = ["Check", "Fault", "Guess", "Status"]


class Status(StrEnum):
    """How a check came out: `PASS`, `REVIEW` (read it before relying on the number) or `FAIL`."""

    PASS = "pass"
    REVIEW = "review"
    FAIL = "fail"


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """A diagnostic that a room returns beside its estimates.

    Attributes
    ----------
    id
        Stable name, dotted: room, subject.
    status
        Outcome.
    why
        Key of the sentence that explains the outcome; worded in `report`.
    do
        Key of the sentence that says what to do about it; empty when nothing is to be done.
    facts
        The figures that the sentences quote, as pairs of name and plain text or number.
    """

    id: str
    status: Status
    why: str
    do: str = ""
    facts: tuple[tuple[str, str | float | int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Guess:
    """Something that a reader decided without being told; every one is shown, none is silent.

    Attributes
    ----------
    table
        File name.
    kind
        Key of the sentence that says what was seen and what it was taken for; worded in `report` as "guess.<kind>".
    row
        First row it speaks of, as the user's editor counts it; None where it speaks of the whole file or column.
    column
        Column, or None.
    count
        Cells, rows or lines that it speaks of.
    facts
        What the sentence quotes, as pairs of name and plain text or number.
    """

    table: str
    kind: str
    row: int | None = None
    column: str | None = None
    count: int = 1
    facts: tuple[tuple[str, str | float | int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing wrong with a study file or a table: where it is, what it is, how to mend it.

    Attributes
    ----------
    table
        File or table name.
    row
        Row as the user's editor counts it (the header of a CSV is row 1), or None where no row is at fault.
    column
        Column or key at fault, or None.
    what
        What was expected and what came.
    mend
        What to do next.
    """

    table: str
    row: int | None = None
    column: str | None = None
    what: str
    mend: str

    def line(self) -> str:
        """Return the fault as one line of text."""
        place = self.table
        if self.row is not None:
            place += f", row {self.row}"
        if self.column is not None:
            place += f", {self.column}"
        return f"{place}: {self.what} -> {self.mend}"
