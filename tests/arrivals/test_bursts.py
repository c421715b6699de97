"""Bursts: a planted one is found, awkward days do no harm, later days change nothing that was said, refusals."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from halfstep.arrivals.bursts import BurstSettings, bursts, bursts_together
from halfstep.arrivals.usual import CUT, LEAST_CUT, _cut, _posterior, means, shapes, tail, usual
from halfstep.core.errors import MisuseError
from halfstep.worlds.attention import DAYS, simulate_attention

Array = npt.NDArray[np.float64]


def quiet(rate: float = 2.0, days: int = 250, seed: int = 0) -> Array:
    return np.random.default_rng(seed).poisson(rate, days).astype(np.float64)


def test_tail_is_that_of_the_distribution() -> None:
    from scipy.stats import nbinom

    count, mean, shape = np.array([0.0, 1.0, 7.0]), np.array([2.0, 2.0, 2.0]), np.array([0.7, 0.7, 0.7])
    assert np.allclose(tail(count, mean, shape), nbinom.sf(count - 1, 0.7, 0.7 / 2.7))


def test_the_cut_is_the_quantile_and_keeps_what_the_sum_says() -> None:
    from scipy.stats import nbinom

    mean, shape = (a.ravel() for a in np.meshgrid([0.05, 0.7, 4.0, 90.0, 3000.0], [0.2, 1.0, 30.0, 1e5]))
    cap, kept = _cut(mean, shape)
    chance = shape / (shape + mean)
    assert (cap == np.maximum(nbinom.ppf(1 - CUT, shape, chance), LEAST_CUT)).all()
    y = np.arange(10_000)
    for i in np.flatnonzero(mean < 100):
        assert kept[i] == pytest.approx(np.minimum(y, cap[i]) @ nbinom.pmf(y, shape[i], chance[i]) / mean[i], rel=1e-6)


def test_tails_are_the_mean_over_the_whole_grid() -> None:
    made = [simulate_attention("bursts", np.random.default_rng([6, r])) for r in range(2)]
    count, total = (np.array([getattr(m, f)[:365] for m in made]) for f in ("count", "total"))
    seen = np.ones(count.shape, dtype=np.bool_)
    said = usual(count, total, seen, 56)
    assert np.allclose(said.weights.sum(axis=1), 1) and np.allclose(_posterior(np.zeros((3, 80))), 1 / 80)
    weights = usual(count[:, :364], total[:, :364], seen[:, :364], 56).weights  # as known before the day after
    last = (said.mean[:, 364], said.recent[:, 364], said.rows[:, 364], said.days[:, 364])
    mean = means(last[0], last[1])
    whole = (weights * tail(count[:, 364, None], mean, shapes(mean, last[2], last[3]))).sum(axis=1)
    assert np.allclose(said.tail[:, 364], whole, atol=1e-6)


def test_a_burst_is_found_with_its_size() -> None:
    count = quiet()
    count[150:155] += [60, 30, 15, 8, 4]
    found = bursts(count, None, BurstSettings()).bursts
    mine = [b for b in found if abs(b.start - 150) <= 2]
    assert len(mine) == 1 and mine[0].peak == 150
    assert (
        mine[0].lo <= count[mine[0].start : mine[0].end + 1].sum() - 2 * (mine[0].end - mine[0].start + 1) <= mine[0].hi
    )


def test_a_second_larger_burst_inside_the_first_is_found() -> None:
    count = quiet()
    count[150:153] += [30, 12, 3]
    count[154:157] += [90, 30, 10]
    peaks = [b.peak for b in bursts(count, None, BurstSettings()).bursts]
    assert 150 in peaks and 154 in peaks


def test_a_burst_that_decays_is_one_burst_and_so_is_a_rise() -> None:
    count = quiet()
    count[150:160] += 60 * 0.7 ** np.arange(10)
    count[200:204] += [10, 40, 80, 30]
    starts = [b.start for b in bursts(np.round(count), None, BurstSettings()).bursts if b.start >= 145]
    assert len(starts) == 2


def test_later_days_change_no_tail_and_no_start() -> None:
    count = quiet(seed=3)
    count[120] += 40
    whole, part = bursts(count, None, BurstSettings()), bursts(count[:180], None, BurstSettings())
    assert np.allclose(whole.tail[:180], part.tail, equal_nan=True)
    assert [b.start for b in whole.bursts if b.start < 175] == [b.start for b in part.bursts if b.start < 175]


def test_level_shift_is_learnt() -> None:
    count = np.concatenate([quiet(2.0, 200), quiet(8.0, 200, 1)])
    found = bursts(count, None, BurstSettings()).bursts
    assert any(199 <= b.start <= 206 for b in found)
    assert not [b for b in found if b.start > 200 + 2 * 56]


def test_a_longer_list_is_no_burst() -> None:
    total = np.concatenate([np.full(200, 300.0), np.full(100, 900.0)])
    count = np.random.default_rng(4).poisson(total / 100).astype(np.float64)
    assert len(bursts(count, total, BurstSettings(false_alarms=0.5)).bursts) <= 1


def test_awkward_series_do_not_crash() -> None:
    empty = bursts(np.zeros(200), None, BurstSettings())
    assert empty.bursts == () and empty.years == pytest.approx((200 - 28) / 365.25)
    short = bursts(np.ones(10), None, BurstSettings())
    assert short.bursts == () and short.years == 0
    stops = simulate_attention("null, gaps", np.random.default_rng(2))
    found = bursts(stops.count, stops.total, BurstSettings(), stops.present)
    assert np.isnan(found.tail[~stops.present]).all() and all(b.start < 900 for b in found.bursts)
    gone = stops.total.copy()
    gone[~stops.present] = 0
    same = bursts(stops.count, gone, BurstSettings())
    assert [b.start for b in same.bursts] == [b.start for b in found.bursts]


def test_names_are_alike_in_any_order() -> None:
    rng = np.random.default_rng(8)
    count = np.array([simulate_attention("bursts", rng).count for _ in range(3)])
    there = bursts_together(count, None, BurstSettings())
    back = bursts_together(count[::-1], None, BurstSettings())
    assert [f.bursts for f in there] == [f.bursts for f in back[::-1]] and count.shape == (3, DAYS)


def test_misuse_says_what_was_expected() -> None:
    with pytest.raises(MisuseError, match="total and present"):
        bursts(np.ones(20), np.ones(19), BurstSettings())
    with pytest.raises(MisuseError, match="from zero up"):
        bursts(-np.ones(20), None, BurstSettings())
    with pytest.raises(MisuseError, match="memory"):
        bursts(np.ones(20), None, BurstSettings(memory=2))
