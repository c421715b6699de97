"""What a reader must know of a demand fit before relying on it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr

from halfstep.core.check import Check, Status
from halfstep.demand.elasticity import mean_slope, own_slope
from halfstep.demand.fit import DemandFit, alpha_under
from halfstep.market.inputs import Inputs

__all__ = ["contradicted", "demand_checks"]

Facts = tuple[tuple[str, str | float | int], ...]


def contradicted(fit: DemandFit, error: float) -> bool:
    """Whether Hansen's test of the overidentifying restrictions rejects at an error rate."""
    return fit.gmm is not None and fit.gmm.p is not None and fit.gmm.p < error


def demand_checks(inputs: Inputs, fit: DemandFit, barred: npt.NDArray[np.bool_]) -> Iterator[Check]:
    """Yield the checks of a fit.

    Parameters
    ----------
    barred
        Rows of the study's panel whose quantity measures supply.
    """
    yield _rank(fit)
    yield _strength(fit)
    yield from _overidentified(fit, 1 - inputs.config.gap.confidence)
    yield _price_taste(fit)
    yield _bias(fit)
    yield _elastic(fit)
    yield from _zeros(inputs, fit, barred)
    yield from _market_size(inputs, fit, barred)
    yield from _rows(inputs, fit, barred)


def _rank(fit: DemandFit) -> Check:
    found = fit.instruments
    facts: Facts = (("kept", len(found.names)), ("endogenous", fit.two.endogenous), ("used", ", ".join(found.names)))
    if not found.refused:
        return Check(id="demand.rank", status=Status.PASS, why="instruments have full rank", facts=facts)
    facts += (("vanished", ", ".join(found.vanished) or "–"), ("collinear", ", ".join(found.collinear) or "–"))
    return Check(id="demand.rank", status=Status.REVIEW, why="instruments refused", do="use the others", facts=facts)


def _strength(fit: DemandFit) -> Check:
    worst = int(np.argmin(fit.strength.effective / fit.strength.critical))
    facts: Facts = (
        ("wald", round(float(fit.strength.wald[worst]), 1)),
        ("effective", round(float(fit.strength.effective[worst]), 1)),
        ("critical", round(float(fit.strength.critical[worst]), 1)),
    )
    if fit.strength.strong:
        return Check(id="demand.strength", status=Status.PASS, why="instruments strong", facts=facts)
    return Check(
        id="demand.strength", status=Status.FAIL, why="instruments weak", do="give a cost shifter", facts=facts
    )


def _overidentified(fit: DemandFit, error: float) -> Iterator[Check]:
    if fit.gmm is None or fit.gmm.p is None:
        yield Check(
            id="demand.overidentification", status=Status.REVIEW, why="instruments cannot be tested",
            do="name what would make an instrument wrong",
        )  # fmt: skip
        return
    facts: Facts = (("J", round(fit.gmm.objective, 2)), ("degrees", fit.gmm.degrees), ("p", fit.gmm.p))
    if contradicted(fit, error):
        yield Check(
            id="demand.overidentification", status=Status.FAIL, why="instruments contradict each other",
            do="give a cost shifter", facts=facts,
        )  # fmt: skip
    else:
        yield Check(id="demand.overidentification", status=Status.PASS, why="instruments agree", facts=facts)


def _price_taste(fit: DemandFit) -> Check:
    facts: Facts = (("alpha", round(fit.alpha, 4)), ("rho", round(fit.rho, 4)))
    if fit.alpha <= 0 or fit.rho >= 1:
        return Check(
            id="demand.signs", status=Status.FAIL, why="money is not wanted", do="give a cost shifter", facts=facts
        )
    if fit.rho < 0:
        return Check(id="demand.signs", status=Status.REVIEW, why="nests repel", do="take the nests out", facts=facts)
    return Check(id="demand.signs", status=Status.PASS, why="money is wanted")


def _bias(fit: DemandFit) -> Check:
    """Compare price taken as given with price instrumented: the difference and its clustered error (Hausman 1978)."""
    weights = [s.coefficient_weights(np.eye(len(fit.names))[:, :1]) for s in (fit.naive, fit.two.squares)]
    scores = [
        np.bincount(fit.two.squares.design.cluster, (w[:, 0] * s.residual))
        for w, s in zip(weights, (fit.naive, fit.two.squares), strict=True)
    ]
    difference = float(fit.naive.beta[0] - fit.two.beta[0])
    se = float(np.linalg.norm(scores[0] - scores[1]))
    p = float(2 * ndtr(-abs(difference) / se)) if se > 0 else float("nan")
    facts: Facts = (("ols", -float(fit.naive.beta[0])), ("iv", fit.alpha), ("difference", difference), ("p", p))
    return Check(id="demand.bias", status=Status.PASS, why="price taken as given", facts=facts)


def _elastic(fit: DemandFit) -> Check:
    s = np.where(np.isfinite(fit.shares.s), fit.shares.s, 0.0)
    own = -fit.alpha * own_slope(fit.panel.p, s, fit.shares.within, fit.rho)
    facts: Facts = (("mean", round(float(own.mean()), 2)), ("inelastic", float((own > -1).mean())))
    if (own > -1).any():
        return Check(
            id="demand.elastic", status=Status.REVIEW, why="inelastic products", do="read alpha with care", facts=facts
        )
    return Check(id="demand.elastic", status=Status.PASS, why="all products elastic", facts=facts)


def _zeros(inputs: Inputs, fit: DemandFit, barred: npt.NDArray[np.bool_]) -> Iterator[Check]:
    """Say what was done with rows that sold nothing, and what alpha the other rule gives where it can be reckoned."""
    zeros = int((inputs.panel.q <= 0).sum())
    if not zeros:
        return
    rule = fit.spec.zero_shares
    facts: Facts = (("rows", zeros), ("of", inputs.panel.n), ("alpha", fit.alpha))
    if fit.spec.quantity_kind == "units":
        spec = replace(fit.spec, zero_shares="laplace" if rule == "leave_out" else "leave_out")
        other = alpha_under(inputs.panel, spec, inputs.reach, barred)
        facts += (("other", float("nan") if other is None else other),)
    else:
        facts += (("other", float("nan")),)
    why = "zero shares left out" if rule == "leave_out" else "zero shares by the rule of succession"
    yield Check(id="demand.zeros", status=Status.REVIEW, why=why, do="compare the two rules", facts=facts)


def _market_size(inputs: Inputs, fit: DemandFit, barred: npt.NDArray[np.bool_]) -> Iterator[Check]:
    """Say what half or twice as many possible buyers would change.

    Market effects absorb the outside share, so the plain logit's tastes do not move at all; elasticities do, and so does
    a consideration-set logit.
    """
    if not np.isfinite(fit.shares.s).all():
        yield Check(id="demand.market_size", status=Status.REVIEW, why="possible buyers unknown", do="give market size")
        return
    everything = np.ones(fit.panel.n, dtype=bool)
    facts: Facts = (("alpha", fit.alpha), ("elasticity", -fit.alpha * mean_slope(fit, everything, fit.shares.s)))
    for name, factor in (("half", 0.5), ("double", 2.0)):
        alpha = _resized(inputs, fit, barred, factor)
        alpha = float("nan") if alpha is None else alpha
        slope = mean_slope(fit, everything, fit.shares.s / factor)
        facts += ((f"alpha_{name}", alpha), (f"elasticity_{name}", -alpha * slope))
    yield Check(id="demand.market_size", status=Status.PASS, why="market size moved", facts=facts)


def _resized(inputs: Inputs, fit: DemandFit, barred: npt.NDArray[np.bool_], factor: float) -> float | None:
    """Return alpha with another number of possible buyers; None where they would be fewer than the buyers seen."""
    panel = inputs.panel
    size = factor * (np.ones(panel.n) if fit.spec.quantity_kind == "share" else panel.size)
    if (np.bincount(panel.market, panel.q)[panel.market] >= size).any():
        return None
    if not fit.utilities.exact.any():
        return fit.alpha
    return alpha_under(replace(panel, size=size), replace(fit.spec, quantity_kind="units"), inputs.reach, barred)


def _rows(inputs: Inputs, fit: DemandFit, barred: npt.NDArray[np.bool_]) -> Iterator[Check]:
    if barred.any():
        facts: Facts = (("rows", int(barred.sum())), ("of", inputs.panel.n))
        yield Check(id="demand.supply", status=Status.REVIEW, why="supply left out", do="give orders", facts=facts)
    if fit.utilities.impossible.any():
        facts = (("rows", int(fit.utilities.impossible.sum())), ("of", fit.panel.n))
        yield Check(
            id="demand.reach", status=Status.FAIL, why="more buyers than reach", do="mend the reach table", facts=facts
        )
