"""What `[docket]`, `[ramp]` and the columns of their tables must satisfy by themselves, and against the table of claims."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from halfstep.core.check import Fault
from halfstep.core.config import StudyConfig
from halfstep.core.config_docket import Asked, Forecast, Quantity, Says
from halfstep.data.cells.dates import read_span
from halfstep.data.demand_settings import STUDY
from halfstep.data.docket_names import entry, known, patterns

__all__ = ["bound", "check_docket"]

_DAY = "write YYYY-MM-DD"
_CENT = 100
_COMPARED = ("causal", "necessity")
"""Kinds of claim that only a comparison with what would have been can show."""


def check_docket(config: StudyConfig) -> Iterator[Fault]:
    """Yield every fault of claims, forecasts and the ramp that shows without their tables."""
    docket, columns = config.docket, config.claim_columns
    if columns is not None and columns.statement_en is None and columns.statement_zh is None:
        what = "expected a column of statements; none is named"
        yield _fault("claim_columns.statement_en", what, "name statement_en, statement_zh or both")
    if config.ramps_columns is not None and config.ramps_columns.maker is None:
        what = "expected a column of makers, for these are several; none is named"
        yield _fault("ramps_columns.maker", what, "name it")
    yield from _twice("docket.quantities", [quantity.id for quantity in docket.quantities])
    yield from _twice("docket.forecasts", [forecast.id for forecast in docket.forecasts])
    yield from _twice("ramp.asks", [ask.id for ask in config.ramp.asks])
    quantities = {quantity.id: quantity for quantity in docket.quantities}
    names = places(config)
    for key, quantity in zip(names["quantities"], docket.quantities, strict=True):
        yield from _seen(config, key, quantity)
    if docket.says and "claims" not in config.tables:
        what = "it says what claims need, but no table of claims is named"
        yield _fault("docket.says", what, "add claims to [tables]")
    for key, says in zip(names["says"], docket.says, strict=True):
        yield from known(f"{key}.quantity", says.quantity, quantities, "the id of a quantity")
        yield from _label(f"{key}.label", says, quantities.get(says.quantity))
        yield from _shares(key, says, quantities.get(says.quantity))
    for key, forecast in zip(names["forecasts"], docket.forecasts, strict=True):
        yield from _forecast(config, key, forecast, quantities)
        yield from _shares(key, forecast, quantities.get(forecast.quantity or ""))
    for i, ask in enumerate(config.ramp.asks):
        yield from _asked(f"ramp.asks.{i}", ask)
    if docket.source is not None and docket.source.day is not None and read_span(docket.source.day) is None:
        yield _fault("docket.source.day", f"expected a day; got {docket.source.day!r}", _DAY)


def bound(config: StudyConfig, file: str, kinds: dict[str, str]) -> Iterator[Fault]:
    """Yield what `[[docket.says]]` and `[[docket.forecasts]]` say of claims that the table does not bear out.

    Parameters
    ----------
    kinds
        Id of each claim of the table -> its kind.
    """
    quantities = {quantity.id: quantity for quantity in config.docket.quantities}
    names = places(config)
    for key, says in zip(names["says"], config.docket.says, strict=True):
        yield from known(f"{key}.claim", says.claim, kinds, f"the id of a claim in {file}")
        quantity = quantities.get(says.quantity)
        printed = quantity is not None and bool(quantity.figures or quantity.rank)
        if says.shows == "claim" and printed and kinds.get(says.claim) in _COMPARED:
            what = f"{says.claim!r} is a {kinds[says.claim]} claim, and printed figures cannot show what it says"
            mend = 'write shows = "consequence", or name a quantity with an estimate or a verdict'
            yield _fault(f"{key}.shows", what, mend)
    for key, forecast in zip(names["forecasts"], config.docket.forecasts, strict=True):
        if forecast.claim is not None:
            yield from known(f"{key}.claim", forecast.claim, kinds, f"the id of a claim in {file}")


def places(config: StudyConfig) -> dict[str, list[str]]:
    """Return what the entries of `[docket]` are called in faults."""
    docket = config.docket
    told: dict[str, list[Mapping[str, object]]] = {
        "quantities": [{"id": one.id} for one in docket.quantities],
        "says": [{"claim": one.claim, "quantity": one.quantity} for one in docket.says],
        "forecasts": [{"id": one.id} for one in docket.forecasts],
    }
    return {name: [entry(f"docket.{name}", some, i) for i in range(len(some))] for name, some in told.items()}


def _seen(config: StudyConfig, key: str, quantity: Quantity) -> Iterator[Fault]:
    """Yield a quantity that is looked at through what the study has not, or through nothing and nothing said of it."""
    if (quantity.figures or quantity.rank) and "press" not in config.tables:
        what = f"{quantity.id!r} is looked at through printed figures, but no table of press figures is named"
        yield _fault(key, what, "add press to [tables], or take figures and rank out")
    if not (quantity.figures or quantity.rank or quantity.estimate or quantity.verdict or quantity.needs):
        what = "expected figures, rank, estimate or verdict, or needs; none is given"
        yield _fault(key, what, "say in needs what would show it")
    for way in ("estimate", "verdict"):
        pattern = getattr(quantity, way)
        if pattern is not None:
            yield from patterns(config, f"{key}.{way}", pattern)


def _shares(key: str, said: Says | Forecast, quantity: Quantity | None) -> Iterator[Fault]:
    """Yield ends of a share, or of a difference of shares, that no share can have: per cent, as a rule."""
    if quantity is None or not quantity.share:
        return
    ends = ("at_least", "at_most", "above", "below", *(("lo", "hi") if isinstance(said, Forecast) else ()))
    for end in ends:
        value = getattr(said, end)
        if value is not None and abs(value) > 1:
            what = f"{quantity.id!r} is a share, a part of one; got {value:g}"
            mend = "write 0.62 for 62%" if abs(value) <= _CENT else "write a part of one, or take share out"
            yield _fault(f"{key}.{end}", what, mend)


def _label(key: str, says: Says, quantity: Quantity | None) -> Iterator[Fault]:
    """Yield labels of what has none, and ends of what has no number."""
    if says.label and quantity is not None and (quantity.figures or quantity.rank or quantity.estimate):
        seen = "an estimate" if quantity.estimate else "printed figures"
        what = f"{quantity.id!r} is looked at through {seen}, which have no labels"
        yield _fault(key, what, "write at_least, at_most, above or below, or look at it through a verdict")


def _forecast(config: StudyConfig, key: str, forecast: Forecast, quantities: dict[str, Quantity]) -> Iterator[Fault]:
    days = {name: getattr(forecast, name) for name in ("made", "fixed", "due")}
    for name, value in days.items():
        if not _is_day(value):
            yield _fault(f"{key}.{name}", f"expected a day; got {value!r}", _DAY)
    if _is_day(forecast.made) and _is_day(forecast.due) and forecast.due < forecast.made:
        yield _fault(f"{key}.due", f"it lies before the day it was made ({forecast.made})", "correct one of them")
    if forecast.quantity is not None:
        yield from known(f"{key}.quantity", forecast.quantity, quantities, "the id of a quantity")
    if forecast.claim is not None and "claims" not in config.tables:
        yield _fault(f"{key}.claim", "a claim is named, but no table of claims", "add claims to [tables]")
    interval = [name for name in ("lo", "hi", "level") if getattr(forecast, name) is not None]
    given = {"p": forecast.p is not None, "lo and hi": bool(interval), "asked": forecast.asked is not None}
    ways = [name for name, there in given.items() if there]
    if len(ways) > 1:
        what = f"expected one of p, lo and hi, asked; got {' and '.join(ways)}"
        yield _fault(key, what, "keep one; give the other as a forecast of its own")
    elif interval and len(interval) < 3:
        lacking = [name for name in ("lo", "hi", "level") if name not in interval]
        yield _fault(
            f"{key}.{lacking[0]}", f"expected lo, hi and level; got {' and '.join(interval)}", "give all three"
        )
    if forecast.lo is not None and forecast.hi is not None and forecast.lo > forecast.hi:
        yield _fault(f"{key}.lo", f"the interval is empty: {forecast.lo:g} to {forecast.hi:g}", "exchange them")
    yield from _event(key, forecast)
    if forecast.asked is not None:
        yield from known(
            f"{key}.asked", forecast.asked, [ask.id for ask in config.ramp.asks], "the id under [[ramp.asks]]"
        )


def _event(key: str, forecast: Forecast) -> Iterator[Fault]:
    """Yield a probability of no event, and an event that cannot be."""
    low = [end for end in (forecast.at_least, forecast.above) if end is not None]
    high = [end for end in (forecast.at_most, forecast.below) if end is not None]
    if forecast.p is not None and forecast.quantity is not None and not (low or high):
        what = "a probability is given, but not between which ends the quantity falls"
        yield _fault(key, what, "write at_least, at_most, above or below")
    if low and high and max(low) > min(high):
        yield _fault(key, f"expected ends that leave something; got {max(low):g} to {min(high):g}", "exchange them")


def _asked(key: str, ask: Asked) -> Iterator[Fault]:
    """Yield a question to the ramp without its period, and days or periods that are none."""
    if ask.made is not None and not _is_day(ask.made):
        yield _fault(f"{key}.made", f"expected a day; got {ask.made!r}", _DAY)
    if ask.what == "units":
        span = None if ask.period is None else read_span(ask.period)
        if span is None or span.kind not in ("year", "half", "quarter", "month"):
            came = "it is absent" if ask.period is None else f"got {ask.period!r}"
            yield _fault(f"{key}.period", f"expected a year, half, quarter or month; {came}", "write 2025 or 2025-Q4")
        return
    ends = {name: getattr(ask, name) for name in ("after", "by")}
    spans = {name: read_span(value) for name, value in ends.items() if value is not None}
    for name, value in ends.items():
        span = spans.get(name)
        if (value is not None and (span is None or span.kind != "quarter")) or (name == "by" and value is None):
            came = "it is absent" if value is None else f"got {value!r}"
            yield _fault(f"{key}.{name}", f"expected a quarter; {came}", "write 2025-Q4")
    after, by = spans.get("after"), spans.get("by")
    if after is not None and by is not None and by.last_day < after.first_day:
        yield _fault(f"{key}.by", f"it lies before the first quarter that counts ({ask.after})", "exchange them")


def _twice(key: str, ids: Iterable[str]) -> Iterator[Fault]:
    seen: dict[str, int] = {}
    for one in ids:
        seen[one] = seen.get(one, 0) + 1
    for twin in (one for one, times in seen.items() if times > 1):
        yield _fault(key, f"the id {twin!r} occurs twice", "give each its own")


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _fault(key: str, what: str, mend: str) -> Fault:
    return Fault(table=STUDY, column=key, what=what, mend=mend)
