"""Labels, exposure and the ledger of controversies as read, every fault of theirs, and what voice can answer before it is run."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import polars as pl
import pytest

from halfstep.core.errors import StudyFaultsError
from halfstep.data.study import Loaded, load
from halfstep.questions import questions

HEAD = """[study]
title = "Invented"
focal = "Norda"
benchmarks = ["Sorena"]
currency = "yuan"
as_of = "2025-12-31"
margin = 0.05
margin_reason = "invented"
invented = true
"""
POINTS = """[[voice.touchpoints]]
id = "quality"
label = { en = "quality", zh = "质量" }
words = ["做工"]
[[voice.touchpoints]]
id = "price"
label = { en = "price", zh = "价格" }
words = ["划算"]
"""
NAMES = """[[voice.names]]
id = "norda"
label = { en = "Norda", zh = "北岚" }
kind = "brand"
written = ["北岚"]
[[voice.names]]
id = "lin"
label = { en = "Lin", zh = "林舟" }
kind = "founder"
of = "norda"
written = ["林舟"]
"""
LABELS = "id,text,topic,stance,whom,coder,use,p\na,好,做工; 价格,1,北岚,x,audit,0.5\n"
COLUMNS = {
    "labels": 'id = "id"\ntext = "text"\ntouchpoint = "topic"\nstance = "stance"\ntarget = "whom"\ncoder = "coder"\nuse = "use"\ndrawn = "p"\n',
    "exposure": 'time = "day"\ntotal = "n"\nplatform = "where"\n',
    "controversies": 'controversy = "what"\ncoder = "coder"\ntouchpoint = "topic"\nname = "whom"\nbegan = "began"\n',
    "utterances": 'id = "id"\ntext = "text"\ntime = "day"\n',
}
SECTION = {"labels": "label", "exposure": "exposure", "controversies": "controversy", "utterances": "utterance"}


def study(folder: Path, tables: Mapping[str, str], *, voice: str = "", points: str = POINTS, names: str = NAMES, drop: str = "") -> Path:  # fmt: skip
    """Write a study of some tables as CSV; lines of columns that begin with `drop` are left out."""
    text = HEAD + "[tables]\n" + "".join(f'{name} = "{name}.csv"\n' for name in tables)
    for name, cells in tables.items():
        (folder / f"{name}.csv").write_text(cells, encoding="utf-8")
        lines = [line for line in COLUMNS[name].splitlines() if not drop or not line.startswith(drop)]
        text += f"[{SECTION[name]}_columns]\n" + "\n".join(lines) + "\n"
    (folder / "study.toml").write_text(f"{text}[voice]\n{voice}\n{points}{names}", encoding="utf-8")
    return folder


def loaded(folder: Path, **tables: str) -> Loaded:
    return load(study(folder, tables))


def faults(folder: Path) -> str:
    with pytest.raises(StudyFaultsError) as told:
        load(folder)
    return "\n".join(fault.line() for fault in told.value.faults)


def frame(one: Loaded) -> pl.DataFrame:
    assert one.labels is not None
    return one.labels.frame


def test_rows_of_one_text_and_coder_are_one_label(tmp_path: Path) -> None:
    rows = "a,好,划算,,北岚,x,,\na,好,,-1,林舟,x,,\na,好,price,0,北岚,y,,\n,另一条,,,,,,\n"
    found = frame(loaded(tmp_path, labels=LABELS + rows))
    assert found["touchpoints"].to_list() == [["price", "quality"], [], ["price"], []]
    assert found["stance"].to_list() == [1, -1, 0, None]
    assert found["target"].to_list() == ["norda", "lin", "norda", ""]
    assert found["audit"].to_list() == [True, False, False, False]
    assert found["key"].n_unique() == 2


def test_an_id_has_the_key_that_it_has_among_the_utterances(tmp_path: Path) -> None:
    one = loaded(tmp_path, labels=LABELS.replace("\na,", "\n49.0,"), utterances="id,text,day\n49,好,2025-04-01\n")
    assert one.utterances is not None
    batch = next(one.utterances.batches())
    assert batch["key"].to_pylist() == frame(one)["key"].to_list()


def test_exposure_and_controversies_end_with_the_as_of_date(tmp_path: Path) -> None:
    one = loaded(
        tmp_path,
        exposure="day,n,where\n2025-04-01,100,w\n2026-04-01,90,w\n",
        controversies="what,coder,topic,whom,began\nrow,x,质量,北岚,2025-04-01\nlater,x,质量,北岚,2026-04-01\n",
        labels=LABELS,
    )
    assert one.exposure is not None
    assert one.controversies is not None
    assert one.exposure.frame["total"].to_list() == [100]
    assert one.controversies.frame.select("touchpoint", "name").rows() == [("quality", "norda")]
    assert one.left_out == {"exposure, after as_of": 1, "controversies, after as_of": 1}


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        ("a,好,pricing,1,北岚,x,,\n", "'pricing' is none"), ("a,好,pricing,1,北岚,x,,\n", "did you mean 'price'"),
        ("a,好,price,1,Nordaa,x,,\n", "did you mean 'norda'"), ("a,好,price,2,北岚,x,,\n", "expected 1, 0 or -1; got '2'"),
        ("a,好,price,1,北岚,x,test,\n", "expected train or audit"), ("a,好,price,1,北岚,x,audit,\n", "an audit row without the probability"),
        ("a,好,price,1,北岚,x,audit,1.5\n", "expected a probability above 0"), (",,price,1,北岚,x,,\n", "expected a text or an id"),
    ],
)  # fmt: skip
def test_a_label_that_cannot_be_meant_is_a_fault(cells: str, told: str, tmp_path: Path) -> None:
    assert told in faults(study(tmp_path, {"labels": LABELS + cells}))


def test_audit_rows_need_the_column_that_says_how_they_were_drawn(tmp_path: Path) -> None:
    assert "label_columns.drawn" in faults(study(tmp_path, {"labels": LABELS}, drop="drawn"))


def test_a_column_that_is_not_there_is_a_fault_with_near_names(tmp_path: Path) -> None:
    assert "did you mean 'stances'" in faults(study(tmp_path, {"labels": LABELS.replace("stance", "stances")}))


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        ("2025,1,w\n", "expected a day"), (",1,w\n", "expected a day"), ("2025-04-01,-1,w\n", "expected a count of rows"),
        ("2025-04-01,,w\n", "expected a count of rows"), ("2025-04-01,1,w\n2025-04-01,2,w\n", "one day and platform occurs more than once"),
    ],
)  # fmt: skip
def test_exposure_that_cannot_be_counted_is_a_fault(cells: str, told: str, tmp_path: Path) -> None:
    assert told in faults(study(tmp_path, {"exposure": "day,n,where\n" + cells, "labels": LABELS}))


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        ("a,,price,norda,\n", "expected a word; the cell is blank"), ("a,x,pricing,norda,\n", "'pricing' is none"),
        ("a,x,price,nord,\n", "'nord' is none"), ("a,x,price,norda,April\n", "expected a day"),
        ("a,x,price,norda,\na,x,quality,norda,\n", "this coder has the same controversy twice"),
    ],
)  # fmt: skip
def test_a_ledger_that_cannot_be_compared_is_a_fault(cells: str, told: str, tmp_path: Path) -> None:
    tables = {"controversies": "what,coder,topic,whom,began\n" + cells, "labels": LABELS}
    assert told in faults(study(tmp_path, tables))


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"voice": 'zone = "Asia/Shangai"'}, "expected a time zone"), ({"voice": 'first = "April"'}, "expected a day; got 'April'"),
        ({"voice": 'first = "2025-02-01"\nlast = "2025-01-01"'}, "it lies before voice.first"),
        ({"points": POINTS + POINTS}, "the id 'price' occurs twice"), ({"points": POINTS.replace('zh = "价格"', 'zh = "质量"')}, "names the touchpoints"),
        ({"names": NAMES + NAMES}, "the id 'lin' occurs twice"), ({"names": NAMES.replace('of = "norda"', 'of = "nord"')}, "'nord' is none"),
        ({"names": NAMES.replace('of = "norda"\n', "")}, "belongs to no brand"), ({"names": NAMES.replace('["林舟"]', '[" "]')}, "it is blank"),
        ({"names": NAMES.replace('["林舟"]', '["北岚"]')}, "is given to 'norda' and to 'lin'"), ({"drop": "target"}, "not towards whom"),
        ({"drop": "text"}, "labels of ids alone need the table of utterances"), ({"voice": 'model = "none.npz"'}, "none.npz: expected a readable file"),
    ],
)  # fmt: skip
def test_settings_that_cannot_be_meant_are_faults(change: dict[str, str], told: str, tmp_path: Path) -> None:
    assert told in faults(study(tmp_path, {"labels": LABELS}, **change))


def test_labels_without_text_or_id_are_a_fault(tmp_path: Path) -> None:
    folder = study(tmp_path, {"labels": LABELS})
    path = folder / "study.toml"
    path.write_text(path.read_text("utf-8").replace('id = "id"\ntext = "text"\n', ""), encoding="utf-8")
    assert "expected a column of texts or of ids" in faults(folder)


@pytest.mark.parametrize(
    ("audits", "status", "needs"),
    [(0, "partly", {"audit labels"}), (3, "partly", {"audit labels"}), (25, "now", set[str]())],
)
def test_what_voice_can_answer_is_told_before_it_is_run(audits: int, status: str, needs: set[str], tmp_path: Path) -> None:  # fmt: skip
    tables = {"utterances": "id,text,day\n1,北岚,2025-04-01\n"}
    if audits:
        head = LABELS.partition("\n")[0] + "\n"
        tables["labels"] = head + "".join(f"{k},好,price,1,北岚,x,audit,0.5\n" for k in range(audits))
    found = {one.id: one for one in questions(load(study(tmp_path, tables)))}["voice"]
    assert (found.status, {need.key for need in found.needs}) == (status, needs)


def test_voice_without_utterances_or_names_answers_nothing(tmp_path: Path) -> None:
    one = {q.id: q for q in questions(loaded(tmp_path, labels=LABELS))}["voice"]
    assert (one.status, [need.key for need in one.needs]) == ("needs", ["table of utterances"])
    tables = {"utterances": "id,text,day\n1,北岚,2025-04-01\n"}
    two = {q.id: q for q in questions(load(study(tmp_path, tables, names="")))}["voice"]
    assert two.status == "needs"
    assert "names to be found" in {need.key for need in two.needs}
