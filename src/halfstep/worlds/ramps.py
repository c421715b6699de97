"""Simulated makers' monthly output: how it goes on is known, because every world is drawn beyond its last known month.

``log u_t = l_t + s_t + e_t`` with ``l_t = l_{t-1} + g_{t-1} + w_t`` and, in most worlds, growth that fades:
``g_t = phi g_{t-1}``. ``s`` is the season and the spring festival, ``e`` a month's own noise, ``w`` lasting shocks. The
maker in question is the first, the others are its reference class.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

__all__ = ["AHEAD", "BROKEN", "FESTIVALS", "KINDS", "RampWorld", "SimulatedRamps", "festival_days", "simulate_ramps"]

Array = npt.NDArray[np.float64]
Days = npt.NDArray[np.int64]

AHEAD = 12
"""Months simulated beyond the last known one."""

FESTIVALS = tuple(
    date(*day)
    for day in (
        (2019, 2, 5), (2020, 1, 25), (2021, 2, 12), (2022, 2, 1), (2023, 1, 22), (2024, 2, 10), (2025, 1, 29), (2026, 2, 17),
        (2027, 2, 6), (2028, 1, 26), (2029, 2, 13),
    )
)  # fmt: skip
"""First days of the lunar year."""
IDLE = (3, 12)
"""Days before and after the first day of the lunar year on which little is made or handed over."""


@dataclass(frozen=True, slots=True)
class RampWorld:
    """What is true of a world's makers.

    Attributes
    ----------
    shape
        How the level goes: "fading" (growth times phi each month), "steps" (towards a capacity that is doubled now and
        then), "flat".
    others
        Makers beside the one in question.
    history, others_history
        Least and most months known, of the maker in question and of the others.
    growth, phi
        Least and most of the growth a month at the start of sales, log points, and of what is left of it a month later.
    noise, walk
        Standard deviations of e and w.
    tails
        Degrees of freedom of e and w (infinite: normal).
    spread
        Standard deviation over makers of the logarithm of their noise and walk.
    focal_times
        By how much the spreads of the maker in question are those of the others.
    december
        Log points by which December stands above the other months, and January below.
    idle
        Part of a day's output that is lost on each day around the festival.
    common
        Standard deviation of a shock that all makers' month shares.
    launches
        Chance a month that a new model doubles output from one month to the next.
    collapse
        Whether the maker in question loses two thirds within three months at some date within six months of the last known one.
    shrinking
        Growth of the maker in question is the negative of what was drawn.
    still
        Chance a month that a maker's works stand still; never in the last known month.
    missing
        Part of the known months that nobody printed.
    """

    shape: str = "fading"
    others: int = 4
    history: tuple[int, int] = (12, 24)
    others_history: tuple[int, int] = (14, 26)
    growth: tuple[float, float] = (0.05, 0.25)
    phi: tuple[float, float] = (0.85, 0.95)
    noise: float = 0.08
    walk: float = 0.06
    tails: float = np.inf
    spread: float = 0.2
    focal_times: float = 1.0
    december: float = 0.10
    idle: float = 0.0
    common: float = 0.0
    launches: float = 0.0
    collapse: bool = False
    shrinking: bool = False
    still: float = 0.0
    missing: float = 0.0


FADING = RampWorld()
KINDS: dict[str, RampWorld] = {
    "fading growth": FADING,
    "flat": RampWorld("flat", december=0.0, spread=0.0),
    "moving festival": replace(FADING, idle=0.8, december=0.15),
    "short history": replace(FADING, history=(5, 8), idle=0.8),
    "missing months": replace(FADING, missing=0.2),
    "months at a standstill": replace(FADING, still=0.05),
    "no other makers": replace(FADING, others=0, history=(18, 30)),
    "shrinking": replace(FADING, shrinking=True),
    "capacity steps": replace(FADING, shape="steps"),
    "shocks in common": replace(FADING, common=0.15),
    "launch jumps": replace(FADING, launches=1 / 18),
    "heavy tails": replace(FADING, tails=3.0),
    "unlike the others": replace(FADING, focal_times=2.5),
    "calmer than the others": replace(FADING, focal_times=0.4),
    "collapse": replace(FADING, collapse=True),
}
BROKEN = {
    "capacity steps": "growth does not fade: it comes back whenever capacity is doubled",
    "shocks in common": "a month's shock of 15% hits all makers alike",
    "launch jumps": "output doubles within a month once in 18 months, at dates that nothing foretells",
    "heavy tails": "shocks have Student's t with three degrees of freedom",
    "unlike the others": "the maker in question swings two and a half times as much as its reference class",
    "calmer than the others": "the maker in question swings two fifths as much as its reference class",
    "collapse": "the maker in question loses two thirds at a date around the last known month; the others never did",
}
"""Worlds that show what goes wrong, and what it is."""


@dataclass(frozen=True, slots=True, eq=False)
class SimulatedRamps:
    """Makers' months; M makers, T known months and 12 beyond.

    Attributes
    ----------
    first
        Ordinal of the first month (`core.period.Period` at frequency 12).
    units
        What is known, shape (M, T); NaN before a maker's first month and where nobody printed it.
    known
        Ordinal of the day on which a figure was printed, shape (M, T); zero where there is none.
    truth
        What was made, shape (M, T + 12).
    """

    first: int
    units: Array
    known: Days
    truth: Array

    @property
    def ahead(self) -> Array:
        """What the maker in question makes in the next 12 months, shape (12,)."""
        return self.truth[0, self.units.shape[1] :]


def festival_days(month: int) -> float:
    """Return the part of a month's days (an ordinal at frequency 12) that lie around the festival.

    Examples
    --------
    >>> round(festival_days(2025 * 12), 3), round(festival_days(2025 * 12 + 1), 3), festival_days(2024 * 12)
    (0.194, 0.321, 0.0)
    """
    year, place = divmod(month, 12)
    length = monthrange(year, place + 1)[1]
    days = [date(year, place + 1, 1) + timedelta(days=k) for k in range(length)]
    before, after = IDLE
    return sum(any(-before <= (day - f).days < after for f in FESTIVALS) for day in days) / length


def simulate_ramps(kind: str, rng: np.random.Generator) -> SimulatedRamps:
    """Draw a world's makers, at most 30 known months that end in some month of 2022 to 2026, and 12 months beyond.

    Examples
    --------
    >>> made = simulate_ramps("fading growth", np.random.default_rng(0))
    >>> made.units.shape[0], made.truth.shape[1] - made.units.shape[1]
    (5, 12)
    """
    world = KINDS[kind]
    spans = [int(rng.integers(lo, hi + 1)) for lo, hi in (world.history, *[world.others_history] * world.others)]
    T = max(spans)
    last = 2022 * 12 + int(rng.integers(0, 60))
    first = last - T + 1
    truth = np.full((len(spans), T + AHEAD), np.nan)
    for maker, span in enumerate(spans):
        truth[maker, T - span :] = _output(world, maker, span, rng)
    months = np.arange(first, first + T + AHEAD)
    season = world.december * (1.0 * (months % 12 == 11) - 1.0 * (months % 12 == 0))
    season += np.log1p(-world.idle * np.array([festival_days(int(m)) for m in months]))
    if world.common:
        season += world.common * rng.standard_normal(len(months))
    truth = np.round(truth * np.exp(season))
    if world.still:
        stands = rng.uniform(size=truth.shape) < world.still
        stands[:, T - 1] = False
        truth[stands & np.isfinite(truth)] = 0.0
    units = truth[:, :T].copy()
    if world.missing:
        gone = rng.uniform(size=units.shape) < world.missing
        gone[:, -1] = False
        units[gone] = np.nan
    known = np.where(np.isnan(units), 0, _last_days(first, T) + rng.integers(1, 15, units.shape))
    return SimulatedRamps(first, units, known, truth)


def _output(world: RampWorld, maker: int, span: int, rng: np.random.Generator) -> Array:
    """Return a maker's months without season, from its first known one to the last simulated."""
    n = span + AHEAD
    times = np.exp(world.spread * rng.standard_normal()) * (world.focal_times if maker == 0 else 1.0)
    shocks = world.walk * times * _errors(rng, n, world.tails)
    own = world.noise * times * _errors(rng, n, world.tails)
    start = np.log(rng.uniform(3_000, 15_000))
    if world.shape == "steps":
        level = _steps(start, shocks, rng)
    else:
        sold = 0 if maker == 0 else int(rng.integers(0, 13))
        phi, growth = rng.uniform(*world.phi), rng.uniform(*world.growth)
        if world.shape == "flat":
            growth, shocks = 0.0, np.zeros(n)
        if world.shrinking and maker == 0:
            growth = -growth
        level = start + np.concatenate([[0.0], (growth * phi ** (sold + np.arange(n - 1))).cumsum()]) + shocks.cumsum()
    if world.launches:
        level = level + np.log(2.0) * (rng.uniform(size=n) < world.launches).cumsum()
    if world.collapse and maker == 0:
        begin = span + int(rng.integers(-6, 7))
        level = level + np.log(1 / 3) * np.clip((np.arange(n) - begin) / 3, 0, 1)
    return np.asarray(np.exp(level + own))


def _steps(start: float, shocks: Array, rng: np.random.Generator) -> Array:
    """Return log output that closes a quarter of its distance to capacity a month; capacity is doubled every 8 to 14 months."""
    level, capacity, due = np.empty(len(shocks)), start + np.log(3.0), int(rng.integers(8, 15))
    at = start
    for t in range(len(shocks)):
        if t == due:
            capacity, due = capacity + np.log(2.0), t + int(rng.integers(8, 15))
        at += 0.25 * (capacity - at) + shocks[t]
        level[t] = at
    return level


def _last_days(first: int, T: int) -> Days:
    """Return the ordinals of the last days of T months."""
    ends = [divmod(month, 12) for month in range(first + 1, first + T + 1)]
    return np.array([date(year, place + 1, 1).toordinal() - 1 for year, place in ends])


def _errors(rng: np.random.Generator, shape: int, tails: float) -> Array:
    """Return errors of unit variance."""
    if np.isinf(tails):
        return rng.standard_normal(shape)
    return np.asarray(rng.standard_t(tails, shape) * np.sqrt((tails - 2) / tails))
