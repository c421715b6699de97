"""Founder against product at the same volume: is attention to one shorter-lived, more volatile?

A name with ten times the rows shows more bursts, smaller ones too, and each with less noise. So the larger series is thinned:
every row is kept with the probability that makes the two alike in rows a day, over the days on which both were observed;
bursts are found anew, and everything is measured on series alike in volume. That is repeated, and the draws of an interval
run over thinnings and over resampled bursts (or blocks) together.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from halfstep.arrivals.bursts import BurstSettings, bursts_together
from halfstep.arrivals.halflife import DecaySettings, Unmeasured, evidence, resampled, widening
from halfstep.arrivals.volatility import FEWEST, block_sums
from halfstep.core.errors import MisuseError

__all__ = ["Attention", "Difference", "Matched", "compare", "thin"]

Array = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

THINNINGS = 8
"""Thinned copies of the larger series; with eight, their own noise adds a sixteenth to a variance."""


@dataclass(frozen=True, slots=True, eq=False)
class Attention:
    """Daily rows of one name: count (T,), NaN on days not observed, rows of the list (T,) or None, days observed (T,) or None."""

    count: Array
    total: Array | None = None
    present: Flags | None = None


@dataclass(frozen=True, slots=True)
class Difference:
    """First less second, with its interval.

    Attributes
    ----------
    value, lo, hi
        Difference: days of half-life, or volatility.
    first, second
        Each at the same volume.
    label
        "longer", "shorter" (half-life), "more", "less" (volatility), or "cannot tell".
    """

    value: float
    lo: float
    hi: float
    first: float
    second: float
    label: str


@dataclass(frozen=True, slots=True)
class Matched:
    """Two names at the same volume.

    Attributes
    ----------
    rows
        Rows a day of either, after thinning.
    kept
        Share of the larger one's rows that were kept.
    bursts
        Bursts of the first, and of the second (mean over thinnings), at that volume.
    half_life, volatility
        Differences, or why there are none.
    """

    rows: float
    kept: float
    bursts: tuple[float, float]
    half_life: Difference | Unmeasured
    volatility: Difference | Unmeasured


def thin(count: Array, keep: float, rng: np.random.Generator) -> Array:
    """Return the counts with every row kept with probability `keep`."""
    return rng.binomial(count.astype(np.int64), keep).astype(np.float64)


def compare(
    a: Attention,
    b: Attention,
    rng: np.random.Generator,
    settings: BurstSettings | None = None,
    decay: DecaySettings | None = None,
) -> Matched:
    """Compare two names of one platform over the days on which both were observed, (T,) each.

    The label of half-lives is that of the interval of log(first / second): a difference in days is pulled about by whichever
    is longer.
    """
    settings, decay = settings or BurstSettings(), decay or DecaySettings()
    if len(a.count) != len(b.count):
        raise MisuseError(f"expected two series of the same days, got {len(a.count)} and {len(b.count)}")
    seen = _seen(a) & _seen(b)
    rows = [float(np.where(seen, s.count, 0).sum()) for s in (a, b)]
    if min(rows) <= 0:
        nothing = Unmeasured("no rows", 0, 1)
        return Matched(0.0, 0.0, (0.0, 0.0), nothing, nothing)
    keep = min(rows) / max(rows)
    copies = [_copies(s, seen, keep if mine == max(rows) else 1.0, rng) for s, mine in zip((a, b), rows, strict=True)]
    totals = [
        np.tile(np.ones(len(seen)) if s.total is None else s.total, (len(c), 1))
        for s, c in zip((a, b), copies, strict=True)
    ]
    found = bursts_together(np.vstack(copies), np.vstack(totals), settings, np.tile(seen, (sum(map(len, copies)), 1)))
    parts = (found[: len(copies[0])], found[len(copies[0]) :])
    fits = [
        [evidence(c, s.total, f, decay.days) for c, f in zip(mine, part, strict=True)]
        for s, mine, part in zip((a, b), copies, parts, strict=True)
    ]
    sums = [[block_sums(c, s.total, seen) for c in mine] for s, mine in zip((a, b), copies, strict=True)]
    many = tuple(float(np.mean([len(f.bursts) for f in part])) for part in parts)
    return Matched(
        min(rows) / max(int(seen.sum()), 1), keep, (many[0], many[1]), _half_lives(fits, decay, rng), _volatilities(sums, decay, rng)
    )  # fmt: skip


def _seen(s: Attention) -> Flags:
    seen: Flags = np.isfinite(s.count) if s.present is None else np.isfinite(s.count) & s.present
    return seen if s.total is None else seen & (s.total > 0)


def _copies(s: Attention, seen: Flags, keep: float, rng: np.random.Generator) -> Array:
    count = np.where(seen, s.count, 0.0)
    return count[None] if keep >= 1 else np.array([thin(count, keep, rng) for _ in range(THINNINGS)])


def _half_lives(fits: list[list[Array]], decay: DecaySettings, rng: np.random.Generator) -> Difference | Unmeasured:
    had = min(f.shape[1] for side in fits for f in side)
    if had < decay.fewest:
        return Unmeasured("few bursts", had, decay.fewest)
    scores = [sum(float(f[s].sum(axis=0).max()) for side in fits for f in side) for s in (0, 1)]
    shape = int(scores[1] > scores[0])  # one yardstick for both
    draws, centres = [], []
    for side in fits:
        logs = [
            resampled(
                f[shape],
                rng.multinomial(f.shape[1], np.full(f.shape[1], 1 / f.shape[1]), decay.draws).astype(np.float64),
            )
            for f in side
        ]
        draws.append(np.array(logs)[rng.integers(0, len(side), decay.draws), np.arange(decay.draws)])
        centres.append(float(np.mean([resampled(f[shape], np.ones((1, f.shape[1])))[0] for f in side])))
    tails = [(1 - decay.level) / 2, (1 + decay.level) / 2]
    wide = widening(decay.level, had)
    centre = centres[0] - centres[1]
    lo, hi = (centre + (np.quantile(draws[0] - draws[1], tails) - centre) * wide).tolist()
    label = "longer" if lo > 0 else "shorter" if hi < 0 else "cannot tell"
    first, second = float(np.exp(centres[0])), float(np.exp(centres[1]))
    days = np.quantile(np.exp(draws[0]) - np.exp(draws[1]), tails)
    value = first - second
    ends = value + (days - value) * wide
    return Difference(value, min(float(ends[0]), value), max(float(ends[1]), value), first, second, label)


def _volatilities(sums: list[list[Array]], decay: DecaySettings, rng: np.random.Generator) -> Difference | Unmeasured:
    blocks = min(len(s) for side in sums for s in side)
    if blocks < FEWEST:
        return Unmeasured("few blocks", blocks, FEWEST)
    if min(s[:, 1].sum() for side in sums for s in side) <= 0:
        return Unmeasured("no rows", 0, 1)
    draws, values = [], []
    weights = rng.multinomial(
        blocks, np.full(blocks, 1 / blocks), decay.draws
    )  # the same blocks of both: they share days
    for side in sums:
        each = np.array([_ratio(weights @ s[:blocks]) for s in side])
        draws.append(each[rng.integers(0, len(side), decay.draws), np.arange(decay.draws)])
        values.append(float(np.mean([_ratio(s.sum(axis=0)[None])[0] for s in side])))
    value = values[0] - values[1]
    tails = [(1 - decay.level) / 2, (1 + decay.level) / 2]
    lo, hi = (value + (np.quantile(draws[0] - draws[1], tails) - value) * widening(decay.level, blocks)).tolist()
    label = "more" if lo > 0 else "less" if hi < 0 else "cannot tell"
    return Difference(value, min(lo, value), max(hi, value), values[0], values[1], label)


def _ratio(sums: Array) -> Array:
    out: Array = sums[:, 0] / np.maximum(sums[:, 1], 1e-9)
    return out
