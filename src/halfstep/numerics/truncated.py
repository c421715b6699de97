"""Draws of a Gaussian inside a polytope, its spread one of several; by exact moves along well-chosen lines.

Along a line a Gaussian inside a polytope is a normal variable between two ends, which is drawn exactly (hit-and-run;
Smith 1984, with the Gibbs step along each line). A sweep goes once along every axis of a randomly turned frame, in the
metric of a Gaussian that stands for both prior and walls, so that a narrow wall does not slow the other directions.
All chains move together, begin where those Gaussians are, and draw their spread anew after every sweep.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from halfstep.core.errors import MisuseError

__all__ = ["Body", "Draws", "Spreads", "Standing", "between", "interior", "sample", "standing"]

Array = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

INSIDE = 1e-9
"""Least slack of a start, on rows scaled to one."""
ROUNDS, DAMPED, CLOSE = 30, 0.8, 0.02
"""Rounds in which the Gaussian that stands for a body is fitted, their damping, and when it is good enough."""
SMALL, NARROW, LEAST = 1e-6, 1e-3, 1e-10
"""Least part of a variance without a factor; ends nearer than this leave a uniform; least part of a variance inside."""
NEAR = 0.9
"""A chain that would begin outside begins this far from the safest point to the wall."""
HALF_LOG = 0.5 * np.log(2 * np.pi)
PARALLEL = 1e-12
"""A row that a step along an axis moves less than this is no wall to it."""


@dataclass(frozen=True, slots=True, eq=False)
class Spreads:
    """A Gaussian ``forms z ~ N(center, variance[g])`` with independent forms, of which g is unknown.

    Attributes
    ----------
    forms
        Shape (d, d), of full rank.
    center
        Shape (d,).
    variance
        One row a spread, shape (G, d).
    weight
        Prior weights of the spreads, shape (G,).
    """

    forms: Array
    center: Array
    variance: Array
    weight: Array

    @property
    def one(self) -> Spreads:
        """With the mean spread for the only one."""
        mean = self.weight @ self.variance / self.weight.sum()
        return Spreads(self.forms, self.center, mean[None, :], np.ones(1))

    def __post_init__(self) -> None:
        """Refuse shapes that do not go together."""
        d = self.forms.shape[1]
        if self.forms.shape != (d, d) or self.center.shape != (d,) or self.variance.shape != (len(self.weight), d):
            raise MisuseError(
                f"expected forms (d, d), center (d,), variance (G, d), weight (G,); got {self.forms.shape}, "
                f"{self.center.shape}, {self.variance.shape}, {self.weight.shape}"
            )


@dataclass(frozen=True, slots=True, eq=False)
class Body:
    """What holds: ``lo <= rows z <= hi``; an end may be infinite; rows (m, d), ends (m,)."""

    rows: Array
    lo: Array
    hi: Array

    def scaled(self) -> tuple[Array, Array, Array]:
        """Return rows of length one and their ends."""
        size = np.linalg.norm(self.rows, axis=1)
        return self.rows / size[:, None], self.lo / size, self.hi / size

    def walls(self) -> tuple[Array, Array]:
        """Return B (w, d) and c (w,) of the same body ``B z <= c``, rows of length one."""
        rows, lo, hi = self.scaled()
        upper, lower = np.isfinite(hi), np.isfinite(lo)
        return np.vstack([rows[upper], -rows[lower]]), np.concatenate([hi[upper], -lo[lower]])


@dataclass(frozen=True, slots=True, eq=False)
class Standing:
    """Gaussians that stand for a `Spreads` inside a `Body`.

    Attributes
    ----------
    mean, covariance
        Shapes (G, d) and (G, d, d).
    log_mass
        Logarithm of the prior probability of the body under each spread, about; shape (G,).
    """

    mean: Array
    covariance: Array
    log_mass: Array


@dataclass(frozen=True, slots=True, eq=False)
class Draws:
    """Draws of all chains.

    Attributes
    ----------
    value
        Shape (chains, kept, d).
    spread
        Positions of the spreads, shape (chains, kept).
    """

    value: Array
    spread: Ints

    @property
    def flat(self) -> Array:
        """All draws, shape (chains x kept, d)."""
        return self.value.reshape(-1, self.value.shape[2])

    def drift(self, figures: Array) -> float:
        """Return how far the mean of a figure moves from the first half of the kept sweeps to the second, by its spread.

        Near zero where the chains began where they belong; `figures` has the shape (chains x kept,).
        """
        by_chain = figures.reshape(len(self.value), -1)
        half = self.value.shape[1] // 2
        moved = float(by_chain[:, half:].mean() - by_chain[:, :half].mean())
        return moved / float(figures.std()) if figures.std() > 0 else 0.0


def interior(body: Body) -> Array | None:
    """Return the point with the largest slack in the walls (up to one); None where the body is empty or has no inside.

    Examples
    --------
    >>> interior(Body(np.eye(1), np.array([2.0]), np.array([3.0])))
    array([2.5])
    """
    from scipy.optimize import linprog

    rows, ends = body.walls()
    d = rows.shape[1]
    found = linprog(
        np.r_[np.zeros(d), -1.0], A_ub=np.hstack([rows, np.ones((len(rows), 1))]), b_ub=ends,
        bounds=[(None, None)] * d + [(None, 1.0)], method="highs",
    )  # fmt: skip
    return np.asarray(found.x[:d]) if found.status == 0 and found.x[d] > INSIDE else None


def standing(prior: Spreads, body: Body) -> Standing:
    """Return the Gaussians that stand for prior and body, one a spread.

    Every wall is replaced by a Gaussian factor that gives the same mean and variance along its row (expectation
    propagation; Minka 2001, Cunningham, Hennig and Lacoste-Julien 2011).
    """
    precise = 1 / prior.variance
    own = np.einsum("ki,gk,kj->gij", prior.forms, precise, prior.forms, optimize=True)
    pull = (precise * prior.center) @ prior.forms
    rows, lo, hi = body.scaled()
    two = np.isfinite(lo) & np.isfinite(hi)
    width = np.where(two, hi, 1.0) - np.where(two, lo, 0.0)
    tight = np.repeat(np.where(two, 12 / width**2, 0.0)[None], len(own), axis=0)
    push = tight * (np.where(two, lo, 0.0) + width / 2)
    for _ in range(ROUNDS):
        covariance, mean = _joined(own, pull, rows, tight, push)
        cavity = _cavity(covariance, mean, rows, tight, push)
        _, inner, spread = _cut(cavity, lo, hi)
        now = np.maximum(1 / spread - 1 / cavity[1], 0.0)
        moved = np.abs(now - tight) / (tight + 1 / cavity[1])
        tight = tight + DAMPED * (now - tight)
        push = push + DAMPED * (inner / spread - cavity[0] / cavity[1] - push)
        if moved.max() < CLOSE:
            break
    covariance, mean = _joined(own, pull, rows, tight, push)
    at, along = _cavity(covariance, mean, rows, tight, push)
    mass = _cut((at, along), lo, hi)[0] + np.log1p(tight * along) / 2
    mass -= ((at / along + push) ** 2 / (1 / along + tight) - at**2 / along) / 2
    whole = (
        np.linalg.slogdet(covariance)[1]
        - np.log(prior.variance).sum(axis=1)
        + ((pull + push @ rows) * mean).sum(axis=1)
    )
    whole -= (precise * prior.center**2).sum(axis=1)
    return Standing(mean, covariance, mass.sum(axis=1) + whole / 2)


def _joined(own: Array, pull: Array, rows: Array, tight: Array, push: Array) -> tuple[Array, Array]:
    """Return covariances (G, d, d) and means (G, d) of the prior times the factors."""
    covariance = np.linalg.inv(own + np.swapaxes(rows * tight[:, :, None], 1, 2) @ rows)
    covariance = (covariance + np.swapaxes(covariance, 1, 2)) / 2
    return covariance, (covariance @ (pull + push @ rows)[:, :, None])[:, :, 0]


def _cavity(covariance: Array, mean: Array, rows: Array, tight: Array, push: Array) -> tuple[Array, Array]:
    """Return mean and variance along every row without its own factor, shape (G, m)."""
    along, at = ((rows @ covariance) * rows).sum(axis=2), mean @ rows.T
    free = np.maximum(1 / along - tight, SMALL / along)
    return (at / along - push) / free, 1 / free


def _cut(free: tuple[Array, Array], lo: Array, hi: Array) -> tuple[Array, Array, Array]:
    """Return log mass, mean and variance of normal variables (mean and variance given) between two ends."""
    from scipy.special import log_ndtr

    mean, sd = free[0], np.sqrt(free[1])
    a, b = (lo - mean) / sd, (hi - mean) / sd
    flip = a + b > 0
    a, b = np.where(flip, -b, a), np.where(flip, -a, b)
    with np.errstate(all="ignore"):
        below, above = log_ndtr(a), log_ndtr(b)
        total = above + np.log1p(-np.exp(below - above))
        left, right = (np.exp(-(x**2) / 2 - HALF_LOG - total) for x in (a, b))
        shift = left - right
        variance = 1 + np.where(left > 0, a * left, 0.0) - np.where(right > 0, b * right, 0.0) - shift**2
        narrow = b - a < NARROW
        middle = a + (b - a) / 2
        total = np.where(narrow, np.log(b - a) - middle**2 / 2 - HALF_LOG, total)
        shift, variance = np.where(narrow, middle, shift), np.where(narrow, (b - a) ** 2 / 12, variance)
        lost = ~((variance > 0) & (variance <= 1) & np.isfinite(shift))  # far out: an exponential tail
        shift, variance = np.where(lost, b + 1 / b, shift), np.where(lost, np.minimum(1 / b**2, 1.0), variance)
    return total, mean + sd * np.where(flip, -shift, shift), np.maximum(variance, LEAST) * free[1]


def sample(prior: Spreads, body: Body, size: tuple[int, int, int], rng: np.random.Generator) -> Draws | None:
    """Draw from the Gaussian inside the body; None where the body has no inside.

    Parameters
    ----------
    prior, body
        The Gaussian, and the walls.
    size
        Chains, sweeps that are thrown away, sweeps that are kept.
    rng
        Source of every draw.
    """
    chains, burn, keep = size
    inside = interior(body)
    if inside is None:
        return None
    walls, about = body.walls(), standing(prior, body)
    d = len(inside)
    likely = np.log(prior.weight) + about.log_mass
    likely = np.exp(likely - likely.max())
    spread = rng.choice(len(likely), size=chains, p=likely / likely.sum())
    metric = np.linalg.cholesky(np.einsum("g,gij->ij", likely / likely.sum(), about.covariance))
    roots = {int(g): np.linalg.cholesky(about.covariance[g]) for g in np.unique(spread)}
    goals = np.array([about.mean[g] + roots[int(g)] @ rng.standard_normal(d) for g in spread]).T
    z = _towards(_towards(inside[:, None], about.mean[spread].T, walls), goals, walls)
    value, kept = np.empty((chains, keep, d)), np.empty((chains, keep), dtype=np.int64)
    for k in range(burn + keep):
        turned, _ = np.linalg.qr(rng.standard_normal((d, d)))
        _sweep(z, metric @ turned, prior, walls, spread, rng)
        spread = _spreads(z, prior, rng)
        if k >= burn:
            value[:, k - burn], kept[:, k - burn] = z.T, spread
    return Draws(value, kept)


def _towards(inside: Array, goals: Array, walls: tuple[Array, Array]) -> Array:
    """Go from points inside (d, C or 1) towards others (d, C), as far as they are inside."""
    rows, ends = walls
    slack, move = ends[:, None] - rows @ inside, rows @ (goals - inside)
    reach = np.divide(slack, move, out=np.full(move.shape, np.inf), where=move > PARALLEL).min(axis=0)
    return np.asarray(inside + np.where(reach > 1, 1.0, NEAR * reach) * (goals - inside))


def _sweep(
    z: Array, axes: Array, prior: Spreads, walls: tuple[Array, Array], spread: Ints, rng: np.random.Generator
) -> None:
    """Move all chains (d, C) once along every axis, in place."""
    rows, ends = walls
    slack = np.maximum(ends[:, None] - rows @ z, 0.0)
    forms = prior.forms @ z - prior.center[:, None]
    precise = (1 / prior.variance)[spread].T
    by_wall, by_form = rows @ axes, prior.forms @ axes
    curve, chance = (by_form**2).T @ precise, rng.random((len(axes), z.shape[1]))
    for j in range(len(axes)):
        wall, form = by_wall[:, j], by_form[:, j]
        up, down = np.flatnonzero(wall > PARALLEL), np.flatnonzero(wall < -PARALLEL)
        most = (slack[up] / wall[up, None]).min(axis=0, initial=np.inf)
        least = (slack[down] / wall[down, None]).max(axis=0, initial=-np.inf)
        sd = 1 / np.sqrt(curve[j])
        mean = -(form @ (precise * forms)) * sd**2
        step = mean + sd * between((least - mean) / sd, (most - mean) / sd, chance[j])
        step = np.clip(step, least, most)
        slack -= wall[:, None] * step
        np.maximum(slack, 0.0, out=slack)
        forms += form[:, None] * step
        z += axes[:, j, None] * step


def between(lo: Array, hi: Array, chance: Array) -> Array:
    """Return the standard normal's quantile at `chance` between two ends; far out in a tail too.

    Examples
    --------
    >>> between(np.array([-np.inf, 40.0]), np.array([np.inf, 41.0]), np.array([0.5, 0.5])).round(3)
    array([ 0.   , 40.017])
    """
    from scipy.special import log_ndtr, ndtri_exp

    flip = lo > 0
    a, b = np.where(flip, -hi, lo), np.where(flip, -lo, hi)
    below, above = log_ndtr(a), log_ndtr(b)
    part = np.exp(below - above)
    at = ndtri_exp(above + np.log(part + (1 - part) * np.where(flip, 1 - chance, chance)))
    return np.asarray(np.where(flip, -at, at))


def _spreads(z: Array, prior: Spreads, rng: np.random.Generator) -> Ints:
    """Draw each chain's spread given its place."""
    squares = (prior.forms @ z - prior.center[:, None]) ** 2
    with np.errstate(divide="ignore"):
        score = np.log(prior.weight) - np.log(prior.variance).sum(axis=1) / 2
    score = score[:, None] - (1 / prior.variance) @ squares / 2
    return np.asarray(np.argmax(score + rng.gumbel(size=score.shape), axis=0), dtype=np.int64)
