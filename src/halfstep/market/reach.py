"""Reach: the part of the possible buyers that can choose a brand at all, beside each row of a panel."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from halfstep.core.errors import MisuseError
from halfstep.data.side import Side
from halfstep.market.panel import Panel

__all__ = ["Reach", "reach_of"]

Array = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]

PARTS = ("awareness", "consideration", "outlets")
"""What a reach is the product of; `variants` stands apart."""


@dataclass(frozen=True, slots=True, eq=False)
class Reach:
    """Reach of the brand of each row of a panel, in the row's market; arrays have shape (n,) but for `row`.

    Attributes
    ----------
    file
        File the figures come from.
    parts
        Which columns the table has: awareness, consideration, outlets, variants.
    share
        Probability, in (0, 1], that a possible buyer can choose the brand: the product of those columns of awareness,
        consideration and outlets that the table has. NaN where the table says nothing of the brand in that market, or
        leaves one of them blank: a product that lacks a factor cannot be held against one that has it.
    log_variants
        Logarithm of the variants to choose from per model; 0 where the table gives none.
    variance
        Sampling variance of log(share) by the interviews; 0 where they are not given.
    cell
        Which statement of the table a row's reach is, -1 for none; rows of one cell share its error.
    row
        Row of the file of each cell, shape (cells,).
    """

    file: str
    parts: tuple[str, ...]
    share: Array
    log_variants: Array
    variance: Array
    cell: Codes
    row: Codes

    def take(self, rows: npt.NDArray[np.bool_]) -> Reach:
        """Return the reach of some rows; cells keep their codes."""
        arrays = {name: getattr(self, name)[rows] for name in ("share", "log_variants", "variance", "cell")}
        return replace(self, **arrays)


def reach_of(panel: Panel, side: Side) -> Reach:
    """Align a reach table with the rows of a panel.

    The most specific statement counts, whole: of brand, period and place; of brand and period; of brand and place; of the
    brand. Outlets up to 1 are shares of the possible buyers; larger numbers are counts, and each is divided by the
    largest in its market. Of ``n`` people asked, ``n`` times awareness are asked whether they would consider the brand:
    ``var log r = (1 - a) / (a n) + (1 - c) / (c a n)`` (binomial, delta method).
    """
    given = tuple(part for part in (*PARTS, "variants") if side.frame[part].is_not_null().any())
    cell = _cells(panel, side)
    known = cell >= 0

    def figure(name: str) -> Array:
        values = side.frame[name].fill_null(np.nan).to_numpy().astype(np.float64)
        return np.where(known, values[cell], np.nan)

    share = np.where(known, 1.0, np.nan) if set(given) & set(PARTS) else np.full(panel.n, np.nan)
    for part in PARTS:
        if part in given:
            share = share * (_outlets(panel, figure(part)) if part == "outlets" else figure(part))
    n = figure("respondents")
    awareness, consideration = (figure(part) if part in given else np.ones(panel.n) for part in PARTS[:2])
    variance = (1 - awareness) / (awareness * n) + (1 - consideration) / (consideration * awareness * n)
    return Reach(
        file=side.file,
        parts=given,
        share=share,
        log_variants=np.nan_to_num(np.log(figure("variants"))),
        variance=np.nan_to_num(variance),
        cell=cell,
        row=side.frame["row"].to_numpy().astype(np.int64),
    )


def _cells(panel: Panel, side: Side) -> Codes:
    """Return the row of the frame that speaks of each row of the panel, -1 where none does."""
    keys = side.frame.select("brand", "period", "place").rows()
    at = {key: i for i, key in enumerate(keys)}
    if len(at) < len(keys):
        raise MisuseError("expected one row of the reach table for each brand, period and place")
    rows = np.stack([panel.brand, panel.period, panel.place], axis=1)
    triples, inverse = np.unique(rows, axis=0, return_inverse=True)
    found = np.full(len(triples), -1, dtype=np.int64)
    for i, (b, t, where) in enumerate(triples.tolist()):
        brand, place = panel.brands[b], panel.place_names[where]
        candidates = ((brand, t, place), (brand, t, ""), (brand, None, place), (brand, None, ""))
        found[i] = next((at[key] for key in candidates if key in at), -1)
    return found[inverse.reshape(-1)]


def _outlets(panel: Panel, outlets: Array) -> Array:
    """Return outlets as a share: themselves up to 1, counts over the largest count of the market."""
    if not (outlets > 1).any():
        return outlets
    largest = np.zeros(int(panel.market.max()) + 1)
    np.maximum.at(largest, panel.market, np.nan_to_num(outlets))
    return outlets / np.where(largest > 0, largest, np.nan)[panel.market]
