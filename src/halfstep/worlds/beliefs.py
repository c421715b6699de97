"""Simulated belief experiments: brands whose names, products and misbeliefs are known, cells by lot, reports with halo."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from halfstep.core.config_choice import Role

__all__ = ["BENCHMARK", "BRANDS", "BROKEN", "FOCAL", "KINDS", "SimulatedBeliefs", "SimulatedCell", "simulate_beliefs"]

Array = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]

BRANDS, ATTRIBUTES, SHOWN = 5, 2, 3
FOCAL, BENCHMARK = 1, 2
BETA = np.array([0.8, 0.6])
ALPHA = 0.7
"""Price taste, of utility whose errors are standard Gumbel in the listed cell."""
SCALES: dict[Role, float] = {"listed": 1.0, "blind": 1.2, "name only": 0.8, "informed": 0.9}
"""Cells differ in how carefully people choose."""
PEOPLE, TASKS = 350, 8
"""Respondents a cell, tasks a respondent."""


@dataclass(frozen=True, slots=True)
class _Case:
    """What makes a kind of world.

    ``name`` is the true gap of the names in money; ``pair`` the mean misbelief of (focal, benchmark), ``others`` of the
    brands beside them, in attribute units. ``kappa`` is how much of a misbelief information takes away, ``halo`` how much
    of a person's own liking of a brand shows in reports, ``brand_halo`` how much of everybody's, ``noise`` the spread of
    what is reported amiss.
    """

    name: float = 1.0
    pair: tuple[float, float] = (-0.6, 0.3)
    others: float = 0.6
    kappa: float = 1.0
    halo: float = 0.4
    brand_halo: float = 0.0
    noise: float = 0.3
    treated: bool = True
    reported: bool = True
    tastes: float = 0.0


_CASES = {
    "null": _Case(name=0.0, pair=(-0.4, -0.4)),
    "all misbelief": _Case(name=0.0),
    "all name": _Case(pair=(-0.4, -0.4)),
    "both": _Case(),
    "against each other": _Case(name=-1.0),
    "strong halo": _Case(halo=1.2),
    "noisy reports": _Case(noise=1.0),
    "half believed": _Case(kappa=0.5),
    "weak information": _Case(kappa=0.04),
    "no misbelief anywhere": _Case(pair=(0.0, 0.0), others=0.0),
    "no treatment": _Case(treated=False),
    "no treatment, all name": _Case(pair=(0.0, 0.0), brand_halo=0.4, treated=False),
    "no treatment, halo by brand": _Case(brand_halo=0.4, treated=False),
    "no reports": _Case(reported=False, treated=False),
    "halo by brand": _Case(brand_halo=0.4),
    "tastes differ": _Case(tastes=0.5),
}
KINDS = tuple(_CASES)
BROKEN = ("halo by brand", "tastes differ")
"""Worlds that break an assumption of the split: reports err by brand; price tastes differ between people and go with beliefs."""


@dataclass(frozen=True, slots=True, eq=False)
class SimulatedCell:
    """Choices of one cell; columns of X are price, brands 1 to 4 (0 is the base), attributes.

    Attributes
    ----------
    X
        Shape (n, 1 + 4 + 2).
    row, chosen, task
        Offsets of tasks in rows, rows chosen, offsets of people in tasks.
    people
        Respondent of each person.
    """

    X: Array
    row: Codes
    chosen: Codes
    task: Codes
    people: Codes


@dataclass(frozen=True, slots=True, eq=False)
class SimulatedBeliefs:
    """An experiment and the truth behind it.

    Attributes
    ----------
    cells
        Role -> choices.
    reports
        What respondents say, shape (P, B, K), NaN where they were not asked.
    informed
        Who was told the facts, shape (P,).
    facts
        True attributes, shape (B, K).
    name, product, belief, moved
        True gaps of the benchmark less the focal brand in money; `moved` is what information takes of the misbelief.
    cap
        Prevalence times mean worth of correcting what is truly believed too low of the focal brand.
    """

    cells: Mapping[Role, SimulatedCell]
    reports: Array
    informed: npt.NDArray[np.bool_]
    facts: Array
    name: float
    product: float
    belief: float
    moved: float
    cap: float


def simulate_beliefs(kind: str, rng: np.random.Generator, people: int = PEOPLE) -> SimulatedBeliefs:
    """Draw an experiment.

    Parameters
    ----------
    people
        Respondents a cell.
    """
    case = _CASES[kind]
    roles: tuple[Role, ...] = ("listed", "blind", "name only", "informed")
    roles = roles if case.treated else roles[:3]
    P = people * len(roles)
    cell = np.repeat(np.arange(len(roles)), people)
    told = np.array([role == "informed" for role in roles])[cell]
    facts = rng.normal(0, 0.5, (BRANDS, ATTRIBUTES))
    off, theta = _misbeliefs(case, rng), _names(case, rng)
    alpha, strange = _prices(case, P, rng)
    believed = facts + off + rng.normal(0, 0.4, (P, BRANDS, ATTRIBUTES)) + strange[:, None, None] * off
    prior = believed.copy()
    believed[told] += case.kappa * (facts - believed[told])
    liking = rng.normal(0, 0.5, (P, BRANDS))
    reports = believed + (case.halo * liking + case.brand_halo * (theta - theta.mean()))[:, :, None]
    reports += rng.normal(0, case.noise, reports.shape)
    asked = np.array([case.reported and role != "blind" for role in roles])[cell]
    reports[~asked] = np.nan
    cells: dict[Role, SimulatedCell] = {}
    for at, role in enumerate(roles):
        mine = np.flatnonzero(cell == at)
        like = theta + liking[mine] if role != "blind" else np.zeros((people, BRANDS))
        cells[role] = _choose(role, mine, (facts, believed[mine]), (like, alpha[mine]), rng)
    money = BETA / ALPHA
    belief = float((off[BENCHMARK] - off[FOCAL]) @ money)
    return SimulatedBeliefs(
        cells=cells,
        reports=reports,
        informed=told,
        facts=facts,
        name=case.name,
        product=float((facts[BENCHMARK] - facts[FOCAL]) @ money),
        belief=belief,
        moved=case.kappa * belief,
        cap=float((np.maximum(facts[FOCAL] - prior[:, FOCAL], 0.0) @ money).mean()),
    )


def _misbeliefs(case: _Case, rng: np.random.Generator) -> Array:
    """Return mean misbeliefs by brand and attribute; those of other brands have either sign."""
    off = case.others * rng.choice([-1.0, 1.0], (BRANDS, ATTRIBUTES)) * rng.uniform(0.7, 1.3, (BRANDS, ATTRIBUTES))
    spread = rng.uniform(0.7, 1.3, ATTRIBUTES)
    off[FOCAL], off[BENCHMARK] = case.pair[0] * spread, case.pair[1] * spread
    return off


def _names(case: _Case, rng: np.random.Generator) -> Array:
    """Return brand terms in utility."""
    theta = rng.normal(0, 0.5, BRANDS)
    theta[BENCHMARK] = theta[FOCAL] + ALPHA * case.name
    return theta


def _prices(case: _Case, people: int, rng: np.random.Generator) -> tuple[Array, Array]:
    """Return each person's price taste, with mean ALPHA, and how much further off their beliefs are for it."""
    draw = rng.normal(size=people)
    s = case.tastes
    return ALPHA * np.exp(s * draw - s**2 / 2), s * draw


def _choose(
    role: Role, people: Codes, seen: tuple[Array, Array], tastes: tuple[Array, Array], rng: np.random.Generator
) -> SimulatedCell:
    """Draw tasks and choices of one cell: facts are tried blind, levels are listed, beliefs are all a name tells."""
    n = len(people)
    facts, believed = seen
    like, alpha = tastes
    brand = rng.permuted(np.tile(np.arange(BRANDS), (n * TASKS, 1)), axis=1)[:, :SHOWN]
    price = rng.choice([1.0, 2.0, 3.0, 4.0], brand.shape)
    who = np.repeat(np.arange(n), TASKS)[:, None]
    levels = rng.choice([-1.0, 0.0, 1.0], (*brand.shape, ATTRIBUTES))
    held = {"listed": levels, "blind": facts[brand]}.get(role, believed[who, brand])
    V = like[who, brand] + held @ BETA - alpha[who] * price
    picked = (SCALES[role] * V + rng.gumbel(size=V.shape)).argmax(axis=1)
    X = np.zeros((brand.size, 1 + BRANDS - 1 + ATTRIBUTES))
    X[:, 0] = price.ravel()
    X[:, 1:BRANDS] = np.eye(BRANDS)[brand.ravel()][:, 1:]
    if role == "listed":
        X[:, BRANDS:] = levels.reshape(-1, ATTRIBUTES)
    rows = np.arange(0, brand.size + 1, SHOWN)
    return SimulatedCell(X, rows, rows[:-1] + picked, np.arange(0, n * TASKS + 1, TASKS), people)
