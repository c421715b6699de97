"""Covariances: the sandwich, conventions of printed tables, and what data do not pin down."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from halfstep.core.errors import MisuseError
from halfstep.logit.covariance import covariance
from halfstep.logit.mnl import fit_multinomial
from tests.logit.made import cars, people, uneven


def test_the_sandwich_by_respondent_is_the_sum_over_people() -> None:
    tasks = uneven()
    fit = fit_multinomial(tasks)
    inverse = np.linalg.inv(fit.information)
    meat = np.zeros((tasks.K, tasks.K))
    for first, end in zip(tasks.task[:-1], tasks.task[1:], strict=True):
        s = fit.scores[first:end].sum(0)
        meat += np.outer(s, s)
    np.testing.assert_allclose(covariance(fit, tasks, "respondent"), inverse @ meat @ inverse * 12 / 11, rtol=1e-8)
    meat = fit.scores.T @ fit.scores
    np.testing.assert_allclose(covariance(fit, tasks, "task"), inverse @ meat @ inverse * 48 / 47, rtol=1e-8)
    with pytest.raises(MisuseError, match="expected"):
        covariance(fit, tasks, "robust")


def test_only_the_hessian_with_weights_as_counts_minds_their_scale() -> None:
    tasks = uneven()
    more = replace(tasks, weight=5 * tasks.weight)
    for kind in ("respondent", "task", "hessian normalised", "hessian"):
        ratio = covariance(fit_multinomial(tasks), tasks, kind) / covariance(fit_multinomial(more), more, kind)
        np.testing.assert_allclose(ratio, 5.0 if kind == "hessian" else 1.0, rtol=1e-6)


def test_what_is_not_pinned_down_has_no_error_and_the_rest_keeps_its_own() -> None:
    tasks = uneven()
    plain = covariance(fit_multinomial(tasks), tasks)
    twice = tasks.using(np.column_stack([tasks.X, tasks.X[:, 0]]))
    found = covariance(fit_multinomial(twice), twice)
    assert np.isnan(found[[0, 4]]).all() and np.isnan(found[:, [0, 4]]).all()
    np.testing.assert_allclose(found[1:4, 1:4], plain[1:4, 1:4], rtol=1e-6)


def test_errors_are_those_of_repeated_samples() -> None:
    rng = np.random.default_rng(3)
    b, said = [], []
    for seed in range(120):
        tasks = people(np.array([0.5, -0.5]) + 0.8 * rng.normal(size=(80, 2)), seed=seed)
        fit = fit_multinomial(tasks)
        b.append(fit.b)
        said.append(np.sqrt(np.diag(covariance(fit, tasks))))
    np.testing.assert_allclose(np.mean(said, axis=0), np.std(b, axis=0), rtol=0.2)


@pytest.mark.cases
def test_the_published_errors_are_the_hessians_with_weights_as_counts(cases: Path) -> None:
    tasks, names = cars(cases)
    fit = fit_multinomial(tasks)
    p, brands = names.index("price"), [names.index(n) for n in ("american", "japanese", "chinese", "skorean")]
    slope = np.zeros((4, tasks.K))
    slope[range(4), brands] = -1 / fit.b[p]
    slope[:, p] = fit.b[brands] / fit.b[p] ** 2
    digits = {"hessian": (3, [1.289, 1.289, 1.550, 1.398]), "respondent": (2, [2.78, 2.64, 4.89, 3.45])}
    for kind, (places, printed) in digits.items():
        errors = np.sqrt(np.diag(slope @ covariance(fit, tasks, kind) @ slope.T))
        assert [round(float(e), places) for e in errors] == printed
