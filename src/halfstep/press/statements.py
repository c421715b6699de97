"""Figures of one market and one way of counting, as ratios over its cells of price and time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from halfstep.core.config import Within
from halfstep.data.press import Figure
from halfstep.numerics.coherence import Ratios

__all__ = ["Statements", "statements"]

Array = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

METRICS = ("share", "mix", "band size", "units")


@dataclass(frozen=True, slots=True, eq=False)
class Statements:
    """Figures that are counted alike and whose times overlap, and what they say of the market's cells.

    The unknown vector holds, cell by cell, the market's units w, each entity's units u, and one last number t that turns
    counts into units of the others; it is fixed only up to scale.

    Attributes
    ----------
    figures
        Length m.
    regions
        Cells that each figure speaks of, shape (m, C).
    ratios
        What they say, m statements.
    """

    figures: tuple[Figure, ...]
    regions: Mask
    ratios: Ratios

    def units_of(self, region: Mask) -> Array:
        """Return the linear form that sums the market's units over some cells, shape (d,)."""
        form = np.zeros(self.ratios.num.shape[1])
        form[: len(region)] = region
        return form


def statements(figures: Iterable[Figure], market: str, within: tuple[Within, ...]) -> Iterator[Statements]:
    """Yield what figures say, those counted alike and of overlapping times together.

    Parameters
    ----------
    market
        Entity that stands for the whole market.
    within
        Entities that lie inside others; all others are taken to be apart.
    """
    alike: dict[tuple[str, ...], list[Figure]] = {}
    for f in figures:
        if f.metric in METRICS and f.kind == "fact":
            alike.setdefault((f.place, f.perimeter, f.base, f.source, f.band.money), []).append(f)
    for same in alike.values():
        for group in _overlapping(same):
            yield _stated(group, market, within)


def _overlapping(figures: list[Figure]) -> Iterator[list[Figure]]:
    """Yield figures whose spans are linked by overlaps."""
    group: list[Figure] = []
    for f in sorted(figures, key=lambda f: (f.span.first_day, f.row)):
        if group and f.span.first_day > max(g.span.last_day for g in group):
            yield group
            group = []
        group.append(f)
    if group:
        yield group


def _stated(figures: list[Figure], market: str, within: tuple[Within, ...]) -> Statements:
    starts = sorted({d for f in figures for d in (f.span.first_day.toordinal(), f.span.last_day.toordinal() + 1)})
    edges = sorted({0.0, float("inf"), *(e for f in figures for e in (f.band.lo, f.band.hi))})
    cells = [(t, e) for t in pairwise(starts) for e in pairwise(edges)]
    entities = sorted({f.entity for f in figures} - {market})
    C, d = len(cells), len(cells) * (1 + len(entities)) + 1
    times = np.array(
        [[f.span.first_day.toordinal() <= t[0] < f.span.last_day.toordinal() + 1 for t, _ in cells] for f in figures]
    )
    bands = np.array([[f.band.lo <= e[0] and e[1] <= f.band.hi for _, e in cells] for f in figures])
    largest = max((f.value for f in figures if f.metric == "units"), default=1.0) or 1.0
    num, den = np.zeros((len(figures), d)), np.zeros((len(figures), d))
    lo, hi = np.array([f.lo for f in figures]), np.array([f.hi for f in figures])
    for i, f in enumerate(figures):
        region = times[i] & bands[i]
        own = 0 if f.entity == market else C * (1 + entities.index(f.entity))
        num[i, own : own + C] = region
        if f.metric == "units":
            num[i] *= largest
            den[i, -1] = 1.0
        elif f.metric == "share":
            den[i, :C] = region
        else:
            den[i, own : own + C] = times[i]
    return Statements(tuple(figures), times & bands, Ratios(num, den, lo, hi, _cone(entities, C, within)))


def _cone(entities: list[str], C: int, within: tuple[Within, ...]) -> Array:
    """Return what holds whatever is printed: no entity sells more than the market, nor do all together; shape (k, d)."""
    outer = {e: [w.inner for w in within if w.outer == e and w.inner in entities] for e in entities}
    inside = {inner for members in outer.values() for inner in members}
    rows = []
    one = np.eye(C)
    blocks = {e: C * (1 + k) for k, e in enumerate(entities)}
    wholes: list[tuple[int, list[str]]] = [(0, [e for e in entities if e not in inside])]
    wholes += [(blocks[e], members) for e, members in outer.items() if members]
    for whole, members in wholes:
        part = np.zeros((C, C * (1 + len(entities)) + 1))
        part[:, whole : whole + C] = -one
        for e in members:
            part[:, blocks[e] : blocks[e] + C] += one
        rows.append(part)
    return np.vstack(rows)
