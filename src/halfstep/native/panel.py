"""Simulated choice probabilities of people who face several tasks, and their slopes: what is computed, and the NumPy twin.

Person i draws tastes beta_r, r = 1..R, and chooses in each task t with the logit probability. With d_tj the attributes of
alternative j less those of the chosen one::

    P_r  = prod_t 1 / (1 + sum_j exp(d_tj' beta_r))
    l_i  = log(1 / R sum_r P_r)

Tastes are functions of normal (or triangular) points z: ``eta = b + L z``, then by column ``eta``, ``sign exp(eta)`` or
``sign max(0, eta)``. With a scale column p (willingness-to-pay space) the others are values in money:
``beta_k = lambda f_k(eta_k)``, ``beta_p = -lambda``, lambda = f_p(eta_p).
"""

from __future__ import annotations

from dataclasses import dataclass

from halfstep.native.layout import Array, Codes

__all__ = ["CENSORED", "EXP", "PLAIN", "Panel", "Shape", "Simulated"]

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
