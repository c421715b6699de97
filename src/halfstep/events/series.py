"""From a table of outcomes to a complete panel on the scale of the analysis; what is left out is told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from halfstep.core.config import StudyConfig
from halfstep.counterfactual.complete import Complete, complete
from halfstep.counterfactual.placebo import Question
from halfstep.counterfactual.season import CYCLES
from halfstep.events.calendar import Asked, Place, touched

__all__ = ["CYCLE", "Ready", "Refused", "made_ready"]

Array = npt.NDArray[np.float64]

CYCLE = {"day": 7, "week": 52, "month": 12, "quarter": 4, "year": 0}
"""Periods after which a pattern returns: weekdays, or the seasons of a year."""
SCARCE = 3
"""Periods before the event without which nothing can be told from chance, whatever the placebos say: a level needs one, its noise two more."""


@dataclass(frozen=True, slots=True)
class Refused:
    """Why no panel can be made; `why` and `needs` are keys."""

    why: str
    needs: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Ready:
    """A question that can be put to estimators.

    Attributes
    ----------
    question
        The panel: the event's entity first, then its donors.
    entities
        Names of its rows.
    periods
        Keys of its columns.
    observed
        The entity's own outcome in natural units, one a column.
    left_out
        Donors that are not used -> why; periods that are not -> "".
    skipped
        Keys of periods in which the entity's own outcome is blank, or those of so many donors that they are left out.
    ties
        Entities that were touched themselves -> how.
    unseasoned
        Why a season that was asked for could not be taken out; empty where it could, or none was.
    """

    question: Question
    entities: tuple[str, ...]
    periods: tuple[str, ...]
    observed: Array
    left_out: dict[str, str]
    skipped: tuple[str, ...]
    ties: dict[str, str]
    unseasoned: str

    @property
    def donors(self) -> tuple[str, ...]:
        """Names of the donors."""
        return self.entities[1:]


def made_ready(ask: Asked, place: Place, config: StudyConfig, seed: int, entity: str | None = None) -> Ready | Refused:
    """Return the panel of an event, or of another entity asked about as if the event were its own."""
    table, outcome = ask.table, ask.outcome
    value = _levelled(ask, place)
    unit = table.entities.index(ask.event.brand if entity is None else entity)
    ties = touched(ask, config)
    barred = {*ties, ask.event.brand, table.entities[unit]}
    allowed = outcome.donors or table.entities
    donors = np.array([name in allowed and name not in barred for name in table.entities])
    known = np.isfinite(value[unit, : place.stop])
    if not known[: place.start].any():
        return Refused("too few periods before", ("more periods before",))
    if not known[place.start :].any():
        return Refused("nothing after", ("more periods after",))
    y = value
    if outcome.scale == "relative":
        if (value[unit, : place.stop][known] <= 0).any():
            return Refused("zeros", ("absolute scale",))
        with np.errstate(divide="ignore", invalid="ignore"):
            y = np.where(value > 0, np.log(value), np.nan)
    panel = complete(y, unit, donors, place.start, place.stop)
    if panel.start < SCARCE:
        return Refused("too few periods before", ("more periods before",))
    if panel.flat:
        return Refused("flat before", ("a series that moves",))
    cycle, unseasoned = _season(ask, panel)
    question = Question(
        y=panel.y, treated=0, donors=panel.donors, start=panel.start, stop=panel.stop, season=cycle, period=panel.period,
        level=config.shocks.level, cap=config.shocks.placebos, seed=seed,
    )  # fmt: skip
    columns = panel.period.tolist()
    return Ready(
        question=question,
        entities=tuple(table.entities[i] for i in panel.unit),
        periods=tuple(table.periods[t] for t in columns),
        observed=table.value[unit, panel.period],
        left_out=dict(_left_out(panel, value, table.entities, outcome.scale == "relative")),
        skipped=tuple(
            table.periods[t] for t in sorted(left.period for left in panel.left_out if left.period is not None)
        ),
        ties=ties,
        unseasoned=unseasoned,
    )


def _left_out(panel: Complete, value: Array, entities: tuple[str, ...], logs: bool) -> Iterator[tuple[str, str]]:
    """Yield donors that are not used and why; a nought has no logarithm, which is no blank cell."""
    for left in panel.left_out:
        if left.unit is not None:
            own = value[left.unit, panel.period]
            noughts = logs and not np.isnan(own).any() and bool((own == 0).any())
            yield entities[left.unit], "zeros" if noughts else "constant" if left.why == "zero" else left.why


def _levelled(ask: Asked, place: Place) -> Array:
    """Return the outcomes, January and February of a year at their mean where the study asks for it and no event parts them."""
    table, value = ask.table, ask.table.value.copy()
    if ask.outcome.season == "spring festival" and table.step == "month":
        for t, day in enumerate(table.first_days[:-1]):
            if day.month == 1 and t + 1 != place.start and t + 1 != place.stop:
                value[:, t : t + 2] = value[:, t : t + 2].mean(axis=1, keepdims=True)
    return value


def _season(ask: Asked, panel: Complete) -> tuple[int, str]:
    """Return the cycle that can be taken out, and why one that is asked for cannot."""
    cycle = 0 if ask.outcome.season == "none" else CYCLE[ask.table.step]
    if ask.outcome.season == "spring festival" and ask.table.step != "month":
        return 0, "festival by months only"
    if not cycle:
        return 0, "" if ask.outcome.season == "none" else "no season in years"
    return (cycle, "") if panel.start >= CYCLES * cycle else (0, "too few cycles")
