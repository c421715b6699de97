"""Choice experiments in the study's own terms: tasks, beliefs and the line-up of real products."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

__all__ = ["Beliefs", "Choices", "Lineup"]


@dataclass(frozen=True, slots=True, eq=False)
class Choices:
    """A choice experiment, one row an alternative, whatever the layout of its file.

    Attributes
    ----------
    frame
        Sorted by respondent and task in the order of the file, alternatives in order. Columns row (of the file), respondent
        (text), task (text), alternative (text), chosen and worst (bool; worst is all false where it was not asked), none
        (bool), brand (after aliases; "" where the name was hidden or there is none), price, `x_<id>` (number, null for a level
        that was not shown; of a categorical attribute its level as text), weight, cell (role, see
        `halfstep.core.config_choice.Role`; "listed" where no cell is named), `in_<segment>` (bool).
    file
        File of the choices.
    has_worst, has_none
        Whether the worst was asked, and whether "none of these" was offered.
    """

    frame: pl.DataFrame
    file: str
    has_worst: bool
    has_none: bool


@dataclass(frozen=True, slots=True, eq=False)
class Beliefs:
    """What respondents believe of brands.

    Attributes
    ----------
    frame
        Columns row, respondent (text), brand (after aliases), attribute (id), value (number), informed (bool; all false where
        no column is named).
    file
        File the rows come from.
    has_treatment
        Whether some respondents were told the facts.
    """

    frame: pl.DataFrame
    file: str
    has_treatment: bool


@dataclass(frozen=True, slots=True, eq=False)
class Lineup:
    """Real products on sale, described by the experiment's attributes.

    Attributes
    ----------
    frame
        Columns row, lineup (text; "" where one), product, brand (after aliases), price, `x_<id>` as in `Choices`, weight.
    file
        File the rows come from.
    """

    frame: pl.DataFrame
    file: str
