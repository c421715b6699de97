"""A gap split into product (a row per attribute) and name, whichever lens it is seen through; and the price lens.

For row weights w of the two offerings, ``omega = w_B - w_F`` and ``dx = X'omega`` the price lens says::

    price gap   = omega'log p
    product     = dx'beta_hat             one row per attribute
    name        = omega'log p - dx'beta_hat

Both halves are linear in log prices, so their errors come from `LeastSquares.functionals`. What is estimated is the
difference of the two brands' terms, not of the few models that happen to be on sale: models' own quirks count as error.
In money each log part is multiplied by the logarithmic mean of the two prices, so that the parts sum to the price gap.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from halfstep.core.tastes import Functionals
from halfstep.gap.offerings import Comparison
from halfstep.market.hedonic import HedonicFit
from halfstep.market.panel import Panel
from halfstep.numerics.divide import logarithmic_mean
from halfstep.numerics.intervals import fieller, t_interval

__all__ = ["Split", "halves", "price_splits", "typical_difference"]

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Split:
    """One comparison, split.

    Attributes
    ----------
    lens
        "price" or "demand".
    comparison
        Who, where, when.
    attributes
        Ids of the attribute rows, length K; empty where the halves alone were asked for.
    price_focal, price_benchmark
        Mean prices of the offerings in the money unit: geometric in the price lens, arithmetic in the demand lens.
    parts
        K attribute rows, then product, then name; benchmark minus focal. In log points in the price lens, in money in
        the demand lens, where the errors hold that of alpha.
    money
        Money per unit of `parts`.
    strength
        Per attribute, the most it is worth between these two brands or, if that is more, between two brands picked
        at random in the same markets (root mean square), in the unit of `parts`; shape (K,).
    ordinary_se
        Standard errors of `parts` as if all errors were independent and alike; shape (K + 2,).
    against
        Attributes priced or wanted against what the study says buyers want.
    scale
        What each cluster adds to log alpha, shape (G,), where money is reckoned by an estimated alpha; else None.
    """

    lens: str
    comparison: Comparison
    attributes: tuple[str, ...]
    price_focal: float
    price_benchmark: float
    parts: Functionals
    money: float
    strength: Array
    ordinary_se: Array
    against: tuple[str, ...]
    scale: Array | None = None

    @property
    def has_error(self) -> bool:
        """Whether the data leave anything to estimate the halves' errors from."""
        return bool((self.parts.freedom[-2:] >= 1).all())

    def column(self, name: str) -> int:
        """Return the column of a part in `parts`."""
        return {"product": -2, "name": -1}[name] if name in ("product", "name") else self.attributes.index(name)

    def part(self, name: str) -> tuple[float, float, float]:
        """Return value, standard error and degrees of freedom of a part, in money."""
        k, money = self.column(name), self.money
        return float(self.parts.value[k] * money), float(self.parts.se[k] * money), float(self.parts.freedom[k])

    def scaled(self, name: str) -> tuple[float, float]:
        """Return the covariance of a part with log alpha, in money, and the variance of log alpha."""
        if self.scale is None:
            return 0.0, 0.0
        return float(self.parts.scores[:, self.column(name)] @ self.scale * self.money), float(self.scale @ self.scale)

    def interval(self, name: str, level: float) -> tuple[float, float]:
        """Return the ends of a part's interval in money; the whole line where alpha cannot be told from zero."""
        value, se, freedom = self.part(name)
        if self.scale is None:
            lo, hi = t_interval(np.array([value]), np.array([se]), np.array([freedom]), level)
            return float(lo[0]), float(hi[0])
        return fieller(value, (se**2, *self.scaled(name)), freedom, level) or (-np.inf, np.inf)


def price_splits(fit: HedonicFit, wanted: list[Comparison], *, by_attribute: bool = True) -> list[Split]:
    """Split every comparison with one fit; all attributes of the fit must be identified.

    Parameters
    ----------
    by_attribute
        False gives the halves alone, without the attribute rows, at less cost.
    """
    if not wanted:
        return []
    squares, K = fit.squares, len(fit.spec.attributes)
    attributes = fit.spec.attributes if by_attribute else ()
    width = len(attributes) + 2
    combination, names = np.zeros((squares.design.X.shape[1], width * len(wanted))), []
    for i, comparison in enumerate(wanted):
        gap = comparison.gap
        dx = gap.weight @ fit.X[gap.rows]
        at = np.arange(len(dx))
        if by_attribute:
            combination[at, i * width + at % K] = dx
        combination[at, (i + 1) * width - 2], combination[at, (i + 1) * width - 1] = dx, -dx
        names.append((gap.weight, gap.rows, np.full(len(gap.rows), (i + 1) * width - 1)))
    weight, rows, column = (np.concatenate(part) for part in zip(*names, strict=True))
    omega = csr_array((weight, (rows, column)), shape=(squares.n, combination.shape[1]))
    contrasts = replace(squares.coefficients(combination), rows=omega)
    parts, ordinary = squares.functionals(contrasts), squares.sigma * np.sqrt(squares.lengths(contrasts))
    worth = np.zeros((squares.n, 0))
    if by_attribute:
        worth = (np.nan_to_num(squares.beta[: fit.X.shape[1]]) * fit.X).reshape(squares.n, -1, K).sum(axis=1)
    out = []
    for i, comparison in enumerate(wanted):
        focal, benchmark = (float(np.exp(side.mean(squares.y))) for side in (comparison.focal, comparison.benchmark))
        mine = slice(i * width, (i + 1) * width)
        strength = np.zeros(0)
        if by_attribute:
            strength = np.maximum(np.abs(parts.value[mine][:K]), typical_difference(fit.panel, worth, comparison))
        money = logarithmic_mean(benchmark, focal)
        out.append(
            Split("price", comparison, attributes, focal, benchmark, parts.take(mine), money, strength, ordinary[mine], fit.against())
        )  # fmt: skip
    return out


def typical_difference(panel: Panel, worth: Array, comparison: Comparison) -> Array:
    """Return, per attribute, the root mean square over pairs of brands of the difference in its worth; shape (K,).

    Parameters
    ----------
    worth
        What each row's attributes are worth, shape (n, K).
    """
    rows = (
        panel.segments[comparison.pair.segment] & (panel.period >= comparison.first) & (panel.period <= comparison.last)
    )
    brands, code = np.unique(panel.brand[rows], return_inverse=True)
    count = np.bincount(code, minlength=len(brands))
    means = np.stack([np.bincount(code, column, len(brands)) / count for column in worth[rows].T], axis=1)
    return np.asarray(np.sqrt(2 * means.var(axis=0, ddof=1)) if len(brands) > 1 else np.zeros(worth.shape[1]))


def halves(splits: list[Split], names: tuple[str, ...]) -> Functionals:
    """Return the named halves of many comparisons, with the covariance across all of them.

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
