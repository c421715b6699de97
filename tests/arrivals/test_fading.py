"""Half-lives, volatility, comparisons at matched volume, fame: known answers, refusals, and a case that must conclude."""

from __future__ import annotations

import numpy as np
import pytest

from halfstep.arrivals.bursts import BurstSettings, bursts
from halfstep.arrivals.content import Shares, compare_content
from halfstep.arrivals.fame import prior_fame
from halfstep.arrivals.halflife import DecaySettings, HalfLife, Unmeasured, half_life
from halfstep.arrivals.matched import Attention, Difference, compare, thin
from halfstep.arrivals.volatility import Volatility, volatility
from halfstep.core.errors import MisuseError
from halfstep.worlds.attention import simulate_pair


def test_half_life_of_planted_bursts() -> None:
    rng = np.random.default_rng(1)
    _, product = simulate_pair("matched", rng)
    found = bursts(product.count, product.total, BurstSettings())
    life = half_life(product.count, product.total, found, DecaySettings(), rng)
    assert isinstance(life, HalfLife) and life.lo <= 3.0 <= life.hi and life.hi < 5 and life.shape == "exponential"


def test_few_bursts_are_refused() -> None:
    count = np.random.default_rng(0).poisson(2, 300).astype(np.float64)
    count[200] += 50
    found = bursts(count, None, BurstSettings())
    said = half_life(count, None, found, DecaySettings(), np.random.default_rng(0))
    assert isinstance(said, Unmeasured) and said.why == "few bursts" and said.needed == 5


def test_awkward_counts_are_refused_not_guessed() -> None:
    rng = np.random.default_rng(0)
    for count in (np.zeros(400), np.full(400, 3.0), np.ones(20), np.full(400, np.nan)):
        found = bursts(count, None, BurstSettings(), np.isfinite(count))
        assert half_life(count, None, found, DecaySettings(), rng) == Unmeasured("few bursts", 0, 5)
        both = compare(Attention(count), Attention(count), rng)
        assert isinstance(both.half_life, Unmeasured)
    found = bursts(np.zeros(90), None, BurstSettings())
    with pytest.raises(MisuseError, match="fewest >= 2"):
        half_life(np.zeros(90), None, found, DecaySettings(fewest=1), rng)
    with pytest.raises(MisuseError, match="90 days"):
        half_life(np.zeros(80), None, found, DecaySettings(), rng)


def test_days_not_observed_are_left_out() -> None:
    rng = np.random.default_rng(1)
    _, product = simulate_pair("matched", rng)
    seen = np.random.default_rng(2).uniform(size=len(product.count)) > 0.05
    count = np.where(seen, product.count, np.nan)
    found = bursts(count, product.total, BurstSettings(), seen)
    life = half_life(count, product.total, found, DecaySettings(), rng)
    assert isinstance(life, HalfLife) and life.lo <= 3.0 <= life.hi
    same = [volatility(c, product.total, np.random.default_rng(3), seen) for c in (count, product.count)]
    assert same[0] == same[1] and isinstance(same[0], Volatility)


def test_equal_days_are_more_even_than_chance() -> None:
    said = volatility(np.full(400, 4.0), None, np.random.default_rng(0))
    assert isinstance(said, Volatility) and said.value == said.hi == pytest.approx(-0.25)
    once = np.zeros(400)
    once[7] = 1
    assert volatility(once, None, np.random.default_rng(0)) == Unmeasured("no rows", 1, 2)


@pytest.mark.parametrize(("kind", "label"), [("product more fickle", "longer"), ("founder more fickle", "shorter")])
def test_a_real_difference_is_found_at_matched_volume(kind: str, label: str) -> None:
    a, b = simulate_pair(kind, np.random.default_rng(5))
    found = compare(Attention(a.count, a.total), Attention(b.count, b.total), np.random.default_rng(1))
    assert isinstance(found.half_life, Difference) and found.half_life.label == label
    assert found.kept == pytest.approx(0.1, abs=0.05)


def test_nothing_to_compare_is_said() -> None:
    found = compare(Attention(np.zeros(100)), Attention(np.ones(100)), np.random.default_rng(0))
    assert found.half_life == Unmeasured("no rows", 0, 1)
    with pytest.raises(MisuseError, match="same days"):
        compare(Attention(np.zeros(10)), Attention(np.zeros(11)), np.random.default_rng(0))


def test_volatility_is_that_of_the_rates_and_thinning_leaves_it() -> None:
    rng = np.random.default_rng(2)
    count = rng.poisson(20 * rng.gamma(4.0, 0.25, 2000)).astype(np.float64)
    whole, tenth = (volatility(c, None, rng) for c in (count, thin(count, 0.1, rng)))
    for said in (whole, tenth):
        assert isinstance(said, Volatility) and said.lo <= 0.25 <= said.hi
    assert isinstance(volatility(count[:100], None, rng), Unmeasured)


def test_fame_piles_up_and_fades() -> None:
    life = HalfLife(2.0, 1.0, np.inf, "exponential", 9)
    fame = prior_fame(np.array([8.0, 0.0, np.nan, 0.0, 4.0]), life, np.array([0, 2, 4, 5]))
    assert np.allclose(fame.value, [0.0, 4.0, 2.0, 8 * 0.5**2.5 + 4 * 0.5**0.5])
    assert (fame.lo <= fame.value).all() and np.allclose(fame.hi, [0, 8, 8, 12])
    with pytest.raises(MisuseError, match="within the 5 days"):
        prior_fame(np.zeros(5), life, np.array([6]))


def test_content_is_compared_by_the_smaller_volume() -> None:
    posts = np.array([10.0, 20.0, 30.0, 40.0, 0.0])
    a = Shares(np.array([0.2, 0.3, 0.25, 0.2, 0.9]), np.full(5, 1e-4), posts)
    b = Shares(np.array([0.6, 0.7, 0.65, 0.6, 0.9]), np.full(5, 1e-4), 100 * posts)
    said = compare_content(a, b)
    assert not isinstance(said, Unmeasured)
    assert said.value == pytest.approx(-0.4) and said.label == "less" and said.periods == 4
    few = Shares(a.share[:2], a.variance[:2], posts[:2])
    assert isinstance(compare_content(few, few), Unmeasured)
