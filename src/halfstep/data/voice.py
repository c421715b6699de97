"""Hand labels, exposure and the ledger of controversies, in the study's own terms."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from halfstep.core.config import StudyConfig
from halfstep.data.cells.dates import read_span
from halfstep.data.cells.quantities import is_nothing
from halfstep.data.columns import near
from halfstep.data.read.tables import ROW, Table
from halfstep.data.schema import day, number, text

__all__ = [
    "FLAGS", "SIGNS", "Controversies", "Exposure", "Labels", "cells_of", "entries", "flag", "hint", "parted_cell", "sign", "tidy_controversies", "tidy_exposure",
    "tidy_labels", "words_of_names", "words_of_touchpoints",
]  # fmt: skip

SIGNS = {
    "1": 1, "+1": 1, "1.0": 1, "positive": 1, "pos": 1, "for": 1, "正": 1, "正面": 1, "正向": 1, "支持": 1,
    "0": 0, "0.0": 0, "neutral": 0, "neu": 0, "中": 0, "中性": 0, "中立": 0,
    "-1": -1, "-1.0": -1, "−1": -1, "negative": -1, "neg": -1, "against": -1, "负": -1, "负面": -1, "负向": -1, "反对": -1,
}  # fmt: skip
FLAGS = {"1": 1, "1.0": 1, "true": 1, "yes": 1, "是": 1, "0": 0, "0.0": 0, "false": 0, "no": 0, "否": 0}
_ACROSS = str.maketrans("；、，｜", ";|||")


@dataclass(frozen=True, slots=True, eq=False)
class Labels:
    """Hand labels.

    Attributes
    ----------
    frame
        One row a text and coder, sorted by first row. Columns row (first of the file), key (hash of the id, or of the text where there is
        none; rows of one key are one text), text ("" where only the id is known), touchpoints (list of ids, sorted; empty: none; null: not
        coded), polarity, stance (1, 0, -1; null: not coded), target ("" where none), own, spam (null: not coded), coder ("" where none),
        audit, drawn (null where none).
    file
        File the rows come from.
    """

    frame: pl.DataFrame
    file: str


@dataclass(frozen=True, slots=True, eq=False)
class Exposure:
    """How many rows there were in all.

    Attributes
    ----------
    frame
        Columns row, platform ("" holds for all), day (since 1970-01-01), total.
    left_out
        Rows after the as-of date.
    """

    frame: pl.DataFrame
    file: str
    left_out: int


@dataclass(frozen=True, slots=True, eq=False)
class Controversies:
    """The ledger of controversies.

    Attributes
    ----------
    frame
        One row a controversy and coder: row, controversy, coder, touchpoint (id), name (id), began, flaw_known (days since 1970-01-01;
        null where blank), flaw, attacker, source ("" where blank).
    left_out
        Rows of controversies that began after the as-of date.
    """

    frame: pl.DataFrame
    file: str
    left_out: int


def words_of_touchpoints(config: StudyConfig) -> dict[str, str]:
    """Return what a touchpoint may be called, lower case -> its id; ids go before labels, labels before words."""
    points = config.voice.touchpoints
    known = {word.casefold(): point.id for point in reversed(points) for word in reversed(point.words)}
    known |= {word.casefold(): point.id for point in reversed(points) for word in (point.label.zh, point.label.en)}
    return known | {point.id.casefold(): point.id for point in points}


def words_of_names(config: StudyConfig) -> dict[str, str]:
    """Return what a name may be called, lower case -> its id."""
    names = config.voice.names
    known = {word.casefold(): name.id for name in reversed(names) for word in reversed(name.written)}
    known |= {word.casefold(): name.id for name in reversed(names) for word in (name.label.zh, name.label.en)}
    return known | {name.id.casefold(): name.id for name in names}


def parted_cell(cell: str, known: Iterable[str]) -> tuple[str, ...]:
    """Return the entries of a cell, which | ; 、 and commas part; a cell that is an entry as it stands is one."""
    if cell.strip().casefold() in set(known):
        return (cell.strip(),)
    return tuple(part.strip() for part in cell.translate(_ACROSS).replace(";", "|").split("|") if part.strip())


def entries(cell: str | None, known: dict[str, str]) -> tuple[list[str], list[str]]:
    """Return ids that a cell names, sorted, and what in it names none."""
    if cell is None or is_nothing(cell):
        return [], []
    parts = parted_cell(cell, known)
    ids = {known[part.casefold()] for part in parts if part.casefold() in known}
    return sorted(ids), [part for part in parts if part.casefold() not in known]


def sign(cell: str) -> int | None:
    """Return 1, 0, -1 of a cell; None where it says none of them."""
    return SIGNS.get(cell.strip().casefold().removesuffix(".0"))


def flag(cell: str) -> int | None:
    """Return 1 or 0 of a cell; None where it says neither."""
    return FLAGS.get(cell.strip().casefold().removesuffix(".0"))


def cells_of(table: Table, column: str | None) -> list[str | None]:
    """Return the cells of a column as text; all blank where no column is named."""
    if column is None:
        return [None] * table.frame.height
    return [cell or None for cell in table.frame.select(text(column)).to_series().to_list()]


def tidy_labels(config: StudyConfig, tables: dict[str, Table]) -> Labels | None:
    """Return the labels; the table must have passed `check_voice`."""
    columns, table = config.label_columns, tables.get("labels")
    if columns is None or table is None:
        return None
    points, names = words_of_touchpoints(config), words_of_names(config)
    target = [entries(cell, names)[0] for cell in cells_of(table, columns.target)]
    ids, texts = cells_of(table, columns.id), cells_of(table, columns.text)
    coded = pl.List(pl.String)
    frame = pl.DataFrame({
        "row": pl.Series(table.frame[ROW].cast(pl.Int64)),
        "key": pl.Series(_keys(ids, texts), dtype=pl.UInt64),
        "text": pl.Series([cell or "" for cell in texts], dtype=pl.String),
        "touchpoints": pl.Series([None if columns.touchpoint is None else entries(c, points)[0] for c in cells_of(table, columns.touchpoint)], dtype=coded),
        "polarity": pl.Series([None if c is None else sign(c) for c in cells_of(table, columns.polarity)], dtype=pl.Int8),
        "stance": pl.Series([None if c is None else sign(c) for c in cells_of(table, columns.stance)], dtype=pl.Int8),
        "target": pl.Series([found[0] if found else "" for found in target], dtype=pl.String),
        "own": pl.Series([None if c is None else flag(c) for c in cells_of(table, columns.own)], dtype=pl.Int8),
        "spam": pl.Series([None if c is None else flag(c) for c in cells_of(table, columns.spam)], dtype=pl.Int8),
        "coder": pl.Series([cell or "" for cell in cells_of(table, columns.coder)], dtype=pl.String),
        "audit": pl.Series([(cell or "").casefold() == "audit" for cell in cells_of(table, columns.use)]),
        "drawn": pl.Series([None if c is None else float(c) for c in cells_of(table, columns.drawn)], dtype=pl.Float64),
    })  # fmt: skip
    return Labels(_merged(frame), table.file)


def _keys(ids: list[str | None], texts: list[str | None]) -> np.ndarray[tuple[int], np.dtype[np.uint64]]:
    """Return the keys that the same ids have in the table of utterances; texts without an id have one of their own."""
    from halfstep.data.stream.hashes import hashed

    plain = [None if i is None else re.sub(r"^(\d{1,15})\.0+$", r"\1", i) for i in ids]
    said = [
        i.encode() if i is not None else b"\0text\0" + (t or "").encode() for i, t in zip(plain, texts, strict=True)
    ]
    end = np.cumsum([len(one) for one in said], dtype=np.int64)
    begin = end - np.array([len(one) for one in said], dtype=np.int64)
    return hashed(np.frombuffer(b"".join(said), dtype=np.uint8), begin, end)


def _merged(frame: pl.DataFrame) -> pl.DataFrame:
    """Return one row for each text, coder and target: touchpoints of several rows together, of the rest what is filled first."""
    first = [pl.col(name).drop_nulls().first() for name in ("polarity", "stance", "own", "spam", "drawn")]
    points = pl.col("touchpoints").explode().drop_nulls().unique().sort()
    blank = pl.col("touchpoints").is_null().all()
    return (
        frame.group_by("key", "coder", "target", maintain_order=True)
        .agg(
            pl.col("row").first(), pl.col("text").filter(pl.col("text") != "").first().fill_null(""),
            points.alias("touchpoints"), blank.alias("uncoded"), *first, pl.col("audit").any(),
        )
        .with_columns(pl.when(pl.col("uncoded")).then(None).otherwise(pl.col("touchpoints")).alias("touchpoints"))
        .select(frame.columns)
        .sort("row")
    )  # fmt: skip


def tidy_exposure(config: StudyConfig, tables: dict[str, Table]) -> Exposure | None:
    """Return the exposure; the table must have passed `check_voice`."""
    columns, table = config.exposure_columns, tables.get("exposure")
    if columns is None or table is None:
        return None
    frame = pl.DataFrame({
        "row": table.frame[ROW].cast(pl.Int64),
        "platform": pl.Series([cell or "" for cell in cells_of(table, columns.platform)], dtype=pl.String),
        "day": pl.Series(list(_days(table, columns.time)), dtype=pl.Int32),
        "total": table.frame.select(number(columns.total).cast(pl.Int64)).to_series(),
    })  # fmt: skip
    kept = frame.filter(pl.col("day") <= _as_of(config))
    return Exposure(kept.sort("platform", "day"), table.file, frame.height - kept.height)


def tidy_controversies(config: StudyConfig, tables: dict[str, Table]) -> Controversies | None:
    """Return the ledger; the table must have passed `check_voice`."""
    columns, table = config.controversy_columns, tables.get("controversies")
    if columns is None or table is None:
        return None
    points, names = words_of_touchpoints(config), words_of_names(config)

    def plain(column: str | None) -> pl.Series:
        return pl.Series([cell or "" for cell in cells_of(table, column)], dtype=pl.String)

    def known(column: str | None, words: dict[str, str]) -> pl.Series:
        return pl.Series([(entries(c, words)[0] or [""])[0] for c in cells_of(table, column)], dtype=pl.String)

    frame = pl.DataFrame({
        "row": table.frame[ROW].cast(pl.Int64), "controversy": plain(columns.controversy), "coder": plain(columns.coder),
        "touchpoint": known(columns.touchpoint, points), "name": known(columns.name, names),
        "began": pl.Series(list(_days(table, columns.began)), dtype=pl.Int32), "flaw": plain(columns.flaw),
        "flaw_known": pl.Series(list(_days(table, columns.flaw_known)), dtype=pl.Int32),
        "attacker": known(columns.attacker, names), "source": plain(columns.source),
    })  # fmt: skip
    kept = frame.filter((pl.col("began") <= _as_of(config)).fill_null(True))
    return Controversies(kept, table.file, frame.height - kept.height)


def _days(table: Table, column: str | None) -> Iterator[int | None]:
    cells = [None] * table.frame.height if column is None else table.frame.select(day(table.frame, column)).to_series()
    for cell in cells:
        span = None if cell is None else read_span(cell)
        yield None if span is None else (span.first_day - date(1970, 1, 1)).days


def _as_of(config: StudyConfig) -> int:
    return (date.fromisoformat(config.study.as_of) - date(1970, 1, 1)).days


def hint(name: str, known: dict[str, str]) -> str:
    """Return what an unknown entry may have been meant to be."""
    close = near(name, known)
    return f"did you mean {close!r}?" if close else f"the study has: {', '.join(dict.fromkeys(known.values()))[:300]}"
