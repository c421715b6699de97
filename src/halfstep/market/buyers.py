"""Possible buyers of each market of a panel: who they are, and how many of them there are of each kind."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from halfstep.core.errors import MisuseError
from halfstep.data.buyers import cell_of
from halfstep.data.side import Side
from halfstep.market.panel import Panel

__all__ = ["Buyers", "buyers_of"]

Array = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]

_NAMED = "demographics."


@dataclass(frozen=True, slots=True, eq=False)
class Buyers:
    """Draws of buyers in blocks; a market has one block, and markets of which the same rows speak share theirs.

    Attributes
    ----------
    file
        File they come from.
    names
        Names of the D demographics.
    block
        Block of each market of the panel, shape (T,), by the panel's codes.
    offset
        Block b holds the draws ``offset[b]:offset[b + 1]``; shape (blocks + 1,).
    D
        Demographics of the draws, shape (A, D), in the order of the file within a block.
    w
        Weights, shape (A,); they sum to one in each block.
    row
        Rows of the file, shape (A,).
    """

    file: str
    names: tuple[str, ...]
    block: Codes
    offset: Codes
    D: Array
    w: Array
    row: Codes

    def of(self, name: str) -> Array:
        """Return a demographic; shape (A,).

        Raises
        ------
        MisuseError
            If there is none of that name.
        """
        if name not in self.names:
            raise MisuseError(f"expected one of the demographics {', '.join(self.names)}; got {name!r}")
        return np.asarray(self.D[:, self.names.index(name)])

    def by_market(self) -> tuple[Codes, Codes]:
        """Return offsets of markets, shape (T + 1,), and the draws that stand there one market after the other.

        Blocks that markets share are written out: look at the last offset before taking all of `D`.
        """
        size = np.diff(self.offset)[self.block]
        offset = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(size)])
        within = np.arange(offset[-1]) - np.repeat(offset[:-1], size)
        return offset, np.repeat(self.offset[self.block], size) + within

    def mean(self) -> Array:
        """Return each market's weighted mean of the demographics; shape (T, D)."""
        return np.asarray(np.add.reduceat(self.w[:, None] * self.D, self.offset[:-1])[self.block])


def buyers_of(panel: Panel, side: Side) -> Buyers:
    """Set a buyers table beside a panel.

    The most specific rows count, whole: of period and place; of the period; of the place; of all.

    Raises
    ------
    MisuseError
        If no row speaks of a market.
    """
    codes, first = np.unique(panel.market, return_index=True)
    if len(codes) <= int(codes[-1]):
        raise MisuseError("expected a panel with every market; this one is a part of a panel")
    frame = side.frame.sort("period", "place", "row", nulls_last=False)
    cells = frame.group_by("period", "place", maintain_order=True).len()
    place_of = {cell: i for i, cell in enumerate(cells.select("period", "place").iter_rows())}
    wanted = np.empty(len(codes), dtype=np.int64)
    for t, i in enumerate(first.tolist()):
        period, place = int(panel.period[i]), panel.place_names[panel.place[i]]
        cell = cell_of(place_of, period, place)
        if cell is None:
            raise MisuseError(f"expected buyers of every market; {panel.period_key(period)} {place} has none")
        wanted[t] = place_of[cell]
    used, block = np.unique(wanted, return_inverse=True)
    size = cells["len"].to_numpy().astype(np.int64)
    kept = np.isin(np.repeat(np.arange(len(size)), size), used)
    offset = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(size[used])])
    names = tuple(name for name in frame.columns if name.startswith(_NAMED))
    weight = frame["weight"].fill_null(1.0).to_numpy()[kept]
    total = np.add.reduceat(weight, offset[:-1])
    return Buyers(
        file=side.file,
        names=tuple(name.removeprefix(_NAMED) for name in names),
        block=block.reshape(-1).astype(np.int64),
        offset=offset,
        D=frame.select(pl.col(names)).to_numpy().astype(np.float64)[kept],
        w=weight / np.repeat(total, np.diff(offset)),
        row=frame["row"].to_numpy().astype(np.int64)[kept],
    )
