"""Draws inside a polytope, against moments in closed form."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from scipy.stats import multivariate_normal, norm, truncnorm

from halfstep.core.errors import MisuseError
from halfstep.numerics.truncated import Body, Draws, Spreads, between, interior, sample

Array = npt.NDArray[np.float64]
ONE = np.ones(1)


def normal(d: int, forms: Array | None = None) -> Spreads:
    return Spreads(np.eye(d) if forms is None else forms, np.zeros(d), np.ones((1, d)), ONE)


def drawn(prior: Spreads, body: Body, size: tuple[int, int, int] = (200, 50, 50), seed: int = 1) -> Draws:
    found = sample(prior, body, size, np.random.default_rng(seed))
    assert found is not None
    return found


@pytest.mark.parametrize(("lo", "hi"), [(-1.0, 0.5), (2.0, np.inf), (-np.inf, -6.0), (9.0, 9.1)])
def test_one_dimension(lo: float, hi: float) -> None:
    draws = drawn(normal(1), Body(np.eye(1), np.array([lo]), np.array([hi]))).flat[:, 0]
    assert draws.min() >= lo and draws.max() <= hi
    mean, sd = truncnorm.mean(lo, hi), truncnorm.std(lo, hi)
    assert draws.mean() == pytest.approx(mean, abs=5 * sd / 100)
    assert draws.std() == pytest.approx(sd, rel=0.04)


def test_a_box_of_independent_normals_in_many_dimensions() -> None:
    d = 30
    lo, hi = np.linspace(-2, 1, d), np.linspace(-1.9, 3, d)
    found = drawn(normal(d), Body(np.eye(d), lo, hi))
    mean, sd = truncnorm.mean(lo, hi), truncnorm.std(lo, hi)
    assert np.abs((found.flat.mean(axis=0) - mean) / sd).max() < 0.06
    assert np.abs(found.flat.std(axis=0) / sd - 1).max() < 0.05
    assert abs(found.drift(found.flat[:, 0])) < 0.1


def test_a_wedge_cut_out_of_a_correlated_normal() -> None:
    """Against rejection: the draws of the free Gaussian that fall inside."""
    rng = np.random.default_rng(4)
    forms = np.linalg.inv(np.linalg.cholesky(np.array([[1.0, 0.8, 0.3], [0.8, 1.0, 0.5], [0.3, 0.5, 1.0]])))
    rows = np.array([[1.0, -1.0, 0.0], [1.0, 1.0, 1.0], [0.0, 1.0, -0.5]])
    body = Body(rows, np.array([-0.2, 0.5, -np.inf]), np.array([0.9, np.inf, 0.8]))
    free = (np.linalg.inv(forms) @ rng.standard_normal((3, 1_000_000))).T
    at = free @ rows.T
    inside = free[((at >= body.lo) & (at <= body.hi)).all(axis=1)]
    draws = drawn(normal(3, forms), body, (400, 50, 100)).flat
    assert np.allclose(draws.mean(axis=0), inside.mean(axis=0), atol=0.015)
    assert np.allclose(np.cov(draws.T), np.cov(inside.T), atol=0.015)


def test_a_walk_observed_narrowly_at_its_end_mixes() -> None:
    """Sixty steps of a walk whose end is pinned: the middle has the variance of a bridge."""
    d = 60
    forms = np.eye(d) - np.eye(d, k=-1)
    end = np.zeros((1, d))
    end[0, -1] = 1.0
    found = drawn(normal(d, forms), Body(end, np.array([2.999]), np.array([3.001])), (100, 10, 40))
    middle = found.flat[:, 29]
    assert middle.mean() == pytest.approx(1.5, abs=0.25)
    assert middle.std() == pytest.approx(np.sqrt(15.0), rel=0.05)
    assert abs(found.drift(middle)) < 0.1


def test_an_unknown_spread_is_weighed_by_what_it_makes_of_the_body() -> None:
    """Two spreads, both ends at least three away: P(wide) is by Bayes' rule."""
    prior = Spreads(np.eye(2), np.zeros(2), np.array([[1.0, 1.0], [4.0, 4.0]]), np.array([0.7, 0.3]))
    found = drawn(prior, Body(np.eye(2), np.array([1.0, -1.0]), np.array([np.inf, 1.0])), (400, 100, 200))
    odds = [w * norm.sf(1 / s) * (norm.cdf(1 / s) - norm.cdf(-1 / s)) for w, s in ((0.7, 1.0), (0.3, 2.0))]
    assert (found.spread == 1).mean() == pytest.approx(odds[1] / sum(odds), abs=0.02)


def test_an_orthant_holds_its_probability() -> None:
    """The share of draws of x > 0 that also have y > 0 is the orthant's over the half space's."""
    forms = np.linalg.inv(np.linalg.cholesky(np.array([[1.0, -0.6], [-0.6, 1.0]])))
    draws = drawn(normal(2, forms), Body(np.array([[1.0, 0.0]]), np.zeros(1), np.array([np.inf])), (400, 50, 100)).flat
    both = multivariate_normal.cdf([0, 0], cov=[[1, -0.6], [-0.6, 1]])
    assert (draws[:, 1] > 0).mean() == pytest.approx(2 * both, abs=0.01)


def test_an_empty_body_has_no_draws_and_a_seed_fixes_all() -> None:
    empty = Body(np.ones((2, 1)), np.array([2.0, -np.inf]), np.array([np.inf, 1.0]))
    assert interior(empty) is None
    assert sample(normal(1), empty, (2, 1, 1), np.random.default_rng(0)) is None
    body = Body(np.eye(2), np.zeros(2), np.ones(2))
    assert (drawn(normal(2), body, (4, 2, 3)).value == drawn(normal(2), body, (4, 2, 3)).value).all()
    with pytest.raises(MisuseError, match="expected forms"):
        Spreads(np.eye(2), np.zeros(2), np.ones((2, 2)), ONE)


def test_far_tails() -> None:
    lo = np.array([-np.inf, 30.0, -41.0, -5.0])
    hi = np.array([-30.0, np.inf, -40.0, 5.0])
    at = between(lo, hi, np.full(4, 0.5))
    assert np.isfinite(at).all() and (at >= lo).all() and (at <= hi).all()
    assert at[3] == pytest.approx(0.0, abs=1e-12)
