"""How often authors change sides, with what a reader's mistakes make of it taken out.

Pairs of one author's consecutive decided posts; every author counts once. With Q the 2 x 2 table of read stances of such
pairs and M the reader's (true, read) probabilities, mistakes of the two posts being independent,

    Q = M' P M,   so   P = inv(M') Q inv(M),   flip rate = P[for, against] + P[against, for].

With equal errors e on both sides the rate among authors who never flip reads 2 e (1 - e): a reader of 85% makes a quarter of
them flip. The interval resamples authors and draws the reader's errors from what its audit says of them (Jeffreys).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from halfstep.arrivals.halflife import Unmeasured
from halfstep.core.errors import MisuseError

__all__ = ["FlipRate", "Reader", "flip_rate"]

Array = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

FEWEST = 20
"""Authors with two decided posts below which nothing is said: one author would be a twentieth of the rate."""
DRAWS = 1000
HOPELESS = 0.2
"""Share right for, plus share right against, less one, below which the reader tells nothing about pairs (its square divides)."""


@dataclass(frozen=True, slots=True)
class Reader:
    """What an audit found of the reader of stances.

    Attributes
    ----------
    in_favour, against
        (posts that are truly so and were decided, those of them read as the opposite).
    """

    in_favour: tuple[int, int]
    against: tuple[int, int]


@dataclass(frozen=True, slots=True)
class FlipRate:
    """Share of consecutive decided posts of one author that change sides, mean over authors.

    Attributes
    ----------
    value, lo, hi
        Corrected, within 0 and 1.
    read
        As read, uncorrected.
    by_mistake
        What would be read if nobody ever flipped.
    authors, pairs
        Behind it.
    """

    value: float
    lo: float
    hi: float
    read: float
    by_mistake: float
    authors: int
    pairs: int


def flip_rate(
    author: Ints | None, time: Array, stance: Ints, reader: Reader | None, rng: np.random.Generator, level: float = 0.90
) -> FlipRate | Unmeasured:
    """Return the flip rate, or "no authors", "reader unknown", "few authors", "reader too poor".

    Parameters
    ----------
    author
        Which author wrote each post, (n,); None where the source has none.
    time
        When, (n,), in any unit.
    stance
        1 for, -1 against, 0 not decided, (n,); posts not decided are passed over.
    reader
        Errors of the reader on audited posts; None where nobody has measured them.
    """
    if author is None:
        return Unmeasured("no authors", 0, FEWEST)
    if reader is None or not reader.in_favour[0] or not reader.against[0]:
        return Unmeasured("reader unknown", 0, 1)
    if not len(author) == len(time) == len(stance):
        raise MisuseError(f"expected one author, time and stance a post, got {len(author)}, {len(time)}, {len(stance)}")
    tables, pairs = _tables(author, time, stance)
    if len(tables) < FEWEST:
        return Unmeasured("few authors", len(tables), FEWEST)
    errors = np.array([wrong / n for n, wrong in (reader.in_favour, reader.against)])
    if 1 - errors.sum() < HOPELESS:
        return Unmeasured("reader too poor", int(100 * (1 - errors.sum())), int(100 * HOPELESS))
    read = tables.mean(axis=0)
    truth = _corrected(read[None], errors[None])[0]
    weights = rng.multinomial(len(tables), np.full(len(tables), 1 / len(tables)), DRAWS) / len(tables)
    drawn = np.column_stack([rng.beta(w + 0.5, n - w + 0.5, DRAWS) for n, w in (reader.in_favour, reader.against)])
    sound = 1 - drawn.sum(axis=1) >= HOPELESS / 2
    rates = _flips(_corrected((weights @ tables)[sound], drawn[sound]))
    lo, hi = np.clip(np.quantile(rates, [(1 - level) / 2, (1 + level) / 2]), 0, 1).tolist()
    value = float(np.clip(_flips(truth[None])[0], 0, 1))
    in_favour = float(np.clip(truth[0] + (truth[1] + truth[2]) / 2, 0, 1))
    made = 2 * (in_favour * errors[0] * (1 - errors[0]) + (1 - in_favour) * errors[1] * (1 - errors[1]))
    return FlipRate(
        value, min(lo, value), max(hi, value), float(_flips(read[None])[0]), float(made), len(tables), pairs
    )


def _tables(author: Ints, time: Array, stance: Ints) -> tuple[Array, int]:
    """Return each author's shares of pairs (for-for, for-against, against-for, against-against), (A, 4), and all pairs."""
    decided = np.flatnonzero(stance != 0)
    order = decided[np.lexsort((time[decided], author[decided]))]
    same = author[order][1:] == author[order][:-1]
    kind = 2 * (stance[order][:-1] < 0) + (stance[order][1:] < 0)
    who, place = np.unique(author[order][1:][same], return_inverse=True)
    counts = np.zeros((len(who), 4))
    np.add.at(counts, (place, kind[same]), 1.0)
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    return shares[np.lexsort(shares.T)], int(same.sum())  # whatever authors are called


def _corrected(read: Array, errors: Array) -> Array:
    """Return P of every draw: read (draws, 4), errors (draws, 2)."""
    mistakes = np.stack(
        [np.stack([1 - errors[:, 0], errors[:, 0]], -1), np.stack([errors[:, 1], 1 - errors[:, 1]], -1)], 1
    )
    back = np.linalg.inv(mistakes)
    out: Array = (back.transpose(0, 2, 1) @ read.reshape(-1, 2, 2) @ back).reshape(-1, 4)
    return out


def _flips(table: Array) -> Array:
    out: Array = table[:, 1] + table[:, 2]
    return out
