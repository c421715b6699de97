"""Rolling origins: nothing of what was known later, naive forecasts by hand, and verdicts that can and cannot be given."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest

from halfstep.core.errors import MisuseError
from halfstep.outlook.backtest import HORIZONS, YEAR, Backtest, compare, covered, last_day, naive, roll

Array = npt.NDArray[np.float64]
FIRST = 2024 * 12


def world(makers: int, periods: int, seed: int, drift: float = 0.0, spread: float = 0.08) -> Array:
    """Levels that walk, months that vary."""
    rng = np.random.default_rng(seed)
    walk = np.cumsum(rng.normal(drift, spread, (makers, periods)), axis=1)
    return np.asarray(np.exp(9.5 + walk + rng.normal(0, spread, (makers, periods))))


def ten_days_later(units: Array) -> Array:
    """Days on which figures come out: ten days into the next month."""
    days = np.array([last_day(FIRST + t) + 10.0 for t in range(units.shape[1])])
    return np.where(np.isfinite(units), days, np.nan)


def run(units: Array, seed: int = 0, known: Array | None = None) -> Backtest:
    """Back-test with few draws."""
    days = ten_days_later(units) if known is None else known
    return roll(units, days, FIRST, np.random.default_rng(seed), draws=400)


def test_nothing_known_later_enters_a_forecast() -> None:
    units = world(3, 20, 1)
    poisoned = units.copy()
    poisoned[:, 12:] *= np.random.default_rng(2).uniform(0.1, 10, (3, 8))
    clean, dirty = run(units), run(poisoned)
    before = clean.origin <= FIRST + 12
    assert before.sum() > 20
    assert np.array_equal(clean.median[before], dirty.median[before])
    assert np.array_equal(clean.lo[before], dirty.lo[before])
    assert not np.array_equal(clean.truth[before], dirty.truth[before])


def test_a_late_figure_of_another_maker_is_no_part_of_the_class_before_its_day() -> None:
    units, known = world(3, 18, 3), ten_days_later(world(3, 18, 3))
    known[2] = last_day(FIRST + 15)
    alone = np.where(np.arange(3)[:, None] == 2, np.nan, units)
    with_late, without = run(units, known=known), run(alone)
    first = (with_late.maker < 2) & (with_late.origin < FIRST + 15)
    second = without.origin < FIRST + 15
    assert first.sum() == second.sum() > 20
    assert np.array_equal(with_late.median[first], without.median[second])


def test_sums_begin_after_the_last_known_month_and_are_whole() -> None:
    units = world(1, 20, 4)
    test = run(units)
    one = (test.origin == FIRST + 9) & (test.maker == 0)
    # on 31 October only September is known: October to December is what is left of the year
    assert test.horizon[one].tolist() == [3, 6, YEAR]
    assert test.truth[one] == pytest.approx([units[0, 9:12].sum(), units[0, 9:15].sum(), units[0, 9:12].sum()])
    assert test.now[one] == pytest.approx(units[0, 8])
    assert test.last[one] == pytest.approx(units[0, 8] * np.array([3, 6, 3]))
    assert test.figures[one].tolist() == [9] * 3
    assert set(test.horizon) <= set(HORIZONS)
    assert test.refused > 0


def test_a_month_without_news_makes_no_second_forecast() -> None:
    units = world(1, 20, 5)
    units[0, 8:10] = np.nan
    test = run(units)
    assert FIRST + 9 not in test.origin
    assert FIRST + 10 not in test.origin


def test_naive_forecasts_by_hand() -> None:
    again, line = naive(np.array([np.nan, 900.0, 6.0, 5.0, 4.0, 3.0, 2.0, 1.0]), 3)
    assert again.tolist() == [1.0, 1.0, 1.0]
    assert line == pytest.approx([0.0, 0.0, 0.0])
    _, gap = naive(np.array([10.0, np.nan, 30.0]), 2)
    assert gap == pytest.approx([40.0, 50.0])
    single, same = naive(np.array([7.0]), 2)
    assert single.tolist() == same.tolist() == [7.0, 7.0]


def test_intervals_cover_where_the_world_is_the_model() -> None:
    found = [covered(run(world(4, 18, seed)), 0.8) for seed in range(3)]
    assert 0.7 < float(np.mean([one.rate for one in found])) < 0.97
    assert all(one.clusters == 4 for one in found)


def test_a_forecast_beats_is_beaten_and_cannot_tell() -> None:
    test = run(world(6, 24, 7))
    better, worse = replace(test, median=test.truth * 1.01), replace(test, median=test.truth * 3.0)
    assert compare(better, test.last).label == "beats"
    assert compare(worse, test.last).label == "does not beat"
    assert compare(test, test.median).label == "cannot tell"
    assert compare(test, test.median).difference == 0.0
    one = replace(test, maker=np.zeros_like(test.maker))
    lone = compare(replace(one, median=test.truth), test.last)
    assert (lone.label, lone.lo, lone.hi) == ("cannot tell", -np.inf, np.inf)


def test_fading_growth_is_foretold_better_than_by_a_line() -> None:
    rng, t = np.random.default_rng(8), np.arange(24)
    fade = rng.uniform(0.12, 0.25, (6, 1))
    test = run(np.exp(10 - 1.5 * np.exp(-fade * t) + rng.normal(0, 0.04, (6, 24))))
    against = compare(test, test.trend, 12)
    assert against.error < against.naive_error
    assert against.crps_ratio < 1
    assert against.makers == 6


def test_nothing_to_foretell_is_an_empty_test() -> None:
    test = run(world(2, 4, 9))
    assert len(test.maker) == 0
    assert covered(test, 0.8).n == 0
    assert compare(test, test.last).label == "cannot tell"
    assert np.isnan(compare(test, test.last, 3).error)


def test_a_figure_without_a_day_is_misuse() -> None:
    units = world(1, 6, 0)
    with pytest.raises(MisuseError, match="day for every figure"):
        roll(units, np.full(units.shape, np.nan), FIRST, np.random.default_rng(0))
