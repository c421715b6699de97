"""What the cells, facts and reports of a belief experiment carry each by itself, before anything is split."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from halfstep.logit.cells import Absent, BeliefCells, Cell, Fitted, Worth, fit_cell
from halfstep.logit.control import Asked, sides

__all__ = ["Figure", "Looks", "Off", "less", "look", "off_the_facts", "product_of", "sum_of", "true_gap"]

Figure = Worth | Absent


@dataclass(frozen=True, slots=True, eq=False)
class Off:
    """How far mean reports about one attribute are off the facts."""

    attribute: int
    benchmark: Worth
    focal: Worth


@dataclass(frozen=True, slots=True, eq=False)
class Looks:
    """What cells, facts and reports carry; gaps are the benchmark's less the focal brand's.

    Attributes
    ----------
    listed, total
        Brand terms where attributes are listed, and where the name is all that is seen.
    tried
        The product blind: brand terms of hidden brands, else attributes at the facts.
    branded
        Listed brand terms and attributes at the facts.
    moved
        Total of the uninformed less that of the informed.
    omega
        Worth of each attribute where listed (in the blind cell where none lists names with them), length K.
    product
        The true products by it.
    off
        Reports of all who were not told, by attribute asked for.
    """

    listed: Figure
    total: Figure
    tried: Figure
    branded: Figure
    moved: Figure
    omega: tuple[Worth, ...] | Absent
    product: Figure
    off: tuple[Off, ...] | Absent


def less(one: Figure, other: Figure) -> Figure:
    """Return a difference, or why there is none."""
    if isinstance(one, Absent) or isinstance(other, Absent):
        return one if isinstance(one, Absent) else other
    return one - other


def look(cells: BeliefCells, said: Asked | None) -> Looks:
    """Fit each cell and read off what stands in it."""
    people = len(cells.weight)
    told = said.told if said is not None else np.zeros(people, dtype=bool)
    plain, informed = sides(cells, told)

    def fit(cell: Cell | None, missing: str) -> Fitted | Absent:
        if cell is None:
            return Absent(missing)
        found = fit_cell(cell, cells.roles, people)
        return Absent(found) if isinstance(found, str) else found

    listed = fit(cells.cells.get("listed"), "no listed cell")
    blind = fit(cells.cells.get("blind"), "no blind cell")
    by_name, after = fit(plain, "no name-only cell"), fit(informed, "no treatment")
    terms, total = _brands(listed, cells), _brands(by_name, cells)
    unnamed = _attributes(blind, cells)
    omega = _attributes(listed, cells)
    omega = unnamed if isinstance(omega, Absent) and not isinstance(unnamed, Absent) else omega
    product, tried = _at_facts(omega, cells), _brands(blind, cells)
    if isinstance(tried, Absent) and not isinstance(unnamed, Absent):
        tried = _at_facts(unnamed, cells)
    moved = less(total, _brands(after, cells))
    off = _off(cells, said)
    return Looks(terms, total, tried, less(terms, _negative(product)), moved, omega, product, off)


def _negative(figure: Figure) -> Figure:
    return figure if isinstance(figure, Absent) else figure.times(-1.0)


def _brands(fit: Fitted | Absent, cells: BeliefCells) -> Figure:
    """Return the brand terms' gap in one cell."""
    if isinstance(fit, Absent):
        return fit
    found = fit.brands(cells.roles, (cells.benchmark, cells.focal))
    return Absent("brand not in the cell") if found is None else found


def _attributes(fit: Fitted | Absent, cells: BeliefCells) -> tuple[Worth, ...] | Absent:
    """Return what a unit of each attribute is worth in a cell that lists all of them."""
    if isinstance(fit, Absent):
        return fit
    found = [fit.column(column) if column is not None else None for column in cells.roles.attributes]
    missing = tuple(k for k, part in enumerate(found) if part is None)
    return Absent("not estimable", missing) if missing else tuple(part for part in found if part is not None)


def _at_facts(omega: tuple[Worth, ...] | Absent, cells: BeliefCells) -> Figure:
    """Return the worth of the difference of the true products."""
    if isinstance(omega, Absent):
        return omega
    gaps = true_gap(cells, range(len(omega)))
    if isinstance(gaps, Absent):
        return gaps
    return sum_of([part.times(gap) for part, gap in zip(omega, gaps, strict=True)], len(cells.weight))


def true_gap(cells: BeliefCells, attributes: Sequence[int]) -> list[float] | Absent:
    """Return some true attributes of the benchmark less the focal brand's."""
    if cells.facts is None:
        return Absent("no facts")
    gaps = (cells.facts[cells.benchmark] - cells.facts[cells.focal])[list(attributes)]
    unknown = tuple(k for k, gap in zip(attributes, gaps, strict=True) if np.isnan(gap))
    return Absent("no facts", unknown) if unknown else [float(gap) for gap in gaps]


def sum_of(parts: Sequence[Worth], people: int) -> Worth:
    """Return a sum; zero of nothing."""
    total = Worth(0.0, np.zeros(people))
    for part in parts:
        total = total + part
    return total


def product_of(omega: Worth, amount: Worth) -> Worth:
    """Return a worth of a unit times an amount, to first order."""
    influence = omega.influence * amount.value + omega.value * amount.influence
    return Worth(omega.value * amount.value, influence, omega.scales)


def _off(cells: BeliefCells, said: Asked | None) -> tuple[Off, ...] | Absent:
    """Return how far the reports of all who were not told are off the facts."""
    if said is None:
        return Absent("no reports")
    heard = (~np.isnan(said.value[~said.told])).sum(axis=0)[[cells.benchmark, cells.focal]].min(axis=0)
    attributes = np.flatnonzero(heard > 1).tolist()
    return off_the_facts(cells, said, ~said.told, attributes) if attributes else Absent("no reports")


def off_the_facts(
    cells: BeliefCells, said: Asked, people: npt.NDArray[np.bool_], attributes: Sequence[int]
) -> tuple[Off, ...] | Absent:
    """Return, by attribute, how far the mean reports of some people are off the facts."""
    unknown = true_gap(cells, attributes)
    if isinstance(unknown, Absent) or cells.facts is None:
        return unknown if isinstance(unknown, Absent) else Absent("no facts")
    found = []
    for k in attributes:
        means = [said.mean(people, cells.weight, brand, k) for brand in (cells.benchmark, cells.focal)]
        one, two = (
            None if mean is None else replace(mean, value=mean.value - float(cells.facts[brand, k]))
            for mean, brand in zip(means, (cells.benchmark, cells.focal), strict=True)
        )
        if one is None or two is None:
            return Absent("no reports", (k,))
        found.append(Off(k, one, two))
    return tuple(found)
