"""What `[choice]` and the columns of a choice experiment must satisfy by themselves, before any table is looked at."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from halfstep.core.check import Fault
from halfstep.core.config import ChoiceColumns, StudyConfig
from halfstep.core.config_choice import Choice, ChoiceAttribute, PlannedDesign, Search
from halfstep.data.columns import near

__all__ = ["check_experiment", "is_plan"]

STUDY = "study.toml"
_NEEDED = {"long": ("task", "chosen"), "wide": ("task", "chosen", "alternatives"), "answers": ("task", "answer")}
_FOREIGN = {
    "long": ("alternatives", "head", "answer", "worst_answer", "version"),
    "wide": ("alternative", "answer", "worst_answer", "version"),
    "answers": ("chosen", "worst", "alternatives", "head"),
}


def is_plan(config: StudyConfig) -> bool:
    """Whether the study plans an experiment from stated tastes: it then needs no table at all."""
    return config.choice.design is not None and config.choice.design.tastes == "stated"


def check_experiment(config: StudyConfig) -> Iterator[Fault]:
    """Yield what the sections of a choice experiment may not be."""
    columns, choice = config.choice_columns, config.choice
    if "choices" not in config.tables:
        for name in ("design", "beliefs", "lineup"):
            if name in config.tables:
                yield _fault("tables.choices", f"a table {name!r} is named but no table of choices", "name the file")
        if "choice" in config.model_fields_set and choice.design is None:
            yield _fault("tables.choices", "[choice] is there but no table of choices is named", "name the file")
    if choice.design is not None and choice.design.tastes == "estimated" and "choices" not in config.tables:
        what = "tastes are to be estimated, but no table of choices is named"
        yield _fault("choice.design.tastes", what, "name the pilot's table, or write tastes = 'stated' and a prior")
    if columns is not None:
        yield from _columns(config, columns)
    yield from _attributes(config)
    yield from _twice("choice.segments", [segment.id for segment in choice.segments])
    yield from _twice("choice.types", [kind.id for kind in choice.types])
    yield from _twice("choice.searches", [search.id for search in choice.searches])
    if any(segment.id == "all" for segment in choice.segments):
        yield _fault("choice.segments", "the id 'all' stands for all respondents", "give the segment another id")
    yield from _references(config)


def _columns(config: StudyConfig, columns: ChoiceColumns) -> Iterator[Fault]:
    """Yield keys that the layout lacks or never reads, and brands named twice or not at all."""
    section, layout = "choice_columns", columns.layout
    for key in _NEEDED[layout]:
        if not getattr(columns, key):
            yield _fault(f"{section}.{key}", f"expected it in the layout {layout!r}; it is absent", "add the key")
    for key in _FOREIGN[layout]:
        if key in columns.model_fields_set and getattr(columns, key):
            what = f"it is never read in the layout {layout!r}"
            yield _fault(f"{section}.{key}", what, "take the key out, or correct choice_columns.layout")
    if (layout == "answers") != ("design" in config.tables):
        what = "a design table is read in the layout 'answers' only"
        if layout == "answers":
            yield _fault("tables.design", "expected the table of what each version showed; none is named", "name it")
        else:
            yield _fault("tables.design", f"{what}; the layout is {layout!r}", "take it out, or correct the layout")
    marks = {"head": ["{column}", "{alternative}"]} if layout == "wide" else {}
    if layout == "answers":
        marks = {key: ["{task}"] for key in ("answer", "worst_answer") if getattr(columns, key)}
    for key, wanted in marks.items():
        for mark in wanted:
            if mark not in getattr(columns, key):
                yield _fault(f"{section}.{key}", f"expected {mark} in it; got {getattr(columns, key)!r}", "add it")
    yield from _twice(f"{section}.alternatives", [name.lower() for name in columns.alternatives], "alternative")
    if layout == "wide" and len(columns.alternatives) == 1:
        what = "expected two alternatives or more; one is named"
        yield _fault(f"{section}.alternatives", what, "name the others")
    if columns.brand is not None and columns.brand_columns:
        yield _fault(f"{section}.brand_columns", "brand names a column of brands as well", "keep one of the two")
    if bool(columns.brand_columns) != (columns.brand_base is not None):
        what = "brand_columns need the brand of rows in which all of them are 0, and it needs them"
        yield _fault(f"{section}.brand_base", what, "name both, or neither")
    if (columns.cell is not None) != bool(config.choice.cells):
        what = "the column of cells and [choice] cells, which says what its words mean, need each other"
        yield _fault(f"{section}.cell", what, "add the one that is absent, or take the other out")


def _attributes(config: StudyConfig) -> Iterator[Fault]:
    columns, attributes = config.choice_columns, config.choice.attributes
    yield from _twice("choice.attributes", [attribute.id for attribute in attributes])
    yield from _twice("choice.attributes", [attribute.column for attribute in attributes], "column")
    taken = {} if columns is None else {columns.price: "price", columns.brand: "brand", columns.chosen: "chosen"}
    taken |= dict.fromkeys(columns.brand_columns, "brand_columns") if columns else {}
    for attribute in attributes:
        key = f"choice.attributes.{attribute.id}"
        if attribute.column in taken:
            what = f"{attribute.column!r} already is choice_columns.{taken[attribute.column]}"
            yield _fault(f"{key}.column", what, "name another column, or take the attribute out")
        if len(attribute.levels) == 1:
            yield _fault(f"{key}.levels", "expected two levels or more; one is named", "name all, the base first")
        yield from _twice(f"{key}.levels", list(attribute.levels), "level")
        for code, level in attribute.codes.items():
            if not _is_level(attribute, level):
                yield _fault(f"{key}.codes", f"code {code!r} {_no_level(attribute, level)}", "correct it")


def _references(config: StudyConfig) -> Iterator[Fault]:
    """Yield attributes, levels and segments that other keys name and that the study does not have."""
    choice = config.choice
    known = {attribute.id: attribute for attribute in choice.attributes}
    if choice.mixed is not None:
        for name in choice.mixed.attributes:
            yield from _unknown("choice.mixed.attributes", name, known)
    for kind in choice.types:
        for name in kind.tastes:
            if name != "price" and not name.startswith("brand "):
                yield from _unknown(f"choice.types.{kind.id}.tastes", name, [*known, "price", "brand <name>"])
            if name in known and known[name].levels:
                what = f"expected an attribute of numbers; the levels of {name!r} have no more and less"
                yield _fault(
                    f"choice.types.{kind.id}.tastes", what, "name a numeric attribute, or make a level one (0/1)"
                )
    for search in choice.searches:
        yield from _search(config, f"choice.searches.{search.id}", search, known)
    if choice.design is not None:
        yield from _design("choice.design", choice.design, choice, known)


def _search(config: StudyConfig, key: str, search: Search, known: dict[str, ChoiceAttribute]) -> Iterator[Fault]:
    if "lineup" not in config.tables:
        yield _fault(key, "a search needs the line-up; no such table is named", "add tables.lineup and its columns")
    if search.segment is not None:
        yield from _unknown(f"{key}.segment", search.segment, [s.id for s in config.choice.segments], "segment")
    if any(price <= 0 for price in search.prices):
        yield _fault(f"{key}.prices", "expected prices above zero", "take the others out")
    yield from _levels(f"{key}.levels", search.levels, known)
    for name, costs in search.cost_of.items():
        yield from _unknown(f"{key}.cost_of", name, known)
        if name in known:
            yield from (
                found
                for level in costs
                for found in _unknown(f"{key}.cost_of.{name}", level, known[name].levels or ("unit",), "level")
            )
    if search.cost_of and search.cost is None:
        yield _fault(f"{key}.cost", "what levels add to the cost is given, the cost is not", "add it")


def _design(key: str, design: PlannedDesign, choice: Choice, known: dict[str, ChoiceAttribute]) -> Iterator[Fault]:
    yield from _twice(f"{key}.brands", list(design.brands), "brand")
    yield from _levels(f"{key}.levels", design.levels, known)
    for i, combination in enumerate(design.prohibited):
        for name, level in combination.items():
            at = f"{key}.prohibited.{i}"
            if name == "brand":
                yield from _unknown(at, str(level), design.brands, "brand")
            elif name == "price" and level not in design.prices:
                yield _fault(at, f"expected a price of the design; {level!r} is none", "correct it")
            elif name != "price":
                yield from _unknown(at, name, [*known, "price", "brand"])
                if name in design.levels and level not in design.levels[name]:
                    yield _fault(at, f"{level!r} is no level of {name!r} in the design", "correct it")
    terms = [f"{name} {level}" for name, attribute in known.items() for level in attribute.levels]
    for name in design.prior:
        if name.startswith("brand "):
            yield from _unknown(f"{key}.prior", name.removeprefix("brand "), design.brands, "brand")
        elif name not in terms:
            yield from _unknown(f"{key}.prior", name, [*known, "price", *(("none",) if design.none else ())])
    if design.tastes == "stated" and not design.prior:
        yield _fault(f"{key}.prior", "tastes are to be stated; none is", "write them, 'price' among them")
    for name in design.shares:
        yield from _unknown(f"{key}.shares", name, [segment.id for segment in choice.segments], "segment")


def _levels(key: str, levels: dict[str, tuple[float | str, ...]], known: dict[str, ChoiceAttribute]) -> Iterator[Fault]:
    for name, values in levels.items():
        yield from _unknown(key, name, known)
        if name in known:
            for value in values:
                if not _is_level(known[name], value):
                    yield _fault(f"{key}.{name}", _no_level(known[name], value), "correct it")


def _is_level(attribute: ChoiceAttribute, level: float | str) -> bool:
    return level in attribute.levels if attribute.levels else not isinstance(level, str)


def _no_level(attribute: ChoiceAttribute, level: float | str) -> str:
    expected = f"a level ({', '.join(attribute.levels)})" if attribute.levels else "a number"
    return f"expected {expected}; got {level!r}"


def _unknown(key: str, name: str, known: Iterable[str], kind: str = "attribute") -> Iterator[Fault]:
    listed = list(known)
    if name not in listed:
        close = near(name, listed)
        hint = f"did you mean {close!r}?" if close else f"there are: {', '.join(listed) or 'none'}"
        yield _fault(key, f"expected the study's own {kind}; {name!r} is none", f"correct it; {hint}")


def _twice(key: str, names: list[str], kind: str = "id") -> Iterator[Fault]:
    for twin in sorted({name for name in names if names.count(name) > 1}):
        yield _fault(key, f"the {kind} {twin!r} occurs twice", "name each once")


def _fault(key: str, what: str, mend: str) -> Fault:
    return Fault(table=STUDY, column=key, what=what, mend=mend)
