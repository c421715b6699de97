"""A planned experiment: its design, how many respondents a gap takes, what so many would see."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from halfstep.choice.pilot import Pilot, fielded_check, pilot_tastes
from halfstep.choice.plan import STUDY, PlannedExperiment, planned, stated_tastes
from halfstep.core.check import Fault
from halfstep.core.config import StudyConfig
from halfstep.core.config_choice import PlannedDesign
from halfstep.core.errors import StudyFaultsError
from halfstep.data.study import Loaded
from halfstep.logit.design import Design, efficient_design, random_design
from halfstep.logit.design_check import DesignCheck, check_design, shown_by
from halfstep.logit.power import Contrast, Detection, at_gap, detection, power, respondents_needed, smallest_gap
from halfstep.logit.tasks import Array
from halfstep.market.inputs import prepare

__all__ = ["Group", "Planning", "Step", "plan_design"]

STEPS = (50, 100, 200, 300, 500, 800, 1200, 2000)
"""Respondents of the power curve, beside those planned and those needed."""


@dataclass(frozen=True, slots=True)
class Step:
    """A point of the power curve.

    Attributes
    ----------
    respondents, of_group
        All, and those of the group among them.
    power
        Chance that the gap is seen.
    smallest
        Smallest gap in money that is seen with the chance asked for; None where none is.
    """

    respondents: int
    of_group: int
    power: float
    smallest: float | None


@dataclass(frozen=True, slots=True)
class Group:
    """All respondents, or a segment.

    Attributes
    ----------
    id
        Segment; "all" for everybody.
    share
        Of all respondents.
    needed
        Respondents in all that it takes; None where none are enough.
    needed_at_random
        The same with tasks drawn at random.
    smallest
        Smallest gap seen with the number of respondents that is planned; None without one, or where no gap is.
    own_tastes
        Whether tastes are the pilot's of this segment; else those of all.
    inflation
        What the variance is multiplied by because people differ.
    """

    id: str
    share: float
    needed: int | None
    needed_at_random: int | None
    smallest: float | None
    curve: tuple[Step, ...]
    own_tastes: bool
    inflation: float


@dataclass(frozen=True, slots=True, eq=False)
class Planning:
    """Everything that `halfstep design` answers.

    Attributes
    ----------
    b
        Tastes expected, in the plan's columns, before the focal brand's is moved to the gap.
    gap
        Gap of those tastes themselves, in money.
    check
        Of the new design, errors at `check.n` respondents.
    pilot
        None where tastes are stated.
    fielded
        Of the tasks of the study's own table of choices; None without one.
    """

    config: StudyConfig
    asked: PlannedDesign
    experiment: PlannedExperiment
    design: Design
    b: Array
    gap: float
    check: DesignCheck
    groups: tuple[Group, ...]
    pilot: Pilot | None
    fielded: DesignCheck | None
    seed: int


def plan_design(loaded: Loaded, step: Callable[[str], None] = lambda _: None) -> Planning:
    """Make the design that `[choice.design]` asks for, and say what it would see.

    Raises
    ------
    StudyFaultsError
        If there is no such section, or something in it cannot be done.
    """
    config = loaded.config
    asked = config.choice.design
    if asked is None:
        raise StudyFaultsError((_fault("choice.design", "no experiment is planned", "add [choice.design]"),))
    experiment = planned(config, asked)
    inputs = prepare(loaded) if "choices" in config.tables else None
    pilot: dict[str, Pilot] = {}
    if asked.tastes == "estimated":
        if inputs is None or inputs.experiment is None:
            what = "tastes are to be estimated, but no table of choices is named"
            raise StudyFaultsError((_fault("choice.design.tastes", what, 'name tables.choices, or write "stated"'),))
        for name in ("all", *asked.shares):
            found = pilot_tastes(inputs.experiment, experiment, config, name)
            pilot |= {name: found} if found is not None else {}
    b = pilot["all"].b if pilot else stated_tastes(experiment, asked)
    step("design")
    rng = np.random.default_rng(config.study.seed)
    drawn = random_design(experiment.plan, b, rng)
    design = efficient_design(experiment.plan, b, rng) if asked.kind == "efficient" else drawn
    step("power")
    first = check_design(shown_by(design), b, 1)
    if first.untold:
        what = f"the tasks tell nothing of {', '.join(first.untold)}"
        raise StudyFaultsError((_fault("choice.design", what, "ask more tasks or versions, or prohibit less"),))
    groups = tuple(
        _group(name, share, _Question(asked, config.gap.level, experiment.contrast, design, drawn), b, pilot)
        for name, share in {"all": 1.0, **asked.shares}.items()
    )
    n = asked.respondents or groups[0].needed or STEPS[3]
    return Planning(
        config, asked, experiment, design, b, float(experiment.contrast.weights @ b / -b[experiment.contrast.price]),
        check_design(shown_by(design), b, n, experiment.plan.prohibited), groups, pilot.get("all"),
        None if inputs is None else fielded_check(inputs, config, asked), config.study.seed,
    )  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class _Question:
    """What is asked of every group."""

    asked: PlannedDesign
    level: float
    contrast: Contrast
    design: Design
    drawn: Design

    def at(self, design: Design, b: Array, gap: float, inflation: float) -> Detection:
        """Return what a gap would be told by, in the world in which it is one."""
        moved = at_gap(b, self.contrast, gap)
        return detection(design.information(moved), moved, self.contrast, inflation=inflation)


def _group(id_: str, share: float, question: _Question, b: Array, pilot: dict[str, Pilot]) -> Group:
    asked, level = question.asked, question.level
    own = pilot.get(id_)
    b = b if own is None else own.b
    inflation = own.inflation if own is not None else pilot["all"].inflation if pilot else 1.0
    unit = 1 / -float(b[question.contrast.price])

    def needed(design: Design) -> int | None:
        found = respondents_needed(question.at(design, b, asked.gap, inflation), asked.power, level)
        return None if found is None else int(np.ceil(found / share))

    def smallest(n: float) -> float | None:
        def at(gap: float) -> Detection:
            return question.at(question.design, b, gap, inflation)

        return smallest_gap(at, unit, n, asked.power, level)

    own_need = needed(question.design)
    at_gap_ = question.at(question.design, b, asked.gap, inflation)
    steps = sorted({*STEPS, *(n for n in (asked.respondents, own_need) if n is not None)})
    curve = tuple(
        Step(n, _part(n, share), power(at_gap_, _part(n, share), level), smallest(_part(n, share)))
        for n in steps
    )  # fmt: skip
    planned_for = None if asked.respondents is None else smallest(_part(asked.respondents, share))
    at_random = needed(question.drawn) if np.isfinite(question.drawn.d_error) else None
    return Group(id_, share, own_need, at_random, planned_for, curve, own is not None, inflation)


def _part(n: int, share: float) -> int:
    return int(np.floor(n * share + 1e-9))


def _fault(key: str, what: str, mend: str) -> Fault:
    return Fault(table=STUDY, column=key, what=what, mend=mend)
