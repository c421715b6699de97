"""The registry of rooms, in order; runs those whose tables are there. No maths."""

from __future__ import annotations

import platform
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

import numpy as np

from halfstep import __version__
from halfstep.choice import room as choice_room
from halfstep.core.answer import Answer
from halfstep.core.check import Fault, Guess
from halfstep.core.config import StudyConfig
from halfstep.core.errors import MisuseError, StudyFaultsError
from halfstep.core.text import Text
from halfstep.data.study import load
from halfstep.demand import room as demand_room
from halfstep.docket import room as docket_room
from halfstep.events import room as events_room
from halfstep.gap import room as gap_room
from halfstep.market import room as market_room
from halfstep.market.inputs import Inputs, Room, prepare
from halfstep.native import kernel
from halfstep.press import room as press_room
from halfstep.ramp import room as ramp_room
from halfstep.voice import room as voice_room

__all__ = ["ROOMS", "Outcome", "run"]

ROOMS: tuple[Room, ...] = (
    market_room.ROOM, demand_room.ROOM, choice_room.ROOM, gap_room.ROOM, press_room.ROOM, events_room.ROOM,
    voice_room.ROOM, ramp_room.ROOM, docket_room.ROOM,
)  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """Everything a run found.

    Attributes
    ----------
    inputs
        What the rooms were handed.
    answers
        Room -> its answer, in the order of `ROOMS`.
    files
        File name -> sha256 of what was read.
    left_out
        Why and how many rows of the file are out of scope.
    versions
        Program or library -> version.
    guesses
        What the readers decided without being told.
    absent
        Optional table that is not there -> where it is obtained.
    """

    inputs: Inputs
    answers: dict[str, Answer]
    files: dict[str, str]
    left_out: dict[str, int]
    versions: dict[str, str]
    guesses: tuple[Guess, ...] = ()
    absent: dict[str, Text] = field(default_factory=dict)

    @property
    def config(self) -> StudyConfig:
        """The study's settings."""
        return self.inputs.config


def run(
    folder: Path,
    *,
    as_of: str | None = None,
    seed: int | None = None,
    only: tuple[str, ...] | None = None,
    step: Callable[[str], None] = lambda _: None,
) -> Outcome:
    """Run a study.

    Parameters
    ----------
    folder
        Holds study.toml.
    only
        Names of the rooms that are run; all if None.
    step
        Called with the name of each stage as it starts.

    Raises
    ------
    StudyFaultsError
        With every fault of the study and its tables, or where a kernel is asked for that is not there.
    """
    step("read")
    _kernel_or_fault()
    loaded = load(folder, as_of=as_of, seed=seed)
    step("prepare")
    inputs = prepare(loaded)
    answers: dict[str, Answer] = {}
    for room in (room for room in ROOMS if only is None or room.name in only):
        step(room.name)
        lacking = [table for table in room.needs if table not in loaded.config.tables]
        if lacking:
            answers[room.name] = Answer(room=room.name, dark=", ".join(lacking))
            continue
        rng = np.random.default_rng([loaded.config.study.seed, *room.name.encode()])
        answers[room.name] = room.run(inputs, answers, rng)
    return Outcome(inputs, answers, loaded.inputs, loaded.left_out, _versions(), loaded.guesses, loaded.absent)


def _versions() -> dict[str, str]:
    found = {"halfstep": __version__, "python": platform.python_version(), "platform": sys.platform}
    return found | {name: version(name) for name in ("numpy", "scipy", "polars")}


def _kernel_or_fault() -> None:
    """Refuse, before anything is read, a kernel that the environment asks for and that is not there."""
    try:
        kernel()
    except MisuseError as error:
        what, _, mend = str(error).partition("; ")
        raise StudyFaultsError((Fault(table="HALFSTEP_KERNEL", what=what, mend=mend),)) from None
