"""Decaying impulses in a local level with donors: evidence and posterior of every onset and half-life on a grid.

Level, noise and donors as in `structural`. Sizes of the impulses: normal, mean nought, independent in units of what
the data would tell of each were it alone; the common variance as in Zellner & Siow (1980), integrated on a grid.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from halfstep.core.errors import MisuseError
from halfstep.counterfactual.structural import SIZES, Basis, donor_bases, sine_waves

__all__ = [
    "Impulses",
    "Onset",
    "Posterior",
    "Scan",
    "decay",
    "impulses",
    "posterior",
    "refined",
    "scan",
    "single",
    "spectrum",
    "whitened",
]

Array = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

MOST = 20_000  # combinations of onsets and half-lives
_ENOUGH = 10_000  # from which fewer half-lives are taken
_FINER = 4_000  # combinations of a finer grid
_NEGLIGIBLE = 1e-3
KEPT = 2_000  # of them in the posterior, at shares and prior sizes
_SCREEN = 64  # combinations that tell which shares and prior sizes matter
_FAR = 7.0  # in log evidence
_VARIANCES = np.array([0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 100.0, 1000.0])  # of sizes, over the information of a period


@dataclass(frozen=True, slots=True)
class Onset:
    """Periods in which an event may have happened, the first one from which its horizon counts, and their weights."""

    periods: tuple[int, ...]
    weights: tuple[float, ...] = (1.0,)

    def __post_init__(self) -> None:
        """Refuse weights that are none."""
        if not self.periods or len(self.periods) != len(self.weights) or not sum(self.weights) > 0:
            raise MisuseError(f"expected a positive weight for each onset, got {self.weights} for {self.periods}")


@dataclass(frozen=True, slots=True)
class _Cell:
    """One onset and a range of half-lives of an event: place of its middle on the ladder of half-lives, and weight."""

    onset: int
    place: float
    width: float
    weight: float


@dataclass(frozen=True, slots=True, eq=False)
class Impulses:
    """Columns that the events may have, and their combinations.

    Attributes
    ----------
    columns, sums
        Unit impulses, shape (T, N), and their sums over the horizon of their event.
    half_life
        Place of each in `half_lives`.
    choice, prior
        Column of each event in each combination, shape (C, E), and log prior weight, shape (C,).
    half_lives
        Grid, in periods.
    cells, ends
        Onset and range of half-lives behind each column, by event, and the end of each event's horizon.
    """

    columns: Array
    sums: Array
    half_life: Ints
    choice: Ints
    prior: Array
    half_lives: Array
    cells: tuple[tuple[_Cell, ...], ...]
    ends: tuple[int, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Scan:
    """Every combination at every share and prior size of the donors that matters.

    Attributes
    ----------
    inner, outer, power
        Whitened inner products of the columns, shape (B, N, N), with the series (B, N), and of the series (B,).
    rest, quad
        Log evidence without its quadratic form, and that form; shape (B, C, variances).
    inflation
        Greatest variance inflation of the columns; shape (B, C).
    condition
        Their condition index; shape (B, C).
    share
        Share of the step's variance; shape (B,).
    freedom
        Degrees of freedom of the scale.
    """

    inner: Array
    outer: Array
    power: Array
    rest: Array
    quad: Array
    inflation: Array
    condition: Array
    share: Array
    freedom: int

    @property
    def weight(self) -> Array:
        """Posterior weights, shape (B, C, variances)."""
        log = self.rest - self.freedom / 2 * np.log(self.quad)
        weight = np.exp(log - log.max())
        return np.asarray(weight / weight.sum())


@dataclass(frozen=True, slots=True, eq=False)
class Posterior:
    """Weighted Student t components: sizes of the events.

    Attributes
    ----------
    weight, choice
        Weight of each component, shape (K,), and its columns, shape (K, E).
    mean, scale
        Of the sizes: location (K, E), squared scale (K, E, E).
    flat, flat_scale
        Likewise with no prior on the sizes; infinite where the columns are dependent.
    freedom
        Degrees of freedom.
    """

    weight: Array
    choice: Ints
    mean: Array
    scale: Array
    flat: Array
    flat_scale: Array
    freedom: int


def decay(half_life: Array) -> Array:
    """Share of an effect that is left a period later."""
    with np.errstate(divide="ignore"):
        return np.asarray(np.where(half_life > 0, 0.5 ** (1 / half_life), 0.0))


def impulses(onsets: tuple[Onset, ...], horizon: int, length: int, late: int) -> Impulses:
    """Lay out columns and combinations; half-lives are fewer where there would be too many.

    Parameters
    ----------
    onsets
        When each event may have happened.
    horizon
        Periods over which an effect is summed, counted from the first possible onset.
    length
        Periods of the series.
    late
        Periods by which an effect may come after its event, none to all alike.
    """
    places = [_late(onset, onsets, late, length) for onset in onsets]
    for count, most in ((7, _ENOUGH), (5, _ENOUGH), (3, MOST)):
        if np.prod([len(place) * count for place in places]) <= most:
            break
    else:
        raise MisuseError(
            f"expected at most {MOST} combinations of onsets and half-lives, got {len(onsets)} events with "
            f"{[len(place) for place in places]} onsets: ask about fewer events at once, or fewer possible days"
        )
    longest = max(horizon, 2)
    inner = np.geomspace(1, longest, count - 2) if count > 3 else np.array([np.sqrt(longest)])
    half_lives = np.concatenate([[0.0], inner, [np.inf]])
    cells = [[_Cell(p, k, 1, w) for p, w in place.items() for k in range(count)] for place in places]
    ends = tuple(min(onset.periods[0] + horizon, length) for onset in onsets)
    return _laid_out(cells, ends, length, half_lives)


def _beside(cell: _Cell, other: _Cell) -> bool:
    return cell.onset == other.onset and abs(cell.place - other.place) < 1.01 * max(cell.width, other.width)


def _laid_out(cells: list[list[_Cell]], ends: tuple[int, ...], length: int, half_lives: Array) -> Impulses:
    rates = decay(half_lives)
    flat = [cell for some in cells for cell in some]
    places = np.clip([cell.place for cell in flat], 0, len(rates) - 1)
    rate = np.interp(places, np.arange(len(rates)), rates)
    age = np.arange(length)[:, None] - np.array([cell.onset for cell in flat])
    columns = np.where(age >= 0, rate ** np.maximum(age, 0), 0.0)
    end = np.repeat(ends, [len(some) for some in cells])
    starts = np.cumsum([0, *[len(some) for some in cells]])
    options = [np.arange(a, b) for a, b in pairwise(starts)]
    choice = np.stack(np.meshgrid(*options, indexing="ij"), axis=-1).reshape(-1, len(cells))
    return Impulses(
        columns=columns,
        sums=np.where(np.arange(length)[:, None] < end, columns, 0).sum(axis=0),
        half_life=np.round(places).astype(np.int64),
        choice=choice,
        prior=np.log([cell.weight for cell in flat])[choice].sum(axis=1),
        half_lives=half_lives,
        cells=tuple(tuple(some) for some in cells),
        ends=ends,
    )


def refined(what: Impulses, weight: Array) -> Impulses | None:
    """Keep what has weight and divide its half-lives by three; None where that would be too many, or change little.

    Parameters
    ----------
    what
        The grid so far.
    weight
        Posterior weights of its combinations, shape (C,).
    """
    share = np.bincount(what.choice.ravel(), np.repeat(weight, what.choice.shape[1]), len(what.sums))
    cells, first = [], 0
    for some in what.cells:
        heavy = [cell for cell, w in zip(some, share[first:], strict=False) if w > _NEGLIGIBLE]
        kept = [cell for cell in some if any(_beside(cell, other) for other in heavy)]
        first += len(some)
        thirds = [(cell, cell.width / 3) for cell in kept]
        cells.append([_Cell(c.onset, c.place + k * w, w, c.weight / 3) for c, w in thirds for k in (-1, 0, 1)])
    if np.prod([float(len(some)) for some in cells]) > _FINER:
        return None
    return _laid_out(cells, what.ends, len(what.columns), what.half_lives)


def _late(onset: Onset, onsets: tuple[Onset, ...], late: int, length: int) -> dict[int, float]:
    """Weights of the first periods of an effect: at once, latest, halfway, and with any other event in between."""
    found: dict[int, float] = {}
    others = {p for other in onsets for p in other.periods}
    total = sum(onset.weights)
    for period, weight in zip(onset.periods, onset.weights, strict=True):
        if not 0 < period < length:
            raise MisuseError(
                f"expected an onset between 1 and {length - 1}, got {period}: it must lie inside the sample"
            )
        delays = {0, late, late // 2} | {p - period for p in others if 0 < p - period < late}
        delays = {d for d in delays if period + d < length}
        for d in sorted(delays):
            found[period + d] = found.get(period + d, 0) + weight / total / len(delays)
    return {period: weight for period, weight in found.items() if weight > 0}


def scan(y: Array, what: Impulses, donors: Array | None = None) -> Scan:
    """Evidence of every combination.

    Parameters
    ----------
    y
        Series, shape (T,).
    what
        Columns and combinations.
    donors
        Series of donors, shape (J, T).
    """
    x = np.zeros((0, len(y))) if donors is None else donors
    bases, _ = donor_bases(x, len(y), np.zeros((0, 0)))
    sizes = SIZES / len(x) if len(x) else np.zeros(1)
    waves = sine_waves(np.column_stack([what.columns, y - y.mean()]))
    products, logs, shares = [], [], []
    for basis in bases:
        for size in sizes:
            inner, log = _inner(basis, waves, float(size))
            products.append(inner)
            shares.append(basis.level.share)
            logs.append(log)
    few = np.unique(np.linspace(0, len(what.choice) - 1, _SCREEN).astype(int))
    n = len(waves)
    sample = [_evidence(p, log, what.choice[few], n) for p, log in zip(products, logs, strict=True)]
    height = np.array([(rest - n / 2 * np.log(quad)).max() for rest, quad, _, _ in sample])
    used = np.flatnonzero(height > height.max() - _FAR)
    facts = [_evidence(products[i], logs[i], what.choice, n) for i in used]
    kept = np.stack([products[i] for i in used])
    return Scan(
        inner=kept[:, :-1, :-1],
        outer=kept[:, :-1, -1],
        power=kept[:, -1, -1],
        rest=np.stack([f[0] for f in facts]) + what.prior[:, None],
        quad=np.stack([f[1] for f in facts]),
        inflation=np.stack([f[2] for f in facts]),
        condition=np.stack([f[3] for f in facts]),
        share=np.array(shares)[used],
        freedom=n,
    )


def _inner(basis: Basis, waves: Array, size: float) -> tuple[Array, float]:
    """Inner products of transformed differences, whitened with the donors' coefficients integrated; log determinant."""
    variance = basis.level.variance
    turned = basis.turn @ waves
    shrink = size / (1 + size * basis.d)
    inner = waves.T @ (waves / variance[:, None]) - turned.T @ (shrink[:, None] * turned)
    log = np.log(basis.level.prior) - 0.5 * (np.log(variance).sum() + np.log1p(size * basis.d).sum())
    return inner, float(log)


def whitened(columns: Array, share: float) -> Array:
    """Whitened inner products of columns (T, N) at one share of the step's variance, without donors."""
    T = len(columns)
    waves = sine_waves(columns)
    variance = share + (1 - share) * (2 - 2 * np.cos(np.pi * np.arange(1, T) / T))
    return np.asarray(waves.T @ (waves / variance[:, None]))


def spectrum(inner: Array, choice: Ints) -> tuple[Array, Array, Array]:
    """Lengths (C, E) of the columns, eigenvalues (C, E) and eigenvectors (C, E, E) of their products at length one."""
    gram = inner[choice[:, :, None], choice[:, None, :]]
    size = np.sqrt(np.einsum("cee->ce", gram))
    values, vectors = np.linalg.eigh(gram / size[:, :, None] / size[:, None, :])
    return size, np.maximum(values, 1e-14), vectors


def _evidence(products: Array, log: float, choice: Ints, n: int) -> tuple[Array, Array, Array, Array]:
    """Log evidence without the quadratic form, that form (C, variances), variance inflation and condition index (C,)."""
    size, values, vectors = spectrum(products[:-1, :-1], choice)
    along = np.einsum("cei,ce->ci", vectors, products[choice, -1] / size)
    spread = _VARIANCES * n
    # Zellner & Siow: variance over n is inverse gamma (1/2, 1/2); on the logarithmic scale, steps uneven
    step = np.gradient(np.log(_VARIANCES))
    prior = -0.5 * np.log(_VARIANCES) - 0.5 / _VARIANCES + np.log(step)
    scaled = 1 + spread * values[:, :, None]
    quad = products[-1, -1] - (along[:, :, None] ** 2 * spread / scaled).sum(axis=1)
    rest = log + prior - np.log(np.exp(prior).sum()) - 0.5 * np.log(scaled).sum(axis=1)
    inflation = (vectors**2 / values[:, None, :]).sum(axis=2).max(axis=1)
    floor = max(1e-14 * float(products[-1, -1]), 1e-300)
    return rest, np.maximum(quad, floor), inflation, np.sqrt(values[:, -1] / values[:, 0])


def posterior(found: Scan, what: Impulses) -> Posterior:
    """Posterior of the sizes, the heaviest components."""
    weight = found.weight
    order = np.argsort(weight, axis=None)[::-1][:KEPT]
    b, c, v = np.unravel_index(order, weight.shape)
    choice = what.choice[c]
    E = choice.shape[1]
    mean, flat = np.empty((len(b), E)), np.empty((len(b), E))
    scale, flat_scale = np.empty((len(b), E, E)), np.empty((len(b), E, E))
    spread = _VARIANCES[v] * found.freedom
    for k in np.unique(b):
        some = np.flatnonzero(b == k)
        size, values, vectors = spectrum(found.inner[k], choice[some])
        along = np.einsum("cei,ce->ci", vectors, found.outer[k][choice[some]] / size)
        vectors = vectors / size[:, :, None]
        for prior, location, squared in ((1 / spread[some, None], mean, scale), (0.0, flat, flat_scale)):
            inverse = 1 / (values + prior)
            quad = np.maximum(found.power[k] - (along**2 * inverse).sum(axis=1), 1e-14 * found.power[k])
            location[some] = np.einsum("cei,ci->ce", vectors, inverse * along)
            squared[some] = np.einsum("cei,ci,cfi->cef", vectors, inverse, vectors, optimize=True)
            squared[some] *= (quad / found.freedom)[:, None, None]
    kept = weight[b, c, v]
    return Posterior(kept / kept.sum(), choice, mean, scale, flat, flat_scale, found.freedom)


def single(what: Impulses, e: int) -> Impulses:
    """Return the grid of one event alone."""
    return _laid_out([list(what.cells[e])], (what.ends[e],), len(what.columns), what.half_lives)
