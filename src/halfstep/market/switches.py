"""The same rows, counted otherwise: other prices, units or value, sub-brands in or out, and which conclusion turns."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Literal

import numpy as np
import numpy.typing as npt
import polars as pl

from halfstep.core.check import Check, Status
from halfstep.core.config import Basis, StudyConfig
from halfstep.core.period import Period
from halfstep.core.series import Series
from halfstep.data.schema import Sales, price_columns
from halfstep.market.position import band_of
from halfstep.market.records import Author

__all__ = ["Conclusion", "Counted", "Setting", "Tally", "count_otherwise", "switch_check", "switch_series"]

Array = npt.NDArray[np.float64]

MEASURES: tuple[Literal["units", "value"], ...] = ("units", "value")
TIE = 1e-12
"""Volumes nearer to each other than this part of the whole are a tie: the rest is rounding."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One way of counting the rows.

    Attributes
    ----------
    basis
        Price that decides the band, and the value.
    measure
        What is counted.
    subbrands_in
        Whether sub-brands count in their brand; None where none sells anything, or the focal brand is one itself.
    """

    basis: Basis
    measure: Literal["units", "value"]
    subbrands_in: bool | None

    @property
    def key(self) -> str:
        """Text for ids."""
        kept = {None: "", True: ".with_subbrands", False: ".without_subbrands"}
        return f"{self.basis}.{self.measure}{kept[self.subbrands_in]}"


@dataclass(frozen=True, slots=True)
class Conclusion:
    """A sentence on the focal brand that a way of counting makes true or not.

    Attributes
    ----------
    kind
        "first": no brand sells more at or above the edge, and it sells some; "ahead": it sells more there than `brand`;
        "rose": its share there is larger than in the like period a year before.
    """

    kind: Literal["first", "ahead", "rose"]
    edge: float
    brand: str = ""

    @property
    def key(self) -> str:
        """Text for ids."""
        return f"{self.kind} {self.brand} above {self.edge:.12g}".replace("  ", " ")


@dataclass(frozen=True, slots=True, eq=False)
class Tally:
    """Volumes in one setting, by period (the like one before, the last), brand and band; shape (2, B, bands)."""

    brands: tuple[str, ...]
    volume: Array

    @property
    def above(self) -> Array:
        """Volume at or above each edge; shape (2, B, edges)."""
        return self.volume[:, :, ::-1].cumsum(axis=2)[:, :, ::-1][:, :, 1:]

    def own(self, brand: str) -> npt.NDArray[np.bool_]:
        """Return which of the brands is this one; none, where it sells nothing or counts in another."""
        return np.array([name == brand for name in self.brands], dtype=bool)


@dataclass(frozen=True, slots=True, eq=False)
class Counted:
    """The rows of the last period, and of the like period a year before, counted in every setting.

    Attributes
    ----------
    own
        The study's own setting, by units.
    periods
        The like period a year before, the last one; the first is None where the table lacks it.
    tallies
        Setting -> volumes; `own` is among them.
    truths
        Setting -> conclusion -> whether it holds; None where it cannot be said.
    turned
        Conclusion -> settings in which it comes out otherwise than in `own`, for those with any. A price that is blank
        on some rows is held against the study's own setting on the same rows as well, and turns nothing unless both
        differ from it.
    blank
        Basis -> rows of the two periods without that price, where there are any; they are left out of its settings.
    """

    own: Setting
    periods: tuple[str | None, str]
    edges: tuple[float, ...]
    focal: str
    tallies: dict[Setting, Tally]
    truths: dict[Setting, dict[Conclusion, bool | None]]
    turned: dict[Conclusion, tuple[Setting, ...]]
    blank: dict[Basis, int]


def count_otherwise(sales: Sales, config: StudyConfig) -> Counted | None:
    """Count the last period and its like period in every setting; None where the study has no bands."""
    if config.bands is None:
        return None
    last, year, merges = int(sales.frame["period"].to_numpy().max()), sales.frequency, config.brands.subbrands
    frame = sales.frame.filter(pl.col("period").is_in([last - year, last]))
    rows, bases = _Rows.of(frame, last, config.bands.edges), price_columns(config)
    blank = {basis: frame[column].null_count() for basis, column in bases.items() if frame[column].null_count()}
    counts = {(basis, m): rows.volume(frame[column], m) for basis, column in bases.items() for m in MEASURES}
    ways: tuple[bool | None, ...] = (None,)
    if config.study.focal not in merges and not merges.keys().isdisjoint(rows.brands):
        ways = (False, True)
    merged = {way: merges if (config.brands.subbrands_in if way is None else way) else {} for way in ways}
    own = Setting(config.columns.price_basis, "units", config.brands.subbrands_in if len(ways) > 1 else None)
    settings = [Setting(basis, m, way) for basis, way, m in product(bases, ways, MEASURES)]
    tallies = {s: _tally(rows.brands, counts[s.basis, s.measure], merged[s.subbrands_in]) for s in settings}
    truths = {s: _judge(config, tally, rows.twice) for s, tally in tallies.items()}
    same: dict[Basis, dict[Conclusion, bool | None]] = {}
    for basis in blank:
        kept = rows.volume(frame["price"], "units", frame[bases[basis]].is_not_null())
        same[basis] = _judge(config, _tally(rows.brands, kept, merged[own.subbrands_in]), rows.twice)
    turned = {}
    for conclusion, truth in truths[own].items():
        against = {basis: {truth, same.get(basis, truths[own])[conclusion]} for basis in bases}
        found = tuple(s for s in settings if _turns(truths[s][conclusion], against[s.basis]))
        if found:
            turned[conclusion] = found
    before, after = Period(last - year, year).key if rows.twice else None, Period(last, year).key
    return Counted(own, (before, after), config.bands.edges, config.study.focal, tallies, truths, turned, blank)


@dataclass(frozen=True, slots=True, eq=False)
class _Rows:
    """Period (0 or 1), brand and quantity of each row, coded once; `twice` says whether both periods have rows."""

    brands: tuple[str, ...]
    code: npt.NDArray[np.int64]
    q: Array
    edges: tuple[float, ...]
    twice: bool

    @classmethod
    def of(cls, frame: pl.DataFrame, last: int, edges: tuple[float, ...]) -> _Rows:
        names = frame["own_brand"].unique().sort()
        brand = frame["own_brand"].cast(pl.Enum(names)).to_physical().to_numpy().astype(np.int64)
        late = frame["period"].to_numpy() == last
        return cls(tuple(names), late * len(names) + brand, frame["quantity"].to_numpy(), edges, not bool(late.all()))

    def volume(self, price: pl.Series, measure: str, kept: pl.Series | None = None) -> Array:
        """Return the volume by period, brand and band at a price; rows without one, or not kept, count nothing."""
        p = price.fill_null(np.nan).to_numpy()
        q: Array = np.where(np.isnan(p), 0.0, self.q if measure == "units" else self.q * p)
        if kept is not None:
            q = q * kept.to_numpy()
        bands = len(self.edges) + 1
        code = self.code * bands + band_of(p, self.edges)
        counted = np.bincount(code, q, 2 * len(self.brands) * bands).astype(np.float64)
        return counted.reshape(2, len(self.brands), bands)


def _tally(brands: tuple[str, ...], volume: Array, merges: dict[str, str]) -> Tally:
    """Add the volumes of sub-brands to those of their brands."""
    names = [merges.get(brand, brand) for brand in brands]
    kept = tuple(sorted(set(names)))
    out = np.zeros((2, len(kept), volume.shape[2]))
    for b, name in enumerate(names):
        out[:, kept.index(name)] += volume[:, b]
    return Tally(kept, out)


def _judge(config: StudyConfig, tally: Tally, twice: bool) -> dict[Conclusion, bool | None]:
    """Return which conclusions hold; `twice` says whether the like period is in the table."""
    focal, bands = config.study.focal, config.bands
    assert bands is not None
    above = tally.above
    total, own = above.sum(axis=1), above[:, tally.own(focal)].sum(axis=1)
    out: dict[Conclusion, bool | None] = {}
    for k, edge in enumerate(bands.edges):
        whole, mine = total[1, k], own[1, k]
        out[Conclusion("first", edge)] = bool(mine > 0 and (above[1, :, k] <= mine + TIE * whole).all())
        for brand in config.study.benchmarks:
            theirs = above[1, tally.own(brand), k]
            known = len(theirs) > 0 or brand not in config.brands.subbrands
            out[Conclusion("ahead", edge, brand)] = bool(mine > theirs.sum() + TIE * whole) if known else None
        if twice:
            both = total[0, k] > 0 and whole > 0
            rise = mine / whole - own[0, k] / total[0, k] if both else 0.0
            out[Conclusion("rose", edge)] = bool(rise > TIE) if both else None
    return out


def _turns(truth: bool | None, against: set[bool | None]) -> bool:
    """Whether a conclusion comes out otherwise than all that it is held against."""
    return truth is not None and against == {not truth}


def switch_series(write: Author, counted: Counted) -> Iterator[Series]:
    """Yield, per setting, share, change of share and rank above every edge, and the share of every band."""
    panel = write.panel
    spoken = [t for t in panel.periods if panel.period_key(t) in counted.periods]
    origin = write.origin("position.switch", np.isin(panel.period, spoken))
    edges, bands = [f"{edge:.12g}" for edge in counted.edges], [str(k) for k in range(len(counted.edges) + 1)]
    for setting, tally in counted.tallies.items():
        own, stem = tally.own(counted.focal), f"position.switch.{setting.key}"
        above, total = tally.above, tally.above.sum(axis=1)
        mine = above[:, own].sum(axis=1)
        rank = np.where(mine > 0, 1.0 + (above > (mine + TIE * total)[:, None, :]).sum(axis=1), np.nan)
        share = _part(mine, total)
        inside = _part(tally.volume[:, own].sum(axis=1), tally.volume.sum(axis=1))
        for name, what, dim, at, value in (
            ("share", "share above the edge, counted otherwise", "edge", edges, share),
            ("rank", "rank above the edge, counted otherwise", "edge", edges, rank),
            ("band", "share of the band, counted otherwise", "band", bands, inside),
        ):
            where = tuple((period, place) for period in counted.periods if period for place in at)
            flat = value[0 if counted.periods[0] else 1 :].ravel()
            known = np.isfinite(flat)
            index = tuple(label for label, k in zip(where, known, strict=True) if k)
            unit = "rank" if name == "rank" else "share"
            yield write.series(f"{stem}.{name}", what, unit, index, ("period", dim), flat[known], origin)
        if counted.periods[0]:
            change = share[1] - share[0]
            known = np.isfinite(change)
            at_edges = tuple((edge,) for edge, k in zip(edges, known, strict=True) if k)
            what = "change of the share above the edge, counted otherwise"
            yield write.series(f"{stem}.change", what, "share", at_edges, ("edge",), change[known], origin)


def _part(mine: Array, total: Array) -> Array:
    return np.where(total > 0, mine / np.where(total > 0, total, 1.0), np.nan)


def switch_check(counted: Counted) -> Check:
    """Say whether any conclusion turns, and in its facts which one in which setting."""
    facts: tuple[tuple[str, str | int], ...] = (
        ("conclusions", len(counted.truths[counted.own])), ("settings", len(counted.tallies)),
        ("turned", len(counted.turned)), ("study", counted.own.key),
    )  # fmt: skip
    facts += tuple((c.key, ", ".join(s.key for s in settings)) for c, settings in counted.turned.items())
    facts += tuple((f"blank {basis}", rows) for basis, rows in counted.blank.items())
    if counted.turned:
        return Check(
            id="market.switches", status=Status.REVIEW, why="conclusions turn when counted otherwise",
            do="say how it was counted", facts=facts,
        )  # fmt: skip
    return Check(
        id="market.switches", status=Status.PASS, why="no conclusion turns when counted otherwise", facts=facts
    )
