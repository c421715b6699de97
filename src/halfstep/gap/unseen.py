"""How much unseen quality may be worth, as the study declares it; it moves one half up and the other down."""

from __future__ import annotations

import numpy as np

from halfstep.core.config import StudyConfig
from halfstep.gap.split import Split

__all__ = ["reference_strength", "unseen_bound"]


def reference_strength(split: Split, config: StudyConfig) -> tuple[str, float]:
    """Return the reference attribute, its worth in money: the one the study names, else the strongest.

    An attribute's worth is the larger of what it makes between these two brands and what it makes between two brands
    picked at random in the same markets, so that a pair that happens to be alike in it does not shrink the bound.
    """
    like = config.study.unseen_quality_like
    k = split.attributes.index(like) if like in split.attributes else int(np.argmax(split.strength))
    return split.attributes[k], float(split.strength[k] * split.money)


def unseen_bound(split: Split, config: StudyConfig) -> float:
    """Return what all declared unmeasured attributes may be worth together, in money: their multiples add up.

    Worth means beyond what the listed attributes already stand in for. Infinite where an attribute is declared and no
    bound is given for it; zero where nothing is declared.
    """
    total = 0.0
    for entry in config.study.unmeasured:
        multiple = config.study.unseen_quality_max if entry.max is None else entry.max
        total += float("inf") if multiple is None else multiple * reference_strength(split, config)[1]
    return total
