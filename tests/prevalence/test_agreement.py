"""Krippendorff's alpha: his printed examples, the definition pair by pair, and where it says nothing."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from halfstep.core.errors import MisuseError
from halfstep.prevalence.agreement import Agreement, alpha, confusions
from halfstep.prevalence.records import Unsaid

_ = -1
PRINTED = np.array(
    [
        [1, 2, 3, 3, 2, 1, 4, 1, 2, _, _, _],
        [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, _, 3],
        [_, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, _],
        [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, _],
    ]
)
"""Krippendorff (2011), Computing Krippendorff's Alpha-Reliability, section C: four coders, twelve units, nominal, .743."""


def found(codes: npt.NDArray[np.int64], level: float = 0.95) -> Agreement:
    told = alpha(codes, level, np.random.default_rng(1))
    assert isinstance(told, Agreement)
    return told


def by_pairs(codes: npt.NDArray[np.int64]) -> float:
    """Observed over expected disagreement, every pair of codings by itself."""
    observed, pooled = 0.0, []
    for unit in codes.T:
        values = unit[unit >= 0]
        if len(values) >= 2:
            apart = sum(a != b for i, a in enumerate(values) for j, b in enumerate(values) if i != j)
            observed += apart / (len(values) - 1)
            pooled += values.tolist()
    n = len(pooled)
    expected = sum(a != b for i, a in enumerate(pooled) for j, b in enumerate(pooled) if i != j) / (n - 1)
    return float(1 - observed / expected)


def test_the_printed_example() -> None:
    told = found(PRINTED)
    assert round(told.alpha, 3) == 0.743
    assert (told.units, told.codings) == (11, 40)
    assert told.lo < told.alpha < told.hi <= 1
    assert alpha(PRINTED, 0.95, np.random.default_rng(1)) == told


def test_the_printed_example_of_two_values() -> None:
    """Section A of the same paper: two coders, ten units, two values, .095."""
    codes = np.array([[0, 1, 0, 0, 0, 0, 0, 0, 1, 0], [1, 1, 1, 0, 0, 1, 0, 0, 0, 0]])
    told = found(codes)
    assert round(told.alpha, 3) == 0.095 and told.plain == pytest.approx(0.6)


def test_random_codings_follow_the_definition() -> None:
    rng = np.random.default_rng(4)
    for coders in (2, 3, 5):
        codes = rng.integers(-1, 4, (coders, 30))
        assert found(codes).alpha == pytest.approx(by_pairs(codes), abs=1e-12)


def test_full_agreement_is_one_and_chance_is_nought() -> None:
    rng = np.random.default_rng(5)
    one = rng.integers(0, 3, 200)
    assert found(np.stack([one, one])).alpha == 1.0
    assert abs(found(rng.integers(0, 3, (2, 4000))).alpha) < 0.05


def test_the_interval_over_units_covers() -> None:
    """Two coders who keep a true value in four of five cases; the truth from many units."""
    rng = np.random.default_rng(6)

    def draw(units: int) -> npt.NDArray[np.int64]:
        truth = rng.integers(0, 3, units)
        return np.where(rng.random((2, units)) < 0.8, truth, rng.integers(0, 3, (2, units)))

    right = found(draw(200_000)).alpha
    inside = 0
    for _run in range(150):
        told = alpha(draw(80), 0.9, rng, draws=300)
        assert isinstance(told, Agreement)
        inside += told.lo <= right <= told.hi
    assert 0.81 < inside / 150 < 0.97


def test_what_a_coder_confuses_comes_first() -> None:
    codes = np.array([[0, 0, 0, 1, 1, 2], [0, 0, 0, 1, 1, 2], [0, 1, 1, 1, 1, 2]])
    first = confusions(codes)[0]
    assert (first.coder, first.said, first.others, first.times, first.of) == (2, 1, 0, 4, 8)


def test_nothing_is_said_of_one_value_or_of_units_that_nobody_shares() -> None:
    rng = np.random.default_rng(1)
    same = alpha(np.ones((2, 9), dtype=np.int64), 0.9, rng)
    assert isinstance(same, Unsaid) and same.reason == "one class"
    alone = alpha(np.array([[0, 1, -1, -1], [-1, -1, 0, 1]]), 0.9, rng)
    assert isinstance(alone, Unsaid) and alone.reason == "few audited"
    with pytest.raises(MisuseError, match="coders, units"):
        alpha(np.array([0, 1]), 0.9, rng)
