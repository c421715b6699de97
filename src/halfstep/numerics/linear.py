"""Least squares with two absorbed effects, and honest intervals for linear functionals from few clusters.

The model is ``y = X beta + tau[market] + theta[cell] + u`` with clustered ``u``. Nothing n x p is formed for the two sets
of effects (`effects`).

A *functional* is ``a'y`` for known weights ``a`` over rows. Product and name parts of a price gap are functionals, so
their estimates, joint covariance and degrees of freedom all come from one routine.

References
----------
Bell & McCaffrey (2002), Survey Methodology 28(2), 169-181: bias-reduced linearisation (CR2) and its degrees of freedom.
Imbens & Kolesar (2016), Review of Economics and Statistics 98(4), 701-712.
Pustejovsky & Tipton (2018), Journal of Business & Economic Statistics 36(4), 672-683: CR2 with absorbed effects.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from halfstep.core.tastes import Functionals
from halfstep.numerics.contrasts import Contrasts
from halfstep.numerics.effects import Effects, effects_of, group_sum, pseudo_root
from halfstep.numerics.inference import Inference, inference_of
from halfstep.numerics.layout import layout_of

__all__ = ["Design", "LeastSquares", "least_squares"]

Array = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Design:
    """Right-hand side of the regression.

    Attributes
    ----------
    X
        Regressors, shape (n, K).
    market, cell, cluster
        Codes 0..T-1, 0..C-1, 0..G-1 of the two effects and of the cluster; shape (n,).
    """

    X: Array
    market: Codes
    cell: Codes
    cluster: Codes

    @property
    def markets(self) -> int:
        """Number of markets, T."""
        return int(self.market.max()) + 1

    @property
    def cells(self) -> int:
        """Number of cells, C."""
        return int(self.cell.max()) + 1


@dataclass(frozen=True, slots=True, eq=False)
class LeastSquares:
    """A fitted regression.

    Attributes
    ----------
    design
        What was fitted.
    y
        Left-hand side, shape (n,).
    weights
        Row weights of the regression, mean one, shape (n,).
    beta
        Coefficients of X, shape (K,); NaN where not identified.
    residual
        y minus fit, shape (n,).
    rank
        Rank of the whole right-hand side.
    identified
        Whether each column of X varies beyond the effects and the other columns; shape (K,).
    effects
        The two absorbed effects.
    Q, root
        What the effects leave of X, rows scaled by the root of their weight, made orthonormal: ``Q = sqrt(w) X~ root``;
        shapes (n, r) and (K, r).
    missed
        What of a combination of coefficients the data do not determine, shape (K, K).
    judge
        The inference, once it has been asked for, and the clusters it was laid out for.
    """

    design: Design
    y: Array
    weights: Array
    beta: Array
    residual: Array
    rank: int
    identified: npt.NDArray[np.bool_]
    effects: Effects
    Q: Array
    root: Array
    missed: Array
    judge: list[tuple[Inference, Codes]] = field(default_factory=list)

    @property
    def n(self) -> int:
        """Rows."""
        return len(self.y)

    @property
    def clusters(self) -> int:
        """Number of clusters."""
        return int(self.design.cluster.max()) + 1

    @property
    def sigma(self) -> float:
        """Residual standard deviation, sqrt(RSS / (n - rank))."""
        return float(np.sqrt(self.weights @ self.residual**2 / max(self.n - self.rank, 1)))

    def coefficients(self, combination: Array) -> Contrasts:
        """Return the functionals ``combination' beta``; (K, m) gives m of them."""
        return Contrasts(self.root.T @ combination)

    def contrasts(self, cells: Array) -> tuple[Contrasts, npt.NDArray[np.bool_]]:
        """Return the functionals ``cells' theta`` and whether the data determine each; `cells` has shape (C, m)."""
        effects, X = self.effects, self.design.X
        market, cell = effects.solve(np.zeros((len(effects.market_weight), cells.shape[1])), cells)
        by_market, by_cell = effects.sums(X)
        taken = by_market.T @ market + by_cell.T @ cell
        reached = effects.normal(market, cell)
        missed = np.vstack([reached[0], reached[1] - cells, self.missed @ taken])
        tolerance = 1e-6 * max(float(np.abs(X).max(initial=1.0)), 1.0)
        return Contrasts(-self.root.T @ taken, (market, cell)), np.abs(missed).max(axis=0) < tolerance

    def written(self, contrasts: Contrasts) -> Array:
        """Write row weights out; shape (n, m)."""
        scale = np.sqrt(self.weights)[:, None]
        a = scale * (self.Q @ contrasts.prices)
        if contrasts.effects is not None:
            a += scale**2 * self.effects.rows(*contrasts.effects)
        if contrasts.rows is not None:
            a += contrasts.rows.toarray() if isinstance(contrasts.rows, csr_array) else contrasts.rows
        return np.asarray(a)

    def coefficient_weights(self, combination: Array) -> Array:
        """Row weights a with ``a'y = combination' beta``; (K, m) gives (n, m)."""
        return self.written(self.coefficients(combination))

    def effect_weights(self, cells: Array) -> Array | None:
        """Row weights a with ``a'y = cells' theta``, or None where the data do not determine the combination.

        Parameters
        ----------
        cells
            Combination over cell codes, shape (C,).
        """
        found, determined = self.contrasts(cells[:, None])
        return self.written(found)[:, 0] if determined[0] else None

    def covariance_cr1(self) -> Array:
        """Clustered covariance of beta with the usual factor G/(G-1) * (n-1)/(n-rank); shape (K, K)."""
        scores = self.Q * (np.sqrt(self.weights) * self.residual)[:, None]
        sums = group_sum(self.design.cluster, self.clusters, scores) @ self.root.T
        G, n = self.clusters, self.n
        return np.asarray(G / (G - 1) * (n - 1) / (n - self.rank) * (sums.T @ sums))

    def functionals(self, a: Array | Contrasts) -> Functionals:
        """Estimate the functionals a'y with CR2 covariance and Bell-McCaffrey degrees of freedom.

        Parameters
        ----------
        a
            Row weights, shape (n, m), or what they are made of. Effects that ``a`` does not balance stay in the value.

        Notes
        -----
        In rows scaled by the square root of their weight, H is the hat matrix and e the residuals. With
        ``B_g = (I - H_gg)^(-1/2)`` and ``b_g = B_g a_g`` the covariance of functionals k and l is
        ``sum_g (b_gk' e_g)(b_gl' e_g)``. The degrees of freedom are in `freedom`.
        """
        if not isinstance(a, Contrasts):
            a = Contrasts(np.zeros((self.Q.shape[1], a.shape[1])), rows=a)
        cluster = self.design.cluster
        if not self.judge or self.judge[0][1] is not cluster:
            self.judge[:] = [(inference_of(layout_of(cluster, self.effects, self.Q)), cluster)]
        scores, freedom = self.judge[0][0].of(a, self.residual)
        return Functionals(self._values(a), scores.T @ scores, freedom, scores)

    def lengths(self, contrasts: Contrasts) -> Array:
        """Return ``sum_i a_i^2 / w_i`` of functionals made of coefficients and rows, shape (m,)."""
        found = (contrasts.prices**2).sum(axis=0)
        if contrasts.rows is not None:
            scaled = csr_array(contrasts.rows.T / np.sqrt(self.weights))
            found += np.asarray(scaled.power(2).sum(axis=1)).ravel() + 2 * ((scaled @ self.Q).T * contrasts.prices).sum(
                0
            )
        return np.asarray(found)

    def refit(self, y: Array) -> LeastSquares:
        """Fit another left-hand side on the same rows."""
        scale = np.sqrt(self.weights)
        own = self.Q.T @ (scale * y)
        effects = self.effects.rows(*self.effects.solve(*self.effects.sums(y[:, None])))[:, 0]
        beta = np.where(self.identified, self.root @ own, np.nan)
        return replace(self, y=y, beta=beta, residual=y - (self.Q @ own) / scale - effects)

    def _values(self, contrasts: Contrasts) -> Array:
        """Return a'y, shape (m,)."""
        found = contrasts.prices.T @ (self.Q.T @ (np.sqrt(self.weights) * self.y))
        if contrasts.effects is not None:
            for sums, values in zip(self.effects.sums(self.y[:, None]), contrasts.effects, strict=True):
                found += values.T @ sums[:, 0]
        if contrasts.rows is not None:
            found += contrasts.rows.T @ self.y
        return np.asarray(found)


def least_squares(design: Design, y: Array, weights: Array | None = None) -> LeastSquares:
    """Fit ``y = X beta + tau[market] + theta[cell] + u``.

    Parameters
    ----------
    design
        Regressors and codes.
    y
        Shape (n,).
    weights
        Positive row weights, shape (n,); equal if absent. They are scaled to mean one.

    Returns
    -------
    LeastSquares
        Where a column of X is not identified its coefficient is NaN and `identified` says so; effects are a
        generalised-inverse solution, so only balanced contrasts of them mean anything.

    Examples
    --------
    >>> d = Design(np.array([[0.0], [1.0], [0.0], [3.0]]), *(np.array([0, 0, 0, 0]) for _ in range(2)), np.arange(4))
    >>> least_squares(d, np.array([1.0, 3.0, 1.0, 7.0])).beta.round(6)
    array([2.])
    """
    n, X = len(y), design.X
    w = np.ones(n) if weights is None else weights * (n / weights.sum())
    effects = effects_of(design.market, design.cell, w)
    left = X - effects.rows(*effects.solve(*effects.sums(X)))
    left *= np.sqrt(w)[:, None]
    within = left.T @ left
    spread = np.maximum(w @ X**2 - (w @ X) ** 2 / w.sum(), 0.0)
    root = pseudo_root(within, np.where(spread > 0, spread, 1.0))
    missed = np.eye(X.shape[1]) - within @ root @ root.T
    identified = np.abs(missed).max(axis=0, initial=0.0) < 1e-6
    rank = root.shape[1] + effects.rank
    empty = LeastSquares(design, y, w, np.zeros(X.shape[1]), y, rank, identified, effects, left @ root, root, missed)
    return empty.refit(y)
