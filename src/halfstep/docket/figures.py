"""Looks at a quantity through printed figures: each source by itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from halfstep.core.config_docket import Quantity
from halfstep.data.press import Figure
from halfstep.docket.adding import unfit
from halfstep.docket.arithmetic import extremes
from halfstep.docket.look import Look
from halfstep.docket.peaks import looks_at_peaks
from halfstep.docket.selection import Shelf
from halfstep.docket.writer import Account
from halfstep.market.ranks import COUNTS, rank_of

__all__ = ["looks_at_figures", "looks_at_ranks"]


def looks_at_figures(shelf: Shelf, quantity: Quantity) -> Iterator[Look]:
    """Yield a look for each source and way of counting that prints all that is asked for; or one that says what is missing."""
    asked = (*quantity.figures, *quantity.less, *quantity.over)
    found = [shelf.meant(one) for one in asked]
    account = Account(shelf, quantity)
    if quantity.take != "sum":
        yield from looks_at_peaks(account, found)
        return
    if not all(found):
        yield account.refused("no figure", [f for some in found for f in some])
        return
    sets = list(shelf.together(asked, found))
    if not sets:
        yield account.refused("other bases", [some[0] for some in found])
    for figures in sets:
        yield _calculated(account, figures)


def _calculated(account: Account, figures: tuple[Figure, ...]) -> Look:
    """Return what the figures of one source leave open of a sum, a difference or a ratio."""
    quantity = account.quantity
    added, taken = len(quantity.figures), len(quantity.less)
    plus, minus, over = figures[:added], figures[added : added + taken], figures[added + taken :]
    reason = unfit(plus, minus, over, frozenset(_inside(account.shelf, figures)))
    if reason:
        return account.refused(reason, figures)
    one = list({f.row: f for f in figures}.values())
    place = {f.row: k for k, f in enumerate(one)}
    above, below = np.zeros(len(one)), np.zeros(len(one))
    for terms, sign, line in ((plus, 1.0, above), (minus, -1.0, above), (over, 1.0, below)):
        for f in terms:
            line[place[f.row]] += sign
    ends = extremes(
        np.array([f.lo for f in one]), np.array([f.hi for f in one]), above, below if over else None
    )  # fmt: skip
    if ends is None:
        return account.refused("may be zero", figures)
    taken_for = [
        name
        for name, true in (("added", added > 1), ("subtracted", bool(minus)), ("divided", bool(over)))
        if true
    ]  # fmt: skip
    method = "docket.ratio" if over else "docket.sum" if len(one) > 1 else "docket.figure"
    unit = plus[0].unit if not over else "share" if plus[0].unit == over[0].unit else f"{plus[0].unit}/{over[0].unit}"
    origin = account.origin(method, one, tuple(f"printed figures are {name}" for name in taken_for))
    return account.look(one, ends, unit, origin)


def _inside(shelf: Shelf, figures: Sequence[Figure]) -> Iterator[tuple[str, str]]:
    """Yield names of the figures with every name that holds them: a brand its group, everybody the market."""
    held: dict[str, list[str]] = {}
    for one in shelf.config.press.within:
        held.setdefault(shelf.entity(one.inner), []).append(shelf.entity(one.outer))
    for name in {f.entity for f in figures}:
        reached, ahead = {name}, [name]
        while ahead:
            ahead = [outer for inner in ahead for outer in held.get(inner, []) if outer not in reached]
            reached.update(ahead)
        yield from ((name, outer) for outer in (*reached, shelf.config.press.market) if outer != name)


def looks_at_ranks(shelf: Shelf, quantity: Quantity) -> Iterator[Look]:
    """Yield an entity's rank by each source; or a look that says that none tells it."""
    asked, account = quantity.rank, Account(shelf, quantity)
    assert asked is not None
    entity, metric, market = shelf.entity(asked.entity), shelf.metric(asked.metric), shelf.config.press.market
    metrics = COUNTS if metric == "rank" else (metric,)
    groups: dict[tuple[object, ...], list[Figure]] = {}
    for figure in shelf.ranked(asked, ("rank", *metrics)):
        if figure.entity != market:
            key = (figure.source, figure.base, figure.perimeter, figure.place, figure.band, figure.span.key)
            groups.setdefault(key, []).append(figure)
    seen = False
    for same in groups.values():
        rank = rank_of(same, entity, metrics, _rivals(shelf, same, metrics))
        if rank is not None:
            seen = True
            yield account.look(same, (float(rank[0]), rank[1]), "rank", account.origin("docket.rank", same))
    if not seen:
        yield account.refused("no figure", [])


def _rivals(shelf: Shelf, listed: Sequence[Figure], metrics: Sequence[str]) -> set[str]:
    """Return whoever any source counts or ranks in the same market at the same time, beside those that a source lists.

    A group that holds one of the listed, or a part of one, is no rival of its own.
    """
    one, market = listed[0], shelf.config.press.market
    same = [
        f
        for f in shelf.figures
        if f.kind == one.kind and f.metric in ("rank", *COUNTS, *metrics) and (f.place, f.band) == (one.place, one.band)
        and f.span.first_day <= one.span.last_day and one.span.first_day <= f.span.last_day and f.entity != market
    ]  # fmt: skip
    names = {f.entity for f in listed}
    held = {pair for pair in _inside(shelf, (*listed, *same)) if market not in pair}
    kin = {inner for inner, outer in held if outer in names} | {outer for inner, outer in held if inner in names}
    return {f.entity for f in same} - kin
