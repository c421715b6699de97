"""What outcomes, events and their rival explanations must satisfy; each fault with its row, or with its key of study.toml."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

import polars as pl

from halfstep.core.check import Fault
from halfstep.core.config import Event, Outcome, OutcomeColumns, StudyConfig
from halfstep.data.cells.dates import read_span
from halfstep.data.cells.unread import what_it_is
from halfstep.data.columns import absent, kinds, near
from halfstep.data.demand_settings import STUDY
from halfstep.data.outcomes import LONGEST, STEPS, calendar_of, chosen, own_name, when
from halfstep.data.read.tables import ROW, Table
from halfstep.data.rows import check_numbers, is_day, twins, where
from halfstep.data.schema import brand_name, day, text

__all__ = ["check_events", "check_outcomes"]

_PRICES = ("resale price", "share price")
_WRITE = "write 2025-03-29, 2025-W13, 2025-03, 2025-Q1 or 2025"
_LISTED = 12


def check_events(config: StudyConfig) -> Iterator[Fault]:
    """Yield every fault of outcomes and events that shows without the tables."""
    yield from _twice("outcomes", [outcome.id for outcome in config.outcomes])
    yield from _twice("events", [event.id for event in config.events if event.id is not None])
    for i, outcome in enumerate(config.outcomes):
        yield from _outcome(config, f"outcomes.{i}", outcome)
    ids = [outcome.id for outcome in config.outcomes]
    for i, event in enumerate(config.events):
        yield from _event(f"events.{i}", event, ids)
    if "outcomes" in config.tables and not any(outcome.table == "outcomes" for outcome in config.outcomes):
        yield _fault("outcomes", "a table of outcomes is named but no outcome of it", "add [[outcomes]]")
    if config.shocks.unit_margin is not None and config.shocks.unit_margin[0] > config.shocks.unit_margin[1]:
        yield _fault("shocks.unit_margin", "the first end is above the second", "write the lower end first")


def check_outcomes(config: StudyConfig, table: Table | None, sales: Table | None) -> Iterator[Fault]:
    """Yield every fault of the rows behind outcomes, and names in study.toml that no row has.

    Parameters
    ----------
    table, sales
        Tables of outcomes and of sales; None where there is none that can be read. Of one with rows first known after the
        as-of date names are not held against the rows: they may be known later.
    """
    named: dict[str, list[str]] = {}
    columns, usable = config.outcome_columns, table
    if table is not None and columns is not None:
        words = {f"outcome_columns.{key}": column for key, column in columns if column is not None}
        for i, outcome in enumerate(config.outcomes):
            words |= {f"outcomes.{i}.among": c for c in outcome.among if outcome.table == "outcomes"}
        unread = [*absent(table, words)] or [*kinds(table, set(words.values()) - {columns.value}, [columns.value])]
        yield from unread
        usable = None if unread else table
    for i, outcome in enumerate(config.outcomes):
        source = sales if outcome.table == "sales" else usable
        if source is None or (outcome.table == "outcomes" and columns is None):
            continue
        column = config.columns.brand if outcome.table == "sales" or columns is None else columns.entity
        lacking = list(absent(source, {f"outcomes.{i}.among": c for c in outcome.among}))
        rows = source if lacking else replace(source, frame=chosen(config, outcome, source.frame))
        yield from lacking
        if not lacking and rows.frame.height == 0 and source.later:
            continue
        if not lacking and rows.frame.height == 0:
            yield _nothing(config, f"outcomes.{i}", outcome, source)
        elif not lacking:
            if outcome.table == "outcomes" and columns is not None:
                yield from _rows(config, columns, outcome, rows)
            found = rows.frame.select(brand_name(config, column)).to_series().drop_nulls().unique().sort()
            if not source.later:
                named[outcome.id] = found.to_list()
                yield from _named_by_outcome(f"outcomes.{i}", outcome, named[outcome.id])
    yield from _named_by_events(config, named)


def _outcome(config: StudyConfig, key: str, outcome: Outcome) -> Iterator[Fault]:
    columns = config.outcome_columns
    if outcome.table not in config.tables:
        name = "table of outcomes" if outcome.table == "outcomes" else "sales table"
        what = f"expected the {name} that {outcome.id!r} comes from; none is named"
        yield _fault(f"{key}.table", what, f"add {outcome.table} to [tables], or write where it comes from")
    if outcome.measure is not None and (outcome.table == "sales" or columns is None or columns.measure is None):
        what = f"the measure {outcome.measure!r} is named, but no column of measures"
        yield _fault(f"{key}.measure", what, "name outcome_columns.measure, or take this key out")
    for name in ("first", "last"):
        yield from _dated(f"{key}.{name}", getattr(outcome, name))
    for entity in sorted(set(outcome.donors) & set(outcome.not_donors)):
        yield _fault(f"{key}.not_donors", f"{entity!r} is among donors as well", "take it out of one of them")


def _event(key: str, event: Event, ids: list[str]) -> Iterator[Fault]:
    yield from _dated(f"{key}.period", event.period)
    yield from _twice(f"{key}.rivals", [rival.id for rival in event.rivals])
    yield from _twice(f"{key}.outcomes", list(event.outcomes), "outcome")
    for name in event.outcomes:
        if name not in ids:
            close = near(name, ids)
            hint = f"did you mean {close!r}?" if close else f"the study has: {', '.join(ids) or 'none'}"
            yield _fault(f"{key}.outcomes", f"expected the id of an outcome; {name!r} is none", f"correct it; {hint}")
    if event.outcomes and event.id is None:
        yield _fault(f"{key}.id", "the event names outcomes and has no id", "give it one, such as launch_2024")
    for i, rival in enumerate(event.rivals):
        yield from _dated(f"{key}.rivals.{i}.begins", rival.begins)
        yield from _dated(f"{key}.rivals.{i}.ends", rival.ends)


def _dated(key: str, value: str | None) -> Iterator[Fault]:
    """Yield a text that is no day, week, month, quarter or year."""
    span = None if value is None else read_span(value)
    if value is not None and (span is None or span.kind not in STEPS):
        yield _fault(key, f"expected a day, week, month, quarter or year; got {value!r}", _WRITE)


def _twice(key: str, ids: list[str], what: str = "id") -> Iterator[Fault]:
    for twin in sorted({one for one in ids if ids.count(one) > 1}):
        yield _fault(key, f"the {what} {twin!r} occurs twice", "give each its own")


def _nothing(config: StudyConfig, key: str, outcome: Outcome, source: Table) -> Fault:
    """Return that no row is of an outcome, and which words its columns hold."""
    wanted = {column: [str(value) for value in values] for column, values in outcome.among.items()}
    if outcome.measure is not None and config.outcome_columns is not None and config.outcome_columns.measure:
        wanted[config.outcome_columns.measure] = [outcome.measure]
    hints = []
    for column, values in wanted.items():
        found = source.frame.select(text(column)).to_series().drop_nulls().unique().sort().to_list()
        strange = [value for value in values if value not in found]
        if strange:
            more = f" and {len(found) - _LISTED} more" if len(found) > _LISTED else ""
            close = near(strange[0], found)
            guess = f" (did you mean {close!r}?)" if close else ""
            hints.append(f"{column} has no {', '.join(strange)}{guess}; it has: {', '.join(found[:_LISTED])}{more}")
    return Fault(
        table=source.file,
        column=", ".join(wanted) or None,
        what=f"expected rows of the outcome {outcome.id!r} ({key}); there are none",
        mend="; ".join(hints) or "the words occur, but never in one row: look at measure and among together",
    )


def _rows(config: StudyConfig, columns: OutcomeColumns, outcome: Outcome, rows: Table) -> Iterator[Fault]:
    for column in (columns.entity, *([columns.place] if columns.place else [])):
        blank = text(column).is_null()
        yield from where(rows, column, blank, "expected a name; the cell is blank", "fill it or remove the row")
    if columns.measure and outcome.measure is None:
        found = rows.frame.select(text(columns.measure)).to_series().unique().drop_nulls().sort().to_list()
        if len(found) > 1:
            what = f"several outcomes are mixed in {outcome.id!r}: {', '.join(found[:_LISTED])}"
            yield Fault(table=rows.file, column=columns.measure, what=what, mend="name one in outcomes[].measure")
    relative = outcome.scale == "relative"
    below = list(check_numbers(rows, columns.value, least="zero" if relative else ""))
    yield from (
        replace(f, mend=f"{f.mend}, or write scale = 'absolute'") if f.what.startswith("expected zero") else f
        for f in below
    )
    if columns.first_known:
        yield from _known(rows, columns.first_known)
    strange = list(_periods(columns, rows))
    yield from strange or [*_every(columns, outcome, rows), *_twins(config, columns, outcome, rows)]


def _every(columns: OutcomeColumns, outcome: Outcome, rows: Table) -> Iterator[Fault]:
    """Yield longer periods that the table's own do not add up to."""
    texts = rows.frame.select(when(rows.frame, columns.period)).to_series().unique().drop_nulls().to_list()
    step = next(iter(calendar_of(texts).steps), "year")
    if outcome.every is None or (step != "week" and STEPS.index(outcome.every) > STEPS.index(step)):
        return
    what = f"expected periods that {step}s add up to; got {outcome.every!r}"
    longer = ", ".join(() if step == "week" else STEPS[max(STEPS.index(step) + 1, 2) :])
    mend = f"write {longer}, or take the key out" if longer else "take the key out"
    yield Fault(table=STUDY, column=f"outcomes.{outcome.id}.every", what=what, mend=mend)


def _known(rows: Table, column: str) -> Iterator[Fault]:
    days = rows.frame.select(day(rows.frame, column)).to_series().drop_nulls().unique().to_list()
    strange = [one for one in days if not is_day(one)]
    wrong = day(rows.frame, column).is_in(strange)
    mend = "write YYYY-MM-DD or leave the cell blank"
    yield from where(rows, column, wrong, "expected a day (1990-12-31)", mend, show=True)


def _periods(columns: OutcomeColumns, rows: Table) -> Iterator[Fault]:
    """Yield cells that are no period, several kinds of period, and a sample too long to be true."""
    column, file = columns.period, rows.file
    keys = rows.frame.select(pl.col(ROW), when(rows.frame, column).alias("key"))
    texts = keys["key"].unique(maintain_order=True).drop_nulls().to_list()
    calendar = calendar_of(texts)
    strange = [cell for cell in texts if cell not in calendar.spans]
    for row, cell in keys.filter(pl.col("key").is_null() | pl.col("key").is_in(strange)).iter_rows():
        why = "" if cell is None else what_it_is(cell)
        came = "the cell is blank" if cell is None else f"got {cell[:60]!r}" + (f": {why}" if why else "")
        what = f"expected a day, week, month, quarter or year; {came}"
        yield Fault(table=file, row=row, column=column, what=what, mend=_WRITE)
    if len(calendar.steps) > 1:
        first = keys.group_by("key").agg(pl.col(ROW).min()).drop_nulls()
        rows_of = dict(first.iter_rows())
        examples: dict[str, str] = {}
        for cell in sorted(calendar.spans, key=lambda cell: int(rows_of[cell])):
            examples.setdefault(calendar.spans[cell].kind, f"{cell} in row {rows_of[cell]}")
        what = "kinds of period are mixed: " + "; ".join(f"{kind}s ({shown})" for kind, shown in examples.items())
        mend = "give one kind of period, or choose rows of one kind with outcomes[].among"
        yield Fault(table=file, column=column, what=what, mend=mend)
    elif calendar.spans:
        spans = sorted(calendar.spans.values(), key=lambda span: span.first_day)
        length = (spans[0].last_day - spans[0].first_day).days + 1
        if (spans[-1].last_day - spans[0].first_day).days // length > LONGEST:
            what = f"the periods run from {spans[0].key} to {spans[-1].key}, more than {LONGEST} of them"
            yield Fault(table=file, column=column, what=what, mend="correct the one that is wrong")


def _twins(config: StudyConfig, columns: OutcomeColumns, outcome: Outcome, rows: Table) -> Iterator[Fault]:
    """Yield rows of one key, and prices that would have to be added up."""
    frame = rows.frame
    cell = when(frame, columns.period)
    keys = {
        c: s.key for c, s in calendar_of(frame.select(cell).to_series().unique().drop_nulls().to_list()).spans.items()
    }
    period = cell.replace(keys)
    parts = dict.fromkeys((columns.place, columns.measure, *outcome.among))
    others = [column for column in parts if column and column not in (columns.entity, columns.period)]
    key = [own_name(config, columns.entity), period, *(text(column).fill_null("") for column in others)]
    shown = {"value": columns.value} | ({"first known": columns.first_known} if columns.first_known else {})
    length = next(iter(calendar_of(keys).steps), "")
    mend = f"keep one row for each {', '.join(['entity', 'period', *others])}"
    mend += "" if columns.first_known is None else f", or say in {columns.first_known} when each was first known"
    for row, what, why in twins(rows, key, shown, {"value": length}, columns.first_known):
        yield Fault(table=rows.file, row=row, column=columns.entity, what=what, mend=f"{why}: {mend}")
    if outcome.kind in _PRICES:
        apart = frame.select(
            brand_name(config, columns.entity).alias("k"), *(e.alias(f"k{i}") for i, e in enumerate(key))
        )
        several = apart.unique().filter(pl.struct("k", "k1").is_duplicated())
        if several.height:
            what = f"{several['k'][0]} has several prices in {several['k1'][0]}; prices cannot be added up"
            mend = "choose one place with outcomes[].among"
            yield Fault(table=rows.file, column=columns.value, what=what, mend=mend)


def _named_by_outcome(key: str, outcome: Outcome, found: list[str]) -> Iterator[Fault]:
    for name in ("donors", "not_donors"):
        for entity in getattr(outcome, name):
            yield from _unknown(f"{key}.{name}", entity, f"the outcome {outcome.id!r}", found)


def _named_by_events(config: StudyConfig, named: dict[str, list[str]]) -> Iterator[Fault]:
    """Yield entities of events that their outcomes lack, and a focal brand that no table of the study has."""
    for i, event in enumerate(config.events):
        found = [named[name] for name in event.outcomes if name in named]
        for name in event.outcomes:
            if name in named:
                yield from _unknown(f"events.{i}.brand", event.brand, f"the outcome {name!r}", named[name])
        if not found:
            continue
        every = sorted(set().union(*found))
        for tie, entities in event.related.items():
            for entity in entities:
                yield from _unknown(f"events.{i}.related.{tie}", entity, "its outcomes", every)
        for j, rival in enumerate(event.rivals):
            for entity in rival.moves:
                yield from _unknown(f"events.{i}.rivals.{j}.moves", entity, "its outcomes", every)
    if named and not {"sales", "press"} & {*config.tables, *config.optional}:
        every = sorted(set().union(*named.values()))
        yield from _unknown("study.focal", config.study.focal, "the outcomes", every)


def _unknown(key: str, entity: str, where_: str, found: Iterable[str]) -> Iterator[Fault]:
    listed = list(found)
    if entity in listed:
        return
    close = near(entity, listed)
    more = f" and {len(listed) - _LISTED} more" if len(listed) > _LISTED else ""
    hint = f"did you mean {close!r}?" if close else f"there are: {', '.join(listed[:_LISTED])}{more}"
    what = f"expected an entity of {where_}; {entity!r} is none"
    yield _fault(key, what, f"correct it or add an alias; {hint}")


def _fault(key: str, what: str, mend: str) -> Fault:
    return Fault(table=STUDY, column=key, what=what, mend=mend)
