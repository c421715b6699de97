"""Steps of margins and their sums, cell by cell: compiled where it was built, else NumPy, which stands here.

An utterance has H values of 0 to 255. A pair of utterance and what it counts for has them too, but for S stances, which are
its own (0 where it has none). Its K = H + T S measures are these, then each of T topics times each stance,
``(topic stance + 127) // 255``. Sums are whole numbers, so that no order matters.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from halfstep.native.chosen import chosen

__all__ = ["Pairs", "Steps", "measured", "stepped", "tally"]

Ints = npt.NDArray[np.int64]
Values = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]
_FULL, _BUCKETS = 255, 1024


@dataclass(frozen=True, slots=True, eq=False)
class Steps:
    """Where the steps of each head begin: 0 to 255 is how many of its thresholds are at or below ``sign * margin``.

    Attributes
    ----------
    sign
        1 or -1, shape (H,).
    threshold
        Ascending, shape (H, 255).
    """

    sign: Floats
    threshold: Floats


def stepped(margin: Floats, steps: Steps) -> Values:
    """Return the step of every margin, shape (n, H)."""
    n, H = margin.shape
    out = np.empty((n, H), np.uint8)
    compiled = chosen("_tally")
    if compiled is None:
        for h in range(H):
            out[:, h] = np.searchsorted(steps.threshold[h], margin[:, h] * steps.sign[h], side="right")
        return out
    low, high = (
        np.where(np.isfinite(end), end, 0).astype(np.float32) for end in (steps.threshold[:, 0], steps.threshold[:, -1])
    )
    per = np.divide(_BUCKETS, high - low, out=np.zeros(H, np.float32), where=high > low)
    edge = low[:, None] + np.arange(_BUCKETS) / np.where(per > 0, per, 1)[:, None]
    guess = np.stack([np.searchsorted(t, e, side="right") for t, e in zip(steps.threshold, edge, strict=True)])
    parts = (steps.sign, steps.threshold, np.minimum(guess, 255).astype(np.uint8), low, per)
    compiled.steps(np.ascontiguousarray(margin), *(np.ascontiguousarray(part) for part in parts), n, H, out)
    return out


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """Pairs of utterance and what it counts for.

    Attributes
    ----------
    value
        Of the utterances, shape (n, H).
    stance
        Of the pairs that have a stance of their own, shape (Q, S).
    post, own
        Utterance of each pair, and its row of `stance` (-1: none), shape (P,).
    topic, where
        Heads that are topics, shape (T,), and stances, shape (S,).
    """

    value: Values
    stance: Values
    post: Ints
    own: Ints
    topic: Ints
    where: Ints

    @property
    def K(self) -> int:
        """Measures."""
        return int(self.value.shape[1]) + len(self.topic) * len(self.where)


def measured(pairs: Pairs, at: Ints) -> Values:
    """Return the measures of some pairs, shape (len(at), K)."""
    value = pairs.value[pairs.post[at]]
    if not len(pairs.where):
        return value
    own = pairs.own[at]
    padded = np.vstack([pairs.stance, np.zeros((1, len(pairs.where)), np.uint8)])
    value[:, pairs.where] = padded[own]
    product = value[:, pairs.topic, None].astype(np.uint16) * value[:, None, pairs.where]
    joint = ((product + _FULL // 2) // _FULL).astype(np.uint8)
    return np.hstack([value, joint.reshape(len(at), len(pairs.topic) * len(pairs.where))])


def tally(pairs: Pairs, cell: Ints, cells: int) -> tuple[Ints, Ints]:
    """Return sums and sums of squares of the measures by cell, shape (cells, K) each.

    Parameters
    ----------
    cell
        Cell of each pair, 0 to cells - 1, shape (P,).
    """
    compiled = chosen("_tally")
    if compiled is None:
        return _tally(pairs, cell, cells)
    total, square = (np.zeros((cells, pairs.K), np.int64) for _ in range(2))
    given = (
        np.ascontiguousarray(part)
        for part in (pairs.value, pairs.stance, pairs.post, pairs.own, cell, pairs.topic, pairs.where)
    )
    sizes = (*pairs.value.shape, len(pairs.where), len(pairs.stance), cells)
    compiled.tally(*given, *sizes, total, square)
    return total, square


_SLAB = 1 << 15


def _tally(pairs: Pairs, cell: Ints, cells: int) -> tuple[Ints, Ints]:
    total, square = (np.zeros((cells, pairs.K), np.int64) for _ in range(2))
    for first in range(0, len(cell), _SLAB):
        at = np.arange(first, min(first + _SLAB, len(cell)))
        value = measured(pairs, at).astype(np.float64)  # sums below 2^53 are exact
        of = csr_array((np.ones(len(at)), (cell[at], np.arange(len(at)))), shape=(cells, len(at)))
        total += (of @ value).astype(np.int64)
        square += (of @ (value * value)).astype(np.int64)
    return total, square
