"""Interactive fixed effects (Bai 2009; Xu 2017): factors from the donors, each unit's loadings from its pre-periods.

    y_it = unit_i + period_t + loading_i' factor_t + noise

Period effects and factors come from donors over all periods asked about, the unit's own effect and loadings from least
squares on its pre-periods. The number of factors is chosen by leaving out blocks of pre-periods, in the order of time
(Xu leaves out one period at a time; neighbours that resemble it then give it away).

A donor that is itself asked about is fitted without itself. Taking one unit out changes the donors' moments over time
by rank one, so its factors follow from the roots of one secular equation each (Golub 1973), exactly, with no new
decomposition.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from halfstep.counterfactual.case import Case, Fits

__all__ = ["factors"]

Array = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

MOST = 5
BLOCKS = 5
_UNITS = 128  # at a time: bounds the memory


@dataclass(frozen=True, slots=True, eq=False)
class _Donors:
    """Donors less their own means: period effects (stop,), and moments over time as eigenvalues and eigenvectors.

    `basis` (stop, p) with eigenvalues `power` (p,) in falling order.
    """

    y: Array
    period: Array
    power: Array
    basis: Array


def factors(case: Case) -> Fits:
    """Carry each unit on by the donors' period effects and factors.

    Parameters
    ----------
    case
        The question. With no donors but the unit itself the unit's mean is carried on.

    Returns
    -------
    Fits
        `se` holds the noise about the fit and the error of the unit's own loadings, as in least squares; the factors
        count as known and the noise as independent over time. Infinite where no degree of freedom is left.
    """
    pool = np.flatnonzero(case.donors)
    donors = _donors(case.y[pool, : case.stop])
    column = np.full(len(case.donors), -1)
    column[pool] = np.arange(len(pool))
    own = column[case.treated]
    gap = np.empty((len(case.treated), case.stop))
    se = np.empty_like(gap)
    for inside in (False, True):
        asked = np.flatnonzero((own >= 0) == inside)
        J = len(pool) - inside
        most = max(min(MOST, case.start - 2, J - 2), 0)
        for first in range(0, len(asked), _UNITS):
            some = asked[first : first + _UNITS]
            period, basis = _without(donors, own[some], most) if inside else _all(donors, most)
            y = case.y[case.treated[some], : case.stop] - period
            gap[some], se[some] = _fit(y, basis, case.start)
    return Fits(gap=gap, se=se)


def _donors(y: Array) -> _Donors:
    """Two-way means out, then the eigenvectors over time, by the smaller side."""
    apart = y - y.mean(axis=1, keepdims=True) if len(y) else y
    period = apart.mean(axis=0) if len(y) else np.zeros(y.shape[1])
    basis, s, _ = np.linalg.svd((apart - period).T, full_matrices=False)
    return _Donors(apart, period, s**2, basis)


def _all(donors: _Donors, most: int) -> tuple[Array, Array]:
    """Period effects and factors of all donors, one set for every unit; shapes (1, stop) and (1, stop, most)."""
    return donors.period[None], donors.basis[None, :, :most]


def _without(donors: _Donors, own: Ints, most: int) -> tuple[Array, Array]:
    """Period effects and factors of the donors but one; shapes (M, stop) and (M, stop, most)."""
    J = len(donors.y)
    if J < 2:
        return np.zeros((len(own), donors.y.shape[1])), np.zeros((len(own), donors.y.shape[1], 0))
    away = donors.y[own] - donors.period
    period = donors.period - away / (J - 1)
    v = away @ donors.basis * np.sqrt(J / (J - 1))
    coordinates = _downdated(donors.power, v, most)
    return period, np.einsum("tp,mpr->mtr", donors.basis, coordinates, optimize=True)


def _downdated(power: Array, v: Array, most: int) -> Array:
    """Leading unit eigenvectors (M, p, most) of diag(power) - v v' for each row of `v` (M, p), power falling.

    Eigenvalue k lies between power k + 1 and power k; with x its distance from power k it solves
    ``1 = sum_j v_j^2 / (power_j - power_k + x)``, found by halving.
    """
    M, p = v.shape
    found = np.zeros((M, p, most))
    size = np.sqrt((v**2).sum(axis=1, keepdims=True))
    floor = np.maximum(1e-10 * size, 1e-150)
    v = np.where(np.abs(v) < floor, floor, v)  # a coordinate that is nought keeps its eigenvector
    squares = v**2
    for k in range(min(most, p)):
        distance = power - power[k]
        width = power[k] - power[k + 1] if k + 1 < p else power[k]
        low, high = np.zeros((M, 1)), np.full((M, 1), width)
        for _ in range(100):
            middle = (low + high) / 2
            denominator = distance + middle
            with np.errstate(divide="ignore", invalid="ignore"):
                below = (squares / denominator).sum(axis=1, keepdims=True) > 1
            low, high = np.where(below, middle, low), np.where(below, high, middle)
        vector = v / np.where((denominator := distance + high) == 0, 1e-300, denominator)
        found[:, :, k] = vector / np.sqrt((vector**2).sum(axis=1, keepdims=True))
    return found


def _fit(y: Array, basis: Array, start: int) -> tuple[Array, Array]:
    """Choose the number of factors for each unit and fit it; y (M, stop) less period effects, basis (M or 1, ...)."""
    stop = y.shape[1]
    X = np.concatenate([np.ones((len(basis), stop, 1)), basis * np.sqrt(stop)], axis=2)
    blocks = np.array_split(np.arange(start), min(BLOCKS, start))
    error = np.stack([_left_out(y, X[:, :, :k], start, blocks) for k in range(1, X.shape[2] + 1)])
    chosen = error.argmin(axis=0)
    gap, se = np.empty_like(y), np.full_like(y, np.inf)
    for k in np.unique(chosen):
        some = np.flatnonzero(chosen == k)
        design = (X if len(X) == 1 else X[some])[:, :, : k + 1]
        inverse = _inverse(design[:, :start])
        coefficients = inverse @ design[:, :start].transpose(0, 2, 1) @ y[some, :start, None]
        gap[some] = y[some] - (design @ coefficients)[:, :, 0]
        if start > k + 1:
            noise = (gap[some, :start] ** 2).sum(axis=1) / (start - k - 1)
            leverage = np.einsum("mti,mij,mtj->mt", design, inverse, design, optimize=True)
            se[some] = np.sqrt(noise[:, None] * (1 + leverage))
    return gap, se


def _inverse(X: Array) -> Array:
    """Inverse moments (M, k, k) of designs (M, T, k); a direction without variation is left out."""
    return np.asarray(np.linalg.pinv(X.transpose(0, 2, 1) @ X, rcond=1e-10, hermitian=True))


def _left_out(y: Array, X: Array, start: int, blocks: list[Ints]) -> Array:
    """Mean squared forecast error of pre-periods left out in blocks; infinite where too few are left to fit."""
    total = np.zeros(len(y))
    for block in blocks:
        kept = np.setdiff1d(np.arange(start), block)
        if len(kept) < X.shape[2]:
            return np.full(len(y), 0.0 if X.shape[2] == 1 else np.inf)
        part = X[:, kept]
        coefficients = _inverse(part) @ part.transpose(0, 2, 1) @ y[:, kept, None]
        total += ((y[:, block] - (X[:, block] @ coefficients)[:, :, 0]) ** 2).sum(axis=1)
    return total / start
