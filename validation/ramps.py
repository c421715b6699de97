"""Makers' months foretold: do the intervals hold what came, and is it nearer than the last month or a line?

Worlds are foretold once, in their last known month, for every maker that has enough months; makers of one world share a fit,
so worlds are the clusters of every rate. Real makers are foretold every month with what was known then.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Literal

import numpy as np
import numpy.typing as npt

from halfstep.numerics.scores import crps_draws
from halfstep.outlook.backtest import LEVELS, Backtest, naive
from halfstep.outlook.paths import fit_paths, foretell
from halfstep.outlook.season import PLAIN, SPRING_FESTIVAL, Season
from halfstep.worlds.ramps import BROKEN, KINDS, simulate_ramps
from validation.ramps_real import contest, held, real_makers

__all__ = ["CELLS", "SEED", "RampEntry", "ramp_worlds", "run_ramp"]

Array = npt.NDArray[np.float64]

SEED = 20250604
KEPT = 10
"""Entries stored a world."""
DRAWS = 2000
HORIZONS = (1, 3, 6, 12)
"""Months whose sum is foretold."""
SHOWN = (0.5, 0.8, 0.9)
NOT_TOLD = "moving festival, not told"

CELLS: dict[str, tuple[str, Season]] = {kind: (kind, PLAIN) for kind in KINDS} | {
    "moving festival": ("moving festival", SPRING_FESTIVAL),
    NOT_TOLD: ("moving festival", PLAIN),
    "short history": ("short history", SPRING_FESTIVAL),
}
"""Name -> kind of world, and what the analyst believes of the months of the year."""
SHORT = BROKEN | {
    NOT_TOLD: "output falls by up to 40% around a festival that moves, and no month is expected to differ",
    "months at a standstill": "a month in twenty stands still, in which nothing is made",
}
"""What breaks an assumption."""


FALLS_SHORT = {
    "short history, one month ahead": "the festival lies in January in some years and in February in others; month effects learnt in one or "
    "two years put it in the wrong one, and few months tell how far off they may be",
}
"""Where what is claimed is not kept although the world breaks no assumption of the path, and why."""


@dataclass(frozen=True, slots=True)
class Told:
    """One maker's sum of months, foretold and come.

    Attributes
    ----------
    maker, months
        Row of the maker (0 is the one in question), and months in the sum.
    ends
        Lower ends, then upper ends, of the central intervals at `halfstep.outlook.backtest.LEVELS`.
    pit, crps
        Probability given to less than what came; continuous ranked probability score in units.
    last, trend
        Naive forecasts.
    now
        Last known month.
    """

    maker: int
    months: int
    truth: float
    median: float
    ends: tuple[float, ...]
    pit: float
    crps: float
    last: float
    trend: float
    now: float


@dataclass(frozen=True, slots=True)
class RampEntry:
    """One simulated world.

    Attributes
    ----------
    figures
        Months known of the maker in question.
    refused
        Why it was not foretold; empty where it was.
    told
        Every maker and horizon.
    """

    figures: int
    refused: str
    told: tuple[Told, ...]

    def record(self) -> dict[str, object]:
        """Return the entry as plain data: the maker in question by its months."""
        mine = [t for t in self.told if t.maker == 0]
        return {
            "figures": self.figures, "refused": self.refused, "truth": [t.truth for t in mine],
            "median": [round(t.median, 1) for t in mine], "pit": [round(t.pit, 4) for t in mine],
        }  # fmt: skip


def run_ramp(cell: str, run: int) -> RampEntry:
    """Simulate, fit once, foretell every maker, and hold it against what came."""
    kind, season = CELLS[cell]
    made = simulate_ramps(kind, np.random.default_rng([SEED, list(KINDS).index(kind), run]))
    paths = fit_paths(made.units, made.first, season)
    rng = np.random.default_rng([SEED, run])
    told: list[Told] = []
    T = made.units.shape[1]
    for maker, refusal in enumerate(paths.refusals):
        newest = int(paths.last[maker]) - made.first
        if refusal is not None or newest != T - 1:
            continue
        draws = foretell(paths, maker, max(HORIZONS), DRAWS, rng)
        again, line = naive(made.units[maker], max(HORIZONS))
        told += [
            _told((maker, n), draws[:, :n].sum(axis=1), made.truth[maker, T : T + n], again, line) for n in HORIZONS
        ]
    return RampEntry(int(paths.figures[0]), paths.refusals[0] or "", tuple(told))


def _told(of: tuple[int, int], sums: Array, came: Array, again: Array, line: Array) -> Told:
    tails = (1.0 - np.asarray(LEVELS)) / 2.0
    truth, months = float(came.sum()), of[1]
    ends = tuple(float(end) for end in np.quantile(sums, [*tails, *(1.0 - tails)]))
    return Told(
        *of, truth, float(np.median(sums)), ends, float((sums < truth).mean()), float(crps_draws(sums, truth)),
        float(again[:months].sum()), float(line[:months].sum()), float(again[0]),
    )  # fmt: skip


def ramp_worlds(pool: ProcessPoolExecutor, runs: int) -> dict[str, object]:
    """Run every kind of world, a fifth of `runs` each, and the real makers where HALFSTEP_CASES names them."""
    worlds: dict[str, object] = {}
    for cell in CELLS:
        entries = list(pool.map(partial(run_ramp, cell), range(max(runs // 5, 2)), chunksize=2))
        worlds[cell] = ramp_summary(cell, entries) | {"entries": [e.record() for e in entries[:KEPT]]}
    return {"seed": SEED, "falls short": FALLS_SHORT, "worlds": worlds, "real makers": real_makers()}


def ramp_summary(cell: str, entries: Sequence[RampEntry]) -> dict[str, object]:
    """Return coverage of the maker in question and of the others, and errors against the naive forecasts, by months summed."""
    out: dict[str, object] = {"worlds": len(entries)}
    if cell in SHORT:
        out["breaks an assumption"] = SHORT[cell]
    out["refused"] = dict(sorted(Counter(e.refused for e in entries if e.refused).items()))
    for who, mine in (("the maker in question", True), ("the other makers", False)):
        test = gathered(entries, mine)
        if not len(test.truth):
            continue
        out[who] = {
            f"{months} month{'s' * (months > 1)}": {
                "coverage": {f"{level:.0%}": held(test, level, months) for level in SHOWN},
                "against the last month": contest(test, "last", months),
                "against a line": contest(test, "trend", months),
            }
            for months in HORIZONS
        }
    return out


def gathered(entries: Sequence[RampEntry], mine: bool) -> Backtest:
    """Return forecasts of the makers in question, or of all others, as a back-test in which a world is a maker."""
    rows = [(w, t) for w, e in enumerate(entries) for t in e.told if (t.maker == 0) == mine]
    world, told = np.array([w for w, _ in rows], dtype=np.int64), [t for _, t in rows]
    n, empty = len(LEVELS), np.zeros(len(rows), dtype=np.int64)
    ends = np.array([t.ends for t in told], dtype=np.float64).reshape(len(rows), 2 * n)
    months = np.array([t.months for t in told], dtype=np.int64)

    def column(name: Literal["truth", "median", "pit", "crps", "last", "trend", "now"]) -> Array:
        return np.array([getattr(t, name) for t in told], dtype=np.float64)

    return Backtest(
        world, empty, months, months, empty, column("truth"), column("median"), ends[:, :n], ends[:, n:], column("pit"),
        column("crps"), column("last"), column("trend"), column("now"), 0,
    )  # fmt: skip
