"""Simulated choice probabilities of people who face several tasks, and their slopes: what is computed, and the NumPy twin.

Person i draws tastes beta_r, r = 1..R, and chooses in each task t with the logit probability. With d_tj the attributes of
alternative j less those of the chosen one::

    P_r  = prod_t 1 / (1 + sum_j exp(d_tj' beta_r))
    l_i  = log(1 / R sum_r P_r)

Tastes are functions of normal (or triangular) points z: ``eta = b + L z``, then by column ``eta``, ``sign exp(eta)`` or
``sign max(0, eta)``. With a scale column p (willingness-to-pay space) the others are values in money:
``beta_k = lambda f_k(eta_k)``, ``beta_p = -lambda``, lambda = f_p(eta_p). Above exp(300) an exponential stays
there; a person with a coefficient that is not finite gets NaN.

Here people whose tasks have the same lengths are taken together, in pieces that a processor's cache holds. Draws are
summed with weights ``exp(log P_r - top)``, top being the largest log P_r so far.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from halfstep.native.layout import Array, Codes

__all__ = ["CENSORED", "EXP", "PLAIN", "Panel", "Shape", "Simulated", "simulate"]

PLAIN, EXP, CENSORED = 0, 1, 2
"""What makes a coefficient of eta: eta itself, sign exp(eta), sign max(0, eta)."""


@dataclass(frozen=True, slots=True, eq=False)
class Panel:
    """Tasks as differences from the chosen alternative, and the points.

    Attributes
    ----------
    D
        Shape (m, K).
    row
        Offsets of the tasks' rows, shape (T + 1,).
    task
        Offsets of the people's tasks, shape (N + 1,).
    Z
        Points, shape (N, R, Q): of each person, draw, and column with a spread.
    """

    D: Array
    row: Codes
    task: Codes
    Z: Array


@dataclass(frozen=True, slots=True, eq=False)
class Shape:
    """How points become tastes.

    Attributes
    ----------
    b
        Shape (K,).
    L
        Shape (K, Q).
    kind
        PLAIN, EXP or CENSORED, shape (K,).
    sign
        1 or -1, shape (K,).
    scale
        Column p of willingness-to-pay space; -1 in preference space.
    """

    b: Array
    L: Array
    kind: Codes
    sign: Array
    scale: int = -1


@dataclass(frozen=True, slots=True, eq=False)
class Simulated:
    """Log likelihood of each person and its derivatives.

    Attributes
    ----------
    loglik
        Shape (N,).
    location
        In b, shape (N, K).
    spread
        In L, shape (N, K, Q).
    """

    loglik: Array
    location: Array
    spread: Array


_CELLS = 1 << 17
_UNSHIFTED, _MOST, _HIGHEST = 500.0, 300.0, 700.0


def simulate(panel: Panel, shape: Shape) -> Simulated:
    """Return log likelihoods and their slopes."""
    (N, R, Q), K = panel.Z.shape, len(shape.b)
    out = Simulated(np.empty(N), np.empty((N, K)), np.empty((N, K, Q)))
    with np.errstate(all="ignore"):
        for people, rows, layers in _alike(panel):
            D = panel.D[panel.row[panel.task[people]][:, None] + rows]
            sums = _Sums.of(len(people), K, Q)
            step = max(64, _CELLS // max(1, len(rows)))
            for r in range(0, R, step):
                sums.add(D, layers, panel.Z[people, r : r + step], shape)
            out.loglik[people] = sums.top + np.log(sums.total / R)
            out.location[people] = sums.location / sums.total[:, None]
            out.spread[people] = sums.spread / sums.total[:, None, None]
    return out


def _alike(panel: Panel) -> Iterator[tuple[Codes, Codes, list[int]]]:
    """People whose tasks have the same lengths, no more at once than fill the cache; their rows by layers.

    Tasks stand by falling length. The first layer has the first row of every task, the second the second of those that
    have one, and so on; what is given are the rows' places in a person, and how many each layer has.
    """
    length, found = np.diff(panel.row), dict[bytes, list[int]]()
    for i, (first, end) in enumerate(zip(panel.task[:-1], panel.task[1:], strict=True)):
        found.setdefault(length[first:end].tobytes(), []).append(i)
    for lengths, people in found.items():
        of = np.frombuffer(lengths, dtype=length.dtype)
        order = np.argsort(-of, kind="stable")
        first = (np.cumsum(of) - of)[order]
        layers = [int((of > j).sum()) for j in range(of.max(initial=0))]
        rows = np.concatenate([np.zeros(0, dtype=np.int64), *(first[:n] + j for j, n in enumerate(layers))])
        step = max(1, _CELLS // max(1, len(rows) * panel.Z.shape[1]))
        for at in range(0, len(people), step):
            yield np.array(people[at : at + step]), rows, layers


@dataclass(slots=True, eq=False)
class _Sums:
    """Sums over the draws of n people, each draw weighted exp(log P - top).

    Attributes
    ----------
    top, total
        Shape (n,).
    location, spread
        Shapes (n, K) and (n, K, Q).
    """

    top: Array
    total: Array
    location: Array
    spread: Array

    @classmethod
    def of(cls, n: int, K: int, Q: int) -> _Sums:
        """No draws yet."""
        return cls(np.full(n, -np.inf), np.zeros(n), np.zeros((n, K)), np.zeros((n, K, Q)))

    def add(self, D: Array, layers: list[int], Z: Array, shape: Shape) -> None:
        """Add the draws at points Z, shape (n, r, Q), of rows D, shape (n, m, K)."""
        f, slope = _tastes(shape.L @ Z.transpose(0, 2, 1) + shape.b[:, None], shape)
        beta, p = f, shape.scale
        if p >= 0:
            beta = f * f[:, p : p + 1]
            beta[:, p] = -f[:, p]
        log_P, g = _choices(D, layers, beta)
        log_P += 0.0 * beta.sum(axis=1)  # NaN where a coefficient is not finite, whatever was chosen
        if p >= 0:
            by_scale = (g * f).sum(axis=1) - g[:, p] * (f[:, p] + 1.0)
            g *= f[:, p : p + 1]
            g[:, p] = by_scale
        g *= slope
        top = np.maximum(self.top, log_P.max(axis=1))
        kept, w = np.exp(self.top - top), np.exp(log_P - top[:, None])
        g *= w[:, None]
        self.top, self.total = top, self.total * kept + w.sum(axis=1)
        self.location = self.location * kept[:, None] + g.sum(axis=2)
        self.spread = self.spread * kept[:, None, None] + g @ Z


def _tastes(eta: Array, shape: Shape) -> tuple[Array, Array]:
    """f(eta), in its place, and its slope; shape (n, K, r)."""
    f, slope = eta, np.ones_like(eta)
    for k in np.flatnonzero(shape.kind):
        if shape.kind[k] == EXP:
            f[:, k] = slope[:, k] = shape.sign[k] * np.exp(np.minimum(eta[:, k], _MOST))
        else:
            slope[:, k] = shape.sign[k] * (eta[:, k] > 0.0)
            f[:, k] = shape.sign[k] * np.maximum(eta[:, k], 0.0)
    return f, slope


def _choices(D: Array, layers: list[int], beta: Array) -> tuple[Array, Array]:
    """Log probability of each draw, shape (n, r), and its slope in beta, shape (n, K, r)."""
    V = D @ beta
    ends = np.cumsum(layers)
    parts = [V[:, end - n : end] for end, n in zip(ends, layers, strict=True)]
    S = np.ones((len(V), max(layers, default=0), V.shape[2]))
    log_P = np.zeros((len(V), V.shape[2]))
    most = V.max(initial=0.0)
    if not most < _UNSHIFTED:
        top = np.zeros_like(S)
        for part in parts:
            np.maximum(top[:, : part.shape[1]], part, out=top[:, : part.shape[1]])
        for part in parts:
            part -= top[:, : part.shape[1]]
        np.exp(-top, out=S)
        log_P -= top.sum(axis=1)
        most = 0.0
    np.exp(V, out=V)
    for part in parts:
        S[:, : part.shape[1]] += part
    many = int(_HIGHEST / (most + np.log1p(len(layers) + 1.0)))  # so many factors cannot overflow
    for t in range(0, S.shape[1], many):
        log_P -= np.log(S[:, t : t + many].prod(axis=1))
    np.reciprocal(S, out=S)
    for part in parts:
        part *= S[:, : part.shape[1]]
    return log_P, -(D.transpose(0, 2, 1) @ V)
