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

from collections.abc import Callable
from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt
from scipy.special import stdtrit

from halfstep.numerics.intervals import holm, probability_above

Array = npt.NDArray[np.float64]

LARGEST = 1e6
"""Times the study's margin, or references, beyond which nothing is searched."""

__all__ = ["KINDS", "Half", "Judged", "judge", "plain_label", "robustness_value", "share_decided"]


@dataclass(frozen=True, slots=True)
class Half:
    """One half of one comparison, in money.

    Attributes
    ----------
    value, se, freedom
        Gap and its error.
    margin
        m.
    reference, reference_se, covariance
        Worth S of the reference attribute, its error, and its covariance with the gap: S is estimated too.
    multiple
        What unseen quality may be worth at most, in references: H = multiple x S. Infinite where the study declares
        some and gives no bound.
    scale_variance, scale_covariance, reference_scale
        Where money is reckoned by an estimated alpha: the variance of log alpha, and the covariances of log alpha with
        the gap and with S (their own errors at the estimates). The test of ``gap > m`` is then that of the linear
        ``alpha gap - alpha m > 0`` (Fieller 1954), whose error depends on m. All zero where money needs no estimate.
    """

    value: float
    se: float
    freedom: float
    margin: float
    reference: float = 1.0
    reference_se: float = 0.0
    covariance: float = 0.0
    multiple: float = 0.0
    scale_variance: float = 0.0
    scale_covariance: float = 0.0
    reference_scale: float = 0.0


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


KINDS = ("ahead", "short", "met")


def judge(halves: list[Half], confidence: float) -> list[Judged]:
    """Judge a family of comparisons.

    Parameters
    ----------
    halves
        The comparisons under family-wise control.
    confidence
        Probability that a label needs, c.

    Notes
    -----
    The deciding margins and the breaking strength are found by judging the whole family again, with every margin (or
    every multiple) changed alike, as changing the study's own key would: what is printed is where the label turns.

    Examples
    --------
    >>> [j.label for j in judge([Half(5.0, 1.0, 30.0, 1.0), Half(0.1, 0.2, 30.0, 1.0)], 0.95)]
    ['short', 'met']
    """
    family = _Family.of(halves)
    raw, adjusted = family.p_values()
    _, if_all_seen = family.p_values(multiple=0.0)
    out = []
    for i in range(len(halves)):
        label, free = _label(adjusted[i], confidence), _label(if_all_seen[i], confidence)
        out.append(
            Judged(
                label=label,
                p=1 - float(adjusted[i, KINDS.index(label)] if label in KINDS else adjusted[i].min()),
                p_short=1 - float(raw[i, 1]),
                p_met=1 - float(raw[i, 2]),
                p_ahead=1 - float(raw[i, 0]),
                margin_met=_margin_met(family, i, confidence),
                margin_short=_margin_short(family, i, confidence),
                breaking=_breaking(family, i, free, confidence),
                label_if_all_seen=free,
            )
        )
    return out


def plain_label(value: float, margin: float) -> str:
    """Return the label of a figure taken at its word, as a reader without intervals would."""
    return "short" if value > margin else "ahead" if value < -margin else "met"


def share_decided(values: npt.NDArray[np.float64], half: Half, confidence: float) -> float:
    """Return the share of estimates that reach a label on their own.

    Parameters
    ----------
    values
        Estimates in money, shape (draws,); their error and stakes are those of `half`.
    confidence
        Probability that a label needs; for a family of k give ``1 - (1 - c) / k``.
    """
    t = float(stdtrit(half.freedom, confidence))
    moved = values - half.value
    alone = _Family.of([half])
    margin = alone.margin
    (low, low_se), (high, high_se) = (alone.at_worst(sign, alone.multiple, margin) for sign in (-1, 1))
    short = moved + low - t * low_se >= half.margin
    met = moved + high + t * high_se <= half.margin
    return float((short | met).mean())


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


@dataclass(frozen=True, slots=True, eq=False)
class _Family:
    """The halves judged together, as arrays of shape (m,); names as on `Half`."""

    value: Array
    se: Array
    freedom: Array
    margin: Array
    reference: Array
    reference_se: Array
    covariance: Array
    multiple: Array
    scale_variance: Array
    scale_covariance: Array
    reference_scale: Array

    @classmethod
    def of(cls, halves: list[Half]) -> _Family:
        return cls(*(np.array([getattr(h, f.name) for h in halves], dtype=float) for f in fields(Half)))

    def at_worst(self, sign: int, multiple: Array, threshold: Array) -> tuple[Array, Array]:
        """Return the gaps moved by unseen quality, ``gap + sign x multiple x S``, and their errors against a threshold."""
        bounded = np.where(np.isinf(multiple), 0.0, multiple)
        variance = self.se**2 + (bounded * self.reference_se) ** 2 + 2 * sign * bounded * self.covariance
        moved = self.value + sign * bounded * self.reference
        beyond, slope = moved - threshold, self.scale_covariance + sign * bounded * self.reference_scale
        variance = variance + 2 * beyond * slope + beyond**2 * self.scale_variance
        return np.where(np.isinf(multiple), sign * np.inf, moved), np.sqrt(np.maximum(variance, 0.0))

    def p_values(self, multiple: float | None = None, scale: float = 1.0) -> tuple[Array, Array]:
        """Return raw and Holm-adjusted p-values against ahead, short, met; shape (m, 3).

        Parameters
        ----------
        multiple
            Multiple of every half, instead of its own.
        scale
            Factor on every margin.

        Notes
        -----
        Where unseen quality may be worth something, 1 - p is a lower probability: the least over everything the study
        allows. An unseen attribute may also explain the residual, so that once it can carry the gap across the
        threshold some admissible case is sure of the opposite, and the lower probability is zero rather than something
        below one half.
        """
        times = self.multiple if multiple is None else np.full_like(self.multiple, multiple)
        margin = self.margin * scale
        ahead = probability_above(-margin, *self.at_worst(1, times, -margin), self.freedom)
        short = 1 - probability_above(margin, *self.at_worst(-1, times, margin), self.freedom)
        met = probability_above(margin, *self.at_worst(1, times, margin), self.freedom)
        raw = np.stack([ahead, short, met], axis=1)
        raw[(times[:, None] > 0) & (raw >= 0.5)] = 1.0
        return raw, np.stack([holm(raw[:, k]) for k in range(3)], axis=1)


def _label(adjusted: Array, confidence: float) -> str:
    for k, label in enumerate(KINDS):
        if adjusted[k] <= 1 - confidence:
            return label
    return "undecided"


def _margin_met(family: _Family, i: int, confidence: float) -> float:
    """Return the smallest margin of half i that would give "met" (or better), in money."""

    def met(scale: float) -> bool:
        return bool(family.p_values(scale=scale)[1][i, 2] <= 1 - confidence)

    return float(family.margin[i]) * _turning(met, upwards=True)


def _margin_short(family: _Family, i: int, confidence: float) -> float | None:
    """Return the largest margin of half i that would give "short", in money; None if none would."""

    def short(scale: float) -> bool:
        return bool(family.p_values(scale=scale)[1][i, 1] <= 1 - confidence)

    if not short(0.0):
        return None
    return float(family.margin[i]) * _turning(lambda scale: not short(scale), upwards=False)


def _breaking(family: _Family, i: int, label: str, confidence: float) -> float | None:
    """Return how many references unseen quality must be worth to lose the label that none would give."""
    if label not in KINDS or family.reference[i] <= 0:
        return None
    k = KINDS.index(label)

    def lost(multiple: float) -> bool:
        return bool(family.p_values(multiple=multiple)[1][i, k] > 1 - confidence)

    return _turning(lost, upwards=False)


def _turning(turned: Callable[[float], bool], *, upwards: bool) -> float:
    """Return where a condition that holds from some x >= 0 on begins to, to six digits; infinity if nowhere tried.

    Parameters
    ----------
    upwards
        Whether to return the side on which it holds (else the last side on which it does not).
    """
    if turned(0.0):
        return 0.0
    lo, hi = 0.0, 1.0
    while not turned(hi):
        lo, hi = hi, 2 * hi
        if hi > LARGEST:
            return float("inf")
    while hi - lo > 1e-6 * hi:
        middle = (lo + hi) / 2
        lo, hi = (lo, middle) if turned(middle) else (middle, hi)
    return hi if upwards else lo
