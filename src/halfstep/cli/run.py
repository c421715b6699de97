"""`halfstep run`: answer a study and write its report."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from halfstep.cli.codes import FAULTS, NOTHING, RAN
from halfstep.cli.console import Out, raw, raw_record
from halfstep.cli.progress import progress

if TYPE_CHECKING:
    from halfstep.report.text import TextReport
    from halfstep.study import Outcome

__all__ = ["REJECTED", "answer", "unwritten"]

REJECTED = "rejected-utterances.jsonl"
"""Beside the report, where rows of utterances were rejected: file, row, reason and what stood there, one JSON object a line."""


def answer(folder: Path, target: Path | None, as_of: str | None, seed: int | None, out: Out) -> int:
    """Run a study, write its report, print the head of it; return the exit code."""
    from halfstep.core.errors import StudyFaultsError
    from halfstep.core.estimate import Bound, Point
    from halfstep.report import json_text, write_report
    from halfstep.report.index import Index
    from halfstep.report.text import render_text
    from halfstep.study import ROOMS
    from halfstep.study import run as run_study

    target = (folder.parent if folder.suffix == ".toml" else folder) / "out" if target is None else target
    try:
        with progress(out, len(ROOMS) + 3) as step:
            outcome = run_study(folder, as_of=as_of, seed=seed, step=step)
            step("report")
            files = write_report(outcome, target, out.lang)
            files += _rejected(outcome, target / REJECTED)
            index = Index.of(outcome)
    except StudyFaultsError as error:
        return out.faults(error.faults)
    except OSError as error:
        return unwritten(target, error, out)
    if out.as_json:
        raw(json_text(outcome))
    else:
        _show(render_text(index, out.lang), files, out)
    answered = any(index.point(verdict.estimate) for verdict in index.verdicts.values())
    printed = outcome.answers["press"].estimates if "press" in outcome.answers else ()
    followed = any(index.point(verdict.estimate) for verdict in index.events.values())
    heard = "voice" in outcome.answers and any(
        series.id.startswith("voice.") for series in outcome.answers["voice"].series
    )
    foretold = (
        any(isinstance(e, Point) for e in outcome.answers["ramp"].estimates) if "ramp" in outcome.answers else False
    )
    judged = any(claim.label != "not testable" for answer in outcome.answers.values() for claim in answer.claims)
    told = any(isinstance(e, Bound | Point) for e in printed)
    return RAN if answered or followed or heard or foretold or judged or told else NOTHING


def _rejected(outcome: Outcome, path: Path) -> tuple[Path, ...]:
    """Keep the rows of utterances that were not read beside the report; where there are none, an earlier run's file goes."""
    said = outcome.inputs.utterances
    if said is None or not said.rejected:
        path.unlink(missing_ok=True)
        return ()
    said.keep_rejected(path)
    return (path,)


def unwritten(target: Path, error: OSError, out: Out) -> int:
    """Say that a report could not be written; return the exit code."""
    text = out.say("cli.unwritten", ("folder", str(target)), ("reason", error.strerror or str(error)))
    if out.as_json:
        raw_record({"error": text})
    else:
        out.warn(text)
    return FAULTS


def _show(report: TextReport, files: tuple[Path, ...], out: Out) -> None:
    for text in (report.banner, report.title, *report.paragraphs):
        if text:
            out.text(text)
    if report.rows:
        out.text()
        full = [row for row in report.rows if len(row) == len(report.heads)]
        if full:
            out.table(report.heads, full)
        out.text()
        for row in report.rows:
            if len(row) != len(report.heads):
                out.text(" | ".join(row))
    out.text()
    out.files(files)
