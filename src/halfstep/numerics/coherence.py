"""Printed ratios held against each other: which can be true together, and what they then imply.

Every quantity is a linear form of one unknown vector ``x >= 0`` (units of a market's cells, a brand's units in them), and
a printed figure says that the ratio of two forms lies between two numbers. All of it is a cone, so linear programming
answers both questions exactly, and strict positivity of a denominator is ``>= 1`` after scaling.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["Conflicts", "Ratios", "conflicts", "feasible", "implied"]

Array = npt.NDArray[np.float64]

BUDGET = 400
"""Rounds of the search for the smallest conflict; after them an irreducible one is given."""
MOST = 12
"""Conflicts of one size that are listed."""
VIOLATED = 1e-6
"""Slack, on rows scaled to one, beyond which a statement counts as given up."""


@dataclass(frozen=True, slots=True, eq=False)
class Ratios:
    """Statements ``lo <= num'x / den'x <= hi`` about ``x >= 0`` with ``cone x <= 0``.

    Attributes
    ----------
    num, den
        Shape (m, d); every denominator is above zero in any world that the statement speaks of.
    lo, hi
        Shape (m,); an end may be infinite.
    cone
        What holds whatever is printed (a part is no larger than its whole), shape (k, d).
    """

    num: Array
    den: Array
    lo: Array
    hi: Array
    cone: Array

    def take(self, members: tuple[int, ...]) -> Ratios:
        """Return some of the statements."""
        rows = list(members)
        return Ratios(self.num[rows], self.den[rows], self.lo[rows], self.hi[rows], self.cone)

    def below_zero(self) -> Array:
        """Return the rows A of ``A x <= 0`` that say all of it, shape (rows, d)."""
        below = self.lo[:, None] * np.where(np.isfinite(self.lo)[:, None], self.den, 0.0)
        finite_lo, finite_hi = np.isfinite(self.lo), np.isfinite(self.hi)
        low = below[finite_lo] - self.num[finite_lo]
        high = self.num[finite_hi] - self.hi[finite_hi, None] * self.den[finite_hi]
        rows = np.vstack([self.cone, low, high])
        size = np.abs(rows).max(axis=1, initial=0.0)
        kept = size > 0
        return np.asarray(rows[kept] / size[kept, None])


@dataclass(frozen=True, slots=True)
class Conflicts:
    """Statements that cannot all be true.

    Attributes
    ----------
    sets
        Each a set of positions that conflicts and of which no member is needless; all of one size.
    smallest
        Whether no smaller set conflicts; False where there were too many to look at.
    """

    sets: tuple[tuple[int, ...], ...]
    smallest: bool


def feasible(ratios: Ratios) -> bool:
    """Whether the statements can all be true.

    Examples
    --------
    A share of two bands together lies between the shares in each:

    >>> num = np.array([[0.3, 0.0], [0.0, 0.1], [0.3, 0.1]])  # brand's units, were its shares .3 and .1
    >>> den = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
    >>> none = np.zeros((0, 2))
    >>> [feasible(Ratios(num, den, np.array([0, 0, s]), np.array([1, 1, s]), none)) for s in (0.2, 0.4)]
    [True, False]
    """
    from scipy.optimize import linprog

    rows = ratios.below_zero()
    positive = -ratios.den / np.abs(ratios.den).max(axis=1, keepdims=True)
    bounds = np.concatenate([np.zeros(len(rows)), -np.ones(len(positive))])
    found = linprog(np.zeros(rows.shape[1]), A_ub=np.vstack([rows, positive]), b_ub=bounds, method="highs")
    return bool(found.status == 0)


def conflicts(ratios: Ratios) -> Conflicts | None:
    """Return the smallest sets of statements that cannot all be true; None where all can.

    Whatever conflicts must meet every set of statements whose giving up makes the rest possible. So the smallest set
    that meets all those known is tried; if it can be true, a linear program gives up as little as it can of the others,
    which is one more set to meet (Ignatiev, Previti, Liffiton and Marques-Silva 2015). Sets that were found are barred
    and the search goes on until all of their size are.
    """
    if feasible(ratios):
        return None
    given_up: list[tuple[int, ...]] = []
    found: list[tuple[int, ...]] = []
    for _ in range(BUDGET):
        chosen = _meeting(given_up, found, len(ratios.lo))
        if chosen is None or (found and len(chosen) > len(found[0])) or len(found) == MOST:
            return Conflicts(tuple(sorted(found)), True)
        if not chosen or feasible(ratios.take(chosen)):
            given_up.append(_given_up(ratios, chosen))
        else:
            found.append(chosen)
    return Conflicts(tuple(sorted(found)), True) if found else Conflicts((_irreducible(ratios),), False)


def _meeting(sets: list[tuple[int, ...]], barred: list[tuple[int, ...]], n: int) -> tuple[int, ...] | None:
    """Return a smallest set that meets every one of some sets and holds none of the barred ones; None if there is none."""
    from scipy.optimize import Bounds, LinearConstraint, milp

    if not sets:
        return ()
    rows = np.zeros((len(sets) + len(barred), n))
    for i, members in enumerate((*sets, *barred)):
        rows[i, list(members)] = 1.0
    most = [np.inf] * len(sets) + [len(members) - 1.0 for members in barred]
    least = [1.0] * len(sets) + [-np.inf] * len(barred)
    found = milp(
        np.ones(n), constraints=LinearConstraint(rows, least, most), integrality=np.ones(n), bounds=Bounds(0.0, 1.0)
    )
    return None if found.x is None else tuple(int(i) for i in np.flatnonzero(found.x > 0.5))


def _given_up(ratios: Ratios, kept: tuple[int, ...]) -> tuple[int, ...]:
    """Return the statements that are given up if some are kept and the rest bent as little as possible."""
    from scipy.optimize import linprog

    n, d = ratios.num.shape
    single = [ratios.take((i,)) for i in range(n)]
    blocks, bounds = [np.hstack([ratios.cone, np.zeros((len(ratios.cone), n))])], [np.zeros(len(ratios.cone))]
    for i, one in enumerate(single):
        rows = np.vstack([one.below_zero()[len(ratios.cone) :], -one.den / np.abs(one.den).max()])
        slack = np.zeros((len(rows), n))
        slack[:, i] = -1.0
        blocks.append(np.hstack([rows, slack]))
        bounds.append(np.r_[np.zeros(len(rows) - 1), -1.0])
    most = [(0.0, 0.0 if i in kept else None) for i in range(n)]
    found = linprog(
        np.r_[np.zeros(d), np.ones(n)], A_ub=np.vstack(blocks), b_ub=np.concatenate(bounds),
        bounds=[(0.0, None)] * d + most, method="highs",
    )  # fmt: skip
    return tuple(int(i) for i in np.flatnonzero(found.x[d:] > VIOLATED))


def _irreducible(ratios: Ratios) -> tuple[int, ...]:
    """Return statements that conflict and of which none is needless (deletion filter; Chinneck 2008)."""
    members = tuple(range(len(ratios.lo)))
    for one in members[::-1]:
        fewer = tuple(m for m in members if m != one)
        if fewer and not feasible(ratios.take(fewer)):
            members = fewer
    return members


def implied(ratios: Ratios, num: Array, den: Array) -> tuple[float, float]:
    """Return the least and the largest value that ``num'x / den'x`` can have if all statements are true.

    Parameters
    ----------
    ratios
        Statements that can all be true.
    num, den
        Shape (d,).

    Examples
    --------
    >>> part = Ratios(np.array([[0.3, 0.1]]), np.ones((1, 2)), np.array([0.15]), np.array([0.2]), np.zeros((0, 2)))
    >>> lo, hi = implied(part, np.array([1.0, 0.0]), np.ones(2))
    >>> round(lo, 6), round(hi, 6)
    (0.25, 0.5)
    """
    from scipy.optimize import linprog

    rows, ends = ratios.below_zero(), []
    scale = float(np.abs(den).max())
    for sign in (1.0, -1.0):
        found = linprog(
            sign * num, A_ub=rows, b_ub=np.zeros(len(rows)), A_eq=den[None, :] / scale, b_eq=[1.0], method="highs"
        )
        ends.append(sign * float(found.fun) / scale if found.status == 0 else -sign * float("inf"))
    return ends[0], ends[1]
