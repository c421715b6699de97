"""Least squares with two absorbed effects, and honest intervals for linear functionals from few clusters.

The model is ``y = X beta + tau[market] + theta[cell] + u`` with clustered ``u``. Nothing n x p is formed for the two sets
of effects: cells are eliminated by hand (their block of the normal matrix is diagonal), the rest is a small dense system.

A *functional* is ``a'y`` for known weights ``a`` over rows. Product and name parts of a price gap are functionals, so
their estimates, joint covariance and degrees of freedom all come from one routine.

References
----------
Bell & McCaffrey (2002), Survey Methodology 28(2), 169-181: bias-reduced linearisation (CR2) and its degrees of freedom.
Imbens & Kolesar (2016), Review of Economics and Statistics 98(4), 701-712.
Pustejovsky & Tipton (2018), Journal of Business & Economic Statistics 36(4), 672-683: CR2 with absorbed effects.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array, csr_array, dia_array

from halfstep.core.tastes import Functionals

__all__ = ["Design", "LeastSquares", "Normal", "least_squares"]

Array = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]

_RANK_TOLERANCE = 1e-9
_CHUNK = 4_000_000
_SMALL = 2_000_000


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

    def sums(self, rows: Array) -> tuple[Array, Array]:
        """Return Z' rows for rows (n, m): the part of X and markets (K + T, m), and of cells (C, m)."""
        head = [self.X.T @ rows, _group_sum(self.market, self.markets, rows)]
        return np.vstack(head), _group_sum(self.cell, self.cells, rows)


@dataclass(frozen=True, slots=True, eq=False)
class Normal:
    """A generalised inverse of Z'WZ, Z = [X, markets, cells], with the cells eliminated by hand.

    With ``S = N / cell_weight`` (N the weighted cross-counts of X and markets with cells) the inverse applied to (v, c)
    is ``top = upper (v - S c)``, ``cells = c / cell_weight - S' top``.

    Attributes
    ----------
    upper
        Inverse of the Schur complement of the cells, shape (K + T, K + T).
    half
        ``half half' = upper``, shape (K + T, r).
    slope
        S, shape (K + T, C).
    cell_weight
        Shape (C,).
    """

    upper: Array
    half: Array
    slope: Array
    cell_weight: Array

    def solve(self, top: Array, cells: Array) -> tuple[Array, Array]:
        """Apply the inverse to (K + T, m) and (C, m)."""
        head = self.upper @ (top - self.slope @ cells)
        return head, (cells.T / self.cell_weight).T - self.slope.T @ head


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
    normal
        The inverse normal matrix.
    """

    design: Design
    y: Array
    weights: Array
    beta: Array
    residual: Array
    rank: int
    identified: npt.NDArray[np.bool_]
    normal: Normal

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

    def coefficient_weights(self, combination: Array) -> Array:
        """Row weights a with ``a'y = combination' beta``.

        Parameters
        ----------
        combination
            Shape (K, m).

        Returns
        -------
        Array
            Shape (n, m).
        """
        d = self.design
        top = np.vstack([combination, np.zeros((d.markets, combination.shape[1]))])
        return self._rows(*self.normal.solve(top, np.zeros((d.cells, combination.shape[1]))))

    def effect_weights(self, cells: Array) -> Array | None:
        """Row weights a with ``a'y = cells' theta``, or None where the data do not determine the combination.

        Parameters
        ----------
        cells
            Combination over cell codes, shape (C,).
        """
        d = self.design
        top = np.zeros((d.X.shape[1] + d.markets, 1))
        a = self._rows(*self.normal.solve(top, cells[:, None]))
        reached, reached_cells = d.sums(a)
        tolerance = 1e-6 * max(float(np.abs(d.X).max(initial=1.0)), 1.0)
        missed = max(float(np.abs(reached).max()), float(np.abs(reached_cells[:, 0] - cells).max()))
        return a[:, 0] if missed < tolerance else None

    def covariance_cr1(self) -> Array:
        """Clustered covariance of beta with the usual factor G/(G-1) * (n-1)/(n-rank); shape (K, K)."""
        scores = self.coefficient_weights(np.eye(self.design.X.shape[1])) * self.residual[:, None]
        sums = _group_sum(self.design.cluster, self.clusters, scores)
        G, n = self.clusters, self.n
        return np.asarray(G / (G - 1) * (n - 1) / (n - self.rank) * (sums.T @ sums))

    def functionals(self, a: Array) -> Functionals:
        """Estimate the functionals a'y with CR2 covariance and Bell-McCaffrey degrees of freedom.

        Parameters
        ----------
        a
            Row weights, shape (n, m). Effects that ``a`` does not balance stay in the value.

        Notes
        -----
        In rows scaled by the square root of their weight, H is the hat matrix and e the residuals. With
        ``B_g = (I - H_gg)^(-1/2)`` and ``b_g = B_g a_g`` the covariance of functionals k and l is
        ``sum_g (b_gk' e_g)(b_gl' e_g)``. Under independent errors of equal variance the variance of k is a quadratic
        form whose matrix is ``diag(b_g'b_g) - Q M^- Q'`` with ``Q_g = b_g' Z_g``; its squared trace over its squared
        Frobenius norm is the degrees of freedom.
        """
        root = np.sqrt(self.weights)
        cluster, G = self.design.cluster, self.clusters
        b = self._bias_reduced(a / root[:, None], root)
        sums = _group_sum(cluster, G, b * (root * self.residual)[:, None])
        squares = _group_sum(cluster, G, b**2)
        freedom = np.array([self._freedom(b[:, k] * root, squares[:, k]) for k in range(a.shape[1])])
        return Functionals(a.T @ self.y, sums.T @ sums, freedom, sums)

    def _freedom(self, b: Array, squares: Array) -> float:
        """Return trace^2 / |.|_F^2 of diag(squares) - U U', U = [by cell, low]; b includes the root weight.

        Nothing G x G is formed: ``|diag(d) - U U'|_F^2 = sum d^2 - 2 sum_g d_g |U_g|^2 + |U'U|_F^2``.
        """
        d, G = self.design, self.clusters
        M, C = d.markets, d.cells
        if G * C * (M + C) <= _SMALL:
            return self._freedom_dense(b, squares)
        by_x = _by_cluster(b, d.cluster, np.arange(len(b)), (G, len(b))) @ d.X
        by_market = _by_cluster(b, d.cluster, d.market, (G, M))
        by_cell = _by_cluster(b, d.cluster, d.cell, (G, C))
        scaled = by_cell @ dia_array((1 / np.sqrt(self.normal.cell_weight)[None, :], [0]), shape=(C, C)).tocsr()
        length = np.asarray(scaled.power(2).sum(axis=1)).ravel()
        low_low = np.zeros((self.normal.half.shape[1],) * 2)
        low_cell = np.zeros((C, len(low_low)))
        step = max(1, _CHUNK // (d.X.shape[1] + M))
        for some in (slice(start, start + step) for start in range(0, G, step)):
            top = np.hstack([by_x[some], by_market[some].toarray()]) - by_cell[some] @ self.normal.slope.T
            low = top @ self.normal.half
            length[some] += (low**2).sum(axis=1)
            low_low += low.T @ low
            low_cell += scaled[some].T @ low
        cell_cell = float((scaled.T @ scaled).power(2).sum())
        cross = float((low_low**2).sum() + 2 * (low_cell**2).sum()) + cell_cell
        return _satterthwaite(squares, length, cross)

    def _freedom_dense(self, b: Array, squares: Array) -> float:
        """Do the same with dense matrices, which is faster where they are small."""
        d, G = self.design, self.clusters
        M, C = d.markets, d.cells
        by_x = _group_sum(d.cluster, G, b[:, None] * d.X)
        by_market = np.bincount(d.cluster * M + d.market, b, G * M).reshape(G, M)
        by_cell = np.bincount(d.cluster * C + d.cell, b, G * C).reshape(G, C)
        low = (np.hstack([by_x, by_market]) - by_cell @ self.normal.slope.T) @ self.normal.half
        U = np.hstack([by_cell / np.sqrt(self.normal.cell_weight), low])
        return _satterthwaite(squares, (U**2).sum(axis=1), float(((U.T @ U) ** 2).sum()))

    def _bias_reduced(self, scaled: Array, root: Array) -> Array:
        """Return (I - H_gg)^(-1/2) a_g, stacked over clusters; shape (n, m). Clusters of one size go together."""
        order = np.argsort(self.design.cluster, kind="stable")
        size = np.bincount(self.design.cluster)
        starts = np.cumsum(size) - size
        out = np.empty_like(scaled)
        width = self.normal.upper.shape[0]
        cell_part = self.normal.slope.T @ self.normal.half
        for length in np.unique(size[size > 0]):
            chosen = np.flatnonzero(size == length)
            together = max(1, int(_CHUNK // (length * (length + width))))
            for some in np.split(chosen, range(together, len(chosen), together)):
                rows = order[starts[some][:, None] + np.arange(length)]
                gram = np.eye(length) - self._hat(rows, cell_part) * root[rows][:, :, None] * root[rows][:, None, :]
                eigen, vectors = np.linalg.eigh(gram)
                keep = eigen > _RANK_TOLERANCE
                power = np.where(keep, 1 / np.sqrt(np.where(keep, eigen, 1.0)), 0.0)
                out[rows] = vectors @ (power[:, :, None] * (vectors.transpose(0, 2, 1) @ scaled[rows]))
        return out

    def _hat(self, rows: Codes, cell_part: Array) -> Array:
        """Return Z_g M^- Z_g' for clusters of one size; rows (h, s) gives shape (h, s, s)."""
        d, K, half = self.design, self.design.X.shape[1], self.normal.half
        cell = d.cell[rows]
        low = d.X[rows] @ half[:K] + half[K + d.market[rows]] - cell_part[cell]
        shared = (cell[:, :, None] == cell[:, None, :]) / self.normal.cell_weight[cell][:, :, None]
        return np.asarray(low @ low.transpose(0, 2, 1) + shared)

    def _rows(self, top: Array, cells: Array) -> Array:
        """Return W Z (top, cells); shape (n, m)."""
        d, K = self.design, self.design.X.shape[1]
        return np.asarray(((d.X @ top[:K] + top[K + d.market] + cells[d.cell]).T * self.weights).T)


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
    n = len(y)
    w = np.ones(n) if weights is None else weights * (n / weights.sum())
    K = design.X.shape[1]
    normal, identified, rank = _normal(design, w)
    top, cells = normal.solve(*design.sums((w * y)[:, None]))
    fitted = design.X @ top[:K, 0] + top[K + design.market, 0] + cells[design.cell, 0]
    beta = np.where(identified, top[:K, 0], np.nan)
    return LeastSquares(design, y, w, beta, y - fitted, rank, identified, normal)


def _normal(design: Design, w: Array) -> tuple[Normal, npt.NDArray[np.bool_], int]:
    """Return the inverse of Z'WZ, which columns of X are identified, and the rank of Z."""
    K, T, C = design.X.shape[1], design.markets, design.cells
    wX = design.X * w[:, None]
    cell_weight = np.bincount(design.cell, w, C).astype(np.float64)
    slope = np.zeros((K + T, C))
    slope[:K] = _group_sum(design.cell, C, wX).T
    np.add.at(slope, (K + design.market, design.cell), w)
    top = np.zeros((K + T, K + T))
    top[:K, :K] = design.X.T @ wX
    top[:K, K:] = _group_sum(design.market, T, wX).T
    top[K:, :K] = top[:K, K:].T
    top[K:, K:] = np.diag(np.bincount(design.market, w, T))
    schur = top - slope @ (slope / cell_weight).T
    slope /= cell_weight
    markets, market_rank = _pseudo_inverse(schur[K:, K:], top[K:, K:].diagonal())
    partial = markets @ schur[K:, :K]
    within = schur[:K, :K] - schur[:K, K:] @ partial
    spread = np.maximum(top[:K, :K].diagonal() - wX.sum(0) ** 2 / w.sum(), 0.0)
    x_inverse, x_rank = _pseudo_inverse(within, np.where(spread > 0, spread, 1.0))
    identified = np.abs(within @ x_inverse - np.eye(K)).max(axis=0, initial=0.0) < 1e-6
    upper = np.block(
        [[x_inverse, -x_inverse @ partial.T], [-partial @ x_inverse, markets + partial @ x_inverse @ partial.T]]
    )
    return Normal(upper, _root(upper), slope, cell_weight), identified, x_rank + market_rank + C


def _pseudo_inverse(matrix: Array, scale: Array) -> tuple[Array, int]:
    """Invert a positive semi-definite matrix on its range; `scale` are the diagonals before effects were taken out."""
    unit = 1 / np.sqrt(scale)
    eigen, vectors = np.linalg.eigh(matrix * np.outer(unit, unit))
    keep = eigen > _RANK_TOLERANCE
    half = vectors[:, keep] / np.sqrt(eigen[keep]) * unit[:, None]
    return half @ half.T, int(keep.sum())


def _root(matrix: Array) -> Array:
    """Return L with L L' = matrix for a positive semi-definite matrix."""
    eigen, vectors = np.linalg.eigh(matrix)
    keep = eigen > eigen[-1] * 1e-14
    return np.asarray(vectors[:, keep] * np.sqrt(eigen[keep]))


def _satterthwaite(squares: Array, length: Array, cross: float) -> float:
    """Return trace^2 / |.|_F^2 of diag(squares) - U U' from the rows' squared lengths and |U'U|_F^2."""
    trace = float(squares.sum() - length.sum())
    norm = float((squares**2).sum() - 2 * squares @ length) + cross
    return trace**2 / norm if trace > _RANK_TOLERANCE * float(squares.sum()) else 0.0


def _by_cluster(b: Array, cluster: Codes, column: Codes, shape: tuple[int, int]) -> csr_array:
    """Sum b by cluster and column into a sparse matrix."""
    return coo_array((b, (cluster, column)), shape=shape).tocsr()


def _group_sum(codes: Codes, groups: int, rows: Array) -> Array:
    """Sum rows (n, m) by code into (groups, m)."""
    if rows.shape[1] == 0:
        return np.zeros((groups, 0))
    return np.stack([np.bincount(codes, rows[:, k], groups) for k in range(rows.shape[1])], axis=1)
