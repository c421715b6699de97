"""Absorbed effects against dense dummies, where groups hang together by a thread, and at the edges."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from halfstep.numerics.absorb import absorber

Array = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]


def dummies(codes: list[Codes]) -> Array:
    parts = [np.unique(c, return_inverse=True)[1] for c in codes]
    return np.hstack([np.eye(int(c.max()) + 1)[c] for c in parts])


def dense(codes: list[Codes], columns: Array) -> Array:
    D = dummies(codes)
    return np.asarray(columns - D @ np.linalg.lstsq(D, columns, rcond=1e-12)[0])


def drawn(seed: int, ways: int, n: int = 150) -> tuple[list[Codes], Array]:
    rng = np.random.default_rng(seed)
    sizes = rng.integers(1, 30, ways)
    return [rng.integers(-3, int(g), n) for g in sizes], rng.normal(size=(n, 3)) * [1.0, 1e6, 1e-6] + [0.0, 1e7, 1.0]


@pytest.mark.parametrize("ways", [1, 2, 3, 4])
@given(seed=st.integers(0, 10_000))
def test_residuals_equal_those_on_dense_dummies(ways: int, seed: int) -> None:
    codes, columns = drawn(seed, ways)
    found, size = absorber(*codes).residuals(columns), np.abs(columns).max(0)
    np.testing.assert_allclose(found / size, dense(codes, columns) / size, atol=2e-11)


@given(seed=st.integers(0, 10_000), ways=st.integers(1, 4))
def test_residuals_sum_to_zero_in_every_group_and_are_left_alone_by_a_second_pass(seed: int, ways: int) -> None:
    codes, columns = drawn(seed, ways)
    absorb = absorber(*codes)
    found, size = absorb.residuals(columns), np.abs(columns).max(0) * len(columns)
    assert np.abs(dummies(codes).T @ found / size).max() < 1e-13
    again = absorb.residuals(found)
    assert np.abs((again - found) / np.linalg.norm(columns, axis=0)).max() < 1e-12


@given(seed=st.integers(0, 10_000))
def test_rank_is_exact_for_two_groupings_and_never_too_low_for_more(seed: int) -> None:
    rng = np.random.default_rng(seed)
    codes = [rng.integers(0, 12, 30) for _ in range(3)]
    assert absorber(codes[0]).rank == np.linalg.matrix_rank(dummies(codes[:1]))
    assert absorber(*codes[:2]).rank == np.linalg.matrix_rank(dummies(codes[:2]))
    assert absorber(*codes).rank >= np.linalg.matrix_rank(dummies(codes))


@pytest.mark.parametrize("links", [60, 300])
def test_a_chain_of_groups_each_tied_to_the_next_by_one_row(links: int) -> None:
    """The worst connection there is: a row ties left i to right i, another left i to right i + 1; some repeat."""
    left = np.repeat(np.arange(links), 3)
    right = np.stack([np.arange(links), np.arange(links) + 1, np.arange(links)], axis=1).ravel()
    columns = np.random.default_rng(1).normal(size=(3 * links, 2)).cumsum(axis=0)
    absorb = absorber(left, right)
    assert absorb.rank == 2 * links
    found = absorb.residuals(columns)
    np.testing.assert_allclose(found, dense([left, right], columns), atol=1e-9 * np.abs(columns).max())


def test_parts_of_the_table_that_share_no_group() -> None:
    rng = np.random.default_rng(2)
    half = np.arange(200) % 2
    codes = [half * 10 + rng.integers(0, 10, 200), half * 7 + rng.integers(0, 7, 200)]
    columns = rng.normal(size=(200, 2)) + 1e4 * half[:, None]
    np.testing.assert_allclose(absorber(*codes).residuals(columns), dense(codes, columns), atol=1e-10)
    assert absorber(*codes).rank == 20 + 14 - 2


def test_a_grouping_inside_another_and_the_same_one_twice() -> None:
    rng = np.random.default_rng(3)
    fine = rng.integers(0, 20, 100)
    columns = rng.normal(size=(100, 1))
    alone = absorber(fine).residuals(columns)
    for codes in ((fine, fine // 4), (fine // 4, fine), (fine, fine), (fine // 4, fine, fine % 1)):
        np.testing.assert_allclose(absorber(*codes).residuals(columns), alone, atol=1e-12)
    assert absorber(fine, fine // 4).rank == len(np.unique(fine))


def test_a_column_that_the_effects_explain_vanishes() -> None:
    rng = np.random.default_rng(4)
    a, b, c = (rng.integers(0, 15, 400) for _ in range(3))
    explained = 1e3 + rng.normal(size=15)[a] + rng.normal(size=15)[b] - rng.normal(size=15)[c]
    left = absorber(a, b, c).residuals(explained[:, None])
    assert np.linalg.norm(left) < 1e-12 * np.linalg.norm(explained)


def test_no_grouping_no_column_and_the_caller_s_own_array() -> None:
    columns = np.arange(6.0).reshape(3, 2)
    kept = columns.copy()
    same = absorber().residuals(columns)
    same[0, 0] = 9.0
    absorber(np.array([0, 0, 1])).residuals(columns)
    np.testing.assert_array_equal(columns, kept)
    assert absorber().rank == 0
    assert absorber(np.array([0, 1, 1]), np.array([0, 0, 1])).residuals(np.zeros((3, 0))).shape == (3, 0)
    alone = absorber(np.arange(3), np.arange(3)).residuals(columns)
    np.testing.assert_allclose(alone, np.zeros((3, 2)), atol=1e-12)
