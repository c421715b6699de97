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
    from halfstep.data.utterances import Utterances
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
FIELDS = {"touchpoint": 2, "polarity": 3, "stance": 4, "target": 5, "own": 6, "spam": 7}
"""Where each answer stands in a row of the sheet."""
OTHERS = 20_000
"""Posts drawn by lot among which the most useful ones are looked for: a few hundred times as many as anybody labels, and a
few megabytes, however large the table is."""
SPARE = 2
"""Posts looked at once more, as a multiple of those that `text.ask` picks among: some of them say the same."""
AT_ONCE = 2_000
"""Posts that are read at once."""


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
    from halfstep.data.sheets_to_label import draw_posts, write_sheet

    found = _opened(source, asked)
    if isinstance(found, tuple):
        return out.faults(found, "label.nothing asked")
    if asked.interactive and not can_ask(out):
        out.warn(out.say("label.nobody"))
        return FAULTS
    seed = SEED if seed is None else seed
    posts = draw_posts(found.utterances, max(asked.audit, 0), OTHERS if asked.teach > 0 else 0, seed)
    rows = _rows(posts, found, asked, seed)
    if asked.interactive:
        rows = _filled(rows, found.names, out)
    try:
        write_sheet(asked.out, rows)
    except OSError as error:
        return unwritten(asked.out, error, out)
    tally = found.utterances.tally
    unread = sum(tally.rejected.values())
    if out.as_json:
        raw_record({"out": str(asked.out), "posts": posts.total, "audit": posts.audits, "train": len(rows) - posts.audits,
                    "drawn": posts.audits / posts.total if posts.audits else None, "by": _by(found.heads), "rejected": tally.rejected,
                    "left_out": tally.left_out, "same_id": tally.same_id})  # fmt: skip
    else:
        out.line("label.written", ("audit", posts.audits), ("train", len(rows) - posts.audits), ("posts", posts.total))
        if unread:
            out.line("label.unread", ("rows", unread), ("why", ", ".join(tally.rejected)))
        out.line(f"label.by {_by(found.heads)}")
        out.line("label.next")
        out.files((asked.out,))
    return RAN


@dataclass(frozen=True, slots=True)
class _Source:
    """Posts, what reads them already, and the ids of the names that a stance may be towards."""

    utterances: Utterances
    heads: Heads | None
    names: tuple[str, ...]


def _by(heads: Heads | None) -> str:
    return "nothing" if heads is None else "seeds" if heads.card.get("by") == "seed words" else "model"


def _opened(source: Path, asked: Ask) -> _Source | tuple[Fault, ...]:
    """Open what there is to label: of a study the same posts as `halfstep run` reads, whatever else it still lacks."""
    from pydantic import ValidationError

    from halfstep.core.check import Fault
    from halfstep.core.config_voice import UtteranceColumns, Voice
    from halfstep.data.lessons import Book, read_book
    from halfstep.data.models import read_heads
    from halfstep.data.utterances import cleaner_for, open_table
    from halfstep.text.seeds import seeded

    book: Book | tuple[Fault, ...] = Book(Voice(), source)
    if source.is_dir() or source.suffix == ".toml":
        book = read_book(source)
    if isinstance(book, tuple):
        return book
    if book.utterances is None:
        what = "expected [tables] utterances; the study names none"
        return (Fault(table="study.toml", what=what, mend="add it, or name a table instead of a study"),)
    named = {"text": asked.text, "id": asked.id_}
    told = {"text": "text"} | book.columns | {key: name for key, name in named.items() if name is not None}
    try:
        columns = UtteranceColumns.model_validate(told)
    except ValidationError as error:
        return tuple(
            Fault(table="study.toml", column="utterance_columns." + ".".join(map(str, item["loc"])), what=item["msg"].lower(), mend="see docs/study.md for the key")
            for item in error.errors()
        )  # fmt: skip
    seeds = tuple(point for point in book.touchpoints if point.words)
    heads: Heads | Fault | None = None
    if asked.model is not None:
        heads = read_heads(asked.model)
    elif seeds:
        heads = seeded(tuple(f"touchpoint.{point.id}" for point in seeds), tuple(point.words for point in seeds))
    if isinstance(heads, Fault):
        return (heads,)
    utterances = open_table(cleaner_for(columns, book.voice, book.as_of), book.utterances, book.utterances.name)
    if isinstance(utterances, tuple):
        return utterances
    return _Source(utterances, heads, tuple(name.id for name in book.voice.names))


def _rows(posts: Posts, source: _Source, asked: Ask, seed: int) -> list[list[str]]:
    """Return the rows of the sheet, mixed, so that nobody sees which are drawn by lot; guesses are not shown."""
    import numpy as np

    rng = np.random.default_rng(seed)
    audit = range(posts.audits)
    train = _useful(posts, source.heads, asked.teach, rng) if asked.teach > 0 else []
    ids = source.utterances.ids(posts.rows[i] for i in (*audit, *train))
    if not source.utterances.cleaner.columns.id:
        ids = {row: str(source.utterances.place(row)[1]) for row in posts.rows}
    drawn = posts.audits / max(posts.total, 1)
    use = [(i, "audit", repr(drawn)) for i in audit] + [(i, "train", "") for i in train]
    rows = [[ids[posts.rows[i]], posts.texts[i], *[""] * 7, kind, told] for i, kind, told in use]
    return [rows[i] for i in rng.permutation(len(rows))]


def _useful(posts: Posts, heads: Heads | None, many: int, rng: np.random.Generator) -> list[int]:
    """Return the posts that teach the most, among those that were drawn."""
    import numpy as np

    from halfstep.native.texts import pack
    from halfstep.text.ask import POOL, unsure, useful
    from halfstep.text.folds import together
    from halfstep.text.learn import counted, grams_for
    from halfstep.text.score import probabilities

    place = np.arange(posts.audits, len(posts.texts))
    if heads is not None:
        cuts = range(0, len(posts.texts), AT_ONCE)
        read = [probabilities(heads, pack(posts.texts[k : k + AT_ONCE])) for k in cuts]
        p = np.concatenate([*read, np.empty((0, len(heads.names)))]).astype(np.float64)
        place = place[np.argsort(-unsure(p[place]), kind="stable")]
    place = np.concatenate([np.arange(posts.audits), place[: SPARE * POOL * many]])
    texts = pack([posts.texts[i] for i in place])
    grams = grams_for(texts)
    part = together(texts, np.arange(texts.n), grams)
    drawn = (np.arange(posts.audits), many)
    found = useful(counted(texts, grams).X, None if heads is None else p[place], part, drawn, rng)
    return [int(place[i]) for i in found]


def _filled(rows: list[list[str]], names: tuple[str, ...], out: Out) -> list[list[str]]:
    """Ask for each label at the prompt; an end of the input, or "q", keeps what was said and leaves the rest blank."""
    out.line("label.prompt")
    stance = ("stance", "target") if names else ()
    for k, row in enumerate(rows, start=1):
        out.text()
        out.text(f"{k}/{len(rows)}  {row[1]}")
        for field in ("touchpoint", "polarity", *stance, "own", "spam"):
            if field == "target" and not row[FIELDS["stance"]]:
                continue
            answer = _answer(field, names if field == "target" else ANSWERS[field], out)
            if answer is None:
                row[2:9] = [""] * 7
                return rows
            row[FIELDS[field]] = answer
    return rows


def _answer(field: str, allowed: tuple[str, ...] | None, out: Out) -> str | None:
    """Return an answer, blank for none; None where nobody answers any more."""
    while True:
        out.text(out.say(f"label.ask {field}", ("names", ", ".join(allowed or ()))), end=" ")
        try:
            answer = input().strip()
        except EOFError:
            return None
        if answer == "q":
            return None
        if not answer or allowed is None or answer in allowed:
            return answer
        out.line("label.again", ("answer", answer), ("allowed", ", ".join(allowed)))
