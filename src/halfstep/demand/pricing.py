"""What the firms' prices say at a random-coefficients fit: elasticities, markups, and what a name is worth in equilibrium.

Asked in the last period. The name of a brand is its brand term; set to the reference brand's, everybody reprices (Goldfarb,
Lu & Moorthy 2009, Marketing Science 28(1), 69-86). A brand term from shares holds reach, misbelief and unseen quality too.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from halfstep.blp.equilibrium import clear
from halfstep.blp.evaluate import Point, evaluate, price_taste
from halfstep.blp.problem import Problem, tail
from halfstep.blp.resample import Law, Resampled, parametric
from halfstep.blp.scenes import with_base
from halfstep.blp.surplus import shares
from halfstep.demand.random_fit import RandomFit
from halfstep.native import kernel
from halfstep.native.choices import batches, choices, utilities
from halfstep.native.layout import Tastes
from halfstep.native.scene import CLEARED, Pay, Scene

__all__ = ["Ask", "Pricing", "pricing"]

Array = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

DRAWS = 100
"""Parameter draws behind the intervals; their ends are then good to about a tenth of their length."""

GROUPS = ("low", "middle", "high")


@dataclass(frozen=True, slots=True, eq=False)
class Ask:
    """What is asked of the last period.

    Attributes
    ----------
    brands
        Name -> rows of the last period's problem, for those on sale.
    focal
        Brand whose name is exchanged.
    against
        Reference brand -> row weights over the regression of the difference of brand terms, reference less focal.
    by
        Third (0, 1, 2) of each buyer of the last period; None for no groups.
    """

    brands: dict[str, Mask]
    focal: str
    against: dict[str, Array]
    by: Codes | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Pricing:
    """Answers, one an entry of `names`.

    Attributes
    ----------
    names
        Kind and subject: ("elasticity", brand), ("markup", brand) as a share of price, ("cost", brand), ("name profit",
        reference), ("name price", reference), ("name units", reference), ("name fixed", reference) for profit with prices
        held, ("name low" | "name middle" | "name high", reference) for the brand term's difference in money to a third
        of buyers.
    value
        At the estimate, shape (m,); NaN where prices have no equilibrium.
    draws
        At draws of the parameters; NaN as above.
    failed
        Draws whose prices have no equilibrium, or that could not be inverted.
    negative
        Rows of the last period whose marginal cost is not above zero.
    inelastic
        Rows whose own elasticity is above -1.
    rows
        Rows of the last period.
    """

    names: tuple[tuple[str, str], ...]
    value: Array
    draws: Resampled
    failed: int
    negative: int
    inelastic: int
    rows: int


def pricing(found: RandomFit, ask: Ask, first: int, rng: np.random.Generator) -> Pricing | None:
    """Answer at the estimate and at draws of theta, the coefficient of price and the brand terms, jointly.

    Parameters
    ----------
    first
        First market of the last period.
    """
    last = tail(found.cast.problem, first)
    stage, P = found.stage, len(found.fit.theta)
    price = stage.coefficient_weights(np.eye(stage.W.shape[1])[:, :1])
    price[-1] = 0.0
    weights = np.hstack([price, *(stage.net(w[:, None]) for w in ask.against.values())])
    functionals = stage.functionals(weights)
    scores = np.hstack([np.vstack([stage.scores, stage.beyond]), functionals.scores])
    centre = np.concatenate([found.fit.theta, functionals.value])
    point = evaluate(last, found.fit.theta)
    if point.failed.any():
        return None
    market = _Market(last, ask, P)
    value = market.answers(point, centre)
    draws = parametric(last, point, Law.of(centre, scores.T @ scores), (DRAWS, rng), market.answers)
    own, mc = market.firms(point, centre)
    names = market.names
    profits = [k for k, (kind, _) in enumerate(names) if kind == "name profit"]
    lost = int(np.isnan(draws.values[:, profits]).any(axis=1).sum()) if len(draws.values) else 0
    negative, inelastic = int((mc <= 0).sum()), int((own > -1).sum())
    return Pricing(names, value, draws, draws.failed + lost, negative, inelastic, last.N)


@dataclass(frozen=True, slots=True, eq=False)
class _Market:
    """The last period's problem; parameters are theta (P), the linear coefficient of price, then brand-term differences."""

    problem: Problem
    ask: Ask
    P: int

    @property
    def names(self) -> tuple[tuple[str, str], ...]:
        kinds = [(kind, b) for b in self.ask.brands for kind in ("elasticity", "markup", "cost")]
        groups = tuple(f"name {g}" for g in GROUPS) if self.ask.by is not None else ()
        parts = ("name profit", "name price", "name units", "name fixed", *groups)
        return (*kinds, *((kind, b) for b in self.ask.against for kind in parts))

    def answers(self, point: Point, draw: Array) -> Array:
        """Return all answers at a draw; NaN where prices have no equilibrium, or money is not wanted."""
        tastes, alpha = self._tastes(draw)
        own, mc = self.firms(point, draw)
        p = self.problem.p
        out = [
            v
            for rows in self.ask.brands.values()
            for v in (own[rows].mean(), ((p - mc) / p)[rows].mean(), mc[rows].mean())
        ]
        scene = self._scene(point, draw, (tastes, alpha), mc) if np.isfinite(mc).all() else None
        rows = self.ask.brands[self.ask.focal]
        for difference in draw[self.P + 1 :]:
            out += [np.nan] * 4 if scene is None else self._exchanged(scene, rows, float(difference))
            out += [float(difference) / -a if a < 0 else np.nan for a in self._by_group(alpha)]
        return np.array(out)

    def firms(self, point: Point, draw: Array) -> tuple[Array, Array]:
        """Return own elasticities and marginal costs of every row."""
        tastes, alpha = self._tastes(draw)
        problem, none = self.problem, np.zeros((0, len(alpha)))
        held = Tastes(tastes.B, none, np.zeros(0, dtype=np.int64), tastes.rho)
        blank = (point.delta, np.zeros((problem.N, 0)))
        eta = kernel().markups(problem.markets, problem.products, held, blank, (alpha, none), problem.firm).eta
        return _own_elasticities(problem, tastes, alpha, point.delta), problem.p - eta

    def _tastes(self, draw: Array) -> tuple[Tastes, Array]:
        problem = self.problem
        tastes = problem.form.tastes(draw[: self.P], problem.nodes, problem.demographics, problem.products.X.shape[1])
        mean = float(draw[self.P]) if problem.price[1] is not None else 0.0
        return tastes, price_taste(problem, tastes, slice(0, len(problem.markets.w)), mean)[0]

    def _scene(self, point: Point, draw: Array, tastes: tuple[Tastes, Array], mc: Array) -> Scene:
        problem, (buyers, alpha) = self.problem, tastes
        others = [k for k in range(problem.products.X.shape[1]) if k != problem.price[0]]
        mean = float(draw[self.P]) if problem.price[1] is not None else 0.0
        return Scene(
            problem.markets, np.ascontiguousarray(problem.products.X[:, others]), np.ascontiguousarray(buyers.B[others]),
            point.delta - mean * problem.p, alpha, mc, problem.firm, np.zeros(problem.N, dtype=np.bool_), Pay.plain(problem.N),
        )  # fmt: skip

    def _exchanged(self, scene: Scene, rows: Mask, difference: float) -> list[float]:
        """Return changes, as shares, of the focal brand's profit, mean price and units with the reference's brand term."""
        other = with_base(scene, np.where(rows, difference, 0.0))
        cleared = clear(other, self.problem.p)
        if (cleared.status != CLEARED).any():
            return [np.nan] * 4
        held = shares(other, self.problem.p)
        p, s = self.problem.p[rows], np.exp(self.problem.products.log_s[rows])
        now = float((p - scene.mc[rows]) @ s)
        then = float((cleared.p[rows] - scene.mc[rows]) @ cleared.s[rows])
        fixed = float((p - scene.mc[rows]) @ held[rows])
        price = float(cleared.p[rows] @ cleared.s[rows] / cleared.s[rows].sum()) / float(p @ s / s.sum())
        return [then / now - 1, price - 1, float(cleared.s[rows].sum() / s.sum()) - 1, fixed / now - 1]

    def _by_group(self, alpha: Array) -> list[float]:
        """Return the mean price taste of each third of buyers by the demographic."""
        if self.ask.by is None:
            return []
        w, third = self.problem.markets.w, self.ask.by
        return [float(np.average(alpha[third == g], weights=w[third == g])) for g in range(len(GROUPS))]


def _own_elasticities(problem: Problem, tastes: Tastes, alpha: Array, delta: Array) -> Array:
    """Return ``p_j / s_j sum_i w_i alpha_i P_ij (1 - P_ij)``, shape (N,)."""
    out = np.empty(problem.N)
    nests = problem.products.nest
    for batch in batches(problem.markets):
        nest = None if nests is None else nests[batch.rows]
        at = choices(utilities(batch, problem.products.X, tastes.B, delta), nest, tastes.rho)
        a = batch.w * alpha[batch.buyers]
        keep = 1 / (1 - at.rho)
        inside = 0.0 if at.C is None else at.rho * keep * at.C
        slope = (at.P * (keep - inside - at.P) * a[:, None, :]).sum(axis=2)
        s = (at.P * batch.w[:, None, :]).sum(axis=2)
        out[batch.rows] = problem.p[batch.rows] / s * slope
    return out
