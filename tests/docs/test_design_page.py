"""The page on planned experiments is held against the program: its study runs, its figures come out."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

PAGE = (Path(__file__).parents[2] / "docs" / "design.md").read_text(encoding="utf-8")
NUMBER = re.compile(r"\d[\d,]*\.?\d*")


def test_the_study_of_the_page_says_what_the_page_says(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The same sentences; figures within a few percent, as the search for tasks may end elsewhere on another machine."""
    from halfstep.cli import main

    (settings,) = re.findall(r"```toml\n(.*?)```", PAGE, flags=re.DOTALL)
    (told,) = re.findall(r"```text\n(.*?)```", PAGE, flags=re.DOTALL)
    (tmp_path / "study.toml").write_text(settings, encoding="utf-8")
    with pytest.raises(SystemExit) as stopped:
        main(["design", str(tmp_path), "--lang", "en"])
    assert stopped.value.code == 0
    printed = " ".join(capsys.readouterr().out.split())
    for line in told.splitlines():
        found = re.search(r"(\d[\d,]*\.?\d*)".join(map(re.escape, NUMBER.split(line))), printed)
        assert found is not None, line
        for ours, theirs in zip(found.groups(), NUMBER.findall(line), strict=True):
            assert float(ours.strip(".").replace(",", "")) == pytest.approx(
                float(theirs.strip(".").replace(",", "")), rel=0.05
            )
    assert (
        (tmp_path / "out" / "design.csv")
        .read_bytes()
        .startswith(b"\xef\xbb\xbfversion,task,alternative,brand,price,battery,screen")
    )


def test_every_command_of_the_page_parses() -> None:
    from halfstep.cli.app import app

    for line in re.findall(r"^halfstep .*$", PAGE, flags=re.MULTILINE):
        app.parse_args(shlex.split(line)[1:], print_error=False, exit_on_error=False)


def test_links_of_the_page_lead_somewhere() -> None:
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", PAGE):
        assert (Path(__file__).parents[2] / "docs" / target).exists(), target
