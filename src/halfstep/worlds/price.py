"""Markets whose list prices come from known attribute prices, names and unseen quality.

``log p_jt = tau_t + sum_k beta_k x_jkt + gamma z_j + theta_b(j) + nu_j + e_jt``: ``nu`` is a model's own quirk, ``e`` its
price noise in a period, ``z`` a quality that the analyst does not see. Brand 0 is the focal one, brand 1 the benchmark.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

__all__ = ["KINDS", "PriceWorld", "Simulated", "independent_halves", "simulate"]

Array = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class PriceWorld:
    """What is true in a world; gaps are benchmark minus focal, in log points.

    Attributes
    ----------
    product, name
        True gaps in what the listed attributes are worth, and in the names.
    unseen
        True gap in what the unlisted quality is worth; it is product.
    brands, models, periods
        Size; `focal_models` overrides the focal brand's number of models.
    beta
        Prices of the listed attributes.
    quirk, noise
        Standard deviations of nu and e.
    tails
        Degrees of freedom of nu and e (infinite: normal).
    uneven
        Spread over brands of the log standard deviation of nu (0: all alike).
    own_prices
        Standard deviation over brands of attribute prices around `beta` (0: one price for all, as the lens assumes).
    """

    product: float = 0.0
    name: float = 0.0
    unseen: float = 0.0
    brands: int = 12
    models: int = 8
    focal_models: int = 6
    periods: int = 4
    beta: tuple[float, ...] = (0.6, 0.3, -0.2)
    quirk: float = 0.05
    noise: float = 0.03
    tails: float = np.inf
    uneven: float = 0.0
    own_prices: float = 0.0


KINDS: dict[str, PriceWorld] = {
    "null": PriceWorld(),
    "null at the margin": PriceWorld(product=-float(np.log(0.97)), name=-float(np.log(0.97))),
    "name missing": PriceWorld(name=0.30),
    "reverse": PriceWorld(product=0.30, name=-0.20),
    "few models": PriceWorld(product=0.15, name=0.20, focal_models=3, models=4),
    "unseen": PriceWorld(unseen=0.10),
    "heavy tails": PriceWorld(product=0.15, name=0.20, tails=4.0),
    "uneven brands": PriceWorld(product=0.15, name=0.20, uneven=0.5),
    "own attribute prices": PriceWorld(product=0.15, name=0.20, own_prices=0.15),
}
"""Named worlds; the last three break an assumption of the lens."""


@dataclass(frozen=True, slots=True, eq=False)
class Simulated:
    """A simulated sales table; arrays have shape (n,), X (n, K).

    Attributes
    ----------
    period, brand, model
        Codes; a model keeps its code over periods.
    p, q
        Price and units.
    X
        Listed attributes.
    product, name
        True gaps: in the listed attributes of the models on offer in the last period plus the expected unlisted
        quality, and in the names. Models' own quirks and their own deviations in unlisted quality are errors.
    unseen
        The unlisted part of `product`.
    worth, theta
        What each brand's models on offer in the last period are worth by their listed attributes, and its name; shape
        (brands,), log points.
    """

    period: Codes
    brand: Codes
    model: Codes
    p: Array
    q: Array
    X: Array
    product: float
    name: float
    unseen: float
    worth: Array
    theta: Array


def independent_halves(rng: np.random.Generator, spread: float = 0.2) -> PriceWorld:
    """Draw a world whose product and name gaps are independent."""
    product, name = rng.normal(0.0, spread, 2)
    return replace(KINDS["null"], product=float(product), name=float(name))


def simulate(world: PriceWorld, rng: np.random.Generator) -> Simulated:
    """Simulate a market.

    Focal and benchmark line-ups are moved so that their mean attributes differ by exactly what makes the true gaps.

    Examples
    --------
    >>> made = simulate(KINDS["reverse"], np.random.default_rng(0))
    >>> round(made.product, 6), round(made.name, 6)
    (0.3, -0.2)
    """
    K = len(world.beta)
    counts = np.full(world.brands, world.models)
    counts[0] = world.focal_models
    brand_of = np.repeat(np.arange(world.brands), counts)
    J = len(brand_of)
    beta = np.array(world.beta)
    x = rng.normal(0.0, 0.3, (world.brands, K))[brand_of] + rng.normal(0.0, 0.4, (J, K))
    z = rng.normal(0.0, 0.3, J)
    drift = rng.normal(0.0, 0.05, (world.periods, J, K)).cumsum(axis=0)
    listed = x + drift
    focal, benchmark = brand_of == 0, brand_of == 1
    gap = listed[-1][benchmark].mean(0) - listed[-1][focal].mean(0)
    toward = beta / (beta @ beta)
    listed[:, benchmark] += (world.product - beta @ gap) * toward
    z[benchmark] += 1.0
    theta = rng.normal(0.0, 0.15, world.brands)
    theta[1] = theta[0] + world.name
    scale = world.quirk * np.exp(world.uneven * rng.standard_normal(world.brands))[brand_of]
    own = np.zeros((world.brands, K))
    if world.own_prices:
        own = rng.normal(0.0, world.own_prices, (world.brands, K))
    centred = listed - np.stack([listed[:, brand_of == b].mean((0, 1)) for b in range(world.brands)])[brand_of]
    steady = theta[brand_of] + world.unseen * z + scale * _errors(rng, J, world.tails)
    log_p = (
        2.5
        + rng.normal(0.0, 0.05, world.periods).cumsum()[:, None]
        + listed @ beta
        + (centred * own[brand_of]).sum(-1)
        + steady
        + world.noise * _errors(rng, (world.periods, J), world.tails)
    )
    units = np.exp(rng.normal(3.0, 0.8, (world.periods, J)))
    return Simulated(
        period=np.repeat(np.arange(2000, 2000 + world.periods), J),
        brand=np.tile(brand_of, world.periods),
        model=np.tile(np.arange(J), world.periods),
        p=np.exp(log_p).ravel(),
        q=units.ravel(),
        X=listed.reshape(-1, K),
        product=world.product + world.unseen,
        name=world.name,
        unseen=world.unseen,
        worth=np.bincount(brand_of, listed[-1] @ beta) / counts,
        theta=theta,
    )


def _errors(rng: np.random.Generator, shape: int | tuple[int, ...], tails: float) -> Array:
    """Return errors of unit variance."""
    if np.isinf(tails):
        return rng.standard_normal(shape)
    return np.asarray(rng.standard_t(tails, shape) * np.sqrt((tails - 2) / tails))
