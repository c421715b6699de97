"""What the tables of beliefs and of the line-up must satisfy; each fault with its row and column."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from halfstep.core.check import Fault
from halfstep.core.config import StudyConfig
from halfstep.data.choice_cells import attribute_cells, flags
from halfstep.data.choice_layouts import word
from halfstep.data.columns import near
from halfstep.data.read.tables import ROW, Table
from halfstep.data.rows import check_names, check_numbers, twins, where
from halfstep.data.schema import number, text

__all__ = ["check_beliefs", "check_lineup"]


def check_lineup(config: StudyConfig, table: Table) -> Iterator[Fault]:
    """Yield every fault of the line-up: real products, each once, wholly described."""
    columns = config.lineup_columns
    assert columns is not None
    for column in (columns.product, columns.brand, *([columns.lineup] if columns.lineup else [])):
        yield from check_names(table, column)
    yield from check_numbers(table, columns.price, filled=True, least="above")
    for attribute in config.choice.attributes:
        yield from attribute_cells(attribute, table, attribute.column, coded=False)
        blank = pl.col(attribute.column).is_null()
        yield from where(table, attribute.column, blank, "expected what the product has; the cell is blank", "fill it")
    if columns.weight is not None:
        yield from check_numbers(table, columns.weight, filled=True, least="above")
    key = [word(columns.lineup)] if columns.lineup else []
    for row, what, _ in twins(table, [*key, word(columns.product)], {"price": columns.price}, {}):
        mend = "keep one row a product" + ("" if columns.lineup else ", or name lineup_columns.lineup")
        yield Fault(table=table.file, row=row, column=columns.product, what=what, mend=mend)
    products = table.frame.select(word(columns.product)).to_series().drop_nulls().unique().to_list()
    for search in config.choice.searches:
        if search.product not in products:
            close = near(search.product, products)
            hint = f"did you mean {close!r}?" if close else f"it has: {', '.join(sorted(products)[:12])}"
            what = f"expected a product of the line-up; {search.product!r} is none"
            key_ = f"choice.searches.{search.id}.product"
            yield Fault(table="study.toml", column=key_, what=what, mend=f"correct it; {hint}")


def check_beliefs(config: StudyConfig, table: Table) -> Iterator[Fault]:
    """Yield every fault of beliefs: known attributes, numbers, one figure each, one treatment a respondent."""
    columns = config.belief_columns
    assert columns is not None
    for column in (columns.respondent, columns.brand, columns.attribute):
        yield from check_names(table, column)
    yield from check_numbers(table, columns.value)
    known = {name: a for a in config.choice.attributes for name in (a.id, a.column)}
    for cell in table.frame.select(text(columns.attribute)).to_series().drop_nulls().unique(maintain_order=True):
        this = text(columns.attribute) == cell
        if cell not in known:
            close = near(cell, known)
            hint = f"did you mean {close!r}?" if close else f"there are: {', '.join(known)}"
            what = "expected the id or the column of an attribute of [choice]"
            yield next(where(table, columns.attribute, this, what, f"correct it; {hint}", show=True))
        elif known[cell].levels:
            what = f"{cell!r} has levels that are words; a believed figure needs an attribute in numbers"
            yield next(where(table, columns.attribute, this, what, "take these rows out"))
    ids = {name: attribute.id for name, attribute in known.items()}
    brand = text(columns.brand).replace(config.brands.aliases)
    key = [word(columns.respondent), brand, text(columns.attribute).replace(ids)]
    for row, what, _ in twins(table, key, {"value": columns.value}, {}):
        mend = "keep one row a respondent, brand and attribute"
        yield Fault(table=table.file, row=row, column=columns.value, what=what, mend=mend)
    if columns.informed is not None:
        yield from flags(
            table, columns.informed, "write 1 where the respondent was told the facts, else 0", filled=True
        )
        told = table.frame.select(number(columns.informed)).to_series()
        if len(told) and (told == 1).all():
            what = "informed is 1 in all rows: nobody to compare with"
            mend = "give the rows of both groups, or take belief_columns.informed out"
            yield Fault(table=table.file, column=columns.informed, what=what, mend=mend)
        mixed = table.frame.group_by(word(columns.respondent).alias("who"), maintain_order=True).agg(
            pl.col(ROW).cast(pl.Int64).first(), word(columns.informed).n_unique().alias("kinds")
        )
        for who, row in mixed.filter(pl.col("kinds") > 1).select("who", ROW).iter_rows():
            what = f"respondent {who} was told the facts in some rows and not in others"
            mend = "the lot falls once a respondent: give all rows of one the same figure"
            yield Fault(table=table.file, row=row, column=columns.informed, what=what, mend=mend)
