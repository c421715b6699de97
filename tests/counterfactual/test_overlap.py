from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

import halfstep.counterfactual.overlap as room
from halfstep.core.errors import MisuseError
from halfstep.counterfactual.impulses import decay, impulses
from halfstep.counterfactual.overlap import Onset, overlap

Array = npt.NDArray[np.float64]


def effects(T: int, at: tuple[int, ...], half_life: float, sizes: tuple[float, ...]) -> Array:
    """Effects of each event; shape (events, T)."""
    age = np.arange(T) - np.array(at)[:, None]
    rate = float(decay(np.array(half_life)))
    return np.asarray(np.array(sizes)[:, None] * np.where(age >= 0, rate ** np.maximum(age, 0), 0))


def noise(T: int, step: float, seed: int) -> Array:
    rng = np.random.default_rng(seed)
    return np.asarray(rng.normal(size=T) + np.sqrt(step) * rng.normal(size=T).cumsum())


def dated(*periods: int) -> tuple[Onset, ...]:
    return tuple(Onset((period,)) for period in periods)


def test_one_event_equals_the_sum_over_the_grid_written_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "_ROUNDS", 0)
    T, onset, horizon = 24, 15, 6
    y = noise(T, 0.1, 3) + effects(T, (onset,), 3, (-4,))[0]
    what = impulses(dated(onset), horizon, T, 0)
    variances = np.array([0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 100.0, 1000.0])
    prior = variances**-0.5 * np.exp(-0.5 / variances) * np.gradient(np.log(variances))
    angles = np.pi / 2 * np.linspace(0, 1, 20) ** 2
    widths = np.diff(np.concatenate([[0], (angles[1:] + angles[:-1]) / 2, [np.pi / 2]]))
    D, n = np.diff(np.eye(T), axis=0), T - 1
    parts = []
    for angle, width in zip(angles, widths, strict=True):
        V = np.sin(angle) ** 2 * np.eye(n) + np.cos(angle) ** 2 * D @ D.T
        for column, sums in zip(what.columns.T, what.sums, strict=True):
            c = D @ column
            information = c @ np.linalg.solve(V, c)
            for variance, p in zip(variances, prior, strict=True):
                B = V + np.outer(c, c) * variance * n / information
                quad = (D @ y) @ np.linalg.solve(B, D @ y)
                size = variance * n / information * c @ np.linalg.solve(B, D @ y)
                log = np.log(width * p) - 0.5 * np.linalg.slogdet(B)[1] - n / 2 * np.log(quad)
                spread = quad / (n - 2) / (information * (1 + 1 / (variance * n)))
                parts.append((log, size * sums, spread * sums**2))
    log, mean, spread = np.array(parts).T
    weight = np.exp(log - log.max()) / np.exp(log - log.max()).sum()
    found = overlap(y, dated(onset), horizon, 0)
    assert found.joint.mean == pytest.approx(weight @ mean, rel=2e-3)
    assert found.joint.sd == pytest.approx(np.sqrt(weight @ (spread + (mean - weight @ mean) ** 2)), rel=5e-3)
    assert found.separable and found.parts[0].inflation == pytest.approx(1)
    assert found.joint.low < found.joint.mean < found.joint.high
    assert found.parts[0].half_lives.sum() == pytest.approx(1)


@pytest.mark.parametrize("size", [2.0, 8.0])
@pytest.mark.parametrize(("length", "apart", "late", "half_life"), [(150, 1, 2, 4), (260, 7, 14, 14)])
def test_three_events_a_week_apart_are_one(length: int, apart: int, late: int, half_life: int, size: float) -> None:
    at = (100, 100 + apart, 100 + 2 * apart)
    true = effects(length, at, half_life, (-size, -size / 2, -size))
    found = overlap(noise(length, 0.02, 1) + true.sum(axis=0), dated(*at), 5 * half_life, late)
    assert not found.separable and found.precision is None
    assert found.distance is not None and found.distance > late
    for part in found.parts:
        assert part.bound == (min(0, found.joint.low), max(0, found.joint.high))
        assert part.free is not None and part.free[0] < part.total.mean < part.free[1]
        assert part.inflation > 1.5


@pytest.mark.parametrize(("length", "year", "late"), [(240, 52, 2), (84, 12, 1)])
def test_three_events_a_year_apart_are_three(length: int, year: int, late: int) -> None:
    at = (length - 2 * year - 30, length - year - 30, length - 30)
    true = effects(length, at, 4, (-6, -3, -9))
    found = overlap(noise(length, 0.02, 2) + true.sum(axis=0), dated(*at), 12, late)
    assert found.separable and found.distance is None and found.precision is None
    for part, one, first in zip(found.parts, true, at, strict=True):
        assert part.total.low <= one[: first + 12].sum() <= part.total.high
        assert part.bound is None and part.free is None and part.inflation < 2


def test_events_of_one_period_are_one_by_identity() -> None:
    true = effects(120, (80, 80), 4, (-10, -10))
    found = overlap(noise(120, 0.02, 1) + true.sum(axis=0), dated(80, 80), 20, 0)
    assert not found.separable and found.precision is None
    assert found.joint.low <= true[:, :100].sum() <= found.joint.high
    assert found.joint.high < 0
    assert found.parts[0].inflation > 10 and found.correlation[0, 1] < -0.7
    assert found.distance is not None and found.distance >= 1


@pytest.mark.parametrize(("length", "apart", "step"), [(130, 1, 0.1), (220, 52, 0.0)])
def test_the_joint_total_covers(length: int, apart: int, step: float) -> None:
    inside, n = 0, 25
    for seed in range(n):
        at = (90, 90 + apart, 90 + 2 * apart)
        true = effects(length, at, 4, (-4, -2, -3))
        found = overlap(noise(length, step, seed) + true.sum(axis=0), dated(*at), 20, 0)
        total = sum(float(one[: first + 20].sum()) for one, first in zip(true, at, strict=True))
        inside += int(found.joint.low <= total <= found.joint.high)
    assert inside >= 21  # fewer of 25 have a chance of 1 in 140 at nominal .95


def test_less_noise_separates_what_only_precision_lacks() -> None:
    at = (100, 103)
    true = effects(160, at, 8, (-2, -2))
    found = overlap(noise(160, 0.0, 4) + true.sum(axis=0), dated(*at), 20, 0)
    assert not found.separable
    clear = overlap(0.02 * noise(160, 0.0, 4) + true.sum(axis=0), dated(*at), 20, 0)
    assert clear.collinear <= found.collinear
    np.testing.assert_allclose(
        [part.total.mean for part in clear.parts],
        [one[: t + 20].sum() for one, t in zip(true, at, strict=True)],
        rtol=0.1,
    )


def test_donors_take_out_what_they_share() -> None:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(6, 90)).cumsum(axis=1)
    y = x[:3].sum(axis=0) + 0.3 * rng.normal(size=90) + effects(90, (70,), 5, (-2,))[0]
    alone, helped = overlap(y, dated(70), 10, 0), overlap(y, dated(70), 10, 0, donors=x)
    assert helped.joint.sd < alone.joint.sd / 2
    assert helped.joint.low <= effects(90, (70,), 5, (-2,))[0, :80].sum() <= helped.joint.high < 0


def test_with_an_uncertain_date_the_horizon_counts_from_the_first_possible_one() -> None:
    true = effects(120, (80, 90), 4, (-8, -8))
    y = noise(120, 0.02, 1) + true.sum(axis=0)
    sure = overlap(y, dated(80, 90), 15, 0)
    unsure = overlap(y, (Onset((80,)), Onset((80, 85, 90), (0.2, 0.2, 0.6))), 15, 0)
    assert sure.collinear <= unsure.collinear
    assert unsure.joint.low <= true[:, :95].sum() <= unsure.joint.high < 0
    assert sure.joint.low <= true[0, :95].sum() + true[1, :105].sum() <= sure.joint.high < 0


def test_what_cannot_be_asked_is_said() -> None:
    y = noise(60, 0.0, 0)
    for period in (0, 60):
        with pytest.raises(MisuseError, match="inside the sample"):
            overlap(y, dated(period), 5, 0)
    with pytest.raises(MisuseError, match="fewer events"):
        overlap(y, dated(*range(10, 50, 2)), 5, 0)
    with pytest.raises(MisuseError, match="weight"):
        Onset((1, 2), (1.0,))
