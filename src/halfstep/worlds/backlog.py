"""Simulated makers with more orders than capacity, of which newspapers print a figure now and then."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

__all__ = [
    "BROKEN",
    "FALLS",
    "KINDS",
    "WEEKS",
    "WINDOW",
    "Printed",
    "SimulatedBacklog",
    "print_backlog",
    "simulate_backlog",
]

Array = npt.NDArray[np.float64]

FALLS = {"no fall": 0.0, "fall of 20%": 0.2, "fall of 30%": 0.3, "fall of 50%": 0.5}
BROKEN = ("season within the month", "a second shock", "more cancelled after")
KINDS = (*FALLS, *BROKEN)
"""The last three break an assumption of the inference; orders fall by 30% in them."""
WEEKS = 60
WINDOW = 8
"""Weeks before and after the event that are compared."""


@dataclass(frozen=True, slots=True)
class Printed:
    """A printed figure: what, of which days, between which numbers."""

    what: str
    first: date
    last: date
    lo: float
    hi: float


@dataclass(frozen=True, slots=True, eq=False)
class SimulatedBacklog:
    """The truth by week, shape (60,), and what is printed.

    Attributes
    ----------
    first
        Monday of the first week, in which the model is launched; nobody waits before it.
    event
        Week in which the event falls on a Monday.
    orders, cancelled, backlog, deliveries
        Units; the backlog of the end of the week.
    monthly
        Month ("2024-04") -> deliveries; only months of which every day is simulated. Those of the launch month are
        printed.
    printed
        Snippets.
    """

    first: date
    event: int
    orders: Array
    cancelled: Array
    backlog: Array
    deliveries: Array
    monthly: dict[str, float]
    printed: tuple[Printed, ...]

    @property
    def fall(self) -> float:
        """One less mean orders of the eight weeks from the event over those of the eight before."""
        before = self.orders[self.event - WINDOW : self.event].mean()
        return float(1 - self.orders[self.event : self.event + WINDOW].mean() / before)

    def day(self, week: int) -> date:
        """Return the Monday of a week."""
        return self.first + timedelta(days=7 * week)


def simulate_backlog(kind: str, rng: np.random.Generator) -> SimulatedBacklog:
    """Draw a maker: a launch burst, a walk and noise of orders, an event, capacity that grows and then stays."""
    week = np.arange(WEEKS)
    event, base = int(rng.integers(34, 46)), rng.uniform(3000, 8000)
    burst = rng.uniform(4, 10) * np.exp(-week / rng.uniform(1.5, 3.0))
    walk = np.cumsum(rng.normal(0, rng.uniform(0.01, 0.05), WEEKS))
    level = np.log1p(burst) + walk + rng.normal(0, rng.uniform(0.03, 0.12), WEEKS)
    level[event:] += np.log(1 - FALLS.get(kind, 0.3))
    if kind == "season within the month":
        level += 0.25 * np.sin(2 * np.pi * (week + rng.uniform(0, 4)) / 4.35)
    if kind == "a second shock":
        level[event + int(rng.integers(3, 6)) :] += np.log(rng.uniform(0.6, 1.4))
    orders = np.round(base * np.exp(level))
    share = np.full(WEEKS, rng.uniform(0.05, 0.15))
    if kind == "more cancelled after":
        share[event : event + 6] *= 2.0
    cancelled = np.round(orders * np.clip(share * rng.normal(1, 0.1, WEEKS), 0, 1))
    capacity = np.round(base * rng.uniform(0.8, 1.05) * np.clip(0.3 + week / 25, 0, 1))
    backlog, delivered, waiting = np.empty(WEEKS), np.empty(WEEKS), 0.0
    for t in range(WEEKS):
        available = waiting + orders[t] - cancelled[t]
        delivered[t] = min(capacity[t], available)
        waiting = backlog[t] = available - delivered[t]
    first = date(2024, 4, 1) + timedelta(days=7 * int(rng.integers(0, 52)))
    made = SimulatedBacklog(first, event, orders, cancelled, backlog, delivered, _monthly(first, delivered), ())
    return print_backlog(made, rng)


def _monthly(first: date, delivered: Array) -> dict[str, float]:
    """Return deliveries by month, every week's spread evenly over its days; a month that is cut off is left out."""
    found: dict[str, float] = {}
    days = [first + timedelta(days=k) for k in range(7 * WEEKS)]
    for k, day in enumerate(days):
        found[f"{day:%Y-%m}"] = found.get(f"{day:%Y-%m}", 0.0) + delivered[k // 7] / 7
    whole = {f"{day:%Y-%m}" for day in days if day.day == 1} & {
        f"{day:%Y-%m}" for day in days if (day + timedelta(days=1)).day == 1
    }
    return {key: float(np.round(units)) for key, units in found.items() if key in whole}


def print_backlog(made: SimulatedBacklog, rng: np.random.Generator) -> SimulatedBacklog:
    """Print a handful of figures: the launch, a few order weeks, waiting weeks as ranges, the share cancelled."""
    printed = [Printed("backlog", made.first - timedelta(days=1), made.first - timedelta(days=1), 0.0, 0.0)]
    if f"{made.first:%Y-%m}" not in made.monthly:
        printed.append(_launch_month(made))
    printed.append(_orders(made, 0, 4, rng))
    early = rng.choice(np.arange(6, made.event - 12), 2, replace=False)
    before = rng.choice(np.arange(made.event - 12, made.event), int(rng.integers(2, 4)), replace=False)
    after = rng.choice(np.arange(made.event, made.event + 10), int(rng.integers(1, 4)), replace=False)
    printed += [_orders(made, int(t), 1, rng) for t in sorted((*early, *before, *after))]
    if rng.random() < 0.5:
        printed.append(_orders(made, made.event, 2, rng))
    for t in sorted(
        (*rng.choice(np.arange(8, made.event - 2), 2, replace=False), made.event + int(rng.integers(5, 12)))
    ):
        printed.append(_waiting(made, int(t), rng))
    share = made.cancelled.sum() / made.orders.sum()
    lo, hi = share - rng.uniform(0.005, 0.03), share + rng.uniform(0.005, 0.03)
    printed.append(Printed("cancelled share", made.first, made.day(WEEKS) - timedelta(days=1), max(lo, 0.0), hi))
    return SimulatedBacklog(
        made.first, made.event, made.orders, made.cancelled, made.backlog, made.deliveries, made.monthly, tuple(printed)
    )


def _launch_month(made: SimulatedBacklog) -> Printed:
    """Deliveries from the launch to the end of its month."""
    days = [made.first + timedelta(days=k) for k in range(31)]
    mine = [day for day in days if day.month == made.first.month]
    units = float(np.round(sum(made.deliveries[(day - made.first).days // 7] / 7 for day in mine)))
    return Printed("deliveries", mine[0], mine[-1], units, units)


def _orders(made: SimulatedBacklog, week: int, weeks: int, rng: np.random.Generator) -> Printed:
    """Orders of some weeks: a rounded number, or a range of a tenth."""
    truth = float(made.orders[week : week + weeks].sum())
    step = 500.0 if truth < 20_000 else 2000.0
    around = 0.0 if rng.random() < 0.5 else rng.uniform(0, 0.1) * truth
    middle = step * np.round(truth / step)
    lo, hi = middle - step / 2 - around * rng.random(), middle + step / 2 + around * rng.random()
    return Printed("orders", made.day(week), made.day(week + weeks) - timedelta(days=1), lo, hi)


def _waiting(made: SimulatedBacklog, week: int, rng: np.random.Generator) -> Printed:
    """Weeks that the backlog takes, as a range of whole weeks, wider the longer."""
    truth = float(made.backlog[week] / max(made.deliveries[week], 1.0))
    off = 1 + 0.1 * truth * rng.random()
    day = made.day(week + 1) - timedelta(days=1)
    return Printed("waiting weeks", day, day, max(float(np.floor(truth - off)), 0.0), float(np.ceil(truth + off)))
