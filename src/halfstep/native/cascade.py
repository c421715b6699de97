"""Intensities of events that bring events, their log likelihood and slopes: what is computed, and the NumPy twin.

Cascade c has events i at seconds t_i of kinds k_i, 0..K-1; those below D are counted, the others only act. With decays b_m::

    S_km(t)   = sum over events j of kind k, t_j < t, of exp(-b_m (t - t_j))
    x(t)      = (1, S_00(t), ..., S_0M(t), S_10(t), ...)
    rate_d(t) = f(t) a_cd' x(t)

a Hawkes (1971) process whose kernels are sums of exponentials; f is constant over segments. Asked for are sums over events of
``log(a'x)``, their slopes and curvature in a, the slopes in b, and the integrals of x over the segments, from which everything
that f takes part in follows. Events of one moment do not act on each other. One pass, Ozaki (1979).

Here sums are cumulated in pieces of time over which ``exp(b t)`` stays finite.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from halfstep.native.layout import Array, Codes

__all__ = ["Asked", "Evaluated", "Rates", "Stream", "evaluate"]


@dataclass(frozen=True, slots=True, eq=False)
class Stream:
    """Events of C cascades, and their segments.

    Attributes
    ----------
    time
        Seconds since the cascade's start, ascending within each and none below 0, shape (n,).
    kind
        0 to K - 1, shape (n,).
    row
        Offsets of the cascades' events, shape (C + 1,).
    until
        Seconds that each was watched, shape (C,).
    cut
        Starts of the segments, ascending within a cascade, the first 0; shape (Q,).
    cut_row
        Offsets of the cascades' segments, shape (C + 1,).
    K
        Kinds.
    """

    time: Array
    kind: Codes
    row: Codes
    until: Array
    cut: Array
    cut_row: Codes
    K: int


@dataclass(frozen=True, slots=True, eq=False)
class Rates:
    """How memories make intensities.

    Attributes
    ----------
    decay
        b, per second, above 0; shape (M,).
    weight
        a, shape (C, D, 1 + K M).
    factor
        f, shape (Q,).
    """

    decay: Array
    weight: Array
    factor: Array


@dataclass(frozen=True, slots=True)
class Asked:
    """What is wanted; the rest comes back with no elements.

    Attributes
    ----------
    likelihood
        `loglik` and `score`.
    curvature
        With `likelihood`.
    slope
        `slope` with `likelihood`, `integral_slope` with `integral`.
    integral
        Of x over the segments.
    path
        `intensity` and `step`.
    """

    likelihood: bool = True
    curvature: bool = False
    slope: bool = False
    integral: bool = False
    path: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Evaluated:
    """What came of it; P = 1 + K M.

    Attributes
    ----------
    loglik
        Sum over counted events of log(a'x), shape (C,).
    score
        Its slope in a: sums of x / a'x, shape (C, D, P).
    curvature
        Sums of x x' / (a'x)^2, shape (C, D, P, P).
    slope
        Slope of loglik in b, shape (C, M).
    integral
        Integrals of x, shape (Q, P).
    integral_slope
        Slopes of the memories' integrals in b, shape (Q, K M).
    intensity
        Rate of each event's own kind just before it, 0 where not counted; shape (n,).
    step
        Integrated rates since the event before (the start), shape (n, D).
    """

    loglik: Array
    score: Array
    curvature: Array
    slope: Array
    integral: Array
    integral_slope: Array
    intensity: Array
    step: Array


_REACH = 300.0


def blank(stream: Stream, rates: Rates, asked: Asked) -> Evaluated:
    """Return an answer to be filled."""
    (C, D, P), M, Q, n = rates.weight.shape, len(rates.decay), len(stream.cut), len(stream.time)

    def made(wanted: bool, *shape: int) -> Array:
        return np.zeros(shape if wanted else (0,) * len(shape))

    return Evaluated(
        made(asked.likelihood, C), made(asked.likelihood, C, D, P), made(asked.likelihood and asked.curvature, C, D, P, P),
        made(asked.likelihood and asked.slope, C, M), made(asked.integral, Q, P),
        made(asked.integral and asked.slope, Q, P - 1), made(asked.path, n), made(asked.path, n, D),
    )  # fmt: skip


def evaluate(stream: Stream, rates: Rates, asked: Asked) -> Evaluated:
    """Return what is asked for."""
    out = blank(stream, rates, asked)
    with np.errstate(divide="ignore", invalid="ignore"):
        for c in range(len(stream.until)):
            _cascade(stream, rates, asked, out, c)
    return out


def _cascade(stream: Stream, rates: Rates, asked: Asked, out: Evaluated, c: int) -> None:
    D, K, decay = rates.weight.shape[1], stream.K, rates.decay
    rows = slice(stream.row[c], stream.row[c + 1])
    time, kind = stream.time[rows], stream.kind[rows]
    segments = slice(stream.cut_row[c], stream.cut_row[c + 1])
    S, T = _memories(time, kind, time, decay, K, asked.slope)
    X = np.column_stack([np.ones(len(time)), S])
    rate = np.einsum("np,np->n", X, rates.weight[c][np.minimum(kind, D - 1)]) if len(time) else np.zeros(0)
    if asked.likelihood:
        for d in range(D):
            mine = kind == d
            x, over = X[mine], 1.0 / rate[mine]
            out.loglik[c] += np.log(rate[mine]).sum()
            out.score[c, d] = over @ x
            if asked.curvature:
                out.curvature[c, d] = (x * (over**2)[:, None]).T @ x
            if asked.slope:
                out.slope[c] -= (over @ T[mine] * rates.weight[c, d, 1:]).reshape(K, -1).sum(axis=0)
    if asked.integral:
        area, lag = _areas(stream, rates, asked.slope, c, np.append(stream.cut[segments], stream.until[c]))
        out.integral[segments] = np.diff(area, axis=0)
        if asked.slope:
            out.integral_slope[segments] = np.diff(lag, axis=0)
    if asked.path:
        holds = np.searchsorted(stream.cut[segments], time, side="right") - 1
        out.intensity[rows] = np.where(kind < D, rate * rates.factor[segments][holds], 0.0)
        points = np.unique(np.concatenate([stream.cut[segments], time]))
        area, _ = _areas(stream, rates, False, c, points)
        of = np.searchsorted(stream.cut[segments], points[:-1], side="right") - 1
        pieces = np.diff(area, axis=0) * rates.factor[segments][of][:, None]
        whole = np.concatenate([np.zeros((1, area.shape[1])), np.cumsum(pieces, axis=0)])
        reached = whole[np.searchsorted(points, np.concatenate([[0.0], time]))] @ rates.weight[c].T
        out.step[rows] = np.diff(reached, axis=0)


def _areas(stream: Stream, rates: Rates, lagged: bool, c: int, points: Array) -> tuple[Array, Array]:
    """Integrals of x from 0 to each point, and their slopes in b: ``(events so far - S) / b``."""
    rows = slice(stream.row[c], stream.row[c + 1])
    time, kind, K, M = stream.time[rows], stream.kind[rows], stream.K, len(rates.decay)
    S, T = _memories(time, kind, points, rates.decay, K, lagged)
    before = np.searchsorted(time, points, side="left")
    counts = np.concatenate([np.zeros((1, K)), np.cumsum(kind[:, None] == np.arange(K), axis=0)])[before]
    b = np.tile(rates.decay, K)
    gone = np.repeat(counts, M, axis=1) - S
    return np.column_stack([points, gone / b]), T / b - gone / b**2 if lagged else T


def _memories(time: Array, kind: Codes, points: Array, decay: Array, K: int, lagged: bool) -> tuple[Array, Array]:
    """S at each point, shape (len(points), K M), and T = sum (t - t_j) exp(-b (t - t_j)) where asked; points ascend."""
    M = len(decay)
    S = np.zeros((len(points), K, M))
    T = np.zeros((len(points), K, M) if lagged else (0, K, M))
    for m, b in enumerate(decay):
        for k in range(K):
            mine = time[kind == k]
            before = np.searchsorted(mine, points, side="left")
            _decayed(mine, points, before, float(b), (S[:, k, m], T[:, k, m] if lagged else None))
    return S.reshape(len(points), K * M), T.reshape(len(T), K * M)


def _decayed(mine: Array, points: Array, before: Codes, b: float, into: tuple[Array, Array | None]) -> None:
    """Sums over the `before` first events of `mine`, by pieces of time that start at points."""
    S, T = into
    at, end, s, t, origin, taken = 0, len(points), 0.0, 0.0, 0.0, 0
    while at < end:
        # from the last origin to this piece's: everything since fades as one
        start = float(points[at])
        older = start - mine[taken : before[at]]
        fade, gap = np.exp(-b * (start - origin)), start - origin
        weights = np.exp(-b * older)
        t = fade * (t + gap * s) + float((older * weights).sum())
        s = fade * s + float(weights.sum())
        origin, taken = start, int(before[at])
        last = int(np.searchsorted(points, start + _REACH / b, side="right"))
        ages = mine[taken : before[last - 1]] - start
        grown = np.exp(b * ages)
        sums = np.concatenate([[0.0], np.cumsum(grown)])[before[at:last] - taken]
        gaps = points[at:last] - start
        shrunk = np.exp(-b * gaps)
        S[at:last] = shrunk * (s + sums)
        if T is not None:
            aged = np.concatenate([[0.0], np.cumsum(ages * grown)])[before[at:last] - taken]
            T[at:last] = shrunk * (t + gaps * s + gaps * sums - aged)
        at = last
