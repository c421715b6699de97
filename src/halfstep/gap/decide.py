"""What would decide an undecided half, as a number of models, by simulation on the study's own residuals."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from halfstep.gap.split import Split
from halfstep.gap.verdict import Half, share_decided
from halfstep.market.hedonic import HedonicFit

__all__ = ["Deciding", "models_that_decide"]

GROWTH = (1.5, 2.0, 3.0, 4.0, 6.0, 8.0, 12.0, 16.0, 24.0, 32.0)
POWER = 0.8
DRAWS = 4_000


@dataclass(frozen=True, slots=True)
class Deciding:
    """How many times as many models of both brands would decide, and how often they then do.

    Attributes
    ----------
    times
        Growth of both line-ups, or infinity where even the largest one tried decides too rarely.
    models
        Models of the focal brand and of the benchmark that this makes.
    power
        Share of simulated studies that reach a label.
    """

    times: float
    models: tuple[int, int]
    power: float


def models_that_decide(
    fit: HedonicFit, split: Split, part: int, half: Half, confidence: float, rng: np.random.Generator
) -> Deciding:
    """Grow both line-ups until four in five simulated studies reach a label, the estimate being the truth.

    The two brands' own part of the variance shrinks with the number of their models; the part that comes from
    attribute prices does not. Degrees of freedom grow with the line-ups.

    Parameters
    ----------
    part
        Column of the half in ``split.parts``.
    confidence
        Probability that a label needs; for a family of k give ``1 - (1 - c) / k``.
    """
    scores = split.parts.scores[:, part] * split.money
    own = np.unique(fit.squares.design.cluster[split.comparison.rows])
    total = float(scores @ scores)
    theirs = float(scores[own] @ scores[own])
    power = 0.0
    for times in GROWTH:
        se = math.sqrt(max(total - theirs, 0.0) + theirs / times)
        drawn = half.value + se * rng.standard_normal(DRAWS)
        power = share_decided(drawn, replace(half, se=se, freedom=half.freedom * times), confidence)
        if power >= POWER:
            counts = split.comparison.models
            return Deciding(times, (math.ceil(counts[0] * times), math.ceil(counts[1] * times)), power)
    return Deciding(math.inf, split.comparison.models, power)
