"""Name, product and misbelief told apart, bounded, or refused: what each cell of a belief experiment can carry.

Gaps are those of the benchmark B less the focal brand F in money: positive where the focal brand is short. With x the true
attributes, r what is believed or reported, and alpha the price taste::

    product = sum_k beta_k (x_Bk - x_Fk) / alpha
    belief  = sum_k beta_k [(r_Bk - x_Bk) - (r_Fk - x_Fk)] / alpha
    name    = (theta_B - theta_F) / alpha
    total   = name + product + belief, where the name is all that is seen

===========  =========================================================================================================
rests on     what may be said
===========  =========================================================================================================
information  name and belief apart (`halfstep.logit.control`), if the information, given by lot, moves as many brands'
             reports as there are attributes, and strongly. Where the informed still report something else than the facts,
             they did not believe them in full, or reports err by brand: both are then ranges that hold either case.
bound        reports without such information: each brand's and attribute's reported error is belief by an unknown share
             between none and all of it, the rest is halo. Belief lies between the least and the most that this allows;
             so does the name, which is what belief leaves of the total. Attributes are worth what they are where listed.
nothing      cells alone: total less what the product is worth tried blind is name and misbelief together, never apart.
===========  =========================================================================================================

What information moved (`Separation.moved`) needs neither reports nor facts, and no halo enters it: by lot, the same names
were judged with and without it. It is belief where the information was believed in full, and less in size where in part.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from halfstep.logit.cells import Absent, BeliefCells, Cell, Worth, money_of
from halfstep.logit.control import Asked, Equation, Weak, asked, equation, sides
from halfstep.logit.looks import Figure, Looks, Off, less, look, off_the_facts, product_of, sum_of, true_gap
from halfstep.logit.money import Money
from halfstep.logit.tasks import Array
from halfstep.numerics.weak import Strength

__all__ = ["Absent", "Lever", "Part", "Range", "Separation", "separate"]

_FLIPS = 64
_ROUNDING = 1e-9
CONTRADICTS = 0.05
"""Level at which the information's movements are said to contradict the equation."""


@dataclass(frozen=True, slots=True)
class Range:
    """A set that holds the figure, ends widened by sampling error; nothing is said of where inside."""

    lo: float
    hi: float


Part = Money | Range | Absent
_UNASKED = Absent("no reports")


@dataclass(frozen=True, slots=True)
class Lever:
    """What correcting beliefs of the focal brand about one attribute can bring at most.

    Attributes
    ----------
    prevalence
        Share of respondents, none of them told, whose reported belief is worse than the fact; better is what is worth more.
    cap
        Prevalence times the mean worth of correcting it among them: money per respondent, attribute by attribute, good
        opinions left as they are. Reports that err by person raise it; only praise in common to all of them would lower it.
    """

    attribute: int
    prevalence: Money
    cap: Money


@dataclass(frozen=True, slots=True)
class Separation:
    """What the experiment says of a pair of brands.

    Attributes
    ----------
    rests
        What name and belief rest on, see the module.
    listed
        Brand terms where all attributes were listed: name, and inference about what was not listed.
    total
        Where the name is all that is seen: name and believed product; with information the equation's own, so that name,
        product and belief add up to it.
    tried
        The product blind: brand terms of hidden brands, or listed attributes at the facts.
    together
        Name and misbelief in one figure: where the name was seen less `tried`.
    product, belief, name
        The split.
    moved
        By how much information lowered the total: misbelief that it took away.
    left
        Worth of what the reports of the informed still differ from the facts, belief less what moved their reports; away
        from zero the information was not believed in full, or reports err by brand, and `belief` rests on the former.
    face
        Belief if every report is taken for belief, attributes at their worth where listed.
    naive
        Belief by the coefficients that reports have in the choices of the uninformed, no instrument; for comparison.
    levers
        By attribute; empty where facts, reports or the attributes' worth are missing.
    cap
        Sum of the levers' caps.
    asked
        Attributes that beliefs were asked of; the name holds what is believed of others.
    strength
        Of the information; None where it could not be measured.
    contradiction
        Probability of Hansen's J; NaN where nothing is left to test.
    caution
        "informed reports still differ from the facts", "information contradicts itself".
    """

    rests: Literal["information", "bound", "nothing"]
    listed: Part
    total: Part
    tried: Part
    together: Part
    product: Part
    belief: Part
    name: Part
    moved: Part
    left: Part
    face: Part
    naive: Part
    levers: tuple[Lever, ...] = ()
    cap: Part = _UNASKED
    asked: tuple[int, ...] = ()
    strength: Strength | None = None
    contradiction: float = float("nan")
    caution: tuple[str, ...] = ()


def separate(cells: BeliefCells, level: float) -> Separation:
    """Say of the focal brand and the benchmark what the experiment can carry.

    Parameters
    ----------
    level
        Coverage of intervals, e.g. 0.90; a range covers at least at this level under its assumption.

    Examples
    --------
    >>> from halfstep.logit.cells import Roles
    >>> nobody = BeliefCells({}, Roles(0, (None, 1), (2,)), np.ones(1), focal=0, benchmark=1)
    >>> separate(nobody, 0.90).name
    Absent(why='no treatment', attributes=())
    """
    said = asked(cells, cells.reports) if cells.reports is not None else None
    looks = look(cells, said)
    seen = looks.branded if isinstance(looks.total, Absent) else looks.total
    together = looks.tried if isinstance(looks.tried, Absent) else less(seen, looks.tried)
    found = Separation(
        rests="nothing",
        listed=_told(looks.listed, level),
        total=_told(looks.total, level),
        tried=_told(looks.tried, level),
        together=_told(together, level),
        product=_told(looks.product, level),
        belief=Absent("no treatment"),
        name=Absent("no treatment"),
        moved=_told(looks.moved, level),
        left=Absent("no treatment"),
        face=Absent("no reports"),
        naive=Absent("no reports"),
    )
    if said is None:
        absent = Absent("no reports" if "name only" in cells.cells and "informed" in cells.cells else "no treatment")
        return replace(found, name=absent, belief=absent, left=absent)
    solved = equation(cells, said)
    found = _bounded(found, looks, level)
    found = replace(found, strength=solved.strength)
    if isinstance(solved, Weak):
        absent = Absent(solved.why, solved.attributes)
        found = replace(found, left=absent, naive=absent)
        if found.rests == "nothing" and solved.why != "no treatment":
            found = replace(found, belief=absent, name=absent)
        if isinstance(looks.omega, Absent):
            return replace(found, cap=looks.omega)
        return _levers(found, cells, said, [looks.omega[k] for k in found.asked], level)
    return _levers(_split(found, cells, said, solved, level), cells, said, solved.omega, level)


def _told(figure: Figure, level: float) -> Part:
    if isinstance(figure, Absent):
        return figure
    return money_of(figure, level) or Absent("not measurable in money")


def _bounded(found: Separation, looks: Looks, level: float) -> Separation:
    """Bound belief and name, each report's error being belief by a share between none and all of it."""
    if isinstance(looks.off, Absent) or isinstance(looks.omega, Absent):
        why = looks.off if isinstance(looks.off, Absent) else looks.omega
        return replace(found, face=why, belief=why, name=why) if isinstance(why, Absent) else found
    terms = [
        product_of(looks.omega[off.attribute], part)
        for off in looks.off
        for part in (off.benchmark, off.focal.times(-1.0))
    ]
    people = len(terms[0].influence)
    none, face = sum_of([], people), sum_of(terms, people)
    found = replace(
        found,
        rests="bound",
        asked=tuple(off.attribute for off in looks.off),
        face=_told(face, level),
        belief=_range(none, terms, level),
    )
    rest = less(looks.total, looks.product)
    if isinstance(rest, Absent):
        return replace(found, name=rest)
    return replace(found, name=_range(rest, [term.times(-1.0) for term in terms], level))


def _range(fixed: Worth, terms: Sequence[Worth], level: float) -> Part:
    """Return the lowest and the highest end that intervals of ``fixed + sum_j share_j term_j`` reach, shares in [0, 1].

    An end is convex in the shares, so it is reached with each share at none or all; one share is turned at a time while
    that helps.
    """
    ends = []
    for side in (-1.0, 1.0):
        taken = np.array([side * term.value > 0 for term in terms])
        best = _end(fixed, terms, taken, side, level)
        for _ in range(_FLIPS):
            tried = []
            for j in range(len(terms)):
                other = taken.copy()
                other[j] = not other[j]
                tried.append((_end(fixed, terms, other, side, level), j))
            most, j = max(tried, default=(-np.inf, 0))
            if most <= best:
                break
            best, taken[j] = most, not taken[j]
        if not np.isfinite(best):
            return Absent("not measurable in money")
        ends.append(side * best)
    return Range(ends[0], ends[1])


def _end(fixed: Worth, terms: Sequence[Worth], taken: Array, side: float, level: float) -> float:
    """Return how far the interval reaches on one side, its sign turned where that is the lower one; infinite if unbounded."""
    some = sum_of([fixed, *(term for term, one in zip(terms, taken, strict=True) if one)], len(fixed.influence))
    money = money_of(some, level)
    return np.inf if money is None else side * (money.hi if side > 0 else money.lo)


def _split(found: Separation, cells: BeliefCells, said: Asked, solved: Equation, level: float) -> Separation:
    """Tell name and belief apart by the equation; what was bounded is overwritten."""
    found = replace(
        found,
        rests="information",
        asked=solved.attributes,
        name=_told(solved.name, level),
        contradiction=solved.contradiction,
        caution=("information contradicts itself",) if solved.contradiction < CONTRADICTS else (),
    )
    gaps = true_gap(cells, solved.attributes)
    offs = [_of_people(cells, said, cell, solved) for cell in sides(cells, said.told)]
    if isinstance(gaps, Absent) or isinstance(offs[0], Absent) or isinstance(offs[1], Absent):
        absent = next(part for part in (gaps, *offs) if isinstance(part, Absent))
        return replace(found, product=absent, belief=absent, left=absent, naive=absent)
    before, after = ([off.benchmark - off.focal for off in side] for side in offs if not isinstance(side, Absent))
    people = len(cells.weight)

    def worth(omega: Sequence[Worth], amounts: Sequence[Worth]) -> Worth:
        return sum_of([product_of(one, amount) for one, amount in zip(omega, amounts, strict=True)], people)

    belief = worth(solved.omega, before)
    product = sum_of([one.times(gap) for one, gap in zip(solved.omega, gaps, strict=True)], people)
    remains = worth(solved.omega, after)
    left = _told(remains, level)
    found = replace(
        found,
        product=_told(product, level),
        belief=_told(belief, level),
        total=_told(solved.name + product + belief, level),
        left=left,
        naive=_told(worth(solved.raw, before), level),
    )
    if not isinstance(left, Money) or left.lo <= 0 <= left.hi or left.hi - left.lo <= _ROUNDING:
        return found
    return replace(
        found,
        belief=_hull(belief, belief - remains, level),
        name=_hull(solved.name, solved.name + remains, level),
        caution=(*found.caution, "informed reports still differ from the facts"),
    )


def _hull(one: Worth, other: Worth, level: float) -> Part:
    """Return the range that holds the intervals of two figures."""
    ends = money_of(one, level), money_of(other, level)
    if ends[0] is None or ends[1] is None:
        return Absent("not measurable in money")
    return Range(min(ends[0].lo, ends[1].lo), max(ends[0].hi, ends[1].hi))


def _of_people(cells: BeliefCells, said: Asked, cell: Cell | None, solved: Equation) -> tuple[Off, ...] | Absent:
    """Return how far the reports of a cell are off the facts."""
    if cell is None:
        return Absent("no treatment")
    mine = np.zeros(len(cells.weight), dtype=bool)
    mine[cell.people] = True
    return off_the_facts(cells, said, mine, solved.attributes)


def _levers(found: Separation, cells: BeliefCells, said: Asked, omega: Sequence[Worth], level: float) -> Separation:
    """Cap what correcting the focal brand's beliefs can bring."""
    if cells.facts is None or not found.asked:
        return replace(found, cap=Absent("no facts") if cells.facts is None else found.face)
    levers, caps = [], []
    for k, one in zip(found.asked, omega, strict=True):
        short = (cells.facts[cells.focal, k] - said.value[:, cells.focal, k]) * np.sign(one.value)
        unknown = np.isnan(short)
        share, size = (
            Asked(np.where(unknown, np.nan, values)[:, None, None], said.told).mean(~said.told, cells.weight, 0, 0)
            for values in (short > 0, np.maximum(short, 0.0))
        )
        if share is None or size is None:
            return replace(
                found, cap=Absent("no facts" if np.isnan(cells.facts[cells.focal, k]) else "no reports", (k,))
            )
        cap = product_of(one.times(float(np.sign(one.value))), size)
        prevalence, worth = money_of(share, level), money_of(cap, level)
        if prevalence is None or worth is None:
            return replace(found, cap=Absent("not measurable in money"))
        levers.append(Lever(k, prevalence, worth))
        caps.append(cap)
    return replace(found, levers=tuple(levers), cap=_told(sum_of(caps, len(cells.weight)), level))
