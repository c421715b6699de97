"""Try 32 (docs/demo.md): before fielding, how many respondents to see a CNY 500 gap in the 6000+ cell? Through files and the command."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from halfstep.cli import main

STUDY = """
[study]
title = { en = "Before fielding", zh = "开工之前" }
focal = "Alder"
benchmarks = ["Birch"]
currency = { en = "CNY", zh = "元" }
as_of = "2025-12-31"
margin = 0.05
margin_reason = "not used before there are data"
invented = true

[tables]

[[choice.attributes]]
id = "camera"
label = { en = "camera", zh = "影像" }
column = "camera"
better = "more"

[[choice.attributes]]
id = "form"
label = { en = "form", zh = "形态" }
column = "form"
levels = ["bar", "fold", "flip"]

[[choice.segments]]
id = "high"
label = { en = "the 6000+ cell", zh = "6000 元以上人群" }

[choice.design]
tasks = 10
alternatives = 3
none = true
versions = 8
prices = [3999, 4999, 5999, 6999, 8999]
brands = ["Alder", "Birch", "Cedar"]
gap = GAP
respondents = 600
tastes = "stated"
prior_source = { en = "invented", zh = "虚构" }
shares = { high = SHARE }
levels.camera = [1, 2, 3]
levels.form = ["bar", "fold", "flip"]

[choice.design.prior]
price = -0.0005
camera = 0.3
"form fold" = 0.6
"form flip" = 0.2
"brand Alder" = -0.25
"brand Cedar" = -0.7
none = -2.0
"""


def asked(folder: Path, capsys: pytest.CaptureFixture[str], gap: float = 500, share: float = 0.15) -> dict[str, Any]:
    folder.mkdir()
    (folder / "study.toml").write_text(STUDY.replace("GAP", str(gap)).replace("SHARE", str(share)), encoding="utf-8")
    with pytest.raises(SystemExit) as stopped:
        main(["design", str(folder), "--json"])
    assert stopped.value.code == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def test_try_32_how_many_respondents_see_the_gap_in_the_cell(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = asked(tmp_path / "s", capsys)
    whole, cell = found["groups"]
    assert whole["id"] == "all" and cell["id"] == "high"
    assert cell["needed"] == pytest.approx(whole["needed"] / 0.15, abs=7)
    curve = [step["power"] for step in cell["curve"]]
    assert curve == sorted(curve) and curve[0] < 0.3 and curve[-1] > 0.8
    at_needed = next(step for step in cell["curve"] if step["respondents"] == cell["needed"])
    assert 0.8 <= at_needed["power"] < 0.83 and at_needed["smallest_gap"] == pytest.approx(500, rel=0.03)
    assert cell["smallest_gap"] > whole["smallest_gap"] > 0
    design = found["design"]
    assert design["untold"] == [] and not (design["twins"] or design["dominated"] or design["prohibited"])
    assert design["d_error"] < design["d_error_random"] and whole["needed"] < whole["needed_at_random"]


def test_try_32_the_answer_changes_with_the_gap_and_with_the_share(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    usual, small, rare = (
        asked(tmp_path / name, capsys, gap, share)["groups"][1]["needed"]
        for name, gap, share in (("a", 500, 0.15), ("b", 250, 0.15), ("c", 500, 0.05))
    )
    assert 3 < small / usual < 5
    assert rare / usual == pytest.approx(3, rel=0.02)


def test_try_32_in_chinese_with_what_it_rests_on(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked(tmp_path / "s", capsys)
    with pytest.raises(SystemExit):
        main(["design", str(tmp_path / "s"), "--lang", "zh"])
    said = "".join(capsys.readouterr().out.split())
    for words in ("500元", "6000元以上人群", "最少需要", "能看出的最小差距", "人为给定", "来源：虚构", "人人偏好相同"):
        assert words in said, words
