"""What a sceptic tries on printed figures (docs/demo.md, tries 12 to 15, 19 and 21), through files and the whole program."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from halfstep.cli import main
from tests.press.test_room import share, write

ROOT = Path(__file__).parents[2]


def report(folder: Path, rows: list[str], more: str = "", code: int = 0) -> dict[str, Any]:
    with pytest.raises(SystemExit) as left:
        main(["run", str(write(folder, rows, more)), "--lang", "en"])
    assert left.value.code == code
    found: dict[str, Any] = json.loads((folder / "out" / "report.json").read_text(encoding="utf-8"))
    return found


def told(capsys: pytest.CaptureFixture[str], folder: Path) -> str:
    """What was printed, less the folder it was written to (whose name may hold any digits)."""
    return " ".join(capsys.readouterr().out.split()).replace(str(folder), "")


def test_try_12_band_weights_are_derived_and_the_stray_figure_gets_no_verdict(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [share(v, b) for v, b in (("24.3%", "4000-5000"), ("9.7%", "5000-6000"), ("17-18%", "4000-6000"))]
    found = report(tmp_path, [*rows, share("5%", ">=6000"), share("9.6%", ">=4000")])
    weights = [e for e in found["estimates"] if e["id"].startswith("press.weight.")]
    assert [(round(e["lo"], 2), round(e["hi"], 2)) for e in weights] == [(0.5, 0.57), (0.32, 0.41)]
    text = told(capsys, tmp_path)
    assert "only if 4000-5000 is 50% to 57% of the units at 4000-6000" in text
    assert (
        "4000-6000 is 32% to 41% of the units at 4000+ (about 37% at the printed figures). Give the sizes of these bands to judge."
        in text
    )
    assert not [c for c in found["checks"] if "conflict" in c["why"]]
    assert found["verdicts"] == []


SINCE = 'A,units,超过25.8万,2024-04-03..2025-05-21,,cars,"deliveries, since launch",S,2025-05-22,'
TARGET = "A,units,35万,2025,,cars,deliveries,S,2025-03-01,target"
EVE = "A,units,136854,2024,,cars,deliveries,S,2025-03-01,"


def test_try_13_a_count_since_launch_is_not_74_per_cent_of_the_years_target(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = report(tmp_path, [SINCE, TARGET], code=3)
    assert not [e for e in found["estimates"] if e["id"].startswith("press.progress.")]
    text = told(capsys, tmp_path)
    assert "the same count on the eve of the target's period" in text
    assert "74" not in text
    found = report(tmp_path, [SINCE, TARGET, EVE])
    (reached,) = [e for e in found["estimates"] if e["id"].endswith(".reached")]
    assert reached["lo"] == pytest.approx(0.346, abs=0.001)
    assert "34.6% or more" in (text := told(capsys, tmp_path))
    assert "up to 1,022 a day needed" in text


def test_try_14_a_revenue_times_the_margin_of_a_wider_segment_is_a_range_over_both(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = ["A,revenue,181亿,2025Q1,,cars,,S,2025-05-27,", "A,margin,23.2%,2025Q1,,segment,,S,2025-05-27,"]
    within = '[[press.within]]\ninner = "cars"\nouter = "segment"\n'
    found = report(tmp_path, rows, within, code=3)
    assert [r["why"] for r in found["refusals"] if r["id"].startswith("press.gross")] == [
        "press perimeters, no revenue of the whole"
    ]
    assert "4.2" not in told(capsys, tmp_path)
    outer = "A,revenue,185.8亿,2025Q1,,segment,,S,2025-05-27,"
    found = report(tmp_path, [*rows, outer], within)
    whole, cars = (e for e in found["estimates"] if e["id"].startswith("press.gross"))
    assert 4.29e9 < whole["lo"] < whole["hi"] < 4.33e9
    assert (round(cars["lo"] / 1e9, 1), round(cars["hi"] / 1e9, 1)) == (3.8, 4.3)
    assert "their product is neither's gross profit" in told(capsys, tmp_path)


def test_try_15_first_by_sell_in_and_not_by_sell_out_is_source_dependent(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [
        "A,rank,1,2025Q1,,,sell-in,S,2025-05-01,",
        "A,share,16.6%,2025Q1,,,sell-out,T,2025-05-01,",
        "B,share,19.4%,2025Q1,,,sell-out,T,2025-05-01,",
    ]
    report(tmp_path, rows)
    assert "Whether A is first depends on the source" in told(capsys, tmp_path)


def test_try_19_two_figures_of_one_month_stop_the_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [f"A,units,{v},2025-04,,cars,deliveries,S,2025-05-02," for v in ("28000", "7058")]
    with pytest.raises(SystemExit) as left:
        main(["run", str(write(tmp_path, rows)), "--json"])
    assert left.value.code == 2
    (fault,) = json.loads(capsys.readouterr().out)["faults"]
    assert "28000" in fault["what"]
    assert "7058" in fault["what"]
    assert "week" in fault["mend"]
    assert not (tmp_path / "out").exists()


def test_try_21_a_quarter_is_held_against_its_like_and_not_against_a_year(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [share("13.3%", "4-6", "2024Q3"), share("17-18%", "4-6", "2024"), share("7.7%", "4-6", "2023Q3")]
    found = report(tmp_path, rows)
    (change,) = [e for e in found["estimates"] if e["id"].startswith("press.change.")]
    assert (change["lo"], change["hi"]) == pytest.approx((0.055, 0.057))
    assert [r["why"] for r in found["refusals"] if r["id"].startswith("press.unlike.")] == ["press unlike periods"]


def test_the_shipped_page_on_printed_figures_prints_the_same(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    with pytest.raises(SystemExit) as left:
        main(["run", str(ROOT / "studies" / "xiaomi-press"), "--out", str(tmp_path), "--lang", "zh"])
    assert left.value.code == 0
    text = told(capsys, tmp_path).replace(" ", "")
    for said in ("50%至57%", "约37%", "34.6%及以上", "至多1,022", "取决于来源", "没有答案"):
        assert said in text
