"""The demand room: tastes from market shares, or why these shares do not tell them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from halfstep.core.answer import Answer
from halfstep.core.check import Check, Status
from halfstep.core.estimate import Bound, Estimate, Origin, Point, Refusal
from halfstep.core.tastes import Functionals, Tastes
from halfstep.demand.checks import demand_checks
from halfstep.demand.elasticity import mean_slope
from halfstep.demand.fit import DemandFit, DemandSpec, Unfit, fit_demand
from halfstep.demand.pricing import Pricing, pricing
from halfstep.demand.random_account import ASSUMPTIONS as RANDOM
from halfstep.demand.random_account import asked, priced, random_estimates, resampled
from halfstep.demand.random_checks import random_checks
from halfstep.demand.random_fit import RandomFit, fit_random
from halfstep.market.hedonic import HedonicFit
from halfstep.market.inputs import Inputs, Room, supply_bound
from halfstep.market.names import PathKind, brand_paths, name_weights
from halfstep.market.records import Author
from halfstep.market.room import watched
from halfstep.numerics.intervals import fieller
from halfstep.numerics.iv import TwoStage

__all__ = ["ROOM"]

Array = npt.NDArray[np.float64]

ASSUMPTIONS = ("clusters independent", "logit tastes", "instruments exogenous")

NEEDS = {
    "no instruments": ("a cost shifter or instruments in [demand]",),
    "instruments vanish": ("a cost shifter", "differentiation instruments"),
    "fewer instruments than needed": ("a cost shifter", "differentiation instruments"),
    "not identified": ("models of one brand and period that differ in it",),
    "demographic does not vary": ("a demographic that differs between buyers",),
    "possible buyers unknown": ("number of possible buyers of each market",),
    "no buyers table": ("a buyers table with these demographics",),
    "fewer instruments than tastes": ("more instruments in [demand]", "a cost shifter"),
    "tastes cannot be estimated": ("more markets, or fewer tastes",),
    "no rows": ("rows with sales and every attribute filled",),
    "supply, not demand": ("orders net of cancellations",),
    "deliveries, backlog unknown": ("a flow table with the backlog", "orders net of cancellations"),
}
"""Reason of a refusal -> what would make an answer possible."""


def _run(inputs: Inputs, upstream: Mapping[str, Answer], rng: np.random.Generator) -> Answer:
    config, panel = inputs.config, inputs.panel
    if config.demand is None:
        return Answer(room="demand", dark="[demand]")
    barred = supply_bound(inputs)
    if config.columns.outcome == "deliveries" and inputs.flow is None:
        return _refused(inputs, Unfit("deliveries, backlog unknown"))
    if barred.all():
        return _refused(inputs, Unfit("supply, not demand"))
    spec = DemandSpec.of(config)
    fit = fit_demand(panel, spec, inputs.reach, barred)
    if isinstance(fit, Unfit):
        return _refused(inputs, fit)
    write = Author("demand", config, fit.panel, fit.panel.n)
    naive = _as_two_stage(fit)
    by_iv, by_ols = (r.functionals(r.coefficient_weights(np.eye(len(fit.names)))) for r in (fit.two, naive))
    common = Answer(
        room="demand",
        estimates=(
            *_coefficients(write, fit, by_iv, "2sls"),
            *_coefficients(write, fit, by_ols, "ols"),
            *_two_step(write, fit),
            *_robust(write, fit),
            *_elasticities(write, fit, by_iv, watched(inputs)),
        ),
        checks=tuple(demand_checks(inputs, fit, barred)),
        tastes=(_tastes(write, fit, fit.two, by_iv), _tastes(write, fit, naive, by_ols)),
    )
    return common if config.demand.random is None else _with_random(inputs, fit, common, rng)


ROOM = Room("demand", ("sales",), _run)


def _with_random(inputs: Inputs, fit: DemandFit, common: Answer, rng: np.random.Generator) -> Answer:
    """Add tastes that differ between buyers; those in common stand beside them as a reading."""
    found = fit_random(inputs, fit, rng)
    write = Author("demand", inputs.config, fit.panel, fit.panel.n)
    if isinstance(found, Unfit):
        facts = (("names", ", ".join(found.names)),)
        origin = write.origin("demand.random", np.ones(fit.panel.n, dtype=bool), RANDOM)
        refusal = Refusal(
            id="demand.random", what="tastes that differ", why=found.why, needs=NEEDS[found.why], origin=origin, facts=facts
        )  # fmt: skip
        check = Check(
            id="demand.random.fit", status=Status.FAIL, why=found.why, do="give what the demand lens needs", facts=facts
        )
        return replace(common, estimates=(*common.estimates, refusal), checks=(*common.checks, check))
    ask = None if fit.spec.nested else asked(inputs, found, watched(inputs))
    said: Pricing | None = None if ask is None else pricing(found, *ask, rng)
    demand = inputs.config.demand
    assert demand is not None and demand.random is not None
    by_random = found.stage.functionals(found.stage.coefficient_weights(np.eye(found.stage.W.shape[1])))
    estimates = (
        *random_estimates(write, found),
        *_coefficients(write, fit, by_random, "random"),
        *resampled(write, found, demand.random.resamples, rng),
        *(() if said is None else priced(write, inputs, found, said)),
    )
    plain, naive = common.tastes
    terms, stage = replace(fit.terms, squares=found.stage.squares), found.stage
    path = PathKind(
        "demand.path", "utils", "demand.random", RANDOM,
        lambda contrasts: stage.functionals(stage.net(stage.squares.written(contrasts))),
    )  # fmt: skip
    return replace(
        common,
        series=(*common.series, *brand_paths(write, terms, watched(inputs), path)),
        estimates=(*common.estimates, *estimates),
        checks=(*common.checks, *random_checks(inputs, found, said, rng)),
        tastes=(_random_tastes(write, found, by_random), replace(plain, lens="demand common"), naive),
    )


def _random_tastes(write: Author, found: RandomFit, by_random: Functionals) -> Tastes:
    """Return the mean tastes and brand terms at a random-coefficients fit."""
    fit, stage = found.base, found.stage
    terms = _terms(replace(fit.terms, squares=stage.squares))
    labels = [*(name for name in fit.names if name[0] != "rho"), *(("theta", brand) for brand in terms)]
    sign = np.array([-1.0 if symbol == "alpha" else 1.0 for symbol, _ in labels])
    scores, value = [by_random.scores], [by_random.value]
    if terms:
        brands = stage.functionals(stage.net(np.column_stack(list(terms.values()))))
        scores.append(brands.scores)
        value.append(brands.value)
    moved = np.hstack(scores) * sign
    reach = () if fit.utilities.net.all() else ("reach",)
    return Tastes(
        lens="demand", nodes=("all",), labels=tuple(labels), value=(np.concatenate(value) * sign)[None, :],
        covariance=moved.T @ moved, contains=("name", *reach, "misbelief", "unseen quality"), is_taste=True, tier=write.tier,
        origin=write.origin("demand.random", np.ones(fit.panel.n, dtype=bool), RANDOM), regression=stage,
        rows=fit.panel.row, gross=found.fit.point.delta[found.place] + stage.shift * stage.p,
    )  # fmt: skip


def _refused(inputs: Inputs, unfit: Unfit) -> Answer:
    write = Author("demand", inputs.config, inputs.panel)
    origin = write.origin("demand", np.ones(inputs.panel.n, dtype=bool), ASSUMPTIONS)
    names = ", ".join(unfit.names)
    refusal = Refusal(
        id="demand.tastes", what="tastes from market shares", why=unfit.why, needs=NEEDS[unfit.why], origin=origin,
        facts=(("names", names),),
    )  # fmt: skip
    check = Check(
        id="demand.tastes", status=Status.FAIL, why=unfit.why, do="give what the demand lens needs", facts=(("names", names),)
    )  # fmt: skip
    return Answer(room="demand", estimates=(refusal,), checks=(check,))


def _coefficients(write: Author, fit: DemandFit, found: Functionals, name: str) -> Iterator[Estimate]:
    """Yield alpha and rho by one estimator, and what a unit of each attribute is worth in money."""
    everything = np.ones(fit.panel.n, dtype=bool)
    assumed = {"2sls": ASSUMPTIONS, "random": RANDOM}.get(name, ASSUMPTIONS[:2])
    origin = write.origin(f"demand.{name}", everything, assumed)
    names = [n for n in fit.names if not (name == "random" and n[0] == "rho")]
    for k, (symbol, subject) in enumerate(names):
        if symbol == "beta":
            attribute, epoch = subject.split("@")
            if epoch == "0":
                weak = name != "ols" and not fit.strength.strong
                yield _worth(write, f"{attribute}.{name}", found, k, (origin, weak))
        else:
            sign, unit = (-1.0, "utils per money unit") if symbol == "alpha" else (1.0, "number")
            value = (sign * float(found.value[k]), float(found.se[k]), float(found.freedom[k]))
            yield write.estimated(f"demand.{symbol}.{name}", f"{symbol} by {name}", value, unit, origin)


def _two_step(write: Author, fit: DemandFit) -> Iterator[Estimate]:
    if fit.gmm is not None:
        origin = write.origin("demand.gmm", np.ones(fit.panel.n, dtype=bool), ASSUMPTIONS)
        value = (-float(fit.gmm.beta[0]), float(fit.gmm.se[0]), float(fit.two.squares.clusters - 1))
        yield write.estimated("demand.alpha.gmm", "alpha by gmm", value, "utils per money unit", origin)


def _worth(write: Author, name: str, found: Functionals, k: int, by: tuple[Origin, bool]) -> Estimate:
    """Return ``beta_k / alpha`` with its Fieller interval, or a refusal where alpha cannot be told from zero.

    Parameters
    ----------
    by
        Origin, and whether the instruments are too weak for such an interval.
    """
    origin, weak = by
    alpha, level = -float(found.value[0]), write.config.gap.level
    value, covariance = float(found.value[k]) / alpha, found.covariance
    variance = (covariance[k, k] + 2 * value * covariance[0, k] + value**2 * covariance[0, 0]) / alpha**2
    with_scale = -(covariance[0, k] + value * covariance[0, 0]) / alpha**2
    freedom = float(min(found.freedom[0], found.freedom[k]))
    errors = (float(variance), float(with_scale), float(covariance[0, 0]) / alpha**2)
    ends = fieller(value, errors, freedom, level) if alpha > 0 and not weak else None
    what, unit = "worth of a unit of an attribute", write.config.study.currency.en
    if ends is None:
        why = "weak instruments" if weak else "not measurable in money"
        return Refusal(id=f"demand.worth.{name}", what=what, why=why, needs=("a cost shifter",), origin=origin)
    return Point(
        id=f"demand.worth.{name}", what=what, value=value, lo=ends[0], hi=ends[1], level=level, unit=unit,
        n=origin.rows_used, tier=write.tier, origin=origin, se=float(np.sqrt(variance)), freedom=freedom,
    )  # fmt: skip


def _robust(write: Author, fit: DemandFit) -> Iterator[Estimate]:
    """Yield the pieces of the set of alphas that holds however weak the instruments are."""
    origin = write.origin("demand.anderson_rubin", np.ones(fit.panel.n, dtype=bool), ASSUMPTIONS)
    what = "alpha whatever the instruments' strength"
    if not fit.robust.intervals:
        yield Refusal(
            id="demand.alpha.robust", what=what, why="every alpha rejected", needs=("a cost shifter",), origin=origin
        )
    for i, (lo, hi) in enumerate(reversed(fit.robust.intervals), start=1):
        yield Bound(
            id=f"demand.alpha.robust.{i}", what=what, lo=-hi, hi=-lo, unit="utils per money unit", n=fit.panel.n,
            tier=write.tier, origin=origin,
        )  # fmt: skip


def _elasticities(write: Author, fit: DemandFit, found: Functionals, brands: tuple[str, ...]) -> Iterator[Estimate]:
    """Yield each drawn brand's mean own-price elasticity, with alpha's interval and rho as estimated.

    It is a bound where the number of possible buyers is unknown, and where instruments are weak: then alpha runs through
    its Anderson-Rubin set.
    """
    alpha, se, freedom = -float(found.value[0]), float(found.se[0]), float(found.freedom[0])
    pieces = fit.robust.intervals
    alphas = [alpha] if fit.strength.strong or not pieces else [-pieces[-1][1], -pieces[0][0]]
    last = fit.panel.period == fit.panel.period.max()
    unknown = ~np.isfinite(fit.shares.s)
    for brand in brands:
        rows = fit.panel.is_brand(brand) & last
        if not rows.any():
            continue
        origin = write.origin("demand.elasticity", rows, ASSUMPTIONS)
        shares = (np.zeros(fit.panel.n), _among_sold(fit)) if unknown[rows].any() else (fit.shares.s,)
        ends = [-a * mean_slope(fit, rows, s) for a in alphas for s in shares]
        if len(ends) > 1:
            yield Bound(
                id=f"demand.elasticity.{brand}", what="own-price elasticity", lo=min(ends), hi=max(ends), unit="number",
                n=int(rows.sum()), tier=write.tier, origin=origin,
            )  # fmt: skip
        else:
            value = (ends[0], se * abs(ends[0] / alpha), freedom)
            yield write.estimated(f"demand.elasticity.{brand}", "own-price elasticity", value, "number", origin)


def _among_sold(fit: DemandFit) -> Array:
    """Return shares among what was sold: the largest that shares of all possible buyers can be."""
    return fit.shares.q / np.bincount(fit.panel.market, fit.shares.q)[fit.panel.market]


def _tastes(write: Author, fit: DemandFit, regression: TwoStage, found: Functionals) -> Tastes:
    lens, method = ("demand", "demand.2sls") if regression is fit.two else ("demand naive", "demand.ols")
    assumed = ASSUMPTIONS if regression is fit.two else ASSUMPTIONS[:2]
    labels, sign = list(fit.names), [-1.0 if symbol == "alpha" else 1.0 for symbol, _ in fit.names]
    scores, value = [found.scores], [found.value]
    if regression is fit.two:
        terms = _terms(fit.terms)
        labels += [("theta", brand) for brand in terms]
        sign += [1.0] * len(terms)
        if terms:
            brands = regression.functionals(np.column_stack(list(terms.values())))
            scores.append(brands.scores)
            value.append(brands.value)
    moved = np.hstack(scores) * sign
    reach = () if fit.utilities.net.all() else ("reach",)
    return Tastes(
        lens=lens, nodes=("all",), labels=tuple(labels), value=(np.concatenate(value) * sign)[None, :],
        covariance=moved.T @ moved, contains=("name", *reach, "misbelief", "unseen quality"), is_taste=True, tier=write.tier,
        origin=write.origin(method, np.ones(fit.panel.n, dtype=bool), assumed), regression=regression,
        rows=fit.panel.row, gross=fit.utilities.gross,
    )  # fmt: skip


def _terms(fit: HedonicFit) -> dict[str, Array]:
    """Return, by brand, the row weights of its term in the last period over the plain mean of brands, in utils."""
    last = int(fit.panel.period.max())
    on_sale = np.unique(fit.panel.brand[fit.panel.period == last])
    found = {fit.panel.brands[b]: name_weights(fit, fit.panel.brands[b], last) for b in on_sale}
    return {brand: a for brand, a in found.items() if a is not None}


def _as_two_stage(fit: DemandFit) -> TwoStage:
    """Return least squares with price taken as given, in the same clothes."""
    return replace(fit.two, squares=fit.naive, accepted=None)
