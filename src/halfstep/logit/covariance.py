"""Covariances of logit estimates: clustered by respondent, and the ways in which printed tables are often made.

References
----------
Huber (1967); White (1982), Econometrica 50(1), 1-25; Liang & Zeger (1986), Biometrika 73(1), 13-22: the sandwich by cluster.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from halfstep.core.errors import MisuseError
from halfstep.logit.records import MixedFit, Multinomial
from halfstep.logit.tasks import Array, Tasks

__all__ = ["covariance", "is_singular", "mixed_covariance"]

Mask = npt.NDArray[np.bool_]

_FLAT, _FLAT_BY_DIFFERENCES = 1e-12, 1e-6
_TOUCHED = 1e-4


def covariance(fit: Multinomial, tasks: Tasks, kind: str = "respondent") -> Array:
    """Return the covariance of b, shape (K, K); NaN in rows and columns that the data do not pin down.

    Parameters
    ----------
    kind
        "respondent": ``N/(N-1) H^-1 (sum_i s_i s_i') H^-1`` with the scores s of people; "task": the same by task;
        "hessian": ``H^-1``, with weights taken for counts of people; "hessian normalised": with weights of mean one.

    Raises
    ------
    MisuseError
        If the kind is none of these, or people are to be compared and there is one.
    """
    inverse, unknown = _inverse(fit.information, _FLAT)
    if kind == "hessian":
        out = inverse
    elif kind == "hessian normalised":
        out = inverse * float(tasks.weight.mean())
    elif kind in ("respondent", "task"):
        scores = fit.scores if kind == "task" else np.add.reduceat(fit.scores, tasks.task[:-1], axis=0)
        out = _sandwich(inverse, scores)
    else:
        raise MisuseError(f'expected "respondent", "task", "hessian" or "hessian normalised", got "{kind}"')
    unknown[list(fit.columns)] = True
    return _blank(out, unknown)


def mixed_covariance(fit: MixedFit) -> Array:
    """Return the covariance of theta, clustered by person, shape (P, P).

    Where the information has no inverse (`MixedFit.singular`) its generalised inverse stands in, and parameters that lie
    along a direction the data say nothing of (or along which the fit is no maximum) have NaN.
    """
    inverse, unknown = _inverse(fit.information, _FLAT_BY_DIFFERENCES)
    return _blank(_sandwich(inverse, fit.scores), unknown)


def is_singular(information: Array, flat: float = _FLAT_BY_DIFFERENCES) -> bool:
    """Whether a mixed logit's information, made by differences, has no inverse, or is that of no maximum.

    Parameters
    ----------
    flat
        Least curvature, beside the largest, that counts as one.
    """
    return bool((_directions(information, flat)[1] <= 0).any())


def _sandwich(inverse: Array, scores: Array) -> Array:
    N = len(scores)
    if N < 2:
        raise MisuseError(f"expected two clusters or more, got {N}; take the covariance from the Hessian")
    half = scores @ inverse
    return np.asarray(half.T @ half) * (N / (N - 1))


def _blank(covariance: Array, unknown: Mask) -> Array:
    covariance[unknown] = covariance[:, unknown] = np.nan
    return covariance


def _inverse(information: Array, flat: float) -> tuple[Array, Mask]:
    """Return the inverse, generalised where there is none, and what lies along flat directions, shape (P,)."""
    unit, size, Q = _directions(information, flat)
    kept = Q[:, size > 0] / unit[:, None]
    touched = np.abs(Q[:, size <= 0]).max(axis=1, initial=0.0) > _TOUCHED
    return np.asarray((kept / size[size > 0]) @ kept.T), np.asarray(touched)


def _directions(information: Array, flat: float) -> tuple[Array, Array, Array]:
    """Return units of the parameters, and curvatures (zero where flat or downward) and directions in those units."""
    unit = np.sqrt(np.maximum(np.diag(information), 0.0))
    unit[unit == 0] = 1.0
    size, Q = np.linalg.eigh(information / np.outer(unit, unit))
    size[size <= flat * max(float(size[-1]), 0.0)] = 0.0
    return unit, size, Q
