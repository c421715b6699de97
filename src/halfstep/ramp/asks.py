"""What is asked of the ramp, in months and quarters."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from halfstep.core.config import StudyConfig
from halfstep.core.config_docket import Asked
from halfstep.core.text import Text
from halfstep.data.cells.dates import read_span
from halfstep.ramp.known import month_span

__all__ = ["Question", "by_day"]


@dataclass(frozen=True, slots=True)
class Question:
    """One question.

    Attributes
    ----------
    first, last
        Ordinals of the months whose sum is asked for, or of the quarters in which a result above `above` counts; `first` is None
        where that is the first quarter not yet known.
    """

    id: str
    what: str
    first: int | None
    last: int
    above: float


def by_day(config: StudyConfig, *, books: bool) -> Iterator[tuple[str, tuple[Question, ...]]]:
    """Yield the days on which questions were asked, each with its questions; none made after the as-of date.

    A study that asks nothing asks at its as-of date for that calendar year's units and, where there are `books`, for a quarter in
    profit by its end.
    """
    asks = config.ramp.asks or tuple(_usual(config, books))
    as_of = config.study.as_of
    days: dict[str, list[Question]] = {}
    for ask in asks:
        made = ask.made or as_of
        if made <= as_of:
            days.setdefault(made, []).append(_question(ask))
    for day in sorted(days):
        yield day, tuple(days[day])


def _usual(config: StudyConfig, books: bool) -> Iterator[Asked]:
    year = config.study.as_of[:4]
    yield Asked(id=f"units_{year}", label=Text(en=f"units in {year}", zh=f"{year} 年销量"), what="units", period=year)
    if books:
        yield Asked(
            id=f"profit_{year}", label=Text(en=f"a quarter in profit by the end of {year}", zh=f"{year} 年底前出现单季盈利"),
            what="result", by=f"{year}-Q4",
        )  # fmt: skip


def _question(ask: Asked) -> Question:
    if ask.what == "units":
        first, last = _months(ask.period or "")
        return Question(ask.id, "units", first, last, 0.0)
    _, last = _months(ask.by or "")
    start = None if ask.after is None else _months(ask.after)[0] // 3
    return Question(ask.id, "result", start, last // 3, ask.above)


def _months(text: str) -> tuple[int, int]:
    """Return the months of a period that the settings were checked to have."""
    span = read_span(text)
    months = None if span is None else month_span(span.first_day, span.last_day)
    assert months is not None
    return months
