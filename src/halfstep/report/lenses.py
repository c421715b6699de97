"""The lenses beside each other: never blended, and said so where they part."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from halfstep.core.answer import Accord, Verdict
from halfstep.core.estimate import Bound
from halfstep.report.charts import RowMark, RowsChart
from halfstep.report.comparison import DECIDED, HALVES, main_accord, main_verdicts, needs_of
from halfstep.report.facts import figures_of
from halfstep.report.finding import Amount, Brand, Fact, Finding, Form, Many, Segment, Term, When, Words
from halfstep.report.index import Index
from halfstep.report.page import Block, Cell, Figure, Grid, Paragraph, Row
from halfstep.report.words import known

__all__ = [
    "beside",
    "breaking_of",
    "demand_change",
    "demand_line",
    "distance",
    "judged",
    "reasons_apart",
    "side_by_side",
    "why_sentences",
]

LENSES = ("price", "demand", "choice")
ROLES = {"price": "price lens", "demand": "2sls", "choice": "choice lens"}
"""Lens -> role of its row in a chart."""
FORMS: tuple[Form, Form] = ("both", "value")
TESTS = {
    "instruments contradict each other": "demand.overidentification",
    "every alpha rejected": "demand.overidentification",
    "weak instruments": "demand.strength",
}
"""Reason why the demand lens may not be judged -> the check that found it out."""


def distance(index: Index, name: str) -> Finding:
    """Return how far the focal brand is from the benchmark by an estimate, with its interval, or that there is no figure."""
    figure = index.figure(name)
    if figure is None:
        return Finding("find.distance none")
    interval: Fact = replace(index.amount(figure), form="distance interval")
    if isinstance(figure, Bound):
        return Finding("find.distance set", (("interval", interval),))
    return Finding("find.distance", (("value", index.amount(figure, "distance")), ("interval", interval)))


def judged(verdict: Verdict) -> bool:
    """Whether a half was judged at all; one that was may still be undecided."""
    return verdict.p is not None


def breaking_of(index: Index, verdict: Verdict) -> float | None:
    """Return the breaking strength; None where no unseen quality is reckoned with: names are put on profiles by design."""
    by_design = verdict.lens == "choice" and (verdict.half == "name" or not index.config.study.unmeasured)
    return None if by_design else verdict.breaking


def why_sentences(index: Index, reason: str) -> Many:
    """Return a reason, and the figures of the test behind it."""
    test = TESTS.get(reason, "")
    check = index.check(test.replace("demand.", "demand.random.")) or index.check(test)
    figures = None if check is None else figures_of(replace(check, why=reason))
    because = Term(f"because.{reason}")
    more = (*(() if figures is None else (figures,)), *((because,) if known(because.key) else ()))
    return Many((Term(f"why.{reason}"), *more), "ui.then")


def demand_line(index: Index) -> Iterator[Finding]:
    """Yield one sentence on where the demand lens agrees with the headline, where not, and where it may not say."""
    refusal = index.refusal("demand.tastes")
    if refusal is not None:
        facts: tuple[tuple[str, Fact], ...] = (
            ("why", Term(f"why.{refusal.why}")),
            ("needs", needs_of(index, refusal.needs)),
        )
        yield Finding("find.line refused", facts)
    mine = main_verdicts(index, "demand")
    if not mine:
        return
    parts = tuple(beside(index, mine[half]) for half in HALVES if half in mine)
    whys = dict.fromkeys(reason for half in HALVES if half in mine for reason in reasons_apart(index, mine[half]))
    sentences = Many(tuple(Term(f"why.{reason}") for reason in whys), "ui.then")
    yield Finding("find.line why" if whys else "find.line", (("parts", Many(parts, "ui.list")), ("why", sentences)))


def beside(index: Index, verdict: Verdict) -> Finding:
    """Return a half through another lens, and on which side of the price lens it lies."""
    accord = main_accord(index, verdict.half, verdict.lens)
    half, label = (
        Term(f"half.{verdict.half}"),
        Term(f"label.{verdict.label}" if judged(verdict) else "label.not judged"),
    )
    facts: tuple[tuple[str, Fact], ...] = (
        ("half", half),
        ("distance", distance(index, verdict.estimate)),
        ("label", label),
    )
    if index.figure(verdict.estimate) is None:
        return Finding("find.beside none", facts)
    if accord is None:
        priced = main_verdicts(index).get(verdict.half)
        alike = verdict.lens == "choice" or (priced is not None and priced.period == verdict.period)
        return Finding(
            "find.beside alone" if alike else "find.beside other", (*facts, ("period", When(verdict.period)))
        )
    return Finding("find.beside apart" if _apart(accord) else f"find.beside {accord.label}", facts)


def _apart(accord: Accord) -> bool:
    """Whether two lenses lie on the same side of zero with intervals that do not overlap."""
    return accord.label == "agree" and bool(accord.reason)


def reasons_apart(index: Index, verdict: Verdict) -> tuple[str, ...]:
    """Return why a half that was judged is on the other side of the price lens, or of another size; of others elsewhere."""
    accord = main_accord(index, verdict.half, verdict.lens)
    if accord is None or not judged(verdict):
        return ()
    return (accord.reason,) if accord.label == "disagree" or _apart(accord) else ()


def demand_change(index: Index) -> Iterator[Finding]:
    """Yield, once, what the demand lens lacks for a verdict on the main comparison, unless the price lens lacks it too."""
    groups: dict[tuple[str, Many], list[Fact]] = {}
    priced = main_verdicts(index)
    for half, verdict in main_verdicts(index, "demand").items():
        alike = half in priced and index.figure(priced[half].estimate) is None and priced[half].reason == verdict.reason
        if verdict.label not in DECIDED and not alike:
            groups.setdefault((verdict.reason, needs_of(index, verdict.needs)), []).append(Term(f"half.{half}"))
    clauses = tuple(
        Finding("find.change part", (("halves", Many(tuple(halves))), ("why", Term(f"why.{why}")), ("needs", needs)))
        for (why, needs), halves in groups.items()
    )
    if clauses:
        yield Finding("find.change demand", (("parts", Many(clauses, "ui.then")),))


def side_by_side(index: Index) -> Iterator[Block]:
    """Yield the lenses beside each other, half by half of a comparison, and the look without a model where there is one."""
    yield from _figure(index)
    yield from _both(index)
    yield from _second_choices(index)


def _figure(index: Index) -> Iterator[Block]:
    """Yield the main comparison lens by lens, where an experiment stands beside sales."""
    mine = {lens: main_verdicts(index, lens) for lens in LENSES}
    marks: list[RowMark] = []
    for half in reversed(HALVES):
        found = [(lens, mine[lens][half].estimate) for lens in LENSES if half in mine[lens]]
        known = [
            (lens, figure, index.point(name)) for lens, name in found if (figure := index.figure(name)) is not None
        ]
        if len(known) < 2 or "choice" not in [lens for lens, *_ in known]:
            continue
        marks.append(RowMark(Term(f"subject.{half}"), float("nan"), float("nan"), float("nan"), "head"))
        for lens, figure, point in known:
            value = float("nan") if point is None else point.value
            marks.append(RowMark(Term(f"way.{lens} lens"), value, figure.lo, figure.hi, ROLES[lens]))
    if marks:
        study = index.config.study
        names: tuple[tuple[str, Fact], ...] = (("focal", Brand(study.focal)), ("benchmark", Brand(study.benchmarks[0])))
        unit, level = ("unit", Words(study.currency)), ("level", Amount(index.config.gap.level, "level"))
        chart = RowsChart("lenses", tuple(marks), Finding("ui.axis gap", (unit,)), bars=False)
        yield Figure(Finding("find.lenses figure", names), (chart,), Finding("find.lenses caption", (unit, level)))


def _both(index: Index) -> Iterator[Block]:
    if not index.accords:
        return
    several = len({a.period for a in index.accords}) > 1
    looked = {lens for a in index.accords for lens in a.lenses}
    lenses = tuple(lens for lens in LENSES if lens in looked)
    heads = (
        "benchmark",
        "segment",
        *(("period",) if several else ()),
        "half",
        *(f"{lens} lens" for lens in lenses),
        "accord",
        "why",
    )
    places = list(dict.fromkeys((a.benchmark, a.segment, a.period) for a in index.accords))
    ordered = sorted(index.accords, key=lambda a: places.index((a.benchmark, a.segment, a.period)))
    rows = tuple(_accord_row(index, accord, several, lenses) for accord in ordered)
    yield Grid("lenses", Finding("find.lenses title"), tuple(Term(f"ui.{head}") for head in heads), rows)
    yield Paragraph(Finding("find.lenses note"), "note")


def _accord_row(index: Index, accord: Accord, several: bool, lenses: tuple[str, ...]) -> Row:
    cells = [Cell((Brand(accord.benchmark),), "label"), Cell((Segment(accord.segment),))]
    cells += [Cell((When(accord.period, short=True),))] if several else []
    cells.append(Cell((Term(f"half.{accord.half}"),)))
    verdicts = {v.estimate: v for v in index.verdicts.values()}
    known = dict(zip(accord.lenses, accord.estimates, strict=True))
    for lens in lenses:
        name = known.get(lens, "")
        if not name:
            cells.append(Cell((Term("ui.none"),), "empty"))
            continue
        figure, verdict = index.figure(name), verdicts.get(name)
        gap: Fact = Term("ui.none") if figure is None else index.amount(figure, "both")
        label = "not judged" if verdict is None or not judged(verdict) else verdict.label
        cells.append(Cell((gap, Term(f"label.{label}"))))
    why: Fact = Term(f"why.{accord.reason}") if accord.reason else Term("ui.none")
    main = accord.benchmark == index.config.study.benchmarks[0] and accord.segment == "all"
    return Row((*cells, Cell((Term(f"accord.{accord.label}"),), "verdict"), Cell((why,))), main)


def _second_choices(index: Index) -> Iterator[Block]:
    """Yield where the two brands' buyers would have gone instead, beside what sales alone would say."""
    study = index.config.study
    pairs = [pair for b in study.benchmarks for pair in ((study.focal, b), (b, study.focal))]
    rows = []
    for bought, second in pairs:
        name = f"second_choice.{bought}.{second}"
        shares = [index.point(name), index.point(f"{name}.proportional")]
        cells = tuple(
            Cell((Term("ui.none") if s is None else index.amount(s, form),), "number")
            for s, form in zip(shares, FORMS, strict=True)
        )
        if shares[0] is not None:
            rows.append(Row((Cell((Brand(bought),), "label"), Cell((Brand(second),)), *cells)))
    if rows:
        columns = tuple(Term(f"ui.{head}") for head in ("bought", "second choice", "share", "in proportion"))
        yield Grid("second", Finding("find.second title"), columns, tuple(rows))
        yield Paragraph(Finding("find.second note"), "note")
