"""Micro moments: what surveys of buyers say of who buys what, beside what market shares say.

A moment is a mean over those whose first choice lies in a group g of products (or is nothing), in the markets of a survey::

    v = sum_t omega_t sum_i w_i sum_{j in g} P_ij value_ij / sum_t omega_t sum_i w_i sum_{j in g} P_ij

with value y_i (a demographic), ``x_j y_i``, or the probability that the second choice lies in a group h; a covariance of x
and y is formed of three such means. Weights w come from the buyers, omega from the survey.

Slopes are total: along theta, mean utilities move by D so that shares stay as observed, ``dP_ij = P_ij (H_ij - sum_k P_ik
H_ik)`` with ``H_ij = D_jp + G_pi X_j,c(p)`` (`micro_sums`).

References
----------
Petrin (2002), Journal of Political Economy 110(4). Berry, Levinsohn & Pakes (2004), Journal of Political Economy 112(1).
Conlon & Gortmaker (2025), Journal of Econometrics: the framework, of which these moments are the usual cases.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations_with_replacement

import numpy as np

from halfstep.blp.micro_sums import Sums, sums_of
from halfstep.blp.second_choices import diversion
from halfstep.blp.surveys import Group, MicroMoment, MicroSpec, Survey
from halfstep.core.errors import MisuseError
from halfstep.native.choices import Batch, Choices, batches, choices, utilities
from halfstep.native.layout import Array, Markets, Products, Tastes

__all__ = ["Group", "MicroMoment", "MicroSpec", "Survey", "micro_covariance", "micro_values"]

_WHOLE, _ALIKE, _CELLS = 1e-9, 1e-12, 100_000


def micro_values(
    markets: Markets,
    products: Products,
    tastes: Tastes,
    point: tuple[Array, Array],
    spec: MicroSpec,
    demographics: Array,
) -> tuple[Array, Array]:
    """Return the model's values of the moments and their total slopes along theta, shapes (M,) and (M, P).

    Parameters
    ----------
    point
        delta (N,) and ``d delta / d theta``, (N, P), with nests (N, P + 1).
    demographics
        Shape (D, A).

    Raises
    ------
    MisuseError
        If nobody chooses in a group, or a moment on nothing meets buyers whose weights do not sum to one.
    """
    of, n, N = _summed(markets, products, tastes, point, spec, demographics)
    v, V = np.empty(len(of)), np.empty((len(of), N.shape[1]))
    for m, (moment, (base, *tops)) in enumerate(zip(spec.moments, of, strict=True)):
        ratio = n[tops] / n[base]
        slope = (N[tops] - ratio[:, None] * N[base]) / n[base]
        v[m], V[m] = ratio[0], slope[0]
        if moment.kind == "covariance":
            v[m], V[m] = v[m] - ratio[1] * ratio[2], V[m] - ratio[2] * slope[1] - ratio[1] * slope[2]
    return v, V


def micro_covariance(
    markets: Markets,
    products: Products,
    tastes: Tastes,
    point: tuple[Array, Array],
    spec: MicroSpec,
    demographics: Array,
) -> Array:
    """Return the covariance of the observed moments that sampling gives, shape (M, M).

    A respondent contributes ``psi = value - v`` to a moment, for a covariance ``(x - E x)(y - E y) - v``, and nothing to
    one whose group does not hold his choice, so::

        Var_m  = E[psi_m^2 | group of m] / n_m, or the given standard error squared
        Cov_ml = sqrt(Var_m Var_l) E[psi_m psi_l] / sqrt(E psi_m^2 E psi_l^2) in one survey, else zero

    With ``n_m`` the observations of a data set times the probability of the group this is Conlon & Gortmaker's (2025)
    delta method. Beside the moments of N rows the block of S is N times this, and its inverse the block of the optimal
    weight matrix.

    Parameters
    ----------
    point, demographics
        As in `micro_values`.

    Raises
    ------
    MisuseError
        If all answers to a moment are alike, so that it has no spread.
    """
    of, n, _ = _summed(markets, products, tastes, point, spec, demographics)
    mean = [n[tops] / n[base] for base, *tops in of]
    M = len(spec.moments)
    cross = np.zeros((M, M))
    for batch, at in _covered(markets, products, tastes, point[0], spec):
        terms = [_terms(moment, mean[m], batch, demographics) for m, moment in enumerate(spec.moments)]
        joint = _Joint(at, batch, {})
        for a, b in combinations_with_replacement(range(M), 2):
            survey = spec.moments[a].survey
            if survey == spec.moments[b].survey:
                weight = spec.moments[a].asked(spec.surveys[survey], batch)
                if (only := spec.moments[b].markets) is not None:
                    weight = weight * only[batch.market][:, None]
                cross[a, b] += sum(joint.sum(x, y, weight) for x in terms[a] for y in terms[b])
    cross = np.triu(cross) + np.triu(cross, 1).T
    spread = np.sqrt(np.diag(cross))
    size = np.array([n[base] for base, *_ in of])
    if (still := np.flatnonzero(spread <= _ALIKE * np.sqrt(size))).size:
        raise MisuseError(
            f"expected answers that can differ, got micro moments {still.tolist()} in which all are alike"
        )
    sd = np.array([
        moment.error if moment.error is not None else spread[m] / np.sqrt(size[m] * (moment.observations or 1.0))
        for m, moment in enumerate(spec.moments)
    ])  # fmt: skip
    return np.asarray(cross * np.outer(sd / spread, sd / spread))


@dataclass(frozen=True, slots=True, eq=False)
class _Part:
    """A sum over buyers: of those with a first choice in a group (and a second in another), times y and x."""

    moment: MicroMoment
    y: int | None = None
    x: Array | None = None
    second: Group | None = None

    @property
    def key(self) -> tuple[int | None, ...]:
        """What is the same of two moments that share the sum."""
        own = self.moment
        return own.survey, id(own.group), id(own.markets), self.y, id(self.x), id(self.second)

    def at(self, batch: Batch, sums: Sums, weight: Array) -> tuple[float, Array]:
        """Return the sum over a batch and its slopes."""
        a = _in(self.moment.group, batch)
        if self.second is not None:
            return sums.second(a, _in(self.second, batch), self.second.nothing, weight)
        if self.x is not None:
            a = a * self.x[batch.rows][:, :, None]
        return sums.first(a, self.moment.group.nothing, weight)


def _summed(
    markets: Markets,
    products: Products,
    tastes: Tastes,
    point: tuple[Array, Array],
    spec: MicroSpec,
    demographics: Array,
) -> tuple[list[list[int]], Array, Array]:
    """Return the places of each moment's sums, its denominator first; all sums; their slopes."""
    parts: dict[tuple[int | None, ...], _Part] = {}
    keys = []
    for moment in spec.moments:
        own = _parts(moment)
        parts |= {part.key: part for part in own if part.key not in parts}
        keys.append([part.key for part in own])
    place = {key: k for k, key in enumerate(parts)}
    seconds = any(part.second is not None for part in parts.values())
    n, N = np.zeros(len(parts)), np.zeros((len(parts), point[1].shape[1]))
    for batch, at in _covered(markets, products, tastes, point[0], spec):
        sums = sums_of(batch, at, products, tastes, point[1], seconds=seconds)
        for k, part in enumerate(parts.values()):
            weight = part.moment.asked(spec.surveys[part.moment.survey], batch)
            if not weight.any():
                continue
            if part.y is not None:
                weight = weight * demographics[part.y][batch.buyers]
            value, slopes = part.at(batch, sums, weight)
            n[k] += value
            N[k] += slopes
    of = [[place[key] for key in own] for own in keys]
    empty = [m for m, own in enumerate(of) if n[own[0]] == 0]
    if empty:
        raise MisuseError(f"expected somebody to choose in the group of each micro moment, got nobody in {empty}")
    return of, n, N


def _parts(moment: MicroMoment) -> list[_Part]:
    """Return the sums that a moment is made of, its denominator first."""
    y, x = moment.demographic, moment.attribute
    if moment.kind == "second choice":
        return [_Part(moment, second=moment.among), _Part(moment, second=moment.second)]
    parts = [_Part(moment), _Part(moment, y, x)]
    return parts if moment.kind != "covariance" else [*parts, _Part(moment, x=x), _Part(moment, y)]


def _covered(
    markets: Markets, products: Products, tastes: Tastes, delta: Array, spec: MicroSpec
) -> Iterator[tuple[Batch, Choices]]:
    """Yield the markets that some survey covers, with their probabilities."""
    covered = np.any([survey.markets != 0 for survey in spec.surveys], axis=0)
    if len(covered) != markets.T:
        raise MisuseError(f"expected weights of {markets.T} markets in each survey, got {len(covered)}")
    whole = np.add.reduceat(markets.w, markets.buyer[:-1])[covered]
    if any(moment.group.nothing for moment in spec.moments) and np.abs(whole - 1).max(initial=0.0) > _WHOLE:
        raise MisuseError(
            f"expected buyers' weights that sum to one where a micro moment is over those who buy nothing, got {whole.min():.3f}"
        )
    for batch in batches(markets, _CELLS):
        keep = covered[batch.market]
        if keep.any():
            some = Batch(batch.market[keep], batch.rows[keep], batch.buyers[keep], batch.w[keep])
            nest = None if products.nest is None else products.nest[some.rows]
            yield some, choices(utilities(some, products.X, tastes.B, delta), nest, tastes.rho)


def _in(group: Group, batch: Batch) -> Array:
    return group.rows[batch.rows][:, :, None].astype(np.float64)


@dataclass(frozen=True, slots=True, eq=False)
class _Term:
    """A part of psi: ``a_j b_i`` (a for nothing: `nothing`) where the second choice is in a group; (m, J, 1), (m, I)."""

    a: Array
    nothing: float
    b: Array
    second: Group | None = None


def _terms(moment: MicroMoment, mean: Array, batch: Batch, demographics: Array) -> list[_Term]:
    """Return the parts of psi."""
    a, one = _in(moment.group, batch), np.ones(batch.w.shape)
    if moment.kind == "second choice":
        return [_Term(a, 0.0, one, moment.second), _Term(a, 0.0, -mean[0] * one, moment.among)]
    y = demographics[moment.demographic or 0][batch.buyers]
    if moment.attribute is None:
        return [_Term(a, float(moment.group.nothing), y - mean[0])]
    x = moment.attribute[batch.rows][:, :, None]
    if moment.kind == "product":
        return [_Term(a * x, 0.0, y), _Term(a, 0.0, -mean[0] * one)]
    value = mean[0] - mean[1] * mean[2]
    return [_Term(a * (x - mean[1]), 0.0, y - mean[2]), _Term(a, 0.0, -value * one)]


@dataclass(frozen=True, slots=True, eq=False)
class _Joint:
    """Sums of products of terms; second choices are formed once for each pair of groups, by identity."""

    at: Choices
    batch: Batch
    known: dict[tuple[int, int], Array]

    def sum(self, one: _Term, two: _Term, weight: Array) -> float:
        b = one.b * two.b * weight
        total = float((one.a * two.a * (self._chosen(one.second, two.second) @ b[:, :, None])).sum())
        none = one.nothing * two.nothing
        return total + none * float((b * (1 - self.at.P.sum(axis=1))).sum()) if none else total

    def _chosen(self, one: Group | None, two: Group | None) -> Array:
        """Return the probability of each first choice and a second in both groups, shape (m, J, I)."""
        asked = [group for group in (one, two) if group is not None]
        if not asked:
            return self.at.P
        key = (id(asked[0]), id(asked[-1]))
        if key not in self.known:
            into = _in(asked[0], self.batch) * _in(asked[-1], self.batch)
            self.known[key] = diversion(self.at, into, all(group.nothing for group in asked)).z
        return self.known[key]
