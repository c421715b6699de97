"""What the settings must satisfy by themselves, before any table is looked at."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import date

from halfstep.core.check import Fault
from halfstep.core.config import StudyConfig
from halfstep.core.errors import MisuseError
from halfstep.core.period import Period, parse_period
from halfstep.data.choice_settings import check_experiment, is_plan
from halfstep.data.columns import near
from halfstep.data.demand_settings import STUDY, check_demand
from halfstep.data.docket_settings import check_docket

__all__ = ["STUDY", "check_settings", "period_or_none"]

_ALONE = (
    "press", "outcomes", "choices", "design", "beliefs", "lineup", "utterances", "labels", "exposure", "controversies",
    "claims", "ramp", "ramps",
)  # fmt: skip
"""Tables that need no sales table beside them."""
_PLURAL = ("outcomes", "choices", "beliefs", "utterances", "labels", "controversies", "claims")
_STUDIES = {"press", "outcomes", "choices", "utterances", "labels", "controversies", "claims", "ramp"}
"""Tables of which one is enough for a study."""


def check_settings(config: StudyConfig) -> Iterator[Fault]:
    """Yield every fault that the settings show without the tables."""
    study, edges = config.study, config.bands.edges if config.bands else ()
    ids = [attribute.id for attribute in config.attributes]
    if not _is_day(study.as_of):
        yield _fault("study.as_of", f"expected a date (1990-12-31); got {study.as_of!r}", "write YYYY-MM-DD")
    if study.focal in study.benchmarks:
        yield _fault("study.benchmarks", "the focal brand is its own benchmark", "name another brand")
    if len(set(study.benchmarks)) < len(study.benchmarks):
        yield _fault("study.benchmarks", "a benchmark is named twice", "name each once")
    if study.parent is not None and study.parent in (study.focal, *study.benchmarks):
        yield _fault("study.parent", "the parent is the focal brand or a benchmark", "name another brand, or none")
    for twin in sorted({i for i in ids if ids.count(i) > 1}):
        yield _fault("attributes", f"the id {twin!r} occurs twice", "give each attribute its own id")
    like = study.unseen_quality_like
    either = [*ids, *(attribute.id for attribute in config.choice.attributes if attribute.id not in ids)]
    if like is not None and like not in either:
        what = f"expected an attribute id ({', '.join(either)}); got {like!r}"
        yield _fault("study.unseen_quality_like", what, "name one of them")
    if list(edges) != sorted(set(edges)):
        yield _fault("bands.edges", "expected ascending edges", "sort them and drop repeats")
    if not all(math.isfinite(edge) and edge > 0 for edge in edges):
        yield _fault("bands.edges", "expected prices above zero", "write the edges in money")
    periods = [("scope.first", config.scope.first), ("scope.last", config.scope.last)]
    for key, value in periods:
        if value is not None and period_or_none(value) is None:
            yield _fault(key, f"expected a period; got {value!r}", "write 1990, 1990-Q1 or 1990-01")
    yield from _main_table(config)
    yield from _tables(config)
    yield from _prices(config)
    yield from check_demand(config)
    yield from check_experiment(config)
    yield from check_docket(config)


def _main_table(config: StudyConfig) -> Iterator[Fault]:
    """Yield a study without sales and press figures, and a sales table without its columns or attributes."""
    if "sales" not in config.tables:
        if not _STUDIES & set(config.tables) and not is_plan(config):
            what = "expected a sales table, a table of press figures, of outcomes, of choices or of utterances; none is named"
            yield _fault("tables.sales", what, "name the file of one of them")
        for section in ("columns", "attributes", "demand", "subsidy"):
            if section in config.model_fields_set:
                yield _fault("tables.sales", f"[{section}] is there but no sales table is named", "name the file")
        for name in config.tables:
            if name not in _ALONE and not (name == "flow" and "outcomes" in config.tables):
                what = f"a {name.replace('_', ' ')} table is named but no sales table, beside which it would be read"
                yield _fault("tables.sales", what, "name the file")
        return
    if "columns" not in config.model_fields_set:
        yield _fault("columns", "a sales table is named but not its columns", "add [columns]")
    if not config.attributes:
        yield _fault(
            "attributes", "expected at least one attribute of the products; none is named", "add [[attributes]]"
        )


def _tables(config: StudyConfig) -> Iterator[Fault]:
    """Yield optional tables without their columns, columns without their table, and columns that hold no figure."""
    sections = {
        "markets": ("market_columns", config.market_columns),
        "reach": ("reach_columns", config.reach_columns),
        "flow": ("flow_columns", config.flow_columns),
        "second_choices": ("second_choice_columns", config.second_choice_columns),
        "buyers": ("buyer_columns", config.buyer_columns),
        "micro": ("micro_columns", config.micro_columns),
        "press": ("press_columns", config.press_columns),
        "outcomes": ("outcome_columns", config.outcome_columns),
        "choices": ("choice_columns", config.choice_columns),
        "beliefs": ("belief_columns", config.belief_columns),
        "lineup": ("lineup_columns", config.lineup_columns),
        "utterances": ("utterance_columns", config.utterance_columns),
        "labels": ("label_columns", config.label_columns),
        "exposure": ("exposure_columns", config.exposure_columns),
        "controversies": ("controversy_columns", config.controversy_columns),
        "claims": ("claim_columns", config.claim_columns),
        "ramp": ("ramp_columns", config.ramp_columns),
        "ramps": ("ramps_columns", config.ramps_columns),
    }
    for name, (section, columns) in sections.items():
        table = f"table of {name}" if name in _PLURAL else f"{name.replace('_', ' ')} table"
        if name in config.tables and columns is None:
            yield _fault(section, f"a {table} is named but not its columns", f"add [{section}]")
        if name not in config.tables and columns is not None:
            yield _fault(f"tables.{name}", f"[{section}] is there but no {table} is named", "name the file")
    for name in config.obtain:
        if name not in config.tables:
            what = f"it says where the table {name!r} is obtained, but no such table is named"
            yield _fault(f"obtain.{name}", what, "name its file in [tables], or take this key out")
    for name in config.optional:
        if name not in config.tables:
            close = near(name, config.tables)
            hint = f"did you mean {close!r}?" if close else f"the study has: {', '.join(config.tables)}"
            what = f"it says that the table {name!r} may be absent, but no such table is named"
            yield _fault("optional", what, f"correct it or take it out; {hint}")
    figures = {
        "reach_columns": (config.reach_columns, ("awareness", "consideration", "outlets", "variants")),
        "flow_columns": (config.flow_columns, ("orders", "cancellations", "backlog", "capacity", "deliveries")),
    }
    for section, (given, keys) in figures.items():
        if given is not None and all(getattr(given, key) is None for key in keys):
            yield _fault(section, "expected a column of figures; none is named", f"name one of {', '.join(keys)}")
    reach = config.reach_columns
    if reach is not None and reach.respondents and not (reach.awareness or reach.consideration):
        what = "interviews are named, but nothing that they were asked"
        yield _fault("reach_columns.respondents", what, "name awareness or consideration, or take this key out")


def _prices(config: StudyConfig) -> Iterator[Fault]:
    """Yield bases of price that are named twice, and a subsidy that is reckoned on nothing."""
    columns, subsidy = config.columns, config.subsidy
    given = {columns.price_basis: columns.price} | columns.other_prices
    if columns.price_basis in columns.other_prices:
        what = f"the basis {columns.price_basis!r} is that of the price column itself"
        yield _fault("columns.other_prices", what, "take it out, or correct price_basis")
    elif len(set(given.values())) < len(given):
        yield _fault("columns.other_prices", "one column is named on two bases", "name another column, or take one out")
    if subsidy is None:
        return
    if "after_subsidy" in given:
        what = f"the column {given['after_subsidy']!r} already holds prices after subsidy"
        yield _fault("subsidy", what, "take the section or that basis out")
    elif subsidy.basis is not None and subsidy.basis not in given:
        what = f"expected a basis that the study has ({', '.join(given)}); got {subsidy.basis!r}"
        yield _fault("subsidy.basis", what, "name one of them, or its column in columns.other_prices")
    for key, value in (("subsidy.first", subsidy.first), ("subsidy.last", subsidy.last)):
        if value is not None and period_or_none(value) is None:
            yield _fault(key, f"expected a period; got {value!r}", "write 1990, 1990-Q1 or 1990-01")


def _fault(key: str, what: str, mend: str) -> Fault:
    return Fault(table=STUDY, column=key, what=what, mend=mend)


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def period_or_none(value: str) -> Period | None:
    """Read a period; None where it is none."""
    try:
        return parse_period(value)
    except MisuseError:
        return None
