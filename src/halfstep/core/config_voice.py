"""Voice in study.toml: `[voice]` with touchpoints and names, and the columns of its four tables."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, field_validator

from halfstep.core.section import Section
from halfstep.core.text import Text

__all__ = [
    "Bursts", "Cascades", "ControversyColumns", "Copies", "ExposureColumns", "LabelColumns", "Name", "NameKind", "Touchpoint",
    "UtteranceColumns", "Voice",
]  # fmt: skip

NameKind = Literal["brand", "founder", "product", "rival"]
_ID = r"^[a-z][a-z0-9_]*$"


class UtteranceColumns(Section):
    """`[utterance_columns]`: which column of the table of utterances is what; one post, reply, review or listed title a row."""

    text: str
    time: str | None = Field(default=None, description="Day, or day and time; with its own offset, or in `voice.zone`.")
    id: tuple[str, ...] = Field(
        default=(),
        description="Column, or list of columns that are an id together; kept as text, never as numbers; rows of one id are one utterance.",
    )
    platform: str | None = None
    author: str | None = Field(default=None, description="Hashed as it is read; no hash is ever written down.")
    engagement: tuple[str, ...] = Field(default=(), description="Counts of likes, replies, reposts; added up.")
    slot: str | None = Field(
        default=None, description="What kind of place it stood in; `voice.paid` says which are paid."
    )
    root: str | None = Field(default=None, description="Id of the post that a reply or repost goes back to.")
    own: str | None = Field(default=None, description="Whether the brand itself wrote it: 1/0, true/false, 是/否.")
    about: str | None = Field(default=None, description="Name (id) that the source itself filed the row under.")

    @field_validator("id", mode="before")
    @classmethod
    def _columns_of_the_id(cls, given: object) -> object:
        return (given,) if isinstance(given, str) else () if given is None else given


class LabelColumns(Section):
    """`[label_columns]`: which column of the table of hand labels is what; several rows of one text are several labels."""

    text: str | None = Field(default=None, description="Text as read; needed unless `id` is that of an utterance.")
    id: str | None = Field(
        default=None, description="Of the utterance; rows of one id are never on two sides of a split."
    )
    touchpoint: str | None = Field(
        default=None, description="Id of a touchpoint, or a word in its `words`; blank: none."
    )
    polarity: str | None = Field(default=None, description="1, 0, -1: how the text feels, whomever it is about.")
    stance: str | None = Field(default=None, description="1, 0, -1: for or against `target`.")
    target: str | None = Field(default=None, description="Name (id) that the stance is towards.")
    own: str | None = Field(default=None, description="1 where the brand itself speaks.")
    spam: str | None = Field(
        default=None, description="1 where nobody speaks for themselves: adverts, bots, prize draws."
    )
    coder: str | None = Field(default=None, description="Who labelled: a person, or a program (then a noisy judge).")
    use: str | None = Field(default=None, description="train or audit; blank: train. Audit rows are drawn at random.")
    drawn: str | None = Field(
        default=None, description="Probability with which an audit row was drawn, above 0 up to 1."
    )


class ExposureColumns(Section):
    """`[exposure_columns]`: how many rows there were in all, so that shares of a list or of all voice can be told."""

    time: str
    total: str = Field(description="Rows of that day, named or not.")
    platform: str | None = None


class ControversyColumns(Section):
    """`[controversy_columns]`: the ledger of controversies; one row a controversy and coder."""

    controversy: str = Field(description="Its name; the same for every coder.")
    coder: str
    touchpoint: str = Field(description="Id of a touchpoint, as this coder has it.")
    name: str = Field(description="Id of whom it is about.")
    began: str | None = Field(default=None, description="Day on which it began.")
    flaw: str | None = Field(
        default=None, description="What is said to be wrong, in a word or two, as this coder has it."
    )
    flaw_known: str | None = Field(default=None, description="Day on which that flaw was first public.")
    attacker: str | None = Field(default=None, description="Id of a rival who raised it, if one did.")
    source: str | None = Field(default=None, description="Where it is documented.")


class Touchpoint(Section):
    """`[[voice.touchpoints]]`: one entry of the codebook."""

    id: str = Field(pattern=_ID)
    label: Text
    words: tuple[str, ...] = Field(
        default=(), description="Seed words; used where there are no labels, and as other names of it in tables."
    )
    product: bool = Field(default=False, description="Whether it is about the product itself: counts as content.")


class Name(Section):
    """`[[voice.names]]`: somebody or something that is spoken of, and how people write it."""

    id: str = Field(pattern=_ID)
    label: Text
    kind: NameKind
    of: str | None = Field(default=None, description="Id of the brand that a founder or product belongs to.")
    written: tuple[str, ...] = Field(
        min_length=1, description="Names and nicknames; case and full width do not matter."
    )
    never: tuple[str, ...] = Field(
        default=(), description="Longer words that hold one of these and mean something else."
    )


class Copies(Section):
    """`[voice.copies]`: when two texts are one text said again."""

    similar: float = Field(
        default=0.6,
        gt=0.3,
        le=1,
        description="Jaccard similarity of character 4-grams from which texts are copies; 1: letter for letter.",
    )
    fold: bool = Field(default=True, description="False: what is said again counts again, as on a list of what is hot.")
    chorus: int = Field(default=10, ge=2, description="Copies of one text from which they are told as a chorus.")


class Bursts(Section):
    """`[voice.bursts]`: days on which a name is spoken of far more than usual."""

    false_alarms: float = Field(default=1.0, gt=0, le=12, description="Expected false alarms per name and year.")
    memory: int = Field(default=56, ge=14, description="Days before, from which the usual is learnt.")
    apart: int = Field(default=7, ge=1, description="Days within which alarms are one burst.")


class Cascades(Section):
    """`[voice.cascades]`: whether the brand's own replies bring more replies."""

    hours: float = Field(default=48.0, gt=0, description="Hours after the first post that are looked at.")
    smallest: int = Field(default=50, ge=10, description="Fewest events of a cascade.")


class Voice(Section):
    """`[voice]`: what people say, counted with its own error."""

    touchpoints: tuple[Touchpoint, ...] = ()
    names: tuple[Name, ...] = ()
    zone: str = Field(default="UTC", description="Time zone of times without an offset, and of days: Asia/Shanghai.")
    period: Literal["day", "week", "month", "quarter", "year"] = "month"
    window: int = Field(
        default=24, ge=4, description="Characters on either side of a name that its stance is read from."
    )
    paid: tuple[str, ...] = Field(default=(), description="Words of the slot column that mean a paid place.")
    model: str | None = Field(
        default=None, description="File that `halfstep teach` wrote, beside study.toml; else learnt from the labels."
    )
    level: float = Field(default=0.90, gt=0.5, lt=1, description="Coverage of printed intervals.")
    precision: float = Field(
        default=0.05, gt=0, lt=0.5, description="Half width that a share should have; label budgets are told for it."
    )
    fewest: int = Field(
        default=20, ge=5, description="Audit labels below which a series is pooled over time, and then refused."
    )
    least: int = Field(default=30, ge=1, description="Utterances of a cell below which it is not shown.")
    first: str | None = Field(default=None, description="First day used.")
    last: str | None = Field(default=None, description="Last day used; the as-of date if absent.")
    judges: tuple[str, ...] = Field(
        default=(), description="Coders that are programs; they may teach, never audit, and their error is measured."
    )
    copies: Copies = Copies()
    bursts: Bursts = Bursts()
    cascades: Cascades = Cascades()

    @property
    def labels(self) -> dict[str, Text]:
        """Id of a touchpoint or name -> its label; names first where an id is both."""
        return {point.id: point.label for point in self.touchpoints} | {name.id: name.label for name in self.names}
