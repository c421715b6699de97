"""The price lens's regression: log price on attributes, markets and brand x period.

``log p_jt = x_jt' beta_epoch(t) + tau_t + theta_{b(j), cell(t)} + u_jt``, clustered by model. It prices attributes and
names; it is no taste: a brand term holds the name, unseen quality and cost.

References
----------
Rosen (1974), Journal of Political Economy 82(1), 34-55. Berry, Levinsohn & Pakes (1995), table III, third column, is
such a regression without the brand terms; tests reproduce it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from halfstep.core.config import StudyConfig
from halfstep.core.errors import MisuseError
from halfstep.market.panel import Panel
from halfstep.numerics.linear import Design, LeastSquares, least_squares

__all__ = ["HedonicFit", "HedonicSpec", "attribute_design", "block", "complete", "fit_hedonic"]

Array = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class HedonicSpec:
    """What the regression looks like.

    Attributes
    ----------
    attributes
        Ids of the attributes used.
    epoch
        Periods that share attribute prices, counted back from the last; 0: one set for all.
    name_periods
        Periods that share a brand's name term.
    min_models, window
        A brand's name unit with fewer distinct models than `min_models` shares one term over a block of `window` periods.
    weights
        "equal" or "sales".
    better
        Attribute and the sign of price that buyers' wishes make one expect, where the study says one.
    """

    attributes: tuple[str, ...]
    epoch: int = 0
    name_periods: int = 1
    min_models: int = 3
    window: int = 5
    weights: str = "equal"
    better: tuple[tuple[str, int], ...] = ()

    @property
    def pooled_periods(self) -> int:
        """Periods of a pool: the window in whole name units, so that no unit straddles two blocks."""
        return -(-self.window // self.name_periods) * self.name_periods

    @classmethod
    def of(cls, config: StudyConfig) -> HedonicSpec:
        """Return the study's own specification."""
        pooling, hedonic = config.scope.pooling, config.hedonic
        ids = tuple(attribute.id for attribute in config.attributes)
        signs = {"more": 1, "less": -1}
        better = tuple((a.id, signs[a.better]) for a in config.attributes if a.better in signs)
        return cls(
            ids, hedonic.epoch, hedonic.name_periods, pooling.min_models, pooling.window, hedonic.weights, better
        )


@dataclass(frozen=True, slots=True, eq=False)
class HedonicFit:
    """A fitted hedonic.

    Attributes
    ----------
    panel
        The rows used (complete in the attributes), n of them.
    spec
        What was fitted.
    X
        Attribute x epoch columns, attributes running fastest, shape (n, K * epochs).
    squares
        The regression; its first columns price those of `X`.
    cells
        Cell code -> (brand code, first period, last period).
    left_out
        Rows of the panel left out because an attribute is blank or nothing was sold (under sales weights).
    """

    panel: Panel
    spec: HedonicSpec
    X: Array
    squares: LeastSquares
    cells: tuple[tuple[int, int, int], ...]
    left_out: int

    @property
    def epochs(self) -> Codes:
        """Epoch of each row, 0 is the last; shape (n,)."""
        return _epoch(self.panel.period, self.spec.epoch)

    def attribute_beta(self, attribute: str, epoch: int = 0) -> float:
        """Return the log-price effect of an attribute in an epoch (0 is the last)."""
        return float(self.squares.beta[epoch * len(self.spec.attributes) + self.spec.attributes.index(attribute)])

    def against(self) -> tuple[str, ...]:
        """Return attributes priced, in the last epoch, against what the study says buyers want."""
        return tuple(
            a for a, sign in self.spec.better if a in self.spec.attributes and self.attribute_beta(a) * sign < 0
        )

    def unidentified(self) -> tuple[str, ...]:
        """Return attributes whose price the brand, market and other terms leave undetermined in some epoch."""
        bad = ~self.squares.identified[: self.X.shape[1]]
        return tuple(dict.fromkeys(self.spec.attributes[k % len(self.spec.attributes)] for k in np.flatnonzero(bad)))


def block(period: int, last: int, window: int) -> tuple[int, int]:
    """Return the block of `window` periods, counted back from the last, that holds a period: (first, last)."""
    back = (last - period) // window
    return last - (back + 1) * window + 1, last - back * window


def fit_hedonic(panel: Panel, spec: HedonicSpec) -> HedonicFit:
    """Fit the regression on the rows complete in the attributes.

    Raises
    ------
    MisuseError
        If no row is complete.
    """
    usable = complete(panel, spec)
    if spec.weights == "sales":
        usable &= panel.q > 0
    if not usable.any():
        raise MisuseError("expected rows with every attribute filled; there are none")
    used = panel if usable.all() else panel.take(usable)
    design, cells = attribute_design(used, spec)
    weights = used.q if spec.weights == "sales" else None
    squares = least_squares(design, np.log(used.p), weights)
    return HedonicFit(used, spec, design.X, squares, cells, panel.n - used.n)


def complete(panel: Panel, spec: HedonicSpec) -> npt.NDArray[np.bool_]:
    """Return the rows with a price and every attribute filled, shape (n,)."""
    columns = [panel.attributes.index(a) for a in spec.attributes]
    return np.asarray(np.isfinite(panel.X[:, columns]).all(axis=1) & np.isfinite(panel.p))


def attribute_design(panel: Panel, spec: HedonicSpec) -> tuple[Design, tuple[tuple[int, int, int], ...]]:
    """Return attributes x epochs, market and brand x period cells, and what each cell is: (brand, first, last).

    Every row must be complete. Attributes run fastest in X.
    """
    columns = [panel.attributes.index(a) for a in spec.attributes]
    epoch = _epoch(panel.period, spec.epoch)
    epochs = int(epoch.max()) + 1
    X = np.zeros((panel.n, len(columns) * epochs))
    for k, column in enumerate(columns):
        X[np.arange(panel.n), epoch * len(columns) + k] = panel.X[:, column]
    cell, cells = _cells(panel, spec)
    return Design(X, _compact(panel.market), cell, _compact(panel.cluster)), cells


def _cells(panel: Panel, spec: HedonicSpec) -> tuple[Codes, tuple[tuple[int, int, int], ...]]:
    last, width, models = int(panel.period.max()), spec.name_periods, int(panel.cluster.max()) + 1
    unit = (last - panel.period) // width
    units = int(unit.max()) + 1
    key = _compact(panel.brand * units + unit)
    brand, back = np.empty(int(key.max()) + 1, dtype=np.int64), np.empty(int(key.max()) + 1, dtype=np.int64)
    brand[key], back[key] = panel.brand, unit
    counted = np.bincount(_distinct(key * models + panel.cluster) // models, minlength=len(brand))
    few = (counted < spec.min_models) & (spec.window > width)
    size = np.where(few, spec.pooled_periods, width)
    to = last - back * width // size * size
    cells, cell = np.unique(np.stack([brand, to - size + 1, to], axis=1), axis=0, return_inverse=True)
    return cell.reshape(-1)[key].astype(np.int64), tuple((int(b), int(f), int(t)) for b, f, t in cells)


def _epoch(period: Codes, epoch: int) -> Codes:
    return (int(period.max()) - period) // epoch if epoch else np.zeros(len(period), dtype=np.int64)


def _compact(codes: Codes) -> Codes:
    """Renumber codes from zero without gaps, in their order."""
    seen = np.zeros(int(codes.max()) + 1, dtype=bool)
    seen[codes] = True
    return np.asarray((np.cumsum(seen) - 1)[codes])


def _distinct(codes: Codes) -> Codes:
    ordered = np.sort(codes)
    return np.asarray(ordered[np.append(True, np.diff(ordered) != 0)])
