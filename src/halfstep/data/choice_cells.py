"""What the cells of flags, prices, brands and attributes of alternatives must be; each fault with its row and column."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from halfstep.core.check import Fault
from halfstep.core.config import ChoiceColumns, StudyConfig
from halfstep.core.config_choice import ChoiceAttribute
from halfstep.data.choice_layouts import Profiles, attribute_value, head, price, word
from halfstep.data.columns import near
from halfstep.data.read.tables import Table
from halfstep.data.rows import check_numbers, where
from halfstep.data.schema import number

__all__ = ["attribute_cells", "brand_cells", "flags", "prices", "zeros"]

_FLAG = "expected 1 or 0"
_NONE = "where the row stands for 'none of these', name choice_columns.none"


def flags(table: Table, column: str, mend: str, *, filled: bool = False) -> Iterator[Fault]:
    """Yield cells that are neither 0 nor 1, nor blank where they need not be `filled`."""
    wrong = ~number(column).is_in([0.0, 1.0]).fill_null(False)
    return where(table, column, wrong if filled else pl.col(column).is_not_null() & wrong, _FLAG, mend, show=True)


def prices(columns: ChoiceColumns, table: Table, column: str) -> Iterator[Fault]:
    if not columns.price_codes:
        return check_numbers(table, column, filled=True, least="zero")
    codes = ", ".join(columns.price_codes)
    wrong, mend = price(columns, column).is_null(), "add it to price_codes, or correct it"
    return where(table, column, wrong, f"expected a code of a price ({codes})", f"{mend}; {_NONE}", show=True)


def attribute_cells(attribute: ChoiceAttribute, table: Table, column: str, *, coded: bool = True) -> Iterator[Fault]:
    """Yield filled cells that are no number, level or code of an attribute."""
    codes = attribute.codes if coded else {}
    if not codes and not attribute.levels:
        yield from check_numbers(table, column)
        return
    known, kind = (list(codes), "code") if codes else (list(attribute.levels), "level")
    wrong = pl.col(column).is_not_null() & attribute_value(attribute, column, coded=coded).is_null()
    cells = table.frame.filter(wrong).select(word(column)).to_series().unique().to_list()
    hints = {cell: f"did you mean {close!r}? " for cell in cells if (close := near(cell, known))}
    hint = hints[cells[0]] if len(cells) == 1 and kind == "level" and cells[0] in hints else ""
    what = f"expected a {kind} of {attribute.id!r} ({', '.join(known)})"
    mend = f"{hint}correct it, or add it to the attribute's {kind}s" + (f"; {_NONE}" if codes else "")
    yield from where(table, column, wrong, what, mend, show=True)


def brand_cells(columns: ChoiceColumns, shown: Profiles) -> Iterator[Fault]:
    """Yield cells that are neither 0 nor 1, half a row of blanks, and rows of two brands."""
    heads = [head(columns, column, shown.alternative) for column in columns.brand_columns]
    if not heads:
        return
    table, mend = shown.table, "write 1 for the row's own brand, 0 for the others"
    hidden = pl.all_horizontal(pl.col(column).is_null() for column in heads)
    for column in heads:
        wrong = ~hidden & ~number(column).is_in([0.0, 1.0]).fill_null(False)
        yield from where(table, column, wrong, _FLAG, mend, show=True)
    two = pl.sum_horizontal((number(column) == 1).cast(pl.Int64) for column in heads) > 1
    yield from where(table, heads[0], two, f"the row is of two brands at once ({', '.join(heads)})", mend)


def zeros(config: StudyConfig, columns: ChoiceColumns, shown: Profiles) -> Iterator[Fault]:
    """Yield rows in which everything is 0: they look like 'none of these' as some exports write it."""
    listed = [attribute.column for attribute in config.choice.attributes] + list(columns.brand_columns)
    if columns.brand is not None or columns.price_codes or not listed:
        return
    cells = [head(columns, column, shown.alternative) for column in (columns.price, *listed)]
    zero = pl.all_horizontal((number(column) == 0).fill_null(False) for column in cells)
    what = "price, brand and every attribute are 0: that is no product"
    yield from where(shown.table, cells[0], zero, what, f"{_NONE}, or leave its cells blank")
