"""Puts the files of a run into their folder so that nobody finds half of them, or files of two runs side by side.

All files are written and flushed in a hidden folder beside the place first. What follows depends on the place.

**The folder is new, or holds nothing but these files** (Linux, macOS, on a file system that can exchange two names): the
hidden folder becomes the folder in one step of the kernel. Whenever the program is killed, the folder holds all files of
the run before or all files of this one.

**Anywhere else** (Windows, something of the user's lies in the folder, the folder is where the user stands, or a mount
point): no system replaces several files in one step. The later files are taken out, the first one is replaced, the later
ones are put in: a few renames, done in well under a millisecond. Killed between them the folder holds the first file and
some or none of the later ones, all of one run, never of two; the next run completes them.

Ctrl-C, and any error, leave the files of one run too. What a killed run left behind is removed by the next run into
the same folder. Files that are not of the run are neither read, moved nor removed. Runs into one folder at the same time
wait for each other, except on Windows.
"""

from __future__ import annotations

import ctypes
import errno
import os
import secrets
import shutil
import sys
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

__all__ = ["write_files"]

STAGE = ".halfstep-"
ASIDE = "before"
OF_THE_SYSTEM = (".DS_Store", "Thumbs.db", "desktop.ini")
"""What file managers drop into any folder that they show."""
HERE, EXCHANGE = -100, 2
"""AT_FDCWD of Linux; the flag of both systems."""


def write_files(folder: Path, files: Mapping[str, bytes]) -> tuple[Path, ...]:
    """Write files into a folder, all or none of them.

    Parameters
    ----------
    folder
        Made if it is not there.
    files
        Name -> content. The first is the one that people open: it is always there.

    Returns
    -------
    tuple of Path
        The files, in their order.

    Raises
    ------
    OSError
        If the folder cannot be written; it holds what it held.
    """
    place = folder.resolve()
    if place.exists() and not place.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, "expected a folder, there is a file of that name", str(folder))
    place.parent.mkdir(parents=True, exist_ok=True)
    with _alone(place.parent):
        for left in _stages(place):
            _clear(left, place, files)
        if not (_is_ours(place, files) and _at_once(place, files)):
            _one_by_one(place, files)
        _settle(place)
        _settle(place.parent)
    return tuple(folder / name for name in files)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Keep other runs out while this one writes; the lock goes with the process, however it ends."""
    if sys.platform == "win32":
        yield
        return
    import fcntl

    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:  # a folder that may be entered but not listed
        yield
        return
    try:
        with suppress(OSError):
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _stages(place: Path) -> list[Path]:
    """Return the hidden folders of killed runs, beside the place and inside it."""
    found: list[Path] = []
    for stem in (_beside(place), _inside(place)):
        with suppress(OSError):
            found += [p for p in stem.parent.iterdir() if p.name.startswith(stem.name) and p.is_dir()]
    return found


def _beside(place: Path) -> Path:
    return place.parent / f".{place.name}{STAGE}"


def _inside(place: Path) -> Path:
    return place / STAGE


def _is_ours(place: Path, names: Collection[str]) -> bool:
    """Whether the folder may be exchanged as a whole: it is not there yet, or nothing in it or about it is the user's."""
    if not place.exists():
        return True
    with suppress(OSError):
        if Path.cwd().is_relative_to(place):
            return False
    return os.access(place, os.W_OK) and all(
        entry.name in OF_THE_SYSTEM or (entry.name in names and entry.is_file() and not entry.is_symlink())
        for entry in place.iterdir()
    )


@contextmanager
def _staged(stem: Path, place: Path, files: Mapping[str, bytes]) -> Iterator[Path]:
    """Hold all files, flushed, in a hidden folder whose name starts with `stem`; nothing of it stays."""
    stage = stem.with_name(stem.name + secrets.token_hex(4))
    try:
        stage.mkdir()
        for name, content in files.items():
            _write(stage / name, content)
        _settle(stage)
        yield stage
    finally:
        _clear(stage, place, files)


def _write(path: Path, content: bytes) -> None:
    with path.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _settle(folder: Path) -> None:
    """Have the names in a folder written to the disk, where the system lets a folder be flushed."""
    if sys.platform == "win32":
        return
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _at_once(place: Path, files: Mapping[str, bytes]) -> bool:
    """Put a staged folder in the place in one step; False where that cannot be done, and nothing is changed."""
    try:
        with _staged(_beside(place), place, files) as stage:
            if not place.exists():
                stage.rename(place)
                return True
            shutil.copystat(place, stage)
            os.utime(stage)
            old, new = place.stat(), stage.stat()
            return (old.st_uid, old.st_gid) == (new.st_uid, new.st_gid) and _exchange(stage, place)
    except PermissionError:  # nothing may be made beside the place
        if place.exists():
            return False
        raise


def _exchange(one: Path, two: Path) -> bool:
    """Exchange two names in one step: renameat2 of Linux, renamex_np of macOS."""
    first, second = os.fsencode(one), os.fsencode(two)
    calls: dict[str, tuple[str, tuple[bytes | int, ...]]] = {
        "linux": ("renameat2", (HERE, first, HERE, second, EXCHANGE)),
        "darwin": ("renamex_np", (first, second, EXCHANGE)),
    }
    if sys.platform not in calls:
        return False
    name, arguments = calls[sys.platform]
    function = getattr(ctypes.CDLL(None), name, None)
    return function is not None and bool(function(*arguments) == 0)


def _one_by_one(place: Path, files: Mapping[str, bytes]) -> None:
    """Replace the files one after the other, so that what lies there is always of one run."""
    first, *later = files
    with _staged(_inside(place), place, files) as stage:
        aside = stage / ASIDE
        aside.mkdir()
        try:
            for name in later:
                with suppress(FileNotFoundError):
                    (place / name).replace(aside / name)
            (stage / first).replace(place / first)
        finally:
            source = aside if (stage / first).exists() else stage
            for name in later:
                with suppress(FileNotFoundError):
                    (source / name).replace(place / name)


def _clear(stage: Path, place: Path, names: Collection[str]) -> None:
    """Remove a stage and the run's files in it; anything else that got there goes back to its folder."""
    for home in (stage / ASIDE, stage):
        for entry in list(home.iterdir()) if home.is_dir() else []:
            with suppress(OSError):
                if entry.name in names:
                    entry.unlink()
                elif entry.name != ASIDE and not (place / entry.name).exists():
                    entry.rename(place / entry.name)
        with suppress(OSError):
            home.rmdir()
