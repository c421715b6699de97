"""Dividing a difference among its causes: exactly, and without an order that somebody chose."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations
from math import comb

import numpy as np

__all__ = ["logarithmic_mean", "shapley"]


def logarithmic_mean(a: float, b: float) -> float:
    """Return (a - b) / log(a / b), and a where both are equal.

    Money per log point between two prices: with it a sum of log parts becomes a sum of money parts whose total is
    exactly ``a - b``, in whatever order the parts are taken (Vartia 1976; Ang 2004, Energy Policy 32(9)).

    Parameters
    ----------
    a, b
        Positive, same unit.

    Examples
    --------
    >>> round(float(logarithmic_mean(30.0, 15.0) * np.log(30.0 / 15.0)), 12)
    15.0
    """
    low, high = min(a, b), max(a, b)
    return float(low if low == high else (high - low) / np.log1p((high - low) / low))


def shapley(players: tuple[str, ...], value: Callable[[frozenset[str]], float]) -> dict[str, float]:
    """Return each player's mean marginal contribution over all orders (Shapley 1953); the parts sum to the whole.

    Parameters
    ----------
    players
        Names, at most about 15.
    value
        Worth of a coalition.

    Examples
    --------
    >>> shapley(("a", "b"), lambda s: float(len(s)) ** 2)
    {'a': 2.0, 'b': 2.0}
    """
    n = len(players)
    worth = {frozenset(s): value(frozenset(s)) for size in range(n + 1) for s in combinations(players, size)}
    return {
        player: sum((worth[s | {player}] - worth[s]) / (n * comb(n - 1, len(s))) for s in worth if player not in s)
        for player in players
    }
