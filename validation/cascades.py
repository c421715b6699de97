"""Cascades whose truth is known: is what follows replies told right, and how many posts a post brings.

Beside the verdict stands the plain reading, a Hawkes process in which own replies are one more kind of event, with the first
post's fading shock in the model and without.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass

import numpy as np

from halfstep.arrivals.hawkes import Cascade, Spec, fit
from halfstep.arrivals.replies import followed
from halfstep.arrivals.rescaling import rescaling
from halfstep.worlds.cascades import KINDS, CascadeWorld, unfold

__all__ = [
    "KINDS",
    "LONE",
    "NULL",
    "POOLED",
    "SEED",
    "CascadeEntry",
    "LoneEntry",
    "cascades_summary",
    "lone_summary",
    "run_cascades",
    "run_lone",
]

SEED = 20250604
POOLED = 10
PLACEBOS = 39
"""Placebos a set; the default is larger."""
LONE = (0.0, 0.3, 0.6, 0.8)
"""Branching of the worlds of one long stretch."""
BROKEN = {
    "doubt brings replies": "bursts that nobody records bring posts, and replies: what follows is more, and not because of them",
    "heavy-tailed delays": "delays follow a power law, the model has a sum of exponentials",
    "bots": "rounds of fifteen posts within seconds",
}
NULL = tuple(k for k, w in KINDS.items() if not w.extra and not w.kept_away and w.timing != "doubt")
Rate = Callable[[list[bool], float, str], dict[str, object]]


@dataclass(frozen=True, slots=True)
class CascadeEntry:
    """One set of ten cascades.

    Attributes
    ----------
    label, why, extra, low, high, smallest, p_placebo
        Of the verdict.
    truth
        Posts that a reply truly brought by itself.
    posts
        Of the crowd.
    plain, plain_low
        Posts a reply brings in the plain reading, and the lower end, with the shock.
    naive_low, naive_ratio
        Without it: lower end, and likelihood ratio against replies that do nothing.
    branching, branching_low, branching_high
        Of the crowd, with the shock.
    """

    label: str
    why: str
    extra: float
    low: float
    high: float
    smallest: float
    p_placebo: float
    truth: float
    posts: int
    plain: float
    plain_low: float
    naive_low: float
    naive_ratio: float
    branching: float
    branching_low: float
    branching_high: float

    def record(self) -> dict[str, object]:
        """As stored."""
        return {k: round(v, 5) if isinstance(v, float) else v for k, v in asdict(self).items()}


@dataclass(frozen=True, slots=True)
class LoneEntry:
    """One stretch of about 2,000 posts: branching on the grid and with a free decay, whether its interval covers, share passed."""

    grid: float
    free: float
    covered: bool
    passed: float

    def record(self) -> dict[str, object]:
        """As stored."""
        return {k: round(v, 5) if isinstance(v, float) else v for k, v in asdict(self).items()}


def run_cascades(kind: str, run: int) -> CascadeEntry:
    """Draw ten cascades of a kind, and judge them."""
    rng = np.random.default_rng([SEED, list(KINDS).index(kind), run])
    made = [unfold(KINDS[kind], rng) for _ in range(POOLED)]
    cascades = tuple(Cascade(m.time, m.kind, m.duration, m.clock) for m in made)
    parts = 6 if KINDS[kind].night else 1
    found = followed(cascades, Spec(parts=parts), rng, PLACEBOS)
    plain = fit(cascades, Spec(kinds=2, parts=parts))
    naive = fit(cascades, Spec(kinds=2, shock=False, parts=parts))
    crowd = tuple(Cascade(m.time[m.kind == 0], m.kind[m.kind == 0], m.duration, m.clock) for m in made)
    without = fit(crowd, Spec(shock=False, parts=parts))
    return CascadeEntry(
        found.label, found.why, found.extra, found.low, found.high, found.smallest, found.p_placebo,
        sum(m.moved for m in made) / max(1, found.replies), plain.events, float(plain.branching[0, 1]),
        float(plain.low[0, 1]), float(naive.low[0, 1]), 2 * (naive.loglik - without.loglik),
        float(plain.branching[0, 0]), float(plain.low[0, 0]), float(plain.high[0, 0]),
    )  # fmt: skip


def run_lone(branching: float, run: int) -> LoneEntry:
    """Draw one long stretch at a steady rate, and fit it."""
    rng = np.random.default_rng([SEED, 99, LONE.index(branching), run])
    steady = 24.0
    world = CascadeWorld(
        shock=0.0, steady=steady, branching=branching, delays=(600.0, 600.0), replies=0.0,
        hours=2_000 * (1 - branching) / steady * 24.0,
    )  # fmt: skip
    made = unfold(world, rng)
    cascade = (Cascade(made.time, made.kind, made.duration),)
    grid = fit(cascade, Spec(shock=False))
    free = fit(cascade, Spec(shock=False, free=True, decays=(1.0 / 300.0,)))
    held = fit(cascade, Spec(shock=False, decays=tuple(float(b) for b in free.decays)))
    passed = rescaling(held, rng, 39).passed if run < 10 else float("nan")
    return LoneEntry(
        float(grid.branching[0, 0]), float(free.branching[0, 0]),
        bool(free.low[0, 0] <= branching <= free.high[0, 0]), passed,
    )  # fmt: skip


def cascades_summary(kind: str, entries: list[CascadeEntry], rate: Rate) -> dict[str, object]:
    """Return what one kind of world shows."""
    out: dict[str, object] = {"runs": len(entries), "posts": round(float(np.mean([e.posts for e in entries])))}
    if kind in BROKEN:
        out["breaks an assumption"] = BROKEN[kind]
    out["labels"] = dict(sorted(Counter(e.label for e in entries).items()))
    errors = np.array([e.extra - e.truth for e in entries])
    out["error of extra posts a reply"] = {
        "mean": round(float(errors.mean()), 3),
        "sd": round(float(errors.std(ddof=1)), 3),
    }
    out["smallest told"] = round(float(np.mean([e.smallest for e in entries])), 2)
    out["coverage"] = rate([e.low <= e.truth <= e.high for e in entries], 0.95, "equal")
    if kind in NULL:
        out["told: replies were followed by more"] = rate([e.label == "more" for e in entries], 0.07, "at most")
        out["told: by fewer"] = rate([e.label == "fewer" for e in entries], 0.07, "at most")
        out["plain reading with the shock: replies excite"] = rate([e.plain_low > 0 for e in entries], 0.07, "at most")
        excite = [e.naive_ratio > 2.706 for e in entries]  # 5% of a weight that cannot be below 0
        out["plain reading without the shock: replies excite, by likelihood ratio"] = round(float(np.mean(excite)), 3)
        out["plain reading without the shock, errors by cascade"] = round(
            float(np.mean([e.naive_low > 0 for e in entries])), 3
        )
    elif KINDS[kind].extra >= 15:
        out["told: replies were followed by more"] = rate([e.label == "more" for e in entries], 0.90, "at least")
    else:
        wanted = "fewer" if KINDS[kind].kept_away else "more"
        out[f"told: {wanted}"] = round(float(np.mean([e.label == wanted for e in entries])), 3)
    out["branching"] = {
        "true": KINDS[kind].branching, "mean": round(float(np.mean([e.branching for e in entries])), 3),
        "sd": round(float(np.std([e.branching for e in entries])), 3),
    }  # fmt: skip
    return out


def lone_summary(branching: float, entries: list[LoneEntry], rate: Rate) -> dict[str, object]:
    """Return what one branching shows."""
    grid, free = (np.array([getattr(e, name) for e in entries]) - branching for name in ("grid", "free"))
    passed = [e.passed for e in entries if np.isfinite(e.passed)]
    return {
        "runs": len(entries),
        "error on the grid": {"mean": round(float(grid.mean()), 4), "sd": round(float(grid.std(ddof=1)), 4)},
        "error with a free decay": {"mean": round(float(free.mean()), 4), "sd": round(float(free.std(ddof=1)), 4)},
        "coverage with a free decay": rate([e.covered for e in entries], 0.95, "at least"),
        "time rescaling passed": rate([p == 1.0 for p in passed], 0.95, "at least"),
    }
