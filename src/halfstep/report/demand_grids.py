"""What stands behind the demand lens: alpha by every estimator, the instruments, elasticities, attributes in money."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from halfstep.core.check import Check, Status
from halfstep.core.estimate import Bound, Estimate, Point, Refusal
from halfstep.report.facts import check_facts
from halfstep.report.finding import Attribute, Brand, Fact, Finding, Many, Need, Term, Words
from halfstep.report.index import Index
from halfstep.report.numbers import money_decimals
from halfstep.report.page import Block, Cell, Grid, Listing, Paragraph, Row
from halfstep.report.paths import order
from halfstep.report.random import differs, resample_notes

__all__ = ["demand_grids"]

ESTIMATORS = ("ols", "2sls", "gmm", "random", "resampled")


def demand_grids(index: Index) -> Iterator[Block]:
    """Yield the grids of a demand fit, each with what a reader must know of it."""
    currency = Words(index.config.study.currency)
    columns = (Term("ui.estimate"), Term("ui.value"), Term("ui.interval"))
    yield Grid(
        "alpha", Finding("find.alpha title", (("unit", currency),)), columns, tuple(_alpha_rows(index)), stacks=False
    )
    strength = index.check("demand.strength")
    weak = (Finding("find.weak note"),) if strength is not None and strength.status is Status.FAIL else ()
    notes = (*_worded(index, "demand.bias", "demand.signs"), *weak, *resample_notes(index))
    if notes:
        yield Listing(notes)
    tests = tuple(_test_rows(index))
    if tests:
        heads = tuple(Term(f"ui.{head}") for head in ("test", "figure", "reading"))
        yield Grid("instruments", Finding("find.instruments title"), heads, tests)
    yield from _elasticities(index)
    yield from _worths(index)


def _worded(index: Index, *names: str) -> Iterator[Finding]:
    """Yield the sentences of some checks."""
    for name in names:
        check = index.check(name)
        if check is not None:
            yield Finding(f"why.{check.why}", check_facts(check))


def _alpha_rows(index: Index) -> Iterator[Row]:
    """Yield alpha, and rho where there are nests, by every estimator; last the set that weak instruments leave whole."""
    main = "random" if differs(index) else "2sls"
    for symbol in ("alpha", "rho"):
        found = [(way, index.point(f"demand.{symbol}.{way}")) for way in ESTIMATORS]
        points = [(way, point) for way, point in found if point is not None]
        places = money_decimals([index.amount(point) for _, point in points])
        for way, point in points:
            yield _figure_row(index, Need("what", point.what), point, places, strong=way == main)
        if symbol == "alpha":
            yield from _robust(index)


def _figure_row(index: Index, label: Fact, figure: Point | Bound, places: int, *, strong: bool) -> Row:
    """Return a label, a value (none of a bound) and an interval, in the decimals of the whole column."""
    value: Fact = Term("ui.none") if isinstance(figure, Bound) else replace(index.amount(figure), places=places)
    interval = replace(index.amount(figure, "interval"), places=places)
    return Row((Cell((label,), "label"), Cell((value,), "number"), Cell((interval,), "number")), strong)


def _robust(index: Index) -> Iterator[Row]:
    found = index.starting("demand.alpha.robust")
    pieces = tuple(index.amount(e) for e in found if isinstance(e, Bound))
    refused = tuple(Term(f"why.{e.why}") for e in found if isinstance(e, Refusal))
    for first in found[:1]:
        shown: Fact = Many(pieces, "ui.or") if pieces else Many(refused, "ui.then")
        yield Row((Cell((Need("what", first.what),), "label"), Cell((shown,), "number")))


def _test_rows(index: Index) -> Iterator[Row]:
    strength, over, rank = (index.check(f"demand.{name}") for name in ("strength", "overidentification", "rank"))
    if strength is not None:
        facts = dict(check_facts(strength))
        yield _test("first stage", facts["wald"], Term("find.test wald"))
        critical = Finding("find.test critical", (("critical", facts["critical"]),))
        yield _test(
            "effective", facts["effective"], Many((critical, Term(f"find.strength {strength.status}")), "ui.then")
        )
    if over is not None:
        facts = dict(check_facts(over))
        reading = _reading_of(over, facts)
        yield _test("J", facts.get("J", Term("ui.none")), reading)
    again = index.check("demand.random.overidentification")
    if again is not None:
        facts = dict(check_facts(again))
        yield _test("J random", facts["J"], _reading_of(again, facts))
    if rank is not None:
        facts = dict(check_facts(rank))
        for name in ("used", "vanished", "collinear"):
            if name in facts and facts[name] != Term("ui.none"):
                yield Row((Cell((Term(f"find.test {name}"),), "label"), Cell((facts[name],), "wide")))


def _reading_of(over: Check, facts: dict[str, Fact]) -> Fact:
    if "J" not in facts:
        return Finding(f"why.{over.why}")
    p = Finding("find.test J", (("degrees", facts["degrees"]), ("p", facts["p"])))
    return Many((p, Term(f"find.overidentification {over.status}")), "ui.then")


def _test(name: str, figure: Fact, reading: Fact) -> Row:
    return Row((Cell((Term(f"find.test {name} head"),), "label"), Cell((figure,), "number"), Cell((reading,))))


def _elasticities(index: Index) -> Iterator[Block]:
    """Yield the mean own-price elasticity of every drawn brand in the last period, unless the grid of brands holds it."""
    stem = "demand.elasticity."
    if index.starting("demand.markup."):
        return
    found = [
        (brand, index.figure(f"{stem}{brand}"))
        for brand in order(index, [e.id.removeprefix(stem) for e in index.starting(stem)])
    ]
    figures = [(brand, figure) for brand, figure in found if figure is not None]
    if not figures:
        return
    places = money_decimals([index.amount(figure) for _, figure in figures])
    focal = index.config.study.focal
    rows = tuple(_figure_row(index, Brand(brand), figure, places, strong=brand == focal) for brand, figure in figures)
    columns = (Term("ui.brand"), Term("ui.elasticity"), Term("ui.interval"))
    yield Grid("elasticities", Finding("find.elasticity title"), columns, rows, stacks=False)
    unknown = any(isinstance(figure, Bound) for _, figure in figures)
    yield Listing(tuple(_worded(index, "demand.elastic", *(("demand.market_size",) if unknown else ()))))


def _worths(index: Index) -> Iterator[Block]:
    """Yield what a unit of each attribute is worth: by tastes that differ, price instrumented, price taken as given."""
    ways = (*(("random",) if differs(index) else ()), "2sls", "ols")
    found = {a: [index.estimates.get(f"demand.worth.{a.id}.{way}") for way in ways] for a in index.config.attributes}
    found = {attribute: pair for attribute, pair in found.items() if any(pair)}
    if not found:
        return
    places = money_decimals([index.amount(e) for pair in found.values() for e in pair if isinstance(e, Point)])
    rows = tuple(
        Row((
            Cell((Attribute(attribute.id),), "label"), Cell((Term(f"find.per {attribute.transform}"),)),
            *(_worth(index, estimate, places) for estimate in pair),
        ))
        for attribute, pair in found.items()
    )  # fmt: skip
    columns = tuple(Term(f"ui.{head}") for head in ("attribute", "per", *(f"worth {way}" for way in ways)))
    yield Grid("worths", Finding("find.worth title", (("unit", Words(index.config.study.currency)),)), columns, rows)
    if any(attribute.transform == "log" for attribute in found):
        yield Paragraph(Finding("find.worth note"), "note")


def _worth(index: Index, found: Estimate | None, places: int) -> Cell:
    if isinstance(found, Point):
        return Cell((replace(index.amount(found, "both"), places=places),), "number")
    return Cell((Term(f"why.{found.why}") if isinstance(found, Refusal) else Term("ui.none"),), "number")
