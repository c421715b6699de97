"""From the words typed to an exit code."""

from __future__ import annotations

import os
import sys

from halfstep.cli.codes import INTERRUPTED, MISUSED, RAN

__all__ = ["main"]


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and exit: 0 ran, 1 misused, 2 faults in the study, 3 nothing answerable, 130 interrupted."""
    words = sys.argv[1:] if arguments is None else arguments
    for library in ("OPENBLAS", "OMP", "MKL"):  # many small matrices: threads that wait for each other cost tenfold
        os.environ.setdefault(f"{library}_NUM_THREADS", "1")
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="replace")
    try:
        raise SystemExit(_run(words))
    except KeyboardInterrupt:
        _interrupted("--json" in words)
        raise SystemExit(INTERRUPTED) from None
    except BrokenPipeError:  # `halfstep check DIR | head`: nobody reads on
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(RAN) from None


def _interrupted(as_json: bool) -> None:
    from halfstep.cli.language import default

    told = {"en": "interrupted; nothing was half-written", "zh": "已中断；没有留下写到一半的文件"}[default(os.environ)]
    if as_json:
        from halfstep.cli.console import raw_record

        raw_record({"error": told})
    else:
        print(told, file=sys.stderr)


def _run(words: list[str]) -> int:
    from halfstep.cli.front import front_page

    if words in ([], ["--help"], ["-h"], ["--version"]):  # before the parser, which takes its time to import
        front_page(words == ["--version"])
        return RAN
    from cyclopts import CycloptsError

    from halfstep.cli.app import app
    from halfstep.cli.console import raw_record

    as_json = "--json" in words
    try:
        code = app(words, exit_on_error=False, print_error=not as_json)
    except CycloptsError as error:
        if as_json:
            raw_record({"error": str(error).strip()})
        return MISUSED
    except Exception as error:
        if as_json:
            raw_record({"error": f"{type(error).__name__}: {error}"})
        raise
    return code if isinstance(code, int) else RAN
