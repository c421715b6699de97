"""Markets in price equilibrium where buyers differ, of which all is known.

Buyer i in market t (a place in a period) gets ``u_ijt = x_jt'beta_i - alpha_i p_jt + theta_b(j) + z_b(j) + tau_t + xi_jt +
e_ijt`` from model j, and considers brand b with probability ``r_b``. Tastes are ``(beta_i0, -alpha_i, beta_i)' = (0,
-alpha, beta)' + Sigma nu_i + Pi y_i`` for the constant, price and listed attributes, with nu normal and y the buyer's
income about the mean of all places. z is what the benchmark's models have that the analyst does not see. Marginal cost is ``mc_jt = (1, x,
w)'gamma + dear_b(j) + lambda xi_jt + omega_jt`` with two cost shifters w that the analyst sees, and each firm sets the
prices of all its models (Bertrand-Nash; Berry, Levinsohn & Pakes 1995, Econometrica 63(4), 841-890).

Shares and first-order conditions are those of a finite population, dense and by market: nothing here is shared with the
estimator that it grades. Brand 0 is the focal one, brand 1 the benchmark. Money is in thousands.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from halfstep.core.errors import MisuseError

__all__ = ["KINDS", "Buyers", "Game", "RandomWorld", "SimulatedRandom", "simulate"]

Array = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

_PRICE = 25.0
_COST_OF_WORTH = 0.5
_LEVEL = -4.8
_OMEGA = 0.8
_STAYS = 2
_TOLERANCE = 1e-12
_STEPS = 1000


@dataclass(frozen=True, slots=True)
class RandomWorld:
    """What is true in a world; gaps are benchmark minus focal, in money at the mean price taste.

    Attributes
    ----------
    product, unseen, name
        True gaps in what the listed attributes and the unlisted one are worth, and in the names.
    reach
        Probability that a buyer considers the focal brand, and the benchmark; every other brand is considered by all.
    dear
        What the focal brand's models cost their maker beyond their attributes.
    brands, models, periods, places
        Size; `focal_models` overrides the focal brand's number of models. Brands 2 and 3, 4 and 5, ... share an owner.
    offered
        Probability that a model is on offer in a market; the first two of a brand always are.
    alpha, beta
        Mean tastes for price and the listed attributes. An attribute costs the maker half of what it is worth.
    spread
        Standard deviations of tastes for the constant, price and the first attribute given income.
    together
        Correlation of nu in the tastes for price and the first attribute.
    income
        What a unit of income adds to the tastes for the constant and price (a positive one: less sensitive).
    places_differ
        Standard deviation over places of mean income; within a place it is 1.
    quirk, noise
        Standard deviations of the two parts of xi: the model's own, and the model's in a market.
    cost_shift
        Standard deviation of each w; half of its variance is the model's own.
    endogeneity
        lambda: what a unit of xi costs the maker.
    population
        Buyers in each market, drawn at random: they are all there are.
    sample
        Buyers that the analyst has, with nodes of the analyst's own; 0 for the population with its nodes.
    """

    product: float = 0.0
    unseen: float = 0.0
    name: float = 0.0
    reach: tuple[float, float] = (1.0, 1.0)
    dear: float = 0.0
    brands: int = 8
    models: int = 4
    focal_models: int = 4
    periods: int = 4
    places: int = 15
    offered: float = 0.85
    alpha: float = 0.25
    beta: tuple[float, ...] = (0.8, 0.5, -0.4)
    spread: tuple[float, float, float] = (0.6, 0.04, 0.8)
    together: float = 0.0
    income: tuple[float, float] = (0.3, 0.025)
    places_differ: float = 0.7
    quirk: float = 0.25
    noise: float = 0.25
    cost_shift: float = 1.5
    endogeneity: float = 0.5
    population: int = 200
    sample: int = 0


KINDS: dict[str, RandomWorld] = {
    "null": RandomWorld(),
    "name": RandomWorld(product=2.0, name=3.0),
    "reverse": RandomWorld(product=5.0, name=-3.0),
    "correlated tastes": RandomWorld(product=2.0, name=3.0, together=-0.8),
    "wrong nodes": RandomWorld(product=2.0, name=3.0, population=500, sample=100),
    "attribute hidden": RandomWorld(product=2.0, unseen=3.0),
    "weak instruments": RandomWorld(product=2.0, name=3.0, endogeneity=4.0, cost_shift=0.15, places_differ=0.1),
    "niche premium": RandomWorld(name=-6.0, reach=(0.15, 1.0), dear=10.0, focal_models=2, population=500),
}
"""Named worlds; in the first four the analyst's model is the true one."""


@dataclass(frozen=True, slots=True, eq=False)
class Buyers:
    """Kinds of buyers, those of a market together: market, weight, nodes (A, K + 2), income (A, 1)."""

    market: Codes
    w: Array
    nu: Array
    y: Array


@dataclass(frozen=True, slots=True, eq=False)
class Game:
    """The markets as their makers know them; arrays by market, model and buyer.

    Attributes
    ----------
    base
        Utility at a price of zero; minus infinity where a model is not on offer or not considered, shape (T, J, I).
    slope
        What a unit of price costs a buyer, in utils, shape (T, I).
    owner
        Firm of each model, shape (J,).
    """

    base: Array
    slope: Array
    owner: Codes

    def choices(self, p: Array) -> Array:
        """Return probabilities that a buyer takes a model, shape (T, J, I)."""
        v = self.base - p[:, :, None] * self.slope[:, None]
        top = np.maximum(v.max(axis=1, keepdims=True), 0.0)
        np.exp(v - top, out=v)
        v /= np.exp(-top) + v.sum(axis=1, keepdims=True)
        return v

    def shares(self, p: Array) -> Array:
        """Return shares of the population, shape (T, J)."""
        return np.asarray(self.choices(p).mean(axis=2))

    def margins(self, p: Array) -> Array:
        """Return price less marginal cost that the first-order conditions ask for at these prices, shape (T, J).

        ``s_j + sum_k in firm m_k ds_k/dp_j = 0``; a model that is not on offer has no share and a margin of zero.
        """
        P = self.choices(p)
        s, weighted = P.mean(axis=2), P * (self.slope / self.slope.shape[1])[:, None]
        slopes = weighted @ P.transpose(0, 2, 1)
        at = np.arange(P.shape[1])
        slopes[:, at, at] -= weighted.sum(axis=2)
        slopes *= self.owner[:, None] == self.owner
        slopes[:, at, at] -= s == 0
        return np.asarray(np.linalg.solve(slopes, -s[:, :, None])[:, :, 0])

    def clear(self, mc: Array) -> Array:
        """Return prices at which no firm's profit has a slope, shape (T, J).

        Iterates ``p <- mc + margins(p)``, in smaller steps in markets where a step is not much below the one before.
        """
        p, before, relax = mc + self.margins(mc), np.full(len(mc), np.inf), np.ones(len(mc))
        for _ in range(_STEPS):
            step = mc + self.margins(p) - p
            size = np.abs(step).max(axis=1)
            if not size.max() > _TOLERANCE * max(1.0, float(np.abs(p).max())):
                break
            relax = np.where(size > 0.9 * before, np.maximum(relax / 2, 0.1), relax)
            p, before = p + relax[:, None] * step, size
        if not size.max() < 1e-9 * np.abs(p).max():
            raise MisuseError(f"expected prices that clear, got steps of {size.max():.1e}: take less spread")
        return p


@dataclass(frozen=True, slots=True, eq=False)
class SimulatedRandom:
    """A simulated table of sales by place; arrays have shape (n,), X (n, K), cost (n, 2). Prices are about 25.

    Attributes
    ----------
    period, place, market, brand, model, firm
        Codes; a model keeps its code over markets, and rows of a market stand together.
    p, s
        Price, and share of all possible buyers, without sampling error.
    X, cost
        Listed attributes, the same in all places of a period, and the cost shifters w.
    mc
        Marginal cost, which the analyst does not see.
    xi, delta
        Unseen quality about the unlisted attribute, and utility at mean tastes.
    buyers, population
        The buyers that the analyst has, and those there are.
    product, unseen, name
        True gaps in money: in what attributes of the models on offer in the last period are worth (equal weights),
        and in the names.
    alpha, beta, sigma, pi, gamma
        Tastes; sigma (K + 2, K + 2) and pi (K + 2, 1) for the constant, price and X. Costs for 1, X and w.
    theta
        Names by brand in utils, shape (brands,).
    game
        The markets as their makers know them, for prices in other circumstances.
    cells
        Where in the game's (T, J) arrays the rows stand: market and model.
    """

    period: Codes
    place: Codes
    market: Codes
    brand: Codes
    model: Codes
    firm: Codes
    p: Array
    s: Array
    X: Array
    cost: Array
    mc: Array
    xi: Array
    delta: Array
    buyers: Buyers
    population: Buyers
    product: float
    unseen: float
    name: float
    alpha: float
    beta: Array
    sigma: Array
    pi: Array
    gamma: Array
    theta: Array
    game: Game
    cells: tuple[Codes, Codes]


@dataclass(frozen=True, slots=True, eq=False)
class _LineUp:
    """The models: brand and owner (J,), on offer (T, J), listed (T, J, K) and unlisted (J,) attributes in utils."""

    brand: Codes
    owner: Codes
    offered: Mask
    listed: Array
    unlisted: Array


def simulate(world: RandomWorld, rng: np.random.Generator) -> SimulatedRandom:
    """Simulate a market.

    The benchmark's line-up is moved so that the mean listed attributes of the two brands' models on offer in the last
    period differ by exactly what makes the true product gap.

    Examples
    --------
    >>> made = simulate(KINDS["reverse"], np.random.default_rng(0))
    >>> round(made.product, 6), round(made.name, 6)
    (5.0, -3.0)
    """
    up, alpha, beta = _line_up(world, rng), world.alpha, np.array(world.beta)
    T, J = up.offered.shape
    sigma, pi = _tastes(world)
    population, buyers = _buyers(world, rng)
    theta = rng.normal(0.0, 0.3, world.brands)
    theta[:2] = theta[0] + alpha * np.maximum([-world.name, world.name], 0.0)
    xi = world.quirk * rng.standard_normal(J) + world.noise * rng.standard_normal((T, J))
    w = world.cost_shift * np.sqrt(0.5) * (rng.standard_normal((J, 2)) + rng.standard_normal((T, J, 2)))
    gamma = np.concatenate([[_PRICE - 1 / alpha], _COST_OF_WORTH * beta / alpha, [1.0, 1.0]])
    mc = gamma[0] + up.listed @ gamma[1:-2] + _COST_OF_WORTH * up.unlisted / alpha + w @ gamma[-2:]
    mc += np.where(up.brand == 0, world.dear, 0.0) + world.endogeneity * xi + _OMEGA * rng.standard_normal((T, J))
    level = _LEVEL + alpha * _PRICE + rng.normal(0.0, 0.2, (T, 1))
    mean = up.listed @ beta + up.unlisted + theta[up.brand] + level + xi
    game = _game(world, up, mean, population, rng)
    p = game.clear(mc)
    s, cells = game.shares(p), np.nonzero(up.offered)
    market, model = (at.astype(np.int64) for at in cells)
    return SimulatedRandom(
        period=2000 + market // world.places,
        place=market % world.places,
        market=market,
        brand=up.brand[model],
        model=model,
        firm=up.owner[model],
        p=p[cells],
        s=s[cells],
        X=up.listed[cells],
        cost=w[cells],
        mc=mc[cells],
        xi=xi[cells],
        delta=(mean - alpha * p)[cells],
        buyers=buyers,
        population=population,
        product=world.product,
        unseen=world.unseen,
        name=world.name,
        alpha=alpha,
        beta=beta,
        sigma=sigma,
        pi=pi,
        gamma=gamma,
        theta=theta,
        game=game,
        cells=(market, model),
    )


def _line_up(world: RandomWorld, rng: np.random.Generator) -> _LineUp:
    """Lay out the models, let attributes drift over periods, and move the benchmark's to make the gap."""
    counts = np.full(world.brands, world.models)
    counts[0] = world.focal_models
    brand, beta = np.repeat(np.arange(world.brands), counts), np.array(world.beta)
    J, K, T = len(brand), len(beta), world.periods * world.places
    place_in_brand = np.arange(J) - (np.cumsum(counts) - counts)[brand]
    offered = (rng.random((T, J)) < world.offered) | (place_in_brand < _STAYS)
    x = rng.normal(0.0, 0.4, (world.brands, K))[brand] + rng.normal(0.0, 0.6, (J, K))
    listed = (x + rng.normal(0.0, 0.05, (world.periods, J, K)).cumsum(axis=0))[np.arange(T) // world.places]
    last = np.arange(T) // world.places == world.periods - 1
    means = [listed[last][offered[last] & (brand == one)].mean(axis=0) for one in (0, 1)]
    gap = means[1] - means[0]
    listed[:, brand == 1] += (world.alpha * world.product - beta @ gap) * beta / (beta @ beta)
    unlisted = np.where(brand == 1, world.alpha * world.unseen, 0.0)
    owner = np.where(brand < 2, brand, 1 + brand // 2).astype(np.int64)
    return _LineUp(brand, owner, offered, listed, unlisted)


def _tastes(world: RandomWorld) -> tuple[Array, Array]:
    """Return sigma and pi."""
    size = len(world.beta) + 2
    constant, price, first = world.spread
    sigma, pi = np.zeros((size, size)), np.zeros((size, 1))
    sigma[[0, 1, 2], [0, 1, 2]] = constant, price, first * np.sqrt(1 - world.together**2)
    sigma[2, 1] = first * world.together
    pi[:2, 0] = world.income
    return sigma, pi


def _buyers(world: RandomWorld, rng: np.random.Generator) -> tuple[Buyers, Buyers]:
    """Draw the population, and what the analyst has of it."""
    T, size = world.periods * world.places, len(world.beta) + 2
    mean = world.places_differ * rng.standard_normal(world.places)

    def draw(count: int) -> Buyers:
        market = np.repeat(np.arange(T), count)
        y = mean[market % world.places] + rng.standard_normal(T * count)
        return Buyers(market, np.full(T * count, 1 / count), rng.standard_normal((T * count, size)), y[:, None])

    population = draw(world.population)
    return population, draw(world.sample) if world.sample else population


def _game(world: RandomWorld, up: _LineUp, mean: Array, who: Buyers, rng: np.random.Generator) -> Game:
    """Give every buyer tastes about the mean, and brands to consider."""
    T, I = len(mean), world.population  # noqa: E741
    sigma, pi = _tastes(world)
    taste = (who.nu @ sigma.T + who.y @ pi.T).reshape(T, I, -1)
    base = mean[:, :, None] + taste[:, None, :, 0] + up.listed @ taste[:, :, 2:].transpose(0, 2, 1)
    reach = np.ones(world.brands)
    reach[:2] = world.reach
    considered = rng.random((T, world.brands, I)) < reach[:, None]
    base[~(considered[:, up.brand] & up.offered[:, :, None])] = -np.inf
    return Game(base, world.alpha - taste[:, :, 1], up.owner)
