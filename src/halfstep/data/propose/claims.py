"""A table of claims that nobody has described: which column is what, and what each claim lacks."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from itertools import count

import polars as pl

from halfstep.core.check import Fault
from halfstep.core.config import StudyConfig
from halfstep.core.config_docket import GRADES
from halfstep.data.claims import read_claims
from halfstep.data.propose.headers import read_header
from halfstep.data.read.tables import ROW, Table

__all__ = ["CLAIM_ROLES", "ClaimColumn", "ClaimSheet", "RawClaim", "claim_sheet", "known_word"]

CLAIM_ROLES: dict[str, str] = {
    "id": "编号|序号|论断编号|说法编号|id|no|number|claim id",
    "statement": "观点|说法|论断|主张|论点|陈述|断言|内容|表述|claim|claims|statement|assertion|proposition|statement en|statement zh|中文|英文|english|chinese",
    "paragraph": "段落|段落号|段号|自然段|段|页码|页|位置|paragraph|para|page|section|location",
    "speaker": "说话人|说话者|发言人|讲话人|主张者|谁说的|作者|speaker|said by|who|author",
    "kind": "类型|类别|性质|种类|说法类型|kind|type|category|claim kind",
    "base": "口径|统计口径|基数|base|basis",
    "hedge": "语气|措辞|限定|确定程度|hedge|hedging|strength|qualifier|certainty",
    "grade": "等级|证据等级|可信度|出处等级|grade|evidence|confidence",
    "as_of": "日期|截至|截止|时点|时间|as of|date|day|said on",
    "needs": "需要|需要什么|所需数据|如何检验|待查|needs|data needed|what would test it",
    "url": "链接|网址|原文链接|url|link",
}
"""Role -> words for it in a header. A statement's language is told by its cells."""

KIND_WORDS = {
    "fact": "事实|数字|数据|描述|fact|figure|description",
    "forecast": "预测|预言|预计|预期|展望|forecast|prediction|outlook",
    "causal": "因果|归因|原因|causal|cause|causality",
    "necessity": "必要|必要条件|必要性|必须|necessity|necessary|necessary condition",
    "equivalence": "等同|等价|相等|无差异|没有短板|equivalence|equivalent|equality",
    "opinion": "观点|看法|评价|判断|意见|价值判断|opinion|judgement|view",
}
HEDGE_WORDS = {
    "none": "无|没有|none", "more than": "超过|以上|至少|more than|at least|over", "at most": "至多|不超过|以下|at most|less than|under",
    "about": "约|大约|左右|近|about|around|nearly", "part": "一部分|部分|part|partly|some", "mostly": "基本|大多|多数|大部分|mostly|most",
    "possibly": "可能|或许|也许|possibly|may|might", "probably": "很可能|很有可能|大概率|probably|likely", "suspected": "疑似|涉嫌|suspected|alleged",
}  # fmt: skip
_HAN = re.compile("[\u3400-\u9fff]")
_LONG = 12
"""Letters from which a column's cells may be sentences, where no header says which column holds the statement."""
_WIDEST = 4000
"""Letters of a cell beyond which it is a text from which claims would first have to be taken, not a claim."""


@dataclass(frozen=True, slots=True)
class ClaimColumn:
    """A column and what it is taken for: a key of `[claim_columns]`, or "" where it is left out; `why` words the reason."""

    name: str
    role: str
    why: str
    example: str
    filled: int


@dataclass(frozen=True, slots=True)
class RawClaim:
    """A row as it stands in the table.

    Attributes
    ----------
    id
        As in the file; of several the same each with its count behind it, "c2_1" and "c2_2"; where the file has none, one made of
        the row's place among the claims: "c7".
    kind
        One of `CLAIM_KINDS`, or "" where the cell is blank or says something else.
    cells
        Role -> cell, blanks left out.
    lacks
        Roles that are blank, and of `kind`, `hedge`, `grade` also where the word is unknown.
    """

    row: int
    id: str
    kind: str
    cells: dict[str, str]
    lacks: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class ClaimSheet:
    """A table of claims as it would be used.

    Attributes
    ----------
    dropped
        Rows that state nothing, as the user's editor counts them.
    renamed
        Row, id in the file (empty where it has none) and id given to it, of each claim that was given one.
    usable
        Whether the reader of claims takes the file as it is: ids that differ, and words for kind, hedge and grade that it knows.
    """

    table: Table
    columns: tuple[ClaimColumn, ...]
    claims: tuple[RawClaim, ...]
    dropped: tuple[int, ...]
    renamed: tuple[tuple[int, str, str], ...]
    usable: bool


def claim_sheet(table: Table) -> ClaimSheet | tuple[Fault, ...]:
    """Say what the columns of a table of claims are, and what every claim lacks.

    Nothing is taken out of prose and nothing is filled in: a row is a claim, a blank stays blank.
    """
    cells = _cells(table)
    taken = _taken(cells)
    if not any(role.startswith("statement") for role in taken.values()):
        what = (
            f"expected a table with a claim a row and a column that states it; got the columns {', '.join(cells)[:200]}"
        )
        mend = "name that column 观点 or claim; claims are not taken out of a text, somebody must write them down"
        return (Fault(table=table.file, what=what, mend=mend),)
    if long := _prose(table, cells, taken):
        return long
    rows = table.frame.get_column(ROW).to_list()
    columns = {role: cells[name] for name, role in taken.items()}
    stated = [i for i in range(len(rows)) if any(columns[r][i] for r in columns if r.startswith("statement"))]
    own = columns.get("id", [""] * len(rows))
    names = _named([own[i] for i in stated])
    claims = tuple(
        _claim(int(rows[i]), name, {role: cells[i] for role, cells in columns.items() if cells[i]})
        for i, name in zip(stated, names, strict=True)
    )
    renamed = tuple((c.row, own[i], c.id) for i, c in zip(stated, claims, strict=True) if own[i] != c.id)
    dropped = tuple(sorted({int(row) for row in rows} - {claim.row for claim in claims}))
    usable = not dropped and _usable(table, taken)
    return ClaimSheet(table, _columns(cells, taken), claims, dropped, renamed, usable)


def _named(own: list[str]) -> list[str]:
    """Return an id for each claim: its own where no other has it; no claim is given the id of another."""
    again, used = Counter(own), set(own)
    out = []
    for n, name in enumerate(own, start=1):
        if not name or again[name] > 1:
            ways = (f"{name}_{k}" for k in count(1)) if name else (f"c{n}{'_' * k}" for k in count())
            name = next(way for way in ways if way not in used)
            used.add(name)
        out.append(name)
    return out


def known_word(role: str, cell: str) -> str:
    """Return the known word that a cell of kind, hedge or grade means; "" where it means none."""
    plain = " ".join(cell.casefold().replace("_", " ").split())
    if role == "grade":
        return cell.strip().upper() if cell.strip().upper() in GRADES else ""
    words = KIND_WORDS if role == "kind" else HEDGE_WORDS
    return next((known for known, said in words.items() if plain in said.split("|")), "")


def _cells(table: Table) -> dict[str, list[str]]:
    frame = table.frame.drop(ROW).select(pl.all().cast(pl.String).fill_null("").str.strip_chars())
    return {name: frame.get_column(name).to_list() for name in frame.columns}


def _taken(cells: dict[str, list[str]]) -> dict[str, str]:
    """Return column -> role: the likeliest pair first, each role once, the statement once a language."""
    found = [(_fit(role, name, cells[name]), -at, role, name) for at, name in enumerate(cells) for role in CLAIM_ROLES]
    taken: dict[str, str] = {}
    for fit, _, role, name in sorted(found, reverse=True):
        key = f"statement_{_language(cells[name], name)}" if role == "statement" else role
        if fit >= 0.5 and name not in taken and key not in taken.values():
            taken[name] = key
    if not any(role.startswith("statement") for role in taken.values()):
        length = {name: _mean_length(texts) for name, texts in cells.items() if name not in taken}
        longest = max(length, key=lambda name: length[name], default="")
        if taken and length.get(longest, 0) >= _LONG:
            taken[longest] = f"statement_{_language(cells[longest], longest)}"
    return {name: taken[name] for name in cells if name in taken}


def _fit(role: str, name: str, texts: list[str]) -> float:
    """Return how well a column fits a role: by its header, and for kind by its cells, which say more."""
    fit = read_header(name).like(CLAIM_ROLES[role])
    if role in ("kind", "hedge"):
        said = [text for text in texts if text]
        known = sum(bool(known_word(role, text)) for text in said)
        if said and known >= 0.8 * len(said) and known >= 2:
            return 1.5 if fit else 0.6
    return fit


def _language(texts: list[str], name: str) -> str:
    """Return the language of a statement's column: what most of its cells are written in."""
    said = [text for text in texts if text]
    han = sum(bool(_HAN.search(text)) for text in said)
    return ("zh" if _HAN.search(name) else "en") if not said else "zh" if 2 * han >= len(said) else "en"


def _mean_length(texts: list[str]) -> float:
    said = [len(text) * (2 if _HAN.search(text) else 1) for text in texts if text]
    return sum(said) / len(said) if said else 0.0


def _prose(table: Table, cells: dict[str, list[str]], taken: dict[str, str]) -> tuple[Fault, ...]:
    stated = next(name for name, role in taken.items() if role.startswith("statement"))
    rows = table.frame.get_column(ROW).to_list()
    return tuple(
        Fault(
            table=table.file, row=int(row), column=stated, what=f"expected one claim in a cell; got {len(text)} letters, a text",
            mend="write one claim a row, in your own words; claims are not taken out of a text",
        )
        for row, text in zip(rows, cells[stated], strict=True) if len(text) > _WIDEST
    )  # fmt: skip


def _claim(row: int, name: str, cells: dict[str, str]) -> RawClaim:
    kind = known_word("kind", cells.get("kind", ""))
    asked = ("kind", "paragraph", "speaker", "base", "hedge", "grade", "as_of")
    lacks = [role for role in asked if not cells.get(role)]
    lacks += [role for role in ("kind", "hedge", "grade") if cells.get(role) and not known_word(role, cells[role])]
    if kind not in ("fact", "forecast", "equivalence", ""):  # what is counted on no base needs none
        lacks = [role for role in lacks if role != "base"]
    return RawClaim(row, name, kind, cells, tuple(role for role in asked if role in lacks))


def _usable(table: Table, taken: dict[str, str]) -> bool:
    """Ask the reader itself, in a study that has nothing but this table."""
    columns = {role: name for name, role in taken.items()}
    if not {"id", "kind"} <= set(columns):
        return False
    study = {
        "title": "-",
        "focal": "-",
        "benchmarks": ["-"],
        "currency": "-",
        "as_of": "2000-01-01",
        "margin": 0.5,
        "margin_reason": "-",
    }
    config = StudyConfig.model_validate({"study": study, "tables": {"claims": table.file}, "claim_columns": columns})
    return not read_claims(config, table)[1]


def _columns(cells: dict[str, list[str]], taken: dict[str, str]) -> tuple[ClaimColumn, ...]:
    out = []
    for name, texts in cells.items():
        role = taken.get(name, "")
        key = "statement" if role.startswith("statement") else role
        header = bool(role) and read_header(name).like(CLAIM_ROLES[key]) >= 0.5
        why = "" if not role else "header" if header else "cells"
        out.append(ClaimColumn(name, role, why, next((t for t in texts if t), ""), sum(bool(t) for t in texts)))
    return tuple(out)
