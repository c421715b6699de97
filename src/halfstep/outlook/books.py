"""From units to money: what a maker's quarters say of its revenue, margin, overheads and result to come.

Three walks on logarithms. Revenue per unit. Unit cost, down Wright's curve in cumulative units. Overheads,
with revenue. A walk, not scatter around a line, because what lifts a quarter's cost mostly stays: errors grow with the horizon,
as they do in the records of 51 technologies (Lafond et al. 2018, Technological Forecasting and Social Change 128, 104-117).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy.special import xlogy

from halfstep.core.errors import MisuseError
from halfstep.outlook.overheads import margins_and_profits, overheads_of, refused_of, stuck
from halfstep.outlook.quarters import OPEN, PUBLISHED, Books, Prior, Unfit
from halfstep.outlook.walks import Walk, fit_walk

__all__ = [
    "OPEN", "PUBLISHED", "Books", "BooksFit", "BreakEven", "Mix", "Parameters", "Prior", "Results", "Unfit",
    "break_even", "experience", "fit_books", "parameters", "results",
]  # fmt: skip

Array = npt.NDArray[np.float64]
Labels = npt.NDArray[np.int64]
Mix = Literal["proportion", "none"]

LEAST = 3
"""Quarters of margin: two steps down the curve are the fewest that show how far a step can lie off it."""
STANDSTILL = 0.25
"""Revenue below this part of that from which overheads go on takes no more of them off: three fifths of
them stay where nothing is sold (.25^.35 = .6, near 1 - .35), while a constant elasticity, learnt from small changes, would leave none."""


FLAT = 1e-3
"""Below this b experience is the identric mean: a power of -1/b of a difference would lose its digits."""
PASSES = 6
"""Fits of unit cost; each brings b nearer by about a factor of four."""
STEEP = 0.9
"""No larger b is taken for experience: at one the first unit would cost all."""


@dataclass(frozen=True, slots=True, eq=False)
class BooksFit:
    """What the books say: posteriors of three walks, joined by what the printed figures may have been.

    Attributes
    ----------
    books, mix, prior
        As given.
    cost, price, overhead
        The walks; the first two parameters of overheads are drift and elasticity, that of price is a drift, that of cost Wright's b.
    chance
        Posterior probability of each of the R points of the rounding box, shape (R,).
    last_cost, last_price, last_overhead
        Quarter from which each walk goes on.
    level_cost, level_overhead
        Logarithm in that quarter, shape (R,).
    growths
        Steps of overheads that could be seen: (basis, quarter, quarter); basis 0 counts, others are rows of `other` plus one.
    about
        Wright's b at which `experience` is taken.
    """

    books: Books
    mix: Mix
    prior: Prior
    cost: Walk
    price: Walk
    overhead: Walk
    chance: Array
    last_cost: int
    last_price: int
    last_overhead: int
    level_cost: Array
    level_overhead: Array
    growths: tuple[tuple[int, int, int], ...]
    about: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Parameters:
    """Draws of what the fit leaves open, each of shape (D,).

    Attributes
    ----------
    point
        Place in the rounding box.
    slope
        Wright's b.
    price_drift
        Change of log revenue per unit that goes on in every quarter.
    drift, elasticity
        Of overheads.
    cost_shock, price_shock, overhead_shock
        Standard deviation that a quarter adds to each walk.
    """

    point: Labels
    slope: Array
    price_drift: Array
    drift: Array
    elasticity: Array
    cost_shock: Array
    price_shock: Array
    overhead_shock: Array


@dataclass(frozen=True, slots=True, eq=False)
class Results:
    """Draws of the quarters to come, each of shape (D, H).

    Attributes
    ----------
    revenue, overhead, result
        Money.
    margin
        Gross margin, a part of one.
    """

    revenue: Array
    margin: Array
    overhead: Array
    result: Array


@dataclass(frozen=True, slots=True, eq=False)
class BreakEven:
    """When the result first lies above a figure.

    Attributes
    ----------
    first
        Probability that it is in each quarter for the first time, shape (H,).
    by
        Probability that it has been by each quarter, shape (H,).
    none
        Probability that it is in none of them.
    """

    first: Array
    by: Array
    none: float


def experience(units: Array, before: float = 0.0, about: float = 0.0) -> Array:
    """Return the logarithm of the experience that stands for each quarter's units.

    Units n were made at ``n^-b``; their mean cost from N0 to N1 is ``(N1^(1-b) - N0^(1-b)) / ((1 - b) (N1 - N0))``, and the experience is
    its power -1/b. It hardly moves with b but in the first quarters after a launch, so it is taken at a b near the answer; at b = 0 it
    is the identric mean ``(N1^N1 / N0^N0)^(1 / (N1 - N0)) / e``.

    Parameters
    ----------
    units
        Units of each quarter, shape (..., T).
    before
        Units before the first.
    about
        The b at which it is exact, below one.

    Examples
    --------
    >>> experience(np.array([np.e, 0.0])).round(6).tolist()
    [0.0, 1.0]
    """
    after = before + np.cumsum(units, axis=-1)
    start = after - units
    few = units <= 1e-6 * after
    with np.errstate(divide="ignore", invalid="ignore"):
        if about > FLAT:
            cost = (after ** (1 - about) - start ** (1 - about)) / ((1 - about) * units)
            mean = -np.log(cost) / about
        else:
            mean = (xlogy(after, after) - xlogy(start, start)) / units - 1
        return np.asarray(np.where(few, np.log(after), mean))


def fit_books(books: Books, mix: Mix = "proportion", prior: Prior = PUBLISHED) -> BooksFit | Unfit:
    """Fit the walks of unit cost, revenue per unit and overheads to a maker's quarters.

    What moves revenue per unit is the mix of models, and what that does to cost is not printed; two readings bound it.
    "proportion": cost moves as revenue per unit does, so ``1 - margin`` follows the curve. "none": ``revenue (1 - margin) / units``
    follows it, whatever the price. Steps are ``d log cost = -b d log experience + s sqrt(quarters) e`` (Wright 1936, Journal of
    the Aeronautical Sciences 3(4), 122-128), ``d log price = drift + s e`` and ``d log overhead = drift + elasticity d log revenue + s e``,
    e standard normal; s, known from few steps only, makes what is foretold t-like.

    Overheads are gross profit less result. Their level is that of the last quarter whose result is on the basis that counts.
    Results on another basis tell how its own overheads grew between its own quarters, nothing else: bases are never subtracted
    from each other. Where several bases show a step, it is taken from the one that counts, else from the first.

    Parameters
    ----------
    books
        The quarters.
    mix
        Reading of the mix.
    prior
        `PUBLISHED`, `OPEN` or one's own.

    Returns
    -------
    BooksFit or Unfit
        The latter with fewer than three quarters of margin, without a result on the basis that counts, or where figures
        contradict each other.
    """
    if mix not in ("proportion", "none"):
        raise MisuseError(f"expected mix 'proportion' or 'none', got {mix!r}")
    refused = refused_of(books, LEAST, priced=mix == "none")
    if refused is not None:
        return refused
    margin, result = margins_and_profits(books)
    log_price = np.log(books.revenue / books.units)
    log_cost = np.log1p(-margin) + (log_price if mix == "none" else 0.0)
    at = np.flatnonzero(np.isfinite(log_cost[0]))
    cost, about = _learnt(books, log_cost[:, at], at, prior)
    sold = np.flatnonzero(np.isfinite(log_price))
    apart = np.diff(sold).astype(np.float64)
    drift = np.array([0.0]), np.array([prior.price_drift_spread])
    walk = fit_walk(np.diff(log_price[sold])[None], apart[:, None], apart, *drift, prior.shock)
    found = overheads_of(books, margin, result, prior)
    if isinstance(found, Unfit):
        return found
    last, level, overhead, growths = found
    score = cost.evidence + overhead.evidence
    chance = np.exp(score - score.max())
    return BooksFit(
        books, mix, prior, cost, walk, overhead, chance / chance.sum(), int(at[-1]), int(sold[-1]), last,
        log_cost[:, at[-1]], level, growths, about,
    )  # fmt: skip


def _learnt(books: Books, log_cost: Array, at: npt.NDArray[np.int64], prior: Prior) -> tuple[Walk, float]:
    """Return the walk of unit cost, and the b at which experience is exact: found by fitting again at the b that was found."""
    about, gap = 0.0, np.diff(at).astype(np.float64)
    for _ in range(PASSES):
        x = experience(books.units, books.before, about)
        slope = np.array([prior.slope]), np.array([prior.slope_spread])
        walk = fit_walk(np.diff(log_cost), -np.diff(x[at])[:, None], gap, *slope, prior.shock)
        found, about = about, float(np.clip(walk.centre[0], 0.0, STEEP))
    return walk, found


def parameters(fit: BooksFit, draws: int, rng: np.random.Generator) -> Parameters:
    """Draw the parameters from their joint posterior."""
    point = np.asarray(rng.choice(len(fit.chance), draws, p=fit.chance), dtype=np.int64)
    s_cost, b = fit.cost.draw(point, rng)
    s_price, trend = fit.price.draw(np.zeros_like(point), rng)
    s_over, growth = fit.overhead.draw(point, rng)
    return Parameters(point, b[:, 0], trend[:, 0], growth[:, 0], growth[:, 1], s_cost, s_price, s_over)


def results(fit: BooksFit, units: Array, rng: np.random.Generator) -> Results:
    """Draw revenue, margin, overheads and result of the quarters that follow the books, at given draws of their units.

    Every draw has its own parameters, its own true figures behind the rounded ones, and its own shocks.

    Parameters
    ----------
    fit
        From `fit_books`.
    units
        Units of the H quarters that follow the last one of the books, shape (D, H).
    rng
        Random numbers.
    """
    if units.ndim != 2 or np.any(~np.isfinite(units) | (units < 0)):
        raise MisuseError(f"expected units of shape (draws, quarters), none missing or negative; got {units.shape}")
    books, D, Q = fit.books, len(units), len(fit.books.units)
    drawn = parameters(fit, D, rng)
    whole = np.concatenate([np.broadcast_to(books.units, (D, Q)), units], axis=1)
    T = whole.shape[1]
    price = np.tile(np.log(np.append(books.revenue / books.units, np.full(T - Q, np.nan))), (D, 1))
    noise = rng.standard_normal((D, T - 1 - fit.last_price))
    steps = drawn.price_drift[:, None] + drawn.price_shock[:, None] * noise
    price[:, fit.last_price + 1 :] = price[:, [fit.last_price]] + np.cumsum(steps, axis=1)
    x = experience(whole, books.before, fit.about)[:, fit.last_cost :]
    steps = drawn.cost_shock[:, None] * rng.standard_normal((D, x.shape[1] - 1)) - drawn.slope[:, None] * np.diff(x)
    cost = (fit.level_cost[drawn.point][:, None] + np.cumsum(steps, axis=1))[:, Q - 1 - fit.last_cost :]
    with np.errstate(divide="ignore"):
        sales = _bridged(price + np.log(whole))[:, fit.last_overhead :]
    sales = np.maximum(sales, sales[:, :1] + np.log(STANDSTILL))
    pull = drawn.elasticity[:, None] * stuck(np.diff(sales), fit.prior.sticky) + drawn.drift[:, None]
    steps = pull + drawn.overhead_shock[:, None] * rng.standard_normal(pull.shape)
    overhead = np.exp(fit.level_overhead[drawn.point][:, None] + np.cumsum(steps, axis=1))[
        :, Q - 1 - fit.last_overhead :
    ]
    margin = 1 - np.exp(cost - (price[:, Q:] if fit.mix == "none" else 0.0))
    revenue = np.exp(price[:, Q:]) * units
    return Results(revenue, margin, overhead, revenue * margin - overhead)


def break_even(result: Array, above: float = 0.0) -> BreakEven:
    """Return the probabilities of the first quarter whose result lies above a figure.

    Parameters
    ----------
    result
        Draws, shape (D, H).
    above
        The figure, in money.

    Examples
    --------
    >>> found = break_even(np.array([[-1.0, 1.0], [-1.0, -1.0]]))
    >>> found.first.tolist(), found.by.tolist(), found.none
    ([0.0, 0.5], [0.0, 0.5], 0.5)
    """
    if result.ndim != 2 or not result.size:
        raise MisuseError(f"expected results of shape (draws, quarters), got {result.shape}")
    reached = np.maximum.accumulate(result > above, axis=1)
    by = reached.mean(axis=0)
    return BreakEven(np.diff(by, prepend=0.0), by, float(1 - by[-1]))


def _bridged(path: Array) -> Array:
    """Fill blanks between known points by straight lines; paths of shape (D, T), the same blanks in all."""
    known = np.flatnonzero(np.isfinite(path[0]))
    out = path.copy()
    for blank in np.flatnonzero(~np.isfinite(path[0])):
        after = np.searchsorted(known, blank)
        if 0 < after < len(known):
            left, right = known[after - 1], known[after]
            out[:, blank] = path[:, left] + (path[:, right] - path[:, left]) * (blank - left) / (right - left)
    return out
