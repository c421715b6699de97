"""Matrix completion with nuclear norm and unregularised two-way effects (Athey et al. 2021).

The unit's outcomes from the date on are missing cells of the matrix of donors and unit. One matrix a unit and five folds
of each: an estimator to stand beside others, too dear for hundreds of placebos.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from halfstep.counterfactual.case import Case, Fits

__all__ = ["completion"]

Array = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

_PENALTIES = np.geomspace(1, 1e-3, 16)  # of the largest singular value; at one there are effects only
_FOLDS = 5
_KEPT = 0.8  # of the seen cells in a fold, as in the authors' MCPanel
_STEPS = 400
_CLOSE = 1e-5
_SEED = 2021


def completion(case: Case) -> Fits:
    """Complete each unit's row of the matrix of its donors and itself.

    Parameters
    ----------
    case
        The question.

    Returns
    -------
    Fits
        Without standard errors. The penalty is that of least squared error on cells left out at random (fixed seed).
    """
    gap = np.empty((len(case.treated), case.stop))
    for m, pool in enumerate(case.pool):
        y = np.vstack([case.y[pool, : case.stop], case.y[case.treated[m], : case.stop]])
        seen = np.ones(y.shape, dtype=bool)
        seen[-1, case.start :] = False
        gap[m] = y[-1] - _completed(y, seen)[-1]
    return Fits(gap=gap)


def _completed(y: Array, seen: Mask) -> Array:
    """Fit at the penalty chosen by cross-validation."""
    effects = _fit(y, seen, np.inf, _start(y, seen))
    top = float(np.linalg.norm(np.where(seen, y - effects, 0), 2))
    penalties = top * _PENALTIES
    rng = np.random.default_rng(_SEED)
    error = np.zeros(len(penalties))
    for _ in range(_FOLDS):
        kept = seen & (rng.random(y.shape) < _KEPT)
        fit = _start(y, kept)
        for k, penalty in enumerate(penalties):
            fit = _fit(y, kept, penalty, fit)
            error[k] += ((fit - y)[seen & ~kept] ** 2).sum()
    fit = effects
    for penalty in penalties[: int(error.argmin()) + 1]:
        fit = _fit(y, seen, penalty, fit)
    return fit


def _start(y: Array, seen: Mask) -> Array:
    """Row means, or the mean of all where a row has no cell."""
    count = seen.sum(axis=1, keepdims=True)
    total = np.where(seen, y, 0).sum(axis=1, keepdims=True)
    return np.asarray(np.broadcast_to(np.where(count > 0, total / np.maximum(count, 1), y[seen].mean()), y.shape))


def _fit(y: Array, seen: Mask, penalty: float, fit: Array) -> Array:
    """Fill in by the fit, take two-way means out, shrink singular values by the penalty, until it no longer moves."""
    scale = np.abs(y - y.mean()).max(initial=0)
    for _ in range(_STEPS):
        full = np.where(seen, y, fit)
        effects = full.mean(axis=1, keepdims=True) + full.mean(axis=0) - full.mean()
        before, fit = fit, effects
        if np.isfinite(penalty):
            U, s, V = np.linalg.svd(full - effects, full_matrices=False)
            fit = effects + (U * np.maximum(s - penalty, 0)) @ V
        if np.abs(fit - before).max() <= _CLOSE * scale:
            break
    return fit
