"""Orders that nobody counted, inferred from what was printed of them; and deliveries that are no demand.

``deliveries_t = min(capacity_t, backlog_{t-1} + orders_t - cancellations_t)``; the backlog is what remains. Deliveries
are taken as known (spread evenly over the days of a period), orders of every step as unknown; every snippet is a linear
statement about them, and their posterior is a Gaussian walk inside the polytope of all statements.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from halfstep.core.errors import MisuseError
from halfstep.market.flow import Flow, binding
from halfstep.market.order_model import Ledger, Statement, body_of, colliding, ledger_of, prior_of, statements
from halfstep.market.snippets import Snippet, Steps, flow_snippets, rates
from halfstep.numerics.truncated import Spreads, sample

__all__ = ["Contradiction", "Fall", "Inferred", "Narrower", "Question", "Supply", "Untold", "infer_orders", "supply_not_demand"]  # fmt: skip

Array = npt.NDArray[np.float64]

CHAINS, BURN, KEEP = 96, 4, 8
NARROWED = 0.6
"""A posterior of the fall at least this part as wide as the prior's says nothing."""
PROBABLE = 0.5
"""Buyers who more probably than not wait bar the reading of deliveries as demand."""
PRIOR_DRAWS = 4000
FEWEST = 40
"""Draws that must remain where a further figure is imagined."""
PRINTED = 0.025
"""Half the range of an imagined figure, as a part of it."""


@dataclass(frozen=True, slots=True)
class Question:
    """By how much did orders fall?

    Attributes
    ----------
    day
        First day that the event may move.
    before, after
        First and last day of the windows that are compared.
    level
        Coverage of the interval.
    """

    day: date
    before: tuple[date, date]
    after: tuple[date, date]
    level: float = 0.90

    def __post_init__(self) -> None:
        """Refuse windows that overlap the event."""
        if not self.before[0] <= self.before[1] < self.day <= self.after[0] <= self.after[1]:
            raise MisuseError(
                f"expected the first window to end before {self.day} and the other not to begin before it"
            )


@dataclass(frozen=True, slots=True)
class Narrower:
    """A figure that nobody printed, and how wide the interval would be if somebody did.

    Attributes
    ----------
    what
        As on `Snippet`.
    first, last
        Its days.
    width
        Mean width of the fall's interval over the values that it might have, each known to 2.5% (a share to a point).
    """

    what: str
    first: date
    last: date
    width: float


@dataclass(frozen=True, slots=True, eq=False)
class Fall:
    """One less mean orders after over mean orders before: what was ordered, whatever the reason.

    Attributes
    ----------
    value, lo, hi
        Median and interval.
    draws
        Shape (D,).
    positive
        Probability that orders fell.
    narrower
        What would narrow it, the best first.
    """

    question: Question
    value: float
    lo: float
    hi: float
    draws: Array
    positive: float
    narrower: tuple[Narrower, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Inferred:
    """The posterior.

    Attributes
    ----------
    steps
        The T steps.
    orders, backlog
        Draws in units, shape (D, T); the backlog of the end of each step, NaN where there are no accounts.
    binding
        Probability that more is waiting at the end of a step than the step delivered; NaN without accounts; shape (T,).
    cancelled
        Share of orders cancelled, shape (D,).
    fall
        None where nothing was asked.
    unused
        Snippets outside the steps, or of what has no account.
    assumptions
        Keys.
    drift
        How far the mean of the fall, or of all orders, still moved while draws were kept, by its spread.
    """

    brand: str
    steps: Steps
    orders: Array
    backlog: Array
    binding: Array
    cancelled: Array
    fall: Fall | None
    unused: tuple[str, ...]
    assumptions: tuple[str, ...]
    drift: float


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Snippets that cannot all be true: no draw.

    Attributes
    ----------
    sets
        The smallest sets by name; one of a single name contradicts the deliveries alone.
    smallest
        Whether no smaller set is known to exist.
    """

    brand: str
    sets: tuple[tuple[str, ...], ...]
    smallest: bool


@dataclass(frozen=True, slots=True)
class Untold:
    """The snippets leave the fall about as open as it was.

    Attributes
    ----------
    why
        "no snippets" or "as wide as before".
    lo, hi
        The interval that is not worth printing; NaN without snippets.
    part
        Its width by that of the prior with the level known, both of (before - after) / (before + after).
    narrower
        What would narrow it, the best first.
    """

    brand: str
    why: str
    lo: float
    hi: float
    part: float
    narrower: tuple[Narrower, ...]


@dataclass(frozen=True, slots=True)
class Supply:
    """Why an effect may not be read off deliveries.

    Attributes
    ----------
    why
        "deliveries are supply" or "backlog unknown".
    periods
        Those concerned.
    of
        Periods asked about.
    """

    brand: str
    why: str
    periods: tuple[str, ...]
    of: int


def infer_orders(
    brand: str, steps: Steps, snippets: tuple[Snippet, ...], flow: Flow | None = None, question: Question | None = None,
    rng: np.random.Generator | None = None,
) -> Inferred | Contradiction | Untold:  # fmt: skip
    """Infer a brand's orders of every step.

    Parameters
    ----------
    brand
        As named in the flow table.
    steps
        Weeks or months; they hold the windows of the question.
    snippets
        What was printed; the figures of the flow table are added.
    flow
        Deliveries and what else is known by period.
    question
        Which fall is asked for.
    rng
        Source of the draws.
    """
    daily = np.full(steps.edges[-1] - steps.edges[0], np.nan)
    if flow is not None and brand in flow.brands:
        snippets = (*snippets, *flow_snippets(flow, brand))
        daily = rates(flow, brand, steps)
    ledger = ledger_of(steps, snippets, daily, len(steps) if question is None else steps.at(question.day))
    found, unused = statements(ledger, snippets)
    if all(s.name is None for s in found):
        return Untold(brand, "no snippets", float("nan"), float("nan"), float("nan"), ())
    prior, rng = prior_of(ledger), rng or np.random.default_rng(0)
    drawn = sample(prior, body_of(found, ledger.d), (CHAINS, BURN, KEEP), rng)
    if drawn is None:
        return Contradiction(brand, *colliding(found))
    x = drawn.flat
    T, weight = len(steps), np.ones(len(steps))
    orders, accounts = x[:, :T] * ledger.unit, _accounts(ledger, snippets)
    backlog = np.full(orders.shape, np.nan)
    if accounts:
        forms = np.array([ledger.backlog(steps.last_day(t)) for t in range(T)])
        backlog = np.maximum(x @ forms[:, :-1].T + forms[:, -1], 0.0) * ledger.unit
    delivered = np.array([ledger.delivered(one) for one in np.eye(T)])
    rate = (x @ delivered[:, :-1].T + delivered[:, -1]) * ledger.unit
    waits = np.where(np.isnan(backlog[0]), np.nan, (backlog > rate).mean(axis=0))
    cancelled = _at(x, ledger.cancelled(weight)) * ledger.unit / orders.sum(axis=1)
    fall = None
    if question is not None:
        fall = _fall(ledger, found, x, question)
        told = _told_apart(ledger, prior, fall, rng)
        if told > NARROWED:
            return Untold(brand, "as wide as before", fall.lo, fall.hi, told, fall.narrower)
    assumed = tuple(_assumed(ledger, snippets))
    drift = drawn.drift(orders.sum(axis=1) if fall is None else fall.draws)
    return Inferred(brand, steps, orders, backlog, waits, cancelled, fall, tuple(unused), assumed, drift)


def supply_not_demand(known: Flow | Inferred, brand: str, periods: tuple[int, ...]) -> Supply | None:
    """Return why deliveries of some periods are no demand; None where they are.

    Parameters
    ----------
    known
        A flow table, or orders inferred.
    periods
        Ordinals of the table's periods, or positions of steps; those outside are unknown.
    """
    if isinstance(known, Inferred):
        if known.brand != brand:
            raise MisuseError(f"expected orders inferred of {brand!r}, got those of {known.brand!r}")
        keys = {t: known.steps.key(t) for t in range(len(known.steps))}
        bound = {t for t in keys if known.binding[t] >= PROBABLE}
        told = {t for t in keys if np.isfinite(known.binding[t])}
    else:
        keys = {known.first + t: known.period_key(t) for t in range(known.orders.shape[1])}
        rows = binding(known)
        b = known.brands.index(brand) if brand in known.brands else None
        bound = set() if b is None else {p for p in keys if rows.bound[b, p - known.first]}
        told = set() if b is None else {p for p in keys if rows.known[b, p - known.first]}
    waiting = tuple(keys[p] for p in periods if p in bound)
    if waiting:
        return Supply(brand, "deliveries are supply", waiting, len(periods))
    blank = tuple(keys.get(p, str(p)) for p in periods if p not in told)
    return Supply(brand, "backlog unknown", blank, len(periods)) if blank else None


def _accounts(ledger: Ledger, snippets: tuple[Snippet, ...]) -> bool:
    """Whether anything tells how many waited: deliveries, a backlog."""
    told = {s.what for s in snippets}
    return bool(np.isfinite(ledger.daily).any()) or bool(told & {"deliveries", "backlog"})


def _assumed(ledger: Ledger, snippets: tuple[Snippet, ...]) -> Iterator[str]:
    told = {s.what for s in snippets}
    yield "orders walk around a level"
    if np.isfinite(ledger.daily).any():
        yield "deliveries spread evenly over a period"
    if ledger.blank and _accounts(ledger, snippets):
        yield "some deliveries unknown"
    yield "cancelled share as printed" if told & {"cancelled share", "cancellations"} else "cancellations unknown"


def _at(x: Array, form: Array) -> Array:
    """Return a form's value in every draw."""
    return np.asarray(x @ form[:-1] + form[-1])


def _interval(draws: Array, level: float) -> tuple[float, float]:
    lo, hi = np.quantile(draws, [(1 - level) / 2, (1 + level) / 2])
    return float(lo), float(hi)


def _means(ledger: Ledger, question: Question, orders: Array) -> tuple[Array, Array]:
    """Return mean daily orders before and after, of draws (D, T)."""
    parts = [ledger.steps.part(*window) for window in (question.before, question.after)]
    days = [(last - first).days + 1 for first, last in (question.before, question.after)]
    return np.asarray(orders @ parts[0] / days[0]), np.asarray(orders @ parts[1] / days[1])


def _fall(ledger: Ledger, found: list[Statement], x: Array, question: Question) -> Fall:
    before, after = _means(ledger, question, x[:, : len(ledger.steps)])
    draws = 1 - after / np.maximum(before, 1e-9)
    lo, hi = _interval(draws, question.level)
    narrower = _narrower(ledger, x, draws, question)
    return Fall(question, float(np.median(draws)), lo, hi, draws, float((draws > 0).mean()), narrower)


def _told_apart(ledger: Ledger, prior: Spreads, fall: Fall, rng: np.random.Generator) -> float:
    """Return the width of the posterior by that of the prior with a known level, on a scale from -1 to 1."""
    g = rng.choice(len(prior.weight), size=PRIOR_DRAWS, p=prior.weight / prior.weight.sum())
    scatter = rng.standard_normal((PRIOR_DRAWS, ledger.d)) * np.sqrt(prior.variance[g])
    scatter[:, ledger.trend.start] = 0.0
    orders = np.asarray(
        np.linalg.solve(prior.forms, (prior.center + scatter).T).T[:, : len(ledger.steps)], dtype=np.float64
    )
    asked = ledger.steps.part(fall.question.before[0], fall.question.after[1]) > 0
    before, after = _means(ledger, fall.question, orders[(orders[:, asked] >= 0).all(axis=1)])
    free = _interval((before - after) / (before + after), fall.question.level)
    kept = _interval(fall.draws / (2 - fall.draws), fall.question.level)
    return (kept[1] - kept[0]) / (free[1] - free[0])


def _narrower(ledger: Ledger, x: Array, draws: Array, question: Question) -> tuple[Narrower, ...]:
    """Return what one more figure of each sort would do."""
    steps, out = ledger.steps, []
    weeks = [steps.at(w[0] + (w[1] - w[0]) / 2) for w in (question.after, question.before)]
    days = [(date.fromordinal(steps.edges[t]), steps.last_day(t)) for t in weeks]
    eve = date.fromordinal(question.day.toordinal() - 1)
    figures = [("orders", first, last, ledger.orders(steps.part(first, last))) for first, last in days]
    figures += [("orders", *w, ledger.orders(steps.part(*w))) for w in (question.after, question.before)]
    if np.isfinite(ledger.daily).any():
        figures += [("backlog", day, day, ledger.backlog(day)) for day in (eve, question.after[1])]
    for what, first, last, form in figures:
        width = _expected(draws, _at(x, form), question.level)
        out.append(Narrower(what, first, last, width))
    whole = np.ones(len(steps))
    share = _at(x, ledger.cancelled(whole)) / x[:, : len(steps)].sum(axis=1)
    first, last = date.fromordinal(steps.edges[0]), steps.last_day(len(steps) - 1)
    out.append(Narrower("cancelled share", first, last, _expected(draws, share, question.level, 0.01)))
    return tuple(sorted(out, key=lambda n: n.width))


def _expected(draws: Array, figure: Array, level: float, off: float | None = None) -> float:
    """Return the mean width that is left if a figure is known, over five values that it may have."""
    widths = []
    for value in np.quantile(figure, [0.1, 0.3, 0.5, 0.7, 0.9]):
        far = np.abs(figure - value)
        reach = max(PRINTED * value if off is None else off, float(np.partition(far, FEWEST)[FEWEST]))
        lo, hi = _interval(draws[far <= reach], level)
        widths.append(hi - lo)
    return float(np.mean(widths))
