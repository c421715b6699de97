"""`halfstep docket`: a skeleton for a table of claims, and the claims of a study."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path

import polars as pl
import pytest

from halfstep import cli
from halfstep.cli.docket import rooms_for
from halfstep.core.config import StudyConfig
from halfstep.data.propose.claims import claim_sheet
from halfstep.data.propose.claims_draft import claims_study
from halfstep.data.read.tables import ROW, Table
from halfstep.report.sentence import sentence
from tests.invented import settings, write

CHINESE = """某文的说法,,,,,
序号,观点,段落,说话人,类型,语气,口径
1,今年交付超过三十五万辆,3,作者,事实,超过,
,毛利率好是因为爆款,4,,因果,,
3,明年三季度盈利,,公司,预测,可能,
3,品牌没有短板,,,等同,,
5,好产品需要芯片,9,作者,必要条件,基本,
6,这是一种信仰,,,评论,,
,,,,,,
"""
HOSTILE = '=HYPERLINK("x")\x1b]0;owned\x07\x9b31m\u202e"]\n[study]\nfocal = "mine"\x00'


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HALFSTEP_LANG", "en")
    monkeypatch.setenv("COLUMNS", "200")


def code(*arguments: str) -> int:
    with pytest.raises(SystemExit) as stopped:
        cli.main(list(arguments))
    assert isinstance(stopped.value.code, int)
    return stopped.value.code


def uncommented(text: str) -> str:
    """The skeleton with its stubs in force and its blanks filled: what somebody would make of it."""
    kept = []
    for line in text.splitlines():
        bare = line.removeprefix("# ")
        if re.match(r"# (\w+ =|\[\[?docket)", line):
            bare = (
                bare.replace("at_least =  ", "at_least = 1  ")
                .replace("above =  ", "above = 1  ")
                .replace("p =  ", "p = 0.5  ")
            )
            kept.append(bare.replace('= ""', '= "filled"').replace('[""]', '["filled"]'))
        elif not line.startswith("#"):
            kept.append(line)
    return "\n".join(kept)


def test_half_filled_chinese_tables_in_gbk_become_a_skeleton(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "观点.csv").write_bytes(CHINESE.encode("gbk"))
    assert code("docket", str(tmp_path / "s"), "--from", str(tmp_path / "观点.csv")) == 0
    shown = capsys.readouterr().out
    assert "6 claims" in shown
    assert "cannot be used as it stands" in shown
    assert "Row 4 has no id; it is now “c2”." in shown
    assert "Row 5: the id “3” occurs more than once; it is now “3_1”." in shown
    assert re.search("观点.csv +1 .*某文的说法", shown)  # a row that the reader left out
    frame = pl.read_csv(tmp_path / "s" / "claims.csv", infer_schema=False)
    assert frame["id"].to_list() == ["1", "c2", "3_1", "3_2", "5", "6"]  # of two the same neither stays
    assert frame["kind"].to_list() == ["fact", "causal", "forecast", "equivalence", "necessity", "评论"]
    assert frame["hedge"].to_list() == ["more than", None, "possibly", None, "mostly", None]
    assert frame["base"].null_count() == 6  # nothing is filled in
    text = (tmp_path / "s" / "study.toml").read_text(encoding="utf-8")
    study = tomllib.loads(text)
    assert study["tables"] == {"claims": "claims.csv"}
    assert "docket" not in study  # stubs are comments
    for word in ("focal", "benchmarks", "currency", "margin"):
        assert f"# {word} = " in text
        assert word not in study["study"]
    full = tomllib.loads(uncommented(text))
    assert [q["id"] for q in full["docket"]["quantities"]] == ["of_1", "of_c2", "of_3_1", "of_3_2", "of_5"]
    assert full["docket"]["says"][0]["above"] == 1  # "more than" is a bound that does not belong to it
    assert [f["claim"] for f in full["docket"]["forecasts"]] == ["3_1"]
    assert full["docket"]["forecasts"][0]["by"] == "公司"


def test_every_claim_is_told_what_it_lacks(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "t.csv").write_text(CHINESE, encoding="utf-8")
    assert code("docket", str(tmp_path / "s"), "--from", str(tmp_path / "t.csv"), "--json") == 0
    record = json.loads(capsys.readouterr().out)
    assert record["as_is"] is False
    assert (record["blank"], record["dropped"]) == (0, [])
    assert [guess["row"] for guess in record["guesses"]] == [1]
    assert record["renamed"] == [
        {"row": 4, "from": None, "to": "c2"}, {"row": 5, "from": "3", "to": "3_1"}, {"row": 6, "from": "3", "to": "3_2"},
    ]  # fmt: skip
    told = {claim["row"]: claim for claim in record["claims"]}
    assert told[3]["lacks"] == ["base", "grade", "as_of"]
    assert told[4]["write"] == ["comparison", "says"]
    assert told[5]["write"] == ["rule", "made", "fixed", "due", "quantity"]
    assert told[8]["kind"] is None and "kind" in told[8]["lacks"]
    assert [column["role"] for column in record["columns"]] == [
        "id",
        "statement_zh",
        "paragraph",
        "speaker",
        "kind",
        "hedge",
        "base",
    ]


def test_only_what_is_there_twice_is_renamed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "t.csv").write_text(
        "id,claim,kind\nc2,x,fact\nc2,y,fact\nc3,z,fact\nc2_1,w,fact\n,,fact\n", encoding="utf-8"
    )
    assert code("docket", str(tmp_path / "s"), "--from", str(tmp_path / "t.csv")) == 0
    assert pl.read_csv(tmp_path / "s" / "claims.csv")["id"].to_list() == ["c2_2", "c2_3", "c3", "c2_1"]
    shown = capsys.readouterr().out
    assert "Left out: 1 rows that state nothing (row 6)." in shown
    assert shown.count("occurs more than once") == 2 and "“c3”" not in shown


def test_a_stub_left_to_fill_says_so_key_by_key(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "t.csv").write_text("id,claim,kind\nc1,x,fact\nc2,y,fact\n", encoding="utf-8")
    assert code("docket", str(tmp_path / "s"), "--from", str(tmp_path / "t.csv"), "--json") == 0
    capsys.readouterr()
    assert code("docket", str(tmp_path / "s"), "--json") == 2
    told = {f["column"]: (f["what"], f["mend"]) for f in json.loads(capsys.readouterr().out)["faults"]}
    assert told == {
        f"study.{key}": ("field required; got nothing", f"take the # off {key} and fill it in")
        for key in ("focal", "benchmarks", "currency", "margin", "margin_reason")
    }


def test_faults_of_the_docket_name_claim_and_quantity(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    parts = {
        "docket": {
            "quantities": [SOLD | {"rank": SOLD["figures"]}],
            "says": [{"claim": "c1", "quantity": "sold", "at_last": 40}],
        }
    }
    folder = docket(tmp_path, parts, "A,units,41,2024,one,2025-01-20\n")
    assert code("docket", folder, "--json") == 2
    found = json.loads(capsys.readouterr().out)["faults"]
    assert {f["column"] for f in found} >= {"docket.says (claim c1).at_last", "docket.quantities (sold).rank"}
    assert not any("{" in f["what"] for f in found)


def test_a_table_that_can_be_used_is_used_as_it_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    frame = pl.DataFrame(
        {"编号": ["a", "b"], "说法": ["甲第一", "乙第二"], "类型": ["事实", "fact"], "口径": [None, "出货"]}
    )
    frame.write_excel(tmp_path / "说法.xlsx")
    before = (tmp_path / "说法.xlsx").read_bytes()
    assert code("docket", str(tmp_path)) == 0  # the only table of the folder
    assert "used as it is" in capsys.readouterr().out
    assert {p.name for p in tmp_path.iterdir()} == {"说法.xlsx", "study.toml"}
    assert (tmp_path / "说法.xlsx").read_bytes() == before
    text = (tmp_path / "study.toml").read_text(encoding="utf-8")
    assert tomllib.loads(text)["tables"] == {"claims": "说法.xlsx"}
    assert tomllib.loads(text)["claim_columns"]["statement_zh"] == "说法"
    assert code("docket", str(tmp_path), "--from", str(tmp_path / "说法.xlsx")) == 2  # never over a study that is there
    assert (tmp_path / "study.toml").read_text(encoding="utf-8") == text


def test_no_file_is_written_over(tmp_path: Path) -> None:
    (tmp_path / "s").mkdir()
    (tmp_path / "s" / "claims.csv").write_text("mine", encoding="utf-8")
    (tmp_path / "t.csv").write_text(CHINESE, encoding="utf-8")
    assert code("docket", str(tmp_path / "s"), "--from", str(tmp_path / "t.csv")) == 2
    assert [p.name for p in (tmp_path / "s").iterdir()] == ["claims.csv"]
    assert (tmp_path / "s" / "claims.csv").read_text(encoding="utf-8") == "mine"


def test_claims_are_not_taken_out_of_a_text(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "essay.csv").write_text("title,part\nOn a brand,one\nOn another,two\n", encoding="utf-8")
    assert code("docket", str(tmp_path / "s"), "--from", str(tmp_path / "essay.csv")) == 2
    assert "not taken out of a text" in capsys.readouterr().out
    (tmp_path / "long.csv").write_text(f"id,claim\n1,{'It is said that. ' * 400}\n", encoding="utf-8")
    assert code("docket", str(tmp_path / "s"), "--from", str(tmp_path / "long.csv")) == 2
    assert "a text" in capsys.readouterr().out
    assert not (tmp_path / "s").exists()
    assert code("docket", str(tmp_path)) == 2  # two tables: which?


def test_hostile_cells_are_quoted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [('"] #', HOSTILE, "fact", "more than"), ("b\x1b[2J", "@SUM(1)", "forecast", "\x9b31m")]
    frame = pl.DataFrame(
        [(2 + n, *row) for n, row in enumerate(rows)], schema=[ROW, "id", "claim", "kind", "hedge"], orient="row"
    )
    sheet = claim_sheet(Table("claims", "evil\x1b.csv", frame, ""))
    assert not isinstance(sheet, tuple)
    text = claims_study(sheet, 'a"\n\x1b[31m.csv', "2025-01-01", lambda key, facts: sentence(key, facts, "en"))
    assert not any(letter in text for letter in "\x00\x07\x1b\x9b\u202e")
    study = tomllib.loads(text)
    assert study["tables"]["claims"] == 'a"\n\x1b[31m.csv'
    assert "focal" not in study["study"]
    full = tomllib.loads(uncommented(text))
    assert [s["claim"] for s in full["docket"]["says"]] == ['"] #']
    frame.drop(ROW).with_columns(pl.all().str.replace_all("\x00", "", literal=True)).write_csv(tmp_path / "evil.csv")
    assert code("docket", str(tmp_path / "s"), "--from", str(tmp_path / "evil.csv")) == 0
    out = capsys.readouterr().out
    assert not any(letter in out for letter in "\x00\x07\x1b\x9b\u202e")


def docket(folder: Path, changes: Mapping[str, object], figures: str, claims: str = "c1,A sold 40,fact\n") -> str:
    """A study of claims and printed figures."""
    base: dict[str, object] = {
        "tables": {"sales": None}, "columns": None, "attributes": None, "bands": None,
        "claim_columns": {"id": "id", "statement_en": "claim", "kind": "kind"},
        "press_columns": {key: key for key in ("entity", "metric", "value", "period", "source", "first_known")},
    }  # fmt: skip
    press = "entity,metric,value,period,source,first_known\n" + figures
    return str(write(folder, None, base | dict(changes), {"claims": "id,claim,kind\n" + claims, "press": press}))


SOLD = {"id": "sold", "label": "sold", "figures": [{"entity": "A", "metric": "units", "period": "2024"}]}


def test_a_study_is_told_claim_by_claim(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    parts = {"docket": {"quantities": [SOLD], "says": [{"claim": "c1", "quantity": "sold", "at_least": 40}]}}
    folder = docket(tmp_path, parts, "A,units,41,2024,one,2025-01-20\nA,units,39,2024,two,2025-02-20\n")
    assert code("docket", folder) == 0
    out = capsys.readouterr().out
    assert out.startswith("[c1] A sold 40\n- mixed: One source says yes, another no.")
    assert {p.name for p in (tmp_path / "out").iterdir()} == {"report.html", "report.json", "report.xlsx"}
    assert code("docket", folder, "--json", "--as-of", "2025-01-31", "--out", str(tmp_path / "o")) == 0
    record = json.loads(capsys.readouterr().out)
    assert [(c["id"], c["verdict"]) for c in record["claims"]] == [("c1", "supported")]
    assert code("docket", folder, "--as-of", "2024-12-31", "--out", str(tmp_path / "p")) == 3
    assert "No claim could be looked at" in capsys.readouterr().out
    assert code("docket", str(tmp_path / "nowhere")) == 2


def test_a_study_without_claims_is_told_what_to_add(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    base = {"tables": {"sales": None}, "columns": None, "attributes": None, "bands": None,
            "press_columns": {"entity": "entity", "metric": "metric", "value": "value", "period": "period"}}  # fmt: skip
    folder = str(write(tmp_path, None, base, {"press": "entity,metric,value,period\nA,units,41,2024\n"}))
    assert code("docket", folder) == 3
    assert "[claim_columns]" in capsys.readouterr().out
    assert code("docket", folder, "--json") == 3
    assert json.loads(capsys.readouterr().out)["claims"] == []
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("looks", "rooms"),
    [
        ({"estimate": "event.recall.orders"}, ("press", "ramp", "docket", "events")),
        ({"estimate": "ramp.units"}, ("press", "ramp", "docket")),
        ({"verdict": "verdict.price.*"}, None),
        ({"estimate": "*"}, None),
        ({"needs": "a survey"}, ("press", "ramp", "docket")),
    ],
)
def test_only_the_rooms_that_are_meant_are_run(looks: dict[str, str], rooms: tuple[str, ...] | None) -> None:
    quantity = {"id": "q", "label": "q", **looks}
    config = StudyConfig.model_validate(settings() | {"docket": {"quantities": [quantity]}})
    assert rooms_for(config) == rooms
