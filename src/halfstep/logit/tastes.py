"""Parameters of a mixed logit, and what they say of tastes: locations and spreads to the kernel's arrays and back."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from halfstep.core.errors import MisuseError
from halfstep.logit.points import spread_columns
from halfstep.logit.records import MixedSpec
from halfstep.logit.tasks import Array, Codes
from halfstep.native.panel import CENSORED, EXP, PLAIN, Shape, Simulated

__all__ = ["Layout", "coefficients", "layout"]

_LARGEST = 700.0
_KIND = {"fixed": PLAIN, "normal": PLAIN, "triangular": PLAIN, "lognormal": EXP, "censored": CENSORED}


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """Which parameter is what.

    Attributes
    ----------
    spec
        What is asked.
    columns
        Columns with a spread, shape (Q,).
    row, place
        Column and place among those with a spread of each spread in theta, shape (P - K,): where it stands in L.
    kind, sign
        As the kernel wants them, shape (K,).
    """

    spec: MixedSpec
    columns: Codes
    row: Codes
    place: Codes
    kind: Codes
    sign: Array

    @property
    def K(self) -> int:
        """Columns."""
        return len(self.kind)

    @property
    def scale(self) -> int:
        """Column of the scale in willingness-to-pay space, else -1."""
        return self.spec.price if self.spec.space == "wtp" and self.spec.price is not None else -1

    @property
    def own(self) -> Codes:
        """Places in theta of each spread column's own scale, the diagonal of L; shape (Q,)."""
        return self.K + np.flatnonzero(self.row == self.columns[self.place])

    @property
    def names(self) -> tuple[tuple[str, int], ...]:
        """As `MixedFit.names`."""
        across = set(self.row[self.row != self.columns[self.place]].tolist())
        linked = across | set(self.columns[self.place[np.isin(self.row, list(across))]].tolist())
        spreads = [
            (f"cholesky {k}" if k in linked else "scale", int(self.columns[q]))
            for k, q in zip(self.row.tolist(), self.place.tolist(), strict=True)
        ]
        return (*(("location", k) for k in range(self.K)), *spreads)

    def shape(self, theta: Array) -> Shape:
        """Return the kernel's arrays."""
        L = np.zeros((self.K, len(self.columns)))
        L[self.row, self.place] = theta[self.K :]
        return Shape(np.ascontiguousarray(theta[: self.K]), L, self.kind, self.sign, self.scale)

    def scores(self, found: Simulated, weight: Array) -> Array:
        """Return the weighted score of each person, shape (N, P)."""
        return np.hstack([found.location, found.spread[:, self.row, self.place]]) * weight[:, None]

    def mirrored(self, theta: Array) -> Array:
        """Return the signs that make all scales non-negative, shape (P,): each turns a column of L, and so its points."""
        turned = np.where(theta[self.own] < 0, -1.0, 1.0)
        return np.concatenate([np.ones(self.K), turned[self.place]])

    def means(self, theta: Array) -> tuple[Array, Array]:
        """Return the mean of each coefficient over people, shape (K,), and its derivative in theta, shape (K, P)."""
        b, L = theta[: self.K], self.shape(theta).L
        s = np.sqrt((L * L).sum(1))
        means, slope = b.copy(), np.eye(self.K, len(theta))
        for k in np.flatnonzero(self.kind == EXP):
            means[k] = slope[k, k] = self.sign[k] * np.exp(min(b[k] + s[k] ** 2 / 2, _LARGEST))
            at = np.flatnonzero(self.row == k)
            slope[k, self.K + at] = means[k] * theta[self.K + at]
        for k in np.flatnonzero(self.kind == CENSORED):
            own = self.K + int(np.flatnonzero(self.row == k)[0])
            z = b[k] / s[k] if s[k] > 0 else np.inf * np.sign(b[k]) if b[k] else 0.0
            density = float(np.exp(-z * z / 2) / np.sqrt(2 * np.pi))
            means[k] = self.sign[k] * (b[k] * ndtr(z) + s[k] * density)
            slope[k, k] = self.sign[k] * ndtr(z)
            slope[k, own] = self.sign[k] * density * (np.sign(theta[own]) or 1.0)
        return means, slope


def layout(spec: MixedSpec, K: int) -> Layout:
    """Return which parameter is what.

    Raises
    ------
    MisuseError
        If what is asked does not fit K columns.

    Examples
    --------
    >>> layout(MixedSpec(("normal", "fixed", "normal"), (1, 1, 1), None, correlated=True), 3).names[3:]
    (('cholesky 0', 0), ('cholesky 2', 0), ('cholesky 2', 2))
    """
    if len(spec.distribution) != K or len(spec.sign) != K:
        raise MisuseError(f"expected a distribution and a sign for each of {K} columns, got {spec}")
    if spec.space not in ("preference", "wtp") or (spec.space == "wtp" and spec.price is None):
        raise MisuseError('expected space "preference", or "wtp" and the column of price')
    columns = spread_columns(spec)
    linked = [q for q, k in enumerate(columns) if spec.correlated and spec.distribution[k] in ("normal", "lognormal")]
    pairs = [(int(k), other) for q, k in enumerate(columns) for other in (linked if q in linked else [q]) if other <= q]
    sign = np.array(spec.sign, dtype=np.float64)
    if spec.space == "wtp":
        sign[spec.price] = 1.0
    at = np.array(pairs, dtype=np.int64).reshape(-1, 2)
    kind = np.array([_KIND[d] for d in spec.distribution], dtype=np.int64)
    return Layout(spec, columns, at[:, 0], at[:, 1], kind, sign)


def coefficients(at: Layout, theta: Array, Z: Array) -> Array:
    """Return preference-space coefficients at points Z, shape (n, Q): utility is x'beta in both spaces; shape (n, K)."""
    shape = at.shape(theta)
    beta = shape.b + Z @ shape.L.T
    for k in np.flatnonzero(at.kind == EXP):
        beta[:, k] = at.sign[k] * np.exp(beta[:, k])
    for k in np.flatnonzero(at.kind == CENSORED):
        beta[:, k] = at.sign[k] * np.maximum(beta[:, k], 0.0)
    if at.scale >= 0:
        size = beta[:, at.scale].copy()
        beta *= size[:, None]
        beta[:, at.scale] = -size
    return np.asarray(beta)
