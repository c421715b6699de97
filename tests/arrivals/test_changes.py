"""Changes of level: PELT finds the optimum, the penalty keeps its rate, a shift is dated."""

from __future__ import annotations

import numpy as np
import pytest

from halfstep.arrivals.changes import _pelt, changes, penalty
from halfstep.core.errors import MisuseError


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
    assert np.mean(told) <= 0.10
    assert penalty(1000, 28, 0.01) > penalty(1000, 28, 0.05) > 3.84


def test_short_empty_and_misused() -> None:
    assert changes(np.ones(20)).days == () and changes(np.zeros(200)).rates == (0.0,)
    with pytest.raises(MisuseError, match="shortest"):
        changes(np.ones(200), shortest=1)
