"""The rank that the printed figures of one source leave open."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence

from halfstep.data.press import Figure

__all__ = ["COUNTS", "rank_of"]

COUNTS = ("share", "units")
"""Metrics by which entities are ranked."""


def rank_of(
    figures: Sequence[Figure], entity: str, metrics: Sequence[str] = COUNTS, rivals: Collection[str] = ()
) -> tuple[int, float] | None:
    """Return the best and the worst rank that the figures of one source leave open; None where they give none.

    A printed rank is taken as printed. Of shares, brands that are not listed could still be ahead as far as what the
    listed ones leave has room for them. Of counts nothing is known of those not listed: the rank is among the listed, unless
    some other figure shows that they are not all.

    Parameters
    ----------
    rivals
        Whoever any source names in this market; where one of them is not listed, counts leave the worst rank open.
    """
    printed = [f for f in figures if f.metric == "rank" and f.entity == entity]
    if printed:
        return int(printed[0].lo), printed[0].hi
    for metric in metrics:
        mine = [f for f in figures if f.metric == metric and f.entity == entity]
        others = [f for f in figures if f.metric == metric and f.entity != entity]
        if not mine:
            continue
        best = 1 + sum(f.lo > mine[0].hi for f in others)
        worst = 1.0 + sum(f.hi > mine[0].lo for f in others)
        if metric == "share":
            left = max(1.0 - mine[0].lo - sum(f.lo for f in others), 0.0)
            worst += math.inf if mine[0].lo <= 0 else math.floor(left / mine[0].lo)
        elif not {f.entity for f in (*mine, *others)}.issuperset(rivals):
            worst = math.inf
        if others or (metric == "share" and worst == 1):
            return best, worst
    return None
