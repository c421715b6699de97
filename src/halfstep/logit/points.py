"""Points at which simulated choice probabilities are averaged: scrambled Halton sequences and MLHS.

References
----------
Owen (2017), arXiv:1706.02808: a Halton sequence with a random permutation of each digit. Train (2009), Discrete Choice Methods
with Simulation, chapter 9: a stretch of it for each person. Hess, Train & Polak (2006), Transportation Research B 40(2),
147-163: modified Latin hypercube sampling.
"""

from __future__ import annotations

from math import ceil, log

import numpy as np
from scipy.special import ndtri

from halfstep.core.errors import MisuseError
from halfstep.logit.records import MixedSpec
from halfstep.logit.tasks import Array, Codes
from halfstep.numerics.nodes import primes

__all__ = ["points", "spread_columns"]

_TABLE = 4096
_BITS = 53 * log(2)


def spread_columns(spec: MixedSpec) -> Codes:
    """Return the columns whose coefficient differs between people, shape (Q,)."""
    return np.array([k for k, kind in enumerate(spec.distribution) if kind != "fixed"], dtype=np.int64)


def points(N: int, Q: int, spec: MixedSpec) -> Array:
    """Return the points of each person, draw and column with a spread, shape (N, R, Q).

    They are normal, but of triangular columns triangular on [-1, 1]. The second half of antithetic points is minus the first.

    Raises
    ------
    MisuseError
        If Q is not the number of columns with a spread.

    Examples
    --------
    >>> made = points(50, 1, MixedSpec(("normal", "fixed"), (1, 1), None, draws=200))
    >>> made.shape, round(float(made.std()), 2)
    ((50, 200, 1), 1.0)
    """
    columns = spread_columns(spec)
    if len(columns) != Q:
        raise MisuseError(f"expected points for the {len(columns)} columns with a spread, got {Q}")
    rng = np.random.default_rng(spec.seed)
    own = -(-spec.draws // 2) if spec.antithetic else spec.draws
    bases = primes(Q)
    Z = np.empty((N, spec.draws, Q))
    for q, k in enumerate(columns):
        u = _halton(bases[q], N * own, rng).reshape(N, own) if spec.points == "halton" else _hypercube(N, own, rng)
        np.clip(u, np.finfo(float).tiny, 1 - np.finfo(float).epsneg, out=u)
        z = _triangular(u) if spec.distribution[k] == "triangular" else ndtri(u, out=u)
        Z[:, :own, q] = z
        Z[:, own:, q] = -z[:, : spec.draws - own]
    return Z


def _halton(base: int, size: int, rng: np.random.Generator) -> Array:
    """Return the first terms of a scrambled van der Corput sequence in (0, 1), shape (size,).

    Term i is a sum over its digits: those of the low digits and those of the high digits are each a table.
    """
    low = max(1, int(log(_TABLE) / log(base)))
    high = -(-size // base**low)
    tables = [np.zeros(base**low), np.zeros(high)]
    left, unit = [np.arange(base**low), np.arange(high)], 1.0
    for digit in range(ceil(_BITS / log(base))):
        part = int(digit >= low)
        unit /= base
        tables[part] += unit * rng.permutation(base)[left[part] % base]
        left[part] = left[part] // base
    tables[0] += unit / 2
    return np.asarray((tables[1][:, None] + tables[0]).ravel()[:size])


def _hypercube(N: int, R: int, rng: np.random.Generator) -> Array:
    """Return R evenly spaced figures with a common random shift for each person, shuffled, shape (N, R)."""
    even = (np.arange(R) + rng.random((N, 1))) / R
    return np.asarray(rng.permuted(even, axis=1, out=even))


def _triangular(u: Array) -> Array:
    """Return what the uniform u is under the triangular distribution on [-1, 1]."""
    return np.where(u < 0.5, np.sqrt(2 * u) - 1, 1 - np.sqrt(2 * (1 - u)))
