"""Changes of level: PELT finds the optimum, the penalty keeps its rate, a shift is dated."""

from __future__ import annotations

import numpy as np
import pytest

from halfstep.arrivals.changes import _pelt, changes, penalty
from halfstep.core.errors import MisuseError
from halfstep.worlds.attention import simulate_attention


def test_pruning_leaves_the_optimum() -> None:
    rng = np.random.default_rng(1)
    y = rng.poisson(np.repeat([2.0, 6.0, 1.0], 12)).astype(np.float64)
    e, price, n = np.ones(36), 6.0, 36

    def cost(a: int, b: int) -> float:
        s, x = y[a:b].sum(), float(b - a)
        mu = s / x
        gain = s * np.log(mu) if s else 0.0
        return float(-2 * (gain - s))

    best, last = np.full(n + 1, np.inf), np.zeros(n + 1, dtype=int)
    best[0] = -price
    for t in range(4, n + 1):
        for s in [0, *range(4, t - 3)]:
            if best[s] + cost(s, t) + price < best[t]:
                best[t], last[t] = best[s] + cost(s, t) + price, s
    cuts, t = [], n
    while last[t]:
        t = int(last[t])
        cuts.append(t)
    assert _pelt(y, e, price, 4) == cuts[::-1]


def test_a_shift_is_dated_and_a_list_that_grows_is_none() -> None:
    rng = np.random.default_rng(2)
    total = np.repeat([300.0, 900.0], 300)
    rate = np.where(np.arange(600) < 400, 0.01, 0.03)
    found = changes(rng.poisson(rate * total * rng.gamma(4, 0.25, 600)).astype(np.float64), total)
    assert len(found.days) == 1 and abs(found.days[0] - 400) <= 7
    assert found.rates == pytest.approx((0.01, 0.03), rel=0.2)


def test_the_penalty_keeps_its_rate() -> None:
    rng = np.random.default_rng(3)
    told = [bool(changes(rng.negative_binomial(3, 0.5, 400).astype(np.float64)).days) for _ in range(200)]
    assert sum(told) <= 17  # of 200 at one in twenty, more than 17 come one time in fifty
    assert penalty(1000, 28, 0.01) > penalty(1000, 28, 0.05) > 3.84


def test_days_that_resemble_each_other_are_no_change() -> None:
    told = [simulate_attention("null, echoing", np.random.default_rng([4, r])) for r in range(50)]
    assert sum(bool(changes(m.count, m.total).days) for m in told) <= 6
    shifted = simulate_attention("level shift", np.random.default_rng(4))
    found = changes(shifted.count, shifted.total)
    assert len(found.days) == 1 and abs(found.days[0] - 600) <= 7


def test_equal_and_missing_days_change_nothing() -> None:
    count = np.full(400, 3.0)
    assert changes(count).days == () and changes(count).inflation == 1.0
    count[100:150] = np.nan
    assert changes(count).rates == (3.0,) and changes(count * np.nan).days == ()


def test_short_empty_and_misused() -> None:
    assert changes(np.ones(20)).days == () and changes(np.zeros(200)).rates == (0.0,)
    with pytest.raises(MisuseError, match="shortest"):
        changes(np.ones(200), shortest=1)
