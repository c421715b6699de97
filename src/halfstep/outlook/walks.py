"""A walk with regressors and few steps: its posterior on a grid of the steps' spread, closed in all else."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["Walk", "fit_walk"]

Array = npt.NDArray[np.float64]
Labels = npt.NDArray[np.int64]

REACH, GRID = 100.0, 81
"""Spreads are tried from the prior's scale over `REACH` to it times `REACH`, in equal ratios."""
FREEDOM = 3.0
"""Degrees of freedom of the half-t prior of the spread: the fewest with which a foretold step has a variance."""


@dataclass(frozen=True, slots=True, eq=False)
class Walk:
    """Posterior of ``change = X beta + s sqrt(gap) e``, for each of R versions of the changes.

    Attributes
    ----------
    change
        Shape (R, n).
    X
        Shape (n, p).
    gap
        Quarters that each step spans, shape (n,).
    mean, spread
        Of the normal prior of beta, shape (p,).
    grid
        Values of s, shape (S,).
    table
        Joint log density of the changes and of log s, beta integrated out, shape (R, S).
    """

    change: Array
    X: Array
    gap: Array
    mean: Array
    spread: Array
    grid: Array
    table: Array

    @property
    def evidence(self) -> Array:
        """Logarithm of the changes' density, up to a constant; shape (R,)."""
        top = self.table.max(axis=1)
        return np.asarray(top + np.log(np.exp(self.table - top[:, None]).sum(axis=1)))

    @property
    def centre(self) -> Array:
        """Posterior mean of beta at the mean of the versions; shape (p,)."""
        chance = np.exp(self.table - self.table.max()).sum(axis=0)
        weighted = self.X / self.gap[:, None]
        known = np.diag(self.spread**-2) + (self.X.T @ weighted) / self.grid[:, None, None] ** 2
        pull = self.mean * self.spread**-2 + (self.change.mean(axis=0) @ weighted) / self.grid[:, None] ** 2
        return np.asarray(chance @ np.linalg.solve(known, pull[:, :, None])[:, :, 0] / chance.sum())

    def draw(self, point: Labels, rng: np.random.Generator) -> tuple[Array, Array]:
        """Draw s and beta given the version of the changes.

        Parameters
        ----------
        point
            Version of each draw, shape (D,).

        Returns
        -------
        tuple
            s of shape (D,), beta of shape (D, p).
        """
        D, p = len(point), len(self.mean)
        chance = np.exp(self.table - self.table.max(axis=1, keepdims=True))
        below = np.cumsum(chance, axis=1)[point]
        place = (below < rng.random((D, 1)) * below[:, -1:]).sum(axis=1)
        s = self.grid[place]
        if not p:
            return s, np.empty((D, 0))
        weighted = self.X / self.gap[:, None]
        known = np.diag(self.spread**-2) + (self.X.T @ weighted) / s[:, None, None] ** 2
        pull = self.mean * self.spread**-2 + (self.change[point] @ weighted) / s[:, None] ** 2
        upper = np.swapaxes(np.linalg.cholesky(known), 1, 2)
        noise = np.linalg.solve(upper, rng.standard_normal((D, p, 1)))
        return s, (np.linalg.solve(known, pull[:, :, None]) + noise)[:, :, 0]


def fit_walk(change: Array, X: Array, gap: Array, mean: Array, spread: Array, shock: float) -> Walk:
    """Return the posterior of a walk's slopes and of the spread of its steps.

    beta is normal a priori, s half-t with 3 degrees of freedom and scale `shock` (Gelman 2006, Bayesian Analysis 1(3), 515-534).
    Given s all is normal (conjugate regression; Gelman et al., Bayesian Data Analysis, chapter 14), so only s needs a grid.

    Parameters
    ----------
    change, X, gap, mean, spread
        As in `Walk`; no step at all leaves the prior.
    shock
        Scale of s.
    """
    grid = shock * np.geomspace(1 / REACH, REACH, GRID)
    root = np.sqrt(gap)
    # steps of one quarter each: their covariance is s^2 and what beta's prior adds, diagonal in the latter's axes
    own, axes = np.linalg.eigh(((X / root[:, None]) * spread**2) @ (X / root[:, None]).T)
    squared = (((change - X @ mean) / root) @ axes) ** 2
    variance = grid**2 + np.maximum(own, 0.0)[:, None]
    table = -0.5 * (squared @ (1 / variance) + np.log(variance).sum(axis=0))
    # half-t density of s; on a grid of equal ratios a step in s is s itself
    table += np.log(grid) - (FREEDOM + 1) / 2 * np.log1p((grid / shock) ** 2 / FREEDOM)
    return Walk(change, X, gap, mean, spread, grid, table)
