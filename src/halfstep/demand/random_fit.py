"""Tastes that differ between buyers: the estimate, and the linear stage at it for contrasts of brands."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from halfstep.blp.estimate import Fit, Options, estimate
from halfstep.blp.evaluate import price_taste
from halfstep.blp.starts import drawn_starts
from halfstep.core.errors import MisuseError
from halfstep.demand.fit import DemandFit, Unfit
from halfstep.demand.random_problem import Cast, cast
from halfstep.demand.stage import Stage
from halfstep.market.inputs import Inputs
from halfstep.numerics.iv import two_stage
from halfstep.numerics.linear import least_squares

__all__ = ["RandomFit", "fit_random"]

Array = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class RandomFit:
    """A random-coefficients fit on the rows of a demand regression.

    Attributes
    ----------
    base
        The demand regression with tastes in common.
    cast
        The problem and its names.
    fit
        The estimate.
    stage
        The linear stage at it, rows as in `base`.
    place
        Row of the problem of each row of `base`, shape (n,).
    """

    base: DemandFit
    cast: Cast
    fit: Fit
    stage: Stage
    place: Codes

    @property
    def price_tastes(self) -> Array:
        """Marginal utility of price of every buyer, shape (A,): at the linear stage's mean, about which buyers differ."""
        problem = self.cast.problem
        tastes = problem.form.tastes(self.fit.theta, problem.nodes, problem.demographics, problem.products.X.shape[1])
        mean = 0.0 if problem.price[1] is None else float(self.stage.beta[0])
        return price_taste(problem, tastes, slice(0, len(problem.markets.w)), mean)[0]


def fit_random(inputs: Inputs, base: DemandFit, rng: np.random.Generator) -> RandomFit | Unfit:
    """Estimate the study's random coefficients, or say why not."""
    assert inputs.config.demand is not None and inputs.config.demand.random is not None
    random = inputs.config.demand.random
    made = cast(inputs, base, rng)
    if isinstance(made, Unfit):
        return made
    try:
        fit = estimate(made.problem, drawn_starts(made.problem, random.starts, rng), Options(steps=random.steps))
    except MisuseError as error:
        return Unfit("tastes cannot be estimated", (str(error),))
    place = np.argsort(made.order)
    return RandomFit(base, made, fit, _stage(base, made, fit, place), place)


def _stage(base: DemandFit, made: Cast, fit: Fit, place: Codes) -> Stage:
    """Return the linear stage at theta; what is known of reach is taken off."""
    problem, design = made.problem, base.two.exogenous.design
    known = base.utilities.gross - base.utilities.y if not base.utilities.exact.any() else np.zeros(base.panel.n)
    y, D = fit.point.delta[place] - known, fit.point.D[place]
    rows = fit.influence[place][:, : len(fit.theta)]
    scores: Array = np.stack([np.bincount(design.cluster, column) for column in rows.T], axis=1).astype(np.float64)
    if problem.price[1] is not None:
        found = two_stage(design, base.panel.p[:, None], base.instruments.Z, y)
        return Stage(found, base.panel.p, D, scores)
    assert problem.price[0] is not None
    k = next(i for i, p in enumerate(problem.form.parameters) if p.kind == "mean" and p.column == problem.price[0])
    return Stage(least_squares(design, y), base.panel.p, D, scores, (float(fit.theta[k]), k))
