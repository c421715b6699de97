"""What voice's settings and its three small tables must satisfy; the table of utterances is read apart, row by row."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date

import polars as pl

from halfstep.core.check import Fault
from halfstep.core.config import StudyConfig
from halfstep.core.section import Section
from halfstep.data.cells.dates import read_span
from halfstep.data.cells.quantities import half_width, is_nothing
from halfstep.data.columns import absent, kinds
from halfstep.data.demand_settings import STUDY
from halfstep.data.read.places import MOST_LISTED
from halfstep.data.read.tables import ROW, Table
from halfstep.data.schema import day
from halfstep.data.voice import cells_of, entries, flag, hint, sign, words_of_names, words_of_touchpoints

__all__ = ["VOICE_TABLES", "check_voice"]

VOICE_TABLES = ("utterances", "labels", "exposure", "controversies")
_OWNERS = ("founder", "product")


def check_voice(config: StudyConfig, tables: dict[str, Table]) -> Iterator[Fault]:
    """Yield every fault of `[voice]`, and of the tables of labels, exposure and controversies."""
    yield from _settings(config)
    labels, exposure, ledger = config.label_columns, config.exposure_columns, config.controversy_columns
    if labels is not None and (table := _readable(tables.get("labels"), labels)) is not None:
        yield from table if isinstance(table, list) else _labels(config, table)
    if exposure is not None and (table := _readable(tables.get("exposure"), exposure)) is not None:
        yield from table if isinstance(table, list) else _exposure(config, table)
    if ledger is not None and (table := _readable(tables.get("controversies"), ledger)) is not None:
        yield from table if isinstance(table, list) else _controversies(config, table)


def _settings(config: StudyConfig) -> Iterator[Fault]:
    voice = config.voice
    if voice.zone != "UTC" and not _is_zone(voice.zone):
        what = f"expected a time zone by its name (Asia/Shanghai, Europe/Berlin, UTC); got {voice.zone!r}"
        yield _fault("voice.zone", what, "write the name of the zone database; on Windows: pip install tzdata")
    for key, value in (("voice.first", voice.first), ("voice.last", voice.last)):
        if value is not None and not _is_day(value):
            yield _fault(key, f"expected a day; got {value!r}", "write YYYY-MM-DD")
    if voice.first and voice.last and _is_day(voice.first) and _is_day(voice.last) and voice.first > voice.last:
        yield _fault("voice.last", f"it lies before voice.first ({voice.first})", "exchange them")
    yield from _twice("voice.touchpoints", [point.id for point in voice.touchpoints])
    yield from _twice("voice.names", [name.id for name in voice.names])
    brands = {name.id: name.id for name in voice.names if name.kind in ("brand", "rival")}
    for i, name in enumerate(voice.names):
        if name.of is not None and name.of not in brands:
            what = f"expected the id of a brand or rival among voice.names; {name.of!r} is none"
            yield _fault(f"voice.names.{i}.of", what, f"correct it; {hint(name.of, brands)}")
        if name.kind in _OWNERS and name.of is None:
            what = f"the {name.kind} {name.id!r} belongs to no brand"
            yield _fault(f"voice.names.{i}.of", what, "name the id of its brand")
    yield from _spellings(config)
    labels = config.label_columns
    if labels is not None and labels.id is None and labels.text is None:
        yield _fault("label_columns", "expected a column of texts or of ids; none is named", "name text, id or both")
    if labels is not None and (labels.stance is None) != (labels.target is None) and labels.target is None:
        one = len(voice.names) == 1
        if not one:
            yield _fault("label_columns.target", "a stance is named, but not towards whom", "name its column")
    if labels is not None and labels.id is not None and labels.text is None and "utterances" not in config.tables:
        yield _fault(
            "label_columns.text", "labels of ids alone need the table of utterances", "name text, or that table"
        )


def _spellings(config: StudyConfig) -> Iterator[Fault]:
    """Yield spellings of two names, blank ones, and words of two touchpoints."""
    owner: dict[str, str] = {}
    for i, name in enumerate(config.voice.names):
        for word in name.written:
            plain = half_width(word).casefold().strip()
            key = f"voice.names.{i}.written"
            if not plain:
                yield _fault(key, "expected a spelling; it is blank", "take it out")
            elif owner.setdefault(plain, name.id) != name.id:
                what = f"the spelling {word!r} is given to {owner[plain]!r} and to {name.id!r}"
                yield _fault(key, what, "keep it with one of them, or write a longer one")
    words: dict[str, str] = {}
    for i, point in enumerate(config.voice.touchpoints):
        for word in (point.id, point.label.en, point.label.zh):
            plain = word.casefold()
            if words.setdefault(plain, point.id) != point.id:
                what = f"{word!r} names the touchpoints {words[plain]!r} and {point.id!r}"
                yield _fault(f"voice.touchpoints.{i}", what, "give each an id and labels of its own")


def _labels(config: StudyConfig, table: Table) -> Iterator[Fault]:
    columns = config.label_columns
    assert columns is not None
    points, names = words_of_touchpoints(config), words_of_names(config)
    yield from _entries(table, columns.touchpoint, points, "touchpoint of [[voice.touchpoints]]")
    yield from _entries(table, columns.target, names, "name of [[voice.names]]")
    for key in (columns.polarity, columns.stance):
        yield from _cells(
            table,
            key,
            lambda cell: sign(cell) is not None,
            "expected 1, 0 or -1",
            "write one of them, or leave it blank",
        )
    for key in (columns.own, columns.spam):
        yield from _cells(
            table, key, lambda cell: flag(cell) is not None, "expected 1 or 0", "write one of them, or leave it blank"
        )
    yield from _cells(
        table,
        columns.use,
        lambda cell: cell.casefold() in ("train", "audit"),
        "expected train or audit",
        "write one of them, or leave it blank",
    )
    yield from _cells(
        table,
        columns.drawn,
        _is_share,
        "expected a probability above 0, at most 1",
        "write with which probability the row was drawn",
    )
    ids, texts = cells_of(table, columns.id), cells_of(table, columns.text)
    rows = table.frame[ROW].to_list()
    without = [row for row, i, t in zip(rows, ids, texts, strict=True) if i is None and t is None]
    yield from _listed(
        table,
        columns.text or columns.id,
        without,
        "expected a text or an id; the row has neither",
        "fill it or remove the row",
    )
    used, drawn = cells_of(table, columns.use), cells_of(table, columns.drawn)
    undrawn = [
        row for row, use, p in zip(rows, used, drawn, strict=True) if (use or "").casefold() == "audit" and p is None
    ]
    if undrawn and columns.drawn is None:
        what = f"audit rows ({len(undrawn)}) without the probability with which they were drawn"
        yield Fault(
            table=table.file, column=columns.use, what=what, mend="add that column and name it in label_columns.drawn"
        )
    else:
        yield from _listed(
            table,
            columns.drawn,
            undrawn,
            "an audit row without the probability with which it was drawn",
            "fill it; or write train where it was not drawn at random",
        )


def _exposure(config: StudyConfig, table: Table) -> Iterator[Fault]:
    columns = config.exposure_columns
    assert columns is not None
    yield from _days(table, columns.time, filled=True)
    yield from _cells(
        table, columns.total, _is_count, "expected a count of rows, zero or more", "correct the figure", filled=True
    )
    key = [pl.col(column).cast(pl.String).fill_null("") for column in (columns.time, columns.platform) if column]
    twin = table.frame.filter(pl.struct(key).is_duplicated())
    yield from _listed(
        table,
        columns.time,
        twin[ROW].to_list()[1:],
        "one day and platform occurs more than once",
        "keep one row for each day and platform",
    )


def _controversies(config: StudyConfig, table: Table) -> Iterator[Fault]:
    columns = config.controversy_columns
    assert columns is not None
    points, names = words_of_touchpoints(config), words_of_names(config)
    for column in (columns.controversy, columns.coder, columns.touchpoint, columns.name):
        blank = [
            row for row, cell in zip(table.frame[ROW].to_list(), cells_of(table, column), strict=True) if cell is None
        ]
        yield from _listed(table, column, blank, "expected a word; the cell is blank", "fill it or remove the row")
    yield from _entries(table, columns.touchpoint, points, "touchpoint of [[voice.touchpoints]]")
    yield from _entries(table, columns.name, names, "name of [[voice.names]]")
    yield from _entries(table, columns.attacker, names, "name of [[voice.names]]")
    for dated in (columns.began, columns.flaw_known):
        if dated is not None:
            yield from _days(table, dated, filled=False)
    key = [pl.col(column).cast(pl.String) for column in (columns.controversy, columns.coder)]
    twin = table.frame.filter(pl.struct(key).is_duplicated() & ~pl.struct(key).is_first_distinct())
    yield from _listed(
        table,
        columns.coder,
        twin[ROW].to_list(),
        "this coder has the same controversy twice",
        "keep one row for each controversy and coder",
    )


def _readable(table: Table | None, columns: Section) -> Table | list[Fault] | None:
    """Return the table, the faults of its columns, or None where there is none."""
    if table is None:
        return None
    named = columns.model_dump(exclude_none=True)
    section = {"LabelColumns": "label_columns", "ExposureColumns": "exposure_columns"}.get(
        type(columns).__name__, "controversy_columns"
    )
    wanted = {f"{section}.{key}": column for key, column in named.items()}
    return list(absent(table, wanted)) or list(kinds(table, wanted.values(), ())) or table


def _entries(table: Table, column: str | None, known: dict[str, str], what: str) -> Iterator[Fault]:
    """Yield the different entries of a column that the study does not know, each at its first row."""
    seen: set[str] = set()
    for row, cell in zip(table.frame[ROW].to_list(), cells_of(table, column), strict=True):
        for entry in entries(cell, known)[1]:
            if entry not in seen and len(seen) < MOST_LISTED:
                seen.add(entry)
                yield Fault(table=table.file, row=row, column=column, what=f"expected a {what}; {entry[:60]!r} is none",
                            mend=f"correct it, or add it in study.toml; {hint(entry, known)}")  # fmt: skip


def _cells(
    table: Table, column: str | None, good: Callable[[str], bool], what: str, mend: str, *, filled: bool = False
) -> Iterator[Fault]:
    """Yield cells that are not as they should be; words for nothing are blanks."""
    listed = 0
    for row, cell in zip(table.frame[ROW].to_list(), cells_of(table, column), strict=True):
        blank = cell is None or (not good(cell) and is_nothing(cell))
        wrong = (filled and column is not None) if blank else not good(cell or "")
        if wrong and listed < MOST_LISTED:
            listed += 1
            yield Fault(table=table.file, row=row, column=column, what=f"{what}; got {(cell or '')[:60]!r}", mend=mend)


def _days(table: Table, column: str, *, filled: bool) -> Iterator[Fault]:
    cells = table.frame.select(day(table.frame, column)).to_series().to_list()
    read = [None if cell is None else read_span(cell) for cell in cells]
    bad = [row for row, cell, span in zip(table.frame[ROW].to_list(), cells, read, strict=True)
           if (filled and cell is None) or (cell is not None and (span is None or span.kind != "day"))]  # fmt: skip
    yield from _listed(table, column, bad, "expected a day", "write YYYY-MM-DD")


def _listed(table: Table, column: str | None, rows: Iterable[int], what: str, mend: str) -> Iterator[Fault]:
    every = list(rows)
    for row in every[:MOST_LISTED]:
        yield Fault(table=table.file, row=row, column=column, what=what, mend=mend)
    if len(every) > MOST_LISTED:
        yield Fault(table=table.file, column=column, what=f"{what}: {len(every) - MOST_LISTED} more rows", mend=mend)


def _twice(key: str, ids: list[str]) -> Iterator[Fault]:
    for twin in sorted({one for one in ids if ids.count(one) > 1}):
        yield _fault(key, f"the id {twin!r} occurs twice", "give each its own id")


def _fault(key: str, what: str, mend: str) -> Fault:
    return Fault(table=STUDY, column=key, what=what, mend=mend)


def _is_zone(name: str) -> bool:
    from halfstep.data.stream.clock import is_zone

    return is_zone(name)


def _is_day(cell: str) -> bool:
    try:
        return date.fromisoformat(cell).isoformat() == cell
    except ValueError:
        return False


def _is_share(cell: str) -> bool:
    try:
        return 0 < float(cell) <= 1
    except ValueError:
        return False


def _is_count(cell: str) -> bool:
    try:
        return float(cell) >= 0 and float(cell).is_integer()
    except ValueError:
        return False
