"""Tastes that differ between buyers, in worlds with known answers: coverage, false verdicts, what the closed form says."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from itertools import takewhile

import numpy as np
import polars as pl

from halfstep.core.answer import Answer
from halfstep.core.check import Status
from halfstep.core.config import StudyConfig
from halfstep.core.estimate import Point, Refusal
from halfstep.core.tastes import Functionals, Regression
from halfstep.data.side import Side
from halfstep.demand.checks import demand_checks
from halfstep.demand.fit import DemandFit, DemandSpec, Unfit, fit_demand
from halfstep.demand.random_checks import random_checks
from halfstep.demand.random_fit import RandomFit, fit_random
from halfstep.demand.room import _random_tastes, _tastes
from halfstep.gap.demand_lens import look
from halfstep.gap.offerings import Comparison, asked_comparisons
from halfstep.market.buyers import Buyers
from halfstep.market.hedonic import HedonicSpec, fit_hedonic
from halfstep.market.inputs import Inputs
from halfstep.market.panel import Panel
from halfstep.market.reach import reach_of
from halfstep.market.records import Author
from halfstep.numerics.intervals import t_interval
from halfstep.worlds.random import KINDS, RandomWorld, SimulatedRandom, simulate

__all__ = [
    "INDEPENDENT",
    "SEED",
    "UNTOLD",
    "WORLDS",
    "RandomEntry",
    "answered",
    "config_of",
    "inputs_of",
    "run_random",
    "world_of",
]

SEED = 20250608
MARGIN = 0.03
HALVES = ("product", "name")

UNTOLD = "niche premium, reach not told"
INDEPENDENT = "correlated tastes, taken as independent"
WORLDS = (*KINDS, INDEPENDENT, UNTOLD)

_SMALL = {"models": 6, "focal_models": 6, "periods": 2, "places": 8, "population": 400}
_KINDS_OF_BUYERS = 80
_STARTS = 2


@dataclass(frozen=True, slots=True)
class Said:
    """What one estimator says; pairs are (product, name).

    Attributes
    ----------
    alpha
        Price taste; None where refused.
    value
        Gaps; None where refused.
    alpha_covered, covered
        Whether the intervals hold the truth; a refusal ("not measurable in money") is the whole line.
    named
        Whether the name's interval holds the name alone.
    label
        Verdicts.
    false_short
        Whether "short" was said of a gap no larger than the margin.
    """

    alpha: float | None
    alpha_covered: bool
    value: tuple[float | None, float | None] = (None, None)
    covered: tuple[bool, bool] = (True, True)
    named: bool = True
    label: tuple[str, str] = ("undecided", "undecided")
    false_short: tuple[bool, bool] = (False, False)


@dataclass(frozen=True, slots=True)
class RandomEntry:
    """One simulated study; gaps in thousands.

    Attributes
    ----------
    state
        "estimated", "search failed" (no start converged, or the objective is flat at its end) or "refused".
    barred
        Checks that bar verdicts, without their "demand.".
    alpha
        True mean price taste of those who buy a compared brand.
    truth
        True gaps at that taste: product, and what the name row says it holds (unseen quality, and reach where not told).
    ours, common
        Tastes that differ, and the closed form: tastes in common.
    """

    state: str
    barred: tuple[str, ...]
    alpha: float
    truth: tuple[float, float]
    ours: Said
    common: Said

    def record(self) -> dict[str, object]:
        """Return the entry as plain JSON values, rounded."""
        return {key: _plain(value) for key, value in asdict(self).items()}


def _plain(value: object) -> object:
    if isinstance(value, dict):
        return {key: _plain(v) for key, v in value.items()}
    if isinstance(value, tuple):
        return [_plain(v) for v in value]
    return round(value, 8) if isinstance(value, float) else value


def world_of(kind: str) -> RandomWorld:
    """Return the small world of a kind: buyers differ in their tastes for price and the first attribute."""
    base = KINDS[kind.split(",", maxsplit=1)[0]]
    few = {"focal_models": 3} if base.focal_models < base.models else {}
    sizes: dict[str, int] = _SMALL | few
    return replace(
        base, spread=(0.0, *base.spread[1:]), income=(0.0, base.income[1]), sample=_KINDS_OF_BUYERS if base.sample else 0,
        **sizes,  # type: ignore[arg-type]
    )  # fmt: skip


def config_of(kind: str) -> StudyConfig:
    """Return the settings of a simulated study."""
    study = {
        "title": "world", "focal": "b00", "benchmarks": ["b01"], "currency": "thousand", "as_of": "2100-01-01",
        "margin": MARGIN, "margin_reason": "world",
    }  # fmt: skip
    tastes = [{"of": "price", "by": ["income"]}, {"of": "x0"}]
    random = {"tastes": tastes, "starts": _STARTS, "correlated": kind == "correlated tastes"}
    return StudyConfig.model_validate(
        {
            "study": study,
            "tables": {"sales": "none", "buyers": "none"},
            "columns": {
                "period": "t", "place": "c", "brand": "b", "model": "j", "price": "p", "quantity": "s",
                "quantity_kind": "share", "price_basis": "transaction",
            },
            "buyer_columns": {"demographics": {"income": "income"}},
            "attributes": [{"id": f"x{k}", "label": f"x{k}", "columns": [f"x{k}"]} for k in range(3)],
            "demand": {"cost": [f"w{i}" for i in range(4)], "instruments": ["quadratic"], "random": random},
        }
    )  # fmt: skip


def inputs_of(made: SimulatedRandom, world: RandomWorld, config: StudyConfig, *, told: bool) -> Inputs:
    """Return a simulated market as the inputs that its tables would make.

    Cost shifters stand alone and times the place's mean income, which is what tells the income effect.
    """
    n, places = len(made.p), int(made.place.max()) + 1
    buyers = _buyers(made)
    income = buyers.mean()[made.market] - buyers.mean().mean()
    panel = Panel(
        file="world", frequency=1, row=np.arange(1, n + 1), period=made.period, market=made.market, brand=made.brand,
        model=made.model, cluster=made.model, p=made.p, q=made.s, X=made.X,
        attributes=tuple(f"x{k}" for k in range(made.X.shape[1])),
        brands=tuple(f"b{b:02d}" for b in range(int(made.brand.max()) + 1)),
        segments={"all": np.ones(n, dtype=bool)}, firm=made.firm, nest=np.zeros(n, dtype=np.int64),
        cost=np.hstack([made.cost, made.cost * income]), size=np.full(n, np.nan), place=made.place,
        place_names=tuple(f"c{c}" for c in range(places)),
    )  # fmt: skip
    reach = None
    if told:
        none, known = [None] * len(panel.brands), [*world.reach, *[1.0] * (len(panel.brands) - 2)]
        frame = pl.DataFrame(
            {
                "row": np.arange(len(known)) + 2, "brand": list(panel.brands), "period": none, "place": [""] * len(known),
                "awareness": known, "consideration": none, "outlets": none, "variants": none, "respondents": none,
            },
            schema_overrides=dict.fromkeys(("consideration", "outlets", "variants", "respondents"), pl.Float64)
            | {"period": pl.Int64},
        )  # fmt: skip
        reach = reach_of(panel, Side(frame, "reach", 0))
    return Inputs(config, (panel, fit_hedonic(panel, HedonicSpec.of(config))), reach=reach, buyers=buyers)


def _buyers(made: SimulatedRandom) -> Buyers:
    """Return the buyers that the analyst has; the population in kinds of neighbouring incomes."""
    who, T = made.buyers, int(made.market.max()) + 1
    y = np.sort(who.y.reshape(T, -1), axis=1)
    y = y.reshape(T, min(_KINDS_OF_BUYERS, y.shape[1]), -1).mean(axis=2)
    A = y.shape[1]
    return Buyers(
        file="world", names=("income",), block=np.arange(T), offset=np.arange(T + 1) * A, D=y.reshape(-1, 1),
        w=np.full(T * A, 1 / A), row=np.arange(T * A) + 2,
    )  # fmt: skip


def run_random(kind: str, run: int) -> RandomEntry:
    """Simulate one study of a kind and analyse it; reach is told where it is not one, unless the kind says otherwise."""
    rng = np.random.default_rng([SEED, *kind.split(",", maxsplit=1)[0].encode(), run])
    world, config = world_of(kind), config_of(kind)
    made = simulate(world, rng)
    inputs = inputs_of(made, world, config, told=min(world.reach) < 1 and kind != UNTOLD)
    base, found, (answer, plain) = answered(inputs, rng)
    truth = _truth(made, world, inputs, told=kind != UNTOLD)
    common = _said(inputs, plain, _linear(base.two), truth)
    if isinstance(found, Unfit):
        return RandomEntry("refused", (), truth.alpha, truth.gaps, Said(None, True), common)
    failed = tuple(c.id.removeprefix("demand.") for c in answer.checks if c.status is Status.FAIL)
    state = "search failed" if {"random.search", "random.shape"} & {*failed} else "estimated"
    ours = _said(inputs, answer, _linear(found.stage), truth)
    return RandomEntry(state, failed, truth.alpha, truth.gaps, ours, common)


def answered(inputs: Inputs, rng: np.random.Generator) -> tuple[DemandFit, RandomFit | Unfit, tuple[Answer, Answer]]:
    """Return the demand room's fits, and its answers as far as the gap reads them: with tastes that differ, in common.

    What firms' prices say and the re-estimations of the checks are left out: they cost more than all the rest.
    """
    base = fit_demand(inputs.panel, DemandSpec.of(inputs.config), inputs.reach)
    assert isinstance(base, DemandFit)
    found = fit_random(inputs, base, rng)
    write = Author("demand", inputs.config, base.panel, base.panel.n)
    tastes = _tastes(write, base, base.two, _linear(base.two))
    plain = Answer(room="demand", tastes=(tastes,))
    if isinstance(found, Unfit):
        return base, found, (plain, plain)
    none = np.zeros(base.panel.n, dtype=bool)
    checks = [c for c in demand_checks(inputs, base, none) if c.id == "demand.strength"]
    checks += takewhile(lambda c: c.id != "demand.random.unminding", random_checks(inputs, found, None, rng))
    differ = _random_tastes(write, found, _linear(found.stage))
    answer = Answer(room="demand", checks=tuple(checks), tastes=(differ, replace(tastes, lens="demand common")))
    return base, found, (answer, plain)


@dataclass(frozen=True, slots=True)
class _Truth:
    """Price taste of buyers; product, name row; the name alone."""

    alpha: float
    gaps: tuple[float, float]
    name: float


def _truth(made: SimulatedRandom, world: RandomWorld, inputs: Inputs, *, told: bool) -> _Truth:
    """Return what is true, at the weights of the comparison and the mean price taste of those who buy either brand."""
    p = np.zeros((made.game.base.shape[0], made.game.base.shape[1]))
    p[made.cells] = made.p
    brand = np.full(p.shape[1], -1)
    brand[made.cells[1]] = made.brand
    buys = made.game.choices(p)[:, (brand == 0) | (brand == 1)].sum(axis=1)
    alpha = float((buys * made.game.slope).sum() / buys.sum())
    (asked,) = asked_comparisons(inputs.panel, inputs.config, HedonicSpec.of(inputs.config))
    assert isinstance(asked, Comparison)
    name = made.name * made.alpha / alpha
    reach = 0.0 if told else float(np.log(world.reach[1] / world.reach[0])) / alpha
    product = float(asked.omega @ made.X @ made.beta) / alpha
    return _Truth(alpha, (product, name + made.unseen * made.alpha / alpha + reach), name)


def _linear(regression: Regression) -> Functionals:
    """Return the coefficients of price and attributes."""
    return regression.functionals(regression.coefficient_weights(np.eye(regression.W.shape[1])))


def _said(inputs: Inputs, answer: Answer, linear: Functionals, truth: _Truth) -> Said:
    """Look through the lens at an answer."""
    lens = look(inputs, {"demand": answer}, np.random.default_rng(0))
    assert lens is not None
    mine = [next(e for e in lens.estimates if e.id.startswith(f"gap.demand_lens.{half}.")) for half in HALVES]
    labels = {v.half: v.label for v in lens.verdicts}
    last = inputs.panel.period == inputs.panel.period.max()
    margin = MARGIN * float(inputs.panel.p[last & inputs.panel.is_brand("b01")].mean()) + 1e-9
    holds = [isinstance(e, Refusal) or e.lo <= gap <= e.hi for e, gap in zip(mine, truth.gaps, strict=True)]
    values = [e.value if isinstance(e, Point) else None for e in mine]
    false = [labels[half] == "short" and gap <= margin for half, gap in zip(HALVES, truth.gaps, strict=True)]
    lo, hi = t_interval(-linear.value[:1], linear.se[:1], linear.freedom[:1], inputs.config.gap.level)
    return Said(
        alpha=-float(linear.value[0]), alpha_covered=bool(lo[0] <= truth.alpha <= hi[0]), value=(values[0], values[1]),
        covered=(holds[0], holds[1]), named=isinstance(mine[1], Refusal) or mine[1].lo <= truth.name <= mine[1].hi,
        label=(labels["product"], labels["name"]), false_short=(false[0], false[1]),
    )  # fmt: skip
