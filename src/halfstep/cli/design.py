"""`halfstep design`: the tasks of a planned experiment, and how many respondents a gap takes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from halfstep.cli.codes import NOTHING, RAN
from halfstep.cli.console import Out, raw, raw_record
from halfstep.cli.progress import progress
from halfstep.cli.run import unwritten

if TYPE_CHECKING:
    from halfstep.core.config import StudyConfig
    from halfstep.logit.design_check import DesignCheck
    from halfstep.report.design_text import DesignText

__all__ = ["plan"]

STAGES = 4


def plan(folder: Path, target: Path | None, seed: int | None, out: Out) -> int:
    """Make the design of a study, write it, print what it would see; return the exit code."""
    from halfstep.choice.pilot import fielded_check
    from halfstep.choice.planning import plan_design
    from halfstep.core.errors import StudyFaultsError
    from halfstep.data.study import load
    from halfstep.market.inputs import prepare
    from halfstep.report.design_files import design_table, design_text
    from halfstep.report.design_text import render_design
    from halfstep.report.writing import write_files

    target = (folder.parent if folder.suffix == ".toml" else folder) / "out" if target is None else target
    try:
        with progress(out, STAGES) as step:
            step("read")
            loaded = load(folder, seed=seed)
            if loaded.config.choice.design is None and loaded.choices is not None:
                return _existing(fielded_check(prepare(loaded), loaded.config), loaded.config, out)
            found = plan_design(loaded, step)
            step("report")
            text = design_text(found)
            files = write_files(target, {"design.csv": design_table(found), "design.json": text.encode()})
    except StudyFaultsError as error:
        return out.faults(error.faults)
    except OSError as error:
        return unwritten(target, error, out)
    if out.as_json:
        raw(text)
    else:
        _show(render_design(found, out.lang), out)
        out.files(files)
    return RAN if any(group.needed is not None for group in found.groups) else NOTHING


def _existing(check: DesignCheck | None, config: StudyConfig, out: Out) -> int:
    """Print what the tasks of a table of choices can tell, where nothing is planned."""
    from halfstep.report.design_files import fielded_record
    from halfstep.report.design_text import render_fielded

    if out.as_json:
        raw_record({"fielded": None if check is None else fielded_record(check)})
    elif check is not None:
        lines, errors = render_fielded(check, config, out.lang)
        out.line("design.title fielded")
        for line in lines:
            out.text(f"- {line}")
        out.text()
        out.line("design.title errors")
        out.table(errors.heads, errors.rows)
    out.line("design.nothing planned" if check is not None else "design.nothing listed")
    return NOTHING if check is None else RAN


def _show(text: DesignText, out: Out) -> None:
    for line in text.answer:
        out.text(line)
    for head, table, lines in (
        ("curve", text.curve, ()),
        ("tasks", text.levels, text.checks),
        ("errors", text.errors, ()),
    ):
        out.text()
        out.line(f"design.title {head}")
        for line in lines:
            out.text(f"- {line}")
        out.table(table.heads, table.rows)
    for head, lines in (("fielded", text.fielded), ("assumes", text.assumes)):
        if lines:
            out.text()
            out.line(f"design.title {head}")
        for line in lines:
            out.text(f"- {line}")
    out.text()
