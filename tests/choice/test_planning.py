"""Planned experiments in the study's terms: tastes from a pilot or stated, against any base, and what a fielded design lacks."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from halfstep.choice.plan import planned, stated_tastes
from halfstep.choice.planning import Planning, plan_design
from halfstep.core.errors import StudyFaultsError
from halfstep.data.study import load
from tests.choice.plans import STATED, pilot_study, plan_study


def plan_of(folder: Path) -> Planning:
    return plan_design(load(folder))


def test_tastes_may_be_stated_against_any_base(tmp_path: Path) -> None:
    """Against the focal brand, or against cubes, the same world: the same tastes, so the same design."""
    first = plan_of(plan_study(tmp_path / "a"))
    told = STATED.replace('"brand F" = -0.2\n"brand C" = -0.6', '"brand B" = 0.2\n"brand F" = 0.0\n"brand C" = -0.4')
    told = told.replace('"shape round" = 0.2', '"shape flat" = -0.4\n"shape round" = -0.2').replace(
        '"shape cube" = 0.4', '"shape cube" = 0.0'
    )
    second = plan_of(plan_study(tmp_path / "b", told))
    assert second.b == pytest.approx(first.b) and second.gap == pytest.approx(0.4)
    assert [g.needed for g in second.groups] == [g.needed for g in first.groups]


def test_none_is_worth_what_it_is_against_the_bases(tmp_path: Path) -> None:
    settings = STATED.replace("none = false", "none = true").replace(
        '"brand F" = -0.2', '"brand B" = 0.3\n"brand F" = 0.1'
    ).replace('"brand C" = -0.6', '"brand C" = -0.3\nnone = -1.0')  # fmt: skip
    config = load(plan_study(tmp_path / "s", settings)).config
    assert config.choice.design is not None
    experiment = planned(config, config.choice.design)
    b = dict(zip(experiment.plan.columns, stated_tastes(experiment, config.choice.design), strict=True))
    assert b["brand F"] == pytest.approx(-0.2) and b["none"] == pytest.approx(-1.3)


def test_a_pilot_tells_tastes_and_how_people_differ(tmp_path: Path) -> None:
    alike = plan_of(pilot_study(tmp_path / "a", people=200))
    differ = plan_of(pilot_study(tmp_path / "d", people=200, differ=1.5))
    assert alike.pilot is not None and differ.pilot is not None
    assert (alike.pilot.respondents, alike.pilot.tasks) == (200, 6)
    assert alike.b == pytest.approx(plan_of(plan_study(tmp_path / "s")).b / [1, 10, 1, 1, 1, 1], abs=0.3)
    assert alike.pilot.people < 1.25 < differ.pilot.people
    whole, north = differ.groups
    assert north.own_tastes and whole.needed is not None
    assert power_of(differ, whole.needed) == pytest.approx(0.8, abs=0.02)


def power_of(found: Planning, n: int) -> float:
    return next(step.power for step in found.groups[0].curve if step.respondents == n)


def test_power_is_reckoned_where_the_gap_is_the_one_asked_about(tmp_path: Path) -> None:
    """The stated tastes' own gap is .4; half of it takes about four times as many, whatever the prior's own gap."""
    first = plan_of(plan_study(tmp_path / "a"))
    half = plan_of(plan_study(tmp_path / "b", STATED.replace("gap = 0.5", "gap = 0.25")))
    other = plan_of(plan_study(tmp_path / "c", STATED.replace('"brand F" = -0.2', '"brand F" = 0.3')))
    needed = [found.groups[0].needed for found in (first, half, other)]
    assert needed[0] is not None and needed[1] is not None and needed[2] is not None
    assert 3.3 < needed[1] / needed[0] < 4.5
    assert needed[2] / needed[0] == pytest.approx(1, abs=0.25)  # the tasks differ, the world asked about does not


def test_the_fielded_design_is_checked(tmp_path: Path) -> None:
    folder = pilot_study(tmp_path / "s")
    whole = plan_of(folder).fielded
    assert whole is not None and whole.untold == () and whole.tasks == 360 and whole.twins > 0
    assert sum(whole.counts["brand"]) == 1080 and set(whole.counts) == {"price", "size", "shape", "brand"}
    frame = pl.read_csv(folder / "pilot.csv")
    frame.with_columns(size_cm=pl.col("task") * 10.0).write_csv(folder / "pilot.csv")
    settings = (folder / "study.toml").read_text(encoding="utf-8").replace('"estimated"', '"stated"')
    prior = STATED[STATED.index("[choice.design.prior]") :]
    (folder / "study.toml").write_text(settings + prior, encoding="utf-8")
    found = plan_of(folder).fielded
    assert found is not None and found.untold == ("attribute.size",) and found.overlap["size"] == 1


def test_a_pilot_without_a_price_taste_measures_nothing_in_money(tmp_path: Path) -> None:
    with pytest.raises(StudyFaultsError) as raised:
        plan_of(pilot_study(tmp_path / "s", people=40, alpha=0.0))
    assert "measurable in money" in raised.value.faults[0].what


def test_a_pilot_that_lacks_a_level_is_told(tmp_path: Path) -> None:
    folder = pilot_study(tmp_path / "s")
    settings = (folder / "study.toml").read_text(encoding="utf-8")
    (folder / "study.toml").write_text(
        settings.replace('brands = ["F", "B", "C"]', 'brands = ["F", "B", "D"]'), encoding="utf-8"
    )
    with pytest.raises(StudyFaultsError) as raised:
        plan_of(folder)
    assert "brand D" in raised.value.faults[0].what


def test_every_word_of_a_plan_is_there_in_both_languages(tmp_path: Path) -> None:
    from halfstep.report.design_text import render_design
    from halfstep.report.words_design_en import DESIGN as EN
    from halfstep.report.words_design_zh import DESIGN as ZH

    assert set(EN) == set(ZH)
    for found in (plan_of(plan_study(tmp_path / "a")), plan_of(pilot_study(tmp_path / "b"))):
        for lang in ("en", "zh"):
            text = render_design(found, lang)
            said = [*text.answer, *text.checks, *text.fielded, *text.assumes, *text.curve.heads, *text.levels.heads]
            assert not [line for line in said if "–" in line or "design." in line or not line]
    assert np.isfinite(found.check.se).all()
