"""Units lost times margin."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from halfstep.core.errors import MisuseError
from halfstep.events.cost import Margin, Money, NoCost, Span, cost, units_of

KNOWN = Margin(lo=20_000, hi=20_000, currency="CNY")
RANGE = Margin(lo=15_000, hi=25_000, currency="CNY")


def one(answer: tuple[Money, ...] | NoCost) -> Money:
    assert isinstance(answer, tuple) and len(answer) == 1
    return answer[0]


def test_a_loss_of_units_is_a_cost_and_a_gain_is_none() -> None:
    lost = one(cost([Span(horizon=3, value=-1000, lo=-1500, hi=-500)], KNOWN))
    assert (lost.lost, lost.lost_lo, lost.lost_hi) == (1000, 500, 1500)
    assert (lost.least, lost.most, lost.lo, lost.hi) == (2e7, 2e7, 1e7, 3e7)
    assert (lost.currency, lost.basis, lost.level, lost.horizon) == ("CNY", "contribution", 0.95, 3)
    gain = one(cost([Span(horizon=3, value=1000, lo=500, hi=1500)], KNOWN))
    assert (gain.least, gain.lo, gain.hi) == (-2e7, -3e7, -1e7)


def test_a_margin_known_as_a_range_gives_the_worst_case() -> None:
    money = one(cost([Span(horizon=1, value=-1000, lo=-1500, hi=200)], RANGE))
    assert (money.least, money.most) == (1.5e7, 2.5e7)
    assert (money.lo, money.hi) == (-200 * 25_000, 1500 * 25_000)


def test_units_that_lose_money_save_it_when_they_are_not_sold() -> None:
    money = one(cost([Span(horizon=1, value=-100, lo=-150, hi=-50)], Margin(lo=-10, hi=5, currency="EUR")))
    assert (money.lo, money.hi) == (-1500, 750)


@given(
    st.tuples(st.floats(-1e4, 1e4), st.floats(0, 5e3), st.floats(0, 5e3)),
    st.tuples(st.floats(-1e3, 1e3), st.floats(0, 1e3)),
    st.floats(0, 1),
    st.floats(0, 1),
)
@settings(max_examples=200, deadline=None)
def test_every_product_inside_both_ranges_lies_inside(
    span: tuple[float, float, float], margin: tuple[float, float], u: float, m: float
) -> None:
    value, below, above = span
    low, width = margin
    money = one(
        cost(
            [Span(horizon=1, value=value, lo=value - below, hi=value + above)],
            Margin(lo=low, hi=low + width, currency="X"),
        )
    )
    product = -(value - below + u * (below + above)) * (low + m * width)
    slack = 1e-6 * (1 + abs(product))
    assert money.lo - slack <= product <= money.hi + slack
    assert money.lo - slack <= money.least <= money.most <= money.hi + slack


def test_draws_are_cumulated_by_horizon() -> None:
    rng = np.random.default_rng(1)
    draws = rng.normal(-100, 30, (4000, 4))
    answer = cost(draws, KNOWN, (1, 4), level=0.9)
    assert isinstance(answer, tuple)
    first, last = answer
    assert (first.horizon, last.horizon, first.level) == (1, 4, 0.9)
    assert first.lost == pytest.approx(100, abs=2) and last.lost == pytest.approx(400, abs=4)
    half = 1.644854 * 30
    assert (first.lost_hi - first.lost) == pytest.approx(half, abs=3)
    assert (last.lost_hi - last.lost) == pytest.approx(2 * half, abs=6)
    assert last.hi == pytest.approx(last.lost_hi * 20_000)
    everything = cost(draws, KNOWN)
    assert isinstance(everything, tuple) and [m.horizon for m in everything] == [1, 2, 3, 4]


def test_the_interval_holds_wherever_in_its_range_the_margin_lies() -> None:
    rng = np.random.default_rng(2)
    inside, runs = 0, 400
    for _ in range(runs):
        seen = -1000 + rng.normal(0, 300)
        span = Span(horizon=1, value=seen, lo=seen - 1.96 * 300, hi=seen + 1.96 * 300)
        money = one(cost([span], RANGE))
        inside += money.lo <= 1000 * rng.choice([15_000, 20_000, 25_000]) <= money.hi
    assert inside / runs >= 0.93


def test_without_a_margin_or_an_effect_nothing_is_computed() -> None:
    span = [Span(horizon=1, value=-1, lo=-2, hi=0)]
    assert cost(span, None) == NoCost(("events.margin",))
    assert cost(None, KNOWN) == NoCost(("events.effect",))
    assert cost(None, None) == NoCost(("events.effect", "events.margin"))


def test_an_unbounded_effect_has_an_unbounded_cost_unless_units_leave_nothing() -> None:
    span = [Span(horizon=1, value=-1, lo=-math.inf, hi=math.inf)]
    open_ended = one(cost(span, KNOWN))
    assert (open_ended.lo, open_ended.hi) == (-math.inf, math.inf)
    nothing = one(cost(span, Margin(lo=0, hi=0, currency="CNY")))
    assert (nothing.lo, nothing.hi) == (0, 0)


def test_gaps_in_logs_become_units() -> None:
    observed = np.array([80.0, 90.0])
    units = units_of(np.log(np.array([0.8, 0.9])), observed)
    assert units == pytest.approx([-20, -10])  # 100 and 100 would have been sold
    assert units_of(np.zeros((3, 2)), observed) == pytest.approx(np.zeros((3, 2)))


def test_misuse_says_what_was_expected() -> None:
    with pytest.raises(MisuseError, match="beyond nothing was seen"):
        cost(np.zeros((5, 3)), KNOWN, (4,))
    with pytest.raises(MisuseError, match="finite draws"):
        cost(np.array([[np.nan]]), KNOWN)
    with pytest.raises(MisuseError, match="from low to high"):
        Margin(lo=2, hi=1, currency="CNY")
    with pytest.raises(MisuseError, match="lo <= value <= hi"):
        Span(horizon=1, value=0, lo=1, hi=2)
    with pytest.raises(MisuseError, match="units of zero or more"):
        units_of(np.zeros(3), np.ones(2))
