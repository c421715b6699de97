"""Makers' books foretold: how often a quarter above zero came, against the chance that was given and the world's own chance.

Units of the quarters to come are drawn from the world's own law, so that what is tried is the books alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from functools import partial
from typing import Literal

import numpy as np
import numpy.typing as npt

from halfstep.numerics.scores import brier, coverage, reliability
from halfstep.outlook.books import Books, break_even, fit_books, parameters, results
from halfstep.outlook.quarters import OPEN, PUBLISHED, Prior, Unfit
from halfstep.worlds.books import AHEAD, BROKEN, KINDS, SimulatedBooks, simulate_books

__all__ = ["READINGS", "SEED", "BooksEntry", "books_worlds", "run_books"]

Array = npt.NDArray[np.float64]

SEED = 20250604
KEPT = 10
QUARTERS = (1, 3, 6)
"""Quarters ahead of which intervals and chances are held against what came."""
EDGES = np.array([0.0, 0.1, 0.3, 0.5, 0.7, 0.9, 1.0])
READINGS: dict[str, tuple[Literal["proportion", "none"], Prior]] = {
    "cost in proportion to price, surveys": ("proportion", PUBLISHED),
    "cost apart from price, surveys": ("none", PUBLISHED),
    "cost in proportion to price, nothing published": ("proportion", OPEN),
    "cost apart from price, nothing published": ("none", OPEN),
}
"""How mix moves cost, and what is believed before the books are read; the first is what a run answers with."""
APART = tuple(name for name, (mix, _) in READINGS.items() if mix == "none")
FALLS_SHORT = {
    "results, where published surveys are believed": "makers of most worlds learn less than those surveyed and their overheads grow by "
    "themselves: chances of about .8 come too seldom, most of all where cost is taken to move with price and does not; with nothing "
    "published they come as often as given",
}
"""Where what is claimed is not kept although the world breaks no assumption, and why."""
PROPORTION = "mix moves price and cost"
"""The one world in which what moves the price moves cost; in the others it does not."""


@dataclass(frozen=True, slots=True)
class BooksEntry:
    """One simulated maker.

    Attributes
    ----------
    quarters
        Known ones.
    refused
        Why it was not foretold; empty where it was.
    chance
        The world's own chance of a quarter above zero by the first, third and sixth quarter ahead.
    came
        Whether there was one.
    stated
        By reading: the chance given.
    place
        By reading: probability given to less than the result that came in these quarters.
    slope
        By reading: probability given to less than the true learning.
    """

    quarters: int
    refused: str
    chance: tuple[float, ...]
    came: tuple[bool, ...]
    stated: tuple[tuple[float, ...], ...]
    place: tuple[tuple[float, ...], ...]
    slope: tuple[float, ...]

    def record(self) -> dict[str, object]:
        """Return the entry as plain data."""
        return asdict(self) | {
            "stated": [[round(p, 4) for p in some] for some in self.stated],
            "place": [[round(p, 4) for p in some] for some in self.place], "slope": [round(p, 4) for p in self.slope],
            "chance": list(self.chance), "came": list(self.came),
        }  # fmt: skip


def books_of(made: SimulatedBooks) -> Books:
    """Return the printed books: margins to a tenth of a per cent, money to ten millions."""
    return Books(
        units=made.units, revenue=made.revenue, margin_lo=made.margin - 0.0005, margin_hi=made.margin + 0.0005, result=made.result,
        rounding=5.0,
    )  # fmt: skip


def run_books(kind: str, run: int) -> BooksEntry:
    """Simulate, foretell by each reading, and hold it against what came and the world's own chance."""
    made = simulate_books(kind, np.random.default_rng([SEED, 100 + list(KINDS).index(kind), run]))
    rng, at = np.random.default_rng([SEED, run]), [q - 1 for q in QUARTERS]
    stated, place, slope, refused = [], [], [], ""
    for mix, prior in READINGS.values():
        fit = fit_books(books_of(made), mix, prior)
        if isinstance(fit, Unfit):
            refused = fit.reason
            break
        drawn = results(fit, made.futures, rng).result
        stated.append(tuple(break_even(drawn).by[at].tolist()))
        place.append(tuple((drawn < made.ahead_result).mean(axis=0)[at].tolist()))
        slope.append(float((parameters(fit, len(drawn), rng).slope < made.b).mean()))
    return BooksEntry(
        len(made.units), refused, tuple(made.chance[at].tolist()), tuple(made.reached[at].tolist()), tuple(stated), tuple(place),
        tuple(slope),
    )  # fmt: skip


def books_worlds(pool: ProcessPoolExecutor, runs: int) -> dict[str, object]:
    """Run every kind of books, a fifth of `runs` each."""
    worlds: dict[str, object] = {}
    everything: list[BooksEntry] = []
    for kind in KINDS:
        entries = list(pool.map(partial(run_books, kind), range(max(runs // 5, 2)), chunksize=2))
        everything += [] if kind in BROKEN else entries
        worlds[kind] = books_summary(kind, entries) | {"entries": [e.record() for e in entries[:KEPT]]}
    pooled = {name: _reading(everything, r) for r, name in enumerate(READINGS)}
    return {
        "quarters ahead": AHEAD,
        "falls short": FALLS_SHORT,
        "all that break no assumption": pooled,
        "worlds": worlds,
    }


def books_summary(kind: str, entries: Sequence[BooksEntry]) -> dict[str, object]:
    """Return what each reading gave in one kind of books."""
    out: dict[str, object] = {"worlds": len(entries)}
    if kind in BROKEN:
        out["breaks an assumption"] = BROKEN[kind]
    out["refused"] = dict(sorted(Counter(e.refused for e in entries if e.refused).items()))
    out["cost moves with price"] = kind == PROPORTION
    return out | {name: _reading(entries, r) for r, name in enumerate(READINGS)}


def _reading(entries: Sequence[BooksEntry], reading: int) -> dict[str, object]:
    told = [e for e in entries if not e.refused]
    chance, came = np.array([e.chance for e in told]), np.array([e.came for e in told], dtype=np.float64)
    stated = np.array([e.stated[reading] for e in told])
    place = np.array([e.place[reading] for e in told])
    slope = np.array([e.slope[reading] for e in told])
    out: dict[str, object] = {}
    for k, quarter in enumerate(QUARTERS):
        out[f"by quarter {quarter}"] = {
            "chance given": round(float(stated[:, k].mean()), 4), "chance": round(float(chance[:, k].mean()), 4),
            "came": _rate(came[:, k] > 0), "mean distance from the chance": round(float(np.abs(stated - chance)[:, k].mean()), 4),
            "Brier": round(float(brier(stated[:, k], came[:, k]).mean()), 4),
            "Brier of the chance itself": round(float(brier(chance[:, k], came[:, k]).mean()), 4),
            "Brier of the share that came": round(float(came[:, k].mean() * (1 - came[:, k].mean())), 4),
        }  # fmt: skip
        out[f"result of quarter {quarter}"] = {
            f"{level:.0%}": _rate(np.abs(place[:, k] - 0.5) <= level / 2) | {"nominal": level}
            for level in (0.5, 0.8, 0.9)
        }
    world = np.repeat(np.arange(len(told)), len(QUARTERS))
    found = reliability(stated.ravel(), came.ravel(), EDGES, world, 0.99)
    out["came by the chance given"] = [
        {"given": round(p, 3), "came": round(q, 3), "interval99": [round(lo, 3), round(hi, 3)], "of": n}
        for p, q, lo, hi, n in zip(
            found.nominal.tolist(), found.observed.tolist(), found.lo.tolist(), found.hi.tolist(), found.n.tolist(), strict=True
        )
    ]  # fmt: skip
    out["learning in its 90% interval"] = _rate(np.abs(slope - 0.5) <= 0.45)
    return out


def _rate(hits: npt.NDArray[np.bool_]) -> dict[str, object]:
    found = coverage(hits, None, 0.99)
    return {"rate": round(found.rate, 4), "of": found.n, "interval99": [round(found.lo, 4), round(found.hi, 4)]}
