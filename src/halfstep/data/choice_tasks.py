"""What the tasks of a choice experiment must satisfy: whole tasks, one choice each, respondents of one weight and cell."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from halfstep.core.check import Fault
from halfstep.core.config import ChoiceColumns, StudyConfig
from halfstep.data.choice_layouts import answer_heads, brand, profiles, same, stacked, task_word, word
from halfstep.data.columns import near
from halfstep.data.read.places import MOST_LISTED
from halfstep.data.read.tables import ROW, Table
from halfstep.data.rows import twins
from halfstep.data.schema import text

__all__ = ["check_brands", "check_tasks", "partly_shown"]

_LISTED = 12


def check_tasks(config: StudyConfig, tables: dict[str, Table]) -> Iterator[Fault]:
    """Yield every fault of whole tasks and respondents."""
    columns, table = config.choice_columns, tables["choices"]
    assert columns is not None
    repeated = list(_repeated(columns, table))
    if columns.layout == "answers":
        repeated += _designed(columns, tables["design"])
        repeated += _versions(config, columns, tables)
    yield from repeated
    if repeated:
        return
    made = stacked(config, tables)
    if not made.filter("answered").height:
        what = "expected answers; every task is blank"
        yield Fault(table=table.file, column=columns.chosen, what=what, mend="look at choice_columns")
        return
    yield from _constant(config, columns, made, table.file)
    yield from _empty(config, made, table)
    yield from _choices(columns, made.filter("answered"), table.file)


def partly_shown(config: StudyConfig, tables: dict[str, Table]) -> Iterator[Fault]:
    """Yield attributes that are blank in some profiles of a task, unless a brand or a level never has them; cells must be sound."""
    shown, file = stacked(config, tables).filter("answered", ~pl.col("none")), tables["choices"].file
    if config.choice_columns is not None and config.choice_columns.cell is not None:
        listing = [name for name, role in config.choice.cells.items() if role in ("listed", "blind")]
        shown = shown.filter(pl.col("cell").is_in(listing))
    for attribute in config.choice.attributes:
        blank = pl.col(f"x_{attribute.id}").is_null()
        tasks = blank.any().over("respondent", "task") & ~blank.all().over("respondent", "task")
        odd = shown.filter(blank & tasks)
        others = ["brand", *(f"x_{a.id}" for a in config.choice.attributes if a.id != attribute.id)]
        if not odd.height or any(_explained(shown, blank, other) for other in others):
            continue
        what = f"expected what the profile shows; the cell is blank beside filled ones of its task ({odd.height} such cells)"
        mend = "fill it; a blank is left alone where the whole task, a brand or a level has none"
        yield Fault(table=file, row=odd["row"][0], column=attribute.column, what=what, mend=mend)


def _explained(shown: pl.DataFrame, blank: pl.Expr, other: str) -> bool:
    """Return whether the blanks are all rows of some values of another column."""
    share = shown.group_by(other).agg(blank.mean().alias("share"))["share"]
    return bool(share.is_in([0.0, 1.0]).all())


def check_brands(config: StudyConfig, tables: dict[str, Table]) -> Iterator[Fault]:
    """Yield brands that the study compares and that neither the experiment nor the line-up has."""
    columns, found, asked = config.choice_columns, set[str](), False
    if "choices" in tables and columns is not None and (columns.brand or columns.brand_columns):
        asked = True
        for shown in profiles(config, tables):
            found |= set(shown.table.frame.select(brand(config, shown.alternative)).to_series().unique().to_list())
    if "lineup" in tables and config.lineup_columns is not None:
        asked = True
        named = text(config.lineup_columns.brand).replace(config.brands.aliases)
        found |= set(tables["lineup"].frame.select(named).to_series().drop_nulls().unique().to_list())
    found.discard("")
    yield from _spellings(found)
    if "choices" in tables and columns is not None and columns.brand_columns and columns.brand_base not in found:
        what = f"expected rows in which every brand column is 0, of {columns.brand_base!r}; there are none"
        mend = "leave one brand's column out of choice_columns.brand_columns and name it as brand_base"
        yield Fault(table="study.toml", column="choice_columns.brand_base", what=what, mend=mend)
    named_by_types = {
        f"choice.types.{kind.id}.tastes": name.removeprefix("brand ")
        for kind in config.choice.types
        for name in kind.tastes
        if name.startswith("brand ")
    }
    study, alone = config.study, not {"sales", "press", "outcomes"} & {*config.tables, *config.optional}
    wanted = {"study.focal": study.focal} | {f"study.benchmarks.{i}": name for i, name in enumerate(study.benchmarks)}
    lacking = {key: name for key, name in wanted.items() if asked and name not in found}
    if not alone and len(lacking) < len(study.benchmarks) and "study.focal" not in lacking:
        lacking = {}
    lacking |= {key: name for key, name in named_by_types.items() if asked and name not in found}
    for key, name in lacking.items():
        close = near(name, found)
        hint = f"did you mean {close!r}?" if close else f"there are: {', '.join(sorted(found)[:_LISTED]) or 'none'}"
        what = f"expected a brand of the choice experiment or of the line-up; {name!r} is none"
        yield Fault(table="study.toml", column=key, what=what, mend=f"correct it or add an alias; {hint}")


def _spellings(found: set[str]) -> Iterator[Fault]:
    """Yield brands that differ by case or blanks only."""
    alike: dict[str, list[str]] = {}
    for name in sorted(found):
        alike.setdefault("".join(name.casefold().split()), []).append(name)
    for names in (names for names in alike.values() if len(names) > 1):
        told = ", ".join(repr(name) for name in names)
        mend = f"write {{ {names[1]!r} = {names[0]!r} }} into [brands] aliases, or name them apart"
        yield Fault(
            table="study.toml", column="brands.aliases", what=f"one brand spelled in several ways: {told}", mend=mend
        )


def _repeated(columns: ChoiceColumns, table: Table) -> Iterator[Fault]:
    """Yield tasks (wide) and respondents (answers) that have two rows."""
    key = [columns.respondent] + ([columns.task] if columns.layout == "wide" and columns.task else [])
    if columns.layout == "long":
        return
    twice = (
        table.frame.group_by([word(column) for column in key], maintain_order=True)
        .agg(pl.col(ROW).cast(pl.Int64))
        .filter(pl.col(ROW).list.len() > 1)
    )
    what = "the respondent" if len(key) == 1 else "the task"
    for *name, rows in twice.head(MOST_LISTED).iter_rows():
        told = ", ".join(str(row) for row in rows)
        yield Fault(
            table=table.file,
            row=rows[0],
            column=columns.respondent,
            what=f"{what} {' '.join(str(part) for part in name)} occurs {len(rows)} times (rows {told})",
            mend="keep one row, or give them ids of their own",
        )
    yield from _more(table.file, columns.respondent, twice.height)


def _designed(columns: ChoiceColumns, design: Table) -> Iterator[Fault]:
    """Yield alternatives that a task of the design has twice, and tasks with fewer than two."""
    assert columns.task is not None
    key = [*([word(columns.version)] if columns.version else []), word(columns.task)]
    if columns.alternative is not None:
        for row, told, _ in twins(design, [*key, same(word(columns.alternative))], {"price": columns.price}, {}):
            mend = "keep one row a version, task and alternative"
            yield Fault(table=design.file, row=row, column=columns.alternative, what=told, mend=mend)
    if columns.none is None:
        sizes = design.frame.group_by(key, maintain_order=True).agg(pl.col(ROW).cast(pl.Int64).first(), pl.len())
        for row in sizes.filter(pl.col("len") < 2)[ROW].head(MOST_LISTED):
            told = "the task has one alternative; expected two or more"
            yield Fault(table=design.file, row=row, column=columns.task, what=told, mend=_SPLIT)


def _more(file: str, column: str | None, count: int, kind: str = "like these") -> Iterator[Fault]:
    if count > MOST_LISTED:
        what = f"{count - MOST_LISTED:,} more {kind}"
        yield Fault(table=file, column=column, what=what, mend="correct them in the same way")


def _versions(config: StudyConfig, columns: ChoiceColumns, tables: dict[str, Table]) -> Iterator[Fault]:
    """Yield versions that the design does not have, and answers to tasks that a version does not have."""
    design, people = tables["design"], tables["choices"]
    assert columns.task is not None
    version = word(columns.version) if columns.version else pl.lit("")
    had = design.frame.select(version.alias("v"), word(columns.task).alias("t")).drop_nulls().unique()
    known = had["v"].unique().sort().to_list()
    named = people.frame.select(pl.col(ROW).cast(pl.Int64), version.alias("v"))
    strange = named.filter(pl.col("v").is_not_null() & ~pl.col("v").is_in(known))
    listed = ", ".join(known[:_LISTED]) + (" …" if len(known) > _LISTED else "")
    for row, cell in strange.head(MOST_LISTED).iter_rows():
        what = f"expected a version of the design ({listed}); got {cell!r}"
        yield Fault(
            table=people.file, row=row, column=columns.version, what=what, mend="correct it, or add the version"
        )
    yield from _more(people.file, columns.version, strange.height)
    for task, column in answer_heads(config, design).items():
        having = had.filter(pl.col("t") == task)["v"].to_list()
        lost = people.frame.filter(pl.col(column).is_not_null() & version.is_in(known) & ~version.is_in(having))
        for row, cell in lost.head(1).select(pl.col(ROW).cast(pl.Int64), version.alias("v")).iter_rows():
            what = f"task {task} was answered (rows: {lost.height}), but version {cell} of the design has no such task"
            yield Fault(table=people.file, row=row, column=column, what=what, mend="correct the design or the version")


def _constant(config: StudyConfig, columns: ChoiceColumns, made: pl.DataFrame, file: str) -> Iterator[Fault]:
    """Yield respondents whose weight, cell or segment differs between their rows."""
    parts = {"weight": columns.weight, "cell": columns.cell}
    parts |= {f"in_{s.id}": ", ".join((*s.among, *s.between)) or None for s in config.choice.segments}
    named = {part: column for part, column in parts.items() if column is not None}
    people = made.group_by("respondent", maintain_order=True).agg(
        pl.col("row").first(), *(pl.col(part).n_unique().alias(part) for part in named)
    )
    for part, column in named.items():
        several = people.filter(pl.col(part) > 1)
        kind = part if part in ("weight", "cell") else f"segment {part.removeprefix('in_')!r}"
        for name, row in several.head(MOST_LISTED).select("respondent", "row").iter_rows():
            what = f"expected one {kind} for each respondent; respondent {name} has several"
            yield Fault(table=file, row=row, column=column, what=what, mend=f"give all rows of a respondent one {kind}")
        yield from _more(file, column, several.height, "respondents like these")


def _empty(config: StudyConfig, made: pl.DataFrame, table: Table) -> Iterator[Fault]:
    """Yield segments without a respondent, and what their columns hold."""
    for segment in config.choice.segments:
        if not made[f"in_{segment.id}"].any():
            held = {
                column: table.frame.select(text(column)).to_series().drop_nulls().unique().sort().to_list()
                for column in (*segment.among, *segment.between)
            }
            told = "; ".join(f"{column} has: {', '.join(cells[:_LISTED])}" for column, cells in held.items())
            what = "expected respondents in the segment; there are none"
            yield Fault(
                table="study.toml", column=f"choice.segments.{segment.id}", what=what, mend=f"correct it; {told}"
            )


def _choices(columns: ChoiceColumns, made: pl.DataFrame, file: str) -> Iterator[Fault]:
    """Yield tasks that have too few alternatives, one twice, and not exactly one that was chosen (or called the worst)."""
    hit = {"chosen": pl.col("chosen").fill_null(False), "worst": pl.col("worst").fill_null(False)}
    tasks = made.group_by("t", maintain_order=True).agg(
        pl.col("respondent", "task", "row", "picked", "picked_worst").first(),
        pl.len().alias("size"),
        pl.col("alternative").n_unique().alias("names"),
        pl.col("alternative"),
        *(rule.sum().alias(name) for name, rule in hit.items()),
        (hit["chosen"] & hit["worst"]).any().alias("both"),
        pl.col("row").filter(hit["chosen"]).alias("rows"),
    )
    few = tasks.filter(pl.col("size") < 2)
    yield from _told(few, file, columns.respondent, "expected two alternatives or more; it has one", _SPLIT)
    twice = tasks.filter(pl.col("names") < pl.col("size"))
    yield from _told(twice, file, columns.alternative, "one alternative occurs twice", "name each alternative once")
    sound = tasks.filter(pl.col("names") == pl.col("size"), pl.col("size") >= 2)
    if columns.layout == "long":
        several = sound.filter(pl.col("chosen") > 1)
        yield from _told(several, file, columns.chosen, "expected one chosen alternative", _ONE, rows=True)
        lost = sound.filter(pl.col("chosen") == 0)
        yield from _told(lost, file, columns.chosen, "expected one chosen alternative; none is", f"{_ONE}; {_OUT}")
    else:
        yield from _strange(columns, sound.filter(pl.col("chosen") == 0), file, "chosen")
    if columns.worst or columns.worst_answer:
        said = sound.filter(pl.col("chosen") == 1)
        if columns.layout == "long":
            wrong = said.filter(pl.col("worst") != 1)
            yield from _told(wrong, file, columns.worst, "expected one worst alternative", "mark one worst a task")
        else:
            yield from _strange(columns, said.filter(pl.col("worst") != 1), file, "worst")
        best = columns.worst or columns.worst_answer
        both = said.filter("both")
        yield from _told(both, file, best, "one alternative is the best and the worst", "correct one of the two")


_SPLIT = "add the other alternatives; where one was 'none of these', name choice_columns.none"
_ONE = "mark one row a task, or leave all of its cells blank where it was not answered"
_OUT = "where that means 'none of these', name choice_columns.none"


def _told(
    tasks: pl.DataFrame, file: str, column: str | None, what: str, mend: str, *, rows: bool = False
) -> Iterator[Fault]:
    """Yield a fault for each of some tasks; `rows` lists the rows that were chosen."""
    for task in tasks.head(MOST_LISTED).iter_rows(named=True):
        more = f"; rows {', '.join(str(row) for row in task['rows'])} are" if rows else ""
        told = f"respondent {task['respondent']}, task {task['task']}: {what}{more}"
        yield Fault(table=file, row=task["row"], column=column, what=told, mend=mend)
    yield from _more(file, column, tasks.height, "tasks like these")


def _strange(columns: ChoiceColumns, tasks: pl.DataFrame, file: str, part: str) -> Iterator[Fault]:
    """Yield cells that name no alternative of their task."""
    cell = "picked" if part == "chosen" else "picked_worst"
    template = columns.answer if part == "chosen" else columns.worst_answer
    for task in tasks.head(MOST_LISTED).iter_rows(named=True):
        column = getattr(columns, part) if columns.layout == "wide" else task_word(template or "", task["task"])
        came = "the cell is blank" if task[cell] is None else f"got {task[cell]!r}"
        what = f"expected one of {', '.join(task['alternative'])}, or its number; {came}"
        mend = "correct it" if columns.none is not None else f"correct it; {_OUT}"
        yield Fault(table=file, row=task["row"], column=column, what=what, mend=mend)
    yield from _more(file, None, tasks.height, "tasks like these")
