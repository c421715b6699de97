"""Simulated days of attention: counts of a name with a known usual, known bursts, known decay."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["DAYS", "KINDS", "NULLS", "PAIRS", "Planted", "SimulatedAttention", "simulate_attention", "simulate_pair"]

Array = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

DAYS = 1096
NULLS = ("null", "null, echoing", "null, drifting", "null, weekdays", "null, sparse", "null, clumps", "null, gaps")
KINDS = (*NULLS, "level shift", "bursts", "many bursts", "no memory")
PAIRS = ("matched", "product more fickle", "founder more fickle", "no memory")


@dataclass(frozen=True, slots=True)
class Planted:
    """A burst: its first day, its rows in all, the half-life of its decay in days."""

    day: int
    rows: float
    half_life: float


@dataclass(frozen=True, slots=True, eq=False)
class SimulatedAttention:
    """Days of one name.

    Attributes
    ----------
    count, total
        Rows that name it and rows of the list, (1096,).
    present
        Whether the day was observed.
    usual
        Mean rows without bursts, (1096,).
    planted
        Bursts; empty in the nulls.
    """

    count: Array
    total: Array
    present: Flags
    usual: Array
    planted: tuple[Planted, ...]


def simulate_attention(kind: str, rng: np.random.Generator) -> SimulatedAttention:
    """Return a name of one kind: its usual 0.3 to 6 rows a day, days that differ by a half, a list that changes its length."""
    level = float(np.exp(rng.uniform(np.log(0.3), np.log(6.0))))
    if kind == "null, sparse":
        level = 2 / 30
    total = rng.negative_binomial(100, 100 / (100 + 350), DAYS).astype(np.float64)
    total[400:500] *= 2.5
    usual = level * total / 350
    present = np.ones(DAYS, dtype=np.bool_)
    planted: tuple[Planted, ...] = ()
    if kind == "null, echoing":
        usual = usual * _walk(rng, 0.8, 0.5)
    elif kind == "null, drifting":
        usual = usual * _walk(rng, 0.99, 0.5)
    elif kind == "null, weekdays":
        usual = usual * np.tile([1.0, 1.0, 1.0, 1.0, 1.2, 1.6, 0.5], DAYS // 7 + 1)[:DAYS]
    elif kind == "null, gaps":
        present[300:340], present[900:] = False, False
        present &= rng.uniform(size=DAYS) > 0.02
    elif kind == "level shift":
        usual = usual * np.where(np.arange(DAYS) < 600, 1.0, 4.0)
    elif kind in ("bursts", "many bursts", "no memory"):
        planted = _plant(rng, 24 if kind == "many bursts" else 8, level, 0.2 if kind == "no memory" else 3.0)
    swing = rng.gamma(2.0, 0.5, DAYS) if kind != "null, clumps" else np.ones(DAYS)
    count = rng.poisson(usual * swing).astype(np.float64)
    if kind == "null, clumps":
        count = np.array(
            [rng.geometric(0.6, int(n)).sum() if n else 0 for n in rng.poisson(usual * 0.6)], dtype=np.float64
        )
    for p in planted:
        count += _rows(p, rng)
    return SimulatedAttention(np.where(present, count, 0.0), total, present, usual, planted)


def simulate_pair(
    kind: str, rng: np.random.Generator, volume: float = 10.0
) -> tuple[SimulatedAttention, SimulatedAttention]:
    """Return a founder and a product with `volume` times its rows, 16 bursts each.

    Half-lives are 3 and 3 days ("matched"), 6 and 1.5, 1.5 and 6, or a fifth of a day both ("no memory"). A founder's bursts are
    five times his usual to the product's 4.1, so he is the more volatile by a half where half-lives are alike.
    """
    lives = {
        "matched": (3.0, 3.0),
        "product more fickle": (6.0, 1.5),
        "founder more fickle": (1.5, 6.0),
        "no memory": (0.2, 0.2),
    }
    made = []
    for half_life, times in zip(lives[kind], (1.0, volume), strict=True):
        usual = np.full(DAYS, 0.5 * times)
        planted = _plant(rng, 16, 2.0 * times, half_life)
        count = rng.poisson(usual * rng.gamma(5.0, 0.2, DAYS)).astype(np.float64)
        for p in planted:
            count += _rows(p, rng)
        made.append(SimulatedAttention(count, np.full(DAYS, 400.0), np.ones(DAYS, dtype=np.bool_), usual, planted))
    return made[0], made[1]


def _walk(rng: np.random.Generator, persistence: float, spread: float) -> Array:
    """Return exp of a stationary first-order autoregression of standard deviation `spread`, with mean one."""
    logs = np.empty(DAYS)
    logs[0] = rng.normal(0, spread)
    steps = rng.normal(0, spread * np.sqrt(1 - persistence**2), DAYS)
    for day in range(1, DAYS):
        logs[day] = persistence * logs[day - 1] + steps[day]
    out: Array = np.exp(logs - spread**2 / 2)
    return out


def _plant(rng: np.random.Generator, bursts: int, level: float, half_life: float) -> tuple[Planted, ...]:
    """Return bursts on days that are spread out, each with ten to forty times the rows of a day."""
    room = (DAYS - 120) // bursts
    days = 70 + room * np.arange(bursts) + rng.integers(0, max(room - 20, 1), bursts)
    rows = (level + 0.5) * rng.uniform(10, 40, bursts)
    return tuple(Planted(int(d), float(r), half_life) for d, r in zip(days, rows, strict=True))


def _rows(planted: Planted, rng: np.random.Generator) -> Array:
    """Return a burst's rows by day, (1096,): a day's rows fall by half every half-life."""
    after = np.arange(DAYS - planted.day)
    share = 0.5 ** (after / planted.half_life)
    share *= 1 - 0.5 ** (1 / planted.half_life)
    out = np.zeros(DAYS)
    out[planted.day :] = rng.poisson(planted.rows * share)
    return out
