"""Panels of units in which one is struck at a known date by a known effect, or by none.

``y_it = a_i + m_t + l_i' f_t + b_i t + g_i s(t + h_i) + w_it + c_i 1(t >= start) + e_it + effect_t 1(i = 0)``, in logarithms:
``m`` is the market, ``f`` factors with loadings of each unit, ``b`` a drift of its own, ``s`` a season, ``w`` a random walk,
``c`` what strikes everybody at the date of the event, ``e`` noise. Unit 0 is the one asked about, the others are donors.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["KINDS", "ShockWorld", "SimulatedShock", "strike"]

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class ShockWorld:
    """What is true in a world; standard deviations are of logarithms, a period is a week or a month.

    Attributes
    ----------
    effect, half_life
        Effect in the first period, in logarithms, and the periods after which half of it is gone (infinite: it stays).
    donors, before, after
        Donors, periods before the event and from it on.
    market
        Of the changes of what all units share.
    noise, tails, lasting
        Of `e`, its degrees of freedom (infinite: normal), and its autocorrelation.
    walk
        Of the changes of `w`.
    factors, loading
        Factors that wander, and the spread of the units' loadings on them.
    drift
        Spread of the units' drifts a period.
    season, swing
        Periods of a cycle, 0 for none, and the spread of the units' seasons.
    noisier
        How many times the noise and walk of unit 0 are those of the donors.
    struck
        Spread over units of `c`.
    """

    effect: float = 0.0
    half_life: float = np.inf
    donors: int = 20
    before: int = 52
    after: int = 8
    market: float = 0.04
    noise: float = 0.06
    tails: float = np.inf
    lasting: float = 0.0
    walk: float = 0.0
    factors: int = 0
    loading: float = 0.0
    drift: float = 0.0
    season: int = 0
    swing: float = 0.0
    noisier: float = 1.0
    struck: float = 0.0


KINDS: dict[str, ShockWorld] = {
    "plain": ShockWorld(),
    "autocorrelated": ShockWorld(lasting=0.6),
    "random walk": ShockWorld(noise=0.04, walk=0.03),
    "heavy tails": ShockWorld(tails=3.0),
    "factors": ShockWorld(noise=0.04, factors=2, loading=1.0),
    "unit trends": ShockWorld(drift=0.004),
    "season of 12": ShockWorld(noise=0.04, season=12, swing=0.08),
    "season of 52": ShockWorld(noise=0.04, season=52, swing=0.08),
    "noisy unit": ShockWorld(noise=0.04, walk=0.01, noisier=2.0),
    "all struck": ShockWorld(struck=0.10),
    "few donors": ShockWorld(donors=5),
    "everything": ShockWorld(
        noise=0.04, tails=4.0, lasting=0.3, walk=0.01, factors=1, loading=0.7, drift=0.002, season=52, swing=0.04,
        noisier=1.5, struck=0.03,
    ),
    "no donors": ShockWorld(donors=0, market=0.02),
}  # fmt: skip
"""Named worlds without an effect."""


@dataclass(frozen=True, slots=True, eq=False)
class SimulatedShock:
    """A simulated panel.

    Attributes
    ----------
    y
        Outcomes, unit 0 the one asked about; shape (donors + 1, before + after).
    start
        First period from the event on.
    effect
        True effect in each period from then on.
    season
        Periods of a cycle.
    """

    y: Array
    start: int
    effect: Array
    season: int


def strike(world: ShockWorld, rng: np.random.Generator) -> SimulatedShock:
    """Simulate a panel.

    Examples
    --------
    >>> made = strike(ShockWorld(effect=-0.2, half_life=4), np.random.default_rng(0))
    >>> made.y.shape, made.effect[[0, 4]].round(3).tolist()
    ((21, 60), [-0.2, -0.1])
    """
    N, T = world.donors + 1, world.before + world.after
    t = np.arange(T)
    own = np.ones(N)
    own[0] = world.noisier
    y = rng.normal(5.0, 1.0, N)[:, None] + rng.normal(0.0, world.market, T).cumsum()
    if world.factors:
        paths = rng.normal(0.0, world.market, (world.factors, T)).cumsum(axis=1)
        y = y + rng.normal(0.0, world.loading, (N, world.factors)) @ paths
    y = y + rng.normal(0.0, world.drift, N)[:, None] * t
    if world.season:
        # each unit has its own mixture of two waves
        angle = 2 * np.pi * np.outer([1, 2], t) / world.season
        y = (
            y
            + rng.normal(0.0, world.swing, (N, 2)) @ np.cos(angle)
            + rng.normal(0.0, world.swing, (N, 2)) @ np.sin(angle)
        )
    y = y + (own * world.walk)[:, None] * rng.standard_normal((N, T)).cumsum(axis=1)
    y = y + (own * world.noise)[:, None] * _noise(rng, (N, T), world)
    y[:, world.before :] += rng.normal(0.0, world.struck, N)[:, None]
    effect = world.effect * 0.5 ** (np.arange(world.after) / world.half_life)
    y[0, world.before :] += effect
    return SimulatedShock(y, world.before, effect, world.season)


def _noise(rng: np.random.Generator, shape: tuple[int, int], world: ShockWorld) -> Array:
    """Return errors of unit variance."""
    if np.isinf(world.tails):
        e = rng.standard_normal(shape)
    else:
        e = rng.standard_t(world.tails, shape) * np.sqrt((world.tails - 2) / world.tails)
    for t in range(1, shape[1]):
        e[:, t] = world.lasting * e[:, t - 1] + np.sqrt(1 - world.lasting**2) * e[:, t]
    return np.asarray(e)
