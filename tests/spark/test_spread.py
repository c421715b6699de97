"""The same pass here and on a cluster of two workers: the same tally, cell by cell, whatever the order and the split."""

from __future__ import annotations

import os
import re
import stat
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from halfstep.core.errors import MisuseError
from halfstep.data.utterances import SCHEMA
from halfstep.text.heads import Grams, Heads
from halfstep.text.keep import to_bytes
from halfstep.text.lexicon import Lexicon
from halfstep.voice.java import java, major
from halfstep.voice.scan import Kind, Reader
from halfstep.voice.spread import as_utterances, locally, on_spark, session
from tests.spark.cluster import ROOT

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

pytestmark = pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")  # of pyspark's own sockets
N = 6_000
WORDS = ("门板", "制冷", "质感", "客服", "发布会", "quiet", "dear", "澜叙", "Lanxu", "奥岚", "Aurenne", "柯衡")
TOUCHPOINTS = ("touchpoint.quality", "touchpoint.price", "touchpoint.service")


def numbers(rng: np.random.Generator) -> npt.NDArray[np.uint64]:
    """All of the 64 bits: half of them have no place in Spark's signed numbers."""
    return rng.integers(0, 2**64, N, dtype=np.uint64)


def utterances(seed: int = 1) -> pa.Table:
    """A synthetic store: every column filled, every kind of null."""
    rng = np.random.default_rng(seed)
    day = rng.integers(20_000, 20_400, N)
    key = numbers(rng)
    root = np.where(rng.random(N) < 0.2, key[rng.integers(0, 20, N)], np.uint64(0))
    columns: dict[str, Any] = {
        "row": np.arange(1, N + 1),
        "key": key,
        "platform": rng.choice(["plaza", "forum", ""], N),
        "day": day,
        "second": pa.array(day * 86_400 + rng.integers(0, 86_400, N), mask=rng.random(N) < 0.1),
        "author": pa.array(key[rng.integers(0, 500, N)], mask=rng.random(N) < 0.1),
        "engagement": rng.integers(0, 1_000, N),
        "paid": rng.random(N) < 0.1,
        "own": rng.random(N) < 0.05,
        "root": pa.array(root, mask=root == 0),
        "about": rng.choice(["", "lanxu", "elsewhere"], N),
        "text": [" ".join(rng.choice(WORDS, rng.integers(0, 9))) for _ in range(N)],
    }
    return pa.table([pa.array(columns[field.name], field.type) for field in SCHEMA], schema=SCHEMA)


def reader(table: pa.Table, seed: int = 2) -> Reader:
    """Heads with weights by lot: what they say does not matter, that it is the same does."""
    rng = np.random.default_rng(seed)
    names = (*TOUCHPOINTS, "stance.for", "stance.against")
    grams = Grams(bits=10)
    weight = np.zeros((1 << grams.bits, 16), np.int8)
    weight[:, : len(names)] = rng.integers(-100, 100, (1 << grams.bits, len(names)))
    one, none = np.ones(len(names)), np.zeros(len(names))
    key = table["key"].to_numpy()
    return Reader(
        names=("lanxu", "aurenne", "founder"),
        lexicon=Lexicon.of((("Lanxu", "澜叙"), ("Aurenne", "奥岚"), ("柯衡",))),
        heads=Heads(grams, names, weight, 0.01 * one, none, one, none, none),
        whole=(((2,), (0,)),),
        copies=np.arange(1, N, 17),
        audit=np.sort(key[::97]),
        sample=53,
        authors=11,
        roots=np.sort(key[:20]),
    )


@pytest.fixture(scope="module")
def store() -> pa.Table:
    return utterances()


@pytest.fixture(scope="module")
def read(store: pa.Table) -> Reader:
    return reader(store)


@pytest.fixture(scope="module")
def whole(store: pa.Table, read: Reader) -> pl.DataFrame:
    return locally(store.to_batches(), read)


def test_order_and_split_change_nothing(store: pa.Table, read: Reader, whole: pl.DataFrame) -> None:
    assert set(whole["kind"]) == {int(kind) for kind in Kind}
    shuffled = store.take(np.random.default_rng(3).permutation(N))
    for table, rows in ((store, 1), (store, 700), (shuffled, 4_096)):
        part = table.slice(0, 300) if rows == 1 else table
        expected = locally(part.to_batches(), read) if rows == 1 else whole
        assert locally(part.to_batches(max_chunksize=rows), read).equals(expected)
    assert locally([], read).schema == whole.schema


def test_two_workers_give_the_same_tally_as_the_loop_here(
    spark: SparkSession, tmp_path: Path, store: pa.Table, read: Reader, whole: pl.DataFrame
) -> None:
    """Written as the data floor has it, unsigned hashes included, read by Spark, spread over both workers."""
    pq.write_table(store, tmp_path / "utterances.parquet")
    frame = as_utterances(spark.read.parquet(str(tmp_path / "utterances.parquet")).repartition(4))
    there = on_spark(frame, read)
    assert there.schema == whole.schema
    assert there.equals(whole)
    told: Any = spark.sparkContext
    executors = told._jsc.sc().statusStore().executorList(True)
    tasks = {executors.apply(k).id(): executors.apply(k).totalTasks() for k in range(executors.size())}
    assert sum(count > 0 for executor, count in tasks.items() if executor != "driver") == 2


def test_the_program_of_the_docs_runs(
    spark: SparkSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, store: pa.Table, read: Reader
) -> None:
    """As it stands in docs/scale.md, but for the master's address and the folder, which is another one for Java."""
    (program,) = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "scale.md").read_text("utf-8"), flags=re.DOTALL)
    assert read.heads is not None
    monkeypatch.chdir(tmp_path)
    Path("model.npz").write_bytes(to_bytes(read.heads))
    Path("posts").mkdir()
    raw = pl.DataFrame({"content": store["text"].to_pylist()[:200]}).with_columns(
        created_at=pl.datetime(2025, 4, 1, time_zone="UTC")
    )
    raw.write_parquet("posts/one.parquet")
    program = program.replace("spark://HOST:7077", spark.sparkContext.master)
    exec(program.replace("posts/*.parquet", f"{tmp_path}/posts/*.parquet"), {})
    cells = pl.read_parquet("tally.parquet").filter(kind=int(Kind.CELL), name=2)
    assert cells["n"].sum() == 200
    assert set(cells["day"]) == {20_179}


def test_a_raw_frame_is_cast(spark: SparkSession) -> None:
    """Ids and authors as words, a timestamp, no day: what a table elsewhere has."""
    raw = spark.sql(
        "select * from values ('a', timestamp_seconds(1743523199), 'x', '质感'), ('b', timestamp_seconds(1743523200), 'x', '客服'),"
        " ('a', null, null, 'quiet') as t(key, second, author, text)"
    )
    made = as_utterances(raw, zone="Asia/Shanghai").toArrow().to_pydict()
    assert list(made) == SCHEMA.names
    assert made["day"] == [20_179, 20_180, None]
    assert made["key"][0] == made["key"][2] != made["key"][1]
    assert made["author"][0] == made["author"][1] not in (None, "x")
    assert made["author"][2] is None
    assert len(set(made["row"])) == 3
    assert (made["engagement"], made["own"], made["root"]) == ([0] * 3, [False] * 3, [None] * 3)


def test_what_cannot_be_read_is_refused(spark: SparkSession, read: Reader) -> None:
    with pytest.raises(MisuseError, match='"text"'):
        as_utterances(spark.sql("select 1 as day"))
    with pytest.raises(MisuseError, match='"day" or "second"'):
        as_utterances(spark.sql("select 'quiet' as text"))
    with pytest.raises(Exception, match="1 rows without one"):
        on_spark(as_utterances(spark.sql("select 1 as day, cast(null as string) as text")), read)


def java_that_says(folder: Path, version: str) -> None:
    program = folder / "bin" / "java"
    program.parent.mkdir(parents=True)
    program.write_text(f"#!/bin/sh\necho 'openjdk version \"{version}\" 2020-01-01' >&2\n", encoding="utf-8")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)


@pytest.mark.skipif(os.name == "nt", reason="the stand-in for Java is a shell script")
def test_java_is_the_one_that_spark_would_take(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    java_that_says(tmp_path, "11.0.22")
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    assert java() == "11.0.22"
    assert (major("11.0.22"), major("1.8.0_402")) == (11, 8)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path / "nowhere"))
    assert java() is None


@pytest.mark.skipif(os.name == "nt", reason="the stand-in for Java is a shell script")
def test_what_is_absent_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyspark.sql.functions", None)
    with pytest.raises(MisuseError, match=r"expected pyspark.*halfstep\[spark\].*Java 17"):
        session("local[1]")
    monkeypatch.setattr("halfstep.voice.spread._functions", lambda: None)
    java_that_says(tmp_path, "11.0.22")
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    with pytest.raises(MisuseError, match=r"found 11\.0\.22"):
        session("local[1]")
