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
    study = config.study
    try:
        date.fromisoformat(study.as_of)
    except ValueError:
        yield Fault(
            table=STUDY,
            column="study.as_of",
            what=f"expected a date (1990-12-31); got {study.as_of!r}",
            mend="write YYYY-MM-DD",
        )
    if study.focal in study.benchmarks:
        yield Fault(
            table=STUDY,
            column="study.benchmarks",
            what="the focal brand is its own benchmark",
            mend="name another brand",
        )
    ids = [attribute.id for attribute in config.attributes]
    for twin in sorted({i for i in ids if ids.count(i) > 1}):
        yield Fault(
            table=STUDY,
            column="attributes",
            what=f"the id {twin!r} occurs twice",
            mend="give each attribute its own id",
        )
    like = study.unseen_quality_like
    if like is not None and like not in ids:
        yield Fault(
            table=STUDY,
            column="study.unseen_quality_like",
            what=f"expected an attribute id ({', '.join(ids)}); got {like!r}",
            mend="name one of them",
        )
    if config.bands and list(config.bands.edges) != sorted(set(config.bands.edges)):
        yield Fault(
            table=STUDY, column="bands.edges", what="expected ascending edges", mend="sort them and drop repeats"
        )
    if config.bands and not all(math.isfinite(edge) and edge > 0 for edge in config.bands.edges):
        yield Fault(
            table=STUDY, column="bands.edges", what="expected prices above zero", mend="write the edges in money"
        )
    for key, value in (("scope.first", config.scope.first), ("scope.last", config.scope.last)):
        if value is not None and period_or_none(value) is None:
            yield Fault(
                table=STUDY, column=key, what=f"expected a period; got {value!r}", mend="write 1990, 1990-Q1 or 1990-01"
            )
    for event in config.events:
        if period_or_none(event.period) is None:
            yield Fault(
                table=STUDY,
                column="events.period",
                what=f"expected a period; got {event.period!r}",
                mend="write 1990, 1990-Q1 or 1990-01",
            )
    if "markets" in config.tables and config.market_columns is None:
        yield Fault(
            table=STUDY,
            column="market_columns",
            what="a markets table is named but not its columns",
            mend="add [market_columns]",
        )


def period_or_none(value: str) -> Period | None:
    """Read a period; None where it is none."""
    try:
        return parse_period(value)
    except MisuseError:
        return None
