"""Rolling origins: what would have been foretold each month with what was known then, beside naive forecasts, and how it came out."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
from scipy.special import stdtrit

from halfstep.core.errors import MisuseError
from halfstep.numerics.scores import Coverage, coverage, crps_draws
from halfstep.outlook.paths import Paths, Prior, fit_paths, foretell
from halfstep.outlook.season import PLAIN, Season
from halfstep.outlook.sight import started

__all__ = ["HORIZONS", "LEVELS", "YEAR", "Backtest", "Contest", "compare", "covered", "last_day", "naive", "roll"]

Array = npt.NDArray[np.float64]
Labels = npt.NDArray[np.int64]

YEAR = 0
"""Horizon that stands for the rest of the calendar year."""
HORIZONS = (3, 6, 12, YEAR)
"""Months whose sum is foretold: a quarter, a half, a year, and what is left of the calendar year."""
LEVELS = (0.5, 0.8, 0.9, 0.95)
"""Levels of the intervals that are recorded."""
TREND_MONTHS = 6
"""Months through which the naive trend is drawn: half a year, the least that is longer than a quarter's launch."""
WORST = float(np.log(10.0))
"""An error of more than ten times counts as ten times: a naive trend that meets zero has no log."""


@dataclass(frozen=True, slots=True)
class Backtest:
    """One row a forecast.

    Attributes
    ----------
    maker
        Row of `units`, shape (n,).
    origin
        Ordinal of the month on whose last day it was made, shape (n,).
    horizon
        One of HORIZONS, shape (n,); YEAR is the rest of the calendar year.
    months
        How many months were summed, shape (n,).
    figures
        Figures of the maker that were known, shape (n,).
    truth, median
        Units, shape (n,).
    lo, hi
        Ends of the central intervals at LEVELS, shape (n, 4).
    pit
        Probability given to less than the truth, shape (n,).
    crps
        Continuous ranked probability score, units, shape (n,).
    last, trend
        Naive forecasts: last known month times months; line through the last six known months, no month below zero; shape (n,).
    now
        Last known month, shape (n,): the unit in which errors of different makers are comparable.
    refused
        Forecasts that were not made because too little was known.
    """

    maker: Labels
    origin: Labels
    horizon: Labels
    months: Labels
    figures: Labels
    truth: Array
    median: Array
    lo: Array
    hi: Array
    pit: Array
    crps: Array
    last: Array
    trend: Array
    now: Array
    refused: int


@dataclass(frozen=True, slots=True)
class Contest:
    """The forecast against a naive one.

    Attributes
    ----------
    error, naive_error
        Median absolute log error of each.
    difference, lo, hi
        Mean difference of absolute log errors, forecast less naive, every maker weighing the same, and its 95% t interval over makers; the
        whole line with fewer than two makers.
    crps_ratio
        Mean score in last months' units over the naive forecast's (a point's score is its absolute error, so a spread helps the forecast).
    n, makers
        Forecasts and makers behind it.
    label
        "beats", "does not beat" or "cannot tell".
    """

    error: float
    naive_error: float
    difference: float
    lo: float
    hi: float
    crps_ratio: float
    n: int
    makers: int
    label: str


def last_day(ordinal: int) -> int:
    """Day ordinal (`date.toordinal`) of a month's last day."""
    year, month = ordinal // 12, ordinal % 12 + 1
    return date(year, month, monthrange(year, month)[1]).toordinal()


def naive(figures: Array, after: int) -> tuple[Array, Array]:
    """Naive forecasts of the months after the last figure: that figure again, and the line through the last six, not below zero.

    Parameters
    ----------
    figures
        A maker's months, blanks NaN, the last one known.
    after
        How many months.
    """
    known = np.flatnonzero(np.isfinite(figures))[-TREND_MONTHS:]
    again = np.full(after, figures[known[-1]])
    if len(known) < 2:
        return again, again
    at = known - known.mean()
    slope = float(at @ figures[known]) / float(at @ at)
    ahead = known[-1] + np.arange(1, after + 1) - known.mean()
    return again, np.maximum(float(figures[known].mean()) + slope * ahead, 0.0)


def roll(
    units: Array,
    known: Array,
    first_month: int,
    rng: np.random.Generator,
    season: Season = PLAIN,
    prior: Prior | None = None,
    draws: int = 2_000,
) -> Backtest:
    """Forecast at the end of every month with what was known that day, and hold it against what came.

    Parameters
    ----------
    units
        As in `fit_paths`, shape (M, T).
    known
        Day ordinal from which each figure was known, shape (M, T); NaN where there is none. Figures known later than an origin enter nothing
        of it, the class of other makers included.
    first_month
        Ordinal of the first column.
    rng, draws
        Draws behind each forecast; those of a maker and an origin do not depend on which others are asked for.
    season, prior
        As in `fit_paths`.

    Returns
    -------
    Backtest
        A forecast where a maker has a new figure that day and every month of the sum is known by now.
    """
    if known.shape != units.shape or (np.isfinite(units) & ~np.isfinite(known)).any():
        raise MisuseError(
            f"expected a day for every figure; got shapes {units.shape} and {known.shape}: give the day it was known"
        )
    rows: list[tuple[float, ...]] = []
    seed = int(rng.integers(2**63))
    before = np.full(len(units), -1)
    refused = 0
    for t in range(units.shape[1]):
        with np.errstate(invalid="ignore"):
            seen = np.where(known[:, : t + 1] <= last_day(first_month + t), units[:, : t + 1], np.nan)
        newest = np.where(np.isfinite(seen).any(axis=1), t - np.argmax(np.isfinite(seen)[:, ::-1], axis=1), -1)
        fresh = np.flatnonzero((newest > before) & (started(seen) <= t))
        before = newest
        asked = [(int(m), _targets(units[m], int(newest[m]), first_month)) for m in fresh]
        asked = [(m, targets) for m, targets in asked if targets]
        if not asked:
            continue
        paths = fit_paths(seen, first_month, season, prior=prior)
        for m, targets in asked:
            if paths.refusals[m] is not None:
                refused += len(targets)
                continue
            drawn = foretell(paths, m, max(HORIZONS), draws, np.random.default_rng([seed, t, m]))
            rows += _forecasts(paths, (m, t + first_month), seen[m], targets, drawn)
    return _gather(rows, refused)


def covered(test: Backtest, level: float, horizon: int | None = None) -> Coverage:
    """How often the intervals of a level (one of LEVELS) held the truth; origins of one maker hang together, so makers are the clusters."""
    rows = _rows(test, horizon)
    at = LEVELS.index(level)
    inside = (test.lo[rows, at] <= test.truth[rows]) & (test.truth[rows] <= test.hi[rows, at])
    return coverage(inside, test.maker[rows])


def compare(test: Backtest, against: Array, horizon: int | None = None) -> Contest:
    """Hold the forecasts' medians against a naive forecast of the same sums (`test.last`, `test.trend`).

    Makers are the units of the comparison: each gives one mean difference, and a t interval over them says whether it is on one side. They share
    a market and its shocks, so even that is somewhat too narrow.
    """
    rows = _rows(test, horizon)
    if not rows.any():
        return Contest(*(float("nan"),) * 3, -np.inf, np.inf, float("nan"), 0, 0, "cannot tell")
    truth, own, other = (
        test.truth[rows],
        _log_error(test.median, test.truth)[rows],
        _log_error(against, test.truth)[rows],
    )
    makers = np.unique(test.maker[rows])
    each = np.array([(own - other)[test.maker[rows] == m].mean() for m in makers])
    centre, lo, hi = float(each.mean()), -np.inf, np.inf
    if len(each) > 1:
        half = float(stdtrit(len(each) - 1, 0.975)) * float(each.std(ddof=1)) / np.sqrt(len(each))
        lo, hi = centre - half, centre + half
    unit = test.now[rows] * test.months[rows]
    ratio = float((test.crps[rows] / unit).sum() / np.maximum((np.abs(against[rows] - truth) / unit).sum(), 1e-300))
    label = "beats" if hi < 0 else "does not beat" if lo > 0 else "cannot tell"
    return Contest(
        float(np.median(own)), float(np.median(other)), centre, lo, hi, ratio, len(truth), len(makers), label
    )


def _targets(units: Array, newest: int, first_month: int) -> list[tuple[int, int, float]]:
    """Horizon, months and truth of every sum after a column that is wholly known by now; a year that is a whole one stands under 12 alone."""
    out = []
    for horizon in HORIZONS:
        months = horizon if horizon != YEAR else 12 - (first_month + newest + 1) % 12
        sums = units[newest + 1 : newest + 1 + months]
        if len(sums) == months and np.isfinite(sums).all() and not (horizon == YEAR and months == 12):
            out.append((horizon, months, float(sums.sum())))
    return out


def _forecasts(
    paths: Paths, at: tuple[int, int], seen: Array, targets: list[tuple[int, int, float]], paths_drawn: Array
) -> list[tuple[float, ...]]:
    """Rows of one maker at one origin."""
    maker, origin = at
    tails = (1.0 - np.asarray(LEVELS)) / 2.0
    again, line = naive(np.where(np.arange(len(seen)) < started(seen[None])[0], np.nan, seen), 12)
    now = float(again[0])
    rows = []
    for horizon, months, truth in targets:
        sums = paths_drawn[:, :months].sum(axis=1)
        ends = np.quantile(sums, [0.5, *tails, *(1.0 - tails)])
        pit = float((sums < truth).mean())
        facts = (
            maker,
            origin,
            horizon,
            months,
            int(paths.figures[maker]),
            truth,
            *ends,
            pit,
            float(crps_draws(sums, truth)),
        )
        rows.append((*facts, float(again[:months].sum()), float(line[:months].sum()), now))
    return rows


def _gather(rows: list[tuple[float, ...]], refused: int) -> Backtest:
    """Columns of the rows."""
    n = len(LEVELS)
    table = np.asarray(rows, dtype=np.float64).reshape(len(rows), 12 + 2 * n)
    maker, origin, horizon, months, figures = (table[:, j].astype(np.int64) for j in range(5))
    pit, crps, last, trend, now = table[:, 7 + 2 * n :].T
    return Backtest(
        maker, origin, horizon, months, figures, table[:, 5], table[:, 6], table[:, 7 : 7 + n], table[:, 7 + n : 7 + 2 * n],
        pit, crps, last, trend, now, refused,
    )  # fmt: skip


def _rows(test: Backtest, horizon: int | None) -> npt.NDArray[np.bool_]:
    return np.ones(len(test.maker), dtype=bool) if horizon is None else np.asarray(test.horizon == horizon)


def _log_error(forecast: Array, truth: Array) -> Array:
    with np.errstate(divide="ignore", invalid="ignore"):
        error = np.abs(np.log(forecast) - np.log(truth))
    return np.asarray(
        np.where(forecast == truth, 0.0, np.minimum(np.nan_to_num(error, nan=WORST, posinf=WORST), WORST))
    )
