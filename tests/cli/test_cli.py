"""The command line as its users meet it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

from halfstep import __version__, cli
from halfstep.report.text import encodable
from tests.invented import market, write


def call(*arguments: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    settings = os.environ | {"COLUMNS": "200"} | environment
    return subprocess.run(
        [sys.executable, "-m", "halfstep.cli", *arguments], capture_output=True, env=settings, check=False
    )


def code(*arguments: str) -> int:
    with pytest.raises(SystemExit) as stopped:
        cli.main(list(arguments))
    assert isinstance(stopped.value.code, int)
    return stopped.value.code


def test_a_study_runs_and_says_what_it_found(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert code("run", str(write(tmp_path, market("ABC")))) == 0
    out = capsys.readouterr().out
    assert "priced" in out
    assert "What would change it" in out
    assert "report.html" in out
    assert {p.name for p in (tmp_path / "out").iterdir()} == {"report.html", "report.json"}


def test_json_prints_the_report_and_nothing_else(tmp_path: Path) -> None:
    done = call("run", str(write(tmp_path / "s", market("ABC"))), "--json", "--out", str(tmp_path / "o"), "--seed", "9")
    assert done.returncode == 0
    assert done.stderr == b""
    record = json.loads(done.stdout)
    assert record["seed"] == 9
    assert record == json.loads((tmp_path / "o" / "report.json").read_bytes())


def test_all_faults_at_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    frame = market("ABC").with_columns(pl.when(pl.int_range(pl.len()) < 3).then(-1.0).otherwise("price").alias("price"))
    folder = str(write(tmp_path, frame, {"study": {"as_of": "soon"}}))
    assert code("check", folder) == 2
    shown = capsys.readouterr().out
    assert "as_of" in shown
    assert code("run", folder, "--json") == 2
    faults = json.loads(capsys.readouterr().out)["faults"]
    assert len(faults) >= 4
    assert set(faults[0]) == {"table", "row", "column", "what", "mend"}
    assert {f["row"] for f in faults} >= {2, 3, 4}
    assert not (tmp_path / "out").exists()


def test_check_says_what_can_be_asked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = str(write(tmp_path, market("ABC")))
    assert code("check", folder) == 0
    assert "A against B; A against C" in capsys.readouterr().out
    assert code("check", folder, "--json") == 0
    assert json.loads(capsys.readouterr().out)["faults"] == []


def test_nothing_answerable(tmp_path: Path) -> None:
    assert code("run", str(write(tmp_path, market("ABC", models=1)))) == 3
    assert (tmp_path / "out" / "report.html").exists()


def test_no_study_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert code("run", str(tmp_path / "nowhere")) == 2
    assert "study.toml" in capsys.readouterr().out


def test_an_out_folder_that_cannot_be_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("in the way")
    assert code("run", str(write(tmp_path / "s", market("ABC"))), "--out", str(tmp_path / "file")) == 2
    assert "--out" in capsys.readouterr().err


def test_interruption_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def stop(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("halfstep.study.load", stop)
    assert code("run", str(write(tmp_path, market("ABC")))) == 130
    assert "interrupted" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert code("--version") == 0
    assert capsys.readouterr().out.strip() == __version__


@pytest.mark.parametrize("encoding", ["gbk", "cp1252", "ascii"])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_old_consoles_do_not_crash(tmp_path: Path, encoding: str, lang: str) -> None:
    done = call("run", str(write(tmp_path, market("ABC"))), "--lang", lang, PYTHONIOENCODING=encoding)
    assert done.returncode == 0, done.stderr
    text = done.stdout.decode(encoding)
    assert ("半步" in text) == (encoding == "gbk" and lang == "zh")


def test_a_minus_survives_every_encoding() -> None:
    assert encodable("−3", "gbk").startswith("-") or encodable("−3", "gbk") == "−3"
    assert encodable("−3", "cp1252") == "-3"


def test_help_stays_light() -> None:
    script = "import sys, halfstep.cli; print([m for m in ('numpy', 'polars', 'scipy', 'jinja2', 'pydantic') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
