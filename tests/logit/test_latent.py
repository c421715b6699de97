"""Latent classes: the likelihood's derivatives, the optimum by another search, known classes, errors, awkward data."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from scipy.optimize import minimize
from scipy.special import logsumexp

from halfstep.core.errors import MisuseError
from halfstep.logit.latent import fit_latent, foretell_people
from halfstep.logit.mixture import Mixture, Prior, packed, unpacked
from halfstep.logit.mnl import fit_multinomial
from halfstep.logit.tasks import Array, Tasks
from tests.logit.people import APART, choose, of_classes

NO_PRIOR = Prior(0.0, np.zeros(4), np.eye(4))


def plain_loglik(theta: Array, classes: int, tasks: Tasks) -> float:
    """Return the weighted log likelihood, one task after the other."""
    b, log_share = unpacked(theta, classes)
    total = 0.0
    for i in range(tasks.N):
        by_class = log_share.copy()
        for t in range(tasks.task[i], tasks.task[i + 1]):
            U = tasks.X[tasks.row[t] : tasks.row[t + 1]] @ b.T
            by_class += U[tasks.chosen[t] - tasks.row[t]] - logsumexp(U, axis=0)
        total += float(tasks.weight[i] * logsumexp(by_class))
    return total


def uneven(rng: np.random.Generator, people: int = 30) -> Tasks:
    return choose(APART[rng.integers(2, size=people)], rng, uneven=True, weight=rng.uniform(0.5, 2.0, people))


@pytest.mark.parametrize("worth", [0.0, 3.0])
def test_value_slope_and_information_are_those_of_the_mixture(worth: float) -> None:
    rng = np.random.default_rng(3)
    tasks = uneven(rng)
    mixture = Mixture.of(tasks, np.ones(4))
    prior = Prior(worth, rng.normal(size=4), np.diag([1.0, 2.0, 0.5, 1.0]))
    theta = rng.normal(size=3 * 4 + 2)
    assert mixture.at(*unpacked(theta, 3), NO_PRIOR).value == pytest.approx(plain_loglik(theta, 3, tasks), rel=1e-12)

    def slope(x: Array) -> Array:
        at = mixture.at(*unpacked(x, 3), prior)
        return mixture.gradient(at, mixture.derivatives(at, prior)[0], prior)

    h = 1e-5
    steps = h * np.eye(len(theta))
    value = [
        (mixture.at(*unpacked(theta + s, 3), prior).value - mixture.at(*unpacked(theta - s, 3), prior).value) / (2 * h)
        for s in steps
    ]
    np.testing.assert_allclose(slope(theta), value, rtol=1e-6, atol=1e-6)
    curve = np.stack([(slope(theta - s) - slope(theta + s)) / (2 * h) for s in steps])
    info = mixture.derivatives(mixture.at(*unpacked(theta, 3), prior), prior)[1]
    np.testing.assert_allclose(info, curve, rtol=1e-6, atol=1e-6)


def test_the_optimum_is_that_of_another_search() -> None:
    rng = np.random.default_rng(5)
    tasks = uneven(rng, 60)
    fit = fit_latent(tasks, 2, rng, starts=3)
    assert fit.converged
    there = packed(fit.b, np.log(fit.share))
    assert plain_loglik(there, 2, tasks) == pytest.approx(fit.loglik, rel=1e-12)
    mixture = Mixture.of(tasks, np.ones(4))
    other = minimize(
        lambda x: -mixture.at(*unpacked(x, 2), NO_PRIOR).value,
        there + 0.05 * rng.normal(size=len(there)),
        method="BFGS",
    )
    assert -other.fun == pytest.approx(fit.loglik, abs=1e-6)
    np.testing.assert_allclose(other.x, there, atol=1e-3)


def test_one_class_is_the_conditional_logit_and_order_is_by_share() -> None:
    rng = np.random.default_rng(7)
    tasks = choose(APART[rng.choice(2, 200, p=[0.3, 0.7])], rng)
    one, two = fit_latent(tasks, 1, rng), fit_latent(tasks, 2, rng)
    np.testing.assert_allclose(one.b[0], fit_multinomial(tasks).b, rtol=1e-8)
    assert one.share.tolist() == [1.0]
    assert two.share[0] > two.share[1]
    np.testing.assert_allclose(two.posterior.sum(axis=1), 1.0)
    np.testing.assert_allclose(two.b[0], APART[1], atol=0.3)
    np.testing.assert_allclose(two.posterior.mean(axis=0), two.share, atol=1e-6)


def test_units_of_columns_and_of_weights_do_not_matter() -> None:
    tasks = of_classes(2, np.random.default_rng(8), people=80)
    scale = np.array([1e3, 1e-3, 1.0, 10.0])
    one = fit_latent(tasks, 2, np.random.default_rng(0))
    other = fit_latent(replace(tasks, X=tasks.X * scale, weight=7 * tasks.weight), 2, np.random.default_rng(0))
    np.testing.assert_allclose(other.b * scale, one.b, rtol=1e-6)
    wide = np.concatenate([scale, scale, [1.0]])
    np.testing.assert_allclose(other.covariance * np.outer(wide, wide), one.covariance, rtol=1e-5)


@pytest.mark.parametrize("times", [10.0, 1 / 2400])
def test_a_prior_counts_people_whatever_the_unit_of_their_weights(times: float) -> None:
    tasks = of_classes(2, np.random.default_rng(3), 100)
    one, other = (
        fit_latent(t, 2, np.random.default_rng(1), 2, prior=1.0)
        for t in (tasks, replace(tasks, weight=tasks.weight * times))
    )
    np.testing.assert_allclose(other.b, one.b, rtol=1e-6)
    np.testing.assert_allclose(other.covariance, one.covariance, rtol=1e-5, atol=1e-8)
    np.testing.assert_allclose([other.loglik, *other.starts], times * np.array([one.loglik, *one.starts]), rtol=1e-9)


def test_errors_are_those_of_repeated_worlds() -> None:
    covered, errors, found = [], [], []
    for seed in range(25):
        rng = np.random.default_rng(1000 + seed)
        fit = fit_latent(choose(APART[rng.choice(2, 120, p=[0.35, 0.65])], rng, tasks=8), 2, rng, starts=1)
        theta, se = packed(fit.b, np.log(fit.share)), np.sqrt(np.diag(fit.covariance))
        truth = packed(APART[[1, 0]], np.log([0.65, 0.35]))
        covered.append(np.abs(theta - truth) < 1.96 * se)
        errors.append(se)
        found.append(theta)
    assert 0.88 < np.mean(covered) < 0.99
    assert np.mean(errors, axis=0) / np.std(found, axis=0, ddof=1) == pytest.approx(1.0, abs=0.6)
    assert np.mean(np.mean(errors, axis=0) / np.std(found, axis=0, ddof=1)) == pytest.approx(1.0, abs=0.15)


def test_a_column_that_never_varies_and_one_that_repeats_another_have_no_error() -> None:
    tasks = of_classes(2, np.random.default_rng(9), people=60)
    fit = fit_latent(
        tasks.using(np.column_stack([tasks.X, np.ones(len(tasks.X)), tasks.X[:, 0]])), 2, np.random.default_rng(0)
    )
    silent = np.isnan(np.diag(fit.covariance))
    assert silent.tolist() == [True, False, False, False, True, True] * 2 + [False]
    plain = fit_latent(tasks, 2, np.random.default_rng(0))
    assert fit.loglik == pytest.approx(plain.loglik, abs=1e-6)
    np.testing.assert_allclose(fit.b[:, 0] + fit.b[:, 5], plain.b[:, 0], rtol=1e-4)


def test_a_class_that_always_takes_one_side_has_no_maximum_but_one_with_a_prior() -> None:
    rng = np.random.default_rng(11)
    sure = APART[0] + np.array([40.0, 0.0, 0.0, 0.0])
    tasks = choose(np.where(np.arange(80)[:, None] < 30, sure, APART[1]), rng)
    plain, drawn = fit_latent(tasks, 2, rng), fit_latent(tasks, 2, rng, prior=1.0)
    assert not plain.converged or not np.isfinite(plain.covariance).all()
    assert drawn.converged
    assert np.isfinite(drawn.covariance).all()
    assert np.abs(drawn.b).max() < 40


def test_more_classes_than_there_are_come_back_with_shares_above_zero() -> None:
    tasks = of_classes(1, np.random.default_rng(12), people=40)
    fit = fit_latent(tasks, 4, np.random.default_rng(0), prior=1.0)
    assert (fit.share > 0).all()
    assert np.isfinite(fit.b).all()
    assert list(fit.starts) == sorted(fit.starts, reverse=True)


def test_people_held_out_are_foretold_by_the_mixture() -> None:
    rng = np.random.default_rng(13)
    tasks = uneven(rng)
    b, share = rng.normal(size=(2, 4)), np.array([0.3, 0.7])
    alone = [plain_loglik(packed(b, np.log(share)), 2, tasks.of(np.arange(tasks.N) == i)) for i in range(3)]
    np.testing.assert_allclose(foretell_people(b, share, tasks)[:3] * tasks.weight[:3], alone, rtol=1e-12)


def test_same_seed_same_fit_and_progress_is_told() -> None:
    tasks, told = of_classes(2, np.random.default_rng(14), people=40), []
    fits = [
        fit_latent(tasks, 2, np.random.default_rng(1), starts=2, step=lambda a, b: told.append((a, b))) for _ in "ab"
    ]
    np.testing.assert_array_equal(fits[0].b, fits[1].b)
    assert told == [(1, 2), (2, 2)] * 2


@pytest.mark.parametrize(("classes", "starts"), [(0, 1), (41, 1), (2, 0)])
def test_misuse_is_refused(classes: int, starts: int) -> None:
    with pytest.raises(MisuseError, match="expected 1 to 40 classes"):
        fit_latent(of_classes(1, np.random.default_rng(0), people=40), classes, np.random.default_rng(0), starts=starts)


@pytest.mark.cases
def test_one_class_gives_the_printed_values_of_the_cars(cases: Path) -> None:
    text = (cases / "conjoint_cars" / "us_cars.csv").read_bytes().replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    frame = pl.read_csv(text)
    columns = [c for c in frame.columns if c not in ("id", "obsnum", "choice", "weights", "")]
    people = frame.group_by("id", maintain_order=True).agg(
        pl.col("obsnum").n_unique().alias("tasks"), pl.col("weights").first()
    )
    tasks = Tasks(
        X=frame.select(pl.col(columns).cast(pl.Float64)).to_numpy(),
        row=np.arange(0, len(frame) + 1, 3),
        chosen=np.flatnonzero(frame["choice"].to_numpy() == 1),
        task=np.concatenate([[0], np.cumsum(people["tasks"].to_numpy())]).astype(np.int64),
        weight=people["weights"].to_numpy().astype(np.float64),
    )
    one = fit_latent(tasks, 1, np.random.default_rng(1))
    values = -one.b[0] / one.b[0, columns.index("price")]
    brands = [columns.index(c) for c in ("american", "japanese", "chinese", "skorean")]
    np.testing.assert_allclose(values[brands], [8.188, 0.934, -19.008, -9.510], atol=5e-4)
    assert one.loglik == pytest.approx(-3425.6, abs=0.05)
    two = fit_latent(tasks, 2, np.random.default_rng(1))
    assert two.converged
    assert two.loglik > one.loglik + 300
