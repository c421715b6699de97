"""Which months of the year are expected to differ, as the study says."""

from __future__ import annotations

from halfstep.core.config import StudyConfig
from halfstep.outlook.season import PLAIN, SPRING_FESTIVAL, Season

__all__ = ["season_of"]


def season_of(config: StudyConfig) -> Season:
    """Return the prior of month effects."""
    return SPRING_FESTIVAL if config.ramp.season == "spring festival" else PLAIN
