"""The compiled kernel and its twin against plain loops, and against each other."""

from __future__ import annotations

from dataclasses import replace
from typing import Protocol

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from halfstep.native import twin
from halfstep.native.compiled import Compiled, levels
from halfstep.native.layout import (
    Array,
    Codes,
    Control,
    Inversion,
    Markets,
    Markups,
    Products,
    Start,
    Tastes,
)
from tests.native import slow
from tests.native.slow import TIGHT, World, world


class Loops(Protocol):
    def invert(
        self, markets: Markets, products: Products, tastes: Tastes, start: Start, control: Control
    ) -> Inversion: ...

    def markups(
        self,
        markets: Markets,
        products: Products,
        tastes: Tastes,
        point: tuple[Array, Array],
        price: tuple[Array, Array],
        firm: Codes,
    ) -> Markups: ...

    def shares(self, markets: Markets, X: Array, B: Array, delta: Array) -> Array: ...


COMPILED: list[Loops] = [Compiled(level) for level in range(len(levels()))]
TWIN: Loops = twin
NAMES = ["numpy", *levels()]
every = pytest.mark.parametrize("loops", [TWIN, *COMPILED], ids=NAMES)
SMALL = ([5, 1, 8, 30, 3, 4], [7, 3, 20, 33, 1, 16])


def inverted(loops: Loops, at: World, start: Start | None = None, control: Control = TIGHT) -> Inversion:
    return loops.invert(at.markets, at.products, at.tastes, start or at.start, control)


def priced(loops: Loops, at: World, found: Inversion) -> Markups:
    price = (at.alpha, at.alpha_theta)
    return loops.markups(at.markets, at.products, at.tastes, (found.delta, found.D), price, at.firm)


@every
def test_shares_are_those_of_plain_loops(loops: Loops) -> None:
    for scale in (1.0, 400.0):  # utilities beyond exp's reach
        at = world(3, *SMALL, scale=scale)
        s = loops.shares(at.markets, at.products.X, at.tastes.B, at.delta)
        np.testing.assert_allclose(
            s, slow.shares(at.markets, at.products.X, at.tastes.B, at.delta), rtol=1e-10, atol=1e-300
        )


@every
def test_inversion_returns_what_made_the_shares_and_its_slopes(loops: Loops) -> None:
    at = world(4, *SMALL, K=3, column=[0, 1, 2, 1, 0])
    found = inverted(loops, at)
    assert found.converged.all()
    assert (found.residual <= 1e-11).all()
    np.testing.assert_allclose(found.delta, at.delta, atol=1e-10)
    np.testing.assert_allclose(found.D, slow.slopes(at, at.delta), atol=1e-9)


@every
def test_slopes_are_central_differences(loops: Loops) -> None:
    at, h = world(5, *SMALL), 1e-5
    here = inverted(loops, at)
    price = priced(loops, at, here)
    np.testing.assert_allclose(price.eta, slow.markups(at, at.delta), rtol=1e-9)
    for p in range(len(at.tastes.column)):
        ends = []
        for side in (-h, h):
            B = at.tastes.B.copy()
            B[at.tastes.column[p]] += side * at.tastes.G[p]
            there = replace(at, tastes=replace(at.tastes, B=B), alpha=at.alpha + side * at.alpha_theta[p])
            found = inverted(loops, there, Start(here.delta, here.factor))
            ends.append((found.delta, priced(loops, there, found).eta))
        np.testing.assert_allclose((ends[1][0] - ends[0][0]) / (2 * h), here.D[:, p], atol=1e-7)
        slope = (ends[1][1] - ends[0][1]) / (2 * h)
        np.testing.assert_allclose(slope, price.E[:, p], atol=1e-6 * (1 + np.abs(price.E[:, p]).max()))


@every
def test_a_start_nearby_needs_few_evaluations(loops: Loops) -> None:
    at = world(6, [30] * 5, [100] * 5, K=4)
    here = inverted(loops, at)
    sigma = 1.02
    moved = replace(at, tastes=replace(at.tastes, B=at.tastes.B * sigma))
    step = np.array([0.02 / (at.tastes.G[p] / at.tastes.B[k])[0] for p, k in enumerate(at.tastes.column)])
    found = inverted(loops, moved, Start(here.delta + here.D @ step, here.factor))
    assert found.converged.all()
    assert found.evaluations.max() <= 8
    cold = inverted(loops, moved)
    np.testing.assert_allclose(found.delta, cold.delta, atol=1e-11)


@st.composite
def worlds(draw: st.DrawFn) -> World:
    J = draw(st.lists(st.sampled_from([1, 2, 3, 4, 5, 7, 8, 9, 12, 16, 17, 31, 64, 130]), min_size=1, max_size=4))
    buyers = draw(st.lists(st.integers(1, 70), min_size=len(J), max_size=len(J)))
    K = draw(st.integers(1, 4))
    column = draw(st.lists(st.integers(0, K - 1), min_size=1, max_size=9))
    made = world(
        draw(st.integers(0, 10_000)), J, buyers, K, column, scale=draw(st.sampled_from([0.0, 0.5, 1.0, 3.0, 12.0]))
    )
    delta = made.delta + draw(st.sampled_from([0.0, -27.0, 3.0]))
    with np.errstate(divide="ignore"):
        log_s = np.log(slow.shares(made.markets, made.products.X, made.tastes.B, delta))
    return replace(made, products=replace(made.products, log_s=log_s), delta=delta)


def gain(at: World, delta: Array) -> float:
    """How much an error in log shares is amplified in delta."""
    most = 1.0
    for t in range(at.markets.T):
        A, rows = slow.jacobian(at, delta, t), slow.parts(at.markets, t)[0]
        with np.errstate(all="ignore"):
            try:
                most = max(most, float(np.abs(np.linalg.inv(A) * np.exp(at.products.log_s[rows])).sum(axis=1).max()))
            except np.linalg.LinAlgError:
                return np.inf
    return most


@pytest.mark.usefixtures("compiled")
@given(worlds())
def test_the_kernels_agree_with_each_other(at: World) -> None:
    wanted = inverted(TWIN, at)
    amplified = gain(at, at.delta)
    for loops in COMPILED:
        found = inverted(loops, at)
        if amplified > 1e5:  # buyers so sure of themselves that shares hardly tell delta
            assert np.isfinite(found.delta).all()
            continue
        assert found.converged.all()
        np.testing.assert_allclose(found.delta, at.delta, atol=1e-12 * (100 + amplified))
        if not wanted.converged.all():
            continue
        size = 1 + np.abs(wanted.D).max(initial=0)
        np.testing.assert_allclose(found.delta, wanted.delta, atol=1e-12 * (100 + amplified))
        np.testing.assert_allclose(found.D, wanted.D, atol=1e-12 * size * (100 + amplified**2))
        same = replace(found, delta=wanted.delta, D=wanted.D)
        mine, theirs = priced(loops, at, same), priced(TWIN, at, same)
        close = np.abs(theirs.eta) < 1e6
        np.testing.assert_allclose(mine.eta[close], theirs.eta[close], rtol=1e-9 * (1 + amplified))
        scale = 1 + np.abs(theirs.E).max(initial=0)
        np.testing.assert_allclose(mine.E[close], theirs.E[close], atol=1e-10 * scale * (1 + amplified**2))


@every
def test_shares_of_a_millionth_of_a_millionth_come_back(loops: Loops) -> None:
    made = world(8, [6, 20], [30, 30])
    delta = made.delta.copy()
    delta[[2, 11]] -= 30.0
    log_s = np.log(slow.shares(made.markets, made.products.X, made.tastes.B, delta))
    assert log_s.min() < np.log(1e-12)
    at = replace(made, products=replace(made.products, log_s=log_s))
    found = inverted(loops, at)
    assert found.converged.all()
    np.testing.assert_allclose(found.delta, delta, atol=1e-10)


@every
def test_a_market_that_fails_says_so_and_leaves_the_others(loops: Loops) -> None:
    at = world(9, *SMALL)
    whole = inverted(loops, at)
    first, end = at.markets.row[2:4]
    for value in (np.nan, -np.inf, 0.1):  # not a share; nothing sold; above one
        log_s = at.products.log_s.copy()
        log_s[first] = value
        bad = replace(at, products=replace(at.products, log_s=log_s))
        found = inverted(loops, bad, control=Control(limit=60))
        assert found.converged.tolist() == [t != 2 for t in range(at.markets.T)]
        assert np.isnan(found.D[first:end]).all()
        assert np.isnan(found.factor[at.markets.factor[2] : at.markets.factor[3]]).all()
        assert np.isfinite(found.delta).all()
        others = np.r_[0:first, end : len(at.delta)]
        np.testing.assert_allclose(found.delta[others], whole.delta[others], atol=1e-12)
        assert (found.evaluations <= 60).all()


@every
def test_a_bad_factor_costs_evaluations_only(loops: Loops) -> None:
    at = world(10, *SMALL)
    whole = inverted(loops, at)
    draw = np.random.default_rng(0)
    for factor in (
        np.full_like(whole.factor, np.nan),
        draw.normal(size=whole.factor.shape),
        whole.factor * 1e3,
        whole.factor * 1e-3,
    ):
        found = inverted(loops, at, Start(whole.delta + 0.3, factor))
        assert found.converged.all()
        np.testing.assert_allclose(found.delta, whole.delta, atol=1e-10)


@every
def test_indifferent_buyers_leave_markups_undefined(loops: Loops) -> None:
    at = world(11, *SMALL)
    alpha = at.alpha.copy()
    alpha[slow.parts(at.markets, 3)[1]] = 0.0
    price = priced(loops, replace(at, alpha=alpha), inverted(loops, at))
    rows = slow.parts(at.markets, 3)[0]
    assert np.isnan(price.eta[rows]).all()
    assert np.isnan(price.E[rows]).all()
    assert np.isfinite(np.delete(price.eta, rows)).all()


@every
def test_buyers_who_like_high_prices_need_elimination(loops: Loops) -> None:
    at = world(12, [12, 40], [25, 60])
    at = replace(at, alpha=np.random.default_rng(1).normal(size=85) - 0.2)
    np.testing.assert_allclose(priced(loops, at, inverted(loops, at)).eta, slow.markups(at, at.delta), rtol=1e-6)


@pytest.mark.usefixtures("compiled")
def test_markets_without_rows_or_buyers_and_no_parameters() -> None:
    at = world(13, [3, 0, 2], [4, 5, 3], column=[])
    for loops in COMPILED:
        found = inverted(loops, at)
        assert found.converged.all()
        assert found.D.shape == (5, 0)
        assert priced(loops, at, found).E.shape == (5, 0)
        none = Markets(np.zeros(1, dtype=np.int64), np.zeros(1, dtype=np.int64), np.zeros(0))
        nothing = replace(at, markets=none, products=Products(np.zeros((0, 2)), np.zeros(0)), delta=np.zeros(0))
        nothing = replace(nothing, tastes=Tastes(np.zeros((2, 0)), np.zeros((0, 0)), np.zeros(0, dtype=np.int64)))
        assert inverted(loops, nothing).delta.shape == (0,)
        deserted = Markets(at.markets.row, np.zeros(4, dtype=np.int64), np.zeros(0))
        tastes = Tastes(np.zeros((2, 0)), np.zeros((0, 0)), np.zeros(0, dtype=np.int64))
        found = inverted(loops, replace(at, markets=deserted, tastes=tastes), control=Control(limit=9))
        assert found.converged.tolist() == [False, True, False]
