"""How many classes: known numbers, none, one, continuous tastes; expected types against the classes found."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from halfstep.core.errors import MisuseError
from halfstep.logit.classes import PRICE, _mean, _reason, count_classes, match_types
from halfstep.logit.latent import foretell_people
from halfstep.logit.mixture import Mixture
from halfstep.logit.records import LatentFit
from halfstep.logit.tasks import Array, Tasks
from tests.logit.people import APART, choose, of_classes


def normal_tastes(inside: Tasks, outside: Tasks) -> Array:
    """Foretell people by normal tastes, by EM over fixed draws (Train 2008)."""
    Z = np.random.default_rng(0).standard_normal((200, inside.K))
    here = Mixture.of(inside, np.ones(inside.K))
    mean, half = np.zeros(inside.K), np.eye(inside.K)
    for _ in range(15):
        B = mean + Z @ half.T
        by_draw = here.choices(B)[0]
        h = np.exp(by_draw - by_draw.max(axis=0))
        of_draw = (h / h.sum(axis=0)).mean(axis=1)
        mean = of_draw @ B
        half = np.linalg.cholesky((of_draw[:, None] * (B - mean)).T @ (B - mean) + 1e-6 * np.eye(inside.K))
    return foretell_people(mean + Z @ half.T, np.full(len(Z), 1 / len(Z)), outside)


@pytest.mark.parametrize("classes", [1, 2, 3, 4])
def test_true_classes_are_counted(classes: int) -> None:
    told: list[tuple[int, int]] = []
    found = count_classes(
        of_classes(classes, np.random.default_rng(20 + classes)),
        classes + 1,
        np.random.default_rng(1),
        folds=3,
        step=lambda done, of: told.append((done, of)),
        starts=2,
    )
    assert (found.count, found.reason) == (classes, "one" if classes == 1 else "found")
    assert told[-1] == (3 * (classes + 1) + 1,) * 2
    assert found.fit.share.shape == (classes,)
    assert found.difference[found.best - 1] == found.difference_error[found.best - 1] == 0.0
    assert (found.difference <= 0).all()


def test_normal_tastes_are_no_classes_and_classes_are_not_normal() -> None:
    rng = np.random.default_rng(31)
    continuous = choose(np.array([0.5, 0.5, 0.0, -1.0]) + rng.standard_normal((200, 4)), rng)
    found = count_classes(continuous, 3, np.random.default_rng(1), folds=2, rival=normal_tastes, starts=2)
    assert (found.count, found.reason) == (None, "continuous")
    assert found.smallest > 1
    found = count_classes(
        of_classes(2, rng, people=200), 2, np.random.default_rng(1), folds=2, rival=normal_tastes, starts=2
    )
    assert (found.count, found.reason) == (2, "found")
    assert found.rival is not None
    assert found.rival > 0


def test_few_people_hardly_apart_are_unclear_or_one() -> None:
    for seed in range(3):
        rng = np.random.default_rng(seed)
        tasks = choose(0.25 * APART[rng.integers(2, size=40)], rng, tasks=4)
        assert count_classes(tasks, 3, rng, folds=3, starts=2).reason in ("one", "unclear", "not separated")


@pytest.mark.parametrize(
    ("smallest", "gain", "rival", "certainty", "reason"),
    [
        (0, (0.0, 0.0), None, 1.0, "one"),
        (0, (0.0, 0.0), (-1.0, 0.5), 1.0, "continuous"),
        (0, (0.0, 0.0), (-0.5, 0.5), 1.0, "one"),
        (1, (0.8, 0.5), None, 0.9, "unclear"),
        (1, (0.9, 0.5), None, 0.9, "found"),
        (1, (0.9, 0.5), None, 0.6, "not separated"),
        (1, (0.9, 0.5), (0.5, 0.5), 0.9, "continuous"),
        (1, (0.9, 0.5), (1.0, 0.5), 0.9, "found"),
    ],
)
def test_the_rule(
    smallest: int, gain: tuple[float, float], rival: tuple[float, float] | None, certainty: float, reason: str
) -> None:
    assert _reason(smallest, gain, rival, certainty) == reason


def test_means_weigh_people() -> None:
    x = np.array([[1.0, 2.0, 6.0]])
    mean, error = _mean(x, np.ones(3))
    assert mean[0] == 3.0
    assert error[0] == pytest.approx(np.std(x, ddof=1) / np.sqrt(3))
    assert _mean(x, np.array([2.0, 1.0, 1.0]))[0][0] == 2.5


def test_too_few_people_are_refused() -> None:
    with pytest.raises(MisuseError, match="expected 8 people or more for 4 classes in 5 folds; got 6"):
        count_classes(of_classes(1, np.random.default_rng(0), people=6), 4, np.random.default_rng(0))


def a_fit(b: Array, share: Array, error: float = 0.05) -> LatentFit:
    size = b.size + len(share) - 1
    return LatentFit(b, share, 0.0, np.ones((1, len(share))), error**2 * np.eye(size), (0.0,), True)


MONEY = a_fit(np.array([[2.0, 1.0, -1.0], [2.0, 3.0, -3.0], [0.2, 0.1, -0.001]]), np.array([0.5, 0.3, 0.2]))
"""Values in money 2 and 1; .67 and 1; of the third class none: money does not count."""


def test_types_are_matched_by_values_in_money_and_the_price_taste() -> None:
    types = [{0: 1, PRICE: -1}, {0: -1, PRICE: 1}, {0: 1, 1: 1, PRICE: 1}]
    found = match_types(MONEY, types, np.random.default_rng(0), price=2, draws=500)
    assert found.found == (0, 1, None)
    assert found.unmatched == (2,)
    np.testing.assert_allclose(found.average, [1.64 / 1.4002, 1.42 / 1.4002, -1.0])
    np.testing.assert_allclose(found.value[0], [2.0, 1.0, -1.0])
    np.testing.assert_allclose(found.price_taste, [1.0, 3.0, 0.001])
    assert found.probability[:, 2].max() < 0.6


def test_contrasts_stand_for_columns_and_without_price_utility_is_compared() -> None:
    found = match_types(
        MONEY, [{0: 1}], np.random.default_rng(0), price=None, contrasts=np.array([[1.0, -1.0, 0.0]]), draws=300
    )
    assert found.found == (0,)
    np.testing.assert_allclose(found.value[:, 0], [1.0, -1.0, 0.1])
    assert np.isnan(found.price_taste).all()


def test_wide_errors_and_no_errors_match_nothing() -> None:
    wide = match_types(a_fit(MONEY.b, MONEY.share, 3.0), [{0: 1}], np.random.default_rng(0), price=2, draws=300)
    assert wide.found == (None,)
    blind = replace(MONEY, covariance=np.full((11, 11), np.nan))
    found = match_types(blind, [{0: 1}], np.random.default_rng(0), price=2)
    assert found.found == (None,)
    assert np.isnan(found.probability).all()
    assert found.unmatched == (0, 1, 2)


@pytest.mark.parametrize("wrong", [{}, {7: 1}, {0: 2}])
def test_types_that_make_no_sense_are_refused(wrong: dict[int, int]) -> None:
    with pytest.raises(MisuseError, match="expected types with tastes among"):
        match_types(MONEY, [wrong], np.random.default_rng(0), price=2)
