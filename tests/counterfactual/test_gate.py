"""The gate: ranks are exact, what is no information changes nothing, and few placebos say nothing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest
from scipy.special import polygamma
from scipy.stats import t as student

from halfstep.core.errors import MisuseError
from halfstep.counterfactual.case import Case, Estimator, Fits
from halfstep.counterfactual.complete import complete
from halfstep.counterfactual.differences import differences
from halfstep.counterfactual.estimators import ALONE, FAMILY
from halfstep.counterfactual.gate import Effect, critical_value, effect_of, gate, power_at
from halfstep.counterfactual.judge import check_donors, judge, label_of, pre_trend
from halfstep.counterfactual.placebo import Question, refits
from halfstep.counterfactual.scale import pool, trigamma_inverse
from halfstep.counterfactual.season import without_season
from halfstep.counterfactual.windows import apart, contrasts_of, fake_starts, spread_out

Array = npt.NDArray[np.float64]


def panel(seed: int = 0, donors: int = 20, before: int = 30, after: int = 6) -> Question:
    rng = np.random.default_rng(seed)
    y = rng.normal(0.0, 1.0, (donors + 1, 1)) + rng.normal(0.0, 0.1, (donors + 1, before + after))
    return Question(y, 0, np.arange(donors + 1) > 0, before, before + after)


def struck(question: Question, effect: float) -> Question:
    y = question.y.copy()
    y[question.treated, question.start :] += effect
    return replace(question, y=y)


def test_contrasts_and_fake_dates() -> None:
    five = contrasts_of(5)
    assert five["lasting"].tolist() == [0, 0, 0, 0.5, 0.5]
    assert five["faded"].sum() == pytest.approx(0)
    assert five["total"] == pytest.approx(5 * five["average"])
    assert set(contrasts_of(1)) == {"average", "total"}
    assert fake_starts(20, 26).tolist() == [14, 13, 12, 11, 10]
    assert fake_starts(20, 26, least=12).tolist() == [14, 13, 12]
    assert fake_starts(10, 16).tolist() == []
    assert apart(fake_starts(52, 60), 8) == 3
    assert spread_out(fake_starts(52, 60), 3).tolist() == [44, 35, 26]


def test_critical_values_are_the_ranks_where_those_are_larger() -> None:
    S = np.append(np.full(18, 0.1), [5.0, 7.0])
    assert critical_value(S, 20, 0) == 7.0
    more = np.append(S, np.full(19, 0.2))
    assert critical_value(more, 20, 3) == 7.0
    even = np.ones(20)
    assert critical_value(even, 20, 0) == pytest.approx(float(student.ppf(0.975, 20)))
    assert critical_value(np.ones(18), 18, 0) == np.inf
    assert critical_value(np.array([]), 0, 0) == np.inf


def test_p_values_count_placebos_and_never_fall_below_their_floor() -> None:
    question = panel()
    gated = gate(struck(question, -5.0), differences, "differences")
    main, placebos = gated.main, gated.fit.placebos
    assert gated.floor == main.p_space == 1 / 21
    assert main.p == 1 / 21
    assert main.p_time == 1 / (gated.placebos - 20 + 1)
    assert main.lo < main.value < main.hi < 0
    nothing = gate(question, differences, "differences")
    S = placebos.path @ main.contrast / placebos.scale
    seen = abs(nothing.main.value) / nothing.main.scale
    assert nothing.main.p_space == (1 + (np.abs(S[:20]) >= seen).sum()) / 21
    assert nothing.main.p_space is not None
    assert nothing.main.p >= nothing.main.p_space


def test_under_the_null_every_rank_is_as_likely() -> None:
    """Units of one panel asked about in turn: p at the true date is uniform on 1/21, 2/21, ..., 1."""
    rng = np.random.default_rng(3)
    y = rng.standard_normal((21, 16))

    def own_mean(case: Case) -> Fits:
        gap = case.y[case.treated, : case.stop]
        return Fits(gap - gap[:, : case.start].mean(axis=1, keepdims=True))

    found = []
    for unit in range(21):
        main = gate(Question(y, unit, np.arange(21) != unit, 10, 16), own_mean, "").main
        assert main.p_space is not None
        found.append(main.p_space)
    assert sorted(found) == pytest.approx([k / 21 for k in range(1, 22)])


@pytest.mark.parametrize("name", FAMILY)
def test_order_size_and_level_of_units_are_no_information(name: str) -> None:
    question = panel(1, donors=6, before=16, after=3)
    first = gate(question, FAMILY[name], name)
    order = np.array([3, 0, 5, 1, 6, 2, 4])
    moved = Question(question.y[order], 1, question.donors[order], question.start, question.stop)
    levels = replace(question, y=question.y + np.arange(7)[:, None])
    sized = replace(question, y=3 * question.y)
    for other, times in ((moved, 1), (levels, 1), (sized, 3)):
        again = gate(other, FAMILY[name], name)
        assert again.main.value == pytest.approx(times * first.main.value, rel=1e-4, abs=1e-6)
        assert again.main.critical == pytest.approx(first.main.critical, rel=1e-3)
        assert again.main.scale == pytest.approx(times * first.main.scale, rel=1e-3)


@pytest.mark.parametrize("name", FAMILY)
def test_an_effect_moves_the_estimate_and_nothing_else(name: str) -> None:
    question = panel(2, donors=6, before=16, after=3)
    first, second = (gate(q, FAMILY[name], name).main for q in (question, struck(question, -0.4)))
    assert second.value == pytest.approx(first.value - 0.4)
    assert (second.critical, second.scale, second.mde) == (first.critical, first.scale, first.mde)


def test_few_placebos_give_an_infinite_interval_and_say_so() -> None:
    question = struck(panel(donors=6, before=10), -9.0)
    gated = gate(question, differences, "differences")
    assert (gated.units, gated.windows, gated.placebos) == (6, 0, 6)
    assert (gated.main.lo, gated.main.hi, gated.main.mde) == (-np.inf, np.inf, np.inf)
    assert gated.main.p == 1 / 7
    assert gated.main.p_time is None
    assert not gated.main.curve.any()
    assert power_at(gated.main, 9.0) == 0.0
    found = judge([gated])
    assert (found.label, found.mute) == ("cannot tell", ("differences",))


@pytest.mark.parametrize("name", ALONE)
def test_without_donors_the_unit_itself_is_asked_at_fake_dates(name: str) -> None:
    question = replace(struck(panel(before=80), -3.0), donors=np.zeros(21, dtype=bool))
    gated = gate(question, FAMILY[name], name)
    assert gated.units == 0
    assert gated.placebos == len(fake_starts(80, 86))
    assert gated.main.p_space is None
    assert judge([gated]).label == "fell"


def test_the_cap_the_seed_and_the_fan() -> None:
    question = replace(panel(before=60), cap=50)
    one, same = (refits(question, differences) for _ in range(2))
    other = refits(replace(question, seed=1), differences)
    assert 40 <= len(one.placebos.unit) <= 50
    assert one.placebos.unit.tolist() == same.placebos.unit.tolist() != other.placebos.unit.tolist()
    assert one.placebos.path.tolist() == same.placebos.path.tolist()
    assert one.fan.shape == (len(one.placebos.unit), question.stop)
    assert (one.placebos.start[: one.placebos.space] == question.start).all()
    assert ((one.placebos.start + 6)[one.placebos.space :] <= question.start).all()


def test_the_minimum_detectable_effect_is_found_four_times_in_five() -> None:
    gated = gate(panel(before=60), differences, "differences")
    main = gated.main
    assert power_at(main, main.mde * 1.001) >= 0.8
    assert power_at(main, main.mde * 0.8) < 0.8
    assert main.curve[1, 0] <= 0.05
    assert main.curve[1, -1] > 0.99
    again = effect_of(gated.fit, "average", main.contrast)
    assert (again.lo, again.p) == (main.lo, main.p)


def test_a_noisy_unit_keeps_its_own_scale_and_a_quiet_one_is_drawn_up() -> None:
    (scales,), prior = pool([np.array([1.0, 1.1, 0.9, 1.0, 3.0, 0.2])], [20])
    assert scales[4] == 3.0
    assert 0.2 < scales[5] < 1.0
    assert prior.freedom > 0
    (equal,), all_alike = pool([np.array([1.0, 1.0, 1.0])], [20])
    assert equal.min() >= 1.0
    assert all_alike.freedom == 1e6
    assert trigamma_inverse(float(polygamma(1, 2.7))) == pytest.approx(2.7)


def test_the_season_is_learnt_before_the_date_only() -> None:
    t = np.arange(40)
    y = np.stack([0.1 * t + np.sin(np.pi * t / 2), np.cos(np.pi * t / 2) - 0.2 * t])
    found = without_season(y, 20, 4)
    assert np.diff(found, 2, axis=1) == pytest.approx(0, abs=1e-10)
    later = y.copy()
    later[:, 20:] += 5.0
    assert without_season(later, 20, 4) - found == pytest.approx(later - y)
    assert without_season(y, 7, 4) is y
    some = np.delete(t, [3, 9, 10])
    assert np.diff(without_season(y[:, some], 18, 4, some) @ np.eye(37)[:, 10:], 2)[:, :] == pytest.approx(0, abs=1e-10)


def test_blank_cells_are_left_out_and_told() -> None:
    y = panel(donors=7).y.copy()
    y[0, [4, 33]] = np.nan
    y[1, 9:20] = np.nan
    y[6, 25] = np.nan
    y[2] = 0.0
    y[3] = 2.0
    y[4] = y[0] + 1.0
    y[5, 4] = np.nan
    made = complete(y, 0, np.arange(8) > 0, 30, 36)
    assert [(w.why, w.unit, w.period, w.cells) for w in made.left_out] == [
        ("blank period", None, 4, 1), ("blank period", None, 33, 1), ("blank among donors", None, 25, 1),
        ("blank cells", 1, None, 11), ("zero", 2, None, 0), ("constant", 3, None, 0), ("copy of the treated unit", 4, None, 0),
    ]  # fmt: skip
    assert (made.start, made.stop, made.flat) == (28, 33, False)
    assert made.unit.tolist() == [0, 5, 6, 7]
    assert np.isfinite(made.y).all()
    assert made.y[0].tolist() == y[0, made.period].tolist()
    with pytest.raises(MisuseError, match="inside the 36 periods"):
        complete(y, 0, np.arange(8) > 0, 36, 40)
    y[0, 30:] = np.nan
    with pytest.raises(MisuseError, match="got 29 and 0"):
        complete(y, 0, np.arange(8) > 0, 30, 36)
    with pytest.raises(MisuseError, match="cannot stand for itself"):
        Question(y, 0, np.ones(8, dtype=bool), 30, 36)


def between(lo: float, hi: float) -> Effect:
    return replace(gate(panel(donors=4, before=20, after=4), differences, "").main, lo=lo, hi=hi)


def test_verdicts_follow_the_interval_of_the_sharpest_estimator() -> None:
    assert label_of(between(-0.3, -0.1), None) == "fell"
    assert label_of(between(0.1, 0.2), 0.5) == "rose"
    assert label_of(between(-0.02, 0.01), 0.03) == "no more than"
    assert label_of(between(-0.02, 0.01), None) == "cannot tell"
    assert label_of(between(-0.02, 0.04), 0.03) == "cannot tell"


def noisy(by: float) -> Estimator:
    """Differences with errors added, another for each unit and date."""

    def fit(case: Case) -> Fits:
        rng = np.random.default_rng([case.start, *case.treated])
        found = differences(case).gap
        return Fits(found + rng.normal(0.0, by, found.shape))

    return fit


def test_the_sharpest_estimator_speaks_and_placebos_choose_too() -> None:
    question = struck(panel(before=60), -0.4)
    sharp, blunt = gate(question, differences, "sharp"), gate(question, noisy(0.6), "blunt")
    found = judge([blunt, sharp])
    assert (found.label, found.estimator, found.against, found.mute) == ("fell", "sharp", (), ())
    assert found.effect is found.gated.main
    assert found.effect.value == sharp.main.value
    assert found.effect.hi - found.effect.lo >= 0.99 * (sharp.main.hi - sharp.main.lo)
    alike = [gate(question, noisy(0.1 + k / 1e6), str(k)) for k in range(9)]
    many = judge(alike)
    best = next(g for g in alike if g.estimator == many.estimator)
    assert many.effect.hi - many.effect.lo > best.main.hi - best.main.lo
    with pytest.raises(MisuseError, match="one question"):
        judge([sharp, gate(panel(), differences, "of another")])


def test_a_panel_without_noise_is_judged_without_a_fault() -> None:
    y = np.repeat(np.arange(30.0)[None, :], 21, axis=0)
    question = struck(Question(y, 0, np.arange(21) > 0, 24, 30), -1.0)
    found = judge([gate(question, differences, "one"), gate(question, differences, "two")])
    assert found.label == "fell"
    assert (found.effect.lo, found.effect.hi) == pytest.approx((-1, -1))


def test_standard_errors_that_are_infinite_are_no_scale() -> None:
    question = panel(donors=20, before=3, after=2)
    gated = gate(question, FAMILY["segmented"], "segmented")
    assert np.isfinite(gated.main.scale)


def test_a_large_panel_is_asked_at_few_dates() -> None:
    rng = np.random.default_rng(0)
    question = Question(rng.standard_normal((600, 900)), 0, np.arange(600) > 0, 880, 900)
    found = refits(question, differences)
    assert (len(np.unique(found.placebos.start)), found.placebos.windows) == (4, 3)


def test_intervals_that_do_not_meet_disagree() -> None:
    question = struck(panel(before=60), -0.4)
    sharp = gate(question, differences, "sharp")
    moved = replace(sharp.main, lo=0.1, hi=0.3)
    other = replace(sharp, estimator="other", effects={**sharp.effects, "average": moved})
    found = judge([sharp, other])
    assert (found.label, found.estimator, found.against) == ("disagree", "sharp", ("other",))


def test_a_treated_donor_and_a_drift_before_the_event_are_seen() -> None:
    question = panel()
    y = question.y.copy()
    y[5, question.start :] -= 1.5
    y[0, : question.start] += np.linspace(0.0, 2.0, question.start)
    made = replace(question, y=y)
    gated = gate(made, differences, "differences")
    found = check_donors(made, gated, differences)
    assert [s.unit for s in found.suspects] == [5]
    assert found.suspects[0].weight == pytest.approx(1 / 20)
    assert pre_trend(gated)[1] == pytest.approx(1 / 21)
    assert found.leave_one_out is not None
    assert found.leave_one_out.tried == 20
    assert 5 in (found.leave_one_out.unit_lo, found.leave_one_out.unit_hi)
    quiet = check_donors(question, gate(question, differences, "differences"), differences)
    assert quiet.suspects == ()
    assert pre_trend(gate(question, differences, "differences"))[1] > 0.05
