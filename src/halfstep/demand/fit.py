"""The demand lens's regression: mean utility on price, attributes, markets and brand x period.

``delta_jt = x_jt' beta - alpha p_jt + tau_t + theta_{b(j), cell(t)} + xi_jt``, price and the log share within the nest
endogenous. Least squares, two-stage least squares and two-step GMM share one design; contrasts of brands come from the
second.

References
----------
Berry (1994), RAND Journal of Economics 25(2), 242-262. Nevo (2001), Econometrica 69(2), 307-342: brand effects.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from halfstep.core.config import StudyConfig
from halfstep.demand.instruments import Instruments, made_from_rivals, nest_sizes, screened
from halfstep.demand.invert import Shares, Utilities, shares_of, utilities
from halfstep.market.hedonic import HedonicFit, HedonicSpec, attribute_design, complete
from halfstep.market.panel import Panel
from halfstep.market.reach import Reach
from halfstep.numerics.absorb import Absorber, absorber
from halfstep.numerics.gmm import GMMFit, Moments, fit_gmm
from halfstep.numerics.iv import TwoStage, reduced_form, two_stage
from halfstep.numerics.linear import Design, LeastSquares, least_squares
from halfstep.numerics.weak import AndersonRubin, Strength, anderson_rubin, strength

__all__ = ["DemandFit", "DemandSpec", "Unfit", "alpha_under", "fit_demand"]

Array = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class DemandSpec:
    """What the regression looks like.

    Attributes
    ----------
    base
        Attributes, epochs, cells and pooling, as in the hedonic.
    instruments
        Kinds made from rivals.
    cost
        Names of the cost shifters, the columns of ``panel.cost``.
    nested
        Whether nests are given.
    quantity_kind, zero_shares
        As in the study.
    level
        Coverage of printed intervals.
    """

    base: HedonicSpec
    instruments: tuple[str, ...] = ()
    cost: tuple[str, ...] = ()
    nested: bool = False
    quantity_kind: str = "units"
    zero_shares: str = "leave_out"
    level: float = 0.90

    @classmethod
    def of(cls, config: StudyConfig) -> DemandSpec:
        """Return the study's own specification; `[demand]` must be there."""
        demand = config.demand
        assert demand is not None
        return cls(
            base=replace(HedonicSpec.of(config), epoch=demand.epoch),
            instruments=demand.instruments,
            cost=demand.cost,
            nested=demand.nest is not None,
            quantity_kind=config.columns.quantity_kind,
            zero_shares=demand.zero_shares,
            level=config.gap.level,
        )


@dataclass(frozen=True, slots=True)
class Unfit:
    """No estimate, and why.

    "no instruments", "instruments vanish", "fewer instruments than needed", "not identified", "no rows".

    Attributes
    ----------
    names
        The instruments or attributes that it is about.
    """

    why: str
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class DemandFit:
    """A fitted demand regression.

    Attributes
    ----------
    panel
        Rows used, n of them.
    spec
        What was fitted.
    shares, utilities
        Of those rows.
    cells
        Cell code -> (brand code, first period, last period).
    instruments
        Excluded instruments used, and those refused.
    naive
        Least squares with price taken as given.
    two
        Two-stage least squares; coefficients -alpha, (rho), attributes x epochs.
    gmm
        Two-step GMM on the same moments, clustered; its objective is Hansen's J. None where there are more instruments
        than clusters.
    strength, robust
        First stage, and the Anderson-Rubin set of -alpha at the printed level. Where the first stage is weak,
        ``two.accepted`` holds the set at half the error: the other half is for what hangs on alpha.
    """

    panel: Panel
    spec: DemandSpec
    shares: Shares
    utilities: Utilities
    cells: tuple[tuple[int, int, int], ...]
    instruments: Instruments
    naive: LeastSquares
    two: TwoStage
    gmm: GMMFit | None
    strength: Strength
    robust: AndersonRubin

    @property
    def alpha(self) -> float:
        """Marginal utility of money, utils per money unit."""
        return -float(self.two.beta[0])

    @property
    def rho(self) -> float:
        """Nesting parameter; zero in the plain logit."""
        return float(self.two.beta[1]) if self.spec.nested else 0.0

    @property
    def terms(self) -> HedonicFit:
        """The second stage in the hedonic's clothes, for questions about brand terms."""
        return HedonicFit(self.panel, self.spec.base, self.two.exogenous.design.X, self.two.squares, self.cells, 0)

    @property
    def names(self) -> tuple[tuple[str, str], ...]:
        """Symbol and subject of every coefficient: "alpha" (its coefficient is -alpha), "rho", attribute@epoch.

        Epoch 0 is the last one.
        """
        return tuple(_name(self.spec, k) for k in range(len(self.two.beta)))


def fit_demand(
    panel: Panel, spec: DemandSpec, reach: Reach | None = None, barred: Mask | None = None
) -> DemandFit | Unfit:
    """Fit the demand regression and look at its instruments.

    Parameters
    ----------
    panel
        Every row on offer: shares and instruments are taken over all of them.
    reach
        Aligned with the panel.
    barred
        Rows whose quantity measures supply; they are rivals and instruments, but nothing is inverted there.
    """
    found = _sample(panel, spec, reach, barred)
    if isinstance(found, Unfit):
        return found
    two = found.two_stage()
    lost = np.flatnonzero(~two.squares.identified)
    if len(lost):
        return Unfit(
            "not identified", tuple(dict.fromkeys(_name(spec, int(k))[1].split("@")[0] or "price" for k in lost))
        )
    E = two.endogenous
    left = found.absorb.residuals(np.column_stack([found.u.y, two.W, found.instruments.Z]))
    y, W, Z = left[:, 0], left[:, 1 : 1 + two.W.shape[1]], left[:, 1 + two.W.shape[1] :]
    outside = np.hstack([W[:, :E], Z])
    outside = outside - W[:, E:] @ np.linalg.lstsq(W[:, E:], outside, rcond=None)[0]
    first = strength(outside[:, :E], outside[:, E:], found.design.cluster)
    reduced = reduced_form(found.design, found.endogenous, found.instruments.Z, found.u.y)
    centre = (float(two.beta[0]), float(np.sqrt(two.squares.covariance_cr1()[0, 0])))
    if not first.strong:
        two = replace(two, accepted=anderson_rubin(reduced, (1 + spec.level) / 2, centre).points)
    moments = Moments(y, W, np.hstack([Z, W[:, E:]]), found.design.cluster, centred=False)
    enough = two.squares.clusters > moments.Z.shape[1]
    return DemandFit(
        panel=found.panel, spec=spec, shares=found.shares, utilities=found.u, cells=found.cells,
        instruments=found.instruments, naive=least_squares(replace(found.design, X=two.W), found.u.y), two=two,
        gmm=fit_gmm(moments, 2) if enough else None, strength=first, robust=anderson_rubin(reduced, spec.level, centre),
    )  # fmt: skip


def alpha_under(panel: Panel, spec: DemandSpec, reach: Reach | None, barred: Mask | None) -> float | None:
    """Return alpha alone, by two-stage least squares, for a look at another choice; None where there is none."""
    found = _sample(panel, spec, reach, barred)
    return None if isinstance(found, Unfit) else -float(found.two_stage().beta[0])


@dataclass(frozen=True, slots=True, eq=False)
class _Sample:
    """Rows, left-hand side, design and usable instruments."""

    panel: Panel
    shares: Shares
    u: Utilities
    design: Design
    cells: tuple[tuple[int, int, int], ...]
    absorb: Absorber
    endogenous: Array
    instruments: Instruments

    def two_stage(self) -> TwoStage:
        return two_stage(self.design, self.endogenous, self.instruments.Z, self.u.y)


def _sample(panel: Panel, spec: DemandSpec, reach: Reach | None, barred: Mask | None) -> _Sample | Unfit:
    if not spec.instruments and not spec.cost:
        return Unfit("no instruments")
    filled = complete(panel, spec.base)
    shares = shares_of(panel, spec.quantity_kind, spec.zero_shares, nested=spec.nested)
    u = utilities(panel, shares, reach, nested=spec.nested)
    usable = filled & np.isfinite(u.y) & np.isfinite(panel.cost).all(axis=1)
    usable &= True if barred is None else ~barred
    if not usable.any():
        return Unfit("no rows")
    made = _instruments(panel, spec, filled, usable)
    used, shares, u = panel.take(usable), shares.take(usable), u.take(usable)
    design, cells = attribute_design(used, spec.base)
    absorb = absorber(design.market, design.cell)
    kept = screened(made, design.X, absorb)
    endogenous = np.column_stack([used.p, *([shares.within] if spec.nested else [])])
    if len(kept.names) < endogenous.shape[1]:
        return Unfit("instruments vanish" if kept.refused else "fewer instruments than needed", kept.refused)
    return _Sample(used, shares, u, design, cells, absorb, endogenous, kept)


def _instruments(panel: Panel, spec: DemandSpec, filled: Mask, usable: Mask) -> Instruments:
    """Return every instrument asked for, and the nests' sizes, over the usable rows; rivals are all complete rows."""
    offered = panel.take(filled)
    columns = [panel.attributes.index(a) for a in spec.base.attributes]
    nest = offered.nest if spec.nested else np.zeros(offered.n, dtype=np.int64)
    parts = [
        made_from_rivals(kind, offered.X[:, columns], spec.base.attributes, (offered.market, offered.firm, nest))
        for kind in spec.instruments
    ]
    if spec.nested:
        parts = [nest_sizes(offered.market, nest), *parts]
    Z = np.hstack([panel.cost[usable], *(part.Z[usable[filled]] for part in parts)])
    names = (*(f"cost: {c}" for c in spec.cost), *(name for part in parts for name in part.names))
    return Instruments(Z, names)


def _name(spec: DemandSpec, k: int) -> tuple[str, str]:
    """Return the symbol and the subject of a coefficient."""
    endogenous = [("alpha", ""), *([("rho", "")] if spec.nested else [])]
    if k < len(endogenous):
        return endogenous[k]
    K = len(spec.base.attributes)
    epoch, attribute = divmod(k - len(endogenous), K)
    return "beta", f"{spec.base.attributes[attribute]}@{epoch}"
