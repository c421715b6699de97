"""Tables without which a study is still one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from halfstep.core.errors import StudyFaultsError
from halfstep.data.study import load
from halfstep.study import run
from tests.invented import market, write

REACH = {"reach_columns": {"brand": "b", "awareness": "a"}}
PRESS = {"press_columns": {"entity": "who", "metric": "what", "value": "n", "period": "when"}}
OUTCOMES: dict[str, Any] = {
    "outcome_columns": {"entity": "who", "period": "when", "value": "n"},
    "outcomes": [{"id": "sold", "label": "sold", "kind": "sales"}],
    "events": [{"id": "e", "period": "2003", "brand": "A", "label": "e", "source": "s", "outcomes": ["sold"]}],
}  # fmt: skip
CLAIMS = {
    "claim_columns": {"id": "id", "statement_en": "s", "kind": "k"},
    "docket": {
        "quantities": [{"id": "q", "label": "q", "needs": "n"}], "says": [{"claim": "a", "quantity": "q", "above": 1}],
        "forecasts": [{"id": "f", "label": "f", "by": "b", "claim": "a", "made": "2003-01-01", "fixed": "2003-01-01", "due": "2004-01-01", "rule": "r"}],
    },
}  # fmt: skip
RAMP = {"ramp_columns": {"period": "m", "units": "n"}}
SIDES: dict[str, dict[str, Any]] = {
    "reach": REACH,
    "press": PRESS,
    "outcomes": OUTCOMES,
    "claims": CLAIMS,
    "ramp": RAMP,
}


def study(folder: Path, name: str, changes: dict[str, Any] | None = None, **keys: Any) -> Path:
    made = SIDES[name] | {"tables": {"sales": "sales.csv", name: f"{name}.csv"}} | (changes or {})
    return write(folder, market(), {"optional": [name], **made, **keys})


@pytest.mark.parametrize("name", SIDES)
def test_a_study_goes_on_without_it_and_says_where_it_is_obtained(tmp_path: Path, name: str) -> None:
    told = {"obtain": {name: {"en": "from the office", "zh": "问办公室"}}}
    loaded = load(study(tmp_path / "told", name, told))
    assert {table: where.zh for table, where in loaded.absent.items()} == {name: "问办公室"}
    assert name not in loaded.config.tables
    assert loaded.sold is not None
    untold = load(study(tmp_path / "untold", name))
    assert {table: where.en for table, where in untold.absent.items()} == {name: f"{name}.csv"}
    assert set(untold.inputs) == {"study.toml", "sales.csv"}


@pytest.mark.parametrize("name", SIDES)
def test_not_listed_it_stays_a_fault(tmp_path: Path, name: str) -> None:
    with pytest.raises(StudyFaultsError) as caught:
        load(study(tmp_path, name, optional=[]))
    assert [fault.table for fault in caught.value.faults] == [f"{name}.csv"]


def test_a_variable_that_is_not_set_is_an_absent_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_SUCH_FOLDER", raising=False)
    folder = study(tmp_path, "reach", {"tables": {"sales": "sales.csv", "reach": "${NO_SUCH_FOLDER}/reach.csv"}})
    assert list(load(folder).absent) == ["reach"]
    monkeypatch.setenv("NO_SUCH_FOLDER", str(tmp_path))
    (tmp_path / "reach.csv").write_text("b,a\nA,.5\nB,.5\nC,.5\nD,.5\n")
    assert load(folder).absent == {}


def test_a_name_that_is_no_table_of_the_study_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(StudyFaultsError) as caught:
        load(write(tmp_path, market(), {"optional": ["sale"]}))
    (fault,) = caught.value.faults
    assert fault.column == "optional"
    assert "did you mean 'sales'?" in fault.mend


def test_settings_of_a_table_left_out_are_still_judged(tmp_path: Path) -> None:
    wrong = {"events": [OUTCOMES["events"][0] | {"outcomes": ["sale"]}]}
    with pytest.raises(StudyFaultsError) as caught:
        load(study(tmp_path, "outcomes", wrong))
    assert [fault.column for fault in caught.value.faults] == ["events.0.outcomes"]


def test_without_sales_what_stands_beside_them_is_left_out_too(tmp_path: Path) -> None:
    made = REACH | PRESS | {"optional": ["sales"], "tables": {"sales": "none.csv"}}
    folder = write(tmp_path, None, made, {"reach": "b,a\nA,.5\n", "press": "who,what,n,when\nB,units,5,2003\n"})
    loaded = load(folder)
    assert {name: where.en for name, where in loaded.absent.items()} == {"sales": "none.csv", "reach": "none.csv"}
    assert loaded.sold is None
    assert loaded.press is not None


def test_a_study_of_which_no_table_is_there_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(StudyFaultsError) as caught:
        load(write(tmp_path, None, {"optional": ["sales"]}))
    assert caught.value.faults[0].table == "sales.csv"


def test_what_hangs_on_claims_goes_with_them_and_the_rest_runs(tmp_path: Path) -> None:
    folder = study(tmp_path, "claims")
    loaded = load(folder)
    assert loaded.config.docket.says == ()
    assert [forecast.claim for forecast in loaded.config.docket.forecasts] == [None]
    assert run(folder).answers["gap"].estimates
