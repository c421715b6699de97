"""The commands and their options."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from cyclopts import App, Parameter

from halfstep import __version__
from halfstep.cli.codes import RAN
from halfstep.cli.console import Out, raw
from halfstep.cli.label import Ask
from halfstep.cli.language import Lang, chosen
from halfstep.cli.teach import Columns, TeachFiles

__all__ = ["app"]

app = App(
    name="halfstep",
    version=__version__,
    help="How far a brand is from the premium benchmark of its market, in money: product, name, and what the data cannot decide.",
    help_format="plaintext",
    result_action="return_value",
    suppress_keyboard_interrupt=False,
)

Folder = Annotated[Path, Parameter(help="Folder that holds study.toml.")]
AsJson = Annotated[
    bool, Parameter(name="--json", negative="", help="Print one JSON document, and nothing else, on standard output.")
]
Language = Annotated[
    Lang | None, Parameter(help="Language of this output; the locale's if absent (HALFSTEP_LANG overrides it).")
]


@app.command
def new(
    folder: Annotated[Path, Parameter(help="Folder of the new study; made if it is not there.")],
    *,
    tables: Annotated[
        tuple[Path, ...], Parameter(name="--from", consume_multiple=True, negative="", help="Tables to make it of.")
    ] = (),
    focal: Annotated[str | None, Parameter(help="Brand under study, as the tables name it.")] = None,
    benchmark: Annotated[
        tuple[str, ...], Parameter(consume_multiple=True, negative="", help="Premium benchmarks, the main one first.")
    ] = (),
    yes: Annotated[
        bool, Parameter(negative="", help="Ask nothing: take every guess, and mark it in study.toml.")
    ] = False,
    lang: Language = None,
    as_json: AsJson = False,
) -> int:
    """Make a study of your tables: guess which column is what, show it, ask what cannot be known, write study.toml."""
    from halfstep.cli.new import make

    return make(
        folder, tables, {"focal": focal or "", "benchmarks": "\n".join(benchmark)}, yes, Out(chosen(lang), as_json)
    )


@app.command
def check(folder: Folder, *, lang: Language = None, as_json: AsJson = False) -> int:
    """List every fault of a study; where there is none, which questions it can answer and what the others need."""
    from halfstep.cli.check import examine

    return examine(folder, Out(chosen(lang), as_json))


@app.command
def run(
    folder: Folder,
    *,
    out: Annotated[Path | None, Parameter(help="Folder for the report; DIR/out if absent.")] = None,
    as_of: Annotated[str | None, Parameter(help="Use nothing first known after this day (YYYY-MM-DD).")] = None,
    lang: Annotated[
        Lang | None, Parameter(help="Language of this output and first one of report.html; the locale's if absent.")
    ] = None,
    seed: Annotated[int | None, Parameter(help="Seed of every random draw; the study's own if absent.")] = None,
    as_json: AsJson = False,
) -> int:
    """Run a study and write its report."""
    from halfstep.cli.run import answer

    return answer(folder, out, as_of, seed, Out(chosen(lang), as_json))


@app.command
def event(
    folder: Folder,
    *,
    out: Annotated[Path | None, Parameter(help="Folder for the report; DIR/out if absent.")] = None,
    as_of: Annotated[str | None, Parameter(help="Use nothing first known after this day (YYYY-MM-DD).")] = None,
    lang: Annotated[
        Lang | None, Parameter(help="Language of this output and first one of report.html; the locale's if absent.")
    ] = None,
    seed: Annotated[int | None, Parameter(help="Seed of every random draw; the study's own if absent.")] = None,
    as_json: AsJson = False,
) -> int:
    """Say what followed each event of a study, or why that cannot be told, and write the report on it."""
    from halfstep.cli.event import follow

    return follow(folder, out, as_of, seed, Out(chosen(lang), as_json))


@app.command
def docket(
    folder: Annotated[Path, Parameter(help="Folder of a study; with --from, of the one to be made.")],
    *,
    table: Annotated[
        Path | None, Parameter(name="--from", negative="", help="Table of claims to make the skeleton of a study for.")
    ] = None,
    out: Annotated[Path | None, Parameter(help="Folder for the report; DIR/out if absent.")] = None,
    as_of: Annotated[str | None, Parameter(help="Use nothing first known after this day (YYYY-MM-DD).")] = None,
    lang: Language = None,
    seed: Annotated[int | None, Parameter(help="Seed of every random draw; the study's own if absent.")] = None,
    as_json: AsJson = False,
) -> int:
    """Say of each claim of a source what the data say; or make the skeleton of a study for a table of claims."""
    from halfstep.cli.docket import STUDY, hold, sketch

    console = Out(chosen(lang), as_json)
    if table is not None or (folder.is_dir() and not (folder / STUDY).exists()):
        return sketch(folder, table, console)
    return hold(folder, out, as_of, seed, console)


@app.command
def design(
    folder: Folder,
    *,
    out: Annotated[Path | None, Parameter(help="Folder for design.csv and design.json; DIR/out if absent.")] = None,
    lang: Language = None,
    seed: Annotated[int | None, Parameter(help="Seed of every random draw; the study's own if absent.")] = None,
    as_json: AsJson = False,
) -> int:
    """Before fielding: make the tasks of a choice experiment, and say how many respondents a gap takes to be seen."""
    from halfstep.cli.design import plan

    return plan(folder, out, seed, Out(chosen(lang), as_json))


@app.command
def teach(
    table: Annotated[Path, Parameter(help="Table of hand-labelled texts, a label a row.")],
    columns: Annotated[Columns, Parameter(name="*")],
    *,
    files: Annotated[TeachFiles, Parameter(name="*")] = TeachFiles(),  # noqa: B008 (frozen)
    seed: Annotated[int | None, Parameter(help="Seed of every random draw; that of any study if absent.")] = None,
    lang: Language = None,
    as_json: AsJson = False,
) -> int:
    """Teach heads from hand-labelled texts, and say how well they read texts that they were not taught on."""
    from halfstep.cli.teach import teach_heads

    return teach_heads(table, columns, files, seed, Out(chosen(lang), as_json))


@app.command
def label(
    source: Annotated[Path, Parameter(help="Folder of a study, or a table of texts.")],
    *,
    asked: Annotated[Ask, Parameter(name="*")] = Ask(),  # noqa: B008 (frozen)
    seed: Annotated[int | None, Parameter(help="Seed of every random draw; that of any study if absent.")] = None,
    lang: Language = None,
    as_json: AsJson = False,
) -> int:
    """Write a sheet of the posts that are most worth labelling, some of them drawn by lot to audit the others."""
    from halfstep.cli.label import ask_for

    return ask_for(source, asked, seed, Out(chosen(lang), as_json))


@app.command
def doctor(*, lang: Language = None, as_json: AsJson = False) -> int:
    """Say what is installed here, what is missing, and what to do about it."""
    from halfstep.cli.doctor import look

    return look(Out(chosen(lang), as_json))


@app.command
def completion(shell: Literal["bash", "zsh", "fish"] = "bash") -> int:
    """Print a script that completes commands; for bash: eval "$(halfstep completion bash)".

    Parameters
    ----------
    shell
        Which shell it is for.
    """
    raw(app.generate_completion(prog_name="halfstep", shell=shell))
    return RAN
