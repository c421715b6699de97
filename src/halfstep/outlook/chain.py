"""From what could be built to what is delivered: a maker delivers no more than it can build and no more than was ordered."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from halfstep.core.errors import MisuseError

__all__ = ["Delivered", "deliver"]

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Delivered:
    """Draws of deliveries and what they leave.

    Attributes
    ----------
    deliveries
        Units delivered, shape (D, H).
    backlog
        Orders open at each month's end, shape (D, H); NaN where orders do not bind.
    binding
        Share of draws in which orders, not building, set the month's deliveries, shape (H,).
    """

    deliveries: Array
    backlog: Array
    binding: Array


def deliver(rate: Array, backlog: Array | None, orders: Array | None) -> Delivered:
    """Deliveries are the smaller of what can be built and what is on order: ``d_t = min(rate_t, max(B_(t-1) + o_t, 0))``, ``B_t`` the rest.

    Parameters
    ----------
    rate
        What could be built, one row a draw, one column a month, shape (D, H).
    backlog
        Orders open before the first month, shape (D,); None if not known.
    orders
        New orders less cancellations, shape (D, H); they may be negative. None if not known.

    Returns
    -------
    Delivered
        Without both backlog and orders deliveries are the rate: what is not known does not bind.

    Raises
    ------
    MisuseError
        If shapes differ or the rate is negative.

    Examples
    --------
    >>> deliver(np.array([[10.0, 10.0]]), np.array([12.0]), np.array([[0.0, 3.0]])).deliveries.tolist()
    [[10.0, 5.0]]
    """
    if (rate < 0).any():
        raise MisuseError("expected rates of zero or more: cut them at zero")
    if backlog is None or orders is None:
        return Delivered(rate.copy(), np.full(rate.shape, np.nan), np.zeros(rate.shape[1]))
    if orders.shape != rate.shape or backlog.shape != rate.shape[:1]:
        raise MisuseError(
            f"expected orders {rate.shape} and backlog {rate.shape[:1]}; got {orders.shape}, {backlog.shape}"
        )
    open_ = np.asarray(backlog, dtype=np.float64)
    deliveries, left = np.empty(rate.shape), np.empty(rate.shape)
    binding = np.empty(rate.shape[1])
    for t in range(rate.shape[1]):
        wanted = np.maximum(open_ + orders[:, t], 0.0)
        deliveries[:, t] = np.minimum(rate[:, t], wanted)
        binding[t] = float((wanted < rate[:, t]).mean())
        open_ = wanted - deliveries[:, t]
        left[:, t] = open_
    return Delivered(deliveries, left, binding)
