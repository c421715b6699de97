"""Where sources stand apart: ranks and figures by each, never averaged."""

from __future__ import annotations

import math
from collections.abc import Iterator

from halfstep.core.check import Check, Status
from halfstep.core.estimate import Estimate
from halfstep.data.press import Figure
from halfstep.market.ranks import COUNTS, rank_of
from halfstep.press.writer import Facts, Writer, band_text, counted_as

__all__ = ["ranks", "sources_apart"]


def ranks(write: Writer, figures: tuple[Figure, ...]) -> Iterator[Estimate | Check]:
    """Yield the focal brand's rank by each source, and whether being first depends on whom one asks."""
    focal, market = write.config.study.focal, write.config.press.market
    markets: dict[tuple[object, ...], dict[tuple[str, str], list[Figure]]] = {}
    for f in figures:
        if f.kind == "fact" and f.metric in (*COUNTS, "rank") and f.entity != market:
            where = (f.place, f.perimeter, f.band, f.span.key)
            markets.setdefault(where, {}).setdefault((f.source, f.base), []).append(f)
    for k, counted in enumerate(markets.values(), start=1):
        found: list[tuple[list[Figure], tuple[int, float]]] = []
        named = {f.entity for same in counted.values() for f in same}
        for same in counted.values():
            rank = rank_of(same, focal, rivals=named)
            if rank is not None:
                found.append((same, rank))
        for j, (same, rank) in enumerate(found, start=1):
            origin = write.origin("press.rank", same)
            yield write.bound(f"press.rank.{k}.{j}", "rank by one source", rank, "rank", origin)
        if len(found) > 1:
            yield _agreement(write, found, k)


def _agreement(write: Writer, found: list[tuple[list[Figure], tuple[int, float]]], k: int) -> Check:
    first = [rank == (1, 1) for _, rank in found]
    never = [rank[0] > 1 for _, rank in found]
    apart = max(r[0] for _, r in found) > min(r[1] for _, r in found)
    one = found[0][0][0]
    facts: Facts = (
        ("brand", write.config.study.focal), ("period", one.span.key), ("place", one.place or "–"),
        ("band", band_text(one.band)), ("number", k), ("ranks", "; ".join(_told(same, rank) for same, rank in found)),
    )  # fmt: skip
    name = f"press.rank.{k}.check"
    if (any(first) and any(never)) or apart:
        return write.check(name, Status.REVIEW, "press source-dependent rank", "name the source", facts)
    if all(first):
        return write.check(name, Status.PASS, "press first by all", "", facts)
    open_ = any(r[0] != r[1] for _, r in found)
    why = "press rank open" if open_ else "press same rank by all"
    return write.check(name, Status.REVIEW if open_ else Status.PASS, why, "give more brands" if open_ else "", facts)


def _told(same: list[Figure], rank: tuple[int, float]) -> str:
    lo, hi = rank
    span = f"{lo}" if lo == hi else f"{lo}+" if math.isinf(hi) else f"{lo}-{hi:g}"
    return f"{counted_as(same[0]) or '–'}: {span}"


def sources_apart(write: Writer, figures: tuple[Figure, ...]) -> Iterator[Check]:
    """Yield things of which sources, or ways of counting, print figures that exclude each other."""
    groups: dict[tuple[object, ...], list[Figure]] = {}
    for f in figures:
        if f.metric != "rank":
            key = (f.entity, f.metric, f.span.key, f.band, f.perimeter, f.place, f.kind)
            groups.setdefault(key, []).append(f)
    for k, same in enumerate((g for g in groups.values() if len(g) > 1), start=1):
        if max(f.lo for f in same) > min(f.hi for f in same):
            told = "; ".join(f"{counted_as(f) or '–'}: {f.text}" for f in same)
            facts: Facts = (
                ("brand", same[0].entity), ("metric", same[0].metric), ("period", same[0].span.key),
                ("band", band_text(same[0].band)), ("figures", told),
            )  # fmt: skip
            yield write.check(f"press.apart.{k}", Status.REVIEW, "press sources apart", "name the source", facts)
