"""What the optional tables must satisfy: reach, flow, second choices, buyers, micro; each fault with its row and cell."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import polars as pl

from halfstep.core.check import Fault
from halfstep.core.config import StudyConfig
from halfstep.data.cells.unread import why_no_number
from halfstep.data.columns import absent, kinds, near
from halfstep.data.micro_rules import check_micro
from halfstep.data.read.tables import ROW, Table
from halfstep.data.rows import LARGEST, LENGTHS, canonical, check_numbers, check_periods, frequencies, twins, where
from halfstep.data.schema import brand_name, number, text
from halfstep.data.side import Plan, plans

__all__ = ["check_sides"]

_PERIODS = {1: "years", 4: "quarters", 12: "months"}
_STOCKS = ("backlog",)
"""Figures that do not add up over a period."""


def check_sides(config: StudyConfig, tables: dict[str, Table], sales: Table | None) -> Iterator[Fault]:
    """Yield every fault of the optional tables; `sales` is None where the sales table cannot be read."""
    for plan in plans(config):
        table = tables.get(plan.name)
        if table is None:
            continue
        figures = {column for column in plan.figures.values() if column is not None}
        unread = list(absent(table, plan.named)) or list(kinds(table, set(plan.named.values()) - figures, figures))
        yield from unread
        if not unread:
            yield from _rows(config, plan, table)
            if plan.name == "micro":
                yield from check_micro(config, table, tables.get("buyers"), sales)
            if sales is not None:
                yield from _against_sales(config, plan, table, sales)


def _rows(config: StudyConfig, plan: Plan, table: Table) -> Iterator[Fault]:
    for column in (column for key, column in plan.brands.items() if key not in plan.blank):
        blank = text(column).is_null()
        yield from where(table, column, blank, "expected a brand; the cell is blank", "fill it or remove the row")
    if plan.period:
        yield from check_periods(table, plan.period, blanks=plan.general)
    for key, figure in plan.figures.items():
        if figure is None:
            continue
        if key in plan.shares:
            yield from _shares(table, figure)
        else:
            least: Literal["above", "zero", ""] = (
                "above" if key in plan.positive else "" if key in plan.signed else "zero"
            )
            yield from check_numbers(table, figure, filled=key in plan.filled, least=least)
        if key == "outlets":
            yield from _two_kinds(table, figure)
    if plan.keyed:
        yield from _twins(config, plan, table)


def _shares(table: Table, column: str) -> Iterator[Fault]:
    """Yield cells that are no share above 0 up to 1; a percentage is shown as the share that it means."""
    bad = pl.col(column).is_not_null() & ~number(column).is_between(1 / LARGEST, 1).fill_null(False)
    for row, cell in table.frame.filter(bad).select(ROW, text(column)).iter_rows():
        percent, (why, _) = _number(cell.rstrip("%％ ")), why_no_number(cell)
        mend = "write a share, such as .45 for 45 per cent, or leave the cell blank"
        if percent is not None and 0 < percent <= 100:
            mend = f"write {_share(percent)} for {percent:g} per cent"
        what = f"expected a share above 0, at most 1; got {cell[:60]!r}" + (f": {why}" if why else "")
        yield Fault(table=table.file, row=row, column=column, what=what, mend=mend)


def _number(cell: str) -> float | None:
    try:
        return float(cell)
    except ValueError:
        return None


def _share(percent: float) -> str:
    written = f"{percent / 100:.6g}"
    return written.lstrip("0") if written.startswith("0.") else written


def _two_kinds(table: Table, column: str) -> Iterator[Fault]:
    """Yield a column of outlets that holds shares and counts."""
    cells = table.frame.select(pl.col(ROW), number(column).alias("v")).drop_nulls().filter(pl.col("v").is_finite())
    shares, counts = cells.filter((pl.col("v") > 0) & (pl.col("v") < 1)), cells.filter(pl.col("v") > 1)
    if shares.height and counts.height:
        yield Fault(
            table=table.file,
            row=shares[ROW][0],
            column=column,
            what=f"shares and counts are mixed; got {shares['v'][0]:g} here, {counts['v'][0]:g} in row {counts[ROW][0]}",
            mend="give the share of possible buyers with an outlet in reach (0 to 1) throughout, or numbers of outlets",
        )


def _twins(config: StudyConfig, plan: Plan, table: Table) -> Iterator[Fault]:
    """Yield rows of one key. Units of a brand and of its sub-brand are added up; what speaks of a whole brand cannot be."""
    brands = [
        brand_name(config, column) if plan.whole else text(column).replace(config.brands.aliases)
        for column in plan.brands.values()
    ]
    brands = [b.fill_null("") if key in plan.blank else b for key, b in zip(plan.brands, brands, strict=True)]
    key = [canonical(table.frame, plan.period)] if plan.period else []
    key += [text(column) for column in ([plan.place] if plan.place else []) + [*plan.words.values()]]
    if plan.general:
        key = [part.fill_null("") for part in key]
    key = [*brands, *key]
    shown = {word: column for word, column in (plan.brands | plan.words | plan.figures).items() if column is not None}
    parts = [*plan.words, *plan.brands, *(["period"] if plan.period else []), *(["place"] if plan.place else [])]
    found = frequencies(table, plan.period) if plan.period else set()
    length = LENGTHS[found.pop()] if len(found) == 1 else ""
    compared = {} if plan.whole else {word: "" if word in _STOCKS else length for word in plan.figures if word in shown}
    for row, what, why in twins(table, key, shown, compared):
        mend = (f"{why}: " if compared else "") + f"keep one row for each {', '.join(parts)}"
        yield Fault(table=table.file, row=row, column=next(iter(plan.brands.values())), what=what, mend=mend)


def _against_sales(config: StudyConfig, plan: Plan, table: Table, sales: Table) -> Iterator[Fault]:
    """Yield a table that speaks of other brands, other places, other kinds of period or other times than the sales."""
    known = _values(sales, brand_name(config, config.columns.brand))
    named = () if plan.name == "micro" else plan.brands.values()
    here = {b for column in named for b in _values(table, brand_name(config, column))}
    if here and not here & known:
        yield _nothing_shared(table, next(iter(plan.brands.values())), "brand", (here, known))
    if plan.place and config.columns.place:
        places, sold = _values(table, text(plan.place)), _values(sales, text(config.columns.place))
        if places and not places & sold:
            yield _nothing_shared(table, plan.place, "place", (places, sold))
    elif plan.place and _values(table, text(plan.place)):
        yield Fault(
            table=table.file,
            column=plan.place,
            what="the table has places, the sales table has none",
            mend=f"name columns.place, or take {plan.section}.place out and keep one row for each brand",
        )
    if not plan.period:
        return
    own, theirs = frequencies(table, plan.period), frequencies(sales, config.columns.period)
    if len(own) == len(theirs) == 1 and own != theirs:
        yield Fault(
            table=table.file,
            column=plan.period,
            what=f"expected {_PERIODS[theirs.pop()]} as in the sales table; the column holds {_PERIODS[own.pop()]}",
            mend="give the table by the periods of the sales table",
        )
    elif plan.name != "second_choices" and len(own) == 1:
        periods = _values(table, canonical(table.frame, plan.period))
        sold = _values(sales, canonical(sales.frame, config.columns.period))
        if not periods & sold:
            yield _nothing_shared(table, plan.period, "period", (periods, sold))


def _values(table: Table, column: pl.Expr) -> set[str]:
    return set(table.frame.select(column).to_series().drop_nulls().to_list())


def _nothing_shared(table: Table, column: str, kind: str, names: tuple[set[str], set[str]]) -> Fault:
    here, there = (sorted(side) for side in names)
    close = next((f"{name!r} may be {hit!r}" for name in here if (hit := near(name, there))), "")
    more = "correct the names or add [brands] aliases" if kind == "brand" else f"correct the {kind}s"
    hint = close if close and kind != "period" else f"the sales table has: {', '.join(there[:12])}"
    return Fault(
        table=table.file,
        column=column,
        what=f"none of its {kind}s is in the sales table; it has: {', '.join(here[:12])}",
        mend=f"{more}; {hint}",
    )
