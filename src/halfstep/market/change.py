"""Why a high-band share changed: own prices, own mix, entry and exit, rivals."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from halfstep.market.panel import Panel
from halfstep.numerics.divide import shapley

__all__ = ["CAUSES", "like_period", "share_change"]

Array = npt.NDArray[np.float64]

CAUSES = ("own prices", "own mix", "entry and exit", "rivals")


def like_period(panel: Panel, period: int, years: int) -> int | None:
    """Return the same season `years` earlier (later if negative), or None where the panel has no such period."""
    other = period - years * panel.frequency
    return other if other in panel.periods else None


def share_change(
    panel: Panel, brand: str, cut: float, before: int, after: int, rows: npt.NDArray[np.bool_]
) -> dict[str, float]:
    """Divide the change of the brand's share at or above a price among four causes (Shapley over all 24 orders).

    Parameters
    ----------
    panel
        With the products of both periods.
    cut
        Lower edge of the high band, in the money unit.
    before, after
        Ordinals of two periods of one season.
    rows
        Scope, shape (n,).

    Returns
    -------
    dict
        Cause -> change in share; the four sum to the whole change. A model is continuing if its cluster sells in both
        periods; its price moves and its volume (mix) are taken apart.
    """
    own = panel.is_brand(brand) & rows
    state = {t: _by_model(panel, own & (panel.period == t)) for t in (before, after)}
    rival = {t: float(panel.q[rows & ~own & (panel.period == t) & (panel.p >= cut)].sum()) for t in (before, after)}
    staying = state[before].keys() & state[after].keys()

    def share(changed: frozenset[str]) -> float:
        prices, mix = (after if cause in changed else before for cause in CAUSES[:2])
        volume = sum(_high(state[prices][m], state[mix][m], cut) for m in staying)
        present = after if CAUSES[2] in changed else before
        volume += sum(_high(rows_, rows_, cut) for m, rows_ in state[present].items() if m not in staying)
        total = volume + rival[after if CAUSES[3] in changed else before]
        return volume / total if total > 0 else 0.0

    return shapley(CAUSES, share)


def _by_model(panel: Panel, rows: npt.NDArray[np.bool_]) -> dict[int, tuple[Array, Array]]:
    models, code = np.unique(panel.cluster[rows], return_inverse=True)
    order = np.argsort(code, kind="stable")
    bounds = np.searchsorted(code[order], np.arange(1, len(models)))
    prices, sold = (np.split(values[rows][order], bounds) for values in (panel.p, panel.q))
    return {int(model): (p, q) for model, p, q in zip(models, prices, sold, strict=False)}


def _high(priced: tuple[Array, Array], sold: tuple[Array, Array], cut: float) -> float:
    """Return the volume of one state, with the part priced high of another."""
    p, weight = priced
    part = weight[p >= cut].sum() / weight.sum() if weight.sum() > 0 else float((p >= cut).mean())
    return float(part * sold[1].sum())
