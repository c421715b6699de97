"""Tries 22, 25, 28, 30, 31 and 34 (docs/demo.md): designed experiments. Through files and the whole program."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from halfstep.core.answer import Answer, Verdict
from halfstep.core.check import Check
from halfstep.core.estimate import Bound, Estimate, Point, Refusal
from halfstep.study import Outcome, run
from halfstep.worlds.beliefs import simulate_beliefs
from halfstep.worlds.choice import CLASSES, KINDS, ChoiceWorld, simulate
from tests.choices_invented import belief_study, choice_study

STUDIES = Path(__file__).parent.parent.parent / "studies"


def find(answer: Answer, name: str) -> Estimate:
    return next(e for e in answer.estimates if e.id == name)


def check(answer: Answer, name: str) -> Check:
    return next(c for c in answer.checks if c.id == name)


def verdict(outcome: Outcome, half: str = "name") -> Verdict:
    found = [v for v in outcome.answers["gap"].verdicts if v.lens == "choice" and v.half == half and v.segment == "all"]
    return found[0]


def asked(folder: Path, world: ChoiceWorld, choice: str = "", seed: int = 1, **more: object) -> Outcome:
    made = simulate(world, np.random.default_rng(seed))
    return run(choice_study(folder, made, choice, **more))  # type: ignore[arg-type]


@pytest.mark.cases
@pytest.mark.skipif("HALFSTEP_CASES" not in os.environ, reason="HALFSTEP_CASES is not set: real cases are elsewhere")
def test_try_22_published_values_are_matched_to_every_printed_digit() -> None:
    outcome = run(STUDIES / "ev-names")
    choice = outcome.answers["choice"]
    fit = dict(check(choice, "choice.fit").facts)
    assert fit["loglik"] == -3425.6
    assert (fit["respondents"], fit["tasks"]) == (384, 5760)
    starts = dict(check(choice, "choice.starts").facts)
    assert starts["apart"] == 0


def test_try_25_blind_and_branded_cells_are_told_apart_only_as_far_as_the_cells_carry(tmp_path: Path) -> None:
    made = simulate_beliefs("both", np.random.default_rng(3))
    split = run(belief_study(tmp_path / "all", made)).answers["choice"]
    for part, truth in (("belief", made.belief), ("name", made.name)):
        found = find(split, f"choice.belief.{part}.b02")
        assert isinstance(found, Point)
        assert found.lo <= truth <= found.hi
    bare = run(belief_study(tmp_path / "bare", made, only=("blind", "name only"), reports=False)).answers["choice"]
    together = find(bare, "choice.belief.together.b02")
    assert isinstance(together, Point)
    assert together.lo <= made.name + made.belief <= together.hi
    for part in ("belief", "name"):
        refused = find(bare, f"choice.belief.{part}.b02")
        assert isinstance(refused, Refusal)
        assert refused.needs
    untold = simulate_beliefs("no treatment", np.random.default_rng(4))
    bounded = run(belief_study(tmp_path / "untold", untold)).answers["choice"]
    for part, truth in (("belief", untold.belief), ("name", untold.name)):
        bound = find(bounded, f"choice.belief.{part}.b02")
        assert isinstance(bound, Bound)
        assert bound.lo <= truth <= bound.hi


def test_try_28_an_irrelevant_price_gives_no_money(tmp_path: Path) -> None:
    outcome = asked(tmp_path, KINDS["price almost irrelevant"])
    told = verdict(outcome)
    assert told.label == "undecided"
    assert told.reason == "not measurable in money"
    worth = find(outcome.answers["choice"], "choice.worth.attribute.x0.all")
    assert isinstance(worth, Refusal)
    assert worth.needs
    assert isinstance(find(outcome.answers["gap"], "gap.choice_lens.name.b01.all."), Refusal)


def test_the_verdict_follows_the_data_when_labels_are_swapped(tmp_path: Path) -> None:
    world = replace(KINDS["name short"], people=300)
    assert verdict(asked(tmp_path / "a", world)).label == "short"
    assert verdict(asked(tmp_path / "b", world, swap=True)).label == "ahead"
    assert verdict(asked(tmp_path / "c", replace(world, name=0.0, people=4_000))).label == "met"


def test_try_30_held_out_tasks_against_last_share_and_the_plain_logit(tmp_path: Path) -> None:
    mixed = (
        '\n[choice]\nholdout = 2\n[choice.mixed]\nspace = "wtp"\nprice = "lognormal"\nattributes = { x0 = "normal", x1 = "normal" }\n'
        "draws = 100\nstarts = 1\n"
    )
    differ = replace(KINDS["tastes in money"], people=300, spread=1.2)
    choice = asked(tmp_path / "differ", differ, mixed).answers["choice"]
    for other in ("last_share", "plain_logit"):
        assert check(choice, f"choice.heldout.{other}").why == "foretold better than"
    alike = asked(tmp_path / "alike", replace(KINDS["null"], people=150), mixed).answers["choice"]
    assert check(alike, "choice.heldout.plain_logit").why in ("foretold not better than", "foretold worse than")


def test_try_31_types_of_buyers_are_counted_and_held_against_those_expected(tmp_path: Path) -> None:
    types = (
        '\n[choice]\nclasses = 4\n[[choice.types]]\nid = "frugal"\nlabel = "frugal"\nsource = "invented"\n'
        'tastes = { price = "above", x0 = "below", x1 = "below" }\n'
    )
    three = asked(tmp_path / "three", CLASSES["3 classes"], types).answers["choice"]
    told = dict(check(three, "choice.classes").facts)
    assert told["count"] == 3
    assert check(three, "choice.type.frugal").why == "an expected type is not found"
    none = asked(tmp_path / "none", replace(KINDS["normal tastes"], people=300), types).answers["choice"]
    assert check(none, "choice.classes").why in (
        "classes continuous",
        "classes unclear",
        "classes one",
        "classes not separated",
    )


def test_try_34_a_small_cell_is_suppressed_and_says_how_many_it_has(tmp_path: Path) -> None:
    made = simulate(replace(KINDS["name short"], people=150), np.random.default_rng(5))
    rows = len(made.X) // 150
    woman = np.repeat((np.arange(150) < 20).astype(np.int64), rows)
    segments = (
        '\n[choice]\n[[choice.segments]]\nid = "women"\nlabel = "women"\namong = { woman = [1] }\n'
        '[[choice.segments]]\nid = "men"\nlabel = "men"\namong = { woman = [0] }\n'
    )
    outcome = run(choice_study(tmp_path, made, segments, extra={"woman": woman}))
    refused = find(outcome.answers["choice"], "choice.tastes.women")
    assert isinstance(refused, Refusal)
    assert refused.why == "too few respondents"
    assert dict(refused.facts)["names"] == "20"
    assert not any(e.id.endswith(".women") and isinstance(e, Point) for e in outcome.answers["choice"].estimates)
    men, everybody = (find(outcome.answers["gap"], f"gap.choice_lens.name.b01.{s}.") for s in ("men", "all"))
    assert isinstance(men, Point) and isinstance(everybody, Point)
    assert men.hi - men.lo > everybody.hi - everybody.lo


def test_a_line_up_gives_the_product_half_shares_and_second_choices(tmp_path: Path) -> None:
    world = replace(KINDS["reverse"], people=400)
    made = simulate(world, np.random.default_rng(6))
    names = [f"x{k}" for k in range(len(world.beta))]
    gap = made.a[0][world.brands - 1 : made.price]
    rows = [
        {"product": "one", "brand": "b00", "price": 20.0} | dict.fromkeys(names, 0.0),
        {"product": "two", "brand": "b01", "price": 24.0} | {n: float(v) for n, v in zip(names, gap, strict=True)},
        {"product": "three", "brand": "b02", "price": 22.0} | dict.fromkeys(names, 0.0),
    ]
    outcome = run(choice_study(tmp_path, made, lineup=pl.DataFrame(rows)))
    product, name = verdict(outcome, "product"), verdict(outcome, "name")
    assert (product.label, name.label) == ("short", "ahead")
    overall = outcome.answers["gap"].overall
    assert overall is not None and overall.label == "product missing"
    points = {
        p: find(outcome.answers["gap"], f"gap.choice_lens.{p}.b01.all.")
        for p in ("product", "name", "price", "utility")
    }
    values = {p: e.value for p, e in points.items() if isinstance(e, Point)}
    assert values["product"] + values["name"] - values["price"] == pytest.approx(values["utility"])
    series = {s.id: s for s in outcome.answers["choice"].series}
    assert series["choice.shares.all"].value.sum() == pytest.approx(1.0)
    moved = series["choice.switching.all"]
    assert sum(v for (a, _), v in zip(moved.index, moved.value, strict=True) if a == "one") == pytest.approx(1.0)
