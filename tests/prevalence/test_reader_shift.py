"""Does the reader err here as there: false alarms at their rate, moves found at the power stated, shares that move are none."""

from __future__ import annotations

import numpy as np

from halfstep.prevalence.records import Audit, Unsaid
from halfstep.prevalence.shift import Shift, errors_differ, errors_over_time
from halfstep.worlds.prevalence import simulate_reading, simulate_series

STILL = "prevalence moves"


def shifts(kind: str, run: int) -> dict[str, Shift] | None:
    read = simulate_reading(kind, np.random.default_rng([14, run]))
    audit = Audit(read.f[read.drawn], read.y[read.drawn], read.weight)
    found = errors_differ(audit, Audit(read.taught_f, read.taught_y, np.ones(len(read.taught_y))), 0.95)
    return None if isinstance(found, Unsaid) else {s.what: s for s in found}


def test_a_share_that_moved_is_no_shift_of_errors_but_of_the_meaning_of_a_score() -> None:
    told = [t for t in (shifts("prevalence shifted", run) for run in range(80)) if t is not None]
    assert len(told) >= 75
    for what in ("class", "rest"):
        assert sum(t[what].p < 0.05 for t in told) <= 11
    assert sum(t["meaning"].p < 0.05 for t in told) >= 60


def test_errors_that_moved_are_found() -> None:
    told = [t for t in (shifts("errors shifted", run) for run in range(40)) if t is not None]
    assert sum(min(t["class"].p, t["rest"].p) < 0.025 for t in told) >= 34


def test_the_difference_called_findable_is_found_in_four_of_five_cases() -> None:
    rng = np.random.default_rng(1)

    def draw(moved: float) -> Audit:
        y = (np.arange(120) < 60).astype(float)
        return Audit(np.clip(rng.normal(0.3 + 0.4 * y + moved * y, 0.1), 0, 1), y, np.ones(120))

    findable = []
    for _run in range(50):
        found = errors_differ(draw(0.0), draw(0.0), 0.95)
        assert not isinstance(found, Unsaid)
        findable.append(found[0].findable)
    moved, seen = float(np.mean(findable)), 0
    for _run in range(200):
        found = errors_differ(draw(moved), draw(0.0), 0.95)
        assert not isinstance(found, Unsaid)
        seen += found[0].p < 0.05
    assert 0.7 < seen / 200 < 0.9


def test_errors_over_time() -> None:
    alarms, seen = 0, 0
    for run in range(40):
        for kind in ("prevalence moves", "errors jump"):
            made = simulate_series(kind, 40, np.random.default_rng([15, run]))
            audits = tuple(Audit(c.f[c.drawn], c.y[c.drawn], c.weight) for c in made.cells)
            found = errors_over_time(audits, 0.95)
            assert not isinstance(found, Unsaid) and all(w.periods >= 10 and w.findable > 0 for w in found)
            low = [w.p < 0.05 for w in found]
            alarms, seen = (
                alarms + (sum(low) if kind == STILL else 0),
                seen + (kind != STILL and any(low)),
            )
    assert alarms <= 11 and seen >= 37


def test_nothing_is_said_of_one_class() -> None:
    f = np.linspace(0, 1, 10)
    only = Audit(f, np.ones(10), np.ones(10))
    for found in (errors_differ(only, only, 0.95), errors_over_time((only,), 0.95)):
        assert isinstance(found, Unsaid) and found.reason == "one class"
