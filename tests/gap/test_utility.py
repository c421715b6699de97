from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from halfstep.core.answer import Answer
from halfstep.core.estimate import Bound, Point, Refusal
from halfstep.demand.room import ROOM
from halfstep.gap.demand_lens import DemandLens, look
from halfstep.gap.lenses import accords, overall
from halfstep.gap.utility import Blurred, UtilitySplit
from halfstep.market.inputs import Inputs
from halfstep.numerics.intervals import fieller
from halfstep.worlds.demand import KINDS, DemandWorld, simulate
from validation.demand_lens import config_of, inputs_of

SEEDS = np.random.default_rng


def world(kind: str | DemandWorld = "name missing", *, told: bool = True, seed: int = 3) -> Inputs:
    made = simulate(KINDS[kind] if isinstance(kind, str) else kind, SEEDS(seed))
    return inputs_of(made, config_of(made.X.shape[1]), told=told)


def seen(inputs: Inputs) -> tuple[Answer, DemandLens]:
    answer = ROOM.run(inputs, {}, SEEDS(0))
    lens = look(inputs, {"demand": answer}, SEEDS(0))
    assert lens is not None
    return answer, lens


def values(lens: DemandLens) -> dict[str, Point]:
    return {e.id.removeprefix("gap.demand_lens.").split(".b01")[0]: e for e in lens.estimates if isinstance(e, Point)}


@pytest.mark.parametrize("told", [True, False])
def test_the_identity_holds_to_the_last_digit(told: bool) -> None:
    found = values(seen(world(told=told))[1])
    reach = found["reach"].value if told else 0.0
    parts = found["product"].value + found["name"].value + reach - found["price"].value
    assert parts == pytest.approx(found["utility"].value, abs=1e-9)
    rows = sum(e.value for name, e in found.items() if name.startswith("attribute."))
    assert rows == pytest.approx(found["product"].value, abs=1e-9)


def test_reach_moves_from_the_name_to_its_own_row() -> None:
    told, untold = (values(seen(world("niche premium", told=t))[1]) for t in (True, False))
    moved = untold["name"].value - told["name"].value
    assert moved == pytest.approx(told["reach"].value, abs=0.3)  # attribute tastes move a little too
    assert told["utility"].value == pytest.approx(untold["utility"].value, rel=0.02)


def test_without_reach_the_brand_half_gets_no_verdict_and_another_name() -> None:
    _, lens = seen(world("niche premium", told=False))
    name = next(v for v in lens.verdicts if v.half == "name")
    assert (name.label, name.reason, name.p) == ("undecided", "reach not measured", None)
    assert name.needs == ("a reach table: awareness, consideration, outlets",)
    row = next(e for e in lens.estimates if e.id == name.estimate)
    assert row.what == "name, reach, misbelief and unseen quality"
    assert any(isinstance(e, Refusal) and e.why == "reach not measured" for e in lens.estimates)
    product = next(v for v in lens.verdicts if v.half == "product")
    assert product.p is not None


def test_with_reach_the_niche_brand_is_ahead_though_it_sells_less() -> None:
    _, lens = seen(world("niche premium"))
    name = next(v for v in lens.verdicts if v.half == "name")
    assert name.label == "ahead"
    assert values(lens)["utility"].value > 0  # buyers as a whole choose the benchmark


def test_reach_known_of_the_two_brands_alone_is_enough() -> None:
    inputs = world("niche premium")
    assert inputs.reach is not None
    others = inputs.panel.brand > 1
    partly = replace(inputs.reach, share=np.where(others, np.nan, inputs.reach.share))
    _, lens = seen(replace(inputs, reach=partly))
    assert next(v for v in lens.verdicts if v.half == "name").label == "ahead"


def test_a_reach_smaller_than_the_sales_splits_no_name_off() -> None:
    inputs = world("niche premium")
    assert inputs.reach is not None
    tiny = np.where(inputs.panel.brand == 0, 1e-4, inputs.reach.share)
    sized = replace(inputs, reach=replace(inputs.reach, share=tiny))
    answer, lens = seen(sized)
    assert any(c.id == "demand.reach" and c.why == "more buyers than reach" for c in answer.checks)
    name = next(v for v in lens.verdicts if v.half == "name")
    assert (name.label, name.reason, name.p) == ("undecided", "reach not measured", None)


def test_interviews_widen_the_name_and_the_reach_row() -> None:
    inputs = world()
    assert inputs.reach is not None
    few = replace(inputs.reach, variance=np.full(inputs.panel.n, 0.04))
    sharp, blunt = values(seen(inputs)[1]), values(seen(replace(inputs, reach=few))[1])
    for row in ("name", "reach"):
        errors = [found[row].se or 0.0 for found in (sharp, blunt)]
        assert errors[1] > errors[0] + 0.1
    assert blunt["product"].se == pytest.approx(sharp["product"].se)


def test_swapped_brands_swap_every_sign() -> None:
    inputs = world("reverse")
    names = (inputs.panel.brands[1], inputs.panel.brands[0], *inputs.panel.brands[2:])
    turned = replace(inputs, priced=(replace(inputs.panel, brands=names), inputs.fit))
    there, back = values(seen(inputs)[1]), values(seen(turned)[1])
    for row in ("product", "name", "reach", "price", "utility"):
        assert back[row].value == pytest.approx(-there[row].value, abs=1e-8)


@pytest.mark.parametrize("factor", [100.0, 1 / 7])
def test_another_currency_changes_nothing_but_the_unit(factor: float) -> None:
    inputs = world()
    other = replace(inputs, priced=(replace(inputs.panel, p=inputs.panel.p * factor), inputs.fit))
    before, after = seen(inputs)[1], seen(other)[1]
    for name, estimate in values(before).items():
        assert values(after)[name].value == pytest.approx(factor * estimate.value, rel=1e-6, abs=1e-6)
        assert values(after)[name].hi == pytest.approx(factor * estimate.hi, rel=1e-6, abs=1e-6)
    assert [v.label for v in after.verdicts] == [v.label for v in before.verdicts]


def test_weak_instruments_give_sets_and_no_verdict() -> None:
    for seed in range(20):
        inputs = world("weak instruments", seed=seed)
        answer, lens = seen(inputs)
        if any(c.id == "demand.strength" and c.why == "instruments weak" for c in answer.checks):
            break
    assert {v.label for v in lens.verdicts} == {"undecided"}
    assert {v.reason for v in lens.verdicts} <= {"weak instruments", "every alpha rejected"}
    halves = [e for e in lens.estimates if e.id.startswith(("gap.demand_lens.product", "gap.demand_lens.name"))]
    assert halves and all(isinstance(e, Bound) for e in halves)
    assert isinstance(lens.found[0], Blurred)


def test_fieller_probabilities_are_those_of_the_interval() -> None:
    """The verdict's margin for "short" at 95% is the lower end of the 90% interval."""
    inputs = world("name missing")
    _, lens = seen(inputs)
    one = lens.found[0]
    assert isinstance(one, UtilitySplit)
    verdict = next(v for v in lens.verdicts if v.half == "name")
    lo, _ = one.split.interval("name", 0.90)
    assert verdict.margin_short == pytest.approx(lo, rel=1e-4)
    value, se, freedom = one.split.part("name")
    assert fieller(value, (se**2, *one.split.scaled("name")), freedom, 0.90) == pytest.approx(
        one.split.interval("name", 0.90)
    )


def test_lenses_side_by_side() -> None:
    _, lens = seen(world("reverse"))
    product = next(v for v in lens.verdicts if v.half == "product")
    name = next(v for v in lens.verdicts if v.half == "name")
    assert (product.label, name.label) == ("short", "ahead")

    def priced(half: str, lo: float, hi: float, label: str) -> tuple[Point, object]:
        mine = next(v for v in lens.verdicts if v.half == half)
        other = next(e for e in lens.estimates if e.id == mine.estimate)
        assert isinstance(other, Point)
        point = replace(other, id=f"price.{half}", value=(lo + hi) / 2, lo=lo, hi=hi)
        return point, replace(mine, id=f"v.{half}", lens="price", estimate=point.id, label=label, p=0.99)

    made = [priced("product", 1.0, 3.0, "short"), priced("name", 2.0, 4.0, "short")]
    verdicts = (*(v for _, v in made), *lens.verdicts)
    found = tuple(accords(verdicts, (*(e for e, _ in made), *lens.estimates)))  # type: ignore[arg-type]
    assert {a.half: a.label for a in found} == {"product": "agree", "name": "disagree"}
    assert next(a.reason for a in found if a.half == "name") == "held in prices, not in sales"
    together = overall(verdicts, found, (name.benchmark, name.segment, name.period))  # type: ignore[arg-type]
    assert (together.label, together.p) == ("lenses disagree", None)
    alone = tuple(v for v in verdicts if v.half == "product" or v.lens == "demand")  # type: ignore[attr-defined]
    both = overall(alone, (), (name.benchmark, name.segment, name.period))  # type: ignore[arg-type]
    assert both.label == "product missing"
    assert both.p is not None and both.p >= 0.9
