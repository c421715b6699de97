"""Independent consideration against the sum over all sets of brands, and the inversion's limits."""

from __future__ import annotations

from itertools import chain, combinations, product

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from halfstep.numerics.consideration import brand_slope, consideration_shares, net_utility

Array = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]


def listed(V: Array, reach: Array) -> tuple[Array, Array]:
    """Brand shares and their own derivatives in log V, by going through the sets of brands."""
    share, own = np.zeros(len(V)), np.zeros(len(V))
    for drawn in product((0.0, 1.0), repeat=len(V)):
        seen = np.array(drawn)
        q = seen * V / (1 + seen @ V)
        chance = np.where(seen > 0, reach, 1 - reach).prod()
        share += chance * q
        own += chance * q * (1 - q)
    return share, own


def one_market(rng: np.random.Generator, low: float, high: float, brands: int) -> tuple[Array, Array, Codes]:
    reach = rng.uniform(0.02, 1.0, brands)
    reach[rng.random(brands) < 0.2] = 1.0
    return rng.uniform(low, high, brands), reach, np.arange(brands)


@pytest.mark.parametrize(("low", "high"), [(-8, -2), (-3, 1), (-2, 3), (-20, 5.3), (3, 5.3), (5.2, 5.3)])
@pytest.mark.parametrize("brands", [1, 2, 5, 10])
def test_shares_and_slopes_are_those_of_all_sets(low: float, high: float, brands: int) -> None:
    rng = np.random.default_rng([brands, round(100 + low), round(100 + high)])
    delta, reach, brand = one_market(rng, low, high, brands)
    share, own = listed(np.exp(delta), reach)
    market = np.zeros(brands, dtype=np.int64)
    assert consideration_shares(delta, market, brand, reach) == pytest.approx(share, rel=1e-11, abs=0.0)
    assert brand_slope(delta, market, brand, reach) == pytest.approx(own / share, rel=1e-9, abs=0.0)


def test_products_share_their_brand_by_v_and_markets_do_not_touch() -> None:
    rng = np.random.default_rng(3)
    market = np.array([7, 2, 7, 2, 7, 2, 7])
    brand = np.array([4, 4, 0, 9, 4, 9, 0])
    reach = np.where(brand == 4, 0.3, np.where(brand == 9, 0.6, 1.0))
    delta = rng.normal(0.0, 1.0, 7)
    share = consideration_shares(delta, market, brand, reach)
    for t in (2, 7):
        here = market == t
        codes = np.unique(brand[here])
        V = np.array([np.exp(delta[here & (brand == b)]).sum() for b in codes])
        total, _ = listed(V, np.array([reach[brand == b][0] for b in codes]))
        for b, v, s in zip(codes, V, total, strict=True):
            mine = here & (brand == b)
            assert share[mine] == pytest.approx(np.exp(delta[mine]) / v * s, rel=1e-12)
    assert net_utility(share, market, brand, reach).delta == pytest.approx(delta, abs=1e-12)


def test_no_rows_are_no_shares() -> None:
    none, codes = np.zeros(0), np.zeros(0, dtype=np.int64)
    assert len(consideration_shares(none, codes, codes, none)) == len(brand_slope(none, codes, codes, none)) == 0
    assert len(net_utility(none, codes, codes, none).delta) == 0


def test_a_vast_utility_is_no_overflow() -> None:
    one = np.zeros(3, dtype=np.int64)
    share = consideration_shares(np.array([900.0, -900.0, 0.0]), one, np.arange(3), np.array([0.5, 1.0, 1.0]))
    assert share == pytest.approx([0.5, 0.0, 0.25], rel=1e-8)


@given(st.integers(0, 10_000), st.integers(1, 8), st.floats(-12.0, 2.0), st.floats(0.0, 4.0))
def test_the_inversion_goes_there_and_back(seed: int, brands: int, low: float, width: float) -> None:
    rng = np.random.default_rng(seed)
    T, J = 6, 3 * brands
    market, brand = np.repeat(np.arange(T), J), np.tile(np.repeat(np.arange(brands), 3), T)
    reach = rng.uniform(0.02, 1.0, (T, brands))[market, brand]
    delta = rng.uniform(low, low + width, T * J)
    back = net_utility(consideration_shares(delta, market, brand, reach), market, brand, reach)
    assert back.converged.all()
    assert back.delta == pytest.approx(delta, abs=1e-9)


@given(st.integers(0, 10_000))
def test_where_all_consider_all_it_is_the_logit(seed: int) -> None:
    rng = np.random.default_rng(seed)
    market, brand = rng.integers(0, 4, 40), rng.integers(0, 6, 40)
    v = np.exp(rng.normal(-1.0, 2.0, 40))
    inside = 1 + np.bincount(market, v, 4)[market]
    reach = np.ones(40)
    assert consideration_shares(np.log(v), market, brand, reach) == pytest.approx(v / inside, rel=1e-12)
    of_brand = np.array([v[(market == t) & (brand == b)].sum() for t, b in zip(market, brand, strict=True)])
    assert brand_slope(np.log(v), market, brand, reach) == pytest.approx(1 - of_brand / inside, rel=1e-11)
    s = v / inside
    back = net_utility(s, market, brand, reach)
    assert back.converged.all()
    assert back.iterations == 1
    assert back.delta == pytest.approx(np.log(s) - np.log(1 - np.bincount(market, s, 4))[market], abs=1e-12)


def test_a_share_above_its_reach_is_told_and_spares_other_markets() -> None:
    market, brand = np.array([0, 0, 1, 1, 2, 2, 3, 3]), np.tile([0, 1], 4)
    share = np.array([0.31, 0.1, 0.29, 0.1, 0.0, 0.1, 0.6, 0.5])
    back = net_utility(share, market, brand, np.tile([0.3, 1.0], 4))
    assert back.converged.tolist() == [False, False, True, True, False, False, False, False]
    assert np.isnan(back.delta[~back.converged]).all()
    again = consideration_shares(back.delta[2:4], market[2:4], brand[2:4], np.array([0.3, 1.0]))
    assert again == pytest.approx(share[2:4], rel=1e-10)


@given(st.integers(0, 10_000), st.integers(1, 5))
def test_it_converges_exactly_where_every_set_of_brands_sells_less_than_is_considered(seed: int, brands: int) -> None:
    rng = np.random.default_rng(seed)
    _, reach, brand = one_market(rng, 0.0, 1.0, brands)
    share = rng.dirichlet(np.ones(brands + 1))[:brands]
    sets = chain.from_iterable(combinations(range(brands), size) for size in range(1, brands + 1))
    possible = all(share[list(some)].sum() < 1 - (1 - reach[list(some)]).prod() for some in sets)
    back = net_utility(share, np.zeros(brands, dtype=np.int64), brand, reach)
    assert back.converged.tolist() == [possible] * brands


@pytest.mark.parametrize("slack", [1e-2, 1e-4, 1e-6, 1e-8])
def test_a_brand_that_all_who_consider_it_buy_is_still_inverted(slack: float) -> None:
    share, reach = np.array([0.3 * (1 - slack), 0.2, 0.3]), np.array([0.3, 0.8, 1.0])
    one = np.zeros(3, dtype=np.int64)
    back = net_utility(share, one, np.arange(3), reach)
    assert back.converged.all()
    assert consideration_shares(back.delta, one, np.arange(3), reach) == pytest.approx(share, rel=1e-9)
