"""Instruments for price made from the other products in the market, and which of them say anything.

Under brand x period effects the classic sums of rivals' and of own other products' attributes vanish or are collinear
with the product's own: what is left after the effects is looked at one by one, and refused by name.

References
----------
Berry, Levinsohn & Pakes (1995), Econometrica 63(4), section 5.1: sums. Gandhi & Houde (2019), NBER working paper 26375:
local and quadratic differentiation instruments; the definitions are those of Conlon & Gortmaker (2020).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt

from halfstep.numerics.absorb import Absorber

__all__ = ["Instruments", "made_from_rivals", "nest_sizes", "screened"]

Array = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

_VANISHES = 1e-9
_COLLINEAR = 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class Instruments:
    """Excluded instruments, named.

    Attributes
    ----------
    Z
        Shape (n, L).
    names
        Such as "local rivals: power"; length L.
    vanished
        Names of those that the effects explain altogether.
    collinear
        Names of those that the attributes and earlier instruments explain, once the effects are out.
    """

    Z: Array
    names: tuple[str, ...]
    vanished: tuple[str, ...] = ()
    collinear: tuple[str, ...] = ()

    @property
    def refused(self) -> tuple[str, ...]:
        """Names of all that say nothing."""
        return (*self.vanished, *self.collinear)


def made_from_rivals(kind: str, X: Array, names: tuple[str, ...], groups: tuple[Codes, Codes, Codes]) -> Instruments:
    """Return the instruments of one kind: over the firm's other products, over rivals, over others in the nest.

    Parameters
    ----------
    kind
        "blp" (sums), "local" (numbers of products that differ by less than a standard deviation), "quadratic" (sums of
        squared differences).
    X
        Attributes of every product on offer, shape (n, K), named by `names`.
    groups
        Codes of market, firm and nest, each of shape (n,); one nest for all leaves the nest's out.
    """
    market, firm, nest = groups
    own = _joined(market, firm)
    scopes = [("own others", own), ("rivals", None)]
    if len(np.unique(nest)) > 1:
        scopes.append(("nest", _joined(market, nest)))
    found: list[tuple[str, Array]] = []
    for scope, within in scopes:
        counted = _sum(market, np.ones((len(X), 1))) - _sum(own, np.ones((len(X), 1)))
        if scope != "rivals" and within is not None:
            counted = _sum(within, np.ones((len(X), 1))) - 1
        if kind == "blp" and scope != "nest":
            found.append((f"number of {scope}", counted[:, 0]))
        part = _PARTS[kind](X, market, own if within is None else within)
        if within is None:
            part = _PARTS[kind](X, market, market) - part
        found += [(f"{kind} {scope}: {name}", part[:, k]) for k, name in enumerate(names)]
    return Instruments(np.column_stack([column for _, column in found]), tuple(name for name, _ in found))


def nest_sizes(market: Codes, nest: Codes) -> Instruments:
    """Return how many other products a product's nest holds in its market: what moves the share within the nest."""
    within = _joined(market, nest)
    others = (np.bincount(within)[within][:, None] - 1).astype(np.float64)
    return Instruments(others, ("number of nest",))


def screened(found: Instruments, X: Array, absorb: Absorber) -> Instruments:
    """Return the instruments that vary beyond the effects, the attributes and each other, in the order given.

    Parameters
    ----------
    X
        Exogenous regressors, shape (n, K).
    """
    left = absorb.residuals(np.hstack([X, found.Z]))
    basis = _orthonormal(left[:, : X.shape[1]])
    size = np.linalg.norm(found.Z - found.Z.mean(0), axis=0)
    keep, vanished, collinear = [], [], []
    for k, name in enumerate(found.names):
        column = left[:, X.shape[1] + k]
        length = float(np.linalg.norm(column))
        if length <= _VANISHES * max(float(size[k]), np.finfo(float).tiny):
            vanished.append(name)
            continue
        for _ in range(2):
            column = column - basis @ (basis.T @ column)
        if np.linalg.norm(column) <= _COLLINEAR * length:
            collinear.append(name)
            continue
        basis = np.column_stack([basis, column / np.linalg.norm(column)])
        keep.append(k)
    return Instruments(found.Z[:, keep], tuple(found.names[k] for k in keep), tuple(vanished), tuple(collinear))


def _sums(X: Array, market: Codes, within: Codes) -> Array:
    """Return sums of X over the other products of a group; shape (n, K)."""
    return _sum(within, X) - X


def _quadratic(X: Array, market: Codes, within: Codes) -> Array:
    """Return ``sum_k (x_k - x_j)^2`` over a group, by its first two moments."""
    centred = X - _sum(market, X) / _sum(market, np.ones((len(X), 1)))
    count = _sum(within, np.ones((len(X), 1)))
    return _sum(within, centred**2) - 2 * centred * _sum(within, centred) + count * centred**2


def _local(X: Array, market: Codes, within: Codes) -> Array:
    """Return how many others of a group differ by less than the standard deviation of differences within markets."""
    count = np.bincount(market).astype(np.float64)
    centred = X - _sum(market, X) / count[market][:, None]
    pairs = float((count * (count - 1)).sum())
    near = np.sqrt((2 * (count[market][:, None] * centred**2).sum(0)) / max(pairs, 1.0))
    out = np.zeros_like(X)
    size = np.bincount(within)
    for k, sd in enumerate(near):
        order = np.lexsort((X[:, k], within))
        x, group = X[order, k], within[order]
        stop = np.cumsum(size)[group]
        start = stop - size[group]
        above = _first(partial(_above, x, sd), start, stop)
        below = _first(partial(_not_below, x, sd), start, stop)
        out[order, k] = np.maximum(above - below - 1, 0)
    return out


def _above(x: Array, sd: np.float64, at: Codes) -> Mask:
    return np.asarray(x[at] - x >= sd)


def _not_below(x: Array, sd: np.float64, at: Codes) -> Mask:
    return np.asarray(x - x[at] < sd)


def _first(holds: Callable[[Codes], Mask], start: Codes, stop: Codes) -> Codes:
    """Return, row by row, the first place from start where something holds, which then holds up to stop; else stop."""
    lo, hi = start, stop
    while (lo < hi).any():
        middle = (lo + hi) // 2
        held = holds(np.minimum(middle, len(lo) - 1)) | (lo >= hi)
        lo, hi = np.where(held, lo, middle + 1), np.where(held, middle, hi)
    return hi


_PARTS = {"blp": _sums, "local": _local, "quadratic": _quadratic}


def _sum(codes: Codes, columns: Array) -> Array:
    """Return each row's group total; shape (n, K)."""
    return np.stack([np.bincount(codes, column)[codes] for column in columns.T], axis=1)


def _joined(left: Codes, right: Codes) -> Codes:
    codes: Codes = np.unique(left * (int(right.max()) + 1) + right, return_inverse=True)[1].reshape(-1).astype(np.int64)
    return codes


def _orthonormal(columns: Array) -> Array:
    """Return an orthonormal basis of some columns."""
    unit = columns / np.maximum(np.linalg.norm(columns, axis=0), np.finfo(float).tiny)
    vectors, size, _ = np.linalg.svd(unit, full_matrices=False)
    return np.asarray(vectors[:, size > _VANISHES])
