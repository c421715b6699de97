"""What follows the brand's own replies: more posts, fewer, or nothing that can be told. Never what they cause.

Cascades are pooled; each has its own shock and steady rate, posts bring posts, and within a window after a reply everything is
multiplied by one factor r, which may be above or below 1. Posts seen in the windows less those expected at r = 1, by reply, are
the extra posts::

    extra = N_window (1 - 1 / r) / replies

with what the extra posts bring in turn left to the crowd (`total` has it). Errors are those of leaving out one cascade at a
time. Beside them stand placebo replies: as many a cascade, at times drawn from the rate that was fitted without replies, put
through the same one-step estimate; replies that merely follow the crowd look like these. What neither can tell is why the brand
replied just then: doubt brings replies, and posts.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from scipy.stats import t

from halfstep.arrivals.ascent import Found, Slopes, Weights, expand, profile, slopes
from halfstep.arrivals.cascades import Array, Cascade, Problem, Spec, pose
from halfstep.arrivals.hawkes import Fit, fit_problem
from halfstep.core.errors import MisuseError
from halfstep.native.cascade import Asked, Rates
from halfstep.native.door import kernel

__all__ = ["Followed", "Label", "followed"]

Label = Literal["more", "fewer", "nothing larger", "cannot tell"]
"""Replies were followed by more, by fewer, nothing larger than `bound`, cannot tell."""
_POWER = 0.8


@dataclass(frozen=True, slots=True, eq=False)
class Followed:
    """The verdict.

    Attributes
    ----------
    label
        "more" and "fewer" need an interval on one side of 0 and placebos that rarely show as much; "nothing larger" that even
        the far end of the interval is less than the posts that a window has anyway, so that a doubling is excluded.
    why
        Key of what stands in the way of a verdict: "one cascade" (fewer than two have replies), "no fit", "too wide",
        "placebos show as much"; "" where there is one.
    extra, low, high
        Extra posts within the window per own reply, and its interval.
    total
        With what they bring in turn; NaN where the crowd's branching is not below 1.
    usual
        Posts within a window, per reply, expected without it.
    bound
        Larger end of the interval in size.
    p_placebo
        Share of placebos at least as far from their median.
    placebo_low, placebo_high
        Ends of the central share `level` of the placebos, in posts a reply.
    smallest
        Extra posts that would be found in four of five cases.
    cascades, replies
        Cascades with replies; replies.
    caveats, needs
        Keys: "doubt brings replies" always; what would decide is "a message experiment".
    fit
        Of the crowd with the replies' factor; None where nothing was fitted.
    """

    label: Label
    why: str
    extra: float
    low: float
    high: float
    total: float
    usual: float
    bound: float
    p_placebo: float
    placebo_low: float
    placebo_high: float
    smallest: float
    cascades: int
    replies: int
    caveats: tuple[str, ...]
    needs: tuple[str, ...]
    fit: Fit | None


def followed(cascades: tuple[Cascade, ...], spec: Spec, rng: np.random.Generator, placebos: int = 199) -> Followed:
    """Judge what follows own replies.

    Parameters
    ----------
    cascades
        Kind 0 is the crowd, kind 1 an own reply.
    spec
        Decays, parts of the day, window and level are taken from it; kinds are set here, shocks are each cascade's own.
    placebos
        Sets of placebo replies.
    """
    if any(len(c.kind) and not 0 <= int(np.min(c.kind)) <= int(np.max(c.kind)) <= 1 for c in cascades):
        raise MisuseError("expected kinds 0 (the crowd) and 1 (own replies)")
    if placebos < 1 or not cascades:
        raise MisuseError("expected cascades, and placebos from 1")
    spec = replace(spec, kinds=1, counted=1, shock=True, own=True)
    crowd = tuple(_crowd(c) for c in cascades)
    replies = tuple(np.sort(np.asarray(c.time, dtype=np.float64)[np.asarray(c.kind) == 1]) for c in cascades)
    with_any = sum(len(r) > 0 for r in replies)
    blank = _blank(with_any, sum(map(len, replies)))
    if with_any < 2:
        return replace(blank, why="one cascade", needs=("more cascades", *blank.needs))
    fit = fit_problem(pose(crowd, spec, replies))
    alone = fit_problem(pose(crowd, spec))
    if not (fit.converged and alone.converged):
        return replace(blank, why="no fit", fit=fit)
    reference = _Placebos(crowd, spec, alone)
    shown = reference.effect(replies)
    drawn = np.array([reference.effect(reference.draw(replies, rng)) for _ in range(placebos)])
    return _judged(blank, fit, shown, drawn)


def _judged(blank: Followed, fit: Fit, shown: float, drawn: Array) -> Followed:
    level = fit.problem.spec.level
    extra, usual, se = _extra(fit, blank.replies)
    freedom = blank.cascades - 1
    reach = float(t.ppf(0.5 + level / 2, freedom))
    low, high = extra - reach * se, extra + reach * se
    middle = float(np.median(drawn))
    p = float((1 + (np.abs(drawn - middle) >= abs(shown - middle)).sum()) / (len(drawn) + 1))
    ends = np.quantile(drawn, [0.5 - level / 2, 0.5 + level / 2])
    n = float(fit.branching[0, 0])
    label, why = _label((low, high), usual, p <= 1.0 - level)
    return replace(
        blank, label=label, why=why, extra=extra, low=low, high=high, total=extra / (1.0 - n) if n < 1.0 else np.nan,
        usual=usual, bound=max(abs(low), abs(high)), p_placebo=p, placebo_low=float(ends[0]),
        placebo_high=float(ends[1]), smallest=(reach + float(t.ppf(_POWER, freedom))) * max(se, float(drawn.std(ddof=1))),
        fit=fit,
    )  # fmt: skip


def _label(interval: tuple[float, float], usual: float, rare: bool) -> tuple[Label, str]:
    low, high = interval
    if low > 0.0 or high < 0.0:
        if rare:
            return ("more" if low > 0.0 else "fewer"), ""
        return "cannot tell", "placebos show as much"
    return ("nothing larger", "") if max(-low, high) < usual else ("cannot tell", "too wide")


def _blank(cascades: int, replies: int) -> Followed:
    nan = float("nan")
    return Followed(
        "cannot tell", "", nan, nan, nan, nan, nan, nan, nan, nan, nan, nan, cascades, replies,
        ("doubt brings replies",), ("a message experiment",), None,
    )  # fmt: skip


def _crowd(cascade: Cascade) -> Cascade:
    mine = np.asarray(cascade.kind) == 0
    return Cascade(np.asarray(cascade.time)[mine], np.asarray(cascade.kind)[mine], cascade.duration, cascade.clock)


def _extra(fit: Fit, replies: int) -> tuple[float, float, float]:
    """Extra posts a reply, those expected without, and the standard error of leaving out cascades."""
    problem = fit.problem
    after = problem.part[:, -1]
    seen = problem.sums(problem.counts * after)
    # a window that starts at each reply: cascades without any have none
    starts = problem.sums(np.diff(after, prepend=0.0).clip(0.0))
    excess = 1.0 - np.exp(-np.append(fit.leave_one_out[:, -1], fit.found.at.factor[-1]))
    extra = float(seen.sum() * excess[-1] / replies)
    mine = starts > 0.0
    share = replies * starts / starts.sum()
    apart = (seen.sum() - seen[mine]) * excess[:-1][mine] / (replies - share[mine])
    C = int(mine.sum())
    se = float(np.sqrt((C - 1) / C * ((apart - apart.mean()) ** 2).sum()))
    return extra, float(seen.sum() / replies - extra), se


class _Placebos:
    """One-step effects of replies at any times, from the fit without any."""

    __slots__ = ("_H", "_clock", "_weights", "cascades", "fit", "spec")

    def __init__(self, cascades: tuple[Cascade, ...], spec: Spec, fit: Fit) -> None:
        self.cascades, self.spec, self.fit = cascades, spec, fit
        self._H = fit.found.slopes.H
        self._weights = fit.found.at
        self._clock = _clocks(fit)

    def effect(self, replies: tuple[Array, ...]) -> float:
        """Extra posts a reply: a Newton step of the factor from 1, every other parameter moving with it."""
        problem = pose(self.cascades, self.spec, replies)
        at = Weights(self._weights.own, self._weights.shared, np.append(self._weights.factor, 0.0))
        here = slopes(problem, at, self._H)
        information, scores = profile(problem, Found(at, here, True, 0))
        whole, g = information.sum(axis=0), scores.sum(axis=0)
        free = np.diagonal(whole) > 0.0
        if not free[-1]:
            return 0.0
        S = whole[np.ix_(free, free)]
        step = np.linalg.solve(S + 1e-9 * np.diag(np.diagonal(S)), g[free])
        return float(step[-1] * _expected(here) / max(1, sum(map(len, replies))))

    def draw(self, replies: tuple[Array, ...], rng: np.random.Generator) -> tuple[Array, ...]:
        """As many replies in each cascade, at times drawn from its own fitted rate."""
        out = []
        for mine, (time, clock) in zip(replies, self._clock, strict=True):
            out.append(np.sort(np.interp(rng.uniform(0.0, clock[-1], len(mine)), clock, time)))
        return tuple(out)


def _expected(here: Slopes) -> float:
    return float(here.pull[:, -1, -1].sum())


def _clocks(fit: Fit) -> list[tuple[Array, Array]]:
    """Times of each cascade's events and its ends, and the rate integrated up to each."""
    problem: Problem = fit.problem
    w, f = expand(problem, fit.found.at)
    stream = problem.stream
    rates = Rates(problem.decay, w * problem.scale[:, None], f)
    step = kernel().cascade(stream, rates, Asked(likelihood=False, path=True)).step[:, 0]
    area = problem.sums(problem.area * f[:, None])
    out = []
    for c, T in enumerate(stream.until):
        rows = slice(*stream.row[c : c + 2])
        end = float(area[c] @ w[c, 0])
        clock = np.concatenate([[0.0], np.cumsum(step[rows]), [end]])
        out.append((np.concatenate([[0.0], stream.time[rows], [T]]), np.maximum.accumulate(clock)))
    return out
