"""Simulated quarterly books of a maker that learns: the chance of a quarter above zero is known from the world itself.

Quarter q: ``result_q = n_q (p_q - c_q) - F_q`` with units n, price p, overhead F, and unit cost c, the mean over the quarter's
units of a cost that falls as ``N^-b`` with cumulative units N (Wright 1936; b learning); each but n with an error of its own.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

__all__ = ["AHEAD", "BROKEN", "KINDS", "BooksWorld", "SimulatedBooks", "simulate_books"]

Array = npt.NDArray[np.float64]

AHEAD = 6
"""Quarters simulated beyond the last known one."""
FUTURES = 2000
"""Futures drawn of each world for its true chances."""


@dataclass(frozen=True, slots=True)
class BooksWorld:
    """What is true of a maker's books; units in thousands, money in millions, so prices in thousands.

    Attributes
    ----------
    known
        Least and most quarters known.
    learning
        Least and most of b; 0.15 is a unit cost that falls by a tenth whenever cumulative units double.
    cut
        Part by which the price falls each quarter.
    overhead_growth
        Growth of overhead a quarter, log points.
    margin
        Least and most of the gross margin in the first quarter.
    noise
        Standard deviations of what a quarter adds to the logarithms of price, unit cost, overhead.
    carried
        Part of it that is still there a quarter later; with one they are walks.
    mix
        Whether what moves the price is the mix of models, and moves unit cost in proportion.
    printed
        Decimals of the printed margin as a percentage, of revenue and of results in thousands of millions.
    second_model
        Whether from the first quarter not known half of the units are a model that sells for 8% more at the same cost.
    """

    known: tuple[int, int] = (5, 8)
    learning: tuple[float, float] = (0.05, 0.20)
    cut: float = 0.0
    overhead_growth: float = 0.06
    margin: tuple[float, float] = (0.05, 0.15)
    noise: tuple[float, float, float] = (0.02, 0.015, 0.05)
    carried: float = 1.0
    mix: bool = False
    printed: tuple[int, int] = (1, 2)
    second_model: bool = False


LEARNS = BooksWorld()
KINDS: dict[str, BooksWorld] = {
    "learning": LEARNS,
    "no learning": replace(LEARNS, learning=(0.0, 0.0), margin=(0.10, 0.20)),
    "price cuts": replace(LEARNS, cut=0.015),
    "overhead grows fast": replace(LEARNS, overhead_growth=0.12),
    "few quarters": replace(LEARNS, known=(3, 4)),
    "scatter around the curve": replace(LEARNS, carried=0.0),
    "mix moves price and cost": replace(LEARNS, mix=True, noise=(0.04, 0.015, 0.05)),
    "a second model": replace(LEARNS, second_model=True),
    "learning as surveyed": replace(LEARNS, learning=(0.10, 0.48), overhead_growth=0.03),
}
"""In all but the last makers learn less than those that were surveyed (.29, with a spread of .19: Dutton & Thomas 1984)."""
BROKEN = {
    "scatter around the curve": "a quarter's errors of price, cost and overhead are gone a quarter later",
    "a second model": "a model that sells for 8% more at the same cost is half of what is sold from the first unknown quarter",
}


@dataclass(frozen=True, slots=True, eq=False)
class SimulatedBooks:
    """Books of Q known quarters, what came in the 6 after, and the world's own futures.

    Attributes
    ----------
    units, revenue, margin, overhead, result
        As printed (rounded), shape (Q,): thousands of units, millions, part of revenue, millions, millions.
    b
        Learning.
    ahead_units, ahead_result
        What came, shape (6,).
    futures
        Units in futures drawn from the world's own law, shape (2000, 6).
    chance
        Share of those futures in which some quarter up to the first, ..., sixth lies above zero, shape (6,).
    """

    units: Array
    revenue: Array
    margin: Array
    overhead: Array
    result: Array
    b: float
    ahead_units: Array
    ahead_result: Array
    futures: Array
    chance: Array

    @property
    def reached(self) -> Array:
        """Whether some quarter up to the first, ..., sixth came out above zero, shape (6,)."""
        return np.maximum.accumulate(self.ahead_result > 0)


@dataclass(frozen=True, slots=True)
class _Law:
    """A drawn maker: how its quarters go on."""

    b: float
    price: float
    cost: float
    overhead: float
    start: float
    growth: float
    phi: float


def simulate_books(kind: str, rng: np.random.Generator) -> SimulatedBooks:
    """Draw a maker whose loss ends around the last known quarter, its known quarters, what came, and its futures.

    Examples
    --------
    >>> made = simulate_books("learning", np.random.default_rng(0))
    >>> made.units.shape == made.result.shape, made.futures.shape, bool((np.diff(made.chance) >= 0).all())
    (True, (2000, 6), True)
    """
    world = KINDS[kind]
    Q = int(rng.integers(world.known[0], world.known[1] + 1))
    law = _law(world, Q, rng)
    log_units = np.log(law.start) + _growth(law, Q + AHEAD) + 0.08 * rng.standard_normal(Q + AHEAD).cumsum()
    units = np.exp(log_units)
    errors = _errors(world, (1, Q + AHEAD, 3), np.zeros((1, 3)), rng)
    p, c, overhead = (part[0] for part in _parts(world, law, units[None], errors, Q))
    ahead = np.exp(
        log_units[Q - 1]
        + (_growth(law, Q + AHEAD)[Q:] - _growth(law, Q + AHEAD)[Q - 1])
        + 0.08 * rng.standard_normal((FUTURES, AHEAD)).cumsum(axis=1)
    )
    paths = np.concatenate([np.broadcast_to(units[:Q], (FUTURES, Q)), ahead], axis=1)
    later = _errors(world, (FUTURES, AHEAD, 3), np.broadcast_to(errors[:, Q - 1], (FUTURES, 3)), rng)
    drawn = np.concatenate([np.broadcast_to(errors[:, :Q], (FUTURES, Q, 3)), later], axis=1)
    future = [part[:, Q:] for part in _parts(world, law, paths, drawn, Q)]
    results = ahead * (future[0] - future[1]) - future[2]
    percent, billions = world.printed
    margin = np.round(1 - c / p, percent + 2)
    result = units * (p - c) - overhead
    return SimulatedBooks(
        units=np.round(units, 3)[:Q],
        revenue=np.round(units * p, billions - 3)[:Q],
        margin=margin[:Q],
        overhead=np.round(overhead, billions - 3)[:Q],
        result=np.round(result, billions - 3)[:Q],
        b=law.b,
        ahead_units=units[Q:],
        ahead_result=result[Q:],
        futures=ahead,
        chance=np.maximum.accumulate(results > 0, axis=1).mean(axis=0),
    )


def _law(world: BooksWorld, Q: int, rng: np.random.Generator) -> _Law:
    """Draw a maker; overhead is such that without errors the loss would end within some quarters of the last known one."""
    b, margin = rng.uniform(*world.learning), rng.uniform(*world.margin)
    phi, growth, start = rng.uniform(0.75, 0.9), rng.uniform(0.15, 0.4), rng.uniform(15, 40)
    law = _Law(b, 200.0, 200.0 * (1 - margin), 1.0, start, growth, phi)
    units = start * np.exp(_growth(law, Q + AHEAD))
    p, c, overhead = (x[0] for x in _parts(world, law, units[None], np.zeros((1, Q + AHEAD, 3)), Q + AHEAD))
    ends = Q + int(rng.integers(-1, AHEAD + 1))
    gross = units * (p - c) / overhead
    at = float(gross[min(ends, Q + AHEAD - 1)])
    return replace(law, overhead=max(at, 200.0))


def _growth(law: _Law, quarters: int) -> Array:
    """Return log units above the first quarter's, shape (quarters,): growth fades by phi a quarter."""
    return np.concatenate([[0.0], (law.growth * law.phi ** np.arange(quarters - 1)).cumsum()])


def _parts(world: BooksWorld, law: _Law, units: Array, errors: Array, Q: int) -> tuple[Array, Array, Array]:
    """Return price, unit cost and overhead by future and quarter, each of the shape of `units`."""
    quarter = np.arange(units.shape[1])
    after, left = units.cumsum(axis=1), 1 - law.b
    mean = (after**left - np.maximum(after - units, 0.0) ** left) / (left * units) / (law.start**-law.b / left)
    price = law.price * (1 - world.cut) ** quarter
    if world.second_model:
        price = price * np.where(quarter >= Q, 1.04, 1.0)
    cost = law.cost * mean * np.exp(errors[..., 1] + world.mix * errors[..., 0])
    overhead: Array = law.overhead * np.exp(world.overhead_growth * quarter + errors[..., 2])
    return np.asarray(price * np.exp(errors[..., 0])), np.asarray(cost), overhead


def _errors(world: BooksWorld, shape: tuple[int, int, int], before: Array, rng: np.random.Generator) -> Array:
    """Return errors of price, cost and overhead, shape (D, H, 3), of which a part is carried on from the quarter before."""
    fresh = rng.standard_normal(shape) * np.array(world.noise)
    out, last = np.empty(shape), before
    for t in range(shape[1]):
        last = world.carried * last + fresh[:, t]
        out[:, t] = last
    return out
