"""Shares of a line-up and switching: identities, the plain logit's proportions, extremes, errors."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from halfstep.core.errors import MisuseError
from halfstep.logit import shares as module
from halfstep.logit.shares import shares, shares_with_error, switching

SEEDS = st.integers(0, 10_000)


@given(SEEDS)
def test_shares_are_means_of_probabilities(seed: int) -> None:
    rng = np.random.default_rng(seed)
    X, B, w = rng.normal(size=(4, 3)), rng.normal(size=(7, 3)), rng.uniform(0.0, 2.0, 7)
    E = np.exp(B @ X.T)
    expected = (w / w.sum()) @ (E / E.sum(axis=1, keepdims=True))
    np.testing.assert_allclose(shares(X, B, w), expected)
    np.testing.assert_allclose(shares(X + 5.0, B, w), expected)
    np.testing.assert_allclose(shares(X, B, 9 * w), expected)


@given(SEEDS)
def test_switching_takes_the_product_away(seed: int) -> None:
    rng = np.random.default_rng(seed)
    X, B, w = rng.normal(size=(4, 3)), 2 * rng.normal(size=(6, 3)), rng.uniform(0.1, 2.0, 6)
    D, s = switching(X, B, w), shares(X, B, w)
    np.testing.assert_allclose(D.sum(axis=1), 1.0)
    assert (np.diag(D) == 0).all()
    for j in range(4):
        others = np.delete(np.arange(4), j)
        np.testing.assert_allclose(D[j, others], (shares(X[others], B, w) - s[others]) / s[j], atol=1e-9)


def test_in_a_plain_logit_others_gain_in_proportion() -> None:
    X, b = np.random.default_rng(0).normal(size=(5, 3)), np.array([[0.5, -1.0, 2.0]])
    s = shares(X, b)
    np.testing.assert_allclose(switching(X, b), s * (1 - np.eye(5)) / (1 - s)[:, None])


def test_who_has_no_doubt_and_products_nobody_buys_still_add_up() -> None:
    D = switching(np.array([[1.0, 0.0], [0.0, 1.0], [0.0, 0.0]]), np.array([[800.0, -900.0], [2_000.0, -2_000.0]]))
    np.testing.assert_allclose(D.sum(axis=1), 1.0)
    np.testing.assert_allclose(D, [[0, 0, 1], [1, 0, 0], [1, 0, 0]], atol=1e-12)


def test_chunks_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(1)
    X, B, w = rng.normal(size=(3, 2)), rng.normal(size=(50, 2)), rng.uniform(0.0, 1.0, 50)
    w[:5] = 0.0
    whole = shares(X, B, w), switching(X, B, w)
    monkeypatch.setattr(module, "_CELLS", 12)
    np.testing.assert_allclose(shares(X, B, w), whole[0])
    np.testing.assert_allclose(switching(X, B, w), whole[1])


def test_errors_are_those_of_the_draws() -> None:
    rng = np.random.default_rng(2)
    X, b = np.array([[1.0], [0.0]]), np.array([[0.4]])
    found = shares_with_error(X, (b, None), ((b + 0.1 * rng.normal(size=(1, 1)), None) for _ in range(4_000)))
    s = found.value
    np.testing.assert_allclose(found.error, 0.1 * s[0] * s[1], rtol=0.05)
    assert (found.lo < s).all()
    assert (s < found.hi).all()
    assert found.draws.shape == (4_000, 2)
    with pytest.raises(MisuseError, match="two draws"):
        shares_with_error(X, (b, None), [(b, None)])


def test_misuse_is_refused() -> None:
    with pytest.raises(MisuseError, match="nobody can switch"):
        switching(np.ones((1, 1)), np.ones((1, 1)))
    with pytest.raises(MisuseError, match="expected 2 weights"):
        shares(np.ones((2, 1)), np.ones((2, 1)), np.array([1.0, -1.0]))
