"""Why a cell is not the plain figure or period that a table needs, and what to do about it."""

from __future__ import annotations

from halfstep.data.cells.dates import read_span
from halfstep.data.cells.quantities import Quantity, is_nothing, read_closely

__all__ = ["what_it_is", "why_no_number", "why_no_period"]

_PLAIN = "write digits with a point for decimals, no unit"
_EXACT = "give the exact figure, or put this one in a press table, where it is a bound"
_KINDS = {"half": "half a year", "week": "a week", "day": "a day", "span": "a stretch of days"}


def why_no_number(cell: str) -> tuple[str, str]:
    """Return what a cell says instead of one plain number ("" where it says no figure), and how to mend it.

    Examples
    --------
    >>> why_no_number("17-18%")[0]
    'a range (17% to 18%), and this table needs one number'
    >>> why_no_number("超过28,000")[0]
    'a bound (more than 28,000), not a figure'
    """
    if is_nothing(cell):
        return "a word for nothing", "fill it or remove the row"
    found = read_closely(cell)
    if found is None:
        return "", _PLAIN
    quantity = found.quantity
    if quantity.hedge == "range":
        ends = f"{_printed(quantity, quantity.lo)} to {_printed(quantity, quantity.hi)}"
        return f"a range ({ends}), and this table needs one number", _EXACT
    value = _printed(quantity, quantity.value or 0.0)
    if quantity.hedge in ("about", "nearly"):
        return f"an estimate ({quantity.hedge} {value}), not a figure", _EXACT
    if quantity.hedge != "exact":
        return f"a bound ({quantity.hedge} {value}), not a figure", _EXACT
    if found.marks:
        return f"read as {value}, it does not go with the column's other cells or with what the column holds", _PLAIN
    return "", _PLAIN


def why_no_period(cell: str) -> tuple[str, str]:
    """Return what a cell says instead of a year, quarter or month ("" where it is no date at all), and how to mend it."""
    what, mend = what_it_is(cell), "write 1990, 1990-Q1 or 1990-01"
    return what, f"{mend}; figures of other stretches belong in a press table" if what else mend


def what_it_is(cell: str) -> str:
    """Return what a cell says that is a stretch of days but no month, quarter or year; "" where it is none.

    Examples
    --------
    >>> what_it_is("2025H1")
    'half a year (2025-H1)'
    """
    span = read_span(cell)
    return "" if span is None or span.kind not in _KINDS else f"{_KINDS[span.kind]} ({span.key})"


def _printed(quantity: Quantity, value: float) -> str:
    factor = {"%": 100, "‰": 1000}.get(quantity.unit)
    return f"{value:,.12g}" if factor is None else f"{value * factor:,.12g}{quantity.unit}"
