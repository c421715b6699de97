"""Synthetic control: the weighted mean of donors that ran closest to the unit before the date."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from halfstep.counterfactual.case import Case, Fits
from halfstep.counterfactual.simplex import weights_of_rows

__all__ = ["classic_control", "synthetic_control"]

Array = npt.NDArray[np.float64]


def synthetic_control(case: Case) -> Fits:
    """Fit weights of zero or more that sum to one, and an intercept: the unit may lie above or below its donors.

    The weights minimise the squared gap of the pre-periods after each series' own pre-mean is taken off; the gap is
    observed minus weighted donors minus its own pre-mean. Brands differ in size by far more than donors can span, which
    is what the intercept is for; it also makes bias smaller where the fit before the date is not perfect.

    References
    ----------
    Doudchenko & Imbens (2016), NBER working paper 22791. Ferman & Pinto (2021), Quantitative Economics 12(4), 1197-1221.
    """
    early = case.y[:, : case.start]
    weights = _weights(case, early - early.mean(axis=1, keepdims=True))
    gap = _gap(case, weights)
    return Fits(gap - gap[:, : case.start].mean(axis=1, keepdims=True), None, weights)


def classic_control(case: Case) -> Fits:
    """Fit weights of zero or more that sum to one, without an intercept, to the outcomes of all pre-periods alike.

    References
    ----------
    Abadie, Diamond & Hainmueller (2010), Journal of the American Statistical Association 105(490), 493-505.
    """
    weights = _weights(case, case.y[:, : case.start])
    return Fits(_gap(case, weights), None, weights)


def _weights(case: Case, rows: Array) -> Array:
    return weights_of_rows(rows, case.treated, case.pool, np.zeros(len(case.treated)))


def _gap(case: Case, weights: Array) -> Array:
    return np.asarray(case.y[case.treated, : case.stop] - weights @ case.y[:, : case.stop])
