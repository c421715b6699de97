"""GMM with the linear coefficients projected out: residuals for the search, weights, covariance.

With ``g = (Z_D' xi, Z_S' omega) / N`` stacked over demand and supply, and micro moments below them, the estimate minimises
``N g'W g``. For every theta the linear coefficients follow in closed form (variable projection, Golub & Pereyra 1973); what
is left is least squares in ``sqrt(N) R g`` with ``W = R'R``, whose slopes are exact because the projection does not move.

References
----------
Nevo (2000), Journal of Economics & Management Strategy 9(4), appendix. Conlon & Gortmaker (2020), RAND Journal of Economics
51(4): conventions of weights, centring and clusters, no small-sample factors.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from halfstep.blp.evaluate import Point, tastes_at
from halfstep.blp.micro import micro_covariance
from halfstep.blp.problem import Linear, Problem
from halfstep.blp.starts import units
from halfstep.core.errors import MisuseError
from halfstep.native.layout import Array, Mask

__all__ = [
    "Projection", "covariance", "first_weights", "flat_parameters", "influence", "micro_influence", "moment_covariance",
    "projection", "stages", "unknown",
]  # fmt: skip


_DEPENDENT = 1e-12
_FLAT = 1e-6


def stages(problem: Problem) -> tuple[Linear, ...]:
    """Return the linear stages, demand first."""
    return (problem.demand,) if problem.supply is None else (problem.demand, problem.supply.stage)


def unknown(problem: Problem, point: Point) -> Array:
    """Return mean utility less what is known of it, shape (N,)."""
    return point.delta if problem.known is None else point.delta - problem.known


def _sides(problem: Problem, point: Point) -> list[tuple[Linear, Array, Array]]:
    """Return stage, left-hand side and its slopes of each side."""
    sides = [(problem.demand, unknown(problem, point), point.D)]
    if problem.supply is not None:
        assert point.costs is not None
        sides.append((problem.supply.stage, point.costs.y, point.costs.Y))
    return sides


@dataclass(frozen=True, slots=True, eq=False)
class Projection:
    """What does not move with theta under one weight matrix.

    Attributes
    ----------
    R
        ``W = R'R``, shape (L, L).
    X
        ``sqrt(N) R Z'X / N`` of the stacked linear regressors, shape (L, K).
    Q
        Orthonormal basis of X, shape (L, K).
    """

    R: Array
    X: Array
    Q: Array

    def residuals(self, problem: Problem, point: Point) -> tuple[Array, Array]:
        """Return r with ``r'r = N g'W g`` at the best linear coefficients, and its slopes; shapes (L,) and (L, P)."""
        u, U = self._moments(problem, point)
        return u - self.Q @ (self.Q.T @ u), U - self.Q @ (self.Q.T @ U)

    def coefficients(self, problem: Problem, point: Point) -> Array:
        """Return the linear coefficients at a point, demand's before supply's, shape (K,)."""
        u, _ = self._moments(problem, point)
        return np.asarray(np.linalg.lstsq(self.X, u, rcond=None)[0], dtype=np.float64)

    def _moments(self, problem: Problem, point: Point) -> tuple[Array, Array]:
        sides = _sides(problem, point)
        scale = 1 / np.sqrt(problem.N)
        u = np.concatenate([stage.Z.T @ y for stage, y, _ in sides]) * scale
        U = np.vstack([stage.Z.T @ Y for stage, _, Y in sides]) * scale
        if problem.micro is not None:
            assert point.micro is not None
            v, V = point.micro
            u = np.concatenate([u, (problem.micro[0].observed - v) / scale])
            U = np.vstack([U, -V / scale])
        return self.R @ u, self.R @ U


def projection(problem: Problem, W: Array) -> Projection:
    """Return the projection under a weight matrix (L, L).

    Raises
    ------
    MisuseError
        If W is not positive definite, or the instruments do not tell the linear regressors apart.
    """
    try:
        R = np.linalg.cholesky(W).T
    except np.linalg.LinAlgError:
        raise MisuseError("expected a positive definite weight matrix; instruments may depend on each other") from None
    X = R @ _regressors(problem) / np.sqrt(problem.N)
    Q, r = np.linalg.qr(X)
    size = np.abs(np.diag(r))
    if len(size) and size.min() <= 1e-12 * np.linalg.norm(X, axis=0).max():
        raise MisuseError("expected linear regressors that the instruments tell apart; one is explained by the others")
    return Projection(np.asarray(R), np.asarray(X), np.asarray(Q))


def first_weights(problem: Problem, point: Point | None = None) -> Array:
    """Return ``(Z'Z / N)^-1`` of each side, and for micro moments the inverse of their covariance, shape (L, L).

    Parameters
    ----------
    point
        Where the micro moments' covariance is taken; needed where there are any.

    Raises
    ------
    MisuseError
        If instruments depend on each other.
    """
    blocks = []
    for stage in stages(problem):
        R = np.linalg.qr(stage.Z, mode="r")
        if (np.abs(np.diag(R)) <= 1e-12 * np.linalg.norm(stage.Z, axis=0)).any():
            raise MisuseError("expected instruments of full rank; some depend on others, screen them first")
        half = np.linalg.inv(R)
        blocks.append(problem.N * half @ half.T)
    if problem.micro is not None:
        assert point is not None
        blocks.append(np.linalg.inv(_sampling(problem, point)))
    return _blocks(blocks)


def moment_covariance(problem: Problem, point: Point, errors: tuple[Array, ...], *, centred: bool = True) -> Array:
    """Return the covariance of the moments at structural errors, robust or clustered, shape (L, L).

    Parameters
    ----------
    errors
        xi, and omega with supply; each of shape (N,).
    """
    g = np.hstack([stage.Z * e[:, None] for stage, e in zip(stages(problem), errors, strict=True)])
    if centred:
        g -= g.mean(axis=0)
    if problem.cluster is not None:
        g = np.stack([np.bincount(problem.cluster, column) for column in g.T], axis=1)
    S = np.asarray(g.T @ g / problem.N)
    return S if problem.micro is None else _blocks([S, _sampling(problem, point)])


def covariance(problem: Problem, point: Point, W: Array, S: Array) -> Array:
    """Return the covariance of (theta, linear coefficients): ``(G'WG)^-1 G'W S W G (G'WG)^-1 / N``.

    Parameters
    ----------
    W, S
        Weight matrix and covariance of the moments, shape (L, L).
    """
    half = _half(problem, point, W)
    return np.asarray(half @ S @ half.T / problem.N)


def influence(problem: Problem, point: Point, W: Array, errors: tuple[Array, ...]) -> Array:
    """Return what each row adds to the error of (theta, linear coefficients), shape (N, P + K)."""
    half = _half(problem, point, W)
    g = np.hstack([stage.Z * e[:, None] for stage, e in zip(stages(problem), errors, strict=True)])
    return np.asarray(-g @ half[:, : g.shape[1]].T / problem.N)


def micro_influence(problem: Problem, point: Point, W: Array) -> Array:
    """Return what the surveys' sampling adds to that error, as independent parts, shape (M, P + K)."""
    half = _half(problem, point, W)
    if problem.micro is None:
        return np.zeros((0, len(half)))
    S = _sampling(problem, point)
    return np.asarray(-(half[:, -len(S) :] @ np.linalg.cholesky(S / problem.N)).T)


def _sampling(problem: Problem, point: Point) -> Array:
    """Return N times the covariance of the micro figures, shape (M, M)."""
    assert problem.micro is not None
    spec, demographics = problem.micro
    tastes = tastes_at(problem, point.theta)
    found = micro_covariance(problem.markets, problem.products, tastes, (point.delta, point.D), spec, demographics)
    return np.asarray(problem.N * found)


def _regressors(problem: Problem) -> Array:
    """Return ``Z'X`` of all sides, zero for micro moments, shape (L, K)."""
    found = _blocks([stage.Z.T @ stage.X for stage in stages(problem)])
    M = 0 if problem.micro is None else len(problem.micro[0].moments)
    return np.vstack([found, np.zeros((M, found.shape[1]))])


def _half(problem: Problem, point: Point, W: Array) -> Array:
    """Return ``(G'WG)^-1 G'W``, shape (P + K, L)."""
    slopes = np.vstack([stage.Z.T @ Y for stage, _, Y in _sides(problem, point)]) / problem.N
    if point.micro is not None:
        slopes = np.vstack([slopes, -point.micro[1]])
    G = np.hstack([slopes, -_regressors(problem) / problem.N])
    free = np.append(~flat_parameters(problem, point), np.ones(G.shape[1] - len(point.theta), dtype=np.bool_))
    H = G[:, free].T @ W @ G[:, free]
    size = np.sqrt(np.diag(H))
    inverse = np.linalg.pinv(H / np.outer(size, size), hermitian=True, rcond=_DEPENDENT) / np.outer(size, size)
    half = np.zeros((G.shape[1], len(W)))
    half[free] = inverse @ G[:, free].T @ W
    return half


def flat_parameters(problem: Problem, point: Point) -> Mask:
    """Return the parameters on which no moment hangs at a point, as on a spread at zero, shape (P,).

    A parameter moves utility by about one in its unit; the moments see less than a millionth of that.
    """
    seen = [stage.Z.T @ Y / np.linalg.norm(stage.Z, axis=0)[:, None] for stage, _, Y in _sides(problem, point)]
    size = np.linalg.norm(np.vstack(seen), axis=0) / np.sqrt(problem.N)
    if point.micro is not None:
        v, V = point.micro
        size = np.maximum(size, np.linalg.norm(V / np.maximum(np.abs(v), _DEPENDENT)[:, None], axis=0))
    return np.asarray(size * units(problem) <= _FLAT)


def _blocks(parts: list[Array]) -> Array:
    """Return a block diagonal matrix."""
    out = np.zeros((sum(p.shape[0] for p in parts), sum(p.shape[1] for p in parts)))
    r = c = 0
    for block in parts:
        out[r : r + block.shape[0], c : c + block.shape[1]] = block
        r, c = r + block.shape[0], c + block.shape[1]
    return out
