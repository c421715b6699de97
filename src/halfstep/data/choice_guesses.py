"""What reading a choice experiment decided without being told: blank rows, blank answers, cells that were not shown."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from halfstep.core.check import Guess
from halfstep.core.config import StudyConfig
from halfstep.data.choice_layouts import offered, same
from halfstep.data.read.tables import ROW, Table

__all__ = ["guesses_of", "guesses_of_beliefs"]


_CODES = 9
"""Prices 1, 2, ... up to this many look like codes of levels."""


def guesses_of(config: StudyConfig, tables: dict[str, Table], made: pl.DataFrame) -> Iterator[Guess]:
    """Yield what was decided in `made`, the result of `stacked`."""
    columns, table = config.choice_columns, tables["choices"]
    assert columns is not None
    named = pl.lit(False) if columns.none is None else same(pl.col("alternative")) == columns.none.lower()
    rules = {
        "choice_unanswered": (~pl.col("answered"), columns.chosen or columns.answer),
        "choice_none_blank": (pl.col("none") & ~named, columns.price),
    }
    if columns.layout == "long":
        blank = pl.col("answered") & pl.col("chosen").is_null()
        rules |= {
            "choice_chosen_blank": (blank, columns.chosen),
            "choice_none_added": (pl.col("added"), columns.alternative),
        }
    for kind, (rule, column) in rules.items():
        found = made.filter(rule)
        if found.height:
            count = found["t"].n_unique() if kind == "choice_unanswered" else found.height
            yield Guess(table=table.file, kind=kind, row=_first(found), column=column, count=count)
    prices = made.filter(~pl.col("none"))["price"].drop_nulls().unique().sort()
    if not columns.price_codes and 2 <= len(prices) <= _CODES and prices.to_list() == list(range(1, len(prices) + 1)):
        facts = (("values", ", ".join(f"{price:g}" for price in prices)),)
        yield Guess(table=table.file, kind="price codes", column=columns.price, count=made.height, facts=facts)
    if columns.layout == "wide":
        lost = table.frame.height * len(offered(columns)) - made.filter(~pl.col("none")).height
        if lost:
            yield Guess(table=table.file, kind="choice_not_offered", count=lost)
    for attribute in config.choice.attributes:
        hidden = made.filter("answered", ~pl.col("none"), pl.col(f"x_{attribute.id}").is_null())
        if hidden.height:
            facts = (("attribute", attribute.id),)
            yield Guess(
                table=table.file, kind="choice_not_shown", row=_first(hidden), column=attribute.column,
                count=hidden.height, facts=facts,
            )  # fmt: skip


def guesses_of_beliefs(config: StudyConfig, table: Table) -> Iterator[Guess]:
    """Yield that blank beliefs were left out."""
    columns = config.belief_columns
    assert columns is not None
    blank = table.frame.filter(pl.col(columns.value).is_null())[ROW]
    if len(blank):
        yield Guess(table=table.file, kind="belief_blank", row=int(blank[0]), column=columns.value, count=len(blank))


def _first(found: pl.DataFrame) -> int | None:
    row = found["row"].min()
    return row if isinstance(row, int) else None
