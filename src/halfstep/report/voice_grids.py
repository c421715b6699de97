"""The tables on what people say: who is spoken of and in whose voice, about what, when it flares up, what was disputed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from halfstep.core.estimate import Refusal
from halfstep.core.series import Series
from halfstep.report.finding import Amount, Fact, Finding, Form, Term, Voiced, When, Words
from halfstep.report.index import Index
from halfstep.report.page import Cell, Grid, Row

__all__ = [
    "attack_grid", "budget_grid", "burst_grid", "coded_grid", "codings_grid", "focus", "heat_grids", "parts_grid", "said_by_grid", "stance_grids", "steadiness_grid",
]  # fmt: skip

NAMES, PERIODS, BURSTS, ROWS = 4, 8, 20, 40
"""Names with a table of touchpoints, their newest periods, and rows of longer tables; report.json has all of them."""
VOICES = ("voice", "copies", "paid", "own")
EMPTY = Cell((Term("ui.none"),), "number empty")
HEAT = 0.75
"""Shade of the largest share of a table."""


def focus(index: Index) -> tuple[str, ...]:
    """Return names in the order in which a reader wants them: founders and brands that belong together first, then by attention."""
    voice, series = index.config.voice, index.series.get("voice.said by")
    said = (
        {}
        if series is None
        else {x[0]: float(v) for x, v in zip(series.index, series.value, strict=True) if x[1] == "voice"}
    )
    focal = index.config.study.focal
    founders = {name.of: name.id for name in voice.names if name.kind == "founder" and name.of}
    order = sorted(
        (n.id for n in voice.names),
        key=lambda n: (not _is(index, n, focal), founders.get(focal) != n, -said.get(n, 0.0)),
    )
    return tuple(name for name in order if said.get(name))


def _is(index: Index, name: str, brand: str) -> bool:
    label = index.config.brands.labels.get(brand)
    own = next(n for n in index.config.voice.names if n.id == name)
    return own.kind == "brand" and (
        name == brand or brand in own.written or (label is not None and label.zh in own.written)
    )


def said_by_grid(index: Index) -> Iterator[Grid]:
    """Yield who is spoken of, and in whose voice."""
    series = index.series.get("voice.said by")
    if series is None:
        return
    at = {label: k for k, label in enumerate(series.index)}
    names = [*focus(index), *dict.fromkeys(label[0] for label in series.index)]
    rows = []
    for name in list(dict.fromkeys(names))[:ROWS]:
        counts = (at.get((name, voice)) for voice in VOICES)
        cells = (EMPTY if k is None else Cell((index.at(series, k),), "number") for k in counts)
        rows.append(Row((Cell((Voiced(name),), "label"), *cells)))
    columns = (Term("ui.spoken of"), *(Term(f"ui.said by {voice}") for voice in VOICES))
    yield Grid("voice-said-by", Finding("find.voice said by title"), columns, tuple(rows))


def parts_grid(index: Index) -> Iterator[Grid]:
    """Yield, brand by brand, posts that name only the founder, only the brand or its products, or both."""
    rows = []
    for series in (s for s in index.series.values() if s.id.startswith("voice.entangled.")):
        at = {label[1]: k for k, label in enumerate(series.index)}
        brand = series.index[0][0]
        bound = index.bound(f"voice.founder share.{brand}")
        cells = [Cell((index.at(series, at[part]),), "number") for part in ("founder", "both", "product")]
        share = EMPTY if bound is None else Cell((index.amount(bound, "interval"),), "number")
        rows.append(Row((Cell((Voiced(brand),), "label"), *cells, share)))
    if rows:
        columns = tuple(
            Term(f"ui.{head}") for head in ("brand", "founder only", "both named", "product only", "founder share")
        )
        yield Grid("voice-parts", Finding("find.voice parts title"), columns, tuple(rows))


def steadiness_grid(index: Index) -> Iterator[Grid]:
    """Yield half-life, volatility, flips and content, name by name."""
    kinds = ("half_life", "volatility", "flips", "content")
    rows = []
    for name in focus(index):
        found = [index.estimates.get(f"voice.{kind}.{name}") for kind in kinds]
        if not any(found):
            continue
        cells = [
            Cell((Term(f"why.{e.why}"),))
            if isinstance(e, Refusal)
            else EMPTY
            if e is None
            else Cell((index.amount(e, "both"),), "number")
            for e in found
        ]
        rows.append(Row((Cell((Voiced(name),), "label"), *cells)))
    if rows:
        columns = (Term("ui.spoken of"), *(Term(f"ui.voice {kind}") for kind in kinds))
        yield Grid("voice-steadiness", Finding("find.voice steadiness title"), columns, tuple(rows))


def heat_grids(index: Index) -> Iterator[Grid]:
    """Yield touchpoint by period for the names that matter most; a cell that could not be told is empty."""
    series = index.series.get("voice.touchpoints")
    for n, name in enumerate(_told(index, series)):
        assert series is not None
        yield from _heat(index, series, name, n)


def _told(index: Index, series: Series | None) -> tuple[str, ...]:
    """Return the first few names of which a series tells anything."""
    held = set() if series is None else {label[0] for label in series.index}
    return tuple(name for name in focus(index) if name in held)[:NAMES]


def _heat(index: Index, series: Series, name: str, n: int) -> Iterator[Grid]:
    at = {label[1:]: k for k, label in enumerate(series.index) if label[0] == name}
    every = sorted({period for _, period in at})
    whole = [period for period in every if "/" in period]
    periods = [*whole, *[period for period in every if period not in whole][-PERIODS:]]
    most = max((float(series.value[k]) for (_, period), k in at.items() if period in periods), default=1.0) or 1.0
    rows = []
    for topic in (t.id for t in index.config.voice.touchpoints if any(t.id == one for one, _ in at)):
        cells = []
        for period in periods:
            k = at.get((topic, period))
            told = () if k is None else (_share(index, series, k, "value"), _share(index, series, k, "interval"))
            cells.append(Cell(told, "number", HEAT * float(series.value[k]) / most) if k is not None else EMPTY)
        rows.append(Row((Cell((Voiced(topic),), "label"), *cells)))
    columns: tuple[Fact, ...] = (Term("ui.touchpoint"), *(When(period, short=True) for period in periods))
    yield Grid(
        f"voice-touchpoints-{n}",
        Finding("find.voice touchpoints title", (("name", Voiced(name)),)),
        columns,
        tuple(rows),
    )


def _share(index: Index, series: Series, k: int, form: Form = "both") -> Amount:
    return replace(index.at(series, k, form), places=0)


def stance_grids(index: Index) -> Iterator[Grid]:
    """Yield who speaks for and against, touchpoint by touchpoint, over all periods where that could be told, else in the newest."""
    series = index.series.get("voice.stance")
    for n, name in enumerate(_told(index, series)):
        assert series is not None
        at = {label[1:]: k for k, label in enumerate(series.index) if label[0] == name}
        every = sorted({period for _, _, period in at})
        last = next((period for period in every if "/" in period), every[-1])
        rows = []
        for topic in (t.id for t in index.config.voice.touchpoints):
            found = [at.get((topic, stance, last)) for stance in ("for", "against")]
            if any(k is not None for k in found):
                cells = (EMPTY if k is None else Cell((_share(index, series, k),), "number") for k in found)
                rows.append(Row((Cell((Voiced(topic),), "label"), *cells)))
        columns = tuple(Term(f"ui.{head}") for head in ("touchpoint", "speaks for", "speaks against"))
        facts: tuple[tuple[str, Fact], ...] = (("name", Voiced(name)), ("period", When(last)))
        yield Grid(f"voice-stance-{n}", Finding("find.voice stance title", facts), columns, tuple(rows), stacks=False)


def burst_grid(index: Index) -> Iterator[Grid]:
    """Yield the bursts that brought most beyond the usual, newest first."""
    series, usual = index.series.get("voice.bursts"), index.series.get("voice.usual")
    if series is None or usual is None:
        return
    largest = sorted(range(len(series.index)), key=lambda k: -float(series.value[k]))[:BURSTS]
    rows = []
    for k in sorted(largest, key=lambda k: series.index[k][1], reverse=True):
        name, start, peak, _ = series.index[k]
        rows.append(Row((
            Cell((Voiced(name),), "label"), Cell((Words(start),)), Cell((Words(peak),)),
            Cell((Amount(int(series.n[k]), "count"),), "number"), Cell((index.at(usual, k),), "number"),
            Cell((_share(index, series, k),), "number"),
        )))  # fmt: skip
    columns = tuple(
        Term(f"ui.{head}")
        for head in ("spoken of", "burst start", "burst peak", "burst rows", "usual rows", "beyond usual")
    )
    facts = (("shown", Amount(len(rows), "count")), ("n", Amount(len(series.index), "count")))
    yield Grid("voice-bursts", Finding("find.voice bursts title", facts), columns, tuple(rows))


def coded_grid(index: Index) -> Iterator[Grid]:
    """Yield controversy by touchpoint and flaw, with the part of coders who gave them."""
    series = index.series.get("voice.controversies")
    if series is None:
        return
    order = sorted(
        range(len(series.index)), key=lambda k: (series.index[k][2], series.index[k][0], -float(series.value[k]))
    )
    rows = []
    for k in order[:ROWS]:
        controversy, name, began, touchpoint, flaw = series.index[k]
        rows.append(Row((
            Cell((Words(controversy),), "label"), Cell((Voiced(name),)), Cell((Words(began) if began else Term("ui.none"),)),
            Cell((Voiced(touchpoint),)), Cell((Words(flaw) if flaw else Term("ui.none"),)), Cell((index.at(series, k),), "number"),
        )))  # fmt: skip
    columns = tuple(
        Term(f"ui.{head}") for head in ("controversy", "spoken of", "began", "touchpoint", "flaw", "coders")
    )
    yield Grid("voice-controversies", Finding("find.voice controversies title"), columns, tuple(rows))


def attack_grid(index: Index) -> Iterator[Grid]:
    """Yield attacks of rivals in order of time, with the days since the flaw was public."""
    series = index.series.get("voice.attacks")
    if series is None:
        return
    rows = []
    for k, (controversy, attacker, name, began) in enumerate(series.index[:ROWS]):
        cells = (
            Cell((Words(began),), "label"),
            Cell((Words(controversy),)),
            Cell((Voiced(attacker),)),
            Cell((Voiced(name),)),
        )
        rows.append(Row((*cells, Cell((index.at(series, k),), "number"))))
    columns = tuple(
        Term(f"ui.{head}") for head in ("began", "controversy", "attacker", "spoken of", "days since known")
    )
    yield Grid("voice-attacks", Finding("find.voice attacks title"), columns, tuple(rows))


def codings_grid(index: Index) -> Iterator[Grid]:
    """Yield rows drawn by lot, with what they were taken to name and to be about."""
    series = index.series.get("voice.codings")
    if series is None:
        return
    parts = {"founder": "ui.founder only", "both": "ui.both named", "product": "ui.product only"}
    rows = []
    for k, (name, part, row, topic) in enumerate(series.index):
        read: tuple[Cell, Cell] = (EMPTY, EMPTY)
        if topic:
            read = (Cell((Voiced(topic),)), Cell((index.at(series, k),), "number"))
        rows.append(
            Row((Cell((Voiced(name),), "label"), Cell((Term(parts[part]),)), Cell((Words(row),), "number"), *read))
        )
    columns = tuple(Term(f"ui.{head}") for head in ("brand", "part named", "row of file", "read as", "sure"))
    yield Grid("voice-codings", Finding("find.voice codings title"), columns, tuple(rows))


def budget_grid(index: Index) -> Iterator[Grid]:
    """Yield how many posts people would have to read in every period, touchpoint by touchpoint."""
    series = index.series.get("voice.budget")
    names = _told(index, series)
    if series is None or not names:
        return
    at = {label: k for k, label in enumerate(series.index)}
    rows = []
    for topic in (t.id for t in index.config.voice.touchpoints if any((name, t.id) in at for name in names)):
        found = (at.get((name, topic)) for name in names)
        cells = (EMPTY if k is None else Cell((_share(index, series, k),), "number") for k in found)
        rows.append(Row((Cell((Voiced(topic),), "label"), *cells)))
    columns: tuple[Fact, ...] = (Term("ui.touchpoint"), *(Voiced(name) for name in names))
    half = Amount(index.config.voice.precision, "share")
    yield Grid("voice-budget", Finding("find.voice budget title", (("half", half),)), columns, tuple(rows))
