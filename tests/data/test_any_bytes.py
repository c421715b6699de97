"""Whatever the bytes, reading ends in a table or in faults that say what to do."""

from __future__ import annotations

import random
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from halfstep.data.read.encoding import decode
from halfstep.data.read.tables import ROW, Table, read_table
from halfstep.data.read.text import read_text
from tests.data.workbooks import XLS, ods, ods_row, repacked, rows, xlsb
from tests.invented import market, mutated

CSV = market(models=2).write_csv()
TITLED = "表1\n\n品牌,2023年,,2024年,\n,销量,价格,销量,价格\nA,1,2,3,4\n合计,1,,3,\n来源：协会\n"


def parquet() -> bytes:
    out = BytesIO()
    market(models=2).write_parquet(out)
    return out.getvalue()


BOOK = rows(["品牌", "model", "units"], *(["A", f"m{i}", i] for i in range(30)), ["合计", None, 435])
FILES = {
    "xlsx": BOOK,
    "ods": ods(S1=ods_row("brand", "n") + ods_row("A", 1.0) + ods_row("B", 2.5, repeated=3)),
    "xlsb": xlsb([(0, 0, "brand"), (0, 1, "n"), (1, 0, "A"), (1, 1, 2.5), (2, 0, "B"), (2, 1, bytes([42]))]),
    "xls": XLS,
    "csv": TITLED.encode("gb18030"),
}


def changed(rng: random.Random, raw: bytes) -> bytes:
    """Bytes with a few of them overwritten, taken out, repeated, or cut off."""
    data = bytearray(raw)
    for _ in range(rng.randint(1, 6)):
        if not data:
            break
        at, kind = rng.randrange(len(data)), rng.randrange(6)
        if kind < 3:
            data[at] = rng.randrange(256)
        elif kind == 3:
            data[at : at + rng.randrange(40)] = rng.randbytes(rng.randrange(40))
        elif kind == 4:
            data[at:at] = data[max(at - rng.randrange(200), 0) : at]
        elif rng.random() < 0.3 and at:
            del data[at:]
    return bytes(data)


def ends_well(path: Path, raw: bytes) -> None:
    path.write_bytes(raw)
    found = read_table("sales", path)
    if isinstance(found, Table):
        assert found.frame.height > 0
        assert found.frame.columns[0] == ROW
    else:
        assert found
        assert all(fault.what and fault.mend and fault.table for fault in found)


@pytest.mark.parametrize("kind", FILES)
def test_changed_files_end_in_a_table_or_faults(tmp_path: Path, kind: str) -> None:
    rng = random.Random(kind)
    for _ in range(60):
        ends_well(tmp_path / f"t.{kind}", changed(rng, FILES[kind]))


@pytest.mark.parametrize("kind", ["xlsx", "ods", "xlsb"])
def test_packed_files_changed_inside_end_in_a_table_or_faults(tmp_path: Path, kind: str) -> None:
    rng = random.Random(kind)
    for _ in range(60):
        raw = repacked(
            FILES[kind], lambda _, content: changed(rng, content) if content and rng.random() < 0.4 else content
        )
        ends_well(tmp_path / f"t.{kind}", raw)


def test_parquet_files_cut_anywhere_end_in_faults(tmp_path: Path) -> None:
    raw, rng = parquet(), random.Random(2)
    for _ in range(60):
        ends_well(tmp_path / "t.parquet", raw[: rng.randrange(len(raw))])


def test_changed_text_ends_in_a_table_or_faults(tmp_path: Path) -> None:
    rng = random.Random(1)
    for _ in range(150):
        ends_well(tmp_path / "t.csv", mutated(rng, CSV))


@given(st.binary(max_size=300))
def test_any_bytes_are_decoded_or_refused(raw: bytes) -> None:
    decode("t", raw)
    read_text("t", raw)


@given(st.text(alphabet=st.sampled_from('ab1,;\t|，"\n\r 比é合计.注：'), max_size=80))
def test_any_text_ends_in_rows_or_faults(text: str) -> None:
    body = read_text("t", text.encode())
    assert body.faults or body.frame.height
    if not body.faults:
        assert body.frame.columns[0] == ROW
        assert body.frame[ROW].is_sorted()
