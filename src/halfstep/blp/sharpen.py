"""A further step: estimate again with approximate optimal instruments, from the estimate (Conlon & Gortmaker 2020)."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from halfstep.blp.estimate import Fit, estimate
from halfstep.blp.instruments import expected_jacobian, optimal_instruments, projected_prices
from halfstep.core.errors import MisuseError
from halfstep.native.layout import Products

__all__ = ["sharpened"]


def sharpened(fit: Fit) -> Fit:
    """Return the estimate under as many optimal instruments as there are parameters; demand alone.

    Instruments are the exogenous regressors, the price that they and the excluded instruments foretell where price has a
    linear coefficient, and the expected slopes of xi. The restrictions of the first estimate are used up: there is no J.

    Raises
    ------
    MisuseError
        If there is supply, or the optimal instruments do not tell the parameters apart.
    """
    problem = fit.problem
    if problem.supply is not None:
        raise MisuseError("expected demand alone; with supply the moments of both sides are used as they are")
    stage, column = problem.demand, problem.price
    p = projected_prices(problem.p, stage.Z, stage.absorb)
    X = problem.products.X.copy()
    if column[0] is not None:
        X[:, column[0]] = p
    tastes = problem.form.tastes(fit.theta, problem.nodes, problem.demographics, X.shape[1])
    delta = fit.point.delta - fit.errors[0] + fit.alpha * (p - problem.p)
    expected = expected_jacobian(
        problem.markets, Products(X, problem.products.log_s, problem.products.nest), tastes, delta
    )
    made = np.column_stack([*([p] if column[1] is not None else []), *optimal_instruments(expected, fit.errors[:1])])
    made = made if stage.absorb is None else stage.absorb.residuals(made)
    exogenous = np.delete(stage.X, [] if column[1] is None else [column[1]], axis=1)
    Z = np.ascontiguousarray(np.hstack([exogenous, made / np.linalg.norm(made, axis=0) * np.sqrt(problem.N)]))
    other = replace(problem, demand=replace(stage, Z=Z))
    return estimate(other, fit.theta[None], replace(fit.options, steps="one", updated=False))
