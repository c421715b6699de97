"""The posterior of a walk against integration on a grid of all its parameters, and against least squares."""

from __future__ import annotations

import numpy as np
from scipy import stats

from halfstep.outlook.walks import fit_walk


def _draws(change: np.ndarray, X: np.ndarray, gap: np.ndarray, spread: float) -> tuple[np.ndarray, np.ndarray]:
    walk = fit_walk(change[None], X, gap, np.array([0.3]), np.array([spread]), 0.05)
    s, beta = walk.draw(np.zeros(200_000, dtype=np.int64), np.random.default_rng(1))
    return s, beta[:, 0]


def test_slope_and_spread_are_those_of_brute_integration() -> None:
    change, gap = np.array([0.10, 0.02, 0.09]), np.array([1.0, 1.0, 2.0])
    X = np.array([[0.5], [0.3], [0.4]])
    s, b = _draws(change, X, gap, 0.2)
    bs, ss = np.linspace(-1.5, 2.0, 1_401), np.geomspace(5e-4, 5.0, 1_201)
    log = stats.norm.logpdf(bs, 0.3, 0.2)[:, None] + stats.t.logpdf(ss / 0.05, 3) + np.log(ss)
    for one, x, g in zip(change, X[:, 0], gap, strict=True):
        log = log + stats.norm.logpdf(one, bs[:, None] * x, ss * np.sqrt(g))
    weight = np.exp(log - log.max())
    weight /= weight.sum()
    b_mean = float(weight.sum(axis=1) @ bs)
    assert np.isclose(b.mean(), b_mean, atol=0.002)
    assert np.isclose(b.std(), np.sqrt(weight.sum(axis=1) @ (bs - b_mean) ** 2), rtol=0.02)
    # s lies on a grid whose steps are an eighth: its tail against the integral's
    for cut in (0.03, 0.06, 0.12):
        at = 0.05 * np.geomspace(0.01, 100, 81)
        cut = float(np.sqrt(at[at <= cut][-1] * at[at > cut][0]))  # between two grid points
        assert np.isclose((s > cut).mean(), weight.sum(axis=0)[ss > cut].sum(), atol=0.01)


def test_many_steps_and_no_prior_give_least_squares() -> None:
    rng = np.random.default_rng(2)
    X = rng.normal(size=(60, 1))
    change = 0.4 * X[:, 0] + 0.1 * rng.standard_normal(60)
    s, b = _draws(change, X, np.ones(60), 50.0)
    slope = float(X[:, 0] @ change / (X[:, 0] @ X[:, 0]))
    sigma = float(np.sqrt(((change - slope * X[:, 0]) ** 2).sum() / 59))
    assert np.isclose(b.mean(), slope, atol=0.001)
    assert np.isclose(b.std(), sigma / np.sqrt(X[:, 0] @ X[:, 0]), rtol=0.06)
    assert np.isclose(np.median(s), sigma, rtol=0.06)


def test_without_a_step_the_prior_is_left() -> None:
    s, b = _draws(np.empty(0), np.empty((0, 1)), np.empty(0), 0.2)
    assert np.isclose(b.mean(), 0.3, atol=0.003)
    assert np.isclose(b.std(), 0.2, atol=0.003)
    assert np.isclose((s > 0.05 * stats.t.ppf(0.75, 3)).mean(), 0.5, atol=0.06)  # the grid's step is wide there


def test_what_is_foretold_from_few_steps_has_tails_of_a_t() -> None:
    change = np.array([0.02, -0.03])
    s, b = _draws(change, np.zeros((2, 1)), np.ones(2), 0.2)
    step = s * np.random.default_rng(3).standard_normal(len(s))
    normal = np.abs(step) / step.std()
    assert (normal > 4).mean() > 20 * 2 * stats.norm.sf(4)
    assert np.isclose(b.mean(), 0.3, atol=0.003)


def test_versions_of_the_figures_that_fit_the_walk_better_have_more_evidence() -> None:
    X = np.array([[1.0], [1.0], [1.0]])
    straight, bent = np.array([0.3, 0.3, 0.3]), np.array([0.1, 0.5, 0.3])
    walk = fit_walk(np.array([straight, bent]), X, np.ones(3), np.array([0.3]), np.array([0.2]), 0.05)
    assert walk.evidence[0] > walk.evidence[1] + 1
