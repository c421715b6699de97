"""Which columns of the tables of a choice experiment the study names, and what their cells are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from halfstep.core.config import ChoiceColumns, StudyConfig
from halfstep.data.choice_layouts import answer_heads, head, offered, task_word
from halfstep.data.read.tables import Table

__all__ = ["Named", "named"]


@dataclass(frozen=True, slots=True)
class Named:
    """A column that the study names.

    Attributes
    ----------
    key
        In study.toml.
    kind
        "id": words; "code": words or numbers that stand for something; "flag": 0 or 1; "money", "measure": numbers.
    filled
        Whether a word for nothing is not to be read as a blank cell.
    """

    key: str
    column: str
    kind: Literal["id", "code", "flag", "money", "measure"]
    filled: bool = False

    @property
    def numeric(self) -> bool:
        """Whether every cell must be a number."""
        return self.kind in ("flag", "money", "measure")


def named(config: StudyConfig, name: str, tables: dict[str, Table]) -> Iterator[Named]:
    """Yield the columns of one of the tables choices, design, beliefs and lineup."""
    columns = config.choice_columns
    if name == "choices" and columns is not None:
        yield from _people(config, columns, tables)
        if columns.layout != "answers":
            yield from _shown(config, columns)
    elif name == "design" and columns is not None:
        for key in ("version", "task", "alternative"):
            if getattr(columns, key):
                yield Named(f"choice_columns.{key}", getattr(columns, key), "id", filled=True)
        yield from _shown(config, columns)
    elif name == "beliefs":
        yield from _beliefs(config)
    elif name == "lineup":
        yield from _lineup(config)


def _people(config: StudyConfig, columns: ChoiceColumns, tables: dict[str, Table]) -> Iterator[Named]:
    """Yield the columns that belong to respondents and to their answers."""
    keys = {"long": ("task", "alternative"), "wide": ("task",), "answers": ("version",)}[columns.layout]
    for key in ("respondent", *keys, "cell"):
        if getattr(columns, key):
            yield Named(f"choice_columns.{key}", getattr(columns, key), "id", filled=True)
    for key in ("chosen", "worst"):
        if columns.layout != "answers" and getattr(columns, key):
            kind: Literal["flag", "code"] = "flag" if columns.layout == "long" else "code"
            yield Named(f"choice_columns.{key}", getattr(columns, key), kind, filled=kind == "code")
    if columns.layout == "answers" and "design" in tables and columns.task in tables["design"].frame.columns:
        for key in ("answer", "worst_answer"):
            template = getattr(columns, key)
            for task in answer_heads(config, tables["design"]) if template else ():
                yield Named(f"choice_columns.{key}", task_word(template, task), "code", filled=True)
    if columns.weight is not None:
        yield Named("choice_columns.weight", columns.weight, "measure", filled=True)
    for segment in config.choice.segments:
        key = f"choice.segments.{segment.id}"
        yield from (Named(f"{key}.between", column, "measure") for column in segment.between)
        yield from (Named(f"{key}.among", column, "id") for column in segment.among)


def _shown(config: StudyConfig, columns: ChoiceColumns) -> Iterator[Named]:
    """Yield the columns of what an alternative showed, under every head of them."""
    for alternative in offered(columns) if columns.layout == "wide" else ("",):
        coded = bool(columns.price_codes)
        yield Named("choice_columns.price", head(columns, columns.price, alternative), "code" if coded else "money")
        if columns.brand is not None:
            yield Named("choice_columns.brand", head(columns, columns.brand, alternative), "id")
        for column in columns.brand_columns:
            yield Named("choice_columns.brand_columns", head(columns, column, alternative), "flag")
        for attribute in config.choice.attributes:
            kind: Literal["id", "code", "measure"] = "measure"
            if attribute.codes or attribute.levels:
                kind = "code" if attribute.codes else "id"
            yield Named(f"choice.attributes.{attribute.id}", head(columns, attribute.column, alternative), kind)


def _beliefs(config: StudyConfig) -> Iterator[Named]:
    columns = config.belief_columns
    if columns is not None:
        for key in ("respondent", "brand", "attribute"):
            yield Named(f"belief_columns.{key}", getattr(columns, key), "id", filled=True)
        yield Named("belief_columns.value", columns.value, "measure")
        if columns.informed is not None:
            yield Named("belief_columns.informed", columns.informed, "flag")


def _lineup(config: StudyConfig) -> Iterator[Named]:
    columns = config.lineup_columns
    if columns is not None:
        for key in ("product", "brand", "lineup"):
            if getattr(columns, key):
                yield Named(f"lineup_columns.{key}", getattr(columns, key), "id", filled=True)
        yield Named("lineup_columns.price", columns.price, "money", filled=True)
        for attribute in config.choice.attributes:
            yield Named(f"choice.attributes.{attribute.id}", attribute.column, "id" if attribute.levels else "measure")
        if columns.weight is not None:
            yield Named("lineup_columns.weight", columns.weight, "measure", filled=True)
