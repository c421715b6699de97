"""Attribute content: what share of the posts about a name is about the product, two names at matched volume.

Both names are weighed by the smaller one's posts in every period. For a share that is what thinning would give in
expectation; throwing posts away would only add noise. Shares come corrected for their reader, with their variances.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.stats import t as student

from halfstep.arrivals.halflife import Unmeasured
from halfstep.core.errors import MisuseError

__all__ = ["ContentDifference", "Shares", "compare_content"]

Array = npt.NDArray[np.float64]

FEWEST = 4
"""Periods in which both have posts, below which nothing is said: three degrees of freedom are the fewest with a mean interval."""


@dataclass(frozen=True, slots=True, eq=False)
class Shares:
    """By period, (T,): share of posts on product touchpoints, its variance, posts; NaN shares where a period has none."""

    share: Array
    variance: Array
    posts: Array


@dataclass(frozen=True, slots=True)
class ContentDifference:
    """First less second, with its interval; the share of each, weighed alike; label "more", "less" or "cannot tell"."""

    value: float
    lo: float
    hi: float
    first: float
    second: float
    periods: int
    label: str


def compare_content(a: Shares, b: Shares, level: float = 0.90) -> ContentDifference | Unmeasured:
    """Compare attribute content: weights w_t = min(posts), value = sum w d / sum w, periods as clusters.

    The variance is the larger of that of the differences between periods and that of the shares' own errors.
    """
    if not len(a.share) == len(b.share) == len(a.posts) == len(b.posts):
        raise MisuseError(f"expected both names by the same periods, got {len(a.share)} and {len(b.share)}")
    weight = np.minimum(a.posts, b.posts)
    told = np.isfinite(a.share) & np.isfinite(b.share) & np.isfinite(a.variance) & np.isfinite(b.variance)
    both = np.flatnonzero((weight > 0) & told)
    if len(both) < FEWEST:
        return Unmeasured("few periods", len(both), FEWEST)
    w = weight[both] / weight[both].sum()
    d = (a.share - b.share)[both]
    value = float(w @ d)
    n = len(both)
    between = float((w**2 * (d - value) ** 2).sum()) * n / (n - 1)
    own = float((w**2 * (a.variance + b.variance)[both]).sum())
    half = float(student.ppf((1 + level) / 2, n - 1)) * np.sqrt(max(between, own))
    lo, hi = float(value - half), float(value + half)
    label = "more" if lo > 0 else "less" if hi < 0 else "cannot tell"
    return ContentDifference(value, lo, hi, float(w @ a.share[both]), float(w @ b.share[both]), n, label)
