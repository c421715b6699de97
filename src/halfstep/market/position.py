"""Position in the price bands: shares, ladder, cut curve, percentile, concentration. Counts, so no sampling error."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from halfstep.market.panel import Panel

__all__ = ["CutCurve", "band_of", "band_shares", "concentration", "cut_curve", "first_place", "price_position"]

Array = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]


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


def price_position(panel: Panel, brand: str, rows: Mask) -> float:
    """Return the mean percentile of the brand's units in the market's price distribution; NaN without sales.

    Ties count half: the mean over all brands is one half.
    """
    own = rows & panel.is_brand(brand)
    if panel.q[own].sum() <= 0:
        return float("nan")
    order = np.argsort(panel.p[rows], kind="stable")
    p, q = panel.p[rows][order], panel.q[rows][order]
    reached = np.concatenate([[0.0], np.cumsum(q)]) / q.sum()
    left = reached[np.searchsorted(p, panel.p[own], side="left")]
    right = reached[np.searchsorted(p, panel.p[own], side="right")]
    return float(np.average((left + right) / 2, weights=panel.q[own]))


def concentration(panel: Panel, brand: str, rows: Mask) -> tuple[float, float, int]:
    """Return line concentration: Herfindahl of the brand's models, share of its largest, number of models sold."""
    own = rows & panel.is_brand(brand)
    by_model = np.bincount(panel.model[own], panel.q[own])
    by_model = by_model[by_model > 0]
    if not len(by_model):
        return float("nan"), float("nan"), 0
    part = by_model / by_model.sum()
    return float((part**2).sum()), float(part.max()), len(part)
