"""Steps and trends in a gap path, told from its own persistence and from placebos."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import stdtr, stdtrit

from halfstep.core.errors import MisuseError

__all__ = ["TREND", "GapPath", "Partial", "partial", "step"]

Array = npt.NDArray[np.float64]

TREND = 4
"""Periods before the event without which a trend cannot be told from noise."""
PERSISTENT = 0.9


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class GapPath:
    """Observed minus counterfactual, by period.

    Attributes
    ----------
    periods
        Ordinals, ascending; shape (T,).
    gap
        Shape (T,). Before the event it should be foretold, not fitted: a fitted gap has its trend taken out.
    start
        Position of the event's first period.
    scale
        Standard deviation of a period's gap when nothing happens, where the placebo gate has measured it; errors are
        never taken for less.
    placebos
        Gaps of fake units or dates, aligned; shape (P, T). Where there are any, tests are ranked among them.
    """

    periods: tuple[int, ...]
    gap: Array
    start: int
    scale: float | None = None
    placebos: Array | None = None

    def __post_init__(self) -> None:
        """Refuse paths that do not fit together."""
        T = len(self.periods)
        fits = self.gap.shape == (T,) and (self.placebos is None or self.placebos.shape[1:] == (T,))
        ascends = list(self.periods) == sorted(set(self.periods))
        if not (fits and ascends and 1 < self.start < T and np.isfinite(self.gap).all()):
            raise MisuseError(f"expected {T} gaps in ascending periods with the event inside, got {self.gap.shape}")


@dataclass(frozen=True, slots=True)
class Partial:
    """One coefficient, its 95% interval and two-sided p-value."""

    value: float
    lo: float
    hi: float
    p: float


def step(path: GapPath, at: int) -> Array:
    """Return zero before a position, one from it on; shape (T,)."""
    return (np.arange(len(path.periods)) >= at).astype(np.float64)


def partial(path: GapPath, columns: Array, which: int) -> Partial:
    """Regress the gap on columns, quasi-differenced by the persistence it has before the event, and test one of them.

    With placebos the t ratio is ranked among theirs: the others' coefficients do not touch this one's noise.
    """
    rho = _persistence(path.gap[: path.start])
    X, y = _quasi(columns, rho), _quasi(path.gap, rho)
    inverse = np.asarray(np.linalg.pinv(X), dtype=np.float64)
    freedom = len(y) - X.shape[1] - (rho > 0)
    length = float(np.sqrt((inverse[which] ** 2).sum()))

    def ratio(rows: Array) -> tuple[Array, Array]:
        """Estimate and error of the coefficient, for each column of rows."""
        residual = rows - X @ (inverse @ rows)
        noise = np.sqrt((residual**2).sum(axis=0) / max(freedom, 1))
        floor = 0.0 if path.scale is None else path.scale * float(np.sqrt(1 - rho**2))
        return inverse[which] @ rows, length * np.maximum(noise, floor)

    value, error = (float(v[0]) for v in ratio(y[:, None]))
    if freedom < 1 or error <= 0:
        return Partial(value, -np.inf, np.inf, 1.0)
    t = abs(value) / error
    if path.placebos is None:
        p, reach = 2 * float(stdtr(freedom, -t)), float(stdtrit(freedom, 0.975))
    else:
        fakes, errors = ratio(_quasi(path.placebos.T, rho))
        ranks = np.abs(fakes) / np.maximum(errors, np.finfo(np.float64).tiny)
        p = (1 + int((ranks >= t).sum())) / (len(ranks) + 1)
        whole = np.sort(np.append(ranks, np.inf))
        reach = float(whole[int(np.ceil(0.95 * (len(ranks) + 1))) - 1])
    return Partial(value, value - reach * error, value + reach * error, p)


def _persistence(before: Array) -> float:
    """Return the lag-one correlation of the gap before the event, corrected for its downward bias (Kendall 1954)."""
    n = len(before)
    away = before - before.mean()
    total = float(away @ away)
    if n < TREND + 1 or total <= 0:
        return 0.0
    r = float(away[1:] @ away[:-1]) / total
    return float(np.clip(r + (1 + 3 * r) / n, 0.0, PERSISTENT))


def _quasi(rows: Array, rho: float) -> Array:
    """Take rho times the period before from each period (Prais & Winsten 1954)."""
    out = np.array(rows, dtype=np.float64)
    out[1:] = rows[1:] - rho * rows[:-1]
    out[0] = rows[0] * np.sqrt(1 - rho**2)
    return out
