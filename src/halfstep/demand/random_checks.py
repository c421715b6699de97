"""What a reader must know of a random-coefficients fit before relying on it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from halfstep.blp.estimate import Fit, estimate
from halfstep.blp.problem import Problem
from halfstep.core.check import Check, Status
from halfstep.core.errors import MisuseError
from halfstep.demand.fit import Unfit
from halfstep.demand.pricing import Pricing
from halfstep.demand.random_fit import TOLD_APART, RandomFit, buyers_taste
from halfstep.demand.random_problem import cast
from halfstep.market.inputs import Inputs
from halfstep.native import kernel

__all__ = ["random_checks"]

Facts = tuple[tuple[str, str | float | int], ...]

_MOVED = 0.5


def random_checks(inputs: Inputs, found: RandomFit, said: Pricing | None, rng: np.random.Generator) -> Iterator[Check]:
    """Yield the checks of a fit."""
    yield _search(found)
    yield _shape(found)
    yield from _overidentified(found, 1 - inputs.config.gap.confidence)
    yield _unminding(found)
    yield from _left_out(inputs, found)
    if said is not None:
        yield from _pricing(said)
    yield _misled(found)
    yield from _doubled(inputs, found, rng)
    yield from _resized(found)


def _check(
    name: str, passed: bool, why: tuple[str, str], do: str, facts: Facts, worst: Status = Status.REVIEW
) -> Check:
    """Return a check that passes or not; `why` holds both reasons."""
    status = Status.PASS if passed else worst
    return Check(id=f"demand.random.{name}", status=status, why=why[not passed], do="" if passed else do, facts=facts)


def _search(found: RandomFit) -> Check:
    first = found.first.steps[0]
    distinct = first.distinct
    reached = distinct[0][1] if distinct else 0
    facts: Facts = (
        ("starts", len(first.optima)), ("converged", sum(o.converged for o in first.optima)), ("reached", reached),
        ("optima", len(distinct)), ("best", first.best.value), ("next", distinct[1][0].value if len(distinct) > 1 else float("nan")),
        ("evaluations", sum(o.evaluations for s in found.first.steps for o in s.optima)), ("kernel", kernel().name),
    )  # fmt: skip
    if not distinct:
        return Check(
            id="demand.random.search", status=Status.FAIL, why="no start converged", do="take a taste out", facts=facts
        )
    return _check(
        "search",
        len(distinct) == 1,
        ("every start ends at one optimum", "several optima"),
        "read the table of optima",
        facts,
    )


def _shape(found: RandomFit) -> Check:
    """Look at the gradient and the Hessian of the objective at the estimate."""
    fit = found.fit
    least, most = float(fit.curvature[0]), float(fit.curvature[-1])
    facts: Facts = (
        ("gradient", float(np.abs(fit.gradient).max())), ("tolerance", fit.options.limits.gradient), ("least", least), ("most", most),
    )  # fmt: skip
    fine = bool(np.isfinite(least) and fit.conditioning > TOLD_APART and not fit.flat.all())
    return _check(
        "shape",
        fine,
        ("objective curves upwards", "objective is flat"),
        "take a taste out, or give micro figures",
        facts,
        Status.FAIL,
    )


def _overidentified(found: RandomFit, error: float) -> Iterator[Check]:
    fit = found.first
    if fit.p is None:
        yield Check(
            id="demand.random.overidentification", status=Status.REVIEW, why="instruments cannot be tested",
            do="name what would make an instrument wrong",
        )  # fmt: skip
        return
    facts: Facts = (("J", round(fit.objective, 2)), ("degrees", fit.degrees), ("p", fit.p))
    why = ("instruments agree", "instruments contradict each other")
    yield _check("overidentification", fit.p >= error, why, "give a cost shifter", facts, Status.FAIL)


def _unminding(found: RandomFit) -> Check:
    share = float(found.cast.draws.markets.w @ (found.price_tastes >= 0)) / found.cast.draws.markets.T
    facts: Facts = (("share", share),)
    return _check(
        "unminding",
        share == 0,
        ("all buyers mind paying", "some buyers do not mind paying"),
        "bound the taste for price",
        facts,
    )


def _left_out(inputs: Inputs, found: RandomFit) -> Iterator[Check]:
    """Tell the sales of rows that the regression leaves out: here their buyers stand among those who buy nothing."""
    base, panel = found.base, inputs.panel
    markets = np.isin(panel.market, base.panel.market)
    lost = float(panel.q[markets].sum() - base.panel.q.sum()) / float(panel.q[markets].sum())
    rows = int(markets.sum()) - base.panel.n
    if rows:
        facts: Facts = (("rows", rows), ("of", int(markets.sum())), ("share", lost))
        yield Check(
            id="demand.random.left_out",
            status=Status.REVIEW,
            why="rows left out buy nothing",
            do="fill the blanks",
            facts=facts,
        )


def _pricing(said: Pricing) -> Iterator[Check]:
    facts: Facts = (("rows", said.negative), ("of", said.rows))
    yield _check(
        "costs", said.negative == 0, ("all costs above zero", "negative costs"), "read markups with care", facts
    )
    facts = (("rows", said.inelastic), ("of", said.rows))
    yield _check(
        "elastic",
        said.inelastic == 0,
        ("all products of the last period elastic", "inelastic products in the last period"),
        "read alpha with care",
        facts,
    )
    facts = (("failed", said.failed), ("draws", said.draws.failed + len(said.draws.values)))
    fine = said.failed == 0 and bool(np.isfinite(said.value).all())
    yield _check(
        "equilibrium",
        fine,
        ("prices clear at every draw", "some draws have no equilibrium"),
        "bound the taste for price",
        facts,
    )


def _misled(found: RandomFit) -> Check:
    """Set the price taste of common tastes beside this one."""
    plain, ours = found.base.alpha, -float(found.stage.beta[0])
    facts: Facts = (("common", plain), ("random", ours), ("ratio", ours / plain if plain else float("nan")))
    return Check(
        id="demand.random.misled", status=Status.PASS, why="tastes in common beside tastes that differ", facts=facts
    )


def _doubled(inputs: Inputs, found: RandomFit, rng: np.random.Generator) -> Iterator[Check]:
    """Estimate again from the estimate with twice the nodes."""
    demand = inputs.config.demand
    assert demand is not None and demand.random is not None
    random = demand.random
    if not random.spreads:
        return
    size = random.points + 1 if random.nodes == "sparse" else 2 * random.points
    more = demand.model_copy(update={"random": random.model_copy(update={"size": size})})
    other = replace(inputs, config=inputs.config.model_copy(update={"demand": more}))
    again = None
    try:
        made = cast(other, found.base, rng)
        if not isinstance(made, Unfit):
            again = _again(found, replace(made.problem, demand=found.fit.problem.demand))
    except MisuseError:  # a rule that cannot be doubled
        pass
    yield _moved("nodes", found, again, ("nodes are enough", "nodes matter"), "raise demand.random.size")


def _resized(found: RandomFit) -> Iterator[Check]:
    """Estimate again with twice as many possible buyers."""
    problem = found.fit.problem
    products = replace(problem.products, log_s=problem.products.log_s - np.log(2.0))
    again = _again(found, replace(problem, products=products))
    yield _moved(
        "market_size",
        found,
        again,
        ("market size matters little", "market size matters"),
        "give the number of possible buyers",
    )


def _again(found: RandomFit, problem: Problem) -> Fit | None:
    try:
        return estimate(problem, found.fit.theta[None], found.fit.options)
    except (MisuseError, np.linalg.LinAlgError):
        return None


def _moved(name: str, found: RandomFit, again: Fit | None, why: tuple[str, str], do: str) -> Check:
    """Compare the price taste, and theta against its standard errors; the sign of a spread means nothing."""
    ours = _alpha(found, found.fit)
    theirs = moved = float("nan")
    if again is not None:
        theirs, free = _alpha(found, again), ~found.fit.flat
        spread = np.array([p.own for p in found.fit.problem.form.parameters])
        before, after = (np.where(spread, np.abs(fit.theta), fit.theta)[free] for fit in (found.fit, again))
        se = np.maximum(found.fit.se[: len(spread)][free], np.finfo(float).tiny)
        moved = float((np.abs(after - before) / se).max(initial=0.0))
    facts: Facts = (("alpha", ours), ("other", theirs), ("moved", moved))
    return _check(name, bool(moved <= _MOVED), why, do, facts)


def _alpha(found: RandomFit, fit: Fit) -> float:
    """Return the mean marginal utility of money, by the GMM itself, of those who buy a compared brand."""
    return -(fit.alpha + buyers_taste((fit.problem, found.compared), fit.point))
