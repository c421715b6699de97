"""What every section of study.toml has in common."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

__all__ = ["Section"]


class Section(BaseModel):
    """A section: unknown keys are refused, nothing is changed once read."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)
