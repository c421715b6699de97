"""`halfstep label`: a sheet of posts to label by hand, the most useful ones and some drawn by lot."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from halfstep.cli.ask import can_ask
from halfstep.cli.codes import FAULTS, RAN
from halfstep.cli.console import Out, raw_record
from halfstep.cli.run import unwritten

if TYPE_CHECKING:
    import numpy as np

    from halfstep.core.check import Fault
    from halfstep.data.sheets_to_label import Posts
    from halfstep.text.heads import Heads

__all__ = ["Ask", "ask_for"]

SEED = 20250604
"""The seed of every study that names none."""
ANSWERS: dict[str, tuple[str, ...] | None] = {
    "touchpoint": None,
    "polarity": ("1", "0", "-1"),
    "stance": ("1", "0", "-1"),
    "own": ("1", "0"),
    "spam": ("1", "0"),
}


@dataclass(frozen=True, slots=True)
class Ask:
    """What is asked for."""

    text: Annotated[str | None, Parameter(help="Column of the texts; the study's own if absent.")] = None
    id_: Annotated[str | None, Parameter(name="--id", help="Column of ids; the row if absent.")] = None
    model: Annotated[
        Path | None, Parameter(help="Model that halfstep teach wrote; the study's codebook if absent.")
    ] = None
    out: Annotated[Path, Parameter(help="Sheet to write: .csv or .xlsx.")] = Path("to-label.csv")
    teach: Annotated[int, Parameter(help="Posts to teach with, the most useful ones.")] = 100
    audit: Annotated[int, Parameter(help="Posts to audit with, drawn by lot.")] = 100
    interactive: Annotated[bool, Parameter(negative="", help="Ask here, one post after the other.")] = False


def ask_for(source: Path, asked: Ask, seed: int | None, out: Out) -> int:
    """Choose posts, write their sheet, say what to do with it; return the exit code."""
    import numpy as np

    posts, heads, faults = _posts(source, asked)
    if faults or posts is None:
        return out.faults(faults, "label.nothing asked")
    rng = np.random.default_rng(SEED if seed is None else seed)
    rows = _rows(posts, heads, asked, rng)
    if asked.interactive:
        if not can_ask(out):
            out.warn(out.say("label.nobody"))
            return FAULTS
        rows = _filled(rows, out)
    from halfstep.data.sheets_to_label import write_sheet

    try:
        write_sheet(asked.out, rows)
    except OSError as error:
        return unwritten(asked.out, error, out)
    audits = sum(row[9] == "audit" for row in rows)
    if out.as_json:
        raw_record({"out": str(asked.out), "posts": len(posts.texts), "audit": audits, "train": len(rows) - audits,
                    "drawn": audits / len(posts.texts) if audits else None, "by": _by(heads)})  # fmt: skip
    else:
        out.line("label.written", ("audit", audits), ("train", len(rows) - audits), ("posts", len(posts.texts)))
        out.line(f"label.by {_by(heads)}")
        out.line("label.next")
        out.files((asked.out,))
    return RAN


def _by(heads: Heads | None) -> str:
    return "nothing" if heads is None else "seeds" if heads.card.get("by") == "seed words" else "model"


def _posts(source: Path, asked: Ask) -> tuple[Posts | None, Heads | None, tuple[Fault, ...]]:
    """Return the posts, what reads them already, and faults."""
    from halfstep.core.check import Fault
    from halfstep.data.models import read_heads
    from halfstep.data.sheets_to_label import read_posts

    path, text, id_, heads = source, asked.text, asked.id_, None
    if source.is_dir() or source.suffix == ".toml":
        from halfstep.data.lessons import read_book
        from halfstep.text.seeds import seeded

        book = read_book(source)
        if isinstance(book, tuple):
            return None, None, book
        if book.utterances is None:
            what = "expected [tables] utterances; the study names none"
            return (
                None,
                None,
                (Fault(table="study.toml", what=what, mend="add it, or name a table instead of a study"),),
            )
        path, text, id_ = book.utterances, text or book.text, id_ or book.id
        seeds = tuple(point for point in book.touchpoints if point.words)
        if seeds:
            heads = seeded(tuple(f"touchpoint.{point.id}" for point in seeds), tuple(point.words for point in seeds))
    if asked.model is not None:
        model = read_heads(asked.model)
        if isinstance(model, Fault):
            return None, None, (model,)
        heads = model
    found = read_posts(path, text or "text", id_)
    return (None, None, found) if isinstance(found, tuple) else (found, heads, ())


def _rows(posts: Posts, heads: Heads | None, asked: Ask, rng: np.random.Generator) -> list[list[str]]:
    """Return the rows of the sheet, mixed, so that nobody sees which are drawn by lot; guesses are not shown."""
    import numpy as np

    from halfstep.native.texts import pack
    from halfstep.text.ask import ask
    from halfstep.text.folds import together
    from halfstep.text.learn import counted, grams_for
    from halfstep.text.score import probabilities

    texts = pack(posts.texts)
    grams = grams_for(texts)
    p = None if heads is None else np.asarray(probabilities(heads, texts), dtype=np.float64)
    part = together(texts, np.arange(texts.n), grams)
    n = texts.n
    found = ask(counted(texts, grams).X, p, part, (min(asked.audit, n), asked.teach), rng)
    rows = [[*_cells(posts, int(i)), "audit", repr(found.drawn)] for i in found.audit]
    rows += [[*_cells(posts, int(i)), "train", ""] for i in found.train]
    return [rows[i] for i in rng.permutation(len(rows))]


def _cells(posts: Posts, i: int) -> list[str]:
    return [posts.ids[i], posts.texts[i], "", "", "", "", "", "", ""]


def _filled(rows: list[list[str]], out: Out) -> list[list[str]]:
    """Ask for each label at the prompt; an end of the input, or "q", keeps what was said and leaves the rest blank."""
    out.line("label.prompt")
    for k, row in enumerate(rows, start=1):
        out.text()
        out.text(f"{k}/{len(rows)}  {row[1]}")
        for field, place in (("touchpoint", 2), ("polarity", 3), ("own", 6), ("spam", 7)):
            answer = _answer(field, ANSWERS[field], out)
            if answer is None:
                row[2:9] = [""] * 7
                return rows
            row[place] = answer
    return rows


def _answer(field: str, allowed: tuple[str, ...] | None, out: Out) -> str | None:
    """Return an answer, blank for none; None where nobody answers any more."""
    while True:
        out.text(out.say(f"label.ask {field}"), end=" ")
        try:
            answer = input().strip()
        except EOFError:
            return None
        if answer == "q":
            return None
        if not answer or allowed is None or answer in allowed:
            return answer
        out.line("label.again", ("answer", answer), ("allowed", ", ".join(allowed)))
