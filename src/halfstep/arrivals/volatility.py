"""How unevenly a name is spoken of beyond what chance alone would do, in a measure that volume does not move.

Within blocks of days (so that growth over years is no volatility), with s2 the variance and y the mean of a block's counts,

    psi = sum (s2 - y) / sum (y^2 - s2 / n):

the squared coefficient of variation of the days' rates. Both sums are unbiased for factorial cumulants, which thinning rows at
random scales by the same power, so psi of a tenth of the rows has the same expectation. The interval resamples blocks.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from halfstep.arrivals.halflife import Unmeasured, widening

__all__ = ["Volatility", "block_sums", "volatility"]

Array = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

BLOCK = 56
"""Days of a block: eight weeks, the memory of the bursts."""
FEWEST = 6
"""Blocks below which nothing is said: about a year."""


@dataclass(frozen=True, slots=True)
class Volatility:
    """Squared coefficient of variation of daily rates beyond Poisson, with its interval.

    0 is chance alone. Below it days are more even than chance makes them (a list that gives a name one place a day): it is told
    as it is, as cutting at 0 would make the mean over names too high.
    """

    value: float
    lo: float
    hi: float
    blocks: int


def block_sums(count: Array, total: Array | None, present: Flags | None = None) -> Array:
    """Return s2 - y and y^2 - s2/n of every block with at least half of its days, (blocks, 2); rows per usual exposure."""
    exposure = np.ones(len(count)) if total is None else np.asarray(total, dtype=np.float64)
    seen = _seen(count, exposure, present)
    sums = []
    for start in range(0, len(count) - BLOCK // 2, BLOCK):
        days = np.flatnonzero(seen[start : start + BLOCK]) + start
        if 2 * len(days) < BLOCK:
            continue
        scale = exposure[days] / exposure[days].mean()
        y = count[days] / scale
        variance = float(y.var(ddof=1))
        sums.append((variance - float((y / scale).mean()), float(y.mean() ** 2 - variance / len(days))))
    return np.array(sums, dtype=np.float64).reshape(-1, 2)


def _seen(count: Array, exposure: Array, present: Flags | None) -> Flags:
    known: Flags = np.isfinite(count) & (exposure > 0)
    return known if present is None else known & present


def volatility(
    count: Array, total: Array | None, rng: np.random.Generator, present: Flags | None = None, level: float = 0.90
) -> Volatility | Unmeasured:
    """Return the volatility of a name's daily counts, (T,); days with NaN were not observed."""
    sums = block_sums(count, total, present)
    if len(sums) < FEWEST:
        return Unmeasured("few blocks", len(sums), FEWEST)
    if sums[:, 1].sum() <= 0:
        had = int(np.nansum(count))
        return Unmeasured("no rows", had, max(2, had + 1))
    value = float(sums[:, 0].sum() / sums[:, 1].sum())
    drawn = rng.multinomial(len(sums), np.full(len(sums), 1 / len(sums)), 1000) @ sums
    draws = drawn[:, 0] / np.maximum(drawn[:, 1], 1e-12)
    ends = value + (np.quantile(draws, [(1 - level) / 2, (1 + level) / 2]) - value) * widening(level, len(sums))
    return Volatility(value, min(float(ends[0]), value), max(float(ends[1]), value), len(sums))
