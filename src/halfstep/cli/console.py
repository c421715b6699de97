"""How commands print: sentences in the user's language, tables, one JSON document."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from halfstep.cli.codes import FAULTS
from halfstep.cli.language import Lang

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions
    from rich.measure import Measurement
    from rich.text import Text

    from halfstep.core.check import Fault

__all__ = ["Fact", "Out", "fault_records", "raw", "raw_record"]

Fact = str | float | int
_HAN = "\u3400-\u9fff\u3000-\u303f\uff00-\uffef"
_PIECES = re.compile(rf"[（“《]*(?:[{_HAN}]|[^\s{_HAN}“]+)[，。；：、）”》？！…]*\s*|\s+|.")
"""What is not broken: a Chinese character or a word, with the marks and blanks that follow it."""


_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""What a cell of somebody's table may hold and no terminal should act on: control characters, escapes, marks that turn the way of writing."""


@dataclass(frozen=True, slots=True)
class Out:
    """Where a command's words go: standard output, in one language; nowhere where JSON was asked for.

    Attributes
    ----------
    lang
        Language of our own sentences and heads.
    as_json
        Nothing but one JSON document is printed.
    """

    lang: Lang
    as_json: bool = False

    def say(self, key: str, *facts: tuple[str, Fact]) -> str:
        """Return a sentence by its key."""
        from halfstep.report.sentence import sentence

        return sentence(key, facts, self.lang)

    def line(self, key: str, *facts: tuple[str, Fact]) -> None:
        """Print a sentence by its key."""
        self.text(self.say(key, *facts))

    def text(self, text: str = "", *, whole: bool = False, end: str = "\n") -> None:
        """Print a text; `whole` never breaks it over lines."""
        if not self.as_json:
            console = _console()
            shown = _printable(text, console)
            console.print(shown if whole else _wrapped(shown, console.width), soft_wrap=True, end=end)

    def warn(self, text: str) -> None:
        """Print a text on standard error."""
        if not self.as_json:
            console = _console(error=True)
            console.print(_printable(text, console))

    def table(self, heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> None:
        """Print a table; `heads` are texts."""
        if self.as_json:
            return
        from rich import box
        from rich.table import Table

        console = _console()
        table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
        for head in heads:
            table.add_column(_Cell(_printable(head, console)))
        for row in rows:
            table.add_row(*(_Cell(_printable(cell, console)) for cell in row))
        console.print(table)

    def faults(self, faults: tuple[Fault, ...], done: str = "cli.nothing was run") -> int:
        """Print all faults at once, and return the exit code.

        Parameters
        ----------
        done
            Key of the sentence that says what was left undone.
        """
        if self.as_json:
            raw_record({"faults": fault_records(faults)})
            return FAULTS
        self.line("cli.faults", ("count", len(faults)), ("done", self.say(done)))
        heads = tuple(self.say(f"cli.head {head}") for head in ("file", "row", "column", "what", "mend"))
        self.table(heads, _together(faults))
        return FAULTS

    def files(self, paths: Iterable[Path]) -> None:
        """Print where files were written, each on its line."""
        for path in paths:
            self.text(str(path), whole=True)


def raw(text: str) -> None:
    """Print JSON in UTF-8 whatever the console's encoding."""
    sys.stdout.flush()
    buffer = getattr(sys.stdout, "buffer", None)
    if buffer is None:
        sys.stdout.write(text)
    else:
        buffer.write(text.encode("utf-8"))
        buffer.flush()


def raw_record(record: Mapping[str, object]) -> None:
    """Print a record as JSON."""
    raw(json.dumps(record, ensure_ascii=False, indent=1) + "\n")


def fault_records(faults: Iterable[Fault]) -> list[dict[str, object]]:
    """Return faults as they stand in JSON."""
    keys = ("table", "row", "column", "what", "mend")
    return [{key: getattr(fault, key) for key in keys} for fault in faults]


def _console(error: bool = False) -> Console:
    from rich.console import Console

    return Console(stderr=error, markup=False, highlight=False, emoji=False, soft_wrap=False)


def _printable(text: str, console: Console) -> str:
    from halfstep.report.text import encodable

    return encodable(_UNSEEN.sub("\ufffd", text), console.encoding)


@dataclass(frozen=True, slots=True)
class _Cell:
    """A cell of a table that breaks its lines as `_wrapped` does."""

    text: str

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        from rich.cells import cell_len
        from rich.measure import Measurement

        pieces = (cell_len(piece.rstrip()) for piece in _PIECES.findall(self.text))
        lines = (cell_len(line) for line in self.text.split("\n"))
        return Measurement(max(pieces, default=0), max(lines, default=0))

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Text]:
        from rich.text import Text

        yield Text(_wrapped(self.text, options.max_width))


def _wrapped(text: str, width: int) -> str:
    """Break lines at blanks and between Chinese characters; no line begins with a closing mark."""
    from rich.cells import cell_len, chop_cells

    lines: list[str] = []
    for whole in text.split("\n"):
        line = ""
        for piece in _PIECES.findall(whole):
            if line.strip() and cell_len(line) + cell_len(piece.rstrip()) > width:
                lines.append(line.rstrip())
                line = ""
            *full, piece = chop_cells(piece, width) if cell_len(piece.rstrip()) > width else [piece]
            lines += full
            line += piece
        lines.append(line)
    return "\n".join(lines)


def _together(faults: Iterable[Fault]) -> list[tuple[str, ...]]:
    """Return the rows of a table of faults; those that differ by their row only share one."""
    rows: dict[tuple[str, str, str, str], list[int]] = {}
    for fault in faults:
        key = (fault.table, fault.column or "", fault.what, fault.mend)
        rows.setdefault(key, []).extend([] if fault.row is None else [fault.row])
    return [(table, _ranges(found), column, what, mend) for (table, column, what, mend), found in rows.items()]


def _ranges(rows: list[int]) -> str:
    """Return row numbers, neighbours as ranges.

    Examples
    --------
    >>> _ranges([7, 2, 3, 4])
    '2-4, 7'
    """
    ranges: list[tuple[int, int]] = []
    for row in sorted(set(rows)):
        if ranges and row == ranges[-1][1] + 1:
            ranges[-1] = (ranges[-1][0], row)
        else:
            ranges.append((row, row))
    return ", ".join(str(first) if first == last else f"{first}-{last}" for first, last in ranges)
