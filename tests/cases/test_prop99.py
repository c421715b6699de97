"""Proposition 99 through files and the whole program: the published effects, and what the placebos make of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from halfstep.core.estimate import Point
from halfstep.study import run

pytestmark = pytest.mark.cases

STUDY = """
[study]
title = "California's Proposition 99"
focal = "California"
benchmarks = ["Nevada"]
currency = "USD"
as_of = "2001-12-31"
margin = 0.03
margin_reason = "not used"

[tables]
outcomes = "{file}"

[outcome_columns]
period = "Year"
entity = "State"
value = "PacksPerCapita"

[[outcomes]]
id = "packs"
label = "Packs a head"
kind = "sales"
unit = "packs"
scale = "absolute"

[[events]]
id = "law"
period = "1989"
brand = "California"
label = "Proposition 99 in force"
source = "Abadie, Diamond and Hainmueller (2010)"
kind = "rule"
outcomes = ["packs"]
"""


def test_the_published_effects_of_proposition_99(cases: Path, tmp_path: Path) -> None:
    (tmp_path / "study.toml").write_text(STUDY.format(file=cases / "prop99" / "prop99.csv"), encoding="utf-8")
    answer = run(tmp_path, only=("events",)).answers["events"]
    by = {e.id.rpartition(".")[2]: e.value for e in answer.estimates if isinstance(e, Point) and ".by." in e.id}
    assert by["differences"] == pytest.approx(-27.349, abs=1e-3)
    assert by["synthetic control"] == pytest.approx(-11.1, abs=0.02)
    assert by["synthetic differences"] == pytest.approx(-15.604, abs=2e-3)  # the exact optimum is -15.6054
    (verdict,) = answer.events
    assert (verdict.units, verdict.first, verdict.last, verdict.before) == (38, "1989", "2000", 19)
    average = next(e for e in answer.estimates if e.id == "event.law.packs.average")
    assert isinstance(average, Point)
    assert {"fell": average.hi < 0, "cannot tell": average.lo <= 0 <= average.hi}[verdict.label]
