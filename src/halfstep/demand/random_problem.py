"""From a demand regression and its buyers to a random-coefficients problem."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from halfstep.blp.coefficients import Coefficient, Form
from halfstep.blp.problem import Linear, Problem, Supply, linear
from halfstep.blp.surveys import Group, MicroMoment, MicroSpec, Survey
from halfstep.core.config_demand import RandomTastes, Taste
from halfstep.demand.buyers import INCOME, Draws, draws_of, names_used
from halfstep.demand.fit import DemandFit, Unfit
from halfstep.market.inputs import Inputs
from halfstep.market.micro import ANYTHING, NONE, UNSAID, Micro
from halfstep.native.layout import Products
from halfstep.numerics.absorb import absorber

__all__ = ["Cast", "cast"]

Array = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Cast:
    """A problem and what its parts are called.

    Attributes
    ----------
    problem
        Rows sorted by market.
    draws
        Its buyers.
    order
        Row of the demand regression of each row of the problem, shape (n,).
    columns
        Names of X2: "constant", "price", attributes.
    """

    problem: Problem
    draws: Draws
    order: Codes
    columns: tuple[str, ...]

    @property
    def labels(self) -> tuple[tuple[str, str, str], ...]:
        """Kind, column and source of each entry of theta."""
        out = []
        for p in self.problem.form.parameters:
            column = self.columns[p.column] if p.column >= 0 else ""
            source = self.draws.names[p.source] if p.kind == "pi" else ""
            if p.kind == "sigma" and not p.own:
                source = self.columns[[c for c in self.problem.form.coefficients if c.nodes][p.source].column]
            out.append((p.kind, column, source))
        return tuple(out)


def cast(inputs: Inputs, fit: DemandFit, rng: np.random.Generator) -> Cast | Unfit:
    """Return the random-coefficients problem of a study on the rows, effects and instruments of its demand regression."""
    assert inputs.config.demand is not None and inputs.config.demand.random is not None
    random, panel = inputs.config.demand.random, fit.panel
    if not np.isfinite(fit.shares.s).all():
        return Unfit("possible buyers unknown")
    needed = {name.removeprefix(INCOME) for name in names_used(random)}
    if needed and inputs.buyers is None:
        return Unfit("no buyers table", tuple(sorted(needed)))
    order = np.argsort(panel.market, kind="stable")
    codes, first = np.unique(panel.market[order], return_index=True)
    row = np.concatenate([first, [panel.n]]).astype(np.int64)
    surveyed = tuple(name for name in inputs.micro.of if name) if inputs.micro is not None else ()
    draws = draws_of(random, (inputs.buyers, surveyed), codes, row, rng)
    if draws.unvarying:
        return Unfit("demographic does not vary", draws.unvarying)
    columns, coefficients, X2 = _tastes(random, fit, draws, order)
    moments = len(fit.instruments.names) + (0 if inputs.micro is None else len(inputs.micro.value))
    form = Form(coefficients, nested=fit.spec.nested)
    supplied, inside = random.supply != "none", _inside(random)
    if len(form.parameters) + (0 if inside else 1) > moments + (moments if supplied else 0):
        return Unfit("fewer instruments than tastes", fit.instruments.names)
    design = fit.two.exogenous.design
    X = design.X[order] if inside else np.column_stack([panel.p, design.X])[order]
    endogenous = np.zeros(X.shape[1], dtype=np.bool_)
    endogenous[: 0 if inside else 1] = True
    absorb = absorber(design.market[order], design.cell[order])
    demand = linear(X, fit.instruments.Z[order], endogenous, absorb)
    clustered = random.covariance == "clustered"
    problem = Problem(
        markets=draws.markets,
        products=Products(
            np.ascontiguousarray(X2), np.log(fit.shares.s[order]), panel.nest[order] if form.nested else None
        ),
        p=np.ascontiguousarray(panel.p[order]),
        firm=np.ascontiguousarray(panel.firm[order]),
        cluster=np.ascontiguousarray(design.cluster[order]) if clustered else None,
        nodes=draws.nodes,
        demographics=draws.demographics,
        form=form,
        demand=demand,
        price=(columns.index("price") if "price" in columns else None, None if inside else 0),
        supply=Supply(
            _costs(inputs, fit, order),
            random.supply == "log",
            1e-3 * float(panel.p.min()) if random.supply == "log" else -np.inf,
        )
        if supplied
        else None,
        micro=_micro(inputs.micro, fit, draws, order, codes) if inputs.micro is not None else None,
        known=(fit.utilities.gross - fit.utilities.y)[order],
    )
    return Cast(problem, draws, order, columns)


def _tastes(
    random: RandomTastes, fit: DemandFit, draws: Draws, order: Codes
) -> tuple[tuple[str, ...], tuple[Coefficient, ...], Array]:
    """Return names of X2, tastes and X2; attributes about their mean, so that no unit of theirs matters."""
    tastes = list(random.tastes)
    if _inside(random) and "price" not in [t.of for t in tastes]:
        tastes.append(Taste(of="price", spread=False))
    columns, coefficients, X2, spreads = [], [], [], 0
    for k, taste in enumerate(tastes):
        own = tuple(range(spreads + 1)) if random.correlated else (spreads,)
        spreads += taste.spread
        by = tuple(draws.names.index(name) for name in taste.by)
        if taste.of == "price" and random.income:
            by += (draws.names.index(INCOME + random.income),)
        signed = taste.distribution != "normal"
        coefficients.append(
            Coefficient(
                column=k, nodes=own if taste.spread else (), demographics=by,
                mean=signed or (taste.of == "price" and _inside(random) and not random.income), distribution=taste.distribution,
                sign=-1.0 if taste.of == "price" else 1.0, low=taste.low or 0.0, high=taste.high or 0.0,
            )
        )  # fmt: skip
        columns.append(taste.of)
        X2.append(_column(taste.of, fit)[order])
    return tuple(columns), tuple(coefficients), np.column_stack(X2)


def _micro(micro: Micro, fit: DemandFit, draws: Draws, order: Codes, codes: Codes) -> tuple[MicroSpec, Array] | None:
    """Return the figures of surveys about the markets and brands of the regression; None where none is left.

    Markets weigh by their possible buyers where those are known, else alike.
    """
    brand, T = fit.panel.brand[order], len(codes)
    size = fit.panel.size[order][draws.markets.row[:-1]]
    survey = Survey(micro.file, size if np.isfinite(size).all() else np.ones(T))
    everything, moments = np.ones(len(brand), dtype=np.bool_), []
    for m in range(len(micro.value)):
        here = micro.markets[m][codes].copy()
        first, second = (
            Group(np.zeros_like(everything), nothing=True) if code == NONE
            else Group(everything if code == ANYTHING else brand == code)
            for code in (int(micro.group[m]), int(micro.second[m]))
        )  # fmt: skip
        for group in (first, second):
            if not group.nothing and int(micro.second[m] if group is second else micro.group[m]) != UNSAID:
                here &= np.add.reduceat(group.rows, draws.markets.row[:-1]) > 0
        if not here.any():
            continue
        second_choice = bool(micro.second_choice[m])
        moments.append(
            MicroMoment(
                kind="second choice" if second_choice else "mean", survey=0, group=first, value=float(micro.value[m]),
                observations=float(micro.count[m]), second=second if second_choice else None, markets=here,
                demographic=None if second_choice else draws.raw_names.index(micro.of[m]),
            )
        )  # fmt: skip
    return (MicroSpec((survey,), tuple(moments)), draws.raw) if moments else None


def _inside(random: RandomTastes) -> bool:
    """Whether the mean taste for price is part of theta.

    So it is where prices say something of it, where it is one number over income, and where it keeps a sign.
    """
    signed = any(taste.of == "price" and taste.distribution != "normal" for taste in random.tastes)
    return random.supply != "none" or bool(random.income) or signed


def _column(of: str, fit: DemandFit) -> Array:
    if of == "constant":
        return np.ones(fit.panel.n)
    if of == "price":
        return fit.panel.p
    values = fit.panel.X[:, fit.panel.attributes.index(of)]
    return np.asarray(values - values.mean())


def _costs(inputs: Inputs, fit: DemandFit, order: Codes) -> Linear:
    """Return the supply stage: a constant, the attributes that cost, cost shifters; the demand's instruments stand too."""
    demand = inputs.config.demand
    assert demand is not None and demand.random is not None
    at = [fit.panel.attributes.index(a) for a in demand.random.cost_attributes]
    X = np.column_stack([np.ones(fit.panel.n), fit.panel.X[:, at], fit.panel.cost])[order]
    Z = fit.instruments.Z[order]
    basis = np.linalg.qr(X)[0]
    keep = []
    for k, column in enumerate(Z.T):
        left = column - basis @ (basis.T @ column)
        left -= basis @ (basis.T @ left)
        if np.linalg.norm(left) > 1e-6 * np.linalg.norm(column):
            basis = np.column_stack([basis, left / np.linalg.norm(left)])
            keep.append(k)
    return linear(X, Z[:, keep], np.zeros(X.shape[1], dtype=np.bool_))
