"""Nonlinear least squares inside bounds by a trust region with a structured secant model (NL2SOL).

Minimises ``f = r(x)'r(x)``. Half its Hessian is ``J'J + S``; Gauss-Newton drops S, which is what is left of the residuals'
own curvature. Where residuals stay large at the solution, as those of an overidentified GMM do, that costs ten times as
many evaluations. S is learnt from gradients at no cost, and whichever model foretold the last step better makes the next.

References
----------
Dennis, Gay & Welsch (1981), ACM Transactions on Mathematical Software 7(3), 348-368: the secant, its sizing, the switch.
Nocedal & Wright (2006), Numerical Optimization, chapter 4: the trust-region step by eigenvalues.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from halfstep.core.errors import MisuseError

__all__ = ["Limits", "Optimum", "least_residuals"]

Array = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
Residuals = Callable[[Array], tuple[Array, Array] | None]

_ACCEPT, _POOR, _GOOD = 1e-4, 0.25, 0.75
_FLAT = 1e-2


@dataclass(frozen=True, slots=True)
class Limits:
    """When to stop.

    Attributes
    ----------
    gradient
        Largest cosine between the residuals and a column of J: zero at a solution.
    step
        Smallest move relative to the size of x, in scaled units.
    decrease
        Smallest decrease that the model foretells, relative to f.
    evaluations
        Most evaluations.
    """

    gradient: float = 1e-9
    step: float = 1e-10
    decrease: float = 1e-14
    evaluations: int = 500


@dataclass(frozen=True, slots=True, eq=False)
class Optimum:
    """Where the search ended.

    Attributes
    ----------
    x
        Shape (P,).
    value
        ``r'r``.
    gradient
        Of ``r'r``, shape (P,).
    bound
        Parameters held at a bound by the gradient, shape (P,).
    evaluations, failed
        Calls of the residuals, and how many of them gave none.
    reason
        "gradient", "decrease", "step", "evaluations", "blocked" (every shorter step fails) or "start" (no residuals at
        the start itself).
    """

    x: Array
    value: float
    gradient: Array
    bound: Mask
    evaluations: int
    failed: int
    reason: str

    @property
    def converged(self) -> bool:
        """Whether it stopped at a solution and not at a limit."""
        return self.reason in ("gradient", "decrease", "step")


@dataclass(slots=True, eq=False)
class _Point:
    x: Array
    r: Array
    J: Array

    @property
    def value(self) -> float:
        return float(self.r @ self.r)

    @property
    def slope(self) -> Array:
        return np.asarray(self.J.T @ self.r)


def least_residuals(
    residuals: Residuals,
    start: Array,
    bounds: tuple[Array, Array] | None = None,
    limits: Limits | None = None,
    unit: Array | None = None,
) -> Optimum:
    """Minimise ``r(x)'r(x)``.

    Parameters
    ----------
    residuals
        Gives r (m,) and J = dr/dx (m, P), or None where it cannot be evaluated: such a step is not taken.
    start
        Shape (P,); moved inside the bounds.
    bounds
        Lower and upper, each of shape (P,).
    unit
        Changes of the parameters that matter about alike, shape (P,): a direction in which the residuals are flat is then
        not followed out of all measure. None goes by the residuals' slopes alone.

    Raises
    ------
    MisuseError
        If a lower bound is above its upper one.

    Examples
    --------
    >>> def rosenbrock(x):
    ...     return np.array([10 * (x[1] - x[0] ** 2), 1 - x[0]]), np.array([[-20 * x[0], 10.0], [-1.0, 0.0]])
    >>> least_residuals(rosenbrock, np.array([-1.2, 1.0])).x.round(6)
    array([1., 1.])
    """
    limits = limits or Limits()
    lower, upper = bounds or (np.full(len(start), -np.inf), np.full(len(start), np.inf))
    if (lower > upper).any():
        raise MisuseError(f"expected lower bounds below upper ones, got {lower} and {upper}")
    x = np.clip(start, lower, upper)
    found = residuals(x)
    if found is None:
        nothing = np.full(len(x), np.nan)
        return Optimum(x, np.inf, nothing, np.zeros(len(x), dtype=np.bool_), 1, 1, "start")
    return _Search(residuals, _Point(x, *found), (lower, upper), limits, unit).run()


@dataclass(slots=True, eq=False)
class _Search:
    residuals: Residuals
    point: _Point
    bounds: tuple[Array, Array]
    limits: Limits
    unit: Array | None = None
    evaluations: int = 1
    failed: int = 0

    def run(self) -> Optimum:
        """Step until a limit holds."""
        size = len(self.point.x)
        S, secant, scale = np.zeros((size, size)), False, self._scale(self.point.J)
        radius = float(np.linalg.norm(scale * self.point.x)) or 1.0
        reason, blocked = self._arrived(), False
        while not reason:
            here = self.point
            H = here.J.T @ here.J
            step, at_edge = self._step(H + S if secant else H, scale, radius)
            foretold = {model: -_change(here, step, H + S * model) for model in (False, True)}
            if np.linalg.norm(scale * step) <= self.limits.step * np.linalg.norm(scale * here.x):
                reason = "blocked" if blocked else "step"
                break
            if foretold[secant] <= self.limits.decrease * here.value:
                if secant or foretold[True] <= self.limits.decrease * here.value or not S.any():
                    reason = "decrease"
                    break
                secant = True
                continue
            there = self._evaluate(here.x + step)
            blocked = there is None
            if there is None:
                radius = 0.25 * float(np.linalg.norm(scale * step))
                reason = "evaluations" if self.evaluations >= self.limits.evaluations else ""
                continue
            gained = here.value - there.value
            ratio = gained / foretold[secant] if foretold[secant] > 0 else -1.0
            S = _secant(S, here, there)
            secant = abs(foretold[True] - gained) < abs(foretold[False] - gained)
            if ratio < _POOR:
                radius = 0.25 * float(np.linalg.norm(scale * step))
            elif ratio > _GOOD and at_edge:
                radius *= 2.0
            if ratio > _ACCEPT:
                self.point = there
                scale = np.maximum(0.6 * scale, self._scale(there.J))
            reason = self._arrived()
        held = ~self._free(self.point.slope)
        return Optimum(
            self.point.x, self.point.value, 2 * self.point.slope, held, self.evaluations, self.failed, reason
        )

    def _scale(self, J: Array) -> Array:
        """Return what a step is measured by: the residuals' slopes, none far below the largest in units that matter alike."""
        size = _columns(J)
        if self.unit is None:
            return size
        return np.asarray(np.maximum(size, _FLAT * float((size * self.unit).max()) / self.unit))

    def _evaluate(self, x: Array) -> _Point | None:
        self.evaluations += 1
        found = self.residuals(x)
        if found is None or not np.isfinite(found[0]).all() or not np.isfinite(found[1]).all():
            self.failed += 1
            return None
        return _Point(x, *found)

    def _arrived(self) -> str:
        here = self.point
        free = self._free(here.slope)
        cosine = np.abs(here.slope) / np.maximum(_columns(here.J) * np.sqrt(here.value), np.finfo(float).tiny)
        if not free.any() or cosine[free].max() <= self.limits.gradient:
            return "gradient"
        return "evaluations" if self.evaluations >= self.limits.evaluations else ""

    def _free(self, slope: Array) -> Mask:
        """Return the parameters that the gradient does not push against their bound."""
        lower, upper = self.bounds
        x = self.point.x
        return ~((x <= lower) & (slope > 0)) & ~((x >= upper) & (slope < 0))

    def _step(self, H: Array, scale: Array, radius: float) -> tuple[Array, bool]:
        """Return the step inside region and bounds, and whether it reaches the edge of the region.

        Where the free step leaves the bounds the best by the model of three is taken: the step cut short, the step with
        what leaves put on its bound, and the same with the others moved to where they are then best.
        """
        here, step = self.point, np.zeros(len(scale))
        lower, upper = self.bounds[0] - here.x, self.bounds[1] - here.x
        free = self._free(here.slope)
        step[free] = _trusted(H[np.ix_(free, free)], here.slope[free], scale[free], radius)
        out = (step < lower) | (step > upper)
        if not out.any():
            return step, float(np.linalg.norm(scale * step)) >= 0.9 * radius
        room = np.where(step[out] < 0, lower[out], upper[out]) / step[out]
        tries = [step * room.min(), np.clip(step, lower, upper)]
        while out.any() and free.any():
            free = free & ~out
            step = np.clip(step, lower, upper)
            slope = here.slope + H[:, ~free] @ step[~free]
            if free.any():
                step[free] = _trusted(H[np.ix_(free, free)], slope[free], scale[free], radius)
            out = (step < lower) | (step > upper)
        tries.append(step)
        best = min(tries, key=lambda d: _change(here, d, H))
        return best, float(np.linalg.norm(scale * best)) >= 0.9 * radius


def _columns(J: Array) -> Array:
    size = np.linalg.norm(J, axis=0)
    return np.where(size > 0, size, 1.0)


def _change(here: _Point, step: Array, H: Array) -> float:
    return float(2 * here.slope @ step + step @ H @ step)


def _trusted(H: Array, slope: Array, scale: Array, radius: float) -> Array:
    """Minimise ``2 slope'd + d'H d`` with ``|scale d| <= radius``, by the eigenvalues of the scaled H."""
    values, vectors = np.linalg.eigh(H / np.outer(scale, scale))
    g = vectors.T @ (slope / scale)
    least = float(values[0])
    floor = max(0.0, -least) + 1e-14 * max(1.0, float(np.abs(values).max()))

    def length(shift: float) -> float:
        return float(np.linalg.norm(g / (values + shift)))

    shift = 0.0
    if least <= 1e-14 * max(1.0, float(np.abs(values).max())) or length(0.0) > radius:
        lo, hi = floor, floor + float(np.linalg.norm(g)) / radius + float(np.abs(values).max())
        for _ in range(100):
            shift = 0.5 * (lo + hi)
            lo, hi = (shift, hi) if length(shift) > radius else (lo, shift)
            if hi - lo <= 1e-12 * hi:
                break
        shift = hi
    return np.asarray(vectors @ (-g / (values + shift)) / scale)


def _secant(S: Array, here: _Point, there: _Point) -> Array:
    """Return the update of S by Dennis, Gay & Welsch, after sizing."""
    step, y = there.x - here.x, there.slope - here.slope
    wanted = there.J.T @ there.r - here.J.T @ there.r
    along, sized = float(y @ step), float(step @ S @ step)
    if abs(along) <= 1e-12 * float(np.linalg.norm(y) * np.linalg.norm(step)):
        return S
    S = S * (min(1.0, abs(float(step @ wanted) / sized)) if sized != 0 else 1.0)
    left = wanted - S @ step
    both = np.outer(left, y) / along
    return np.asarray(S + both + both.T - float(step @ left) / along**2 * np.outer(y, y))
