"""Integration nodes for independent standard normals, symmetric about zero.

A taste ``sigma_k nu_k`` has the same law under ``sigma_k`` and ``-sigma_k``; an objective knows that only if its nodes do.
Three kinds of symmetry: "each" (a set of nodes stays itself when one coordinate changes sign: no sigma's sign can
matter), "pair" (only when all change sign together), "none".

=====================  ========  =======================================================================
rule                   symmetry  `size`
=====================  ========  =======================================================================
product                each      Gauss-Hermite points in each dimension
sparse                 each      level L, exact for polynomials of total degree 2L - 1; weights may be negative
halton reflected       each      points, a multiple of 2^R: every point in all its 2^R reflections
halton antithetic      pair      points, even: nu, then -nu
halton                 none      points, for comparison
=====================  ========  =======================================================================

Negative weights (`Nodes.positive`) can make shares negative and the matrices of the inversion indefinite: take the
sparse rule for means of smooth functions, not for shares, unless you know why.

References
----------
Heiss & Winschel (2008), Journal of Econometrics 144(1), 62-80 (sparse grids in estimation). Genz & Keister (1996),
Journal of Computational and Applied Mathematics 71(2), 299-309 (nested rules for the normal). Smolyak (1963), Doklady
Akademii Nauk SSSR 148(5), 1042-1045. Owen (2017), arXiv:1706.02808 (randomized Halton).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from itertools import product
from math import ceil, comb, factorial, log, prod
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

from halfstep.core.errors import MisuseError

__all__ = ["Buyers", "Nodes", "Rule", "Symmetry", "joined", "nodes", "primes"]

Array = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]
Rule = Literal["product", "sparse", "halton reflected", "halton antithetic", "halton"]
Symmetry = Literal["each", "pair", "none"]

_MOST = 4_000_000
_ADDED = (1, 2, 6, 10)
_EXACT = (1, 5, 15, 29)


@dataclass(frozen=True, slots=True, eq=False)
class Nodes:
    """Points and weights that stand for R independent standard normals.

    Attributes
    ----------
    points
        Shape (I, R).
    weights
        Shape (I,), sum one.
    rule
        How they were made.
    symmetry
        Which changes of sign leave them as they are.
    block
        Consecutive points that belong together: 2 of a pair, 2^R reflections, all of a product or sparse rule, else 1.
    """

    points: Array
    weights: Array
    rule: Rule
    symmetry: Symmetry
    block: int

    @property
    def positive(self) -> bool:
        """Whether no weight is negative."""
        return bool((self.weights > 0).all())


@dataclass(frozen=True, slots=True, eq=False)
class Buyers:
    """Nodes met with demographic draws, market after market.

    Attributes
    ----------
    buyer
        Offsets of the markets, shape (T + 1,).
    w
        Weights, shape (A,), summing in each market to what its draws' weights sum to.
    nu
        Shape (R, A).
    demographics
        Shape (D, A).
    """

    buyer: Codes
    w: Array
    nu: Array
    demographics: Array


def nodes(rule: Rule, dimensions: int, size: int, rng: np.random.Generator) -> Nodes:
    """Return nodes for `dimensions` independent standard normals.

    Parameters
    ----------
    size
        Points in each dimension (product), level (sparse), or points in all (halton).
    rng
        Scrambles the Halton rules; product and sparse leave it untouched.

    Examples
    --------
    >>> made = nodes("product", 2, 3, np.random.default_rng(0))
    >>> made.points.shape, round(float(made.weights @ made.points[:, 0] ** 4), 12)
    ((9, 2), 3.0)
    """
    if dimensions < 1 or size < 1:
        raise MisuseError(f"expected at least one dimension and size 1, got {dimensions} and {size}")
    if rule == "product":
        points, weights = _product(dimensions, size)
        return Nodes(points, weights, rule, "each", len(weights))
    if rule == "sparse":
        points, weights = _sparse(dimensions, size)
        return Nodes(points, weights, rule, "each", len(weights))
    signs, symmetry = _signs(rule, dimensions)
    block = len(signs)
    if size % block or size * dimensions > _MOST:
        raise MisuseError(f'expected a multiple of {block} points for "{rule}" in {dimensions} dimensions, got {size}')
    base = ndtri(_halton(dimensions, size // block, rng))
    points = (base[:, None, :] * signs).reshape(size, dimensions)
    return Nodes(points, np.full(size, 1 / size), rule, symmetry, block)


def joined(drawn: Nodes, market: Codes, demographics: Array, weights: Array, how: Literal["cross", "pair"]) -> Buyers:
    """Let nodes meet demographic draws.

    Crossed, each draw meets all nodes. Paired, each draw meets one block of nodes of its own (both of a pair, all
    reflections of a point, all of a product rule), the next draw the next block, over all markets in order, from the
    first again where blocks run out; so the symmetry of the nodes holds for every draw.

    Parameters
    ----------
    market
        Offsets of the markets in the draws, shape (T + 1,).
    demographics
        Shape (D, n); without demographics no rows and one draw in each market.
    weights
        Of the draws, shape (n,).

    Examples
    --------
    >>> pair = nodes("halton antithetic", 1, 4, np.random.default_rng(0))
    >>> income = np.array([[10.0, 20.0, 30.0]])
    >>> met = joined(pair, np.array([0, 3]), income, np.full(3, 1 / 3), "pair")
    >>> met.demographics[0].tolist(), met.nu[0, 4:].tolist() == met.nu[0, :2].tolist()
    ([10.0, 10.0, 20.0, 20.0, 30.0, 30.0], True)
    """
    n = demographics.shape[1]
    if len(weights) != n or market[-1] != n:
        raise MisuseError(f"expected weights and offsets for {n} draws, got {len(weights)} and {market[-1]}")
    met = len(drawn.weights) if how == "cross" else drawn.block
    first = np.zeros(n, dtype=np.int64) if how == "cross" else np.arange(n) * met % len(drawn.weights)
    node = first[:, None] + np.arange(met)
    share = drawn.weights[node]
    w = weights[:, None] * share / share.sum(1, keepdims=True)
    return Buyers(
        np.asarray(market, dtype=np.int64) * met, w.ravel(), np.ascontiguousarray(drawn.points[node.ravel()].T),
        np.repeat(demographics, met, axis=1),
    )  # fmt: skip


def _product(dimensions: int, size: int) -> tuple[Array, Array]:
    if size**dimensions * dimensions > _MOST:
        raise MisuseError(f"expected at most {_MOST} figures, got {size}^{dimensions} points: take sparse or halton")
    x, w = np.polynomial.hermite_e.hermegauss(size)
    x, w = (x - x[::-1]) / 2, (w + w[::-1]) / 2
    place = np.indices((size,) * dimensions).reshape(dimensions, -1).T
    weights = (w / w.sum())[place].prod(1)
    return np.asarray(x[place]), np.asarray(weights / weights.sum())


def _signs(rule: Rule, dimensions: int) -> tuple[Array, Symmetry]:
    """Return the signs that each point is taken with, shape (block, R), and the symmetry that follows."""
    if rule == "halton":
        return np.ones((1, dimensions)), "none"
    if rule == "halton antithetic":
        return np.array([[1.0], [-1.0]]) * np.ones(dimensions), "each" if dimensions == 1 else "pair"
    if rule != "halton reflected":
        raise MisuseError(f'expected a rule among product, sparse and the Halton ones, got "{rule}"')
    if dimensions > 16:
        raise MisuseError(f'expected at most 16 dimensions for "{rule}", got {dimensions}: take pairs')
    return np.array(list(product((1.0, -1.0), repeat=dimensions))), "each"


def _halton(dimensions: int, size: int, rng: np.random.Generator) -> Array:
    """Return a Halton sequence in (0, 1) with an independent random permutation of each digit, shape (size, R)."""
    points = np.empty((size, dimensions))
    for column, base in enumerate(primes(dimensions)):
        left, unit = np.arange(size), 1.0
        value = np.zeros(size)
        for _ in range(ceil(53 * log(2) / log(base))):
            unit /= base
            value += unit * rng.permutation(base)[left % base]
            left = left // base
        points[:, column] = value + unit / 2
    return np.clip(points, np.finfo(float).tiny, 1 - np.finfo(float).epsneg)


def primes(count: int) -> list[int]:
    """Return the first primes."""
    found: list[int] = []
    n = 2
    while len(found) < count:
        if all(n % p for p in found):
            found.append(n)
        n += 1
    return found


def _sparse(dimensions: int, level: int) -> tuple[Array, Array]:
    """Return Smolyak's combination of the nested rules; points are kept as places in the largest rule, so merge exactly."""
    if 2 * level - 1 > _EXACT[-1]:
        raise MisuseError(f"expected a level of at most {(_EXACT[-1] + 1) // 2}, got {level}")
    x, rules = _nested()
    rule_of = [next(k for k, exact in enumerate(_EXACT) if exact >= 2 * at - 1) for at in range(1, level + 1)]
    total: dict[tuple[int, ...], float] = {}
    for above in range(max(0, level - dimensions), level):
        # `above`: how far the levels of the dimensions, together, are over one each
        sign = (-1) ** (level - 1 - above) * comb(dimensions - 1, level - 1 - above)
        for levels in _levels(dimensions, above):
            parts = [rules[rule_of[k]] for k in levels]
            for place in product(*(range(len(w)) for w in parts)):
                total[place] = total.get(place, 0.0) + sign * prod(w[k] for w, k in zip(parts, place, strict=True))
            if len(total) * dimensions > _MOST:
                raise MisuseError(f"expected a smaller level in {dimensions} dimensions, got {level}: take halton")
    places = [place for place, w in total.items() if abs(w) > 1e-15]
    weights = np.array([total[place] for place in places])
    return x[np.array(places)], weights / weights.sum()


def _levels(dimensions: int, above: int) -> Iterator[tuple[int, ...]]:
    """Yield every way to share `above` among the dimensions."""
    if dimensions == 1:
        yield (above,)
        return
    for own in range(above + 1):
        for rest in _levels(dimensions - 1, above - own):
            yield (own, *rest)


@cache
def _nested() -> tuple[Array, tuple[list[float], ...]]:
    """Return the points of Genz and Keister's nested rules (1, 3, 9, 19 points) and each rule's weights.

    Each rule adds the roots of an even polynomial E with ``E[omega(x) E(x) x^k] = 0`` for k below its degree, omega the
    polynomial of the points so far; coefficients in fractions, as the moments of the normal are whole.
    """
    x, omega, rules = np.zeros(1), [Fraction(0), Fraction(1)], [[1.0]]
    for added in _ADDED[1:]:
        half = added // 2
        rows = [
            [sum((c * _moment(m + k + 2 * e) for m, c in enumerate(omega)), Fraction(0)) for e in range(half + 1)]
            for k in range(1, added, 2)
        ]
        E = [c for pair in zip([*_solved(rows), Fraction(1)], [Fraction(0)] * (half + 1), strict=True) for c in pair]
        E.pop()
        squares = np.roots([float(c) for c in E[::-2]])
        roots = np.sqrt(np.sort(squares.real))
        x = np.concatenate([x, np.column_stack([roots, -roots]).ravel()])
        omega = _multiplied(omega, E)
        rules.append(_weights(x))
    return x, tuple(rules)


def _moment(k: int) -> int:
    """Return ``E[nu^k]``."""
    return 0 if k % 2 else factorial(k) // (2 ** (k // 2) * factorial(k // 2))


def _solved(rows: list[list[Fraction]]) -> list[Fraction]:
    """Solve for e in ``sum_e row_e e + row_last = 0`` by elimination in fractions."""
    rows = [[*row[:-1], -row[-1]] for row in rows]
    for k in range(len(rows)):
        pivot = next(r for r in range(k, len(rows)) if rows[r][k] != 0)
        rows[k], rows[pivot] = rows[pivot], rows[k]
        rows[k] = [value / rows[k][k] for value in rows[k]]
        for r in range(len(rows)):
            if r != k:
                rows[r] = [a - rows[r][k] * b for a, b in zip(rows[r], rows[k], strict=True)]
    return [row[-1] for row in rows]


def _multiplied(a: list[Fraction], b: list[Fraction]) -> list[Fraction]:
    out = [Fraction(0)] * (len(a) + len(b) - 1)
    for i, ai in enumerate(a):
        for j, bj in enumerate(b):
            out[i + j] += ai * bj
    return out


def _weights(x: Array) -> list[float]:
    """Return the weights that integrate every polynomial of degree below the number of points."""
    scale = np.sqrt([float(factorial(k)) for k in range(len(x))])
    V = np.polynomial.hermite_e.hermevander(x, len(x) - 1) / scale
    w = np.linalg.solve(V.T, np.eye(len(x))[0])
    w[1::2] = w[2::2] = (w[1::2] + w[2::2]) / 2
    return [float(v) for v in w]
