"""The gate: an effect is told from placebos of the same estimator on the same panel, or not at all.

An effect is a weighted sum of the gap after the date; over the unit's scale it is ``S``. With n placebos, J of them at the
true date, an interval of level 1 - a is ``effect +- critical x scale`` where ``critical`` is the largest of

- the ``ceil((n + 1)(1 - a))``-th smallest |S| over all placebos, infinite where there are too few;
- the same over the J units at the true date alone, where J allows it: whatever struck all units at that date is in it;
- Student's t of J degrees of freedom times the root mean square of their S;
- Student's t times the root mean square of all S, with as many degrees of freedom as there are units at the true date plus
  windows at fake dates that do not overlap.

The p-value is ``(1 + #{|S| >= |S of the event|}) / (n + 1)``, or that at the true date alone where it is larger and could
have been small enough: it is never below 1 / (J + 1). The minimum detectable effect is the one whose interval excludes zero
with a chance of 80%, S drawn from the placebos. Pooled ranks alone call a shock that struck all units by chance in a quarter
of such worlds: hence the largest of the four.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.stats import t as student

from halfstep.counterfactual.case import Estimator
from halfstep.counterfactual.placebo import Question, Refits, refits
from halfstep.counterfactual.windows import MAIN, contrasts_of

__all__ = ["POWER", "Effect", "Gated", "Question", "critical_value", "effect_of", "gate", "power_at"]

Array = npt.NDArray[np.float64]

POWER = 0.8
NOMINAL = 0.05
"""Nominal size at which an estimator's own interval is tried."""
CURVE = 21


@dataclass(frozen=True, slots=True, eq=False)
class Effect:
    """One contrast of the gap after the date.

    Attributes
    ----------
    name, contrast
        What it is called, and its weights over the periods asked about.
    value, lo, hi, level
        Estimate and interval of a level; infinite where the placebos are too few.
    p, p_space, p_time
        Randomisation p-values over all placebos (see the module), those at the true date, and those at fake dates; None where
        there are none. The interval is never narrower than they allow, so it may hold zero where `p` is small.
    critical, scale
        The interval's half-width is their product.
    naive
        Half-width of the estimator's own interval of 95%: from its standard errors, taken to move together, where it has
        them, else from gaps before the date, as if they were independent.
    size
        Share of placebos that such intervals would have called an effect; None without placebos.
    mde
        Effect found with a chance of 80%; infinite where none is.
    curve
        Effects and the chance to find them; shape (2, 21).
    S
        The placebos' effects over their scales; shape (n,).
    """

    name: str
    contrast: Array
    value: float
    lo: float
    hi: float
    level: float
    p: float
    p_space: float | None
    p_time: float | None
    critical: float
    scale: float
    naive: float
    size: float | None
    mde: float
    curve: Array
    S: Array


@dataclass(frozen=True, slots=True, eq=False)
class Gated:
    """What one estimator says of an event, judged by its placebos.

    Attributes
    ----------
    estimator
        Its name.
    fit
        The real fit and its placebos: enough to gate another contrast with `effect_of`.
    effects
        By name of the contrast.
    floor
        1 / (J + 1): no p-value from the units at the true date can be smaller.
    units, windows, placebos
        Units at the true date, fake windows that do not overlap, placebos in all.
    """

    estimator: str
    fit: Refits
    effects: dict[str, Effect]
    floor: float
    units: int
    windows: int
    placebos: int

    @property
    def main(self) -> Effect:
        """The average effect."""
        return self.effects[MAIN]


def gate(question: Question, estimator: Estimator, name: str) -> Gated:
    """Fit an event and its placebos, and judge the usual contrasts."""
    fit = refits(question, estimator)
    asked = contrasts_of(question.stop - question.start)
    return Gated(
        estimator=name,
        fit=fit,
        effects={key: effect_of(fit, key, weights, question.level) for key, weights in asked.items()},
        floor=1.0 / (fit.placebos.space + 1),
        units=fit.placebos.space,
        windows=fit.placebos.windows,
        placebos=len(fit.placebos.unit),
    )


def effect_of(fit: Refits, name: str, contrast: Array, level: float = 0.95) -> Effect:
    """Judge one contrast of a fit."""
    placebos = fit.placebos
    value = float(fit.gap[-len(contrast) :] @ contrast)
    S = placebos.path @ contrast / placebos.scale
    at, away = np.abs(S[: placebos.space]), np.abs(S[placebos.space :])
    critical = critical_value(np.abs(S), placebos.space, placebos.windows, level)
    mde = _detectable(S, critical) * fit.scale
    seen = abs(value) / fit.scale
    naive, size = _naive(fit, contrast)
    p, p_space = _rank(seen, np.abs(S)), _rank(seen, at) if len(at) else None
    return Effect(
        name=name,
        contrast=contrast,
        value=value,
        lo=value - critical * fit.scale,
        hi=value + critical * fit.scale,
        level=level,
        p=max(p, p_space) if p_space is not None and np.isfinite(_quantile(at, 1 - level)) else p,
        p_space=p_space,
        p_time=_rank(seen, away) if len(away) else None,
        critical=critical,
        scale=fit.scale,
        naive=naive,
        size=size,
        mde=mde,
        curve=_curve(S, critical, fit.scale, mde),
        S=S,
    )


def critical_value(S: Array, space: int, windows: int, level: float = 0.95) -> float:
    """Return the critical value from the |S| of placebos, those at the true date first; see the module."""
    alpha = 1 - level
    found = [_quantile(S, alpha), _student(S, space + windows, alpha)]
    if space:
        found.append(_student(S[:space], space, alpha))
    if np.isfinite(at := _quantile(S[:space], alpha)):
        found.append(at)
    return max(found)


def _quantile(S: Array, alpha: float) -> float:
    rank = int(np.ceil((len(S) + 1) * (1 - alpha) - 1e-9))
    return float(np.sort(S)[rank - 1]) if rank <= len(S) else np.inf


def _student(S: Array, freedom: int, alpha: float) -> float:
    if not len(S):
        return np.inf
    return float(student.ppf(1 - alpha / 2, freedom) * np.sqrt((S**2).mean()))


def _rank(seen: float, S: Array) -> float:
    return float((1 + (seen <= S).sum()) / (len(S) + 1))


def _chance(S: Array, critical: float, shift: float) -> float:
    """Return P(|S + shift| > critical), either sign of S being as likely."""
    return float(((np.abs(S + shift) > critical).mean() + (np.abs(S - shift) > critical).mean()) / 2)


def _detectable(S: Array, critical: float) -> float:
    """Return the least shift that is found with the chance wanted."""
    if not np.isfinite(critical):
        return np.inf
    both = np.sort(np.concatenate([S, -S]))
    rank = int(np.floor((1 - POWER) * len(both)))
    return float(max(critical - both[rank], 0.0))


def _curve(S: Array, critical: float, scale: float, mde: float) -> Array:
    if not np.isfinite(mde):
        return np.zeros((2, CURVE))
    shifts = np.linspace(0.0, 2.0 * mde / scale, CURVE)
    return np.array([shifts * scale, [_chance(S, critical, s) for s in shifts]])


def power_at(effect: Effect, size: float) -> float:
    """Return the chance that an effect of a size would be found."""
    if not np.isfinite(effect.critical):
        return 0.0
    return _chance(effect.S, effect.critical, size / effect.scale)


def _naive(fit: Refits, contrast: Array) -> tuple[float, float | None]:
    """Return the half-width of the estimator's own interval, and the share of placebos outside theirs."""
    placebos = fit.placebos
    start = len(fit.gap) - len(contrast)
    if (fit.se is None) != (placebos.se is None):
        return np.inf, None  # placebos of several estimators (`chosen`) have no interval of their own
    if fit.se is None or placebos.se is None:
        spread = float(np.sqrt((contrast**2).sum()))
        lengths = np.append(start, placebos.start)
        scale = np.append(fit.raw, fit.raws) * np.sqrt(lengths / np.maximum(lengths - 1, 1))
        half = student.ppf(1 - NOMINAL / 2, np.maximum(lengths - 1, 1)) * scale * spread
    else:
        se = np.concatenate([fit.se[None, :], placebos.se])
        half = student.ppf(1 - NOMINAL / 2, np.inf) * se[:, contrast != 0] @ np.abs(contrast[contrast != 0])
    beyond = np.abs(placebos.path @ contrast) > half[1:]
    return float(half[0]), float(beyond.mean()) if len(beyond) else None
