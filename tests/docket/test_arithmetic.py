"""Extremes over boxes against a search of all corners; regions against arithmetic by hand."""

from __future__ import annotations

import math
from itertools import product

import numpy as np
import pytest

from halfstep.docket.arithmetic import extremes
from halfstep.docket.look import Look
from halfstep.docket.region import Region, stands


@pytest.mark.parametrize("seed", range(40))
def test_extremes_of_ratios_are_those_of_the_corners(seed: int) -> None:
    rng = np.random.default_rng(seed)
    k = int(rng.integers(1, 7))
    lo = rng.uniform(0.1, 2.0, k)
    hi = lo + rng.uniform(0.0, 3.0, k)
    above, below = rng.integers(-1, 2, k).astype(float), rng.integers(0, 2, k).astype(float)
    below[0] = 1.0
    corners = np.array(list(product(*zip(lo, hi, strict=True))))
    ratio = corners @ above / (corners @ below)
    assert extremes(lo, hi, above, below) == pytest.approx((ratio.min(), ratio.max()))
    assert extremes(lo, hi, above, None) == pytest.approx(((corners @ above).min(), (corners @ above).max()))


def test_ends_without_end() -> None:
    lo, hi = np.array([2.0, 3.0]), np.array([math.inf, 5.0])
    part, whole, rest = np.array([1.0, 0.0]), np.array([1.0, 1.0]), np.array([0.0, 1.0])
    assert extremes(lo, hi, part, None) == (2.0, math.inf)
    assert extremes(lo, hi, part, rest) == pytest.approx((0.4, math.inf))
    assert extremes(lo, hi, part, whole) == pytest.approx((2 / 7, 1.0))
    assert extremes(lo, hi, rest, part) == pytest.approx((0.0, 2.5))
    assert extremes(np.array([1.0, 0.0]), np.array([2.0, 1.0]), part, rest) is None


@pytest.mark.parametrize(("look", "region", "expected"), [
    (Look(by="", lo=0.1 + 0.2, hi=0.4), Region(lo=0.3), "holds"),
    (Look(by="", lo=0.3, hi=0.4), Region(lo=0.1 + 0.2), "holds"),
    (Look(by="", lo=0.3, hi=0.3), Region(lo=0.3, closed_lo=False), "fails"),
    (Look(by="", lo=0.3, hi=0.4), Region(lo=0.3, closed_lo=False), "open"),
    (Look(by="", lo=0.3, hi=0.4, open_lo=True), Region(lo=0.3, closed_lo=False), "holds"),
    (Look(by="", lo=0.2, hi=0.3, open_hi=True), Region(lo=0.3), "fails"),
    (Look(by="", lo=0.2, hi=0.3), Region(lo=0.3), "open"),
    (Look(by="", lo=0.3, hi=math.inf), Region(lo=0.2), "holds"),
    (Look(by="", lo=0.3, hi=math.inf), Region(hi=0.2), "fails"),
    (Look(by="", lo=1.0, hi=1.0), Region(1.0, 1.0), "holds"),
    (Look(by="", label="both"), Region(labels=("both",)), "holds"),
    (Look(by="", label="neither"), Region(labels=("both",)), "fails"),
    (Look(by="", label="undecided"), Region(labels=("both",)), "open"),
    (Look(by="", label="undecided"), Region(labels=("undecided",)), "holds"),
    (Look(by="", label="both"), Region(lo=1.0), "open"),
    (Look(by="", lo=1.0, hi=2.0), Region(labels=("both",)), "open"),
])  # fmt: skip
def test_a_look_against_a_region(look: Look, region: Region, expected: str) -> None:
    assert stands(look, region)[0] == expected


def test_regions_are_written_as_in_mathematics() -> None:
    assert Region(0.05, 0.1, True, False).text() == "[0.05, 0.1)"
    assert Region(hi=-2.0).text() == "(-∞, -2]"
    assert Region(labels=("both", "neither")).text() == "both / neither"
