"""Bursts, half-lives and comparisons of attention: false alarms against those stated, coverage, false verdicts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from functools import partial

import numpy as np
from scipy.stats import chi2

from halfstep.arrivals.bursts import Bursts, BurstSettings, bursts_together
from halfstep.arrivals.changes import changes
from halfstep.arrivals.halflife import DecaySettings, HalfLife, half_life
from halfstep.arrivals.matched import Attention, Difference, compare
from halfstep.worlds.attention import KINDS, NULLS, PAIRS, SimulatedAttention, simulate_attention, simulate_pair

__all__ = ["KINDS", "PAIRS", "SEED", "AttentionEntry", "PairEntry", "attention_worlds", "run_attention", "run_pair"]

SEED = 20261123
NAMES = 20
"""Names of one simulated platform: their dispersions are pooled."""
STATED = 1.0
NEAR = 2
"""Days within which a burst counts as found."""
SHORT = {
    "null, echoing": "the rate itself wanders by a half within days (log-normal, persistence .8)",
    "level shift": "the usual quadruples once: a burst there is no false alarm",
}
DRIFTS = "null, drifting"
"""Its level moves by a half within a hundred days: a change told of it is no mistake, and is not held against the rate."""


LEVELS = (*NULLS, "level shift")
"""Kinds of which changes of level are asked."""


@dataclass(frozen=True, slots=True)
class AttentionEntry:
    """One simulated platform of 20 names.

    Attributes
    ----------
    years, alarms
        Judged name-years; bursts that are none of those planted.
    planted, found
        Planted bursts, and those of them found within two days.
    lives, covered
        Half-lives measured, and intervals that hold the true one.
    changed
        Names of which a change of level is told.
    """

    years: float
    alarms: int
    planted: int
    found: int
    lives: int
    covered: int
    changed: int

    def record(self) -> dict[str, object]:
        """Return the entry as plain data."""
        return asdict(self) | {"years": round(self.years, 4)}


@dataclass(frozen=True, slots=True)
class PairEntry:
    """One founder and one product: half-lives at the same volume, labels, whether each one's own interval holds the truth."""

    first: float | None
    second: float | None
    half_life: str
    volatility: str
    covered: tuple[bool | None, bool | None]

    def record(self) -> dict[str, object]:
        """Return the entry as plain data."""
        plain = {k: None if v is None else round(v, 3) for k, v in (("first", self.first), ("second", self.second))}
        return plain | {"half_life": self.half_life, "volatility": self.volatility, "covered": list(self.covered)}


def _all(made: list[SimulatedAttention]) -> tuple[Bursts, ...]:
    stacked = (np.array([getattr(m, field) for m in made]) for field in ("count", "total"))
    count, total = stacked
    return bursts_together(count, total, BurstSettings(false_alarms=STATED), np.array([m.present for m in made]))


def run_attention(kind: str, run: int) -> AttentionEntry:
    """Simulate a platform and look for bursts, half-lives and changes."""
    rng = np.random.default_rng([SEED, KINDS.index(kind), run])
    made = [simulate_attention(kind, rng) for _ in range(NAMES)]
    alarms = planted = found = lives = covered = changed = 0
    years = 0.0
    for m, b in zip(made, _all(made), strict=True):
        years += b.years
        near = [[min(abs(x.start - p.day), abs(x.peak - p.day)) <= NEAR for p in m.planted] for x in b.bursts]
        held = [any(p.day - NEAR <= x.start <= p.day + 14 for p in m.planted) for x in b.bursts]
        alarms += held.count(False)
        planted += len(m.planted)
        found += int(np.array(near).any(axis=0).sum()) if near else 0
        life = half_life(m.count, m.total, b, DecaySettings(), rng) if m.planted else None
        if isinstance(life, HalfLife):
            lives += 1
            covered += life.lo <= max(m.planted[0].half_life, 0.25) <= life.hi
        if kind in LEVELS:
            changed += bool(changes(m.count, m.total, m.present).days)
    return AttentionEntry(years, alarms, planted, found, lives, covered, changed)


def run_pair(kind: str, run: int) -> PairEntry:
    """Simulate a founder and a product of ten times the volume, and compare them."""
    rng = np.random.default_rng([SEED, 100 + PAIRS.index(kind), run])
    pair = simulate_pair(kind, rng)
    covered: list[bool | None] = []
    for m, b in zip(pair, _all(list(pair)), strict=True):
        life = half_life(m.count, m.total, b, DecaySettings(), rng)
        truth = max(m.planted[0].half_life, 0.25)
        covered.append(bool(life.lo <= truth <= life.hi) if isinstance(life, HalfLife) else None)
    founder, product = (Attention(m.count, m.total) for m in pair)
    found = compare(founder, product, rng)
    life_, swing = found.half_life, found.volatility
    return PairEntry(
        life_.first if isinstance(life_, Difference) else None,
        life_.second if isinstance(life_, Difference) else None,
        life_.label if isinstance(life_, Difference) else life_.why,
        swing.label if isinstance(swing, Difference) else swing.why,
        (covered[0], covered[1]),
    )


Rate = Callable[[list[bool], float, str], dict[str, object]]


def attention_worlds(pool: ProcessPoolExecutor, runs: int, rate: Rate, kept: int) -> dict[str, object]:
    """Run every kind of platform (a fiftieth as many as `runs`: 20 names of three years each) and of pair (a tenth)."""
    worlds: dict[str, object] = {}
    for kind in KINDS:
        entries = list(pool.map(partial(run_attention, kind), range(max(runs // 50, 2))))
        worlds[kind] = _platforms(kind, entries, rate) | {"entries": [e.record() for e in entries[:kept]]}
    pairs: dict[str, object] = {}
    for kind in PAIRS:
        told = list(pool.map(partial(run_pair, kind), range(max(runs // 10, 2))))
        pairs[kind] = _pairs(kind, told, rate) | {"entries": [e.record() for e in told[:kept]]}
    return {"seed": SEED, "false alarms stated per name and year": STATED, "platforms": worlds, "pairs": pairs}


def _platforms(kind: str, entries: list[AttentionEntry], rate: Rate) -> dict[str, object]:
    out: dict[str, object] = {"runs": len(entries)}
    if kind in SHORT:
        out["breaks an assumption"] = SHORT[kind]
    years, alarms = sum(e.years for e in entries), sum(e.alarms for e in entries)
    ends = [chi2.ppf(0.005, 2 * alarms) / 2 if alarms else 0.0, chi2.ppf(0.995, 2 * alarms + 2) / 2]
    out["false alarms per name and year"] = {
        "rate": round(alarms / years, 4), "of years": round(years, 1), "interval99": [round(float(x) / years, 4) for x in ends],
        "nominal": f"at most {STATED}", "holds": bool(ends[0] / years <= STATED),
    }  # fmt: skip
    hits = [k < e.changed for e in entries for k in range(NAMES)]
    if kind == DRIFTS:
        out["a change of level is told"] = round(float(np.mean(hits)), 4)
    elif kind in LEVELS:
        out["a change of level is told"] = rate(hits, *((0.05, "at most") if kind in NULLS else (0.9, "at least")))
    planted = sum(e.planted for e in entries)
    if planted:
        out["planted bursts found within two days"] = round(sum(e.found for e in entries) / planted, 4)
    if any(e.lives for e in entries):
        out["half-life covered"] = rate([k < e.covered for e in entries for k in range(e.lives)], 0.90, "at least")
    return out


def _pairs(kind: str, entries: list[PairEntry], rate: Rate) -> dict[str, object]:
    true = {"product more fickle": "longer", "founder more fickle": "shorter"}.get(kind)
    labels = [e.half_life for e in entries]
    out: dict[str, object] = {"runs": len(entries), "labels": dict(sorted(Counter(labels).items()))}
    out["volatility"] = dict(sorted(Counter(e.volatility for e in entries).items()))
    if true is None:
        out["false longer or shorter"] = rate([x in ("longer", "shorter") for x in labels], 0.10, "at most")
    else:
        out[f"called {true}"] = rate([x == true for x in labels], 0.90, "at least")
    held = [c for e in entries for c in e.covered if c is not None]
    if held:
        out["half-life covered"] = rate(held, 0.90, "at least")
    return out
