"""From gates to one verdict; the estimator it is taken from is chosen by placebos, never by what came after the event."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy.stats import t as student

from halfstep.core.errors import MisuseError
from halfstep.counterfactual.case import Case, Estimator
from halfstep.counterfactual.gate import Effect, Gated, effect_of
from halfstep.counterfactual.placebo import Question, case_at
from halfstep.counterfactual.windows import MAIN

__all__ = [
    "DonorChecks",
    "Judgement",
    "LeaveOneOut",
    "Suspect",
    "check_donors",
    "chosen",
    "judge",
    "label_of",
    "leave_one_out",
    "pre_trend",
]

Array = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

MOST = 20
"""Donors that are left out in turn."""
CARRIES = 0.01
"""Weight from which leaving a donor out can matter."""
RANKED = 19
"""Units from which a rank can reach 5%."""
ALPHA = 0.05


@dataclass(frozen=True, slots=True, eq=False)
class Judgement:
    """What the estimators together say.

    Attributes
    ----------
    label
        "fell", "rose", "no more than" (the effect lies within the margin), "cannot tell" or "disagree".
    estimator
        The one with the smallest spread of placebos.
    effect
        What it says, its interval widened for the choice.
    gated
        Its gate with all effects widened so: what is shown beside the label.
    against
        Those whose interval does not meet it.
    mute
        Those that have too few placebos to say anything.
    """

    label: str
    estimator: str
    effect: Effect
    gated: Gated
    against: tuple[str, ...]
    mute: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LeaveOneOut:
    """Range of the effect over fits that leave out one donor each.

    Attributes
    ----------
    lo, hi
        Ends.
    unit_lo, unit_hi
        The donors whose leaving gives them.
    tried
        How many were left out in turn.
    """

    lo: float
    hi: float
    unit_lo: int
    unit_hi: int
    tried: int


@dataclass(frozen=True, slots=True)
class Suspect:
    """A donor to which something seems to have happened at the date.

    Attributes
    ----------
    unit
        Which.
    value
        Its own gap after the date.
    weight
        What it carries in the fit of the treated unit, or None.
    p
        Of its gap over its scale against those of the other donors, times the number of donors.
    """

    unit: int
    value: float
    weight: float | None
    p: float


@dataclass(frozen=True, slots=True)
class DonorChecks:
    """What is to be known of the donors before an effect is believed.

    Attributes
    ----------
    leave_one_out
        None where no donor carries weight.
    suspects
        Donors that moved by themselves.
    """

    leave_one_out: LeaveOneOut | None
    suspects: tuple[Suspect, ...]


def judge(gates: Sequence[Gated], margin: float | None = None, contrast: str = MAIN) -> Judgement:
    """Return the verdict on a contrast.

    Parameters
    ----------
    gates
        Estimators' answers to one question.
    margin
        Effect too small to matter, on the scale of the analysis; None: the study names none.
    contrast
        Which.
    """
    best = chosen(gates, contrast)
    effect = best.effects[contrast]
    effects = {gated.estimator: gated.effects[contrast] for gated in gates}
    able = {name: e for name, e in effects.items() if np.isfinite(e.critical)}
    against = tuple(name for name, e in able.items() if e.lo > effect.hi or e.hi < effect.lo)
    return Judgement(
        label="disagree" if against else label_of(effect, margin),
        estimator=best.estimator,
        effect=effect,
        gated=best,
        against=against,
        mute=tuple(name for name in effects if name not in able),
    )


def chosen(gates: Sequence[Gated], contrast: str = MAIN) -> Gated:
    """Return the gate with the smallest spread of placebos on a contrast, its effects with the choice allowed for.

    The spread of an estimator at a unit and date is the root mean square of S over the other placebos, times the unit's
    scale there. The smallest of several spreads is too small by luck, the more so the fewer the placebos; so every placebo
    makes the choice too, from all placebos but itself, and its effect over the spread of the estimator it would have taken
    is what the event is ranked among. The gate that is returned holds those placebos, so that any other contrast of it is
    judged the same way.
    """
    if not gates:
        raise MisuseError("expected one gate or more, got none: run an estimator first")
    placebos = gates[0].fit.placebos
    if any(len(g.fit.placebos.unit) != len(placebos.unit) or g.fit.gap.shape != gates[0].fit.gap.shape for g in gates):
        raise MisuseError("expected gates of one question, got several questions: judge each by itself")
    n = len(placebos.unit)
    if not n:
        return gates[0]
    S = np.stack([g.effects[contrast].S for g in gates])
    own = np.stack([g.fit.placebos.scale for g in gates])
    spread = np.array([g.fit.scale for g in gates]) * np.sqrt((S**2).mean(axis=1))
    left = np.maximum((S**2).sum(axis=1, keepdims=True) - S**2, np.finfo(float).tiny)
    spreads = own * np.sqrt(left / max(n - 1, 1))
    best, pick = gates[int(spread.argmin())], spreads.argmin(axis=0)
    each = np.arange(n)
    scale = spreads[pick, each]
    path = np.stack([g.fit.placebos.path for g in gates])[pick, each]
    raws = np.stack([g.fit.raws for g in gates])[pick, each]
    fit = replace(
        best.fit,
        scale=float(max(spread.min(), np.finfo(float).tiny)),
        raws=raws,
        placebos=replace(best.fit.placebos, path=path, scale=scale, se=None),
    )
    effects = {
        name: replace(effect_of(fit, name, e.contrast, e.level), naive=e.naive, size=e.size)
        for name, e in best.effects.items()
    }
    return replace(best, fit=fit, effects=effects)


def label_of(effect: Effect, margin: float | None) -> str:
    """Return what an interval alone says."""
    if effect.hi < 0:
        return "fell"
    if effect.lo > 0:
        return "rose"
    if margin is not None and -margin <= effect.lo and effect.hi <= margin:
        return "no more than"
    return "cannot tell"


def pre_trend(gated: Gated) -> tuple[float, float]:
    """Return the straight-line change of the treated unit's gap before the event, and the rank of its size among placebos.

    The rank is among the units at the true date where they alone can reach 5%, else among all placebos. Of use for estimators
    that do not fit a trend away, such as differences.
    """
    placebos = gated.fit.placebos
    peers = np.abs(placebos.drift[: placebos.space] if placebos.space >= RANKED else placebos.drift)
    p = float((1 + (peers >= abs(gated.fit.drift)).sum()) / (len(peers) + 1))
    return gated.fit.drift * gated.fit.scale, p


def check_donors(question: Question, gated: Gated, estimator: Estimator, contrast: str = MAIN) -> DonorChecks:
    """Check each donor's weight in the effect, and each donor's own date."""
    weights = gated.effects[contrast].contrast
    return DonorChecks(
        leave_one_out=leave_one_out(question, estimator, gated.fit.weights, weights),
        suspects=_suspects(gated, weights),
    )


def leave_one_out(
    question: Question, estimator: Estimator, weights: Array | None, contrast: Array
) -> LeaveOneOut | None:
    """Refit without one donor at a time: those of weight, or where there are no weights those that move most alike."""
    donors = np.flatnonzero(question.donors)
    if len(donors) < 3:
        return None
    case = case_at(question, np.array([question.treated], dtype=np.int64), question.start)
    if weights is not None:
        worth = np.abs(weights[donors])
        donors, worth = donors[worth > CARRIES], worth[worth > CARRIES]
    else:
        worth = _alike(case.y[:, : question.start], question.treated, donors)
    tried = donors[np.argsort(-worth, kind="stable")[:MOST]]
    if not len(tried):
        return None
    found = np.empty(len(tried))
    for i, unit in enumerate(tried):
        mask = question.donors.copy()
        mask[unit] = False
        gap = estimator(Case(case.y, case.treated, mask, case.start, case.stop)).gap[0]
        found[i] = gap[question.start :] @ contrast
    lo, hi = int(found.argmin()), int(found.argmax())
    return LeaveOneOut(float(found[lo]), float(found[hi]), int(tried[lo]), int(tried[hi]), len(tried))


def _alike(before: Array, treated: int, donors: Ints) -> Array:
    """Return the absolute correlation of each donor's changes with those of the treated unit."""
    d = np.diff(before, axis=1)
    d = d - d.mean(axis=1, keepdims=True)
    size = np.sqrt((d**2).sum(axis=1))
    return np.asarray(np.abs(d[donors] @ d[treated]) / np.maximum(size[donors] * size[treated], np.finfo(float).tiny))


def _suspects(gated: Gated, contrast: Array) -> tuple[Suspect, ...]:
    """Return donors whose gap at the date is out of line with the other donors', Bonferroni for their number."""
    placebos = gated.fit.placebos
    J = placebos.space
    if J < 3:
        return ()
    value = placebos.path[:J] @ contrast
    S = value / placebos.scale[:J]
    rest = np.sqrt(np.maximum((S @ S - S**2) / (J - 1), np.finfo(float).tiny))
    p = np.minimum(2 * student.sf(np.abs(S) / rest, J - 1) * J, 1.0)
    weights = gated.fit.weights
    return tuple(
        Suspect(int(placebos.unit[j]), float(value[j]), None if weights is None else float(weights[placebos.unit[j]]), float(p[j]))
        for j in np.flatnonzero(p < ALPHA)
    )  # fmt: skip
