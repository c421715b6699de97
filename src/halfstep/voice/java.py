"""The Java that Spark runs on: which one there is, and whether it is new enough."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

__all__ = ["JAVA", "java", "major"]

JAVA = 17
"""Oldest Java that Spark 4 runs on."""
_SECONDS = 30.0
"""A Java that has not told its version by then is taken for none."""
_VERSION = re.compile(r'version "([^"]+)"')


def java() -> str | None:
    """Return the version of the Java that Spark would take (`JAVA_HOME`, else the path); None where there is none that runs."""
    home = os.environ.get("JAVA_HOME")
    program = shutil.which("java", path=str(Path(home, "bin")) if home else None)
    if program is None:
        return None
    try:
        told = subprocess.run([program, "-version"], capture_output=True, timeout=_SECONDS, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    found = _VERSION.search((told.stderr + told.stdout).decode("utf-8", errors="replace"))
    return found[1] if found else None


def major(version: str) -> int:
    """Return the main number of a version of Java.

    Examples
    --------
    >>> major("17.0.15"), major("1.8.0_402"), major("21-ea")
    (17, 8, 21)
    """
    parts = [int(part) for part in re.findall(r"\d+", version)[:2]] or [0]
    return parts[1] if parts[0] == 1 and len(parts) > 1 else parts[0]
