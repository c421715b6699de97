"""How well heads read, and how well one coder reads as another does: F1, precision, recall, order, with intervals by group."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
import numpy.typing as npt
from scipy.stats import rankdata

from halfstep.text.cuts import Floats, Truths

__all__ = ["HeadScore", "Interval", "Scores", "against", "order", "scores"]

Places = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Interval:
    """A figure and where it would lie with other texts of the same kind; NaN where there is nothing to tell it from."""

    value: float
    lo: float
    hi: float


@dataclass(frozen=True, slots=True)
class HeadScore:
    """How well one head reads.

    Attributes
    ----------
    texts, yes, said
        Texts with a label, those labelled yes, those of which the head says yes.
    f1, precision, recall
        Of the answers.
    order
        Chance that a text labelled yes has a higher margin than one labelled no (area under the ROC curve); None without margins.
    """

    name: str
    texts: int
    yes: int
    said: int
    f1: Interval
    precision: Interval
    recall: Interval
    order: Interval | None

    @property
    def reads(self) -> bool:
        """Whether it orders texts better than by lot, beyond its interval."""
        return self.order is None or self.order.lo > 0.5


@dataclass(frozen=True, slots=True)
class Scores:
    """How well some heads read together: F1 of all answers, mean of the heads' F1, and each head.

    Attributes
    ----------
    texts, groups
        How many had a label; groups are what errors are independent between.
    """

    texts: int
    groups: int
    micro: Interval
    macro: Interval
    heads: tuple[HeadScore, ...]


def scores(said: Truths, targets: Floats, part: Places, names: tuple[str, ...], margins: Floats | None = None,
           level: float = 0.95) -> Scores:  # fmt: skip
    """Return how answers compare with labels.

    F1 is a ratio of counts, so its error is that of a ratio estimator with groups as clusters (Taylor linearisation;
    Binder 1983); the heads are held as taught.

    Parameters
    ----------
    said, targets
        Shape (n, H); targets 1, 0, or NaN where nobody said.
    part
        Group of each text, shape (n,).
    margins
        Shape (n, H), for `HeadScore.order`.
    level
        Coverage of intervals, 95% unless told, the convention of published scores.
    """
    known = np.isfinite(targets)
    yes = known & (np.nan_to_num(targets) > 0)
    said = said & known
    some = known.any(1)
    _, group = np.unique(part, return_inverse=True)
    z = NormalDist().inv_cdf((1 + level) / 2)
    both: Floats = (2 * (said & yes)).astype(np.float64)
    either: Floats = said.astype(np.float64) + yes
    found = [_head(h, names[h], (said, yes, known), margins, (group, z)) for h in range(len(names))]
    micro = _ratio(both.sum(1), either.sum(1), group, z)
    top = [(both[:, h], either[:, h]) for h in range(len(names)) if either[:, h].sum() > 0]
    macro = _mean_ratio(top, group, z)
    return Scores(int(some.sum()), len(np.unique(group[some])), micro, macro, tuple(found))


def against(
    one: npt.NDArray[np.str_], other: npt.NDArray[np.str_], part: Places, level: float = 0.95
) -> dict[tuple[str, str], Interval]:
    """Return how often a coder says each word where the other, taken for right, says each: (right, said) -> share.

    Any program or model that labels is such a coder: a judge with errors, measured on the texts that a person labelled too.
    """
    _, group = np.unique(part, return_inverse=True)
    z = NormalDist().inv_cdf((1 + level) / 2)
    words = sorted({*one.tolist(), *other.tolist()})
    return {
        (right, word): _ratio(
            ((other == right) & (one == word)).astype(float), (other == right).astype(float), group, z
        )
        for right in sorted(set(other.tolist()))
        for word in words
    }


def order(margin: Floats, yes: Truths, part: Places, z: float) -> Interval:
    """Return the area under the ROC curve with its interval by group (DeLong et al. 1988; Obuchowski 1997)."""
    P, Q = int(yes.sum()), int((~yes).sum())
    if P == 0 or Q == 0:
        return Interval(np.nan, np.nan, np.nan)
    ranks = rankdata(margin)
    below = np.empty(len(yes))
    below[yes] = (ranks[yes] - rankdata(margin[yes])) / Q
    below[~yes] = 1 - (ranks[~yes] - rankdata(margin[~yes])) / P
    area = float(below[yes].mean())
    each = np.where(yes, (below - area) / P, (below - area) / Q)
    return _interval(area, np.bincount(part, weights=each).astype(np.float64), z)


def _head(
    h: int, name: str, answers: tuple[Truths, Truths, Truths], margins: Floats | None, by: tuple[Places, float]
) -> HeadScore:
    said, yes, known = (side[:, h] for side in answers)
    group, z = by
    both = (said & yes).astype(float)
    kept = _compact(group[known])
    return HeadScore(
        name=name, texts=int(known.sum()), yes=int(yes.sum()), said=int(said.sum()),
        f1=_ratio(2 * both, said.astype(float) + yes, group, z),
        precision=_ratio(both, said.astype(float), group, z),
        recall=_ratio(both, yes.astype(float), group, z),
        order=None if margins is None else order(margins[known, h], yes[known], kept, z),
    )  # fmt: skip


def _compact(group: Places) -> Places:
    _, found = np.unique(group, return_inverse=True)
    return found


def _ratio(top: Floats, bottom: Floats, group: Places, z: float) -> Interval:
    """Return the ratio of two sums over texts with its interval by group."""
    return _mean_ratio([(top, bottom)], group, z)


def _mean_ratio(parts: list[tuple[Floats, Floats]], group: Places, z: float) -> Interval:
    """Return the mean of ratios of sums over the same texts."""
    if not parts or any(bottom.sum() == 0 for _, bottom in parts):
        return Interval(np.nan, np.nan, np.nan)
    ratios = [float(top.sum() / bottom.sum()) for top, bottom in parts]
    slopes = [(top - ratio * bottom) / bottom.sum() for (top, bottom), ratio in zip(parts, ratios, strict=True)]
    each: Floats = np.bincount(group, weights=np.mean(slopes, axis=0)).astype(np.float64)
    return _interval(float(np.mean(ratios)), each, z)


def _interval(value: float, each: Floats, z: float) -> Interval:
    """Return an interval of a share from the sums of its influence by group."""
    G = len(each)
    if G < 2:
        return Interval(value, 0.0, 1.0)
    wide = z * float(np.sqrt(G / (G - 1) * (each**2).sum()))
    return Interval(value, max(value - wide, 0.0), min(value + wide, 1.0))
