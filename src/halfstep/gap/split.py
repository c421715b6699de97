"""The price lens: a price gap split into product (a row per attribute) and name, exactly, in log points and money.

For row weights w of the two offerings, ``omega = w_B - w_F`` and ``dx = X'omega``::

    price gap   = omega'log p
    product     = dx'beta_hat             one row per attribute
    name        = omega'log p - dx'beta_hat

Both halves are linear in log prices, so their errors come from `LeastSquares.functionals`. What is estimated is the
difference of the two brands' terms, not of the few models that happen to be on sale: models' own quirks count as error.
In money each log part is multiplied by the logarithmic mean of the two prices, so that the parts sum to the price gap.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from halfstep.core.tastes import Functionals
from halfstep.gap.offerings import Comparison
from halfstep.market.hedonic import HedonicFit
from halfstep.numerics.divide import logarithmic_mean

__all__ = ["Split", "halves", "price_splits"]

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Split:
    """One comparison, split.

    Attributes
    ----------
    comparison
        Who, where, when.
    attributes
        Ids of the attribute rows, length K.
    price_focal, price_benchmark
        Geometric mean prices of the offerings, in the money unit.
    parts
        K attribute rows, then product, then name, in log points; benchmark minus focal.
    strength
        Per attribute, the most it is worth between these two brands or, if that is more, between two brands picked
        at random in the same markets (root mean square), in log points; shape (K,).
    ordinary_se
        Standard errors of `parts` as if all errors were independent and alike, in log points; shape (K + 2,).
    against
        Attributes priced against what the study says buyers want.
    """

    comparison: Comparison
    attributes: tuple[str, ...]
    price_focal: float
    price_benchmark: float
    parts: Functionals
    strength: Array
    ordinary_se: Array
    against: tuple[str, ...]

    @property
    def has_error(self) -> bool:
        """Whether the data leave anything to estimate the halves' errors from."""
        return bool((self.parts.freedom[-2:] >= 1).all())

    @property
    def money(self) -> float:
        """Money per log point."""
        return logarithmic_mean(self.price_benchmark, self.price_focal)

    def part(self, name: str) -> tuple[float, float, float]:
        """Return value, standard error and degrees of freedom of a part, in money."""
        k = {"product": -2, "name": -1}.get(name)
        k = self.attributes.index(name) if k is None else k
        money = self.money
        return float(self.parts.value[k] * money), float(self.parts.se[k] * money), float(self.parts.freedom[k])


def price_splits(fit: HedonicFit, wanted: list[Comparison]) -> list[Split]:
    """Split every comparison with one fit; all attributes of the fit must be identified."""
    if not wanted:
        return []
    squares, attributes = fit.squares, fit.spec.attributes
    K = len(attributes)
    columns = []
    for comparison in wanted:
        omega = comparison.benchmark_weight - comparison.focal_weight
        dx = fit.X.T @ omega
        combination = np.zeros((squares.design.X.shape[1], K))
        combination[np.arange(len(dx)), np.arange(len(dx)) % K] = dx
        rows = squares.coefficient_weights(combination)
        product = rows.sum(axis=1)
        columns.append(np.column_stack([rows, product, omega - product]))
    parts = squares.functionals(np.hstack(columns))
    ordinary = squares.sigma * np.sqrt(np.sum(np.hstack(columns) ** 2 / squares.weights[:, None], axis=0))
    out = []
    for i, comparison in enumerate(wanted):
        prices = [float(np.exp(w @ squares.y)) for w in (comparison.focal_weight, comparison.benchmark_weight)]
        mine = parts.take(slice(i * (K + 2), (i + 1) * (K + 2)))
        strength = np.maximum(np.abs(mine.value[:K]), _typical_difference(fit, comparison))
        errors = ordinary[i * (K + 2) : (i + 1) * (K + 2)]
        out.append(Split(comparison, attributes, prices[0], prices[1], mine, strength, errors, fit.against()))
    return out


def _typical_difference(fit: HedonicFit, comparison: Comparison) -> Array:
    """Return, per attribute, the root mean square over pairs of brands of the difference in its worth; shape (K,)."""
    panel, K = fit.panel, len(fit.spec.attributes)
    rows = (
        panel.segments[comparison.pair.segment] & (panel.period >= comparison.first) & (panel.period <= comparison.last)
    )
    worth = np.nan_to_num(fit.squares.beta[: fit.X.shape[1]]) * fit.X[rows]
    worth = worth.reshape(len(worth), -1, K).sum(axis=1)
    brands, code = np.unique(panel.brand[rows], return_inverse=True)
    count = np.bincount(code, minlength=len(brands))
    means = np.stack([np.bincount(code, worth[:, k], len(brands)) / count for k in range(K)], axis=1)
    return np.asarray(np.sqrt(2 * means.var(axis=0, ddof=1)) if len(brands) > 1 else np.zeros(K))


def halves(splits: list[Split], names: tuple[str, ...]) -> Functionals:
    """Return the named halves of many comparisons in log points, with the covariance across all of them.

    Parameters
    ----------
    names
        Of "product" and "name"; they run fastest.
    """
    columns = [{"product": -2, "name": -1}[name] for name in names]
    scores = np.hstack([s.parts.scores[:, columns] for s in splits])
    value = np.concatenate([s.parts.value[columns] for s in splits])
    freedom = np.concatenate([s.parts.freedom[columns] for s in splits])
    return Functionals(value, scores.T @ scores, freedom, scores)
