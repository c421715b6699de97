"""`halfstep design` through the console: what it prints, writes, and refuses."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from halfstep.cli import main
from tests.choice.plans import STATED, pilot_study, plan_study


def code(*words: str) -> int:
    with pytest.raises(SystemExit) as stopped:
        main(list(words))
    assert isinstance(stopped.value.code, int)
    return stopped.value.code


def record(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def test_a_plan_without_tables_is_answered_and_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = plan_study(tmp_path / "s")
    assert code("design", str(folder), "--lang", "en") == 0
    said = capsys.readouterr().out
    assert "respondents are needed" in said and "Tastes are stated" in said and "design.csv" in said
    assert code("design", str(folder), "--lang", "zh") == 0
    assert "名受访者" in capsys.readouterr().out
    rows = list(csv.DictReader((folder / "out" / "design.csv").read_text(encoding="utf-8-sig").splitlines()))
    assert len(rows) == 4 * 6 * 3
    assert set(rows[0]) == {"version", "task", "alternative", "brand", "price", "size_cm", "shape"}
    assert {row["brand"] for row in rows} == {"F", "B", "C"} and {row["price"] for row in rows} == {"3", "4.5", "6"}
    assert sorted(p.name for p in (folder / "out").iterdir()) == ["design.csv", "design.json"]


def test_json_is_the_file_and_the_seed_decides_the_tasks(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = plan_study(tmp_path / "s")
    out = tmp_path / "o"
    assert code("design", str(folder), "--json", "--out", str(out), "--seed", "3") == 0
    found = record(capsys)
    assert found == json.loads((out / "design.json").read_text(encoding="utf-8"))
    assert found["seed"] == 3 and [g["id"] for g in found["groups"]] == ["all", "high"]
    whole, high = found["groups"]
    assert whole["needed"] < high["needed"] == pytest.approx(whole["needed"] * 4, abs=4)
    assert [s["power"] for s in whole["curve"]] == sorted(s["power"] for s in whole["curve"])
    assert found["design"]["untold"] == [] and found["design"]["d_error"] < found["design"]["d_error_random"]
    first = (out / "design.csv").read_bytes()
    assert code("design", str(folder), "--json", "--out", str(out), "--seed", "3") == 0
    assert (out / "design.csv").read_bytes() == first
    assert code("design", str(folder), "--json", "--out", str(out), "--seed", "4") == 0
    assert (out / "design.csv").read_bytes() != first
    capsys.readouterr()


def test_a_study_that_plans_nothing_is_told_what_to_add(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert code("design", "studies/us-cars", "--json", "--out", str(tmp_path)) == 2
    (fault,) = record(capsys)["faults"]
    assert fault["column"] == "choice.design"
    assert code("design", str(tmp_path / "nowhere")) == 2


FAULTY = {
    "size = 0.4": ("size = 0.4\nweight = 1.0", "prior"),
    "price = -0.5": ("price = 0.1", "measurable in money"),
    '"shape cube" = 0.4\n': ("", "no taste is stated for 'shape cube'"),
    "size = [10, 20, 30]": ("size = [10]", "two or more"),
    'brands = ["F", "B", "C"]': ('brands = ["F", "C"]', "expected 'B'"),
    "prohibited = []": ('prohibited = [{ brand = "C" }]', "two things that do not go together"),
    "shape = [": ("colour = [", "colour"),
}


@pytest.mark.parametrize("old", FAULTY)
def test_faults_of_a_plan_are_told(tmp_path: Path, capsys: pytest.CaptureFixture[str], old: str) -> None:
    new, said = FAULTY[old]
    assert old in STATED
    assert code("design", str(plan_study(tmp_path / "s", STATED.replace(old, new))), "--json") == 2
    faults = record(capsys)["faults"]
    assert any(said in fault["what"] + fault["column"] for fault in faults), faults


def test_what_is_prohibited_may_leave_too_little(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pairs = ", ".join(f'{{ brand = "{b}", price = {p} }}' for b in "FBC" for p in (3, 4.5, 6) if (b, p) != ("F", 3))
    few = STATED.replace("prohibited = []", f"prohibited = [{pairs}]").replace("alternatives = 3", "alternatives = 12")
    assert code("design", str(plan_study(tmp_path / "s", few)), "--json") == 2
    assert "leaves 9" in record(capsys)["faults"][0]["what"]
    some = STATED.replace("prohibited = []", f"prohibited = [{pairs}]")
    assert code("design", str(plan_study(tmp_path / "t", some)), "--json") == 2
    assert "tell nothing of" in record(capsys)["faults"][0]["what"]


def test_check_of_a_plan_lists_no_fault(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert code("check", str(plan_study(tmp_path / "s")), "--json") == 0
    assert record(capsys)["faults"] == []


def test_the_tasks_of_an_existing_table_are_checked_where_nothing_is_planned(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = pilot_study(tmp_path / "s")
    settings = (folder / "study.toml").read_text(encoding="utf-8")
    (folder / "study.toml").write_text(settings[: settings.index("[choice.design]")], encoding="utf-8")
    assert code("design", str(folder), "--json") == 0
    found = record(capsys)["fielded"]
    assert (found["tasks"], found["respondents"], found["untold"]) == (360, 60, [])
    assert set(found["se"]) == set(found["columns"]) >= {"price", "brand.F", "attribute.shape.round"}
    assert code("design", str(folder), "--lang", "en") == 0
    said = capsys.readouterr().out
    assert "360 tasks of 60 respondents" in said and "Nothing is planned" in said
