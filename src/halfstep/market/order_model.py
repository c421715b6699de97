"""The linear statements and the prior behind orders that nobody counted.

Unknown are the orders of every step, the sizes of the trend that they walk around, the share cancelled
before and after it, the backlog at the start, and deliveries where no table has them. All are in units of a typical
step's deliveries. A statement is an affine form of them between two numbers.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from halfstep.market.flow import SLACK
from halfstep.market.snippets import Snippet, Steps
from halfstep.numerics.coherence import Conflicts, Ratios, conflicts
from halfstep.numerics.truncated import Body, Spreads, interior, standing

__all__ = ["WALK", "Ledger", "Statement", "body_of", "colliding", "ledger_of", "prior_of", "statements"]

Array = npt.NDArray[np.float64]

WALK = 0.10
"""Scale of the half-normal priors of a week's walk and a week's noise, as parts of the level."""
WALKS, NOISES = np.geomspace(0.01, 0.3, 6), np.geomspace(0.02, 0.25, 4)
"""Spreads of walk and noise that are tried, each with each; weighed by their priors."""
FREE = 1.0
"""Standard deviation of the level and of the step at the event, as parts of the level: all but free."""
BURSTS, BURST = (2.0, 6.0), 10.0
"""Weeks in which a launch burst falls to 37%, two shapes that are mixed freely; their standard deviation, in levels."""
LEAST = 0.2
"""The scale of a step's orders is at least this part of a typical step's deliveries."""
PASSES = 3
"""Times that the scale of orders is set to the trend that the snippets leave."""


@dataclass(frozen=True, slots=True, eq=False)
class Ledger:
    """Where each unknown stands in the vector, and the constants of the accounts.

    Attributes
    ----------
    steps
        The T steps.
    unit
        Units of a typical step; all forms are in it.
    event
        First step that the event may move; T where there is none.
    scale
        What a step's orders are thought to be before they are asked for, shape (T,).
    daily
        Deliveries of each day, NaN where unknown.
    blank
        Steps whose deliveries are unknown.
    launch
        Whether nobody waited on the eve of the first step.
    """

    steps: Steps
    unit: float
    event: int
    scale: Array
    daily: Array
    blank: tuple[int, ...]
    launch: bool = False

    @property
    def shapes(self) -> Array:
        """The trend's shapes: the level, the step at the event, a burst after a launch; shape (k, T)."""
        number = np.arange(len(self.steps))
        weeks = (number * self.steps.days.mean() + self.steps.days[0] / 2) / 7
        bursts = [np.exp(-weeks / life) for life in BURSTS] if self.launch else []
        return np.array([np.ones(len(number)), (number >= self.event).astype(np.float64), *bursts])

    @property
    def trend(self) -> slice:
        """Where the sizes of the trend's shapes stand."""
        return slice(len(self.steps), len(self.steps) + 2 + len(BURSTS) * self.launch)

    @property
    def regimes(self) -> tuple[tuple[int, int], ...]:
        """Steps before and from the event on."""
        T = len(self.steps)
        return ((0, T),) if self.event >= T else ((0, self.event), (self.event, T))

    @property
    def d(self) -> int:
        """Orders, the trend, cancelled shares, backlog at the start, unknown deliveries."""
        return int(self.trend.stop) + len(self.regimes) + 1 + len(self.blank)

    def orders(self, weight: Array) -> Array:
        """Return the form of weighted orders; shape (d + 1,), the constant last."""
        form = np.zeros(self.d + 1)
        form[: len(weight)] = weight
        return form

    def cancelled(self, weight: Array) -> Array:
        """Return the form of weighted cancellations: a share of the scale, one before the event and one from it on."""
        form = np.zeros(self.d + 1)
        for r, (first, stop) in enumerate(self.regimes):
            form[self.trend.stop + r] = weight[first:stop] @ self.scale[first:stop]
        return form

    def delivered(self, weight: Array) -> Array:
        """Return the form of weighted deliveries."""
        form, at = np.zeros(self.d + 1), self.d - len(self.blank)
        known = self.known
        told = np.isfinite(known)
        form[-1] = weight[told] @ known[told]
        form[at : at + len(self.blank)] = weight[list(self.blank)]
        return form

    def backlog(self, day: date) -> Array:
        """Return the form of the orders not yet delivered at the end of a day."""
        over = self.steps.until(day)
        form = self.orders(over) - self.cancelled(over) - self.delivered(over)
        done = day.toordinal() + 1 - self.steps.edges[0]
        whole = np.where(np.isfinite(self.known), over, 0.0) @ np.nan_to_num(self.known)
        by_day = np.repeat(np.isfinite(self.known), self.steps.days.astype(np.int64))[:done]
        form[-1] += whole - np.nansum(self.daily[:done][by_day]) / self.unit
        form[self.d - len(self.blank) - 1] = 1.0
        return form

    @property
    def known(self) -> Array:
        """Deliveries of each step in `unit`, NaN where a day of it is blank; shape (T,)."""
        return np.add.reduceat(self.daily, np.array(self.steps.edges[:-1]) - self.steps.edges[0]) / self.unit


@dataclass(frozen=True, slots=True, eq=False)
class Statement:
    """``lo <= form (x, 1) <= hi``; `name` is None where it holds whatever is printed, and then ``lo`` is zero."""

    name: str | None
    form: Array
    lo: float
    hi: float


def ledger_of(steps: Steps, snippets: tuple[Snippet, ...], daily: Array, event: int) -> Ledger:
    """Set up the unknowns, with the scale of orders by the trend that the snippets leave."""
    known = np.add.reduceat(daily, np.array(steps.edges[:-1]) - steps.edges[0])
    told = np.isfinite(known)
    typical = known[told] if told.any() else _middles(steps, snippets)
    unit = float(typical.mean()) if len(typical) and typical.mean() > 0 else 1.0
    blank = tuple(int(t) for t in np.flatnonzero(~told))
    eve = steps.edges[0] - 1
    launch = any(s.what == "backlog" and s.last.toordinal() == eve and s.hi == 0 for s in snippets)
    ledger = Ledger(steps, unit, event, np.ones(len(steps)), daily, blank, launch)
    possible = interior(body_of(statements(ledger, snippets)[0], ledger.d)) is not None
    for _ in range(PASSES * possible):
        body = body_of(statements(ledger, snippets)[0], ledger.d)
        trend = standing(prior_of(ledger).one, body).mean[0, ledger.trend] @ ledger.shapes
        ledger = Ledger(steps, unit, event, np.maximum(trend, LEAST), daily, blank, launch)
    return ledger


def _middles(steps: Steps, snippets: tuple[Snippet, ...]) -> Array:
    """Return orders or deliveries of a mean step by every snippet that has them."""
    mean = float(steps.days.mean())
    rates = [
        (s.lo + s.hi) / 2 / ((s.last - s.first).days + 1) * mean
        for s in snippets
        if s.what in ("orders", "record orders", "deliveries") and np.isfinite(s.lo + s.hi)
    ]
    return np.array(rates)


def prior_of(ledger: Ledger) -> Spreads:
    """Return the prior: a walk and noise around a trend, both relative to the scale; half-normal spreads.

    The trend is a level, a free step at the event and, where nobody waited on the eve of the first step, a launch burst.

    Walk and noise share their axes, so that every pair of spreads is one row of variances. The prior is cut to what is
    possible by the body.
    """
    T, d, week = len(ledger.steps), ledger.d, float(ledger.steps.days.mean()) / 7
    number = np.arange(T) + 1.0
    size, axes = np.linalg.eigh(np.minimum(number[:, None], number[None, :]))
    forms, center = np.eye(d), np.zeros(d)
    forms[:T, :T] = axes.T / ledger.scale
    forms[:T, ledger.trend] = -axes.T @ (ledger.shapes / ledger.scale).T
    walk, noise = (grid.ravel() for grid in np.meshgrid(WALKS, NOISES))
    spread = np.ones((len(walk), d))
    spread[:, :T] = (walk**2)[:, None] * week * np.maximum(size, 0.0) + (noise**2)[:, None] / week
    center[T], spread[:, T : T + 2] = 1.0, FREE**2
    spread[:, T + 2 : ledger.trend.stop] = BURST**2
    shares = slice(ledger.trend.stop, ledger.trend.stop + len(ledger.regimes))
    center[shares], spread[:, shares] = 0.5, 4.0
    spread[:, shares.stop] = (52 / week) ** 2
    center[shares.stop + 1 :], spread[:, shares.stop + 1 :] = 1.0, 0.25
    likely = np.exp(-((walk**2) + (noise**2)) / (2 * WALK**2)) * walk * noise  # the grid is even in logarithms
    return Spreads(forms, center, spread, likely)


def statements(ledger: Ledger, snippets: tuple[Snippet, ...]) -> tuple[list[Statement], list[str]]:
    """Return what must hold whatever is printed, then what is printed; and the names of snippets of no use here."""
    found, unused = list(_always(ledger)), []
    for snippet in snippets:
        told = _told(ledger, snippet, snippets)
        found += told
        if not told:
            unused.append(snippet.name)
    return found, unused


def _always(ledger: Ledger) -> list[Statement]:
    """No orders, deliveries or backlog below zero; no more cancelled than ordered, before the event or after."""
    T = len(ledger.steps)
    accounts = [ledger.orders(np.eye(T)[t]) for t in range(T)]
    accounts += [ledger.delivered(np.eye(T)[t]) for t in ledger.blank]
    for first, stop in ledger.regimes:
        inside = ((np.arange(T) >= first) & (np.arange(T) < stop)).astype(np.float64)
        accounts += [ledger.cancelled(inside), ledger.orders(inside) - ledger.cancelled(inside)]
    start = date.fromordinal(ledger.steps.edges[0] - 1)
    ends = {ledger.steps.last_day(t) for t in (*ledger.blank, T - 1)} | {start} | _closings(ledger)
    accounts += [ledger.backlog(day) for day in sorted(ends)]
    return [Statement(None, form, 0.0, np.inf) for form in accounts]


def _closings(ledger: Ledger) -> set[date]:
    """Return the last days of the periods of the table: only there is it known what was delivered."""
    daily = ledger.daily
    turn = np.flatnonzero(daily[1:] != daily[:-1])
    return {date.fromordinal(ledger.steps.edges[0] + int(k)) for k in turn if np.isfinite(daily[k])}


def _told(ledger: Ledger, snippet: Snippet, snippets: tuple[Snippet, ...]) -> list[Statement]:
    """Return what one snippet says; nothing where it lies outside the steps or speaks of what has no account."""
    steps, what = ledger.steps, snippet.what
    part = steps.part(snippet.first, snippet.last)
    outside = snippet.last.toordinal() >= steps.edges[-1] or snippet.last.toordinal() < steps.edges[0] - 1
    if outside or (what not in ("backlog", "waiting weeks") and snippet.first.toordinal() < steps.edges[0]):
        return []
    if what == "cancelled share":
        return _share(ledger, snippet, part)
    if what == "waiting weeks":
        return _waiting(ledger, snippet)
    if what == "capacity":
        return _capacity(ledger, snippet, part)
    form = {
        "orders": ledger.orders, "record orders": ledger.orders, "cancellations": ledger.cancelled,
        "deliveries": ledger.delivered,
    }.get(what, ledger.orders)(part)  # fmt: skip
    form = ledger.backlog(snippet.last) if what == "backlog" else form
    if not form[:-1].any():
        return []
    found = [_between(snippet.name, form, snippet.lo / ledger.unit, snippet.hi / ledger.unit)]
    return found + (_record(ledger, snippet, snippets) if what == "record orders" else [])


def _between(name: str, form: Array, lo: float, hi: float) -> Statement:
    """Return a statement that is at least as wide as figures are rounded and booked apart."""
    if np.isfinite(lo + hi):
        middle = (lo + hi) / 2
        half = max((hi - lo) / 2, SLACK / 2 * max(middle, 1.0))
        lo, hi = middle - half, middle + half
    return Statement(name, form, lo, hi)


def _record(ledger: Ledger, snippet: Snippet, snippets: tuple[Snippet, ...]) -> list[Statement]:
    """At least the daily orders of every earlier snippet of orders."""
    mine = ledger.orders(ledger.steps.part(snippet.first, snippet.last)) / ((snippet.last - snippet.first).days + 1)
    out = []
    for s in snippets:
        if s.what in ("orders", "record orders") and s.last < snippet.first and s.first.toordinal() >= ledger.steps.edges[0]:  # fmt: skip
            other = ledger.orders(ledger.steps.part(s.first, s.last)) / ((s.last - s.first).days + 1)
            out.append(Statement(snippet.name, 7 * (mine - other), 0.0, np.inf))
    return out


def _share(ledger: Ledger, snippet: Snippet, part: Array) -> list[Statement]:
    """The share cancelled of the orders of the days, before and after the event alike."""
    found = []
    lo, hi = max(snippet.lo - SLACK / 4, 0.0), min(snippet.hi + SLACK / 4, 1.0)
    for first, stop in ledger.regimes:
        mine = np.where((np.arange(len(part)) >= first) & (np.arange(len(part)) < stop), part, 0.0)
        if mine.any():
            forms = (ledger.cancelled(mine) - lo * ledger.orders(mine), hi * ledger.orders(mine) - ledger.cancelled(mine))  # fmt: skip
            found += [Statement(snippet.name, form, 0.0, np.inf) for form in forms]
    return found


def _waiting(ledger: Ledger, snippet: Snippet) -> list[Statement]:
    """The backlog between the weeks at the slower and at the faster of this step's and the next three steps' rates."""
    day = snippet.last
    t = 0 if day.toordinal() < ledger.steps.edges[0] else ledger.steps.at(day)
    rate = (ledger.known * 7 / ledger.steps.days)[t : t + 4]
    rate = rate[np.isfinite(rate)]
    if not len(rate):
        return []
    form = ledger.backlog(day)
    return [_between(snippet.name, form, snippet.lo * float(rate.min()), snippet.hi * float(rate.max()))]


def _capacity(ledger: Ledger, snippet: Snippet, part: Array) -> list[Statement]:
    """No more delivered than could be; and where less was, within one step, nobody was left waiting."""
    form = ledger.delivered(part)
    if form[:-1].any():
        return [Statement(snippet.name, form, -np.inf, snippet.hi / ledger.unit)]
    low = snippet.lo / ledger.unit
    if np.count_nonzero(part) > 1 or form[-1] >= low * (1 - SLACK):
        return []
    return [Statement(snippet.name, ledger.backlog(snippet.last), -np.inf, SLACK * low)]


def body_of(found: list[Statement], d: int) -> Body:
    """Return the polytope of some statements."""
    forms = np.array([s.form for s in found])
    lo, hi = np.array([s.lo for s in found]), np.array([s.hi for s in found])
    return Body(forms[:, :d], lo - forms[:, d], hi - forms[:, d])


def colliding(found: list[Statement]) -> tuple[tuple[tuple[str, ...], ...], bool]:
    """Return the smallest sets of snippets that cannot all be true, and whether no smaller one is known to exist."""
    told = [s for s in found if s.name is not None]
    forms = np.array([s.form for s in told])
    whole = np.zeros_like(forms)
    whole[:, -1] = 1.0
    cone = -np.array([s.form for s in found if s.name is None])
    ratios = Ratios(forms, whole, np.array([s.lo for s in told]), np.array([s.hi for s in told]), cone)
    sets = conflicts(ratios) or Conflicts((), True)
    named = sorted({tuple(sorted({told[i].name or "" for i in members})) for members in sets.sets}, key=lambda s: (len(s), s))  # fmt: skip
    return tuple(s for s in named if len(s) == len(named[0])), sets.smallest
