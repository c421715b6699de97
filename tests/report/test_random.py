"""Tastes that differ between buyers, as the report tells of them."""

from __future__ import annotations

import ast
import json
import re
from dataclasses import replace
from pathlib import Path
from string import Formatter
from typing import Any

import numpy as np
import openpyxl
import polars as pl
import pytest

from halfstep.core.answer import Reading
from halfstep.core.estimate import Refusal
from halfstep.report import json_text, write_report
from halfstep.report.compose import compose
from halfstep.report.finding import Finding, Need, Term
from halfstep.report.html import render_html
from halfstep.report.index import Index
from halfstep.report.lead import lead_findings
from halfstep.report.page import Block, Grid, Listing, Paragraph
from halfstep.report.random import COMMON, random_line
from halfstep.report.say import Speaker
from halfstep.report.words import LANGUAGES, known, resolve, word
from halfstep.study import Outcome, run
from tests.invented import write
from tests.report.studies import REACH, reach, sold
from tests.report.test_words import keys_of, lacking, parts

BOTH = pytest.mark.parametrize("lang", LANGUAGES)
DEMAND = Path(__file__).parents[2] / "src" / "halfstep" / "demand"
GRIDS = ("tastes", "brands", "name-value", "optima")
FAST = {"starts": 2, "size": 20}
PRICE = {"of": "price"}


def varied() -> pl.DataFrame:
    """The market of `sold` with buyers who want power unlike, and another choice of models in every market."""
    frame, rng = sold(), np.random.default_rng(5)
    half = rng.normal(size=40)
    likes = 1.5 + 6 * np.concatenate([half, -half])
    tastes = {model: float(rng.normal(0, 0.2)) for model in frame["model"].unique(maintain_order=True)}
    out = []
    for k, (_, rows) in enumerate(frame.group_by("year", "place", maintain_order=True)):
        rows = rows.sample(fraction=0.6, seed=k)
        xi = np.array([tastes[model] for model in rows["model"]]) + rng.normal(0, 0.1, len(rows))
        mean = 3 + np.log(rows["length"].to_numpy()) + xi - 0.15 * rows["price"].to_numpy()
        e = np.exp(mean[:, None] + np.log(rows["power"].to_numpy())[:, None] * likes)
        share = (e / (1 + e.sum(axis=0))).mean(axis=1)
        out.append(rows.with_columns(units=pl.Series(np.maximum(np.round(1e6 * share), 1.0))))
    return pl.concat(out)


def sizes() -> pl.DataFrame:
    """As many possible buyers in every market as `sold` reckons with."""
    return sold().select("year", "place").unique(maintain_order=True).with_columns(size=pl.lit(1e6))


def buyers() -> pl.DataFrame:
    return pl.DataFrame({"income": [20.0, 30.0, 45.0, 60.0, 90.0, 150.0]})


def asked(*tastes: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Settings of a study with some tastes that differ; [demand] keys go under "demand"."""
    demand = {"cost": ["freight"], "instruments": ["local"]} | more.pop("demand", {})
    return {
        "demand": demand | {"random": FAST | {"tastes": list(tastes)} | more},
        "market_columns": {"period": "year", "place": "place", "size": "size"},
        "buyer_columns": {"demographics": {"income": "income"}},
    }


TABLES = {"markets": sizes(), "buyers": buyers()}
POWER = {"of": "power"}
SHIFTED = asked(POWER | {"by": ["income"]}, income="income")
CURVED = asked(PRICE | {"distribution": "lognormal"}, POWER, correlated=True)
STUDIES: dict[str, tuple[pl.DataFrame, dict[str, Any], dict[str, pl.DataFrame]]] = {
    "spread": (varied(), asked(POWER, resamples=4) | REACH, TABLES | {"reach": reach()}),
    "alike": (sold(), asked(PRICE), TABLES),
    "by income": (varied(), SHIFTED, TABLES),
    "together": (sold(), CURVED, TABLES),
    "nested": (varied(), asked(POWER, demand={"nest": "kind"}, size=8, starts=1), TABLES),
    "few": (sold(), asked(PRICE, POWER, demand={"instruments": []}), TABLES),
    "no size": (sold(), asked(PRICE) | {"market_columns": None, "buyer_columns": None}, {}),
}
PRICED = ("spread", "alike", "by income", "together")
FITTED = (*PRICED, "nested")
REFUSED = {"few": "fewer instruments than tastes", "no size": "possible buyers unknown"}


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Outcome]:
    """Every study of `STUDIES`, run once."""
    base = tmp_path_factory.mktemp("random")
    found = {}
    for name, (frame, changes, tables) in STUDIES.items():
        found[name] = run(write(base / name.replace(" ", "-"), frame, changes, tables))
    return found


def blocks(outcome: Outcome) -> tuple[Block, ...]:
    """What the demand section holds."""
    return next(s.blocks for s in compose(Index.of(outcome)).sections if s.id == "demand")


def grids(outcome: Outcome) -> dict[str, Grid]:
    return {b.id: b for b in blocks(outcome) if isinstance(b, Grid)}


def said(outcome: Outcome, lang: str) -> str:
    """Paragraphs and lists of the demand section as text."""
    speaker, out = Speaker(lang, outcome.config), []
    for block in blocks(outcome):
        if isinstance(block, Paragraph):
            out.append(speaker.text(block.finding))
        elif isinstance(block, Listing):
            out += [speaker.text(item) for item in block.items]
    return "\n".join(out)


def cells(outcome: Outcome, grid: str, lang: str) -> list[list[str]]:
    speaker = Speaker(lang, outcome.config)
    return [[" ".join(map(speaker.text, cell.facts)) for cell in row.cells] for row in grids(outcome)[grid].rows]


def changed(outcome: Outcome, room: str, **changes: Any) -> Outcome:
    """The outcome with some fields of a room's answer changed."""
    return replace(outcome, answers=outcome.answers | {room: replace(outcome.answers[room], **changes)})


@pytest.mark.parametrize("name", STUDIES)
def test_everything_has_words_in_both_languages(outcomes: dict[str, Outcome], name: str) -> None:
    index = Index.of(outcomes[name])
    gaps = {gap for group, key in keys_of(outcomes[name]) for gap in lacking(group, key)}
    figures = [(c, key, value) for c in index.checks for key, value in c.facts if c.id.startswith("demand.random.")]
    gaps |= {gap for _, key, value in figures if not isinstance(value, str) for gap in lacking("fact", key)}
    for part in parts(compose(index)):
        if isinstance(part, Term) and not known(part.key):
            gaps.add(part.key)
        if isinstance(part, Need) and not known(resolve(part.group, part.key)[0]):
            gaps.add(f"{part.group}: {part.key}")
        if isinstance(part, Finding):
            wanted = {f for lang in LANGUAGES for _, f, _, _ in Formatter().parse(word(part.kind, lang)) if f}
            if not known(part.kind) or not wanted <= {fact for fact, _ in part.facts}:
                gaps.add(part.kind)
    assert sorted(gaps) == []


def test_every_reason_and_advice_of_the_checks_has_words() -> None:
    """A check that names its reasons in a pair is not seen by the search for keywords."""
    tree = ast.parse((DEMAND / "random_checks.py").read_text(encoding="utf-8"))
    found = 0
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("_check", "_moved"):
            texts = [a.value for a in ast.walk(node) if isinstance(a, ast.Constant) and isinstance(a.value, str)]
            reasons = [t for t in texts if " " in t and not t.startswith("demand.")]
            assert [t for t in reasons if not known(f"why.{t}") and not known(f"do.{t}")] == []
            found += len(reasons)
    assert found > 20


@pytest.mark.parametrize("name", STUDIES)
def test_every_form_of_the_report_is_whole(outcomes: dict[str, Outcome], name: str, tmp_path: Path) -> None:
    outcome = outcomes[name]
    index = Index.of(outcome)
    for lang in LANGUAGES:
        page = render_html(compose(index), index, lang)
        text = re.sub("<[^>]*>", " ", page.partition("<main>")[2].partition("</main>")[0]).lower().split()
        assert not {"nan", "inf", "-inf"} & set(text)
        files = {path.suffix for path in write_report(outcome, tmp_path / lang, lang)}
        assert files == {".html", ".json", ".xlsx"}
    record = json.loads(json_text(outcome), parse_constant=lambda bad: pytest.fail(bad))
    ids = {e["id"] for e in record["estimates"]}
    assert ("demand.random.unminding" in ids) == (name in FITTED)
    assert ("demand.markup.A" in ids) == (name in PRICED)


@BOTH
def test_the_workbook_has_a_sheet_a_grid(outcomes: dict[str, Outcome], lang: str, tmp_path: Path) -> None:
    path = next(p for p in write_report(outcomes["by income"], tmp_path, lang) if p.suffix == ".xlsx")
    names = openpyxl.load_workbook(path, read_only=True).sheetnames
    assert {word(f"sheet.grid {grid}", lang) for grid in (*GRIDS, "name-thirds")} <= set(names)


@BOTH
def test_head_and_section_say_how_far_a_logit_misleads(outcomes: dict[str, Outcome], lang: str) -> None:
    outcome = outcomes["spread"]
    index = Index.of(outcome)
    pair = [index.point(f"demand.elasticity.A{which}") for which in ("", ".random")]
    lost = [f"{-p.value:.1f}%" for p in pair if p is not None]
    head = [Speaker(lang, outcome.config).text(f) for f in lead_findings(index)]
    assert any(lost[0] in t and lost[1] in t and "logit" in t for t in head)
    assert all(figure in said(outcome, lang) for figure in lost)
    assert "logit" in "".join(Speaker(lang, outcome.config).text(f) for f in random_line(index))
    assert list(random_line(Index.of(outcomes["few"]))) == []


def reading(half: str, naive: str, ours: str) -> Reading:
    name = f"{COMMON}.{half}"
    return Reading(
        id=name, what="logit with tastes in common", half=half, naive=name, ours=f"gap.demand_lens.{half}.none", naive_label=naive,
        ours_label=ours, difference="",
    )  # fmt: skip


@BOTH
def test_verdicts_that_turn_are_named(outcomes: dict[str, Outcome], lang: str) -> None:
    outcome = outcomes["spread"]
    kept = tuple(r for r in outcome.answers["gap"].readings if not r.id.startswith(COMMON))

    def with_readings(*more: Reading) -> str:
        other = changed(outcome, "gap", readings=(*kept, *more))
        line = "".join(Speaker(lang, other.config).text(f) for f in random_line(Index.of(other)))
        return line + said(other, lang)

    stays, turns = reading("product", "short", "short"), reading("name", "short", "ahead")
    assert word("find.turns whole none", lang) in with_readings()
    assert word("find.turns whole no", lang) in with_readings(stays)
    text = with_readings(stays, turns)
    assert word("find.turns no", lang).strip() not in text
    assert word("label.ahead", lang) in text
    assert word("half.name", lang) in text


def test_alpha_stands_by_every_estimator(outcomes: dict[str, Outcome]) -> None:
    labels = [row[0] for row in cells(outcomes["spread"], "alpha", "en")]
    assert labels[3:5] == [word("what.alpha by random", "en"), word("what.alpha by re-estimation", "en")]
    strong = [row.strong for row in grids(outcomes["spread"])["alpha"].rows]
    assert strong.index(True) == 3
    assert word("find.resamples none", "en") not in said(outcomes["spread"], "en")
    assert word("find.resamples none", "zh") in said(outcomes["alike"], "zh")


def test_tastes_say_what_can_be_told(outcomes: dict[str, Outcome]) -> None:
    rows = {row[0]: row[1:] for row in cells(outcomes["spread"], "tastes", "en")}
    spread = rows["Taste for power: how far buyers differ (sigma)"]
    assert spread[2] == word("find.told yes", "en")
    assert rows[word("what.buyers who do not mind paying", "en")][0].endswith("%")
    alike = cells(outcomes["alike"], "tastes", "en")[0]
    assert alike[1:] == ["0", "–", word("find.told zero", "en")]
    assert word("find.random alike", "en") in said(outcomes["alike"], "en")
    shifted = [row[0] for row in cells(outcomes["by income"], "tastes", "zh")]
    assert any("1/收入" in label for label in shifted)
    assert any("随收入变动" in label for label in shifted)
    together = [row[0] for row in cells(outcomes["together"], "tastes", "en")]
    assert any(label.startswith("Tastes for power and price") for label in together)
    assert word("find.tastes signed", "zh") in said(outcomes["together"], "zh")


@BOTH
@pytest.mark.parametrize("name", PRICED)
def test_grids_of_what_prices_say(outcomes: dict[str, Outcome], name: str, lang: str) -> None:
    found = grids(outcomes[name])
    assert set(GRIDS) <= set(found)
    assert "elasticities" not in found
    assert ("name-thirds" in found) == (name == "by income")
    assert all(row[1][0] in "+−" for row in cells(outcomes[name], "name-value", lang))
    holds = word("what.name, misbelief and unseen quality" if name == "spread" else "what.name, reach, misbelief and unseen quality", lang)  # fmt: skip
    assert holds in said(outcomes[name], lang)


def test_a_nested_run_keeps_the_plain_elasticities(outcomes: dict[str, Outcome]) -> None:
    found = grids(outcomes["nested"])
    assert "brands" not in found
    assert [row[0] for row in cells(outcomes["nested"], "elasticities", "en")][:1] == ["A"]
    assert any(row[0] == word("what.rho of tastes", "en") for row in cells(outcomes["nested"], "tastes", "en"))


@BOTH
def test_a_number_without_an_equilibrium_says_so(outcomes: dict[str, Outcome], lang: str) -> None:
    outcome = outcomes["spread"]
    why, needs = "prices have no equilibrium", ("a price taste that is bounded",)
    estimates = tuple(
        Refusal(id=e.id, what=e.what, why=why, needs=needs, origin=e.origin) if e.id.startswith("demand.name.") else e
        for e in outcome.answers["demand"].estimates
    )
    other = changed(outcome, "demand", estimates=estimates)
    assert {cell for row in cells(other, "name-value", lang) for cell in row[1:]} == {word(f"why.{why}", lang)}
    assert render_html(compose(Index.of(other)), Index.of(other), lang)


@BOTH
@pytest.mark.parametrize("name", REFUSED)
def test_a_refused_lens_says_why_and_goes_on(outcomes: dict[str, Outcome], name: str, lang: str) -> None:
    text = said(outcomes[name], lang)
    assert word(f"why.{REFUSED[name]}", lang) in text
    refusal = Index.of(outcomes[name]).refusal("demand.random")
    assert refusal is not None
    assert word(f"needs.{refusal.needs[0]}", lang) in text
    assert set(GRIDS).isdisjoint(grids(outcomes[name]))
    assert "alpha" in grids(outcomes[name])


def test_figures_that_a_check_quotes_lead_to_their_rows(outcomes: dict[str, Outcome]) -> None:
    index = Index.of(outcomes["spread"])
    methods = {c.id: index.origin_of_check(c) for c in index.checks if c.id.startswith("demand.random.")}
    found = {name: origin.method for name, origin in methods.items() if origin is not None}
    assert set(found) == set(methods)
    assert found["demand.random.costs"] == "demand.pricing"
    assert found["demand.random.search"] == "demand.random"
