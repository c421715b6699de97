"""The page on the docket is held against the program: its commands run, and print what stands there."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "docket.md").read_text(encoding="utf-8")


def blocks(kind: str) -> list[str]:
    return re.findall(rf"```{kind}\n(.*?)```", PAGE, flags=re.DOTALL)


def test_every_command_of_the_page_prints_what_stands_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from halfstep.cli import main

    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "10000")
    claims, press = blocks("csv")
    (settings,), told = blocks("toml"), blocks("text")
    (tmp_path / "claims.csv").write_text(claims, encoding="utf-8")
    printed: list[str] = []
    for command in (line for block in blocks("sh") for line in block.splitlines()):
        if not printed:
            assert "--from" in command
        else:
            (tmp_path / "alder" / "study.toml").write_text(settings, encoding="utf-8")
            (tmp_path / "alder" / "press.csv").write_text(press, encoding="utf-8")
        with pytest.raises(SystemExit) as stopped:
            main([*shlex.split(command)[1:], "--lang", "en"])
        assert stopped.value.code == 0, command
        printed.append(capsys.readouterr().out)
    skeleton, first, later = printed
    assert "8 claims" in skeleton
    for block, out in zip(told, (first, later), strict=True):
        assert [line for line in block.splitlines() if line not in out.splitlines()] == []
    assert (tmp_path / "alder" / "claims.csv").read_text(encoding="utf-8") == claims
    assert {p.name for p in (tmp_path / "later").iterdir()} == {"report.html", "report.json", "report.xlsx"}


def test_the_example_on_arrays_prints_what_it_says(capsys: pytest.CaptureFixture[str]) -> None:
    """The same sentences; figures within a few percent, as draws may differ between versions of NumPy."""
    text = (ROOT / "docs" / "ramp.md").read_text(encoding="utf-8")
    (code,), (told,) = (re.findall(rf"```{kind}\n(.*?)```", text, flags=re.DOTALL) for kind in ("python", "text"))
    exec(compile(code, "ramp.md", "exec"), {})
    printed = capsys.readouterr().out
    number = re.compile(r"\d[\d,]*\.?\d*")
    assert number.split(printed) == number.split(told)
    ours, theirs = ([float(found.replace(",", "")) for found in number.findall(out)] for out in (printed, told))
    assert ours == pytest.approx(theirs, rel=0.05)


@pytest.mark.parametrize("name", ["docket", "ramp"])
def test_links_lead_somewhere(name: str) -> None:
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", (ROOT / "docs" / f"{name}.md").read_text(encoding="utf-8")):
        if not target.startswith("http"):
            assert (ROOT / "docs" / target).exists(), target


def stored() -> dict[str, dict[str, Any]]:
    """Every simulated maker and the real ones, as the page has them: twelve months ahead."""
    found = json.loads((ROOT / "docs" / "validation" / "ramps.json").read_text(encoding="utf-8"))
    real = found["real makers"]["no month expected to differ"]["12 months"]
    return {name: world["the maker in question"]["12 months"] for name, world in found["worlds"].items()} | {
        "real makers": real
    }


def row(name: str, world: dict[str, Any]) -> str:
    """Write a world as the page writes it."""
    held = [f"{100 * world['coverage'][level]['rate']:.0f}%" for level in ("80%", "90%")]
    against = [
        f"{world[way]['label']} ({world[way]['crps ratio']:.2f})"
        for way in ("against the last month", "against a line")
    ]
    return f"| {' | '.join([name, *held, *against])} |"


def test_the_table_of_the_page_on_the_ramp_is_the_stored_worlds() -> None:
    page = (ROOT / "docs" / "ramp.md").read_text(encoding="utf-8")
    table = page.partition("| makers |")[2].partition("\n\n")[0].splitlines()[2:]
    assert table == [row(name, world) for name, world in stored().items()]
