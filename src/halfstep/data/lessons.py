"""A table of hand-labelled texts, a label a row, as texts and what each head should say of them."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl
from pydantic import ValidationError

from halfstep.core.check import Fault
from halfstep.core.config_voice import LabelColumns, Touchpoint, Voice
from halfstep.data.read.tables import ROW, Table, read_table
from halfstep.data.voice import FLAGS, SIGNS

__all__ = ["Book", "Lessons", "read_book", "read_lessons", "targets_for"]

SIDES = {"polarity": ("positive", "negative"), "stance": ("for", "against")}


@dataclass(frozen=True, slots=True, eq=False)
class Lessons:
    """Labelled texts; rows of one text of one id are one text with several labels.

    Attributes
    ----------
    texts
        Of each text, n of them.
    groups
        Id of each; the text itself where the table has none.
    names
        Of the heads that the labels can teach.
    targets
        1, 0, or NaN where nobody said; shape (n, H).
    rows, blank
        Rows read, and rows without a text, which are left out.
    """

    texts: tuple[str, ...]
    groups: tuple[str, ...]
    names: tuple[str, ...]
    targets: npt.NDArray[np.float64]
    rows: int
    blank: int


def read_lessons(
    path: Path, columns: LabelColumns, touchpoints: Iterable[Touchpoint] = ()
) -> Lessons | tuple[Fault, ...]:
    """Read a labelled table.

    Parameters
    ----------
    columns
        Which column is what; `text` is needed.
    touchpoints
        The codebook: what its entries are called in the table; without one, each word of the column is an entry of its own.
    """
    table = read_table("labels", path)
    if not isinstance(table, Table):
        return table
    wanted = {
        field: getattr(columns, field) for field in ("text", "id", "touchpoint", "polarity", "stance", "own", "spam")
    }
    named = {field: name for field, name in wanted.items() if name is not None}
    absent = [name for name in named.values() if name not in table.frame.columns]
    if absent or "text" not in named or len(named) - ("id" in named) < 2:
        return _columns_wrong(table, absent)
    frame = table.frame.select(ROW, **{f"_{field}": pl.col(name).cast(pl.String) for field, name in named.items()})
    full = frame.filter(pl.col("_text").str.strip_chars().str.len_bytes() > 0)
    if not full.height:
        return (
            Fault(
                table=table.file,
                what=f"expected texts in column {named['text']!r}; it is blank",
                mend="name another column with --text",
            ),
        )
    known = {
        word: point.id
        for point in touchpoints
        for word in (point.id, *point.label.model_dump().values(), *point.words)
        if word
    }
    heads, faults = _heads(full, table.file, named, known)
    if faults:
        return tuple(faults)
    if "_id" not in full.columns:
        full = full.with_columns(_id=pl.col("_text"))
    full = full.with_columns(pl.col("_id").fill_null(pl.col("_text")))
    joined = pl.concat([full.select("_id", "_text"), pl.DataFrame(heads)], how="horizontal")
    merged = joined.group_by("_id", "_text", maintain_order=True).agg(pl.exclude("_id", "_text").max())
    names = tuple(heads)
    targets = merged.select(names).to_numpy().astype(np.float64)
    return Lessons(
        tuple(merged["_text"]), tuple(merged["_id"]), names, targets, frame.height, frame.height - full.height
    )


def targets_for(lessons: Lessons, names: tuple[str, ...]) -> npt.NDArray[np.float64]:
    """Return targets of other heads than the table's own, shape (n, H).

    A head of a family of which the table says something, but which it never names, is never right there; others are unsaid.
    """
    of = {name: k for k, name in enumerate(lessons.names)}
    kinds = {name.partition(".")[0] for name in lessons.names}
    found = np.full((len(lessons.texts), len(names)), np.nan)
    for h, name in enumerate(names):
        if name in of:
            found[:, h] = lessons.targets[:, of[name]]
        elif name.partition(".")[0] in kinds:
            found[:, h] = 0.0
    return found


def _columns_wrong(table: Table, absent: list[str]) -> tuple[Fault, ...]:
    have = ", ".join(repr(name) for name in table.frame.columns if name != ROW)
    if absent:
        return tuple(
            Fault(table=table.file, column=name, what=f"expected a column {name!r}; there are {have}", mend="name the column as the file does")
            for name in absent
        )  # fmt: skip
    what = f"expected a column of texts and one of labels; there are {have}"
    return (
        Fault(table=table.file, what=what, mend="name them: --text, and --touchpoint, --polarity, --own or --spam"),
    )


def _heads(
    full: pl.DataFrame, file: str, named: dict[str, str], known: dict[str, str]
) -> tuple[dict[str, pl.Series], list[Fault]]:
    """Return each head's answer by row, null where unsaid, and cells that are no answer."""
    heads: dict[str, pl.Series] = {}
    faults: list[Fault] = []
    if "touchpoint" in named:
        words = full["_touchpoint"].str.strip_chars().replace("", None)
        if known:
            faults += _strange(full, words, known.__contains__, (file, named["touchpoint"]), "an entry of the codebook")
            words = words.replace(known)
        for word in sorted(words.drop_nulls().unique().to_list()):
            heads[f"touchpoint.{word}"] = (words == word).fill_null(False).cast(pl.Float64)
    for kind, table in (("polarity", SIGNS), ("stance", SIGNS), ("own", FLAGS), ("spam", FLAGS)):
        if kind not in named:
            continue
        cells = full[f"_{kind}"].str.strip_chars().str.to_lowercase().replace("", None)
        expected = "1, 0 or -1" if table is SIGNS else "1 or 0"
        faults += _strange(full, cells, table.__contains__, (file, named[kind]), expected)
        figure = cells.replace_strict(table, default=None, return_dtype=pl.Float64)
        if table is SIGNS:
            for side, sign in zip(SIDES[kind], (1, -1), strict=True):
                heads[f"{kind}.{side}"] = (figure == sign).cast(pl.Float64)
        else:
            heads[kind] = figure
    return {name: column.rename(name) for name, column in heads.items()}, faults


def _strange(
    full: pl.DataFrame, cells: pl.Series, fits: Callable[[object], bool], where: tuple[str, str], expected: str
) -> list[Fault]:
    """Return a fault for each cell that does not fit."""
    wrong = {word for word in cells.drop_nulls().unique().to_list() if not fits(word)}
    rows = full[ROW].to_list()
    return [
        Fault(table=where[0], row=row, column=where[1], what=f"expected {expected}, got {word!r}", mend="correct the cell, or leave it blank")
        for row, word in zip(rows, cells.to_list(), strict=True)
        if word in wrong
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Book:
    """What a study.toml says of posts: its codebook, and where its utterances are; nothing else of it is looked at.

    Attributes
    ----------
    utterances
        None where the study names no such table.
    columns
        Of that table, as study.toml has them.
    as_of
        Day after which nothing is used; None where there is none.
    """

    voice: Voice
    utterances: Path | None = None
    columns: dict[str, object] = field(default_factory=dict)
    as_of: str | None = None

    @property
    def touchpoints(self) -> tuple[Touchpoint, ...]:
        """Its entries."""
        return self.voice.touchpoints


def read_book(path: Path) -> Book | tuple[Fault, ...]:
    """Read the codebook of a study."""
    path = path if path.suffix == ".toml" else path / "study.toml"
    try:
        parsed = tomllib.loads(path.read_bytes().decode("utf-8-sig"))
        voice = Voice.model_validate(parsed.get("voice", {}))
    except OSError:
        return (
            Fault(
                table=str(path), what="expected a study file; there is none", mend="name a folder that holds study.toml"
            ),
        )
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        return (Fault(table=path.name, what=f"expected TOML in UTF-8: {error}", mend="correct that line"),)
    except ValidationError as error:
        return tuple(
            Fault(table=path.name, column="voice." + ".".join(str(part) for part in item["loc"]), what=item["msg"].lower(), mend="see docs/study.md for the key")
            for item in error.errors()
        )  # fmt: skip
    file, columns = parsed.get("tables", {}).get("utterances"), parsed.get("utterance_columns", {})
    where = None if file is None else Path(os.path.expandvars(str(file)))
    as_of = parsed.get("study", {}).get("as_of")
    return Book(voice, None if where is None else path.parent / where, columns, None if as_of is None else str(as_of))
