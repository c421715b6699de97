"""The worlds of unlike buyers are what they say: truth, equilibrium, instruments, and who considers what."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import numpy.typing as npt
import pytest

from halfstep.core.errors import MisuseError
from halfstep.worlds.random import KINDS, Game, SimulatedRandom, simulate

Array = npt.NDArray[np.float64]
SEEDS = range(2)


@cache
def made(kind: str, seed: int = 0) -> SimulatedRandom:
    return simulate(KINDS[kind], np.random.default_rng([20250607, seed]))


def table(s: SimulatedRandom, values: Array) -> Array:
    """Return rows as (T, J); a model that is not on offer has zero."""
    whole = np.zeros(s.game.base.shape[:2])
    whole[s.cells] = values
    return whole


@pytest.mark.parametrize("kind", KINDS)
def test_truth_is_as_stated(kind: str) -> None:
    world = KINDS[kind]
    for seed in SEEDS:
        s = made(kind, seed)
        now = s.period == s.period.max()
        one, other = (now & (s.brand == b) for b in (1, 0))
        worth = s.X @ s.beta
        hidden = s.delta + s.alpha * s.p - worth - s.xi - s.theta[s.brand]
        assert (worth[one].mean() - worth[other].mean()) / s.alpha == pytest.approx(world.product, abs=1e-9)
        assert (s.theta[1] - s.theta[0]) / s.alpha == pytest.approx(world.name, abs=1e-9)
        gaps = [hidden[(s.market == t) & one].mean() - hidden[(s.market == t) & other].mean() for t in s.market[now]]
        np.testing.assert_allclose(np.array(gaps) / s.alpha, world.unseen, atol=1e-9)


@pytest.mark.parametrize("kind", KINDS)
def test_figures_are_those_of_a_market(kind: str) -> None:
    for seed in SEEDS:
        s = made(kind, seed)
        outside = 1 - np.bincount(s.market, s.s)
        assert s.s.min() > 0
        assert 0.3 < outside.min() < outside.max() < 0.98
        assert 20 < s.p.mean() < 35
        assert (s.p > s.mc).all()
        assert s.mc.min() > 2
        assert (s.game.slope <= 0).mean() < 1e-3
        assert len(np.unique(s.firm)) < len(np.unique(s.brand))


@pytest.mark.parametrize("kind", KINDS)
def test_shares_are_a_loop_over_buyers(kind: str) -> None:
    """Where nobody overlooks a brand and the analyst has the population; elsewhere they are something else."""
    s = made(kind)
    at = s.market == 7
    who = s.buyers.market == 7
    X2 = np.column_stack([np.ones(at.sum()), s.p[at], s.X[at]])
    shares = np.zeros(at.sum())
    for w, nu, y in zip(s.buyers.w[who], s.buyers.nu[who], s.buyers.y[who], strict=True):
        v = np.exp(s.delta[at] + X2 @ (s.sigma @ nu + s.pi @ y))
        shares += w * v / (1 + v.sum())
    apart = float(np.abs(shares / s.s[at] - 1).max())
    assert apart > 0.05 if kind in {"wrong nodes", "niche premium"} else apart < 1e-10


@pytest.mark.parametrize("kind", KINDS)
def test_no_firm_gains_by_another_price(kind: str) -> None:
    """Profit has no slope by central differences, and falls when any one price moves by a twentieth."""
    s = made(kind)
    game, p, mc = first_markets(s, 4), table(s, s.p)[:4], table(s, s.mc)[:4]
    for j in range(p.shape[1]):
        step = np.zeros_like(p)
        step[:, j] = 1e-4
        together = game.owner == game.owner[j]
        low, here, high = (
            ((p + k * step - mc) * game.shares(p + k * step))[:, together].sum(1) for k in (-500.0, 0.0, 500.0)
        )
        near = [((p + k * step - mc) * game.shares(p + k * step))[:, together].sum(1) for k in (-1.0, 1.0)]
        assert np.abs(near[1] - near[0]).max() / 2e-4 < 1e-7
        sold = table(s, s.s)[:4, j] > 0
        assert (here[sold] > np.maximum(low, high)[sold]).all()


def first_markets(s: SimulatedRandom, count: int) -> Game:
    return replace(s.game, base=s.game.base[:count], slope=s.game.slope[:count])


def test_owners_of_one_product_and_alike_buyers_price_as_the_logit_says() -> None:
    """The margin is then 1 / (alpha (1 - s))."""
    rng = np.random.default_rng(3)
    game = Game(np.repeat(rng.normal(4.0, 1.0, (5, 6, 1)), 3, axis=2), np.full((5, 3), 0.4), np.arange(6))
    mc = rng.uniform(5.0, 15.0, (5, 6))
    p = game.clear(mc)
    np.testing.assert_allclose(p - mc, 1 / (0.4 * (1 - game.shares(p))), rtol=1e-10)


def test_a_merger_raises_the_merged_prices() -> None:
    s = made("name")
    game, mc = first_markets(s, 6), table(s, s.mc)[:6]
    joint = replace(game, owner=np.where(game.owner == 1, 0, game.owner))
    sold = table(s, s.s)[:6] > 0
    rise = joint.clear(mc) - game.clear(mc)
    assert rise[sold & (game.owner < 2)].min() > 0
    assert rise[sold].min() > -0.05


def test_buyers_who_like_high_prices_are_refused_where_no_price_clears() -> None:
    game = Game(np.zeros((1, 2, 2)), np.array([[0.2, -0.6]]), np.arange(2))
    with pytest.raises(MisuseError, match="expected prices that clear"):
        game.clear(np.full((1, 2), 5.0))


def test_cost_shifters_move_prices_unless_weak() -> None:
    found = {}
    for kind in ("name", "weak instruments"):
        s = made(kind)
        X = np.column_stack([np.ones(len(s.p)), s.X, np.eye(s.theta.size)[s.brand][:, 1:], s.cost])
        left = s.p - X[:, :-2] @ np.linalg.lstsq(X[:, :-2], s.p, rcond=None)[0]
        rest = s.p - X @ np.linalg.lstsq(X, s.p, rcond=None)[0]
        found[kind] = 1 - rest @ rest / (left @ left)
    assert found["name"] > 0.3
    assert found["weak instruments"] < 0.05


def test_the_niche_brand_is_small_dear_and_liked() -> None:
    s = made("niche premium")
    sold = np.bincount(s.brand, s.s)
    price = np.bincount(s.brand, s.p) / np.bincount(s.brand)
    assert sold[0] == sold.min()
    assert price[0] > np.sort(price)[-2] + 3
    assert s.theta[0] == s.theta.max()


def test_the_same_seed_makes_the_same_market() -> None:
    one, two = (simulate(KINDS["null"], np.random.default_rng(5)) for _ in range(2))
    np.testing.assert_array_equal(one.s, two.s)
    assert one.buyers is one.population
