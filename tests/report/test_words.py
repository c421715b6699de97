"""Every key that is used anywhere has words in both languages."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest

from halfstep.core.estimate import Refusal
from halfstep.report.index import Index
from halfstep.report.words import LANGUAGES, known, resolve, word
from halfstep.report.words_en import EN
from halfstep.report.words_zh import ZH
from halfstep.study import ROOMS, Outcome

SOURCE = Path(__file__).parents[2] / "src" / "halfstep"
ROOM_FILES = [p for room in ROOMS for p in sorted((SOURCE / room.name).glob("*.py"))]
KEYWORDS = {"why": "why", "do": "do", "what": "what", "reason": "why"}


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
    for verdict in index.verdicts.values():
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


def literals(path: Path) -> Iterator[tuple[str, str]]:
    """Plain texts given as why=, do=, what=, reason=, or as the method of an origin."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        for keyword in node.keywords:
            if keyword.arg in KEYWORDS:
                values = [keyword.value]
                if isinstance(keyword.value, ast.IfExp):
                    values = [keyword.value.body, keyword.value.orelse]
                for value in values:
                    if isinstance(value, ast.Constant) and isinstance(value.value, str) and value.value:
                        yield KEYWORDS[keyword.arg], value.value
            if keyword.arg == "needs":
                for part in ast.walk(keyword.value):
                    text = part.value if isinstance(part, ast.Constant) and isinstance(part.value, str) else ""
                    if " " in text and ":" not in text:
                        yield "needs", text
        if isinstance(node.func, ast.Attribute) and node.func.attr == "origin" and node.args:
            first = node.args[0]
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                yield "method", first.value


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
