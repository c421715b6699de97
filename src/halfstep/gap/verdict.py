"""Exclusive verdicts against a margin fixed beforehand, at the worst unseen quality that the study allows.

With gap g = benchmark minus focal, margin m, and unseen quality worth at most H::

    ahead      if P(g + H < -m) >= c
    short      if P(g - H >  m) >= c
    met        if P(g + H <= m) >= c
    undecided  otherwise

`met` is an equivalence (non-inferiority) claim and is tested as one; a gap that is merely not significant is not met.
Over several comparisons the error rate 1 - c of each kind of label is held for all of them together (Holm).

References
----------
Holm (1979), Scandinavian Journal of Statistics 6(2), 65-70. Cinelli & Hazlett (2020), Journal of the Royal Statistical
Society B 82(1), 39-67: how strong an omitted variable must be to turn a conclusion.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import stdtrit

from halfstep.numerics.intervals import holm, probability_above

__all__ = ["Half", "Judged", "judge", "robustness_value", "share_decided"]


@dataclass(frozen=True, slots=True)
class Half:
    """One half of one comparison, in money.

    Attributes
    ----------
    value, se, freedom
        Gap and its error.
    margin
        m.
    unseen
        H: what unseen quality may be worth at most; infinite where the study declares some and gives no bound.
    reference
        Worth of the reference attribute, the unit of the breaking strength.
    """

    value: float
    se: float
    freedom: float
    margin: float
    unseen: float
    reference: float


@dataclass(frozen=True, slots=True)
class Judged:
    """A label and what it hangs on; see `halfstep.core.answer.Verdict` for the fields."""

    label: str
    p: float
    p_short: float
    p_met: float
    p_ahead: float
    margin_met: float
    margin_short: float | None
    breaking: float | None
    label_if_all_seen: str


def judge(halves: list[Half], confidence: float) -> list[Judged]:
    """Judge a family of comparisons.

    Parameters
    ----------
    halves
        The comparisons under family-wise control.
    confidence
        Probability that a label needs, c.

    Examples
    --------
    >>> [j.label for j in judge([Half(5.0, 1.0, 30.0, 1.0, 0.0, 1.0), Half(0.1, 0.2, 30.0, 1.0, 0.0, 1.0)], 0.95)]
    ['short', 'met']
    """
    worst = _family(halves, 1.0)
    best = _family(halves, 0.0)
    out = []
    for i, half in enumerate(halves):
        raw, adjusted = worst[0][i], worst[1][i]
        label = _label(adjusted, confidence)
        free = _label(best[1][i], confidence)
        kinds = ("ahead", "short", "met")
        p = 1 - float(adjusted[kinds.index(label)] if label in kinds else adjusted.min())
        needed = [_quantile(raw[k], adjusted[k], half.freedom, confidence) for k in range(3)]
        short_at = half.value - half.unseen - needed[1] * half.se
        out.append(
            Judged(
                label=label,
                p=p,
                p_short=1 - float(raw[1]),
                p_met=1 - float(raw[2]),
                p_ahead=1 - float(raw[0]),
                margin_met=max(half.value + half.unseen + needed[2] * half.se, 0.0),
                margin_short=short_at if short_at > 0 else None,
                breaking=_breaking(half, free, best[0][i], best[1][i], confidence),
                label_if_all_seen=free,
            )
        )
    return out


def share_decided(values: npt.NDArray[np.float64], half: Half, confidence: float) -> float:
    """Return the share of estimates that reach a label on their own.

    Parameters
    ----------
    values
        Estimates in money, shape (draws,); their error and stakes are those of `half`.
    confidence
        Probability that a label needs; for a family of k give ``1 - (1 - c) / k``.
    """
    need = float(stdtrit(half.freedom, confidence)) * half.se
    ahead = values + half.unseen + need <= -half.margin
    short = values - half.unseen - need >= half.margin
    met = values + half.unseen + need <= half.margin
    return float((ahead | short | met).mean())


def robustness_value(t: float, freedom: float) -> float:
    """Return the partial R2 with both brand and price that an omitted attribute needs to explain a t-ratio away.

    Cinelli & Hazlett (2020), equation for RV with q = 1.

    Parameters
    ----------
    t
        Estimate beyond the margin over its standard error.
    freedom
        Residual degrees of freedom of the regression.

    Examples
    --------
    >>> round(robustness_value(4.18, 783), 3)
    0.139
    """
    f = abs(t) / np.sqrt(freedom)
    return float((np.sqrt(f**4 + 4 * f**2) - f**2) / 2)


def _family(halves: list[Half], part: float) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return raw and Holm-adjusted p-values against ahead, short, met, with a part of the unseen bound; shape (m, 3).

    Where unseen quality may be worth something, 1 - p is a lower probability: the least over everything the study
    allows. An unseen attribute may also explain the residual, so that once it can carry the gap across the threshold
    some admissible case is sure of the opposite, and the lower probability is zero rather than something below one half.
    """
    raw = np.empty((len(halves), 3))
    for i, h in enumerate(halves):
        unseen = part * h.unseen if part else 0.0
        raw[i, 0] = probability_above(-h.margin, h.value + unseen, h.se, h.freedom)
        raw[i, 1] = 1 - probability_above(h.margin, h.value - unseen, h.se, h.freedom)
        raw[i, 2] = probability_above(h.margin, h.value + unseen, h.se, h.freedom)
        if unseen > 0:
            raw[i, raw[i] >= 0.5] = 1.0
    return raw, np.stack([holm(raw[:, k]) for k in range(3)], axis=1)


def _label(adjusted: npt.NDArray[np.float64], confidence: float) -> str:
    for k, label in enumerate(("ahead", "short", "met")):
        if adjusted[k] <= 1 - confidence:
            return label
    return "undecided"


def _quantile(raw: float, adjusted: float, freedom: float, confidence: float) -> float:
    """Return the t quantile that the family leaves to this comparison."""
    multiple = max(adjusted / raw, 1.0) if raw > 0 else 1.0
    return float(stdtrit(freedom, 1 - (1 - confidence) / multiple))


def _breaking(
    half: Half, label: str, raw: npt.NDArray[np.float64], adjusted: npt.NDArray[np.float64], confidence: float
) -> float | None:
    """Return how strong unseen quality must be, in references, to lose the label that no unseen quality would give."""
    if label == "undecided" or half.reference <= 0:
        return None
    k = ("ahead", "short", "met").index(label)
    distance = (-half.margin - half.value, half.value - half.margin, half.margin - half.value)[k]
    room = distance - _quantile(raw[k], adjusted[k], half.freedom, confidence) * half.se
    return max(room / half.reference, 0.0)
