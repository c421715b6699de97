"""Every key that is used anywhere has words in both languages."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path
from string import Formatter
from typing import Any

import pytest

from halfstep.core.estimate import Refusal
from halfstep.report.compose import compose
from halfstep.report.finding import Finding, Need, Term
from halfstep.report.index import Index
from halfstep.report.words import LANGUAGES, known, resolve, word
from halfstep.report.words_en import EN
from halfstep.report.words_zh import ZH
from halfstep.study import ROOMS, Outcome
from tests.report.studies import STUDIES

SOURCE = Path(__file__).parents[2] / "src" / "halfstep"
PLANNING = ("pilot", "plan", "planning")
"""Modules of the choice room that plan an experiment: they write faults, not keys."""
ROOM_FILES = [p for room in ROOMS for p in sorted((SOURCE / room.name).glob("*.py")) if p.stem not in PLANNING]
KEYWORDS = {"why": "why", "do": "do", "what": "what", "reason": "why"}
TABLES = {
    "NEEDS": ("why", "needs"), "REASONS": ("", "why"), "CHOICE_REASONS": ("", "why"), "TROUBLES": ("", "why"), "BRAND": ("", "what"),
    "PARTS": ("", "what"), "ASSUMPTIONS": ("assume", ""),
}  # fmt: skip
"""Names of a room's tables of keys -> group of their keys, and of their values."""


def lacking(group: str, key: str) -> list[str]:
    target = resolve(group, key)[0]
    return [f"{target} ({lang})" for lang in LANGUAGES if lang not in known(target)]


def keys_of(outcome: Outcome) -> Iterator[tuple[str, str]]:
    index = Index.of(outcome)
    for record in (*index.estimates.values(), *index.series.values()):
        yield "what", record.what
        yield "method", record.origin.method
        yield from (("assume", a) for a in record.origin.assumptions)
        if isinstance(record, Refusal):
            yield "why", record.why
            yield from (("needs", n) for n in record.needs)
        elif index.unit(record.unit) != "money":
            yield "ui", f"unit {record.unit}"
    for accord in index.accords:
        yield "accord", accord.label
        if accord.reason:
            yield "why", accord.reason
    for verdict in index.verdicts.values():
        yield "lens", verdict.lens
        yield "label", verdict.label
        yield "why", verdict.reason
        yield from (("needs", n) for n in verdict.needs)
    for check in index.checks:
        yield "why", check.why
        yield "status", str(check.status)
        if check.do:
            yield "do", check.do
    for reading in index.readings:
        yield "what", reading.what
        yield "label", reading.naive_label
    if index.overall is not None:
        yield "overall", index.overall.label


def test_everything_a_run_says_has_words(shipped: Outcome) -> None:
    assert sorted({gap for group, key in keys_of(shipped) for gap in lacking(group, key)}) == []


@pytest.mark.parametrize("name", STUDIES)
def test_everything_a_small_study_says_has_words(outcomes: dict[str, Outcome], name: str) -> None:
    assert sorted({gap for group, key in keys_of(outcomes[name]) for gap in lacking(group, key)}) == []


def parts(thing: Any) -> Iterator[Any]:
    """A record and everything inside it."""
    yield thing
    if is_dataclass(thing) and not isinstance(thing, type):
        for field in fields(thing):
            yield from parts(getattr(thing, field.name))
    elif isinstance(thing, tuple | list):
        for part in thing:
            yield from parts(part)


@pytest.mark.parametrize("name", STUDIES)
def test_no_page_prints_a_bare_key_or_lacks_a_fact(outcomes: dict[str, Outcome], name: str) -> None:
    missing = set()
    for part in parts(compose(Index.of(outcomes[name]))):
        if isinstance(part, Term) and not known(part.key):
            missing.add(part.key)
        if isinstance(part, Need) and not known(resolve(part.group, part.key)[0]):
            missing.add(f"{part.group}: {part.key}")
        if isinstance(part, Finding):
            asked = {f for lang in LANGUAGES for _, f, _, _ in Formatter().parse(word(part.kind, lang)) if f}
            if not known(part.kind) or not asked <= {fact for fact, _ in part.facts}:
                missing.add(part.kind)
    assert sorted(missing) == []


def texts(node: ast.expr) -> list[str]:
    """Plain texts that an expression may be; of a conditional both branches."""
    if isinstance(node, ast.IfExp):
        return [*texts(node.body), *texts(node.orelse)]
    return [node.value] if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value else []


def said(node: ast.expr) -> Iterator[str]:
    """Every plain text inside an expression."""
    for part in ast.walk(node):
        if isinstance(part, ast.Constant) and isinstance(part.value, str):
            yield part.value


def literals(path: Path) -> Iterator[tuple[str, str]]:
    """Keys written in a room: given as why=, do=, what=, reason=, needs=; kept in a table; assigned; of an origin."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            name = node.targets[0].id
            if name in TABLES and isinstance(node.value, ast.Dict):
                of_keys, of_values = TABLES[name]
                yield from ((of_keys, key) for one in node.value.keys if one and of_keys for key in said(one))
                yield from ((of_values, text) for one in node.value.values for text in said(one))
            elif name in TABLES and TABLES[name][0]:
                yield from ((TABLES[name][0], text) for text in said(node.value))
            elif name in KEYWORDS:
                yield from ((KEYWORDS[name], text) for text in texts(node.value))
        if not isinstance(node, ast.Call):
            continue
        for keyword in node.keywords:
            if keyword.arg in KEYWORDS:
                yield from ((KEYWORDS[keyword.arg], text) for text in texts(keyword.value))
            if keyword.arg == "needs":
                yield from (("needs", text) for text in said(keyword.value) if " " in text and ":" not in text)
        if isinstance(node.func, ast.Attribute) and node.func.attr == "origin" and node.args:
            yield from (("method", text) for text in texts(node.args[0]))
        if isinstance(node.func, ast.Name) and node.func.id == "Unfit":
            yield from (("why", text) for text in texts(node.args[0]))
        if isinstance(node.func, ast.Name) and node.func.id == "Origin":
            yield from (("method", t) for k in node.keywords if k.arg == "method" for t in texts(k.value))


@pytest.mark.parametrize("path", ROOM_FILES, ids=lambda p: f"{p.parent.name}-{p.stem}")
def test_every_key_written_in_a_room_has_words(path: Path) -> None:
    assert sorted({gap for group, key in literals(path) for gap in lacking(group, key)}) == []


def test_every_key_the_report_itself_uses_has_words() -> None:
    missing = []
    for path in sorted((SOURCE / "report").glob("*.py")):
        if path.stem.startswith("words"):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id in ("Finding", "Term")
                and node.args
            ):
                first = node.args[0]
                if isinstance(first, ast.Constant) and isinstance(first.value, str) and not known(first.value):
                    missing.append(f"{path.name}: {first.value}")
    assert missing == []


def test_both_languages_hold_the_same_keys_and_facts() -> None:
    assert set(EN) == set(ZH)
    different = []
    for key, text in EN.items():
        fields = [{name for _, name, _, _ in Formatter().parse(t) if name} for t in (text, ZH[key])]
        if fields[0] ^ fields[1] - {"level", "focal"}:
            different.append((key, fields[0] ^ fields[1]))
    assert [d for d in different if d[1] - {"level", "focal"}] == []


def test_chinese_is_chinese() -> None:
    latin_only = {"ui.sha", "ui.none", "ui.language"}
    plain = [k for k, t in ZH.items() if k not in latin_only and not re.search("[\u3400-\u9fff{、；，。]", t) and t]
    assert plain == []


def test_an_unknown_key_is_printed_as_it_is() -> None:
    assert word("why.never seen {before}", "zh") == "never seen {{before}}"
