"""`halfstep docket`: a skeleton for a table of claims, or what a study says of each of its claims."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING

from halfstep.cli.check import guess_record, guesses
from halfstep.cli.codes import NOTHING, RAN
from halfstep.cli.console import Out, fault_records, raw, raw_record
from halfstep.cli.progress import progress
from halfstep.cli.run import unwritten
from halfstep.cli.whole import put_whole
from halfstep.core.check import Fault

if TYPE_CHECKING:
    from halfstep.core.config import StudyConfig
    from halfstep.data.propose.claims import ClaimSheet, RawClaim
    from halfstep.data.propose.proposal import Facts
    from halfstep.report.index import Index

__all__ = ["hold", "rooms_for", "sketch"]

STUDY = "study.toml"
CLAIMS, OTHER = "claims.csv", "claims-2.csv"
"""What is written where a table cannot be used as it is; the second where the first is that very table."""
TABLES = (".csv", ".tsv", ".xlsx", ".xlsm", ".xlsb", ".xls", ".ods", ".parquet")
ALWAYS = ("press", "ramp", "docket")
ROOMS_OF = {
    "event.*": ("events",), "voice.*": ("voice",), "choice.*": ("choice",), "demand.*": ("demand",), "press.*": (), "ramp.*": (),
    "market.*": ("market",), "position.*": ("market",), "flow.*": ("market",), "reach.*": ("market",),
}  # fmt: skip
"""Ids of estimates and verdicts -> rooms that make them; whatever else a study refers to may come from any room."""


def sketch(folder: Path, table: Path | None, out: Out) -> int:
    """Write the skeleton of a study for a table of claims; never over a file that is there. Return the exit code."""
    from halfstep.data.propose.claims import ClaimSheet

    found = _sheet(folder, table)
    if not isinstance(found, ClaimSheet):
        return out.faults(found, "skeleton.nothing")
    try:
        faults, files = _written(folder, table or _only_table(folder)[0], found, out)
    except OSError as error:
        what = f"expected a folder that can be written; got: {(error.strerror or str(error)).lower()}"
        faults, files = (Fault(table=str(folder), what=what, mend="name another folder"),), ()
    if faults:
        return out.faults(faults, "skeleton.nothing")
    if out.as_json:
        told = [guess_record(guess, out) for guess in found.table.guesses]
        raw_record(_record(folder, found, files) | {"guesses": told})
        return RAN
    _show_sheet(found, out)
    out.line("skeleton.as is" if found.usable else "skeleton.rewritten")
    _show_changes(found, out)
    for file in files:
        out.line("skeleton.written", ("file", str(file)))
    out.line("skeleton.next", ("folder", str(folder)))
    return RAN


def hold(folder: Path, target: Path | None, as_of: str | None, seed: int | None, out: Out) -> int:
    """Hold the claims of a study against what its docket needs and nothing else, write the report; return the exit code."""
    from halfstep.core.errors import StudyFaultsError
    from halfstep.data.study import load
    from halfstep.report import json_text, write_report
    from halfstep.report.docket_text import render_docket
    from halfstep.report.index import Index
    from halfstep.study import ROOMS
    from halfstep.study import run as run_study

    target = (folder.parent if folder.suffix == ".toml" else folder) / "out" if target is None else target
    files: tuple[Path, ...] = ()
    try:
        with progress(out, len(ROOMS) + 3) as step:
            rooms = rooms_for(load(folder, as_of=as_of, seed=seed).config)
            outcome = run_study(folder, as_of=as_of, seed=seed, only=rooms, step=step)
            index = Index.of(outcome)
            if index.claims or index.forecasts:
                step("report")
                files = write_report(outcome, target, out.lang)
    except StudyFaultsError as error:
        return out.faults(error.faults)
    except OSError as error:
        return unwritten(target, error, out)
    if not index.claims and not index.forecasts:
        return _none_there(out)
    if out.as_json:
        raw(json_text(outcome))
    else:
        for block in render_docket(index, out.lang):
            out.text(block.head)
            for line in block.lines:
                out.text(f"- {line}")
            out.text()
        if not _answered(index):
            out.line("docket.none decided")
        out.files(files)
    return RAN if _answered(index) else NOTHING


def rooms_for(config: StudyConfig) -> tuple[str, ...] | None:
    """Return the rooms that the quantities of a docket refer to; None where any room may be meant.

    An id of a quantity may hold wildcards, so a room counts as meant where its ids can match.
    """
    rooms = list(ALWAYS)
    for quantity in config.docket.quantities:
        for pattern in (p for p in (quantity.estimate, quantity.verdict) if p is not None):
            stem = pattern.partition(".")[0] + "."
            known = next((ids for ids in ROOMS_OF if fnmatchcase(stem, ids) and "*" not in stem), None)
            if known is None:
                return None
            rooms += ROOMS_OF[known]
    return tuple(dict.fromkeys(rooms))


def _answered(index: Index) -> bool:
    judged = any(claim.label != "not testable" for claim in index.claims.values())
    return judged or any(
        forecast.status == "resolved" or index.figure(forecast.estimate) for forecast in index.forecasts.values()
    )


def _none_there(out: Out) -> int:
    """Say what a study without claims and forecasts lacks."""
    text = out.say("docket.no claims")
    if out.as_json:
        raw_record({"error": text, "claims": [], "forecasts": []})
    else:
        out.text(text)
    return NOTHING


def _sheet(folder: Path, path: Path | None) -> ClaimSheet | tuple[Fault, ...]:
    """Read the table of claims; the only one of the folder where none is named."""
    from halfstep.data.propose.claims import claim_sheet
    from halfstep.data.read.tables import Table, read_table

    if (folder / STUDY).exists():
        what = "expected a folder without a study.toml; there is one, and it was not touched"
        mend = "add [tables] claims and [claim_columns] to it, or name another folder"
        return (Fault(table=str(folder / STUDY), what=what, mend=mend),)
    if path is None:
        there = _only_table(folder)
        if len(there) != 1:
            what = f"expected a study.toml, or one table of claims; there are {len(there)} tables and no study.toml"
            return (Fault(table=str(folder), what=what, mend="name the table: halfstep docket DIR --from FILE"),)
        path = there[0]
    found = read_table("claims", path)
    return claim_sheet(found) if isinstance(found, Table) else found


def _only_table(folder: Path) -> list[Path]:
    """Return the tables of a folder."""
    if not folder.is_dir():
        return []
    return sorted(p for p in folder.iterdir() if p.suffix.lower() in TABLES and not p.name.startswith((".", "~")))


def _written(folder: Path, path: Path, sheet: ClaimSheet, out: Out) -> tuple[tuple[Fault, ...], tuple[Path, ...]]:
    """Write study.toml, and the table where it is not there as it can be used; return what is in the way, and the files."""
    from halfstep.data.propose.candidates import whole_file
    from halfstep.data.propose.claims_draft import claims_study

    def say(key: str, facts: Facts) -> str:
        return out.say(key, *facts)

    folder.mkdir(parents=True, exist_ok=True)
    files: list[Path] = []
    whole = whole_file(path)
    own = (folder / CLAIMS).resolve() == whole.resolve()
    name, content = OTHER if own else CLAIMS, _as_csv(sheet)
    if sheet.usable:
        name, content = whole.name, whole.read_bytes()
        if folder.resolve() in whole.resolve().parents:
            name = whole.resolve().relative_to(folder.resolve()).as_posix()
    target = folder / name
    if put_whole(target, content):
        files.append(target)
    elif target.read_bytes() != content:
        what = "another file of this name is in the folder; it was not touched"
        return (Fault(table=str(target), what=what, mend="rename it, or name another folder"),), ()
    part = sheet.table.file.removeprefix(whole.name) if sheet.usable else ""
    text = claims_study(sheet, name + part, datetime.now(UTC).date().isoformat(), say)
    if not put_whole(folder / STUDY, text.encode()):
        what = "a study.toml was put here while this one was being made; it was not touched"
        return (Fault(table=str(folder / STUDY), what=what, mend="edit it, or name another folder"),), ()
    return (), (*files, folder / STUDY)


def _as_csv(sheet: ClaimSheet) -> bytes:
    """Return claims.csv in UTF-8 with a mark, which spreadsheets need."""
    from halfstep.data.propose.claims_draft import claims_rows

    heads, rows = claims_rows(sheet)
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\n").writerows([heads, *rows])
    return stream.getvalue().encode("utf-8-sig")


def _to_write(claim: RawClaim) -> tuple[str, ...]:
    from halfstep.data.propose.claims_draft import LOOKS

    return LOOKS[claim.kind]


def _show_sheet(sheet: ClaimSheet, out: Out) -> None:
    heads = tuple(out.say(f"skeleton.column head {head}") for head in ("column", "is", "why", "example", "filled"))
    out.table(heads, (
        (c.name, out.say(f"skeleton.is {c.role}".rstrip()), out.say(f"skeleton.why {c.why}".rstrip()), c.example[:30], f"{c.filled}")
        for c in sheet.columns
    ))  # fmt: skip
    out.text()
    out.line("skeleton.claims", ("n", len(sheet.claims)))
    heads = tuple(out.say(f"skeleton.head {head}") for head in ("claim", "row", "kind", "lacks", "write"))
    out.table(heads, _claim_rows(sheet, out))
    out.text()


def _show_changes(sheet: ClaimSheet, out: Out) -> None:
    """Print every id that was given and every row that was left out, by this command or by the reader."""
    from halfstep.core.estimate import row_ranges
    from halfstep.data.propose.claims_draft import clean

    for row, old, new in sheet.renamed:
        told = ("row", row), ("id", clean(new)), ("old", clean(old))
        out.line("skeleton.renamed" if old else "skeleton.named", *told)
    if sheet.dropped:
        out.line("skeleton.blank", ("rows", len(sheet.dropped)), ("which", row_ranges(sheet.dropped)))
    if sheet.table.guesses:
        guesses(sheet.table.guesses, out)


def _claim_rows(sheet: ClaimSheet, out: Out) -> Iterator[tuple[str, ...]]:
    def listed(group: str, keys: tuple[str, ...]) -> str:
        return out.say("skeleton.separator").join(out.say(f"skeleton.{group} {key}") for key in keys) or "–"

    for claim in sheet.claims:
        kind = out.say(f"skeleton.kind {claim.kind or 'none'}")
        yield claim.id, f"{claim.row}", kind, listed("role", claim.lacks), listed("write", _to_write(claim))


def _record(folder: Path, sheet: ClaimSheet, files: tuple[Path, ...]) -> dict[str, object]:
    columns = [{"name": c.name, "role": c.role or None, "by": c.why or None, "filled": c.filled} for c in sheet.columns]
    claims = [
        {"id": c.id, "row": c.row, "kind": c.kind or None, "lacks": list(c.lacks), "write": list(_to_write(c))}
        for c in sheet.claims
    ]
    return {
        "faults": fault_records(()), "study": str(folder / STUDY), "files": [str(file) for file in files], "as_is": sheet.usable,
        "blank": len(sheet.dropped), "dropped": list(sheet.dropped),
        "renamed": [{"row": row, "from": old or None, "to": new} for row, old, new in sheet.renamed], "columns": columns, "claims": claims,
    }  # fmt: skip
