"""The command line as its users meet it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from io import StringIO
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from rich.cells import cell_len

from halfstep import __version__, cli
from halfstep.cli import doctor, language
from halfstep.cli.app import app
from halfstep.cli.console import Out, _wrapped
from halfstep.cli.front import PAGES
from halfstep.cli.progress import progress
from halfstep.report.text import encodable
from tests.invented import market, write


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HALFSTEP_LANG", "en")
    monkeypatch.setenv("COLUMNS", "200")


def call(*arguments: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    settings = os.environ | environment
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
    files = {p.name for p in (tmp_path / "out").iterdir()}
    assert files == {"report.html", "report.json", "report.xlsx"}
    assert all(name in out for name in files)


def shocks(folder: Path, *, backlog: bool = False, asked: bool = True) -> str:
    """A study of one event and nothing else: orders of B0 run a fifth lower from the 31st month on."""
    months = [f"{2020 + m // 12}-{m % 12 + 1:02d}" for m in range(36)]
    rng = np.random.default_rng(5)
    rows = [
        (
            month,
            f"B{k}",
            float(round(1000 * (1 + 0.1 * k) * np.exp(rng.normal(0, 0.02)) * (0.8 if k == 0 and m > 29 else 1.0))),
        )
        for k in range(14)
        for m, month in enumerate(months)
    ]
    event = {"id": "dispute", "period": "2022-07", "brand": "B0", "label": "The dispute", "source": "invented"}
    kind = "deliveries" if backlog else "orders"
    changes = {
        "study": {"focal": "B0", "benchmarks": ["B1"]}, "tables": {"sales": None}, "columns": None, "attributes": None, "bands": None,
        "outcome_columns": {"period": "month", "entity": "brand", "value": "n"}, "shocks": {"placebos": 60},
        "outcomes": [{"id": "orders", "label": "orders", "kind": kind}], "events": [event | ({"outcomes": ["orders"]} if asked else {})],
    }  # fmt: skip
    table = pl.DataFrame(rows, schema=["month", "brand", "n"], orient="row")
    return str(write(folder, None, changes, {"outcomes": table}))


def test_an_event_is_told_with_what_judges_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = shocks(tmp_path)
    assert code("event", folder) == 0
    out = capsys.readouterr().out
    assert out.startswith("The dispute: ")
    assert "95% interval" in out
    assert "synthetic control" in out
    assert "four of five cases" in out
    assert {p.name for p in (tmp_path / "out").iterdir()} == {"report.html", "report.json", "report.xlsx"}
    assert code("event", folder, "--json", "--out", str(tmp_path / "o"), "--seed", "4") == 0
    record = json.loads(capsys.readouterr().out)
    assert record["seed"] == 4
    assert [event["event"] for event in record["events"]] == ["dispute"]


def test_events_that_are_all_refused_leave_nothing_answered(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert code("event", shocks(tmp_path, backlog=True)) == 3
    assert "orders instead of deliveries" in capsys.readouterr().out
    assert (tmp_path / "out" / "report.html").exists()


def test_a_study_without_events_is_told_what_to_add(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = shocks(tmp_path, asked=False)
    assert code("event", folder) == 3
    assert "[[events]]" in capsys.readouterr().out
    assert not (tmp_path / "out").exists()
    assert code("event", folder, "--json") == 3
    assert json.loads(capsys.readouterr().out)["events"] == []
    assert code("event", str(tmp_path / "nowhere")) == 2


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
    assert "2-4" in shown  # rows with the same fault share a line
    assert code("run", folder, "--json") == 2
    faults = json.loads(capsys.readouterr().out)["faults"]
    assert len(faults) >= 4
    assert set(faults[0]) == {"table", "row", "column", "what", "mend"}
    assert {f["row"] for f in faults} >= {2, 3, 4}
    assert not (tmp_path / "out").exists()


def test_a_kernel_that_is_not_there_is_a_fault(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HALFSTEP_KERNEL", "fortran")
    with pytest.raises(SystemExit) as left:
        cli.main(["run", str(Path(__file__).parents[2] / "studies" / "us-cars"), "--lang", "en"])
    assert left.value.code == 2
    assert "expected native or numpy in HALFSTEP_KERNEL" in " ".join("".join(capsys.readouterr()).split())


def test_check_says_what_can_be_asked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = str(write(tmp_path, market("ABC")))
    assert code("check", folder) == 0
    assert "A against B; A against C" in capsys.readouterr().out
    assert code("check", folder, "--json") == 0
    record = json.loads(capsys.readouterr().out)
    assert record["faults"] == []
    assert {q["id"]: q["status"] for q in record["questions"]}["gap"] == "now"
    assert code("check", folder, "--lang", "zh") == 0
    assert "A 对 B" in capsys.readouterr().out


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


def test_the_front_page_comes_at_once_and_names_every_command() -> None:
    script = (
        "import sys, halfstep.cli as c\ntry: c.main(['--help'])\nexcept SystemExit: pass\nprint(sorted(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert "'cyclopts'" not in done.stdout
    commands = {name for name in app if not name.startswith("-")}
    assert commands == {"new", "check", "run", "event", "docket", "design", "label", "teach", "doctor", "completion"}
    for page in PAGES.values():
        assert all(f"halfstep {name} " in page for name in commands)


def test_commands_import_nothing_heavy_before_they_need_it() -> None:
    script = "import sys, halfstep.cli.app; print([m for m in ('numpy', 'polars', 'scipy', 'jinja2', 'pydantic') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    "arguments", [["run"], ["check", "x", "--lang", "fr"], ["nonsense"], ["run", "x", "--seed", "a"]]
)
def test_a_misused_command_exits_1_and_says_so_as_asked(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert code(*arguments) == 1
    assert capsys.readouterr().err
    assert code(*arguments, "--json") == 1
    shown = capsys.readouterr()
    assert list(json.loads(shown.out)) == ["error"]
    assert shown.err == ""


def test_a_fault_of_the_program_itself_is_one_document_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("out of luck")

    monkeypatch.setattr("halfstep.data.study.load", fail)
    with pytest.raises(RuntimeError):
        cli.main(["check", str(tmp_path), "--json"])
    assert json.loads(capsys.readouterr().out) == {"error": "RuntimeError: out of luck"}


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_scripts_are_whole(shell: str, tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    assert code("completion", shell) == 0
    script = capsysbinary.readouterr().out
    assert b"--from" in script
    program = shutil.which(shell)
    if program is None:
        return
    (tmp_path / "script").write_bytes(script)
    done = subprocess.run([program, "-n", str(tmp_path / "script")], capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.parametrize(
    ("environment", "lang"),
    [
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "zh_TW.Big5", "LC_ALL": "C"}, "en"),
        ({"LC_MESSAGES": "zh_CN", "LANG": "en_US.UTF-8"}, "zh"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({"LANG": "zh_CN.UTF-8", "HALFSTEP_LANG": "en"}, "en"),
        ({"LC_ALL": "", "LANG": "zh_HK"}, "zh"),
        ({"HALFSTEP_LANG": "zh"}, "zh"),
    ],
)
def test_the_language_is_the_locales(environment: dict[str, str], lang: str) -> None:
    assert language.default(environment) == lang


@pytest.mark.parametrize(
    ("name", "lang"), [("Chinese (Simplified)_China", "zh"), ("zh_CN", "zh"), (None, "en"), ("C", "en")]
)
def test_the_language_where_no_variable_is_set(name: str | None, lang: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("locale.getlocale", lambda: (name, None))
    assert language.default({}) == lang


def test_chinese_lines_are_broken_where_chinese_may_be() -> None:
    text = (
        "以下没有人说过，由程序代定：benchmarks（均价最高）；price_basis（列名没有说是标价 list、成交价 transaction）。"
    )
    lines = _wrapped(text, 30).split("\n")
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert all(cell_len(line) <= 32 for line in lines)
    assert not any(line[0] in "，；：、）。" for line in lines)
    assert any("price_basis" in line for line in lines)


@pytest.mark.skipif(sys.platform == "win32", reason="a pseudo-terminal is needed")
def test_a_bar_shows_on_a_terminal_when_it_takes_long(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = StringIO()
    monkeypatch.setattr(shown, "isatty", lambda: True)
    monkeypatch.setattr(sys, "stderr", shown)
    monkeypatch.setattr("halfstep.cli.progress.PATIENCE", 0.05)
    monkeypatch.setenv("TERM", "xterm")
    with progress(Out("zh"), 3) as step:
        step("read")
        time.sleep(0.4)
        step("market")
        time.sleep(0.3)
    assert "读取" in shown.getvalue()
    assert "0:00:0" in shown.getvalue()
    before = shown.getvalue()
    for quiet in (Out("zh", as_json=True), Out("zh")):
        monkeypatch.setattr("halfstep.cli.progress.PATIENCE", 0.05 if quiet.as_json else 60.0)
        with progress(quiet, 3) as step:
            step("read")
            time.sleep(0.1)
    assert shown.getvalue() == before


def test_doctor_finds_what_is_needed(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = ["numpy>=2,<3", "polars>=1.30,<9", "duckdb>=1 ; extra == 'duckdb'"]
    monkeypatch.setattr("halfstep.cli.doctor.requires", lambda _: wanted)
    assert code("doctor") == 0
    assert "Everything that is needed is here." in capsys.readouterr().out
    monkeypatch.setattr("halfstep.cli.doctor.requires", lambda _: [*wanted, "nowhere>=1", "numpy>=99"])
    assert code("doctor", "--json") == 2
    record = json.loads(capsys.readouterr().out)
    assert record["ok"] is False
    assert [x["what"] for x in record["found"] if x["ok"] is False] == ["nowhere", "numpy"]
    assert [x["do"] for x in record["found"] if x["ok"] is False][1] == "pip install 'numpy>=99'"


def test_versions_are_compared_as_numbers() -> None:
    assert doctor._within("2.10.0", ">=2.9,<3")
    assert not doctor._within("3.0", ">=2,<3")
    assert not doctor._within("1.9.9", ">=2")
