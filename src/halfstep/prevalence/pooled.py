"""Shares by period where too few of each period were read by people: the reader's errors are taken from all periods.

Model: a period's share is what its mean score says (adjusted count, mean scores of both classes pooled over periods) plus a
deviation with mean zero and variance tau^2 over periods, for the reader's errors may change with the time. A period's own
audit says the same with sampling error v; the two are weighed by Bayes' rule, tau integrated out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr
from scipy.stats import f as fisher
from scipy.stats import t as student

from halfstep.core.errors import MisuseError
from halfstep.prevalence.adjusted import unread
from halfstep.prevalence.calibrate import ClassMeans, class_means
from halfstep.prevalence.ppi import FEWEST, share
from halfstep.prevalence.records import Array, Audit, Share, Tally, Unsaid, join

__all__ = ["PERIODS", "Constancy", "Pooled", "pooled_reading", "shares_over_time"]

PERIODS = 5
"""Periods with an audit from which deviations are judged: the two mean scores use up two, and an even prior on tau needs
three more (Gelman 2006)."""
TAUS = np.linspace(0.0, 0.5, 101)
"""Grid of tau: no share deviates by more than half on average."""
HALVINGS = 50


@dataclass(frozen=True, slots=True)
class Constancy:
    """Whether the reader errs the same in every period.

    Attributes
    ----------
    q, freedom, p
        Cochran's Q of the periods' deviations, its degrees of freedom, and the chance of as much if errors are constant.
    tau
        Standard deviation of the deviations over periods (DerSimonian & Laird 1986), in shares.
    found
        Smallest such deviation that the test at 5% finds in four of five cases.
    """

    q: float
    freedom: int
    p: float
    tau: float
    found: float


@dataclass(frozen=True, slots=True, eq=False)
class Pooled:
    """Pooled shares by period.

    Attributes
    ----------
    shares
        By period.
    constancy
        Whether errors are constant.
    errors
        Mean scores of both classes over all periods.
    slope
        Slope of y on f within periods.
    residual
        Variance of y about that line within periods.
    """

    shares: tuple[Share | Unsaid, ...]
    constancy: Constancy
    errors: ClassMeans
    slope: float
    residual: float


def shares_over_time(
    tallies: tuple[Tally, ...], audits: tuple[Audit, ...], level: float, fewest: int
) -> list[Share | Unsaid]:
    """Return the share by period: PPI++ where a period has `fewest` audit labels, else pooled over periods.

    Parameters
    ----------
    tallies, audits
        By period; an audit may be empty.
    level
        Coverage of the intervals.
    fewest
        Audit labels from which a period speaks for itself, and below which all periods together are too thin.

    Returns
    -------
    list
        Of `Share` (way "ppi", "pooled", ...) or `Unsaid`, whose fact "more" is the number of further hand-read posts.
    """
    if len(tallies) != len(audits):
        raise MisuseError(f"expected a tally and an audit of each period, got {len(tallies)} and {len(audits)}")
    own = [a.m >= min(fewest, t.n) or t.n == 0 for t, a in zip(tallies, audits, strict=True)]
    pooled: Pooled | Unsaid | None = None if all(own) else pooled_reading(tallies, audits, level, fewest)
    found: list[Share | Unsaid] = []
    for t, (tally, audit) in enumerate(zip(tallies, audits, strict=True)):
        if own[t]:
            found.append(share(tally, audit, level, max(FEWEST, fewest)))
        elif isinstance(pooled, Pooled):
            found.append(pooled.shares[t])
        elif pooled is not None:
            facts = {"audited": audit.m, "fewest": fewest} | dict(pooled.facts) | {"own": fewest - audit.m}
            found.append(Unsaid(pooled.reason, pooled.needs, tuple(facts.items())))
    return found


def pooled_reading(tallies: tuple[Tally, ...], audits: tuple[Audit, ...], level: float, fewest: int) -> Pooled | Unsaid:
    """Return pooled shares of all periods, with the test that pooling rests on.

    Returns
    -------
    Pooled | Unsaid
        Unsaid "few audited" (fewer than `fewest` in all), "constancy untested" (an audit in fewer than five periods),
        "one class", "reader blind" (the mean scores of the classes are not apart by their error at this level).
    """
    evened = [Audit(a.f, a.y, a.weight / a.weight.mean()) for a in audits if a.m]
    every = join(evened)
    if every.m < fewest:
        facts = (("audited", every.m), ("fewest", fewest), ("more", fewest - every.m))
        return Unsaid("few audited", ("audit labels",), facts)
    if len(evened) < PERIODS:
        thin = (("periods", len(evened)), ("more", PERIODS - len(evened)))
        return Unsaid("constancy untested", ("audit labels of more periods",), thin)
    errors = class_means(every)
    refused = unread(every, errors)
    if refused is not None:
        return refused
    apart = errors.yes - errors.no
    quantile = float(student.ppf((1 + level) / 2, every.m - 2))
    if abs(apart) <= quantile * np.sqrt(errors.yes_variance + errors.no_variance):
        facts_of = (("audited", float(every.m)), ("mean score of the class", errors.yes), ("of the rest", errors.no))
        return Unsaid("reader blind", ("another reader", "audit labels"), facts_of)
    slope, residual = _within(evened)
    deviations, variances = _deviations(tallies, audits, errors, slope, residual)
    constancy = _constancy(deviations, variances, every.m - len(evened) - 1)
    shares = _weighed(tallies, audits, (errors, constancy, deviations, variances), level)
    return Pooled(tuple(shares), constancy, errors, slope, residual)


def _within(audits: list[Audit]) -> tuple[float, float]:
    """Return the slope of y on f within periods, and the variance of y about it."""
    f, y, w = [], [], []
    for a in audits:
        f.append(a.f - a.weight @ a.f / a.weight.sum())
        y.append(a.y - a.weight @ a.y / a.weight.sum())
        w.append(a.weight)
    f_all, y_all, w_all = (np.concatenate(parts) for parts in (f, y, w))
    spread = float(w_all @ f_all**2)
    slope = float(w_all @ (f_all * y_all)) / spread if spread > 0 else 0.0
    left = len(y_all) - len(audits) - 1
    unseen = 1.0  # half an observation on either side, as in ppi
    squares = float(w_all @ (y_all - slope * f_all) ** 2) + unseen
    return slope, squares / max(left, 1)


def _deviations(
    tallies: tuple[Tally, ...], audits: tuple[Audit, ...], errors: ClassMeans, slope: float, residual: float
) -> tuple[Array, Array]:
    """Return each period's own estimate less the adjusted count, and its sampling variance (infinite without an audit)."""
    away, variance = np.zeros(len(audits)), np.full(len(audits), np.inf)
    for t, (tally, a) in enumerate(zip(tallies, audits, strict=True)):
        if a.m and tally.n:
            w = a.weight / a.weight.sum()
            own = w @ a.y + slope * (tally.mean - w @ a.f)
            away[t] = own - (tally.mean - errors.no) / (errors.yes - errors.no)
            variance[t] = residual / a.worth * max(1 - a.m / tally.n, 1 / tally.n)
    return away, variance


def _constancy(away: Array, variance: Array, left: int) -> Constancy:
    """Return Cochran's Q and the variance that it leaves over what sampling explains.

    The sampling variance is estimated with `left` degrees of freedom: Q over its own is held against F.
    """
    told = np.isfinite(variance)
    w, freedom = 1 / variance[told], int(told.sum()) - 2
    q = float(w @ away[told] ** 2)
    scale = float(w.sum() - (w**2).sum() / w.sum())
    tau = float(np.sqrt(max(q - freedom, 0.0) / scale))
    # Under deviations of variance s^2, Q is about (1 + s^2 scale / freedom) times its null distribution.
    ratio = float(fisher.ppf(0.95, freedom, left) / fisher.ppf(0.2, freedom, left))
    found = float(np.sqrt(max(ratio - 1, 0.0) * freedom / scale))
    return Constancy(q, freedom, float(fisher.sf(q / freedom, freedom, left)), tau, found)


def _weighed(
    tallies: tuple[Tally, ...],
    audits: tuple[Audit, ...],
    parts: tuple[ClassMeans, Constancy, Array, Array],
    level: float,
) -> list[Share | Unsaid]:
    """Weigh each period's own estimate against the adjusted count P, over all tau that the deviations D allow.

    Given tau ``theta`` is normal around ``P + (1 - B) D`` with variance ``(1 - B) v + B^2 C``, ``B = v / (v + tau^2)``; C is
    the variance of P that all periods share. Without an audit of the period it is normal around P with ``tau^2 + C``. The
    interval is that of the mixture over tau.
    """
    errors, constancy, away, variance = parts
    apart, likely = errors.yes - errors.no, _chances_of_tau(away, variance)
    found: list[Share | Unsaid] = []
    for tally, audit, d, v in zip(tallies, audits, away, variance, strict=True):
        if tally.n == 0:
            found.append(Unsaid("empty", ("utterances",), (("audited", audit.m),)))
            continue
        counted = (tally.mean - errors.no) / apart
        inside = min(max(counted, 0.0), 1.0)
        common = inside**2 * errors.yes_variance + (1 - inside) ** 2 * errors.no_variance
        common = (common + tally.variance / tally.n) / apart**2
        kept = 1 / (1 + TAUS**2 / v)
        centre = counted + (1 - kept) * d
        spread = ((1 - kept) * v if np.isfinite(v) else TAUS**2) + kept**2 * common
        value = float(likely @ centre)
        se = float(np.sqrt(likely @ (spread + (centre - value) ** 2)))
        ends = [_quantile(centre, np.sqrt(spread), likely, (1 + side * level) / 2) for side in (-1, 1)]
        value, lo, hi = (min(max(end, 0.0), 1.0) for end in (value, *ends))
        way, freedom = "pooled", float(constancy.freedom)
        found.append(Share(value, min(lo, value), max(hi, value), se, tally.n, audit.m, 1 / apart, way, level, freedom))
    return found


def _chances_of_tau(away: Array, variance: Array) -> Array:
    """Return the posterior of tau on its grid, shape (K,), under an even prior (Gelman 2006, for few groups)."""
    told = np.isfinite(variance)
    total = variance[told] + TAUS[:, None] ** 2
    logs = -0.5 * (np.log(total) + away[told] ** 2 / total).sum(axis=1)
    chances = np.exp(logs - logs.max())
    return np.asarray(chances / chances.sum())


def _quantile(centre: Array, spread: Array, weight: Array, chance: float) -> float:
    """Return a quantile of a mixture of normals by halving."""
    lo, hi = float((centre - 9 * spread).min()), float((centre + 9 * spread).max())
    for _ in range(HALVINGS):
        middle = (lo + hi) / 2
        lo, hi = (middle, hi) if float(weight @ ndtr((middle - centre) / spread)) < chance else (lo, middle)
    return (lo + hi) / 2
