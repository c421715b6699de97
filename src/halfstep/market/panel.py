"""The sales table as coded arrays."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import polars as pl

from halfstep.core.config import StudyConfig
from halfstep.core.errors import MisuseError
from halfstep.core.estimate import row_ranges
from halfstep.core.period import Period
from halfstep.data.schema import Sales

__all__ = ["Panel", "build_panel"]

Array = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

_PER_ROW = (
    "row", "period", "market", "brand", "model", "cluster", "p", "q", "X", "firm", "nest", "cost", "size", "place",
)  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Panel:
    """Products in markets; a market is a place in a period. All arrays have shape (n,) but for X (n, K), cost (n, L).

    Attributes
    ----------
    row
        Row in the file.
    period
        Ordinal of the period.
    market, brand, model, cluster
        Codes; `brands` names the brand codes.
    p, q
        Price in the study's money unit, quantity (units or share).
    X
        Transformed attributes, NaN where blank, columns named by `attributes`.
    segments
        Segment id -> rows in it; "all" holds every row.
    firm, nest
        Codes of who sets the price and of the nest; where not given, firms are brands and all rows are one nest.
    cost
        Cost shifters in the order of the study, NaN where blank.
    size
        Possible buyers of the row's market, NaN where unknown.
    place
        Code of the place; `place_names` names the codes.
    """

    file: str
    frequency: int
    row: Codes
    period: Codes
    market: Codes
    brand: Codes
    model: Codes
    cluster: Codes
    p: Array
    q: Array
    X: Array
    attributes: tuple[str, ...]
    brands: tuple[str, ...]
    segments: dict[str, Mask]
    firm: Codes
    nest: Codes
    cost: Array
    size: Array
    place: Codes
    place_names: tuple[str, ...]

    @property
    def n(self) -> int:
        """Rows."""
        return len(self.row)

    @property
    def periods(self) -> tuple[int, ...]:
        """Ordinals of the periods, ascending."""
        first = int(self.period.min())
        return tuple((np.flatnonzero(np.bincount(self.period - first)) + first).tolist())

    def period_key(self, ordinal: int) -> str:
        """Return the text of a period."""
        return Period(ordinal, self.frequency).key

    def is_brand(self, brand: str) -> Mask:
        """Return the rows of a brand.

        Raises
        ------
        MisuseError
            If the panel has no such brand.
        """
        if brand not in self.brands:
            raise MisuseError(f"expected one of {len(self.brands)} brands, got {brand!r}")
        return np.asarray(self.brand == self.brands.index(brand))

    def ranges(self, rows: Mask | Codes) -> str:
        """Return the file rows of a selection as ranges."""
        return row_ranges(self.row[rows])

    def take(self, rows: Mask) -> Panel:
        """Return the panel of some rows; codes stay as they are."""
        arrays = {name: getattr(self, name)[rows] for name in _PER_ROW}
        return replace(self, **arrays, segments={name: mask[rows] for name, mask in self.segments.items()})


def build_panel(sales: Sales, config: StudyConfig) -> Panel:
    """Code a checked sales table."""
    frame = sales.frame
    brands, brand = _codes(frame["brand"])
    places, place = _codes(frame["place"])
    period = frame["period"].to_numpy().astype(np.int64)
    market = np.unique(period * len(places) + place, return_inverse=True)[1].astype(np.int64)
    model, cluster = (_of_brand(frame, column) for column in ("model", "cluster"))
    ids = tuple(attribute.id for attribute in config.attributes)
    shifters = len(config.demand.cost) if config.demand else 0
    segments = {"all": np.ones(len(period), dtype=bool)}
    segments |= {s.id: frame[f"in_{s.id}"].to_numpy() for s in config.scope.segments}
    return Panel(
        file=sales.file,
        frequency=sales.frequency,
        row=frame["row"].to_numpy(),
        period=period,
        market=market,
        brand=brand,
        model=model,
        cluster=cluster,
        p=frame["price"].to_numpy(),
        q=frame["quantity"].to_numpy(),
        X=_numbers(frame, [f"x_{i}" for i in ids]),
        attributes=ids,
        brands=brands,
        segments=segments,
        firm=_codes(frame["firm"])[1],
        nest=_codes(frame["nest"])[1],
        cost=_numbers(frame, [f"z_{i}" for i in range(shifters)]),
        size=_numbers(frame, ["size"])[:, 0],
        place=place,
        place_names=places,
    )


def _numbers(frame: pl.DataFrame, columns: list[str]) -> Array:
    """Return columns as an array of shape (n, columns), NaN where null."""
    filled = frame.select(pl.col(columns).fill_null(np.nan))
    return filled.to_numpy().astype(np.float64).reshape(frame.height, len(columns))


def _codes(values: pl.Series) -> tuple[tuple[str, ...], Codes]:
    """Return the names in order and, for each value, the position of its name."""
    names = values.unique().sort()
    code = values.replace_strict(names, pl.Series(range(len(names)), dtype=pl.Int64), return_dtype=pl.Int64)
    return tuple(names.to_list()), code.to_numpy().astype(np.int64)


def _of_brand(frame: pl.DataFrame, column: str) -> Codes:
    """Return codes of names that mean something within a brand only, in the order of brand and name."""
    both = frame.select(pl.concat_str("brand", pl.lit("\x1f"), column).rank("dense")).to_series()
    return both.to_numpy().astype(np.int64) - 1
