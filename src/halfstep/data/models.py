"""Files that hold taught heads."""

from __future__ import annotations

import os
from pathlib import Path

from halfstep.core.check import Fault
from halfstep.core.errors import MisuseError
from halfstep.text.heads import Heads
from halfstep.text.keep import from_bytes, to_bytes

__all__ = ["read_heads", "write_heads"]

MOST = 1 << 30
"""Bytes of a file that are looked at; the largest model that `halfstep teach` writes is far below."""


def read_heads(path: Path) -> Heads | Fault:
    """Read the heads of a file; a file that is anything else is a fault, whatever it was made to be."""
    try:
        if path.stat().st_size > MOST:
            raise MisuseError("expected a model that halfstep teach wrote; got more than a gigabyte")
        return from_bytes(path.read_bytes())
    except OSError as error:
        what = f"expected a readable file at {path}; got: {(error.strerror or 'cannot be read').lower()}"
        return Fault(table=path.name, what=what, mend="put the file there, or teach it: halfstep teach")
    except MisuseError as error:
        return Fault(table=path.name, what=str(error), mend="teach it again: halfstep teach")


def write_heads(path: Path, heads: Heads) -> None:
    """Write heads; a file of that name is replaced whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    try:
        part.write_bytes(to_bytes(heads))
        os.replace(part, path)  # noqa: PTH105
    finally:
        part.unlink(missing_ok=True)
