"""Markets in price equilibrium whose tastes, costs and reach are known.

Buyer i in market t (a place in a period) gets ``u_ijt = x_jt'beta - alpha p_jt + theta_b(j) + tau_t + xi_jt + e_ijt``
from model j, and considers brand b with probability ``r_b`` (`halfstep.numerics.consideration`). Unseen quality is
``xi_jt = quirk_j + noise_jt``, marginal cost ``mc_jt = c + x_jt'gamma + w_jt + lambda xi_jt + omega_jt`` with a cost
shifter w that the analyst sees. Each brand sets the prices of all its models (Bertrand-Nash; Berry, Levinsohn & Pakes
1995, Econometrica 63(4), 841-890). With ``s_j = v_j h(V_b)`` the first-order condition of model j is
``1 = alpha (m_j + h'/h sum_k v_k m_k)``, so the markup is common to the brand's models:
``m_b = 1 / (alpha (1 + V_b h'/h))``.

Brand 0 is the focal one, brand 1 the benchmark. Money is in thousands.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from halfstep.numerics.consideration import brand_slope, consideration_shares

__all__ = ["KINDS", "DemandWorld", "SimulatedDemand", "simulate"]

Array = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]

_PRICE = 25.0
_COST_OF_WORTH = 0.5
_LEVEL = -4.7
_OMEGA = 0.8
_TOGETHER = -0.7
_NODES = 7


@dataclass(frozen=True, slots=True)
class DemandWorld:
    """What is true in a world; gaps are benchmark minus focal, in money.

    Attributes
    ----------
    product, name
        True gaps in what the listed attributes are worth, ``beta'dx / alpha``, and in the names.
    reach
        Probability that a buyer considers the focal brand, and the benchmark.
    others
        Lowest and highest reach of the other brands, which are spread evenly between them.
    brands, models, periods, places
        Size; `focal_models` overrides the focal brand's number of models.
    alpha, beta
        Price taste, and tastes for the listed attributes. An attribute costs the maker half of what it is worth.
    quirk, noise
        Standard deviations of the two parts of xi: the model's own, and the model's in a market.
    cost_shift
        Standard deviation of w; half of its variance is the model's own.
    endogeneity
        lambda: what a unit of xi costs the maker.
    spread
        Standard deviation over buyers of log price taste, and of the taste for the first attribute relative to its
        mean; the two correlate by -0.7. alpha and beta are then means over buyers.
    """

    product: float = 0.0
    name: float = 0.0
    reach: tuple[float, float] = (0.7, 0.7)
    others: tuple[float, float] = (0.4, 0.9)
    brands: int = 8
    models: int = 5
    focal_models: int = 5
    periods: int = 3
    places: int = 10
    alpha: float = 0.2
    beta: tuple[float, ...] = (0.8, 0.5, -0.4)
    quirk: float = 0.25
    noise: float = 0.25
    cost_shift: float = 1.5
    endogeneity: float = 0.5
    spread: float = 0.0


KINDS: dict[str, DemandWorld] = {
    "null": DemandWorld(),
    "null at the margin": DemandWorld(product=0.03 * _PRICE, name=0.03 * _PRICE),
    "name missing": DemandWorld(name=4.0),
    "reverse": DemandWorld(product=5.0, name=-3.0),
    "niche premium": DemandWorld(name=-5.0, reach=(0.15, 0.9)),
    "mass brand": DemandWorld(name=5.0, reach=(0.9, 0.15)),
    "endogenous price": DemandWorld(product=2.0, name=3.0, endogeneity=4.0),
    "few models": DemandWorld(product=2.0, name=3.0, focal_models=3, models=4),
    "weak instruments": DemandWorld(product=2.0, name=3.0, endogeneity=4.0, cost_shift=0.15),
    "correlated tastes": DemandWorld(product=2.0, name=3.0, spread=0.3),
}
"""Named worlds; "weak instruments" leaves alpha all but unidentified, "correlated tastes" breaks the logit."""


@dataclass(frozen=True, slots=True, eq=False)
class SimulatedDemand:
    """A simulated table of sales by place; arrays have shape (n,), X (n, K), cost (n, 1). Prices are about 25.

    Attributes
    ----------
    period, place, brand, model
        Codes; a model keeps its code over markets.
    p
        Price.
    share
        Share of all possible buyers, without sampling error.
    X
        Listed attributes, the same in all places of a period.
    cost
        The cost shifter w.
    mc
        Marginal cost, which the analyst does not see.
    reach
        Probability that a buyer considers the brand.
    product, name
        True gaps in money: in what the listed attributes of the models on offer in the last period are worth (equal
        weights), and in the names.
    reach_gap
        What reach and its rivals add to the name gap if shares are read as a plain logit's: mean ``log s - delta`` of
        the benchmark's rows in the last period less the focal brand's, over alpha; at mean tastes.
    alpha, beta, theta
        Tastes, and names by brand in utils, shape (brands,).
    delta
        Net utility, at mean tastes.
    """

    period: Codes
    place: Codes
    brand: Codes
    model: Codes
    p: Array
    share: Array
    X: Array
    cost: Array
    mc: Array
    reach: Array
    product: float
    name: float
    reach_gap: float
    alpha: float
    beta: Array
    theta: Array
    delta: Array


@dataclass(frozen=True, slots=True, eq=False)
class _Rows:
    """Codes and reach of the rows of a balanced table, in the order period, place, model; shape (n,)."""

    period: Codes
    place: Codes
    brand: Codes
    model: Codes
    market: Codes
    reach: Array

    def shares(self, delta: Array) -> Array:
        """Return shares of all possible buyers."""
        return consideration_shares(delta, self.market, self.brand, self.reach)

    def slope(self, delta: Array) -> Array:
        """Return the elasticity of brand shares to their V."""
        return brand_slope(delta, self.market, self.brand, self.reach)


def simulate(world: DemandWorld, rng: np.random.Generator) -> SimulatedDemand:
    """Simulate a market.

    The benchmark's line-up is moved so that the mean listed attributes of the two brands differ in the last period by
    exactly what makes the true product gap. Where tastes differ over buyers, prices are those of the first-order
    conditions at mean tastes: makers set them as if buyers were alike.

    Examples
    --------
    >>> made = simulate(KINDS["reverse"], np.random.default_rng(0))
    >>> round(made.product, 6), round(made.name, 6)
    (5.0, -3.0)
    """
    rows = _rows(world)
    listed = _listed(world, rows, rng)
    beta, alpha = np.array(world.beta), world.alpha
    n, J, markets = len(rows.model), rows.model.max() + 1, rows.market.max() + 1
    theta = rng.normal(0.0, 0.3, world.brands)
    theta[1] = theta[0] + alpha * world.name
    xi = world.quirk * rng.standard_normal(J)[rows.model] + world.noise * rng.standard_normal(n)
    w = world.cost_shift * np.sqrt(0.5) * (rng.standard_normal(J)[rows.model] + rng.standard_normal(n))
    tau = _LEVEL + alpha * _PRICE + rng.normal(0.0, 0.2, markets)
    worth = listed @ beta
    mc = _PRICE - 1 / alpha + _COST_OF_WORTH * worth / alpha + w
    mc += world.endogeneity * xi + _OMEGA * rng.standard_normal(n)
    before = worth + theta[rows.brand] + tau[rows.market] + xi
    p = mc + _markups(before - alpha * mc, alpha, rows)
    delta = before - alpha * p
    share = rows.shares(delta)
    gap = (np.log(share) - delta)[rows.period == world.periods - 1]
    brand = rows.brand[rows.period == world.periods - 1]
    return SimulatedDemand(
        period=2000 + rows.period,
        place=rows.place,
        brand=rows.brand,
        model=rows.model,
        p=p,
        share=_mixed(world, rows, delta, p, listed[:, 0]) if world.spread else share,
        X=listed,
        cost=w[:, None],
        mc=mc,
        reach=rows.reach,
        product=world.product,
        name=world.name,
        reach_gap=float(gap[brand == 1].mean() - gap[brand == 0].mean()) / alpha,
        alpha=alpha,
        beta=beta,
        theta=theta,
        delta=delta,
    )


def _rows(world: DemandWorld) -> _Rows:
    """Lay out the table."""
    counts = np.full(world.brands, world.models)
    counts[0] = world.focal_models
    brand_of = np.repeat(np.arange(world.brands), counts)
    J, markets = len(brand_of), world.periods * world.places
    market = np.repeat(np.arange(markets), J)
    reach = np.concatenate([world.reach, np.linspace(*world.others, world.brands - 2)])
    brand = np.tile(brand_of, markets)
    return _Rows(
        period=market // world.places,
        place=market % world.places,
        brand=brand,
        model=np.tile(np.arange(J), markets),
        market=market,
        reach=reach[brand],
    )


def _listed(world: DemandWorld, rows: _Rows, rng: np.random.Generator) -> Array:
    """Draw attributes that drift over periods, and move the benchmark's to make the product gap; shape (n, K)."""
    beta = np.array(world.beta)
    J, K = int(rows.model.max()) + 1, len(beta)
    brand_of = rows.brand[:J]
    x = rng.normal(0.0, 0.4, (world.brands, K))[brand_of] + rng.normal(0.0, 0.6, (J, K))
    listed = x + rng.normal(0.0, 0.05, (world.periods, J, K)).cumsum(axis=0)
    gap = listed[-1, brand_of == 1].mean(axis=0) - listed[-1, brand_of == 0].mean(axis=0)
    listed[:, brand_of == 1] += (world.alpha * world.product - beta @ gap) * beta / (beta @ beta)
    return np.asarray(listed[rows.period, rows.model])


def _markups(at_cost: Array, alpha: float, rows: _Rows) -> Array:
    """Solve the first-order conditions; shape (n,).

    Iterates ``m <- 1 / alpha + (1 - slope) m``, whose fixed point is ``1 / (alpha slope)`` (the zeta form of Morrow &
    Skerlos 2011, Operations Research 59(2), 328-345).

    Parameters
    ----------
    at_cost
        Net utility at a price equal to marginal cost, shape (n,).
    """
    m = np.full(len(at_cost), 1 / alpha)
    for _ in range(200):
        new = 1 / alpha + (1 - rows.slope(at_cost - alpha * m)) * m
        done = float(np.abs(new - m).max()) < 1e-11 / alpha
        m = new
        if done:
            break
    return m


def _mixed(world: DemandWorld, rows: _Rows, delta: Array, p: Array, first: Array) -> Array:
    """Return shares where tastes differ over buyers: a mean over fixed symmetric nodes of two normals; shape (n,).

    The nodes are those of a 7 x 7 Gauss-Hermite product rule, and they are all the kinds of buyers there are.
    """
    z, weight = np.polynomial.hermite_e.hermegauss(_NODES)
    one, other = (part.ravel() for part in np.meshgrid(z, z, indexing="ij"))
    weight = np.outer(weight, weight).ravel() / weight.sum() ** 2
    price = np.exp(world.spread * one)
    price *= world.alpha / (weight @ price)
    taste = world.beta[0] * world.spread * (_TOGETHER * one + np.sqrt(1 - _TOGETHER**2) * other)
    utility = delta + np.outer(world.alpha - price, p) + np.outer(taste, first)
    N, n = utility.shape
    market = np.arange(N)[:, None] * (rows.market.max() + 1) + rows.market
    shares = consideration_shares(utility.ravel(), market.ravel(), np.tile(rows.brand, N), np.tile(rows.reach, N))
    return np.asarray(weight @ shares.reshape(N, n))
