"""What the sentences on a choice experiment quote: groups of respondents, columns of its profiles, names of models."""

from __future__ import annotations

import re

from halfstep.core.answer import Answer
from halfstep.core.estimate import Point
from halfstep.report.comparison import adding_up
from halfstep.report.finding import Attribute, Brand, Fact, Finding, Many, Segment, Term, Words
from halfstep.report.index import Index
from halfstep.report.words import known

__all__ = [
    "among",
    "answer_of",
    "base_of",
    "choice_fact",
    "column",
    "groups",
    "labelled",
    "places_of",
    "respondents",
    "worth",
]

LENS = "gap.choice_lens"
BEYOND = re.compile(r"(\S+) (\S+) \((?:shown )?(\S+)\)")
"""How a check lists a column, what the line-up reaches in it, and what the profiles showed."""


def answer_of(index: Index) -> Answer | None:
    """Return what the room said; None where the study has no choices."""
    answer = index.outcome.answers.get("choice")
    return None if answer is None or answer.dark else answer


def among(segment: str) -> Fact:
    """Return a group of respondents."""
    return Term("ui.respondents all") if segment == "all" else Segment(segment)


def groups(index: Index) -> tuple[str, ...]:
    """Return everybody and the study's groups."""
    return ("all", *(segment.id for segment in index.config.choice.segments))


def respondents(index: Index, segment: str = "all") -> Point | None:
    """Return a figure of a group; it counts the respondents behind it."""
    for e in index.starting("choice.worth."):
        if isinstance(e, Point) and e.id.endswith(f".{segment}"):
            return e
    return index.point(f"choice.alpha.{segment}")


def base_of(index: Index) -> str:
    """Return the brand that the others are set against."""
    experiment = index.outcome.inputs.experiment
    return index.config.study.benchmarks[0] if experiment is None else experiment.base


def worth(index: Index, key: str, segment: str = "all") -> Point | None:
    """Return what a column of the profiles is worth in money."""
    return index.point(f"choice.worth.{key}.{segment}")


def places_of(index: Index, stem: str) -> int:
    """Return the decimals of a comparison's parts, in which they add up as printed."""
    parts = tuple(f"{LENS}.{half}.{stem}" for half in ("product", "name"))
    known_parts = tuple(name for name in parts if index.point(name) is not None)
    return adding_up(index, (*known_parts, f"-{LENS}.price.{stem}"), f"{LENS}.utility.{stem}")


def labelled(index: Index, attribute: str) -> Fact:
    """Return an attribute as the experiment names it."""
    found = next((a.label for a in index.config.choice.attributes if a.id == attribute), None)
    return Attribute(attribute) if found is None else Words(found)


def column(key: str, index: Index | None = None) -> Fact:
    """Return a column of the profiles by its key: "price", "none", "attribute.range", "attribute.body.suv", "brand.Alpha"."""
    kind, _, of = key.partition(".")
    if kind == "brand":
        return Brand(of)
    if kind == "attribute":
        attribute, _, level = of.partition(".")
        name = Attribute(attribute) if index is None else labelled(index, attribute)
        return name if not level else Finding("find.choice level", (("attribute", name), ("level", Words(level))))
    return Term(f"choice column.{key}") if known(f"choice column.{key}") else Words(key)


def _beyond(key: str, reached: str, shown: str) -> Finding:
    named = column(key if key == "price" else f"attribute.{key}")
    facts: tuple[tuple[str, Fact], ...] = (("column", named), ("reached", Words(reached)), ("shown", Words(shown)))
    return Finding("find.choice outside", facts)


def choice_fact(name: str, value: str) -> Fact | None:
    """Return what a check of the experiment quotes by name; None where it is to be printed as it is."""
    if name in ("own", "other"):
        return Term(f"model.{value}")
    if name == "convention":
        return Term(f"convention.{value}")
    if name == "names":
        beyond = [BEYOND.fullmatch(part) for part in value.split("; ")]
        if all(beyond):
            return Many(tuple(_beyond(*part.groups()) for part in beyond if part), "ui.list")
        return Many(tuple(column(key) for key in value.split(", ")))
    if name == "brands":
        return Many(tuple(Brand(brand) for brand in value.split(", ")))
    if name == "type":
        return Segment(value)
    return among(value) if name == "segment" else None
