"""`halfstep event`: what followed the events of a study, and nothing else of it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from halfstep.cli.codes import NOTHING, RAN
from halfstep.cli.console import Out, raw, raw_record
from halfstep.cli.progress import progress
from halfstep.cli.run import unwritten

if TYPE_CHECKING:
    from halfstep.report.event_text import EventText

__all__ = ["follow"]

ROOMS = ("events",)
STAGES = len(ROOMS) + 3


def follow(folder: Path, target: Path | None, as_of: str | None, seed: int | None, out: Out) -> int:
    """Run the events of a study, write their report, print what followed each; return the exit code."""
    from halfstep.core.errors import StudyFaultsError
    from halfstep.report import json_text, write_report
    from halfstep.report.event_text import render_events
    from halfstep.report.index import Index
    from halfstep.study import run as run_study

    target = (folder.parent if folder.suffix == ".toml" else folder) / "out" if target is None else target
    files: tuple[Path, ...] = ()
    try:
        with progress(out, STAGES) as step:
            outcome = run_study(folder, as_of=as_of, seed=seed, only=ROOMS, step=step)
            index = Index.of(outcome)
            if index.events:
                step("report")
                files = write_report(outcome, target, out.lang)
    except StudyFaultsError as error:
        return out.faults(error.faults)
    except OSError as error:
        return unwritten(target, error, out)
    if not index.events:
        return _none_asked(out)
    if out.as_json:
        raw(json_text(outcome))
    else:
        _show(render_events(index, out.lang), out)
        out.files(files)
    return RAN if any(index.point(verdict.estimate) for verdict in index.events.values()) else NOTHING


def _none_asked(out: Out) -> int:
    """Say what a study without events lacks."""
    text = out.say("cli.no events")
    if out.as_json:
        raw_record({"error": text, "events": []})
    else:
        out.text(text)
    return NOTHING


def _show(events: tuple[EventText, ...], out: Out) -> None:
    for event in events:
        out.text(event.sentence)
        for line in event.lines:
            out.text(f"- {line}")
        for table in event.tables:
            out.text()
            out.table(table.heads, table.rows)
        out.text()
