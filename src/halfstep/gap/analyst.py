"""The analyst's error: what a naive reading of the same rows says, beside the split."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.special import stdtrit

from halfstep.gap.offerings import Comparison, compare
from halfstep.gap.split import Split, price_splits
from halfstep.gap.verdict import plain_label
from halfstep.market.hedonic import HedonicFit, fit_hedonic
from halfstep.market.panel import Panel
from halfstep.market.position import band_of, band_shares

__all__ = ["Naive", "naive_readings"]

SIGNIFICANT = 0.05
"""The two-sided level of the textbook test that the naive readings use (Fisher's convention); not a setting of ours."""


@dataclass(frozen=True, slots=True)
class Naive:
    """A naive reading.

    Attributes
    ----------
    what
        Its name: "whole price gap is brand", "textbook brand dummy", "inside the price band", "band share".
    half
        The half it speaks about.
    label
        What it concludes, in the words of verdicts.
    money
        Value, standard error, degrees of freedom in money; None where it has no money (then `share`).
    share
        Focal and benchmark share of the band, for "band share".
    """

    what: str
    half: str
    label: str
    money: tuple[float, float, float] | None = None
    share: tuple[float, float] | None = None


def naive_readings(
    panel: Panel, fit: HedonicFit, split: Split, edges: tuple[float, ...] | None, margin: float
) -> Iterator[Naive]:
    """Yield the naive readings of one comparison.

    Parameters
    ----------
    edges
        Price bands, or None.
    margin
        In money.
    """
    price_gap = split.price_benchmark - split.price_focal
    yield Naive("whole price gap is brand", "name", plain_label(price_gap, margin), (price_gap, 0.0, np.inf))
    yield _textbook(fit, split)
    if edges is not None:
        yield from _inside_band(panel, fit, split, edges, margin)
        yield _band_share(panel, split, edges)


def _significant(value: float, se: float, freedom: float) -> str:
    """Return the label of a textbook test: significant or else taken for equal."""
    if abs(value) <= stdtrit(freedom, 1 - SIGNIFICANT / 2) * se:
        return "met"
    return "short" if value > 0 else "ahead"


def _textbook(fit: HedonicFit, split: Split) -> Naive:
    """Return the name half with ordinary standard errors, no margin, no unseen quality, "not significant" read as equal."""
    freedom = fit.panel.n - fit.squares.rank
    value, se = (float(v) * split.money for v in (split.parts.value[-1], split.ordinary_se[-1]))
    return Naive("textbook brand dummy", "name", _significant(value, se, freedom), (value, se, freedom))


def _inside_band(
    panel: Panel, fit: HedonicFit, split: Split, edges: tuple[float, ...], margin: float
) -> Iterator[Naive]:
    """Yield both halves as they come out when only the benchmark's price band is looked at: mirror images."""
    band = band_of(panel.p, edges)
    home = int(band_of(np.array([split.price_benchmark]), edges)[0])
    inside = panel.take(band == home)
    spec, comparison = fit.spec, split.comparison
    brands = {inside.brands[b] for b in np.unique(inside.brand)}
    if not {comparison.pair.focal, comparison.pair.benchmark} <= brands:
        return
    refit = fit_hedonic(inside, spec)
    again = compare(refit.panel, comparison.pair, (comparison.first, comparison.last), spec, "equal")
    if refit.unidentified() or not isinstance(again, Comparison):
        return
    narrow = price_splits(refit, [again], by_attribute=False)[0]
    for half in ("product", "name"):
        value, se, freedom = narrow.part(half)
        yield Naive("inside the price band", half, plain_label(value, margin), (value, se, freedom))


def _band_share(panel: Panel, split: Split, edges: tuple[float, ...]) -> Naive:
    """Return the product half as read off band shares: done where the focal share of the benchmark's band is no smaller."""
    comparison = split.comparison
    rows = (
        panel.segments[comparison.pair.segment] & (panel.period >= comparison.first) & (panel.period <= comparison.last)
    )
    home = int(band_of(np.array([split.price_benchmark]), edges)[0])
    shares = [
        float(np.nan_to_num(band_shares(panel, brand, edges, rows, "units")[home]))
        for brand in (comparison.pair.focal, comparison.pair.benchmark)
    ]
    label = "met" if shares[0] >= shares[1] else "short"
    return Naive("band share", "product", label, share=(shares[0], shares[1]))
