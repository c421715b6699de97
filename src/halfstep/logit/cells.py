"""Cells of a belief experiment, and what a brand is worth in each: figures in money that carry each respondent's influence.

A figure's error is the sum of its influences, so figures from different cells, and from reports and choices of the same
people, are compared with their joint error, clustered by respondent.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import stdtrit

from halfstep.core.config_choice import Role
from halfstep.core.errors import MisuseError
from halfstep.logit.mnl import fit_multinomial
from halfstep.logit.money import Money
from halfstep.logit.tasks import Array, Codes, Tasks
from halfstep.numerics.intervals import fieller, t_interval

__all__ = ["Absent", "BeliefCells", "Cell", "Fitted", "Reports", "Roles", "Worth", "fit_cell", "money_of"]

_VARIES = 1e-12


@dataclass(frozen=True, slots=True)
class Roles:
    """Which column of X is what; every cell has the same columns, those that a cell does not show are constant in it.

    Attributes
    ----------
    price
        Column of price.
    brands
        Column of each brand, None for the base; length B.
    attributes
        Column of each attribute, None where no cell lists it; length K.
    none
        Column that is one where nothing is bought; None where that was not offered.
    """

    price: int
    brands: tuple[int | None, ...]
    attributes: tuple[int | None, ...]
    none: int | None = None

    def brand(self, X: Array) -> Codes:
        """Return the brand of each row; -1 where it is none, or hidden and there is no base."""
        base = self.brands.index(None) if None in self.brands else -1
        found = np.full(len(X), base, dtype=np.int64)
        for b, column in enumerate(self.brands):
            if column is not None:
                found[X[:, column] != 0] = b
        if self.none is not None:
            found[X[:, self.none] != 0] = -1
        return found


@dataclass(frozen=True, slots=True, eq=False)
class Cell:
    """Choices made in one cell.

    Attributes
    ----------
    people
        Respondent of each person of `tasks`, shape (N,).
    """

    tasks: Tasks
    people: Codes

    def of(self, wanted: npt.NDArray[np.bool_]) -> Cell | None:
        """Return the choices of some respondents, mask of shape (P,); None where nobody is left."""
        mine = wanted[self.people]
        return Cell(self.tasks.of(mine), self.people[mine]) if mine.any() else None


@dataclass(frozen=True, slots=True, eq=False)
class Reports:
    """What respondents said they believe; one figure a row, all of shape (m,).

    Attributes
    ----------
    person, brand, attribute
        Positions of the respondent, the brand and the attribute.
    value
        In the attribute's own unit.
    informed
        Whether the respondent, picked by lot, was told the facts before.
    """

    person: Codes
    brand: Codes
    attribute: Codes
    value: Array
    informed: npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class BeliefCells:
    """A belief experiment.

    Attributes
    ----------
    cells
        Role -> choices; respondents are put into cells by lot.
    weight
        Of each respondent, shape (P,).
    focal, benchmark
        The pair of brands.
    reports
        None where no beliefs were asked for.
    facts
        True attributes of the brands' products, shape (B, K), NaN where they are not known; None where there is no line-up.
    """

    cells: Mapping[Role, Cell]
    roles: Roles
    weight: Array
    focal: int
    benchmark: int
    reports: Reports | None = None
    facts: Array | None = None

    def __post_init__(self) -> None:
        """Refuse arrays that do not belong together."""
        B, K = len(self.roles.brands), len(self.roles.attributes)
        if self.focal == self.benchmark or not {self.focal, self.benchmark} <= set(range(B)):
            raise MisuseError(f"expected two of {B} brands as focal and benchmark, got {self.focal}, {self.benchmark}")
        if self.facts is not None and self.facts.shape != (B, K):
            raise MisuseError(f"expected facts of {B} brands by {K} attributes, got {self.facts.shape}")
        for role, cell in self.cells.items():
            if len(cell.people) != cell.tasks.N or (cell.people >= len(self.weight)).any():
                raise MisuseError(f"expected the respondent, below {len(self.weight)}, of each person in {role!r}")


@dataclass(frozen=True, slots=True)
class Absent:
    """Why there is no figure.

    Attributes
    ----------
    why
        "no listed cell", "no name-only cell", "no blind cell", "no treatment", "no reports", "no facts", "brand not in the
        cell", "weak information", "more attributes than information moves", "not estimable", "not measurable in money".
    attributes
        Positions of those it is about; empty where it is about none in particular.
    """

    why: str
    attributes: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Worth:
    """A figure in money (or any other) to first order.

    Attributes
    ----------
    value
        Estimate.
    influence
        What each respondent's error adds, shape (P,).
    scales
        Influences on the logarithms of the price tastes that it is divided by, each of shape (P,).
    """

    value: float
    influence: Array
    scales: tuple[Array, ...] = ()

    def __add__(self, other: Worth) -> Worth:
        known = self.scales + tuple(s for s in other.scales if not any(s is t for t in self.scales))
        return Worth(self.value + other.value, self.influence + other.influence, known)

    def __sub__(self, other: Worth) -> Worth:
        return self + other.times(-1.0)

    def times(self, by: float) -> Worth:
        """Return a multiple."""
        return Worth(by * self.value, by * self.influence, self.scales)

    @property
    def se(self) -> float:
        """Standard error, clustered by respondent."""
        return float(np.sqrt(self.influence @ self.influence))

    @property
    def freedom(self) -> float:
        """Respondents that it rests on, less one."""
        return max(float(np.count_nonzero(self.influence)) - 1.0, 1.0)


def money_of(worth: Worth, level: float) -> Money | None:
    """Return the figure with its interval; None where a price taste behind it cannot be told from zero.

    With one price taste the interval is Fieller's. A difference of figures divided by several is linear to first order and
    gets the t interval; each of the price tastes must then be told from zero by itself.
    """
    freedom = worth.freedom
    squared = float(stdtrit(freedom, 0.5 + level / 2)) ** 2
    if any(squared * float(s @ s) >= 1 for s in worth.scales):
        return None
    if len(worth.scales) == 1:
        scale = worth.scales[0]
        errors = (worth.se**2, float(worth.influence @ scale), float(scale @ scale))
        ends = fieller(worth.value, errors, freedom, level)
        return None if ends is None else Money(worth.value, ends[0], ends[1], worth.se, freedom)
    lo, hi = t_interval(np.array(worth.value), np.array(worth.se), np.array(freedom), level)
    return Money(worth.value, float(lo), float(hi), worth.se, freedom)


@dataclass(frozen=True, slots=True, eq=False)
class Fitted:
    """The logit of one cell.

    Attributes
    ----------
    alpha
        Price taste, above zero.
    b
        Shape (K,), zero in columns that do not vary.
    known
        Columns that have a coefficient, shape (K,).
    influence
        Of b, shape (P, K).
    scale
        Of log alpha, shape (P,).
    shown
        Brands that occur.
    """

    alpha: float
    b: Array
    known: npt.NDArray[np.bool_]
    influence: Array
    scale: Array
    shown: frozenset[int]

    def worth(self, a: Array) -> Worth:
        """Return ``a'b / alpha``."""
        value = float(a @ self.b) / self.alpha
        return Worth(value, self.influence @ a / self.alpha - value * self.scale, (self.scale,))

    def column(self, column: int | None) -> Worth | None:
        """Return what a unit of a column is worth; zero for a base, None where the cell does not show it."""
        if column is not None and not self.known[column]:
            return None
        a = np.zeros(len(self.b))
        if column is not None:
            a[column] = 1.0
        return self.worth(a)

    def brands(self, roles: Roles, pair: tuple[int, int]) -> Worth | None:
        """Return what the first of two brands is worth more than the second; None where the cell does not show both."""
        if not set(pair) <= self.shown:
            return None
        first, second = (self.column(roles.brands[b]) for b in pair)
        return None if first is None or second is None else first - second


def fit_cell(cell: Cell, roles: Roles, people: int) -> Fitted | str:
    """Fit the logit of one cell on the columns that vary in it.

    Returns
    -------
    Fitted or str
        Why not: "not estimable" (price does not vary, columns depend on each other or foretell the choices) or "not
        measurable in money" (price does not lower utility).
    """
    tasks = cell.tasks
    D, _ = tasks.differences()
    known = np.abs(D).max(axis=0) > _VARIES * np.maximum(np.abs(tasks.X).max(axis=0), 1.0)
    columns = np.flatnonzero(known)
    if not known[roles.price]:
        return "not estimable"
    fit = fit_multinomial(tasks.using(tasks.X[:, columns]))
    if not fit.converged:
        return "not estimable"
    b, influence = np.zeros(tasks.K), np.zeros((people, tasks.K))
    b[columns] = fit.b
    scores = np.add.reduceat(fit.scores, tasks.task[:-1])
    # someone may stand in the cell twice (several blocks of tasks): their influences add up
    np.add.at(influence, np.ix_(cell.people, columns), np.linalg.solve(fit.information, scores.T).T)
    influence *= np.sqrt(tasks.N / max(tasks.N - 1, 1))
    alpha = -float(b[roles.price])
    if alpha <= 0:
        return "not measurable in money"
    shown = frozenset(np.unique(roles.brand(tasks.X)).tolist()) - {-1}
    return Fitted(alpha, b, known, influence, -influence[:, roles.price] / alpha, shown)
