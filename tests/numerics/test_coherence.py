"""Coherence of printed ratios, against brute force and against markets whose truth is known."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import numpy.typing as npt
import pytest

from halfstep.numerics.coherence import Ratios, conflicts, feasible, implied


def shares(bands: list[list[int]], printed: list[tuple[float, float]], cells: int) -> Ratios:
    """One brand's shares of unions of bands: x = (market units of each cell, brand units of each cell)."""
    num, den = np.zeros((len(bands), 2 * cells)), np.zeros((len(bands), 2 * cells))
    for i, band in enumerate(bands):
        num[i, [cells + c for c in band]] = 1.0
        den[i, band] = 1.0
    lo, hi = (np.array([p[k] for p in printed]) for k in (0, 1))
    cone = np.hstack([-np.eye(cells), np.eye(cells)])
    return Ratios(num, den, lo, hi, cone)


def weight(part: list[int], whole: list[int], cells: int) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    forms = np.zeros((2, 2 * cells))
    forms[0, part], forms[1, whole] = 1.0, 1.0
    return forms[0], forms[1]


def test_the_printed_shares_of_two_bands_and_of_both_fix_their_sizes() -> None:
    said = shares([[0], [1], [0, 1]], [(0.243, 0.243), (0.097, 0.097), (0.17, 0.18)], 2)
    lo, hi = implied(said, *weight([0], [0, 1], 2))
    assert lo == pytest.approx((0.17 - 0.097) / (0.243 - 0.097))
    assert hi == pytest.approx((0.18 - 0.097) / (0.243 - 0.097))


def test_a_stray_share_of_everything_above_says_what_it_would_need_and_no_more() -> None:
    said = shares([[0], [1], [0, 1]], [(0.17, 0.18), (0.05, 0.05), (0.096, 0.096)], 2)
    assert feasible(said)
    lo, hi = implied(said, *weight([0], [0, 1], 2))
    assert lo == pytest.approx(0.046 / 0.13)
    assert hi == pytest.approx(0.046 / 0.12)


def test_a_share_outside_its_parts_conflicts_and_only_the_three_are_named() -> None:
    said = shares(
        [[2], [0], [1], [0, 1], [0, 1, 2]], [(0.1, 0.1), (0.243, 0.243), (0.097, 0.097), (0.3, 0.31), (0.1, 0.2)], 3
    )
    found = conflicts(said)
    assert found is not None
    assert found.smallest
    assert found.sets == ((1, 2, 3),)


def test_a_band_of_no_size_does_not_excuse_a_contradiction() -> None:
    """Were the two bands empty, any share of them would be 0/0; a printed share says that they are not."""
    said = shares([[0], [0]], [(0.1, 0.1), (0.2, 0.2)], 2)
    assert not feasible(said)


def test_what_nothing_is_said_of_may_be_anything() -> None:
    said = shares([[0]], [(0.1, 0.2)], 2)
    assert implied(said, *weight([0], [0, 1], 2)) == pytest.approx((0.0, 1.0))
    assert implied(said, *weight([0, 1], [0], 2))[1] == np.inf


@pytest.mark.parametrize("seed", range(40))
def test_rounded_figures_of_a_true_market_never_conflict_and_hold_its_sizes(seed: int) -> None:
    rng = np.random.default_rng(seed)
    cells = int(rng.integers(2, 6))
    w, s = rng.lognormal(0, 1.5, cells), rng.uniform(0, 1, cells)
    ends = [sorted(rng.choice(cells + 1, 2, replace=False)) for _ in range(int(rng.integers(3, 8)))]
    bands = [list(range(a, b)) for a, b in ends]
    true = [float((w * s)[b].sum() / w[b].sum()) for b in bands]
    half = 10.0 ** -int(rng.integers(1, 4)) / 2
    printed = [(round(t / (2 * half)) * 2 * half - half, round(t / (2 * half)) * 2 * half + half) for t in true]
    said = shares(bands, printed, cells)
    assert conflicts(said) is None
    for part, whole in combinations(range(len(bands)), 2):
        both = sorted(set(bands[part]) | set(bands[whole]))
        lo, hi = implied(said, *weight(bands[part], both, cells))
        assert lo - 1e-7 <= w[bands[part]].sum() / w[both].sum() <= hi + 1e-7


@pytest.mark.parametrize("seed", range(15))
def test_the_smallest_conflicts_are_those_that_brute_force_finds(seed: int) -> None:
    rng = np.random.default_rng(100 + seed)
    cells = 3
    ends = [sorted(rng.choice(cells + 1, 2, replace=False)) for _ in range(6)]
    bands = [list(range(a, b)) for a, b in ends]
    low = rng.uniform(0, 0.9, 6)
    said = shares(bands, [(v, v + 0.02) for v in low], cells)
    found = conflicts(said)
    every = [c for size in range(1, 7) for c in combinations(range(6), size) if not feasible(said.take(c))]
    if not every:
        assert found is None
        return
    smallest = min(len(c) for c in every)
    assert found is not None
    assert set(found.sets) == {c for c in every if len(c) == smallest}
