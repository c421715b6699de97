"""Label budgets are kept: that many labels give that half width; labels are split so that half widths are alike."""

from __future__ import annotations

import numpy as np
import pytest

from halfstep.core.errors import MisuseError
from halfstep.prevalence.budget import PooledBudget, allocate, labels_needed, pooled_labels_needed
from halfstep.prevalence.ppi import share
from halfstep.prevalence.records import Audit, Share, Tally, Unsaid
from halfstep.worlds.prevalence import simulate_reading, simulate_series

NONE = Audit(np.zeros(0), np.zeros(0), np.zeros(0))


def test_the_labels_told_give_the_half_width_asked_for() -> None:
    halves, held = [], 0
    for run in range(30):
        rng = np.random.default_rng([12, run])
        read = simulate_reading("85% reader", rng)
        tally, n = Tally.of(read.f), len(read.y)
        told = labels_needed(tally, Audit(read.f[read.drawn], read.y[read.drawn], read.weight), 0.05, 0.95)
        drawn = rng.choice(n, told.labels, replace=False)
        found = share(tally, Audit(read.f[drawn], read.y[drawn], np.ones(told.labels)), 0.95)
        assert isinstance(found, Share)
        halves.append((found.hi - found.lo) / 2)
        held += told.lo <= labels_needed(tally, Audit(read.f, read.y, np.ones(n)), 0.05, 0.95).labels <= told.hi
        assert told.more == max(told.labels - 100, 0)
    assert np.mean(halves) == pytest.approx(0.05, abs=0.005) and held >= 24


def test_without_an_audit_the_reader_gets_no_credit() -> None:
    told = labels_needed(Tally(10**9, 3e8, 2e8), NONE, 0.05, 0.95)
    assert (told.labels, told.residual.measured) == (387, False)  # 1.96^2 / 4 / .05^2 = 385, by t 387
    assert labels_needed(Tally(50, 20.0, 10.0), NONE, 0.05, 0.95).labels <= 50
    with pytest.raises(MisuseError, match="half width"):
        labels_needed(Tally(50, 20.0, 10.0), NONE, 0.5, 0.95)


def test_pooling_saves_labels_only_where_errors_stand_still() -> None:
    saved = []
    for kind in ("prevalence moves", "errors jump"):
        parts = []
        for run in range(8):
            made = simulate_series(kind, 12, np.random.default_rng([13, run]))
            tallies = tuple(Tally.of(c.f) for c in made.cells)
            audits = tuple(Audit(c.f[c.drawn], c.y[c.drawn], c.weight) for c in made.cells)
            told = pooled_labels_needed(tallies, audits, 0.06, 0.9, 20)
            assert isinstance(told, PooledBudget)
            parts.append((told.labels or told.apart) / told.apart)
        saved.append(float(np.median(parts)))
    assert saved[0] < 0.5 < 0.8 < saved[1]
    few = pooled_labels_needed(tallies[:2], audits[:2], 0.06, 0.9, 20)
    assert isinstance(few, Unsaid)


def test_a_split_makes_half_widths_alike_and_adds_up() -> None:
    variances, sizes = np.array([0.2, 0.1, 0.05, 0.2]), np.array([10**6, 10**6, 10**6, 30])
    given = allocate(500, variances, sizes)
    assert given.sum() == 500 and given[3] < 30
    halves = np.sqrt(variances * (1 / given - 1 / sizes))
    assert halves[:3] == pytest.approx(halves[0], rel=0.01) and halves[3] == pytest.approx(halves[0], rel=0.1)
    assert allocate(10**7, variances, sizes).tolist() == sizes.tolist()
    assert allocate(20, variances, sizes).tolist() == [5, 5, 5, 5]
    with pytest.raises(MisuseError, match="at least 20"):
        allocate(19, variances, sizes)
