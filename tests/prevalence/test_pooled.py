"""Errors pooled over time: when they help, what they are tested by, and when nothing is said."""

from __future__ import annotations

import numpy as np
import pytest

from halfstep.core.errors import MisuseError
from halfstep.prevalence.pooled import Pooled, pooled_reading, shares_over_time
from halfstep.prevalence.ppi import share
from halfstep.prevalence.records import Audit, Share, Tally, Unsaid
from halfstep.worlds.prevalence import SeriesRead, simulate_series

NONE = Audit(np.zeros(0), np.zeros(0), np.zeros(0))


def arrays(made: SeriesRead) -> tuple[tuple[Tally, ...], tuple[Audit, ...]]:
    tallies = tuple(Tally.of(c.f) for c in made.cells)
    return tallies, tuple(Audit(c.f[c.drawn], c.y[c.drawn], c.weight) for c in made.cells)


def series(kind: str, labels: int, run: int) -> tuple[SeriesRead, tuple[Tally, ...], tuple[Audit, ...]]:
    made = simulate_series(kind, labels, np.random.default_rng([11, run]))
    return made, *arrays(made)


def test_pooling_is_nearer_and_narrower_than_a_dozen_labels_alone() -> None:
    near, alone, widths = [], [], []
    for run in range(15):
        made, tallies, audits = series("prevalence moves", 12, run)
        for t, found in enumerate(shares_over_time(tallies, audits, 0.9, 20)):
            own = share(tallies[t], audits[t], 0.9)
            assert isinstance(found, Share) and isinstance(own, Share) and found.way == "pooled"
            near.append(found.value - made.truth[t])
            alone.append(own.value - made.truth[t])
            widths.append((found.hi - found.lo) / (own.hi - own.lo))
    assert np.std(near) < 0.6 * np.std(alone) and np.mean(widths) < 0.7


def test_errors_that_move_are_seen_and_widen_what_is_said() -> None:
    seen, steady, widths, taus = 0, 0, [], []
    for run in range(15):
        _, tallies, audits = series("errors jump", 12, run)
        moved = pooled_reading(tallies, audits, 0.9, 20)
        _, tallies, audits = series("prevalence moves", 12, run)
        still = pooled_reading(tallies, audits, 0.9, 20)
        assert isinstance(moved, Pooled) and isinstance(still, Pooled)
        seen, steady = seen + (moved.constancy.p < 0.05), steady + (still.constancy.p < 0.05)
        taus.append((moved.constancy.tau, moved.constancy.found))
        widths.append([float(np.mean([s.hi - s.lo for s in p.shares if isinstance(s, Share)])) for p in (moved, still)])
    assert seen >= 12 and steady <= 4
    assert np.mean([w[0] > w[1] for w in widths]) > 0.85
    assert 0.0 < float(np.mean([t[1] for t in taus])) < 0.3


def test_a_period_with_labels_enough_speaks_for_itself_and_one_with_none_is_told() -> None:
    made, tallies, audits = series("prevalence moves", 25, 3)
    thin = (NONE, *(Audit(a.f[:8], a.y[:8], a.weight[:8]) for a in audits[1:11]), audits[11])
    found = shares_over_time(tallies, thin, 0.95, 20)
    ways = [f.way for f in found if isinstance(f, Share)]
    assert ways == ["pooled"] * 11 + ["ppi"]
    first = found[0]
    assert isinstance(first, Share) and first.lo <= made.truth[0] <= first.hi and first.audited == 0


def test_what_is_too_thin_says_how_many_posts_more() -> None:
    _, tallies, audits = series("prevalence moves", 12, 4)
    tiny = tuple(Audit(a.f[:1], a.y[:1], a.weight[:1]) for a in audits)
    found = shares_over_time(tallies, tiny, 0.9, 20)
    assert all(isinstance(f, Unsaid) and f.reason == "few audited" and f.fact("more") == 8 for f in found)
    few = shares_over_time(tallies[:3], audits[:3], 0.9, 20)
    assert all(isinstance(f, Unsaid) and f.reason == "constancy untested" and f.fact("own") == 8 for f in few)
    blind = tuple(Audit(np.tile([0.2, 0.8], 6), np.repeat([0.0, 1.0], 6), np.ones(12)) for _ in audits)
    cells = tuple(Tally(100, 50.0, 34.0) for _ in audits)
    said = shares_over_time(cells, blind, 0.9, 20)
    assert all(isinstance(f, Unsaid) and f.reason == "reader blind" for f in said)
    empty = shares_over_time((Tally(), *tallies[1:]), (NONE, *audits[1:]), 0.9, 20)
    assert isinstance(empty[0], Unsaid) and empty[0].reason == "empty" and isinstance(empty[1], Share)
    with pytest.raises(MisuseError, match="each period"):
        shares_over_time(tallies, audits[:2], 0.9, 20)
