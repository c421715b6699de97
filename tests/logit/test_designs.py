"""Designs: what they may hold, that they are better than chance, and what a check of one finds."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from halfstep.core.errors import MisuseError
from halfstep.logit.design import Design, d_error, efficient_design, information, random_design, with_tastes
from halfstep.logit.design_check import Shown, check_design, shown_by
from halfstep.logit.profiles import Plan, candidates, draw_tasks, dummies, numeric

FACTORS = (
    dummies("brand", ("a", "b", "c", "d")),
    numeric("price", np.array([3.0, 4, 5, 6, 7]), -1),
    numeric("size", np.arange(4.0), 1),
    dummies("shape", ("flat", "round", "cube")),
)
B = np.array([0.5, 1.0, -0.5, -0.6, 0.3, 0.2, 0.1])
PLAN = Plan(FACTORS, tasks=12, alternatives=3, versions=5, prohibited=(((0, 3), (1, 4)),))


def efficient(seed: int = 1, plan: Plan = PLAN) -> Design:
    return efficient_design(plan, B if not plan.none else np.append(B, -2.0), np.random.default_rng(seed))


def test_information_is_that_of_the_choice_probabilities() -> None:
    rng = np.random.default_rng(1)
    X, row, b = rng.normal(size=(9, 3)), np.array([0, 2, 5, 9]), np.array([0.3, -0.2, 0.5])
    told = np.zeros((3, 3))
    for first, last in pairwise(row):
        x = X[first:last]
        p = np.exp(x @ b) / np.exp(x @ b).sum()
        told += x.T @ (np.diag(p) - np.outer(p, p)) @ x
    assert np.allclose(information(X, row, b), told)
    assert d_error(told) == pytest.approx(np.linalg.det(told) ** (-1 / 3))


@pytest.mark.parametrize("none", [False, True])
def test_an_efficient_design_beats_chance_and_keeps_the_rules(none: bool) -> None:
    plan = replace(PLAN, none=none)
    design = efficient(plan=plan)
    codes = design.codes.reshape(-1, 3, 4)
    assert design.codes.shape == (5, 12, 3, 4) and design.X.shape == (5, 12, 3 + none, 7 + none)
    assert not plan.twins(codes).any() and not plan.dominated(codes).any() and plan.allowed(codes).all()
    assert design.random / design.d_error > 1.3
    for f, factor in enumerate(plan.factors):
        shown = np.bincount(codes[..., f].ravel(), minlength=len(factor.coded))
        assert shown.min() >= 0.5 * shown.sum() / len(shown) - 1
    again = with_tastes(plan, design.codes, np.append(B, -2.0) if none else B)
    assert again.d_error == pytest.approx(design.d_error)


def test_the_same_generator_gives_the_same_design() -> None:
    assert (efficient(3).codes == efficient(3).codes).all()
    assert (efficient(3).codes != efficient(4).codes).any()


def test_a_random_design_keeps_the_rules_too() -> None:
    codes = random_design(PLAN, B, np.random.default_rng(2)).codes.reshape(-1, 3, 4)
    assert not PLAN.twins(codes).any() and not PLAN.dominated(codes).any() and PLAN.allowed(codes).all()


def test_where_only_dominated_tasks_can_be_made_they_are_made_and_told() -> None:
    plan = Plan((numeric("price", np.array([1.0, 2, 3]), -1),), tasks=4, alternatives=2)
    design = random_design(plan, np.array([-1.0]), np.random.default_rng(0))
    assert not plan.twins(design.codes.reshape(-1, 2, 1)).any()
    assert check_design(shown_by(design), np.array([-1.0]), 10).dominated == 4


def test_too_few_profiles_are_refused() -> None:
    plan = Plan(FACTORS[:1], tasks=2, alternatives=5)
    with pytest.raises(MisuseError, match="4 are left"):
        draw_tasks(plan, 2, np.random.default_rng(0))
    large = Plan(tuple(numeric(f"x{k}", np.arange(10.0)) for k in range(7)), tasks=3, alternatives=3)
    assert candidates(large) is None
    assert draw_tasks(large, 3, np.random.default_rng(0)).shape == (3, 3, 7)


def test_a_check_names_what_is_not_told_apart() -> None:
    """Size is doubled in a column; one factor never varies within a task; one combination is there that should not be."""
    design = random_design(replace(PLAN, prohibited=()), B, np.random.default_rng(5))
    shown = shown_by(design)
    whole = check_design(shown, B, 200, (((0, 3), (1, 4)),))
    inverse = np.linalg.inv(design.information(B))
    assert whole.rank == 7 and whole.untold == () and whole.prohibited > 0
    assert np.allclose(whole.se, np.sqrt(np.diag(inverse) / 200))
    assert whole.d_error == pytest.approx(design.d_error)
    assert {name: len(n) for name, n in whole.counts.items()} == {"brand": 4, "price": 5, "size": 4, "shape": 3}
    twice = Shown(
        np.column_stack([shown.X, 2 * shown.X[:, 4]]), shown.row, (*shown.columns, "double"), shown.levels,
        shown.factors, shown.better, shown.people,
    )  # fmt: skip
    found = check_design(twice, np.append(B, 0.0), 200)
    assert found.rank == 7 and set(found.untold) == {"size", "double"} and found.d_error == np.inf
    assert np.isnan(found.se[[4, 7]]).all() and np.isfinite(found.se[[0, 1, 2, 3, 5, 6]]).all()
    assert found.correlation[4, 7] == pytest.approx(1)
    still = shown.X.copy()
    still[:, 3] = 5.0
    assert check_design(replace(shown, X=still), B, 200).untold == ("price",)


def test_twins_and_dominated_profiles_are_counted() -> None:
    levels = np.array([[0, 1, 2, 0], [0, 1, 2, 0], [0, 0, 3, 1], [0, 1, 2, 1], [1, 0, 0, 0], [2, 0, 0, 0]])
    X = PLAN.coded(levels)
    shown = Shown(
        X, np.array([0, 2, 4, 6]), PLAN.columns, levels, ("brand", "price", "size", "shape"), (0, -1, 1, 0), 1
    )
    found = check_design(shown, B, 10)
    assert (found.twins, found.dominated) == (1, 1)
    assert found.overlap["brand"] == pytest.approx(2 / 3)
    assert found.position["price"] == pytest.approx(1 / 6)
