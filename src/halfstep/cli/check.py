"""`halfstep check`: every fault at once; where there is none, what was guessed and what can be asked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from halfstep.cli.codes import RAN
from halfstep.cli.console import Fact, Out, raw_record
from halfstep.cli.progress import progress

if TYPE_CHECKING:
    from halfstep.core.check import Guess
    from halfstep.data.study import Loaded
    from halfstep.questions import Need, Question, Study

__all__ = ["examine", "loaded_record", "show"]


def examine(folder: Path, out: Out) -> int:
    """List every fault, or what was guessed and what can be asked; return the exit code."""
    from halfstep.core.errors import StudyFaultsError
    from halfstep.data.study import load
    from halfstep.questions import questions

    try:
        with progress(out, 3) as step:
            step("read")
            loaded = load(folder)
            if loaded.utterances is not None:
                step("utterances")
                loaded.utterances.read_through()
            step("check")
            asked = questions(loaded)
    except StudyFaultsError as error:
        return out.faults(error.faults)
    if out.as_json:
        raw_record({"faults": [], **loaded_record(loaded, asked, out)})
    else:
        show(loaded, asked, out)
    return RAN


def show(loaded: Loaded, asked: tuple[Question, ...], out: Out) -> None:
    """Print what was read, what was guessed, and the table of questions."""
    if loaded.sold is not None:
        out.line("cli.no fault", ("rows", loaded.sold.frame.height), ("file", loaded.sold.file))
    if loaded.press is not None:
        out.line("cli.figures", ("rows", len(loaded.press.figures)), ("file", loaded.press.file))
    if loaded.utterances is not None:
        tally = loaded.utterances.tally
        facts = (
            ("file", loaded.utterances.file),
            ("rows", tally.rows),
            ("yielded", tally.yielded),
            ("same", tally.same_id),
        )
        out.line("cli.utterances", *facts)
        for reason, rows in tally.rejected.items():
            out.line("cli.rejected", ("rows", rows), ("reason", out.say(f"rejected.{reason}")))
        for reason, rows in tally.left_out.items():
            out.line("cli.left out", ("rows", rows), ("reason", out.say(f"left.{reason}")))
    for reason, rows in loaded.left_out.items():
        out.line("cli.left out", ("rows", rows), ("reason", out.say(f"left.{reason}")))
    for table, rows in loaded.later.items():
        if rows:
            out.line("cli.later", ("rows", rows), ("table", table))
    for table, where in loaded.absent.items():
        out.line("cli.absent", ("table", table), ("obtain", where.zh if out.lang == "zh" else where.en))
    study = loaded.config.study
    pairs = (out.say("cli.pair", ("focal", study.focal), ("benchmark", brand)) for brand in study.benchmarks)
    out.line("cli.comparisons", ("pairs", out.say("cli.separator").join(pairs)))
    found = _guessed(loaded)
    if found:
        out.text()
        out.line("cli.guesses")
        guesses(found, out)
    out.text()
    out.line("cli.questions")
    heads = tuple(out.say(f"cli.head {head}") for head in ("question", "answer", "missing"))
    alike: dict[tuple[str, str], list[str]] = {}
    for q in asked:
        alike.setdefault((out.say(f"answer.{q.status}"), "\n".join(_needs(q, out))), []).append(_asked(q, out))
    out.table(heads, (("\n".join(those), answer, needs) for (answer, needs), those in alike.items()))
    ways = dict.fromkeys(q.cheapest for q in asked if q.cheapest is not None)
    if ways:
        out.text()
        out.line("cli.cheapest")
        heads = tuple(out.say(f"cli.head {head}") for head in ("study", "tier", "question"))
        ordered = sorted(ways, key=lambda way: -1 if way.tier is None else way.tier)
        out.table(heads, ((_way(way, out), _tier(way, out), _those(way, asked, out)) for way in ordered))


def _guessed(loaded: Loaded) -> tuple[Guess, ...]:
    """Return all guesses, those of the utterances as counted over the whole table."""
    said = loaded.utterances
    if said is None:
        return loaded.guesses
    return (*(guess for guess in loaded.guesses if guess.table not in (said.file, *said.shown)), *said.guesses)


def guesses(found: Iterable[Guess], out: Out) -> None:
    """Print what readers decided without being told."""
    heads = tuple(out.say(f"cli.head {head}") for head in ("file", "row", "column"))
    rows = ((g.table, "" if g.row is None else str(g.row), g.column or "", _guess(g, out)) for g in found)
    out.table((*heads, out.say("cli.read as")), rows)


def loaded_record(loaded: Loaded, asked: tuple[Question, ...], out: Out) -> dict[str, object]:
    """Return the same for a program."""
    study = loaded.config.study
    return {
        "rows": 0 if loaded.sold is None else loaded.sold.frame.height,
        "figures": 0 if loaded.press is None else len(loaded.press.figures),
        "utterances": None if loaded.utterances is None else asdict(loaded.utterances.tally),
        "left_out": loaded.left_out,
        "later": loaded.later,
        "absent": {table: where.model_dump() for table, where in loaded.absent.items()},
        "inputs": loaded.inputs,
        "comparisons": [{"focal": study.focal, "benchmark": brand} for brand in study.benchmarks],
        "guesses": [guess_record(guess, out) for guess in _guessed(loaded)],
        "questions": [
            {
                "id": q.id,
                "question": _asked(q, out),
                "status": q.status,
                "needs": [{"id": n.key, "text": _need(n, out), "fatal": n.fatal, **dict(n.facts)} for n in q.needs],
                "cheapest": None
                if q.cheapest is None
                else {"id": q.cheapest.key, "tier": q.cheapest.tier, "text": _way(q.cheapest, out)},
            }
            for q in asked
        ],
    }


def guess_record(guess: Guess, out: Out) -> dict[str, object]:
    """Return a guess for a program."""
    keys = ("table", "kind", "row", "column", "count")
    return {**{key: getattr(guess, key) for key in keys}, "text": _guess(guess, out), "facts": dict(guess.facts)}


def _asked(question: Question, out: Out) -> str:
    return out.say(f"question.{question.id}")


def _needs(question: Question, out: Out) -> Iterator[str]:
    """Yield what is missing; of a question without an answer only what stands in its way."""
    unanswered = question.status == "needs"
    return (_need(need, out) for need in question.needs if need.fatal or not unanswered)


def _need(need: Need, out: Out) -> str:
    return out.say(f"need.{need.key}", *need.facts)


def _way(way: Study, out: Out) -> str:
    return out.say(f"study.{way.key}", *way.facts)


def _tier(way: Study, out: Out) -> str:
    return out.say("cli.no data" if way.tier is None else f"tier.{way.tier}")


def _those(way: Study, asked: Iterable[Question], out: Out) -> str:
    return "\n".join(_asked(q, out) for q in asked if q.cheapest == way)


def _guess(guess: Guess, out: Out) -> str:
    facts: list[tuple[str, Fact]] = [("count", guess.count), *guess.facts]
    return out.say(f"guess.{guess.kind}", *facts)
