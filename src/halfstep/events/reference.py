"""The reference class: what crises of a kind have cost elsewhere, as a prior that can be switched on.

Effects are logs of seen over what would have been. Crises are taken for draws of one normal distribution: the class
says where the next one may lie (predictive interval), not where it must. Published crises are the famous ones, so the
class is no random sample of crises; the report says so wherever it is used.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import betaincinv, stdtr, stdtrit
from scipy.stats import t as student

from halfstep.core.errors import MisuseError
from halfstep.events.crises import CRISES, Crisis

__all__ = [
    "BackTest", "Left", "Member", "Mixed", "NoBasis", "Posterior", "Prior", "combine", "horizon_of", "leave_one_out",
    "mixed_effects", "of_brands", "prior_of", "reference_prior",
]  # fmt: skip

Array = npt.NDArray[np.float64]

MINIMUM = 3
"""Crises below which a class says nothing: two give a spread, but no idea of how far off it is."""
SHORT, MEDIUM = 3.0, 12.0
"""Months after the event up to which an effect is called short, and medium."""
QUANTITY = ("sales", "registrations")
DESIGNS = ("counterfactual", "model", "seasonal")
STEPS = 200
CLOSE = 1e-10


@dataclass(frozen=True, slots=True)
class NoBasis:
    """The class has no answer, and why.

    Attributes
    ----------
    why
        Key of the reason: "reference.few", "dose.few", "dose.same", "dose.scales", "dose.published".
    n, needed
        Events there are, and how many it takes.
    members
        Names of those there are.
    """

    why: str
    n: int
    needed: int
    members: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Member:
    """One crisis of a class; `se` is None where its sampling error is not known."""

    id: str
    effect: float
    se: float | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Mixed:
    """Random-effects (meta-)regression of k effects on p columns.

    Attributes
    ----------
    beta, covariance
        Coefficients (p,) and their covariance (p, p) after Knapp & Hartung, never below the plain one.
    between
        Variance between events that the columns leave.
    freedom
        k - p.
    """

    beta: Array
    covariance: Array
    between: float
    freedom: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Prior:
    """What a class of crises says of the next one.

    Attributes
    ----------
    kind, horizon
        Outcome and horizon asked for ("" for all horizons together).
    n, members
        Crises, one record each.
    mean, se
        Mean log effect and its standard error.
    sd
        Between crises. Where `weighted` is False sampling errors are not known and are inside it.
    lo, hi
        Interval of the mean (Hartung-Knapp).
    predictive_lo, predictive_hi
        Interval of the next crisis' effect.
    freedom
        Of the predictive t: n - 2 (Higgins, Thompson & Spiegelhalter 2009) where sampling errors are known, which falls
        a little short with few (92 of 100 at 95% with eight crises, in worlds); n - 1, exact for a normal sample, where
        errors are not known.
    """

    kind: str
    horizon: str
    n: int
    members: tuple[Member, ...]
    mean: float
    se: float
    sd: float
    lo: float
    hi: float
    predictive_lo: float
    predictive_hi: float
    freedom: int
    level: float
    weighted: bool

    @property
    def scale(self) -> float:
        """Scale of the predictive t."""
        return float(np.hypot(self.sd, self.se))


@dataclass(frozen=True, slots=True, kw_only=True)
class Posterior:
    """Own estimate and class together.

    Attributes
    ----------
    median, lo, hi
        Of the event's effect, at `level`.
    own
        Whether there was an own estimate; without one this is the class's prediction.
    surprise
        Probability, under the class, of an own estimate at least as far off its mean (Box 1980); 1 without one. Where
        it is small the class and the data contradict each other, and the class should be left off.
    n
        Crises of the class.
    """

    median: float
    lo: float
    hi: float
    level: float
    own: bool
    surprise: float
    n: int


@dataclass(frozen=True, slots=True)
class Left:
    """A crisis foretold from the others: log effect, and its predictive interval at each level asked for."""

    id: str
    effect: float
    lo: tuple[float, ...]
    hi: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BackTest:
    """Each crisis foretold from the others.

    Attributes
    ----------
    n, rows
        Crises, and what was foretold of each.
    levels, covered
        Nominal coverage, and crises inside.
    ranges
        95% Clopper-Pearson interval of each coverage: with few crises it is wide.
    """

    n: int
    rows: tuple[Left, ...]
    levels: tuple[float, ...]
    covered: tuple[int, ...]
    ranges: tuple[tuple[float, float], ...]


def mixed_effects(effect: Array, variance: Array, columns: Array, method: str = "REML") -> Mixed:
    """Fit ``effect = columns @ beta + between + sampling error``.

    Parameters
    ----------
    effect, variance
        Shape (k,): estimates and their sampling variances.
    columns
        Shape (k, p); a column of ones for a plain mean.
    method
        "REML" (Fisher scoring from several starts) or "DL", the moment estimator of DerSimonian & Laird (1986).

    Notes
    -----
    Knapp & Hartung (2003): covariance scaled by the mean squared standardised residual, t with k - p degrees of freedom;
    the scale is kept at one or above (Roever, Knapp & Friede 2015), lest few and unequal studies look surer than their
    own errors allow.
    """
    k, p = columns.shape
    if k <= p or variance.shape != (k,) or np.any(variance < 0) or method not in ("REML", "DL"):
        raise MisuseError(
            f"expected more effects than columns and variances >= 0, got {k} effects, {p} columns, {method}"
        )
    between = _moment(effect, variance, columns)
    if method == "REML":
        starts = {0.0, between, float(np.var(effect))}
        found = [_scoring(start, effect, variance, columns) for start in sorted(starts)]
        between = max(found, key=lambda tau2: _likelihood(tau2, effect, variance, columns))
    weight = 1 / np.maximum(variance + between, CLOSE)
    plain = np.linalg.inv(columns.T @ (weight[:, None] * columns))
    beta = plain @ columns.T @ (weight * effect)
    residual = effect - columns @ beta
    scale = max(1.0, float((weight * residual**2).sum()) / (k - p))
    return Mixed(beta, scale * plain, between, k - p)


def prior_of(members: Sequence[Member], kind: str = "", horizon: str = "", level: float = 0.95) -> Prior | NoBasis:
    """Summarise a class; refused below `MINIMUM` members.

    Members whose sampling error is unknown cannot be weighted: if one is, all count alike and the spread between them
    contains their errors.
    """
    names = tuple(m.id for m in members)
    if len(members) < MINIMUM:
        return NoBasis("reference.few", len(members), MINIMUM, names)
    n, effect = len(members), np.array([m.effect for m in members])
    errors = [m.se for m in members if m.se is not None]
    weighted = len(errors) == n
    if weighted:
        fit = mixed_effects(effect, np.array(errors) ** 2, np.ones((n, 1)))
        mean, se, sd = float(fit.beta[0]), float(np.sqrt(fit.covariance[0, 0])), float(np.sqrt(fit.between))
    else:
        mean, sd = float(effect.mean()), float(effect.std(ddof=1))
        se = sd / float(np.sqrt(n))
    freedom = n - 2 if weighted else n - 1
    near = float(stdtrit(n - 1, 0.5 + level / 2)) * se
    far = float(stdtrit(freedom, 0.5 + level / 2) * np.hypot(sd, se))
    return Prior(
        kind=kind, horizon=horizon, n=n, members=tuple(members), mean=mean, se=se, sd=sd, lo=mean - near, hi=mean + near,
        predictive_lo=mean - far, predictive_hi=mean + far, freedom=freedom, level=level, weighted=weighted,
    )  # fmt: skip


def horizon_of(months: tuple[float, float] | None) -> str:
    """Return "short", "medium", "long" by the last month averaged over; "" where that is not known."""
    if months is None:
        return ""
    return "short" if months[1] <= SHORT else "medium" if months[1] <= MEDIUM else "long"


def of_brands(names: Iterable[str], crises: Sequence[Crisis] = CRISES) -> frozenset[str]:
    """Return the events that are about brands of these names: a study may not be judged by its own case."""
    wanted = [rf"(?<!\w){re.escape(name)}(?!\w)" for name in names if name]
    return frozenset(c.event for c in crises if any(re.search(w, c.brand, flags=re.IGNORECASE) for w in wanted))


def reference_prior(
    kind: str,
    horizon: str = "",
    exclude: Collection[str] = (),
    *,
    whose: str = "own",
    crises: Sequence[Crisis] = CRISES,
    unverified: bool = False,
    level: float = 0.95,
) -> Prior | NoBasis:
    """Return the class of published crises for an outcome and a horizon.

    Parameters
    ----------
    kind
        "quantity" (sales and registrations), or one outcome of `Crisis`.
    horizon
        "short" (to 3 months), "medium" (to 12), "long"; "" for all together, those of unknown horizon as well.
    exclude
        Events to leave out: the study's own, see `of_brands`.
    whose
        "own" or "spill-over".
    unverified
        Let figures in that nobody could check.

    Notes
    -----
    One record an event, the earliest horizon first; categories and plain comparisons with the year before are left out.
    """
    wanted = QUANTITY if kind == "quantity" else (kind,)
    chosen: dict[str, Crisis] = {}
    for c in sorted(crises, key=lambda c: c.months[1] if c.months else np.inf):
        fits = c.outcome in wanted and c.whose == whose and c.unit != "category" and c.design in DESIGNS
        sure = unverified or c.verified != "unverified"
        if fits and sure and c.event not in exclude and horizon in ("", horizon_of(c.months)):
            chosen.setdefault(c.event, c)
    members = sorted((Member(c.id, c.effect, c.se) for c in chosen.values()), key=lambda m: m.id)
    return prior_of(members, kind, horizon, level)


def combine(
    prior: Prior, effect: float | None, se: float | None, *, freedom: float | None = None, level: float = 0.95
) -> Posterior:
    """Return what class and own data say together; with no own estimate, the class's prediction.

    The class enters as its predictive t; the own estimate as a normal likelihood, or a t one if `freedom` is given.
    """
    ends = np.array([0.5 - level / 2, 0.5, 0.5 + level / 2])
    if effect is None or se is None or not np.isfinite(se):
        lo, median, hi = (prior.mean + prior.scale * stdtrit(prior.freedom, ends)).tolist()
        return Posterior(median=median, lo=lo, hi=hi, level=level, own=False, surprise=1.0, n=prior.n)
    if se <= 0 or prior.scale <= 0:
        raise MisuseError(f"expected a standard error and a spread above zero, got {se} and {prior.scale}")
    wide = prior.mean + prior.scale * stdtrit(prior.freedom, np.linspace(1e-5, 1 - 1e-5, 4001))
    x = np.unique(np.concatenate([wide, effect + se * np.linspace(-12, 12, 4001)]))
    own = student.logpdf(x, freedom, effect, se) if freedom is not None else -0.5 * ((x - effect) / se) ** 2
    log = own + student.logpdf(x, prior.freedom, prior.mean, prior.scale)
    density = np.exp(log - log.max())
    mass = np.concatenate([[0.0], np.cumsum(np.diff(x) * (density[1:] + density[:-1]) / 2)])
    lo, median, hi = np.interp(ends, mass / mass[-1], x).tolist()
    away = abs(effect - prior.mean) / float(np.hypot(prior.scale, se))
    surprise = float(2 * stdtr(prior.freedom, -away))
    return Posterior(median=median, lo=lo, hi=hi, level=level, own=True, surprise=surprise, n=prior.n)


def leave_one_out(members: Sequence[Member], levels: tuple[float, ...] = (0.8, 0.9)) -> BackTest | NoBasis:
    """Foretell each crisis from the others; refused below one member more than a class needs."""
    if len(members) <= MINIMUM:
        return NoBasis("reference.few", len(members), MINIMUM + 1, tuple(m.id for m in members))
    rows = []
    for i, member in enumerate(members):
        prior = prior_of([*members[:i], *members[i + 1 :]])
        assert isinstance(prior, Prior)
        scale = np.hypot(prior.scale, member.se if prior.weighted and member.se is not None else 0.0)
        half = scale * stdtrit(prior.freedom, 0.5 + np.array(levels) / 2)
        rows.append(
            Left(member.id, member.effect, tuple((prior.mean - half).tolist()), tuple((prior.mean + half).tolist()))
        )
    covered = tuple(sum(r.lo[j] <= r.effect <= r.hi[j] for r in rows) for j in range(len(levels)))
    ranges = tuple(_clopper(c, len(rows)) for c in covered)
    return BackTest(n=len(rows), rows=tuple(rows), levels=levels, covered=covered, ranges=ranges)


def _clopper(k: int, n: int) -> tuple[float, float]:
    """Return the 95% Clopper-Pearson interval of k out of n."""
    lo = 0.0 if k == 0 else float(betaincinv(k, n - k + 1, 0.025))
    return lo, 1.0 if k == n else float(betaincinv(k + 1, n - k, 0.975))


def _projector(tau2: float, variance: Array, columns: Array) -> Array:
    """Return P, which takes the columns out with weights 1 / (variance + tau2); shape (k, k)."""
    weight = 1 / np.maximum(variance + tau2, CLOSE)
    inner = np.linalg.inv(columns.T @ (weight[:, None] * columns))
    spread = weight[:, None] * columns
    out: Array = np.diag(weight) - spread @ inner @ spread.T
    return out


def _moment(effect: Array, variance: Array, columns: Array) -> float:
    """Return the variance between events by DerSimonian & Laird's moment."""
    P = _projector(0.0, variance, columns)
    k, p = columns.shape
    return float(max(0.0, (float(effect @ P @ effect) - (k - p)) / float(np.trace(P))))


def _likelihood(tau2: float, effect: Array, variance: Array, columns: Array) -> float:
    """Return the restricted log-likelihood, up to a constant."""
    total = np.maximum(variance + tau2, CLOSE)
    inner = columns.T @ (columns / total[:, None])
    residual = float(effect @ _projector(tau2, variance, columns) @ effect)
    return -0.5 * (float(np.log(total).sum()) + float(np.linalg.slogdet(inner)[1]) + residual)


def _scoring(tau2: float, effect: Array, variance: Array, columns: Array) -> float:
    """Climb the restricted likelihood by Fisher scoring, never below zero."""
    height = _likelihood(tau2, effect, variance, columns)
    for _ in range(STEPS):
        P = _projector(tau2, variance, columns)
        out = P @ effect
        step = float(out @ out - np.trace(P)) / float((P * P).sum())
        for _ in range(40):
            there = max(0.0, tau2 + step)
            higher = _likelihood(there, effect, variance, columns)
            if higher >= height or abs(there - tau2) < CLOSE:
                break
            step /= 2
        if higher <= height + CLOSE:
            break
        tau2, height = there, higher
    return tau2
