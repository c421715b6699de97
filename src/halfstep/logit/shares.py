"""Preference shares of a line-up, and where buyers would go: means over people of logit probabilities (McFadden 1974).

Tastes B are of people, of draws of people, or of classes; w says how many each stands for. Errors come from parameter draws:
the same figures for B (and w) made anew from each draw of the parameters.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from halfstep.core.errors import MisuseError
from halfstep.logit.tasks import Array

__all__ = ["Drawn", "People", "chunks", "drawn", "shares", "shares_with_error", "switching"]

People = tuple[Array, Array | None]
"""Tastes, shape (n, K), and the weight of each, shape (n,); None where all weigh alike."""

_CELLS = 1 << 19


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """A figure with what parameter draws say of its error.

    Attributes
    ----------
    value
        At the estimate.
    error
        Standard deviation over draws.
    lo, hi
        Quantiles of the draws.
    draws
        The figure under each draw, one more leading axis.
    """

    value: Array
    error: Array
    lo: Array
    hi: Array
    draws: Array


def shares(X: Array, B: Array, w: Array | None = None) -> Array:
    """Return the share of each alternative, shape (J,).

    ``s_j = sum_i w_i exp(x_j'b_i) / sum_k exp(x_k'b_i)``, with weights that sum to one.

    Parameters
    ----------
    X
        Attributes of the line-up, shape (J, K); "none of these" is a row like any other.
    B
        Tastes, shape (n, K).
    w
        Weights, shape (n,); equal if absent.

    Examples
    --------
    Two people, one who sees no difference and one who prefers the first three to one:

    >>> shares(np.array([[1.0], [0.0]]), np.array([[0.0], [np.log(3.0)]]))
    array([0.625, 0.375])
    """
    total = np.zeros(len(X))
    for b, weight in chunks(B, w, len(X)):
        total += weight @ _logit(b @ X.T)
    return total


def shares_with_error(X: Array, estimate: People, draws: Iterable[People], level: float = 0.95) -> Drawn:
    """Return shares with the error that parameter draws give them.

    Parameters
    ----------
    estimate
        Tastes and weights at the estimate.
    draws
        The same from each draw of the parameters; made one by one if it is a generator.
    """
    return drawn(shares(X, *estimate), [shares(X, *people) for people in draws], level)


def drawn(value: Array, draws: list[Array], level: float) -> Drawn:
    """Return a figure with the spread and the quantiles of its draws.

    Raises
    ------
    MisuseError
        If there are fewer than two draws.
    """
    if len(draws) < 2:
        raise MisuseError(f"expected two draws of the parameters or more, got {len(draws)}")
    table = np.stack(draws)
    lo, hi = np.quantile(table, [(1 - level) / 2, (1 + level) / 2], axis=0)
    return Drawn(value, table.std(axis=0, ddof=1), lo, hi, table)


def switching(X: Array, B: Array, w: Array | None = None) -> Array:
    """Return the share of buyers of each alternative (row) who would take each other one were theirs withdrawn, (J, J).

    ``D_jk = sum_i w_i s_ij s_ik / (1 - s_ij) / sum_i w_i s_ij`` (Conlon & Mortimer 2021, second-choice diversion). Rows sum
    to one; the diagonal is zero.

    Raises
    ------
    MisuseError
        If there are fewer than two alternatives.

    Examples
    --------
    In a plain logit the others gain in proportion to their shares:

    >>> switching(np.array([[0.0], [0.0], [1.0]]), np.array([[np.log(2.0)]])).round(3)
    array([[0.   , 0.333, 0.667],
           [0.333, 0.   , 0.667],
           [0.5  , 0.5  , 0.   ]])
    """
    J = len(X)
    if J < 2:
        raise MisuseError(f"expected two alternatives or more, got {J}: nobody can switch")
    table, top = np.zeros((J, J)), np.full(J, -np.inf)
    bought = np.zeros(J)
    for b, weight in chunks(B, w, J):
        U = b @ X.T
        U -= U.max(axis=1, keepdims=True)
        log_buyers = U - np.log(np.exp(U).sum(axis=1, keepdims=True)) + np.log(weight)[:, None]
        higher = np.maximum(top, log_buyers.max(axis=0))
        kept = np.exp(top - higher)
        table, bought, top = table * kept[:, None], bought * kept, higher
        for j in range(J):
            buyers, rest = np.exp(log_buyers[:, j] - higher[j]), U.copy()
            rest[:, j] = -np.inf
            table[j] += buyers @ _logit(rest)
            bought[j] += buyers.sum()
    return table / bought[:, None]


def chunks(B: Array, w: Array | None, width: int) -> Iterator[tuple[Array, Array]]:
    """Yield people with weights that sum to one over all, as many at a time as keep n x width small; no weightless ones."""
    if w is None:
        w = np.full(len(B), 1.0 / len(B))
    elif (w < 0).any() or len(w) != len(B) or w.sum() <= 0:
        raise MisuseError(f"expected {len(B)} weights, none below zero and some above; got {len(w)}, sum {w.sum():g}")
    B, w = (B, w / w.sum()) if (w > 0).all() else (B[w > 0], w[w > 0] / w.sum())
    size = max(1, _CELLS // max(width, 1))
    for start in range(0, len(B), size):
        yield B[start : start + size], w[start : start + size]


def _logit(U: Array) -> Array:
    E = np.exp(U - U.max(axis=1, keepdims=True))
    return np.asarray(E / E.sum(axis=1, keepdims=True))
