"""Shares of a class that an imperfect reader saw: are they in the interval, and what do other ways of counting say?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass

import numpy as np

from halfstep.prevalence.adjusted import adjusted_count
from halfstep.prevalence.em import em_share
from halfstep.prevalence.pooled import Pooled, pooled_reading
from halfstep.prevalence.ppi import share
from halfstep.prevalence.records import Audit, Share, Tally, Unsaid
from halfstep.prevalence.shift import errors_differ
from halfstep.worlds.prevalence import KINDS, SERIES, Read, simulate_reading, simulate_series

__all__ = [
    "KINDS", "SEED", "SERIES", "ReadingEntry", "SeriesEntry", "prevalence_worlds", "reading_summary", "run_reading", "run_series",
    "series_summary",
]  # fmt: skip

SEED = 20231102
LEVEL, LOWER = 0.95, 0.90
SERIES_LABELS = 12
FEWEST = 20
KEPT = 20
"""Entries stored of each kind: tests rerun some of them."""

Rate = Callable[[list[bool], float, str], dict[str, object]]

WIDER = ("rare class", "few labels", "prevalence shifted", "98% reader", "unequal draws")
"""Kinds with few posts of the class, few errors or few labels of weight in the audit: coverage lies above the level."""
SHORT = {
    "copies": "a text stands for up to 300 copies: few texts carry the share, and an audit may hold none of them",
}
"""What falls short and why."""


@dataclass(frozen=True, slots=True)
class ReadingEntry:
    """One simulated cell.

    Attributes
    ----------
    truth
        Share of the class.
    counted
        Share with a score above one half.
    ppi, ppi90
        Estimate and interval at 95%, interval at 90%.
    adjusted, em
        Estimate and interval at 95%; None where refused.
    people
        Mean of the audit alone.
    shift
        p of the reader's errors in the audit against where it was taught, the smaller of both classes, doubled.
    """

    truth: float
    counted: float
    ppi: tuple[float, float, float]
    ppi90: tuple[float, float]
    adjusted: tuple[float, float, float] | None
    em: tuple[float, float, float] | None
    people: float
    shift: float | None

    def record(self) -> dict[str, object]:
        """Return the entry as plain data."""
        return {k: _rounded(v) for k, v in asdict(self).items()}


@dataclass(frozen=True, slots=True)
class SeriesEntry:
    """One simulated series, twelve periods with twelve labels each, the first with none.

    Attributes
    ----------
    truth, value, lo, hi
        By period, pooled, at 95%; empty where refused.
    counted
        Share with a score above one half.
    own
        Estimates of the periods' own audits, from the second on.
    p
        Of constant errors.
    """

    truth: tuple[float, ...]
    value: tuple[float, ...]
    lo: tuple[float, ...]
    hi: tuple[float, ...]
    counted: tuple[float, ...]
    own: tuple[float, ...]
    p: float | None

    def record(self) -> dict[str, object]:
        """Return the entry as plain data."""
        return {k: _rounded(v) for k, v in asdict(self).items()}


def _rounded(value: object) -> object:
    if isinstance(value, tuple | list):
        return [_rounded(v) for v in value]
    return round(float(value), 5) if isinstance(value, float) else value


def _audit(read: Read) -> Audit:
    return Audit(read.f[read.drawn], read.y[read.drawn], read.weight)


def _ends(found: Share | Unsaid) -> tuple[float, float, float] | None:
    return (found.value, found.lo, found.hi) if isinstance(found, Share) else None


def run_reading(kind: str, run: int) -> ReadingEntry:
    """Simulate a cell and read its share by every way."""
    read = simulate_reading(kind, np.random.default_rng([SEED, KINDS.index(kind), run]))
    tally, audit = Tally.of(read.f), _audit(read)
    taught = Audit(read.taught_f, read.taught_y, np.ones(len(read.taught_y)))
    found, lower = share(tally, audit, LEVEL), share(tally, audit, LOWER)
    assert isinstance(found, Share) and isinstance(lower, Share)
    counts = np.bincount(np.rint(255 * read.f).astype(np.int64), minlength=256).astype(np.float64)
    shifts = errors_differ(audit, taught, LEVEL)
    return ReadingEntry(
        read.truth, float((read.f > 0.5).mean()), (found.value, found.lo, found.hi), (lower.lo, lower.hi),
        _ends(adjusted_count(tally, taught, LEVEL)), _ends(em_share(counts, taught, LEVEL)),
        float(audit.weight @ audit.y / audit.weight.sum()),
        None if isinstance(shifts, Unsaid) else min(1.0, 2 * min(s.p for s in shifts if s.what != "meaning")),
    )  # fmt: skip


def run_series(kind: str, run: int) -> SeriesEntry:
    """Simulate a series and pool its readers' errors over time."""
    made = simulate_series(kind, SERIES_LABELS, np.random.default_rng([SEED, len(KINDS) + SERIES.index(kind), run]))
    tallies = tuple(Tally.of(cell.f) for cell in made.cells)
    none = np.zeros(0)
    audits = (Audit(none, none, none), *(_audit(cell) for cell in made.cells[1:]))
    found = pooled_reading(tallies, audits, LEVEL, FEWEST)
    told = [s for s in found.shares if isinstance(s, Share)] if isinstance(found, Pooled) else []
    own = [share(t, a, LEVEL) for t, a in zip(tallies[1:], audits[1:], strict=True)]
    return SeriesEntry(
        tuple(made.truth.tolist()), tuple(s.value for s in told), tuple(s.lo for s in told), tuple(s.hi for s in told),
        tuple(float((cell.f > 0.5).mean()) for cell in made.cells),
        tuple(s.value for s in own if isinstance(s, Share)), found.constancy.p if isinstance(found, Pooled) else None,
    )  # fmt: skip


def _rmse(errors: list[float]) -> float:
    return round(float(np.sqrt(np.mean(np.square(errors)))), 4)


def reading_summary(kind: str, entries: list[ReadingEntry], rate: Rate) -> dict[str, object]:
    """Return what one kind of cell shows."""
    out: dict[str, object] = {"runs": len(entries)}
    if kind in SHORT:
        out["breaks an assumption"] = SHORT[kind]
    side = "at least" if kind in WIDER else "equal"
    out["coverage at 95%"] = rate([e.ppi[1] <= e.truth <= e.ppi[2] for e in entries], LEVEL, side)
    out["coverage at 90%"] = rate([e.ppi90[0] <= e.truth <= e.ppi90[1] for e in entries], LOWER, side)
    out["mean width at 95%"] = round(float(np.mean([e.ppi[2] - e.ppi[1] for e in entries])), 4)
    out["mean error"] = round(float(np.mean([e.ppi[0] - e.truth for e in entries])), 4)
    out["rmse"] = {
        "counted": _rmse([e.counted - e.truth for e in entries]),
        "people alone": _rmse([e.people - e.truth for e in entries]),
        "ppi": _rmse([e.ppi[0] - e.truth for e in entries]),
    }
    for way in ("adjusted", "em"):
        told = [(getattr(e, way), e.truth) for e in entries if getattr(e, way) is not None]
        found: dict[str, object] = {"told": len(told)}
        if told:
            found["rmse"] = _rmse([v[0] - truth for v, truth in told])
            found["coverage at 95%"] = round(float(np.mean([v[1] <= truth <= v[2] for v, truth in told])), 4)
        out[way] = found
    tested = [e.shift for e in entries if e.shift is not None]
    if tested:
        out["errors said to differ from where it was taught"] = round(float(np.mean([p <= 0.05 for p in tested])), 4)
    return out | {"entries": [e.record() for e in entries[:KEPT]]}


def series_summary(kind: str, entries: list[SeriesEntry], rate: Rate) -> dict[str, object]:
    """Return what one kind of series shows; a coverage is over all its periods that have an audit."""
    told = [e for e in entries if e.value]
    out: dict[str, object] = {"runs": len(entries), "refused": len(entries) - len(told)}
    inside = [[lo <= t <= hi for lo, t, hi in zip(e.lo, e.truth, e.hi, strict=True)] for e in told]
    side = "at least"
    out["coverage at 95%"] = rate([i for e in inside for i in e[1:]], LEVEL, side)
    out["coverage of the period without an audit"] = rate([e[0] for e in inside], LEVEL, side)
    out["mean width at 95%"] = round(float(np.mean([np.subtract(e.hi, e.lo).mean() for e in told])), 4)
    out["rmse"] = {
        "counted": _rmse([v - t for e in entries for v, t in zip(e.counted, e.truth, strict=True)]),
        "own audit": _rmse([v - t for e in entries for v, t in zip(e.own, e.truth[1:], strict=True)]),
        "pooled": _rmse([v - t for e in told for v, t in zip(e.value, e.truth, strict=True)]),
    }
    out["errors said to move"] = round(float(np.mean([(e.p or 0.0) <= 0.05 for e in told])), 4)
    return out | {"entries": [e.record() for e in entries[:KEPT]]}


def prevalence_worlds(
    readings: dict[str, list[ReadingEntry]], series: dict[str, list[SeriesEntry]], rate: Rate
) -> dict[str, object]:
    """Return what every kind shows."""
    return {
        "seed": SEED,
        "worlds": {kind: reading_summary(kind, entries, rate) for kind, entries in readings.items()},
        "series": {kind: series_summary(kind, entries, rate) for kind, entries in series.items()},
    }
