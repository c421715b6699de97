"""Rows that were not read, kept one JSON object a line: row, reason, and what stood there."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

from halfstep.core.errors import MisuseError

__all__ = ["Rejects"]


class Rejects:
    """A temporary file of rejected rows, and how many there are of each reason."""

    def __init__(self) -> None:
        self.counts: dict[str, int] = {}
        self._file: IO[bytes] | None = None

    def put(self, file: str, row: int, reason: str, raw: bytes | dict[str, object], count: int = 1) -> None:
        """Keep a row; bytes that are no UTF-8 are written in hexadecimal after a backslash."""
        if self._file is None:
            self._file = TemporaryFile(prefix="halfstep-rejected-")  # noqa: SIM115
        self.counts[reason] = self.counts.get(reason, 0) + count
        kept = raw.decode("utf-8", errors="backslashreplace") if isinstance(raw, bytes) else raw
        record = {"file": file, "row": row, "reason": reason, **({"rows": count} if count != 1 else {}), "raw": kept}
        line = json.dumps(record, ensure_ascii=False).encode("utf-8", errors="backslashreplace")
        self._file.write(line + b"\n")

    def keep(self, path: Path) -> None:
        """Write them where they are asked for, wholly or not at all; an empty file where there are none."""
        if not path.parent.is_dir():
            raise MisuseError(f"expected a folder {path.parent} to keep rejected rows in; make it first")
        partial = path.with_name(path.name + ".part")
        with partial.open("wb") as out:
            if self._file is not None:
                self._file.seek(0)
                shutil.copyfileobj(self._file, out)
                self._file.seek(0, os.SEEK_END)
        partial.replace(path)

    def close(self) -> None:
        """Let the temporary file go."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def __del__(self) -> None:
        """Let the temporary file go with the object."""
        self.close()
