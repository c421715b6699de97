"""Choice experiments in the study's own terms: tasks, beliefs and the line-up of real products."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from halfstep.core.check import Guess
from halfstep.core.config import StudyConfig
from halfstep.data.choice_guesses import guesses_of, guesses_of_beliefs
from halfstep.data.choice_layouts import attribute_value, stacked, word
from halfstep.data.read.tables import ROW, Table
from halfstep.data.schema import number, text

__all__ = ["Beliefs", "Choices", "Lineup", "tidy_beliefs", "tidy_choices", "tidy_lineup"]


@dataclass(frozen=True, slots=True, eq=False)
class Choices:
    """A choice experiment, one row an alternative, whatever the layout of its file.

    Attributes
    ----------
    frame
        Sorted by respondent and task in the order of the file, alternatives in order. Columns row (of the file), respondent
        (text), task (text), alternative (text), chosen and worst (bool; worst is all false where it was not asked), none
        (bool), brand (after aliases; "" where the file has none), price, `x_<id>` (number, null where the file is blank; of a
        categorical attribute its level as text); what a cell hid is kept where the file has it, weight, cell (role, see
        `halfstep.core.config_choice.Role`; "listed" where no cell is named), `in_<segment>` (bool).
    file
        File of the choices.
    has_worst, has_none
        Whether the worst was asked, and whether "none of these" was offered.
    guesses
        What was decided without being told.
    """

    frame: pl.DataFrame
    file: str
    has_worst: bool
    has_none: bool
    guesses: tuple[Guess, ...] = ()


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
    guesses
        What was decided without being told.
    """

    frame: pl.DataFrame
    file: str
    has_treatment: bool
    guesses: tuple[Guess, ...] = ()


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


def tidy_choices(config: StudyConfig, tables: dict[str, Table]) -> Choices | None:
    """Return the choices of the study, None where it has none; the tables must have passed `check_choices`."""
    columns = config.choice_columns
    if "choices" not in tables or columns is None:
        return None
    made, table = stacked(config, tables), tables["choices"]
    guesses = tuple(guesses_of(config, tables, made))
    kept = made.filter("answered")
    role = pl.lit("listed") if columns.cell is None else pl.col("cell").replace_strict(config.choice.cells)
    frame = kept.select(
        "row", "respondent", "task", "alternative",
        pl.col("chosen").fill_null(False), pl.col("worst").fill_null(False), "none", "brand", "price",
        *(f"x_{attribute.id}" for attribute in config.choice.attributes), "weight", role.alias("cell"),
        *(f"in_{segment.id}" for segment in config.choice.segments),
    )  # fmt: skip
    return Choices(frame, table.file, bool(columns.worst or columns.worst_answer), bool(frame["none"].any()), guesses)


def tidy_beliefs(config: StudyConfig, tables: dict[str, Table]) -> Beliefs | None:
    """Return the beliefs of the study, None where it has none; the table must have passed `check_choices`."""
    columns = config.belief_columns
    if "beliefs" not in tables or columns is None:
        return None
    ids = {attribute.column: attribute.id for attribute in config.choice.attributes}
    ids |= {attribute.id: attribute.id for attribute in config.choice.attributes}
    frame = tables["beliefs"].frame.select(
        pl.col(ROW).cast(pl.Int64).alias("row"),
        word(columns.respondent).alias("respondent"),
        text(columns.brand).replace(config.brands.aliases).alias("brand"),
        text(columns.attribute).replace(ids).alias("attribute"),
        number(columns.value).alias("value"),
        ((number(columns.informed) == 1) if columns.informed else pl.lit(False)).alias("informed"),
    )
    kept, guesses = frame.filter(pl.col("value").is_not_null()), guesses_of_beliefs(config, tables["beliefs"])
    return Beliefs(kept, tables["beliefs"].file, bool(kept["informed"].any()), tuple(guesses))


def tidy_lineup(config: StudyConfig, tables: dict[str, Table]) -> Lineup | None:
    """Return the line-up of the study, None where it has none; the table must have passed `check_choices`."""
    columns = config.lineup_columns
    if "lineup" not in tables or columns is None:
        return None
    frame = tables["lineup"].frame.select(
        pl.col(ROW).cast(pl.Int64).alias("row"),
        (word(columns.lineup) if columns.lineup else pl.lit("")).alias("lineup"),
        word(columns.product).alias("product"),
        text(columns.brand).replace(config.brands.aliases).alias("brand"),
        number(columns.price).alias("price"),
        *(attribute_value(a, a.column, coded=False).alias(f"x_{a.id}") for a in config.choice.attributes),
        (number(columns.weight) if columns.weight else pl.lit(1.0)).alias("weight"),
    )
    return Lineup(frame, tables["lineup"].file)
