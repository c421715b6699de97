"""The table of claims: what a source says, in one's own words, and how surely."""

from __future__ import annotations

from dataclasses import dataclass

from halfstep.core.check import Guess
from halfstep.core.text import Text

__all__ = ["Claim", "Claims"]


@dataclass(frozen=True, slots=True)
class Claim:
    """One claim.

    Attributes
    ----------
    row
        Row of the file.
    statement
        In one's own words.
    paragraph, speaker, base
        Where it stands, who says it, what a figure in it is counted on; empty where the table does not tell.
    kind, hedge, grade
        One of `core.config_docket.CLAIM_KINDS`, `HEDGES` ("none" where blank), `GRADES` ("" where blank).
    as_of
        ISO day (last day where a period is given), or empty.
    needs
        What would test it, in the table's words; empty where blank.
    """

    row: int
    id: str
    statement: Text
    paragraph: str
    speaker: str
    kind: str
    base: str
    hedge: str
    grade: str
    as_of: str
    needs: str
    url: str


@dataclass(frozen=True, slots=True)
class Claims:
    """All claims, in the order of the file."""

    file: str
    claims: tuple[Claim, ...]
    guesses: tuple[Guess, ...] = ()
