"""What the settings must satisfy by themselves, before any table is looked at."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import date

from halfstep.core.check import Fault
from halfstep.core.config import StudyConfig
from halfstep.core.errors import MisuseError
from halfstep.core.period import Period, parse_period

__all__ = ["STUDY", "check_settings", "period_or_none"]

STUDY = "study.toml"


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
    if like is not None and like not in ids:
        what = f"expected an attribute id ({', '.join(ids)}); got {like!r}"
        yield _fault("study.unseen_quality_like", what, "name one of them")
    if list(edges) != sorted(set(edges)):
        yield _fault("bands.edges", "expected ascending edges", "sort them and drop repeats")
    if not all(math.isfinite(edge) and edge > 0 for edge in edges):
        yield _fault("bands.edges", "expected prices above zero", "write the edges in money")
    periods = [("scope.first", config.scope.first), ("scope.last", config.scope.last)]
    for key, value in [*periods, *(("events.period", event.period) for event in config.events)]:
        if value is not None and period_or_none(value) is None:
            yield _fault(key, f"expected a period; got {value!r}", "write 1990, 1990-Q1 or 1990-01")
    if "markets" in config.tables and config.market_columns is None:
        yield _fault("market_columns", "a markets table is named but not its columns", "add [market_columns]")


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
