"""Intervals, family-wise control and bands over a whole path."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from halfstep.numerics.intervals import holm, probability_above, simultaneous, t_interval

ps = st.lists(st.floats(0, 1), min_size=1, max_size=12).map(np.array)


@given(ps)
def test_holm_lies_between_the_raw_and_the_bonferroni_values_and_keeps_their_order(p: np.ndarray) -> None:
    adjusted = holm(p)
    assert (adjusted >= p - 1e-15).all()
    assert (adjusted <= np.minimum(len(p) * p, 1.0) + 1e-15).all()
    order = np.argsort(p, kind="stable")
    assert (np.diff(adjusted[order]) >= 0).all()
    assert np.isclose(adjusted[order[0]], min(len(p) * p.min(), 1.0))


@given(ps, st.floats(0, 0.2), st.integers(0, 11))
def test_holm_is_monotone_in_every_argument(p: np.ndarray, step: float, which: int) -> None:
    raised = p.copy()
    raised[which % len(p)] = min(raised[which % len(p)] + step, 1.0)
    assert (holm(raised) >= holm(p) - 1e-12).all()


def test_holm_matches_its_own_definition_step_by_step() -> None:
    # the closed test over all intersections, each by Bonferroni, is Holm's procedure
    p = np.array([0.004, 0.02, 0.03, 0.6])
    closed = []
    for i in range(4):
        sets = [s for s in range(1, 16) if s >> i & 1]
        members = [[j for j in range(4) if s >> j & 1] for s in sets]
        closed.append(max(min(len(m) * min(p[m]), 1.0) for m in members))
    assert np.allclose(holm(p), closed)


@given(st.floats(-10, 10), st.floats(0.01, 5), st.floats(1, 200), st.floats(0.55, 0.99))
def test_interval_ends_have_the_tail_probability_they_claim(
    value: float, se: float, freedom: float, level: float
) -> None:
    lo, hi = t_interval(np.array([value]), np.array([se]), np.array([freedom]), level)
    assert np.isclose(probability_above(float(hi[0]), value, se, freedom), (1 - level) / 2, atol=1e-9)
    assert np.isclose(probability_above(float(lo[0]), value, se, freedom), (1 + level) / 2, atol=1e-9)
    reference = stats.t.interval(level, freedom, loc=value, scale=se)
    assert np.allclose([lo[0], hi[0]], reference)


def test_no_degree_of_freedom_means_no_knowledge_not_certainty() -> None:
    lo, hi = t_interval(np.array([1.0, 1.0]), np.array([0.0, 0.5]), np.array([0.0, 0.0]), 0.9)
    assert np.isneginf(lo).all()
    assert np.isposinf(hi).all()
    assert probability_above(0.0, 1.0, 0.0, 0.0) == 0.5
    band = simultaneous(np.diag([0.0, 1.0]), np.array([0.0, 30.0]), 0.9, np.random.default_rng(0))
    assert np.isposinf(band[0])
    assert np.isfinite(band[1])


def test_a_number_without_error_is_a_step() -> None:
    assert probability_above(1.0, 1.0, 0.0, np.inf) == 0.0
    assert probability_above(0.9, 1.0, 0.0, np.inf) == 1.0


@pytest.mark.parametrize("rho", [0.0, 0.6, 0.95])
def test_band_is_wider_than_pointwise_no_wider_than_bonferroni_and_covers_jointly(rho: float) -> None:
    size, level = 8, 0.9
    rng = np.random.default_rng(4)
    scale = np.linspace(0.5, 2.0, size)
    covariance = (rho + (1 - rho) * np.eye(size)) * np.outer(scale, scale)
    freedom = np.full(size, 1e6)
    band = simultaneous(covariance, freedom, level, rng)
    pointwise = stats.norm.ppf(0.5 + level / 2) * scale
    bonferroni = stats.norm.ppf(1 - (1 - level) / (2 * size)) * scale
    assert (band > pointwise).all()
    assert (band < bonferroni * 1.02).all()
    drawn = rng.multivariate_normal(np.zeros(size), covariance, 20_000)
    assert abs((np.abs(drawn) <= band).all(axis=1).mean() - level) < 0.01


def test_band_widens_where_freedom_is_small_and_copes_with_a_point_without_error() -> None:
    covariance = np.diag([0.0, 1.0, 1.0])
    band = simultaneous(covariance, np.array([1e6, 3.0, 1e6]), 0.9, np.random.default_rng(0))
    assert band[0] == 0
    assert band[1] > band[2] > 0
