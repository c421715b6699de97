"""Adjusted count and EM: right under another share, wrong under other errors, silent where the reader is blind."""

from __future__ import annotations

import numpy as np
import pytest

from halfstep.core.errors import MisuseError
from halfstep.prevalence.adjusted import adjusted_count, fieller
from halfstep.prevalence.calibrate import class_means, platt
from halfstep.prevalence.em import em_share, shifted_prior
from halfstep.prevalence.records import Array, Audit, Share, Tally, Unsaid
from halfstep.worlds.prevalence import Read, simulate_reading


def told(found: Share | Unsaid) -> Share:
    assert isinstance(found, Share)
    return found


def taught(read: Read) -> Audit:
    return Audit(read.taught_f, read.taught_y, np.ones(len(read.taught_y)))


def counts(read: Read) -> Array:
    return np.bincount(np.rint(255 * read.f).astype(np.int64), minlength=256).astype(np.float64)


def test_forman_by_hand() -> None:
    """80% of the class found, 10% of the rest taken for it: of 38% seen, 40% are there."""
    y = np.repeat([1.0, 0.0], 1000)
    f = np.concatenate([np.arange(1000) < 800, np.arange(1000) < 100]).astype(np.float64)
    found = told(adjusted_count(Tally(100_000, 38_000, 38_000), Audit(f, y, np.ones(2000)), 0.95))
    assert found.value == pytest.approx(0.4) and found.lo < 0.4 < found.hi
    # delta method: sqrt(.4^2 .16 + .6^2 .09 over 1000, with .38 .62 over 100,000) / .7
    assert found.se == pytest.approx(np.sqrt((0.16 * 0.16 + 0.36 * 0.09) / 999 + 0.38 * 0.62 / 1e5) / 0.7, rel=0.005)


def test_fiellers_ends_are_where_the_test_turns() -> None:
    read = simulate_reading("70% reader", np.random.default_rng(1))
    tally, means = Tally.of(read.f), class_means(taught(read))
    ends = fieller(tally, means, 2.0)
    assert ends is not None
    for theta in ends:
        off = tally.mean - theta * means.yes - (1 - theta) * means.no
        spread = tally.variance / tally.n + theta**2 * means.yes_variance + (1 - theta) ** 2 * means.no_variance
        assert off**2 == pytest.approx(4 * spread, rel=1e-6)


def test_em_stands_where_the_iteration_of_the_paper_ends() -> None:
    rng = np.random.default_rng(2)
    chances, number = rng.uniform(0.02, 0.98, 40), rng.integers(1, 50, 40).astype(float)
    prior = theta = 0.5
    for _round in range(20_000):
        up, down = chances * theta / prior, (1 - chances) * (1 - theta) / (1 - prior)
        theta = float(number @ (up / (up + down)) / number.sum())
    assert shifted_prior(chances, number, prior) == pytest.approx(theta, abs=1e-6)


def test_both_find_a_share_that_moved_and_neither_sees_errors_that_moved() -> None:
    for kind, right in (("prevalence shifted", True), ("errors shifted", False)):
        inside = {"adjusted": 0, "em": 0}
        for run in range(40):
            read = simulate_reading(kind, np.random.default_rng([3, run]))
            for way, found in (
                ("adjusted", adjusted_count(Tally.of(read.f), taught(read), 0.95)),
                ("em", em_share(counts(read), taught(read), 0.95)),
            ):
                share = told(found)
                inside[way] += share.lo <= read.truth <= share.hi
        assert all(v >= 33 if right else v <= 8 for v in inside.values()), (kind, inside)


def test_a_reader_that_reads_the_other_way_round_is_no_hindrance() -> None:
    read = simulate_reading("reversed", np.random.default_rng(4))
    for found in (adjusted_count(Tally.of(read.f), taught(read), 0.95), em_share(counts(read), taught(read), 0.95)):
        share = told(found)
        assert share.lam < 0 and abs(share.value - read.truth) < 0.08


def test_a_blind_reader_is_refused() -> None:
    refused = 0
    for run in range(40):
        read = simulate_reading("noise", np.random.default_rng([5, run]))
        for found in (adjusted_count(Tally.of(read.f), taught(read), 0.95), em_share(counts(read), taught(read), 0.95)):
            refused += isinstance(found, Unsaid) and found.reason == "reader blind"
    assert refused >= 70


def test_too_little_is_refused() -> None:
    f, one = np.linspace(0, 1, 30), np.ones(30)
    only = Audit(f, one, one)
    for found in (adjusted_count(Tally.of(f), only, 0.9), em_share(np.ones(256), only, 0.9)):
        assert isinstance(found, Unsaid) and found.reason == "one class"
    some = Audit(f, (f > 0.5).astype(float), one)
    for found in (adjusted_count(Tally(), some, 0.9), em_share(np.zeros(256), some, 0.9)):
        assert isinstance(found, Unsaid) and found.reason == "empty"
    with pytest.raises(MisuseError, match="256"):
        em_share(np.ones(10), some, 0.9)


def test_a_line_of_chances_is_found_again() -> None:
    rng = np.random.default_rng(6)
    f = rng.uniform(0.05, 0.95, 20_000)
    chance = 1 / (1 + np.exp(-(0.4 + 0.7 * np.log(f / (1 - f)))))
    fitted = platt(Audit(f, (rng.random(20_000) < chance).astype(float), np.ones(20_000)))
    assert fitted is not None
    errors = np.array([fitted.a - 0.4, fitted.b - 0.7]) / np.sqrt(np.diag(fitted.covariance)[:2])
    assert (np.abs(errors) < 3).all() and np.abs(fitted.chances(f) - chance).max() < 0.02
    assert platt(Audit(f[:9], np.ones(9), np.ones(9))) is None
