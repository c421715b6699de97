"""A row an alternative: ids, flags, none of these, codes, and files as programs write them."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from halfstep.core.errors import StudyFaultsError
from halfstep.data.study import load
from halfstep.report.words import LANGUAGES, known
from tests.data.experiments import LONG, fault, faults, invented, long, read, study

HEAD = "who,task,alt,chosen,brand,price,power,body"
ROWS = [
    "1,1,a,1,A,10,80,van", "1,1,b,0,B,12,90,saloon", "1,2,a,0,B,10,80,van", "1,2,b,1,A,15,100,estate",
    "2,1,a,0,A,10,80,van", "2,1,b,1,B,12,90,saloon",
]  # fmt: skip


def table(*rows: str, head: str = HEAD) -> dict[str, str]:
    return {"choices": "\n".join([head, *(rows or ROWS)]) + "\n"}


def changed(at: int, old: str, new: str) -> list[str]:
    rows = list(ROWS)
    assert old in rows[at]
    rows[at] = rows[at].replace(old, new, 1)
    return rows


def kinds(folder: Path) -> dict[str, int]:
    guesses = load(folder).guesses
    assert all(known(f"guess.{guess.kind}") == LANGUAGES for guess in guesses)
    return {guess.kind: guess.count for guess in guesses}


def test_a_table_is_read_and_tidied(tmp_path: Path) -> None:
    found = read(study(tmp_path, table(), LONG))
    assert found.file == "choices.csv"
    assert (found.has_none, found.has_worst, found.guesses) == (False, False, ())
    assert found.frame.row(3, named=True) == {
        "row": 5, "respondent": "1", "task": "2", "alternative": "b", "chosen": True, "worst": False, "none": False,
        "brand": "A", "price": 15.0, "x_power": 100.0, "x_body": "estate", "weight": 1.0, "cell": "listed",
    }  # fmt: skip
    loaded = load(tmp_path)
    assert loaded.sold is None
    assert loaded.beliefs is None
    assert loaded.lineup is None
    assert len(loaded.inputs["choices.csv"]) == 64


def test_rows_of_a_task_need_not_stand_together(tmp_path: Path) -> None:
    found = read(study(tmp_path, table(*(ROWS[i] for i in (2, 4, 0, 5, 3, 1))), LONG))
    order = [("1", "2", "a"), ("1", "2", "b"), ("1", "1", "a"), ("1", "1", "b"), ("2", "1", "a"), ("2", "1", "b")]
    assert found.frame.select("respondent", "task", "alternative").rows() == order
    assert found.frame["row"].to_list() == [2, 6, 4, 7, 3, 5]


def test_alternatives_without_names_are_counted(tmp_path: Path) -> None:
    found = read(study(tmp_path, table(), {k: v for k, v in LONG.items() if k != "alternative"}))
    assert found.frame["alternative"].to_list() == ["1", "2"] * 3


@pytest.mark.parametrize("raw", ["cr", "gbk", "bom", "utf16"])
def test_files_as_other_programs_write_them(tmp_path: Path, raw: str) -> None:
    body = table()["choices"].replace("van", "面包车").replace("who", "编号")
    attributes = [{"id": "body", "label": "b", "column": "body", "levels": ["面包车", "saloon", "estate"]}]
    written = {
        "cr": body.replace("\n", "\r").encode(), "gbk": body.encode("gb18030"), "bom": body.encode("utf-8-sig"),
        "utf16": body.encode("utf-16"),
    }[raw]  # fmt: skip
    found = read(study(tmp_path, {"choices": written}, LONG | {"respondent": "编号"}, {"attributes": attributes}))
    assert found.frame["x_body"].to_list()[0] == "面包车"
    assert found.frame.height == 6


def test_numbers_in_another_spelling_are_read_and_shown(tmp_path: Path) -> None:
    rows = [
        "1,1,a,１,A,2.5万,８０,van",
        '1,1,b,０,B,"25,000",90,saloon',
        "2,1,a,TRUE,A,$26000,1.2,van",
        "2,1,b,FALSE,B,24000,95,van",
    ]
    folder = study(tmp_path, table(*rows), LONG, changes={"study": {"benchmarks": ["B"], "currency": "USD"}})
    assert read(folder).frame["price"].to_list() == [25000, 25000, 26000, 24000]
    assert read(folder).frame["chosen"].to_list() == [True, False, True, False]
    assert kinds(folder) == {"wan": 1, "thousands": 1, "currency": 1, "full_width": 1, "flag_word": 2} | {
        "full_width": 1
    }


def test_none_of_these_by_its_word_whatever_its_cells(tmp_path: Path) -> None:
    rows = [*ROWS, "1,1,None,0,0,0,0,0", "1,2,NONE,0,,,,", "2,1,none,0,A,5,5,van"]
    found = read(study(tmp_path, table(*rows), LONG | {"none": "none"}))
    assert found.has_none
    none = found.frame.filter("none")
    assert none["row"].to_list() == [8, 9, 10]
    assert set(none.select("brand", "price", "x_power", "x_body").rows()) == {("", 0.0, None, None)}


def test_none_of_these_by_blank_cells_is_a_guess(tmp_path: Path) -> None:
    folder = study(tmp_path, table(*ROWS, "1,1,c,0,,,,", "1,2,c,0,,,,", "2,1,c,0,,,,"), LONG)
    assert read(folder).frame.filter("none").height == 3
    assert kinds(folder) == {"choice_none_blank": 3}


def test_none_of_these_that_no_row_says_is_added(tmp_path: Path) -> None:
    rows = ["1,1,a,0,A,10,80,van", "1,1,b,0,B,12,90,saloon", *ROWS[2:]]
    folder = study(tmp_path, table(*rows), LONG | {"none": "none"})
    found = read(folder).frame
    assert found.filter("none").select("respondent", "task", "chosen").rows() == [("1", "1", True), ("1", "2", False), ("2", "1", False)]  # fmt: skip
    assert kinds(folder) == {"choice_none_added": 3}
    lost = fault(study(tmp_path / "b", table(*rows), LONG))
    assert "none is" in lost.what
    assert "choice_columns.none" in lost.mend


def test_blank_answers_are_left_out_and_counted(tmp_path: Path) -> None:
    rows = [*ROWS, "3,1,a,,A,10,80,van", "3,1,b,,B,12,90,saloon", "2,2,a,1,A,10,80,van", "2,2,b,,B,12,90,van"]
    folder = study(tmp_path, table(*rows), LONG)
    assert read(folder).frame["respondent"].unique().sort().to_list() == ["1", "2"]
    assert kinds(folder) == {"choice_unanswered": 1, "choice_chosen_blank": 1}


def test_what_a_task_did_not_show_is_blank(tmp_path: Path) -> None:
    rows = [row.replace(",80,", ",,").replace(",90,", ",,") if row.startswith("1,1,") else row for row in ROWS]
    folder = study(tmp_path, table(*rows), LONG)
    count = read(folder).frame["x_power"].null_count()
    assert count >= 2
    (guess,) = load(folder).guesses
    assert (guess.kind, guess.row, guess.column, guess.facts) == (
        "choice_not_shown",
        2,
        "power",
        (("attribute", "power"),),
    )


def test_a_blank_beside_filled_cells_of_its_task_is_a_fault(tmp_path: Path) -> None:
    """Read as a zero it would pull the attribute's worth down."""
    with pytest.raises(StudyFaultsError) as error:
        load(study(tmp_path, table(*changed(1, ",90,", ",,")), LONG))
    (fault,) = error.value.faults
    assert (fault.row, fault.column) == (3, "power")
    assert "blank beside filled ones" in fault.what


CODED = "sys_RespNum,Task,Concept,Att 1 - Brand,Att 2 - Price,Att 3 - Range,Att 4 - Body,Response"
SAWTOOTH = {
    "respondent": "sys_RespNum", "task": "Task", "alternative": "Concept", "chosen": "Response", "none": "3",
    "brand": "Att 1 - Brand", "price": "Att 2 - Price", "price_codes": {"1": 20.0, "2": 25.0},
}  # fmt: skip
CODES: list[dict[str, Any]] = [
    {"id": "range", "label": "range", "column": "Att 3 - Range", "codes": {"1": 400, "2": 500}},
    {"id": "body", "label": "b", "column": "Att 4 - Body", "levels": ["van", "saloon"], "codes": {"1": "van", "2": "saloon"}},
]  # fmt: skip
ALIASES = {"brands": {"aliases": {"1": "A", "2": "B"}}}
EXPORT = [
    "1,1,1,1,1,2,1,1",
    "1,1,2,2,2,1,2,0",
    "1,1,3,0,0,0,0,0",
    "2,1,1,2,1,1,1,0",
    "2,1,2,1,2,2,2,0",
    "2,1,3,0,0,0,0,1",
]


def test_an_export_in_level_codes_with_none_as_a_concept(tmp_path: Path) -> None:
    found = read(study(tmp_path, table(*EXPORT, head=CODED), SAWTOOTH, {"attributes": CODES}, ALIASES)).frame
    assert found.select("brand", "price", "x_range", "x_body", "none").rows() == [
        ("A", 20, 500, "van", False), ("B", 25, 400, "saloon", False), ("", 0, None, None, True),
        ("B", 20, 400, "van", False), ("A", 25, 500, "saloon", False), ("", 0, None, None, True),
    ]  # fmt: skip
    assert found["chosen"].to_list() == [True, False, False, False, False, True]


def test_codes_from_a_store_of_numbers(tmp_path: Path) -> None:
    frame = pl.read_csv(table(*EXPORT, head=CODED)["choices"].encode())
    floats = frame.select(pl.all().cast(pl.Float64))
    changes: dict[str, Any] = ALIASES | {"tables": {"sales": None, "choices": "c.parquet"}}
    kept = []
    for name, one in (("i", frame), ("f", floats), ("b", frame.with_columns(pl.col("Response") == 1))):
        folder = tmp_path / name
        folder.mkdir()
        one.write_parquet(folder / "c.parquet")
        kept.append(read(study(folder, {}, SAWTOOTH, {"attributes": CODES}, changes)).frame)
    assert kept[0].equals(kept[1])
    assert kept[0].equals(kept[2])


def test_codes_that_nobody_explained_are_faults(tmp_path: Path) -> None:
    found = faults(study(tmp_path, table(*EXPORT, head=CODED), {k: v for k, v in SAWTOOTH.items() if k != "none"}, {"attributes": CODES}, ALIASES))  # fmt: skip
    assert {one.column for one in found} == {"Att 2 - Price", "Att 3 - Range", "Att 4 - Body"}
    assert all("choice_columns.none" in one.mend for one in found)
    assert {one.row for one in found} == {4, 7}


def test_brands_in_columns_of_their_own(tmp_path: Path) -> None:
    rows = ["1,1,1,1,0,10,80", "1,1,2,0,0,12,90", "1,1,3,0,,,", "2,1,1,0,1,10,80", "2,1,2,1,0,12,90", "2,1,3,0,,,"]
    columns = {k: v for k, v in LONG.items() if k != "brand"} | {"brand_columns": {"b": "B"}, "brand_base": "A"}
    power = [{"id": "power", "label": "power", "column": "power"}]
    head = "who,task,alt,chosen,b,price,power"
    found = read(study(tmp_path / "a", table(*rows, head=head), columns, {"attributes": power})).frame
    assert found["brand"].to_list() == ["A", "A", "", "B", "A", ""]
    assert found.filter("none").height == 2
    zero = fault(study(tmp_path / "b", table(*rows[:5], "2,1,3,0,0,0,0", head=head), columns, {"attributes": power}))
    assert (zero.row, zero.column) == (7, "price")
    assert "choice_columns.none" in zero.mend
    half = faults(study(tmp_path / "c", table(*rows[:5], "2,1,3,0,2,5,7", head=head), columns, {"attributes": power}))
    assert [one.what for one in half] == ["expected 1 or 0; got '2'"]


def test_an_experiment_without_names_has_no_name_half(tmp_path: Path) -> None:
    found = read(study(tmp_path, table(), {k: v for k, v in LONG.items() if k != "brand"})).frame
    assert set(found["brand"]) == {""}


def test_cells_weights_and_segments_belong_to_respondents(tmp_path: Path) -> None:
    rows = [
        f"{row},{'b' if row[0] == '1' else 'n'},{row[0]},{'x' if row[0] == '1' else 'y'},{20 * int(row[0])}"
        for row in ROWS
    ]
    columns = LONG | {"cell": "cell", "weight": "w"}
    segments = [
        {"id": "x", "label": "x", "among": {"town": ["x"]}},
        {"id": "old", "label": "o", "between": {"age": [40, 99]}},
    ]
    choice = {"cells": {"b": "blind", "n": "name only"}, "segments": segments}
    found = read(study(tmp_path, table(*rows, head=f"{HEAD},cell,w,town,age"), columns, choice)).frame
    assert found.select("cell", "weight", "in_x", "in_old").unique(maintain_order=True).rows() == [
        ("blind", 1.0, True, False), ("name only", 2.0, False, True)
    ]  # fmt: skip


def test_a_published_experiment(tmp_path: Path, cases: Path) -> None:
    (tmp_path / "c.csv").write_bytes((cases / "conjoint_cars/us_cars.csv").read_bytes())
    names = {"american": "A", "japanese": "J", "chinese": "C", "skorean": "K"}
    columns = {"respondent": "id", "task": "obsnum", "chosen": "choice", "price": "price", "weight": "weights"}
    attributes = [{"id": name.lower(), "label": name, "column": name} for name in ("bev100", "opCost", "accelTime")]
    changes: dict[str, Any] = {
        "tables": {"sales": None, "choices": "c.csv"},
        "study": {"focal": "C", "benchmarks": ["G"]},
    }
    columns_ = columns | {"brand_columns": names, "brand_base": "G"}
    found = read(study(tmp_path, {}, columns_, {"attributes": attributes}, changes)).frame
    assert (found.height, found["respondent"].n_unique(), found["chosen"].sum()) == (17280, 384, 5760)
    counts = dict(found["brand"].value_counts().iter_rows())
    assert counts == {"A": 3436, "C": 3443, "J": 3504, "K": 3434, "G": 3463}
    assert kinds(tmp_path) == {"line_ends": 17280}


def test_cost_is_of_the_order_of_the_rows(tmp_path: Path) -> None:
    """Ten times the respondents cost about ten times as much."""
    seconds = []
    for i, n in enumerate((300, 3000)):
        tables, columns = long(invented(1, n, 12, 4))
        folder = study(tmp_path / str(i), tables, columns)
        load(folder)
        start = time.process_time()
        load(folder)
        seconds.append(time.process_time() - start)
    assert seconds[1] < 20 * seconds[0]
