"""Position in the price bands: shares, ladder, cut curve, percentile, concentration. Counts, so no sampling error."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from halfstep.market.panel import Panel

__all__ = ["BASES", "CutCurve", "Standing", "band_of", "band_shares", "concentration", "cut_curve", "first_place"]

Array = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

BASES = ("units", "value")


@dataclass(frozen=True, slots=True, eq=False)
class CutCurve:
    """Share and rank of a brand among everything priced at or above a threshold, for every threshold.

    Attributes
    ----------
    threshold
        Ascending prices at which the curve may change; it is constant on (threshold[i - 1], threshold[i]]. Shape (m,).
    share
        Brand's part of the volume at or above, shape (m,).
    rank
        1 is the largest brand; brands that tie share the better rank; NaN where the brand sells nothing; shape (m,).
    """

    threshold: Array
    share: Array
    rank: Array


def volume(panel: Panel, basis: str) -> Array:
    """Return units (or relative shares) for basis "units", price times that for "value"; shape (n,)."""
    return panel.q if basis == "units" else panel.q * panel.p


def band_of(p: Array, edges: tuple[float, ...]) -> npt.NDArray[np.int64]:
    """Return the band of each price: 0 below the first edge, a price on an edge belongs above it."""
    return np.searchsorted(np.asarray(edges), p, side="right").astype(np.int64)


def band_shares(panel: Panel, brand: str, edges: tuple[float, ...], rows: Mask, basis: str) -> Array:
    """Return the brand's share of each band's volume among some rows; NaN for an empty band; shape (len(edges) + 1,)."""
    band, q = band_of(panel.p, edges), volume(panel, basis)
    bands = len(edges) + 1
    total = np.bincount(band[rows], q[rows], bands)
    own = rows & panel.is_brand(brand)
    return np.where(total > 0, np.bincount(band[own], q[own], bands) / np.where(total > 0, total, 1.0), np.nan)


def cut_curve(panel: Panel, brand: str, rows: Mask, basis: str) -> CutCurve:
    """Return the cut curve among some rows.

    Parameters
    ----------
    rows
        The market looked at, shape (n,); it must hold some volume.
    """
    p, q, code = panel.p[rows], volume(panel, basis)[rows], panel.brand[rows]
    threshold = np.unique(p)
    brands = np.unique(code)
    at = np.zeros((len(threshold), len(brands)))
    np.add.at(at, (np.searchsorted(threshold, p), np.searchsorted(brands, code)), q)
    above = at[::-1].cumsum(axis=0)[::-1]
    total = above.sum(axis=1)
    own = above[:, brands == panel.brands.index(brand)].sum(axis=1)
    sold = total > 0
    rank = np.where(own > 0, 1.0 + (above > own[:, None]).sum(axis=1), np.nan)
    return CutCurve(threshold[sold], own[sold] / total[sold], rank[sold])


def first_place(curve: CutCurve) -> tuple[tuple[float, float], ...]:
    """Return the sets (from, to] of thresholds for which "number one above it" holds; empty shares never lead."""
    leads = curve.rank == 1
    out: list[tuple[float, float]] = []
    for i in np.flatnonzero(leads):
        start = float(curve.threshold[i - 1]) if i > 0 else 0.0
        if out and out[-1][1] == start:
            out[-1] = (out[-1][0], float(curve.threshold[i]))
        else:
            out.append((start, float(curve.threshold[i])))
    return tuple(out)


@dataclass(frozen=True, slots=True, eq=False)
class Standing:
    """Every row's place in its period, and what each period sold; grouped once for all brands.

    Attributes
    ----------
    period
        Position of the row's period among the panel's, shape (n,).
    middle
        Part of the period's units priced below the row, those priced alike counted half; shape (n,).
    sold
        Units of each period, shape (T,).
    band
        Position of the row's period and band together, shape (n,); with `bands` bands a period.
    volume
        What each period and band sold, by "units" and by "value"; each of shape (T, bands).
    """

    period: npt.NDArray[np.int64]
    middle: Array
    sold: Array
    band: npt.NDArray[np.int64]
    volume: dict[str, Array]

    @classmethod
    def of(cls, panel: Panel, edges: tuple[float, ...]) -> Standing:
        """Group the rows of a panel."""
        first, periods, bands = panel.periods[0], len(panel.periods), len(edges) + 1
        known = np.zeros(panel.periods[-1] - first + 1, dtype=np.int64)
        known[np.array(panel.periods) - first] = np.arange(periods)
        period = known[panel.period - first]
        band = period * bands + band_of(panel.p, edges)
        sums = {basis: _sums(band, volume(panel, basis), periods * bands).reshape(periods, bands) for basis in BASES}
        sold = _sums(period, panel.q, periods)
        return cls(period, _middles(panel.p, panel.q, period, sold), sold, band, sums)

    def level(self, panel: Panel, own: Mask) -> Array:
        """Return the mean percentile of some rows' units in each period's prices; NaN where they sold none; shape (T,)."""
        units = np.bincount(self.period[own], panel.q[own], len(self.sold))
        places = np.bincount(self.period[own], panel.q[own] * self.middle[own], len(self.sold))
        return np.where(units > 0, places / np.where(units > 0, units, 1.0), np.nan)

    def share(self, panel: Panel, own: Mask) -> Array:
        """Return some rows' part of what each period sold, shape (T,)."""
        return np.asarray(np.bincount(self.period[own], panel.q[own], len(self.sold)) / self.sold)

    def bands(self, panel: Panel, own: Mask, basis: str) -> Array:
        """Return some rows' part of each period's bands, NaN where a band sold nothing; shape (T, bands)."""
        total = self.volume[basis]
        mine = np.bincount(self.band[own], volume(panel, basis)[own], total.size).reshape(total.shape)
        return np.where(total > 0, mine / np.where(total > 0, total, 1.0), np.nan)


def _sums(code: npt.NDArray[np.int64], amount: Array, size: int) -> Array:
    """Return the sum of each code's amounts, shape (size,)."""
    return np.bincount(code, amount, size).astype(np.float64)


def _middles(p: Array, q: Array, period: npt.NDArray[np.int64], sold: Array) -> Array:
    """Return the part of its period's units that is priced below each row, ties counted half; shape (n,)."""
    order = np.lexsort((p, period))
    p, q, period = p[order], q[order], period[order]
    reached = np.concatenate([[0.0], np.cumsum(q)])
    starts = np.flatnonzero(np.concatenate([[True], (np.diff(p) != 0) | (np.diff(period) != 0)]))
    run = np.repeat(np.arange(len(starts)), np.diff(np.append(starts, len(p))))
    ends = np.append(starts[1:], len(p))
    before = reached[np.searchsorted(period, np.arange(len(sold)))]
    total = np.where(sold > 0, sold, np.nan)[period[starts]]
    middle = ((reached[starts] + reached[ends]) / 2 - before[period[starts]]) / total
    out = np.empty(len(p))
    out[order] = middle[run]
    return out


def concentration(panel: Panel, brand: str, rows: Mask) -> tuple[float, float, int]:
    """Return line concentration: Herfindahl of the brand's models, share of its largest, number of models sold."""
    own = rows & panel.is_brand(brand)
    by_model = np.bincount(panel.model[own], panel.q[own])
    by_model = by_model[by_model > 0]
    if not len(by_model):
        return float("nan"), float("nan"), 0
    part = by_model / by_model.sum()
    return float((part**2).sum()), float(part.max()), len(part)
