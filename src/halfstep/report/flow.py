"""The section on orders, backlog and deliveries: which of them measures demand."""

from __future__ import annotations

from collections.abc import Iterator

from halfstep.core.check import Check
from halfstep.core.series import Series
from halfstep.report.charts import Line, LinesChart
from halfstep.report.facts import check_facts
from halfstep.report.finding import Brand, Fact, Finding, Term, When
from halfstep.report.index import Index
from halfstep.report.page import Block, Cell, Figure, Grid, Listing, Paragraph, Row, Section
from halfstep.report.paths import order, years

__all__ = ["flow_section"]

KINDS = ("orders", "net_orders", "deliveries", "backlog", "waiting")
DRAWN = {"net_orders": "focal", "orders": "other", "deliveries": "other"}
"""What is drawn, and its role: what buyers want stands out."""
SUBJECTS = ("supply", "direction", "balance")
SHOWN = 12
"""Periods in a grid; report.json has all of them."""


def flow_section(index: Index) -> Section | None:
    """Return what became of orders, brand by brand; None where no flow is known."""
    found: dict[str, dict[str, Series]] = {}
    for kind in KINDS:
        stem = f"flow.{kind}."
        for series in index.series.values():
            if series.id.startswith(stem) and len(series.index):
                found.setdefault(series.id.removeprefix(stem), {})[kind] = series
    if not found:
        return None
    blocks: list[Block] = [Paragraph(Finding("find.flow about"), "note")]
    for n, brand in enumerate(order(index, list(found))):
        blocks += _brand(index, brand, found[brand], n)
    return Section("flow", Finding("ui.section flow"), tuple(blocks))


def _brand(index: Index, brand: str, found: dict[str, Series], n: int) -> Iterator[Block]:
    """Yield a brand's lines, its figures, and what they do and do not measure."""
    title = Finding("find.flow title", (("brand", Brand(brand)),))
    lines = tuple(_line(kind, found[kind], k) for k, kind in enumerate(k for k in DRAWN if k in found))
    said = tuple(_said(index, brand))
    if lines:
        periods = {label[0] for kind in DRAWN if kind in found for label in found[kind].index}
        marks = tuple((_middle(key), When(key, short=True)) for key in sorted(periods, key=_middle))
        chart = LinesChart(
            f"flow-{n}", lines, Term("ui.axis period"), Term("ui.axis units"), steps=False, time=True, marks=marks
        )
        yield Figure(title, (chart,))
    if said:
        yield Listing(said)
    yield _figures(brand, found, index, n)


def _middle(key: str) -> float:
    start, stop = years(key)
    return (start + stop) / 2


def _line(kind: str, series: Series, turn: int) -> Line:
    points = sorted((_middle(label[0]), float(value)) for label, value in zip(series.index, series.value, strict=True))
    return Line(
        "", DRAWN[kind], tuple(x for x, _ in points), tuple(y for _, y in points), turn=turn, label=Term(f"flow.{kind}")
    )  # fmt: skip


def _said(index: Index, brand: str) -> Iterator[Finding]:
    for check in (index.check(f"flow.{subject}.{brand}") for subject in SUBJECTS):
        if check is not None:
            yield _sentence(check)


def _sentence(check: Check) -> Finding:
    return Finding(f"why.{check.why}", check_facts(check))


def _figures(brand: str, found: dict[str, Series], index: Index, n: int) -> Grid:
    """Return the last periods of a brand, every figure that is known."""
    kinds = [kind for kind in KINDS if kind in found]
    keys = sorted({label[0] for series in found.values() for label in series.index}, key=_middle)[-SHOWN:]
    rows = []
    for key in keys:
        cells = [Cell((When(key, short=True),), "label")]
        for kind in kinds:
            series = found[kind]
            shown: Fact = Term("ui.none")
            if (key,) in series.index:
                shown = index.at(series, series.index.index((key,)))
            cells.append(Cell((shown,), "number"))
        rows.append(Row(tuple(cells)))
    columns = (Term("ui.period"), *(Term(f"ui.flow {kind}") for kind in kinds))
    title = Finding("find.flow grid", (("brand", Brand(brand)),))
    return Grid(f"flow-{n}", title, columns, tuple(rows), stacks=False)
