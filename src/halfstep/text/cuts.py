"""From margins to answers: probabilities (Platt), where to say yes, and the answers themselves."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from halfstep.text.heads import Heads

__all__ = ["Cuts", "Floats", "Truths", "answered", "answers", "cuts_of", "family", "micro", "platt"]

Floats = npt.NDArray[np.float64]
Truths = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Cuts:
    """Where heads say yes.

    Attributes
    ----------
    slope, offset
        Of Platt's curve, shape (H,).
    cut
        Margin from which a head says yes, shape (H,).
    best
        Whether a text of which no head of the family says yes takes the likeliest one, shape (H,), the same within a family.
    """

    slope: Floats
    offset: Floats
    cut: Floats
    best: Truths


def family(name: str) -> str:
    """Return what a head is one of several of: "touchpoint" of "touchpoint.price", "own" of "own"."""
    return name.partition(".")[0]


def platt(margin: Floats, yes: Truths) -> tuple[float, float]:
    """Return slope and offset of ``P(yes) = 1 / (1 + exp(-(slope margin + offset)))``.

    Newton's method on targets drawn in by one count each, so that a head that errs nowhere is still not certain
    (Platt 1999; Lin, Lin & Weng 2007). A head that orders texts no better than by lot gets a slope of zero.
    """
    n, found = len(yes), int(yes.sum())
    target = np.where(yes, (found + 1) / (found + 2), 1 / (n - found + 2))
    spread = float(margin.std())
    if n == 0 or spread == 0:
        rate = float(target.mean()) if n else 0.5
        return 0.0, float(np.log(rate / (1 - rate)))
    x = np.column_stack([(margin - margin.mean()) / spread, np.ones(n)])
    rate = float(target.mean())
    theta = np.array([0.0, np.log(rate / (1 - rate))])
    loss = _loss(x @ theta, target)
    for _ in range(100):
        p = 1 / (1 + np.exp(-np.clip(x @ theta, -500, 500)))
        slope = x.T @ (p - target)
        step = np.linalg.solve((x * (p * (1 - p))[:, None]).T @ x + 1e-9 * np.eye(2), slope)
        size = 1.0
        while size > 1e-6 and _loss(x @ (theta - size * step), target) > loss:
            size /= 2
        theta = theta - size * step
        before, loss = loss, _loss(x @ theta, target)
        if before - loss <= 1e-9 * (1 + abs(loss)):
            break
    if theta[0] <= 0:
        return 0.0, float(np.log(rate / (1 - rate)))
    a = float(theta[0]) / spread
    return a, float(theta[1]) - a * float(margin.mean())


def _loss(z: Floats, target: Floats) -> float:
    return float((np.logaddexp(0, z) - target * z).sum())


def micro(said: Truths, yes: Truths, counts: Truths) -> float:
    """Return micro-averaged F1 over the answers that count; zero where there is nothing to find and nothing is said."""
    both = int((said & yes & counts).sum())
    either = int((said & counts).sum()) + int((yes & counts).sum())
    return 2 * both / either if either else 0.0


def cuts_of(margins: Floats, targets: Floats, names: tuple[str, ...]) -> Cuts:
    """Return where heads say yes, learnt on margins of texts that the weights were not learnt on.

    Heads of one family share a probability from which they say yes, the one with the highest micro-averaged F1: at the optimum
    all heads have the same (Lipton, Elkan & Naryanaswamy 2014), so one figure is chosen, not one a head.

    Parameters
    ----------
    margins, targets
        Shape (n, H); targets 1, 0, or NaN where nobody said.
    """
    known, H = np.isfinite(targets), len(names)
    slope, offset = np.zeros(H), np.zeros(H)
    for h in range(H):
        some = known[:, h]
        slope[h], offset[h] = platt(margins[some, h], targets[some, h] > 0)
    cut, best = np.zeros(H), np.zeros(H, dtype=np.bool_)
    p = _probability(margins, slope, offset)
    for heads in _families(names):
        level, best[heads] = _level(p[:, heads], targets[:, heads] > 0, known[:, heads])
        for h in heads:
            reached = slope[h] > 0
            cut[h] = (np.log(level / (1 - level)) - offset[h]) / slope[h] if reached else np.inf
    return Cuts(slope, offset, cut, best)


def answered(margins: Floats, cuts: Cuts, names: tuple[str, ...]) -> Truths:
    """Return which heads say yes, shape (n, H)."""
    said: Truths = margins >= cuts.cut
    p = _probability(margins, cuts.slope, cuts.offset)
    for heads in _families(names):
        if cuts.best[heads[0]]:
            said[:, heads] = _with_best(said[:, heads], p[:, heads])
    return said


def answers(heads: Heads, margins: npt.ArrayLike) -> Truths:
    """Return which heads say yes to texts of these margins, shape (n, H), as their card says."""
    best = np.array([bool(heads.card.get(f"best {family(name)}", 0)) for name in heads.names])
    cuts = Cuts(heads.slope, heads.offset, heads.cut, best)
    return answered(np.asarray(margins, dtype=np.float64), cuts, heads.names)


def _families(names: tuple[str, ...]) -> list[list[int]]:
    kinds = dict.fromkeys(family(name) for name in names)
    return [[h for h, name in enumerate(names) if family(name) == kind] for kind in kinds]


def _probability(margins: Floats, slope: Floats, offset: Floats) -> Floats:
    found: Floats = 1 / (1 + np.exp(-np.clip(slope * margins + offset, -500, 500)))
    return found


def _with_best(said: Truths, p: Floats) -> Truths:
    """Return answers in which a text without any takes its likeliest head."""
    said = said.copy()
    none = np.flatnonzero(~said.any(1))
    said[none, p[none].argmax(1)] = True
    return said


def _level(p: Floats, yes: Truths, known: Truths) -> tuple[float, bool]:
    """Return the probability from which a family says yes, and whether the likeliest head stands in where none does."""
    levels = np.arange(1, 100) / 100
    found = [(micro(p >= level, yes, known), False, float(level)) for level in levels]
    if p.shape[1] > 1:
        found += [(micro(_with_best(p >= level, p), yes, known), True, float(level)) for level in levels]
    top = max(f1 for f1, _, _ in found)
    _, best, level = next(one for one in found if one[0] == top)
    return level, best
