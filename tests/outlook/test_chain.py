"""Deliveries against orders, backlog and what can be built."""

from __future__ import annotations

import numpy as np
import pytest

from halfstep.core.errors import MisuseError
from halfstep.outlook.chain import deliver


def test_what_is_built_goes_out_until_the_orders_are_gone() -> None:
    done = deliver(np.full((1, 4), 10.0), np.array([25.0]), np.array([[0.0, 2.0, -4.0, 6.0]]))
    assert done.deliveries.tolist() == [[10.0, 10.0, 3.0, 6.0]]
    assert done.backlog.tolist() == [[15.0, 7.0, 0.0, 0.0]]
    assert done.binding.tolist() == [0.0, 0.0, 1.0, 1.0]


def test_cancellations_beyond_the_backlog_leave_none_and_units_are_conserved() -> None:
    rng = np.random.default_rng(0)
    rate, orders, backlog = rng.uniform(0, 10, (50, 12)), rng.normal(4, 5, (50, 12)), rng.uniform(0, 30, 50)
    done = deliver(rate, backlog, orders)
    assert (done.deliveries >= 0).all()
    assert (done.deliveries <= rate).all()
    assert (done.backlog >= 0).all()
    never_below = backlog + orders.cumsum(axis=1).T >= done.deliveries.cumsum(axis=1).T
    kept = never_below.all(axis=0)
    total = done.deliveries.sum(axis=1) + done.backlog[:, -1]
    assert total[kept] == pytest.approx((backlog + orders.sum(axis=1))[kept])
    assert deliver(rate[:1], np.array([3.0]), np.full((1, 12), -5.0)).deliveries.sum() == 0


def test_what_is_not_known_does_not_bind() -> None:
    rate = np.full((2, 3), 7.0)
    for done in (deliver(rate, None, None), deliver(rate, np.ones(2), None), deliver(rate, None, np.zeros((2, 3)))):
        assert done.deliveries.tolist() == rate.tolist()
        assert np.isnan(done.backlog).all()
        assert done.binding.tolist() == [0.0, 0.0, 0.0]


def test_more_orders_never_mean_fewer_deliveries() -> None:
    rng = np.random.default_rng(1)
    rate, orders, backlog = rng.uniform(0, 10, (50, 12)), rng.normal(4, 5, (50, 12)), rng.uniform(0, 30, 50)
    less, more = deliver(rate, backlog, orders), deliver(rate, backlog, orders + rng.uniform(0, 2, (50, 12)))
    assert (more.deliveries.cumsum(axis=1) >= less.deliveries.cumsum(axis=1) - 1e-9).all()


def test_shapes_and_negative_rates_are_misuse() -> None:
    with pytest.raises(MisuseError, match="expected"):
        deliver(np.full((1, 2), -1.0), None, None)
    with pytest.raises(MisuseError, match="expected"):
        deliver(np.ones((2, 3)), np.ones(3), np.ones((2, 3)))
