"""A file is written whole or not at all, and never over another."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

__all__ = ["put_whole"]


def put_whole(target: Path, raw: bytes) -> bool:
    """Write a file whole or not at all; False where one of that name is there, which is left as it is."""
    if target.exists():
        return False
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(raw)
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(0o644)
        try:
            os.link(temporary, target)
        except FileExistsError:
            return False
        except OSError:  # a file system without hard links
            temporary.rename(target)
    finally:
        temporary.unlink(missing_ok=True)
    return True
