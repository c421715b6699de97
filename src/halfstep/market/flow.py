"""Orders, backlog, deliveries: which of them measures demand, and when.

``deliveries_t = min(capacity_t, backlog_{t-1} + orders_t - cancellations_t)``; the backlog is what remains. While it
binds, deliveries measure what could be made; what buyers want are orders net of cancellations.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from halfstep.core.check import Check, Status
from halfstep.core.config import StudyConfig
from halfstep.core.estimate import Origin, row_ranges
from halfstep.core.period import Period
from halfstep.core.series import Series
from halfstep.data.side import Side
from halfstep.market.records import Author

__all__ = [
    "WEEKS", "Binding", "Flow", "NetOrders", "binding", "flow_checks", "flow_of", "flow_series", "imbalance", "net_orders", "waiting",
]  # fmt: skip

Array = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
Facts = tuple[tuple[str, str | float | int], ...]

FIGURES = ("orders", "cancellations", "backlog", "capacity", "deliveries")

WEEKS = 365.25 / 7
"""Weeks of a year."""

SLACK = 0.01
"""Figures are rounded and booked at different hours: a difference below this part of the larger one tells nothing."""


@dataclass(frozen=True, slots=True, eq=False)
class Flow:
    """Orders and what became of them; figures have shape (B, T), NaN where blank.

    Attributes
    ----------
    file
        File they come from.
    frequency
        Periods in a year.
    brands
        Names of the B brands, sorted.
    first
        Ordinal of the first of the T consecutive periods; periods that the table lacks are NaN throughout.
    orders, cancellations, capacity, deliveries
        Units of the period.
    backlog
        Orders not yet delivered at the end of the period.
    rows
        Brand -> rows of the file.
    """

    file: str
    frequency: int
    brands: tuple[str, ...]
    first: int
    orders: Array
    cancellations: Array
    backlog: Array
    capacity: Array
    deliveries: Array
    rows: dict[str, tuple[int, ...]]

    @property
    def periods(self) -> tuple[int, ...]:
        """Ordinals of the periods, shape (T,)."""
        return tuple(range(self.first, self.first + self.orders.shape[1]))

    def period_key(self, t: int) -> str:
        """Return the text of the t-th period."""
        return Period(self.first + t, self.frequency).key


@dataclass(frozen=True, slots=True, eq=False)
class NetOrders:
    """Orders net of cancellations; shape (B, T).

    Attributes
    ----------
    value
        Orders minus cancellations; where one of them is blank, what deliveries and the change of the backlog imply,
        unless that is more than the orders; else orders alone. NaN where nothing is known.
    upper
        Where `value` is orders alone: net orders are at most that many, as cancellations are unknown.
    implied
        Where `value` is implied by deliveries and backlog.
    """

    value: Array
    upper: Mask
    implied: Mask

    @property
    def exact(self) -> Array:
        """Net orders where they are known, NaN where only a bound is."""
        return np.where(self.upper, np.nan, self.value)


@dataclass(frozen=True, slots=True, eq=False)
class Binding:
    """Brand-periods in which deliveries measure supply; shape (B, T).

    Attributes
    ----------
    bound
        Buyers were waiting at the end of the period.
    known
        Whether the figures tell; where they do not, `bound` is False and means nothing.
    """

    bound: Mask
    known: Mask


def flow_of(side: Side, frequency: int) -> Flow:
    """Arrange a flow table by brand and period; rows of a brand and its sub-brands are added up, blank if one is."""
    frame = side.frame
    brands = tuple(sorted(set(frame["brand"].to_list())))
    period = frame["period"].to_numpy().astype(np.int64)
    first = int(period.min())
    at = (np.array([brands.index(b) for b in frame["brand"].to_list()]), period - first)
    seen = np.zeros((len(brands), int(period.max()) - first + 1), dtype=bool)
    seen[at] = True
    figures = {}
    for name in FIGURES:
        figures[name] = np.where(seen, 0.0, np.nan)
        np.add.at(figures[name], at, frame[name].fill_null(np.nan).to_numpy().astype(np.float64))
    rows: dict[str, tuple[int, ...]] = {}
    for brand, row in frame.select("brand", "row").iter_rows():
        rows[brand] = (*rows.get(brand, ()), int(row))
    return Flow(side.file, frequency, brands, first, **figures, rows=rows)


def net_orders(flow: Flow) -> NetOrders:
    """Return orders net of cancellations.

    The identity ``orders - cancellations = deliveries + backlog_t - backlog_{t-1}`` stands in for a blank figure.
    Unknown cancellations leave an upper bound: they are never taken for none.
    """
    counted = flow.orders - flow.cancellations
    identity = flow.deliveries + flow.backlog - _before(flow.backlog)
    implied = np.isnan(counted) & np.isfinite(identity) & ~_beyond(identity, flow.orders)
    upper = np.isnan(counted) & ~implied & np.isfinite(flow.orders)
    return NetOrders(np.where(implied, identity, np.where(upper, flow.orders, counted)), upper, implied)


def binding(flow: Flow) -> Binding:
    """Return where deliveries measure supply.

    It binds where the backlog at the end of the period is above zero; where what was available to deliver (the backlog
    before plus net orders; net orders alone where the backlog is not given) exceeds capacity or deliveries; and where
    the next period delivered more than it took in orders, so that buyers must have been waiting. Where none of these
    can be looked at, nothing is known.
    """
    net = net_orders(flow)
    exact, before = net.exact, _before(flow.backlog)
    available = before + exact
    least = np.nan_to_num(before) + exact
    drawn = _beyond(flow.deliveries, net.value)
    bound = (flow.backlog > 0) | _beyond(least, flow.capacity) | _beyond(least, flow.deliveries)
    bound[:, :-1] |= drawn[:, 1:]
    told = np.isfinite(available) & (np.isfinite(flow.capacity) | np.isfinite(flow.deliveries))
    return Binding(bound, bound | np.isfinite(flow.backlog) | told)


def waiting(flow: Flow) -> Array:
    """Return the weeks that the backlog takes at the period's rate of deliveries; shape (B, T).

    NaN where either is blank or nothing was delivered.
    """
    periods = np.full(flow.backlog.shape, np.nan)
    np.divide(flow.backlog, flow.deliveries, out=periods, where=flow.deliveries > 0)
    return periods * WEEKS / flow.frequency


def imbalance(flow: Flow) -> Array:
    """Return ``backlog_t - backlog_{t-1} - (orders - cancellations - deliveries)``; NaN where a figure is blank.

    Where only cancellations are blank they would have to be negative for the residual to be positive: it is returned
    where it is, and is zero otherwise. Shape (B, T).
    """
    residual = flow.backlog - _before(flow.backlog) - (flow.orders - flow.deliveries)
    return np.where(np.isnan(flow.cancellations), np.fmax(residual, 0 * residual), residual + flow.cancellations)


def flow_series(write: Author, flow: Flow, brand: str) -> Iterator[Series]:
    """Yield a brand's deliveries, orders, net orders where they are known, backlog and waiting weeks."""
    if brand not in flow.brands:
        return
    b, net = flow.brands.index(brand), net_orders(flow)
    counted = _origin(flow, brand, "flow.counted")
    netted = _origin(flow, brand, "flow.net_orders", ("backlog accounts hold",) if net.implied[b].any() else ())
    weeks = _origin(flow, brand, "flow.waiting")
    for name, what, unit, values, origin in (
        ("deliveries", "deliveries", "units", flow.deliveries, counted),
        ("orders", "orders", "units", flow.orders, counted),
        ("net_orders", "orders net of cancellations", "units", net.exact, netted),
        ("backlog", "orders not yet delivered", "units", flow.backlog, counted),
        ("waiting", "weeks that the backlog takes", "weeks", waiting(flow), weeks),
    ):
        known = np.flatnonzero(np.isfinite(values[b]))
        if len(known):
            index = tuple((flow.period_key(int(t)),) for t in known)
            yield write.series(f"flow.{name}.{brand}", what, unit, index, ("period",), values[b, known], origin)


def flow_checks(config: StudyConfig, flow: Flow, brand: str) -> Iterator[Check]:
    """Yield whether a brand's deliveries measure supply, whether they run against orders, whether the accounts hold."""
    if brand in flow.brands:
        b = flow.brands.index(brand)
        yield _supply(config, flow, b)
        yield from _direction(flow, b)
        yield from _balance(flow, b)


def _supply(config: StudyConfig, flow: Flow, b: int) -> Check:
    """Fail where buyers waited longer than a period, or nobody knows how long: its deliveries are not of its orders."""
    found, weeks = binding(flow), waiting(flow)[b]
    bound, known = np.flatnonzero(found.bound[b]), int(found.known[b].sum())
    name = f"flow.supply.{flow.brands[b]}"
    facts: Facts = (("brand", flow.brands[b]), ("of", known))
    if not known:
        return Check(id=name, status=Status.REVIEW, why="backlog unknown", do="give the backlog", facts=facts)
    if not len(bound):
        return Check(id=name, status=Status.PASS, why="no backlog", facts=facts)
    told = weeks[bound][np.isfinite(weeks[bound])]
    last, longest = (float(told[-1]), float(told.max())) if len(told) else (float("nan"), float("nan"))
    facts += (
        ("periods", len(bound)), ("first", flow.period_key(int(bound[0]))), ("last", flow.period_key(int(bound[-1]))),
        ("weeks", last), ("longest", longest),
    )  # fmt: skip
    if config.columns.outcome == "orders":
        return Check(id=name, status=Status.REVIEW, why="backlog, orders counted", do="read net orders", facts=facts)
    if longest <= WEEKS / flow.frequency:
        return Check(id=name, status=Status.REVIEW, why="backlog within a period", do="read net orders", facts=facts)
    return Check(id=name, status=Status.FAIL, why="deliveries are supply", do="read net orders", facts=facts)


def _direction(flow: Flow, b: int) -> Iterator[Check]:
    """Yield a failure where deliveries rose between the first and the last bound period while net orders fell."""
    net, bound = net_orders(flow), binding(flow).bound[b]
    delivered, ordered, only = flow.deliveries[b], net.exact[b], "deliveries rose while net orders fell"
    both = np.flatnonzero(bound & np.isfinite(delivered) & np.isfinite(ordered))
    if len(both) < 2:
        ordered, only = flow.orders[b], "deliveries rose while orders fell"
        both = np.flatnonzero(bound & np.isfinite(delivered) & np.isfinite(ordered))
    if len(both) < 2:
        return
    first, last = int(both[0]), int(both[-1])
    if not (delivered[last] > delivered[first] and ordered[last] < ordered[first]):
        return
    yield Check(
        id=f"flow.direction.{flow.brands[b]}", status=Status.FAIL, why=only, do="read net orders",
        facts=(
            ("brand", flow.brands[b]), ("before", flow.period_key(first)), ("after", flow.period_key(last)),
            ("deliveries_before", float(delivered[first])), ("deliveries_after", float(delivered[last])),
            ("orders_before", float(ordered[first])), ("orders_after", float(ordered[last])),
            ("rise", _change(delivered, first, last)), ("fall", -_change(ordered, first, last)),
        ),
    )  # fmt: skip


def _balance(flow: Flow, b: int) -> Iterator[Check]:
    """Yield the largest residual of the backlog's account, where it can be drawn up."""
    residual = imbalance(flow)[b]
    known = np.flatnonzero(np.isfinite(residual))
    if not len(known):
        return
    handled = np.fmax(np.nan_to_num(_before(flow.backlog)[b]) + flow.orders[b], flow.backlog[b])
    wrong = np.abs(residual[known]) > SLACK * handled[known]
    worst = int(known[np.argmax(np.abs(residual[known]))])
    facts: Facts = (
        ("brand", flow.brands[b]), ("of", len(known)), ("periods", int(wrong.sum())),
        ("period", flow.period_key(worst)), ("units", float(residual[worst])),
    )  # fmt: skip
    name = f"flow.balance.{flow.brands[b]}"
    if wrong.any():
        yield Check(id=name, status=Status.REVIEW, why="backlog does not add up", do="mend the flow table", facts=facts)
    else:
        yield Check(id=name, status=Status.PASS, why="backlog adds up", facts=facts)


def _before(figures: Array) -> Array:
    """Return the figures of the period before; NaN in the first."""
    return np.concatenate([np.full((len(figures), 1), np.nan), figures[:, :-1]], axis=1)


def _beyond(larger: Array, smaller: Array) -> Mask:
    """Whether one figure exceeds another by more than rounding; False where either is blank."""
    return np.asarray(larger - smaller > SLACK * np.abs(larger))


def _change(values: Array, first: int, last: int) -> float:
    return float(values[last] / values[first] - 1) if values[first] > 0 else float("nan")


def _origin(flow: Flow, brand: str, method: str, assumptions: tuple[str, ...] = ()) -> Origin:
    rows = np.array(flow.rows[brand])
    return Origin(
        room="market", method=method, table=flow.file, rows=row_ranges(rows), rows_used=len(rows), assumptions=assumptions
    )  # fmt: skip
