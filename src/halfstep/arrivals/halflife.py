"""How fast attention fades after bursts, pooled over the bursts of one name.

After the peak of burst j, h days on,

    y_jh ~ NB(mean usual_jh + A_j g(h), shape 1/swing),     g(h) = 2^(-h / L)   or   (1 + h)^(-ln 2 / ln(1 + L)),

L the half-life: of an exponential decay, or the day by which a power law (Crane & Sornette 2008) is at half its peak. A_j is
profiled out. A burst was seen because its peak was above the alarm's threshold, so the peak's likelihood is that of a
count truncated there: without it small bursts seem to fade faster than they do. Intervals resample bursts.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.stats import norm
from scipy.stats import t as student

from halfstep.arrivals.bursts import Burst, Bursts
from halfstep.arrivals.usual import tail
from halfstep.core.errors import MisuseError

__all__ = ["LIVES", "DecaySettings", "HalfLife", "Unmeasured", "evidence", "half_life", "resampled", "widening"]

Array = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

LIVES: Array = np.exp(np.linspace(np.log(0.25), np.log(64.0), 49))
"""Half-lives that are told apart, from a quarter of a day (daily counts see none shorter) to two months; (49,)."""
HEIGHTS: Array = np.exp(np.linspace(np.log(0.1), np.log(3.0), 22))
"""Heights A_j, in multiples of the peak's rows above the usual, a sixth apart; the best lies on a parabola; (22,)."""
AROUND = 84
"""Days on either side of a burst that tell its usual: twelve weeks, so that a burst and its four weeks leave calm days."""
FEW_CALM = 28
"""Calm days below which the usual is that learnt before the burst."""
SHAPES = ("exponential", "power")


@dataclass(frozen=True, slots=True)
class DecaySettings:
    """How decays are measured.

    Attributes
    ----------
    days
        Days after a peak that are used; four weeks, after which few bursts are told from the usual.
    fewest
        Bursts below which nothing is said: with four, an interval by resampling has five ends to choose from.
    level
        Coverage of intervals.
    draws
        Resamplings of bursts.
    """

    days: int = 28
    fewest: int = 5
    level: float = 0.90
    draws: int = 400


@dataclass(frozen=True, slots=True)
class Unmeasured:
    """Nothing can be said: why ("few bursts", "no rows", "few blocks"), how many there are, how many are needed."""

    why: str
    had: int
    needed: int


@dataclass(frozen=True, slots=True)
class HalfLife:
    """Half-life in days.

    Attributes
    ----------
    days, lo, hi
        Estimate and interval; lo = 0 where it is not told from less than a quarter of a day, hi = inf where not from more
        than two months.
    shape
        "exponential", "power", or "either" where resampled bursts do not agree; then the interval holds both.
    bursts
        How many stand behind it.
    """

    days: float
    lo: float
    hi: float
    shape: str
    bursts: int


def half_life(
    count: Array, total: Array | None, found: Bursts, settings: DecaySettings, rng: np.random.Generator
) -> HalfLife | Unmeasured:
    """Return the half-life of attention after the bursts of one name.

    Parameters
    ----------
    count, total
        As given to `bursts`, (T,).
    found
        What `bursts` found in them.
    """
    if settings.fewest < 2 or len(count) != len(found.mean):
        raise MisuseError(
            f"expected fewest >= 2 and the {len(found.mean)} days of `found`, got {settings.fewest} and {len(count)} days"
        )
    fits = evidence(count, total, found, settings.days)
    j = fits.shape[1]
    if j < settings.fewest:
        return Unmeasured("few bursts", j, settings.fewest)
    weights = rng.multinomial(j, np.full(j, 1 / j), settings.draws).astype(np.float64)
    scores = weights @ fits
    wins = float((scores[1].max(axis=1) > scores[0].max(axis=1)).mean())
    whole = fits.sum(axis=1)
    best = int(whole[1].max() > whole[0].max())
    decided = wins >= settings.level if best else 1 - wins >= settings.level
    ends = [_ends(whole[s], scores[s], j, settings.level) for s in ((best,) if decided else (0, 1))]
    value = float(np.exp(_top(whole[best])))
    lo, hi = min(value, *(e[0] for e in ends)), max(value, *(e[1] for e in ends))
    return HalfLife(value, lo, hi, SHAPES[best] if decided else "either", j)


def widening(level: float, pieces: int) -> float:
    """Return by how much a percentile interval over few resampled pieces is widened: t over normal, times sqrt(n/(n-1))."""
    up = (1 + level) / 2
    return float(student.ppf(up, pieces - 1) / norm.ppf(up) * np.sqrt(pieces / (pieces - 1)))


def resampled(fits: Array, weights: Array) -> Array:
    """Return the logarithm of the half-life under each weighting of bursts; fits (J, 49), weights (draws, J)."""
    return _top(weights @ fits)


def _top(scores: Array) -> Array:
    """Return where each row of scores over LIVES is highest, in logs, by the parabola through the best point's neighbours."""
    best, shift, _ = _crest(scores)
    out: Array = np.log(LIVES)[best] + shift * np.log(LIVES[1] / LIVES[0])
    return out


def _crest(scores: Array) -> tuple[Ints, Array, Array]:
    """Return the best place along the last axis, the parabola's way from it (half a step at most), its height."""
    best = np.argmax(scores, axis=-1)
    inside = np.clip(best, 1, scores.shape[-1] - 2)
    left, top, right = (np.take_along_axis(scores, (inside + k)[..., None], axis=-1)[..., 0] for k in (-1, 0, 1))
    bend = left - 2 * top + right
    bent = (bend < 0) & (inside == best)
    shift = np.where(bent, np.clip((left - right) / 2 / np.where(bent, bend, -1.0), -0.5, 0.5), 0.0)
    height = np.where(bent, top - (left - right) * shift / 4, scores.max(axis=-1))
    return best, shift, height


def _ends(whole: Array, scores: Array, bursts: int, level: float) -> tuple[float, float]:
    centre, draws = float(_top(whole)), _top(scores)
    lo, hi = centre + (np.quantile(draws, [(1 - level) / 2, (1 + level) / 2]) - centre) * widening(level, bursts)
    step = float(np.log(LIVES[1] / LIVES[0])) / 2
    lo, hi = min(lo, centre) - step, max(hi, centre) + step
    return (
        0.0 if lo <= np.log(LIVES[0]) else float(np.exp(lo)),
        np.inf if hi >= np.log(LIVES[-1]) else float(np.exp(hi)),
    )


def evidence(count: Array, total: Array | None, found: Bursts, days: int) -> Array:
    """Return the profile log-likelihood of each shape, burst and half-life, (2, J, 49); bursts with no day after are left out."""
    exposure = np.ones(len(count)) if total is None else np.asarray(total, dtype=np.float64)
    if not found.bursts:
        return np.zeros((2, 0, len(LIVES)))
    starts = [b.start for b in found.bursts[1:]] + [len(count)]
    shape = 1 / max(found.swing, 0.05)
    calm = np.isfinite(found.mean) & (exposure > 0)
    for b in found.bursts:
        calm[max(b.start - 1, 0) : b.peak + days + 1] = False
    fits = []
    for burst, rest in zip(found.bursts, starts, strict=True):
        stop = min(burst.peak + days + 1, max(rest, burst.peak + 1), len(count))
        after = np.arange(burst.peak, stop)
        after = after[np.isfinite(found.mean[after]) & (exposure[after] > 0)]
        if len(after) >= 2 and after[0] == burst.peak:
            usual = _usual(count, exposure, calm, burst)
            fits.append(_profile(count[after], usual * exposure[after], after - burst.peak, burst.threshold, shape))
    return np.array(fits).transpose(1, 0, 2) if fits else np.zeros((2, 0, len(LIVES)))


def _usual(count: Array, exposure: Array, calm: Flags, burst: Burst) -> float:
    """Return rows per exposure of the days around a burst that are near none; of those before it where they are few.

    Later days may be used here, and must: what was learnt before a burst holds the tails of the bursts before that one.
    """
    near = slice(max(burst.peak - AROUND, 0), burst.peak + AROUND + 1)
    days = calm[near]
    if days.sum() < FEW_CALM:
        return burst.usual
    return max(float(count[near][days].sum()), 0.5) / float(exposure[near][days].sum())


def _profile(y: Array, usual: Array, after: Ints, threshold: float, shape: float) -> Array:
    """Return the log-likelihood of one burst, the height profiled out, (2, 49)."""
    fades = np.array(
        [0.5 ** (after[None] / LIVES[:, None]), (1.0 + after[None]) ** (-np.log(2) / np.log1p(LIVES))[:, None]]
    )
    heights = max(float(y[0] - usual[0]), 1.0) * HEIGHTS
    mean = usual + heights[:, None, None, None] * fades
    log_mass = (y * np.log(mean) - (y + shape) * np.log(shape + mean)).sum(axis=3)
    seen = tail(np.full(len(HEIGHTS), min(threshold, y[0])), usual[0] + heights, np.full(len(HEIGHTS), shape))
    log_mass += len(y) * shape * np.log(shape)
    profile = log_mass - np.log(np.maximum(seen, 1e-300))[:, None, None]
    return _crest(np.moveaxis(profile, 0, -1))[2]
