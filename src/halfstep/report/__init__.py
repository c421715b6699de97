"""What a reader sees: findings as records, words in two languages, renderers last."""

from __future__ import annotations

import os
import tempfile
from json import dumps
from pathlib import Path

from halfstep.study import Outcome

__all__ = ["json_text", "write_report"]


def json_text(outcome: Outcome) -> str:
    """Return report.json as text."""
    from halfstep.report.index import Index
    from halfstep.report.json import report_record

    record = report_record(Index.of(outcome))
    return dumps(record, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def write_report(outcome: Outcome, out: Path, lang: str = "en") -> tuple[Path, Path]:
    """Write report.html and report.json into a folder, neither of them ever half-written.

    Parameters
    ----------
    out
        Made if it is not there.
    lang
        Language that report.html shows first, "zh" or "en".

    Returns
    -------
    tuple of Path
        The two files.

    Raises
    ------
    OSError
        If the folder cannot be written.
    """
    from halfstep.report.compose import compose
    from halfstep.report.html import render_html
    from halfstep.report.index import Index

    index = Index.of(outcome)
    out.mkdir(parents=True, exist_ok=True)
    files = {"report.html": render_html(compose(index), index, lang), "report.json": json_text(outcome)}
    _replace({out / name: text for name, text in files.items()})
    return out / "report.html", out / "report.json"


def _replace(files: dict[Path, str]) -> None:
    """Write all files beside their places, then put each in its place in one step."""
    written: dict[Path, Path] = {}
    try:
        for path, text in files.items():
            handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
            written[path] = Path(name)
            with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
                file.write(text)
            written[path].chmod(0o644)
        for path, temporary in written.items():
            temporary.replace(path)
    except BaseException:
        for temporary in written.values():
            temporary.unlink(missing_ok=True)
        raise
