"""Outcomes in which events may show: one matrix of entities by periods each, read from rows; nothing missing is filled in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt
import polars as pl

from halfstep.core.check import Guess
from halfstep.core.config import Outcome, StudyConfig
from halfstep.core.period import Period
from halfstep.data.cells.dates import Span, read_span
from halfstep.data.read.tables import ROW, Table
from halfstep.data.schema import Sales, brand_name, day, number, text

__all__ = ["STEPS", "Calendar", "Outcomes", "calendar_of", "chosen", "gathered", "own_name", "tidy_outcomes", "when"]

STEPS = ("day", "week", "month", "quarter", "year")
LONGEST = 50_000
"""Periods; a longer sample holds a slip of the pen (1025 for 2025)."""
_LISTED = 6


@dataclass(frozen=True, slots=True, eq=False)
class Outcomes:
    """One outcome of all its entities.

    Attributes
    ----------
    kind
        Of `halfstep.core.config_events.KINDS`.
    entities
        Sorted; after aliases, sub-brands under their brand where they count in it. Brands of events that ask about the
        outcome are among them even where no row is left.
    step
        Kind of period: "day", "week", "month", "quarter", "year".
    periods
        Consecutive; keys as of `Span.key`.
    first_days, last_days
        Of each period.
    value
        Shape (entities, periods); NaN where blank or no row. Places are added up: NaN where one place of which the entity
        has rows in other periods is blank.
    rows
        Entity -> rows of the file behind it.
    left_out
        Reason -> rows.
    """

    id: str
    kind: str
    file: str
    entities: tuple[str, ...]
    step: str
    periods: tuple[str, ...]
    first_days: tuple[date, ...]
    last_days: tuple[date, ...]
    value: npt.NDArray[np.float64]
    rows: dict[str, tuple[int, ...]]
    left_out: dict[str, int]


@dataclass(frozen=True, slots=True)
class Calendar:
    """What the texts of a column of periods mean.

    Attributes
    ----------
    spans
        Text -> its period, of those that are one.
    coarse
        Where days stand one period apart and were taken for weeks, months, quarters or years: what they were taken for.
    """

    spans: dict[str, Span]
    coarse: str = ""

    @property
    def steps(self) -> set[str]:
        """Kinds of period."""
        return {span.kind for span in self.spans.values()}


def tidy_outcomes(
    config: StudyConfig, tables: dict[str, Table], sold: Sales | None
) -> tuple[tuple[Outcomes, ...], tuple[Guess, ...]]:
    """Return every outcome of the study, in its order, and what was guessed; the tables must have passed `check_outcomes`."""
    found: list[Outcomes] = []
    guesses: list[Guess] = []
    for outcome in config.outcomes:
        if outcome.table == "sales":
            assert sold is not None
            tidy = _of_sales(config, outcome, sold, tables["sales"])
        else:
            tidy, taken = _of_rows(config, outcome, tables["outcomes"])
            guesses += taken
        found.append(tidy if outcome.every is None else gathered(tidy, outcome.every))
        column = config.outcome_columns.period if outcome.table == "outcomes" and config.outcome_columns else None
        guesses += _gaps(tidy, column or config.columns.period)
    return tuple(found), tuple(dict.fromkeys(guesses))


def when(frame: pl.DataFrame, column: str) -> pl.Expr:
    """Return a column of periods as text, days kept; 2020.0 becomes 2020."""
    if frame.schema[column].is_float():
        whole = pl.col(column).cast(pl.Int64, strict=False)
        return pl.when(whole == pl.col(column)).then(whole.cast(pl.String)).otherwise(text(column))
    return day(frame, column)


def own_name(config: StudyConfig, column: str) -> pl.Expr:
    """Return a column of entities after aliases, sub-brands apart."""
    return text(column).replace(config.brands.aliases)


def chosen(config: StudyConfig, outcome: Outcome, frame: pl.DataFrame) -> pl.DataFrame:
    """Return the rows of an outcome."""
    columns = config.outcome_columns
    rules = [text(column).is_in([str(value) for value in values]) for column, values in outcome.among.items()]
    if outcome.table == "outcomes" and columns is not None and columns.measure and outcome.measure is not None:
        rules.append(text(columns.measure) == outcome.measure)
    return frame.filter(*rules) if rules else frame


def calendar_of(texts: Iterable[str]) -> Calendar:
    """Read periods; days that stand exactly one period apart are taken for their periods.

    Examples
    --------
    >>> [span.key for span in calendar_of(["2025-03-03", "2025-03-10"]).spans.values()]
    ['2025-W10', '2025-W11']
    >>> [span.key for span in calendar_of(["2025-03-03", "2025-03-09"]).spans.values()]
    ['2025-03-03', '2025-03-09']
    """
    spans = {cell: span for cell in texts if (span := read_span(cell)) is not None and span.kind in STEPS}
    days = {span.first_day for span in spans.values()}
    if len(days) < 2 or any(span.kind != "day" for span in spans.values()):
        return Calendar(spans)
    for step in reversed(STEPS[1:]):
        held = {one: _holding(one, step) for one in days}
        if step == "week":
            apart = len({one.weekday() for one in days}) == 1
        else:
            ends = [(one == span.first_day, one == span.last_day) for one, span in held.items()]
            apart = all(first for first, _ in ends) or all(last for _, last in ends)
        if apart:
            return Calendar({cell: held[span.first_day] for cell, span in spans.items()}, step)
    return Calendar(spans)


def _holding(one: date, step: str) -> Span:
    """Return the period that holds a day."""
    iso = one.isocalendar()
    keys = {
        "day": one.isoformat(),
        "week": f"{iso.year:04d}-W{iso.week:02d}",
        "month": f"{one.year:04d}-{one.month:02d}",
        "quarter": f"{one.year:04d}-Q{(one.month + 2) // 3}",
        "year": f"{one.year:04d}",
    }
    span = read_span(keys[step])
    assert span is not None
    return span


def _of_rows(config: StudyConfig, outcome: Outcome, table: Table) -> tuple[Outcomes, list[Guess]]:
    """Return an outcome of the table of outcomes, and what was guessed of its periods."""
    columns = config.outcome_columns
    assert columns is not None
    frame = chosen(config, outcome, table.frame)
    key = when(frame, columns.period)
    texts = frame.select(key).to_series().unique(maintain_order=True).drop_nulls().to_list()
    calendar = calendar_of(texts)
    spans = calendar.spans or {
        "": _holding(date(2000, 1, 1), STEPS[0])
    }  # an empty mapping would lose the kind of its values
    entity_columns = (columns.entity, columns.measure, columns.period)
    cells = [
        column for column in dict.fromkeys((columns.place, *outcome.among)) if column and column not in entity_columns
    ]
    known = day(frame, columns.first_known) if columns.first_known else pl.lit(None, pl.String)
    tidy = frame.select(
        pl.col(ROW).cast(pl.Int64).alias("row"),
        brand_name(config, columns.entity).alias("entity"),
        own_name(config, columns.entity).alias("own"),
        key.replace_strict({c: s.first_day for c, s in spans.items()}, return_dtype=pl.Date).alias("first"),
        key.replace_strict({c: s.last_day for c, s in spans.items()}, return_dtype=pl.Date).alias("last"),
        number(columns.value).alias("value"),
        known.alias("known"),
        *(text(column).fill_null("").alias(f"c{i}") for i, column in enumerate(cells)),
    )
    kept, left_out = _in_force(config, outcome, tidy)
    step = next(iter(calendar.steps), STEPS[0])
    found = _matrix(config, outcome, table.file, step, kept, left_out)
    return found, list(_taken(table.file, columns.period, calendar, frame.select(ROW, key.alias("key"))))


def _taken(file: str, column: str, calendar: Calendar, frame: pl.DataFrame) -> Iterator[Guess]:
    """Yield that days were taken for longer periods."""
    if calendar.coarse:
        row, cell = frame.select(pl.col(ROW).cast(pl.Int64), "key").drop_nulls().row(0)
        facts = (("example", cell), ("read", calendar.spans[cell].key))
        yield Guess(table=file, kind="day_as_period", row=row, column=column, count=frame.height, facts=facts)


def _in_force(config: StudyConfig, outcome: Outcome, tidy: pl.DataFrame) -> tuple[pl.DataFrame, dict[str, int]]:
    """Return the rows known at the as-of date, only the newest of several revisions, inside the outcome's own limits."""
    as_of = date.fromisoformat(config.study.as_of)
    cells = [name for name in tidy.columns if name.startswith("c") and name[1:].isdigit()]
    newest = pl.col("known") == pl.col("known").max().over("own", "first", *cells)
    rules = {
        "after as_of": (pl.col("last") <= as_of) & ((pl.col("known") <= as_of.isoformat()).fill_null(True)),
        "revised later": newest.fill_null(True),
        "before first period": pl.lit(True),
        "after last period": pl.lit(True),
    }
    if outcome.first is not None and (first := read_span(outcome.first)):
        rules["before first period"] = pl.col("first") >= first.first_day
    if outcome.last is not None and (last := read_span(outcome.last)):
        rules["after last period"] = pl.col("last") <= last.last_day
    left_out = {}
    for reason, keep in rules.items():
        before = tidy.height
        tidy = tidy.filter(keep)
        if tidy.height < before:
            left_out[reason] = before - tidy.height
    return tidy, left_out


def _of_sales(config: StudyConfig, outcome: Outcome, sold: Sales, sales: Table) -> Outcomes:
    """Return the quantities of each brand, added up over its models."""
    kept = chosen(config, outcome, sales.frame).select(pl.col(ROW).cast(pl.Int64).alias("row"))
    rows = sold.frame.join(kept, on="row", how="semi")
    spans = {t: read_span(Period(t, sold.frequency).key) for t in rows["period"].unique().to_list()}
    firsts = {t: span.first_day for t, span in spans.items() if span}
    lasts = {t: span.last_day for t, span in spans.items() if span}
    tidy = rows.select(
        "row",
        pl.col("brand").alias("entity"),
        pl.col("own_brand").alias("own"),
        pl.col("period").replace_strict(firsts, return_dtype=pl.Date).alias("first"),
        pl.col("period").replace_strict(lasts, return_dtype=pl.Date).alias("last"),
        pl.col("quantity").alias("value"),
        pl.lit(None, pl.String).alias("known"),
        pl.col("place").fill_null("").alias("c0"),
    )
    tidy, left_out = _in_force(config, outcome, tidy)
    step = {1: "year", 4: "quarter", 12: "month"}[sold.frequency]
    return _matrix(config, outcome, sold.file, step, tidy, sold.left_out | left_out)


def _matrix(
    config: StudyConfig, outcome: Outcome, file: str, step: str, tidy: pl.DataFrame, left_out: dict[str, int]
) -> Outcomes:
    """Add up places and set entities beside periods."""
    asking = {event.brand for event in config.events if outcome.id in event.outcomes}
    entities = tuple(sorted({*tidy["entity"].unique().to_list(), *asking}))
    spans = _consecutive(tidy["first"].unique().to_list(), step)
    value = np.full((len(entities), len(spans)), np.nan)
    cells = [name for name in tidy.columns if name.startswith("c") and name[1:].isdigit()]
    whole = pl.when(pl.col("value").is_null().any()).then(None).otherwise(pl.col("value").sum()).alias("value")
    placed = tidy.group_by("entity", "first", *cells).agg(whole)
    places = tidy.select("entity", *cells).unique().group_by("entity").agg(pl.len().alias("places"))
    every = placed.group_by("entity", "first").agg(whole, pl.len().alias("held")).join(places, on="entity")
    full = every.filter(pl.col("value").is_not_null() & (pl.col("held") == pl.col("places")))
    if full.height:
        i = full["entity"].replace_strict({name: n for n, name in enumerate(entities)}, return_dtype=pl.Int64)
        t = full["first"].replace_strict({span.first_day: n for n, span in enumerate(spans)}, return_dtype=pl.Int64)
        value[i.to_numpy(), t.to_numpy()] = full["value"].to_numpy()
    rows = dict(tidy.sort("row").group_by("entity", maintain_order=True).agg("row").iter_rows())
    return Outcomes(
        id=outcome.id, kind=outcome.kind, file=file, entities=entities, step=step,
        periods=tuple(span.key for span in spans), first_days=tuple(span.first_day for span in spans),
        last_days=tuple(span.last_day for span in spans), value=value,
        rows={name: tuple(rows.get(name, ())) for name in entities}, left_out=left_out,
    )  # fmt: skip


def gathered(found: Outcomes, step: str) -> Outcomes:
    """Return an outcome by longer periods: counts added up, prices averaged; NaN where one of the shorter ones is blank.

    A longer period that the sample holds only in part is blank too, and left out at either end.
    """
    spans = _consecutive([_holding(day, step).first_day for day in found.first_days], step)
    spans = [span for span in spans if found.first_days[0] <= span.first_day and span.last_day <= found.last_days[-1]]
    start = {span.first_day: n for n, span in enumerate(spans)}
    at = np.array([start.get(_holding(day, step).first_day, -1) for day in found.first_days], dtype=np.int64)
    value = np.zeros((len(found.entities), len(spans)))
    for t in np.flatnonzero(at >= 0):
        value[:, at[t]] += found.value[:, t]
    if "price" in found.kind:
        value /= np.bincount(at[at >= 0], minlength=len(spans))
    return replace(
        found, step=step, periods=tuple(span.key for span in spans), first_days=tuple(span.first_day for span in spans),
        last_days=tuple(span.last_day for span in spans), value=value,
    )  # fmt: skip


def _consecutive(firsts: list[date], step: str) -> list[Span]:
    """Return every period from the first to the last."""
    if not firsts:
        return []
    spans, last = [_holding(min(firsts), step)], max(firsts)
    while spans[-1].last_day < last:
        spans.append(_holding(spans[-1].last_day + timedelta(days=1), step))
    return spans


def _gaps(found: Outcomes, column: str) -> Iterator[Guess]:
    """Yield that periods without any figure are taken as not covered."""
    lost = [key for t, key in enumerate(found.periods) if np.isnan(found.value[:, t]).all()]
    if lost:
        listed = ", ".join(lost[:_LISTED]) + (" …" if len(lost) > _LISTED else "")
        facts = (("periods", listed),)
        yield Guess(table=found.file, kind="missing_periods", column=column, count=len(lost), facts=facts)
