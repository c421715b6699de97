"""Hawkes fits: a brute-force answer, closed forms, what is stated of odd inputs, and the clock test."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.stats import kstest

from halfstep.arrivals.ascent import climb, expand, slopes, start
from halfstep.arrivals.cascades import Array, Cascade, Spec, pose
from halfstep.arrivals.hawkes import Fit, fit
from halfstep.arrivals.redraw import redraw
from halfstep.arrivals.rescaling import intervals, rescaling
from halfstep.core.errors import MisuseError
from halfstep.worlds.cascades import KINDS, CascadeWorld, unfold


def crowd(*times: float, duration: float = 100.0) -> Cascade:
    return Cascade(np.array(times), np.zeros(len(times), dtype=np.int64), duration)


def drawn(world: CascadeWorld, seed: int, many: int = 1) -> tuple[Cascade, ...]:
    rng = np.random.default_rng(seed)
    made = [unfold(world, rng) for _ in range(many)]
    return tuple(Cascade(m.time, m.kind, m.duration, m.clock) for m in made)


def steady(branching: float, posts: int, seed: int) -> Cascade:
    """A long stretch at a steady rate with delays of ten minutes."""
    world = CascadeWorld(
        shock=0.0, steady=24.0, branching=branching, delays=(600.0, 600.0), replies=0.0, hours=posts * (1 - branching)
    )
    return drawn(world, seed)[0]


def test_the_best_point_is_that_of_a_brute_force_search() -> None:
    (cascade,) = drawn(CascadeWorld(shock=40.0, steady=10.0), 1)
    b, T = 1.0 / 900.0, cascade.duration
    time = cascade.time[cascade.kind == 0]

    def cost(w: Array) -> float:
        total = w[0] * T + w[2] * (1 - np.exp(-b * T)) + w[1] * (1 - np.exp(-b * (T - time))).sum()
        for i, t in enumerate(time):
            total -= np.log(w[0] + w[2] * b * np.exp(-b * t) + w[1] * b * np.exp(-b * (t - time[:i])).sum())
        return float(total)

    best = minimize(cost, [len(time) / T, 0.2, 5.0], method="Nelder-Mead", bounds=[(1e-9, None)] + [(0, None)] * 2,
                    options={"xatol": 1e-9, "fatol": 1e-9, "maxiter": 4000})  # fmt: skip
    found = fit((crowd(*time, duration=T),), Spec(decays=(b,)))
    assert found.converged
    assert found.loglik == pytest.approx(-best.fun, abs=1e-5)
    assert found.branching[0, 0] == pytest.approx(best.x[1], abs=1e-3)


@pytest.mark.parametrize("own", [False, True])
def test_slopes_of_the_pooled_likelihood_are_central_differences(own: bool) -> None:
    problem = pose(drawn(KINDS["quiet nights"], 2, 3), Spec(kinds=2, counted=2, own=own, parts=4, decays=(1e-3, 1e-4)))
    at = start(problem)
    at.factor[:] = [0.1, -0.2, 0.3]
    here = slopes(problem, at)
    for values, slope in (
        (at.own, here.own),
        (at.shared, here.shared.sum(axis=0)),
        (at.factor, here.factor.sum(axis=0)),
    ):
        for place in np.ndindex(values.shape):
            kept, h = values[place], 1e-5 * (1.0 + abs(values[place]))
            ends = []
            for side in (-h, h):
                values[place] = kept + side
                ends.append(slopes(problem, at).loglik)
            values[place] = kept
            assert slope[place] == pytest.approx((ends[1] - ends[0]) / (2 * h), rel=1e-4, abs=1e-3)


def test_at_the_top_what_is_expected_is_what_was_seen() -> None:
    cascades = drawn(KINDS["quiet nights"], 3, 4)
    problem = pose(cascades, Spec(parts=6, kinds=2, own=True))
    found = climb(problem, start(problem))
    assert found.converged
    w, f = expand(problem, found.at)
    flowing = np.einsum("qp,qp->q", problem.area * f[:, None], w.sum(axis=1)[problem.cascade_of()])
    assert flowing.sum() == pytest.approx(problem.counts.sum(), rel=1e-4)
    np.testing.assert_allclose(problem.part.T @ flowing, problem.part.T @ problem.counts, rtol=1e-4)


def test_a_lone_steady_rate_is_the_number_of_events() -> None:
    found = fit((crowd(10.0, 40.0, 90.0),), Spec(shock=False, decays=(1e6,)))
    assert found.branching[0, 0] == 0.0
    assert np.isnan(found.se[0, 0])
    assert found.exogenous[0, 0] == pytest.approx(3.0)
    assert found.loglik == pytest.approx(3 * np.log(0.03) - 3.0)


def test_mean_intensity_is_the_steady_rate_over_one_less_the_branching() -> None:
    cascade = steady(0.6, 4_000, 4)
    found = fit((cascade,), Spec(shock=False, free=True, decays=(1.0 / 300.0,)))
    assert found.exogenous.sum() / (1.0 - found.radius) == pytest.approx(found.events, rel=0.01)


@pytest.mark.parametrize("branching", [0.0, 0.3, 0.6, 0.8])
def test_branching_is_found_within_a_twentieth_at_two_thousand_posts(branching: float) -> None:
    errors = []
    for seed in range(6):
        found = fit((steady(branching, 2_000, 10 + seed),), Spec(shock=False, free=True, decays=(1.0 / 300.0,)))
        assert found.converged
        assert found.stationary
        errors.append(found.branching[0, 0] - branching)
    assert float(np.mean(np.abs(errors))) < 0.05


def test_the_grid_needs_no_search_for_decays() -> None:
    found = fit((steady(0.6, 2_000, 20),), Spec(shock=False))
    assert found.branching[0, 0] == pytest.approx(0.6, abs=0.1)
    assert found.weights[0, 0].sum() == pytest.approx(found.branching[0, 0])


def test_a_process_that_runs_away_is_told() -> None:
    time = np.cumsum(0.97 ** np.arange(300))
    found = fit((crowd(*time, duration=float(time[-1])),), Spec(shock=False, decays=(0.02,)))
    assert found.radius > 1.0
    assert not found.stationary


@pytest.mark.parametrize("own", [False, True])
def test_order_of_events_and_of_cascades_does_not_matter(own: bool) -> None:
    cascades = drawn(KINDS["null"], 5, 3)
    mixed = tuple(Cascade(c.time[::-1].copy(), c.kind[::-1].copy(), c.duration, c.clock) for c in cascades[::-1])
    spec = Spec(kinds=2, own=own)
    here, there = fit(cascades, spec), fit(mixed, spec)
    assert there.loglik == pytest.approx(here.loglik, rel=1e-9)
    np.testing.assert_allclose(there.branching, here.branching, atol=1e-4)


def test_one_event_none_and_ties_are_no_trouble() -> None:
    alone = fit((crowd(5.0), crowd()), Spec())
    assert alone.converged
    assert alone.events == 1
    tied = fit((crowd(5.0, 5.0, 5.0, 50.0), crowd(0.0, 100.0)), Spec())
    assert tied.tied == pytest.approx(3 / 6)  # one stands at the first post's own second


@pytest.mark.parametrize("kind", KINDS)
def test_every_world_is_fitted(kind: str) -> None:
    for spec in (
        Spec(kinds=2),
        Spec(kinds=2, own=True),
        Spec(kinds=2, counted=2),
        Spec(kinds=2, shock=False),
        Spec(kinds=2, parts=24),
    ):
        found = fit(drawn(KINDS[kind], 6, 4), spec)
        assert found.converged, spec
        assert np.isfinite(found.branching).all()
        assert (found.low <= found.branching).all()
        assert (found.branching <= found.high).all()


def test_what_no_cascade_can_be_is_refused() -> None:
    with pytest.raises(MisuseError, match="more than 0"):
        crowd(duration=0.0)
    with pytest.raises(MisuseError, match="from 0 to"):
        crowd(-1.0)
    with pytest.raises(MisuseError, match="from 0 to"):
        crowd(101.0)
    with pytest.raises(MisuseError, match="one kind"):
        Cascade(np.zeros(2), np.zeros(1, dtype=np.int64), 1.0)
    for cascades in ((), (crowd(),), (Cascade(np.ones(1), np.array([1]), 2.0),)):
        with pytest.raises(MisuseError, match="nothing to fit"):
            fit(cascades, Spec())
    with pytest.raises(MisuseError, match="kinds"):
        fit((Cascade(np.ones(2), np.array([0, 2]), 2.0),), Spec(kinds=2))
    for wrong in ({"decays": ()}, {"decays": (0.0,)}, {"parts": 0}, {"window": 0.0}, {"level": 1.0}, {"counted": 2}):
        with pytest.raises(MisuseError, match="expected"):
            Spec(**wrong)


def rescaled(found: Fit) -> float:
    return float(kstest(np.concatenate(intervals(found)), "expon").pvalue)


def test_the_clock_of_a_true_model_ticks_like_rain_and_that_of_a_wrong_one_does_not() -> None:
    cascades = drawn(KINDS["null"], 7, 6)
    assert rescaled(fit(cascades, Spec(kinds=2))) > 0.05
    assert rescaled(fit(cascades, Spec(kinds=2, shock=False, decays=(1e3,)))) < 1e-6


def test_cascades_drawn_from_a_fit_have_its_size_and_pass_its_test() -> None:
    rng = np.random.default_rng(8)
    found = fit(drawn(KINDS["quiet nights"], 9, 6), Spec(kinds=2, parts=6, own=True))
    sizes = []
    for _ in range(30):
        again = redraw(found, rng)
        assert again is not None
        sizes.append(sum(int((c.kind == 0).sum()) for c in again))
        assert [int((c.kind == 1).sum()) for c in again] == [
            int((found.problem.stream.kind[slice(*found.problem.stream.row[c : c + 2])] == 1).sum()) for c in range(6)
        ]
    assert np.mean(sizes) == pytest.approx(found.events, rel=0.1)
    told = rescaling(found, rng, draws=9)
    assert told.draws == 9
    assert told.passed >= 0.5


def test_bots_fail_the_clock_test_and_a_runaway_gets_no_p_value() -> None:
    rng = np.random.default_rng(10)
    bots = rescaling(fit(drawn(KINDS["bots"], 11, 6), Spec(kinds=2)), rng, draws=39)
    assert bots.passed < 0.5
    time = np.cumsum(0.97 ** np.arange(300))
    away = fit((crowd(*time, duration=float(time[-1])),), Spec(shock=False, decays=(0.02,)))
    assert rescaling(away, rng, draws=3).draws in (0, 3)
