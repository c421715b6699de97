"""Marked Hawkes processes of pooled cascades: how many posts a post brings, and how many come by themselves.

The rate of posts of kind d in cascade c is (Hawkes 1971, with a shock and a time of day)::

    f(t) { steady_cd + sum_m shock_cdm b_m exp(-b_m t) + sum_{t_j < t} sum_m n_{d k_j m} b_m exp(-b_m (t - t_j)) }

so that ``n_dk = sum_m n_dkm`` is the number of posts of kind d that one of kind k brings by itself. On a fixed grid of decays
the likelihood is concave in the weights. Errors are those of leaving out one cascade at a time (MacKinnon, Nielsen and Webb
2023, one step) where several are pooled, with as many degrees of freedom as cascades less one; of one cascade, those of the
information. Weights on their bound are held there.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize
from scipy.stats import norm, t

from halfstep.arrivals.ascent import Found, Weights, climb, expand, profile, start
from halfstep.arrivals.cascades import Array, Cascade, Flags, Problem, Spec, at_decays, pose
from halfstep.native.cascade import Asked, Rates
from halfstep.native.door import kernel

__all__ = ["Cascade", "Fit", "Spec", "fit", "fit_problem"]


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """What was found; C cascades, D counted kinds, K kinds, M decays.

    Attributes
    ----------
    branching
        Posts of kind d that one of kind k brings by itself, shape (D, K).
    se, low, high
        Standard errors and interval ends, same shape; a sum of weights that all stand on their bound has se NaN, from 0 to 0
        told as 0 to infinity.
    weights
        `branching` by decay, shape (D, K, M).
    exogenous
        Posts that came by themselves, expected, shape (C, D).
    decays
        Shape (M,).
    factors
        Of the parts of the day (their mean by time 1), then of the time after replies.
    loglik
        At the weights found.
    events, tied
        Counted events; the share of them at the moment of an earlier one, or of the first post.
    radius, stationary
        Largest eigenvalue of the counted kinds' branching; whether it is below 1.
    converged, steps
        Of the search.
    freedom
        Degrees of freedom of the intervals; infinite for one cascade.
    problem, found
        For tests that go on from here.
    leave_one_out
        Shared weights (by d, then feature) and log factors without each cascade, shape (C, R).
    """

    branching: Array
    se: Array
    low: Array
    high: Array
    weights: Array
    exogenous: Array
    decays: Array
    factors: Array
    loglik: float
    events: int
    tied: float
    radius: float
    stationary: bool
    converged: bool
    steps: int
    freedom: float
    problem: Problem
    found: Found
    leave_one_out: Array


def fit(cascades: tuple[Cascade, ...], spec: Spec) -> Fit:
    """Fit pooled cascades.

    Parameters
    ----------
    cascades
        One is enough for a branching ratio; nothing is said of replies from one (`arrivals.replies`).
    spec
        What is assumed.

    Raises
    ------
    MisuseError
        Nothing to fit.

    Examples
    --------
    >>> draw = np.random.default_rng(0)
    >>> alone = Cascade(np.sort(draw.uniform(0, 1e5, 500)), np.zeros(500, dtype=np.int64), 1e5)
    >>> found = fit((alone,), Spec(shock=False, decays=(1 / 600,)))
    >>> found.converged, bool(found.branching[0, 0] < 0.2)
    (True, True)
    """
    return fit_problem(pose(cascades, spec))


def fit_problem(problem: Problem) -> Fit:
    """Fit what was posed."""
    at = start(problem)
    if problem.spec.free:
        problem, at = _freed(problem)
    return _told(problem, climb(problem, at))


def _freed(problem: Problem) -> tuple[Problem, Weights]:
    """Decays by a quasi-Newton search; weights are at their best at each (their slopes are then no part of its slope)."""
    best, tried = [start(problem)], list[int]()
    span = (0.1 / float(problem.stream.until.max()), 10.0 * max(problem.spec.decays))

    def cost(logs: Array) -> tuple[float, Array]:
        here = at_decays(problem, np.exp(logs))
        found = climb(here, best[0], near=len(tried) > 0)
        tried.append(found.steps)
        best[0] = found.at
        return -found.slopes.loglik, -_slope_of_decays(here, found) * np.exp(logs)

    ended = minimize(
        cost,
        np.log(problem.spec.decays),
        jac=True,
        method="L-BFGS-B",
        bounds=[tuple(np.log(span))] * len(problem.decay),
    )
    return at_decays(problem, np.exp(ended.x)), best[0]


def _slope_of_decays(problem: Problem, found: Found) -> Array:
    """Slope of the log likelihood in the decays with scaled weights held, shape (M,)."""
    w, f = expand(problem, found.at)
    raw, M = w * problem.scale[:, None], len(problem.decay)
    asked = Asked(slope=True, integral=True)
    got = kernel().cascade(problem.stream, Rates(problem.decay, raw, f), asked)
    weight = raw.sum(axis=1)[problem.cascade_of()][:, 1:]
    by_area = -(f[:, None] * got.integral_slope * weight).sum(axis=0).reshape(-1, M).sum(axis=0)
    area = problem.sums(problem.area * f[:, None]) / problem.scale
    by_scale = ((got.score - area[:, None, :]) * w)[:, :, 1:].sum(axis=(0, 1)).reshape(-1, M).sum(axis=0)
    return np.asarray(got.slope.sum(axis=0) + by_area + by_scale)


def _told(problem: Problem, found: Found) -> Fit:
    spec, M = problem.spec, len(problem.decay)
    C, D, K = len(problem.stream.until), spec.counted, spec.kinds
    w, f = expand(problem, found.at)
    weights = w[0, :, 1 : 1 + K * M].reshape(D, K, M).copy()
    factors, mean = _factors(problem, found)
    weights *= mean  # which the factors were divided by
    branching = weights.sum(axis=2)
    information, apart = _leave_one_out(problem, found)
    functional = _sums_of_weights(problem) * mean
    if C > 1:
        spread = apart @ functional.T
        se = np.sqrt((C - 1) / C * ((spread - spread.mean(axis=0)) ** 2).sum(axis=0)).reshape(D, K)
        reach = float(t.ppf(0.5 + spec.level / 2, C - 1))
    else:
        covariance = np.linalg.pinv(information, hermitian=True)
        se = np.sqrt(np.maximum(0.0, np.einsum("ar,rs,as->a", functional, covariance, functional))).reshape(D, K)
        reach = float(norm.ppf(0.5 + spec.level / 2))
    held = branching <= 0.0
    se = np.where(held, np.nan, se)
    exogenous = ~_brought(problem)
    area = problem.sums(problem.area * f[:, None])
    radius = float(np.abs(np.linalg.eigvals(branching[:, :D])).max())
    counted = problem.stream.kind < D
    return Fit(
        branching, se, np.where(held, 0.0, np.maximum(0.0, branching - reach * se)),
        np.where(held, np.inf, branching + reach * se), weights,
        np.einsum("cdp,cp->cd", w[:, :, exogenous], area[:, exogenous]), problem.decay, factors,
        found.slopes.loglik, int(counted.sum()), _tied(problem), radius, radius < 1.0, found.converged, found.steps,
        float(C - 1) if C > 1 else np.inf, problem, found, apart,
    )  # fmt: skip


def _leave_one_out(problem: Problem, found: Found) -> tuple[Array, Array]:
    """Information on the shared parameters, and one Newton step from them without each cascade."""
    each, scores = profile(problem, found)
    parameters = np.concatenate([found.at.shared.ravel(), found.at.factor])
    whole = each.sum(axis=0)
    free = np.diagonal(whole) > 0.0
    apart = np.tile(parameters, (len(each), 1))
    if len(each) > 1:
        rest = (whole - each)[:, free][:, :, free]
        ridge = 1e-9 * np.diagonal(whole)[free]
        step = np.linalg.solve(rest + np.diag(ridge), -scores[:, free, None])
        apart[:, free] += step[..., 0]
    return whole, apart


def _brought(problem: Problem) -> Flags:
    """Which features are memories of events, shape (P,)."""
    place = np.arange(len(problem.own))
    return (place > 0) & (place <= problem.spec.kinds * len(problem.decay))


def _sums_of_weights(problem: Problem) -> Array:
    """Rows that add up the shared parameters to branching, shape (D K, R)."""
    D, K, M = problem.spec.counted, problem.spec.kinds, len(problem.decay)
    shared = np.flatnonzero(~problem.own)
    out = np.zeros((D, K, D, len(shared)))
    for s, feature in enumerate(shared):
        if _brought(problem)[feature]:
            out[np.arange(D), (feature - 1) // M, np.arange(D), s] = 1.0
    return np.pad(out.reshape(D * K, -1), ((0, 0), (0, problem.part.shape[1])))


def _factors(problem: Problem, found: Found) -> tuple[Array, float]:
    """Factors with those of the parts of the day at mean 1, and what they were divided by."""
    factors = np.exp(found.at.factor)
    if problem.reference < 0:
        return factors, 1.0
    factors = np.insert(factors, problem.reference, 1.0)
    mean = float(factors[: problem.spec.parts].mean())
    factors[: problem.spec.parts] /= mean
    return factors, mean


def _tied(problem: Problem) -> float:
    stream = problem.stream
    counted = stream.kind < problem.spec.counted
    same = np.concatenate([[False], np.diff(stream.time) == 0.0])
    same[stream.row[:-1][stream.row[:-1] < len(same)]] = False
    return float((same & counted).sum() / counted.sum())
