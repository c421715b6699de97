"""The greatest or the least of several printed figures, of which some may not be known yet."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace

from halfstep.data.press import Figure
from halfstep.docket.look import Look
from halfstep.docket.writer import Account

__all__ = ["looks_at_peaks"]


def looks_at_peaks(account: Account, found: Sequence[list[Figure]]) -> Iterator[Look]:
    """Yield a look for each source and way of counting: one quarter in profit decides that there is one, the last that there is none.

    The greatest lies at or above the greatest that is known; it has an upper end only where every figure asked for, each with its
    own period, is known. Each look carries how it stood on earlier days.
    """
    asked = account.quantity.figures
    named = all(one.period is not None for one in asked)
    groups: dict[tuple[str, ...], list[list[Figure]]] = {}
    for k, some in enumerate(found):
        for figure in some:
            key = (figure.source, figure.base, figure.perimeter, figure.place, figure.unit)
            groups.setdefault(key, [[] for _ in asked])[k].append(figure)
    if not groups:
        yield account.refused("no figure", [])
    for one in groups.values():
        complete = named and all(one)
        figures = list({f.row: f for some in one for f in some}.values())
        figures.sort(key=lambda f: account.shelf.known([f]))
        origin = account.origin("docket.peak", figures)
        ends = _ends(account, figures, complete)
        look = account.look(figures, ends, figures[0].unit, origin)
        days = list(dict.fromkeys(account.shelf.known([f]) for f in figures))[:-1]
        yield replace(
            look,
            value=None,
            open_lo=False,
            open_hi=False,
            earlier=tuple(_then(account, figures, look, day) for day in days),
        )


def _then(account: Account, figures: Sequence[Figure], look: Look, day: str) -> Look:
    """Return the look as it stood on an earlier day, when something was still to come."""
    lo, hi = _ends(account, [f for f in figures if account.shelf.known([f]) <= day], complete=False)
    return replace(look, lo=lo, hi=hi, value=None, open_lo=False, open_hi=False, known=day, record=None)


def _ends(account: Account, figures: Sequence[Figure], complete: bool) -> tuple[float, float]:
    """Return what the known figures leave open of their greatest or least."""
    if account.quantity.take == "greatest":
        return max(f.lo for f in figures), max(f.hi for f in figures) if complete else math.inf
    return min(f.lo for f in figures) if complete else -math.inf, min(f.hi for f in figures)
