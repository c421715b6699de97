"""Orders and backlog behind a maker's output, as far as anything was printed of them by a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

from halfstep.core.period import Period
from halfstep.market.inputs import Inputs
from halfstep.market.order_model import WALK
from halfstep.market.orders import Contradiction, Inferred, infer_orders
from halfstep.market.snippets import Snippet, snippets_of, weeks
from halfstep.ramp.known import Known

__all__ = ["Waiting", "waiting_on"]

Array = npt.NDArray[np.float64]

LONGEST = 78
"""Weeks over which orders are inferred; the cost of a draw grows with their square."""
RECENT = 8
"""Weeks whose net orders are the level from which the future walks: two months, so that no single printed week is it."""
MONTH = 365.25 / 12 / 7
"""Weeks of a month."""


@dataclass(frozen=True, slots=True, eq=False)
class Waiting:
    """Draws of who waits at the end of the last known month, and of what is ordered a month then.

    Attributes
    ----------
    backlog
        Orders not yet delivered, shape (D,).
    level
        Net orders a month, shape (D,).
    weeks
        Backlog over the pace of deliveries, 5, 50 and 95%.
    """

    backlog: Array
    level: Array
    weeks: tuple[float, float, float]

    def orders(self, months: int, draws: int, rng: np.random.Generator) -> tuple[Array, Array]:
        """Return backlog (draws,) and net orders (draws, months): the level walks on as fast as orders are thought to walk.

        A launch that is to come is not in it.
        """
        k = rng.integers(0, len(self.backlog), draws)
        spread = WALK * np.abs(rng.standard_normal((draws, 1))) * np.sqrt(MONTH)
        walk = np.cumsum(spread * rng.standard_normal((draws, months)), axis=1)
        return self.backlog[k], np.maximum(self.level[k, None], 0.0) * np.exp(walk)


def waiting_on(inputs: Inputs, known: Known, rng: np.random.Generator) -> Waiting | str:
    """Return what is known of orders behind the output, or the key of the reason why nothing is."""
    printed = snippets_of(known.figures, known.maker)
    if not any("orders" in s.what for s in printed):
        return "orders not printed"
    end = date.fromisoformat(Period(known.last, 12).last_day)
    if not any(s.what in ("backlog", "waiting weeks") and s.last <= end for s in printed):
        return "backlog not printed"
    first = max(min(s.first for s in printed), end - timedelta(weeks=LONGEST))
    eve = [s.last for s in printed if s.what == "backlog" and s.hi == 0 and s.last < end]
    first = eve[-1] + timedelta(days=1) if eve and eve[-1] >= first - timedelta(days=1) else first
    ordered = [s for s in printed if s.what in ("orders", "record orders")]
    if not _covers(ordered, (end - timedelta(weeks=RECENT), end)):
        return "orders too old"
    account = max(s.last for s in printed if s.what in ("backlog", "waiting weeks") and s.last <= end)
    if not _covers(ordered, (account, end)):
        return "orders leave gaps"
    steps = weeks(first, ((end - first).days + 7) // 7)
    delivered = tuple(_delivered(known, first))
    found = infer_orders(known.maker, steps, (*(s for s in printed if s.first <= end), *delivered), None, None, rng)
    if isinstance(found, Contradiction):
        return "order figures contradict"
    if not isinstance(found, Inferred) or not np.isfinite(found.backlog[:, -1]).any():
        return "order figures say too little"
    recent = min(RECENT, len(steps))
    net = found.orders[:, -recent:].mean(axis=1) * (1 - found.cancelled) * MONTH
    pace = np.nanmean([v for v in known.units[0][-3:] if np.isfinite(v)]) / MONTH
    backlog = np.maximum(found.backlog[:, -1], 0.0)
    lo, mid, hi = (float(v) for v in np.quantile(backlog / pace, (0.05, 0.5, 0.95)))
    return Waiting(backlog, net, (lo, mid, hi))


def _covers(ordered: list[Snippet], window: tuple[date, date]) -> bool:
    """Whether orders were printed for half of the days of a window; a window of a month or less needs none."""
    days = (window[1] - window[0]).days
    told = {
        day
        for s in ordered
        for day in range(max(s.first, window[0]).toordinal(), min(s.last, window[1]).toordinal() + 1)
    }
    return 2 * len(told) >= days or days <= 31


def _delivered(known: Known, first: date) -> list[Snippet]:
    """Return the months' units as deliveries, those that lie in the steps."""
    out = []
    for t, value in enumerate(known.units[0].tolist()):
        month = Period(known.first + t, 12)
        start = date(month.year, month.season + 1, 1)
        if value >= 0 and start >= first:
            name = f"{known.file}: {month.key}"
            out.append(Snippet(name, "deliveries", start, date.fromisoformat(month.last_day), value, value))
    return out
