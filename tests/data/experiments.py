"""Invented choice experiments, written as the three layouts that a study may read."""

from __future__ import annotations

import random
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from halfstep.core.check import Fault
from halfstep.core.errors import StudyFaultsError
from halfstep.data.choices import Choices
from halfstep.data.study import load
from tests.invented import SETTINGS, write

BRANDS = ("A", "B", "C")
BODIES = ("saloon", "estate", "van")
ATTRIBUTES: list[dict[str, Any]] = [
    {"id": "power", "label": "power", "column": "power"},
    {"id": "body", "label": "body", "column": "body", "levels": list(BODIES)},
]
LONG: dict[str, Any] = {
    "respondent": "who", "task": "task", "alternative": "alt", "chosen": "chosen", "price": "price", "brand": "brand",
}  # fmt: skip
NAMES = ("left", "middle", "right", "far", "farther")
NONE = "none"


@dataclass(frozen=True, slots=True)
class Profile:
    """What an alternative showed."""

    brand: str
    price: float
    power: float
    body: str

    def cells(self) -> list[str]:
        return [self.brand, f"{self.price:g}", f"{self.power:g}", self.body]


@dataclass(frozen=True, slots=True)
class Person:
    """A respondent: the picked alternative of each task ("" where blank), the worst one too."""

    id: str
    version: str
    weight: float
    age: int
    best: tuple[str, ...]
    worst: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Experiment:
    """Version -> tasks -> alternatives, and who answered."""

    versions: dict[str, tuple[tuple[Profile, ...], ...]]
    people: tuple[Person, ...]
    has_none: bool
    has_worst: bool


def invented(
    seed: int = 0, people: int = 12, tasks: int = 3, alternatives: int = 3, *, none: bool = False, worst: bool = False,
    blanks: float = 0.0,
) -> Experiment:  # fmt: skip
    """An experiment with answers at random; the first task of every version shows A and B."""
    rng = random.Random(seed)
    versions = {
        str(v): tuple(
            tuple(
                Profile(
                    BRANDS[j] if t == 0 and j < 2 else rng.choice(BRANDS),
                    rng.choice((10, 12.5, 15)),
                    rng.choice((80, 100.5, 120)),
                    rng.choice(BODIES),
                )
                for j in range(alternatives)
            )
            for t in range(tasks)
        )
        for v in range(1, 4)
    }
    found = []
    for i in range(people):
        best, last = [], []
        for _ in range(tasks):
            options = [*NAMES[:alternatives], *([NONE] if none else [])]
            picked = rng.choice(options)
            missed = rng.random() < blanks
            best.append("" if missed else picked)
            last.append("" if missed or not worst else rng.choice([o for o in options if o not in (picked, NONE)]))
        weight, age = rng.choice((0.5, 1.0, 2.0)), rng.randrange(20, 70)
        found.append(Person(f"r{100 - i}", rng.choice(list(versions)), weight, age, tuple(best), tuple(last)))
    return Experiment(versions, tuple(found), none, worst)


def _csv(head: list[str], rows: list[list[str]]) -> str:
    return "\n".join(",".join(cells) for cells in [head, *rows]) + "\n"


def long(made: Experiment) -> tuple[dict[str, str], dict[str, Any]]:
    """Tables and [choice_columns] of a row an alternative; none of these is a row with nothing in it."""
    rows = []
    for person in made.people:
        for t, task in enumerate(made.versions[person.version]):
            best, worst = person.best[t], person.worst[t]
            shown = [(name, profile.cells()) for name, profile in zip(NAMES, task, strict=False)]
            shown += [(NONE, ["", "", "", ""])] if made.has_none else []
            for name, cells in shown:
                flags = ["" if not best else str(int(name == one)) for one in (best, worst)]
                rows.append([person.id, str(t + 1), name, *flags, *cells, str(person.weight), str(person.age)])
    columns = LONG | {"weight": "w"} | ({"none": NONE} if made.has_none else {})
    columns |= {"worst": "worst"} if made.has_worst else {}
    head = ["who", "task", "alt", "chosen", "worst", "brand", "price", "power", "body", "w", "age"]
    return {"choices": _csv(head, rows)}, columns


def wide(made: Experiment, *, numbered: bool = False) -> tuple[dict[str, str], dict[str, Any]]:
    """Tables and [choice_columns] of a row a task; `numbered` names the picked alternative by its number."""
    names = NAMES[: len(next(iter(made.versions.values()))[0])]
    kinds = ("brand", "price", "power", "body")
    rows = []
    for person in made.people:
        for t, task in enumerate(made.versions[person.version]):
            picked = [person.best[t], person.worst[t]]
            if numbered:
                picked = [str(names.index(one) + 1) if one in names else one for one in picked]
            cells = [cell for profile in task for cell in profile.cells()]
            rows.append([person.id, str(t + 1), *picked, *cells, str(person.weight), str(person.age)])
    head = ["who", "task", "best", "worst", *(f"{kind}.{name}" for name in names for kind in kinds), "w", "age"]
    columns: dict[str, Any] = {
        "layout": "wide", "respondent": "who", "task": "task", "chosen": "best", "alternatives": list(names),
        "head": "{column}.{alternative}", "price": "price", "brand": "brand", "weight": "w",
    }  # fmt: skip
    columns |= {"none": NONE} if made.has_none else {}
    columns |= {"worst": "worst"} if made.has_worst else {}
    return {"choices": _csv(head, rows)}, columns


def answers(made: Experiment) -> tuple[dict[str, str], dict[str, Any]]:
    """Tables and [choice_columns] of a row a respondent, with the design beside it."""
    tasks = len(next(iter(made.versions.values())))
    head = ["who", "v", *(f"Q{t + 1}" for t in range(tasks)), *(f"W{t + 1}" for t in range(tasks)), "w", "age"]
    rows = [[p.id, p.version, *p.best, *p.worst, str(p.weight), str(p.age)] for p in made.people]
    design = [
        [version, str(t + 1), name, *profile.cells()]
        for version, shown in made.versions.items()
        for t, task in enumerate(shown)
        for name, profile in zip(NAMES, task, strict=False)
    ]
    columns: dict[str, Any] = {
        "layout": "answers", "respondent": "who", "version": "v", "task": "task", "alternative": "alt", "answer": "Q{task}",
        "price": "price", "brand": "brand", "weight": "w",
    }  # fmt: skip
    columns |= {"none": NONE} if made.has_none else {}
    columns |= {"worst_answer": "W{task}"} if made.has_worst else {}
    shown = _csv(["v", "task", "alt", "brand", "price", "power", "body"], design)
    return {"choices": _csv(head, rows), "design": shown}, columns


def study(
    folder: Path,
    tables: dict[str, str] | dict[str, bytes] | dict[str, str | bytes],
    columns: dict[str, Any],
    choice: dict[str, Any] | None = None,
    changes: dict[str, Any] | None = None,
) -> Path:
    """A study of choices only; `choice` changes [choice], `changes` other sections."""
    base: dict[str, Any] = dict.fromkeys(k for k in SETTINGS if k not in ("study", "tables"))
    base |= {"study": {"benchmarks": ["B"]}, "tables": {"sales": None}}
    base |= {"choice_columns": columns, "choice": {"attributes": ATTRIBUTES} | (choice or {})}
    return write(folder, None, base | (changes or {}), dict(tables))


def read(folder: Path) -> Choices:
    """The choices of a study folder."""
    found = load(folder).choices
    assert found is not None
    return found


def faults(folder: Path) -> tuple[Fault, ...]:
    """The faults of a study folder, each whole."""
    with pytest.raises(StudyFaultsError) as caught:
        load(folder)
    assert all(fault.table and fault.what and fault.mend for fault in caught.value.faults)
    return caught.value.faults


def fault(folder: Path) -> Fault:
    """The one fault of a study folder."""
    found = faults(folder)
    assert len(found) == 1, [one.line() for one in found]
    return found[0]
