"""The tables of a choice experiment: group by group, what attributes are worth, errors, choices foretold."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from halfstep.core.check import Check
from halfstep.core.estimate import Estimate, Point, Refusal
from halfstep.report.choice_facts import LENS, among, column, groups, respondents
from halfstep.report.facts import check_facts
from halfstep.report.finding import Amount, Brand, Fact, Finding, Form, Many, Term, Words
from halfstep.report.index import Index
from halfstep.report.page import Block, Cell, Grid, Listing, Paragraph, Row

__all__ = ["foretold_blocks", "group_blocks", "worth_blocks"]

FORMS: tuple[Form, Form] = ("value", "interval")
MODELS = ("mixed_logit", "plain_logit", "last_share")
CONVENTIONS = ("task", "hessian", "hessian_normalised")
NONE = Cell((Term("ui.none"),), "number")
BLANK = Cell((Term("ui.none"),), "number empty")
"""Left out where rows stand one below the other."""
FORETOLD = {"foretold better than": "beats", "foretold not better than": "not", "foretold worse than": "worse"}


def group_blocks(index: Index) -> Iterator[Block]:
    """Yield respondents, price taste and both halves of every group; a group that is too small says what it needs."""
    listed = groups(index)
    if len(listed) < 2:
        yield from _price_taste(index)
        return
    study = index.config.study
    products = any(index.figure(f"{LENS}.product.{study.benchmarks[0]}.{group}.") for group in listed)
    heads = ("group", "respondents", "name gap", "verdict")
    columns = tuple(Term(f"ui.{head}") for head in (*heads, *(("product gap", "verdict") if products else ())))
    rows = tuple(_group_row(index, group, products) for group in listed)
    facts: tuple[tuple[str, Fact], ...] = (
        ("focal", Brand(study.focal)), ("benchmark", Brand(study.benchmarks[0])), ("unit", Words(study.currency)),
    )  # fmt: skip
    yield Grid("choice-groups", Finding("find.choice groups title", facts), columns, rows)
    yield from _price_tastes(index, listed)


def _price_taste(index: Index) -> Iterator[Block]:
    alpha = index.point("choice.alpha.all")
    if alpha is not None:
        unit = ("unit", Words(index.config.study.currency))
        yield Paragraph(Finding("find.choice alpha", (("alpha", index.amount(alpha, "both")), unit)), "note")


def _price_tastes(index: Index, listed: tuple[str, ...]) -> Iterator[Block]:
    found = [(group, alpha) for group in listed if (alpha := index.point(f"choice.alpha.{group}")) is not None]
    rows = []
    for group, alpha in found:
        ends = (Cell((index.amount(alpha, form),), "number") for form in FORMS)
        rows.append(Row((Cell((among(group),), "label"), *ends), strong=group == "all"))
    if rows:
        title = Finding("find.choice alpha title", (("unit", Words(index.config.study.currency)),))
        columns = tuple(Term(f"ui.{head}") for head in ("group", "price taste", "interval"))
        yield Grid("choice-alpha", title, columns, tuple(rows), stacks=False)


def _group_row(index: Index, group: str, products: bool) -> Row:
    label = Cell((among(group),), "label")
    refusal, counted = index.refusal(f"choice.tastes.{group}"), respondents(index, group)
    if refusal is not None:
        return Row((label, Cell((_unfit(index, refusal),), "wide")))
    n = NONE if counted is None else Cell((Amount(counted.n, "count", ref=counted.id),), "number")
    cells = [label, n]
    for half in ("name", "product") if products else ("name",):
        cells += _half_cells(index, f"choice_lens.{half}.{index.config.study.benchmarks[0]}.{group}.")
    return Row(tuple(cells), strong=group == "all")


def _half_cells(index: Index, stem: str) -> tuple[Cell, Cell]:
    found, verdict = index.estimates.get(f"gap.{stem}"), index.verdicts.get(f"verdict.{stem}")
    label: Fact = Term("ui.none") if verdict is None else Term(f"label.{verdict.label}")
    if isinstance(found, Refusal) or found is None:
        return Cell((Term("ui.none" if found is None else f"why.{found.why}"),)), Cell((label,), "verdict")
    return Cell((index.amount(found, "both"),), "number"), Cell((label,), "verdict")


def _unfit(index: Index, refusal: Refusal) -> Finding:
    """Say why a group has no figure: how many it has and needs, or which columns are at fault."""
    names = str(dict(refusal.facts).get("names", ""))
    if refusal.why == "too few respondents" and names.isdecimal():
        needed = Amount(index.config.choice.min_respondents, "count")
        return Finding("find.choice too few", (("now", Amount(int(names), "count")), ("needed", needed)))
    why = Term(f"why.{refusal.why}")
    if not names:
        return Finding("find.why", (("why", why),))
    told = Many(tuple(column(key, index) for key in names.split(", ")))
    return Finding("find.choice unfit", (("why", why), ("names", told)))


def worth_blocks(index: Index) -> Iterator[Block]:
    """Yield what attributes are worth to everybody, with the spread between respondents, and errors by other conventions."""
    stem = "choice.worth."
    keys = [e.id.removeprefix(stem).removesuffix(".all") for e in index.starting(stem) if e.id.endswith(".all")]
    worths = [(key, index.estimates[f"{stem}{key}.all"]) for key in keys]
    spreads = {key: index.point(f"choice.spread.{key}") for key in keys}
    plain = {key: index.estimates.get(f"choice.plain.{key}") for key in keys}
    shown = [("plain", any(plain.values())), ("spread", any(spreads.values()))]
    rows = []
    for key, found in worths:
        cells = [Cell((_labelled(index, key),), "label"), _worth(index, found)]
        cells += [_worth(index, plain[key])] if shown[0][1] else []
        cells += [_spread(index, spreads[key])] if shown[1][1] else []
        rows.append(Row(tuple(cells), strong=key == f"brand.{index.config.study.focal}"))
    if not rows:
        return
    unit = ("unit", Words(index.config.study.currency))
    heads = ("reading name", "worth", *(("worth plain",) if shown[0][1] else ()), *(("spread",) if shown[1][1] else ()))
    columns = tuple(Term(f"ui.{head}") for head in heads)
    yield Grid(
        "choice-worths", Finding("find.choice worths title", (unit,)), columns, tuple(rows), stacks=len(columns) > 3
    )
    yield Paragraph(Finding("find.choice worths note"), "note")
    utility = any(p is not None and index.unit(p.unit) != "money" for p in spreads.values())
    if shown[1][1]:
        yield Paragraph(Finding("find.choice spread note utility" if utility else "find.choice spread note"), "note")
    yield from _errors(index)


def _labelled(index: Index, key: str) -> Fact:
    """Return a column's name; a level says against which one it stands."""
    kind, _, of = key.partition(".")
    attribute, _, level = of.partition(".")
    levels = next((a.levels for a in index.config.choice.attributes if a.id == attribute), ())
    if kind != "attribute" or not level or not levels:
        return column(key, index)
    against = Finding("find.choice base level", (("base", Words(levels[0])),))
    return Finding("find.choice based", (("column", column(key, index)), ("against", against)))


def _worth(index: Index, found: Estimate | None) -> Cell:
    if isinstance(found, Refusal):
        return Cell((Term(f"why.{found.why}"),), "number")
    return BLANK if found is None else Cell((index.amount(found, "both"),), "number")


def _spread(index: Index, found: Point | None) -> Cell:
    return BLANK if found is None else Cell((index.amount(found, "both"),), "number")


def _errors(index: Index) -> Iterator[Block]:
    """Yield how many times wider errors by respondent are than those that printed tables often have."""
    checks = [check for name in CONVENTIONS if (check := index.check(f"choice.errors.{name}")) is not None]
    rows = tuple(
        Row((Cell((check_facts_of(check)["convention"],), "label"), *(_times(check, end) for end in ("least", "most"))))
        for check in checks
    )
    if rows:
        columns = tuple(Term(f"ui.{head}") for head in ("convention", "least", "most"))
        yield Grid("choice-errors", Finding("find.choice errors title"), columns, rows, stacks=False)
        yield Paragraph(Finding("find.choice errors note"), "note")


def check_facts_of(check: Check) -> dict[str, Fact]:
    """Return what a check quotes, by name."""
    return dict(check_facts(check))


def _times(check: Check, name: str) -> Cell:
    return Cell((Amount(float(dict(check.facts)[name]), "times", ref=f"{check.id}|{name}"),), "number")


def foretold_blocks(index: Index) -> Iterator[Block]:
    """Yield how well each model foretold choices that it had not seen, and whether the study's own beats the others."""
    rows = []
    own = next((name for name in MODELS if index.point(f"choice.heldout.{name}.logloss")), "")
    for name in MODELS:
        loss, hits = (index.point(f"choice.heldout.{name}.{score}") for score in ("logloss", "hits"))
        if loss is None or hits is None:
            continue
        check = index.check(f"choice.heldout.{name}")
        model = Term(f"model.{name.replace('_', ' ')}")
        against: Fact = Term("ui.none") if name != own else Term("find.choice heldout own")
        if check is not None and check.why in FORETOLD:
            told = dict(check_facts(check))
            facts = (("own", told["own"]), ("other", told["other"]))
            against = Finding(f"find.choice heldout {FORETOLD[check.why]}", facts)
        cells = (
            Cell((replace(index.amount(figure, "both"), places=places),), "number")
            for figure, places in ((loss, 3), (hits, 1))
        )
        rows.append(Row((Cell((model,), "label"), *cells, Cell((against,))), strong=name == own))
    if rows:
        columns = tuple(Term(f"ui.{head}") for head in ("model", "log loss", "hits", "foretold"))
        yield Grid("choice-heldout", Finding("find.choice heldout title"), columns, tuple(rows))
        yield Paragraph(Finding("find.choice heldout note"), "note")
        return
    check = index.check("choice.heldout")
    if check is not None:
        yield Listing((Finding(f"why.{check.why}", check_facts(check)),))
