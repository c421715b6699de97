"""Tastes that differ between buyers: how far the closed form misleads, how buyers differ, what a name is worth when prices move."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from halfstep.core.check import Status
from halfstep.core.config_demand import RandomTastes
from halfstep.core.estimate import Bound, Estimate, Point, Refusal
from halfstep.report.comparison import HALVES, needs_of
from halfstep.report.facts import check_facts, figures_of
from halfstep.report.finding import Amount, Attribute, Brand, Fact, Finding, Form, Many, Need, Term, Words
from halfstep.report.index import Index
from halfstep.report.lenses import judged
from halfstep.report.numbers import money_decimals
from halfstep.report.page import Block, Cell, Grid, Paragraph, Row
from halfstep.report.paths import order
from halfstep.report.words import known

__all__ = ["COMMON", "differs", "random_grids", "random_lead", "random_line", "resample_notes"]

Taste = Point | Refusal

COMMON = "naive.common_tastes"
"""What the ids of the reading start with that takes all buyers for alike."""

ROOM = "demand.random"
OPTIMUM = f"{ROOM}.optimum."
PARTS = ("profit", "fixed", "units", "price", "revenue")
"""What a name moves, as its ids and its columns have it; last, what the focal brand takes now over the benchmark."""
THIRDS = ("low", "middle", "high")
DIGITS = 4
"""Decimals of an objective: optima may be close."""
HOLDS = "name, {}misbelief and unseen quality"


def differs(index: Index) -> bool:
    """Whether tastes that differ between buyers were estimated."""
    return index.point(f"{ROOM}.unminding") is not None


def random_line(index: Index) -> Iterator[Finding]:
    """Yield, for the head of the report, what taking buyers for alike would have said of the focal brand."""
    pair = _elasticities(index, index.config.study.focal)
    if pair is not None:
        facts = (("brand", Brand(index.config.study.focal)), *_lost(index, *pair), ("turns", _turns(index)))
        yield Finding("find.random line", facts)


def random_lead(index: Index) -> Iterator[Block]:
    """Yield how far tastes in common mislead, or why it cannot be said; nothing where it was not asked."""
    refusal = index.refusal(ROOM)
    if refusal is not None:
        check = index.check(f"{ROOM}.fit")
        figures = None if check is None else figures_of(check)
        why = Many((Term(f"why.{refusal.why}"), *(() if figures is None else (figures,))), "ui.then")
        yield Paragraph(Finding("find.random refused", (("why", why), ("needs", needs_of(index, refusal.needs)))))
    if not differs(index):
        return
    study = index.config.study
    for brand in (study.focal, study.benchmarks[0]):
        pair = _elasticities(index, brand)
        if pair is not None:
            kind = "find.random lost" if brand == study.focal else "find.random lost too"
            yield Paragraph(Finding(kind, (("brand", Brand(brand)), *_lost(index, *pair))), "answer")
    yield Paragraph(_turns(index, whole=True))
    misled, alpha = index.check(f"{ROOM}.misled"), index.point("demand.alpha.random")
    if misled is not None and alpha is not None:
        interval = ("interval", index.amount(alpha, "interval"))
        yield Paragraph(Finding("find.random misled", (*check_facts(misled), interval)), "note")
        if alpha.lo <= 0:
            yield Paragraph(Finding("find.random vague"))
    spreads = [e for e in _tastes(index) if e.id.startswith((f"{ROOM}.sigma.", f"{ROOM}.pi."))]
    if spreads and not any(_told(index, e) for e in spreads):
        yield Paragraph(Finding("find.random alike"))


def _elasticities(index: Index, brand: str) -> tuple[Point, Point] | None:
    """Return a brand's own-price elasticity by tastes in common and by tastes that differ."""
    found = [index.point(f"demand.elasticity.{brand}{which}") for which in ("", ".random")]
    return None if found[0] is None or found[1] is None else (found[0], found[1])


def _lost(index: Index, common: Point, random: Point) -> tuple[tuple[str, Fact], ...]:
    """Return percent of sales lost for one percent of price, by both."""
    lost = [replace(index.amount(one, "size"), places=1) for one in (common, random)]
    return (("common", lost[0]), ("random", lost[1]))


def _turns(index: Index, whole: bool = False) -> Finding:
    """Say which halves of the main comparison are concluded otherwise when buyers are taken for alike."""
    readings = {r.half: r for r in index.readings if r.id.startswith(COMMON)}
    if not readings:
        return Finding("find.turns whole none" if whole else "find.turns none")
    turned = tuple(Term(f"half.{h}") for h in HALVES if h in readings and readings[h].flips)
    if not turned:
        return Finding("find.turns whole no" if whole else "find.turns no")
    if not whole:
        return Finding("find.turns yes", (("halves", Many(turned)),))
    parts = []
    for half in (h for h in HALVES if h in readings and readings[h].flips):
        reading = readings[half]
        verdict = next((v for v in index.verdicts.values() if v.estimate == reading.ours), None)
        ours = "not judged" if verdict is not None and not judged(verdict) else reading.ours_label
        parts.append(Finding("find.turn", (
            ("half", Term(f"half.{half}")), ("common", Term(f"label.{reading.naive_label}")), ("random", Term(f"label.{ours}")),
        )))  # fmt: skip
    return Finding("find.turns whole yes", (("parts", Many(tuple(parts), "ui.list")),))


def resample_notes(index: Index) -> Iterator[Finding]:
    """Yield whether the bootstrap was run, and how many of its re-estimations failed."""
    if not differs(index):
        return
    failed, asked = index.point(f"{ROOM}.resamples.failed"), _settings(index).resamples
    if failed is None:
        yield Finding("find.resamples none")
    else:
        yield Finding("find.resamples", (("of", Amount(asked, "count")), ("failed", index.amount(failed))))


def random_grids(index: Index) -> Iterator[Block]:
    """Yield what stands behind tastes that differ: nothing where there are none."""
    if not differs(index):
        return
    yield from _taste_grid(index)
    yield from _brand_grid(index)
    yield from _name_grid(index)
    yield from _third_grid(index)
    yield from _optimum_grid(index)


def _settings(index: Index) -> RandomTastes:
    demand = index.config.demand
    assert demand is not None and demand.random is not None
    return demand.random


def _tastes(index: Index) -> list[Taste]:
    """Return spreads, shifts, means and the likeness within nests; a spread estimated at zero is refused an interval."""
    stems = tuple(f"{ROOM}.{kind}" for kind in ("sigma.", "pi.", "mean.", "rho"))
    return [e for e in index.starting(f"{ROOM}.") if isinstance(e, Point | Refusal) and e.id.startswith(stems)]


def _told(index: Index, taste: Taste) -> bool:
    """Whether a taste can be told from zero; a spread at zero, and a flat objective, have no error to tell it by."""
    shape = index.check(f"{ROOM}.shape")
    flat = shape is not None and shape.status is Status.FAIL
    return not flat and isinstance(taste, Point) and taste.lo < taste.hi and (taste.lo > 0 or taste.hi < 0)


def _column(name: str) -> Fact:
    return Term(f"taste.{name}") if name in ("price", "constant") else Attribute(name)


def _demographic(name: str) -> Fact:
    """Return the word for a demographic; its own name where there is none."""
    return Term(f"demographic.{name}") if known(f"demographic.{name}") else Words(name)


def _taste_grid(index: Index) -> Iterator[Block]:
    """Yield how buyers differ, one row a parameter, and who does not mind paying."""
    rows = []
    for point in _tastes(index):
        kind, _, subject = point.id.removeprefix(f"{ROOM}.").partition(".")
        column, _, other = subject.partition(".")
        facts: list[tuple[str, Fact]] = [("column", _column(column))]
        if kind == "rho":
            label: Fact = Need("what", point.what)
        elif kind == "pi":
            facts.append(("demographic", _demographic(other)))
            label = Finding("find.taste income" if point.what.endswith("by income") else "find.taste pi", tuple(facts))
        else:
            facts += [("other", _column(other))] if other else []
            label = Finding("find.taste shared" if other else f"find.taste {kind}", tuple(facts))
        rows.append(Row((
            Cell((label,), "label"), *_figures(index, point), Cell((_reading(index, point, kind, tuple(facts)),)),
        )))  # fmt: skip
    unminding = index.point(f"{ROOM}.unminding")
    if unminding is not None:
        share = Cell((index.amount(unminding),), "number")
        none = Cell((Term("ui.none"),), "number")
        said = Term("find.unminding some" if unminding.value > 0 else "find.unminding none")
        rows.append(Row((Cell((Need("what", unminding.what),), "label"), share, none, Cell((said,)))))
    columns = tuple(Term(f"ui.{head}") for head in ("taste", "value", "interval", "reading"))
    yield Grid("tastes", Finding("find.tastes title"), columns, tuple(rows))
    yield Paragraph(Finding("find.tastes note"), "note")
    if any(t.distribution != "normal" for t in _settings(index).tastes):
        yield Paragraph(Finding("find.tastes signed"), "note")


def _figures(index: Index, taste: Taste) -> tuple[Cell, Cell]:
    """Return value and interval; of a spread at zero, and where no error is known, no interval."""
    none = Cell((Term("ui.none"),), "number")
    if isinstance(taste, Refusal):
        return Cell((Amount(0.0, "number", places=0),), "number"), none
    interval = none if taste.lo == taste.hi else Cell((index.amount(taste, "interval"),), "number")
    return Cell((index.amount(taste),), "number"), interval


def _reading(index: Index, point: Taste, kind: str, facts: tuple[tuple[str, Fact], ...]) -> Fact:
    """Return what a parameter says in words: whether it can be told from zero, and who wants more."""
    if kind == "mean":
        return Term("ui.none")
    if isinstance(point, Refusal):
        return Term("find.told zero")
    if not _told(index, point):
        return Term("find.told no")
    if kind != "pi":
        return Term("find.told yes")
    up = (point.value > 0) is not point.what.endswith("by income")
    of = "price" if dict(facts)["column"] == _column("price") else "attribute"
    return Finding(f"find.told {of} {'up' if up else 'down'}", facts)


def _brand_grid(index: Index) -> Iterator[Block]:
    """Yield elasticities by both, markups and costs, one row a brand."""
    stem = "demand.markup."
    brands = order(index, [e.id.removeprefix(stem) for e in index.starting(stem)])
    if not brands:
        return
    names = {
        b: (f"demand.elasticity.{b}", f"demand.elasticity.{b}.random", f"{stem}{b}", f"demand.cost.{b}") for b in brands
    }
    focal = index.config.study.focal
    rows = _rows(index, [(Brand(b), names[b], b == focal) for b in brands], "both")
    heads = ("brand", "elasticity common", "elasticity random", "markup", "cost")
    unit = Words(index.config.study.currency)
    yield Grid("brands", Finding("find.brands title", (("unit", unit),)), tuple(Term(f"ui.{h}") for h in heads), rows)
    yield Paragraph(Finding("find.brands note", _level(index)), "note")


def _name_grid(index: Index) -> Iterator[Block]:
    """Yield what the focal brand would gain with each benchmark's name."""
    study = index.config.study
    names = {b: tuple(f"demand.name.{part}.{b}" for part in PARTS) for b in study.benchmarks}
    asked = [b for b in study.benchmarks if any(name in index.estimates for name in names[b])]
    if not asked:
        return
    rows = _rows(index, [(Brand(b), names[b], False) for b in asked], "signed both")
    heads: tuple[Fact, ...] = (Term("ui.name of"), *(Term(f"ui.name {part}") for part in PARTS))
    focal = ("focal", Brand(study.focal))
    yield Grid("name-value", Finding("find.name value title", (focal,)), heads, rows)
    answered = [e for b in asked for n in names[b] if isinstance(e := index.estimates.get(n), Point)]
    holds = ("holds", Need("what", HOLDS.format("" if "reach" in index.config.tables else "reach, ")))
    yield Paragraph(Finding("find.name value note", (focal, holds, *_level(index))), "note")
    failed = index.check(f"{ROOM}.equilibrium")
    if failed is not None and answered:
        yield Paragraph(Finding(f"why.{failed.why}", check_facts(failed)), "note")


def _third_grid(index: Index) -> Iterator[Block]:
    """Yield what the difference of names is worth to the poor, the middle and the rich."""
    study, settings = index.config.study, _settings(index)
    names = {b: tuple(f"demand.name.{third}.{b}" for third in THIRDS) for b in study.benchmarks}
    asked = [b for b in study.benchmarks if any(name in index.estimates for name in names[b])]
    if not asked:
        return
    price = next((t for t in settings.tastes if t.of == "price"), None)
    by = settings.income or (price.by[-1] if price is not None and price.by else "")
    demographic: tuple[str, Fact] = ("demographic", _demographic(by))
    rows = _rows(index, [(Brand(b), names[b], b == study.benchmarks[0]) for b in asked], "signed both")
    heads: tuple[Fact, ...] = (Term("ui.name of"), *(Finding(f"ui.third {third}", (demographic,)) for third in THIRDS))
    facts = (("focal", Brand(study.focal)), ("unit", Words(study.currency)), demographic)
    yield Grid("name-thirds", Finding("find.thirds title", facts), heads, rows)
    yield Paragraph(Finding("find.thirds note", facts), "note")


def _optimum_grid(index: Index) -> Iterator[Block]:
    """Yield the optima that the starts reached, and how they were sought."""
    stems = [e.id for e in index.starting(OPTIMUM) if isinstance(e, Point) and not e.id.endswith(".starts")]
    rows, none = [], Term("ui.none")
    for n, name in enumerate(stems, start=1):
        value, starts = index.point(name), index.point(f"{name}.starts")
        shown = (
            replace(index.amount(value), places=DIGITS) if value else none,
            index.amount(starts) if starts else none,
        )
        cells = [Cell((fact,), "number") for fact in shown]
        rows.append(Row((Cell((Amount(n, "count"),), "label"), *cells), n == 1))
    if rows:
        columns = tuple(Term(f"ui.{head}") for head in ("optimum", "objective", "starts"))
        yield Grid("optima", Finding("find.optima title"), columns, tuple(rows), stacks=False)
    checks = [index.check(f"{ROOM}.{name}") for name in ("search", "shape")]
    facts = [fact for check in checks if check is not None for fact in check_facts(check)]
    yield Paragraph(Finding("find.optima note", tuple(facts)), "note")


def _rows(index: Index, rows: list[tuple[Fact, tuple[str, ...], bool]], form: Form) -> tuple[Row, ...]:
    """Return labelled rows of estimates by id, every column in the same decimals; a refusal says why."""
    columns = list(zip(*(names for _, names, _ in rows), strict=True))
    found = [[index.estimates.get(name) for name in column] for column in columns]
    places = [money_decimals([index.amount(e) for e in column if isinstance(e, Point)]) for column in found]
    out = []
    for n, (label, _, strong) in enumerate(rows):
        cells = (_cell(index, column[n], form, p) for column, p in zip(found, places, strict=True))
        out.append(Row((Cell((label,), "label"), *cells), strong))
    return tuple(out)


def _cell(index: Index, found: Estimate | None, form: Form, places: int) -> Cell:
    if found is None:
        return Cell((Term("ui.none"),), "number")
    if isinstance(found, Refusal):
        return Cell((Term(f"why.{found.why}"),))
    if isinstance(found, Point) and found.lo == found.hi and form == "signed both":
        form = "signed"
    amount = index.amount(found, "interval" if isinstance(found, Bound) else form)
    return Cell((amount if amount.unit == "share" else replace(amount, places=places),), "number")


def _level(index: Index) -> tuple[tuple[str, Fact], ...]:
    return (("level", Amount(index.config.gap.level, "level")),)
