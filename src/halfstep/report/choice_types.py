"""Classes of respondents on the page: how many, their tastes, and which expected types they match."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from halfstep.core.estimate import Point
from halfstep.report.choice_facts import column
from halfstep.report.facts import check_facts
from halfstep.report.finding import Amount, Fact, Finding, Term, Words
from halfstep.report.index import Index
from halfstep.report.page import Block, Cell, Grid, Paragraph, Row

__all__ = ["class_blocks"]

STEM = "choice.class"
SIDE_BY_SIDE = 3
"""Classes that stand beside each other on a narrow screen."""


def class_blocks(index: Index) -> Iterator[Block]:
    """Yield how many classes there are, what each values, and how they stand to expected types; nothing where none were asked for."""
    check = index.check("choice.classes")
    if check is None:
        return
    yield Paragraph(Finding("ui.section classes"), "subtitle")
    yield Paragraph(Finding(f"why.{check.why}", check_facts(check)))
    shares: list[Point] = []
    while (share := index.point(f"{STEM}.{len(shares) + 1}.share")) is not None:
        shares.append(share)
    if shares:
        yield _tastes(index, shares)
        yield Paragraph(Finding("find.choice classes note"), "note")
    yield from _types(index)


def _tastes(index: Index, shares: list[Point]) -> Grid:
    """Return the share and the worths of each class, one column a class."""
    stem = f"{STEM}.1.worth."
    keys = [e.id.removeprefix(stem) for e in index.starting(stem)]
    worths = {key: [index.estimates.get(f"{STEM}.{c + 1}.worth.{key}") for c in range(len(shares))] for key in keys}
    of_shares = tuple(Cell((replace(index.amount(share, "both"), places=0),), "number") for share in shares)
    rows = [Row((Cell((Term("ui.class share"),), "label"), *of_shares), strong=True)]
    for key, found in worths.items():
        cells = []
        for e in found:
            told: Fact = Term("ui.none" if e is None else f"why.{getattr(e, 'why', '')}")
            if isinstance(e, Point):
                told = index.amount(e, "both")
            cells.append(Cell((told,), "number"))
        rows.append(Row((Cell((column(key, index),), "label"), *cells)))
    heads = tuple(Finding("find.choice class", (("n", Amount(c + 1, "count")),)) for c in range(len(shares)))
    title = Finding("find.choice classes title", (("unit", Words(index.config.study.currency)),))
    return Grid(
        "choice-classes", title, (Term("ui.reading name"), *heads), tuple(rows), stacks=len(shares) >= SIDE_BY_SIDE
    )


def _types(index: Index) -> Iterator[Block]:
    """Yield each expected type, who expects it, and which class it is; and classes that nobody expected."""
    rows = []
    for one in index.config.choice.types:
        check = index.check(f"choice.type.{one.id}")
        if check is None:
            continue
        facts = dict(check.facts)
        found = int(facts["class"])
        shown: Fact = Term("find.choice type none")
        if found:
            shown = Finding("find.choice class", (("n", Amount(found, "count")),))
        p = Amount(float(facts["p"]), "probability", ref=f"{check.id}|p")
        cells = (Cell((Words(one.label),), "label"), Cell((Words(one.source),)), Cell((shown,)), Cell((p,), "number"))
        rows.append(Row(cells, strong=bool(found)))
    if rows:
        columns = tuple(Term(f"ui.{head}") for head in ("type", "expected by", "found", "p"))
        yield Grid("choice-types", Finding("find.choice types title"), columns, tuple(rows))
        yield Paragraph(Finding("find.choice types note"), "note")
    left = index.check("choice.types")
    if left is not None:
        yield Paragraph(Finding(f"why.{left.why}", check_facts(left)), "note")
