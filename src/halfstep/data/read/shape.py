"""From a sheet of cells to a table: titles, header, rows, foot; what is left out is told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

import polars as pl

from halfstep.core.check import Fault, Guess
from halfstep.data.read.header_row import Heading, find_heading, is_dated, is_figure, letters
from halfstep.data.read.later import AsOf, later_rows
from halfstep.data.read.leftovers import asked, listed, notes, repeats, totals
from halfstep.data.read.places import MOST_LISTED, QUOTED, ROW, WIDTH
from halfstep.data.read.widths import uneven

__all__ = ["Body", "Cells", "Merged", "shape"]

Merged = tuple[int, int, int, int]
"""First row, first column, last row, last column of merged cells."""

_HEAD = 40
_NONE = "expected rows; the table has none"


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """A sheet before its header is found.

    Attributes
    ----------
    frame
        `ROW`, then columns "0", "1", ... by their place in the sheet, text without blanks around it, null where blank;
        of a text file also `WIDTH`, how many cells the row was written with.
    merged
        Merged cells, rows as in `ROW`, columns from 0; None where the file cannot tell.
    """

    frame: pl.DataFrame
    merged: tuple[Merged, ...] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Body:
    """What a reader found: rows under their column names, or faults; and what it guessed on the way.

    Attributes
    ----------
    frame
        `ROW` and the columns of the file.
    later
        Rows (as in `ROW`) first known after the as-of date, which are not in the frame.
    known
        A text file's bytes without those rows; None where there are none, or where a file has no lines.
    """

    frame: pl.DataFrame
    guesses: tuple[Guess, ...] = ()
    faults: tuple[Fault, ...] = ()
    later: tuple[int, ...] = ()
    known: bytes | None = None


def shape(file: str, cells: Cells, as_of: AsOf | None = None) -> Body:
    """Find header and rows; leave out titles, totals, notes, blank rows, each with a guess.

    Rows first known after the as-of date are taken out first: nothing is guessed of them, or from them.
    """
    later = () if as_of is None else _later(cells, as_of)
    if later:
        body = shape(file, replace(cells, frame=cells.frame.filter(~pl.col(ROW).is_in(later))))
        return replace(body, faults=tuple(fault for fault in body.faults if fault.what != _NONE), later=later)
    places = [c for c in cells.frame.columns if c not in (ROW, WIDTH)]
    at = _filled(cells.frame, places).arg_true().head(_HEAD).to_list() if places else []
    if not at:
        what = "expected a header and rows; the table is empty"
        return Body(cells.frame, faults=(Fault(table=file, what=what, mend="export the table again"),))
    head = cells.frame[at]
    heading = _heading(head, places, cells.merged)
    guesses = list(_above(file, head, places, heading))
    below, told = _filled_down(file, cells.frame[at[heading.last] + 1 :], cells.merged or (), places, heading.names)
    guesses += told
    below, told = _without_leftovers(file, below, places, heading)
    guesses += told
    row: int = head[ROW][heading.first]
    beyond = len(places)
    faults: list[Fault] = []
    if below.height and WIDTH in head.columns:
        beyond = max(head[WIDTH][heading.first : heading.last + 1].to_list())
        told, faults = uneven(file, below, heading.names, beyond)
        guesses += told
    names, told = _named(file, below, dict(zip(places[:beyond], heading.names, strict=False)), row)
    kept = below.select(ROW, *names)
    twins = list(_twins(file, row, list(names.values())))
    if not twins:
        kept.columns = [ROW, *names.values()]
    faults = [*twins, *faults]
    if below.height == 0 and not faults:
        faults.append(Fault(table=file, what=_NONE, mend="export the table again"))
    return Body(kept, (*guesses, *told), tuple(faults))


def _later(cells: Cells, as_of: AsOf) -> tuple[int, ...]:
    """Return the rows below the header that were first known after the as-of date."""
    places = [c for c in cells.frame.columns if c not in (ROW, WIDTH)]
    at = _filled(cells.frame, places).arg_true().head(_HEAD).to_list() if places else []
    if not at:
        return ()
    heading = _heading(cells.frame[at], places, cells.merged)
    below = cells.frame[at[heading.last] + 1 :]
    return tuple(below.filter(later_rows(below, as_of, dict(zip(heading.names, places, strict=False))))[ROW].to_list())


def _filled(frame: pl.DataFrame, places: list[str]) -> pl.Series:
    return frame.select(~pl.all_horizontal(pl.col(places).is_null())).to_series()


def _heading(head: pl.DataFrame, places: list[str], merged: tuple[Merged, ...] | None) -> Heading:
    spans: dict[int, dict[int, int]] | None = None
    if merged is not None:
        spans, at, by = {}, {row: i for i, row in enumerate(head[ROW])}, {int(p): j for j, p in enumerate(places)}
        for top, left, _, right in merged:
            if top in at and left in by:
                spans.setdefault(at[top], {})[by[left]] = by[left] + right - left
    heading = find_heading(head.select(places).rows(), spans)
    return Heading(heading.first, heading.last, tuple(" ".join(name.split()) for name in heading.names))


def _above(file: str, head: pl.DataFrame, places: list[str], heading: Heading) -> Iterator[Guess]:
    if heading.first:
        yield listed(file, "title_rows", head[: heading.first], places)
    if heading.last > heading.first:
        first, last = head[ROW][heading.first], head[ROW][heading.last]
        joined = [name for name in heading.names if " " in name] or heading.names
        facts = (("rows", f"{first}, {last}"), ("text", " / ".join(joined[:3])[:QUOTED]))
        yield Guess(table=file, kind="merged_header", row=first, count=2, facts=facts)


def _filled_down(
    file: str, below: pl.DataFrame, merged: tuple[Merged, ...], places: list[str], names: tuple[str, ...]
) -> tuple[pl.DataFrame, list[Guess]]:
    """Repeat a word or a date in the rows that its merged cell covers; a figure may be a sum and is left alone."""
    start: int = below[ROW][0] if below.height else 0
    of_column: dict[str, list[tuple[int, int]]] = {}
    known = set(places)
    for top, left, bottom, _ in sorted(merged):
        if str(left) in known and bottom > top >= start:
            of_column.setdefault(str(left), []).append((top - start, min(bottom - start, below.height - 1)))
    guesses = []
    for place, blocks in of_column.items():
        cells = below[place].to_list()
        column = names[places.index(place)] or f"column {letters(int(place))}"
        told: dict[str, list[int]] = {"merged_cells": [], "merged_figures": []}
        free = 0
        for top, bottom in blocks:
            value, inside = cells[top] if top < len(cells) else None, range(max(top + 1, free), bottom + 1)
            if value is None:
                continue
            free = max(free, bottom + 1)
            bare = is_figure(value) and not is_dated(value)
            blank = [i for i in inside if cells[i] is None]
            told["merged_figures" if bare else "merged_cells"] += blank
            for i in () if bare else blank:
                cells[i] = value
        below = below.with_columns(pl.Series(place, cells, dtype=pl.String))
        for kind, blank in told.items():
            if blank:
                facts = (("column", column), ("count", len(blank)))
                row = blank[0] + start
                guesses.append(Guess(table=file, kind=kind, row=row, column=column, count=len(blank), facts=facts))
    return below, guesses


def _without_leftovers(
    file: str, below: pl.DataFrame, places: list[str], heading: Heading
) -> tuple[pl.DataFrame, list[Guess]]:
    guesses = []
    explained = asked(below, places)
    if explained:
        guesses.append(listed(file, "question_rows", below[:explained], places))
        below = below[explained:]
    below = below[: _end(_filled(below, places))]
    foot = notes(below, places)
    if foot:
        tail = below[-foot:]
        guesses.append(listed(file, "footer", tail.filter(_filled(tail, places)), places))
        below = below[:-foot]
    filled = _filled(below, places)
    end = _end(filled)
    below, filled = below[:end], filled[:end]
    if not filled.all():
        blank = below.filter(~filled)[ROW]
        facts = (("count", len(blank)),)
        guesses.append(Guess(table=file, kind="blank_rows", row=blank[0], count=len(blank), facts=facts))
        below = below.filter(filled)
    single = heading.first == heading.last and any(heading.names)
    again = repeats(below, dict(zip(places, heading.names, strict=True))) if single else []
    for kind, rows in (("total_row", below[totals(below, places)]), ("repeated_header", below[again])):
        if rows.height:
            guesses.append(listed(file, kind, rows, places))
            below = below.filter(~pl.col(ROW).is_in(rows[ROW].implode()))
    return below, sorted(guesses, key=lambda guess: guess.row or 0)


def _end(filled: pl.Series) -> int:
    at = filled.arg_true()
    return int(at[-1]) + 1 if len(at) else 0


def _named(file: str, below: pl.DataFrame, names: dict[str, str], row: int) -> tuple[dict[str, str], list[Guess]]:
    """Name columns without a name by their letters, and drop those that hold nothing either."""
    guesses = []
    for place in [place for place, name in names.items() if not name]:
        cells = below[place].drop_nulls()
        if len(cells) == 0:
            del names[place]
            continue
        name = names[place] = f"column {letters(int(place))}"
        facts = (("name", name), ("text", cells[0][:QUOTED]))
        guesses.append(Guess(table=file, kind="unnamed_column", row=row, column=name, count=len(cells), facts=facts))
    return names, guesses


def _twins(file: str, row: int, names: list[str]) -> Iterator[Fault]:
    twins = sorted(name for name, times in Counter(names).items() if times > 1 or name in (ROW, WIDTH))
    if twins:
        what = f"column names occur twice: {', '.join(repr(name[:QUOTED]) for name in twins[:MOST_LISTED])}"
        yield Fault(table=file, row=row, what=what, mend="rename the columns in the first row")
