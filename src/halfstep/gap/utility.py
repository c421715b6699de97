"""The demand lens: what the shares say of two offerings, in money; net appeal times reach.

With mean utilities ``delta = x'beta - alpha p + theta + xi``, row weights ``omega = w_B - w_F`` (alike over markets, so
that market terms cancel) and ``dx = X'omega``::

    product       = dx'beta / alpha                        one row per attribute
    name          = omega'(delta + alpha p - x'beta) / alpha
    reach         = omega'(log s - delta) / alpha           where a reach table tells; else it stays in the name
    product + name + reach - price gap = utility gap = omega'log s / alpha

(less ``rho log s_(j|g)`` in the nested logit). Every numerator is a linear functional of the regression's left-hand
side, and so is alpha; the ratio's error is that of ``numerator - gap x alpha``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from halfstep.core.tastes import Functionals, Regression, Tastes
from halfstep.gap.offerings import Comparison, Missing
from halfstep.gap.split import Split, typical_difference
from halfstep.market.panel import Panel
from halfstep.market.reach import Reach
from halfstep.numerics.intervals import fieller, t_interval

__all__ = ["Blurred", "UtilitySplit", "utility_splits"]

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class UtilitySplit:
    """One comparison through the demand lens.

    Attributes
    ----------
    split
        Product and name.
    whole
        Utility gap and what reach makes of it, in money; the second is zero where reach is not known.
    reach_known
        Whether the reach of every model compared is known, so that the name row does not hold it.
    alpha
        Marginal utility of money; where it is not above zero nothing is worth anything in money.
    """

    split: Split
    whole: Functionals
    reach_known: bool
    alpha: float

    def total(self, part: str) -> tuple[float, float, float]:
        """Return value, standard error and degrees of freedom of "utility" or "reach", in money."""
        k = ("utility", "reach").index(part)
        return float(self.whole.value[k]), float(self.whole.se[k]), float(self.whole.freedom[k])

    def interval(self, part: str, level: float) -> tuple[float, float]:
        """Return the ends of a part's interval in money; the whole line where alpha cannot be told to be above zero."""
        if self.alpha <= 0:
            return -np.inf, np.inf
        if part not in ("utility", "reach"):
            return self.split.interval(part, level)
        value, se, freedom = self.total(part)
        assert self.split.scale is not None
        with_scale = float(self.whole.scores[:, ("utility", "reach").index(part)] @ self.split.scale)
        errors = (se**2, with_scale, float(self.split.scale @ self.split.scale))
        return fieller(value, errors, freedom, level) or (-np.inf, np.inf)

    @property
    def price_gap(self) -> float:
        """Mean price of the benchmark's offering less the focal one's."""
        return self.split.price_benchmark - self.split.price_focal


@dataclass(frozen=True, slots=True, eq=False)
class Blurred:
    """One comparison whose instruments are weak: sets that hold the halves, in money, whatever the first stage.

    Attributes
    ----------
    comparison
        Who, where, when.
    sets
        Part (attribute, "product", "name") -> (lo, hi).
    reach_known
        As on `UtilitySplit`.
    """

    comparison: Comparison
    sets: dict[str, tuple[float, float]]
    reach_known: bool


@dataclass(frozen=True, slots=True, eq=False)
class _Lens:
    """A demand regression laid out for contrasts; rows are those of `panel`."""

    panel: Panel
    tastes: Tastes
    regression: Regression
    attributes: tuple[str, ...]
    reach: Reach | None

    @property
    def endogenous(self) -> int:
        return sum(symbol in ("alpha", "rho") for symbol, _ in self.tastes.labels)

    def columns_of(self, attribute: str) -> npt.NDArray[np.int64]:
        found = [k for k, (s, of) in enumerate(self.tastes.labels) if s == "beta" and of.split("@")[0] == attribute]
        return np.array(found, dtype=np.int64)

    def reach_known(self, comparison: Comparison) -> bool:
        return self.reach is not None and bool(np.isfinite(self.reach.share[comparison.rows]).all())


def utility_splits(
    panel: Panel,
    tastes: Tastes,
    wanted: list[Comparison],
    reach: Reach | None,
    against: tuple[str, ...],
    level: float,
) -> list[UtilitySplit | Blurred | Missing]:
    """Split every comparison through the demand lens.

    Parameters
    ----------
    panel
        The rows of the regression.
    reach
        Aligned with the panel.
    against
        Attributes that buyers of these data dislike although the study says they want them.
    level
        Coverage of printed intervals.
    """
    if not wanted:
        return []
    assert tastes.regression is not None
    attributes = tuple(dict.fromkeys(of.split("@")[0] for symbol, of in tastes.labels if symbol == "beta"))
    lens = _Lens(panel, tastes, tastes.regression, attributes, reach)
    if tastes.regression.accepted is not None:
        return [_blurred(lens, comparison, tastes.regression.accepted, level) for comparison in wanted]
    found = lens.regression.functionals(np.hstack([_alpha(lens), *(_rows(lens, c) for c in wanted)]))
    width = len(attributes) + 3
    return [
        _split(lens, comparison, _pick(found, [0, *range(1 + i * width, 1 + (i + 1) * width)]), against)
        for i, comparison in enumerate(wanted)
    ]


def _alpha(lens: _Lens) -> Array:
    return -lens.regression.coefficient_weights(np.eye(lens.regression.W.shape[1])[:, :1])


def _rows(lens: _Lens, comparison: Comparison) -> Array:
    """Return weights of attribute rows, product, name, and what the nests take off the utility gap; (n', K + 3)."""
    omega = comparison.omega
    dW = lens.regression.W.T @ omega
    E = lens.endogenous
    combination = np.zeros((len(dW), len(lens.attributes) + 2))
    for k, attribute in enumerate(lens.attributes):
        columns = lens.columns_of(attribute)
        combination[columns, k] = dW[columns]
    combination[0, -2] = dW[0]
    combination[1:E, -1] = dW[1:E]
    a = lens.regression.coefficient_weights(combination)
    product, price, nest = a[:, :-2].sum(axis=1), a[:, -2], a[:, -1]
    whole = lens.regression.lifted(omega[:, None])[:, 0]
    return np.column_stack([a[:, :-2], product, whole - product - price - nest, -nest])


def _split(lens: _Lens, comparison: Comparison, found: Functionals, against: tuple[str, ...]) -> UtilitySplit:
    """Turn numerators in utils (alpha first) into money."""
    alpha, known = float(found.value[0]), lens.reach_known(comparison)
    seen, cells = _reach(lens, comparison) if known else (0.0, np.zeros(0))
    numerators = np.append(found.value[1:], seen)
    numerators[-2] += comparison.omega @ lens.regression.y + seen
    value = numerators / alpha
    blank = np.zeros((len(cells), len(value)))
    blank[:, -3], blank[:, -1] = -cells / alpha, cells / alpha
    scale = np.append(found.scores[:, 0] / alpha, np.zeros(len(cells)))
    raw = np.column_stack([found.scores[:, 1:], np.zeros(len(found.scores))]) / alpha
    scores = np.vstack([raw, blank]) - scale[:, None] * value
    own = np.append(found.freedom[1:], np.inf)
    if lens.endogenous == 1:
        own[-2] = np.inf
    freedom = np.minimum(own, found.freedom[0])
    everything = Functionals(value, scores.T @ scores, freedom, scores)
    K = len(lens.attributes)
    worth = np.stack(
        [
            lens.regression.W[:, lens.columns_of(a)] @ lens.regression.beta[lens.columns_of(a)] / alpha
            for a in lens.attributes
        ],
        axis=1,
    )
    prices = [float(w @ lens.panel.p) for w in (comparison.focal_weight, comparison.benchmark_weight)]
    split = Split(
        lens="demand",
        comparison=comparison,
        attributes=lens.attributes,
        price_focal=prices[0],
        price_benchmark=prices[1],
        parts=everything.take(slice(0, K + 2)),
        money=1.0,
        strength=np.maximum(np.abs(value[:K]), typical_difference(lens.panel, worth, comparison)),
        ordinary_se=everything.se[: K + 2],
        against=against,
        scale=scale,
    )
    return UtilitySplit(split, everything.take(slice(K + 2, K + 4)), known, alpha)


def _reach(lens: _Lens, comparison: Comparison) -> tuple[float, Array]:
    """Return ``omega'(log s - delta)`` in utils and what the sampling of each reach row adds to it, shape (cells,)."""
    assert lens.reach is not None and lens.tastes.gross is not None
    omega = comparison.omega
    used = omega != 0
    seen = float(omega[used] @ (lens.tastes.gross[used] - lens.regression.y[used]))
    cell = np.unique(lens.reach.cell[used], return_inverse=True)[1]
    error = np.bincount(cell, omega[used] * np.sqrt(lens.reach.variance[used]))
    return seen, error[error != 0]


def _pick(found: Functionals, columns: list[int]) -> Functionals:
    at = np.array(columns)
    return Functionals(found.value[at], found.covariance[np.ix_(at, at)], found.freedom[at], found.scores[:, at])


def _blurred(lens: _Lens, comparison: Comparison, accepted: Array, level: float) -> Blurred | Missing:
    """Return the union of the halves' intervals over every alpha (and rho) that the data do not reject.

    Half of the error is spent on the set of alphas, half on the halves given alpha (Bonferroni; Staiger & Stock 1997).
    """
    if not len(accepted):
        return Missing(comparison.pair, comparison.period, "every alpha rejected", comparison.models)
    K, omega = len(lens.attributes), comparison.omega
    dX = (lens.regression.W.T @ omega)[lens.endogenous :]
    a, combination = np.zeros((lens.panel.n, K + 2)), np.zeros((len(dX), K + 2))
    for k, attribute in enumerate(lens.attributes):
        columns = lens.columns_of(attribute) - lens.endogenous
        combination[columns, k] = -dX[columns]
    combination[:, K], combination[:, K + 1] = -dX, dX
    a[:, K + 1] = omega
    parts = lens.regression.given(a, combination)
    theta = np.hstack([np.ones((len(accepted), 1)), -accepted])
    alpha = -accepted[:, :1]
    if (alpha <= 0).any():
        sets = np.tile([-np.inf, np.inf], (K + 2, 1))
    else:
        value = theta @ np.stack([part.value for part in parts])
        spread = np.array([[(i.scores * j.scores).sum(axis=0) for j in parts] for i in parts])
        se = np.sqrt(np.maximum(np.einsum("mi,mj,ijk->mk", theta, theta, spread), 0.0))
        lo, hi = t_interval(value, se, np.broadcast_to(parts[0].freedom, value.shape), (1 + level) / 2)
        sets = np.stack([(lo / alpha).min(axis=0), (hi / alpha).max(axis=0)], axis=1)
    names = (*lens.attributes, "product", "name")
    return Blurred(
        comparison,
        {n: (float(s[0]), float(s[1])) for n, s in zip(names, sets, strict=True)},
        lens.reach_known(comparison),
    )
