"""What every room is handed, and the one interface every room has."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from halfstep.core.answer import Answer
from halfstep.core.config import StudyConfig
from halfstep.data.study import Loaded
from halfstep.market.hedonic import HedonicFit, HedonicSpec, fit_hedonic
from halfstep.market.panel import Panel, build_panel

__all__ = ["Inputs", "Room", "prepare"]


@dataclass(frozen=True, slots=True, eq=False)
class Inputs:
    """The study's settings and its market, coded and priced once for all rooms.

    Attributes
    ----------
    config
        Settings.
    panel
        Sales rows in scope.
    fit
        The hedonic of the study's own specification.
    """

    config: StudyConfig
    panel: Panel
    fit: HedonicFit


@dataclass(frozen=True, slots=True)
class Room:
    """A room: its name, the tables it cannot do without, and what it does.

    Attributes
    ----------
    run
        ``run(inputs, upstream, rng) -> Answer``; `upstream` holds the answers of the rooms before it.
    """

    name: str
    needs: tuple[str, ...]
    run: Callable[[Inputs, Mapping[str, Answer], np.random.Generator], Answer]


def prepare(loaded: Loaded) -> Inputs:
    """Code the panel and fit the study's hedonic."""
    panel = build_panel(loaded.sales, loaded.config)
    return Inputs(loaded.config, panel, fit_hedonic(panel, HedonicSpec.of(loaded.config)))
