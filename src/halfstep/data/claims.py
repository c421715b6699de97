"""The table of claims: what a source says, in one's own words, and how surely."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

import polars as pl

from halfstep.core.check import Fault, Guess
from halfstep.core.config import ClaimColumns, StudyConfig
from halfstep.core.config_docket import CLAIM_KINDS, GRADES, HEDGES
from halfstep.core.text import Text
from halfstep.data.cells.dates import read_span
from halfstep.data.cells.quantities import half_width
from halfstep.data.columns import absent, kinds, near
from halfstep.data.docket_settings import bound
from halfstep.data.read.places import QUOTED
from halfstep.data.read.tables import ROW, Table

__all__ = ["Claim", "Claims", "read_claims"]

_WORDS = {
    "kind": {
        "fact": "事实|事实陈述", "forecast": "预测|预言|预判", "causal": "因果|因果关系", "necessity": "必要|必要条件|必然",
        "equivalence": "等价|等同|等于", "opinion": "观点|看法|主张|评价",
    },
    "hedge": {
        "none": "无|没有|确定|肯定", "more than": "超过|超|逾|以上|大于", "at most": "至多|最多|不超过|以内",
        "about": "约|大约|大概|左右|接近", "part": "一部分|部分|有些|有的", "mostly": "基本|基本上|大多|大多数|大部分|多数|主要",
        "possibly": "可能|也许|或许", "probably": "很有可能|很可能|大概率|极有可能", "suspected": "疑似|据传|传闻|传",
    },
    "grade": {},
}  # fmt: skip
"""Key -> word of `core.config_docket` -> the same as Chinese tables write it."""
_ALLOWED = {"kind": CLAIM_KINDS, "hedge": HEDGES, "grade": GRADES}


@dataclass(frozen=True, slots=True)
class Claim:
    """One claim.

    Attributes
    ----------
    row
        Row of the file.
    statement
        In one's own words.
    paragraph, speaker, base
        Where it stands, who says it, what a figure in it is counted on; empty where the table does not tell.
    kind, hedge, grade
        One of `core.config_docket.CLAIM_KINDS`, `HEDGES` ("none" where blank), `GRADES` ("" where blank).
    as_of
        ISO day (last day where a period is given), or empty.
    needs
        What would test it, in the table's words; empty where blank.
    """

    row: int
    id: str
    statement: Text
    paragraph: str
    speaker: str
    kind: str
    base: str
    hedge: str
    grade: str
    as_of: str
    needs: str
    url: str


@dataclass(frozen=True, slots=True)
class Claims:
    """All claims, in the order of the file."""

    file: str
    claims: tuple[Claim, ...]
    guesses: tuple[Guess, ...] = ()


@dataclass(slots=True)
class _Reading:
    """Faults and guesses met on the way."""

    table: Table
    columns: ClaimColumns
    faults: list[Fault] = field(default_factory=list)
    met: Counter[str] = field(default_factory=Counter)
    examples: dict[str, tuple[int, str, str]] = field(default_factory=dict)

    def fault(self, row: int, key: str, what: str, mend: str) -> None:
        column = getattr(self.columns, key)
        self.faults.append(Fault(table=self.table.file, row=row, column=column, what=what, mend=mend))

    def word(self, row: int, key: str, cell: str) -> str:
        """Return the allowed word that a cell is; "" with a fault where it is none. A word in Chinese is a guess."""
        plain = " ".join(half_width(cell).casefold().split())
        known = {word.casefold(): word for word in _ALLOWED[key]}
        if plain in known:
            return known[plain]
        read = next((word for word, same in _WORDS[key].items() if plain in same.split("|")), "")
        if read:
            self.met[key] += 1
            self.examples.setdefault(key, (row, cell[:QUOTED], read))
            return read
        close = near(plain, known)
        hint = f"did you mean {known[close]!r}?" if close in known else "anything else belongs in the statement"
        allowed = ", ".join(_ALLOWED[key])
        self.fault(row, key, f"expected one of {allowed}; got {cell[:QUOTED]!r}", f"write one of them; {hint}")
        return ""

    def guesses(self) -> Iterator[Guess]:
        for key, (row, cell, read) in self.examples.items():
            yield Guess(
                table=self.table.file, kind="claim_word", row=row, column=getattr(self.columns, key), count=self.met[key],
                facts=(("example", cell), ("read", read)),
            )  # fmt: skip


def read_claims(config: StudyConfig, table: Table) -> tuple[Claims | None, list[Fault]]:
    """Read every row; what is wrong is collected, and then nothing is read.

    A claim is part of the question, not evidence: rows said after the as-of date are read like the others.
    """
    columns = config.claim_columns
    if columns is None:
        return None, []
    named = {f"claim_columns.{key}": column for key, column in columns if column is not None}
    faults = list(absent(table, named)) or list(kinds(table, named.values(), ()))
    if faults:
        return None, faults
    reading = _Reading(table, columns)
    claims = [_claim(reading, cells) for cells in _rows(table, named)]
    reading.faults += _twice(reading, claims)
    reading.faults += bound(config, table.file, {claim.id: claim.kind for claim in claims})
    found = Claims(table.file, tuple(claims), tuple(reading.guesses()))
    return (None, reading.faults) if reading.faults else (found, [])


def _rows(table: Table, named: dict[str, str]) -> Iterator[dict[str, str]]:
    """Yield each row as text by key of `[claim_columns]`, with its row in the file under `ROW`."""
    cells = [
        pl.col(column).cast(pl.String).str.strip_chars().fill_null("").alias(key.partition(".")[2])
        for key, column in named.items()
    ]
    yield from table.frame.select(pl.col(ROW).cast(pl.String), *cells).iter_rows(named=True)


def _claim(reading: _Reading, cells: dict[str, str]) -> Claim:
    """Return the claim of a row; where something of it cannot be read there is a fault."""
    row, columns = int(cells[ROW]), reading.columns
    if not cells["id"]:
        reading.fault(row, "id", "expected an id; the cell is blank", "give each claim a short id, such as c1")
    en, zh = cells.get("statement_en", ""), cells.get("statement_zh", "")
    if not (en or zh):
        key = "statement_en" if columns.statement_en else "statement_zh"
        reading.fault(
            row, key, "expected the claim in one's own words; the cell is blank", "write it or remove the row"
        )
    day = cells.get("as_of", "")
    span = read_span(day) if day else None
    if day and span is None:
        reading.fault(row, "as_of", f"expected a day or a period; got {day[:QUOTED]!r}", "write YYYY-MM-DD")
    if not cells["kind"]:
        reading.fault(row, "kind", "expected a kind; the cell is blank", f"write one of {', '.join(CLAIM_KINDS)}")
    hedge, grade = cells.get("hedge", ""), cells.get("grade", "")
    texts = {key: cells.get(key, "") for key in ("paragraph", "speaker", "base", "needs", "url")}
    return Claim(
        row=row, id=cells["id"], statement=Text(en=en or zh, zh=zh or en),
        kind=reading.word(row, "kind", cells["kind"]) if cells["kind"] else "",
        hedge=reading.word(row, "hedge", hedge) if hedge else "none",
        grade=reading.word(row, "grade", grade) if grade else "",
        as_of="" if span is None else span.last_day.isoformat(), **texts,
    )  # fmt: skip


def _twice(reading: _Reading, claims: list[Claim]) -> Iterator[Fault]:
    """Yield ids that several rows have, with their rows."""
    rows: dict[str, list[int]] = {}
    for claim in claims:
        rows.setdefault(claim.id, []).append(claim.row)
    for name, same in rows.items():
        if name and len(same) > 1:
            what = f"the id {name!r} occurs {len(same)} times (rows {', '.join(map(str, same))})"
            yield Fault(
                table=reading.table.file, row=same[0], column=reading.columns.id, what=what, mend="give each its own"
            )
