"""The path of monthly output of makers that ramp up: a damped trend in logs, its spreads learnt from all makers at once.

Log output is a level with a damped, moving slope (Gardner & McKenzie 1985; Hyndman, Koehler, Ord & Snyder 2008), month-of-year effects that the
makers share, and noise. Without shocks that is a Gompertz path: growth in logs that fades by a constant share, as ramps do. The makers are each
other's reference class: the grid of spreads and damping has one posterior, a maker has a scale of its own around it. Everything
uncertain is drawn in a forecast.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from halfstep.core.errors import MisuseError
from halfstep.outlook.filter import Filtered, Spreads, run
from halfstep.outlook.season import PLAIN, Season, basis, months_of
from halfstep.outlook.sight import Sum, look

__all__ = ["FEWEST", "Paths", "Prior", "fit_paths", "foretell"]

Array = npt.NDArray[np.float64]
Labels = npt.NDArray[np.int64]

FEWEST = 4
"""Figures that a maker must have for a forecast: a level and a slope take two, and what is left must show some spread."""

ROUNDS = 2
"""Rounds in which season and own scales are fitted to each other: a scale moves only how much its maker's figures weigh in the season."""


@dataclass(frozen=True, slots=True)
class Prior:
    """What is believed of the spreads (standard deviations in log units a month) before any figure: medians of lognormals.

    Attributes
    ----------
    noise, level
        .10 each: one month ahead they make 15% together, the error of seasonally adjusted naive forecasts of monthly series in the M3
        competition (Makridakis & Hibon 2000, table of symmetric errors by horizon).
    slope
        .02: damped by .9, growth that comes and goes with a spread of 4% a month.
    factor
        A standard deviation of each log spread: .6, a factor of 1.8, so that 95% lie within a factor of 3.3 either way.
    slope_factor
        The same for the slope, of which less is known: .8, a factor of 2.2.
    damping
        Equally likely values: growth fades with a time constant of 3, 5, 10 or 50 months. Damping is usually put between .8 and .98 (Hyndman &
        Athanasopoulos 2021, 8.2); a plant's launch curve is over within a quarter or two (Almgren 2000; Terwiesch & Bohn 2001), hence .7.
    first_slope
        .2: undamped, ten times as much in a year; damped by .9, 3.6 times one spread above flat and as much below.
    own
        Standard deviation of a maker's own log scale about the class: .3. Zero: all makers alike.
    """

    noise: float = 0.10
    level: float = 0.10
    slope: float = 0.02
    factor: float = 0.6
    slope_factor: float = 0.8
    damping: tuple[float, ...] = (0.70, 0.80, 0.90, 0.98)
    first_slope: float = 0.2
    own: float = 0.3


@dataclass(frozen=True, slots=True)
class _Said:
    """What is said of the season: root covariance by all, shape (G, 11, 11); precision and pull by prior and other makers, (G, M, 11, [11])."""

    half: Array
    precision: Array
    pull: Array


@dataclass(frozen=True, slots=True)
class Paths:
    """Posterior of the makers' paths; rows of what describes a maker are in the order of `units`.

    Attributes
    ----------
    last
        Ordinal of each maker's last figure (a forecast begins the month after), shape (M,).
    figures
        How many figures of each were read, shape (M,).
    refusals
        Why a maker has no forecast; None where it has one.
    now, now_sd
        Log of the level in that month, season taken out, and its standard deviation, shape (M,).
    growth, growth_sd
        Slope in that month, log units a month, shape (M,).
    scale
        Each maker's spreads as a multiple of the class's, posterior mean, shape (M,).
    noise, level, slope, damping
        Posterior means of the class's spreads and damping.
    season, season_sd
        Month effects in logs, January first, shape (12,).
    stopped
        Share of figures after the start that are zero, over all makers.
    weights
        Posterior of the grid, shape (G,).
    log_evidence
        Log of the marginal density of all figures (approximate where several makers have scales of their own).
    """

    last: npt.NDArray[np.int64]
    figures: npt.NDArray[np.int64]
    refusals: tuple[str | None, ...]
    now: Array
    now_sd: Array
    growth: Array
    growth_sd: Array
    scale: Array
    noise: float
    level: float
    slope: float
    damping: float
    season: Array
    season_sd: Array
    stopped: float
    weights: Array
    log_evidence: float
    _spreads: Spreads
    _filtered: Filtered
    _own: Array
    _said: _Said
    _season_mean: Array


def fit_paths(
    units: Array, first_month: int, season: Season = PLAIN, sums: tuple[Sum, ...] = (), prior: Prior | None = None
) -> Paths:
    """Posterior of the paths of M makers from T months.

    Parameters
    ----------
    units
        Monthly units, one row a maker, shape (M, T). NaN is not known, which is not zero. Zeros before a maker's first positive figure are
        months before its start. A zero after it is a month that stood still: it has no log, so it says nothing of the path, is counted in
        `stopped`, and a forecast month stands still as often as months did. A maker whose last figure is zero is refused.
    first_month
        Ordinal of the first column: year * 12 + month - 1.
    season
        What is believed of months of the year. Two years tell little of them, so this prior matters, and its width is in the forecast.
    sums
        Printed totals ``(maker, first column, last column, units)``. What is left after the months known within is spread over the blank
        months: their mean log is taken for the log of their mean, which lies lower by half the variance within (.01 if a quarter grows by 15%
        a month).
    prior
        Of the spreads; `Prior()` if absent.

    Returns
    -------
    Paths

    Raises
    ------
    MisuseError
        If shapes are wrong, units are negative, or a sum contradicts its months.
    """
    prior = prior or Prior()
    sight = look(units, first_month, season, sums)
    spreads, chance, own_chance = _grid(prior)
    filtered = run(sight.seen, spreads)
    own, bound, gamma, said = _join(filtered, season, own_chance)
    log_weight = np.log(chance) + bound
    top = float(log_weight.max())
    weights = np.exp(log_weight - top)
    evidence = top + float(np.log(weights.sum()))
    weights /= weights.sum()
    now, now_sd, growth, growth_sd = _states(filtered, own, weights, gamma, said.half)
    effects = basis()
    season_at = np.asarray(sight.season_mean + gamma @ effects.T, dtype=np.float64)
    spread = ((effects @ said.half) ** 2).sum(axis=-1)
    season_now = weights @ season_at
    return Paths(
        last=first_month + sight.seen.end,
        figures=filtered.figures,
        refusals=tuple(
            _refusal(int(n), bool(still)) for n, still in zip(filtered.figures, sight.standing, strict=True)
        ),
        now=now,
        now_sd=now_sd,
        growth=growth,
        growth_sd=growth_sd,
        scale=np.asarray(np.einsum("g,gkm,k->m", weights, own, spreads.own), dtype=np.float64),
        noise=float(weights @ spreads.noise),
        level=float(weights @ spreads.level),
        slope=float(weights @ spreads.slope),
        damping=float(weights @ spreads.damping),
        season=season_now,
        season_sd=np.asarray(np.sqrt(weights @ (spread + (season_at - season_now) ** 2)), dtype=np.float64),
        stopped=sight.stopped,
        weights=weights,
        log_evidence=evidence,
        _spreads=spreads,
        _filtered=filtered,
        _own=own,
        _said=said,
        _season_mean=sight.season_mean,
    )


def foretell(paths: Paths, maker: int, months: int, draws: int, rng: np.random.Generator) -> Array:
    """Draw a maker's units in the months after its last figure, joint over months.

    Grid point, own scale, season, level and slope are drawn from the posterior, then shocks month by month, so that sums over months have the
    intervals that follow.

    Parameters
    ----------
    paths
        From `fit_paths`.
    maker
        Row of `units`.
    months
        How many; the first is ``paths.last[maker] + 1``.

    Returns
    -------
    array, shape (draws, months)

    Raises
    ------
    MisuseError
        If the maker has a refusal.
    """
    refusal = paths.refusals[maker]
    if refusal is not None:
        raise MisuseError(f"expected a maker with a path; got one without ({refusal}): look at Paths.refusals first")
    spreads, rows = paths._spreads, rng.choice(len(paths.weights), size=draws, p=paths.weights)
    own = (rng.random(draws)[:, None] > np.cumsum(paths._own[rows, :, maker], axis=1)[:, :-1]).sum(axis=1)
    gamma = _draw_season(paths, maker, rows, own, rng)
    at = paths._filtered.state[:2, :, rows, own, maker]
    mean = (at[:, 0] - np.einsum("ijd,dj->id", at[:, 1:], gamma)).T
    half = np.linalg.cholesky(np.moveaxis(paths._filtered.covariance[:2, :2, rows, own, maker], -1, 0))
    begin = mean + np.einsum("dij,dj->di", half, rng.standard_normal((draws, 2)))
    level, slope = begin[:, 0], begin[:, 1]
    scale, damping = spreads.own[own], spreads.damping[rows]
    effects = paths._season_mean + gamma @ basis().T
    shocks = rng.standard_normal((3, months, draws)) * scale
    out = np.empty((draws, months))
    for t, month in enumerate(months_of(int(paths.last[maker]) + 1, months)):
        level = level + damping * slope + spreads.level[rows] * shocks[0, t]
        slope = damping * slope + spreads.slope[rows] * shocks[1, t]
        out[:, t] = level + effects[:, month] + spreads.noise[rows] * shocks[2, t]
    still = rng.random((draws, months)) < paths.stopped
    return np.asarray(np.where(still, 0.0, np.exp(out)), dtype=np.float64)


def _draw_season(paths: Paths, maker: int, rows: Labels, own: Labels, rng: np.random.Generator) -> Array:
    """Season's coefficients given each draw's grid point and the maker's own scale, shape (D, 11)."""
    pairs, of = np.unique(np.stack([rows, own]), axis=1, return_inverse=True)
    products = paths._filtered.products[:, :, pairs[0], pairs[1], maker]
    precision = paths._said.precision[pairs[0], maker] + np.moveaxis(products[1:, 1:], -1, 0)
    covariance = np.linalg.inv(precision)
    mean = np.einsum("pij,pj->pi", covariance, paths._said.pull[pairs[0], maker] + products[1:, 0].T)
    half = np.linalg.cholesky(covariance)[of]
    return np.asarray(mean[of] + np.einsum("dij,dj->di", half, rng.standard_normal((len(rows), mean.shape[1]))))


def _grid(prior: Prior) -> tuple[Spreads, Array, Array]:
    """Grid of spreads and damping, its prior probabilities, and those of the own scales.

    Noise and level take five values over two standard deviations either way; the slope's change and the own scale Gauss-Hermite's three and five.
    """
    steps = np.linspace(-2.0, 2.0, 5)
    bell = np.exp(-(steps**2) / 2)
    three, three_chance = np.polynomial.hermite_e.hermegauss(3)
    damping = np.asarray(prior.damping)
    mesh = np.meshgrid(steps, steps, three, damping, indexing="ij")
    odds = np.meshgrid(bell, bell, three_chance, np.ones(len(damping)), indexing="ij")
    chance = np.prod([o.ravel() for o in odds], axis=0)
    nodes, own_chance = np.polynomial.hermite_e.hermegauss(5) if prior.own > 0 else (np.zeros(1), np.ones(1))
    spreads = Spreads(
        noise=prior.noise * np.exp(prior.factor * mesh[0].ravel()),
        level=prior.level * np.exp(prior.factor * mesh[1].ravel()),
        slope=prior.slope * np.exp(prior.slope_factor * mesh[2].ravel()),
        damping=mesh[3].ravel(),
        own=np.exp(prior.own * nodes),
        first_slope=prior.first_slope,
    )
    return spreads, np.asarray(chance / chance.sum()), np.asarray(own_chance / own_chance.sum())


def _join(filtered: Filtered, season: Season, own_chance: Array) -> tuple[Array, Array, Array, _Said]:
    """Own scales' probabilities, log evidence, the season's mean, and what is said of it, at every grid point.

    A maker's figures speak of the season as an average over its scales, each weighed by how well it goes with what prior and other makers say
    (its cavity): expectation propagation (Minka 2001) with averaged precisions for sites. With one maker, or without own scales, it is exact.
    """
    effects = basis()
    prior = np.linalg.inv(effects.T @ np.diag(np.square(season.sd)) @ effects)
    square, cross = (
        np.moveaxis(filtered.products[1:, 1:], (0, 1), (-2, -1)),
        np.moveaxis(filtered.products[1:, 0], 0, -1),
    )
    fixed = filtered.log_variance + filtered.products[0, 0] + filtered.figures * np.log(2 * np.pi)
    own = np.broadcast_to(own_chance[:, None], fixed.shape)
    for _ in range(ROUNDS):
        sites, pulls = np.einsum("gkm,gkmij->gmij", own, square), np.einsum("gkm,gkmi->gmi", own, cross)
        posterior, pull = prior + sites.sum(axis=1), pulls.sum(axis=1)
        cavity, cavity_pull = posterior[:, None] - sites, pull[:, None] - pulls
        size = _log_size(cavity[:, None] + square, cavity_pull[:, None] + cross)
        score = np.log(own_chance)[:, None] - 0.5 * fixed + size
        top = score.max(axis=1)
        own = np.exp(score - top[:, None])
        total = own.sum(axis=1)
        own = own / total[:, None]
    whole = _log_size(posterior, pull)
    evidence = (np.log(total) + top - whole[:, None]).sum(axis=1) + whole + 0.5 * np.linalg.slogdet(prior)[1]
    covariance = np.linalg.inv(posterior)
    mean = np.einsum("gij,gj->gi", covariance, pull)
    return own, evidence, mean, _Said(np.linalg.cholesky(covariance), cavity, cavity_pull)


def _log_size(precision: Array, pull: Array) -> Array:
    """Log integral of ``exp(-x' P x / 2 + h' x)``, less the constant of the dimension."""
    half = np.linalg.cholesky(precision)
    along = np.linalg.solve(half, pull[..., None])[..., 0]
    return np.asarray(0.5 * (along**2).sum(axis=-1) - np.log(np.diagonal(half, axis1=-2, axis2=-1)).sum(axis=-1))


def _states(
    filtered: Filtered, own: Array, weights: Array, gamma: Array, gamma_half: Array
) -> tuple[Array, Array, Array, Array]:
    """Mean and standard deviation of each maker's level and slope at its last figure."""
    share = weights[:, None, None] * own
    out = []
    for row in (0, 1):
        slopes = filtered.state[row, 1:]
        mean = filtered.state[row, 0] - np.einsum("igkm,gi->gkm", slopes, gamma)
        err = np.einsum("igkm,gij->jgkm", slopes, gamma_half)
        spread = filtered.covariance[row, row] + (err**2).sum(axis=0)
        centre = (share * mean).sum(axis=(0, 1))
        out += [centre, np.sqrt((share * (spread + (mean - centre) ** 2)).sum(axis=(0, 1)))]
    return out[0], out[1], out[2], out[3]


def _refusal(figures: int, standing: bool) -> str | None:
    """Why a maker has no forecast, if so."""
    if figures < FEWEST:
        return f"fewer than {FEWEST} months known"
    return "the last month known is zero" if standing else None
