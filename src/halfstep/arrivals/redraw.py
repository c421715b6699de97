"""Cascades drawn from a fit, as family trees (Hawkes and Oakes 1974), thinned to what factors leave of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from halfstep.arrivals.ascent import expand
from halfstep.arrivals.cascades import Array, Cascade, Codes
from halfstep.arrivals.hawkes import Fit

__all__ = ["redraw"]

_MOST = 20.0


@dataclass(frozen=True, slots=True, eq=False)
class _Tree:
    """What a cascade's posts come from: duration, decays, rates (D, P) of posts, segments and their factors."""

    T: float
    decay: Array
    weight: Array
    cut: Array
    factor: Array
    kinds: int

    def kept(self, time: Array, rng: np.random.Generator) -> Array:
        """Those of the times that happen, of as many as the highest factor would give."""
        time = time[time < self.T]
        f = self.factor[np.searchsorted(self.cut, time, side="right") - 1]
        return np.asarray(time[rng.uniform(size=len(time)) < f / self.factor.max()])

    def brought(self, d: int, k: int, by: Array, rng: np.random.Generator) -> Array:
        """Posts of kind d that the events of kind k at such times bring."""
        M, top = len(self.decay), self.factor.max()
        out = []
        for m, b in enumerate(self.decay):
            many = rng.poisson(self.weight[d, 1 + k * M + m] * top, len(by))
            out.append(np.repeat(by, many) + rng.exponential(1.0 / b, int(many.sum())))
        return self.kept(np.concatenate(out), rng)


def redraw(fit: Fit, rng: np.random.Generator) -> tuple[Cascade, ...] | None:
    """Draw every cascade once more; events that only act stay where they were.

    None where one grew to more than 20 times its size: the process that was fitted runs away.
    """
    problem, D = fit.problem, fit.problem.spec.counted
    w, f = expand(problem, fit.found.at)
    stream, weight = problem.stream, w * problem.scale[:, None]
    weight[:, :, 1:] /= np.tile(problem.decay, stream.K)
    out = []
    for c, T in enumerate(stream.until):
        rows, cuts = slice(*stream.row[c : c + 2]), slice(*stream.cut_row[c : c + 2])
        tree = _Tree(float(T), problem.decay, weight[c], stream.cut[cuts], f[cuts], problem.spec.kinds)
        time, kind = stream.time[rows], stream.kind[rows]
        grown = _grown(tree, [time[kind == k] for k in range(D, stream.K)], D, rng, _MOST * (len(time) + 50.0))
        if grown is None:
            return None
        order = np.argsort(grown[0], kind="stable")
        out.append(Cascade(grown[0][order], grown[1][order], float(T)))
    return tuple(out)


def _grown(
    tree: _Tree, given: list[Array], D: int, rng: np.random.Generator, most: float
) -> tuple[Array, Codes] | None:
    """Times and kinds of one cascade's events, without the first post."""
    top = tree.factor.max()
    fresh: list[list[Array]] = []
    for d in range(D):
        alone = rng.uniform(0.0, tree.T, rng.poisson(tree.weight[d, 0] * tree.T * top))
        fresh.append([tree.kept(alone, rng), *(tree.brought(d, D + j, by, rng) for j, by in enumerate(given))])
    now = [np.concatenate(pieces) for pieces in fresh]
    posts = [[piece] for piece in now]
    total = sum(map(len, now))
    while any(len(piece) for piece in now):
        now = [np.concatenate([tree.brought(d, k, now[k], rng) for k in range(D)]) for d in range(D)]
        total += sum(map(len, now))
        if total > most:
            return None
        for d in range(D):
            posts[d].append(now[d])
    real = given[: tree.kinds - D]
    times = [np.concatenate(pieces) for pieces in posts] + real
    kinds = np.repeat(np.arange(len(times)), [len(piece) for piece in times])
    return np.concatenate(times), kinds.astype(np.int64)
