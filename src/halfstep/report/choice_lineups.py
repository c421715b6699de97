"""The simulator on the page: shares in a line-up, where buyers would go, the best of changed products."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from halfstep.core.config_choice import Search
from halfstep.core.estimate import Point
from halfstep.core.series import Series
from halfstep.report.choice_facts import among, groups, labelled
from halfstep.report.finding import Amount, Brand, Fact, Finding, Many, Term, Words
from halfstep.report.index import Index
from halfstep.report.page import Block, Cell, Grid, Paragraph, Row

__all__ = ["lineup_blocks"]

MOST_GROUPS = 4
"""Groups whose shares stand side by side; with more only everybody's are on the page."""
MOST_PRODUCTS = 12
"""Products whose buyers are followed; the series hold all."""
FIRST = 3
"""Places that buyers would go to, the likeliest first."""
NOBODY = "none"


def lineup_blocks(index: Index) -> Iterator[Block]:
    """Yield every line-up's shares and where buyers would go, and what the searches found."""
    stem = "choice.shares.all"
    for name in [s for s in index.series if s == stem or s.startswith(f"{stem}.")]:
        lineup = name.removeprefix(stem).removeprefix(".")
        yield _shares(index, lineup)
        yield Paragraph(Finding("find.choice shares note"), "note")
        moved = index.series.get(name.replace(".shares.", ".switching."))
        if moved is not None:
            yield _switching(index, index.series[name], moved, lineup)
            yield Paragraph(Finding("find.choice switching note"), "note")
            if not index.starting("choice.spread."):
                yield Paragraph(Finding("find.choice switching plain"), "note")
    yield from _searches(index)


def _titled(kind: str, lineup: str) -> Finding:
    facts: tuple[tuple[str, Fact], ...] = (("segment", among("all")), ("lineup", Words(lineup)))
    return Finding(f"find.choice {kind} title named" if lineup else f"find.choice {kind} title", facts)


def _shares(index: Index, lineup: str) -> Grid:
    suffix = f".{lineup}" if lineup else ""
    asked = {group: index.series.get(f"choice.shares.{group}{suffix}") for group in groups(index)}
    found = {group: series for group, series in asked.items() if series is not None}
    shown = found if len(found) <= MOST_GROUPS else {"all": found["all"]}
    main = found["all"]
    order = sorted(range(len(main.index)), key=lambda k: (main.index[k][1] == NOBODY, -main.value[k]))
    rows = []
    for k in order:
        brand, product = main.index[k]
        cells = [Cell((_product(product),), "label"), Cell((Brand(brand) if brand else Term("ui.none"),))]
        for series in shown.values():
            at = series.index.index(main.index[k])
            cells.append(Cell((replace(index.at(series, at, "both"), places=1),), "number"))
        rows.append(Row(tuple(cells), strong=brand == index.config.study.focal))
    heads = (Term("ui.product"), Term("ui.brand"))
    columns = (*heads, *((Term("ui.share of choices"),) if len(shown) == 1 else map(among, shown)))
    return Grid(f"choice-shares{suffix}", _titled("shares", lineup), columns, tuple(rows), stacks=len(columns) > 3)


def _product(name: str) -> Fact:
    return Term("find.choice none of these") if name == NOBODY else Words(name)


def _switching(index: Index, shares: Series, moved: Series, lineup: str) -> Grid:
    """Return for each product, the benchmark's and the focal brand's first, where its buyers would go."""
    study = index.config.study
    rank = {study.focal: 0, study.benchmarks[0]: 1}
    sold = [
        (brand, product, float(shares.value[k])) for k, (brand, product) in enumerate(shares.index) if product != NOBODY
    ]
    sold.sort(key=lambda one: (rank.get(one[0], 2), -one[2]))
    rows = []
    for brand, product, _ in sold[:MOST_PRODUCTS]:
        mine = [k for k, (of, _) in enumerate(moved.index) if of == product]
        mine.sort(key=lambda k: -float(moved.value[k]))
        going = [
            Cell((_product(moved.index[k][1]), replace(index.at(moved, k, "both"), places=0))) for k in mine[:FIRST]
        ]
        rows.append(Row((Cell((Words(product),), "label"), *going), strong=brand == study.focal))
    heads = ("product", *(f"goes {n}" for n in range(1, 1 + max(len(row.cells) - 1 for row in rows))))
    columns = tuple(Term(f"ui.{head}") for head in heads)
    suffix = f".{lineup}" if lineup else ""
    return Grid(f"choice-switching{suffix}", _titled("switching", lineup), columns, tuple(rows))


def _searches(index: Index) -> Iterator[Block]:
    """Yield for each search the best product, what it brings, and how likely no other brings more."""
    found = [(s, p) for s in index.config.choice.searches if (p := index.point(f"choice.search.{s.id}.value"))]
    if not found:
        return
    rows = tuple(_search_row(index, search, value) for search, value in found)
    heads = ("search", "best", "share of choices", "best value", "best gain", "certain")
    unit = ("unit", Words(index.config.study.currency))
    columns = tuple(Term(f"ui.{head}") for head in heads)
    yield Grid("choice-searches", Finding("find.choice search title", (unit,)), columns, rows)
    yield Paragraph(Finding("find.choice search note"), "note")
    for search, value in found:
        gain = index.point(f"choice.search.{search.id}.gain")
        label = ("label", Words(search.label))
        if value.value < 0:
            yield Paragraph(Finding("find.choice search loss", (label,)), "note")
        if gain is not None and gain.lo <= 0 < gain.value:
            yield Paragraph(Finding("find.choice search likely none", (label,)), "note")
        if search.cost_source is not None:
            yield Paragraph(Finding("find.choice search cost", (label, ("source", Words(search.cost_source)))), "note")


def _search_row(index: Index, search: Search, value: Point) -> Row:
    stem = f"choice.search.{search.id}"
    gain, share, certain = (index.point(f"{stem}.{name}") for name in ("gain", "share", "probability"))
    levels = [p for e in index.starting(f"{stem}.level.") if (p := index.point(e.id)) is not None]
    asked_for = (Words(search.label), *((among(search.segment),) if search.segment else ()))
    as_is = gain is not None and gain.value == 0 and gain.lo == gain.hi
    best: Fact = (
        Term("find.choice search as is") if as_is else Many(tuple(_level(index, stem, p) for p in levels), "ui.list")
    )
    chance: Fact = Term("ui.none") if certain is None else Amount(certain.value, "probability", ref=certain.id)
    return Row((
        Cell((Many(asked_for, "ui.list"),), "label"), Cell((best,)),
        Cell((Term("ui.none") if share is None else replace(index.amount(share, "both"), places=1),), "number"),
        Cell((index.amount(value, "both"),), "number"),
        Cell((Term("ui.none") if gain is None or as_is else index.amount(gain, "signed both"),), "number"), Cell((chance,), "number"),
    ))  # fmt: skip


def _level(index: Index, stem: str, point: Point) -> Fact:
    """Return what the best candidate is in one respect: a number, or a word kept in the id."""
    name, _, word = point.id.removeprefix(f"{stem}.level.").partition("=")
    label: Fact = Term("choice column.price") if name == "price" else labelled(index, name)
    level: Fact = Words(word) if word else Amount(point.value, index.unit(point.unit), ref=point.id)
    return Finding("find.choice search level", (("name", label), ("level", level)))
