"""How strong instruments are, and confidence sets that hold when they are weak.

Errors are clustered.

References
----------
Montiel Olea & Pflueger (2013), Journal of Business & Economic Statistics 31(3), 358-369: effective F and its critical
value. Sanderson & Windmeijer (2016), Journal of Econometrics 190(2), 212-221: one of several endogenous regressors.
Anderson & Rubin (1949), Annals of Mathematical Statistics 20(1), 46-63; Andrews, Stock & Sun (2019), Annual Review of
Economics 11, 727-753: the set that inverts the test has its level whatever the first stage.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import chndtrix, fdtri

from halfstep.core.tastes import Functionals

__all__ = ["AndersonRubin", "Strength", "anderson_rubin", "effective_f_critical", "strength"]

Array = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

WORST_BIAS = 0.10
"""Share of the worst-case bias that a strong first stage must keep below (Montiel Olea & Pflueger's own default)."""
TEST_LEVEL = 0.05
"""Level of the test of weakness (their default)."""
_GRID = 1_201
_NESTING = np.arange(0.0, 1.0, 0.02)
_NEST_END = 1 - 1e-6
_ZOOMS = 16


@dataclass(frozen=True, slots=True, eq=False)
class Strength:
    """First-stage strength of each endogenous regressor, shape (E,).

    Attributes
    ----------
    wald
        Clustered first-stage F; with several endogenous regressors Sanderson & Windmeijer's conditional one.
    effective
        Effective F.
    critical
        Its critical value: below it the bias of two-stage least squares may exceed 10% of the worst case.
    instruments
        L, excluded instruments.
    """

    wald: Array
    effective: Array
    critical: Array
    instruments: int

    @property
    def strong(self) -> bool:
        """Whether every endogenous regressor's effective F is above its critical value."""
        return bool((self.effective > self.critical).all())


@dataclass(frozen=True, slots=True, eq=False)
class AndersonRubin:
    """The values of the first endogenous coefficient that the test does not reject.

    Attributes
    ----------
    intervals
        Pieces (lo, hi), ascending, either end may be infinite; none where every value is rejected.
    points
        Values of all endogenous coefficients that are not rejected: a grid and the ends of the pieces, with two of them the
        ends of the second's range at each first; shape (m, E).
    level
        Coverage.
    """

    intervals: tuple[tuple[float, float], ...]
    points: Array
    level: float


def strength(endogenous: Array, instruments: Array, cluster: Codes) -> Strength:
    """Measure the first stage; exogenous regressors and effects are taken out of both beforehand.

    Parameters
    ----------
    endogenous
        Shape (n, E).
    instruments
        Excluded instruments, shape (n, L), of full rank.

    Notes
    -----
    With several endogenous regressors each is taken less what the others explain of it (by two-stage least squares), and
    held against the L - E + 1 directions of the instruments that leave the others' fits alone. Their covariance, not that of
    all L, makes the test of size under clustered errors; under equal variances it is Sanderson & Windmeijer's own F.
    """
    n, E, L = len(endogenous), endogenous.shape[1], instruments.shape[1]
    Q = np.linalg.qr(instruments)[0] * np.sqrt(n)
    found = []
    for e in range(E):
        others = np.delete(endogenous, e, axis=1)
        moved = Q.T @ others / n
        target = endogenous[:, e] - others @ np.linalg.lstsq(moved, Q.T @ endogenous[:, e] / n, rcond=None)[0]
        free = Q @ np.linalg.qr(moved, mode="complete")[0][:, E - 1 :]
        pi = free.T @ target / n
        v = target - free @ pi
        scores = np.stack([np.bincount(cluster, column * v) for column in free.T], axis=1)
        spread = scores.T @ scores / n
        wald = n * pi @ np.linalg.pinv(spread) @ pi / len(pi)
        effective = n * pi @ pi / np.trace(spread)
        found.append((wald, effective, effective_f_critical(spread)))
    wald, effective, critical = (np.array(part) for part in zip(*found, strict=True))
    return Strength(wald, effective, critical, L)


def effective_f_critical(spread: Array) -> float:
    """Return the simplified critical value of the effective F (Montiel Olea & Pflueger 2013, section 3).

    Parameters
    ----------
    spread
        Covariance of the first-stage moments under orthonormal instruments, shape (L, L).

    Examples
    --------
    >>> round(effective_f_critical(np.eye(1)), 2)
    23.11
    """
    x = 1 / WORST_BIAS
    trace, largest = float(np.trace(spread)), float(np.linalg.eigvalsh(spread)[-1])
    size = trace**2 * (1 + 2 * x) / (float(np.sum(spread**2)) + 2 * x * trace * largest)
    return float(chndtrix(1 - TEST_LEVEL, size, x * size) / size)


def anderson_rubin(reduced: Sequence[Functionals], level: float, centre: tuple[float, float]) -> AndersonRubin:
    """Invert the Anderson-Rubin test: with ``y - endogenous b`` on the left, the instruments' coefficients are zero.

    Parameters
    ----------
    reduced
        The L instruments' coefficients in the regressions of y and of each of the E endogenous regressors on
        instruments, exogenous regressors and effects (`numerics.iv.reduced_form`), CR2 scores with them. E is one or two;
        the second regressor is a log share within its nest, whose coefficient lies in [0, 1).
    level
        Coverage.
    centre
        Where the grid is centred and how finely it starts: an estimate and its standard error.

    Notes
    -----
    At b the coefficients are ``pi_y - pi_E b`` and so are their scores, so that the statistic ``Q`` is a ratio of known
    polynomials; the whole line is searched as the tangent of an angle, infinity among its values. With few clusters
    ``(eta - L + 1) / (eta L) Q`` is held against F(L, eta - L + 1), eta the least Bell-McCaffrey degrees of freedom of the
    coefficients (Pustejovsky & Tipton 2018, section 3, with their eta bounded from below).
    """
    moments = _Reduced.of(reduced)
    limit = _critical(float(reduced[0].freedom.min()), len(reduced[0].value), level)
    angle = np.linspace(-np.pi / 2, np.pi / 2, _GRID)

    def at(angle: Array) -> Array:
        return np.asarray(centre[0] + max(centre[1], np.finfo(float).tiny) * np.tan(angle))

    if not np.isfinite(limit):
        b = at(angle[1:-1])
        return AndersonRubin(((-np.inf, np.inf),), _pairs(b) if len(reduced) > 2 else b[:, None], level)
    best, least = _best(moments, at(angle))
    ok = least <= limit
    ok[-1] = ok[0]

    def accepts(angle: float) -> bool:
        return bool(_best(moments, at(np.array([angle])))[1][0] <= limit)

    def end(angle: float) -> float:
        return float(at(np.array(angle))) if abs(angle) < np.pi / 2 else float(np.copysign(np.inf, angle))

    pieces = tuple((end(lo), end(hi)) for lo, hi in _pieces(angle, ok, accepts))
    ends = np.array([value for piece in pieces for value in piece if np.isfinite(value)])
    points = np.vstack([best[1:-1][ok[1:-1]], _best(moments, ends)[0]])
    return AndersonRubin(pieces, _rims(moments, points, limit) if len(reduced) > 2 else points, level)


def _pairs(b: Array) -> Array:
    """Return every b with a grid of nesting parameters, the latter running fastest; shape (m, 2)."""
    return np.column_stack([np.repeat(b, len(_NESTING)), np.tile(_NESTING, len(b))])


def _best(moments: _Reduced, b: Array) -> tuple[Array, Array]:
    """Return the coefficients (m, E) that are rejected least at each b, and their statistic (m,).

    The nesting parameter's best value is found on a grid and then closer by: where instruments are strong the set is a
    ridge much narrower than any grid.
    """
    if len(moments.value) == 2:
        return b[:, None], moments.statistic(b[:, None])
    tried = moments.statistic(_pairs(b)).reshape(len(b), len(_NESTING))
    rho, least, width = _NESTING[tried.argmin(axis=1)], tried.min(axis=1), float(_NESTING[1])
    for _ in range(_ZOOMS):
        width /= 2
        for step in (-width, width):
            other = np.clip(rho + step, 0.0, _NEST_END)
            statistic = moments.statistic(np.column_stack([b, other]))
            rho, least = np.where(statistic < least, other, rho), np.minimum(statistic, least)
    return np.column_stack([b, rho]), least


def _rims(moments: _Reduced, points: Array, limit: float) -> Array:
    """Return points that are not rejected, and with them the ends of the nesting parameter's range at the same b."""
    found, b = [points], points[:, 0]
    for end in (0.0, _NEST_END):
        out, into = np.full(len(b), end), points[:, 1]
        whole = moments.statistic(np.column_stack([b, out])) <= limit
        for _ in range(_ZOOMS):
            middle = (out + into) / 2
            inside = moments.statistic(np.column_stack([b, middle])) <= limit
            out, into = np.where(inside, out, middle), np.where(inside, middle, into)
        found.append(np.column_stack([b, np.where(whole, end, into)]))
    return np.vstack(found)


def _critical(freedom: float, instruments: int, level: float) -> float:
    """Return the critical value of the Wald statistic; infinite where the clusters are too few to test so many."""
    left = freedom - instruments + 1
    return float(freedom * instruments / left * fdtri(instruments, left, level)) if left >= 1 else np.inf


@dataclass(frozen=True, slots=True, eq=False)
class _Reduced:
    """Coefficients of the instruments as polynomials in b.

    Attributes
    ----------
    value
        Shape (1 + E, L).
    spread
        Cross products of their scores, shape ((1 + E)^2, L^2).
    """

    value: Array
    spread: Array

    @classmethod
    def of(cls, reduced: Sequence[Functionals]) -> _Reduced:
        value = np.stack([part.value for part in reduced])
        spread = np.array([(i.scores.T @ j.scores).ravel() for i in reduced for j in reduced])
        return cls(value, spread)

    def statistic(self, points: Array) -> Array:
        """Return the Wald statistic at coefficients (m, E)."""
        theta = np.hstack([np.ones((len(points), 1)), -points])
        pi, L = theta @ self.value, self.value.shape[1]
        squares = (theta[:, :, None] * theta[:, None, :]).reshape(len(theta), theta.shape[1] ** 2)
        V = (squares @ self.spread).reshape(-1, L, L)
        return np.asarray((pi * np.linalg.solve(V, pi[:, :, None])[:, :, 0]).sum(axis=1))


def _pieces(angle: Array, ok: Mask, accepts: Callable[[float], bool]) -> Iterator[tuple[float, float]]:
    """Yield the pieces of a set from a grid of angles, their ends found by bisection."""
    steps = np.diff(np.concatenate([[False], ok, [False]]).astype(np.int64))
    starts, stops = np.flatnonzero(steps == 1).tolist(), (np.flatnonzero(steps == -1) - 1).tolist()
    for first, last in zip(starts, stops, strict=True):
        lo, hi = float(angle[first]), float(angle[last])
        lo = lo if first == 0 else _edge(float(angle[first - 1]), lo, accepts)
        yield lo, hi if last == len(angle) - 1 else _edge(float(angle[last + 1]), hi, accepts)


def _edge(outside: float, inside: float, accepts: Callable[[float], bool]) -> float:
    """Return where a set ends between a point outside and one inside, a hair inside."""
    out, into = outside, inside
    for _ in range(40):
        middle = (out + into) / 2
        if middle in (out, into):
            break
        out, into = (out, middle) if accepts(middle) else (middle, into)
    return into
