"""Misbelief on the page: name and belief told apart, or bounded, or not; and the cap of correcting beliefs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from halfstep.core.estimate import Bound, Point, Refusal
from halfstep.report.comparison import needs_of
from halfstep.report.facts import check_facts
from halfstep.report.finding import Brand, Fact, Finding, Form, Need, Term, Words
from halfstep.report.index import Index
from halfstep.report.numbers import money_decimals
from halfstep.report.page import Block, Cell, Grid, Listing, Paragraph, Row

__all__ = ["believed_blocks"]

STEM = "choice.belief"
PARTS = ("name", "belief", "product", "total", "together", "tried", "listed", "moved", "left", "face", "naive")
"""In the order of the table."""
STRONG = ("name", "belief")


def believed_blocks(index: Index) -> Iterator[Block]:
    """Yield what the experiment says of misbelief against the main benchmark; nothing where nothing was asked of it."""
    study = index.config.study
    benchmark = study.benchmarks[0]
    rests = index.check(f"{STEM}.rests.{benchmark}")
    if rests is None:
        return
    names: tuple[tuple[str, Fact], ...] = (
        ("focal", Brand(study.focal)), ("benchmark", Brand(benchmark)), ("unit", Words(study.currency)),
    )  # fmt: skip
    yield Paragraph(Finding("find.believe title", names), "subtitle")
    yield Paragraph(_headline(index, benchmark), "answer")
    rows = tuple(_rows(index, benchmark))
    if rows:
        columns = (Term("ui.what"), Term("ui.value"), Term("ui.interval"))
        yield Grid("choice-beliefs", Finding("find.believe parts title", names), columns, rows, stacks=False)
        yield Paragraph(Finding("find.believe note", (names[2],)), "note")
    yield from _levers(index, benchmark, names)
    told = [
        c for c in index.checks if c.id.startswith(f"{STEM}.") and c.id.endswith(f".{benchmark}") and c is not rests
    ]
    if told:
        yield Listing(tuple(Finding(f"why.{check.why}", check_facts(check)) for check in told))


def _headline(index: Index, benchmark: str) -> Finding:
    """Say whether name and misbelief are told apart, bounded or neither."""
    rests = index.check(f"{STEM}.rests.{benchmark}")
    belief, name, together = (index.figure(f"{STEM}.{part}.{benchmark}") for part in ("belief", "name", "together"))
    if rests is not None and belief is not None and name is not None:
        form: Form = "interval" if isinstance(belief, Bound) else "both"
        kind = f"find.believe {rests.why.rpartition(' ')[2]}"
        told = (("belief", index.amount(belief, form)), ("name", index.amount(name, form)))
        places = money_decimals([amount for _, amount in told])
        return Finding(kind, tuple((part, replace(amount, places=places)) for part, amount in told))
    refusal = index.refusal(f"{STEM}.name.{benchmark}") or index.refusal(f"{STEM}.belief.{benchmark}")
    facts: tuple[tuple[str, Fact], ...] = (
        ("why", Term("ui.none") if refusal is None else Term(f"why.{refusal.why}")),
        ("needs", needs_of(index, () if refusal is None else refusal.needs)),
    )
    if together is None:
        return Finding("find.believe nothing", facts)
    return Finding("find.believe nothing together", (*facts, ("together", index.amount(together, "both"))))


def _rows(index: Index, benchmark: str) -> Iterator[Row]:
    found = [(part, index.figure(f"{STEM}.{part}.{benchmark}")) for part in PARTS]
    known = [(part, figure) for part, figure in found if figure is not None]
    places = money_decimals([index.amount(figure) for part, figure in known if part in STRONG])
    for part, figure in known:
        value: Fact = Term("ui.none")
        if isinstance(figure, Point):
            value = replace(index.amount(figure), places=places)
        interval = replace(index.amount(figure, "interval"), places=places)
        cells = (Cell((Need("what", figure.what),), "label"), Cell((value,), "number"), Cell((interval,), "number"))
        yield Row(cells, strong=part in STRONG)


def _levers(index: Index, benchmark: str, names: tuple[tuple[str, Fact], ...]) -> Iterator[Block]:
    """Yield for each attribute how many believe worse than the fact, and what correcting it can bring at most."""
    rows = []
    for attribute in index.config.choice.attributes:
        stem = f"{STEM}.lever.{attribute.id}"
        share, cap = index.point(f"{stem}.prevalence.{benchmark}"), index.estimates.get(f"{stem}.cap.{benchmark}")
        if share is not None and cap is not None:
            label, believe = Cell((Words(attribute.label),), "label"), replace(index.amount(share, "both"), places=0)
            rows.append(Row((label, Cell((believe,), "number"), _cap(index, cap))))
    if not rows:
        return
    every = index.estimates.get(f"{STEM}.cap.{benchmark}")
    if every is not None and len(rows) > 1:
        rows.append(
            Row(
                (Cell((Term("find.believe all"),), "label"), Cell((Term("ui.none"),), "number"), _cap(index, every)),
                strong=True,
            )
        )
    columns = (Term("ui.attribute"), Term("find.believe lever prevalence"), Term("find.believe lever cap"))
    yield Grid("choice-levers", Finding("find.believe levers title", names), columns, tuple(rows), stacks=False)
    yield Paragraph(Finding("find.believe levers note"), "note")


def _cap(index: Index, found: Point | Bound | Refusal) -> Cell:
    if isinstance(found, Refusal):
        return Cell((Term(f"why.{found.why}"),))
    return Cell((index.amount(found, "interval" if isinstance(found, Bound) else "both"),), "number")
