"""Figures from surveys of buyers, in the codes of a panel: what a model of buyers must give back."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from halfstep.data.micro_rules import ANY, NOTHING, STATISTICS
from halfstep.data.side import Side
from halfstep.market.panel import Panel

__all__ = ["ANYTHING", "NONE", "UNSAID", "Micro", "micro_of"]

Array = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

ANYTHING, NONE, UNSAID = -1, -2, -3
"""Codes beside those of brands: bought something, bought nothing, not said."""


@dataclass(frozen=True, slots=True, eq=False)
class Micro:
    """Micro figures, one an entry; arrays of shape (M,) but for `markets`.

    Attributes
    ----------
    file
        File they come from.
    second_choice
        Whether it is the share of the group whose second choice is `second`; else the mean of `of` in the group.
    of
        Name of the demographic; "" of second choices.
    group
        Code of the brand bought, or `ANYTHING`, `NONE`.
    second
        Code of the brand that would have been bought instead, or `NONE`; `UNSAID` of means.
    value, count
        The figure, and the people asked.
    markets
        Markets that it speaks of, shape (M, T): those of its period and place in which the group can be.
    row
        Row of the file.
    unused
        Row of the file -> why it says nothing here: "group not on sale", "second choice not on sale", "no such market".
    """

    file: str
    second_choice: Mask
    of: tuple[str, ...]
    group: Codes
    second: Codes
    value: Array
    count: Array
    markets: Mask
    row: Codes
    unused: dict[int, str]


def micro_of(panel: Panel, side: Side) -> Micro:
    """Code a micro table; rows about markets or brands that the panel lacks are set aside with the reason."""
    codes = {ANY: ANYTHING, NOTHING: NONE, "": UNSAID} | {brand: b for b, brand in enumerate(panel.brands)}
    first = np.unique(panel.market, return_index=True)[1]
    period, place = panel.period[first], np.array(panel.place_names)[panel.place[first]]
    on_sale = np.zeros((len(panel.brands), len(first)), dtype=bool)
    on_sale[panel.brand, panel.market] = True
    unused, kept, markets = {}, [], []
    columns = ("row", "statistic", "of", "group", "second", "value", "count", "period", "place")
    frame = side.frame.with_columns(
        pl.lit("").alias(name) for name in ("of", "second") if name not in side.frame.columns
    )
    for row, statistic, of, group, second, value, count, when, where in frame.select(columns).iter_rows():
        here = np.ones(len(first), dtype=bool)
        here &= (period == when) if when is not None else True
        here &= (place == where) if where else True
        if not here.any():
            unused[row] = "no such market"
            continue
        for name, why in ((group, "group not on sale"), (second, "second choice not on sale")):
            code = codes.get(name)
            here = here & (False if code is None else on_sale[code] if code >= 0 else True)
            if not here.any():
                unused[row] = why
                break
        else:
            kept.append((statistic == STATISTICS[1], of, codes[group], codes[second], value, count, row))
            markets.append(here)
    choice, named, bought, other, value, count, rows = zip(*kept, strict=True) if kept else ((),) * 7
    return Micro(
        file=side.file,
        second_choice=np.array(choice, dtype=bool),
        of=tuple(named),
        group=np.array(bought, dtype=np.int64),
        second=np.array(other, dtype=np.int64),
        value=np.array(value, dtype=np.float64),
        count=np.array(count, dtype=np.float64),
        markets=np.array(markets, dtype=bool).reshape(len(kept), len(first)),
        row=np.array(rows, dtype=np.int64),
        unused=unused,
    )
