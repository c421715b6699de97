"""What a report says, before any language: a kind of sentence and the facts in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from halfstep.core.config import Text

__all__ = [
    "Amount",
    "Attribute",
    "Brand",
    "Fact",
    "Finding",
    "Form",
    "Link",
    "Many",
    "Need",
    "Segment",
    "Term",
    "Voiced",
    "When",
    "Words",
]

Form = Literal[
    "value",
    "interval",
    "both",
    "size",
    "signed",
    "distance",
    "distance interval",
    "distance range",
    "signed both",
    "exact",
]


@dataclass(frozen=True, slots=True)
class Amount:
    """A number that the reader can follow back.

    Attributes
    ----------
    value, lo, hi
        Number and interval; without an interval both ends equal the value.
    unit
        "money", "share", "points" (difference of shares), "log points", "probability", "level", "count", "times",
        "rank", "year" or a unit's own name.
    ref
        Id of the record that it comes from; empty for a setting of the study.
    form
        How it is printed; "distance" says on which side of the benchmark it lies, "exact" prints every digit
        of the number or of both ends.
    named
        Whether the money unit is printed behind it.
    places
        Decimals, where several numbers must be printed alike; by the interval's width if None.
    """

    value: float
    unit: str
    lo: float = float("nan")
    hi: float = float("nan")
    ref: str = ""
    form: Form = "value"
    named: bool = False
    places: int | None = None

    @property
    def ends(self) -> tuple[float, float]:
        """The interval; both ends are the value where there is none."""
        return (self.lo, self.hi) if self.lo == self.lo else (self.value, self.value)


@dataclass(frozen=True, slots=True)
class Brand:
    """A brand by its name in the table; printed by its label."""

    name: str


@dataclass(frozen=True, slots=True)
class Attribute:
    """An attribute by its id; printed by its label."""

    id: str


@dataclass(frozen=True, slots=True)
class Segment:
    """A segment by its id; printed by its label."""

    id: str


@dataclass(frozen=True, slots=True)
class Voiced:
    """A name or touchpoint of `[voice]` by its id; printed by its label."""

    id: str


@dataclass(frozen=True, slots=True)
class Term:
    """A key of the word tables."""

    key: str


@dataclass(frozen=True, slots=True)
class Need:
    """A key with a changing part, as rooms write it: "measure: ...", "attribute row: ...", "... half, ... left out"."""

    group: str
    key: str


@dataclass(frozen=True, slots=True)
class When:
    """A period or a block of periods; `short` prints it as a table or an axis does."""

    key: str
    short: bool = False


@dataclass(frozen=True, slots=True)
class Words:
    """The study's own text, or a plain string that is the same in both languages."""

    text: Text | str


@dataclass(frozen=True, slots=True)
class Link:
    """A page elsewhere, by its address; nothing is fetched from it."""

    text: str
    url: str


@dataclass(frozen=True, slots=True)
class Many:
    """Several facts; `joiner` is a key of the word tables."""

    parts: tuple[Fact, ...]
    joiner: str = "ui.and"


@dataclass(frozen=True, slots=True)
class Finding:
    """A kind of sentence (a key of the word tables) with the facts that fill it."""

    kind: str
    facts: tuple[tuple[str, Fact], ...] = ()


Fact = Amount | Attribute | Brand | Finding | Link | Many | Need | Segment | Term | Voiced | When | Words
