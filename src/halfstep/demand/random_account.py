"""What tastes that differ between buyers come to, as records."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from halfstep.blp.evaluate import Point
from halfstep.blp.resample import reestimated
from halfstep.core.estimate import Estimate, Origin, Refusal
from halfstep.core.estimate import Point as Figure
from halfstep.demand.buyers import INCOME
from halfstep.demand.pricing import Ask, Pricing
from halfstep.demand.random_fit import RandomFit, buyers_taste
from halfstep.market.hedonic import HedonicFit
from halfstep.market.inputs import Inputs
from halfstep.market.names import name_weights
from halfstep.market.records import Author

__all__ = ["ASSUMPTIONS", "asked", "priced", "random_estimates", "resampled"]

Array = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

ASSUMPTIONS = ("clusters independent", "random tastes", "instruments exogenous")
PRICED = (*ASSUMPTIONS, "Bertrand-Nash prices")

UNITS = {
    "elasticity": "number", "markup": "share", "cost": "", "name profit": "share", "name price": "share", "name units": "share",
    "name fixed": "share", "name low": "", "name middle": "", "name high": "",
}  # fmt: skip
"""Kind of an answer -> unit; the study's money where empty."""


def random_estimates(write: Author, found: RandomFit) -> Iterator[Estimate]:
    """Yield theta, the mean price taste, the buyers who do not mind paying, and the optima that the starts reached."""
    fit, everything = found.fit, np.ones(found.base.panel.n, dtype=bool)
    origin = write.origin("demand.random", everything, ASSUMPTIONS)
    freedom = float(found.base.two.squares.clusters - 1)
    correlated = any(kind == "sigma" and source for kind, _, source in found.cast.labels)
    for k, (kind, column, source) in enumerate(found.cast.labels):
        value, se = float(fit.theta[k]), float(fit.se[k])
        if kind == "sigma" and not source and not correlated:
            value = abs(value)
        flat = bool(fit.flat[k])
        name = ".".join(part for part in ("demand.random", kind, column, source.removeprefix(INCOME)) if part)
        what = f"{kind} of tastes" + (" by income" if source.startswith(INCOME) else "")
        if flat:
            yield Refusal(
                id=name, what=what, why="spread at zero", needs=("micro figures, or fewer tastes",), origin=origin
            )
            continue
        yield write.estimated(name, what, (value, se, freedom), "number", origin)
    share = float(found.cast.draws.markets.w @ (found.price_tastes >= 0)) / found.cast.draws.markets.T
    yield write.counted("demand.random.unminding", "buyers who do not mind paying", share, "share", origin)
    for k, (end, starts) in enumerate(found.first.steps[0].distinct, start=1):
        yield write.counted(f"demand.random.optimum.{k}", "objective at an optimum", end.value, "number", origin)
        yield write.counted(
            f"demand.random.optimum.{k}.starts", "starts that reached it", float(starts), "count", origin
        )


def resampled(write: Author, found: RandomFit, count: int, rng: np.random.Generator) -> Iterator[Estimate]:
    """Yield the price taste of those who buy by re-estimation, beside its sandwich; nothing where none is asked for."""
    fit, price = found.fit, found.fit.problem.price[1]
    if not count:
        return

    def alpha(point: Point, parameters: Array) -> Array:
        linear = 0.0 if price is None else float(parameters[len(point.theta) + price])
        return np.array([-linear - buyers_taste((fit.problem, found.compared), point)])

    unit = fit.problem.cluster
    if unit is None:
        unit = np.repeat(np.arange(fit.problem.markets.T), np.diff(fit.problem.markets.row))
    drawn = reestimated(fit, (count, rng), unit, alpha)
    origin = write.origin("demand.reestimated", np.ones(found.base.panel.n, dtype=bool), ASSUMPTIONS)
    name, what = "demand.random.resamples.failed", "re-estimations that failed"
    yield write.counted(name, what, float(drawn.failed), "count", origin)
    if len(drawn.values) > 1:
        values = drawn.values[:, 0]
        by = (float(np.median(values)), values)
        yield _point(write, "demand.alpha.resampled", "alpha by re-estimation", by, "utils per money unit", origin)


def asked(inputs: Inputs, found: RandomFit, brands: tuple[str, ...]) -> tuple[Ask, int] | None:
    """Return what is asked of the last period and its first market; None where the focal brand is not on sale then."""
    panel, study = found.base.panel, inputs.config.study
    order = found.cast.order
    last = panel.period[order] == panel.period.max()
    markets = found.cast.problem.markets
    first = int(np.searchsorted(markets.row, int(np.flatnonzero(last)[0]), side="right")) - 1
    on_sale = {b: panel.is_brand(b)[order][last] for b in brands}
    on_sale = {b: rows for b, rows in on_sale.items() if rows.any()}
    terms = HedonicFit(
        panel, found.base.spec.base, found.base.two.exogenous.design.X, found.stage.squares, found.base.cells, 0
    )
    own = name_weights(terms, study.focal, int(panel.period.max()))
    if study.focal not in on_sale or own is None:
        return None
    against = {}
    for brand in study.benchmarks:
        theirs = name_weights(terms, brand, int(panel.period.max()))
        if brand in on_sale and theirs is not None:
            against[brand] = theirs - own
    return Ask(on_sale, study.focal, against, _grouped(found, markets.buyer[first])), first


def _grouped(found: RandomFit, first: int) -> Codes | None:
    """Return the third of each buyer of the last period, by what shifts the taste for price (income where it does).

    None where nothing shifts it, or where so few kinds of buyers are told apart that a third would be empty.
    """
    draws, column = found.cast.draws, found.cast.problem.price[0]
    shifting = [c.demographics for c in found.cast.problem.form.coefficients if c.column == column]
    if not shifting or not shifting[0]:
        return None
    values, w = draws.raw[shifting[0][-1], first:], draws.markets.w[first:]
    kinds, kind = np.unique(values, return_inverse=True)
    weight = np.bincount(kind, w)
    middle = (np.cumsum(weight) - weight / 2) / weight.sum()
    third = np.minimum((3 * middle).astype(np.int64), 2)
    return third[kind] if len(np.unique(third)) == 3 and len(kinds) else None


def priced(write: Author, inputs: Inputs, found: RandomFit, said: Pricing) -> Iterator[Estimate]:
    """Yield elasticities, markups, costs and the equilibrium value of the name, with intervals by draws."""
    panel = found.base.panel
    last = panel.period == panel.period.max()
    focal = panel.is_brand(inputs.config.study.focal)
    money = inputs.config.study.currency.en
    for k, (kind, subject) in enumerate(said.names):
        rows = last & (panel.is_brand(subject) if not kind.startswith("name") else panel.is_brand(subject) | focal)
        origin = write.origin("demand.equilibrium" if kind.startswith("name") else "demand.pricing", rows, PRICED)
        name = f"demand.{kind.replace(' ', '.')}.{subject}" + (".random" if kind == "elasticity" else "")
        what = "own-price elasticity" if kind == "elasticity" else kind
        value, column = float(said.value[k]), said.draws.values[:, k] if len(said.draws.values) else np.zeros(0)
        column = column[np.isfinite(column)]
        if not np.isfinite(value) or len(column) < 2:
            yield Refusal(
                id=name,
                what=what,
                why="prices have no equilibrium",
                needs=("a price taste that is bounded",),
                origin=origin,
            )
        else:
            yield _point(write, name, what, (value, column), UNITS[kind] or money, origin)
    yield from _revenues(write, inputs, found, last)
    origin = write.origin("demand.pricing", last, PRICED)
    yield write.counted(
        "demand.random.draws.failed", "draws without an equilibrium", float(said.failed), "count", origin
    )


def _revenues(write: Author, inputs: Inputs, found: RandomFit, last: Mask) -> Iterator[Estimate]:
    """Yield what the focal brand takes in the last period over each benchmark (Ailawadi, Lehmann & Neslin 2003)."""
    panel, q, study = found.base.panel, found.base.shares.q, inputs.config.study
    for brand in study.benchmarks:
        if brand not in panel.brands:
            continue
        rows = [last & panel.is_brand(b) for b in (study.focal, brand)]
        earned = [float(panel.p[some] @ q[some]) for some in rows]
        if min(earned) > 0:
            origin = write.origin("demand.revenue", rows[0] | rows[1])
            yield write.counted(
                f"demand.name.revenue.{brand}", "name revenue", earned[0] / earned[1] - 1, "share", origin
            )


def _point(write: Author, name: str, what: str, found: tuple[float, Array], unit: str, origin: Origin) -> Figure:
    """Return an estimate with the percentiles of its draws, widened to hold the estimate itself."""
    value, draws = found
    level = write.config.gap.level
    lo, hi = (float(v) for v in np.quantile(draws, [(1 - level) / 2, (1 + level) / 2]))
    return Figure(
        id=name, what=what, value=value, lo=min(lo, value), hi=max(hi, value), level=level, unit=unit,
        n=origin.rows_used, tier=write.tier, origin=origin, se=float(draws.std(ddof=1)),
    )  # fmt: skip
