"""What would decide an undecided half, as a number of models: simulated estimates with the errors that this study has."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from halfstep.gap.split import Split
from halfstep.gap.verdict import Half, share_decided

__all__ = ["Deciding", "models_that_decide"]

POWER = 0.8
"""Share of simulated studies that must reach a label: the usual power of a planned study (Cohen 1988, sec. 2.4)."""
TIMES = 10
"""The search stops at ten times the present line-ups; beyond that the answer is that models do not decide."""
DRAWS = 4_000


@dataclass(frozen=True, slots=True)
class Deciding:
    """Models that would decide, and how often they then do.

    Attributes
    ----------
    models
        Models of the focal brand and of the benchmark; None where even `TIMES` as many of both decide too rarely.
    power
        Share of simulated studies that reach a label with them, or with the most that was tried.
    """

    models: tuple[int, int] | None
    power: float


def models_that_decide(
    cluster: npt.NDArray[np.int64], split: Split, part: int, half: Half, confidence: float, rng: np.random.Generator
) -> Deciding:
    """Add focal models, and if these alone do not decide then models of both, until four in five studies reach a label.

    The estimate is taken for the truth. A brand's own part of the variance shrinks with the number of its models; the
    part that comes from attribute prices does not. Degrees of freedom grow with the focal line-up.

    Parameters
    ----------
    cluster
        Cluster of each row of the comparison, as the rows of ``split.parts.scores`` count them.
    part
        Column of the half in ``split.parts``.
    confidence
        Probability that a label needs; for a family of k give ``1 - (1 - c) / k``.
    """
    scores = split.parts.scores[:, part] * split.money
    comparison = split.comparison
    own = [np.unique(cluster[side.rows]) for side in (comparison.focal, comparison.benchmark)]
    variances = [float(scores[clusters] @ scores[clusters]) for clusters in own]
    rest = max(float(scores @ scores) - sum(variances), 0.0)
    z = rng.standard_normal(DRAWS)
    power = 0.0
    for models in _line_ups(comparison.models):
        times = [new / now for new, now in zip(models, comparison.models, strict=True)]
        se = math.sqrt(rest + sum(v / t for v, t in zip(variances, times, strict=True)))
        grown = replace(half, se=se, freedom=half.freedom * times[0], covariance=half.covariance * se / half.se)
        power = share_decided(half.value + se * z, grown, confidence)
        if power >= POWER:
            return Deciding(models, power)
    return Deciding(None, power)


def _line_ups(now: tuple[int, int]) -> Iterator[tuple[int, int]]:
    for focal in range(now[0] + 1, TIMES * now[0] + 1):
        yield focal, now[1]
    for times in range(2, TIMES + 1):
        yield times * now[0], times * now[1]
