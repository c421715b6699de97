"""Prices that clear: the conditions themselves, closed forms, invariances, kinks, no equilibrium, both kernels."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import lambertw

from halfstep.blp.equilibrium import CLEARED, LIMIT, NONE, Pay, Scene, clear, costs, others, verified
from halfstep.blp.scenes import costing, held, merged, owned, stacked, subsidised, taxed
from halfstep.blp.surplus import profits
from halfstep.core.errors import MisuseError
from halfstep.native import clearing
from halfstep.native.compiled import Compiled, levels
from halfstep.native.layout import Control, Markets
from tests.blp.scenes import a_scene, market_of, one_buyer

Array = npt.NDArray[np.float64]
SEEDS = st.integers(0, 10_000)
FEW = settings(max_examples=25, deadline=None)


def own_gradient(scene: Scene, p: Array, j: int, h: float = 1e-5) -> float:
    """Return by central differences what the firm that sells row j gains, per unit of price."""
    market = market_of(scene)
    mine = (market == market[j]) & (scene.firm == scene.firm[j])
    step = np.zeros(scene.N)
    step[j] = h
    return float((profits(scene, p + step)[mine].sum() - profits(scene, p - step)[mine].sum()) / (2 * h))


@FEW
@given(SEEDS)
def test_no_firm_gains_at_the_margin_and_true_costs_return(seed: int) -> None:
    scene = a_scene(seed)
    found = clear(scene, scene.mc + 1.0)
    assert found.converged.all()
    assert found.gradient.max() <= 1e-10
    for j in range(scene.N):
        assert abs(own_gradient(scene, found.p, j)) < 1e-7
    np.testing.assert_allclose(costs(scene, found.p), scene.mc, rtol=0, atol=1e-8)
    np.testing.assert_allclose(found.markup, found.p - scene.mc)


@FEW
@given(SEEDS, st.sampled_from([0, 3]))
def test_kernels_take_the_same_steps(seed: int, empty: int) -> None:
    scene = a_scene(seed, markets=4, products=empty + 7, buyers=20)
    expected = clearing.clear(scene, 1.5 * scene.mc)
    for level in range(len(levels())):
        found = Compiled(level).clear(scene, 1.5 * scene.mc, clearing.ARRIVAL)
        np.testing.assert_array_equal(found.status, expected.status)
        np.testing.assert_allclose(found.p, expected.p, rtol=1e-9)
        np.testing.assert_allclose(found.s, expected.s, rtol=1e-8)


@pytest.mark.parametrize("alpha", [-0.3, -1.0, -7.0])
@pytest.mark.parametrize("base", [-3.0, 0.0, 4.0])
def test_a_monopoly_of_the_plain_logit_has_lamberts_price(alpha: float, base: float) -> None:
    scene = one_buyer(np.array([base]), alpha, np.array([1.2]), np.zeros(1, dtype=np.int64))
    p = 1.2 - (1 + lambertw(np.exp(base + alpha * 1.2 - 1)).real) / alpha
    np.testing.assert_allclose(clear(scene, np.array([1.0])).p, p, rtol=1e-11)


@FEW
@given(SEEDS)
def test_names_order_and_money_change_nothing(seed: int) -> None:
    scene, rng = a_scene(seed), np.random.default_rng(seed)
    start = scene.mc + 1.0
    p = clear(scene, start).p
    names = np.array([40, -2, 7])
    np.testing.assert_allclose(clear(owned(scene, names[scene.firm]), start).p, p, rtol=1e-10)
    money = replace(
        scene, alpha=scene.alpha / 7.1, mc=7.1 * scene.mc, pay=replace(scene.pay, unit=7.1 * scene.pay.unit)
    )
    np.testing.assert_allclose(clear(money, 7.1 * start).p, 7.1 * p, rtol=1e-10)
    parts = np.split(np.arange(scene.N), scene.markets.row[1:-1])
    order = np.concatenate([rng.permutation(part) for part in parts])
    pay = Pay(scene.pay.tax[order], scene.pay.unit[order], scene.pay.rate[order], scene.pay.cap[order])
    moved = replace(
        scene, X=scene.X[order], base=scene.base[order], mc=scene.mc[order], firm=scene.firm[order], pay=pay
    )
    np.testing.assert_allclose(clear(moved, start[order]).p, p[order], rtol=1e-9)
    other = a_scene(seed + 1)
    both = clear(stacked([other, scene]), np.concatenate([other.mc, start]))
    np.testing.assert_allclose(both.p[other.N :], p, rtol=1e-10)


@FEW
@given(SEEDS)
def test_a_tax_is_a_cost(seed: int) -> None:
    """What buyers pay does not depend on who hands the tax over."""
    plain = replace(a_scene(seed, mild=0.5), pay=Pay.plain(a_scene(seed, mild=0.5).N))
    none, start = np.zeros(plain.N), plain.mc + 1.0
    by_piece = clear(taxed(plain, none, none + 0.3), start)
    np.testing.assert_allclose(by_piece.p + 0.3, clear(costing(plain, plain.mc + 0.3), start + 0.3).p, rtol=1e-9)
    on_price = clear(taxed(plain, none + 0.25, none), start)
    np.testing.assert_allclose(1.25 * on_price.p, clear(costing(plain, 1.25 * plain.mc), 1.25 * start).p, rtol=1e-9)


@FEW
@given(SEEDS)
def test_frozen_prices_stay_and_the_others_answer_them(seed: int) -> None:
    scene = a_scene(seed)
    frozen = np.random.default_rng(seed).random(scene.N) < 0.4
    start = scene.mc + 1.7
    found = clear(held(scene, frozen), start)
    assert found.converged.all()
    np.testing.assert_array_equal(found.p[frozen], start[frozen])
    for j in np.flatnonzero(~frozen).tolist():
        assert abs(own_gradient(scene, found.p, j)) < 1e-7
    np.testing.assert_allclose(costs(held(scene, frozen), found.p), scene.mc, atol=1e-8)


@pytest.mark.parametrize("kernel", ["numpy", "native"])
def test_a_price_stays_at_the_kink_where_both_sides_send_it_there(kernel: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if kernel == "native" and not levels():
        pytest.skip("the extension was not built here")
    monkeypatch.setenv("HALFSTEP_KERNEL", kernel)
    scene = replace(a_scene(11, markets=5), pay=Pay.plain(a_scene(11, markets=5).N))
    N, start = scene.N, scene.mc + 1.0
    uncapped = clear(subsidised(scene, np.full(N, 0.2), np.full(N, np.inf)), start)
    exhausted = clear(subsidised(scene, np.full(N, 0.2), np.full(N, 0.01)), start)
    np.testing.assert_allclose(exhausted.p, clear(taxed(scene, np.zeros(N), np.full(N, -0.01)), start).p, rtol=1e-10)
    limit = float(np.median(uncapped.p))
    capped = subsidised(scene, np.full(N, 0.2), np.full(N, 0.2 * limit))
    found = clear(capped, start)
    assert found.converged.all()
    kink = capped.pay.kink[0]
    at = found.p == kink
    assert at.any() and (found.p > kink).any() and (found.p < kink).any()
    for j in range(N):
        market = market_of(scene)
        mine = (market == market[j]) & (scene.firm == scene.firm[j])
        here = profits(capped, found.p)[mine].sum()
        for h in (-1e-4, 1e-4):
            step = np.zeros(N)
            step[j] = h
            change = profits(capped, found.p + step)[mine].sum() - here
            assert change < (-1e-8 if at[j] else 0.0)


def test_a_gentle_slope_stops_at_the_kink_from_either_side() -> None:
    scene = one_buyer(np.array([1.0]), -1.0, np.array([1.0]), np.zeros(1, dtype=np.int64))
    low, high = (clear(subsidised(scene, np.full(1, 0.3), np.full(1, cap)), np.ones(1)).p[0] for cap in (np.inf, 0.0))
    assert high < low
    for kink in np.linspace(high + 0.2, low - 0.01, 5):
        capped = subsidised(scene, np.full(1, 0.3), np.full(1, 0.3 * kink))
        for start in (0.5, 9.0):
            p = clear(capped, np.full(1, start)).p[0]
            grid = np.linspace(0.5 * p, 2 * p, 4001)
            worth = [profits(capped, np.full(1, x))[0] for x in grid]
            assert profits(capped, np.full(1, p))[0] >= max(worth) - 1e-12


@pytest.mark.parametrize("kernel", ["numpy", "native"])
def test_buyers_who_do_not_mind_paying_leave_no_equilibrium(kernel: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if kernel == "native" and not levels():
        pytest.skip("the extension was not built here")
    monkeypatch.setenv("HALFSTEP_KERNEL", kernel)
    scene = a_scene(5, markets=4)
    alpha = scene.alpha.copy()
    second = slice(*scene.markets.buyer[1:3].tolist())
    third = slice(*scene.markets.buyer[2:4].tolist())
    alpha[second], alpha[third] = 0.5, 0.0
    found = clear(replace(scene, alpha=alpha), scene.mc + 1.0)
    assert found.status.tolist() == [CLEARED, NONE, NONE, CLEARED]
    market = market_of(scene)
    assert np.isnan(found.p[(market == 1) | (market == 2)]).all()
    assert np.isfinite(found.p[(market == 0) | (market == 3)]).all()
    said = verified(replace(scene, alpha=alpha), found)
    np.testing.assert_allclose(said.nonnegative, [0, 1, 1, 0])
    assert not said.definite[1]
    assert (clear(scene, scene.mc + 1.0, Control(1e-12, 1)).status == LIMIT).all()


def test_utilities_beyond_the_range_of_exp_and_markets_without_products() -> None:
    scene = a_scene(3)
    far = replace(scene, base=scene.base + 2000.0, alpha=1000.0 * scene.alpha)
    row = np.concatenate([scene.markets.row, scene.markets.row[-1:]])
    buyer = np.concatenate([scene.markets.buyer, scene.markets.buyer[-1:]])
    far = replace(far, markets=Markets(row, buyer, scene.markets.w))
    patient = Control(1e-12, 5000)
    found = clear(far, scene.mc + 1.0, patient)
    again = clearing.clear(far, scene.mc + 1.0, patient)
    assert found.converged.all() and again.converged.all()
    assert (found.markup > 0).all()
    np.testing.assert_allclose(found.p, again.p, rtol=1e-9)


@FEW
@given(SEEDS)
def test_verified_sees_what_a_deviation_gains(seed: int) -> None:
    scene = a_scene(seed)
    found = clear(scene, scene.mc + 1.0)
    said, market = verified(scene, found), market_of(scene)
    for j in range(scene.N):
        mine = (market == market[j]) & (scene.firm == scene.firm[j])
        here, best = profits(scene, found.p)[mine].sum(), -np.inf
        for times in (0.1, 0.25, 0.5, 0.75, 0.9, 1.1, 1.25, 1.5, 2.0, 3.0, 5.0, 10.0):
            p = found.p.copy()
            p[j] = scene.mc[j] + times * found.markup[j]
            best = max(best, profits(scene, p)[mine].sum())
        np.testing.assert_allclose(said.gain[j], best / here - 1, atol=1e-9)


def test_more_owners_charge_less_and_several_starts_agree_where_tastes_are_alike() -> None:
    scene = a_scene(21, markets=4, mild=0.2)
    start = scene.mc + 1.0
    p = clear(scene, start).p
    assert (clear(merged(scene, 1, 0), start).p >= p - 1e-9).all()
    found = others(scene, p, np.random.default_rng(1))
    assert (found.count == 1).all() and (found.which == 0).all()
    assert found.starts[:3] == ("observed", "costs", "twice")


def test_what_does_not_fit_is_refused() -> None:
    scene = a_scene(1)
    with pytest.raises(MisuseError, match="finite prices"):
        clear(scene, scene.mc[1:])
    with pytest.raises(MisuseError, match="expected base of shape"):
        replace(scene, base=scene.base[1:])
    with pytest.raises(MisuseError, match="finite numbers in mc"):
        costing(scene, np.full(scene.N, np.nan))
    with pytest.raises(MisuseError, match="1 \\+ tax - rate"):
        subsidised(scene, np.full(scene.N, 1.5), np.ones(scene.N))
