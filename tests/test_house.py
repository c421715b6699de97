"""The house rules that a machine can check."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from halfstep.study import ROOMS

ROOT = Path(__file__).parents[1]
SOURCES = sorted((ROOT / "src" / "halfstep").rglob("*.py"))
CITED = ROOT / "src" / "halfstep" / "events" / "crises.py"
"""Its citations name the brands of published crises; a study may have the same brands."""


def functions() -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield f"{path.relative_to(ROOT)}:{node.lineno} {node.name}", node


def test_files_and_functions_are_short() -> None:
    long = [str(p) for p in SOURCES if p.read_text(encoding="utf-8").count("\n") > 400]
    for place, node in functions():
        doc = ast.get_docstring(node, clean=False)
        lines = (node.end_lineno or 0) - node.lineno + 1 - (doc.count("\n") + 1 if doc else 0)
        arguments = node.args
        parameters = len(arguments.args) + len(arguments.kwonlyargs) + len(arguments.posonlyargs)
        parameters -= bool(arguments.args and arguments.args[0].arg in ("self", "cls"))
        if lines > 60 or parameters > 7:
            long.append(f"{place}: {lines} lines, {parameters} parameters")
        if arguments.kwarg is not None and not node.name.startswith("_"):
            long.append(f"{place}: **{arguments.kwarg.arg}")
    assert long == []


def test_no_module_is_a_drawer_for_odds_and_ends() -> None:
    assert [p.name for p in SOURCES if p.stem in {"utils", "helpers", "common", "misc"}] == []


def studies() -> list[Path]:
    return sorted((ROOT / "studies").glob("*/study.toml"))


@pytest.mark.parametrize("path", studies(), ids=lambda p: p.parent.name)
def test_no_study_brand_or_band_appears_in_the_source(path: Path) -> None:
    study = tomllib.loads(path.read_text(encoding="utf-8"))
    words = {path.parent.name, study["study"]["focal"], *study["study"]["benchmarks"]}
    words |= {s["id"] for s in study.get("scope", {}).get("segments", [])}
    market = study.get("press", {}).get("market", "market")
    labels = study.get("brands", {}).get("labels", {})
    words |= {label for name, entry in labels.items() if name != market for label in entry.values()}
    for event in study.get("events", []):
        words |= {event["brand"], *(name for names in event.get("related", {}).values() for name in names)}
    sections = {"sales": ("columns", "brand"), "press": ("press_columns", "entity")}
    shipped = [name for name in sections if not study["tables"].get(name, "${").startswith("${")]
    for name in shipped[:1]:
        section, key = sections[name]
        table = path.parent / study["tables"][name]
        frame = pl.read_parquet(table) if table.suffix == ".parquet" else pl.read_csv(table)
        words |= set(frame[study[section][key]].cast(pl.String).to_list()) - {market}
    edges = study.get("bands", {}).get("edges", [])
    found = []
    for source in SOURCES + sorted((ROOT / "src" / "halfstep").rglob("*.j2")):
        text = source.read_text(encoding="utf-8")
        if source != CITED:
            found += [f"{source.name}: {w}" for w in words if re.search(rf"(?<!\w){re.escape(w)}(?!\w)", text)]
        if edges:
            listed = r"\D+".join(re.escape(f"{edge:g}") + r"(\.0)?" for edge in edges)
            found += [f"{source.name}: bands"] * bool(re.search(listed, text))
    assert found == []


def test_the_room_table_of_the_architecture_is_the_tree() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    folders = {p.name for p in (ROOT / "src" / "halfstep").iterdir() if (p / "__init__.py").exists()}
    told = set(re.findall(r"^\| `(\w+)/` \|", text, flags=re.MULTILINE))
    assert told == folders
    assert {room.name for room in ROOMS} <= folders


def test_rooms_do_not_know_the_report() -> None:
    below = [p for p in SOURCES if p.parent.name not in {"report", "cli", "halfstep"}]
    assert [p.name for p in below if "halfstep.report" in p.read_text(encoding="utf-8")] == []
