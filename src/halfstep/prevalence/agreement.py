"""Whether coders of the same things say the same: Krippendorff's alpha, plain agreement, and what a coder confuses."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from halfstep.core.errors import MisuseError
from halfstep.prevalence.records import Array, Unsaid

__all__ = ["MISSING", "Agreement", "Confusion", "alpha", "confusions"]

Codes = npt.NDArray[np.int64]

MISSING = -1
"""A coding that is not there."""
DRAWS = 1000
"""Of the bootstrap; ends of an interval then move by a few hundredths of its width between seeds."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far coders agree beyond chance.

    Attributes
    ----------
    alpha, lo, hi
        Krippendorff's alpha for nominal values, and its bootstrap interval over units; 1 is full agreement, 0 chance.
    plain
        Share of pairs of codings of one unit that are the same.
    units
        Units that two or more coders coded.
    codings
        Their codings.
    level
        Coverage of the interval.
    """

    alpha: float
    lo: float
    hi: float
    plain: float
    units: int
    codings: int
    level: float


@dataclass(frozen=True, slots=True)
class Confusion:
    """One coder says `said` where another says `others`, `times` (pairs of codings); `of` pairs in which it said so."""

    coder: int
    said: int
    others: int
    times: int
    of: int


def _counts(codes: Codes) -> Codes:
    """Return how often each value was given to each unit that two or more coded; shape (units, values)."""
    if codes.ndim != 2 or codes.min(initial=0) < MISSING:
        raise MisuseError(f"expected codes (coders, units), values from 0 and {MISSING} for none, got {codes.shape}")
    values = int(codes.max(initial=MISSING)) + 1
    counts = np.stack([(codes == value).sum(axis=0) for value in range(values)], axis=1) if values else codes.T[:, :0]
    return np.asarray(counts[counts.sum(axis=1) >= 2], dtype=np.int64)


def _alpha(values: Array, apart: Array) -> Array:
    """Return alphas from totals by value, shape (..., values), and disagreeing coincidences, shape (...)."""
    n = values.sum(axis=-1)
    expected = n**2 - (values**2).sum(axis=-1)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(1 - (n - 1) * apart / expected)


def alpha(codes: Codes, level: float, rng: np.random.Generator, draws: int = DRAWS) -> Agreement | Unsaid:
    """Return Krippendorff's alpha for nominal values (Krippendorff 2011), codings may be missing.

    ``alpha = 1 - (n - 1) sum_{c != k} o_ck / sum_{c != k} n_c n_k``; o_ck counts pairs of codings of one unit, a unit of m
    codings weighing 1 / (m - 1). Units are drawn again for the interval: coders are taken as they are.

    Parameters
    ----------
    codes
        Value that each coder gave to each unit, from 0; -1 where it gave none; shape (coders, units).

    Returns
    -------
    Agreement | Unsaid
        Unsaid "one class" where all coders give all units one value: agreement by chance is then full, too.

    Examples
    --------
    >>> import numpy as np
    >>> found = alpha(np.array([[0, 1, 1, 0], [0, 1, 0, 0]]), 0.9, np.random.default_rng(1))
    >>> round(found.alpha, 3)
    0.533
    """
    counts = _counts(codes)
    units = len(counts)
    if units < 2:
        return Unsaid("few audited", ("units coded by two",), (("audited", units), ("more", 2 - units)))
    m = counts.sum(axis=1)
    apart = (m**2 - (counts**2).sum(axis=1)) / (m - 1)
    values = counts.astype(np.float64)
    value = float(_alpha(values.sum(axis=0), apart.sum()))
    if not np.isfinite(value):
        return Unsaid("one class", ("units of another value",), (("audited", units),))
    alike, first, often = np.unique(counts, axis=0, return_index=True, return_counts=True)
    times = rng.multinomial(units, often / units, size=draws).astype(np.float64)
    drawn = _alpha(times @ alike, times @ apart[first])
    lo, hi = np.quantile(drawn[np.isfinite(drawn)], [(1 - level) / 2, (1 + level) / 2])
    if lo == hi:  # all units alike: what one more unit could bring, on which two coders differ, or are at one
        values, every = counts.sum(axis=0).astype(np.float64), np.asarray(apart.sum(), dtype=np.float64)
        some = np.eye(len(values))[np.argsort(-values, kind="stable")[:2]].sum(axis=0)
        if len(values) > 1:
            lo = min(float(lo), float(_alpha(values + some, every + 2.0)))
            hi = max(float(hi), float(_alpha(values + 2 * np.eye(len(values))[int(values.argmax())], every)))
    pairs = m * (m - 1)
    plain = 1 - float((apart * (m - 1)).sum() / pairs.sum())
    return Agreement(value, min(float(lo), value), max(float(hi), value), plain, units, int(m.sum()), level)


def confusions(codes: Codes) -> tuple[Confusion, ...]:
    """Return what each coder says where others say something else, the most frequent first."""
    _counts(codes)
    found = []
    for coder, mine in enumerate(codes):
        others = np.delete(codes, coder, axis=0)
        for said in np.unique(mine[mine != MISSING]).tolist():
            there = others[:, mine == said]
            given, times = np.unique(there[there != MISSING], return_counts=True)
            of = int(times.sum())
            found += [
                Confusion(coder, said, int(v), int(k), of) for v, k in zip(given, times, strict=True) if v != said
            ]
    return tuple(sorted(found, key=lambda c: (-c.times, c.coder, c.said, c.others)))
