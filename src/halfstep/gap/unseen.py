"""How much unseen quality may be worth, as the study declares it; it moves one half up and the other down."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from halfstep.core.config import StudyConfig
from halfstep.gap.split import Split

__all__ = ["Reference", "reference_of", "unseen_multiple"]


@dataclass(frozen=True, slots=True)
class Reference:
    """The attribute in whose worth unseen quality is measured.

    Attributes
    ----------
    attribute
        Its id.
    worth, se
        What it is worth and the error of that, in money.
    covariance
        Covariance of the worth with the product and with the name gap, in money squared.
    scaled
        Covariance of the worth with log alpha, in money; zero in the price lens.
    """

    attribute: str
    worth: float
    se: float
    covariance: tuple[float, float]
    scaled: float


def reference_of(split: Split, config: StudyConfig) -> Reference:
    """Return the reference attribute: the one the study names, else the strongest that is priced as buyers want it.

    An attribute's worth is the larger of what it makes between these two brands and what it makes between two brands
    picked at random in the same markets, so that a pair that happens to be alike in it does not shrink the bound.
    """
    ids = split.attributes
    usable = [k for k, a in enumerate(ids) if a not in split.against] or list(range(len(ids)))
    like = config.study.unseen_quality_like
    k = ids.index(like) if like in ids else max(usable, key=lambda i: float(split.strength[i]))
    value, covariance = float(split.parts.value[k]), split.parts.covariance
    ratio = float(split.strength[k]) / value if value else 0.0
    money = split.money
    return Reference(
        attribute=ids[k],
        worth=float(split.strength[k]) * money,
        se=abs(ratio) * float(split.parts.se[k]) * money,
        covariance=(ratio * float(covariance[k, -2]) * money**2, ratio * float(covariance[k, -1]) * money**2),
        scaled=ratio * split.scaled(ids[k])[0],
    )


def unseen_multiple(config: StudyConfig) -> float:
    """Return how many references all declared unmeasured attributes may be worth together: their multiples add up.

    Worth means beyond what the listed attributes already stand in for. Infinite where an attribute is declared and no
    bound is given for it; zero where nothing is declared.
    """
    default = config.study.unseen_quality_max
    bounds = [default if entry.max is None else entry.max for entry in config.study.unmeasured]
    return float(np.sum([np.inf if bound is None else bound for bound in bounds]))
