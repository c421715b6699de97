"""The demand lens beside the price lens: what is said when it agrees, disagrees, may not be judged, or did not look."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from halfstep.core.answer import Verdict
from halfstep.core.estimate import Point
from halfstep.report import json_text, write_report
from halfstep.report.charts import RowsChart
from halfstep.report.comparison import main_verdicts
from halfstep.report.compose import compose
from halfstep.report.finding import Amount, Fact, Finding, Many, Term
from halfstep.report.html import render_html
from halfstep.report.index import Index
from halfstep.report.lead import lead_findings, what_would_change_it
from halfstep.report.numbers import adding_decimals
from halfstep.report.origins import Origins
from halfstep.report.page import Cell, Figure, Grid, Listing, Page, Paragraph, Row, Section
from halfstep.report.say import Speaker
from halfstep.report.text import render_text
from halfstep.report.words import LANGUAGES, word
from halfstep.study import Outcome
from tests.report.studies import STUDIES

BOTH = pytest.mark.parametrize("lang", LANGUAGES)
FITTED = ("judged", "reach unknown", "blunt", "weak", "apart", "no money", "contradicted", "second choices", "nested")
REFUSED = ("vanish", "nothing moves price", "supply")


def page_of(outcome: Outcome) -> Page:
    return compose(Index.of(outcome))


def section(outcome: Outcome, name: str) -> Section:
    return next(s for s in page_of(outcome).sections if s.id == name)


def amounts(thing: object) -> Iterator[Amount]:
    """Every amount inside a section, a block or a fact."""
    if isinstance(thing, Amount):
        yield thing
    elif isinstance(thing, Finding):
        yield from (a for _, fact in thing.facts for a in amounts(fact))
    elif isinstance(thing, Many):
        yield from (a for part in thing.parts for a in amounts(part))
    elif isinstance(thing, Paragraph):
        yield from amounts(thing.finding)
    elif isinstance(thing, Cell):
        yield from (a for fact in thing.facts for a in amounts(fact))
    elif isinstance(thing, Section | Listing | Grid | Row):
        inside = {Section: "blocks", Listing: "items", Grid: "rows", Row: "cells"}[type(thing)]
        yield from (a for part in getattr(thing, inside) for a in amounts(part))


def said(outcome: Outcome, lang: str, name: str) -> str:
    """The paragraphs and lists of a section as text."""
    speaker = Speaker(lang, outcome.config)
    out = []
    for block in section(outcome, name).blocks:
        if isinstance(block, Paragraph):
            out.append(speaker.text(block.finding))
        elif isinstance(block, Listing):
            out += [speaker.text(item) for item in block.items]
    return "\n".join(out)


def line(outcome: Outcome, lang: str) -> str:
    """What the head of the report says of the demand lens."""
    start = {"en": "Demand lens", "zh": "需求视角"}[lang]
    texts = [Speaker(lang, outcome.config).text(f) for f in lead_findings(Index.of(outcome))]
    return "".join(t for t in texts if t.startswith(start))


def grid(outcome: Outcome, name: str) -> Grid:
    found = [b for s in page_of(outcome).sections for b in s.blocks if isinstance(b, Grid) and b.id == name]
    assert len(found) == 1
    return found[0]


@pytest.mark.parametrize("name", STUDIES)
def test_every_study_renders_whole_and_without_odd_numbers(outcomes: dict[str, Outcome], name: str) -> None:
    index = Index.of(outcomes[name])
    page = render_html(compose(index), index, "en")
    text = re.sub("<[^>]*>", " ", page.partition("<main>")[2].partition("</main>")[0]).lower().split()
    assert not {"nan", "inf", "-inf"} & set(text)
    drawn = " ".join(re.findall(r'\s(?:x|y|cx|cy|width|height|d|transform)="([^"]*)"', page))
    assert "nan" not in drawn
    assert "inf" not in drawn
    assert page.count("<h2>") == (11 if name in ("flow", "supply", "partly supply") else 10)
    assert len(page.encode()) < 700_000
    json.loads(json_text(outcomes[name]), parse_constant=lambda bad: pytest.fail(bad))


@BOTH
def test_a_dark_room_says_what_it_needs_and_draws_nothing(outcomes: dict[str, Outcome], lang: str) -> None:
    for name in ("dark", "flow"):
        blocks = section(outcomes[name], "demand").blocks
        assert len(blocks) == 1
        assert "[demand]" in said(outcomes[name], lang, "demand")
        assert line(outcomes[name], lang) == ""
        checks = said(outcomes[name], lang, "checks")
        assert word("room.demand", lang) in checks
        assert "[demand]" in checks


@pytest.mark.parametrize("name", REFUSED)
@BOTH
def test_a_refused_room_says_why_and_what_it_needs_and_draws_nothing(
    outcomes: dict[str, Outcome], name: str, lang: str
) -> None:
    outcome = outcomes[name]
    refusal = Index.of(outcome).refusal("demand.tastes")
    assert refusal is not None
    text = said(outcome, lang, "demand")
    assert len(section(outcome, "demand").blocks) == 1
    assert word(f"why.{refusal.why}", lang) in text
    assert word(f"needs.{refusal.needs[0]}", lang) in text
    assert word(f"why.{refusal.why}", lang) in line(outcome, lang)


def test_instruments_that_vanish_are_named_by_their_attributes(outcomes: dict[str, Outcome]) -> None:
    assert "sums over rivals' products: power and size" in said(outcomes["vanish"], "en", "demand")
    refused = next(c for c in Index.of(outcomes["blunt"]).checks if c.id == "demand.rank")
    assert "blp rivals: power" in str(dict(refused.facts)["collinear"])
    rows = grid(outcomes["blunt"], "instruments").rows
    texts = [
        Speaker("en", outcomes["blunt"].config).text(fact) for row in rows for cell in row.cells for fact in cell.facts
    ]
    assert any(text.startswith("cost shifters: freight; ") and "number of close ones among" in text for text in texts)


NUMBER = r"(?<![\d.,])−?\d[\d,]*(?:\.\d+)?"


@pytest.mark.parametrize("name", ["judged", "reach unknown", "apart", "contradicted", "nested", "shipped"])
@BOTH
def test_the_identity_adds_up_as_printed(outcomes: dict[str, Outcome], shipped: Outcome, name: str, lang: str) -> None:
    outcome = shipped if name == "shipped" else outcomes[name]
    speaker = Speaker(lang, outcome.config)
    blocks = [
        b for s in page_of(outcome).sections for b in s.blocks if isinstance(b, Paragraph) and b.style == "formula"
    ]
    assert len(blocks) == 2
    for block in blocks:
        text = speaker.text(block.finding)
        left, right = (re.findall(NUMBER, side) for side in text.split("="))
        numbers = [float(n.replace("−", "-").replace(",", "")) for n in (*left, *right)]
        if " − " in text:
            numbers[-2] = -numbers[-2]
        assert math.fsum(numbers[:-1]) == pytest.approx(numbers[-1], abs=1e-9), text
        assert len({n.partition(".")[2] and len(n.partition(".")[2]) for n in (*left, *right)}) == 1


@given(st.lists(st.floats(-1e4, 1e4), min_size=2, max_size=4), st.integers(0, 2))
def test_decimals_that_add_up_do_or_are_the_fewest(parts: list[float], places: int) -> None:
    signed = [(1.0, p) for p in parts]
    found = adding_decimals(signed, math.fsum(parts), places)
    off = round(sum(round(p, found) for p in parts) - round(math.fsum(parts), found), found + 3)
    assert found == places or off == 0


@BOTH
def test_the_brand_row_is_named_by_what_it_holds(outcomes: dict[str, Outcome], lang: str) -> None:
    reach = {"en": "reach", "zh": "触达"}[lang]
    known = [
        b for b in section(outcomes["judged"], "demand").blocks if isinstance(b, Paragraph) and b.style == "formula"
    ]
    unknown = [
        b for b in section(outcomes["blunt"], "demand").blocks if isinstance(b, Paragraph) and b.style == "formula"
    ]
    texts = [Speaker(lang, outcomes["judged"].config).text(b[0].finding) for b in (known, unknown)]
    inside = [re.findall(r"[(（](.*?)[)）]", text)[0] for text in texts]
    assert reach not in inside[0]
    assert reach in inside[1]
    assert texts[0].count(reach) == 1


@pytest.mark.parametrize("name", FITTED)
def test_every_number_of_the_section_can_be_followed_back(outcomes: dict[str, Outcome], name: str) -> None:
    index = Index.of(outcomes[name])
    origins = Origins(index, tuple(Speaker(lang, index.config) for lang in LANGUAGES))
    loose = [a for a in amounts(section(outcomes[name], "demand")) if a.unit != "level" and origins.key(a.ref) is None]
    assert loose == []
    lenses = [a for a in amounts(grid(outcomes[name], "verdicts")) if origins.key(a.ref) is None]
    assert lenses == []


def test_the_headline_speaks_of_the_price_lens(outcomes: dict[str, Outcome], shipped: Outcome) -> None:
    for outcome in (shipped, *(outcomes[name] for name in FITTED)):
        index = Index.of(outcome)
        assert {v.lens for v in main_verdicts(index).values()} == {"price"}
        assert {v.lens for v in main_verdicts(index, "demand").values()} == {"demand"}
        stated = {a.ref for a in amounts(lead_findings(index)[0]) if a.ref}
        assert stated <= {
            *(v.estimate for v in main_verdicts(index).values()),
            *(n for n in index.estimates if n.startswith("gap.price.")),
        }


SAYS = {
    "judged": ("like the price lens", "short"),
    "reach unknown": ("like the price lens", "name not comparable"),
    "apart": ("opposite to the price lens", "worth more than the market charges"),
    "contradicted": ("like the price lens", "no verdict"),
    "weak": ("no best guess", "no verdict"),
    "no money": ("without a figure",),
}


@pytest.mark.parametrize("name", SAYS)
def test_one_line_of_the_head_says_how_the_demand_lens_stands(outcomes: dict[str, Outcome], name: str) -> None:
    text = line(outcomes[name], "en")
    assert all(part in text for part in SAYS[name])
    report = render_text(Index.of(outcomes[name]), "en")
    assert report.paragraphs.count(text) == 1
    price = {v.id for v in outcomes[name].answers["gap"].verdicts if v.lens == "price"}
    assert len(report.rows) == len(price)
    assert line(outcomes[name], "zh")


def test_the_shipped_study_says_what_taking_buyers_for_alike_would_have_said(shipped: Outcome) -> None:
    assert "undecided; name not comparable" in line(shipped, "en")
    assert "数据不足以判断；品牌半步不可比" in line(shipped, "zh")
    text = said(shipped, "en", "demand")
    assert "Taking buyers for alike leads to other conclusions: product half ahead then, undecided here" in text
    assert "把买家看作一样，结论会不同：产品半步那样是“领先”" in said(shipped, "zh", "demand")
    assert "Reach is not measured." in text
    assert text.count("Needed: ") == 2
    changes = [Speaker("en", shipped.config).text(f) for f in what_would_change_it(Index.of(shipped))]
    assert sum("reach table" in c for c in changes) == 1


@BOTH
def test_lenses_that_disagree_are_said_to_and_not_averaged(outcomes: dict[str, Outcome], lang: str) -> None:
    index = Index.of(outcomes["apart"])
    assert index.overall is not None
    assert index.overall.label == "lenses disagree"
    texts = [Speaker(lang, index.config).text(f) for f in lead_findings(index)]
    apart = [t for t in texts if {"en": "disagree on the product half", "zh": "在产品半步上互相矛盾"}[lang] in t]
    assert len(apart) == 1
    assert "0%" not in apart[0]


def test_the_side_by_side_grid_has_both_lenses_of_every_accord(outcomes: dict[str, Outcome]) -> None:
    outcome = outcomes["apart"]
    index = Index.of(outcome)
    rows = grid(outcome, "lenses").rows
    assert len(rows) == len(index.accords) == 4
    shown = [{a.ref for a in amounts(row)} for row in rows]
    assert all(any(set(accord.estimates) == refs for refs in shown) for accord in index.accords)
    labels = {cell.facts[0] for row in rows for cell in row.cells if cell.style == "verdict"}
    assert labels == {Term(f"accord.{a.label}") for a in index.accords}


def test_the_verdicts_show_their_lens(outcomes: dict[str, Outcome]) -> None:
    table = grid(outcomes["judged"], "verdicts")
    at = table.columns.index(Term("ui.lens and half"))
    named = [dict(f.facts)["lens"] for row in table.rows for f in row.cells[at].facts if isinstance(f, Finding)]
    assert sorted(str(n) for n in named) == sorted([str(Term("lens.demand"))] * 4 + [str(Term("lens.price"))] * 4)


@BOTH
def test_lenses_of_different_periods_are_not_compared(outcomes: dict[str, Outcome], lang: str) -> None:
    outcome = outcomes["partly supply"]
    periods = [main_verdicts(Index.of(outcome), lens)["product"].period for lens in ("price", "demand")]
    assert periods == ["2025-04", "2025-03"]
    assert {"en": "The two are not compared.", "zh": "两者不作比较"}[lang] in said(outcome, lang, "demand")
    assert {"en": "another period than the price lens's", "zh": "与价格视角不同期"}[lang] in line(outcome, lang)


def test_weak_instruments_draw_sets_without_a_guess(outcomes: dict[str, Outcome]) -> None:
    charts = [c for b in section(outcomes["weak"], "demand").blocks if isinstance(b, Figure) for c in b.charts]
    assert len(charts) == 1
    chart = charts[0]
    assert isinstance(chart, RowsChart)
    sets = [row for row in chart.rows if row.role == "2sls"]
    assert len(sets) == 3
    assert all(math.isnan(row.value) and row.lo < row.hi for row in sets)
    text = said(outcomes["weak"], "en", "demand")
    assert "it would have to pass 23.1" in text
    assert "too narrow" in text


def test_what_money_cannot_measure_is_not_drawn(outcomes: dict[str, Outcome]) -> None:
    blocks = section(outcomes["no money"], "demand").blocks
    assert not any(isinstance(b, Figure) for b in blocks)
    assert word("why.not measurable in money", "en") in said(outcomes["no money"], "en", "demand")


def test_least_squares_stands_beside_only_where_it_was_reckoned(shipped: Outcome) -> None:
    charts = [c for b in section(shipped, "demand").blocks if isinstance(b, Figure) for c in b.charts]
    chart = charts[0]
    assert isinstance(chart, RowsChart)
    by_role = {role: sum(row.role == role for row in chart.rows) for role in ("head", "price lens", "2sls", "ols")}
    assert by_role["head"] == by_role["price lens"] == by_role["2sls"] == len(shipped.config.attributes) + 1
    index = Index.of(shipped)
    known = [
        a.id for a in shipped.config.attributes if index.figure(f"naive.logit_without_instruments.attribute.{a.id}")
    ]
    assert by_role["ols"] == len(known) + 1


def test_deliveries_under_a_backlog_are_called_supply(outcomes: dict[str, Outcome]) -> None:
    text = said(outcomes["flow"], "en", "flow")
    assert "deliveries rose by 40.0% (200 to 280) while net orders fell by 60.8% (510 to 200)" in text
    assert "measure supply, not demand" in text
    assert "B: nothing says whether buyers were waiting." in text
    assert "反映的是供给，不是需求" in said(outcomes["flow"], "zh", "flow")
    charts = [c for b in section(outcomes["flow"], "flow").blocks if isinstance(b, Figure) for c in b.charts]
    assert len(charts) == 2
    assert all(s.id != "flow" for s in page_of(outcomes["dark"]).sections)


def test_the_flow_grid_holds_the_last_periods_with_their_series(outcomes: dict[str, Outcome]) -> None:
    rows = grid(outcomes["flow"], "flow-0").rows
    refs = [a.ref for a in amounts(rows[-1])]
    assert refs == [f"flow.{kind}.A|2025-06" for kind in ("orders", "net_orders", "deliveries", "backlog", "waiting")]
    index = Index.of(outcomes["flow"])
    assert all(index.series[ref.partition("|")[0]] for ref in refs)


def test_second_choices_stand_beside_the_lenses(outcomes: dict[str, Outcome]) -> None:
    speaker = Speaker("en", outcomes["second choices"].config)
    rows = [
        [speaker.text(f) for c in row.cells for f in c.facts] for row in grid(outcomes["second choices"], "second").rows
    ]
    assert ["A", "B"] in [row[:2] for row in rows]
    assert rows[0][2].startswith("60% (")


def test_a_half_that_only_the_demand_lens_decides_is_said_to_be(outcomes: dict[str, Outcome]) -> None:
    index = Index.of(outcomes["judged"])
    undecided = [v for v in main_verdicts(index).values() if v.label == "undecided"]
    assert [v.half for v in undecided] == ["name"]
    other: Verdict = main_verdicts(index, "demand")["name"]
    index.verdicts[other.id] = replace(other, label="short", p=0.96)
    texts = [Speaker("en", index.config).text(f) for f in lead_findings(index)]
    assert any("It is the demand lens that decides the name half" in t for t in texts)
    assert isinstance(index.estimates[other.estimate], Point)


def test_the_same_demand_study_gives_the_same_bytes(outcomes: dict[str, Outcome], tmp_path: Path) -> None:
    for folder in ("one", "two"):
        write_report(outcomes["judged"], tmp_path / folder)
    for file in ("report.html", "report.json"):
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes()


def test_facts_of_checks_are_formatted(shipped: Outcome) -> None:
    speaker = Speaker("en", shipped.config)
    texts: list[str] = []
    for row in grid(shipped, "checks").rows:
        facts: tuple[Fact, ...] = tuple(f for cell in row.cells for f in cell.facts)
        texts.append(" ".join(speaker.text(f) for f in facts))
    joined = "\n".join(texts)
    assert "a difference of +0.020 (p = 0.18)" in joined
    assert "67.0% of the products have an own-price elasticity above −1 (mean −1.1)" in joined
    assert "effective F 26.4 against a critical value of 17.7" in joined


def test_how_lenses_stand_to_each_other_is_in_the_glossary_in_both_languages() -> None:
    text = (Path(__file__).parents[2] / "docs" / "glossary.md").read_text(encoding="utf-8")
    for label in ("agree", "disagree", "open", "not comparable"):
        assert f"| {word(f'accord.{label}', 'zh')} | {label} |" in text
    assert word("label.not judged", "zh") in text
    for term in ("ui.section demand", "ui.price lens", "ui.flow net_orders"):
        assert f"| {word(term, 'zh')} |" in text
