"""The table of utterances: no row is lost, whatever the file; every one that is not read has its reason."""

from __future__ import annotations

import gzip
import json
import pickle
import tempfile
from collections import Counter
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from halfstep.core.config import StudyConfig
from halfstep.data.stream import csv_blocks, parts
from halfstep.data.stream.clock import clock_of
from halfstep.data.stream.hashes import hashed
from halfstep.data.stream.seen import Seen
from halfstep.data.stream.stamps import of_texts
from halfstep.data.utterances import SCHEMA, Utterances, open_utterances
from validation.big_utterances import config, planted, write

HEAD = "id,time,author,likes,platform,text\n"


def opened(path: Path, settings: StudyConfig | None = None) -> Utterances:
    found = open_utterances(settings or config(), path, path.name, key=(1, 2))
    assert isinstance(found, Utterances), found
    return found


def through(path: Path) -> tuple[Utterances, pa.Table]:
    said = opened(path)
    table = pa.Table.from_batches(list(said.batches()), SCHEMA)
    tally = said.tally
    assert tally.rows == tally.yielded + tally.same_id + sum(tally.rejected.values()) + sum(tally.left_out.values())
    assert tally.yielded == table.num_rows
    return said, table


@pytest.mark.parametrize("form", ["csv", "jsonl", "parquet"])
def test_everything_that_goes_wrong_is_counted_and_kept(form: str, tmp_path: Path) -> None:
    path = tmp_path / f"big.{form}"
    wanted = write(path, form, 5_000_000)
    said, _ = through(path)
    assert planted(wanted, said.tally), (wanted, said.tally)
    said.keep_rejected(tmp_path / "rejected.jsonl")
    kept = [json.loads(line) for line in (tmp_path / "rejected.jsonl").read_text(encoding="utf-8").splitlines()]
    assert Counter(one["reason"] for one in kept) == said.rejected
    assert not any("author" in one["raw"] for one in kept if isinstance(one["raw"], dict))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("packed", [False, True])
def test_text_files_read_alike(encoding: str, ends: str, packed: bool, tmp_path: Path) -> None:
    text = HEAD + '1,2025-04-01,a,1.2万,微博,"提车了，""很好"""\n2,2025/4/1 8:30,b,,知乎,续航不错，安静\n'
    raw = text.replace("\n", ends).encode(encoding)
    path = tmp_path / "posts.csv"
    path.write_bytes(gzip.compress(raw) if packed else raw)
    _, table = through(path)
    assert table["text"].to_pylist() == ['提车了，"很好"', "续航不错，安静"]
    assert table["engagement"].to_pylist() == [12_000, 0]
    assert table["second"].to_pylist() == [None, 1_743_467_400]


def test_a_quote_that_nobody_closed_takes_no_other_row_with_it(tmp_path: Path) -> None:
    path = tmp_path / "posts.csv"
    rows = [f"{i},2025-04-01,a,1,w,text {i}" for i in range(100)]
    rows[50] = '50,2025-04-01,a,1,w,"open'
    path.write_text(HEAD + "\n".join(rows) + "\n", encoding="utf-8")
    said, table = through(path)
    assert table.num_rows == 99
    assert said.rejected == {"stray quote": 1}


def test_ids_keep_their_digits_and_later_rows_of_one_are_dropped(tmp_path: Path) -> None:
    path = tmp_path / "posts.jsonl"
    ids = ["4900000000000000001", "4900000000000000002", '"4900000000000000001"', "4.9e18", "4.9e18"]
    path.write_text(
        "".join(
            f'{{"id": {i}, "time": "2025-04-01", "author": "a", "likes": 1, "platform": "", "text": "x"}}\n'
            for i in ids
        )
    )
    said, table = through(path)
    assert said.tally.same_id == 1
    assert table.num_rows == 4
    assert [guess.count for guess in said.guesses if guess.kind == "id_rounded"] == [2]


def test_batches_are_the_same_each_time_and_in_several_files(tmp_path: Path) -> None:
    for part in range(3):
        write(tmp_path / f"{part}.csv", "csv", 100_000)
    (tmp_path / "_SUCCESS").touch()
    said = opened(tmp_path)
    first, second = (pa.Table.from_batches(list(said.batches())) for _ in range(2))
    assert first.equals(second)
    assert said.place(first["row"][-1].as_py())[0] == "0.csv"  # the others hold the same ids


@pytest.mark.parametrize(
    ("raw", "told"),
    [(b"", "empty"), (HEAD.encode(), "none"), (b"PAR1abcd", "footer"), (b'[{"id": 1}]', "one JSON object a line"),
     (b"id,time,author,likes,platform,tekst\n1,2,3,4,5,6\n", "none of that name"), (HEAD.replace("id", "text").encode() + b"1,1,1,1,1,1\n", "one column")],
)  # fmt: skip
def test_a_file_that_is_none_is_a_fault(raw: bytes, told: str, tmp_path: Path) -> None:
    path = tmp_path / "posts.csv"
    path.write_bytes(raw)
    found = open_utterances(config(), path, path.name)
    assert isinstance(found, tuple)
    assert any(told in fault.what for fault in found), found


def test_bytes_of_parquet_that_are_no_text_are_kept_aside(tmp_path: Path) -> None:
    path = tmp_path / "posts.parquet"
    columns = {name: pa.array([name, name]) for name in ("id", "author", "likes", "platform")}
    table = pa.table(columns | {"time": pa.array([1_743_481_845] * 2), "text": pa.array([b"\xff", b"x"], pa.binary())})
    pq.write_table(table, path)
    said, _ = through(path)
    assert said.rejected == {"invalid UTF-8": 1}


def test_authors_are_hashed_under_a_key_as_in_the_paper() -> None:
    key = (0x0706050403020100, 0x0F0E0D0C0B0A0908)
    found = hashed(np.arange(16, dtype=np.uint8), np.zeros(16, np.int64), np.arange(16), key)
    assert (int(found[0]), int(found[15])) == (0x726FDB47DD0E0E31, 0xA129CA6149BE45E5)


@given(st.lists(st.lists(st.integers(0, 40), max_size=30), max_size=40))
@settings(max_examples=30, deadline=None)
def test_keys_met_before_are_known_also_from_the_file(groups: list[list[int]]) -> None:
    seen, met = Seen(most=16), set[int]()
    for group in groups:
        keys = np.array(group, dtype=np.uint64) << np.uint64(50)
        expected = [not (k in met or met.add(k)) for k in group]  # type: ignore[func-returns-value]
        assert seen.new(keys).tolist() == expected
    seen.close()


@given(
    st.integers(946_800_000, 4_000_000_000),
    st.sampled_from(["America/New_York", "Asia/Shanghai", "Australia/Lord_Howe"]),
)
@settings(max_examples=200, deadline=None)
def test_clocks_are_those_of_the_zone_database(local: int, zone: str) -> None:
    clock = clock_of(zone)
    assert clock is not None
    shown = datetime.fromtimestamp(local, ZoneInfo("UTC")).replace(tzinfo=ZoneInfo(zone))
    assert clock.utc(np.array([local])).tolist() == [int(shown.timestamp())]


@pytest.mark.parametrize(
    ("cell", "second", "why"),
    [
        ("2025-04-01T12:30:45.5+08:00", 1_743_481_845, None), ("Tue Apr 01 12:30:45 +0800 2025", 1_743_481_845, None),
        ("1743481845123", 1_743_481_845, None), ("2025年4月1日 12时30分", 1_743_510_600, None), ("20250401", 1_743_465_600, None),
        ("4月1日 12:30", 0, "time without year"), ("01/04/2025", 0, "day or month first"), ("2025-02-30", 0, "time not read"),
    ],
)  # fmt: skip
def test_times_as_people_write_them(cell: str, second: int, why: str | None) -> None:
    raw = np.frombuffer(cell.encode(), np.uint8)
    found = of_texts(raw, np.array([0]), np.array([len(raw)]))
    assert found.why.get(0) == why
    assert why is not None or found.second[0] == second


def of_columns(names: list[str]) -> StudyConfig:
    """Return settings in which several columns are the id."""
    told = config().model_dump(exclude_unset=True)
    return StudyConfig.model_validate(told | {"utterance_columns": told["utterance_columns"] | {"id": names}})


def test_several_columns_are_an_id_together(tmp_path: Path) -> None:
    path = tmp_path / "posts.csv"
    rows = [
        "1,2025-04-01,a,1,w,x",
        "1,2025-04-01,b,1,z,x",
        "1,2025-04-01,c,1,w,x",
        "11,2025-04-01,a,1,,x",
        "11,2025-04-01,a,1,,x",
    ]
    path.write_text(HEAD + "\n".join(rows) + "\n", encoding="utf-8")
    said = opened(path, of_columns(["id", "platform"]))
    assert [row for batch in said.batches() for row in batch["row"].to_pylist()] == [2, 3, 5, 6]  # a blank cell: no id
    assert said.ids([2, 3]) == {2: "1\x1fw", 3: "1\x1fz"}
    batch = next(said.batches())
    raw = np.frombuffer(b"1\x1fw", np.uint8)
    assert batch["key"][0].as_py() == hashed(raw, np.array([0]), np.array([len(raw)]))[0]
    found = open_utterances(of_columns(["id", "platfrom"]), path, path.name)
    assert isinstance(found, tuple)
    assert "(utterance_columns.id.1)" in found[0].what
    assert "did you mean 'platform'" in found[0].mend


def test_a_csv_packed_with_zstd_reads_as_it_is_and_tells_where_it_breaks_off(tmp_path: Path) -> None:
    wanted = write(tmp_path / "plain.csv", "csv", 5_000_000)
    raw = (tmp_path / "plain.csv").read_bytes()
    path = tmp_path / "posts.csv.zst"
    with pa.output_stream(str(path), compression="zstd") as out:
        out.write(raw)
    said, table = through(path)
    assert planted(wanted, said.tally)
    packed = path.read_bytes()
    path.write_bytes(packed[: len(packed) * 3 // 4])
    cut, part = through(path)
    assert cut.rejected["file cut off"] == 1
    assert 0 < part.num_rows < table.num_rows
    path.write_bytes(packed[:20])
    found = open_utterances(config(), path, path.name)
    assert isinstance(found, tuple)
    assert "whole packed file" in found[0].what


def test_a_parquet_file_cut_anywhere_is_a_fault_or_says_which_rows_are_lost(tmp_path: Path) -> None:
    path = tmp_path / "posts.parquet"
    write(path, "parquet", 1_000_000)
    raw = path.read_bytes()
    for kept in (4, 100, len(raw) // 3, len(raw) - 9, len(raw) - 1):
        path.write_bytes(raw[:kept])
        found = open_utterances(config(), path, path.name)
        assert isinstance(found, tuple), kept
        assert "footer" in found[0].what or "Parquet" in found[0].what
    hole = len(raw) // 2
    path.write_bytes(raw[:hole] + bytes(len(raw) // 4) + raw[hole + len(raw) // 4 :])
    found = open_utterances(config(), path, path.name)
    if isinstance(found, Utterances):
        tally = found.read_through()
        assert tally.rows == pq.ParquetFile(path).metadata.num_rows
        assert tally.rows == tally.yielded + tally.same_id + sum(tally.rejected.values()) + sum(tally.left_out.values())


def test_a_cleaner_sent_to_another_process_hashes_as_here(tmp_path: Path) -> None:
    path = tmp_path / "posts.csv"
    path.write_text(HEAD + "1,2025-04-01 08:00,a,1,w,x\n", encoding="utf-8")
    said = opened(path)
    raw = next(said.opened[0].raw(list(said.cleaner.wanted.values())))
    here, there = said.cleaner(raw), pickle.loads(pickle.dumps(said.cleaner))(raw)
    assert all(a.equals(b) for a, b in zip(here.columns, there.columns, strict=True))


def test_a_folder_of_part_files_is_one_table(tmp_path: Path) -> None:
    folder = tmp_path / "posts"
    (folder / "month=1").mkdir(parents=True)
    (folder / "month=2").mkdir()
    for k in (1, 2):
        columns = {"id": [f"{k}", "9"], "time": ["2025-04-01"] * 2, "author": ["a"] * 2, "likes": [k, k], "platform": ["w"] * 2, "text": ["x"] * 2}  # fmt: skip
        pq.write_table(pa.table(columns), folder / f"month={k}" / "part-0.parquet")
    (folder / "_SUCCESS").touch()
    said, table = through(folder)
    assert said.shown == ("month=1/part-0.parquet", "month=2/part-0.parquet")
    assert table["engagement"].to_pylist() == [1, 1, 2]
    assert said.tally.same_id == 1
    assert said.rows == 4


PIECES = ['"', ",", "\n", "x", "\r\n", "1,2\n", '"a,\nb",2\n', '3,"q""r"\n', "\0", '"\0",4\n']


@given(st.lists(st.sampled_from(PIECES), max_size=120), st.sampled_from([5, 11, 200, 4000]))
@settings(max_examples=150, deadline=None)
def test_records_are_the_same_however_the_file_is_cut_into_blocks(pieces: list[str], size: int) -> None:
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        path = Path(folder) / "posts.csv"
        path.write_bytes(("a,b\n" + "".join(pieces)).encode())
        whole = records(path)
        for name, value in (("_SLOWLY", 7), ("_WINDOW", 16), ("_WIDER", 2)):
            patch.setattr(csv_blocks, name, value)
        patch.setattr(parts, "BLOCK", size)
        assert records(path) == whole


def records(path: Path) -> list[list[object]]:
    part = parts.Part(path, path.name, "cells")
    raws = list(csv_blocks.read_cells(part, csv_blocks.head_of(part, ["a", "b"]), ["a", "b"]))
    good = [[row, bytes(a), bytes(b)] for raw in raws for row, a, b in zip(raw.rows.to_pylist(), raw.columns["a"].to_pylist(), raw.columns["b"].to_pylist(), strict=True)]  # fmt: skip
    return [*good, *([broken.row, broken.reason, broken.raw] for raw in raws for broken in raw.broken)]


def test_lines_that_are_no_objects_take_no_others_with_them(tmp_path: Path) -> None:
    path, good = (
        tmp_path / "posts.jsonl",
        '{"id": "%d", "time": "2025-04-01", "author": "a", "likes": "1", "platform": "", "text": "x"}',
    )
    lines = [good % i for i in range(3000)]
    odd = {
        700: "null",
        701: "[1]",
        1500: lines[0][:40],
        1501: "",
        2500: lines[0] * 2,
        2999: lines[0].replace('"a"', "{}"),
    }
    for at, line in odd.items():
        lines[at] = line
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    said, table = through(path)
    assert said.rejected == {"not a JSON object": 4, "nested value": 1}
    assert table["row"].to_pylist() == [i + 1 for i in range(3000) if i not in odd]
