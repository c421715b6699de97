"""Tastes that differ between buyers: the estimate, and the linear stage at it for contrasts of brands."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from halfstep.blp.estimate import Fit, Options, estimate
from halfstep.blp.evaluate import Point, evaluate, price_taste
from halfstep.blp.gmm import unknown
from halfstep.blp.problem import Problem
from halfstep.blp.sharpen import sharpened
from halfstep.blp.starts import drawn_starts, units
from halfstep.core.config_demand import RandomTastes
from halfstep.core.errors import MisuseError
from halfstep.demand.fit import DemandFit, Unfit
from halfstep.demand.random_problem import Cast, cast
from halfstep.demand.stage import Stage
from halfstep.market.inputs import Inputs
from halfstep.native.choices import batches, choices, utilities
from halfstep.numerics.iv import two_stage
from halfstep.numerics.linear import least_squares

__all__ = ["TOLD_APART", "RandomFit", "buyers_taste", "fit_random"]

Array = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

TOLD_APART = 1e-8
"""Least conditioning of the objective at which parameters count as told apart."""

_MET = 1e-8
_LIKE = 0.99


@dataclass(frozen=True, slots=True, eq=False)
class RandomFit:
    """A random-coefficients fit on the rows of a demand regression.

    Attributes
    ----------
    base
        The demand regression with tastes in common.
    cast
        The problem and its names.
    first
        The estimate from the study's instruments and all starts.
    fit
        The estimate: with optimal instruments where they were asked for and worked, else the first.
    stage
        The linear stage at it, rows as in `base`.
    place
        Row of the problem of each row of `base`, shape (n,).
    compared
        Rows of the problem of the brands compared, shape (n,).
    """

    base: DemandFit
    cast: Cast
    first: Fit
    fit: Fit
    stage: Stage
    place: Codes
    compared: Mask

    @property
    def price_tastes(self) -> Array:
        """Marginal utility of price of every buyer, shape (A,): at the linear stage's mean, about which buyers differ."""
        problem = self.cast.problem
        tastes = problem.form.tastes(self.fit.theta, problem.nodes, problem.demographics, problem.products.X.shape[1])
        return price_taste(problem, tastes, slice(0, len(problem.markets.w)), self.stage.price)[0]


def fit_random(inputs: Inputs, base: DemandFit, rng: np.random.Generator) -> RandomFit | Unfit:
    """Estimate the study's random coefficients, or say why not."""
    assert inputs.config.demand is not None and inputs.config.demand.random is not None
    random = inputs.config.demand.random
    made = cast(inputs, base, rng)
    if isinstance(made, Unfit):
        return made
    place, compared = np.argsort(made.order), _compared(inputs, base)[made.order]
    if not compared.any():
        return Unfit("no rows")
    try:
        first = estimate(made.problem, drawn_starts(made.problem, random.starts, rng), _options(made.problem, random))
        fit = _sharper(first) if random.optimal and random.supply == "none" else first
        stage = _stage(base, made, fit, place, compared)
    except (MisuseError, np.linalg.LinAlgError) as error:
        return Unfit("tastes cannot be estimated", (str(error),))
    return RandomFit(base, made, first, fit, stage, place, compared)


def _options(problem: Problem, random: RandomTastes) -> Options:
    """Return how a study's fit is estimated.

    Moments are not centred: centring by clusters makes Hansen's J reject a true model in a fifth of small studies.
    """
    nested = problem.form.nested
    P = len(problem.form.parameters)
    lower, upper = np.full(P, -np.inf), np.full(P, np.inf)
    lower[P - nested :], upper[P - nested :] = 0.0, _LIKE
    return Options(steps=random.steps, centred=False, bounds=(lower, upper) if nested else None)


def _sharper(first: Fit) -> Fit:
    """Return the estimate with optimal instruments; the first where they leave the objective flat or do not meet."""
    try:
        fit = sharpened(first)
    except (MisuseError, np.linalg.LinAlgError):
        return first
    met = fit.steps[0].best.converged and fit.objective <= _MET * first.problem.N
    return fit if met and fit.conditioning > TOLD_APART and not fit.flat.any() else first


def _stage(base: DemandFit, made: Cast, fit: Fit, place: Codes, compared: Mask) -> Stage:
    """Return the linear stage at theta."""
    problem, design = made.problem, base.two.exogenous.design
    y, D = unknown(problem, fit.point)[place], fit.point.D[place]
    rows = fit.influence[place][:, : len(fit.theta)]
    scores: Array = np.stack([np.bincount(design.cluster, column) for column in rows.T], axis=1).astype(np.float64)
    found = (
        least_squares(design, y)
        if problem.price[1] is None
        else two_stage(design, base.panel.p[:, None], _instruments(fit)[place], y)
    )
    of = (problem, compared)
    slope, unit = np.empty(len(fit.theta)), units(problem)
    for k, value in enumerate(fit.theta):
        h = 1e-5 * max(1e-2 * unit[k], abs(float(value)))
        step = h * np.eye(len(fit.theta))[k]
        near = [evaluate(problem, fit.theta + sign * step, fit.point) for sign in (1.0, -1.0)]
        if any(point.failed.any() for point in near):
            raise MisuseError("expected shares that can be inverted about the estimate; some cannot")
        slope[k] = (buyers_taste(of, near[0]) - buyers_taste(of, near[1])) / (2 * h)
    beyond = fit.micro_influence[:, : len(fit.theta)]
    return Stage(found, base.panel.p, D, scores, beyond, buyers_taste(of, fit.point), slope)


def _compared(inputs: Inputs, base: DemandFit) -> Mask:
    """Return the rows of the focal brand and the benchmarks: who buys them sets the scale of money."""
    brands = (inputs.config.study.focal, *inputs.config.study.benchmarks)
    return np.asarray(np.any([base.panel.is_brand(b) for b in brands if b in base.panel.brands], axis=0))


def _instruments(fit: Fit) -> Array:
    """Return the excluded instruments of the estimate, rows as in the problem."""
    exogenous = fit.problem.demand.X.shape[1] - (fit.problem.price[1] is not None)
    return fit.problem.demand.Z[:, exogenous:]


def buyers_taste(of: tuple[Problem, Mask], point: Point) -> float:
    """Return the mean taste for price, beyond its linear coefficient, of those who buy some of a problem's rows."""
    problem, rows = of
    if problem.price[0] is None:
        return 0.0
    tastes = problem.form.tastes(point.theta, problem.nodes, problem.demographics, problem.products.X.shape[1])
    total = weight = 0.0
    nests = problem.products.nest
    for batch in batches(problem.markets):
        nest = None if nests is None else nests[batch.rows]
        P = choices(utilities(batch, problem.products.X, tastes.B, point.delta), nest, tastes.rho).P
        buys = (P * rows[batch.rows][:, :, None]).sum(axis=1) * batch.w
        total += float((buys * tastes.B[problem.price[0]][batch.buyers]).sum())
        weight += float(buys.sum())
    return total / weight
