"""What the cells of a choice experiment must satisfy; each fault with its row and column."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import islice

import polars as pl

from halfstep.core.check import Fault
from halfstep.core.config import ChoiceColumns, StudyConfig
from halfstep.data.choice_cells import attribute_cells, brand_cells, flags, prices, zeros
from halfstep.data.choice_layouts import head, profiles
from halfstep.data.choice_names import named
from halfstep.data.choice_settings import check_experiment
from halfstep.data.choice_sides import check_beliefs, check_lineup
from halfstep.data.choice_tasks import check_brands, check_tasks, partly_shown
from halfstep.data.columns import absent, kinds
from halfstep.data.read.places import MOST_LISTED
from halfstep.data.read.tables import Table
from halfstep.data.rows import check_names, check_numbers, where
from halfstep.data.schema import text

__all__ = ["check_choices"]

_ONE = "write 1 for the one that was chosen, 0 for the others"


def check_choices(config: StudyConfig, tables: dict[str, Table]) -> Iterator[Fault]:
    """Yield every fault of the tables of choices, designs, beliefs and the line-up."""
    unread: list[Fault] = []
    for name in ("choices", "design", "beliefs", "lineup"):
        if name in tables:
            told = list(named(config, name, tables))
            lacking = list(absent(tables[name], {f"{one.key} {one.column}": one.column for one in told}))
            numbers = {one.column for one in told if one.numeric}
            unread += lacking or kinds(tables[name], {one.column for one in told} - numbers, numbers)
    yield from unread
    if unread or any(check_experiment(config)):
        return
    columns = config.choice_columns
    readable = "choices" in tables and ("design" in tables or columns is None or columns.layout != "answers")
    if readable and columns is not None:
        wrong = [
            *_people(config, columns, tables),
            *_alternatives(config, columns, tables),
            *check_tasks(config, tables),
        ]
        yield from wrong or partly_shown(config, tables)
    if "lineup" in tables and config.lineup_columns is not None:
        yield from _capped(check_lineup(config, tables["lineup"]))
    if "beliefs" in tables and config.belief_columns is not None:
        yield from _capped(check_beliefs(config, tables["beliefs"]))
    if readable:
        yield from check_brands(config, tables)


def _capped(faults: Iterable[Fault]) -> Iterator[Fault]:
    """Yield the first faults of a kind; the rest are counted."""
    found = iter(faults)
    shown = list(islice(found, MOST_LISTED))
    yield from shown
    more = sum(1 for _ in found)
    if more:
        yield replace(
            shown[-1], row=None, column=None, what=f"{more:,} more faults after this one", mend="correct them too"
        )


def _people(config: StudyConfig, columns: ChoiceColumns, tables: dict[str, Table]) -> Iterator[Fault]:
    """Yield ids that are blank, flags that are none, weights, and words of cells that [choice] does not know."""
    table, layout = tables["choices"], columns.layout
    ids = {"long": (columns.task, columns.alternative), "wide": (columns.task,), "answers": (columns.version,)}[layout]
    for column in (columns.respondent, *ids):
        if column is not None:
            yield from _capped(check_names(table, column))
    if layout == "answers":
        for column in (columns.version, columns.task, columns.alternative):
            if column is not None:
                yield from _capped(check_names(tables["design"], column))
    if layout == "long":
        for column in (columns.chosen, columns.worst):
            if column is not None:
                yield from _capped(flags(table, column, _ONE))
    if columns.weight is not None:
        yield from _capped(check_numbers(table, columns.weight, filled=True, least="above"))
    for column in {column for segment in config.choice.segments for column in segment.between}:
        yield from _capped(check_numbers(table, column))
    if columns.cell is not None:
        known = list(config.choice.cells)
        for cell in table.frame.select(text(columns.cell)).to_series().unique(maintain_order=True).to_list():
            if cell not in known:
                strange = text(columns.cell).eq_missing(pl.lit(cell, pl.String))
                what = "expected a word of [choice] cells" + ("; the cell is blank" if cell is None else "")
                mend = f"add it to [choice] cells, or correct it; there are: {', '.join(known)}"
                yield next(where(table, columns.cell, strange, what, mend, show=cell is not None))


def _alternatives(config: StudyConfig, columns: ChoiceColumns, tables: dict[str, Table]) -> Iterator[Fault]:
    """Yield cells of prices, brands and attributes."""
    for shown in profiles(config, tables):
        column = head(columns, columns.price, shown.alternative)
        yield from _capped(prices(columns, shown.table, column))
        for attribute in config.choice.attributes:
            yield from _capped(
                attribute_cells(attribute, shown.table, head(columns, attribute.column, shown.alternative))
            )
        yield from _capped(brand_cells(columns, shown))
        yield from _capped(zeros(config, columns, shown))
