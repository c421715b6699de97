"""The C tests under AddressSanitizer, UndefinedBehaviorSanitizer and valgrind: no finding.

The extension is built into a temporary folder and loaded in place of the installed one; `pytest -p validation.sanitize` is
what does that in the child process. The AVX-512 body runs too, compiled for AVX2, whatever the machine has.
"""

from __future__ import annotations

import importlib.machinery
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Iterator
from pathlib import Path

__all__ = ["sanitize"]

ROOT = Path(__file__).resolve().parents[1]
PLACE = "HALFSTEP_VALIDATED_KERNEL"
TESTS = {"address, undefined": ["tests/native"], "valgrind": ["tests/native", "-k", "not central and not agree"]}
FLAGS = {
    "address, undefined": [
        "-fsanitize=address,undefined",
        "-fno-sanitize-recover=undefined",
        "-DHALFSTEP_AVX512_AS_AVX2",
    ],
    "valgrind": ["-DHALFSTEP_AVX512_AS_AVX2"],
}


def sanitize() -> Iterator[tuple[str, str]]:
    """Yield each way of looking and what came of it: "clean", what was found, or why it could not be tried."""
    for way in TESTS:
        with tempfile.TemporaryDirectory() as folder:
            yield way, _try(way, Path(folder))


def _try(way: str, folder: Path) -> str:
    compiler = shutil.which("gcc") or shutil.which("clang")
    if compiler is None or (way == "valgrind" and shutil.which("valgrind") is None):
        return "not tried: no compiler" if compiler is None else "not tried: no valgrind"
    library = folder / "_kernel.so"
    sources = sorted(str(path) for path in (ROOT / "src/halfstep/native/c").glob("*.c"))
    flags = ["-std=gnu11", "-O1", "-g", "-fPIC", "-shared", "-ffp-contract=fast", "-Wno-psabi", *FLAGS[way]]
    built = subprocess.run(
        [compiler, *flags, f"-I{sysconfig.get_path('include')}", *sources, "-lm", "-o", str(library)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if built.returncode:
        return f"not built: {built.stderr.strip()[-400:]}"
    environment = os.environ | {PLACE: str(library), "HALFSTEP_KERNEL": "native", "PYTHONMALLOC": "malloc"}
    command = [sys.executable, "-m", "pytest", "-p", "validation.sanitize", "-p", "no:cacheprovider", "-x", *TESTS[way]]
    log = folder / "found.txt"
    if way == "valgrind":
        command = ["valgrind", "--quiet", f"--log-file={log}", "--num-callers=30", *command]
    else:
        names = [_output(compiler, f"-print-file-name=lib{name}.so") for name in ("asan", "ubsan")]
        environment |= {
            "LD_PRELOAD": " ".join(names),
            "ASAN_OPTIONS": "detect_leaks=0",
            "UBSAN_OPTIONS": "print_stacktrace=1",
        }
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        return f"failed: {(done.stdout + done.stderr).strip()[-1500:]}"
    blocks = re.split(r"\n==\d+== \n", log.read_text()) if log.exists() else []
    ours = [block for block in blocks if "_kernel" in block or "native/c" in block]
    return f"{len(ours)} findings: {ours[0][:1500]}" if ours else "clean"


def _output(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def _put_in_place(path: str) -> None:
    """Load the extension at a path as the one that halfstep imports."""
    name = "halfstep.native._kernel"
    loader = importlib.machinery.ExtensionFileLoader(name, path)
    spec = importlib.util.spec_from_file_location(name, path, loader=loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    sys.modules[name] = module


if PLACE in os.environ:
    _put_in_place(os.environ[PLACE])
