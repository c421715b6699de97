"""The best profile of one product: against shares taken one by one, a known optimum, draws, grids."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import lambertw

from halfstep.core.errors import MisuseError
from halfstep.logit import shares as module
from halfstep.logit.search import Part, Rest, best, climb, gains, grid
from halfstep.logit.shares import shares
from halfstep.logit.tasks import Array, Codes


def test_gains_are_the_shares_of_each_candidate(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(0)
    rest, candidates, B, w = rng.normal(size=(4, 3)), rng.normal(size=(30, 3)), rng.normal(size=(9, 3)), rng.random(9)
    expected = [shares(np.vstack([c, rest]), B, w)[0] for c in candidates]
    np.testing.assert_allclose(gains(rest, candidates, B, w), expected)
    monkeypatch.setattr(module, "_CELLS", 60)
    np.testing.assert_allclose(gains(rest, candidates, B, w), expected)
    assert np.isfinite(gains(rest, 1e4 * candidates, B, w)).all()


def test_the_best_margin_is_that_of_the_lambert_function() -> None:
    price = np.linspace(0.5, 6.0, 2_201)
    alpha, cost = 1.3, 0.7
    found = best(Rest(np.array([[1.0]]), price, np.full(len(price), cost)), price[:, None], np.array([[-alpha]]))
    closed = cost + (1 + lambertw(np.exp(-alpha * cost - 1 + alpha * 1.0)).real) / alpha
    assert price[found.best] == pytest.approx(closed, abs=0.003)
    assert found.gain[found.best] == found.gain.max() == found.share[found.best] * (price[found.best] - cost)
    assert found.error is None
    assert not len(found.chance)


def test_draws_say_how_sure_the_best_is() -> None:
    rng = np.random.default_rng(1)
    price = np.array([1.0, 1.5, 2.0, 3.0])
    b = np.array([[-1.0]])
    rest = Rest(np.array([[1.5]]), price)
    sure = best(rest, price[:, None], b, draws=[(b, None)] * 3)
    assert sure.chance.tolist() == (np.arange(4) == sure.best).astype(float).tolist()
    found = best(rest, price[:, None], b, draws=((b + 0.4 * rng.normal(size=(1, 1)), None) for _ in range(200)))
    assert found.chance.sum() == pytest.approx(1.0)
    assert 0 < found.chance[found.best] < 1
    assert found.error is not None
    assert found.error.lo[0] < found.gain[found.best] < found.error.hi[0]


def test_grids_hold_every_combination_and_are_not_boundless() -> None:
    own = np.array([5.0, 0.0, 0.0, 7.0])
    brands = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]])
    candidates, level = grid(own, [([0], np.array([[4.0], [5.0]])), ([1, 2], brands)])
    assert candidates.shape == (6, 4)
    assert len(np.unique(candidates, axis=0)) == 6
    assert (candidates[:, 3] == 7.0).all()
    np.testing.assert_array_equal(candidates[:, 1:3], brands[level[:, 1]])
    assert grid(own, [])[0].tolist() == [own.tolist()]
    with pytest.raises(MisuseError, match="try fewer levels"):
        grid(own, [([0], np.arange(1_000.0)[:, None])] * 2)


def test_climbing_finds_what_the_whole_grid_does() -> None:
    rng = np.random.default_rng(2)
    rest, B = rng.normal(size=(3, 5)), rng.normal(size=(40, 5)) + np.array([0.0, 0, 0, 0, -2])
    parts: list[Part] = [
        ([0, 1], rng.normal(size=(4, 2))),
        ([2], rng.normal(size=(3, 1))),
        ([3], rng.normal(size=(5, 1))),
    ]
    parts.append(([4], np.linspace(0.5, 4.0, 9)[:, None]))
    cost = np.arange(5) * 0.1

    def gain(candidates: Array, level: Codes) -> Array:
        return gains(rest, candidates, B) * (candidates[:, 4] - cost[level[:, 2]])

    candidates, level = grid(np.zeros(5), parts)
    whole = gain(candidates, level)
    np.testing.assert_array_equal(climb(np.zeros(5), parts, gain, rng), level[whole.argmax()])


def test_misuse_is_refused() -> None:
    with pytest.raises(MisuseError, match="expected candidates of shape"):
        best(Rest(np.ones((1, 2)), np.ones(3)), np.ones((2, 2)), np.ones((1, 2)))
