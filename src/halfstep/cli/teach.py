"""`halfstep teach`: heads from a table of hand-labelled texts, and how well they read texts that they were not taught on."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from halfstep.cli.codes import NOTHING, RAN
from halfstep.cli.console import Out, raw_record
from halfstep.cli.progress import progress
from halfstep.cli.run import unwritten

if TYPE_CHECKING:
    from halfstep.core.check import Fault
    from halfstep.data.lessons import Lessons
    from halfstep.text.distil import Distilled
    from halfstep.text.heads import Heads
    from halfstep.text.learn import Taught
    from halfstep.text.validate import HeadScore, Interval, Scores

__all__ = ["Columns", "TeachFiles", "teach_heads"]

STAGES = 9
GUESSED = 2_000
"""Most texts without labels that are guessed, drawn by lot: a few minutes at ten a second and core."""
SEED = 20250604
"""The seed of every study that names none."""


@dataclass(frozen=True, slots=True)
class Columns:
    """Which column of the table is what."""

    text: Annotated[str, Parameter(help="Column of the texts.")]
    touchpoint: Annotated[str | None, Parameter(help="Column of touchpoints, one a row; blank: none.")] = None
    group: Annotated[
        str | None, Parameter(help="Column of ids; texts of one id are never on two sides of a split.")
    ] = None
    polarity: Annotated[str | None, Parameter(help="Column of polarity: 1, 0, -1.")] = None
    stance: Annotated[str | None, Parameter(help="Column of stance: 1, 0, -1.")] = None
    own: Annotated[str | None, Parameter(help="Column that is 1 where the brand itself speaks.")] = None
    spam: Annotated[str | None, Parameter(help="Column that is 1 where nobody speaks for themselves.")] = None


@dataclass(frozen=True, slots=True)
class TeachFiles:
    """What is read and written beside the table."""

    test: Annotated[
        Path | None, Parameter(help="Another labelled table, with the same columns, to try the heads on.")
    ] = None
    out: Annotated[Path | None, Parameter(help="File of the model (.npz); none is written if absent.")] = None
    distil: Annotated[
        Path | None,
        Parameter(help="Table of texts without labels, for a small embedding model to guess (extra teach)."),
    ] = None
    study: Annotated[Path | None, Parameter(help="Study whose codebook says what touchpoints are called.")] = None


def teach_heads(table: Path, columns: Columns, files: TeachFiles, seed: int | None, out: Out) -> int:
    """Teach, judge, write; return the exit code."""
    import numpy as np

    from halfstep.data.models import write_heads
    from halfstep.native.texts import pack
    from halfstep.text.learn import grams_for, learn

    test, target, study = files.test, files.out, files.study
    with progress(out, STAGES) as step:
        step("read")
        lessons = _read(table, columns, study)
        tried = None if test is None or isinstance(lessons, tuple) else _read(test, columns, study)
        if isinstance(lessons, tuple) or isinstance(tried, tuple):
            faults = lessons if isinstance(lessons, tuple) else tried
            return out.faults(faults if isinstance(faults, tuple) else (), "teach.nothing taught")
        if len(set(lessons.groups)) < 2 or not lessons.names:
            return _nothing(out.say("teach.too few"), out)
        texts = pack(lessons.texts)
        seed = SEED if seed is None else seed
        rng = np.random.default_rng(seed)
        taught = learn(texts, lessons.targets, np.array(lessons.groups), lessons.names, grams_for(texts), rng, step)
        guesses: Distilled | None = None
        if files.distil is not None:
            step("distil")
            made = _distilled(taught, lessons, files.distil, columns.text, seed)
            if isinstance(made, tuple):
                return out.faults(made, "teach.nothing taught")
            if isinstance(made, str):
                return _nothing(made, out)
            guesses, taught = made, made.taught
        step("test")
        found = {} if tried is None else _tried(taught.heads, tried)
    try:
        if target is not None:
            write_heads(target, taught.heads)
    except OSError as error:
        return unwritten(target or table, error, out)
    if out.as_json:
        raw_record(_record(taught, found, guesses, target))
    else:
        _show(taught, found, lessons, out)
        if guesses is not None:
            _show_guesses(guesses, out)
        out.files((target,) if target is not None else ())
    return RAN if any(head.reads for scores in taught.scores.values() for head in scores.heads) else NOTHING


def _read(table: Path, columns: Columns, study: Path | None) -> Lessons | tuple[Fault, ...]:
    """Read a labelled table, its touchpoints by the codebook of a study where one is named."""
    from halfstep.core.config_voice import LabelColumns
    from halfstep.data.lessons import read_book, read_lessons

    book = None if study is None else read_book(study)
    if isinstance(book, tuple):
        return book
    named = LabelColumns(
        text=columns.text, id=columns.group, touchpoint=columns.touchpoint, polarity=columns.polarity,
        stance=columns.stance, own=columns.own, spam=columns.spam,
    )  # fmt: skip
    return read_lessons(table, named, () if book is None else book.touchpoints)


def _nothing(text: str, out: Out) -> int:
    if out.as_json:
        raw_record({"error": text})
    else:
        out.text(text)
    return NOTHING


def _distilled(
    taught: Taught, lessons: Lessons, path: Path, column: str, seed: int
) -> Distilled | tuple[Fault, ...] | str:
    """Return heads that learnt from guesses too; faults of the table; or why there can be no guesses."""
    from halfstep.core.config_voice import UtteranceColumns, Voice
    from halfstep.core.errors import MisuseError
    from halfstep.data.sheets_to_label import draw_posts
    from halfstep.data.utterances import cleaner_for, open_table
    from halfstep.native.texts import pack
    from halfstep.text.distil import distil, embedded

    table = open_table(cleaner_for(UtteranceColumns(text=column), Voice(), None), path, path.name)
    if isinstance(table, tuple):
        return table
    labelled = set(lessons.texts)
    fresh = [text for text in dict.fromkeys(draw_posts(table, 0, GUESSED, seed).texts) if text not in labelled]
    every = [*lessons.texts, *fresh]
    try:
        return distil(taught, pack(every), lessons.targets, embedded(every))
    except MisuseError as error:
        return str(error)


def _tried(heads: Heads, lessons: Lessons) -> dict[str, Scores]:
    """Return how well heads read a table that they were not taught on, by family."""
    import numpy as np

    from halfstep.data.lessons import targets_for
    from halfstep.native.texts import pack
    from halfstep.text.cuts import answers, family
    from halfstep.text.score import margins
    from halfstep.text.validate import scores

    targets = targets_for(lessons, heads.names)
    margin = np.asarray(margins(heads, pack(lessons.texts)), dtype=np.float64)
    said = answers(heads, margin)
    _, part = np.unique(np.array(lessons.groups), return_inverse=True)
    found = {}
    for kind in dict.fromkeys(family(name) for name in heads.names):
        of = [h for h, name in enumerate(heads.names) if family(name) == kind and np.isfinite(targets[:, h]).any()]
        if of:
            names = tuple(heads.names[h] for h in of)
            found[kind] = scores(said[:, of], targets[:, of], part, names, margin[:, of])
    return found


def _show(taught: Taught, found: dict[str, Scores], lessons: Lessons, out: Out) -> None:
    out.line("teach.taught", ("texts", len(lessons.texts)), ("ids", len(set(lessons.groups))), ("rows", lessons.rows))
    if lessons.blank:
        out.line("teach.blank", ("rows", lessons.blank))
    for where, by_kind in (("folds", taught.scores), ("test", found)):
        for kind, score in by_kind.items():
            out.text()
            out.line(f"teach.{where}", ("kind", out.say(f"teach.kind {kind}")), ("texts", score.texts),
                     ("micro", _interval(score.micro)), ("macro", _interval(score.macro)))  # fmt: skip
            heads = ("head", "texts", "yes", "precision", "recall", "f1", "order")
            out.table(tuple(out.say(f"teach.head {head}") for head in heads), [_row(head, out) for head in score.heads])
    nothing = [head.name for score in taught.scores.values() for head in score.heads if not head.reads]
    if nothing:
        out.text()
        out.line("teach.reads nothing", ("heads", ", ".join(nothing)))
    out.text()
    out.line("teach.how")


def _show_guesses(guesses: Distilled, out: Out) -> None:
    for kind, gain in guesses.gain.items():
        told = "teach.distilled" if kind in guesses.used else "teach.not distilled"
        out.line(told, ("kind", out.say(f"teach.kind {kind}")), ("gain", _signed(gain)))


def _row(head: HeadScore, out: Out) -> tuple[str, ...]:
    kind, _, rest = head.name.partition(".")
    name = rest if kind == "touchpoint" else out.say(f"teach.name {head.name}")
    order = "–" if head.order is None else _stacked(head.order)
    return (
        name,
        f"{head.texts:,}",
        f"{head.yes:,}",
        _stacked(head.precision),
        _stacked(head.recall),
        _stacked(head.f1),
        order,
    )


def _interval(found: Interval) -> str:
    """Return a share with its interval; never without.

    Examples
    --------
    >>> from halfstep.text.validate import Interval
    >>> _interval(Interval(0.87654, 0.869, 0.884))
    '.877 (.869–.884)'
    """
    if not isfinite(found.value):
        return "–"
    value, lo, hi = (f"{figure:.3f}".removeprefix("0") for figure in (found.value, found.lo, found.hi))
    return f"{value} ({lo}–{hi})"


def _stacked(found: Interval) -> str:
    return _interval(found).removesuffix(")").replace(" (", "\n")


def _signed(found: Interval) -> str:
    return f"{found.value:+.3f} ({found.lo:+.3f}–{found.hi:+.3f})".replace("-", "−")


def _record(
    taught: Taught, found: dict[str, Scores], guesses: Distilled | None, target: Path | None
) -> dict[str, object]:
    heads, gain = taught.heads, {} if guesses is None else guesses.gain
    return {
        "heads": list(heads.names), "card": heads.card, "level": 0.95,
        "folds": {kind: _scores(score) for kind, score in taught.scores.items()},
        "test": {kind: _scores(score) for kind, score in found.items()} or None,
        "distilled": {kind: {"gain": _three(one), "used": f"distilled {kind}" in heads.card} for kind, one in gain.items()} or None,
        "out": None if target is None else str(target),
    }  # fmt: skip


def _scores(score: Scores) -> dict[str, object]:
    return {
        "texts": score.texts, "groups": score.groups, "micro_f1": _three(score.micro), "macro_f1": _three(score.macro),
        "heads": [
            {
                "name": head.name, "texts": head.texts, "yes": head.yes, "said": head.said, "f1": _three(head.f1),
                "precision": _three(head.precision), "recall": _three(head.recall),
                "order": None if head.order is None else _three(head.order), "reads": head.reads,
            }
            for head in score.heads
        ],
    }  # fmt: skip


def _three(found: Interval) -> dict[str, float] | None:
    return {"value": found.value, "lo": found.lo, "hi": found.hi} if isfinite(found.value) else None
