"""Claims: kinds, hedges and grades as people write them; everything else is a fault, all at once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from halfstep.core.config import StudyConfig
from halfstep.core.errors import StudyFaultsError
from halfstep.data.docket_names import patterns
from halfstep.data.study import Loaded, load
from halfstep.report.words import known
from tests.invented import settings, write

COLUMNS = {"id": "id", "statement_zh": "说法", "kind": "类别", "hedge": "语气", "grade": "级", "as_of": "日"}
HEAD = "id,说法,类别,语气,级,日\n"
PRESS = "who,what,n,when\nA,units,2.5万,2025-04\n"
FIGURES = {"id": "sold", "label": "sold", "figures": [{"entity": "A", "metric": "units"}]}
BASE: dict[str, Any] = {
    "tables": {"sales": None}, "columns": None, "attributes": None,
    "press_columns": {"entity": "who", "metric": "what", "value": "n", "period": "when"},
    "claim_columns": COLUMNS, "docket": {"quantities": [FIGURES]},
}  # fmt: skip


def study(folder: Path, rows: str, changes: dict[str, Any] | None = None, head: str = HEAD) -> Path:
    return write(folder, None, BASE | (changes or {}), {"claims": head + rows, "press": PRESS})


def claims(folder: Path) -> Loaded:
    return load(folder)


def faults(folder: Path) -> list[tuple[int | None, str | None, str]]:
    with pytest.raises(StudyFaultsError) as caught:
        load(folder)
    return [(fault.row, fault.column, f"{fault.what} {fault.mend}") for fault in caught.value.faults]


def test_words_of_chinese_tables_are_read_and_told(tmp_path: Path) -> None:
    rows = "a,卖得多,事实,超过,A,2025年3月\nb,因为品牌,因果,疑似,ｂ,\nc,会赢,预测,很有可能,,2099-01-01\nd,等于,等价,一部分,,\ne,好,观点,基本,,\nf,必须,必要,约,,\n"
    found = claims(study(tmp_path, rows))
    assert found.claims is not None
    assert [(c.kind, c.hedge, c.grade, c.as_of) for c in found.claims.claims] == [
        ("fact", "more than", "A", "2025-03-31"), ("causal", "suspected", "B", ""), ("forecast", "probably", "", "2099-01-01"),
        ("equivalence", "part", "", ""), ("opinion", "mostly", "", ""), ("necessity", "about", "", ""),
    ]  # fmt: skip
    assert found.claims.claims[0].statement.en == "卖得多"
    told = [guess for guess in found.guesses if guess.kind == "claim_word"]
    assert [(guess.column, guess.count, guess.row) for guess in told] == [("类别", 6, 2), ("语气", 6, 2)]
    assert known("guess.claim_word") == ("zh", "en")


def test_a_claim_said_after_the_date_is_read_like_the_others(tmp_path: Path) -> None:
    folder = study(tmp_path, "a,x,fact,,,2030-01-01\n")
    found = load(folder, as_of="2025-06-04")
    assert found.claims is not None
    assert (found.claims.claims[0].as_of, found.claims.claims[0].hedge, found.left_out) == ("2030-01-01", "none", {})


def test_every_fault_of_the_rows_is_told_at_once(tmp_path: Path) -> None:
    rows = "a,x,fact,perhaps a little,A,\na,y,fact,,A,\n,z,fact,,A,\nd,,fact,,A,\ne,x,rumour,,A,\nf,x,,,A,\ng,x,fact,,E,\nh,x,fact,,,one day\n"
    found = faults(study(tmp_path, rows))
    assert {row for row, _, _ in found} == {2, 4, 5, 6, 7, 8, 9}
    texts = {(row, column): text for row, column, text in found}
    assert "none, more than, at most, about, part" in texts[2, "语气"]
    assert "rows 2, 3" in texts[2, "id"]
    assert "did you mean" not in texts[5, "说法"]


def test_a_word_nearly_right_is_asked_about(tmp_path: Path) -> None:
    ((_, column, text),) = faults(study(tmp_path, "a,x,fact,possibl,,\n"))
    assert column == "语气"
    assert "did you mean 'possibly'?" in text


SEEN: dict[str, Any] = {"id": "seen", "label": "seen"}
SAYS = {"claim": "a", "quantity": "sold", "at_least": 2.0}
FORECAST = {
    "id": "f", "label": "f", "by": "me", "made": "2025-01-01", "fixed": "2025-01-01", "due": "2025-12-31", "rule": "r", "quantity": "sold",
}  # fmt: skip
ASK = {"id": "year", "label": "year", "what": "units", "period": "2025"}


@pytest.mark.parametrize(
    ("docket", "key", "text"),
    [
        ({"says": [SAYS | {"claim": "aa"}]}, "docket.says (claim aa).claim", "did you mean 'a'?"),
        ({"says": [SAYS | {"quantity": "sol"}]}, "docket.says (claim a).quantity", "did you mean 'sold'?"),
        ({"says": [SAYS | {"label": ["holds"]}]}, "docket.says (claim a).label", "have no labels"),
        ({"says": [SAYS | {"claim": "b", "shows": "claim"}]}, "docket.says (claim b).shows", "causal claim"),
        ({"quantities": [FIGURES, FIGURES]}, "docket.quantities", "'sold' occurs twice"),
        ({"forecasts": [FORECAST, FORECAST]}, "docket.forecasts", "'f' occurs twice"),
        ({"forecasts": [FORECAST | {"claim": "z"}]}, "docket.forecasts (f).claim", "there are: a, b"),
        ({"forecasts": [FORECAST | {"quantity": "sale"}]}, "docket.forecasts (f).quantity", "did you mean"),
        ({"forecasts": [FORECAST | {"p": 0.5, "at_least": 1, "lo": 1, "hi": 2, "level": 0.8}]}, "docket.forecasts (f)", "p and lo and hi"),
        ({"forecasts": [FORECAST | {"lo": 1, "hi": 2}]}, "docket.forecasts (f).level", "lo and hi"),
        ({"forecasts": [FORECAST | {"lo": 3, "hi": 2, "level": 0.8}]}, "docket.forecasts (f).lo", "empty"),
        ({"forecasts": [FORECAST | {"p": 0.5}]}, "docket.forecasts (f)", "between which ends"),
        ({"forecasts": [FORECAST | {"asked": "yer"}]}, "docket.forecasts (f).asked", "did you mean 'year'?"),
        ({"forecasts": [FORECAST | {"made": "2025"}]}, "docket.forecasts (f).made", "expected a day"),
        ({"forecasts": [FORECAST | {"fixed": "soon"}]}, "docket.forecasts (f).fixed", "expected a day"),
        ({"quantities": [FIGURES | {"share": True}], "says": [SAYS | {"at_least": 62}]}, "docket.says (claim a).at_least", "write 0.62 for 62%"),
        ({"quantities": [FIGURES | {"share": True}], "says": [SAYS | {"at_least": -1.5}]}, "docket.says (claim a).at_least", "got -1.5"),
        ({"quantities": [FIGURES | {"share": True}], "forecasts": [FORECAST | {"lo": 0.2, "hi": 62, "level": 0.8}]}, "docket.forecasts (f).hi", "0.62 for 62%"),
        ({"quantities": [SEEN]}, "docket.quantities (seen)", "say in needs what would show it"),
        ({"quantities": [SEEN | {"estimate": "ramp.yaer"}]}, "docket.quantities (seen).estimate", "did you mean 'year'?"),
        ({"says": [SAYS | {"quantity": "sol"}, SAYS]}, "docket.says (claim a, quantity sol).quantity", "did you mean 'sold'?"),
        ({"forecasts": [FORECAST | {"due": "2024-12-31"}]}, "docket.forecasts (f).due", "before the day it was made"),
    ],
)  # fmt: skip
def test_what_the_settings_say_of_claims_is_held_against_the_table(
    tmp_path: Path, docket: dict[str, Any], key: str, text: str
) -> None:
    changes = {"docket": {"quantities": [FIGURES]} | docket, "ramp": {"asks": [ASK]}}
    ((_, column, told),) = faults(study(tmp_path, "a,x,fact,,,\nb,y,causal,,,\n", changes))
    assert column == key
    assert text in told


EVENTS: dict[str, Any] = {
    "events": [{"id": "recall", "period": "2025-03", "brand": "A", "label": "recall", "source": "s", "outcomes": ["orders"]}],
    "outcomes": [{"id": "orders", "label": "orders", "kind": "orders"}],
    "voice": {"names": [{"id": "boss", "label": "boss", "kind": "founder", "of": "maker", "written": ["boss"]}]},
    "ramp": {"asks": [ASK]},
}  # fmt: skip


@pytest.mark.parametrize(
    ("pattern", "meant"),
    [
        ("event.recal.orders", "recall"), ("event.recall.order.average", "orders"), ("event.recal.*", "recall"), ("ramp.yaer", "year"),
        ("voice.difference.half_life.bos.maker", "boss"), ("voice.founder share.maekr", "maker"), ("voice.flips.bos", "boss"),
        ("event.recall.orders.average", None), ("event.*.orders", None), ("event.reca?l", None), ("ramp.months.2025-06-04[x,units]", None),
        ("ramp.year", None), ("voice.difference.half_life.boss.maker", None), ("voice.attention[x,2025]", None), ("overall", None), ("*", None),
        ("verdict.*.product.*", None), ("event", None),
    ],
)  # fmt: skip
def test_a_pattern_that_names_what_the_study_has_not_is_a_fault(pattern: str, meant: str | None) -> None:
    config = StudyConfig.model_validate(settings() | EVENTS)
    found = [fault.line() for fault in patterns(config, "docket.quantities (q).estimate", pattern)]
    assert [f"did you mean {meant!r}?" in line for line in found] == ([] if meant is None else [True])


@pytest.mark.parametrize(
    ("ask", "key"),
    [
        ({"period": None}, "period"), ({"period": "2025-03-01"}, "period"), ({"made": "June"}, "made"),
        ({"what": "result"}, "by"), ({"what": "result", "by": "2025"}, "by"),
        ({"what": "result", "by": "2025-Q1", "after": "2025-Q3"}, "by"),
    ],
)  # fmt: skip
def test_a_question_to_the_ramp_says_of_what_and_when(tmp_path: Path, ask: dict[str, Any], key: str) -> None:
    asked = {name: value for name, value in (ASK | ask).items() if value is not None}
    ((_, column, _),) = faults(study(tmp_path, "a,x,fact,,,\n", {"ramp": {"asks": [asked]}}))
    assert column in (f"ramp.asks.0.{key}", "ramp.asks.0")


def test_claims_without_their_table_or_a_statement_are_faults(tmp_path: Path) -> None:
    changes = BASE | {"claim_columns": None, "docket": {"quantities": [FIGURES], "says": [SAYS]}}
    found = faults(write(tmp_path / "none", None, changes, {"press": PRESS}))
    assert [column for _, column, _ in found] == ["docket.says"]
    columns = {"claim_columns": {"id": "id", "kind": "类别", "statement_zh": None}}
    ((_, column, _), *_) = faults(study(tmp_path / "mute", "a,x,fact,,,\n", columns))
    assert column == "claim_columns.statement_en"
