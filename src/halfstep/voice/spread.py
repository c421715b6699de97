"""The same pass over utterances here, batch by batch, or on Spark: whole numbers are added up, so both give the same tally."""

from __future__ import annotations

import os
import secrets
import sys
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from importlib import import_module
from typing import TYPE_CHECKING, Any

import polars as pl
import pyarrow as pa

from halfstep.core.errors import MisuseError
from halfstep.data.utterances import SCHEMA
from halfstep.voice.java import JAVA, java, major
from halfstep.voice.scan import KEYS, Reader, merge, scan, tally_schema

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

__all__ = ["as_utterances", "locally", "on_spark", "session"]

_BLANK = {"platform": "", "about": "", "engagement": 0, "paid": False, "own": False}
"""What a column holds where it is not told; all others but `row`, `key`, `day` and `text` are null then."""
_HASHED = ("key", "author", "root")
_ADVICE = f"pip install 'halfstep[spark]', and install Java {JAVA}"
_BATCH = 32_768
"""Rows that Spark hands over at once; it hands over 10,000 unless told, and a batch has costs of its own."""


def locally(batches: Iterable[pa.RecordBatch], reader: Reader) -> pl.DataFrame:
    """Return the tally of batches of `halfstep.data.utterances.SCHEMA`, read one after the other."""
    return merge((scan(batch, reader) for batch in batches), reader)


def on_spark(frame: DataFrame, reader: Reader) -> pl.DataFrame:
    """Return the tally of a Spark DataFrame; the same one as `locally` gives of the same rows.

    Parameters
    ----------
    frame
        As `as_utterances` gives it. Partitions are added up where they lie, then by key on Spark; only sums are collected.
    reader
        Sent to every worker once. Workers need halfstep installed.
    """
    context = frame.sparkSession.sparkContext
    sent = context.broadcast(reader)
    schema = tally_schema(reader)
    names = [name for name in schema.names if name not in KEYS]

    def partition(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        whole = locally((_unsigned(batch, SCHEMA) for batch in batches), sent.value)
        yield from (_signed(part, schema) for part in whole.to_arrow().to_batches())

    try:
        parts = frame.mapInArrow(partition, _ddl(schema))
        added = parts.groupBy(*KEYS).agg(*(_functions().sum(name).alias(name) for name in names)).toArrow()
    finally:
        sent.destroy()
    return merge((_unsigned(part, schema) for part in added.to_batches()), reader)


def session(master: str, settings: Mapping[str, str] | None = None) -> SparkSession:
    """Return a Spark session that suits `on_spark`.

    Parameters
    ----------
    master
        spark://HOST:PORT, yarn, k8s://..., or local[2]. Spark Connect has no broadcasts and will not do.
    settings
        Further settings of Spark; they win over those made here.

    Raises
    ------
    MisuseError
        pyspark or Java 17 is not there.
    """
    _functions()
    found = java()
    if found is None or major(found) < JAVA:
        raise MisuseError(f"expected Java {JAVA} or later, found {found or 'none'}: {_ADVICE}")
    sql = import_module("pyspark.sql")
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    made = sql.SparkSession.builder.master(master).appName("halfstep")
    own = {
        "spark.sql.execution.arrow.maxRecordsPerBatch": str(_BATCH),
        "spark.executorEnv.OPENBLAS_NUM_THREADS": "1",  # a task is one core's work
        "spark.ui.showConsoleProgress": "false",
    }
    for name, value in (own | dict(settings or {})).items():
        made = made.config(name, value)
    opened: SparkSession = made.getOrCreate()
    return opened


def as_utterances(frame: DataFrame, zone: str = "UTC") -> DataFrame:
    """Return a Spark DataFrame with the columns and types of `halfstep.data.utterances.SCHEMA`, hashes as signed numbers.

    Columns are taken by their names there; further ones are dropped. ``second`` may be a timestamp and ``day`` a date; a day that is not
    told is that of ``second`` in `zone`. Ids and authors that are texts are hashed, with a key drawn anew at each call. A row without a
    number gets one of its own. A row without a text is refused when it is read: leave such rows out, and count them.

    Raises
    ------
    MisuseError
        There is no column of texts, or neither a day nor a time.
    """
    F = _functions()
    kinds = dict(frame.dtypes)
    if kinds.get("text") != "string":
        raise MisuseError(f'expected a column "text" of strings, got {kinds}: rename with withColumnRenamed')
    if "day" not in kinds and "second" not in kinds:
        raise MisuseError(
            f'expected a column "day" or "second" that says when it was said, got {kinds}: rename the one that does'
        )
    if "row" not in kinds:
        frame, kinds = frame.withColumn("row", F.monotonically_increasing_id() + 1), kinds | {"row": "bigint"}
    salt = secrets.token_hex(16)
    return frame.select(*(_column(name, kinds, zone, salt).alias(name) for name in SCHEMA.names))


def _column(name: str, kinds: Mapping[str, str], zone: str, salt: str) -> Any:
    """Return a column of `SCHEMA` from those that there are."""
    F = _functions()
    spark = _SPARK[SCHEMA.field(name).type]
    found = F.col(name) if name in kinds else F.lit(None).cast(spark)
    if name not in kinds and name == "key":
        return F.col("row").cast(spark)
    if name not in kinds and name == "day":
        return F.unix_date(F.to_date(F.from_utc_timestamp(F.timestamp_seconds(F.col("second").cast("bigint")), zone)))
    if name == "day" and kinds[name] == "date":
        return F.unix_date(found)
    kind = kinds.get(name, spark)
    if name in _HASHED and kind == "string":
        return F.conv(F.substring(F.sha2(F.concat(F.lit(salt), found), 256), 1, 15), 16, 10).cast(spark)
    if name in _HASHED and kind.startswith("decimal"):  # as Spark reads unsigned numbers: the upper half wraps round
        wide, half, whole = found.cast("decimal(21,0)"), F.lit(Decimal(2**63)), F.lit(Decimal(2**64))
        return F.when(wide >= half, wide - whole).otherwise(wide).cast(spark)
    return F.coalesce(found.cast(spark), F.lit(_BLANK[name])) if name in _BLANK else found.cast(spark)


_SPARK = {
    pa.int8(): "tinyint", pa.int32(): "int", pa.int64(): "bigint", pa.uint64(): "bigint",
    pa.bool_(): "boolean", pa.string(): "string", pa.large_string(): "string",
}  # fmt: skip
"""Spark has no unsigned numbers: their bits travel as signed ones."""


def _ddl(schema: pa.Schema) -> str:
    return ", ".join(f"{field.name} {_SPARK[field.type]}" for field in schema)


def _signed(batch: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    """Return a batch of `schema` as Spark takes it: unsigned numbers as the signed ones of the same bits, texts of one width."""
    kinds = {pa.uint64(): pa.int64(), pa.large_string(): pa.string()}
    columns = [batch.column(field.name).cast(field.type) for field in schema]
    columns = [c.view(pa.int64()) if c.type == pa.uint64() else c.cast(kinds.get(c.type, c.type)) for c in columns]
    return pa.RecordBatch.from_arrays(columns, names=schema.names)


def _unsigned(batch: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    """Return a batch as `schema` has it again."""
    columns = [(batch.column(field.name), field.type) for field in schema]
    if "text" in schema.names and batch.column("text").null_count:
        raise MisuseError(
            f"expected texts, got {batch.column('text').null_count} rows without one: leave them out, and count them"
        )
    arrays = [c.view(kind) if kind == pa.uint64() else c.cast(kind) for c, kind in columns]
    return pa.RecordBatch.from_arrays(arrays, schema=schema)


def _functions() -> Any:
    """Return `pyspark.sql.functions`; what is absent is named."""
    try:
        return import_module("pyspark.sql.functions")
    except ImportError as absent:
        raise MisuseError(f"expected pyspark, got: {absent}; {_ADVICE}") from absent
