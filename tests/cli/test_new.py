"""`halfstep new`: from the user's tables to a study that runs."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
import tomllib
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path

import pytest
import xlsxwriter

from halfstep import cli
from halfstep.cli.whole import put_whole
from tests.ugly import BASE, PRESS, UGLY, csv

KILLS = 100
ALL = {**UGLY, "press": PRESS}


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HALFSTEP_LANG", "en")
    monkeypatch.setenv("COLUMNS", "200")


def code(*arguments: str) -> int:
    with pytest.raises(SystemExit) as stopped:
        cli.main(list(arguments))
    assert isinstance(stopped.value.code, int)
    return stopped.value.code


def settings(folder: Path) -> dict[str, dict[str, object]]:
    return tomllib.loads((folder / "study.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", ALL)
def test_from_any_table_to_a_page(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ugly, folder = ALL[name], tmp_path / "study"
    assert code("new", str(folder), "--from", str(ugly.put(tmp_path)), "--yes") == 0
    assert (folder / ugly.file).read_bytes() == ugly.raw
    assert "# guessed" in (folder / "study.toml").read_text(encoding="utf-8")
    assert "# guessed" in capsys.readouterr().out
    assert code("check", str(folder)) == 0
    assert "What can be asked of it" in capsys.readouterr().out
    assert code("run", str(folder)) == 0
    assert (folder / "out" / "report.html").stat().st_size > 10_000


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_json_is_one_document(tmp_path: Path, lang: str, capsys: pytest.CaptureFixture[str]) -> None:
    ugly, folder = UGLY["chinese_gbk"], tmp_path / "study"
    assert code("new", str(folder), "--from", str(ugly.put(tmp_path)), "--json", "--lang", lang) == 0
    shown = capsys.readouterr()
    record = json.loads(shown.out)
    assert shown.err == ""
    assert record["faults"] == []
    assert record["study"] == str(folder / "study.toml")
    assert {c["role"]: c["name"] for c in record["tables"][0]["columns"] if c["role"] in ugly.roles} == ugly.roles
    assert {g["key"] for g in record["guessed"]} == {"focal", "benchmarks", "edges", "unseen_quality_max"}
    assert {q["id"] for q in record["questions"]} >= {"gap", "verdict", "tastes"}
    assert ("猜测" in (folder / "study.toml").read_text(encoding="utf-8")) == (lang == "zh")


def test_a_study_that_is_there_is_left_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = str(UGLY["english"].put(tmp_path))
    (tmp_path / "study").mkdir()
    (tmp_path / "study" / "study.toml").write_text("mine")
    assert code("new", str(tmp_path / "study"), "--from", path, "--yes", "--json") == 2
    assert "not touched" in json.loads(capsys.readouterr().out)["faults"][0]["what"]
    assert (tmp_path / "study" / "study.toml").read_text() == "mine"
    assert [p.name for p in (tmp_path / "study").iterdir()] == ["study.toml"]


def test_a_file_in_the_way_is_left_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ugly, folder = UGLY["english"], tmp_path / "study"
    path = str(ugly.put(tmp_path))
    folder.mkdir()
    (folder / ugly.file).write_text("mine")
    assert code("new", str(folder), "--from", path, "--yes", "--json") == 2
    assert "another file of this name" in json.loads(capsys.readouterr().out)["faults"][0]["what"]
    assert not (folder / "study.toml").exists()
    (folder / ugly.file).write_bytes(ugly.raw)  # the same file may be there already
    assert code("new", str(folder), "--from", path, "--yes") == 0


def test_tables_inside_the_folder_are_not_copied(tmp_path: Path) -> None:
    path = UGLY["english"].put(tmp_path / "study" / "data")
    assert code("new", str(tmp_path / "study"), "--from", str(path), "--yes") == 0
    assert settings(tmp_path / "study")["tables"] == {"sales": f"data/{path.name}"}
    assert sorted(p.name for p in (tmp_path / "study").iterdir()) == ["data", "study.toml"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "halfstep new DIR --from FILE"),
        (["--from", "nowhere.csv"], "nowhere.csv"),
        (["--from", "words.csv"], "expected a table of sales"),
        (["--from", "reach.csv"], "add one with --from"),
        (["--from", "reach.csv", "words.csv"], "expected a table of sales"),
    ],
)
def test_what_cannot_be_made_is_said_with_advice(
    arguments: list[str], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("words.csv").write_text("here,there\nx,y\n")
    Path("reach.csv").write_text("brand,awareness\nA,.5\nB,.6\n")
    assert code("new", "study", *arguments, "--yes") == 2
    shown = " ".join(capsys.readouterr().out.split())
    assert said in shown
    assert "No study.toml was written." in shown
    assert not Path("study").exists()


def test_side_tables_come_along(tmp_path: Path) -> None:
    sales = UGLY["english"].put(tmp_path)
    (tmp_path / "shops.csv").write_text("Make,outlets\nA,10\nB,20\nC,30\nD,40\n")
    (tmp_path / "orders.csv").write_text("Make,year,orders,backlog\nA,2022,100,5\nA,2023,90,0\n")
    files = [str(sales), str(tmp_path / "shops.csv"), str(tmp_path / "orders.csv")]
    assert code("new", str(tmp_path / "s"), "--from", *files, "--focal", "A", "--benchmark", "D", "C", "--yes") == 0
    found = settings(tmp_path / "s")
    assert found["study"]["focal"] == "A"
    assert found["study"]["benchmarks"] == ["D", "C"]
    assert found["reach_columns"] == {"brand": "Make", "outlets": "outlets"}
    assert found["flow_columns"] == {"brand": "Make", "period": "year", "orders": "orders", "backlog": "backlog"}
    assert "guessed" not in next(
        line for line in (tmp_path / "s" / "study.toml").read_text().splitlines() if line.startswith("focal")
    )


def test_sales_and_printed_figures_make_one_study(tmp_path: Path) -> None:
    files = [str(UGLY["chinese_gbk"].put(tmp_path)), str(PRESS.put(tmp_path))]
    assert code("new", str(tmp_path / "s"), "--from", *files, "--yes") == 0
    found = settings(tmp_path / "s")
    assert set(found["tables"]) == {"sales", "press"}
    assert found["study"]["as_of"] == "2025-02-01"
    assert found["press"] == {"market": "全市场", "metrics": {"出货量": "units", "市占率": "share"}}


def test_a_brand_that_is_not_in_the_table_is_a_fault(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = str(UGLY["english"].put(tmp_path))
    assert code("new", str(tmp_path / "s"), "--from", path, "--focal", "Nobody", "--yes") == 2
    assert "Nobody" in capsys.readouterr().out


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[list[str]], list[str]]]:
    """A terminal at which the given answers are typed; what is left over comes back."""

    def typed(lines: list[str]) -> list[str]:
        monkeypatch.setattr("halfstep.cli.new.can_ask", lambda _: True)
        monkeypatch.setattr("builtins.input", lambda: lines.pop(0))
        return lines

    yield typed


def test_on_a_terminal_only_what_is_open_is_asked(
    tmp_path: Path, answers: Callable[[list[str]], list[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    path = str(UGLY["two_prices_xlsx"].put(tmp_path))
    left = answers(["2", "nonsense", "远山", "云岭，海棠", "much", ".7"])
    assert code("new", str(tmp_path / "s"), "--from", path) == 0
    assert left == []
    found = settings(tmp_path / "s")
    assert found["columns"]["price"] == "官方标价"
    assert found["columns"]["other_prices"] == {"transaction": "成交均价"}
    assert (found["study"]["focal"], found["study"]["benchmarks"]) == ("远山", ["云岭", "海棠"])
    assert found["study"]["unseen_quality_max"] == 0.7
    shown = capsys.readouterr().out
    assert "Not understood: nonsense" in shown
    assert "Every guess was taken" not in shown


def test_nothing_typed_takes_the_guess_and_money_may_be_written(
    tmp_path: Path, answers: Callable[[list[str]], list[str]]
) -> None:
    (tmp_path / "t.csv").write_bytes(csv(BASE.drop("place", "kind")))
    left = answers(["", "", "新台币", ""])
    assert code("new", str(tmp_path / "s"), "--from", str(tmp_path / "t.csv")) == 0
    assert left == []
    found = settings(tmp_path / "s")["study"]
    assert found["currency"] == {"en": "新台币", "zh": "新台币"}
    assert found["benchmarks"] == ["D"]


def test_a_column_that_no_header_names_can_be_pointed_at(
    tmp_path: Path, answers: Callable[[list[str]], list[str]]
) -> None:
    frame = BASE.select("year", "brand", "model", "units", BASE["price"].alias("kosten"), "power")
    (tmp_path / "t.csv").write_bytes(csv(frame))
    left = answers(["kosten", "A", "", "", "2"])
    assert code("new", str(tmp_path / "s"), "--from", str(tmp_path / "t.csv")) == 0
    assert left == []
    assert settings(tmp_path / "s")["columns"]["price"] == "kosten"


@pytest.mark.skipif(sys.platform == "win32", reason="a pseudo-terminal is needed")
def test_a_real_terminal_is_asked(tmp_path: Path) -> None:
    import pty

    path = UGLY["english"].put(tmp_path)
    terminal, end = pty.openpty()
    command = [sys.executable, "-m", "halfstep.cli", "new", str(tmp_path / "s"), "--from", str(path)]
    with subprocess.Popen(command, stdin=end, stdout=end, stderr=end, close_fds=True) as child:
        os.close(end)
        os.write(terminal, b"C\n\n\n")
        shown = b""
        while True:
            try:
                piece = os.read(terminal, 4096)
            except OSError:
                break
            if not piece:
                break
            shown += piece
    os.close(terminal)
    assert child.returncode == 0, shown.decode()
    assert "Which brand is the study about?" in shown.decode()
    assert settings(tmp_path / "s")["study"]["focal"] == "C"


def test_a_workbook_gives_its_largest_sheet_of_each_kind(tmp_path: Path) -> None:
    stream = BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        for name, rows in (("old", 20), ("all", BASE.height)):
            sheet = book.add_worksheet(name)
            sheet.write_row(0, 0, ["year", "brand", "model", "price EUR", "units", "power"])
            for i, row in enumerate(
                BASE.head(rows).select("year", "brand", "model", "price", "units", "power").iter_rows()
            ):
                sheet.write_row(i + 1, 0, row)
        book.add_worksheet("notes").write(0, 0, "nothing here")
    (tmp_path / "book.xlsx").write_bytes(stream.getvalue())
    assert code("new", str(tmp_path / "s"), "--from", str(tmp_path / "book.xlsx"), "--yes") == 0
    assert settings(tmp_path / "s")["tables"] == {"sales": "book.xlsx#all"}
    assert code("new", str(tmp_path / "t"), "--from", f"{tmp_path / 'book.xlsx'}#old", "--yes") == 0
    assert settings(tmp_path / "t")["tables"] == {"sales": "book.xlsx#old"}


WRITER = """
import sys
from pathlib import Path
from halfstep.cli.whole import put_whole
print("ready", flush=True)
for i in range(10**9):
    folder = Path(sys.argv[1]) / str(i)
    folder.mkdir()
    put_whole(folder / "study.toml", sys.argv[2].encode() * 5000)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL on Windows")
def test_a_killed_writer_leaves_a_whole_study_or_none(tmp_path: Path) -> None:
    rng, whole = random.Random(0), b"study.toml " * 5000
    found = []
    for i in range(KILLS):
        home = tmp_path / str(i)
        home.mkdir()
        command = [sys.executable, "-c", WRITER, str(home), "study.toml "]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as child:
            assert child.stdout is not None
            child.stdout.readline()
            time.sleep(rng.uniform(0, 0.02))
            child.send_signal(signal.SIGKILL)
        found += [(folder / "study.toml").read_bytes() for folder in home.iterdir() if (folder / "study.toml").exists()]
    assert len(found) > KILLS / 4
    assert set(found) == {whole}


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL on Windows")
def test_a_killed_command_leaves_a_study_that_loads_or_none(tmp_path: Path) -> None:
    rng, path = random.Random(1), UGLY["english"].put(tmp_path)
    for i in range(8):
        command = [sys.executable, "-m", "halfstep.cli", "new", str(tmp_path / f"s{i}"), "--from", str(path), "--yes"]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as child:
            time.sleep(rng.uniform(0.3, 1.5))
            child.send_signal(signal.SIGKILL)
        if (tmp_path / f"s{i}" / "study.toml").exists():
            assert settings(tmp_path / f"s{i}")["study"]["benchmarks"]
            assert (tmp_path / f"s{i}" / path.name).read_bytes() == path.read_bytes()


def test_no_file_is_written_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "study.toml"
    assert put_whole(target, b"first")
    assert not put_whole(target, b"second")
    monkeypatch.setattr(Path, "exists", lambda _: False)  # another program was quicker
    assert not put_whole(target, b"third")
    assert target.read_bytes() == b"first"
    assert [p.name for p in tmp_path.iterdir()] == ["study.toml"]
