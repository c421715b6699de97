"""`halfstep new`: a study.toml from the user's own tables; it guesses, shows, asks, and writes all of it or nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from halfstep.cli.ask import any_text, can_ask, choose, multiple, nothing_else
from halfstep.cli.check import guesses, loaded_record, show
from halfstep.cli.codes import FAULTS, RAN
from halfstep.cli.console import Out, fault_records, raw_record
from halfstep.cli.progress import progress
from halfstep.cli.whole import put_whole
from halfstep.core.check import Fault

if TYPE_CHECKING:
    from halfstep.data.propose.mapping import Column, Open, TableMap
    from halfstep.data.propose.proposal import Facts, Proposal
    from halfstep.data.read.tables import Table

__all__ = ["make"]

STUDY = "study.toml"
NOT_WRITTEN = "cli.nothing was written"

Files = dict[str, Path]
"""Name of a table, with its sheet -> the file that holds it."""


def make(folder: Path, paths: tuple[Path, ...], given: Mapping[str, str], yes: bool, out: Out) -> int:
    """Write a study of some tables; return the exit code.

    Parameters
    ----------
    given
        Answers given beforehand: "focal", "benchmarks" (parted by line ends).
    yes
        Nothing is asked; every guess is taken.
    """
    from halfstep.data.propose.proposal import Proposal, propose

    answers = {key: answer for key, answer in given.items() if answer}
    with progress(out, 2) as step:
        step("read")
        tables, files, faults = _read(folder, paths)
        step("propose")
        proposal = Proposal({}, faults=tuple(faults)) if faults else propose(tables, answers)
    if faults:
        return out.faults(proposal.faults, NOT_WRITTEN)
    talk = not yes and can_ask(out)
    proposal = _agreed(proposal, tables, answers, talk, out)
    if proposal.faults:
        return out.faults(proposal.faults, NOT_WRITTEN)
    try:
        faults = list(_written(folder, files, proposal, out))
    except OSError as error:
        what = f"expected a folder that can be written; got: {(error.strerror or str(error)).lower()}"
        faults = [Fault(table=str(folder), what=what, mend="name another folder")]
    if faults:
        return out.faults(tuple(faults), NOT_WRITTEN)
    if not talk:
        out.line("new.yes" if yes else "new.nobody")
        told = (out.say("new.guess", ("key", key), ("why", out.say(why, *f))) for key, why, f in proposal.guessed)
        out.line("new.guesses", ("guesses", out.say("cli.separator").join(told)))
    return _checked(folder, proposal, out)


def _read(folder: Path, paths: tuple[Path, ...]) -> tuple[tuple[Table, ...], Files, list[Fault]]:
    """Return the tables, where each comes from, and what is in the way."""
    from halfstep.data.propose.candidates import candidates, whole_file
    from halfstep.data.read.tables import Table

    tables: list[Table] = []
    files: Files = {}
    faults: list[Fault] = []
    if (folder / STUDY).exists():
        what = "expected a folder without a study.toml; there is one, and it was not touched"
        faults.append(Fault(table=str(folder / STUDY), what=what, mend="edit it, remove it, or name another folder"))
    if not paths:
        what = "expected the tables to make a study of; none was named"
        faults.append(Fault(table=STUDY, what=what, mend="name them: halfstep new DIR --from FILE"))
    for path in () if faults else paths:
        for found in candidates(path):
            if not isinstance(found, Table):
                faults.append(found)
            elif found.file in files:
                what = "two tables have this name"
                faults.append(Fault(table=found.file, what=what, mend="rename one of the files"))
            else:
                tables.append(found)
                files[found.file] = whole_file(path)
    return tuple(tables), files, faults


def _agreed(proposal: Proposal, tables: tuple[Table, ...], answers: dict[str, str], talk: bool, out: Out) -> Proposal:
    """Show what the tables were taken for; ask what is open until nothing is."""
    from halfstep.data.propose.proposal import propose

    _show_maps(proposal, out)
    of_columns = False
    while talk and proposal.open:
        question = proposal.open[0]
        if of_columns and "/" not in question.role:
            _show_maps(proposal, out)
        of_columns = "/" in question.role
        answers[question.role] = _answer(question, proposal, out)
        proposal = propose(tables, answers, proposal.maps)
    return proposal


def _show_maps(proposal: Proposal, out: Out) -> None:
    from halfstep.report.numbers import plain

    for table in proposal.maps.values():
        out.text()
        kind = (("kind", out.say(f"table.{table.kind}")),) if table.kind else ()
        rows = ("rows", plain(table.table.frame.height))
        out.line("new.table" if table.kind else "new.table unknown", ("file", table.table.file), *kind, rows)
        heads = tuple(out.say(f"new.head {head}") for head in ("column", "is", "why", "example"))
        out.table(heads, (_column_row(column, out) for column in table.columns))
        if table.table.guesses:
            guesses(table.table.guesses, out)


def _column_row(column: Column, out: Out) -> tuple[str, ...]:
    role = out.say(f"is.{column.role or 'nothing'}")
    why = out.say(column.why, ("like", column.like))
    return column.name, role, out.say("new.sure" if column.sure else "new.unsure", ("why", why)), column.example[:30]


def _answer(question: Open, proposal: Proposal, out: Out) -> str:
    file, _, role = question.role.rpartition("/")
    known = {name: facts for name, _, facts in proposal.guessed}
    why = out.say(question.why, *known.get(role, ()))
    key = "new.ask column" if file and role != "kind" else f"new.ask {role}"
    text = out.say(key, ("file", file), ("role", out.say(f"is.{role}") if file else ""), ("why", why))
    free = {"currency": any_text, "unseen": multiple}.get(role, nothing_else)
    options = {option: _shown(option, role, proposal, out) for option in question.options}
    return choose(text, options, out, many=role == "benchmarks", free=free)


def _shown(option: str, role: str, proposal: Proposal, out: Out) -> str:
    """Return an option as it is listed: kinds in words, brands with what is known of them."""
    if role == "kind":
        return out.say(f"table.{option}")
    if role == "unseen":
        return out.say("new.times", ("n", option))
    brand = next((b for b in proposal.brands if b.name == option and role in ("focal", "benchmarks")), None)
    if brand is None:
        return option or out.say("new.none")
    price = float(f"{brand.price:.4g}")
    return out.say("new.brand", ("brand", brand.name), ("price", price), ("models", brand.models))


def _written(folder: Path, files: Files, proposal: Proposal, out: Out) -> Iterator[Fault]:
    """Copy the tables into the folder and write study.toml there, never over a file that is there; yield what failed."""
    from halfstep.data.propose.draft import study_text

    def say(key: str, facts: Facts) -> str:
        return out.say(key, *facts)

    folder.mkdir(parents=True, exist_ok=True)
    names: dict[str, str] = {}
    for table in proposal.maps.values():
        source, file = files[table.table.file], table.table.file
        part = file.removeprefix(source.name)
        if folder.resolve() in source.resolve().parents:
            names[file] = source.resolve().relative_to(folder.resolve()).as_posix() + part
            continue
        names[file], target = source.name + part, folder / source.name
        raw = source.read_bytes()
        if put_whole(target, raw):
            out.line("new.copied", ("file", str(target)))
        elif target.read_bytes() != raw:
            what = "another file of this name is in the folder; it was not touched"
            yield Fault(table=str(target), what=what, mend="rename the file that you give, or name another folder")
            return
    if not put_whole(folder / STUDY, study_text(proposal, names, say).encode()):
        what = "a study.toml was put here while this one was being made; it was not touched"
        yield Fault(table=str(folder / STUDY), what=what, mend="edit it, or name another folder")
        return
    out.line("new.written", ("file", str(folder / STUDY)))


def _checked(folder: Path, proposal: Proposal, out: Out) -> int:
    """Check what was written, print it, and return the exit code."""
    from halfstep.core.errors import StudyFaultsError
    from halfstep.data.study import load
    from halfstep.questions import questions

    record: dict[str, object] = {
        "study": str(folder / STUDY),
        "tables": [_map_record(table, out) for table in proposal.maps.values()],
        "guessed": [{"key": key, "why": out.say(why, *facts)} for key, why, facts in proposal.guessed],
    }
    try:
        with progress(out, 2) as step:
            step("read")
            loaded = load(folder)
            step("check")
            asked = questions(loaded)
    except StudyFaultsError as error:
        if out.as_json:
            raw_record({"faults": fault_records(error.faults), **record})
            return FAULTS
        return out.faults(error.faults)
    if out.as_json:
        raw_record({"faults": [], **record, **loaded_record(loaded, asked, out)})
        return RAN
    out.text()
    show(loaded, asked, out)
    out.line("cli.next", ("folder", str(folder)))
    return RAN


def _map_record(table: TableMap, out: Out) -> dict[str, object]:
    keys = ("name", "role", "example", "sure")
    columns = [
        {**{key: getattr(c, key) for key in keys}, "why": out.say(c.why, ("like", c.like))} for c in table.columns
    ]
    return {"file": table.table.file, "kind": table.kind, "columns": columns}
