"""The best features and price of one product against a given rest of the line-up."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from halfstep.core.errors import MisuseError
from halfstep.logit.shares import Drawn, People, chunks, drawn
from halfstep.logit.tasks import Array, Codes

__all__ = ["Found", "Part", "Rest", "best", "climb", "gains", "grid"]

Part = tuple[Sequence[int], Array]
"""Columns of one attribute, and what they hold at each level, shape (levels, columns)."""

_MOST = 200_000
_WIDTH = 512


@dataclass(frozen=True, slots=True, eq=False)
class Rest:
    """What a product meets, and what a unit of it brings.

    Attributes
    ----------
    X
        Attributes of the other products ("none of these" among them, if offered), shape (J - 1, K).
    price
        Of each candidate, shape (c,).
    cost
        Of a unit of each candidate, shape (c,); None where it is not known: revenue is then sought.
    """

    X: Array
    price: Array
    cost: Array | None = None

    @property
    def unit(self) -> Array:
        """Margin (or price, without cost) of each candidate, shape (c,)."""
        return self.price if self.cost is None else self.price - self.cost


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """Candidates compared.

    Attributes
    ----------
    share
        Of each candidate against the rest, shape (c,).
    gain
        Revenue or margin per person of the line-up: share times what a unit brings; shape (c,).
    best
        Candidate with the largest gain.
    chance
        Probability that each candidate is the best, from parameter draws, shape (c,); empty without draws.
    error
        Gain of the best candidate and what it would be under each draw; shape (1,); None without draws.
    """

    share: Array
    gain: Array
    best: int
    chance: Array
    error: Drawn | None


def best(
    rest: Rest,
    candidates: Array,
    B: Array,
    w: Array | None = None,
    draws: Iterable[People] = (),
    level: float = 0.95,
) -> Found:
    """Compare all candidates for one product; the rest of the line-up stays as it is.

    ``s_c = sum_i w_i / (1 + sum_k exp((x_k - x_c)'b_i))``. What the rest is worth to each person is found once, so that the
    cost is linear in candidates. Rivals do not answer.

    Parameters
    ----------
    candidates
        Attributes of each candidate, price among them, shape (c, K).
    B, w
        Tastes and weights of people, draws of people or classes: shapes (n, K), (n,).
    draws
        The same under each draw of the parameters.

    Examples
    --------
    Against a rival worth as much at a price of 1, with a price taste of 2:

    >>> price = np.array([0.5, 1.0, 1.5])
    >>> found = best(Rest(np.array([[1.0]]), price), price[:, None], np.array([[-2.0]]))
    >>> found.best, found.gain.round(3)
    (1, array([0.366, 0.5  , 0.403]))
    """
    if candidates.shape != (len(rest.price), rest.X.shape[1]) or not len(candidates):
        raise MisuseError(
            f"expected candidates of shape ({len(rest.price)}, {rest.X.shape[1]}), one or more; got {candidates.shape}"
        )
    share = gains(rest.X, candidates, B, w)
    gain = share * rest.unit
    first = int(gain.argmax())
    won, of_best = np.zeros(len(gain)), []
    for tastes, weight in draws:
        again = gains(rest.X, candidates, tastes, weight) * rest.unit
        won[again.argmax()] += 1
        of_best.append(again[first : first + 1])
    if not of_best:
        return Found(share, gain, first, np.empty(0), None)
    return Found(share, gain, first, won / len(of_best), drawn(gain[first : first + 1], of_best, level))


def gains(rest: Array, candidates: Array, B: Array, w: Array | None = None) -> Array:
    """Return the share that each candidate would have alone against the rest, shape (c,)."""
    share = np.zeros(len(candidates))
    for b, weight in chunks(B, w, max(len(rest), min(len(candidates), _WIDTH))):
        U = b @ rest.T
        top = U.max(axis=1)
        worth = top + np.log(np.exp(U - top[:, None]).sum(axis=1))
        for start in range(0, len(candidates), _WIDTH):
            less = worth[:, None] - b @ candidates[start : start + _WIDTH].T
            share[start : start + _WIDTH] += weight @ (1.0 / (1.0 + np.exp(np.minimum(less, 700.0))))
    return share


def grid(own: Array, parts: Sequence[Part]) -> tuple[Array, Codes]:
    """Return every combination of levels as a candidate, shape (c, K), and its level of each part, shape (c, parts).

    Parameters
    ----------
    own
        The product as it is, shape (K,).
    parts
        What may be changed.

    Raises
    ------
    MisuseError
        If there are more than 200,000 combinations: `climb` then.

    Examples
    --------
    >>> candidates, level = grid(np.array([9.0, 1.0]), [([0], np.array([[8.0], [9.0]])), ([1], np.array([[0.0], [1.0]]))])
    >>> candidates.tolist()
    [[8.0, 0.0], [8.0, 1.0], [9.0, 0.0], [9.0, 1.0]]
    """
    lengths = [len(values) for _, values in parts]
    size = int(np.prod(lengths, dtype=np.float64))
    if size > _MOST:
        raise MisuseError(f"expected {_MOST} candidates or fewer, got {size}: try fewer levels, or climb")
    level = np.stack(np.unravel_index(np.arange(size), lengths), axis=1) if parts else np.zeros((1, 0), dtype=np.int64)
    candidates = np.repeat(own[None], size, axis=0)
    for i, (columns, values) in enumerate(parts):
        candidates[:, list(columns)] = values[level[:, i]]
    return candidates, np.asarray(level, dtype=np.int64)


def climb(
    own: Array, parts: Sequence[Part], gain: Callable[[Array, Codes], Array], rng: np.random.Generator, starts: int = 10
) -> Codes:
    """Return the best levels found by changing one attribute at a time until no change gains, from several starts.

    For grids too large to try whole; what it finds need not be the best of all.

    Parameters
    ----------
    gain
        Of candidates, shape (c, K), and their levels, shape (c, parts): what each brings, shape (c,).
    starts
        Random levels to start from.
    """
    lengths = np.array([len(values) for _, values in parts])
    top, found = -np.inf, np.zeros(len(parts), dtype=np.int64)
    for _ in range(starts):
        level, here, idle = rng.integers(lengths), -np.inf, 0
        while idle < len(parts):
            for i in rng.permutation(len(parts)):
                tried = np.repeat(level[None], lengths[i], axis=0)
                tried[:, i] = np.arange(lengths[i])
                candidates = np.repeat(own[None], lengths[i], axis=0)
                for p, (columns, values) in enumerate(parts):
                    candidates[:, list(columns)] = values[tried[:, p]]
                gained = gain(candidates, tried)
                idle += 1
                if gained.max() > here:
                    here, level, idle = float(gained.max()), tried[gained.argmax()], 1
        if here > top:
            top, found = here, level
    return np.asarray(found)
