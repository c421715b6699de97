"""Does prior fame raise the cost of a crisis? A slope over many events with its error, or no basis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import stdtr, stdtrit

from halfstep.core.errors import MisuseError
from halfstep.events.crises import CRISES, FINDINGS, Crisis, Finding
from halfstep.events.reference import DESIGNS, MINIMUM, NoBasis, mixed_effects

__all__ = ["NEEDED", "Dose", "Times", "dose_response", "published_dose", "times", "told"]

Array = npt.NDArray[np.float64]

NEEDED = 6
"""Events below which no slope is fitted: a line through fewer leaves too little to tell its error from."""
SAME = 0.5
"""Standard deviation of log2 fame below which the events are too alike in fame (half a doubling)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dose:
    """Change of the log effect for each doubling of fame before the event; negative: more fame, larger loss.

    Attributes
    ----------
    slope, se, lo, hi
        Per doubling; t interval with `freedom` degrees of freedom (Knapp & Hartung 2003).
    p_raises
        Probability that a doubling deepens the loss, slope < 0.
    sd
        Between events of equal fame.
    n, source
        Events, and where they come from.
    least, most
        Fame of the least and the most famous event: outside them nothing was seen.
    """

    slope: float
    se: float
    lo: float
    hi: float
    level: float
    freedom: int
    p_raises: float
    sd: float
    n: int
    source: str
    least: float
    most: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """The effect of the same event at a multiple of the fame, as a range.

    Attributes
    ----------
    factor
        Fame over what it was.
    ratio_lo, ratio, ratio_hi
        What sales would be, over what they were after the event as it was: below one, the loss is larger.
    outside
        Whether that fame lies outside the events' own.
    """

    factor: float
    ratio_lo: float
    ratio: float
    ratio_hi: float
    level: float
    n: int
    source: str
    outside: bool


def dose_response(
    fame: Array,
    effect: Array,
    se: Array | None,
    *,
    source: str,
    scales: Sequence[str] = (),
    needed: int = NEEDED,
    level: float = 0.95,
) -> Dose | NoBasis:
    """Fit the log effect on log2 of fame over events.

    Parameters
    ----------
    fame
        Shape (n,): fame before the event, above zero, all on one scale.
    effect
        Shape (n,): log of seen over what would have been.
    se
        Shape (n,): standard errors; None where they are not known: all events then count alike and the spread around
        the line contains them.
    source
        The events' origin, stated with every answer.
    scales
        Scale each event's fame is measured on; more than one is refused.

    Notes
    -----
    The slope compares different brands: famous brands differ in other things as well, so it is no promise of what the
    same brand would have lost. Between brands is all there is, and it is said.
    """
    n = len(fame)
    if not len(effect) == n == (n if se is None else len(se)) or np.any(~np.isfinite(fame)) or np.any(fame <= 0):
        raise MisuseError("expected as many effects and errors as fames, and every fame above zero")
    if len(set(scales)) > 1:
        return NoBasis("dose.scales", len(set(scales)), 1, tuple(sorted(set(scales))))
    if n < max(needed, MINIMUM + 1):
        return NoBasis("dose.few", n, max(needed, MINIMUM + 1))
    x = np.log2(fame)
    if float(x.std(ddof=1)) < SAME:
        return NoBasis("dose.same", n, needed)
    variance = np.zeros(n) if se is None else np.asarray(se, dtype=np.float64) ** 2
    fit = mixed_effects(effect, variance, np.column_stack([np.ones(n), x - x.mean()]))
    slope, error = float(fit.beta[1]), float(np.sqrt(fit.covariance[1, 1]))
    half = float(stdtrit(fit.freedom, 0.5 + level / 2)) * error
    return Dose(
        slope=slope, se=error, lo=slope - half, hi=slope + half, level=level, freedom=fit.freedom, n=n, source=source,
        p_raises=float(stdtr(fit.freedom, -slope / error)) if error > 0 else float(slope < 0),
        sd=float(np.sqrt(fit.between)), least=float(fame.min()), most=float(fame.max()),
    )  # fmt: skip


def times(dose: Dose | NoBasis, factor: float, fame: float | None = None) -> Times | NoBasis:
    """Return what the same event would have done at `factor` times the fame: a range from the stated events, or none.

    Parameters
    ----------
    fame
        The event's own fame, where it is on the events' scale.
    """
    if isinstance(dose, NoBasis):
        return dose
    if factor <= 0:
        raise MisuseError(f"expected a factor above zero, got {factor}")
    doublings = float(np.log2(factor))
    ends = sorted((float(np.exp(dose.lo * doublings)), float(np.exp(dose.hi * doublings))))
    there = None if fame is None else fame * factor
    outside = there is None or not dose.least <= there <= dose.most
    return Times(
        factor=factor, ratio_lo=ends[0], ratio=float(np.exp(dose.slope * doublings)), ratio_hi=ends[1], level=dose.level,
        n=dose.n, source=dose.source, outside=outside,
    )  # fmt: skip


def published_dose(crises: Sequence[Crisis] = CRISES, kind: str = "sales") -> Dose | NoBasis:
    """Fit the slope over the published crises whose sources print a fame; refused where too few do."""
    chosen: dict[str, Crisis] = {}
    for c in crises:
        fits = c.outcome == kind and c.whose == "own" and c.design in DESIGNS and c.verified != "unverified"
        if fits and c.fame is not None:
            chosen.setdefault(c.event, c)
    rows = list(chosen.values())
    if len(rows) < NEEDED:
        return NoBasis("dose.published", len(rows), NEEDED, tuple(c.id for c in rows))
    errors = [c.se for c in rows if c.se is not None]
    return dose_response(
        np.array([c.fame for c in rows], dtype=np.float64),
        np.array([c.effect for c in rows]),
        np.array(errors) if len(errors) == len(rows) else None,
        source="docs/crises.md",
        scales=[c.fame_scale for c in rows],
    )


def told(findings: Sequence[Finding] = FINDINGS) -> tuple[tuple[Finding, ...], tuple[Finding, ...]]:
    """Return what studies say without a figure: those by which fame raises the cost, those by which it shields."""
    sure = [f for f in findings if f.verified != "unverified"]
    return tuple(f for f in sure if f.sign == "raises"), tuple(f for f in sure if f.sign == "shields")
