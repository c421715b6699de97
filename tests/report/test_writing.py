"""The output folder holds the files of one run, whenever a run is killed."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from halfstep.report import writing
from halfstep.report.writing import write_files

NAMES = ("report.html", "report.json", "report.xlsx")
KILLS = 100

CHILD = """
import sys
from pathlib import Path
from halfstep.report.writing import write_files
number, folder = int(sys.argv[1]), Path(sys.argv[2])
print("ready", flush=True)
while True:
    number += 1
    write_files(folder, {name: f"{number} ".encode() * size for name, size in zip(sys.argv[3:], (30000, 9000, 300))})
"""

posix = pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL, and no exchange, on Windows")


def versions(folder: Path) -> dict[str, set[str]]:
    """The words of each file of the run: one word where the file is whole."""
    return {name: set((folder / name).read_text().split()) for name in NAMES if (folder / name).exists()}


def whole(version: str) -> dict[str, set[str]]:
    return {name: {version} for name in NAMES}


def hidden(folder: Path) -> list[str]:
    return [p.name for home in (folder.parent, folder) for p in home.iterdir() if p.name.startswith(".")]


def killed_at_random(folder: Path, judge: Callable[[dict[str, set[str]]], None]) -> set[str]:
    """Kill a writing child many times at random; judge the folder after each; return the versions that were seen."""
    rng, seen, number = random.Random(0), set[str](), 0
    for _ in range(KILLS):
        arguments = [sys.executable, "-c", CHILD, str(number), str(folder), *NAMES]
        with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True) as child:
            assert child.stdout is not None
            child.stdout.readline()
            time.sleep(rng.uniform(0, 0.03))
            child.send_signal(signal.SIGKILL)
        if folder.exists():
            found = versions(folder)
            judge(found)
            last = next(iter(found[NAMES[0]]))
            seen.add(last)
            number = int(last)
    return seen


@posix
def test_a_killed_run_leaves_all_files_of_one_run(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    write_files(tmp_path / "try", dict.fromkeys(NAMES, b"0"))
    (tmp_path / "other").mkdir()
    if not writing._exchange(tmp_path / "try", tmp_path / "other"):
        pytest.skip("this file system exchanges no folders")

    def judge(found: dict[str, set[str]]) -> None:
        assert list(found) == list(NAMES)
        assert len(set.union(*found.values())) == 1

    assert len(killed_at_random(folder, judge)) > KILLS / 4
    write_files(folder, dict.fromkeys(NAMES, b"last"))
    assert hidden(folder) == []
    assert versions(folder) == whole("last")


@posix
def test_beside_the_users_own_files_a_killed_run_never_mixes_two(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    (folder / "mine").mkdir(parents=True)
    (folder / "mine" / "notes.txt").write_text("mine")
    (folder / "notes.txt").write_text("mine")
    os.link(folder / "notes.txt", tmp_path / "same")
    write_files(folder, dict.fromkeys(NAMES, b"0"))

    def judge(found: dict[str, set[str]]) -> None:
        assert NAMES[0] in found
        assert len(set.union(*found.values())) == 1
        assert (folder / "notes.txt").samefile(tmp_path / "same")
        assert (folder / "mine" / "notes.txt").read_text() == "mine"

    assert len(killed_at_random(folder, judge)) > KILLS / 4
    write_files(folder, dict.fromkeys(NAMES, b"last"))
    assert hidden(folder) == []
    assert {p.name for p in folder.iterdir()} == {"mine", "notes.txt", *NAMES}
    assert versions(folder) == whole("last")


@pytest.mark.parametrize("own", [False, True], ids=["only ours", "beside the user's own"])
@pytest.mark.parametrize("step", ["_write", "_settle", "_exchange", "_clear", "replace"])
@pytest.mark.parametrize("after", [False, True], ids=["before it", "after it"])
@pytest.mark.parametrize("turn", range(4))
def test_interrupted_anywhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, own: bool, step: str, after: bool, turn: int
) -> None:
    """Ctrl-C before or after any step: the files are of one run, and nothing else is left."""
    folder = tmp_path / "out"
    write_files(folder, dict.fromkeys(NAMES, b"old"))
    if own:
        (folder / "notes.txt").write_text("mine")
    target, done = (Path if step == "replace" else writing), [0]
    real = getattr(target, step)

    def stop(*arguments: object) -> object:
        done[0] += 1
        if done[0] != turn + 1:
            return real(*arguments)
        if after:
            real(*arguments)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(target, step, stop)
        with suppress(KeyboardInterrupt):
            write_files(folder, dict.fromkeys(NAMES, b"new"))
    found = versions(folder)
    if not (step == "_clear" or (step == "replace" and turn == 3)):
        assert list(found) == list(NAMES)
        assert hidden(folder) == []
    assert len(set.union(*found.values())) == 1
    assert own == (folder / "notes.txt").exists()
    write_files(folder, dict.fromkeys(NAMES, b"next"))
    assert hidden(folder) == []
    assert versions(folder) == whole("next")


def test_what_a_killed_run_left_is_removed_and_what_is_the_users_goes_back(tmp_path: Path) -> None:
    folder, left = tmp_path / "out", tmp_path / ".out.halfstep-0000"
    left.mkdir()
    (left / NAMES[0]).write_text("half")
    (left / "notes.txt").write_text("mine")
    write_files(folder, dict.fromkeys(NAMES, b"new"))
    write_files(folder, dict.fromkeys(NAMES, b"newer"))
    assert hidden(folder) == []
    assert versions(folder) == whole("newer")
    assert (folder / "notes.txt").read_text() == "mine"


@pytest.mark.parametrize("own", [False, True])
@posix
def test_two_runs_at_once_wait_for_each_other(tmp_path: Path, own: bool) -> None:
    folder = tmp_path / "out"
    write_files(folder, dict.fromkeys(NAMES, b"0"))
    if own:
        (folder / "notes.txt").write_text("mine")
    arguments = [sys.executable, "-c", CHILD.replace("while True:", "for _ in range(100):")]
    children = [subprocess.Popen([*arguments, str(n), str(folder), *NAMES]) for n in (1000, 2000)]
    assert [child.wait() for child in children] == [0, 0]
    assert hidden(folder) == []
    assert list(versions(folder)) == list(NAMES)
    assert len(set.union(*versions(folder).values())) == 1


def test_a_link_to_a_folder_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    try:
        (tmp_path / "out").symlink_to(tmp_path / "real", target_is_directory=True)
    except OSError:
        pytest.skip("no links here")
    files = write_files(tmp_path / "out", dict.fromkeys(NAMES, b"new"))
    assert (tmp_path / "out").is_symlink()
    assert [f.read_bytes() for f in files] == [b"new"] * 3
    assert versions(tmp_path / "real") == whole("new")


def test_a_file_in_the_way_is_named_and_kept(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(OSError, match="expected a folder"):
        write_files(tmp_path / "file", {"a": b""})
    assert (tmp_path / "file").read_text() == "in the way"
