"""The documentation is held against the program: keys, commands, terms, studies."""

from __future__ import annotations

import random
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import openpyxl
import pytest
from pydantic import BaseModel

from halfstep.core.answer import LABELS
from halfstep.core.config import StudyConfig, Text

ROOT = Path(__file__).parents[2]


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def section_of(annotation: object) -> tuple[type[BaseModel] | None, bool]:
    """Return the model inside an annotation, and whether it is a list of them."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation, False
    for inner in get_args(annotation):
        found, _ = section_of(inner)
        if found is not None:
            return found, "tuple" in str(annotation)
    return None, False


def keys(model: type[BaseModel], prefix: str) -> Iterator[str]:
    for name, field in model.model_fields.items():
        found, many = section_of(field.annotation)
        place = f"{prefix}{name}" + ("[]" if many else "")
        if found is None or found is Text or (issubclass(found, Text) and found is not Text):
            yield place
        else:
            yield from keys(found, f"{place}.")


def test_every_key_of_a_study_is_documented_and_no_other() -> None:
    told = re.findall(r"^\| `([^`]+)` \|", read("docs/study.md"), flags=re.MULTILINE)
    assert sorted(told) == sorted(keys(StudyConfig, ""))


def commands(text: str) -> list[str]:
    blocks = re.findall(r"```(?:sh|console)\n(.*?)```", text, flags=re.DOTALL)
    lines = [line.split("  #")[0].strip() for block in blocks for line in block.splitlines()]
    return [line for line in lines if line and not line.startswith("#")]


@pytest.mark.parametrize(
    "name",
    [
        "README.md",
        "docs/demo.md",
        "docs/first-study.md",
        "docs/first-five-minutes.md",
        "docs/scale.md",
        "docs/teach.md",
    ],
)
def test_every_halfstep_command_in_the_docs_parses_and_names_things_that_exist(name: str) -> None:
    from halfstep.cli.app import app

    for command in commands(read(name)):
        for part in re.split(r"&&|\|", command):
            words = shlex.split(part)
            if "halfstep" in words:
                arguments = words[words.index("halfstep") + 1 :]
                app.parse_args(arguments, print_error=False, exit_on_error=False)
                for word in arguments:
                    if word.startswith(("studies/", "tests/")):
                        assert (ROOT / word).exists(), command


def test_the_first_five_minutes_lead_from_a_workbook_to_a_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The table of first-study.md as a workbook, then every command of the page, as they stand there."""
    from halfstep.cli import main

    table = re.search(r"```csv\n(.*?)```", read("docs/first-study.md"), flags=re.DOTALL)
    assert table is not None
    book = openpyxl.Workbook()
    assert book.active is not None
    for line in table[1].splitlines():
        book.active.append([float(cell) if cell.replace(".", "").isdigit() else cell for cell in line.split(",")])
    book.save(tmp_path / "washing machines.xlsx")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("halfstep.cli.doctor.requires", lambda _: ["numpy>=2"])
    told = commands(read("docs/first-five-minutes.md"))
    assert len(told) <= 5
    for command in told:
        with pytest.raises(SystemExit) as stopped:
            main(shlex.split(command)[1:])
        assert stopped.value.code == 0, command
    assert "Overall" in capsys.readouterr().out or "总体" in capsys.readouterr().out
    assert sorted(p.name for p in (tmp_path / "machines" / "out").iterdir()) == [
        "report.html",
        "report.json",
        "report.xlsx",
    ]


def test_the_two_commands_stand_in_the_readme() -> None:
    text = read("README.md")
    assert "pip install uv && uv run halfstep run studies/us-cars" in text
    assert "uv run pytest" in text


@pytest.mark.parametrize(
    "name",
    [
        "README.md",
        "ARCHITECTURE.md",
        "CHANGELOG.md",
        *(
            f"docs/{n}.md"
            for n in (
                "study",
                "notation",
                "glossary",
                "demo",
                "first-study",
                "first-five-minutes",
                "random-coefficients",
                "shocks",
                "crises",
                "choice",
                "design",
            )
        ),
    ],
)
def test_links_lead_somewhere(name: str) -> None:
    here = (ROOT / name).parent
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", read(name)):
        if not target.startswith(("http:", "https:")):
            assert (here / target).exists(), target


@pytest.mark.parametrize("name", ["docs/random-coefficients.md", "docs/shocks.md", "docs/choice.md"])
def test_the_example_on_arrays_prints_what_it_says(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    text = read(name)
    (code,) = re.findall(r"```python\n(.*?)```", text, flags=re.DOTALL)
    printed = re.findall(r"```text\n(.*?)```", text, flags=re.DOTALL)[-1]
    exec(compile(code, name, "exec"), {})
    assert capsys.readouterr().out == printed


def test_the_study_of_the_page_on_shocks_runs(tmp_path: Path) -> None:
    """The settings as printed, with a table of the printed head: 12 brands, 70 weeks."""
    from halfstep.study import run

    text = read("docs/shocks.md")
    (settings,) = re.findall(r"```toml\n(.*?)```", text, flags=re.DOTALL)
    head = re.findall(r"```text\n(.*?)```", text, flags=re.DOTALL)[0].splitlines()[0]
    rng = random.Random(1)
    brands = ["Alder", "Birch", *(f"Brand {n}" for n in range(10))]
    weeks = [f"2024-W{n:02d}" for n in range(1, 53)] + [f"2025-W{n:02d}" for n in range(1, 27)]
    rows = [f"{week},{brand},{round(1000 * rng.lognormvariate(0, 0.05))}" for brand in brands for week in weeks]
    (tmp_path / "orders.csv").write_text("\n".join([head, *rows]), encoding="utf-8")
    (tmp_path / "study.toml").write_text(settings, encoding="utf-8")
    answer = run(tmp_path, only=("events",)).answers["events"]
    assert [(v.event, v.first) for v in answer.events] == [("recall", "2025-W13")]
    assert {c.id for c in answer.checks} >= {"event.recall.orders.placebo", "event.recall.orders.rival.waiting"}
    assert any(e.id == "event.recall.orders.cost.13" for e in answer.estimates)


def test_labels_are_in_the_glossary_in_both_languages() -> None:
    from halfstep.report.words import word

    text = read("docs/glossary.md")
    for label in LABELS:
        assert label in text
        assert word(f"label.{label}", "zh") in text


def test_symbols_of_the_notation_are_the_ones_in_the_code() -> None:
    source = "\n".join(p.read_text(encoding="utf-8") for p in (ROOT / "src").rglob("*.py"))
    told = re.findall(r"^\| `(\w+)` \|", read("docs/notation.md"), flags=re.MULTILINE)
    assert len(told) > 15
    assert [t for t in told if not re.search(rf"\b{t}\b", source)] == []


def test_the_study_of_the_page_on_choices_runs(tmp_path: Path) -> None:
    """The settings as printed, with a table of the printed head: 200 respondents, 8 tasks."""
    import numpy as np
    import polars as pl

    from halfstep.study import run
    from halfstep.worlds.choice import ChoiceWorld, simulate

    text = read("docs/choice.md")
    (settings,) = re.findall(r"```toml\n(.*?)```", text, flags=re.DOTALL)
    head = re.findall(r"```text\n(.*?)```", text, flags=re.DOTALL)[0].splitlines()[0].split(",")
    columns = simulate(ChoiceWorld(name=3.0, tasks=8), np.random.default_rng(1)).columns()
    names = {"respondent": "id", "brand": "name", "x0": "quiet", "x1": "reach"}
    frame = pl.DataFrame({names.get(k, k): np.asarray(v) for k, v in columns.items() if k != "weight"})
    brands = {"b00": "Alder", "b01": "Birch", "b02": "Cedar", "b03": "Dogwood"}
    frame.select(pl.col(head)).with_columns(pl.col("name").replace(brands)).write_csv(tmp_path / "export.csv")
    lineup = "product,name,price,quiet,reach\nAlder One,Alder,20,0,0\nBirch One,Birch,24,1,0\n"
    (tmp_path / "products.csv").write_text(lineup, encoding="utf-8")
    (tmp_path / "study.toml").write_text(settings, encoding="utf-8")
    outcome = run(tmp_path, only=("choice", "gap"))
    told = {(v.half, v.lens): v.label for v in outcome.answers["gap"].verdicts}
    assert told[("name", "choice")] == "short"
    assert ("product", "choice") in told
    assert {e.id for e in outcome.answers["choice"].estimates} >= {
        "choice.search.next.gain",
        "choice.heldout.mixed_logit.hits",
    }
    assert {c.id for c in outcome.answers["choice"].checks} >= {"choice.classes", "choice.starts"}
