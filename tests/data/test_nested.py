"""JSON: records, where they are, what is nested in them; and nothing hostile brings more than a fault."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest

from halfstep.core.check import Fault
from halfstep.data.read.places import ROW
from halfstep.data.read.tables import Table, read_table
from halfstep.report.words import known


def table(folder: Path, what: Any, part: str = "", encoding: str = "utf-8") -> Table:
    found = read(folder, json.dumps(what, ensure_ascii=False).encode(encoding), part)
    assert isinstance(found, Table), found
    return found


def read(folder: Path, raw: bytes, part: str = "") -> Table | tuple[Fault, ...]:
    (folder / "t.json").write_bytes(raw)
    return read_table("ramps", folder / (f"t.json#{part}" if part else "t.json"))


def refused(folder: Path, raw: bytes, part: str = "") -> Fault:
    found = read(folder, raw, part)
    assert isinstance(found, tuple), found
    (fault,) = found
    return fault


MONTHS = [
    {"period": "2024-01", "brands": {"甲": {"models": {"x": 1, "y": 2}, "total": 3}, "乙": {"models": {"z": 5}, "total": 5}}},
    {"period": "2024-02", "brands": {"甲": {"models": {"x": 4}, "total": 4}}},
]  # fmt: skip


def test_a_table_inside_a_record_becomes_rows_and_an_object_columns(tmp_path: Path) -> None:
    found = table(tmp_path, {"made": "now", "data": {"months": MONTHS}}, "data.months")
    assert found.frame.to_dicts() == [
        {ROW: 1, "period": "2024-01", "brands": "甲", "models.x": "1", "models.y": "2", "total": "3", "models.z": None},
        {
            ROW: 2,
            "period": "2024-01",
            "brands": "乙",
            "models.x": None,
            "models.y": None,
            "total": "5",
            "models.z": "5",
        },
        {
            ROW: 3,
            "period": "2024-02",
            "brands": "甲",
            "models.x": "4",
            "models.y": None,
            "total": "4",
            "models.z": None,
        },
    ]
    assert [(guess.kind, guess.column) for guess in found.guesses] == [("json_keys", "brands")]


def test_the_only_list_of_records_is_found_and_told(tmp_path: Path) -> None:
    found = table(tmp_path, {"note": ["a"], "data": {"months": MONTHS}})
    assert found.frame.height == 3
    assert [dict(guess.facts) for guess in found.guesses if guess.kind == "json_part"] == [{"part": "data.months"}]
    several = refused(tmp_path, json.dumps({"a": MONTHS, "b": MONTHS}).encode())
    assert "#a, #b" in several.what
    wrong = refused(tmp_path, json.dumps({"months": MONTHS}).encode(), "month")
    assert "did you mean 'months'?" in wrong.mend


def test_an_object_of_like_objects_is_a_table_and_cells_keep_their_digits(tmp_path: Path) -> None:
    raw = b'{"cars": {"A": {"n": 1.50, "on": true, "no": null, "l": [1, "b"]}, "B": {"n": 12345678901234567890123, "on": false}}}'
    found = read(tmp_path, raw, "cars")
    assert isinstance(found, Table)
    assert found.frame.drop(ROW).rows() == [
        ("A", "1.50", "true", None, '["1", "b"]'), ("B", "12345678901234567890123", "false", None, None),
    ]  # fmt: skip
    assert {guess.kind for guess in found.guesses} == {"json_keys", "json_lists"}
    assert all(known(f"guess.{kind}") == ("zh", "en") for kind in ("json_keys", "json_lists", "json_part"))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_any_encoding(tmp_path: Path, encoding: str) -> None:
    found = table(
        tmp_path, [{"品牌": "赛力斯汽车的销量", "n": 1}, {"品牌": "理想汽车的销量", "n": 2}], encoding=encoding
    )
    assert found.frame["品牌"].to_list() == ["赛力斯汽车的销量", "理想汽车的销量"]


def test_one_object_a_line_counts_lines(tmp_path: Path) -> None:
    found = read(tmp_path, b'{"a": 1}\n\n{"a": 2, "b": {"c": "x "}}\n')
    assert isinstance(found, Table)
    assert found.frame.rows() == [(1, "1", None), (3, "2", "x")]


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"[" * 100_000, "nested too deep"), (b'{"a":' * 100_000, "nested too deep"), (b'[{"a": ' + b"[" * 900 + b"]" * 900 + b"}]", ""),
        (b'[{"a": ' + b'{"b": ' * 40 + b"1" + b"}" * 41 + b"]", "more than 12 deep"), (b'[{"a": 1, "a": 2}]', "'a' twice"),
        (b'[{"a": 1, "a ": 2}]', "occurs twice"), (b'[{"a.b": 1, "a": {"b": 2}}]', "occurs twice"), (b'[{"a": 1}, 2]', "single value"),
        (b'[{"a": 1}, [2]]', "a list"), (b"[]", "rows"), (b"{}", "list of records"), (b'[{"": 1}]', "blank"), (b'[{"a": "\\ud800"}]', "characters"),
        (b'[{"a": "\\u0000"}]', "characters"), (b'[{"\\udfff": 1}]', "characters"), (b'[{"a": 1}', "JSON"), (b'[{"__row__": 1}]', "columns of any other name"),
        (b"[[1, 2], [3, 4]]", "a list"), (b'[{"a": {"x": {"n": 1}, "y": {"n": 1}}, "b": {"x": {"m": 1}, "y": {"m": 1}}}]', "several objects"),
        (b'[{"n": 9, "a": {"x": {"n": 1}, "y": {"n": 1}}}]', "'n' would occur twice"),
    ],
)  # fmt: skip
def test_what_is_no_table_is_one_clear_fault(tmp_path: Path, raw: bytes, text: str) -> None:
    found = read(tmp_path, raw)
    if text:
        assert isinstance(found, tuple)
        assert text in found[0].what
        assert len(found[0].line()) < 500


def test_words_that_json_does_not_have_stay_words(tmp_path: Path) -> None:
    found = read(tmp_path, b'[{"a": NaN, "b": -Infinity, "c": 1e999}]')
    assert isinstance(found, Table)
    assert found.frame.drop(ROW).row(0) == ("NaN", "-Infinity", "1e999")


def test_very_many_columns_are_refused(tmp_path: Path) -> None:
    raw = json.dumps([{f"k{n}": n for n in range(3000)}]).encode()
    assert "2,000 columns" in refused(tmp_path, raw).what


def test_four_hundred_damaged_files_bring_a_table_or_a_fault(tmp_path: Path) -> None:
    rng, base = random.Random(7), json.dumps({"x": MONTHS, "y": {"z": 1}}, ensure_ascii=False).encode()
    seen = set()
    for _ in range(400):
        raw = bytearray(base)
        for _ in range(rng.randint(1, 4)):
            at = rng.randrange(len(raw))
            raw[at : at + rng.randint(0, 3)] = rng.choice(
                (b"{", b"}", b"[", b'"', b"\x00", b"\xff", b",", b":", b"null", b"1e9", b"")
            )
        found = read(tmp_path, bytes(raw), rng.choice(("", "x", "y", "x.brands")))
        seen.add(type(found).__name__)
        if isinstance(found, Table):
            assert found.frame[ROW].is_unique().all()
    assert seen == {"Table", "tuple"}


def test_the_shared_ramps_come_out_as_rows(cases: Path) -> None:
    found = read_table("ramps", cases / "ramps" / "auto_sales_history.json#periods")
    assert isinstance(found, Table)
    assert found.frame.columns[1:3] == ["period", "brands"]
    assert {"brand_total", "estimated_asp_wan"} <= set(found.frame.columns)
    assert found.frame.select("period", "brands").is_unique().all()
    assert found.frame.height == 29 * 5
