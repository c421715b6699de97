"""Flips: a noisy reader makes none, real ones are found, and without authors or an audit nothing is said."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from halfstep.arrivals.flips import FlipRate, Reader, flip_rate
from halfstep.arrivals.halflife import Unmeasured

Ints = npt.NDArray[np.int64]


def posts(
    flips: float, wrong: tuple[float, float], seed: int, authors: int = 400
) -> tuple[Ints, npt.NDArray[np.float64], Ints]:
    rng = np.random.default_rng(seed)
    author, stance = [], []
    for who in range(authors):
        side = 1 if rng.uniform() < 0.7 else -1
        for _ in range(int(rng.integers(1, 6))):
            author.append(who)
            stance.append(-side if rng.uniform() < wrong[0 if side > 0 else 1] else side)
            side = -side if rng.uniform() < flips else side
    return np.array(author), np.arange(len(author), dtype=np.float64), np.array(stance)


def would_read(flips: float, wrong: tuple[float, float]) -> float:
    """Return the flip rate that is read in expectation: authors of two to five posts, seven in ten begin in favour."""
    apart = (1 - wrong[0]) * (1 - wrong[1]) + wrong[0] * wrong[1]
    rates = []
    for pairs in range(1, 5):
        for_ = 0.5 + 0.2 * (1 - 2 * flips) ** np.arange(pairs)
        mistaken = for_ * 2 * wrong[0] * (1 - wrong[0]) + (1 - for_) * 2 * wrong[1] * (1 - wrong[1])
        rates.append(float(np.mean((1 - flips) * mistaken + flips * apart)))
    return float(np.mean(rates))


@pytest.mark.parametrize("flips", [0.0, 0.3])
def test_a_reader_makes_no_flips(flips: float) -> None:
    held = []
    read = []
    for seed in range(40):
        audit = np.random.default_rng(1000 + seed)
        reader = Reader((400, int(audit.binomial(400, 0.1))), (400, int(audit.binomial(400, 0.2))))
        said = flip_rate(*posts(flips, (0.1, 0.2), seed), reader, np.random.default_rng(seed))
        assert isinstance(said, FlipRate) and said.read > said.value
        read.append(said.read)
        held.append(said.lo <= flips <= said.hi)
    spread = np.std(read, ddof=1) / np.sqrt(len(read))
    assert abs(np.mean(read) - would_read(flips, (0.1, 0.2))) <= 2.6 * spread
    assert np.mean(read) - 2.6 * spread > flips + 0.05
    assert sum(held) >= 33


def test_what_is_read_of_nobody_who_flips() -> None:
    said = flip_rate(*posts(0.0, (0.15, 0.15), 3), Reader((10000, 1500), (10000, 1500)), np.random.default_rng(0))
    assert isinstance(said, FlipRate)
    assert said.by_mistake == pytest.approx(2 * 0.15 * 0.85, abs=1e-6) and said.read == pytest.approx(0.255, abs=0.05)


def test_a_reader_who_never_errs_is_counted() -> None:
    author, time, stance = np.repeat(np.arange(30), 2), np.tile([0.0, 1.0], 30), np.tile([1, -1], 30)
    stance[:20] = 1
    said = flip_rate(author, time, stance, Reader((10**7, 0), (10**7, 0)), np.random.default_rng(0))
    assert isinstance(said, FlipRate) and said.value == pytest.approx(20 / 30) and said.pairs == 30


def test_refusals() -> None:
    author, time, stance = posts(0.1, (0.1, 0.1), 0)
    rng, reader = np.random.default_rng(0), Reader((50, 5), (50, 5))
    tries = {
        "no authors": (None, time, stance, reader), "reader unknown": (author, time, stance, None),
        "few authors": (author[:9], time[:9], stance[:9], reader), "reader too poor": (author, time, stance, Reader((50, 25), (50, 20))),
    }  # fmt: skip
    for why, given in tries.items():
        said = flip_rate(*given, rng)
        assert isinstance(said, Unmeasured) and said.why == why
