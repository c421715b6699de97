"""The part of position that counts the same rows otherwise, and says which conclusion turns."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from halfstep.core.config import Subsidy
from halfstep.core.series import Series
from halfstep.market.switches import Conclusion, Counted, Setting
from halfstep.report.finding import Amount, Brand, Fact, Finding, Many, Term, When, Words
from halfstep.report.index import Index
from halfstep.report.numbers import plain
from halfstep.report.page import Block, Cell, Grid, Listing, Paragraph, Row

__all__ = ["how_counted", "switch_blocks"]

MARK = "◆"
SHADE = 0.25


def how_counted(index: Index) -> Finding:
    """Return how the study counts: price basis, quantity, sub-brands, places."""
    config = index.config
    sub = "none" if not config.brands.subbrands else "in" if config.brands.subbrands_in else "apart"
    named: Fact = Many(tuple(Words(place) for place in config.scope.places), "ui.switch")
    facts: tuple[tuple[str, Fact], ...] = (
        ("basis", Term(f"basis.{config.columns.price_basis}")), ("kind", Term(f"kind.{config.columns.quantity_kind}")),
        ("subbrands", Term(f"ui.subbrands {sub}")), ("places", named if config.scope.places else Term("ui.all places")),
    )  # fmt: skip
    return Finding("find.position note", facts)


def switch_blocks(index: Index) -> Iterator[Block]:
    """Yield the grid of settings, what turns, and what a reader must know of the prices; nothing without bands."""
    counted = index.outcome.inputs.counted
    if counted is None:
        return
    before, after = counted.periods
    named = (("focal", Brand(counted.focal)), ("period", When(after)))
    yield Paragraph(Finding("find.switch heading", named), "subtitle")
    yield from _turned(counted)
    columns: tuple[Fact, ...] = (
        Term("ui.counted how"),
        *(Finding("ui.above", (("lo", Words(plain(e))),)) for e in counted.edges),
    )
    yield Grid(
        "switches",
        Finding("find.switch title", named),
        columns,
        tuple(_row(index, counted, setting) for setting in counted.tallies),
    )
    caption = Finding("find.switch caption") if before is None else Finding(
        "find.switch caption change", (("before", When(before, short=True)),)
    )  # fmt: skip
    yield Paragraph(caption, "note")
    notes = tuple(_notes(index, counted))
    if notes:
        yield Listing(notes, "note")


def _row(index: Index, counted: Counted, setting: Setting) -> Row:
    """Return share, change and rank above each edge; a cell that holds a conclusion which turns is marked."""
    turned = {conclusion.edge for conclusion, settings in counted.turned.items() if setting in settings}
    cells = [Cell((Many(_terms(setting), "ui.switch"),))]
    for edge in counted.edges:
        shown = _figures(index, setting, counted.periods[1], f"{edge:.12g}")
        if edge in turned:
            cells.append(Cell((shown, Words(MARK)), "number", SHADE))
        else:
            cells.append(Cell((shown,), "number"))
    return Row(tuple(cells), setting == counted.own)


def _figures(index: Index, setting: Setting, period: str, edge: str) -> Fact:
    stem = f"position.switch.{setting.key}"
    found = {
        "share": _at(index, index.series.get(f"{stem}.share"), (period, edge)),
        "change": _at(index, index.series.get(f"{stem}.change"), (edge,)),
        "rank": _at(index, index.series.get(f"{stem}.rank"), (period, edge)),
    }
    known = tuple((name, amount) for name, amount in found.items() if amount is not None)
    if found["share"] is None:
        return Term("ui.none")
    return Finding(" ".join(("find.switch", *(name for name, _ in known))), known)


def _at(index: Index, series: Series | None, label: tuple[str, ...]) -> Amount | None:
    if series is None or label not in series.index:
        return None
    amount = index.at(series, series.index.index(label))
    if len(label) > 1:
        return amount
    return Amount(amount.value, "points", ref=amount.ref, form="signed")


def _terms(setting: Setting, kept: tuple[int, ...] = (0, 1, 2)) -> tuple[Fact, ...]:
    """Return the words of some of a setting's switches: basis, measure, sub-brands."""
    words = [Term(f"basis.{setting.basis}"), Term(f"find.basis {setting.measure}")]
    if setting.subbrands_in is not None:
        words.append(Term(f"subbrands.{'in' if setting.subbrands_in else 'apart'}"))
    return tuple(words[k] for k in kept if k < len(words))


def _turned(counted: Counted) -> Iterator[Block]:
    """Yield how many conclusions turn, and a sentence for each; those that turn alike at several edges share one."""
    facts: tuple[tuple[str, Fact], ...] = (
        ("turned", Amount(len(counted.turned), "count")), ("conclusions", Amount(len(counted.truths[counted.own]), "count")),
        ("settings", Amount(len(counted.tallies), "count")),
    )  # fmt: skip
    yield Paragraph(Finding("find.switch some" if counted.turned else "find.switch none", facts))
    alike: dict[tuple[str, str, bool, tuple[Setting, ...]], list[Conclusion]] = {}
    for conclusion, settings in counted.turned.items():
        truth = counted.truths[counted.own][conclusion] is True
        alike.setdefault((conclusion.kind, conclusion.brand, truth, settings), []).append(conclusion)
    sentences = []
    for (kind, brand, truth, settings), conclusions in alike.items():
        claim: tuple[tuple[str, Fact], ...] = (
            ("focal", Brand(counted.focal)), ("benchmark", Brand(brand)),
            ("edges", Many(tuple(Words(plain(c.edge)) for c in conclusions), "ui.edges")),
            ("before", When(counted.periods[0] or counted.periods[1], short=True)),
        )  # fmt: skip
        said = Many(tuple(_ways(counted, settings)), "ui.list")
        sentences.append(Finding(f"find.switch turned {'yes' if truth else 'no'}", (
            ("claim", Finding(f"find.switch claim {kind}", claim)), ("ways", said),
        )))  # fmt: skip
    if sentences:
        yield Listing(tuple(sentences))


def _ways(counted: Counted, settings: tuple[Setting, ...]) -> Iterator[Fact]:
    """Yield the fewest words that name exactly these settings: one switch where it alone decides, else two, else all."""
    left, switches = set(settings), 2 if counted.own.subbrands_in is None else 3
    for size in range(1, switches + 1):
        for setting in settings:
            for kept in combinations(range(switches), size):
                like = {s for s in counted.tallies if _terms(s, kept) == _terms(setting, kept)}
                if like <= set(settings) and like & left:
                    left -= like
                    yield Many(_terms(setting, kept), "ui.switch")


def _notes(index: Index, counted: Counted) -> Iterator[Finding]:
    if index.config.subsidy is not None:
        rules = Many(tuple(_rules(index, index.config.subsidy)), "ui.switch")
        yield Finding("find.subsidy", (("rules", rules), ("source", Words(index.config.subsidy.source))))
    for basis, rows in counted.blank.items():
        yield Finding("find.switch blank", (("rows", Amount(rows, "count")), ("basis", Term(f"basis.{basis}"))))


def _rules(index: Index, subsidy: Subsidy) -> Iterator[Finding]:
    columns = index.config.columns
    given = {columns.price_basis, *columns.other_prices}
    basis = subsidy.basis or ("transaction" if "transaction" in given else "list")
    yield Finding("find.subsidy rate", (("rate", Amount(subsidy.rate, "level")), ("basis", Term(f"basis.{basis}"))))
    for name, limit in (("most", subsidy.most), ("up to", subsidy.up_to)):
        if limit is not None:
            money = Amount(limit, "money", named=True, places=0 if limit == round(limit) else None)
            yield Finding(f"find.subsidy {name}", (("limit", money),))
    for column, values in subsidy.among.items():
        named = Many(tuple(Words(str(value)) for value in values), "ui.or")
        yield Finding("find.subsidy among", (("column", Words(column)), ("values", named)))
    for name, period in (("first", subsidy.first), ("last", subsidy.last)):
        if period is not None:
            yield Finding(f"find.subsidy {name}", (("period", When(period)),))
