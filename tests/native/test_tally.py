"""Sums by cell: the compiled loop and NumPy give the same whole numbers, and those of a plain sum."""

from __future__ import annotations

from importlib.util import find_spec

import numpy as np
import pytest

from halfstep.native.tally import Pairs, Steps, measured, stepped, tally


def made(seed: int, n: int = 300, heads: int = 9) -> tuple[Pairs, np.ndarray[tuple[int], np.dtype[np.int64]]]:
    rng = np.random.default_rng(seed)
    post = rng.integers(0, n, 2 * n)
    own = rng.integers(-1, 50, 2 * n)
    value = rng.integers(0, 256, (n, heads)).astype(np.uint8)
    stance = rng.integers(0, 256, (50, 2)).astype(np.uint8)
    return Pairs(value, stance, post, own, np.array([0, 2, 3]), np.array([5, 6])), rng.integers(0, 7, 2 * n)


def test_sums_are_those_of_the_measures_one_by_one() -> None:
    pairs, cell = made(1)
    total, square = tally(pairs, cell, 8)
    each = measured(pairs, np.arange(len(cell))).astype(np.int64)
    for c in range(8):
        assert (total[c] == each[cell == c].sum(axis=0)).all()
        assert (square[c] == (each[cell == c] ** 2).sum(axis=0)).all()


def test_measures_by_hand() -> None:
    value = np.array([[255, 100, 7, 9]], np.uint8)
    pairs = Pairs(
        value, np.array([[51, 204]], np.uint8), np.array([0, 0]), np.array([0, -1]), np.array([0, 1]), np.array([2, 3])
    )
    found = measured(pairs, np.arange(2))
    assert found.tolist() == [[255, 100, 51, 204, 51, 204, 20, 80], [255, 100, 0, 0, 0, 0, 0, 0]]


@pytest.mark.skipif(find_spec("halfstep.native._tally") is None, reason="the extension was not built here")
def test_both_loops_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    for seed in range(20):
        pairs, cell = made(seed, n=1 + 40 * seed)
        found = []
        for name in ("numpy", ""):
            monkeypatch.setenv("HALFSTEP_KERNEL", name)
            found.append(tally(pairs, cell, 7))
        assert all((a == b).all() for a, b in zip(*found, strict=True))


@pytest.mark.skipif(find_spec("halfstep.native._tally") is None, reason="the extension was not built here")
def test_places_outside_are_refused_before_anything_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HALFSTEP_KERNEL", "")
    pairs, cell = made(2)
    with pytest.raises(ValueError, match="within the arrays"):
        tally(pairs, cell + 3, 7)


def test_without_topics_and_stances_only_heads_are_added() -> None:
    none = np.empty(0, np.int64)
    value = np.arange(12, dtype=np.uint8).reshape(4, 3)
    pairs = Pairs(value, np.empty((0, 0), np.uint8), np.arange(4), np.full(4, -1), none, none)
    total, square = tally(pairs, np.array([0, 0, 1, 1]), 2)
    assert total.tolist() == [[3, 5, 7], [15, 17, 19]]
    assert square.tolist() == [[9, 17, 29], [117, 149, 185]]


@pytest.mark.skipif(find_spec("halfstep.native._tally") is None, reason="the extension was not built here")
def test_steps_agree_at_and_about_every_threshold(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(5)
    threshold = np.sort(rng.normal(0, 3, (4, 255)).astype(np.float32), axis=1)
    threshold[3] = np.inf
    steps = Steps(np.array([1, -1, 1, 1], np.float32), threshold)
    exact = np.repeat(threshold[:3].ravel(), 4).reshape(-1, 4) * steps.sign
    margin = np.vstack([exact, rng.normal(0, 9, (999, 4)), np.full((1, 4), np.inf), np.full((1, 4), -np.inf)]).astype(
        np.float32
    )
    found = []
    for name in ("numpy", ""):
        monkeypatch.setenv("HALFSTEP_KERNEL", name)
        found.append(stepped(margin, steps))
    assert (found[0] == found[1]).all()
    assert found[0].max() == 255
    assert found[0].min() == 0


def test_no_pairs_have_no_measures() -> None:
    pairs, _ = made(3)
    assert measured(pairs, np.empty(0, np.int64)).shape == (0, pairs.K)
