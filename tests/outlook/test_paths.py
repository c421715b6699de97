"""Paths of monthly output against the same model as one multivariate normal, and what they must conclude and refuse."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import numpy.typing as npt
import pytest

from halfstep.core.errors import MisuseError
from halfstep.outlook.paths import FEWEST, Paths, Prior, fit_paths, foretell
from halfstep.outlook.season import SPRING_FESTIVAL, Season, months_of
from tests.outlook.one_normal import log_density, path_moments, season_covariance

Array = npt.NDArray[np.float64]
SPREADS = (0.08, 0.12, 0.03, 0.9, 0.2)
ONE_POINT = Prior(0.08, 0.12, 0.03, factor=0.0, slope_factor=0.0, damping=(0.9,), first_slope=0.2, own=0.0)
FIRST = 2024 * 12 + 4


def two_makers() -> Array:
    """Two makers, eleven months, blanks within and a late start; so large that counting error is nil."""
    rng = np.random.default_rng(3)
    units = np.exp(30.0 + np.cumsum(rng.normal(0.05, 0.15, (2, 11)), axis=1))
    units[0, 4] = np.nan
    units[1, :3] = np.nan
    return np.asarray(units)


def joint(units: Array, ahead: int, sd: float) -> tuple[Array, Array, npt.NDArray[np.bool_]]:
    """Centred log figures, covariance of all months of all makers, and which are figures, at a season that is shared."""
    makers, periods = units.shape
    total = periods + ahead
    months = months_of(FIRST, total)
    covariance = np.kron(np.ones((makers, makers)), season_covariance(sd, months))
    value, seen = np.zeros(makers * total), np.zeros(makers * total, dtype=bool)
    for maker in range(makers):
        begin = int(np.argmax(np.isfinite(units[maker])))
        rows = np.arange(maker * total + begin, (maker + 1) * total)
        covariance[np.ix_(rows, rows)] += path_moments(total - begin, SPREADS) + SPREADS[0] ** 2 * np.eye(total - begin)
        known = np.isfinite(units[maker])
        seen[maker * total : maker * total + periods] = known
        value[maker * total : maker * total + periods][known] = np.log(units[maker, known] / units[maker, begin])
    return value, np.asarray(covariance, dtype=np.float64), seen


def test_evidence_is_the_density_of_one_normal() -> None:
    units = two_makers()
    value, covariance, seen = joint(units, 0, 0.15)
    exact = log_density(value[seen], covariance[np.ix_(seen, seen)])
    paths = fit_paths(units, FIRST, Season((0.0,) * 12, (0.15,) * 12), prior=ONE_POINT)
    assert paths.log_evidence == pytest.approx(exact, abs=1e-6)


def test_forecast_has_the_moments_of_one_normal() -> None:
    units, ahead, draws = two_makers(), 5, 200_000
    value, covariance, seen = joint(units, ahead, 0.15)
    asked = np.arange(11, 16)
    gain = np.linalg.solve(covariance[np.ix_(seen, seen)], covariance[np.ix_(seen, asked)]).T
    mean = gain @ value[seen] + np.log(units[0, 0])
    spread = covariance[np.ix_(asked, asked)] - gain @ covariance[np.ix_(seen, asked)]
    paths = fit_paths(units, FIRST, Season((0.0,) * 12, (0.15,) * 12), prior=ONE_POINT)
    logs = np.log(foretell(paths, 0, ahead, draws, np.random.default_rng(1)))
    se = np.sqrt(np.diag(spread) / draws)
    assert np.abs((logs.mean(axis=0) - mean) / se).max() < 4.5
    assert np.cov(logs.T) == pytest.approx(spread, rel=0.02)


def test_a_printed_sum_is_the_mean_of_its_logs() -> None:
    units = two_makers()[:1]
    units[0, 5] = np.nan
    mean_log = 30.3
    paths = fit_paths(
        units,
        FIRST,
        Season((0.0,) * 12, (0.15,) * 12),
        sums=((0, 4, 5, 2.0 * float(np.exp(mean_log))),),
        prior=ONE_POINT,
    )
    value, covariance, seen = joint(units, 0, 0.15)
    pick = np.eye(11)[seen]
    pick = np.vstack([pick, np.eye(11)[[4, 5]].mean(axis=0)])
    shown = np.append(value[seen], mean_log - np.log(units[0, 0]))
    assert paths.log_evidence == pytest.approx(log_density(shown, pick @ covariance @ pick.T), abs=1e-6)


def summed_over_scales(units: Array, own: float) -> float:
    """Log density with every combination of the makers' own scales written out."""
    nodes, chance = np.polynomial.hermite_e.hermegauss(5)
    scales, chance = np.exp(own * nodes), chance / chance.sum()
    value, _, seen = joint(units, 0, 0.15)
    makers, terms, shared = len(units), [], season_covariance(0.15, months_of(FIRST, 11))
    for picked in product(range(5), repeat=makers):
        covariance = np.asarray(np.kron(np.ones((makers, makers)), shared), dtype=np.float64)
        for maker, k in enumerate(picked):
            begin = int(np.argmax(np.isfinite(units[maker])))
            noise, level, slope = (scales[k] * s for s in SPREADS[:3])
            rows = np.arange(maker * 11 + begin, (maker + 1) * 11)
            path = path_moments(11 - begin, (noise, level, slope, SPREADS[3], SPREADS[4]))
            covariance[np.ix_(rows, rows)] += path + noise**2 * np.eye(11 - begin)
        odds = float(np.log(chance[list(picked)]).sum())
        terms.append(odds + log_density(value[seen], covariance[np.ix_(seen, seen)]))
    return float(np.logaddexp.reduce(terms))


def test_evidence_with_own_scales_is_the_sum_over_all_of_them() -> None:
    units, seasons = two_makers(), Season((0.0,) * 12, (0.15,) * 12)
    prior = replace(ONE_POINT, own=0.4)
    one = fit_paths(units[:1], FIRST, seasons, prior=prior).log_evidence
    assert one == pytest.approx(summed_over_scales(units[:1], 0.4), abs=1e-6)
    both = fit_paths(units, FIRST, seasons, prior=prior).log_evidence
    assert both == pytest.approx(summed_over_scales(units, 0.4), abs=0.05)


def flat(makers: int, periods: int, spread: float, seed: int = 5) -> Array:
    """Steady makers: one level, independent months."""
    return np.asarray(20_000.0 * np.exp(np.random.default_rng(seed).normal(0.0, spread, (makers, periods))))


def year_ahead(paths: Paths, maker: int = 0) -> Array:
    """80% interval and median of the next twelve months' sum."""
    sums = foretell(paths, maker, 12, 4_000, np.random.default_rng(2)).sum(axis=1)
    return np.asarray(np.quantile(sums, [0.1, 0.5, 0.9]))


def test_a_steady_maker_has_a_narrow_interval_about_its_level() -> None:
    lo, middle, hi = year_ahead(fit_paths(flat(6, 24, 0.03), FIRST))
    assert hi / lo < 1.3
    assert lo < 240_000 < hi
    assert middle == pytest.approx(240_000, rel=0.05)


def test_five_months_of_one_maker_are_wide_and_others_tell_of_its_spread() -> None:
    alone = flat(1, 5, 0.03)
    among = np.full((7, 24), np.nan)
    among[0, -5:] = alone[0]
    among[1:] = flat(6, 24, 0.03)
    lo, _, hi = year_ahead(fit_paths(alone, FIRST + 19))
    near, _, far = year_ahead(fit_paths(among, FIRST))
    assert hi / lo > 1.8
    assert far / near < 0.75 * hi / lo


def test_a_maker_that_saturates_is_not_carried_up_its_old_slope() -> None:
    t = np.arange(24)
    units = np.exp(10.0 - 2.0 * np.exp(-0.2 * t) + np.random.default_rng(0).normal(0, 0.04, 24))[None]
    lo, middle, hi = year_ahead(fit_paths(units, FIRST))
    truth = float(np.exp(10.0 - 2.0 * np.exp(-0.2 * np.arange(24, 36))).sum())
    assert lo < truth < hi
    assert middle == pytest.approx(truth, rel=0.15)


def test_a_maker_that_collapses_is_foretold_to_go_on_falling() -> None:
    units = flat(1, 24, 0.05)
    units[0, 16:] *= np.exp(-0.2 * np.arange(1, 9))
    paths = fit_paths(units, FIRST)
    assert paths.growth[0] + 2 * paths.growth_sd[0] < 0.05
    assert year_ahead(paths)[1] < 12 * units[0, -1]


def test_a_shared_dip_is_learnt_as_season_and_a_prior_stands_where_nothing_was_seen() -> None:
    units = flat(6, 24, 0.03)
    months = months_of(FIRST, 24)
    units[:, months == 1] *= 0.7
    paths = fit_paths(units, FIRST)
    assert paths.season[1] == pytest.approx(np.log(0.7) * 11 / 12, abs=0.06)
    few = fit_paths(units[:1, :4], FIRST, SPRING_FESTIVAL)
    assert few.season[1] < -0.1
    assert few.season_sd[1] == pytest.approx(0.19, abs=0.03)
    assert paths.season_sd[1] < 0.3 * few.season_sd[1]


def test_blanks_are_not_zeros_and_zeros_before_the_start_are_blanks() -> None:
    units = flat(2, 12, 0.1)
    blank, zero = units.copy(), units.copy()
    blank[0, :4], zero[0, :4] = np.nan, 0.0
    assert fit_paths(blank, FIRST).now == pytest.approx(fit_paths(zero, FIRST).now)
    still, hole = units.copy(), units.copy()
    still[0, 6], hole[0, 6] = 0.0, np.nan
    stood, unknown = fit_paths(still, FIRST), fit_paths(hole, FIRST)
    assert stood.now == pytest.approx(unknown.now)
    assert stood.stopped == pytest.approx(1 / 24)
    assert unknown.stopped == 0.0
    share = (foretell(stood, 1, 6, 5_000, np.random.default_rng(0)) == 0).mean()
    assert share == pytest.approx(1 / 24, abs=0.01)


def test_small_counts_are_known_less_well() -> None:
    units = flat(1, 12, 0.05)
    assert fit_paths(units / 2_000, FIRST).now_sd[0] > 1.5 * fit_paths(units, FIRST).now_sd[0]


def test_a_noisy_maker_has_the_larger_scale() -> None:
    units = flat(6, 24, 0.04)
    units[2] = flat(1, 24, 0.35, seed=9)[0]
    scale = fit_paths(units, FIRST).scale
    assert scale[2] == scale.max()
    assert scale[2] > 1.5 * np.delete(scale, 2).max()


def test_order_of_makers_is_immaterial_and_blank_columns_too() -> None:
    units = two_makers()
    ahead = np.full((2, 3), np.nan)
    one, other = fit_paths(units, FIRST), fit_paths(np.hstack([units, ahead])[::-1], FIRST)
    assert one.now == pytest.approx(other.now[::-1])
    assert one.last.tolist() == other.last[::-1].tolist() == [FIRST + 10] * 2
    assert one.log_evidence == pytest.approx(other.log_evidence)


def test_too_few_months_and_standing_still_are_refused_with_the_reason() -> None:
    units = flat(3, 12, 0.1)
    units[0, : 12 - FEWEST + 1] = np.nan
    units[1, -1] = 0.0
    paths = fit_paths(units, FIRST)
    assert paths.refusals == ("fewer than 4 months known", "the last month known is zero", None)
    with pytest.raises(MisuseError, match="fewer than 4"):
        foretell(paths, 0, 3, 10, np.random.default_rng(0))
    nobody = fit_paths(np.full((1, 6), np.nan), FIRST)
    assert nobody.refusals == ("fewer than 4 months known",)


@pytest.mark.parametrize(
    ("units", "sums"),
    [
        (np.array([[1.0, -1.0]]), ()),
        (np.array([1.0, 2.0]), ()),
        (np.array([[5.0, 6.0, np.nan]]), ((0, 0, 2, 10.0),)),
        (np.array([[5.0, np.nan, np.nan]]), ((0, 1, 2, 10.0), (0, 1, 2, 10.0))),
        (np.array([[5.0, np.nan]]), ((0, 1, 2, 10.0),)),
    ],
)
def test_what_no_study_can_hold_is_misuse(units: Array, sums: tuple[tuple[int, int, int, float], ...]) -> None:
    with pytest.raises(MisuseError, match="expected"):
        fit_paths(units, FIRST, sums=sums)


def test_a_printed_quarter_stands_in_for_its_months() -> None:
    units = flat(1, 15, 0.05)
    blank = units.copy()
    blank[0, :9] = np.nan
    sums = tuple((0, q, q + 2, float(units[0, q : q + 3].sum())) for q in (0, 3, 6))
    whole, part, none = fit_paths(units, FIRST), fit_paths(blank, FIRST, sums=sums), fit_paths(blank, FIRST)
    assert part.figures.tolist() == [9]
    assert whole.growth_sd[0] < part.growth_sd[0] < none.growth_sd[0]
    assert part.now == pytest.approx(whole.now, abs=0.05)
