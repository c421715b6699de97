"""What the report says of a choice experiment: the verdict, what stands behind it, and where it may say nothing."""

from __future__ import annotations

import io
import json
import math
import re
from dataclasses import replace
from pathlib import Path
from string import Formatter
from typing import Any

import numpy as np
import openpyxl
import polars as pl
import pytest

from halfstep.core.answer import Answer
from halfstep.report import json_text, write_report
from halfstep.report.charts import RowsChart
from halfstep.report.choice import choice_section
from halfstep.report.choice_lead import choice_lead, choice_line, choice_sentence
from halfstep.report.compose import compose
from halfstep.report.finding import Finding, Need, Term
from halfstep.report.html import render_html
from halfstep.report.index import Index
from halfstep.report.origins import Origins
from halfstep.report.page import Figure, Grid, Listing, Paragraph, Section
from halfstep.report.say import Speaker
from halfstep.report.sheets import render_workbook
from halfstep.report.text import render_text
from halfstep.report.words import LANGUAGES, known, resolve, word
from halfstep.study import Outcome, run
from tests.invented import market, write
from tests.report.choice_answers import (
    MAIN,
    bound,
    full,
    half,
    index_of,
    outcome_of,
    point,
    refusal,
    tastes,
    unasked,
    verdict,
)
from tests.report.test_lenses import amounts
from tests.report.test_words import keys_of, lacking, parts

BOTH = pytest.mark.parametrize("lang", LANGUAGES)
RESTS = ("information", "bound", "nothing")
CASES = [(label, rests, product) for label in ("short", "undecided") for rests in RESTS for product in (True, False)]


def texts(index: Index, section: Section | None, lang: str) -> list[str]:
    """Everything that a section says, cell by cell."""
    speaker, out = Speaker(lang, index.config), []
    for block in () if section is None else section.blocks:
        if isinstance(block, Paragraph):
            out.append(speaker.text(block.finding))
        elif isinstance(block, Listing):
            out += [speaker.text(item) for item in block.items]
        elif isinstance(block, Grid):
            out += [speaker.text(f) for f in (block.title, *block.columns)]
            out += [speaker.text(f) for row in block.rows for cell in row.cells for f in cell.facts]
        else:
            out += [speaker.text(block.title), *([speaker.text(block.caption)] if block.caption else [])]
    return out


def lead(index: Index, lang: str) -> str:
    return Speaker(lang, index.config).text(choice_sentence(index))


@pytest.mark.parametrize(("label", "rests", "product"), CASES)
def test_every_key_and_fact_is_there(label: str, rests: str, product: bool) -> None:
    outcome = outcome_of(full(label, rests, product=product))
    assert sorted({gap for group, key in keys_of(outcome) for gap in lacking(group, key)}) == []
    missing = set()
    for part in parts(compose(Index.of(outcome))):
        if isinstance(part, Term) and not known(part.key):
            missing.add(part.key)
        if isinstance(part, Need) and not known(resolve(part.group, part.key)[0]):
            missing.add(f"{part.group}: {part.key}")
        if isinstance(part, Finding):
            asked = {f for lang in LANGUAGES for _, f, _, _ in Formatter().parse(word(part.kind, lang)) if f}
            if not known(part.kind) or not asked <= {fact for fact, _ in part.facts}:
                missing.add(part.kind)
    assert sorted(missing) == []


@pytest.mark.parametrize("ends", [(5.1, 2.9, 7.3), (-5.1, -7.3, -2.9), (0.4, -1.2, 2.0), (-0.4, -2.0, 1.2)])
@pytest.mark.parametrize("label", ["short", "met", "ahead", "undecided"])
@BOTH
def test_the_sentence_says_the_side_of_its_number(ends: tuple[float, float, float], label: str, lang: str) -> None:
    answers = full(label, product=False)
    gap = replace(answers["gap"], estimates=(half("name", *ends), *answers["gap"].estimates[2:]))
    said = lead(index_of(answers | {"gap": gap}), lang)
    behind, front = {"en": ("behind", "in front"), "zh": ("差", "高出")}[lang]
    sides = [behind if end > 0 else front for end in ends]
    bare = said.replace(word(f"label.{label}", lang), "")
    assert all((side in bare) == (side in sides) for side in (behind, front))
    assert word(f"label.{label}", lang) in said
    assert ("99.1%" in said) == (label != "undecided")


@BOTH
def test_what_would_decide_is_a_number_of_respondents(lang: str) -> None:
    index = index_of(full())
    speaker = Speaker(lang, index.config)
    changes = next(b for b in choice_lead(index) if isinstance(b, Listing))
    text = " ".join(speaker.text(item) for item in changes.items)
    assert "1,250" in text
    assert "300" in text
    assert "2.1" in text
    assert "9.9" in text


@BOTH
def test_a_half_that_was_not_asked_says_what_it_needs(lang: str) -> None:
    index = index_of(full(product=False))
    shown = " ".join(texts(index, choice_section(index), lang))
    assert word("why.no line-up", lang) in shown
    assert word("needs.a line-up of real products", lang) in shown
    assert word("find.choice lead name", lang).partition("{n}")[0].split("}")[-1] in lead(index, lang)


@BOTH
def test_the_identity_adds_up_as_printed(lang: str) -> None:
    index = index_of(full())
    section = choice_section(index)
    assert section is not None
    (formula,) = [b for b in section.blocks if isinstance(b, Paragraph) and b.style == "formula"]
    text = Speaker(lang, index.config).text(formula.finding).replace("−", "-")
    product, name, price, utility = (float(x) for x in re.findall(r"(?<![\d.])-?\d+\.?\d*", text.replace("- ", "")))
    assert math.isclose(product + name - price, utility, abs_tol=1e-9)


@BOTH
def test_a_group_that_is_too_small_says_how_many_it_has_and_needs(lang: str) -> None:
    index = index_of(full())
    shown = texts(index, choice_section(index), lang)
    (told,) = {t for t in shown if "12" in t and "30" in t}
    assert not re.search(r"\d\.\d", told)
    grid = next(b for b in choice_section(index).blocks if isinstance(b, Grid) and b.id == "choice-groups")  # type: ignore[union-attr]
    assert [len(row.cells) for row in grid.rows] == [6, 6, 2]


@BOTH
def test_a_study_that_cannot_be_fitted_refuses_and_names_what_is_at_fault(lang: str) -> None:
    why, needs = "collinear columns", "a design in which these vary apart"
    refused = refusal(
        "choice.tastes.all", "tastes of the experiment", why, needs, segment="all", names="attribute.range, brand.Alpha"
    )
    index = index_of({"choice": Answer(room="choice", estimates=(refused,)), "gap": Answer(room="gap", dark="sales")})
    assert word(f"why.{why}", lang) in lead(index, lang)
    assert word(f"needs.{needs}", lang) in lead(index, lang)
    page = compose(index)
    assert [s.id for s in page.sections] == ["choice", "checks", "provenance"]


@BOTH
def test_no_figure_is_printed_where_nothing_is_measurable_in_money(lang: str) -> None:
    why, needs = "not measurable in money", "prices further apart in the tasks, or more respondents"
    answers = full(product=False)
    names = [refusal(f"gap.choice_lens.{h}.{MAIN}", "product half by choices", why, needs) for h in ("name", "product")]
    worths = [
        refusal(f"choice.worth.brand.{b}.all", "worth of a name over the base", why, needs) for b in ("Alpha", "Gamma")
    ]
    gap = replace(answers["gap"], estimates=tuple(names), verdicts=(unasked("name", why), unasked("product", why)))
    choice = Answer(room="choice", estimates=tuple(worths), tastes=(tastes(),))
    index = index_of({"choice": choice, "gap": gap})
    assert word(f"why.{why}", lang) in lead(index, lang)
    section = choice_section(index)
    assert section is not None
    assert not any(isinstance(block, Figure) for block in section.blocks)
    assert not re.search(r"\d", " ".join(texts(index, section, lang)).replace("35", ""))


@pytest.mark.parametrize("rests", RESTS)
@BOTH
def test_misbelief_is_told_apart_bounded_or_neither(rests: str, lang: str) -> None:
    index = index_of(full(rests=rests))
    shown = " ".join(texts(index, choice_section(index), lang))
    apart, ends = ("2.0", "4.1"), {"en": "0.0 to 5.1", "zh": "0.0 至 5.1"}[lang]
    assert all(f in shown for f in apart) == (rests == "information")
    assert (ends in shown) == (rests == "bound")
    assert (word("why.no treatment", lang) in shown) == (rests == "nothing")
    assert "62%" in shown


@BOTH
def test_the_models_that_beat_and_do_not_beat_are_named(lang: str) -> None:
    index = index_of(full())
    grid = next(b for b in choice_section(index).blocks if isinstance(b, Grid) and b.id == "choice-heldout")  # type: ignore[union-attr]
    said = [Speaker(lang, index.config).text(row.cells[-1].facts[0]) for row in grid.rows]
    beats, not_ = {"en": ("beats", "does not beat"), "zh": ("胜过", "没有胜过")}[lang]
    assert beats in said[1]
    assert not_ in said[2]
    assert not_ not in said[1]


@BOTH
def test_what_lies_outside_the_profiles_is_named(lang: str) -> None:
    index = index_of(full())
    shown = " ".join(texts(index, choice_section(index), lang))
    assert {"en": "range, km 300-620 (shown 350-550)", "zh": "续航（公里） 300-620（展示过 350-550）"}[lang] in shown


@BOTH
def test_a_search_in_which_all_lose_and_tastes_in_common_are_said(lang: str) -> None:
    answers = full()
    choice = answers["choice"]
    common = tuple(e for e in choice.estimates if not e.id.startswith("choice.spread."))
    loss = point("choice.search.best.value", "margin a buyer", -0.4, -0.6, -0.2, "coins per buyer")
    told = replace(choice, estimates=tuple(loss if e.id == loss.id else e for e in common))
    shown = [
        " ".join(texts(i, choice_section(i), lang)) for i in (index_of(answers), index_of(answers | {"choice": told}))
    ]
    for key in ("find.choice switching plain", "find.choice search loss"):
        tail = word(key, lang).replace("{label}", "")
        assert [tail in text for text in shown] == [False, True]


@BOTH
def test_dearer_profiles_chosen_more_are_said_of_names(lang: str) -> None:
    why, needs = "dearer profiles chosen more", "a look at the price column and its codes"
    answers = full()
    worths = {
        e.id for e in answers["choice"].estimates if e.id.startswith("choice.worth.brand.") and e.id.endswith(".all")
    }
    spoilt = (refusal(name, "worth of a name over the base", why, needs) for name in sorted(worths))
    rest = tuple(e for e in answers["choice"].estimates if e.id not in worths)
    index = index_of(answers | {"choice": replace(answers["choice"], estimates=(*rest, *spoilt))})
    assert word(f"why.{why}", lang) in " ".join(texts(index, choice_section(index), lang))
    assert known(f"needs.{needs}")


def test_every_number_of_the_section_can_be_followed_back() -> None:
    index = index_of(full())
    section = choice_section(index)
    origins = Origins(index, tuple(Speaker(lang, index.config) for lang in LANGUAGES))
    loose = [a for a in amounts(section) if a.unit not in ("level", "count") and origins.key(a.ref) is None]
    assert loose == []


def test_the_chinese_page_has_no_english_words() -> None:
    index = index_of(full())
    text = " ".join(texts(index, choice_section(index), "zh")) + lead(index, "zh")
    allowed = {"logit", "McFadden", "saloon", "suv", "paper", "km", "Delta", "Echo"}
    assert set(re.findall(r"[A-Za-z]{3,}", text)) - allowed == set()


@pytest.mark.parametrize(("label", "rests", "product"), CASES)
def test_every_file_is_written(tmp_path: Path, label: str, rests: str, product: bool) -> None:
    outcome = outcome_of(full(label, rests, product=product))
    index = Index.of(outcome)
    page = compose(index)
    html = render_html(page, index, "zh")
    shown = re.sub("<[^>]*>", " ", html.partition("<main>")[2].partition("</main>")[0]).lower().split()
    assert not {"nan", "inf", "-inf", "none"} & (set(shown) - {"none"})
    for lang in LANGUAGES:
        book = openpyxl.load_workbook(io.BytesIO(render_workbook(page, index, lang)))
        assert len(book.sheetnames) > 10
        told = render_text(index, lang)
        assert told.rows
        assert all("nan" not in cell for row in told.rows for cell in row)
    record = json.loads(json_text(outcome), parse_constant=lambda bad: pytest.fail(bad))
    assert {v["period"] for v in record["verdicts"]} == {""}


def test_more_respondents_that_would_not_decide_are_said_so() -> None:
    answers = full("undecided", product=False)
    stem = f"decide.choice_lens.name.{MAIN}"
    close = refusal(
        stem, "respondents that would decide", "too close to the margin", "a wider margin, or another question"
    )
    gap = replace(answers["gap"], estimates=(*answers["gap"].estimates, close))
    index = index_of(answers | {"gap": gap})
    changes = next(b for b in choice_lead(index) if isinstance(b, Listing))
    text = " ".join(Speaker("en", index.config).text(item) for item in changes.items)
    assert word("why.too close to the margin", "en") in text
    enough = bound(f"{stem}.respondents", "respondents that would decide", 300.0, 800.0, "respondents")
    gap = replace(answers["gap"], estimates=(*answers["gap"].estimates, enough))
    index = index_of(answers | {"gap": gap})
    (row,) = [v for v in index.verdicts.values() if v.half == "name" and v.segment == "all"]
    assert row.needs == (stem,)
    changes = next(b for b in choice_lead(index) if isinstance(b, Listing))
    assert "800" in " ".join(Speaker("en", index.config).text(item) for item in changes.items)


def experiment(seed: int = 4, people: int = 90, tasks: int = 8) -> pl.DataFrame:
    """Choices between profiles of A, B and C: B is worth 6 coins more than A."""
    rng = np.random.default_rng(seed)
    rows: list[tuple[Any, ...]] = []
    for person in range(people):
        for task in range(tasks):
            power, price = rng.uniform(0.8, 1.6, 3), rng.choice([20.0, 25.0, 30.0, 35.0], 3)
            worth = np.array([0.0, 6.0, 5.0])[order := rng.permutation(3)]
            chosen = int(np.argmax(0.2 * (8 * power + worth - price) + rng.gumbel(size=3)))
            rows += [
                (person, task, k, int(k == chosen), "ABC"[order[k]], power[k], price[k], person % 2) for k in range(3)
            ]
    return pl.DataFrame(rows, schema=["who", "task", "shown", "chosen", "name", "hp", "cost", "town"], orient="row")


SETTINGS: dict[str, Any] = {
    "study": {"benchmarks": ["B", "C"]},
    "choice_columns": {"respondent": "who", "task": "task", "chosen": "chosen", "price": "cost", "brand": "name"},
    "lineup_columns": {"product": "product", "brand": "name", "price": "cost"},
    "choice": {
        "attributes": [{"id": "power", "label": "power", "column": "hp", "better": "more"}],
        "segments": [{"id": "town", "label": "town", "among": {"town": [1]}}],
    },
}  # fmt: skip
LINEUP = pl.DataFrame(
    {"product": ["A1", "B1", "C1"], "name": ["A", "B", "C"], "hp": [1.0, 1.2, 1.1], "cost": [25.0, 33.0, 30.0]}
)


@pytest.fixture(scope="module")
def beside(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    folder = tmp_path_factory.mktemp("beside")
    return run(write(folder, market("ABC"), SETTINGS, {"choices": experiment(), "lineup": LINEUP}))


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    folder, none = tmp_path_factory.mktemp("alone"), {"columns": None, "attributes": None, "bands": None}
    tables = {"choices": experiment(), "lineup": LINEUP}
    return run(write(folder, None, SETTINGS | none | {"tables": {"sales": None}}, tables))


def test_a_study_of_choices_alone_leads_with_them(alone: Outcome, tmp_path: Path) -> None:
    index = Index.of(alone)
    page = compose(index)
    assert [s.id for s in page.sections] == ["choice", "verdicts", "checks", "provenance"]
    assert page.lead[0] == Paragraph(choice_sentence(index), "lead")
    assert {v.lens for v in index.verdicts.values()} == {"choice"}
    told = render_text(index, "en")
    assert "name half" in told.paragraphs[0]
    assert any("choice: name" in cell for row in told.rows for cell in row)
    assert len(write_report(alone, tmp_path, "zh")) == 3


def test_lenses_stand_side_by_side_and_are_not_blended(beside: Outcome) -> None:
    index = Index.of(beside)
    page = compose(index)
    assert [s.id for s in page.sections].index("choice") == [s.id for s in page.sections].index("demand") + 1
    (verdicts,) = [s for s in page.sections if s.id == "verdicts"]
    (figure,) = [b for b in verdicts.blocks if isinstance(b, Figure)]
    chart = figure.charts[0]
    assert isinstance(chart, RowsChart)
    assert [row.role for row in chart.rows] == ["head", "price lens", "choice lens"] * 2
    choice = index.point(f"gap.choice_lens.name.{MAIN.replace('Beta', 'B')}")
    assert choice is not None
    assert choice.value in [row.value for row in chart.rows]
    (line,) = [t for t in render_text(index, "en").paragraphs if t.startswith("Choice lens")]
    assert "price lens" in line
    assert verdict("name").lens == "choice"


@BOTH
def test_the_same_side_but_another_size_is_said_with_its_reason(beside: Outcome, lang: str) -> None:
    why, gap = "prices hold more than the name", beside.answers["gap"]
    found = tuple(
        replace(a, label="agree", reason=why) if a.lenses == ("price", "choice") and a.half == "name" else a
        for a in gap.accords
    )
    index = Index.of(replace(beside, answers=beside.answers | {"gap": replace(gap, accords=found)}))
    (line,) = [Speaker(lang, index.config).text(one) for one in choice_line(index)]
    assert {"en": "on the same side as the price lens, but of another size", "zh": "与价格视角同向，但大小不同"}[
        lang
    ] in line
    assert word(f"why.{why}", lang) in line


def test_the_tier_is_that_of_what_there_is(alone: Outcome, beside: Outcome) -> None:
    assert [Index.of(outcome).tier for outcome in (alone, beside)] == [3, 1]


@pytest.mark.parametrize("which", ["alone", "beside"])
def test_everything_that_a_run_says_has_words(which: str, request: pytest.FixtureRequest) -> None:
    outcome: Outcome = request.getfixturevalue(which)
    assert sorted({gap for group, key in keys_of(outcome) for gap in lacking(group, key)}) == []
    index = Index.of(outcome)
    page = render_html(compose(index), index, "en")
    drawn = " ".join(re.findall(r'\s(?:x|y|cx|cy|width|height|d|transform)="([^"]*)"', page))
    assert "nan" not in drawn
    json.loads(json_text(outcome), parse_constant=lambda bad: pytest.fail(bad))
