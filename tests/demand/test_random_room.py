"""Tastes that differ, through the room: what it estimates and refuses, and what must not matter."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest

from halfstep.core.check import Status
from halfstep.core.estimate import Refusal
from halfstep.demand.room import ROOM
from halfstep.gap.utility import UtilitySplit
from halfstep.market.inputs import Inputs
from tests.demand.random_studies import SEEDS, Study, asking, made, of, study, surveyed
from validation.random_lens import config_of

Array = npt.NDArray[np.float64]
GAPS = ("product", "name", "utility", "attribute.x0", "attribute.x1", "attribute.x2")
MADE = made()


@pytest.fixture(scope="module")
def plain() -> Study:
    return study(of(MADE), whole=True)


def test_estimates_and_checks_stand_under_their_names(plain: Study) -> None:
    points = plain.points
    for name in ("sigma.price", "sigma.x0", "pi.price.income", "unminding", "optimum.1", "optimum.1.starts"):
        assert f"demand.random.{name}" in points
    assert {"demand.alpha.random", "demand.worth.x1.random", "demand.alpha.2sls", *GAPS} <= points.keys()
    ids = {e.id for e in plain.answer.estimates}
    assert {"demand.markup.b00", "demand.cost.b01", "demand.elasticity.b00.random", "demand.name.profit.b01"} <= ids
    status = {c.id: c.status for c in plain.answer.checks}
    named = ("search", "shape", "overidentification", "unminding", "costs", "elastic", "equilibrium", "misled", "nodes")
    assert {f"demand.random.{name}" for name in (*named, "market_size")} <= status.keys()
    assert status["demand.random.shape"] is Status.PASS
    assert [t.lens for t in plain.answer.tastes] == ["demand", "demand common", "demand naive"]
    theta = plain.answer.tastes[0]
    assert theta.value[0][0] == pytest.approx(points["demand.alpha.random"].value)
    assert {r.naive for r in plain.lens.readings} >= {"naive.common_tastes.product", "naive.common_tastes.name"}


def test_the_truth_is_within_reach(plain: Study) -> None:
    """A look at the size of the answers; coverage is in docs/validation."""
    alpha = plain.points["demand.alpha.random"]
    assert alpha.value == pytest.approx(0.22, abs=4 * (alpha.se or 0))
    assert plain.theta["sigma x0"][0] == pytest.approx(0.8, abs=0.4)


def test_the_halves_add_up(plain: Study) -> None:
    assert _left(plain, 0.0) == pytest.approx(0.0, abs=1e-9)


def test_exchanged_brands_change_the_signs_of_gaps(plain: Study) -> None:
    config = plain.inputs.config
    other = config.model_copy(
        update={"study": config.study.model_copy(update={"focal": "b01", "benchmarks": ("b00",)})}
    )
    swapped = study(replace(plain.inputs, config=other))
    assert swapped.found.stage.beta[0] == pytest.approx(plain.found.stage.beta[0], rel=1e-9)
    for gap in GAPS:
        theirs, mine = swapped.points[gap], plain.points[gap]
        assert theirs.value == pytest.approx(-mine.value, rel=1e-7, abs=1e-9)
        assert (theirs.lo, theirs.hi) == pytest.approx((-mine.hi, -mine.lo), rel=1e-6, abs=1e-8)


def _no_buyers(inputs: Inputs) -> Inputs:
    return replace(inputs, buyers=None)


def _units(inputs: Inputs) -> Inputs:
    columns = inputs.config.columns.model_copy(update={"quantity_kind": "units"})
    return replace(inputs, config=inputs.config.model_copy(update={"columns": columns}))


def _one_shifter(inputs: Inputs) -> Inputs:
    panel, fit = inputs.panel, inputs.fit
    few = replace(panel, cost=panel.cost[:, :1])
    config = asking(inputs.config, demand_cost=("w0",), demand_instruments=())
    return replace(inputs, config=config, priced=(few, fit))


@pytest.mark.parametrize(
    ("why", "change"),
    [
        ("no buyers table", _no_buyers),
        ("possible buyers unknown", _units),
        ("fewer instruments than tastes", _one_shifter),
    ],
)
def test_what_is_missing_is_named_and_common_tastes_stay(
    plain: Study, why: str, change: Callable[[Inputs], Inputs]
) -> None:
    answer = ROOM.run(change(plain.inputs), {}, SEEDS(0))
    (refusal,) = (e for e in answer.estimates if e.id == "demand.random")
    assert isinstance(refusal, Refusal)
    assert (refusal.why, bool(refusal.needs)) == (why, True)
    check = next(c for c in answer.checks if c.id == "demand.random.fit")
    assert (check.status, check.why) == (Status.FAIL, why)
    assert [t.lens for t in answer.tastes] == ["demand", "demand naive"]
    assert not [e for e in answer.estimates if e.id.startswith("demand.random.")]


@pytest.mark.parametrize(("money", "x0"), [(1000.0, 1.0), (1.0, 10.0)])
def test_units_change_nothing_but_units(plain: Study, money: float, x0: float) -> None:
    scaled = replace(MADE, p=MADE.p * money, X=MADE.X * np.array([x0, 1.0, 1.0]))
    found = study(of(scaled))
    assert found.found.stage.beta[0] * money == pytest.approx(plain.found.stage.beta[0], rel=2e-5)
    for name, unit in (("sigma price", money), ("pi price", money), ("sigma x0", x0)):
        assert np.array(found.theta[name]) * unit == pytest.approx(np.array(plain.theta[name]), rel=1e-3, abs=1e-6)
    for gap in GAPS:
        theirs, mine = found.points[gap], plain.points[gap]
        assert theirs.value / money == pytest.approx(mine.value, rel=2e-5, abs=1e-7)
        assert (theirs.lo / money, theirs.hi / money) == pytest.approx((mine.lo, mine.hi), rel=1e-4)


def test_the_order_of_rows_does_not_matter(plain: Study) -> None:
    order = SEEDS(1).permutation(len(MADE.p))
    rows = ("period", "place", "market", "brand", "model", "firm", "p", "s", "X", "cost")
    shuffled = study(of(replace(MADE, **{name: getattr(MADE, name)[order] for name in rows})))
    assert shuffled.found.stage.beta == pytest.approx(plain.found.stage.beta, rel=1e-5)
    for gap in GAPS:
        assert shuffled.points[gap].value == pytest.approx(plain.points[gap].value, rel=1e-5, abs=1e-7)


def test_figures_of_a_survey_tighten_the_tastes(plain: Study) -> None:
    known = study(surveyed(MADE, plain.inputs, 20_000.0))
    for name, at_most in (("pi price", 0.1), ("sigma price", 0.1), ("sigma x0", 0.9)):
        assert known.theta[name][1] < at_most * plain.theta[name][1]
    assert plain.inputs.buyers is not None
    assert known.theta["pi price"][0] == pytest.approx(0.025 * float(np.std(plain.inputs.buyers.D)), abs=0.005)
    assert known.theta["sigma price"][0] == pytest.approx(0.04, abs=0.01)
    assert known.theta["sigma x0"][0] == pytest.approx(0.8, abs=0.2)


def test_prices_that_speak_of_costs_put_the_price_taste_among_the_others() -> None:
    """The linear stage has no price then; the halves still add up, in the money of those who buy."""
    config = asking(config_of("name"), supply="log", cost_attributes=("x0", "x1", "x2"), steps="one")
    supplied = study(of(MADE, config))
    stage = supplied.found.stage
    assert ("mean", "price", "") in supplied.found.cast.labels
    assert stage.price == 0.0
    assert stage.W.shape == supplied.found.base.two.W.shape
    assert -stage.beta[0] == pytest.approx(-stage.shift) == pytest.approx(0.22, abs=0.1)
    assert _left(supplied, 0.0) == pytest.approx(0.0, abs=1e-9)


def test_reach_moves_from_the_name_to_its_own_row() -> None:
    """It is taken off mean utility before anything is estimated: the row is exactly what was taken off, in money."""
    told = study(of(made("niche premium"), kind="niche premium", told=True))
    reach, base = told.points["reach"].value, told.found.base
    (omega,) = {
        f.split.comparison.omega.tobytes(): f.split.comparison.omega
        for f in told.lens.found
        if isinstance(f, UtilitySplit)
    }.values()
    known = base.utilities.gross - base.utilities.y
    assert reach == pytest.approx(omega @ known / -told.found.stage.beta[0], rel=1e-9)
    net = told.found.fit.point.delta[told.found.place] - told.found.stage.linear.y
    np.testing.assert_allclose(net, known, atol=1e-12)
    assert reach == pytest.approx(-np.log(0.15) / -told.found.stage.beta[0], rel=0.1)
    assert _left(told, reach) == pytest.approx(0.0, abs=1e-9)


def _left(found: Study, reach: float) -> float:
    """Return what the halves and reach leave of the utility gap."""
    parts = {name: found.points[name].value for name in ("product", "name", "price", "utility")}
    return parts["product"] + parts["name"] + reach - parts["price"] - parts["utility"]
