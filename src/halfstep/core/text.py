"""A text in both languages."""

from __future__ import annotations

from pydantic import model_validator

from halfstep.core.section import Section

__all__ = ["Text"]


class Text(Section):
    """A text in both languages; a plain string in the file serves for both."""

    en: str
    zh: str

    @model_validator(mode="before")
    @classmethod
    def _one_language(cls, value: object) -> object:
        return {"en": value, "zh": value} if isinstance(value, str) else value
