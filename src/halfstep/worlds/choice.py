"""Choice experiments whose tastes are known.

Person i sees in each task alternatives with brand b, attributes x and price p, laid out at random, and takes the one with
the highest ``u = theta_ib + x'beta_i - alpha_i p + e``. Tastes may differ between people: normal in utility (the price
taste lognormal or alike), normal in money under a lognormal scale (Train & Weeks 2005), or by classes. Errors are extreme
value, or normal (Thurstone 1927), the first two alternatives' then in common by half.

Brand 0 is the focal one and the base, brand 1 the benchmark. Gaps are benchmark minus focal; money is in thousands.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import numpy.typing as npt

__all__ = ["BROKEN", "CLASSES", "KINDS", "PRICES", "ChoiceWorld", "SimulatedChoices", "simulate"]

Array = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]

PRICES = (15.0, 20.0, 25.0, 30.0, 35.0)
"""Prices shown."""
_LEVELS = (-1.0, 0.0, 1.0)
_NAMES = 0.4
_NONE = -3.5
_TOGETHER = 0.5
_GUMBEL = float(np.pi / np.sqrt(6))
_EULER = float(np.euler_gamma)
_WEIGHTS = (0.5, 1.0, 2.0)
_APART = 1.2
_SIDES = np.array([[1, -1, 1, -1, 1], [-1, 1, 1, 1, -1], [-1, -1, -1, 1, 1], [1, 1, -1, -1, -1]], dtype=np.float64)
"""Likes and dislikes of classes: any two differ in three or four of five."""


@dataclass(frozen=True, slots=True)
class ChoiceWorld:
    """What is true in a world.

    Attributes
    ----------
    product, name
        True gaps in what the listed attributes are worth, and in the names: mean tastes over the mean price taste.
    drawn
        Standard deviation with which both gaps are drawn besides, each by itself.
    people, tasks, alternatives, brands
        Size; alternatives of a task differ in brand.
    alpha, beta
        Mean price taste, and mean tastes for the listed attributes.
    tastes
        "alike", "utility", "money" or "classes".
    spread
        Standard deviation between people: of names in utils, of attributes' tastes relative to a taste of one half.
    price_spread
        Standard deviation of the log price taste; in money that of the scale.
    correlation
        Between any two tastes other than price.
    classes
        How many there are where tastes go by classes, of falling size.
    errors
        "extreme value", "normal" or "normal correlated".
    weighted
        Whether people weigh differently.
    none
        Whether "none of these" is offered.
    hidden, tied
        Taste for an attribute that people see and the analyst's table lacks; what the benchmark's profiles have more of
        it on average.
    """

    product: float = 0.0
    name: float = 0.0
    drawn: float = 0.0
    people: int = 200
    tasks: int = 12
    alternatives: int = 3
    brands: int = 4
    alpha: float = 0.12
    beta: tuple[float, ...] = (0.6, 0.4)
    tastes: Literal["alike", "utility", "money", "classes"] = "alike"
    spread: float = 0.6
    price_spread: float = 0.0
    correlation: float = 0.0
    classes: int = 1
    errors: Literal["extreme value", "normal", "normal correlated"] = "extreme value"
    weighted: bool = False
    none: bool = False
    hidden: float = 0.0
    tied: float = 0.0


_MARGIN = 0.03 * float(np.mean(PRICES))
_BOTH = ChoiceWorld(product=2.0, name=3.0)

KINDS: dict[str, ChoiceWorld] = {
    "null": ChoiceWorld(),
    "null at the margin": ChoiceWorld(product=_MARGIN, name=_MARGIN),
    "name short": ChoiceWorld(name=4.0),
    "reverse": ChoiceWorld(product=5.0, name=-3.0),
    "independent halves": ChoiceWorld(drawn=3.0),
    "weights and none": replace(_BOTH, weighted=True, none=True),
    "small sample": replace(_BOTH, people=42),
    "probit errors": replace(_BOTH, errors="normal"),
    "correlated probit errors": replace(_BOTH, errors="normal correlated"),
    "attribute hidden": replace(_BOTH, hidden=0.8),
    "attribute hidden and tied to the name": replace(_BOTH, hidden=0.8, tied=0.5),
    "price almost irrelevant": ChoiceWorld(alpha=0.0005, name=600.0, product=600.0),
    "normal tastes": replace(_BOTH, tastes="utility"),
    "correlated tastes": replace(_BOTH, tastes="utility", correlation=0.6),
    "lognormal price taste": replace(_BOTH, tastes="utility", price_spread=0.5),
    "tastes in money": replace(_BOTH, tastes="money", price_spread=0.5),
    "small sample, normal tastes": replace(_BOTH, people=42, tastes="utility"),
}
"""Named worlds."""

CLASSES: dict[str, ChoiceWorld] = {
    f"{n} {'class' if n == 1 else 'classes'}": replace(_BOTH, people=300, tastes="classes", classes=n)
    for n in range(1, 5)
}
"""People of one to four classes; one class is tastes in common."""

BROKEN: dict[str, str] = {
    "correlated probit errors": "errors of two alternatives go together, the logit has them apart",
    "attribute hidden and tied to the name": "the benchmark's profiles have more of what the table lacks",
}
"""What breaks an assumption."""


@dataclass(frozen=True, slots=True, eq=False)
class SimulatedChoices:
    """A simulated experiment; rows are alternatives in blocks of a task, tasks in blocks of a person.

    Attributes
    ----------
    X
        Shape (n, K): brands 1.. as 0/1, listed attributes, price, and "none" where it is offered.
    row, task, chosen, weight
        Offsets of tasks' rows (T + 1,) and of people's tasks (N + 1,); chosen row (T,); weights (N,).
    brand
        Of each row, shape (n,); -1 of "none".
    price
        Column of price.
    product, name
        True gaps: mean tastes over the mean price taste.
    worth
        The same two as means over people of what each gap is worth to them in money.
    a
        Weights of X's columns in the two gaps' numerators, shape (2, K).
    tastes
        Coefficients of X's columns, shape (N, K).
    member
        Class of each person, shape (N,).
    """

    X: Array
    row: Codes
    task: Codes
    chosen: Codes
    weight: Array
    brand: Codes
    price: int
    product: float
    name: float
    worth: tuple[float, float]
    a: Array
    tastes: Array
    member: Codes

    def columns(self) -> dict[str, npt.NDArray[np.generic]]:
        """Return the table an export would hold, a row an alternative: brand "b00"... and "" where it is none of these."""
        person = np.repeat(np.arange(len(self.weight)), np.diff(self.row)[0] * np.diff(self.task))
        task = np.repeat(np.arange(len(self.chosen)), np.diff(self.row))
        chosen = np.zeros(len(self.X), dtype=np.int64)
        chosen[self.chosen] = 1
        out: dict[str, npt.NDArray[np.generic]] = {
            "respondent": person + 1,
            "task": task - self.task[person] + 1,
            "alternative": np.arange(len(self.X)) - self.row[task] + 1,
            "chosen": chosen,
            "brand": np.array([f"b{b:02d}" if b >= 0 else "" for b in self.brand]),
            "price": self.X[:, self.price],
            "weight": self.weight[person],
        }
        first = int(self.brand.max())
        return out | {f"x{k}": self.X[:, first + k] for k in range(self.price - first)}


@dataclass(frozen=True, slots=True, eq=False)
class _Mean:
    """Mean tastes: names of brands 1.. (base 0), attributes, alpha."""

    theta: Array
    beta: Array
    alpha: float

    @property
    def all(self) -> Array:
        return np.concatenate([self.theta, self.beta])


def simulate(world: ChoiceWorld, rng: np.random.Generator) -> SimulatedChoices:
    """Simulate an experiment.

    Examples
    --------
    >>> made = simulate(KINDS["reverse"], np.random.default_rng(0))
    >>> made.X.shape, made.product, made.name
    ((7200, 6), 5.0, -3.0)
    """
    extra = world.drawn * rng.standard_normal(2)
    world = replace(world, product=world.product + float(extra[0]), name=world.name + float(extra[1]))
    beta = np.array(world.beta)
    theta = rng.normal(0.0, _NAMES, world.brands - 1)
    theta[0] = world.alpha * world.name
    mean = _Mean(theta, beta, world.alpha)
    tastes, alphas, member = _tastes(world, mean, rng)
    brand, x, p, hidden = _profiles(world, rng)
    N, T, J = world.people, world.people * world.tasks, world.alternatives
    X = np.concatenate([brand[..., None] == np.arange(1, world.brands), x, p[..., None]], axis=2)
    b = np.column_stack([tastes, -alphas])
    person = np.repeat(np.arange(N), world.tasks)
    if world.none:
        nothing = np.zeros((T, J + 1, X.shape[2] + 1))
        nothing[:, :J, :-1], nothing[:, J, -1] = X, 1.0
        X, brand = nothing, np.column_stack([brand, np.full(T, -1)])
        hidden = np.column_stack([hidden, np.zeros(T)])
        b = np.column_stack([b, np.full(N, _NONE)])
    u = np.einsum("tjk,tk->tj", X, b[person]) + world.hidden * hidden + _errors(world, X.shape[:2], rng)
    row = np.arange(T + 1) * X.shape[1]
    K, price = X.shape[2], world.brands - 1 + len(beta)
    a = np.zeros((2, K))
    a[0, world.brands - 1 : price] = _line_up(world)
    a[1, 0] = 1.0
    return SimulatedChoices(
        X=np.ascontiguousarray(X.reshape(-1, K)),
        row=row,
        task=np.arange(N + 1) * world.tasks,
        chosen=row[:-1] + u.argmax(axis=1),
        weight=rng.choice(_WEIGHTS, N) if world.weighted else np.ones(N),
        brand=brand.ravel(),
        price=price,
        product=world.product,
        name=world.name,
        worth=_worth(world),
        a=a,
        tastes=b,
        member=member,
    )


def _line_up(world: ChoiceWorld) -> Array:
    """Return by how much the benchmark's products exceed the focal brand's; shape (K,).

    One part is worth the product gap, the other, more of one attribute for less of another, nothing.
    """
    beta = np.array(world.beta)
    swapped = np.zeros_like(beta)
    swapped[:2] = 0.5 * beta[1], -0.5 * beta[0]
    return np.asarray((world.product * world.alpha * beta + swapped) / (beta @ beta))


def _worth(world: ChoiceWorld) -> tuple[float, float]:
    """Return mean gaps in money: tastes in utils are independent of alpha, so E[beta / alpha] = E[beta] E[1 / alpha]."""
    by = float(np.exp(world.price_spread**2)) if world.tastes == "utility" else 1.0
    return world.product * by, world.name * by


def _tastes(world: ChoiceWorld, mean: _Mean, rng: np.random.Generator) -> tuple[Array, Array, Codes]:
    """Draw names and attributes' tastes (N, K), price tastes (N,), and classes (N,)."""
    N, K = world.people, len(mean.all)
    member = np.zeros(N, dtype=np.int64)
    alphas = np.full(N, mean.alpha)
    if world.tastes == "alike":
        return np.tile(mean.all, (N, 1)), alphas, member
    if world.tastes == "classes":
        share = np.arange(world.classes + 2, 2, -1.0)
        share /= share.sum()
        side = np.resize(_SIDES, (len(_SIDES), K))[: world.classes, rng.permutation(K)] * _APART
        member = rng.choice(world.classes, N, p=share)
        return mean.all + (side - share @ side)[member], alphas, member
    scale = np.concatenate([np.full(len(mean.theta), world.spread), np.full(len(mean.beta), world.spread / 2)])
    R = (1 - world.correlation) * np.eye(K) + world.correlation
    z = rng.standard_normal((N, K)) @ np.linalg.cholesky(R).T
    log = world.price_spread * rng.standard_normal(N) - world.price_spread**2 / 2
    alphas = mean.alpha * np.exp(log)
    tastes = mean.all + z * scale
    if world.tastes == "money":
        tastes = tastes * (alphas / mean.alpha)[:, None]
    return tastes, alphas, member


def _profiles(world: ChoiceWorld, rng: np.random.Generator) -> tuple[Codes, Array, Array, Array]:
    """Lay out brands (T, J), attributes (T, J, A), prices (T, J), and what the analyst's table lacks (T, J)."""
    T, J = world.people * world.tasks, world.alternatives
    brand = np.argsort(rng.random((T, world.brands)), axis=1)[:, :J]
    x = rng.choice(_LEVELS, (T, J, len(world.beta)))
    p = rng.choice(PRICES, (T, J))
    hidden = rng.standard_normal((T, J)) + world.tied * (brand == 1)
    return brand, x, p, hidden


def _errors(world: ChoiceWorld, size: tuple[int, ...], rng: np.random.Generator) -> Array:
    """Draw errors of the logit's variance."""
    if world.errors == "extreme value":
        return rng.gumbel(-_EULER, 1.0, size)
    e = rng.standard_normal(size)
    if world.errors == "normal correlated":
        e[:, 1] = _TOGETHER * e[:, 0] + np.sqrt(1 - _TOGETHER**2) * e[:, 1]
    return _GUMBEL * e
