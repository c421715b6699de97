"""The demand worlds are what they say: truth, equilibrium, instruments, and what a naive reading sees."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache

import numpy as np
import numpy.typing as npt
import pytest

from halfstep.numerics.consideration import consideration_shares, net_utility
from halfstep.numerics.linear import Design, LeastSquares, least_squares
from halfstep.worlds.demand import KINDS, SimulatedDemand, simulate

Array = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]
SEEDS = range(12)


@cache
def made(kind: str, seed: int) -> SimulatedDemand:
    return simulate(KINDS[kind], np.random.default_rng([20250604, seed]))


def all_made(kind: str) -> Iterator[SimulatedDemand]:
    return (made(kind, seed) for seed in SEEDS)


def markets(s: SimulatedDemand) -> Codes:
    return np.asarray(np.unique(s.period * 1000 + s.place, return_inverse=True)[1], dtype=np.int64)


def fit(s: SimulatedDemand, y: Array, last: Array) -> LeastSquares:
    """Absorb market and brand x period; `last` comes after the listed attributes."""
    cell = np.unique(s.brand * 10_000 + s.period, return_inverse=True)[1]
    return least_squares(Design(np.column_stack([s.X, last]), markets(s), cell, s.model), y)


def first_stage(s: SimulatedDemand) -> float:
    """The robust F of one instrument, which is its effective F, by model clusters."""
    stage = fit(s, s.p, s.cost)
    w = stage.functionals(stage.coefficient_weights(np.eye(stage.design.X.shape[1])[:, -1:]))
    return float(w.value[0] ** 2 / w.covariance[0, 0])


def gap(s: SimulatedDemand, values: Array) -> float:
    """Benchmark less focal, means over the rows of the last period."""
    now = s.period == s.period.max()
    return float(values[now & (s.brand == 1)].mean() - values[now & (s.brand == 0)].mean())


def naive(s: SimulatedDemand) -> float:
    """The name gap in money with true tastes and a plain logit's reading of shares."""
    at = markets(s)
    return gap(s, np.log(s.share / (1 - np.bincount(at, s.share))[at]) - s.X @ s.beta + s.alpha * s.p) / s.alpha


@pytest.mark.parametrize("kind", KINDS)
def test_truth_is_as_stated(kind: str) -> None:
    world = KINDS[kind]
    for s in all_made(kind):
        assert (s.product, s.name) == (world.product, world.name)
        assert gap(s, s.X @ s.beta) / s.alpha == pytest.approx(world.product, abs=1e-10)
        assert (s.theta[1] - s.theta[0]) / s.alpha == pytest.approx(world.name, abs=1e-10)
        assert [s.reach[s.brand == b][0] for b in (0, 1)] == list(world.reach)
        assert len(np.unique(s.model[s.brand == 0])) == world.focal_models


@pytest.mark.parametrize("kind", KINDS)
def test_figures_are_those_of_a_market_for_cars(kind: str) -> None:
    for s in all_made(kind):
        outside = 1 - np.bincount(markets(s), s.share)
        assert s.share.min() > 0
        assert outside.min() > 0.45
        assert outside.max() < 0.95
        assert 23 < s.p.mean() < 28
        assert s.mc.min() > 3
        assert ((s.p - s.mc) * s.alpha >= 1).all()


def profits(s: SimulatedDemand, p: Array) -> Array:
    """Profits by market and brand."""
    at = markets(s)
    sold = consideration_shares(s.delta - s.alpha * (p - s.p), at, s.brand, s.reach)
    return np.asarray(np.bincount(at * 100 + s.brand, (p - s.mc) * sold), dtype=np.float64)


@pytest.mark.parametrize("kind", ["null", "reverse", "niche premium", "mass brand"])
def test_no_brand_gains_by_another_price_of_a_model(kind: str) -> None:
    s = made(kind, 0)
    step = 1e-3
    for model in (0, 6, 17):
        up, down = (profits(s, s.p + sign * step * (s.model == model)) for sign in (1, -1))
        own = np.unique(markets(s) * 100 + s.brand[s.model == model][0])
        sold = s.share[s.model == model]
        assert np.abs((up - down)[own] / (2 * step) / sold).max() < 1e-6
        now = profits(s, s.p)[own]
        assert (up[own] < now).all() and (down[own] < now).all()


def test_no_brand_gains_by_moving_all_its_prices_far() -> None:
    s = made("niche premium", 1)
    now = profits(s, s.p)
    for brand in (0, 1, 5):
        own = np.unique(markets(s)) * 100 + brand
        for by in (-4.0, -1.0, 1.0, 4.0, 10.0, 30.0):
            assert (profits(s, s.p + by * (s.brand == brand))[own] < now[own]).all()


@pytest.mark.parametrize("kind", [k for k in KINDS if k != "correlated tastes"])
def test_shares_known_reach_and_true_tastes_give_the_truth(kind: str) -> None:
    s = made(kind, 2)
    back = net_utility(s.share, markets(s), s.brand, s.reach)
    assert back.converged.all()
    assert back.delta == pytest.approx(s.delta, abs=1e-10)
    assert naive(s) == pytest.approx(gap(s, s.delta - s.X @ s.beta + s.alpha * s.p) / s.alpha + s.reach_gap, abs=1e-9)


def test_buyers_who_differ_buy_otherwise() -> None:
    world = replace(KINDS["correlated tastes"], spread=1e-6)
    alike, mixed = (simulate(w, np.random.default_rng(1)) for w in (replace(world, spread=0.0), world))
    assert mixed.share == pytest.approx(alike.share, rel=1e-4)
    s = made("correlated tastes", 0)
    back = net_utility(s.share, markets(s), s.brand, s.reach)
    assert np.abs(back.delta - s.delta).max() > 0.1


def test_price_is_endogenous_and_the_instrument_mends_it() -> None:
    ols, iv = [], []
    for s in all_made("endogenous price"):
        ols.append(-float(fit(s, s.delta, s.p).beta[-1]))
        iv.append(-float(fit(s, s.delta, s.cost[:, 0]).beta[-1] / fit(s, s.p, s.cost[:, 0]).beta[-1]))
    assert max(np.abs(ols)) < 0.7 * KINDS["endogenous price"].alpha
    assert np.mean(iv) == pytest.approx(KINDS["endogenous price"].alpha, rel=0.1)


@pytest.mark.parametrize("kind", [k for k in KINDS if k != "weak instruments"])
def test_the_cost_shifter_is_a_strong_instrument(kind: str) -> None:
    assert min(first_stage(s) for s in all_made(kind)) > 50


def test_weak_instruments_are_weak() -> None:
    F = [first_stage(simulate(KINDS["weak instruments"], np.random.default_rng([7, seed]))) for seed in range(60)]
    assert 1 < np.mean(F) < 4
    assert np.median(F) < 4
    ols = [-float(fit(s, s.delta, s.p).beta[-1]) for s in all_made("weak instruments")]
    assert max(np.abs(ols)) < 0.5 * KINDS["weak instruments"].alpha


def test_a_niche_premium_looks_weak_and_a_mass_brand_strong_by_shares() -> None:
    for niche, mass in zip(all_made("niche premium"), all_made("mass brand"), strict=True):
        assert niche.name < 0 < naive(niche)
        assert niche.reach_gap > 5
        assert mass.name > 0 > naive(mass)
        assert mass.reach_gap < -5
    sold = [[s.share[s.brand == b].sum() for b in (0, 1)] for s in all_made("niche premium")]
    assert np.mean([focal < benchmark for focal, benchmark in sold]) > 0.8


def test_equal_reach_leaves_almost_nothing_to_reach() -> None:
    assert max(abs(s.reach_gap) for s in all_made("null")) < 0.1


def test_a_seed_is_a_market() -> None:
    once, again = (simulate(KINDS["reverse"], np.random.default_rng(5)) for _ in range(2))
    assert np.array_equal(once.share, again.share)
    assert not np.array_equal(once.share, simulate(KINDS["reverse"], np.random.default_rng(6)).share)
