"""The same fit at dates and units where nothing happened."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from halfstep.core.errors import MisuseError
from halfstep.counterfactual.case import Case, Estimator
from halfstep.counterfactual.scale import Prior, pool, raw_scale
from halfstep.counterfactual.season import CYCLES, without_season
from halfstep.counterfactual.windows import apart, fake_starts, spread_out

__all__ = ["FEW", "Placebos", "Question", "Refits", "case_at", "refits"]

Array = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

FEW = 8
"""Units at a fake date, where the cap allows: fewer say little on how units differ there."""
LARGE = 2_000_000
"""Cells times fake dates: every date asks an estimator for its donors anew, which in a large panel is all the work."""
DRAWN = 100
"""Placebo paths kept for drawing."""


@dataclass(frozen=True, slots=True, eq=False)
class Question:
    """What did an event cost one unit?

    Attributes
    ----------
    y
        Outcomes of N units in T periods on the scale of the analysis; complete (see `complete`); shape (N, T).
    treated
        The unit.
    donors
        Units that nothing happened to; the treated one is not among them; shape (N,). With fewer than two there are
        placebos of the treated unit alone, at fake dates: what strikes everybody at the date is then taken for the event.
    start, stop
        First period that may be affected, and end, exclusive, of the periods asked about.
    season
        Periods of a cycle that returns; 0 for none. It is taken off where two cycles lie before the event.
    period
        Where the columns of `y` lie in time, if some were left out; shape (T,).
    level
        Level of the intervals.
    cap
        Most placebos that are fitted.
    seed
        Of the choice among more placebos than that.
    """

    y: Array
    treated: int
    donors: Mask
    start: int
    stop: int
    season: int = 0
    period: Ints | None = None
    level: float = 0.95
    cap: int = 200
    seed: int = 20250604

    def __post_init__(self) -> None:
        """Refuse a question that no placebo can answer."""
        if self.donors[self.treated]:
            raise MisuseError("expected donors without the treated unit, which cannot stand for itself: leave it out")
        if self.start < 2:
            raise MisuseError(f"expected two periods before the event or more, got {self.start}: add earlier periods")

    @property
    def seasonal(self) -> int:
        """The season that is taken off; 0 where none is asked for or too few cycles lie before the event."""
        return self.season if self.start >= CYCLES * self.season else 0


@dataclass(frozen=True, slots=True, eq=False)
class Placebos:
    """Fits where nothing happened, n of them: those at the true date first.

    Attributes
    ----------
    unit, start
        Who, and from when; shape (n,).
    path
        Gap in the periods after the (fake) date; shape (n, stop - start).
    scale
        Scale of the unit at the date; shape (n,).
    se
        The estimator's own standard error of `path`, or None.
    drift
        Straight-line change of the gap over the periods before the date, over the scale; shape (n,).
    space
        How many are at the true date.
    windows
        How many fake windows do not overlap.
    """

    unit: Ints
    start: Ints
    path: Array
    scale: Array
    se: Array | None
    drift: Array
    space: int
    windows: int


@dataclass(frozen=True, slots=True, eq=False)
class Refits:
    """The real fit with the fits that judge it.

    Attributes
    ----------
    gap
        Observed minus counterfactual of the treated unit; shape (stop,).
    scale, raw
        Its scale, and the one before those of other units had a part in it: the mean of the estimator's own standard errors
        from the date on where it has them, else the root mean square of the gap before.
    drift
        As in `Placebos`.
    se, weights
        Of the treated unit's fit, (stop,) and (N,), or None.
    placebos
        The others.
    prior
        How units differ in scale.
    raws
        Unpooled scales of the placebos; shape (n,).
    fan
        Placebo gaps over their scale, times that of the treated unit, shape (at most 100, stop); a fake date is drawn at
        the true one; blank before its first period.
    season
        The season that was taken off.
    """

    gap: Array
    scale: float
    raw: float
    drift: float
    se: Array | None
    weights: Array | None
    placebos: Placebos
    prior: Prior
    raws: Array
    fan: Array
    season: int


def case_at(question: Question, units: Ints, start: int) -> Case:
    """Return the question put to some units at a date, the season of the periods before it taken off."""
    stop = start + question.stop - question.start
    y = without_season(question.y[:, :stop], start, question.seasonal, question.period)
    return Case(y, units, question.donors, start, stop)


def _draw(question: Question) -> tuple[list[tuple[int, Ints]], int]:
    """Return the units asked about at each date, the true one first, and how many fake windows do not overlap."""
    rng = np.random.default_rng(question.seed)
    donors = np.flatnonzero(question.donors)
    if len(donors) < 2:
        donors = donors[:0]  # a donor's own placebo needs another donor
    length = question.stop - question.start
    dates = fake_starts(question.start, question.stop, CYCLES * question.seasonal)
    in_time = min(question.cap // 2, len(dates) * (len(donors) + 1))
    here = min(len(donors), question.cap - in_time)
    true = donors if here == len(donors) else np.sort(rng.choice(donors, here, replace=False))
    asked = [(question.start, np.append(question.treated, true))]
    left = question.cap - here
    if len(dates) and left > 0:
        most = max(LARGE // (question.y.shape[0] * question.stop), 2)
        dates = spread_out(dates, min(max(left // min(FEW, len(donors) + 1), 1), most))
        each = min(left // len(dates) - 1, len(donors))
        for date in dates:
            others = donors if each >= len(donors) else np.sort(rng.choice(donors, max(each, 0), replace=False))
            asked.append((int(date), np.append(question.treated, others)))
    return asked, apart(dates, length)


def refits(question: Question, estimator: Estimator) -> Refits:
    """Fit the treated unit, the donors at the true date, and both at fake dates; all units of a date in one call."""
    asked, windows = _draw(question)
    length = question.stop - question.start
    gaps, ses, weights = [], [], None
    for start, units in asked:
        fits = estimator(case_at(question, units, start))
        if not np.isfinite(fits.gap).all():
            raise MisuseError(
                f"expected finite gaps from the estimator, got blanks at period {start}: report this panel"
            )
        gaps.append(fits.gap)
        ses.append(None if fits.se is None else fits.se[:, start:])
        if start == question.start and weights is None and fits.weights is not None:
            weights = fits.weights[0]
    raw = [
        # more donors than periods: gaps before say nothing
        raw_scale(gap, start) if se is None or not np.isfinite(se).all() else se.mean(axis=1)
        for gap, se, (start, _) in zip(gaps, ses, asked, strict=True)
    ]
    scales, prior = pool(raw, [max(start - 1, 1) for start, _ in asked])
    drift = [_drift(gap[:, :start]) / s for gap, s, (start, _) in zip(gaps, scales, asked, strict=True)]
    se = np.concatenate([s for s in ses if s is not None]) if all(s is not None for s in ses) else None
    scale = np.concatenate(scales)
    placebos = Placebos(
        unit=np.concatenate([units for _, units in asked])[1:],
        start=np.repeat([start for start, _ in asked], [len(units) for _, units in asked])[1:].astype(np.int64),
        path=np.concatenate([gap[:, -length:] for gap in gaps])[1:],
        scale=scale[1:],
        se=None if se is None else se[1:],
        drift=np.concatenate(drift)[1:],
        space=len(asked[0][1]) - 1,
        windows=windows,
    )
    return Refits(
        gap=gaps[0][0],
        scale=float(scale[0]),
        raw=float(raw[0][0]),
        drift=float(drift[0][0]),
        se=None if se is None else se[0],
        weights=weights,
        placebos=placebos,
        prior=prior,
        raws=np.concatenate(raw)[1:],
        fan=_fan(question.stop, gaps, scales),
        season=question.seasonal,
    )


def _drift(before: Array) -> Array:
    """Return the change of each row along its least-squares line."""
    t = np.arange(before.shape[1]) - (before.shape[1] - 1) / 2
    return np.asarray(before @ t / (t @ t) * (before.shape[1] - 1))


def _fan(stop: int, gaps: list[Array], scales: list[Array]) -> Array:
    """Return placebo gaps at the treated unit's scale, ends aligned."""
    rows: list[Array] = []
    for i, (gap, scale) in enumerate(zip(gaps, scales, strict=True)):
        for m in range(i == 0, len(gap)):
            if len(rows) == DRAWN:
                break
            rows.append(np.full(stop, np.nan))
            rows[-1][-gap.shape[1] :] = gap[m] * scales[0][0] / scale[m]
    return np.array(rows).reshape(-1, stop)
