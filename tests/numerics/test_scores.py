"""Scores against other software, against integrals, and intervals of rates against the rates that they should have."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from halfstep.core.errors import MisuseError
from halfstep.numerics.scores import (
    brier,
    calibration,
    coverage,
    crps_draws,
    interval_score,
    log_score_event,
    reliability,
)

STORED = json.loads((Path(__file__).parents[1] / "reference" / "scores.json").read_text(encoding="utf-8"))
shares = st.floats(0.01, 0.99)


@pytest.mark.parametrize("case", STORED["cases"], ids=lambda case: f"{case['draws']} draws")
def test_scores_are_those_of_other_software(case: dict[str, list[float]]) -> None:
    rng = np.random.default_rng(int(str(case["seed"])))
    draws, y = rng.standard_t(3, (int(str(case["draws"])), 4)), rng.normal(0.5, 2.0, 4)
    p, outcome = rng.random(6), (rng.random(6) < 0.5).astype(float)
    lo, hi = np.quantile(draws, [0.1, 0.9], axis=0)
    assert np.allclose(crps_draws(draws, y), case["fair_crps"], rtol=1e-10)
    assert np.allclose(interval_score(lo, hi, 0.8, y), case["interval"], rtol=1e-10)
    assert np.allclose(brier(p, outcome), case["brier"], rtol=1e-10)
    assert np.allclose(log_score_event(p, outcome), case["log"], rtol=1e-10)
    # the usual version counts a draw's distance from itself, so it is larger by the spread over the number of draws
    spread = np.abs(draws[:, None] - draws[None]).mean(axis=(0, 1)) / 2
    assert np.allclose(case["biased_crps"], crps_draws(draws, y) + spread / (len(draws) - 1), rtol=1e-8)


def test_crps_of_many_draws_is_the_integral_over_squared_distances_of_distributions() -> None:
    rng = np.random.default_rng(5)
    y = 0.7
    grid = np.linspace(-12, 12, 200_001)
    integral = float(((stats.norm.cdf(grid) - (grid >= y)) ** 2).sum() * (grid[1] - grid[0]))
    closed = y * (2 * stats.norm.cdf(y) - 1) + 2 * stats.norm.pdf(y) - 1 / np.sqrt(np.pi)
    assert np.isclose(integral, closed, atol=1e-4)
    few = crps_draws(rng.normal(size=(4, 200_000)), np.full(200_000, y))
    assert abs(few.mean() - closed) < 4 * few.std() / np.sqrt(len(few))  # without bias even from four draws


@given(shares, shares)
def test_no_other_probability_beats_the_true_one(truth: float, said: float) -> None:
    for score in (brier, log_score_event):
        honest = truth * score(truth, 1) + (1 - truth) * score(truth, 0)
        assert honest <= truth * score(said, 1) + (1 - truth) * score(said, 0) + 1e-12


def test_no_other_interval_beats_the_true_quantiles() -> None:
    y = np.random.default_rng(6).normal(size=200_000)
    z = float(stats.norm.ppf(0.9))
    best = interval_score(-z, z, 0.8, y).mean()
    # closed: 2 pdf(z) / (alpha / 2)
    assert np.isclose(best, 2 * stats.norm.pdf(z) / 0.1, rtol=0.01)
    for lo, hi in ((-1.0, 1.0), (-1.6, 1.6), (-1.0, 1.6)):
        assert interval_score(lo, hi, 0.8, y).mean() > best


def test_what_was_called_impossible_scores_infinity() -> None:
    assert log_score_event(0.0, 1) == np.inf
    assert log_score_event(1.0, 1) == 0.0


def test_rates_have_the_exact_binomial_interval() -> None:
    for held, n in ((0, 7), (3, 9), (40, 50), (12, 12)):
        inside = np.arange(n) < held
        exact = stats.binomtest(held, n).proportion_ci(0.9, "exact")
        found = coverage(inside, level=0.9)
        assert np.allclose((found.lo, found.hi), (exact.low, exact.high))
        assert (found.n, found.clusters) == (n, n)
    assert coverage([True] * 60 + [False] * 40).excludes(0.8)
    assert not coverage([True] * 78 + [False] * 22).excludes(0.8)


def test_rates_of_cases_that_hang_together_have_wider_intervals_that_cover() -> None:
    rng = np.random.default_rng(7)
    groups = np.repeat(np.arange(8), 12)
    covered = naive = 0
    for _ in range(400):
        own = rng.beta(0.8 * 3, 0.2 * 3, 8)  # each group has its own rate, .8 on average
        inside = rng.random(96) < own[groups]
        covered += not coverage(inside, groups).excludes(0.8)
        naive += not coverage(inside).excludes(0.8)
    assert covered >= stats.binom.ppf(0.005, 400, 0.95)
    assert naive < stats.binom.ppf(0.005, 400, 0.95)


def test_groups_that_hold_one_case_each_are_about_independent_cases() -> None:
    inside = np.arange(40) < 30
    one, many = coverage(inside), coverage(inside, np.arange(40))
    assert np.allclose((one.lo, one.hi), (many.lo, many.hi), atol=0.01)


def test_groups_that_do_not_differ_count_as_one_case_each_and_one_group_tells_nothing() -> None:
    same = coverage([True] * 60, np.repeat(np.arange(6), 10))
    alone = coverage([True] * 6)
    assert (same.lo, same.hi) == (alone.lo, alone.hi)
    single = coverage([True] * 60, np.zeros(60, dtype=np.int64))
    assert (single.lo, single.hi) == (0.0, 1.0)
    assert coverage([]).n == 0


def test_calibration_tells_honest_forecasts_from_sure_and_timid_ones() -> None:
    rng = np.random.default_rng(8)
    y = rng.normal(size=2_000)
    levels = np.array([0.5, 0.8, 0.95])
    honest = calibration(stats.norm.cdf(y), levels, level=0.99)
    assert ((honest.lo <= levels) & (levels <= honest.hi)).all()
    assert (calibration(stats.norm.cdf(y, scale=0.5), levels, level=0.99).hi < levels).all()
    assert (calibration(stats.norm.cdf(y, scale=2.0), levels, level=0.99).lo > levels).all()


def test_reliability_counts_bins_of_given_probabilities() -> None:
    rng = np.random.default_rng(9)
    p = rng.random(5_000)
    edges = np.linspace(0, 1, 6)
    honest = reliability(p, (rng.random(5_000) < p).astype(float), edges, level=0.999)
    assert ((honest.lo <= honest.nominal) & (honest.nominal <= honest.hi)).all()
    assert int(honest.n.sum()) == 5_000
    assert len(reliability(p[p < 0.5], np.zeros(int((p < 0.5).sum())), edges).n) == 3  # empty bins are left out


def test_misuse_is_told() -> None:
    with pytest.raises(MisuseError, match="outcomes 0 or 1"):
        brier(0.5, 0.3)
    with pytest.raises(MisuseError, match="lo <= hi"):
        interval_score(2.0, 1.0, 0.8, 1.5)
    with pytest.raises(MisuseError, match="two draws"):
        crps_draws([1.0], 1.0)
    with pytest.raises(MisuseError, match="group for each"):
        coverage([True, False], np.zeros(3, dtype=np.int64))
    with pytest.raises(MisuseError, match="pit"):
        calibration(np.array([1.2]), np.array([0.8]))
    with pytest.raises(MisuseError, match="edges"):
        reliability(np.array([0.9]), np.array([1]), np.array([0.0, 0.5]))
