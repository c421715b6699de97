"""The conditional logit: its maximum, what does not change it, and data that have no maximum."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from halfstep.logit.mnl import fit_multinomial, probabilities
from halfstep.logit.tasks import Array, Tasks
from tests.logit.made import cars, people, uneven


def loglik(tasks: Tasks, b: Array) -> float:
    return float(tasks.weight[tasks.person] @ np.log(probabilities(tasks, b)[tasks.chosen]))


def test_scores_and_information_are_the_slopes_of_the_log_likelihood() -> None:
    tasks = uneven()
    fit = fit_multinomial(tasks)
    assert fit.converged and fit.loglik == pytest.approx(loglik(tasks, fit.b), abs=1e-10)
    assert fit.loglik_null == pytest.approx(loglik(tasks, 0 * fit.b), abs=1e-10)
    assert np.abs(fit.scores.sum(0)).max() < 1e-6
    h = 1e-4 * np.eye(tasks.K)
    hessian = [
        [(loglik(tasks, fit.b + u + v) - loglik(tasks, fit.b + u - v) - loglik(tasks, fit.b - u + v)
          + loglik(tasks, fit.b - u - v)) / 4e-8 for v in h] for u in h
    ]  # fmt: skip
    np.testing.assert_allclose(fit.information, -np.array(hessian), atol=2e-4)


def test_probabilities_are_those_of_the_logit_and_bear_large_utilities() -> None:
    tasks = uneven()
    p = probabilities(tasks, np.full(tasks.K, 1e4))
    np.testing.assert_allclose(np.add.reduceat(p, tasks.row[:-1]), 1.0)
    b = np.array([0.3, -0.2, 1.0, 0.0])
    first = np.exp(tasks.X[: tasks.row[1]] @ b)
    np.testing.assert_allclose(probabilities(tasks, b)[: tasks.row[1]], first / first.sum())


def test_neither_order_nor_what_all_alternatives_share_matters() -> None:
    tasks = uneven()
    fit = fit_multinomial(tasks)
    back = np.arange(len(tasks.X))[::-1]
    turned = Tasks(
        tasks.X[back],
        tasks.row[-1] - tasks.row[::-1],
        len(tasks.X) - 1 - tasks.chosen[::-1],
        tasks.T - tasks.task[::-1],
        tasks.weight[::-1],
    )
    shifted = tasks.X + np.repeat(np.random.default_rng(1).normal(size=(tasks.T, tasks.K)), np.diff(tasks.row), axis=0)
    for same in (turned, tasks.using(shifted)):
        np.testing.assert_allclose(fit_multinomial(same).b, fit.b, rtol=1e-7)
    units = np.array([1e6, 1e-6, 1.0, 30.0])
    np.testing.assert_allclose(fit_multinomial(tasks.using(tasks.X * units)).b * units, fit.b, rtol=1e-7)
    np.testing.assert_allclose(fit_multinomial(tasks, start=fit.b + 2).b, fit.b, rtol=1e-7)


def test_a_weight_of_two_is_a_person_twice() -> None:
    tasks = replace(uneven(), weight=np.ones(12))
    rows, many = tasks.row[tasks.task[1]], int(tasks.task[1])
    twice = Tasks(
        np.concatenate([tasks.X[:rows], tasks.X]),
        np.concatenate([tasks.row[:many], tasks.row + rows]),
        np.concatenate([tasks.chosen[:many], tasks.chosen + rows]),
        np.concatenate([[0], tasks.task + many]),
        np.ones(13),
    )
    weighted = replace(tasks, weight=np.where(np.arange(12) == 0, 2.0, 1.0))
    a, b = fit_multinomial(twice), fit_multinomial(weighted)
    np.testing.assert_allclose(a.b, b.b, rtol=1e-8)
    np.testing.assert_allclose(a.information, b.information, rtol=1e-8)
    assert a.loglik == pytest.approx(b.loglik)


def test_columns_that_depend_on_each_other_are_named() -> None:
    tasks = uneven()
    constant = np.repeat(np.arange(tasks.T, dtype=float), np.diff(tasks.row))
    X = np.column_stack([tasks.X, 3 * tasks.X[:, 0] - 2 * tasks.X[:, 2], constant])
    fit, plain = fit_multinomial(tasks.using(X)), fit_multinomial(tasks)
    assert (fit.trouble, fit.columns, fit.converged) == ("collinear", (0, 2, 4, 5), False)
    assert fit.loglik == pytest.approx(plain.loglik, abs=1e-9)
    np.testing.assert_allclose(fit.b[[1, 3, 5]], [plain.b[1], plain.b[3], 0.0], atol=1e-7)
    near = np.column_stack([tasks.X, tasks.X[:, 0] + 1e-4 * np.random.default_rng(0).normal(size=len(tasks.X))])
    assert fit_multinomial(tasks.using(near)).converged


@pytest.mark.parametrize("whole", [True, False])
def test_a_column_that_foretells_choices_is_named(whole: bool) -> None:
    tasks = uneven()
    tell = np.zeros(len(tasks.X))
    tell[tasks.chosen if whole else tasks.chosen[::3]] = 1.0
    fit = fit_multinomial(tasks.using(np.column_stack([tasks.X, tell])))
    assert fit.trouble == "separated" and not fit.converged
    assert 4 in fit.columns and (whole or fit.columns == (4,))
    assert np.isfinite(fit.b).all()


def test_no_false_alarm_where_tastes_are_strong() -> None:
    fit = fit_multinomial(people(np.full((300, 3), 4.0)))
    assert fit.converged and fit.trouble == ""
    np.testing.assert_allclose(fit.b, 4.0, rtol=0.15)


@pytest.mark.cases
def test_the_published_values_of_brands(cases: Path) -> None:
    tasks, names = cars(cases)
    fit = fit_multinomial(tasks)
    worth = -fit.b / fit.b[names.index("price")]
    brands = [round(float(worth[names.index(n)]), 3) for n in ("american", "japanese", "chinese", "skorean")]
    assert brands == [8.188, 0.934, -19.008, -9.510]
    assert round(fit.loglik, 1) == -3425.6 and fit.converged
