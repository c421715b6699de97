"""Bayesian structural time series with donors (Brodersen et al. 2015), variances and coefficients integrated.

    y_t = level_t + x_t' beta + noise_t,    level_t = level_{t-1} + step_t

The first level is diffuse, so the likelihood is that of the differences. Their covariance, share x I + (1 - share) x
(2 on the diagonal, -1 beside it), has the same eigenvectors for every share: the sine transform makes it diagonal
once for the whole grid. For one share one eigen-decomposition serves every prior size and every unit; a unit that is
itself a donor is taken out by the leave-one-out formulas of ridge regression. Nothing is sampled.

Priors. Scale s^2 (noise and step together): 1 / s^2 (Jeffreys). Ratio of the standard deviations of step and noise:
half-Cauchy of scale one (Gelman 2006; Polson & Scott 2012), which is a uniform angle: share = sin^2(angle). Brodersen
et al. put the step near .01 of the outcome's deviation with the weight of 32 observations; that decides long horizons
by assumption and is not followed. Coefficients of donors standardised before the date: normal, mean nought, variance
h s^2 / J, so that h is the variance that the donors explain relative to s^2; h = 0 or .1 to 10^5 by tens with equal
weight, which is expected R^2 from none to .99999 (they fix it at .8). A normal prior in the place of their spike and
slab has a closed form and, unlike Zellner's g, stands with more donors than periods.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from scipy.fft import dst

from halfstep.counterfactual.case import Case, Fits

__all__ = ["SIZES", "Basis", "Level", "donor_bases", "levels", "sine_waves", "structural_series", "structural_sums"]

Array = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

SIZES = np.array([0.0, 1e-1, 1e0, 1e1, 1e2, 1e3, 1e4, 1e5])
_ANGLES = np.pi / 2 * np.linspace(0, 1, 20) ** 2  # dense at nought, where long series tell small steps apart
_UNITS = 256  # at a time: bounds the memory
_SPARE = 1e-6  # grid points below this weight for every unit are left out


@dataclass(frozen=True, slots=True, eq=False)
class Level:
    """The local level at one share of the step in the scale s^2, for T pre-periods.

    Attributes
    ----------
    share, prior
        Share of the step's variance, and its prior weight.
    variance
        Of the sine-transformed differences, in s^2; shape (T - 1,).
    last, spread
        The last level given the pre-periods: weights of the periods, shape (T,), and variance in s^2.
    gain
        What each period moves the level by, of its surprise; shape (T,).
    """

    share: float
    prior: float
    variance: Array
    last: Array
    spread: float
    gain: Array


@lru_cache(maxsize=16)
def levels(T: int) -> tuple[Level, ...]:
    """Local levels on the grid of shares for `T` pre-periods."""
    share = np.sin(_ANGLES) ** 2
    width = np.gradient(_ANGLES)
    width[[0, -1]] /= 2
    period = 2 - 2 * np.cos(np.pi * np.arange(1, T) / T)
    variance = share[:, None] + (1 - share[:, None]) * period
    gain = np.ones((len(share), T))
    last = np.zeros((len(share), T))
    last[:, 0] = 1
    spread = 1 - share
    for t in range(1, T):
        ahead = spread + share
        gain[:, t] = ahead / (ahead + 1 - share)
        last[:, :t] *= 1 - gain[:, t : t + 1]
        last[:, t] = gain[:, t]
        spread = ahead * (1 - gain[:, t])
    prior = width / width.sum()
    return tuple(
        Level(float(share[i]), float(prior[i]), variance[i], last[i], float(spread[i]), gain[i])
        for i in range(len(share))
    )


def _surprises(gain: Array, series: Array) -> Array:
    """One-step-ahead errors of series (K, T, M) whose levels have gains (K, T); the first is nought."""
    found = np.zeros_like(series)
    level = series[:, 0].copy()
    for t in range(1, series.shape[1]):
        found[:, t] = series[:, t] - level
        level += gain[:, t, None] * found[:, t]
    return found


@dataclass(frozen=True, slots=True, eq=False)
class _Donors:
    """Donors, centred and standardised before the date, and what every share needs of them.

    `X` (T, J) before; `after` (J, P) functionals of what came after; `total` (P,) sums of the functionals' weights;
    `waves` (T - 1, J) transformed differences. With as many donors as periods `gram` = waves waves', `cross` = waves X'.
    """

    X: Array
    after: Array
    total: Array
    waves: Array
    gram: Array | None
    cross: Array | None


@dataclass(frozen=True, slots=True, eq=False)
class _Units:
    """Units fitted together, centred and scaled before the date: `y` (T, M), transformed differences, `scale` (M,).

    `own` is the column of each among the donors, or None where none of them is a donor; `sizes` are variances of the
    coefficients in s^2, one for each of `SIZES`.
    """

    y: Array
    waves: Array
    scale: Array
    own: Ints | None
    sizes: Array


@dataclass(frozen=True, slots=True, eq=False)
class Basis:
    """Donors in the eigenbasis W at one share: with z what a functional asks of each donor, z' beta its forecast.

    `d` (p,) eigenvalues of waves' V^-1 waves; `turn` (p, T - 1) takes transformed differences into the basis; `z`
    (J, P); `zz` (P,) its squares; `ask` (p, P); `XW` (T, p).
    """

    level: Level
    d: Array
    turn: Array
    z: Array
    zz: Array
    ask: Array
    XW: Array


@dataclass(frozen=True, slots=True, eq=False)
class _Forecast:
    """Sums over the grid: first and second moment of the mean, predictive variance, all (P, M); one-step errors."""

    mean: Array
    square: Array
    variance: Array
    errors: Array


def structural_series(case: Case) -> Fits:
    """Forecast each unit by its level and its donors.

    Parameters
    ----------
    case
        The question; any number of donors, none included.

    Returns
    -------
    Fits
        Before the date `gap` holds one-step-ahead errors, coefficients known (the first is nought), and `se` their
        root mean square. From the date on `se` is the standard deviation of the predictive mixture of Student's t;
        infinite with fewer than four pre-periods, where it has none.
    """
    start, stop = case.start, case.stop
    gap = np.empty((len(case.treated), stop))
    se = np.empty_like(gap)
    for some, units, found in _forecasts(case, np.eye(stop - start)):
        y = case.y[case.treated[some]]
        mean, sd = _moments(found, start - 1)
        level = y[:, :start].mean(axis=1, keepdims=True)
        gap[some, :start] = (found.errors * units.scale).T
        gap[some, start:] = y[:, start:stop] - level - (mean * units.scale).T
        se[some, start:] = (sd * units.scale).T
        se[some, :start] = np.sqrt((gap[some, :start] ** 2).sum(axis=1, keepdims=True) / max(start - 1, 1))
    return Fits(gap=gap, se=se)


def structural_sums(case: Case, functionals: Array) -> tuple[Array, Array]:
    """Linear functionals of the gap from the date on, as its mean or sum, with the errors' dependence over time.

    Parameters
    ----------
    case
        The question.
    functionals
        Weights of the periods ``start`` to ``stop - 1``; shape (stop - start, P).

    Returns
    -------
    mean, sd
        Of the predictive distribution; both of shape (M, P).
    """
    estimate = np.empty((len(case.treated), functionals.shape[1]))
    sd = np.empty_like(estimate)
    for some, units, found in _forecasts(case, functionals):
        y = case.y[case.treated[some], : case.stop]
        mean, spread = _moments(found, case.start - 1)
        after = y[:, case.start :] - y[:, : case.start].mean(axis=1, keepdims=True)
        estimate[some] = after @ functionals - (mean * units.scale).T
        sd[some] = (spread * units.scale).T
    return estimate, sd


def _moments(found: _Forecast, n: int) -> tuple[Array, Array]:
    """Mean and standard deviation of the mixture, each part a Student t with `n` degrees of freedom."""
    if n < 3:
        return found.mean, np.full_like(found.mean, np.inf)
    between = np.maximum(found.square - found.mean**2, 0)
    return found.mean, np.sqrt(found.variance / (n - 2) + between)


def _forecasts(case: Case, functionals: Array) -> Iterator[tuple[Ints, _Units, _Forecast]]:
    """Forecasts of units in bundles, donors apart from the others: indices into `case.treated`, units, forecasts."""
    pool = np.flatnonzero(case.donors)
    bases, scale = donor_bases(case.y[pool, : case.stop], case.start, functionals)
    column = np.full(len(case.donors), -1)
    column[pool[np.isfinite(scale)]] = np.flatnonzero(np.isfinite(scale))
    own = column[case.treated]
    for inside in (False, True):
        asked = np.flatnonzero((own >= 0) == inside)
        sizes = SIZES / max(len(pool) - inside, 1)
        for first in range(0, len(asked), _UNITS):
            some = asked[first : first + _UNITS]
            before = case.y[case.treated[some], : case.start].T
            y, spread = _standardised(before)
            units = _Units(y, sine_waves(y), spread, own[some] if inside else None, sizes)
            yield some, units, _forecast(bases, units, functionals)


def donor_bases(x: Array, start: int, functionals: Array) -> tuple[list[Basis], Array]:
    """Prepare donors for every share of the grid.

    Parameters
    ----------
    x
        Outcomes of the donors; shape (J, stop).
    start
        Number of pre-periods.
    functionals
        Weights of the periods ``start`` to ``stop - 1``; shape (stop - start, P).

    Returns
    -------
    bases
        One for each share.
    scale
        Standard deviations of the donors before the date, infinite for one that never moved; shape (J,).
    """
    donors, scale = _donors(x, start, functionals)
    return [_basis(donors, level) for level in levels(start)], scale


def _standardised(before: Array) -> tuple[Array, Array]:
    """Centre and scale series (T, M); one that never moves keeps the scale one."""
    centred = before - before.mean(axis=0)
    scale = centred.std(axis=0)
    still = scale <= 1e-12 * np.abs(before).max(axis=0, initial=0)
    scale = np.where(still, 1, scale)
    return np.where(still, 0, centred / scale), scale


def _donors(x: Array, start: int, functionals: Array) -> tuple[_Donors, Array]:
    """Standardise donors (J, stop); the scale of one that never moved is infinite: it tells nothing."""
    X, scale = _standardised(x[:, :start].T)
    scale = np.where((X == 0).all(axis=0), np.inf, scale)
    after = (x[:, start:] - x[:, :start].mean(axis=1, keepdims=True)) / scale[:, None]
    waves = sine_waves(X)
    wide = X.shape[1] >= start
    return _Donors(
        X=X,
        after=after @ functionals,
        total=functionals.sum(axis=0),
        waves=waves,
        gram=waves @ waves.T if wide else None,
        cross=waves @ X.T if wide else None,
    ), scale


def sine_waves(series: Array) -> Array:
    """Sine transform of the differences along axis 0."""
    if len(series) < 2 or not series.shape[1]:
        return np.zeros((len(series) - 1, series.shape[1]))
    return np.asarray(dst(np.diff(series, axis=0), type=1, norm="ortho", axis=0))


def _basis(donors: _Donors, level: Level) -> Basis:
    z = donors.after - (level.last @ donors.X)[:, None] * donors.total
    zz = np.einsum("jp,jp->p", z, z)
    if donors.gram is None or donors.cross is None:
        white = donors.waves / level.variance[:, None]
        d, W = np.linalg.eigh(donors.waves.T @ white)
        return Basis(level, np.maximum(d, 0), W.T @ white.T, z, zz, W.T @ z, donors.X @ W)
    root = np.sqrt(level.variance)
    d, U = np.linalg.eigh(donors.gram / root[:, None] / root)
    d = np.maximum(d, 0)
    s = np.sqrt(d)
    inverse = np.divide(1, s, out=np.zeros_like(s), where=d > 1e-13 * d.max(initial=0))
    U = U / root[:, None]
    ask = inverse[:, None] * (U.T @ (donors.waves @ z))
    return Basis(level, d, s[:, None] * U.T, z, zz, ask, donors.cross.T @ U * inverse)


def _forecast(bases: list[Basis], units: _Units, functionals: Array) -> _Forecast:
    facts = [_evidence(basis, units) for basis in bases]
    log = np.stack([fact[0] for fact in facts])
    weight = np.exp(log - log.max(axis=(0, 1)))
    weight /= weight.sum(axis=(0, 1))
    shape = (functionals.shape[1], units.y.shape[1])
    into = _Forecast(np.zeros(shape), np.zeros(shape), np.zeros(shape), np.zeros_like(units.y))
    weight[weight.max(axis=2) < _SPARE] = 0
    weight /= weight.sum(axis=(0, 1))
    used = np.flatnonzero(weight.any(axis=(1, 2)))
    rest = np.stack([_add(into, bases[k], units, (weight[k], *facts[k][1:]), functionals) for k in used])
    into.errors[:] = _surprises(np.stack([bases[k].level.gain for k in used]), rest).sum(axis=0)
    return into


def _evidence(basis: Basis, units: _Units) -> tuple[Array, Array, Array]:
    """Log evidence, quadratic form, and one less the unit's leverage as its own donor; each of shape (sizes, M)."""
    variance, sizes = basis.level.variance[:, None], units.sizes[:, None]
    shrink = sizes / (1 + sizes * basis.d)
    power = (units.waves**2 / variance).sum(axis=0)
    left = np.maximum(power - shrink @ (basis.turn @ units.waves) ** 2, 1e-14 * power)
    apart = np.ones_like(left) if units.own is None else np.maximum(1 - sizes * left, 1e-14)
    quad = np.maximum(left / apart, 1e-300)
    determinant = np.log(variance).sum() + np.log1p(sizes * basis.d).sum(axis=1, keepdims=True)
    log = -0.5 * (determinant + np.log(apart) + len(variance) * np.log(quad)) + np.log(basis.level.prior)
    return log, quad, apart


def _add(into: _Forecast, basis: Basis, units: _Units, facts: tuple[Array, ...], functionals: Array) -> Array:
    """Add one share's forecasts and return what its donors leave of the pre-periods, weighted; shape (T, M).

    `facts` are weights, quadratic forms and one less the leverage, (sizes, M) each.
    """
    level, turned = basis.level, basis.turn @ units.waves
    last = (level.last @ units.y) * functionals.sum(axis=0)[:, None]
    tails = functionals[::-1].cumsum(axis=0)
    ahead = level.spread * tails[-1] ** 2 + level.share * (tails**2).sum(axis=0)
    ahead += (1 - level.share) * (functionals**2).sum(axis=0)
    rest = np.maximum(basis.zz - (basis.ask**2).sum(axis=0), 0)
    donor = units.own is not None
    z = basis.z[units.own].T if donor else np.zeros((1, 1))
    x = units.y if donor else np.zeros((1, 1))
    fitted = np.zeros_like(units.y)
    for weight, quad, apart, size in zip(*facts, units.sizes, strict=True):
        if not weight.any():
            continue
        shrink = size / (1 + size * basis.d)
        m = basis.ask.T @ (shrink[:, None] * turned)
        spread = (size * rest + shrink @ basis.ask**2)[:, None]
        if donor:
            spread = np.maximum(spread - size / apart * (m - z) ** 2, 0)
        m = last + z - (z - m) / apart
        into.mean[:] += weight * m
        into.square[:] += weight * m**2
        into.variance[:] += weight * quad * (spread + ahead[:, None])
        fitted += weight * (x - (x - basis.XW @ (shrink[:, None] * turned)) / apart)
    return np.asarray(units.y * facts[0].sum(axis=0) - fitted)
