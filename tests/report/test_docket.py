"""What the report says of claims, forecasts and a ramp: every verdict, both languages, and the five sentences."""

from __future__ import annotations

import io
import json
import math
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from string import Formatter

import openpyxl
import pytest

from halfstep.core.answer import CLAIM_LABELS, Answer, EventVerdict
from halfstep.core.config_docket import CLAIM_KINDS, GRADES, HEDGES
from halfstep.core.estimate import Refusal
from halfstep.core.text import Text
from halfstep.docket import reasons
from halfstep.report import json_text, write_report
from halfstep.report.ceo import ceo_findings, for_ceo
from halfstep.report.compose import compose
from halfstep.report.docket import docket_section, tally
from halfstep.report.docket_facts import bilingual, bounds, docket_needs, part_line, quantity_of
from halfstep.report.docket_grids import contradictions
from halfstep.report.finding import Finding, Need, Term
from halfstep.report.index import Index
from halfstep.report.page import Figure, Grid, Listing, Paragraph
from halfstep.report.ramp import ramp_section
from halfstep.report.say import Speaker
from halfstep.report.text import render_text
from halfstep.report.words import LANGUAGES, known, resolve, word
from tests.report.docket_answers import (
    DAY,
    config,
    docket_answer,
    full_index,
    index_of,
    outcome_of,
    ramp_answer,
)
from tests.report.event_answers import EVENTS, ORIGIN, OUTCOMES, checks, point
from tests.report.test_words import parts

CHANGE = {"en": "What would change my mind: ", "zh": "什么会改变我的判断："}
CANNOT = {
    "en": r"cannot be told|There is no answer|no answer to|was not checked",
    "zh": r"无法得知|没有答案|无法回答|没有核对",
}
RANGE = {"en": r"\d+(\.\d+)?%? to [−\d]|at least|at most|\d+-\d", "zh": r"\d 至 |\d%? 至 |不少于|不超过|\d+-\d"}


def said(index: Index, lang: str) -> list[str]:
    speaker = Speaker(lang, index.config)
    return [speaker.text(finding) for finding in ceo_findings(index)]


def moved() -> Answer:
    """Deliveries refused, orders inferred, three rival explanations of which one is contradicted."""
    stem = "event.dispute.deliveries"
    refused = Refusal(
        id=f"{stem}.average",
        what="event effect: average",
        why="supply, not demand",
        needs=("orders instead of deliveries",),
        origin=ORIGIN,
    )
    verdict = EventVerdict(
        id=f"verdict.{stem}", event="dispute", outcome="deliveries", entity="A", period="2025-03", label="refused", estimate=refused.id, estimator="", level=0.95,
        p=None, floor=None, size=None, detectable=None, margin=None, units=0, dates=0, placebos=0, first="2025-03", last="2025-06", before=14,
        reason="supply, not demand", needs=("orders instead of deliveries",),
    )  # fmt: skip
    rivals = tuple(c for c in checks(stem) if c.why.startswith("event rival stands"))
    inferred = point(f"{stem}.orders", "event effect: orders inferred", -0.5, -0.61, -0.38)
    return Answer(room="events", estimates=(refused, inferred), checks=rivals, events=(verdict,))


def with_event(*answers: Answer) -> Index:
    events = [{**EVENTS[0], "brand": "A", "outcomes": ["deliveries"]}]
    return index_of(
        *answers, events=events, outcomes=[OUTCOMES[1]], outcome_columns={"period": "m", "entity": "b", "value": "n"},
        tables={"sales": None, "claims": "claims.csv", "ramp": "months.csv", "press": "press.csv", "outcomes": "outcomes.csv"},
    )  # fmt: skip


CASES: dict[str, Callable[[], Index]] = {
    "all": lambda: with_event(docket_answer(), ramp_answer(), moved()),
    "claims and ramp": full_index,
    "claims alone": lambda: index_of(docket_answer(), ramp={}),
    "ramp alone": lambda: index_of(ramp_answer(), docket={}),
    "nothing found": lambda: index_of(Answer(room="docket"), Answer(room="ramp", dark="ramp")),
}


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", CASES)
def test_five_sentences_each_with_a_range_or_why_not_and_what_would_change_it(name: str, lang: str) -> None:
    told = said(CASES[name](), lang)
    assert len(told) == 5
    for text in told:
        sentence, found, change = text.partition(CHANGE[lang])
        assert found and len(change) > 5
        assert re.search(RANGE[lang], sentence) or re.search(CANNOT[lang], sentence) or re.search(r"\d", sentence), text
        assert "{" not in text and "–" not in text
        assert not re.search(r"。。|\.\.|；。", text)


def test_a_page_of_claims_or_of_a_ramp_opens_with_the_five_sentences() -> None:
    for index in (full_index(), index_of(docket_answer(), ramp={}), index_of(ramp_answer(), docket={})):
        head, five, *rest = compose(index).lead
        assert isinstance(head, Paragraph) and isinstance(five, Listing) and len(five.items) == 5
        assert not any(isinstance(block, Paragraph) and block.style in ("lead", "answer") for block in rest)
        assert len([p for p in render_text(index, "zh").paragraphs if CHANGE["zh"] in p]) == 5
    assert not for_ceo(index_of(Answer(room="docket", dark="claims"), docket={}, ramp={}))


def test_the_fall_in_orders_is_an_interval_beside_rivals_and_no_cause() -> None:
    text = said(CASES["all"](), "en")[2]
    assert "−61% to −38%" in text and "Of 3 rival explanations 2 are not contradicted" in text
    assert not re.search(r"caus(ed|es)|because|due to|blame", text.partition("no single cause")[0])
    assert "−61% 至 −38%" in said(CASES["all"](), "zh")[2]


def test_what_comes_is_told_with_interval_and_chance() -> None:
    text = said(full_index(), "en")[3]
    assert (
        "368,000 (80% interval 330,000 to 420,000)" in text
        and "probability 55% to 80%" in text
        and "72%" not in text
        and "4 June 2025" in text
    )


@pytest.mark.parametrize(
    ("lang", "told"),
    [
        ("en", "Foretold with what was known on 4 June 2025, by rules written afterwards: deliveries in 2025 368,000 (80% interval 330,000 to 420,000), and it came to 411,837 cars."),
        ("zh", "2025 年交付量为 368,000（80% 区间 330,000 至 420,000），后来实为 411,837 辆。"),
    ],
)  # fmt: skip
def test_what_was_foretold_stands_beside_what_came(lang: str, told: str) -> None:
    answer = docket_answer()
    linked = tuple(replace(f, estimate="ramp.units_2025") if f.id == "units" else f for f in answer.forecasts)
    text = said(index_of(replace(answer, forecasts=linked), ramp_answer()), lang)[3]
    assert told in text
    assert word("ceo.behind own", lang) in text


def test_the_fifth_sentence_counts_and_gives_no_index() -> None:
    late = tuple(replace(f, late=True, claim="c6") if f.id == "units" else f for f in docket_answer().forecasts)
    for forecasts, told in ((docket_answer().forecasts, "none of them"), (late, "1 of them came true")):
        text = said(index_of(replace(docket_answer(), forecasts=forecasts), ramp={}), "en")[4]
        assert text.startswith(f"Of 7 claims of “An essay on Alpha”, 2 hold ({told}")
        assert "1 is contradicted, 1 holds in part and 3 cannot be tested with this data. 1 pair of its claims" in text
        assert "%" not in text
    assert said(full_index(), "zh")[4].startswith("《甲牌随笔》一文的 7 条论断中，2 条成立")


@pytest.mark.parametrize(
    ("ends", "en", "zh"),
    [
        ((1.805e10, 1.815e10), "18.05 bn to 18.15 bn yuan", "在 180.5 亿至 181.5 亿元之间"),
        ((1.805e10, math.inf), "at least 18.05 bn yuan", "不少于 180.5 亿元"),
        ((-math.inf, 28_000), "at most 28,000 yuan", "不超过 28,000 元"),
        ((2.0, 5.0), "2 to 5 yuan", "在 2 至 5 元之间"),
        ((67_097.5, math.inf), "at least 67,097.5 yuan", "不少于 67,097.5 元"),
    ],
)
def test_regions_print_their_ends_apart_and_as_they_are(ends: tuple[float, float], en: str, zh: str) -> None:
    index = full_index()
    quantity = quantity_of(index, "revenue")
    assert Speaker("en", index.config).text(bounds(index, quantity, ends)) == en
    assert Speaker("zh", index.config).text(bounds(index, quantity, ends)) == zh


def test_a_forecast_among_the_claims_names_its_day() -> None:
    verdict = replace(docket_answer().claims[5], label="not testable", reason="not due", needs=("the day it is due",))
    due = replace(docket_answer().forecasts[3], claim="c6", due="2025-12-31")
    index = index_of(replace(docket_answer(), claims=(verdict,), forecasts=(due,)), ramp={})
    told = {lang: Speaker(lang, index.config).text(docket_needs(index, verdict.needs, "c6")) for lang in LANGUAGES}
    assert told == {"en": "to be judged when it is due, on 31 December 2025", "zh": "待 2025 年 12 月 31 日到期后判定"}


def test_the_tally_is_of_the_verdicts() -> None:
    index = full_index()
    facts = dict(tally(index).facts)
    labels = [v.label for v in index.claims.values()]
    assert set(labels) == set(CLAIM_LABELS)
    text = Speaker("en", index.config).text(Finding("find.docket tally", tuple(facts.items())))
    assert (
        text
        == "Of 7 claims 2 hold by all that was looked at, 1 is contradicted, 1 holds in part or by some sources only, and 3 cannot be tested with this data."
    )


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_verdict_prints_its_label_and_what_it_hangs_on(lang: str) -> None:
    index = full_index()
    section = docket_section(index)
    assert section is not None
    speaker = Speaker(lang, index.config)
    grid = next(b for b in section.blocks if isinstance(b, Grid) and b.id == "claims")
    rows = [" | ".join(" ".join(speaker.text(fact) for fact in cell.facts) for cell in row.cells) for row in grid.rows]
    for row, verdict in zip(rows, index.claims.values(), strict=True):
        assert word(f"label.{verdict.label}", lang) in row
        assert word(f"claim kind.{verdict.kind}", lang) in row
        assert len(verdict.parts) == sum(word(f"claim outcome.{p.outcome}", lang) in row for p in verdict.parts)
        assert "{" not in row
    hedges = [c.hedge for c in index.outcome.inputs.claims.claims] if index.outcome.inputs.claims is not None else []
    assert all(word(f"hedge.{hedge}", lang) in row for hedge, row in zip(hedges, rows, strict=True))


def test_a_look_is_set_against_the_region_that_is_needed() -> None:
    index = full_index()
    lines = {
        v.id: [Speaker("en", index.config).text(part_line(index, p)) for p in v.parts] for v in index.claims.values()
    }
    assert lines["c1"] == [
        "cars delivered in 2025 (Company, deliveries): 411,837 cars; needed: at least 350,000 cars; holds."
    ]
    assert (
        lines["c2"][0]
        == "share at 4000 and up (Company, deliveries): 23.0% to 25.0%; needed: more than 30.0% and at most 100%; fails."
    )
    assert lines["c2"][1].endswith("18.05 bn to 18.15 bn yuan; needed: exactly 10.0 bn yuan; fails.")
    assert "rank 2 to 5; needed: rank 1; fails" in lines["c3"][1]
    assert "holds, which does not support it" in lines["c4"][0] and "short or met" in lines["c4"][1]
    assert "no number: the figures differ in base" in lines["c5"][0]
    assert "open: the study has no way of seeing it" in lines["c7"][0]


def test_contradictions_of_the_source_are_told_once_a_pair() -> None:
    index = full_index()
    told = [Speaker("en", index.config).text(finding) for finding in contradictions(index)]
    assert told == [
        "“Statement c1 on Alpha” and “Statement c2 on Alpha” cannot both be true: of one quantity (cars delivered in 2025) they need at least 350,000 cars and less than 300,000 cars."
    ]


def test_forecasts_print_rule_days_status_and_score() -> None:
    index = full_index()
    section = docket_section(index)
    assert section is not None
    grid = next(b for b in section.blocks if isinstance(b, Grid) and b.id == "forecasts")
    speaker = Speaker("en", index.config)
    rows = {
        v: " | ".join(" ".join(speaker.text(f) for f in cell.facts) for cell in row.cells)
        for v, row in zip(index.forecasts, grid.rows, strict=True)
    }
    assert (
        "a back-test, not a forecast" in rows["units"]
        and "368,000 (330,000 to 420,000) cars (80% interval)" in rows["units"]
    )
    assert "interval score 90,000" in rows["units"] and "seen: 411,837 cars" in rows["units"]
    assert (
        "70% for: more than 0" in rows["profit"]
        and "Brier score 0.490" in rows["profit"]
        and "did not come true" in rows["profit"]
    )
    assert "no probability given; at least 350,000 cars" in rows["target"] and "came true" in rows["target"]
    assert "| open |" in rows["later"]
    assert "overdue nothing is named" in rows["lost"] and "not yet made" in rows["sure"]
    assert sum("a back-test" in row for row in rows.values()) == 1


def test_every_page_has_words_and_facts_for_everything() -> None:
    for name, make in CASES.items():
        missing = set()
        for part in parts(compose(make())):
            if isinstance(part, Term) and not known(part.key):
                missing.add(part.key)
            if isinstance(part, Need) and not known(resolve(part.group, part.key)[0]):
                missing.add(f"{part.group}: {part.key}")
            if isinstance(part, Finding):
                asked = {f for lang in LANGUAGES for _, f, _, _ in Formatter().parse(word(part.kind, lang)) if f}
                if not known(part.kind) or not asked <= {fact for fact, _ in part.facts}:
                    missing.add(part.kind)
        assert sorted(missing) == [], name


def test_all_keys_of_the_docket_have_words() -> None:
    wanted = [f"claim reason.{key}" for key in reasons.CLAIM_REASONS]
    wanted += [f"claim open.{key}" for key in (*reasons.PART_REASONS, *reasons.REFUSALS)]
    wanted += [f"forecast reason.{key}" for key in reasons.FORECAST_REASONS if key]
    wanted += [f"needs.{key}" for key in reasons.NEEDS] + [f"why.{key}" for key in (*reasons.REFUSALS, *reasons.CHECKS)]
    wanted += [f"method.{key}" for key in reasons.METHODS] + [f"what.{key}" for key in reasons.WHATS]
    wanted += [f"assume.{key}" for key in reasons.ASSUMPTIONS] + [f"do.{key}" for key in reasons.DOS]
    wanted += (
        [f"hedge.{key}" for key in HEDGES]
        + [f"grade.{key}" for key in GRADES]
        + [f"claim kind.{key}" for key in CLAIM_KINDS]
    )
    wanted += [f"label.{key}" for key in CLAIM_LABELS]
    assert [key for key in wanted if known(key) != LANGUAGES] == []


def test_the_ramp_is_drawn_with_what_came_and_what_did_not_enter() -> None:
    index = full_index()
    section = ramp_section(index)
    assert section is not None
    charts = [chart for block in section.blocks if isinstance(block, Figure) for chart in block.charts]
    path = next(chart for chart in charts if chart.id.endswith("months"))
    assert [line.role for line in path.lines] == ["observed", "expected", "difference"]  # type: ignore[union-attr]
    assert path.periods[14] == "2025-06" and path.dates == ((13.5, 0),)  # type: ignore[union-attr]
    then = replace(index.outcome, inputs=replace(index.outcome.inputs, config=config(study={"as_of": DAY})))
    early = ramp_section(Index.of(then))
    assert early is not None
    first = next(b.charts[0] for b in early.blocks if isinstance(b, Figure))
    assert [line.role for line in first.lines] == ["observed", "expected"]  # type: ignore[union-attr]
    assert ramp_section(index_of(docket_answer())) is None


def test_report_json_has_claims_and_forecasts(tmp_path: Path) -> None:
    outcome = outcome_of(docket_answer(), ramp_answer())
    record = json.loads(json_text(outcome))
    assert record["schema"] == "1.4" and record["absent"] == {}
    assert [c["verdict"] for c in record["claims"]] == [v.label for v in docket_answer().claims]
    first = record["claims"][0]
    assert (
        first["statement"]["zh"]
        and first["hedge"] == "none"
        and first["parts"][0]["hi"] is None
        and first["parts"][0]["unbounded"] == ["hi"]
    )
    assert (
        record["forecasts"][0]["interval_score"] == 90_000
        and record["forecasts"][0]["late"]
        and record["forecasts"][0]["rule"]["en"]
    )
    files = write_report(outcome, tmp_path, "zh")
    assert [path.read_bytes() for path in files] == [
        path.read_bytes() for path in write_report(outcome, tmp_path, "zh")
    ]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_workbook_has_a_sheet_of_claims_and_one_of_forecasts(tmp_path: Path, lang: str) -> None:
    book = openpyxl.load_workbook(
        io.BytesIO(write_report(outcome_of(docket_answer(), ramp_answer()), tmp_path, lang)[2].read_bytes())
    )
    for key, rows in (("claims", 7), ("forecasts", 6)):
        sheet = book[word(f"sheet.{key}", lang)]
        table = [[cell.value for cell in row] for row in sheet.iter_rows()]
        heads = next(row for row in table if row.count(None) < len(row) / 2)
        named = [head for head in heads if head is not None]
        assert len(named) == len(set(named))
        assert len(table) - table.index(heads) - 1 == rows


def test_an_optional_table_that_is_not_there_is_told() -> None:
    outcome = replace(
        outcome_of(docket_answer()), absent={"ramps": Text(en="ask the registry.", zh="向登记机构索取。")}
    )
    index = Index.of(outcome)
    items = [f for s in compose(index).sections for b in s.blocks if isinstance(b, Listing) for f in b.items]
    told = [Speaker("en", index.config).text(f) for f in items if f.kind == "find.absent"]
    assert told == ["The table ramps is not there, and its questions stay open; it is obtained so: ask the registry."]
    assert json.loads(json_text(outcome))["absent"]["ramps"]["zh"]


def test_a_cell_in_both_languages_is_split() -> None:
    index = full_index()
    assert bilingual(index, "作者 / the author").text == Text(en="the author", zh="作者")
    assert bilingual(index, "a / b").text == "a / b"
