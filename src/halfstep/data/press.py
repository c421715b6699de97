"""Printed figures: what each one says, of whom, where, when, counted how, by whose account."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import polars as pl

from halfstep.core.check import Fault, Guess
from halfstep.core.config import PressColumns, StudyConfig
from halfstep.data.cells.dates import Span, read_span
from halfstep.data.cells.quantities import Quantity, is_nothing, read_quantity
from halfstep.data.cells.suspicion import suspicion
from halfstep.data.columns import absent, near
from halfstep.data.read.tables import ROW, Table

__all__ = ["KINDS", "Band", "Figure", "Press", "known_from", "latest", "read_band", "read_press"]

KINDS = {
    "fact": "fact", "": "fact", "actual": "fact", "事实": "fact", "实际": "fact",
    "target": "target", "goal": "target", "目标": "target",
    "forecast": "forecast", "guidance": "forecast", "预测": "forecast", "指引": "forecast",
}  # fmt: skip
NOUNS = {
    **dict.fromkeys(("元", "人民币", "rmb", "yuan", "¥", "￥", "cny"), "cny"),
    **dict.fromkeys(("美元", "$", "us$", "usd", "dollar", "dollars"), "usd"),
    **dict.fromkeys(("欧元", "€", "eur", "euro", "euros"), "eur"),
    **dict.fromkeys(
        ("辆", "台", "部", "辆车", "件", "unit", "units", "car", "cars", "vehicle", "vehicles", "pcs"), "units"
    ),
    **dict.fromkeys(("周", "星期", "个星期", "week", "weeks"), "weeks"),
}
"""One name for the nouns that mean the same unit."""
SHARES = ("share", "mix", "band size", "margin")
FLOW = ("orders", "cancellations", "backlog", "waiting weeks", "deliveries", "capacity")
"""What snippets tell of orders behind a backlog: left to `market.orders`."""
NEVER_NEGATIVE = ("share", "mix", "band size", "units", "revenue", *FLOW)
APART = 2.0
"""Two sources may count differently; a figure more than this many times the other's is a slip, not a difference."""


@dataclass(frozen=True, slots=True, order=True)
class Band:
    """Prices from `lo` (in) to `hi` (out), in a currency as printed; "" is the study's."""

    lo: float = 0.0
    hi: float = math.inf
    money: str = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """One printed figure.

    Attributes
    ----------
    row
        Row of the file.
    metric
        A known metric (`core.config.Metric`), or the table's own word.
    text
        As printed, with its unit.
    lo, hi
        What it leaves open: rounding, a range, an open end. Shares are parts of one, counts and money are single units.
    value
        The number printed, or the middle of a range.
    hedge
        As on `Quantity`.
    unit
        "share", or the noun of the unit ("units", "cny").
    kind
        "fact", "target" or "forecast".
    """

    row: int
    entity: str
    metric: str
    text: str
    lo: float
    hi: float
    value: float
    hedge: str
    unit: str
    span: Span
    band: Band
    perimeter: str
    base: str
    place: str
    source: str
    kind: str
    url: str = ""
    first_known: str = ""
    note: str = ""

    @property
    def key(self) -> tuple[object, ...]:
        """What it is a figure of; two rows of one key speak of the same thing."""
        return (self.entity, self.metric, self.span.key, self.band, self.perimeter, self.base, self.place, self.kind)


@dataclass(frozen=True, slots=True)
class Press:
    """Figures known at the as-of date, in the order of the file.

    Attributes
    ----------
    left_out
        Reason -> rows.
    revised
        Figures that were known by then and have been replaced by a later print of the same.
    """

    file: str
    figures: tuple[Figure, ...]
    left_out: dict[str, int]
    guesses: tuple[Guess, ...]
    revised: tuple[Figure, ...] = ()

    def known_on(self, day: str) -> tuple[Figure, ...]:
        """Return the figures as they stood on an earlier day: what was known then, as it was printed then."""
        return tuple(latest([f for f in (*self.figures, *self.revised) if known_from(f) <= day]))


@dataclass(slots=True)
class _Reading:
    """Faults and guesses met on the way."""

    table: Table
    columns: PressColumns
    faults: list[Fault] = field(default_factory=list)
    hedges: Counter[str] = field(default_factory=Counter)
    examples: dict[str, tuple[int, str]] = field(default_factory=dict)

    def fault(self, row: int, key: str, what: str, mend: str) -> None:
        column = getattr(self.columns, key)
        self.faults.append(Fault(table=self.table.file, row=row, column=column, what=what, mend=mend))

    def met(self, hedge: str, row: int, text: str) -> None:
        self.hedges[hedge] += 1
        self.examples.setdefault(hedge, (row, text))

    def guesses(self) -> Iterator[Guess]:
        for hedge, (row, text) in self.examples.items():
            yield Guess(
                table=self.table.file, kind=f"press {hedge}", row=row, column=self.columns.value,
                count=self.hedges[hedge], facts=(("example", text),),
            )  # fmt: skip


def read_press(config: StudyConfig, table: Table) -> tuple[Press | None, list[Fault]]:
    """Read every row; what is wrong is collected, and then nothing is read."""
    columns = config.press_columns
    if columns is None:
        return None, []
    named = {f"press_columns.{key}": column for key, column in columns if column is not None}
    faults = list(absent(table, named))
    if faults:
        return None, faults
    reading = _Reading(table, columns)
    found = [_figure(config, reading, row) for row in _rows(table, columns)]
    figures = [figure for figure in found if figure is not None]
    faults = reading.faults + list(_unnamed(config, table, figures))
    known, revised, left_out = _known(config, figures)
    faults += _contradictions(table, columns, known)
    press = Press(table.file, tuple(known), left_out, tuple(reading.guesses()), tuple(revised))
    return (None, faults) if faults else (press, [])


def _rows(table: Table, columns: PressColumns) -> Iterator[dict[str, str]]:
    """Yield each row as text by key of `[press_columns]`, with its row in the file under `ROW`."""
    named = {key: column for key, column in columns if column is not None}
    parts = [pl.col(ROW).cast(pl.String)]
    parts += [
        pl.col(column).cast(pl.String).str.strip_chars().fill_null("").alias(key) for key, column in named.items()
    ]
    yield from table.frame.select(parts).iter_rows(named=True)


def _figure(config: StudyConfig, reading: _Reading, cells: dict[str, str]) -> Figure | None:
    """Return the figure of a row; None, with faults, where it cannot be read."""
    before, row = len(reading.faults), int(cells[ROW])
    for key in ("entity", "metric"):
        if not cells[key]:
            reading.fault(row, key, "expected a name; the cell is blank", "fill it or remove the row")
    span = read_span(cells["period"])
    if span is None:
        what = f"expected a period, a day or a window; got {cells['period'][:60]!r}"
        reading.fault(row, "period", what, "write 2024, 2024Q3, 2024-07, 2024-07-31 or 2024-04-03..2025-05-21")
    kind = KINDS.get(cells.get("kind", "").casefold())
    if kind is None:
        reading.fault(
            row, "kind", f"expected fact, target or forecast; got {cells['kind'][:60]!r}", "write one of them"
        )
    band = read_band(cells.get("band", ""))
    if band is None:
        what = f"expected a price band; got {cells['band'][:60]!r}"
        reading.fault(row, "band", what, "write 4000-5000, >=6000, <1000 or >=600USD; leave it blank for all prices")
    day = cells.get("first_known", "")
    known = read_span(day) if day else None
    if day and known is None:
        reading.fault(row, "first_known", f"expected a day; got {day[:60]!r}", "write YYYY-MM-DD")
    if kind not in (None, "fact") and not day:
        what = f"a {kind} must say from when it was known; the cell is blank"
        reading.fault(row, "first_known", what, "write the day on which it was given")
    metric = config.press.metrics.get(cells["metric"], cells["metric"])
    amount = _amount(config, reading, row, metric, cells)
    if len(reading.faults) > before or span is None or band is None or kind is None or amount is None:
        return None
    quantity, scale, unit = amount
    whole = metric == "rank" or kind == "target" or quantity.step * scale == 1
    lo, hi = _ends(config, quantity, scale, exact=whole)
    lo = max(lo, 0.0) if metric in NEVER_NEGATIVE and quantity.hi >= 0 else lo
    hi = min(hi, 1.0) if unit == "share" else hi
    value = quantity.value * scale if quantity.value is not None else (lo + hi) / 2
    texts = {key: cells.get(key, "") for key in ("perimeter", "base", "place", "source", "url", "note")}
    return Figure(
        row=row, entity=config.brands.aliases.get(cells["entity"], cells["entity"]), metric=metric,
        text=_printed(cells["value"], cells.get("unit", ""), quantity), lo=lo, hi=hi, value=value, hedge=quantity.hedge, unit=unit, span=span, band=band, kind=kind,
        first_known="" if known is None else known.last_day.isoformat(), **texts,
    )  # fmt: skip


def _amount(
    config: StudyConfig, reading: _Reading, row: int, metric: str, cells: dict[str, str]
) -> tuple[Quantity, float, str] | None:
    """Return quantity, scale and unit of a row's value; None, with a fault, where it cannot be read."""
    text, stated = cells["value"], cells.get("unit", "")
    quantity = None if is_nothing(text) else read_quantity(text)
    if quantity is None:
        what = f"expected a figure; got {text[:60]!r}" if text else "expected a figure; the cell is blank"
        reading.fault(row, "value", what, "write it as printed (17-18%, more than 28,000, 25.8万), or remove the row")
        return None
    if quantity.hedge != "exact":
        reading.met(quantity.hedge, row, text)
    own = quantity.unit in ("%", "‰")
    scale, unit = (1.0, "share") if own else _unit(stated)
    ends = [end * scale for end in (quantity.lo, quantity.hi) if math.isfinite(end)]
    least = 0.0 if metric in NEVER_NEGATIVE else -math.inf
    if metric in SHARES and not all(least <= end <= 1 + 1e-9 for end in ends):
        what = f"expected a share from 0 to 1 ({metric}); got {text[:60]!r} {stated}".rstrip()
        reading.fault(row, "value", what, "write a % sign, or give the unit pct")
        return None
    return quantity, scale, "share" if metric in SHARES else unit or _noun(quantity.unit) or "units"


def _printed(value: str, stated: str, quantity: Quantity) -> str:
    """Return a figure as printed, with the unit of its column where its own text has none."""
    if quantity.unit or not stated:
        return value
    if _unit(stated) == (0.01, "share"):
        return f"{value}%"
    return f"{value}{' ' if stated.isascii() else ''}{stated.replace('_', ' ')}"


def _unit(stated: str) -> tuple[float, str]:
    """Return the scale and the noun of a unit: "bn_cny" is 1e9 and "cny", "pct" is .01 and "share".

    Examples
    --------
    >>> _unit("bn_cny"), _unit("pct"), _unit("万辆"), _unit("units")
    ((1000000000.0, 'cny'), (0.01, 'share'), (10000.0, 'units'), (1.0, 'units'))
    """
    words = stated.replace("_", " ").strip()
    for text in (words, words.split(" ")[0]):
        one = read_quantity(f"1 {text}") if text else None
        if one is not None and one.value is not None:
            noun = words.removeprefix(text).strip() or one.unit
            return one.value, "share" if one.unit in ("%", "‰") else _noun(noun)
    return 1.0, _noun(words)


def _noun(word: str) -> str:
    return NOUNS.get(word.casefold(), word.casefold())


def read_band(text: str) -> Band | None:
    """Return the prices that a text speaks of, all where it is blank; None where it is no band."""
    if not text:
        return Band()
    quantity = read_quantity(text)
    if quantity is None:
        return None
    ends = {"range": (quantity.lo, quantity.hi), "less than": (0.0, quantity.hi), "at most": (0.0, quantity.hi)}
    ends |= dict.fromkeys(("more than", "at least"), (quantity.lo, math.inf))
    lo, hi = ends.get(quantity.hedge, (0.0, 0.0))
    return Band(lo, hi, _noun(quantity.unit).upper()) if 0 <= lo < hi else None


def _ends(config: StudyConfig, quantity: Quantity, scale: float, *, exact: bool) -> tuple[float, float]:
    """Return the set that a printed figure leaves open, in single units or parts of one.

    Parameters
    ----------
    exact
        Whether it is no rounded figure: a rank, a target, a count written out to the last unit.
    """
    press, value, step = config.press, quantity.value, quantity.step * scale
    lo, hi = quantity.lo * scale, quantity.hi * scale
    if value is not None:
        half, off = step / 2 if press.rounding and not exact else 0.0, step * press.about
        value *= scale
        if quantity.hedge == "exact":
            lo, hi = value - half, value + half
        elif quantity.hedge in ("about", "nearly"):
            lo, hi = value - off, value + (off if quantity.hedge == "about" else 0.0)
    return lo, hi


def _unnamed(config: StudyConfig, table: Table, figures: list[Figure]) -> Iterator[Fault]:
    """Yield a focal brand of which no figure speaks, where there is no sales table that could and none is known later."""
    names = {figure.entity for figure in figures}
    study = config.study
    if figures and not table.later and "sales" not in {*config.tables, *config.optional} and study.focal not in names:
        close = near(study.focal, names)
        hint = f"did you mean {close!r}?" if close else f"the table has: {', '.join(sorted(names)[:12])}"
        what = f"expected an entity of the press table; {study.focal!r} is none"
        yield Fault(table="study.toml", column="study.focal", what=what, mend=f"correct it or add an alias; {hint}")
    if not figures and table.frame.height == 0 and not table.later:
        yield Fault(table=table.file, what="expected figures; the table has none", mend="give one figure a row")


def known_from(figure: Figure) -> str:
    """Return the day from which a figure may be used: as its table says, else the last day that it speaks of."""
    return figure.first_known or figure.span.last_day.isoformat()


def latest(figures: Sequence[Figure]) -> list[Figure]:
    """Return the newest print of each figure of a source."""
    newest: dict[tuple[object, ...], str] = {}
    for f in figures:
        newest[(*f.key, f.source)] = max(f.first_known, newest.get((*f.key, f.source), ""))
    return [f for f in figures if f.first_known == newest[(*f.key, f.source)]]


def _known(config: StudyConfig, figures: list[Figure]) -> tuple[list[Figure], list[Figure], dict[str, int]]:
    """Return what was known at the as-of date, the newest of several revisions and the older ones, and what was left out."""
    known = [f for f in figures if known_from(f) <= config.study.as_of]
    kept = latest(known)
    revised = [f for f in known if f not in kept]
    counts = {"after as_of": len(figures) - len(known), "revised later": len(revised)}
    return kept, revised, {reason: rows for reason, rows in counts.items() if rows}


def _contradictions(table: Table, columns: PressColumns, figures: list[Figure]) -> Iterator[Fault]:
    """Yield rows that speak of the same thing: twice by one source, or too far apart by several."""
    groups: dict[tuple[object, ...], list[Figure]] = {}
    for figure in figures:
        groups.setdefault(figure.key, []).append(figure)
    for same in groups.values():
        sources = [f.source for f in same]
        once = len(set(sources)) == len(sources)
        low, high = min(same, key=lambda f: f.value), max(same, key=lambda f: f.value)
        far = low.hi < high.lo and high.value > APART * max(low.value, 0.0)
        if len(same) == 1 or (once and not far):
            continue
        shown = "; ".join(f"row {f.row}: {f.text}" + (f" ({f.source})" if f.source else "") for f in same)
        about = f"{same[0].entity}, {same[0].metric}, {same[0].span.key}"
        yield Fault(
            table=table.file, row=same[0].row, column=columns.value,
            what=f"{about} has {len(same)} figures side by side ({shown})",
            mend=f"{suspicion(high.value, low.value, same[0].span.kind)}: keep one, or say in base, perimeter or source how they differ",
        )  # fmt: skip
