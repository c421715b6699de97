"""The tables of an event: its path, estimators, donors, rival explanations, cost, and what can be found at all."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from halfstep.core.answer import EventVerdict
from halfstep.core.check import Check, Status
from halfstep.core.config import Rival
from halfstep.core.estimate import Bound, Point
from halfstep.report.event_facts import (
    capped,
    config_of,
    effect,
    like,
    named,
    predicted,
    span_at,
    span_of,
    spell,
    stem_of,
    unit_of,
)
from halfstep.report.event_sentence import estimator_points
from halfstep.report.finding import Amount, Brand, Fact, Finding, Form, Term, Words
from halfstep.report.index import Index
from halfstep.report.page import Cell, Grid, Row

__all__ = ["cost_grid", "estimators_grid", "event_grids", "rivals_grid"]

ROWS = ("average", "first", "lasting", "faded", "total", "joint", "orders")
DONORS = 12
"""Donors that are listed; the others are counted."""
HEAT = 0.6
"""Shade of a change that is always found."""
SLIGHT = 0.005
"""Weight below which a donor is counted among the others."""


def event_grids(index: Index, verdict: EventVerdict, n: int) -> Iterator[Grid]:
    """Yield every table of an event of which there is anything to show; `n` is the verdict's running number."""
    tables = (_figures_grid, estimators_grid, _power_grid, _donors_grid, rivals_grid, cost_grid)
    for grid in (make(index, verdict, n) for make in tables):
        if grid.rows:
            yield grid


def _figures_grid(index: Index, verdict: EventVerdict, n: int) -> Grid:
    """Return average, first, lasting and faded part, total, what it shares with other events, and what lies beside it."""
    stem, span = stem_of(verdict), ("span", span_of(verdict))
    rows = []
    for name in ROWS:
        point = index.point(f"{stem}.{name}")
        if point is not None:
            rows.append(_row(index, verdict, Finding(f"find.event row {name}", (span,)), point, own=name != "total"))
    labels = {event.id: event.label for event in index.config.events if event.id}
    for bound in (e for e in index.starting(f"{stem}.part.") if isinstance(e, Bound)):
        other = bound.id.removeprefix(f"{stem}.part.")
        rows.append(
            _row(index, verdict, Finding("find.event row part", (("event", Words(labels.get(other, other))),)), bound)
        )
    for point in (e for e in index.starting(f"{stem}.spill.") if isinstance(e, Point)):
        beside = Brand(point.id.removeprefix(f"{stem}.spill."))
        rows.append(_row(index, verdict, Finding("find.event row spill", (("entity", beside),)), point))
    for name in ("orders.bases", "prior", "combined"):
        figure = index.figure(f"{stem}.{name}")
        if figure is not None:
            rows.append(_row(index, verdict, Finding(f"find.event row {name}"), figure))
    title = Finding("find.event figures title")
    return Grid(f"event-{n}-figures", title, (Term("ui.what"), Term("ui.figure")), tuple(rows), stacks=False)


def _row(index: Index, verdict: EventVerdict, label: Fact, record: Point | Bound, *, own: bool = True) -> Row:
    form: Form = "interval" if isinstance(record, Bound) else "signed both"
    shown = named(index, verdict, effect(index, record, form), own=own)
    return Row((Cell((label,), "label"), Cell((shown,), "number")), strong=record.id == verdict.estimate)


def estimators_grid(index: Index, verdict: EventVerdict, n: int) -> Grid:
    """Return what each estimator says, that which is read marked."""
    points = estimator_points(index, verdict)
    shares = all(point.unit == "share" for point in points.values())
    chances = {name: index.point(f"{stem_of(verdict)}.p.{name}") for name in points}
    own = index.check(f"{stem_of(verdict)}.placebo")
    rows = []
    for name, point in points.items():
        mine, chance = name == verdict.estimator, chances[name]
        p: Fact = Term("ui.none")
        if chance is not None:
            p = Amount(chance.value, "figure", ref=chance.id)
        elif mine and verdict.p is not None:
            p = Amount(verdict.p, "figure", ref="" if own is None else f"{own.id}|p")
        mean = capped(effect(index, point, "signed both"))
        cells = (
            Cell((Term(f"estimator.{name}"),), "label"), Cell((mean,), "number"),
            Cell((p,), "number"),
            Cell((Term("ui.yes" if mine else "ui.none"),)),
        )  # fmt: skip
        rows.append(Row(cells, strong=mine))
    average: Fact = (
        Term("ui.average") if shares else Finding("find.event average of", (("unit", unit_of(index, verdict)),))
    )
    columns = (Term("ui.estimator"), average, Term("ui.chance p"), Term("ui.own choice"))
    return Grid(f"event-{n}-estimators", Finding("find.event estimators title"), columns, tuple(rows))


def _power_grid(index: Index, verdict: EventVerdict, n: int) -> Grid:
    series = index.series.get(f"{stem_of(verdict)}.power")
    point, rows = index.point(verdict.estimate), []
    for k, label in enumerate(() if series is None else series.index):
        assert series is not None
        size = like("share" if point is None else point.unit, _size(label[-1]))
        found = replace(index.at(series, k), unit="share", places=0)
        rows.append(Row((Cell((named(index, verdict, size),), "label"), Cell((found,), "number", HEAT * found.value))))
    columns = (Term("ui.true change"), Term("ui.chance found"))
    return Grid(f"event-{n}-power", Finding("find.event power title"), columns, tuple(rows), stacks=False)


def _size(text: str) -> float:
    """Return the size of a change as the room writes it: "-20%" or "-3.5"."""
    return abs(float(text.removesuffix("%"))) / (100 if text.endswith("%") else 1)


def _donors_grid(index: Index, verdict: EventVerdict, n: int) -> Grid:
    """Return the donors of most weight, and how many others there are."""
    series = index.series.get(f"{stem_of(verdict)}.donors")
    columns, rows = (Term("ui.donor"), Term("ui.weight")), []
    if series is not None:
        ordered = np.argsort(-np.abs(series.value), kind="stable")
        listed = [int(k) for k in ordered if abs(series.value[k]) >= SLIGHT][:DONORS]
        for k in listed:
            weight = replace(index.at(series, k), unit="own unit", places=2)
            rows.append(Row((Cell((Brand(series.index[k][-1]),), "label"), Cell((weight,), "number"))))
        left = len(series.index) - len(listed)
        if left:
            rest = float(series.value.sum() - series.value[listed].sum())
            label = Finding("find.event others", (("n", Amount(left, "count")),))
            rows.append(Row((Cell((label,), "label"), Cell((Amount(rest, "own unit", places=2),), "number"))))
    return Grid(f"event-{n}-donors", Finding("find.event donors title"), columns, tuple(rows), stacks=False)


def rivals_grid(index: Index, verdict: EventVerdict, n: int) -> Grid:
    """Return each rival explanation: whether it survives, and what it would show, prediction by prediction."""
    rows = []
    for rival in config_of(index, verdict)[0].rivals:
        tested = [c for c in index.checks if _of_rival(c, verdict, rival)]
        label = Cell((Words(rival.label),), "label")
        whole = index.check(f"{stem_of(verdict)}.rival.{rival.id}")
        if whole is not None and _predictions(rival):
            facts = dict(whole.facts)
            kind = "find.event stands same" if facts.get("same") == "yes" else "find.event stands"
            shows = Finding(kind, (("tested", Amount(int(facts.get("tested", 0)), "count")),))
            rows.append(Row((label, Cell((shows,)), _found(whole)), strong=True))
        for key, entity in _predictions(rival) or (("", ""),):
            same = (c for c in tested if _tests(c, key, entity))
            rows.append(Row((label, Cell((predicted(rival, key, entity, verdict.entity),)), _found(next(same, None)))))
    columns = (Term("ui.rival"), Term("ui.would show"), Term("ui.found"))
    return Grid(f"event-{n}-rivals", Finding("find.event rivals title"), columns, tuple(rows))


def _found(check: Check | None) -> Cell:
    """Return what was found of a prediction, or of all that a rival explanation predicts."""
    if check is None:
        return Cell((Term("rival.not testable"),), f"status {Status.REVIEW}")
    found = check.why.removeprefix("event rival ").removeprefix("stands: ")
    return Cell((Term(f"rival.{found}"),), f"status {check.status}")


def _tests(check: Check, key: str, entity: str) -> bool:
    facts = dict(check.facts)
    return facts.get("prediction") == key and (not entity or facts.get("moved") == entity)


def _of_rival(check: Check, verdict: EventVerdict, rival: Rival) -> bool:
    return check.id.startswith(f"{stem_of(verdict)}.rival.{rival.id}.")


def _predictions(rival: Rival) -> tuple[tuple[str, str], ...]:
    """Return what a rival explanation predicts: key, and whose move it is."""
    plain = tuple((key, "") for key in ("begins", "ends", "before", "backlog") if getattr(rival, key))
    return (*plain, *(("moves", entity) for entity in rival.moves))


def cost_grid(index: Index, verdict: EventVerdict, n: int) -> Grid:
    """Return by horizon what was observed less what was expected, and its money where the study says what a unit earns."""
    stem, step = stem_of(verdict), span_at(verdict.first)
    totals = {e.id.removeprefix(f"{stem}.total."): e for e in index.starting(f"{stem}.total.") if isinstance(e, Point)}
    money = {e.id.removeprefix(f"{stem}.cost."): e for e in index.starting(f"{stem}.cost.") if isinstance(e, Bound)}
    whole = index.point(f"{stem}.total")
    totals |= {} if whole is None else {str(whole.n): whole}
    rows = []
    for key in sorted({*money, *(totals if len(totals) > 1 else ())}, key=lambda text: (len(text), text)):
        after: Fact = Words(key) if step is None or not key.isdecimal() else spell(step.kind, int(key))
        lost: Fact = effect(index, totals[key], "signed both") if key in totals else Term("ui.none")
        cost: Fact = index.amount(money[key], "interval") if key in money else Term("ui.none")
        rows.append(Row((Cell((after,), "label"), Cell((lost,), "number"), Cell((cost,), "number"))))
    columns = (
        Term("ui.after"), Finding("ui.units lost", (("unit", Words(config_of(index, verdict)[1].unit)),)),
        Finding("ui.money cost", (("unit", Words(index.config.study.currency)),)),
    )  # fmt: skip
    return Grid(f"event-{n}-cost", Finding("find.event cost title"), columns, tuple(rows))
