"""Where an event lies in a series: first period that it may touch, last one looked at, and what else happened meanwhile."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

from halfstep.core.config import Event, Outcome, StudyConfig
from halfstep.data.cells.dates import read_span
from halfstep.data.outcomes import Outcomes

__all__ = [
    "Asked",
    "Place",
    "asked",
    "columns_of",
    "earlier",
    "late_of",
    "neighbours",
    "place_of",
    "together",
    "touched",
    "until_next",
]


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """One event and one outcome that it names."""

    event: Event
    outcome: Outcome
    table: Outcomes

    @property
    def stem(self) -> str:
        """What the ids of all its records begin with."""
        return f"event.{self.event.id}.{self.outcome.id}"

    @property
    def unit(self) -> int:
        """Row of the entity in the table."""
        return self.table.entities.index(self.event.brand)


@dataclass(frozen=True, slots=True)
class Place:
    """Periods of a table before and after an event.

    Attributes
    ----------
    start
        First period that may be affected: the one that holds the earliest day on which it may have happened.
    stop
        End, exclusive, of the periods looked at.
    why
        Key of the reason why nothing can be looked at; empty where something can.
    """

    start: int
    stop: int
    why: str = ""


def asked(config: StudyConfig, tables: tuple[Outcomes, ...]) -> tuple[Asked, ...]:
    """Return every pair of event and outcome that the study asks about, in its order."""
    outcomes = {outcome.id: outcome for outcome in config.outcomes}
    held = {table.id: table for table in tables}
    return tuple(
        Asked(event, outcomes[name], held[name]) for event in config.events for name in event.outcomes if name in held
    )


def place_of(ask: Asked, config: StudyConfig) -> Place:
    """Return where the event lies in its table."""
    event, table = ask.event, ask.table
    first, last = _days(event)
    if last < table.first_days[0] or first > table.last_days[-1]:
        return Place(0, 0, "outside the sample")
    start, horizon = columns_of(ask, event, table.periods)[0], event.horizon or config.shocks.horizon
    end = len(table.periods)
    stop = end if horizon is None else min(end, start + horizon)
    return Place(start, stop, "too few periods before" if start < 2 else "")


def _days(event: Event) -> tuple[date, date]:
    """Return the first and the last day on which an event may have happened.

    An event of a whole month or year is taken to begin on its first day: what it may have touched is never among the
    periods before.
    """
    span = read_span(event.period)
    assert span is not None
    slack = timedelta(days=event.within)
    last = span.last_day if span.kind == "day" else span.first_day
    return span.first_day - slack, last + slack


def touched(ask: Asked, config: StudyConfig) -> dict[str, str]:
    """Return entities that may not stand for what would have been: entity -> kind of tie.

    Those that the study names as related or as no donors, those that a rival explanation says should have moved, brands with
    an event of their own among the periods looked at or as many before, and the parent, sub-brands and siblings of the brand.
    """
    out = dict.fromkeys(ask.outcome.not_donors, "named as no donor")
    for event in neighbours(ask, config):  # one figure for all of them needs the same donors
        out |= {name: "rival explanation" for rival in event.rivals for name in rival.moves}
        for tie, entities in event.related.items():
            out |= dict.fromkeys(entities, tie)
    brands, brand = config.brands, ask.event.brand
    above = brands.subbrands.get(brand, "")
    kin = {own for own, parent in brands.subbrands.items() if parent in (brand, above)} | {above}
    family = (config.study.focal, config.study.parent)
    kin |= {name for name in family if name} if brand in family else set()
    out |= {name: "siblings" for name in kin if name and name not in out}
    place = place_of(ask, config)
    if not place.why:
        reach = max(0, 2 * place.start - place.stop)
        span = (ask.table.first_days[reach], ask.table.last_days[place.stop - 1])
        for event in config.events:
            first, last = _days(event)
            if event.brand != brand and first <= span[1] and last >= span[0]:
                out.setdefault(event.brand, "an event of its own")
    out.pop(brand, None)
    return {name: tie for name, tie in out.items() if name in ask.table.entities}


def neighbours(ask: Asked, config: StudyConfig) -> tuple[Event, ...]:
    """Return the events of the same entity whose windows overlap, one after the other, with this one's, in order of time.

    A window is as long as this event's horizon; this event is among them.
    """
    place = place_of(ask, config)
    if place.why:
        return (ask.event,)
    length = ask.event.horizon or config.shocks.horizon or len(ask.table.periods)
    starts = _starts(ask, config)
    at = [event for _, event in starts].index(ask.event)
    low = high = at
    while low and starts[low][0] - starts[low - 1][0] < length:
        low -= 1
    while high + 1 < len(starts) and starts[high + 1][0] - starts[high][0] < length:
        high += 1
    return tuple(event for _, event in starts[low : high + 1])


def _starts(ask: Asked, config: StudyConfig) -> list[tuple[int, Event]]:
    """Return the events of the same entity inside the sample with the first period each may have touched, in order of time."""
    own = [event for event in config.events if event.brand == ask.event.brand]
    found = [(columns_of(ask, event, ask.table.periods), event) for event in own]
    return sorted(((where[0], event) for where, event in found if where), key=lambda pair: pair[0])


def together(ask: Asked, config: StudyConfig) -> Place:
    """Return one window for all events that overlap: from the first one's date to the last one's horizon."""
    table, events = ask.table, neighbours(ask, config)
    starts = [where[0] for event in events if (where := columns_of(ask, event, table.periods))]
    horizon = ask.event.horizon or config.shocks.horizon
    stop = len(table.periods) if horizon is None else min(len(table.periods), max(starts) + horizon)
    return Place(min(starts), stop, "too few periods before" if min(starts) < 2 else "")


def until_next(ask: Asked, config: StudyConfig, place: Place) -> Place:
    """Return the window cut where the next event of the entity begins."""
    later = [start for start, event in _starts(ask, config) if start > place.start and event is not ask.event]
    return replace(place, stop=min([place.stop, *later]))


def columns_of(ask: Asked, event: Event, periods: tuple[str, ...]) -> tuple[int, ...]:
    """Return the columns of a panel's periods on which an event may have happened; none where they are not in it."""
    first, last = _days(event)
    table = ask.table
    days = [(table.first_days[t], table.last_days[t]) for t in (table.periods.index(key) for key in periods)]
    return tuple(k for k, (start, stop) in enumerate(days) if start <= last and stop >= first)


def late_of(ask: Asked, config: StudyConfig) -> int:
    """Return by how many periods an effect may come after its event: the study's days, in whole periods of the table."""
    longest = max((b - a).days + 1 for a, b in zip(ask.table.first_days, ask.table.last_days, strict=True))
    return -(-config.shocks.late // longest)


def earlier(ask: Asked, config: StudyConfig) -> tuple[Event, ...]:
    """Return events of the same entity before this one that are not its neighbours: what they did is among the periods before."""
    near, (first, _) = neighbours(ask, config), _days(ask.event)
    others = [e for e in config.events if e.brand == ask.event.brand and e not in near]
    inside = [e for e in others if _days(e)[1] < first and _days(e)[0] >= ask.table.first_days[0]]
    return tuple(sorted(inside, key=lambda e: _days(e)))
