"""The three layouts of a choice experiment (a row an alternative, a task, a respondent) as one frame, a row an alternative."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

import polars as pl

from halfstep.core.config import ChoiceColumns, StudyConfig
from halfstep.core.config_choice import ChoiceAttribute
from halfstep.data.read.tables import ROW, Table
from halfstep.data.schema import in_segment, number, text

__all__ = [
    "Profiles", "answer_heads", "attribute_value", "blank", "brand", "head", "is_none", "offered", "price", "profiles",
    "same", "stacked", "task_word", "word",
]  # fmt: skip

_WHOLE = r"^(-?\d+)\.0+$"


@dataclass(frozen=True, slots=True, eq=False)
class Profiles:
    """Rows that describe an alternative each.

    Attributes
    ----------
    table
        Without rows that stand for "none of these"; and, of a wide table, without tasks in which the alternative is blank.
    alternative
        wide: the alternative whose heads are read; empty otherwise.
    """

    table: Table
    alternative: str = ""


def word(column: str) -> pl.Expr:
    """Return a column as text in which 3.0 is 3, as a code or a number of a task is meant."""
    return text(column).str.replace(_WHOLE, "$1")


def same(value: pl.Expr) -> pl.Expr:
    """Return text as it is compared where alternatives are named: in small letters."""
    return value.str.to_lowercase()


def head(columns: ChoiceColumns, column: str, alternative: str) -> str:
    """Return the head under which an alternative's column stands."""
    if columns.layout != "wide":
        return column
    return columns.head.replace("{column}", column).replace("{alternative}", alternative)


def task_word(template: str, task: str) -> str:
    """Return the head of a task's answers."""
    return template.replace("{task}", task)


def answer_heads(config: StudyConfig, design: Table) -> dict[str, str]:
    """Return task -> head of its answer, for every task of the design."""
    columns = config.choice_columns
    assert columns is not None and columns.task is not None and columns.answer is not None
    tasks = design.frame.select(word(columns.task)).to_series().drop_nulls().unique(maintain_order=True)
    return {task: task_word(columns.answer, task) for task in tasks.to_list()}


def profiles(config: StudyConfig, tables: dict[str, Table]) -> Iterator[Profiles]:
    """Yield the rows with the cells of alternatives: of the table of choices, of the design, or of each alternative's heads."""
    columns = config.choice_columns
    assert columns is not None
    table = tables["design" if columns.layout == "answers" else "choices"]
    for alternative in offered(columns) if columns.layout == "wide" else ("",):
        yield Profiles(replace(table, frame=table.frame.filter(~is_none(config, alternative))), alternative)


def is_none(config: StudyConfig, alternative: str = "") -> pl.Expr:
    """Return whether a row stands for "none of these": it says so, or nothing is listed."""
    columns = config.choice_columns
    assert columns is not None
    if columns.layout != "wide" and columns.none is not None and columns.alternative is not None:
        return blank(config, alternative) | (same(word(columns.alternative)) == columns.none.lower()).fill_null(False)
    return blank(config, alternative)


def blank(config: StudyConfig, alternative: str = "") -> pl.Expr:
    """Return whether price, brand and attributes of an alternative are all blank."""
    columns = config.choice_columns
    assert columns is not None
    listed = [columns.price, *([columns.brand] if columns.brand else []), *columns.brand_columns]
    listed += [attribute.column for attribute in config.choice.attributes]
    return pl.all_horizontal(pl.col(head(columns, column, alternative)).is_null() for column in listed)


def price(columns: ChoiceColumns, column: str) -> pl.Expr:
    """Return a column of prices, or of their codes, as numbers."""
    if not columns.price_codes:
        return number(column)
    return word(column).replace_strict(columns.price_codes, default=None, return_dtype=pl.Float64)


def brand(config: StudyConfig, alternative: str = "") -> pl.Expr:
    """Return the brand after aliases; "" where none is named."""
    columns = config.choice_columns
    assert columns is not None
    named = pl.lit("")
    if columns.brand is not None:
        named = text(head(columns, columns.brand, alternative)).fill_null("")
    elif columns.brand_columns:
        heads = {head(columns, column, alternative): name for column, name in columns.brand_columns.items()}
        hidden = pl.all_horizontal(pl.col(column).is_null() for column in heads)
        named = pl.when(hidden).then(pl.lit("")).otherwise(pl.lit(columns.brand_base or ""))
        for column, name in heads.items():
            named = pl.when(number(column) == 1).then(pl.lit(name)).otherwise(named)
    return named.replace(config.brands.aliases)


def attribute_value(attribute: ChoiceAttribute, column: str, *, coded: bool = True) -> pl.Expr:
    """Return an attribute's cells as numbers or levels; null where blank or neither. `coded`: cells may be level codes."""
    if attribute.codes and coded:
        known = {code: str(level) if attribute.levels else level for code, level in attribute.codes.items()}
        kind = pl.String if attribute.levels else pl.Float64
        return word(column).replace_strict(known, default=None, return_dtype=kind)
    if attribute.levels:
        levels = {re.sub(_WHOLE, r"\1", level): level for level in attribute.levels}
        return word(column).replace_strict(levels, default=None, return_dtype=pl.String)
    return number(column)


def stacked(config: StudyConfig, tables: dict[str, Table]) -> pl.DataFrame:
    """Return a row an alternative, respondents and tasks in the order of the file; every column named must be there.

    Columns of `Choices.frame`, cells not checked, and: t (a number for each task of each respondent), answered (whether
    anything of the task was), added (a row that is not in the file), chosen and worst null where the cell is blank, picked
    and picked_worst (the cell that names the alternative; wide and answers only), weight and cell as in the file.
    """
    columns = config.choice_columns
    assert columns is not None
    made = {"long": _long, "wide": _wide, "answers": _answers}[columns.layout](config, columns, tables)
    made = made.with_columns(pl.col("n").min().over("respondent", "task").alias("t"))
    made = _in_order(made.with_columns(pl.col("t").min().over("respondent").alias("r")))
    if columns.layout != "wide":
        made = made.with_columns(pl.col("n").cum_count().over("t").cast(pl.Int64).alias("place"))
    made = made.with_columns(pl.col("alternative").fill_null(pl.col("place").cast(pl.String)), added=pl.lit(False))
    if columns.none is not None and not made["none"].any():
        made = _with_none(made, columns.none, columns.alternatives)
    if columns.layout != "long":
        made = made.with_columns(*_pointed(made))
    said = (pl.col("chosen") if columns.layout == "long" else pl.col("picked")).is_not_null()
    return made.with_columns(
        *(pl.when(~pl.col("none")).then(f"x_{a.id}").alias(f"x_{a.id}") for a in config.choice.attributes),
        pl.when("none").then(0.0).otherwise("price").alias("price"),
        pl.when("none").then(pl.lit("")).otherwise("brand").alias("brand"),
        (said.any().over("t") if columns.layout == "long" else said).alias("answered"),
    ).drop("r", "n", "place")


def _in_order(made: pl.DataFrame) -> pl.DataFrame:
    """Sort respondents, and tasks in them, by their first rows; most files are in that order."""
    ordered = made["r"].is_sorted() and made["t"].is_sorted() and made["n"].is_sorted()
    return made if ordered else made.sort("r", "t", "n")


def offered(columns: ChoiceColumns) -> list[str]:
    """Return the alternatives that have heads of their own."""
    none = "" if columns.none is None else columns.none.lower()
    return [name for name in columns.alternatives if name.lower() != none]


def _profile(config: StudyConfig, alternative: str = "") -> list[pl.Expr]:
    """Return price, brand, attributes and whether it is none of these."""
    columns = config.choice_columns
    assert columns is not None
    x = [attribute_value(a, head(columns, a.column, alternative)).alias(f"x_{a.id}") for a in config.choice.attributes]
    return [
        brand(config, alternative).alias("brand"),
        price(columns, head(columns, columns.price, alternative)).alias("price"),
        *x,
        is_none(config, alternative).alias("none"),
    ]


def _person(config: StudyConfig, columns: ChoiceColumns) -> list[pl.Expr]:
    """Return what belongs to the respondent, from the table of choices."""
    return [
        pl.col(ROW).cast(pl.Int64).alias("row"),
        word(columns.respondent).alias("respondent"),
        (number(columns.weight) if columns.weight else pl.lit(1.0)).alias("weight"),
        (text(columns.cell) if columns.cell else pl.lit(None, pl.String)).alias("cell"),
        *(in_segment(segment).alias(f"in_{segment.id}") for segment in config.choice.segments),
    ]


def _long(config: StudyConfig, columns: ChoiceColumns, tables: dict[str, Table]) -> pl.DataFrame:
    assert columns.task is not None and columns.chosen is not None
    return tables["choices"].frame.select(
        pl.int_range(pl.len()).cast(pl.Float64).alias("n"),
        *_person(config, columns),
        word(columns.task).alias("task"),
        (word(columns.alternative) if columns.alternative else pl.lit(None, pl.String)).alias("alternative"),
        (number(columns.chosen) == 1).alias("chosen"),
        ((number(columns.worst) == 1) if columns.worst else pl.lit(None, pl.Boolean)).alias("worst"),
        pl.lit(None, pl.String).alias("picked"),
        pl.lit(None, pl.String).alias("picked_worst"),
        *_profile(config),
    )


def _wide(config: StudyConfig, columns: ChoiceColumns, tables: dict[str, Table]) -> pl.DataFrame:
    """Set the alternatives of each task below each other; those of which every cell is blank were not offered."""
    assert columns.task is not None and columns.chosen is not None
    frame, names = tables["choices"].frame, offered(columns)
    parts = [
        frame.select(
            (pl.int_range(pl.len()) * len(names) + j).cast(pl.Float64).alias("n"),
            *_person(config, columns),
            word(columns.task).alias("task"),
            pl.lit(alternative).alias("alternative"),
            pl.lit(columns.alternatives.index(alternative) + 1, pl.Int64).alias("place"),
            word(columns.chosen).alias("picked"),
            (word(columns.worst) if columns.worst else pl.lit(None, pl.String)).alias("picked_worst"),
            *_profile(config, alternative),
        )
        for j, alternative in enumerate(names)
    ]
    return pl.concat(parts).filter(~pl.col("none"))


def _answers(config: StudyConfig, columns: ChoiceColumns, tables: dict[str, Table]) -> pl.DataFrame:
    """Set the design of each respondent's version beside the answers."""
    assert columns.task is not None and columns.answer is not None
    design, people = tables["design"], tables["choices"].frame
    version = word(columns.version) if columns.version else pl.lit("")
    asked = answer_heads(config, design)
    worst = {} if columns.worst_answer is None else {task: task_word(columns.worst_answer, task) for task in asked}
    given = people.select(
        *_person(config, columns),
        version.alias("version"),
        *(word(column).alias(f"picked {task}") for task, column in asked.items()),
        *(word(column).alias(f"picked_worst {task}") for task, column in worst.items()),
    ).with_columns(pl.int_range(pl.len()).alias("i"))
    kept = pl.exclude("^picked.*$")
    parts = [
        given.select(
            kept,
            pl.lit(task).alias("task"),
            pl.col(f"picked {task}").alias("picked"),
            (pl.col(f"picked_worst {task}") if worst else pl.lit(None, pl.String)).alias("picked_worst"),
        )
        for task in asked
    ]
    shown = design.frame.select(
        pl.int_range(pl.len()).alias("j"),
        version.alias("version"),
        word(columns.task).alias("task"),
        (word(columns.alternative) if columns.alternative else pl.lit(None, pl.String)).alias("alternative"),
        *_profile(config),
    )
    joined = pl.concat(parts).join(shown, on=["version", "task"], how="inner")
    n = (pl.col("i") * shown.height + pl.col("j")).cast(pl.Float64).alias("n")
    return joined.with_columns(n).drop("version", "i", "j")


def _with_none(made: pl.DataFrame, none: str, names: tuple[str, ...]) -> pl.DataFrame:
    """Add the alternative without attributes to every task; in a long table it was chosen where no other one was.

    It has a number only where it is among the `names` that the study lists.
    """
    place = next((i + 1 for i, name in enumerate(names) if name.lower() == none.lower()), None)
    own = {
        "n": pl.col("n").max() + 0.5,
        "alternative": pl.lit(none),
        "none": pl.lit(True),
        "added": pl.lit(True),
        "place": pl.lit(place, pl.Int64),
    }
    if "chosen" in made.columns:
        answered = pl.col("chosen").is_not_null().any()
        own["chosen"] = pl.when(answered).then(~pl.col("chosen").any()).otherwise(None)
        own["worst"] = pl.when(pl.col("worst").is_not_null().any()).then(pl.lit(False)).otherwise(None)
    added = made.group_by("t", maintain_order=True).agg(
        pl.exclude("t", "^x_.*$", "brand", "price", *own).first(),
        *(value.alias(name) for name, value in own.items()),
    )
    return pl.concat([made, added], how="diagonal").sort("r", "t", "n")


def _pointed(made: pl.DataFrame) -> Iterator[pl.Expr]:
    """Yield whether a row is the one that the task's cell names: by its name, or by its number where no name is one."""
    numbered = not made.filter(~pl.col("none"))["alternative"].unique().str.contains(r"^-?\d+$").any()
    for cell, result in (("picked", "chosen"), ("picked_worst", "worst")):
        hit = same(pl.col(cell)) == same(pl.col("alternative"))
        if numbered:
            hit = hit | (pl.col(cell) == pl.col("place").cast(pl.String)).fill_null(False)
        yield hit.alias(result)
