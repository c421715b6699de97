"""What a reader sees: findings as records, words in two languages, renderers last."""

from __future__ import annotations

from json import dumps
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from halfstep.study import Outcome

__all__ = ["json_text", "write_report"]


def json_text(outcome: Outcome) -> str:
    """Return report.json as text."""
    from halfstep.report.index import Index
    from halfstep.report.json import report_record

    record = report_record(Index.of(outcome))
    return dumps(record, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def write_report(outcome: Outcome, out: Path, lang: str = "en") -> tuple[Path, ...]:
    """Write report.html, report.json and report.xlsx into a folder: all of one run, whenever the program is stopped.

    Parameters
    ----------
    out
        Made if it is not there.
    lang
        "zh" or "en": language that report.html shows first, and that of report.xlsx.

    Returns
    -------
    tuple of Path
        The files; report.html is the first.

    Raises
    ------
    OSError
        If the folder cannot be written.
    """
    from halfstep.report.compose import compose
    from halfstep.report.html import render_html
    from halfstep.report.index import Index
    from halfstep.report.sheets import render_workbook
    from halfstep.report.writing import write_files

    index = Index.of(outcome)
    page = compose(index)
    files = {
        "report.html": render_html(page, index, lang).encode(),
        "report.json": json_text(outcome).encode(),
        "report.xlsx": render_workbook(page, index, lang),
    }
    return write_files(out, files)
