"""The command line."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import App, Parameter

from halfstep import __version__

if TYPE_CHECKING:
    from rich.console import Console

    from halfstep.core.check import Fault
    from halfstep.report.text import TextReport

__all__ = ["main"]

RAN, FAULTS, NOTHING, INTERRUPTED = 0, 2, 3, 130

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
    bool, Parameter(name="--json", negative="", help="Print JSON, and nothing else, on standard output.")
]


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and exit: 0 ran, 2 faults in the study, 3 nothing answerable, 130 interrupted."""
    for library in ("OPENBLAS", "OMP", "MKL"):  # many small matrices: threads that wait for each other cost tenfold
        os.environ.setdefault(f"{library}_NUM_THREADS", "1")
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="replace")
    try:
        code = app(arguments)
    except KeyboardInterrupt:
        print("interrupted; nothing was half-written", file=sys.stderr)
        raise SystemExit(INTERRUPTED) from None
    raise SystemExit(code if isinstance(code, int) else RAN)


@app.command
def run(
    folder: Folder,
    *,
    out: Annotated[Path | None, Parameter(help="Folder for report.html and report.json; DIR/out if absent.")] = None,
    as_of: Annotated[str | None, Parameter(help="Use nothing first known after this day (YYYY-MM-DD).")] = None,
    lang: Annotated[
        Literal["zh", "en"], Parameter(help="Language of this output, and first one of report.html.")
    ] = "en",
    seed: Annotated[int | None, Parameter(help="Seed of every random draw; the study's own if absent.")] = None,
    as_json: AsJson = False,
) -> int:
    """Run a study and write report.html and report.json."""
    from halfstep.core.errors import StudyFaultsError
    from halfstep.study import run as run_study

    with _progress() as step:
        try:
            outcome = run_study(folder, as_of=as_of, seed=seed, step=step)
        except StudyFaultsError as error:
            return _faults(error.faults, as_json)
        from halfstep.report import json_text, write_report
        from halfstep.report.index import Index
        from halfstep.report.text import render_text

        step("report")
        target = (folder.parent if folder.suffix == ".toml" else folder) / "out" if out is None else out
        try:
            files = write_report(outcome, target, lang)
        except OSError as error:
            print(
                f"cannot write the report to {target}: {error.strerror or error}; name another folder with --out",
                file=sys.stderr,
            )
            return FAULTS
        index = Index.of(outcome)
    if as_json:
        _raw(json_text(outcome))
    else:
        _show(render_text(index, lang), files)
    return RAN if any(index.point(v.estimate) for v in index.verdicts.values()) else NOTHING


@app.command
def check(folder: Folder, *, as_json: AsJson = False) -> int:
    """List every fault of a study, or say what it can be asked."""
    from halfstep.core.errors import StudyFaultsError
    from halfstep.data.study import load

    try:
        loaded = load(folder)
    except StudyFaultsError as error:
        return _faults(error.faults, as_json)
    study, sales = loaded.config.study, loaded.sales
    present = set(sales.frame["brand"].unique().to_list())
    absent = [b for b in (study.focal, *study.benchmarks) if b not in present]
    answers = [
        {"focal": study.focal, "benchmark": b, "answerable": study.focal in present and b in present}
        for b in study.benchmarks
    ]
    if as_json:
        record = {
            "faults": [],
            "rows": sales.frame.height,
            "left_out": sales.left_out,
            "inputs": loaded.inputs,
            "questions": answers,
        }
        _raw(json.dumps(record, ensure_ascii=False, indent=1) + "\n")
        return RAN
    console = _console()
    _print(console, f"no fault: {sales.frame.height:,} rows of {sales.file} in scope")
    for reason, rows in sales.left_out.items():
        _print(console, f"left out: {rows:,} rows ({reason})")
    for brand in absent:
        _print(console, f"in scope there is no row of {brand}: its comparisons will be refused, with the reason")
    _print(
        console,
        "can be asked: " + "; ".join(f"{a['focal']} against {a['benchmark']}" for a in answers if a["answerable"]),
    )
    return RAN


@contextmanager
def _progress() -> Iterator[Callable[[str], None]]:
    """Name each stage on standard error while it runs, if that is a terminal."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console

    with Console(stderr=True).status("starting") as status:
        yield lambda stage: status.update(stage)


def _console() -> Console:
    from rich.console import Console

    return Console(markup=False, highlight=False, emoji=False, soft_wrap=False)


def _print(console: Console, text: str) -> None:
    from halfstep.report.text import encodable

    console.print(encodable(text, console.encoding))


def _raw(text: str) -> None:
    """Print JSON in UTF-8 whatever the console's encoding."""
    sys.stdout.flush()
    buffer = getattr(sys.stdout, "buffer", None)
    if buffer is None:
        sys.stdout.write(text)
    else:
        buffer.write(text.encode("utf-8"))
        buffer.flush()


def _faults(faults: tuple[Fault, ...], as_json: bool) -> int:
    """Print all faults at once."""
    if as_json:
        keys = ("table", "row", "column", "what", "mend")
        _raw(
            json.dumps({"faults": [{k: getattr(f, k) for k in keys} for f in faults]}, ensure_ascii=False, indent=1)
            + "\n"
        )
        return FAULTS
    console = _console()
    rows: list[tuple[str, ...]] = [
        (f.table, "" if f.row is None else str(f.row), f.column or "", f.what, f.mend) for f in faults
    ]
    _print(console, f"{len(faults)} fault(s) in the study; nothing was run")
    _table(console, ("file", "row", "column", "what", "mend"), rows)
    return FAULTS


def _table(console: Console, heads: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    from halfstep.report.text import encodable

    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for head in heads:
        table.add_column(Text(encodable(head, console.encoding)), overflow="fold")
    for row in rows:
        table.add_row(*(Text(encodable(cell, console.encoding)) for cell in row))
    console.print(table)


def _show(report: TextReport, files: tuple[Path, Path]) -> None:
    console = _console()
    for text in (report.banner, report.title, *report.paragraphs):
        if text:
            _print(console, text)
    if report.rows:
        _print(console, "")
        full = [row for row in report.rows if len(row) == len(report.heads)]
        if full:
            _table(console, report.heads, full)
        _print(console, "")
        for row in report.rows:
            if len(row) != len(report.heads):
                _print(console, " | ".join(row))
    _print(console, "")
    for file in files:
        console.print(encodable_path(file, console), soft_wrap=True)


def encodable_path(file: Path, console: Console) -> str:
    """Return a path that the console can print, on one line."""
    from halfstep.report.text import encodable

    return encodable(str(file), console.encoding)


if __name__ == "__main__":
    main()
